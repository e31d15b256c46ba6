# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What HAProxy itself says of a configuration that other hosts are to run.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import typing as t
from pathlib import Path

FOLDERS = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"  # where it is, but a user's PATH often is not
OLDEST = (2, 4)
SECONDS = 30
# The check would look up all names, here, where they mean something else or nothing. That is left out.
LOOKS_UP, DOES_NOT = "init-addr last,libc,none", "init-addr last,none"


class NoHaproxy(Exception):
    """There is no HAProxy here that could say anything; the message says why."""


def unchecked(configuration: str, files: t.Mapping[str, str]) -> str:
    """Why a configuration could not be checked here, "" where HAProxy takes it. Raises ValueError where it does not."""
    try:
        check(program(), configuration, files)
    except NoHaproxy as missing:
        return (
            f"HAProxy's configuration was not checked on this machine: {missing}. A host checks it before it starts, "
            "and the first one must serve before others follow. Install haproxy here to hear of mistakes earlier."
        )
    return ""


def program() -> str:
    """The path of an HAProxy that knows what the configuration is written in. Raises NoHaproxy."""
    found = shutil.which("haproxy") or shutil.which("haproxy", path=FOLDERS)
    if not found:
        raise NoHaproxy("haproxy is not installed here")
    about = _run([found, "-vv"]).stdout
    version = re.search(r"version ([0-9]+)\.([0-9]+)", about, re.ASCII)
    if not version or tuple(map(int, version.groups())) < OLDEST or "Built with Lua" not in about:
        raise NoHaproxy(f"{found} is older than {'.'.join(map(str, OLDEST))} or lacks Lua")
    return found


def check(haproxy: str, configuration: str, files: t.Mapping[str, str]) -> None:
    """Raise ValueError with what HAProxy says unless it takes the configuration.

    ``files`` are the texts of other files that it reads, by their absolute paths on the host that is to run it.
    """
    with tempfile.TemporaryDirectory(prefix="privatelink-") as folder:
        for number, (path, text) in enumerate(files.items()):
            copy = Path(folder) / str(number)
            copy.write_text(text, encoding="utf-8")
            configuration = configuration.replace(path, str(copy))
        main = Path(folder) / "haproxy.cfg"
        main.write_text(configuration.replace(LOOKS_UP, DOES_NOT), encoding="utf-8")
        done = _run([haproxy, "-c", "-f", str(main)])
        if done.returncode:
            said = [line.partition(" : ")[2] for line in done.stderr.splitlines() if "[ALERT]" in line]
            raise ValueError("; ".join(said).replace(f"{folder}/", "") or f"exit code {done.returncode}")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoHaproxy(f"{command[0]} gave no answer: {error}") from error
