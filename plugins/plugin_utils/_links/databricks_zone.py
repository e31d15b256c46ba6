# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The name by which users reach Databricks' workspaces of a region, and what makes it lead to our endpoints. Pure.

This plugin util is PRIVATE to the collection.

With private access settings, the public name of a workspace leads to C(<city>.privatelink.cloud.databricks.com), of
whatever workspace in the region. Clients have to find our endpoint under that name, so it must stand before a workspace
gets its settings. Each transit VPC has an endpoint of its own, and so a zone of its own: zones of one name may be in
different VPCs, and a VPC has one of them.

Source: "Configure DNS for AWS PrivateLink" (docs.databricks.com/aws/en/security/network/classic/privatelink-dns, read
2026-11). The domain in GovCloud is on no page.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core import dns_names
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import SHARDS, shard_of

MANAGE, HAND_OFF = "manage", "hand_off"
Named = t.Mapping[str, t.Mapping[str, t.Any]]  # an endpoint's DNS name and the zone of that, by its shared key
Vpc = t.Mapping[str, t.Any]
FIND_CITY = (
    "the label before the domain in what `dig +short CNAME` says of the address of a workspace of the region that has"
    " private access settings"
)


class Reached(t.Protocol):
    """A workspace that users reach from transit VPCs."""

    @property
    def vendor(self) -> str: ...

    @property
    def region(self) -> str | None: ...

    @property
    def govcloud_shard(self) -> t.Any: ...

    @property
    def private_zone(self) -> str: ...

    @property
    def private_zone_name(self) -> str | None: ...

    @property
    def private_zone_city(self) -> str | None: ...

    @property
    def private_zone_adopt(self) -> bool: ...

    @property
    def tags(self) -> dict[str, str] | None: ...

    def users_from(self) -> list[tuple[Vpc, str]]:
        """The transit VPCs, each with the shared key of its endpoint."""


def zone_name(link: Reached) -> str:
    """The domain of the zone, "" where none is known."""
    published = "" if link.govcloud_shard else f"privatelink.{SHARDS[shard_of(None)].domain}"
    return link.private_zone_name or published


def city(link: Reached) -> str:
    """The name within the zone that all workspaces of the region have, "" where sources differ or none has it."""
    region = SHARDS[shard_of(link.govcloud_shard)].regions.get(link.region or "")
    return link.private_zone_city or (region.city if region else "")


def manages(link: Reached) -> bool:
    return link.private_zone == MANAGE and bool(link.users_from())


def key(link: Reached, vpc: Vpc) -> str:
    """What the zone of a transit VPC is called in its tag."""
    return resource_name(link.vendor, vpc["vpc_id"])


def wrong(link: Reached) -> str:
    """What is missing or contradicts itself; "" where nothing is."""
    users = link.users_from()
    if link.private_zone == MANAGE and not users:
        return "private_zone=manage is for connectivity inbound: it leads users to their endpoints."
    seen: set[str] = set()
    for vpc, dummy in users:
        ids = [vpc["vpc_id"], *(vpc.get("dns_vpc_ids") or ())]
        strange = [other for other in ids if not re.fullmatch(r"vpc-[0-9a-f]+", other, re.ASCII)]
        if strange:
            return f"transit_vpcs: dns_vpc_ids: {strange[0]!r} is not the id of a VPC."
        twice = sorted(set(ids) & seen)
        if twice:
            return f"transit_vpcs: {twice[0]} cannot find two endpoints under one name: list it with one transit VPC."
        seen.update(ids)
    return _unnamed(link) if manages(link) else ""


def _unnamed(link: Reached) -> str:
    if not zone_name(link):
        return (
            "private_zone_name is missing: the domain that Databricks uses for PrivateLink in GovCloud. Ask Databricks."
        )
    if not city(link):
        return f"private_zone_city is missing: it is not known for {link.region}. It is {FIND_CITY}."
    try:
        dns_names.within(city(link), dns_names.canonical(zone_name(link)))
    except ValueError as error:
        return f"private_zone_name and private_zone_city: {error}."
    return ""


def items(link: Reached, named: Named) -> list[dict[str, t.Any]]:
    """What M(saas.privatelink.private_zone) takes: a zone for each transit VPC whose endpoint has a name."""
    found = []
    for vpc, endpoint in link.users_from() if manages(link) else ():
        target = named.get(endpoint)
        if target:
            vpcs = [{"vpc_id": vpc_id} for vpc_id in (vpc["vpc_id"], *(vpc.get("dns_vpc_ids") or ()))]
            records = [{"name": city(link), "type": "A", "alias": dict(target)}]
            found.append({**_identity(link, vpc), "vpcs": vpcs, "records": records, **_tags(link)})
    return found


def absent(link: Reached) -> list[dict[str, t.Any]]:
    return [_identity(link, vpc) for vpc, dummy in link.users_from()] if manages(link) else []


def _identity(link: Reached, vpc: Vpc) -> dict[str, t.Any]:
    adopt = {"adopt": True} if link.private_zone_adopt else {}
    return {"name": key(link, vpc), "zone_name": zone_name(link), **adopt}


def _tags(link: Reached) -> dict[str, t.Any]:
    return {"tags": link.tags} if link.tags else {}


def names_of(link: Reached) -> list[str]:
    return [key(link, vpc) for vpc, dummy in link.users_from()] if manages(link) else []


def target_of(entry: Vpc) -> dict[str, str]:
    """An endpoint's name for all its zones, which is its first; unknown of one that is only planned."""
    entries = entry.get("dns_entries") or []
    first = entries[0] if entries else {}
    if not first and entry.get("vpc_endpoint_id"):
        return {}
    return {name: str(first.get(name) or UNKNOWN) for name in ("dns_name", "hosted_zone_id")}


def records(link: Reached, named: Named) -> list[dict[str, str]]:
    """What whoever manages DNS has to make: a row for each transit VPC, by the columns of the sheet's table."""
    rows = []
    for vpc, endpoint in link.users_from():
        target = named.get(endpoint) or {}
        if target and UNKNOWN not in target.values():
            places = ", ".join([vpc["vpc_id"], *(vpc.get("dns_vpc_ids") or ())])
            rows.append(
                {
                    "zone": zone_name(link) or "(ask Databricks for the domain in GovCloud)",
                    "name": city(link) or "(the city)",
                    "type": "A, alias",
                    "leads to": target["dns_name"],
                    "of hosted zone": target["hosted_zone_id"],
                    "in VPCs": places,
                }
            )
    return rows
