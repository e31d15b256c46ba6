# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Auto Scaling groups of hosts that forward ports, each with its launch template and security group: read and plan.

This module util is PRIVATE to the collection.

What has the forwarder's name and carries our tag with that name is ours. What has the name without the tag is refused
as a whole, before anything is written, and neither changed nor deleted.

Source: Amazon EC2 Auto Scaling API Reference; Amazon EC2 API Reference, CreateLaunchTemplate,
CreateLaunchTemplateVersion, AuthorizeSecurityGroupIngress; the guide "Use an instance refresh to update instances in an
Auto Scaling group" (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ansible_collections.saas.privatelink.plugins.module_utils._aws import forwarder_refresh, ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_options import (
    ForwarderGroup,
    Hosts,
    Rule,
    permissions,
    rules_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_refresh import (
    BUSY,
    REPLACE_HOSTS,
    REPLACING,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change, Made, Plan

CREATE_SECURITY_GROUP, DELETE_SECURITY_GROUP = "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup"
LET_IN, SHUT_OUT = "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"
CREATE_TEMPLATE, DELETE_TEMPLATE = "ec2:CreateLaunchTemplate", "ec2:DeleteLaunchTemplate"
CREATE_VERSION = "ec2:CreateLaunchTemplateVersion"
CREATE_GROUP, DELETE_GROUP = "autoscaling:CreateAutoScalingGroup", "autoscaling:DeleteAutoScalingGroup"
UPDATE_GROUP = "autoscaling:UpdateAutoScalingGroup"
ATTACH, DETACH = "autoscaling:AttachLoadBalancerTargetGroups", "autoscaling:DetachLoadBalancerTargetGroups"
GONE_TEMPLATE, GONE_SECURITY_GROUP = "InvalidLaunchTemplateId.NotFound", "InvalidGroup.NotFound"
AT_ONCE = 10  # target groups that one call attaches or detaches at most
NAMES_AT_ONCE = 50  # Auto Scaling groups that one call names at most
TEMPLATE_PAGE = 200  # launch templates that one call names or lists at most
Raw = t.Mapping[str, t.Any]


@dataclass
class Actual:
    """What AWS shows for one wanted forwarder.

    ``version`` is the latest of the launch template, ``subnets`` are by id, ``refresh`` is the newest instance refresh
    and ``age`` the seconds since it began, ``made`` is what this run has called for it. ``health`` is that of the hosts
    by target group and host, read while there are hosts of several versions.
    """

    group: Raw | None = None
    template: Raw | None = None
    version: Raw | None = None
    security_group: Raw | None = None
    subnets: t.Mapping[str, Raw] = field(default_factory=dict)
    refresh: Raw | None = None
    age: float = 0.0
    health: t.Mapping[str, t.Mapping[str, Raw]] = field(default_factory=dict)
    made: Made = field(default_factory=Made)

    @property
    def going(self) -> bool:
        """Whether the group is being deleted. It shows no status otherwise."""
        return self.group is not None and bool(self.group.get("Status"))

    @property
    def running(self) -> Raw | None:
        """The group, unless it is being deleted."""
        return None if self.going else self.group

    @property
    def security_group_id(self) -> str:
        return str(self.security_group["GroupId"]) if self.security_group else UNKNOWN

    @property
    def template_id(self) -> str:
        return str(self.template["LaunchTemplateId"]) if self.template else UNKNOWN

    @property
    def hosts(self) -> Hosts | None:
        """How the latest version of the launch template makes hosts."""
        return Hosts.of(self.version["LaunchTemplateData"]) if self.version else None

    @property
    def subnet_ids(self) -> list[str]:
        return sorted(filter(None, str((self.group or {}).get("VPCZoneIdentifier") or "").split(",")))

    @property
    def target_group_arns(self) -> list[str]:
        return sorted((self.group or {}).get("TargetGroupARNs") or [])

    @property
    def refreshing(self) -> bool:
        return self.refresh is not None and self.refresh["Status"] in REPLACING

    def instances(self) -> list[Raw]:
        """The hosts that are to stay."""
        found = (self.running or {}).get("Instances") or []
        return [host for host in found if not str(host.get("LifecycleState", "")).startswith("Terminat")]

    def outdated(self, version: str) -> list[Raw]:
        """The hosts that came from anything but this version of the launch template."""
        return [host for host in self.instances() if _origin(host) != (self.template_id, version)]

    def hosts_of(self, version: str) -> list[Raw]:
        """The hosts that came from this version of the launch template."""
        return [host for host in self.instances() if _origin(host) == (self.template_id, version)]

    @property
    def former_version(self) -> str | None:
        """The version that the group names, which AWS rolls back to; None where it names none by its number."""
        template, version = _origin(self.running or {})
        return version if template == self.template_id and version.isdigit() else None

    @property
    def is_mixed(self) -> bool:
        """Whether hosts of several versions are there, or are to come."""
        return self.refreshing or len(set(map(_origin, self.instances()))) > 1


def _origin(thing: Raw) -> tuple[str, str]:
    """The launch template and its version that a group or a host came from."""
    template = thing.get("LaunchTemplate") or {}
    return str(template.get("LaunchTemplateId", "")), str(template.get("Version", ""))


class ForwarderGroups:
    """Reads groups in one call per 50, launch templates per 200, security groups and subnets per 200.

    Each launch template costs one more call, and each group one for its instance refreshes.
    """

    def __init__(self, api: Api) -> None:
        self.api = api

    def read(self, items: t.Sequence[ForwarderGroup], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        names = [item.name for item in items]
        groups = {str(group["AutoScalingGroupName"]): group for group in self._groups(names)}
        templates = {str(template["LaunchTemplateName"]): template for template in self._templates(names)}
        listed = self.api.filtered("ec2:DescribeSecurityGroups", "SecurityGroups", "group-name", names)
        have: dict[str, Actual] = {}
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            own = made[item.name]
            actual = Actual(groups.get(item.name) or _made_group(own), templates.get(item.name), made=own)
            actual.template = actual.template or _made_template(own)
            have[item.name] = actual
            found[item.name] = actual
            try:
                actual.security_group = find_security_group(item, [*listed, *_made_security_group(own)])
            except ItemError as error:
                found[item.name] = error
        self._add_subnets(items, have)
        self._add_each(have, found, "version", self._latest_version, lambda actual: actual.template is not None)
        self._add_each(have, found, "refresh", self._last_refresh, _may_refresh)
        self._look_again(have)
        self._add_health(items, have, found)
        return found

    def _groups(self, names: t.Sequence[str]) -> list[Raw]:
        found: list[Raw] = []
        for start in range(0, len(names), NAMES_AT_ONCE):
            some = list(names[start : start + NAMES_AT_ONCE])
            params: dict[str, t.Any] = {"AutoScalingGroupNames": some, "MaxRecords": 100}
            found += self.api.pages("autoscaling:DescribeAutoScalingGroups", "AutoScalingGroups", **params)
        return found

    def _templates(self, names: t.Sequence[str]) -> list[Raw]:
        found: list[Raw] = []
        for start in range(0, len(names), TEMPLATE_PAGE):
            some = [{"Name": "launch-template-name", "Values": list(names[start : start + TEMPLATE_PAGE])}]
            params: dict[str, t.Any] = {"Filters": some, "MaxResults": TEMPLATE_PAGE}
            found += self.api.pages("ec2:DescribeLaunchTemplates", "LaunchTemplates", **params)
        return found

    def _latest_version(self, actual: Actual) -> Raw | None:
        """The latest version: that of this run, which need not be listed yet, else the one that is listed."""
        made = _made_versions(actual.made)
        if made:
            return made[-1]
        of = {"LaunchTemplateId": actual.template_id, "Versions": ["$Latest"]}
        try:
            listed = self.api.pages("ec2:DescribeLaunchTemplateVersions", "LaunchTemplateVersions", **of)
        except CallError as error:
            if error.code != GONE_TEMPLATE:  # listings show a template for a while after it is deleted
                raise
            return None
        return t.cast("Raw", listed[0]) if listed else None

    def _last_refresh(self, actual: Actual) -> Raw | None:
        """The newest instance refresh; that of this run also where it is not listed yet."""
        of = {"AutoScalingGroupName": (actual.group or {})["AutoScalingGroupName"], "MaxRecords": 1}
        answer = self.api.call("autoscaling:DescribeInstanceRefreshes", **of)
        listed = answer.get("InstanceRefreshes") or [None]
        started = actual.made.get(REPLACE_HOSTS, {}).get("InstanceRefreshId")
        if started and (listed[0] or {}).get("InstanceRefreshId") != started:
            return {**(_params(actual.made, REPLACE_HOSTS) or {}), "InstanceRefreshId": started, "Status": "Pending"}
        actual.age = _age(listed[0] or {}, answer)
        return t.cast("Raw | None", listed[0])

    def _look_again(self, have: t.Mapping[str, Actual]) -> None:
        """Read groups again whose hosts are being replaced: a replacement may have gone on since the first look."""
        moving = [name for name, actual in have.items() if actual.refresh and actual.is_mixed]
        for group in self._groups(moving):
            have[str(group["AutoScalingGroupName"])].group = group

    def _add_health(
        self, items: t.Sequence[ForwarderGroup], have: t.Mapping[str, Actual], found: dict[str, Actual | ItemError]
    ) -> None:
        """The health of hosts in their target groups, where hosts of several versions are to be told apart."""
        mixed = [item for item in items if item.state == "present" and have[item.name].is_mixed]
        asked: list[tuple[str, str]] = []
        for item in mixed:
            attached = have[item.name].target_group_arns
            asked += [(item.name, arn) for arn in attached if arn in (item.target_group_arns or attached)]
        for (name, arn), answer in zip(asked, self.api.each(lambda which: self._health(which[1]), asked)):
            if isinstance(answer, ItemError):
                found[name] = answer
            else:
                have[name].health = {**have[name].health, arn: answer}

    def _health(self, arn: str) -> dict[str, Raw]:
        answer = self.api.call("elasticloadbalancing:DescribeTargetHealth", subject=arn, TargetGroupArn=arn)
        return {str(row["Target"]["Id"]): row["TargetHealth"] for row in answer["TargetHealthDescriptions"]}

    def _add_subnets(self, items: t.Sequence[ForwarderGroup], have: t.Mapping[str, Actual]) -> None:
        """The wanted subnets and those that groups are in. Unknown ids are left out."""
        ids: set[str] = set()
        ids.update(*(item.subnet_ids or [] for item in items), *(actual.subnet_ids for actual in have.values()))
        listed = self.api.filtered("ec2:DescribeSubnets", "Subnets", "subnet-id", ids)
        subnets = {str(subnet["SubnetId"]): subnet for subnet in listed}
        for actual in have.values():
            actual.subnets = subnets

    def _add_each(
        self,
        have: t.Mapping[str, Actual],
        found: dict[str, Actual | ItemError],
        attribute: str,
        read: t.Callable[[Actual], Raw | None],
        wanted: t.Callable[[Actual], bool],
    ) -> None:
        """Set ``attribute`` of each actual state of which it is ``wanted``, side by side."""
        names = [name for name, actual in have.items() if wanted(actual)]
        for name, answer in zip(names, self.api.each(lambda name: read(have[name]), names)):
            if isinstance(answer, ItemError):
                found[name] = answer
            else:
                setattr(have[name], attribute, answer)

    def plan(self, item: ForwarderGroup, actual: Actual) -> Plan:
        refuse_others(item, actual)
        left = _others(item, actual)
        if left:
            return Plan(result={"left": left})
        return plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)


def _may_refresh(actual: Actual) -> bool:
    """Whether there is a group to ask about, which is listed and will stay."""
    return actual.running is not None and CREATE_GROUP not in actual.made and DELETE_GROUP not in actual.made


def _age(refresh: Raw, answer: Raw) -> float:
    """Seconds since a refresh began, by AWS's own clock where the answer tells the time."""
    date = ((answer.get("ResponseMetadata") or {}).get("HTTPHeaders") or {}).get("date")
    now = parsedate_to_datetime(date) if date else datetime.now(timezone.utc)
    began = refresh.get("StartTime")
    return (now - began).total_seconds() if began else 0.0


def _params(made: Made, action: str) -> Raw | None:
    """What this run has called ``action`` with last, None if it has not."""
    return next((change.params for change in reversed(made.changes) if change.action == action), None)


def _made_group(made: Made) -> Raw | None:
    """The group that this run has created, for as long as listings do not show it."""
    params = _params(made, CREATE_GROUP)
    return {"Instances": [], **params} if params else None


def _made_template(made: Made) -> Raw | None:
    params = _params(made, CREATE_TEMPLATE)
    return {**made[CREATE_TEMPLATE]["LaunchTemplate"], "Tags": _tags_at_creation(params)} if params else None


def _made_versions(made: Made) -> list[Raw]:
    """The versions that this run has created, the first with its template."""
    first = _params(made, CREATE_TEMPLATE)
    found: list[Raw] = [{**first, "VersionNumber": 1}] if first else []
    return [*found, made[CREATE_VERSION]["LaunchTemplateVersion"]] if CREATE_VERSION in made else found


def _made_security_group(made: Made) -> list[Raw]:
    params = _params(made, CREATE_SECURITY_GROUP)
    return [{**params, **made[CREATE_SECURITY_GROUP], "Tags": _tags_at_creation(params)}] if params else []


def _tags_at_creation(params: Raw) -> list[dict[str, str]]:
    return t.cast("list[dict[str, str]]", params["TagSpecifications"][0]["Tags"])


def tags_of(thing: Raw | None) -> dict[str, str]:
    return tagging.as_dict((thing or {}).get("Tags"))


def find_security_group(item: ForwarderGroup, listed: t.Sequence[Raw]) -> Raw | None:
    """The security group of the item's name in its VPC; without a VPC, the one of that name that is ours.

    Raises ItemError where ours is in another VPC, or in several.
    """
    named = {
        str(group["GroupId"]): group for group in reversed(listed) if group.get("GroupName", item.name) == item.name
    }
    ours = [group for group in named.values() if ownership.is_ours(item, tags_of(group))]
    if item.vpc_id is None:
        if len(ours) > 1:
            places = ", ".join(sorted(f"{group['GroupId']} in {group['VpcId']}" for group in ours))
            raise ItemError(f"Several security groups could be that of {item.name}: {places}. Say which by vpc_id.")
        return ours[0] if ours else None
    for group in ours:
        _refuse_place(item, str(group["VpcId"]), str(group["GroupId"]))
    return next((group for group in named.values() if group["VpcId"] == item.vpc_id), None)


def _refuse_place(item: ForwarderGroup, vpc_id: str, what: str) -> None:
    if item.vpc_id not in (None, vpc_id):
        raise ItemError(
            f"Forwarder {item.name} is in {vpc_id} ({what}), not in {item.vpc_id}, and was left as it is. AWS moves "
            f"none: take it away there first (state=absent, vpc_id={vpc_id}), or use another name."
        )


def _things(item: ForwarderGroup, actual: Actual) -> dict[str, Raw]:
    """What there is of the name, by what it is called."""
    things = {
        f"Auto Scaling group {item.name}": actual.group,
        f"launch template {actual.template_id}": actual.template,
        f"security group {actual.security_group_id}": actual.security_group,
    }
    return {what: thing for what, thing in things.items() if thing}


def _others(item: ForwarderGroup, actual: Actual) -> list[str]:
    """What of the name is not ours."""
    things = _things(item, actual)
    return [what for what, thing in things.items() if not ownership.is_ours(item, tags_of(thing))]


def refuse_others(item: ForwarderGroup, actual: Actual) -> None:
    """Raise ItemError where something of the name is not ours, or ours is in another VPC.

    Where nothing is ours there is nothing to take away, and an item that leaves others' is not refused.
    """
    things = _things(item, actual)
    for what, thing in things.items():
        other = ownership.elsewhere(item, tags_of(thing))
        if other:
            raise ItemError(ownership.of_another(item, what, other))
    others = _others(item, actual)
    if others and not (item.leave_others and item.state == "absent" and len(others) == len(things)):
        raise ItemError(
            f"The name {item.name} is taken by {' and '.join(others)}, not made here and left as it is: the tag "
            f"{tagging.OWN_TAG}={item.name} is missing. Use another name, or set that tag to hand it over to this "
            "module."
        )
    for subnet_id in actual.subnet_ids:
        if subnet_id in actual.subnets:
            _refuse_place(item, str(actual.subnets[subnet_id]["VpcId"]), subnet_id)


def plan_absent(item: ForwarderGroup, actual: Actual) -> Plan:
    """Delete the group with its hosts; once they have ended, what they were made of."""
    plan = Plan(before=shown(actual), result=as_result(actual))
    ended = f"the hosts of {item.name} to end" if actual.group else ""
    if actual.running:
        params: dict[str, t.Any] = {"AutoScalingGroupName": item.name, "ForceDelete": True}
        plan.changes.append(Change(DELETE_GROUP, params, f"delete group {item.name} and its hosts", retried_on=BUSY))
    if actual.template:
        params = {"LaunchTemplateId": actual.template_id}
        gone: tuple[str, ...] = (GONE_TEMPLATE,)
        plan.changes.append(
            Change(DELETE_TEMPLATE, params, f"delete launch template {item.name}", ended, settled_by=gone)
        )
    if actual.security_group:
        params, gone = {"GroupId": actual.security_group_id}, (GONE_SECURITY_GROUP,)
        summary = f"delete security group {item.name}"
        in_use = ("DependencyViolation",)  # until the network interfaces of the hosts have gone, too
        plan.changes.append(Change(DELETE_SECURITY_GROUP, params, summary, ended, settled_by=gone, retried_on=in_use))
    if actual.going:
        plan.waiting = ended
    return plan


def plan_present(item: ForwarderGroup, actual: Actual) -> Plan:
    """Make what is missing and change what differs; what needs an id that does not exist yet comes last."""
    check(item, actual)
    hosts = item.hosts(actual.security_group_id, actual.hosts)
    version = _version(hosts, actual)
    forwarder_refresh.check(item, actual, version)
    changes = [
        *_security_group_changes(item, actual),
        *_template_changes(item, actual, hosts, version),
        *_tag_changes(item, actual),
        *_group_changes(item, actual, version),
        *_target_group_changes(item, actual),
        *forwarder_refresh.changes(item, actual, version, _template_made(item, version)),
    ]
    changes.sort(key=lambda change: bool(change.after))
    plan = Plan(changes, before=shown(actual), result=as_result(actual))
    plan.after = _after(item, actual, hosts, version) if changes else plan.before
    outdated = actual.outdated(version)
    if actual.refreshing and actual.refresh and (outdated or REPLACE_HOSTS in actual.made):
        done = actual.refresh.get("PercentageComplete") or 0
        plan.waiting = f"the hosts of {item.name} to be replaced ({done} % done)"
    return plan


def check(item: ForwarderGroup, actual: Actual) -> None:
    """Raise ItemError for what AWS cannot do, before anything is written."""
    lacking = item.lacking(actual.security_group is not None, actual.version is not None, actual.running is not None)
    if lacking:
        raise ItemError(f"Forwarder {item.name} does not exist as a whole: to create it, give {' and '.join(lacking)}.")
    for subnet_id in item.subnet_ids or []:
        subnet = actual.subnets.get(subnet_id)
        if subnet is None:
            raise ItemError(f"{subnet_id} does not exist in this account and region.")
        if item.vpc_id not in (None, subnet["VpcId"]):
            raise ItemError(f"{subnet_id} is in {subnet['VpcId']}, not in {item.vpc_id}.")


def _version(hosts: Hosts, actual: Actual) -> str:
    """The version of the launch template that makes such hosts, if it is the latest.

    AWS gives back more than it was given, so a version carries the checksum of what was asked for.
    """
    if actual.version is None or actual.version.get("VersionDescription") != hosts.checksum:
        return UNKNOWN
    return str(actual.version["VersionNumber"])


def _security_group_made(item: ForwarderGroup, actual: Actual) -> str:
    return "" if actual.security_group else f"security group {item.name} to be made"


def _template_made(item: ForwarderGroup, version: str) -> str:
    return f"launch template {item.name} to be made" if version == UNKNOWN else ""


def _security_group_changes(item: ForwarderGroup, actual: Actual) -> list[Change]:
    """Ports are opened before others are closed, so that what stays open is never shut."""
    changes: list[Change] = []
    if actual.security_group is None:
        tags = tagging.as_aws(tagging.own_tags(item))
        params: dict[str, t.Any] = {
            "GroupName": item.name,
            "Description": "Port forwarder, open to its load balancers only",
            "VpcId": item.vpc_id,
            "TagSpecifications": [{"ResourceType": "security-group", "Tags": tags}],
        }
        changes.append(Change(CREATE_SECURITY_GROUP, params, f"create security group {item.name}"))
    wanted = item.rules
    if wanted is None:
        return changes
    have = rules_of(actual.security_group or {})
    after, unseen = _security_group_made(item, actual), (GONE_SECURITY_GROUP,)
    lacking, surplus = wanted - have, have - wanted
    if lacking:
        params = {"GroupId": actual.security_group_id, "IpPermissions": permissions(lacking)}
        settled = ("InvalidPermission.Duplicate",)
        changes.append(Change(LET_IN, params, f"let in {_in_words(lacking)}", after, settled, unseen))
    if surplus:
        params = {"GroupId": actual.security_group_id, "IpPermissions": permissions(surplus)}
        settled = ("InvalidPermission.NotFound",)
        changes.append(Change(SHUT_OUT, params, f"shut out {_in_words(surplus)}", after, settled))
    return changes


def _in_words(rules: t.Iterable[Rule]) -> str:
    return ", ".join(sorted(f"{rule.source} on {rule.ports}" for rule in rules))


def _template_changes(item: ForwarderGroup, actual: Actual, hosts: Hosts, version: str) -> list[Change]:
    if version != UNKNOWN:
        return []
    params: dict[str, t.Any] = {"VersionDescription": hosts.checksum, "LaunchTemplateData": hosts.data}
    after = _security_group_made(item, actual)
    if actual.template:
        params["LaunchTemplateId"] = actual.template_id
        return [Change(CREATE_VERSION, params, f"create a version of launch template {item.name}", after)]
    tags = tagging.as_aws(tagging.own_tags(item))
    params["LaunchTemplateName"] = item.name
    params["TagSpecifications"] = [{"ResourceType": "launch-template", "Tags": tags}]
    return [Change(CREATE_TEMPLATE, params, f"create launch template {item.name}", after)]


def _tag_changes(item: ForwarderGroup, actual: Actual) -> list[Change]:
    """Tags of what exists. Hosts have theirs from the launch template."""
    changes: list[Change] = []
    for thing, resource_id in (
        (actual.security_group, actual.security_group_id),
        (actual.template, actual.template_id),
    ):
        to_set = tagging.changes(tags_of(thing), item)[0] if thing else {}
        if to_set:
            params: dict[str, t.Any] = {"Resources": [resource_id], "Tags": tagging.as_aws(to_set)}
            changes.append(Change("ec2:CreateTags", params, f"tag {resource_id}"))
    if actual.running:
        to_set = tagging.changes(tags_of(actual.running), item)[0]
        params = {"Tags": _group_tags(item.name, to_set)}
        changes += [Change("autoscaling:CreateOrUpdateTags", params, f"tag group {item.name}")] if to_set else []
    return changes


def _group_tags(name: str, tags: t.Mapping[str, str]) -> list[dict[str, t.Any]]:
    of = {"ResourceId": name, "ResourceType": "auto-scaling-group", "PropagateAtLaunch": False}
    return [{**of, **tag} for tag in tagging.as_aws(tags)]


def _group_changes(item: ForwarderGroup, actual: Actual, version: str) -> list[Change]:
    """Create the group, once a former one is gone, or change what differs."""
    after = _template_made(item, version)
    if actual.running:
        differing = _differing(item, actual, version)
        params = {"AutoScalingGroupName": item.name, **differing}
        summary = f"change {', '.join(sorted(differing))} of group {item.name}"
        return [Change(UPDATE_GROUP, params, summary, after, retried_on=BUSY)] if differing else []
    params = {
        "AutoScalingGroupName": item.name,
        **_wanted_group(item, actual, version),
        **({"TargetGroupARNs": sorted(set(item.target_group_arns))} if item.target_group_arns else {}),
        "Tags": _group_tags(item.name, tagging.own_tags(item)),
    }
    gone = f"the hosts of {item.name} to end" if actual.going else ""
    return [Change(CREATE_GROUP, params, f"create group {item.name}", gone or after)]


def _wanted_group(item: ForwarderGroup, actual: Actual, version: str) -> dict[str, t.Any]:
    """The group as the options ask for it, in AWS's words."""
    # Not by the load balancer's checks: they fail when the database does, and new hosts would not mend that.
    wanted: dict[str, t.Any] = {"HealthCheckType": "EC2"}
    # While hosts are of another version, that is the one to fall back to. A replacement that went well changes it.
    if not actual.former_version or not (actual.outdated(version) or actual.refreshing):
        wanted["LaunchTemplate"] = {"LaunchTemplateId": actual.template_id, "Version": version}
    if item.subnet_ids is not None:
        wanted["VPCZoneIdentifier"] = ",".join(sorted(set(item.subnet_ids)))
    instances = item.instances or (None if actual.running else 2)
    if instances is not None:
        wanted.update({"MinSize": instances, "MaxSize": 2 * instances, "DesiredCapacity": instances})
    return wanted


def _differing(item: ForwarderGroup, actual: Actual, version: str) -> dict[str, t.Any]:
    """What of the group is not as it should be, and how it should be."""
    group = actual.running or {}
    origin = dict(zip(("LaunchTemplateId", "Version"), _origin(group)))
    have = {**group, "LaunchTemplate": origin, "VPCZoneIdentifier": ",".join(actual.subnet_ids)}
    return {key: value for key, value in _wanted_group(item, actual, version).items() if have.get(key) != value}


def _target_group_changes(item: ForwarderGroup, actual: Actual) -> list[Change]:
    """Not while hosts are replaced, which AWS refuses."""
    if actual.running is None or item.target_group_arns is None:
        return []
    wanted, have = set(item.target_group_arns), set(actual.target_group_arns)
    after = _replacement_ended(item, actual)
    changes: list[Change] = []
    for action, verb, arns in (
        (ATTACH, "attach", sorted(wanted - have)),
        (DETACH, "detach", sorted(have - wanted) if item.purge_target_groups else []),
    ):
        for start in range(0, len(arns), AT_ONCE):
            some = arns[start : start + AT_ONCE]
            params: dict[str, t.Any] = {"AutoScalingGroupName": item.name, "TargetGroupARNs": some}
            summary = f"{verb} {', '.join(arn.split(':')[-1] for arn in some)}"
            changes.append(Change(action, params, summary, after, retried_on=BUSY))
    return changes


def _replacement_ended(item: ForwarderGroup, actual: Actual) -> str:
    return f"the replacement of hosts of {item.name} that is under way to end" if actual.refreshing else ""


def shown(actual: Actual) -> dict[str, t.Any]:
    """The forwarder in the words of the options, for the diff."""
    found: dict[str, t.Any] = {}
    if actual.security_group:
        found["vpc_id"] = actual.security_group["VpcId"]
        found["lets_in"] = _shown_rules(rules_of(actual.security_group))
    if actual.hosts:
        found.update(actual.hosts.shown)
    if actual.group:
        found["subnet_ids"] = actual.subnet_ids
        found["instances"] = actual.group.get("DesiredCapacity")
        found["target_group_arns"] = actual.target_group_arns
        found["launch_template_version"] = _origin(actual.group)[1]
        found["tags"] = tags_of(actual.group)
    return found


def _shown_rules(rules: t.Iterable[Rule]) -> list[str]:
    return sorted(f"{rule.source} on {rule.ports}" for rule in rules)


def _after(item: ForwarderGroup, actual: Actual, hosts: Hosts, version: str) -> dict[str, t.Any]:
    """The forwarder as it will be shown once the plan is done."""
    before = shown(actual)
    arns = set(item.target_group_arns or [])
    if not item.purge_target_groups or item.target_group_arns is None:
        arns.update(actual.target_group_arns)
    own = tagging.own_tags(item)
    if actual.running:
        have = tags_of(actual.running)
        own = {**have, **tagging.changes(have, item)[0]}
    wanted = _wanted_group(item, actual, version)
    return {
        "vpc_id": item.vpc_id or before.get("vpc_id"),
        "lets_in": before.get("lets_in", []) if item.rules is None else _shown_rules(item.rules),
        **hosts.shown,
        "subnet_ids": before.get("subnet_ids") if item.subnet_ids is None else sorted(set(item.subnet_ids)),
        "instances": wanted.get("DesiredCapacity", before.get("instances")),
        "target_group_arns": sorted(arns),
        "launch_template_version": version,
        "tags": own,
    }


def as_result(actual: Actual) -> dict[str, t.Any]:
    """The forwarder as modules return it; what does not exist is left out."""
    found: dict[str, t.Any] = {}
    if actual.security_group:
        found["security_group_id"] = actual.security_group_id
        found["vpc_id"] = actual.security_group["VpcId"]
    if actual.template:
        found["launch_template_id"] = actual.template_id
    if actual.group:
        found["auto_scaling_group_arn"] = actual.group.get("AutoScalingGroupARN", "")
        found["launch_template_version"] = _origin(actual.group)[1]
        found["subnet_ids"] = actual.subnet_ids
        found["target_group_arns"] = actual.target_group_arns
        found["instances"] = actual.group.get("DesiredCapacity")
        found["tags"] = tags_of(actual.group)
        found["hosts"] = [_host(host) for host in actual.group.get("Instances") or []]
    if actual.refresh:
        found["replacement"] = {
            "status": actual.refresh["Status"],
            "status_reason": actual.refresh.get("StatusReason") or "",
            "percentage_complete": actual.refresh.get("PercentageComplete") or 0,
        }
    return found


def _host(host: Raw) -> dict[str, t.Any]:
    return {
        "instance_id": host["InstanceId"],
        "availability_zone": host.get("AvailabilityZone"),
        "lifecycle_state": host.get("LifecycleState"),
        "health_status": host.get("HealthStatus"),
        "launch_template_version": _origin(host)[1],
    }


def read_all(api: Api, names: t.Sequence[str] | None) -> list[dict[str, t.Any]]:
    """The forwarders that are ours, of these names or all, by name."""
    if names is None:
        ours = [{"Name": "tag-key", "Values": [tagging.OWN_TAG]}]
        params: dict[str, t.Any] = {"Filters": ours, "MaxRecords": 100}
        groups = api.pages("autoscaling:DescribeAutoScalingGroups", "AutoScalingGroups", **params)
        names = [str(group["AutoScalingGroupName"]) for group in groups]
    items = [ForwarderGroup(name=name, state="absent") for name in sorted(set(names))]
    found: list[dict[str, t.Any]] = []
    for name, actual in ForwarderGroups(api).read(items, {item.name: Made() for item in items}).items():
        if isinstance(actual, ItemError):
            raise actual
        if tags_of(actual.group).get(tagging.OWN_TAG) == name:
            found.append({"name": name, **as_result(actual)})
    return found
