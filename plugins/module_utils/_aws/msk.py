# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MSK clusters as AWS shows them: their multi-VPC connectivity, their policies, and the VPC connections of clients.

This module util is PRIVATE to the collection.

Sources (read 2026-11): Amazon MSK API Reference 1.0, DescribeClusterV2, GetClusterPolicy, ListClientVpcConnections,
ListClusterOperationsV2, DescribeClusterOperationV2, GetBootstrapBrokers; Amazon MSK Developer Guide, "Amazon MSK
multi-VPC private connectivity in a single Region". The policy has a version, which is not the cluster's.
"""

from __future__ import annotations

import datetime
import json
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core.policies import Document

Raw = t.Mapping[str, t.Any]

DESCRIBE = "kafka:DescribeClusterV2"
GET_POLICY = "kafka:GetClusterPolicy"
CONNECTIONS = "kafka:ListClientVpcConnections"
BROKERS = "kafka:GetBootstrapBrokers"
HISTORY = "kafka:ListClusterOperationsV2"
OPERATION = "kafka:DescribeClusterOperationV2"
ACTIVE, SERVERLESS, IAM = "ACTIVE", "SERVERLESS", "iam"
BROKEN = ("DELETING", "FAILED")  # states of a cluster that do not pass into ACTIVE
LIVE = ("CREATING", "AVAILABLE")  # states of a connection that serves, or is about to
SWITCHES = {"iam": ("Sasl", "Iam"), "scram": ("Sasl", "Scram"), "tls": ("Tls",)}  # in a ClientAuthentication


@dataclass(frozen=True)
class Cluster:
    """A cluster. ``schemes`` are those of its own clients, ``multi_vpc`` those that multi-VPC connectivity has on."""

    arn: str
    name: str
    kind: str
    state: str
    version: str
    kafka_version: str = ""
    instance_type: str = ""
    schemes: frozenset[str] = frozenset()
    unauthenticated: bool = False
    multi_vpc: frozenset[str] = frozenset()

    @classmethod
    def of(cls, raw: Raw) -> Cluster:
        provisioned = raw.get("Provisioned") or {}
        own = (provisioned or raw.get("Serverless") or {}).get("ClientAuthentication") or {}
        group = provisioned.get("BrokerNodeGroupInfo") or {}
        return cls(
            arn=str(raw["ClusterArn"]),
            name=str(raw.get("ClusterName", "")),
            kind=str(raw.get("ClusterType", "")),
            state=str(raw.get("State", "")),
            version=str(raw.get("CurrentVersion", "")),
            kafka_version=str((provisioned.get("CurrentBrokerSoftwareInfo") or {}).get("KafkaVersion", "")),
            instance_type=str(group.get("InstanceType", "")),
            schemes=_switched_on(own),
            unauthenticated=bool((own.get("Unauthenticated") or {}).get("Enabled")),
            multi_vpc=_multi_vpc(group),
        )


@dataclass(frozen=True)
class Connection:
    """A VPC connection of a client. ``owner`` is the account that made it."""

    arn: str
    owner: str
    authentication: str
    state: str
    created: datetime.datetime | None

    @classmethod
    def of(cls, raw: Raw) -> Connection:
        arn = str(raw["VpcConnectionArn"])
        return cls(
            arn=arn,
            owner=arn.split(":")[4],
            authentication=str(raw.get("Authentication", "")),
            state=str(raw.get("State", "")),
            created=raw.get("CreationTime"),
        )

    def as_dict(self) -> dict[str, t.Any]:
        """The connection as modules return it."""
        return {
            "vpc_connection_arn": self.arn,
            "owner": self.owner,
            "authentication": self.authentication,
            "state": self.state,
            "creation_time": as_text(self.created),
        }


@dataclass(frozen=True)
class Policy:
    """A cluster's policy and its version; None and "" where it has none."""

    document: Document | None = None
    version: str = ""


@dataclass(frozen=True)
class View:
    """A cluster with all that is around it."""

    cluster: Cluster
    policy: Policy
    connections: tuple[Connection, ...]


def as_text(moment: datetime.datetime | None) -> str:
    """A moment as modules return it, in UTC; "" for none."""
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def switches(schemes: t.Collection[str]) -> dict[str, t.Any]:
    """A ClientAuthentication of VpcConnectivity with every switch, so that none is left to what a missing one means."""
    iam, scram, tls = ({"Enabled": scheme in schemes} for scheme in ("iam", "scram", "tls"))
    return {"Sasl": {"Iam": iam, "Scram": scram}, "Tls": tls}


def is_before(version: str, minimum: str) -> bool | None:
    """Whether an Apache Kafka version, like C(3.7.x.kraft), is lower than another; None for what is no version."""
    numbers = _numbers(version)
    return None if numbers is None else numbers < (_numbers(minimum) or ())


def _numbers(version: str) -> tuple[int, ...] | None:
    match = re.match(r"([0-9]+)\.([0-9]+)(?:\.([0-9]+|x))?", version)
    if not match:
        return None
    patch = match[3] or "0"
    return int(match[1]), int(match[2]), 999 if patch == "x" else int(patch)


def _switched_on(authentication: Raw) -> frozenset[str]:
    return frozenset(scheme for scheme, path in SWITCHES.items() if _is_on(authentication, path))


def _is_on(tree: Raw, path: t.Sequence[str]) -> bool:
    for name in path:
        tree = tree.get(name) or {}
    return bool(tree.get("Enabled"))


def _multi_vpc(holder: Raw) -> frozenset[str]:
    """The schemes that are on in the ConnectivityInfo of a node group or of an operation."""
    connectivity = (holder.get("ConnectivityInfo") or {}).get("VpcConnectivity") or {}
    return _switched_on(connectivity.get("ClientAuthentication") or {})


def read_cluster(api: Api, arn: str) -> Cluster | None:
    """A cluster of this run's region, None where there is none. Raises ItemError."""
    arns.require_cluster_region(arn, api.region)
    try:
        return Cluster.of(api.call(DESCRIBE, arn, ClusterArn=arn)["ClusterInfo"])
    except CallError as error:
        if error.code == "NotFoundException":
            return None
        raise


def read_policy(api: Api, arn: str) -> Policy:
    try:
        answer = api.call(GET_POLICY, arn, ClusterArn=arn)
    except CallError as error:
        if error.code == "NotFoundException":
            return Policy()
        raise
    text = str(answer.get("Policy") or "")
    return Policy(json.loads(text), str(answer.get("CurrentVersion", ""))) if text else Policy()


def read_connections(api: Api, arn: str) -> tuple[Connection, ...]:
    """Those of all accounts, one call per 100; also rejected ones, which stay until their owner deletes them."""
    rows = api.pages(CONNECTIONS, "ClientVpcConnections", ClusterArn=arn, MaxResults=100)
    return tuple(Connection.of(row) for row in rows)


def read_view(api: Api, arn: str) -> View | None:
    """A cluster and all that is around it, None where there is none. Three calls."""
    cluster = read_cluster(api, arn)
    return View(cluster, read_policy(api, arn), read_connections(api, arn)) if cluster else None


def bootstrap_servers(api: Api, arn: str) -> str:
    """Where clients in other VPCs reach the cluster with IAM: C(host:port), with commas between; "" for nowhere."""
    try:
        answer = api.call(BROKERS, arn, ClusterArn=arn)
    except CallError as error:
        if error.code == "ConflictException":  # the cluster is being changed
            return ""
        raise
    return str(answer.get("BootstrapBrokerStringVpcConnectivitySaslIam") or "")


class Edit(t.NamedTuple):
    """A change of multi-VPC connectivity: the end of its operation's ARN, and when it began."""

    id: str
    began: datetime.datetime


def last_edit(api: Api, arn: str, since: datetime.datetime) -> Edit | None:
    """The last change of multi-VPC connectivity that began after a moment and did not fail. One call, and one for each.

    The type of an operation is only used to leave others out: whether it was such a change is seen in what it changed.
    """
    for row in _edits(api, arn):
        if row["StartTime"] <= since or _has_failed(row):
            continue
        changed = _operation(api, arn, row).get("Provisioned") or {}
        before, after = (changed.get(name) or {} for name in ("SourceClusterInfo", "TargetClusterInfo"))
        if _multi_vpc(before) != _multi_vpc(after):
            return Edit(str(row["OperationArn"]).rpartition("/")[2], row["StartTime"])
    return None


def last_failure(api: Api, arn: str) -> str:
    """Why the last change of connectivity that has ended failed, "" where it did not. A call, and one for a failure."""
    last = next((row for row in _edits(api, arn) if row.get("EndTime")), None)
    if last is None or not _has_failed(last):
        return ""
    error = _operation(api, arn, last).get("ErrorInfo") or {}
    return ": ".join(filter(None, (error.get("ErrorCode"), error.get("ErrorString")))) or str(last["OperationState"])


def _edits(api: Api, arn: str) -> list[Raw]:
    """The operations that have begun to change a cluster's connectivity, the newest first."""
    listed = api.pages(HISTORY, "ClusterOperationInfoList", ClusterArn=arn, MaxResults=100)
    edits = [row for row in listed if row.get("StartTime") and "CONNECTIVITY" in str(row.get("OperationType")).upper()]
    return sorted(edits, key=lambda row: t.cast("datetime.datetime", row["StartTime"]), reverse=True)


def _has_failed(row: Raw) -> bool:
    return "FAILED" in str(row.get("OperationState")).upper()


def _operation(api: Api, arn: str, row: Raw) -> Raw:
    answer = api.call(OPERATION, arn, ClusterOperationArn=row["OperationArn"])
    return t.cast("Raw", answer.get("ClusterOperationInfo") or {})
