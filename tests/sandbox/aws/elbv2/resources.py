# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Elastic Load Balancing operations share: resources, ARNs, pages, tags and the errors of unknown ARNs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.paging import cut
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import Life, Resource, World, declare_state

declare_state("load_balancer.provisioning", "a new load balancer before it is active")
declare_state("target.initial", "a new target in use before it is healthy")
declare_state("target.draining", "a deregistered target before it is gone")

NAME = re.compile(r"(?!-|internal-)[A-Za-z0-9-]{1,32}(?<!-)")
PAGE = 400


@dataclass
class Node:
    """A node of a load balancer: its network interface, and its address there."""

    interface_id: str
    address: str


@dataclass(kw_only=True, eq=False)
class LoadBalancer(Resource):
    """A Network or Application Load Balancer; ``key`` is its ARN."""

    KIND: ClassVar[str] = "load_balancer"

    name: str
    type: str
    scheme: str
    vpc_id: str
    zones: list[dict[str, Any]]
    """As in the API: ``ZoneName``, ``SubnetId``, ``LoadBalancerAddresses``."""
    security_groups: list[str]
    ip_address_type: str
    request: dict[str, Any]
    """What it was created with; an identical second request succeeds."""
    enforce_on_privatelink: str = "on"
    nodes: dict[str, Node] = field(default_factory=dict)
    """By subnet."""
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
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def target_group_arns(self) -> list[str]:
        arns = [action["TargetGroupArn"] for action in self.actions if action.get("TargetGroupArn")]
        for action in self.actions:
            arns += [group["TargetGroupArn"] for group in (action.get("ForwardConfig") or {}).get("TargetGroups", [])]
        return list(dict.fromkeys(arns))


NOT_FOUND: dict[type[Resource], tuple[str, str]] = {
    LoadBalancer: ("LoadBalancerNotFound", "Load balancers"),
    TargetGroup: ("TargetGroupNotFound", "Target groups"),
    Listener: ("ListenerNotFound", "Listeners"),
}


def arn(call: Call, path: str) -> str:
    return f"arn:{partition(call.region)}:elasticloadbalancing:{call.region}:{call.account}:{path}"


def get[R: Resource](kind: type[R], key: str, call: Call, world: World) -> R:
    """The caller's resource by ARN. Raises the service's not-found error, or ValidationError for what is no ARN."""
    resource = world.find(kind, key, call.account, call.region)
    if resource is not None:
        return resource
    code, words = NOT_FOUND[kind]
    if not key.startswith("arn:"):
        raise AwsError("ValidationError", f"'{key}' is not a valid {words.lower().removesuffix('s')} ARN")
    message = f"{words} '[{key}]' not found" if kind is not LoadBalancer else f"Load balancer '{key}' not found"
    raise AwsError(code, message)


def named[R: Resource](kind: type[R], call: Call, world: World) -> list[R]:
    """The caller's resources that the call's Names, or its ARNs, ask for; all without either."""
    resources = world.all(kind, call.account, call.region)
    names = call.params.get("Names")
    if not names:
        return resources
    code, words = NOT_FOUND[kind]
    found = [resource for resource in resources if resource.name in names]  # type: ignore[attr-defined]
    absent = [name for name in names if name not in {resource.name for resource in found}]  # type: ignore[attr-defined]
    if absent:
        raise AwsError(code, f"{words} '[{', '.join(absent)}]' not found")
    return found


def page[T](call: Call, items: list[T]) -> tuple[list[T], str | None]:
    """One page of ``items`` and the marker of the next, by PageSize (1-400, default 400) and Marker."""
    size = call.params.get("PageSize", PAGE)
    if not 1 <= size <= PAGE:
        raise AwsError("ValidationError", f"Page size must be between 1 and {PAGE}")
    try:
        return cut(items, size, call.params.get("Marker"))
    except ValueError as error:
        raise AwsError("ValidationError", "The marker is not valid") from error


def tags_of(call: Call) -> dict[str, str]:
    """The call's Tags. Raises DuplicateTagKeys where the operation declares it."""
    tags = call.params.get("Tags") or []
    result = {tag["Key"]: tag.get("Value", "") for tag in tags}
    if len(result) < len(tags):
        raise AwsError("DuplicateTagKeys", "A tag key was specified more than once.")
    return result


def check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise AwsError("ValidationError", f"The name '{name}' must be 1-32 letters, digits and inner hyphens")


def request_of(call: Call) -> dict[str, Any]:
    """What makes two create calls identical: the parameters without tags, sets in order."""
    return {
        name: sorted(value, key=str) if name in ("Subnets", "SubnetMappings", "SecurityGroups") else value
        for name, value in call.params.items()
        if name != "Tags"
    }


def attributes_of(call: Call, known: dict[str, str]) -> dict[str, str]:
    """The call's Attributes. Raises ValidationError for a key that the resource does not have."""
    attributes = {item["Key"]: item.get("Value", "") for item in call.params["Attributes"]}
    for key in attributes:
        if key not in known:
            raise AwsError("ValidationError", f"Attribute '{key}' not recognized")
    return attributes


def attribute_list(known: dict[str, str], changed: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in {**known, **changed}.items()]
