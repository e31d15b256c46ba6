# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""preflight: each check on a snapshot, then the module against the sandbox: its reads, its DNS, its faults."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import msk
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight import checks, clients, streams
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.rules import (
    CHECKS,
    Prerequisite,
    evaluate,
    registered,
    report,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.snapshot import CheckedLink, Snapshot
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

from tests.sandbox.client import RunningSandbox, SteppedTime

SUBNETS, VPCS, GROUPS = "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups"
ATTRIBUTE, PEERINGS = "ec2:DescribeVpcAttribute", "ec2:DescribeVpcPeeringConnections"
ENDPOINTS = "ec2:DescribeVpcEndpoints"
STREAMS, MSK = "kafka:DescribeClusterV2", "arn:aws:kafka:us-east-1:111122223333:cluster"
BALANCERS, CLUSTERS = "elasticloadbalancing:DescribeLoadBalancers", "redshift:DescribeClusters"
OF_CLIENTS = {
    *("ec2:DescribeVpcEndpointServices", "ec2:DescribeNetworkInterfaces", "ec2:DescribeNetworkAcls"),
    *("ec2:DescribeRouteTables", "ec2:DescribeInternetGateways", "ec2:DescribeNatGateways"),
    "ec2:DescribePrefixLists",
}
IAM = Path(__file__).parents[3] / "docs" / "iam" / "preflight.json"

RunModule = Callable[..., dict[str, Any]]


# Each check on a snapshot


def subnet(number: int, zone: str, vpc: str = "vpc-1", free: int = 200) -> dict[str, Any]:
    cidr = f"10.{1 if vpc == 'vpc-1' else 2}.{number}.0/24"
    name = f"subnet-{number}"
    return {
        "SubnetId": name,
        "VpcId": vpc,
        "CidrBlock": cidr,
        "AvailabilityZone": zone,
        "AvailabilityZoneId": f"use1-az{number}",
        "AvailableIpAddressCount": free,
    }


def vpc(*cidrs: tuple[str, str], v6: str | None = None) -> dict[str, Any]:
    shown = [{"CidrBlock": cidr, "CidrBlockState": {"State": state}} for cidr, state in cidrs]
    six = [{"Ipv6CidrBlock": v6, "Ipv6CidrBlockState": {"State": "associated"}}] if v6 else []
    return {"VpcId": "vpc-1", "CidrBlockAssociationSet": shown, "Ipv6CidrBlockAssociationSet": six}


def group(*permissions: dict[str, Any]) -> dict[str, Any]:
    return {"IpPermissions": list(permissions)}


def inbound(*cidrs: str, ports: tuple[int, int] | None = (5432, 5432), protocol: str = "tcp", **more: Any) -> Any:
    bounds = {"FromPort": ports[0], "ToPort": ports[1]} if ports else {}
    return {"IpProtocol": protocol, **bounds, "IpRanges": [{"CidrIp": cidr} for cidr in cidrs], **more}


def around(
    *groups: str, cidr: str = "10.0.0.0/8", last: int = 65535, protocols: tuple[str, ...] = ("tcp", "udp")
) -> Any:
    """Rules of a security group of clients: among ``groups`` all of TCP and UDP, out to a CIDR on all ports."""
    pairs = [{"GroupId": name} for name in groups]
    ports = (0, last)
    among = [inbound(ports=ports, protocol=protocol, UserIdGroupPairs=pairs) for protocol in protocols]
    return {"IpPermissions": among, "IpPermissionsEgress": [*among, inbound(cidr, ports=ports)]}


def entry(number: int, cidr: str = "0.0.0.0/0", **more: Any) -> dict[str, Any]:
    """A rule of a network ACL, inbound and allowing all unless ``more`` says otherwise."""
    shown = {"RuleNumber": number, "CidrBlock": cidr, "Egress": False, "Protocol": "-1", "RuleAction": "allow"}
    return {**shown, **more}


LAST = [entry(32767, RuleAction="deny", Egress=egress) for egress in (False, True)]
"""With which AWS ends every network ACL."""


def acl(*entries: dict[str, Any], name: str = "acl-1") -> dict[str, Any]:
    return {"NetworkAclId": name, "Entries": [*LAST, *reversed(entries)]}


def route(destination: str, **target: Any) -> dict[str, Any]:
    member = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    return {member: destination, "State": "active", **target}


def table(*routes: dict[str, Any], name: str = "rtb-1") -> dict[str, Any]:
    return {"RouteTableId": name, "Routes": [route("10.1.0.0/16", GatewayId="local"), *routes]}


OUT: dict[str, Any] = {"Egress": True}
TCP_OUT: dict[str, Any] = {**OUT, "Protocol": "6"}


def balancer(scheme: str = "internal", vpc_id: str = "vpc-1") -> dict[str, Any]:
    return {"Type": "network", "Scheme": scheme, "VpcId": vpc_id}


def stream(**changes: Any) -> msk.Cluster:
    can: dict[str, Any] = {"kafka_version": "2.7.1", "instance_type": "kafka.m5.large", "schemes": frozenset({"iam"})}
    known = {"arn": "a", "name": "orders", "kind": "PROVISIONED", "state": "ACTIVE", "version": "K1"}
    return msk.Cluster(**{**known, **can, **changes})


def cluster(status: str = "available", node: str = "ra3.large", relocation: str | None = "enabled", **more: Any) -> Any:
    shown = {"ClusterStatus": status, "NodeType": node, "Endpoint": {"Port": 5439}, "MultiAZ": "Disabled", **more}
    return {**shown, **({"AvailabilityZoneRelocationStatus": relocation} if relocation else {})}


SNAPSHOT = Snapshot(
    "us-east-1",
    {
        "subnets": {
            row["SubnetId"]: row
            for row in (
                subnet(0, "us-east-1a"),
                subnet(1, "us-east-1b"),
                subnet(2, "us-east-1a", free=3),
                subnet(3, "us-east-1c", vpc="vpc-2"),
                {**subnet(5, "us-east-1a"), "CidrBlock": "10.1.64.0/26"},
                {**subnet(6, "us-east-1b"), "CidrBlock": "10.1.65.0/27"},
                {**subnet(7, "us-east-1b"), "CidrBlock": "10.0.0.0/16"},
                {name: value for name, value in subnet(8, "us-east-1d").items() if name != "CidrBlock"},
            )
        },
        "network_acls": {
            "subnet-0": acl(
                *(entry(100), entry(100, **OUT)),
                *(entry(101, "", Ipv6CidrBlock="::/0"), entry(101, "", Ipv6CidrBlock="::/0", **OUT)),
            ),
            "subnet-1": acl(
                entry(90, "10.3.0.0/16", RuleAction="deny"), entry(100), entry(100, **OUT), name="acl-deny"
            ),
            "subnet-2": acl(entry(100, "10.0.0.0/8"), entry(100, **OUT), name="acl-narrow"),
            "subnet-5": acl(
                entry(100),
                entry(100, "10.1.0.0/16", **OUT),
                entry(101, "10.9.0.0/16", **OUT),
                entry(110, **TCP_OUT, PortRange={"From": 443, "To": 8442}),
                entry(120, **TCP_OUT, PortRange={"From": 8444, "To": 8451}),
                name="acl-hole",
            ),
            "subnet-6": acl(
                entry(100),
                entry(90, "10.1.0.0/16", **TCP_OUT, RuleAction="deny", PortRange={"From": 22, "To": 22}),
                entry(100, **OUT),
                name="acl-ssh",
            ),
            "subnet-7": acl(
                entry(80, "0.0.0.0/1"),
                entry(81, "128.0.0.0/1"),
                entry(90, "10.3.0.0/16", RuleAction="deny"),
                entry(100, **OUT),
                name="acl-halves",
            ),
        },
        "route_tables": {
            "vpc-1": table(name="rtb-main"),
            "subnet-1": table(
                route("0.0.0.0/0", NatGatewayId="nat-1"), route("::/0", EgressOnlyInternetGatewayId="eigw-1")
            ),
            "subnet-2": table(route("0.0.0.0/0", TransitGatewayId="tgw-1"), name="rtb-2"),
            "subnet-5": table(route("192.0.2.0/24", GatewayId="igw-1"), name="rtb-5"),
            "subnet-6": table({**route("0.0.0.0/0", NatGatewayId="nat-0"), "State": "blackhole"}, name="rtb-6"),
        },
        "service_zones": {"com.amazonaws.vpce.us-east-1.vpce-svc-1": ["us-east-1a", "us-east-1c"], "away": []},
        "names_taken": {"vpc-1 com.amazonaws.us-east-1.sqs": "vpce-1"},
        "network_interfaces": {
            "vpc-1": [
                {"InterfaceType": "interface", "Groups": [{"GroupId": "sg-clients"}, {"GroupId": "sg-more"}]},
                {"InterfaceType": "vpc_endpoint", "Groups": [{"GroupId": "sg-open"}]},
                {"InterfaceType": "lambda", "Groups": [{"GroupId": "sg-lambda"}]},
            ]
        },
        "internet_gateways": {"vpc-1": ["igw-1"]},
        "nat_gateways": {"vpc-1": ["nat-1"]},
        "prefix_lists": {
            "com.amazonaws.us-east-1.s3": {
                "PrefixListId": "pl-s3",
                "Cidrs": ["192.0.2.0/25", "198.51.100.0/24", "2600:1::/40"],
            }
        },
        "endpoints": {"sessions": {"subnet-2"}},
        "vpcs": {
            "vpc-1": vpc(
                ("10.1.0.0/16", "associated"), ("10.9.0.0/16", "associated"), ("10.8.0.0/16", "failed"), v6="fd00::/56"
            )
        },
        "security_groups": {
            "sg-open": group(inbound("10.0.0.0/8")),
            "sg-halves": group(inbound("10.0.0.0/9"), inbound("10.128.0.0/9", ports=(1, 9999))),
            "sg-all": group(inbound("0.0.0.0/0", ports=None, protocol="-1")),
            "sg-other-port": group(inbound("10.0.0.0/8", ports=(443, 443))),
            "sg-udp": group(inbound("10.0.0.0/8", protocol="udp")),
            "sg-narrow": group(inbound("10.1.0.0/16")),
            "sg-public": group(inbound("192.0.2.0/28")),
            "sg-list": group(inbound(PrefixListIds=[{"PrefixListId": "pl-1"}])),
            "sg-six": group(inbound(Ipv6Ranges=[{"CidrIpv6": "fd00::/8"}])),
            "sg-group": group(inbound(UserIdGroupPairs=[{"GroupId": "sg-1"}])),
            "sg-clients": around("sg-clients"),
            "sg-wide": around("sg-wide", cidr="0.0.0.0/0"),
            "sg-one": around("sg-two"),
            "sg-two": {"IpPermissions": [], "IpPermissionsEgress": []},
            "sg-tcp": around("sg-tcp", protocols=("tcp",)),
            "sg-no-8451": around("sg-no-8451", last=8450),
            "sg-part": around("sg-part", cidr="10.1.0.0/16"),
            "sg-to-endpoint": {
                **around("sg-to-endpoint"),
                "IpPermissionsEgress": [
                    *around("sg-to-endpoint")["IpPermissions"],
                    inbound(ports=(443, 9000), UserIdGroupPairs=[{"GroupId": "sg-open"}]),
                ],
            },
            "sg-s3": {"IpPermissionsEgress": [inbound(ports=(443, 443), PrefixListIds=[{"PrefixListId": "pl-s3"}])]},
            "sg-s3-cidrs": {"IpPermissionsEgress": [inbound("192.0.2.0/24", "198.51.100.0/24", ports=(443, 443))]},
            "sg-parts": group(inbound("10.0.0.0/8", ports=(1, 5431)), inbound("10.0.0.0/8", ports=(5432, 9000))),
        },
        "dns_attributes": {
            "vpc-1": {"enableDnsSupport": True, "enableDnsHostnames": True},
            "vpc-2": {"enableDnsSupport": True, "enableDnsHostnames": False},
            "vpc-3": {"enableDnsSupport": False},
        },
        "dhcp_options": {"vpc-1": ["AmazonProvidedDNS"], "vpc-2": ["10.2.0.53", "AmazonProvidedDNS"], "vpc-3": []},
        "peerings": {"vpc-2": [{"VpcPeeringConnectionId": "pcx-2"}, {"VpcPeeringConnectionId": "pcx-1"}]},
        "load_balancers": {
            "right": balancer(),
            "public": balancer(scheme="internet-facing"),
            "elsewhere": balancer(vpc_id="vpc-2"),
        },
        "clusters": {
            "right": cluster(),
            "resized": cluster("available, prep-for-resize"),
            "paused": cluster("paused"),
            "modifying": cluster("modifying"),
            "dc2": cluster(node="dc2.large", relocation="disabled"),
            "rg": cluster(node="rg.large"),
            "multi-az": cluster(relocation="disabled", MultiAZ="Enabled"),
            "turning-on": cluster(relocation="pending_enabling"),
            "turning-off": cluster(relocation="pending_disabling"),
            "silent": cluster(relocation=None),
            "odd-port": cluster(Endpoint={"Port": 5430}),
            "portless": cluster("creating", Endpoint=None),
        },
        "msk_clusters": {
            f"{MSK}/right/a-1": stream(),
            f"{MSK}/moving/a-1": stream(state="UPDATING"),
            f"{MSK}/broken/a-1": stream(state="FAILED"),
            f"{MSK}/serverless/a-1": stream(kind="SERVERLESS", kafka_version="", instance_type=""),
            f"{MSK}/old/a-1": stream(kafka_version="2.7.0", instance_type="kafka.t3.small"),
            f"{MSK}/new/a-1": stream(kafka_version="3.8.x.kraft", instance_type="express.m7g.large"),
            f"{MSK}/open/a-1": stream(unauthenticated=True),
            f"{MSK}/tls/a-1": stream(schemes=frozenset({"tls"})),
            f"{MSK}/theirs/a-1": ItemError("kafka:DescribeClusterV2: ForbiddenException: not yours."),
        },
        "addresses": {
            "db.example": ["10.1.0.5"],
            "two.example": ["10.1.0.5", "10.1.1.5"],
            "second-cidr.example": ["10.9.0.5"],
            "failed-cidr.example": ["10.8.0.5"],
            "public.example": ["10.1.0.5", "192.0.2.1"],
            "six.example": ["fd00::5"],
            "nowhere.example": ItemError("The endpoint does not resolve: no such name."),
        },
    },
    links=[
        CheckedLink("a", "redshift"),
        CheckedLink("b", "redshift"),
        CheckedLink("c", "rds", vpc_endpoint="shared", source_security_group_ids=["sg-lambda"]),
    ],
)

RCFG = "arn:aws:vpc-lattice:us-east-1:222222222222:resourceconfiguration/rcfg-0123456789abcdef0"
SHARE = "arn:aws:ram:us-east-1:222222222222:resource-share/5ba1d2c5-1d0a-4f5e-9c0b-0123456789ab"
CASES: dict[str, list[tuple[dict[str, Any], dict[str, Any], str, str]]] = {
    # check: (prerequisite, link, status, part of the message)
    "region": [
        ({"regions": ["us-west-2", "us-east-1"]}, {}, "pass", "us-east-1"),
        ({"regions": ["us-west-2"]}, {}, "fail", "us-east-1 is none of the regions us-west-2"),
    ],
    "destination": [
        ({"known_destinations": ["rds"]}, {"destination": "rds"}, "pass", "rds"),
        ({"known_destinations": ["rds"]}, {"destination": "oracle"}, "fail", "Unknown destination 'oracle'"),
        ({"known_destinations": ["rds"]}, {}, "fail", "Unknown destination None"),
    ],
    "limit": [
        ({"limit": 3}, {}, "pass", "3 links here, 3 are allowed"),
        ({"limit": 2}, {}, "fail", "3 links here, 2 are allowed"),
        ({"limit": 2, "destinations": ["redshift"]}, {}, "pass", "2 links"),
        ({"limit": 2, "level": "warn"}, {}, "warn", "3 links here"),
    ],
    "port": [
        ({}, {"port": 5432}, "pass", "5432"),
        ({}, {"port": 65535, "listener_port": 1}, "pass", ""),
        ({}, {}, "fail", "No port"),
        ({}, {"port": 0}, "fail", "Not a port, which is 1 to 65535: 0"),
        ({}, {"port": 65536}, "fail", "65536"),
        ({}, {"port": 5432, "listener_port": 70000}, "fail", "70000"),
    ],
    "principals": [
        ({}, {}, "pass", "0 well-formed"),
        ({}, {"principals": ["834469178297", "arn:aws:iam::834469178297:role/x", "*"]}, "pass", "3 well-formed"),
        ({}, {"principals": ["arn:aws:iam::834469178297:role/team/x"]}, "fail", "principal with a path"),
        ({}, {"principals": ["arn:aws:iam:834469178297:root"]}, "fail", "Not a principal"),
        ({}, {"principals": ["12345"]}, "fail", "Not a principal"),
    ],
    "topics": [
        ({}, {}, "pass", "0 well-formed"),
        ({}, {"topic_arns": ["arn:aws:sns:us-east-1:111111111111:x"]}, "pass", "1 well-formed"),
        ({}, {"topic_arns": ["arn:aws:sns:us-east-1:x"]}, "fail", "Not the ARN of an SNS topic"),
        ({}, {"topic_arns": ["arn:aws:sns:us-east-1:111111111111:x"] * 2}, "fail", "twice"),
    ],
    "subnets": [
        ({}, {"subnet_ids": ["subnet-0", "subnet-1"], "vpc_id": "vpc-1"}, "pass", "us-east-1a, us-east-1b"),
        ({}, {"subnet_ids": ["subnet-0", "subnet-0"]}, "pass", ""),
        ({}, {}, "fail", "No subnets are given"),
        ({}, {"subnet_ids": []}, "fail", "No subnets are given"),
        ({}, {"subnet_ids": ["subnet-9"]}, "fail", "subnet-9 does not exist"),
        ({}, {"subnet_ids": ["subnet-3"], "vpc_id": "vpc-1"}, "fail", "subnet-3 is in vpc-2, not in vpc-1"),
        ({}, {"subnet_ids": ["subnet-0", "subnet-2"]}, "fail", "subnet-2 and subnet-0 are both in us-east-1a"),
        ({"min_free_addresses": 8}, {"subnet_ids": ["subnet-2"]}, "fail", "3 free addresses, 8 are needed"),
        ({"min_free_addresses": 3}, {"subnet_ids": ["subnet-2"]}, "pass", ""),
        ({"min_free_addresses": 8}, {"subnet_ids": ["subnet-2"], "vpc_endpoint": "sessions"}, "pass", ""),
        ({"min_free_addresses": 8}, {"subnet_ids": ["subnet-2"], "vpc_endpoint": "new"}, "fail", "8 are needed"),
        ({"min_free_addresses": 201}, {"subnet_ids": ["subnet-1"], "vpc_endpoint": "sessions"}, "fail", "201 are"),
    ],
    "endpoint": [
        ({}, {"endpoint": "db.example", "vpc_id": "vpc-1"}, "pass", "10.1.0.5"),
        ({}, {"endpoint": "second-cidr.example", "vpc_id": "vpc-1"}, "pass", ""),
        ({}, {"endpoint": "six.example", "vpc_id": "vpc-1"}, "pass", ""),
        ({}, {"addresses": ["10.1.0.7"], "vpc_id": "vpc-1"}, "pass", "10.1.0.7"),
        ({}, {"endpoint": "nowhere.example", "vpc_id": "vpc-1"}, "fail", "does not resolve"),
        ({}, {"endpoint": "public.example", "vpc_id": "vpc-1"}, "fail", "outside of vpc-1: 192.0.2.1."),
        ({}, {"endpoint": "failed-cidr.example", "vpc_id": "vpc-1"}, "fail", "outside of vpc-1: 10.8.0.5."),
        ({}, {"addresses": ["10.1.0.300"], "vpc_id": "vpc-1"}, "fail", "Not an IP address: '10.1.0.300'"),
        ({}, {"endpoint": "db.example", "vpc_id": "vpc-9"}, "fail", "VPC vpc-9 does not exist"),
        ({}, {"endpoint": "db.example"}, "fail", "No vpc_id"),
        ({}, {"vpc_id": "vpc-1"}, "fail", "Neither an endpoint nor addresses"),
    ],
    "availability_zones": [
        ({}, {"endpoint": "db.example", "vpc_id": "vpc-1", "subnet_ids": ["subnet-2"]}, "pass", "us-east-1a"),
        (
            {},
            {"endpoint": "two.example", "vpc_id": "vpc-1", "subnet_ids": ["subnet-0"]},
            "fail",
            "serves us-east-1a, and cross-zone load balancing is off, but 10.1.1.5 is in us-east-1b.",
        ),
        (
            {},
            {"endpoint": "two.example", "vpc_id": "vpc-1", "subnet_ids": ["subnet-0"], "cross_zone": False},
            "fail",
            "us-east-1b",
        ),
        (
            {},
            {"endpoint": "two.example", "vpc_id": "vpc-1", "subnet_ids": ["subnet-0"], "cross_zone": True},
            "pass",
            "Cross-zone load balancing is on",
        ),
        (
            {},
            {"addresses": ["10.1.77.1"], "vpc_id": "vpc-1", "subnet_ids": ["subnet-0"]},
            "fail",
            "10.1.77.1 is in no subnet of vpc-1",
        ),
        ({}, {"addresses": ["10.2.3.1"], "vpc_id": "vpc-1", "subnet_ids": ["subnet-3"]}, "fail", "no subnet of vpc-1"),
        ({}, {"endpoint": "db.example", "vpc_id": "vpc-1"}, "pass", "for other checks"),
        ({}, {"endpoint": "nowhere.example", "vpc_id": "vpc-1"}, "unknown", "not known"),
    ],
    "privatelink_rules": [
        ({}, {"port": 5432}, "pass", "no security groups"),
        ({}, {"port": 5432, "security_group_ids": ["sg-open"]}, "pass", "let 10.0.0.0/8 in on port 5432"),
        ({}, {"port": 5432, "security_group_ids": ["sg-narrow", "sg-open"]}, "pass", ""),
        ({}, {"port": 5432, "security_group_ids": ["sg-halves"]}, "pass", ""),
        ({}, {"port": 5432, "security_group_ids": ["sg-all"]}, "pass", ""),
        ({}, {"port": 5433, "listener_port": 5432, "security_group_ids": ["sg-open"]}, "pass", "on port 5432"),
        ({}, {"port": 5432, "listener_port": 5433, "security_group_ids": ["sg-open"]}, "fail", "on port 5433"),
        ({}, {"port": 5432, "security_group_ids": ["sg-other-port"]}, "fail", "do not let 10.0.0.0/8 in"),
        ({}, {"port": 5432, "security_group_ids": ["sg-udp"]}, "fail", ""),
        ({}, {"port": 5432, "security_group_ids": ["sg-narrow"]}, "fail", "sg-narrow"),
        ({}, {"port": 5432, "security_group_ids": ["sg-six"]}, "fail", "sg-six"),
        ({"cidr": "fd12::/16"}, {"port": 5432, "security_group_ids": ["sg-six"]}, "pass", ""),
        ({}, {"port": 5432, "security_group_ids": ["sg-list"]}, "unknown", "depends on pl-1"),
        (
            {"cidr": None},
            {"port": 5432, "security_group_ids": ["sg-narrow"]},
            "pass",
            "let private addresses in on port 5432",
        ),
        ({"cidr": None}, {"port": 5432, "security_group_ids": ["sg-list"]}, "pass", ""),
        (
            {"cidr": None},
            {"port": 5432, "security_group_ids": ["sg-public"]},
            "warn",
            "let no private address in on port 5432",
        ),
        ({"cidr": None}, {"port": 5432, "security_group_ids": ["sg-udp"]}, "warn", "are enforced"),
        ({"cidr": None}, {"port": 5432, "security_group_ids": ["sg-group"]}, "warn", ""),
        (
            {},
            {"port": 5432, "security_group_ids": ["sg-narrow"], "enforce_privatelink_rules": True},
            "fail",
            "are enforced",
        ),
        (
            {},
            {"port": 5432, "security_group_ids": ["sg-narrow"], "enforce_privatelink_rules": False},
            "pass",
            "not enforced",
        ),
        (
            {},
            {"port": 5432, "security_group_ids": ["sg-9"], "enforce_privatelink_rules": False},
            "fail",
            "do not exist in this account and in us-east-1: sg-9",
        ),
    ],
    "load_balancer": [
        ({}, {"load_balancer": "right", "vpc_id": "vpc-1"}, "pass", "internal and in vpc-1"),
        ({}, {"load_balancer": "right"}, "pass", ""),
        ({}, {"load_balancer": "new", "vpc_id": "vpc-1"}, "pass", "no load balancer new yet"),
        ({}, {}, "pass", "No load balancer"),
        ({}, {"load_balancer": "public", "vpc_id": "vpc-1"}, "fail", "its scheme is internet-facing, not internal"),
        ({}, {"load_balancer": "elsewhere", "vpc_id": "vpc-1"}, "fail", "its VPC is vpc-2, not vpc-1"),
    ],
    "redshift_cluster": [
        ({}, {"cluster_identifier": "right"}, "pass", "right is available"),
        ({}, {"cluster_identifier": "resized"}, "pass", ""),
        ({}, {"cluster_identifier": "modifying"}, "warn", "modifying is modifying"),
        ({}, {"cluster_identifier": "paused"}, "fail", "paused is paused"),
        ({}, {"cluster_identifier": "nowhere"}, "fail", "Redshift cluster nowhere does not exist"),
        ({}, {}, "fail", "No cluster_identifier"),
    ],
    "redshift_node_type": [
        ({}, {"cluster_identifier": "right"}, "pass", "ra3.large"),
        ({}, {"cluster_identifier": "dc2"}, "fail", "The nodes are dc2.large, not of ra3"),
        ({}, {"cluster_identifier": "rg"}, "warn", "rg.large; only ra3 is known to do"),
        ({"node_families": ["ra3", "rg"]}, {"cluster_identifier": "rg"}, "pass", ""),
        ({}, {"cluster_identifier": "nowhere"}, "fail", "does not exist"),
    ],
    "redshift_relocation": [
        ({}, {"cluster_identifier": "right"}, "pass", "relocation is enabled"),
        ({}, {"cluster_identifier": "multi-az"}, "pass", "Multi-AZ"),
        ({}, {"cluster_identifier": "turning-on"}, "warn", "pending_enabling"),
        ({}, {"cluster_identifier": "turning-off"}, "fail", "pending_disabling"),
        ({}, {"cluster_identifier": "dc2"}, "fail", "relocation is disabled, Multi-AZ is off"),
        ({}, {"cluster_identifier": "silent"}, "unknown", "unknown"),
    ],
    "redshift_port": [
        ({}, {"cluster_identifier": "right"}, "pass", "5439"),
        ({"port_ranges": ["5430"]}, {"cluster_identifier": "odd-port"}, "pass", ""),
        ({"port_ranges": ["5430-5430"]}, {"cluster_identifier": "odd-port"}, "pass", ""),
        ({}, {"cluster_identifier": "odd-port"}, "fail", "port is 5430, not within 5431-5455, 8191-8215"),
        ({}, {"cluster_identifier": "portless"}, "unknown", "no port yet"),
    ],
    "msk_cluster": [
        ({}, {"cluster_arn": f"{MSK}/right/a-1"}, "pass", "orders is ACTIVE"),
        ({}, {"cluster_arn": f"{MSK}/moving/a-1"}, "warn", "orders is UPDATING"),
        ({}, {"cluster_arn": f"{MSK}/broken/a-1"}, "fail", "orders is FAILED"),
        ({}, {"cluster_arn": f"{MSK}/serverless/a-1"}, "fail", "orders is serverless"),
        ({}, {"cluster_arn": f"{MSK}/theirs/a-1"}, "fail", "ForbiddenException"),
        ({}, {"cluster_arn": f"{MSK}/gone/a-1"}, "fail", "gone/a-1 does not exist in this account and in us-east-1"),
        ({}, {"cluster_arn": f"{MSK}/right/a-1".replace("east", "west")}, "fail", "is in us-west-1, and this run in"),
        ({}, {"cluster_arn": "right"}, "fail", "Not the ARN of an MSK cluster: 'right'"),
        ({}, {}, "fail", "No cluster_arn"),
    ],
    "msk_kafka_version": [
        ({}, {"cluster_arn": f"{MSK}/right/a-1"}, "pass", "2.7.1;"),
        ({}, {"cluster_arn": f"{MSK}/new/a-1"}, "pass", "3.8.x"),
        ({}, {"cluster_arn": f"{MSK}/old/a-1"}, "fail", "2.7.0; 2.7.1 is the lowest"),
        ({}, {"cluster_arn": f"{MSK}/serverless/a-1"}, "unknown", "no known version"),
    ],
    "msk_instance_type": [
        ({}, {"cluster_arn": f"{MSK}/right/a-1"}, "pass", "kafka.m5.large"),
        ({}, {"cluster_arn": f"{MSK}/old/a-1"}, "fail", "kafka.t3.small"),
        ({}, {"cluster_arn": f"{MSK}/new/a-1"}, "warn", "express.m7g.large, of which"),
    ],
    "msk_authentication": [
        ({}, {"cluster_arn": f"{MSK}/right/a-1"}, "pass", "iam"),
        ({}, {"cluster_arn": f"{MSK}/open/a-1"}, "fail", "without authentication"),
        ({}, {"cluster_arn": f"{MSK}/tls/a-1"}, "fail", "schemes are: tls"),
    ],
    "lattice_zones": [
        ({}, {"subnet_ids": ["subnet-0", "subnet-1"]}, "pass", "use1-az0, use1-az1"),
        ({}, {"subnet_ids": ["subnet-0", "subnet-3"]}, "fail", "does not support: subnet-3 is in use1-az3."),
        ({"level": "warn"}, {"subnet_ids": ["subnet-3"]}, "warn", "subnet-3"),
        ({"unsupported_zone_ids": []}, {"subnet_ids": ["subnet-3"]}, "pass", "use1-az3"),
        ({}, {"subnet_ids": ["subnet-0", "subnet-9"]}, "unknown", "not all known"),
        ({}, {"vpc_id": "vpc-1"}, "fail", "No subnets are given"),
        ({}, {}, "pass", "Nothing of it is in a VPC"),
    ],
    "dns_attributes": [
        ({}, {"vpc_id": "vpc-1"}, "pass", "enableDnsSupport and enableDnsHostnames on"),
        ({}, {"vpc_id": "vpc-2"}, "fail", "VPC vpc-2 has enableDnsHostnames off"),
        ({}, {"vpc_id": "vpc-3"}, "fail", "VPC vpc-3 has enableDnsSupport and enableDnsHostnames off"),
        ({}, {"vpc_id": "vpc-9"}, "fail", "VPC vpc-9 does not exist"),
        ({}, {"subnet_ids": ["subnet-0"]}, "fail", "No vpc_id"),
        ({}, {}, "pass", "Nothing of it is in a VPC"),
    ],
    "dns_servers": [
        ({}, {"vpc_id": "vpc-1"}, "pass", "has the DNS of AWS"),
        ({}, {"vpc_id": "vpc-2"}, "fail", "hands out the DNS servers 10.2.0.53."),
        ({}, {"vpc_id": "vpc-3"}, "fail", "hands out no DNS server"),
        ({}, {"vpc_id": "vpc-9"}, "unknown", "cannot be seen from this account"),
        ({}, {}, "pass", "Nothing of it is in a VPC"),
    ],
    "service_name": [
        ({}, {"service_name": "com.amazonaws.us-east-1.sts"}, "pass", "com.amazonaws.us-east-1.sts"),
        ({}, {}, "fail", "No service_name is given"),
    ],
    "endpoint_security_groups": [
        ({}, {"source_security_group_ids": ["sg-open"], "ports": ["443"]}, "pass", "sg-open are let in on 443"),
        ({}, {"source_security_group_ids": ["sg-open"]}, "fail", "Neither security_group_ids nor"),
        ({}, {"ports": ["443"]}, "fail", "Neither security_group_ids nor"),
        (
            {},
            {"source_security_group_ids": ["sg-open"], "security_group_ids": ["sg-all"], "ports": ["443"]},
            "fail",
            "Both security_group_ids and",
        ),
        ({}, {"source_security_group_ids": ["sg-none"], "ports": ["443"]}, "fail", "do not exist in this account"),
        ({}, {"source_security_group_ids": ["sg-open"], "ports": ["0"]}, "fail", "ports: '0' is not within 1 to 65535"),
        ({}, {"security_group_ids": ["sg-all"], "ports": ["443", "8443-8451"]}, "pass", "let in on 443, 8443-8451"),
        ({}, {"security_group_ids": ["sg-all"]}, "pass", "let in on what they say"),
        ({}, {"security_group_ids": ["sg-parts"], "ports": ["443", "8999-9002"]}, "fail", "nobody in on 9001-9002"),
    ],
    "inbound_ports": [
        ({}, {"vpc_id": "vpc-1", "security_group_ids": ["sg-open"]}, "pass", "let vpc-1 (10.1.0.0/16, 10.9.0.0/16) in"),
        ({}, {"vpc_id": "vpc-1", "security_group_ids": ["sg-all"]}, "pass", "on 5432"),
        ({"port_ranges": ["5000-6000"]}, {"vpc_id": "vpc-1", "security_group_ids": ["sg-parts"]}, "pass", "5000-6000"),
        (
            {"port_ranges": ["5000-6000", "8070"]},
            {"vpc_id": "vpc-1", "security_group_ids": ["sg-open"]},
            "fail",
            "sg-open let nobody in on 5000-5431, 5433-6000, 8070;",
        ),
        ({}, {"vpc_id": "vpc-1", "security_group_ids": ["sg-udp"]}, "fail", "let nobody in on 5432"),
        ({}, {"vpc_id": "vpc-1", "security_group_ids": ["sg-narrow"]}, "warn", "5432 from 10.1.0.0/16 only;"),
        ({}, {"vpc_id": "vpc-1", "security_group_ids": ["sg-narrow", "sg-open"]}, "pass", ""),
        (
            {},
            {"vpc_id": "vpc-1", "security_group_ids": ["sg-six", "sg-list", "sg-group"]},
            "warn",
            "5432 from fd00::/8, pl-1, sg-1 only;",
        ),
        (
            {"port_ranges": ["5432-5433"]},
            {"vpc_id": "vpc-1", "security_group_ids": ["sg-narrow"]},
            "fail",
            "let nobody in on 5433;",
        ),
        (
            {},
            {"vpc_id": "vpc-1", "security_group_ids": ["sg-9"]},
            "fail",
            "do not exist in this account and in us-east-1: sg-9",
        ),
        ({}, {"vpc_id": "vpc-1"}, "fail", "No security groups are given"),
        ({}, {"vpc_id": "vpc-9", "security_group_ids": ["sg-open"]}, "fail", "VPC vpc-9 does not exist"),
        ({}, {"security_group_ids": ["sg-open"]}, "fail", "No vpc_id"),
    ],
    "vpc_peering": [
        ({}, {"vpc_id": "vpc-1"}, "pass", "no active peering"),
        ({}, {"vpc_id": "vpc-2"}, "warn", "VPC vpc-2 has active peering connections: pcx-1, pcx-2."),
        ({}, {}, "pass", "Nothing of it is in a VPC"),
    ],
    "resource_region": [
        ({}, {}, "pass", "0 ARNs"),
        ({}, {"resource_configuration": "rcfg-0123456789abcdef0"}, "pass", "0 ARNs"),
        ({}, {"resource_configuration": RCFG, "resource_share_arn": SHARE}, "pass", "2 ARNs in us-east-1"),
        ({}, {"resource_share_arn": SHARE.replace("east", "west")}, "fail", "Not in us-east-1: arn:aws:ram:us-west-1:"),
        ({}, {"resource_configuration": RCFG.replace("us-east-1", "")}, "fail", "Not in us-east-1: arn:aws:vpc"),
        ({}, {"resource_configuration": "arn:aws"}, "fail", "Not in us-east-1: arn:aws."),
    ],
}
CLIENTS = ["subnet-0", "subnet-1"]
CASES |= {
    "client_subnets": [
        ({}, {"client_subnet_ids": CLIENTS, "vpc_id": "vpc-1"}, "pass", "us-east-1a, us-east-1b"),
        ({}, {}, "fail", "No subnets of the clients"),
        ({}, {"client_subnet_ids": ["subnet-0", "subnet-9"]}, "fail", "subnet-9 do not exist"),
        ({}, {"client_subnet_ids": ["subnet-0"]}, "fail", "in 1 Availability Zone(s), 2 are needed"),
        ({}, {"client_subnet_ids": [*CLIENTS, "subnet-2"]}, "fail", "subnet-2 and subnet-0 are both in us-east-1a"),
        ({}, {"client_subnet_ids": ["subnet-0", "subnet-3"], "vpc_id": "vpc-1"}, "fail", "subnet-3 is in vpc-2, not"),
    ],
    "client_subnet_sizes": [
        ({}, {"client_subnet_ids": ["subnet-0", "subnet-5"]}, "pass", "/17 to /26"),
        ({}, {"client_subnet_ids": ["subnet-0", "subnet-6"]}, "fail", "but subnet-6 is 10.1.65.0/27"),
        ({}, {"client_subnet_ids": ["subnet-7"]}, "fail", "10.0.0.0/16"),
        ({}, {"client_subnet_ids": ["subnet-8"]}, "fail", "subnet-8 is without IPv4"),
        ({"max_prefix_length": 25, "level": "warn"}, {"client_subnet_ids": ["subnet-5"]}, "warn", "10.1.64.0/26"),
    ],
    "subnets_apart": [
        ({}, {"subnet_ids": ["subnet-5"], "client_subnet_ids": CLIENTS}, "pass", ""),
        ({}, {"subnet_ids": ["subnet-5", "subnet-1"], "client_subnet_ids": CLIENTS}, "fail", "shares subnet-1 with"),
    ],
    "network_acls": [
        ({}, {"client_subnet_ids": ["subnet-0"], "vpc_id": "vpc-1"}, "pass", "acl-1"),
        ({}, {"client_subnet_ids": ["subnet-7"], "vpc_id": "vpc-1"}, "pass", "acl-halves"),
        (
            {},
            {"client_subnet_ids": CLIENTS, "vpc_id": "vpc-1"},
            "fail",
            "acl-deny refuses all traffic from 0.0.0.0/0 (rule 90 denies 10.3.0.0/16).",
        ),
        (
            {},
            {"client_subnet_ids": ["subnet-2"], "vpc_id": "vpc-1"},
            "fail",
            "acl-narrow refuses all traffic from 0.0.0.0/0 (no rule allows it)",
        ),
        (
            {},
            {"client_subnet_ids": ["subnet-5"], "vpc_id": "vpc-1"},
            "fail",
            "acl-hole refuses TCP 8443-8451 to 0.0.0.0/0 (no rule allows it).",
        ),
        ({"port_ranges": ["443"]}, {"client_subnet_ids": ["subnet-5"], "vpc_id": "vpc-1"}, "pass", "acl-hole"),
        ({"cidr": "::/0"}, {"client_subnet_ids": ["subnet-0"], "vpc_id": "vpc-1"}, "pass", "acl-1"),
        ({"cidr": "::/0"}, {"client_subnet_ids": ["subnet-7"], "vpc_id": "vpc-1"}, "fail", "all traffic from ::/0"),
        (
            {},
            {"client_subnet_ids": ["subnet-6"], "vpc_id": "vpc-1"},
            "fail",
            "acl-ssh refuses all traffic to 10.1.0.0/16 (rule 90 denies 10.1.0.0/16).",
        ),
        ({}, {"client_subnet_ids": ["subnet-0"], "vpc_id": "vpc-9"}, "fail", "VPC vpc-9 does not exist"),
    ],
    "client_security_groups": [
        ({}, {"source_security_group_ids": ["sg-clients"], "vpc_id": "vpc-1"}, "pass", "among themselves"),
        ({}, {"source_security_group_ids": ["sg-wide"], "vpc_id": "vpc-1"}, "pass", ""),
        (
            {"port_ranges": None},
            {"source_security_group_ids": ["sg-no-8451"], "vpc_id": "vpc-1", "ports": ["8450-8452"]},
            "fail",
            "on 8451-8452; do not",
        ),
        (
            {"port_ranges": None},
            {"source_security_group_ids": ["sg-no-8451"], "vpc_id": "vpc-1", "ports": ["9-8"]},
            "fail",
            "ports: '9-8' ends before",
        ),
        ({}, {"source_security_group_ids": ["sg-one", "sg-two"], "vpc_id": "vpc-1"}, "pass", "sg-one, sg-two let"),
        ({}, {"source_security_group_ids": ["sg-one"], "vpc_id": "vpc-1"}, "fail", "all of TCP in from themselves"),
        ({}, {"source_security_group_ids": ["sg-tcp"], "vpc_id": "vpc-1"}, "fail", "all of UDP in from themselves"),
        ({}, {"source_security_group_ids": ["sg-no-8451"], "vpc_id": "vpc-1"}, "fail", "nothing out to vpc-1 (10.1"),
        ({}, {"source_security_group_ids": ["sg-part"], "vpc_id": "vpc-1"}, "warn", "443 to 10.1.0.0/16, sg-part only"),
        (
            {},
            {"source_security_group_ids": ["sg-to-endpoint"], "vpc_id": "vpc-1"},
            "warn",
            "to sg-open, sg-to-endpoint",
        ),
        (
            {},
            {"source_security_group_ids": ["sg-to-endpoint"], "vpc_id": "vpc-1", "security_group_ids": ["sg-open"]},
            "pass",
            "",
        ),
        ({}, {"source_security_group_ids": ["sg-9"], "vpc_id": "vpc-1"}, "fail", "do not exist in this account"),
        ({}, {"vpc_id": "vpc-1"}, "fail", "No security groups of the clients"),
    ],
    "gateway_egress": [
        ({}, {"source_security_group_ids": ["sg-s3"]}, "pass", "443 to s3"),
        ({}, {"source_security_group_ids": ["sg-s3-cidrs"]}, "pass", ""),
        ({}, {"source_security_group_ids": ["sg-wide"]}, "pass", ""),
        ({}, {"source_security_group_ids": ["sg-clients"]}, "fail", "do not let out on 443 to s3 (pl-s3)"),
        ({}, {}, "fail", "No security groups do not"),
        ({"services": ["dynamodb"]}, {"source_security_group_ids": ["sg-s3"]}, "warn", "no prefix list of dynamodb"),
    ],
    "internet_roads": [
        ({}, {"client_subnet_ids": ["subnet-0", "subnet-6"], "vpc_id": "vpc-1"}, "pass", "In vpc-1 are igw-1, nat-1."),
        ({}, {"subnet_ids": ["subnet-0"], "vpc_id": "vpc-2"}, "pass", "leads to the internet."),
        (
            {},
            {"client_subnet_ids": CLIENTS, "vpc_id": "vpc-1"},
            "warn",
            "left: 0.0.0.0/0 by nat-1 (rtb-1), of subnet-1; ::/0 by eigw-1 (rtb-1), of subnet-1. In vpc-1 are",
        ),
        ({}, {"subnet_ids": ["subnet-2"], "vpc_id": "vpc-1"}, "warn", "by tgw-1, behind which nobody sees from here"),
        ({}, {"subnet_ids": ["subnet-5"], "vpc_id": "vpc-1"}, "warn", "192.0.2.0/24 by igw-1 (rtb-5)"),
        ({}, {}, "pass", "Nothing of it"),
    ],
}
OTHERS: dict[str, Any] = {"vpc_id": "vpc-1", "service_name": "com.amazonaws.us-east-1.sts", "leads_all": True}
CASES["endpoint_others"] = [
    ({}, {"vpc_id": "vpc-1", "source_security_group_ids": ["sg-clients"]}, "pass", "Nobody else"),
    ({}, {**OTHERS, "security_group_ids": ["sg-open"]}, "pass", "Nobody else"),
    (
        {},
        {**OTHERS, "source_security_group_ids": ["sg-clients"]},
        "fail",
        "Those of sg-lambda would lose com.amazonaws.us-east-1.sts, whose private name leads all of vpc-1",
    ),
    ({}, {**OTHERS, "source_security_group_ids": ["sg-clients", "sg-lambda"]}, "pass", "All in vpc-1 are let in"),
    ({}, {**OTHERS, "source_security_group_ids": ["sg-clients"], "vpc_endpoint": "shared"}, "pass", "All in vpc-1"),
    (
        {},
        {**OTHERS, "service_name": "com.amazonaws.us-east-1.sqs", "source_security_group_ids": ["sg-clients"]},
        "pass",
        "leads to vpce-1 already",
    ),
]
CASES["service_zones"] = [
    (
        {},
        {"service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-1", "subnet_ids": ["subnet-0"]},
        "pass",
        "in the zones",
    ),
    (
        {},
        {"service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-1", "subnet_ids": ["subnet-0", "subnet-1"]},
        "fail",
        "vpce-svc-1 is in us-east-1a, us-east-1c alone, but subnet-1 is in us-east-1b.",
    ),
    ({}, {"service_name": "away", "subnet_ids": ["subnet-0"]}, "pass", "shows no zones"),
    ({}, {"service_name": "unseen", "subnet_ids": ["subnet-9"]}, "pass", "shows no zones"),
]
CASES["endpoint_policy"] = [
    ({}, {"vpc_id": "vpc-1"}, "pass", "No endpoint policy"),
    ({}, {"vpc_id": "vpc-2", "has_policy": True}, "pass", "Nobody else in vpc-2"),
    (
        {},
        {"vpc_id": "vpc-1", "has_policy": True, "source_security_group_ids": ["sg-clients"]},
        "warn",
        "holds others in vpc-1 too: those of sg-lambda.",
    ),
]
ADVICE = {"vpc_peering", "internet_roads", "endpoint_policy"}
"""Checks that warn at most."""
PARAMETERS: dict[str, dict[str, Any]] = {
    "privatelink_rules": {"cidr": "10.0.0.0/8"},
    "redshift_node_type": {"node_families": ["ra3"]},
    "redshift_port": {"port_ranges": ["5431-5455", "8191-8215"]},
    "msk_kafka_version": {"lowest_kafka_version": "2.7.1"},
    "msk_instance_type": {"unsupported_instance_types": ["kafka.t3.small"]},
    "lattice_zones": {"unsupported_zone_ids": ["use1-az3", "use1-az5"]},
    "inbound_ports": {"port_ranges": ["5432"]},
    "client_subnets": {"min_subnets": 2},
    "client_subnet_sizes": {"min_prefix_length": 17, "max_prefix_length": 26},
    "network_acls": {"port_ranges": ["443", "8443-8451"]},
    "client_security_groups": {"port_ranges": ["443", "2443", "5432", "6666", "8443-8451"]},
    "gateway_egress": {"services": ["s3"]},
}


@pytest.mark.parametrize(
    ("name", "rule", "link", "status", "message"),
    [
        pytest.param(name, *case, id=f"{name}{number}")
        for name, cases in CASES.items()
        for number, case in enumerate(cases)
    ],
)
def test_check(name: str, rule: dict[str, Any], link: dict[str, Any], status: str, message: str) -> None:
    prerequisite = Prerequisite("X-1", name, **{**PARAMETERS.get(name, {}), **rule})
    finding = evaluate(CheckedLink("orders", **link), prerequisite, SNAPSHOT)
    assert finding.status == status, finding
    assert message in finding.msg
    assert finding.msg.endswith(".")


def test_every_check_has_a_passing_and_a_failing_case() -> None:
    assert set(CASES) == set(CHECKS) == set(registered(checks, clients, streams))
    assert all({"pass", "fail"} <= {case[2] for case in cases} for name, cases in CASES.items() if name not in ADVICE)
    assert all({"pass", "warn"} <= {case[2] for case in CASES[name]} for name in ADVICE)


@pytest.mark.parametrize("name", sorted(name for name, check in CHECKS.items() if set(check.listings) - {"addresses"}))
def test_a_denied_listing_makes_a_check_unknown(name: str) -> None:
    """Whatever the link, nothing fails because we may not look."""
    denial = CallError("ec2:DescribeX", "UnauthorizedOperation", "You are not authorized.")
    blind = Snapshot(
        "us-east-1",
        {**SNAPSHOT.listings, **{listing: denial for listing in CHECKS[name].listings if listing != "addresses"}},
    )
    link = CheckedLink(
        "orders",
        vpc_id="vpc-1",
        subnet_ids=["subnet-0"],
        client_subnet_ids=["subnet-0"],
        security_group_ids=["sg-open"],
        source_security_group_ids=None if name == "endpoint_security_groups" else ["sg-open"],
        endpoint="db.example",
        has_policy=True,
        leads_all=True,
        load_balancer="right",
        cluster_identifier="right",
        cluster_arn=f"{MSK}/right/a-1",
    )
    finding = evaluate(link, Prerequisite("X-1", name, **PARAMETERS.get(name, {})), blind)
    assert finding.status == "unknown"
    assert "Allow ec2:DescribeX in the policies" in finding.msg


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"check": "region"}, "Prerequisite X-1: the check region needs regions"),
        ({"check": "privatelink_rules", "cidr": "10.0.0.1/8"}, "Prerequisite X-1: 10.0.0.1/8 has host bits set"),
        ({"check": "redshift_port", "port_ranges": ["5431 to 5455"]}, "'5431 to 5455' is not a range of ports"),
        ({"check": "inbound_ports", "port_ranges": ["19999-10000"]}, "'19999-10000' ends before it begins"),
        ({"check": "lattice_zones"}, "the check lattice_zones needs unsupported_zone_ids"),
    ],
)
def test_a_table_that_makes_no_sense(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ItemError, match=message):
        Prerequisite("X-1", **options)


def test_a_report_joins_what_failed_with_the_remedies() -> None:
    rules = [
        Prerequisite("X-1", "port", remedy="Give one."),
        Prerequisite("X-2", "redshift_cluster", remedy="Make it.", source="https://example.com"),
        Prerequisite("X-3", "limit", limit=0, level="warn", remedy="Ask for more."),
        Prerequisite("X-4", "port", destinations=["rds"]),
    ]
    found = report(CheckedLink("orders", "redshift", cluster_identifier="right"), rules, SNAPSHOT)
    assert found["msg"] == "X-1: No port is given. Give one."
    assert (found["status"], found["failed"], found["addresses"]) == ("fail", True, [])
    statuses = [(check["id"], check["status"]) for check in found["checks"]]
    assert statuses == [("X-1", "fail"), ("X-2", "pass"), ("X-3", "warn")]
    assert found["checks"][1]["source"] == "https://example.com"
    warned = report(CheckedLink("orders", "redshift", port=1, cluster_identifier="right"), rules, SNAPSHOT)
    assert (warned["status"], warned["failed"]) == ("warn", False)
    assert warned["msg"] == "X-3: 3 links here, 0 are allowed. Ask for more."
    lost = [Prerequisite("X-5", "redshift_relocation", remedy="Do."), Prerequisite("X-6", "redshift_cluster")]
    assert report(CheckedLink("orders", "redshift", cluster_identifier="nowhere"), lost, SNAPSHOT)["msg"] == (
        "X-5: Redshift cluster nowhere does not exist in this account and in us-east-1. Do."
    )
    passed = report(CheckedLink("orders", "redshift", port=1, cluster_identifier="right"), rules[:2], SNAPSHOT)
    assert (passed["status"], passed["msg"]) == ("pass", "")


def test_a_wrong_vpc_is_corrected_rather_than_all_subnets() -> None:
    rules = [Prerequisite("subnets", "subnets", remedy="Set others.")]
    strange = report(CheckedLink("orders", "rds", vpc_id="vpc-1", subnet_ids=["subnet-3"]), rules, SNAPSHOT)
    assert strange["msg"].endswith("not in vpc-1. Correct vpc_id, or subnet_ids.")
    missing = report(CheckedLink("orders", "rds", vpc_id="vpc-1", subnet_ids=["subnet-3", "subnet-9"]), rules, SNAPSHOT)
    assert missing["msg"].endswith("subnet-9 does not exist in this account and in us-east-1. Set others.")


# The module, against the sandbox

NLB = ["port", "principals", "subnets", "endpoint", "availability_zones", "privatelink_rules", "load_balancer"]
REDSHIFT = ["redshift_cluster", "redshift_node_type", "redshift_relocation", "redshift_port"]
TABLE: list[dict[str, Any]] = [
    {"id": "S-G2", "check": "region", "regions": ["us-east-1"]},
    *({"id": check, "check": check, "destinations": ["rds"], **PARAMETERS.get(check, {})} for check in NLB),
    *({"id": check, "check": check, "destinations": ["redshift"], **PARAMETERS.get(check, {})} for check in REDSHIFT),
]


@dataclass
class Bench:
    """One account with a VPC 10.1.0.0/16 and the cluster events, and the module pointed at it."""

    sandbox: RunningSandbox
    account: str
    vpc: Any
    boto: Any
    run_module: RunModule
    seen: int = 0

    def preflight(self, *links: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
        """Run the module; ``calls`` then tells what this run did."""
        self.seen = self.sandbox.last_call()
        args = {
            "region": "us-east-1",
            "endpoint_url": self.sandbox.url,
            "access_key": self.account,
            "secret_key": "sandbox",
            "api_rate": 0,
            "nameservers": [f"127.0.0.1:{self.sandbox.health()['dns_port']}"],
            "links": list(links),
            "prerequisites": TABLE,
            "on_item_failure": "report",
            **options,
        }
        return self.run_module("preflight", args, check=check)

    def database(self, name: str = "orders", **options: Any) -> dict[str, Any]:
        """A link to a database that meets everything."""
        link = {"name": name, "destination": "rds", "port": 5432, "load_balancer": name, "vpc_id": self.vpc.id}
        return {**link, "endpoint": self.endpoint, "subnet_ids": list(self.vpc.subnets), **options}

    def warehouse(self, name: str = "events", **options: Any) -> dict[str, Any]:
        """A link to a Redshift cluster that meets everything."""
        return {"name": name, "destination": "redshift", "cluster_identifier": "events", **options}

    @property
    def endpoint(self) -> str:
        return f"db.{self.account}.example"

    @property
    def calls(self) -> Counter[str]:
        """The calls of the last run, as IAM names them."""
        prefix = {"elbv2": "elasticloadbalancing"}
        found = self.sandbox.calls(self.account, since=self.seen)
        return Counter(f"{prefix.get(call['service'], call['service'])}:{call['operation']}" for call in found)

    def fault(self, service: str, operation: str, kind: str, **options: Any) -> None:
        self.sandbox.fault(service, operation, kind, account=self.account, **options)

    def clusters(self, *clusters: dict[str, Any]) -> None:
        self.sandbox.seed({"accounts": {self.account: {"us-east-1": {"redshift_clusters": list(clusters)}}}})


@pytest.fixture
def bench(
    sandbox: RunningSandbox, account: str, boto: Any, make_vpc: Any, run_module: RunModule, stepped: SteppedTime
) -> Iterator[Bench]:
    made = Bench(sandbox, account, make_vpc(account), boto, run_module)
    made.clusters({"ClusterIdentifier": "events", "Port": 5439, "AvailabilityZoneRelocation": True})
    sandbox.dns({made.endpoint: ["10.1.0.11"]})
    yield made
    sandbox.clear_faults()


def test_all_pass_in_one_call_for_each_listing(bench: Bench) -> None:
    """Any number of links costs the same calls, none of them a write, in check mode as in a real run."""
    links = [bench.database(f"db{number}", security_group_ids=[bench.vpc.security_group]) for number in range(60)]
    for link in links:
        link["enforce_privatelink_rules"] = False
    links += [bench.warehouse(f"dwh{number}") for number in range(60)]
    found = {}
    for check in (True, False):
        found[check] = bench.preflight(*links, check=check)
        assert bench.calls == {SUBNETS: 1, VPCS: 1, GROUPS: 1, BALANCERS: 1, CLUSTERS: 1}
    assert found[True]["results"] == found[False]["results"]
    assert Counter(result["status"] for result in found[False]["results"]) == {"pass": 120}
    assert [result["name"] for result in found[False]["results"]] == [link["name"] for link in links]
    assert found[False]["results"][0]["addresses"] == ["10.1.0.11"]
    assert (found[False]["changed"], found[False]["failed_items"]) == (False, [])
    policy = json.loads(IAM.read_text())
    others = {STREAMS, ATTRIBUTE, PEERINGS, ENDPOINTS, "ec2:DescribeDhcpOptions", *OF_CLIENTS}
    assert set(bench.calls) | others == {action for statement in policy["Statement"] for action in statement["Action"]}


def test_nothing_is_read_that_no_check_needs(bench: Bench) -> None:
    bench.preflight(bench.warehouse())
    assert bench.calls == {CLUSTERS: 1}
    bench.preflight(bench.database())
    assert bench.calls == {SUBNETS: 1, VPCS: 1, BALANCERS: 1}
    bench.preflight(bench.database(), prerequisites=TABLE[:3])
    assert bench.calls == {}
    assert bench.preflight()["results"] == []
    assert bench.calls == {}


def test_bad_links_fail_alone_and_say_why(bench: Bench) -> None:
    elb = bench.boto(bench.account, "elbv2")
    elb.create_load_balancer(Name="taken", Type="network", Scheme="internal", Subnets=[bench.vpc.subnets[0]])
    other = bench.boto(bench.account, "ec2").create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    path, cluster = ["arn:aws:iam::834469178297:role/team/x"], {"cluster_identifier": "nowhere"}
    bad = {
        "unknown": (bench.database("unknown", destination="oracle"), "Unknown destination 'oracle'; there are rds"),
        "port": (bench.database("port", port=65536), "Not a port, which is 1 to 65535: 65536"),
        "empty": (bench.database("empty", subnet_ids=[]), "No subnets are given"),
        "arn": (bench.database("arn", principals=["arn:aws:iam"]), "Not a principal: 'arn:aws:iam'"),
        "path": (bench.database("path", principals=path), "does not accept a principal with a path"),
        "name": (bench.database("name", endpoint="nowhere.example"), "nowhere.example.: no such name (NXDOMAIN)"),
        "taken": (bench.database("taken", vpc_id=other), f"its VPC is {bench.vpc.id}, not {other}"),
        "cluster": (bench.warehouse("cluster", **cluster), "Redshift cluster nowhere does not exist"),
        "subnet": (bench.database("subnet", subnet_ids=["subnet-0123456789abcdef0"]), "does not exist"),
        "vpc": (bench.database("vpc", vpc_id="vpc-0123456789abcdef0"), "VPC vpc-0123456789abcdef0 does not exist"),
        "group": (bench.database("group", security_group_ids=["sg-0123456789abcdef0"]), "sg-0123456789abcdef0"),
    }
    known = {"id": "known", "check": "destination", "known_destinations": ["rds", "redshift"]}
    links = [bench.database(), *(link for link, dummy in bad.values()), bench.warehouse()]
    found = bench.preflight(*links, prerequisites=[*TABLE, known])
    by_name = {result["name"]: result for result in found["results"]}
    for name, (_dummy, message) in bad.items():
        assert message in by_name[name]["msg"]
    assert found["failed_items"] == list(bad)
    assert by_name["orders"]["status"] == by_name["events"]["status"] == "pass"
    assert not found.get("failed")
    failed = bench.preflight(*links, prerequisites=[*TABLE, known], on_item_failure="fail")
    assert failed["failed"]
    assert failed["results"] == found["results"]
    assert all(f"{name}: " in failed["msg"] for name in bad)


def test_what_the_sandbox_shows_is_judged_as_the_snapshots_are(bench: Bench) -> None:
    """The checks that read most from AWS, on answers that come over the wire."""
    ec2 = bench.boto(bench.account, "ec2")
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    group = bench.vpc.security_group
    assert bench.preflight(bench.database(security_group_ids=[group]))["failed_items"] == ["orders"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    assert bench.preflight(bench.database(security_group_ids=[group]))["failed_items"] == []
    one_zone = bench.database(subnet_ids=[bench.vpc.subnets[1]])
    assert "10.1.0.11 is in us-east-1a" in bench.preflight(one_zone)["results"][0]["msg"]
    assert bench.preflight({**one_zone, "cross_zone": True})["results"][0]["status"] == "pass"
    roomy = [{"id": "free", "check": "subnets", "min_free_addresses": 300}]
    assert "300 are needed" in bench.preflight(bench.database(), prerequisites=roomy)["results"][0]["msg"]
    bench.clusters(
        {"ClusterIdentifier": "old", "NodeType": "dc2.large", "Port": 5439},
        {"ClusterIdentifier": "plain", "Port": 5439},
        {"ClusterIdentifier": "both", "Port": 5439, "MultiAZ": True},
    )
    found = bench.preflight(
        *(bench.warehouse(cluster, cluster_identifier=cluster) for cluster in ("old", "plain", "both"))
    )
    assert found["failed_items"] == ["old", "plain"]
    assert "dc2.large" in found["results"][0]["msg"]
    assert "relocation is disabled" in found["results"][1]["msg"]


def test_a_cluster_of_others_fails_alone(bench: Bench) -> None:
    """One call for each cluster. One that is not ours to see says why, and stops no other link."""
    other = f"8{bench.account[1:]}"
    seed = [{"name": "orders", "id": "8f5c2a1e-1"}]
    for account in (bench.account, other):
        bench.sandbox.seed({"accounts": {account: {"us-east-1": {"msk_clusters": seed}}}})
    arns = [f"arn:aws:kafka:us-east-1:{account}:cluster/orders/8f5c2a1e-1" for account in (bench.account, other)]
    links = [{"name": arn, "pattern": "msk_grant", "cluster_arn": arn} for arn in arns]
    found = bench.preflight(*links, prerequisites=[])
    assert [result["status"] for result in found["results"]] == ["pass", "fail"]
    assert "ForbiddenException" in found["results"][1]["msg"]
    assert bench.calls == {STREAMS: 2}
    bench.fault("kafka", "DescribeClusterV2", "deny", times=None)
    denied = bench.preflight(*links, prerequisites=[])
    assert {result["status"] for result in denied["results"]} == {"warn"}


LATTICE: list[dict[str, Any]] = [
    {"id": check, "check": check, **PARAMETERS.get(check, {})}
    for check in ("lattice_zones", "dns_attributes", "inbound_ports", "vpc_peering", "resource_region")
]


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["status"] for check in result["checks"]}


def test_the_consumers_side_is_judged_by_what_the_sandbox_shows(bench: Bench) -> None:
    """A link to a resource that is shared with us: as a VPC comes, and after what its owner has to do."""
    ec2, group = bench.boto(bench.account, "ec2"), bench.vpc.security_group
    subnet = ec2.create_subnet(VpcId=bench.vpc.id, CidrBlock="10.1.9.0/24", AvailabilityZone="us-east-1e")["Subnet"]
    link = {"name": "cache", "vpc_id": bench.vpc.id, "security_group_ids": [group], "resource_configuration": RCFG}
    table = [{**rule, "unsupported_zone_ids": [subnet["AvailabilityZoneId"]]} for rule in LATTICE]

    ec2.modify_vpc_attribute(VpcId=bench.vpc.id, EnableDnsHostnames={"Value": False})
    before = {**link, "subnet_ids": [bench.vpc.subnets[0], subnet["SubnetId"]]}
    found = bench.preflight(before, prerequisites=table)["results"][0]
    assert statuses(found) == {
        "lattice_zones": "fail",
        "dns_attributes": "fail",
        "inbound_ports": "fail",
        "vpc_peering": "pass",
        "resource_region": "pass",
    }
    assert "enableDnsHostnames off" in found["msg"]
    assert subnet["SubnetId"] in found["msg"]

    ec2.modify_vpc_attribute(VpcId=bench.vpc.id, EnableDnsHostnames={"Value": True})
    rule = {"IpProtocol": "tcp", "FromPort": 5000, "ToPort": 6000, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    other = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    asked = ec2.create_vpc_peering_connection(VpcId=other, PeerVpcId=bench.vpc.id)["VpcPeeringConnection"]
    after = {**link, "subnet_ids": list(bench.vpc.subnets)}
    found = bench.preflight(after, prerequisites=table)["results"][0]
    assert set(statuses(found).values()) == {"pass"}, found["msg"]  # a peering that nobody accepted yet is none

    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=asked["VpcPeeringConnectionId"])
    answer = bench.preflight(*({**after, "name": f"cache{number}"} for number in range(9)), prerequisites=table)
    assert bench.calls == {SUBNETS: 1, VPCS: 1, GROUPS: 1, ATTRIBUTE: 2, PEERINGS: 1}
    assert answer["failed_items"] == []
    assert {result["status"] for result in answer["results"]} == {"warn"}
    assert asked["VpcPeeringConnectionId"] in answer["results"][0]["msg"]


CLIENT_CHECKS = ("client_subnets", "client_subnet_sizes", "subnets_apart", "network_acls", "client_security_groups")
CLIENT_TABLE: list[dict[str, Any]] = [
    {"id": check, "check": check, **PARAMETERS.get(check, {})}
    for check in (*CLIENT_CHECKS, "gateway_egress", "internet_roads", "endpoint_policy", "service_zones")
]


def test_clients_are_judged_by_what_the_sandbox_shows(bench: Bench) -> None:
    """A VPC as people have it, with a road to the internet, and after each wish of the vendor is met but one."""
    ec2, group = bench.boto(bench.account, "ec2"), bench.vpc.security_group
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=bench.vpc.id)
    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [bench.vpc.id]}])["RouteTables"]
    own = ec2.create_route_table(VpcId=bench.vpc.id)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=own, SubnetId=bench.vpc.subnets[1])
    nat = ec2.create_nat_gateway(SubnetId=bench.vpc.subnets[0], ConnectivityType="private")
    ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    nat_id = nat["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=own, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat_id)
    subnets = list(bench.vpc.subnets)
    where = {"vpc_id": bench.vpc.id, "client_subnet_ids": subnets, "source_security_group_ids": [group]}
    end = {"subnet_ids": subnets, "service_name": "com.amazonaws.us-east-1.sts", "has_policy": True}
    links = [{"name": name, **where, **end} for name in ("lake", "mart")]
    found = bench.preflight(*links, prerequisites=CLIENT_TABLE)["results"]
    assert bench.calls == {SUBNETS: 1, VPCS: 1, GROUPS: 1, **dict.fromkeys(OF_CLIENTS, 1)}
    roads = {check["id"]: check["msg"] for check in found[0]["checks"]}["internet_roads"]
    assert f"0.0.0.0/0 by {gateway} ({main['RouteTableId']}), of {subnets[0]}" in roads
    assert f"0.0.0.0/0 by {nat_id} ({own}), of {subnets[1]}" in roads
    assert f"In {bench.vpc.id} are {gateway}, {nat_id}." in roads
    assert found[0]["route_table_ids"] == sorted([own, main["RouteTableId"]])
    expected = dict.fromkeys(statuses(found[0]), "pass") | {"client_security_groups": "fail", "internet_roads": "warn"}
    expected["subnets_apart"] = "fail"
    expected["endpoint_policy"] = "warn"  # moto shows a NAT gateway's interface as anybody's
    assert statuses(found[0]) == statuses(found[1]) == expected, found[0]["msg"]

    among = [{"IpProtocol": name, "FromPort": 0, "ToPort": 65535} for name in ("tcp", "udp")]
    rules = [{**rule, "UserIdGroupPairs": [{"GroupId": group}]} for rule in among]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)
    acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [bench.vpc.id]}])["NetworkAcls"]
    acl_id, blocked = acls[0]["NetworkAclId"], {"Egress": False, "CidrBlock": "192.0.2.0/24"}
    ec2.create_network_acl_entry(NetworkAclId=acl_id, RuleNumber=7, Protocol="-1", RuleAction="deny", **blocked)
    ec2.delete_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    ec2.delete_route(RouteTableId=own, DestinationCidrBlock="0.0.0.0/0")
    (after, _other) = bench.preflight(*links, prerequisites=CLIENT_TABLE)["results"]
    assert {name for name, status in statuses(after).items() if status != "pass"} == {
        *("network_acls", "endpoint_policy", "subnets_apart")
    }
    assert "(rule 7 denies 192.0.2.0/24)" in after["msg"]


def test_an_endpoint_has_taken_its_addresses_already(bench: Bench) -> None:
    """A subnet too full for another endpoint is no obstacle to the one that is in it."""
    bench.boto(bench.account, "ec2").modify_vpc_attribute(VpcId=bench.vpc.id, EnableDnsHostnames={"Value": True})
    tags = [{"Key": "saas.privatelink:name", "Value": "sessions"}]
    made = bench.boto(bench.account, "ec2").create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=bench.vpc.id,
        ServiceName="com.amazonaws.us-east-1.sqs",
        SubnetIds=[bench.vpc.subnets[0]],
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}],
    )["VpcEndpoint"]
    assert made["SubnetIds"] == [bench.vpc.subnets[0]]
    rule = [{"id": "free", "check": "subnets", "min_free_addresses": 300}]
    links = [
        {"name": endpoint, "vpc_endpoint": endpoint, "subnet_ids": list(bench.vpc.subnets)}
        for endpoint in ("sessions", "new")
    ]
    sessions, new = bench.preflight(*links, prerequisites=rule)["results"]
    assert bench.calls == {SUBNETS: 1, ENDPOINTS: 1}
    assert bench.vpc.subnets[0] not in sessions["msg"]
    assert bench.vpc.subnets[1] in sessions["msg"]
    assert bench.vpc.subnets[0] in new["msg"]


def test_a_vpc_that_does_not_exist_has_no_attributes(bench: Bench) -> None:
    gone = {"name": "gone", "vpc_id": "vpc-0123456789abcdef0"}
    rule = [{"id": "dns", "check": "dns_attributes"}]
    found = bench.preflight(gone, {"name": "here", "vpc_id": bench.vpc.id}, prerequisites=rule)
    assert "VPC vpc-0123456789abcdef0 does not exist" in found["results"][0]["msg"]
    assert found["results"][1]["status"] in ("pass", "fail")
    assert "does not exist" not in found["results"][1]["msg"]


def test_dns_servers_of_dhcp_options(bench: Bench) -> None:
    ec2, rule = bench.boto(bench.account, "ec2"), [{"id": "servers", "check": "dns_servers"}]
    link = {"name": "lake", "vpc_id": bench.vpc.id}
    for servers, status in ((["10.1.0.53"], "fail"), (["AmazonProvidedDNS"], "pass")):
        settings = [{"Key": "domain-name-servers", "Values": servers}]
        made = ec2.create_dhcp_options(DhcpConfigurations=settings)["DhcpOptions"]["DhcpOptionsId"]
        ec2.associate_dhcp_options(DhcpOptionsId=made, VpcId=bench.vpc.id)
        found = bench.preflight(link, {**link, "name": "mart"}, prerequisites=rule)
        assert [result["status"] for result in found["results"]] == [status, status]
        assert bench.calls == {VPCS: 1, "ec2:DescribeDhcpOptions": 1}
    ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=bench.vpc.id)
    assert "no DNS server" in bench.preflight(link, prerequisites=rule)["results"][0]["msg"]


def test_denied_attributes_and_peerings_are_warnings(bench: Bench) -> None:
    bench.fault("ec2", "DescribeVpcAttribute", "deny", times=None)
    bench.fault("ec2", "DescribeVpcPeeringConnections", "deny", times=None)
    found = bench.preflight({"name": "cache", "vpc_id": bench.vpc.id}, prerequisites=[LATTICE[1], LATTICE[3]])
    assert statuses(found["results"][0]) == {"dns_attributes": "unknown", "vpc_peering": "unknown"}
    assert "Allow ec2:DescribeVpcAttribute in the policies" in found["results"][0]["msg"]


def test_a_denied_listing_is_a_warning(bench: Bench) -> None:
    """One warning for all links names the action; the rest of the checks still count."""
    bench.fault("ec2", "DescribeSubnets", "deny", times=None)
    bench.fault("redshift", "DescribeClusters", "deny", times=None)
    found = bench.preflight(bench.database(), bench.database("port", port=0), bench.warehouse())
    assert found["failed_items"] == ["port"]
    assert [result["status"] for result in found["results"]] == ["warn", "fail", "warn"]
    by_id = {check["id"]: check for check in found["results"][0]["checks"]}
    assert by_id["subnets"]["status"] == by_id["availability_zones"]["status"] == "unknown"
    assert by_id["endpoint"]["status"] == "pass"
    warnings = json.dumps(found["warnings"])
    assert "Allow ec2:DescribeSubnets in the policies" in warnings
    assert "Allow redshift:DescribeClusters in the policies" in warnings
    assert warnings.count("orders, port: subnets: ") == 1


def test_an_answer_that_cannot_be_trusted_ends_the_module(bench: Bench) -> None:
    bench.fault("ec2", "DescribeVpcs", "error", code="InternalError", status=400, times=None)
    found = bench.preflight(bench.database())
    assert found["failed"]
    assert "ec2:DescribeVpcs: InternalError" in found["msg"]


def test_throttled_reads_are_repeated(bench: Bench) -> None:
    bench.fault("ec2", "DescribeSubnets", "throttle", times=2)
    assert bench.preflight(bench.database())["results"][0]["status"] == "pass"
    assert bench.calls[SUBNETS] == 3


def test_names_are_looked_up_once_and_silence_fails_its_own_link(bench: Bench) -> None:
    silent = f"silent.{bench.account}.example"
    bench.sandbox.dns({silent: {"drop": True}})
    fixed = bench.database("fixed", endpoint=None, addresses=["10.1.1.7"])
    found = bench.preflight(bench.database(), bench.database("silent", endpoint=silent), fixed)
    assert found["failed_items"] == ["silent"]
    assert "The endpoint does not resolve" in found["results"][1]["msg"]
    assert found["results"][2]["addresses"] == ["10.1.1.7"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"nameservers": ["ns.example"]}, "nameservers: 'ns.example' is not a nameserver"),
        ({"links": [{"name": "a"}, {"name": "a"}]}, "Two items of links have the same name: a"),
        ({"prerequisites": [{"id": "X", "check": "region"}]}, "Prerequisite X: the check region needs regions"),
        ({"prerequisites": [{"id": "X", "check": "moon"}]}, "value of check must be one of"),
    ],
)
def test_options_that_make_no_sense(bench: Bench, options: dict[str, Any], message: str) -> None:
    found = bench.preflight(**options)
    assert found["failed"]
    assert message in found["msg"]
