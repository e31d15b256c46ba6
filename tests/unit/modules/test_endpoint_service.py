# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""endpoint_service against the sandbox: every option and rule, check mode beside the real run, faults, call counts."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.load_balancers import LoadBalancer
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import Actual, find
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_plan import plan_create, plan_update
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

VENDOR, OTHER = "834469178297", "111111111111"
ROOT = "arn:aws:iam::{}:root".format
TOPIC = "arn:aws:sns:us-east-1:111111111111:connections"
CREATE = "ec2:CreateVpcEndpointServiceConfiguration"
MODIFY = "ec2:ModifyVpcEndpointServiceConfiguration"
DELETE = "ec2:DeleteVpcEndpointServiceConfigurations"
PERMIT = "ec2:ModifyVpcEndpointServicePermissions"
REJECT = "ec2:RejectVpcEndpointConnections"
VERIFY = "ec2:StartVpcEndpointServicePrivateDnsVerification"
TAG, UNTAG = "ec2:CreateTags", "ec2:DeleteTags"
NOTIFY, RENOTIFY, UNNOTIFY = (
    "ec2:CreateVpcEndpointConnectionNotification",
    "ec2:ModifyVpcEndpointConnectionNotification",
    "ec2:DeleteVpcEndpointConnectionNotifications",
)


def run(estate: Estate, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """One item; the answer is its result, with the module's ``diff``, ``warnings`` and ``msg`` beside it."""
    result = estate.run("endpoint_service", check=check, diff=diff, **{"name": "orders", **options})
    item: dict[str, Any] = {**result["results"][0], "diff": result.get("diff")}
    item["warnings"] = str(result.get("warnings", ""))
    return item


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
    predicted = run(estate, check=True, diff=True, **options)
    real = run(estate, diff=True, **options)
    assert (predicted["writes"], predicted["changed"]) == (writes, bool(writes)), predicted
    assert (real["writes"], real["changed"], real["failed"]) == (writes, bool(writes), False), real
    assert real["diff"] == predicted["diff"] or CREATE in writes
    for check in (True, False):
        again = run(estate, check=check, diff=True, **options)
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


def services(estate: Estate) -> list[dict[str, Any]]:
    return list(estate.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"])


def service(estate: Estate) -> dict[str, Any]:
    """The only service of the account, as AWS shows it."""
    (found,) = services(estate)
    return found


def principals(estate: Estate, service_id: str) -> set[str]:
    found = estate.ec2.describe_vpc_endpoint_service_permissions(ServiceId=service_id)["AllowedPrincipals"]
    return {permission["Principal"] for permission in found}


def notifications(estate: Estate) -> dict[str, list[str]]:
    found = estate.ec2.describe_vpc_endpoint_connection_notifications()["ConnectionNotificationSet"]
    return {notification["ConnectionNotificationArn"]: notification["ConnectionEvents"] for notification in found}


def test_create_modify_delete(estate: Estate) -> None:
    arn = estate.balancer("nlb")
    everything: dict[str, Any] = {
        "load_balancers": ["nlb"],
        "acceptance_required": True,
        "allowed_principals": [VENDOR],
        "private_dns_name": "db.example.com",
        "supported_ip_address_types": ["ipv4"],
        "supported_regions": ["eu-west-1"],
        "connection_notifications": [{"topic_arn": TOPIC, "events": ["Connect"]}],
        "tags": {"team": "data", "cost": 5},
    }
    made = change(estate, [CREATE, PERMIT, NOTIFY], **everything)
    actual = service(estate)
    assert actual["NetworkLoadBalancerArns"] == [arn]
    assert actual["AcceptanceRequired"] is True
    assert actual["PrivateDnsName"] == "db.example.com"
    assert [region["Region"] for region in actual["SupportedRegions"]] == ["us-east-1", "eu-west-1"]
    tags = {"Name": "orders", "saas.privatelink:name": "orders", "team": "data", "cost": "5"}
    assert {tag["Key"]: tag["Value"] for tag in actual["Tags"]} == tags == made["tags"]
    assert principals(estate, actual["ServiceId"]) == {ROOT(VENDOR)}
    assert notifications(estate) == {TOPIC: ["Connect"]}
    assert made["service_name"] == actual["ServiceName"]
    assert made["service_state"] == "Available"
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["allowed_principals"] == [ROOT(VENDOR)]

    changed = {**everything, "acceptance_required": False, "allowed_principals": [OTHER], "tags": {"team": "bi"}}
    real = change(estate, [TAG, MODIFY, PERMIT], **changed)
    assert real["diff"][0]["before"]["acceptance_required"] is True
    assert real["diff"][0]["after"]["acceptance_required"] is False
    assert service(estate)["AcceptanceRequired"] is False
    assert principals(estate, actual["ServiceId"]) == {ROOT(VENDOR), ROOT(OTHER)}

    gone = change(estate, [DELETE], state="absent")
    assert gone["diff"][0]["after"] == {}
    assert not services(estate)


def test_unset_options_change_nothing(estate: Estate) -> None:
    estate.service("orders", VENDOR, private_dns_name="db.example.com", tags={"team": "data"})
    before = service(estate)
    change(estate, [])
    assert service(estate) == before
    assert estate.count("DescribeVpcEndpointServicePermissions") == 0


def test_empty_account_is_planned_with_a_load_balancer_that_does_not_exist_yet(estate: Estate) -> None:
    options: dict[str, Any] = {
        "load_balancers": ["later"],
        "allowed_principals": [VENDOR],
        "private_dns_name": "a.example.com",
    }
    options |= {"verify_private_dns": True, "connection_notifications": [{"topic_arn": TOPIC}]}
    predicted = run(estate, check=True, **options)
    assert not estate.count("CreateVpcEndpointServiceConfiguration")
    assert not predicted["failed"]
    refused = run(estate, **options)
    assert refused["failed"]
    assert "Load balancer later does not exist" in refused["msg"]
    assert not refused["writes"]
    estate.balancer("later")
    assert run(estate, **options)["writes"] == predicted["writes"] == [CREATE, PERMIT, NOTIFY, VERIFY]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"allowed_principals": ["arn:aws:iam::111111111111:role/service/vendor"]}, "principal with a path"),
        ({"allowed_principals": ["garbage"]}, "Not a principal: 'garbage'"),
        ({"private_dns_name": "DB.Example.com"}, "in lower case alone: give private_dns_name db.example.com"),
        ({"allowed_principals": ["12345678901"]}, "Not a principal"),
        ({"load_balancers": []}, "load_balancers is empty"),
        ({"load_balancers": ["not_a_name"]}, "Neither the name nor the ARN"),
        ({"load_balancers": ["arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/x/1"]}, "Neither the name nor"),
        ({"service_id": "vpce-0123"}, "Not the id of an endpoint service"),
        ({"supported_ip_address_types": []}, "supported_ip_address_types is empty"),
        ({"connection_notifications": [{"topic_arn": "nowhere"}]}, "Not the ARN of an SNS topic"),
        ({"connection_notifications": [{"topic_arn": TOPIC}, {"topic_arn": TOPIC}]}, "twice"),
        ({"connection_notifications": [{"topic_arn": TOPIC, "events": []}]}, "without events"),
        ({}, "give load_balancers to create it"),
        ({"service_id": "vpce-svc-0123456789abcdef0"}, "does not exist in this account and region"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_impossible_options_fail_before_the_first_write(
    estate: Estate, options: dict[str, Any], says: str, check: bool
) -> None:
    result = run(estate, check=check, **options)
    assert result["failed"]
    assert says in result["msg"]
    assert not result["writes"]


# Identity


@pytest.mark.parametrize("state", ["present", "absent"])
def test_one_of_another_name_is_refused_by_its_id_too(estate: Estate, state: str) -> None:
    made = estate.service("orders", VENDOR)
    result = run(estate, name="sales", state=state, service_id=made["service_id"], adopt=True)
    assert "belongs to orders" in result["msg"]
    assert (result["failed"], result["writes"]) == (True, [])


def test_adopted_by_its_load_balancers(estate: Estate) -> None:
    arns = [estate.balancer("nlb-a"), estate.balancer("nlb-b")]
    foreign = estate.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=arns)["ServiceConfiguration"]
    estate.sandbox.eventually(lambda: service(estate)["ServiceState"], lambda state: bool(state == "Available"))
    refused = run(estate, load_balancers=["nlb-b", arns[0]])
    assert "was not made here" in refused["msg"]
    assert (refused["failed"], refused["writes"]) == (True, [])
    result = change(estate, [TAG], load_balancers=["nlb-b", arns[0]], adopt=True)
    assert result["service_id"] == foreign["ServiceId"]
    assert result["tags"] == {"saas.privatelink:name": "orders", "saas.privatelink:adopted": "true"}


def test_a_service_is_tagged_before_it_is_changed(estate: Estate) -> None:
    """A policy may allow changes to what has our tag alone."""
    made = estate.service("orders", VENDOR, acceptance_required=False)
    estate.ec2.delete_tags(Resources=[made["service_id"]], Tags=[{"Key": "saas.privatelink:name"}])
    change(estate, [TAG, PERMIT], service_id=made["service_id"], adopt=True, allowed_principals=["123456789012"])


def test_a_service_of_others_gets_no_load_balancer_more(estate: Estate) -> None:
    """Its consumers would reach either."""
    theirs, ours = estate.balancer("theirs"), estate.balancer("orders")
    made = estate.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[theirs])
    estate.sandbox.eventually(lambda: service(estate)["ServiceState"], lambda state: bool(state == "Available"))
    wanted = {"service_id": made["ServiceConfiguration"]["ServiceId"], "adopt": True, "load_balancers": ["orders"]}
    refused = estate.run("endpoint_service", name="orders", **wanted)
    assert refused["failed"]
    assert "leads to theirs, and would lead to" in refused["msg"]
    assert ours in refused["msg"]
    assert (estate.calls and [call for call in estate.calls if call["kind"] == "write"]) == []


def test_an_adopted_service_keeps_its_owners_settings(estate: Estate) -> None:
    arns = [estate.balancer("nlb-a"), estate.balancer("nlb-b")]
    made = estate.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=arns, AcceptanceRequired=False)
    estate.sandbox.eventually(lambda: service(estate)["ServiceState"], lambda state: bool(state == "Available"))
    ours = {"acceptance_required": True, "private_dns_name": "db.example.com", "tags": {"team": "x"}}
    for writes in ([TAG], []):
        change(estate, writes, load_balancers=["nlb-a"], adopt=True, purge_tags=True, **ours)
    assert service(estate)["ServiceId"] == made["ServiceConfiguration"]["ServiceId"]
    assert set(service(estate)["NetworkLoadBalancerArns"]) == set(arns)
    assert service(estate)["AcceptanceRequired"] is False
    assert {tag["Key"] for tag in service(estate)["Tags"]} == {"saas.privatelink:name", "saas.privatelink:adopted"}


@pytest.mark.parametrize("theirs", ["*", "arn:aws:iam::834469178297:role/reader"])
def test_who_may_be_the_owners_guest_stays_connected(estate: Estate, theirs: str) -> None:
    arn = estate.balancer("nlb")
    made = estate.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"]
    estate.sandbox.eventually(lambda: service(estate)["ServiceState"], lambda state: bool(state == "Available"))
    of = {"ServiceId": made["ServiceId"]}
    estate.ec2.modify_vpc_endpoint_service_permissions(**of, AddAllowedPrincipals=[theirs])
    adopted = {"service_id": made["ServiceId"], "adopt": True}
    change(estate, [TAG, PERMIT], **adopted, allowed_principals=[VENDOR])
    guest = str(estate.sandbox.connect(made["ServiceName"], account=VENDOR)["VpcEndpointId"])
    estate.sandbox.eventually(lambda: estate.connection(guest), bool)
    estate.put(guest, "available")
    change(estate, [PERMIT, UNTAG], state="absent", on_connections="reject", **adopted)
    assert estate.connection(guest) == "available"
    run(estate, **adopted)
    left = run(estate, state="absent", service_id=made["ServiceId"])  # its tag says that it was adopted
    assert (left["failed"], left["writes"]) == (False, [UNTAG])


def test_an_adopted_service_is_left_as_it_was(estate: Estate) -> None:
    """Whom its owner lets in stays, and so does their connection; whom we let in goes, with what they connected."""
    theirs, ours = "210987654321", VENDOR
    arn = estate.balancer("nlb")
    foreign = estate.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])[
        "ServiceConfiguration"
    ]
    estate.sandbox.eventually(lambda: service(estate)["ServiceState"], lambda state: bool(state == "Available"))
    service_id = foreign["ServiceId"]
    estate.ec2.modify_vpc_endpoint_service_permissions(ServiceId=service_id, AddAllowedPrincipals=[ROOT(theirs)])
    before = service(estate)
    adopted = {"service_id": service_id, "adopt": True}
    change(estate, [TAG, PERMIT], **adopted, allowed_principals=[theirs, ours], purge_allowed_principals=True)
    change(estate, [], **adopted, allowed_principals=[ours], purge_allowed_principals=True)
    assert principals(estate, service_id) == {ROOT(theirs), ROOT(ours)}
    asked = [estate.sandbox.connect(foreign["ServiceName"], account=account) for account in (theirs, ours)]
    kept, ended = (str(endpoint["VpcEndpointId"]) for endpoint in asked)
    for endpoint_id in (kept, ended):
        estate.sandbox.eventually(lambda known=endpoint_id: estate.connection(known), bool)
        estate.put(endpoint_id, "available")
    live = run(estate, state="absent", **adopted)
    assert ended in live["msg"]
    assert kept not in live["msg"]
    change(estate, [REJECT, PERMIT, UNTAG], state="absent", on_connections="reject", **adopted)
    assert principals(estate, service_id) == {ROOT(theirs)}
    assert estate.connection(kept) == "available"
    assert {**service(estate), "Tags": []} == {**before, "Tags": []}


def test_one_of_another_environment_is_refused(estate: Estate) -> None:
    estate.balancer("nlb")
    run(estate, load_balancers=["nlb"], environment_name="blue")
    for options in ({"load_balancers": ["nlb"]}, {"state": "absent"}):
        refused = run(estate, **options, environment_name="green")
        assert "belongs to the environment blue" in refused["msg"]
        assert "privatelink_environment: blue" in refused["msg"]
        assert (refused["failed"], refused["writes"]) == (True, [])
    assert change(estate, [], load_balancers=["nlb"], environment_name="blue")["service_id"]


def test_one_on_another_load_balancer_is_not_deleted(estate: Estate) -> None:
    estate.service("orders", VENDOR)
    refused = run(estate, state="absent", load_balancers=["sales"])
    assert "but leads to orders, not to sales" in refused["msg"]
    assert (refused["failed"], refused["writes"]) == (True, [])


def test_a_foreign_service_is_never_deleted_by_its_load_balancers(estate: Estate) -> None:
    arn = estate.balancer("nlb")
    estate.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])
    change(estate, [], state="absent", load_balancers=["nlb"])
    assert len(services(estate)) == 1


def test_a_service_of_another_item_is_not_adopted(estate: Estate) -> None:
    estate.service("orders", VENDOR)
    refused = run(estate, name="sales", load_balancers=["orders"], adopt=True)
    assert "belongs to orders" in refused["msg"]
    assert len(services(estate)) == 1


def twins(estate: Estate, *tags: dict[str, str]) -> list[str]:
    """Two services on two load balancers, with the same tags, as AWS lists them."""
    ids = []
    for name in ("orders", "more"):
        arn, specification = estate.balancer(name), [{"ResourceType": "vpc-endpoint-service", "Tags": list(tags)}]
        made = estate.ec2.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[arn], TagSpecifications=specification
        )
        ids.append(made["ServiceConfiguration"]["ServiceId"])
    estate.sandbox.eventually(
        lambda: {found["ServiceState"] for found in services(estate)}, lambda all: all == {"Available"}
    )
    return sorted(ids)


def test_of_several_that_others_have_made_none_is_the_obvious_one(estate: Estate) -> None:
    ids = twins(estate, {"Key": "a", "Value": "b"})
    both: dict[str, Any] = {"load_balancers": ["orders", "more"], "adopt": True}
    result = run(estate, **both)
    assert result["failed"]
    assert all(service_id in result["msg"] for service_id in ids)
    assert "service_id" in result["msg"]
    assert run(estate, load_balancers=None, service_id=ids[0], adopt=True)["failed"] is False


OWN = {"Key": "saas.privatelink:name", "Value": "orders"}


def test_of_two_that_are_the_items_the_one_with_connections_stays(estate: Estate) -> None:
    ids = twins(estate, OWN)
    assert run(estate, allowed_principals=[VENDOR])["writes"] == [PERMIT]  # nobody is connected: both stay
    assert run(estate, allowed_principals=[VENDOR])["writes"] == []
    names = {found["ServiceId"]: found["ServiceName"] for found in services(estate)}
    estate.ec2.modify_vpc_endpoint_service_permissions(ServiceId=ids[1], AddAllowedPrincipals=[ROOT(VENDOR)])
    asked = str(estate.sandbox.connect(names[ids[1]], account=VENDOR)["VpcEndpointId"])
    estate.sandbox.eventually(lambda: estate.connection(asked), bool)
    chosen = change(estate, [DELETE], allowed_principals=[VENDOR])
    assert chosen["service_id"] == ids[1]
    estate.sandbox.eventually(lambda: len(services(estate)), lambda count: count == 1)


def test_two_with_connections_are_for_a_human(estate: Estate) -> None:
    ids = twins(estate, OWN)
    for found in services(estate):
        estate.ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=found["ServiceId"], AddAllowedPrincipals=[ROOT(VENDOR)]
        )
        asked = str(estate.sandbox.connect(found["ServiceName"], account=VENDOR)["VpcEndpointId"])
        estate.sandbox.eventually(lambda endpoint_id=asked: estate.connection(endpoint_id), bool)
    refused = run(estate)
    assert all(service_id in refused["msg"] for service_id in ids)
    assert (refused["failed"], refused["writes"]) == (True, [])


def test_all_that_are_the_items_go(estate: Estate) -> None:
    twins(estate, OWN)
    change(estate, [DELETE, DELETE], state="absent")
    assert services(estate) == []


def test_what_was_deleted_a_moment_ago_is_made_anew(estate: Estate) -> None:
    """A token of the same minute answers with what is gone."""
    estate.balancer("nlb")
    made = run(estate, load_balancers=["nlb"])
    run(estate, state="absent")
    again = run(estate, load_balancers=["nlb"], wait_timeout=120)
    assert (again["service_state"], again["waiting"]) == ("Available", "")
    assert [found["ServiceId"] for found in services(estate)] == [again["service_id"]]
    assert again["service_id"] != made["service_id"]


def test_notifications_that_are_there_twice_become_one(estate: Estate) -> None:
    made = estate.service("orders", VENDOR)
    wanted = [{"topic_arn": TOPIC, "events": ["Connect"]}]
    for dummy in range(2):
        estate.ec2.create_vpc_endpoint_connection_notification(
            ServiceId=made["service_id"], ConnectionNotificationArn=TOPIC, ConnectionEvents=["Connect"]
        )
    change(estate, [UNNOTIFY], connection_notifications=wanted)


def test_two_items_that_mean_one_service_are_refused(estate: Estate) -> None:
    made = estate.service("orders", VENDOR)
    items = [{"name": "orders"}, {"name": "sales", "service_id": made["service_id"]}]
    result = estate.run("endpoint_service", services=items)
    assert result["failed"]
    assert result["failed_items"] == ["sales"]
    assert "belongs to orders" in result["msg"]


def test_a_service_that_is_being_deleted_is_no_obstacle_to_a_new_one(estate: Estate) -> None:
    estate.service("orders", VENDOR)
    estate.sandbox.lag(**{"endpoint_service.Deleting": 60})
    estate.balancer("other")
    try:
        waiting = run(estate, state="absent", wait=False)
        assert waiting["writes"] == [DELETE]
        assert "to be deleted" in waiting["waiting"]
        run(estate, check=True, load_balancers=["other"])
        again = run(estate, load_balancers=["other"])
        assert again["writes"] == [CREATE]
        states = {service["ServiceId"]: service["ServiceState"] for service in services(estate)}
        assert sorted(states.values()) == ["Available", "Deleting"]
        assert states[again["service_id"]] == "Available"
        dying = next(service_id for service_id, state in states.items() if state == "Deleting")
        refused = run(estate, service_id=dying, acceptance_required=False)
        assert refused["failed"]
        assert f"{dying} is Deleting" in refused["msg"]
        assert run(estate, state="absent", wait=False)["writes"] == [DELETE]
        assert run(estate, state="absent", wait=False)["writes"] == []
    finally:
        estate.sandbox.lag(**{"endpoint_service.Deleting": 0.1})


# Principals


def test_principals_are_normalised_and_merged(estate: Estate) -> None:
    role = "arn:aws:iam::111111111111:role/vendor"
    made = estate.service("orders", VENDOR, ROOT(VENDOR), role)
    assert made["allowed_principals"] == [role, ROOT(VENDOR)]
    change(estate, [], allowed_principals=[ROOT(VENDOR)])
    change(estate, [PERMIT], allowed_principals=[OTHER, "*"])
    assert principals(estate, made["service_id"]) == {role, ROOT(VENDOR), ROOT(OTHER), "*"}


def test_principals_are_purged_if_asked(estate: Estate) -> None:
    made = estate.service("orders", VENDOR, OTHER)
    result = change(estate, [PERMIT], allowed_principals=[OTHER], purge_allowed_principals=True)
    assert principals(estate, made["service_id"]) == {ROOT(OTHER)}
    assert result["allowed_principals"] == [ROOT(OTHER)]
    change(estate, [PERMIT], allowed_principals=[], purge_allowed_principals=True)
    assert principals(estate, made["service_id"]) == set()


def connect(estate: Estate, made: dict[str, Any], account: str) -> str:
    """A connection of an account that is available; the answer is its endpoint's id."""
    endpoint_id = str(estate.sandbox.connect(made["service_name"], account=account)["VpcEndpointId"])
    estate.sandbox.eventually(functools.partial(estate.connection, endpoint_id), bool)
    estate.put(endpoint_id, "available")
    return endpoint_id


ENDING = {"purge_allowed_principals": True, "end_connections_of_removed_principals": True}


def test_connections_of_removed_principals_stay_and_are_named(estate: Estate) -> None:
    made = estate.service("orders", VENDOR, OTHER)
    kept, stays = connect(estate, made, OTHER), connect(estate, made, VENDOR)
    for check in (True, False):
        result = run(estate, check=check, allowed_principals=[OTHER], purge_allowed_principals=True)
        assert result["writes"] == [PERMIT]
        assert f"{stays} of account {VENDOR}: available" in result["warnings"]
        assert kept not in result["warnings"]
        assert [connection["vpc_endpoint_id"] for connection in result["uncovered_connections"]] == [stays]
    assert estate.connection(stays) == "available"
    assert "warnings" not in str(run(estate, allowed_principals=[OTHER])["warnings"])


def test_connections_of_removed_principals_end_if_asked(estate: Estate) -> None:
    role = f"arn:aws:iam::{OTHER}:role/reader"
    made = estate.service("orders", VENDOR, ROOT(OTHER), role)
    kept, ended = connect(estate, made, OTHER), connect(estate, made, VENDOR)
    asking = str(estate.sandbox.connect(made["service_name"], account=VENDOR)["VpcEndpointId"])
    estate.sandbox.eventually(lambda: estate.connection(asking), lambda state: bool(state == "pendingAcceptance"))
    own = connect(estate, made, estate.account)
    diff = run(estate, check=True, diff=True, allowed_principals=[role], **ENDING)["diff"][0]
    assert diff["before"]["connections"] == {ended: "available", asking: "pendingAcceptance"}
    assert diff["after"]["connections"] == {ended: "rejected", asking: "rejected"}
    change(estate, [PERMIT, REJECT], allowed_principals=[role], **ENDING)
    assert [estate.connection(endpoint) for endpoint in (ended, asking)] == ["rejected", "rejected"]
    assert [estate.connection(endpoint) for endpoint in (kept, own)] == ["available", "available"]


def test_a_run_that_was_cut_short_before_connections_ended_is_completed(estate: Estate) -> None:
    ended = connect(estate, estate.service("orders", VENDOR), VENDOR)
    estate.sandbox.fault("ec2", "RejectVpcEndpointConnections", "deny", account=estate.account)
    assert "Allow ec2:RejectVpcEndpointConnections" in run(estate, allowed_principals=[OTHER], **ENDING)["msg"]
    change(estate, [REJECT], allowed_principals=[OTHER], **ENDING)
    assert estate.connection(ended) == "rejected"


@pytest.mark.parametrize("staying", ["*", "appflow.amazonaws.com", "arn:aws:organizations::111111111111:ou/o-1/ou-1"])
def test_no_connection_ends_while_nobody_can_tell_who_is_covered(estate: Estate, staying: str) -> None:
    made = estate.service("orders", VENDOR, staying)
    kept = connect(estate, made, VENDOR)
    result = change(estate, [PERMIT], allowed_principals=[staying], **ENDING)
    assert result["warnings"] == ""
    assert estate.connection(kept) == "available"


def test_the_owners_connections_to_an_adopted_service_do_not_end(estate: Estate) -> None:
    arn = estate.balancer("nlb")
    made = estate.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"]
    estate.sandbox.eventually(lambda: service(estate)["ServiceState"], lambda state: bool(state == "Available"))
    of = {"ServiceId": made["ServiceId"]}
    estate.ec2.modify_vpc_endpoint_service_permissions(**of, AddAllowedPrincipals=[ROOT(VENDOR)])
    guest = connect(estate, {"service_name": made["ServiceName"]}, VENDOR)
    estate.ec2.modify_vpc_endpoint_service_permissions(**of, RemoveAllowedPrincipals=[ROOT(VENDOR)])
    change(estate, [TAG], service_id=made["ServiceId"], adopt=True, allowed_principals=[], **ENDING)
    assert estate.connection(guest) == "available"


@pytest.mark.parametrize("options", [{"allowed_principals": [OTHER]}, {"purge_allowed_principals": True}, {}])
def test_connections_end_with_principals_that_are_removed_or_not_at_all(options: dict[str, Any]) -> None:
    with pytest.raises(ItemError, match="needs allowed_principals with purge_allowed_principals=true"):
        EndpointService("orders", end_connections_of_removed_principals=True, **options)


def test_other_partitions_have_other_arns(estate: Estate) -> None:
    options: dict[str, Any] = {"load_balancers": ["x"], "allowed_principals": [VENDOR], "region": "us-gov-west-1"}
    result = run(estate, check=True, diff=True, **options)
    assert result["diff"][0]["after"]["allowed_principals"] == [f"arn:aws-us-gov:iam::{VENDOR}:root"]


# Private DNS


def test_private_dns_is_set_verified_changed_and_removed(estate: Estate) -> None:
    estate.service("orders")
    waiting = change(estate, [MODIFY], private_dns_name="db.example.com")
    record = service(estate)["PrivateDnsNameConfiguration"]
    assert f"record {record['Name']}.db.example.com = {record['Value']}" in waiting["waiting"]
    done = change(estate, [VERIFY], private_dns_name="db.example.com", verify_private_dns=True)
    assert done["waiting"] == ""
    assert done["private_dns_name_configuration"]["state"] == "verified"
    done = change(estate, [MODIFY, VERIFY], private_dns_name="new.example.com", verify_private_dns=True)
    assert service(estate)["PrivateDnsName"] == "new.example.com"
    change(estate, [MODIFY], private_dns_name="")
    assert "PrivateDnsName" not in service(estate)


def test_verification_needs_no_name_when_the_service_has_one(estate: Estate) -> None:
    estate.service("orders", private_dns_name="db.example.com")
    change(estate, [VERIFY], verify_private_dns=True)


def test_a_verification_is_waited_for(estate: Estate) -> None:
    estate.service("orders", private_dns_name="db.example.com")
    estate.sandbox.lag(**{"private_dns.pendingVerification": 1.6})  # longer than stale reads are put up with
    try:
        result = run(estate, verify_private_dns=True)
    finally:
        estate.sandbox.lag(**{"private_dns.pendingVerification": 0.1})
    assert result["writes"] == [VERIFY]
    assert result["waiting"] == ""
    assert not result["warnings"]
    assert result["private_dns_name_configuration"]["state"] == "verified"


def test_a_verification_that_fails_says_what_to_publish(estate: Estate) -> None:
    made = estate.service("orders", private_dns_name="db.example.com")
    estate.sandbox.control("POST", "private_dns", service_id=made["service_id"], outcome="failed")
    result = run(estate, private_dns_name="db.example.com", verify_private_dns=True)
    assert result["writes"] == [VERIFY]
    assert not result["failed"]
    assert "(failed): publish the TXT record" in result["waiting"]


# Settings


def test_ip_address_types_and_regions_are_the_wanted_set(estate: Estate) -> None:
    estate.service("orders")
    change(estate, [MODIFY], supported_regions=["eu-west-1", "us-west-2"])
    change(estate, [MODIFY], supported_regions=["us-west-2", "eu-central-1"])
    regions = {region["Region"] for region in service(estate)["SupportedRegions"]}
    assert regions == {"us-east-1", "us-west-2", "eu-central-1"}
    change(estate, [MODIFY], supported_regions=[])
    assert [region["Region"] for region in service(estate)["SupportedRegions"]] == ["us-east-1"]
    change(estate, [], supported_ip_address_types=["ipv4"])
    refused = run(estate, supported_ip_address_types=["ipv4", "ipv6"])  # the load balancer speaks IPv4 only
    assert refused["failed"]
    assert MODIFY in refused["msg"]


def test_notifications_are_merged_changed_and_purged(estate: Estate) -> None:
    estate.service("orders")
    second = TOPIC + "-2"
    change(estate, [NOTIFY, NOTIFY], connection_notifications=[{"topic_arn": TOPIC}, {"topic_arn": second}])
    assert notifications(estate)[TOPIC] == ["Accept", "Connect", "Delete", "Reject"]
    change(estate, [RENOTIFY], connection_notifications=[{"topic_arn": TOPIC, "events": ["Reject", "Accept"]}])
    only = [{"topic_arn": TOPIC, "events": ["Accept", "Reject"]}]
    result = change(estate, [UNNOTIFY], connection_notifications=only, purge_connection_notifications=True)
    assert notifications(estate) == {TOPIC: ["Accept", "Reject"]}
    assert set(result["diff"][0]["before"]["connection_notifications"]) == {TOPIC, second}


def test_tags_are_merged_and_purged(estate: Estate) -> None:
    estate.service("orders", tags={"team": "data", "old": "x"})
    change(estate, [TAG], tags={"new": True})
    assert service(estate)["Tags"].count({"Key": "new", "Value": "True"}) == 1
    result = change(estate, [TAG, UNTAG], tags={"team": "bi"}, purge_tags=True)
    assert result["tags"] == {"Name": "orders", "saas.privatelink:name": "orders", "team": "bi"}


# Load balancers


def test_a_load_balancer_that_is_not_active_is_waited_for(estate: Estate) -> None:
    estate.sandbox.lag(**{"load_balancer.provisioning": 1.5})
    try:
        estate.balancer("slow", wait=False)
        left = run(estate, load_balancers=["slow"], wait=False)
        assert left["writes"] == []
        assert left["waiting"] == "load balancer slow to be active"
        made = change(estate, [CREATE], load_balancers=["slow"])
        estate.balancer("slower", wait=False)
        other = {"load_balancers": ["slower"], "service_id": made["service_id"]}
        predicted = run(estate, True, **other)
        result = run(estate, **other)
        assert result["writes"] == predicted["writes"] == [MODIFY, MODIFY], result
        assert not result["failed"], result
    finally:
        estate.sandbox.lag(**{"load_balancer.provisioning": 0.1})


def test_new_load_balancers_are_added_before_old_ones_go(estate: Estate) -> None:
    made = estate.service("orders")
    arn = estate.balancer("new")
    refused = run(estate, load_balancers=["new"])  # without its id it would be taken for another one
    assert (refused["failed"], refused["writes"]) == (True, [])
    change(estate, [MODIFY, MODIFY], load_balancers=["new"], service_id=made["service_id"])
    assert service(estate)["NetworkLoadBalancerArns"] == [arn]
    estate.balancer("newer")
    run(estate, load_balancers=["newer"], service_id=made["service_id"])
    writes = [set(call["params"]) - {"ServiceId"} for call in estate.calls if call["kind"] == "write"]
    assert writes == [{"AddNetworkLoadBalancerArns"}, {"RemoveNetworkLoadBalancerArns"}]


# Absent


@pytest.fixture
def connected(estate: Estate) -> tuple[dict[str, Any], list[str]]:
    """A service with an available and an asking connection."""
    made = estate.service("orders", VENDOR, OTHER)
    ids = [
        str(estate.sandbox.connect(made["service_name"], account=account)["VpcEndpointId"])
        for account in (VENDOR, OTHER)
    ]
    for endpoint_id in ids:
        estate.sandbox.eventually(
            functools.partial(estate.connection, endpoint_id), lambda state: bool(state == "pendingAcceptance")
        )
    estate.put(ids[0], "available")
    return made, ids


def test_live_connections_keep_a_service(estate: Estate, connected: tuple[dict[str, Any], list[str]]) -> None:
    for check in (True, False):
        result = run(estate, check=check, state="absent")
        assert result["failed"]
        assert all(endpoint_id in result["msg"] for endpoint_id in connected[1])
        assert "Nothing was deleted" in result["msg"]
        assert "on_connections=reject" in result["msg"]
    assert service(estate)["ServiceState"] == "Available"


def test_a_plan_tells_which_connections_end(estate: Estate, connected: tuple[dict[str, Any], list[str]]) -> None:
    made, endpoints = connected
    plan = estate.run("endpoint_service", check=True, name=made["name"], state="absent", on_connections="reject")
    assert [text.split()[0] for text in plan["results"][0]["ending_connections"]] == endpoints


@pytest.mark.parametrize("coming_up", [True, False])
def test_live_connections_are_rejected_if_asked(
    estate: Estate, connected: tuple[dict[str, Any], list[str]], coming_up: bool
) -> None:
    ids = connected[1]
    if coming_up:
        estate.put(ids[0], "pending")
    predicted = run(estate, check=True, state="absent", on_connections="reject")
    if coming_up:
        estate.meanwhile = functools.partial(estate.put, ids[0], "available")
    result = run(estate, state="absent", on_connections="reject")
    assert result["writes"] == predicted["writes"] == [REJECT] * (1 + coming_up) + [DELETE]
    assert not services(estate)
    assert {estate.connection(endpoint_id) for endpoint_id in ids} == {"rejected"}
    assert run(estate, state="absent")["writes"] == []  # rejected connections stay listed, and mean nothing


def test_stale_reads_reject_nothing_twice(estate: Estate, connected: tuple[dict[str, Any], list[str]]) -> None:
    estate.sandbox.fault("ec2", "DescribeVpcEndpointConnections", "stale", account=estate.account, times=3)
    estate.put(connected[1][1], "pending")  # what can be rejected changes while the reads lag
    estate.meanwhile = functools.partial(estate.put, connected[1][1], "available")
    assert run(estate, state="absent", on_connections="reject")["writes"] == [REJECT, REJECT, DELETE]


def test_rejected_connections_do_not_keep_a_service(estate: Estate) -> None:
    made = estate.service("orders", VENDOR)
    endpoint_id = estate.sandbox.connect(made["service_name"])["VpcEndpointId"]
    estate.sandbox.eventually(lambda: estate.connection(endpoint_id), lambda state: bool(state == "pendingAcceptance"))
    estate.ec2.reject_vpc_endpoint_connections(ServiceId=made["service_id"], VpcEndpointIds=[endpoint_id])
    change(estate, [DELETE], state="absent")


def test_an_endpoint_that_the_vendor_is_deleting_is_waited_for(estate: Estate) -> None:
    made = estate.service("orders", VENDOR, acceptance_required=False)
    endpoint_id = estate.sandbox.connect(made["service_name"])["VpcEndpointId"]
    estate.put(endpoint_id, "deleting")
    estate.sandbox.eventually(lambda: estate.connection(endpoint_id), lambda state: bool(state == "deleting"))
    left = run(estate, state="absent", wait=False, allowed_principals=[VENDOR])
    assert left["writes"] == []
    assert left["waiting"] == "connections to end"
    assert not estate.count("DescribeVpcEndpointServicePermissions")
    estate.put(endpoint_id, "deleted")
    change(estate, [DELETE], state="absent")


# Faults


def test_a_dropped_connection_makes_no_second_service(estate: Estate) -> None:
    estate.balancer("nlb")
    operation = "CreateVpcEndpointServiceConfiguration"
    estate.sandbox.fault("ec2", operation, "drop", account=estate.account, performed=True)
    result = estate_run_loosely(estate, load_balancers=["nlb"])
    assert result["writes"] == [CREATE]
    assert estate.count(operation) == 2
    assert len(services(estate)) == 1
    assert run(estate, load_balancers=["nlb"])["writes"] == []


def estate_run_loosely(estate: Estate, **options: Any) -> dict[str, Any]:
    """A run during which AWS performs a call twice that the module makes once; it is not held to the log."""
    access = {**estate.access, "wait_timeout": 10, "name": "orders", **options}
    since = estate.sandbox.last_call()
    result = estate.run_module("endpoint_service", access)
    estate.calls = estate.sandbox.calls(estate.account, since=since)
    item: dict[str, Any] = result["results"][0]
    return item


def test_a_listing_that_lags_makes_no_second_service(estate: Estate) -> None:
    estate.balancer("nlb")
    listing = "DescribeVpcEndpointServiceConfigurations"
    estate.sandbox.fault("ec2", listing, "not_found_after_create", account=estate.account, delay=0.5)
    result = run(estate, load_balancers=["nlb"], allowed_principals=[VENDOR])
    assert result["writes"] == [CREATE, PERMIT]
    assert len(services(estate)) == 1
    assert run(estate, load_balancers=["nlb"], allowed_principals=[VENDOR])["writes"] == []


@pytest.mark.parametrize(
    ("options", "write"),
    [
        ({"acceptance_required": False}, MODIFY),
        ({"allowed_principals": [OTHER]}, PERMIT),
        ({"connection_notifications": [{"topic_arn": TOPIC}]}, NOTIFY),
        ({"tags": {"team": "data"}}, TAG),
    ],
)
def test_stale_reads_write_nothing_twice(estate: Estate, options: dict[str, Any], write: str) -> None:
    estate.service("orders", VENDOR)
    estate.sandbox.fault("ec2", "*", "stale", account=estate.account, times=6)
    result = run(estate, **options)
    assert result["writes"] == [write]
    assert result["waiting"] == ""
    assert not result["warnings"]


def test_reads_that_stay_stale_end_the_run_with_a_warning(estate: Estate) -> None:
    estate.service("orders", VENDOR)
    estate.sandbox.fault("ec2", "*", "stale", account=estate.account, times=None)
    result = run(estate, acceptance_required=False)
    assert result["writes"] == [MODIFY]
    assert "orders: the change does not show yet" in result["warnings"]


@pytest.mark.parametrize(
    ("service_name", "operation", "iam"),
    [
        ("ec2", "DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServiceConfigurations"),
        ("ec2", "CreateVpcEndpointServiceConfiguration", CREATE),
        ("ec2", "ModifyVpcEndpointServicePermissions", PERMIT),
        ("elbv2", "DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
    ],
)
def test_denied_calls_name_the_missing_action(estate: Estate, service_name: str, operation: str, iam: str) -> None:
    estate.balancer("nlb")
    estate.sandbox.fault(service_name, operation, "deny", account=estate.account, times=None)
    result = run(estate, load_balancers=["nlb"], allowed_principals=[VENDOR])
    assert result["failed"]
    assert f"Allow {iam} in the policies" in result["msg"]


def test_a_half_done_run_is_continued(estate: Estate) -> None:
    estate.balancer("nlb")
    estate.sandbox.fault("ec2", "ModifyVpcEndpointServicePermissions", "error", code="InternalError", times=None)
    topics = [{"topic_arn": TOPIC}]
    wanted: dict[str, Any] = {
        "load_balancers": ["nlb"],
        "allowed_principals": [VENDOR],
        "connection_notifications": topics,
    }
    half = run(estate, **wanted)
    assert half["failed"]
    assert half["writes"] == [CREATE]
    assert half["changed"]
    estate.sandbox.clear_faults()
    assert run(estate, **wanted)["writes"] == [PERMIT, NOTIFY]
    assert run(estate, **wanted)["writes"] == []


def test_without_waiting_the_next_run_goes_on(estate: Estate) -> None:
    estate.balancer("nlb")
    wanted: dict[str, Any] = {"load_balancers": ["nlb"], "allowed_principals": [VENDOR], "wait": False}
    first = run(estate, **wanted)
    assert first["writes"] == [CREATE]
    assert "to be available" in first["waiting"]
    estate.sandbox.eventually(lambda: service(estate)["ServiceState"], lambda state: bool(state == "Available"))
    assert run(estate, **wanted)["writes"] == [PERMIT]
    assert run(estate, **wanted)["waiting"] == ""


def test_a_wait_that_ends_is_no_failure(estate: Estate) -> None:
    estate.sandbox.lag(**{"endpoint_service.Pending": 60})
    try:
        result = estate.service("orders", VENDOR, wait_timeout=0)
    finally:
        estate.sandbox.lag(**{"endpoint_service.Pending": 0.1})
    assert result["writes"] == [CREATE]
    assert not result["failed"]
    assert "to be available" in result["waiting"]


def test_an_older_botocore_is_named(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.service("orders")
    monkeypatch.setattr(Api, "supports", lambda self, action, member: member != "SupportedRegions")
    result = run(estate, supported_regions=["eu-west-1"])
    assert result["failed"]
    assert "supported_regions needs a newer botocore" in result["msg"]
    assert not run(estate, tags={"a": "b"})["failed"]


def test_a_new_zone_of_a_load_balancer_is_enabled(estate: Estate) -> None:
    made = estate.service("orders", VENDOR)
    assert made["added_zone_ids"] == []
    before = set(service(estate)["AvailabilityZoneIds"])
    third_zone(estate, "orders")
    real = change(estate, [MODIFY], load_balancers=["orders"])
    assert set(service(estate)["AvailabilityZoneIds"]) - before == {*real["added_zone_ids"]}
    zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
    assert service(estate)["AvailabilityZones"] == zones
    (diff,) = real["diff"]
    assert (diff["before"]["availability_zones"], diff["after"]["availability_zones"]) == (zones[:2], zones)
    assert run(estate, load_balancers=["orders"])["added_zone_ids"] == []


def test_a_new_port_is_untold_until_it_was_passed_on(estate: Estate) -> None:
    estate.balancer("orders")
    known: dict[str, Any] = {"load_balancers": ["orders"], "port": 5432}
    made = change(estate, [CREATE], **known)
    assert (made["told_port"], made["untold_zone_ids"]) == (5432, [])
    for later in (run(estate, **{**known, "port": 6432}), run(estate, load_balancers=["orders"])):
        assert (later["told_port"], later["writes"]) == (5432, [])
    passed_on: dict[str, Any] = {**known, "port": 6432, "told_port": 6432}
    assert change(estate, [TAG], **passed_on)["told_port"] == 6432
    assert run(estate, **{**known, "port": 6432})["told_port"] == 6432
    assert run(estate, tags={}, purge_tags=True)["told_port"] == 6432


def test_a_new_zone_is_untold_until_it_was_passed_on(estate: Estate) -> None:
    estate.balancer("orders")
    known: dict[str, Any] = {"load_balancers": ["orders"], "port": 5432}
    run(estate, **known)
    before = set(service(estate)["AvailabilityZoneIds"])
    third_zone(estate, "orders")
    enabled = change(estate, [TAG, MODIFY], **known)
    (new,) = set(service(estate)["AvailabilityZoneIds"]) - before
    assert enabled["untold_zone_ids"] == [new]
    later = run(estate, **known)
    assert (later["untold_zone_ids"], later["added_zone_ids"]) == ([new], [])
    passed_on: dict[str, Any] = {**known, "told_zone_ids": sorted({*before, new})}
    assert change(estate, [TAG], **passed_on)["untold_zone_ids"] == []
    assert run(estate, **known)["untold_zone_ids"] == []


def test_a_run_that_is_cut_off_before_a_zone_is_enabled_has_remembered_the_others(estate: Estate) -> None:
    estate.balancer("orders")
    known: dict[str, Any] = {"load_balancers": ["orders"], "port": 5432}
    run(estate, **known)
    before = set(service(estate)["AvailabilityZoneIds"])
    third_zone(estate, "orders")
    operation = MODIFY.partition(":")[2]
    estate.sandbox.fault("ec2", operation, "error", code="InvalidParameter", times=None)
    assert run(estate, **known)["failed"]
    estate.sandbox.clear_faults()
    (new,) = set(run(estate, **known)["availability_zone_ids"]) - before
    assert run(estate, **known)["untold_zone_ids"] == [new]


def test_the_call_that_enables_a_zone_has_the_id_alone(estate: Estate) -> None:
    service_id = estate.service("orders", VENDOR)["service_id"]
    third_zone(estate, "orders")
    assert run(estate)["writes"] == []  # what is not said is left
    change(estate, [MODIFY], load_balancers=["orders"])
    asked = [call["params"] for call in estate.sandbox.writes(estate.account) if MODIFY.endswith(call["operation"])]
    assert asked == [{"ServiceId": service_id}]


def test_another_modification_enables_a_zone_on_its_way(estate: Estate) -> None:
    estate.service("orders", VENDOR)
    third_zone(estate, "orders")
    real = change(estate, [MODIFY], acceptance_required=False, load_balancers=["orders"])
    assert real["diff"][0]["after"]["availability_zones"][-1] == "us-east-1c"
    assert len(service(estate)["AvailabilityZones"]) == 3


def test_zones_of_an_adopted_service_are_its_owners(estate: Estate) -> None:
    arn = estate.balancer("orders")
    made = estate.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"]
    estate.sandbox.step(1)
    third_zone(estate, "orders")
    change(estate, [TAG], service_id=made["ServiceId"], adopt=True)
    assert len(service(estate)["AvailabilityZones"]) == 2


def third_zone(estate: Estate, name: str) -> None:
    """Enable a third zone for a load balancer."""
    made = estate.ec2.create_subnet(VpcId=estate.vpc.id, CidrBlock="10.1.7.0/24", AvailabilityZone="us-east-1c")
    elb = estate.boto(estate.account, "elbv2")
    arn = elb.describe_load_balancers(Names=[name])["LoadBalancers"][0]["LoadBalancerArn"]
    elb.set_subnets(LoadBalancerArn=arn, Subnets=[*estate.vpc.subnets, made["Subnet"]["SubnetId"]])


def test_a_load_balancer_of_another_service_is_refused_by_name(estate: Estate) -> None:
    sales = estate.service("sales", VENDOR)["service_id"]
    estate.service("orders", VENDOR)
    for check in (True, False):
        refused = run(estate, check=check, load_balancers=["orders", "sales"])
        assert f"Load balancer sales is in endpoint service {sales} already, which belongs to sales" in refused["msg"]
        assert refused["writes"] == []
    refused = run(estate, name="new", load_balancers=["sales"])
    assert "belongs to sales" in refused["msg"]


def test_two_new_services_on_one_load_balancer_are_refused(estate: Estate) -> None:
    estate.balancer("shared")
    items = [{"name": name, "load_balancers": ["shared"]} for name in ("orders", "sales")]
    result = estate.run("endpoint_service", services=items)
    assert result["failed_items"] == ["orders", "sales"]
    assert "orders and sales shall be on load balancer shared" in result["msg"]
    assert not estate.count("CreateVpcEndpointServiceConfiguration")


def test_a_load_balancer_is_waited_for_while_its_service_is_being_deleted(estate: Estate) -> None:
    former = estate.service("orders", VENDOR)["service_id"]
    estate.sandbox.lag(**{"endpoint_service.Deleting": 60})
    try:
        estate.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[former])
    finally:
        estate.sandbox.lag(**{"endpoint_service.Deleting": 0.1})
    assert run(estate, check=True, load_balancers=["orders"])["writes"] == [CREATE]
    waiting = run(estate, load_balancers=["orders"], wait=False)
    assert (waiting["writes"], waiting["waiting"]) == ([], f"endpoint service {former} to be deleted")
    assert run(estate, load_balancers=["orders"], wait_timeout=90)["writes"] == [CREATE]


def test_an_application_load_balancer_of_the_name_is_none_of_ours(estate: Estate) -> None:
    arn = estate.balancer("orders")
    elb = estate.boto(estate.account, "elbv2")
    elb.create_load_balancer(Name="orders", Scheme="internal", Subnets=list(estate.vpc.subnets))
    run(estate, load_balancers=["orders"])
    assert service(estate)["NetworkLoadBalancerArns"] == [arn]


# Many


def test_one_bad_item_stops_no_other(estate: Estate) -> None:
    estate.balancer("nlb")
    items = [
        {"name": "broken", "load_balancers": []},
        {"name": "lost", "load_balancers": ["nowhere"]},
        {"name": "orders", "load_balancers": ["nlb"], "allowed_principals": [VENDOR]},
        {"name": "gone", "state": "absent"},
    ]
    result = estate.run("endpoint_service", services=items)
    assert result["failed"]
    assert result["changed"]
    assert result["failed_items"] == ["broken", "lost"]
    assert [item["name"] for item in result["results"]] == ["broken", "lost", "orders", "gone"]
    assert "broken: load_balancers is empty" in result["msg"]
    assert "lost: Load balancer nowhere" in result["msg"]
    assert service(estate)["Tags"]
    reported = estate.run("endpoint_service", services=items, on_item_failure="report")
    assert not reported.get("failed")
    assert reported["failed_items"] == ["broken", "lost"]
    assert not reported["changed"]


def test_calls_of_a_run_that_changes_nothing(estate: Estate) -> None:
    names = [f"service-{number}" for number in range(6)]
    for name in names:
        estate.balancer(name)
    items: list[dict[str, Any]] = [
        {"name": name, "load_balancers": [name], "allowed_principals": [VENDOR]} for name in names
    ]
    made = estate.run("endpoint_service", services=items)
    assert Counter(call["operation"] for call in estate.calls if call["kind"] == "write") == {
        "CreateVpcEndpointServiceConfiguration": 6,
        "ModifyVpcEndpointServicePermissions": 6,
    }
    assert {item["name"] for item in made["results"]} == set(names)
    assert not estate.run("endpoint_service", services=items)["changed"]
    assert Counter(call["operation"] for call in estate.calls) == {
        "DescribeVpcEndpointServiceConfigurations": 1,
        "DescribeVpcEndpointServicePermissions": 6,
        "DescribeLoadBalancers": 1,  # for their zones
    }
    bare = [{"name": name, "load_balancers": [name]} for name in names]
    assert not estate.run("endpoint_service", services=bare)["changed"]
    assert len(estate.calls) == 2
    estate.run("endpoint_service", services=[{"name": name, "state": "absent"} for name in names], check=True)
    assert len(estate.calls) == 2  # the services, and all their connections


def test_the_wait_is_shared(estate: Estate) -> None:
    """Waiting for many services costs as many listings as waiting for one."""
    estate.poll = 0.2
    listings = []
    for count in (1, 5):
        names = [f"of-{count}-{number}" for number in range(count)]
        estate.balancer(f"nlb-{count}")
        items = [{"name": name, "load_balancers": [f"nlb-{count}"], "allowed_principals": [VENDOR]} for name in names]
        estate.run("endpoint_service", services=items)
        listings.append(estate.count("DescribeVpcEndpointServiceConfigurations"))
    assert listings[1] < 2 * listings[0] + 3  # five waits of their own would be five times as many


# The plan alone


def test_a_new_private_dns_name_is_verified_once_aws_shows_it() -> None:
    """Not in the same breath as it is set, and not while a read still shows the old name."""
    item = EndpointService("orders", private_dns_name="new.example.com", verify_private_dns=True)
    shown = {"ServiceId": "vpce-svc-1", "ServiceState": "Available", "PrivateDnsName": "old.example.com"}
    plan = plan_update(item, Actual("aws", shown), shown, check_mode=False)
    planned = [(change.action, bool(change.after)) for change in plan.changes if change.action != TAG]
    assert planned == [(MODIFY, False), (VERIFY, True)]


@pytest.mark.parametrize("wanted", [["eu-west-1"], ["eu-west-1", "us-east-1"]])
def test_the_services_own_region_is_never_a_difference(wanted: list[str]) -> None:
    regions = [{"Region": region, "ServiceState": "Available"} for region in ("us-east-1", "eu-west-1")]
    shown = {"ServiceId": "vpce-svc-1", "ServiceState": "Available", "Tags": [OWN], "SupportedRegions": regions}
    item, actual = EndpointService("orders", supported_regions=wanted), Actual("aws", shown, region="us-east-1")
    assert plan_update(item, actual, shown, check_mode=False).changes == []


def test_a_load_balancer_is_not_taken_out_under_a_connection(estate: Estate) -> None:
    """It is said before anything is written; a further one may come all the same."""
    made = estate.service("orders", VENDOR)
    estate.balancer("more")
    asked = str(estate.sandbox.connect(made["service_name"], account=VENDOR)["VpcEndpointId"])
    estate.sandbox.eventually(lambda: estate.connection(asked), bool)
    for check in (True, False):
        refused = run(estate, check=check, load_balancers=["more"], service_id=made["service_id"])
        assert "AWS takes no load balancer out of it" in refused["msg"]
        assert (refused["failed"], refused["writes"]) == (True, [])
    change(estate, [MODIFY], load_balancers=["orders", "more"])


def test_an_aws_service_may_be_let_in(estate: Estate) -> None:
    estate.balancer("nlb")
    change(estate, [CREATE, PERMIT], load_balancers=["nlb"], allowed_principals=["appflow.amazonaws.com"])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"told_port": 0}, "0 is not between 1 and 65535"),
        ({"port": 65536}, "65536 is not between 1 and 65535"),
        ({"told_zone_ids": ["use1-az1", "us-east-1b"]}, "like use1-az1, not us-east-1b: names of zones mean others"),
        ({"told_zone_ids": ["use1-az1 use1-az2"]}, "ids of Availability Zones"),
    ],
)
def test_what_nobody_can_have_been_told(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ItemError, match=says):
        EndpointService("orders", **options)


def test_zones_may_be_local_ones() -> None:
    EndpointService("orders", port=5432, told_zone_ids=["use1-az6", "usw2-lax1-az1"])


@pytest.mark.parametrize("state", ["Failed", "Deleting", "Deleted"])
def test_a_service_that_is_lost_is_an_error(state: str) -> None:
    shown = {"ServiceId": "vpce-svc-1", "ServiceState": state}
    with pytest.raises(ItemError, match=f"vpce-svc-1 is {state}"):
        plan_update(EndpointService("orders"), Actual("aws", shown), shown, check_mode=False)


def test_a_service_that_has_failed_is_still_deleted() -> None:
    tags = [{"Key": "saas.privatelink:name", "Value": "orders"}]
    dying = {"ServiceId": "vpce-svc-1", "ServiceState": "Deleting", "Tags": tags}
    failed = {"ServiceId": "vpce-svc-2", "ServiceState": "Failed", "Tags": tags}
    assert find(EndpointService("orders", state="absent"), [dying, failed], {}) == [failed, dying]
    assert find(EndpointService("orders", state="absent"), [dying], {}) == [dying]
    assert find(EndpointService("orders", load_balancers=["x"]), [dying, failed], {}) == []


def test_a_load_balancer_that_has_failed_is_an_error() -> None:
    item = EndpointService("orders", load_balancers=["nlb"])
    with pytest.raises(ItemError, match="Load balancer nlb has failed"):
        plan_create(item, Actual("aws", None, {"nlb": LoadBalancer("arn", "nlb", "failed")}), check_mode=False)
    impaired = Actual("aws", None, {"nlb": LoadBalancer("arn", "nlb", "active_impaired")})
    assert not plan_create(item, impaired, check_mode=False).changes[0].after


def test_information_by_name_and_by_id(estate: Estate) -> None:
    made = estate.service("orders", VENDOR)
    for options in ({}, {"names": ["orders", "nobody"]}, {"service_ids": [made["service_id"], "vpce-svc-0"]}):
        (found,) = estate.look("endpoint_service_info", **options)["endpoint_services"]
        assert found["service_id"] == made["service_id"]
        assert found["allowed_principals"] == [ROOT(VENDOR)]
        assert found["tags"]["saas.privatelink:name"] == "orders"
    assert estate.look("endpoint_service_info", names=["nobody"])["endpoint_services"] == []


def test_a_service_of_another_environment_is_seen_before_its_load_balancer_is_made(estate: Estate) -> None:
    """A role asks in check mode, before it builds anything: nothing of the link is there yet but the name."""
    estate.service("orders", environment_name="blue")
    asked = estate.run("endpoint_service", check=True, name="orders", load_balancers=["new"], environment_name="green")
    assert asked["failed"]
    assert "belongs to the environment blue" in asked["msg"]
    free = estate.run("endpoint_service", check=True, name="crm", load_balancers=["new"], environment_name="green")
    assert free["failed_items"] == []
    named = {"name": "crm", "load_balancers": ["new"], "service_id": "vpce-svc-0123456789abcdef0"}
    unknown = estate.run("endpoint_service", check=True, **named)
    assert "does not exist in this account and region" in unknown["msg"]
