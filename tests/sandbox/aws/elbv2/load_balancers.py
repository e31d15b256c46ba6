# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network Load Balancers; and Application Load Balancers, which are there and can be described and deleted.

Sources: Elastic Load Balancing API Reference, CreateLoadBalancer and SetSubnets; guide "Network Load Balancers",
"Update the Availability Zones" (8 free addresses in each subnet); messages: aws-load-balancer-controller#1233 (free
addresses) and #4852 (IPv6). All read 2026-11.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import EndpointService
from tests.sandbox.aws.elbv2 import resources as elb
from tests.sandbox.aws.elbv2.resources import Listener, LoadBalancer, Node
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World, hex_id

ATTRIBUTES = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "load_balancing.cross_zone.enabled": "false",
    "dns_record.client_routing_policy": "any_availability_zone",
    "ipv6.deny_all_igw_traffic": "false",
    "secondary_ips.auto_assigned.per_subnet": "0",
    "zonal_shift.config.enabled": "false",
}
"""Attributes of a Network Load Balancer and their defaults (ModifyLoadBalancerAttributes, read 2026-11)."""

HOSTED_ZONE = "Z26RNL4JYFTOTI"
KINDS = {"network": "net", "application": "app"}
"""Type of a load balancer -> what its ARN has for it."""

LEAST_ADDRESSES = 8  # free in each subnet


@operation("elbv2", "CreateLoadBalancer")
def create(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    kind = params.get("Type") or "application"
    if kind not in KINDS:
        raise AwsError("NotImplemented", f"The sandbox does not implement elbv2 CreateLoadBalancer of type {kind}", 501)
    elb.check_name(params["Name"])
    request = elb.request_of(call)
    for balancer in world.all(LoadBalancer, call.account, call.region):
        if (balancer.name, balancer.type) == (params["Name"], kind):
            if balancer.request == request:
                return {"LoadBalancers": [described(balancer)]}
            message = f"A load balancer with the same name '{balancer.name}' exists, but with different settings"
            raise AwsError("DuplicateLoadBalancerName", message)
    zones, vpc_id = _zones(call)
    _check_subnets([zone["SubnetId"] for zone in zones], params.get("IpAddressType") or "ipv4", call)
    nodes = _nodes(call, world, zones, params.get("Scheme") or "internet-facing", {})
    groups = params.get("SecurityGroups") or []
    _check_security_groups(groups, call)
    balancer = LoadBalancer(
        key=elb.arn(call, f"loadbalancer/{KINDS[kind]}/{params['Name']}/{hex_id('', 16)}"),
        account=call.account,
        region=call.region,
        life=world.life("load_balancer", "provisioning", "active"),
        tags=elb.tags_of(call),
        name=params["Name"],
        type=kind,
        scheme=params.get("Scheme") or "internet-facing",
        vpc_id=vpc_id,
        zones=zones,
        security_groups=groups,
        ip_address_type=params.get("IpAddressType") or "ipv4",
        request=request,
        nodes=nodes,
    )
    world.add(balancer)
    return {"LoadBalancers": [described(balancer)]}


@operation("elbv2", "DescribeLoadBalancers")
def describe(call: Call, world: World) -> dict[str, Any]:
    arns = call.params.get("LoadBalancerArns")
    balancers = (
        [elb.get(LoadBalancer, arn, call, world) for arn in arns] if arns else elb.named(LoadBalancer, call, world)
    )
    found, marker = elb.page(call, balancers)
    return {"LoadBalancers": [described(balancer) for balancer in found], "NextMarker": marker}


@operation("elbv2", "DeleteLoadBalancer")
def delete(call: Call, world: World) -> dict[str, Any]:
    balancer = world.find(LoadBalancer, call.params["LoadBalancerArn"], call.account, call.region)
    if balancer is None:
        # Deleting what does not exist succeeds (DeleteLoadBalancer, read 2026-11).
        return {}
    if balancer.attributes.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{balancer.key}' cannot be deleted because deletion protection is enabled"
        raise AwsError("OperationNotPermitted", message)
    if any(balancer.key in service.load_balancer_arns for service in world.all(EndpointService)):
        message = (
            f"Load balancer '{balancer.key}' cannot be deleted because it is currently associated with another service"
        )
        raise AwsError("ResourceInUse", message)
    for listener in world.all(Listener):
        if listener.load_balancer_arn == balancer.key:
            world.remove(listener)
    world.remove(balancer)
    return {}


@operation("elbv2", "DescribeLoadBalancerAttributes")
def describe_attributes(call: Call, world: World) -> dict[str, Any]:
    balancer = elb.get(LoadBalancer, call.params["LoadBalancerArn"], call, world)
    return {"Attributes": elb.attribute_list(ATTRIBUTES, balancer.attributes)}


@operation("elbv2", "ModifyLoadBalancerAttributes")
def modify_attributes(call: Call, world: World) -> dict[str, Any]:
    balancer = elb.get(LoadBalancer, call.params["LoadBalancerArn"], call, world)
    balancer.attributes.update(elb.attributes_of(call, ATTRIBUTES))
    return {"Attributes": elb.attribute_list(ATTRIBUTES, balancer.attributes)}


@operation("elbv2", "SetSecurityGroups")
def set_security_groups(call: Call, world: World) -> dict[str, Any]:
    balancer = elb.get(LoadBalancer, call.params["LoadBalancerArn"], call, world)
    groups = call.params["SecurityGroups"]
    if not balancer.security_groups:
        message = f"Security groups cannot be set on load balancer '{balancer.key}', which was created without any"
        raise AwsError("InvalidConfigurationRequest", message)
    if not groups:
        message = f"The last security group of load balancer '{balancer.key}' cannot be removed"
        raise AwsError("InvalidConfigurationRequest", message)
    _check_security_groups(groups, call)
    balancer.security_groups = groups
    enforce = call.params.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    if enforce is not None:
        balancer.enforce_on_privatelink = enforce
    return {
        "SecurityGroupIds": groups,
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": balancer.enforce_on_privatelink,
    }


@operation("elbv2", "SetSubnets")
def set_subnets(call: Call, world: World) -> dict[str, Any]:
    balancer = elb.get(LoadBalancer, call.params["LoadBalancerArn"], call, world)
    params, (zones, vpc_id) = call.params, _zones(call)
    if vpc_id != balancer.vpc_id:
        raise AwsError("InvalidSubnet", f"The subnets are not in the load balancer's VPC {balancer.vpc_id}")
    missing = {zone["SubnetId"] for zone in balancer.zones} - {zone["SubnetId"] for zone in zones}
    in_use = any(balancer.key in service.load_balancer_arns for service in world.all(EndpointService))
    if missing and in_use:
        message = f"Subnets of load balancer '{balancer.key}' cannot be removed while an endpoint service uses it"
        raise AwsError("InvalidConfigurationRequest", message)
    new = [zone["SubnetId"] for zone in zones if zone["SubnetId"] not in balancer.nodes]
    _check_subnets(new, params.get("IpAddressType") or balancer.ip_address_type, call)
    shown = {zone["SubnetId"]: zone["LoadBalancerAddresses"] for zone in balancer.zones}
    for zone in zones:  # an address that was given stays given
        zone["LoadBalancerAddresses"] = zone["LoadBalancerAddresses"] or shown.get(zone["SubnetId"], [])
    balancer.nodes = _nodes(call, world, zones, balancer.scheme, balancer.nodes)
    balancer.zones = zones
    return {"AvailabilityZones": zones, "IpAddressType": balancer.ip_address_type}


@operation("elbv2", "SetIpAddressType")
def set_ip_address_type(call: Call, world: World) -> dict[str, Any]:
    balancer = elb.get(LoadBalancer, call.params["LoadBalancerArn"], call, world)
    if call.params["IpAddressType"] != "ipv4":
        _check_ipv6([zone["SubnetId"] for zone in balancer.zones], call)
    balancer.ip_address_type = call.params["IpAddressType"]
    return {"IpAddressType": balancer.ip_address_type}


def described(balancer: LoadBalancer) -> dict[str, Any]:
    """A LoadBalancer of the API."""
    groups = balancer.security_groups
    return {
        "LoadBalancerArn": balancer.key,
        "DNSName": f"{balancer.name}-{balancer.key.rpartition('/')[2]}.elb.{balancer.region}.amazonaws.com",
        "CanonicalHostedZoneId": HOSTED_ZONE,
        "CreatedTime": balancer.created_at,
        "LoadBalancerName": balancer.name,
        "Scheme": balancer.scheme,
        "VpcId": balancer.vpc_id,
        "State": {"Code": balancer.state},
        "Type": balancer.type,
        "AvailabilityZones": balancer.zones,
        "SecurityGroups": groups or None,
        "IpAddressType": balancer.ip_address_type,
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": balancer.enforce_on_privatelink if groups else None,
    }


def _zones(call: Call) -> tuple[list[dict[str, Any]], str]:
    """The zones that the call's Subnets or SubnetMappings give, and their VPC."""
    mappings = call.params.get("SubnetMappings") or []
    given = {item["SubnetId"]: item.get("PrivateIPv4Address") for item in mappings}
    if given and call.params.get("Subnets"):
        raise AwsError("ValidationError", "You must specify either subnets or subnet mappings, but not both")
    ids = call.params.get("Subnets") or list(given)
    if not ids:
        raise AwsError("ValidationError", "At least one subnet must be specified")
    zones: list[dict[str, Any]] = []
    vpcs = set()
    for subnet_id in ids:
        subnet = moto_ec2.find_subnet(call.account, call.region, subnet_id)
        if subnet is None:
            raise AwsError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")
        if any(zone["ZoneName"] == subnet.availability_zone for zone in zones):
            message = "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
            raise AwsError("InvalidConfigurationRequest", message)
        vpcs.add(subnet.vpc_id)
        # Only addresses that were given are shown (aws provider, data source aws_lb, read 2026-11).
        addresses = [{"PrivateIPv4Address": given[subnet_id]}] if given.get(subnet_id) else []
        zones.append({"ZoneName": subnet.availability_zone, "SubnetId": subnet_id, "LoadBalancerAddresses": addresses})
    if len(vpcs) > 1:
        raise AwsError("InvalidConfigurationRequest", "All subnets must belong to the same VPC")
    return zones, vpcs.pop()


def _check_subnets(new: list[str], ip_address_type: str, call: Call) -> None:
    """Raises for subnets too full for a load balancer, or without IPv6 for one that is dualstack."""
    chosen = {mapping["SubnetId"] for mapping in call.params.get("SubnetMappings") or [] if _chooses(mapping)}
    for subnet_id in new:
        subnet = moto_ec2.find_subnet(call.account, call.region, subnet_id)
        if subnet_id not in chosen and subnet.available_ip_address_count < LEAST_ADDRESSES:
            need = f"ELB requires at least {LEAST_ADDRESSES} free IP addresses in each subnet."
            raise AwsError("InvalidSubnet", f"Not enough IP space available in {subnet_id}. {need}")
    if ip_address_type != "ipv4":
        _check_ipv6(new, call)


def _chooses(mapping: dict[str, Any]) -> bool:
    """Whether the address in a subnet is the caller's choice, who then needs no other."""
    return bool(mapping.get("PrivateIPv4Address"))


def _check_ipv6(subnet_ids: list[str], call: Call) -> None:
    if not all(moto_ec2.has_ipv6(moto_ec2.find_subnet(call.account, call.region, found)) for found in subnet_ids):
        raise AwsError("ValidationError", "You must specify subnets with an associated IPv6 CIDR block.")


def _nodes(
    call: Call, world: World, zones: list[dict[str, Any]], scheme: str, present: dict[str, Node]
) -> dict[str, Node]:
    """A node for each zone; one that is there keeps its address (NLB guide, Network Load Balancers, read 2026-11)."""
    nodes = {}
    for zone in zones:
        subnet = moto_ec2.find_subnet(call.account, call.region, zone["SubnetId"])
        given = next((row["PrivateIPv4Address"] for row in zone["LoadBalancerAddresses"]), None)
        here = present.get(subnet.id)
        if given and scheme != "internal":
            message = "A private IPv4 address can only be specified for an internal load balancer"
            raise AwsError("InvalidConfigurationRequest", message)
        if given and here and given != here.address:
            message = f"The private IPv4 address of subnet '{subnet.id}' cannot be changed from {here.address}"
            raise AwsError("InvalidConfigurationRequest", message)
        nodes[subnet.id] = here or Node(hex_id("eni-"), _address(subnet, given, world))
    return nodes


def _address(subnet: Any, given: str | None, world: World) -> str:
    """An address in a subnet that nothing has yet. Of a subnet that is full, the last one.

    AWS reserves the first four of a subnet and the last (VPC guide, Subnet CIDR blocks, read 2026-11).
    """
    nodes = [balancer.nodes.get(subnet.id) for balancer in world.all(LoadBalancer)]
    taken = {node.address for node in nodes if node}
    taken |= {eni.private_ip_address for eni in subnet.ec2_backend.enis.values()}
    network = ipaddress.IPv4Network(subnet.cidr_block)
    usable = range(4, network.num_addresses - 1)
    if given is None:
        return next((text for place in usable if (text := str(network[place])) not in taken), str(network[-2]))
    if int(ipaddress.IPv4Address(given)) - int(network[0]) not in usable:
        raise AwsError("InvalidConfigurationRequest", f"{given} is not an address for subnet '{subnet.id}'")
    if given in taken:
        raise AwsError("InvalidConfigurationRequest", f"The private IPv4 address {given} is already in use")
    return given


def _check_security_groups(groups: list[str], call: Call) -> None:
    for group_id in groups:
        if moto_ec2.find_security_group(call.account, call.region, group_id) is None:
            raise AwsError("InvalidSecurityGroup", f"The security group ID '{group_id}' does not exist")
