# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pytest's session fails when the tests of all modules ran and a policy allows what none of them called.

The processes of pytest-xdist tell the one that started them what they saw.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tools.iam import policy
from tests.tools.place import ROOT

Use = tuple[str, str, str]
"""A policy in docs/iam, the Sid of a statement, and an action of it."""
USED: set[Use] = set()
OWN_TESTS = ROOT / "tests" / "unit" / "modules"
NOT_CALLED: dict[Use, str] = {
    ("forwarder_group_info", "Read", "elasticloadbalancing:DescribeTargetHealth"): "for a plan of forwarder_group",
}
"""What a policy allows and no test calls, and why it does so."""


def allowed() -> set[Use]:
    """What the policies of the modules allow, those for adopting included."""
    found = set()
    for name in policy.of_modules():
        for statement in policy.statements(name):
            found |= {(name, statement.get("Sid", ""), action) for action in statement["Action"]}
    return found


def is_whole(config: pytest.Config) -> bool:
    """Whether a session runs the tests of all modules."""
    option = config.option
    places = [Path(config.invocation_params.dir, argument).resolve() for argument in config.args]
    narrowed = option.keyword or option.markexpr or option.collectonly or getattr(option, "lf", False)
    return not narrowed and any(OWN_TESTS.is_relative_to(place) for place in places)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    output = getattr(node, "workeroutput", {})
    USED.update((name, sid, action) for name, sid, action in output.get("iam_used", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["iam_used"] = sorted(USED)
        return
    if session.testsfailed or not is_whole(session.config):
        return
    wrong = [f"{use} is allowed, and no test calls it" for use in sorted(allowed() - USED - set(NOT_CALLED))]
    wrong += [f"{use} is called, or allowed no more" for use in sorted(set(NOT_CALLED) - (allowed() - USED))]
    if wrong:
        reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        reporter.write_line("\n".join(["", "docs/iam:", *wrong]), red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
