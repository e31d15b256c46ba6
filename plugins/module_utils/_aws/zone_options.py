# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be wanted of a private hosted zone. Pure.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
import re
import typing as t
import uuid
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, zone_records
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_records import Record, ZoneRecord
from ansible_collections.saas.privatelink.plugins.module_utils._core import dns_names
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import (
    Presence,
    internal,
    optional,
    required,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.tokens import NAMESPACE

REFERENCE = "saas.privatelink-"  # how the reference of a zone of ours begins
Purge = t.Literal["none", "ours", "all"]


@dataclass(frozen=True)
class ZoneVpc:
    """A VPC that the zone answers in; the fields are the suboptions of C(vpcs)."""

    vpc_id: str = required()
    region: str | None = None


@dataclass(frozen=True)
class PrivateZone:
    """One wanted zone; the fields are the options of the module C(private_zone). None changes nothing."""

    name: str
    state: Presence = "present"
    zone_name: str | None = None
    zone_id: str | None = None
    vpcs: list[dict[str, t.Any]] | None = optional(item=ZoneVpc)
    purge_vpcs: Purge = "ours"
    records: list[dict[str, t.Any]] | None = optional(item=ZoneRecord)
    purge_records: Purge = "ours"
    tags: dict[str, str] | None = None
    purge_tags: bool = False
    adopt: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        try:
            zone = self.zone
        except ValueError as error:
            raise ItemError(f"zone_name: {error}.") from error
        if "." not in zone:
            raise ItemError(f"zone_name is no domain that can have a zone of its own: {self.zone_name!r}.")
        if self.zone_id is not None and not re.fullmatch(r"Z[0-9A-Z]{1,31}", self.zone_id):
            raise ItemError(f"zone_id is not the id of a hosted zone: {self.zone_id!r}. It looks like Z0123456789ABC.")
        for vpc in self.vpcs or ():
            if not re.fullmatch(r"vpc-[0-9a-f]+", vpc["vpc_id"]):
                raise ItemError(f"vpcs: not the id of a VPC: {vpc['vpc_id']!r}. It looks like vpc-0123456789abcdef0.")
            if vpc.get("region") and not arns.REGION.fullmatch(vpc["region"]):
                raise ItemError(f"vpcs: no region of AWS has the name {vpc['region']!r}: they are like us-east-1.")
        if self.state == "present" and not self.vpcs:
            raise ItemError("vpcs is missing: a private zone answers in one VPC at least.")
        keys = [record.key for record in self.wanted_records]
        twice = sorted({" ".join(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise ItemError(f"records: {', '.join(twice)} is listed twice. Put all its values into one record.")

    @property
    def zone(self) -> str:
        """The canonical name of the zone."""
        return dns_names.canonical(self.zone_name or "")

    @property
    def wanted_records(self) -> list[Record]:
        return [zone_records.wanted(options, self.zone) for options in self.records or ()]

    @property
    def reference(self) -> str:
        """How the references of all zones begin that are made for this item."""
        told = json.dumps([self.environment, self.name, self.zone])
        return f"{REFERENCE}{uuid.uuid5(NAMESPACE, told).hex}-"

    @property
    def guest_tag(self) -> str:
        """The tag that says on a zone of another item that this one has added to it."""
        place = uuid.uuid5(NAMESPACE, json.dumps([self.environment, self.name])).hex[:12]
        return f"{tagging.USER_TAG}{(self.environment or self.name)[:64]}-{place}"
