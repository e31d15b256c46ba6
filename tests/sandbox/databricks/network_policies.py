# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network policies, and which of them a workspace has. Each has one, if only the default."""

from __future__ import annotations

from typing import Any

from tests.sandbox.databricks.checks import one_of, required
from tests.sandbox.databricks.objects import DEFAULT_POLICY, Account, ApiError, Thing, in_use, invalid, pages
from tests.sandbox.databricks.routes import Request, route

WHAT = "Network policy"
MEMBERS = ("egress", "ingress", "ingress_dry_run")
OPEN_EGRESS = {"network_access": {"restriction_mode": "FULL_ACCESS"}}
FILLED_INGRESS = {
    "private_access": {"restriction_mode": "ALLOW_ALL_REGISTERED_ENDPOINTS"},
    "public_access": {"restriction_mode": "FULL_ACCESS"},
}
"""What the server fills in where a policy says nothing (databricks/terraform-databricks-sra at 72a96ea)."""


def default(account: Account) -> Thing:
    """The policy of workspaces that have no other."""
    body = {"network_policy_id": DEFAULT_POLICY, "account_id": account.id}
    return Thing(DEFAULT_POLICY, {**body, "egress": OPEN_EGRESS, "ingress": FILLED_INGRESS})


@route("POST", "/network-policies", "CreateNetworkPolicy")
def create(request: Request) -> Any:
    required(request.body, "network_policy_id")
    key = request.body["network_policy_id"]
    if len(key) > 32:
        raise invalid("network_policy_id has 32 characters at most")
    if key in request.account.network_policies:
        raise ApiError(409, "ALREADY_EXISTS", f"{WHAT} {key} already exists")
    made = Thing(key, _members(request, key))
    request.account.network_policies[key] = made
    return described(made)


@route("GET", "/network-policies", "ListNetworkPolicies")
def listed(request: Request) -> Any:
    found = [described(policy) for policy in request.account.network_policies.values()]
    return pages(found, request.sandbox.databricks.settings.page_size, request.query.get("page_token"))


@route("GET", "/network-policies/{id}", "GetNetworkPolicy")
def get(request: Request) -> Any:
    return described(one_of(request.account.network_policies, WHAT, request.names["id"]))


@route("PUT", "/network-policies/{id}", "ReplaceNetworkPolicy")
def replace(request: Request) -> Any:
    policy = one_of(request.account.network_policies, WHAT, request.names["id"])
    policy.body = _members(request, policy.id)
    policy.forced.clear()
    return described(policy)


@route("DELETE", "/network-policies/{id}", "DeleteNetworkPolicy")
def delete(request: Request) -> Any:
    policy = one_of(request.account.network_policies, WHAT, request.names["id"])
    if policy.id == DEFAULT_POLICY:
        raise invalid("The default policy cannot be deleted")
    users = [workspace.id for workspace in request.account.workspaces.values() if workspace.policy_id == policy.id]
    if users:
        raise in_use(f"Unable to delete, {WHAT} is being used by workspace {users[0]}")
    del request.account.network_policies[policy.id]
    return {}


@route("GET", "/workspaces/{id}/network", "GetWorkspaceNetwork")
def get_of_workspace(request: Request) -> Any:
    workspace = one_of(request.account.workspaces, "Workspace", request.names["id"])
    return {"workspace_id": int(workspace.id), "network_policy_id": workspace.policy_id}


@route("PUT", "/workspaces/{id}/network", "UpdateWorkspaceNetwork")
def put_of_workspace(request: Request) -> Any:
    workspace = one_of(request.account.workspaces, "Workspace", request.names["id"])
    required(request.body, "network_policy_id")
    workspace.policy_id = one_of(request.account.network_policies, WHAT, request.body["network_policy_id"]).id
    return get_of_workspace(request)


def _members(request: Request, key: str) -> dict[str, Any]:
    given = {name: request.body[name] for name in MEMBERS if request.body.get(name)}
    body = {"network_policy_id": key, "account_id": request.account.id}
    return {**body, "egress": OPEN_EGRESS, **given, "ingress": {**FILLED_INGRESS, **given.get("ingress", {})}}


def described(policy: Thing) -> dict[str, Any]:
    return {**policy.body, **policy.forced}
