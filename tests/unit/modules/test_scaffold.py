# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that the scaffold writes runs, and says that it is not written."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec

from tests.tools import scaffold

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by
PLUGINS = "ansible_collections.saas.privatelink.plugins"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The written module, as if it stood in the collection."""
    scaffold.write_module(tmp_path, "customer_gateway")
    loaded: Any = None
    for name in ("module_utils._aws.customer_gateway", "modules.customer_gateway"):
        path = tmp_path.joinpath("plugins", *name.split(".")).with_suffix(".py")
        spec = importlib.util.spec_from_file_location(f"{PLUGINS}.{name}", path)
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, f"{PLUGINS}.{name}", loaded)
        spec.loader.exec_module(loaded)
    return loaded


def without(option: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in option.items() if name != key}


def test_it_runs_and_says_that_it_is_not_written(module: Any, estate: Estate) -> None:
    result = estate.run_module("customer_gateway", {**estate.access, "gateways": [{"name": "a"}]})
    assert result["failed"]
    assert result["msg"] == "a: the module customer_gateway is not written yet"


def test_its_documentation_tells_its_options(module: Any) -> None:
    documented, spec = yaml.safe_load(module.DOCUMENTATION), argument_spec(module.Gateway)
    assert documented["module"] == "customer_gateway"
    assert set(documented["options"]) == {"gateways", *spec}
    for options in (documented["options"], documented["options"]["gateways"]["suboptions"]):
        assert {name: without(options[name], "description") for name in spec} == spec
    assert set(yaml.safe_load(module.RETURN)) == {"results", "failed_items", "check_mode"}
    assert "saas.privatelink.customer_gateway" in yaml.safe_load(module.EXAMPLES)[0]


def test_its_test_fails_until_both_are_written(module: Any, estate: Estate, tmp_path: Path) -> None:
    text = (tmp_path / "tests" / "unit" / "modules" / "test_customer_gateway.py").read_text()
    names: dict[str, Any] = {}
    exec(compile(text, "test_customer_gateway.py", "exec"), names)
    test = names["test_made_changed_and_removed"]

    class Runs:
        """An estate where the module answers so."""

        def __init__(self, **answer: Any) -> None:
            self.answer = answer

        def run(self, module: str, **options: Any) -> dict[str, Any]:
            return self.answer

    with pytest.raises(AssertionError, match="the module customer_gateway is not written yet"):
        test(Runs(**estate.run_module("customer_gateway", {**estate.access, "name": "example"})))
    with pytest.raises(pytest.fail.Exception, match="not written yet"):
        test(Runs(changed=True))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("customer-gateway", "names no module"),
        ("customer_gateway_info", "names no module"),
        ("taken", "there is plugins/modules/taken.py already"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, name: str, why: str) -> None:
    taken = tmp_path / "plugins" / "modules" / "taken.py"
    taken.parent.mkdir(parents=True)
    taken.write_text("mine")
    with pytest.raises(scaffold.Refused, match=why):
        scaffold.write_module(tmp_path, name)
    assert {path: path.read_text() for path in tmp_path.rglob("*.py")} == {taken: "mine"}
