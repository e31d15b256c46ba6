# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPC endpoints at their consumer: Interface, Resource and ServiceNetwork endpoints with their states, and Gateways."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.sandbox.aws.ec2 import gateway_endpoints, interface_endpoints, moto_ec2, resource_endpoints
from tests.sandbox.aws.ec2.requests import each, page, select, tags_of
from tests.sandbox.aws.ec2.resources import EndpointService, VpcEndpoint, visible, zone_ids
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.client_tokens import once
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, Life, Outcome, World, hex_id

ENDPOINT_SERVICE = re.compile(r"com\.amazonaws\.vpce\.[\w-]+\.(vpce-svc-[0-9a-f]{17})")
AWS_SERVICE = re.compile(r"(com|aws)\.[\w.-]+")
FULL_ACCESS = json.dumps({"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]})
HOSTED_ZONE = "Z7HUB22UULQXV"


@operation("ec2", "CreateVpcEndpoint")
def create(call: Call, world: World) -> dict[str, Any]:
    kind = call.params.get("VpcEndpointType") or "Gateway"
    if kind not in ("Interface", "Gateway", *resource_endpoints.KINDS):
        raise AwsError("NotImplemented", f"The sandbox does not implement ec2 CreateVpcEndpoint of type {kind}", 501)
    if moto_ec2.find_vpc(call.account, call.region, call.params["VpcId"]) is None:
        raise AwsError("InvalidVpcId.NotFound", f"The vpc ID '{call.params['VpcId']}' does not exist")
    return once(call, world, lambda: _created(kind, call, world))


@operation("ec2", "DescribeVpcEndpoints")
def describe(call: Call, world: World) -> dict[str, Any]:
    ids = call.params.get("VpcEndpointIds")
    endpoints = (
        [_endpoint(endpoint_id, call, world) for endpoint_id in ids]
        if ids
        else [e for e in world.all(VpcEndpoint, call.account, call.region) if e.state != "deleted"]
    )
    fields: dict[str, Callable[[VpcEndpoint], Any]] = {
        "ip-address-type": lambda endpoint: endpoint.ip_address_type,
        "service-name": lambda endpoint: endpoint.service_name,
        "service-region": lambda endpoint: endpoint.service_region,
        "vpc-id": lambda endpoint: endpoint.vpc_id,
        "vpc-endpoint-id": lambda endpoint: endpoint.key,
        "vpc-endpoint-state": lambda endpoint: endpoint.state,
        "vpc-endpoint-type": lambda endpoint: endpoint.kind,
    }
    found, token = page(call, select(call, endpoints, fields, lambda endpoint: endpoint.tags))
    return {"VpcEndpoints": [described(endpoint, call) for endpoint in found], "NextToken": token}


@operation("ec2", "ModifyVpcEndpoint")
def modify(call: Call, world: World) -> dict[str, Any]:
    endpoint, params = _endpoint(call.params["VpcEndpointId"], call, world), call.params
    if endpoint.state not in ("available", "pendingAcceptance"):
        raise AwsError("IncorrectState", f"The Vpc Endpoint '{endpoint.key}' is {endpoint.state}")
    if endpoint.state == "pendingAcceptance" and params.get("PrivateDnsEnabled") is not None:
        raise AwsError("IncorrectState", f"Private DNS of '{endpoint.key}' can't be changed before it is accepted")
    service = world.find(EndpointService, str(endpoint.service_id))
    if endpoint.kind in resource_endpoints.KINDS:
        resource_endpoints.check_modify(endpoint, call)
    elif params.get("PrivateDnsEnabled"):
        of = (endpoint.service_name, service, endpoint.vpc_id)
        interface_endpoints.check_private_dns(*of, call, world, endpoint.key)
    address_type = params.get("IpAddressType") or endpoint.ip_address_type
    route_table_ids = _changed(endpoint.route_table_ids, params, "RouteTableIds")
    gateway_endpoints.check_modify(endpoint, route_table_ids, call, world)
    subnet_ids = _changed(endpoint.subnet_ids, params, "SubnetIds")
    interface_endpoints.check_addresses(address_type, [_subnet(found, call) for found in subnet_ids], service)
    options = {**endpoint.dns_options, **(params.get("DnsOptions") or {})}
    if endpoint.kind == "Interface":
        options = interface_endpoints.dns_options(endpoint.service_name, options, address_type)
    _change_subnets(endpoint, service, call, world)
    endpoint.route_table_ids = route_table_ids
    groups = _changed(endpoint.security_group_ids, params, "SecurityGroupIds")
    _check_security_groups(groups, call)
    endpoint.security_group_ids = groups
    for interface_id in endpoint.network_interface_ids:
        moto_ec2.put_into_groups(call.account, call.region, interface_id, groups)
    if params.get("PrivateDnsEnabled") is not None:
        endpoint.private_dns_enabled = params["PrivateDnsEnabled"]
        endpoint.private_name = interface_endpoints.domain(endpoint.service_name, service)
    if params.get("ResetPolicy") or params.get("PolicyDocument"):
        endpoint.policy = params.get("PolicyDocument") or FULL_ACCESS
    endpoint.ip_address_type, endpoint.dns_options = address_type, options
    if endpoint.state == "available" and endpoint.kind != "Gateway":
        endpoint.life = world.life("vpc_endpoint", "pending", "available")
    return {"Return": True}


@operation("ec2", "DeleteVpcEndpoints")
def delete(call: Call, world: World) -> dict[str, Any]:
    def act(endpoint_id: str) -> None:
        endpoint = world.find(VpcEndpoint, endpoint_id, call.account, call.region)
        if endpoint is None or endpoint.state == "deleted":
            message = f"The Vpc Endpoint Id '{endpoint_id}' does not exist"
            raise AwsError("InvalidVpcEndpoint.NotFound", message)
        if endpoint.state != "deleting":
            _remove_interfaces(endpoint, endpoint.network_interface_ids)
            endpoint.life = world.life("vpc_endpoint", "deleting", "deleted", GONE)
            resource_endpoints.disassociate(endpoint, world)

    return each(call.params["VpcEndpointIds"], act)


def described(endpoint: VpcEndpoint, call: Call) -> dict[str, Any]:
    """A VpcEndpoint of the API."""
    groups = [moto_ec2.find_security_group(call.account, call.region, g) for g in endpoint.security_group_ids]
    return {
        "VpcEndpointId": endpoint.key,
        "VpcEndpointType": endpoint.kind,
        "VpcId": endpoint.vpc_id,
        "ServiceName": endpoint.service_name or None,
        "State": endpoint.state,
        "PolicyDocument": endpoint.policy or None,
        "RouteTableIds": endpoint.route_table_ids,
        "SubnetIds": endpoint.subnet_ids,
        "Groups": [{"GroupId": group.id, "GroupName": group.name} for group in groups if group],
        "IpAddressType": _shown_type(endpoint),
        "PrivateDnsEnabled": endpoint.private_dns_enabled,
        "RequesterManaged": False,
        "NetworkInterfaceIds": endpoint.network_interface_ids,
        "DnsEntries": endpoint.dns_entries,
        "CreationTimestamp": endpoint.created_at,
        "Tags": endpoint.tag_list,
        "OwnerId": endpoint.account,
        "ServiceRegion": endpoint.service_region,
        "ServiceNetworkArn": endpoint.service_network_arn,
        "ResourceConfigurationArn": endpoint.resource_configuration_arn,
        "DnsOptions": endpoint.dns_options or None,
        "LastError": _last_error(endpoint),
    }


def _shown_type(endpoint: VpcEndpoint) -> str:
    """In upper case for endpoints to resources (terraform-provider-aws#45118 and #45946, read 2026-11)."""
    given = endpoint.ip_address_type
    return given.upper() if endpoint.kind in resource_endpoints.KINDS else given


def _last_error(endpoint: VpcEndpoint) -> dict[str, str] | None:
    if endpoint.state not in ("failed", "partial"):
        return None
    code, message = endpoint.failure or ("ServiceUnavailable", "failed")
    return {"Code": code, "Message": message}


def _created(kind: str, call: Call, world: World) -> dict[str, Any]:
    params = call.params
    name = str(params.get("ServiceName") or "")
    to_resources = kind in resource_endpoints.KINDS
    leads_to = resource_endpoints.destination(kind, call, world) if to_resources else {}
    service = None if to_resources else _service(name, call, world)
    gateway_endpoints.check(kind, name, call, world)
    subnets = [_subnet(subnet_id, call) for subnet_id in params.get("SubnetIds") or []]
    _check_subnets(subnets, params["VpcId"], call.region, service, world)
    if to_resources:
        resource_endpoints.check_zones(subnets)
    address_type = params.get("IpAddressType") or "ipv4"
    interface_endpoints.check_addresses(address_type, subnets, service)
    groups = [] if kind == "Gateway" else (params.get("SecurityGroupIds") or [_default_group(call)])
    _check_security_groups(groups, call)
    private: dict[str, Any] = {"private_dns_enabled": bool(params.get("PrivateDnsEnabled"))}
    if kind == "Interface":
        private = interface_endpoints.private(name, service, address_type, call, world)
    key, outcome = hex_id("vpce-"), world.outcome("vpc_endpoint", call.account)
    endpoint = VpcEndpoint(
        key=key,
        account=call.account,
        region=call.region,
        life=_first_life(kind, service, outcome, world),
        tags=tags_of(call, "vpc-endpoint"),
        kind=kind,
        vpc_id=params["VpcId"],
        service_name=name,
        service_id=service.key if service else None,
        service_region=str(params.get("ServiceRegion") or call.region),
        service_owner="" if to_resources else (service.account if service else "amazon"),
        connection_id=hex_id("vpce-con-"),
        subnet_ids=[subnet.id for subnet in subnets],
        zone_ids=[_zone_id(subnet) for subnet in subnets],
        security_group_ids=groups,
        network_interface_ids=[_interface(subnet, key, groups, call) for subnet in subnets],
        route_table_ids=params.get("RouteTableIds") or [],
        ip_address_type=address_type,
        policy="" if to_resources else (params.get("PolicyDocument") or FULL_ACCESS),
        dns_entries=_dns_entries(key, service, subnets) if kind == "Interface" else [],
        seen_from=clock.now() + world.lag("vpc_endpoint.unseen"),
        failure=(outcome.code or "", outcome.reason or "") if outcome else None,
        **leads_to,
        **private,
    )
    world.add(endpoint)
    resource_endpoints.associate(endpoint, world)
    return {"VpcEndpoint": described(endpoint, call), "ClientToken": params.get("ClientToken")}


def _first_life(kind: str, service: EndpointService | None, outcome: Outcome | None, world: World) -> Life:
    if kind == "Gateway":
        return Life([("available", 0.0)])
    if outcome is not None:
        return world.life("vpc_endpoint", "pending", outcome.state)
    if service is not None and service.acceptance_required:
        return world.life("vpc_endpoint", "pendingAcceptance", "expired")
    return world.life("vpc_endpoint", "pending", "available")


def _service(name: str, call: Call, world: World) -> EndpointService | None:
    """The endpoint service of that name in the call's ServiceRegion, by default its own; None for a service of AWS."""
    match = ENDPOINT_SERVICE.fullmatch(name)
    service = world.find(EndpointService, match.group(1)) if match else None
    if service is not None and service.region != (call.params.get("ServiceRegion") or call.region):
        service = None
    if service is not None and service.name == name and visible(service, call.account, call.region):
        return service
    if match is None and AWS_SERVICE.fullmatch(name):
        return None
    raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")


def _subnet(subnet_id: str, call: Call) -> Any:
    subnet = moto_ec2.find_subnet(call.account, call.region, subnet_id)
    if subnet is None:
        raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")
    return subnet


def _zone_id(subnet: Any) -> str:
    return moto_ec2.zones(subnet.owner_id, subnet.ec2_backend.region_name)[subnet.availability_zone]


def _check_subnets(subnets: list[Any], vpc_id: str, region: str, service: EndpointService | None, world: World) -> None:
    # A service in another region is not bound to zones (aws provider #44186, read 2026-11).
    allowed = zone_ids(service) if service and service.region == region else None
    taken: set[str] = set()
    for subnet in subnets:
        if subnet.vpc_id != vpc_id:
            raise AwsError("InvalidParameter", f"The subnet {subnet.id} is not in the VPC {vpc_id}")
        if allowed is not None and _zone_id(subnet) not in allowed:
            zone = f"the availability zone of the subnet: {subnet.id}"
            message = f"The VPC endpoint service {service.name if service else ''} does not support {zone}"
            raise AwsError("InvalidParameter", message)
        if subnet.availability_zone in taken:
            message = f"Found another VPC endpoint subnet in the availability zone of {subnet.id}"
            raise AwsError("DuplicateSubnetsInSameZone", message)
        taken.add(subnet.availability_zone)


def _check_security_groups(groups: list[str], call: Call) -> None:
    for group_id in groups:
        if moto_ec2.find_security_group(call.account, call.region, group_id) is None:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")


def _default_group(call: Call) -> str:
    group = moto_ec2.backend(call.account, call.region).get_default_security_group(call.params["VpcId"])
    return str(group.id)


def _interface(subnet: Any, key: str, groups: list[str], call: Call) -> str:
    backend = moto_ec2.backend(call.account, call.region)
    # Without an address moto picks a free-looking one in the subnet.
    eni = backend.create_network_interface(subnet, None, group_ids=groups, description=f"VPC Endpoint Interface {key}")
    eni.interface_type = "vpc_endpoint"
    return str(eni.id)


def _remove_interfaces(endpoint: VpcEndpoint, ids: list[str]) -> None:
    backend = moto_ec2.backend(endpoint.account, endpoint.region)
    for eni_id in ids:
        backend.enis.pop(eni_id, None)


def _dns_entries(key: str, service: EndpointService | None, subnets: list[Any]) -> list[dict[str, str]]:
    if service is None:
        return []
    prefix, suffix = f"{key}-{key[-8:]}", f"{service.key}.{service.region}.vpce.amazonaws.com"
    names = [f"{prefix}.{suffix}", *(f"{prefix}-{subnet.availability_zone}.{suffix}" for subnet in subnets)]
    return [{"DnsName": name, "HostedZoneId": HOSTED_ZONE} for name in names]


def _endpoint(endpoint_id: str, call: Call, world: World) -> VpcEndpoint:
    if not re.fullmatch(r"vpce-[0-9a-f]{17}", endpoint_id):
        raise AwsError("InvalidVpcEndpointId.Malformed", f"Invalid Id: '{endpoint_id}'")
    endpoint = world.find(VpcEndpoint, endpoint_id, call.account, call.region)
    if endpoint is None or endpoint.state == "deleted":
        raise AwsError("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint_id}' does not exist")
    return endpoint


def _changed(current: list[str], params: dict[str, Any], name: str) -> list[str]:
    """A list after its Add and Remove parameters."""
    removed = params.get(f"Remove{name}") or []
    return [item for item in dict.fromkeys([*current, *(params.get(f"Add{name}") or [])]) if item not in removed]


def _change_subnets(endpoint: VpcEndpoint, service: EndpointService | None, call: Call, world: World) -> None:
    wanted = _changed(endpoint.subnet_ids, call.params, "SubnetIds")
    if wanted == endpoint.subnet_ids:
        return
    subnets = [_subnet(subnet_id, call) for subnet_id in wanted]
    if endpoint.kind in resource_endpoints.KINDS:
        resource_endpoints.check_zones(subnets)
    _check_subnets(subnets, endpoint.vpc_id, call.region, service, world)
    _remove_interfaces(endpoint, endpoint.network_interface_ids)
    endpoint.subnet_ids, endpoint.zone_ids = wanted, [_zone_id(subnet) for subnet in subnets]
    groups = endpoint.security_group_ids
    endpoint.network_interface_ids = [_interface(subnet, endpoint.key, groups, call) for subnet in subnets]
    endpoint.dns_entries = _dns_entries(endpoint.key, service, subnets)
