# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instance refreshes, which moto's Auto Scaling does not have.

Source: Amazon EC2 Auto Scaling API Reference, StartInstanceRefresh, RefreshPreferences, CancelInstanceRefresh,
RollbackInstanceRefresh and DescribeInstanceRefreshes; the User Guide's "Undo changes with a manual or auto rollback"
and "Add checkpoints to an instance refresh" (read 2026-11).
"""

from __future__ import annotations

import uuid
from typing import Any

from tests.sandbox.aws.autoscaling import replacing
from tests.sandbox.aws.autoscaling.replacing import ACTIVE
from tests.sandbox.aws.autoscaling.resources import InstanceRefresh, connect, group_name
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("autoscaling", "StartInstanceRefresh")
def start(call: Call, world: World) -> dict[str, Any]:
    """Hosts are replaced one after the other, a new one first."""
    name = group_name(call, world)
    if _active(name, call, world, "Cancelling"):
        raise AwsError("InstanceRefreshInProgress", "An Instance Refresh is already in progress and blocks this one.")
    group = connect(call, world).autoscaling_groups[name]
    desired = (call.params.get("DesiredConfiguration") or {}).get("LaunchTemplate")
    preferences = call.params.get("Preferences") or {}
    _check(preferences, desired, group)
    version = str((desired or {}).get("Version") or group.launch_template_version)
    outcome = world.outcome("instance_refresh", call.account)
    refresh = InstanceRefresh(
        key=str(uuid.uuid4()),
        account=call.account,
        region=call.region,
        life=world.life("instance_refresh", "Pending", "InProgress"),
        group=name,
        desired=desired,
        preferences=preferences,
        version=version,
        former=str(group.launch_template_version),
        leaving=[state.instance.id for state in replacing.outdated(group, version, preferences.get("SkipMatching"))],
        fails=(outcome.reason or "It failed.") if outcome else "",
        due=clock.now() + world.lag("instance_refresh.Pending"),
    )
    refresh.total = len(refresh.leaving)
    world.add(refresh)
    return {"InstanceRefreshId": refresh.key}


def _check(preferences: dict[str, Any], desired: dict[str, Any] | None, group: Any) -> None:
    """Raises ValidationError for what AWS refuses."""
    lowest, highest = preferences.get("MinHealthyPercentage"), preferences.get("MaxHealthyPercentage")
    points = preferences.get("CheckpointPercentages") or []
    fault = ""
    if preferences.get("AutoRollback") and not desired:
        fault = "Desired configuration must be specified when auto rollback is enabled."
    elif preferences.get("AutoRollback") and str(group.provided_launch_template_version).startswith("$"):
        fault = "Auto rollback is not supported for launch templates with the version $Latest or $Default."
    elif highest is not None and (lowest is None or highest - lowest > 100):
        fault = "MaxHealthyPercentage takes MinHealthyPercentage, and is not more than 100 above it."
    elif "CheckpointDelay" in preferences and not points:
        fault = "CheckpointDelay takes CheckpointPercentages."
    elif points != sorted(set(points)) or not all(1 <= point <= 100 for point in points):
        fault = "CheckpointPercentages are unique, from 1 to 100 and in ascending order."
    if fault:
        raise AwsError("ValidationError", fault)


@operation("autoscaling", "CancelInstanceRefresh")
def cancel(call: Call, world: World) -> dict[str, Any]:
    """What has been replaced stays; a host that is on its way arrives."""
    active = _active(group_name(call, world), call, world)
    if not active:
        raise AwsError("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found.")
    backend = connect(call, world)
    replacing.settle(active[0], backend.autoscaling_groups[active[0].group], backend)
    active[0].life = world.life("instance_refresh", "Cancelling", "Cancelled")
    return {"InstanceRefreshId": active[0].key}


@operation("autoscaling", "RollbackInstanceRefresh")
def roll_back(call: Call, world: World) -> dict[str, Any]:
    active = _active(group_name(call, world), call, world)
    if not active:
        raise AwsError("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found.")
    if not active[0].desired:
        raise AwsError("IrreversibleInstanceRefresh", "The instance refresh has no desired configuration to roll back.")
    backend = connect(call, world)
    replacing.roll_back(active[0], backend.autoscaling_groups[active[0].group], world, "A rollback was asked for.")
    return {"InstanceRefreshId": active[0].key}


@operation("autoscaling", "DescribeInstanceRefreshes")
def describe(call: Call, world: World) -> dict[str, Any]:
    """Newest first."""
    name, asked = group_name(call, world), call.params.get("InstanceRefreshIds")
    refreshes = [refresh for refresh in world.all(InstanceRefresh, call.account, call.region) if refresh.group == name]
    found = [_shown(refresh) for refresh in reversed(refreshes) if not asked or refresh.key in asked]
    return {"InstanceRefreshes": found[: call.params.get("MaxRecords") or 50]}


def _shown(refresh: InstanceRefresh) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "InstanceRefreshId": refresh.key,
        "AutoScalingGroupName": refresh.group,
        "Status": refresh.state,
        "StatusReason": None if refresh.state in ("Pending", "InProgress") else refresh.reason or None,
        "StartTime": refresh.created_at,
        "PercentageComplete": refresh.percentage,
        "InstancesToUpdate": len(refresh.leaving),
        "Preferences": refresh.preferences or None,
    }
    return {**shown, **({"DesiredConfiguration": {"LaunchTemplate": refresh.desired}} if refresh.desired else {})}


def _active(name: str, call: Call, world: World, *also: str) -> list[InstanceRefresh]:
    connect(call, world)
    refreshes = world.all(InstanceRefresh, call.account, call.region)
    return [refresh for refresh in refreshes if refresh.group == name and refresh.state in (*ACTIVE, *also)]
