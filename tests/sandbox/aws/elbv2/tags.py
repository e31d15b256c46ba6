# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of load balancers, target groups and listeners."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.elbv2 import resources as elb
from tests.sandbox.aws.elbv2.resources import Listener, LoadBalancer, TargetGroup
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Resource, World

KINDS: dict[str, type[Resource]] = {
    "loadbalancer": LoadBalancer,
    "targetgroup": TargetGroup,
    "listener": Listener,
}


@operation("elbv2", "AddTags")
def add(call: Call, world: World) -> dict[str, Any]:
    tags = elb.tags_of(call)
    resources = _resources(call, world)
    for resource in resources:
        if len({**resource.tags, **tags}) > 50:
            raise AwsError("TooManyTags", "You've reached the limit on the number of tags per resource.")
    for resource in resources:
        resource.tags.update(tags)
    return {}


@operation("elbv2", "RemoveTags")
def remove(call: Call, world: World) -> dict[str, Any]:
    for resource in _resources(call, world):
        for key in call.params["TagKeys"]:
            resource.tags.pop(key, None)
    return {}


@operation("elbv2", "DescribeTags")
def describe(call: Call, world: World) -> dict[str, Any]:
    resources = _resources(call, world)
    return {"TagDescriptions": [{"ResourceArn": resource.key, "Tags": resource.tag_list} for resource in resources]}


def _resources(call: Call, world: World) -> list[Resource]:
    arns = call.params["ResourceArns"]
    if len(arns) > 20:
        raise AwsError("ValidationError", "Cannot specify more than 20 resource ARNs")
    return [_resource(arn, call, world) for arn in arns]


def _resource(arn: str, call: Call, world: World) -> Resource:
    kind = KINDS.get(arn.rpartition(":")[2].partition("/")[0])
    if kind is None:
        raise AwsError("ValidationError", f"'{arn}' is not a valid ARN")
    return elb.get(kind, arn, call, world)
