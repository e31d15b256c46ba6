# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security groups of VPC endpoints, which let other security groups in on exact ports: read and plan.

This module util is PRIVATE to the collection.

A group is known by its name, which is unique in a VPC, and is ours by its tags. A rule is ours by its description: what
others have added to the group stays.

Source: Amazon EC2 API Reference, CreateSecurityGroup, AuthorizeSecurityGroupIngress, RevokeSecurityGroupIngress,
DeleteSecurityGroup, DescribeNetworkInterfaces (read 2026-11).
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoints import read_endpoints
from ansible_collections.saas.privatelink.plugins.module_utils._core import ports
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import (
    Presence,
    internal,
    optional,
    required,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change, Made, Plan

CREATE, DELETE = "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup"
LET_IN, SHUT_OUT = "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"
GONE = ("InvalidGroup.NotFound", "InvalidGroupId.NotFound")
OURS = "saas.privatelink"  # the description of our rules
NAME = re.compile(r"(?!sg-)[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}")
SECURITY_GROUP = re.compile(r"sg-[0-9a-f]+")
Raw = t.Mapping[str, t.Any]


class Rule(t.NamedTuple):
    """TCP ports, ends included, on which another security group is let in."""

    first: int
    last: int
    source: str

    def __str__(self) -> str:
        return f"{self.source} on {ports.shown(range(self.first, self.last + 1))}"


@dataclass(frozen=True)
class LetIn:
    """Who is let in, and on which ports; the fields are the suboptions of C(lets_in)."""

    source_security_group_ids: list[str] = required()
    ports: list[str] = required()


@dataclass(frozen=True)
class EndpointSecurityGroup:
    """One wanted group; the fields are the options of the module C(endpoint_security_group). None changes nothing."""

    name: str
    state: Presence = "present"
    vpc_id: str | None = None
    lets_in: list[dict[str, t.Any]] | None = optional(item=LetIn)
    purge_rules: bool = True
    going: list[str] | None = None
    tags: dict[str, str] | None = None
    purge_tags: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ItemError(f"{self.name!r} cannot be the name of a security group.")
        if not re.fullmatch(r"vpc-[0-9a-f]+", self.vpc_id or ""):
            raise ItemError(f"vpc_id is not the id of a VPC: {self.vpc_id!r}.")
        for entry in self.lets_in or ():
            sources = entry["source_security_group_ids"]
            wrong = [source for source in sources if not SECURITY_GROUP.fullmatch(source)]
            if wrong or not sources:
                told = ", ".join(wrong) or "an empty list"
                raise ItemError(f"source_security_group_ids takes ids like sg-0123456789abcdef0, not {told}.")
            try:
                ports.parse_all(entry["ports"])
            except ValueError as error:
                raise ItemError(f"ports: {error}.") from error

    @property
    def rules(self) -> set[Rule]:
        found: set[Rule] = set()
        for entry in self.lets_in or ():
            for wanted in ports.parse_all(entry["ports"]):
                found |= {Rule(wanted[0], wanted[-1], source) for source in entry["source_security_group_ids"]}
        return found


@dataclass
class Actual:
    """What AWS shows of one group. ``users`` keep it from being deleted; ``leaving`` do so for a while only."""

    group: Raw | None
    users: t.Sequence[str] = field(default_factory=list)
    leaving: t.Sequence[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.group["GroupId"]) if self.group else UNKNOWN

    @property
    def tags(self) -> dict[str, str]:
        return tagging.as_dict((self.group or {}).get("Tags"))


class EndpointSecurityGroups:
    """Reads groups by name in one call per 200; who uses those that are to go in two more calls."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def read(
        self, items: t.Sequence[EndpointSecurityGroup], made: t.Mapping[str, Made]
    ) -> dict[str, Actual | ItemError]:
        names = [item.name for item in items]
        listed = self.api.filtered("ec2:DescribeSecurityGroups", "SecurityGroups", "group-name", names)
        found: dict[str, Actual] = {}
        for item in items:
            here = [*listed, *_made_group(made[item.name])]
            same = [group for group in here if (group["GroupName"], group["VpcId"]) == (item.name, item.vpc_id)]
            found[item.name] = Actual(next(iter(same), None))
        self._add_users([item for item in items if item.state == "absent"], found)
        return dict(found)

    def _add_users(self, items: t.Sequence[EndpointSecurityGroup], found: t.Mapping[str, Actual]) -> None:
        """Endpoints and network interfaces in groups that are to go. Interfaces outlast their endpoint a little."""
        going = [(item, found[item.name]) for item in items if found[item.name].group]
        if not going:
            return
        ids = [actual.id for dummy, actual in going]
        endpoints = read_endpoints(self.api)
        interfaces = self.api.filtered("ec2:DescribeNetworkInterfaces", "NetworkInterfaces", "group-id", ids)
        for item, actual in going:
            using = [row for row in endpoints if _is_in(actual.id, row) and str(row["State"]).lower() != "deleting"]
            own = [row for row in interfaces if _is_in(actual.id, row)]
            of_endpoints = [row for row in own if row.get("InterfaceType") == "vpc_endpoint"]
            users = {row["VpcEndpointId"] for row in using} - set(item.going or ())
            users |= {row["NetworkInterfaceId"] for row in own if row not in of_endpoints}
            actual.users = sorted(users)
            actual.leaving = sorted(row["NetworkInterfaceId"] for row in of_endpoints)

    def plan(self, item: EndpointSecurityGroup, actual: Actual) -> Plan:
        if actual.group:
            _check_owner(item, actual)
        return plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)


def _is_in(group_id: str, row: Raw) -> bool:
    return any(group["GroupId"] == group_id for group in row.get("Groups") or [])


def _made_group(made: Made) -> list[Raw]:
    """The group that this run has created, for listings that do not show it yet."""
    params = next((change.params for change in made.changes if change.action == CREATE), None)
    if params is None or not made[CREATE].get("GroupId"):
        return []
    return [{**params, **made[CREATE], "Tags": params["TagSpecifications"][0]["Tags"]}]


def _check_owner(item: EndpointSecurityGroup, actual: Actual) -> None:
    """Raise ItemError for a group of that name which is not the item's."""
    what, other = f"Security group {actual.id} of the name {item.name}", ownership.elsewhere(item, actual.tags)
    if actual.tags.get(tagging.OWN_TAG) != item.name:
        raise ItemError(
            f"{what} was not made here: it lacks the tag {tagging.OWN_TAG}={item.name}. It was not touched. Use "
            "another name, or give groups of others to the endpoint as they are."
        )
    if other:
        raise ItemError(ownership.of_another(item, what, other))


def plan_absent(item: EndpointSecurityGroup, actual: Actual) -> Plan:
    """Delete the group, unless something is in it."""
    if actual.group is None:
        return Plan()
    plan = Plan(before=shown(actual.group), result=as_result(actual.group))
    if actual.users:
        plan.after = plan.before
        plan.result["kept"] = [f"security group {actual.id} stays, for {', '.join(actual.users)} has it"]
        return plan
    waiting = f"network interfaces {', '.join(actual.leaving)} to leave {actual.id}" if actual.leaving else ""
    params = {"GroupId": actual.id}
    in_use = ("DependencyViolation",)  # until all of AWS knows that the interfaces have gone
    plan.changes = [Change(DELETE, params, f"delete security group {item.name}", waiting, GONE, in_use)]
    return plan


def plan_present(item: EndpointSecurityGroup, actual: Actual) -> Plan:
    """Create what is missing. Ports are opened before others are closed, so that what stays open is never shut."""
    have = {} if actual.group is None else shown(actual.group)
    plan = Plan(before=have, after=have, result=as_result(actual.group))
    tags, made_first = actual.tags, ""
    if actual.group is None:
        tags, made_first = tagging.own_tags(item), f"security group {item.name} to be made"
        plan.changes.append(_creation(item, tags))
    else:
        to_set, to_remove = tagging.changes(tags, item, item.purge_tags)
        plan.changes += tagging.ec2_changes(actual.id, to_set, to_remove)
        tags = {key: value for key, value in {**tags, **to_set}.items() if key not in to_remove}
    there, ours = rules_of(actual.group or {})
    lacking = item.rules - there
    surplus = ours - item.rules if item.purge_rules and item.lets_in is not None else set()
    if lacking:
        settled = ("InvalidPermission.Duplicate",)
        params = {"GroupId": actual.id, "IpPermissions": permissions(lacking)}
        plan.changes.append(Change(LET_IN, params, f"let in {_words(lacking)}", made_first, settled, GONE))
    if surplus:
        settled = ("InvalidPermission.NotFound",)
        params = {"GroupId": actual.id, "IpPermissions": permissions(surplus)}
        plan.changes.append(Change(SHUT_OUT, params, f"shut out {_words(surplus)}", made_first, settled))
    if plan.changes:
        plan.after = {"vpc_id": item.vpc_id, "lets_in": _shown_rules((there | lacking) - surplus), "tags": tags}
    return plan


def _creation(item: EndpointSecurityGroup, tags: t.Mapping[str, str]) -> Change:
    params: dict[str, t.Any] = {
        "GroupName": item.name,
        "Description": "VPC endpoint, open to named security groups only",
        "VpcId": item.vpc_id,
        "TagSpecifications": [{"ResourceType": "security-group", "Tags": tagging.as_aws(tags)}],
    }
    return Change(CREATE, params, f"create security group {item.name}")


def rules_of(group: Raw) -> tuple[set[Rule], set[Rule]]:
    """The rules of a group that let security groups in by TCP: all, and those that are ours."""
    found: set[Rule] = set()
    ours: set[Rule] = set()
    for permission in group.get("IpPermissions") or []:
        if permission.get("IpProtocol") != "tcp":
            continue
        for pair in permission.get("UserIdGroupPairs") or []:
            rule = Rule(permission["FromPort"], permission["ToPort"], str(pair["GroupId"]))
            found.add(rule)
            if pair.get("Description") == OURS:
                ours.add(rule)
    return found, ours


def permissions(rules: t.Iterable[Rule]) -> list[dict[str, t.Any]]:
    """Our rules as AWS takes them, in a fixed order."""
    return [
        {
            "IpProtocol": "tcp",
            "FromPort": rule.first,
            "ToPort": rule.last,
            "UserIdGroupPairs": [{"GroupId": rule.source, "Description": OURS}],
        }
        for rule in sorted(rules)
    ]


def _words(rules: t.Iterable[Rule]) -> str:
    return ", ".join(str(rule) for rule in sorted(rules))


def _shown_rules(rules: t.Iterable[Rule]) -> list[dict[str, str]]:
    shown_rules = []
    for rule in sorted(rules):
        spoken = ports.shown(range(rule.first, rule.last + 1))
        shown_rules.append({"source_security_group_id": rule.source, "ports": spoken})
    return shown_rules


def shown(group: Raw) -> dict[str, t.Any]:
    """A group in the words of the options, for the diff."""
    tags = tagging.as_dict(group.get("Tags"))
    return {"vpc_id": group["VpcId"], "lets_in": _shown_rules(rules_of(group)[0]), "tags": tags}


def as_result(group: Raw | None) -> dict[str, t.Any]:
    """A group as modules return it."""
    if group is None:
        return {"security_group_id": UNKNOWN}
    return {"security_group_id": str(group["GroupId"]), **shown(group)}
