# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""service_network_vpc_association against the sandbox: a VPC comes into a service network, changes and leaves."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.lattice import TAG, UNTAG
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_vpc_association import (
    CREATE,
    DELETE,
    UPDATE,
    Actual,
    VpcAssociation,
    VpcAssociations,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

NETWORK, VPC = "sn-0123456789abcdef0", "vpc-0123456789abcdef0"
KIND = "service_network_vpc_association"
OWN = "saas.privatelink:name"


def run(estate: Estate, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """One item; its result, with ``diff`` and ``warnings``."""
    result = estate.run(KIND, check=check, diff=diff, **{"name": "apps", **options})
    item: dict[str, Any] = {**result["results"][0], "diff": result.get("diff")}
    item["warnings"] = str(result.get("warnings", ""))
    return item


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
    predicted = run(estate, check=True, diff=True, **options)
    real = run(estate, diff=True, **options)
    assert predicted["writes"] == real["writes"] == writes, (predicted, real)
    assert not real["failed"], (predicted, real)
    assert not real["waiting"], real
    assert predicted["diff"] == real["diff"]
    options.pop("replace", None)  # what was replaced is now as wanted
    for check in (True, False):
        again = run(estate, check=check, diff=True, **options)
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


@pytest.fixture
def pair(estate: Estate) -> Iterator[dict[str, Any]]:
    """A service network and a VPC of ours."""
    estate.vpc = estate.make_vpc(estate.account)
    network = estate.boto(estate.account, "vpc-lattice").create_service_network(name="ours")["arn"]
    yield {"service_network": network, "vpc_id": estate.vpc.id}
    states = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
    estate.sandbox.lag(**{f"{KIND}.{state}": 0.1 for state in states})


def group(estate: Estate, name: str) -> str:
    made = estate.ec2.create_security_group(VpcId=estate.vpc.id, GroupName=name, Description=name)
    return str(made["GroupId"])


def actual(estate: Estate, association_id: str) -> dict[str, Any]:
    lattice = estate.boto(estate.account, "vpc-lattice")
    return dict(lattice.get_service_network_vpc_association(serviceNetworkVpcAssociationIdentifier=association_id))


def as_id(arn: str) -> str:
    return arn.rpartition("/")[2]


def test_create_change_and_end(estate: Estate, pair: dict[str, Any]) -> None:
    first, second = group(estate, "first"), group(estate, "second")
    whole = {**pair, "security_group_ids": [first], "private_dns_enabled": True}
    made = change(estate, [CREATE], **whole, private_dns_preference="VERIFIED_DOMAINS_ONLY", tags={"team": "web"})
    assert made["status"] == "ACTIVE"
    assert made["vpc_association_id"].startswith("snva-")
    assert made["service_network_id"] == as_id(pair["service_network"])
    assert (made["vpc_id"], made["security_group_ids"]) == (pair["vpc_id"], [first])
    assert (made["private_dns_enabled"], made["private_dns_preference"]) == (True, "VERIFIED_DOMAINS_ONLY")
    assert made["tags"] == {"Name": "apps", OWN: "apps", "team": "web"}
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["security_group_ids"] == [first]

    changed = change(estate, [UPDATE], **{**whole, "security_group_ids": [second]})
    assert changed["diff"][0]["before"]["security_group_ids"] == [first]
    assert changed["diff"][0]["after"]["security_group_ids"] == [second]
    shown = actual(estate, made["vpc_association_id"])
    assert shown["dnsOptions"] == {"privateDnsPreference": "VERIFIED_DOMAINS_ONLY"}
    assert shown["privateDnsEnabled"] is True

    gone = change(estate, [DELETE], **pair, state="absent")
    assert (gone["status"], gone["vpc_association_id"]) == ("absent", "")
    assert gone["diff"][0]["after"] == {}


def test_unset_options_change_nothing(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair, security_group_ids=[group(estate, "first")], private_dns_enabled=True)
    assert change(estate, [], **pair)["vpc_association_id"] == made["vpc_association_id"]


def test_what_stays_is_carried_along_in_a_change(estate: Estate, pair: dict[str, Any]) -> None:
    """AWS does not say whether what a change leaves out stays."""
    first = group(estate, "first")
    run(estate, **pair, security_group_ids=[first])
    named: dict[str, Any] = {
        "private_dns_preference": "SPECIFIED_DOMAINS_ONLY",
        "private_dns_specified_domains": ["B.com", "a.com"],
    }
    change(estate, [UPDATE], **pair, private_dns_enabled=True, **named)
    run(estate, **pair, private_dns_preference="ALL_DOMAINS")
    (sent,) = [call["params"] for call in estate.calls if call["operation"].startswith("Update")]
    assert sent["securityGroupIds"] == [first]
    assert sent["privateDnsEnabled"] is True
    lower = {**named, "private_dns_specified_domains": ["b.com", "a.com"]}
    run(estate, **pair, **named)
    assert change(estate, [], **pair, **lower)["private_dns_specified_domains"] == ["B.com", "a.com"]


def test_security_groups_cannot_all_go(estate: Estate, pair: dict[str, Any]) -> None:
    first = run(estate, **pair, security_group_ids=[group(estate, "first")])
    for check in (True, False):
        refused = run(estate, check=check, **pair, security_group_ids=[])
        assert "does not let all of them be removed. Set replace=true" in refused["msg"]
        assert (refused["failed"], refused["writes"]) == (True, [])
    second = change(estate, [DELETE, CREATE], **pair, security_group_ids=[], replace=True)
    assert second["security_group_ids"] == []
    assert second["vpc_association_id"] != first["vpc_association_id"]
    change(estate, [UPDATE], **pair, security_group_ids=[group(estate, "second")])


def test_a_vpc_in_another_network_is_left_there(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair)
    other = estate.boto(estate.account, "vpc-lattice").create_service_network(name="other")["arn"]
    beside = {"service_network": other, "vpc_id": pair["vpc_id"]}
    for check in (True, False):
        refused = run(estate, check=check, **beside, replace=True)
        assert f"is associated with {as_id(pair['service_network'])} by {made['vpc_association_id']}" in refused["msg"]
        assert "by an endpoint (vpc_endpoint)" in refused["msg"]
        assert refused["writes"] == []
    gone = change(estate, [], **beside, state="absent")
    assert gone["status"] == "absent"
    assert actual(estate, made["vpc_association_id"])["status"] == "ACTIVE"


def test_tags(estate: Estate, pair: dict[str, Any]) -> None:
    change(estate, [CREATE], **pair, tags={"team": "web", "cost": 7})
    merged = change(estate, [TAG], **pair, tags={"team": "db"})
    assert merged["tags"] == {"Name": "apps", OWN: "apps", "team": "db", "cost": "7"}
    purged = change(estate, [UNTAG], **pair, tags={"team": "db"}, purge_tags=True)
    assert purged["tags"] == {"Name": "apps", OWN: "apps", "team": "db"}


def test_one_that_others_have_made_is_used_as_it_is(estate: Estate, pair: dict[str, Any]) -> None:
    made = estate.boto(estate.account, "vpc-lattice").create_service_network_vpc_association(
        serviceNetworkIdentifier=pair["service_network"], vpcIdentifier=pair["vpc_id"]
    )
    estate.sandbox.eventually(lambda: actual(estate, made["id"])["status"], "ACTIVE".__eq__)
    for state in ("present", "absent"):
        refused = run(estate, state=state, **pair)
        assert "was not made here" in refused["msg"]
        assert (refused["failed"], refused["writes"]) == (True, [])
    adopted = change(estate, [TAG], **pair, adopt=True, private_dns_enabled=True)
    assert adopted["tags"] == {OWN: "apps", "saas.privatelink:adopted": "true"}
    assert actual(estate, made["id"])["privateDnsEnabled"] is False
    groups = {"security_group_ids": [group(estate, "first")]}
    assert change(estate, [], **pair, **groups)["security_group_ids"] == []
    change(estate, [UNTAG], **pair, adopt=True, state="absent")
    run(estate, **pair, adopt=True)
    left = run(estate, **pair, state="absent")  # its tag says that it was adopted
    assert (left["failed"], left["writes"]) == (False, [UNTAG])
    assert actual(estate, made["id"])["status"] == "ACTIVE"


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_of_another_environment_or_item(estate: Estate, pair: dict[str, Any], environment: str) -> None:
    run(estate, **pair, environment_name="prod")
    name = "apps" if environment == "staging" else "other"
    says = "belongs to the environment prod" if environment == "staging" else "belongs to apps"
    for state in ("present", "absent"):
        refused = run(estate, **pair, name=name, environment_name=environment, state=state)
        assert says in refused["msg"]
        assert refused["writes"] == []


# Moving, and failures of AWS


def test_active_is_waited_for(estate: Estate, pair: dict[str, Any]) -> None:
    estate.sandbox.lag(**{f"{KIND}.CREATE_IN_PROGRESS": 60})
    left = run(estate, wait=False, **pair)
    assert (left["writes"], left["status"]) == ([CREATE], "CREATE_IN_PROGRESS")
    assert left["waiting"] == f"association {left['vpc_association_id']} to be active"
    assert run(estate, wait=False, state="absent", **pair)["writes"] == []
    end = functools.partial(estate.sandbox.association_state, left["vpc_association_id"], state="ACTIVE")
    predicted = run(estate, check=True, state="absent", **pair)
    estate.meanwhile = end
    done = run(estate, state="absent", **pair)
    assert predicted["writes"] == done["writes"] == [DELETE]
    assert done["status"] == "absent"


def test_a_change_waits_for_the_one_before(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair)
    estate.sandbox.lag(**{f"{KIND}.UPDATE_IN_PROGRESS": 60})
    assert run(estate, wait=False, **pair, private_dns_enabled=True)["status"] == "UPDATE_IN_PROGRESS"
    first = group(estate, "first")
    left = run(estate, wait=False, **pair, security_group_ids=[first])
    assert (left["writes"], left["waiting"]) == ([], f"association {made['vpc_association_id']} to be active")
    estate.sandbox.lag(**{f"{KIND}.UPDATE_IN_PROGRESS": 0.1})
    estate.meanwhile = functools.partial(estate.sandbox.association_state, made["vpc_association_id"], state="ACTIVE")
    done = run(estate, **pair, security_group_ids=[first])
    assert (done["writes"], done["status"], done["security_group_ids"]) == ([UPDATE], "ACTIVE", [first])
    assert done["private_dns_enabled"] is True


def test_what_is_going_is_made_anew_once_it_is_gone(estate: Estate, pair: dict[str, Any]) -> None:
    first = run(estate, **pair)
    estate.sandbox.lag(**{f"{KIND}.DELETE_IN_PROGRESS": 0.5})
    assert run(estate, state="absent", wait=False, **pair)["waiting"].endswith("to be gone")
    predicted = run(estate, check=True, **pair)
    second = run(estate, **pair)
    assert predicted["writes"] == second["writes"] == [CREATE]
    assert second["vpc_association_id"] != first["vpc_association_id"]


def test_a_failed_association_says_why_and_can_be_replaced(estate: Estate, pair: dict[str, Any]) -> None:
    why = {"code": "QUOTA", "reason": "Too many of them."}
    estate.sandbox.outcome(KIND, "CREATE_FAILED", account=estate.account, **why)
    failed = run(estate, **pair, replace=True)  # never again and again in one run
    assert (failed["failed"], failed["writes"]) == (True, [CREATE])
    assert "is CREATE_FAILED: QUOTA: Too many of them. Set replace=true" in failed["msg"]
    assert run(estate, **pair)["writes"] == []
    made = change(estate, [DELETE, CREATE], **pair, replace=True)
    assert (made["status"], made["failure_code"]) == ("ACTIVE", "")


def test_a_change_that_has_failed_is_tried_again(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair)
    estate.sandbox.association_state(made["vpc_association_id"], state="UPDATE_FAILED", reason="A bad day.")
    told = change(estate, [], **pair)
    assert "the last change of" in told["warnings"]
    assert "has failed: A bad day." in told["warnings"]
    assert change(estate, [UPDATE], **pair, private_dns_enabled=True)["status"] == "ACTIVE"


def test_a_deletion_that_fails_is_an_error(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair)
    estate.sandbox.lag(**{f"{KIND}.DELETE_IN_PROGRESS": 60})
    estate.meanwhile = functools.partial(
        estate.sandbox.association_state, made["vpc_association_id"], state="DELETE_FAILED", reason="In use."
    )
    failed = run(estate, **pair, state="absent")
    assert (failed["failed"], failed["writes"]) == (True, [DELETE])
    assert "is DELETE_FAILED: In use." in failed["msg"]


# Faults


def test_stale_reads_create_and_delete_nothing_twice(estate: Estate, pair: dict[str, Any]) -> None:
    operation = "ListServiceNetworkVpcAssociations"
    estate.sandbox.fault("vpc-lattice", operation, "stale", account=estate.account, times=4)
    made = run(estate, **pair)
    assert (made["writes"], made["status"]) == ([CREATE], "ACTIVE")
    estate.sandbox.fault("vpc-lattice", operation, "stale", account=estate.account, times=4)
    gone = run(estate, **pair, state="absent")
    assert (gone["writes"], gone["status"]) == ([DELETE], "absent")


@pytest.mark.parametrize(
    ("wanted", "writes"),
    [
        ({"security_group_ids": [], "replace": True}, [DELETE, CREATE]),
        ({"security_group_ids": ["second"], "tags": {"team": "db"}}, [TAG, UPDATE]),
    ],
)
def test_a_run_that_is_killed_between_two_writes_is_continued(
    estate: Estate, pair: dict[str, Any], wanted: dict[str, Any], writes: list[str]
) -> None:
    groups = {name: group(estate, name) for name in ("first", "second")}
    run(estate, **pair, security_group_ids=[groups["first"]])
    wanted = {**pair, **wanted, "security_group_ids": [groups[name] for name in wanted["security_group_ids"]]}
    estate.sandbox.fault("vpc-lattice", writes[1].split(":")[1], "deny", account=estate.account, times=None)
    killed = run(estate, **wanted)
    assert (killed["failed"], killed["writes"]) == (True, writes[:1])
    estate.sandbox.clear_faults()
    assert change(estate, writes[1:], **wanted)["status"] == "ACTIVE"


def test_a_create_call_whose_answer_is_lost_makes_one(estate: Estate, pair: dict[str, Any]) -> None:
    operation = "CreateServiceNetworkVpcAssociation"
    estate.sandbox.fault("vpc-lattice", operation, "drop", account=estate.account, performed=True)
    options = {**estate.access, "name": "apps", "wait_timeout": 10, **pair}
    result = estate.run_module(KIND, options)["results"][0]
    assert (result["failed"], result["status"]) == (False, "ACTIVE")


@pytest.mark.parametrize(
    "operation",
    [
        "ListServiceNetworkVpcAssociations",
        "CreateServiceNetworkVpcAssociation",
        "GetServiceNetworkVpcAssociation",
        "ListTagsForResource",
    ],
)
def test_a_denied_call_names_the_missing_action(estate: Estate, pair: dict[str, Any], operation: str) -> None:
    estate.sandbox.fault("vpc-lattice", operation, "deny", account=estate.account)
    result = run(estate, **pair)
    assert result["failed"]
    assert f"Allow vpc-lattice:{operation} in the policies" in result["msg"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "service_network is missing"),
        ({"service_network": NETWORK}, "vpc_id is missing"),
        ({"service_network": "sn-1", "vpc_id": VPC}, "service_network is neither"),
        ({"service_network": NETWORK, "vpc_id": "vpc"}, "vpc_id is not the id"),
        ({"service_network": NETWORK, "vpc_id": VPC, "security_group_ids": ["x"]}, "security_group_ids takes ids"),
        (
            {"service_network": NETWORK, "vpc_id": VPC, "private_dns_specified_domains": ["a.com"]},
            "needs private_dns_preference",
        ),
        (
            {
                "service_network": NETWORK,
                "vpc_id": VPC,
                "private_dns_enabled": False,
                "private_dns_preference": "ALL_DOMAINS",
            },
            "need private_dns_enabled=true",
        ),
        ({"service_network": NETWORK, "vpc_id": VPC}, "ResourceNotFoundException"),
    ],
)
def test_options_that_can_never_be_right(estate: Estate, options: dict[str, Any], says: str) -> None:
    result = run(estate, **options)
    assert result["failed"]
    assert says in result["msg"]
    assert result["writes"] == []


def test_an_older_botocore_is_named(estate: Estate, pair: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Api, "supports", lambda self, action, member: False)
    refused = run(estate, **pair, private_dns_enabled=True)
    assert "private_dns_enabled needs a newer botocore" in refused["msg"]
    assert run(estate, **pair)["writes"] == [CREATE]


# Many


def test_many_and_what_they_cost(estate: Estate, pair: dict[str, Any]) -> None:
    vpcs = [estate.make_vpc(estate.account, cidr=f"10.{number}.0.0/16").id for number in range(3)]
    items = [{**pair, "name": f"apps-{number}", "vpc_id": vpc} for number, vpc in enumerate(vpcs)]
    predicted = estate.run(KIND, check=True, associations=items)
    result = estate.run(KIND, associations=items)
    for answer in (predicted, result):
        assert [item["writes"] for item in answer["results"]] == [[CREATE]] * 3
    assert not estate.run(KIND, associations=items)["changed"]
    assert Counter(call["operation"] for call in estate.calls) == {
        "ListServiceNetworkVpcAssociations": 3,
        "GetServiceNetworkVpcAssociation": 3,
        "ListTagsForResource": 3,
    }


def test_one_bad_item_stops_no_other(estate: Estate, pair: dict[str, Any]) -> None:
    twice = {**pair, "service_network": as_id(pair["service_network"])}
    answer = estate.run(KIND, associations=[{"name": "a", **pair}, {"name": "b", **twice}], on_item_failure="report")
    assert answer["failed_items"] == ["a", "b"]
    bad = {"name": "bad", "service_network": "x", "vpc_id": VPC}
    answer = estate.run(KIND, associations=[bad, {"name": "good", **pair}], on_item_failure="report")
    assert answer["failed_items"] == ["bad"]
    assert answer["results"][1]["status"] == "ACTIVE"


def test_info(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair, private_dns_enabled=True)

    def info(**options: Any) -> list[dict[str, Any]]:
        return list(estate.look("service_network_vpc_association_info", **options)["associations"])

    network, vpcs = [pair["service_network"]], [pair["vpc_id"]]
    for options in ({"service_networks": network}, {"vpc_ids": vpcs}, {"service_networks": network, "vpc_ids": vpcs}):
        (found,) = info(**options)
        assert {key: value for key, value in made.items() if key in found} == found
    assert info(service_networks=network, vpc_ids=[VPC]) == []
    none = estate.run_module("service_network_vpc_association_info", estate.access)
    assert "one of the following is required" in none["msg"]


def test_what_is_not_known_yet_is_planned() -> None:
    """In check mode a role has no ids of what it would make first."""
    kind: Any = VpcAssociations(api=None)  # type: ignore[arg-type]
    plan = kind.plan(VpcAssociation("apps", service_network=UNKNOWN, vpc_id=UNKNOWN), Actual(None))
    assert [change.action for change in plan.changes] == [CREATE]
