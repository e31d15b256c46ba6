# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a function, which take a while, one after the other: revisions, and what an event's fate is set to.

moto keeps the functions; here are the conditions that AWS makes and moto does not.

Sources: AWS Lambda API Reference, UpdateFunctionCode, UpdateFunctionConfiguration, PutFunctionEventInvokeConfig ("If
you don't specify an option, its value is reset to its default") and UpdateFunctionEventInvokeConfig; Lambda developer
guide, "Lambda function states" (read 2026-11).
"""

from __future__ import annotations

import base64
import uuid
from typing import Any

from tests.sandbox.aws.lambda_.code import updating
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import World, declare_state

declare_state("function_update.InProgress", "A changed Lambda function; its former code still runs")

BUSY = "The operation cannot be performed at this time. An update is in progress for resource: "
OUTDATED = (
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the "
    "latest Revision Id"
)
BOUNDS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


@operation("lambda", "GetFunction")
def get(call: Call, world: World) -> dict[str, Any]:
    function = find(call)
    return {**function.get_code(), "Configuration": shown(function)}


@operation("lambda", "GetFunctionConfiguration")
def get_configuration(call: Call, world: World) -> dict[str, Any]:
    return shown(find(call))


@operation("lambda", "UpdateFunctionCode")
def update_code(call: Call, world: World) -> dict[str, Any]:
    function = changeable(call)
    former = (function.code_bytes, function.code_sha_256)
    function.update_function_code({"ZipFile": base64.b64encode(call.params["ZipFile"])})
    begin(function, world)
    function.former_code = former
    return shown(function)


@operation("lambda", "UpdateFunctionConfiguration")
def update_configuration(call: Call, world: World) -> dict[str, Any]:
    function = changeable(call)
    function.update_configuration(call.params)
    begin(function, world)
    return shown(function)


@operation("lambda", "PutFunctionEventInvokeConfig")
def put_event_config(call: Call, world: World) -> dict[str, Any]:
    """Replaces the whole configuration."""
    return keep(call, {})


@operation("lambda", "UpdateFunctionEventInvokeConfig")
def update_event_config(call: Call, world: World) -> dict[str, Any]:
    """Changes what it is told. There must be a configuration."""
    kept = find(call).event_invoke_config
    if not kept:
        name = call.params["FunctionName"]
        raise AwsError("ResourceNotFoundException", f"The function {name} doesn't have an EventInvokeConfig", 404)
    return keep(call, kept[0].config)


def keep(call: Call, former: dict[str, Any]) -> dict[str, Any]:
    from moto.awslambda.models import EventInvokeConfig

    function = find(call)
    given = {key: call.params[key] for key in BOUNDS if key in call.params}
    made = EventInvokeConfig(function.function_arn, function.last_modified, {**former, **given})
    function.event_invoke_config = [made]
    return {**made.response(), "LastModified": clock.utc()}


def find(call: Call) -> Any:
    """moto's function, for ever the same object."""
    from moto.backends import get_backend

    name = call.params["FunctionName"]
    try:
        return get_backend("lambda")[call.account][call.region].get_function(name)
    except Exception as error:
        arn = f"arn:{partition(call.region)}:lambda:{call.region}:{call.account}:function:{name}"
        raise AwsError("ResourceNotFoundException", f"Function not found: {arn}", 404) from error


def changeable(call: Call) -> Any:
    """The function, unless it is still changing or is not what the caller has seen."""
    function = find(call)
    if updating(function):
        raise AwsError("ResourceConflictException", f"{BUSY}{function.function_arn}", 409)
    if call.params.get("RevisionId") not in (None, revision(function)):
        raise AwsError("PreconditionFailedException", OUTDATED, 412)
    return function


def begin(function: Any, world: World) -> None:
    function.update = world.life("function_update", "InProgress", "Successful")
    function.revisions = {"InProgress": str(uuid.uuid4()), "Successful": str(uuid.uuid4())}
    function.former_code = None


def revision(function: Any) -> str:
    """Another one when a change is done than while it is being made."""
    if not hasattr(function, "revisions"):
        function.revisions = {"Successful": str(uuid.uuid4())}
    return str(function.revisions["InProgress" if updating(function) else "Successful"])


def shown(function: Any) -> dict[str, Any]:
    status = "InProgress" if updating(function) else "Successful"
    return {**function.get_configuration(), "RevisionId": revision(function), "LastUpdateStatus": status}
