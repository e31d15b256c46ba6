# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPCs in service networks.

Source: Amazon VPC Lattice API Reference, the ServiceNetworkVpcAssociation actions (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import LatticeError, ServiceNetwork, VpcAssociation
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, World, hex_id


@operation("vpc-lattice", "CreateServiceNetworkVpcAssociation")
def create(call: Call, world: World) -> dict[str, Any]:
    return lattice.create(call, world, lambda: _created(call, world))


@operation("vpc-lattice", "GetServiceNetworkVpcAssociation")
def get(call: Call, world: World) -> dict[str, Any]:
    association = _found(call, world)
    failure = association.failure if association.state.endswith("_FAILED") else None
    return {
        **_listed(association, world),
        "securityGroupIds": association.security_group_ids,
        "failureCode": failure.code if failure else None,
        "failureMessage": failure.reason if failure else None,
    }


@operation("vpc-lattice", "UpdateServiceNetworkVpcAssociation")
def update(call: Call, world: World) -> dict[str, Any]:
    association = _found(call, world)
    if association.state not in ("ACTIVE", "UPDATE_FAILED"):
        raise lattice.conflict(f"{association.key} is {association.state}", association.KIND.upper(), association.key)
    groups = call.params.get("securityGroupIds")
    private_dns = bool(call.params.get("privateDnsEnabled", association.private_dns))
    _check(call, groups or [], private_dns)
    association.security_group_ids = groups or association.security_group_ids
    association.private_dns = private_dns
    association.dns_options = (call.params.get("dnsOptions") or association.dns_options) if private_dns else None
    association.life = world.life(association.KIND, "UPDATE_IN_PROGRESS", "ACTIVE")
    return _described(association)


@operation("vpc-lattice", "DeleteServiceNetworkVpcAssociation")
def delete(call: Call, world: World) -> dict[str, Any]:
    association = _found(call, world)
    if association.state in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
        raise lattice.conflict(f"{association.key} is {association.state}", association.KIND.upper(), association.key)
    if association.state != "DELETE_IN_PROGRESS":
        association.life = world.life(association.KIND, "DELETE_IN_PROGRESS", GONE)
    return {"id": association.key, "status": "DELETE_IN_PROGRESS", "arn": association.arn}


@operation("vpc-lattice", "ListServiceNetworkVpcAssociations")
def describe(call: Call, world: World) -> dict[str, Any]:
    network, vpc_id = call.params.get("serviceNetworkIdentifier"), call.params.get("vpcIdentifier")
    if not network and not vpc_id:
        raise LatticeError("ValidationException", "serviceNetworkIdentifier or vpcIdentifier is required")
    associations = [
        association
        for association in world.all(VpcAssociation, call.account, call.region)
        if (not network or network.rpartition("/")[2] == association.network_id)
        and vpc_id in (None, association.vpc_id)
    ]
    found, token = lattice.page(call, associations)
    return {"items": [_listed(association, world) for association in found], "nextToken": token}


def _created(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    network = lattice.find(ServiceNetwork, params["serviceNetworkIdentifier"], call, world)
    vpc_id = str(params["vpcIdentifier"])
    if moto_ec2.find_vpc(call.account, call.region, vpc_id) is None:
        raise LatticeError("ResourceNotFoundException", f"VPC {vpc_id} not found", "VPC", vpc_id)
    groups, private_dns = params.get("securityGroupIds") or [], bool(params.get("privateDnsEnabled"))
    _check(call, groups, private_dns)
    for other in world.all(VpcAssociation, call.account, call.region):
        if other.vpc_id == vpc_id:
            message = f"{vpc_id} is associated with a service network already, by {other.key}"
            raise lattice.conflict(message, other.KIND.upper(), other.key)
    life, outcome = lattice.life(VpcAssociation, call, world)
    association = VpcAssociation(
        key=hex_id("snva-"),
        account=call.account,
        region=call.region,
        life=life,
        tags=dict(params.get("tags") or {}),
        network_id=network.key,
        vpc_id=vpc_id,
        security_group_ids=groups,
        private_dns=private_dns,
        dns_options=params.get("dnsOptions"),
        failure=outcome,
    )
    world.add(association)
    return _described(association)


def _check(call: Call, groups: list[str], private_dns: bool) -> None:
    """Raise for security groups that do not exist, and for DNS options without private DNS."""
    for group in groups:
        if moto_ec2.find_security_group(call.account, call.region, group) is None:
            message = f"Security group {group} not found"
            raise LatticeError("ResourceNotFoundException", message, "SECURITY_GROUP", group)
    options = call.params.get("dnsOptions") or {}
    naming = ("VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS", "SPECIFIED_DOMAINS_ONLY")
    domains, preference = options.get("privateDnsSpecifiedDomains"), options.get("privateDnsPreference")
    if (options and not private_dns) or (domains and preference not in naming):
        raise LatticeError("ValidationException", "dnsOptions do not go with privateDnsEnabled or their preference")


def _found(call: Call, world: World) -> VpcAssociation:
    return lattice.own(VpcAssociation, call.params["serviceNetworkVpcAssociationIdentifier"], call, world)


def _described(association: VpcAssociation) -> dict[str, Any]:
    return {
        "id": association.key,
        "arn": association.arn,
        "status": association.state,
        "createdBy": association.account,
        "securityGroupIds": association.security_group_ids,
        "privateDnsEnabled": association.private_dns,
        "dnsOptions": association.dns_options,
    }


def _listed(association: VpcAssociation, world: World) -> dict[str, Any]:
    """A ServiceNetworkVpcAssociationSummary of the API."""
    network = world.find(ServiceNetwork, association.network_id)
    return {
        "id": association.key,
        "arn": association.arn,
        "status": association.state,
        "createdBy": association.account,
        "createdAt": association.created_at,
        "lastUpdatedAt": association.created_at,
        "serviceNetworkId": association.network_id,
        "serviceNetworkName": network.name if network else None,
        "serviceNetworkArn": network.arn if network else None,
        "privateDnsEnabled": association.private_dns,
        "dnsOptions": association.dns_options,
        "vpcId": association.vpc_id,
    }
