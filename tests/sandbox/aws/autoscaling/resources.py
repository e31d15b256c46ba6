# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What moto's Auto Scaling needs of us: our target groups, and instances that remember how they were launched.

Beside it stand the instance refreshes, which moto does not have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from tests.sandbox.aws.elbv2.resources import Target, TargetGroup
from tests.sandbox.core import underneath
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.world import Resource, World, declare_state

declare_state("instance_refresh.Pending", "a started instance refresh before it is InProgress")
declare_state("instance_refresh.InProgress", "an instance refresh with each host that it replaces")
declare_state("instance_refresh.RollbackInProgress", "an instance refresh that goes back, before its first host")
declare_state("instance_refresh.Cancelling", "an instance refresh before it is Cancelled")
declare_state("instance_refresh.unhealthy", "how long a refresh waits for a host that load balancers judge", 3600)


@dataclass(kw_only=True, eq=False)
class InstanceRefresh(Resource):
    """The replacement of instances of an Auto Scaling group, one after the other; ``key`` is its id.

    ``version`` is that of the launch template that it brings, ``former`` the one that it goes back to. ``due`` is when
    it goes on: a new host is ``arriving`` for the first of those ``leaving``, and then among the ``launched``.
    ``passed`` are the checkpoints behind it, and ``fails`` is why it is to fail.
    """

    KIND: ClassVar[str] = "instance_refresh"

    group: str
    version: str
    former: str
    due: float
    desired: dict[str, Any] | None = None
    preferences: dict[str, Any] = field(default_factory=dict)
    leaving: list[str] = field(default_factory=list)
    launched: list[str] = field(default_factory=list)
    passed: list[int] = field(default_factory=list)
    arriving: str = ""
    total: int = 0
    fails: str = ""
    reason: str = ""

    @property
    def percentage(self) -> int:
        """How much is replaced: all when it is done, less and less while it goes back."""
        if self.state == "Successful":
            return 100
        return 100 * len(self.launched) // self.total if self.total else 0


@dataclass(frozen=True)
class TargetGroups:
    """Our target groups, with the methods of moto's own that its Auto Scaling calls."""

    account: str
    region: str
    world: World

    def describe_target_groups(self, target_group_arns: list[str], **_: Any) -> list[Any]:
        return [self.find(arn) for arn in target_group_arns]

    def find(self, arn: str) -> Any:
        """The group as moto looks at it. Raises moto's error when there is none."""
        from moto.elbv2.exceptions import TargetGroupNotFoundError

        group = self.world.find(TargetGroup, arn, self.account, self.region)
        if group is None:
            raise TargetGroupNotFoundError()
        return Attached(arn, group.port, group)

    def register_targets(self, arn: str, targets: list[dict[str, Any]]) -> None:
        """The instances that the Auto Scaling group has now; those that it had before leave with their registration."""
        group = self.find(arn).group
        wanted = {(target["Id"], group.port) for target in targets}
        for key in set(group.targets) - wanted:
            del group.targets[key]
        for key in wanted - set(group.targets):
            group.targets[key] = Target(id=key[0], port=key[1], zone="all", registered=0)

    def deregister_targets(self, arn: str, targets: list[dict[str, Any]]) -> None:
        group = self.find(arn).group
        for target in targets:
            group.targets.pop((target["Id"], group.port), None)


@dataclass(frozen=True)
class Attached:
    """A target group of an Auto Scaling group."""

    arn: str
    port: int
    group: TargetGroup


@underneath.prepares("autoscaling")
def connect(call: Call, world: World) -> Any:
    """moto's Auto Scaling backend of the caller, put before our target groups, with its refreshes as far as now."""
    from moto.backends import get_backend

    from tests.sandbox.aws.autoscaling import replacing

    mend()
    backend = get_backend("autoscaling")[call.account][call.region]
    backend.elbv2_backend = TargetGroups(call.account, call.region, world)  # type: ignore[assignment]
    replacing.move_on(backend, world, call.account, call.region)
    return backend


@cache
def mend() -> None:
    """Three things that moto gets wrong: which version of a launch template an instance came from (it shows the default
    version), user data of any version but the first (it refuses it), and tags that a launch template gets later (it
    shows those of its creation)."""
    from moto.autoscaling import models
    from moto.core.types import Base64EncodedString
    from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion

    class InstanceState(models.InstanceState):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            group = self.auto_scaling_group
            if group is not None and group.ec2_launch_template is not None:
                self.version = str(group.ec2_launch_template.get_version(group.launch_template_version).number)

        @property
        def launch_template(self) -> dict[str, Any] | None:
            shown = super().launch_template
            return {**shown, "Version": self.version} if shown else None

    def user_data(self: LaunchTemplateVersion) -> Base64EncodedString | None:
        data = self.data.get("UserData")
        return Base64EncodedString(data) if isinstance(data, str) else data

    def tags(self: LaunchTemplate) -> list[dict[str, str]]:
        return self.get_tags()

    models.InstanceState = InstanceState  # type: ignore[misc]
    LaunchTemplateVersion.user_data = property(user_data)  # type: ignore[assignment, method-assign]
    LaunchTemplate.tags = property(tags, lambda self, value: None)  # type: ignore[assignment]


def group_name(call: Call, world: World) -> str:
    """The call's AutoScalingGroupName. Raises ValidationError if the caller has no such group."""
    name = str(call.params["AutoScalingGroupName"])
    if name not in connect(call, world).autoscaling_groups:
        raise AwsError("ValidationError", f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return name
