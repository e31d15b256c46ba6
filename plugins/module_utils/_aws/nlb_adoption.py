# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Network Load Balancer that others have made, and that is used as it is. Pure.

This module util is PRIVATE to the collection.

It is used as it is: its subnets, security groups and settings stay, and listeners are added. A target group that others
have made is used with its own settings, where it fits. Once it is left, what we added is gone.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_actual import (
    ELB,
    Actual,
    forwards_to,
    leads_to_ours,
    made_here,
    misfits,
    vpc_id,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_listeners import leftover_deletions
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import NetworkLoadBalancer, WantedGroup
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Plan


def settled(item: NetworkLoadBalancer, actual: Actual) -> NetworkLoadBalancer:
    """The item as it can be had on a load balancer that others have made; as it is on any other.

    Raises ItemError for a port whose target group does not fit.
    """
    listeners = [_listener(item, actual, wanted) for wanted in item.listeners or ()]
    item = dataclasses.replace(item, listeners=None if item.listeners is None else listeners)
    if actual.balancer is None or actual.created or not ownership.is_theirs(item, actual.own_tags):
        return item
    return dataclasses.replace(
        item,
        subnet_ids=None,
        private_addresses=None,
        security_group_ids=None,
        enforce_privatelink_rules=None,
        cross_zone=None,
        ip_address_type=None,
        deletion_protection=None,
    )


def _listener(item: NetworkLoadBalancer, actual: Actual, wanted: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A wanted listener; where others have made the target group behind its port, with that one as it is.

    A listener that leads to a group of others on their load balancer is theirs, too, and keeps its attributes.
    """
    port, group = int(wanted["port"]), item.groups_by_port[int(wanted["port"])]
    listener = next((listener for listener in actual.listeners if int(listener["Port"]) == port), None)
    arns = forwards_to(listener) if listener else set()
    behind = [raw for raw in actual.groups.values() if raw["TargetGroupArn"] in arns]
    theirs = [raw for raw in behind if not made_here(item, actual, raw["TargetGroupArn"])]
    if theirs and ownership.is_theirs(item, actual.own_tags):
        fits = listener is not None and listener.get("Protocol") == "TCP" and len(arns) == 1
        if not fits or misfits(group, theirs[0], vpc_id(item, actual)):
            names = ", ".join(str(raw["TargetGroupName"]) for raw in behind)
            raise ItemError(
                f"Port {port} of {item.aws_name}, which others have made, is a {(listener or {}).get('Protocol')} "
                f"listener to {names}, which does not fit: use another port (listener_port of a link)."
            )
        return {"port": port, "target_group": _as_it_is(str(theirs[0]["TargetGroupName"]), group)}
    named = actual.groups.get(group.name)
    if named and ownership.is_theirs(item, actual.tags.get(named["TargetGroupArn"], {})):
        return {**wanted, "target_group": _as_it_is(group.name, group)}
    return dict(wanted)


def _as_it_is(name: str, group: WantedGroup) -> dict[str, t.Any]:
    return {"name": name, "port": group.port, "target_type": group.target_type}


def leave(item: NetworkLoadBalancer, actual: Actual) -> Plan:
    """Take away the listeners and target groups that we added, and our tags."""
    ours = [listener for listener in actual.listeners if leads_to_ours(item, actual, listener)]
    plan = Plan()
    for listener in ours:
        params, settled_by = {"ListenerArn": listener["ListenerArn"]}, ("ListenerNotFound",)
        summary = f"remove port {listener['Port']}"
        plan.changes.append(Change(f"{ELB}:DeleteListener", params, summary, settled_by=settled_by))
    plan.changes += leftover_deletions(item, actual, gone=ours)
    plan.changes += _deregistrations(item, actual)
    after = "what was added to be gone" if plan.changes else ""
    plan.changes += [
        *_untagged(item, actual, _group_arns(actual), after),
        *_untagged(item, actual, [actual.arn], after),
    ]
    return plan


def leave_groups(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """Take what is ours from target groups of others that a load balancer of ours has used."""
    removed = _deregistrations(item, actual)
    return [*removed, *_untagged(item, actual, _group_arns(actual), "what was added to be gone" if removed else "")]


def _group_arns(actual: Actual) -> list[str]:
    return sorted(group["TargetGroupArn"] for group in actual.groups.values())


def _untagged(item: NetworkLoadBalancer, actual: Actual, arns: t.Sequence[str], after: str) -> t.Iterator[Change]:
    for arn in arns:
        tags = actual.tags.get(arn, {})
        if ownership.is_ours(item, tags) and ownership.is_adopted(tags):
            own = {"ResourceArns": [arn], "TagKeys": tagging.own(tags)}
            yield Change(f"{ELB}:RemoveTags", own, f"untag {arn}", after)


def _deregistrations(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """Of targets that we have registered in groups of others, unless a group would be without any."""
    changes = []
    for group in actual.groups.values():
        arn = group["TargetGroupArn"]
        tags = actual.tags.get(arn, {})
        if not (ownership.is_ours(item, tags) and ownership.is_adopted(tags)):
            continue
        active = {address for address, state in actual.targets.get(arn, {}).items() if state != "draining"}
        ours = sorted(active & set(tags.get(tagging.REGISTERED_TAG, "").split()))
        if ours and active - set(ours):
            params = {"TargetGroupArn": arn, "Targets": [{"Id": address} for address in ours]}
            summary = f"remove {', '.join(ours)} from {group['TargetGroupName']}"
            changes.append(Change(f"{ELB}:DeregisterTargets", params, summary))
    return changes
