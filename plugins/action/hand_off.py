# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import os
import tempfile
import typing as t
from dataclasses import dataclass

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.saas.privatelink.plugins.plugin_utils import _sheet
from ansible_collections.saas.privatelink.plugins.plugin_utils._file_names import file_name
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.report import FAILED

display = Display()

SPEC: dict[str, t.Any] = {
    "report": {"type": "list", "elements": "dict", "required": True},
    "vendor": {"type": "str", "default": ""},
    "sheet": {"type": "dict", "default": {}},
    "contact": {"type": "str", "default": ""},
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
        variables = task_vars or {}
        try:
            paper = self._paper(options, variables)
        except Exception as error:  # the statuses are what counts
            display.warning(f"The sheets could not be written: {type(error).__name__}: {error}")
            paper = {"changed": False, "files": [], "removed": [], "send": {}}
        return {**_said(options), **paper, "_ansible_verbose_always": True}  # the lines are why one runs it

    def _paper(self, options: dict[str, t.Any], variables: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Write what differs; the part of the result about files."""
        host = str(variables.get("inventory_hostname") or options["folder"] or "")
        sheets = _sheet.sheets(options["report"], options["sheet"], host, options["contact"])
        changes = [change for change in map(_change, _papers(options, sheets, variables)) if change]
        done = changes if self._task.check_mode else _carried_out(changes)
        news = {change.paper.link: _send(sheets, change.paper.link) for change in changes if change.paper.link}
        result = {
            "changed": bool(done),
            "files": [change.path for change in done if change.after],
            "removed": [change.path for change in done if not change.after],
            # A controller's job ends with its folder, so what is new is in its output, too.
            "send": {link: lines for link, lines in news.items() if lines},
        }
        if self._task.diff and done:
            result["diff"] = [change.diff for change in done]
        return result


@dataclass(frozen=True)
class Paper:
    """What a file shall say, "" for one that shall go. One with a ``mark`` is left to others if it lacks that."""

    path: str
    text: str
    mark: str = ""
    link: str = ""  # whose sheet it is


@dataclass(frozen=True)
class Change:
    """A file that does not say what it shall."""

    paper: Paper
    before: str

    @property
    def path(self) -> str:
        return self.paper.path

    @property
    def after(self) -> str:
        return self.paper.text

    @property
    def diff(self) -> dict[str, str]:
        return {"before_header": self.path, "after_header": self.path, "before": self.before, "after": self.after}


def _said(options: dict[str, t.Any]) -> dict[str, t.Any]:
    """The lines of the links, and whether one that has failed fails the task."""
    lines = [str(entry["line"]) for entry in options["report"]]
    failed = [str(entry["line"]) for entry in options["report"] if entry.get("status") == FAILED]
    fails = bool(failed) and options["on_link_failure"] == "fail"
    return {"failed": fails, "msg": "; ".join(failed) if fails else lines, "lines": lines}


def _send(sheets: t.Sequence[_sheet.Sheet], link: str) -> list[str]:
    return next((sheet.sent() for sheet in sheets if sheet.name == link), [])


def _papers(
    options: dict[str, t.Any], sheets: t.Sequence[_sheet.Sheet], variables: t.Mapping[str, t.Any]
) -> t.Iterator[Paper]:
    hosts = (variables.get("groups") or {}).get("all") or []
    directory, folder = options["directory"], options["folder"]
    below = os.path.join(directory or "", file_name(folder, hosts) if folder else "")
    for path, text in _places(options["files"], below).items():
        if text is not None:  # a template that failed has said so
            yield Paper(path, str(text))
    for sheet in sheets:
        stem = f"{options['vendor']}-{sheet.name}"
        # Beside one in small letters, though it may not be in this run.
        path = os.path.join(below, file_name(stem, [stem.casefold()]))
        for ending, (text, mark) in sheet.files().items():
            yield Paper(path + ending, text, mark, sheet.name if ending == ".md" else "")


def _places(files: dict[str, t.Any], below: str) -> dict[str, t.Any]:
    """The texts of files by their paths: names are put below a folder, in a form that every file system takes."""
    if not below:
        return files
    names = {name: os.path.splitext(name) for name in map(str, files) if not os.path.isabs(name)}
    stems = [stem for stem, dummy in names.values()]
    found: dict[str, t.Any] = {}
    for name, text in files.items():
        stem, ending = names.get(str(name), ("", ""))
        plain = ending[1:].isascii() and ending[1:].isalnum()
        safe = file_name(stem, stems) + ending if plain else file_name(str(name), names)
        found[os.path.join(below, safe) if str(name) in names else str(name)] = text
    return found


def _change(paper: Paper) -> Change | None:
    """The change that a file needs; None where there is none, or it is somebody else's."""
    before: str | None = None
    try:
        with open(paper.path, encoding="utf-8") as stream:
            before = stream.read()
    except (OSError, UnicodeError):
        before = "" if os.path.lexists(paper.path) else None
    if paper.text == (before or ""):
        return None
    if before is not None and not before.startswith(paper.mark):
        if paper.text:
            display.warning(f"{paper.path} is not ours, and stays as it is.")
        return None
    return Change(paper, before or "")


def _carried_out(changes: t.Sequence[Change]) -> list[Change]:
    """Those that could be made. The others are one warning for each reason, for all that they say is in the output."""
    done = []
    refused: dict[str, list[str]] = {}
    for change in changes:
        try:
            _make(change)
            done.append(change)
        except OSError as error:
            refused.setdefault(f"{os.path.dirname(change.path)}: {error.strerror or error}", []).append(change.path)
    for reason, paths in refused.items():
        names = ", ".join(os.path.basename(path) for path in paths[:3])
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        display.warning(f"{names}{more} could not be written in {reason}. The output says what they would.")
    return done


def _make(change: Change) -> None:
    """Put a file in its place as a whole, or take it away."""
    path = os.path.abspath(change.path)
    if not change.after:
        os.unlink(path)
        with contextlib.suppress(OSError):  # it holds others
            os.rmdir(os.path.dirname(path))
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=os.path.dirname(path), delete=False) as stream:
        stream.write(change.after)
    os.chmod(stream.name, 0o644)
    os.replace(stream.name, path)
