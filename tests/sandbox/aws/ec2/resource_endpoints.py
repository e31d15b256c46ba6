# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPC endpoints that lead to VPC Lattice: to one resource configuration, or to a service network."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import VpcEndpoint, own
from tests.sandbox.aws.ram import resources as ram
from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import (
    EndpointAssociation,
    ResourceAssociation,
    ResourceConfiguration,
    ServiceNetwork,
)
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.world import Life, World, hex_id

KINDS = ("Resource", "ServiceNetwork")

PREFERENCES = {
    "ALL_DOMAINS",
    "VERIFIED_DOMAINS_ONLY",
    "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
    "SPECIFIED_DOMAINS_ONLY",
}
IMMUTABLE = ("PrivateDnsPreference", "PrivateDnsSpecifiedDomains")

TARGETS: dict[str, tuple[str, str, type[ResourceConfiguration] | type[ServiceNetwork]]] = {
    "Resource": ("ResourceConfigurationArn", "InvalidResourceConfigurationArn", ResourceConfiguration),
    "ServiceNetwork": ("ServiceNetworkArn", "InvalidServiceNetworkArn", ServiceNetwork),
}
"""Type of endpoint -> the parameter that names where it leads, the stem of its errors, the resource."""


def destination(kind: str, call: Call, world: World) -> dict[str, Any]:
    """Where the new endpoint leads, as fields of a VpcEndpoint. Raises EC2's errors for what cannot be."""
    parameter, error, resource = TARGETS[kind]
    for other in ("ServiceName", "ResourceConfigurationArn", "ServiceNetworkArn"):
        if (other == parameter) != bool(call.params.get(other)):
            raise AwsError("InvalidParameter", f"A {kind} endpoint takes {parameter} and no other destination")
    if call.params.get("PolicyDocument"):
        raise AwsError("InvalidParameter", f"A {kind} endpoint has no endpoint policy")
    arn = str(call.params[parameter])
    if not re.fullmatch(rf"arn:aws[\w-]*:vpc-lattice:[\w-]+:\d{{12}}:{resource.WORD}/\w+-[0-9a-z]{{17}}", arn):
        raise AwsError(f"{error}.Malformed", f"Invalid ARN: '{arn}'")
    found = world.find(resource, arn.rpartition("/")[2], region=call.region)
    usable = found is not None and (own(found, call) or arn in ram.shared_arns(call.account, call.region, world))
    if found is None or found.arn != arn or not usable:
        raise AwsError(f"{error}.NotFound", f"'{arn}' does not exist")
    if isinstance(found, ResourceConfiguration) and (found.type == "CHILD" or found.state != "ACTIVE"):
        raise AwsError("InvalidParameter", f"'{arn}' is no ACTIVE resource configuration that an endpoint can lead to")
    field = "resource_configuration_arn" if kind == "Resource" else "service_network_arn"
    return {field: arn, "dns_options": _dns_options(call)}


def _dns_options(call: Call) -> dict[str, Any]:
    """The DnsOptions of a new endpoint with their defaults."""
    options = dict(call.params.get("DnsOptions") or {})
    preference, domains = options.get("PrivateDnsPreference"), options.get("PrivateDnsSpecifiedDomains") or []
    if not call.params.get("PrivateDnsEnabled"):
        if preference or domains:
            raise AwsError("InvalidParameter", "PrivateDnsPreference needs PrivateDnsEnabled")
        return options
    vpc = moto_ec2.find_vpc(call.account, call.region, call.params["VpcId"])
    if not moto_ec2.has_dns(vpc):
        raise moto_ec2.without_dns(vpc)
    preference = preference or "VERIFIED_DOMAINS_ONLY"
    if preference not in PREFERENCES:
        raise AwsError("InvalidParameterValue", f"{preference} is no PrivateDnsPreference")
    if ("SPECIFIED" in preference) != bool(domains) or len(domains) > 10:
        raise AwsError("InvalidParameter", f"PrivateDnsSpecifiedDomains does not go with {preference}, or is too long")
    # AWS answers "*" where there can be no domains (terraform-provider-aws#45537, read 2026-11).
    return {**options, "PrivateDnsPreference": preference, "PrivateDnsSpecifiedDomains": domains or ["*"]}


def check_zones(subnets: list[Any]) -> None:
    """Raises InvalidParameter for a subnet in a zone without VPC Lattice."""
    for subnet in subnets:
        zones = moto_ec2.zones(subnet.owner_id, subnet.ec2_backend.region_name)
        if zones[subnet.availability_zone] in lattice.UNSUPPORTED_ZONE_IDS:
            message = f"VPC Lattice does not support the availability zone of the subnet: {subnet.id}"
            raise AwsError("InvalidParameter", message)


def check_modify(endpoint: VpcEndpoint, call: Call) -> None:
    """Raises InvalidParameter for what AWS keeps as it was created."""
    fixed = [name for name in IMMUTABLE if name in (call.params.get("DnsOptions") or {})]
    fixed += [name for name in ("PrivateDnsEnabled", "PolicyDocument", "ResetPolicy") if name in call.params]
    if fixed:
        raise AwsError("InvalidParameter", f"{fixed[0]} of a {endpoint.kind} endpoint cannot be modified")


def associate(endpoint: VpcEndpoint, world: World) -> None:
    """Let the owner of the resource configuration see the new endpoint."""
    if endpoint.resource_configuration_arn is None:
        return
    configuration = world.find(ResourceConfiguration, endpoint.resource_configuration_arn.rpartition("/")[2])
    if configuration is not None:
        world.add(
            EndpointAssociation(
                key=hex_id("rea-"),
                account=configuration.account,
                region=configuration.region,
                life=Life([("ACTIVE", 0.0)]),
                configuration_id=configuration.key,
                endpoint_id=endpoint.key,
                endpoint_owner=endpoint.account,
            )
        )


def disassociate(endpoint: VpcEndpoint, world: World) -> None:
    """Forget the association of an endpoint that is being deleted."""
    for association in world.all(EndpointAssociation):
        if association.endpoint_id == endpoint.key:
            world.remove(association)


def associations(endpoint: VpcEndpoint, world: World) -> list[dict[str, Any]]:
    """The VpcEndpointAssociations of the API: one for each resource; a group's children, not the group."""
    if endpoint.kind not in KINDS or endpoint.state not in ("available", "partial"):
        return []
    seen_from = endpoint.life.began + world.lag("vpc_endpoint_association.unseen")
    if max(seen_from, endpoint.created) > clock.now():
        return []
    roots: list[tuple[str, ResourceAssociation | None]]
    if endpoint.kind == "Resource":
        linked = [
            association for association in world.all(EndpointAssociation) if association.endpoint_id == endpoint.key
        ]
        roots = [(association.configuration_id, None) for association in linked]
    else:
        network_id = str(endpoint.service_network_arn).rpartition("/")[2]
        of = [association for association in world.all(ResourceAssociation) if association.network_id == network_id]
        roots = [
            (association.configuration_id, association)
            for association in of
            if association.state in ("ACTIVE", "PARTIAL")
        ]
    rows = []
    for configuration_id, via in roots:
        root = world.find(ResourceConfiguration, configuration_id)
        rows += [_row(endpoint, root, child, via, world) for child in lattice.children(root, world)] if root else []
    return rows


def _row(
    endpoint: VpcEndpoint,
    root: ResourceConfiguration,
    configuration: ResourceConfiguration,
    via: ResourceAssociation | None,
    world: World,
) -> dict[str, Any]:
    network = world.find(ServiceNetwork, via.network_id) if via else None
    failure = endpoint.inaccessible.get(configuration.key)
    private = endpoint.private_dns_enabled and (via is None or via.private_dns)
    named = private and configuration.custom_domain is not None and _preferred(endpoint, configuration, world)
    of = endpoint.key if via is None else f"{endpoint.key}-{lattice.association_id(via, configuration)}"
    name = lattice.dns_name(of, configuration)
    return {
        "Id": lattice.derived_id("vpce-rsc-asc-", endpoint.key, configuration.key),
        "VpcEndpointId": endpoint.key,
        "ServiceNetworkArn": network.arn if network else None,
        "ServiceNetworkName": network.name if network else None,
        "AssociatedResourceAccessibility": "Inaccessible" if failure else "Accessible",
        "FailureCode": failure[0] if failure else None,
        "FailureReason": failure[1] if failure else None,
        "DnsEntry": {"DnsName": name, "HostedZoneId": lattice.HOSTED_ZONE},
        "PrivateDnsEntry": {"DnsName": configuration.custom_domain, "HostedZoneId": lattice.HOSTED_ZONE}
        if named
        else None,
        "AssociatedResourceArn": configuration.arn,
        "ResourceConfigurationGroupArn": root.arn if root.type == "GROUP" else None,
        "Tags": [],
    }


def _preferred(endpoint: VpcEndpoint, configuration: ResourceConfiguration, world: World) -> bool:
    """Whether the endpoint's preference gives this resource its private name in the VPC."""
    preference = endpoint.dns_options["PrivateDnsPreference"]
    verified = preference.startswith("VERIFIED") and lattice.is_verified(configuration, world)
    domains = endpoint.dns_options.get("PrivateDnsSpecifiedDomains") or []
    name = str(configuration.custom_domain)
    specified = any(name == domain or name.endswith(f".{domain.removeprefix('*.')}") for domain in domains)
    return preference == "ALL_DOMAINS" or verified or specified
