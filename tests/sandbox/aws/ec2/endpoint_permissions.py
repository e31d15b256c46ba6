# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may request a connection to an endpoint service, and what a consumer sees of it."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.requests import page, select
from tests.sandbox.aws.ec2.resources import EndpointService, base_dns_name, service_of, visible, zone_ids
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import World, hex_id

PRINCIPALS = [
    (re.compile(r"\*"), "All"),
    (re.compile(r"[a-z0-9-]+\.amazonaws\.com(\.cn)?"), "Service"),
    (re.compile(r"arn:[\w-]+:organizations::\d{12}:ou/o-\w+/ou-[\w-]+"), "OrganizationUnit"),
    (re.compile(r"arn:[\w-]+:iam::\d{12}:root"), "Account"),
    (re.compile(r"arn:[\w-]+:iam::\d{12}:user/[\w+=,.@-]+"), "User"),
    (re.compile(r"arn:[\w-]+:iam::\d{12}:role/[\w+=,.@-]+"), "Role"),
]


@operation("ec2", "ModifyVpcEndpointServicePermissions")
def modify(call: Call, world: World) -> dict[str, Any]:
    service = service_of(call, world)
    add, remove = call.params.get("AddAllowedPrincipals") or [], call.params.get("RemoveAllowedPrincipals") or []
    if not add and not remove:
        raise AwsError("MissingParameter", "The request must contain AddAllowedPrincipals or RemoveAllowedPrincipals")
    for principal in [*add, *remove]:
        principal_type(principal)
        if principal.startswith("arn:") and principal.split(":")[1] != partition(call.region):
            raise AwsError("InvalidPrincipal", f"Invalid Principal: '{principal}'")
    added = []
    for principal in add:
        if principal not in service.principals:
            service.principals[principal] = hex_id("vpce-svc-perm-")
            added.append(_permission(service, principal))
    for principal in remove:
        service.principals.pop(principal, None)
    return {"AddedPrincipals": added, "ReturnValue": True}


@operation("ec2", "DescribeVpcEndpointServicePermissions")
def describe(call: Call, world: World) -> dict[str, Any]:
    service = service_of(call, world)
    fields = {
        "principal": lambda item: item["Principal"],
        "principal-type": lambda item: item["PrincipalType"],
        "permission-type": lambda item: "vpc-endpoint",
    }
    permissions = [_permission(service, principal) for principal in service.principals]
    found, token = page(call, select(call, permissions, fields), least=5)
    return {"AllowedPrincipals": found, "NextToken": token}


@operation("ec2", "DescribeVpcEndpointServices")
def describe_services(call: Call, world: World) -> dict[str, Any]:
    """The consumer's view: own services and those whose owner allows the account."""
    names = call.params.get("ServiceNames")
    regions = call.params.get("ServiceRegions") or [call.region]
    services = [
        service
        for service in world.all(EndpointService)
        if service.region in regions and visible(service, call.account, call.region)
    ]
    if names:
        services = [service for service in services if service.name in names]
        absent = sorted(set(names) - {service.name for service in services})
        if absent:
            raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{absent[0]}' does not exist")
    fields = {
        "owner": lambda service: service.account,
        "service-name": lambda service: service.name,
        "service-region": lambda service: service.region,
        "service-type": lambda service: "Interface",
        "supported-ip-address-types": lambda service: service.ip_address_types,
    }
    found, token = page(call, select(call, services, fields, lambda service: service.tags))
    return {
        "ServiceNames": [service.name for service in found],
        "ServiceDetails": [_detail(service, call, world) for service in found],
        "NextToken": token,
    }


def principal_type(principal: str) -> str:
    """The type of an allowed principal. Raises InvalidPrincipal for what AWS refuses, such as ARNs with a path."""
    for pattern, kind in PRINCIPALS:
        if pattern.fullmatch(principal):
            return kind
    raise AwsError("InvalidPrincipal", f"Invalid Principal: '{principal}'")


def _permission(service: EndpointService, principal: str) -> dict[str, Any]:
    return {
        "PrincipalType": principal_type(principal),
        "Principal": principal,
        "ServicePermissionId": service.principals[principal],
        "ServiceId": service.key,
    }


def _detail(service: EndpointService, call: Call, world: World) -> dict[str, Any]:
    # A service in another region is not bound to zones (aws provider #44186, read 2026-11).
    ids = zone_ids(service) if service.region == call.region else []
    names = {zone_id: name for name, zone_id in moto_ec2.zones(call.account, call.region).items()}
    verified = service.private_dns is not None and service.private_dns.state == "verified"
    return {
        "ServiceName": service.name,
        "ServiceId": service.key,
        "ServiceType": [{"ServiceType": "Interface"}],
        "ServiceRegion": service.region,
        "AvailabilityZoneIds": ids,
        "AvailabilityZones": [names[zone_id] for zone_id in ids],
        "Owner": service.account,
        "BaseEndpointDnsNames": [base_dns_name(service)],
        "PrivateDnsName": service.private_dns_name if verified else None,
        "PrivateDnsNames": [{"PrivateDnsName": service.private_dns_name}] if verified else [],
        "VpcEndpointPolicySupported": False,
        "AcceptanceRequired": service.acceptance_required,
        "ManagesVpcEndpoints": False,
        "Tags": service.tag_list if service.account == call.account else [],
        "PrivateDnsNameVerificationState": service.private_dns.state if service.private_dns else None,
        "SupportedIpAddressTypes": service.ip_address_types,
    }
