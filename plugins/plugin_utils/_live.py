# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Live status lines of a module that runs in a process of its own.

This plugin util is PRIVATE to the collection.

The module appends a line to a file each time it looks again; the action plugin reads that file on the controller and
shows the lines as they come. A module that runs in a fork has a pipe for that instead (C(_fork.py)).
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import PROGRESS

LOOK = 0.5  # seconds between looks at the file


@contextlib.contextmanager
def shown_lines(show: t.Callable[[str], None]) -> t.Iterator[dict[str, str]]:
    """Yields the environment that tells a module of a fresh file; ``show`` gets its lines until the block ends.

    No line is worth a run: where no file can be made, there are none.
    """
    done = threading.Event()
    told, reader = _listen(done, show)
    try:
        yield told
    finally:
        done.set()
        if reader:
            reader.join()
        for path in told.values():
            os.unlink(path)


def _listen(done: threading.Event, show: t.Callable[[str], None]) -> tuple[dict[str, str], threading.Thread | None]:
    """What tells a module of a file, and who reads it; nothing and nobody where no file can be made."""
    try:
        handle, path = tempfile.mkstemp(prefix="saas.privatelink-")
    except OSError:
        return {}, None
    reader = threading.Thread(target=_follow, args=(os.fdopen(handle, encoding="utf-8"), done, show), daemon=True)
    reader.start()
    return {PROGRESS: path}, reader


def _follow(stream: t.TextIO, done: threading.Event, show: t.Callable[[str], None]) -> None:
    finished = False
    with stream:
        while not finished:
            finished = done.wait(LOOK)
            for line in stream:
                show(line.rstrip())
