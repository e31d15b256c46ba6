# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redshift endpoint authorizations: which account may reach a cluster from which of its VPCs."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.redshift import resources as redshift
from tests.sandbox.aws.redshift.resources import Authorization, Cluster, Endpoint, check_supported, find_grant, get
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import GONE, Life, World


@operation("redshift", "AuthorizeEndpointAccess")
def authorize(call: Call, world: World) -> dict[str, Any]:
    """Adds VPCs to a grant. A grant of all VPCs and a grant of a list never turn into each other."""
    cluster = get(str(call.params.get("ClusterIdentifier")), call, world)
    grantee, vpc_ids = call.params["Account"], list(dict.fromkeys(call.params.get("VpcIds") or []))
    if cluster.state != "available":
        raise AwsError("InvalidClusterState", f"Cluster {cluster.identifier} is {cluster.state}")
    check_supported(cluster)
    grant = find_grant(cluster, grantee, world)
    if grant is None:
        grant = world.add(
            Authorization(
                key=f"{cluster.key}/{grantee}",
                account=cluster.account,
                region=cluster.region,
                life=Life([("Authorized", 0.0)]),
                identifier=cluster.identifier,
                grantee=grantee,
                vpc_ids=vpc_ids,
            )
        )
        return described(grant, world)
    if grant.state != "Authorized":
        raise AwsError("InvalidAuthorizationState", "The status of the authorization is not valid.")
    if not grant.vpc_ids or not vpc_ids or set(vpc_ids) <= set(grant.vpc_ids):
        message = f"An authorization for account {grantee} to cluster {cluster.identifier} already exists"
        raise AwsError("EndpointAuthorizationAlreadyExists", message)
    grant.vpc_ids = list(dict.fromkeys([*grant.vpc_ids, *vpc_ids]))
    return described(grant, world)


@operation("redshift", "DescribeEndpointAuthorization")
def describe(call: Call, world: World) -> dict[str, Any]:
    """Grants given, or with Grantee those received; Account is then the grantor."""
    params = call.params
    received, identifier, other = bool(params.get("Grantee")), params.get("ClusterIdentifier"), params.get("Account")
    if identifier and not received:
        get(identifier, call, world)
    grants = [
        grant
        for grant in world.all(Authorization, region=call.region)
        if (grant.grantee if received else grant.account) == call.account
        and other in (None, grant.account if received else grant.grantee)
        and identifier in (None, grant.identifier)
    ]
    if identifier and received and not grants:
        raise AwsError("ClusterNotFound", f"Cluster {identifier} not found.")
    found, marker = redshift.page(call, grants)
    return {"EndpointAuthorizationList": [described(grant, world) for grant in found], "Marker": marker}


@operation("redshift", "RevokeEndpointAccess")
def revoke(call: Call, world: World) -> dict[str, Any]:
    """Takes VPCs from a grant, without VpcIds all of it; Force deletes the endpoints that stand on them."""
    params = call.params
    cluster = get(str(params.get("ClusterIdentifier")), call, world)
    grant = find_grant(cluster, str(params.get("Account")), world)
    vpc_ids = params.get("VpcIds") or []
    if grant is None or set(vpc_ids) - set(grant.vpc_ids):
        raise AwsError("EndpointAuthorizationNotFound", "The authorization for this endpoint can't be found.")
    if grant.state != "Authorized":
        raise AwsError("InvalidAuthorizationState", "The status of the authorization is not valid.")
    endpoints = [
        endpoint
        for endpoint in world.all(Endpoint, grant.grantee, cluster.region)
        if endpoint.cluster_key == cluster.key and (not vpc_ids or endpoint.vpc_id in vpc_ids)
    ]
    if endpoints and not params.get("Force"):
        raise AwsError("InvalidEndpointState", "Endpoints still use the authorization; delete them or use Force")
    for endpoint in endpoints:
        endpoint.life = world.life("redshift_endpoint", "deleting", GONE)
    left = [vpc_id for vpc_id in grant.vpc_ids if vpc_id not in vpc_ids] if vpc_ids else []
    grant.life = world.life("endpoint_authorization", "Revoking", "Authorized" if left else GONE)
    answer = {**described(grant, world), "Status": "Revoking"}  # of this moment, even where it lasts no time
    grant.vpc_ids = left or grant.vpc_ids
    return answer


def described(grant: Authorization, world: World) -> dict[str, Any]:
    """An EndpointAuthorization of the API."""
    cluster = world.find(Cluster, f"{grant.account}/{grant.region}/{grant.identifier}")
    endpoints = world.all(Endpoint, grant.grantee, grant.region)
    return {
        "Grantor": grant.account,
        "Grantee": grant.grantee,
        "ClusterIdentifier": grant.identifier,
        "AuthorizeTime": grant.created_at,
        "ClusterStatus": cluster.state if cluster else "deleted",
        "Status": grant.state,
        "AllowedAllVPCs": not grant.vpc_ids,
        "AllowedVPCs": grant.vpc_ids,
        "EndpointCount": sum(cluster is not None and e.cluster_key == cluster.key for e in endpoints),
    }
