# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of EC2 resources: ours in the world, the others in moto."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.requests import page, select
from tests.sandbox.aws.ec2.resources import EndpointService, VpcEndpoint
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Resource, World

KINDS: dict[str, tuple[type[Resource], str]] = {
    "vpce-svc": (EndpointService, "vpc-endpoint-service"),
    "vpce": (VpcEndpoint, "vpc-endpoint"),
}
"""Prefix of the id -> our resource and its type in the API."""

NOT_FOUND = {"vpce-svc": "InvalidVpcEndpointServiceId.NotFound", "vpce": "InvalidVpcEndpointId.NotFound"}


@operation("ec2", "CreateTags")
def create(call: Call, world: World) -> dict[str, Any]:
    tags = {tag["Key"]: tag.get("Value", "") for tag in call.params["Tags"]}
    ours, others = _resources(call, world)
    for resource in ours:
        if len({**resource.tags, **tags}) > 50:
            raise AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
    for resource in ours:
        resource.tags.update(tags)
    if others:
        moto_ec2.backend(call.account, call.region).create_tags(others, tags)
    return {}


@operation("ec2", "DeleteTags")
def delete(call: Call, world: World) -> dict[str, Any]:
    """Without Tags all tags go; a tag with a value goes only if the value is the same."""
    ours, others = _resources(call, world)
    tags = call.params.get("Tags")
    for resource in ours:
        for tag in tags if tags is not None else resource.tag_list:
            if tag.get("Value") in (None, resource.tags.get(tag["Key"])):
                resource.tags.pop(tag["Key"], None)
    if others:
        backend = moto_ec2.backend(call.account, call.region)
        for resource_id in others:
            keys = {tag["Key"]: tag.get("Value") for tag in tags or []} or dict.fromkeys(backend.tags[resource_id])
            backend.delete_tags([resource_id], keys)
    return {}


@operation("ec2", "DescribeTags")
def describe(call: Call, world: World) -> dict[str, Any]:
    names = {"ResourceId": "resource_id", "ResourceType": "resource_type", "Key": "key", "Value": "value"}
    rows = [
        {name: row[moto_name] for name, moto_name in names.items()}
        for row in moto_ec2.backend(call.account, call.region).describe_tags()
    ]
    for kind, resource_type in KINDS.values():
        for resource in world.all(kind, call.account, call.region):
            rows += [{"ResourceId": resource.key, "ResourceType": resource_type, **tag} for tag in resource.tag_list]
    fields = {
        "key": lambda row: row["Key"],
        "value": lambda row: row["Value"],
        "resource-id": lambda row: row["ResourceId"],
        "resource-type": lambda row: row["ResourceType"],
    }
    found, token = page(call, select(call, rows, fields, lambda row: {row["Key"]: row["Value"]}))
    return {"Tags": found, "NextToken": token}


def _resources(call: Call, world: World) -> tuple[list[Resource], list[str]]:
    """The call's resources: ours, and the ids of the others. Raises if one of ours does not exist."""
    ours, others = [], []
    for resource_id in call.params["Resources"]:
        prefix = resource_id.rpartition("-")[0]
        if prefix not in KINDS:
            others.append(resource_id)
            continue
        resource = world.find(KINDS[prefix][0], resource_id, call.account, call.region)
        if resource is None:
            raise AwsError(NOT_FOUND[prefix], f"The ID '{resource_id}' does not exist")
        ours.append(resource)
    return ours, others
