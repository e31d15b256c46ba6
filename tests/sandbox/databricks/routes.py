# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which call of Databricks' account API is which operation, and one call as the operations see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sandbox.databricks.objects import Account, invalid

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

ACCOUNTS = r"/api/2\.0/accounts/(?P<account>[\w-]+)"
NETWORKING = r"/api/networking/v1/accounts/(?P<account>[\w-]+)"


@dataclass
class Request:
    """One call on an account; ``names`` are those in its path. The world's lock is held."""

    sandbox: Sandbox
    account: Account
    names: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    def mask(self, known: set[str]) -> list[str]:
        """The fields that the update mask names. Raises ApiError for an empty mask or one with other fields.

        An empty one is refused in these words: databricks/terraform-provider-databricks#5347, read 2026-11.
        """
        names = [name for name in self.query.get("update_mask", "").split(",") if name]
        if not names:
            raise invalid("Update mask must be specified")
        unknown = sorted(set(names) - known)
        if unknown:
            raise invalid(f"Update mask has fields that cannot be updated: {', '.join(unknown)}")
        return names


Operation = Callable[[Request], Any]
ROUTES: list[tuple[str, re.Pattern[str], str, Operation]] = []


def route(method: str, path: str, name: str, base: str = ACCOUNTS) -> Callable[[Operation], Operation]:
    """Register an operation under the name that it has in the log; ``path`` may hold names in braces."""
    pattern = re.compile(base + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def register(function: Operation) -> Operation:
        ROUTES.append((method, pattern, name, function))
        return function

    return register


def find(method: str, path: str) -> tuple[str, dict[str, str], Operation | None]:
    """The operation of a call, the names in its path, and its function; without one the API has no such path."""
    for known, pattern, name, function in ROUTES:
        match = pattern.fullmatch(path.rstrip("/"))
        if match and known == method:
            return name, match.groupdict(), function
    return "Unknown", {}, None
