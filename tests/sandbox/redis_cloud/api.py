# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redis Cloud's HTTP API under /redis-cloud/v1: keys, the rate limit, routes and tasks.

Source: Redis Cloud's OpenAPI document and its Go client (read 2026-11). Every call on a private link, reads included,
answers a task; an account's tasks are processed one at a time. What a task does is in links.py.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call, HttpRequest
from tests.sandbox.core.faults import Drop
from tests.sandbox.core.wire import Response
from tests.sandbox.core.world import declare_state
from tests.sandbox.redis_cloud.links import Subscription, TaskError, perform, subscription_of

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

log = logging.getLogger("sandbox")

PREFIX = "/redis-cloud/v1"
WINDOW = 60.0  # seconds in which ``per_minute`` requests are answered

declare_state("redis_cloud_task.unseen", "a new task of Redis Cloud before GET finds it")
declare_state("redis_cloud_task.initialized", "a new task of Redis Cloud before it is received")
declare_state("redis_cloud_task.received", "a received task of Redis Cloud before its turn, if none is before it")
declare_state("redis_cloud_task.processing", "a task of Redis Cloud, from its turn to its end")

LINK = r"/subscriptions/(?P<subscription>\d+)(?:/regions/(?P<region>\d+))?/private-link"
ROUTES = [
    ("GET", re.compile(LINK), "GetPrivateLink"),
    ("POST", re.compile(LINK), "CreatePrivateLink"),
    ("DELETE", re.compile(LINK), "DeletePrivateLink"),
    ("POST", re.compile(f"{LINK}/principals"), "CreatePrivateLinkPrincipal"),
    ("DELETE", re.compile(f"{LINK}/principals"), "DeletePrivateLinkPrincipal"),
    ("POST", re.compile(f"{LINK}/connections/disassociate"), "DisassociateConnections"),
    ("GET", re.compile(f"{LINK}/endpoint-script"), "GetEndpointScript"),
    ("GET", re.compile(r"/tasks/(?P<task>[\w-]+)"), "GetTask"),
    ("GET", re.compile(r"/tasks"), "ListTasks"),
]
REQUIRED = {
    "CreatePrivateLink": ("shareName", "principal", "type"),
    "CreatePrivateLinkPrincipal": ("principal",),
    "DeletePrivateLinkPrincipal": ("principal",),
    "DisassociateConnections": ("connections",),
}
TYPES = {"aws_account", "organization", "organization_unit", "iam_role", "iam_user", "service_principal"}
STATUSES = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}
DESCRIPTIONS = {
    "initialized": "The task was made.",
    "received": "Task request received and is being queued for processing.",
    "processing-in-progress": "Task request is being processed.",
    "processing-completed": "Request processing completed successfully.",
    "processing-error": "Task request failed during processing. See error information for failure details.",
}


class Refused(Exception):
    """A request that is refused at once: an HTTP status and what is said beside it."""

    def __init__(self, status: int, message: str = "") -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Task:
    """One task; times are seconds of the Unix clock. ``work`` is done once, when the task ends."""

    operation: str
    subscription: Subscription
    entry: dict[str, Any]
    """The call's own in the log, which learns how the task ended."""
    work: Callable[[], dict[str, Any] | None]
    seen_from: float
    received: float
    turn: float
    ends: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    ended: bool = False
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        if self.ended:
            return "processing-error" if "error" in self.answer else "processing-completed"
        moment = clock.now()
        return (
            "processing-in-progress"
            if moment >= self.turn
            else "received"
            if moment >= self.received
            else "initialized"
        )

    def described(self) -> dict[str, Any]:
        command = self.operation[0].lower() + self.operation[1:]
        told = {
            "taskId": self.id,
            "commandType": f"{command}Request",
            "status": self.status,
            "description": DESCRIPTIONS[self.status],
            "timestamp": _now(),
        }
        return {**told, **({"response": self.answer} if self.ended else {}), "links": []}


@dataclass
class Account:
    """An account of Redis Cloud, with the pair of keys that opens it."""

    name: str
    account_key: str
    secret_key: str
    absent: str
    """What a read says of a link that is not there: ``links`` (an empty list) or ``error``. Both are documented."""
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    window: int = 0
    requests: int = 0


@dataclass
class Failure:
    """Tasks of ``operation`` that are to fail, ``times`` of them; without ``error`` they complete and do nothing."""

    account: str
    operation: str
    error: TaskError | None
    times: int


class RedisCloud:
    """Redis Cloud as a whole. Use it only while holding the world's lock."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.failures: list[Failure] = []
        self.per_minute = 400

    def plant(self, account: str, account_key: str, secret_key: str, subscriptions: Any, absent: str = "links") -> None:
        """Make an account, or add subscriptions to it."""
        if absent not in ("links", "error"):
            raise ValueError("absent is links or error")
        made = self.accounts.setdefault(account, Account(account, account_key, secret_key, absent))
        for seed in subscriptions:
            subscription = Subscription.from_seed(seed)
            made.subscriptions.setdefault(subscription.id, subscription)

    def fail(self, account: str, operation: str, **options: Any) -> None:
        """Let coming tasks fail, with the error that the API would name; without its ``type`` they do nothing."""
        if operation not in {name for dummy, other, name in ROUTES}:
            raise ValueError(f"no operation {operation}")
        times = int(options.pop("times", 1))
        error = TaskError(**options) if options else None
        self.failures.append(Failure(account, operation, error, times))

    def subscription(self, account: str, subscription_id: int) -> Subscription:
        return self.accounts[account].subscriptions[int(subscription_id)]

    def due_failure(self, account: str, operation: str) -> Failure | None:
        for failure in self.failures:
            if failure.times > 0 and (failure.account, failure.operation) == (account, operation):
                failure.times -= 1
                return failure
        return None


class ApiCall(Call):
    """A call in the log and for the faults; no model of botocore describes it."""

    @property
    def iam_action(self) -> str:
        return f"{self.service}:{self.operation}"


def answer(sandbox: Sandbox, request: HttpRequest) -> Response | None:
    """The response to one request, or None to close the connection without any."""
    operation, names = _route(request)
    with sandbox.world.lock:
        account = _account(sandbox.redis_cloud, request)
    call = ApiCall(
        account.name if account else "(unknown)",
        "",
        "redis_cloud",
        operation,
        cast(Any, None),
        "rest-json",
        {**names, **_body(request)},
        request,
    )
    entry = sandbox.calls.add(call)
    headers = {"X-Rate-Limit-Remaining": "0"} if account else {}
    try:
        if account is None:
            raise Refused(401)
        with sandbox.world.lock:
            headers["X-Rate-Limit-Remaining"] = str(_take(sandbox.redis_cloud, account))
        finish = sandbox.faults.before(call)
        with sandbox.world.lock:
            status, body = _answer(sandbox, account, entry, names, request)
        finish()
    except Refused as refused:
        status, body = refused.status, _refusal(refused.status, refused.message, request.path)
    except AwsError as error:  # an injected fault
        status = 429 if "Throttling" in error.code else error.status or 400
        body = _refusal(status, error.message, request.path)
    except Drop:
        entry["error"] = "(connection closed)"
        return None
    except Exception as error:
        log.exception("redis_cloud %s failed in the sandbox", operation)
        status, body = 500, _refusal(500, f"{error!r}", request.path)
    if status >= 400:
        entry["error"] = str(status)
    return Response(status, {"Content-Type": "application/json", **headers}, json.dumps(body).encode())


def _route(request: HttpRequest) -> tuple[str, dict[str, str]]:
    path = request.path.removeprefix(PREFIX).rstrip("/")
    for method, pattern, operation in ROUTES:
        match = pattern.fullmatch(path)
        if match and method == request.method:
            return operation, {name: value for name, value in match.groupdict().items() if value is not None}
    return "Unknown", {}


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _account(cloud: RedisCloud, request: HttpRequest) -> Account | None:
    keys = (request.headers.get("x-api-key"), request.headers.get("x-api-secret-key"))
    found = [account for account in cloud.accounts.values() if (account.account_key, account.secret_key) == keys]
    return found[0] if found else None


def _take(cloud: RedisCloud, account: Account) -> int:
    """Count a request; the answer is how many are left in this window. Raises Refused when there are none."""
    window = int(clock.now() // WINDOW)
    if window != account.window:
        account.window, account.requests = window, 0
    if account.requests >= cloud.per_minute:
        raise Refused(429)
    account.requests += 1
    return cloud.per_minute - account.requests


def _answer(
    sandbox: Sandbox, account: Account, entry: dict[str, Any], names: dict[str, str], request: HttpRequest
) -> tuple[int, dict[str, Any]]:
    operation = entry["operation"]
    advance(sandbox, account)
    if operation == "Unknown":
        raise Refused(404)
    if operation == "ListTasks":
        return 200, {"tasks": [task.described() for task in account.tasks.values()]}
    if operation == "GetTask":
        task = account.tasks.get(names["task"])
        if task is None or clock.now() < task.seen_from:
            raise Refused(404)
        return 200, task.described()
    body = _body(request)
    absent = [name for name in REQUIRED.get(operation, ()) if not body.get(name)]
    if absent or len(body.get("shareName", "")) > 64 or body.get("type", "aws_account") not in TYPES:
        raise Refused(400, f"{absent[0]} is required" if absent else "shareName or type is not valid")
    region = int(names["region"]) if "region" in names else None
    subscription = subscription_of(account.subscriptions, int(names["subscription"]), region)
    if subscription is None:
        raise Refused(404)
    task = _queue(sandbox, account, entry, subscription, region, body)
    return 202 if operation.startswith("Get") else 200, task.described()


def _queue(
    sandbox: Sandbox,
    account: Account,
    entry: dict[str, Any],
    subscription: Subscription,
    region: int | None,
    body: dict[str, Any],
) -> Task:
    """A new task behind all that the account has."""
    lag, operation = sandbox.world.lag, entry["operation"]
    moment = clock.now()
    received = moment + lag("redis_cloud_task.initialized")
    ahead = [task.ends for task in account.tasks.values() if not task.ended]
    turn = max([received + lag("redis_cloud_task.received"), *ahead])

    def work() -> dict[str, Any] | None:
        failure = sandbox.redis_cloud.due_failure(account.name, operation)
        if failure is not None and failure.error is not None:
            raise failure.error
        if failure is not None:
            return None
        return perform(sandbox, subscription, region, operation, body, account.absent)

    seen_from = moment + lag("redis_cloud_task.unseen")
    ends = turn + lag("redis_cloud_task.processing")
    task = Task(operation, subscription, entry, work, seen_from, received, turn, ends)
    account.tasks[task.id] = task
    return task


def advance(sandbox: Sandbox, account: Account) -> None:
    """End the tasks that are due, in their order. Nobody sees a task between two requests."""
    for task in list(itertools.takewhile(lambda task: task.ends <= clock.now(), account.tasks.values())):
        if task.ended:
            continue
        try:
            resource = task.work()
            task.answer = {"resourceId": task.subscription.id}
            if resource is not None:
                task.answer["resource"] = resource
        except (TaskError, AwsError) as error:
            refusal = error if isinstance(error, TaskError) else TaskError("PRIVATE_LINK_SERVICE_ERROR", str(error))
            task.answer = {"error": refusal.described()}
            task.entry["error"] = refusal.type
        task.ended = True


def _refusal(status: int, message: str, path: str) -> dict[str, Any]:
    told = {"timestamp": _now(), "status": status, "error": STATUSES.get(status, "Error"), "path": path}
    return {**told, "message": message} if message else told


def _now() -> str:
    return clock.utc().isoformat().replace("+00:00", "Z")
