# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks on one of the versions of ansible-core that the collection serves: `python -m tests.tools.versions 2.18`.

pytest is that of .venv. The ansible-playbook that it runs is that of an environment that holds this version, and finds
all else in .venv, collections too; of the version that .venv has itself, it is that of .venv. `make versions` does it
with each version.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.tools.place import BIN, CACHE, ROOT, SITE


@dataclass(frozen=True)
class Core:
    """A version of ansible-core, and the first and last minor of Python 3 that it names in its classifiers."""

    version: str
    pythons: tuple[int, int]
    others: dict[str, str] = field(default_factory=dict)  # where it does not take the version in constraints.txt

    def needs(self, minor: int) -> str:
        """Return what it needs and Python 3.<minor> is not, in words; empty when that will do."""
        first, last = self.pythons
        return "" if first <= minor <= last else f"needs Python 3.{first} to 3.{last}, and .venv has 3.{minor}"


CORES = {
    "2.18": Core("2.18.19", (11, 13), {"resolvelib": "1.0.1"}),
    "2.19": Core("2.19.14", (11, 13)),
    "2.20": Core("2.20.10", (12, 14)),
    "2.21": Core("2.21.5", (12, 14)),
}
"""The last of each minor, read from the package index in November 2026."""

PLAYBOOKS, VALUES = "tests/playbooks/test_playbooks.py", "tests/playbooks/test_values.py"
TESTS = (
    "tests/playbooks/test_ansible.py",
    "tests/playbooks/in_fork/test_in_fork.py",
    f"{PLAYBOOKS}::test_a_plan_names_every_link_and_writes_nothing",
    f"{VALUES}::test_what_is_omitted_within_a_link_is_not_set",
)
"""What each version must pass: whole files, or single tests."""


def count() -> int:
    """Return how many test functions TESTS are."""
    files = [(ROOT / name).read_text() for name in TESTS if "::" not in name]
    return len(TESTS) - len(files) + sum(len(re.findall(r"^ *def test_", text, re.M)) for text in files)


def pinned() -> str:
    """Return the minor version of ansible-core that .venv has."""
    (version,) = re.findall(r"^ansible-core==(\d+\.\d+)\.", (ROOT / "constraints.txt").read_text(), re.M)
    return str(version)


def install(folder: Path, core: Core) -> None:
    """Make a virtual environment with a version of ansible-core, which finds all else in .venv, with uv if it is there.

    What stands in the environment itself comes before what .venv has.
    """
    python = str(folder / "bin" / "python")
    packages = [f"{name}=={number}" for name, number in {"ansible-core": core.version, **core.others}.items()]
    options = ["--quiet", "--no-deps", "--python", python]
    if uv := os.environ.get("UV") or shutil.which("uv"):
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([uv, "pip", "install", *options, *packages], check=True)
    else:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)], check=True)
        subprocess.run([*pip, *options[2:], "install", *options[:2], "--no-compile", *packages], check=True)
    (site,) = folder.glob("lib/python3.*/site-packages")
    (site / "all_else.pth").write_text(f"{SITE}\n")


def prepare(minor: str) -> Path:
    """Return the folder of programs of a version's environment, which is made unless it is there with equal pins."""
    if minor == pinned():
        return BIN
    folder = CACHE / "versions" / minor
    ready = folder / ".ready"
    wanted = f"{sys.version} in {folder}: {CORES[minor]}"
    if not ready.exists() or ready.read_text() != wanted:
        install(folder, CORES[minor])
        ready.write_text(wanted)
    return folder / "bin"


def main() -> int:
    """Run TESTS with the version named on the command line; returns pytest's exit code."""
    if len(sys.argv) != 2 or sys.argv[1] not in CORES:
        sys.exit(f"Name one version of ansible-core: {', '.join(CORES)}")
    minor = sys.argv[1]
    if why := CORES[minor].needs(sys.version_info.minor):
        print(f"SKIPPED [{count()}] ansible-core {minor}: {why}")
        return 0
    programs = prepare(minor)
    command = [str(programs / "ansible-playbook"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    print(said, flush=True)
    assert f"[core {CORES[minor].version}]" in said
    environment = os.environ | {"TEST_ANSIBLE_BIN": str(programs)}
    tests = [sys.executable, "-m", "pytest", "-q", "-rs", *TESTS]
    return subprocess.run(tests, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
