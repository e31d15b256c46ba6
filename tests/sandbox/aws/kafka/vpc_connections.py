# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed VPC connections to MSK clusters: clients make and delete them, the cluster's owner lists and rejects them."""

from __future__ import annotations

import uuid
from typing import Any

from tests.sandbox.aws.kafka import resources as kafka
from tests.sandbox.aws.kafka.resources import AUTHENTICATIONS, VpcConnection
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import GONE, World


@operation("kafka", "CreateVpcConnection")
def create(call: Call, world: World) -> dict[str, Any]:
    """By an account that the cluster's policy lets in, with a scheme of which multi-VPC connectivity is on."""
    params = call.params
    cluster = kafka.admitted(call, world, "TargetClusterArn")
    if AUTHENTICATIONS.get(params["Authentication"]) not in cluster.on:
        message = f"The authentication {params['Authentication']} is not enabled for multi-VPC private connectivity."
        raise kafka.refused(message)
    kafka.require_active(cluster)
    owner = f"{partition(call.region)}:kafka:{call.region}:{call.account}"
    made = VpcConnection(
        key=f"arn:{owner}:vpc-connection/{cluster.account}/{cluster.name}/{uuid.uuid4()}-1",
        account=call.account,
        region=call.region,
        life=world.life("msk_vpc_connection", "CREATING", "AVAILABLE"),
        tags=dict(params.get("Tags") or {}),
        cluster_key=cluster.key,
        authentication=params["Authentication"],
        vpc_id=params["VpcId"],
        subnet_ids=params["ClientSubnets"],
        security_groups=params["SecurityGroups"],
    )
    world.add(made)
    return {
        "VpcConnectionArn": made.key,
        "State": made.state,
        "Authentication": made.authentication,
        "VpcId": made.vpc_id,
        "ClientSubnets": made.subnet_ids,
        "SecurityGroups": made.security_groups,
        "CreationTime": made.created_at,
        "Tags": made.tags,
    }


@operation("kafka", "DescribeVpcConnection")
def describe(call: Call, world: World) -> dict[str, Any]:
    found = _own(call, world)
    return {
        "VpcConnectionArn": found.key,
        "TargetClusterArn": found.cluster_key,
        "State": found.state,
        "Authentication": found.authentication,
        "VpcId": found.vpc_id,
        "Subnets": found.subnet_ids,
        "SecurityGroups": found.security_groups,
        "CreationTime": found.created_at,
        "Tags": found.tags,
    }


@operation("kafka", "DeleteVpcConnection")
def delete(call: Call, world: World) -> dict[str, Any]:
    found = _own(call, world)
    found.life = world.life("msk_vpc_connection", "DELETING", GONE)
    return {"VpcConnectionArn": found.key, "State": "DELETING"}


@operation("kafka", "ListClientVpcConnections")
def list_clients(call: Call, world: World) -> dict[str, Any]:
    """Those of all accounts to a cluster, also rejected ones, which stay until their owner deletes them."""
    cluster = kafka.own(call, world)
    found, token = kafka.page(call, list(kafka.connections(cluster, world)))
    rows = [
        {
            "VpcConnectionArn": connection.key,
            "Authentication": connection.authentication,
            "CreationTime": connection.created_at,
            "State": connection.state,
            "Owner": connection.account,
        }
        for connection in found
    ]
    return {"ClientVpcConnections": rows, "NextToken": token}


@operation("kafka", "RejectClientVpcConnection")
def reject(call: Call, world: World) -> dict[str, Any]:
    """A connection must be AVAILABLE to be rejected (guide, "Reject a managed VPC connection")."""
    cluster, arn = kafka.own(call, world), call.params["VpcConnectionArn"]
    found = next((connection for connection in kafka.connections(cluster, world) if connection.key == arn), None)
    if found is None:
        raise kafka.refused(f"The VPC connection {arn} does not exist.")
    if found.state != "AVAILABLE":
        raise kafka.refused(f"The VPC connection is in the {found.state} state, not AVAILABLE.")
    found.life = world.life("msk_vpc_connection", "REJECTING", "REJECTED")
    return {}


def _own(call: Call, world: World) -> VpcConnection:
    arn = call.params["Arn"]
    found = world.find(VpcConnection, arn, call.account, call.region)
    if found is None:
        raise AwsError("NotFoundException", f"The VPC connection {arn} does not exist.")
    return found
