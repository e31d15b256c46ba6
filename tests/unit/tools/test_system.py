# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said and done where programs of the system are missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.tools import check, system

Here = set[str]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Here:
    """The programs of a machine, by name; none at first."""
    programs: Here = set()
    monkeypatch.setattr(system, "find", lambda program: f"/usr/bin/{program}" if program in programs else None)
    return programs


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, here: Here, tmp_path: Path) -> list[list[str]]:
    """What root runs on a machine with apt-get, each with the policy of that moment; packages bring their programs."""
    ran: list[list[str]] = []
    brings = {package: program for needs in system.NEEDS.values() for program, package in needs.items()}

    def run(command: list[str], **options: Any) -> None:
        policy = [system.POLICY.read_text()] if system.POLICY.exists() else []
        ran.append(command + policy)
        here.update(brings[word] for word in command if word in brings)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(system, "POLICY", tmp_path / "policy-rc.d")
    return ran


def test_every_step_that_needs_something_is_a_step() -> None:
    assert set(system.NEEDS) <= {step.name for step in check.STEPS}


def test_what_is_missing_is_named_with_its_remedy(here: Here) -> None:
    assert system.lacks("datapath") == "needs the Debian package dnsmasq-base, which `make system` brings"
    here.update({"haproxy", "ip", "openssl", "setpriv", "unbound"})
    assert system.lacks("forwarder") == (
        "needs the Debian packages mariadb-server, postgresql, which `make system` brings"
    )
    here.update(system.NEEDS["forwarder"])
    assert system.lacks("forwarder") == ""


def test_a_test_skips_in_words_that_the_judge_understands(here: Here) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"^needs the Debian package git") as skipped:
        system.need("unit")
    assert check.SKIPPED.search(f"SKIPPED [3] tests/tools/system.py:57: {skipped.value}")
    here.add("git")
    system.need("unit")


def test_only_what_is_missing_is_installed_and_it_starts_nothing(here: Here, commands: list[list[str]]) -> None:
    here.update(set(system.missing(*system.NEEDS)) - {"dnsmasq", "unbound"})
    assert system.bring() == ""
    policy = "#!/bin/sh\nexit 101\n"
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "dnsmasq-base", "unbound"]
    assert commands == [["apt-get", "update", "-qq", policy], [*install, policy]]
    assert not system.POLICY.exists()
    assert system.bring() == ""
    assert len(commands) == 2


def test_a_policy_that_is_there_stays(commands: list[list[str]]) -> None:
    system.POLICY.write_text("mine")
    assert system.bring() == ""
    assert commands[-1][-1] == system.POLICY.read_text() == "mine"


def test_a_package_that_did_not_bring_its_program_is_no_success(
    here: Here, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "find", lambda program: None if program == "haproxy" else program)
    assert system.bring().startswith("Installed, but not in /")
    assert system.bring().endswith(": haproxy.")


def test_where_nothing_can_be_installed_it_says_what_is_needed(
    here: Here, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "sudo make system" in system.bring()
    assert "dnsmasq (of Debian's dnsmasq-base)" in system.bring()
    monkeypatch.setattr("shutil.which", lambda program: None)
    assert system.bring().startswith("There is no apt-get here")
    assert "ps (of Debian's procps)" in system.bring()
    assert commands == []
