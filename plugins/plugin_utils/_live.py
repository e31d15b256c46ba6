# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Live status lines while a module waits.

This plugin util is PRIVATE to the collection.

The module runs as ever, one process for the whole wait, and appends a line to a file each time it looks again; the
action plugin reads that file on the controller and shows the lines as they come. Only a module on the controller itself
(C(connection: local)) can share a file with it; elsewhere the module runs the same, without the lines.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash
from ansible_collections.saas.privatelink.plugins.module_utils._progress import PROGRESS

LOOK = 0.5  # seconds between looks at the file


class LiveAction(ActionBase):
    """Run the module of the same name and show its progress."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result = super().run(tmp, task_vars)
        wrap_async = bool(self._task.async_val)
        local = self._connection.transport == "local" and not wrap_async
        with _shown_lines() if local else contextlib.nullcontext() as path, self._told(path):
            answer = self._execute_module(task_vars=task_vars, wrap_async=wrap_async)
        return t.cast("dict[str, t.Any]", merge_hash(result, answer))

    @contextlib.contextmanager
    def _told(self, path: str | None) -> t.Iterator[None]:
        """Tell the module which file to write to, beside the task's own environment."""
        before = self._task.environment
        if path:
            self._task.environment = [*(before or []), {PROGRESS: path}]
        try:
            yield
        finally:
            self._task.environment = before


@contextlib.contextmanager
def _shown_lines() -> t.Iterator[str]:
    """A fresh file; what is written to it is shown until the block ends."""
    handle, path = tempfile.mkstemp(prefix="saas.privatelink-")
    done = threading.Event()
    with os.fdopen(handle, encoding="utf-8") as stream:
        reader = threading.Thread(target=_show, args=(stream, done), daemon=True)
        reader.start()
        try:
            yield path
        finally:
            done.set()
            reader.join()
            os.unlink(path)


def _show(stream: t.TextIO, done: threading.Event) -> None:
    finished = False
    while not finished:
        finished = done.wait(LOOK)
        for line in stream:
            Display().display(f"  ... {line.rstrip()}")
