# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instance refreshes, which moto's Auto Scaling does not have.

Source: Amazon EC2 Auto Scaling API Reference, StartInstanceRefresh, CancelInstanceRefresh and
DescribeInstanceRefreshes (read 2026-11).
"""

from __future__ import annotations

import uuid
from typing import Any

from tests.sandbox.aws.autoscaling.resources import InstanceRefresh, connect, group_name
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World

ACTIVE = ("Pending", "InProgress")


@operation("autoscaling", "StartInstanceRefresh")
def start(call: Call, world: World) -> dict[str, Any]:
    """Replaces all instances when it begins, unless it is to fail; only its state takes time."""
    name = group_name(call, world)
    if _active(name, call, world):
        raise AwsError("InstanceRefreshInProgress", "An Instance Refresh is already in progress and blocks this one.")
    outcome = world.outcome("instance_refresh", call.account)
    backend = connect(call, world)
    for state in list(backend.autoscaling_groups[name].instance_states) if outcome is None else []:
        backend.terminate_instance(state.instance.id, False)
    refresh = InstanceRefresh(
        key=str(uuid.uuid4()),
        account=call.account,
        region=call.region,
        life=world.life("instance_refresh", *ACTIVE, outcome.state if outcome else "Successful"),
        group=name,
        reason=(outcome.reason if outcome else None) or "",
    )
    world.add(refresh)
    return {"InstanceRefreshId": refresh.key}


@operation("autoscaling", "CancelInstanceRefresh")
def cancel(call: Call, world: World) -> dict[str, Any]:
    active = _active(group_name(call, world), call, world)
    if not active:
        raise AwsError("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found.")
    active[0].life = world.life("instance_refresh", "Cancelled")
    return {"InstanceRefreshId": active[0].key}


@operation("autoscaling", "DescribeInstanceRefreshes")
def describe(call: Call, world: World) -> dict[str, Any]:
    """Newest first."""
    name, asked = group_name(call, world), call.params.get("InstanceRefreshIds")
    refreshes = [refresh for refresh in world.all(InstanceRefresh, call.account, call.region) if refresh.group == name]
    return {
        "InstanceRefreshes": [
            {
                "InstanceRefreshId": refresh.key,
                "AutoScalingGroupName": name,
                "Status": refresh.state,
                "StatusReason": None if refresh.state in ACTIVE else refresh.reason or None,
                "StartTime": refresh.created_at,
                "PercentageComplete": 100 if refresh.state == "Successful" else 0,
            }
            for refresh in reversed(refreshes)
            if not asked or refresh.key in asked
        ]
    }


def _active(name: str, call: Call, world: World) -> list[InstanceRefresh]:
    refreshes = world.all(InstanceRefresh, call.account, call.region)
    return [refresh for refresh in refreshes if refresh.group == name and refresh.state in ACTIVE]
