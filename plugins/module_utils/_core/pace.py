# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep calls under an API's published rates, before it has to refuse them.

This module util is PRIVATE to the collection.

An API meters calls by token buckets: so many at once, so many a second after that. A token is taken for every request,
retries included. Tasks of one playbook run are processes of their own that share the same buckets, so the level of each
bucket is kept in a small file per account and region. Throttling that happens all the same (other tools share the
account, and some limits are unpublished) slows the bucket down for a while.

A call is told at once how long to wait, and keeps that time whatever happens later. So the file also holds when those
leave that wait, and a later call leaves only with a token that none of them needs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import threading
import time
import typing as t
import weakref

try:
    import fcntl
except ImportError:  # not on this platform: buckets are kept in memory only
    fcntl = None  # type: ignore[assignment]

from ansible_collections.saas.privatelink.plugins.module_utils._core.private import private_folder

MARGIN = 0.99  # of the published refill rate: clocks differ
FLIGHT = 0.5  # seconds that a call is under way at most; how many the first answer shows
RECOVERY = 60.0  # seconds until a throttled bucket is trusted fully again
SLOWEST = 0.1  # of the published rate

Bucket = tuple[str, float, float]  # name, capacity, tokens per second
Levels = dict[str, list[float]]  # bucket name: the values of its Level, those of ``leaving`` at the end


class Level(t.NamedTuple):
    """How full a bucket is, and which calls will draw from it.

    Times are seconds since the epoch, so that processes can share them; ``leaving`` and all arguments are seconds after
    ``as_of``, because a clock that is set wakes nobody who sleeps.
    """

    tokens: float  # what those left over who have left by ``as_of``
    as_of: float
    pace: float  # share of the published rate that was left when AWS last refused
    since: float  # when that was
    leaving: tuple[float, ...] = ()  # when those leave who wait, in order

    @classmethod
    def read(cls, values: t.Iterable[float]) -> Level:
        """Raises TypeError or ValueError for what is no level. Without ``leaving``, tokens below zero are a queue."""
        tokens, as_of, pace, since, *leaving = (float(value) for value in values)
        if not all(map(math.isfinite, (tokens, as_of, pace, since, *leaving))):
            raise ValueError("not a time or number")
        return cls(tokens, as_of, min(1.0, max(SLOWEST, pace)), since, tuple(sorted(leaving)))

    def pace_at(self, moment: float) -> float:
        return min(1.0, self.pace + max(0.0, self.as_of + moment - self.since) / RECOVERY)

    def flow(self, start: float, end: float) -> float:
        """Seconds at full pace that bring as much as this time does. While the pace recovers, a triangle is missing."""
        recovered = self.since + (1.0 - self.pace) * RECOVERY - self.as_of
        missing = max(0.0, recovered - start) ** 2 - max(0.0, recovered - end) ** 2
        return end - start - missing / (2 * RECOVERY)

    def course(self, capacity: float, refill: float) -> list[tuple[float, float]]:
        """Moments and the tokens left then: as it stands, and after each call that will leave."""
        points = [(0.0, self.tokens)]
        for leave in self.leaving:
            moment, tokens = points[-1]
            points.append((leave, min(capacity, tokens + refill * self.flow(moment, leave)) - 1.0))
        return points

    def at(self, now: float, capacity: float, refill: float) -> Level:
        """The bucket as it stands now: who has left since, and what has flowed in. A clock set back stops nobody."""
        gone = max(0.0, now - self.as_of)
        left = self._replace(leaving=tuple(leave for leave in self.leaving if leave <= gone))
        moment, tokens = left.course(capacity, refill)[-1]
        tokens = min(capacity, tokens + refill * self.flow(moment, gone))
        waiting = tuple(leave - gone for leave in self.leaving if leave > gone)
        return Level(tokens, now, self.pace, min(self.since, now), waiting)


class OwnMemory:
    """Bucket levels of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.levels: Levels = {}

    @contextlib.contextmanager
    def open(self) -> t.Iterator[Levels]:
        with self.lock:
            yield self.levels


class SharedFile:
    """Bucket levels that the processes of one user share, in a file that only this user can read."""

    def __init__(self, scope: str) -> None:
        self.lock = threading.Lock()
        name = hashlib.sha256(scope.encode()).hexdigest()[:32]
        descriptor = os.open(os.path.join(private_folder(), name), os.O_RDWR | os.O_CREAT, 0o600)
        self.file = os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace")
        weakref.finalize(self, self.file.close)

    @contextlib.contextmanager
    def open(self) -> t.Iterator[Levels]:
        with self.lock:
            fcntl.flock(self.file, fcntl.LOCK_EX)
            try:
                self.file.seek(0)
                levels = self.parse(self.file.read())
                yield levels
                with contextlib.suppress(OSError):  # a full disk must not stop calls
                    self.file.seek(0)
                    self.file.truncate()
                    self.file.write(json.dumps(levels))
                    self.file.flush()
            finally:
                fcntl.flock(self.file, fcntl.LOCK_UN)

    @staticmethod
    def parse(text: str) -> Levels:
        """Levels from the file; a torn or foreign file counts as full buckets."""
        try:
            levels = json.loads(text or "{}")
        except ValueError:
            return {}
        return levels if isinstance(levels, dict) else {}


def store_for(scope: str) -> OwnMemory | SharedFile:
    """Shared between processes where the platform allows it, else in memory."""
    try:
        return SharedFile(scope) if fcntl else OwnMemory()
    except OSError:
        return OwnMemory()


class Pacer:
    """Spends tokens before each call.

    ``scope`` names the account and region; ``limits`` says which buckets a call of a service's operation draws from.
    ``rate`` scales the published rates (1.0 = as published, 0 = no pacing).
    """

    def __init__(
        self,
        scope: str,
        limits: t.Callable[[str, str], list[Bucket]],
        rate: float = 1.0,
        store: OwnMemory | SharedFile | None = None,
        now: t.Callable[[], float] = time.time,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.rate, self.now, self.sleep, self.limits = rate, now, sleep, limits
        self.flight = FLIGHT
        self.measured = False
        self.store = store or store_for(scope)

    def acquire(self, service: str, operation: str) -> float:
        """Take one token of each bucket concerned, sleep until it is due, and return the seconds slept.

        The token is taken before the sleep, and who asks first for the same leaves first.
        """
        drawn = self._drawn(service, operation)
        if not drawn:
            return 0.0
        with self.store.open() as levels:
            now = self.now()
            found = [(bucket, self._level(levels, bucket, now)) for bucket in drawn]
            before = found[-1][1].leaving  # who asked for the same and still waits
            due = max([*before, *(self._due(level, bucket) for bucket, level in found)])
            for bucket, level in found:
                self._keep(levels, bucket, level._replace(leaving=tuple(sorted((*level.leaving, due)))))
        if due > 0:
            self.sleep(due)
        return due

    def answered(self, seconds: float) -> None:
        """A call took ``seconds``. The first opened a connection as well, so later ones arrive no more unevenly."""
        if not self.measured:
            self.flight, self.measured = min(FLIGHT, seconds), True

    def throttled(self, service: str, operation: str) -> None:
        """AWS refused a call for its rate: empty its buckets and halve their pace, to recover over a minute."""
        drawn = self._drawn(service, operation)
        with self.store.open() as levels:
            now = self.now()
            for bucket in drawn:
                level = self._level(levels, bucket, now)
                if now - level.since >= 1.0:  # calls in flight are refused together: one refusal, not many
                    level = level._replace(pace=level.pace_at(0.0) / 2, since=now)
                self._keep(levels, bucket, level._replace(tokens=min(level.tokens, 0.0)))

    def _drawn(self, service: str, operation: str) -> list[Bucket]:
        """The buckets of a call, the narrowest last, each with the rate that is used of it."""
        limits = self.limits(service, operation) if self.rate else []
        return [(name, capacity, refill * MARGIN * self.rate) for name, capacity, refill in limits]

    @staticmethod
    def _level(levels: Levels, bucket: Bucket, now: float) -> Level:
        name, capacity, refill = bucket
        try:
            level = Level.read(levels[name])
        except (KeyError, TypeError, ValueError):
            return Level(capacity, now, 1.0, 0.0)
        return level.at(now, capacity, refill)

    @staticmethod
    def _keep(levels: Levels, bucket: Bucket, level: Level) -> None:
        *values, leaving = level
        levels[bucket[0]] = [*values, *leaving]

    def _due(self, level: Level, bucket: Bucket) -> float:
        """Seconds until a call more finds a token that is surely there and that none of those who wait needs.

        The bucket refills from when AWS got the first call, not from when it was sent: what refills while a call is
        under way is not counted on.
        """
        _name, capacity, refill = bucket
        due = 0.0
        for moment, tokens in level.course(capacity, refill):
            missing = self.flight + (1.0 - tokens) / (refill * level.pace_at(moment))
            due = max(due, moment + missing) if missing > 0.0 else due
        return due
