# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Workspaces of Databricks as links: what the modules take, what is shared, what is refused, where each stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import names_in_aws

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
BACK: dict[str, Any] = {
    "name": "back",
    "workspace_id": 2,
    "connectivity": ["classic"],
    "compute_vpc": COMPUTE,
    "aws_endpoints": [],
}
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
    workspace, relay, *aws = items([{**BACK, "aws_endpoints": None}], "endpoints")
    assert [end["ports"] for end in aws] == [["443"], ["443"]]
    assert (workspace["service_name"], relay["service_name"]) == (WORKSPACE, RELAY)
    assert workspace["ports"] == relay["ports"] == ["443", "2443", "5432", "6666", "8443-8451"]
    assert workspace["source_security_group_ids"] == COMPUTE["security_group_ids"]
    assert relay["subnet_ids"] == COMPUTE["endpoint_subnet_ids"]
    assert len(items([ALONE], "endpoints")) == 3
    assert len(items([{**ALONE, "aws_endpoints": None}], "endpoints")) == 5


def test_govcloud_has_a_relay_on_other_ports_and_no_service_direct() -> None:
    facts = {"region": "us-gov-west-1", "shard": "civilian"}
    workspace, relay = link_items(resolved(BACK, **facts), "endpoints")
    assert workspace["service_name"].endswith("vpce-svc-0f25e28401cbc9418")
    assert relay["ports"] == ["443", "2443", "5432", "8443-8451"]
    direct = {"service_direct_subnet_ids": ["subnet-0123456789abcdef0"], "service_direct_ports": ["443"]}
    front = {**FRONT, "transit_vpcs": [{**TRANSIT, **direct}]}
    (link,) = resolved(front, **facts)
    assert "which endpoint service Databricks has in us-gov-west-1 (service_direct)" in link["fault"]
    (dummy, made) = items([front], "endpoints")
    assert made["service_name"].endswith("vpce-svc-0a1a39ada4ec3bcdc")
    assert made["subnet_ids"] == direct["service_direct_subnet_ids"]


def test_a_service_that_is_not_known_is_asked_for_and_never_of_another_region() -> None:
    (link,) = resolved(FRONT, region="eu-north-1")
    assert "not known which endpoint service Databricks has in eu-north-1 (workspace)" in link["fault"]
    told = {**FRONT, "workspace_service_name": "com.amazonaws.vpce.eu-north-1.vpce-svc-0123456789abcdef0"}
    (link,) = resolved(told, region="eu-north-1")
    assert "fault" not in link
    (link,) = resolved(told)
    assert "is no endpoint service in us-east-1, where this run is" in link["fault"]
    (link,) = resolved(FRONT, region="")
    assert link["fault"] == "The region is not known: set aws_region for the host."


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no number": ({**FRONT, "workspace_id": None}, "workspace_id is missing"),
    "no way": ({**FRONT, "connectivity": []}, "connectivity is empty"),
    "isolated and more": ({**ALONE, "connectivity": ["isolated", "inbound"]}, "isolated is all of the others"),
    "no transit": ({**FRONT, "transit_vpcs": None}, "transit_vpcs is missing, for connectivity is inbound"),
    "no compute": ({**BACK, "compute_vpc": None}, "compute_vpc is missing"),
    "AWS for nobody": ({**FRONT, "aws_endpoints": ["sts"]}, "aws_endpoints is for connectivity classic"),
    "transit for nothing": ({**BACK, "transit_vpcs": [TRANSIT]}, "transit_vpcs is for connectivity inbound"),
    "transit twice": ({**FRONT, "transit_vpcs": [TRANSIT, TRANSIT]}, "lists vpc-0123456789abcdef0 twice"),
    "closed too early": (
        {**FRONT, "public_access": False},
        "public_access=false needs connectivity inbound and classic",
    ),
    "isolated and open": ({**ALONE, "public_access": True}, "isolated has public_access=false"),
    "nobody let in": ({**FRONT, "transit_vpcs": [{**TRANSIT, "source_security_group_ids": None}]}, "one of them"),
    "one VPC, two places": ({**ALONE, "transit_vpcs": [{**ONE_VPC, "subnet_ids": ["subnet-1"]}]}, "be the same"),
    "two policies": ({**ALONE, "network_policy": "p", "serverless_egress": "restricted"}, "has one policy"),
    "allowed for nothing": ({**FRONT, "allowed_internet_destinations": ["a.example.com"]}, "=restricted alone"),
    "one subnet": ({**BACK, "compute_vpc": {**COMPUTE, "subnet_ids": ["subnet-0123456789abcdef1"]}}, "at least two"),
    "no subnet's id": ({**BACK, "compute_vpc": {**COMPUTE, "subnet_ids": ["a", "b"]}}, "no id of AWS"),
    "AWS's id": (
        {**FRONT, "private_access_level": "ENDPOINT", "allowed_vpc_endpoint_ids": ["vpce-0123456789abcdef0"]},
        "is AWS's id of a VPC endpoint",
    ),
    "let in for nothing": (
        {**FRONT, "allowed_vpc_endpoint_ids": ["00000000-0000-4000-8000-000000000001"]},
        "is for private_access_level=ENDPOINT",
    ),
    "nothing known to go": ({"name": "gone", "workspace_id": 1, "state": "absent"}, "it says what is to go"),
    "short name": ({**FRONT, "private_access_settings": "abc"}, "name has 4 to 256 characters"),
    "ports of Service-Direct": (
        {**FRONT, "transit_vpcs": [{**TRANSIT, "service_direct_subnet_ids": ["subnet-1"]}]},
        "needs service_direct_ports",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_fails_alone_before_any_call(case: str) -> None:
    wrong, said = WRONG[case]
    links = resolved(wrong, {**BACK, "name": "well", "workspace_id": 9})
    assert said in links[0]["fault"]
    assert "fault" not in links[1]
    seen = {"seen": {"workspaces": [{"workspace_id": 9, "aws_region": REGION, "network_id": "n"}]}}
    assert {link["vendor"] for link in link_items(links, "endpoints", after=[seen])} == {"databricks"}
    assert [link["name"] for link in link_items(links, "endpoints", after=[seen])] == [
        "well-compute-workspace",
        "well-compute-scc_relay",
    ]


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([FRONT, {**BACK, "workspace_id": 1}], "front and back are both workspace 1"),
        (
            [{**FRONT, "private_access_settings": "same"}, {**ALONE, "private_access_settings": "same"}],
            "say different public_access",
        ),
        ([{**BACK, "network": "same"}, {**ALONE, "network": "same"}], "say different network"),
        ([FRONT, {**FRONT, "name": "b", "workspace_id": 2, "tags": {"a": "b"}}], "say different tags"),
        ([{**FRONT, "transit_vpc": []}], "does not take transit_vpc. Is transit_vpcs meant"),
        ([{**FRONT, "connectivity": ["inbuond"]}], "connectivity must be one or more of: inbound"),
        ([{**FRONT, "region": "eu-west-1"}], "does not take region"),
    ],
)
def test_contradictions_are_refused(links: Links, said: str) -> None:
    with pytest.raises(AnsibleFilterError, match=re.escape(said)):
        resolved(*links)


def test_govcloud_and_its_shard_go_together() -> None:
    (link,) = resolved(FRONT, region="us-gov-west-1")
    assert link["fault"].startswith("govcloud_shard is missing")
    (link,) = resolved(FRONT, shard="civilian")
    assert link["fault"] == "govcloud_shard is for AWS GovCloud, and this run is in us-east-1."


def test_one_vpc_for_users_and_clusters_has_one_endpoint_to_the_workspace() -> None:
    both = {**ALONE, "connectivity": ["inbound", "classic"], "transit_vpcs": [ONE_VPC]}
    front, workspace, relay = resolved(both, {**BACK, "workspace_id": 4})[0], *items([both], "endpoints")[1:]
    assert "fault" not in front
    ids = {"endpoints": [{**link, "status": "planned", "writes": [], "changed": False} for link in ends(both)]}
    registered = [item["name"] for item in items([both], "registered", ids)]
    assert len(registered) == 2
    assert [link["service_name"] for link in (workspace, relay)] == [WORKSPACE, RELAY]


def ends(*links: dict[str, Any]) -> Links:
    """Rows of a report on the endpoints of links, which are only planned."""
    told = {"status": "planned", "next_action": "", "changed": False, "writes": []}
    return [{**told, "name": end["name"], "vendor": "databricks"} for end in items(list(links), "endpoints")]


def registered(*links: dict[str, Any]) -> dict[str, Any]:
    """What the module says of the registrations of links: their names for ids."""
    made = items(list(links), "registered", {"endpoints": ends(*links)})
    usual = {"failed": False, "waiting": "", "writes": [], "changed": False}
    return {
        "registered": {"results": [{**usual, "name": item["name"], "vpc_endpoint_id": item["name"]} for item in made]}
    }


def test_settings_that_are_shared_let_in_the_endpoints_of_all() -> None:
    level = {"private_access_settings": "same", "private_access_level": "ENDPOINT"}
    second = {**FRONT, **level, "name": "b", "workspace_id": 2, "transit_vpcs": [{**TRANSIT, "vpc_id": "vpc-2"}]}
    links = [{**FRONT, **level, "confirm_lockout": True}, second]
    (made,) = items(links, "private_access", {"endpoints": ends(*links)}, registered(*links))
    assert len(made["allowed_vpc_endpoint_ids"]) == 2
    assert (made["public_access_when_created"], made["confirm_lockout"]) == (True, True)
    assert "public_access_enabled" not in made


def test_what_goes_last_of_an_isolated_workspace() -> None:
    steps = [{"private_access": {"results": [{"name": "databricks-alone-3", "private_access_settings_id": "s"}]}}]
    (closed,) = items([ALONE], "public_access", *steps)
    assert (closed["public_access_enabled"], closed["private_access_settings_id"]) == (False, "s")
    (policy,) = items([ALONE], "network_policy", *steps)
    assert (policy["name"], policy["restriction_mode"], policy["workspace_ids"]) == (
        "privatelink-3",
        "RESTRICTED_ACCESS",
        [3],
    )
    assert items([{**ALONE, "serverless_egress": "open"}], "network_policy", *steps) == []
    (said,) = link_report(resolved({**ALONE, "serverless_egress": "open"}), steps)
    assert "serverless compute reaches all of the internet, as serverless_egress=open says" in said["line"]
    (named,) = items([{**ALONE, "network_policy": "corporate"}], "network_policy", *steps)
    assert named == {"name": "corporate", "workspace_ids": [3]}


def test_a_workspace_that_is_not_there_or_elsewhere_gets_nothing() -> None:
    for row, said in (
        ([], "The account has no workspace 1"),
        ([{"workspace_id": 1, "aws_region": "eu-west-1"}], "Workspace 1 is in eu-west-1, and this run in us-east-1"),
    ):
        seen = {"seen": {"workspaces": row}}
        assert items([FRONT], "endpoints", seen) == []
        (entry,) = link_report(resolved(FRONT), [seen])
        assert said in entry["line"]
    seen = {"seen": {"workspaces": [{"workspace_id": 2, "aws_region": REGION}]}}
    (entry,) = link_report(resolved(BACK), [seen])
    assert "has no VPC of yours" in entry["line"]


def test_the_guides_inventory_is_one() -> None:
    guide = (VARS.parents[3] / "docs/databricks.md").read_text(encoding="utf-8")
    text = re.findall(r"^```yaml\n(# host_vars/.*?)^```$", guide, re.M | re.S)[0]
    links = resolved(*yaml.safe_load(text)["databricks_workspaces"])
    assert [link.get("fault") for link in links] == [None, None]
    assert len({(end["service_name"], end["vpc_id"]) for end in link_items(links, "endpoints")}) == 5


def test_what_is_shared_is_named_by_each_link_that_needs_it() -> None:
    """So that a status does not take it for what no link names."""
    names = names_in_aws("databricks", ALONE, region=REGION)
    assert names == {"databricks-alone", *(item["name"] for item in registered(ALONE)["registered"]["results"])}
    (gateway,) = names_in_aws("databricks", {**ALONE, "aws_endpoints": ["s3"]}, region=REGION) - names
    assert gateway.startswith("databricks-s3-")
    assert names_in_aws("databricks", {**ALONE, "connectivity": "wrong"}, region=REGION) == {"databricks-alone"}
    assert names_in_aws("fivetran", {"name": "orders"}, region=REGION) == {"fivetran-orders"}
