# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redshift-managed VPC endpoints, as the grantee of an authorization (or the cluster's owner) makes them."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.redshift import resources as redshift
from tests.sandbox.aws.redshift.resources import Endpoint, get, get_group
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, World, hex_id

NAME = re.compile(r"[a-z](?:[a-z0-9]|-(?!-)){0,29}(?<!-)")


@operation("redshift", "CreateEndpointAccess")
def create(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    name, owner = params["EndpointName"], params.get("ResourceOwner") or call.account
    if not NAME.fullmatch(name):
        raise AwsError("InvalidParameterValue", f"The endpoint name '{name}' is not valid")
    cluster = get(str(params.get("ClusterIdentifier")), call, world, owner)
    group = get_group(params["SubnetGroupName"], call, world)
    if owner != call.account:
        grant = redshift.find_grant(cluster, call.account, world)
        if grant is None or not grant.allows(group.vpc_id):
            message = f"Account {call.account} is not authorized to access cluster {cluster.identifier}"
            raise AwsError("AccessToClusterDenied", f"{message} from VPC {group.vpc_id}")
    redshift.check_supported(cluster)
    if world.find(Endpoint, redshift.key_of(call, name)):
        raise AwsError("EndpointAlreadyExists", f"Endpoint {name} already exists.")
    groups = params.get("VpcSecurityGroupIds")
    if not groups:
        groups = [str(moto_ec2.backend(call.account, call.region).get_default_security_group(group.vpc_id).id)]
    endpoint = Endpoint(
        key=redshift.key_of(call, name),
        account=call.account,
        region=call.region,
        life=world.life("redshift_endpoint", "creating", "active"),
        name=name,
        cluster_key=cluster.key,
        identifier=cluster.identifier,
        owner=owner,
        port=cluster.port,
        subnet_group=group.name,
        vpc_id=group.vpc_id,
        vpc_endpoint_id=hex_id("vpce-"),
        security_groups=groups,
    )
    world.add(endpoint)
    return described(endpoint)


@operation("redshift", "DescribeEndpointAccess")
def describe(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    if params.get("EndpointName"):
        endpoints = [_endpoint(call, world)]
    else:
        endpoints = [
            endpoint
            for endpoint in world.all(Endpoint, call.account, call.region)
            if params.get("ClusterIdentifier") in (None, endpoint.identifier)
            and params.get("ResourceOwner") in (None, endpoint.owner)
            and params.get("VpcId") in (None, endpoint.vpc_id)
        ]
    found, marker = redshift.page(call, endpoints)
    return {"EndpointAccessList": [described(endpoint) for endpoint in found], "Marker": marker}


@operation("redshift", "ModifyEndpointAccess")
def modify(call: Call, world: World) -> dict[str, Any]:
    endpoint = _endpoint(call, world)
    if endpoint.state != "active":
        raise AwsError("InvalidEndpointState", "The status of the endpoint is not valid.")
    endpoint.security_groups = call.params.get("VpcSecurityGroupIds") or endpoint.security_groups
    endpoint.life = world.life("redshift_endpoint", "modifying", "active")
    return described(endpoint)


@operation("redshift", "DeleteEndpointAccess")
def delete(call: Call, world: World) -> dict[str, Any]:
    endpoint = _endpoint(call, world)
    if endpoint.state == "deleting":
        raise AwsError("InvalidEndpointState", "The status of the endpoint is not valid.")
    endpoint.life = world.life("redshift_endpoint", "deleting", GONE)
    return described(endpoint)


def described(endpoint: Endpoint) -> dict[str, Any]:
    """An EndpointAccess of the API."""
    address = f"{endpoint.name}-endpoint-{endpoint.vpc_endpoint_id[-8:]}.{endpoint.account[:10]}"
    return {
        "ClusterIdentifier": endpoint.identifier,
        "ResourceOwner": endpoint.owner,
        "SubnetGroupName": endpoint.subnet_group,
        "EndpointStatus": endpoint.state,
        "EndpointName": endpoint.name,
        "EndpointCreateTime": endpoint.created_at,
        "Port": endpoint.port,
        "Address": f"{address}.{endpoint.region}.redshift.amazonaws.com",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": g, "Status": "active"} for g in endpoint.security_groups],
        "VpcEndpoint": {"VpcEndpointId": endpoint.vpc_endpoint_id, "VpcId": endpoint.vpc_id, "NetworkInterfaces": []},
    }


def _endpoint(call: Call, world: World) -> Endpoint:
    name = str(call.params["EndpointName"])
    endpoint = world.find(Endpoint, redshift.key_of(call, name))
    if endpoint is None:
        raise AwsError("EndpointNotFound", f"Endpoint {name} not found.")
    return endpoint
