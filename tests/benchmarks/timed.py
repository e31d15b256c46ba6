# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one command and print what it cost as JSON: ``python -I -S timed.py OUTPUT INTERVAL COMMAND...``.

With an INTERVAL above 0 its memory is looked at every so many seconds. That takes a little CPU on the same machine, so
CPU and wall are to be taken from runs without. A process of its own, and a small one, that has nothing to do with ours.
"""

import json
import os
import sys
import time


def main() -> None:
    """Wall and CPU in seconds; ``memory``: the most MiB that the whole tree held at one time, 0 if not looked at."""
    output, interval, *command = sys.argv[1:]
    started = time.monotonic()
    pid = os.fork()
    if not pid:
        stream = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        os.execvp(command[0], command)
    peak = watch(pid, float(interval)) if float(interval) else 0
    dummy, status, usage = os.wait4(pid, 0)
    cost = {
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": peak / 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    print(json.dumps(cost))


def watch(pid: int, interval: float) -> int:
    """The largest sum of the tree's memory until its root ends, which is left to be waited for; in KiB."""
    peak = 0
    while not os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        peak = max(peak, sum(map(share, tree(pid))))
        time.sleep(interval)
    return peak


def tree(root: int) -> list[int]:
    """A process and all below it, by what each says of its parent."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
        children.setdefault(parent, []).append(int(name))
    found = [root]
    for pid in found:  # which grows as it is read
        found += children.get(pid, [])
    return found


def share(pid: int) -> int:
    """A process's proportional set size in KiB: a page that n processes share counts for one nth in each."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0  # it has ended meanwhile


main()
