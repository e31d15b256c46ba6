# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which call of Fivetran's API is which operation, one call as the operations see it, and pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sandbox.core.paging import cut
from tests.sandbox.fivetran.objects import Account, Fivetran, invalid

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

PREFIX = "/fivetran/v1"
USUAL_PAGE, LONGEST_PAGE = 100, 1000


@dataclass
class Request:
    """One call on an account; ``names`` are those in its path. The world's lock is held."""

    sandbox: Sandbox
    account: Account
    names: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def fivetran(self) -> Fivetran:
        return self.sandbox.fivetran


Operation = Callable[[Request], Any]
ROUTES: list[tuple[str, re.Pattern[str], str, Operation, int]] = []


def route(method: str, path: str, name: str, status: int = 200) -> Callable[[Operation], Operation]:
    """Register an operation under the name that it has in the log; ``status`` is that of its success."""
    pattern = re.compile(PREFIX + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def register(function: Operation) -> Operation:
        ROUTES.append((method, pattern, name, function, status))
        return function

    return register


@dataclass
class Found:
    """What a path and method lead to; without a function the API has no such path, or not by this method."""

    operation: str = "Unknown"
    names: dict[str, str] = field(default_factory=dict)
    function: Operation | None = None
    status: int = 404


def find(method: str, path: str) -> Found:
    found = Found()
    for known, pattern, name, function, status in ROUTES:
        match = pattern.fullmatch(path.rstrip("/"))
        if match and known == method:
            return Found(name, match.groupdict(), function, status)
        if match:
            found = Found(status=405)
    return found


def page(request: Request, items: list[dict[str, Any]]) -> dict[str, Any]:
    """One page of a list; the last has no cursor. Raises ApiError for a limit or cursor that cannot be."""
    limit = request.query.get("limit", str(USUAL_PAGE))
    if not limit.isdigit() or not 1 <= int(limit) <= LONGEST_PAGE:
        raise invalid(f"limit is 1 to {LONGEST_PAGE}")
    size = min(int(limit), request.fivetran.settings.most_per_page)
    try:
        found, cursor = cut(items, size, request.query.get("cursor"))
    except ValueError as error:
        raise invalid("cursor is not valid") from error
    return {"items": found, **({"next_cursor": cursor} if cursor else {})}
