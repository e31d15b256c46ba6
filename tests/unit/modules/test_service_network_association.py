# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""service_network_association against the sandbox: what a vendor shares, put into a service network and taken out."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.lattice import TAG, UNTAG
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_association import (
    CREATE,
    DELETE,
    Actual,
    Association,
    Associations,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change, Made

from tests.unit.modules.vendor import Vendor

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

NETWORK, CONFIGURATION = "sn-0123456789abcdef0", "rcfg-0123456789abcdef0"
KIND = "service_network_resource_association"
OWN = "saas.privatelink:name"


def run(estate: Estate, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """One item; its result, with ``diff`` and ``warnings``."""
    result = estate.run("service_network_association", check=check, diff=diff, **{"name": "cache", **options})
    item: dict[str, Any] = {**result["results"][0], "diff": result.get("diff")}
    item["warnings"] = str(result.get("warnings", ""))
    return item


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
    predicted = run(estate, check=True, diff=True, **options)
    real = run(estate, diff=True, **options)
    assert predicted["writes"] == real["writes"] == writes, (predicted, real)
    assert not real["failed"], (predicted, real)
    assert predicted["diff"] == real["diff"]
    options.pop("replace", None)  # what was replaced is now as wanted
    for check in (True, False):
        again = run(estate, check=check, diff=True, **options)
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


@pytest.fixture
def vendor(estate: Estate, make_vpc: Callable[..., Any]) -> Vendor:
    return Vendor(estate.sandbox, estate.account, make_vpc)


@pytest.fixture
def pair(estate: Estate, vendor: Vendor) -> Iterator[dict[str, Any]]:
    """A service network of ours and a configuration of the vendor's share, which was accepted."""
    network = estate.boto(estate.account, "vpc-lattice").create_service_network(name="ours")["arn"]
    configuration = vendor.configuration("redis")
    options = {"name": "cache", "resource_share_arn": vendor.share(configuration), "wait_for_share": True}
    assert estate.run("resource_share", **options)["results"][0]["status"] == "accepted"
    yield {"service_network": network, "resource_configuration": configuration}
    estate.sandbox.lag(**{f"{KIND}.CREATE_IN_PROGRESS": 0.1, f"{KIND}.DELETE_IN_PROGRESS": 0.1})


def as_id(arn: str) -> str:
    return arn.rpartition("/")[2]


def test_associate_and_take_out(estate: Estate, pair: dict[str, Any]) -> None:
    made = change(estate, [CREATE], **pair, private_dns_enabled=False, tags={"team": "web"})
    assert made["status"] == "ACTIVE"
    assert made["waiting"] == ""
    assert made["warnings"] == ""
    assert made["association_id"].startswith("snra-")
    assert made["arn"].endswith(made["association_id"])
    assert made["service_network_id"] == as_id(pair["service_network"])
    assert made["resource_configuration_id"] == as_id(pair["resource_configuration"])
    assert made["dns_entry"]["domain_name"]
    assert made["private_dns_entry"] == {"domain_name": "", "hosted_zone_id": ""}
    assert made["tags"] == {"Name": "cache", OWN: "cache", "team": "web"}
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["tags"] == made["tags"]
    gone = change(estate, [DELETE], **pair, state="absent")
    assert gone["status"] == "absent"
    assert gone["association_id"] == ""
    assert gone["waiting"] == ""
    assert gone["diff"][0]["after"] == {}


def test_ids_and_arns_mean_the_same(estate: Estate, pair: dict[str, Any]) -> None:
    by_arn = change(estate, [CREATE], **pair)
    ids: dict[str, Any] = {option: as_id(arn) for option, arn in pair.items()}
    by_id = run(estate, **ids)
    assert by_id["writes"] == []
    assert by_id["association_id"] == by_arn["association_id"]


def test_active_is_waited_for(estate: Estate, pair: dict[str, Any]) -> None:
    estate.sandbox.lag(**{f"{KIND}.CREATE_IN_PROGRESS": 60})
    left = run(estate, wait=False, **pair)
    assert left["writes"] == [CREATE]
    assert left["status"] == "CREATE_IN_PROGRESS"
    assert left["waiting"] == f"association {left['association_id']} to be active"
    state = functools.partial(estate.sandbox.association_state, left["association_id"], state="ACTIVE")
    estate.meanwhile = state
    done = run(estate, **pair)
    assert done["writes"] == []
    assert done["status"] == "ACTIVE"
    assert done["waiting"] == ""


def test_what_is_coming_up_is_taken_out_once_it_is_there(estate: Estate, pair: dict[str, Any]) -> None:
    estate.sandbox.lag(**{f"{KIND}.CREATE_IN_PROGRESS": 60})
    left = run(estate, wait=False, **pair)
    assert run(estate, wait=False, state="absent", **pair)["writes"] == []
    predicted = run(estate, check=True, state="absent", **pair)
    estate.meanwhile = functools.partial(estate.sandbox.association_state, left["association_id"], state="ACTIVE")
    done = run(estate, state="absent", **pair)
    assert predicted["writes"] == done["writes"] == [DELETE]
    assert done["status"] == "absent"


def test_what_is_going_is_made_anew_once_it_is_gone(estate: Estate, pair: dict[str, Any]) -> None:
    first = run(estate, **pair)
    estate.sandbox.lag(**{f"{KIND}.DELETE_IN_PROGRESS": 0.5})
    assert run(estate, state="absent", wait=False, **pair)["waiting"].endswith("to be gone")
    assert run(estate, state="absent", check=True, **pair)["writes"] == []
    predicted = run(estate, check=True, **pair)
    second = run(estate, **pair)
    assert predicted["writes"] == second["writes"] == [CREATE]
    assert second["status"] == "ACTIVE"
    assert second["association_id"] != first["association_id"]


# Changes


def test_private_dns_cannot_be_changed_in_place(estate: Estate, pair: dict[str, Any]) -> None:
    first = run(estate, **pair)
    wanted = {**pair, "private_dns_enabled": True}
    for check in (True, False):
        refused = run(estate, check=check, **wanted)
        assert refused["failed"]
        assert refused["writes"] == []
        assert "has private_dns_enabled=false, which AWS cannot change. Set replace=true" in refused["msg"]
    second = change(estate, [DELETE, CREATE], **wanted, replace=True)
    assert second["private_dns_enabled"]
    assert second["association_id"] != first["association_id"]
    assert run(estate, **wanted, replace=True)["writes"] == []
    assert run(estate, **pair)["private_dns_enabled"]  # unset changes nothing


def test_tags(estate: Estate, pair: dict[str, Any]) -> None:
    change(estate, [CREATE], **pair, tags={"team": "web", "cost": 7})
    merged = change(estate, [TAG], **pair, tags={"team": "db"})
    assert merged["tags"] == {"Name": "cache", OWN: "cache", "team": "db", "cost": "7"}
    assert merged["diff"][0]["before"]["tags"]["team"] == "web"
    purged = change(estate, [UNTAG], **pair, tags={"team": "db"}, purge_tags=True)
    assert purged["tags"] == {"Name": "cache", OWN: "cache", "team": "db"}


def test_one_that_was_made_by_other_means_is_adopted(estate: Estate, pair: dict[str, Any]) -> None:
    made = estate.boto(estate.account, "vpc-lattice").create_service_network_resource_association(
        serviceNetworkIdentifier=pair["service_network"],
        resourceConfigurationIdentifier=pair["resource_configuration"],
    )
    estate.sandbox.eventually(lambda: run(estate, check=True, adopt=True, **pair)["status"] == "ACTIVE", bool)
    for state in ("present", "absent"):
        refused = run(estate, state=state, **pair)
        assert "was not made here" in refused["msg"]
        assert (refused["failed"], refused["writes"]) == (True, [])
    replaced = run(estate, **pair, adopt=True, replace=True, private_dns_enabled=True)
    assert "is not replaced" in replaced["msg"]
    adopted = change(estate, [TAG], **pair, adopt=True)
    assert adopted["association_id"] == made["id"]
    assert adopted["tags"] == {OWN: "cache", "saas.privatelink:adopted": "true"}
    change(estate, [UNTAG], **pair, adopt=True, state="absent")
    assert run(estate, check=True, **pair, adopt=True)["association_id"] == made["id"]
    run(estate, **pair, adopt=True)
    left = run(estate, **pair, state="absent")  # its tag says that it was adopted
    assert (left["failed"], left["writes"]) == (False, [UNTAG])


# Failures of AWS


def test_partial_is_a_warning(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair)
    why = {"code": "DNS_CONFLICT", "reason": "Another resource has that name."}
    estate.sandbox.association_state(made["association_id"], state="PARTIAL", **why)
    partial = change(estate, [], **pair)
    assert partial["status"] == "PARTIAL"
    assert not partial["failed"]
    assert (partial["failure_code"], partial["failure_reason"]) == (why["code"], why["reason"])
    assert "is PARTIAL: DNS_CONFLICT: Another resource has that name." in partial["warnings"]
    assert change(estate, [TAG], **pair, tags={"team": "web"})["status"] == "PARTIAL"
    change(estate, [DELETE], **pair, state="absent")


def test_a_failed_association_says_why_and_can_be_replaced(estate: Estate, pair: dict[str, Any]) -> None:
    why = {"code": "QUOTA", "reason": "Too many of them."}
    estate.sandbox.outcome(KIND, "CREATE_FAILED", account=estate.account, **why)
    failed = run(estate, **pair, replace=True)  # never again and again in one run
    assert failed["failed"]
    assert failed["writes"] == [CREATE]
    assert "is CREATE_FAILED: QUOTA: Too many of them. Set replace=true" in failed["msg"]
    for check in (True, False):
        again = run(estate, check=check, **pair)
        assert again["failed"]
        assert "Too many of them." in again["msg"]
        assert again["writes"] == []
    made = change(estate, [DELETE, CREATE], **pair, replace=True)
    assert made["status"] == "ACTIVE"
    assert made["failure_code"] == ""


def test_a_failed_association_can_be_taken_out(estate: Estate, pair: dict[str, Any]) -> None:
    estate.sandbox.outcome(KIND, "CREATE_FAILED", account=estate.account)
    assert run(estate, **pair)["failed"]
    assert change(estate, [DELETE], **pair, state="absent")["status"] == "absent"


def test_a_deletion_that_fails_is_an_error(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair)
    fail = functools.partial(
        estate.sandbox.association_state, made["association_id"], state="DELETE_FAILED", reason="In use."
    )
    estate.sandbox.lag(**{f"{KIND}.DELETE_IN_PROGRESS": 60})
    estate.meanwhile = fail
    failed = run(estate, **pair, state="absent")
    assert failed["failed"]
    assert failed["writes"] == [DELETE]
    assert "is DELETE_FAILED: In use." in failed["msg"]
    estate.meanwhile = fail
    replaced = run(estate, **pair, replace=True)
    assert replaced["failed"]
    assert replaced["writes"] == [DELETE]
    assert "In use." in replaced["msg"]
    estate.sandbox.lag(**{f"{KIND}.DELETE_IN_PROGRESS": 0.1})
    change(estate, [DELETE], **pair, state="absent")


def test_managed_associations_are_never_touched(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair)
    estate.sandbox.association_state(made["association_id"], managed=True)
    for options in ({"tags": {"team": "web"}}, {"private_dns_enabled": True, "replace": True}, {"state": "absent"}):
        found = change(estate, [], **pair, **options)
        assert found["managed"]
        assert found["status"] == "ACTIVE"
    assert f"{made['association_id']} is managed by AWS, so it was left as it is." in found["warnings"]
    estate.sandbox.association_state(made["association_id"], managed=False)


# Faults


def test_stale_reads_create_and_delete_nothing_twice(estate: Estate, pair: dict[str, Any]) -> None:
    operation = "ListServiceNetworkResourceAssociations"
    estate.sandbox.fault("vpc-lattice", operation, "stale", account=estate.account, times=4)
    made = run(estate, **pair)
    assert made["writes"] == [CREATE]
    assert made["status"] == "ACTIVE"
    estate.sandbox.fault("vpc-lattice", operation, "stale", account=estate.account, times=4)
    gone = run(estate, **pair, state="absent")
    assert gone["writes"] == [DELETE]
    assert gone["status"] == "absent"


def test_a_create_call_whose_answer_is_lost_makes_one(estate: Estate, pair: dict[str, Any]) -> None:
    operation = "CreateServiceNetworkResourceAssociation"
    estate.sandbox.fault("vpc-lattice", operation, "drop", account=estate.account, performed=True)
    options = {**estate.access, "name": "cache", "wait_timeout": 10, **pair}
    result = estate.run_module("service_network_association", options)["results"][0]
    assert not result["failed"]
    assert result["status"] == "ACTIVE"
    listed = estate.boto(estate.account, "vpc-lattice").list_service_network_resource_associations(
        serviceNetworkIdentifier=pair["service_network"]
    )
    assert [association["id"] for association in listed["items"]] == [result["association_id"]]


def test_what_somebody_else_has_deleted_is_gone(estate: Estate, pair: dict[str, Any]) -> None:
    run(estate, **pair)
    fault = {"code": "ResourceNotFoundException", "status": 404, "account": estate.account, "times": 1}
    estate.sandbox.fault("vpc-lattice", "DeleteServiceNetworkResourceAssociation", "error", **fault)
    options = {**estate.access, "name": "cache", "wait_timeout": 1, "state": "absent", **pair}
    result = estate.run_module("service_network_association", options)["results"][0]
    assert not result["failed"]


def test_a_throttled_call_is_repeated(estate: Estate, pair: dict[str, Any]) -> None:
    for operation in ("ListServiceNetworkResourceAssociations", "CreateServiceNetworkResourceAssociation"):
        estate.sandbox.fault("vpc-lattice", operation, "throttle", account=estate.account, times=6)
    assert run(estate, wait_timeout=60, **pair)["status"] == "ACTIVE"
    assert estate.count("CreateServiceNetworkResourceAssociation") == 7


@pytest.mark.parametrize(
    "operation",
    [
        "ListServiceNetworkResourceAssociations",
        "CreateServiceNetworkResourceAssociation",
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
        ({"service_network": NETWORK}, "resource_configuration is missing"),
        ({"service_network": "sn-1", "resource_configuration": CONFIGURATION}, "service_network is neither"),
        ({"service_network": NETWORK, "resource_configuration": NETWORK}, "resource_configuration is neither"),
        ({"service_network": NETWORK, "resource_configuration": CONFIGURATION}, "ResourceNotFoundException"),
    ],
)
def test_options_that_can_never_be_right(estate: Estate, options: dict[str, Any], says: str) -> None:
    result = run(estate, **options)
    assert result["failed"]
    assert says in result["msg"]
    assert result["writes"] == []


# Many


def test_many_in_one_network_cost_one_listing(estate: Estate, vendor: Vendor, pair: dict[str, Any]) -> None:
    more = [vendor.configuration(f"redis-{number}") for number in range(3)]
    share = vendor.share(*more, name="second")
    accepted = {"name": "second", "resource_share_arn": share, "wait_for_share": True}
    assert estate.run("resource_share", **accepted)["results"][0]["waiting"] == ""
    items = [
        {**pair, "name": f"cache-{number}", "resource_configuration": configuration}
        for number, configuration in enumerate(more)
    ]
    predicted = estate.run("service_network_association", check=True, associations=items)
    result = estate.run("service_network_association", associations=items)
    for answer in (predicted, result):
        assert [item["writes"] for item in answer["results"]] == [[CREATE]] * 3
    assert not estate.run("service_network_association", associations=items)["changed"]
    assert Counter(call["operation"] for call in estate.calls) == {
        "ListServiceNetworkResourceAssociations": 1,
        "ListTagsForResource": 3,
    }


def test_one_bad_item_stops_no_other(estate: Estate, pair: dict[str, Any]) -> None:
    items = [
        {"name": "bad", "service_network": "x", "resource_configuration": CONFIGURATION},
        {"name": "lost", **pair, "resource_configuration": CONFIGURATION},
        {"name": "good", **pair},
    ]
    answer = estate.run("service_network_association", associations=items, on_item_failure="report")
    assert answer["failed_items"] == ["bad", "lost"]
    assert answer["results"][2]["status"] == "ACTIVE"


def test_two_items_that_mean_one_association(estate: Estate, pair: dict[str, Any]) -> None:
    by_id = {option: as_id(arn) for option, arn in pair.items()}
    items = [{"name": "a", **pair}, {"name": "b", **by_id}]
    answer = estate.run("service_network_association", associations=items)
    assert answer["failed_items"] == ["a", "b"]
    assert "Items a, b refer to the same" in answer["msg"]


def test_info(estate: Estate, pair: dict[str, Any]) -> None:
    made = run(estate, **pair)

    def info(**options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = estate.run_module("service_network_association_info", {**estate.access, **options})
        return answer

    network, configuration = [pair["service_network"]], [as_id(pair["resource_configuration"])]
    for options in (
        {"service_networks": network},
        {"resource_configurations": configuration},
        {"service_networks": network, "resource_configurations": configuration},
    ):
        found = info(**options)["associations"]
        assert [association["association_id"] for association in found] == [made["association_id"]]
        assert {key: value for key, value in made.items() if key in found[0]} == found[0]
    assert info(service_networks=network, resource_configurations=[CONFIGURATION])["associations"] == []
    assert info(service_networks=[NETWORK])["associations"] == []
    assert "one of the following is required" in info()["msg"]
    estate.sandbox.association_state(made["association_id"], state="PARTIAL", code="SOME", reason="Some are missing.")
    failing = info(service_networks=network)["associations"][0]
    assert (failing["status"], failing["failure_reason"]) == ("PARTIAL", "Some are missing.")


# The plan alone


def test_what_is_not_known_yet_is_planned() -> None:
    """In check mode a role has no ids of what it would make first."""
    kind: Any = Associations(api=None)  # type: ignore[arg-type]
    plan = kind.plan(Association("cache", service_network=UNKNOWN, resource_configuration=UNKNOWN), Actual(None))
    assert [change.action for change in plan.changes] == [CREATE]
    with pytest.raises(ItemError, match="service_network is missing"):
        Association("cache")


class Empty:
    """An API that lists no associations."""

    def require(self, *names: str) -> None:
        """Knows every parameter."""

    def pages(self, action: str, key: str, **params: Any) -> list[dict[str, Any]]:
        return []

    def each(self, work: Callable[[Any], Any], things: list[Any]) -> list[Any]:
        return [work(thing) for thing in things]


def test_what_was_created_is_coming_up_even_where_it_is_not_listed() -> None:
    """However long that takes: the wait is the run's, not that for a late listing."""
    item = Association("cache", service_network=NETWORK, resource_configuration=CONFIGURATION)
    kind, made = Associations(Empty()), Made()  # type: ignore[arg-type]
    made.add(Change(CREATE, {}, "associate"), {"id": "snra-1", "arn": "arn:snra-1", "status": "CREATE_IN_PROGRESS"})
    actual: Any = kind.read([item], {"cache": made})["cache"]
    plan = kind.plan(item, actual)
    assert plan.changes == []
    assert plan.waiting == "association snra-1 to be active"
    assert plan.poll
