# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network connectivity configurations: the private endpoint rules of serverless compute, for workspaces of a region."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.core import clock
from tests.sandbox.databricks import private_endpoint_rules
from tests.sandbox.databricks.checks import free_name, one_of, required, within
from tests.sandbox.databricks.objects import Thing, in_use, invalid, milliseconds, new_id, pages
from tests.sandbox.databricks.routes import Request, route

WHAT = "Network connectivity configuration"
PATH = "/network-connectivity-configs"
NAME = re.compile(r"[0-9a-zA-Z-_]{3,30}")
STABLE_IPS = ["192.0.2.0/28"]
"""A stand-in: addresses that no network has."""


@route("POST", PATH, "CreateNetworkConnectivityConfig")
def create(request: Request) -> Any:
    body, account, databricks = request.body, request.account, request.sandbox.databricks
    required(body, "name", "region")
    _check_name(body["name"])
    if body["region"] not in account.published.regions:
        raise invalid(f"{body['region']} is not a region of Databricks")
    free_name(request, account.connectivity_configs.values(), "name", WHAT)
    there = [config for config in account.connectivity_configs.values() if config.body["region"] == body["region"]]
    limit = databricks.limits.connectivity_configs_per_region
    within(databricks, len(there), limit, f"network connectivity configurations in {body['region']}")
    key, moment = new_id(), milliseconds()
    times = {"creation_time": moment, "updated_time": moment}
    of = {"network_connectivity_config_id": key, "account_id": account.id}
    made = Thing(key, {**of, "name": body["name"], "region": body["region"], **times})
    account.connectivity_configs[key] = made
    return described(request, made)


@route("GET", PATH, "ListNetworkConnectivityConfigs")
def listed(request: Request) -> Any:
    found = [described(request, thing) for thing in request.account.connectivity_configs.values()]
    return pages(found, request.sandbox.databricks.settings.page_size, request.query.get("page_token"))


@route("GET", PATH + "/{id}", "GetNetworkConnectivityConfig")
def get(request: Request) -> Any:
    return described(request, one_of(request.account.connectivity_configs, WHAT, request.names["id"]))


@route("PATCH", PATH + "/{id}", "UpdateNetworkConnectivityConfig")
def update(request: Request) -> Any:
    """The SDK sends a FieldMask, whose names come in lowerCamel."""
    thing = one_of(request.account.connectivity_configs, WHAT, request.names["id"])
    request.query["update_mask"] = request.query.get("update_mask", "").replace(
        "billingWorkspaceId", "billing_workspace_id"
    )
    for name in request.mask({"name", "billing_workspace_id"}):
        value = request.body.get(name)
        if name == "name":
            _check_name(str(value))
        elif str(value) not in users(request, thing.id):
            raise invalid(f"Workspace {value} is not attached to this network connectivity configuration")
        thing.body[name] = value
    thing.body["updated_time"] = milliseconds()
    return described(request, thing)


@route("DELETE", PATH + "/{id}", "DeleteNetworkConnectivityConfig")
def delete(request: Request) -> Any:
    thing = one_of(request.account.connectivity_configs, WHAT, request.names["id"])
    bound = users(request, thing.id)
    if bound:
        raise in_use(f"Unable to delete, {WHAT} is being used by active workspace {bound[0]}")
    rules = [rule for rule in private_endpoint_rules.of(request, thing.id) if not rule.body.get("deactivated")]
    held_until = request.account.released.get(thing.id, 0.0) + request.sandbox.world.lag(
        "databricks_connectivity_config.held"
    )
    if rules or held_until > clock.now():
        raise in_use(f"Unable to delete, {WHAT} has private endpoint rules or was just detached")
    for rule in private_endpoint_rules.of(request, thing.id):
        del request.account.private_endpoint_rules[rule.id]
    del request.account.connectivity_configs[thing.id]
    return {}


def users(request: Request, key: str) -> list[str]:
    """Ids of the workspaces that have a configuration."""
    name = "network_connectivity_config_id"
    return [workspace.id for workspace in request.account.workspaces.values() if workspace.body.get(name) == key]


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise invalid(f"name must match ^{NAME.pattern}$")


def described(request: Request, thing: Thing) -> dict[str, Any]:
    rules = [private_endpoint_rules.described(request, rule) for rule in private_endpoint_rules.of(request, thing.id)]
    egress = {
        "default_rules": {"aws_stable_ip_rule": {"cidr_blocks": STABLE_IPS}},
        "target_rules": {"aws_private_endpoint_rules": rules},
    }
    return {**thing.body, "egress_config": egress, **thing.forced}
