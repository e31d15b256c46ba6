# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Elastic Load Balancing operations share: ARNs, pages, tags and the errors of unknown ARNs."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from tests.sandbox.aws.ec2.resources import Listener, LoadBalancer, TargetGroup
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.paging import cut
from tests.sandbox.core.world import Resource, World

T = TypeVar("T")
R = TypeVar("R", bound=Resource)

NAME = re.compile(r"(?!-|internal-)[A-Za-z0-9-]{1,32}(?<!-)")
PAGE = 400

NOT_FOUND: dict[type[Resource], tuple[str, str]] = {
    LoadBalancer: ("LoadBalancerNotFound", "Load balancers"),
    TargetGroup: ("TargetGroupNotFound", "Target groups"),
    Listener: ("ListenerNotFound", "Listeners"),
}


def arn(call: Call, path: str) -> str:
    return f"arn:aws:elasticloadbalancing:{call.region}:{call.account}:{path}"


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
    found = {resource.name: resource for resource in resources}  # type: ignore[attr-defined]
    absent = [name for name in names if name not in found]
    if absent:
        raise AwsError(code, f"{words} '[{', '.join(absent)}]' not found")
    return [found[name] for name in names]


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
        name: sorted(value) if name in ("Subnets", "SecurityGroups") else value
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
