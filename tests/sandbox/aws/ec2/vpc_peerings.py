# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPC peering connections: moto's, described with the filters and pages that moto leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.requests import page, select
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("ec2", "DescribeVpcPeeringConnections")
def describe(call: Call, world: World) -> dict[str, Any]:
    backend = moto_ec2.backend(call.account, call.region)
    rows = [_described(peering) for peering in backend.vpc_pcxs.values()]
    ids = call.params.get("VpcPeeringConnectionIds") or []
    for peering_id in ids:
        if peering_id not in [row["VpcPeeringConnectionId"] for row in rows]:
            message = f"The vpcPeeringConnection ID '{peering_id}' does not exist"
            raise AwsError("InvalidVpcPeeringConnectionID.NotFound", message)
    rows = [row for row in rows if not ids or row["VpcPeeringConnectionId"] in ids]
    fields: dict[str, Callable[[dict[str, Any]], Any]] = {
        "status-code": lambda row: row["Status"]["Code"],
        "vpc-peering-connection-id": lambda row: row["VpcPeeringConnectionId"],
        "accepter-vpc-info.owner-id": lambda row: row["AccepterVpcInfo"]["OwnerId"],
        "accepter-vpc-info.vpc-id": lambda row: row["AccepterVpcInfo"]["VpcId"],
        "requester-vpc-info.owner-id": lambda row: row["RequesterVpcInfo"]["OwnerId"],
        "requester-vpc-info.vpc-id": lambda row: row["RequesterVpcInfo"]["VpcId"],
    }
    found, token = page(call, select(call, rows, fields, _tags), least=5)
    return {"VpcPeeringConnections": found, "NextToken": token}


def _tags(row: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in row["Tags"]}


def _described(peering: Any) -> dict[str, Any]:
    """A VpcPeeringConnection of the API, of moto's."""
    return {
        "VpcPeeringConnectionId": peering.id,
        "RequesterVpcInfo": _side(peering.vpc, peering.requester_options),
        "AccepterVpcInfo": _side(peering.peer_vpc, peering.accepter_options),
        "Status": peering.status,
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in peering.get_tags()],
    }


def _side(vpc: Any, options: dict[str, bool]) -> dict[str, Any]:
    return {
        "OwnerId": vpc.owner_id,
        "Region": vpc.region,
        "VpcId": vpc.id,
        "CidrBlock": vpc.cidr_block,
        "CidrBlockSet": [{"CidrBlock": vpc.cidr_block}],
        "PeeringOptions": dict(options),
    }
