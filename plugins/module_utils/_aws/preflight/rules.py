# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of prerequisites, and how links are held against them.

This module util is PRIVATE to the collection. The checks register themselves here, by the names that rows call them.
"""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.admitted import Network
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.patterns import PATTERNS
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.snapshot import CheckedLink, Snapshot
from ansible_collections.saas.privatelink.plugins.module_utils._core import findings
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.findings import FAIL, PASS, Finding
from ansible_collections.saas.privatelink.plugins.module_utils._core.ports import parse_all


@dataclass(frozen=True)
class Prerequisite:
    """One row of a role's table; the fields are the options of C(preflight).

    ``patterns`` and ``destinations`` None: every link.
    """

    id: str
    check: str
    patterns: list[str] | None = None
    destinations: list[str] | None = None
    level: str = FAIL
    remedy: str = ""
    source: str = ""
    regions: list[str] | None = None
    port_ranges: list[str] | None = None
    cidr: str | None = None
    limit: int | None = None
    node_families: list[str] | None = None
    lowest_kafka_version: str | None = None
    unsupported_instance_types: list[str] | None = None
    min_free_addresses: int | None = None
    known_destinations: list[str] | None = None
    unsupported_zone_ids: list[str] | None = None
    min_subnets: int | None = None
    min_prefix_length: int | None = None
    max_prefix_length: int | None = None
    services: list[str] | None = None

    def __post_init__(self) -> None:
        needed = CHECKS[self.check].parameter
        if needed and getattr(self, needed) is None:
            raise ItemError(f"Prerequisite {self.id}: the check {self.check} needs {needed}.")
        try:
            self.ports()
            self.network()
        except ValueError as error:
            raise ItemError(f"Prerequisite {self.id}: {error}.") from error

    def ports(self) -> list[range]:
        """The port ranges, ends included. ValueError for what is no range."""
        return parse_all(self.port_ranges or [])

    def network(self) -> Network:
        """The CIDR; all of IPv4 when unset. ValueError for what is no CIDR."""
        return ipaddress.ip_network(self.cidr or "0.0.0.0/0")

    def concerns(self, link: CheckedLink) -> bool:
        of_pattern = self.patterns is None or link.pattern in self.patterns
        return of_pattern and (self.destinations is None or link.destination in self.destinations)


def of_patterns(links: t.Sequence[CheckedLink]) -> list[Prerequisite]:
    """What the patterns of these links need."""
    used = {link.pattern for link in links}
    rules: list[Prerequisite] = []
    for pattern, rows in PATTERNS.items():
        if pattern in used:
            rules += [Prerequisite(**row, patterns=[pattern]) for row in rows]
    return rules


Run = t.Callable[[CheckedLink, Prerequisite, Snapshot], Finding]


class Check(t.NamedTuple):
    """A check: what it runs, which listings it looks at, and the parameter without which it makes no sense.

    ``in_vpc``: it is about what a link has in a VPC, and passes where that is nothing.
    """

    run: Run
    listings: tuple[str, ...]
    parameter: str
    in_vpc: bool


CHECKS: dict[str, Check] = {}


def check(name: str, *listings: str, parameter: str = "", in_vpc: bool = False) -> t.Callable[[Run], Run]:
    """Register a check under the name that a prerequisite calls it by."""

    def register(run: Run) -> Run:
        CHECKS[name] = Check(run, listings, parameter, in_vpc)
        return run

    return register


def registered(*modules: t.Any) -> list[str]:
    """The names of the checks that these modules have, sorted. Who imports them has them registered."""
    names = {module.__name__ for module in modules}
    return sorted(name for name, check in CHECKS.items() if check.run.__module__ in names)


def needs(links: t.Sequence[CheckedLink], prerequisites: t.Sequence[Prerequisite]) -> dict[str, list[CheckedLink]]:
    """The listings that the prerequisites look at, and for which links."""
    found: dict[str, list[CheckedLink]] = {}
    for rule in prerequisites:
        for listing in CHECKS[rule.check].listings:
            found.setdefault(listing, []).extend(link for link in links if rule.concerns(link))
    return found


def evaluate(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """What a prerequisite says about a link, its level applied."""
    if CHECKS[rule.check].in_vpc and not (link.vpc_id or link.subnet_ids or link.security_group_ids):
        return Finding(PASS, "Nothing of it is in a VPC.")
    return findings.found(
        rule,
        lambda: CHECKS[rule.check].run(link, rule, snapshot),
        lambda error: isinstance(error, CallError),
    )


def report(link: CheckedLink, prerequisites: t.Sequence[Prerequisite], snapshot: Snapshot) -> dict[str, t.Any]:
    """The result of one link as the module returns it."""
    concerning = [rule for rule in prerequisites if rule.concerns(link)]
    checks = [findings.row(rule, evaluate(link, rule, snapshot)) for rule in concerning]
    return {
        **findings.told(link.name, checks),
        "addresses": _known_addresses(link, snapshot),
        "region": snapshot.region,
        "zone_ids": _zone_ids(snapshot),
        "route_table_ids": _route_table_ids(link, snapshot),
    }


def _zone_ids(snapshot: Snapshot) -> dict[str, str]:
    """Ids of the zones that have a subnet, by their names in this account. Empty where no subnet could be seen."""
    try:
        subnets = snapshot["subnets"].values()
    except CallError:
        return {}
    ids = {str(subnet["AvailabilityZone"]): str(subnet.get("AvailabilityZoneId") or "") for subnet in subnets}
    return {name: zone_id for name, zone_id in sorted(ids.items()) if zone_id}


def _route_table_ids(link: CheckedLink, snapshot: Snapshot) -> list[str]:
    """The route tables of the clients' subnets. Empty where they could not be seen, or no check has asked."""
    try:
        tables = [snapshot.route_table(link, subnet_id) for subnet_id in link.client_subnet_ids or ()]
    except CallError:
        return []
    return sorted({str(table["RouteTableId"]) for table in tables if table})


def _known_addresses(link: CheckedLink, snapshot: Snapshot) -> list[str]:
    try:
        return snapshot.addresses(link)
    except ItemError:
        return []
