# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test does to Databricks: accounts of a seed, objects changed by somebody else, answers that fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from tests.sandbox.core.world import Life
from tests.sandbox.databricks import (
    aws,
    connectivity_configs,
    endpoints,
    network_policies,
    networks,
    private_access,
    private_endpoint_rules,
    vpc_endpoints,
    workspaces,
)
from tests.sandbox.databricks.objects import DEFAULT_POLICY, KINDS, Account, Edit, Failure, Rule, Thing, Workspace
from tests.sandbox.databricks.routes import ROUTES, Request
from tests.sandbox.databricks.sign_in import DOCUMENTS

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

PLANTED: dict[str, tuple[str, dict[str, Any]]] = {
    "vpc_endpoints": ("vpc_endpoint_id", {}),
    "private_access_settings": (
        "private_access_settings_id",
        {"public_access_enabled": True, "private_access_level": "ACCOUNT", "allowed_vpc_endpoint_ids": []},
    ),
    "networks": ("network_id", {"vpc_status": "UNATTACHED", "error_messages": [], "warning_messages": []}),
    "connectivity_configs": ("network_connectivity_config_id", {}),
    "private_endpoint_rules": ("rule_id", {"enabled": True, "deactivated": False}),
    "network_policies": ("network_policy_id", {"egress": network_policies.OPEN_EGRESS}),
    "endpoints": ("endpoint_id", {"use_case": "SERVICE_DIRECT"}),
}
"""Lists that a seed may have: the member that is the id, and members that an object has unless the seed says so."""

WORKED_OUT = {"vpc_endpoints": "state", "endpoints": "state", "private_endpoint_rules": "connection_state"}
"""Members that follow from AWS at each look; where a seed says one, it stays."""

SHOWN: dict[str, Callable[[Request, Any], dict[str, Any]]] = {
    "vpc_endpoints": vpc_endpoints.described,
    "private_access_settings": lambda request, thing: private_access.described(thing),
    "networks": lambda request, thing: networks.described(thing),
    "workspaces": lambda request, thing: workspaces.described(thing),
    "connectivity_configs": connectivity_configs.described,
    "private_endpoint_rules": private_endpoint_rules.described,
    "network_policies": lambda request, thing: network_policies.described(thing),
    "endpoints": endpoints.described,
}


def plant(sandbox: Sandbox, account_id: str, client_id: str, client_secret: str, **options: Any) -> None:
    """Make an account, or add to it; objects that are there stay. Raises ValueError or TypeError for what cannot be."""
    lists = {name: options.pop(name, None) or [] for name in (*PLANTED, "workspaces")}
    made = Account(account_id, client_id, client_secret, **options)
    account = sandbox.databricks.accounts.setdefault(account_id, made)
    aws.publish(sandbox.world, account.published)
    account.network_policies.setdefault(DEFAULT_POLICY, network_policies.default(account))
    for kind, (member, defaults) in PLANTED.items():
        for seed in lists[kind]:
            body = {"account_id": account_id, **defaults, **seed}
            getattr(account, kind).setdefault(seed[member], _thing(account, kind, seed[member], body))
    for seed in lists["workspaces"]:
        workspaces.plant(account, seed)


def _thing(account: Account, kind: str, key: str, body: dict[str, Any]) -> Thing:
    member = WORKED_OUT.get(kind, "")
    forced = {member: body.pop(member)} if member in body else {}
    if kind != "private_endpoint_rules":
        return Thing(key, body, forced=forced)
    config = account.connectivity_configs[body["network_connectivity_config_id"]]
    return Rule(key, body, forced=forced, region=config.body["region"], endpoint_id=body.pop("vpc_endpoint_id", None))


def fail(sandbox: Sandbox, **armed: Any) -> dict[str, Any]:
    """Let the next calls of an operation be answered so. Raises ValueError for an operation that does not exist."""
    failure = Failure(**{"body": None, **armed})
    _check_operation(failure.operation)
    sandbox.databricks.failures.append(failure)
    return asdict(failure)


def edit(sandbox: Sandbox, account: str, kind: str, id: str, fields: dict[str, Any] | None, **around: Any) -> None:
    """Change an object at once, or around coming calls; without ``fields`` it is deleted."""
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    if not around:
        change(sandbox.databricks.account(account), kind, id, fields)
        return
    armed = Edit(account, kind, id, fields, **around)
    _check_operation(armed.operation)
    if armed.when not in ("before", "after"):
        raise ValueError("when is before or after")
    sandbox.databricks.edits.append(armed)


def change(account: Account, kind: str, key: str, members: dict[str, Any] | None) -> None:
    """Raises ValueError for an object that is not there. What is worked out at each look stays as it was set here."""
    things: dict[str, Thing] = getattr(account, kind)
    if key not in things:
        raise ValueError(f"no {kind} {key}")
    if members is None:
        del things[key]
        return
    thing = things[key]
    if isinstance(thing, Workspace) and "network_policy_id" in members:
        members = dict(members)
        thing.policy_id = members.pop("network_policy_id")
    known = {name: value for name, value in members.items() if name in thing.body}
    thing.body.update(known)
    thing.forced.update({name: value for name, value in members.items() if name not in known})


def expire(sandbox: Sandbox, account: str, rule_id: str) -> None:
    """Let a rule be EXPIRED as after 14 days, and its endpoint with it."""
    rule: Rule | None = sandbox.databricks.account(account).private_endpoint_rules.get(rule_id)
    if rule is None:
        raise ValueError(f"no rule {rule_id}")
    endpoint = aws.endpoint(sandbox.world, str(rule.endpoint_id))
    if endpoint is not None:
        endpoint.life = Life([("expired", 0.0)])
    else:
        rule.forced["connection_state"] = "EXPIRED"


def workspace_fails(sandbox: Sandbox, account: str, workspace_id: int, message: str = "It failed.") -> None:
    """Let the next change of a workspace end in FAILED."""
    if str(workspace_id) not in sandbox.databricks.account(account).workspaces:
        raise ValueError(f"no workspace {workspace_id}")
    sandbox.databricks.failing[str(workspace_id)] = message


def settings(sandbox: Sandbox, **values: Any) -> dict[str, Any]:
    """Set what is named, of the settings or the limits; the answer is all of them."""
    databricks = sandbox.databricks
    limits = {field.name: values.pop(field.name) for field in fields(databricks.limits) if field.name in values}
    databricks.settings = replace(databricks.settings, **values)
    databricks.limits = replace(databricks.limits, **limits)
    return {**asdict(databricks.settings), **asdict(databricks.limits)}


def revoke(sandbox: Sandbox, account: str) -> None:
    """Let every token of an account be unknown from now on."""
    tokens = sandbox.databricks.tokens
    sandbox.databricks.tokens = {token: of for token, of in tokens.items() if of[0] != account}


def disarm(sandbox: Sandbox) -> None:
    """Forget what was armed, and the settings and limits of tests."""
    databricks, kept = sandbox.databricks, (sandbox.databricks.accounts, sandbox.databricks.tokens)
    databricks.clear()
    databricks.accounts, databricks.tokens = kept


def objects(sandbox: Sandbox, account: str) -> dict[str, list[dict[str, Any]]]:
    """All that an account holds, list by list, as the API shows it; nothing of it is in the log of calls."""
    found = sandbox.databricks.account(account)
    found.tidy()
    request = Request(sandbox, found)
    policies = [
        {"workspace_id": int(workspace.id), "network_policy_id": workspace.policy_id}
        for workspace in found.workspaces.values()
    ]
    shown = {"workspace_networks": policies}
    for kind, describe in SHOWN.items():
        shown[kind] = [describe(request, thing) for thing in getattr(found, kind).values()]
    return shown


def _check_operation(operation: str) -> None:
    known = {name for _method, _pattern, name, _function in ROUTES} | {name for _method, _pattern, name in DOCUMENTS}
    if operation not in known | {"*"}:
        raise ValueError(f"no operation {operation}; known: {', '.join(sorted(known))}")
