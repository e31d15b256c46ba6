# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie in this checkout, and the environment that checks run in."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
HOME = CACHE / "home"
BIN = ROOT / ".venv" / "bin"
SITE = Path(sysconfig.get_path("purelib"))

# A developer's own accounts, keys and Ansible settings must not reach a test, nor decide whether it passes.
PRIVATE = ("AWS_", "FIVETRAN_", "REDISCLOUD_", "DATABRICKS_", "ANSIBLE_", "MOLECULE_", "XDG_", "PYTHON", "VIRTUAL_ENV")


def private_environment() -> dict[str, str]:
    """The caller's environment without its secrets, with a home directory and a search path of our own."""
    HOME.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PRIVATE)}
    # git refuses a checkout that another user owns unless told otherwise, and the real home's settings are hidden.
    # Nor must it take what lies in .venv, ignored, for part of the checkout: tools would copy amazon.aws as empty.
    git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": str(ROOT)}
    git["GIT_CEILING_DIRECTORIES"] = str(ROOT / ".venv")
    ours = {"HOME": str(HOME), "PATH": f"{BIN}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    ours["HYPOTHESIS_STORAGE_DIRECTORY"] = str(CACHE / "hypothesis")
    return kept | git | ours
