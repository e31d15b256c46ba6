# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test sanity, from package indexes alone: `python -m tests.tools.sanity [ansible-test options]`.

ansible-test wants the collection below a folder `ansible_collections` that is no symbolic link, and takes git's word
for what belongs to it, so it gets a plain copy outside the checkout. It fills its own environments with a pip that it
downloads from its own host; the pip that comes with Python serves as well.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tools import system
from tests.tools.place import HOME, ROOT, SITE, private_environment

TESTS = 24  # how many ansible-test of ansible-core 2.21 runs on a collection without docker
PIP = "25.2"  # the version for which ansible-test of ansible-core 2.21 looks


def prepare_pip() -> None:
    """Lay ready the bootstrap script, and pip's settings, as ansible-test hides the caller's home and environment."""
    script = HOME / ".ansible" / "test" / "cache" / f"get_pip_{PIP.replace('.', '_')}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("import ensurepip\n\nensurepip.bootstrap()\n")
    config = HOME / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.touch(mode=0o600)  # an index's address may hold a password
    config.write_text("[global]\n" + "".join(f"{name} = {value}\n" for name, value in pip_settings().items()))


def pip_settings() -> dict[str, str]:
    """Return the package index, certificates and so on of the caller's pip; the environment wins over files."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    settings: dict[str, str] = {}
    for source in ("global.", ":env:."):
        for line in listing:
            if line.startswith(source):
                name, value = line.removeprefix(source).split("=", 1)
                settings[name] = str(ast.literal_eval(value)).replace("\n", "\n  ")
    return settings


def copy_collection(tree: Path) -> Path:
    """Copy what git would publish into `tree`, beside amazon.aws, and return the copy's folder."""
    target = tree / "ansible_collections" / "saas" / "privatelink"
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        env=private_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():  # a file deleted but not yet committed is still listed
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target.parents[1] / "amazon").symlink_to(SITE / "ansible_collections" / "amazon")
    return target


def main() -> int:
    """Run `ansible-test sanity` on the Python of this environment; returns its exit code."""
    if why := system.lacks("sanity"):
        print(f"SKIPPED [{TESTS}] sanity: {why}")
        return 0
    prepare_pip()
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    with tempfile.TemporaryDirectory(prefix="privatelink-sanity-") as tree:
        command = ["ansible-test", "sanity", "--python", python, "--color", "no", *sys.argv[1:]]
        copy = copy_collection(Path(tree))
        return subprocess.run(command, cwd=copy, env=private_environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
