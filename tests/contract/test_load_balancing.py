# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network Load Balancers, listeners, target groups and targets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import add_ipv6
from tests.contract.conftest import Provider, refused

ENFORCE = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


def make_group(provider: Provider, name: str = "group", **options: Any) -> str:
    parameters = {"Protocol": "TCP", "Port": 5432, "VpcId": provider.vpc.id, "TargetType": "ip", **options}
    return str(provider.elb.create_target_group(Name=name, **parameters)["TargetGroups"][0]["TargetGroupArn"])


def make_listener(provider: Provider, group: str, port: int = 5432, **options: Any) -> str:
    actions = [{"Type": "forward", "TargetGroupArn": group}]
    parameters = {"LoadBalancerArn": provider.load_balancer, "Protocol": "TCP", "Port": port, **options}
    return str(provider.elb.create_listener(DefaultActions=actions, **parameters)["Listeners"][0]["ListenerArn"])


def health(provider: Provider, group: str, *targets: dict[str, Any]) -> dict[tuple[str, int], dict[str, str]]:
    wanted = {"Targets": list(targets)} if targets else {}
    answer = provider.elb.describe_target_health(TargetGroupArn=group, **wanted)["TargetHealthDescriptions"]
    return {(item["Target"]["Id"], item["Target"]["Port"]): item["TargetHealth"] for item in answer}


def test_a_load_balancer_is_provisioned_then_active(provider: Provider) -> None:
    create = provider.elb.create_load_balancer
    parameters = {"Name": "new", "Type": "network", "Scheme": "internal", "Subnets": list(provider.vpc.subnets)}
    made = create(**parameters)["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    assert made["State"]["Code"] == "provisioning"
    assert f":{provider.account}:loadbalancer/net/new/" in arn
    assert len(arn.rpartition("/")[2]) == 16
    assert [zone["ZoneName"] for zone in made["AvailabilityZones"]] == list(provider.vpc.zones)
    assert create(**parameters)["LoadBalancers"][0]["LoadBalancerArn"] == arn
    with refused("DuplicateLoadBalancerName"):
        create(**{**parameters, "Scheme": "internet-facing"})
    provider.elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn], WaiterConfig={"Delay": 1})


def test_load_balancers_are_found_by_name_and_page(provider: Provider) -> None:
    describe = provider.elb.describe_load_balancers
    for number in range(3):
        provider.make_load_balancer(f"lb{number}")
    assert len(describe(Names=["lb0", "main"])["LoadBalancers"]) == 2
    with refused("LoadBalancerNotFound"):
        describe(Names=["lb0", "nope"])
    with refused("LoadBalancerNotFound"):
        describe(LoadBalancerArns=[provider.load_balancer[:-4] + "0000"])
    with refused("ValidationError"):
        describe(PageSize=401)
    pages = list(provider.elb.get_paginator("describe_load_balancers").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["LoadBalancers"]) for page in pages] == [3, 1]


def test_what_create_load_balancer_refuses(provider: Provider) -> None:
    create = provider.elb.create_load_balancer
    subnets = list(provider.vpc.subnets)
    with refused("ValidationError"):
        create(Name="bad_name", Type="network", Subnets=subnets)
    with refused("SubnetNotFound"):
        create(Name="x", Type="network", Subnets=["subnet-00000000000000000"])
    with refused("InvalidSecurityGroup"):
        create(Name="x", Type="network", Subnets=subnets, SecurityGroups=["sg-00000000000000000"])
    twin = provider.ec2.create_subnet(VpcId=provider.vpc.id, CidrBlock="10.1.9.0/24", AvailabilityZone="us-east-1a")
    with refused("InvalidConfigurationRequest"):
        create(Name="x", Type="network", Subnets=[subnets[0], twin["Subnet"]["SubnetId"]])
    with refused("NotImplemented", 501):
        create(Name="x", Type="gateway", Subnets=subnets)


def test_load_balancer_attributes_subnets_and_deletion(provider: Provider) -> None:
    elb, arn = provider.elb, provider.load_balancer

    def attributes() -> dict[str, str]:
        answer = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {item["Key"]: item["Value"] for item in answer}

    def change(key: str, value: str) -> None:
        elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value}])

    assert attributes()["load_balancing.cross_zone.enabled"] == "false"
    change("load_balancing.cross_zone.enabled", "true")
    assert attributes()["load_balancing.cross_zone.enabled"] == "true"
    with refused("ValidationError", naming="bogus"):
        change("bogus", "1")
    zones = elb.set_subnets(LoadBalancerArn=arn, Subnets=[provider.vpc.subnets[0]])["AvailabilityZones"]
    assert [zone["SubnetId"] for zone in zones] == [provider.vpc.subnets[0]]
    add_ipv6(provider.ec2, provider.vpc.id, provider.vpc.subnets[0])
    assert elb.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="dualstack")["IpAddressType"] == "dualstack"
    change("deletion_protection.enabled", "true")
    with refused("OperationNotPermitted"):
        elb.delete_load_balancer(LoadBalancerArn=arn)
    change("deletion_protection.enabled", "false")
    elb.delete_load_balancer(LoadBalancerArn=arn)
    elb.delete_load_balancer(LoadBalancerArn=arn)
    assert elb.describe_load_balancers()["LoadBalancers"] == []


def test_security_groups_cannot_come_later_or_go_to_zero(provider: Provider) -> None:
    set_groups = provider.elb.set_security_groups
    groups = [provider.vpc.security_group]
    with refused("InvalidConfigurationRequest", naming="created without any"):
        set_groups(LoadBalancerArn=provider.load_balancer, SecurityGroups=groups)
    arn = provider.make_load_balancer("guarded", SecurityGroups=groups)

    def described() -> dict[str, Any]:
        return dict(provider.elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0])

    assert described()[ENFORCE] == "on"
    with refused("InvalidConfigurationRequest"):
        set_groups(LoadBalancerArn=arn, SecurityGroups=[])
    set_groups(LoadBalancerArn=arn, SecurityGroups=groups, **{ENFORCE: "off"})
    assert described()[ENFORCE] == "off"
    set_groups(LoadBalancerArn=arn, SecurityGroups=groups)
    assert described()[ENFORCE] == "off"


def test_target_groups(provider: Provider) -> None:
    elb = provider.elb
    arn = make_group(provider)
    assert make_group(provider) == arn
    with refused("DuplicateTargetGroupName"):
        make_group(provider, Port=5433)
    described = elb.describe_target_groups(Names=["group"])["TargetGroups"][0]
    assert described["LoadBalancerArns"] == []
    assert described["HealthCheckPort"] == "traffic-port"
    listener = make_listener(provider, arn)
    by_balancer = elb.describe_target_groups(LoadBalancerArn=provider.load_balancer)["TargetGroups"]
    assert [group["LoadBalancerArns"] for group in by_balancer] == [[provider.load_balancer]]
    with refused("ResourceInUse"):
        elb.delete_target_group(TargetGroupArn=arn)
    changed = elb.modify_target_group(TargetGroupArn=arn, HealthCheckPort="8080")["TargetGroups"][0]
    assert changed["HealthCheckPort"] == "8080"
    delay = "deregistration_delay.timeout_seconds"
    answer = elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[{"Key": delay, "Value": "5"}])
    assert {"Key": delay, "Value": "5"} in answer["Attributes"]
    with refused("ValidationError"):
        elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[{"Key": delay, "Value": "9999"}])
    attributes = elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    assert {"Key": "preserve_client_ip.enabled", "Value": "false"} in attributes
    elb.delete_listener(ListenerArn=listener)
    elb.delete_target_group(TargetGroupArn=arn)
    elb.delete_target_group(TargetGroupArn=arn)
    with refused("TargetGroupNotFound"):
        elb.describe_target_groups(TargetGroupArns=[arn])
    with refused("TargetGroupNotFound"):
        elb.describe_target_groups(Names=["group"])


def test_listeners(provider: Provider) -> None:
    elb = provider.elb
    group = make_group(provider)
    arn = make_listener(provider, group)
    assert make_listener(provider, group) == arn
    other = make_group(provider, "other", Port=5433)
    with refused("DuplicateListener"):
        make_listener(provider, other)
    with refused("IncompatibleProtocols"):
        make_listener(provider, make_group(provider, "udp", Protocol="UDP"), port=53)
    with refused("TargetGroupNotFound"):
        make_listener(provider, other[:-4] + "0000", port=1)
    with refused("TargetGroupAssociationLimit"):
        make_listener(provider, group, LoadBalancerArn=provider.make_load_balancer("second"))
    with refused("LoadBalancerNotFound"):
        make_listener(provider, group, LoadBalancerArn=provider.load_balancer[:-4] + "0000")
    actions = [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": other}]}}]
    elb.modify_listener(ListenerArn=arn, DefaultActions=actions)
    listed = elb.describe_listeners(LoadBalancerArn=provider.load_balancer)["Listeners"]
    assert [item["DefaultActions"][0]["TargetGroupArn"] for item in listed] == [other]
    elb.delete_listener(ListenerArn=arn)
    with refused("ListenerNotFound"):
        elb.delete_listener(ListenerArn=arn)


def test_a_target_lives_from_initial_to_gone(provider: Provider) -> None:
    elb, group = provider.elb, make_group(provider)
    target, key = {"Id": "10.1.0.5", "Port": 5432}, ("10.1.0.5", 5432)
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.1.0.5"}])
    assert health(provider, group)[key]["Reason"] == "Target.NotInUse"
    make_listener(provider, group)
    assert health(provider, group)[key]["State"] == "initial"
    provider.sandbox.eventually(lambda: health(provider, group)[key]["State"], "healthy".__eq__)
    provider.sandbox.control(
        "POST", "target_health", target_group_arn=group, id="10.1.0.5", state="unhealthy", reason="Target.Timeout"
    )
    assert health(provider, group)[key] == {
        "State": "unhealthy",
        "Reason": "Target.Timeout",
        "Description": "Health checks failed",
    }
    provider.sandbox.control("POST", "target_health", target_group_arn=group, id="10.1.0.5", state="healthy")
    elb.deregister_targets(TargetGroupArn=group, Targets=[target, {"Id": "10.1.0.99"}])
    assert health(provider, group)[key]["State"] == "draining"
    provider.sandbox.eventually(lambda: health(provider, group), lambda targets: not targets)
    assert health(provider, group, target)[key]["Reason"] == "Target.NotRegistered"


def test_deregistering_without_a_port_means_the_groups_port(provider: Provider) -> None:
    group = make_group(provider)
    targets = [{"Id": "10.1.0.5", "Port": port} for port in (5432, 6432)]
    provider.elb.register_targets(TargetGroupArn=group, Targets=targets)
    provider.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "10.1.0.5"}])
    assert set(health(provider, group)) == {("10.1.0.5", 6432)}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"Id": "10.1.0.5", "AvailabilityZone": "all"}, "is within the VPC, and cannot have its Availability Zone"),
        ({"Id": "10.1.0.5", "AvailabilityZone": "us-east-1b"}, "to 'us-east-1b' from 'us-east-1a'"),
        ({"Id": "10.7.0.5"}, "The Availability Zone is required for IP address '10.7.0.5'"),
        # Inside the VPC's CIDR block but in none of its subnets: AWS judges by subnets.
        ({"Id": "10.1.200.5"}, "The Availability Zone is required"),
        ({"Id": "10.7.0.5", "AvailabilityZone": "mars"}, "select 'all'"),
        ({"Id": "8.8.8.8", "AvailabilityZone": "all"}, "is not within a range"),
        ({"Id": "not-an-ip"}, "is not a valid IP address"),
    ],
)
def test_addresses_that_aws_refuses(provider: Provider, target: dict[str, Any], message: str) -> None:
    group = make_group(provider)
    with refused("ValidationError", naming=message):
        provider.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.1.1.1"}, target])
    assert health(provider, group) == {}


def test_a_target_needs_its_zone_or_cross_zone(provider: Provider) -> None:
    group = make_group(provider)
    make_listener(provider, group)
    provider.elb.set_subnets(LoadBalancerArn=provider.load_balancer, Subnets=[provider.vpc.subnets[0]])
    targets = [{"Id": "10.1.1.5"}, {"Id": "10.9.0.5", "AvailabilityZone": "all"}]
    provider.elb.register_targets(TargetGroupArn=group, Targets=targets)
    provider.sandbox.eventually(lambda: health(provider, group)["10.9.0.5", 5432]["State"], "healthy".__eq__)
    assert health(provider, group)["10.1.1.5", 5432]["Reason"] == "Target.NotInUse"
    provider.elb.modify_target_group_attributes(
        TargetGroupArn=group, Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    )
    assert health(provider, group)["10.1.1.5", 5432]["State"] == "healthy"


def test_tags(provider: Provider) -> None:
    elb, group = provider.elb, make_group(provider, Tags=[{"Key": "a", "Value": "1"}])
    arns = [provider.load_balancer, group]
    elb.add_tags(ResourceArns=arns, Tags=[{"Key": "b", "Value": "2"}])
    elb.remove_tags(ResourceArns=arns, TagKeys=["a"])
    described = elb.describe_tags(ResourceArns=arns)["TagDescriptions"]
    assert {item["ResourceArn"]: item["Tags"] for item in described} == {
        arn: [{"Key": "b", "Value": "2"}] for arn in arns
    }
    with refused("ValidationError", naming="20"):
        elb.describe_tags(ResourceArns=[group] * 21)
    with refused("TargetGroupNotFound"):
        elb.describe_tags(ResourceArns=[group[:-4] + "0000"])


def test_attributes_of_listeners_are_those_of_tcp_alone(provider: Provider) -> None:
    """NLB guide, "Update the TCP idle timeout for your Network Load Balancer listener", read 2026-11."""
    elb, key = provider.elb, "tcp.idle_timeout.seconds"
    tcp = make_listener(provider, make_group(provider))

    def change(arn: str, value: str, name: str = key) -> list[dict[str, Any]]:
        answer = elb.modify_listener_attributes(ListenerArn=arn, Attributes=[{"Key": name, "Value": value}])
        return list(answer["Attributes"])

    assert elb.describe_listener_attributes(ListenerArn=tcp)["Attributes"] == [{"Key": key, "Value": "350"}]
    assert change(tcp, "6000") == [{"Key": key, "Value": "6000"}]
    for value in ("59", "6001", "long"):
        with refused("ValidationError"):
            change(tcp, value)
    with refused("ValidationError", naming="bogus"):
        change(tcp, "60", "bogus")
    certificate = {"CertificateArn": f"arn:aws:acm:us-east-1:{provider.account}:certificate/1"}
    group = make_group(provider, "tls", Protocol="TLS")
    tls = make_listener(provider, group, 443, Protocol="TLS", Certificates=[certificate])
    with refused("ValidationError", naming=key):
        change(tls, "600")
    listed = elb.describe_listener_certificates(ListenerArn=tls)["Certificates"]
    assert listed == [{**certificate, "IsDefault": True}]
    assert elb.describe_listener_certificates(ListenerArn=tcp)["Certificates"] == []
    elb.delete_listener(ListenerArn=tcp)
    with refused("ListenerNotFound"):
        change(tcp, "60")


def test_nodes_have_addresses_that_never_change(provider: Provider) -> None:
    """NLB guide, "Network Load Balancers", and SubnetMapping of the API reference; re:Post, "find load balancer IP"."""
    elb, (first, second) = provider.elb, provider.vpc.subnets
    mapping = {"SubnetId": first, "PrivateIPv4Address": "10.1.0.77"}
    arn = provider.make_load_balancer("fixed", Subnets=[], SubnetMappings=[mapping, {"SubnetId": second}])

    def interfaces() -> dict[str, str]:
        described = [{"Name": "description", "Values": [f"ELB {arn.partition(':loadbalancer/')[2]}"]}]
        found = provider.ec2.describe_network_interfaces(Filters=described)["NetworkInterfaces"]
        return {interface["SubnetId"]: interface["PrivateIpAddress"] for interface in found}

    zones = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["AvailabilityZones"]
    assert [zone["LoadBalancerAddresses"] for zone in zones] == [[{"PrivateIPv4Address": "10.1.0.77"}], []]
    chosen = interfaces()
    assert chosen[first] == "10.1.0.77"
    with refused("InvalidConfigurationRequest"):
        elb.set_subnets(LoadBalancerArn=arn, SubnetMappings=[{**mapping, "PrivateIPv4Address": "10.1.0.78"}])
    kept = elb.set_subnets(LoadBalancerArn=arn, Subnets=[first, second])["AvailabilityZones"]
    assert kept[0]["LoadBalancerAddresses"] == [{"PrivateIPv4Address": "10.1.0.77"}]
    assert interfaces() == chosen
    for address in ("10.1.9.9", "10.1.0.3", "10.1.0.255", "10.1.0.77"):  # another subnet's, two reserved, one taken
        with refused("InvalidConfigurationRequest"):
            provider.make_load_balancer(
                "other", Subnets=[], SubnetMappings=[{**mapping, "PrivateIPv4Address": address}]
            )
    with refused("ValidationError"):
        provider.make_load_balancer("other", Subnets=[first], SubnetMappings=[{**mapping}])
    with refused("InvalidConfigurationRequest"):
        elb.create_load_balancer(
            Name="public", Type="network", SubnetMappings=[{**mapping, "PrivateIPv4Address": "10.1.0.78"}]
        )
    elb.delete_load_balancer(LoadBalancerArn=arn)
    assert interfaces() == {}
