# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lambda's Invoke: the deployed package runs in a process of its own. All else about functions is moto's."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.sandbox.aws.lambda_.functions import RUNNING
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("lambda", "Invoke")
def invoke(call: Call, world: World) -> dict[str, Any]:
    """Waits for the function (RequestResponse). One that is busy refuses, as at a reserved concurrency of 1."""
    if call.params.get("InvocationType", "RequestResponse") != "RequestResponse":
        raise AwsError("InvalidParameterValueException", "The sandbox waits for functions: RequestResponse only", 400)
    payload = call.params.get("Payload") or b"{}"
    event = json.loads(payload)
    answer = RUNNING.get(call.account, call.region, call.params["FunctionName"]).invoke(event, wait=False)
    told: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": json.dumps(answer["payload"])}
    told["Payload"] = told["Payload"].encode()
    if answer["error"]:
        told["FunctionError"] = "Unhandled"
    if call.params.get("LogType") == "Tail":
        told["LogResult"] = base64.b64encode(answer["log"].encode()[-4096:]).decode()
    return told
