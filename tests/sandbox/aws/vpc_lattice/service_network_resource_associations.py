# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource configurations in service networks, as the network's owner and the resource's owner see them."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import (
    LatticeError,
    ResourceAssociation,
    ResourceConfiguration,
    ServiceNetwork,
)
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, World, hex_id


@operation("vpc-lattice", "CreateServiceNetworkResourceAssociation")
def create(call: Call, world: World) -> dict[str, Any]:
    return lattice.create(call, world, lambda: _created(call, world))


@operation("vpc-lattice", "GetServiceNetworkResourceAssociation")
def get(call: Call, world: World) -> dict[str, Any]:
    association, configuration = _found(call, world)
    row = _row(association, configuration, world)
    failure = association.failure
    return {**row, "failureReason": failure.reason if failure else None, "lastUpdatedAt": association.created_at}


@operation("vpc-lattice", "DeleteServiceNetworkResourceAssociation")
def delete(call: Call, world: World) -> dict[str, Any]:
    """The network's owner and the resource's owner may both end an association."""
    association, configuration = _found(call, world)
    if configuration.key != association.configuration_id:
        message = "This association belongs to that of its group; delete that one"
        raise lattice.conflict(message, association.KIND.upper(), association.key)
    if association.managed and call.account != configuration.account:
        raise LatticeError("AccessDeniedException", f"{association.key} is managed; its resource's owner can delete it")
    if association.state != "DELETE_IN_PROGRESS":
        association.life = world.life(association.KIND, "DELETE_IN_PROGRESS", GONE)
    return {"id": association.key, "arn": association.arn, "status": "DELETE_IN_PROGRESS"}


@operation("vpc-lattice", "ListServiceNetworkResourceAssociations")
def describe(call: Call, world: World) -> dict[str, Any]:
    """Children of groups, which have ids of their own, only with includeChildren."""
    params = call.params
    network, configuration = params.get("serviceNetworkIdentifier"), params.get("resourceConfigurationIdentifier")
    if not network and not configuration:
        message = "serviceNetworkIdentifier or resourceConfigurationIdentifier is required"
        raise LatticeError("ValidationException", message)
    rows: list[dict[str, Any]] = []
    for association in _seen(call, world):
        if network and network.rpartition("/")[2] != association.network_id:
            continue
        members = _members(association, world)
        rows += [
            _row(association, member, world)
            for member in (members if params.get("includeChildren") else members[:1])
            if not configuration or configuration.rpartition("/")[2] in (member.key, member.group_id)
        ]
    found, token = lattice.page(call, rows)
    return {"items": found, "nextToken": token}


def _created(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    configuration = lattice.find(ResourceConfiguration, params["resourceConfigurationIdentifier"], call, world)
    network = lattice.find(ServiceNetwork, params["serviceNetworkIdentifier"], call, world)
    if configuration.type in ("CHILD", "CIDR") or configuration.state != "ACTIVE":
        message = f"{configuration.key} ({configuration.type}, {configuration.state}) cannot be associated"
        raise LatticeError("ValidationException", message)
    if network.shareable and not configuration.shareable_network:
        message = f"{configuration.key} does not allow associations with service networks that can be shared"
        raise LatticeError("ValidationException", message)
    for other in world.all(ResourceAssociation, region=call.region):
        same = (other.network_id, other.configuration_id) == (network.key, configuration.key)
        # Whether one that failed or is being deleted stands in the way is not documented; here it does.
        if same:
            message = f"{network.key} and {configuration.key} are associated already by {other.key}"
            raise lattice.conflict(message, other.KIND.upper(), other.key)
    life, outcome = lattice.life(ResourceAssociation, call, world)
    association = ResourceAssociation(
        key=hex_id("snra-"),
        account=call.account,
        region=call.region,
        life=life,
        tags=dict(params.get("tags") or {}),
        network_id=network.key,
        configuration_id=configuration.key,
        private_dns=bool(params.get("privateDnsEnabled")),
        failure=outcome,
    )
    world.add(association)
    return {
        "id": association.key,
        "arn": association.arn,
        "status": association.state,
        "createdBy": association.account,
        "privateDnsEnabled": association.private_dns,
    }


def _seen(call: Call, world: World) -> list[ResourceAssociation]:
    """Associations of the caller's networks, and those that others made with the caller's resources."""
    seen = []
    for association in world.all(ResourceAssociation, region=call.region):
        network = world.find(ServiceNetwork, association.network_id)
        configuration = world.find(ResourceConfiguration, association.configuration_id)
        if call.account in {owner.account for owner in (association, network, configuration) if owner is not None}:
            seen.append(association)
    return seen


def _members(association: ResourceAssociation, world: World) -> list[ResourceConfiguration]:
    """The associated resource configuration first, then the children of a group."""
    configuration = world.find(ResourceConfiguration, association.configuration_id)
    if configuration is None:
        return []
    below = lattice.children(configuration, world) if configuration.type == "GROUP" else []
    return [configuration, *below]


def _found(call: Call, world: World) -> tuple[ResourceAssociation, ResourceConfiguration]:
    identifier = str(call.params["serviceNetworkResourceAssociationIdentifier"])
    for association in _seen(call, world):
        for configuration in _members(association, world):
            if lattice.association_id(association, configuration) == identifier.rpartition("/")[2]:
                return association, configuration
    name = ResourceAssociation.KIND.upper()
    raise LatticeError("ResourceNotFoundException", f"{name} {identifier} not found", name, identifier)


def _row(association: ResourceAssociation, configuration: ResourceConfiguration, world: World) -> dict[str, Any]:
    """A ServiceNetworkResourceAssociationSummary of the API. A group has no names of its own."""
    network = world.find(ServiceNetwork, association.network_id)
    key, works = lattice.association_id(association, configuration), association.state in ("ACTIVE", "PARTIAL")
    named = works and configuration.type != "GROUP"
    private = named and association.private_dns and configuration.custom_domain is not None
    failed = association.failure is not None and association.state not in ("CREATE_IN_PROGRESS", "ACTIVE")
    return {
        "id": key,
        "arn": association.arn.replace(association.key, key),
        "status": association.state,
        "createdBy": association.account,
        "createdAt": association.created_at,
        "resourceConfigurationId": configuration.key,
        "resourceConfigurationArn": configuration.arn,
        "resourceConfigurationName": configuration.name,
        "serviceNetworkId": association.network_id,
        "serviceNetworkArn": network.arn if network else None,
        "serviceNetworkName": network.name if network else None,
        "dnsEntry": {"domainName": lattice.dns_name(key, configuration), "hostedZoneId": lattice.HOSTED_ZONE}
        if named
        else None,
        "privateDnsEntry": {"domainName": configuration.custom_domain} if private else None,
        "isManagedAssociation": association.managed,
        "failureCode": association.failure.code if association.failure and failed else None,
        "privateDnsEnabled": association.private_dns,
    }
