# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPC endpoints that lead to a resource configuration, as the owner of that sees them."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import EndpointAssociation, ResourceConfiguration
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("vpc-lattice", "ListResourceEndpointAssociations")
def describe(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    configuration = lattice.own(ResourceConfiguration, params["resourceConfigurationIdentifier"], call, world)
    associations = [
        association
        for association in world.all(EndpointAssociation, call.account, call.region)
        if association.configuration_id == configuration.key
        and params.get("resourceEndpointAssociationIdentifier") in (None, association.key, association.arn)
        and params.get("vpcEndpointId") in (None, association.endpoint_id)
        and params.get("vpcEndpointOwner") in (None, association.endpoint_owner)
    ]
    found, token = lattice.page(call, associations)
    items = [
        {
            **_described(association, configuration),
            "resourceConfigurationName": configuration.name,
            "vpcEndpointOwner": association.endpoint_owner,
            "createdBy": association.endpoint_owner,
            "createdAt": association.created_at,
        }
        for association in found
    ]
    return {"items": items, "nextToken": token}


@operation("vpc-lattice", "DeleteResourceEndpointAssociation")
def delete(call: Call, world: World) -> dict[str, Any]:
    """The owner of the resources cuts an endpoint off. The endpoint stays until its own owner deletes it."""
    association = lattice.own(EndpointAssociation, call.params["resourceEndpointAssociationIdentifier"], call, world)
    configuration = lattice.own(ResourceConfiguration, association.configuration_id, call, world)
    world.remove(association)
    return _described(association, configuration)


def _described(association: EndpointAssociation, configuration: ResourceConfiguration) -> dict[str, Any]:
    return {
        "id": association.key,
        "arn": association.arn,
        "resourceConfigurationId": configuration.key,
        "resourceConfigurationArn": configuration.arn,
        "vpcEndpointId": association.endpoint_id,
    }
