# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cluster subnet groups of Redshift."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.redshift import resources as redshift
from tests.sandbox.aws.redshift.resources import Cluster, SubnetGroup, get_group
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World


@operation("redshift", "CreateClusterSubnetGroup")
def create(call: Call, world: World) -> dict[str, Any]:
    name = call.params["ClusterSubnetGroupName"].lower()
    if world.find(SubnetGroup, redshift.key_of(call, name)):
        raise AwsError("ClusterSubnetGroupAlreadyExists", f"Cluster subnet group '{name}' already exists.")
    subnets = []
    for subnet_id in call.params["SubnetIds"]:
        subnet = moto_ec2.find_subnet(call.account, call.region, subnet_id)
        if subnet is None:
            raise AwsError("InvalidSubnet", f"Subnet {subnet_id} not found.")
        subnets.append(subnet)
    if len({subnet.vpc_id for subnet in subnets}) != 1:
        raise AwsError("InvalidSubnet", "All subnets must be in one VPC")
    group = SubnetGroup(
        key=redshift.key_of(call, name),
        account=call.account,
        region=call.region,
        life=Life([("Complete", 0.0)]),
        tags=redshift.tags_of(call),
        name=name,
        description=call.params["Description"],
        vpc_id=subnets[0].vpc_id,
        subnets=[(subnet.id, subnet.availability_zone) for subnet in subnets],
    )
    world.add(group)
    return {"ClusterSubnetGroup": _described(group)}


@operation("redshift", "DescribeClusterSubnetGroups")
def describe(call: Call, world: World) -> dict[str, Any]:
    wanted = call.params.get("ClusterSubnetGroupName")
    groups = [get_group(wanted, call, world)] if wanted else world.all(SubnetGroup, call.account, call.region)
    found, marker = redshift.page(call, redshift.tagged(call, groups))
    return {"ClusterSubnetGroups": [_described(group) for group in found], "Marker": marker}


@operation("redshift", "DeleteClusterSubnetGroup")
def delete(call: Call, world: World) -> dict[str, Any]:
    group = get_group(call.params["ClusterSubnetGroupName"], call, world)
    if any(cluster.subnet_group == group.name for cluster in world.all(Cluster, call.account, call.region)):
        message = f"Cluster subnet group '{group.name}' is in use by a cluster"
        raise AwsError("InvalidClusterSubnetGroupStateFault", message)
    world.remove(group)
    return {}


def _described(group: SubnetGroup) -> dict[str, Any]:
    return {
        "ClusterSubnetGroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc_id,
        "SubnetGroupStatus": group.state,
        "Subnets": [
            {"SubnetIdentifier": subnet_id, "SubnetAvailabilityZone": {"Name": zone}, "SubnetStatus": "Active"}
            for subnet_id, zone in group.subnets
        ],
        "Tags": group.tag_list,
    }
