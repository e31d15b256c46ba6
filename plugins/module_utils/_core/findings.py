# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What checks of prerequisites find, and how a module tells it. Pure.

This module util is PRIVATE to the collection. It knows no API: what looks at AWS and what looks at a vendor tell alike.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

PASS, WARN, FAIL, UNDECIDED = "pass", "warn", "fail", "unknown"

Checked = t.Mapping[str, str]  # one check of a result, as C(row) makes it


class Warned(t.Protocol):
    """What a module has to warn by."""

    def warn(self, warning: str) -> None: ...


class Row(t.Protocol):
    """One row of a table of prerequisites."""

    @property
    def id(self) -> str: ...

    @property
    def check(self) -> str: ...

    @property
    def level(self) -> str: ...

    @property
    def remedy(self) -> str: ...

    @property
    def source(self) -> str: ...


class Finding(t.NamedTuple):
    """What one check says about one link. FAIL becomes a warning where the prerequisite's level says so.

    ``remedy`` is for this very finding, in place of the prerequisite's.
    """

    status: str
    msg: str
    remedy: str | None = None


class Mistake(ItemError):
    """A value that is missing or wrong, with what to do about this very one."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def found(rule: Row, look: t.Callable[[], Finding], denied: t.Callable[[ItemError], bool]) -> Finding:
    """What a check finds, the prerequisite's level applied. One that may not look is undecided, never failed."""
    try:
        finding = look()
    except ItemError as error:
        if denied(error):
            return Finding(UNDECIDED, str(error))
        finding = Finding(FAIL, str(error), getattr(error, "remedy", None))
    return finding._replace(status=rule.level) if finding.status == FAIL else finding


def row(rule: Row, finding: Finding) -> dict[str, str]:
    """One check of a result."""
    return {
        "id": rule.id,
        "check": rule.check,
        "status": finding.status,
        "msg": finding.msg,
        "remedy": rule.remedy if finding.remedy is None else finding.remedy,
        "source": rule.source,
    }


def told(name: str, checks: t.Sequence[Checked]) -> dict[str, t.Any]:
    """The result of one link as modules return it."""
    statuses = {check["status"] for check in checks}
    status = FAIL if FAIL in statuses else WARN if statuses & {WARN, UNDECIDED} else PASS
    telling = (FAIL,) if status == FAIL else (WARN, UNDECIDED)
    said: dict[str, Checked] = {}
    for check in checks:  # what several checks stumble over is said once, with the remedy of the first
        if check["status"] in telling:
            said.setdefault(check["msg"], check)
    msg = " ".join(map(sentence, said.values()))
    return {"name": name, "status": status, "failed": status == FAIL, "msg": msg, "checks": list(checks)}


def sentence(checked: Checked) -> str:
    """What a check found and what to do about it, in one line. A denial says itself what to do."""
    remedy = f" {checked['remedy'].strip()}" if checked["remedy"] and checked["status"] != UNDECIDED else ""
    return f"{checked['id']}: {checked['msg']}{remedy}"


def warn(module: Warned, results: t.Sequence[t.Mapping[str, t.Any]]) -> None:
    """One warning for each thing to warn of, however many links it is about."""
    about: dict[str, list[str]] = {}
    for result in results:
        for check in result["checks"]:
            if check["status"] in (WARN, UNDECIDED):
                about.setdefault(sentence(check), []).append(result["name"])
    for words, names in about.items():
        module.warn(f"{', '.join(names)}: {words}")
