# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a module says how far a wait has come.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os

PROGRESS = "SAAS_PRIVATELINK_PROGRESS"  # names the file; the action plugin on the controller shows its lines


def progress(line: str) -> None:
    """Append a line; silent where nobody listens. A line that cannot be written is not worth the module's end."""
    path = os.environ.get(PROGRESS)
    if path:
        with contextlib.suppress(OSError), open(path, "a", encoding="utf-8") as stream:
            stream.write(line + "\n")
