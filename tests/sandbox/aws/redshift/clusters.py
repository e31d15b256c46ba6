# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redshift clusters."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.redshift import resources as redshift
from tests.sandbox.aws.redshift.resources import Authorization, Cluster, get, get_group
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, Life, World

AVAILABILITY = {"available": "Available", "paused": "Unavailable"}
"""ClusterAvailabilityStatus where it is not Modifying (Cluster, Redshift API Reference, read 2026-11)."""

IDENTIFIER = re.compile(r"[a-z](?:[a-z0-9]|-(?!-)){0,62}(?<!-)")


@operation("redshift", "CreateCluster")
def create(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    identifier = params["ClusterIdentifier"]
    if not IDENTIFIER.fullmatch(identifier):
        raise AwsError("InvalidParameterValue", f"The parameter ClusterIdentifier '{identifier}' is not valid")
    if world.find(Cluster, redshift.key_of(call, identifier)):
        raise AwsError("ClusterAlreadyExists", f"Cluster {identifier} already exists.")
    group_name = params.get("ClusterSubnetGroupName") or "default"
    vpc_id, zone = _place(group_name, call, world)
    cluster = Cluster(
        key=redshift.key_of(call, identifier),
        account=call.account,
        region=call.region,
        life=world.life("cluster", "creating", "available"),
        tags=redshift.tags_of(call),
        identifier=identifier,
        node_type=params["NodeType"],
        nodes=params.get("NumberOfNodes") or 1,
        port=params.get("Port") or 5439,
        user=params["MasterUsername"],
        database=params.get("DBName") or "dev",
        subnet_group=group_name,
        vpc_id=vpc_id,
        zone=params.get("AvailabilityZone") or zone,
        security_groups=params.get("VpcSecurityGroupIds") or [],
        relocation=Life([("enabled" if params.get("AvailabilityZoneRelocation") else "disabled", 0.0)]),
        multi_az=bool(params.get("MultiAZ")),
        public=bool(params.get("PubliclyAccessible")),
        encrypted=bool(params.get("Encrypted")),
    )
    if params.get("AvailabilityZoneRelocation"):
        _check_relocation(cluster)
    world.add(cluster)
    return {"Cluster": described(cluster)}


@operation("redshift", "DescribeClusters")
def describe(call: Call, world: World) -> dict[str, Any]:
    wanted = call.params.get("ClusterIdentifier")
    clusters = [get(wanted, call, world)] if wanted else world.all(Cluster, call.account, call.region)
    found, marker = redshift.page(call, redshift.tagged(call, clusters))
    return {"Clusters": [described(cluster) for cluster in found], "Marker": marker}


@operation("redshift", "ModifyCluster")
def modify(call: Call, world: World) -> dict[str, Any]:
    cluster, params = get(call.params["ClusterIdentifier"], call, world), call.params
    if cluster.state != "available":
        raise AwsError("InvalidClusterState", f"Cluster {cluster.identifier} is {cluster.state}, not available")
    before = vars(cluster).copy()
    cluster.node_type = params.get("NodeType") or cluster.node_type
    cluster.nodes = params.get("NumberOfNodes") or cluster.nodes
    cluster.port = params.get("Port") or cluster.port
    cluster.security_groups = params.get("VpcSecurityGroupIds") or cluster.security_groups
    for name, member in (("MultiAZ", "multi_az"), ("PubliclyAccessible", "public"), ("Encrypted", "encrypted")):
        if params.get(name) is not None:
            setattr(cluster, member, params[name])
    try:
        if cluster.is_ra3 and params.get("Port"):
            _check_port(cluster.port)
        _set_relocation(cluster, params.get("AvailabilityZoneRelocation"), world)
    except AwsError:
        vars(cluster).update(before)
        raise
    if set(params) - {"ClusterIdentifier", "AvailabilityZoneRelocation"}:
        cluster.life = world.life("cluster", "modifying", "available")
    return {"Cluster": described(cluster)}


@operation("redshift", "DeleteCluster")
def delete(call: Call, world: World) -> dict[str, Any]:
    cluster = get(call.params["ClusterIdentifier"], call, world)
    if cluster.state not in ("available", "creating"):
        raise AwsError("InvalidClusterState", f"Cluster {cluster.identifier} is {cluster.state}")
    cluster.life = world.life("cluster", "deleting", GONE)
    for grant in world.all(Authorization, call.account, call.region):
        if grant.identifier == cluster.identifier:
            world.remove(grant)
    return {"Cluster": described(cluster)}


@operation("redshift", "PauseCluster")
def pause(call: Call, world: World) -> dict[str, Any]:
    """Only an available cluster can be paused, and only a paused one resumed (Redshift API Reference, read 2026-11)."""
    return _turned(call, world, "available", "modifying", "paused")


@operation("redshift", "ResumeCluster")
def resume(call: Call, world: World) -> dict[str, Any]:
    return _turned(call, world, "paused", "modifying", "available")


def _turned(call: Call, world: World, before: str, *states: str) -> dict[str, Any]:
    cluster = get(call.params["ClusterIdentifier"], call, world)
    if cluster.state != before:
        raise AwsError("InvalidClusterState", f"Cluster {cluster.identifier} is {cluster.state}, not {before}")
    cluster.life = world.life("cluster", *states)
    return {"Cluster": described(cluster)}


def described(cluster: Cluster) -> dict[str, Any]:
    """A Cluster of the API."""
    host = f"{cluster.identifier}.{cluster.account[:10]}.{cluster.region}.redshift.amazonaws.com"
    return {
        "ClusterIdentifier": cluster.identifier,
        "NodeType": cluster.node_type,
        "ClusterStatus": cluster.state,
        "ClusterAvailabilityStatus": AVAILABILITY.get(cluster.state, "Modifying"),
        "MasterUsername": cluster.user,
        "DBName": cluster.database,
        "Endpoint": {"Address": host, "Port": cluster.port} if cluster.state != "creating" else None,
        "ClusterCreateTime": cluster.created_at,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": g, "Status": "active"} for g in cluster.security_groups],
        "ClusterSubnetGroupName": cluster.subnet_group,
        "VpcId": cluster.vpc_id,
        "AvailabilityZone": cluster.zone,
        "NumberOfNodes": cluster.nodes,
        "PubliclyAccessible": cluster.public,
        "Encrypted": cluster.encrypted,
        "Tags": cluster.tag_list,
        "AvailabilityZoneRelocationStatus": cluster.relocation.state,
        "ClusterNamespaceArn": cluster.arn.replace(":cluster:", ":namespace:"),
        "MultiAZ": "Enabled" if cluster.multi_az else "Disabled",
    }


def _place(group_name: str, call: Call, world: World) -> tuple[str, str]:
    """VPC and first zone of a subnet group; ``default`` is the default VPC."""
    if group_name != "default":
        group = get_group(group_name, call, world)
        return group.vpc_id, group.subnets[0][1]
    vpc = moto_ec2.backend(call.account, call.region).get_default_vpc()
    return str(vpc.id), next(iter(moto_ec2.zones(call.account, call.region)))


def _check_port(port: int) -> None:
    # RA3 clusters take only these ports (ModifyCluster, read 2026-11).
    if not (5431 <= port <= 5455 or 8191 <= port <= 8215):
        message = f"The port {port} is not valid: RA3 clusters use 5431-5455 or 8191-8215"
        raise AwsError("InvalidParameterValue", message)


def _check_relocation(cluster: Cluster) -> None:
    if not cluster.is_ra3:
        raise AwsError("UnsupportedOperation", f"Relocation is not supported for node type {cluster.node_type}")
    _check_port(cluster.port)


def _set_relocation(cluster: Cluster, wanted: bool | None, world: World) -> None:
    on = cluster.relocation.state in ("enabled", "pending_enabling")
    if wanted is None or wanted == on:
        return
    if wanted:
        _check_relocation(cluster)
        cluster.relocation = world.life("cluster_relocation", "pending_enabling", "enabled")
    else:
        cluster.relocation = world.life("cluster_relocation", "pending_disabling", "disabled")
