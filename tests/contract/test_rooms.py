# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of the sandbox: which file may import which, and where an operation stands."""

from __future__ import annotations

import ast
import importlib
import importlib.util

import pytest

from tests.sandbox import aws
from tests.sandbox.client import ROOT
from tests.sandbox.core.operations import OPERATIONS

SANDBOX = "tests.sandbox"
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "tests" / "sandbox").rglob("*.py"))
}
"""Every file of the sandbox, by the name that it is imported by."""


def imports(module: str) -> set[str]:
    """The files of the sandbox that a file imports, wherever in it the import stands."""
    path = FILES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found |= {source, *(f"{source}.{alias.name}" for alias in node.names)}
    return found & set(FILES)


def performs(module: str) -> set[tuple[str, str]]:
    """The operations that a file registers: (service, operation), as its decorators say."""
    found = set()
    for node in ast.walk(ast.parse(FILES[module].read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "operation":
            service, *names = [str(ast.literal_eval(argument)) for argument in node.args]
            found |= {(service, name) for name in names}
    return found


PERFORMERS = {module: performs(module) for module in FILES if performs(module)}


def test_nobody_imports_a_file_of_operations() -> None:
    """What two of them need belongs into a file of resources."""
    found = {module: imports(module) & set(PERFORMERS) for module in FILES}
    assert {module: names for module, names in found.items() if names} == {}


def test_the_core_knows_no_service_and_no_actor() -> None:
    core = {module for module in FILES if module.startswith(f"{SANDBOX}.core.")}
    assert "tests.sandbox.core.world" in core
    found = {module: imports(module) - core for module in core}
    assert {module: names for module, names in found.items() if names} == {}


def test_every_operation_is_found_at_the_start() -> None:
    importlib.import_module(f"{SANDBOX}.server")
    assert set(OPERATIONS) == set().union(*PERFORMERS.values())


@pytest.mark.parametrize("module", PERFORMERS)
def test_an_operation_stands_in_the_room_of_its_service(module: str) -> None:
    services = {service for service, _name in PERFORMERS[module]}
    assert [aws.room(service) for service in services] == [module.split(".")[-2]]
