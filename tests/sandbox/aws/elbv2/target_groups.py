# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Target groups."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.elbv2 import resources as elb
from tests.sandbox.aws.elbv2.resources import Listener, LoadBalancer, TargetGroup
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World, hex_id

ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": "300",
    "deregistration_delay.connection_termination.enabled": "false",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "preserve_client_ip.enabled": "false",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}
"""Attributes of a target group behind an NLB and their defaults (ModifyTargetGroupAttributes, read 2026-11)."""

HEALTH_CHECK = {
    "HealthCheckProtocol": "TCP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckEnabled": True,
    "HealthCheckIntervalSeconds": 30,
    "HealthyThresholdCount": 5,
    "UnhealthyThresholdCount": 2,
}
TIMEOUTS = {"HTTP": 6, "HTTPS": 10, "TCP": 10}
"""Default of HealthCheckTimeoutSeconds by the health check's protocol (NLB guide, "Health checks", read 2026-11)."""


@operation("elbv2", "CreateTargetGroup")
def create(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    elb.check_name(params["Name"])
    target_type = params.get("TargetType") or "instance"
    if target_type not in ("ip", "instance"):
        message = f"The sandbox does not implement elbv2 CreateTargetGroup with target type {target_type}"
        raise AwsError("NotImplemented", message, 501)
    for name in ("Protocol", "Port", "VpcId"):
        if not params.get(name):
            raise AwsError("ValidationError", f"A {name} must be specified")
    if moto_ec2.find_vpc(call.account, call.region, params["VpcId"]) is None:
        raise AwsError("ValidationError", f"The VPC ID '{params['VpcId']}' is not found")
    request = elb.request_of(call)
    for group in world.all(TargetGroup, call.account, call.region):
        if group.name == params["Name"]:
            if group.request == request:
                return {"TargetGroups": [described(group, world)]}
            message = f"A target group with the same name '{group.name}' exists, but with different settings"
            raise AwsError("DuplicateTargetGroupName", message)
    group = TargetGroup(
        key=elb.arn(call, f"targetgroup/{params['Name']}/{hex_id('', 16)}"),
        account=call.account,
        region=call.region,
        life=Life([("active", 0.0)]),
        tags={tag["Key"]: tag.get("Value", "") for tag in params.get("Tags") or []},
        name=params["Name"],
        protocol=params["Protocol"],
        port=params["Port"],
        vpc_id=params["VpcId"],
        target_type=target_type,
        health_check=_health_check(HEALTH_CHECK, params),
        request=request,
        ip_address_type=params.get("IpAddressType") or "ipv4",
    )
    # Targets by instance id see the client's address unless told otherwise, targets by IP over TCP do not.
    group.attributes["preserve_client_ip.enabled"] = "true" if target_type == "instance" else "false"
    world.add(group)
    return {"TargetGroups": [described(group, world)]}


@operation("elbv2", "DescribeTargetGroups")
def describe(call: Call, world: World) -> dict[str, Any]:
    arns, balancer_arn = call.params.get("TargetGroupArns"), call.params.get("LoadBalancerArn")
    if arns:
        groups = [elb.get(TargetGroup, arn, call, world) for arn in arns]
    elif balancer_arn:
        balancer = elb.get(LoadBalancer, balancer_arn, call, world)
        groups = [g for g in world.all(TargetGroup, call.account, call.region) if balancer.key in balancers(g, world)]
    else:
        groups = elb.named(TargetGroup, call, world)
    found, marker = elb.page(call, groups)
    using = users(world)
    return {"TargetGroups": [described(group, world, using) for group in found], "NextMarker": marker}


@operation("elbv2", "ModifyTargetGroup")
def modify(call: Call, world: World) -> dict[str, Any]:
    group = elb.get(TargetGroup, call.params["TargetGroupArn"], call, world)
    group.health_check = _health_check(group.health_check, call.params)
    return {"TargetGroups": [described(group, world)]}


@operation("elbv2", "DeleteTargetGroup")
def delete(call: Call, world: World) -> dict[str, Any]:
    group = world.find(TargetGroup, call.params["TargetGroupArn"], call.account, call.region)
    if group is None:
        return {}
    if balancers(group, world):
        message = f"Target group '{group.key}' is currently in use by a listener or a rule"
        raise AwsError("ResourceInUse", message)
    world.remove(group)
    return {}


@operation("elbv2", "DescribeTargetGroupAttributes")
def describe_attributes(call: Call, world: World) -> dict[str, Any]:
    group = elb.get(TargetGroup, call.params["TargetGroupArn"], call, world)
    return {"Attributes": elb.attribute_list(ATTRIBUTES, group.attributes)}


@operation("elbv2", "ModifyTargetGroupAttributes")
def modify_attributes(call: Call, world: World) -> dict[str, Any]:
    group = elb.get(TargetGroup, call.params["TargetGroupArn"], call, world)
    changes = elb.attributes_of(call, ATTRIBUTES)
    delay = changes.get("deregistration_delay.timeout_seconds", "0")
    if not delay.isdigit() or int(delay) > 3600:
        raise AwsError("ValidationError", f"deregistration_delay.timeout_seconds is 0-3600, not '{delay}'")
    group.attributes.update(changes)
    return {"Attributes": elb.attribute_list(ATTRIBUTES, group.attributes)}


def users(world: World) -> dict[str, list[str]]:
    """Target group ARN -> ARNs of the load balancers whose listeners forward to it."""
    using: dict[str, list[str]] = {}
    for listener in world.all(Listener):
        for arn in listener.target_group_arns:
            if listener.load_balancer_arn not in using.setdefault(arn, []):
                using[arn].append(listener.load_balancer_arn)
    return using


def balancers(group: TargetGroup, world: World) -> list[str]:
    return users(world).get(group.key, [])


def described(group: TargetGroup, world: World, using: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """A TargetGroup of the API."""
    return {
        "TargetGroupArn": group.key,
        "TargetGroupName": group.name,
        "Protocol": group.protocol,
        "Port": group.port,
        "VpcId": group.vpc_id,
        "LoadBalancerArns": (users(world) if using is None else using).get(group.key, []),
        "TargetType": group.target_type,
        "IpAddressType": group.ip_address_type,
        **group.health_check,
    }


def _health_check(current: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    names = [*HEALTH_CHECK, "HealthCheckTimeoutSeconds", "HealthCheckPath", "Matcher"]
    check = {**current, **{name: params[name] for name in names if params.get(name) is not None}}
    timeout = check.setdefault("HealthCheckTimeoutSeconds", TIMEOUTS.get(check["HealthCheckProtocol"], 10))
    if check["HealthCheckIntervalSeconds"] < timeout:  # equal is allowed: aws-cdk#16446, read 2026-11
        raise AwsError("ValidationError", "Health check interval must be greater than the timeout.")
    return check
