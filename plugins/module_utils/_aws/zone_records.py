# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records of a private hosted zone: what is wanted, what is there, and the batch of changes between them. Pure.

This module util is PRIVATE to the collection.

A batch is applied as a whole or not at all. A record is created where there must be none, and deleted with the content
that was read, never overwritten: so a record that somebody else has made or changed meanwhile refuses the batch.

Sources: Amazon Route 53 API Reference, ChangeResourceRecordSets, ResourceRecordSet and AliasTarget; Developer Guide,
"Values specific for simple alias records" (read 2026-11).
"""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core import dns_names
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional, required
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN

Raw = t.Mapping[str, t.Any]
Key = tuple[str, str]  # a record's canonical name, and its type
RecordType = t.Literal["A", "AAAA", "CNAME"]
ROUTING = (  # what makes a record one of several of its name and type
    "SetIdentifier",
    "HealthCheckId",
    "TrafficPolicyInstanceId",
)


@dataclass(frozen=True)
class Alias:
    """What an alias record leads to; the fields are the suboptions of C(alias)."""

    dns_name: str = required()
    hosted_zone_id: str = required()
    evaluate_target_health: bool = False


@dataclass(frozen=True)
class ZoneRecord:
    """One wanted record; the fields are the suboptions of C(records)."""

    name: str = required()
    type: RecordType = "A"
    value: list[str] | None = None
    alias: dict[str, t.Any] | None = optional(item=Alias)
    ttl: int = 300


@dataclass(frozen=True)
class Record:
    """A record that can be compared. ``values`` are addresses or the one name, or an alias's zone, name and health."""

    name: str
    type: str
    values: tuple[str, ...]
    ttl: int | None  # None: an alias, which has none

    @property
    def key(self) -> Key:
        return self.name, self.type

    @property
    def is_alias(self) -> bool:
        return self.ttl is None

    def as_aws(self) -> dict[str, t.Any]:
        """The record as Route 53 takes it."""
        record: dict[str, t.Any] = {"Name": dns_names.sendable(self.name), "Type": self.type}
        if self.is_alias:
            zone, name, health = self.values
            target = {"HostedZoneId": zone, "DNSName": name, "EvaluateTargetHealth": health == "true"}
            return {**record, "AliasTarget": target}
        return {**record, "TTL": self.ttl, "ResourceRecords": [{"Value": value} for value in self.values]}

    def shown(self) -> dict[str, t.Any]:
        """The record in the words of the options."""
        if self.is_alias:
            zone, name, health = self.values
            alias = {"dns_name": name, "hosted_zone_id": zone, "evaluate_target_health": health == "true"}
            return {"name": self.name, "type": self.type, "alias": alias}
        return {"name": self.name, "type": self.type, "ttl": self.ttl, "value": list(self.values)}

    def __str__(self) -> str:
        """The record in a sentence."""
        what = f"an alias of {self.values[1]}" if self.is_alias else ", ".join(self.values)
        return f"{self.name} {self.type} ({what})"


def wanted(options: t.Mapping[str, t.Any], zone: str) -> Record:
    """A record of the options; ``zone`` is canonical. Raises ItemError for what Route 53 would not take."""
    try:
        name = dns_names.within(options["name"], zone)
        kind, values, alias = options.get("type") or "A", options.get("value"), options.get("alias")
        if bool(values) == bool(alias):
            raise ValueError(f"record {name} takes either value or alias")
        if kind == "CNAME" and name == zone:
            raise ValueError(f"the zone's own name {zone} cannot be a CNAME: use an alias of type A")
        if alias:
            return Record(name, kind, _alias(alias, kind), None)
        ttl = 300 if options.get("ttl") is None else int(options["ttl"])
        if not 0 <= ttl <= 2147483647:
            raise ValueError(f"ttl of {name} is 0 to 2147483647 seconds, not {ttl}")
        return Record(name, kind, _values(kind, values or ()), ttl)
    except ValueError as error:
        raise ItemError(f"records: {error}.") from error


def _alias(alias: Raw, kind: str) -> tuple[str, ...]:
    if kind == "CNAME":
        raise ValueError("an alias is of type A or AAAA")
    name = alias["dns_name"]
    health = "true" if alias.get("evaluate_target_health") else "false"
    return (str(alias["hosted_zone_id"]), name if name == UNKNOWN else dns_names.canonical(name), health)


def _values(kind: str, values: t.Iterable[str]) -> tuple[str, ...]:
    """Values in one spelling and order."""
    spelt = {_value(kind, value) for value in values}
    if kind == "CNAME" and len(spelt) != 1:
        raise ValueError("a CNAME has one value")
    return tuple(sorted(spelt))


def _value(kind: str, value: str) -> str:
    if value == UNKNOWN:
        return value
    if kind == "CNAME":
        return dns_names.canonical(value)
    version = {"A": 4, "AAAA": 6}[kind]
    address = ipaddress.ip_address(value)
    if address.version != version:
        raise ValueError(f"{value} is no address for a record of type {kind}")
    return str(address)


def read(raw: Raw) -> Record | None:
    """A record that Route 53 shows, None for one of a kind that is never wanted here."""
    if raw["Type"] not in ("A", "AAAA", "CNAME") or any(raw.get(member) is not None for member in ROUTING):
        return None
    try:
        name, target = dns_names.canonical(raw["Name"]), raw.get("AliasTarget")
        if target:
            alias = {"dns_name": target["DNSName"], "hosted_zone_id": target["HostedZoneId"]}
            alias["evaluate_target_health"] = target["EvaluateTargetHealth"]
            return Record(name, raw["Type"], _alias(alias, raw["Type"]), None)
        values = [entry["Value"] for entry in raw.get("ResourceRecords") or ()]
        return Record(name, raw["Type"], _values(raw["Type"], values), raw.get("TTL"))
    except ValueError:
        return None


def key_of(raw: Raw) -> Key:
    """The name and the type of any record that Route 53 shows."""
    try:
        return dns_names.canonical(raw["Name"]), str(raw["Type"])
    except ValueError:
        return str(raw["Name"]), str(raw["Type"])


def is_zones_own(raw: Raw, zone: str) -> bool:
    """Whether a record is one of the two that every zone has, and that go with it."""
    return raw["Type"] in ("SOA", "NS") and key_of(raw)[0] == zone


@dataclass
class Batch:
    """What has to change. ``deleted`` are records as Route 53 shows them; one whose key is in both is replaced."""

    deleted: list[Raw]
    created: list[Record]

    @property
    def adds(self) -> set[Key]:
        return {record.key for record in self.created} - {key_of(raw) for raw in self.deleted}

    @property
    def drops(self) -> set[Key]:
        return {key_of(raw) for raw in self.deleted} - {record.key for record in self.created}

    def as_aws(self) -> list[dict[str, t.Any]]:
        gone = [{"Action": "DELETE", "ResourceRecordSet": dict(raw)} for raw in self.deleted]
        return gone + [{"Action": "CREATE", "ResourceRecordSet": record.as_aws()} for record in self.created]

    def __str__(self) -> str:
        made = [str(record) for record in self.created]
        gone = [" ".join(key) for key in sorted(self.drops)]
        words = [f"make {', '.join(made)}" if made else "", f"remove {', '.join(gone)}" if gone else ""]
        return " and ".join(word for word in words if word)


def batch(
    records: t.Sequence[Record], there: t.Sequence[Raw], is_ours: t.Callable[[Key], bool], purged: t.Sequence[Raw]
) -> Batch:
    """What brings the wanted records about. Raises ItemError where a record of others is in the way.

    ``purged`` are those of ``there`` that go, of which none has the name and type of one that is wanted.
    """
    found = Batch(list(purged), [])
    for record in records:
        same = [raw for raw in there if key_of(raw) == record.key]
        if any(read(raw) == record for raw in same):
            continue
        rivals = [raw for raw in there if _excludes(record, raw) and raw not in purged]
        foreign = [raw for raw in [*same, *rivals] if raw in rivals or not is_ours(key_of(raw))]
        if foreign:
            raise ItemError(_in_the_way(record, foreign[0]))
        found.deleted += same
        found.created.append(record)
    return found


def _excludes(record: Record, raw: Raw) -> bool:
    """Whether a record stands in the way of another: beside a CNAME there is none of its name."""
    name, kind = key_of(raw)
    return name == record.name and kind != record.type and "CNAME" in (kind, record.type)


def _in_the_way(record: Record, raw: Raw) -> str:
    have = read(raw)
    said = str(have) if have else " ".join(key_of(raw))
    return (
        f"{record} is wanted, and the zone has {said}, which others have made. Nothing was changed. Have whoever made "
        "it take it away or correct it; in a zone that was made here, purge_records=all removes it."
    )
