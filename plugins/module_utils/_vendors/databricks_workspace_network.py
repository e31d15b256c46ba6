# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of the account's network a workspace of Databricks has: its network, its private access settings, its config.

This module util is PRIVATE to the collection.

All three can be exchanged, and none of them taken off once it is there. A workspace that has classic compute pays for
each change: that must be stopped, and for a while none starts, which no API tells. Sources: REST API reference
(workspaces), "Configure classic private connectivity" and the Terraform provider's C(mws_workspaces) (read 2026-11).
"""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, internal
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Made,
    Plan,
    meant_twice,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import (
    IN_USE,
    OUTDATED,
    ApiError,
    Databricks,
    Object,
    has,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_network import messages
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import (
    CONFIG,
    COST,
    NETWORK,
    SETTINGS,
    WORKSPACE,
    Lists,
    Sort,
    check_id,
    only,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_replace import change_part
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_rules import Limits

UPDATE = "databricks:UpdateWorkspace"
READ = "databricks:GetWorkspace"
PARTS = (NETWORK, SETTINGS, CONFIG)  # a workspace names each by its own id's name
RUNNING = "RUNNING"
MOVING = ("NOT_PROVISIONED", "PROVISIONING")
SERVERLESS = "SERVERLESS"
USUAL = Limits()
FIELDS = (
    "workspace_id",
    "workspace_name",
    "aws_region",
    "workspace_status",
    "workspace_status_message",
    "compute_mode",
    "pricing_tier",
    "network_id",
    "private_access_settings_id",
    "network_connectivity_config_id",
)
REMEDY = {
    NETWORK.id: "databricks_network moves it to another network",
    SETTINGS.id: "other settings take their place by private_access_settings_id",
    CONFIG.id: "another one takes its place by network_connectivity_config_id and replace=true",
}


@dataclass(frozen=True)
class WorkspaceNetwork:
    """What a workspace shall have; the fields are the options of C(databricks_workspace_network)."""

    name: str
    workspace_id: int | None = None
    network_id: str | None = None
    private_access_settings_id: str | None = None
    network_connectivity_config_id: str | None = None
    replace: bool = False
    confirm_disruption: bool = False
    state: Presence = "present"
    shard: str | None = internal()
    limits: Limits = internal(USUAL)

    def __post_init__(self) -> None:
        for sort in PARTS:
            check_id(sort.id, getattr(self, sort.id))

    @property
    def wishes(self) -> dict[str, str]:
        """By the field of the API what is wanted there."""
        given = {sort.id: getattr(self, sort.id) for sort in PARTS}
        return {name: value for name, value in given.items() if value is not None}

    def differences(self, thing: Object) -> dict[str, str]:
        return {name: value for name, value in self.wishes.items() if thing.get(name) != value}

    def find(self, listed: t.Sequence[Object]) -> Object | None:
        if self.workspace_id is not None:
            return next((thing for thing in listed if str(thing[WORKSPACE.id]) == str(self.workspace_id)), None)
        named = [thing for thing in listed if thing.get(WORKSPACE.name) == self.name]
        return only(WORKSPACE, named, f"is named {self.name}", WORKSPACE.id)


@dataclass
class Actual:
    """What Databricks has of an item: the workspace, its network where that may explain why it does not run.

    ``wanted`` are the things that it shall have instead, by their field; None for one that there is not.
    """

    thing: Object | None = None
    network: Object | None = None
    wanted: t.Mapping[str, Object | None] = field(default_factory=dict)


class WorkspaceNetworks:
    """Reads and plans the networks of one account's workspaces."""

    def __init__(self, account: Databricks) -> None:
        self.account = account

    def read(self, items: t.Sequence[WorkspaceNetwork], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        lists = Lists(self.account)
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._actual(item, lists)
            except ItemError as error:
                found[item.name] = error
        actuals = {name: actual for name, actual in found.items() if isinstance(actual, Actual)}
        found.update(
            meant_twice({name: WORKSPACE.told(actual.thing) for name, actual in actuals.items() if actual.thing})
        )
        found.update(_without_room(items, found, lists))
        return found

    @staticmethod
    def _actual(item: WorkspaceNetwork, lists: Lists) -> Actual:
        thing = item.find(lists.of(WORKSPACE))
        if not thing or item.state == "absent":
            return Actual(thing)
        wanted = {
            sort.id: _by_id(sort, lists, item.wishes[sort.id]) for sort in PARTS if sort.id in item.differences(thing)
        }
        runs = thing.get("workspace_status") in (RUNNING, *MOVING)
        return Actual(thing, None if runs else _by_id(NETWORK, lists, str(thing.get(NETWORK.id))), wanted)

    def plan(self, item: WorkspaceNetwork, actual: Actual) -> Plan:
        plan = plan_absent(item, actual.thing) if item.state == "absent" else plan_present(item, actual)
        plan.before = shown(actual.thing)
        plan.result = {"kept": [], **plan.before, **plan.result}
        plan.result["status"] = "present" if actual.thing else "absent"
        return plan

    def apply(self, change: Change) -> Object:
        """Make a planned call. One that had no answer is refused when it is made again, for its workspace moves."""
        try:
            return change_part(self.account, change, READ, given)
        except ApiError as error:
            if error.code not in IN_USE:
                raise
            thing = self.account.call(READ, "GET", change.params["path"], subject=change.summary)
            if not has(thing, change.params["body"]):
                raise
            return t.cast("Object", thing)


def _by_id(sort: Sort, lists: Lists, thing_id: str) -> Object | None:
    return next((thing for thing in lists.of(sort) if thing[sort.id] == thing_id), None)


def _without_room(
    items: t.Sequence[WorkspaceNetwork], found: t.Mapping[str, Actual | ItemError], lists: Lists
) -> dict[str, ItemError]:
    """An error for each item that would be one workspace too many for its config, all items together."""
    errors: dict[str, ItemError] = {}
    taken: Counter[str] = Counter()
    for item in items:
        actual = found[item.name]
        if not isinstance(actual, Actual) or CONFIG.id not in actual.wanted:
            continue
        wanted = str(item.network_connectivity_config_id)
        bound = [thing for thing in lists.of(WORKSPACE) if thing.get(CONFIG.id) == wanted]
        used, limit = len(bound) + taken[wanted], item.limits.workspaces_per_connectivity_config
        if used >= limit:
            errors[item.name] = ItemError(
                f"Connectivity config {wanted} has {used} of the {limit} workspaces that Databricks allows. Bind "
                "another config, or have the limit raised and say so with limits.workspaces_per_connectivity_config."
            )
        else:
            taken[wanted] += 1
    return errors


def given(thing: Object) -> list[t.Any]:
    """What a workspace has of what can be exchanged, and consent to that was asked for."""
    return [thing.get(sort.id) for sort in PARTS]


def shown(thing: Object | None) -> dict[str, t.Any]:
    """As the modules return it, and the diff compares it."""
    return {name: thing.get(name) for name in FIELDS} if thing else {}


def plan_present(item: WorkspaceNetwork, actual: Actual) -> Plan:
    thing = actual.thing
    if not thing:
        what = item.workspace_id if item.workspace_id is not None else item.name
        raise ItemError(f"The account has no workspace {what}. It is made in Databricks first.")
    status, different = str(thing.get("workspace_status")), item.differences(thing)
    moving = f"{WORKSPACE.told(thing)} to be RUNNING ({status})" if status in MOVING else ""
    # A change may mend one that failed.
    if not (moving or status == RUNNING or (different and status == "FAILED")):
        raise ItemError(_broken(thing, actual.network))
    plan = Plan(after=shown(thing), waiting=moving)
    if not different:
        return plan
    _check_things(item, thing, actual)
    _check_consent(item, thing, different, _who_comes_in(actual.wanted.get(SETTINGS.id)))
    body = dict(sorted(different.items()))
    query = {"update_mask": ",".join(body)}
    params = {"method": "PATCH", "path": WORKSPACE.path_of(thing), "query": query, "body": body}
    params["planned_upon"] = given(thing)
    summary = f"change {WORKSPACE.told(thing)}: {', '.join(body)}"
    plan.changes = [Change(UPDATE, params, summary, after=moving, outdated_by=(OUTDATED, *IN_USE))]
    plan.after = shown({**thing, **body})
    if not moving:
        plan.result = dict(plan.after)
    return plan


def _broken(thing: Object, network: Object | None) -> str:
    said = str(thing.get("workspace_status_message") or "no reason given").rstrip(".")
    text = f"{WORKSPACE.told(thing)} is {thing.get('workspace_status')}: {said}."
    if network and network.get("error_messages"):
        text += (
            f" Of {NETWORK.told(network)} Databricks says {network.get('vpc_status')}: {messages(network, 'error')}."
        )
    return f"{text} Mend that, or give it something else."


def _check_things(item: WorkspaceNetwork, thing: Object, actual: Actual) -> None:
    """Raise ItemError for what is not there, is of another region, or cannot be had by such a workspace."""
    told = WORKSPACE.told(thing)
    for sort in PARTS:
        if sort.id not in actual.wanted:
            continue
        found = actual.wanted[sort.id]
        if item.wishes[sort.id] == UNKNOWN:  # it is only planned
            found = {}
        elif not found:
            raise ItemError(f"{sort.id}: the account has no {sort.words} {item.wishes[sort.id]}.")
        region = found.get("region") or thing.get("aws_region")  # networks have none
        if region != thing.get("aws_region"):
            raise ItemError(f"{sort.id}: {sort.told(found)} is of {region}, {told} is in {thing.get('aws_region')}.")
        if sort is not CONFIG and thing.get("compute_mode") == SERVERLESS:
            raise ItemError(f"{told} has serverless compute alone, and so no {sort.words}.")
    if NETWORK.id in actual.wanted and not thing.get(NETWORK.id):
        raise ItemError(
            f"{told} runs in a VPC of Databricks' own. Only one that was made with a network can be given another."
        )


def _check_consent(item: WorkspaceNetwork, thing: Object, different: t.Mapping[str, str], means: str) -> None:
    """Raise ItemError without consent to what is lost; ``means`` is what the change means to users."""
    bound = thing.get(CONFIG.id)
    if CONFIG.id in different and bound and not item.replace:
        raise ItemError(
            f"{WORKSPACE.told(thing)} is bound to connectivity config {bound}, whose private endpoints its serverless "
            f"compute would lose. Bind it to {different[CONFIG.id]} with replace=true."
        )
    lives = thing.get("workspace_status") != "FAILED" and thing.get("compute_mode") != SERVERLESS
    if lives and not item.confirm_disruption:
        unlike = ", ".join(f"{name} is {thing.get(name)}, not {wish}" for name, wish in sorted(different.items()))
        said = f"{WORKSPACE.told(thing)} would be changed: {unlike}. {means}{COST}"
        raise ItemError(said, {"consent": said})


def _who_comes_in(settings: Object | None) -> str:
    """What other private access settings mean to those who use the workspace; "" where they let everybody in."""
    said = ""
    if settings and not settings.get("public_access_enabled"):
        said += f"{SETTINGS.told(settings)} let nobody in from the internet. "
    if settings and settings.get("private_access_level") == "ENDPOINT":
        allowed = ", ".join(settings.get("allowed_vpc_endpoint_ids") or []) or "none"
        said += f"{SETTINGS.told(settings)} let in by AWS PrivateLink these VPC endpoints alone: {allowed}. "
    return said


def plan_absent(item: WorkspaceNetwork, thing: Object | None) -> Plan:
    """Nothing can be taken off: what stays is told, and what would have to happen."""
    plan = Plan(after=shown(thing))
    if not thing:
        return plan
    asked: dict[str, t.Any] = dict(item.wishes) or {sort.id: thing.get(sort.id) for sort in PARTS}
    kept = [
        f"{sort.words} {thing[sort.id]} kept, because Databricks lets a workspace exchange it and never take it off: "
        f"{REMEDY[sort.id]}, or it goes with the workspace"
        for sort in PARTS
        if thing.get(sort.id) and asked.get(sort.id) == thing[sort.id]
    ]
    plan.warnings = [f"{item.name}: {reason}." for reason in kept]
    plan.result = {"kept": kept}
    return plan
