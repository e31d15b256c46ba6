# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Internal Network Load Balancers with their listeners and target groups, as one unit: read and plan.

This module util is PRIVATE to the collection.

Targets are never touched here. Source: Elastic Load Balancing API Reference 2015-12-01 and the guide "Network Load
Balancers" (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import (
    ANOTHER_NAME,
    BALANCER_ATTRIBUTES,
    NetworkLoadBalancer,
    WantedGroup,
    no_rules_to_enforce,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change, Made, Plan

ELB = "elasticloadbalancing"
Raw = lb.Raw


@dataclass
class Actual:
    """What AWS shows for one wanted load balancer.

    ``groups`` are, by name, the target groups that concern it: wanted, on it, or left over from it. ``tags`` and
    ``attributes`` are by ARN; an ARN that is not in them was not read. ``made`` is what this run has called for it.
    """

    balancer: lb.LoadBalancer | None = None
    listeners: t.Sequence[Raw] = ()
    groups: t.Mapping[str, Raw] = field(default_factory=dict)
    tags: t.Mapping[str, lb.Tags] = field(default_factory=dict)
    attributes: t.Mapping[str, t.Mapping[str, str]] = field(default_factory=dict)
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

    def unset(self, action: str) -> bool:
        """Whether the load balancer is new and ``action`` must still give it its first values.

        Attributes of a new resource are always set, so that check mode can predict the calls.
        """
        is_new = self.balancer is None or f"{ELB}:CreateLoadBalancer" in self.made
        return is_new and action not in self.made

    def unset_group(self, name: str) -> bool:
        """The same for the attributes of a target group."""
        is_new = name not in self.groups or name in self._params(f"{ELB}:CreateTargetGroup", "Name")
        return is_new and self.group_arn(name) not in self._params(
            f"{ELB}:ModifyTargetGroupAttributes", "TargetGroupArn"
        )

    def _params(self, action: str, param: str) -> set[str]:
        return {change.params[param] for change in self.made.changes if change.action == action}


class NetworkLoadBalancers:
    """Reads the load balancers and target groups of the account in one call per 400, their tags in one per 20.

    Listeners cost one call for each load balancer. Attributes cost one for each load balancer and target group for
    which an option asks, unless ``check_attributes`` is off.
    """

    def __init__(self, api: Api, check_attributes: bool = True) -> None:
        self.api, self.check_attributes = api, check_attributes

    def read(self, items: t.Sequence[NetworkLoadBalancer], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        all_balancers = [*_made_balancers(made), *lb.read_load_balancers(self.api)]
        balancers = {balancer.name: balancer for balancer in all_balancers}
        groups = {group["TargetGroupName"]: group for group in [*_made_groups(made), *lb.read_target_groups(self.api)]}
        have = {item.name: Actual(balancers.get(item.name), made=made[item.name]) for item in items}
        self._add_groups(items, have, groups)
        self._add_subnets(items, have)
        found: dict[str, Actual | ItemError] = {**have, **_contested_groups(items)}
        self._add_listeners(items, have, found)
        self._add_attributes(items, have, found)
        return found

    def _add_groups(
        self, items: t.Sequence[NetworkLoadBalancer], have: t.Mapping[str, Actual], groups: t.Mapping[str, Raw]
    ) -> None:
        """The target groups that concern each item, and the tags that tell which of them are ours."""
        used = by_balancer(groups.values())
        clean = any(item.state == "absent" or item.listeners is not None for item in items)
        unused = [group for group in groups.values() if not group.get("LoadBalancerArns")] if clean else []
        for item in items:
            actual = have[item.name]
            wanted = [groups[name] for name in item.groups if name in groups]
            actual.groups = {group["TargetGroupName"]: group for group in [*wanted, *used.get(actual.arn, [])]}
        arns = {group["TargetGroupArn"] for group in unused}
        for actual in have.values():
            arns.update(group["TargetGroupArn"] for group in actual.groups.values())
            if actual.balancer:
                arns.add(actual.arn)
        tags = lb.read_tags(self.api, sorted(arns))
        left_over: dict[str, dict[str, Raw]] = {}
        for group in unused:
            owner = tags.get(group["TargetGroupArn"], {}).get(tagging.OWN_TAG, "")
            left_over.setdefault(owner, {})[group["TargetGroupName"]] = group
        for item in items:
            actual = have[item.name]
            actual.groups, actual.tags = {**actual.groups, **left_over.get(item.name, {})}, tags

    def _add_subnets(self, items: t.Sequence[NetworkLoadBalancer], have: t.Mapping[str, Actual]) -> None:
        """The wanted subnets, where a load balancer has other ones or is still to be made. Unknown ids are left out."""
        wanted = [item for item in items if item.state == "present" and item.subnet_ids is not None]
        differing = [item for item in wanted if set(item.subnet_ids or []) != have[item.name].subnet_ids]
        ids: set[str] = set()
        ids.update(*(item.subnet_ids or [] for item in differing))
        found = self.api.filtered("ec2:DescribeSubnets", "Subnets", "subnet-id", ids)
        subnets: dict[str, Raw] = {subnet["SubnetId"]: subnet for subnet in found}
        for item in differing:
            have[item.name].subnets = subnets

    def _add_listeners(
        self,
        items: t.Sequence[NetworkLoadBalancer],
        have: t.Mapping[str, Actual],
        found: dict[str, Actual | ItemError],
    ) -> None:
        names = [item.name for item in items if item.state == "present" and have[item.name].balancer]
        read = self.api.each(lambda name: lb.read_listeners(self.api, have[name].arn), names)
        for name, listeners in zip(names, read):
            if isinstance(listeners, ItemError):
                found[name] = listeners
            else:
                have[name].listeners = listeners

    def _add_attributes(
        self,
        items: t.Sequence[NetworkLoadBalancer],
        have: t.Mapping[str, Actual],
        found: dict[str, Actual | ItemError],
    ) -> None:
        wanted: list[tuple[str, str]] = []
        for item in items:
            wanted += [(item.name, arn) for arn in self._attributes_of(item, have[item.name])]
        read = self.api.each(lambda pair: lb.read_attributes(self.api, pair[1]), wanted)
        for (name, arn), attributes in zip(wanted, read):
            if isinstance(attributes, ItemError):
                found[name] = attributes
            else:
                have[name].attributes = {**have[name].attributes, arn: attributes}

    def _attributes_of(self, item: NetworkLoadBalancer, actual: Actual) -> list[str]:
        """ARNs of which attributes are needed: those that an option asks for and that are not written anyway.

        Listeners are made last: without any, an earlier run was cut short, and attributes are compared in any case.
        """
        if item.state == "absent":
            return [actual.arn] if actual.balancer else []
        arns = []
        if item.attributes and actual.balancer and not actual.unset(f"{ELB}:ModifyLoadBalancerAttributes"):
            arns += [actual.arn] if self.check_attributes or not actual.listeners else []
        for group in item.groups.values():
            if group.attributes and not actual.unset_group(group.name):
                raw = actual.groups[group.name]
                arns += [raw["TargetGroupArn"]] if self.check_attributes or not raw.get("LoadBalancerArns") else []
        return arns

    def plan(self, item: NetworkLoadBalancer, actual: Actual) -> Plan:
        return plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)


def _made_balancers(made: t.Mapping[str, Made]) -> list[lb.LoadBalancer]:
    """What this run has created, for as long as listings do not show it."""
    found: list[lb.LoadBalancer] = []
    for calls in made.values():
        found += map(lb.LoadBalancer.of, calls.get(f"{ELB}:CreateLoadBalancer", {}).get("LoadBalancers", []))
    return found


def _made_groups(made: t.Mapping[str, Made]) -> list[Raw]:
    found: list[Raw] = []
    for calls in made.values():
        found += calls.get(f"{ELB}:CreateTargetGroup", {}).get("TargetGroups", [])
    return found


def by_balancer(groups: t.Iterable[Raw]) -> dict[str, list[Raw]]:
    """Target groups by the ARN of the load balancer that uses them."""
    used: dict[str, list[Raw]] = {}
    for group in groups:
        for arn in group.get("LoadBalancerArns") or []:
            used.setdefault(arn, []).append(group)
    return used


def _contested_groups(items: t.Sequence[NetworkLoadBalancer]) -> dict[str, ItemError]:
    """An error for each item that wants the target group of another: AWS allows it on one load balancer only."""
    owners: dict[str, list[str]] = {}
    for item in items:
        for name in item.groups if item.state == "present" else ():
            owners.setdefault(name, []).append(item.name)
    contested: dict[str, ItemError] = {}
    for name, names in owners.items():
        if len(names) > 1:
            said = f"Target group {name} is wanted by {' and '.join(names)}. AWS allows one load balancer for each."
            contested.update({owner: ItemError(said) for owner in names})
    return contested


def plan_present(item: NetworkLoadBalancer, actual: Actual) -> Plan:
    """Make what is missing and change what differs; what needs an id that does not exist yet comes last."""
    check(item, actual)
    changes = [
        *_group_creations(item, actual),
        *_creation(item, actual),
        *_subnet_changes(item, actual),
        *_ip_address_type_changes(item, actual),
        *_security_changes(item, actual),
        *_attribute_changes(item, actual),
        *_tag_changes(item, actual),
        *_health_check_changes(item, actual),
        *_group_attribute_changes(item, actual),
        *_listener_changes(item, actual),
        *_leftover_deletions(item, actual),
    ]
    changes.sort(key=lambda change: bool(change.after))
    plan = Plan(changes, before=_shown(item, actual))
    plan.after = _after(item, actual, plan.before) if changes else plan.before
    if actual.balancer:
        plan.result = as_result(actual.balancer, actual)
        if actual.balancer.state == "provisioning":
            plan.waiting = f"load balancer {item.name} to be active"
        elif actual.balancer.state != "active":
            reason = actual.balancer.raw.get("State", {}).get("Reason", "")
            plan.warnings = [f"{item.name}: AWS reports the load balancer as {actual.balancer.state}. {reason}".strip()]
    return plan


def plan_absent(item: NetworkLoadBalancer, actual: Actual) -> Plan:
    """Delete the load balancer, its listeners going with it; then its own target groups, once it is gone."""
    # Listings show a load balancer for a while after it is gone; its tags are gone at once.
    there = actual.balancer is not None and actual.balancer.is_network and actual.arn in actual.tags
    balancer = actual.balancer if there else None
    plan = Plan()
    if balancer:
        if not _is_ours(item, actual, balancer.arn):
            raise ItemError(
                f"Load balancer {item.name} was not made here and was not deleted: it lacks the tag {tagging.OWN_TAG}="
                f"{item.name}. Add that tag to it to have it deleted, or delete it by other means."
            )
        protected = actual.attributes.get(balancer.arn, {}).get(BALANCER_ATTRIBUTES["deletion_protection"]) == "true"
        if protected and item.deletion_protection is not False:
            raise ItemError(
                f"Load balancer {item.name} is protected from deletion. Nothing was deleted. Set "
                "deletion_protection=false beside state=absent to switch that off first."
            )
        params: dict[str, t.Any] = {"LoadBalancerArn": balancer.arn}
        if protected:
            attributes = [{"Key": BALANCER_ATTRIBUTES["deletion_protection"], "Value": "false"}]
            plan.changes.append(_modify_attributes(balancer.arn, attributes, "switch off deletion protection"))
        plan.changes.append(
            Change(
                f"{ELB}:DeleteLoadBalancer",
                params,
                f"delete load balancer {item.name}",
                settled_by=("LoadBalancerNotFound",),
            )
        )
        plan.before, plan.result = _shown(item, actual), as_result(balancer, actual)
    plan.changes += _leftover_deletions(item, actual)
    return plan


def check(item: NetworkLoadBalancer, actual: Actual) -> None:
    """Raise ItemError for what AWS cannot do or must not be done, before anything is written."""
    balancer = actual.balancer
    if balancer is None and item.subnet_ids is None:
        raise ItemError(f"Load balancer {item.name} does not exist: give subnet_ids to create it.")
    if balancer is not None:
        _check_balancer(item, balancer)
    _check_subnets(item, actual)
    _check_security_groups(item, actual)
    for group in item.groups.values():
        _check_group(group, actual, _vpc_id(item, actual))
    for listener in actual.listeners:
        if listener["Port"] in item.groups_by_port and listener.get("Protocol") != "TCP":
            raise ItemError(
                f"{item.name} has a {listener.get('Protocol')} listener on port {listener['Port']}, which was not made "
                "here. Remove it, or use another port."
            )


def _check_balancer(item: NetworkLoadBalancer, balancer: lb.LoadBalancer) -> None:
    raw = balancer.raw
    if not balancer.is_network:
        wrong = f"is of type {raw.get('Type')}, not network"
    elif raw.get("Scheme") != "internal":
        wrong = f"is {raw.get('Scheme')}, not internal"
    elif item.vpc_id and raw.get("VpcId") != item.vpc_id:
        wrong = f"is in {raw.get('VpcId')}, not in {item.vpc_id}"
    elif balancer.state == "failed":
        wrong = f"could not be set up by AWS: {raw.get('State', {}).get('Reason', 'no reason given')}"
    else:
        return
    raise ItemError(f"Load balancer {item.name} exists but {wrong}, which cannot be changed. {ANOTHER_NAME}")


def _check_subnets(item: NetworkLoadBalancer, actual: Actual) -> None:
    """The wanted subnets, where they are not the load balancer's already: known, one for each zone, all in its VPC."""
    wanted = item.subnet_ids or []
    if set(wanted) == actual.subnet_ids:
        return
    unknown = [subnet_id for subnet_id in wanted if subnet_id not in actual.subnets]
    if unknown:
        raise ItemError(f"No such subnet in this account and region: {', '.join(unknown)}.")
    vpc_id = _vpc_id(item, actual)
    by_zone: dict[str, str] = {}
    for subnet_id in wanted:
        subnet = actual.subnets[subnet_id]
        if subnet["VpcId"] != vpc_id:
            raise ItemError(f"Subnet {subnet_id} is in {subnet['VpcId']}, not in {vpc_id}.")
        zone = subnet["AvailabilityZone"]
        if zone in by_zone:
            raise ItemError(f"{by_zone[zone]} and {subnet_id} are both in {zone}: only one subnet for each zone.")
        by_zone[zone] = subnet_id


def _check_security_groups(item: NetworkLoadBalancer, actual: Actual) -> None:
    wanted = item.security_group_ids
    have = _security_groups(actual) if actual.balancer else wanted or []
    if wanted and not have:
        raise ItemError(f"{item.name} was made without security groups, and AWS lets none be added. {ANOTHER_NAME}")
    if have and wanted == []:
        raise ItemError(f"{item.name} has security groups, and AWS does not let all of them be removed. {ANOTHER_NAME}")
    if item.enforce_privatelink_rules is not None and not have:
        raise ItemError(no_rules_to_enforce(item.name))


def _check_group(group: WantedGroup, actual: Actual, vpc_id: str) -> None:
    raw = actual.groups.get(group.name)
    if raw is None:
        return
    fixed = group.immutable(vpc_id).items()
    wrong = [f"{key} {raw.get(key)} instead of {value}" for key, value in fixed if raw.get(key) != value]
    if wrong:
        raise ItemError(
            f"Target group {group.name} exists with {', '.join(wrong)}, which cannot be changed. Give the target group "
            "another name; its listener is then moved to it."
        )
    others = [arn for arn in raw.get("LoadBalancerArns") or [] if arn != actual.arn]
    if others:
        raise ItemError(f"Target group {group.name} is in use by {', '.join(others)}. Give another name.")


def _vpc_id(item: NetworkLoadBalancer, actual: Actual) -> str:
    """The VPC of the load balancer: where it is, where it shall be, or where its first subnet is."""
    if actual.balancer:
        return str(actual.balancer.raw["VpcId"])
    return item.vpc_id or str(actual.subnets[(item.subnet_ids or [])[0]]["VpcId"])


def _security_groups(actual: Actual) -> list[str]:
    return sorted(actual.balancer.raw.get("SecurityGroups") or []) if actual.balancer else []


def _enforced(balancer: lb.LoadBalancer | None) -> bool | None:
    """Whether inbound rules apply to PrivateLink traffic; None where AWS does not say, having no rules to apply."""
    shown = balancer.raw.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") if balancer else None
    return {"on": True, "off": False}.get(shown or "")


def _is_ours(item: NetworkLoadBalancer, actual: Actual, arn: str) -> bool:
    return actual.tags.get(arn, {}).get(tagging.OWN_TAG) == item.name


def _to_exist(item: NetworkLoadBalancer, actual: Actual, group: str = "") -> str:
    """What a change on the load balancer, and on a target group, must wait for."""
    if actual.balancer is None:
        return f"load balancer {item.name} to exist"
    return f"target group {group} to exist" if group and group not in actual.groups else ""


def _group_creations(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    return [
        Change(
            f"{ELB}:CreateTargetGroup",
            {
                "Name": group.name,
                **group.immutable(_vpc_id(item, actual)),
                **group.health_check,
                "Tags": tagging.as_aws(tagging.own_tags(item.name, {"Name": group.name, **(item.tags or {})})),
            },
            f"create target group {group.name}",
        )
        for group in item.groups.values()
        if group.name not in actual.groups
    ]


def _creation(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    if actual.balancer:
        return []
    params: dict[str, t.Any] = {
        "Name": item.name,
        "Type": "network",
        "Scheme": "internal",
        "Subnets": sorted(item.subnet_ids or []),
        "SecurityGroups": sorted(item.security_group_ids or []),
        "IpAddressType": item.ip_address_type,
        "Tags": tagging.as_aws(tagging.own_tags(item.name, item.tags)),
    }
    params = {key: value for key, value in params.items() if value}
    return [Change(f"{ELB}:CreateLoadBalancer", params, f"create load balancer {item.name}")]


def _subnet_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """The exact set. AWS takes a new subnet in a zone only after the old one there is removed: that takes two calls."""
    if actual.balancer is None or item.subnet_ids is None or set(item.subnet_ids) == actual.subnet_ids:
        return []
    by_zone = {zone["ZoneName"]: zone["SubnetId"] for zone in actual.balancer.raw["AvailabilityZones"]}
    zones = {subnet_id: actual.subnets[subnet_id]["AvailabilityZone"] for subnet_id in item.subnet_ids}
    first = sorted(subnet_id for subnet_id, zone in zones.items() if by_zone.get(zone, subnet_id) == subnet_id)
    if not first:
        raise ItemError(
            f"{item.name} would be without any subnet: AWS takes a new subnet in a zone only after the old one there "
            f"is removed. Add a subnet in another zone first. {ANOTHER_NAME}"
        )
    changes = [_set_subnets(actual.arn, first)] if set(first) != actual.subnet_ids else []
    if len(first) < len(zones):
        changes.append(_set_subnets(actual.arn, sorted(zones), after=f"{item.name} to be without the subnets replaced"))
    return changes


def _set_subnets(arn: str, subnets: list[str], after: str = "") -> Change:
    params = {"LoadBalancerArn": arn, "Subnets": subnets}
    return Change(f"{ELB}:SetSubnets", params, f"set subnets {', '.join(subnets)}", after)


def _ip_address_type_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    wanted = item.ip_address_type
    if actual.balancer is None or wanted in (None, actual.balancer.raw.get("IpAddressType")):
        return []
    params = {"LoadBalancerArn": actual.arn, "IpAddressType": wanted}
    return [Change(f"{ELB}:SetIpAddressType", params, f"set IP address type {wanted}")]


def _security_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """Groups and flag go in one call: AWS sets the flag by no other, and has a default for one that is left out."""
    action, enforce, shown = f"{ELB}:SetSecurityGroups", item.enforce_privatelink_rules, _enforced(actual.balancer)
    have = _security_groups(actual) if actual.balancer else sorted(item.security_group_ids or [])
    wanted = have if item.security_group_ids is None else sorted(item.security_group_ids)
    if wanted == have and (enforce is None or (enforce == shown and not actual.unset(action))):
        return []
    flag = shown if enforce is None else enforce
    params: dict[str, t.Any] = {"LoadBalancerArn": actual.arn, "SecurityGroups": wanted}
    if flag is not None:
        params["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "on" if flag else "off"
    summary = f"set security groups {', '.join(wanted)}, PrivateLink rules {'on' if flag else 'off'}"
    return [Change(action, params, summary, _to_exist(item, actual))]


def _attribute_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    unset = actual.unset(f"{ELB}:ModifyLoadBalancerAttributes")
    changed = _changed(item.attributes, {} if unset else actual.attributes.get(actual.arn))
    if not changed:
        return []
    return [_modify_attributes(actual.arn, changed, f"set {_pairs(changed)}", _to_exist(item, actual))]


def _modify_attributes(arn: str, attributes: list[dict[str, str]], summary: str, after: str = "") -> Change:
    params = {"LoadBalancerArn": arn, "Attributes": attributes}
    return Change(f"{ELB}:ModifyLoadBalancerAttributes", params, summary, after)


def _changed(wanted: t.Mapping[str, str], have: t.Mapping[str, str] | None) -> list[dict[str, str]]:
    """The attributes that differ, as AWS takes them; none where the present ones were not read."""
    if have is None:
        return []
    return [{"Key": key, "Value": value} for key, value in sorted(wanted.items()) if have.get(key) != value]


def _pairs(attributes: t.Sequence[t.Mapping[str, str]]) -> str:
    return ", ".join(f"{attribute['Key']}={attribute['Value']}" for attribute in attributes)


def _tag_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """The same tags on the load balancer and on the target groups it is wanted with; this is also what adopts them."""
    changes = []
    for arn in (actual.arn, *(actual.group_arn(name) for name in item.groups)):
        if arn not in actual.tags:  # still to be made, with its tags
            continue
        to_set, to_remove = tagging.changes(actual.tags[arn], item.name, item.tags, item.purge_tags)
        if to_set:
            params: dict[str, t.Any] = {"ResourceArns": [arn], "Tags": tagging.as_aws(to_set)}
            changes.append(Change(f"{ELB}:AddTags", params, f"tag {arn}: {', '.join(sorted(to_set))}"))
        if to_remove:
            params = {"ResourceArns": [arn], "TagKeys": to_remove}
            changes.append(Change(f"{ELB}:RemoveTags", params, f"untag {arn}: {', '.join(to_remove)}"))
    return changes


def _health_check_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    changes = []
    for group in item.groups.values():
        have = actual.groups.get(group.name, group.health_check)
        changed = {key: value for key, value in group.health_check.items() if have.get(key) != value}
        if changed:
            params = {"TargetGroupArn": actual.group_arn(group.name), **changed}
            changes.append(Change(f"{ELB}:ModifyTargetGroup", params, f"change {', '.join(changed)} of {group.name}"))
    return changes


def _group_attribute_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    changes = []
    for group in item.groups.values():
        arn = actual.group_arn(group.name)
        changed = _changed(group.attributes, {} if actual.unset_group(group.name) else actual.attributes.get(arn))
        if changed:
            params = {"TargetGroupArn": arn, "Attributes": changed}
            after = "" if group.name in actual.groups else f"target group {group.name} to exist"
            action = f"{ELB}:ModifyTargetGroupAttributes"
            changes.append(Change(action, params, f"set {_pairs(changed)} of {group.name}", after))
    return changes


def _listener_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """A port that forwards elsewhere is repointed; other ports are removed only when purging."""
    changes = []
    by_port = {listener["Port"]: listener for listener in actual.listeners}
    for port, group in item.groups_by_port.items():
        arn, after = actual.group_arn(group.name), _to_exist(item, actual, group.name)
        actions = [{"Type": "forward", "TargetGroupArn": arn}]
        have = by_port.pop(port, None)
        summary = f"forward port {port} to {group.name}"
        if have is None:
            params = {"LoadBalancerArn": actual.arn, "Protocol": "TCP", "Port": port, "DefaultActions": actions}
            settled = ("DuplicateListener",)
            changes.append(Change(f"{ELB}:CreateListener", params, summary, after, settled))
        elif _forwards_to(have) != {arn}:
            params = {"ListenerArn": have["ListenerArn"], "DefaultActions": actions}
            changes.append(Change(f"{ELB}:ModifyListener", params, summary, after))
    for port, have in sorted(by_port.items()) if item.listeners is not None and item.purge_listeners else []:
        params, settled = {"ListenerArn": have["ListenerArn"]}, ("ListenerNotFound",)
        changes.append(Change(f"{ELB}:DeleteListener", params, f"remove port {port}", settled_by=settled))
    return changes


def _forwards_to(listener: Raw) -> set[str]:
    """ARNs of the target groups that a listener forwards to, in whichever form it was written."""
    found = set()
    for action in listener.get("DefaultActions") or []:
        weighted = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        found |= {group["TargetGroupArn"] for group in [action, *weighted] if group.get("TargetGroupArn")}
    return found


def _leftover_deletions(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """Our own target groups that no listener will use any more, each as soon as AWS shows it out of use.

    A target group that another load balancer uses is never among them.
    """
    if item.state == "present" and item.listeners is None:
        return []
    in_use: set[str] = set()
    for listener in actual.listeners:
        if listener["Port"] not in item.groups_by_port and not item.purge_listeners:
            in_use |= _forwards_to(listener)
    changes = []
    for name, group in sorted(actual.groups.items()):
        arn, users = group["TargetGroupArn"], set(group.get("LoadBalancerArns") or [])
        wanted = item.state == "present" and name in item.groups
        if wanted or arn in in_use or not users <= {actual.arn} or not _is_ours(item, actual, arn):
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


def as_result(balancer: lb.LoadBalancer, actual: Actual) -> dict[str, t.Any]:
    """A load balancer as modules return it. ``cross_zone`` is None where attributes were not read."""
    raw = balancer.raw
    cross_zone = actual.attributes.get(balancer.arn, {}).get(BALANCER_ATTRIBUTES["cross_zone"])
    zones = raw.get("AvailabilityZones") or []
    return {
        "load_balancer_arn": balancer.arn,
        "load_balancer_name": balancer.name,
        "dns_name": raw.get("DNSName"),
        "canonical_hosted_zone_id": raw.get("CanonicalHostedZoneId"),
        "vpc_id": raw.get("VpcId"),
        "load_balancer_state": balancer.state,
        "availability_zones": [{"zone_name": zone["ZoneName"], "subnet_id": zone["SubnetId"]} for zone in zones],
        "security_groups": sorted(raw.get("SecurityGroups") or []),
        "enforce_privatelink_rules": _enforced(balancer),
        "cross_zone": None if cross_zone is None else cross_zone == "true",
        "listeners": _listeners_result(actual),
        "tags": actual.tags.get(balancer.arn, {}),
    }


def _listeners_result(actual: Actual) -> list[dict[str, t.Any]]:
    by_arn = {group["TargetGroupArn"]: group for group in actual.groups.values()}
    found = []
    for listener in sorted(actual.listeners, key=lambda listener: int(listener["Port"])):
        arn = min(_forwards_to(listener), default=None)
        group = by_arn.get(arn, {})
        found.append(
            {
                "port": listener["Port"],
                "listener_arn": listener["ListenerArn"],
                "target_group_name": group.get("TargetGroupName"),
                "target_group_arn": arn,
                "target_port": group.get("Port"),
            }
        )
    return found


def _shown(item: NetworkLoadBalancer, actual: Actual) -> dict[str, t.Any]:
    """The load balancer in the words of the options, for the diff. What was not read is left out."""
    if actual.balancer is None:
        return {}
    attributes = actual.attributes.get(actual.arn, {})
    shown: dict[str, t.Any] = {
        "subnet_ids": sorted(actual.subnet_ids),
        "security_group_ids": _security_groups(actual),
        "enforce_privatelink_rules": _enforced(actual.balancer),
        "ip_address_type": actual.balancer.raw.get("IpAddressType"),
        "listeners": {listener["port"]: listener["target_group_name"] for listener in _listeners_result(actual)},
        "tags": actual.tags.get(actual.arn, {}),
        **{option: attributes[key] == "true" for option, key in BALANCER_ATTRIBUTES.items() if key in attributes},
    }
    groups = {}
    for name, group in item.groups.items():
        raw, have = actual.groups.get(name), actual.attributes.get(actual.group_arn(name), {})
        if raw is not None:
            groups[name] = {key: raw.get(key) for key in group.health_check}
            groups[name].update({key: have[key] for key in group.attributes if key in have})
    return {**shown, "target_groups": groups}


def _after(item: NetworkLoadBalancer, actual: Actual, before: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    after = dict(before)
    scalars = ("enforce_privatelink_rules", "ip_address_type", *BALANCER_ATTRIBUTES)
    for option in ("subnet_ids", "security_group_ids", *scalars):
        value = getattr(item, option)
        if value is not None and (actual.balancer is None or option in before):
            after[option] = sorted(value) if isinstance(value, list) else value
    if item.listeners is not None:
        keep = {} if item.purge_listeners else before.get("listeners", {})
        after["listeners"] = {**keep, **{port: group.name for port, group in item.groups_by_port.items()}}
        after["target_groups"] = {}
        for name, group in item.groups.items():
            have = before.get("target_groups", {}).get(name)
            written = {key: value for key, value in group.attributes.items() if have is None or key in have}
            after["target_groups"][name] = {**group.health_check, **written}
    current = before.get("tags") or ({} if actual.balancer else tagging.own_tags(item.name, item.tags))
    to_set, to_remove = tagging.changes(current, item.name, item.tags, item.purge_tags)
    after["tags"] = {key: value for key, value in {**current, **to_set}.items() if key not in to_remove}
    return after


def read_all(api: Api, names: t.Sequence[str] | None, attributes: bool) -> list[dict[str, t.Any]]:
    """Internal Network Load Balancers as modules return them, in order of name; those of ``names`` if given.

    One call per 400 load balancers and per 400 target groups, one per 20 for tags, one each for listeners, and one each
    more with ``attributes``.
    """
    balancers = []
    for balancer in sorted(lb.read_load_balancers(api), key=lambda balancer: balancer.name):
        internal = balancer.is_network and balancer.raw.get("Scheme") == "internal"
        if internal and (names is None or balancer.name in names):
            balancers.append(balancer)
    used = by_balancer(lb.read_target_groups(api) if balancers else [])
    tags = lb.read_tags(api, [balancer.arn for balancer in balancers])

    def details(balancer: lb.LoadBalancer) -> dict[str, t.Any]:
        groups = {group["TargetGroupName"]: group for group in used.get(balancer.arn, [])}
        have = {balancer.arn: lb.read_attributes(api, balancer.arn)} if attributes else {}
        return as_result(balancer, Actual(balancer, lb.read_listeners(api, balancer.arn), groups, tags, have))

    return api.all(details, balancers)
