# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of one user wait for each other, and a folder that others may write is not used."""

from __future__ import annotations

import fcntl
import tempfile
from pathlib import Path

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core import private


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Path(private.private_folder())


def try_lock(folder: Path) -> None:
    """Raises BlockingIOError while somebody is within."""
    (path,) = folder.glob("*.lock")
    with path.open() as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_one_is_within_at_a_time(folder: Path) -> None:
    with private.one_at_a_time("account"), pytest.raises(BlockingIOError):
        try_lock(folder)
    try_lock(folder)


def test_an_error_lets_the_next_one_in(folder: Path) -> None:
    with pytest.raises(KeyError), private.one_at_a_time("account"):
        raise KeyError
    try_lock(folder)


def test_where_there_is_no_private_folder_nobody_is_stopped(folder: Path) -> None:
    folder.chmod(0o777)
    with private.one_at_a_time("account"):
        entered = True
    assert entered
    assert list(folder.iterdir()) == []
