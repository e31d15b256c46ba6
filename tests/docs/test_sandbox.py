# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox kept for playbooks of one's own: what it says to type works, and Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.demo.keep import EXPORTS, VARIABLES, own_folder
from tests.tools.place import ROOT, private_environment


def test_what_it_says_works_until_it_is_ended(tmp_path: Path) -> None:
    """In a group of processes of its own, for a terminal sends Ctrl-C to all of them.

    Another one of this checkout is not touched.
    """
    other = own_folder()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.demo.keep"],
        cwd=ROOT,
        env=private_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdin
    said = [process.stdout.readline()]
    while "12 digits is that account" not in said[-1]:
        said.append(process.stdout.readline())
        assert process.poll() is None, said
    typed = {line.strip() for line in said}
    (source,) = (line.split("#")[0] for line in typed if line.startswith(". "))
    folder = Path(source.split()[1]).parent
    assert any(line.startswith(f"-e @{folder / VARIABLES}, too") for line in typed)
    (status,) = (line for line in typed if ".status " in line)
    done = subprocess.run(
        ["sh", "-c", f"{source} && {status} --limit prod_us_east_1 --tags fivetran"],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "AWS_PROFILE": "of-mine"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fivetran orders: planned: 7 calls to make" in done.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    assert "The vendors have nothing to do." in process.stdout.readline()  # nothing was built
    os.killpg(process.pid, signal.SIGINT)
    rest = process.communicate(timeout=60)[0]
    assert (process.returncode, "The sandbox has ended" in rest, "Traceback" in rest) == (0, True, False)
    assert not [name for name in (EXPORTS, VARIABLES) if (ROOT / folder / name).exists()]
    (other / EXPORTS).unlink()  # it was there until now
