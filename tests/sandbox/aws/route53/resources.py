# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Route 53 as far as private zones need it: zones, changes on their way to name servers, references that are used up.

Route 53 is one for all regions of a partition, which stands in the place of a resource's region here.

Sources: Amazon Route 53 API Reference, data types HostedZone, ChangeInfo and VPC; Developer Guide, "DNS domain name
format" (read 2026-11).
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import Life, Resource, World, declare_state

declare_state("route53_change.PENDING", "a change of a hosted zone that not all name servers know")

PLAIN = re.compile(r"[a-z0-9_-]")
SIGN = re.compile(r"\\([0-3][0-7]{2})|(.)", re.DOTALL)
Place = tuple[str, str]
"""A VPC: its region and its id."""
Key = tuple[str, str, str]
"""A record: its name as it is shown, its type and its set identifier, which may be empty."""


@dataclass(kw_only=True, eq=False)
class HostedZone(Resource):
    """A hosted zone. ``key`` is its id, ``name`` as Route 53 shows it; ``records`` as they are shown, too."""

    KIND: ClassVar[str] = "hosted_zone"

    name: str
    reference: str
    private: bool
    comment: str | None = None
    service: str = ""
    vpcs: dict[Place, str] = field(default_factory=dict)
    """VPCs with the account of each."""
    authorized: set[Place] = field(default_factory=set)
    records: dict[Key, dict[str, Any]] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        config = {"PrivateZone": self.private, **({"Comment": self.comment} if self.comment else {})}
        made_by = {"LinkedService": {"ServicePrincipal": self.service, "Description": "made"}} if self.service else {}
        return {
            "Id": f"/hostedzone/{self.key}",
            "Name": self.name,
            "CallerReference": self.reference,
            "Config": config,
            "ResourceRecordSetCount": len(self.records),
            **made_by,
        }


@dataclass(kw_only=True, eq=False)
class Change(Resource):
    """A change on its way to all name servers."""

    KIND: ClassVar[str] = "route53_change"

    def described(self) -> dict[str, Any]:
        return {"Id": f"/change/{self.key}", "Status": self.state, "SubmittedAt": self.created_at}


@dataclass(kw_only=True, eq=False)
class Reference(Resource):
    """A caller reference that an account has used, also for a zone that is deleted."""

    KIND: ClassVar[str] = "route53_reference"


def new_id(first: str) -> str:
    """An id as Route 53 has them, of 20 capitals and digits behind the first."""
    return first + uuid.uuid4().hex[:20].upper()


def place(call: Call) -> str:
    return partition(call.region)


def submitted(call: Call, world: World) -> dict[str, Any]:
    """The ChangeInfo of a change that was just made."""
    life = world.life(Change.KIND, "PENDING", "INSYNC")
    return world.add(Change(key=new_id("C"), account=call.account, region=place(call), life=life)).described()


def shown(name: str) -> str:
    """A name as Route 53 shows it. Raises AwsError for what is none."""
    text = name[:-1] if name.endswith(".") else name
    spelt = SIGN.sub(_sign, text)
    if not all(spelt.split(".")) or any(len(SIGN.findall(label)) > 63 for label in spelt.split(".")):
        raise AwsError("InvalidDomainName", f"{name} is not a valid domain name", 400)
    return f"{spelt}."


def _sign(match: re.Match[str]) -> str:
    escaped, plain = match.groups()
    character = chr(int(escaped, 8)).lower() if escaped else plain.lower()
    return character if plain == "." or PLAIN.fullmatch(character) else f"\\{ord(character):03o}"


def in_order(name: str) -> list[str]:
    """What lists are sorted by: the labels from the last to the first."""
    return name.rstrip(".").split(".")[::-1]


def get_zone(call: Call, world: World, zone_id: str) -> HostedZone:
    """A zone of the account. Raises AwsError for none."""
    zone = world.find(HostedZone, zone_id.rpartition("/")[2], call.account, place(call))
    if zone is None:
        raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", 404)
    return zone


def zones_of(call: Call, world: World) -> list[HostedZone]:
    return world.all(HostedZone, call.account, place(call))


def owner_of(vpc: dict[str, Any], call: Call) -> str:
    """The account of a VPC. Raises AwsError for one that is nowhere, or in another partition."""
    from moto.backends import get_backend

    region, vpc_id = vpc.get("VPCRegion") or "", vpc.get("VPCId") or ""
    if partition(region) == place(call):
        for account in list(get_backend("ec2")):
            if moto_ec2.find_vpc(account, region, vpc_id):
                return str(account)
    raise AwsError("InvalidVPCId", f"The VPC ID is invalid: {vpc_id} in region {region}", 400)


def always() -> Life:
    return Life([("available", 0.0)])


def check_free(world: World, name: str, vpc: Place, zone: HostedZone) -> None:
    """Raise AwsError where a zone of this name answers in a VPC already, whoever's it is; also the zone itself."""
    for other in world.all(HostedZone, region=zone.region):
        if other.name == name and vpc in other.vpcs:
            message = (
                f"The VPC {vpc[1]} in region {vpc[0]} has already been associated with the hosted zone {other.key}"
            )
            raise AwsError("ConflictingDomainExists", f"{message} with the same domain name.", 400)
