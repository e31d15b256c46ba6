# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that does whatever modules do and should not, for a copy of the collection that only a test has."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import tempfile
import time

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import progress

SPEC = {
    "do": {"type": "str", "required": True},
    "value": {"type": "raw"},
    "old_value": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "saas.privatelink"},
    "secret": {"type": "str", "no_log": True},
}


def look(module: AnsibleModule) -> None:
    """What a process finds when it begins."""
    module.exit_json(
        folder=os.getcwd(),
        environment={name: os.environ.get(name) for name in ("ODD", "TZ", "TMPDIR")},
        zone=time.tzname,
        temporary=tempfile.gettempdir(),
        input=sys.stdin.read(),
        signals=[signal.getsignal(number) is signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGALRM)],
        script=__name__,
        loggers=[len(logging.root.handlers), logging.root.level],
    )


def say(module: AnsibleModule) -> None:
    for number in range(3):
        progress(f"look {number}")
    module.warn("a warning")
    module.warn("a warning with {{ 1 + 1 }}")
    module.deprecate("an old way", version="9.0.0", collection_name="saas.privatelink")
    print("what is no JSON", file=sys.stderr)
    module.exit_json(changed=True, value=module.params["value"], said=f"it is {module.params['secret']}")


def hand_back(module: AnsibleModule) -> None:
    module.exit_json(value=module.params["value"], kind=type(module.params["value"]).__name__)


def write_late(module: AnsibleModule) -> None:
    """At the end of the process, as libraries do."""
    atexit.register(lambda: open(module.params["value"], "w").close())
    module.exit_json()


def fail_with_text(module: AnsibleModule) -> None:
    print("no JSON at all, of " + "x" * 200_000)
    sys.exit(module.params["value"])


def kill(module: AnsibleModule) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(module: AnsibleModule) -> None:
    with open(module.params["value"], "w", encoding="utf-8") as stream:
        stream.write(str(os.getpid()))
    time.sleep(60)


def fail(module: AnsibleModule) -> None:
    raise ValueError(f"odd: {module.params['value']}")


def come_back(module: AnsibleModule) -> None:
    """A module that does not say that it has ended."""


def main() -> None:
    module = AnsibleModule(SPEC, supports_check_mode=True)
    globals()[module.params["do"]](module)


if __name__ == "__main__":
    main()
