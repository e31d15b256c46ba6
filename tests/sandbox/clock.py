# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's one clock: the machine's, ahead of it by what tests have stepped over instead of waiting.

moto, under the sandbox, and the processes of Lambda functions keep the machine's time.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

_began = time.time() - time.monotonic()  # so that setting the machine's clock moves nothing
_ahead = 0.0
_lock = threading.Lock()


def now() -> float:
    """Seconds of the Unix clock; never less than before."""
    return _began + time.monotonic() + _ahead


def utc() -> datetime:
    return datetime.fromtimestamp(now(), UTC)


def step(seconds: float) -> float:
    """Let so many seconds have passed; the answer is the time that it is then. Raises ValueError for a step back."""
    global _ahead
    if not 0.0 <= seconds < float("inf"):
        raise ValueError("a step is a number of seconds, and not back")
    with _lock:
        _ahead += seconds
    return now()
