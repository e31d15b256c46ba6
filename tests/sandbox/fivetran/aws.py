# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Fivetran does in AWS for a private link, from its own account: it asks for a connection, and takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.actors import vendor
from tests.sandbox.aws.ec2.resources import EndpointService, VpcEndpoint
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError
from tests.sandbox.core.world import Life
from tests.sandbox.fivetran.objects import Link

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

BY_SERVICE_NAME = ("SOURCE_AWS", "DATABRICKS_AWS")
ENDED = ("rejected", "failed", "expired", "deleting", "deleted")


def request(sandbox: Sandbox, link: Link) -> None:
    """Ask for what the private link is to reach; whom it is asked of sees it after a lag."""
    link.ready_from = clock.now() + sandbox.world.lag("fivetran_link.requesting")
    link.endpoint_id, link.failure = None, ""
    try:
        if link.service in BY_SERVICE_NAME:
            link.endpoint_id = _connect(sandbox, link.config["connection_service_name"], link.ready_from)
        elif link.service == "REDSHIFT_AWS":
            cluster = link.config["cluster_identifier"]
            vendor.redshift_endpoint(
                sandbox, cluster, link.config["aws_account_id"], endpoint_name=f"fivetran-{link.id}"
            )
    except AwsError as error:
        link.failure = f"{error.code}: {error.message}"


def _connect(sandbox: Sandbox, service_name: str, seen_from: float) -> str:
    """An endpoint to a customer's service. Raises AwsError where there is none, or none that lets Fivetran in."""
    service = next((found for found in sandbox.world.all(EndpointService) if found.name == service_name), None)
    if service is None:
        raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist")
    made = vendor.connect(sandbox, service_name)
    endpoint = sandbox.world.find(VpcEndpoint, made["VpcEndpointId"])
    if endpoint is None:
        raise AwsError("InternalFailure", f"no endpoint to {service_name} was made", 500)
    endpoint.seen_from = max(endpoint.seen_from, seen_from)
    if endpoint.state == "pendingAcceptance":
        endpoint.life = Life([("pendingAcceptance", seen_from)])
    return endpoint.key


def endpoint_state(sandbox: Sandbox, endpoint_id: str) -> str:
    """AWS's word for the state of an endpoint, ``deleted`` when nothing is left of it."""
    found = sandbox.world.find(VpcEndpoint, endpoint_id)
    return found.state if found else "deleted"


def withdraw(sandbox: Sandbox, link: Link) -> None:
    """Delete the endpoint of a private link, if it is still there."""
    if link.endpoint_id and endpoint_state(sandbox, link.endpoint_id) not in ("deleting", "deleted"):
        vendor.disconnect(sandbox, link.endpoint_id)
