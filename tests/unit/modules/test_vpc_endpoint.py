# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpc_endpoint against the sandbox: three types of endpoint, check mode beside the real run, refusals, faults."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import Credentials
from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoints import read_endpoints
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint import (
    Actual,
    VpcEndpoint,
    VpcEndpoints,
    find,
    plan_update,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Clock,
    Options,
    Plan,
    Result,
    converge,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import add_ipv6
from tests.contract.conftest import Share

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

CREATE, MODIFY, DELETE = "ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint", "ec2:DeleteVpcEndpoints"
TAG, UNTAG = "ec2:CreateTags", "ec2:DeleteTags"
RCFG = "arn:aws:vpc-lattice:us-east-1:111111111111:resourceconfiguration/rcfg-00000000000000001"
NETWORK = "arn:aws:vpc-lattice:us-east-1:111111111111:servicenetwork/sn-00000000000000001"
S3 = "com.amazonaws.us-east-1.s3"
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-00000000000000001"


# The plan, without AWS


def wanted(**options: Any) -> VpcEndpoint:
    return VpcEndpoint(**{"name": "orders", **options})


def shown(**fields: Any) -> dict[str, Any]:
    """A Resource endpoint as AWS shows it."""
    return {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Resource",
        "VpcId": "vpc-1",
        "ResourceConfigurationArn": RCFG,
        "State": "available",
        "SubnetIds": ["subnet-1", "subnet-2"],
        "Groups": [{"GroupId": "sg-1"}],
        "IpAddressType": "ipv4",
        "PrivateDnsEnabled": True,
        "DnsOptions": {"PrivateDnsPreference": "VERIFIED_DOMAINS_ONLY"},
        "Tags": [{"Key": "saas.privatelink:name", "Value": "orders"}],
        **fields,
    }


def interface(**fields: Any) -> dict[str, Any]:
    """An Interface endpoint as AWS shows it."""
    policy = json.dumps({"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]})
    other = {"VpcEndpointType": "Interface", "ServiceName": SERVICE, "PolicyDocument": policy, "DnsOptions": {}}
    return {**shown(**other, **fields), "ResourceConfigurationArn": None}


def plan(item: VpcEndpoint, endpoint: dict[str, Any] | None, created: bool = False, check: bool = False) -> Plan:
    actual = Actual(endpoint, created, {"rcfg-00000000000000001": RCFG}, "token")
    return VpcEndpoints(None, check).plan(item, actual)  # type: ignore[arg-type]


def calls(found: Plan) -> list[tuple[str, dict[str, Any], str]]:
    return [(change.action, dict(change.params), change.after) for change in found.changes]


WHOLE = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-2", "subnet-1"]}


@pytest.mark.parametrize(
    ("options", "member", "value"),
    [
        ({"resource_configuration": RCFG}, "ResourceConfigurationArn", RCFG),
        ({"resource_configuration": "rcfg-00000000000000001"}, "ResourceConfigurationArn", RCFG),
        ({"service_network": NETWORK, "type": "ServiceNetwork"}, "ServiceNetworkArn", NETWORK),
        ({"service_name": SERVICE}, "ServiceName", SERVICE),
    ],
)
def test_a_new_endpoint_has_what_was_asked_for_and_nothing_else(
    options: dict[str, Any], member: str, value: str
) -> None:
    (create,) = plan(wanted(**WHOLE, **options), None).changes
    assert create.action == CREATE
    assert create.after == ""
    assert create.params[member] == value
    assert set(create.params) == {
        "VpcEndpointType",
        "VpcId",
        member,
        "SubnetIds",
        "ClientToken",
        "TagSpecifications",
    }
    assert create.params["SubnetIds"] == ["subnet-1", "subnet-2"]


def test_dns_options_of_a_new_endpoint() -> None:
    options = {
        "private_dns_enabled": True,
        "private_dns_preference": "SPECIFIED_DOMAINS_ONLY",
        "private_dns_specified_domains": ["example.com"],
        "dns_record_ip_type": "ipv4",
        "ip_address_type": "dualstack",
    }
    (create,) = plan(wanted(**WHOLE, resource_configuration=RCFG, **options), None).changes
    assert create.params["PrivateDnsEnabled"] is True
    assert create.params["IpAddressType"] == "dualstack"
    assert create.params["DnsOptions"] == {
        "DnsRecordIpType": "ipv4",
        "PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY",
        "PrivateDnsSpecifiedDomains": ["example.com"],
    }


def test_what_is_still_to_be_shared_can_be_planned_in_check_mode_only() -> None:
    for target in (UNKNOWN, "rcfg-00000000000000009"):
        item = wanted(**WHOLE, resource_configuration=target)
        assert [change.action for change in plan(item, None, check=True).changes] == [CREATE]
        with pytest.raises(ItemError, match="Accept its share first"):
            plan(item, None)
    item = wanted(**WHOLE, resource_configuration=UNKNOWN)
    assert not plan(item, shown(), check=True).changes


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "give vpc_id and subnet_ids and one of service_name, resource_configuration, service_network"),
        ({**WHOLE}, "give one of service_name"),
        ({"vpc_id": "vpc-1", "service_name": SERVICE}, "give subnet_ids"),
        ({"type": "Gateway"}, "give vpc_id and service_name"),
    ],
)
def test_what_a_new_endpoint_lacks_is_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ItemError, match=says):
        plan(wanted(**options), None)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"vpc_endpoint_id": "vpc-1"}, "Not the id of an endpoint"),
        ({"vpc_endpoint_id": "vpce-1", "replace": True}, "leave out vpc_endpoint_id"),
        ({"service_name": SERVICE, "service_network": NETWORK}, "give one of service_name, service_network"),
        ({"service_network": RCFG}, "neither an id nor an ARN"),
        ({"service_name": f"{SERVICE}\n"}, "not a name"),
        ({"service_name": "evil.vpce-svc-0123456789abcdef0"}, "not a name"),
        ({"service_name": f"evil.{SERVICE}"}, "not a name"),
        ({"resource_configuration": "rcfg-1"}, "neither an id nor an ARN"),
        ({"resource_configuration": RCFG, "type": "Interface"}, "is for endpoints of type Resource, not Interface"),
        ({"service_region": "eu"}, "service_region is not a region"),
        ({"service_network": NETWORK, "service_region": "eu-west-1"}, "of type Interface, not ServiceNetwork"),
        ({"subnet_ids": []}, "at least one subnet"),
        ({"security_group_ids": []}, "at least one security group"),
        ({"policy": "{"}, "policy is not JSON"),
        ({"policy": "{}", "resource_configuration": RCFG}, "Interface and Gateway endpoints, not for Resource"),
        ({"service_name": S3, "route_table_ids": ["rtb-1"]}, "route_table_ids is for endpoints of type Gateway, not"),
        ({"type": "Gateway", "subnet_ids": ["subnet-1"]}, "has route_table_ids, and no subnet_ids"),
        ({"type": "Gateway", "private_dns_enabled": True}, "has route_table_ids, and no private_dns_enabled"),
        ({"type": "Gateway", "service_name": SERVICE}, "Gateway endpoints for S3 and DynamoDB, not for"),
        ({"type": "Gateway", "service_network": NETWORK}, "of type ServiceNetwork, not Gateway"),
        ({"type": "Gateway", "service_name": S3, "service_region": "eu-west-1"}, "of type Interface, not Gateway"),
        ({"service_name": SERVICE, "private_dns_preference": "ALL_DOMAINS"}, "of type Resource and ServiceNetwork"),
        ({"private_dns_enabled": False, "private_dns_specified_domains": ["a.com"]}, "with private_dns_enabled=true"),
        ({"private_dns_specified_domains": ["a.com"]}, "needs private_dns_preference VERIFIED_DOMAINS_AND_SPECIFIED"),
        (
            {"private_dns_preference": "SPECIFIED_DOMAINS_ONLY", "private_dns_specified_domains": ["a.com"] * 11},
            "no more",
        ),
    ],
)
def test_options_that_can_never_be_right(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ItemError, match=says):
        wanted(**options)


@pytest.mark.parametrize(
    ("options", "endpoint", "expected"),
    [
        ({"subnet_ids": ["subnet-2", "subnet-1", "subnet-1"]}, shown(), {}),
        (
            {"subnet_ids": ["subnet-3", "subnet-1"], "security_group_ids": ["sg-2"]},
            shown(),
            {
                "AddSubnetIds": ["subnet-3"],
                "RemoveSubnetIds": ["subnet-2"],
                "AddSecurityGroupIds": ["sg-2"],
                "RemoveSecurityGroupIds": ["sg-1"],
            },
        ),
        ({"ip_address_type": "dualstack"}, shown(), {"IpAddressType": "dualstack"}),
        ({"dns_record_ip_type": "ipv4"}, shown(), {"DnsOptions": {"DnsRecordIpType": "ipv4"}}),
        ({"private_dns_enabled": False}, interface(), {"PrivateDnsEnabled": False}),
        ({"policy": '{"Statement": []}'}, interface(), {"PolicyDocument": '{"Statement": []}'}),
        (
            {
                "policy": '{"Version": "2008-10-17", "Statement": '
                '[{"Effect": "Allow", "Resource": "*", "Principal": {"AWS": "*"}, "Action": "*"}]}'
            },
            interface(),
            {},
        ),
        ({"resource_configuration": "rcfg-00000000000000001", "vpc_id": "vpc-1", "type": "Resource"}, shown(), {}),
        ({"private_dns_enabled": True, "private_dns_preference": "VERIFIED_DOMAINS_ONLY"}, shown(), {}),
        (
            {
                "private_dns_preference": "SPECIFIED_DOMAINS_ONLY",
                "private_dns_specified_domains": ["B.com", "a.com"],
            },
            shown(
                DnsOptions={
                    "PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY",
                    "PrivateDnsSpecifiedDomains": ["a.com", "b.com"],
                }
            ),
            {},
        ),
    ],
)
def test_one_call_changes_what_differs(
    options: dict[str, Any], endpoint: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = plan(wanted(**options), endpoint)
    assert calls(found) == ([(MODIFY, {"VpcEndpointId": "vpce-1", **expected}, "")] if expected else [])
    assert bool(expected) == (found.before != found.after)


FIXED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"type": "Interface"}, shown(), "type is Resource, not Interface"),
    ({"service_name": SERVICE}, shown(), "type is Resource, not Interface; service_name is None"),
    ({"resource_configuration": RCFG[:-1] + "2"}, shown(), "resource_configuration is "),
    ({"service_name": SERVICE + "2"}, interface(), "service_name is "),
    (
        {"service_name": SERVICE, "service_region": "us-east-1"},
        interface(ServiceRegion="eu-west-1"),
        "service_region is eu-west-1, not us-east-1",
    ),
    ({"private_dns_enabled": False}, shown(), "private_dns_enabled is True, not False"),
    ({"private_dns_preference": "ALL_DOMAINS"}, shown(), "private_dns_preference is VERIFIED_DOMAINS_ONLY"),
    ({"private_dns_preference": "ALL_DOMAINS"}, interface(), "private_dns_preference is None"),
]


def test_one_in_another_vpc_is_another_one() -> None:
    with pytest.raises(ItemError, match=r"vpc_id is vpc-1, not vpc-2\. Use another name here, or take that one away"):
        plan(wanted(vpc_id="vpc-2"), shown())


@pytest.mark.parametrize(("options", "endpoint", "says"), FIXED)
def test_what_aws_cannot_change_is_refused(options: dict[str, Any], endpoint: dict[str, Any], says: str) -> None:
    with pytest.raises(ItemError, match=f"cannot change this in vpce-1: {says}.*replace=true"):
        plan(wanted(**options), endpoint)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"ip_address_type": "ipv4"}, {"IpAddressType": "IPV4"}),
        (
            {"private_dns_preference": "VERIFIED_DOMAINS_ONLY", "private_dns_specified_domains": []},
            {"DnsOptions": {"PrivateDnsPreference": "VERIFIED_DOMAINS_ONLY", "PrivateDnsSpecifiedDomains": ["*"]}},
        ),
    ],
)
def test_what_aws_spells_its_own_way_is_no_difference(options: dict[str, Any], fields: dict[str, Any]) -> None:
    assert plan(wanted(resource_configuration=RCFG, **options), shown(**fields)).changes == []


def test_replace_deletes_nothing_in_another_vpc() -> None:
    with pytest.raises(ItemError, match=r"vpce-1 .*is in vpc-1, not in vpc-2, and was not replaced"):
        plan(wanted(**{**WHOLE, "vpc_id": "vpc-2", "replace": True}), shown())


@pytest.mark.parametrize(
    "other", [{"vpc_id": "vpc-2"}, {"resource_configuration": RCFG[:-1] + "2"}, {"type": "Interface"}]
)
def test_absent_deletes_no_other_endpoint_of_the_name(other: dict[str, Any]) -> None:
    with pytest.raises(ItemError, match=r"vpce-1 has the name .*, but is another endpoint"):
        plan(wanted(state="absent", **other), shown())


@pytest.mark.parametrize(("options", "endpoint", "says"), FIXED)
def test_replace_deletes_waits_and_creates(options: dict[str, Any], endpoint: dict[str, Any], says: str) -> None:
    whole = {**WHOLE, "replace": True, **({} if "service_name" in options else {"resource_configuration": RCFG})}
    if options.get("type") == "Interface":
        whole["resource_configuration"], options = None, {**options, "service_name": SERVICE}
    found = plan(wanted(**{**whole, **options}), endpoint)
    assert [(change.action, change.after) for change in found.changes] == [
        (DELETE, ""),
        (CREATE, "endpoint vpce-1 to be deleted"),
    ]
    assert found.before["vpc_id"] == "vpc-1"
    assert found.result["vpc_endpoint_id"] == "vpce-1"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        (
            {"State": "Failed", "LastError": {"Code": "NoCapacity", "Message": "No address left."}},
            "vpce-1 has failed. NoCapacity: No address left. Mend the cause. .* replace=true",
        ),
        ({"State": "failed", "FailureReason": "too few addresses"}, "has failed. too few addresses. Mend"),
        ({"State": "failed"}, "vpce-1 has failed. Mend"),
        ({"State": "rejected", "ServiceName": SERVICE}, f"is rejected: the owner of {SERVICE} did not accept it"),
        ({"State": "expired"}, "is expired"),
    ],
)
def test_dead_endpoints_say_why_and_are_remade_on_demand(fields: dict[str, Any], says: str) -> None:
    whole = wanted(**WHOLE, resource_configuration=RCFG, replace=True)
    with pytest.raises(ItemError, match=says):
        plan(wanted(), shown(**fields))
    assert [change.action for change in plan(whole, shown(**fields)).changes] == [DELETE, CREATE]
    with pytest.raises(ItemError, match="vpce-1"):  # what this run has made is not made again
        plan(whole, shown(**fields), created=True)


def test_what_was_just_made_is_not_compared_with_what_cannot_change() -> None:
    """AWS need not tell everything about an endpoint that it has only begun to make."""
    item = wanted(**WHOLE, resource_configuration=RCFG, private_dns_preference="ALL_DOMAINS", replace=True)
    assert not plan(item, shown(State="Pending"), created=True).changes


def test_states_that_are_waited_for() -> None:
    pending = plan(wanted(subnet_ids=["subnet-1"]), shown(State="Pending"))
    assert (pending.waiting, pending.poll) == ("endpoint vpce-1 to be available", True)
    assert [change.after for change in pending.changes] == [pending.waiting]
    asked = plan(wanted(), interface(State="pendingAcceptance"))
    assert (asked.waiting, asked.poll) == (f"the owner of {SERVICE} to accept vpce-1", False)
    part = plan(wanted(), shown(State="partial", LastError={"Code": "C", "Message": "m"}))
    assert part.warnings == ["orders: vpce-1 serves only in part. C: m."]
    assert not part.waiting
    going = plan(wanted(state="absent"), shown(State="deleting"))
    assert (going.waiting, going.changes) == ("endpoint vpce-1 to be deleted", [])
    again = plan(wanted(**WHOLE, resource_configuration=RCFG), shown(State="deleting"))
    assert [(change.action, change.after) for change in again.changes] == [(CREATE, "endpoint vpce-1 to be deleted")]


def test_find() -> None:
    def tagged(number: int, state: str) -> dict[str, Any]:
        return shown(VpcEndpointId=f"vpce-{number}", State=state)

    def found(item: VpcEndpoint, *endpoints: dict[str, Any]) -> str:
        return str(next((endpoint["VpcEndpointId"] for endpoint in find(item, endpoints)), None))

    stranger = shown(VpcEndpointId="vpce-9", Tags=[])
    assert found(wanted(), stranger) == "None"
    assert found(wanted(vpc_endpoint_id="vpce-9", adopt=True), stranger) == "vpce-9"
    for item in (wanted(vpc_endpoint_id="vpce-9"), wanted(vpc_endpoint_id="vpce-9", state="absent")):
        with pytest.raises(ItemError, match=r"vpce-9 .*was not made here"):
            found(item, stranger)
    assert found(wanted(), tagged(1, "deleting"), tagged(2, "failed"), tagged(3, "Pending")) == "vpce-3"
    assert found(wanted(), tagged(1, "deleting"), tagged(2, "Rejected")) == "vpce-2"
    assert found(wanted(), tagged(1, "deleting")) == "vpce-1"
    assert found(wanted(), tagged(2, "pending"), tagged(1, "available")) == "vpce-1"
    assert found(wanted(), tagged(2, "available"), tagged(1, "pending")) == "vpce-2"
    every = find(wanted(state="absent"), [tagged(1, "failed"), tagged(2, "available"), tagged(3, "deleting")])
    assert [endpoint["VpcEndpointId"] for endpoint in every] == ["vpce-2", "vpce-1", "vpce-3"]
    elsewhere = shown(VpcEndpointId="vpce-4", VpcId="vpc-2")
    for state in ("present", "absent"):
        with pytest.raises(ItemError, match="vpce-1 in vpc-1, vpce-4 in vpc-2"):  # which of them?
            find(VpcEndpoint("orders", state=state), [elsewhere, tagged(1, "available")])
    assert len(find(wanted(state="absent", vpc_id="vpc-1"), [elsewhere, tagged(1, "available")])) == 1
    with pytest.raises(ItemError, match="vpce-8 does not exist"):
        found(wanted(vpc_endpoint_id="vpce-8"), stranger)
    assert found(wanted(vpc_endpoint_id="vpce-8", state="absent"), stranger) == "None"


def test_deleted_endpoints_that_aws_still_lists_do_not_count() -> None:
    class Listing:
        def pages(self, action: str, key: str, **params: Any) -> list[Any]:
            return [shown(State="Deleted"), shown(State="deleted"), shown(State="Deleting")]

    assert [endpoint["State"] for endpoint in read_endpoints(Listing())] == ["Deleting"]  # type: ignore[arg-type]


def test_tags_are_kept_unless_purged() -> None:
    endpoint = shown(Tags=[{"Key": key, "Value": key} for key in ("Name", "old", "aws:x", "saas.privatelink:name")])
    kept = plan_update(wanted(tags={"team": "data"}), Actual(endpoint), endpoint, False)
    assert [(change.action, change.params["Resources"]) for change in kept.changes] == [(TAG, ["vpce-1"])]
    purged = plan_update(wanted(tags={"team": "data"}, purge_tags=True), Actual(endpoint), endpoint, False)
    assert [change.action for change in purged.changes] == [TAG, UNTAG]
    assert purged.changes[1].params["Tags"] == [{"Key": "old"}]
    assert "old" not in purged.after["tags"]
    assert purged.after["tags"]["team"] == "data"


class Model:
    """An Api with at most one endpoint; what is written shows after some stale reads, states last two reads."""

    region = "us-east-1"

    def __init__(self, endpoint: dict[str, Any] | None, stale: int = 0) -> None:
        self.endpoint, self.stale, self.behind = endpoint, stale, 0
        self.past = [endpoint] if endpoint else []
        self.moving = 2
        self.writes: list[str] = []

    def require(self, action: str, member: str, option: str) -> None: ...

    def filtered(self, action: str, key: str, name: str, values: set[str]) -> list[Any]:
        return [{"ServiceName": value, "AcceptanceRequired": False} for value in values]

    def pages(self, action: str, key: str, **params: Any) -> list[Any]:
        self.moving -= 1
        if self.endpoint and self.moving < 0:
            self.endpoint = {"Pending": {**self.endpoint, "State": "available"}, "deleting": None}.get(
                self.endpoint["State"], self.endpoint
            )
        self.behind -= 1
        return self.past if self.behind >= 0 else [self.endpoint] if self.endpoint else []

    def apply(self, change: Change) -> Mapping[str, Any]:
        self.writes.append(change.action)
        self.past, self.behind, self.moving = [self.endpoint] if self.endpoint else [], self.stale, 2
        params = change.params
        if change.action == CREATE:
            assert self.endpoint is None, "a second endpoint"
            self.endpoint = new_endpoint(params)
            return {"VpcEndpoint": dict(self.endpoint)}
        assert self.endpoint is not None
        if change.action == DELETE:
            assert self.endpoint["State"] != "deleting"
            self.endpoint = {**self.endpoint, "State": "deleting"}
        elif change.action == TAG:
            self.endpoint = {**self.endpoint, "Tags": params["Tags"]}
        else:
            assert self.endpoint["State"] in ("available", "partial"), f"changed while {self.endpoint['State']}"
            fixed = self.endpoint["VpcEndpointType"] != "Interface"
            assert not (fixed and {"PrivateDnsEnabled"} & set(params)), "AWS does not change that"
            self.endpoint = {**self.endpoint, **modified(self.endpoint, params), "State": "Pending"}
        return {}


def new_endpoint(params: Mapping[str, Any]) -> dict[str, Any]:
    targets = {name: params.get(name) for name in ("ServiceName", "ResourceConfigurationArn", "ServiceNetworkArn")}
    groups = [{"GroupId": group_id} for group_id in params.get("SecurityGroupIds") or ["sg-default"]]
    copied = {name: params[name] for name in ("VpcEndpointType", "VpcId", "SubnetIds")}
    dns = {"PrivateDnsEnabled": params.get("PrivateDnsEnabled", False), "DnsOptions": params.get("DnsOptions", {})}
    tags = params["TagSpecifications"][0]["Tags"]
    return {"VpcEndpointId": "vpce-2", "State": "Pending", **copied, **targets, **dns, "Groups": groups, "Tags": tags}


def modified(endpoint: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    groups = {group["GroupId"] for group in endpoint["Groups"]}
    groups = (groups | set(params.get("AddSecurityGroupIds", ()))) - set(params.get("RemoveSecurityGroupIds", ()))
    subnets = set(endpoint["SubnetIds"]) | set(params.get("AddSubnetIds", ()))
    return {
        "Groups": [{"GroupId": group_id} for group_id in sorted(groups)],
        "SubnetIds": sorted(subnets - set(params.get("RemoveSubnetIds", ()))),
        "PrivateDnsEnabled": params.get("PrivateDnsEnabled", endpoint["PrivateDnsEnabled"]),
    }


def converged(model: Model, item: VpcEndpoint, check: bool = False) -> Any:
    clock = Clock(now=iter(range(10_000)).__next__, sleep=lambda seconds: None)
    options = Options(check_mode=check, clock=clock, wait_timeout=500, settle=50)
    return converge(VpcEndpoints(model, check), [item], model.apply, options)[0]  # type: ignore[arg-type]


some = st.lists(st.sampled_from(["-1", "-2", "-3"]), min_size=1, max_size=3)
wishes = st.builds(
    lambda state, target, vpc, subnets, groups, dns, replace: VpcEndpoint(
        name="orders",
        state=state,
        **dict([target]),
        vpc_id=vpc,
        subnet_ids=subnets and [f"subnet{zone}" for zone in subnets],
        security_group_ids=groups and [f"sg{number}" for number in groups],
        private_dns_enabled=dns,
        replace=replace,
    ),
    st.sampled_from(["present", "present", "absent"]),
    st.sampled_from([("service_name", SERVICE), ("resource_configuration", RCFG), ("service_network", NETWORK)]),
    st.sampled_from([None, "vpc-1", "vpc-2"]),
    st.none() | some,
    st.none() | some,
    st.none() | st.booleans(),
    st.booleans(),
)
states = st.sampled_from(["Pending", "available", "partial", "deleting", "failed", "rejected"])
existing = st.none() | st.builds(lambda make, state: make(State=state), st.sampled_from([shown, interface]), states)


@settings(max_examples=400, deadline=None)
@given(wishes, existing, st.integers(0, 4))
def test_any_wish_is_reached_once_and_predicted(item: VpcEndpoint, before: dict[str, Any] | None, stale: int) -> None:
    """What the options ask for is so afterwards, by the very calls that check mode named; a second run makes none."""
    predicted = converged(Model(before), item, check=True)
    model = Model(before, stale)
    result = converged(model, item)
    assert (result.failed, result.msg) == (predicted.failed, predicted.msg)
    assert result.writes == predicted.writes == model.writes
    if result.failed:
        assert not model.writes
        return
    assert not result.waiting
    if item.state == "absent":
        assert model.endpoint is None
    else:
        assert model.endpoint is not None
        assert model.endpoint["State"] in ("available", "partial")
        assert item.vpc_id in (None, model.endpoint["VpcId"])
        assert item.subnet_ids is None or sorted(set(item.subnet_ids)) == sorted(model.endpoint["SubnetIds"])
        groups = [group["GroupId"] for group in model.endpoint["Groups"]]
        assert item.security_group_ids is None or sorted(set(item.security_group_ids)) == sorted(groups)
        assert item.private_dns_enabled in (None, model.endpoint["PrivateDnsEnabled"])
    again = converged(Model(model.endpoint), item)
    assert (again.failed, again.writes) == (False, [])


# The module, against the sandbox


def run(estate: Estate, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """One item; the answer is its result, with the module's ``diff`` and ``warnings`` beside it."""
    result = estate.run("vpc_endpoint", check=check, diff=diff, **{"name": "orders", **options})
    item: dict[str, Any] = {**result["results"][0], "diff": result.get("diff")}
    item["warnings"] = str(result.get("warnings", ""))
    return item


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
    predicted = run(estate, check=True, diff=True, **options)
    real = run(estate, diff=True, **options)
    assert (predicted["writes"], predicted["changed"]) == (writes, bool(writes)), predicted
    assert (real["writes"], real["changed"], real["failed"]) == (writes, bool(writes), False), real
    assert real["diff"] == predicted["diff"]
    for check in (True, False):
        again = run(estate, check=check, diff=True, **options)
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


def endpoints(estate: Estate) -> list[dict[str, Any]]:
    return list(estate.ec2.describe_vpc_endpoints()["VpcEndpoints"])


def endpoint(estate: Estate) -> dict[str, Any]:
    """The only endpoint of the account, as AWS shows it."""
    (endpoint,) = endpoints(estate)
    return endpoint


def group(estate: Estate, name: str) -> str:
    made = estate.ec2.create_security_group(VpcId=estate.vpc.id, GroupName=name, Description=name)
    return str(made["GroupId"])


@pytest.fixture
def service(estate: Estate) -> dict[str, Any]:
    """An endpoint service of the account itself that accepts everybody, and options that lead to it."""
    made = estate.service("offer", estate.account, acceptance_required=False)
    vpc = {"vpc_id": estate.vpc.id, "subnet_ids": list(estate.vpc.subnets)}
    return {"service_name": made["service_name"], **vpc}


@pytest.fixture
def resource(estate: Estate, share: Share) -> dict[str, Any]:
    """Options that lead to another account's resource configuration, whose share is accepted."""
    share.accept()
    estate.vpc = share.consumer_vpc(estate.make_vpc)
    vpc = {"vpc_id": estate.vpc.id, "subnet_ids": list(estate.vpc.subnets)}
    return {"resource_configuration": share.group["arn"], **vpc}


def test_interface_create_modify_delete(estate: Estate, service: dict[str, Any]) -> None:
    first, second = group(estate, "first"), group(estate, "second")
    whole = {**service, "security_group_ids": [first], "tags": {"team": "data", "cost": 5}}
    made = change(estate, [CREATE], **whole)
    actual = endpoint(estate)
    tags = {"Name": "orders", "saas.privatelink:name": "orders", "team": "data", "cost": "5"}
    assert {tag["Key"]: tag["Value"] for tag in actual["Tags"]} == tags == made["tags"]
    assert (actual["State"], made["state"], made["waiting"]) == ("available", "available", "")
    assert made["vpc_endpoint_id"] == actual["VpcEndpointId"]
    assert made["vpc_endpoint_type"] == "Interface"
    assert made["security_group_ids"] == [first]
    assert sorted(made["subnet_ids"]) == sorted(service["subnet_ids"])
    assert made["dns_entries"][0]["dns_name"]
    assert made["service_name"] == service["service_name"]
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["security_group_ids"] == [first]

    policy = {"Statement": [{"Action": "*", "Effect": "Deny", "Principal": "*", "Resource": "*"}]}
    changed = {**whole, "subnet_ids": service["subnet_ids"][:1], "security_group_ids": [second], "policy": policy}
    real = change(estate, [TAG, MODIFY], **{**changed, "tags": {"team": "bi"}})
    assert real["diff"][0]["before"]["security_group_ids"] == [first]
    assert real["diff"][0]["after"]["security_group_ids"] == [second]
    actual = endpoint(estate)
    assert actual["SubnetIds"] == service["subnet_ids"][:1]
    assert actual["State"] == "available"
    assert json.loads(actual["PolicyDocument"]) == policy

    gone = change(estate, [DELETE], state="absent")
    assert gone["diff"][0]["after"] == {}
    assert not endpoints(estate)


@pytest.fixture
def tables(estate: Estate) -> list[str]:
    """Two route tables of a VPC."""
    estate.vpc = estate.make_vpc(estate.account)
    made = [estate.ec2.create_route_table(VpcId=estate.vpc.id)["RouteTable"]["RouteTableId"] for _number in range(2)]
    return sorted(made)


def test_gateway_create_modify_delete(estate: Estate, tables: list[str]) -> None:
    whole = {"type": "Gateway", "service_name": S3, "vpc_id": estate.vpc.id}
    made = change(estate, [CREATE], **whole, route_table_ids=tables[:1], tags={"team": "data"})
    assert (made["vpc_endpoint_type"], made["route_table_ids"], made["state"]) == ("Gateway", tables[:1], "available")
    assert (made["subnet_ids"], made["security_group_ids"], made["private_dns_enabled"]) == ([], [], False)
    policy = {"Statement": [{"Action": "s3:*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}
    more = change(estate, [MODIFY], **whole, route_table_ids=tables[1:], policy=policy)  # merged
    assert more["diff"][0]["after"]["route_table_ids"] == tables
    shown = estate.look("vpc_endpoint_info", names=["orders"])["vpc_endpoints"][0]
    assert sorted(shown["route_table_ids"]) == tables
    purged = change(estate, [MODIFY], **whole, route_table_ids=tables[1:], purge_route_table_ids=True)
    assert purged["diff"][0]["after"]["route_table_ids"] == tables[1:]
    assert endpoint(estate)["RouteTableIds"] == tables[1:]
    change(estate, [DELETE], state="absent")
    assert not endpoints(estate)


def test_a_gateway_that_is_gone_does_not_come_back_as_the_answer_of_a_creation(
    estate: Estate, tables: list[str]
) -> None:
    """Its creation by the same token answers with what was deleted, which says that it is available."""
    whole = {"type": "Gateway", "service_name": S3, "vpc_id": estate.vpc.id, "route_table_ids": tables[:1]}
    run(estate, **whole)
    run(estate, state="absent")
    made = run(estate, **whole, wait_timeout=120)
    assert (endpoint(estate)["VpcEndpointId"], made["waiting"]) == (made["vpc_endpoint_id"], "")


def test_a_gateway_stays_for_route_tables_of_others(estate: Estate, tables: list[str]) -> None:
    whole = {"type": "Gateway", "service_name": S3, "vpc_id": estate.vpc.id}
    made = run(estate, **whole, route_table_ids=tables[:1])
    estate.ec2.modify_vpc_endpoint(VpcEndpointId=made["vpc_endpoint_id"], AddRouteTableIds=tables[1:])
    other = {**whole, "service_name": "com.amazonaws.us-east-1.dynamodb"}
    refused = run(estate, **other, route_table_ids=tables[:1], replace=True)
    assert (refused["failed"], refused["writes"]) == (True, [])
    assert f"is not replaced, for route tables that are not listed lead to it: {tables[1]}" in refused["msg"]
    kept = change(estate, [MODIFY], **whole, route_table_ids=tables[:1], state="absent")
    assert kept["diff"][0]["after"]["route_table_ids"] == tables[1:]
    assert f"stays, for route tables that are not listed lead to it: {tables[1]}" in kept["warnings"]
    assert endpoint(estate)["RouteTableIds"] == tables[1:]
    change(estate, [DELETE], **whole, route_table_ids=tables, state="absent")


def test_a_gateway_of_others_is_used_where_it_serves_all_route_tables(estate: Estate, tables: list[str]) -> None:
    """A second one in the same route tables is refused by AWS, so none is made."""
    where = {"VpcId": estate.vpc.id, "ServiceName": S3, "VpcEndpointType": "Gateway"}
    theirs = estate.ec2.create_vpc_endpoint(**where, RouteTableIds=tables[:1])["VpcEndpoint"]["VpcEndpointId"]
    whole = {"type": "Gateway", "service_name": S3, "vpc_id": estate.vpc.id, "reuse": True}
    refused = run(estate, **whole, route_table_ids=tables[:1])
    assert "A route table has one gateway endpoint to a service, so no second was made. Set adopt" in refused["msg"]
    used = change(estate, [], **whole, route_table_ids=tables[:1], adopt=True)
    assert (used["reused"], used["vpc_endpoint_id"]) == (True, theirs)
    partly = run(estate, **whole, route_table_ids=tables, adopt=True)
    assert (partly["failed"], partly["writes"]) == (True, [])
    assert f"but not from {tables[1]}, and was not made for orders" in partly["msg"]
    own = change(estate, [CREATE], **whole, route_table_ids=tables[1:])  # beside it, for a table that it does not serve
    assert own["vpc_endpoint_id"] != theirs
    assert "reused" not in own
    second = {**whole, "name": "second", "route_table_ids": tables[1:]}
    assert run(estate, **second)["reused"]  # made here, so without being asked for
    assert not run(estate, **second, state="absent")["failed"]
    change(estate, [DELETE], state="absent")
    assert [found["VpcEndpointId"] for found in endpoints(estate)] == [theirs]


@pytest.mark.parametrize("option", [{"subnet_ids": ["subnet-1"]}, {"security_group_ids": ["sg-1"]}])
def test_a_gateway_gets_no_addresses(estate: Estate, tables: list[str], option: dict[str, Any]) -> None:
    """Nor an endpoint with addresses a route table, where the options do not say the type."""
    run(estate, type="Gateway", service_name=S3, vpc_id=estate.vpc.id, route_table_ids=tables)
    refused = run(estate, **option)
    assert (refused["failed"], refused["writes"]) == (True, [])
    assert f"{next(iter(option))} is []" in refused["msg"]


def test_an_endpoint_with_addresses_gets_no_route_table(estate: Estate, service: dict[str, Any]) -> None:
    run(estate, **service)
    refused = run(estate, route_table_ids=["rtb-1"])
    assert (refused["failed"], refused["writes"]) == (True, [])
    assert "route_table_ids is None" in refused["msg"]


def test_s3_by_both_types_of_endpoint(estate: Estate, tables: list[str]) -> None:
    """The type tells which of the two is meant; without it, it is the one with addresses."""
    where = {"service_name": S3, "vpc_id": estate.vpc.id}
    made = run(estate, type="Gateway", **where, route_table_ids=tables)
    refused = run(estate, **where, subnet_ids=list(estate.vpc.subnets))
    assert refused["failed"]
    assert f"{made['vpc_endpoint_id']}: type is Gateway, not Interface" in refused["msg"]
    other = run(estate, name="other", **where, subnet_ids=list(estate.vpc.subnets), private_dns_enabled=False)
    assert (other["failed"], other["vpc_endpoint_type"]) == (False, "Interface")


def test_a_service_of_another_region_is_refused(estate: Estate, service: dict[str, Any]) -> None:
    there = service["service_name"].replace("us-east-1", "eu-west-1")
    refused = run(estate, **{**service, "service_name": there})
    assert "is in eu-west-1, and this run in us-east-1" in refused["msg"]
    assert not estate.count("CreateVpcEndpoint")


def test_unset_options_change_nothing(estate: Estate, service: dict[str, Any]) -> None:
    run(estate, **service, tags={"team": "data"})
    before = endpoint(estate)
    assert change(estate, [])["vpc_endpoint_id"] == before["VpcEndpointId"]
    assert endpoint(estate) == before


def test_resource_endpoint_by_id_with_private_dns(estate: Estate, resource: dict[str, Any], share: Share) -> None:
    dns = {"private_dns_enabled": True, "private_dns_preference": "VERIFIED_DOMAINS_ONLY"}
    made = change(estate, [CREATE], **{**resource, "resource_configuration": share.group["id"]}, **dns)
    assert made["vpc_endpoint_type"] == "Resource"
    assert made["resource_configuration_arn"] == share.group["arn"]
    assert made["dns_options"]["private_dns_preference"] == "VERIFIED_DOMAINS_ONLY"
    assert made["private_dns_enabled"]
    for target in (share.group["arn"], share.group["id"]):  # the same endpoint, and nothing to look up
        same = change(estate, [], **{**resource, "resource_configuration": target}, **dns)
        assert same["vpc_endpoint_id"] == made["vpc_endpoint_id"]
        assert estate.count("ListResourceConfigurations") == 0

    refused = estate.run("vpc_endpoint", name="orders", private_dns_enabled=False)
    assert refused["failed"]
    assert "private_dns_enabled is True, not False" in refused["msg"]
    assert not estate.calls[1:]

    anew = {**resource, "private_dns_enabled": False, "replace": True}
    real = change(estate, [DELETE, CREATE], **anew)
    assert real["vpc_endpoint_id"] != made["vpc_endpoint_id"]
    assert real["private_dns_enabled"] is False
    assert endpoint(estate)["VpcEndpointId"] == real["vpc_endpoint_id"]
    change(estate, [DELETE], state="absent")


def test_service_network_endpoint(estate: Estate) -> None:
    estate.vpc = estate.make_vpc(estate.account)
    network = estate.boto(estate.account, "vpc-lattice").create_service_network(name="redis")
    vpc = {"vpc_id": estate.vpc.id, "subnet_ids": list(estate.vpc.subnets)}
    made = change(estate, [CREATE], service_network=network["id"], **vpc)
    assert made["vpc_endpoint_type"] == "ServiceNetwork"
    assert made["service_network_arn"] == network["arn"]
    other = run(estate, service_network="sn-00000000000000000", **vpc)
    assert other["failed"]
    assert "service_network is " in other["msg"]
    replaced = run(estate, service_network="sn-00000000000000000", **vpc, replace=True)
    assert replaced["failed"]
    assert "nor shared with it" in replaced["msg"]
    assert replaced["writes"] == []
    change(estate, [DELETE], state="absent")


def test_a_share_that_is_not_accepted(estate: Estate, share: Share) -> None:
    vpc = share.consumer_vpc(estate.make_vpc)
    options: dict[str, Any] = {"vpc_id": vpc.id, "subnet_ids": list(vpc.subnets)}
    by_id = run(estate, resource_configuration=share.group["id"], **options)
    assert by_id["failed"]
    assert "Accept its share first (resource_share)" in by_id["msg"]
    assert by_id["writes"] == []
    by_arn = run(estate, resource_configuration=share.group["arn"], **options)
    assert by_arn["failed"]
    assert "InvalidResourceConfigurationArn.NotFound" in by_arn["msg"]
    planned = run(estate, check=True, resource_configuration=share.group["id"], **options)
    assert planned["writes"] == [CREATE]
    assert not planned["failed"]


def test_waiting_on_the_owner(estate: Estate) -> None:
    made = estate.service("offer", estate.account, acceptance_required=True)
    vpc = {"vpc_id": estate.vpc.id, "subnet_ids": list(estate.vpc.subnets)}
    options = {"service_name": made["service_name"], **vpc}
    asked = change(estate, [CREATE], **options)
    assert asked["state"] == "pendingAcceptance"
    assert not asked["failed"]
    assert asked["waiting"] == f"the owner of {made['service_name']} to accept {asked['vpc_endpoint_id']}"
    accept = {"service_id": made["service_id"], "owners": [estate.account], "wait_for_request": True}
    assert estate.run("accept_connection", name="offer", **accept)["changed"]
    assert change(estate, [], **options)["state"] == "available"

    estate.put(asked["vpc_endpoint_id"], "rejected")
    refused = run(estate, **options)
    assert refused["failed"]
    assert "is rejected" in refused["msg"]
    assert "replace=true" in refused["msg"]
    again = run(estate, **options, replace=True)
    assert again["writes"] == [DELETE, CREATE]
    assert again["state"] == "pendingAcceptance"


def test_a_region_that_aws_does_not_tell_is_no_difference() -> None:
    assert plan(wanted(service_name=SERVICE, service_region="us-east-1"), interface()).changes == []


def test_a_service_in_another_region(estate: Estate) -> None:
    made = estate.service("offer", estate.account, acceptance_required=False, supported_regions=["eu-west-1"])
    there = estate.boto(estate.account, "ec2", "eu-west-1")
    vpc = estate.make_vpc(estate.account, "eu-west-1")
    options = {"service_name": made["service_name"], "vpc_id": vpc.id, "subnet_ids": list(vpc.subnets)}
    beside = {**options, "region": "eu-west-1"}
    refused = run(estate, **beside)
    assert "or service_region=us-east-1 where its owner supports eu-west-1" in refused["msg"]
    assert "not in eu-west-2 as service_region says" in run(estate, **beside, service_region="eu-west-2")["msg"]
    assert not estate.count("CreateVpcEndpoint")
    reached = change(estate, [CREATE], **beside, service_region="us-east-1")
    assert reached["service_region"] == "us-east-1"
    assert reached["diff"][0]["after"]["service_region"] == "us-east-1"
    assert there.describe_vpc_endpoints()["VpcEndpoints"][0]["ServiceRegion"] == "us-east-1"
    fixed = run(estate, name="orders", region="eu-west-1", service_region="eu-west-1")
    assert "service_region is us-east-1, not eu-west-1" in fixed["msg"]
    refused = run(estate, state="absent", region="eu-west-1", service_region="eu-west-1")
    assert "is another endpoint: service_region is us-east-1" in refused["msg"]
    change(estate, [DELETE], state="absent", region="eu-west-1", service_region="us-east-1")


def test_the_endpoints_own_region_is_not_sent(estate: Estate, service: dict[str, Any]) -> None:
    change(estate, [CREATE], **service, service_region="us-east-1")
    (sent,) = [call for call in estate.calls if call["operation"] == "CreateVpcEndpoint"] or [{"params": {}}]
    assert "ServiceRegion" not in sent["params"]


def verified(estate: Estate, acceptance_required: bool) -> dict[str, Any]:
    """Options that lead to a service with a private DNS name whose domain is verified."""
    made = estate.service(
        "offer", estate.account, acceptance_required=acceptance_required, private_dns_name="db.example.com"
    )
    estate.ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=made["service_id"])
    describe = estate.ec2.describe_vpc_endpoint_service_configurations
    estate.sandbox.eventually(
        lambda: describe()["ServiceConfigurations"][0]["PrivateDnsNameConfiguration"]["State"], "verified".__eq__
    )
    for attribute in ("EnableDnsHostnames", "EnableDnsSupport"):
        estate.ec2.modify_vpc_attribute(VpcId=estate.vpc.id, **{attribute: {"Value": True}})
    vpc = {"vpc_id": estate.vpc.id, "subnet_ids": list(estate.vpc.subnets)}
    return {"service_name": made["service_name"], **vpc, "private_dns_enabled": True}


def test_private_dns_comes_after_the_acceptance(estate: Estate) -> None:
    """Nothing is asked of private DNS while the endpoint waits, for AWS does not say what it answers then."""
    options = verified(estate, acceptance_required=True)
    asked = change(estate, [CREATE], **options)
    assert asked["state"] == "pendingAcceptance"
    assert asked["waiting"].endswith("; the run after that switches private DNS on")
    assert (endpoint(estate)["PrivateDnsEnabled"], asked["diff"][0]["after"]["private_dns_enabled"]) == (False, False)
    other = run(estate, check=True, **{**options, "subnet_ids": options["subnet_ids"][:1]})
    assert other["writes"] == [MODIFY]
    accept = {"service_name": options["service_name"], "owners": [estate.account], "wait_for_request": True}
    assert estate.run("accept_connection", name="offer", **accept)["changed"]
    set_now = change(estate, [MODIFY], **options)
    assert set_now["waiting"] == ""
    assert endpoint(estate)["PrivateDnsEnabled"] is True
    assert set_now["diff"][0]["before"]["private_dns_enabled"] is False


def test_an_endpoint_that_is_coming_up_gets_private_dns_within_the_wait(estate: Estate) -> None:
    options = verified(estate, acceptance_required=True)
    made = run(estate, **options)
    estate.put(made["vpc_endpoint_id"], "pending")
    estate.meanwhile = lambda: estate.put(made["vpc_endpoint_id"], "available")
    assert run(estate, **options)["writes"] == [MODIFY]
    assert endpoint(estate)["PrivateDnsEnabled"] is True


def test_private_dns_is_there_from_the_start_where_nobody_must_accept(estate: Estate) -> None:
    change(estate, [CREATE], **verified(estate, acceptance_required=False))
    assert endpoint(estate)["PrivateDnsEnabled"] is True


def test_failed(estate: Estate, service: dict[str, Any]) -> None:
    """An endpoint that fails ends the wait at once, with AWS's reason."""
    reason = {"code": "InsufficientFreeAddresses", "reason": "The subnet is full."}
    estate.sandbox.outcome("vpc_endpoint", "failed", account=estate.account, **reason)
    refused = run(estate, **service)
    assert refused["failed"]
    assert refused["writes"] == [CREATE]
    assert "has failed. InsufficientFreeAddresses: The subnet is full. Mend the cause." in refused["msg"]
    failed = endpoint(estate)["VpcEndpointId"]
    assert run(estate, **service)["writes"] == []
    assert endpoint(estate)["VpcEndpointId"] == failed

    real = change(estate, [DELETE, CREATE], **service, replace=True)
    assert real["vpc_endpoint_id"] != failed
    assert real["state"] == "available"
    estate.put(real["vpc_endpoint_id"], "failed")
    change(estate, [DELETE], state="absent")


def test_what_fails_again_is_not_made_for_ever(estate: Estate, service: dict[str, Any]) -> None:
    estate.sandbox.outcome("vpc_endpoint", "failed", account=estate.account, times=2)
    assert run(estate, **service)["failed"]
    again = run(estate, **service, replace=True)
    assert again["failed"]
    assert again["writes"] == [DELETE, CREATE]
    assert "has failed" in again["msg"]


def test_partial(estate: Estate, resource: dict[str, Any]) -> None:
    estate.sandbox.outcome("vpc_endpoint", "partial", account=estate.account, code="NoZone", reason="One zone is down")
    made = run(estate, **resource)
    assert made["writes"] == [CREATE]
    assert made["state"] == "partial"
    assert not made["failed"]
    assert not made["waiting"]
    assert "serves only in part. NoZone: One zone is down." in made["warnings"]


def test_no_wait(estate: Estate, service: dict[str, Any]) -> None:
    estate.sandbox.lag(**{"vpc_endpoint.pending": 60})
    first = run(estate, **service, wait=False)
    estate.sandbox.lag(**{"vpc_endpoint.pending": 0.1})
    assert first["waiting"] == f"endpoint {first['vpc_endpoint_id']} to be available"
    assert first["writes"] == [CREATE]
    later = run(estate, **{**service, "subnet_ids": service["subnet_ids"][:1]}, wait=False)
    assert later["writes"] == []
    assert later["waiting"] == first["waiting"]
    predicted = run(estate, check=True, **{**service, "subnet_ids": service["subnet_ids"][:1]})
    assert predicted["writes"] == [MODIFY]


def test_half_done(estate: Estate, service: dict[str, Any]) -> None:
    """Interrupted between deletion and creation, a run is continued by running again."""
    made = run(estate, **service, private_dns_enabled=False)
    other = {
        **service,
        "service_name": estate.service("sales", estate.account, acceptance_required=False)["service_name"],
        "replace": True,
    }
    stopped = run(estate, **other, wait=False)
    assert stopped["writes"] == [DELETE]
    assert "to be deleted" in stopped["waiting"]
    real = run(estate, **other)
    assert real["writes"] == [CREATE]
    assert real["service_name"] == other["service_name"] != made["service_name"]


def test_taken_over_by_id(estate: Estate, service: dict[str, Any]) -> None:
    parameters = {"VpcId": service["vpc_id"], "ServiceName": service["service_name"]}
    made = estate.ec2.create_vpc_endpoint(VpcEndpointType="Interface", SubnetIds=service["subnet_ids"], **parameters)[
        "VpcEndpoint"
    ]["VpcEndpointId"]
    assert change(estate, [TAG], vpc_endpoint_id=made, adopt=True)["vpc_endpoint_id"] == made
    assert change(estate, [], **service)["vpc_endpoint_id"] == made
    other = estate.run("vpc_endpoint", endpoints=[{"name": "orders"}, {"name": "other", "vpc_endpoint_id": made}])
    assert other["failed_items"] == ["other"]
    assert "belongs to orders" in other["msg"]
    assert "is not replaced" in run(estate, **{**service, "service_name": "other"}, replace=True)["msg"]
    assert change(estate, [], vpc_endpoint_id=made, subnet_ids=service["subnet_ids"][:1])["vpc_endpoint_id"] == made
    change(estate, [UNTAG], state="absent", vpc_endpoint_id=made, adopt=True)
    run(estate, vpc_endpoint_id=made, adopt=True)
    left = run(estate, state="absent", vpc_endpoint_id=made)  # its tag says that it was adopted
    assert (left["failed"], left["writes"]) == (False, [UNTAG])
    assert [endpoint["VpcEndpointId"] for endpoint in endpoints(estate)] == [made]
    missing = run(estate, vpc_endpoint_id="vpce-00000000000000000")
    assert missing["failed"]
    assert "does not exist" in missing["msg"]


def test_many_in_few_calls(estate: Estate, service: dict[str, Any]) -> None:
    items = [{"name": f"e{number}", **service} for number in range(8)]
    items[3] = {**items[3], "service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-00000000000000000"}
    items[5] = {**items[5], "subnet_ids": []}
    result = estate.run("vpc_endpoint", endpoints=items, on_item_failure="report")
    assert result["failed_items"] == ["e3", "e5"]
    assert len(endpoints(estate)) == 6
    assert "InvalidServiceName" in result["results"][3]["msg"]
    assert [item["name"] for item in result["results"]] == [endpoint["name"] for endpoint in items]
    good = [endpoint for endpoint in items if endpoint["name"] not in ("e3", "e5")]
    again = estate.run("vpc_endpoint", endpoints=good)
    assert not again["changed"]
    assert Counter(call["operation"] for call in estate.calls) == {"DescribeVpcEndpoints": 1}
    listed = estate.look("vpc_endpoint_info", names=["e1", "e2", "nobody"])["vpc_endpoints"]
    assert sorted(endpoint["tags"]["Name"] for endpoint in listed) == ["e1", "e2"]
    assert listed[0]["security_group_ids"]
    gone = estate.run("vpc_endpoint", endpoints=[{"name": endpoint["name"], "state": "absent"} for endpoint in items])
    assert [item["writes"] for item in gone["results"]].count([DELETE]) == 6
    assert estate.look("vpc_endpoint_info")["vpc_endpoints"] == []


def test_throttled_and_denied(estate: Estate, service: dict[str, Any]) -> None:
    estate.sandbox.fault("ec2", "CreateVpcEndpoint", "throttle", account=estate.account, times=1)
    made = run(estate, **service)
    assert made["writes"] == [CREATE]
    assert len(endpoints(estate)) == 1
    estate.sandbox.fault("ec2", "DeleteVpcEndpoints", "deny", account=estate.account, times=1)
    denied = run(estate, state="absent")
    assert denied["failed"]
    assert "Allow ec2:DeleteVpcEndpoints" in denied["msg"]
    assert denied["writes"] == []
    estate.sandbox.fault("ec2", "DescribeVpcEndpoints", "deny", account=estate.account, times=1)
    unreadable = run(estate, **service)
    assert unreadable["failed"]
    assert "Allow ec2:DescribeVpcEndpoints" in unreadable["msg"]


def test_a_new_endpoint_that_is_not_listed_yet(estate: Estate, service: dict[str, Any]) -> None:
    estate.sandbox.fault("ec2", "DescribeVpcEndpoints", "not_found_after_create", account=estate.account, delay=0.5)
    made = run(estate, **service)
    assert made["writes"] == [CREATE]
    assert made["state"] == "available"
    assert len(endpoints(estate)) == 1


@pytest.mark.parametrize(
    ("options", "writes"),
    [
        ({"tags": {"team": "data"}}, [TAG]),
        ({"subnet_ids": 1}, [MODIFY]),
        ({"state": "absent"}, [DELETE]),
        ({"service_name": "other", "replace": True}, [DELETE, CREATE]),
    ],
)
def test_stale_reads_write_nothing_twice(
    estate: Estate, service: dict[str, Any], options: dict[str, Any], writes: list[str]
) -> None:
    made = run(estate, **service)
    if "subnet_ids" in options:
        options = {"subnet_ids": service["subnet_ids"][:1]}
    if "service_name" in options:
        options = {
            **service,
            "service_name": estate.service("sales", estate.account, acceptance_required=False)["service_name"],
            "replace": True,
        }
    estate.sandbox.fault("ec2", "*", "stale", account=estate.account, times=6)
    real = run(estate, **options)
    assert real["writes"] == writes
    assert not real["failed"]
    assert not real["waiting"]
    assert not real["warnings"]
    assert [endpoint["VpcEndpointId"] == made["vpc_endpoint_id"] for endpoint in endpoints(estate)] == {
        DELETE: [],
        CREATE: [False],
    }.get(writes[-1], [True])


@pytest.mark.parametrize("lag", [0, 1])
def test_runs_at_once_end_in_one_endpoint(estate: Estate, service: dict[str, Any], lag: float) -> None:
    """Neither sees the other's endpoint before it makes its own; one that was killed after its call counts as one."""
    estate.sandbox.lag(**{"vpc_endpoint.unseen": lag})

    def begin(dummy: int) -> Result:
        api = Api("us-east-1", Credentials(estate.access["access_key"], "sandbox"), estate.sandbox.url, rate=0)
        (result,) = converge(VpcEndpoints(api), [VpcEndpoint("orders", **service)], api.apply, Options(poll=0.02))
        return result

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(begin, range(4)))
    assert not [result for result in results if result.failed], results
    assert len({result.resource["vpc_endpoint_id"] for result in results}) == 1
    assert len(endpoints(estate)) == 1
    assert run(estate, **service)["writes"] == []


@pytest.mark.parametrize("state", ["present", "absent"])
def test_two_that_are_there_become_one_or_none(estate: Estate, service: dict[str, Any], state: str) -> None:
    made = run(estate, **service)
    estate.sandbox.step(1)  # ages are shown to the second
    twin = {"VpcId": service["vpc_id"], "ServiceName": service["service_name"], "SubnetIds": service["subnet_ids"]}
    tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "saas.privatelink:name", "Value": "orders"}]}]
    estate.ec2.create_vpc_endpoint(VpcEndpointType="Interface", **twin, TagSpecifications=tags)
    estate.sandbox.eventually(
        lambda: {found["State"] for found in endpoints(estate)}, lambda seen: seen == {"available"}
    )
    left = run(estate, **service, state=state)
    assert left["writes"] == ([DELETE] if state == "present" else [DELETE, DELETE])
    kept = [made["vpc_endpoint_id"]] if state == "present" else []
    estate.sandbox.eventually(lambda: [found["VpcEndpointId"] for found in endpoints(estate)], lambda ids: ids == kept)
    assert run(estate, **service, state=state)["writes"] == []


def test_what_was_deleted_a_moment_ago_is_made_anew(estate: Estate, service: dict[str, Any]) -> None:
    """A token of the same minute answers with what is gone."""
    made = run(estate, **service)
    run(estate, state="absent")
    again = run(estate, **service, wait_timeout=120)
    assert again["state"] == "available"
    assert [found["VpcEndpointId"] for found in endpoints(estate)] == [again["vpc_endpoint_id"]]
    assert again["vpc_endpoint_id"] != made["vpc_endpoint_id"]


def test_a_dropped_connection_makes_no_second_endpoint(estate: Estate, service: dict[str, Any]) -> None:
    estate.sandbox.fault("ec2", "CreateVpcEndpoint", "drop", account=estate.account, performed=True)
    access = {**estate.access, "wait_timeout": 10, "name": "orders", **service}
    result = estate.run_module("vpc_endpoint", access)  # not held to the log: the one write is in it twice
    assert result["results"][0]["writes"] == [CREATE]
    assert len(endpoints(estate)) == 1


def test_gone_before_it_is_deleted(estate: Estate, service: dict[str, Any]) -> None:
    made = run(estate, **service)
    gone = {"code": "InvalidVpcEndpointId.NotFound", "message": "gone"}
    estate.sandbox.fault("ec2", "DeleteVpcEndpoints", "error", account=estate.account, **gone)
    estate.meanwhile = lambda: estate.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["vpc_endpoint_id"]])
    absent = {"wait_timeout": 10, "name": "orders", "state": "absent"}
    assert not estate.run_module("vpc_endpoint", {**estate.access, **absent}).get("failed")
    assert not endpoints(estate)


def test_two_subnets_in_one_zone(estate: Estate, service: dict[str, Any]) -> None:
    more = estate.ec2.create_subnet(VpcId=estate.vpc.id, CidrBlock="10.1.9.0/24", AvailabilityZone="us-east-1a")
    refused = run(estate, **{**service, "subnet_ids": [*service["subnet_ids"], more["Subnet"]["SubnetId"]]})
    assert refused["failed"]
    assert "DuplicateSubnetsInSameZone" in refused["msg"]
    assert "in the next" in refused["msg"]


SECRETS = "com.amazonaws.us-east-1.secretsmanager"


@pytest.fixture
def secrets(estate: Estate) -> dict[str, Any]:
    """A service of AWS's own, which has a private DNS name, and a VPC where that can be used."""
    estate.vpc = estate.make_vpc(estate.account)
    estate.ec2.modify_vpc_attribute(VpcId=estate.vpc.id, EnableDnsHostnames={"Value": True})
    return {"service_name": SECRETS, "vpc_id": estate.vpc.id, "subnet_ids": list(estate.vpc.subnets)}


def test_private_dns_that_aws_switches_on_is_told(estate: Estate, secrets: dict[str, Any]) -> None:
    made = change(estate, [CREATE], **secrets)
    assert made["diff"][0]["after"]["private_dns_enabled"].startswith("on, if the service has a private DNS name")
    assert made["private_dns_enabled"] is True
    change(estate, [MODIFY], **secrets, private_dns_enabled=False)
    change(estate, [MODIFY], private_dns_enabled=True)


def test_a_second_endpoint_with_the_private_name_is_refused(estate: Estate, secrets: dict[str, Any]) -> None:
    first = run(estate, **secrets)["vpc_endpoint_id"]
    for options in ({}, {"private_dns_enabled": True}):
        for check in (True, False):
            refused = run(estate, check=check, **{**secrets, "name": "second", **options})
            assert f"{first} has the private DNS name of {SECRETS} in this VPC" in refused["msg"]
            assert not estate.count("CreateVpcEndpoint")
    second = run(estate, **{**secrets, "name": "second", "private_dns_enabled": False})
    assert (second["failed"], second["private_dns_enabled"]) == (False, False)
    refused = run(estate, name="second", private_dns_enabled=True)
    assert f"{first} has the private DNS name" in refused["msg"]
    assert not estate.count("ModifyVpcEndpoint")


@pytest.mark.parametrize("seen", ["deleting", "gone"])
def test_the_name_of_a_deleted_endpoint_is_waited_for(estate: Estate, secrets: dict[str, Any], seen: str) -> None:
    """Another run deleted it, so that this one does not know of it."""
    first = run(estate, **{**secrets, "name": "first"})["vpc_endpoint_id"]
    estate.sandbox.lag(**{"vpc_endpoint.private_dns": 20, "vpc_endpoint.deleting": 3})
    try:
        estate.ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
        estate.sandbox.step(4 if seen == "gone" else 0)
        made = run(estate, **secrets)
    finally:
        estate.sandbox.lag(**{"vpc_endpoint.private_dns": 0.1, "vpc_endpoint.deleting": 0.1})
    assert (made["failed"], made["writes"], made["private_dns_enabled"]) == (False, [CREATE], True)
    refused = [call for call in estate.calls if call["operation"] == "CreateVpcEndpoint" and call["error"]]
    assert refused


def test_replacing_waits_for_the_name(estate: Estate, secrets: dict[str, Any]) -> None:
    estate.sandbox.lag(**{"vpc_endpoint.private_dns": 20})
    try:
        first = run(estate, **secrets)["vpc_endpoint_id"]
        estate.put(first, "rejected")
        made = run(estate, **secrets, replace=True)
    finally:
        estate.sandbox.lag(**{"vpc_endpoint.private_dns": 0.1})
    assert (made["failed"], made["writes"]) == (False, [DELETE, CREATE])


def test_ipv6_needs_subnets_that_have_it(estate: Estate, secrets: dict[str, Any]) -> None:
    dual = {**secrets, "ip_address_type": "dualstack"}
    for check in (True, False):
        refused = run(estate, check=check, **dual)
        assert "needs subnets with an IPv6 CIDR block" in refused["msg"]
        assert not estate.count("CreateVpcEndpoint")
    run(estate, **secrets)
    assert "IPv6" in run(estate, **dual)["msg"]
    add_ipv6(estate.ec2, estate.vpc.id, *estate.vpc.subnets)
    change(estate, [MODIFY], **dual, dns_record_ip_type="dualstack")
    assert endpoint(estate)["DnsOptions"] == {"DnsRecordIpType": "dualstack"}
    run(estate, **dual)
    assert estate.count("DescribeSubnets") == 0


def test_upper_case_and_the_star_are_no_differences(estate: Estate, resource: dict[str, Any]) -> None:
    options = {**resource, "ip_address_type": "ipv4", "private_dns_enabled": True}
    change(estate, [CREATE], **options, private_dns_specified_domains=[])
    assert endpoint(estate)["IpAddressType"] == "IPV4"
    change(estate, [], **options, private_dns_preference="VERIFIED_DOMAINS_ONLY", private_dns_specified_domains=[])


def test_a_zone_without_lattice(estate: Estate, resource: dict[str, Any]) -> None:
    zones = estate.ec2.describe_availability_zones()["AvailabilityZones"]
    zone = next(zone["ZoneName"] for zone in zones if zone["ZoneId"] == "use1-az3")
    bad = estate.ec2.create_subnet(VpcId=estate.vpc.id, CidrBlock="10.1.77.0/24", AvailabilityZone=zone)
    refused = run(estate, **{**resource, "subnet_ids": [bad["Subnet"]["SubnetId"]]})
    assert refused["failed"]
    assert "InvalidParameter" in refused["msg"]
    assert not endpoints(estate)


def used(estate: Estate, secrets: dict[str, Any], **options: Any) -> dict[str, Any]:
    """A run of another name that takes what is there."""
    return run(estate, **{**secrets, "name": "second", "reuse": True, **options})


def test_an_endpoint_of_another_name_is_used_as_it_is(estate: Estate, secrets: dict[str, Any]) -> None:
    first, options = run(estate, **secrets), {**secrets, "name": "second", "reuse": True, "tags": {"team": "data"}}
    before = endpoint(estate)
    second = change(estate, [TAG], **{**options, "subnet_ids": list(estate.vpc.subnets)[:1]})
    assert (second["reused"], second["vpc_endpoint_id"]) == (True, first["vpc_endpoint_id"])
    used_by = {"Key": "saas.privatelink:used-by:second", "Value": "true"}
    assert sorted(endpoint(estate)["Tags"], key=str) == sorted([*before["Tags"], used_by], key=str)
    assert {**endpoint(estate), "Tags": []} == {**before, "Tags": []}
    left = change(estate, [UNTAG], **options, state="absent")
    assert left["left"] == [first["vpc_endpoint_id"]]
    assert endpoint(estate) == before


def test_what_another_name_uses_is_not_deleted(estate: Estate, secrets: dict[str, Any]) -> None:
    first = run(estate, **secrets)["vpc_endpoint_id"]
    used(estate, secrets)
    kept = change(estate, [], **secrets, state="absent")
    assert kept["kept"] == [f"{first} stays, for second uses it: take that away first"]
    used(estate, secrets, state="absent")
    change(estate, [DELETE], **secrets, state="absent")


def test_of_two_new_ones_in_a_list_one_makes_the_endpoint(estate: Estate, secrets: dict[str, Any]) -> None:
    both = [{**secrets, "name": "second", "reuse": True}, {**secrets, "name": "first"}]
    for check, writes in ((True, [[], [CREATE]]), (False, [[TAG], [CREATE]]), (False, [[], []])):
        made = estate.run("vpc_endpoint", check=check, endpoints=both)
        assert [row["writes"] for row in made["results"]] == writes
        assert not made["failed_items"]
    assert made["results"][0]["reused"]
    assert len(endpoints(estate)) == 1


def test_an_endpoint_of_others_is_used_with_adopt_only(estate: Estate, secrets: dict[str, Any]) -> None:
    where = {"VpcId": secrets["vpc_id"], "SubnetIds": list(secrets["subnet_ids"])}
    service = secrets["service_name"]
    made = estate.ec2.create_vpc_endpoint(VpcEndpointType="Interface", ServiceName=service, **where)
    theirs, before = made["VpcEndpoint"]["VpcEndpointId"], endpoints(estate)
    refused = used(estate, secrets)
    assert refused["failed"]
    assert f"{theirs} leads to {service}" in refused["msg"]
    assert "adopt=true" in refused["msg"]
    taken = used(estate, secrets, adopt=True)
    assert (taken["failed"], taken["writes"], taken["vpc_endpoint_id"]) == (False, [], theirs)
    assert "left" not in used(estate, secrets, state="absent")
    assert used(estate, secrets, state="absent", adopt=True)["left"] == [theirs]
    assert [row["Tags"] for row in endpoints(estate)] == [row["Tags"] for row in before] == [[]]


def test_an_endpoint_of_another_environment_is_anothers(estate: Estate, secrets: dict[str, Any]) -> None:
    run(estate, **secrets, environment_name="prod")
    assert "adopt=true" in used(estate, secrets, environment_name="test")["msg"]
    assert used(estate, secrets, environment_name="test", adopt=True)["reused"]


def test_what_has_no_private_dns_does_not_do(estate: Estate, secrets: dict[str, Any]) -> None:
    run(estate, **{**secrets, "private_dns_enabled": False})
    assert "without private DNS" in used(estate, secrets, private_dns_enabled=True)["msg"]
    assert used(estate, secrets, private_dns_enabled=False)["reused"]


def test_what_goes_is_not_used(estate: Estate, secrets: dict[str, Any]) -> None:
    first = run(estate, **secrets)["vpc_endpoint_id"]
    estate.ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    made = used(estate, secrets)
    assert (made["failed"], made["writes"]) == (False, [CREATE])
    assert "reused" not in made


@pytest.mark.parametrize(
    "options",
    [
        {"vpc_id": "vpc-1"},
        {"service_name": SERVICE},
        {"vpc_endpoint_id": "vpce-1", "vpc_id": "vpc-1"},
        {"vpc_id": "vpc-1", "type": "Gateway", "service_name": S3},
    ],
)
def test_reuse_is_told_what_and_where(options: dict[str, Any]) -> None:
    with pytest.raises(ItemError, match="reuse"):
        wanted(reuse=True, **options)
