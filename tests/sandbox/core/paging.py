# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of a list, with opaque tokens."""

from __future__ import annotations

import base64


def cut[T](items: list[T], size: int, token: str | None) -> tuple[list[T], str | None]:
    """``size`` items from where ``token`` points, and the token of the next page or None.

    Raises ValueError for a token that this function did not make.
    """
    start = int(base64.b64decode(token, validate=True).decode().removeprefix("page:")) if token else 0
    end = start + size
    return items[start:end], base64.b64encode(f"page:{end}".encode()).decode() if end < len(items) else None
