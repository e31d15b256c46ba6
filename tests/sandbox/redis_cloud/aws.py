# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Redis Cloud does in AWS for a private link, from an account of its own.

A link is a resource gateway, a resource configuration of type GROUP with a child for each database and one for metrics,
and a resource share. The consumers' side of it happens in AWS, and is only looked at here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.vpc_lattice.resources import DomainVerification, ResourceConfiguration, ResourceGateway
from tests.sandbox.core.calls import AwsError
from tests.sandbox.core.world import Life

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

ACCOUNT = "733373337333"
"""An invented account: Redis Cloud's own is not published."""

METRICS_PORT = 8070
TYPES = {"endpoint": "vpc_endpoint", "network": "service_network"}
LATTICE = "vpc-lattice"


@dataclass
class Published:
    """The resources of one link in Redis Cloud's account."""

    region: str
    gateway_id: str
    group_id: str
    group_arn: str
    share_arn: str


def checked_database(seed: dict[str, Any]) -> dict[str, Any]:
    """A database of a seed: ``databaseId``, ``name``, ``port`` and ``host``. Raises KeyError for what is left out."""
    return {name: seed[name] for name in ("databaseId", "name", "port", "host")}


def publish(sandbox: Sandbox, region: str, name: str, share_name: str, databases: list[dict[str, Any]]) -> Published:
    """Make what stands for a link in AWS. It is up at once: it was made before Redis Cloud told anybody."""
    domain = _domain(databases, name, region)
    verified = _act(sandbox, region, LATTICE, "StartDomainVerification", domainName=domain)["id"]
    _settle(sandbox, DomainVerification, verified, "VERIFIED")
    gateway = _act(sandbox, region, LATTICE, "CreateResourceGateway", name=name, **_vpc(sandbox, region))["id"]
    _settle(sandbox, ResourceGateway, gateway, "ACTIVE")
    shared = {"groupDomain": domain, "domainVerificationIdentifier": verified}
    options = {"resourceGatewayIdentifier": gateway, "allowAssociationToShareableServiceNetwork": True, **shared}
    # A group's ports are those of any of its children.
    ports = {"protocol": "TCP", "portRanges": [str(METRICS_PORT), "10000-19999"]}
    group = _configuration(sandbox, region, name=name, type="GROUP", **ports, **options)
    children = [(f"{name}-metrics", f"internal.{domain}", METRICS_PORT)]
    children += [
        (f"{name}-{database['databaseId']}", database["host"], int(database["port"])) for database in databases
    ]
    for child, host, port in children:
        definition = {"dnsResource": {"domainName": host, "ipAddressType": "IPV4"}}
        _configuration(
            sandbox,
            region,
            name=child,
            type="CHILD",
            resourceConfigurationGroupIdentifier=group["id"],
            resourceConfigurationDefinition=definition,
            portRanges=[str(port)],
            customDomainName=host,
        )
    share = {"name": share_name, "resourceArns": [group["arn"]], "allowExternalPrincipals": True}
    made = _act(sandbox, region, "ram", "CreateResourceShare", **share)["resourceShare"]
    return Published(region, gateway, group["id"], group["arn"], made["resourceShareArn"])


def share(sandbox: Sandbox, link: Published, principal: str) -> None:
    """Let RAM share the group with a principal, who is invited."""
    whom = {"resourceShareArn": link.share_arn, "principals": [principal]}
    _act(sandbox, link.region, "ram", "AssociateResourceShare", **whom)


def unshare(sandbox: Sandbox, link: Published, principal: str) -> None:
    """Take a principal out of the share; one that has left by itself is out already."""
    whom = {"resourceShareArn": link.share_arn, "principals": [principal]}
    if principal_states(sandbox, link).get(principal) in ("associating", "associated", "failed"):
        _act(sandbox, link.region, "ram", "DisassociateResourceShare", **whom)


def principal_states(sandbox: Sandbox, link: Published) -> dict[str, str]:
    """How far RAM is with each principal, in the words of Redis Cloud."""
    asked = {"associationType": "PRINCIPAL", "resourceShareArns": [link.share_arn]}
    found = _pages(sandbox, link, "ram", "GetResourceShareAssociations", "resourceShareAssociations", **asked)
    return {association["associatedEntity"]: str(association["status"]).lower() for association in found}


def connections(sandbox: Sandbox, link: Published) -> list[dict[str, Any]]:
    """Who is connected, as AWS shows it to the owner of the group."""
    group = {"resourceConfigurationIdentifier": link.group_id}
    found = [
        _connection(
            "endpoint", association["id"], association["vpcEndpointId"], association["vpcEndpointOwner"], association
        )
        for association in _pages(sandbox, link, LATTICE, "ListResourceEndpointAssociations", "items", **group)
    ]
    return found + [
        _connection(
            "network",
            association["id"],
            association["serviceNetworkId"],
            association["serviceNetworkArn"].split(":")[4],
            association,
        )
        for association in _pages(sandbox, link, LATTICE, "ListServiceNetworkResourceAssociations", "items", **group)
        if association["status"] in ("ACTIVE", "PARTIAL", "CREATE_IN_PROGRESS")
    ]


def _connection(kind: str, association: str, other: str, owner: str, seen: dict[str, Any]) -> dict[str, Any]:
    return {
        "associationId": association,
        "connectionId": other,
        "type": TYPES[kind],
        "ownerId": owner,
        "associationDate": seen["createdAt"].isoformat().replace("+00:00", "Z"),
    }


def disassociate(sandbox: Sandbox, link: Published, connection: dict[str, Any]) -> None:
    """End a connection from the side of the resource's owner."""
    if connection["type"] == TYPES["endpoint"]:
        named = {"resourceEndpointAssociationIdentifier": connection["associationId"]}
        _act(sandbox, link.region, LATTICE, "DeleteResourceEndpointAssociation", **named)
    else:
        named = {"serviceNetworkResourceAssociationIdentifier": connection["associationId"]}
        _act(sandbox, link.region, LATTICE, "DeleteServiceNetworkResourceAssociation", **named)


def withdraw(sandbox: Sandbox, link: Published) -> None:
    """Take the link out of AWS, whoever is connected. It is gone at once: nobody waits for Redis Cloud's own."""
    for connection in connections(sandbox, link):
        disassociate(sandbox, link, connection)
    _act(sandbox, link.region, "ram", "DeleteResourceShare", resourceShareArn=link.share_arn)
    for configuration in sandbox.world.all(ResourceConfiguration, ACCOUNT, link.region):
        if link.group_id in (configuration.group_id, configuration.key):
            sandbox.world.remove(configuration)
    gateway = sandbox.world.find(ResourceGateway, link.gateway_id)
    if gateway is not None:
        sandbox.world.remove(gateway)


def script(link: Published) -> str:
    """A stand-in for the discovery script, whose text Redis Cloud shows to its customers alone."""
    return f"#!/bin/sh\n# endpoints of {link.group_arn}\n"


def _domain(databases: list[dict[str, Any]], name: str, region: str) -> str:
    """What the names of a subscription's endpoints have in common."""
    if not databases:
        return f"{name}.{region}.ec2.cloud.rlrcp.com"
    return str(databases[0]["host"]).partition(".")[2].removeprefix("internal.")


def _vpc(sandbox: Sandbox, region: str) -> dict[str, Any]:
    vpc = moto_ec2.backend(ACCOUNT, region).get_default_vpc()
    subnets = [subnet.id for subnet in moto_ec2.subnets_of(ACCOUNT, region, vpc.id)]
    return {"vpcIdentifier": vpc.id, "subnetIds": subnets}


def _configuration(sandbox: Sandbox, region: str, **options: Any) -> dict[str, Any]:
    made = _act(sandbox, region, LATTICE, "CreateResourceConfiguration", **options)
    _settle(sandbox, ResourceConfiguration, made["id"], "ACTIVE")
    return made


def _settle(sandbox: Sandbox, kind: Any, key: str, state: str) -> None:
    resource = sandbox.world.find(kind, key)
    if resource is None:
        raise AwsError("InternalFailure", f"{key} was not made", 500)
    resource.life = Life([(state, 0.0)])


def _act(sandbox: Sandbox, region: str, service: str, operation: str, **params: Any) -> dict[str, Any]:
    return sandbox.act(ACCOUNT, region, service, operation, **params)


def _pages(sandbox: Sandbox, link: Published, service: str, operation: str, key: str, **params: Any) -> list[Any]:
    found: list[Any] = []
    while True:
        answer = _act(sandbox, link.region, service, operation, **params)
        found.extend(answer[key])
        if not answer.get("nextToken"):
            return found
        params["nextToken"] = answer["nextToken"]
