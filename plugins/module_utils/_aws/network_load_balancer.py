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

from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import nlb_adoption as adoption
from ansible_collections.saas.privatelink.plugins.module_utils._aws import nlb_nodes as nodes
from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_actual import (
    ELB,
    Actual,
    Raw,
    address_type,
    differing,
    forwards_to,
    misfits,
    of_others,
    pairs,
    security_groups,
    subnets_to_be,
    to_exist,
    vpc_id,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_listeners import (
    SPARE_PORTS,
    former_ports,
    held_ports,
    leftover_deletions,
    listener_changes,
    moves,
    surplus,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import (
    ANOTHER_NAME,
    BALANCER_ATTRIBUTES,
    FREE_ADDRESSES,
    LISTENER_ATTRIBUTES,
    TIMEOUT,
    NetworkLoadBalancer,
    WantedGroup,
    check_times,
    no_rules_to_enforce,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.subnets import read_subnets, without_ipv6
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Made,
    Plan,
    meant_twice,
)


class NetworkLoadBalancers:
    """Reads the load balancers and target groups of the account in one call per 400, their tags in one per 20.

    Listeners cost one call for each load balancer. Attributes cost one for each load balancer, listener and target
    group for which an option asks, unless ``check_attributes`` is off. Addresses of nodes cost one call per 200 load
    balancers, with ``addresses`` or where one is wanted that listings do not show.
    """

    def __init__(
        self, api: Api, check_attributes: bool = True, check_mode: bool = False, addresses: bool = False
    ) -> None:
        self.api, self.check_attributes, self.check_mode = api, check_attributes, check_mode
        self.addresses = addresses
        self._left: dict[str, list[int]] = {}  # by item, the ports that it had at first and is not to have any more

    @property
    def has_listener_attributes(self) -> bool:
        """Whether the installed botocore knows the attributes of listeners."""
        return self.api.supports(f"{ELB}:ModifyListenerAttributes", "Attributes")

    def read(self, items: t.Sequence[NetworkLoadBalancer], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        all_balancers = [*_made_balancers(made), *lb.read_load_balancers(self.api)]
        # Those of other types have names of their own.
        balancers = {balancer.name: balancer for balancer in all_balancers if balancer.is_network}
        known = {balancer.arn for balancer in all_balancers}
        listed = [_in_use(group, known) for group in [*_made_groups(made), *lb.read_target_groups(self.api)]]
        groups = {group["TargetGroupName"]: group for group in listed}
        have = {item.name: Actual(balancers.get(item.aws_name), made=made[item.name]) for item in items}
        self._add_groups(items, have, groups)
        self._add_subnets(items, have)
        self._add_addresses(items, have)
        found: dict[str, Actual | ItemError] = {**have, **_contested_groups(items)}
        found.update(meant_twice({item.name: f"load balancer {item.aws_name}" for item in items}))
        self._add_listeners(items, have, found)
        self._add_attributes(items, have, found)
        self._add_targets(items, have, found)
        self._refuse_second(items, have, all_balancers, found)
        return found

    def _refuse_second(
        self,
        items: t.Sequence[NetworkLoadBalancer],
        have: t.Mapping[str, Actual],
        balancers: t.Sequence[lb.LoadBalancer],
        found: dict[str, Actual | ItemError],
    ) -> None:
        """An error for each item that has a load balancer already, and now gives another load_balancer_name."""
        renamed = [item for item in items if item.load_balancer_name and not have[item.name].balancer]
        tags = lb.read_tags(self.api, [balancer.arn for balancer in balancers]) if renamed else {}
        for item in renamed:
            for balancer in balancers:
                if item.state == "present" and ownership.is_ours(item, tags.get(balancer.arn, {})):
                    found[item.name] = ItemError(
                        f"{item.name} has the load balancer {balancer.name}, and load_balancer_name says "
                        f"{item.aws_name}. AWS renames none: leave it as {balancer.name}. {ANOTHER_NAME}"
                    )

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
            ours = {
                name: group
                for name, group in left_over.get(item.name, {}).items()
                if _in_place(item, actual, group, tags)
            }
            actual.groups, actual.tags = {**actual.groups, **ours}, tags

    def _add_subnets(self, items: t.Sequence[NetworkLoadBalancer], have: t.Mapping[str, Actual]) -> None:
        """The subnets to be, where there are others, none or IPv6 is new. Unknown ids are left out."""
        wanted = [item for item in items if item.state == "present"]
        differing = [item for item in wanted if _subnets_differ(item, have[item.name])]
        ids: set[str] = set()
        ids.update(*(subnets_to_be(item, have[item.name]) for item in differing))
        subnets = read_subnets(self.api, ids)
        for item in differing:
            have[item.name].subnets = subnets

    def _add_addresses(self, items: t.Sequence[NetworkLoadBalancer], have: t.Mapping[str, Actual]) -> None:
        """Those of nodes, where they are asked for or wanted."""
        asking = [
            have[item.name]
            for item in items
            if have[item.name].balancer
            and (nodes.unknown(item, have[item.name]) or (self.addresses and item.state == "present"))
        ]
        read = nodes.read(self.api, [actual.arn for actual in asking])
        for actual in asking:
            actual.addresses = read[actual.arn]

    def _add_listeners(
        self,
        items: t.Sequence[NetworkLoadBalancer],
        have: t.Mapping[str, Actual],
        found: dict[str, Actual | ItemError],
    ) -> None:
        names = []
        for item in items:
            actual = have[item.name]
            if actual.balancer and (item.state == "present" or ownership.is_adopted(actual.own_tags)):
                names.append(item.name)
        read = self.api.each(lambda name: lb.read_listeners(self.api, have[name].arn), names)
        for name, listeners in zip(names, read):
            if isinstance(listeners, ItemError):
                found[name] = listeners
            else:
                have[name].listeners = listeners
                theirs = ownership.is_adopted(have[name].own_tags)
                told = [
                    listener["ListenerArn"] for listener in listeners if theirs or int(listener["Port"]) in SPARE_PORTS
                ]
                have[name].tags = {**have[name].tags, **(lb.read_tags(self.api, told) if told else {})}

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
        for port in item.listener_attributes if self.check_attributes and self.has_listener_attributes else ():
            listener = next((listener for listener in actual.listeners if int(listener["Port"]) == port), None)
            if listener and listener.get("Protocol") == "TCP" and not actual.unset_listener(port):
                arns.append(str(listener["ListenerArn"]))
        for group in item.groups.values():
            if group.attributes and not actual.unset_group(group.name):
                raw = actual.groups[group.name]
                arns += [raw["TargetGroupArn"]] if self.check_attributes or not raw.get("LoadBalancerArns") else []
        return arns

    def _add_targets(
        self,
        items: t.Sequence[NetworkLoadBalancer],
        have: t.Mapping[str, Actual],
        found: dict[str, Actual | ItemError],
    ) -> None:
        """Of groups between which a listener is to move, and of those that are left. One call for each group."""
        wanted: list[tuple[str, str]] = []
        for item in items:
            wanted += [(item.name, arn) for arn in _looked_into(item, have[item.name])]
        read = self.api.each(lambda pair: lb.read_targets(self.api, pair[1]), wanted)
        for (name, arn), targets in zip(wanted, read):
            if isinstance(targets, ItemError):
                found[name] = targets
            else:
                have[name].targets = {**have[name].targets, arn: targets}

    def plan(self, item: NetworkLoadBalancer, actual: Actual) -> Plan:
        if item.state == "absent":
            return plan_absent(item, actual)
        if item.listener_attributes:
            self.api.require(f"{ELB}:ModifyListenerAttributes", "Attributes", "tcp_idle_timeout")
        item = adoption.settled(item, actual)
        plan = plan_present(item, actual, self.check_mode)
        plan.result["former_ports"] = self._left.setdefault(item.name, former_ports(item, actual))
        return plan


def _in_use(group: Raw, known: t.AbstractSet[str]) -> Raw:
    """A target group as its own listing shows it, which is behind: it may name a load balancer that is gone."""
    return {**group, "LoadBalancerArns": [arn for arn in group.get("LoadBalancerArns") or () if arn in known]}


def _in_place(item: NetworkLoadBalancer, actual: Actual, group: Raw, tags: t.Mapping[str, lb.Tags]) -> bool:
    """Whether an unused target group is in the item's VPC; where that is not known, its environment must be."""
    vpc = actual.balancer.raw.get("VpcId") if actual.balancer else item.vpc_id
    known = tags.get(group["TargetGroupArn"], {}).get(tagging.ENVIRONMENT_TAG, "")
    return group.get("VpcId") == vpc if vpc else item.state == "absent" and known == item.environment


def _subnets_differ(item: NetworkLoadBalancer, actual: Actual) -> bool:
    """Whether subnets are to be other ones than now, or to have IPv6 addresses that they are not asked for now."""
    have = actual.balancer.raw.get("IpAddressType") if actual.balancer else None
    dual = address_type(item, actual) == "dualstack" and have != "dualstack"
    return dual or set(subnets_to_be(item, actual)) != actual.subnet_ids


def _looked_into(item: NetworkLoadBalancer, actual: Actual) -> list[str]:
    """ARNs of target groups whose targets decide what is done."""
    arns: set[str] = set()
    if item.state == "absent":
        for raw in actual.groups.values():
            if tagging.REGISTERED_TAG in actual.tags.get(raw["TargetGroupArn"], {}):
                arns.add(raw["TargetGroupArn"])
        return sorted(arns)
    for listener, group in moves(item, actual):
        arns.update(forwards_to(listener), [actual.group_arn(group.name)])
    return sorted(arns - {UNKNOWN})


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


def plan_present(item: NetworkLoadBalancer, actual: Actual, check_mode: bool = False) -> Plan:
    """Make what is missing and change what differs; what needs an id that does not exist yet comes last.

    A listener leaves a target group that serves only for one that does. Where none does yet, the item is done without:
    what fills the new group comes after it, and then the item again.
    """
    check(item, actual)
    held = held_ports(item, actual)
    changes = [
        *_group_creations(item, actual),
        *_creation(item, actual),
        *_tag_changes(item, actual),  # before others: a policy may allow them to what has our tag alone
        *_subnet_changes(item, actual),
        *_ip_address_type_changes(item, actual),
        *_security_changes(item, actual),
        *_attribute_changes(item, actual),
        *_health_check_changes(item, actual),
        *_group_attribute_changes(item, actual),
        *listener_changes(item, actual, () if check_mode else held),
        *leftover_deletions(item, actual, () if check_mode else held),
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
        if held and not plan.waiting:
            groups = ", ".join(f"{item.groups_by_port[port].name} (port {port})" for port in held)
            plan.waiting, plan.poll = f"a healthy target in {groups}, before connections go there", False
    plan.result["moving"] = bool(held)
    plan.result["target_groups"] = [_behind(item, port, group, actual) for port, group in item.groups_by_port.items()]
    return plan


def _behind(item: NetworkLoadBalancer, port: int, group: WantedGroup, actual: Actual) -> dict[str, t.Any]:
    """The target group that a port is to forward to; of one that others have made, also what we have registered."""
    tags = actual.tags.get(actual.group_arn(group.name), {})
    theirs = group.name in actual.groups and ownership.is_theirs(item, tags)
    told: dict[str, t.Any] = {}
    if theirs:
        registered = tags.get(tagging.REGISTERED_TAG)
        told = {"registered": (registered or "").split(), "newly_adopted": registered is None}
    timeout = actual.groups.get(group.name, group.new_health_check).get(TIMEOUT)
    return {"listener_port": port, "name": group.name, "health_check_timeout": timeout, **told}


def plan_absent(item: NetworkLoadBalancer, actual: Actual) -> Plan:
    """Delete the load balancer, its listeners going with it; then its own target groups, once it is gone."""
    # Listings show a load balancer for a while after it is gone; its tags are gone at once.
    there = actual.balancer is not None and actual.arn in actual.tags
    left = ownership.is_left(item, actual.own_tags, f"{ELB}:RemoveTags" in actual.made)
    balancer = actual.balancer if there and not left else None
    plan = Plan()
    if balancer:
        ownership.check(item, f"Load balancer {balancer.name}", actual.own_tags)
        _refuse_other_place(item, balancer)
        if ownership.is_adopted(actual.own_tags):
            return adoption.leave(item, actual)
        if not item.purge_listeners:
            _refuse_used_by_others(item, balancer, actual)
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
                retried_on=("ResourceInUse",),  # its endpoint service is gone, which this part of AWS may not know yet
            )
        )
        plan.before, plan.result = _shown(item, actual), as_result(balancer, actual)
    plan.changes += [*leftover_deletions(item, actual), *adoption.leave_groups(item, actual)]
    return plan


def _refuse_other_place(item: NetworkLoadBalancer, balancer: lb.LoadBalancer) -> None:
    have = balancer.raw.get("VpcId")
    if item.vpc_id not in (None, have):
        raise ItemError(
            f"Load balancer {balancer.name} is in {have}, not in {item.vpc_id}: it is another one, and was not deleted."
        )


def _refuse_used_by_others(item: NetworkLoadBalancer, balancer: lb.LoadBalancer, actual: Actual) -> None:
    """Raise ItemError for a load balancer of ours on which others have put something of theirs."""
    others = ", ".join(arn.split("/")[1] for arn in of_others(item, actual))
    if others:
        raise ItemError(
            f"Load balancer {balancer.name} also leads to {others}, which is not its own: others use it. It was not "
            "deleted. Have their listeners removed from it, then run again."
        )


def check(item: NetworkLoadBalancer, actual: Actual) -> None:
    """Raise ItemError for what AWS cannot do or must not be done, before anything is written."""
    balancer = actual.balancer
    if balancer is None and item.subnet_ids is None:
        raise ItemError(f"Load balancer {item.name} does not exist: give subnet_ids to create it.")
    if balancer is not None:
        _check_balancer(item, balancer)
        if balancer.arn in actual.tags and not actual.created:
            ownership.check(item, f"Load balancer {balancer.name}", actual.own_tags)
    tagging.check_for_load_balancers(item.tags)
    _check_subnets(item, actual)
    _check_addresses(item, actual)
    nodes.check(item, actual)
    _check_security_groups(item, actual)
    for group in item.groups.values():
        _check_group(item, group, actual, vpc_id(item, actual))
        check_times(group, actual.groups.get(group.name, {}))
    for listener in actual.listeners:
        if listener["Port"] in item.groups_by_port and listener.get("Protocol") != "TCP":
            raise ItemError(
                f"{item.name} has a {listener.get('Protocol')} listener on port {listener['Port']}, which was not made "
                "here. Remove it, or use another port."
            )


def _check_balancer(item: NetworkLoadBalancer, balancer: lb.LoadBalancer) -> None:
    raw = balancer.raw
    if raw.get("Scheme") != "internal":
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
    vpc = vpc_id(item, actual)
    by_zone: dict[str, str] = {}
    for subnet_id in wanted:
        subnet = actual.subnets[subnet_id]
        if subnet["VpcId"] != vpc:
            raise ItemError(f"Subnet {subnet_id} is in {subnet['VpcId']}, not in {vpc}.")
        zone = subnet["AvailabilityZone"]
        if zone in by_zone:
            raise ItemError(f"{by_zone[zone]} and {subnet_id} are both in {zone}: only one subnet for each zone.")
        by_zone[zone] = subnet_id


def _check_addresses(item: NetworkLoadBalancer, actual: Actual) -> None:
    """New subnets have room for a load balancer, or an address for it, and all of one with IPv6 have that, too."""
    wanted = subnets_to_be(item, actual)
    for subnet_id in set(wanted) & actual.subnets.keys() - actual.subnet_ids:
        free = actual.subnets[subnet_id].get("AvailableIpAddressCount", FREE_ADDRESSES)
        if free < FREE_ADDRESSES and subnet_id not in (item.private_addresses or {}):
            raise ItemError(
                f"Subnet {subnet_id} has {free} free addresses, and AWS wants {FREE_ADDRESSES} in each subnet "
                "of a load balancer. Free some, or give another subnet in its zone."
            )
    without = without_ipv6(wanted, actual.subnets)
    if without and address_type(item, actual) == "dualstack":
        raise ItemError(
            f"ip_address_type dualstack needs subnets with an IPv6 CIDR block, and {', '.join(without)} has none."
        )


def _check_security_groups(item: NetworkLoadBalancer, actual: Actual) -> None:
    wanted = item.security_group_ids
    have = security_groups(actual) if actual.balancer else wanted or []
    if wanted and not have:
        raise ItemError(f"{item.name} was made without security groups, and AWS lets none be added. {ANOTHER_NAME}")
    if have and wanted == []:
        raise ItemError(f"{item.name} has security groups, and AWS does not let all of them be removed. {ANOTHER_NAME}")
    if item.enforce_privatelink_rules is not None and not have:
        raise ItemError(no_rules_to_enforce(item.name))


def _check_group(item: NetworkLoadBalancer, group: WantedGroup, actual: Actual, vpc: str) -> None:
    raw = actual.groups.get(group.name)
    if raw is None:
        return
    tags = actual.tags.get(raw["TargetGroupArn"])
    if tags is not None:
        ownership.check(item, f"Target group {group.name}", tags)
    wrong = misfits(group, raw, vpc)
    if wrong:
        raise ItemError(
            f"Target group {group.name} exists with {', '.join(wrong)}, which cannot be changed. Give the target group "
            "another name; its listener is then moved to it."
        )
    others = [arn for arn in raw.get("LoadBalancerArns") or [] if arn != actual.arn]
    if others:
        raise ItemError(f"Target group {group.name} is in use by {', '.join(others)}. Give another name.")


def _enforced(balancer: lb.LoadBalancer | None) -> bool | None:
    """Whether inbound rules apply to PrivateLink traffic; None where AWS does not say, having no rules to apply."""
    shown = balancer.raw.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") if balancer else None
    return {"on": True, "off": False}.get(shown or "")


def _group_creations(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    return [
        Change(
            f"{ELB}:CreateTargetGroup",
            {
                "Name": group.name,
                **group.immutable(vpc_id(item, actual)),
                **group.new_health_check,
                "Tags": tagging.as_aws(tagging.own_tags(item, group.name)),
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
        "Name": item.aws_name,
        "Type": "network",
        "Scheme": "internal",
        **nodes.subnets(item, actual, sorted(item.subnet_ids or [])),
        "SecurityGroups": sorted(item.security_group_ids or []),
        "IpAddressType": item.ip_address_type,
        "Tags": tagging.as_aws(tagging.own_tags(item)),
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
    changes = [_set_subnets(item, actual, first)] if set(first) != actual.subnet_ids else []
    if len(first) < len(zones):
        later = f"{item.name} to be without the subnets replaced"
        changes.append(_set_subnets(item, actual, sorted(zones), later))
    return changes


def _set_subnets(item: NetworkLoadBalancer, actual: Actual, subnets: list[str], after: str = "") -> Change:
    params = {"LoadBalancerArn": actual.arn, **nodes.subnets(item, actual, subnets)}
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
    have = security_groups(actual) if actual.balancer else sorted(item.security_group_ids or [])
    wanted = have if item.security_group_ids is None else sorted(item.security_group_ids)
    if wanted == have and (enforce is None or (enforce == shown and not actual.unset(action))):
        return []
    flag = shown if enforce is None else enforce
    params: dict[str, t.Any] = {"LoadBalancerArn": actual.arn, "SecurityGroups": wanted}
    if flag is not None:
        params["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "on" if flag else "off"
    summary = f"set security groups {', '.join(wanted)}, PrivateLink rules {'on' if flag else 'off'}"
    return [Change(action, params, summary, to_exist(item, actual))]


def _attribute_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    unset = actual.unset(f"{ELB}:ModifyLoadBalancerAttributes")
    changed = differing(item.attributes, {} if unset else actual.attributes.get(actual.arn))
    if not changed:
        return []
    return [_modify_attributes(actual.arn, changed, f"set {pairs(changed)}", to_exist(item, actual))]


def _modify_attributes(arn: str, attributes: list[dict[str, str]], summary: str, after: str = "") -> Change:
    params = {"LoadBalancerArn": arn, "Attributes": attributes}
    return Change(f"{ELB}:ModifyLoadBalancerAttributes", params, summary, after)


def _tag_changes(item: NetworkLoadBalancer, actual: Actual) -> list[Change]:
    """The same tags on the load balancer and on the target groups it is wanted with; this is also what adopts them."""
    changes = []
    for arn in (actual.arn, *(actual.group_arn(name) for name in item.groups)):
        if arn not in actual.tags:  # still to be made, with its tags
            continue
        to_set, to_remove = tagging.changes(actual.tags[arn], item, item.purge_tags, item.adopt)
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
        changed = differing(group.attributes, {} if actual.unset_group(group.name) else actual.attributes.get(arn))
        if changed:
            params = {"TargetGroupArn": arn, "Attributes": changed}
            after = "" if group.name in actual.groups else f"target group {group.name} to exist"
            action = f"{ELB}:ModifyTargetGroupAttributes"
            changes.append(Change(action, params, f"set {pairs(changed)} of {group.name}", after))
    return changes


def as_result(balancer: lb.LoadBalancer, actual: Actual) -> dict[str, t.Any]:
    """A load balancer as modules return it. ``cross_zone`` is None where attributes were not read."""
    raw = balancer.raw
    cross_zone = actual.attributes.get(balancer.arn, {}).get(BALANCER_ATTRIBUTES["cross_zone"])
    zones, addresses = raw.get("AvailabilityZones") or [], nodes.known(actual)
    return {
        "load_balancer_arn": balancer.arn,
        "load_balancer_name": balancer.name,
        "dns_name": raw.get("DNSName"),
        "canonical_hosted_zone_id": raw.get("CanonicalHostedZoneId"),
        "vpc_id": raw.get("VpcId"),
        "load_balancer_state": balancer.state,
        "availability_zones": [
            {
                "zone_name": zone["ZoneName"],
                "subnet_id": zone["SubnetId"],
                "private_addresses": addresses.get(zone["SubnetId"]),
            }
            for zone in zones
        ],
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
        arn = str(listener["ListenerArn"])
        groups = [_group_result(group, by_arn.get(group, {})) for group in sorted(forwards_to(listener))]
        timeout = actual.attributes.get(arn, {}).get(LISTENER_ATTRIBUTES["tcp_idle_timeout"])
        found.append(
            {
                "port": listener["Port"],
                "protocol": listener.get("Protocol"),
                "listener_arn": arn,
                **(groups[0] if groups else _group_result(None, {})),
                "target_groups": groups,
                "certificates": actual.certificates.get(arn),
                "tcp_idle_timeout": None if timeout is None else int(timeout),
            }
        )
    return found


def _group_result(arn: str | None, group: Raw) -> dict[str, t.Any]:
    """A target group that a listener forwards to."""
    return {
        "target_group_name": group.get("TargetGroupName"),
        "target_group_arn": arn,
        "target_port": group.get("Port"),
    }


def _shown(item: NetworkLoadBalancer, actual: Actual) -> dict[str, t.Any]:
    """The load balancer in the words of the options, for the diff. What was not read is left out."""
    if actual.balancer is None:
        return {}
    attributes = actual.attributes.get(actual.arn, {})
    shown: dict[str, t.Any] = {
        "subnet_ids": sorted(actual.subnet_ids),
        "security_group_ids": security_groups(actual),
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
    wanted, addresses = item.private_addresses or {}, nodes.known(actual)
    if wanted:
        shown["private_addresses"] = {subnet: addresses[subnet][0] for subnet in wanted if addresses.get(subnet)}
    return {**shown, "target_groups": groups, **_listener_attributes_shown(item, actual)}


def _listener_attributes_shown(item: NetworkLoadBalancer, actual: Actual) -> dict[str, t.Any]:
    """Attributes of listeners that are wanted and were read, by port; nothing where none is wanted."""
    shown = {}
    for port, wanted in item.listener_attributes.items():
        have = actual.attributes.get(actual.listener_arn(port), {})
        shown[port] = {key: have[key] for key in wanted if key in have}
    return {"listener_attributes": shown} if shown else {}


def _after(item: NetworkLoadBalancer, actual: Actual, before: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    after = dict(before)
    scalars = ("enforce_privatelink_rules", "ip_address_type", *BALANCER_ATTRIBUTES)
    for option in ("subnet_ids", "security_group_ids", *scalars):
        value = getattr(item, option)
        if value is not None and (actual.balancer is None or option in before):
            after[option] = sorted(value) if isinstance(value, list) else value
    if item.private_addresses:
        after["private_addresses"] = {**before.get("private_addresses", {}), **item.private_addresses}
    if item.listeners is not None:
        going = {listener["Port"] for listener in surplus(item, actual, ())}
        keep = {port: name for port, name in before.get("listeners", {}).items() if port not in going}
        after["listeners"] = {**keep, **{port: group.name for port, group in item.groups_by_port.items()}}
        after["target_groups"] = {}
        for name, group in item.groups.items():
            have = before.get("target_groups", {}).get(name)
            written = {key: value for key, value in group.attributes.items() if have is None or key in have}
            check = group.new_health_check if have is None else group.health_check
            after["target_groups"][name] = {**check, **written}
    if item.listener_attributes:
        after["listener_attributes"] = {}
        for port, wanted in item.listener_attributes.items():
            have = before.get("listener_attributes", {}).get(port, {})
            is_new = port not in before.get("listeners", {})
            after["listener_attributes"][port] = {key: value for key, value in wanted.items() if is_new or key in have}
    current = before.get("tags") or ({} if actual.balancer else tagging.own_tags(item))
    to_set, to_remove = tagging.changes(current, item, item.purge_tags, item.adopt)
    after["tags"] = {key: value for key, value in {**current, **to_set}.items() if key not in to_remove}
    return after


def read_all(api: Api, names: t.Sequence[str] | None, attributes: bool) -> list[dict[str, t.Any]]:
    """Internal Network Load Balancers as modules return them, in order of name; those of ``names`` if given.

    One call per 400 load balancers and per 400 target groups, one per 20 for tags, one per 200 for addresses, one each
    for listeners, one for each TLS listener's certificates, and with ``attributes`` one for each load balancer and TCP
    listener.
    """
    balancers = []
    for balancer in sorted(lb.read_load_balancers(api), key=lambda balancer: balancer.name):
        internal = balancer.is_network and balancer.raw.get("Scheme") == "internal"
        if internal and (names is None or balancer.name in names):
            balancers.append(balancer)
    used = by_balancer(lb.read_target_groups(api) if balancers else [])
    arns = [balancer.arn for balancer in balancers]
    tags, addresses = lb.read_tags(api, arns), nodes.read(api, arns)

    def details(balancer: lb.LoadBalancer) -> dict[str, t.Any]:
        groups = {group["TargetGroupName"]: group for group in used.get(balancer.arn, [])}
        listeners = lb.read_listeners(api, balancer.arn)
        with_attributes = [balancer.arn, *_arns_by(listeners, "TCP")] if attributes else []
        have = {arn: lb.read_attributes(api, arn) for arn in with_attributes}
        certificates = {arn: lb.count_certificates(api, arn) for arn in _arns_by(listeners, "TLS")}
        of_nodes = addresses[balancer.arn]
        actual = Actual(balancer, listeners, groups, tags, have, addresses=of_nodes, certificates=certificates)
        return as_result(balancer, actual)

    return api.all(details, balancers)


def _arns_by(listeners: t.Sequence[Raw], protocol: str) -> list[str]:
    """ARNs of the listeners of one protocol."""
    return [str(listener["ListenerArn"]) for listener in listeners if listener.get("Protocol") == protocol]
