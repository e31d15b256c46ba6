# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folders in which the processes of one user keep what nobody else may see or change.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import os
import stat


def require_private(folder: str) -> None:
    """Raise OSError unless ``folder`` is a real folder of this user, closed to everybody else."""
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise OSError(f"{folder} is not a private folder of this user")
