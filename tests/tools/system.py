# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps need of the machine beside Python: `python -m tests.tools.system` installs what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEEDS = {
    "contract": {"ps": "procps"},
    "datapath": {"dnsmasq": "dnsmasq-base"},
    "forwarder": {
        "haproxy": "haproxy",
        "ip": "iproute2",
        "mariadbd": "mariadb-server",
        "openssl": "openssl",
        "postgres": "postgresql",
        "setpriv": "util-linux",
        "unbound": "unbound",
    },
    "playbooks": {"ps": "procps"},
    "sanity": {"git": "git"},
    "unit": {"git": "git"},
}
"""For each step the programs that it runs, and the Debian package that each comes in."""

FOLDERS = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/opt/homebrew/sbin"
POLICY = Path("/usr/sbin/policy-rc.d")


def path() -> str:
    """Return the search path on which these programs are: Debian keeps PostgreSQL's in a folder of their own."""
    return ":".join([*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]), FOLDERS])


def find(program: str) -> str | None:
    """Return the path of a program of the system, or None."""
    return shutil.which(program, path=path())


def missing(*steps: str) -> dict[str, str]:
    """Return the programs that these steps need and this machine lacks, each with its package."""
    needed = dict(item for step in steps for item in NEEDS[step].items())
    return {program: needed[program] for program in sorted(needed) if not find(program)}


def lacks(step: str) -> str:
    """Return what a step needs and this machine lacks, in words, with the remedy; empty when nothing."""
    packages = sorted(set(missing(step).values()))
    plural = "s" if len(packages) > 1 else ""
    return f"needs the Debian package{plural} {', '.join(packages)}, which `make system` brings" if packages else ""


def need(step: str) -> None:
    """Skip the calling test, saying why, where its step's programs are missing; check.py judges whether that may be."""
    if why := lacks(step):
        pytest.skip(why)


def install(packages: list[str]) -> None:
    """Let apt-get install packages. They start nothing: the tests start what they need themselves."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    try:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(command, check=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    finally:
        if ours:
            POLICY.unlink()


def bring() -> str:
    """Install what any step lacks. Return why that cannot be done, empty when all is there."""
    wanted = missing(*NEEDS)
    names = ", ".join(f"{program} (of Debian's {package})" for program, package in wanted.items())
    if not wanted:
        return ""
    if not shutil.which("apt-get"):
        return f"There is no apt-get here: install by this system's own means {names}."
    if os.geteuid():
        return f"Only root may install packages: sudo make system. Missing: {names}."
    install(sorted(set(wanted.values())))
    still = missing(*NEEDS)
    return f"Installed, but not in {path()}: {', '.join(still)}." if still else ""


def main() -> None:
    """Install what any step lacks; ends with exit code 1 and the reason where that cannot be done."""
    if why := bring():
        sys.exit(why)
    print("Nothing is missing.")


if __name__ == "__main__":
    main()
