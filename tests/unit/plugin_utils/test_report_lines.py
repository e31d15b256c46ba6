# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of the lines of all hosts, with which a run ends."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ansible_collections.saas.privatelink.plugins.lookup.report_lines import EARLY, LookupModule

VENDORS = ["segment", "fivetran"]
HOSTVARS: dict[str, dict[str, Any]] = {
    "eu": {
        "fivetran_links": [],
        "fivetran_report": [{"line": "fivetran billing: connected"}, {"line": "fivetran crm: planned"}],
        "redis_cloud_report": [{"line": "redis_cloud cache: connected"}],
        "privatelink_orphans": {"orphans": [{"line": "load balancer fivetran-old: no link names it"}]},
    },
    "us": {"segment_links": [], "segment_report": [{"line": "segment events: connected"}]},
    "web": {},
}


def said(vendors: list[str] = VENDORS, hosts: tuple[str, ...] = ("eu", "us", "web"), **variables: Any) -> list[str]:
    known = {"hostvars": HOSTVARS, "inventory_hostname": "us", "ansible_play_hosts_all": list(hosts), **variables}
    lookup = LookupModule(templar=SimpleNamespace(available_variables=known))
    (lines,) = lookup.run([vendors], variables=known)
    return lines


def test_every_line_has_its_host() -> None:
    assert said() == [
        "eu: fivetran billing: connected",
        "eu: fivetran crm: planned",
        "eu: load balancer fivetran-old: no link names it",
        "us: segment events: connected",
    ]
    assert said(["redis_cloud"], ("eu",))[0] == "eu: redis_cloud cache: connected"
    assert said(hosts=("web",)) == []


def test_a_host_that_failed_on_its_way_says_so() -> None:
    lines = said(ansible_play_hosts=["eu"])
    assert lines[-2:] == ["us: segment events: connected", f"us: {EARLY}"]
    assert not any(line.startswith("web") for line in lines)
