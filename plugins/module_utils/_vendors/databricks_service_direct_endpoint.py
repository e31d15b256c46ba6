# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Endpoints of Databricks' Service-Direct: read, register, replace, remove.

This module util is PRIVATE to the collection.

They are registered by an API of their own. Databricks' reference architecture registers them as any other VPC endpoint
instead, and which of both Databricks wants is not documented: an item says. Sources: REST API reference (endpoints),
databricks/terraform-databricks-sra at 72a96ea (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, internal
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Made,
    Plan,
    meant_twice,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_vpc_endpoint as registrations
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
    Sort,
    check_aws_id,
    check_id,
    check_region,
    deleted_by,
    only,
    refuse_another,
    with_made,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import (
    SERVICE_DIRECT_ZONES,
    SHARDS,
    shard_of,
)

CREATE = "databricks:CreateEndpoint"
DELETE = "databricks:DeleteEndpoint"
ENDPOINT = Sort(
    "Service-Direct endpoint",
    "/api/networking/v1/accounts/{account_id}/endpoints",
    "endpoint_id",
    "display_name",
    "databricks:ListEndpoints",
)
LABEL = r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
WAITING, APPROVED = ("", "PENDING"), "APPROVED"  # "": there is no state yet
LOST = ("DISCONNECTED", "FAILED")
OF_AWS = ("aws_vpc_endpoint_id", "aws_account_id", "aws_endpoint_service_id")
FIELDS = ("endpoint_id", "display_name", "region", *OF_AWS, "use_case", "state")
WHICH = {"endpoint_id": "endpoint_id", "aws_vpc_endpoint_id": "aws_vpc_endpoint_id", "name": "display_name"}
Route = t.Literal["endpoints", "vpc_endpoints"]


@dataclass(frozen=True)
class ServiceDirectEndpoint:
    """One wanted endpoint; the fields are the options of C(databricks_service_direct_endpoint)."""

    name: str
    endpoint_id: str | None = None
    aws_vpc_endpoint_id: str | None = None
    region: str | None = None
    zone_ids: list[str] | None = None
    api: Route = "endpoints"
    replace: bool = False
    state: Presence = "present"
    shard: str | None = internal()

    def __post_init__(self) -> None:
        if not is_of_form(LABEL, self.name):
            raise ItemError(
                f"name is {self.name!r}, and not a letter with up to 62 letters, digits and hyphens after it."
            )
        check_id("endpoint_id", self.endpoint_id)
        check_aws_id("aws_vpc_endpoint_id", self.aws_vpc_endpoint_id, "vpce")
        if self.shard:
            raise ItemError("Databricks has no Service-Direct in AWS GovCloud.")
        check_region(self.region, self.shard)
        self._check_zones()
        if self.api == "vpc_endpoints":
            self.as_registration()

    def _check_zones(self) -> None:
        if self.region and not SHARDS[shard_of(self.shard)].regions[self.region].service_direct:
            raise ItemError(f"Databricks has no Service-Direct in {self.region}.")
        allowed = zones_of(self.region)
        outside = sorted(set(self.zone_ids or []) - set(allowed)) if allowed else []
        if outside:
            raise ItemError(
                f"zone_ids: in {self.region} Service-Direct is in {', '.join(allowed)}, not in {', '.join(outside)}."
            )

    def as_registration(self) -> registrations.VpcEndpoint:
        """The same as an item of C(databricks_vpc_endpoint). Raises ItemError for what that does not take."""
        return registrations.VpcEndpoint(
            name=self.name,
            vpc_endpoint_id=self.endpoint_id,
            aws_vpc_endpoint_id=self.aws_vpc_endpoint_id,
            region=self.region,
            replace=self.replace,
            state=self.state,
            shard=self.shard,
        )

    def find(self, listed: t.Sequence[Object]) -> Object | None:
        """The endpoint that is meant: by its id, else by AWS's, else by its name."""
        identified = [thing for thing in listed if thing[ENDPOINT.id] == self.endpoint_id]
        if identified:
            return identified[0]
        if self.aws_vpc_endpoint_id:
            registered = [thing for thing in listed if aws_id_of(thing) == self.aws_vpc_endpoint_id]
            found = only(ENDPOINT, registered, f"is registered for {self.aws_vpc_endpoint_id}", "endpoint_id")
            if found or self.state == "absent" or self.endpoint_id:  # which it replaced: the name is perhaps another's
                return found
        elif self.endpoint_id:
            return None
        named = [thing for thing in listed if thing.get(ENDPOINT.name) == self.name]
        return only(ENDPOINT, named, f"is named {self.name}", "endpoint_id or aws_vpc_endpoint_id")

    def differences(self, thing: Object) -> dict[str, tuple[t.Any, t.Any]]:
        """By field what is registered and what is wanted instead. Nothing of it can be changed."""
        there = shown(thing)
        wanted = {"aws_vpc_endpoint_id": self.aws_vpc_endpoint_id, "region": self.region}
        if self.replace:  # for a name alone nobody wants another one without having said so
            wanted["display_name"] = self.name
        return {name: (there[name], wish) for name, wish in wanted.items() if wish and there[name] != wish}


@dataclass
class Actual:
    """What Databricks has of an item. ``registration``: it is registered as any other VPC endpoint."""

    thing: Object | None = None
    registration: Object | None = None


class ServiceDirectEndpoints:
    """Reads and plans endpoints of one account, by either API."""

    def __init__(self, account: Databricks) -> None:
        self.account = account
        self.registrations = registrations.VpcEndpoints(account)

    def read(
        self, items: t.Sequence[ServiceDirectEndpoint], made: t.Mapping[str, Made]
    ) -> dict[str, Actual | registrations.Actual | ItemError]:
        lists = Lists(self.account)
        found: dict[str, Actual | registrations.Actual | ItemError] = {}
        others = [item.as_registration() for item in items if item.api == "vpc_endpoints"]
        if others:
            found.update(self.registrations.read(others, made))
        meant = {}
        for item in items:
            if item.api != "endpoints":
                continue
            try:
                actual = self._actual(item, lists, made[item.name])
            except ItemError as error:
                found[item.name] = error
                continue
            found[item.name] = actual
            meant[item.name] = ENDPOINT.told(actual.thing) if actual.thing else item.aws_vpc_endpoint_id
        return {**found, **meant_twice({name: thing for name, thing in meant.items() if thing})}

    @staticmethod
    def _actual(item: ServiceDirectEndpoint, lists: Lists, made: Made) -> Actual:
        thing = item.find(with_made(ENDPOINT, lists.of(ENDPOINT), made, CREATE))
        if thing and thing[ENDPOINT.id] in deleted_by(made, DELETE):
            thing = None
        if thing or item.state == "absent" or not item.aws_vpc_endpoint_id:
            return Actual(thing)
        there = [entry for entry in lists.of(REGISTRATION) if aws_id_of(entry) == item.aws_vpc_endpoint_id]
        return Actual(None, there[0] if there else None)

    def plan(self, item: ServiceDirectEndpoint, actual: Actual | registrations.Actual) -> Plan:
        if isinstance(actual, registrations.Actual):
            plan = self.registrations.plan(item.as_registration(), actual)
            plan.result["endpoint_id"] = plan.result.get("vpc_endpoint_id")
            plan.result["display_name"] = plan.result.get("vpc_endpoint_name")
        else:
            plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
            plan.before = shown(actual.thing)
            plan.result = {"endpoint_id": None, **plan.before, **plan.result}
            plan.result["state"] = plan.before.get("state", "absent")
        plan.result["zone_ids"] = zones_of(item.region or str(plan.before.get("region")))
        return plan


def zones_of(region: str | None) -> list[str]:
    """Ids of the zones to which Service-Direct is limited in a region; none where it is in all."""
    return SERVICE_DIRECT_ZONES.get(region or "", [])


def aws_id_of(thing: Object) -> t.Any:
    """AWS's id of the endpoint, as either API has it."""
    return (thing.get("aws_vpc_endpoint_info") or thing).get("aws_vpc_endpoint_id")


def shown(thing: Object | None) -> dict[str, t.Any]:
    """As the modules return it, and the diff compares it."""
    if not thing:
        return {}
    return {name: {**thing, **(thing.get("aws_vpc_endpoint_info") or {})}.get(name) for name in FIELDS}


def read_shown(account: Databricks) -> list[Object]:
    return [shown(thing) for thing in ENDPOINT.read(account)]


def plan_present(item: ServiceDirectEndpoint, actual: Actual) -> Plan:
    thing = actual.thing
    if actual.registration:
        raise ItemError(
            f"{item.aws_vpc_endpoint_id} is registered already, as {REGISTRATION.told(actual.registration)}. Use it "
            "with api=vpc_endpoints, or remove that one first."
        )
    if not thing:
        return _plan_create(item)
    state, different = str(thing.get("state") or "").upper(), item.differences(thing)
    if state not in (*WAITING, APPROVED, *LOST):
        raise ItemError(f"{ENDPOINT.told(thing)} is in the state {state!r}, which is not known here.")
    if different or state in LOST:
        return _plan_replace(item, thing, different)
    plan = Plan(after=shown(thing))
    if state in WAITING:
        plan.waiting = f"{item.name} to be APPROVED ({state or 'no state yet'})"
    if thing.get(ENDPOINT.name) != item.name:
        plan.warnings.append(
            f"{item.name}: {aws_id_of(thing)} is registered as {thing.get(ENDPOINT.name)}, which stays its name; "
            "replace=true would register it anew."
        )
    return plan


def _plan_replace(item: ServiceDirectEndpoint, thing: Object, different: t.Mapping[str, tuple[t.Any, t.Any]]) -> Plan:
    """Remove the endpoint and register another. Raises ItemError without consent."""
    reason = f"{ENDPOINT.told(thing)} is in the state {thing.get('state')!r}, which never becomes APPROVED"
    if different:
        unlike = ", ".join(f"{name} is {there!r}, not {wish!r}" for name, (there, wish) in sorted(different.items()))
        reason = f"{ENDPOINT.told(thing)} cannot be changed: {unlike}"
    if not item.replace:
        raise ItemError(f"{reason}. With replace=true it is removed and registered anew.")
    if item.endpoint_id != thing[ENDPOINT.id]:
        refuse_another(ENDPOINT, thing, {"region": item.region})
    plan = _plan_create(item)
    plan.changes.insert(0, _delete(thing))
    return plan


def _plan_create(item: ServiceDirectEndpoint) -> Plan:
    if not (item.aws_vpc_endpoint_id and item.region):
        what = item.endpoint_id or item.name
        raise ItemError(
            f"To register {what}, give aws_vpc_endpoint_id and region: Databricks has no such Service-Direct endpoint."
        )
    named = {"display_name": item.name, "region": item.region}
    body = {**named, "aws_vpc_endpoint_info": {"aws_vpc_endpoint_id": item.aws_vpc_endpoint_id}}
    params = {"method": "POST", "path": ENDPOINT.path, "body": body, "known_by": (ENDPOINT.list_action, named)}
    plan = Plan([Change(CREATE, params, f"register {item.aws_vpc_endpoint_id}", outdated_by=THERE)])
    plan.after = {**dict.fromkeys(FIELDS, UNKNOWN), **named, "aws_vpc_endpoint_id": item.aws_vpc_endpoint_id}
    plan.result = dict(plan.after)
    return plan


def plan_absent(item: ServiceDirectEndpoint, actual: Actual) -> Plan:
    if not actual.thing:
        return Plan()
    there = {**actual.thing, **shown(actual.thing)}
    refuse_another(ENDPOINT, there, {"aws_vpc_endpoint_id": item.aws_vpc_endpoint_id, "region": item.region})
    return Plan([_delete(actual.thing)])


def _delete(thing: Object) -> Change:
    params = {"method": "DELETE", "path": ENDPOINT.path_of(thing)}
    return Change(DELETE, params, f"remove {ENDPOINT.told(thing)}", settled_by=ABSENT, outdated_by=IN_USE)
