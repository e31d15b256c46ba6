# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What there is of a function that follows names: itself, its role, its log, what wakes it and what watches it.

This module util is PRIVATE to the collection.

Sources: AWS Lambda, IAM, EventBridge, CloudWatch and CloudWatch Logs API References; Lambda developer guide, "Lambda
function states": until LastUpdateStatus is Successful, invocations run the former code (read 2026-11).
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_options import Raw
from ansible_collections.saas.privatelink.plugins.module_utils._aws.lambda_concurrency import (
    FunctionSettings,
    read_settings,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

MISSING = ("ResourceNotFoundException", "NoSuchEntity")
POLICY = "ip-sync"  # the name of the role's inline policy
RULES, ALARMS = ("schedule", "rds-events"), ("errors", "stale", "unhealthy")  # the ends of their names
Tags = dict[str, str]


@dataclass(frozen=True)
class Place:
    """Where a function is, for the ARNs of what belongs to it."""

    partition: str
    region: str
    account: str
    name: str

    def arn(self, service: str, resource: str, region: bool = True) -> str:
        return f"arn:{self.partition}:{service}:{self.region if region else ''}:{self.account}:{resource}"

    @property
    def role(self) -> str:
        return self.arn("iam", f"role/{self.name}", region=False)

    @property
    def function(self) -> str:
        return self.arn("lambda", f"function:{self.name}")

    @property
    def log_group(self) -> str:
        return f"/aws/lambda/{self.name}"

    def rule(self, suffix: str) -> str:
        return self.arn("events", f"rule/{self.name}-{suffix}")

    def alarm(self, suffix: str) -> str:
        return self.arn("cloudwatch", f"alarm:{self.name}-{suffix}")

    @property
    def vpc_policy(self) -> str:
        """AWS's own list of what a function in a VPC needs to make its network interfaces."""
        return f"arn:{self.partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"


@dataclass
class Thing:
    """A role, log group, rule or alarm: as AWS shows it, and its tags."""

    raw: Raw
    tags: Tags


@dataclass
class Role(Thing):
    """``policy`` is our inline policy; ``attached`` are ARNs of managed policies, ``inline`` names of others' own."""

    policy: Raw | None = None
    attached: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)


@dataclass
class Rule(Thing):
    """``targets`` are those of the rule, by their ids."""

    targets: dict[str, Raw] = field(default_factory=dict)


@dataclass
class Function(Thing):
    """``permissions`` are the statements of its policy by Sid; ``told`` is its configuration, None while it changes."""

    settings: FunctionSettings
    permissions: dict[str, Raw] = field(default_factory=dict)
    told: Raw | None = None

    @property
    def changing(self) -> bool:
        """Whether it is being made or changed: it runs its former code until then, and takes no other change."""
        return self.raw.get("State") == "Pending" or self.raw.get("LastUpdateStatus") == "InProgress"


@dataclass
class Stack:
    """All that has the names of one function's parts; rules and alarms by the ends of their names."""

    place: Place
    function: Function | None = None
    role: Role | None = None
    log: Thing | None = None
    rules: dict[str, Rule] = field(default_factory=dict)
    alarms: dict[str, Thing] = field(default_factory=dict)

    def things(self) -> t.Iterator[tuple[str, Thing]]:
        """Everything that there is, with what it is called."""
        name = self.place.name
        for what, thing in (("Function", self.function), ("IAM role", self.role)):
            if thing:
                yield f"{what} {name}", thing
        if self.log:
            yield f"Log group {self.place.log_group}", self.log
        for suffix, rule in self.rules.items():
            yield f"Rule {name}-{suffix}", rule
        for suffix, alarm in self.alarms.items():
            yield f"Alarm {name}-{suffix}", alarm


def found(api: Api, action: str, subject: str, **params: t.Any) -> t.Mapping[str, t.Any] | None:
    """The answer to a call; None where what it asks about does not exist."""
    try:
        return api.call(action, subject, **params)
    except CallError as error:
        if error.code in MISSING:
            return None
        raise


def read_stack(api: Api, place: Place) -> Stack:
    """All parts, side by side. What the function is told is not asked here: who asks it must know whose it is."""
    stack = Stack(place)
    parts: list[t.Callable[[], t.Any]] = [
        lambda: read_function(api, place),
        lambda: read_role(api, place),
        lambda: read_log(api, place),
        *(lambda suffix=suffix: read_rule(api, place, suffix) for suffix in RULES),
        lambda: read_alarms(api, place),
    ]
    stack.function, stack.role, stack.log, *rules, stack.alarms = api.all(lambda part: part(), parts)
    stack.rules = {suffix: rule for suffix, rule in zip(RULES, rules) if rule}
    return stack


def read_function(api: Api, place: Place) -> Function | None:
    answer = found(api, "lambda:GetFunction", place.name, FunctionName=place.name)
    if answer is None:
        return None
    policy = found(api, "lambda:GetPolicy", place.name, FunctionName=place.name)
    statements = json.loads(policy["Policy"])["Statement"] if policy else []
    permissions = {statement["Sid"]: statement for statement in statements}
    return Function(
        answer["Configuration"], dict(answer.get("Tags") or {}), read_settings(api, place.name), permissions
    )


def ask(api: Api, function: Function, name: str) -> Raw:
    """What the function is told: it reads nothing but its own package then. While it watches a failover it is busy.

    Raises ItemError where it cannot be asked.
    """
    if function.settings.reserved_concurrency == 0:
        raise ItemError(
            f"Function {name} is stopped (its reserved concurrency is 0), so it cannot say what it follows. Let it "
            "run, or set purge_syncs=true to follow only what is listed."
        )
    payload = json.dumps({"configuration": True}).encode()
    answer = api.call("lambda:InvokeFunction", name, FunctionName=name, Payload=payload)
    told = json.loads(answer["Payload"].read() or b"{}")
    if answer.get("FunctionError") or not isinstance(told.get("syncs"), list):
        raise ItemError(
            f"Function {name} does not say what it follows: {told.get('errorMessage', told)}. Set purge_syncs=true to "
            "follow only what is listed."
        )
    return t.cast("Raw", told)


def read_role(api: Api, place: Place) -> Role | None:
    answer = found(api, "iam:GetRole", place.name, RoleName=place.name)
    if answer is None:
        return None
    role, of = answer["Role"], {"RoleName": place.name}
    policy = found(api, "iam:GetRolePolicy", place.name, **of, PolicyName=POLICY)
    attached = api.pages("iam:ListAttachedRolePolicies", "AttachedPolicies", **of)
    inline = api.pages("iam:ListRolePolicies", "PolicyNames", **of)
    return Role(
        role,
        tagging.as_dict(role.get("Tags")),
        policy and policy["PolicyDocument"],
        [entry["PolicyArn"] for entry in attached],
        [name for name in inline if name != POLICY],
    )


def read_log(api: Api, place: Place) -> Thing | None:
    groups = api.pages("logs:DescribeLogGroups", "logGroups", logGroupNamePrefix=place.log_group)
    for group in groups:
        if group["logGroupName"] == place.log_group:
            arn = place.arn("logs", f"log-group:{place.log_group}")
            tags = found(api, "logs:ListTagsForResource", place.log_group, resourceArn=arn) or {}
            return Thing(group, dict(tags.get("tags") or {}))
    return None


def read_rule(api: Api, place: Place, suffix: str) -> Rule | None:
    name = f"{place.name}-{suffix}"
    raw = found(api, "events:DescribeRule", name, Name=name)
    if raw is None:
        return None
    tags = found(api, "events:ListTagsForResource", name, ResourceARN=place.rule(suffix)) or {}
    targets = api.pages("events:ListTargetsByRule", "Targets", Rule=name)
    return Rule(raw, tagging.as_dict(tags.get("Tags")), {target["Id"]: target for target in targets})


def read_alarms(api: Api, place: Place) -> dict[str, Thing]:
    names = {f"{place.name}-{suffix}": suffix for suffix in ALARMS}
    listed = api.pages("cloudwatch:DescribeAlarms", "MetricAlarms", AlarmNames=sorted(names))
    alarms = {}
    for alarm in listed:
        suffix = names[alarm["AlarmName"]]
        tags = found(api, "cloudwatch:ListTagsForResource", alarm["AlarmName"], ResourceARN=place.alarm(suffix)) or {}
        alarms[suffix] = Thing(alarm, tagging.as_dict(tags.get("Tags")))
    return alarms
