# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network policies of Databricks, and the workspaces that have them.

This module util is PRIVATE to the collection.

Every workspace has exactly one policy, if only C(default-policy), which lets serverless compute reach all of the
internet unless somebody has changed it. A change replaces the whole policy. Sources: REST API reference
(network-policies, workspace-network-configuration), databricks/terraform-databricks-sra at 72a96ea for what Databricks
fills in (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import host_fault, is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import (
    Presence,
    internal,
    optional,
    required,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made, Plan
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import (
    ABSENT,
    IN_USE,
    THERE,
    ApiError,
    Databricks,
    Object,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import (
    WORKSPACE,
    Lists,
    Sort,
    deleted_by,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_replace import (
    covers,
    replace_whole,
    replacement,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_rules import BUCKET

CREATE = "databricks:CreateNetworkPolicy"
REPLACE = "databricks:ReplaceNetworkPolicy"
DELETE = "databricks:DeleteNetworkPolicy"
READ = "databricks:GetNetworkPolicy"
ATTACH = "databricks:UpdateWorkspaceNetwork"
READ_ATTACHED = "databricks:GetWorkspaceNetwork"
POLICY = Sort(
    "network policy", "network-policies", "network_policy_id", "network_policy_id", "databricks:ListNetworkPolicies"
)
DEFAULT = "default-policy"
REGION = r"[a-z]{2}(?:-[a-z]+)+-[0-9]"
NAME = r"[0-9A-Za-z_.-]{1,32}"
READ_ONLY = ("account_id",)
FIELDS = ("network_policy_id", "egress", "ingress", "ingress_dry_run")
DESTINATIONS = ("allowed_internet_destinations", "allowed_storage_destinations")
FULL, RESTRICTED = "FULL_ACCESS", "RESTRICTED_ACCESS"


@dataclass(frozen=True)
class StorageDestination:
    """A bucket that serverless compute may reach, as an option."""

    bucket_name: str = required()
    region: str = required()


@dataclass(frozen=True)
class NetworkPolicy:
    """One wanted policy; the fields are the options of C(databricks_network_policy). ``name`` is its id."""

    name: str
    restriction_mode: t.Literal["FULL_ACCESS", "RESTRICTED_ACCESS"] | None = None
    enforcement_mode: t.Literal["ENFORCED", "DRY_RUN"] | None = None
    allowed_internet_destinations: list[str] | None = None
    allowed_storage_destinations: list[dict[str, t.Any]] | None = optional(item=StorageDestination)
    purge_destinations: bool = False
    ingress: dict[str, t.Any] | None = None
    ingress_dry_run: dict[str, t.Any] | None = None
    workspace_ids: list[int] | None = None
    replace: bool = False
    state: Presence = "present"
    shard: str | None = internal()

    def __post_init__(self) -> None:
        if not is_of_form(NAME, self.name):
            raise ItemError("name is the policy's id, of 1 to 32 letters, digits, dots, hyphens and underscores.")
        if self.state == "absent" and self.name == DEFAULT:
            raise ItemError(f"{DEFAULT} is what workspaces have without another policy, and cannot be removed.")
        numbers = self.workspace_ids or []
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise ItemError(f"workspace_ids lists {', '.join(map(str, twice))} twice.")
        if self.restriction_mode == FULL and (self.allowed_internet_destinations or self.allowed_storage_destinations):
            raise ItemError(f"With restriction_mode={FULL} all destinations are allowed. Give none, or {RESTRICTED}.")
        self._check_destinations()

    def _check_destinations(self) -> None:
        lists = (self.allowed_internet_destinations, self.allowed_storage_destinations)
        if self.purge_destinations and lists == (None, None):
            raise ItemError("purge_destinations takes out what is not in a list of destinations: give one.")
        for name in self.allowed_internet_destinations or []:
            fault = host_fault(name[2:] if name.startswith("*.") else name)
            if fault or "." not in name:
                raise ItemError(
                    f"allowed_internet_destinations: {name!r}: {fault or 'it must be a whole domain name'}."
                )
        for bucket in self.allowed_storage_destinations or []:
            if not is_of_form(BUCKET, bucket["bucket_name"]) or not is_of_form(REGION, bucket["region"]):
                raise ItemError(f"allowed_storage_destinations: {bucket} is not the name of a bucket and its region.")

    @property
    def path(self) -> str:
        return f"{POLICY.path}/{self.name}"

    @property
    def _access(self) -> dict[str, t.Any]:
        """What is wanted of the egress, as the API has it."""
        wanted: dict[str, t.Any] = {}
        if self.restriction_mode:
            wanted["restriction_mode"] = self.restriction_mode
        if self.enforcement_mode:
            wanted["policy_enforcement"] = {"enforcement_mode": self.enforcement_mode}
        if self.allowed_internet_destinations is not None:
            wanted[DESTINATIONS[0]] = [
                {"destination": name.lower(), "internet_destination_type": "DNS_NAME"}
                for name in self.allowed_internet_destinations
            ]
        if self.allowed_storage_destinations is not None:
            wanted[DESTINATIONS[1]] = [
                {**bucket, "storage_destination_type": "AWS_S3"} for bucket in self.allowed_storage_destinations
            ]
        return wanted

    def body(self, thing: Object) -> dict[str, t.Any]:
        """The whole policy as it shall be: what is not wanted otherwise stays, known or not."""
        body = {name: value for name, value in thing.items() if name not in READ_ONLY}
        egress = body.get("egress") or {}
        wanted = self._access
        if wanted:
            access = egress.get("network_access") or {}
            for name in DESTINATIONS:
                if name in wanted and not self.purge_destinations:
                    wanted[name] = _merged(access.get(name) or [], wanted[name])
            body["egress"] = {**egress, "network_access": _laid_over(access, wanted)}
        for name in ("ingress", "ingress_dry_run"):
            wish = getattr(self, name)
            if wish is not None:
                body[name] = _laid_over(body.get(name) or {}, wish)
        return body


def _merged(present: t.Sequence[Object], wanted: t.Sequence[Object]) -> list[Object]:
    """Those that are there, and those that are wanted besides."""
    return [*present, *(value for value in wanted if not any(covers(other, value) for other in present))]


def _laid_over(present: t.Any, wanted: t.Any) -> t.Any:
    """Objects of the API one over the other: what the upper one does not name stays. Lists are exchanged."""
    if not (isinstance(present, dict) and isinstance(wanted, dict)):
        return wanted
    return {**present, **{name: _laid_over(present.get(name), value) for name, value in wanted.items()}}


@dataclass(frozen=True)
class Attachment:
    """That a workspace has a policy."""

    policy_id: str

    def body(self, thing: Object) -> dict[str, t.Any]:
        return {**thing, POLICY.id: self.policy_id}


@dataclass
class Actual:
    """What Databricks has of an item. ``attached`` is what workspaces have, those of the item by their number.

    Of a policy that shall go these are all workspaces of the account.
    """

    thing: Object | None = None
    attached: t.Mapping[int, Object] = field(default_factory=dict)
    workspaces: t.Sequence[Object] = ()

    def users(self, policy_id: str) -> list[int]:
        return [number for number, of in self.attached.items() if of.get(POLICY.id) == policy_id]


class NetworkPolicies:
    """Reads, plans and replaces network policies of one account, and what its workspaces have."""

    def __init__(self, account: Databricks) -> None:
        self.account = account

    def read(self, items: t.Sequence[NetworkPolicy], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        lists = Lists(self.account)
        attached: dict[int, Object] = {}
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._actual(item, lists, attached, made[item.name])
            except ItemError as error:
                found[item.name] = error
        return {**found, **_wanted_twice(items)}

    def _actual(self, item: NetworkPolicy, lists: Lists, attached: dict[int, Object], made: Made) -> Actual:
        thing = next((policy for policy in lists.of(POLICY) if policy[POLICY.id] == item.name), None)
        if not thing and made.get(CREATE):
            thing = made[CREATE]
        if thing and thing[POLICY.id] in deleted_by(made, DELETE):
            thing = None
        numbers, workspaces = item.workspace_ids or [], []
        if item.state == "absent":
            workspaces = lists.of(WORKSPACE) if thing else []
            numbers = [int(workspace[WORKSPACE.id]) for workspace in workspaces]
        for number in numbers:
            if number not in attached:
                attached[number] = self._policy_of(number, {} if workspaces else None)
        return Actual(thing, {number: attached[number] for number in numbers}, workspaces)

    def _policy_of(self, number: int, gone: Object | None) -> Object:
        """What a workspace has; ``gone`` where it is gone since it was listed. Raises ItemError where it never was."""
        try:
            return t.cast("Object", self.account.call(READ_ATTACHED, "GET", path_of_attachment(number)))
        except ApiError as error:
            if error.code in ABSENT and gone is not None:
                return gone
            if error.code in ABSENT:
                raise ItemError(f"workspace_ids: the account has no workspace {number}.") from None
            raise

    def plan(self, item: NetworkPolicy, actual: Actual) -> Plan:
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        plan.before = shown(item, actual)
        plan.result = {"network_policy_id": None, **plan.before, **plan.result}
        plan.result["status"] = "present" if actual.thing else "absent"
        return plan

    def apply(self, change: Change) -> Object:
        """Make a planned call; a replacement as safely as the API lets us."""
        if change.action == REPLACE:
            return replace_whole(self.account, change, READ, policy_shown)
        if change.action == ATTACH:
            return replace_whole(self.account, change, READ_ATTACHED, dict)
        return self.account.apply(change)


def _wanted_twice(items: t.Sequence[NetworkPolicy]) -> dict[str, ItemError]:
    """An error for each item that wants a workspace which another item wants, too: it has one policy."""
    errors: dict[str, ItemError] = {}
    owners: dict[int, str] = {}
    for item in items:
        for number in item.workspace_ids or []:
            other = owners.setdefault(number, item.name)
            if other != item.name:
                error = ItemError(f"workspace_ids: {other} and {item.name} both want workspace {number}. Keep one.")
                errors.update({other: error, item.name: error})
    return errors


def path_of_attachment(number: int) -> str:
    return f"{WORKSPACE.path}/{number}/network"


def policy_shown(thing: Object | None) -> dict[str, t.Any]:
    return {name: thing.get(name) for name in FIELDS} if thing else {}


def shown(item: NetworkPolicy, actual: Actual) -> dict[str, t.Any]:
    """As the module returns it, and the diff compares it."""
    return {**policy_shown(actual.thing), "workspace_ids": sorted(actual.users(item.name))} if actual.thing else {}


def plan_present(item: NetworkPolicy, actual: Actual) -> Plan:
    thing = actual.thing
    plan = Plan()
    if not thing:
        body = item.body({POLICY.id: item.name})
        if not item.restriction_mode:
            raise ItemError(f"There is no network policy {item.name}. To create it, give restriction_mode.")
        known_by = (POLICY.list_action, {POLICY.id: item.name})
        params = {"method": "POST", "path": POLICY.path, "body": body, "known_by": known_by}
        plan.changes.append(Change(CREATE, params, f"create {POLICY.words} {item.name}", outdated_by=THERE))
    else:
        body = item.body(thing)
        if not covers(thing, body):
            summary = f"replace {POLICY.words} {item.name}"
            plan.changes.append(replacement(REPLACE, item.path, item, policy_shown(thing), summary))
    for number, of in actual.attached.items():
        if of.get(POLICY.id) != item.name:
            _check_exchange(item, number, of)
            plan.changes.append(attach(number, of, item.name))
    access = (body.get("egress") or {}).get("network_access") or {}
    if access.get("restriction_mode", FULL) == FULL:
        plan.warnings.append(f"{item.name}: serverless compute that has it reaches all of the internet.")
    plan.after = {**policy_shown(body), "workspace_ids": sorted(actual.attached)}
    if plan.changes:
        plan.result = dict(plan.after)
        if item.name == DEFAULT:
            plan.warnings.append(f"{DEFAULT} is what every workspace has that was given no other: it changes for all.")
    return plan


def _check_exchange(item: NetworkPolicy, number: int, of: Object) -> None:
    if of.get(POLICY.id) != DEFAULT and not item.replace:
        raise ItemError(
            f"workspace_ids: workspace {number} has the network policy {of.get(POLICY.id)}, and only one can be had. "
            "replace=true gives it this one instead."
        )


def attach(number: int, of: Object, policy_id: str) -> Change:
    summary = f"give workspace {number} the network policy {policy_id}"
    return replacement(ATTACH, path_of_attachment(number), Attachment(policy_id), dict(of), summary)


def plan_absent(item: NetworkPolicy, actual: Actual) -> Plan:
    """Give its workspaces the default again, then remove it. Raises ItemError for those that are not listed."""
    if not actual.thing:
        return Plan()
    users = actual.users(item.name)
    names = {int(workspace[WORKSPACE.id]): WORKSPACE.told(workspace) for workspace in actual.workspaces}
    kept = [names[number] for number in users if number not in (item.workspace_ids or [])]
    if kept:
        raise ItemError(
            f"The network policy {item.name} is what {', '.join(kept)} has. List them in workspace_ids to give them "
            f"{DEFAULT} instead, which may let their serverless compute reach all of the internet."
        )
    plan = Plan([attach(number, actual.attached[number], DEFAULT) for number in users])
    params = {"method": "DELETE", "path": item.path}
    summary = f"remove {POLICY.words} {item.name}"
    plan.changes.append(Change(DELETE, params, summary, settled_by=ABSENT, outdated_by=IN_USE))
    if users:
        told = ", ".join(names[number] for number in users)
        plan.warnings.append(f"{item.name}: {told} gets {DEFAULT}.")
    return plan
