# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Multi-VPC connectivity of MSK clusters, and the operations that change it, which take hours in AWS."""

from __future__ import annotations

import re
import uuid
from typing import Any

from tests.sandbox.aws.kafka import resources as kafka
from tests.sandbox.aws.kafka.resources import AUTHENTICATIONS, Cluster, Operation
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World

OLDEST = (2, 7, 1)
SETTINGS = ("PublicAccess", "VpcConnectivity", "NetworkType")


@operation("kafka", "UpdateConnectivity")
def update(call: Call, world: World) -> dict[str, Any]:
    cluster, params = kafka.own(call, world), call.params
    if cluster.kind != "PROVISIONED":
        raise kafka.refused("This operation is not supported for serverless clusters.")
    kafka.require_active(cluster)
    if params["CurrentVersion"] != cluster.versions.state:
        raise kafka.refused("The version of the cluster isn't current. Check the current version and try again.")
    asked = [name for name in SETTINGS if (params.get("ConnectivityInfo") or {}).get(name)]
    if len(asked) > 1:
        message = "You can't update multiple connectivity settings in the same request. Modify your request to update"
        raise kafka.refused(f"{message} only NetworkType, VpcConnectivity, or PublicAccess connectivity setting.")
    if asked != ["VpcConnectivity"]:
        raise AwsError("NotImplemented", "The sandbox changes multi-VPC connectivity only", 501)
    wanted = kafka.switched_on(params["ConnectivityInfo"]["VpcConnectivity"].get("ClientAuthentication"))
    _check(cluster, wanted)
    return {"ClusterArn": cluster.key, "ClusterOperationArn": _begun(cluster, wanted, world).key}


@operation("kafka", "DescribeClusterOperationV2")
def describe(call: Call, world: World) -> dict[str, Any]:
    arn = call.params["ClusterOperationArn"]
    found = world.find(Operation, arn, call.account, call.region)
    if found is None:
        raise AwsError("NotFoundException", f"The operation {arn} does not exist.")
    changed = {"SourceClusterInfo": _changed(found.source), "TargetClusterInfo": _changed(found.target)}
    error = {"ErrorCode": found.code, "ErrorString": found.reason} if found.state == "UPDATE_FAILED" else None
    return {"ClusterOperationInfo": {**_listed(found), "ErrorInfo": error, "Provisioned": changed}}


@operation("kafka", "ListClusterOperationsV2")
def list_all(call: Call, world: World) -> dict[str, Any]:
    cluster = kafka.own(call, world)
    operations = [found for found in world.all(Operation, call.account) if found.cluster_key == cluster.key]
    found, token = kafka.page(call, list(reversed(operations)))
    return {"ClusterOperationInfoList": [_listed(done) for done in found], "NextToken": token}


def _check(cluster: Cluster, wanted: frozenset[str]) -> None:
    """What a cluster needs for multi-VPC connectivity (guide, "Requirements and limitations")."""
    if wanted == cluster.on:
        raise kafka.refused("The request does not include any updates to the connectivity of the cluster.")
    if not wanted:
        return
    if tuple(int(part) for part in re.findall(r"\d+", cluster.kafka_version)[:3]) < OLDEST:
        raise kafka.refused("Multi-VPC private connectivity needs Apache Kafka version 2.7.1 or higher.")
    if cluster.instance_type == "kafka.t3.small":
        raise kafka.refused("Multi-VPC private connectivity doesn't support the t3.small instance type.")
    if cluster.unauthenticated:
        raise kafka.refused("Unauthenticated clusters can't use multi-VPC private connectivity.")
    if wanted - cluster.schemes:
        raise kafka.refused(f"The auth scheme {', '.join(sorted(wanted - cluster.schemes))} is not on for the cluster.")


def _begun(cluster: Cluster, wanted: frozenset[str], world: World) -> Operation:
    """Change the cluster when the operation ends. Connections of a scheme that went serve nobody any more."""
    outcome = world.outcome(Operation.KIND, cluster.account)
    last = outcome.state if outcome else "UPDATE_COMPLETE"
    life = world.life("msk_operation", "PENDING", "UPDATE_IN_PROGRESS", last)
    begins, ends = clock.now(), life.steps[-1][1]
    made = Operation(
        key=f"{cluster.key.replace(':cluster/', ':cluster-operation/')}/{uuid.uuid4()}",
        account=cluster.account,
        region=cluster.region,
        life=life,
        cluster_key=cluster.key,
        type="UPDATE_CONNECTIVITY",
        source=cluster.on,
        target=wanted,
        ends=ends,
        code=outcome.code if outcome else None,
        reason=outcome.reason if outcome else None,
    )
    cluster.life = Life([("UPDATING", begins), ("ACTIVE", ends)])
    if last == "UPDATE_COMPLETE":
        number = sum(done.cluster_key == cluster.key for done in world.all(Operation)) + 2
        cluster.versions = Life([(cluster.versions.state, begins), (kafka.version_of(number), ends)])
        _end_connections(cluster, wanted, ends, world)
        cluster.vpc_schemes = Life([(cluster.vpc_schemes.state, begins), (",".join(sorted(wanted)), ends)])
    return world.add(made)


def _end_connections(cluster: Cluster, wanted: frozenset[str], ends: float, world: World) -> None:
    for connection in kafka.connections(cluster, world):
        if AUTHENTICATIONS[connection.authentication] not in wanted and connection.state == "AVAILABLE":
            idle = ends + world.lag("msk_vpc_connection.DEACTIVATING")
            connection.life = Life([("AVAILABLE", 0.0), ("DEACTIVATING", ends), ("INACTIVE", idle)])


def _changed(schemes: frozenset[str]) -> dict[str, Any]:
    return {"ConnectivityInfo": {"VpcConnectivity": {"ClientAuthentication": kafka.switches(schemes)}}}


def _listed(found: Operation) -> dict[str, Any]:
    return {
        "ClusterArn": found.cluster_key,
        "ClusterType": "PROVISIONED",
        "StartTime": found.created_at,
        "EndTime": clock.utc_of(found.ends) if found.ends <= clock.now() else None,
        "OperationArn": found.key,
        "OperationState": found.state,
        "OperationType": found.type,
    }
