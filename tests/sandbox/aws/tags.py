# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tags that resources have when a call names them: what a policy's conditions on aws:ResourceTag go by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import EndpointService, Notification
from tests.sandbox.core.calls import Call
from tests.sandbox.core.world import World

Tags = dict[str, str]
LONGEST = 2048  # characters of an ARN; what is longer names nothing


def are_asked_for(call: Call) -> bool:
    """Whether permission to make a call can depend on tags: not for what only reads, save for Invoke."""
    return call.kind == "write" or call.operation == "Invoke"


def of_named(call: Call, world: World) -> dict[str, Tags]:
    """The tags of each resource of its account that a call names, by the id, name or ARN in its parameters.

    A notification has those of its endpoint service, which IAM asks about.
    """
    found: dict[str, Tags] = {}
    for text in _texts(call.params):
        for look in (_in_world, _in_ec2, OTHERS.get(call.service, _nowhere)):
            tags = look(call, world, text)
            if tags is not None:
                found[text] = dict(tags)
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) <= LONGEST:
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for element in value:
            yield from _texts(element)


def _nowhere(call: Call, world: World, text: str) -> None:
    return None


def _in_world(call: Call, world: World, text: str) -> Tags | None:
    for table in world.tables.values():
        resource = table.get(text) or table.get(text.rpartition("/")[2])
        if isinstance(resource, Notification) and resource.service_id:
            resource = world.find(EndpointService, resource.service_id)
        if resource is not None and resource.account == call.account:
            return dict(resource.tags)
    return None


def _in_ec2(call: Call, world: World, text: str) -> Tags | None:
    prefix, dash, dummy = text.partition("-")
    if not dash or prefix not in ("sg", "lt", "subnet", "vpc"):
        return None
    backend = moto_ec2.backend(call.account, call.region)
    return dict(backend.tags[text]) if text in backend.tags else {}


def _backend(service: str, call: Call) -> Any:
    from moto.backends import get_backend

    region = "aws" if service == "iam" else call.region
    return get_backend(service)[call.account][region]  # type: ignore[call-overload]


def _pairs(tags: Iterable[dict[str, str]]) -> Tags:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _in_autoscaling(call: Call, world: World, text: str) -> Tags | None:
    group = _backend("autoscaling", call).autoscaling_groups.get(text)
    return _pairs(group.tags) if group else None


def _in_iam(call: Call, world: World, text: str) -> Tags | None:
    roles = _backend("iam", call).roles.values()
    role = next((role for role in roles if text in (role.name, role.arn)), None)
    return _pairs(role.tags) if role else None


def _in_lambda(call: Call, world: World, text: str) -> Tags | None:
    functions = _backend("lambda", call).list_functions()
    function = next((found for found in functions if text in (found.function_name, found.function_arn)), None)
    return dict(function.tags) if function else None


def _in_logs(call: Call, world: World, text: str) -> Tags | None:
    backend = _backend("logs", call)
    group = backend.groups.get(text.partition(":log-group:")[2] or text)
    return dict(backend.tagger.get_tag_dict_for_resource(group.arn)) if group else None


def _in_events(call: Call, world: World, text: str) -> Tags | None:
    backend = _backend("events", call)
    rules = backend.event_buses["default"].rules
    rule = rules.get(text.partition(":rule/")[2] or text)
    return dict(backend.tagger.get_tag_dict_for_resource(rule.arn)) if rule else None


def _in_cloudwatch(call: Call, world: World, text: str) -> Tags | None:
    backend = _backend("cloudwatch", call)
    alarm = backend.alarms.get(text.partition(":alarm:")[2] or text)
    return dict(backend.tagger.get_tag_dict_for_resource(alarm.alarm_arn)) if alarm else None


OTHERS: dict[str, Callable[[Call, World, str], Tags | None]] = {
    "autoscaling": _in_autoscaling,
    "cloudwatch": _in_cloudwatch,
    "events": _in_events,
    "iam": _in_iam,
    "lambda": _in_lambda,
    "logs": _in_logs,
}
"""Where the resources of services are that moto keeps."""
