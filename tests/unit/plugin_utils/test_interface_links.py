# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links by Interface endpoints: what the modules take, what links of one VPC and service share, where each stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN

SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"
OTHER = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef1"
VPC = "vpc-0123456789abcdef0"
ENDPOINT = "vpce-0123456789abcdef0"
LAKE: dict[str, Any] = {
    "name": "lake",
    "vendor": "databricks",
    "service_name": SERVICE,
    "vpc_id": VPC,
    "subnet_ids": ["subnet-1"],
    "source_security_group_ids": ["sg-1"],
    "ports": ["443", "8443-8451"],
}
MART = {**LAKE, "name": "mart", "source_security_group_ids": ["sg-2"], "ports": ["443"]}
GROUPED = {**LAKE, "name": "grouped", "source_security_group_ids": None, "security_group_ids": ["sg-9"]}

Links = list[dict[str, Any]]


def resolved(*links: dict[str, Any]) -> Links:
    return resolve_links(list(links), pattern="interface_endpoint")


def items(links: Links, step: str, *after: Any, **options: Any) -> Links:
    return link_items(resolved(*links), step, after=list(after), **options)


def report(links: Links, *steps: Any, **options: Any) -> Links:
    return link_report(resolved(*links), list(steps), **options)


def shared_name() -> str:
    (item,) = items([LAKE], "look")
    return str(item["name"])


def done(**facts: Any) -> dict[str, Any]:
    """What a module answers of the endpoint's item."""
    usual = {"failed": False, "msg": "", "waiting": "", "writes": [], "changed": False}
    return {"results": [{"name": shared_name(), **usual, **facts}]}


def checked(*wrong: str) -> dict[str, Any]:
    """A preflight that found something wrong with some links."""
    rows = [{"name": f"databricks-{name}", "status": "fail", "failed": True, "msg": "no such group"} for name in wrong]
    return {"results": rows}


GROUP = {"security_group": done(security_group_id="sg-7", writes=["ec2:CreateSecurityGroup"], changed=True)}


def test_names_are_of_service_and_vpc_not_of_a_link() -> None:
    assert shared_name().startswith("databricks-vpce-svc-01234")
    assert len(shared_name()) == 32
    (other,) = items([MART], "look")
    assert other["name"] == shared_name()
    for elsewhere in ({"service_name": OTHER}, {"vpc_id": "vpc-0123456789abcdef1"}):
        (item,) = items([{**LAKE, **elsewhere}], "look")
        assert item["name"] != shared_name()


def test_links_of_one_place_are_one_item() -> None:
    (group,) = items([LAKE, MART, GROUPED], "security_group")
    assert group["lets_in"] == [
        {"source_security_group_ids": ["sg-1"], "ports": ["443", "8443-8451"]},
        {"source_security_group_ids": ["sg-2"], "ports": ["443"]},
    ]
    assert "purge_rules" not in group
    (endpoint,) = items([LAKE, MART, GROUPED], "endpoint", GROUP)
    assert endpoint["security_group_ids"] == ["sg-7", "sg-9"]
    assert endpoint["reuse"]


def test_what_is_not_made_yet_stands_in_for_itself() -> None:
    planned = {"security_group": {**done(security_group_id=UNKNOWN), "check_mode": True}}
    (endpoint,) = items([LAKE], "endpoint", planned)
    assert endpoint["security_group_ids"] == [UNKNOWN]


def test_a_policy_goes_with_the_endpoint_and_is_looked_at_before() -> None:
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:*", "Resource": "*"}]}
    (endpoint,) = items([{**LAKE, "policy": policy}], "endpoint", GROUP)
    assert json.loads(endpoint["policy"]) == policy
    (row,) = items([{**LAKE, "policy": policy}], "prerequisite")
    assert row["has_policy"]
    assert "policy" not in items([LAKE], "endpoint", GROUP)[0]
    assert "has_policy" not in items([LAKE], "prerequisite")[0]
    with pytest.raises(AnsibleFilterError, match="policy"):
        resolved({**LAKE, "policy": policy}, MART)
    (wrong,) = resolved({**LAKE, "policy": "all"})
    assert "policy is not JSON" in wrong["fault"]


def test_the_private_name_of_a_service_of_aws_is_everybodys() -> None:
    aws = {**LAKE, "service_name": "com.amazonaws.us-east-1.sts"}
    assert items([aws], "prerequisite")[0]["leads_all"]
    for link in (LAKE, {**aws, "private_dns_enabled": False}, {**GROUPED, "service_name": aws["service_name"]}):
        assert "leads_all" not in items([link], "prerequisite")[0]


def test_writes_are_counted_once() -> None:
    made = {"endpoint": done(vpc_endpoint_id=ENDPOINT, state="available", writes=["ec2:CreateVpcEndpoint"])}
    rows = report([LAKE, MART], GROUP, made)
    assert [row["writes"] for row in rows] == [["ec2:CreateSecurityGroup", "ec2:CreateVpcEndpoint"], []]
    assert [row["status"] for row in rows] == ["connected", "connected"]
    assert {row["vpc_endpoint_id"] for row in rows} == {ENDPOINT}


def test_an_endpoint_of_others_gets_no_group() -> None:
    looked = {"looked": done(reused=True)}
    assert items([LAKE], "security_group", looked) == []
    (endpoint,) = items([LAKE], "endpoint", looked)
    assert "security_group_ids" not in endpoint
    used = {"endpoint": done(vpc_endpoint_id=ENDPOINT, state="available", reused=True)}
    (row,) = report([LAKE], looked, used)
    assert row["line"] == f"databricks lake: connected: by {ENDPOINT}, which was not made for it and is left as it is"


def test_a_refused_endpoint_stops_the_link_before_its_group() -> None:
    looked = {"looked": done(failed=True, msg="was not made here")}
    assert items([LAKE], "security_group", looked) == []
    (row,) = report([LAKE], looked)
    assert row["line"] == "databricks lake: failed: was not made here"


def test_acceptance_is_the_vendors_turn() -> None:
    pending = done(vpc_endpoint_id=ENDPOINT, state="pendingAcceptance", waiting="the owner to accept", service_name="s")
    (row,) = report([LAKE], {"endpoint": pending})
    assert row["line"] == "databricks lake: waiting on vendor: the owner to accept; s"
    (row,) = report([{**LAKE, "hand_off": "register it"}], {"endpoint": pending})
    assert row["next_action"] == "register it"


def test_an_endpoint_that_another_link_needs_is_kept() -> None:
    going = {**LAKE, "state": "absent"}
    others = resolved(MART)
    for step in ("endpoint_absent", "security_group_absent"):
        assert items([going], step, others=others) == []
        assert len(items([going], step)) == 1
    (row,) = report([going], others=others)
    assert row["line"] == "databricks lake: absent: its endpoint stays, for it is that of mart too"
    elsewhere = resolved({**MART, "vpc_id": "vpc-0123456789abcdef1"})
    assert len(items([going], "endpoint_absent", others=elsewhere)) == 1


def test_two_links_that_both_go_are_one_item() -> None:
    going = [{**link, "state": "absent"} for link in (LAKE, MART)]
    deleted = {"endpoint_absent": done(vpc_endpoint_id=ENDPOINT)}
    assert len(items(going, "endpoint_absent")) == 1
    (group,) = items(going, "security_group_absent", deleted)
    assert group["going"] == [ENDPOINT]
    still = {"endpoint_absent": done(vpc_endpoint_id=ENDPOINT, waiting="it to be deleted")}
    assert items(going, "security_group_absent", still) == []


def test_what_stays_is_said() -> None:
    going = {**LAKE, "state": "absent"}
    kept = {"security_group_absent": done(kept=["security group sg-7 stays, for eni-1 has it"])}
    (row,) = report([going], kept)
    assert row["line"] == "databricks lake: absent: security group sg-7 stays, for eni-1 has it"


def test_the_group_of_an_endpoint_that_stays_stays_too() -> None:
    kept = {"endpoint_absent": done(vpc_endpoint_id=ENDPOINT, kept=["it stays"])}
    assert items([{**LAKE, "state": "absent"}], "security_group_absent", kept) == []


def test_links_that_are_left_alone_lose_nothing() -> None:
    others = resolved(MART, GROUPED)
    (group,) = items([LAKE], "security_group", others=others)
    assert [entry["source_security_group_ids"] for entry in group["lets_in"]] == [["sg-1"], ["sg-2"]]
    assert group["purge_rules"] is False
    (endpoint,) = items([LAKE], "endpoint", GROUP, others=others)
    assert endpoint["security_group_ids"] == ["sg-7", "sg-9"]
    (group,) = items([GROUPED], "security_group", others=resolved(MART))
    assert group["lets_in"][0]["source_security_group_ids"] == ["sg-2"]


def test_a_link_that_a_check_holds_takes_nothing_from_the_other() -> None:
    wrong = checked("lake")
    assert items([LAKE, MART], "hold", wrong) == []
    (group,) = items([LAKE, MART], "security_group", wrong)
    assert [entry["source_security_group_ids"] for entry in group["lets_in"]] == [["sg-2"]]
    assert group["purge_rules"] is False
    (held,) = items([LAKE, MART], "hold", checked("lake", "mart"))
    assert held == {"name": shared_name(), "reason": "no such group"}


def test_links_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(AnsibleFilterError, match=r"lake and mart share the endpoint to .* different subnet_ids"):
        resolved(LAKE, {**MART, "subnet_ids": ["subnet-2"]})
    with pytest.raises(AnsibleFilterError, match="different vendor"):
        resolved(LAKE, {**MART, "vendor": "somebody"})
    assert resolved(LAKE, {**MART, "subnet_ids": ["subnet-2"], "state": "absent"})


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"service_name": "not a service"}, "service_name is not a name of one"),
        ({"ports": ["99999"]}, "within 1 to 65535"),
        ({"vpc_id": "10.0.0.0/16"}, "vpc_id"),
        ({"source_security_group_ids": ["clients"]}, "ids like sg-"),
    ],
)
def test_what_a_module_would_refuse_fails_the_link_before_anything_is_made(options: dict[str, Any], fault: str) -> None:
    (link,) = resolved({**LAKE, **options})
    assert fault in link["fault"]
    assert items([{**LAKE, **options}], "security_group", {"results": []}) == []


def test_nothing_is_made_while_the_vendor_has_something_to_tell() -> None:
    waiting = {**LAKE, "awaiting": "the name of the service"}
    assert items([waiting], "security_group") == items([waiting], "endpoint") == []
    (row,) = report([waiting])
    assert row["status"] == "waiting on vendor"
