# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""MSK clusters, their multi-VPC connectivity, their policies, and the VPC connections of clients.

Sources are pages of the Amazon MSK API Reference 1.0 and of the Amazon MSK Developer Guide (DG), read 2026-11, and
reports of what AWS answered, as project and number on GitHub.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.conftest import VENDOR, refused
from tests.sandbox.client import ControlError, RunningSandbox

CLUSTER = "8f5c2a1e-0000-4000-8000-000000000001-1"
SLOW = ("msk_operation.PENDING", "msk_operation.UPDATE_IN_PROGRESS", "msk_vpc_connection.REJECTING")
ADMITS = ["kafka:CreateVpcConnection", "kafka:GetBootstrapBrokers", "kafka:DescribeCluster", "kafka:DescribeClusterV2"]


class Bench:
    """An account and its clusters."""

    def __init__(self, sandbox: RunningSandbox, account: str) -> None:
        self.sandbox, self.account, self.kafka = sandbox, account, sandbox.boto(account, "kafka")

    def cluster(self, name: str = "orders", **fields: Any) -> str:
        """A cluster that was there before; its ARN."""
        seed = [{"name": name, "id": CLUSTER, **fields}]
        self.sandbox.seed({"accounts": {self.account: {"us-east-1": {"msk_clusters": seed}}}})
        return f"arn:aws:kafka:us-east-1:{self.account}:cluster/{name}/{CLUSTER}"

    def info(self, arn: str) -> dict[str, Any]:
        return dict(self.kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"])

    def on(self, arn: str) -> Any:
        group = self.info(arn)["Provisioned"]["BrokerNodeGroupInfo"]
        return group["ConnectivityInfo"]["VpcConnectivity"]["ClientAuthentication"]

    def switch(self, arn: str, version: str = "", scram: bool = False, **changes: Any) -> dict[str, Any]:
        """Switch IAM on, unless ``iam`` says otherwise."""
        sasl = {"Iam": {"Enabled": changes.pop("iam", True)}, "Scram": {"Enabled": scram}}
        wanted = {"VpcConnectivity": {"ClientAuthentication": {"Sasl": sasl}}, **changes}
        version = version or self.info(arn)["CurrentVersion"]
        return dict(self.kafka.update_connectivity(ClusterArn=arn, CurrentVersion=version, ConnectivityInfo=wanted))

    def active(self, arn: str) -> None:
        self.sandbox.eventually(lambda: self.info(arn)["State"], "ACTIVE".__eq__)

    def put(self, arn: str, *statements: dict[str, Any], **version: str) -> str:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        return str(self.kafka.put_cluster_policy(ClusterArn=arn, Policy=document, **version)["CurrentVersion"])

    def connections(self, arn: str) -> list[dict[str, Any]]:
        return list(self.kafka.list_client_vpc_connections(ClusterArn=arn)["ClientVpcConnections"])

    def state(self, arn: str) -> str:
        return str(self.connections(arn)[0]["State"])


def allow(arn: str, account: str = VENDOR, **changes: Any) -> dict[str, Any]:
    """A statement that lets an account make VPC connections."""
    principal = {"AWS": [account]}
    return {"Sid": "A", "Effect": "Allow", "Principal": principal, "Action": ADMITS, "Resource": arn, **changes}


@pytest.fixture
def bench(sandbox: RunningSandbox, account: str) -> Iterator[Bench]:
    sandbox.lag(**dict.fromkeys(SLOW, 0.3))
    yield Bench(sandbox, account)
    sandbox.lag(**dict.fromkeys(SLOW, 0.1))


def test_a_cluster_is_made_listed_and_deleted(bench: Bench) -> None:
    """CreateClusterV2; multi-VPC connectivity cannot be on at the start (cloudformation-coverage-roadmap 1775)."""
    iam = {"Sasl": {"Iam": {"Enabled": True}}}
    group: dict[str, Any] = {"InstanceType": "kafka.m5.large", "ClientSubnets": ["subnet-1", "subnet-2"]}
    of = {"KafkaVersion": "3.6.0", "NumberOfBrokerNodes": 2, "ClientAuthentication": iam}
    early = {**group, "ConnectivityInfo": {"VpcConnectivity": {"ClientAuthentication": iam}}}
    with refused("BadRequestException", 400, "all vpcConnectivity auth schemes must be disabled"):
        bench.kafka.create_cluster_v2(ClusterName="new", Provisioned={**of, "BrokerNodeGroupInfo": early})
    made = bench.kafka.create_cluster_v2(ClusterName="new", Provisioned={**of, "BrokerNodeGroupInfo": group})
    arn, uuid = made["ClusterArn"], made["ClusterArn"].rpartition("/")[2]
    assert arn == f"arn:aws:kafka:us-east-1:{bench.account}:cluster/new/{uuid}"
    assert made["State"] == "CREATING"
    with refused("ConflictException", 409):
        bench.kafka.create_cluster_v2(ClusterName="new", Provisioned={**of, "BrokerNodeGroupInfo": group})
    with refused("ConflictException", 409):
        bench.kafka.get_bootstrap_brokers(ClusterArn=arn)
    bench.active(arn)
    brokers = bench.kafka.get_bootstrap_brokers(ClusterArn=arn)["BootstrapBrokerStringSaslIam"].split(",")
    assert [broker.rpartition(":")[2] for broker in brokers] == ["9098", "9098"]
    networks = {"VpcConfigs": [{"SubnetIds": ["subnet-1"]}]}
    bench.kafka.create_cluster_v2(ClusterName="serverless", Serverless=networks)
    listed = bench.kafka.list_clusters_v2(MaxResults=1)
    assert [info["ClusterArn"] for info in listed["ClusterInfoList"]] == [arn]
    more = bench.kafka.list_clusters_v2(NextToken=listed["NextToken"])["ClusterInfoList"]
    assert [info["ClusterType"] for info in more] == ["SERVERLESS"]
    bench.kafka.delete_cluster(ClusterArn=arn)
    bench.sandbox.eventually(lambda: len(bench.kafka.list_clusters_v2()["ClusterInfoList"]), (1).__eq__)
    with refused("NotFoundException", 404):
        bench.info(arn)


def test_connectivity_changes_while_an_operation_goes_on(bench: Bench) -> None:
    """UpdateConnectivity, DescribeClusterOperationV2: the cluster is UPDATING, and has a new version afterwards."""
    arn = bench.cluster()
    before = bench.info(arn)["CurrentVersion"]
    operation = bench.switch(arn)["ClusterOperationArn"]
    moving = bench.info(arn)
    assert (moving["State"], moving["ActiveOperationArn"]) == ("UPDATING", operation)
    assert bench.on(arn)["Sasl"]["Iam"]["Enabled"] is False
    with refused("BadRequestException", 400, "UPDATING"):
        bench.switch(arn)
    with refused("BadRequestException", 400, "UPDATING"):
        bench.put(arn, allow(arn))
    bench.active(arn)
    assert bench.on(arn)["Sasl"]["Iam"]["Enabled"] is True
    assert bench.info(arn)["CurrentVersion"] != before
    shown = bench.kafka.describe_cluster_operation_v2(ClusterOperationArn=operation)["ClusterOperationInfo"]
    assert (shown["OperationState"], shown["EndTime"] > shown["StartTime"]) == ("UPDATE_COMPLETE", True)
    assert (
        bench.kafka.list_cluster_operations_v2(ClusterArn=arn)["ClusterOperationInfoList"][0]["OperationArn"]
        == operation
    )
    brokers = bench.kafka.get_bootstrap_brokers(ClusterArn=arn)["BootstrapBrokerStringVpcConnectivitySaslIam"]
    assert [broker.rpartition(":")[2] for broker in brokers.split(",")] == ["14001", "14002"]


def test_an_operation_may_fail(bench: Bench) -> None:
    """ClusterOperationV2.errorInfo; nothing has changed then."""
    arn = bench.cluster()
    bench.sandbox.outcome("msk_operation", "UPDATE_FAILED", account=bench.account, code="X", reason="no addresses")
    operation = bench.switch(arn)["ClusterOperationArn"]
    bench.active(arn)
    shown = bench.kafka.describe_cluster_operation_v2(ClusterOperationArn=operation)["ClusterOperationInfo"]
    assert (shown["OperationState"], shown["ErrorInfo"]["ErrorString"]) == ("UPDATE_FAILED", "no addresses")
    assert bench.on(arn)["Sasl"]["Iam"]["Enabled"] is False


@pytest.mark.parametrize(
    ("fields", "changes", "message"),
    [
        pytest.param({"kafka_version": "2.6.3"}, {}, "2.7.1 or higher", id="version"),
        pytest.param({"instance_type": "kafka.t3.small"}, {}, "t3.small", id="instance"),
        pytest.param({"schemes": []}, {}, "Unauthenticated", id="unauthenticated"),
        pytest.param({}, {"scram": True}, "scram is not on for the cluster", id="scheme"),
        pytest.param({}, {"iam": False}, "does not include any updates", id="nothing"),
        pytest.param({}, {"version": "K9"}, "The version of the cluster isn't current", id="outdated"),  # 25061
        pytest.param({}, {"NetworkType": "DUAL"}, "multiple connectivity settings", id="two settings"),  # 47279
    ],
)
def test_connectivity_is_refused(bench: Bench, fields: dict[str, Any], changes: dict[str, Any], message: str) -> None:
    """DG, "Requirements and limitations for multi-VPC private connectivity"; terraform-provider-aws."""
    arn = bench.cluster(**fields)
    with refused("BadRequestException", 400, message):
        bench.switch(arn, **changes)
    assert bench.info(arn)["State"] == "ACTIVE"


def test_a_policy_has_a_version(bench: Bench) -> None:
    """PutClusterPolicy; terraform-provider-aws 35538 (the message) and 34419 (connectivity comes first)."""
    closed = bench.cluster("closed")
    with refused("BadRequestException", 400, "not enabled"):
        bench.put(closed, allow(closed))
    arn = bench.cluster(multi_vpc=["iam"])
    with refused("NotFoundException", 404):
        bench.kafka.get_cluster_policy(ClusterArn=arn)
    with refused("NotFoundException", 404):
        bench.kafka.delete_cluster_policy(ClusterArn=arn)
    first = bench.put(arn, allow(arn))
    with refused("BadRequestException", 400, "Current cluster policy version needed for Update"):
        bench.put(arn, allow(arn))
    second = bench.put(arn, allow(arn), allow(arn, Sid="B"), CurrentVersion=first)
    with refused("BadRequestException", 400, "isn't current"):
        bench.put(arn, allow(arn), CurrentVersion=first)
    shown = bench.kafka.get_cluster_policy(ClusterArn=arn)
    assert shown["CurrentVersion"] == second
    statements = json.loads(shown["Policy"])["Statement"]
    assert [statement["Principal"] for statement in statements] == [{"AWS": f"arn:aws:iam::{VENDOR}:root"}] * 2
    bench.kafka.delete_cluster_policy(ClusterArn=arn)
    with refused("BadRequestException", 400):
        bench.put(arn, allow(arn), CurrentVersion=second)


@pytest.mark.parametrize(
    "changes",
    [
        {"Resource": "arn:aws:kafka:us-east-1:1:cluster/a/b"},
        {"Action": "s3:GetObject"},
        {"Sid": "a b"},
        {"Principal": {}},
    ],
)
def test_a_policy_is_refused(bench: Bench, changes: dict[str, Any]) -> None:
    """IAM user guide, JSON policy elements."""
    arn = bench.cluster(multi_vpc=["iam"])
    statement = allow(arn, **changes)
    if not statement["Principal"]:
        del statement["Principal"]
    with refused("BadRequestException", 400):
        bench.put(arn, statement)


def test_clients_connect_where_the_policy_lets_them(bench: Bench) -> None:
    """DG, "Reject a managed VPC connection": only AVAILABLE ones, which then stay until their owner deletes them."""
    arn = bench.cluster(multi_vpc=["iam"], schemes=["iam", "scram"])
    for code, options in (("ForbiddenException", {}), ("BadRequestException", {"authentication": "SASL_SCRAM"})):
        with pytest.raises(ControlError, match=code):
            bench.sandbox.msk_connection(arn, **options)
        bench.put(arn, allow(arn)) if not options else None
    made = bench.sandbox.msk_connection(arn)["VpcConnectionArn"]
    assert made.startswith(f"arn:aws:kafka:us-east-1:{VENDOR}:vpc-connection/{bench.account}/orders/")
    with refused("BadRequestException", 400, "CREATING"):
        bench.kafka.reject_client_vpc_connection(ClusterArn=arn, VpcConnectionArn=made)
    bench.sandbox.eventually(lambda: bench.state(arn), "AVAILABLE".__eq__)
    (row,) = bench.connections(arn)
    assert (row["Owner"], row["Authentication"]) == (VENDOR, "SASL_IAM")
    bench.kafka.delete_cluster_policy(ClusterArn=arn)
    assert bench.state(arn) == "AVAILABLE"
    bench.kafka.reject_client_vpc_connection(ClusterArn=arn, VpcConnectionArn=made)
    bench.sandbox.eventually(lambda: bench.state(arn), "REJECTED".__eq__)
    client = bench.sandbox.boto(VENDOR, "kafka")
    assert client.describe_vpc_connection(Arn=made)["State"] == "REJECTED"
    with refused("NotFoundException", 404):
        bench.kafka.delete_vpc_connection(Arn=made)
    client.delete_vpc_connection(Arn=made)
    bench.sandbox.eventually(lambda: bench.connections(arn), [].__eq__)


def test_connections_of_a_scheme_that_goes_are_inactive(bench: Bench) -> None:
    """VpcConnectionState has DEACTIVATING and INACTIVE; that this is when is not documented."""
    arn = bench.cluster(multi_vpc=["iam"])
    bench.put(arn, allow(arn))
    bench.sandbox.msk_connection(arn)
    bench.sandbox.eventually(lambda: bench.state(arn), "AVAILABLE".__eq__)
    bench.switch(arn, iam=False)
    assert bench.state(arn) == "AVAILABLE"
    bench.sandbox.eventually(lambda: bench.state(arn), "INACTIVE".__eq__)


def test_others_see_nothing_of_a_cluster(bench: Bench) -> None:
    """Each operation's errors in botocore's model: those without NotFoundException answer BadRequestException."""
    arn = bench.cluster(multi_vpc=["iam"])
    stranger = bench.sandbox.boto(VENDOR, "kafka")
    for ask in (stranger.describe_cluster_v2, stranger.get_cluster_policy, stranger.list_client_vpc_connections):
        with refused("ForbiddenException", 403):
            ask(ClusterArn=arn)
    bench.put(arn, allow(arn))
    assert stranger.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]["ClusterName"] == "orders"
    assert set(stranger.get_bootstrap_brokers(ClusterArn=arn)) >= {"BootstrapBrokerStringVpcConnectivitySaslIam"}
    gone = arn.replace("orders", "gone")
    with refused("BadRequestException", 400, "does not exist"):
        bench.kafka.list_client_vpc_connections(ClusterArn=gone)
    with refused("NotFoundException", 404):
        bench.kafka.get_cluster_policy(ClusterArn=gone)
