# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One account of Fivetran, as the modules call its API: keys, rates, pages, envelopes and errors.

This module util is PRIVATE to the collection.

Sources: open-api-spec.json of the Terraform provider fivetran/fivetran, commit 4d1b48e, Fivetran's Go client and its
page "Rate Limiting" (read 2026-11).
"""

from __future__ import annotations

import base64
import contextlib
import email.utils
import http.client
import json
import ssl
import threading
import time
import typing as t
import urllib.error
import urllib.parse
from dataclasses import dataclass
from functools import cached_property

from ansible.module_utils import urls
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError, Refused
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Clock, unless_settled
from ansible_collections.saas.privatelink.plugins.module_utils._core.private import one_at_a_time
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_limits import (
    CALLS,
    HOUR,
    LINKS,
    TESTS,
    Limits,
    stamp_of,
    words_of,
)

API_URL = "https://api.fivetran.com"
PAGE = 1000  # the most that a list takes
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds; whoever would have to wait longer is told until when
TRIES = 6  # of a read that fails for reasons that may pass
TEST_TIMEOUT = 300  # seconds for the answer to setup tests, which may take more than a minute
LIMITED = "429"
LOST = "no answer"
ID = r"[A-Za-z0-9_-]{1,128}"  # goes into a path
CREATE_LINK, UPDATE_DESTINATION, RUN_TESTS = (
    "fivetran:CreatePrivateLink",
    "fivetran:UpdateDestination",
    "fivetran:RunSetupTests",
)
COUNTED = {CREATE_LINK: LINKS, RUN_TESTS: TESTS}  # beside the limit of all calls
ADVICE = {
    401: "Wrong key: set api_key (FIVETRAN_API_KEY) and api_secret (FIVETRAN_API_SECRET) to a pair that Fivetran's "
    "dashboard has made for this account.",
    403: "The key's role must allow it, and the account have private links: they need the Business Critical plan, and "
    "Fivetran's support enables those that customers make themselves.",
    405: "Is api_url right?",
    406: "Is api_url right?",
    415: "Is api_url right?",
}

Object = t.Mapping[str, t.Any]


class ApiError(Refused):
    """A call that Fivetran refused or did not answer.

    ``code`` is the HTTP status, or one of ours. ``passing``: a retry may help. ``lost``: it may have been performed.
    ``retry_after`` are the seconds that a refusal for the rate names.
    """

    def __init__(
        self,
        action: str,
        code: str,
        message: str,
        subject: str = "",
        advice: str = "",
        passing: bool = False,
        lost: bool = False,
        retry_after: float | None = None,
    ) -> None:
        self.passing, self.lost, self.retry_after = passing, lost, retry_after
        super().__init__(action, code, message, subject, advice)
        self.written = lost  # for all that anybody knows


class LimitReached(ApiError):
    """A call that a limit forbids until a moment, in seconds of the Unix clock."""

    def __init__(self, action: str, limit: str, told: str, until: float, subject: str = "") -> None:
        self.pause = Pause(f"Fivetran to allow more: it has a limit of {told}", until)
        advice = f"Run again after {words_of(until)}: it goes on from there."
        super().__init__(action, LIMITED, f"the limit of {told} is reached", subject, advice)


@dataclass(frozen=True)
class Pause:
    """Why an item cannot go on now, and from which moment it can."""

    reason: str
    until: float

    def __str__(self) -> str:
        return f"{self.reason}; run again after {words_of(self.until)}"

    @property
    def stamp(self) -> str:
        return stamp_of(self.until)


@dataclass(frozen=True)
class Request:
    """One call; ``tests``: it runs setup tests."""

    action: str
    method: str
    path: str
    body: Object | None = None
    query: Object | None = None
    subject: str = ""
    tests: bool = False


class Fivetran:
    """Calls to one account of Fivetran.

    ``url`` is without the API's version. ``timeout`` is seconds for one request, ``deadline`` the seconds after which
    nothing is repeated. Raises ItemError for keys that no header can carry.
    """

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        url: str = API_URL,
        validate_certs: bool = True,
        timeout: float = 30,
        deadline: float = 900,
        trial: bool = False,
        clock: Clock | None = None,
        progress: t.Callable[[str], None] = lambda line: None,
    ) -> None:
        for option, key in (("api_key", api_key), ("api_secret", api_secret)):
            if not key.isascii() or not key.isprintable() or key != key.strip() or " " in key:
                raise ItemError(f"{option} holds blanks, line breaks or letters that no key of Fivetran has.")
        if ":" in api_key:
            raise ItemError("api_key holds a colon: give the key and its secret each in its own option.")
        pair = base64.b64encode(f"{api_key}:{api_secret}".encode()).decode()
        self._authorization = {"Authorization": f"Basic {pair}"}
        url = url.rstrip("/").removesuffix("/v1").rstrip("/")  # as Fivetran's own examples have it
        self.url, self.timeout, self.validate_certs = url, timeout, validate_certs
        self.clock, self.progress, self.limits = clock or Clock(), progress, Limits(trial)
        self.ends = self.clock.now() + deadline
        self._scope = f"fivetran {api_key} {self.url}"
        self._ahead, self._calls, self._lock = 0.0, 0, threading.Lock()

    def now(self) -> float:
        """The time as Fivetran's clock shows it, which counts the hours: this machine's may be wrong."""
        return time.time() + self._ahead

    # Calls

    def all_of(self, action: str, path: str) -> list[Object]:
        """All objects of a list, of all pages."""
        found: list[Object] = []
        cursors: list[str] = []
        while True:
            query = {"limit": PAGE, **({"cursor": cursors[-1]} if cursors else {})}
            data = self.call(Request(action, "GET", path, query=query))
            items = data.get("items") or []
            if not isinstance(items, list) or not all(isinstance(item, dict) and item.get("id") for item in items):
                raise ApiError(action, "", "the list holds something without an id")
            found += items
            cursor = data.get("next_cursor")
            if not cursor:
                return found
            if cursor in cursors:
                raise ApiError(action, "", "the pages of the list have no end")
            cursors.append(cursor)

    def call(self, request: Request) -> Object:
        """Make a call and return the data of its envelope.

        Reads are repeated where it may help, writes only where none was performed. Raises ApiError.
        """
        delay, failed = FIRST_PAUSE, 0
        while True:
            self._pace(request)
            try:
                return self._send(request)
            except ApiError as error:
                failed += 1
                pause = delay
                if error.code == LIMITED:
                    pause = self._pause_after(request, error, delay, failed)
                elif not error.passing or request.method != "GET" or failed >= TRIES:
                    raise
                if self.clock.now() + pause >= self.ends:
                    raise
            self.clock.sleep(pause)
            delay = min(LONGEST_PAUSE, delay * 2)

    def apply(self, change: Change) -> Object:
        """Make a planned call. An error that says that it is already so is no error.

        ``change.params`` holds C(method), C(path) and, where there are any, C(body) and C(tests).
        """
        return unless_settled(
            change, lambda: self.call(Request(change.action, subject=change.summary, **change.params))
        )

    def alone(self, what: str) -> t.ContextManager[None]:
        """Within it no other run of this user on this machine makes the same at this account."""
        return one_at_a_time(f"{self._scope} {what}")

    # Limits

    def pause_of(self, limit: str, further: int = 0) -> Pause | None:
        """What keeps a call that counts, after ``further`` others, from being made soon; None if nothing."""
        now = self.now()
        until = self.limits.free_from(limit, now, further)
        if until <= now + LONGEST_PAUSE:
            return None
        return Pause(f"Fivetran to allow more: it has a limit of {self.limits.told(limit)}", until)

    def _pace(self, request: Request) -> None:
        """Wait a little for a limit. Raises LimitReached where it would be long; the call is then not made."""
        for limit in self._limits_of(request):
            now = self.now()
            until = self.limits.free_from(limit, now)
            if until > now + LONGEST_PAUSE or self.clock.now() + until - now >= self.ends:
                raise LimitReached(request.action, limit, self.limits.told(limit), until, request.subject)
            if until > now:
                self.progress(f"{request.subject or request.action}: {self.limits.told(limit)}, next one after a pause")
                self.clock.sleep(until - now)
            if limit != LINKS:  # those are counted as they are made
                with self._lock:
                    self._calls += 1
                    self.limits.count(limit, self._calls, self.now())

    @staticmethod
    def _limits_of(request: Request) -> list[str]:
        limits = [CALLS, *([COUNTED[request.action]] if request.action in COUNTED else [])]
        return [*limits, TESTS] if request.tests and TESTS not in limits else limits

    def _pause_after(self, request: Request, error: ApiError, delay: float, failed: int) -> float:
        """Seconds until a call refused for its rate may be made again. Raises LimitReached if they are many."""
        told = error.retry_after
        pause = max(delay, told) if told is not None else delay if failed < TRIES else HOUR
        if pause > LONGEST_PAUSE or self.clock.now() + pause >= self.ends:
            limit, until = self._limits_of(request)[-1], self.now() + pause
            self.limits.refuse(limit, until)
            raise LimitReached(request.action, limit, self.limits.told(limit), until, request.subject) from None
        self.progress(f"{request.subject or request.action}: too many calls, asking again in {pause:.0f}s")
        return pause

    # Requests

    @cached_property
    def _http(self) -> t.Any:
        """What all requests have in common. Reading the certificates of all authorities takes longer than a request."""
        return urls.Request(
            headers={"Content-Type": "application/json", **self._authorization},
            unredirected_headers=list(self._authorization),
            follow_redirects="none",  # the keys are for nobody else
            use_netrc=False,
            context=urls.make_context(validate_certs=self.validate_certs),
        )

    def _send(self, request: Request) -> Object:
        query = f"?{urllib.parse.urlencode(request.query)}" if request.query else ""
        # Private links are of the first version of the API, all else of its second.
        version = "" if request.path.startswith("private-links") else ";version=2"
        try:
            with contextlib.closing(
                self._http.open(
                    request.method,
                    f"{self.url}/v1/{request.path}{query}",
                    data=None if request.body is None else json.dumps(request.body),
                    headers={"Accept": f"application/json{version}"},
                    timeout=max(self.timeout, TEST_TIMEOUT) if request.tests else self.timeout,
                )
            ) as answer:
                self._look_at_clock(answer.headers)
                return _data(request, answer.read())
        except urllib.error.HTTPError as error:
            self._look_at_clock(error.headers)
            raise _refusal(request, error) from None
        except (OSError, ValueError, http.client.HTTPException, urls.ConnectionError) as error:
            # A certificate that does not fit will not fit next time, and what was not sent was not performed.
            reason = getattr(error, "reason", None)
            never = isinstance(reason, (ssl.SSLError, ConnectionRefusedError)) or isinstance(error, ValueError)
            lost = not never and request.method != "GET"
            message = f"no answer from {self.url}: {error}"
            passing = not isinstance(reason, ssl.SSLError) and not isinstance(error, ValueError)
            raise ApiError(
                request.action, LOST if lost else "", message, request.subject, _lost(lost), passing, lost
            ) from None

    def _look_at_clock(self, headers: t.Any) -> None:
        with contextlib.suppress(TypeError, ValueError, AttributeError):
            told = email.utils.parsedate_to_datetime(headers["Date"]).timestamp()
            if abs(told - self.now()) > 2.0:  # it has whole seconds, and takes a while to come
                self._ahead = told - time.time()


def _data(request: Request, text: bytes) -> Object:
    try:
        answer = json.loads(text or b"{}")
    except ValueError:
        answer = None
    data = answer.get("data") or {} if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        lost = request.method != "GET"
        said = "the answer is not Fivetran's: is api_url right?"
        raise ApiError(request.action, LOST if lost else "", said, request.subject, _lost(lost), lost=lost)
    return data


def _refusal(request: Request, error: urllib.error.HTTPError) -> ApiError:
    """What an HTTP status means here, and what to do. A gateway's own may hide that the call was performed."""
    said = str(error.reason)
    with contextlib.suppress(OSError, ValueError, AttributeError, http.client.HTTPException):
        told = json.loads(error.read())
        said = " ".join(str(told[name]) for name in ("code", "message") if told.get(name)) or said
    lost = error.code >= 500 and request.method != "GET"
    seconds = str(error.headers.get("Retry-After") or "")
    return ApiError(
        request.action,
        LOST if lost else str(error.code),
        f"{error.code}: {said}" if lost else said,
        request.subject,
        _lost(lost) or ADVICE.get(error.code, ""),
        passing=error.code >= 500,
        lost=lost,
        retry_after=float(seconds) if is_of_form("[0-9]{1,7}", seconds) else None,
    )


def _lost(lost: bool) -> str:
    return "It may have been performed all the same: run again, which looks first." if lost else ""


def path_of(kind: str, thing_id: str) -> str:
    """The path of one object."""
    return f"{kind}/{urllib.parse.quote(thing_id, safe='')}"


def check_id(option: str, value: str | None) -> None:
    """An id of Fivetran, which becomes part of a path."""
    if value is not None and not is_of_form(ID, value):
        raise ItemError(f"{option}: {value!r} is no id of Fivetran: those are letters, digits, _ and - alone.")
