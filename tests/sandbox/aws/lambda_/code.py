# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which code of a function runs while it is being changed."""

from __future__ import annotations

from typing import Any

from tests.sandbox.core.world import Life


def updating(function: Any) -> bool:
    life: Life | None = getattr(function, "update", None)
    return life is not None and life.state == "InProgress"


def running_code(function: Any) -> tuple[bytes, str]:
    """The package that invocations run, and its checksum: the former one until a change is done."""
    former = getattr(function, "former_code", None)
    return former if former and updating(function) else (function.code_bytes, function.code_sha_256)
