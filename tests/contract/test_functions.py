# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions in the sandbox: the deployed code runs, is invoked by rules that may, and keeps its process."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.conftest import refused
from tests.sandbox.client import RunningSandbox

CODE = """
import os, time

runs = 0

def handler(event, context):
    global runs
    runs += 1
    print("ran", runs)
    if event.get("raise"):
        raise ValueError("as asked")
    time.sleep(event.get("sleep", 0))
    return {"runs": runs, "event": event, "key": os.environ["AWS_ACCESS_KEY_ID"], "mine": os.environ.get("MINE")}
"""
EVENT: dict[str, Any] = {
    "source": "aws.rds",
    "detail-type": "RDS DB Instance Event",
    "detail": {"EventCategories": ["backup", "failover"], "SourceIdentifier": "orders"},
}


class Functions:
    """One function of one account, and how to invoke it."""

    def __init__(self, sandbox: RunningSandbox, account: str) -> None:
        self.sandbox, self.account = sandbox, account
        self.functions, self.events = sandbox.boto(account, "lambda"), sandbox.boto(account, "events")
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        role = sandbox.boto(account, "iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        made = self.functions.create_function(
            FunctionName="f",
            Runtime="python3.13",
            Role=role,
            Handler="main.handler",
            Code={"ZipFile": package(CODE)},
            Environment={"Variables": {"MINE": "yes"}},
            Timeout=2,
        )
        self.arn = made["FunctionArn"]

    def invoke(self, **event: Any) -> tuple[Any, str]:
        answer = self.functions.invoke(FunctionName="f", Payload=json.dumps(event))
        return json.loads(answer["Payload"].read()), answer.get("FunctionError", "")

    def settle(self) -> dict[str, Any]:
        """Wait until the last change is done; the answer is what the function is then."""
        read = self.functions.get_function_configuration
        return dict(
            self.sandbox.eventually(
                lambda: read(FunctionName="f"), lambda found: bool(found["LastUpdateStatus"] == "Successful")
            )
        )

    def rule(self, name: str, allowed: bool = True, **options: Any) -> None:
        arn = self.events.put_rule(Name=name, **options)["RuleArn"]
        self.events.put_targets(Rule=name, Targets=[{"Id": "f", "Arn": self.arn}])
        if allowed:
            who = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": arn}
            self.functions.add_permission(FunctionName="f", StatementId=name, **who)


def package(code: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("main.py", code)
    return content.getvalue()


@pytest.fixture
def function(sandbox: RunningSandbox, account: str) -> Functions:
    return Functions(sandbox, account)


def test_it_runs_in_a_process_that_stays(function: Functions) -> None:
    first, _error = function.invoke(a=1)
    assert first == {"runs": 1, "event": {"a": 1}, "key": f"ASIA{function.account}FUNC", "mine": "yes"}
    assert function.invoke()[0]["runs"] == 2
    function.functions.update_function_code(FunctionName="f", ZipFile=package(CODE + "\n"))
    assert function.invoke()[0]["runs"] == 3  # the former code, until the change is done
    function.settle()
    assert function.invoke()[0]["runs"] == 1


def test_it_fails_as_lambda_shows_it(function: Functions) -> None:
    payload, error = function.invoke(**{"raise": True})
    assert (error, payload["errorType"], payload["errorMessage"]) == ("Unhandled", "ValueError", "as asked")
    payload, error = function.invoke(sleep=5)
    assert (error, payload["errorMessage"]) == ("Unhandled", "Task timed out after 2.00 seconds")
    assert function.invoke()[0]["runs"] == 1


def test_it_runs_once_at_a_time(function: Functions) -> None:
    function.invoke()
    thread = threading.Thread(target=lambda: function.invoke(sleep=1))
    thread.start()
    time.sleep(0.4)
    with refused("TooManyRequestsException", 429):
        function.invoke()
    thread.join()
    assert function.invoke()[0]["runs"] == 3


def test_there_must_be_one(sandbox: RunningSandbox, boto: Callable[..., Any], account: str) -> None:
    with refused("ResourceNotFoundException", 404):
        boto(account, "lambda").invoke(FunctionName="f")


def test_a_schedule_comes_due(function: Functions) -> None:
    function.rule("every-minute", ScheduleExpression="rate(1 minute)")
    (done,) = function.sandbox.fire(function.account, "every-minute")
    assert (done["error"], done["log"], done["payload"]["event"]["source"]) == (False, "ran 1\n", "aws.events")
    function.events.disable_rule(Name="every-minute")
    assert function.sandbox.fire(function.account, "every-minute") == []


def test_an_event_finds_the_rules_that_match(function: Functions) -> None:
    pattern = {"source": ["aws.rds"], "detail": {"EventCategories": ["failover"]}}
    function.rule("failover", EventPattern=json.dumps(pattern))
    function.rule("other", EventPattern=json.dumps({**pattern, "source": ["aws.ec2"]}))
    (done,) = function.sandbox.event(function.account, **EVENT)
    assert done["rule"] == "failover"
    assert done["payload"]["event"]["detail"] == EVENT["detail"]
    assert function.sandbox.event(function.account, **{**EVENT, "detail": {"EventCategories": ["backup"]}}) == []


def test_a_rule_needs_permission(function: Functions) -> None:
    function.rule("failover", allowed=False, EventPattern=json.dumps({"source": ["aws.rds"]}))
    (done,) = function.sandbox.event(function.account, **EVENT)
    assert done["error"]
    assert done["payload"] == "not permitted"


def test_invoking_is_in_the_log_and_writes_nothing_itself(function: Functions) -> None:
    function.sandbox.clear_calls()
    function.invoke()
    assert [(call["operation"], call["kind"]) for call in function.sandbox.calls(function.account)] == [
        ("Invoke", "read")
    ]


def test_changes_go_one_after_the_other_and_only_from_what_was_seen(function: Functions) -> None:
    seen = function.settle()["RevisionId"]
    first = function.functions.update_function_code(FunctionName="f", ZipFile=package(CODE), RevisionId=seen)
    with refused("ResourceConflictException", 409):
        function.functions.update_function_configuration(FunctionName="f", MemorySize=256)
    settled = function.settle()["RevisionId"]
    assert len({seen, first["RevisionId"], settled}) == 3
    with refused("PreconditionFailedException", 412):
        function.functions.update_function_configuration(FunctionName="f", MemorySize=256, RevisionId=seen)
    function.functions.update_function_configuration(FunctionName="f", MemorySize=256, RevisionId=settled)
    assert function.settle()["MemorySize"] == 256
    assert (
        function.functions.get_function(FunctionName="f")["Configuration"]["RevisionId"]
        == function.settle()["RevisionId"]
    )


def test_put_replaces_what_becomes_of_events_and_update_changes_it(function: Functions) -> None:
    of: dict[str, Any] = {"FunctionName": "f"}
    queue = {"OnFailure": {"Destination": f"arn:aws:sqs:us-east-1:{function.account}:lost"}}
    with refused("ResourceNotFoundException", 404):
        function.functions.update_function_event_invoke_config(**of, MaximumRetryAttempts=1)
    function.functions.put_function_event_invoke_config(**of, DestinationConfig=queue)
    function.functions.update_function_event_invoke_config(**of, MaximumRetryAttempts=1)
    shown = function.functions.get_function_event_invoke_config(**of)
    assert (shown["MaximumRetryAttempts"], shown["DestinationConfig"]["OnFailure"]) == (1, queue["OnFailure"])
    function.functions.put_function_event_invoke_config(**of, MaximumRetryAttempts=2)
    shown = function.functions.get_function_event_invoke_config(**of)
    assert shown["MaximumRetryAttempts"] == 2
    assert not (shown.get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination")


def test_a_role_takes_the_policy_that_aws_has_for_functions_in_a_vpc(sandbox: RunningSandbox, account: str) -> None:
    Functions(sandbox, account)
    iam = sandbox.boto(account, "iam")
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [arn]
    with refused("NoSuchEntity", 404):
        iam.attach_role_policy(RoleName="r", PolicyArn=f"{arn}s")
