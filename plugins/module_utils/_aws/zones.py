# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private hosted zones as Route 53 lists them.

This module util is PRIVATE to the collection.

Route 53 is one service for all regions of a partition; botocore knows where it is. A VPC is known by its id and its
region. Source: Amazon Route 53 API Reference, ListHostedZonesByName, ListHostedZonesByVPC, GetHostedZone,
ListResourceRecordSets, ListTagsForResources (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws import zone_records
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core import dns_names

Raw = t.Mapping[str, t.Any]
TAGGED = 10  # zones in one call for tags
PAGE = "100"  # zones on a page
GONE = "NoSuchHostedZone"
# terraform-provider-aws, internal/service/route53/zone_association_test.go (read 2026-11)
FOREIGN_CODE, FOREIGN = "AccessDenied", "is not owned by you"


class Vpc(t.NamedTuple):
    """A VPC that a zone answers in."""

    id: str
    region: str

    def as_aws(self) -> dict[str, str]:
        return {"VPCRegion": self.region, "VPCId": self.id}

    def shown(self) -> dict[str, str]:
        return {"vpc_id": self.id, "region": self.region}


@dataclass
class Zone:
    """A private hosted zone. ``name`` is canonical. ``service`` is the service of AWS that has made it, if one has."""

    id: str
    name: str
    reference: str
    service: str
    vpcs: set[Vpc]
    tags: dict[str, str]
    records: list[Raw]

    @property
    def further_records(self) -> list[Raw]:
        """Those beside the two that every zone has."""
        return [raw for raw in self.records if not zone_records.is_zones_own(raw, self.name)]


def bare_id(text: str) -> str:
    """The id of a zone or of a change without its kind, as in C(/hostedzone/Z0123456789)."""
    return text.rpartition("/")[2]


def read_zones(api: Api, name: str, ids: t.Collection[str] = ()) -> list[Zone]:
    """The private zones of a canonical name that the account has, with VPCs and tags, without records.

    ``ids`` are zones that listings may not show yet. One that goes meanwhile is left out.
    """
    listed = {bare_id(zone["Id"]) for zone in _listed(api, name) if (zone.get("Config") or {}).get("PrivateZone")}
    read = [zone for zone in api.all(lambda id_: _read(api, id_), sorted(listed | set(ids))) if zone]
    for start in range(0, len(read), TAGGED):
        _add_tags(api, read[start : start + TAGGED])
    return read


def _listed(api: Api, name: str) -> list[Raw]:
    """Zones in order of their names, from this one on, as long as they have it."""
    params = {"DNSName": dns_names.sendable(name), "MaxItems": PAGE}
    found: list[Raw] = []
    while True:
        answer = api.call("route53:ListHostedZonesByName", name, **params)
        page = [zone for zone in answer["HostedZones"] if dns_names.is_same(zone["Name"], name)]
        found += page
        if not answer.get("IsTruncated") or len(page) < len(answer["HostedZones"]):
            return found
        params = {**params, "DNSName": answer["NextDNSName"], "HostedZoneId": answer["NextHostedZoneId"]}


def _read(api: Api, zone_id: str) -> Zone | None:
    try:
        answer = api.call("route53:GetHostedZone", zone_id, Id=zone_id)
    except CallError as error:
        if error.code == GONE:
            return None
        raise
    return as_zone(answer["HostedZone"], answer.get("VPCs") or ())


def as_zone(raw: Raw, vpcs: t.Iterable[Raw]) -> Zone:
    """A zone of Route 53's words, without tags and records."""
    service = str((raw.get("LinkedService") or {}).get("ServicePrincipal", ""))
    name, reference = dns_names.canonical(raw["Name"]), str(raw.get("CallerReference", ""))
    there = {Vpc(str(vpc["VPCId"]), str(vpc["VPCRegion"])) for vpc in vpcs}
    return Zone(bare_id(raw["Id"]), name, reference, service, there, {}, [])


def _add_tags(api: Api, zones: t.Sequence[Zone]) -> None:
    ids = [zone.id for zone in zones]
    try:
        answer = api.call("route53:ListTagsForResources", ", ".join(ids), ResourceType="hostedzone", ResourceIds=ids)
    except CallError as error:
        if error.code != GONE:
            raise
        for zone in zones if len(zones) > 1 else ():  # one of them was made or deleted just now
            _add_tags(api, [zone])
        return
    tags = {bare_id(entry["ResourceId"]): tagging.as_dict(entry.get("Tags")) for entry in answer["ResourceTagSets"]}
    for zone in zones:
        zone.tags = tags.get(zone.id, {})


def add_records(api: Api, zone: Zone) -> None:
    """Read all records of a zone, 300 in a call."""
    params: dict[str, t.Any] = {"HostedZoneId": zone.id}
    found: list[Raw] = []
    while True:
        try:
            answer = api.call("route53:ListResourceRecordSets", zone.id, **params)
        except CallError as error:
            if error.code != GONE:
                raise
            break
        found += answer["ResourceRecordSets"]
        if not answer.get("IsTruncated"):
            break
        next_one = {"StartRecordName": "NextRecordName", "StartRecordType": "NextRecordType"}
        next_one["StartRecordIdentifier"] = "NextRecordIdentifier"
        starts = {start: answer[member] for start, member in next_one.items() if answer.get(member)}
        params = {"HostedZoneId": zone.id, **starts}
    zone.records = found


def of_vpc(api: Api, vpc: Vpc) -> list[Raw] | None:
    """The zones that answer in a VPC, whoever's they are, each with its owner; None for a VPC of another account."""
    params = {"VPCId": vpc.id, "VPCRegion": vpc.region, "MaxItems": PAGE}
    try:
        return api.pages("route53:ListHostedZonesByVPC", "HostedZoneSummaries", **params)
    except CallError as error:
        if error.code == FOREIGN_CODE and FOREIGN in str(error):
            return None
        raise


def other_zone(summaries: t.Iterable[Raw], name: str, zone_id: str) -> str:
    """The zone of this name that is not the one given, with its owner, in words; "" for none."""
    for summary in summaries:
        if dns_names.is_same(summary["Name"], name) and bare_id(summary["HostedZoneId"]) != zone_id:
            owner = summary.get("Owner") or {}
            whose = owner.get("OwningAccount") or owner.get("OwningService")
            return f"{bare_id(summary['HostedZoneId'])} of {whose}"
    return ""
