# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Redshift operations share: resources, look-ups, pages and tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.paging import cut
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import Life, Resource, World, declare_state

declare_state("cluster.creating", "a new Redshift cluster before it is available")
declare_state("cluster.modifying", "a changed Redshift cluster before it is available again")
declare_state("cluster.deleting", "a deleted Redshift cluster before it is gone")
declare_state("cluster_relocation.pending_enabling", "relocation switched on before it is enabled")
declare_state("cluster_relocation.pending_disabling", "relocation switched off before it is disabled")
declare_state("endpoint_authorization.Revoking", "a revoked grant, or part of one, before it is gone")
declare_state("redshift_endpoint.creating", "a new Redshift-managed endpoint before it is active")
declare_state("redshift_endpoint.modifying", "a changed Redshift-managed endpoint before it is active again")
declare_state("redshift_endpoint.deleting", "a deleted Redshift-managed endpoint before it is gone")


@dataclass(kw_only=True, eq=False)
class SubnetGroup(Resource):
    """A cluster subnet group."""

    KIND: ClassVar[str] = "cluster_subnet_group"

    name: str
    description: str
    vpc_id: str
    subnets: list[tuple[str, str]]
    """Subnet id and Availability Zone."""


@dataclass(kw_only=True, eq=False)
class Cluster(Resource):
    """A cluster."""

    KIND: ClassVar[str] = "cluster"

    identifier: str
    node_type: str
    nodes: int
    port: int
    user: str
    database: str
    subnet_group: str
    vpc_id: str
    zone: str
    security_groups: list[str]
    relocation: Life
    multi_az: bool
    public: bool
    encrypted: bool

    @property
    def arn(self) -> str:
        return f"arn:{partition(self.region)}:redshift:{self.region}:{self.account}:cluster:{self.identifier}"

    @property
    def is_ra3(self) -> bool:
        return self.node_type.startswith(("ra3.", "rg."))


@dataclass(kw_only=True, eq=False)
class Authorization(Resource):
    """A grant; its account and region are the cluster's. ``vpc_ids`` empty: every VPC of the grantee."""

    KIND: ClassVar[str] = "endpoint_authorization"

    identifier: str
    grantee: str
    vpc_ids: list[str]

    def allows(self, vpc_id: str) -> bool:
        return self.state == "Authorized" and (not self.vpc_ids or vpc_id in self.vpc_ids)


@dataclass(kw_only=True, eq=False)
class Endpoint(Resource):
    """A Redshift-managed VPC endpoint."""

    KIND: ClassVar[str] = "redshift_endpoint"

    name: str
    cluster_key: str
    identifier: str
    owner: str
    port: int
    subnet_group: str
    vpc_id: str
    vpc_endpoint_id: str
    security_groups: list[str]


def page[T](call: Call, items: list[T]) -> tuple[list[T], str | None]:
    """One page of ``items`` and the marker of the next, by MaxRecords (20-100, default 100) and Marker."""
    size = call.params.get("MaxRecords", 100)
    if not 20 <= size <= 100:
        raise AwsError("InvalidParameterValue", f"Invalid value {size} for MaxRecords. Must be between 20 and 100")
    try:
        return cut(items, size, call.params.get("Marker"))
    except ValueError as error:
        raise AwsError("InvalidParameterValue", "The marker is not valid") from error


def tags_of(call: Call) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in call.params.get("Tags") or []}


def tagged(call: Call, items: list[Any]) -> list[Any]:
    """Items that have one of the call's TagKeys and one of its TagValues, where given."""
    keys, values = set(call.params.get("TagKeys") or []), set(call.params.get("TagValues") or [])
    return [
        item
        for item in items
        if (not keys or keys & set(item.tags)) and (not values or values & set(item.tags.values()))
    ]


def key_of(resource_or_call: Resource | Call, name: str) -> str:
    """The world's key of a Redshift resource: names are unique per account and region only."""
    return f"{resource_or_call.account}/{resource_or_call.region}/{name}"


def get(identifier: str, call: Call, world: World, owner: str | None = None) -> Cluster:
    """A cluster of ``owner`` (the caller unless given). Raises ClusterNotFound."""
    cluster = world.find(Cluster, f"{owner or call.account}/{call.region}/{identifier}")
    if cluster is None:
        raise AwsError("ClusterNotFound", f"Cluster {identifier} not found.")
    return cluster


def get_group(name: str, call: Call, world: World) -> SubnetGroup:
    """The caller's subnet group. Raises ClusterSubnetGroupNotFoundFault."""
    group = world.find(SubnetGroup, key_of(call, name))
    if group is None:
        raise AwsError("ClusterSubnetGroupNotFoundFault", f"Cluster subnet group '{name}' not found.")
    return group


def find_grant(cluster: Cluster, grantee: str, world: World) -> Authorization | None:
    """The authorization of an account for a cluster, if there is one."""
    return world.find(Authorization, f"{cluster.key}/{grantee}")


def check_supported(cluster: Cluster) -> None:
    """Raise UnsupportedOperation unless the cluster can have managed endpoints: RA3, with relocation or Multi-AZ."""
    if not cluster.is_ra3 or not (cluster.relocation.state == "enabled" or cluster.multi_az):
        message = f"Cluster {cluster.identifier} needs RA3 nodes and relocation or Multi-AZ for managed VPC endpoints"
        raise AwsError("UnsupportedOperation", message)
