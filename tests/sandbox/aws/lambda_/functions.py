# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lambda functions that really run: the deployed zip, unpacked, in a process of its own that stays warm.

moto keeps the functions; here they are invoked, by the API or by an event. See docs/sandbox.md.
"""

from __future__ import annotations

import importlib.util
import io
import json
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.sandbox.aws.lambda_.code import running_code
from tests.sandbox.core.calls import AwsError
from tests.sandbox.core.regions import partition

RUNTIME = Path(__file__).with_name("runtime.py")
OWN_KEY = "FUNC"  # how the access key of a function's own session ends
BROUGHT = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
"""What AWS's Python runtimes have beside the standard library (Lambda developer guide, read 2026-11)."""


class Function:
    """A package in a process of its own, started at the first invocation and kept, as Lambda keeps a warm one.

    ``variables`` are all that its environment has. One invocation at a time, as with a reserved concurrency of 1.
    """

    def __init__(self, package: bytes, handler: str, variables: dict[str, str], timeout: float = 30.0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sandbox-lambda-"))
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            archive.extractall(self.folder / "task")
        (self.folder / "runtime").mkdir()
        for name in BROUGHT:
            found = importlib.util.find_spec(name)
            if found is not None and found.origin:
                origin = Path(found.origin)
                origin = origin.parent if origin.name == "__init__.py" else origin
                (self.folder / "runtime" / origin.name).symlink_to(origin)
        self.command = [sys.executable, "-I", "-S", "-W", "ignore", str(RUNTIME), handler]
        self.command += [str(self.folder / "task"), str(self.folder / "runtime")]
        self.variables, self.timeout = variables, timeout
        self.process: subprocess.Popen[str] | None = None
        self.busy = threading.Lock()

    def invoke(self, event: Any, wait: bool = True) -> dict[str, Any]:
        """``payload``, ``error`` (whether it raised), ``log`` and ``seconds`` of one invocation.

        Raises AwsError when it is busy and ``wait`` is false.
        """
        if not self.busy.acquire(blocking=wait):
            raise AwsError("TooManyRequestsException", "Rate Exceeded.", 429)
        try:
            return self._ask(event)
        finally:
            self.busy.release()

    def _ask(self, event: Any) -> dict[str, Any]:
        if self.process is None or self.process.poll() is not None:
            pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self.process = subprocess.Popen(self.command, text=True, env=self.variables, **pipes)
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the function has no pipes")
        self.process.stdin.write(json.dumps({"event": event, "deadline": time.time() + self.timeout}) + "\n")
        self.process.stdin.flush()
        ready, _w, _x = select.select([self.process.stdout], [], [], self.timeout)
        text = self.process.stdout.readline() if ready else ""
        if text:
            return dict(json.loads(text))
        self._end()
        told = f"Task timed out after {self.timeout:.2f} seconds" if not ready else "Runtime exited"
        return {"payload": {"errorMessage": told}, "error": True, "log": "", "seconds": self.timeout}

    def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    pipe.close()
            self.process = None

    def stop(self) -> None:
        """End the process and remove what was unpacked."""
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)


class Functions:
    """The running functions of all accounts. ``url`` is where their calls go."""

    def __init__(self) -> None:
        self.url = ""
        self._running: dict[str, tuple[Any, Function]] = {}
        self._lock = threading.Lock()

    def get(self, account: str, region: str, name: str) -> Function:
        """The process of a function as it runs now. Raises AwsError when there is no such function."""
        try:
            deployed = _backend("lambda", account, region).get_function(name)
        except Exception as error:
            arn = f"arn:{partition(region)}:lambda:{region}:{account}:function:{name}"
            raise AwsError("ResourceNotFoundException", f"Function not found: {arn}", 404) from error
        variables = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": f"ASIA{account}{OWN_KEY}",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_LAMBDA_FUNCTION_NAME": deployed.function_name,
            **deployed.environment_vars,
        }
        package, checksum = running_code(deployed)
        state = (checksum, deployed.handler, deployed.timeout, variables)
        with self._lock:
            known = self._running.get(deployed.function_arn)
            if known is None or known[0] != state:
                if known is not None:
                    known[1].stop()
                made = Function(package, deployed.handler, variables, float(deployed.timeout))
                self._running[deployed.function_arn] = known = (state, made)
            return known[1]

    def stop(self) -> None:
        """End every process."""
        with self._lock:
            for _state, function in self._running.values():
                function.stop()
            self._running.clear()


RUNNING = Functions()
"""One for the process, like moto's backends, which hold the functions."""


def send(account: str, region: str, rule: str = "", event: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Let a scheduled rule come due, or put an AWS service's event on the bus, and wait for what it invokes.

    ``event`` has ``source``, ``detail-type`` and ``detail``. The answer has ``rule`` and ``function`` beside what
    Function.invoke answers, for each target of an enabled rule that matches and may invoke it.
    """
    told: dict[str, Any] = {"version": "0", "id": str(uuid.uuid4()), "account": account, "region": region}
    told["time"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told |= event or {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    done = []
    for due_rule in _due(account, region, rule, told):
        for target in due_rule.targets:
            name = target["Arn"].rpartition(":function:")[2]
            if not _allowed(account, region, name, due_rule.arn):
                done.append(
                    {"rule": due_rule.name, "function": name, "error": True, "payload": "not permitted", "log": ""}
                )
                continue
            answer = RUNNING.get(account, region, name).invoke({**told, "resources": [due_rule.arn]})
            done.append({"rule": due_rule.name, "function": name, **answer})
    return done


def _due(account: str, region: str, rule: str, event: dict[str, Any]) -> list[Any]:
    """moto's enabled rules of this name, or whose pattern matches the event."""
    rules = list(_backend("events", account, region).event_buses["default"].rules.values())
    enabled = [candidate for candidate in rules if candidate.state == "ENABLED"]
    if rule:
        return [candidate for candidate in enabled if candidate.name == rule]
    return [
        candidate
        for candidate in enabled
        if candidate.event_pattern.get_pattern() and candidate.event_pattern.matches_event(event)
    ]


def _allowed(account: str, region: str, name: str, rule_arn: str) -> bool:
    """Whether the function's policy lets EventBridge invoke it for this rule."""
    function = _backend("lambda", account, region).get_function(name)
    return any(
        statement.get("Principal") == {"Service": "events.amazonaws.com"}
        and statement.get("Action") == "lambda:InvokeFunction"
        and rule_arn in json.dumps(statement.get("Condition", {}))
        for statement in function.policy.statements
    )


def _backend(service: str, account: str, region: str) -> Any:
    from moto.backends import get_backend

    return get_backend(service)[account][region]  # type: ignore[call-overload]
