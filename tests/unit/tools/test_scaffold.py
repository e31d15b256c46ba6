# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scaffold writes: an operation that says that it is not written, and a test that fails until both are."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.client import SandboxClient
from tests.sandbox.core.operations import OPERATIONS
from tests.sandbox.server import Sandbox, Server
from tests.tools import scaffold
from tests.tools.place import ROOT

NEW = ("ram", "ListPermissions")


def loaded(path: Path) -> Any:
    """A file as Python imports it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def client() -> Iterator[SandboxClient]:
    """A sandbox in this process, to which a test can add an operation."""
    known = dict(OPERATIONS)
    server = Server(("127.0.0.1", 0), Sandbox())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield SandboxClient(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    OPERATIONS.clear()
    OPERATIONS.update(known)


@pytest.mark.filterwarnings("ignore::UserWarning:moto.*")  # as the server does: no model declares NotImplemented
def test_the_test_fails_until_the_operation_and_then_the_test_are_written(
    client: SandboxClient, account: str, tmp_path: Path
) -> None:
    performed, tested = scaffold.write_operation(tmp_path, *NEW, "permissions")
    assert performed == tmp_path / "tests" / "sandbox" / "aws" / "ram" / "permissions.py"
    assert tested == tmp_path / "tests" / "contract" / "test_ram_permissions.py"
    loaded(performed)
    assert NEW in OPERATIONS
    test = loaded(tested).test_list_permissions
    with pytest.raises(ClientError, match=r"NotImplemented.*ram ListPermissions is not written yet"):
        test(client.boto, account)
    OPERATIONS[NEW] = lambda call, world: {"permissions": []}
    with pytest.raises(pytest.fail.Exception, match="not written yet"):
        test(client.boto, account)


def test_a_second_operation_goes_into_the_same_files(tmp_path: Path) -> None:
    files = scaffold.write_operation(tmp_path, *NEW, "permissions")
    assert scaffold.write_operation(tmp_path, "ram", "GetPermission", "permissions") == files
    performed, tested = (path.read_text() for path in files)
    assert [line for line in performed.splitlines() if line.startswith("def ")] == [
        "def list_permissions(call: Call, world: World) -> dict[str, Any]:",
        "def get_permission(call: Call, world: World) -> dict[str, Any]:",
    ]
    assert "get_permission(permissionArn=...)" in tested
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length", "120", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == "All checks passed!\n"


def test_a_file_that_raised_no_error_yet_learns_to(tmp_path: Path) -> None:
    path = tmp_path / "tests" / "sandbox" / "aws" / "vpc_lattice" / "services.py"
    path.parent.mkdir(parents=True)
    path.write_text("from tests.sandbox.core.calls import Call\n")
    scaffold.write_operation(tmp_path, "vpc-lattice", "ListServices", "services")
    assert path.read_text().startswith("from tests.sandbox.core.calls import AwsError, Call\n\n\n@operation(")


@pytest.mark.parametrize(
    ("service", "operation", "resource", "why"),
    [
        ("rams", "ListPermissions", "permissions", "botocore has no service rams"),
        ("ram", "ListPermission", "permissions", "ram has no operation ListPermission"),
        ("ram", "ListResources", "resource_shares", "has ram ListResources already, in .*ram.resource_shares"),
        ("ram", "ListPermissions", "Permissions", "cannot be called Permissions"),
        ("ram", "ListPermissions", "resources", "cannot be called resources"),
        ("ram", "GetPermission", "permissions", "permissions.py has a function get_permission already"),
        ("ram", "ListPermissions", "tested", "test_ram_tested.py has a function test_list_permissions already"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, service: str, operation: str, resource: str, why: str
) -> None:
    performed = tmp_path / "tests" / "sandbox" / "aws" / "ram" / "permissions.py"
    tested = tmp_path / "tests" / "contract" / "test_ram_tested.py"
    texts = {performed: "def get_permission() -> None: ...\n", tested: "def test_list_permissions() -> None: ...\n"}
    for path, text in texts.items():
        path.parent.mkdir(parents=True)
        path.write_text(text)
    with pytest.raises(scaffold.Refused, match=why):
        scaffold.write_operation(tmp_path, service, operation, resource)
    assert {path: path.read_text() for path in tmp_path.rglob("*.py")} == texts


def test_the_command_says_why_it_wrote_nothing() -> None:
    command = [sys.executable, "-m", "tests.tools.scaffold", "operation", "ram", "ListResources", "resource_shares"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Nothing was written: the sandbox has ram ListResources already")
