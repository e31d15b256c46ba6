# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What VPC endpoints lead to, as their consumer and as the owner of the resources see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.aws.ec2 import resource_endpoints
from tests.sandbox.aws.ec2.requests import page, select
from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import EndpointAssociation, ResourceConfiguration
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("ec2", "DescribeVpcEndpointAssociations")
def describe(call: Call, world: World) -> dict[str, Any]:
    endpoints = world.all(VpcEndpoint, call.account, call.region)
    for endpoint_id in call.params.get("VpcEndpointIds") or []:
        if endpoint_id not in [one.key for one in endpoints if one.state != "deleted"]:
            raise AwsError("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint_id}' does not exist")
    wanted = call.params.get("VpcEndpointIds")
    rows = [
        row
        for endpoint in endpoints
        if not wanted or endpoint.key in wanted
        for row in resource_endpoints.associations(endpoint, world)
    ]
    fields: dict[str, Callable[[dict[str, Any]], Any]] = {
        "vpc-endpoint-id": lambda row: row["VpcEndpointId"],
        "associated-resource-accessibility": lambda row: "FAILED" if row["FailureCode"] else "AVAILABLE",
        "association-id": lambda row: row["Id"],
        "associated-resource-id": lambda row: row["AssociatedResourceArn"].rpartition("/")[2],
        "service-network-arn": lambda row: row["ServiceNetworkArn"],
        "resource-configuration-group-arn": lambda row: row["ResourceConfigurationGroupArn"],
    }
    found, token = page(call, select(call, rows, fields), most=100)
    return {"VpcEndpointAssociations": found, "NextToken": token}


@operation("vpc-lattice", "ListResourceEndpointAssociations")
def list_endpoints(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    configuration = lattice.own(ResourceConfiguration, params["resourceConfigurationIdentifier"], call, world)
    associations = [
        one
        for one in world.all(EndpointAssociation, call.account, call.region)
        if one.configuration_id == configuration.key
        and params.get("resourceEndpointAssociationIdentifier") in (None, one.key, one.arn)
        and params.get("vpcEndpointId") in (None, one.endpoint_id)
        and params.get("vpcEndpointOwner") in (None, one.endpoint_owner)
    ]
    found, token = lattice.page(call, associations)
    items = [
        {
            **_described(one, configuration),
            "resourceConfigurationName": configuration.name,
            "vpcEndpointOwner": one.endpoint_owner,
            "createdBy": one.endpoint_owner,
            "createdAt": one.created_at,
        }
        for one in found
    ]
    return {"items": items, "nextToken": token}


@operation("vpc-lattice", "DeleteResourceEndpointAssociation")
def delete(call: Call, world: World) -> dict[str, Any]:
    """The owner of the resources cuts an endpoint off. The endpoint stays until its own owner deletes it."""
    one = lattice.own(EndpointAssociation, call.params["resourceEndpointAssociationIdentifier"], call, world)
    configuration = lattice.own(ResourceConfiguration, one.configuration_id, call, world)
    world.remove(one)
    return _described(one, configuration)


def _described(one: EndpointAssociation, configuration: ResourceConfiguration) -> dict[str, Any]:
    return {
        "id": one.key,
        "arn": one.arn,
        "resourceConfigurationId": configuration.key,
        "resourceConfigurationArn": configuration.arn,
        "vpcEndpointId": one.endpoint_id,
    }
