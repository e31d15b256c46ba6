# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract: an answer of ours must fit the operation's output shape in botocore's service model.

An emulator drifts from AWS by answering members, values or error codes that AWS does not have. Every answer is
therefore checked before it is sent, and a violation becomes an error that turns the test red.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from moto.core.model import OperationModel

WIRE_CASE = {("ec2", "State"), ("ec2", "IpAddressType")}
"""Enums that AWS itself sends in another case than its model has them: (service, shape).

VPC endpoints and endpoint connections say ``pendingAcceptance`` where the model says ``PendingAcceptance``
(aws/aws-sdk#360), Resource endpoints ``IPV4`` for ``ipv4`` (terraform-provider-aws#45118; both read 2026-11).
"""

COMMON_ERRORS = {
    "AccessDenied",
    "AccessDeniedException",
    "InternalFailure",
    "InvalidAction",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "MissingParameter",
    "NotImplemented",
    "Throttling",
    "ValidationError",
}
"""Codes that every service may answer without declaring them (each API's page "Common Errors", read 2026-11)."""

TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": datetime,
    "blob": bytes,
    "list": list,
    "map": dict,
    "structure": dict,
}


def violations(model: OperationModel, answer: dict[str, Any]) -> list[str]:
    """What is wrong with ``answer`` as the output of the operation; an empty list if nothing is."""
    service = str(model.service_model.service_name)
    if model.output_shape is None:
        return [f"{model.name} answers nothing, got {sorted(answer)}"] if answer else []
    return list(_check(service, model.output_shape, answer, str(model.name)))


def undeclared_error(model: OperationModel, code: str) -> bool:
    """Whether the operation may not answer this error code. EC2 and S3 declare next to none, so they may answer any."""
    if model.service_model.service_name in ("ec2", "s3") or code in COMMON_ERRORS:
        return False
    declared = {str(shape.metadata.get("error", {}).get("code", shape.name)) for shape in model.error_shapes}
    return code not in declared


def _check(service: str, shape: Any, value: Any, path: str) -> Iterator[str]:
    expected = TYPES.get(shape.type_name)
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean")):
        yield f"{path}: {value!r} is not a {shape.type_name}"
    elif shape.type_name == "structure":
        yield from _check_structure(service, shape, value, path)
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from _check(service, shape.member, item, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _check(service, shape.value, item, f"{path}.{key}")
    elif shape.type_name == "string":
        yield from _check_string(service, shape, value, path)


def _check_structure(service: str, shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    members = shape.members
    for name, item in value.items():
        if name not in members:
            yield f"{path}.{name}: no such member in {shape.name}"
        elif item is not None:
            yield from _check(service, members[name], item, f"{path}.{name}")
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{path}.{name}: required, but absent"


def _check_string(service: str, shape: Any, value: str, path: str) -> Iterator[str]:
    enum = shape.enum
    if enum and value not in enum:
        other_case = value.lower() in {known.lower() for known in enum}
        if not ((service, shape.name) in WIRE_CASE and other_case):
            yield f"{path}: {value!r} is none of {enum}"
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield f"{path}: {value!r} does not match {pattern}"


@lru_cache(maxsize=4096)
def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        # Some models carry patterns in a dialect that Python's re cannot read.
        return True
