# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections as the owner of an endpoint service sees them: describe, accept, reject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.aws.ec2.requests import each, page, select
from tests.sandbox.aws.ec2.resources import EndpointService, VpcEndpoint, service_of
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World


@operation("ec2", "DescribeVpcEndpointConnections")
def describe(call: Call, world: World) -> dict[str, Any]:
    connections = [
        endpoint
        for endpoint in world.all(VpcEndpoint)
        if (endpoint.service_owner, endpoint.service_region) == (call.account, call.region)
        and endpoint.seen_from <= clock.now()
    ]
    fields: dict[str, Callable[[VpcEndpoint], str]] = {
        "ip-address-type": lambda endpoint: endpoint.ip_address_type,
        "service-id": lambda endpoint: str(endpoint.service_id),
        "vpc-endpoint-id": lambda endpoint: endpoint.key,
        "vpc-endpoint-owner": lambda endpoint: endpoint.account,
        "vpc-endpoint-region": lambda endpoint: endpoint.region,
        "vpc-endpoint-state": lambda endpoint: endpoint.state,
    }
    found, token = page(call, select(call, connections, fields), least=5)
    return {"VpcEndpointConnections": [_connection(endpoint, world) for endpoint in found], "NextToken": token}


@operation("ec2", "AcceptVpcEndpointConnections")
def accept(call: Call, world: World) -> dict[str, Any]:
    service = service_of(call, world)

    def act(endpoint_id: str) -> None:
        endpoint = _request(endpoint_id, service, world)
        # Whether AWS lets a rejected request be accepted again is not documented; the sandbox takes the strict reading.
        if endpoint.state != "pendingAcceptance":
            raise _wrong_state(endpoint, "accepted")
        endpoint.life = world.life("vpc_endpoint", "pending", "available")

    return each(call.params["VpcEndpointIds"], act)


@operation("ec2", "RejectVpcEndpointConnections")
def reject(call: Call, world: World) -> dict[str, Any]:
    service = service_of(call, world)

    def act(endpoint_id: str) -> None:
        endpoint = _request(endpoint_id, service, world)
        if endpoint.state not in ("pendingAcceptance", "pending", "available", "partial"):
            raise _wrong_state(endpoint, "rejected")
        endpoint.life = Life([("rejected", 0.0)])

    return each(call.params["VpcEndpointIds"], act)


def _request(endpoint_id: str, service: EndpointService, world: World) -> VpcEndpoint:
    endpoint = world.find(VpcEndpoint, endpoint_id)
    if endpoint is None or endpoint.service_id != service.key or endpoint.seen_from > clock.now():
        raise AwsError("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint_id}' does not exist")
    return endpoint


def _wrong_state(endpoint: VpcEndpoint, wanted: str) -> AwsError:
    return AwsError("InvalidState", f"The Vpc Endpoint '{endpoint.key}' is {endpoint.state} and cannot be {wanted}")


def _connection(endpoint: VpcEndpoint, world: World) -> dict[str, Any]:
    service = world.find(EndpointService, str(endpoint.service_id))
    return {
        "ServiceId": endpoint.service_id,
        "VpcEndpointId": endpoint.key,
        "VpcEndpointOwner": endpoint.account,
        "VpcEndpointState": endpoint.state,
        "CreationTimestamp": endpoint.created_at,
        "DnsEntries": endpoint.dns_entries,
        "NetworkLoadBalancerArns": service.load_balancer_arns if service else [],
        "IpAddressType": endpoint.ip_address_type,
        "VpcEndpointConnectionId": endpoint.connection_id,
        "Tags": [],
        "VpcEndpointRegion": endpoint.region,
    }
