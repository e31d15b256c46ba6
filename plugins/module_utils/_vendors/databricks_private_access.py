# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private access settings of Databricks: who reaches the workspaces that have them.

This module util is PRIVATE to the collection.

A change replaces the whole object, and nothing tells which version one has read. So it is read again just before it is
replaced, with all fields that nobody here knows, and read once more after that. Sources: REST API reference
(private-access-settings), and how the Terraform provider lost a C(false) (terraform-provider-databricks#3439), read
2026-11.
"""

from __future__ import annotations

import typing as t
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
    ABSENT,
    IN_USE,
    THERE,
    Databricks,
    Object,
    has,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import (
    NETWORK,
    REGISTRATION,
    RELAY,
    SETTINGS,
    WORKSPACE,
    Lists,
    check_id,
    check_listed,
    check_name,
    check_region,
    deleted_by,
    find_by_id_or_name,
    is_way_in,
    refuse_another,
    refuse_taken_name,
    staying,
    with_made,
    workspaces_with,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_replace import (
    replace_whole,
    replacement,
)

CREATE = "databricks:CreatePrivateAccess"
REPLACE = "databricks:ReplacePrivateAccess"
DELETE = "databricks:DeletePrivateAccess"
READ = "databricks:GetPrivateAccess"
READ_ONLY = ("private_access_settings_id", "account_id")
FIELDS = (
    "private_access_settings_id",
    "private_access_settings_name",
    "region",
    "public_access_enabled",
    "private_access_level",
    "allowed_vpc_endpoint_ids",
)
WHICH = {"private_access_settings_id": "private_access_settings_id", "name": "private_access_settings_name"}
Level = t.Literal["ACCOUNT", "ENDPOINT"]


@dataclass(frozen=True)
class PrivateAccess:
    """Wanted private access settings; the fields are the options of C(databricks_private_access)."""

    name: str
    private_access_settings_id: str | None = None
    region: str | None = None
    public_access_enabled: bool | None = None
    public_access_when_created: bool | None = None
    private_access_level: Level | None = None
    allowed_vpc_endpoint_ids: list[str] | None = None
    purge_allowed_vpc_endpoints: bool = False
    confirm_lockout: bool = False
    force: bool = False
    workspace_ids: list[str] | None = None
    instead_of: list[str] | None = None
    going: list[str] | None = None
    state: Presence = "present"
    shard: str | None = internal()

    def __post_init__(self) -> None:
        check_name(self.name)
        check_id("private_access_settings_id", self.private_access_settings_id)
        check_region(self.region, self.shard)
        for endpoint in self.allowed_vpc_endpoint_ids or []:
            check_id("allowed_vpc_endpoint_ids", endpoint)
        if self.public_access_enabled is not None and self.public_access_when_created is not None:
            raise ItemError("Give public_access_enabled, or public_access_when_created where it is set later.")
        check_listed("allowed_vpc_endpoint_ids", self.allowed_vpc_endpoint_ids)
        for former in self.instead_of or []:
            check_id("instead_of", former)
        if self.purge_allowed_vpc_endpoints and self.allowed_vpc_endpoint_ids is None:
            raise ItemError(
                "purge_allowed_vpc_endpoints takes out whoever is not in allowed_vpc_endpoint_ids: give it."
            )

    def body(self, thing: Object) -> dict[str, t.Any]:
        """The whole object as it shall be: what is not wanted otherwise stays, known or not."""
        body = {name: value for name, value in thing.items() if name not in READ_ONLY}
        body["private_access_settings_name"] = self.name
        # Left out, public access would be switched off.
        is_public = bool(thing.get("public_access_enabled", self.public_access_when_created))
        body["public_access_enabled"] = is_public if self.public_access_enabled is None else self.public_access_enabled
        body["private_access_level"] = self.private_access_level or thing.get("private_access_level") or "ACCOUNT"
        body["allowed_vpc_endpoint_ids"] = self._allowed(thing.get("allowed_vpc_endpoint_ids") or [])
        return body

    def _allowed(self, present: t.Sequence[str]) -> list[str]:
        wanted = self.allowed_vpc_endpoint_ids
        if wanted is None:
            return list(present)
        kept = [endpoint for endpoint in present if not self.purge_allowed_vpc_endpoints or endpoint in wanted]
        return [*kept, *(endpoint for endpoint in wanted if endpoint not in kept)]


@dataclass
class Actual:
    """What Databricks has of an item. The lists are read only where something would change."""

    thing: Object | None = None
    deleted: bool = False  # by this run, and not gone yet
    endpoints: t.Sequence[Object] = ()
    networks: t.Sequence[Object] = ()
    workspaces: t.Sequence[Object] = field(default_factory=tuple)  # those that have the settings
    former: t.Sequence[Object] = ()  # settings that workspaces have until they get these

    def outside(self, body: Object) -> list[Object]:
        """The registered endpoints of the region that settings at the level ENDPOINT do not let in.

        Those for the relay serve clusters, which the settings do not concern.
        """
        here = [endpoint for endpoint in self.endpoints if endpoint.get("region") == body.get("region")]
        fronts = [endpoint for endpoint in here if endpoint.get("use_case") != RELAY]
        return [endpoint for endpoint in fronts if endpoint[REGISTRATION.id] not in body["allowed_vpc_endpoint_ids"]]


class PrivateAccessSettings:
    """Reads, plans and replaces private access settings of one account."""

    def __init__(self, account: Databricks) -> None:
        self.account = account

    def read(self, items: t.Sequence[PrivateAccess], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        lists = Lists(self.account)
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._actual(item, lists, made[item.name])
            except ItemError as error:
                found[item.name] = error
        meant = {
            name: SETTINGS.told(actual.thing)
            for name, actual in found.items()
            if isinstance(actual, Actual) and actual.thing
        }
        return {**found, **meant_twice(meant)}

    @staticmethod
    def _actual(item: PrivateAccess, lists: Lists, made: Made) -> Actual:
        listed = with_made(SETTINGS, lists.of(SETTINGS), made, CREATE)
        if item.private_access_settings_id == UNKNOWN:
            return _planned(item)
        thing = find_by_id_or_name(SETTINGS, listed, item.private_access_settings_id, item.name)
        is_wanted = item.state == "present"
        left = item.instead_of or () if is_wanted else ()
        former = [entry for entry in listed if entry[SETTINGS.id] in left and entry is not thing]
        if not thing:
            asks = is_wanted and (item.allowed_vpc_endpoint_ids or former)
            return Actual(endpoints=lists.of(REGISTRATION) if asks else (), former=former)
        if thing[SETTINGS.id] in deleted_by(made, DELETE):
            return Actual(thing, deleted=True)
        if item.state == "present":
            refuse_taken_name(SETTINGS, listed, thing, item.name)
        is_as_wanted = is_wanted and has(filled(thing), item.body(thing))
        if not is_wanted or (is_as_wanted and not former):
            told = REPLACE in made or not is_as_wanted
            return Actual(thing, workspaces=workspaces_with(lists, SETTINGS, thing[SETTINGS.id]) if told else ())
        return Actual(
            thing,
            endpoints=lists.of(REGISTRATION),
            networks=lists.of(NETWORK),
            workspaces=workspaces_with(lists, SETTINGS, thing[SETTINGS.id]),
            former=former,
        )

    def plan(self, item: PrivateAccess, actual: Actual) -> Plan:
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        plan.before = shown(actual.thing)
        plan.result = {"private_access_settings_id": None, **shown(actual.thing), **plan.result}
        plan.result["status"] = "present" if actual.thing else "absent"
        return plan

    def apply(self, change: Change) -> Object:
        """Make a planned call; the replacement as safely as the API lets us."""
        if change.action == REPLACE:
            return replace_whole(self.account, change, READ, shown)
        return self.account.apply(change)


def _planned(item: PrivateAccess) -> Actual:
    """Settings that an earlier task is about to create: they let the internet in until this one changes that."""
    body = item.body({"region": item.region, "public_access_enabled": True})
    thing = {**body, SETTINGS.id: UNKNOWN, "public_access_enabled": True}
    return Actual(thing)


def filled(thing: Object) -> Object:
    """Settings with what they are where the API leaves it out, as it does with C(false)."""
    level = thing.get("private_access_level") or "ACCOUNT"
    return {**thing, "public_access_enabled": bool(thing.get("public_access_enabled")), "private_access_level": level}


def shown(thing: Object | None) -> dict[str, t.Any]:
    """As the modules return it, and the diff compares it."""
    if not thing:
        return {}
    found = {name: filled(thing).get(name) for name in FIELDS}
    return {**found, "allowed_vpc_endpoint_ids": sorted(found["allowed_vpc_endpoint_ids"] or [])}


def plan_present(item: PrivateAccess, actual: Actual) -> Plan:
    thing = actual.thing
    if not thing or actual.deleted:
        return _plan_create(item, actual)
    body = item.body(thing)
    plan = Plan(after=shown(thing))
    if item.region and item.region != thing.get("region"):
        raise ItemError(
            f"{SETTINGS.told(thing)} is of {thing.get('region')}, which cannot be changed to {item.region}. Make "
            "others of another name, and attach those to the workspaces of that region."
        )
    _check_former(item, body, actual)
    if actual.workspaces and not (actual.former and has(filled(thing), body)):
        told = ", ".join(map(WORKSPACE.told, actual.workspaces))
        plan.warnings.append(f"{item.name}: the change takes some minutes to reach {told}.")
    if has(filled(thing), body):
        return plan
    if thing[SETTINGS.id] != UNKNOWN:
        _check_meant(item, thing, actual)
        _check_endpoints(item, body, actual)
        _check_lockout(item, thing, body, actual)
        if thing.get("public_access_enabled") and not body["public_access_enabled"] and not item.force:
            _check_private(thing, body, actual)
    summary = f"replace {SETTINGS.told(thing)}"
    plan.changes = [replacement(REPLACE, SETTINGS.path_of(thing), item, shown(thing), summary)]
    plan.after = shown({**thing, **body})
    plan.result = plan.after
    return plan


def _plan_create(item: PrivateAccess, actual: Actual) -> Plan:
    if item.region is None or (item.public_access_enabled is None and item.public_access_when_created is None):
        raise ItemError(
            f"There are no private access settings {item.private_access_settings_id or item.name}. To create them, "
            "give region and public_access_enabled, which is false where it is left out."
        )
    after = "the old ones to be gone" if actual.deleted else ""
    body = item.body({"region": item.region})
    if item.public_access_enabled is None:  # nobody is to come in meanwhile who does not now
        body["public_access_enabled"] &= all(filled(entry)["public_access_enabled"] for entry in actual.former)
    _check_endpoints(item, body, actual)
    _check_former(item, body, actual)
    if body["private_access_level"] == "ENDPOINT" and not body["allowed_vpc_endpoint_ids"] and not item.confirm_lockout:
        raise ItemError(_nobody(item.name))
    known_by = (SETTINGS.list_action, body)
    params = {"method": "POST", "path": SETTINGS.path, "body": body, "known_by": known_by}
    change = Change(CREATE, params, f"create {SETTINGS.words} {item.name}", after, outdated_by=THERE)
    plan = Plan([change], after=shown({"private_access_settings_id": UNKNOWN, **body}))
    plan.result = dict(plan.after)
    return plan


def _check_meant(item: PrivateAccess, thing: Object, actual: Actual) -> None:
    """Raise ItemError where a workspace has the settings that the change is not about."""
    meant = item.workspace_ids
    others = [space for space in actual.workspaces if meant is not None and str(space[WORKSPACE.id]) not in meant]
    if others:
        raise ItemError(
            f"{SETTINGS.told(thing)} are those of {', '.join(map(WORKSPACE.told, others))}, too, for which they would "
            "change with it. List it beside the others, or take settings of another name."
        )


def _check_endpoints(item: PrivateAccess, body: Object, actual: Actual) -> None:
    """Raise ItemError for an endpoint to be let in that is not registered, or is of another region."""
    registered = {endpoint[REGISTRATION.id]: endpoint for endpoint in actual.endpoints}
    for wanted in item.allowed_vpc_endpoint_ids or []:
        if wanted == UNKNOWN:  # it is only planned
            continue
        if wanted not in registered:
            raise ItemError(
                f"allowed_vpc_endpoint_ids: the account has no registered VPC endpoint {wanted}. "
                "databricks_vpc_endpoint registers them."
            )
        region = registered[wanted].get("region")
        if region != body["region"]:
            told = REGISTRATION.told(registered[wanted])
            raise ItemError(f"allowed_vpc_endpoint_ids: {told} is in {region}, the settings are of {body['region']}.")


def _nobody(name: str) -> str:
    return (
        f"At the level ENDPOINT without any allowed_vpc_endpoint_ids, {name} lets nobody in by AWS PrivateLink. List "
        "who shall be let in, or consent with confirm_lockout=true."
    )


def _check_former(item: PrivateAccess, body: Object, actual: Actual) -> None:
    """Raise ItemError where a workspace would be shut from those whom the settings that it has let in."""
    for entry in actual.former:
        _check_lockout(item, entry, body, actual, entry.get("allowed_vpc_endpoint_ids") or ())


def _check_lockout(
    item: PrivateAccess, thing: Object, body: Object, actual: Actual, let_in: t.Sequence[str] = ()
) -> None:
    """Raise ItemError where those would be shut out who come in now, unless that was consented to."""
    if item.confirm_lockout or body["private_access_level"] != "ENDPOINT":
        return
    lets_all_in = (thing.get("private_access_level") or "ACCOUNT") != "ENDPOINT"
    shut_out = [endpoint for endpoint in actual.outside(body) if lets_all_in or endpoint[REGISTRATION.id] in let_in]
    if shut_out:
        of = f" of {', '.join(map(WORKSPACE.told, actual.workspaces))}" if actual.workspaces else ""
        raise ItemError(
            f"The level ENDPOINT shuts out whoever is not in allowed_vpc_endpoint_ids{of}: "
            f"{', '.join(_of_aws(endpoint) for endpoint in shut_out)}. List who shall be let in, or consent with "
            "confirm_lockout=true."
        )
    if not body["allowed_vpc_endpoint_ids"]:
        raise ItemError(_nobody(item.name))


def _of_aws(endpoint: Object) -> str:
    return f"{REGISTRATION.told(endpoint)}, {endpoint.get('aws_vpc_endpoint_id')}"


def _check_private(thing: Object, body: Object, actual: Actual) -> None:
    """Raise ItemError where somebody has no private way in and would lose the public one.

    Databricks refuses it, too, but of a new workspace alone, and in words that name neither.
    """
    outside = {endpoint[REGISTRATION.id] for endpoint in actual.outside(body)}
    here = [endpoint for endpoint in actual.endpoints if endpoint.get("region") == body["region"]]
    open_fronts = [endpoint for endpoint in here if is_way_in(endpoint)]
    if body["private_access_level"] == "ENDPOINT":
        open_fronts = [endpoint for endpoint in open_fronts if endpoint[REGISTRATION.id] not in outside]
    missing = []
    if not open_fronts:
        missing.append("no registered VPC endpoint that is available and let in leads to the front end")
    networks = {network[NETWORK.id]: network for network in actual.networks}
    for workspace in actual.workspaces:
        uses = (networks.get(workspace.get(NETWORK.id)) or {}).get("vpc_endpoints") or {}
        if not (uses.get("rest_api") and uses.get("dataplane_relay")):
            missing.append(f"the network of {WORKSPACE.told(workspace)} has no VPC endpoints for the back end")
    if missing:
        raise ItemError(
            f"Public access of {SETTINGS.told(thing)} goes off only where front end and back end are private: "
            f"{'; '.join(missing)}. Or insist with force=true."
        )


def plan_absent(item: PrivateAccess, actual: Actual) -> Plan:
    thing = actual.thing
    if not thing:
        return Plan()
    if actual.deleted:
        return Plan(waiting="the private access settings to be gone")
    refuse_another(SETTINGS, thing, {"region": item.region})
    users = [*map(WORKSPACE.told, staying(WORKSPACE, actual.workspaces, item.going))]
    if users:
        raise ItemError(
            f"{SETTINGS.told(thing)} is used by {', '.join(users)}. A workspace cannot do without once it has had any: "
            "attach others to it first.",
            {"used_by": users},
        )
    params = {"method": "DELETE", "path": SETTINGS.path_of(thing)}
    return Plan([Change(DELETE, params, f"remove {SETTINGS.told(thing)}", settled_by=ABSENT, outdated_by=IN_USE)])
