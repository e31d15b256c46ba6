# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_load_balancer and network_load_balancer_info: the plan alone, and whole runs against the sandbox."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import network_load_balancer as nlb
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import Credentials
from ansible_collections.saas.privatelink.plugins.module_utils._aws.load_balancers import LoadBalancer
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_actual import Actual
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_adoption import settled
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import NetworkLoadBalancer
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Options, converge

from tests.conftest import add_ipv6

ROOT = Path(__file__).parents[3]
ELB = "elasticloadbalancing"
CREATION = ["CreateTargetGroup", "CreateLoadBalancer", "CreateListener"]
Item = dict[str, Any]


def policy(module: str) -> set[str]:
    """The actions that docs/iam allows a module."""
    document = json.loads((ROOT / "docs" / "iam" / f"{module}.json").read_text(encoding="utf-8"))
    return {action for statement in document["Statement"] for action in statement["Action"]}


# What can never be right, found without a call


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"name": "a" * 33}, "Not the name of a load balancer"),
        ({"name": "internal-orders"}, "Not the name of a load balancer"),
        ({"name": "a_b"}, "Not the name of a load balancer"),
        ({"subnet_ids": []}, "at least one subnet"),
        ({"subnet_ids": ["subnet-1", "subnet-1"]}, "each once"),
        ({"subnet_ids": ["vpc-1"]}, "subnet_ids takes ids like"),
        ({"private_addresses": {"vpc-1": "10.1.0.9"}}, "an IPv4 address for a subnet, not '10.1.0.9' for 'vpc-1'"),
        ({"private_addresses": {"subnet-1": "10.1.0"}}, "an IPv4 address for a subnet, not '10.1.0'"),
        ({"private_addresses": {"subnet-1": "10.1.0.9", "subnet-2": "10.1.0.9"}}, "the same address"),
        ({"private_addresses": {"subnet-2": "10.1.0.9"}, "subnet_ids": ["subnet-1"]}, "not in subnet_ids: subnet-2"),
        ({"vpc_id": "subnet-1"}, "vpc_id takes ids like"),
        ({"security_group_ids": ["default"]}, "security_group_ids takes ids like"),
        ({"security_group_ids": [], "enforce_privatelink_rules": False}, "has no security groups"),
        ({"listeners": [{"port": 0}]}, "A port is 1 to 65535"),
        ({"listeners": [{"port": 1, "target_group": {"port": 65536}}]}, "A port is 1 to 65535"),
        ({"listeners": [{"port": 1}, {"port": 1}]}, "same port"),
        ({"listeners": [{"port": 1, "tcp_idle_timeout": 59}]}, "tcp_idle_timeout is 60 to 6000 seconds, not 59"),
        ({"listeners": [{"port": 1, "tcp_idle_timeout": 6001}]}, "tcp_idle_timeout is 60 to 6000 seconds, not 6001"),
        ({"listeners": [{"port": 1, "target_group": {"name": "-a"}}]}, "Not the name of a target group"),
        ({"listeners": [{"port": 1, "target_group": {"deregistration_delay": 3601}}]}, "0 to 3600"),
        ({"listeners": [{"port": 1, "target_group": {"health_check": {"interval": 4}}}]}, "interval.* 5 to 300"),
        ({"listeners": [{"port": 1, "target_group": {"health_check": {"timeout": 121}}}]}, "timeout.* 2 to 120"),
        ({"listeners": [{"port": 1, "target_group": {"health_check": {"healthy_threshold": 11}}}]}, "2 to 10"),
        ({"listeners": [{"port": 1, "target_group": {"health_check": {"port": "any"}}}]}, "traffic-port or a number"),
        (
            {"listeners": [{"port": 1, "target_group": {"health_check": {"port": "\N{FULLWIDTH DIGIT EIGHT}"}}}]},
            "traffic-port or a number",
        ),
        (
            {"listeners": [{"port": 1, "target_group": {"health_check": {"protocol": "TCP", "path": "/"}}}]},
            "by TCP has no path",
        ),
        (
            {
                "listeners": [
                    {"port": 1, "target_group": {"name": "a", "port": 5}},
                    {"port": 2, "target_group": {"name": "a", "port": 6}},
                ]
            },
            "describe the target group a differently",
        ),
    ],
)
def test_options_that_can_never_be_right(options: Item, reason: str) -> None:
    with pytest.raises(ItemError, match=reason):
        NetworkLoadBalancer(**{"name": "orders", **options})


def test_names() -> None:
    assert resource_name("fivetran", "orders_db", 5432) == "fivetran-orders-db-5432"
    assert resource_name("a" * 32) == "a" * 32
    long = resource_name("segment", "customer_warehouse_production", 5439)
    assert re.fullmatch(r"segment-customer-warehous-[0-9a-f]{6}", long)
    assert len(long) == 32
    assert long == resource_name("segment", "customer_warehouse_production", 5439)
    assert long != resource_name("segment", "customer_warehouse_production", 5440)


# The plan alone


ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/orders/1"
GROUP_ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders-5432/2"
OURS = {"saas.privatelink:name": "orders"}


def actual(**changes: Any) -> Actual:
    """A load balancer named orders in vpc-1 with one subnet, one security group and one listener, as AWS shows it."""
    raw = {
        "LoadBalancerArn": ARN,
        "LoadBalancerName": "orders",
        "Type": "network",
        "Scheme": "internal",
        "VpcId": "vpc-1",
        "State": {"Code": "active"},
        "AvailabilityZones": [{"ZoneName": "us-east-1a", "SubnetId": "subnet-a"}],
        "SecurityGroups": ["sg-1"],
        "IpAddressType": "ipv4",
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on",
        **changes.pop("balancer", {}),
    }
    group = {
        "TargetGroupArn": GROUP_ARN,
        "TargetGroupName": "orders-5432",
        "Protocol": "TCP",
        "Port": 5432,
        "VpcId": "vpc-1",
        "TargetType": "ip",
        "LoadBalancerArns": [ARN],
        **changes.pop("group", {}),
    }
    listener = {
        "ListenerArn": f"{ARN}/3",
        "Port": 5432,
        "Protocol": "TCP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": GROUP_ARN}],
        **changes.pop("listener", {}),
    }
    shown: dict[str, Any] = {
        "balancer": LoadBalancer.of(raw),
        "listeners": [listener],
        "groups": {"orders-5432": group},
        "tags": {ARN: OURS, GROUP_ARN: OURS},
        "subnets": {
            "subnet-a": {"VpcId": "vpc-1", "AvailabilityZone": "us-east-1a"},
            "subnet-a2": {"VpcId": "vpc-1", "AvailabilityZone": "us-east-1a"},
            "subnet-b": {"VpcId": "vpc-1", "AvailabilityZone": "us-east-1b", "CidrBlock": "10.1.1.0/24"},
            "subnet-c": {"VpcId": "vpc-2", "AvailabilityZone": "us-east-1b"},
            "subnet-f": {"VpcId": "vpc-1", "AvailabilityZone": "us-east-1c", "AvailableIpAddressCount": 7},
        },
    }
    return Actual(**{**shown, **changes})


def wanted(**options: Any) -> NetworkLoadBalancer:
    return NetworkLoadBalancer(**{"name": "orders", **options})


def planned(item: NetworkLoadBalancer, state: Actual) -> list[str]:
    plan = nlb.plan_absent(item, state) if item.state == "absent" else nlb.plan_present(item, state)
    return [change.action.removeprefix(f"{ELB}:") for change in plan.changes]


def test_unset_options_change_nothing() -> None:
    assert planned(wanted(), actual()) == []


def test_the_same_options_change_nothing() -> None:
    item = wanted(
        vpc_id="vpc-1",
        subnet_ids=["subnet-a"],
        security_group_ids=["sg-1"],
        enforce_privatelink_rules=True,
        ip_address_type="ipv4",
        listeners=[{"port": 5432}],
        purge_listeners=True,
    )
    assert planned(item, actual()) == []


@pytest.mark.parametrize(
    ("options", "state", "reason"),
    [
        ({}, {"balancer": {"Scheme": "internet-facing"}}, "is internet-facing, not internal"),
        ({"vpc_id": "vpc-2"}, {}, "is in vpc-1, not in vpc-2"),
        ({}, {"balancer": {"State": {"Code": "failed", "Reason": "no room"}}}, "could not be set up by AWS: no room"),
        ({"subnet_ids": ["subnet-c"]}, {}, "subnet-c is in vpc-2, not in vpc-1"),
        ({"subnet_ids": ["subnet-a", "subnet-a2"]}, {}, "both in us-east-1a"),
        (
            {"private_addresses": {"subnet-a": "10.1.0.9"}},
            {"addresses": {"subnet-a": ["10.1.0.4"]}},
            "AWS cannot change",
        ),
        ({"private_addresses": {"subnet-b": "10.1.1.9"}}, {"subnets": {}}, "orders is not: list it in subnet_ids"),
        (
            {"subnet_ids": ["subnet-a", "subnet-b"], "private_addresses": {"subnet-b": "10.1.2.9"}},
            {},
            "10.1.2.9 is not in subnet-b, which has 10.1.1.0/24",
        ),
        (
            {"subnet_ids": ["subnet-a", "subnet-b"], "private_addresses": {"subnet-b": "10.1.1.3"}},
            {},
            "AWS reserves 10.1.1.3",
        ),
        (
            {"subnet_ids": ["subnet-a", "subnet-f"], "private_addresses": {"subnet-f": "10.1.1.9"}},
            {},
            "subnet-f has IPv6 addresses only",
        ),
        ({"subnet_ids": ["subnet-0"]}, {}, "No such subnet.*subnet-0"),
        ({"subnet_ids": ["subnet-a2"]}, {}, "without any subnet"),
        (
            {"security_group_ids": ["sg-1"]},
            {"balancer": {"SecurityGroups": None}},
            "lets none be added.*another one beside",
        ),
        ({"security_group_ids": []}, {}, "all of them be removed.*another one beside it"),
        ({"enforce_privatelink_rules": False}, {"balancer": {"SecurityGroups": []}}, "has no security groups"),
        ({"listeners": [{"port": 5432}]}, {"group": {"Protocol": "TLS"}}, "Protocol TLS instead of TCP"),
        ({"listeners": [{"port": 5432}]}, {"group": {"Port": 1}}, "Port 1 instead of 5432"),
        ({"listeners": [{"port": 5432}]}, {"group": {"VpcId": "vpc-2"}}, "VpcId vpc-2 instead of vpc-1"),
        ({"listeners": [{"port": 5432}]}, {"group": {"TargetType": "instance"}}, "TargetType instance instead of ip"),
        ({"listeners": [{"port": 5432}]}, {"group": {"LoadBalancerArns": ["other"]}}, "in use by other"),
        ({"listeners": [{"port": 5432}]}, {"listener": {"Protocol": "TLS"}}, "a TLS listener on port 5432"),
        ({"ip_address_type": "dualstack"}, {}, "dualstack needs.*subnet-a has none"),
        ({"subnet_ids": ["subnet-a", "subnet-f"]}, {}, "subnet-f has 7 free addresses, and AWS wants 8"),
        ({"tags": {"a": "b;"}}, {}, "do not take ;"),
        ({"tags": {"a": "b" * 257}}, {}, "has 257 characters"),
        ({"state": "absent"}, {"tags": {ARN: {}}}, "was not made here.*theirs"),
        ({"state": "absent"}, {"tags": {ARN: {"saas.privatelink:name": "other"}}}, "belongs to other.*not touched"),
        (
            {"state": "absent"},
            {"attributes": {ARN: {"deletion_protection.enabled": "true"}}},
            "protected from deletion.*deletion_protection=false",
        ),
    ],
)
def test_what_the_actual_state_forbids(options: Item, state: Item, reason: str) -> None:
    with pytest.raises(ItemError, match=reason):
        planned(wanted(**options), actual(**state))


def checked(**health_check: Any) -> NetworkLoadBalancer:
    return wanted(subnet_ids=["subnet-a"], listeners=[{"port": 5432, "target_group": {"health_check": health_check}}])


NEW: Item = {"groups": {}, "listeners": ()}
SLOW = {"group": {"HealthCheckProtocol": "TCP", "HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 10}}
QUICK = {"group": {"HealthCheckProtocol": "TCP", "HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 2}}


@pytest.mark.parametrize(
    ("health_check", "state", "timeout"),
    [
        ({"timeout": 31}, NEW, 31),
        ({"interval": 20, "timeout": 21}, NEW, 21),
        ({"timeout": 60}, SLOW, 60),
        ({"interval": 6, "protocol": "TCP"}, SLOW, 10),
        ({"interval": 6, "protocol": "HTTP"}, SLOW, 10),  # AWS keeps the timeout that it has
        ({"timeout": 6}, QUICK, 6),
    ],
)
def test_checks_that_come_before_they_time_out(health_check: Item, state: Item, timeout: int) -> None:
    with pytest.raises(ItemError, match=f"less than its timeout of {timeout}, and AWS refuses that"):
        planned(checked(**health_check), actual(**{**state}))


@pytest.mark.parametrize(
    ("health_check", "state"),
    [
        ({"interval": 10}, NEW),
        ({"interval": 6, "protocol": "HTTP"}, NEW),
        ({"interval": 5, "timeout": 5}, NEW),
        ({"interval": 300}, NEW),
        ({"interval": 5}, NEW),
        ({"timeout": 30}, SLOW),
        ({"interval": 5, "timeout": 2}, SLOW),
        ({"healthy_threshold": 2}, QUICK),
    ],
)
def test_checks_that_time_out_in_time(health_check: Item, state: Item) -> None:
    assert planned(checked(**health_check), actual(**{**state}))


@pytest.mark.parametrize(
    ("health_check", "timeout"),
    [
        ({"interval": 5}, 5),
        ({"interval": 9, "protocol": "HTTPS"}, 9),
        ({"interval": 5, "protocol": "HTTP"}, 5),
        ({"interval": 6, "protocol": "HTTP"}, None),
        ({"interval": 5, "timeout": 2}, 2),
        ({}, None),
    ],
)
def test_a_new_group_that_is_checked_often_times_out_sooner(health_check: Item, timeout: int | None) -> None:
    plan = nlb.plan_present(checked(**health_check), actual(**NEW))
    create = next(change for change in plan.changes if change.action.endswith("CreateTargetGroup"))
    assert create.params.get("HealthCheckTimeoutSeconds") == timeout
    assert plan.result["target_groups"][0]["health_check_timeout"] == timeout
    assert plan.after["target_groups"]["orders-5432"].get("HealthCheckTimeoutSeconds") == timeout


def test_a_load_balancer_that_is_missing_needs_subnets() -> None:
    with pytest.raises(ItemError, match="give subnet_ids to create it"):
        planned(wanted(), Actual())


def test_security_groups_are_set_with_the_flag_as_it_was() -> None:
    plan = nlb.plan_present(wanted(security_group_ids=["sg-2"]), actual())
    flag = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    assert plan.changes[0].params == {"LoadBalancerArn": ARN, "SecurityGroups": ["sg-2"], flag: "on"}


def test_the_flag_is_set_with_the_security_groups_as_they_were() -> None:
    plan = nlb.plan_present(wanted(enforce_privatelink_rules=False), actual())
    flag = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    assert [change.params for change in plan.changes] == [
        {"LoadBalancerArn": ARN, "SecurityGroups": ["sg-1"], flag: "off"}
    ]


def test_attributes_that_were_not_read_are_not_compared() -> None:
    assert planned(wanted(cross_zone=True), actual()) == []
    read = actual(attributes={ARN: {"load_balancing.cross_zone.enabled": "false"}})
    assert planned(wanted(cross_zone=True), read) == ["ModifyLoadBalancerAttributes"]


def test_attributes_go_in_one_call() -> None:
    group = {"deregistration_delay": 5, "connection_termination": True, "cross_zone": "true"}
    item = wanted(cross_zone=True, deletion_protection=True, listeners=[{"port": 5432, "target_group": group}])
    plan = nlb.plan_present(item, actual(attributes={ARN: {}, GROUP_ARN: {}}))
    assert [(change.action, len(change.params["Attributes"])) for change in plan.changes] == [
        (f"{ELB}:ModifyLoadBalancerAttributes", 2),
        (f"{ELB}:ModifyTargetGroupAttributes", 3),
    ]
    assert {"Key": "deregistration_delay.connection_termination.enabled", "Value": "true"} in plan.changes[1].params[
        "Attributes"
    ]


def test_a_subnet_is_exchanged_in_two_steps() -> None:
    zones = [{"ZoneName": "us-east-1a", "SubnetId": "subnet-a"}, {"ZoneName": "us-east-1b", "SubnetId": "subnet-b"}]
    state = actual(balancer={"AvailabilityZones": zones})
    first, second = nlb.plan_present(wanted(subnet_ids=["subnet-a2", "subnet-b"]), state).changes
    assert (first.params["Subnets"], first.after) == (["subnet-b"], "")
    assert second.params["Subnets"] == ["subnet-a2", "subnet-b"]
    assert second.after


def test_an_impaired_load_balancer_is_reported() -> None:
    state = actual(balancer={"State": {"Code": "active_impaired", "Reason": "no addresses"}})
    plan = nlb.plan_present(wanted(), state)
    assert plan.warnings == ["orders: AWS reports the load balancer as active_impaired. no addresses"]
    assert not plan.waiting


def test_a_weighted_listener_is_repointed() -> None:
    both = [{"TargetGroupArn": GROUP_ARN, "Weight": 1}, {"TargetGroupArn": "arn:other", "Weight": 1}]
    state = actual(listener={"DefaultActions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": both}}]})
    assert planned(wanted(listeners=[{"port": 5432}]), state) == ["ModifyListener"]


def test_a_listener_by_weights_of_one_group_is_the_same() -> None:
    weighted = [{"TargetGroupArn": GROUP_ARN, "Weight": 1}]
    state = actual(listener={"DefaultActions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}]})
    assert planned(wanted(listeners=[{"port": 5432}]), state) == []


def test_our_own_target_group_goes_when_its_listener_moves() -> None:
    item = wanted(listeners=[{"port": 5432, "target_group": {"port": 6432}}])
    assert planned(item, actual()) == ["CreateTargetGroup", "ModifyListener", "DeleteTargetGroup"]


def test_a_target_group_of_others_stays_when_its_listener_moves() -> None:
    item = wanted(listeners=[{"port": 5432, "target_group": {"port": 6432}}])
    assert planned(item, actual(tags={ARN: OURS, GROUP_ARN: {}})) == ["CreateTargetGroup", "ModifyListener"]


def test_a_target_group_that_another_load_balancer_uses_is_never_deleted() -> None:
    shared = actual(group={"LoadBalancerArns": [ARN, "another"]})
    item = wanted(listeners=[{"port": 5432, "target_group": {"port": 6432}}])
    assert "DeleteTargetGroup" not in planned(item, shared)
    assert planned(wanted(state="absent"), shared) == ["DeleteLoadBalancer"]


def test_a_target_group_that_another_port_uses_stays() -> None:
    state = actual()
    state.listeners = [*state.listeners, {**state.listeners[0], "ListenerArn": f"{ARN}/4", "Port": 15432}]
    item = wanted(listeners=[{"port": 5432, "target_group": {"port": 6432}}])
    assert planned(item, state) == ["CreateTargetGroup", "ModifyListener"]


def test_listeners_are_removed_only_when_purging() -> None:
    listeners = [{"port": 6432}]
    kept = planned(wanted(listeners=listeners), actual())
    assert kept == ["CreateTargetGroup", "CreateListener"]
    purged = planned(wanted(listeners=listeners, purge_listeners=True), actual())
    assert purged == ["CreateTargetGroup", "CreateListener", "DeleteListener", "DeleteTargetGroup"]


def test_adoption_is_tagging() -> None:
    item, state = wanted(listeners=[{"port": 5432}], adopt=True), actual(tags={ARN: {"team": "x"}, GROUP_ARN: {}})
    plan = nlb.plan_present(item, state)
    own = [
        {"Key": f"saas.privatelink:{key}", "Value": value} for key, value in (("adopted", "true"), ("name", "orders"))
    ]
    assert [change.params for change in plan.changes] == [
        {"ResourceArns": [ARN], "Tags": own},
        {"ResourceArns": [GROUP_ARN], "Tags": own},
    ]


def test_what_others_have_made_is_used_as_it_is() -> None:
    theirs = {"team": "x"}
    state = actual(tags={ARN: theirs, GROUP_ARN: {}}, balancer={"SecurityGroups": ["sg-1"]})
    group = {"deregistration_delay": 5, "health_check": {"interval": 5}}
    item = wanted(
        adopt=True,
        subnet_ids=["subnet-b"],
        security_group_ids=["sg-2"],
        enforce_privatelink_rules=False,
        cross_zone=True,
        deletion_protection=True,
        tags={"team": "y", "cost": "5"},
        purge_tags=True,
        listeners=[{"port": 5432, "target_group": group}],
        purge_listeners=True,
    )
    read = dataclasses.replace(state, attributes={ARN: {}, GROUP_ARN: {}})
    assert planned(settled(item, read), read) == ["AddTags", "AddTags"]


@pytest.mark.parametrize("port", [65500, 3306])
def test_a_listener_of_the_owner_stays_on_whichever_port(port: int) -> None:
    look = {"ListenerArn": f"{ARN}/4", "Port": port, "Protocol": "TCP"}
    look["DefaultActions"] = actual().listeners[0]["DefaultActions"]
    adopted = {"saas.privatelink:name": "orders", "saas.privatelink:adopted": "true"}
    state = actual(listeners=[*actual().listeners, look], tags={ARN: adopted, GROUP_ARN: adopted})
    item = wanted(listeners=[{"port": 5432}], purge_listeners=True)
    assert planned(settled(item, state), state) == []
    assert planned(wanted(state="absent"), state) == ["RemoveTags", "RemoveTags"]
    if port == 65500:  # on a load balancer of ours, too, without purging
        kept = actual(listeners=[*actual().listeners, look])
        assert planned(wanted(listeners=[{"port": 5432}]), kept) == []


def held(*healthy: str) -> Actual:
    """The port is to go from orders-5432 to orders-6432; AWS looks at both, and these have a healthy target."""
    new = {**actual().groups["orders-5432"], "TargetGroupArn": NEW_ARN, "TargetGroupName": "orders-6432", "Port": 6432}
    look = {"ListenerArn": f"{ARN}/4", "Port": 65535, "Protocol": "TCP"}
    look["DefaultActions"] = [{"Type": "forward", "TargetGroupArn": NEW_ARN}]
    targets = {arn: {"10.0.0.1": "healthy" if arn in healthy else "unhealthy"} for arn in (GROUP_ARN, NEW_ARN)}
    return actual(
        groups={**actual().groups, "orders-6432": new},
        tags={ARN: OURS, GROUP_ARN: OURS, NEW_ARN: OURS, f"{ARN}/4": OURS},
        listeners=[*actual().listeners, look],
        targets=targets,
    )


NEW_ARN = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders-6432/3"
MOVED = wanted(listeners=[{"port": 5432, "target_group": {"port": 6432}}])


@pytest.mark.parametrize("purge", [True, False])
@pytest.mark.parametrize(
    ("healthy", "moves"),
    [((), True), ((GROUP_ARN,), False), ((NEW_ARN,), True), ((GROUP_ARN, NEW_ARN), True)],
)
def test_a_port_leaves_a_group_that_serves_only_for_one_that_does(
    healthy: tuple[str, ...], moves: bool, purge: bool
) -> None:
    plan = nlb.plan_present(dataclasses.replace(MOVED, purge_listeners=purge), held(*healthy))
    expected = ["ModifyListener", "DeleteListener", "DeleteTargetGroup"] if moves else []
    assert names([change.action for change in plan.changes]) == expected
    assert plan.result["moving"] is not moves
    assert bool(plan.waiting) is not moves
    assert not plan.poll or moves


# Whole runs against the sandbox


class Environment:
    """An estate with a VPC, and short ways to run the module there."""

    def __init__(self, estate: Any) -> None:
        self.estate, self.sandbox, self.account, self.ec2 = estate, estate.sandbox, estate.account, estate.ec2
        self.vpc = estate.make_vpc(estate.account)
        self.elb = estate.boto(estate.account, "elbv2")

    def item(self, name: str = "orders", **options: Any) -> Item:
        return {"name": name, "subnet_ids": list(self.vpc.subnets), "listeners": [{"port": 5432}], **options}

    def run(self, *items: Item, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.estate.run(
            "network_load_balancer", diff=True, **{"load_balancers": list(items), **options}
        )
        return found

    def one(self, item: Item, **options: Any) -> dict[str, Any]:
        """Run the module on one item; the answer is the item's result."""
        found: dict[str, Any] = self.run(item, **options)["results"][0]
        return found

    @property
    def writes(self) -> list[str]:
        """What the last run wrote."""
        return [call["operation"] for call in self.estate.calls if call["kind"] == "write" and not call["error"]]

    def fault(self, operation: str, kind: str, **fields: Any) -> None:
        self.sandbox.fault("elbv2", operation, kind, account=self.account, **fields)

    def group_names(self) -> set[str]:
        return {group["TargetGroupName"] for group in self.elb.describe_target_groups()["TargetGroups"]}

    def balancers(self) -> set[str]:
        return {balancer["LoadBalancerName"] for balancer in self.elb.describe_load_balancers()["LoadBalancers"]}

    def balancer(self, name: str = "orders") -> dict[str, Any]:
        found: dict[str, Any] = self.elb.describe_load_balancers(Names=[name])["LoadBalancers"][0]
        return found

    def listener(self, port: int = 5432) -> str:
        """The ARN of a listener of the load balancer."""
        listed = self.elb.describe_listeners(LoadBalancerArn=self.balancer()["LoadBalancerArn"])["Listeners"]
        return next(str(listener["ListenerArn"]) for listener in listed if listener["Port"] == port)

    def idle_timeout(self, port: int = 5432) -> str:
        attributes = self.elb.describe_listener_attributes(ListenerArn=self.listener(port))["Attributes"]
        return {attribute["Key"]: str(attribute["Value"]) for attribute in attributes}["tcp.idle_timeout.seconds"]

    def group(self) -> str:
        """The ARN of the only target group."""
        (group,) = self.elb.describe_target_groups()["TargetGroups"]
        return str(group["TargetGroupArn"])

    def healthy(self, group: str) -> bool:
        described = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return any(target["TargetHealth"]["State"] == "healthy" for target in described)

    def strangers_group(self, name: str) -> str:
        made = self.elb.create_target_group(Name=name, Protocol="TCP", Port=1, VpcId=self.vpc.id, TargetType="ip")
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    def strangers_listener(self, port: int, group: str) -> None:
        """A listener of the load balancer that others have made."""
        self.elb.create_listener(
            LoadBalancerArn=self.balancer()["LoadBalancerArn"],
            Protocol="TCP",
            Port=port,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )


@pytest.fixture
def env(estate: Any) -> Iterator[Environment]:
    """Load balancers are active at once, unless a test says otherwise."""
    lag = estate.sandbox.lag()["load_balancer.provisioning"]["seconds"]
    estate.sandbox.lag(**{"load_balancer.provisioning": 0})
    yield Environment(estate)
    estate.sandbox.lag(**{"load_balancer.provisioning": lag})


def names(writes: list[str]) -> list[str]:
    """Planned actions without the service."""
    return [write.removeprefix(f"{ELB}:") for write in writes]


def converges(env: Environment, item: Item) -> list[str]:
    """Run in check mode, for real and again: check mode foretells what is done, and the second run does nothing."""
    foretold = env.run(item, check=True)
    done = env.run(item)
    written = env.writes
    assert not done["results"][0]["failed"], done["results"][0]
    assert not done["results"][0]["waiting"], done["results"][0]
    assert names(foretold["results"][0]["writes"]) == written == names(done["results"][0]["writes"])
    assert foretold["diff"] == done["diff"]
    assert foretold["changed"]
    assert done["changed"]
    again = env.run(item)
    assert env.writes == []
    assert not again["changed"]
    assert again["diff"] == []
    return written


def test_create_from_nothing(env: Environment) -> None:
    check = {"protocol": "HTTP", "path": "/up", "port": "8080", "interval": 10, "healthy_threshold": 2}
    group = {"health_check": check, "deregistration_delay": 30, "connection_termination": True}
    item = env.item(
        security_group_ids=[env.vpc.security_group],
        enforce_privatelink_rules=False,
        cross_zone=True,
        tags={"team": "data"},
        listeners=[{"port": 5432, "target_group": group}],
    )
    assert converges(env, item) == [
        "CreateTargetGroup",
        "CreateLoadBalancer",
        "SetSecurityGroups",
        "ModifyLoadBalancerAttributes",
        "ModifyTargetGroupAttributes",
        "CreateListener",
    ]
    balancer = env.balancer()
    assert balancer["Scheme"] == "internal"
    assert balancer["Type"] == "network"
    assert balancer["SecurityGroups"] == [env.vpc.security_group]
    assert balancer["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "off"
    group = env.elb.describe_target_groups(Names=["orders-5432"])["TargetGroups"][0]
    assert (group["TargetType"], group["Protocol"], group["Port"]) == ("ip", "TCP", 5432)
    assert (group["HealthCheckProtocol"], group["HealthCheckPath"], group["HealthCheckPort"]) == ("HTTP", "/up", "8080")
    assert group["LoadBalancerArns"] == [balancer["LoadBalancerArn"]]
    tags = env.elb.describe_tags(ResourceArns=[balancer["LoadBalancerArn"], group["TargetGroupArn"]])
    found = [{tag["Key"]: tag["Value"] for tag in resource["Tags"]} for resource in tags["TagDescriptions"]]
    assert found[0] == {"Name": "orders", "team": "data", "saas.privatelink:name": "orders"}
    assert found[1] == {"Name": "orders-5432", "team": "data", "saas.privatelink:name": "orders"}


def test_the_result_describes_the_load_balancer(env: Environment) -> None:
    env.run(env.item(cross_zone=True, security_group_ids=[env.vpc.security_group]))
    result = env.run(env.item(cross_zone=True))["results"][0]
    balancer = env.balancer()
    assert result["load_balancer_arn"] == balancer["LoadBalancerArn"]
    assert result["dns_name"] == balancer["DNSName"]
    assert result["canonical_hosted_zone_id"] == balancer["CanonicalHostedZoneId"]
    assert (result["load_balancer_name"], result["load_balancer_state"]) == ("orders", "active")
    assert result["vpc_id"] == env.vpc.id
    assert {zone["zone_name"]: zone["subnet_id"] for zone in result["availability_zones"]} == dict(
        zip(env.vpc.zones, env.vpc.subnets, strict=True)
    )
    assert (result["cross_zone"], result["enforce_privatelink_rules"]) == (True, True)
    assert result["tags"]["saas.privatelink:name"] == "orders"
    listener = result["listeners"][0]
    assert (listener["port"], listener["target_group_name"], listener["target_port"]) == (5432, "orders-5432", 5432)
    assert listener["listener_arn"].startswith("arn:")
    assert listener["target_group_arn"].startswith("arn:")


def addresses(result: dict[str, Any]) -> dict[str, Any]:
    return {zone["subnet_id"]: zone["private_addresses"] for zone in result["availability_zones"]}


def test_addresses_of_nodes_may_be_fixed(env: Environment) -> None:
    first, second = env.vpc.subnets
    fixed = {first: "10.1.0.77"}
    foretold = env.run(env.item(private_addresses=fixed), check=True)
    assert foretold["diff"][0]["after"]["private_addresses"] == fixed
    assert converges(env, env.item(private_addresses=fixed)) == CREATION
    assert addresses(env.one(env.item(private_addresses=fixed))) == {first: ["10.1.0.77"], second: None}
    assert not [call for call in env.estate.calls if call["operation"] == "DescribeNetworkInterfaces"]
    refused = env.one(env.item(private_addresses={first: "10.1.0.78"}))
    assert "has the address 10.1.0.77, not 10.1.0.78, and AWS cannot change it" in refused["msg"]
    assert env.writes == []
    assert env.one(env.item())["writes"] == []


def test_addresses_of_nodes_are_told_where_asked_for(env: Environment) -> None:
    chosen = addresses(env.one(env.item(), addresses=True))
    assert all(len(found) == 1 for found in chosen.values())
    (told,) = env.estate.look("network_load_balancer_info")["load_balancers"]
    assert addresses(told) == chosen
    assert addresses(env.one(env.item())) == dict.fromkeys(env.vpc.subnets)
    pinned = {subnet: found[0] for subnet, found in chosen.items()}
    assert env.one(env.item(private_addresses=pinned))["writes"] == []  # what AWS has chosen may be written down
    refused = env.one(env.item(private_addresses={**pinned, env.vpc.subnets[1]: "10.1.1.99"}))
    assert "AWS cannot change it" in refused["msg"]


def test_a_subnet_that_is_added_gets_its_address_and_the_others_keep_theirs(env: Environment) -> None:
    first, second = env.vpc.subnets
    kept = {first: "10.1.0.77"}
    env.run(env.item(subnet_ids=[first], private_addresses=kept))
    since = env.sandbox.last_call()
    assert converges(env, env.item(private_addresses={second: "10.1.1.77"})) == ["SetSubnets"]
    (sent,) = [call for call in env.sandbox.calls(env.account, since=since) if call["operation"] == "SetSubnets"]
    assert {mapping["SubnetId"]: mapping.get("PrivateIPv4Address") for mapping in sent["params"]["SubnetMappings"]} == {
        first: "10.1.0.77",
        second: "10.1.1.77",
    }
    told = env.one(env.item(), addresses=True)
    assert addresses(told) == {first: ["10.1.0.77"], second: ["10.1.1.77"]}


def test_addresses_on_a_load_balancer_of_others_stay(env: Environment) -> None:
    env.elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(env.vpc.subnets))
    wanted = env.item(adopt=True, private_addresses={env.vpc.subnets[0]: "10.1.0.77"})
    assert converges(env, wanted) == ["CreateTargetGroup", "AddTags", "CreateListener"]


def test_values_equal_to_defaults_are_written_at_creation(env: Environment) -> None:
    listener = {"port": 1, "tcp_idle_timeout": 350, "target_group": {"proxy_protocol_v2": False}}
    item = env.item(cross_zone=False, listeners=[listener])
    attributes = ["ModifyLoadBalancerAttributes", "ModifyTargetGroupAttributes"]
    assert converges(env, item) == [*CREATION[:2], *attributes, "CreateListener", "ModifyListenerAttributes"]


def test_an_idle_timeout_is_set_shown_and_left_alone(env: Environment) -> None:
    wanted = env.item(listeners=[{"port": 5432, "tcp_idle_timeout": 600}])
    made = env.run(wanted)
    assert made["results"][0]["listeners"][0]["tcp_idle_timeout"] == 600
    key = "tcp.idle_timeout.seconds"
    changed = env.run({**wanted, "listeners": [{"port": 5432, "tcp_idle_timeout": 6000}]}, check=True)
    (diff,) = changed["diff"]
    assert diff["before"]["listener_attributes"] == {"5432": {key: "600"}}
    assert diff["after"]["listener_attributes"] == {"5432": {key: "6000"}}
    assert env.one(env.item())["writes"] == []
    assert env.idle_timeout() == "600"


def test_an_idle_timeout_that_a_killed_run_has_not_set_is_set_by_the_next(env: Environment) -> None:
    wanted = env.item(listeners=[{"port": 5432, "tcp_idle_timeout": 600}])
    env.fault("ModifyListenerAttributes", "deny")
    assert "Allow elasticloadbalancing:ModifyListenerAttributes" in env.one(wanted)["msg"]
    assert converges(env, wanted) == ["ModifyListenerAttributes"]


def test_an_idle_timeout_needs_a_botocore_that_knows_it(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Api, "supports", lambda self, action, member: "ListenerAttributes" not in action)
    result = env.one(env.item(listeners=[{"port": 5432, "tcp_idle_timeout": 600}]))
    assert "tcp_idle_timeout needs a newer botocore" in result["msg"]
    assert env.writes == []


def test_a_listener_of_others_keeps_its_idle_timeout(env: Environment) -> None:
    env.elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(env.vpc.subnets))
    env.strangers_listener(1, env.strangers_group("theirs"))
    listeners = [{"port": 1, "tcp_idle_timeout": 600}, {"port": 5432, "tcp_idle_timeout": 700}]
    written = converges(env, env.item(adopt=True, listeners=listeners))
    assert written.count("ModifyListenerAttributes") == 1
    assert (env.idle_timeout(1), env.idle_timeout(5432)) == ("350", "700")


def test_many_listeners(env: Environment) -> None:
    groups = [{"deregistration_delay": delay} for delay in (0, 300)]
    item = env.item(listeners=[{"port": 1 + i, "target_group": group} for i, group in enumerate(groups)])
    written = converges(env, item)
    assert sorted(written) == sorted([*CREATION, *CREATION[::2], *["ModifyTargetGroupAttributes"] * 2])
    assert env.group_names() == {"orders-1", "orders-2"}


def test_listeners_share_a_target_group(env: Environment) -> None:
    ports = [{"port": port, "target_group": {"port": 5432}} for port in (5432, 15432)]
    assert converges(env, env.item(listeners=ports)) == [*CREATION, "CreateListener"]


Change = Callable[[Environment], Item]


def with_ipv6(env: Environment) -> Item:
    add_ipv6(env.ec2, env.vpc.id, *env.vpc.subnets)
    return {"ip_address_type": "dualstack"}


CHANGES: dict[str, tuple[Change, list[str]]] = {
    "security groups": (
        lambda env: {"security_group_ids": [more_security_groups(env)]},
        ["SetSecurityGroups"],
    ),
    "privatelink rules": (lambda env: {"enforce_privatelink_rules": False}, ["SetSecurityGroups"]),
    "cross zone": (lambda env: {"cross_zone": True}, ["ModifyLoadBalancerAttributes"]),
    "deletion protection": (lambda env: {"deletion_protection": True}, ["ModifyLoadBalancerAttributes"]),
    "address type": (with_ipv6, ["SetIpAddressType"]),
    "fewer subnets": (lambda env: {"subnet_ids": [env.vpc.subnets[0]]}, ["SetSubnets"]),
    "exchanged subnet": (
        lambda env: {"subnet_ids": [env.vpc.subnets[0], another_subnet(env)]},
        ["SetSubnets", "SetSubnets"],
    ),
    "another port": (
        lambda env: {"listeners": [{"port": 5432, "target_group": {"port": 6432}}]},
        ["CreateTargetGroup", "ModifyListener", "DeleteTargetGroup"],
    ),
    "another port with attributes": (
        lambda env: {"listeners": [{"port": 5432, "target_group": {"port": 6432, "deregistration_delay": 300}}]},
        ["CreateTargetGroup", "ModifyTargetGroupAttributes", "ModifyListener", "DeleteTargetGroup"],
    ),
    "one more listener": (
        lambda env: {"listeners": [{"port": 3306}]},
        ["CreateTargetGroup", "CreateListener"],
    ),
    "idle timeout": (
        lambda env: {"listeners": [{"port": 5432, "tcp_idle_timeout": 3600}]},
        ["ModifyListenerAttributes"],
    ),
    "idle timeout of a port that takes another's place": (
        lambda env: {"listeners": [{"port": 3306, "tcp_idle_timeout": 60}], "purge_listeners": True},
        ["CreateTargetGroup", "CreateListener", "ModifyListenerAttributes", "DeleteListener", "DeleteTargetGroup"],
    ),
    "purged listener": (
        lambda env: {"listeners": [{"port": 3306}], "purge_listeners": True},
        ["CreateTargetGroup", "CreateListener", "DeleteListener", "DeleteTargetGroup"],
    ),
    "no listeners": (
        lambda env: {"listeners": [], "purge_listeners": True},
        ["DeleteListener", "DeleteTargetGroup"],
    ),
    "health check": (
        lambda env: {"listeners": [{"port": 5432, "target_group": {"health_check": {"interval": 10, "port": "1"}}}]},
        ["ModifyTargetGroup"],
    ),
    "target group attributes": (
        lambda env: {
            "listeners": [{"port": 5432, "target_group": {"deregistration_delay": 0, "preserve_client_ip": True}}]
        },
        ["ModifyTargetGroupAttributes"],
    ),
    "tags": (lambda env: {"tags": {"team": "data"}}, ["AddTags", "AddTags"]),
    "purged tags": (lambda env: {"tags": {}, "purge_tags": True}, ["RemoveTags", "RemoveTags"]),
    "absent": (lambda env: {"state": "absent"}, ["DeleteLoadBalancer", "DeleteTargetGroup"]),
}


def more_security_groups(env: Environment) -> str:
    group = env.ec2.create_security_group(VpcId=env.vpc.id, GroupName="more", Description="more")
    return str(group["GroupId"])


def another_subnet(env: Environment) -> str:
    """One in the second zone, where the load balancer has a subnet already."""
    subnet = env.ec2.create_subnet(VpcId=env.vpc.id, CidrBlock="10.1.9.0/24", AvailabilityZone=env.vpc.zones[1])
    return str(subnet["Subnet"]["SubnetId"])


@pytest.mark.parametrize("case", CHANGES)
def test_change(env: Environment, case: str) -> None:
    change, expected = CHANGES[case]
    made = env.item(security_group_ids=[env.vpc.security_group], tags={"old": "1"})
    env.run(made)
    changed = {**made, "tags": None, **change(env)}
    assert converges(env, changed) == expected
    if case == "absent":
        assert env.elb.describe_load_balancers()["LoadBalancers"] == []
        assert env.group_names() == set()


GONE: Item = {"name": "orders", "state": "absent"}


def test_absent_where_nothing_is(env: Environment) -> None:
    assert not env.run(GONE)["changed"]
    assert env.writes == []


def test_deletion_protection_is_switched_off_only_on_demand(env: Environment) -> None:
    env.run(env.item(deletion_protection=True))
    assert "protected from deletion" in env.run(GONE)["msg"]
    assert env.writes == []
    written = converges(env, {**GONE, "deletion_protection": False})
    assert written == ["ModifyLoadBalancerAttributes", "DeleteLoadBalancer", "DeleteTargetGroup"]


def test_a_load_balancer_behind_an_endpoint_service_is_not_deleted(env: Environment) -> None:
    arn = env.one(env.item())["load_balancer_arn"]
    env.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])
    result = env.one(GONE)
    assert result["failed"]
    assert "ResourceInUse" in result["msg"]
    assert "endpoint_service, state=absent" in result["msg"]
    assert env.group_names() == {"orders-5432"}


def test_a_strangers_load_balancer_is_adopted_but_never_deleted(env: Environment) -> None:
    env.elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(env.vpc.subnets))
    assert "was not made here" in env.run(GONE)["msg"]
    assert env.writes == []
    refused = env.one(env.item())
    assert "was not made here" in refused["msg"]
    assert "adopt=true" in refused["msg"]
    assert env.writes == []
    assert converges(env, env.item(adopt=True)) == ["CreateTargetGroup", "AddTags", "CreateListener"]
    assert env.one(env.item())["writes"] == []
    assert converges(env, {**GONE, "adopt": True}) == ["DeleteListener", "DeleteTargetGroup", "RemoveTags"]
    assert env.balancers() == {"orders"}


def test_our_own_port_on_a_load_balancer_of_others_may_change(env: Environment) -> None:
    env.elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(env.vpc.subnets))
    env.run(env.item(adopt=True))
    moved = env.item(adopt=True, listeners=[{"port": 6432}], purge_listeners=True)
    assert converges(env, moved) == ["CreateTargetGroup", "CreateListener", "DeleteListener", "DeleteTargetGroup"]


@pytest.mark.parametrize("theirs", [["10.1.0.8"], []])
def test_of_targets_in_a_group_of_others_ours_go_unless_it_would_be_empty(env: Environment, theirs: list[str]) -> None:
    env.elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(env.vpc.subnets))
    options = {"Protocol": "TCP", "Port": 5432, "VpcId": env.vpc.id, "TargetType": "ip"}
    group = str(env.elb.create_target_group(Name="theirs", **options)["TargetGroups"][0]["TargetGroupArn"])
    env.strangers_listener(5432, group)
    assert converges(env, env.item(adopt=True)) == ["AddTags", "AddTags"]
    env.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": address} for address in [*theirs, "10.1.0.9"]])
    env.elb.add_tags(ResourceArns=[group], Tags=[{"Key": "saas.privatelink:registered", "Value": "10.1.0.9"}])
    left = ["DeregisterTargets"] if theirs else []
    assert converges(env, {**GONE, "adopt": True}) == [*left, "RemoveTags", "RemoveTags"]
    assert env.group_names() == {"theirs"}


def test_a_port_that_its_owner_leads_to_our_group_is_the_owners(env: Environment) -> None:
    env.elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(env.vpc.subnets))
    wanted = env.item(adopt=True, purge_listeners=True)
    env.run(wanted)
    env.strangers_listener(6432, env.group())
    assert env.one(wanted)["writes"] == []
    env.run({**GONE, "adopt": True})
    listeners = env.elb.describe_listeners(LoadBalancerArn=env.balancer()["LoadBalancerArn"])["Listeners"]
    assert [listener["Port"] for listener in listeners] == [6432]


def test_a_group_of_others_behind_a_load_balancer_of_ours_is_left_too(env: Environment) -> None:
    options = {"Protocol": "TCP", "Port": 5432, "VpcId": env.vpc.id, "TargetType": "ip"}
    group = str(env.elb.create_target_group(Name="theirs", **options)["TargetGroups"][0]["TargetGroupArn"])
    env.run(env.item(adopt=True, listeners=[{"port": 5432, "target_group": {"name": "theirs"}}]))
    env.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.1.0.8"}, {"Id": "10.1.0.9"}])
    env.elb.add_tags(ResourceArns=[group], Tags=[{"Key": "saas.privatelink:registered", "Value": "10.1.0.9"}])
    converges(env, {**GONE, "adopt": True})
    assert (env.balancers(), env.group_names()) == (set(), {"theirs"})
    described = env.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert {target["Target"]["Id"] for target in described} == {"10.1.0.8"}
    assert env.elb.describe_tags(ResourceArns=[group])["TagDescriptions"][0]["Tags"] == []


def test_a_target_group_in_another_vpc_is_another_one(env: Environment) -> None:
    other = env.estate.make_vpc(env.account, cidr="10.9.0.0/16")
    tags = [{"Key": "saas.privatelink:name", "Value": "orders"}]
    env.elb.create_target_group(Name="theirs", Protocol="TCP", Port=1, VpcId=other.id, TargetType="ip", Tags=tags)
    env.run(env.item())
    env.run({**GONE, "vpc_id": env.vpc.id})
    assert env.group_names() == {"theirs"}


def test_two_items_that_name_one_load_balancer_are_refused(env: Environment) -> None:
    result = env.run(env.item("a", load_balancer_name="one"), env.item("b", load_balancer_name="one"))
    assert result["failed_items"] == ["a", "b"]
    assert env.writes == []


def test_a_port_is_moved_once_the_new_group_serves(env: Environment) -> None:
    """Killed after any call and run again, it comes to the same end, and the old group serves until then."""
    env.run(env.item())
    old = env.group()
    env.elb.register_targets(TargetGroupArn=old, Targets=[{"Id": "10.1.0.9"}])
    env.sandbox.eventually(lambda: env.healthy(old), bool)
    moved = env.item(listeners=[{"port": 5432, "target_group": {"port": 6432}}], purge_listeners=True)
    foretold = env.one(moved, check=True)
    first = env.one(moved)
    assert names(first["writes"]) == ["CreateTargetGroup", "CreateListener"]
    assert "a healthy target in orders-6432 (port 5432)" in first["waiting"]
    assert first["moving"]
    assert [listener["target_group_name"] for listener in first["listeners"]] == ["orders-5432", "orders-6432"]
    assert env.one(moved)["writes"] == []
    (new,) = env.elb.describe_target_groups(Names=["orders-6432"])["TargetGroups"]
    env.elb.register_targets(TargetGroupArn=new["TargetGroupArn"], Targets=[{"Id": "10.1.0.9"}])
    env.sandbox.eventually(lambda: env.healthy(new["TargetGroupArn"]), bool)
    second = env.one(moved)
    assert names(second["writes"]) == ["ModifyListener", "DeleteListener", "DeleteTargetGroup"]
    assert sorted(first["writes"] + second["writes"]) == sorted(foretold["writes"])
    assert [(entry["port"], entry["target_group_name"]) for entry in second["listeners"]] == [(5432, "orders-6432")]
    assert env.one(moved)["writes"] == []


def test_a_port_that_is_given_up_is_told_of_until_the_end_of_the_run(env: Environment) -> None:
    env.run(env.item())
    assert env.one(env.item())["former_ports"] == []
    changed = env.item(listeners=[{"port": 6432}], purge_listeners=True)
    assert env.one(changed, check=True)["former_ports"] == [5432]
    done = env.one(changed)
    assert (done["former_ports"], [entry["port"] for entry in done["listeners"]]) == ([5432], [6432])
    assert env.writes.index("CreateListener") < env.writes.index("DeleteListener")
    assert env.one(changed)["former_ports"] == []


def test_a_load_balancer_gets_no_other_name(env: Environment) -> None:
    env.run(env.item())
    renamed = env.one(env.item(load_balancer_name="sales"))
    assert renamed["failed"]
    assert "orders has the load balancer orders, and load_balancer_name says sales" in renamed["msg"]
    assert (env.writes, env.balancers()) == ([], {"orders"})
    assert not env.one(env.item("crm", load_balancer_name="sales"))["failed"]


MOVE = ["CreateTargetGroup", "CreateListener", "ModifyListener", "DeleteListener", "DeleteTargetGroup"]


@pytest.mark.parametrize("last", MOVE)
def test_a_move_that_is_cut_short_before_any_call_is_gone_on_with(env: Environment, last: str) -> None:
    env.run(env.item())
    moved = env.item(listeners=[{"port": 5432, "target_group": {"port": 6432}}], purge_listeners=True)
    (old,) = env.group_names()

    def run_twice() -> list[str]:
        """Run, fill the new group once it is there, and run again."""
        written = []
        for dummy in range(2):
            env.run(moved)
            written += env.writes
            for group in env.elb.describe_target_groups()["TargetGroups"]:
                arn = group["TargetGroupArn"]
                env.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.1.0.9"}])
                if group["LoadBalancerArns"]:  # AWS looks at no other
                    env.sandbox.eventually(functools.partial(env.healthy, arn), bool)
        return written

    env.elb.register_targets(TargetGroupArn=env.group(), Targets=[{"Id": "10.1.0.9"}])
    env.sandbox.eventually(lambda: env.healthy(env.group()), bool)
    env.fault(last, "deny", times=None)
    before = run_twice()
    assert before == MOVE[: MOVE.index(last)]
    assert old in env.group_names()
    env.sandbox.clear_faults()
    assert [call for call in run_twice() if call not in before] == MOVE[MOVE.index(last) :]
    (listener,) = env.one(moved)["listeners"]
    assert (listener["port"], listener["target_group_name"]) == (5432, "orders-6432")
    assert (env.writes, env.group_names()) == ([], {"orders-6432"})


@pytest.mark.parametrize(
    "last", ["CreateTargetGroup", "AddTags", "CreateListener", "DeleteListener", "DeleteTargetGroup", "RemoveTags"]
)
def test_what_is_adopted_or_left_half_is_gone_on_with(env: Environment, last: str) -> None:
    env.elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(env.vpc.subnets))
    env.strangers_listener(3306, env.strangers_group("theirs"))
    for item in (env.item(adopt=True, purge_listeners=True), {**GONE, "adopt": True}):
        env.fault(last, "deny", times=None)
        env.run(item)
        env.sandbox.clear_faults()
        assert not env.one(item)["failed"]
        assert env.one(item)["writes"] == []
    assert (env.balancers(), env.group_names()) == ({"orders"}, {"theirs"})
    arn = env.balancer()["LoadBalancerArn"]
    assert [entry["Port"] for entry in env.elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]] == [3306]
    assert env.elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"] == []


@pytest.mark.parametrize(
    ("operation", "code"),
    [("CreateListener", "TargetGroupNotFound"), ("ModifyLoadBalancerAttributes", "LoadBalancerNotFound")],
)
def test_what_was_just_made_may_not_be_known_everywhere(env: Environment, operation: str, code: str) -> None:
    env.fault(operation, "error", code=code, times=2)
    made = env.one(env.item(cross_zone=True))
    assert not made["failed"], made
    assert env.one(env.item(cross_zone=True))["writes"] == []


def test_an_endpoint_service_that_was_just_deleted_may_still_be_in_the_way(env: Environment) -> None:
    env.run(env.item())
    env.fault("DeleteLoadBalancer", "error", code="ResourceInUse", times=2)
    assert not env.one(GONE)["failed"]
    assert env.balancers() == set()


def test_an_internet_facing_load_balancer_is_not_touched(env: Environment) -> None:
    env.elb.create_load_balancer(Name="orders", Type="network", Subnets=list(env.vpc.subnets))
    assert "internet-facing, not internal" in env.run(env.item())["msg"]
    assert env.writes == []


def test_strangers_target_groups_stay(env: Environment) -> None:
    env.run(env.item())
    other = env.strangers_group("other")
    env.elb.add_tags(ResourceArns=[other], Tags=[{"Key": "saas.privatelink:name", "Value": "billing"}])
    env.strangers_listener(1, env.strangers_group("used"))
    env.strangers_listener(2, other)
    env.run(env.item(purge_listeners=True, leave_others=True))
    assert env.writes == []
    kept = env.one(GONE)
    assert "Load balancer orders also leads to other, used, which is not its own" in kept["msg"]
    assert (kept["failed"], kept["writes"]) == (True, [])
    planned = env.run({**GONE, "purge_listeners": True}, check=True)
    assert "DeleteLoadBalancer" in str(planned["results"][0]["writes"])
    assert converges(env, env.item(purge_listeners=True)) == ["DeleteListener"] * 2
    env.run(GONE)
    assert env.group_names() == {"other", "used"}


def test_purging_tags_spares_what_the_collection_notes_on_target_groups(env: Environment) -> None:
    env.run(env.item())
    noted = {"Key": "saas.privatelink:missing-since:5432", "Value": "10.1.0.9@1"}
    env.elb.add_tags(ResourceArns=[env.group()], Tags=[noted, {"Key": "mine", "Value": "x"}])
    env.run(env.item(tags={}, purge_tags=True))
    tags = env.elb.describe_tags(ResourceArns=[env.group()])["TagDescriptions"][0]["Tags"]
    assert noted in tags
    assert "mine" not in {tag["Key"] for tag in tags}


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_written_that_aws_will_refuse(env: Environment, check: bool) -> None:
    """What the plan forbids; the sandbox refuses each of them, too."""
    made = env.ec2.create_subnet(VpcId=env.vpc.id, CidrBlock="10.1.9.0/28", AvailabilityZone="us-east-1c")["Subnet"]
    for dummy in range(4):
        env.ec2.create_network_interface(SubnetId=made["SubnetId"])
    quick = {"port": 5432, "target_group": {"health_check": {"interval": 5, "timeout": 6}}}
    for wrong in (
        {"listeners": [quick]},
        {"subnet_ids": [*env.vpc.subnets, made["SubnetId"]]},
        {"ip_address_type": "dualstack"},
        {"tags": {"aws:a": "b"}},
    ):
        assert env.one(env.item(**wrong), check=check)["failed"]
        assert (env.writes, env.balancers(), env.group_names()) == ([], set(), set())


def test_a_group_that_is_checked_every_five_seconds(env: Environment) -> None:
    often = [{"port": 5432, "target_group": {"health_check": {"interval": 5}}}]
    assert converges(env, env.item(listeners=often)) == CREATION
    (group,) = env.elb.describe_target_groups()["TargetGroups"]
    assert (group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]) == (5, 5)


def test_an_application_load_balancer_of_the_name_stands_in_nobodys_way(env: Environment) -> None:
    other = env.elb.create_load_balancer(Name="orders", Scheme="internal", Subnets=list(env.vpc.subnets))
    assert converges(env, env.item()) == CREATION
    assert converges(env, GONE) == ["DeleteLoadBalancer", "DeleteTargetGroup"]
    left = env.elb.describe_load_balancers()["LoadBalancers"]
    assert [balancer["LoadBalancerArn"] for balancer in left] == [other["LoadBalancers"][0]["LoadBalancerArn"]]


def test_targets_are_never_touched(env: Environment) -> None:
    env.run(env.item())
    env.elb.register_targets(TargetGroupArn=env.group(), Targets=[{"Id": "10.1.0.9", "Port": 5432}])
    env.run(env.item(tags={"a": "b"}, listeners=[{"port": 5432, "target_group": {"health_check": {"interval": 15}}}]))
    targets = env.elb.describe_target_health(TargetGroupArn=env.group())["TargetHealthDescriptions"]
    assert [target["Target"]["Id"] for target in targets] == ["10.1.0.9"]


WITH_ATTRIBUTES: Item = {
    "cross_zone": True,
    "listeners": [{"port": 1, "tcp_idle_timeout": 600, "target_group": {"deregistration_delay": 0}}],
}


def test_fast_mode_looks_at_no_attributes_but_sets_those_of_new_ones(env: Environment) -> None:
    item = env.item(**WITH_ATTRIBUTES)
    attributes = ["ModifyLoadBalancerAttributes", "ModifyTargetGroupAttributes"]
    env.run(item, check_attributes=False)
    assert env.writes == [*CREATION[:2], *attributes, "CreateListener", "ModifyListenerAttributes"]
    result = env.one({**item, "cross_zone": False}, check_attributes=False)
    assert env.writes == []
    assert result["cross_zone"] is None
    assert not [call for call in env.estate.calls if "Attributes" in call["operation"]]


def test_fast_mode_makes_up_for_a_run_that_was_cut_short(env: Environment) -> None:
    item = env.item(**WITH_ATTRIBUTES)
    for operation in ("ModifyLoadBalancerAttributes", "ModifyTargetGroupAttributes"):
        env.fault(operation, "deny")
        assert env.run(item, check_attributes=False)["failed"]
    env.run(item, check_attributes=False)
    assert env.writes == ["ModifyTargetGroupAttributes", "CreateListener", "ModifyListenerAttributes"]
    found = env.elb.describe_target_group_attributes(TargetGroupArn=env.group())["Attributes"]
    assert {"Key": "deregistration_delay.timeout_seconds", "Value": "0"} in found


def test_attributes_that_no_option_asks_for_are_not_read(env: Environment) -> None:
    env.run(env.item())
    env.run(env.item())
    assert [call["operation"] for call in env.estate.calls] == [
        "DescribeLoadBalancers",
        "DescribeTargetGroups",
        "DescribeTags",
        "DescribeTags",
        "DescribeListeners",
    ]


def test_calls_of_a_no_op(env: Environment) -> None:
    count = 20
    items = [env.item(f"lb-{i}", **WITH_ATTRIBUTES) for i in range(count)]
    assert not env.run(*items)["failed_items"]
    for check_attributes, per_link in ((False, 1.2), (True, 4.2)):
        assert not env.run(*items, check_attributes=check_attributes)["changed"]
        calls = env.estate.calls
        assert len(calls) <= per_link * count
        assert {call["service"] for call in calls} == {"elbv2"}
        assert env.writes == []


def test_one_bad_item_does_not_stop_the_others(env: Environment) -> None:
    bad = [
        env.item("no-such-subnet", subnet_ids=["subnet-0"]),
        env.item("bad-port", listeners=[{"port": 0}]),
        env.item("same-group-1", listeners=[{"port": 1, "target_group": {"name": "same"}}]),
        env.item("same-group-2", listeners=[{"port": 1, "target_group": {"name": "same"}}]),
    ]
    result = env.run(bad[0], env.item("good-1"), *bad[1:], env.item("good-2"), on_item_failure="report")
    assert sorted(result["failed_items"]) == ["bad-port", "no-such-subnet", "same-group-1", "same-group-2"]
    assert env.balancers() == {"good-1", "good-2"}
    assert env.group_names() == {"good-1-5432", "good-2-5432"}


def test_throttling_is_waited_out(env: Environment) -> None:
    for operation in ("CreateLoadBalancer", "DescribeListeners", "CreateListener"):
        env.fault(operation, "throttle", times=1)
    assert not env.one(env.item())["failed"]
    assert env.balancers() == {"orders"}


def test_a_denied_call_names_the_permission_and_the_next_run_goes_on(env: Environment) -> None:
    env.fault("CreateLoadBalancer", "deny")
    denied = env.one(env.item())
    assert "Allow elasticloadbalancing:CreateLoadBalancer" in denied["msg"]
    assert names(denied["writes"]) == ["CreateTargetGroup"]
    assert converges(env, env.item()) == ["CreateLoadBalancer", "CreateListener"]


def test_a_target_group_left_over_is_cleaned_up_later(env: Environment) -> None:
    env.run(env.item())
    env.fault("DeleteTargetGroup", "deny", times=2)
    assert env.one(env.item(listeners=[{"port": 5432, "target_group": {"port": 6432}}]))["failed"]
    assert env.group_names() == {"orders-5432", "orders-6432"}
    assert env.one(GONE)["failed"]
    assert converges(env, GONE) == ["DeleteTargetGroup", "DeleteTargetGroup"]


def test_a_target_group_that_is_released_late_is_deleted_all_the_same(env: Environment) -> None:
    env.run(env.item())
    env.fault("DeleteTargetGroup", "error", code="ResourceInUse")
    assert not env.one(GONE)["failed"]
    assert env.group_names() == set()


def test_a_lost_answer_makes_nothing_twice(env: Environment) -> None:
    for operation in CREATION:
        env.fault(operation, "drop", performed=True)
    assert not env.one(env.item())["failed"]
    assert env.balancers() == {"orders"}
    assert env.group_names() == {"orders-5432"}


@pytest.mark.parametrize("operation", ["DescribeLoadBalancers", "DescribeTargetGroups", "DescribeListeners"])
def test_listings_that_lag_behind_make_nothing_twice(env: Environment, operation: str) -> None:
    env.fault(operation, "not_found_after_create", delay=0.3)
    item = env.item(cross_zone=False, listeners=[{"port": port} for port in (1, 2)])
    result = env.one(item)
    assert not result["failed"], result
    assert not result["waiting"], result
    more = ["CreateTargetGroup", "CreateListener", "ModifyLoadBalancerAttributes"]
    assert sorted(env.writes) == sorted([*CREATION, *more])
    env.sandbox.clear_faults()
    assert env.one(item)["writes"] == []


@pytest.mark.parametrize("operation", ["DescribeLoadBalancers", "DescribeTargetGroups"])
def test_what_was_just_made_is_gone_on_with_before_listings_show_it(env: Environment, operation: str) -> None:
    env.fault(operation, "not_found_after_create", delay=60)
    env.run(env.item(), wait=False)
    assert env.writes == CREATION


def test_stale_reads_after_a_change(env: Environment) -> None:
    env.run(env.item(security_group_ids=[env.vpc.security_group]))
    env.fault("DescribeLoadBalancers", "stale", times=3)
    result = env.one(env.item(enforce_privatelink_rules=False, subnet_ids=[env.vpc.subnets[0]]))
    assert not result["failed"]
    assert sorted(env.writes) == ["SetSecurityGroups", "SetSubnets"]


def test_a_load_balancer_still_listed_after_its_deletion(env: Environment) -> None:
    env.run(env.item())
    env.fault("DescribeLoadBalancers", "stale", times=2)
    assert not env.one(GONE)["failed"]
    assert env.writes == ["DeleteLoadBalancer", "DeleteTargetGroup"]
    assert env.balancers() == set()
    assert env.group_names() == set()


def test_a_listener_that_appears_in_between_is_repointed(env: Environment) -> None:
    listener = env.one(env.item())["listeners"][0]
    env.elb.delete_listener(ListenerArn=listener["listener_arn"])
    group = env.strangers_group("other")
    env.fault("DescribeListeners", "stale", times=2)
    env.strangers_listener(5432, group)
    access = env.estate.access
    api = Api("us-east-1", Credentials(access["access_key"], "sandbox"), env.sandbox.url, rate=0)
    kind, item = nlb.NetworkLoadBalancers(api), NetworkLoadBalancer(**env.item())
    (result,) = converge(kind, [item], api.apply, Options(poll=0.02))
    assert not result.failed, result
    assert names(result.writes) == ["CreateListener", "ModifyListener"], result
    assert env.one(env.item())["listeners"][0]["target_group_arn"] == listener["target_group_arn"]


def test_a_tagged_resource_that_vanishes_in_between_fails_nobody(env: Environment) -> None:
    env.run(env.item())
    env.fault("DescribeTags", "error", code="TargetGroupNotFound")
    assert not env.run(env.item())["changed"]


def test_wait_until_active(env: Environment) -> None:
    env.sandbox.lag(**{"load_balancer.provisioning": 0.3})
    result = env.one(env.item())
    assert result["load_balancer_state"] == "active"
    assert result["waiting"] == ""
    assert names(result["writes"]) == CREATION


def test_no_wait_leaves_it_provisioning_with_its_listener(env: Environment) -> None:
    env.sandbox.lag(**{"load_balancer.provisioning": 60})
    result = env.one(env.item(), wait=False)
    assert result["waiting"] == "load balancer orders to be active"
    assert names(result["writes"]) == CREATION
    assert result["load_balancer_state"] == "provisioning"


def test_info(env: Environment) -> None:
    def info(**options: Any) -> list[dict[str, Any]]:
        result = env.estate.run_module("network_load_balancer_info", {**env.estate.access, **options})
        found: list[dict[str, Any]] = result["load_balancers"]
        return found

    assert info() == []
    env.elb.create_load_balancer(Name="public", Type="network", Subnets=list(env.vpc.subnets))
    made = env.run(env.item("b", cross_zone=True), env.item("a"))["results"]
    found = info()
    assert [balancer["load_balancer_name"] for balancer in found] == ["a", "b"]
    zones = found[1].pop("availability_zones")
    assert {zone["subnet_id"] for zone in zones} == set(env.vpc.subnets)
    assert found[1] == {key: made[0][key] for key in found[1]} | {"cross_zone": None}
    (read,) = info(names=["b", "nobody"], attributes=True)
    assert read["cross_zone"] is True
    assert [listener["tcp_idle_timeout"] for listener in read["listeners"]] == [350]


def test_info_tells_what_each_listener_speaks_and_where_it_leads(env: Environment) -> None:
    env.run(env.item())
    group = env.elb.create_target_group(Name="tls", Protocol="TLS", Port=443, VpcId=env.vpc.id, TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    env.elb.create_listener(
        LoadBalancerArn=env.balancer()["LoadBalancerArn"],
        Protocol="TLS",
        Port=443,
        Certificates=[{"CertificateArn": f"arn:aws:acm:us-east-1:{env.account}:certificate/1"}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    (found,) = env.estate.look("network_load_balancer_info", attributes=True)["load_balancers"]
    told = {listener["port"]: listener for listener in found["listeners"]}
    assert {port: listener["protocol"] for port, listener in told.items()} == {443: "TLS", 5432: "TCP"}
    assert {port: listener["certificates"] for port, listener in told.items()} == {443: 1, 5432: None}
    assert {port: listener["tcp_idle_timeout"] for port, listener in told.items()} == {443: None, 5432: 350}
    assert told[443]["target_groups"] == [
        {"target_group_name": "tls", "target_group_arn": arn, "target_port": 443},
    ]


def test_the_policies_name_exactly_what_the_code_can_call() -> None:
    sources = [
        ROOT / "plugins" / "module_utils" / "_aws" / f"{name}.py"
        for name in ("network_load_balancer", "nlb_listeners", "nlb_adoption", "nlb_nodes", "load_balancers", "subnets")
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in sources).replace("{ELB}", ELB)
    text = re.sub(
        r"Describe\{kind\}Attributes",
        f'" "{ELB}:'.join(f"Describe{kind}Attributes" for kind in ("TargetGroup", "LoadBalancer", "Listener")),
        text,
    )
    named = set(re.findall(r'"((?:ec2|elasticloadbalancing):[A-Z]\w+)', text))
    only_told = {f"{ELB}:DescribeListenerCertificates"}
    assert named - only_told == policy("network_load_balancer") - {"iam:CreateServiceLinkedRole"}
    reads = {action for action in policy("network_load_balancer") if ":Describe" in action}
    assert policy("network_load_balancer_info") - reads == only_told
