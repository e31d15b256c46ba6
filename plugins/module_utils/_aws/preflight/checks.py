# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether links meet the prerequisites of a vendor and of AWS.

This module util is PRIVATE to the collection.

Each check is a pure function of a link, a prerequisite and a snapshot of the account. A listing that AWS has denied
makes the checks that look at it unknown, never failed.

Source: Amazon Redshift Management Guide, "Redshift-managed VPC endpoints"; Elastic Load Balancing, "Network Load
Balancers"; AWS PrivateLink Guide, "Access VPC resources through AWS PrivateLink" (read 2026-11). What a vendor demands
comes with the prerequisites, each with its own source.
"""

from __future__ import annotations

import ipaddress

from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.admitted import (
    admits,
    admitted_cidrs,
    cidrs_of,
    cut_alike,
    entries_of,
    is_covered,
    meet,
    of_vpc,
    rules_of,
    shortfall,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.rules import Prerequisite, check
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.snapshot import (
    DNS_ATTRIBUTES,
    CheckedLink,
    Raw,
    Snapshot,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.redshift_cross_vpc_grant import CLUSTER_MOVING
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService
from ansible_collections.saas.privatelink.plugins.module_utils._core import forms
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.findings import (
    FAIL,
    PASS,
    UNDECIDED,
    WARN,
    Finding,
    Mistake,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.ports import parse_all
from ansible_collections.saas.privatelink.plugins.module_utils._core.ports import shown as as_range

NOT_RA3 = ("dc1", "dc2", "ds1", "ds2")  # node families that are known to have no Redshift-managed VPC endpoints

OWN_DNS = "AmazonProvidedDNS"  # what DHCP options call a VPC's own DNS

AWAKE = {"paused": "Resume the cluster.", "pausing": "Resume the cluster."}  # status of a cluster: what to do


# From which a consumer's endpoint may be reached: private ones (RFC 1918), and those of carriers (RFC 6598).
PRIVATE = [ipaddress.ip_network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]

SUBNETS = "Set subnet_ids to subnets of the link's VPC, one for each Availability Zone."


@check("region", parameter="regions")
def check_region(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    if snapshot.region in (rule.regions or []):
        return Finding(PASS, f"{snapshot.region} is one of the regions.")
    return Finding(FAIL, f"{snapshot.region} is none of the regions {', '.join(rule.regions or [])}.")


@check("destination", parameter="known_destinations")
def check_destination(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    known = rule.known_destinations or []
    if link.destination in known:
        return Finding(PASS, f"{link.destination} is a known destination.")
    return Finding(FAIL, f"Unknown destination {link.destination!r}; there are {', '.join(known)}.")


@check("limit", parameter="limit")
def check_limit(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Counts the links of this run. The vendor may count those of other environments too."""
    count = sum(rule.concerns(other) for other in snapshot.links)
    return Finding(PASS if count <= (rule.limit or 0) else FAIL, f"{count} links here, {rule.limit} are allowed.")


@check("port")
def check_port(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    ports = [port for port in (link.port, link.listener_port) if port is not None]
    if not ports:
        return Finding(FAIL, "No port is given.")
    wrong = [str(port) for port in ports if not 1 <= port <= 65535]
    if wrong:
        return Finding(FAIL, f"Not a port, which is 1 to 65535: {', '.join(wrong)}.")
    return Finding(PASS, f"Port {link.port}.")


@check("principals")
def check_principals(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    EndpointService(link.name, allowed_principals=link.principals)  # raises ItemError for those that AWS refuses
    return Finding(PASS, f"{len(link.principals or [])} well-formed principals.")


@check("topics")
def check_topics(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    notifications = [{"topic_arn": topic, "events": ["Connect"]} for topic in link.topic_arns or []]
    EndpointService(link.name, connection_notifications=notifications)  # raises ItemError for what is no topic
    return Finding(PASS, f"{len(notifications)} well-formed topics.")


@check("subnets", "subnets", "endpoints")
def check_subnets(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Addresses need be free where the link's endpoint is not yet: where it is, it has taken them."""
    if not link.subnet_ids:
        return Finding(FAIL, "No subnets are given.", SUBNETS)
    misplaced: list[str] = []
    problems: list[str] = []
    zones: dict[str, str] = {}
    present = snapshot["endpoints"].get(link.vpc_endpoint, ()) if link.vpc_endpoint else ()
    for subnet_id in dict.fromkeys(link.subnet_ids):
        subnet = snapshot["subnets"].get(subnet_id)
        if subnet is None:
            problems.append(f"{subnet_id} does not exist in this account and in {snapshot.region}")
            continue
        zone, free = subnet["AvailabilityZone"], subnet["AvailableIpAddressCount"]
        needed = 0 if subnet_id in present else rule.min_free_addresses or 0
        if link.vpc_id and subnet["VpcId"] != link.vpc_id:
            misplaced.append(f"{subnet_id} is in {subnet['VpcId']}, not in {link.vpc_id}")
        if zone in zones:
            problems.append(f"{subnet_id} and {zones[zone]} are both in {zone}, only one can be used")
        if free < needed:
            problems.append(f"{subnet_id} has {free} free addresses, {needed} are needed")
        zones.setdefault(zone, subnet_id)
    if misplaced or problems:
        remedy = None if problems else "Correct vpc_id, or subnet_ids."
        return Finding(FAIL, f"Subnets: {'; '.join(misplaced + problems)}.", remedy)
    return Finding(PASS, f"Subnets in {', '.join(sorted(zones))}.")


@check("endpoint", "addresses", "vpcs")
def check_endpoint(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    if link.endpoint and forms.is_ipv4(link.endpoint):
        return Finding(FAIL, f"The endpoint {link.endpoint} is an address.", "Set addresses to a list of it instead.")
    addresses = snapshot.addresses(link)
    networks, what = cidrs_of(of_vpc(link, snapshot, "vpcs")), link.endpoint or "The link"
    outside = []
    for address in addresses:
        if not any(ipaddress.ip_address(address) in network for network in networks):
            outside.append(address)
    if outside and link.allow_outside:
        return Finding(PASS, f"{what} has addresses outside of {link.vpc_id}, as is allowed: {', '.join(outside)}.")
    if outside:
        return Finding(FAIL, f"{what} has addresses outside of {link.vpc_id}: {', '.join(outside)}.")
    return Finding(PASS, f"{what} has addresses in {link.vpc_id}: {', '.join(addresses)}.")


@check("availability_zones", "addresses", "subnets")
def check_availability_zones(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    if link.cross_zone:
        return Finding(PASS, "Cross-zone load balancing is on.")
    try:
        addresses = snapshot.addresses(link)
    except ItemError:
        return Finding(
            UNDECIDED, "The Availability Zones of the targets are not known, because their addresses are not."
        )
    subnets = snapshot["subnets"]
    served = {subnets[subnet_id]["AvailabilityZone"] for subnet_id in link.subnet_ids or [] if subnet_id in subnets}
    if not served or not link.vpc_id:
        return Finding(PASS, "What is missing is for other checks to say.")
    zones = {address: snapshot.zone(link, address) for address in addresses}
    nowhere = f"no subnet of {link.vpc_id}"
    if link.allow_outside:  # every node reaches what is in no zone of the VPC
        zones = {address: zone for address, zone in zones.items() if zone}
    missed = [f"{address} is in {zone or nowhere}" for address, zone in zones.items() if zone not in served]
    if missed:
        only = f"The load balancer serves {', '.join(sorted(served))}, and cross-zone load balancing is off"
        return Finding(FAIL, f"{only}, but {'; '.join(missed)}.")
    return Finding(PASS, f"The load balancer has a subnet in {', '.join(sorted(set(zones.values()))) or 'each zone'}.")


@check("privatelink_rules", "security_groups")
def check_privatelink_rules(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Rules for other security groups do not count: the vendor's traffic comes from addresses. AWS's default is on.

    Where the vendor's addresses are not known, somebody private must get in at least.
    """
    if not link.security_group_ids:
        return Finding(PASS, "The load balancer has no security groups.")
    permissions = rules_of(link.security_group_ids, snapshot)
    if link.enforce_privatelink_rules is False:
        return Finding(PASS, "Inbound rules are not enforced on PrivateLink traffic.")
    port, wanted = link.listener_port or link.port or 0, rule.network()
    admitting = [permission for permission in permissions if admits(permission, port)]
    lists = entries_of(admitting, "PrefixListIds", "PrefixListId")
    names = ", ".join(link.security_group_ids)
    if rule.cidr is None:
        if lists or meet(PRIVATE, admitted_cidrs(admitting, 4)) or admitted_cidrs(admitting, 6):
            return Finding(PASS, f"The security groups let private addresses in on port {port}.")
        enforced = "Inbound rules are enforced on PrivateLink traffic"
        return Finding(WARN, f"{enforced}, and those of {names} let no private address in on port {port}.")
    if is_covered(wanted, admitted_cidrs(admitting, wanted.version)):
        return Finding(PASS, f"The security groups let {wanted} in on port {port}.")
    if lists:
        depends = ", ".join(sorted(lists))
        return Finding(UNDECIDED, f"Whether {names} let {wanted} in on port {port} depends on {depends}.")
    enforced = "Inbound rules are enforced on PrivateLink traffic"
    return Finding(FAIL, f"{enforced}, but those of {names} do not let {wanted} in on port {port}.")


@check("load_balancer", "load_balancers")
def check_load_balancer(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    name = link.load_balancer or ""
    found = snapshot["load_balancers"].get(name)
    if found is None:
        return Finding(PASS, f"There is no load balancer {name} yet." if name else "No load balancer is named.")
    shown = {"scheme": found.get("Scheme"), "VPC": found.get("VpcId")}
    wanted = {"scheme": "internal", "VPC": link.vpc_id or found.get("VpcId")}
    wrong = [f"its {what} is {shown[what]}, not {wanted[what]}" for what in wanted if shown[what] != wanted[what]]
    if wrong:
        return Finding(FAIL, f"There is a load balancer {name} already, but {'; '.join(wrong)}.")
    return Finding(PASS, f"Load balancer {name} is internal and in {found.get('VpcId')}.")


@check("lattice_zones", "subnets", parameter="unsupported_zone_ids", in_vpc=True)
def check_lattice_zones(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """By zone id, for a zone's name stands for another zone in every account. Missing subnets are for another check."""
    if not link.subnet_ids:
        return Finding(FAIL, "No subnets are given.", SUBNETS)
    subnets = [snapshot["subnets"][subnet_id] for subnet_id in link.subnet_ids if subnet_id in snapshot["subnets"]]
    zones = {subnet["SubnetId"]: str(subnet.get("AvailabilityZoneId", "")) for subnet in subnets}
    wrong = [f"{subnet} is in {zone}" for subnet, zone in zones.items() if zone in (rule.unsupported_zone_ids or [])]
    if wrong:
        return Finding(FAIL, f"Zones that VPC Lattice does not support: {', '.join(wrong)}.")
    if not all(zones.get(subnet_id) for subnet_id in link.subnet_ids):
        return Finding(UNDECIDED, "The zones of the subnets are not all known.")
    return Finding(PASS, f"Subnets in {', '.join(sorted(set(zones.values())))}.")


@check("dns_attributes", "dns_attributes", in_vpc=True)
def check_dns_attributes(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    found = of_vpc(link, snapshot, "dns_attributes")
    off = [attribute for attribute in DNS_ATTRIBUTES if not found.get(attribute)]
    if off:
        return Finding(FAIL, f"VPC {link.vpc_id} has {' and '.join(off)} off.")
    return Finding(PASS, f"VPC {link.vpc_id} has {' and '.join(DNS_ATTRIBUTES)} on.")


@check("dns_servers", "dhcp_options", in_vpc=True)
def check_dns_servers(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Private names resolve by the VPC's own DNS only. Whether other servers forward to it, nobody sees from here."""
    servers = snapshot["dhcp_options"].get(link.vpc_id or "")
    if servers is None:
        return Finding(UNDECIDED, f"The DHCP options of {link.vpc_id} cannot be seen from this account.")
    others = [server for server in servers if server != OWN_DNS]
    if others:
        return Finding(FAIL, f"VPC {link.vpc_id} hands out the DNS servers {', '.join(others)}.")
    if not servers:
        return Finding(FAIL, f"VPC {link.vpc_id} hands out no DNS server.")
    return Finding(PASS, f"VPC {link.vpc_id} has the DNS of AWS.")


@check("service_name")
def check_service_name(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    if not link.service_name:
        return Finding(FAIL, "No service_name is given.")
    return Finding(PASS, f"{link.service_name}.")


@check("service_zones", "service_zones", "subnets")
def check_service_zones(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """A service that is not shown, or is in another region and shown without zones, is for AWS to refuse."""
    zones = snapshot["service_zones"].get(link.service_name or "")
    subnets = {subnet_id: snapshot["subnets"].get(subnet_id) for subnet_id in link.subnet_ids or []}
    there = {subnet_id: subnet["AvailabilityZone"] for subnet_id, subnet in subnets.items() if subnet}
    if not zones:
        return Finding(PASS, "AWS shows no zones of the service.")
    wrong = [f"{subnet_id} is in {zone}" for subnet_id, zone in there.items() if zone not in zones]
    if wrong:
        return Finding(FAIL, f"{link.service_name} is in {', '.join(sorted(zones))} alone, but {', '.join(wrong)}.")
    return Finding(PASS, f"{link.service_name} is in the zones of all subnets.")


@check("endpoint_security_groups", "security_groups")
def check_endpoint_security_groups(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Groups that are given let in on all ports; of those that clients have, it is enough that they exist."""
    given, sources = link.security_group_ids or [], link.source_security_group_ids or []
    if not given and not (sources and link.ports):
        return Finding(FAIL, "Neither security_group_ids nor source_security_group_ids with ports are given.")
    if given and sources:
        return Finding(FAIL, "Both security_group_ids and source_security_group_ids are given.")
    option = "security_group_ids" if given else "source_security_group_ids"
    permissions = rules_of([*given, *sources], snapshot, option)
    try:
        wanted = parse_all(link.ports or [])
    except ValueError as error:
        raise Mistake(f"ports: {error}.", "Correct ports.") from error
    if not given:
        return Finding(PASS, f"{', '.join(sources)} are let in on {', '.join(link.ports or [])}.")
    admitting = cut_alike(wanted, permissions)
    closed = [ports for ports in admitting if not any(admits(rule, ports.start) for rule in permissions)]
    if closed:
        return Finding(FAIL, f"{', '.join(given)} let nobody in on {', '.join(map(as_range, closed))}.")
    return Finding(PASS, f"{', '.join(given)} let in on {', '.join(link.ports or ['what they say'])}.")


@check("inbound_ports", "security_groups", "vpcs", parameter="port_ranges", in_vpc=True)
def check_inbound_ports(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Whether clients anywhere in the VPC get in. Who lets in only some of them may mean it so, and is only warned."""
    if not link.security_group_ids:
        return Finding(FAIL, "No security groups are given; AWS would take the VPC's default one.")
    permissions = rules_of(link.security_group_ids, snapshot)
    networks = [network for network in cidrs_of(of_vpc(link, snapshot, "vpcs")) if network.version == 4]
    names = ", ".join(link.security_group_ids)
    closed, narrow = shortfall(rule.ports(), permissions, networks)
    vpc = f"{link.vpc_id} ({', '.join(map(str, networks))})"
    if closed:
        return Finding(FAIL, f"{names} let nobody in on {', '.join(closed)}; clients are in {vpc}.")
    if narrow:
        some = "; ".join(f"{ports} from {others} only" for ports, others in narrow.items())
        return Finding(WARN, f"{names} let in on {some}; clients are in {vpc}.")
    return Finding(PASS, f"{names} let {vpc} in on {', '.join(rule.port_ranges or [])}.")


@check("vpc_peering", "peerings", in_vpc=True)
def check_vpc_peering(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """Only warns: peering may lead anywhere, and private DNS may be just what is wanted."""
    peerings = snapshot["peerings"].get(link.vpc_id or "", [])
    if not peerings:
        return Finding(PASS, f"VPC {link.vpc_id} has no active peering connection.")
    names = ", ".join(sorted(str(peering["VpcPeeringConnectionId"]) for peering in peerings))
    return Finding(WARN, f"VPC {link.vpc_id} has active peering connections: {names}.")


@check("resource_region")
def check_resource_region(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """What is shared can only be used in its own region. A bare id does not tell it."""
    identifiers = [link.resource_configuration or "", link.resource_share_arn or ""]
    given = [identifier for identifier in identifiers if identifier.startswith("arn:")]
    wrong = [identifier for identifier in given if (identifier.split(":") + [""] * 4)[3] != snapshot.region]
    if wrong:
        return Finding(FAIL, f"Not in {snapshot.region}: {', '.join(wrong)}.")
    return Finding(PASS, f"{len(given)} ARNs in {snapshot.region}.")


def _cluster(link: CheckedLink, snapshot: Snapshot) -> Raw:
    """The link's cluster. Raises ItemError where there is none."""
    if not link.cluster_identifier:
        raise Mistake("No cluster_identifier is given.", "Set cluster_identifier.")
    cluster: Raw | None = snapshot["clusters"].get(link.cluster_identifier)
    if cluster is None:
        where = f"in this account and in {snapshot.region}"
        raise ItemError(f"Redshift cluster {link.cluster_identifier} does not exist {where}.")
    return cluster


@check("redshift_cluster", "clusters")
def check_redshift_cluster(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    status = str(_cluster(link, snapshot).get("ClusterStatus", ""))
    found = f"Redshift cluster {link.cluster_identifier} is {status}."
    if status.partition(",")[0] == "available":  # also "available, prep-for-resize" and the like
        return Finding(PASS, found)
    return Finding(
        WARN if status in CLUSTER_MOVING else FAIL, found, AWAKE.get(status, "Run again once it is available.")
    )


@check("redshift_node_type", "clusters", parameter="node_families")
def check_redshift_node_type(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """A family newer than the table may well do, so it only warns."""
    node_type = str(_cluster(link, snapshot).get("NodeType", ""))
    family, wanted = node_type.partition(".")[0], ", ".join(rule.node_families or [])
    if family in (rule.node_families or []):
        return Finding(PASS, f"The nodes are {node_type}.")
    if family in NOT_RA3:
        return Finding(FAIL, f"The nodes are {node_type}, not of {wanted}.")
    return Finding(WARN, f"The nodes are {node_type}; only {wanted} is known to do.")


@check("redshift_relocation", "clusters")
def check_redshift_relocation(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    """AWS takes either. MultiAZ is text in the API, V(Enabled) or V(Disabled)."""
    cluster = _cluster(link, snapshot)
    relocation = str(cluster.get("AvailabilityZoneRelocationStatus") or "unknown").lower()
    if str(cluster.get("MultiAZ")).lower() in ("enabled", "true"):
        return Finding(PASS, "The cluster is Multi-AZ.")
    statuses = {"enabled": PASS, "pending_enabling": WARN, "unknown": UNDECIDED}
    return Finding(statuses.get(relocation, FAIL), f"Cluster relocation is {relocation}, Multi-AZ is off.")


@check("redshift_port", "clusters", parameter="port_ranges")
def check_redshift_port(link: CheckedLink, rule: Prerequisite, snapshot: Snapshot) -> Finding:
    port = (_cluster(link, snapshot).get("Endpoint") or {}).get("Port")
    if port is None:
        return Finding(UNDECIDED, "The cluster shows no port yet.")
    if any(port in ports for ports in rule.ports()):
        return Finding(PASS, f"The cluster's port is {port}.")
    return Finding(FAIL, f"The cluster's port is {port}, not within {', '.join(rule.port_ranges or [])}.")
