# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How targets are: whether they are in use, and serve."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.elbv2.resources import Listener, LoadBalancer, Target, TargetGroup
from tests.sandbox.core import clock
from tests.sandbox.core.world import World


@dataclass
class Use:
    """A load balancer that sends traffic to a group since a moment, through its first listener that does."""

    since: float
    balancer: LoadBalancer


def uses_of(group: TargetGroup, world: World) -> list[Use]:
    listeners = [listener for listener in world.all(Listener) if group.key in listener.target_group_arns]
    found = [(listener.created, world.find(LoadBalancer, listener.load_balancer_arn)) for listener in listeners]
    return [Use(created, balancer) for created, balancer in found if balancer is not None]


def used_since(group: TargetGroup, target: Target, uses: list[Use]) -> float | None:
    """When the target came into use: it is registered, a listener forwards to it, and its zone is enabled."""
    moments = [
        max(use.since, target.registered)
        for use in uses
        if _crosses_zones(group, use.balancer) or _zone_enabled(target, use.balancer)
    ]
    return min(moments, default=None)


def _crosses_zones(group: TargetGroup, balancer: LoadBalancer) -> bool:
    key = "load_balancing.cross_zone.enabled"
    own = group.attributes.get(key, "use_load_balancer_configuration")
    return (balancer.attributes.get(key) if own == "use_load_balancer_configuration" else own) == "true"


def _zone_enabled(target: Target, balancer: LoadBalancer) -> bool:
    return target.zone == "all" or any(zone["ZoneName"] == target.zone for zone in balancer.zones)


def health_of(target: Target, group: TargetGroup, uses: list[Use], world: World) -> dict[str, str]:
    if target.draining is not None:
        return state("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
    since = used_since(group, target, uses)
    if since is None:
        return state("unused", "Target.NotInUse", "No load balancer sends traffic to the target")
    if clock.now() - since < world.lag("target.initial"):
        return state("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
    reason = group.unhealthy.get((target.id, target.port)) or group.unhealthy.get((target.id, None))
    if not reason and group.target_type == "instance" and _is_failing(target.id, group, world):
        reason = "Target.FailedHealthChecks"
    if reason:
        return state("unhealthy", reason, "Health checks failed")
    return {"State": "healthy"}


def is_healthy(target_id: str, group: TargetGroup, world: World) -> bool:
    """Whether a target is healthy on the port of its group."""
    target = group.targets.get((target_id, group.port))
    return target is not None and health_of(target, group, uses_of(group, world), world)["State"] == "healthy"


def _is_failing(instance_id: str, group: TargetGroup, world: World) -> bool:
    """Whether an instance came from an image or user data of which a test has said that they serve nobody."""
    texts = [text for account, text in world.failing if account == group.account]
    if not texts:
        return False
    backend = moto_ec2.backend(group.account, group.region)
    found = [i for r in backend.reservations.values() for i in r.instances if i.id == instance_id]
    made_of = "".join(f"{instance.image_id}\n{_decoded(instance.user_data)}" for instance in found)
    return any(text in made_of for text in texts)


def _decoded(user_data: Any) -> str:
    return base64.b64decode(str(user_data or "")).decode(errors="replace")


def state(state: str, reason: str, text: str) -> dict[str, str]:
    return {"State": state, "Reason": reason, "Description": text}
