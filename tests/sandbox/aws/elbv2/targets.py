# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Targets: register, deregister, describe."""

from __future__ import annotations

import ipaddress
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.elbv2 import resources as elb
from tests.sandbox.aws.elbv2.health import Use, health_of, state, used_since, uses_of
from tests.sandbox.aws.elbv2.resources import Target, TargetGroup
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, World

PRIVATE = [ipaddress.ip_network(c) for c in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")]
"""Where IP targets outside the VPC's subnets may lie (RegisterTargets, read 2026-11)."""


@operation("elbv2", "RegisterTargets")
def register(call: Call, world: World) -> dict[str, Any]:
    group = elb.get(TargetGroup, call.params["TargetGroupArn"], call, world)
    new = [_new_target(description, group, call) for description in call.params["Targets"]]
    for target in new:
        known = group.targets.get((target.id, target.port))
        if known is None or known.draining is not None:
            group.targets[target.id, target.port] = target
    return {}


@operation("elbv2", "DeregisterTargets")
def deregister(call: Call, world: World) -> dict[str, Any]:
    """Unknown targets are no error; without a port only the registration on the group's own port goes."""
    group = elb.get(TargetGroup, call.params["TargetGroupArn"], call, world)
    uses = uses_of(group, world)
    for description in call.params["Targets"]:
        key = (description["Id"], description.get("Port") or group.port)
        target = group.targets.get(key)
        if target is None or target.draining is not None:
            continue
        if used_since(group, target, uses) is None:
            del group.targets[key]
        else:
            target.draining = world.life("target", "draining", GONE)
    return {}


@operation("elbv2", "DescribeTargetHealth")
def describe_health(call: Call, world: World) -> dict[str, Any]:
    group = elb.get(TargetGroup, call.params["TargetGroupArn"], call, world)
    for key, target in list(group.targets.items()):
        if target.draining is not None and target.draining.state == GONE:
            del group.targets[key]
    uses, asked = uses_of(group, world), call.params.get("Targets")
    if not asked:
        found = [_description(target, group, uses, world) for target in group.targets.values()]
        return {"TargetHealthDescriptions": found}
    descriptions = []
    for item in asked:
        key = (item["Id"], item.get("Port") or group.port)
        known = group.targets.get(key)
        descriptions.append(_description(known, group, uses, world) if known else _unregistered(*key))
    return {"TargetHealthDescriptions": descriptions}


def _new_target(description: dict[str, Any], group: TargetGroup, call: Call) -> Target:
    zone = _ip_zone(description, group, call) if group.target_type == "ip" else _instance_zone(description["Id"], call)
    return Target(id=description["Id"], port=description.get("Port") or group.port, zone=zone, registered=clock.now())


def _instance_zone(instance_id: str, call: Call) -> str:
    backend = moto_ec2.backend(call.account, call.region)
    found = [i for r in backend.reservations.values() for i in r.instances if i.id == instance_id]
    if not found:
        raise AwsError("InvalidTarget", f"The following targets are not valid instances: '{instance_id}'")
    return str(found[0].placement)


def _ip_zone(description: dict[str, Any], group: TargetGroup, call: Call) -> str:
    """The zone of an IP target by AWS's rules, which go by the VPC's subnets, not by its CIDR blocks."""
    text, asked = description["Id"], description.get("AvailabilityZone")
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise AwsError("ValidationError", f"The IP address '{text}' is not a valid IP address") from error
    for subnet in moto_ec2.subnets_of(call.account, call.region, group.vpc_id):
        if address in subnet.cidr:
            if asked not in (None, subnet.availability_zone):
                message = (
                    f"The IP address '{text}' is within the VPC, and cannot have its Availability Zone overridden "
                    f"to '{asked}' from '{subnet.availability_zone}'"
                )
                raise AwsError("ValidationError", message)
            return str(subnet.availability_zone)
    if not any(address in network for network in PRIVATE):
        message = f"The IP address '{text}' is not within a range that is allowed for targets"
        raise AwsError("ValidationError", message)
    if asked is None:
        message = f"The Availability Zone is required for IP address '{text}' because it is not in the VPC"
        raise AwsError("ValidationError", message)
    if asked != "all" and asked not in moto_ec2.zones(call.account, call.region):
        message = f"You must specify a valid Availability Zone or select 'all' for IP address '{text}'"
        raise AwsError("ValidationError", message)
    return str(asked)


def _description(target: Target, group: TargetGroup, uses: list[Use], world: World) -> dict[str, Any]:
    port = group.health_check["HealthCheckPort"]
    described: dict[str, Any] = {"Id": target.id, "Port": target.port}
    if group.target_type == "ip":
        described["AvailabilityZone"] = target.zone
    return {
        "Target": described,
        "HealthCheckPort": str(target.port) if port == "traffic-port" else port,
        "TargetHealth": health_of(target, group, uses, world),
    }


def _unregistered(target_id: str, port: int) -> dict[str, Any]:
    health = state("unused", "Target.NotRegistered", "Target is not registered to the target group")
    return {"Target": {"Id": target_id, "Port": port}, "TargetHealth": health}
