# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint services at their owner: create, describe, modify, delete, verify the private DNS name.

Sources: AWS PrivateLink Guide, "Create a service powered by AWS PrivateLink" (a load balancer can be associated with a
single service) and "Configure an endpoint service" (adding load balancers, new zones, domain names, home region; both
read 2026-11).
"""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.ec2.requests import each, page, select, tags_of
from tests.sandbox.aws.ec2.resources import (
    EndpointService,
    VpcEndpoint,
    base_dns_name,
    conclude_private_dns,
    service_of,
    zone_ids,
)
from tests.sandbox.aws.elbv2.resources import LoadBalancer
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.client_tokens import once
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, Life, World, hex_id

LIVE = ("pendingAcceptance", "pending", "available", "partial")
"""States of connections that keep a service from being deleted or given other load balancers."""

NLB_ARN = re.compile(r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer/net/[\w-]+/[0-9a-f]{16}")


@operation("ec2", "CreateVpcEndpointServiceConfiguration")
def create(call: Call, world: World) -> dict[str, Any]:
    def new() -> dict[str, Any]:
        arns = call.params.get("NetworkLoadBalancerArns") or []
        if not arns:
            message = "exactly one of network_load_balancer_arn or gateway_load_balancer_arn is a required member"
            raise AwsError("InvalidParameter", message)
        balancers = [_load_balancer(arn, call, world) for arn in arns]
        _refuse_taken(arns, world)
        types = call.params.get("SupportedIpAddressTypes") or ["ipv4"]
        _check_ip_types(types, balancers)
        service = EndpointService(
            key=hex_id("vpce-svc-"),
            account=call.account,
            region=call.region,
            life=world.life("endpoint_service", "Pending", "Available"),
            tags=tags_of(call, "vpc-endpoint-service"),
            load_balancer_arns=list(dict.fromkeys(arns)),
            zones=_zones(balancers),
            acceptance_required=call.params.get("AcceptanceRequired", True),
            ip_address_types=sorted(set(types)),
            regions={call.region: Life([("Available", 0.0)])},
        )
        _set_private_dns(service, call.params.get("PrivateDnsName"))
        _change_regions(service, call.params.get("SupportedRegions") or [], [], world)
        world.add(service)
        return {"ServiceConfiguration": configuration(service), "ClientToken": call.params.get("ClientToken")}

    return once(call, world, new)


@operation("ec2", "DescribeVpcEndpointServiceConfigurations")
def describe(call: Call, world: World) -> dict[str, Any]:
    ids = call.params.get("ServiceIds")
    services = (
        [service_of(call, world, service_id) for service_id in ids]
        if ids
        else world.all(EndpointService, call.account, call.region)
    )
    fields = {
        "service-name": lambda service: service.name,
        "service-id": lambda service: service.key,
        "service-state": lambda service: service.state,
        "supported-ip-address-types": lambda service: service.ip_address_types,
    }
    found, token = page(call, select(call, services, fields, lambda service: service.tags), least=5)
    return {"ServiceConfigurations": [configuration(service) for service in found], "NextToken": token}


@operation("ec2", "ModifyVpcEndpointServiceConfiguration")
def modify(call: Call, world: World) -> dict[str, Any]:
    service, params = service_of(call, world), call.params
    if service.state not in ("Available", "Pending"):
        raise AwsError("IncorrectState", f"The service {service.key} is {service.state}")
    if params.get("PrivateDnsName") and params.get("RemovePrivateDnsName"):
        raise AwsError("InvalidParameterCombination", "PrivateDnsName and RemovePrivateDnsName exclude each other")
    arns = _changed_load_balancers(service, call, world)
    types = set(service.ip_address_types) | set(params.get("AddSupportedIpAddressTypes") or [])
    types -= set(params.get("RemoveSupportedIpAddressTypes") or [])
    balancers = [_load_balancer(arn, call, world) for arn in arns]
    _check_ip_types(sorted(types), balancers)
    if service.region in (params.get("RemoveSupportedRegions") or []):
        message = f"The Region {service.region}, which hosts the service {service.key}, cannot be removed"
        raise AwsError("InvalidParameter", message)
    _check_private_dns_name(params.get("PrivateDnsName"))
    service.load_balancer_arns, service.ip_address_types = arns, sorted(types)
    service.zones = _zones(balancers)  # whatever else is modified: its id alone is enough
    if params.get("AcceptanceRequired") is not None:
        service.acceptance_required = params["AcceptanceRequired"]
    if params.get("RemovePrivateDnsName"):
        service.private_dns_name, service.private_dns = None, None
    elif params.get("PrivateDnsName") not in (None, service.private_dns_name):
        _set_private_dns(service, params["PrivateDnsName"])
    _change_regions(service, params.get("AddSupportedRegions") or [], params.get("RemoveSupportedRegions") or [], world)
    return {"Return": True}


@operation("ec2", "DeleteVpcEndpointServiceConfigurations")
def delete(call: Call, world: World) -> dict[str, Any]:
    def act(service_id: str) -> None:
        service = world.find(EndpointService, service_id, call.account, call.region)
        if service is None:
            message = f"The VpcEndpointService Id '{service_id}' does not exist"
            raise AwsError("InvalidVpcEndpointService.NotFound", message)
        _refuse_connections(service, world)
        if service.state != "Deleting":
            service.life = world.life("endpoint_service", "Deleting", GONE)

    return each(call.params["ServiceIds"], act)


@operation("ec2", "StartVpcEndpointServicePrivateDnsVerification")
def verify_private_dns(call: Call, world: World) -> dict[str, Any]:
    service = service_of(call, world)
    if service.private_dns is None:
        raise AwsError("InvalidParameter", f"The service {service.key} has no private DNS name")
    conclude_private_dns(service, service.private_dns_outcome, world)
    return {"ReturnValue": True}


@operation("ec2", "ModifyVpcEndpointServicePayerResponsibility")
def modify_payer(call: Call, world: World) -> dict[str, Any]:
    service_of(call, world).payer = call.params["PayerResponsibility"]
    return {"ReturnValue": True}


def configuration(service: EndpointService) -> dict[str, Any]:
    """A ServiceConfiguration of the API."""
    return {
        "ServiceType": [{"ServiceType": "Interface"}],
        "ServiceId": service.key,
        "ServiceName": service.name,
        "ServiceState": service.state,
        "AvailabilityZones": service.zones,
        "AvailabilityZoneIds": zone_ids(service),
        "AcceptanceRequired": service.acceptance_required,
        "ManagesVpcEndpoints": False,
        "NetworkLoadBalancerArns": service.load_balancer_arns,
        "SupportedIpAddressTypes": service.ip_address_types,
        "BaseEndpointDnsNames": [base_dns_name(service)],
        "PrivateDnsName": service.private_dns_name,
        # AWS answers an empty element when there is no name (terraform-provider-aws, read 2026-11).
        "PrivateDnsNameConfiguration": _private_dns(service),
        "PayerResponsibility": service.payer,
        "Tags": service.tag_list,
        "SupportedRegions": [{"Region": name, "ServiceState": life.state} for name, life in _regions(service)],
        "RemoteAccessEnabled": len(_regions(service)) > 1,
    }


def _private_dns(service: EndpointService) -> dict[str, str]:
    if service.private_dns is None:
        return {}
    secret = service.key.removeprefix("vpce-svc-")
    return {"State": service.private_dns.state, "Type": "TXT", "Value": f"vpce:{secret}", "Name": f"_{secret[:13]}"}


def _check_private_dns_name(name: str | None) -> None:
    if name and name != name.lower():
        raise AwsError("InvalidParameter", f"Domain names must use lowercase: {name}")


def _set_private_dns(service: EndpointService, name: str | None) -> None:
    _check_private_dns_name(name)
    service.private_dns_name = name or None
    service.private_dns = Life([("pendingVerification", 0.0)]) if name else None


def _regions(service: EndpointService) -> list[tuple[str, Life]]:
    return [(name, life) for name, life in service.regions.items() if life.state != GONE]


def _change_regions(service: EndpointService, add: list[str], remove: list[str], world: World) -> None:
    for name in add:
        service.regions.setdefault(name, world.life("supported_region", "Pending", "Available"))
    for name in remove:
        service.regions.pop(name, None)


def _load_balancer(arn: str, call: Call, world: World) -> LoadBalancer:
    if not NLB_ARN.fullmatch(arn):
        message = f"The Network Load Balancer ARN '{arn}' is malformed"
        raise AwsError("InvalidNetworkLoadBalancerArn.Malformed", message)
    balancer = world.find(LoadBalancer, arn, call.account, call.region)
    if balancer is None:
        raise AwsError("InvalidNetworkLoadBalancerArn.NotFound", f"The Network Load Balancer '{arn}' does not exist")
    if balancer.state != "active":
        raise AwsError("InvalidParameter", f"The Network Load Balancer '{arn}' is not active")
    return balancer


def _zones(balancers: list[LoadBalancer]) -> list[str]:
    return sorted({zone["ZoneName"] for balancer in balancers for zone in balancer.zones})


def _refuse_taken(arns: list[str], world: World) -> None:
    """Raises for load balancers of another service. API Gateway's VPC links have the message; the code is a guess."""
    for service in world.all(EndpointService):
        if set(arns) & set(service.load_balancer_arns):
            raise AwsError("InvalidParameter", "NLB is already associated with another VPC Endpoint Service")


def _changed_load_balancers(service: EndpointService, call: Call, world: World) -> list[str]:
    add = call.params.get("AddNetworkLoadBalancerArns") or []
    remove = call.params.get("RemoveNetworkLoadBalancerArns") or []
    if not add and not remove:
        return service.load_balancer_arns
    if remove:  # AWS PrivateLink Guide, "Configure an endpoint service", read 2026-11: adding is allowed
        _refuse_connections(service, world)
    for arn in remove:
        if arn not in service.load_balancer_arns:
            message = f"The Network Load Balancer '{arn}' is not associated with the service"
            raise AwsError("InvalidNetworkLoadBalancerArn.NotFound", message)
    _refuse_taken([arn for arn in add if arn not in service.load_balancer_arns], world)
    arns = [arn for arn in dict.fromkeys([*service.load_balancer_arns, *add]) if arn not in remove]
    if not arns:
        raise AwsError("InvalidParameter", "A service needs at least one load balancer")
    return arns


def _check_ip_types(types: list[str], balancers: list[LoadBalancer]) -> None:
    if not types or set(types) - {"ipv4", "ipv6"}:
        raise AwsError("InvalidParameterValue", f"Supported IP address types are ipv4 and ipv6, not {types}")
    if "ipv6" in types and any(balancer.ip_address_type == "ipv4" for balancer in balancers):
        raise AwsError("InvalidParameter", "ipv6 needs load balancers with the IP address type dualstack")


def _refuse_connections(service: EndpointService, world: World) -> None:
    if any(e.service_id == service.key and e.state in LIVE for e in world.all(VpcEndpoint)):
        raise AwsError("ExistingVpcEndpointConnections", "Service has existing active VPC Endpoint connections!")
