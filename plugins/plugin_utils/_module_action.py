# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of each of our modules: runs it in a fork of Ansible's worker where it can, with live lines.

This plugin util is PRIVATE to the collection.

Starting an interpreter and loading botocore is most of what a task costs. Where the controller's own Python would run
the module on the controller itself, a fork of the worker does the same without that (see C(_fork.py)). Two steps of
ansible-core's C(_execute_module) and the connection's command are exchanged for it; arguments, check mode, no_log, the
parsing, trust and cleaning of the result stay ansible-core's own. Everywhere else the module runs as any other.
A module that has begun never begins again: what goes wrong in a fork is the task's failure.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import sys
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.executor import module_common
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.action import ActionBase
from ansible.plugins.connection.local import Connection as LocalConnection
from ansible.release import __version__ as core_version
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash
from ansible_collections.saas.privatelink.plugins.plugin_utils import _fork
from ansible_collections.saas.privatelink.plugins.plugin_utils._live import shown_lines
from ansible_collections.saas.privatelink.plugins.plugin_utils._preload import preload
from ansible_collections.saas.privatelink.plugins.plugin_utils._run import share_credentials

try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:  # ansible-core 2.18
    get_module_encoder = None

SWITCH = "SAAS_PRIVATELINK_IN_FORK"  # an environment variable: 0 is the normal way
VARIABLE = "privatelink_in_fork"  # a variable of the host, play or task: false is the normal way
TESTED = ((2, 18), (2, 21))  # the oldest and the newest minor version of ansible-core that this was tried with
AT_START = ("PYTHON", "LD_", "LC_", "LANG", "HOME", "OPENSSL", "GLIBC", "MALLOC")  # read when a process starts only
SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Vars = dict[str, t.Any]
display = Display()


class ModuleAction(ActionBase):
    """Runs the module of this name. Made by ``module_action``."""

    _supports_check_mode = True
    _supports_async = True

    module: str
    owns: bool  # whether it tags what it makes with the environment, or looks for the tag
    cannot_load: str  # why the module could not be loaded into Ansible's own process, or ""

    def __init__(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(*args, **kwargs)
        self._forking = False
        self._of_task: dict[str, str] = {}  # the task's environment
        self._host = ""

    def run(self, tmp: t.Any = None, task_vars: Vars | None = None) -> Vars:
        task_vars = task_vars or {}
        self._host = str(task_vars.get("inventory_hostname", ""))
        result = super().run(tmp, task_vars)
        if self.owns and not self._task.args.get("environment_name"):
            self._task.args["environment_name"] = self._environment_name(task_vars)
        reason = self._why_not(task_vars)
        if reason:
            _say_once(f"saas.privatelink's modules run in a Python of their own, which takes longer: {reason}")
        if self._connection.transport == "local" and not self._task.async_val:  # it ends within the run, on its machine
            share_credentials()
        with self._in_fork() if not reason else self._normal_way() as wrap_async:
            answer = self._execute_module(task_vars=task_vars, wrap_async=wrap_async)
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return t.cast("Vars", merge_hash(result, answer))

    def _environment_name(self, task_vars: Vars) -> str:
        """Whose resources a task is about: one inventory host is one environment. An undefined variable is an error."""
        named = self._templar.template(task_vars.get("privatelink_environment", ""))
        return str(named or task_vars["inventory_hostname"])

    @contextlib.contextmanager
    def _normal_way(self) -> t.Iterator[bool]:
        """A process of its own. Only on the controller itself can it share a file of progress with us."""
        wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
        if self._task.async_val or self._connection.transport != "local":
            yield wrap_async
            return
        before = self._task.environment
        with shown_lines(self._show) as told:
            self._task.environment = [*(before or []), told]
            try:
                yield wrap_async
            finally:
                self._task.environment = before

    @contextlib.contextmanager
    def _in_fork(self) -> t.Iterator[bool]:
        """Until the block ends, the connection's commands are forks, and their input is a module's arguments."""
        self._forking = True
        self._connection.exec_command = self._fork
        try:
            yield False
        finally:
            self._forking = False
            del self._connection.exec_command

    def _fork(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> _fork.Answer:
        """In place of the connection's exec_command: ``in_data`` is what _configure_module made."""
        display.vvv(f"FORK {self.module}", host=self._play_context.remote_addr)
        folder = self._loader.get_basedir()
        return _fork.run(self.module, in_data or b"", folder, self._of_task, self._show)

    def _show(self, line: str) -> None:
        """Show how far a wait has come; no_log is for that, too."""
        if not self._task.no_log:
            display.display(f"  ... {self._host}: {line}")

    def _is_pipelining_enabled(self, module_style: str, wrap_async: bool = False) -> bool:
        """A fork needs no files."""
        return self._forking or super()._is_pipelining_enabled(module_style, wrap_async)

    def _configure_module(self, module_name: str, module_args: Vars, task_vars: Vars) -> t.Any:
        """A fork has the code: what is left of a module are its arguments, as AnsiballZ encodes them."""
        if not self._forking:
            return super()._configure_module(module_name, module_args, task_vars)
        params = {"ANSIBLE_MODULE_ARGS": module_args}
        shebang = f"#!{sys.executable}"
        if get_module_encoder is None:
            data = json.dumps(params, cls=AnsibleJSONEncoder, vault_to_text=True).encode()
            return "new", shebang, data, self._path
        encoder = get_module_encoder(_fork.PROFILE, Direction.CONTROLLER_TO_MODULE)
        built = module_common._BuiltModule(
            b_module_data=json.dumps(params, cls=encoder).encode(),
            module_style="new",
            shebang=shebang,
            serialization_profile=_fork.PROFILE,
        )
        return built, self._path

    @functools.cached_property
    def _path(self) -> str:
        """The file that Ansible would run for this task."""
        loader = self._shared_loader_obj.module_loader
        found = loader.find_plugin_with_context(self._task.action, collection_list=self._task.collections)
        return str(found.plugin_resolved_path or "")

    def _why_not(self, task_vars: Vars) -> str:
        """Why a fork would not do the same as a process of its own, or "". Nothing has begun yet."""
        of_host = task_vars["ansible_delegated_vars"][self._task.delegate_to] if self._task.delegate_to else task_vars
        return (
            self.cannot_load
            or _why_not_here()
            or self._switched_off(task_vars)
            or self._not_on_controller(of_host)
            or self._other_module()
            or self._other_environment()
        )

    def _switched_off(self, task_vars: Vars) -> str:
        wanted = self._templar.template(task_vars.get(VARIABLE, True))
        try:
            return "" if boolean(wanted) else f"{VARIABLE} is false"
        except TypeError as error:
            raise AnsibleError(f"{VARIABLE} must be true or false, not {wanted!r}.") from error

    def _not_on_controller(self, of_host: Vars) -> str:
        if self._task.async_val:
            return "the task is asynchronous"
        if self._connection.__class__ is not LocalConnection:  # not one that is made of it, either
            return f"the connection is {self._connection.transport}, not local"
        if self._connection.become or self._play_context.become:
            return "the task becomes another user"
        configured = C.config.get_config_value("INTERPRETER_PYTHON", variables=of_host)
        interpreter = str(self._templar.template(configured) or "")
        if not _same_python(interpreter):
            return f"ansible_python_interpreter is {interpreter}, and not {{{{ ansible_playbook_python }}}}"
        if str(C.config.get_config_value("PYTHON_MODULE_RLIMIT_NOFILE", variables=of_host)) != "0":
            return "the number of open files is limited"
        return ""

    def _other_module(self) -> str:
        """A module that shadows ours is not loaded; nor is that of another copy of this collection."""
        path, ours = self._path, os.path.join(os.path.dirname(_fork.__file__), "..", "modules", f"{self.module}.py")
        if not (os.path.isfile(path) and os.path.samefile(path, ours)):
            return f"another module is in its place, {path}"
        return ""

    def _other_environment(self) -> str:
        if any(self._task.environment or []):
            found: dict[str, t.Any] = {}
            self._compute_environment_string(found)
            self._of_task = {str(name): str(value) for name, value in found.items()}  # as a shell would get them
        late = [name for name in self._of_task if name.startswith(AT_START)]
        if late:
            return f"its environment sets {', '.join(late)}, which Python reads when it starts"
        odd = [name for name, value in self._of_task.items() if not SHELL_NAME.fullmatch(name) or "\0" in value]
        return f"its environment sets what only a shell can judge: {', '.join(odd)}" if odd else ""


def _why_not_here() -> str:
    """What speaks against a fork on this machine, whatever the task."""
    if os.environ.get(SWITCH) == "0":
        return f"{SWITCH} is 0"
    if sys.platform != "linux":  # a fork that does not exec is not safe with other systems' libraries
        return f"this is {sys.platform}, not Linux"
    oldest, newest = TESTED
    if not oldest <= tuple(int(part) for part in core_version.split(".")[:2]) <= newest:
        return f"ansible-core {core_version} is not one that this was tried with, 2.{oldest[1]} to 2.{newest[1]}"
    if C.DEFAULT_KEEP_REMOTE_FILES:
        return "ANSIBLE_KEEP_REMOTE_FILES asks for the module's files"
    inside = [name for name in os.environ if name.startswith("_ANSIBLE_")]  # debuggers, coverage
    return f"{inside[0]} is set" if inside else ""


def _same_python(interpreter: str) -> bool:
    """Whether a module's interpreter is the controller's own: of the same folder, too, for a venv is made of links."""
    folder, name = os.path.split(interpreter)
    here = os.path.dirname(sys.executable)
    same_folder = os.path.realpath(folder) == os.path.realpath(here)
    return bool(folder and name) and same_folder and os.path.realpath(interpreter) == os.path.realpath(sys.executable)


def _say_once(line: str) -> None:
    """Say a thing once a run, with -v. Each task has a process of its own, so a file in the run's folder remembers."""
    if display.verbosity < 1:
        return
    name = f"privatelink-{hashlib.sha256(line.encode()).hexdigest()[:16]}"
    with contextlib.suppress(OSError):
        os.close(os.open(os.path.join(C.DEFAULT_LOCAL_TMP, name), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        display.v(line)


def module_action(plugin: str, owns: bool = False) -> type[ModuleAction]:
    """The action plugin for the module of its name; ``plugin`` is its C(__name__).

    ``owns`` is whether it tags what it makes with the environment, or looks for the tag.

    The module is loaded at once: Ansible asks for the class in its own process, before it forks a worker for the task.
    """
    module = plugin.rpartition(".")[2]
    cannot_load = _why_not_here() or preload(module)
    return type("ActionModule", (ModuleAction,), {"module": module, "owns": owns, "cannot_load": cannot_load})
