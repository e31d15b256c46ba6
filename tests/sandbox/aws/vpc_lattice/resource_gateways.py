# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource gateways of VPC Lattice."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import LatticeError, ResourceConfiguration, ResourceGateway
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, World, hex_id


@operation("vpc-lattice", "CreateResourceGateway")
def create(call: Call, world: World) -> dict[str, Any]:
    return lattice.create(call, world, lambda: _created(call, world))


@operation("vpc-lattice", "GetResourceGateway")
def get(call: Call, world: World) -> dict[str, Any]:
    gateway = lattice.own(ResourceGateway, call.params["resourceGatewayIdentifier"], call, world)
    return {**_described(gateway), "vpcId": gateway.vpc_id, **_dates(gateway)}


@operation("vpc-lattice", "UpdateResourceGateway")
def update(call: Call, world: World) -> dict[str, Any]:
    gateway = lattice.own(ResourceGateway, call.params["resourceGatewayIdentifier"], call, world)
    gateway.security_group_ids = call.params.get("securityGroupIds") or gateway.security_group_ids
    gateway.dns_resolution = call.params.get("resourceConfigDnsResolution") or gateway.dns_resolution
    return {**_described(gateway), "vpcId": gateway.vpc_id}


@operation("vpc-lattice", "DeleteResourceGateway")
def delete(call: Call, world: World) -> dict[str, Any]:
    gateway = lattice.own(ResourceGateway, call.params["resourceGatewayIdentifier"], call, world)
    if any(
        configuration.gateway_id == gateway.key
        for configuration in world.all(ResourceConfiguration, call.account, call.region)
    ):
        message = f"{gateway.key} still has resource configurations"
        raise lattice.conflict(message, "RESOURCE_GATEWAY", gateway.key)
    gateway.life = world.life("resource_gateway", "DELETE_IN_PROGRESS", GONE)
    return {"id": gateway.key, "arn": gateway.arn, "name": gateway.name, "status": "DELETE_IN_PROGRESS"}


@operation("vpc-lattice", "ListResourceGateways")
def describe(call: Call, world: World) -> dict[str, Any]:
    found, token = lattice.page(call, world.all(ResourceGateway, call.account, call.region))
    items = [{**_described(gateway), "vpcIdentifier": gateway.vpc_id, **_dates(gateway)} for gateway in found]
    return {"items": items, "nextToken": token}


def _created(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    name = lattice.check_name(ResourceGateway, call, world)
    vpc_id = params.get("vpcIdentifier")
    if not vpc_id or moto_ec2.find_vpc(call.account, call.region, vpc_id) is None:
        raise LatticeError("ResourceNotFoundException", f"VPC {vpc_id} not found", "VPC", str(vpc_id))
    for subnet_id in params.get("subnetIds") or []:
        subnet = moto_ec2.find_subnet(call.account, call.region, subnet_id)
        if subnet is None or subnet.vpc_id != vpc_id:
            raise LatticeError("ValidationException", f"The subnet {subnet_id} is not in the VPC {vpc_id}")
    life, dummy = lattice.life(ResourceGateway, call, world)
    gateway = ResourceGateway(
        key=hex_id("rgw-"),
        account=call.account,
        region=call.region,
        life=life,
        tags=dict(params.get("tags") or {}),
        name=name,
        vpc_id=vpc_id,
        subnet_ids=params.get("subnetIds") or [],
        security_group_ids=params.get("securityGroupIds") or [],
        ip_address_type=params.get("ipAddressType") or "IPV4",
        dns_resolution=params.get("resourceConfigDnsResolution") or "PUBLIC",
    )
    world.add(gateway)
    return {**_described(gateway), "vpcIdentifier": vpc_id}


def _described(gateway: ResourceGateway) -> dict[str, Any]:
    return {
        "id": gateway.key,
        "arn": gateway.arn,
        "name": gateway.name,
        "status": gateway.state,
        "subnetIds": gateway.subnet_ids,
        "securityGroupIds": gateway.security_group_ids,
        "ipAddressType": gateway.ip_address_type,
        "resourceConfigDnsResolution": gateway.dns_resolution,
    }


def _dates(gateway: ResourceGateway) -> dict[str, Any]:
    return {"createdAt": gateway.created_at, "lastUpdatedAt": gateway.created_at}
