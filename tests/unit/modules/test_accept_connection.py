# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""accept_connection against the sandbox and its vendor actor: who is accepted, who never, what is waited for."""

from __future__ import annotations

import functools
from collections import Counter
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import (
    ACCEPT,
    REJECT,
    Acceptance,
    Acceptances,
    Connection,
    Requests,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

VENDOR, STRANGER = "834469178297", "222222222222"
SERVICE = "vpce-svc-0123456789abcdef0"


def run(estate: Estate, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """One item, of the vendor's account unless told otherwise; its result, with ``diff`` and ``warnings``."""
    given = {"name": "orders", **({} if "vpc_endpoint_ids" in options else {"owners": [VENDOR]}), **options}
    result = estate.run("accept_connection", check=check, diff=diff, **given)
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
    for check in (True, False):
        again = run(estate, check=check, diff=True, **options)
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


def ask_in_order(estate: Estate, service: dict[str, Any], count: int, account: str = VENDOR) -> list[str]:
    """Some requests of an account, by age as AWS shows it: to the second, so that ids decide between some."""
    asked = {ask(estate, service, account) for dummy in range(count)}
    listed = estate.ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    shown = sorted((connection["CreationTimestamp"], connection["VpcEndpointId"]) for connection in listed)
    return [endpoint for dummy, endpoint in shown if endpoint in asked]


def ids_of(connections: list[dict[str, Any]]) -> list[str]:
    return sorted(connection["vpc_endpoint_id"] for connection in connections)


def ask(estate: Estate, service: dict[str, Any], account: str = VENDOR) -> str:
    """An account requests a connection; the answer is its endpoint's id, once the request is there."""
    endpoint = str(estate.sandbox.connect(service["service_name"], account=account)["VpcEndpointId"])
    estate.sandbox.eventually(lambda: estate.connection(endpoint), lambda state: bool(state == "pendingAcceptance"))
    return endpoint


@pytest.fixture
def service(estate: Estate) -> dict[str, Any]:
    made: dict[str, Any] = estate.service("orders", VENDOR, STRANGER)
    return made


def test_accept_and_reject(estate: Estate, service: dict[str, Any]) -> None:
    endpoint = ask(estate, service)
    accepted = change(estate, [ACCEPT])
    assert accepted["status"] == "accepted"
    assert accepted["waiting"] == ""
    assert accepted["unlisted_connections"] == []
    assert accepted["connections"] == [
        {
            "service_id": service["service_id"],
            "vpc_endpoint_id": endpoint,
            "vpc_endpoint_owner": VENDOR,
            "vpc_endpoint_state": "available",
        }
    ]
    assert accepted["diff"][0]["before"] == {endpoint: "pendingAcceptance"}
    assert accepted["diff"][0]["after"] == {endpoint: "available"}
    rejected = change(estate, [REJECT], state="rejected")
    assert rejected["status"] == "refused"
    assert estate.connection(endpoint) == "rejected"
    assert rejected["diff"][0]["before"] == {endpoint: "available"}
    assert rejected["diff"][0]["after"] == {}
    assert run(estate)["status"] == "refused"


def test_accepted_means_available(estate: Estate, service: dict[str, Any]) -> None:
    """AWS shows ``pending`` for a while after the call; the run waits it out, in AWS's own spelling of states."""
    endpoint = ask(estate, service)
    estate.sandbox.lag(**{"vpc_endpoint.pending": 60})
    try:
        left = run(estate, wait=False)
    finally:
        estate.sandbox.lag(**{"vpc_endpoint.pending": 0.1})
    assert left["writes"] == [ACCEPT]
    assert left["status"] == "waiting"
    assert left["waiting"] == f"{endpoint} to be available"
    estate.meanwhile = functools.partial(estate.put, endpoint, "available")
    done = run(estate)
    assert done["writes"] == []
    assert done["status"] == "accepted"
    assert done["connections"][0]["vpc_endpoint_state"] == "available"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"owners": None}, "give owners or vpc_endpoint_ids"),
        ({"owners": []}, "give owners or vpc_endpoint_ids"),
        ({"owners": ["1234"]}, "Not an account id of 12 digits: '1234'"),
        ({"owners": ["*"]}, "Not an account id"),
        ({"vpc_endpoint_ids": ["vpce-svc-0123"]}, "Not the id of a VPC endpoint"),
        ({"service_id": "vpce-0123"}, "Not an endpoint service"),
        ({"service_name": "com.amazonaws.us-east-1.s3"}, "Not an endpoint service"),
        ({"owners": [f"{VENDOR}\n"]}, "Not an account id of 12 digits"),
        ({"owners": ["\N{FULLWIDTH DIGIT EIGHT}34469178297"]}, "Not an account id of 12 digits"),
        ({"vpc_endpoint_ids": ["vpce-0123\n"]}, "Not the id of a VPC endpoint"),
        ({"service_id": f"{SERVICE}\n"}, "Not an endpoint service"),
        ({"service_name": f"evil.{SERVICE}"}, "Not an endpoint service"),
        ({"service_name": f"evil.com.amazonaws.vpce.us-east-1.{SERVICE}"}, "Not an endpoint service"),
        ({"service_name": f"com.amazonaws.vpce.us-east-1.{SERVICE}", "service_id": "vpce-svc-1"}, "is not that of"),
        ({"service_name": f"com.amazonaws.vpce.eu-west-1.{SERVICE}"}, "is in eu-west-1, and this run in us-east-1"),
        ({"state": "rejected", "owners": None}, "give owners or vpc_endpoint_ids"),
    ],
)
def test_never_runs_without_an_allow_list_of_valid_entries(estate: Estate, options: dict[str, Any], says: str) -> None:
    result = run(estate, **options)
    assert result["failed"]
    assert says in result["msg"]
    assert not estate.count("AcceptVpcEndpointConnections")


def test_strangers_are_reported_and_left_alone(estate: Estate, service: dict[str, Any]) -> None:
    stranger, vendor = ask(estate, service, STRANGER), ask(estate, service)
    result = change(estate, [ACCEPT])
    assert [connection["vpc_endpoint_id"] for connection in result["connections"]] == [vendor]
    assert [connection["vpc_endpoint_id"] for connection in result["unlisted_connections"]] == [stranger]
    assert f"not on the list and left alone: {stranger} of account {STRANGER}" in result["warnings"]
    assert estate.connection(stranger) == "pendingAcceptance"
    rejected = change(estate, [REJECT], state="rejected")
    assert [connection["vpc_endpoint_id"] for connection in rejected["strangers"]] == [stranger]
    assert estate.connection(stranger) == "pendingAcceptance"


def test_both_lists_must_allow(estate: Estate, service: dict[str, Any]) -> None:
    first, second = ask(estate, service), ask(estate, service)
    foreign = ask(estate, service, STRANGER)
    both = {"owners": [VENDOR], "vpc_endpoint_ids": [first, foreign]}
    result = change(estate, [ACCEPT], **both)
    assert [connection["vpc_endpoint_id"] for connection in result["connections"]] == [first]
    assert {connection["vpc_endpoint_id"] for connection in result["strangers"]} == {second, foreign}


def test_several_connections_cost_one_call(estate: Estate, service: dict[str, Any]) -> None:
    ids = sorted([ask(estate, service), ask(estate, service)])
    change(estate, [ACCEPT], max_connections=2)
    write = [call for call in estate.sandbox.writes(estate.account) if "Accept" in call["operation"]]
    assert [call["params"]["VpcEndpointIds"] for call in write] == [ids]


# How many of an account


def test_the_oldest_request_is_accepted_and_the_others_wait(estate: Estate, service: dict[str, Any]) -> None:
    """The account is the vendor's, for all of its customers."""
    first, second, third = ask_in_order(estate, service, 3)
    result = change(estate, [ACCEPT])
    assert result["status"] == "accepted"
    assert result["waiting"].startswith("2 more requests to be confirmed (")
    assert f"{second} of account {VENDOR}, {third} of account {VENDOR}" in result["waiting"]
    assert f"ask the vendor whether they are yours; list those that are in vpc_endpoint_ids beside {first}" in str(
        result["waiting"]
    )
    assert [estate.connection(endpoint) for endpoint in (first, second, third)] == [
        "available",
        "pendingAcceptance",
        "pendingAcceptance",
    ]
    assert ids_of(result["held_connections"]) == sorted([second, third])
    assert ids_of(result["connections"]) == sorted([first, second, third])
    assert result["excess_connections"] == result["unlisted_connections"] == []
    assert change(estate, [ACCEPT], max_connections=2)["writes"]
    assert estate.connection(third) == "pendingAcceptance"
    assert change(estate, [ACCEPT], owners=[VENDOR], vpc_endpoint_ids=[first, second, third])["waiting"] == ""
    assert estate.connection(third) == "available"


def test_a_vendor_that_replaces_its_endpoint_is_let_in_when_the_old_one_has_ended(
    estate: Estate, service: dict[str, Any]
) -> None:
    old = ask(estate, service)
    run(estate)
    new = ask(estate, service)
    assert change(estate, [])["waiting"].startswith(f"1 more request to be confirmed ({new} of account {VENDOR}")
    estate.put(old, "deleting")
    ending = run(estate, wait=False)
    assert (ending["writes"], ending["waiting"]) == ([], f"{old} to end")
    predicted = run(estate, check=True)
    estate.meanwhile = functools.partial(estate.put, old, "deleted")
    result = run(estate)
    assert predicted["writes"] == result["writes"] == [ACCEPT]
    assert (estate.connection(new), result["waiting"]) == ("available", "")


def test_a_listed_endpoint_is_accepted_beside_those_that_stand(estate: Estate, service: dict[str, Any]) -> None:
    old = ask(estate, service)
    run(estate)
    new, foreign = ask(estate, service), ask(estate, service, STRANGER)
    result = change(estate, [ACCEPT], owners=[VENDOR], vpc_endpoint_ids=[new, foreign])
    assert (estate.connection(new), estate.connection(old)) == ("available", "available")
    assert estate.connection(foreign) == "pendingAcceptance"  # listed, but of an account that is not
    assert ids_of(result["unlisted_connections"]) == sorted([old, foreign])
    assert result["waiting"] == ""


def test_with_a_list_of_endpoints_no_other_is_accepted_unless_told_how_many(
    estate: Estate, service: dict[str, Any]
) -> None:
    other = ask(estate, service)
    lists = {"owners": [VENDOR], "vpc_endpoint_ids": ["vpce-0123456789abcdef0"]}
    waits = change(estate, [], **lists)
    assert waits["status"] == "waiting"
    assert waits["waiting"].startswith(f"1 request to be confirmed ({other} of account {VENDOR})")
    assert change(estate, [], max_connections=0)["waiting"] == waits["waiting"]
    assert change(estate, [ACCEPT], max_connections=1, **lists)["status"] == "accepted"
    refused = run(estate, max_connections=-1)
    assert refused["msg"] == "max_connections is a number from 0, not -1."


def test_each_account_has_its_own_number(estate: Estate, service: dict[str, Any]) -> None:
    endpoints = [*ask_in_order(estate, service, 2), *ask_in_order(estate, service, 2, STRANGER)]
    result = change(estate, [ACCEPT], owners=[VENDOR, STRANGER])
    assert [estate.connection(endpoint) for endpoint in endpoints] == ["available", "pendingAcceptance"] * 2
    assert ids_of(result["held_connections"]) == sorted([endpoints[1], endpoints[3]])


def test_what_is_connected_beyond_the_maximum_is_named_and_left(estate: Estate, service: dict[str, Any]) -> None:
    endpoints = ask_in_order(estate, service, 3)
    run(estate, max_connections=3)
    result = change(estate, [])
    assert ids_of(result["excess_connections"]) == sorted(endpoints[1:])
    assert result["status"] == "accepted"
    assert [estate.connection(endpoint) for endpoint in endpoints] == ["available"] * 3


def test_who_came_first_meanwhile_keeps_the_place(estate: Estate, service: dict[str, Any]) -> None:
    """Another run accepts another request, after ours has looked and before it accepts."""
    first, second = ask_in_order(estate, service, 2)
    estate.sandbox.fault("ec2", "DescribeVpcEndpointConnections", "stale", account=estate.account, times=1)
    estate.ec2.accept_vpc_endpoint_connections(ServiceId=service["service_id"], VpcEndpointIds=[second])
    result = run(estate)
    assert (result["failed"], result["writes"]) == (False, [])
    assert result["waiting"].startswith(f"1 more request to be confirmed ({first} of account {VENDOR}")
    assert estate.connection(first) == "pendingAcceptance"


def test_more_than_ten_strangers_are_summed_up(estate: Estate, service: dict[str, Any]) -> None:
    for dummy in range(12):
        ask(estate, service, STRANGER)
    result = run(estate)
    assert result["warnings"].count("left alone: vpce-") == 10
    assert "left alone: 2 more" in result["warnings"]


@pytest.mark.parametrize("by", ["service_id", "service_name"])
def test_a_service_may_be_named(estate: Estate, service: dict[str, Any], by: str) -> None:
    ask(estate, service)
    change(estate, [ACCEPT], name="whatever", **{by: service[by]})
    assert estate.count("DescribeVpcEndpointServiceConfigurations") == 0


@pytest.mark.parametrize(("state", "write"), [("accepted", ACCEPT), ("rejected", REJECT)])
def test_a_service_that_others_have_made_takes_a_policy_of_its_own(
    estate: Estate, service: dict[str, Any], state: str, write: str
) -> None:
    estate.ec2.delete_tags(Resources=[service["service_id"]], Tags=[{"Key": "saas.privatelink:name"}])
    ask(estate, service)
    with pytest.raises(AssertionError, match=r"accept_connection\.json does not allow"):
        run(estate, service_id=service["service_id"], state=state)
    ask(estate, service)
    estate.others = True
    assert run(estate, service_id=service["service_id"], state=state, max_connections=2)["writes"] == [write]


def test_a_service_that_does_not_exist(estate: Estate) -> None:
    missing = run(estate)
    assert missing["failed"]
    assert "No endpoint service is tagged orders" in missing["msg"]
    planned = run(estate, check=True)
    assert not planned["failed"]
    assert planned["status"] == "waiting"
    assert "request a connection to orders" in planned["waiting"]
    assert run(estate, state="rejected")["status"] == "refused"  # nothing is connected to what does not exist


def test_ambiguity_lists_the_candidates(estate: Estate) -> None:
    arns = [estate.balancer(name) for name in ("nlb-a", "nlb-b")]
    tags = [{"ResourceType": "vpc-endpoint-service", "Tags": [{"Key": "saas.privatelink:name", "Value": "orders"}]}]
    create = functools.partial(estate.ec2.create_vpc_endpoint_service_configuration, TagSpecifications=tags)
    ids = [create(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"]["ServiceId"] for arn in arns]
    result = run(estate)
    assert result["failed"]
    assert all(service_id in result["msg"] for service_id in ids)


# Waiting for the vendor


def test_no_request_yet_is_a_normal_result(estate: Estate, service: dict[str, Any]) -> None:
    result = change(estate, [])
    assert result["status"] == "waiting"
    assert result["waiting"] == f"account {VENDOR} to request a connection to {service['service_id']}"


def test_a_request_is_waited_for_if_asked(estate: Estate, service: dict[str, Any]) -> None:
    estate.meanwhile = functools.partial(estate.sandbox.connect, service["service_name"])
    result = run(estate, wait_for_request=True)
    assert result["writes"] == [ACCEPT]
    assert result["status"] == "accepted"


def test_the_wait_for_a_request_ends(estate: Estate, service: dict[str, Any]) -> None:
    result = run(estate, wait_for_request=True, wait_timeout=1)
    assert not result["failed"]
    assert result["status"] == "waiting"
    assert estate.count("DescribeVpcEndpointConnections") > 5


@pytest.mark.parametrize("state", ["rejected", "failed", "expired"])
def test_a_refused_connection_must_be_requested_again(estate: Estate, service: dict[str, Any], state: str) -> None:
    old = ask(estate, service)
    estate.sandbox.control("POST", "endpoint_state", vpc_endpoint_id=old, state=state)
    refused = change(estate, [])
    assert refused["status"] == "refused"
    assert f"again ({old} of account {VENDOR}: {state})" in refused["waiting"]
    new = ask(estate, service)
    accepted = change(estate, [ACCEPT])  # the old one stays listed, and is not mistaken for the new one
    assert accepted["status"] == "accepted"
    assert estate.connection(new) == "available"


def test_a_connection_that_the_vendor_has_deleted_is_no_refusal(estate: Estate, service: dict[str, Any]) -> None:
    endpoint = ask(estate, service)
    estate.sandbox.disconnect(endpoint)
    estate.sandbox.eventually(lambda: estate.connection(endpoint), lambda state: bool(state in ("deleted", "")))
    assert run(estate)["status"] == "waiting"


def test_a_connection_that_fails_after_it_was_accepted_is_an_error(estate: Estate, service: dict[str, Any]) -> None:
    endpoint = ask(estate, service)
    estate.sandbox.lag(**{"vpc_endpoint.pending": 60})
    estate.meanwhile = functools.partial(estate.put, endpoint, "failed")
    result = run(estate)
    estate.sandbox.lag(**{"vpc_endpoint.pending": 0.1})
    assert result["failed"]
    assert result["writes"] == [ACCEPT]
    assert f"the connection did not come up: {endpoint} of account {VENDOR}: failed" in result["msg"]


def test_what_is_coming_up_is_rejected_once_it_is_there(estate: Estate, service: dict[str, Any]) -> None:
    endpoint = ask(estate, service)
    estate.put(endpoint, "pending")
    left = run(estate, state="rejected", wait=False)
    assert left["writes"] == []
    assert left["status"] == "waiting"
    assert left["waiting"]
    predicted = run(estate, check=True, state="rejected")
    estate.meanwhile = functools.partial(estate.put, endpoint, "available")
    assert run(estate, state="rejected")["writes"] == predicted["writes"] == [REJECT]
    assert estate.connection(endpoint) == "rejected"


def test_a_connection_that_is_ending_is_waited_for(estate: Estate, service: dict[str, Any]) -> None:
    endpoint = ask(estate, service)
    estate.put(endpoint, "deleting")
    left = run(estate, state="rejected", wait=False)
    assert left["writes"] == []
    assert left["waiting"] == f"{endpoint} to end"
    estate.meanwhile = functools.partial(estate.put, endpoint, "deleted")
    assert run(estate, state="rejected")["status"] == "refused"


# Faults


def overtaken(estate: Estate, service: dict[str, Any], act: str) -> tuple[str, dict[str, Any]]:
    """Another run accepts or rejects after ours has looked. The endpoint, and what ours says."""
    endpoint = ask(estate, service)
    estate.sandbox.fault("ec2", "DescribeVpcEndpointConnections", "stale", account=estate.account, times=1)
    call = getattr(estate.ec2, f"{act}_vpc_endpoint_connections")
    call(ServiceId=service["service_id"], VpcEndpointIds=[endpoint])
    since = estate.sandbox.last_call()
    result = estate.run_module("accept_connection", {**estate.access, "name": "orders", "owners": [VENDOR]})
    assert len(estate.sandbox.writes(estate.account, since=since)) == 1
    return endpoint, result


def test_unsuccessful_in_a_good_answer_is_an_error(estate: Estate, service: dict[str, Any]) -> None:
    endpoint, result = overtaken(estate, service, "reject")
    assert result["failed"]
    assert f"{ACCEPT} ({endpoint}): InvalidState" in result["msg"]
    assert not result["changed"]
    assert run(estate)["status"] == "refused"


def test_what_another_run_has_accepted_meanwhile_is_accepted(estate: Estate, service: dict[str, Any]) -> None:
    endpoint, result = overtaken(estate, service, "accept")
    assert not result.get("failed")
    assert result["results"][0]["status"] == "accepted"
    assert estate.connection(endpoint) == "available"


def accepting(*states: str) -> Any:
    """An Api that refuses to accept, with a code that nobody has foreseen, and shows endpoints in these states."""

    def apply(change: Change) -> Any:
        raise CallError(change.action, "Unforeseen", "no")

    listed = [
        {"ServiceId": SERVICE, "VpcEndpointId": f"vpce-{number}", "VpcEndpointState": state}
        for number, state in enumerate(states)
    ]
    return SimpleNamespace(apply=apply, pages=lambda action, key, **params: listed)


@pytest.mark.parametrize("states", [("pending", "available"), ("Available", "Pending"), ("partial", "available")])
def test_a_refusal_to_accept_what_is_accepted_is_no_error(states: tuple[str, str]) -> None:
    params = {"ServiceId": SERVICE, "VpcEndpointIds": ["vpce-0", "vpce-1"]}
    assert Acceptances(accepting(*states)).apply(Change(ACCEPT, params, "accept")) == {}


@pytest.mark.parametrize(
    "states",
    [("available", "pendingAcceptance"), ("available",), ("rejected", "available"), ("failed", "available"), ()],
)
def test_a_refusal_stands_unless_all_are_accepted(states: tuple[str, ...]) -> None:
    params = {"ServiceId": SERVICE, "VpcEndpointIds": ["vpce-0", "vpce-1"]}
    with pytest.raises(CallError, match="Unforeseen"):
        Acceptances(accepting(*states)).apply(Change(ACCEPT, params, "accept"))


def test_a_refusal_to_reject_stands() -> None:
    params = {"ServiceId": SERVICE, "VpcEndpointIds": ["vpce-0"]}
    with pytest.raises(CallError, match="Unforeseen"):
        Acceptances(accepting("available")).apply(Change(REJECT, params, "reject"))


def test_stale_reads_accept_nothing_twice(estate: Estate, service: dict[str, Any]) -> None:
    ask(estate, service)
    estate.sandbox.fault("ec2", "DescribeVpcEndpointConnections", "stale", account=estate.account, times=4)
    result = run(estate)
    assert result["writes"] == [ACCEPT]
    assert result["status"] == "accepted"
    assert estate.count("AcceptVpcEndpointConnections") == 1


def test_a_throttled_call_is_repeated(estate: Estate, service: dict[str, Any]) -> None:
    ask(estate, service)
    estate.sandbox.fault("ec2", "AcceptVpcEndpointConnections", "throttle", account=estate.account, times=6)
    assert run(estate, wait_timeout=60)["status"] == "accepted"
    assert estate.count("AcceptVpcEndpointConnections") == 7


@pytest.mark.parametrize("operation", ["AcceptVpcEndpointConnections", "DescribeVpcEndpointConnections"])
def test_a_denied_call_names_the_missing_action(estate: Estate, service: dict[str, Any], operation: str) -> None:
    ask(estate, service)
    estate.sandbox.fault("ec2", operation, "deny", account=estate.account)
    result = run(estate)
    assert result["failed"]
    assert f"Allow ec2:{operation} in the policies" in result["msg"]


# Many


def test_many_services_cost_one_call(estate: Estate) -> None:
    names = [f"service-{number}" for number in range(4)]
    for name in names:
        estate.balancer(name)
    services = [{"name": name, "load_balancers": [name], "allowed_principals": [VENDOR]} for name in names]
    made = estate.run("endpoint_service", services=services)["results"]
    endpoints = [ask(estate, service) for service in made]
    items: list[dict[str, Any]] = [{"name": name, "owners": [VENDOR]} for name in names]
    predicted = estate.run("accept_connection", check=True, connections=items)
    result = estate.run("accept_connection", connections=items)
    for answer in (predicted, result):
        assert [item["writes"] for item in answer["results"]] == [[ACCEPT]] * 4
    assert [item["connections"][0]["vpc_endpoint_id"] for item in result["results"]] == endpoints
    assert not estate.run("accept_connection", connections=items)["changed"]
    assert Counter(call["operation"] for call in estate.calls) == {
        "DescribeVpcEndpointServiceConfigurations": 1,
        "DescribeVpcEndpointConnections": 1,
    }
    named = [{**item, "service_id": service["service_id"]} for item, service in zip(items, made, strict=True)]
    assert not estate.run("accept_connection", connections=named)["changed"]
    assert len(estate.calls) == 1


def test_one_bad_item_stops_no_other(estate: Estate, service: dict[str, Any]) -> None:
    ask(estate, service)
    items = [{"name": "open"}, {"name": "orders", "owners": [VENDOR]}, {"name": "lost", "owners": [VENDOR]}]
    result = estate.run("accept_connection", connections=items)
    assert result["failed_items"] == ["open", "lost"]
    assert result["results"][1]["status"] == "accepted"


@pytest.mark.parametrize("state", ["accepted", "rejected"])
def test_an_id_opens_no_service_of_another_environment(estate: Estate, service: dict[str, Any], state: str) -> None:
    """Nothing is asked of it before there is something to do."""
    named = {"service_id": service["service_id"], "state": state, "environment_name": "green"}
    tags = [{"Key": "saas.privatelink:environment", "Value": "blue"}]
    estate.ec2.create_tags(Resources=[service["service_id"]], Tags=tags)
    assert run(estate, **named)["writes"] == []
    endpoint = ask(estate, service)
    for check in (True, False):
        refused = run(estate, check=check, **named)
        assert (refused["failed"], refused["writes"]) == (True, [])
        assert f"{service['service_id']} belongs to the environment blue" in refused["msg"]
    assert estate.connection(endpoint) == "pendingAcceptance"
    assert run(estate, **{**named, "environment_name": "blue"})["writes"] == [ACCEPT if state == "accepted" else REJECT]


def test_two_items_may_share_a_service(estate: Estate, service: dict[str, Any]) -> None:
    ask(estate, service)
    ask(estate, service, STRANGER)
    items = [
        {"name": "one", "service_id": service["service_id"], "owners": [VENDOR]},
        {"name": "two", "service_id": service["service_id"], "owners": [STRANGER], "state": "rejected"},
    ]
    result = estate.run("accept_connection", connections=items)
    assert [item["status"] for item in result["results"]] == ["accepted", "refused"]


# The plan alone


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        *((state, True) for state in ("pending", "available", "partial", "deleting")),
        *((state, False) for state in ("rejected", "failed", "expired", "deleted", "pendingAcceptance")),
    ],
)
def test_what_counts_as_a_connection(state: str, counts: bool) -> None:
    item = Acceptance("orders", owners=[VENDOR], service_id=SERVICE)
    listed = [
        Connection(SERVICE, "vpce-2", VENDOR, state, 1.0),
        Connection(SERVICE, "vpce-1", VENDOR, "PendingAcceptance", 0.0),
    ]
    assert [connection.vpc_endpoint_id for connection in item.fitting(listed)] == ([] if counts else ["vpce-1"])


def test_twins_are_told_apart_by_their_ids() -> None:
    item = Acceptance("orders", owners=[VENDOR], service_id=SERVICE)
    listed = [Connection(SERVICE, f"vpce-{number}", VENDOR, "pendingAcceptance", 1.0) for number in (3, 1, 2)]
    assert [connection.vpc_endpoint_id for connection in item.fitting(listed)] == ["vpce-1"]


def plan(state: Literal["accepted", "rejected"], *connections: tuple[str, str], handled: tuple[str, ...] = ()) -> Any:
    listed = [Connection(SERVICE, endpoint, VENDOR, now) for endpoint, now in connections]
    item = Acceptance("orders", state=state, owners=[VENDOR], service_id=SERVICE, max_connections=2)
    return Acceptances.plan(None, item, Requests(SERVICE, listed, frozenset(handled)))  # type: ignore[arg-type]


@pytest.mark.parametrize("spelling", [str, str.lower, str.upper, lambda state: state[0].upper() + state[1:]])
def test_the_case_of_states_does_not_matter(spelling: Any) -> None:
    assert plan("accepted", ("vpce-1", spelling("pendingAcceptance"))).changes
    assert plan("accepted", ("vpce-1", spelling("available"))).result["status"] == "accepted"


def test_partial_counts_as_up() -> None:
    assert plan("accepted", ("vpce-1", "partial")).result["status"] == "accepted"
    assert [change.action for change in plan("rejected", ("vpce-1", "partial")).changes] == [REJECT]


def test_only_what_this_run_accepted_can_be_lost() -> None:
    assert plan("accepted", ("vpce-1", "rejected"), ("vpce-2", "available"), handled=("vpce-2",)).result
    with pytest.raises(ItemError, match="vpce-2 of account 834469178297: rejected"):
        plan("accepted", ("vpce-2", "rejected"), handled=("vpce-2",))


def test_a_request_that_comes_during_the_wait_is_accepted_alone() -> None:
    both = [("vpce-1", "pendingAcceptance"), ("vpce-2", "pendingAcceptance")]
    (only,) = plan("accepted", *both, handled=("vpce-1",)).changes
    assert only.params["VpcEndpointIds"] == ["vpce-2"]


def test_information_is_of_all_services_or_of_some(estate: Estate, service: dict[str, Any]) -> None:
    mine, stranger = ask(estate, service), ask(estate, service, STRANGER)
    asked = [
        ({}, {mine, stranger}),
        ({"service_ids": [service["service_id"]], "owners": [VENDOR]}, {mine}),
        ({"states": ["PENDINGACCEPTANCE"]}, {mine, stranger}),
        ({"states": ["available"]}, set()),
        ({"service_ids": []}, set()),
    ]
    for options, found in asked:
        connections = estate.look("accept_connection_info", **options)["connections"]
        assert {connection["vpc_endpoint_id"] for connection in connections} == found, options
