# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tags AWS refuses, the same in all services.

Source: AWS General Reference, "Tagging your AWS resources" (128 characters of a key, 256 of a value, nothing that
begins with aws:), and the pattern of Tag in Elastic Load Balancing's API Reference, both read 2026-11. EC2's API
Reference says 127 characters of a key, its user guide 128.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.sandbox.core.calls import AwsError, Call

LONGEST_KEY, LONGEST_VALUE = 128, 256
RESERVED = "aws:"
SIGNS = " _.:/=+-@"
"""What a key or value may have in Elastic Load Balancing beside letters and digits."""

CODES = {
    "ec2": "InvalidParameterValue",
    "lambda": "InvalidParameterValueException",
    "logs": "InvalidParameterException",
    "ram": "InvalidParameterException",
    "redshift": "InvalidTagFault",
}
"""Code of the refusal by service; elsewhere ValidationException in JSON and ValidationError in XML."""


def check(call: Call) -> None:
    """Raises the service's error if a write gives tags that it does not take."""
    for key, value in _pairs(call.params) if call.kind == "write" else ():
        fault = _fault(key, value) or (_strange(key + value) if call.service == "elbv2" else "")
        if fault:
            raise AwsError(CODES.get(call.service, _usual(call)), fault, 400)


def _usual(call: Call) -> str:
    return "ValidationException" if "json" in call.protocol else "ValidationError"


def _fault(key: str, value: str) -> str:
    if key.lower().startswith(RESERVED):
        return f"Tag keys starting with '{RESERVED}' are reserved for internal use"
    if not 1 <= len(key) <= LONGEST_KEY:
        return f"A tag key has 1 to {LONGEST_KEY} characters, not {len(key)}"
    if len(value) > LONGEST_VALUE:
        return f"The value of the tag {key} has {len(value)} characters, more than {LONGEST_VALUE}"
    return ""


def _strange(text: str) -> str:
    strange = sorted({sign for sign in text if not sign.isalnum() and not sign.isspace() and sign not in SIGNS})
    return f"Tags do not take {' '.join(strange)}" if strange else ""


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    """Key and value of each tag in a request, whatever form its service gives them."""
    for name, member in value.items() if isinstance(value, dict) else ():
        if name in ("Tags", "tags"):
            yield from _of(member)
        elif name in ("TagSpecifications", "LaunchTemplateData"):
            for part in member if isinstance(member, list) else [member]:
                yield from _pairs(part)


def _of(tags: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tags, dict):
        tags = [{"Key": key, "Value": value} for key, value in tags.items()]
    for tag in tags or ():
        yield str(tag.get("Key", tag.get("key", ""))), str(tag.get("Value", tag.get("value")) or "")
