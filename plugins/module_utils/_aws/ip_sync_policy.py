# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the IP sync function may do, and no more.

This module util is PRIVATE to the collection.

Source: Service Authorization Reference, Elastic Load Balancing V2, Amazon EC2 and CloudWatch Logs (read 2026-11).
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.arns import TARGET_GROUP, TARGET_GROUP_NAME
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form

# The function's name with the suffix of its rules is a rule's name, of 64 characters at most.
FORMS = {
    "partition": r"aws(?:-[a-z]+)*",
    "region": r"[a-z]{2,8}(?:-[a-z]+)+-[0-9]{1,2}",
    "account": r"[0-9]{12}",
    "function": r"[A-Za-z0-9_-]{1,53}",
}
LONGEST = 10240  # characters, without white space, of all inline policies of a role
Sync = t.Mapping[str, t.Any]
LAMBDA = "lambda.amazonaws.com"
TRUST = {"Effect": "Allow", "Principal": {"Service": LAMBDA}, "Action": "sts:AssumeRole"}


def build(syncs: t.Sequence[Sync], partition: str, region: str, account: str, function: str) -> dict[str, t.Any]:
    """The policy document of a function of that name.

    Raises ItemError where it is longer than IAM takes, and for names that IAM would take for patterns or variables.
    """
    place = {"partition": partition, "region": region, "account": account, "function": function}
    for what, value in place.items():
        if not is_of_form(FORMS[what], value):
            raise ItemError(f"{value!r} is not the {what} of a function.")
    prefix = f"arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/"
    log = f"arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/{function}:*"
    remembering = _groups(filter(waits, syncs), prefix)
    reads = ["ec2:DescribeSubnets", *_elb("DescribeTargetGroups", "DescribeTargetHealth")]
    statements = [
        # Describe calls know no resources.
        _allow("Read", [*reads, *(_elb("DescribeTags") if remembering else [])], "*"),
        _allow("MoveTargets", _elb("DeregisterTargets", "RegisterTargets"), _groups(syncs, prefix)),
        _allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], log),
    ]
    if remembering:
        statements.append(_allow("RememberMissing", _elb("AddTags", "RemoveTags"), remembering))
    document = {"Version": "2012-10-17", "Statement": statements}
    size = len(json.dumps(document, separators=(",", ":")))
    if size > LONGEST:
        raise ItemError(
            f"{len(syncs)} names make a policy of {size} characters; IAM takes {LONGEST}. Let functions of other names "
            "follow some of them."
        )
    return document


def trusts_lambda(statement: t.Mapping[str, t.Any]) -> bool:
    """Whether a statement of a role's trust policy is about Lambda. It may have conditions that others have set."""
    principal = statement.get("Principal")
    services = principal.get("Service") if isinstance(principal, t.Mapping) else None
    named = [services] if isinstance(services, str) else services or []
    return statement.get("Effect") == "Allow" and LAMBDA in named


def waits(sync: Sync) -> bool:
    """Whether a sync waits over several runs, and so remembers since when in a tag of its target group."""
    return sync.get("endpoint_kind") == "reader" or sync.get("drain") == "after_healthy"


def _groups(syncs: t.Iterable[Sync], prefix: str) -> list[str]:
    """The target groups, each once. Some are named by ARN, some by name, whose ARN ends in an id that AWS chooses."""
    named = dict.fromkeys(str(sync["target_group"]) for sync in syncs)
    for group in named:
        is_arn = TARGET_GROUP.fullmatch(group) and group.startswith(prefix)
        if not (is_arn or TARGET_GROUP_NAME.fullmatch(group)):
            raise ItemError(f"{group!r} is neither the name of a target group nor the ARN of one beside the function.")
    return [group if group.startswith("arn:") else f"{prefix}{group}/*" for group in named]


def _elb(*operations: str) -> list[str]:
    return [f"elasticloadbalancing:{operation}" for operation in operations]


def _allow(sid: str, actions: list[str], resource: str | list[str]) -> dict[str, t.Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
