# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""STS: every role can be assumed, and a role's account is the account of its credentials."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

from tests.sandbox.core import clock, regions
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World

ROLE = re.compile(r"arn:([\w-]+):iam::(\d{12}):role/(?:[\w+=,.@/-]*/)?([\w+=,.@-]+)")


@operation("sts", "AssumeRole")
def assume_role(call: Call, world: World) -> dict[str, Any]:
    match = ROLE.fullmatch(call.params["RoleArn"])
    if not match:
        raise AwsError("ValidationError", f"{call.params['RoleArn']} is invalid")
    partition, account, role = match.groups()
    if partition != regions.partition(call.region):  # nobody acts across partitions (AWS Fault Isolation Boundaries)
        message = f"User is not authorized to perform: sts:AssumeRole on resource: {call.params['RoleArn']}"
        raise AwsError("AccessDenied", message, 403)
    session = call.params["RoleSessionName"]
    asked = call.params.get("DurationSeconds") or 3600
    unique = uuid.uuid4().hex.upper()
    access_key = f"ASIA{account}{unique[:4]}"
    world.sessions[access_key] = (role, session)
    return {
        "Credentials": {
            "AccessKeyId": access_key,
            "SecretAccessKey": f"sandbox-{unique}",
            "SessionToken": f"sandbox-{unique}-token",
            "Expiration": clock.utc() + timedelta(seconds=world.session_seconds or asked),
        },
        "AssumedRoleUser": {
            "AssumedRoleId": f"AROA{account}ROLE:{session}",
            "Arn": f"arn:{partition}:sts::{account}:assumed-role/{role}/{session}",
        },
    }


@operation("sts", "GetCallerIdentity")
def get_caller_identity(call: Call, world: World) -> dict[str, Any]:
    if call.access_key in world.sessions:
        role, session = world.sessions[call.access_key]
        arn = f"arn:{regions.partition(call.region)}:sts::{call.account}:assumed-role/{role}/{session}"
        return {"UserId": f"AROA{call.account}ROLE:{session}", "Account": call.account, "Arn": arn}
    return {
        "UserId": f"AIDA{call.account}USER",
        "Account": call.account,
        "Arn": f"arn:{regions.partition(call.region)}:iam::{call.account}:user/sandbox",
    }
