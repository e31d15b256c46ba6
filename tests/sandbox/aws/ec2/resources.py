# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources of the sandbox that more than one operation file knows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.sandbox.core.world import Life, Resource, declare_state

declare_state("endpoint_service.Pending", "a new endpoint service before it is Available")
declare_state("endpoint_service.Deleting", "a deleted endpoint service before it is gone")
declare_state("private_dns.pendingVerification", "from the start of a DNS verification to its outcome")
declare_state("supported_region.Pending", "a region added to an endpoint service before it is Available there")
declare_state("vpc_endpoint.pending", "a new or accepted endpoint before it is available")
declare_state("vpc_endpoint.pendingAcceptance", "before an unanswered request is expired", 7 * 86400)
declare_state("vpc_endpoint.deleting", "a deleted endpoint before it is deleted")
declare_state("vpc_endpoint.deleted", "how long a deleted connection lingers at the service's owner", 3600)
declare_state("vpc_endpoint.unseen", "before the service's owner sees a new connection request")
declare_state("vpc_endpoint_association.unseen", "before what a new endpoint leads to is listed as its associations")
declare_state("load_balancer.provisioning", "a new load balancer before it is active")
declare_state("target.initial", "a new target in use before it is healthy")
declare_state("target.draining", "a deregistered target before it is gone")
declare_state("instance_refresh.Pending", "a started instance refresh before it is InProgress")
declare_state("instance_refresh.InProgress", "an instance refresh before it is Successful")


def hex_id(prefix: str, digits: int = 17) -> str:
    """A resource id such as ``vpce-svc-`` and 17 hexadecimal digits."""
    return prefix + uuid.uuid4().hex[:digits]


@dataclass(kw_only=True, eq=False)
class EndpointService(Resource):
    """An endpoint service; ``key`` is its ServiceId."""

    KIND: ClassVar[str] = "endpoint_service"

    load_balancer_arns: list[str]
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
    resource_configuration_arn: str | None = None
    service_network_arn: str | None = None
    dns_options: dict[str, Any] = field(default_factory=dict)
    failure: tuple[str, str] | None = None
    """Code and message of AWS's LastError, where a test chose that it fails."""
    inaccessible: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Resource configurations that a test made inaccessible here: id -> code and reason."""


@dataclass(kw_only=True, eq=False)
class LoadBalancer(Resource):
    """A Network Load Balancer; ``key`` is its ARN."""

    KIND: ClassVar[str] = "load_balancer"

    name: str
    scheme: str
    vpc_id: str
    zones: list[dict[str, Any]]
    """As in the API: ``ZoneName``, ``SubnetId``, ``LoadBalancerAddresses``."""
    security_groups: list[str]
    ip_address_type: str
    request: dict[str, Any]
    """What it was created with; an identical second request succeeds."""
    enforce_on_privatelink: str = "on"
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class Target:
    """A registration in a target group."""

    id: str
    port: int
    zone: str | None
    registered: float
    draining: Life | None = None


@dataclass(kw_only=True, eq=False)
class TargetGroup(Resource):
    """A target group; ``key`` is its ARN."""

    KIND: ClassVar[str] = "target_group"

    name: str
    protocol: str
    port: int
    vpc_id: str
    target_type: str
    health_check: dict[str, Any]
    request: dict[str, Any]
    ip_address_type: str = "ipv4"
    attributes: dict[str, str] = field(default_factory=dict)
    targets: dict[tuple[str, int], Target] = field(default_factory=dict)
    unhealthy: dict[tuple[str, int | None], str] = field(default_factory=dict)
    """Targets a test made unhealthy: (id, port or None for all ports) -> reason."""


@dataclass(kw_only=True, eq=False)
class Listener(Resource):
    """A listener; ``key`` is its ARN."""

    KIND: ClassVar[str] = "listener"

    load_balancer_arn: str
    protocol: str
    port: int
    actions: list[dict[str, Any]]
    alpn_policy: list[str]
    certificates: list[dict[str, Any]]
    ssl_policy: str | None

    @property
    def target_group_arns(self) -> list[str]:
        arns = [action["TargetGroupArn"] for action in self.actions if action.get("TargetGroupArn")]
        for action in self.actions:
            arns += [group["TargetGroupArn"] for group in (action.get("ForwardConfig") or {}).get("TargetGroups", [])]
        return list(dict.fromkeys(arns))


@dataclass(kw_only=True, eq=False)
class InstanceRefresh(Resource):
    """The replacement of all instances of an Auto Scaling group; ``key`` is its id."""

    KIND: ClassVar[str] = "instance_refresh"

    group: str
