# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gateway endpoints: routes to S3 or DynamoDB in the route tables of a VPC, and what AWS refuses of them.

Source: AWS PrivateLink Guide, "Gateway endpoints"; Amazon EC2 API Reference, CreateVpcEndpoint and "Error codes" (read
2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.world import World

SERVICES = ("s3", "dynamodb")
OF_ADDRESSES = ("SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled")
CHANGES = ("AddSubnetIds", "RemoveSubnetIds", "AddSecurityGroupIds", "RemoveSecurityGroupIds", "PrivateDnsEnabled")


def check(kind: str, name: str, call: Call, world: World) -> None:
    """Raises EC2's errors for a new endpoint with what its type does not have."""
    if kind != "Gateway":
        _refuse(("RouteTableIds",), kind, call)
        return
    _refuse(OF_ADDRESSES, kind, call)
    if name.removeprefix(f"com.amazonaws.{call.region}.") not in SERVICES:
        raise AwsError("InvalidParameter", f"VPC endpoint type (Gateway) does not match available services: {name}")
    _check_tables(call.params.get("RouteTableIds") or [], call.params["VpcId"], name, "", call, world)


def check_modify(endpoint: VpcEndpoint, route_table_ids: list[str], call: Call, world: World) -> None:
    """Raises EC2's errors for a change of what the endpoint's type does not have."""
    if endpoint.kind != "Gateway":
        _refuse(("AddRouteTableIds", "RemoveRouteTableIds"), endpoint.kind, call)
        return
    _refuse(CHANGES, endpoint.kind, call)
    _check_tables(route_table_ids, endpoint.vpc_id, endpoint.service_name, endpoint.key, call, world)


def _refuse(names: tuple[str, ...], kind: str, call: Call) -> None:
    given = [name for name in names if call.params.get(name)]
    if given:
        raise AwsError("InvalidParameter", f"{given[0]} is not supported for endpoints of type {kind}")


def _check_tables(ids: list[str], vpc_id: str, name: str, of: str, call: Call, world: World) -> None:
    tables: dict[str, Any] = moto_ec2.backend(call.account, call.region).route_tables
    others = [
        other
        for other in world.all(VpcEndpoint, call.account, call.region)
        if other.kind == "Gateway" and other.service_name == name and other.key != of and other.state == "available"
    ]
    for key in ids:
        if key not in tables or tables[key].vpc_id != vpc_id:
            raise AwsError("InvalidRouteTableId.NotFound", f"The routeTable ID '{key}' does not exist in {vpc_id}")
        if any(key in other.route_table_ids for other in others):
            message = f"route table {key} already has a route with the prefix list of {name}"
            raise AwsError("RouteAlreadyExists", message)
