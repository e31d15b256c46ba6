# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox that stays, with the databases of the example inventory, for playbooks of one's own in another terminal.

Run it with ``make sandbox``; arguments are files of further seeds. It ends with Ctrl-C, and each line on its input
lets the vendors act.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import yaml
from botocore.exceptions import ClientError

from tests.demo.__main__ import INVENTORY, SEED, act_as_vendors, redis_cloud_keys, variables
from tests.sandbox.client import ControlError, RunningSandbox, SandboxClient
from tests.tools.place import BIN, CACHE, ROOT
from tests.tools.playbook import CONTROLLER

EXPORTS, VARIABLES = "exports.sh", "variables.json"


def main() -> int:
    """Keep it until SIGINT or SIGTERM."""
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *dummy: done.set())
    try:
        sandbox = RunningSandbox("--seed", str(SEED))
    except RuntimeError:
        if done.is_set():  # it was ended before it was ready
            return 0
        raise
    folder = own_folder()
    try:
        for file in sys.argv[1:]:
            sandbox.seed(yaml.safe_load(Path(file).read_text(encoding="utf-8")))
        (folder / VARIABLES).write_text(json.dumps(variables(sandbox, folder / "hand-off")), encoding="utf-8")
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment(sandbox).items())
        exports += "unset AWS_PROFILE AWS_SESSION_TOKEN\n"
        (folder / EXPORTS).write_text(exports, encoding="utf-8")
        print(welcome(exports, folder.relative_to(ROOT)), flush=True)
        threading.Thread(target=act_when_asked, args=(sandbox,), daemon=True).start()
        done.wait()
    finally:
        sandbox.stop()
        for name in (EXPORTS, VARIABLES):  # they lead nowhere from now on
            (folder / name).unlink(missing_ok=True)
    print("\nThe sandbox has ended, and all that was made in it is gone.", flush=True)
    return 0


def own_folder() -> Path:
    """A folder that no other sandbox of this checkout has now."""
    for number in itertools.count(1):
        folder = CACHE / f"sandbox-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (folder / EXPORTS).touch(exist_ok=False)
            break
    return folder


def environment(sandbox: SandboxClient) -> Mapping[str, str]:
    """What points AWS's and Redis Cloud's clients at the sandbox, and finds the Ansible of this checkout."""
    keys = {**sandbox.environment(CONTROLLER), **redis_cloud_keys(sandbox)}
    path = f"{BIN}:{os.environ.get('PATH', '')}"
    return {**keys, "ANSIBLE_CONFIG": str(ROOT / "examples" / "ansible.cfg"), "PATH": path}


def welcome(exports: str, folder: Path) -> str:
    place, said = INVENTORY.relative_to(ROOT), folder / VARIABLES
    options = f"-i {place} -e @{said}"
    return f"""\
A sandbox plays AWS and Redis Cloud until Ctrl-C. It holds the databases of {place}.

In another terminal, in {ROOT}:

    . {folder / EXPORTS}        # or by hand:

{exports}
    ansible-playbook saas.privatelink.site {options} --check --diff
    ansible-playbook saas.privatelink.site {options}
    ansible-playbook saas.privatelink.status {options}
    ansible-playbook saas.privatelink.teardown {options} -e link=orders

Enter here lets the vendors act on what they were told; then run site again.
An inventory of yours works alike: any 12 digits are an account, and every role of it can be assumed. It needs
-e @{said}, too: that names the sandbox's DNS server, where the names of databases are.
VPCs, subnets, clusters and names of databases that are not in {SEED.relative_to(ROOT)} you write in a file
like that, for `make sandbox SEED=FILE`; or you make them by any AWS client: each access key of
12 digits is that account."""


def act_when_asked(sandbox: SandboxClient) -> None:
    for dummy in sys.stdin:
        try:
            print("\n".join(act_as_vendors(sandbox) or ["The vendors have nothing to do."]), flush=True)
        except (ClientError, ControlError) as error:
            print(f"The vendors cannot act: {error}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
