# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of hosted zones, changed in batches of which all or nothing comes true.

Sources: Amazon Route 53 API Reference, ChangeResourceRecordSets, ListResourceRecordSets, AliasTarget; Developer Guide,
"Supported DNS record types" (read 2026-11). Messages: widdix/node-route53-updater 3, boto/boto 2887,
hashicorp/terraform 9732, floci-io/floci 3565.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.aws.route53.resources import HostedZone, Key, get_zone, in_order, shown, submitted
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World

MOST = 300
"""Records on a page."""
Records = dict[Key, dict[str, Any]]


@operation("route53", "ListResourceRecordSets")
def list_(call: Call, world: World) -> dict[str, Any]:
    zone = get_zone(call, world, call.params["HostedZoneId"])
    name, kind = call.params.get("StartRecordName"), call.params.get("StartRecordType")
    if kind and not name:
        raise AwsError("InvalidInput", "The record type cannot be specified without the record name.", 400)
    size = min(MOST, int(call.params.get("MaxItems") or MOST))
    keys = sorted(zone.records, key=_place)
    if name:
        first = (in_order(shown(name)), kind or "", call.params.get("StartRecordIdentifier") or "")
        keys = [key for key in keys if _place(key) >= first]
    more: dict[str, Any] = {}
    if len(keys) > size:
        next_name, next_kind, identifier = keys[size]
        more = {"NextRecordName": next_name, "NextRecordType": next_kind}
        more |= {"NextRecordIdentifier": identifier} if identifier else {}
    found = [zone.records[key] for key in keys[:size]]
    return {"ResourceRecordSets": found, "IsTruncated": bool(more), "MaxItems": str(size), **more}


def _place(key: Key) -> tuple[list[str], str, str]:
    return in_order(key[0]), key[1], key[2]


@operation("route53", "ChangeResourceRecordSets")
def change(call: Call, world: World) -> dict[str, Any]:
    zone = get_zone(call, world, call.params["HostedZoneId"])
    records = dict(zone.records)
    for wanted in call.params["ChangeBatch"]["Changes"]:
        record = _checked(wanted, zone)
        _change(wanted["Action"], record, records)
        if wanted["Action"] != "DELETE":
            _check_alias(record, zone, records, world)
            _check_neighbours(record, zone, records)
    for kind in ("SOA", "NS"):
        if (zone.name, kind, "") not in records:
            raise _refused(f"A HostedZone must contain at least one {kind} record for the zone itself.")
    zone.records = records
    return {"ChangeInfo": submitted(call, world)}


def _checked(wanted: dict[str, Any], zone: HostedZone) -> dict[str, Any]:
    """A record as it is shown."""
    record = dict(wanted["ResourceRecordSet"])
    given = [bool(record.get("AliasTarget")), record.get("TTL") is not None and bool(record.get("ResourceRecords"))]
    if sum(given) != 1 or (given[0] and record.get("TTL") is not None):
        message = "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
        message += f"TrafficPolicyInstanceId], but found {'more than one' if any(given) else 'none'}"
        raise AwsError("InvalidInput", f"{message} in Change with [Action={wanted['Action']}]", 400)
    record["Name"] = shown(record["Name"])
    if record["Name"] != zone.name and not record["Name"].endswith(f".{zone.name}"):
        raise _refused(f"RRSet with DNS name {record['Name']} is not permitted in zone {zone.name}")
    if record["Type"] == "CNAME" and record["Name"] == zone.name:
        raise _refused(f"RRSet of type CNAME with DNS name {zone.name} is not permitted at apex in zone {zone.name}")
    if record.get("AliasTarget"):
        target = record["AliasTarget"]
        record["AliasTarget"] = {**target, "DNSName": shown(target["DNSName"])}
    for entry in record.get("ResourceRecords") or ():
        _check_value(record["Type"], entry["Value"])
    return record


def _check_value(kind: str, value: str) -> None:
    version = {"A": 4, "AAAA": 6}.get(kind)
    if version is None:
        return
    try:
        fits = ipaddress.ip_address(value).version == version
    except ValueError:
        fits = False
    if not fits:
        problem = f"{kind}RRDATAIllegalIPv{version}Address (Value is not a valid IPv{version} address)"
        raise _refused(f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''")


def _change(action: str, record: dict[str, Any], records: Records) -> None:
    key = (record["Name"], record["Type"], record.get("SetIdentifier") or "")
    named = f"[name='{key[0]}', type='{key[1]}']"
    if action == "CREATE" and key in records:
        raise _refused(f"Tried to create resource record set {named} but it already exists")
    if action == "DELETE":
        if key not in records:
            raise _refused(f"Tried to delete resource record set {named} but it was not found")
        if _content(records[key]) != _content(record):
            problem = "but the values provided do not match the current values"
            raise _refused(f"Tried to delete resource record set {named} {problem}")
        del records[key]
        return
    records[key] = record


def _content(record: dict[str, Any]) -> dict[str, Any]:
    values = sorted(entry["Value"] for entry in record.get("ResourceRecords") or ())
    return {**record, "ResourceRecords": values}


def _check_neighbours(record: dict[str, Any], zone: HostedZone, records: Records) -> None:
    for name, kind, dummy in records:
        if name == record["Name"] and kind != record["Type"] and "CNAME" in (kind, record["Type"]):
            problem = f"a conflicting RRSet of type {kind} with the same DNS name already exists in zone {zone.name}"
            raise _refused(f"RRSet of type {record['Type']} with DNS name {name} is not permitted because {problem}")


def _check_alias(record: dict[str, Any], zone: HostedZone, records: Records, world: World) -> None:
    """An alias leads to a record of the zone, or to a VPC endpoint by a name and zone that it has."""
    target = record.get("AliasTarget")
    if not target:
        return
    named = f"{target['DNSName']}, type {record['Type']} in zone {target['HostedZoneId']}"
    if target["HostedZoneId"] == zone.key:
        if not any((name, kind) == (target["DNSName"], record["Type"]) for name, kind, dummy in records):
            raise _refused(f"Tried to create an alias that targets {named}, but that target was not found")
        return
    known = set()
    for endpoint in world.all(VpcEndpoint):
        known |= {(shown(entry["DnsName"]), entry["HostedZoneId"]) for entry in endpoint.dns_entries}
    if (target["DNSName"], target["HostedZoneId"]) not in known:
        problem = "the alias target name does not lie within the target zone"
        raise _refused(f"Tried to create an alias that targets {named}, but {problem}")


def _refused(message: str) -> AwsError:
    return AwsError("InvalidChangeBatch", f"[{message}]", 400)
