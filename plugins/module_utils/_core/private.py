# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folders in which the processes of one user keep what nobody else may see or change, and how they wait for each other.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import typing as t

try:
    import fcntl
except ImportError:  # not on this platform
    fcntl = None  # type: ignore[assignment]


def require_private(folder: str) -> None:
    """Raise OSError unless ``folder`` is a real folder of this user, closed to everybody else."""
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise OSError(f"{folder} is not a private folder of this user")


def private_folder() -> str:
    """The folder of this user for what its processes share; made where it is missing. Raises OSError."""
    folder = os.path.join(tempfile.gettempdir(), f"saas.privatelink-{os.getuid()}")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    require_private(folder)
    return folder


@contextlib.contextmanager
def one_at_a_time(scope: str) -> t.Iterator[None]:
    """Within it, one thread of one process of this user at a time for each scope; all, where that cannot be had."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            name = f"{hashlib.sha256(scope.encode()).hexdigest()[:32]}.lock"
            descriptor = os.open(os.path.join(private_folder(), name), os.O_RDWR | os.O_CREAT, 0o600)
            stack.callback(os.close, descriptor)  # which lets the next one in
            if fcntl:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
