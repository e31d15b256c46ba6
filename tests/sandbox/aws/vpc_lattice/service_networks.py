# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service networks of VPC Lattice."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import (
    ResourceAssociation,
    ServiceNetwork,
    VpcAssociation,
)
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World, hex_id


@operation("vpc-lattice", "CreateServiceNetwork")
def create(call: Call, world: World) -> dict[str, Any]:
    def make() -> dict[str, Any]:
        network = ServiceNetwork(
            key=hex_id("sn-"),
            account=call.account,
            region=call.region,
            life=Life([("ACTIVE", 0.0)]),
            tags=dict(call.params.get("tags") or {}),
            name=lattice.check_name(ServiceNetwork, call, world),
            auth_type=call.params.get("authType") or "NONE",
            shareable=bool((call.params.get("sharingConfig") or {}).get("enabled")),
        )
        world.add(network)
        return _described(network)

    return lattice.create(call, world, make)


@operation("vpc-lattice", "GetServiceNetwork")
def get(call: Call, world: World) -> dict[str, Any]:
    network = lattice.find(ServiceNetwork, call.params["serviceNetworkIdentifier"], call, world)
    vpcs = sum(association.network_id == network.key for association in world.all(VpcAssociation))
    return {
        **_described(network),
        **_dates(network),
        "numberOfAssociatedVPCs": vpcs,
        "numberOfAssociatedServices": 0,
    }


@operation("vpc-lattice", "UpdateServiceNetwork")
def update(call: Call, world: World) -> dict[str, Any]:
    network = lattice.own(ServiceNetwork, call.params["serviceNetworkIdentifier"], call, world)
    network.auth_type = call.params["authType"]
    answer = _described(network)
    del answer["sharingConfig"]
    return answer


@operation("vpc-lattice", "DeleteServiceNetwork")
def delete(call: Call, world: World) -> dict[str, Any]:
    network = lattice.own(ServiceNetwork, call.params["serviceNetworkIdentifier"], call, world)
    uses = [association.key for association in world.all(ResourceAssociation) if association.network_id == network.key]
    uses += [association.key for association in world.all(VpcAssociation) if association.network_id == network.key]
    endpoints = [endpoint for endpoint in world.all(VpcEndpoint) if endpoint.service_network_arn == network.arn]
    uses += [endpoint.key for endpoint in endpoints if endpoint.state != "deleted"]
    if uses:
        message = f"The service network {network.key} has associations: {', '.join(uses)}"
        raise lattice.conflict(message, "SERVICE_NETWORK", network.key)
    world.remove(network)
    return {}


@operation("vpc-lattice", "ListServiceNetworks")
def describe(call: Call, world: World) -> dict[str, Any]:
    found, token = lattice.page(call, lattice.seen(ServiceNetwork, call, world))
    items = [
        {
            "id": network.key,
            "name": network.name,
            "arn": network.arn,
            **_dates(network),
            "numberOfAssociatedVPCs": sum(other.network_id == network.key for other in world.all(VpcAssociation)),
            "numberOfAssociatedServices": 0,
            "numberOfAssociatedResourceConfigurations": sum(
                other.network_id == network.key for other in world.all(ResourceAssociation)
            ),
        }
        for network in found
    ]
    return {"items": items, "nextToken": token}


@operation("vpc-lattice", "ListServiceNetworkVpcEndpointAssociations")
def endpoints(call: Call, world: World) -> dict[str, Any]:
    network = lattice.own(ServiceNetwork, call.params["serviceNetworkIdentifier"], call, world)
    through = [endpoint for endpoint in world.all(VpcEndpoint) if endpoint.service_network_arn == network.arn]
    found, token = lattice.page(call, [endpoint for endpoint in through if endpoint.state != "deleted"])
    items = [
        {
            "vpcEndpointId": endpoint.key,
            "vpcId": endpoint.vpc_id,
            "vpcEndpointOwnerId": endpoint.account,
            "id": lattice.derived_id("snvea-", network.key, endpoint.key),
            "state": endpoint.state,
            "serviceNetworkArn": network.arn,
            "createdAt": endpoint.created_at,
        }
        for endpoint in found
    ]
    return {"items": items, "nextToken": token}


def _described(network: ServiceNetwork) -> dict[str, Any]:
    return {
        "id": network.key,
        "name": network.name,
        "arn": network.arn,
        "authType": network.auth_type,
        "sharingConfig": {"enabled": network.shareable},
    }


def _dates(network: ServiceNetwork) -> dict[str, Any]:
    return {"createdAt": network.created_at, "lastUpdatedAt": network.created_at}
