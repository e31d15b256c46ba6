# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account holds before a measurement, made with boto3 in the sandbox, and the options that want it so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.sandbox.actors.vendor import VENDOR
from tests.sandbox.client import SandboxClient

PORT = 5432
SERVICE = "com.amazonaws.us-east-1.ssm"
PRINCIPAL = f"arn:aws:iam::{VENDOR}:root"
Item = dict[str, Any]


def tags(name: str) -> list[dict[str, str]]:
    """The tags by which the collection knows the resources of ``name`` again."""
    return [{"Key": "Name", "Value": name}, {"Key": "saas.privatelink:name", "Value": name}]


def address(number: int) -> str:
    """The target of a link, in the subnet."""
    return f"10.1.{number // 200}.{number % 200 + 10}"


class Estate:
    """One account with a VPC. Each method makes ``count`` resources and returns the items that they satisfy."""

    def __init__(self, sandbox: SandboxClient, account: str) -> None:
        self.sandbox, self.account = sandbox, account
        self.ec2, self.elb = sandbox.boto(account, "ec2"), sandbox.boto(account, "elbv2")
        self.environment = sandbox.environment(account)
        self.vpc: str = self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        where = {"VpcId": self.vpc, "CidrBlock": "10.1.0.0/18", "AvailabilityZone": "us-east-1a"}
        self.subnet: str = self.ec2.create_subnet(**where)["Subnet"]["SubnetId"]

    def endpoints(self, count: int) -> list[str]:
        """Interface endpoints, which the peer manages; their ids."""
        what = {"VpcEndpointType": "Interface", "ServiceName": SERVICE, "PrivateDnsEnabled": False}
        where = {"VpcId": self.vpc, "SubnetIds": [self.subnet]}
        made = [self.ec2.create_vpc_endpoint(**what, **where) for dummy in range(count)]
        return [answer["VpcEndpoint"]["VpcEndpointId"] for answer in made]

    def balancer(self, name: str) -> str:
        """A load balancer, without listeners; its ARN."""
        options = {"Name": name, "Type": "network", "Scheme": "internal", "Subnets": [self.subnet], "Tags": tags(name)}
        return str(self.elb.create_load_balancer(**options)["LoadBalancers"][0]["LoadBalancerArn"])

    def services(self, count: int, balancers: list[str] | None = None) -> list[Item]:
        """Endpoint services that allow the vendor, on the load balancers if given, else on new ones."""
        items = []
        for number in range(count):
            name = f"link-{number}"
            service = self.ec2.create_vpc_endpoint_service_configuration(
                NetworkLoadBalancerArns=[balancers[number] if balancers else self.balancer(f"offer-{number}")],
                AcceptanceRequired=True,
                TagSpecifications=[{"ResourceType": "vpc-endpoint-service", "Tags": tags(name)}],
            )["ServiceConfiguration"]
            self.ec2.modify_vpc_endpoint_service_permissions(
                ServiceId=service["ServiceId"], AddAllowedPrincipals=[PRINCIPAL]
            )
            items.append({"name": name, "acceptance_required": True, "service_id": service["ServiceId"]})
        return items

    def requests(self, services: list[Item]) -> list[Item]:
        """A connection that the vendor requests on each service; the items that want them accepted."""
        prefix = "com.amazonaws.vpce.us-east-1."
        for service in services:
            self.sandbox.connect(prefix + service["service_id"])
        return [
            {"name": service["name"], "service_id": service["service_id"], "owners": [VENDOR]} for service in services
        ]

    def connections(self, services: list[Item]) -> list[Item]:
        """The same, accepted."""
        items = self.requests(services)
        asked = self.ec2.get_paginator("describe_vpc_endpoint_connections").paginate()
        for connection in asked.search("VpcEndpointConnections"):
            ids = [connection["VpcEndpointId"]]
            self.ec2.accept_vpc_endpoint_connections(ServiceId=connection["ServiceId"], VpcEndpointIds=ids)
        return items

    def links(self, count: int) -> tuple[list[Item], list[Item], list[str]]:
        """Load balancers, each with a listener, a target group and a registered target that a DNS name stands for.

        Returns the items of network_load_balancer, those of nlb_ip_sync, and the ARNs of the load balancers.
        """
        balancers, syncs, arns, names = [], [], [], {}
        for number in range(count):
            name, ip = f"link-{number}", address(number)
            arn, group, endpoint = self.balancer(name), f"{name}-{PORT}", f"{name}.rds.example"
            created = self.elb.create_target_group(
                Name=group, Protocol="TCP", Port=PORT, VpcId=self.vpc, TargetType="ip", Tags=tags(name)
            )
            group_arn = created["TargetGroups"][0]["TargetGroupArn"]
            forward = [{"Type": "forward", "TargetGroupArn": group_arn}]
            self.elb.create_listener(LoadBalancerArn=arn, Protocol="TCP", Port=PORT, DefaultActions=forward)
            self.elb.register_targets(TargetGroupArn=group_arn, Targets=[{"Id": ip, "Port": PORT}])
            names[endpoint] = {"addresses": [ip]}
            arns.append(arn)
            balancers.append({"name": name, "subnet_ids": [self.subnet], "listeners": [{"port": PORT}]})
            syncs.append({"name": name, "target_group": group, "endpoint": endpoint, "endpoint_kind": "writer"})
        self.sandbox.dns(names)
        return balancers, syncs, arns


def with_attributes(balancers: list[Item]) -> list[Item]:
    """The same load balancers, wanted with attributes too, which cost a read of each load balancer and target group."""
    group = {"deregistration_delay": 300, "preserve_client_ip": False}
    return [
        {**balancer, "cross_zone": False, "listeners": [{"port": PORT, "target_group": group}]}
        for balancer in balancers
    ]


@contextmanager
def throttling(sandbox: SandboxClient) -> Iterator[None]:
    """AWS's published token buckets, full, and 60 ms added to every call."""
    sandbox.buckets(enabled=True, latency=0.06)
    try:
        yield
    finally:
        sandbox.buckets(enabled=False, latency=0)
