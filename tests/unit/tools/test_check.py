# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a step is judged from what its tool said."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.tools import check, system
from tests.tools.check import Outcome, Step, judge
from tests.tools.place import BIN, ROOT

TESTS = replace(check.pytest("tried", "datapath"), least=lambda: 5)
LINTER = Step("linter", "lint", r"in (\d+) files", "files", lambda: 5)
SANITY = next(step for step in check.STEPS if step.name == "sanity")
WHY = "needs the Debian packages haproxy, unbound, which `make system` brings"
NOTHING = "WARNING: All targets skipped.\n"
SKIPS = f"SKIPPED [2] tests/tools/system.py:7: {WHY}\nSKIPPED [1] tests/tools/system.py:7: {WHY}\n"


def judged(step: Step, output: str, code: int = 0, strict: bool = False) -> Outcome:
    return judge(step, code, output, 1.0, strict)


def test_linters_read_all_that_is_ours_and_nothing_else(tmp_path: Path) -> None:
    system.need("unit")
    listing = subprocess.run(
        ["git", "ls-files", "*.yml", "*.yaml", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {path.partition("/")[0] for path in listing.stdout.splitlines()} <= set(check.LINTED)
    (tmp_path / "plugins").mkdir()
    for name in ("plugins/ours.py", "tried.py"):
        (tmp_path / name).write_text("import os\n", encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ruff = [str(BIN / "ruff"), "check", "--no-cache", "--output-format", "concise", "."]
    said = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert "plugins/ours.py" in said
    assert "tried.py" not in said


def test_a_step_that_did_all_is_ok() -> None:
    verdict = judged(TESTS, "7 passed in 1.00s\n")
    assert (verdict.result, verdict.passed, verdict.failed, verdict.note) == ("ok", 7, 0, "")


@pytest.mark.parametrize(
    ("step", "output", "code", "failed", "note"),
    [
        (TESTS, "1 failed, 4 passed in 1.00s\n", 1, 1, "1 failed"),
        (TESTS, "5 passed, 2 errors in 1.00s\n", 1, 2, "2 failed"),
        (TESTS, "5 passed in 1.00s\n", 3, 1, "exit code 3"),
        (TESTS, "4 passed in 1.00s\n", 0, 1, "only 4 of 5 tests ran"),
        (TESTS, "", 0, 1, "only 0 of 5 tests ran"),
        (LINTER, "in 4 files", 0, 1, "only 4 of 5 files ran"),
        (SANITY, NOTHING + 'Running sanity test "a"\n' * 24, 0, 1, "it said: All targets skipped"),
        (SANITY, "", 1, 1, "exit code 1"),
    ],
)
def test_a_step_that_did_less_or_badly_fails(step: Step, output: str, code: int, failed: int, note: str) -> None:
    verdict = judged(step, output, code)
    assert (verdict.result, verdict.failed, verdict.note) == ("FAILED", failed, note)
    assert verdict.passed >= 0


def test_a_part_that_lacks_packages_is_a_remark() -> None:
    verdict = judged(TESTS, SKIPS + "2 passed, 3 skipped in 1.00s\n")
    assert (verdict.result, verdict.passed, verdict.failed, verdict.note) == ("ok", 2, 0, f"3 skipped: {WHY}")


def test_a_step_that_lacks_packages_altogether_is_skipped() -> None:
    verdict = judged(TESTS, SKIPS.replace("[2]", "[4]") + "5 skipped in 1.00s\n")
    assert (verdict.result, verdict.passed, verdict.failed, verdict.note) == ("skipped", 0, 0, f"5 skipped: {WHY}")


def test_what_was_skipped_excuses_no_more_than_itself() -> None:
    verdict = judged(TESTS, SKIPS + "1 passed, 3 skipped in 1.00s\n")
    assert (verdict.result, verdict.failed) == ("FAILED", 1)
    assert verdict.note == f"only 1 of 5 tests ran; 3 skipped: {WHY}"
    verdict = judged(TESTS, SKIPS + "1 failed, 1 passed, 3 skipped in 1.00s\n", code=1)
    assert (verdict.result, verdict.failed, verdict.note) == ("FAILED", 1, f"1 failed; 3 skipped: {WHY}")


def test_another_reason_to_skip_is_no_excuse() -> None:
    verdict = judged(TESTS, "SKIPPED [3] tests/unit/test_one.py:7: not today\n2 passed, 3 skipped in 1.00s\n")
    assert (verdict.result, verdict.note) == ("FAILED", "only 2 of 5 tests ran")


@pytest.mark.parametrize("output", [SKIPS + "7 passed, 3 skipped in 1.00s\n", SKIPS + "3 skipped in 1.00s\n"])
def test_where_nothing_may_be_skipped_it_is_a_failure(output: str) -> None:
    step = replace(TESTS, least=lambda: 3)
    assert judged(step, output).failed == 0
    verdict = judged(step, output, strict=True)
    assert (verdict.result, verdict.failed, verdict.note) == ("FAILED", 3, f"3 skipped: {WHY}")


def test_a_tool_that_is_no_test_runner_skips_in_the_same_words() -> None:
    verdict = judged(SANITY, f"SKIPPED [24] sanity: {WHY}\n")
    assert (verdict.result, verdict.passed, verdict.failed, verdict.note) == ("skipped", 0, 0, f"24 skipped: {WHY}")
    assert judged(SANITY, f"SKIPPED [24] sanity: {WHY}\n", strict=True).failed == 24


def test_only_failures_make_the_table_red(capsys: pytest.CaptureFixture[str]) -> None:
    steps = {step.name: step for step in check.STEPS}
    skipped = replace(judged(TESTS, SKIPS.replace("[2]", "[4]") + "5 skipped in 1.00s\n"), step=steps["forwarder"])
    fine = Outcome(steps["unit"], 7, 7, 0, 1.0, "")
    assert check.report([fine, skipped], 95.678) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == "7 passed, 0 failed"
    assert f"forwarder     skipped   0 tests             1.0             0.0  5 skipped: {WHY}" in printed
    assert "coverage                95.7 % of the lines in plugins, by unit\n" in printed


def test_coverage_counts_what_did_not_run_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "COVERAGE", tmp_path / "coverage")
    assert check.coverage() is None
    ran, idle = (str(ROOT / f"plugins/modules/{name}.py") for name in ("resource_share", "preflight"))
    data = CoverageData(str(check.COVERAGE))
    data.add_lines({ran: range(1, 1000)})
    data.touch_file(idle)
    data.write()
    covered = check.coverage()
    assert covered is not None
    assert 10 < covered < 40  # the one is a third of the other
