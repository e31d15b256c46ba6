# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of a Network Load Balancer's nodes, of which it has one in each subnet.

This module util is PRIVATE to the collection.

An address is chosen by AWS or given when its subnet is enabled, and stays for as long as the subnet is. The listing of
load balancers shows only those that were given; the network interface of a node shows any. Sources: the guide "Network
Load Balancers"; SubnetMapping in the Elastic Load Balancing API Reference; AWS re:Post, "How do I find the IP addresses
that load balancers use to forward traffic" (read 2026-11).
"""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_actual import Actual
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import ANOTHER_NAME, NetworkLoadBalancer
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

Addresses = dict[str, list[str]]  # by subnet; that of the node itself first, then those it has besides


def read(api: Api, arns: t.Sequence[str]) -> dict[str, Addresses]:
    """The addresses of the nodes of some load balancers by their ARNs. One call per 200."""
    by_description = {f"ELB {arn.partition(':loadbalancer/')[2]}": arn for arn in arns}
    action = "ec2:DescribeNetworkInterfaces"
    found: dict[str, Addresses] = {arn: {} for arn in arns}
    for interface in api.filtered(action, "NetworkInterfaces", "description", by_description):
        own = str(interface.get("PrivateIpAddress", ""))
        more = [str(row["PrivateIpAddress"]) for row in interface.get("PrivateIpAddresses") or []]
        addresses = list(dict.fromkeys([own, *more])) if own else more
        found[by_description[interface["Description"]]][str(interface["SubnetId"])] = addresses
    return found


def given(balancer: lb.LoadBalancer | None) -> dict[str, str]:
    """The addresses that were given when a subnet was enabled, by subnet."""
    found = {}
    for zone in balancer.raw.get("AvailabilityZones") or [] if balancer else []:
        for address in zone.get("LoadBalancerAddresses") or []:
            if address.get("PrivateIPv4Address"):
                found[str(zone["SubnetId"])] = str(address["PrivateIPv4Address"])
    return found


def known(actual: Actual) -> Addresses:
    """The addresses of the nodes by subnet, as far as they are known."""
    return {**{subnet: [address] for subnet, address in given(actual.balancer).items()}, **actual.addresses}


def unknown(item: NetworkLoadBalancer, actual: Actual) -> bool:
    """Whether an address is wanted in a subnet that is enabled, and the listing does not tell the one there."""
    wanted = set(item.private_addresses or ()) & actual.subnet_ids
    return item.state == "present" and bool(wanted - given(actual.balancer).keys())


def check(item: NetworkLoadBalancer, actual: Actual) -> None:
    """Raise ItemError for an address that its subnet does not have, or that AWS would have to change."""
    have = known(actual)
    for subnet_id, address in sorted((item.private_addresses or {}).items()):
        if subnet_id in actual.subnet_ids:
            shown = have.get(subnet_id)
            if shown and address not in shown:
                raise ItemError(
                    f"The node of {item.name} in {subnet_id} has the address {shown[0]}, not {address}, and AWS cannot "
                    f"change it. {ANOTHER_NAME}"
                )
        elif subnet_id not in actual.subnets:
            raise ItemError(f"private_addresses names {subnet_id}, in which {item.name} is not: list it in subnet_ids.")
        else:
            _check_range(subnet_id, address, str(actual.subnets[subnet_id].get("CidrBlock", "")))


def _check_range(subnet_id: str, address: str, block: str) -> None:
    if not block:
        raise ItemError(f"{subnet_id} has IPv6 addresses only, so none is {address}.")
    network = ipaddress.IPv4Network(block)
    place = int(ipaddress.IPv4Address(address)) - int(network.network_address)
    if not 0 <= place < network.num_addresses:
        raise ItemError(f"{address} is not in {subnet_id}, which has {block}.")
    if place < 4 or place == network.num_addresses - 1:
        raise ItemError(f"AWS reserves {address} in {subnet_id} ({block}) for itself: give another one.")


def subnets(item: NetworkLoadBalancer, actual: Actual, wanted: t.Sequence[str]) -> dict[str, t.Any]:
    """Subnets as AWS takes them: with the addresses that are wanted, or were given to those that stay."""
    addresses = {**(item.private_addresses or {}), **given(actual.balancer)}
    if not any(subnet_id in addresses for subnet_id in wanted):
        return {"Subnets": list(wanted)}
    mappings = []
    for subnet_id in wanted:
        fixed = {"PrivateIPv4Address": addresses[subnet_id]} if subnet_id in addresses else {}
        mappings.append({"SubnetId": subnet_id, **fixed})
    return {"SubnetMappings": mappings}
