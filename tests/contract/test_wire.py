# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls, in which protocol, and what the sandbox answers to what it does not know."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.conftest import refused
from tests.sandbox.client import RunningSandbox, SandboxClient
from tests.sandbox.core.contract import undeclared_error, violations
from tests.sandbox.core.operations import OPERATIONS, operation
from tests.sandbox.core.wire import account_of, make_call
from tests.sandbox.server import Sandbox, Server

Boto = Callable[..., Any]


@pytest.fixture(scope="module")
def inside() -> Iterator[SandboxClient]:
    """A sandbox in this process, whose operations a test can replace."""
    server = Server(("127.0.0.1", 0), Sandbox())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield SandboxClient(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_an_access_key_is_an_account(boto: Boto, account: str) -> None:
    identity = boto(account, "sts").get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:iam::{account}:user/sandbox"
    with refused("InvalidClientTokenId", 403):
        boto("AKIAIOSFODNN7EXAMPLE", "sts").get_caller_identity()
    with refused("InvalidClientTokenId", 403):
        boto("1234", "ec2").describe_vpcs()


def test_an_assumed_role_acts_in_its_account(sandbox: RunningSandbox, boto: Boto, account: str) -> None:
    role = f"arn:aws:iam::{account}:role/network/link-manager"
    credentials = boto("111111111111", "sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    key = credentials["AccessKeyId"]
    assert key.startswith(f"ASIA{account}")
    assert len(key) == 20
    identity = boto(key, "sts").get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/link-manager/me"
    vpc_id = boto(key, "ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    assert vpc_id in [vpc["VpcId"] for vpc in boto(account, "ec2").describe_vpcs()["Vpcs"]]
    with refused("ValidationError"):
        boto(account, "sts").assume_role(RoleArn="arn:aws:iam::12:role/x-long-enough", RoleSessionName="me")


@pytest.mark.parametrize("key", ["111111111111", "ASIA111111111111ABCD", "AKIA111111111111ABCD"])
def test_account_of_a_key(key: str) -> None:
    assert account_of(key) == "111111111111"


def test_accounts_and_regions_are_apart(boto: Boto, account: str) -> None:
    vpc_id = boto(account, "ec2", "eu-west-1").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for client in (boto(account, "ec2", "us-east-1"), boto("222222222222", "ec2", "eu-west-1")):
        assert vpc_id not in [vpc["VpcId"] for vpc in client.describe_vpcs()["Vpcs"]]


@pytest.mark.parametrize(
    ("service", "call", "parameters"),
    [
        ("ec2", "describe_coip_pools", {}),
        ("elbv2", "describe_trust_stores", {}),
        ("redshift", "describe_reserved_nodes", {}),
        ("ram", "list_permissions", {}),
        ("vpc-lattice", "list_target_groups", {}),
        ("redshift-serverless", "list_workgroups", {}),
        ("kafka", "list_vpc_connections", {}),
        ("route53", "list_cidr_collections", {}),
        ("wellarchitected", "list_workloads", {}),
    ],
)
def test_unknown_operations_are_named_in_501(
    boto: Boto, account: str, service: str, call: str, parameters: dict[str, Any]
) -> None:
    operation_name = "".join(part.title() for part in call.split("_"))
    with refused("NotImplemented", 501, naming=f"{service} {operation_name}"):
        getattr(boto(account, service), call)(**parameters)


def test_moto_answers_what_is_not_ours(boto: Boto, account: str) -> None:
    assert boto(account, "rds").describe_db_instances()["DBInstances"] == []
    assert boto(account, "iam").list_roles()["Roles"] == []
    topic = boto(account, "sns").create_topic(Name="x")["TopicArn"]
    assert topic == f"arn:aws:sns:us-east-1:{account}:x"
    assert boto(account, "secretsmanager").list_secrets()["SecretList"] == []


def test_a_misspelt_operation_cannot_be_registered() -> None:
    with pytest.raises(LookupError, match="DescribeVpcEndpointConnection"):
        operation("ec2", "DescribeVpcEndpointConnection")


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ({"Bogus": 1}, "contract: DescribeVpcEndpointConnections.Bogus: no such member"),
        ({"VpcEndpointConnections": [{"VpcEndpointState": "nonsense"}]}, "nonsense"),
        ({"VpcEndpointConnections": {"a": 1}}, "is not a list"),
        ({"NextToken": True}, "is not a string"),
    ],
)
def test_an_answer_outside_the_contract_is_an_error(
    inside: SandboxClient, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], named: str
) -> None:
    client = inside.boto("111111111111", "ec2")
    client.describe_vpc_endpoint_connections()
    monkeypatch.setitem(OPERATIONS, ("ec2", "DescribeVpcEndpointConnections"), lambda call, world: answer)
    with refused("InternalFailure", 500, naming=named):
        client.describe_vpc_endpoint_connections()


def test_the_contract_knows_aws_own_exceptions_and_declared_errors() -> None:
    model = make_call("1", "us-east-1", "ec2", "DescribeVpcEndpointConnections", {}).model
    assert violations(model, {"VpcEndpointConnections": [{"VpcEndpointState": "pendingAcceptance"}]}) == []
    assert not undeclared_error(model, "AnythingAtAll")
    elb = make_call("1", "us-east-1", "elbv2", "DeleteTargetGroup", {}).model
    assert not undeclared_error(elb, "ResourceInUse")
    assert undeclared_error(elb, "TargetGroupNotFound")


def test_many_connections_at_once(sandbox: RunningSandbox, account: str) -> None:
    client = sandbox.boto(account, "ec2", max_pool_connections=16)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda dummy: client.describe_vpc_endpoint_connections(), range(160)))
    assert len(answers) == 160
    assert len(sandbox.calls(account)) == 160


def test_every_operation_of_ec2_takes_a_dry_run(boto: Boto, sandbox: RunningSandbox, account: str) -> None:
    from botocore import xform_name

    client = boto(account, "ec2")
    names = [name for service, name in OPERATIONS if service == "ec2"]
    assert len(names) >= 22
    for name in names:
        shape = client.meta.service_model.operation_model(name).input_shape
        parameters = {member: _any_value(shape.members[member]) for member in shape.required_members}
        with refused("DryRunOperation", 412):
            getattr(client, xform_name(name))(DryRun=True, **parameters)
    with refused("DryRunOperation", 412):
        client.create_vpc(CidrBlock="10.8.0.0/16", DryRun=True)
    assert "10.8.0.0/16" not in [vpc["CidrBlock"] for vpc in client.describe_vpcs()["Vpcs"]]
    assert sandbox.writes(account) == []


def _any_value(shape: Any) -> Any:
    if shape.type_name == "list":
        return [_any_value(shape.member)]
    if shape.type_name == "structure":
        return {}
    return shape.enum[0] if shape.enum else "anything"
