# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of all resources of VPC Lattice."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.vpc_lattice.resources import (
    LatticeError,
    LatticeResource,
)
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("vpc-lattice", "TagResource")
def tag(call: Call, world: World) -> dict[str, Any]:
    resource = _tagged(call, world)
    tags = {**resource.tags, **call.params["tags"]}
    if len(tags) > 50:
        raise LatticeError("ValidationException", "Too many tags")
    resource.tags = tags
    return {}


@operation("vpc-lattice", "UntagResource")
def untag(call: Call, world: World) -> dict[str, Any]:
    resource = _tagged(call, world)
    resource.tags = {key: value for key, value in resource.tags.items() if key not in call.params["tagKeys"]}
    return {}


@operation("vpc-lattice", "ListTagsForResource")
def tags(call: Call, world: World) -> dict[str, Any]:
    return {"tags": _tagged(call, world).tags}


def _tagged(call: Call, world: World) -> LatticeResource:
    arn = str(call.params["resourceArn"])
    for resource in world.tagged():
        if isinstance(resource, LatticeResource) and resource.arn == arn and resource.account == call.account:
            return resource
    raise LatticeError("ResourceNotFoundException", f"{arn} not found", "RESOURCE", arn)
