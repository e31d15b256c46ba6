# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint services and VPC endpoints, and who sees which."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.world import Life, Resource, World, declare_state

declare_state("endpoint_service.Pending", "a new endpoint service before it is Available")
declare_state("endpoint_service.Deleting", "a deleted endpoint service before it is gone")
declare_state("private_dns.pendingVerification", "from the start of a DNS verification to its outcome")
declare_state("supported_region.Pending", "a region added to an endpoint service before it is Available there")
declare_state("vpc_endpoint.pending", "a new or accepted endpoint before it is available")
declare_state("vpc_endpoint.pendingAcceptance", "before an unanswered request is expired", 7 * 86400)
declare_state("vpc_endpoint.deleting", "a deleted endpoint before it is deleted")
declare_state("vpc_endpoint.deleted", "how long a deleted connection lingers at the service's owner", 3600)
declare_state("vpc_endpoint.private_dns", "how long the private DNS name of a deleted endpoint is still in its VPC")
declare_state("vpc_endpoint.unseen", "before the service's owner sees a new connection request")
declare_state("vpc_endpoint_association.unseen", "before what a new endpoint leads to is listed as its associations")


@dataclass(kw_only=True, eq=False)
class EndpointService(Resource):
    """An endpoint service; ``key`` is its ServiceId."""

    KIND: ClassVar[str] = "endpoint_service"

    load_balancer_arns: list[str]
    zones: list[str]
    """Names of its Availability Zones: those that its load balancers had when it was last made or modified."""
    acceptance_required: bool
    ip_address_types: list[str]
    private_dns_name: str | None = None
    private_dns: Life | None = None
    private_dns_outcome: str = "verified"
    regions: dict[str, Life] = field(default_factory=dict)
    payer: str | None = None
    principals: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"com.amazonaws.vpce.{self.region}.{self.key}"


@dataclass(kw_only=True, eq=False)
class VpcEndpoint(Resource):
    """A VPC endpoint and, when it leads to an endpoint service, its connection; ``key`` is its VpcEndpointId."""

    KIND: ClassVar[str] = "vpc_endpoint"

    kind: str
    vpc_id: str
    service_name: str
    service_id: str | None
    service_region: str
    service_owner: str
    """The owner's account; it outlives the service, whose connections linger in the answers."""
    connection_id: str
    subnet_ids: list[str]
    zone_ids: list[str]
    security_group_ids: list[str]
    network_interface_ids: list[str]
    route_table_ids: list[str]
    ip_address_type: str
    private_dns_enabled: bool
    policy: str
    dns_entries: list[dict[str, str]]
    seen_from: float
    """When the owner of the service first sees the connection."""
    private_name: str | None = None
    """The private DNS name of its service, whether enabled here or not."""
    resource_configuration_arn: str | None = None
    service_network_arn: str | None = None
    dns_options: dict[str, Any] = field(default_factory=dict)
    failure: tuple[str, str] | None = None
    """Code and message of AWS's LastError, where a test chose that it fails."""
    inaccessible: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Resource configurations that a test made inaccessible here: id -> code and reason."""


def conclude_private_dns(service: EndpointService, outcome: str, world: World) -> None:
    """Let the verification end in ``outcome`` (``verified`` or ``failed``) after its lag."""
    service.private_dns_outcome = outcome
    service.private_dns = world.life("private_dns", "pendingVerification", outcome)


def zone_ids(service: EndpointService) -> list[str]:
    ids = moto_ec2.zones(service.account, service.region)
    return sorted(ids[name] for name in service.zones)


def base_dns_name(service: EndpointService) -> str:
    return f"{service.key}.{service.region}.vpce.amazonaws.com"


def visible(service: EndpointService, account: str, region: str) -> bool:
    """Whether the account may see the service from the region and request a connection to it."""
    if service.state != "Available":
        return False
    if region != service.region and (region not in service.regions or service.regions[region].state != "Available"):
        return False
    return (
        service.account == account
        or "*" in service.principals
        or any(f":iam::{account}:" in principal for principal in service.principals)
    )


def own(resource: Resource, call: Call) -> bool:
    return resource.account == call.account and resource.region == call.region


@dataclass(kw_only=True, eq=False)
class Notification(Resource):
    """A connection notification; ``key`` is its ConnectionNotificationId."""

    KIND: ClassVar[str] = "connection_notification"

    service_id: str | None
    endpoint_id: str | None
    topic: str
    events: list[str]


def service_of(call: Call, world: World, service_id: str | None = None) -> EndpointService:
    """The caller's own endpoint service by ``service_id`` or the call's ServiceId."""
    wanted = service_id if service_id is not None else str(call.params["ServiceId"])
    if not re.fullmatch(r"vpce-svc-[0-9a-f]{17}", wanted):
        # The code's double "Id" is AWS's own (EC2 API reference, "Error codes", read 2026-11).
        raise AwsError("InvalidVpcEndpointServiceIdId.Malformed", f"Invalid Id: '{wanted}'")
    service = world.find(EndpointService, wanted, call.account, call.region)
    if service is None:
        message = f"The VpcEndpointService Id '{wanted}' does not exist"
        raise AwsError("InvalidVpcEndpointServiceId.NotFound", message)
    return service
