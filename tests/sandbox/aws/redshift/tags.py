# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of Redshift clusters."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.redshift import resources as redshift
from tests.sandbox.aws.redshift.resources import Cluster
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("redshift", "CreateTags")
def create(call: Call, world: World) -> dict[str, Any]:
    _cluster(call, world).tags.update(redshift.tags_of(call))
    return {}


@operation("redshift", "DeleteTags")
def delete(call: Call, world: World) -> dict[str, Any]:
    cluster = _cluster(call, world)
    for key in call.params["TagKeys"]:
        cluster.tags.pop(key, None)
    return {}


@operation("redshift", "DescribeTags")
def describe(call: Call, world: World) -> dict[str, Any]:
    clusters = redshift.tagged(call, world.all(Cluster, call.account, call.region))
    rows = [
        {"Tag": tag, "ResourceName": cluster.arn, "ResourceType": "cluster"}
        for cluster in clusters
        for tag in cluster.tag_list
        if call.params.get("ResourceName") in (None, cluster.arn)
    ]
    found, marker = redshift.page(call, rows)
    return {"TaggedResources": found, "Marker": marker}


def _cluster(call: Call, world: World) -> Cluster:
    wanted = call.params["ResourceName"]
    for cluster in world.all(Cluster, call.account, call.region):
        if cluster.arn == wanted:
            return cluster
    raise AwsError("ResourceNotFoundFault", f"Resource {wanted} not found")
