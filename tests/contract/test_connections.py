# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections seen from both sides, and Interface endpoints of a consumer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Vpc
from tests.contract.conftest import VENDOR, Provider, refused
from tests.sandbox.client import ControlError


def test_a_request_is_seen_accepted_and_available(provider: Provider) -> None:
    provider.sandbox.lag(**{"vpc_endpoint.unseen": 0.3})
    try:
        service = provider.make_service(VENDOR)
        endpoint = provider.sandbox.connect(service["ServiceName"], availability_zones=["us-east-1a"])
    finally:
        provider.sandbox.lag(**{"vpc_endpoint.unseen": 0.1})
    service_id, endpoint_id = service["ServiceId"], endpoint["VpcEndpointId"]
    assert endpoint["State"] == "pendingAcceptance"
    assert provider.connections(service_id) == []
    connection = provider.sandbox.eventually(lambda: provider.connections(service_id), bool)[0]
    assert connection["VpcEndpointState"] == "pendingAcceptance"
    assert connection["VpcEndpointOwner"] == VENDOR
    assert connection["VpcEndpointRegion"] == "us-east-1"
    assert connection["NetworkLoadBalancerArns"] == [provider.load_balancer]
    accept = provider.ec2.accept_vpc_endpoint_connections
    assert accept(ServiceId=service_id, VpcEndpointIds=[endpoint_id])["Unsuccessful"] == []
    assert provider.connections(service_id)[0]["VpcEndpointState"] == "pending"
    provider.sandbox.eventually(lambda: provider.connections(service_id, "available"), bool)
    again = accept(ServiceId=service_id, VpcEndpointIds=[endpoint_id, "vpce-00000000000000000"])["Unsuccessful"]
    codes = {item["ResourceId"]: item["Error"]["Code"] for item in again}
    assert codes == {endpoint_id: "InvalidState", "vpce-00000000000000000": "InvalidVpcEndpointId.NotFound"}


def test_without_acceptance_a_connection_becomes_available(provider: Provider) -> None:
    service = provider.make_service(VENDOR, AcceptanceRequired=False)
    assert provider.sandbox.connect(service["ServiceName"])["State"] == "pending"
    provider.sandbox.eventually(lambda: provider.connections(service["ServiceId"], "available"), bool)


def test_available_can_be_rejected_and_rejected_stays(provider: Provider, boto: Callable[..., Any]) -> None:
    service = provider.make_service(VENDOR, AcceptanceRequired=False)
    service_id, endpoint = service["ServiceId"], provider.request(service)
    provider.sandbox.eventually(lambda: provider.connections(service_id, "available"), bool)
    reject = provider.ec2.reject_vpc_endpoint_connections
    assert reject(ServiceId=service_id, VpcEndpointIds=[endpoint])["Unsuccessful"] == []
    assert provider.connections(service_id)[0]["VpcEndpointState"] == "rejected"
    described = boto(VENDOR, "ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    assert described[0]["State"] == "rejected"
    accept = provider.ec2.accept_vpc_endpoint_connections(ServiceId=service_id, VpcEndpointIds=[endpoint])
    assert accept["Unsuccessful"][0]["Error"]["Code"] == "InvalidState"


def test_removing_a_principal_keeps_its_connections(provider: Provider) -> None:
    service = provider.make_service(VENDOR)
    endpoint = provider.request(service)
    provider.ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], RemoveAllowedPrincipals=[f"arn:aws:iam::{VENDOR}:root"]
    )
    with pytest.raises(ControlError) as raised:
        provider.sandbox.connect(service["ServiceName"])
    assert raised.value.code == "InvalidServiceName"
    answer = provider.ec2.accept_vpc_endpoint_connections(ServiceId=service["ServiceId"], VpcEndpointIds=[endpoint])
    assert answer["Unsuccessful"] == []


def test_a_deleted_connection_lingers_at_the_provider(provider: Provider, boto: Callable[..., Any]) -> None:
    service = provider.make_service(VENDOR)
    endpoint = provider.request(service)
    provider.sandbox.disconnect(endpoint)
    assert provider.connections(service["ServiceId"])[0]["VpcEndpointState"] == "deleting"
    provider.sandbox.eventually(lambda: provider.connections(service["ServiceId"], "deleted"), bool)
    with refused("InvalidVpcEndpointId.NotFound"):
        boto(VENDOR, "ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint])
    failed = boto(VENDOR, "ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"]
    assert failed[0]["Error"]["Code"] == "InvalidVpcEndpoint.NotFound"
    assert (
        provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service["ServiceId"]])["Unsuccessful"] == []
    )


def test_zones_the_service_does_not_support(provider: Provider) -> None:
    service = provider.make_service(VENDOR)
    with pytest.raises(ControlError, match="does not support the availability zone of the subnet: subnet-") as raised:
        provider.sandbox.connect(service["ServiceName"], availability_zones=["us-east-1c"])
    assert raised.value.code == "InvalidParameter"
    zone_id = provider.service(service["ServiceId"])["AvailabilityZoneIds"][0]
    assert provider.sandbox.connect(service["ServiceName"], availability_zone_ids=[zone_id])["SubnetIds"]


@pytest.mark.parametrize("state", ["failed", "expired", "partial"])
def test_other_states_by_the_control_api(provider: Provider, state: str) -> None:
    service = provider.make_service(VENDOR)
    endpoint = provider.request(service)
    provider.sandbox.control("POST", "endpoint_state", vpc_endpoint_id=endpoint, state=state)
    assert [c["VpcEndpointId"] for c in provider.connections(service["ServiceId"], state)] == [endpoint]


def test_connections_filter_and_page(provider: Provider) -> None:
    service = provider.make_service(VENDOR, "333333333333")
    other = provider.make_service(VENDOR)
    endpoints = {
        provider.request(service, account=account) for account in (VENDOR, "333333333333") for dummy in range(4)
    }
    provider.request(other)
    describe = provider.ec2.describe_vpc_endpoint_connections
    owner = [{"Name": "vpc-endpoint-owner", "Values": ["333333333333"]}]
    assert len(describe(Filters=owner)["VpcEndpointConnections"]) == 4
    endpoint = next(iter(endpoints))
    by_id = describe(Filters=[{"Name": "vpc-endpoint-id", "Values": [endpoint]}])["VpcEndpointConnections"]
    assert [c["VpcEndpointId"] for c in by_id] == [endpoint]
    with refused("InvalidParameterValue"):
        describe(Filters=[{"Name": "vpc-endpoint-id ", "Values": [endpoint]}])
    paginator = provider.ec2.get_paginator("describe_vpc_endpoint_connections")
    filters = [{"Name": "service-id", "Values": [service["ServiceId"]]}]
    pages = list(paginator.paginate(Filters=filters, PaginationConfig={"PageSize": 5}))
    assert [len(page["VpcEndpointConnections"]) for page in pages] == [5, 3]


def test_one_account_can_be_both_sides(provider: Provider) -> None:
    service = provider.make_service()
    made = _create(provider, provider.vpc, service["ServiceName"])
    assert made["State"] == "pendingAcceptance"
    assert provider.sandbox.eventually(lambda: provider.connections(service["ServiceId"]), bool)


def test_an_endpoint_has_interfaces_names_and_groups(provider: Provider) -> None:
    service = provider.make_service(AcceptanceRequired=False)
    tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "link", "Value": "x"}]}]
    made = _create(provider, provider.vpc, service["ServiceName"], TagSpecifications=tags, ClientToken="t")
    assert _create(provider, provider.vpc, service["ServiceName"], TagSpecifications=tags, ClientToken="t") == made
    endpoint_id = made["VpcEndpointId"]
    assert [group["GroupName"] for group in made["Groups"]] == ["default"]
    assert len(made["DnsEntries"]) == 3
    enis = provider.ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])
    assert {eni["SubnetId"] for eni in enis["NetworkInterfaces"]} == set(provider.vpc.subnets)
    describe = provider.ec2.describe_vpc_endpoints
    filters = [{"Name": "tag:link", "Values": ["x"]}, {"Name": "vpc-endpoint-type", "Values": ["Interface"]}]
    assert [e["VpcEndpointId"] for e in describe(Filters=filters)["VpcEndpoints"]] == [endpoint_id]
    provider.sandbox.eventually(lambda: describe()["VpcEndpoints"][0]["State"], "available".__eq__)
    provider.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint_id,
        RemoveSubnetIds=[provider.vpc.subnets[1]],
        AddSecurityGroupIds=[provider.vpc.security_group],
    )
    changed = describe()["VpcEndpoints"][0]
    assert changed["SubnetIds"] == [provider.vpc.subnets[0]]
    assert provider.vpc.security_group in [group["GroupId"] for group in changed["Groups"]]
    assert provider.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])["Unsuccessful"] == []
    assert describe()["VpcEndpoints"][0]["State"] == "deleting"
    provider.sandbox.eventually(lambda: describe()["VpcEndpoints"], lambda endpoints: not endpoints)


def test_what_create_refuses(provider: Provider) -> None:
    name = provider.make_service()["ServiceName"]
    with refused("InvalidServiceName"):
        _create(provider, provider.vpc, "com.amazonaws.vpce.us-east-1.vpce-svc-00000000000000000")
    with refused("InvalidVpcId.NotFound"):
        provider.ec2.create_vpc_endpoint(VpcEndpointType="Interface", VpcId="vpc-1", ServiceName=name)
    with refused("InvalidSubnetID.NotFound"):
        _create(provider, provider.vpc, name, SubnetIds=["subnet-1"])
    with refused("InvalidGroup.NotFound"):
        _create(provider, provider.vpc, name, SecurityGroupIds=["sg-1"])
    with refused("InvalidParameter", naming="private DNS name"):
        _create(provider, provider.vpc, name, PrivateDnsEnabled=True)
    second = provider.ec2.create_subnet(VpcId=provider.vpc.id, CidrBlock="10.1.9.0/24", AvailabilityZone="us-east-1a")
    with refused("DuplicateSubnetsInSameZone"):
        _create(provider, provider.vpc, name, SubnetIds=[provider.vpc.subnets[0], second["Subnet"]["SubnetId"]])
    with refused("NotImplemented", 501):
        provider.ec2.create_vpc_endpoint(VpcEndpointType="GatewayLoadBalancer", VpcId=provider.vpc.id)
    with refused("InvalidVpcEndpointId.Malformed"):
        provider.ec2.describe_vpc_endpoints(VpcEndpointIds=["vpce-1"])


def test_aws_own_services(provider: Provider) -> None:
    with refused("InvalidParameter", naming="enableDnsHostnames"):
        _create(provider, provider.vpc, "com.amazonaws.us-east-1.secretsmanager")
    provider.ec2.modify_vpc_attribute(VpcId=provider.vpc.id, EnableDnsHostnames={"Value": True})
    made = _create(provider, provider.vpc, "com.amazonaws.us-east-1.secretsmanager")
    assert made["State"] == "pending"
    gateway = provider.ec2.create_vpc_endpoint(VpcId=provider.vpc.id, ServiceName="com.amazonaws.us-east-1.s3")
    assert gateway["VpcEndpoint"]["VpcEndpointType"] == "Gateway"
    assert gateway["VpcEndpoint"]["State"] == "available"


def test_peering_connections_are_filtered_and_paged(provider: Provider, make_vpc: Callable[..., Vpc]) -> None:
    ec2, mine = provider.ec2, provider.vpc.id
    peers = [make_vpc(provider.account, cidr=f"10.{number}.0.0/16").id for number in range(2, 8)]
    made = [ec2.create_vpc_peering_connection(VpcId=mine, PeerVpcId=peer)["VpcPeeringConnection"] for peer in peers]
    ids = [peering["VpcPeeringConnectionId"] for peering in made]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=ids[0])
    describe = ec2.describe_vpc_peering_connections

    def found(name: str, value: str) -> list[str]:
        rows = describe(Filters=[{"Name": name, "Values": [value]}])["VpcPeeringConnections"]
        return [row["VpcPeeringConnectionId"] for row in rows]

    assert found("status-code", "active") == ids[:1]
    assert found("accepter-vpc-info.vpc-id", peers[1]) == ids[1:2]
    assert found("accepter-vpc-info.vpc-id", mine) == []
    assert found("requester-vpc-info.vpc-id", mine) == ids
    pages = ec2.get_paginator("describe_vpc_peering_connections").paginate(PaginationConfig={"PageSize": 5})
    assert [len(page["VpcPeeringConnections"]) for page in pages] == [5, 1]
    with refused("InvalidVpcPeeringConnectionID.NotFound"):
        describe(VpcPeeringConnectionIds=["pcx-00000000000000000"])


def _create(provider: Provider, vpc: Vpc, name: str, **options: Any) -> dict[str, Any]:
    parameters = {"VpcEndpointType": "Interface", "VpcId": vpc.id, "SubnetIds": list(vpc.subnets), **options}
    return dict(provider.ec2.create_vpc_endpoint(ServiceName=name, **parameters)["VpcEndpoint"])


def test_private_dns_cannot_be_changed_before_the_acceptance(provider: Provider) -> None:
    """AWS documents neither this nor the opposite; the sandbox reads it strictly."""
    service = provider.make_service()
    endpoint = _create(provider, provider.vpc, service["ServiceName"], PrivateDnsEnabled=False)["VpcEndpointId"]
    with refused("IncorrectState"):
        provider.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PrivateDnsEnabled=True)
    kept = {"VpcEndpointId": endpoint, "RemoveSubnetIds": [provider.vpc.subnets[0]]}
    assert provider.ec2.modify_vpc_endpoint(**kept)["Return"]


def test_network_interfaces_are_filtered_and_paged(provider: Provider) -> None:
    """EC2 API reference, DescribeNetworkInterfaces, read 2026-11: filters, and a page of five at least."""
    describe = provider.ec2.describe_network_interfaces
    service = provider.make_service(AcceptanceRequired=False)
    _create(provider, provider.vpc, service["ServiceName"])
    for number in range(2):
        provider.make_load_balancer(f"more-{number}")
    by = {"Name": "description", "Values": ["ELB net/*"]}
    nodes = describe(Filters=[by])["NetworkInterfaces"]
    assert len(nodes) == 6
    assert {node["InterfaceType"] for node in nodes} == {"network_load_balancer"}
    assert len({node["PrivateIpAddress"] for node in nodes}) == 6
    page = describe(MaxResults=5)
    rest = describe(MaxResults=5, NextToken=page["NextToken"])["NetworkInterfaces"]
    assert len({row["NetworkInterfaceId"] for row in [*page["NetworkInterfaces"], *rest]}) == 8
    with refused("InvalidNetworkInterfaceID.NotFound"):
        describe(NetworkInterfaceIds=["eni-00000000000000000"])
    with refused("InvalidParameterValue"):
        describe(Filters=[{"Name": "bogus", "Values": ["x"]}])
