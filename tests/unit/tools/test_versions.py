# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments in which playbooks are tried on each version of ansible-core."""

from __future__ import annotations

import re
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml
from ansible_collections.saas.privatelink.plugins.plugin_utils._module_action import TESTED

from tests.tools import check, versions
from tests.tools.place import BIN, ROOT

CONSTRAINTS = (ROOT / "constraints.txt").read_text().splitlines()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The versions of which an environment was made; each is an empty folder."""
    cores: list[str] = []

    def install(folder: Path, core: versions.Core) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        cores.append(core.version)

    monkeypatch.setattr(versions, "install", install)
    monkeypatch.setattr(versions, "CACHE", tmp_path)
    return cores


def test_the_oldest_is_what_the_collection_requires_and_the_newest_is_that_of_this_environment() -> None:
    oldest, *_others, newest = versions.CORES
    requires = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["requires_ansible"]
    assert requires == f">={oldest}.0"
    assert f"ansible-core=={versions.CORES[newest].version}" in CONSTRAINTS
    assert [f"{major}.{minor}" for major, minor in TESTED] == [oldest, newest]
    named = [str(line) for line in metadata("ansible-core").get_all("Classifier") or []]
    minors = [int(found[1]) for line in named if (found := re.search(r":: 3\.(\d+)$", line))]
    assert versions.CORES[newest].pythons == (min(minors), max(minors))


def test_an_environment_is_made_once_for_its_pins(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    programs = versions.prepare("2.18")
    assert versions.prepare("2.18") == programs
    assert made == ["2.18.19"]
    monkeypatch.setitem(versions.CORES, "2.18", versions.Core("2.18.20", (11, 13)))
    versions.prepare("2.18")
    assert made == ["2.18.19", "2.18.20"]


def test_the_version_of_this_environment_needs_no_other(made: list[str]) -> None:
    assert versions.prepare(versions.pinned()) == BIN
    assert made == []


def test_one_that_could_not_be_made_is_made_again(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = versions.install

    def broken(folder: Path, core: versions.Core) -> None:
        whole(folder, core)
        raise OSError("no index")

    monkeypatch.setattr(versions, "install", broken)
    with pytest.raises(OSError, match="no index"):
        versions.prepare("2.18")
    monkeypatch.setattr(versions, "install", whole)
    versions.prepare("2.18")
    assert len(made) == 2


@pytest.mark.parametrize(("python", "why"), [(10, True), (11, False), (13, False), (14, True)])
def test_a_python_that_a_version_does_not_name_is_none_for_it(python: int, why: bool) -> None:
    said = f"needs Python 3.11 to 3.13, and .venv has 3.{python}"
    assert versions.CORES["2.18"].needs(python) == (said if why else "")


def test_it_is_skipped_by_name_and_fails_where_nothing_may_be_skipped(
    made: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(versions.CORES, "2.18", versions.Core("2.18.19", (10, 11)))
    monkeypatch.setattr(sys, "argv", ["versions", "2.18"])
    assert versions.main() == 0
    assert made == []
    step = next(step for step in check.STEPS if step.name == "core-2.18")
    printed = capsys.readouterr().out
    verdict = check.judge(step, 0, printed, 1.0, strict=False)
    assert (verdict.result, verdict.failed) == ("skipped", 0)
    assert "skipped: needs Python 3.10 to 3.11" in verdict.note
    assert check.judge(step, 0, printed, 1.0, strict=True).failed == versions.count()


def test_there_is_a_step_for_each_version_and_make_test_takes_that_of_its_own() -> None:
    assert check.GROUPS["versions"] == [f"core-{minor}" for minor in versions.CORES]
    listed = re.findall(r"^STEPS := (.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert set(listed[0].split()) == set(check.GROUPS["test"])
    assert set(check.GROUPS["test"]) & set(check.GROUPS["versions"]) == {f"core-{versions.pinned()}"}
    steps = {step.name for step in check.STEPS}
    assert steps == {*check.GROUPS["test"], *check.GROUPS["versions"]}
    assert steps > set(check.GROUPS["lint"])
