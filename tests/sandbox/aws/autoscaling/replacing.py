# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an instance refresh goes on while time passes: host by host, with checkpoints, and back when it fails.

Whoever looks at Auto Scaling moves it on to the moment of the look. A host that is launched takes a while; then, where
the group is judged by load balancers, too, it must be healthy in all target groups before the old one ends.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.autoscaling.resources import InstanceRefresh
from tests.sandbox.aws.elbv2.health import is_healthy
from tests.sandbox.aws.elbv2.resources import TargetGroup
from tests.sandbox.core import clock
from tests.sandbox.core.world import World

ACTIVE = ("Pending", "InProgress", "RollbackInProgress")
MOVING = ("InProgress", "RollbackInProgress")


def outdated(group: Any, version: str, skips: bool | None) -> list[Any]:
    """The hosts that a refresh replaces: all, or with skip matching those of another version."""
    return [state for state in group.instance_states if not skips or str(state.version) != version]


def move_on(backend: Any, world: World, account: str, region: str) -> None:
    """Let every refresh of an account and region be where it is by now."""
    for refresh in world.all(InstanceRefresh, account, region):
        group = backend.autoscaling_groups.get(refresh.group)
        while group is not None and refresh.state in MOVING and refresh.due <= clock.now():
            if not _step(refresh, group, backend, world):
                break


def _step(refresh: InstanceRefresh, group: Any, backend: Any, world: World) -> bool:
    """The next thing that a refresh does; whether it could."""
    if refresh.fails and refresh.state == "InProgress":
        _fail(refresh, group, world, refresh.fails)
        return True
    if refresh.arriving:
        return _arrive(refresh, group, backend, world)
    if not refresh.leaving:
        _end(refresh, group, world)
        return False
    if refresh.state == "InProgress" and _pauses(refresh, group):
        return True
    refresh.arriving = _launch(group, refresh.version, backend)
    refresh.due += world.lag("instance_refresh.InProgress")
    return True


def _arrive(refresh: InstanceRefresh, group: Any, backend: Any, world: World) -> bool:
    """The new host takes the place of an old one, if it is as healthy as the group asks for."""
    if "ELB" in str(group.health_check_type) and not _serves(refresh.arriving, group, world):
        if clock.now() - refresh.due < world.lag("instance_refresh.unhealthy"):
            return False
        _fail(refresh, group, world, "The new instances did not become healthy.")
        return True
    settle(refresh, group, backend)
    return True


def settle(refresh: InstanceRefresh, group: Any, backend: Any) -> None:
    """Let a host that is on its way take the place of an old one."""
    if refresh.arriving:
        refresh.launched.append(refresh.arriving)
        refresh.arriving = ""
        _terminate(refresh.leaving.pop(0), group, backend)


def _pauses(refresh: InstanceRefresh, group: Any) -> bool:
    """Whether a checkpoint has been reached now, at which the refresh waits; each once."""
    new = sum(str(state.version) == refresh.version for state in group.instance_states)
    share = 100 * new // max(1, len(group.instance_states))
    points = [point for point in refresh.preferences.get("CheckpointPercentages") or [] if point < 100]
    reached = [point for point in points if point <= share and point not in refresh.passed]
    if reached:
        refresh.passed += reached
        refresh.due = clock.now() + refresh.preferences.get("CheckpointDelay", 3600)
    return bool(reached)


def _serves(instance_id: str, group: Any, world: World) -> bool:
    attached = [world.find(TargetGroup, arn) for arn in group.target_group_arns]
    return all(target_group is None or is_healthy(instance_id, target_group, world) for target_group in attached)


def _launch(group: Any, version: str, backend: Any) -> str:
    """One more host, of a version of the group's launch template."""
    usual, group.launch_template_version = group.launch_template_version, version
    try:
        group.replace_autoscaling_group_instances(1, group.get_propagated_tags())
    finally:
        group.launch_template_version = usual
    backend.update_attached_target_groups(group.name)
    return str(group.instance_states[-1].instance.id)


def _terminate(instance_id: str, group: Any, backend: Any) -> None:
    group.instance_states = [state for state in group.instance_states if state.instance.id != instance_id]
    backend.ec2_backend.terminate_instances([instance_id])
    backend.update_attached_target_groups(group.name)


def _end(refresh: InstanceRefresh, group: Any, world: World) -> None:
    """A refresh that went well leaves its configuration to the group."""
    if refresh.state == "RollbackInProgress":
        refresh.life = world.life("instance_refresh", "RollbackSuccessful")
        return
    refresh.life = world.life("instance_refresh", "Successful")
    group.launch_template_version = refresh.version
    if group.provided_launch_template_version is not None:
        group.provided_launch_template_version = refresh.version


def _fail(refresh: InstanceRefresh, group: Any, world: World, reason: str) -> None:
    refresh.reason = reason
    if refresh.state == "RollbackInProgress":
        refresh.life = world.life("instance_refresh", "RollbackFailed")
    elif refresh.preferences.get("AutoRollback"):
        roll_back(refresh, group, world, reason)
    else:
        refresh.life = world.life("instance_refresh", "Failed")


def roll_back(refresh: InstanceRefresh, group: Any, world: World, reason: str) -> None:
    """Replace the hosts that were launched by such as the group made before; one that arrives ends."""
    if refresh.arriving:
        _terminate(refresh.arriving, group, group.autoscaling_backend)
    present = {state.instance.id for state in group.instance_states}
    launched = refresh.launched
    refresh.life = world.life("instance_refresh", "RollbackInProgress")
    refresh.reason, refresh.version, refresh.arriving, refresh.launched = reason, refresh.former, "", []
    refresh.leaving = [instance_id for instance_id in launched if instance_id in present]
    refresh.due = clock.now() + world.lag("instance_refresh.RollbackInProgress")
