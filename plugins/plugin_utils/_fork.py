# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module as a fork of this process: what a new interpreter would do, without starting one.

This plugin util is PRIVATE to the collection. It knows nothing of tasks; C(_module_action.py) decides what runs so.

The fork makes itself what a module's process is: arguments where AnsiballZ puts them, output into pipes, no standard
input, the playbook's folder as current one, the default reaction to signals, and nothing of the controller's state that
changes how module utils behave. Then ansible-core's own loader runs the module as a script. It never returns.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import logging
import os
import runpy
import selectors
import signal
import sys
import tempfile
import time
import traceback
import typing as t

from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import PROGRESS

try:
    from ansible.module_utils import _internal
    from ansible.module_utils._internal import _traceback
    from ansible.module_utils._internal._ansiballz import _loader
except ImportError:  # ansible-core 2.18
    _loader = None

PROFILE = "legacy"  # how ansible-core 2.19 and newer serialize the arguments and the result of such a module
NAMESPACE = "ansible_collections.saas.privatelink.plugins.modules"
CHUNK = 65536

Answer = tuple[int, bytes, bytes]  # exit status, standard output, standard error


def run(
    module: str, params: bytes, folder: str, environment: t.Mapping[str, str], show: t.Callable[[str], None]
) -> Answer:
    """Run a module of this collection, and return what a process of its own would: status, output, errors.

    ``module`` is its name, ``params`` the JSON that AnsiballZ would give it, ``folder`` the one to run in.
    ``environment`` is added to this process's. ``show`` is called with each line of progress as it comes. Whatever
    ends the wait, a task's timeout for one, ends the module as well.
    """
    pipes = [os.pipe() for dummy in range(3)]
    pid = os.fork()
    if not pid:
        _be_module(module, params, folder, environment, [write for dummy, write in pipes])
    try:
        for _dummy, write in pipes:
            os.close(write)
        output, errors = _read([read for read, dummy in pipes], show)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        raise
    finally:
        for read, _dummy in pipes:
            os.close(read)
    return status, output if status >= 0 else _killed(-status), errors


def _read(ends: list[int], show: t.Callable[[str], None]) -> tuple[bytes, bytes]:
    """All that comes through the pipes for output and errors; what comes through the third is shown line by line."""
    read: dict[int, bytearray] = {end: bytearray() for end in ends}
    output, errors, lines = ends
    with selectors.DefaultSelector() as selector:
        for end in ends:
            selector.register(end, selectors.EVENT_READ)
        while selector.get_map():
            for key, _dummy in selector.select():
                chunk = os.read(key.fd, CHUNK)
                if not chunk:
                    selector.unregister(key.fd)
                read[key.fd] += chunk
            *whole, rest = read[lines].split(b"\n")
            read[lines] = bytearray(rest)
            for line in whole:
                show(line.decode("utf-8", "replace"))
    return bytes(read[output]), bytes(read[errors])


def _killed(number: int) -> bytes:
    """The result of a module that could give none."""
    name = signal.Signals(number).name if number in signal.valid_signals() else str(number)
    message = (
        f"The module's process was ended by {name} before it could say what it did. Where this machine is short of "
        "memory, give it more, or run fewer hosts at once (forks). Run again: what was done is found, the rest is done."
    )
    return json.dumps({"failed": True, "msg": message, "rc": -number}).encode()


def _be_module(
    module: str, params: bytes, folder: str, environment: t.Mapping[str, str], ends: list[int]
) -> t.NoReturn:
    """In the fork: run the module and end this process, whatever happens; what is above on the stack is another's."""
    status = 1
    try:
        atexit._clear()  # what the controller does at its end is not ours to do
        _take_over(folder, environment, ends)
        status = _status_of(module, params)
        atexit._run_exitfuncs()  # the module's own
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _take_over(folder: str, environment: t.Mapping[str, str], ends: list[int]) -> None:
    """Replace what this process has of the controller by what a module's process begins with."""
    gc.freeze()  # no collection need go through the controller's objects, and copy them by that
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    output, errors, lines = ends
    nothing = os.open(os.devnull, os.O_RDWR)
    for here, there in ((nothing, 0), (output, 1), (errors, 2)):
        os.dup2(here, there)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    os.chdir(folder)
    os.environ.update(environment)
    os.environ[PROGRESS] = f"/dev/fd/{lines}"
    time.tzset()  # the environment may name another time zone
    tempfile.tempdir = None  # and another folder for temporary files
    logging.root.handlers.clear()  # ANSIBLE_LOG_PATH is for the controller's lines
    logging.root.setLevel(logging.WARNING)
    warnings._global_warnings.clear()
    warnings._global_deprecations.clear()
    if _loader:
        # Warnings belong into the result, and tracebacks where the task's own arguments ask for them.
        _internal.is_controller = False
        _traceback._is_traceback_enabled = _traceback._is_module_traceback_enabled


def _status_of(module: str, params: bytes) -> int:
    """Run the module as a script; the exit status that an interpreter would end with."""
    name = f"{NAMESPACE}.{module}"
    try:
        if _loader:
            _loader.run_module(json_params=params, profile=PROFILE, module_fqn=name, modlib_path="", extensions={})
        else:
            basic._ANSIBLE_ARGS = params
            runpy.run_module(name, init_globals={"_module_fqn": name}, run_name="__main__", alter_sys=True)
            print(json.dumps({"msg": "New-style module did not handle its own exit", "failed": True}))
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
    return 1
