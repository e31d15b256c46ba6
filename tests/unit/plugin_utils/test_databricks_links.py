# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workspaces of Databricks as links: what the modules take, what is shared, what is refused, where each stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links

REGION = "us-east-1"
VARS = Path(__file__).parents[3] / "roles/databricks/vars/main.yml"
DATA: dict[str, Any] = yaml.safe_load(VARS.read_text(encoding="utf-8"))["__databricks_vendor"]
WORKSPACE = "com.amazonaws.vpce.us-east-1.vpce-svc-09143d1e626de2f04"
RELAY = "com.amazonaws.vpce.us-east-1.vpce-svc-00018a8c3ff62ffdf"
TRANSIT: dict[str, Any] = {
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ["subnet-0123456789abcdef0"],
    "source_security_group_ids": ["sg-0123456789abcdef0"],
}
COMPUTE: dict[str, Any] = {
    "vpc_id": "vpc-0123456789abcdef1",
    "subnet_ids": ["subnet-0123456789abcdef1", "subnet-0123456789abcdef2"],
    "security_group_ids": ["sg-0123456789abcdef1"],
    "endpoint_subnet_ids": ["subnet-0123456789abcdef3"],
}
FRONT: dict[str, Any] = {"name": "front", "workspace_id": 1, "connectivity": ["inbound"], "transit_vpcs": [TRANSIT]}
BACK: dict[str, Any] = {"name": "back", "workspace_id": 2, "connectivity": ["classic"], "compute_vpc": COMPUTE}
ALONE: dict[str, Any] = {**FRONT, **BACK, "name": "alone", "workspace_id": 3, "connectivity": ["isolated"]}
ONE_VPC = {**TRANSIT, "vpc_id": COMPUTE["vpc_id"], "subnet_ids": COMPUTE["endpoint_subnet_ids"]}

Links = list[dict[str, Any]]


def resolved(*links: dict[str, Any], region: str = REGION, shard: str = "", **options: Any) -> Links:
    facts = {"databricks": {"region": region, "govcloud_shard": shard}}
    return resolve_links(list(links), vendor={**DATA, "facts": facts}, **options)


def items(links: Links, step: str, *after: Any, **options: Any) -> Links:
    return link_items(resolved(*links), step, after=list(after), **options)


def test_what_is_made_in_aws_for_each_way() -> None:
    (front,) = items([FRONT], "endpoints")
    assert (front["service_name"], front["ports"], front["vpc_id"]) == (WORKSPACE, ["443"], TRANSIT["vpc_id"])
    workspace, relay, *aws = items([BACK], "endpoints")
    assert [end["ports"] for end in aws] == [["443"], ["443"]]
    assert (workspace["service_name"], relay["service_name"]) == (WORKSPACE, RELAY)
    assert workspace["ports"] == relay["ports"] == ["443", "2443", "5432", "6666", "8443-8451"]
    assert workspace["source_security_group_ids"] == COMPUTE["security_group_ids"]
    assert relay["subnet_ids"] == COMPUTE["endpoint_subnet_ids"]
    assert len(items([ALONE], "endpoints")) == 5
