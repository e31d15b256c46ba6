# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The name of Databricks' workspaces of a region: the zones that are made for it, or what the sheet says of them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.plugin_utils._sheet import sheets

from tests.unit.plugin_utils.test_databricks_links import BACK, DATA, FRONT, TRANSIT, Links, resolved

DOMAIN = "privatelink.cloud.databricks.com"
SECOND = {**TRANSIT, "vpc_id": "vpc-0123456789abcdef9", "subnet_ids": ["subnet-0123456789abcdef9"]}
MANAGED: dict[str, Any] = {**FRONT, "private_zone": "manage"}
HUB = "vpc-0aaaaaaaaaaaaaaaa"


def transit(*dns_vpc_ids: str) -> list[dict[str, Any]]:
    return [{**TRANSIT, "dns_vpc_ids": list(dns_vpc_ids)}]


def built(links: Links) -> dict[str, Any]:
    """What has become of the endpoints of links."""
    rows = []
    ends = link_items(links, "endpoints")
    places = list(dict.fromkeys(end["vpc_id"] for end in ends))
    for end in ends:
        number = places.index(end["vpc_id"])
        name = {"dns_name": f"vpce-{number}.example", "hosted_zone_id": "Z7"}
        told = {"vpc_endpoint_id": f"vpce-{number}", "dns_entries": [name, {**name, "dns_name": "zonal.example"}]}
        rows.append({"name": end["key"], "changed": False, "writes": [], "failed": False, **told})
    return {"endpoints": {"results": rows}}


def zones(*wanted: dict[str, Any], others: tuple[dict[str, Any], ...] = (), **options: Any) -> Links:
    """The items of the private zone, with endpoints that stand."""
    links = resolved(*wanted, **options)
    return link_items(links, "private_zone", after=[built(links)], others=resolved(*others) if others else [])


def vpcs(zone: dict[str, Any]) -> list[str]:
    return [vpc["vpc_id"] for vpc in zone["vpcs"]]


def test_a_zone_for_each_transit_vpc_and_none_by_default() -> None:
    assert zones(FRONT) == []
    first, second = zones({**MANAGED, "transit_vpcs": [*transit(HUB), SECOND]})
    assert first["name"] == f"databricks-{TRANSIT['vpc_id']}"
    assert {first["zone_name"], second["zone_name"]} == {DOMAIN}
    assert (vpcs(first), vpcs(second)) == ([TRANSIT["vpc_id"], HUB], [SECOND["vpc_id"]])
    (record,) = first["records"]
    assert (record["name"], record["alias"]) == ("nvirginia", {"dns_name": "vpce-0.example", "hosted_zone_id": "Z7"})
    assert second["records"][0]["alias"]["dns_name"] == "vpce-1.example"


def test_workspaces_of_a_vpc_share_a_zone_also_in_a_run_for_one() -> None:
    mart = {**MANAGED, "name": "mart", "workspace_id": 7, "transit_vpcs": transit(HUB)}
    (zone,) = zones(MANAGED, mart)
    assert vpcs(zone) == [TRANSIT["vpc_id"], HUB]
    assert len(zone["records"]) == 1
    (alone,) = zones(MANAGED, others=(mart,))
    assert vpcs(alone) == vpcs(zone)
    assert alone["records"] == zone["records"]
    elsewhere = {**mart, "transit_vpcs": [SECOND]}
    assert zones(MANAGED, others=(elsewhere,)) == zones(MANAGED)


def test_nothing_is_named_before_its_endpoint_has_a_name() -> None:
    links = resolved(MANAGED)
    step = built(links)
    step["endpoints"]["results"][0]["dns_entries"] = []
    assert link_items(links, "private_zone", after=[step]) == []


@pytest.mark.parametrize(
    ("changes", "options", "reason"),
    [
        ({}, {"region": "us-west-1"}, "private_zone_city is missing"),
        ({}, {"region": "us-gov-west-1", "shard": "civilian"}, "private_zone_name is missing"),
        ({"private_zone_city": "a..b"}, {}, "private_zone_name and private_zone_city"),
        ({"transit_vpcs": transit("hub")}, {}, "'hub' is not the id of a VPC"),
        ({"transit_vpcs": [*transit(HUB), {**SECOND, "dns_vpc_ids": [HUB]}]}, {}, "two endpoints under one name"),
    ],
)
def test_what_cannot_be_named_fails_alone(changes: dict[str, Any], options: dict[str, Any], reason: str) -> None:
    service = {"workspace_service_name": f"com.amazonaws.vpce.{options.get('region', 'us-east-1')}.vpce-svc-1"}
    (link,) = resolved({**MANAGED, **service, **changes}, **options)
    assert reason in link["fault"]
    named = {"private_zone_name": "a.example", "private_zone_city": "x"}
    if options:
        (link,) = resolved({**MANAGED, **service, **changes, **named}, **options)
        assert not link.get("fault")


def test_a_zone_is_for_users() -> None:
    assert "is for connectivity inbound" in resolved({**BACK, "private_zone": "manage"})[0]["fault"]


def test_workspaces_that_share_a_zone_say_the_same_of_it() -> None:
    mart = {**MANAGED, "name": "mart", "workspace_id": 7, "private_access_settings": "b", "private_zone_city": "x"}
    with pytest.raises(Exception, match="private_zone_city"):
        resolved(MANAGED, mart)


@pytest.mark.parametrize(
    ("row", "status", "line"),
    [
        ({"failed": True, "msg": "Another zone"}, "failed", "making the private zone: Another zone"),
        ({"waiting": "all name servers"}, "waiting on AWS", "making the private zone: all name servers"),
        ({"waiting": "vpc-1 of another account", "foreign_vpcs": ["vpc-1"]}, "waiting on you", "of another account"),
    ],
)
def test_a_workspace_is_not_moved_before_its_name_stands(row: dict[str, Any], status: str, line: str) -> None:
    links = resolved({**MANAGED, "confirm_disruption": True})
    settings = {"name": "databricks-front-1", "private_access_settings_id": "pas", "changed": False, "writes": []}
    done = [built(links), {"private_access": {"results": [settings]}}]
    assert link_items(links, "workspace", after=done)
    told = {"name": f"databricks-{TRANSIT['vpc_id']}", "changed": False, "writes": [], **row}
    after = [*done, {"private_zone": {"results": [told]}}]
    assert link_items(links, "workspace", after=after) == []
    (entry,) = link_report(links, after)
    assert entry["status"] == status
    assert line in entry["next_action"]


def going(workspace: dict[str, Any], settings: dict[str, Any], **options: Any) -> Links:
    """The zones that go with a workspace that leaves, which has its settings still."""
    links = resolved({**MANAGED, "state": "absent"})
    named = {"private_access_settings_name": "databricks-front-1", "private_access_settings_id": "pas", **settings}
    seen = {"seen": {"workspaces": [{"workspace_id": 1, "aws_region": "us-east-1", **workspace}]}}
    looked = [seen, {"networks": {"networks": []}}, {"settings": {"private_access_settings": [named]}}]
    return link_items(links, "private_zone_absent", after=looked, **options)


def test_the_name_goes_unless_the_workspace_is_reached_by_nothing_else() -> None:
    attached = {"private_access_settings_id": "pas"}
    (zone,) = going({}, {})
    assert zone == {"name": f"databricks-{TRANSIT['vpc_id']}", "zone_name": DOMAIN}
    assert going(attached, {"public_access_enabled": True}) == [zone]
    assert going(attached, {"public_access_enabled": False}) == []
    mart = {**MANAGED, "name": "mart", "workspace_id": 7}
    assert going({}, {}, others=resolved(mart)) == []
    assert going({}, {}, others=resolved({**mart, "private_zone": "hand_off"})) == [zone]


def sheet(link: dict[str, Any], **options: Any) -> str:
    links = resolved(link, **options)
    report = link_report(links, [built(links)])
    return sheets(report, {**DATA["sheet"], "title": "Databricks"}, "prod")[0].markdown()


def test_the_sheet_says_what_to_make_and_whose_it_is() -> None:
    row = f"| {DOMAIN} | nvirginia | A, alias | vpce-0.example | Z7 | {TRANSIT['vpc_id']}, {HUB} |"
    by_hand = sheet({**FRONT, "transit_vpcs": transit(HUB)})
    assert row in by_hand
    assert "dbc-dp-1.cloud.databricks.com" in by_hand
    assert "make a private hosted zone" in by_hand
    managed = sheet({**MANAGED, "transit_vpcs": transit(HUB)})
    assert row in managed
    assert "make a private hosted zone" not in managed
    unknown = sheet({**FRONT, "workspace_service_name": "com.amazonaws.vpce.us-west-1.vpce-svc-1"}, region="us-west-1")
    assert f"| {DOMAIN} | (the city) |" in unknown
    assert "whoever manages your DNS" not in sheet(BACK)
