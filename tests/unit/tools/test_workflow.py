# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forge's workflow calls what the Makefile has, on every Python and every ansible-core that there is to serve."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.tools import versions
from tests.tools.place import ROOT

JOBS: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"]


def rows(job: str) -> list[dict[str, str]]:
    """What a job's matrix makes of it."""
    matrix = JOBS[job]["strategy"]["matrix"]
    return matrix.get("include") or [{"python": python} for python in matrix["python"]]


def commands() -> Iterator[str]:
    for job, says in JOBS.items():
        for row in rows(job):
            for step in says["steps"]:
                if "run" in step:
                    yield filled(step["run"], row)


def filled(command: str, row: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda found: row[found[1]], command)


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_what_it_calls_is_there(command: str) -> None:
    make, target, python = command.split()
    assert make == "make"
    assert re.fullmatch(r"PYTHON=python3\.\d+", python)
    # With --question make runs nothing: 2 tells a target that it does not know.
    asked = subprocess.run(["make", "--question", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert asked.returncode in (0, 1), asked.stderr
    if target.startswith("core-"):
        assert target.removeprefix("core-") in versions.CORES


def test_everything_runs_on_every_python_that_develops_the_collection() -> None:
    *_older, newest = versions.CORES.values()
    first, last = newest.pythons
    assert rows("test") == [{"python": f"3.{minor}"} for minor in range(first, last + 1)]
    assert any("make test" in step.get("run", "") for step in JOBS["test"]["steps"])


def test_each_ansible_core_runs_on_a_python_that_it_is_made_for() -> None:
    assert {row["core"] for row in rows("core")} == set(versions.CORES)
    for row in rows("core"):
        assert versions.CORES[row["core"]].needs(int(row["python"].removeprefix("3."))) == ""
