# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of the project, two at a time: `python -m tests.tools.check [step or group ...]`; `test` by default.

A tool that finds nothing to check is content, and so is one whose configuration went missing. So each step also counts
what its tool says it did, and fails when that is less than what lies in the checkout. What this machine cannot do is
skipped by name, with the remedy; with CI set, that is a failure too.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from coverage import Coverage

from tests.tools import sanity, versions
from tests.tools.place import CACHE, ROOT, private_environment

LOGS = CACHE / "check"
COVERAGE = CACHE / "coverage"  # measured by the step that runs plugins in its own processes
PASSED, FAILED = r"(\d+) passed", r"(\d+) (?:failed|error)"  # pytest's words
SKIPPED = re.compile(r"^SKIPPED \[(\d+)\] .*?: (needs .*)", re.M)  # our own tools say it so too
COLOUR = re.compile(r"\x1b(?:\[[0-9;]*m|\]8;[^\x1b]*\x1b\\)")  # and hyperlinks


@dataclass(frozen=True)
class Step:
    """One command, and how to tell from its output what it did."""

    name: str
    command: str
    ran: str  # regular expression; each match counts as the number it captures, or as one
    noun: str  # what is counted
    least: Callable[[], int]  # fewer than this means that something was passed over
    failed: str = ""  # like `ran`, for a step whose things are tests; the things of the others count as one test
    never: str = ""  # regular expression that must not appear


@dataclass(frozen=True)
class Outcome:
    """What a step did: things counted, tests passed and failed, seconds, why it failed, and what it had to skip."""

    step: Step
    ran: int
    passed: int
    failed: int
    seconds: float
    reason: str
    remark: str = ""
    processor: float = 0.0  # seconds of it, with its children's

    @property
    def result(self) -> str:
        """What became of it, in one word."""
        return "FAILED" if self.reason else "skipped" if self.remark and not self.ran else "ok"

    @property
    def note(self) -> str:
        """What there is to say beside that word."""
        return "; ".join(dict.fromkeys(filter(None, (self.reason, self.remark))))


def files(*patterns: str) -> list[Path]:
    """Return the checkout's files that match, without what tools left there."""
    return [path for pattern in patterns for path in ROOT.glob(pattern) if "__pycache__" not in path.parts]


def count_tests(folder: str, below: str = "") -> int:
    """Return how many test functions are written in `tests/<folder>`; each must run, or say what it needs.

    Those in its folder `below` are another step's.
    """
    tests = [path for path in files(f"tests/{folder}/**/test_*.py") if path.parent.name != below]
    return max(1, sum(len(re.findall(r"^ *def test_", path.read_text(), re.M)) for path in tests))


def pytest(name: str, folder: str, options: str = "", below: str = "", before: str = "") -> Step:
    """Return the step that runs the tests of one folder, without those in its folder `below`."""
    ignored = f"--ignore tests/{folder}/{below}" if below else ""
    command = f"{before} pytest -q -rs {options} {ignored} tests/{folder}"
    return Step(name, command, PASSED, "tests", partial(count_tests, folder, below), FAILED)


def version(minor: str) -> Step:
    """Return the step that runs playbooks on a version of ansible-core."""
    return Step(f"core-{minor}", f"python -m tests.tools.versions {minor}", PASSED, "tests", versions.count, FAILED)


def python_files() -> int:
    """Return how many Python files there are to lint and to type-check."""
    return len(files("plugins/**/*.py", "tests/**/*.py"))


def yaml_files() -> int:
    """Return how many YAML files of playbooks, roles and scenarios there are to lint."""
    return len(files("playbooks/*.yml", "roles/*/*/*.yml", "extensions/molecule/**/*.yml"))


def scenarios() -> int:
    """Return how many molecule scenarios there are, without the one that only starts and stops the sandbox."""
    return max(1, len(files("extensions/molecule/*/molecule.yml")) - 1)


# Two run at a time: beside the longest those that often wait, then those that never do.
DOCS_LINT = "antsibull-docs lint-collection-docs --plugin-docs --check-extra-docs-refs ."
CHANGELOG = "antsibull-changelog lint-changelog-yaml --strict changelogs/changelog.yaml"
WORKFLOW = "check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/test.yml"
# Told by name, so that nothing is read that somebody tries out beside them.
LINTED = (
    *(".ansible-lint", ".github", ".yamllint", "changelogs", "examples", "extensions", "galaxy.yml", "meta"),
    *("playbooks", "plugins", "roles", "tests"),
)
VERSIONS = [version(minor) for minor in versions.CORES]
STEPS = [
    Step(
        "molecule",
        "molecule test --all --workers 2 --continue-on-failure",
        r"^(?!default)\S+ +: actions=\d+ .*failed=0",
        "scenarios",
        scenarios,
        r"^\S+ +: actions=\d+ .*failed=[1-9]",
        "no hosts matched|Could not match supplied host pattern",
    ),
    pytest("unit", "unit", "-n 2 --cov --cov-report=", before=f"env COVERAGE_FILE={shlex.quote(str(COVERAGE))}"),
    # It measures times, on machines of its own making, so it goes before the others.
    pytest("forwarder", "datapath/forwarder", before="nice -n -15"),
    pytest("datapath", "datapath", "-n 2", below="forwarder"),
    pytest("contract", "contract"),
    pytest("playbooks", "playbooks", "-n 2", below="in_fork"),
    pytest("docs", "docs"),
    Step(
        "sanity",
        "python -m tests.tools.sanity",
        r'^Running sanity test "',
        "tests",
        lambda: sanity.TESTS,
        r"^FATAL: The (\d+) sanity test",
        "All targets skipped",
    ),
    *VERSIONS,
    Step(
        "ansible-lint", f"ansible-lint --offline {' '.join(LINTED)}", r"in (\d+) files processed", "files", yaml_files
    ),
    Step("types", "mypy", r"(\d+) source files", "files", python_files),
    Step("docs-lint", DOCS_LINT, "", "", lambda: 0),
    Step("ruff", "ruff check --verbose", r"Checked (\d+) files", "files", python_files),
    Step(
        "generated",
        "python -m tests.tools.generate --check",
        r"(\d+) files are generated",
        "files",
        lambda: 70,
        r"^stale",
    ),
    Step("galaxy", "python -m tests.tools.galaxy", r"^ok: (?!\[)", "parts", lambda: 4),
    Step("workflow", WORKFLOW, "", "", lambda: 0),
    Step("changelog", f"sh -c 'antsibull-changelog lint && {CHANGELOG}'", "", "", lambda: 0),
]
GROUPS = {
    "test": [step.name for step in STEPS if step not in VERSIONS or step.name == f"core-{versions.pinned()}"],
    "versions": [step.name for step in VERSIONS],
    "lint": ["ruff", "types", "ansible-lint", "docs-lint", "generated", "galaxy", "workflow", "changelog"],
}


def count(pattern: str, text: str) -> int:
    """Return the sum of what `pattern` captures in `text`, a match without capture being one."""
    return sum(int(match[1]) if match.re.groups else 1 for match in re.finditer(pattern, text, re.M)) if pattern else 0


def run(step: Step, environment: dict[str, str], echo: bool) -> Outcome:
    """Run one step, keep its output in LOGS, show it too if `echo`, and judge it."""
    began = time.monotonic()
    lines = []
    with (LOGS / f"{step.name}.log").open("w") as log:
        process = subprocess.Popen(
            shlex.split(step.command),
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout
        for line in process.stdout:
            lines.append(COLOUR.sub("", line))
            log.write(lines[-1])
            if echo:
                print(line, end="", flush=True)
    dummy, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    outcome = judge(step, process.returncode, "".join(lines), time.monotonic() - began, bool(os.environ.get("CI")))
    return replace(outcome, processor=used.ru_utime + used.ru_stime)


def judge(step: Step, code: int, output: str, seconds: float, strict: bool) -> Outcome:
    """Decide from exit code and output whether the step did all that it should, and well; skip nothing if `strict`."""
    ran, failed = count(step.ran, output), count(step.failed, output)
    skips = SKIPPED.findall(output)
    skipped = sum(int(number) for number, dummy in skips)
    remark = f"{skipped} skipped: {'; '.join(dict.fromkeys(why for dummy, why in skips))}" if skips else ""
    reason = ""
    if failed:
        reason = f"{failed} failed"
    elif code:
        reason = f"exit code {code}"
    elif ran + skipped < step.least():
        reason = f"only {ran} of {step.least()} {step.noun} ran"
    elif step.never and (found := re.search(step.never, output)):
        reason = f"it said: {found[0]}"
    elif strict:
        reason = remark
    if not step.failed:
        return Outcome(step, ran, int(not reason), int(bool(reason)), seconds, reason, remark)
    # pytest's and molecule's counts leave out what failed; ansible-test's tests are all announced.
    passed = max(0, ran - failed) if step.name == "sanity" else ran
    failed = max(failed + skipped * strict, int(bool(reason)))
    return Outcome(step, ran, passed, failed, seconds, reason, remark)


def report(outcomes: Iterable[Outcome], covered: float | None = None) -> int:
    """Print a line per step, where the output of a failed one is, coverage in percent, and the total.

    Return the exit code.
    """
    ordered = sorted(outcomes, key=lambda outcome: STEPS.index(outcome.step))
    for outcome in ordered:
        if outcome.reason:
            log = LOGS / f"{outcome.step.name}.log"
            print(f"\n--- {outcome.step.name}: {outcome.reason}; the end of {log.relative_to(ROOT)}:")
            print("\n".join(log.read_text().splitlines()[-40:]))
    print(f"\n{'step':<14}{'result':<10}{'ran':<16}seconds  of a processor")
    for outcome in ordered:
        ran = f"{outcome.ran} {outcome.step.noun}" if outcome.step.noun else "-"
        times = f"{outcome.seconds:7.1f}{outcome.processor:16.1f}"
        print(f"{outcome.step.name:<14}{outcome.result:<10}{ran:<16}{times}  {outcome.note}".rstrip())
    if covered is not None:
        print(f"{'coverage':<14}{'':<10}{covered:.1f} % of the lines in plugins, by unit")
    failed = sum(outcome.failed for outcome in ordered)
    print(f"\n{sum(outcome.passed for outcome in ordered)} passed, {failed} failed")
    return int(failed > 0)


def coverage() -> float | None:
    """Return how many percent of the lines in plugins ran when COVERAGE was measured, None if it was not."""
    if not COVERAGE.exists():
        return None
    measured = Coverage(data_file=str(COVERAGE), config_file=str(ROOT / "pyproject.toml"))
    measured.load()
    return measured.report(file=io.StringIO())


def free_port() -> int:
    """Return a port that is free now, for the sandbox, so that two checkouts can be tested at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Run the steps and groups of steps named on the command line; returns the exit code."""
    names = {name for word in sys.argv[1:] or ["test"] for name in GROUPS.get(word, [word])}
    if unknown := names - {step.name for step in STEPS}:
        known = ", ".join([*(step.name for step in STEPS), *GROUPS])
        sys.exit(f"No such step: {', '.join(sorted(unknown))}. There are: {known}")
    steps = [step for step in STEPS if step.name in names]
    LOGS.mkdir(parents=True, exist_ok=True)
    COVERAGE.unlink(missing_ok=True)
    environment = private_environment() | {"SANDBOX_PORT": str(free_port())}
    outcomes = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for future in as_completed([pool.submit(run, step, environment, len(steps) == 1) for step in steps]):
            outcome = future.result()
            outcomes.append(outcome)
            line = f"{outcome.result:<8}{outcome.step.name:<14}{outcome.seconds:6.1f} s  {outcome.note}"
            print(line.rstrip(), flush=True)
    return report(outcomes, coverage())


if __name__ == "__main__":
    sys.exit(main())
