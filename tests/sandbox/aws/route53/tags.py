# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of hosted zones, ten at most.

Source: Amazon Route 53 API Reference, ChangeTagsForResource, ListTagsForResource, ListTagsForResources (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.route53.resources import HostedZone, get_zone
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World

MOST = 10


@operation("route53", "ChangeTagsForResource")
def change(call: Call, world: World) -> dict[str, Any]:
    zone = _zone(call, world, call.params["ResourceId"])
    added = {tag["Key"]: tag.get("Value", "") for tag in call.params.get("AddTags") or ()}
    removed = call.params.get("RemoveTagKeys") or []
    if not (added or removed) or len(added) > MOST or len(removed) > MOST:
        raise AwsError("InvalidInput", f"1 to {MOST} tags can be added and removed in one request.", 400)
    kept = {key: value for key, value in zone.tags.items() if key not in removed}
    if len({**kept, **added}) > MOST:
        raise AwsError("InvalidInput", f"A resource has {MOST} tags at most.", 400)
    zone.tags = {**kept, **added}
    return {}


@operation("route53", "ListTagsForResource")
def list_(call: Call, world: World) -> dict[str, Any]:
    return {"ResourceTagSet": _described(_zone(call, world, call.params["ResourceId"]))}


@operation("route53", "ListTagsForResources")
def list_many(call: Call, world: World) -> dict[str, Any]:
    ids = call.params["ResourceIds"]
    if not 1 <= len(ids) <= MOST:
        raise AwsError("InvalidInput", f"1 to {MOST} resources can be named in one request.", 400)
    return {"ResourceTagSets": [_described(_zone(call, world, zone_id)) for zone_id in ids]}


def _zone(call: Call, world: World, zone_id: str) -> HostedZone:
    if call.params["ResourceType"] != "hostedzone":
        raise AwsError("NoSuchHealthCheck", f"No health check exists with the ID {zone_id}", 404)
    return get_zone(call, world, zone_id)


def _described(zone: HostedZone) -> dict[str, Any]:
    return {"ResourceType": "hostedzone", "ResourceId": zone.key, "Tags": zone.tag_list}
