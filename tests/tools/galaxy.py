# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball that users install: built, taken by Galaxy's importer, installed where nothing can be fetched, and run.

Run it with `make galaxy`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools.place import CACHE, ROOT, SITE, private_environment

FOLDER = CACHE / "galaxy"
# What the importer would run besides: they are parts of other steps, and one would want a container engine.
OURS = {f"GALAXY_IMPORTER_RUN_ANSIBLE_{part}": "false" for part in ("LINT", "TEST", "DOC")}
INVENTORY = "all: {hosts: {prod_us_east_1: {aws_region: us-east-1}}}\n"


def main() -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    tarball = build()
    say(f"built {tarball.name}")
    imported(tarball)
    say("Galaxy's importer takes it")
    installed = install(tarball)
    say("it installs without a network")
    play(installed)
    say("a playbook of it runs by its name")
    return 0


def build() -> Path:
    """The tarball, of what is under version control: a working copy has more."""
    copy = FOLDER / "checkout"
    listed = run("git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    run("ansible-galaxy", "collection", "build", "--output-path", str(FOLDER), str(copy))
    (tarball,) = FOLDER.glob("*.tar.gz")
    return tarball


def imported(tarball: Path) -> None:
    run(sys.executable, "-m", "galaxy_importer.main", str(tarball))


def install(tarball: Path) -> Path:
    """The folder of collections into which it was installed. What it depends on is there already."""
    collections = FOLDER / "collections"
    needed = collections / "ansible_collections" / "amazon" / "aws"
    needed.parent.mkdir(parents=True)
    needed.symlink_to(SITE / "ansible_collections" / "amazon" / "aws")
    # The checkout is installed already, of the same version.
    run("ansible-galaxy", "collection", "install", str(tarball), "--offline", "--force", "-p", str(collections))
    return collections / "ansible_collections" / "saas" / "privatelink"


def play(installed: Path) -> None:
    """Run status on an environment without links, which asks AWS nothing."""
    inventory = FOLDER / "inventory.yml"
    inventory.write_text(INVENTORY, encoding="utf-8")
    said = run("ansible-playbook", "saas.privatelink.status", "-i", str(inventory), "-vv")
    if str(installed / "playbooks" / "status.yml") not in said or "failed=0" not in said:
        sys.exit(f"Not the playbook of the tarball, or not to its end:\n{said}")


def run(*command: str) -> str:
    """What a command says. It ends this one with what it said when it fails."""
    environment = private_environment() | OURS
    environment |= {"ANSIBLE_COLLECTIONS_PATH": str(FOLDER / "collections"), "ANSIBLE_HOME": str(FOLDER / "ansible")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def say(what: str) -> None:
    print(f"ok: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
