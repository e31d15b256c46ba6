# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What addresses a VPC has, and whom the rules of security groups let in or out.

This module util is PRIVATE to the collection. Rules are as AWS shows them.
"""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.snapshot import CheckedLink, Raw, Snapshot
from ansible_collections.saas.privatelink.plugins.module_utils._core.findings import Mistake
from ansible_collections.saas.privatelink.plugins.module_utils._core.ports import shown as as_range

SOURCES = (
    ("IpRanges", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"),
    ("PrefixListIds", "PrefixListId"),
    ("UserIdGroupPairs", "GroupId"),
)  # of a rule: where it lists them, and how it calls each
IN = "IpPermissions"
PLACE = "Correct vpc_id, or the account and region: aws_role_arn, aws_profile and aws_region."

Network = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


def of_vpc(link: CheckedLink, snapshot: Snapshot, listing: str) -> t.Any:
    """What a listing says of the link's VPC. Raises ItemError where there is no such VPC."""
    if not link.vpc_id:
        raise Mistake("No vpc_id is given.", "Set vpc_id to the VPC of the link.")
    found = snapshot[listing].get(link.vpc_id)
    if found is None:
        raise Mistake(f"VPC {link.vpc_id} does not exist in this account and in {snapshot.region}.", PLACE)
    return found


def rules_of(
    group_ids: t.Sequence[str], snapshot: Snapshot, option: str = "security_group_ids", way: str = IN
) -> list[Raw]:
    """The rules of security groups together, inbound or outbound. Raises ItemError for a group that does not exist."""
    groups = {group_id: snapshot["security_groups"].get(group_id) for group_id in group_ids}
    missing = [group_id for group_id, group in groups.items() if group is None]
    if missing:
        where = f"in this account and in {snapshot.region}"
        raise Mistake(f"Security groups that do not exist {where}: {', '.join(missing)}.", f"Correct {option}.")
    permissions: list[Raw] = []
    for group in groups.values():
        permissions += (group or {}).get(way) or []
    return permissions


def cidrs_of(vpc: Raw) -> list[Network]:
    """The CIDRs, IPv4 and IPv6, that a VPC has now."""
    found = []
    for version in ("", "Ipv6"):
        for association in vpc.get(f"{version}CidrBlockAssociationSet") or []:
            if (association.get(f"{version}CidrBlockState") or {}).get("State") == "associated":
                found.append(ipaddress.ip_network(association[f"{version}CidrBlock"]))
    return found


def admits(permission: Raw, port: int, protocol: str = "tcp") -> bool:
    """Whether a rule is about a port of a protocol."""
    if permission.get("IpProtocol") == "-1":
        return True
    return permission.get("IpProtocol") == protocol and permission["FromPort"] <= port <= permission["ToPort"]


def admitted_cidrs(permissions: t.Iterable[Raw], version: int) -> list[Network]:
    """The CIDRs that inbound rules admit together, adjacent ones joined."""
    key, member = ("IpRanges", "CidrIp") if version == 4 else ("Ipv6Ranges", "CidrIpv6")
    cidrs: list[Network] = []
    for permission in permissions:
        cidrs += [ipaddress.ip_network(entry[member], strict=False) for entry in permission.get(key) or []]
    return list(ipaddress.collapse_addresses(cidrs))  # type: ignore[type-var]


def is_covered(network: Network, admitted: t.Iterable[Network]) -> bool:
    """Whether one of these CIDRs, of the same version of IP, holds the whole network."""
    return any(network.subnet_of(cidr) for cidr in admitted)  # type: ignore[arg-type]


def meet(networks: t.Iterable[Network], admitted: t.Sequence[Network]) -> bool:
    """Whether one of these CIDRs, all of IPv4, holds an address of one of the networks."""
    return any(network.overlaps(cidr) for network in networks for cidr in admitted)


def shortfall(
    wanted: t.Sequence[range],
    permissions: t.Sequence[Raw],
    networks: t.Sequence[Network],
    named: t.Sequence[str] = (),
    protocol: str = "tcp",
) -> tuple[list[str], dict[str, str]]:
    """The ports that rules open to nobody, and to whom they open others, but not to all of ``networks``.

    ``named`` are security groups and prefix lists that are as good as all of the networks.
    """
    closed: list[str] = []
    narrow: dict[str, str] = {}
    for ports in cut_alike(wanted, permissions, protocol):
        admitting = [permission for permission in permissions if admits(permission, ports.start, protocol)]
        cidrs, others = admitted_cidrs(admitting, 4), whom(admitting)
        if set(named) & set(others) or (networks and all(is_covered(network, cidrs) for network in networks)):
            continue
        if others:
            narrow[as_range(ports)] = ", ".join(others)
        else:
            closed.append(as_range(ports))
    return closed, narrow


def cut_alike(wanted: t.Sequence[range], permissions: t.Sequence[Raw], protocol: str = "tcp") -> list[range]:
    """Port ranges cut where a rule begins or ends, so that all ports of a part are treated alike."""
    edges: set[int] = set()
    for permission in permissions:
        if permission.get("IpProtocol") == protocol:
            edges |= {permission["FromPort"], permission["ToPort"] + 1}
    parts = []
    for ports in wanted:
        cuts = sorted({ports.start, ports.stop, *(edge for edge in edges if ports.start < edge < ports.stop)})
        parts += [range(first, last) for first, last in zip(cuts, cuts[1:])]
    return parts


def whom(permissions: t.Iterable[Raw]) -> list[str]:
    """Whom rules admit: CIDRs, security groups and prefix lists."""
    found: set[str] = set()
    for key, member in SOURCES:
        found |= entries_of(permissions, key, member)
    return sorted(found)


def entries_of(permissions: t.Iterable[Raw], key: str, member: str) -> set[str]:
    """``member`` of every entry that inbound rules have in their list ``key``."""
    found: set[str] = set()
    for permission in permissions:
        found |= {str(entry[member]) for entry in permission.get(key) or []}
    return found
