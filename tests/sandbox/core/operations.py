# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of the operations that the sandbox performs itself instead of moto."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.utils import get_service_model

from tests.sandbox.core.calls import Call
from tests.sandbox.core.world import World

Handler = Callable[[Call, World], dict[str, Any]]

OPERATIONS: dict[tuple[str, str], Handler] = {}

UNLOCKED = {("lambda", "Invoke")}
"""Operations that run without the world's lock, because they wait for others that need it."""


def operation(service: str, *names: str) -> Callable[[Handler], Handler]:
    """Register a function ``handler(call, world) -> answer`` for operations of a service (botocore's names).

    Raises LookupError at import when a name is misspelt, since such a handler would never be called.
    """

    unknown = set(names) - set(get_service_model(service).operation_names)
    if unknown:
        raise LookupError(f"{service} has no operation {', '.join(sorted(unknown))}")

    def register(handler: Handler) -> Handler:
        OPERATIONS.update({(service, name): handler for name in names})
        return handler

    return register
