# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lasts between two calls: resources of every account, their states, and how long each state lasts."""

from __future__ import annotations

import copy
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from tests.sandbox.core import clock

GONE = "(gone)"
"""The state after the last: AWS no longer lists the resource."""

STATES: dict[str, str] = {}
"""Every state with a settable lag: name -> what it is. Filled by declare_state()."""

LONG_STATES: dict[str, float] = {}
"""States whose lag does not follow the sandbox's default lag: name -> seconds."""


def declare_state(name: str, meaning: str, seconds: float | None = None) -> None:
    """Make the duration of a state settable under ``name`` (``resource.state``).

    ``seconds`` is its own default; without it the state follows the sandbox's default lag.
    """
    STATES[name] = meaning
    if seconds is not None:
        LONG_STATES[name] = seconds


@dataclass
class Life:
    """A state that moves on by itself: ``steps`` are (state, time it begins), in order."""

    steps: list[tuple[str, float]]

    @property
    def state(self) -> str:
        moment = clock.now()
        return next((name for name, begins in reversed(self.steps) if begins <= moment), self.steps[0][0])

    @property
    def began(self) -> float:
        """When the state of now began, in seconds of the Unix clock."""
        moment = clock.now()
        return next((begins for dummy, begins in reversed(self.steps) if begins <= moment), self.steps[0][1])


@dataclass(kw_only=True, eq=False)
class Resource:
    """What every resource has. ``key`` is its id or ARN, unique in the world among its kind."""

    KIND: ClassVar[str] = ""

    key: str
    account: str
    region: str
    life: Life
    tags: dict[str, str] = field(default_factory=dict)
    created: float = field(default_factory=clock.now)

    @property
    def state(self) -> str:
        return self.life.state

    @property
    def gone(self) -> bool:
        # Most lives never end there, and lists of a thousand resources ask this of each.
        return self.life.steps[-1][0] == GONE and self.state == GONE

    @property
    def created_at(self) -> datetime:
        return datetime.fromtimestamp(self.created, UTC)

    @property
    def tag_list(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]


@dataclass
class Outcome:
    """How the next resources of a kind end that an account makes: a state AWS would choose, and why."""

    kind: str
    state: str
    account: str | None = None
    code: str | None = None
    reason: str | None = None
    times: int = 1


R = TypeVar("R", bound=Resource)
Tables = dict[type[Resource], dict[str, Any]]


class World:
    """All resources of all accounts. Use it only while holding ``lock``."""

    def __init__(self, default_lag: float = 0.2) -> None:
        self.lock = threading.RLock()
        self.default_lag = default_lag
        self.hides: Callable[[Resource], bool] | None = None
        self.clear()

    def clear(self) -> None:
        """Forget every resource and every lag that was set."""
        self.tables: Tables = {}
        self.lags: dict[str, float] = {}
        self.answers: dict[tuple[str, ...], tuple[Any, Any]] = {}
        self.sessions: dict[str, tuple[str, str]] = {}
        self.session_seconds: float | None = None
        self.organizations: dict[str, str] = {}
        self.outcomes: list[Outcome] = []
        self.failing: set[tuple[str, str]] = set()  # accounts, and what is in images or user data that serve nobody

    # Resources

    def add(self, resource: R) -> R:
        self.tables.setdefault(type(resource), {})[resource.key] = resource
        return resource

    def all(self, kind: type[R], account: str | None = None, region: str | None = None) -> list[R]:
        """Resources of one kind that are not gone, oldest first; those an injected fault hides are left out."""
        table = self.tables.get(kind, {})
        for key in [key for key, resource in table.items() if resource.gone]:
            del table[key]
        return [
            resource
            for resource in table.values()
            if account in (None, resource.account) and region in (None, resource.region) and self._seen(resource)
        ]

    def find(self, kind: type[R], key: str, account: str | None = None, region: str | None = None) -> R | None:
        """One resource by its key, or None if it is absent, hidden, or of another account or region."""
        resource = self.tables.get(kind, {}).get(key)
        if resource is None or resource.gone or not self._seen(resource):
            return None
        matches = account in (None, resource.account) and region in (None, resource.region)
        return resource if matches else None

    def remove(self, resource: Resource) -> None:
        self.tables.get(type(resource), {}).pop(resource.key, None)

    def tagged(self) -> Iterator[Resource]:
        """Every resource of every kind."""
        for kind in list(self.tables):
            yield from self.all(kind)

    def _seen(self, resource: Resource) -> bool:
        return self.hides is None or not self.hides(resource)

    # Time

    def lag(self, name: str) -> float:
        """How long the state ``name`` lasts, in seconds."""
        if name not in STATES:
            raise KeyError(f"state {name} was never declared")
        return self.lags.get(name, LONG_STATES.get(name, self.default_lag))

    def life(self, kind: str, *states: str) -> Life:
        """A life through ``states`` that begins now; every state but the last lasts its lag."""
        begins = clock.now()
        steps = []
        for index, state in enumerate(states):
            steps.append((state, begins))
            if index < len(states) - 1:
                begins += self.lag(f"{kind}.{state}")
        return Life(steps)

    def outcome(self, kind: str, account: str) -> Outcome | None:
        """The outcome a test has chosen for what this account is making now; it counts as used."""
        for outcome in self.outcomes:
            if outcome.times > 0 and outcome.kind == kind and outcome.account in (None, account):
                outcome.times -= 1
                return outcome
        return None

    # Snapshots, for stale reads

    def snapshot(self) -> Tables:
        return copy.deepcopy(self.tables)


def hex_id(prefix: str, digits: int = 17) -> str:
    """A resource id such as ``vpce-svc-`` and 17 hexadecimal digits."""
    return prefix + uuid.uuid4().hex[:digits]
