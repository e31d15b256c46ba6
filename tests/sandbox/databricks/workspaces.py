# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workspaces, which seeds make: what is attached to them, and the time that a change takes."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.core import clock
from tests.sandbox.core.world import Life
from tests.sandbox.databricks import networks
from tests.sandbox.databricks.checks import one_of, within
from tests.sandbox.databricks.objects import Account, Workspace, in_use, invalid
from tests.sandbox.databricks.routes import Request, route

WHAT = "Workspace"
NETWORK, ACCESS, CONFIG = "network_id", "private_access_settings_id", "network_connectivity_config_id"
CHANGEABLE = {
    NETWORK,
    ACCESS,
    CONFIG,
    "aws_region",
    "credentials_id",
    "custom_tags",
    "managed_services_customer_managed_key_id",
    "storage_configuration_id",
    "storage_customer_managed_key_id",
    "workspace_name",
}
PRIVATE_TIERS = ("ENTERPRISE", "DEDICATED")


@route("GET", "/workspaces", "ListWorkspaces")
def listed(request: Request) -> Any:
    return [described(workspace) for workspace in request.account.workspaces.values()]


@route("GET", "/workspaces/{id}", "GetWorkspace")
def get(request: Request) -> Any:
    return described(one_of(request.account.workspaces, WHAT, request.names["id"]))


@route("PATCH", "/workspaces/{id}", "UpdateWorkspace")
def update(request: Request) -> Any:
    """Only what the mask names changes; without a mask all that the body has."""
    account = request.account
    workspace = one_of(account.workspaces, WHAT, request.names["id"])
    if status(workspace) not in ("RUNNING", "FAILED"):
        raise in_use(f"Workspace {workspace.id} is {status(workspace)} and cannot be updated")
    names = request.mask(CHANGEABLE) if "update_mask" in request.query else sorted(set(request.body) & CHANGEABLE)
    if not names:
        raise invalid("Nothing to update")
    changes = {name: request.body.get(name) for name in names}
    _check(request, workspace, changes)
    _move(account, workspace, changes)
    workspace.body.update(changes)
    workspace.forced.clear()
    _begin(request, workspace)
    return described(workspace)


def _check(request: Request, workspace: Workspace, changes: dict[str, Any]) -> None:
    """Raises ApiError for what cannot be attached, or taken off."""
    account, body = request.account, workspace.body
    for name, value in changes.items():
        if value in (None, "") and body.get(name):
            raise invalid(f"{name} can be changed, but not removed")
    classic = [name for name in (NETWORK, ACCESS) if name in changes]
    if classic and body.get("compute_mode") == "SERVERLESS":
        raise invalid(f"A serverless workspace has no {classic[0]}")
    if NETWORK in changes:
        _check_network(account, workspace, changes[NETWORK])
    if ACCESS in changes:
        if body.get("pricing_tier") not in PRIVATE_TIERS:
            raise invalid("Private access settings need the Enterprise pricing tier")
        settings = one_of(account.private_access_settings, "Private access settings", changes[ACCESS])
        _same_region(settings.body["region"], body, ACCESS)
    if CONFIG in changes:
        config = one_of(account.connectivity_configs, "Network connectivity configuration", changes[CONFIG])
        _same_region(config.body["region"], body, CONFIG)
        others = [
            other for other in account.workspaces.values() if other.body.get(CONFIG) == config.id != body.get(CONFIG)
        ]
        limit = request.sandbox.databricks.limits.workspaces_per_connectivity_config
        within(request.sandbox.databricks, len(others), limit, "workspaces of a network connectivity configuration")
    if classic:
        _check_public({**body, **changes}, account)


def _check_network(account: Account, workspace: Workspace, key: Any) -> None:
    if not workspace.body.get(NETWORK):
        raise invalid("A network can only be set for a workspace with a customer-managed VPC")
    network = one_of(account.networks, "Network", key)
    if network.gone_from < float("inf"):
        raise in_use(f"Network {network.id} is being deleted")
    owner = network.body.get("workspace_id")
    if owner not in (None, int(workspace.id)):
        raise in_use(f"Network {network.id} is being used by active workspace {owner}")


def _same_region(region: str, body: dict[str, Any], name: str) -> None:
    if region != body["aws_region"]:
        raise invalid(f"{name} is of {region}, the workspace is in {body['aws_region']}")


def _check_public(body: dict[str, Any], account: Account) -> None:
    """Public access can only be off where the back end is private too (terraform-provider-databricks, PR 1668)."""
    settings = account.private_access_settings.get(str(body.get(ACCESS)))
    network = account.networks.get(str(body.get(NETWORK)))
    if settings is None or settings.body["public_access_enabled"]:
        return
    uses = (network.body.get("vpc_endpoints") or {}) if network else {}
    if not (uses.get("rest_api") and uses.get("dataplane_relay")):
        raise invalid("Cannot create PrivateLink workspace: public access is off and the network has no VPC endpoints")


def _move(account: Account, workspace: Workspace, changes: dict[str, Any]) -> None:
    """Let go of what is left, and take what comes."""
    former, config = workspace.body.get(NETWORK), workspace.body.get(CONFIG)
    if NETWORK in changes and changes[NETWORK] != former:
        if former in account.networks:
            networks.detach(account.networks[former])
        networks.attach(account.networks[changes[NETWORK]], int(workspace.id), workspace.body["aws_region"])
    if CONFIG in changes and config and changes[CONFIG] != config:
        account.released[config] = clock.now()


def _begin(request: Request, workspace: Workspace) -> None:
    """The way to RUNNING, or to FAILED where the network is broken or a test says so."""
    network = request.account.networks.get(str(workspace.body.get(NETWORK)))
    broken = [found["error_message"] for found in network.body["error_messages"]] if network else []
    failure = request.sandbox.databricks.failing.pop(workspace.id, "") or "; ".join(broken)
    workspace.message = failure or "Workspace is running."
    workspace.life = request.sandbox.world.life(
        "databricks_workspace", "PROVISIONING", "FAILED" if failure else "RUNNING"
    )


def status(workspace: Workspace) -> str:
    life = workspace.life or Life([("RUNNING", 0.0)])
    return str(workspace.forced.get("workspace_status") or life.state)


def described(workspace: Workspace) -> dict[str, Any]:
    now = status(workspace)
    message = "Workspace is being updated." if now == "PROVISIONING" else workspace.message
    shown = {name: value for name, value in workspace.body.items() if value is not None}
    return {**shown, "workspace_status": now, "workspace_status_message": message, **workspace.forced}


def plant(account: Account, seed: dict[str, Any]) -> None:
    """A workspace of a seed: ``workspace_id``, ``workspace_name``, ``aws_region`` and what the API shows besides."""
    key = str(seed["workspace_id"])
    if key in account.workspaces:
        return
    if not re.fullmatch(r"\d+", key):
        raise ValueError("workspace_id is a number")
    state = seed.get("workspace_status", "RUNNING")
    body = {
        "workspace_id": int(key),
        "account_id": account.id,
        "deployment_name": f"dbc-{int(key):x}",
        "cloud": "aws",
        "pricing_tier": "ENTERPRISE",
        "compute_mode": "HYBRID",
        "credentials_id": "c0000000-0000-4000-8000-000000000001",
        "storage_configuration_id": "50000000-0000-4000-8000-000000000001",
        "creation_time": 1700000000000,
        "custom_tags": {},
        **{name: value for name, value in seed.items() if name not in ("workspace_id", "network_policy_id")},
    }
    for name in ("workspace_name", "aws_region"):
        if name not in body:
            raise ValueError(f"a workspace has {name}")
    body.pop("workspace_status", None)
    made = Workspace(key, body, Life([(state, 0.0)]))
    made.policy_id = seed.get("network_policy_id", made.policy_id)
    account.workspaces[key] = made
    network = account.networks.get(str(body.get(NETWORK)))
    if network is not None:
        network.body.update(workspace_id=int(key), vpc_status="VALID")
