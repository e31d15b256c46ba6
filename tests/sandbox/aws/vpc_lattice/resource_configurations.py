# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource configurations of VPC Lattice, single or in groups."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import (
    DomainVerification,
    EndpointAssociation,
    LatticeError,
    ResourceAssociation,
    ResourceConfiguration,
    ResourceGateway,
)
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, World, hex_id

PORT_RANGE = re.compile(r"\d{1,5}(-\d{1,5})?")


@operation("vpc-lattice", "CreateResourceConfiguration")
def create(call: Call, world: World) -> dict[str, Any]:
    return lattice.create(call, world, lambda: _created(call, world))


@operation("vpc-lattice", "GetResourceConfiguration")
def get(call: Call, world: World) -> dict[str, Any]:
    configuration = lattice.find(ResourceConfiguration, call.params["resourceConfigurationIdentifier"], call, world)
    verification = world.find(DomainVerification, str(configuration.verification_id))
    return {
        **_described(configuration),
        **_listed(configuration),
        "failureReason": configuration.failure_reason,
        "domainVerificationStatus": verification.state if verification else None,
        "domainVerificationArn": verification.arn if verification else None,
    }


@operation("vpc-lattice", "UpdateResourceConfiguration")
def update(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    configuration = lattice.own(ResourceConfiguration, params["resourceConfigurationIdentifier"], call, world)
    configuration.port_ranges = params.get("portRanges") or configuration.port_ranges
    configuration.definition = params.get("resourceConfigurationDefinition") or configuration.definition
    configuration.shareable_network = params.get(
        "allowAssociationToShareableServiceNetwork", configuration.shareable_network
    )
    return _described(configuration)


@operation("vpc-lattice", "DeleteResourceConfiguration")
def delete(call: Call, world: World) -> dict[str, Any]:
    configuration = lattice.own(ResourceConfiguration, call.params["resourceConfigurationIdentifier"], call, world)
    uses = [
        *(other.key for other in world.all(ResourceConfiguration) if other.group_id == configuration.key),
        *(other.key for other in world.all(EndpointAssociation) if other.configuration_id == configuration.key),
        *(other.key for other in world.all(ResourceAssociation) if other.configuration_id == configuration.key),
    ]
    if uses:
        message = f"{configuration.key} is in use by {', '.join(uses)}"
        raise lattice.conflict(message, "RESOURCE_CONFIGURATION", configuration.key)
    configuration.life = world.life("resource_configuration", "DELETE_IN_PROGRESS", GONE)
    return {}


@operation("vpc-lattice", "ListResourceConfigurations")
def describe(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    wanted = {
        "gateway_id": params.get("resourceGatewayIdentifier"),
        "group_id": params.get("resourceConfigurationGroupIdentifier"),
        "verification_id": params.get("domainVerificationIdentifier"),
    }
    configurations = [
        configuration
        for configuration in lattice.seen(ResourceConfiguration, call, world)
        if all(
            value is None or getattr(configuration, name) == value.rpartition("/")[2] for name, value in wanted.items()
        )
    ]
    found, token = lattice.page(call, configurations)
    return {"items": [_listed(configuration) for configuration in found], "nextToken": token}


def _created(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    name = lattice.check_name(ResourceConfiguration, call, world)
    group = _group(call, world)
    _check(call)
    if group is None:
        gateway = lattice.own(ResourceGateway, params["resourceGatewayIdentifier"], call, world)
        gateway_id = gateway.key
    else:
        gateway_id = str(group.gateway_id)
    verification = params.get("domainVerificationIdentifier")
    if verification:
        lattice.own(DomainVerification, verification, call, world)
    life, outcome = lattice.life(ResourceConfiguration, call, world)
    configuration = ResourceConfiguration(
        key=hex_id("rcfg-"),
        account=call.account,
        region=call.region,
        life=life,
        tags=dict(params.get("tags") or {}),
        name=name,
        type=params["type"],
        gateway_id=gateway_id,
        group_id=group.key if group else None,
        port_ranges=params.get("portRanges") or (group.port_ranges if group else []),
        protocol=params.get("protocol") or "TCP",
        definition=params.get("resourceConfigurationDefinition"),
        shareable_network=bool(params.get("allowAssociationToShareableServiceNetwork")),
        custom_domain=params.get("customDomainName"),
        group_domain=params.get("groupDomain"),
        verification_id=verification.rpartition("/")[2] if verification else None,
        failure_reason=outcome.reason if outcome else None,
    )
    world.add(configuration)
    return _described(configuration)


def _group(call: Call, world: World) -> ResourceConfiguration | None:
    """The group of a CHILD; None for every other type."""
    identifier = call.params.get("resourceConfigurationGroupIdentifier")
    if (call.params["type"] == "CHILD") != bool(identifier):
        message = "resourceConfigurationGroupIdentifier goes with the type CHILD, and only with it"
        raise LatticeError("ValidationException", message)
    if not identifier:
        return None
    group = lattice.own(ResourceConfiguration, identifier, call, world)
    if group.type != "GROUP" or group.state != "ACTIVE":
        raise LatticeError("ValidationException", f"{group.key} is no ACTIVE resource configuration of type GROUP")
    domain = call.params.get("customDomainName")
    if group.group_domain and domain and not domain.endswith(f".{group.group_domain}"):
        raise LatticeError("ValidationException", f"{domain} is no subdomain of the group's {group.group_domain}")
    return group


def _check(call: Call) -> None:
    """What each type needs, beside the group of a CHILD."""
    params, kind = call.params, call.params["type"]
    definition = params.get("resourceConfigurationDefinition")
    if kind in ("SINGLE", "CHILD", "ARN") and not definition:
        raise LatticeError("ValidationException", f"resourceConfigurationDefinition is required for type {kind}")
    if kind == "GROUP" and definition:
        raise LatticeError("ValidationException", "A group has no resourceConfigurationDefinition")
    if kind == "CIDR":
        raise LatticeError("ValidationException", "The sandbox has no resource configurations of type CIDR")
    if kind != "CHILD" and not params.get("resourceGatewayIdentifier"):
        raise LatticeError("ValidationException", f"resourceGatewayIdentifier is required for type {kind}")
    for ports in params.get("portRanges") or []:
        if not PORT_RANGE.fullmatch(ports):
            raise LatticeError("ValidationException", f"{ports} is no port range")


def _described(configuration: ResourceConfiguration) -> dict[str, Any]:
    """What every operation on one resource configuration answers."""
    return {
        "id": configuration.key,
        "arn": configuration.arn,
        "name": configuration.name,
        "type": configuration.type,
        "status": configuration.state,
        "resourceGatewayId": configuration.gateway_id,
        "resourceConfigurationGroupId": configuration.group_id,
        "portRanges": configuration.port_ranges,
        "protocol": configuration.protocol,
        "resourceConfigurationDefinition": configuration.definition,
        "allowAssociationToShareableServiceNetwork": configuration.shareable_network,
    }


def _listed(configuration: ResourceConfiguration) -> dict[str, Any]:
    """A ResourceConfigurationSummary of the API."""
    return {
        "id": configuration.key,
        "arn": configuration.arn,
        "name": configuration.name,
        "type": configuration.type,
        "status": configuration.state,
        "resourceGatewayId": configuration.gateway_id,
        "resourceConfigurationGroupId": configuration.group_id,
        "amazonManaged": False,
        "createdAt": configuration.created_at,
        "lastUpdatedAt": configuration.created_at,
        "customDomainName": configuration.custom_domain,
        "domainVerificationId": configuration.verification_id,
        "groupDomain": configuration.group_domain,
    }
