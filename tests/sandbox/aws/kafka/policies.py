# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of MSK clusters, each with a version: a change that does not name the present one is refused."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.sandbox.aws.kafka import resources as kafka
from tests.sandbox.aws.kafka.resources import Cluster
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import World

ELEMENTS = {"Version", "Id", "Statement"}
OF_STATEMENT = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
ACTION = re.compile(r"kafka(-cluster)?:[A-Za-z0-9*?]+")
ACCOUNT = re.compile(r"[0-9]{12}")
IDENTITY = re.compile(r"arn:(aws[a-z-]*):(iam|sts)::[0-9]{12}:(root|(user|role|assumed-role)/[\w+=,.@/-]+)", re.ASCII)


@operation("kafka", "GetClusterPolicy")
def get(call: Call, world: World) -> dict[str, Any]:
    cluster = kafka.own(call, world)
    if cluster.policy is None:
        raise AwsError("NotFoundException", "The cluster policy does not exist.")
    return {"CurrentVersion": cluster.policy_version, "Policy": json.dumps(cluster.policy)}


@operation("kafka", "PutClusterPolicy")
def put(call: Call, world: World) -> dict[str, Any]:
    """The policy's version is not the cluster's. Before multi-VPC connectivity is on, no policy is taken (34419)."""
    cluster, version = kafka.own(call, world), call.params.get("CurrentVersion")
    kafka.require_active(cluster)
    if not cluster.on:
        raise kafka.refused("Multi-VPC private connectivity is not enabled for the cluster.")
    if cluster.policy is not None and not version:
        raise kafka.refused("Current cluster policy version needed for Update")
    if version and (cluster.policy is None or version != cluster.policy_version):
        raise kafka.refused("The version of the cluster policy isn't current.")
    cluster.policy = _accepted(call.params["Policy"], cluster)
    cluster.policy_versions += 1
    return {"CurrentVersion": cluster.policy_version}


@operation("kafka", "DeleteClusterPolicy")
def delete(call: Call, world: World) -> dict[str, Any]:
    """Nothing in the call says which version is meant: whatever is there goes."""
    cluster = kafka.own(call, world)
    if cluster.policy is None:
        raise AwsError("NotFoundException", "The cluster policy does not exist.")
    kafka.require_active(cluster)
    cluster.policy = None
    return {}


def _accepted(text: str, cluster: Cluster) -> dict[str, Any]:
    """A policy as MSK keeps it. Raises AwsError for one that it does not take."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise kafka.refused("The policy is not valid JSON.") from error
    statements = kafka.listed(document.get("Statement")) if isinstance(document, dict) else []
    if not statements or set(document) - ELEMENTS:
        raise kafka.refused("The policy document is malformed.")
    for statement in statements:
        _check(statement, cluster)
    named = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(named) != len(set(named)):
        raise kafka.refused("Statement IDs (SID) in a single policy must be unique.")
    return {**document, "Statement": [_given_back(statement, cluster) for statement in statements]}


def _check(statement: Any, cluster: Cluster) -> None:
    wrong = not isinstance(statement, dict) or set(statement) - OF_STATEMENT
    if wrong or {"Effect", "Principal", "Action", "Resource"} - set(statement):
        raise kafka.refused("The policy has a malformed statement.")
    if statement["Effect"] not in ("Allow", "Deny") or not re.fullmatch("[A-Za-z0-9]*", statement.get("Sid", "")):
        raise kafka.refused("The policy has a malformed statement.")
    if not all(ACTION.fullmatch(action) for action in kafka.listed(statement["Action"])):
        raise kafka.refused("The policy has an invalid action.")
    resources = [arn for arn in kafka.listed(statement["Resource"]) if ":cluster/" in arn]
    if not kafka.listed(statement["Resource"]) or any(arn != cluster.key for arn in resources):
        raise kafka.refused("The policy has an invalid resource.")
    for name in _principals(statement):
        match = IDENTITY.fullmatch(name)
        if not (name == "*" or ACCOUNT.fullmatch(name) or (match and match[1] == partition(cluster.region))):
            raise kafka.refused("Invalid principal in policy")


def _principals(statement: dict[str, Any]) -> list[str]:
    principal = statement["Principal"]
    return [str(name) for name in kafka.listed(principal if isinstance(principal, str) else principal.get("AWS"))]


def _given_back(statement: dict[str, Any], cluster: Cluster) -> dict[str, Any]:
    """A statement as it is shown: accounts as the ARN of their root, as in all resource policies."""
    if isinstance(statement["Principal"], str):
        return statement
    names = [_root(name, cluster) for name in _principals(statement)]
    return {**statement, "Principal": {**statement["Principal"], "AWS": names[0] if len(names) == 1 else names}}


def _root(name: str, cluster: Cluster) -> str:
    return f"arn:{partition(cluster.region)}:iam::{name}:root" if ACCOUNT.fullmatch(name) else name
