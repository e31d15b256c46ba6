# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links of Fivetran whose part its API does: what the modules take, in which order, and where each link stands."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_facts import (
    CONFIG,
    DESTINATIONS,
    REGIONS,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._sheet import sheet, vendor

from tests.tools.place import ROOT

KEY, OWNER = "fivetran-new-orders", "834469178297"
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"
VENDOR: dict[str, Any] = {
    "name": "fivetran",
    "destinations": {
        "rds_postgresql": {"pattern": "nlb_service", "port": 5432, "api_service": "postgres_rds_warehouse"}
    },
    "facts": {"nlb_service": {"by_api": True, "owners": [OWNER], "hand_off": "send the sheet"}},
    "withheld": {"api_service": "follows"},
}
LINK: dict[str, Any] = {
    "name": "new-orders",
    "destination": "rds_postgresql",
    "endpoint": "orders.example.com",
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-1"],
    "destination_id": "decent_dropsy",
}
SERVED = {"results": [{"name": KEY, "service_id": "vpce-svc-1", "service_name": SERVICE}]}


def resolved(by_api: bool = True, **options: Any) -> list[dict[str, Any]]:
    facts = {"nlb_service": {**VENDOR["facts"]["nlb_service"], "by_api": by_api}}
    links: list[dict[str, Any]] = resolve_links([{**LINK, **options}], vendor={**VENDOR, "facts": facts})
    return links


def at_fivetran(status: str, **told: Any) -> dict[str, Any]:
    """What the module has told of the private link, as the step it is given as."""
    result = {"name": "new_orders", "private_link_id": "link", "status": status, "waiting": "", "writes": [], **told}
    return {"private_link": {"results": [{"changed": False, "failed": False, "msg": "", **result}]}}


def accepted(status: str = "accepted", waiting: str = "") -> dict[str, Any]:
    return {"results": [{"name": KEY, "status": status, "waiting": waiting, "writes": [], "connections": []}]}


def switched(**told: Any) -> dict[str, Any]:
    result = {"name": KEY, "setup_status": "CONNECTED", "setup_tests": [], "waiting": "", "writes": [], **told}
    return {"network": {"results": [{"changed": False, "failed": False, "msg": "", **result}]}}


def line(*steps: Any, **options: Any) -> str:
    ((entry),) = link_report(resolved(**options), [SERVED, *steps])
    return str(entry["line"])


def test_the_private_link_is_told_by_its_endpoint_service() -> None:
    (item,) = link_items(resolved(), "private_link", after=[SERVED])
    assert item == {"name": "new_orders", "region": "us-east-1", "connection_service_name": SERVICE}
    (named,) = link_items(resolved(private_link_name="other"), "private_link", after=[SERVED])
    assert named["name"] == "other"
    (gone,) = link_items(resolved(state="absent"), "private_link_absent", after=[SERVED])
    assert gone == {**item, "state": "absent"}


@pytest.mark.parametrize("service", [None, UNKNOWN])
def test_nothing_is_asked_before_there_is_a_service(service: str | None) -> None:
    """In a plan there is none yet; and of one that is gone nobody can tell whose private link it was."""
    found = {"results": [{"name": KEY, "service_name": service}]}
    for step in ("private_link", "private_link_absent", "requested", "network"):
        assert link_items(resolved(), step, after=[found]) == []


@pytest.mark.parametrize("options", [{"by_api": False}, {"destination_id": None}], ids=str)
def test_without_keys_or_a_destination_all_is_as_before(options: dict[str, Any]) -> None:
    links = resolved(**options)
    for step in ("private_link", "private_link_absent", "network"):
        assert link_items(links, step, after=[SERVED]) == []
    assert link_report(links, [SERVED, accepted("waiting", "a request")])[0]["next_action"] == "send the sheet"


def test_its_request_is_waited_for_while_it_is_on_its_way() -> None:
    (item,) = link_items(resolved(), "requested", after=[SERVED, at_fivetran("CREATING")])
    assert item == {"name": KEY, "owners": [OWNER], "service_id": "vpce-svc-1", "wait_for_request": True}
    for status in ("OK", "absent"):  # there already, or not made: past a limit, or in a plan
        assert link_items(resolved(), "requested", after=[SERVED, at_fivetran(status)]) == []
    assert link_items(resolved(), "requested", after=[SERVED, at_fivetran("FAIL", failed=True)]) == []


def test_the_destination_is_switched_once_the_private_link_is_ok() -> None:
    steps = [SERVED, at_fivetran("CREATING", waiting="x"), accepted()]
    assert link_items(resolved(), "network", after=steps) == []
    (item,) = link_items(resolved(trust_certificates=True), "network", after=[*steps, at_fivetran("OK")])
    assert item == {
        "name": KEY,
        "destination_id": "decent_dropsy",
        "service": "postgres_rds_warehouse",
        "private_link_id": "link",
        "require_tls": True,
        "trust_certificates": True,
        "replace": False,
    }


def test_where_a_link_stands_on_its_way() -> None:
    limit = "Fivetran to allow more: it has a limit of 5 private links an hour; run again after 12:00"
    moving = at_fivetran("CREATING", waiting="private link new_orders (link) to be OK (CREATING)")
    assert line(at_fivetran("absent", waiting=limit)).startswith(f"fivetran new-orders: waiting on vendor: {limit}")
    assert "waiting on vendor: private link new_orders" in line(accepted(), moving)
    assert line(accepted(), moving, at_fivetran("OK"), switched()) == "fivetran new-orders: connected"
    failed = switched(failed=True, msg="Setup tests have failed twice: Host: FAILED", setup_status="BROKEN")
    assert line(accepted(), at_fivetran("OK"), failed) == (
        "fivetran new-orders: failed: Setup tests have failed twice: Host: FAILED"
    )
    approve = switched(waiting="a certificate to be approved")
    assert "waiting on vendor: a certificate to be approved" in line(accepted(), at_fivetran("OK"), approve)
    used = at_fivetran("OK", failed=True, msg="is used by destination decent_dropsy")
    assert "failed: is used by destination" in line(used, state="absent")


def test_nothing_is_sent_by_hand_that_the_api_was_told() -> None:
    moving = at_fivetran("CREATING", waiting="private link new_orders (link) to be OK (CREATING)")
    words = vendor({"title": "Fivetran", "patterns": {"nlb_service": {"to": "Support", "says": "Please connect."}}})
    for by_api, sent in ((True, []), (False, ["To: Support", "Please connect."])):
        (entry,) = link_report(resolved(by_api=by_api), [SERVED, accepted("waiting", "a request"), moving])
        assert entry["status"] == "waiting on vendor"
        assert sheet(entry, words).sent() == sent


def test_what_the_tests_said_is_reported() -> None:
    parts = [{"title": "Host Connection", "status": "PASSED"}]
    (entry,) = link_report(resolved(), [SERVED, accepted(), at_fivetran("OK"), switched(setup_tests=parts)])
    assert (entry["setup_tests"], entry["private_link_id"], entry["setup_status"]) == (parts, "link", "CONNECTED")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "orders-of-all-our-customers"}, "Give the link a private_link_name"),
        ({"destination_id": "../groups"}, "destination_id: '../groups' is no id of Fivetran"),
    ],
    ids=str,
)
def test_what_fivetran_would_refuse_is_told_before_anything_is_built(options: dict[str, Any], words: str) -> None:
    assert words in resolved(**options)[0]["fault"]
    assert "fault" not in resolved(by_api=False, **options)[0]


def test_the_role_knows_the_same_of_fivetran_as_its_modules() -> None:
    text = (ROOT / "roles/fivetran/vars/main.yml").read_text(encoding="utf-8")
    told = yaml.safe_load(text)["__fivetran_vendor"]
    served = {facts["api_service"] for facts in told["destinations"].values() if facts["pattern"] == "nlb_service"}
    assert served == {name for name, words in DESTINATIONS.items() if words.link == "SOURCE_AWS"}
    assert told["prerequisites"][0]["regions"] == list(REGIONS)
    assert {words.link for words in DESTINATIONS.values()} == {*CONFIG, ""}
