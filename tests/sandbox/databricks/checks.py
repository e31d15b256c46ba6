# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operations of Databricks check alike: members of a request, names that are taken, and limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.sandbox.databricks.objects import ApiError, Databricks, Thing, absent, invalid
from tests.sandbox.databricks.routes import Request


def required(body: Mapping[str, Any], *names: str) -> None:
    """Raises ApiError for the first member that is left out or empty."""
    for name in names:
        if body.get(name) in (None, "", []):
            raise invalid(f"{name} is required")


def one_of[T: Thing](things: Mapping[str, T], what: str, key: str) -> T:
    """Raises ApiError for an id that is not there."""
    if key not in things:
        raise absent(what, key)
    return things[key]


def free_name(request: Request, things: Iterable[Thing], member: str, what: str) -> None:
    """Raises ApiError for a name that is taken, where a test has set that duplicates are refused."""
    value = request.body.get(member)
    if request.sandbox.databricks.settings.refuse_duplicates and value in [thing.body.get(member) for thing in things]:
        raise ApiError(409, "RESOURCE_ALREADY_EXISTS", f"{what} with {member} {value} already exists")


def within(databricks: Databricks, count: int, limit: int, what: str) -> None:
    """Raises ApiError when there are as many as may be."""
    if count >= limit:
        settings = databricks.settings
        raise ApiError(settings.quota_status, settings.quota_code, f"The limit of {limit} {what} is reached")


def needs_privatelink(request: Request) -> None:
    """Raises ApiError where private connectivity is not enabled (pulumi/pulumi-databricks#336)."""
    if not request.account.privatelink:
        message = "PrivateLink is not enabled for this account. It needs the Enterprise plan."
        raise ApiError(403, "PERMISSION_DENIED", message)
