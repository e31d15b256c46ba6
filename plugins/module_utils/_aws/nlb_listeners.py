# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which listeners of a Network Load Balancer come, move and go, and with them target groups. Pure.

This module util is PRIVATE to the collection.

A listener leaves a target group that serves only for one that does. AWS looks at the health of targets in use only, so
the new group first gets a listener on a spare port.
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
    differing,
    forwards_to,
    leads_to_ours,
    made_here,
    of_others,
    pairs,
    to_exist,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import NetworkLoadBalancer, WantedGroup
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change

SPARE_PORTS = range(65535, 65435, -1)  # for listeners that last until a target is healthy


def moves(item: NetworkLoadBalancer, actual: Actual) -> list[tuple[Raw, WantedGroup]]:
    """Listeners on a wanted port that forward elsewhere, each with the target group that it shall forward to."""
    by_port = {listener["Port"]: listener for listener in actual.listeners}
    found = []
    for port, group in item.groups_by_port.items():
        if port in by_port and forwards_to(by_port[port]) != {actual.group_arn(group.name)}:
            found.append((by_port[port], group))
    return found


def held_ports(item: NetworkLoadBalancer, actual: Actual) -> list[int]:
    """Ports whose listener stays where it is: its target group serves, and the new one does not yet."""
    held = []
    for listener, group in moves(item, actual):
        serving = any(actual.serves(arn) for arn in forwards_to(listener))
        if serving and not actual.serves(actual.group_arn(group.name)):
            held.append(int(listener["Port"]))
    return sorted(held)


def listener_changes(item: NetworkLoadBalancer, actual: Actual, held: t.Sequence[int]) -> list[Change]:
    """A port that forwards elsewhere is repointed, unless it is held; other ports are removed last, when purging."""
    changes = []
    present = {listener["Port"] for listener in actual.listeners}
    for port, group in item.groups_by_port.items():
        if port not in present:
            after = to_exist(item, actual, group.name)
            created = _create_listener(actual, port, group, f"forward port {port} to {group.name}", after)
            theirs = ownership.is_theirs(item, actual.own_tags)
            changes.append(_tagged(item, created) if theirs else created)
    for listener, group in moves(item, actual):
        port, after = int(listener["Port"]), to_exist(item, actual, group.name)
        if port in held_ports(item, actual):
            changes += _looked_at(item, actual, group, after)
            after = after or f"{group.name} to have a healthy target"
        if port not in held:
            actions = [{"Type": "forward", "TargetGroupArn": actual.group_arn(group.name)}]
            params = {"ListenerArn": listener["ListenerArn"], "DefaultActions": actions}
            changes.append(Change(f"{ELB}:ModifyListener", params, f"forward port {port} to {group.name}", after))
            looking = any(change.params.get("Port") in SPARE_PORTS for change in changes)
            if looking:  # a plan of what comes later
                params = {"ListenerArn": UNKNOWN}
                changes.append(Change(f"{ELB}:DeleteListener", params, "look no more", "what takes its place"))
    changes += _attribute_changes(item, actual)
    later = "what takes its place" if changes or held else ""
    for listener in surplus(item, actual, held):
        params, settled = {"ListenerArn": listener["ListenerArn"]}, ("ListenerNotFound",)
        summary = f"remove port {listener['Port']}"
        changes.append(Change(f"{ELB}:DeleteListener", params, summary, later, settled_by=settled))
    return changes


def _attribute_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """Attributes of listeners. A listener is made without, so a new one gets them once it is there."""
    changes = []
    for port, wanted in item.listener_attributes.items():
        arn = actual.listener_arn(port)
        changed = differing(wanted, {} if actual.unset_listener(port) else actual.attributes.get(arn))
        if changed:
            params = {"ListenerArn": arn, "Attributes": changed}
            after = f"port {port} of {item.name} to be there" if arn == UNKNOWN else ""
            action = f"{ELB}:ModifyListenerAttributes"
            changes.append(Change(action, params, f"set {pairs(changed)} of port {port}", after))
    return changes


def surplus(item: NetworkLoadBalancer, actual: Actual, held: t.Sequence[int]) -> list[Raw]:
    """Listeners that must go, by port: those that were made for a look, and when purging all that are not wanted.

    None goes while a port is held; of a load balancer that others have made, only those to target groups of ours, and
    of one of ours, where others are left alone, none to target groups of others.
    """
    theirs = ownership.is_theirs(item, actual.own_tags)
    others = set(of_others(item, actual)) if item.leave_others else set()
    found = []
    for listener in sorted(actual.listeners, key=lambda listener: int(listener["Port"])):
        port = int(listener["Port"])
        extra = port not in item.groups_by_port and item.listeners is not None
        ours = leads_to_ours(item, actual, listener) if theirs else not others & forwards_to(listener)
        purged = item.purge_listeners and ours
        if extra and not held and (purged or _is_for_a_look(item, actual, listener)):
            found.append(listener)
    return found


def former_ports(item: NetworkLoadBalancer, actual: Actual) -> list[int]:
    """Ports on which nobody will be served any more."""
    return [int(listener["Port"]) for listener in surplus(item, actual, ()) if int(listener["Port"]) not in SPARE_PORTS]


def _create_listener(actual: Actual, port: int, group: WantedGroup, summary: str, after: str) -> Change:
    actions = [{"Type": "forward", "TargetGroupArn": actual.group_arn(group.name)}]
    params = {"LoadBalancerArn": actual.arn, "Protocol": "TCP", "Port": port, "DefaultActions": actions}
    return Change(f"{ELB}:CreateListener", params, summary, after, ("DuplicateListener",))


def _looked_at(item: NetworkLoadBalancer, actual: Actual, group: WantedGroup, after: str) -> list[Change]:
    """A listener on a spare port, where the group has none: AWS looks at the health of targets in use only."""
    if any(forwards_to(listener) == {actual.group_arn(group.name)} for listener in actual.listeners):
        return []
    taken = {int(listener["Port"]) for listener in actual.listeners}
    port = next(port for port in SPARE_PORTS if port not in taken)
    summary = f"have AWS look at the targets of {group.name}"
    return [_tagged(item, _create_listener(actual, port, group, summary, after))]


def _tagged(item: NetworkLoadBalancer, listener: Change) -> Change:
    """A listener that must be told from others: it lasts for a look only, or is beside those of others."""
    return dataclasses.replace(listener, params={**listener.params, "Tags": tagging.as_aws(tagging.marks(item))})


def _is_for_a_look(item: NetworkLoadBalancer, actual: Actual, listener: Raw) -> bool:
    tags = actual.tags.get(listener["ListenerArn"], {})
    return int(listener["Port"]) in SPARE_PORTS and ownership.is_ours(item, tags)


def leftover_deletions(
    item: NetworkLoadBalancer, actual: Actual, held: t.Sequence[int] = (), gone: t.Sequence[Raw] = ()
) -> list[Change]:
    """Our own target groups that no listener will use any more, each as soon as AWS shows it out of use.

    A target group that another load balancer uses is never among them, nor one that was adopted. ``gone`` are listeners
    that are to go beside those that the item does not want.
    """
    if item.state == "present" and item.listeners is None:
        return []
    going = [*surplus(item, actual, held), *gone]
    in_use: set[str] = set()
    for listener in actual.listeners:
        moved = listener["Port"] in item.groups_by_port and listener["Port"] not in held
        if not moved and listener not in going:
            in_use |= forwards_to(listener)
    changes = []
    for name, group in sorted(actual.groups.items()):
        arn, users = group["TargetGroupArn"], set(group.get("LoadBalancerArns") or [])
        wanted = item.state == "present" and name in item.groups
        if wanted or arn in in_use or not users <= {actual.arn} or not made_here(item, actual, arn):
            continue
        after = f"target group {name} to be out of use" if users else ""
        changes.append(
            Change(
                f"{ELB}:DeleteTargetGroup",
                {"TargetGroupArn": arn},
                f"delete target group {name}",
                after,
                settled_by=("TargetGroupNotFound",),
                retried_on=("ResourceInUse",),  # listings are ahead of what the call goes by
            )
        )
    return changes
