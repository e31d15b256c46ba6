# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the VPC Lattice operations share: resources, who may see which, pages, errors and DNS names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.sandbox.aws.ram import resources as ram
from tests.sandbox.aws.ram.resources import SHAREABLE
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.client_tokens import once
from tests.sandbox.core.paging import cut
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import Life, Outcome, Resource, World, declare_state

declare_state("resource_gateway.CREATE_IN_PROGRESS", "a new resource gateway before it is ACTIVE")
declare_state("resource_gateway.DELETE_IN_PROGRESS", "a deleted resource gateway before it is gone")
declare_state("resource_configuration.CREATE_IN_PROGRESS", "a new resource configuration before it is ACTIVE")
declare_state("resource_configuration.DELETE_IN_PROGRESS", "a deleted resource configuration before it is gone")
declare_state("domain_verification.PENDING", "a new domain verification before it is VERIFIED")
declare_state("service_network_resource_association.CREATE_IN_PROGRESS", "a new association before it is ACTIVE")
declare_state("service_network_resource_association.DELETE_IN_PROGRESS", "a deleted association before it is gone")
declare_state("service_network_vpc_association.CREATE_IN_PROGRESS", "a new association before it is ACTIVE")
declare_state("service_network_vpc_association.UPDATE_IN_PROGRESS", "a changed association before it is ACTIVE again")
declare_state("service_network_vpc_association.DELETE_IN_PROGRESS", "a deleted association before it is gone")

HOSTED_ZONE = "Z0123456789SANDBOXLTC"


UNSUPPORTED_ZONE_IDS = {
    "use1-az3",
    "usw1-az2",
    "apne1-az3",
    "apne2-az2",
    "euw1-az4",
    "cac1-az3",
    "ilc1-az2",
}
"""Zones without VPC Lattice (Redis Cloud's AWS PrivateLink page, which follows AWS's list, read 2026-11)."""


class LatticeError(AwsError):
    """An error with the members that VPC Lattice's errors require beside the message."""

    def __init__(self, code: str, message: str, kind: str = "", key: str = "") -> None:
        super().__init__(code, message)
        # The serializer reads the model's members as attributes.
        self.reason = "other"
        self.resourceType = kind
        self.resourceId = key


@dataclass(kw_only=True, eq=False)
class LatticeResource(Resource):
    """What every resource of VPC Lattice has; ``key`` is its id, and ``WORD`` stands before it in its ARN."""

    WORD: ClassVar[str] = ""

    @property
    def arn(self) -> str:
        return f"arn:{partition(self.region)}:vpc-lattice:{self.region}:{self.account}:{self.WORD}/{self.key}"


@dataclass(kw_only=True, eq=False)
class ResourceGateway(LatticeResource):
    """The way into the VPC of whoever provides resources."""

    KIND: ClassVar[str] = "resource_gateway"
    WORD: ClassVar[str] = "resourcegateway"

    name: str
    vpc_id: str
    subnet_ids: list[str]
    security_group_ids: list[str]
    ip_address_type: str
    dns_resolution: str


@dataclass(kw_only=True, eq=False)
class ResourceConfiguration(LatticeResource):
    """A resource, or a group of them."""

    KIND: ClassVar[str] = "resource_configuration"
    WORD: ClassVar[str] = "resourceconfiguration"

    name: str
    type: str
    gateway_id: str | None
    group_id: str | None
    port_ranges: list[str]
    protocol: str
    definition: dict[str, Any] | None
    shareable_network: bool
    custom_domain: str | None
    group_domain: str | None
    verification_id: str | None
    failure_reason: str | None = None


@dataclass(kw_only=True, eq=False)
class DomainVerification(LatticeResource):
    """The proof that an account owns a domain."""

    KIND: ClassVar[str] = "domain_verification"
    WORD: ClassVar[str] = "domainverification"

    domain: str


@dataclass(kw_only=True, eq=False)
class EndpointAssociation(LatticeResource):
    """A Resource endpoint at a resource configuration, whose owner's it is."""

    KIND: ClassVar[str] = "resource_endpoint_association"
    WORD: ClassVar[str] = "resourceendpointassociation"

    configuration_id: str
    endpoint_id: str
    endpoint_owner: str


@dataclass(kw_only=True, eq=False)
class ServiceNetwork(LatticeResource):
    """A service network."""

    KIND: ClassVar[str] = "service_network"
    WORD: ClassVar[str] = "servicenetwork"

    name: str
    auth_type: str
    shareable: bool


@dataclass(kw_only=True, eq=False)
class ResourceAssociation(LatticeResource):
    """A resource configuration in a service network."""

    KIND: ClassVar[str] = "service_network_resource_association"
    WORD: ClassVar[str] = "servicenetworkresourceassociation"

    network_id: str
    configuration_id: str
    private_dns: bool
    failure: Outcome | None = None
    """Why it ended in PARTIAL or CREATE_FAILED."""
    managed: bool = False
    """Whether AWS made it for the owner of the resource, who alone can end it."""


@dataclass(kw_only=True, eq=False)
class VpcAssociation(LatticeResource):
    """A VPC in a service network."""

    KIND: ClassVar[str] = "service_network_vpc_association"
    WORD: ClassVar[str] = "servicenetworkvpcassociation"

    network_id: str
    vpc_id: str
    security_group_ids: list[str] = field(default_factory=list)
    private_dns: bool
    dns_options: dict[str, Any] | None
    failure: Outcome | None = None


def find[L: LatticeResource](kind: type[L], identifier: str, call: Call, world: World) -> L:
    """A resource by id or ARN that the caller owns or that is shared with it.

    Raises ResourceNotFoundException, or AccessDeniedException for another account's.
    """
    name = kind.KIND.upper()
    resource = world.find(kind, identifier.rpartition("/")[2], region=call.region)
    if resource is None or identifier not in (resource.key, resource.arn):
        raise LatticeError("ResourceNotFoundException", f"{name} {identifier} not found", name, identifier)
    if resource.account != call.account and not _is_among(
        resource, ram.shared_arns(call.account, call.region, world), world
    ):
        who = f"User: arn:{partition(call.region)}:iam::{call.account}:user/sandbox"
        what = f"{who} is not authorized to perform: {call.iam_action}"
        message = f"{what} on resource: {resource.arn} because no resource-based policy allows the action"
        raise LatticeError("AccessDeniedException", message)
    return resource


def own[L: LatticeResource](kind: type[L], identifier: str, call: Call, world: World) -> L:
    """The caller's own resource by id or ARN. Raises as ``find`` does."""
    resource = find(kind, identifier, call, world)
    if resource.account != call.account:
        message = f"{resource.arn} belongs to account {resource.account}; sharing it does not allow {call.iam_action}"
        raise LatticeError("AccessDeniedException", message)
    return resource


def seen[L: LatticeResource](kind: type[L], call: Call, world: World) -> list[L]:
    """What the caller owns or has by a share, of one kind."""
    shared = ram.shared_arns(call.account, call.region, world)
    return [
        resource
        for resource in world.all(kind, region=call.region)
        if resource.account == call.account or _is_among(resource, shared, world)
    ]


def _is_among(resource: LatticeResource, arns: set[str], world: World) -> bool:
    """A group is shared with its children."""
    group = world.find(ResourceConfiguration, str(getattr(resource, "group_id", None)))
    return resource.arn in arns or (group is not None and group.arn in arns)


def check_shareable(arn: str, call: Call, world: World) -> None:
    """Raises RAM's errors for what the caller cannot share: unknown, another account's, a child of a group."""
    match = re.fullmatch(r"arn:aws[\w-]*:vpc-lattice:([\w-]+):(\d{12}):(\w+)/([\w-]+)", arn)
    if not match or match.group(3) not in SHAREABLE:
        raise AwsError("MalformedArnException", f"The specified resource ARN {arn} is not valid.")
    kind = ResourceConfiguration if match.group(3) == "resourceconfiguration" else ServiceNetwork
    resource = world.find(kind, match.group(4), call.account, call.region)
    if resource is None or resource.arn != arn:
        raise AwsError("UnknownResourceException", f"Resource {arn} could not be found.")
    if isinstance(resource, ResourceConfiguration) and resource.type == "CHILD":
        raise AwsError("InvalidParameterException", f"{arn} is part of a group. Share the group.")


def children(group: ResourceConfiguration, world: World) -> list[ResourceConfiguration]:
    """The children of a group that work; any other configuration stands for itself."""
    if group.type != "GROUP":
        return [group]
    of = world.all(ResourceConfiguration, group.account, group.region)
    return [
        configuration for configuration in of if configuration.group_id == group.key and configuration.state == "ACTIVE"
    ]


def is_verified(configuration: ResourceConfiguration, world: World) -> bool:
    """Whether its custom domain is proven; a child inherits this from its group."""
    group = world.find(ResourceConfiguration, str(configuration.group_id))
    ids = [holder.verification_id for holder in (configuration, group) if holder is not None and holder.verification_id]
    found = [world.find(DomainVerification, verification_id) for verification_id in ids]
    return any(verification is not None and verification.state == "VERIFIED" for verification in found)


def page[T](call: Call, items: list[T]) -> tuple[list[T], str | None]:
    """One page of ``items`` by maxResults (1-100, default 100) and the token of the next."""
    size = call.params.get("maxResults") or 100
    if not 1 <= size <= 100:
        raise LatticeError("ValidationException", f"maxResults {size} is not between 1 and 100")
    try:
        return cut(items, size, call.params.get("nextToken"))
    except ValueError as error:
        raise LatticeError("ValidationException", "The nextToken is not valid") from error


def create(call: Call, world: World, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Make something once for each clientToken."""
    try:
        return once(call, world, make, "clientToken", "ConflictException")
    except AwsError as error:
        if isinstance(error, LatticeError):
            raise
        raise conflict(error.message, "CLIENT_TOKEN", str(call.params.get("clientToken"))) from error


def conflict(message: str, kind: str, key: str) -> LatticeError:
    return LatticeError("ConflictException", message, kind, key)


def check_name[L: LatticeResource](kind: type[L], call: Call, world: World) -> str:
    """The call's name, if it fits the model's pattern and no other of the account has it."""
    name = str(call.params["name"])
    shape: Any = call.model.input_shape
    pattern = shape.members["name"].metadata["pattern"]
    if not re.fullmatch(pattern, name) or len(name) < 3:
        raise LatticeError("ValidationException", f"The name {name} does not satisfy {pattern}")
    for other in world.all(kind, call.account, call.region):
        if getattr(other, "name", None) == name:
            raise conflict(f"{kind.KIND.upper()} {name} already exists", kind.KIND.upper(), other.key)
    return name


def life[L: LatticeResource](kind: type[L], call: Call, world: World) -> tuple[Life, Outcome | None]:
    """The life of a new resource, which ends as a test has chosen, else ACTIVE."""
    outcome = world.outcome(kind.KIND, call.account)
    return world.life(kind.KIND, "CREATE_IN_PROGRESS", outcome.state if outcome else "ACTIVE"), outcome


def dns_name(prefix: str, configuration: ResourceConfiguration) -> str:
    """The name AWS makes for a resource behind an endpoint or an association."""
    short = configuration.key[-7:]
    return f"{prefix}.{configuration.key}.{short}.vpc-lattice-rsc.{configuration.region}.on.aws"


def association_id(association: ResourceAssociation, configuration: ResourceConfiguration) -> str:
    """The id under which a resource is associated: that of the association, or for a child of its group its own."""
    if configuration.key == association.configuration_id:
        return association.key
    return derived_id("snra-", association.key, configuration.key)


def derived_id(prefix: str, *parts: str) -> str:
    """An id that the same parts always have, for rows AWS keeps and the sandbox derives."""
    return prefix + hashlib.sha256("/".join(parts).encode()).hexdigest()[:17]
