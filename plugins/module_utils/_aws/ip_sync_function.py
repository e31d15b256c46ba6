# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Lambda function that keeps target groups in line with DNS names, with all that belongs to it: read and plan.

This module util is PRIVATE to the collection.

What has the function's name and carries our tags is ours; where anything of the name does not, nothing is written.
Several vendors' roles share the function. Its package, which holds the names that it follows, is changed only from the
revision that was read: where another run was faster, all is read and merged again.

Sources: AWS Lambda API Reference, UpdateFunctionCode and UpdateFunctionConfiguration (RevisionId); IAM API Reference,
CreateRole; Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC": AWS takes network
interfaces of a function away with its role's rights, some minutes later (read 2026-11).
"""

from __future__ import annotations

import base64
import hashlib
import json
import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import ip_sync_policy, ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import ip_sync_watch as watch
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_options import (
    RESERVE,
    Configuration,
    IpSyncFunction,
    Raw,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_stack import (
    POLICY,
    Function,
    Place,
    Stack,
    Thing,
    ask,
    read_stack,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.lambda_concurrency import (
    Concurrency,
    FunctionSettings,
    setting_changes,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core import policies
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made, Plan
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync import package

CREATE_ROLE, ATTACH = "iam:CreateRole", "iam:AttachRolePolicy"
CREATE, UPDATE_CODE = "lambda:CreateFunction", "lambda:UpdateFunctionCode"
CONFIGURE, DELETE = "lambda:UpdateFunctionConfiguration", "lambda:DeleteFunction"
# Another run was faster: it has made the thing, or changed it since it was read.
RACED = (
    "EntityAlreadyExists",
    "PreconditionFailedException",
    "ResourceAlreadyExistsException",
    "ResourceConflictException",
)
GONE = ("NoSuchEntity", "ResourceNotFoundException")
NOT_YET = ("InvalidParameterValueException",)  # a new role, or its policy, takes some seconds to reach Lambda
DESCRIPTION = "Keeps target groups in line with DNS names"
EVENT_AGE = 180  # seconds that an event waits for a busy function; every minute brings the next


@dataclass
class Actual:
    """What there is of one wanted function, and what this run has called for it."""

    stack: Stack
    made: Made = field(default_factory=Made)
    left: t.Sequence[str] = ()  # what others have made under the names of a function that is only to forget

    @property
    def told(self) -> Raw:
        """What the function is told."""
        return (self.stack.function.told if self.stack.function else None) or {}


class IpSyncFunctions:
    """Reads each function with all its parts, side by side: some twenty calls, one of which asks what it follows."""

    def __init__(self, api: Api) -> None:
        self.api, self.account = api, ""

    def read(self, items: t.Sequence[IpSyncFunction], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        self.account = self.account or str(self.api.call("sts:GetCallerIdentity")["Account"])
        found = self.api.each(lambda item: self._read(item, made[item.name]), items)
        return {item.name: actual for item, actual in zip(items, found)}

    def _read(self, item: IpSyncFunction, made: Made) -> Actual:
        stack = read_stack(self.api, Place(self.api.partition, self.api.region, self.account, item.name))
        things = list(stack.things())
        if item.only_forgets and not any(ownership.is_ours(item, thing.tags) for dummy, thing in things):
            return Actual(Stack(stack.place), made, [what for what, dummy in things])
        refuse_others(item, stack)
        function = stack.function
        if function and not function.changing:
            function.told = self._ask(item, function)
        return Actual(stack, made)

    def _ask(self, item: IpSyncFunction, function: Function) -> Raw:
        try:
            return ask(self.api, function, item.name)
        except ItemError:
            if item.purge_syncs:
                return {}
            raise

    def plan(self, item: IpSyncFunction, actual: Actual) -> Plan:
        if actual.left:
            left = f"{item.name}: left, for others have made it: {', '.join(actual.left)}. It follows nothing of ours."
            return Plan(warnings=[left], result=as_result(actual))
        function = actual.stack.function
        if function and function.changing:
            have = shown(actual)
            return Plan(before=have, after=have, waiting=_settled(item), result=as_result(actual))
        told = item.told(actual.told)
        return plan_present(item, actual, told) if told["syncs"] else plan_absent(item, actual)


def refuse_others(item: IpSyncFunction, stack: Stack) -> None:
    """Raise ItemError where anything of the function's names is another environment's, or was not made here."""
    for what, thing in stack.things():
        other = ownership.elsewhere(item, thing.tags)
        if other:
            raise ItemError(ownership.of_another(item, what, other))
    others = [what for what, thing in stack.things() if not ownership.is_ours(item, thing.tags)]
    if others:
        raise ItemError(
            f"The name {item.name} is taken by {' and '.join(others)}, not made here and left as it is: the tag "
            f"{tagging.OWN_TAG}={item.name} is missing. Use another name, or set that tag to hand it over to this "
            "module."
        )


def _settled(item: IpSyncFunction) -> str:
    return f"the last change of function {item.name} to be done"


def plan_present(item: IpSyncFunction, actual: Actual, told: Configuration) -> Plan:
    """From the role to the alarms. What needs the function waits until it is made, and until it has changed."""
    stack = actual.stack
    content = packed(told)
    function, busy = function_changes(item, actual, told, content)
    changes = [*role_changes(item, stack), *log_changes(item, stack), *function, *policy_changes(item, stack, told)]
    changes += [*watch.alarm_changes(item, stack), *tag_changes(item, stack, busy)]
    concurrency = Concurrency(item.name, _reserved(item, stack), EVENT_AGE, 0)
    have = stack.function.settings if stack.function else FunctionSettings(True)
    changes += setting_changes(concurrency, have, busy)[1]
    changes += watch.rule_changes(item, stack, busy)
    plan = Plan(changes, before=shown(actual), result=as_result(actual))
    plan.after = _after(item, actual, told, content) if changes else plan.before
    if item.state == "absent":
        names = ", ".join(sync["name"] for sync in told["syncs"])
        plan.warnings.append(f"{item.name}: stays, for others let it follow {names}")
    return plan


def packed(told: Configuration) -> bytes:
    """The function's package. Raises ItemError where there is none for what it is told."""
    try:
        return package.build(told)
    except package.PackageError as error:
        raise ItemError(f"The function's package cannot be made: {error}") from error


def _checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _reserved(item: IpSyncFunction, stack: Stack) -> int:
    have = stack.function.settings.reserved_concurrency if stack.function else None
    return int(item.value("reserved_concurrency", have))


def role_changes(item: IpSyncFunction, stack: Stack) -> list[Change]:
    """Others' statements, policies and attachments stay. What a VPC needs stays attached, too."""
    of, role = {"RoleName": item.name}, stack.role
    trust = policies.statements(role.raw.get("AssumeRolePolicyDocument")) if role else []
    boundary = item.permissions_boundary or None
    changes: list[Change] = []
    document = json.dumps({"Version": "2012-10-17", "Statement": [*trust, ip_sync_policy.TRUST]})
    if role is None:
        params: dict[str, t.Any] = {
            **of,
            "Description": f"Moves targets for the Lambda function {item.name}",
            "AssumeRolePolicyDocument": document,
            **({"PermissionsBoundary": boundary} if boundary else {}),
            "Tags": tagging.as_aws(tagging.own_tags(item)),
        }
        changes.append(Change(CREATE_ROLE, params, f"make role {item.name}", outdated_by=RACED))
    elif not any(map(ip_sync_policy.trusts_lambda, trust)):
        params = {**of, "PolicyDocument": document}
        changes.append(Change("iam:UpdateAssumeRolePolicy", params, f"let Lambda assume role {item.name}"))
    if role and boundary not in (None, (role.raw.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")):
        params = {**of, "PermissionsBoundary": boundary}
        changes.append(Change("iam:PutRolePermissionsBoundary", params, f"bound role {item.name}"))
    if item.subnet_ids and not _may_join_vpc(stack):
        params = {**of, "PolicyArn": stack.place.vpc_policy}
        changes.append(Change(ATTACH, params, f"let role {item.name} make network interfaces"))
    return changes


def _may_join_vpc(stack: Stack) -> bool:
    return stack.role is not None and stack.place.vpc_policy in stack.role.attached


def policy_changes(item: IpSyncFunction, stack: Stack, told: Configuration) -> list[Change]:
    """Once the package has changed, which only the faster of two runs can do, so that none takes from the other."""
    place = stack.place
    wanted = ip_sync_policy.build(told["syncs"], place.partition, place.region, place.account, item.name)
    if stack.role and stack.role.policy == wanted:
        return []
    params = {"RoleName": item.name, "PolicyName": POLICY, "PolicyDocument": json.dumps(wanted)}
    return [Change("iam:PutRolePolicy", params, f"allow {item.name} what it does")]


def log_changes(item: IpSyncFunction, stack: Stack) -> list[Change]:
    changes, group = [], stack.place.log_group
    if stack.log is None:
        params: dict[str, t.Any] = {"logGroupName": group, "tags": tagging.own_tags(item)}
        changes.append(Change("logs:CreateLogGroup", params, f"make log {group}", outdated_by=RACED))
    have = stack.log.raw.get("retentionInDays") if stack.log else None
    days = item.value("log_retention_days", have)
    if days != have:
        params = {"logGroupName": group, "retentionInDays": days}
        changes.append(Change("logs:PutRetentionPolicy", params, f"keep log {group} for {days} days"))
    return changes


def wanted_function(item: IpSyncFunction, stack: Stack, told: Configuration) -> dict[str, t.Any]:
    """The function's settings, in Lambda's words."""
    have: Raw = stack.function.raw if stack.function else {}
    wanted = {
        "Description": DESCRIPTION,
        "Handler": package.HANDLER,
        "MemorySize": item.value("memory_size", have.get("MemorySize")),
        "Role": stack.place.role,
        "Runtime": item.value("runtime", have.get("Runtime")),
        "Timeout": told["budget"] + RESERVE,
    }
    if item.subnet_ids or (item.subnet_ids is not None and _vpc(have)["SubnetIds"]):
        wanted["VpcConfig"] = {
            **(have.get("VpcConfig") or {}),
            "SubnetIds": sorted(set(item.subnet_ids)),
            "SecurityGroupIds": sorted(set(item.security_group_ids or [])),
        }
        wanted["VpcConfig"].pop("VpcId", None)
    return wanted


def _vpc(have: Raw) -> dict[str, list[str]]:
    config = have.get("VpcConfig") or {}
    return {key: sorted(config.get(key) or []) for key in ("SubnetIds", "SecurityGroupIds")}


def function_changes(
    item: IpSyncFunction, actual: Actual, told: Configuration, content: bytes
) -> tuple[list[Change], str]:
    """Make or change the function, one change after the other; and what must be awaited before it can be used."""
    stack, function = actual.stack, actual.stack.function
    wanted = wanted_function(item, stack, told)
    fresh = stack.role is None or CREATE_ROLE in actual.made or (bool(item.subnet_ids) and not _may_join_vpc(stack))
    unseen = NOT_YET if fresh or ATTACH in actual.made else ()
    if function is None:
        params: dict[str, t.Any] = {
            "FunctionName": item.name,
            **wanted,
            "Code": {"ZipFile": content},
            "Tags": tagging.own_tags(item),
        }
        create = Change(CREATE, params, f"make function {item.name}", outdated_by=RACED, retried_on=unseen)
        return [create], f"function {item.name} to be made"
    _refuse_failed(item, actual, function)
    changes: list[Change] = []
    of: dict[str, t.Any] = {"FunctionName": item.name, "RevisionId": function.raw["RevisionId"]}
    if function.raw["CodeSha256"] != _checksum(content):
        params = {**of, "ZipFile": content}
        changes.append(Change(UPDATE_CODE, params, f"tell {item.name} what to follow", outdated_by=RACED))
    have = {**function.raw, "VpcConfig": {**(function.raw.get("VpcConfig") or {}), **_vpc(function.raw)}}
    have["VpcConfig"].pop("VpcId", None)
    differing = {key: value for key, value in wanted.items() if have.get(key) != value}
    if differing:
        after = _settled(item) if changes else ""
        summary = f"change {', '.join(sorted(differing))} of {item.name}"
        changes.append(Change(CONFIGURE, {**of, **differing}, summary, after, (), unseen, RACED))
    return changes, _settled(item) if changes else ""


def _refuse_failed(item: IpSyncFunction, actual: Actual, function: Function) -> None:
    """Raise ItemError where Lambda has accepted what this run asked for, and then could not do it."""
    ours = {CREATE, UPDATE_CODE, CONFIGURE} & set(actual.made)
    if ours and "Failed" in (function.raw.get("State"), function.raw.get("LastUpdateStatus")):
        reason = function.raw.get("LastUpdateStatusReason") or function.raw.get("StateReason") or "AWS gives no reason"
        raise ItemError(f"Function {item.name} could not be changed: {str(reason).rstrip('.')}.")


def tag_changes(item: IpSyncFunction, stack: Stack, after: str) -> list[Change]:
    """Tags of what exists; the function's own come last, since it must not be changing."""
    place, log = stack.place, stack.place.arn("logs", f"log-group:{stack.place.log_group}")
    resources: list[tuple[Thing | None, str, dict[str, t.Any]]] = [
        (stack.role, "iam:TagRole", {"RoleName": item.name}),
        (stack.log, "logs:TagResource", {"resourceArn": log}),
        *((thing, "events:TagResource", {"ResourceARN": place.rule(end)}) for end, thing in stack.rules.items()),
        *((thing, "cloudwatch:TagResource", {"ResourceARN": place.alarm(end)}) for end, thing in stack.alarms.items()),
        (stack.function, "lambda:TagResource", {"Resource": place.function}),
    ]
    changes: list[Change] = []
    for thing, action, of in resources:
        to_set = tagging.changes(thing.tags, item)[0] if thing else {}
        if to_set:
            as_mapping = {"lambda:TagResource": "Tags", "logs:TagResource": "tags"}.get(action)
            tags = {as_mapping: to_set} if as_mapping else {"Tags": tagging.as_aws(to_set)}
            summary = f"tag {', '.join(sorted(to_set))}"
            changes.append(Change(action, {**of, **tags}, summary, after if thing is stack.function else ""))
    return changes


def plan_absent(item: IpSyncFunction, actual: Actual) -> Plan:
    """What wakes the function goes first. Then all is read again: it stays if somebody has told it something since."""
    stack = actual.stack
    changes, warnings = watch.end_changes(stack)
    quiet = f"what wakes {item.name} to go" if changes else ""
    if stack.function:
        params: dict[str, t.Any] = {"FunctionName": item.name}
        changes.append(Change(DELETE, params, f"delete function {item.name}", quiet, GONE))
    if stack.log:
        params = {"logGroupName": stack.place.log_group}
        changes.append(Change("logs:DeleteLogGroup", params, f"delete log {stack.place.log_group}", quiet, GONE))
    ending, told = role_ending(stack, quiet)
    return Plan(changes + ending, before=shown(actual), warnings=warnings + told, result=as_result(actual))


def role_ending(stack: Stack, after: str) -> tuple[list[Change], list[str]]:
    """Delete the role, unless others have given it something, which the warnings tell."""
    role, name = stack.role, stack.place.name
    if role is None:
        return [], []
    of: dict[str, t.Any] = {"RoleName": name}
    changes: list[Change] = []
    if role.policy is not None:
        params = {**of, "PolicyName": POLICY}
        changes.append(Change("iam:DeleteRolePolicy", params, f"delete the policy of {name}", after, GONE))
    if stack.place.vpc_policy in role.attached:
        params = {**of, "PolicyArn": stack.place.vpc_policy}
        changes.append(Change("iam:DetachRolePolicy", params, f"detach AWS's policy from {name}", after, GONE))
    others = sorted({*role.attached, *role.inline} - {stack.place.vpc_policy})
    if others:
        return changes, [f"{name}: the role stays, for others have given it {', '.join(others)}"]
    return [*changes, Change("iam:DeleteRole", of, f"delete role {name}", after, GONE)], []


def shown(actual: Actual) -> dict[str, t.Any]:
    """The function in the words of the options, for the diff."""
    stack = actual.stack
    have: dict[str, t.Any] = {}
    if stack.function:
        raw, vpc = stack.function.raw, _vpc(stack.function.raw)
        have.update(actual.told)
        have.update(
            runtime=raw.get("Runtime"),
            memory_size=raw.get("MemorySize"),
            subnet_ids=vpc["SubnetIds"],
            security_group_ids=vpc["SecurityGroupIds"],
            reserved_concurrency=stack.function.settings.reserved_concurrency,
            package=raw.get("CodeSha256"),
            tags=stack.function.tags,
        )
    if stack.role:
        have["policy"] = stack.role.policy
    if stack.log:
        have["log_retention_days"] = stack.log.raw.get("retentionInDays")
    if stack.rules or stack.alarms:
        have["rules"], have["alarms"] = sorted(stack.rules), sorted(stack.alarms)
    return have


def _after(item: IpSyncFunction, actual: Actual, told: Configuration, content: bytes) -> dict[str, t.Any]:
    """The function as it will be shown once the plan is done."""
    stack, before = actual.stack, shown(actual)
    wanted = wanted_function(item, stack, told)
    place, vpc = stack.place, _vpc(wanted if "VpcConfig" in wanted else (stack.function.raw if stack.function else {}))
    tags = {**before["tags"], **tagging.changes(before["tags"], item)[0]} if stack.function else tagging.own_tags(item)
    return {
        **before,
        **told,
        "runtime": wanted["Runtime"],
        "memory_size": wanted["MemorySize"],
        "subnet_ids": vpc["SubnetIds"],
        "security_group_ids": vpc["SecurityGroupIds"],
        "reserved_concurrency": _reserved(item, stack),
        "package": _checksum(content),
        "tags": tags,
        "policy": ip_sync_policy.build(told["syncs"], place.partition, place.region, place.account, item.name),
        "log_retention_days": item.value("log_retention_days", before.get("log_retention_days")),
        "rules": sorted(watch.RULE),
        "alarms": sorted(watch.ALARM),
    }


def as_result(actual: Actual) -> dict[str, t.Any]:
    """The function as modules return it; what does not exist is left out."""
    stack = actual.stack
    names = {
        "function_arn": stack.function and stack.place.function,
        "role_arn": stack.role and stack.place.role,
        "log_group": stack.log and stack.place.log_group,
    }
    found: dict[str, t.Any] = {key: value for key, value in names.items() if value}
    if stack.function:
        found["syncs"] = list(actual.told.get("syncs") or [])
    return found


def read_all(api: Api, names: t.Sequence[str]) -> list[dict[str, t.Any]]:
    """Those of the functions that were made here, in the order given."""
    account = str(api.call("sts:GetCallerIdentity")["Account"])
    stacks = api.all(lambda name: read_stack(api, Place(api.partition, api.region, account, name)), names)
    found: list[dict[str, t.Any]] = []
    for name, stack in zip(names, stacks):
        function = stack.function
        if function and function.tags.get(tagging.OWN_TAG) == name:
            function.told = None if function.changing else ask(api, function, name)
            found.append({"name": name, **shown(Actual(stack)), **as_result(Actual(stack))})
    return found
