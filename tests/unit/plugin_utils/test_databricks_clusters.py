# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clusters' side of workspaces of Databricks: what is checked of it, and the endpoints to services of AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight import checks, clients, rules
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.snapshot import CheckedLink
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_preflight

REGION = "us-east-1"
VARS = Path(__file__).parents[3] / "roles/databricks/vars/main.yml"
ROLE: dict[str, Any] = yaml.safe_load(VARS.read_text(encoding="utf-8"))
DATA: dict[str, Any] = ROLE["__databricks_vendor"]
VPC, S3 = "vpc-0123456789abcdef1", "com.amazonaws.us-east-1.s3"
COMPUTE: dict[str, Any] = {
    "vpc_id": VPC,
    "subnet_ids": ["subnet-0123456789abcdef1", "subnet-0123456789abcdef2"],
    "security_group_ids": ["sg-0123456789abcdef1"],
    "endpoint_subnet_ids": ["subnet-0123456789abcdef3"],
}
BACK: dict[str, Any] = {"name": "back", "workspace_id": 2, "connectivity": ["classic"], "compute_vpc": COMPUTE}
TWIN: dict[str, Any] = {**BACK, "name": "twin", "workspace_id": 3}
FRONT: dict[str, Any] = {
    "name": "front",
    "workspace_id": 1,
    "connectivity": ["inbound"],
    "transit_vpcs": [{"vpc_id": VPC, "subnet_ids": ["subnet-0123456789abcdef3"], "security_group_ids": ["sg-1"]}],
}
SEEN = {"results": [{"name": "databricks-back/compute", "route_table_ids": ["rtb-1"], "checks": [], "msg": ""}]}
TWINS = {
    "results": [
        *SEEN["results"],
        {"name": "databricks-twin/compute", "route_table_ids": ["rtb-2"], "checks": [], "msg": ""},
    ]
}

Links = list[dict[str, Any]]


def resolved(*links: dict[str, Any], shard: str = "") -> Links:
    facts = {"databricks": {"region": "us-gov-west-1" if shard else REGION, "govcloud_shard": shard}}
    return resolve_links(list(links), vendor={**DATA, "facts": facts})


def items(links: Links, step: str, *after: Any, **options: Any) -> Links:
    return link_items(resolved(*links), step, after=list(after), **options)


def services(*links: dict[str, Any]) -> list[str]:
    return [end["service_name"].rpartition(".")[2] for end in items(list(links), "endpoints")]


def line(link: dict[str, Any], *steps: Any) -> str:
    (row,) = link_report(resolved(link), list(steps))
    return str(row["line"])


def test_clusters_reach_services_of_aws_unless_that_is_declined() -> None:
    assert services(BACK)[2:] == ["sts", "kinesis-streams"]
    assert services({**BACK, "aws_endpoints": ["sts"]})[2:] == ["sts"]
    declined = {**BACK, "aws_endpoints": []}
    assert services(declined)[2:] == []
    assert items([declined], "gateways", {"preflight": SEEN}) == []
    sts = items([BACK], "endpoints")[2]
    assert (sts["ports"], sts["source_security_group_ids"]) == (["443"], COMPUTE["security_group_ids"])
    assert (sts["vpc_id"], sts["subnet_ids"]) == (VPC, COMPUTE["endpoint_subnet_ids"])
    let_in = {**COMPUTE, "aws_client_security_group_ids": ["sg-0123456789abcdef7"]}
    ends = items([{**BACK, "compute_vpc": let_in}], "endpoints")
    sources = [COMPUTE["security_group_ids"]] * 2 + [[*COMPUTE["security_group_ids"], "sg-0123456789abcdef7"]] * 2
    assert [end["source_security_group_ids"] for end in ends] == sources
    grouped = {**let_in, "endpoint_security_group_ids": ["sg-0123456789abcdef8"]}
    assert "source_security_group_ids" not in items([{**BACK, "compute_vpc": grouped}], "endpoints")[3]
    adopting = items([{**BACK, "adopt_aws_endpoints": True}], "endpoints")
    assert [end["adopt"] for end in adopting] == [False, False, True, True]
    assert services(FRONT) == services(FRONT)[:1]
    (wrong,) = resolved({**FRONT, "aws_endpoints": ["sts"]})
    assert wrong["fault"] == "aws_endpoints is for connectivity classic: they serve clusters."


def test_the_gateway_is_in_the_route_tables_of_all_clusters_of_a_vpc() -> None:
    (gateway,) = items([BACK, TWIN], "gateways", {"preflight": TWINS})
    assert gateway == {
        "name": gateway["name"],
        "type": "Gateway",
        "vpc_id": VPC,
        "service_name": S3,
        "route_table_ids": ["rtb-1", "rtb-2"],
        "reuse": True,
    }
    assert gateway["name"].startswith("databricks-s3-vpc-")
    named = {**BACK, "compute_vpc": {**COMPUTE, "route_table_ids": ["rtb-9"]}, "adopt_aws_endpoints": True}
    (gateway,) = items([named], "gateways", {"preflight": SEEN})
    assert (gateway["route_table_ids"], gateway["adopt"]) == (["rtb-9"], True)


def test_route_tables_that_cannot_be_seen_are_told() -> None:
    unseen = {"results": [{**SEEN["results"][0], "route_table_ids": []}]}
    assert items([BACK], "gateways", {"preflight": unseen}) == []
    assert "S3 has no gateway endpoint, for the route tables" in line(BACK, {"preflight": unseen})
    assert "S3 has no gateway" not in line(BACK, {"preflight": SEEN})


def test_the_gateway_goes_with_the_last_workspace_that_needs_it() -> None:
    gone = {**BACK, "state": "absent"}
    (gateway,) = items([gone], "gateways_absent", {"preflight": SEEN})
    assert gateway["route_table_ids"] == ["rtb-1"]
    (unseen,) = items([gone], "gateways_absent")
    assert "route_table_ids" not in unseen
    assert items([gone], "gateways_absent", {"preflight": SEEN}, others=resolved(TWIN)) == []
    elsewhere = {**TWIN, "compute_vpc": {**COMPUTE, "vpc_id": "vpc-0123456789abcdef9"}}
    assert items([gone], "gateways_absent", {"preflight": SEEN}, others=resolved(elsewhere)) != []
    workspace = {"workspace_id": 2, "network_id": "n"}
    networks = {"networks": [{"network_name": "databricks-back-2", "network_id": "n"}], "changed": False}
    keeps = [
        {"seen": {"workspaces": [workspace]}},
        {"networks": networks},
        {"settings": {"private_access_settings": [], "changed": False}},
    ]
    assert items([gone], "gateways_absent", *keeps, {"preflight": SEEN}) == []
    assert items([gone], "endpoints_absent", *keeps) == []


def test_what_is_left_of_the_road_to_the_internet_is_in_the_line() -> None:
    road = {"id": "D-14", "check": "internet_roads", "status": "warn", "msg": "Roads that are left: nat-1."}
    told = {"results": [{**SEEN["results"][0], "checks": [road]}]}
    assert "Roads that are left: nat-1" in line(BACK, {"preflight": told})
    told["results"][0]["checks"] = [{**road, "status": "pass"}]
    assert "Roads" not in line(BACK, {"preflight": told})


def test_what_is_wrong_with_clusters_or_workspace_holds_every_endpoint() -> None:
    for name in ("databricks-back/compute", "databricks-back"):
        wrong: dict[str, Any] = {
            "results": [{"name": name, "status": "fail", "failed": True, "msg": "no.", "checks": []}]
        }
        held = items([BACK, TWIN], "held_ends", {"preflight": wrong})
        assert [row["name"] for row in held] == [end["key"] for end in items([BACK], "endpoints")]
        assert {(row["status"], row["msg"]) for row in held} == {("fail", "no.")}
    assert items([BACK], "held_ends", {"preflight": SEEN}) == []


def test_what_is_asked_of_aws_and_of_databricks() -> None:
    (clusters,) = items([BACK], "clusters")
    assert items([BACK], "prerequisite")[-1] == clusters
    link = CheckedLink(**clusters)
    assert (link.client_subnet_ids, link.subnet_ids) == (COMPUTE["subnet_ids"], COMPUTE["endpoint_subnet_ids"])
    assert link.ports == ["443", "2443", "5432", "6666", "8443-8451"]
    (gov,) = link_items(resolved(BACK, shard="civilian"), "clusters")
    assert "6666" not in gov["ports"]
    assert items([FRONT], "clusters") == []
    (asked,) = items([{**BACK, "connectivity": ["classic", "outbound"], "secure_cluster_connectivity": True}], "asked")
    assert databricks_preflight.CheckedWorkspace(**asked).connectivity == ["classic", "outbound"]
    assert (asked["secure_cluster_connectivity"], asked["workspace_id"], asked["region"]) == (True, 2, REGION)


def test_the_tables_of_the_role_are_tables() -> None:
    """Each check of clients is asked for, and each of Databricks."""
    table = [rules.Prerequisite(**row) for row in DATA["prerequisites"]]
    assert {row.check for row in table} == set(rules.registered(clients)) - {"endpoint_policy"}
    assert all(row.remedy and (row.destinations or row.patterns) for row in table)
    assert rules.registered(checks)
    asked = databricks_preflight.table(ROLE["__databricks_workspace_prerequisites"])
    assert {row.check for row in asked} == set(databricks_preflight.CHECKS)
