# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client tokens: a call that comes twice with the same token is performed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.world import World


def once(
    call: Call,
    world: World,
    create: Callable[[], dict[str, Any]],
    member: str = "ClientToken",
    mismatch: str = "IdempotentParameterMismatch",
) -> dict[str, Any]:
    """Create, unless the same client token did so before; then answer what it answered.

    Raises the error code ``mismatch`` when the token comes back with other parameters.
    """
    token = call.params.get(member)
    if not token:
        return create()
    key = (call.account, call.region, call.operation, token)
    if key not in world.answers:
        world.answers[key] = (call.params, create())
    params, answer = world.answers[key]
    if params != call.params:
        message = f"The client token {token} was used before with other parameters"
        raise AwsError(mismatch, message)
    return dict(answer)
