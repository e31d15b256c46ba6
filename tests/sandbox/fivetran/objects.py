# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account of Fivetran holds, what it may still call in this hour, and what a test has armed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.sandbox.core import clock
from tests.sandbox.core.world import declare_state

MINUTE, HOUR = 60.0, 3600.0
MASKED = "******"
KINDS = ("private_links", "destinations")
"""The lists of an account, as the controls name them."""

declare_state("fivetran_link.requesting", "a new or changed private link of Fivetran before it asks for its connection")
declare_state("fivetran_link.DESTROYING", "a deleted private link of Fivetran before it is gone")


class ApiError(Exception):
    """A refusal as the API answers it: its HTTP status, the code of its envelope and what is said."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def invalid(message: str) -> ApiError:
    return ApiError(400, "InvalidInput", message)


def absent(what: str, key: str) -> ApiError:
    return ApiError(404, f"NotFound_{what}", f"Cannot find {what} with id '{key}'")


@dataclass
class Link:
    """A private link; its state follows from AWS. Times are seconds of the Unix clock."""

    id: str
    name: str
    region: str
    service: str
    config: dict[str, Any]
    created: float
    created_by: str = "key_owner"
    busy: str = "CREATING"
    """The state while it is made or changed."""
    ready_from: float = 0.0
    """When its request has reached AWS."""
    endpoint_id: str | None = None
    failure: str = ""
    """Why its request could not be made."""
    gone_from: float = float("inf")
    forced: dict[str, Any] = field(default_factory=dict)
    """Members that a test has decided, whatever would be worked out."""


@dataclass
class Destination:
    """A destination, which has the id of its group."""

    id: str
    body: dict[str, Any]
    config: dict[str, Any]
    forced: dict[str, Any] = field(default_factory=dict)


@dataclass
class Part:
    """How one part of the coming setup tests of a destination ends, so many times."""

    destination: str
    title: str
    status: str
    message: str = ""
    details: Any = None
    times: int = 1


@dataclass
class Account:
    """An account of Fivetran, with the pair of keys that opens it."""

    name: str
    api_key: str
    api_secret: str
    trial: bool = False
    privatelink: bool = True
    """Whether its plan has private links."""
    groups: dict[str, str] = field(default_factory=dict)
    private_links: dict[str, Link] = field(default_factory=dict)
    destinations: dict[str, Destination] = field(default_factory=dict)
    connections: list[dict[str, Any]] = field(default_factory=list)
    used: dict[str, list[float]] = field(default_factory=dict)
    """What each limit has counted: when."""

    def tidy(self) -> None:
        """Forget what is gone by now."""
        self.private_links = {key: link for key, link in self.private_links.items() if clock.now() < link.gone_from}

    def take(self, limit: str, most: int, seconds: float) -> None:
        """Count a call against a rolling limit. Raises ApiError when there were too many, and when there is room."""
        now = clock.now()
        used = [moment for moment in self.used.get(limit, []) if moment > now - seconds]
        if len(used) >= most:
            wait = int(used[len(used) - most] + seconds - now) + 1
            raise ApiError(429, "TooManyRequests", f"Rate limit of {limit} exceeded", {"Retry-After": str(wait)})
        self.used[limit] = [*used, now]


@dataclass
class Limits:
    """Fivetran's published rates of an account, rolling (fivetran.com/docs/rest-api/rate-limiting, read 2026-11)."""

    links_per_hour: int = 5
    tests_per_minute: int = 250
    tests_per_hour: int = 2500
    requests_per_hour: int = 20000


TRIAL = Limits(links_per_hour=1, tests_per_minute=250, tests_per_hour=50, requests_per_hour=500)


@dataclass
class Settings:
    """What a test may set; each is something that the API's documents tell in more than one way, or not at all."""

    most_per_page: int = 1000
    config_in_list: bool = True
    """Whether the list of private links tells the config of each."""
    config_is_null: bool = False
    """Whether a single private link tells no config."""
    lower_case: bool = False
    """Whether states of setup are written small, as in the API's examples."""
    method_is_null: bool = False
    """Whether a destination tells no networking method."""
    unseen_seconds: float = 0.0
    """How long the list does not show a new private link."""


@dataclass
class Failure:
    """An answer given instead of, or after, performing a call."""

    operation: str
    status: int
    body: Any
    account: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    times: int | None = 1
    performed: bool = False


@dataclass
class Edit:
    """A change by somebody else, just before a call of ``operation`` is performed; None deletes."""

    account: str
    kind: str
    id: str
    fields: dict[str, Any] | None
    operation: str
    times: int = 1


class Fivetran:
    """Fivetran as a whole. Use it only while holding the world's lock."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.disarm()

    def disarm(self) -> None:
        """Forget what was armed, and the settings and limits of tests."""
        self.failures: list[Failure] = []
        self.edits: list[Edit] = []
        self.parts: list[Part] = []
        self.limits: Limits | None = None
        self.settings = Settings()

    def limits_of(self, account: Account) -> Limits:
        return self.limits or (TRIAL if account.trial else Limits())

    def account(self, name: str) -> Account:
        """Raises ValueError if no seed has made it."""
        if name not in self.accounts:
            raise ValueError(f"no account of Fivetran {name}")
        return self.accounts[name]

    def due_failure(self, account: str, operation: str) -> Failure | None:
        for failure in self.failures:
            named = failure.operation in ("*", operation) and failure.account in (None, account)
            if not named or failure.times == 0:
                continue
            if failure.times is not None:
                failure.times -= 1
            return failure
        return None

    def due_edits(self, account: str, operation: str) -> list[Edit]:
        """Changes that are due before this call; they count as used."""
        due = [edit for edit in self.edits if (edit.account, edit.operation) == (account, operation) and edit.times > 0]
        for edit in due:
            edit.times -= 1
        return due

    def due_part(self, destination: str, title: str) -> Part | None:
        for part in self.parts:
            if (part.destination, part.title) == (destination, title) and part.times > 0:
                part.times -= 1
                return part
        return None


def new_id() -> str:
    return uuid.uuid4().hex[:20]


def timestamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
