# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint services, their permissions and notifications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Vpc
from tests.contract.conftest import VENDOR, Provider, refused

ABSENT = "vpce-svc-00000000000000000"
TOPIC = "arn:aws:sns:us-east-1:111111111111:connections"


def test_a_service_begins_pending_and_becomes_available(provider: Provider) -> None:
    made = provider.ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[provider.load_balancer],
        TagSpecifications=[{"ResourceType": "vpc-endpoint-service", "Tags": [{"Key": "link", "Value": "orders"}]}],
    )["ServiceConfiguration"]
    assert made["ServiceState"] == "Pending"
    assert len(made["ServiceId"]) == len("vpce-svc-") + 17
    assert made["ServiceName"] == f"com.amazonaws.vpce.us-east-1.{made['ServiceId']}"
    assert made["SupportedIpAddressTypes"] == ["ipv4"]
    assert made["AvailabilityZones"] == list(provider.vpc.zones)
    assert made["AcceptanceRequired"] is True
    assert made["Tags"] == [{"Key": "link", "Value": "orders"}]
    assert made["PrivateDnsNameConfiguration"] == {}
    provider.sandbox.eventually(
        lambda: provider.service(made["ServiceId"])["ServiceState"], lambda state: state == "Available"
    )


def test_a_client_token_makes_one_service(provider: Provider) -> None:
    create = provider.ec2.create_vpc_endpoint_service_configuration
    parameters = {"NetworkLoadBalancerArns": [provider.load_balancer], "ClientToken": "one"}
    first, second = (create(**parameters)["ServiceConfiguration"]["ServiceId"] for dummy in range(2))
    assert first == second
    with refused("IdempotentParameterMismatch"):
        create(**parameters, AcceptanceRequired=False)


def test_load_balancers_are_checked(provider: Provider) -> None:
    create = provider.ec2.create_vpc_endpoint_service_configuration
    with refused("InvalidParameter"):
        create()
    with refused("InvalidNetworkLoadBalancerArn.Malformed"):
        create(NetworkLoadBalancerArns=["arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/x/1"])
    with refused("InvalidNetworkLoadBalancerArn.NotFound"):
        create(NetworkLoadBalancerArns=[provider.load_balancer[:-4] + "0000"])
    new = provider.elb.create_load_balancer(Name="new", Type="network", Subnets=[provider.vpc.subnets[0]])
    with refused("InvalidParameter", naming="not active"):
        create(NetworkLoadBalancerArns=[new["LoadBalancers"][0]["LoadBalancerArn"]])
    with refused("InvalidParameter", naming="dualstack"):
        create(NetworkLoadBalancerArns=[provider.load_balancer], SupportedIpAddressTypes=["ipv6"])


def test_describe_filters_and_pages(provider: Provider) -> None:
    describe = provider.ec2.describe_vpc_endpoint_service_configurations
    ids = [provider.make_service()["ServiceId"] for dummy in range(7)]
    provider.ec2.create_tags(Resources=ids[:2], Tags=[{"Key": "link", "Value": "a"}])

    def found(name: str, *values: str) -> list[str]:
        answer = describe(Filters=[{"Name": name, "Values": list(values)}])["ServiceConfigurations"]
        return [service["ServiceId"] for service in answer]

    assert found("service-id", ids[3]) == [ids[3]]
    assert found("tag:link", "a") == ids[:2]
    assert found("tag-key", "link") == ids[:2]
    assert found("service-name", f"*{ids[4]}") == [ids[4]]
    assert found("service-state", "Deleting") == []
    with refused("InvalidParameterValue", naming="vpc-id"):
        found("vpc-id", "x")
    first = describe(MaxResults=5)
    assert [service["ServiceId"] for service in first["ServiceConfigurations"]] == ids[:5]
    rest = describe(MaxResults=5, NextToken=first["NextToken"])
    assert [service["ServiceId"] for service in rest["ServiceConfigurations"]] == ids[5:]
    assert "NextToken" not in rest
    with refused("InvalidMaxResults"):
        describe(MaxResults=4)
    with refused("InvalidNextToken"):
        describe(NextToken="nonsense")


def test_ids_are_malformed_unknown_or_anothers(provider: Provider, boto: Callable[..., Any]) -> None:
    service_id = provider.make_service()["ServiceId"]
    with refused("InvalidVpcEndpointServiceIdId.Malformed"):
        provider.service("vpce-svc-1")
    with refused("InvalidVpcEndpointServiceId.NotFound", naming=ABSENT):
        provider.service(ABSENT)
    stranger = boto("222222222222", "ec2")
    with refused("InvalidVpcEndpointServiceId.NotFound"):
        stranger.modify_vpc_endpoint_service_permissions(ServiceId=service_id, AddAllowedPrincipals=["*"])
    assert stranger.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"] == []


def test_modify_works_by_deltas(provider: Provider) -> None:
    service_id = provider.make_service(AcceptanceRequired=False)["ServiceId"]
    modify = provider.ec2.modify_vpc_endpoint_service_configuration
    other = provider.make_load_balancer("other")
    assert modify(ServiceId=service_id, AddNetworkLoadBalancerArns=[other])["Return"] is True
    assert provider.service(service_id)["NetworkLoadBalancerArns"] == [provider.load_balancer, other]
    modify(ServiceId=service_id, RemoveNetworkLoadBalancerArns=[provider.load_balancer], AcceptanceRequired=True)
    changed = provider.service(service_id)
    assert changed["NetworkLoadBalancerArns"] == [other]
    assert changed["AcceptanceRequired"] is True
    with refused("InvalidParameter"):
        modify(ServiceId=service_id, RemoveNetworkLoadBalancerArns=[other])
    modify(ServiceId=service_id, AddSupportedRegions=["eu-west-1"])
    provider.sandbox.eventually(
        lambda: provider.service(service_id)["SupportedRegions"],
        lambda regions: {"Region": "eu-west-1", "ServiceState": "Available"} in regions,
    )


def test_live_connections_hold_the_service_and_its_load_balancers(provider: Provider) -> None:
    service = provider.make_service(VENDOR)
    service_id = service["ServiceId"]
    endpoint = provider.request(service)
    delete = provider.ec2.delete_vpc_endpoint_service_configurations
    failed = delete(ServiceIds=[service_id, ABSENT])["Unsuccessful"]
    codes = {item["ResourceId"]: item["Error"]["Code"] for item in failed}
    assert codes == {service_id: "ExistingVpcEndpointConnections", ABSENT: "InvalidVpcEndpointService.NotFound"}
    other = provider.make_load_balancer("other")
    modify = provider.ec2.modify_vpc_endpoint_service_configuration
    modify(ServiceId=service_id, AddNetworkLoadBalancerArns=[other])
    with refused("ExistingVpcEndpointConnections"):
        modify(ServiceId=service_id, RemoveNetworkLoadBalancerArns=[other])
    with refused("ResourceInUse", naming="associated with another service"):
        provider.elb.delete_load_balancer(LoadBalancerArn=provider.load_balancer)
    provider.ec2.reject_vpc_endpoint_connections(ServiceId=service_id, VpcEndpointIds=[endpoint])
    assert delete(ServiceIds=[service_id])["Unsuccessful"] == []
    assert provider.service(service_id)["ServiceState"] == "Deleting"

    def gone() -> bool:
        return not provider.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]

    provider.sandbox.eventually(gone, bool)
    assert [c["VpcEndpointState"] for c in provider.connections(service_id)] == ["rejected"]
    with refused("InvalidVpcEndpointServiceId.NotFound"):
        provider.ec2.reject_vpc_endpoint_connections(ServiceId=service_id, VpcEndpointIds=[endpoint])
    provider.elb.delete_load_balancer(LoadBalancerArn=provider.load_balancer)


def test_permissions(provider: Provider) -> None:
    service_id = provider.make_service()["ServiceId"]
    modify, describe = (
        provider.ec2.modify_vpc_endpoint_service_permissions,
        provider.ec2.describe_vpc_endpoint_service_permissions,
    )
    principals = {
        "arn:aws:iam::222222222222:root": "Account",
        "arn:aws:iam::222222222222:role/reader": "Role",
        "arn:aws:iam::222222222222:user/ann": "User",
        "*": "All",
    }
    added = modify(ServiceId=service_id, AddAllowedPrincipals=list(principals))["AddedPrincipals"]
    assert {item["Principal"]: item["PrincipalType"] for item in added} == principals
    assert all(item["ServicePermissionId"].startswith("vpce-svc-perm-") for item in added)
    assert modify(ServiceId=service_id, AddAllowedPrincipals=["*"])["AddedPrincipals"] == []
    modify(ServiceId=service_id, RemoveAllowedPrincipals=["*"])
    allowed = describe(ServiceId=service_id, Filters=[{"Name": "principal-type", "Values": ["All", "Role"]}])
    assert [item["Principal"] for item in allowed["AllowedPrincipals"]] == ["arn:aws:iam::222222222222:role/reader"]
    with refused("InvalidVpcEndpointServiceId.NotFound"):
        describe(ServiceId=ABSENT)


@pytest.mark.parametrize("principal", ["garbage", "222222222222", "arn:aws:iam::222222222222:role/team/reader", ""])
def test_principals_that_aws_refuses(provider: Provider, principal: str) -> None:
    service_id = provider.make_service()["ServiceId"]
    with refused("InvalidPrincipal"):
        provider.ec2.modify_vpc_endpoint_service_permissions(ServiceId=service_id, AddAllowedPrincipals=[principal])


def test_consumers_see_what_they_are_allowed(provider: Provider, boto: Callable[..., Any]) -> None:
    service = provider.make_service()
    consumer = boto("333333333333", "ec2")
    with refused("InvalidServiceName"):
        consumer.describe_vpc_endpoint_services(ServiceNames=[service["ServiceName"]])
    with refused("InvalidServiceName"):
        consumer.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=consumer.describe_vpcs()["Vpcs"][0]["VpcId"],
            ServiceName=service["ServiceName"],
        )
    provider.ec2.modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], AddAllowedPrincipals=["arn:aws:iam::333333333333:root"]
    )
    answer = consumer.describe_vpc_endpoint_services(ServiceNames=[service["ServiceName"]])
    detail = answer["ServiceDetails"][0]
    assert answer["ServiceNames"] == [service["ServiceName"]]
    assert detail["Owner"] == provider.account
    assert sorted(detail["AvailabilityZones"]) == list(provider.vpc.zones)
    with refused("InvalidServiceName"):
        boto("333333333333", "ec2", "eu-west-1").describe_vpc_endpoint_services(ServiceNames=[service["ServiceName"]])


def test_a_service_is_seen_in_supported_regions_without_zones(provider: Provider, boto: Callable[..., Any]) -> None:
    service = provider.make_service("333333333333", SupportedRegions=["eu-west-1"])
    consumer = boto("333333333333", "ec2", "eu-west-1")
    names = [service["ServiceName"]]
    provider.sandbox.eventually(
        lambda: provider.service(service["ServiceId"])["SupportedRegions"][1]["ServiceState"], "Available".__eq__
    )
    detail = consumer.describe_vpc_endpoint_services(ServiceRegions=["us-east-1"], ServiceNames=names)["ServiceDetails"]
    assert detail[0]["ServiceRegion"] == "us-east-1"
    assert detail[0]["AvailabilityZones"] == []


def test_a_service_in_another_region_is_reached_by_its_region_only(
    provider: Provider, boto: Callable[..., Any], make_vpc: Callable[..., Any]
) -> None:
    """CreateVpcEndpoint, ServiceRegion: "the Region where the service is hosted, by default the current Region"; AWS
    PrivateLink guide, Share your services: a consumer's region must be supported. Both read 2026-11.
    """
    service = provider.make_service("333333333333", SupportedRegions=["eu-west-1"], AcceptanceRequired=False)
    provider.sandbox.eventually(
        lambda: provider.service(service["ServiceId"])["SupportedRegions"][0]["ServiceState"], "Available".__eq__
    )

    def create(region: str, **options: Any) -> dict[str, Any]:
        vpc = make_vpc("333333333333", region)
        parameters = {"VpcId": vpc.id, "SubnetIds": list(vpc.subnets), "ServiceName": service["ServiceName"]}
        ec2 = boto("333333333333", "ec2", region)
        return dict(ec2.create_vpc_endpoint(VpcEndpointType="Interface", **parameters, **options)["VpcEndpoint"])

    with refused("InvalidServiceName"):
        create("eu-west-1")
    with refused("InvalidServiceName"):
        create("eu-central-1", ServiceRegion="us-east-1")
    assert create("eu-west-1", ServiceRegion="us-east-1")["ServiceRegion"] == "us-east-1"


@pytest.mark.parametrize("outcome", ["verified", "failed"])
def test_private_dns_verification(provider: Provider, outcome: str) -> None:
    service_id = provider.make_service(PrivateDnsName="db.example.com")["ServiceId"]

    def state() -> str:
        return str(provider.service(service_id)["PrivateDnsNameConfiguration"]["State"])

    configuration = provider.service(service_id)["PrivateDnsNameConfiguration"]
    assert configuration["State"] == "pendingVerification"
    assert configuration["Type"] == "TXT"
    assert configuration["Name"].startswith("_")
    assert configuration["Value"].startswith("vpce:")
    if outcome == "verified":
        provider.ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=service_id)
    else:
        provider.sandbox.control("POST", "private_dns", service_id=service_id, outcome="failed")
    assert state() == "pendingVerification"
    provider.sandbox.eventually(state, outcome.__eq__)
    provider.ec2.modify_vpc_endpoint_service_configuration(ServiceId=service_id, RemovePrivateDnsName=True)
    assert "PrivateDnsName" not in provider.service(service_id)
    with refused("InvalidParameter"):
        provider.ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=service_id)


def test_notifications(provider: Provider) -> None:
    service_id = provider.make_service()["ServiceId"]
    ec2 = provider.ec2
    made = ec2.create_vpc_endpoint_connection_notification(
        ServiceId=service_id, ConnectionNotificationArn=TOPIC, ConnectionEvents=["Connect", "Accept"]
    )["ConnectionNotification"]
    notification_id = made["ConnectionNotificationId"]
    assert made["ConnectionNotificationState"] == "Enabled"
    assert made["ConnectionEvents"] == ["Accept", "Connect"]
    ec2.modify_vpc_endpoint_connection_notification(
        ConnectionNotificationId=notification_id, ConnectionEvents=["Delete"]
    )
    filters = [{"Name": "service-id", "Values": [service_id]}]
    listed = ec2.describe_vpc_endpoint_connection_notifications(Filters=filters)["ConnectionNotificationSet"]
    assert [item["ConnectionEvents"] for item in listed] == [["Delete"]]
    with refused("InvalidParameterValue"):
        ec2.create_vpc_endpoint_connection_notification(
            ServiceId=service_id, ConnectionNotificationArn=TOPIC, ConnectionEvents=["Explode"]
        )
    delete = ec2.delete_vpc_endpoint_connection_notifications
    assert delete(ConnectionNotificationIds=[notification_id])["Unsuccessful"] == []
    failed = delete(ConnectionNotificationIds=[notification_id])["Unsuccessful"]
    assert [item["ResourceId"] for item in failed] == [notification_id]


def test_tags_of_ours_and_of_motos(provider: Provider, make_vpc: Callable[..., Vpc]) -> None:
    service_id, vpc_id = provider.make_service()["ServiceId"], provider.vpc.id
    ec2 = provider.ec2
    ec2.create_tags(Resources=[service_id, vpc_id], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    filters = [{"Name": "resource-id", "Values": [service_id, vpc_id]}, {"Name": "key", "Values": ["a"]}]
    rows = ec2.describe_tags(Filters=filters)["Tags"]
    assert {row["ResourceId"]: row["ResourceType"] for row in rows} == {
        service_id: "vpc-endpoint-service",
        vpc_id: "vpc",
    }
    ec2.delete_tags(Resources=[service_id, vpc_id], Tags=[{"Key": "a", "Value": "other"}, {"Key": "b"}])
    assert provider.service(service_id)["Tags"] == [{"Key": "a", "Value": "1"}]
    assert ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]["Tags"] == [{"Key": "a", "Value": "1"}]
    with refused("InvalidVpcEndpointServiceId.NotFound"):
        ec2.create_tags(Resources=[ABSENT], Tags=[{"Key": "a", "Value": "1"}])
