# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private access settings: who reaches the workspaces that have them. A PUT replaces all; there is no version."""

from __future__ import annotations

import uuid
from typing import Any

from tests.sandbox.databricks.checks import free_name, needs_privatelink, one_of, required
from tests.sandbox.databricks.objects import Thing, in_use, invalid, new_id
from tests.sandbox.databricks.routes import Request, route

WHAT = "Private access settings"
LEVELS = ("ACCOUNT", "ENDPOINT")


@route("POST", "/private-access-settings", "CreatePrivateAccess")
def create(request: Request) -> Any:
    needs_privatelink(request)
    members = _members(request.body)
    free_name(request, request.account.private_access_settings.values(), "private_access_settings_name", WHAT)
    key = new_id()
    made = Thing(key, {"private_access_settings_id": key, "account_id": request.account.id, **members})
    request.account.private_access_settings[key] = made
    return described(made)


@route("GET", "/private-access-settings", "ListPrivateAccess")
def listed(request: Request) -> Any:
    return [described(thing) for thing in request.account.private_access_settings.values()]


@route("GET", "/private-access-settings/{id}", "GetPrivateAccess")
def get(request: Request) -> Any:
    return described(one_of(request.account.private_access_settings, WHAT, request.names["id"]))


@route("PUT", "/private-access-settings/{id}", "ReplacePrivateAccess")
def replace(request: Request) -> Any:
    """What the request leaves out is the default again (databricks/terraform-provider-databricks#3439)."""
    thing = one_of(request.account.private_access_settings, WHAT, request.names["id"])
    members = _members(request.body)
    if members["region"] != thing.body["region"]:
        raise invalid("region cannot be changed")
    thing.body = {"private_access_settings_id": thing.id, "account_id": request.account.id, **members}
    thing.forced.clear()
    return described(thing)


@route("DELETE", "/private-access-settings/{id}", "DeletePrivateAccess")
def delete(request: Request) -> Any:
    thing = one_of(request.account.private_access_settings, WHAT, request.names["id"])
    users = [
        workspace.id
        for workspace in request.account.workspaces.values()
        if workspace.body.get("private_access_settings_id") == thing.id
    ]
    if users:
        raise in_use(f"Unable to delete, Private access settings are being used by active workspace {users[0]}")
    del request.account.private_access_settings[thing.id]
    return described(thing)


def _members(body: dict[str, Any]) -> dict[str, Any]:
    """All members as they are kept; what is not known is kept too. Raises ApiError for what cannot be."""
    required(body, "private_access_settings_name", "region")
    level = body.get("private_access_level") or "ACCOUNT"
    if level not in LEVELS:
        raise invalid(f"private_access_level is one of {', '.join(LEVELS)}")
    for key in body.get("allowed_vpc_endpoint_ids") or []:
        _check_uuid(key)
    kept = {name: value for name, value in body.items() if name not in ("private_access_settings_id", "account_id")}
    return {
        **kept,
        "public_access_enabled": bool(body.get("public_access_enabled", False)),
        "private_access_level": level,
        "allowed_vpc_endpoint_ids": list(body.get("allowed_vpc_endpoint_ids") or []),
    }


def _check_uuid(key: str) -> None:
    try:
        uuid.UUID(key)
    except ValueError as error:
        raise invalid(f"{key} is not the id of a VPC endpoint registered with Databricks") from error


def described(thing: Thing) -> dict[str, Any]:
    return {**thing.body, **thing.forced}
