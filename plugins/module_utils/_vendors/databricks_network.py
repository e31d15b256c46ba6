# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks of Databricks: where in AWS the classic compute of a workspace runs.

This module util is PRIVATE to the collection.

A network cannot be changed. Instead of the one that a workspace has, another is made, the workspace moves there, and
the old one goes. Both have the same name in between, so a run that was interrupted finds by the options which is which.
Ids in AWS are looked at only once a workspace has the network: C(vpc_status) then tells. Sources: REST API reference
(networks, workspaces), and terraform-provider-databricks#732, read 2026-11.
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
    ApiError,
    Databricks,
    Object,
    later,
    same,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import (
    COST,
    MOVING,
    NETWORK,
    REGISTRATION,
    WORKSPACE,
    Lists,
    check_aws_id,
    check_id,
    check_listed,
    check_name,
    deleted_by,
    only,
    refuse_another,
    staying,
    with_made,
    workspaces_with,
)

CREATE = "databricks:CreateNetwork"
DELETE = "databricks:DeleteNetwork"
MOVE = "databricks:UpdateWorkspace"
USE_CASES = {"rest_api": "WORKSPACE_ACCESS", "dataplane_relay": "DATAPLANE_RELAY_ACCESS"}
MOST_GROUPS = 5
WHICH = {"network_id": "network_id", "name": "network_name"}
FIELDS = (
    "network_id",
    "network_name",
    "vpc_id",
    "subnet_ids",
    "security_group_ids",
    "vpc_status",
    "workspace_id",
    "error_messages",
    "warning_messages",
)
SHARED = (
    "Databricks may let a subnet or security group be in one network only. Give this one others, or take away the "
    "network that has them."
)


@dataclass(frozen=True)
class Network:
    """One wanted network; the fields are the options of C(databricks_network)."""

    name: str
    network_id: str | None = None
    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    zone_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    rest_api_endpoint_ids: list[str] | None = None
    dataplane_relay_endpoint_ids: list[str] | None = None
    replace: bool = False
    confirm_disruption: bool = False
    going: list[str] | None = None
    state: Presence = "present"
    shard: str | None = internal()

    def __post_init__(self) -> None:
        check_name(self.name)
        check_id("network_id", self.network_id)
        check_aws_id("vpc_id", self.vpc_id, "vpc")
        for option, prefix in (("subnet_ids", "subnet"), ("security_group_ids", "sg")):
            check_listed(option, getattr(self, option))
            for value in getattr(self, option) or []:
                check_aws_id(option, value, prefix)
        for option in ("rest_api_endpoint_ids", "dataplane_relay_endpoint_ids"):
            check_listed(option, getattr(self, option))
            for value in getattr(self, option) or []:
                check_id(option, value)
        self._check_counts()

    def _check_counts(self) -> None:
        if self.subnet_ids is not None and len(self.subnet_ids) < 2:
            raise ItemError("subnet_ids names at least two subnets, in separate Availability Zones.")
        if self.zone_ids is not None and len(set(self.zone_ids)) < 2:
            zones = ", ".join(sorted(set(self.zone_ids))) or "none"
            raise ItemError(
                f"zone_ids: a network has subnets in at least two Availability Zones, and these are in {zones}."
            )
        groups = self.security_group_ids
        if groups is not None and not 1 <= len(groups) <= MOST_GROUPS:
            raise ItemError(f"security_group_ids names 1 to {MOST_GROUPS} security groups, not {len(groups)}.")
        if bool(self.rest_api_endpoint_ids) != bool(self.dataplane_relay_endpoint_ids):
            raise ItemError(
                "rest_api_endpoint_ids and dataplane_relay_endpoint_ids go together: clusters need both to be private."
            )

    @property
    def wishes(self) -> dict[str, t.Any]:
        """What is wanted, as the API has it."""
        given: dict[str, t.Any] = {
            "vpc_id": self.vpc_id,
            "subnet_ids": self.subnet_ids,
            "security_group_ids": self.security_group_ids,
        }
        wishes = {name: value for name, value in given.items() if value is not None}
        if self.rest_api_endpoint_ids is not None:
            relay = self.dataplane_relay_endpoint_ids or []
            wishes["vpc_endpoints"] = {"rest_api": self.rest_api_endpoint_ids, "dataplane_relay": relay}
        return wishes

    def differences(self, thing: Object) -> list[str]:
        """The fields of a network that are not as wanted. None of them can be changed."""
        return [name for name, wish in self.wishes.items() if not same(thing.get(name), wish)]

    def body(self, old: Object | None) -> dict[str, t.Any]:
        """A new network; what no option gives it has from the old one."""
        old = old or {}
        kept = {name: old[name] for name in ("vpc_id", "subnet_ids", "security_group_ids") if old.get(name)}
        endpoints = {"vpc_endpoints": old["vpc_endpoints"]} if old.get("vpc_endpoints") else {}
        body = {"network_name": self.name, **kept, **endpoints, **self.wishes}
        if not (body.get("vpc_endpoints") or {}).get("rest_api"):
            body.pop("vpc_endpoints", None)
        return body


@dataclass
class Actual:
    """What Databricks has of an item: the network as wanted, and one that is not, which that replaces.

    ``leaving``: this run has deleted one, and it is not gone yet. ``workspaces`` are those that have one of them, and
    are read only where something would go; ``endpoints`` only where something would be made.
    """

    thing: Object | None = None
    old: Object | None = None
    leaving: bool = False
    workspaces: t.Sequence[Object] = ()
    endpoints: t.Sequence[Object] = ()

    def on(self, network: Object | None) -> list[Object]:
        """The workspaces that have a network."""
        if not network:
            return []
        return [workspace for workspace in self.workspaces if workspace.get(NETWORK.id) == network[NETWORK.id]]


class Networks:
    """Reads and plans networks of one account."""

    def __init__(self, account: Databricks) -> None:
        self.account = account

    def read(self, items: t.Sequence[Network], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        lists = Lists(self.account)
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._actual(item, lists, made[item.name])
            except ItemError as error:
                found[item.name] = error
        meant = {}
        for name, actual in found.items():
            thing = (actual.old or actual.thing) if isinstance(actual, Actual) else None
            if thing:
                meant[name] = NETWORK.told(thing)
        return {**found, **meant_twice(meant)}

    @staticmethod
    def _actual(item: Network, lists: Lists, made: Made) -> Actual:
        listed = with_made(NETWORK, lists.of(NETWORK), made, CREATE)
        gone = deleted_by(made, DELETE)
        leaving = any(thing[NETWORK.id] in gone for thing in listed)
        thing, old = find(item, [thing for thing in listed if thing[NETWORK.id] not in gone])
        actual = Actual(thing, old, leaving)
        going = [network for network in (thing, old) if network] if item.state == "absent" or old else []
        for network in going:
            actual.workspaces = [*actual.workspaces, *workspaces_with(lists, NETWORK, network[NETWORK.id])]
        if item.state == "present" and not thing:
            actual.endpoints = lists.of(REGISTRATION)
        return actual

    def plan(self, item: Network, actual: Actual) -> Plan:
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        plan.before = shown(actual.old or actual.thing)
        present = shown(actual.thing or actual.old)
        plan.result = {"network_id": None, **present, **plan.result}
        plan.result["vpc_status"] = present.get("vpc_status", "absent")
        return plan

    def apply(self, change: Change) -> Object:
        try:
            return self.account.apply(change)
        except ApiError as error:
            if change.action == CREATE and error.code in IN_USE:
                raise ApiError(error.action, error.code, error.message, error.subject, SHARED) from None
            raise


def find(item: Network, listed: t.Sequence[Object]) -> tuple[Object | None, Object | None]:
    """The network as wanted, and the one that it replaces. Raises ItemError where it cannot be told which is meant."""
    named = [thing for thing in listed if thing.get(NETWORK.name) == item.name]
    identified = next((thing for thing in listed if item.network_id and thing[NETWORK.id] == item.network_id), None)
    if item.state == "absent":
        found = identified if item.network_id else only(NETWORK, named, f"is named {item.name}", "network_id")
        return found, None
    fitting = [thing for thing in named if not item.differences(thing)]
    if identified:
        if not item.differences(identified):
            return identified, None
        return (fitting[0] if len(fitting) == 1 and item.replace else None), identified
    if item.network_id:
        if len(fitting) != 1:  # one is there where it was replaced
            raise ItemError(f"Databricks has no network {item.network_id}. Leave network_id out to make one.")
        return fitting[0], None  # others of the name are not what was meant
    others = [thing for thing in named if thing not in fitting]
    if len(named) > 1 and not (item.replace and len(fitting) == 1 and len(others) == 1):
        only(NETWORK, named, f"is named {item.name}", "network_id")
    return (fitting[0] if fitting else None), (others[0] if others else None)


def shown(thing: Object | None) -> dict[str, t.Any]:
    """As the modules return it, and the diff compares it."""
    if not thing:
        return {}
    endpoints = thing.get("vpc_endpoints") or {}
    return {
        **{name: thing.get(name) for name in FIELDS},
        "subnet_ids": sorted(thing.get("subnet_ids") or []),
        "security_group_ids": sorted(thing.get("security_group_ids") or []),
        "rest_api_endpoint_ids": sorted(endpoints.get("rest_api") or []),
        "dataplane_relay_endpoint_ids": sorted(endpoints.get("dataplane_relay") or []),
    }


def messages(thing: Object, kind: str) -> str:
    """What Databricks says of a network's ``error`` or ``warning``, in its own words."""
    told = [
        f"{entry.get(f'{kind}_type')}: {str(entry.get(f'{kind}_message')).rstrip('.')}"
        for entry in thing.get(f"{kind}_messages") or []
    ]
    return "; ".join(told) or "no reason given"


def plan_present(item: Network, actual: Actual) -> Plan:
    if actual.old:
        return _plan_replace(item, actual.old, actual)
    if not actual.thing:
        return _plan_create(item, actual)
    plan = Plan(after=shown(actual.thing))
    status = actual.thing.get("vpc_status")
    if status == "BROKEN":
        raise ItemError(
            f"{NETWORK.told(actual.thing)} is BROKEN: {messages(actual.thing, 'error')}. Mend that in AWS, or give "
            "other options and replace=true."
        )
    if status == "WARNED":
        plan.warnings.append(f"{NETWORK.told(actual.thing)} is WARNED: {messages(actual.thing, 'warning')}.")
    plan.waiting = "the old network to be gone" if actual.leaving else ""
    return plan


def _plan_create(item: Network, actual: Actual) -> Plan:
    body = item.body(actual.old)
    missing = [name for name in ("vpc_id", "subnet_ids", "security_group_ids") if not body.get(name)]
    if missing:
        raise ItemError(f"There is no network {item.name}. To create it, give {', '.join(missing)}.")
    _check_endpoints(body, actual)
    known_by = (NETWORK.list_action, {**body, **item.wishes})  # of which one may be to have no endpoints
    params = {"method": "POST", "path": NETWORK.path, "body": body, "known_by": known_by}
    plan = Plan([Change(CREATE, params, f"create {NETWORK.words} {item.name}", outdated_by=THERE)])
    plan.after = {**shown(body), "network_id": UNKNOWN, "vpc_status": UNKNOWN}
    plan.result = dict(plan.after)
    return plan


def _check_endpoints(body: Object, actual: Actual) -> None:
    """Raise ItemError for endpoints that are not registered, for something else, or of another region."""
    registered = {endpoint[REGISTRATION.id]: endpoint for endpoint in actual.endpoints}
    regions = {str(workspace.get("aws_region")): WORKSPACE.told(workspace) for workspace in actual.workspaces}
    for use, use_case in USE_CASES.items():
        option = f"{use}_endpoint_ids"
        for wanted in (body.get("vpc_endpoints") or {}).get(use) or []:
            endpoint = registered.get(wanted)
            if wanted == UNKNOWN:  # it is only planned
                continue
            if not endpoint:
                raise ItemError(
                    f"{option}: the account has no registered VPC endpoint {wanted}. databricks_vpc_endpoint "
                    "registers them."
                )
            told, region = REGISTRATION.told(endpoint), str(endpoint.get("region"))
            if endpoint.get("use_case") in USE_CASES.values() and endpoint["use_case"] != use_case:
                raise ItemError(f"{option}: {told} is for {endpoint['use_case']}, not for {use_case}.")
            regions.setdefault(region, told)
    if len(regions) > 1:
        of = ", ".join(f"{told} in {region}" for region, told in sorted(regions.items()))
        raise ItemError(f"A network is of one region, and these are not: {of}.")


def _plan_replace(item: Network, old: Object, actual: Actual) -> Plan:
    """Another network, then each workspace moves there, one after the other, then the old one goes.

    Raises ItemError without consent, and for a workspace that does not run there.
    """
    _check_consent(item, old, actual)
    plan = _plan_create(item, actual) if not actual.thing else Plan(after=shown(actual.thing))
    new_id = actual.thing[NETWORK.id] if actual.thing else UNKNOWN
    after = "" if actual.thing else "the new network to be there"
    for workspace in actual.on(actual.thing):
        _check_runs(workspace, actual.thing or {})
        after = after or _moving(workspace)
    for workspace in actual.on(old):
        after = after or _moving(workspace)
        plan.changes.append(later(_move(workspace, new_id), after))
        after = after or f"{WORKSPACE.told(workspace)} to be RUNNING"
    plan.changes.append(later(_delete(old), after))
    plan.waiting = after
    return plan


def _check_consent(item: Network, old: Object, actual: Actual) -> None:
    present, wished = shown(old), shown({**old, **item.wishes})
    unlike = [f"{name} is {value}, not {wished[name]}" for name, value in present.items() if value != wished[name]]
    reason = f"{NETWORK.told(old)} cannot be changed: {', '.join(unlike)}"
    users = actual.on(old)
    if not item.replace:
        moved = f", {', '.join(map(WORKSPACE.told, users))} moved there," if users else ""
        raise ItemError(f"{reason}. With replace=true another one is made{moved} and this one removed.")
    if not item.network_id:
        refuse_another(NETWORK, old, {"vpc_id": item.vpc_id})
    if users and not item.confirm_disruption:
        said = f"{', '.join(map(WORKSPACE.told, users))} would be moved to another network. {COST}"
        raise ItemError(f"{reason}. {said}", {"consent": said})
    for workspace in users:
        _check_movable(workspace)


def _check_movable(workspace: Object) -> None:
    """Raise ItemError for a workspace in a state in which Databricks changes nothing of it, and that does not end."""
    status = workspace.get("workspace_status")
    if status not in ("RUNNING", "FAILED", *MOVING):
        said = str(workspace.get("workspace_status_message") or "no reason given").rstrip(".")
        raise ItemError(
            f"{WORKSPACE.told(workspace)} is {status}: {said}. Only a workspace that is RUNNING or FAILED can be moved "
            "to another network."
        )


def _moving(workspace: Object) -> str:
    """What a change of a workspace has to wait for; "" where nothing."""
    status = workspace.get("workspace_status")
    return f"{WORKSPACE.told(workspace)} to be RUNNING ({status})" if status in MOVING else ""


def _check_runs(workspace: Object, network: Object) -> None:
    """Raise ItemError for a workspace that has come to its new network, and will not run there."""
    status = workspace.get("workspace_status")
    if status in ("RUNNING", *MOVING) and network.get("vpc_status") != "BROKEN":
        return
    said = str(workspace.get("workspace_status_message") or "no reason given").rstrip(".")
    raise ItemError(
        f"{WORKSPACE.told(workspace)} is {status} with its new network {network[NETWORK.id]}: {said}. Of the network "
        f"Databricks says {network.get('vpc_status')}: {messages(network, 'error')}. The old network is still there: "
        "with its options this moves the workspace back."
    )


def _move(workspace: Object, network_id: str) -> Change:
    params = {
        "method": "PATCH",
        "path": WORKSPACE.path_of(workspace),
        "query": {"update_mask": NETWORK.id},
        "body": {NETWORK.id: network_id},
    }
    # It may be moving for another reason, which the next look shows; or the new network is not known everywhere yet.
    return Change(
        MOVE, params, f"move {WORKSPACE.told(workspace)} to network {network_id}", outdated_by=(*IN_USE, *ABSENT)
    )


def _delete(thing: Object) -> Change:
    params = {"method": "DELETE", "path": NETWORK.path_of(thing)}
    return Change(DELETE, params, f"remove {NETWORK.told(thing)}", settled_by=ABSENT, outdated_by=IN_USE)


def plan_absent(item: Network, actual: Actual) -> Plan:
    thing = actual.thing
    if not thing:
        return Plan(waiting="the network to be gone" if actual.leaving else "")
    refuse_another(NETWORK, thing, {"vpc_id": item.vpc_id})
    users = [*map(WORKSPACE.told, staying(WORKSPACE, actual.workspaces, item.going))]
    if users:
        said = f"{NETWORK.told(thing)} is used by {', '.join(users)}. Move it to another network first."
        raise ItemError(said, {"used_by": users})
    return Plan([_delete(thing)])
