# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Network Load Balancer that others have made, and that is used as it is. Pure.

This module util is PRIVATE to the collection.

What is on it stays: subnets, security groups and listeners are added to, none is taken away, and a target group behind
a wanted port is used where it fits. Once it is left, what we added is gone and what was there is as it was.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_actual import (
    ELB,
    Actual,
    Raw,
    forwards_to,
    made_here,
    misfits,
    security_groups,
    vpc_id,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_listeners import leftover_deletions
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import NetworkLoadBalancer
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Plan


def settled(item: NetworkLoadBalancer, actual: Actual) -> NetworkLoadBalancer:
    """The item as it can be had on a load balancer that is adopted; as it is on any other.

    Raises ItemError for a port whose target group does not fit.
    """
    balancer = actual.balancer
    if balancer is None or actual.created or not _is_adopted(item, actual):
        return item
    return dataclasses.replace(
        item,
        subnet_ids=_subnets(item, actual, balancer.raw),
        security_group_ids=sorted({*security_groups(actual), *(item.security_group_ids or ())}),
        listeners=None if item.listeners is None else [_listener(item, actual, own) for own in item.listeners],
        purge_listeners=False,
    )


def _is_adopted(item: NetworkLoadBalancer, actual: Actual) -> bool:
    taken = item.adopt and tagging.OWN_TAG not in actual.own_tags
    return ownership.is_adopted(actual.own_tags) or taken


def _subnets(item: NetworkLoadBalancer, actual: Actual, raw: Raw) -> list[str]:
    """Its own subnets, and the wanted ones in zones where it has none."""
    have = {zone["SubnetId"]: zone["ZoneName"] for zone in raw.get("AvailabilityZones") or ()}
    known = {
        subnet_id: {"SubnetId": subnet_id, "VpcId": raw["VpcId"], "AvailabilityZone": zone}
        for subnet_id, zone in have.items()
    }
    actual.subnets = {**known, **actual.subnets}
    further = []
    for subnet_id in item.subnet_ids or ():
        zone = actual.subnets.get(subnet_id, {}).get("AvailabilityZone")
        if subnet_id not in have and zone not in have.values():
            further.append(subnet_id)
    return [*have, *further]


def _listener(item: NetworkLoadBalancer, actual: Actual, wanted: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A wanted listener; on a port that is in use, with the target group that is behind it."""
    port, group = int(wanted["port"]), item.groups_by_port[int(wanted["port"])]
    listener = next((listener for listener in actual.listeners if int(listener["Port"]) == port), None)
    if listener is None or forwards_to(listener) == {actual.group_arn(group.name)}:
        return dict(wanted)
    arns = forwards_to(listener)
    behind = [raw for raw in actual.groups.values() if raw["TargetGroupArn"] in arns]
    if any(made_here(item, actual, arn) for arn in arns):
        return dict(wanted)
    if (
        listener.get("Protocol") != "TCP"
        or len(arns) != 1
        or not behind
        or misfits(group, behind[0], vpc_id(item, actual))
    ):
        names = ", ".join(str(raw["TargetGroupName"]) for raw in behind) or "nothing"
        raise ItemError(
            f"Port {port} of {item.aws_name}, which others have made, is a {listener.get('Protocol')} listener to "
            f"{names}, which does not fit: use another port (listener_port of a link)."
        )
    return {"port": port, "target_group": {"name": behind[0]["TargetGroupName"], "port": group.port}}


def kept(arn: str, actual: Actual) -> dict[str, str]:
    """The tag that remembers the targets of a group that is about to be adopted. Raises ItemError for too many."""
    text = " ".join(sorted(actual.targets.get(arn, {})))
    if len(text) > tagging.LONGEST:
        raise ItemError(f"{arn} has more targets than its tag can remember, so it cannot be adopted. Use another port.")
    return {tagging.KEPT_TAG: text} if text else {}


def leave(item: NetworkLoadBalancer, actual: Actual) -> Plan:
    """Take away the listeners and target groups that we added, and our tags."""
    ours = []
    for listener in actual.listeners:
        arns = forwards_to(listener)
        if arns and all(made_here(item, actual, arn) for arn in arns):
            ours.append(listener)
    plan = Plan()
    for listener in ours:
        params, settled_by = {"ListenerArn": listener["ListenerArn"]}, ("ListenerNotFound",)
        summary = f"remove port {listener['Port']}"
        plan.changes.append(Change(f"{ELB}:DeleteListener", params, summary, settled_by=settled_by))
    plan.changes += leftover_deletions(item, actual, gone=ours)
    adopted = [group["TargetGroupArn"] for group in actual.groups.values()]
    after = "what was added to be gone" if plan.changes else ""
    for arn in (*sorted(adopted), actual.arn):
        tags = actual.tags.get(arn, {})
        if ownership.is_ours(item, tags) and ownership.is_adopted(tags):
            own = {"ResourceArns": [arn], "TagKeys": tagging.own(tags)}
            plan.changes.append(Change(f"{ELB}:RemoveTags", own, f"untag {arn}", after))
    return plan
