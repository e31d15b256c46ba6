# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of a module that has a process of its own, on the controller's screen."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import PROGRESS, progress
from ansible_collections.saas.privatelink.plugins.plugin_utils._live import shown_lines


def test_lines_are_shown_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    with shown_lines(shown.append) as told:
        monkeypatch.setenv(PROGRESS, told[PROGRESS])
        progress("one look")
        progress("another")
    assert shown == ["one look", "another"]
    assert not Path(told[PROGRESS]).exists()


def test_a_full_disk_costs_the_lines_and_not_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    shown: list[str] = []
    with shown_lines(shown.append) as told:
        assert told == {}
    assert shown == []
