# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One account of Databricks, as the modules call its API: lists, calls, retries and errors.

This module util is PRIVATE to the collection.

Objects go in and out as the API writes them. The SDK's classes drop fields that they do not know, empty lists and
unknown words, so an object that is read, changed and written back through them loses what others have put there.
Sources: Databricks' REST API reference for accounts, its Python SDK 0.162.0 and its Terraform provider (read 2026-11).
"""

from __future__ import annotations

import threading
import time
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import Refused
from ansible_collections.saas.privatelink.plugins.module_utils._core.pace import Bucket, OwnMemory, Pacer, SharedFile
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Clock, unless_settled
from ansible_collections.saas.privatelink.plugins.module_utils._core.private import one_at_a_time
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sdk import sdk
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sign_in import (
    SignIn,
    TryAgain,
    sign_in,
)

SERVICE = "databricks"
ACCOUNTS = "/api/2.0/accounts/{account_id}"
# Databricks publishes no rate for its account API. A long list is no burst, and what is refused slows it down further.
BUCKET: Bucket = (SERVICE, 30.0, 10.0)
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds
TRIES = 6  # of a read that fails for reasons that may pass
WRITES = 3  # of a write without an answer
LOOKS = 3  # for what such a write may have made, before it is made again
NO_ANSWER = "no answer"
NOT_JSON = "not JSON"
UNREADABLE = "unreadable answer"
SIGN_IN = "sign-in"
OUTDATED = "changed meanwhile"
UNAUTHENTICATED = ("401", "UNAUTHENTICATED")
IN_USE = ("409", "INVALID_STATE", "RESOURCE_CONFLICT", "ABORTED")  # refusals to delete what is in use
ABSENT = ("404", "RESOURCE_DOES_NOT_EXIST", "NOT_FOUND")
MADE_MEANWHILE = "made meanwhile"
THERE = ("ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS", MADE_MEANWHILE)
FINAL = ("QUOTA_EXCEEDED", "RESOURCE_LIMIT_EXCEEDED", "FEATURE_DISABLED")  # whatever the status: waiting helps nobody
# By the names of the SDK's errors, the only sign of the HTTP status where the API gives no code of its own.
STATUS = {
    "BadRequest": "400",
    "Unauthenticated": "401",
    "PermissionDenied": "403",
    "NotFound": "404",
    "ResourceConflict": "409",
    "TooManyRequests": "429",
    "Cancelled": "499",
    "InternalError": "500",
    "NotImplemented": "501",
    "TemporarilyUnavailable": "503",
    "DeadlineExceeded": "504",
}
# What stands between may answer with a status for which the SDK has no error: it gives the words of that status.
GATEWAY = {"bad gateway": "502", "gateway timeout": "504", "request timeout": "408"}
PASSING = ("408", "499", "500", "502", "504")
LONGEST_TOLD = 366 * 86400  # seconds; a Retry-After may be anything
WRONG_KEYS = (
    "Check host, account_id, client_id and client_secret (DATABRICKS_HOST, DATABRICKS_ACCOUNT_ID, "
    "DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET): a service principal of this account with an OAuth secret "
    "that has not expired."
)
BLOCKED = (
    "A web page came where the API answers. AWS PrivateLink may block this controller: run it where the account's host "
    "is reached, and check host."
)
NOT_ALLOWED = (
    "The service principal must be an account admin, and the account of the Enterprise plan with PrivateLink. "
    "For a VPC endpoint, its AWS account and region must be right."
)
QUOTA = "Remove what is not used any more, or ask Databricks for a higher limit."
NEXT_STEP = {
    "401": WRONG_KEYS,
    "UNAUTHENTICATED": WRONG_KEYS,
    SIGN_IN: WRONG_KEYS,
    "403": NOT_ALLOWED,
    "PERMISSION_DENIED": NOT_ALLOWED,
    "FORBIDDEN": f"{NOT_ALLOWED} {BLOCKED}",  # the word of a web page
    "PRIVATE_LINK_VALIDATION_ERROR": BLOCKED,
    NOT_JSON: BLOCKED,
    "FEATURE_DISABLED": "Have the feature switched on: in the account console under Previews, or by Databricks.",
    "QUOTA_EXCEEDED": QUOTA,
    "RESOURCE_LIMIT_EXCEEDED": QUOTA,
}

Object = t.Mapping[str, t.Any]


class ApiError(Refused):
    """A call that Databricks refused or did not answer.

    ``code`` is its error code, the HTTP status where it gives none, or one of ours. ``pause``: the seconds after which
    a retry may help, None where it does not. ``lost``: the call may have been performed all the same. ``throttled``: it
    was one too many.
    """

    def __init__(
        self,
        action: str,
        code: str,
        message: str,
        subject: str = "",
        advice: str = "",
        pause: float | None = None,
        lost: bool = False,
        throttled: bool = False,
    ) -> None:
        self.pause, self.lost, self.throttled = pause, lost, throttled
        self.message, self.subject = message, subject
        super().__init__(action, code, message, subject, advice or NEXT_STEP.get(code, ""))


@dataclass(frozen=True)
class Request:
    """One call. ``path`` is below the account's own, or whole where it begins with a slash.

    A whole one has the account as C({account_id}), which a profile may know alone.
    """

    action: str
    method: str
    path: str
    body: t.Any = None
    query: Object | None = None
    subject: str = ""


class Databricks:
    """Calls to one account of Databricks.

    ``limit`` is the seconds after which nothing is repeated. The first call signs in.
    """

    def __init__(
        self,
        options: SignIn,
        limit: float = 300,
        clock: Clock | None = None,
        store: OwnMemory | SharedFile | None = None,
        progress: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        self.options, self.progress = options, progress
        self.clock = clock or Clock()
        self.ends = self.clock.now() + limit
        self._client: t.Any = None
        self._lock = threading.Lock()
        self._scope, sleep = f"{SERVICE} {options.config.get('host')} {options.account_id}", self.clock.sleep
        self._pacer = Pacer(self._scope, lambda service, operation: [BUCKET], store=store, sleep=sleep)

    # Calls

    def list(self, action: str, path: str, key: str = "items") -> list[Object]:
        """All objects of a kind, of all pages. Some lists are bare arrays, others have pages under ``key``."""
        found: list[Object] = []
        tokens: list[str] = []
        while True:
            answer = self.call(action, "GET", path, query={"page_token": tokens[-1]} if tokens else None)
            page = answer if isinstance(answer, list) else answer.get(key) or []
            if not isinstance(page, list) or not all(isinstance(thing, dict) for thing in page):
                raise ApiError(action, UNREADABLE, "the list holds something that is no object")
            found += page
            token = None if isinstance(answer, list) else answer.get("next_page_token")
            if not token:
                return found
            if token in tokens:
                raise ApiError(action, UNREADABLE, "the pages of the list have no end")
            tokens.append(token)

    def call(
        self,
        action: str,
        method: str,
        path: str,
        body: t.Any = None,
        query: Object | None = None,
        subject: str = "",
    ) -> t.Any:
        """Make a call and return its JSON. ``action`` names it in messages, as in C(databricks:CreateNetwork).

        Reads are repeated where it may help; writes only where it is sure that none was performed. Raises ApiError.
        """
        request = Request(action, method, path, body, query, subject)
        failed, renewed, delay = 0, False, FIRST_PAUSE
        while True:
            self._pacer.acquire(SERVICE, action)
            client = self._client
            try:
                return self._send(request)
            except ApiError as error:
                if error.code in UNAUTHENTICATED and not renewed:
                    renewed = True
                    self._forget(client)
                    continue
                failed += not error.throttled
                if error.pause is None or failed >= TRIES or (error.lost and method != "GET"):
                    raise
                self._pause(error, max(error.pause, delay))
            delay = min(LONGEST_PAUSE, delay * 2)

    def apply(self, change: Change) -> Object:
        """Make a planned call. An error that says that it is already so is no error.

        ``change.params`` holds C(method), C(path) and, where there are any, C(body) and C(query). Where no answer came,
        a DELETE or PATCH is made again. A POST is made, and made again, only once what it makes has been looked for in
        vain in the list at its path: by C(known_by), the action of that list, the fields that tell it from all
        others and, where not everything in the list counts, what tells that. For Databricks makes many a thing twice,
        and other runs may have the same to make.
        """
        return unless_settled(change, lambda: self._performed(change))

    def alone(self, path: str) -> t.ContextManager[None]:
        """Within it no other run of this user on this machine makes or replaces what is at a path of the account."""
        return one_at_a_time(f"{self._scope} {path}")

    def _performed(self, change: Change) -> Object:
        if "known_by" not in change.params:
            return self._until_answered(change)
        with self.alone(change.params["path"]):
            if self._alike(change.params["path"], *change.params["known_by"]):
                raise ApiError(change.action, MADE_MEANWHILE, "another run has made it meanwhile", change.summary)
            return self._until_answered(change)

    def _until_answered(self, change: Change) -> Object:
        params = dict(change.params)
        known_by = params.pop("known_by", None)
        for attempt in range(WRITES):
            try:
                answer = self.call(change.action, subject=change.summary, **params)
                return answer if isinstance(answer, dict) else {}
            except ApiError as error:
                cannot_tell = params["method"] in ("POST", "PUT") and not known_by
                if not error.lost or cannot_tell or attempt == WRITES - 1:
                    raise
                self.progress(f"{change.summary}: {error.message}; looking whether it was done all the same")
                self._pause(error, max(error.pause or 0.0, FIRST_PAUSE))
            found = self._made(params["path"], *known_by) if known_by else None
            if found:
                return found
        raise AssertionError("the last try returns or raises")

    def _alike(
        self, path: str, action: str, fields: Object, counts: t.Callable[[Object], bool] = bool
    ) -> t.Sequence[Object]:
        return [thing for thing in self.list(action, path) if has(thing, fields) and counts(thing)]

    def _made(self, path: str, action: str, fields: Object, counts: t.Callable[[Object], bool] = bool) -> Object | None:
        """What a POST without an answer has made; looked for several times, as lists may lag behind."""
        for attempt in range(LOOKS):
            found = self._alike(path, action, fields, counts)
            if found:
                return found[0]
            self.clock.sleep(FIRST_PAUSE * 2**attempt)
        return None

    # Requests

    def _send(self, request: Request) -> t.Any:
        cause: BaseException | None
        try:
            client = self._signed_in()
            path = request.path
            if not path.startswith("/"):
                path = f"{ACCOUNTS}/{path}"
            path = path.replace("{account_id}", client.api_client.account_id)
            return client.api_client.do(request.method, path, query=request.query, body=request.body)
        except TryAgain as stopped:
            cause, passing = stopped.__context__, True
        except (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
            cause, passing = error, False
        raise _refusal(request, cause, passing) from None

    def _signed_in(self) -> t.Any:
        with self._lock:
            if self._client is None:
                client = sign_in(self.options)
                if not client.api_client.account_id:
                    raise ValueError("the profile names no account_id")
                self.options.check_host(str(client.config.host))  # a profile may have named another, with a secret
                self._client = client
            return self._client

    def _forget(self, client: t.Any) -> None:
        """A token has ended before its time: the next call signs in anew, unless another thread has done so."""
        with self._lock:
            if self._client is client:
                self._client = None

    def _pause(self, error: ApiError, seconds: float) -> None:
        """Sleep before the next try. Raises ApiError, with the time of day, where this run does not go on so long."""
        if error.throttled:
            self._pacer.throttled(SERVICE, error.action)
        if self.clock.now() + seconds >= self.ends:
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + min(seconds, LONGEST_TOLD)))
            advice = f"Databricks is to be asked again in {seconds:.0f} s, which is longer than this task goes on "
            advice += f"(wait_timeout). Run again after {moment} UTC: it goes on from there."
            raise ApiError(error.action, error.code, error.message, error.subject, advice)
        if seconds > 2 * FIRST_PAUSE:
            self.progress(f"{error.action}: {error.code}, asking again in {seconds:.0f}s")
        self.clock.sleep(seconds)


def _refusal(request: Request, cause: BaseException | None, passing: bool) -> ApiError:
    """What has become of a call, from what the SDK raised; ``passing``: it would have called again."""
    action, subject = request.action, request.subject
    if isinstance(cause, sdk().DatabricksError):
        return _platform_error(request, cause, passing)
    reason = _reason(cause)
    if isinstance(reason, sdk().JSONDecodeError):
        return ApiError(action, NOT_JSON, "the answer is a web page", subject)
    if isinstance(reason, sdk().DatabricksError):  # of signing in: the call itself was not made
        error = _platform_error(request, reason, passing)
        error.lost = False
        return error
    if isinstance(reason, sdk().RequestException):
        return ApiError(action, NO_ANSWER, _words(reason), subject, _lost_advice(request), pause=0.0, lost=True)
    if cause and cause.args and isinstance(cause.args[0], bytes):
        return _no_token(request, cause.args[0])
    said = _words(cause).replace("Invalid URL 'None'", "the host has no /.well-known/databricks-config")
    return ApiError(action, SIGN_IN, said, subject)


def _reason(error: BaseException | None) -> BaseException | None:
    """What the SDK has met, below what it made of it; None where it met nothing but itself.

    An address that cannot be one is no failed request, but something that it was not told.
    """
    while error:
        is_address = isinstance(error, sdk().RequestException) and isinstance(error, ValueError)
        if isinstance(error, sdk().JSONDecodeError):
            return error
        if isinstance(error, (sdk().DatabricksError, sdk().RequestException)) and not is_address:
            return error
        error = error.__cause__ or error.__context__
    return None


def _no_token(request: Request, answer: bytes) -> ApiError:
    """Who gives tokens refuses in JSON. Whatever else comes is of something between, and tells no status."""
    if answer.lstrip().startswith(b"<"):
        return ApiError(request.action, NOT_JSON, "the answer is a web page", request.subject, pause=0.0)
    return ApiError(request.action, SIGN_IN, "no token and no reason given", request.subject, pause=0.0)


def _platform_error(request: Request, error: t.Any, passing: bool) -> ApiError:
    """An error in the API's own words."""
    told = str(error.error_code or error).replace("_", " ").lower()
    status = next(
        (STATUS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in STATUS), GATEWAY.get(told, "")
    )
    code = str(error.error_code or status)
    message = _words(error)
    if "likely a bug in the Databricks SDK" in message:  # a body that is neither JSON nor a web page with a title
        message = f"no reason given (HTTP {status})"
    passing = code not in FINAL and (passing or status in PASSING)
    lost = passing and status != "429"
    return ApiError(
        request.action,
        code,
        message,
        request.subject,
        _lost_advice(request) if lost else "",
        pause=float(error.retry_after_secs or 0.0) if passing else None,
        lost=lost,
        throttled=passing and status == "429",
    )


def _words(cause: BaseException | None) -> str:
    """What an error says, without how the SDK was configured, which it appends."""
    return str(cause).partition(". Config: ")[0] or type(cause).__name__


def _lost_advice(request: Request) -> str:
    return "" if request.method == "GET" else "It may have been performed all the same: run again, which looks first."


def has(thing: Object, fields: Object) -> bool:
    """Whether an object of the API has these fields. The order in lists is of no account."""
    return all(same(thing.get(name), value) for name, value in fields.items())


def same(found: t.Any, wanted: t.Any) -> bool:
    """Whether a value of the API is what is wanted. It leaves out what is empty, and may have members unknown here."""
    if isinstance(found, list) or isinstance(wanted, list):
        return sorted(map(str, found or [])) == sorted(map(str, wanted or []))
    if isinstance(found, dict) or isinstance(wanted, dict):
        found, wanted = found or {}, wanted or {}
        return (
            all(same(found.get(name), value) for name, value in wanted.items()) if wanted else not any(found.values())
        )
    return bool(found == wanted)


def later(change: Change, after: str) -> Change:
    """The change, to be made only once ``after`` is true; as it is where that is nothing."""
    return replace(change, after=change.after or after)
