# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operations of Amazon MSK share: clusters, their operations, VPC connections, who may ask, and pages.

Sources (read 2026-11): Amazon MSK API Reference 1.0; Amazon MSK Developer Guide, "Amazon MSK multi-VPC private
connectivity in a single Region" and "Reject a managed VPC connection to an Amazon MSK cluster"; Service Authorization
Reference, Amazon Managed Streaming for Apache Kafka, for the ARNs. Messages: hashicorp/terraform-provider-aws 25061,
35538 and 47279, aws-cloudformation/cloudformation-coverage-roadmap 1775.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.paging import cut
from tests.sandbox.core.world import Life, Resource, World, declare_state

declare_state("msk_cluster.CREATING", "a new MSK cluster before it is ACTIVE")
declare_state("msk_cluster.DELETING", "a deleted MSK cluster before it is gone")
declare_state("msk_operation.PENDING", "an operation of an MSK cluster before it begins")
declare_state("msk_operation.UPDATE_IN_PROGRESS", "an operation of an MSK cluster before it is done; hours in AWS")
declare_state("msk_vpc_connection.CREATING", "a new MSK VPC connection before it is AVAILABLE")
declare_state("msk_vpc_connection.REJECTING", "a rejected MSK VPC connection before it is REJECTED")
declare_state("msk_vpc_connection.DEACTIVATING", "an MSK VPC connection whose scheme was switched off before INACTIVE")
declare_state("msk_vpc_connection.DELETING", "a deleted MSK VPC connection before it is gone")

SCHEMES = {"iam": ("Sasl", "Iam"), "scram": ("Sasl", "Scram"), "tls": ("Tls",)}
"""Authentication schemes, and where the API has the switch of each within a ClientAuthentication."""

AUTHENTICATIONS = {"SASL_IAM": "iam", "SASL_SCRAM": "scram", "TLS": "tls"}
"""What CreateVpcConnection calls them."""


@dataclass(kw_only=True, eq=False)
class Cluster(Resource):
    """A cluster; ``key`` is its ARN. ``schemes`` are its own, ``vpc_schemes`` those of multi-VPC connectivity.

    The states of ``vpc_schemes`` are the schemes that are on, with commas between; those of ``versions`` are the
    cluster's CurrentVersion. ``policy`` is as MSK shows it, with a version of its own.
    """

    KIND: ClassVar[str] = "msk_cluster"

    name: str
    kind: str
    instance_type: str
    brokers: int
    kafka_version: str
    subnet_ids: list[str]
    security_groups: list[str]
    schemes: frozenset[str]
    unauthenticated: bool
    vpc_schemes: Life
    versions: Life
    policy: dict[str, Any] | None = None
    policy_versions: int = 0

    @property
    def policy_version(self) -> str:
        return f"KPOLICY{self.policy_versions}"

    @property
    def on(self) -> frozenset[str]:
        """The schemes of multi-VPC connectivity that are on."""
        return frozenset(filter(None, self.vpc_schemes.state.split(",")))


@dataclass(kw_only=True, eq=False)
class Operation(Resource):
    """What is or was done to a cluster."""

    KIND: ClassVar[str] = "msk_operation"

    cluster_key: str
    type: str
    source: frozenset[str]
    target: frozenset[str]
    ends: float
    code: str | None = None
    reason: str | None = None


@dataclass(kw_only=True, eq=False)
class VpcConnection(Resource):
    """A managed VPC connection; its account is the client's, who made it and alone can delete it."""

    KIND: ClassVar[str] = "msk_vpc_connection"

    cluster_key: str
    authentication: str
    vpc_id: str
    subnet_ids: list[str]
    security_groups: list[str]


def version_of(number: int) -> str:
    """A cluster's CurrentVersion; they are no simple numbers in AWS either."""
    return f"K{number:03d}X{number * 7:03d}"


def refused(message: str) -> AwsError:
    return AwsError("BadRequestException", message)


def own(call: Call, world: World, parameter: str = "ClusterArn") -> Cluster:
    """The cluster of a call by its owner, whom no policy can replace for what only owners do."""
    cluster = _named(call, world, parameter)
    if cluster.account != call.account:
        raise AwsError("ForbiddenException", f"User is not authorized to perform {call.iam_action}")
    return cluster


def admitted(call: Call, world: World, parameter: str = "ClusterArn") -> Cluster:
    """The cluster of a call by its owner, or by an account that its policy allows the call."""
    cluster = _named(call, world, parameter)
    if cluster.account != call.account and not lets_in(cluster, call.account, call.iam_action):
        raise AwsError("ForbiddenException", f"User is not authorized to perform {call.iam_action}")
    return cluster


def _named(call: Call, world: World, parameter: str) -> Cluster:
    arn = str(call.params[parameter])
    cluster = world.find(Cluster, arn, region=call.region)
    if cluster is None:
        declared = {shape.name for shape in call.model.error_shapes}
        code = "NotFoundException" if "NotFoundException" in declared else "BadRequestException"
        raise AwsError(code, f"The cluster {arn} does not exist.")
    return cluster


def require_active(cluster: Cluster) -> None:
    """Every change of a cluster that is not ACTIVE is refused."""
    if cluster.state != "ACTIVE":
        raise refused(f"You can't perform this operation: the cluster is in the {cluster.state} state, not ACTIVE.")


def lets_in(cluster: Cluster, account: str, action: str) -> bool:
    """Whether the cluster's policy allows an account an action; a denial wins."""
    effects = {
        statement["Effect"]
        for statement in (cluster.policy or {}).get("Statement", ())
        if _covers(statement, account) and any(fnmatchcase(action, name) for name in listed(statement["Action"]))
    }
    return effects == {"Allow"}


def _covers(statement: dict[str, Any], account: str) -> bool:
    principal = statement["Principal"]
    names = listed(principal if isinstance(principal, str) else principal.get("AWS"))
    return any(name == "*" or account in name.split(":") for name in names)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def switches(schemes: frozenset[str]) -> dict[str, Any]:
    """The ClientAuthentication of these schemes as VpcConnectivity has it: every switch, on or off."""
    return {
        "Sasl": {"Scram": {"Enabled": "scram" in schemes}, "Iam": {"Enabled": "iam" in schemes}},
        "Tls": {"Enabled": "tls" in schemes},
    }


def switched_on(authentication: dict[str, Any] | None) -> frozenset[str]:
    """The schemes that a ClientAuthentication has on; one that it does not name is off."""
    return frozenset(scheme for scheme, path in SCHEMES.items() if _at(authentication or {}, path))


def _at(tree: dict[str, Any], path: tuple[str, ...]) -> bool:
    for name in path:
        tree = tree.get(name) or {}
    return bool(tree.get("Enabled"))


def connections(cluster: Cluster, world: World) -> Iterator[VpcConnection]:
    for connection in world.all(VpcConnection, region=cluster.region):
        if connection.cluster_key == cluster.key:
            yield connection


def page[T](call: Call, items: list[T]) -> tuple[list[T], str | None]:
    """One page of ``items`` and the token of the next, by MaxResults (1 to 100, default 100) and NextToken."""
    size = call.params.get("MaxResults") or 100
    if not 1 <= size <= 100:
        raise refused("maxResults must be between 1 and 100.")
    try:
        return cut(items, size, call.params.get("NextToken"))
    except ValueError as error:
        raise refused("The nextToken is not valid.") from error
