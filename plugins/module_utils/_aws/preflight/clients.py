# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the clients of an endpoint are where a vendor wants them: their subnets, what lets them out, and what is left
of their roads to the internet.

This module util is PRIVATE to the collection.

Sources: Amazon VPC User Guide, "Network ACL rules" (the lowest number wins, the last rule denies), "Route tables" (a
subnet without one of its own has the main one of its VPC), "Security group rules" (read 2026-11).
"""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.admitted import (
    Network,
    cidrs_of,
    is_covered,
    of_vpc,
    rules_of,
    shortfall,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.rules import Prerequisite, check
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.snapshot import (
    CheckedLink,
    Raw,
    Snapshot,
    place_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.findings import FAIL, PASS, WARN, Finding, Mistake
from ansible_collections.saas.privatelink.plugins.module_utils._core.ports import HIGHEST, parse_all
from ansible_collections.saas.privatelink.plugins.module_utils._core.ports import shown as as_range

ALL_PORTS = range(1, HIGHEST + 1)
ALL, TCP = "-1", "6"  # protocols, as network ACLs number them
OUT = "IpPermissionsEgress"
GATEWAYS = ("igw-", "nat-", "eigw-")  # of route targets: what leads to the internet at once
SERVING_INTERFACES = ("gateway_load_balancer_endpoint", "nat_gateway", "network_load_balancer", "vpc_endpoint")
ANYWHERE = ("0.0.0.0/0", "::/0")
TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "EgressOnlyInternetGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
)  # members of a route, of which one names where it leads


def _client_subnets(link: CheckedLink, snapshot: Snapshot) -> list[Raw]:
    """The subnets of the clients, once each. Raises ItemError where there are none, or one does not exist."""
    if not link.client_subnet_ids:
        raise Mistake("No subnets of the clients are given.", "Name the subnets in which the clients are.")
    missing = [subnet_id for subnet_id in link.client_subnet_ids if subnet_id not in snapshot["subnets"]]
    if missing:
        raise ItemError(f"{', '.join(missing)} do not exist in this account and in {snapshot.region}.")
    return [snapshot["subnets"][subnet_id] for subnet_id in dict.fromkeys(link.client_subnet_ids)]


def _ports(link: CheckedLink, rule: Prerequisite) -> list[range]:
    """The ports of the rule, else those on which the link's clients connect. Raises ItemError for what is no port."""
    try:
        return rule.ports() or parse_all(link.ports or [])
    except ValueError as error:
        raise Mistake(f"ports: {error}.", "Correct ports.") from error


@check("client_subnets", "subnets", parameter="min_subnets")
def check_client_subnets(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Enough of them, in the link's VPC, and no two in one Availability Zone."""
    subnets = _client_subnets(link, snapshot)
    problems: list[str] = []
    zones: dict[str, str] = {}
    for subnet in subnets:
        subnet_id, zone = subnet["SubnetId"], subnet["AvailabilityZone"]
        if link.vpc_id and subnet["VpcId"] != link.vpc_id:
            problems.append(f"{subnet_id} is in {subnet['VpcId']}, not in {link.vpc_id}")
        if zone in zones:
            problems.append(f"{subnet_id} and {zones[zone]} are both in {zone}")
        zones.setdefault(zone, subnet_id)
    if len(zones) < (rule.min_subnets or 0):
        problems.append(f"they are in {len(zones)} Availability Zone(s), {rule.min_subnets} are needed")
    if problems:
        return Finding(FAIL, f"Subnets of the clients: {'; '.join(problems)}.")
    return Finding(PASS, f"Clients are in {', '.join(sorted(zones))}.")


@check("client_subnet_sizes", "subnets", parameter="max_prefix_length")
def check_client_subnet_sizes(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    smallest, largest = rule.max_prefix_length or 32, rule.min_prefix_length or 0
    sizes = {subnet["SubnetId"]: str(subnet.get("CidrBlock") or "") for subnet in _client_subnets(link, snapshot)}
    wrong = [
        f"{subnet_id} is {cidr or 'without IPv4'}"
        for subnet_id, cidr in sizes.items()
        if not cidr or not largest <= ipaddress.ip_network(cidr).prefixlen <= smallest
    ]
    if wrong:
        return Finding(FAIL, f"Subnets of the clients are of /{largest} to /{smallest}, but {', '.join(wrong)}.")
    return Finding(PASS, f"Subnets of the clients are of /{largest} to /{smallest}: {', '.join(sizes.values())}.")


@check("subnets_apart")
def check_subnets_apart(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    both = sorted(set(link.subnet_ids or ()) & set(link.client_subnet_ids or ()))
    if both:
        return Finding(FAIL, f"The endpoint shares {', '.join(both)} with its clients.")
    return Finding(PASS, "The endpoint has subnets of its own.")


class Traffic(t.NamedTuple):
    """What a network ACL is asked about. ``ports`` None: every protocol."""

    egress: bool
    network: Network
    ports: range | None = None

    def __str__(self) -> str:
        what = f"TCP {as_range(self.ports)}" if self.ports else "all traffic"
        return f"{what} {'to' if self.egress else 'from'} {self.network}"


@check("network_acls", "network_acls", "subnets", "vpcs")
def check_network_acls(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """In comes everything from the CIDR; out goes everything to the VPC, and to the CIDR what the ports are of."""
    anywhere = rule.network()
    wanted = [Traffic(False, anywhere)]
    wanted += [Traffic(True, network) for network in cidrs_of(of_vpc(link, snapshot, "vpcs")) if network.version == 4]
    wanted += [Traffic(True, anywhere, ports) for ports in _ports(link, rule)]
    acls = {}
    for subnet in _client_subnets(link, snapshot):
        acl = snapshot["network_acls"].get(subnet["SubnetId"])
        if acl:
            acls[acl["NetworkAclId"]] = acl["Entries"]
    problems = []
    for acl_id, entries in acls.items():
        kept_out = {str(traffic): _refusing(entries, traffic) for traffic in wanted}
        problems += [f"{acl_id} refuses {traffic} ({reason})" for traffic, reason in kept_out.items() if reason]
    if problems:
        return Finding(FAIL, f"{'; '.join(problems)}.")
    return Finding(PASS, f"{', '.join(sorted(acls)) or 'No network ACL'}: nothing that is needed is refused.")


def _refusing(entries: t.Sequence[Raw], traffic: Traffic) -> str:
    """Why a network ACL does not let all of this traffic pass; "" where it does."""
    edges = set()
    for entry in entries:
        bounds = entry.get("PortRange")
        edges |= {bounds["From"], bounds["To"] + 1} if bounds else set()
    if traffic.ports is None:
        return _first_refusal(entries, traffic, None)
    starts = {traffic.ports.start, *(edge for edge in edges if edge in traffic.ports)}
    return next(filter(None, (_first_refusal(entries, traffic, port) for port in sorted(starts))), "")


def _first_refusal(entries: t.Sequence[Raw], traffic: Traffic, port: int | None) -> str:
    """In the order of their numbers: a rule that denies counts unless one before it allows the same addresses."""
    allowed: list[t.Any] = []
    for entry in sorted(entries, key=lambda entry: int(entry["RuleNumber"])):
        block = entry.get("CidrBlock" if traffic.network.version == 4 else "Ipv6CidrBlock")
        if bool(entry["Egress"]) != traffic.egress or not block or not _is_about(entry, port):
            continue
        cidr = ipaddress.ip_network(block, strict=False)
        if not cidr.overlaps(traffic.network):
            continue
        if entry["RuleAction"] == "allow":
            allowed = list(ipaddress.collapse_addresses([*allowed, cidr]))
        elif not is_covered(cidr if cidr.subnet_of(traffic.network) else traffic.network, allowed):  # type: ignore[arg-type]
            return f"rule {entry['RuleNumber']} denies {cidr}" if entry["RuleNumber"] < 32767 else "no rule allows it"
        if is_covered(traffic.network, allowed):
            return ""
    return "no rule allows it"


def _is_about(entry: Raw, port: int | None) -> bool:
    """Whether a rule decides about TCP on a port. About all traffic, one of a single protocol decides by denying."""
    protocol, bounds = str(entry["Protocol"]), entry.get("PortRange")
    if port is None:
        return protocol == ALL or entry["RuleAction"] == "deny"
    return protocol == ALL or (protocol == TCP and (not bounds or bounds["From"] <= port <= bounds["To"]))


@check("client_security_groups", "security_groups", "vpcs")
def check_client_security_groups(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """The clients' groups let them out to the endpoint, and among each other on all ports of TCP and UDP.

    A client has all of these groups, so what one of them lets through is enough.
    """
    groups = link.source_security_group_ids or []
    if not groups:
        return Finding(FAIL, "No security groups of the clients are given.")
    networks = [network for network in cidrs_of(of_vpc(link, snapshot, "vpcs")) if network.version == 4]
    names, where = ", ".join(groups), f"{link.vpc_id} ({', '.join(map(str, networks))})"
    outbound = rules_of(groups, snapshot, "source_security_group_ids", OUT)
    inbound = rules_of(groups, snapshot, "source_security_group_ids")
    endpoint = [group_id for group_id in link.security_group_ids or () if group_id not in groups]
    closed, narrow = shortfall(_ports(link, rule), outbound, networks, endpoint)
    problems = [f"let nothing out to {where} on {', '.join(closed)}"] if closed else []
    for protocol in ("tcp", "udp"):
        for permissions, way in ((inbound, "in from"), (outbound, "out to")):
            if any(shortfall([ALL_PORTS], permissions, networks, groups, protocol)):
                problems.append(f"do not let all of {protocol.upper()} {way} themselves")
    if problems:
        return Finding(FAIL, f"{names} {'; '.join(problems)}.")
    if narrow:
        some = "; ".join(f"{ports} to {others} only" for ports, others in narrow.items())
        return Finding(WARN, f"{names} let out on {some}; endpoints are in {where}.")
    return Finding(PASS, f"{names} let out to {where}, and all of TCP and UDP among themselves.")


@check("gateway_egress", "security_groups", "prefix_lists", parameter="services")
def check_gateway_egress(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """What a gateway endpoint leads to has public addresses, which AWS lists: clients must be let out to them."""
    outbound = rules_of(link.source_security_group_ids or [], snapshot, "source_security_group_ids", OUT)
    shut = []
    for service in rule.services or []:
        prefix_list = snapshot["prefix_lists"].get(f"com.amazonaws.{snapshot.region}.{service}")
        if prefix_list is None:
            return Finding(WARN, f"AWS shows no prefix list of {service} in {snapshot.region}.")
        listed = [ipaddress.ip_network(cidr) for cidr in prefix_list.get("Cidrs") or ANYWHERE[:1]]
        cidrs = [cidr for cidr in listed if cidr.version == 4]
        closed, narrow = shortfall([range(443, 444)], outbound, cidrs, [prefix_list["PrefixListId"]])
        shut += [f"{service} ({prefix_list['PrefixListId']})"] if closed or narrow else []
    if shut:
        names = ", ".join(link.source_security_group_ids or ["No security groups"])
        return Finding(FAIL, f"{names} do not let out on 443 to {', '.join(shut)}.")
    return Finding(PASS, f"Clients are let out on 443 to {', '.join(rule.services or [])}.")


@check("internet_roads", "route_tables", "internet_gateways", "nat_gateways", in_vpc=True)
def check_internet_roads(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """What is left of the road to the internet. Only warns: it may be wanted, and what is behind a hop is not seen."""
    vpc_id = link.vpc_id or ""
    roads: dict[str, list[str]] = {}
    for subnet_id in dict.fromkeys(link.client_subnet_ids or link.subnet_ids or ()):
        table = snapshot.route_table(link, subnet_id)
        for road in _roads(table):
            roads.setdefault(road, []).append(subnet_id)
    gateways = [*snapshot["internet_gateways"].get(vpc_id, ()), *snapshot["nat_gateways"].get(vpc_id, ())]
    there = f" In {vpc_id} are {', '.join(sorted(gateways))}." if gateways else ""
    if roads:
        left = "; ".join(f"{road}, of {', '.join(subnet_ids)}" for road, subnet_ids in roads.items())
        return Finding(WARN, f"Roads to the internet that are left: {left}.{there}")
    return Finding(PASS, f"No route of the subnets leads to the internet.{there}")


def _roads(table: Raw) -> list[str]:
    """The routes of a table that lead to the internet, or may: a default route to anything but a gateway of it."""
    found = []
    for route in table.get("Routes") or []:
        destination = str(route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") or "")
        target = next((str(route[member]) for member in TARGETS if route.get(member)), "")
        if route.get("State") == "blackhole" or not (destination in ANYWHERE or target.startswith(GATEWAYS)):
            continue
        unseen = "" if target.startswith(GATEWAYS) else ", behind which nobody sees from here"
        what = f"{destination or 'a prefix list'} by {target or 'an unknown hop'}"
        found.append(f"{what}{unseen} ({table['RouteTableId']})")
    return found


@check("endpoint_policy", "network_interfaces", in_vpc=True)
def check_endpoint_policy(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Private DNS leads everybody in the VPC to the endpoint, and its policy is for all of them. Only warns."""
    if not link.has_policy:
        return Finding(PASS, "No endpoint policy is given.")
    others = _others(link, snapshot)
    if others:
        return Finding(WARN, f"The endpoint policy holds others in {link.vpc_id} too: those of {', '.join(others)}.")
    return Finding(PASS, f"Nobody else in {link.vpc_id} is held to the endpoint policy.")


@check("endpoint_others", "network_interfaces", "names_taken", in_vpc=True)
def check_endpoint_others(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """The private name leads all of a VPC to a new endpoint: whom it does not let in loses the service."""
    if not (link.leads_all and link.source_security_group_ids):
        return Finding(PASS, "Nobody else is led to the endpoint.")
    there = snapshot["names_taken"].get(place_of(link.vpc_id, link.service_name))
    if there:
        return Finding(PASS, f"The private name of {link.service_name} leads to {there} already.")
    others = _others(link, snapshot)
    if others:
        lost = f"would lose {link.service_name}, whose private name leads all of {link.vpc_id} to the new endpoint"
        return Finding(FAIL, f"Those of {', '.join(others)} {lost}, for it does not let them in.")
    return Finding(PASS, f"All in {link.vpc_id} are let in.")


def _others(link: CheckedLink, snapshot: Snapshot) -> list[str]:
    """Security groups of those in a link's VPC that no link to the same endpoint lets in."""
    let_in: set[str] = set(link.source_security_group_ids or ())
    for other in snapshot.links:
        if other.vpc_endpoint and other.vpc_endpoint == link.vpc_endpoint:
            let_in |= set(other.source_security_group_ids or ())
    found: set[str] = set()
    for interface in snapshot["network_interfaces"].get(link.vpc_id or "", ()):
        groups = {group["GroupId"] for group in interface.get("Groups") or []}
        if interface.get("InterfaceType") not in SERVING_INTERFACES and not groups & let_in:
            found |= groups
    return sorted(found)
