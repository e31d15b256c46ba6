# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registrations of AWS endpoints. Databricks accepts the connection of an endpoint after it was registered."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.core import clock
from tests.sandbox.databricks import aws
from tests.sandbox.databricks.checks import free_name, needs_privatelink, one_of, required
from tests.sandbox.databricks.objects import Account, Thing, in_use, invalid, new_id
from tests.sandbox.databricks.routes import Request, route

USE_CASES = {"workspace": "WORKSPACE_ACCESS", "scc_relay": "DATAPLANE_RELAY_ACCESS", "service_direct": "GENERAL_ACCESS"}
WHAT = "VPC endpoint"


@route("POST", "/vpc-endpoints", "CreateVpcEndpoint")
def create(request: Request) -> Any:
    body, account = request.body, request.account
    required(body, "vpc_endpoint_name", "aws_vpc_endpoint_id", "region")
    needs_privatelink(request)
    if not 4 <= len(body["vpc_endpoint_name"]) <= 256:
        raise invalid("vpc_endpoint_name has 4 to 256 characters")
    endpoint, use = found_endpoint(request, body["aws_vpc_endpoint_id"], body["region"])
    free_name(request, account.vpc_endpoints.values(), "vpc_endpoint_name", WHAT)
    free_name(request, account.vpc_endpoints.values(), "aws_vpc_endpoint_id", WHAT)
    key = new_id()
    made = Thing(
        key,
        {
            "vpc_endpoint_id": key,
            "vpc_endpoint_name": body["vpc_endpoint_name"],
            "account_id": account.id,
            "aws_vpc_endpoint_id": endpoint.key,
            "aws_endpoint_service_id": endpoint.service_id,
            "aws_account_id": endpoint.account,
            "use_case": USE_CASES[use],
            "region": body["region"],
        },
    )
    account.vpc_endpoints[key] = made
    aws.accept_later(request.sandbox.world, endpoint, "databricks_registration.accepting")
    return described(request, made)


@route("GET", "/vpc-endpoints", "ListVpcEndpoints")
def listed(request: Request) -> Any:
    return [described(request, thing) for thing in request.account.vpc_endpoints.values()]


@route("GET", "/vpc-endpoints/{id}", "GetVpcEndpoint")
def get(request: Request) -> Any:
    return described(request, one_of(request.account.vpc_endpoints, WHAT, request.names["id"]))


@route("DELETE", "/vpc-endpoints/{id}", "DeleteVpcEndpoint")
def delete(request: Request) -> Any:
    thing = one_of(request.account.vpc_endpoints, WHAT, request.names["id"])
    users = networks_with(request.account, thing.id)
    if users:
        raise in_use(f"Unable to delete, VPC endpoint is being used by network {users[0]}")
    thing.gone_from = min(thing.gone_from, clock.now() + request.sandbox.world.lag("databricks_registration.deleting"))
    return described(request, thing)


def networks_with(account: Account, key: str) -> list[str]:
    """Ids of the networks that use a registration."""
    found = []
    for network in account.networks.values():
        used = network.body.get("vpc_endpoints") or {}
        if key in [*used.get("rest_api", []), *used.get("dataplane_relay", [])]:
            found.append(network.id)
    return found


def found_endpoint(request: Request, key: str, region: str) -> tuple[VpcEndpoint, str]:
    """A customer's endpoint to a service of Databricks, and to which. Raises ApiError for any other."""
    if not re.fullmatch(r"vpce-[0-9a-f]{17}", key):
        raise invalid(f"{key} is not the id of a VPC endpoint in AWS")
    endpoint = request.sandbox.world.find(VpcEndpoint, key, region=region)
    if endpoint is None or endpoint.state in ("deleting", "deleted"):
        raise invalid(f"VPC endpoint {key} does not exist in {region}")
    use = aws.use_of(request.account.published, endpoint)
    if use is None:
        raise invalid(f"VPC endpoint {key} is not connected to an endpoint service of Databricks")
    return endpoint, use


def described(request: Request, thing: Thing) -> dict[str, Any]:
    state = aws.endpoint_state(request.sandbox.world, thing.body["aws_vpc_endpoint_id"])
    return {**thing.body, "state": state, **thing.forced}
