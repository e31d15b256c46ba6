# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network interfaces: moto's, and beside them those of the nodes of load balancers.

Source: AWS re:Post, "How do I find the IP addresses that load balancers use to forward traffic" (read 2026-11): those
of a Network Load Balancer are described as ``ELB net/NAME/ID``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.requests import page, select
from tests.sandbox.aws.elbv2.resources import LoadBalancer
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World

FIELDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "availability-zone": lambda row: row["AvailabilityZone"],
    "description": lambda row: row["Description"],
    "group-id": lambda row: [group["GroupId"] for group in row["Groups"]],
    "interface-type": lambda row: row["InterfaceType"],
    "network-interface-id": lambda row: row["NetworkInterfaceId"],
    "private-ip-address": lambda row: row["PrivateIpAddress"],
    "requester-managed": lambda row: str(row["RequesterManaged"]).lower(),
    "subnet-id": lambda row: row["SubnetId"],
    "vpc-id": lambda row: row["VpcId"],
}


@operation("ec2", "DescribeNetworkInterfaces")
def describe(call: Call, world: World) -> dict[str, Any]:
    rows = [*_of_moto(call), *_of_load_balancers(call, world)]
    ids = call.params.get("NetworkInterfaceIds") or []
    for interface_id in ids:
        if interface_id not in [row["NetworkInterfaceId"] for row in rows]:
            message = f"The networkInterface ID '{interface_id}' does not exist"
            raise AwsError("InvalidNetworkInterfaceID.NotFound", message)
    rows = [row for row in rows if not ids or row["NetworkInterfaceId"] in ids]
    found, token = page(call, select(call, rows, FIELDS), least=5)
    return {"NetworkInterfaces": found, "NextToken": token}


def _of_moto(call: Call) -> Iterator[dict[str, Any]]:
    for eni in moto_ec2.backend(call.account, call.region).enis.values():
        addresses = [str(row["PrivateIpAddress"]) for row in eni.private_ip_addresses]
        groups = [group.id for group in eni.group_set]
        yield _described(call, eni.id, eni.subnet, eni.description, addresses, groups, eni.interface_type)


def _of_load_balancers(call: Call, world: World) -> Iterator[dict[str, Any]]:
    for balancer in world.all(LoadBalancer, call.account, call.region):
        description = f"ELB {balancer.key.partition(':loadbalancer/')[2]}"
        for subnet_id, node in balancer.nodes.items():
            subnet = moto_ec2.find_subnet(call.account, call.region, subnet_id)
            groups = balancer.security_groups
            kind = "network_load_balancer"
            yield _described(call, node.interface_id, subnet, description, [node.address], groups, kind)


def _described(
    call: Call, key: str, subnet: Any, description: str, addresses: list[str], groups: list[str], kind: str
) -> dict[str, Any]:
    """A NetworkInterface of the API."""
    return {
        "NetworkInterfaceId": key,
        "SubnetId": subnet.id,
        "VpcId": subnet.vpc_id,
        "AvailabilityZone": subnet.availability_zone,
        "Description": description,
        "Groups": [{"GroupId": group} for group in groups],
        "InterfaceType": kind,
        "OwnerId": call.account,
        "PrivateIpAddress": addresses[0] if addresses else None,
        "PrivateIpAddresses": [
            {"PrivateIpAddress": address, "Primary": number == 0} for number, address in enumerate(addresses)
        ],
        "RequesterManaged": kind != "interface",
        "Status": "in-use",
    }
