# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS's published token buckets allow at best, by arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.sandbox.core.throttle import limits
from tests.sandbox.core.wire import make_call


def least_seconds(calls: Iterable[dict[str, Any]]) -> float:
    """The shortest time in which one account could make these calls of the sandbox's log.

    A bucket holds its burst at the start and refills at its rate, so n calls take (n - burst) / rate at least. Buckets
    refill side by side: the slowest one decides.
    """
    members = ("account", "region", "service", "operation", "params")
    drawn = Counter(limit for call in calls for limit in limits(make_call(*(call[member] for member in members))))
    return max((max(0.0, (count - burst) / rate) for (dummy, burst, rate), count in drawn.items()), default=0.0)
