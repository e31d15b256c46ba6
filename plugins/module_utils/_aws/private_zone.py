# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private hosted zones of Route 53 with their records and VPCs: which is the item's, and what it lacks.

This module util is PRIVATE to the collection.

A zone is the item's by its tags, or, until it has them, by the reference that it was created with. Records and
associations have no tags, so those that were added here are remembered in a tag of the zone, before they are made: see
C(zone_claims). All others are somebody else's, in a zone of ours as well.

Sources (read 2026-11): Amazon Route 53 API Reference, CreateHostedZone, AssociateVPCWithHostedZone,
DisassociateVPCFromHostedZone, ChangeResourceRecordSets, DeleteHostedZone, ChangeTagsForResource, GetChange. A reference
is never free again, also when its zone is deleted, and a zone is not answered to who repeats it (Netflix/denominator
356, saltstack/salt 40655, presslabs/zinc 148).
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership, zone_plan, zones
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_options import PrivateZone
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_plan import (
    ADOPTED,
    CREATE,
    FREE,
    GUEST,
    OURS,
    OUTDATED,
    TAGS,
    Actual,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zones import Vpc, Zone
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError, Refused
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made, Plan, meant_twice
from ansible_collections.saas.privatelink.plugins.module_utils._core.tokens import Tokens, token

OVERTAKEN = re.compile("already exists|was not found|do not match the current values")  # in a refused batch


class PrivateZones:
    """Reads zones in a call for each name, one for each zone and one for the tags of ten, then the records."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.tokens = Tokens()
        self._pending: dict[str, set[str]] = {}  # ids of changes that name servers do not know yet, by zone

    def read(self, items: t.Sequence[PrivateZone], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        listed: dict[str, list[Zone]] = {}
        for name in sorted({item.zone for item in items}):
            ids = {self._created_id(made[item.name]) for item in items if item.zone == name} - {""}
            listed[name] = zones.read_zones(self.api, name, ids)
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._find(item, listed[item.zone], made[item.name])
            except ItemError as error:
                found[item.name] = error
        usable = {name: actual for name, actual in found.items() if isinstance(actual, Actual)}
        found.update(meant_twice({name: f"zone {actual.zone.id}" for name, actual in usable.items() if actual.zone}))
        found.update(self._rivals([item for item in items if item.name in usable], usable))
        kept = [(item, usable[item.name]) for item in items if isinstance(found[item.name], Actual)]
        for (item, dummy), fault in zip(kept, self.api.each(lambda pair: self._add_details(*pair), kept)):
            found[item.name] = fault or found[item.name]
        return found

    def _find(self, item: PrivateZone, listed: t.Sequence[Zone], made: Made) -> Actual:
        wanted = [Vpc(vpc["vpc_id"], vpc.get("region") or self.api.region) for vpc in item.vpcs or ()]
        actual = Actual(item.zone, vpcs=list(dict.fromkeys(wanted)), created=CREATE in made)
        actual.zone = choose(item, listed, set(actual.vpcs))
        if actual.zone is None and actual.created:
            actual.zone = self._unlisted(item, made)
        if actual.zone is not None:
            actual.zone.tags, actual.left = retagged(item, actual.zone, made)
            actual.relation = relation(item, actual.zone)
        known = [zone.id for zone in listed if ownership.is_ours(item, zone.tags)]
        seed = self.tokens.seed(item.name, item.environment, known)
        actual.token = item.reference + token(seed, {"zone": item.zone}).replace("-", "")
        actual.pending = self._is_pending(made)
        return actual

    def _unlisted(self, item: PrivateZone, made: Made) -> Zone | None:
        """The zone that this run has created and that does not show. One that never does was deleted long ago."""
        answer = made[CREATE]
        if self.tokens.is_lost(item.name):
            del made[CREATE]
            return None
        return zones.as_zone(answer["HostedZone"], [answer["VPC"]]) if answer.get("HostedZone") else None

    @staticmethod
    def _created_id(made: Made) -> str:
        return zones.bare_id(str((made.get(CREATE, {}).get("HostedZone") or {}).get("Id", "")))

    @staticmethod
    def _rivals(items: t.Sequence[PrivateZone], found: t.Mapping[str, Actual]) -> dict[str, ItemError]:
        """An error for items that want zones of one name in one VPC, which can have one."""
        wanting: dict[tuple[str, Vpc], list[str]] = {}
        for item in items:
            for vpc in found[item.name].vpcs if item.state == "present" else ():
                wanting.setdefault((item.zone, vpc), []).append(item.name)
        errors: dict[str, ItemError] = {}
        for (zone, vpc), names in wanting.items():
            if len(names) > 1:
                told = (
                    f"Items {', '.join(sorted(names))} want zones of the name {zone} in {vpc.id}, which can have one."
                )
                errors.update(dict.fromkeys(names, ItemError(f"{told} Put their records into one item.")))
        return errors

    def _add_details(self, item: PrivateZone, actual: Actual) -> None:
        """The zone's records, and the other zones of VPCs that it does not answer in yet."""
        if actual.zone is not None:
            zones.add_records(self.api, actual.zone)
        there = actual.zone.vpcs if actual.zone else set()
        for vpc in actual.vpcs if item.state == "present" else ():
            if vpc not in there:
                summaries = zones.of_vpc(self.api, vpc)
                if summaries is None:
                    actual.foreign.add(vpc)
                    continue
                other = zones.other_zone(summaries, actual.name, actual.zone.id if actual.zone else "")
                if other:
                    actual.conflicts[vpc] = other

    def _is_pending(self, made: Made) -> bool:
        """Whether name servers do not know all of what was changed for an item. Asks for each change until they do."""
        ids = {zone_plan.zone_of(change) for change in made.changes} | {self._created_id(made)}
        for zone_id in ids & self._pending.keys():
            for change in sorted(self._pending[zone_id]):
                if self._status(change) == "INSYNC":
                    self._pending[zone_id].discard(change)
        return any(self._pending.get(zone_id) for zone_id in ids)

    def _status(self, change: str) -> str:
        try:
            return str(self.api.call("route53:GetChange", change, Id=change)["ChangeInfo"]["Status"])
        except CallError as error:
            if error.code != "NoSuchChange":
                raise
            return "INSYNC"  # it is forgotten some time after it is done

    def plan(self, item: PrivateZone, actual: Actual) -> Plan:
        plan = zone_plan.absent(item, actual) if item.state == "absent" else zone_plan.present(item, actual)
        if actual.pending and not plan.waiting:
            plan.waiting = f"all name servers of Route 53 to know {item.zone} as it is now"
        return plan

    def apply(self, change: Change) -> t.Mapping[str, t.Any]:
        """Make a planned call, and remember what name servers have to learn."""
        try:
            answer = self.api.apply(change)
        except CallError as error:
            if error.code == "InvalidChangeBatch" and OVERTAKEN.search(str(error)):
                raise Refused(error.action, OUTDATED, str(error)) from error
            raise
        told = answer.get("ChangeInfo") or {}
        if told.get("Status", "INSYNC") != "INSYNC":
            zone_id = zones.bare_id((answer.get("HostedZone") or {}).get("Id") or zone_plan.zone_of(change))
            self._pending.setdefault(zone_id, set()).add(zones.bare_id(told["Id"]))
        return answer


def choose(item: PrivateZone, listed: t.Sequence[Zone], vpcs: t.AbstractSet[Vpc]) -> Zone | None:
    """The zone that is meant: by its id, else by our marks, else the one that answers in a VPC of the item.

    Raises ItemError where there are several.
    """
    if item.zone_id is not None:
        named = next((zone for zone in listed if zone.id == item.zone_id), None)
        if named is None and item.state == "present":
            raise ItemError(f"This account has no private zone {item.zone_id} of the name {item.zone}.")
        return named
    marked = [zone for zone in listed if is_marked(item, zone)]
    found = marked or [zone for zone in listed if zone.vpcs & vpcs]
    if len(found) > 1:
        ids = ", ".join(sorted(zone.id for zone in found))
        raise ItemError(f"There are several private zones {item.zone}: {ids}. Say by zone_id which one is meant.")
    return found[0] if found else None


def retagged(item: PrivateZone, zone: Zone, made: Made) -> tuple[dict[str, str], bool]:
    """A zone's tags with what this run has done to them, for reads that show the past; and whether it has left it."""
    tags, left = dict(zone.tags), False
    for change in made.changes:
        if change.action == TAGS and change.params["ResourceId"] == zone.id:
            removed = set(change.params.get("RemoveTagKeys") or ())
            tags = {key: value for key, value in tags.items() if key not in removed}
            tags.update(tagging.as_dict(change.params.get("AddTags")))
            left = left or bool(removed & {tagging.OWN_TAG, item.guest_tag})
    return tags, left


def is_marked(item: PrivateZone, zone: Zone) -> bool:
    """Whether a zone is known to be the item's, or used by it."""
    return ownership.is_ours(item, zone.tags) or is_untagged(item, zone) or item.guest_tag in zone.tags


def is_untagged(item: PrivateZone, zone: Zone) -> bool:
    """Whether a zone was made for the item by a run that ended before it could tag it."""
    return tagging.OWN_TAG not in zone.tags and zone.reference.startswith(item.reference)


def relation(item: PrivateZone, zone: Zone) -> str:
    """Whose a zone is, by its tags."""
    if is_untagged(item, zone):
        return OURS
    if ownership.is_ours(item, zone.tags):
        return ADOPTED if ownership.is_adopted(zone.tags) else OURS
    return GUEST if tagging.OWN_TAG in zone.tags else FREE
