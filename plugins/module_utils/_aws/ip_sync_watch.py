# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What wakes the IP sync function and what watches it: EventBridge's rules, and alarms of CloudWatch. Pure.

This module util is PRIVATE to the collection.

Sources: Amazon RDS User Guide, "Amazon RDS event categories and event messages"; EventBridge API Reference, PutRule and
PutTargets; CloudWatch API Reference, PutMetricAlarm: both replace what they do not name (read 2026-11).
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_options import IpSyncFunction, Raw
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_stack import ALARMS, RULES, Stack
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change

RACED = "ResourceConflictException"  # another run has added the permission
TARGET = "function"  # the id of the function among a rule's targets
DATABASE_EVENTS = {
    "detail": {"EventCategories": ["failover", "availability", "maintenance"]},
    "detail-type": ["RDS DB Instance Event", "RDS DB Cluster Event"],
    "source": ["aws.rds"],
}
RULE: dict[str, dict[str, str]] = {  # by the end of its name
    "schedule": {
        "ScheduleExpression": "rate(1 minute)",
        "Description": "Keeps target groups in line with DNS names",
    },
    "rds-events": {
        "EventPattern": json.dumps(DATABASE_EVENTS),
        "Description": "Follows the names of databases that fail over",
    },
}
# The function's own metrics are in its log lines. One alarm each for all links: the worst of them counts.
OWN_METRICS = "saas.privatelink/ip_sync"
ALARM: dict[str, dict[str, t.Any]] = {
    "errors": {
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Statistic": "Sum",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "EvaluationPeriods": 3,
        "TreatMissingData": "notBreaching",
        "AlarmDescription": "A sync has failed three minutes in a row. The function's log says which and why.",
    },
    "stale": {
        "Namespace": OWN_METRICS,
        "MetricName": "AnswerAge",
        "Statistic": "Maximum",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 3,
        "TreatMissingData": "breaching",
        "AlarmDescription": "A name has had no good answer for long, or the function no longer runs.",
    },
    "unhealthy": {
        "Namespace": OWN_METRICS,
        "MetricName": "HealthyHostCount",
        "Statistic": "Minimum",
        "ComparisonOperator": "LessThanThreshold",
        "Threshold": 1.0,
        "EvaluationPeriods": 5,
        "TreatMissingData": "notBreaching",
        "AlarmDescription": "A target group has no healthy target among the addresses of its name.",
    },
}
OTHERS = ("ActionsEnabled", "DatapointsToAlarm", "InsufficientDataActions")  # of an alarm, that people may have set


def rule_changes(item: IpSyncFunction, stack: Stack, after: str) -> list[Change]:
    """Make the rules and let them invoke the function. Further targets of a rule stay."""
    changes: list[Change] = []
    for suffix in RULES:
        name, rule = f"{item.name}-{suffix}", stack.rules.get(suffix)
        wanted = {**RULE[suffix], "State": "ENABLED"}
        if rule is None or not _same_rule(rule.raw, wanted):
            params: dict[str, t.Any] = {"Name": name, **wanted}
            if rule is None:
                params["Tags"] = tagging.as_aws(tagging.own_tags(item, name))
            changes.append(Change("events:PutRule", params, f"wake {item.name} by {suffix}", after))
        target = rule.targets.get(TARGET, {}) if rule else {}
        if target.get("Arn") != stack.place.function:
            params = {"Rule": name, "Targets": [{**target, "Id": TARGET, "Arn": stack.place.function}]}
            changes.append(Change("events:PutTargets", params, f"lead {name} to {item.name}", after))
    return [*changes, *_permission_changes(item, stack, after)]


def _same_rule(have: Raw, wanted: Raw) -> bool:
    pattern = json.loads(have.get("EventPattern") or "null") == json.loads(wanted.get("EventPattern", "null"))
    return pattern and all(have.get(key) == value for key, value in wanted.items() if key != "EventPattern")


def _permission_changes(item: IpSyncFunction, stack: Stack, after: str) -> list[Change]:
    changes: list[Change] = []
    for suffix in RULES:
        have = (stack.function.permissions if stack.function else {}).get(suffix)
        of: dict[str, t.Any] = {"FunctionName": item.name, "StatementId": suffix}
        if have and f'"{stack.place.rule(suffix)}"' not in json.dumps(have):
            changes.append(Change("lambda:RemovePermission", of, f"forbid another rule to invoke {item.name}", after))
            have = None
        if have is None:
            who = {"Principal": "events.amazonaws.com", "SourceArn": stack.place.rule(suffix)}
            params = {**of, "Action": "lambda:InvokeFunction", **who}
            summary = f"let {suffix} invoke {item.name}"
            changes.append(
                Change("lambda:AddPermission", params, summary, after, outdated_by=("ResourceConflictException",))
            )
    return changes


def wanted_alarm(item: IpSyncFunction, stack: Stack, suffix: str) -> dict[str, t.Any]:
    have = stack.alarms[suffix].raw if suffix in stack.alarms else {}
    wanted = {**ALARM[suffix], "Period": 60, "Dimensions": [{"Name": "FunctionName", "Value": item.name}]}
    if suffix == "stale":
        wanted["Threshold"] = float(item.value("stale_after", have.get("Threshold")))
    for key in ("AlarmActions", "OKActions"):
        wanted[key] = sorted(set(item.value("alarm_actions", have.get(key)) or []))
    return wanted


def alarm_changes(item: IpSyncFunction, stack: Stack) -> list[Change]:
    """Make the alarms. What people have set of one besides stays as it is: PutMetricAlarm would replace it."""
    changes: list[Change] = []
    for suffix in ALARMS:
        name, alarm = f"{item.name}-{suffix}", stack.alarms.get(suffix)
        have: Raw = alarm.raw if alarm else {}
        wanted = wanted_alarm(item, stack, suffix)
        shown = {key: sorted(have[key]) if key.endswith("Actions") else have[key] for key in wanted if key in have}
        if shown != wanted:
            kept = {key: have[key] for key in OTHERS if key in have}
            tags = {} if alarm else {"Tags": tagging.as_aws(tagging.own_tags(item, name))}
            params = {"AlarmName": name, **kept, **wanted, **tags}
            changes.append(Change("cloudwatch:PutMetricAlarm", params, f"raise alarm {name}"))
    return changes


def end_changes(stack: Stack) -> tuple[list[Change], list[str]]:
    """Take the rules and alarms away; a rule that others have given a target stays, which the warnings tell."""
    name, warnings = stack.place.name, []
    changes: list[Change] = []
    for suffix, rule in stack.rules.items():
        params: dict[str, t.Any] = {"Rule": f"{name}-{suffix}"}
        if TARGET in rule.targets:
            what = {**params, "Ids": [TARGET]}
            changes.append(Change("events:RemoveTargets", what, f"no longer wake {name} by {suffix}"))
        if set(rule.targets) - {TARGET}:
            warnings.append(f"{name}: rule {name}-{suffix} stays, for others have given it targets")
        else:
            changes.append(Change("events:DeleteRule", {"Name": f"{name}-{suffix}"}, f"delete rule {name}-{suffix}"))
    for suffix in stack.alarms:
        params = {"AlarmNames": [f"{name}-{suffix}"]}
        changes.append(Change("cloudwatch:DeleteAlarms", params, f"delete alarm {name}-{suffix}"))
    return changes, warnings
