# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the checks of a preflight look at: the links, and one snapshot of the account for all of them.

This module util is PRIVATE to the collection.

Sources: Amazon EC2 API Reference, DescribeSubnets, DescribeVpcs, DescribeVpcAttribute, DescribeVpcPeeringConnections,
DescribeSecurityGroups, DescribeDhcpOptions, DescribeVpcEndpoints, DescribeNetworkAcls, DescribeRouteTables,
DescribeInternetGateways, DescribeNatGateways, DescribePrefixLists, DescribeNetworkInterfaces,
DescribeVpcEndpointServices; Elastic Load Balancing API Reference 2015-12-01, DescribeLoadBalancers; Amazon Redshift API
Reference 2012-12-01, DescribeClusters; Amazon MSK API Reference 1.0, DescribeClusterV2 (read 2026-11).
"""

from __future__ import annotations

import ipaddress
import itertools
import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, msk
from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import DENIED, Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.patterns import PATTERNS
from ansible_collections.saas.privatelink.plugins.module_utils._aws.redshift_cross_vpc_grant import read_clusters
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_answer import ResolveError
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional, required

Raw = t.Mapping[str, t.Any]  # one entry of a listing, as AWS shows it
Listing = t.Mapping[str, t.Any]
NO_OPTIONS = "default"  # what AssociateDhcpOptions takes for no DHCP options at all
DNS_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames")


@dataclass(frozen=True)
class CheckedLink:
    """One wanted connection; the fields are the options of C(preflight). None is unset."""

    name: str = required()
    destination: str | None = None
    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    client_subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    source_security_group_ids: list[str] | None = None
    ports: list[str] | None = None
    service_name: str | None = None
    endpoint: str | None = None
    addresses: list[str] | None = None
    port: int | None = None
    listener_port: int | None = None
    allow_outside: bool | None = None
    cross_zone: bool | None = None
    enforce_privatelink_rules: bool | None = None
    load_balancer: str | None = None
    vpc_endpoint: str | None = None
    has_policy: bool | None = None
    leads_all: bool | None = None
    cluster_identifier: str | None = None
    cluster_arn: str | None = None
    principals: list[str] | None = None
    topic_arns: list[str] | None = None
    resource_configuration: str | None = None
    resource_share_arn: str | None = None
    pattern: str | None = optional(None, choices=sorted(PATTERNS))


@dataclass(frozen=True)
class Snapshot:
    """What the checks look at: listings by name, each of things by id or name, or the denial of its call."""

    region: str
    listings: t.Mapping[str, Listing | CallError] = field(default_factory=dict)
    links: t.Sequence[CheckedLink] = ()

    def __getitem__(self, listing: str) -> Listing:
        """A listing. Raises the CallError of one that was denied."""
        found = self.listings.get(listing, {})
        if isinstance(found, CallError):
            raise found
        return found

    def addresses(self, link: CheckedLink) -> list[str]:
        """The addresses behind a link. Raises ItemError where there are none: no name, or one that does not resolve."""
        found = link.addresses or self["addresses"].get(link.endpoint or "")
        if isinstance(found, ItemError):
            raise found
        if not found:
            raise ItemError("Neither an endpoint nor addresses are given.")
        for address in found:
            try:
                ipaddress.ip_address(address)
            except ValueError:
                raise ItemError(f"Not an IP address: {address!r}.") from None
        return list(found)

    def zone(self, link: CheckedLink, address: str) -> str:
        """The Availability Zone of the subnet in which an address lies, "" for none."""
        ip = ipaddress.ip_address(address)
        for subnet in self["subnets"].values():
            block = subnet.get("CidrBlock")  # none where there is IPv6 alone
            if block and subnet["VpcId"] == link.vpc_id and ip in ipaddress.ip_network(block):
                return str(subnet["AvailabilityZone"])
        return ""

    def route_table(self, link: CheckedLink, subnet_id: str) -> Raw:
        """The route table of a subnet of the link's VPC; empty for what there is not."""
        found: Raw | None = self["route_tables"].get(subnet_id) or self["route_tables"].get(link.vpc_id or "")
        return found or {}


Resolve = t.Callable[[str], t.Sequence[str]]


class Reader:
    """Reads a snapshot. Each listing has the method of its name and is one call, or one for each page of it.

    ``resolve`` returns the addresses of a DNS name and raises ResolveError. Unknown ids are given to AWS as filters
    only: as parameters, one of them would fail the whole call.
    """

    def __init__(self, api: Api, resolve: Resolve) -> None:
        self.api, self.resolve = api, resolve

    def snapshot(self, links: t.Sequence[CheckedLink], needs: t.Mapping[str, t.Sequence[CheckedLink]]) -> Snapshot:
        """Read the listings in ``needs``, each for the links that need it, at the same time.

        Raises ItemError where AWS refuses a call for another reason than missing permission.
        """

        def read(listing: str) -> dict[str, Listing | CallError]:
            try:
                return {listing: getattr(self, listing)(needs[listing])}
            except CallError as error:
                if error.code in DENIED:
                    return {listing: error}
                raise

        listings: dict[str, Listing | CallError] = {}
        for listing in self.api.all(read, list(needs)):
            listings.update(listing)
        return Snapshot(self.api.region, listings, links)

    def subnets(self, links: t.Sequence[CheckedLink]) -> Listing:
        """All subnets of the region: those of a VPC and those named by id cannot be had by one filter."""
        if not links:
            return {}
        found = self.api.pages("ec2:DescribeSubnets", "Subnets", MaxResults=1000)
        return {subnet["SubnetId"]: subnet for subnet in found}

    def vpcs(self, links: t.Sequence[CheckedLink]) -> Listing:
        found = self.api.filtered("ec2:DescribeVpcs", "Vpcs", "vpc-id", [link.vpc_id for link in links if link.vpc_id])
        return {vpc["VpcId"]: vpc for vpc in found}

    def dns_attributes(self, links: t.Sequence[CheckedLink]) -> Listing:
        """Whether VPCs have DNS, by VPC: AWS tells one attribute of one VPC in a call."""
        wanted = sorted({link.vpc_id for link in links if link.vpc_id})
        found: dict[str, dict[str, bool]] = {}

        def read(pair: tuple[str, str]) -> bool | None:
            vpc_id, attribute = pair
            try:
                answer = self.api.call("ec2:DescribeVpcAttribute", vpc_id, VpcId=vpc_id, Attribute=attribute)
            except CallError as error:
                if error.code.startswith("InvalidVpcID"):  # not found, or not an id: no such VPC
                    return None
                raise
            return bool(answer[attribute[0].upper() + attribute[1:]]["Value"])

        pairs = list(itertools.product(wanted, DNS_ATTRIBUTES))
        for (vpc_id, attribute), value in zip(pairs, self.api.all(read, pairs)):
            if value is not None:
                found.setdefault(vpc_id, {})[attribute] = value
        return found

    def dhcp_options(self, links: t.Sequence[CheckedLink]) -> Listing:
        """The DNS servers that VPCs hand out, by VPC. A VPC whose set is another account's is left out."""
        vpcs = self.vpcs(links)
        if not vpcs:
            return {}
        listed = self.api.pages("ec2:DescribeDhcpOptions", "DhcpOptions", MaxResults=1000)
        servers = {NO_OPTIONS: [], **{options["DhcpOptionsId"]: _dns_servers(options) for options in listed}}
        wanted = {vpc_id: str(vpc.get("DhcpOptionsId")) for vpc_id, vpc in vpcs.items()}
        return {vpc_id: servers[options_id] for vpc_id, options_id in wanted.items() if options_id in servers}

    def peerings(self, links: t.Sequence[CheckedLink]) -> Listing:
        """Active peering connections by VPC, on either side. A filter cannot ask for either side, so all are read."""
        if not any(link.vpc_id for link in links):
            return {}
        active = [{"Name": "status-code", "Values": ["active"]}]
        action, key = "ec2:DescribeVpcPeeringConnections", "VpcPeeringConnections"
        found: dict[str, list[Raw]] = {}
        for peering in self.api.pages(action, key, Filters=active, MaxResults=1000):
            for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
                found.setdefault(str((peering.get(side) or {}).get("VpcId")), []).append(peering)
        return found

    def security_groups(self, links: t.Sequence[CheckedLink]) -> Listing:
        ids: set[str] = set()
        ids.update(*(link.security_group_ids or [] for link in links))
        ids.update(*(link.source_security_group_ids or [] for link in links))
        found = self.api.filtered("ec2:DescribeSecurityGroups", "SecurityGroups", "group-id", ids)
        return {group["GroupId"]: group for group in found}

    def network_acls(self, links: t.Sequence[CheckedLink]) -> Listing:
        """The network ACLs of clients' subnets, by subnet: each subnet has exactly one."""
        subnet_ids: set[str] = set()
        subnet_ids.update(*(link.client_subnet_ids or [] for link in links))
        action, by_subnet = "ec2:DescribeNetworkAcls", "association.subnet-id"
        found: dict[str, Raw] = {}
        for acl in self.api.filtered(action, "NetworkAcls", by_subnet, subnet_ids):
            found.update({association["SubnetId"]: acl for association in acl.get("Associations") or []})
        return found

    def route_tables(self, links: t.Sequence[CheckedLink]) -> Listing:
        """Route tables by subnet, and the main one of each VPC by the VPC: it counts where a subnet has none."""
        vpc_ids = [link.vpc_id for link in links if link.vpc_id]
        found: dict[str, Raw] = {}
        for table in self.api.filtered("ec2:DescribeRouteTables", "RouteTables", "vpc-id", vpc_ids):
            for association in table.get("Associations") or []:
                place = table["VpcId"] if association.get("Main") else association.get("SubnetId")
                found.update({str(place): table})
        return found

    def internet_gateways(self, links: t.Sequence[CheckedLink]) -> Listing:
        """Ids of internet gateways by VPC."""
        vpc_ids = [link.vpc_id for link in links if link.vpc_id]
        action, by_vpc = "ec2:DescribeInternetGateways", "attachment.vpc-id"
        found: dict[str, list[str]] = {}
        for gateway in self.api.filtered(action, "InternetGateways", by_vpc, vpc_ids):
            for attachment in gateway.get("Attachments") or []:
                found.setdefault(attachment["VpcId"], []).append(gateway["InternetGatewayId"])
        return found

    def nat_gateways(self, links: t.Sequence[CheckedLink]) -> Listing:
        """Ids of NAT gateways that work, or soon will, by VPC."""
        vpc_ids = [link.vpc_id for link in links if link.vpc_id]
        found: dict[str, list[str]] = {}
        for gateway in self.api.filtered("ec2:DescribeNatGateways", "NatGateways", "vpc-id", vpc_ids):
            if str(gateway.get("State")).lower() in ("pending", "available"):
                found.setdefault(gateway["VpcId"], []).append(gateway["NatGatewayId"])
        return found

    def network_interfaces(self, links: t.Sequence[CheckedLink]) -> Listing:
        """Network interfaces by VPC, of links whose endpoints others may come to use: who they are."""
        vpc_ids = [link.vpc_id for link in links if link.vpc_id and (link.has_policy or link.leads_all)]
        found: dict[str, list[Raw]] = {}
        for interface in self.api.filtered("ec2:DescribeNetworkInterfaces", "NetworkInterfaces", "vpc-id", vpc_ids):
            found.setdefault(interface["VpcId"], []).append(interface)
        return found

    def service_zones(self, links: t.Sequence[CheckedLink]) -> Listing:
        """The Availability Zones in which services offer themselves to this account, by service."""
        names = [link.service_name for link in links if link.service_name]
        action = "ec2:DescribeVpcEndpointServices"
        found = self.api.filtered(action, "ServiceDetails", "service-name", names)
        return {service["ServiceName"]: service.get("AvailabilityZones") or [] for service in found}

    def prefix_lists(self, links: t.Sequence[CheckedLink]) -> Listing:
        """AWS's own prefix lists, of services with gateway endpoints, by name."""
        if not links:
            return {}
        found = self.api.pages("ec2:DescribePrefixLists", "PrefixLists", MaxResults=1000)
        return {prefix_list["PrefixListName"]: prefix_list for prefix_list in found}

    def load_balancers(self, links: t.Sequence[CheckedLink]) -> Listing:
        """Network Load Balancers by name. Those of other types have names of their own."""
        if not any(link.load_balancer for link in links):
            return {}
        action = "elasticloadbalancing:DescribeLoadBalancers"
        found = self.api.pages(action, "LoadBalancers", PageSize=lb.PAGE)
        return {balancer["LoadBalancerName"]: balancer for balancer in found if balancer.get("Type") == "network"}

    def endpoints(self, links: t.Sequence[CheckedLink]) -> Listing:
        """The subnets that VPC endpoints of the collection are in, by the endpoints' names."""
        name, names = f"tag:{tagging.OWN_TAG}", [link.vpc_endpoint for link in links if link.vpc_endpoint]
        found: dict[str, set[str]] = {}
        for endpoint in self.api.filtered("ec2:DescribeVpcEndpoints", "VpcEndpoints", name, names):
            if str(endpoint["State"]).lower() in ("pending", "available", "partial"):
                owner = tagging.as_dict(endpoint.get("Tags"))[tagging.OWN_TAG]
                found.setdefault(owner, set()).update(endpoint["SubnetIds"])
        return found

    def names_taken(self, links: t.Sequence[CheckedLink]) -> Listing:
        """The living endpoints that have the private name of a service, by VPC and service."""
        vpc_ids = [link.vpc_id for link in links if link.vpc_id and link.leads_all]
        found: dict[str, str] = {}
        for endpoint in self.api.filtered("ec2:DescribeVpcEndpoints", "VpcEndpoints", "vpc-id", vpc_ids):
            serves = str(endpoint["State"]).lower() in ("pending", "available", "partial")
            if serves and endpoint.get("PrivateDnsEnabled"):
                found[place_of(endpoint["VpcId"], endpoint.get("ServiceName"))] = endpoint["VpcEndpointId"]
        return found

    def clusters(self, links: t.Sequence[CheckedLink]) -> Listing:
        ids = [link.cluster_identifier for link in links if link.cluster_identifier]
        return read_clusters(self.api, ids) if ids else {}

    def msk_clusters(self, links: t.Sequence[CheckedLink]) -> Listing:
        """The clusters by ARN, one call for each, or why one cannot be seen, as one of another account."""
        named = {link.cluster_arn: arns.MSK_CLUSTER.fullmatch(link.cluster_arn or "") for link in links}
        wanted = sorted(str(arn) for arn, match in named.items() if match and match[1] == self.api.region)

        def look(arn: str) -> msk.Cluster | None:
            try:
                return msk.read_cluster(self.api, arn)
            except CallError as error:
                raise (error if error.code in DENIED else ItemError(str(error))) from error

        return dict(zip(wanted, self.api.each(look, wanted)))

    def addresses(self, links: t.Sequence[CheckedLink]) -> Listing:
        """Addresses by DNS name; an ItemError for a name that does not resolve."""
        names = sorted({link.endpoint for link in links if link.endpoint and not link.addresses})

        def look_up(name: str) -> t.Sequence[str]:
            try:
                return self.resolve(name)
            except ResolveError as error:
                raise ItemError(f"The endpoint does not resolve: {error}.") from error

        return dict(zip(names, self.api.each(look_up, names)))


def place_of(vpc_id: str | None, service_name: str | None) -> str:
    """What tells who has the private name of a service in a VPC."""
    return f"{vpc_id} {service_name}"


def _dns_servers(options: Raw) -> list[str]:
    """The DNS servers of a DHCP options set; none where it names none."""
    found: list[str] = []
    for setting in options.get("DhcpConfigurations") or []:
        if setting.get("Key") == "domain-name-servers":
            found += [str(value["Value"]) for value in setting.get("Values") or []]
    return found
