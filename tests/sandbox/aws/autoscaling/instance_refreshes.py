# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What moto's Auto Scaling does not have: instance refreshes, and an end of metrics.

Source: Amazon EC2 Auto Scaling API Reference, StartInstanceRefresh, CancelInstanceRefresh, DescribeInstanceRefreshes,
DisableMetricsCollection (read 2026-11).
"""

from __future__ import annotations

import uuid
from typing import Any

from tests.sandbox.aws.autoscaling.resources import connect
from tests.sandbox.aws.ec2.resources import InstanceRefresh
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World

ACTIVE = ("Pending", "InProgress")


@operation("autoscaling", "StartInstanceRefresh")
def start(call: Call, world: World) -> dict[str, Any]:
    """Replaces all instances when it begins; only its state takes time."""
    name = _group(call, world)
    if _active(name, call, world):
        raise AwsError("InstanceRefreshInProgress", "An Instance Refresh is already in progress and blocks this one.")
    backend = connect(call, world)
    for state in list(backend.autoscaling_groups[name].instance_states):
        backend.terminate_instance(state.instance.id, False)
    refresh = InstanceRefresh(
        key=str(uuid.uuid4()),
        account=call.account,
        region=call.region,
        life=world.life("instance_refresh", *ACTIVE, "Successful"),
        group=name,
    )
    world.add(refresh)
    return {"InstanceRefreshId": refresh.key}


@operation("autoscaling", "CancelInstanceRefresh")
def cancel(call: Call, world: World) -> dict[str, Any]:
    active = _active(_group(call, world), call, world)
    if not active:
        raise AwsError("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found.")
    active[0].life = world.life("instance_refresh", "Cancelled")
    return {"InstanceRefreshId": active[0].key}


@operation("autoscaling", "DescribeInstanceRefreshes")
def describe(call: Call, world: World) -> dict[str, Any]:
    """Newest first."""
    name, asked = _group(call, world), call.params.get("InstanceRefreshIds")
    refreshes = [one for one in world.all(InstanceRefresh, call.account, call.region) if one.group == name]
    return {
        "InstanceRefreshes": [
            {
                "InstanceRefreshId": one.key,
                "AutoScalingGroupName": name,
                "Status": one.state,
                "StartTime": one.created_at,
                "PercentageComplete": 100 if one.state == "Successful" else 0,
            }
            for one in reversed(refreshes)
            if not asked or one.key in asked
        ]
    }


@operation("autoscaling", "DisableMetricsCollection")
def disable_metrics(call: Call, world: World) -> dict[str, Any]:
    """Without Metrics all of them end."""
    group = connect(call, world).autoscaling_groups[_group(call, world)]
    gone = call.params.get("Metrics")
    group.metrics = [metric for metric in group.metrics if gone and metric not in gone]
    return {}


def _group(call: Call, world: World) -> str:
    name = str(call.params["AutoScalingGroupName"])
    if name not in connect(call, world).autoscaling_groups:
        raise AwsError("ValidationError", f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return name


def _active(name: str, call: Call, world: World) -> list[InstanceRefresh]:
    refreshes = world.all(InstanceRefresh, call.account, call.region)
    return [one for one in refreshes if one.group == name and one.state in ACTIVE]
