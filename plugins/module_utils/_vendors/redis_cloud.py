# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One account of Redis Cloud, as the modules call its API: keys, pace, tasks and errors.

This module util is PRIVATE to the collection.

Every call on a private link, a read too, answers a task that is polled for the result, and Redis Cloud processes the
tasks of an account one at a time. Sources: Redis Cloud's OpenAPI document, its pages "Manage API tasks" and "Use the
REST API", and its Go client (read 2026-11).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import typing as t
import urllib.error
from dataclasses import dataclass
from functools import cached_property

from ansible.module_utils import urls
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError, Refused
from ansible_collections.saas.privatelink.plugins.module_utils._core.pace import Bucket, OwnMemory, Pacer, SharedFile
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Clock, unless_settled

API_URL = "https://api.redislabs.com/v1"
SERVICE = "redis_cloud"
# 400 requests in any minute: those that may come at once and those that flow in during the minute.
BUCKET: Bucket = (SERVICE, 200.0, 200.0 / 60)
FIRST_POLL, LONGEST_POLL = 1.0, 30.0  # seconds
UNSEEN = 5  # polls that may not find a young task
TRIES = 6  # of a read that fails for reasons that may pass
RUNNING = ("initialized", "received", "processing-in-progress")
NEXT_STEP = {
    "PRIVATE_LINK_NOT_FOUND": "The private link was deleted meanwhile: run again to make it anew.",
    "PRIVATE_LINK_IS_NOT_SUPPORTED": (
        "PrivateLink needs a Redis Cloud Pro subscription on AWS, and region_id for an Active-Active one."
    ),
    "PRIVATE_LINK_CLOUD_PROVIDER_NOT_SUPPORTED": "PrivateLink needs a subscription on AWS.",
    "PRIVATE_LINK_PRINCIPAL_INVALID_PRINCIPLE": "Check the principal and its type.",
    "PRIVATE_LINK_PRINCIPAL_CANNOT_BE_OWNER_ACCOUNT": "Name an account of your own, not Redis Cloud's.",
    "PRIVATE_LINK_SUBSCRIPTION_REACHED_MAX_DATABASES_COUNT": (
        "Move databases to another subscription, or ask Redis support for a higher limit."
    ),
    "PRIVATE_LINK_SERVICE_ERROR": "Run again; if it stays, give these words to Redis support.",
}


class ApiError(Refused):
    """A call that Redis Cloud refused, at once or by its task.

    ``code`` is its error name or the HTTP status; ``passing``: a retry may help.
    """

    def __init__(
        self, action: str, code: str, message: str, subject: str = "", advice: str = "", passing: bool = False
    ) -> None:
        self.passing = passing
        super().__init__(action, code, message, subject, advice or NEXT_STEP.get(code, ""))


@dataclass
class Task:
    """A task that Redis Cloud has taken; ``due`` is when to ask next, on the clock of the account."""

    id: str
    action: str
    subject: str
    due: float
    delay: float
    unseen: int = 0


class RedisCloud:
    """Calls to one account of Redis Cloud.

    ``url`` ends in the API's version. ``timeout`` is seconds for one request, ``deadline`` the seconds after which no
    task is polled and no read repeated. Raises ItemError for keys that no header can carry.
    """

    def __init__(
        self,
        account_key: str,
        secret_key: str,
        url: str = API_URL,
        validate_certs: bool = True,
        timeout: float = 30,
        deadline: float = 900,
        clock: Clock | None = None,
        store: OwnMemory | SharedFile | None = None,
        progress: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        for option, key in (("account_key", account_key), ("secret_key", secret_key)):
            # http.client would refuse the header in words that hold the key.
            if not key.isascii() or not key.isprintable() or key != key.strip():
                raise ItemError(f"{option} holds blanks, line breaks or letters that no key of Redis Cloud has.")
        self.url, self.timeout, self.validate_certs = url.rstrip("/"), timeout, validate_certs
        self.clock, self.progress = clock or Clock(), progress
        self.ends = self.clock.now() + deadline
        self._keys = {"x-api-key": account_key, "x-api-secret-key": secret_key}
        scope, sleep = f"{account_key} {self.url}", self.clock.sleep
        self._pacer = Pacer(scope, lambda service, operation: [BUCKET], store=store, sleep=sleep)

    # Tasks

    def start(
        self, action: str, method: str, path: str, body: t.Mapping[str, t.Any] | None = None, subject: str = ""
    ) -> Task:
        """Make a call that answers a task. ``action`` names it in messages, for example C(redis_cloud:GetPrivateLink).

        Raises ApiError as Redis Cloud refuses the call.
        """
        answer = self._request(action, method, path, body, subject)
        if not answer.get("taskId"):
            raise ApiError(action, "", "the answer names no task", subject)
        return Task(str(answer["taskId"]), action, subject, self.clock.now() + FIRST_POLL, FIRST_POLL)

    def result(self, task: Task) -> dict[str, t.Any]:
        """Wait for a task and return its resource, empty if it has none. Raises ApiError with the task's own words."""
        while True:
            self.clock.sleep(max(0.0, task.due - self.clock.now()))
            answer = self._poll(task)
            status = str(answer.get("status", ""))
            response = answer.get("response") or {}
            if response.get("error") or status == "processing-error":
                raise _task_error(task, answer)
            if status == "processing-completed":
                resource = response.get("resource")
                return resource if isinstance(resource, dict) else {}
            if answer and status not in RUNNING:
                raise ApiError(task.action, "", f"task {task.id} is in the unknown state {status!r}", task.subject)
            if self.clock.now() >= self.ends:
                waited = f"task {task.id} is not done yet, but {status or 'unseen'}"
                raise ApiError(task.action, "", f"{waited}.", task.subject, "Run again later: it goes on by itself.")
            if task.delay > 2 * FIRST_POLL:  # most tasks need no word
                self.progress(f"{task.subject}: {task.action} is {status or 'not seen yet'}")
            task.delay = min(LONGEST_POLL, task.delay * 1.5)
            task.due = self.clock.now() + task.delay

    def _poll(self, task: Task) -> dict[str, t.Any]:
        """What Redis Cloud says of a task; empty while it does not know a young one yet."""
        try:
            return self._request("redis_cloud:GetTask", "GET", f"/tasks/{task.id}", subject=task.subject)
        except ApiError as error:
            if error.code != "404":
                raise
        task.unseen += 1
        if task.unseen > UNSEEN:
            unknown = f"Redis Cloud does not know its own task {task.id}."
            raise ApiError(task.action, "404", unknown, task.subject, "Run again, which looks how far it has come.")
        return {}

    def apply(self, change: Change) -> t.Mapping[str, t.Any]:
        """Make a planned call and wait for its task; an error that says that it is already so is no error.

        ``change.params`` holds C(method), C(path) and, where there is one, C(body).
        """
        return unless_settled(
            change, lambda: self.result(self.start(change.action, subject=change.summary, **change.params))
        )

    # Requests

    @cached_property
    def _http(self) -> t.Any:
        """What all requests have in common. Reading the certificates of all authorities takes longer than a request."""
        return urls.Request(
            headers={"Content-Type": "application/json", "Accept": "application/json", **self._keys},
            unredirected_headers=list(self._keys),
            follow_redirects="none",  # the keys are for nobody else
            timeout=self.timeout,
            use_netrc=False,
            context=urls.make_context(validate_certs=self.validate_certs),
        )

    def _request(
        self, action: str, method: str, path: str, body: t.Mapping[str, t.Any] | None = None, subject: str = ""
    ) -> dict[str, t.Any]:
        """One request and its JSON. Reads are repeated where it may help, writes only where none was performed."""
        delay, failed = FIRST_POLL, 0
        while True:
            self._pacer.acquire(SERVICE, action)
            try:
                return self._send(action, method, path, body, subject)
            except ApiError as error:
                if error.code == "429":
                    self._pacer.throttled(SERVICE, action)
                else:
                    failed += 1
                again = error.code == "429" or (error.passing and method == "GET" and failed < TRIES)
                if not again or self.clock.now() + delay >= self.ends:
                    raise
            self.clock.sleep(delay)
            delay = min(LONGEST_POLL, delay * 2)

    def _send(
        self, action: str, method: str, path: str, body: t.Mapping[str, t.Any] | None, subject: str
    ) -> dict[str, t.Any]:
        try:
            with contextlib.closing(
                self._http.open(method, self.url + path, data=None if body is None else json.dumps(body))
            ) as answer:
                return _parsed(action, answer.read(), subject)
        except urllib.error.HTTPError as error:
            raise self._refusal(action, error, subject) from None
        except (OSError, ValueError, http.client.HTTPException, urls.ConnectionError) as error:
            # A certificate that does not fit will not fit next time.
            lost = isinstance(error, (OSError, http.client.HTTPException))
            passing = lost and not isinstance(getattr(error, "reason", None), ssl.SSLError)
            message = f"no answer from {self.url}: {error}"
            raise ApiError(action, "", message, subject, _lost(method), passing) from None

    def _refusal(self, action: str, error: urllib.error.HTTPError, subject: str) -> ApiError:
        """What an HTTP status means here, and what to do."""
        advice = {
            401: "Wrong keys: set account_key (REDISCLOUD_ACCESS_KEY) and secret_key (REDISCLOUD_SECRET_KEY) to a pair "
            "of the account, whose API is enabled.",
            403: "The user of secret_key must be an owner or manager of the account, and call from an address on the "
            "API's allow list.",
            404: "The account has no such Pro subscription, or no such region in it. An Essentials subscription has no "
            "PrivateLink.",
        }
        said = error.reason
        with contextlib.suppress(OSError, ValueError, AttributeError, http.client.HTTPException):
            told = json.loads(error.read())
            said = told.get("message") or told.get("description") or told.get("error") or said
        return ApiError(action, str(error.code), str(said), subject, advice.get(error.code, ""), error.code >= 500)


def _parsed(action: str, text: bytes, subject: str) -> dict[str, t.Any]:
    try:
        answer = json.loads(text or b"{}")
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ApiError(action, "", "the answer is not JSON: is api_url right?", subject)
    return answer


def _lost(method: str) -> str:
    return "" if method == "GET" else "It may have been performed all the same: run again, which looks first."


def _task_error(task: Task, answer: t.Mapping[str, t.Any]) -> ApiError:
    """The reason of a failed task in the API's own words; what comes to no error object is told as it is."""
    reason = (answer.get("response") or {}).get("error") or {}
    if not isinstance(reason, dict):
        reason = {"description": str(reason)}
    said = str(reason.get("description") or answer.get("description") or "no reason given").rstrip(".")
    status = reason.get("status")
    code = str(reason.get("type") or "")
    return ApiError(task.action, code, f"{said}{f' ({status})' if status else ''}.", task.subject)
