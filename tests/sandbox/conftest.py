# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the sandbox's own tests: a provider with an active load balancer, and expected AWS errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Vpc
from tests.sandbox.client import RunningSandbox, eventually

VENDOR = "834469178297"


@contextmanager
def refused(code: str, status: int | None = None, naming: str = "") -> Iterator[None]:
    """The block must raise AWS's error ``code``, with the HTTP status and a text in its message if given."""
    with pytest.raises(ClientError) as raised:
        yield
    response = raised.value.response
    assert response["Error"]["Code"] == code, response["Error"]
    assert status in (None, response["ResponseMetadata"]["HTTPStatusCode"])
    assert naming in response["Error"]["Message"]


@dataclass
class Provider:
    """An account with a VPC and an active NLB in two zones, and its clients."""

    account: str
    region: str
    ec2: Any
    elb: Any
    vpc: Vpc
    load_balancer: str
    sandbox: RunningSandbox

    def make_load_balancer(self, name: str, **options: Any) -> str:
        """Make an internal NLB in both subnets and wait until it is active; the answer is its ARN."""
        parameters = {"Type": "network", "Scheme": "internal", "Subnets": list(self.vpc.subnets), **options}
        arn = str(self.elb.create_load_balancer(Name=name, **parameters)["LoadBalancers"][0]["LoadBalancerArn"])
        eventually(
            lambda: self.elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"],
            lambda state: state == "active",
        )
        return arn

    def make_service(self, *principals: str, **options: Any) -> dict[str, Any]:
        """Make an endpoint service, Available and open to accounts; the answer is AWS's ServiceConfiguration."""
        options = {"NetworkLoadBalancerArns": [self.load_balancer], **options}
        made = self.ec2.create_vpc_endpoint_service_configuration(**options)["ServiceConfiguration"]
        if principals:
            arns = [f"arn:aws:iam::{principal}:root" for principal in principals]
            self.ec2.modify_vpc_endpoint_service_permissions(ServiceId=made["ServiceId"], AddAllowedPrincipals=arns)
        eventually(lambda: self.service(made["ServiceId"]), lambda service: service["ServiceState"] == "Available")
        return dict(made)

    def service(self, service_id: str) -> dict[str, Any]:
        answer = self.ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service_id])
        return dict(answer["ServiceConfigurations"][0])

    def connections(self, service_id: str, state: str | None = None) -> list[dict[str, Any]]:
        filters = [{"Name": "service-id", "Values": [service_id]}]
        if state:
            filters.append({"Name": "vpc-endpoint-state", "Values": [state]})
        return list(self.ec2.describe_vpc_endpoint_connections(Filters=filters)["VpcEndpointConnections"])

    def request(self, service: dict[str, Any], **options: Any) -> str:
        """Let the vendor request a connection and wait until the provider sees it; the answer is the endpoint's id."""
        endpoint = self.sandbox.connect(service["ServiceName"], **options)["VpcEndpointId"]
        eventually(
            lambda: [c["VpcEndpointId"] for c in self.connections(service["ServiceId"])], lambda ids: endpoint in ids
        )
        return str(endpoint)


@pytest.fixture
def provider(sandbox: RunningSandbox, account: str, make_vpc: Callable[..., Vpc]) -> Iterator[Provider]:
    region = "us-east-1"
    # What every test waits for first takes no longer than one poll.
    sandbox.lag(
        **dict.fromkeys(["load_balancer.provisioning", "endpoint_service.Pending", "vpc_endpoint.unseen"], 0.02)
    )
    clients = (sandbox.boto(account, "ec2", region), sandbox.boto(account, "elbv2", region))
    made = Provider(account, region, *clients, make_vpc(account), "", sandbox)
    made.load_balancer = made.make_load_balancer("main")
    yield made
    sandbox.clear_faults()
    sandbox.buckets(enabled=False, latency=0)
