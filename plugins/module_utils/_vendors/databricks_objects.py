# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Databricks' account objects have in common: how they are named, found, and kept by what uses them.

This module util is PRIVATE to the collection.

The objects carry no tags, so nothing shows who made one. What an item means is told by the id that it gives, else by
the id of the thing in AWS, else by the exact name; where that fits more than one, nothing is done.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Made
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import (
    UNREADABLE,
    ApiError,
    Databricks,
    Object,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import SHARDS, shard_of
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sign_in import UUID

SHORTEST_NAME, LONGEST_NAME = 4, 256  # characters (REST API reference of vpc-endpoints, read 2026-11)
AWS_ID = "{}-(?:[0-9a-f]{{8}}|[0-9a-f]{{17}})"
RELAY = "DATAPLANE_RELAY_ACCESS"
COST = (
    "All classic compute of a workspace must be stopped before such a change, and for about 20 minutes after it no "
    "cluster starts, though the workspace is RUNNING. Consent with confirm_disruption=true."
)
MOVING = ("PROVISIONING", "NOT_PROVISIONED")  # states of a workspace that end by themselves, in RUNNING or worse


@dataclass(frozen=True)
class Sort:
    """A kind of object: its words in messages, its list and the names of its fields in the API."""

    words: str
    path: str
    id: str
    name: str
    list_action: str

    def read(self, account: Databricks) -> list[Object]:
        """All objects of the kind. Raises ApiError where one has no id, by which alone it can be told from others."""
        found = account.list(self.list_action, self.path)
        if not all(thing.get(self.id) for thing in found):
            raise ApiError(self.list_action, UNREADABLE, f"the list holds something without {self.id}")
        return found

    def path_of(self, thing: Object) -> str:
        return f"{self.path}/{thing[self.id]}"

    def told(self, thing: Object) -> str:
        """An object as messages name it."""
        return f"{self.words} {thing.get(self.name)} ({thing.get(self.id)})"


REGISTRATION = Sort(
    "VPC endpoint", "vpc-endpoints", "vpc_endpoint_id", "vpc_endpoint_name", "databricks:ListVpcEndpoints"
)
SETTINGS = Sort(
    "private access settings",
    "private-access-settings",
    "private_access_settings_id",
    "private_access_settings_name",
    "databricks:ListPrivateAccess",
)
NETWORK = Sort("network", "networks", "network_id", "network_name", "databricks:ListNetworks")
WORKSPACE = Sort("workspace", "workspaces", "workspace_id", "workspace_name", "databricks:ListWorkspaces")
CONFIG = Sort(
    "connectivity config",
    "network-connectivity-configs",
    "network_connectivity_config_id",
    "name",
    "databricks:ListNetworkConnectivityConfigs",
)


@dataclass
class Lists:
    """The account's objects, each list read when it is first needed, once a round."""

    account: Databricks
    found: dict[str, list[Object]] = field(default_factory=dict)

    def of(self, sort: Sort) -> list[Object]:
        if sort.path not in self.found:
            self.found[sort.path] = sort.read(self.account)
        return self.found[sort.path]


def with_made(sort: Sort, listed: t.Sequence[Object], made: Made, create: str) -> list[Object]:
    """The list, and what this run has just made, should the list not show it yet."""
    answer = made.get(create) or {}
    known = {thing[sort.id] for thing in listed}
    return [*listed, answer] if answer.get(sort.id) and answer[sort.id] not in known else list(listed)


def only(sort: Sort, found: t.Sequence[Object], told: str, option: str) -> Object | None:
    """The one object that was found. Raises ItemError where it cannot be told which is meant."""
    if len(found) > 1:
        raise ItemError(
            f"More than one {sort.words} {told}: {', '.join(sorted(str(thing[sort.id]) for thing in found))}. "
            f"Say which is meant with {option}."
        )
    return found[0] if found else None


def refuse_another(sort: Sort, thing: Object, wanted: Object) -> None:
    """Raise ItemError where what was found by its name lies somewhere else: it is another one, perhaps somebody else's.

    ``wanted`` are the fields by which it is held against the item; None is not given.
    """
    for name, wish in wanted.items():
        if wish and thing.get(name) != wish:
            raise ItemError(
                f"{sort.told(thing)} has {name} {thing.get(name)}, not {wish}: it is another one, and stays. If it is "
                f"meant, name it by {sort.id}."
            )


def find_by_id_or_name(sort: Sort, listed: t.Sequence[Object], thing_id: str | None, name: str) -> Object | None:
    """The object that is meant. Raises ItemError where a name alone does not tell."""
    if thing_id:
        return next((thing for thing in listed if thing[sort.id] == thing_id), None)
    named = [thing for thing in listed if thing.get(sort.name) == name]
    return only(sort, named, f"are named {name}" if sort.words.endswith("s") else f"is named {name}", sort.id)


def refuse_taken_name(sort: Sort, listed: t.Sequence[Object], thing: Object, name: str) -> None:
    """Raise ItemError where something would be renamed to what another is named, and both be told by it no more."""
    others = [other for other in listed if other.get(sort.name) == name and other[sort.id] != thing[sort.id]]
    if others and thing.get(sort.name) != name:
        raise ItemError(f"{sort.told(thing)} is not renamed to {name}, for so is {sort.told(others[0])}.")


def deleted_by(made: Made, action: str) -> set[str]:
    """The ids of what calls of this run have deleted, and what may still be listed."""
    return {str(change.params["path"]).rpartition("/")[2] for change in made.changes if change.action == action}


def staying(sort: Sort, things: t.Iterable[Object], going: t.Sequence[str] | None) -> list[Object]:
    """Those whose id is not among ``going``: what a task before this one moves or takes away, or has planned to."""
    return [thing for thing in things if str(thing[sort.id]) not in (going or ())]


def users_of_registration(lists: Lists, endpoint: Object, going: t.Sequence[str] | None = None) -> list[str]:
    """What uses a registered VPC endpoint, and keeps it."""
    key = endpoint[REGISTRATION.id]
    networks = [network for network in staying(NETWORK, lists.of(NETWORK), going) if key in endpoints_of(network)]
    entries = staying(SETTINGS, lists.of(SETTINGS), going)
    settings = [entry for entry in entries if key in (entry.get("allowed_vpc_endpoint_ids") or [])]
    return [*map(NETWORK.told, networks), *map(SETTINGS.told, settings), *_cut_off(lists, endpoint, entries)]


def is_way_in(endpoint: Object) -> bool:
    """Whether a registered VPC endpoint leads to workspaces now. Those for the relay serve clusters alone."""
    return endpoint.get("use_case") != RELAY and str(endpoint.get("state")).lower() == "available"


def _cut_off(lists: Lists, endpoint: Object, settings: t.Sequence[Object]) -> list[str]:
    """What nobody would reach any more without an endpoint: no public access, and no other that all may come in by."""
    region = endpoint.get("region")
    ways = [
        other[REGISTRATION.id] for other in lists.of(REGISTRATION) if other.get("region") == region and is_way_in(other)
    ]
    if ways != [endpoint[REGISTRATION.id]]:
        return []
    found = []
    for entry in settings:
        lets_all_in = entry.get("private_access_level") != "ENDPOINT" and not entry.get("public_access_enabled")
        if lets_all_in and entry.get("region") == region:
            workspaces = ", ".join(map(WORKSPACE.told, workspaces_with(lists, SETTINGS, entry[SETTINGS.id])))
            found += [f"{SETTINGS.told(entry)}, as the only way to {workspaces}"] if workspaces else []
    return found


def endpoints_of(network: Object) -> list[str]:
    """The registered VPC endpoints that a network uses."""
    endpoints = network.get("vpc_endpoints") or {}
    return [*(endpoints.get("rest_api") or []), *(endpoints.get("dataplane_relay") or [])]


def workspaces_with(lists: Lists, sort: Sort, thing_id: str) -> list[Object]:
    """The workspaces to which something is attached; they name it by its own id's name."""
    return [workspace for workspace in lists.of(WORKSPACE) if workspace.get(sort.id) == thing_id]


# What options must look like


def check_name(name: str) -> None:
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        raise ItemError(f"name has {SHORTEST_NAME} to {LONGEST_NAME} characters, not {len(name)}.")
    if name != name.strip() or not name.isprintable():
        raise ItemError(f"name is {name!r}: take away blanks at its ends and what cannot be printed.")


def check_region(region: str | None, shard: str | None) -> None:
    """A region that Databricks is in, and the cloud that the shard names."""
    if region is None:
        return
    if not shard and region in SHARDS["gov_civilian"].regions:
        raise ItemError(f"{region} holds two clouds of Databricks: say which with govcloud_shard, civilian or dod.")
    known = SHARDS[shard_of(shard)].regions
    if region not in known:
        cloud = f"Databricks' {shard} shard of GovCloud" if shard else "Databricks"
        raise ItemError(f"{region!r} is no region of {cloud}, which is in {', '.join(known)}.")


def check_id(option: str, value: str | None, of: str = "") -> None:
    """An id of Databricks, which AWS's ids are easily taken for."""
    if value in (None, UNKNOWN) or (is_of_form(UUID, value) and value == value.lower()):
        return
    if is_of_form(UUID, value):
        raise ItemError(f"{option}: {value!r} has capitals, and ids of Databricks are told apart by small letters.")
    if str(value).startswith("vpce-"):
        where = ", the vpc_endpoint_id that databricks_vpc_endpoint returns" if "_endpoint_id" in option else ""
        raise ItemError(f"{option}: {value!r} is AWS's id of a VPC endpoint. Databricks' own is wanted here{where}.")
    raise ItemError(f"{option}: {value!r} is no id of Databricks{of}, as in 01234567-89ab-cdef-0123-456789abcdef.")


def check_aws_id(option: str, value: str | None, prefix: str) -> None:
    """An id of AWS, which Databricks' ids are easily taken for."""
    if value in (None, UNKNOWN) or is_of_form(AWS_ID.format(prefix), value):
        return
    other = " It looks like an id of Databricks." if is_of_form(UUID, value) else ""
    raise ItemError(f"{option}: {value!r} is no id of AWS like {prefix}-0123456789abcdef0.{other}")


def check_listed(option: str, values: t.Sequence[str] | None) -> None:
    known = [value for value in values or () if value != UNKNOWN]
    twice = sorted({value for value in known if known.count(value) > 1})
    if twice:
        raise ItemError(f"{option} lists {', '.join(twice)} twice.")
