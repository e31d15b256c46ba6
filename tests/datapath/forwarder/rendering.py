# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the role in which it writes its files, or builds its group in the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.tools.place import private_environment


def render(folders: dict[Path, dict[str, Any]]) -> None:
    """Let the role write its files for hosts below these folders, each with its variables."""
    play([{**variables, "port_forwarder_root": str(folder)} for folder, variables in folders.items()])


def play(runs: list[dict[str, Any]], environment: dict[str, str] | None = None) -> None:
    """Run the role once with each set of variables. Raises RuntimeError with what Ansible says when it fails."""
    role = {"name": "saas.privatelink.port_forwarder"}
    book = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.include_role": role, "vars": variables} for variables in runs],
        "vars": {"ansible_python_interpreter": sys.executable},
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([book], file)
        file.flush()
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", file.name]
        everything = private_environment() | (environment or {})
        done = subprocess.run(command, capture_output=True, text=True, env=everything, timeout=180, check=False)
    if done.returncode:
        raise RuntimeError(f"the role failed: {done.stdout}{done.stderr}")
