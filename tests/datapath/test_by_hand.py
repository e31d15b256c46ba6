# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP sync by hand: the command, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from .conftest import NAME, A, B, Path

MODULE = "ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.by_hand"


def command(path: Path, *options: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, lines and errors of one call."""
    variables = {**os.environ, **path.sandbox.environment(path.account)}
    done = subprocess.run(
        [sys.executable, "-m", MODULE, *options], env=variables, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def one(path: Path) -> list[str]:
    return ["--target-group", "orders", "--endpoint", NAME, "--kind", "writer", "--nameserver", path.names.address]


def test_a_dry_run_and_a_real_one(path: Path) -> None:
    path.says(B)
    code, lines, _errors = command(path, "--once", "--dry-run", *one(path))
    assert (code, lines[0]["registered"], lines[0]["drained"]) == (0, [B], [A])
    assert path.addresses == {A}
    code, lines, _errors = command(path, "--once", *one(path))
    assert (code, lines[0]["state"]) == (0, "changed")
    assert path.addresses == {B}


def test_a_fault_is_an_exit_code(path: Path) -> None:
    path.says(B, modes="nxdomain")
    code, lines, _errors = command(path, "--once", *one(path))
    assert code == 1
    assert lines[0]["failed"]
    assert "NXDOMAIN" in lines[0]["msg"]
    assert path.addresses == {A}


def test_a_configuration_file(path: Path, tmp_path: Any) -> None:
    file = tmp_path / "ip_sync.json"
    sync = {"name": "orders", "target_group": path.group, "endpoint": NAME}
    file.write_text(json.dumps({"syncs": [sync], "nameservers": [path.names.address]}))
    code, lines, _errors = command(path, "--once", "--config", str(file))
    assert (code, lines[0]["Sync"], lines[0]["state"]) == (0, "orders", "in_sync")
    file.write_text("{}")
    code, lines, errors = command(path, "--once", "--config", str(file))
    assert code == 2
    assert not lines
    assert "list of syncs" in errors


@pytest.mark.parametrize("options", [[], ["--target-group", "orders"], ["--kind", "cluster"]])
def test_what_it_does_not_understand(path: Path, options: list[str]) -> None:
    code, lines, errors = command(path, *options)
    assert code == 2
    assert not lines
    assert "usage:" in errors
