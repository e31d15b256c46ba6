# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What VPC endpoints lead to, as their consumer sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.aws.ec2 import resource_endpoints
from tests.sandbox.aws.ec2.requests import page, select
from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("ec2", "DescribeVpcEndpointAssociations")
def describe(call: Call, world: World) -> dict[str, Any]:
    endpoints = world.all(VpcEndpoint, call.account, call.region)
    for endpoint_id in call.params.get("VpcEndpointIds") or []:
        if endpoint_id not in [endpoint.key for endpoint in endpoints if endpoint.state != "deleted"]:
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
