# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules in a fork: what is loaded before it, what speaks against one, and what a fork may do to its worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible_collections.saas.privatelink.plugins.plugin_utils import _fork, _module_action, _preload

ROOT = Path(__file__).parents[3]
PLUGINS = "ansible_collections.saas.privatelink.plugins"
EARLIER = """
import gc, json, sys
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader()
import importlib
"""
PARENT = f"""{EARLIER}
for name in sys.argv[1:]:
    assert importlib.import_module(f"{PLUGINS}.action.{{name}}").ActionModule.cannot_load == "", name
import botocore.client, botocore.credentials, botocore.session
gc.unfreeze()
kinds = (botocore.session.Session, botocore.client.BaseClient, botocore.credentials.Credentials)
print(json.dumps([repr(thing) for thing in gc.get_objects() if isinstance(thing, kinds)]))
"""
MODELS = f"""{EARLIER}
from {PLUGINS}.module_utils._aws import api, models
from {PLUGINS}.plugin_utils._preload import SERVICES, preload
preload(sys.argv[1])
read, load_file = [], models.ModelFiles.load_file
models.ModelFiles.load_file = lambda self, path: read.append(path) or load_file(self, path)
for service in SERVICES[sys.argv[1]]:
    api.Api("us-east-1", api.Credentials("key", "secret", role_arn="arn:aws:iam::111111111111:role/r")).client(service)
print(json.dumps([path for path in read if load_file(None or models.ModelFiles(), path) is not None]))
"""


def python(code: str, *arguments: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_ansibles_own_process_keeps_no_session_client_or_credential() -> None:
    paths = (ROOT / "plugins" / "modules").glob("*.py")
    modules = sorted(path.stem for path in paths if "def main(" in path.read_text(encoding="utf-8"))
    assert python(PARENT, *modules) == []


@pytest.mark.parametrize("module", ["endpoint_service", "nlb_ip_sync", "vpc_endpoint_association_info"])
def test_a_fork_reads_no_model_again(module: str) -> None:
    assert python(MODELS, module) == []


def test_the_services_of_a_module_are_those_that_its_policy_names() -> None:
    paths = [path for path in (ROOT / "docs" / "iam").glob("*.json") if path.stem not in ("pins", "trust")]
    assert len(paths) == len(_preload.SERVICES)
    for path in paths:
        statements = json.loads(path.read_text(encoding="utf-8"))["Statement"]
        allowed = {action.partition(":")[0] for statement in statements for action in statement["Action"]}
        services = set(_preload.SERVICES[path.stem])
        assert services, path.stem
        assert services <= allowed, path.stem


def test_what_cannot_be_loaded_is_said_and_left_to_the_module() -> None:
    assert _preload.preload("no_such_module").startswith("no_such_module cannot be loaded here")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda patch: patch.setenv("SAAS_PRIVATELINK_IN_FORK", "0"), "SAAS_PRIVATELINK_IN_FORK is 0"),
        (lambda patch: patch.setattr(sys, "platform", "darwin"), "this is darwin, not Linux"),
        (lambda patch: patch.setattr(_module_action, "core_version", "2.22.0.dev0"), "ansible-core 2.22.0.dev0 is not"),
        (lambda patch: patch.setattr(_module_action, "core_version", "2.17.9"), "ansible-core 2.17.9 is not"),
        (lambda patch: patch.setattr(constants, "DEFAULT_KEEP_REMOTE_FILES", True), "ANSIBLE_KEEP_REMOTE_FILES"),
        (lambda patch: patch.setenv("_ANSIBLE_ANSIBALLZ_COVERAGE_CONFIG", "{}"), "COVERAGE_CONFIG is set"),
    ],
)
def test_what_speaks_against_a_fork_on_this_machine(
    change: Callable[[pytest.MonkeyPatch], None], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _module_action._why_not_here() == ""
    change(monkeypatch)
    assert reason in _module_action._why_not_here()


def test_only_the_controllers_own_python_is_its_own(tmp_path: Path) -> None:
    same = _module_action._same_python
    linked = tmp_path / "python"
    linked.symlink_to(sys.executable)
    assert same(sys.executable)
    assert not any(map(same, [str(linked), "auto", "", "python3", f"{sys.executable} -X dev", "/usr/bin/env"]))


def forked(monkeypatch: pytest.MonkeyPatch, module: Callable[[], int]) -> _fork.Answer:
    """What comes of a fork whose module is a function."""
    monkeypatch.setattr(_fork, "_status_of", lambda *dummy: module())
    return _fork.run("any", b"{}", "/", {}, print)


def test_a_fork_never_comes_back_into_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> int:
        raise KeyboardInterrupt("in the module")

    status, output, errors = forked(monkeypatch, broken)
    assert (status, output) == (1, b"")
    assert b"KeyboardInterrupt: in the module" in errors


def test_what_a_fork_writes_past_python_and_at_length_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def long() -> int:
        os.write(1, b"x" * 1_000_000)
        print("y" * 1_000_000, file=sys.stderr)
        return 7

    status, output, errors = forked(monkeypatch, long)
    assert (status, len(output), len(errors)) == (7, 1_000_000, 1_000_001)


def test_a_fork_that_is_killed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed() -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        return 0

    status, output, dummy = forked(monkeypatch, killed)
    assert status == -signal.SIGTERM
    assert "ended by SIGTERM" in json.loads(output)["msg"]
