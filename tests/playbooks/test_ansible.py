# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Ansible these tests run: `make versions` names one, and its tests would try that of .venv again otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.sandbox.client import RunningSandbox
from tests.tools.playbook import command, environment


def test_the_ansible_runs_that_was_named(sandbox: RunningSandbox) -> None:
    folder = os.environ.get("TEST_ANSIBLE_BIN") or str(Path(sys.executable).parent)
    argv = [command("site", Path("inventory"))[0], "--version"]
    said = subprocess.run(argv, env=environment(sandbox), capture_output=True, text=True, check=True).stdout
    assert f"  executable location = {folder}/ansible-playbook\n" in said
