# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""lambda_concurrency and its info module against the sandbox."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.lambda_concurrency import Concurrency
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

ALL = {"reserved_concurrency": 1, "maximum_event_age": 60, "maximum_retry_attempts": 0}
NONE = dict.fromkeys(ALL)


@pytest.fixture
def function(estate: Estate) -> str:
    """A function without any of the settings; the answer is its name."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("main.py", "")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    role = estate.boto(estate.account, "iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    options = {"Runtime": "python3.13", "Handler": "main.handler", "Code": {"ZipFile": package.getvalue()}}
    estate.boto(estate.account, "lambda").create_function(FunctionName="f", Role=role, **options)
    return "f"


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, and run again: check mode predicts the writes, the second run makes none."""
    predicted = estate.run("lambda_concurrency", check=True, diff=True, **options)
    real: dict[str, Any] = estate.run("lambda_concurrency", diff=True, **options)
    assert predicted["results"][0]["writes"] == real["results"][0]["writes"] == [f"lambda:{name}" for name in writes]
    assert predicted["diff"] == real["diff"]
    again = estate.run("lambda_concurrency", **options)
    assert again["results"][0]["writes"] == []
    assert not again["changed"]
    return dict(again["results"][0])


class Shown:
    """What the info module returns for some functions."""

    def __init__(self, estate: Estate, run_module: Any) -> None:
        self.estate, self.run_module = estate, run_module

    def __call__(self, *names: str) -> list[dict[str, Any]]:
        answer = self.run_module("lambda_concurrency_info", {**self.estate.access, "names": list(names)})
        return list(answer["functions"])


@pytest.fixture
def shown(estate: Estate, run_module: Any) -> Shown:
    return Shown(estate, run_module)


def test_set_and_removed(estate: Estate, function: str, shown: Shown) -> None:
    assert shown(function, "gone") == [{"name": function, **NONE}]
    made = change(estate, ["PutFunctionConcurrency", "PutFunctionEventInvokeConfig"], name=function, **ALL)
    assert {name: made[name] for name in ALL} == ALL
    assert shown(function) == [{"name": function, **ALL}]
    writes = ["DeleteFunctionConcurrency", "DeleteFunctionEventInvokeConfig"]
    change(estate, writes, name=function, state="absent")
    assert shown(function) == [{"name": function, **NONE}]


def test_what_is_not_set_stays(estate: Estate, function: str, shown: Shown) -> None:
    change(estate, ["PutFunctionConcurrency"], name=function, reserved_concurrency=0)
    change(estate, ["PutFunctionEventInvokeConfig"], name=function, maximum_event_age=90)
    assert shown(function) == [{"name": function, **NONE, "reserved_concurrency": 0, "maximum_event_age": 90}]


def test_destinations_that_others_have_set_stay(estate: Estate, function: str) -> None:
    functions = estate.boto(estate.account, "lambda")
    lost = {"OnFailure": {"Destination": f"arn:aws:sqs:us-east-1:{estate.account}:lost"}}
    functions.put_function_event_invoke_config(FunctionName=function, DestinationConfig=lost)
    change(estate, ["UpdateFunctionEventInvokeConfig"], name=function, maximum_event_age=90)
    change(estate, ["UpdateFunctionEventInvokeConfig"], name=function, maximum_retry_attempts=0)
    change(estate, ["PutFunctionEventInvokeConfig"], name=function, state="absent")
    left = functions.get_function_event_invoke_config(FunctionName=function)
    assert left["DestinationConfig"]["OnFailure"] == lost["OnFailure"]
    assert not {"MaximumEventAgeInSeconds", "MaximumRetryAttempts"} & set(left)


def test_a_function_that_is_not_there(estate: Estate) -> None:
    assert "There is no function gone" in estate.run("lambda_concurrency", name="gone", **ALL)["msg"]
    planned = estate.run("lambda_concurrency", check=True, name="gone", **ALL)["results"][0]
    assert planned["writes"] == ["lambda:PutFunctionConcurrency", "lambda:PutFunctionEventInvokeConfig"]
    assert not estate.run("lambda_concurrency", name="gone", state="absent")["changed"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"reserved_concurrency": -1}, "must not be negative"),
        ({"maximum_event_age": 59}, "60 to 21600 seconds, not 59"),
        ({"maximum_retry_attempts": 3}, "0 to 2, not 3"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ItemError, match=told):
        Concurrency("f", **options)
