# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the rules of test_rules.py notice a broken engine? Every mutant must fail at least one of them."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync import core, guard

from . import test_rules
from .mutants import MUTANTS, Mutant

SOURCES = {"core": core, "guard": guard}
RULES = [rule for name, rule in vars(test_rules).items() if name.startswith("test_")]


def broken(mutant: Mutant) -> ModuleType:
    """The engine with one patch in one of its files; the real one stays as it is."""
    modules = {file: load(module, inspect.getsource(module)) for file, module in SOURCES.items()}
    source = inspect.getsource(SOURCES[mutant.file])
    assert source.count(mutant.old) == 1, f"the patch does not fit: {source.count(mutant.old)} places\n{mutant.old}"
    modules[mutant.file] = load(SOURCES[mutant.file], source.replace(mutant.old, mutant.new))
    for name in ("zones", "is_protected"):
        setattr(modules["core"], name, getattr(modules["guard"], name))
    return modules["core"]


def load(like: ModuleType, source: str) -> ModuleType:
    module = ModuleType(like.__name__)
    module.__package__ = like.__package__
    exec(compile(source, f"mutant of {like.__file__}", "exec"), module.__dict__)
    return module


def noticed_by(engine: ModuleType) -> str | None:
    """The first rule that this engine fails."""
    for rule in RULES:
        try:
            rule(engine)
        except Exception:
            return rule.__name__
    return None


def test_an_unbroken_copy_is_not_noticed() -> None:
    assert noticed_by(broken(Mutant("core", "same", "def sync(", "def sync("))) is None


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_mutant_is_noticed(mutant: Mutant) -> None:
    assert noticed_by(broken(mutant)), f"no rule notices an engine that is broken so: {mutant.name}"
