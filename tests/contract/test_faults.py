# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Injected faults, token buckets and the log of calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.contract.conftest import Provider, refused
from tests.sandbox.client import ControlError, RunningSandbox

Boto = Callable[..., Any]
DESCRIBE = "DescribeVpcEndpointServiceConfigurations"


def services(provider: Provider) -> int:
    return len(provider.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"])


@pytest.mark.parametrize(
    ("service", "operation", "method", "code", "status"),
    [
        ("ec2", "DescribeVpcEndpoints", "describe_vpc_endpoints", "RequestLimitExceeded", 503),
        ("ec2", "DescribeSubnets", "describe_subnets", "RequestLimitExceeded", 503),
        ("elbv2", "DescribeLoadBalancers", "describe_load_balancers", "Throttling", 400),
        ("redshift", "DescribeClusters", "describe_clusters", "Throttling", 400),
        ("vpc-lattice", "ListServiceNetworks", "list_service_networks", "ThrottlingException", 429),
        ("ram", "GetResourceShareInvitations", "get_resource_share_invitations", "ThrottlingException", 429),
    ],
)
def test_throttle(
    provider: Provider, boto: Boto, service: str, operation: str, method: str, code: str, status: int
) -> None:
    client = boto(provider.account, service)
    provider.sandbox.fault(service, operation, "throttle", account=provider.account, times=2, after=1)
    getattr(client, method)()
    for _dummy in range(2):
        with refused(code, status):
            getattr(client, method)()
    getattr(client, method)()
    errors = [c["error"] for c in provider.sandbox.calls(provider.account) if c["operation"] == operation]
    assert errors[-4:] == [None, code, code, None]


def test_faults_are_of_one_account_or_any_operation(provider: Provider, boto: Boto) -> None:
    provider.sandbox.fault("ec2", "*", "error", account="222222222222", code="InternalError", status=500, times=None)
    services(provider)
    with refused("InternalError", 500):
        boto("222222222222", "ec2").describe_vpcs()
    with refused("InternalError", 500):
        boto("222222222222", "ec2").describe_vpc_endpoints()


def test_error(provider: Provider, boto: Boto) -> None:
    fault = provider.sandbox.fault
    fault("elbv2", "DescribeTags", "error")
    with refused("InternalFailure", 500):
        provider.elb.describe_tags(ResourceArns=[provider.load_balancer])
    fault("ec2", DESCRIBE, "error", code="IncorrectState", message="not now")
    with refused("IncorrectState", 400, naming="not now"):
        services(provider)
    services(provider)


def test_deny(provider: Provider, boto: Boto) -> None:
    who = f"arn:aws:iam::{provider.account}:user/sandbox"
    provider.sandbox.fault("ec2", DESCRIBE, "deny")
    with refused("UnauthorizedOperation", 403, naming=f"{who} is not authorized to perform: ec2:{DESCRIBE}"):
        services(provider)
    provider.sandbox.fault("elbv2", "CreateLoadBalancer", "deny")
    with refused("AccessDenied", 403, naming="elasticloadbalancing:CreateLoadBalancer"):
        provider.make_load_balancer("denied")


@pytest.mark.parametrize("performed", [False, True])
def test_drop(provider: Provider, performed: bool) -> None:
    provider.sandbox.fault("ec2", "CreateVpcEndpointServiceConfiguration", "drop", performed=performed)
    with pytest.raises(ConnectionClosedError):
        provider.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[provider.load_balancer])
    assert services(provider) == (1 if performed else 0)


def test_timeout(provider: Provider, sandbox: RunningSandbox) -> None:
    provider.sandbox.fault("ec2", DESCRIBE, "timeout", delay=1)
    impatient = sandbox.boto(provider.account, "ec2", read_timeout=0.2)
    with pytest.raises(ReadTimeoutError):
        impatient.describe_vpc_endpoint_service_configurations()
    assert services(provider) == 0


def test_stale_reads_show_the_world_before_the_last_write(provider: Provider) -> None:
    provider.sandbox.fault("ec2", DESCRIBE, "stale", account=provider.account, times=2)
    assert services(provider) == 0
    service_id = provider.ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[provider.load_balancer]
    )["ServiceConfiguration"]["ServiceId"]
    assert services(provider) == 0
    with refused("InvalidVpcEndpointServiceId.NotFound"):
        provider.service(service_id)
    assert services(provider) == 1


def test_new_resources_are_not_found_for_a_while(provider: Provider) -> None:
    old = provider.make_service()["ServiceId"]
    provider.sandbox.fault("ec2", DESCRIBE, "not_found_after_create", account=provider.account, delay=0.4)
    arns = [provider.make_load_balancer("second")]
    new = provider.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=arns)
    new_id = new["ServiceConfiguration"]["ServiceId"]
    provider.service(old)
    assert services(provider) == 1
    with refused("InvalidVpcEndpointServiceId.NotFound"):
        provider.service(new_id)
    provider.ec2.describe_vpc_endpoint_service_permissions(ServiceId=new_id)
    provider.sandbox.step(0.4)
    provider.service(new_id)


def test_faults_that_cannot_be(sandbox: RunningSandbox) -> None:
    for kind, operation in (("explode", DESCRIBE), ("stale", "DescribeSubnets")):
        with pytest.raises(ControlError):
            sandbox.fault("ec2", operation, kind)
    assert sandbox.control("GET", "faults") == []


def test_buckets_hold_ec2s_limit_per_action(provider: Provider) -> None:
    sandbox = provider.sandbox
    sandbox.buckets(enabled=True)
    started = time.monotonic()
    service_id = provider.ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[provider.load_balancer]
    )["ServiceConfiguration"]["ServiceId"]

    def modify(dummy: int) -> str:
        try:
            provider.ec2.modify_vpc_endpoint_service_configuration(ServiceId=service_id, AcceptanceRequired=True)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(modify, range(20)))
    # A burst of ten, and one more per second that passed.
    allowed = 10 + int(time.monotonic() - started) + 1
    assert 10 <= answers.count("ok") <= allowed
    assert set(answers) == {"ok", "RequestLimitExceeded"}
    assert sandbox.buckets()["throttled"] == answers.count("RequestLimitExceeded")
    services(provider)


def test_buckets_hold_elbs_limit_over_all_actions(provider: Provider, boto: Boto) -> None:
    provider.sandbox.buckets(enabled=True)
    started = time.monotonic()
    codes: list[str] = []
    for number in range(60):
        try:
            if number % 2:
                provider.elb.describe_load_balancers()
            else:
                provider.elb.describe_target_groups()
            codes.append("ok")
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert 40 <= codes.count("ok") <= 41 + 10 * (time.monotonic() - started)
    assert codes.count("Throttling") == 60 - codes.count("ok") > 0
    boto("222222222222", "elbv2").describe_load_balancers()
    provider.sandbox.step(0.25)
    provider.elb.describe_load_balancers()


def test_latency(provider: Provider) -> None:
    provider.sandbox.buckets(latency=0.1)
    started = time.monotonic()
    services(provider)
    assert time.monotonic() - started >= 0.1


def test_the_log_names_every_call(provider: Provider) -> None:
    sandbox, account = provider.sandbox, provider.account
    last = sandbox.last_call()
    assert last == sandbox.calls(account)[-1]["n"]
    provider.elb.describe_load_balancers(Names=["main"])
    provider.make_service()
    with refused("DryRunOperation"):
        provider.ec2.create_tags(Resources=["vpc-1"], Tags=[{"Key": "a", "Value": "b"}], DryRun=True)
    first, second, *dummy, dry = sandbox.calls(account, since=last)
    assert (first["service"], first["operation"], first["kind"]) == ("elbv2", "DescribeLoadBalancers", "read")
    assert first["params"] == {"Names": ["main"]}
    assert first["region"] == "us-east-1"
    assert second["operation"] == "CreateVpcEndpointServiceConfiguration"
    assert (dry["kind"], dry["dry_run"], dry["error"]) == ("read", True, "DryRunOperation")
    writes = sandbox.writes(account, since=last)
    assert [call["operation"] for call in writes] == ["CreateVpcEndpointServiceConfiguration"]
    assert {call["service"] for call in sandbox.calls(account, service="elbv2")} == {"elbv2"}
