# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the DNS server of a VPC would answer: records of private zones, and the names of VPC endpoints.

Who asks is not known here, so zones of all accounts and VPCs answer; of several, those of the longest name.

Source: Amazon Route 53 Developer Guide, "Considerations when working with a private hosted zone" (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.aws.route53.resources import HostedZone, shown
from tests.sandbox.core.calls import AwsError
from tests.sandbox.core.world import World


def record_of(world: World, name: str) -> dict[str, Any] | None:
    """A record as C(DnsServer) has it, None where neither a zone nor an endpoint has the name."""
    with world.lock:
        try:
            full = shown(name)
        except AwsError:
            return None
        return _of_zone(world, full) or _of_endpoint(world, full)


def _of_zone(world: World, full: str) -> dict[str, Any] | None:
    """A zone that has the name's parent answers for all of it, also that there is none; this asks no further then."""
    zones = [zone for zone in world.all(HostedZone) if zone.private and f".{full}".endswith(f".{zone.name}")]
    if not zones:
        return None
    longest = max(len(zone.name) for zone in zones)
    for zone in zones:
        found = _in_zone(world, zone, full) if len(zone.name) == longest else {}
        if found:
            return found
    return {"rcode": "NXDOMAIN"}


def _in_zone(world: World, zone: HostedZone, full: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for (name, kind, _dummy), record in zone.records.items():
        if name == full and kind in ("A", "AAAA", "CNAME"):
            found = _merged(found, _said(world, kind, record))
    return found


def _said(world: World, kind: str, record: dict[str, Any]) -> dict[str, Any]:
    target = record.get("AliasTarget")
    if target:
        return _of_endpoint(world, target["DNSName"]) or _of_zone(world, target["DNSName"]) or {}
    values = [entry["Value"] for entry in record["ResourceRecords"]]
    return {"ttl": record["TTL"], **({"cname": values[0]} if kind == "CNAME" else {"addresses": values})}


def _merged(found: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    addresses = [*found.get("addresses", []), *more.get("addresses", [])]
    return {**found, **more, **({"addresses": addresses} if addresses else {})}


def _of_endpoint(world: World, full: str) -> dict[str, Any] | None:
    """The addresses of an endpoint's network interfaces, in one zone or in all as its name says."""
    for endpoint in world.all(VpcEndpoint):
        names = [shown(entry["DnsName"]) for entry in endpoint.dns_entries]
        if full in names:
            enis = moto_ec2.backend(endpoint.account, endpoint.region).enis
            known = [enis[eni] for eni in endpoint.network_interface_ids if eni in enis]
            here = [eni for eni in known if f"-{eni.subnet.availability_zone}." in full]
            return {"addresses": [str(eni.private_ip_address) for eni in here or known]}
    return None
