# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS shows of a Network Load Balancer, its listeners and its target groups.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import NetworkLoadBalancer, WantedGroup
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Made

ELB = "elasticloadbalancing"
Raw = lb.Raw


@dataclass
class Actual:
    """What AWS shows for one wanted load balancer.

    ``groups`` are, by name, the target groups that concern it: wanted, on it, or left over from it. ``tags``,
    ``attributes``, ``targets`` (states by id) and ``certificates`` (how many a listener has) are by ARN; an ARN that
    is not in them was not read. ``addresses`` of its nodes are by subnet, where they were read. ``made`` is what this
    run has called for it.
    """

    balancer: lb.LoadBalancer | None = None
    listeners: t.Sequence[Raw] = ()
    groups: t.Mapping[str, Raw] = field(default_factory=dict)
    tags: t.Mapping[str, lb.Tags] = field(default_factory=dict)
    attributes: t.Mapping[str, t.Mapping[str, str]] = field(default_factory=dict)
    targets: t.Mapping[str, t.Mapping[str, str]] = field(default_factory=dict)
    addresses: t.Mapping[str, list[str]] = field(default_factory=dict)
    certificates: t.Mapping[str, int] = field(default_factory=dict)
    subnets: t.Mapping[str, Raw] = field(default_factory=dict)
    made: Made = field(default_factory=Made)

    @property
    def arn(self) -> str:
        return self.balancer.arn if self.balancer else UNKNOWN

    @property
    def subnet_ids(self) -> set[str]:
        zones = self.balancer.raw.get("AvailabilityZones") or [] if self.balancer else []
        return {zone["SubnetId"] for zone in zones}

    def group_arn(self, name: str) -> str:
        return str(self.groups[name]["TargetGroupArn"]) if name in self.groups else UNKNOWN

    def listener_arn(self, port: int) -> str:
        """The ARN of the listener on a port."""
        found = [str(listener["ListenerArn"]) for listener in self.listeners if int(listener["Port"]) == port]
        return found[0] if found else UNKNOWN

    def serves(self, arn: str) -> bool:
        """Whether a target group has a healthy target, as far as it was looked at."""
        return "healthy" in self.targets.get(arn, {}).values()

    @property
    def created(self) -> bool:
        """Whether this run has made the load balancer."""
        return f"{ELB}:CreateLoadBalancer" in self.made

    @property
    def own_tags(self) -> lb.Tags:
        return self.tags.get(self.arn, {})

    def unset(self, action: str) -> bool:
        """Whether the load balancer is new and ``action`` must still give it its first values.

        Attributes of a new resource are always set, so that check mode can predict the calls.
        """
        is_new = self.balancer is None or self.created
        return is_new and action not in self.made

    def unset_group(self, name: str) -> bool:
        """The same for the attributes of a target group."""
        is_new = name not in self.groups or name in self._params(f"{ELB}:CreateTargetGroup", "Name")
        return is_new and self.group_arn(name) not in self._params(
            f"{ELB}:ModifyTargetGroupAttributes", "TargetGroupArn"
        )

    def unset_listener(self, port: int) -> bool:
        """The same for the attributes of the listener on a port."""
        arn = self.listener_arn(port)
        is_new = arn == UNKNOWN or port in self._params(f"{ELB}:CreateListener", "Port")
        return is_new and arn not in self._params(f"{ELB}:ModifyListenerAttributes", "ListenerArn")

    def _params(self, action: str, param: str) -> set[t.Any]:
        return {change.params[param] for change in self.made.changes if change.action == action}


def vpc_id(item: NetworkLoadBalancer, actual: Actual) -> str:
    """The VPC of the load balancer: where it is, where it shall be, or where its first subnet is."""
    if actual.balancer:
        return str(actual.balancer.raw["VpcId"])
    return item.vpc_id or str(actual.subnets[(item.subnet_ids or [])[0]]["VpcId"])


def subnets_to_be(item: NetworkLoadBalancer, actual: Actual) -> list[str]:
    """Ids of the subnets that the load balancer shall have."""
    return sorted(actual.subnet_ids) if item.subnet_ids is None else item.subnet_ids


def address_type(item: NetworkLoadBalancer, actual: Actual) -> str:
    """The IP address type that the load balancer shall have."""
    have = actual.balancer.raw.get("IpAddressType") if actual.balancer else ""
    return item.ip_address_type or have or "ipv4"


def security_groups(actual: Actual) -> list[str]:
    return sorted(actual.balancer.raw.get("SecurityGroups") or []) if actual.balancer else []


def made_here(item: NetworkLoadBalancer, actual: Actual, arn: str) -> bool:
    """Whether a target group is the item's, and not one that was adopted."""
    tags = actual.tags.get(arn, {})
    return ownership.is_ours(item, tags) and not ownership.is_adopted(tags)


def leads_to_ours(item: NetworkLoadBalancer, actual: Actual, listener: Raw) -> bool:
    """Whether a listener has the item's tags, as those on a load balancer of others get, and forwards to its groups."""
    arns = forwards_to(listener)
    tagged = ownership.is_ours(item, actual.tags.get(listener["ListenerArn"], {}))
    return tagged and bool(arns) and all(made_here(item, actual, arn) for arn in arns)


def of_others(item: NetworkLoadBalancer, actual: Actual) -> list[str]:
    """ARNs of the target groups in use on the item's load balancer that are not the item's."""
    used = [
        raw["TargetGroupArn"] for raw in actual.groups.values() if actual.arn in (raw.get("LoadBalancerArns") or ())
    ]
    return sorted(arn for arn in used if arn in actual.tags and not ownership.is_ours(item, actual.tags[arn]))


def to_exist(item: NetworkLoadBalancer, actual: Actual, group: str = "") -> str:
    """What a change on the load balancer, and on a target group, must wait for."""
    if actual.balancer is None:
        return f"load balancer {item.name} to exist"
    return f"target group {group} to exist" if group and group not in actual.groups else ""


def differing(wanted: t.Mapping[str, str], have: t.Mapping[str, str] | None) -> list[dict[str, str]]:
    """The attributes that differ, as AWS takes them; none where the present ones were not read."""
    if have is None:
        return []
    return [{"Key": key, "Value": value} for key, value in sorted(wanted.items()) if have.get(key) != value]


def pairs(attributes: t.Sequence[t.Mapping[str, str]]) -> str:
    """Attributes in words."""
    return ", ".join(f"{attribute['Key']}={attribute['Value']}" for attribute in attributes)


def misfits(group: WantedGroup, raw: Raw, vpc: str) -> list[str]:
    """In what a target group is not what is wanted and never can be."""
    fixed = group.immutable(vpc).items()
    return [f"{key} {raw.get(key)} instead of {value}" for key, value in fixed if raw.get(key) != value]


def forwards_to(listener: Raw) -> set[str]:
    """ARNs of the target groups that a listener forwards to, in whichever form it was written."""
    found = set()
    for action in listener.get("DefaultActions") or []:
        weighted = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        found |= {group["TargetGroupArn"] for group in [action, *weighted] if group.get("TargetGroupArn")}
    return found
