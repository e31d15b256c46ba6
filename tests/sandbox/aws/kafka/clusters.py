# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MSK clusters, provisioned and serverless, without brokers."""

from __future__ import annotations

import uuid
from typing import Any

from tests.sandbox.aws.kafka import resources as kafka
from tests.sandbox.aws.kafka.resources import SCHEMES, Cluster, Operation
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import GONE, Life, World

PORTS = {"iam": ("SaslIam", 9098, 14001), "scram": ("SaslScram", 9096, 14001), "tls": ("Tls", 9094, 14001)}
"""By scheme: how GetBootstrapBrokers calls it, its port, and its first port to other VPCs (guide, port information)."""


@operation("kafka", "CreateClusterV2")
def create(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    provisioned, serverless = params.get("Provisioned"), params.get("Serverless")
    if bool(provisioned) == bool(serverless):
        raise kafka.refused("Specify either provisioned or serverless.")
    if params["ClusterName"] in {cluster.name for cluster in world.all(Cluster, call.account, call.region)}:
        raise AwsError("ConflictException", "A resource with this name already exists.")
    group = (provisioned or {}).get("BrokerNodeGroupInfo") or {}
    if kafka.switched_on(
        ((group.get("ConnectivityInfo") or {}).get("VpcConnectivity") or {}).get("ClientAuthentication")
    ):
        message = (
            "When creating a cluster, all vpcConnectivity auth schemes must be disabled ('enabled' : false). You can"
        )
        raise kafka.refused(f"{message} enable auth schemes after the cluster is created.")
    own = (provisioned or serverless or {}).get("ClientAuthentication") or {}
    schemes = kafka.switched_on(own)
    networks = (serverless or {}).get("VpcConfigs") or [{}]
    where = f"arn:{partition(call.region)}:kafka:{call.region}:{call.account}"
    arn = f"{where}:cluster/{params['ClusterName']}/{uuid.uuid4()}-1"
    cluster = Cluster(
        key=arn,
        account=call.account,
        region=call.region,
        life=world.life("msk_cluster", "CREATING", "ACTIVE"),
        tags=dict(params.get("Tags") or {}),
        name=params["ClusterName"],
        kind="PROVISIONED" if provisioned else "SERVERLESS",
        instance_type=group.get("InstanceType", ""),
        brokers=(provisioned or {}).get("NumberOfBrokerNodes", 0),
        kafka_version=(provisioned or {}).get("KafkaVersion", ""),
        subnet_ids=group.get("ClientSubnets") or networks[0].get("SubnetIds") or [],
        security_groups=group.get("SecurityGroups") or networks[0].get("SecurityGroupIds") or [],
        schemes=schemes,
        unauthenticated=bool((own.get("Unauthenticated") or {}).get("Enabled", not schemes)),
        vpc_schemes=Life([("", 0.0)]),
        versions=Life([(kafka.version_of(1), 0.0)]),
    )
    world.add(cluster)
    return {"ClusterArn": arn, "ClusterName": cluster.name, "State": cluster.state, "ClusterType": cluster.kind}


@operation("kafka", "DescribeClusterV2")
def describe(call: Call, world: World) -> dict[str, Any]:
    return {"ClusterInfo": _described(kafka.admitted(call, world), world)}


@operation("kafka", "ListClustersV2")
def list_all(call: Call, world: World) -> dict[str, Any]:
    begins, kind = call.params.get("ClusterNameFilter") or "", call.params.get("ClusterTypeFilter")
    clusters = [
        cluster
        for cluster in world.all(Cluster, call.account, call.region)
        if cluster.name.startswith(begins) and kind in (None, "ALL", cluster.kind)
    ]
    found, token = kafka.page(call, clusters)
    return {"ClusterInfoList": [_described(cluster, world) for cluster in found], "NextToken": token}


@operation("kafka", "DeleteCluster")
def delete(call: Call, world: World) -> dict[str, Any]:
    cluster = kafka.own(call, world)
    kafka.require_active(cluster)
    if call.params.get("CurrentVersion") not in (None, cluster.versions.state):
        raise kafka.refused("The version of the cluster isn't current. Check the current version and try again.")
    cluster.life = world.life("msk_cluster", "DELETING", GONE)
    for connection in kafka.connections(cluster, world):
        connection.life = Life([("INACTIVE", clock.now())])
    return {"ClusterArn": cluster.key, "State": cluster.state}


@operation("kafka", "GetBootstrapBrokers")
def bootstrap(call: Call, world: World) -> dict[str, Any]:
    """The names at which brokers are reached, by scheme; another account is told those of its own VPCs only."""
    cluster = kafka.admitted(call, world)
    if cluster.state != "ACTIVE":
        raise AwsError("ConflictException", f"The cluster is in the {cluster.state} state.")
    domain = f"{cluster.name}.{cluster.key[-8:-2]}.c1.kafka.{cluster.region}.amazonaws.com"
    found = {}
    for scheme in sorted(SCHEMES):
        name, port, first = PORTS[scheme]
        brokers = range(1, cluster.brokers + 1)
        if scheme in cluster.schemes and call.account == cluster.account:
            found[f"BootstrapBrokerString{name}"] = ",".join(f"b-{broker}.{domain}:{port}" for broker in brokers)
        if scheme in cluster.on:
            names = [f"b-{broker}.{scheme}.{domain}:{first + broker - 1}" for broker in brokers]
            found[f"BootstrapBrokerStringVpcConnectivity{name}"] = ",".join(names)
    return found


def _described(cluster: Cluster, world: World) -> dict[str, Any]:
    """A cluster of the API's second version."""
    moving = [o for o in world.all(Operation) if o.cluster_key == cluster.key and o.ends > clock.now()]
    info = {
        "ActiveOperationArn": moving[0].key if moving else None,
        "ClusterType": cluster.kind,
        "ClusterArn": cluster.key,
        "ClusterName": cluster.name,
        "CreationTime": cluster.created_at,
        "CurrentVersion": cluster.versions.state,
        "State": cluster.state,
        "Tags": cluster.tags,
    }
    if cluster.kind == "SERVERLESS":
        networks = [{"SubnetIds": cluster.subnet_ids, "SecurityGroupIds": cluster.security_groups}]
        return {
            **info,
            "Serverless": {"VpcConfigs": networks, "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}},
        }
    own = {**kafka.switches(cluster.schemes), "Unauthenticated": {"Enabled": cluster.unauthenticated}}
    group = {
        "BrokerAZDistribution": "DEFAULT",
        "ClientSubnets": cluster.subnet_ids,
        "InstanceType": cluster.instance_type,
        "SecurityGroups": cluster.security_groups,
        "ConnectivityInfo": {
            "PublicAccess": {"Type": "DISABLED"},
            "VpcConnectivity": {"ClientAuthentication": kafka.switches(cluster.on)},
            "NetworkType": "IPV4",
        },
    }
    return {
        **info,
        "Provisioned": {
            "BrokerNodeGroupInfo": group,
            "CurrentBrokerSoftwareInfo": {"KafkaVersion": cluster.kafka_version},
            "ClientAuthentication": own,
            "NumberOfBrokerNodes": cluster.brokers,
        },
    }
