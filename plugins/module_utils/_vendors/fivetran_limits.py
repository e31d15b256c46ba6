# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often Fivetran's API may be called, and when it may be called again.

This module util is PRIVATE to the collection.

The limits hold for an account and roll: so many calls in any minute or hour, whoever makes them. What this process has
called is counted here; of what others have, the times at which private links were made tell something, and for the rest
the API refuses with the time to wait. Nobody sleeps for long: past a limit there is a moment at which to go on.
Source: fivetran.com/docs/rest-api/rate-limiting (read 2026-11).
"""

from __future__ import annotations

import calendar
import threading
import time
import typing as t
from dataclasses import dataclass, field

MINUTE, HOUR = 60.0, 3600.0
CALLS, TESTS, LINKS = "calls", "setup tests", "private links"


@dataclass
class Window:
    """At most ``most`` calls in any ``seconds``; ``used`` are the times of those known, by what was made."""

    most: int
    seconds: float
    used: dict[t.Hashable, float] = field(default_factory=dict)

    def free_from(self, now: float, further: int = 0) -> float:
        """When a call is allowed after ``further`` others, which are made as soon as they are."""
        used = sorted(moment for moment in self.used.values() if moment > now - self.seconds)
        moment = now
        for _call in range(further + 1):
            moment = max(moment, used[-self.most] + self.seconds) if len(used) >= self.most else moment
            used.append(moment)
        return moment


class Limits:
    """The limits of one account. Times are seconds of the Unix clock, as Fivetran's own clock shows them."""

    def __init__(self, trial: bool = False) -> None:
        self._lock = threading.Lock()
        self._refused: dict[str, float] = {}
        self.windows = {
            CALLS: [Window(500 if trial else 20000, HOUR)],
            TESTS: [Window(50, HOUR)] if trial else [Window(250, MINUTE), Window(2500, HOUR)],
            LINKS: [Window(1 if trial else 5, HOUR)],
        }

    def free_from(self, limit: str, now: float, further: int = 0) -> float:
        """When the next call that counts is allowed, ``now`` where it is at once."""
        with self._lock:
            moments = [window.free_from(now, further) for window in self.windows[limit]]
            return max([self._refused.get(limit, now), *moments])

    def count(self, limit: str, what: t.Hashable, moment: float) -> None:
        """Something was called or made at a moment; the same thing counts once."""
        with self._lock:
            for window in self.windows[limit]:
                window.used[what] = moment

    def refuse(self, limit: str, until: float) -> None:
        """Fivetran has refused a call for its rate: none is made before then."""
        with self._lock:
            self._refused[limit] = until

    def told(self, limit: str) -> str:
        """The limit in words."""
        window = self.windows[limit][-1]
        return f"{window.most} {limit} an hour"


def seconds_of(text: t.Any) -> float | None:
    """A time of the API, as in C(2026-11-01T15:43:29.013729Z), in seconds of the Unix clock; None for anything else."""
    try:
        return float(calendar.timegm(time.strptime(str(text)[:19], "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return None


def words_of(moment: float) -> str:
    """A moment in the words that results and messages have, in whole seconds and not too early."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(int(moment) + 1))


def stamp_of(moment: float) -> str:
    """A moment as programs read it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(moment) + 1))
