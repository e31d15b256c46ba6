# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test sanity, from package indexes alone: `python -m tests.tools.sanity [ansible-test options]`.

ansible-test wants the collection below a folder `ansible_collections` that is no symbolic link, and takes git's word
for what belongs to it, so it gets a plain copy outside the checkout, of what is published; tests have ruff and mypy.
It fills its own environments with a pip that it downloads from its own host; the pip that comes with Python does as
well.
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

PROBE = "plugins/modules/resource_share.py"  # a module whose argument spec comes from a dataclass
# What is made wrong in its documentation, and which finding of validate-modules that must be.
MISTAKES = {
    "doc-default-does-not-match-spec": ("default: false\n", "default: true\n"),
    "doc-choices-do-not-match-spec": ("choices: [present, absent]\n", "choices: [present, absent, gone]\n"),
    "doc-elements-mismatch": ("elements: str\n", "elements: int\n"),
    "undocumented-parameter": ("share_name:\n        description:", "share_names:\n        description:"),
}


def prepare_pip() -> None:
    """Lay ready the bootstrap script, and pip's settings, as ansible-test hides the caller's home and environment."""
    script = HOME / ".ansible" / "test" / "cache" / f"get_pip_{PIP.replace('.', '_')}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("import ensurepip\n\nensurepip.bootstrap()\n")
    config = HOME / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.touch(mode=0o600)  # an index's address may hold a password
    settings = {**pip_settings(), "no-compile": "true"}  # most of it is never imported
    config.write_text("[global]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))


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
    """Copy what is published into `tree`, beside amazon.aws, and return the copy's folder."""
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
        # A file deleted but not yet committed is still listed.
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target.parents[1] / "amazon").symlink_to(SITE / "ansible_collections" / "amazon")
    return target


def ansible_test(copy: Path, *options: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run `ansible-test sanity` in a copy of the collection, on the Python of this environment."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = ["ansible-test", "sanity", "--python", python, "--color", "no", *options]
    return subprocess.run(command, cwd=copy, env=private_environment(), text=True, capture_output=capture, check=False)


def overlooked(copy: Path) -> list[str]:
    """Spoil the documentation of a module in a copy, and return the mistakes that validate-modules does not find there.

    It compares documentation with the argument spec as the module hands it over; this shows that it still does where
    that is made from a dataclass.
    """
    text = (copy / PROBE).read_text(encoding="utf-8")
    for mistake, (right, wrong) in MISTAKES.items():
        if right not in text:
            raise ValueError(f"{PROBE} has no {right!r} to make {mistake} of")
        text = text.replace(right, wrong)
    (copy / PROBE).write_text(text, encoding="utf-8")
    run = ansible_test(copy, "--test", "validate-modules", PROBE, capture=True)
    missed = [mistake for mistake in MISTAKES if f" {mistake}: " not in run.stdout]
    if missed:
        print(run.stdout, run.stderr, sep="\n")
    return missed


def main() -> int:
    """Run `ansible-test sanity`, and if all of it, try that it finds mistakes; returns the exit code."""
    if why := system.lacks("sanity"):
        print(f"SKIPPED [{TESTS}] sanity: {why}")
        return 0
    prepare_pip()
    with tempfile.TemporaryDirectory(prefix="privatelink-sanity-") as tree:
        copy = copy_collection(Path(tree))
        code = ansible_test(copy, *sys.argv[1:]).returncode
        if code or sys.argv[1:]:
            return code
        missed = overlooked(copy)
    print(f"Of {len(MISTAKES)} mistakes made in {PROBE}, validate-modules overlooks: {', '.join(missed) or 'none'}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
