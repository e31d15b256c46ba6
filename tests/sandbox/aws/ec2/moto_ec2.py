# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""moto's EC2: its VPCs, subnets and security groups are looked up and made here."""

from __future__ import annotations

from typing import Any
from unittest import mock

from tests.sandbox.core import underneath
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.world import World

# moto is imported late because its EC2 takes a second to import.


@underneath.prepares("ec2")
def mended(call: Call, world: World) -> None:
    """Before moto answers: it writes the whole state of a subnet's IPv6 block into the state's one member."""
    from moto.ec2.models.subnets import Subnet

    def blocks(subnet: Any) -> list[dict[str, Any]]:
        known = subnet.ipv6_cidr_block_associations.values()
        return [{**block, "ipv6CidrBlockState": {"state": block["ipv6CidrBlockState"]["State"]}} for block in known]

    Subnet.ipv6_cidr_block_association_set = property(blocks)  # type: ignore[method-assign,assignment]


def backend(account: str, region: str) -> Any:
    """moto's EC2 backend of one account and region."""
    from moto.backends import get_backend

    return get_backend("ec2")[account][region]


def zones(account: str, region: str) -> dict[str, str]:
    """Availability Zones of a region: name -> zone id. moto has the same for all accounts."""
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

    return {zone.name: zone.zone_id for zone in RegionsAndZonesBackend.zones[region]}


def find_subnet(account: str, region: str, subnet_id: str) -> Any:
    """moto's subnet (``id``, ``vpc_id``, ``cidr``, ``availability_zone``) or None."""
    for subnets in backend(account, region).subnets.values():
        if subnet_id in subnets:
            return subnets[subnet_id]
    return None


def subnets_of(account: str, region: str, vpc_id: str) -> list[Any]:
    return [
        subnet
        for subnets in backend(account, region).subnets.values()
        for subnet in subnets.values()
        if subnet.vpc_id == vpc_id
    ]


def has_ipv6(subnet: Any) -> bool:
    """Whether a subnet of moto's has an IPv6 block."""
    states = [block["ipv6CidrBlockState"]["State"] for block in subnet.ipv6_cidr_block_associations.values()]
    return "associated" in states


def has_dns(vpc: Any) -> bool:
    """Whether a VPC of moto's has both attributes that private DNS needs."""
    return "false" not in (str(vpc.enable_dns_support).lower(), str(vpc.enable_dns_hostnames).lower())


def without_dns(vpc: Any) -> AwsError:
    """EC2's refusal of private DNS in a VPC that has not both."""
    what = "both enableDnsSupport & enableDnsHostnames VPC attributes set to true"
    return AwsError("InvalidParameter", f"Enabling private DNS requires {what} for {vpc.id}")


def find_vpc(account: str, region: str, vpc_id: str) -> Any:
    return backend(account, region).vpcs.get(vpc_id)


def owner_of_vpc(region: str, vpc_id: str) -> str | None:
    """The account that has a VPC in a region, for who knows an id alone; None if nobody has it."""
    from moto.backends import get_backend

    accounts = get_backend("ec2")
    return next((name for name in accounts if region in accounts[name] and vpc_id in accounts[name][region].vpcs), None)


def find_security_group(account: str, region: str, group_id: str) -> Any:
    return backend(account, region).get_security_group_from_id(group_id)


def put_into_groups(account: str, region: str, interface_id: str, groups: list[str]) -> None:
    """Have a network interface be in these security groups."""
    interface = backend(account, region).enis.get(interface_id)
    if interface is not None:
        interface._group_set = [find_security_group(account, region, group_id) for group_id in groups]


# Makers with fixed ids, for seeds and the vendor: moto draws its ids at random.


def make_vpc(account: str, region: str, vpc_id: str, cidr: str, tags: dict[str, str] | None = None) -> None:
    """Make a VPC of that id with DNS support and host names, unless it exists."""
    if find_vpc(account, region, vpc_id) is not None:
        return
    with mock.patch("moto.ec2.models.vpcs.random_vpc_id", return_value=vpc_id):
        vpc = backend(account, region).create_vpc(cidr)
    vpc.enable_dns_hostnames = vpc.enable_dns_support = "true"
    backend(account, region).create_tags([vpc_id], tags or {})
    hand_out_dns(account, region, vpc_id, ["AmazonProvidedDNS"])


def hand_out_dns(account: str, region: str, vpc_id: str, servers: list[str]) -> None:
    """Give a VPC a DHCP options set of these DNS servers; AWS's own default is AmazonProvidedDNS."""
    ec2 = backend(account, region)
    key = "domain-name-servers"
    same = [options for options in ec2.dhcp_options_sets.values() if options._options[key] == servers]
    options = same[0] if same else ec2.create_dhcp_options(domain_name_servers=servers)
    ec2.associate_dhcp_options(options, ec2.vpcs[vpc_id])


def make_subnet(
    account: str,
    region: str,
    vpc_id: str,
    cidr: str,
    zone: str,
    subnet_id: str | None = None,
    tags: dict[str, str] | None = None,
) -> str:
    """Make a subnet, of that id if given, unless it exists; the answer is its id."""
    from moto.ec2.utils import random_subnet_id

    wanted = subnet_id or random_subnet_id()
    if find_subnet(account, region, wanted) is None:
        with mock.patch("moto.ec2.models.subnets.random_subnet_id", return_value=wanted):
            backend(account, region).create_subnet(vpc_id, cidr, availability_zone=zone)
        backend(account, region).create_tags([wanted], tags or {})
    return wanted


def make_security_group(
    account: str,
    region: str,
    vpc_id: str,
    group_id: str,
    name: str,
    description: str,
    ingress: list[dict[str, Any]],
) -> None:
    """Make a security group of that id, unless it exists.

    ``ingress`` are rules: from_port, to_port, cidr or the id of a group, and a protocol that is not tcp.
    """
    if find_security_group(account, region, group_id) is not None:
        return
    ec2 = backend(account, region)
    with mock.patch("moto.ec2.models.security_groups.random_security_group_id", return_value=group_id):
        ec2.create_security_group(name, description, vpc_id)
    for rule in ingress:
        ports = (str(rule["from_port"]), str(rule["to_port"]))
        addresses = [{"CidrIp": rule["cidr"]}] if "cidr" in rule else []
        groups = [{"GroupId": rule["group"]}] if "group" in rule else []
        what = (rule.get("protocol", "tcp"), *ports)
        ec2.authorize_security_group_ingress(group_id, *what, ip_ranges=addresses, source_groups=groups)
