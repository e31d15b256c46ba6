# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a private hosted zone as it is to the one that is wanted, and away from it. Pure.

This module util is PRIVATE to the collection.

What is added is remembered first, so that it is known to be ours whatever becomes of the run. In a new zone records
come before further VPCs, which would otherwise find no name there where the internet had one.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership, zone_claims, zone_records
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_claims import Claims, claim
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_options import PrivateZone
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_records import Batch, Raw, key_of
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zones import GONE, Vpc, Zone
from ansible_collections.saas.privatelink.plugins.module_utils._core import dns_names
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change, Plan

CREATE, DELETE = "route53:CreateHostedZone", "route53:DeleteHostedZone"
RECORDS, TAGS = "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource"
ASSOCIATE, PART = "route53:AssociateVPCWithHostedZone", "route53:DisassociateVPCFromHostedZone"
OUTDATED = "RecordsChanged"  # our own: Route 53 has one code for all faults of a batch
OURS, ADOPTED, GUEST, FREE = "ours", "adopted", "of another item", "of others"  # whose a zone is
TRIMMED = "what was added to be gone"


@dataclass
class Actual:
    """What Route 53 shows of an item's zone, and of its VPCs.

    ``relation`` says whose the zone is. ``foreign`` are VPCs of other accounts; ``conflicts`` are those that another
    zone of the name answers in, each with that zone. ``pending``: changes are not known to all name servers yet.
    """

    name: str  # of the zone, canonical
    zone: Zone | None = None
    relation: str = OURS
    vpcs: list[Vpc] = field(default_factory=list)  # those wanted
    foreign: set[Vpc] = field(default_factory=set)
    conflicts: dict[Vpc, str] = field(default_factory=dict)
    created: bool = False
    pending: bool = False
    left: bool = False  # by this run
    token: str = ""


def zone_of(change: Change) -> str:
    """The id of the zone that a call is about; "" for the one that creates it."""
    return str(change.params.get("HostedZoneId") or change.params.get("Id") or change.params.get("ResourceId") or "")


def present(item: PrivateZone, actual: Actual) -> Plan:
    """Create what is missing. Raises ItemError for a zone of others, and what Route 53 does not allow."""
    if actual.zone is None:
        return _created(item, actual)
    _check_owner(item, actual.zone, actual.relation)
    _check_conflicts(actual)
    plan = Plan(before=shown(actual.zone), result=as_result(actual.zone, actual.relation))
    step = _step(item, actual, actual.zone)
    plan.changes = [*step.tags(actual.zone.id), *step.records(actual.zone.id, actual.created)]
    plan.changes += [_association(actual.zone.id, vpc) for vpc in step.joining]
    plan.changes += [_parting(actual.zone.id, vpc) for vpc in step.leaving]
    plan.changes += step.trimming(actual.zone.id)
    plan.after = step.after() if plan.changes else plan.before
    _tell_foreign(plan, actual, actual.zone.id)
    return plan


def _created(item: PrivateZone, actual: Actual) -> Plan:
    """The zone with all that is wanted of it. It is created with one VPC; others come when it has its records."""
    _check_conflicts(actual)
    vpcs = [vpc for vpc in actual.vpcs if vpc not in actual.foreign]
    if not vpcs:
        raise ItemError(
            f"All VPCs listed for {item.zone} are of other accounts, and Route 53 makes a private zone only with a VPC "
            "of the zone's own account: list one of those first."
        )
    params = {
        "Name": dns_names.sendable(item.zone),
        "VPC": vpcs[0].as_aws(),
        "CallerReference": actual.token,
        "HostedZoneConfig": {"Comment": f"saas.privatelink: {item.name}", "PrivateZone": True},
    }
    done, overtaken = ("HostedZoneAlreadyExists",), ("ConflictingDomainExists",)
    create = Change(CREATE, params, f"create zone {item.zone}", settled_by=done, outdated_by=overtaken)
    empty = Zone(UNKNOWN, item.zone, actual.token, "", {vpcs[0]}, {}, [])
    step, after = _step(item, actual, empty), f"zone {item.zone} to be made"
    changes = [*step.tags(UNKNOWN, after), *step.records(UNKNOWN, True, after)]
    changes += [_association(UNKNOWN, vpc, after) for vpc in step.joining]
    plan = Plan([create, *changes], after=step.after(), result=as_result(empty, OURS))
    if actual.created:
        plan.waiting = f"zone {item.zone} to show"
    else:
        _tell_foreign(plan, actual, "ZONE_ID")
    return plan


@dataclass
class Step:
    """What separates a zone from what is wanted of it. ``claims`` are remembered first, ``kept`` of them at last."""

    zone: Zone
    batch: Batch
    joining: list[Vpc]
    leaving: list[Vpc]
    key: str
    claims: Claims
    kept: Claims
    to_set: dict[str, str]
    to_remove: list[str]

    @property
    def is_guest(self) -> bool:
        """Whether the tag that remembers is also the one that says who uses the zone."""
        return self.key.startswith(tagging.USER_TAG)

    def tags(self, zone_id: str, after: str = "") -> t.Iterator[Change]:
        told, forgotten = zone_claims.changes(self.zone.tags, self.key, self.claims, self.is_guest)
        yield from _tagging(zone_id, {**self.to_set, **told}, [*self.to_remove, *forgotten], after)

    def records(self, zone_id: str, created: bool, after: str = "") -> t.Iterator[Change]:
        changes = self.batch.as_aws()
        if changes:
            params = {"HostedZoneId": zone_id, "ChangeBatch": {"Changes": changes}}
            early = (GONE,) if created else ()
            yield Change(RECORDS, params, str(self.batch), after, retried_on=early, outdated_by=(OUTDATED,))

    def trimming(self, zone_id: str, after: str = TRIMMED) -> t.Iterator[Change]:
        """Once what goes is gone, it is not ours any more, should others make it again."""
        if self.kept != self.claims:
            before = zone_claims.changes({}, self.key, self.claims)[0]
            told, forgotten = zone_claims.changes(before, self.key, self.kept, self.is_guest)
            yield from _tagging(zone_id, told, forgotten, after)

    def after(self) -> dict[str, t.Any]:
        """The zone in a diff when all is done; what is remembered is not shown."""
        gone = {key_of(raw) for raw in self.batch.deleted}
        left = [raw for raw in self.zone.records if key_of(raw) not in gone]
        have = shown(Zone(**{**vars(self.zone), "records": left, "vpcs": self._vpcs(), "tags": self._tags()}))
        made = [record.shown() for record in self.batch.created]
        return {**have, "records": _sorted([*have["records"], *made])}

    def _vpcs(self) -> set[Vpc]:
        return (self.zone.vpcs | set(self.joining)) - set(self.leaving)

    def _tags(self) -> dict[str, str]:
        return {key: value for key, value in {**self.zone.tags, **self.to_set}.items() if key not in self.to_remove}


def _step(item: PrivateZone, actual: Actual, zone: Zone) -> Step:
    theirs, key = actual.relation != OURS, _key(item, actual.relation)
    if theirs and "all" in (item.purge_records, item.purge_vpcs):
        raise ItemError(f"Zone {zone.id} is {actual.relation}, of which nothing is removed: take away purge_...=all.")
    had = _claims(item, zone, actual.relation)
    records = item.wanted_records
    keys, there = {record.key for record in records}, zone.further_records
    all_ours = not theirs and item.purge_records == "all"
    purged: list[Raw] = []
    if item.records is not None and item.purge_records != "none":
        surplus = [raw for raw in there if key_of(raw) not in keys]
        purged = [raw for raw in surplus if all_ours or claim(key_of(raw)) in had]
    batch = zone_records.batch(records, there, lambda key: all_ours or claim(key) in had, purged)
    joining = [vpc for vpc in actual.vpcs if vpc not in zone.vpcs | actual.foreign]
    leaving = _leaving(item, actual, zone, had)
    present_now = {claim(key_of(raw)) for raw in there} | {claim(vpc) for vpc in zone.vpcs}
    claims = (had & present_now) | {claim(thing) for thing in [*batch.adds, *joining]}
    kept = claims - {claim(thing) for thing in [*batch.drops, *leaving]}
    to_set, to_remove = _marks(item, zone, actual.relation)
    return Step(zone, batch, joining, leaving, key, frozenset(claims), frozenset(kept), to_set, to_remove)


def _leaving(item: PrivateZone, actual: Actual, zone: Zone, had: Claims) -> list[Vpc]:
    if item.vpcs is None or item.purge_vpcs == "none":
        return []
    surplus = sorted(zone.vpcs - set(actual.vpcs))
    if item.purge_vpcs == "all":
        return surplus
    return [vpc for vpc in surplus if claim(vpc) in had]


def _key(item: PrivateZone, relation: str) -> str:
    return item.guest_tag if relation == GUEST else tagging.ADDED_TAG


def _claims(item: PrivateZone, zone: Zone, relation: str) -> Claims:
    """What was added for the item. A zone that was made for it and has no tags yet has only VPCs of ours."""
    if relation == OURS and tagging.OWN_TAG not in zone.tags:
        return frozenset(claim(vpc) for vpc in zone.vpcs)
    return zone_claims.read(zone.tags, _key(item, relation))


def _marks(item: PrivateZone, zone: Zone, relation: str) -> tuple[dict[str, str], list[str]]:
    """Tags beside what is remembered: a zone that has another item's gets none."""
    if relation == GUEST:
        return {}, []
    if relation == OURS and tagging.OWN_TAG not in zone.tags:
        return tagging.own_tags(item), []
    return tagging.changes(zone.tags, item, item.purge_tags, adopt=relation == FREE)


def _check_owner(item: PrivateZone, zone: Zone, relation: str) -> None:
    """Raise ItemError for a zone that is not the item's, unless it may be used."""
    what = f"Private zone {zone.id} of the name {item.zone}"
    if zone.service:
        raise ItemError(f"{what} was made by {zone.service}, which lets nobody else change it. Nothing was changed.")
    if relation == FREE:
        ownership.check(item, what, zone.tags)
    if relation == GUEST and item.guest_tag not in zone.tags and not item.adopt:
        other = zone.tags.get(tagging.ENVIRONMENT_TAG, "")
        raise ItemError(
            f"{what} answers in a VPC of this item and belongs to {zone.tags[tagging.OWN_TAG]}"
            f"{f' of the environment {other}' if other else ''}, by its tags. It was not touched. Set adopt=true to "
            "add to it what is missing, or leave that VPC out."
        )


def _check_conflicts(actual: Actual) -> None:
    """Raise ItemError for VPCs that another zone of the name answers in; Route 53 says ConflictingDomainExists."""
    if actual.conflicts:
        where = ", ".join(f"{vpc.id} (by zone {other})" for vpc, other in sorted(actual.conflicts.items()))
        raise ItemError(
            f"Another zone of the name {actual.name} answers already in {where}, and Route 53 lets a VPC have one of "
            "a name. Nothing was changed. Leave that VPC out and have the record added to its zone, or have the VPC "
            "taken out of that zone."
        )


def _tell_foreign(plan: Plan, actual: Actual, zone_id: str) -> None:
    """What has to be done by hand where a VPC is another account's."""
    there = actual.zone.vpcs if actual.zone else set()
    lacking = sorted(actual.foreign - there)
    if not lacking:
        return
    told = []
    for vpc in lacking:
        told.append(
            f"{vpc.id} of another account to be associated: run `aws route53 create-vpc-association-authorization "
            f"--hosted-zone-id {zone_id} --vpc VPCRegion={vpc.region},VPCId={vpc.id}` in this account, then `aws "
            f"route53 associate-vpc-with-hosted-zone` with the same options in the VPC's account"
        )
    plan.waiting, plan.poll = "; ".join(told), False
    plan.result["foreign_vpcs"] = [vpc.id for vpc in lacking]


def absent(item: PrivateZone, actual: Actual) -> Plan:
    """Take away what was added here; the zone goes when it is ours and nothing of others is left in it."""
    zone = actual.zone
    if zone is None:
        return Plan()
    if actual.left:
        return Plan(result={"kept": [_of_others(zone)]})
    if actual.relation == GUEST and item.guest_tag not in zone.tags:
        return Plan()
    if actual.relation == FREE:
        if not item.adopt:
            ownership.check(item, f"Private zone {zone.id} of the name {item.zone}", zone.tags)
        return Plan()
    had = _claims(item, zone, actual.relation)
    ours = [raw for raw in zone.further_records if claim(key_of(raw)) in had]
    others = [raw for raw in zone.further_records if raw not in ours]
    plan = Plan(before=shown(zone), result=as_result(zone, actual.relation))
    kept = had & ({claim(key_of(raw)) for raw in others} | {claim(vpc) for vpc in zone.vpcs})
    removal = Step(zone, Batch(ours, []), [], [], _key(item, actual.relation), had, kept, {}, [])
    plan.changes = list(removal.records(zone.id, actual.created))
    if actual.relation != OURS:
        return _left(item, actual, plan, removal)
    guests = sorted(key[len(tagging.USER_TAG) :] for key in zone.tags if key.startswith(tagging.USER_TAG))
    their_vpcs = sorted(vpc for vpc in zone.vpcs if claim(vpc) not in had)
    if not (others or guests or their_vpcs):
        summary = f"delete zone {item.zone} ({zone.id})"
        plan.changes.append(
            Change(DELETE, {"Id": zone.id}, summary, settled_by=(GONE,), outdated_by=("HostedZoneNotEmpty",))
        )
        return plan
    removal.leaving = [] if others or not their_vpcs else sorted(zone.vpcs - set(their_vpcs))
    _part(plan, removal)
    words = [f"record {' '.join(key_of(raw))}" for raw in others] + [f"VPC {vpc.id}" for vpc in their_vpcs]
    words += [f"what {guest} has added" for guest in guests]
    plan.result["kept"] = [f"zone {zone.id} stays, for it has {', '.join(words)}, which are not ours"]
    plan.after = removal.after() if plan.changes else plan.before
    return plan


def _part(plan: Plan, removal: Step) -> None:
    """Take VPCs out of a zone that stays; nothing that is gone is remembered."""
    removal.kept -= {claim(vpc) for vpc in removal.leaving}
    plan.changes += [_parting(removal.zone.id, vpc) for vpc in removal.leaving]
    plan.changes += removal.trimming(removal.zone.id, TRIMMED if plan.changes else "")


def _left(item: PrivateZone, actual: Actual, plan: Plan, removal: Step) -> Plan:
    """Leave a zone of others as it was; last of all its tags, by which it is known."""
    zone = removal.zone
    ours = sorted(vpc for vpc in zone.vpcs if claim(vpc) in removal.claims)
    plan.result["kept"] = [_of_others(zone)]
    if len(ours) == len(zone.vpcs):
        removal.leaving = ours[1:]
        _part(plan, removal)
        plan.result["kept"].append(f"VPC {ours[0].id} stays in it: Route 53 keeps the last one of a zone")
    else:
        removal.leaving = ours
        plan.changes += [_parting(zone.id, vpc) for vpc in ours]
        own = [key for key in zone.tags if key.startswith(item.guest_tag)]
        if actual.relation == ADOPTED:
            own = [key for key in tagging.own(zone.tags) if not key.startswith(tagging.USER_TAG)]
        removal.to_remove = own
        plan.changes += _tagging(zone.id, {}, own, TRIMMED if plan.changes else "")
    plan.after = removal.after() if plan.changes else plan.before
    return plan


def _of_others(zone: Zone) -> str:
    return f"zone {zone.id} stays, for others have made it"


def _tagging(zone_id: str, to_set: t.Mapping[str, str], to_remove: t.Sequence[str], after: str) -> t.Iterator[Change]:
    if to_set or to_remove:
        params: dict[str, t.Any] = {"ResourceType": "hostedzone", "ResourceId": zone_id}
        if to_set:
            params["AddTags"] = tagging.as_aws(to_set)
        if to_remove:
            params["RemoveTagKeys"] = sorted(to_remove)
        yield Change(TAGS, params, f"tag zone {zone_id}", after, retried_on=(GONE,) if to_set else ())


def _association(zone_id: str, vpc: Vpc, after: str = "") -> Change:
    params = {"HostedZoneId": zone_id, "VPC": vpc.as_aws()}
    overtaken = ("ConflictingDomainExists",)
    return Change(ASSOCIATE, params, f"associate {vpc.id} with {zone_id}", after, outdated_by=overtaken)


def _parting(zone_id: str, vpc: Vpc) -> Change:
    params, gone = {"HostedZoneId": zone_id, "VPC": vpc.as_aws()}, ("VPCAssociationNotFound", GONE)
    return Change(PART, params, f"take {vpc.id} out of {zone_id}", settled_by=gone)


def _sorted(records: t.Iterable[Raw]) -> list[Raw]:
    return sorted(records, key=lambda record: (record["name"], record["type"]))


def shown(zone: Zone) -> dict[str, t.Any]:
    """A zone in the words of the options, for the diff; records of kinds that are no options by name and type."""
    records: list[Raw] = []
    for raw in zone.further_records:
        record = zone_records.read(raw)
        name, kind = key_of(raw)
        records.append(record.shown() if record else {"name": name, "type": kind})
    hidden = (tagging.ADDED_TAG, tagging.USER_TAG)
    return {
        "zone_name": zone.name,
        "vpcs": [vpc.shown() for vpc in sorted(zone.vpcs)],
        "records": _sorted(records),
        "tags": {key: value for key, value in zone.tags.items() if not key.startswith(hidden)},
    }


def as_result(zone: Zone, relation: str) -> dict[str, t.Any]:
    """A zone as modules return it."""
    return {"zone_id": zone.id, **shown(zone), "adopted": relation != OURS}
