# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's one clock: the machine's, ahead of it by what tests have stepped over instead of waiting.

moto, under the sandbox, and the processes of Lambda functions keep the machine's time.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

_began = time.time() - time.monotonic()  # so that setting the machine's clock moves nothing
_ahead = 0.0
_lock = threading.Lock()
_answering = threading.local()  # the moment at which the call that a thread answers began


def now() -> float:
    """Seconds of the Unix clock; never less than before. While a call is answered, the moment at which that began."""
    moment: float | None = getattr(_answering, "moment", None)
    return _began + time.monotonic() + _ahead if moment is None else moment


@contextlib.contextmanager
def still() -> Iterator[None]:
    """Let no time pass in this thread: what a call looks at twice must not have moved on in between."""
    before: float | None = getattr(_answering, "moment", None)
    _answering.moment = now()
    try:
        yield
    finally:
        _answering.moment = before


def utc() -> datetime:
    return datetime.fromtimestamp(now(), UTC)


def utc_of(moment: float) -> datetime:
    """A moment of this clock as the APIs have it."""
    return datetime.fromtimestamp(moment, UTC)


def step(seconds: float) -> float:
    """Let so many seconds have passed; the answer is the time that it is then. Raises ValueError for a step back."""
    global _ahead  # noqa: PLW0603 - all of the sandbox has one clock
    if not 0.0 <= seconds < float("inf"):
        raise ValueError("a step is a number of seconds, and not back")
    with _lock:
        _ahead += seconds
    return now()
