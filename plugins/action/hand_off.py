# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import tempfile
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.saas.privatelink.plugins.plugin_utils._file_names import file_name

display = Display()

SPEC: dict[str, t.Any] = {
    "report": {"type": "list", "elements": "dict", "required": True},
    "files": {"type": "dict", "default": {}},
    "directory": {"type": "path"},
    "folder": {"type": "str"},
    "on_link_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
}


class ActionModule(ActionBase):
    """Everything happens on the controller, in this process: a module would cost a process for each host."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        dummy, options = self.validate_argument_spec(argument_spec=SPEC)
        check_mode = bool(self._task.check_mode)
        lines = [str(entry["line"]) for entry in options["report"]]
        failed = [str(entry["line"]) for entry in options["report"] if entry.get("status") == "failed"]
        hosts = ((task_vars or {}).get("groups") or {}).get("all") or []
        files = _places(options["files"], options["directory"], options["folder"], hosts)
        changes = [change for change in map(_change, files.items()) if change]
        written = [change for change in changes if check_mode or _write(change)]
        fails = bool(failed) and options["on_link_failure"] == "fail"
        result = {
            "changed": bool(written),
            "failed": fails,
            "msg": "; ".join(failed) if fails else lines,
            "lines": lines,
            "files": [change["after_header"] for change in written],
            "_ansible_verbose_always": True,  # the lines are why one runs it
        }
        if self._task.diff and written:
            result["diff"] = written
        return result


def _places(
    files: dict[str, t.Any], directory: str | None, folder: str | None, folders: t.Sequence[str]
) -> dict[str, t.Any]:
    """The texts of files by their paths: names are put below the directory, in a form that every file system takes.

    ``folders`` are the names of all that may lie there, of which no two may meet where case does not count.
    """
    if not directory:
        return files
    below = os.path.join(directory, file_name(folder, folders)) if folder else directory
    names = {name: os.path.splitext(name) for name in map(str, files) if not os.path.isabs(name)}
    stems = [stem for stem, dummy in names.values()]
    found: dict[str, t.Any] = {}
    for name, text in files.items():
        stem, ending = names.get(str(name), ("", ""))
        plain = ending[1:].isascii() and ending[1:].isalnum()
        safe = file_name(stem, stems) + ending if plain else file_name(str(name), names)
        found[os.path.join(below, safe) if str(name) in names else str(name)] = text
    return found


def _change(file: tuple[str, t.Any]) -> dict[str, str] | None:
    """What a file says and what it shall say, as a diff; None where that is the same."""
    path, text = file[0], str(file[1])
    try:
        with open(path, encoding="utf-8") as stream:
            before = stream.read()
    except (OSError, UnicodeError):
        before = ""
    if before == text:
        return None
    return {"before_header": path, "after_header": path, "before": before, "after": text}


def _write(change: dict[str, str]) -> bool:
    """Put a file in its place as a whole; whether that went well."""
    path = os.path.abspath(change["after_header"])
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=os.path.dirname(path), delete=False) as stream:
            stream.write(change["after"])
        os.chmod(stream.name, 0o644)
        os.replace(stream.name, path)
    except OSError as error:
        display.warning(f"{path} could not be written: {error}")
        return False
    return True
