# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the sandbox's own tests: a provider with a load balancer, a shared resource, and expected AWS errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Vpc
from tests.sandbox.client import RunningSandbox

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
    served: int = 0
    """How many services were made on load balancers of this class's own."""

    def make_load_balancer(self, name: str, **options: Any) -> str:
        """Make an internal NLB in both subnets and wait until it is active; the answer is its ARN."""
        parameters = {"Type": "network", "Scheme": "internal", "Subnets": list(self.vpc.subnets), **options}
        arn = str(self.elb.create_load_balancer(Name=name, **parameters)["LoadBalancers"][0]["LoadBalancerArn"])
        self.sandbox.eventually(
            lambda: self.elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"],
            lambda state: state == "active",
        )
        return arn

    def make_service(self, *principals: str, **options: Any) -> dict[str, Any]:
        """Make an endpoint service, Available and open to accounts; the answer is AWS's ServiceConfiguration.

        The first is on the load balancer that is there, each further one on one of its own, for AWS lets no two share.
        """
        if "NetworkLoadBalancerArns" not in options:
            options["NetworkLoadBalancerArns"] = [self._free_load_balancer()]
        made = self.ec2.create_vpc_endpoint_service_configuration(**options)["ServiceConfiguration"]
        if principals:
            arns = [f"arn:aws:iam::{principal}:root" for principal in principals]
            self.ec2.modify_vpc_endpoint_service_permissions(ServiceId=made["ServiceId"], AddAllowedPrincipals=arns)
        self.sandbox.eventually(
            lambda: self.service(made["ServiceId"]), lambda service: service["ServiceState"] == "Available"
        )
        return dict(made)

    def _free_load_balancer(self) -> str:
        self.served += 1
        return self.load_balancer if self.served == 1 else self.make_load_balancer(f"main-{self.served}")

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
        self.sandbox.eventually(
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


@dataclass
class Share:
    """An account that shares a group of two resource configurations with another; nothing is accepted yet."""

    sandbox: RunningSandbox
    owner: str
    consumer: str
    region: str
    group: dict[str, Any]
    children: list[dict[str, Any]]
    arn: str

    @property
    def lattice(self) -> Any:
        """The owner's client."""
        return self.sandbox.boto(self.owner, "vpc-lattice", self.region)

    @property
    def ec2(self) -> Any:
        """The consumer's client."""
        return self.sandbox.boto(self.consumer, "ec2", self.region)

    def ram(self, account: str | None = None) -> Any:
        """The consumer's client, or another account's."""
        return self.sandbox.boto(account or self.consumer, "ram", self.region)

    def invitations(self) -> list[dict[str, Any]]:
        pages = self.ram().get_paginator("get_resource_share_invitations").paginate(resourceShareArns=[self.arn])
        return [invitation for page in pages for invitation in page["resourceShareInvitations"]]

    def accept(self) -> None:
        """Accept the share and wait until what it holds can be used."""
        invitation = self.sandbox.eventually(self.invitations, bool)[0]["resourceShareInvitationArn"]
        self.ram().accept_resource_share_invitation(resourceShareInvitationArn=invitation)
        self.sandbox.eventually(lambda: self.ram().list_resources(resourceOwner="OTHER-ACCOUNTS")["resources"], bool)

    def consumer_vpc(self, make_vpc: Callable[..., Vpc]) -> Vpc:
        """A VPC of the consumer that allows private DNS."""
        vpc = make_vpc(self.consumer, self.region)
        self.ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": True})
        return vpc

    def create_endpoint(self, vpc: Vpc, **options: Any) -> dict[str, Any]:
        """Create a Resource endpoint to the group in a VPC of the consumer."""
        parameters = {"VpcEndpointType": "Resource", "ResourceConfigurationArn": self.group["arn"], **options}
        made = self.ec2.create_vpc_endpoint(VpcId=vpc.id, **{"SubnetIds": list(vpc.subnets), **parameters})
        return dict(made["VpcEndpoint"])

    def associations(self, endpoint_id: str) -> list[dict[str, Any]]:
        """The associations of an endpoint as soon as there are any."""
        describe = self.ec2.describe_vpc_endpoint_associations
        return self.sandbox.eventually(lambda: describe(VpcEndpointIds=[endpoint_id])["VpcEndpointAssociations"], bool)


@pytest.fixture
def share(sandbox: RunningSandbox, account: str, make_vpc: Callable[..., Vpc]) -> Iterator[Share]:
    owner, region = f"7{account[1:]}", "us-east-1"
    lattice, vpc = sandbox.boto(owner, "vpc-lattice", region), make_vpc(owner, region)
    dns = lattice.start_domain_verification(domainName="redis.example.com")["id"]
    gateway = lattice.create_resource_gateway(name="way-in", vpcIdentifier=vpc.id, subnetIds=list(vpc.subnets))["id"]

    def configuration(name: str, kind: str, **options: Any) -> dict[str, Any]:
        made = lattice.create_resource_configuration(name=name, type=kind, **options)["id"]
        read = lattice.get_resource_configuration
        found = sandbox.eventually(
            lambda: read(resourceConfigurationIdentifier=made), lambda found: bool(found["status"] == "ACTIVE")
        )
        return dict(found)

    of = {"resourceGatewayIdentifier": gateway, "groupDomain": "redis.example.com", "domainVerificationIdentifier": dns}
    group = configuration("redis", "GROUP", **of)
    children = [
        configuration(
            name,
            "CHILD",
            resourceConfigurationGroupIdentifier=group["id"],
            portRanges=[port],
            customDomainName=f"{name}.redis.example.com",
            resourceConfigurationDefinition={
                "dnsResource": {"domainName": f"{name}.internal", "ipAddressType": "IPV4"}
            },
        )
        for name, port in (("db-1", "12000"), ("metrics", "8070"))
    ]
    share = sandbox.boto(owner, "ram", region).create_resource_share(
        name="redis-share", resourceArns=[group["arn"]], principals=[account]
    )["resourceShare"]["resourceShareArn"]
    yield Share(sandbox, owner, account, region, group, children, share)
    sandbox.clear_faults()
