# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one command and print what it cost as JSON: ``python -I -S timed.py OUTPUT COMMAND...``.

A process of its own, and a small one: the kernel counts the memory of whoever starts a command as the command's own.
"""

import json
import os
import sys
import time


def main() -> None:
    """Wall and CPU in seconds; ``memory`` is the peak of the largest process of the whole tree, in MiB."""
    output, *command = sys.argv[1:]
    started = time.monotonic()
    pid = os.fork()
    if not pid:
        stream = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        os.execvp(command[0], command)
    dummy, status, usage = os.wait4(pid, 0)
    cost = {
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss / 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    print(json.dumps(cost))


main()
