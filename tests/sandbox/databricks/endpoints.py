# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service-Direct endpoints, by the newer API of their own. Databricks approves them as it accepts registrations."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.core import clock
from tests.sandbox.databricks import aws
from tests.sandbox.databricks.checks import needs_privatelink, one_of, required
from tests.sandbox.databricks.objects import Thing, invalid, new_id, pages
from tests.sandbox.databricks.routes import NETWORKING, Request, route
from tests.sandbox.databricks.vpc_endpoints import found_endpoint

WHAT = "Endpoint"
LABEL = re.compile(r"[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
STATES = {"pendingAcceptance": "PENDING", "pending": "PENDING", "available": "APPROVED", "failed": "FAILED"}
"""AWS's word for the endpoint -> Databricks'. Any other one is DISCONNECTED."""


@route("POST", "/endpoints", "CreateEndpoint", NETWORKING)
def create(request: Request) -> Any:
    body, account = request.body, request.account
    needs_privatelink(request)
    required(body, "display_name", "region", "aws_vpc_endpoint_info")
    required(body["aws_vpc_endpoint_info"], "aws_vpc_endpoint_id")
    if not LABEL.fullmatch(body["display_name"]):
        raise invalid("display_name is a label of letters, digits and hyphens with 63 characters at most")
    endpoint, use = found_endpoint(request, body["aws_vpc_endpoint_info"]["aws_vpc_endpoint_id"], body["region"])
    if use != "service_direct":
        raise invalid(f"VPC endpoint {endpoint.key} is not connected to the endpoint service of Service-Direct")
    key = new_id()
    info = {
        "aws_vpc_endpoint_id": endpoint.key,
        "aws_account_id": endpoint.account,
        "aws_endpoint_service_id": endpoint.service_id,
    }
    made = Thing(
        key,
        {
            "name": f"accounts/{account.id}/endpoints/{key}",
            "endpoint_id": key,
            "account_id": account.id,
            "display_name": body["display_name"],
            "region": body["region"],
            "aws_vpc_endpoint_info": info,
            "use_case": "SERVICE_DIRECT",
            "create_time": clock.utc().isoformat().replace("+00:00", "Z"),
        },
    )
    account.endpoints[key] = made
    aws.accept_later(request.sandbox.world, endpoint, "databricks_registration.accepting")
    return described(request, made)


@route("GET", "/endpoints", "ListEndpoints", NETWORKING)
def listed(request: Request) -> Any:
    found = [described(request, thing) for thing in request.account.endpoints.values()]
    most = request.sandbox.databricks.settings.page_size
    size = min(int(request.query.get("page_size") or most), most)
    return pages(found, size, request.query.get("page_token"))


@route("GET", "/endpoints/{id}", "GetEndpoint", NETWORKING)
def get(request: Request) -> Any:
    return described(request, one_of(request.account.endpoints, WHAT, request.names["id"]))


@route("DELETE", "/endpoints/{id}", "DeleteEndpoint", NETWORKING)
def delete(request: Request) -> Any:
    del request.account.endpoints[one_of(request.account.endpoints, WHAT, request.names["id"]).id]
    return {}


def described(request: Request, thing: Thing) -> dict[str, Any]:
    state = aws.endpoint_state(request.sandbox.world, thing.body["aws_vpc_endpoint_info"]["aws_vpc_endpoint_id"])
    return {**thing.body, "state": STATES.get(state, "DISCONNECTED"), **thing.forced}
