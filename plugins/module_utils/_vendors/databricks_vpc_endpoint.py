# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registrations of AWS VPC endpoints at Databricks: read, register, replace, remove.

This module util is PRIVATE to the collection.

Databricks accepts the endpoint's connection by itself once it is registered. A registration cannot be changed, and its
``state`` repeats AWS's word for the endpoint, whose case differs. Sources: REST API reference (vpc-endpoints) and the
Terraform provider (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

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
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import (
    REGISTRATION,
    Lists,
    check_aws_id,
    check_id,
    check_name,
    check_region,
    deleted_by,
    only,
    refuse_another,
    users_of_registration,
    with_made,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import (
    SHARDS,
    service_name,
    shard_of,
)

CREATE = "databricks:CreateVpcEndpoint"
DELETE = "databricks:DeleteVpcEndpoint"
WAITING = ("", "pending", "pendingacceptance", "pending_acceptance")  # "": AWS's word is not known there yet
FIELDS = (
    "vpc_endpoint_id",
    "vpc_endpoint_name",
    "aws_vpc_endpoint_id",
    "aws_endpoint_service_id",
    "aws_account_id",
    "region",
    "use_case",
    "state",
)
WHICH = {
    "vpc_endpoint_id": "vpc_endpoint_id",
    "aws_vpc_endpoint_id": "aws_vpc_endpoint_id",
    "name": "vpc_endpoint_name",
}


@dataclass(frozen=True)
class VpcEndpoint:
    """One wanted registration; the fields are the options of C(databricks_vpc_endpoint)."""

    name: str
    vpc_endpoint_id: str | None = None
    aws_vpc_endpoint_id: str | None = None
    region: str | None = None
    service_name: str | None = None
    replace: bool = False
    going: list[str] | None = None
    state: Presence = "present"
    shard: str | None = internal()

    def __post_init__(self) -> None:
        check_name(self.name)
        check_id("vpc_endpoint_id", self.vpc_endpoint_id)
        check_aws_id("aws_vpc_endpoint_id", self.aws_vpc_endpoint_id, "vpce")
        check_region(self.region, self.shard)
        self._check_service()

    def _check_service(self) -> None:
        """Raise ItemError for an endpoint that leads to something else than Databricks of its region."""
        if not self.service_name or not self.region:
            return
        region = SHARDS[shard_of(self.shard)].regions[self.region]
        ids = [service_id for service_id in (region.workspace, region.scc_relay, region.service_direct) if service_id]
        services = [service_name(self.region, service_id) for service_id in ids]
        if self.service_name not in services:
            raise ItemError(
                f"service_name: {self.service_name} is no endpoint service of Databricks in {self.region}. Those are "
                f"{', '.join(services)}."
            )

    @property
    def meant(self) -> str:
        """What tells the registration from all others."""
        return self.vpc_endpoint_id or self.aws_vpc_endpoint_id or f"the name {self.name}"

    def find(self, listed: t.Sequence[Object]) -> Object | None:
        """The registration that is meant: by its id, else by AWS's, else by its name."""
        if self.vpc_endpoint_id:
            named = [thing for thing in listed if thing[REGISTRATION.id] == self.vpc_endpoint_id]
            if named:
                return named[0]
        if self.aws_vpc_endpoint_id:
            registered = [thing for thing in listed if thing.get("aws_vpc_endpoint_id") == self.aws_vpc_endpoint_id]
            found = only(REGISTRATION, registered, f"is registered for {self.aws_vpc_endpoint_id}", "vpc_endpoint_id")
            if (
                found or self.state == "absent" or self.vpc_endpoint_id
            ):  # which it replaced: the name is perhaps another's
                return found
        elif self.vpc_endpoint_id:
            return None
        named = [thing for thing in listed if thing.get(REGISTRATION.name) == self.name]
        ways = "vpc_endpoint_id, or take another name" if self.aws_vpc_endpoint_id else "aws_vpc_endpoint_id"
        return only(REGISTRATION, named, f"is named {self.name}", ways)

    def differences(self, thing: Object) -> dict[str, tuple[t.Any, t.Any]]:
        """By field what is registered and what is wanted instead. Nothing of it can be changed."""
        wanted = {"aws_vpc_endpoint_id": self.aws_vpc_endpoint_id, "region": self.region}
        if self.replace:  # for a name alone nobody wants another registration without having said so
            wanted["vpc_endpoint_name"] = self.name
        return {name: (thing.get(name), wish) for name, wish in wanted.items() if wish and thing.get(name) != wish}


@dataclass
class Actual:
    """What Databricks has of an item. ``users`` is read only where something would be deleted."""

    thing: Object | None = None
    users: t.Sequence[str] = ()
    deleted: bool = False  # by this run, and not gone yet


class VpcEndpoints:
    """Reads and plans registrations of one account."""

    def __init__(self, account: Databricks) -> None:
        self.account = account

    def read(self, items: t.Sequence[VpcEndpoint], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        lists = Lists(self.account)
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._actual(item, lists, made[item.name])
            except ItemError as error:
                found[item.name] = error
        meant = {
            name: f"the registration {actual.thing[REGISTRATION.id]}"
            for name, actual in found.items()
            if isinstance(actual, Actual) and actual.thing
        }
        unregistered = {item.name: item.aws_vpc_endpoint_id for item in items if item.name not in meant}
        meant.update({name: endpoint for name, endpoint in unregistered.items() if endpoint})
        return {**found, **meant_twice(meant)}

    @staticmethod
    def _actual(item: VpcEndpoint, lists: Lists, made: Made) -> Actual:
        thing = item.find(with_made(REGISTRATION, lists.of(REGISTRATION), made, CREATE))
        if not thing:
            return Actual()
        deleted = thing[REGISTRATION.id] in deleted_by(made, DELETE)
        goes = item.state == "absent" or item.differences(thing) or not is_alive(thing)
        users = users_of_registration(lists, thing, item.going) if goes and not deleted else []
        return Actual(thing, users, deleted)

    def plan(self, item: VpcEndpoint, actual: Actual) -> Plan:
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        plan.before = shown(actual.thing)
        plan.result = {**shown(actual.thing), "state": state_of(actual.thing), **plan.result}
        return plan


def state_of(thing: Object | None) -> str:
    """AWS's word for the endpoint, in lower case; C(absent) where nothing is registered."""
    return str(thing.get("state") or "").lower() if thing else "absent"


def is_alive(thing: Object) -> bool:
    return state_of(thing) in ("available", *WAITING)


def shown(thing: Object | None) -> dict[str, t.Any]:
    """As the modules return it, and the diff compares it."""
    return {**{name: thing.get(name) for name in FIELDS}, "state": state_of(thing)} if thing else {}


def plan_present(item: VpcEndpoint, actual: Actual) -> Plan:
    thing = actual.thing
    if actual.deleted:
        plan = _plan_create(item, "the old registration to be gone")
        plan.waiting = "the old registration to be gone"
        return plan
    if not thing:
        return _plan_create(item)
    different = item.differences(thing)
    if different or not is_alive(thing):
        return _plan_replace(item, thing, actual.users, different)
    plan = Plan(after=shown(thing))
    if state_of(thing) != "available":
        plan.waiting = f"{item.name} to be available ({state_of(thing) or 'no state yet'})"
    if thing.get(REGISTRATION.name) != item.name:
        plan.warnings.append(
            f"{item.name}: {item.meant} is registered as {thing.get(REGISTRATION.name)}, which stays its name; "
            "replace=true would register it anew."
        )
    return plan


def _plan_replace(
    item: VpcEndpoint, thing: Object, users: t.Sequence[str], different: t.Mapping[str, tuple[t.Any, t.Any]]
) -> Plan:
    """Remove the registration and make another. Raises ItemError without consent, or where something uses it."""
    if different:
        unlike = ", ".join(f"{name} is {is_!r}, not {wish!r}" for name, (is_, wish) in sorted(different.items()))
        reason = f"{REGISTRATION.told(thing)} cannot be changed: {unlike}"
    else:
        reason = f"{REGISTRATION.told(thing)} is in the state {thing.get('state')!r}, which never becomes available"
    if not item.replace:
        raise ItemError(f"{reason}. With replace=true it is removed and registered anew, if nothing uses it.")
    if item.vpc_endpoint_id != thing[REGISTRATION.id]:
        refuse_another(REGISTRATION, thing, {"region": item.region})
    if users:
        raise ItemError(f"{reason}. It is not replaced, for these use it: {', '.join(users)}. Take it out there first.")
    plan = _plan_create(item, "the old registration to be gone")
    plan.changes.insert(0, _delete(thing))
    return plan


def _plan_create(item: VpcEndpoint, after: str = "") -> Plan:
    if not (item.aws_vpc_endpoint_id and item.region):
        what = item.vpc_endpoint_id or item.name
        raise ItemError(
            f"To register {what}, give aws_vpc_endpoint_id and region: Databricks has no such registration."
        )
    key = {"aws_vpc_endpoint_id": item.aws_vpc_endpoint_id}  # of which Databricks registers each once
    body = {"vpc_endpoint_name": item.name, **key, "region": item.region}
    known_by = (REGISTRATION.list_action, key)
    params = {"method": "POST", "path": REGISTRATION.path, "body": body, "known_by": known_by}
    change = Change(CREATE, params, f"register {item.aws_vpc_endpoint_id}", after, outdated_by=THERE)
    unknown = dict.fromkeys(FIELDS, UNKNOWN)
    return Plan([change], after={**unknown, **body}, result={**unknown, **body})


def plan_absent(item: VpcEndpoint, actual: Actual) -> Plan:
    thing = actual.thing
    if not thing:
        return Plan()
    if actual.deleted:
        return Plan(waiting="the registration to be gone")
    refuse_another(REGISTRATION, thing, {"aws_vpc_endpoint_id": item.aws_vpc_endpoint_id, "region": item.region})
    if actual.users:
        said = f"{REGISTRATION.told(thing)} is used by {', '.join(actual.users)}."
        raise ItemError(f"{said} Take it out there first.", {"used_by": list(actual.users)})
    return Plan([_delete(thing)])


def _delete(thing: Object) -> Change:
    params = {"method": "DELETE", "path": REGISTRATION.path_of(thing)}
    summary = f"remove {REGISTRATION.told(thing)}"
    # Used by something since it was looked at: the next look finds what.
    return Change(DELETE, params, summary, settled_by=ABSENT, outdated_by=IN_USE)
