# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as a whole: what one file says about another stays true."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import type_of

from tests.tools import system
from tests.tools.generate import vendors

ROOT = Path(__file__).resolve().parents[2]
MODULES = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
ROLES = sorted(path.name for path in (ROOT / "roles").glob("*") if path.is_dir())
PRIVATE = {"vendor"}  # roles that are no use alone; their stories are those of the roles that include them
SCENARIOS = sorted(path.parent for path in (ROOT / "extensions" / "molecule").glob("*/molecule.yml"))
WITHOUT_INFO = {  # manage nothing
    "connection_check",
    "hand_off",
    "orphans_info",
    "preflight",
    "databricks_preflight",
    "resolved_links",
    "vpc_endpoint_association_info",
}

HEADER = ("Copyright (c) ", "GNU General Public License v3.0+", "SPDX-License-Identifier: GPL-3.0-or-later")
WITH_HEADER = {".py", ".yml", ".yaml", ".toml", ".sh"}
GENERATED = {"changelogs/changelog.yaml"}

# Brackets keep these patterns from finding themselves.
LEFTOVERS = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X|raise NotImplemented[E]rror)\b")
ELSEWHERE = re.compile(r"(?<![\w.])/wor[k]/|\b[Ii]ssue #?\d+|/home[/]\w|/root[/]\w")


def load(path: Path) -> Any:
    """Return the YAML document in a file of the collection."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def text_files() -> list[Path]:
    """Return every file that belongs to the project and is text, whether committed or not."""
    system.need("unit")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listing.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:1024]]


def test_there_are_modules_and_roles() -> None:
    assert MODULES
    assert ROLES


RESOLVE = """
from ansible.plugins.loader import init_plugin_loader

init_plugin_loader()
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play

play = Play.load({"hosts": "all", "tasks": []}, loader=DataLoader())
print(*play._resolve_group("saas.privatelink.aws")[1])
"""


def test_defaults_of_the_action_group_reach_amazon_aws_too() -> None:
    # In a process of its own: Ansible's loader must come before any import of the collection, as in other tests.
    actions = subprocess.run([sys.executable, "-c", RESOLVE], capture_output=True, text=True, check=True).stdout.split()
    assert {"saas.privatelink.endpoint_service", "amazon.aws.ec2_vpc_endpoint"} <= set(actions)


def test_every_module_has_an_info_twin() -> None:
    managing = {name for name in MODULES - WITHOUT_INFO if not name.endswith("_info")}
    assert MODULES - WITHOUT_INFO - managing == {f"{name}_info" for name in managing}


def test_every_module_has_its_action_plugin_and_none_is_left_of_a_module_that_went() -> None:
    assert {path.stem for path in (ROOT / "plugins" / "action").glob("*.py")} == MODULES


ROOM = re.compile(r"(?:module_utils|\.)\.(_[a-z_]+)(?:\.| import)")
ARROWS = {
    "_core": {"_core"},
    "_aws": {"_aws", "_core", "_ip_sync"},
    "_vendors": {"_vendors", "_core"},
    "_ip_sync": {"_core"},
}
"""What the rooms of module_utils may import, beside the neighbours in their own room."""


@pytest.mark.parametrize("room", ARROWS)
def test_rooms_of_module_utils_import_downwards(room: str) -> None:
    imported: set[str] = set()
    for path in (ROOT / "plugins" / "module_utils" / room).rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            found = ROOM.search(line) if line.lstrip().startswith("from ") else None
            imported |= {found[1]} if found else set()
    assert imported <= ARROWS[room]
    assert imported, "nothing is found to look at"


def test_every_file_names_its_licence() -> None:
    files = [path for path in text_files() if path.suffix in WITH_HEADER or path.name in ("Makefile", "run")]
    files = [path for path in files if str(path.relative_to(ROOT)) not in GENERATED and path.stat().st_size]
    assert len(files) > len(MODULES)
    without = [path for path in files if not all(line in path.read_text(encoding="utf-8")[:400] for line in HEADER)]
    assert [str(path.relative_to(ROOT)) for path in without] == []


def loop_variables(tree: ast.AST) -> list[ast.Name]:
    """Return what the loops and comprehensions of a program call the things they go through."""
    found: list[ast.Name] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension):
            found += [name for name in ast.walk(node.target) if isinstance(name, ast.Name)]
    return found


@pytest.mark.parametrize("folder", ["plugins", "tests"])
def test_loop_variables_are_nouns(folder: str) -> None:
    """A reader sees what a loop goes through: a service, a connection, a row of an answer."""
    seen, said = 0, []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for name in loop_variables(ast.parse(path.read_text(encoding="utf-8"))):
            seen += 1
            if name.id == "one":
                said.append(f"{path.relative_to(ROOT)}:{name.lineno}")
    assert seen > 1000
    assert not said


@pytest.mark.parametrize("pattern", [LEFTOVERS, ELSEWHERE], ids=["leftovers", "elsewhere"])
def test_no_file_speaks_of_what_is_unfinished_or_not_the_project(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in text_files()
        if path.name != "LICENSE"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("role", ROLES)
def test_defaults_of_a_role_equal_its_argument_specs(role: str) -> None:
    specs = load(ROOT / "roles" / role / "meta" / "argument_specs.yml")["argument_specs"]
    options = {name: option for spec in specs.values() for name, option in spec["options"].items()}
    defaults = load(ROOT / "roles" / role / "defaults" / "main.yml") or {}
    assert {name: option["default"] for name, option in options.items() if "default" in option} == defaults


@pytest.mark.parametrize("role", ROLES)
def test_names_of_a_role_start_with_the_name_of_the_role(role: str) -> None:
    specs = load(ROOT / "roles" / role / "meta" / "argument_specs.yml")["argument_specs"]
    strangers = [name for spec in specs.values() for name in spec["options"] if not name.startswith(f"{role}_")]
    shared = {"aws_region", "link"}  # belong to the environment or the command line, whichever role runs
    assert set(strangers) <= shared


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_every_scenario_tells_a_whole_story(scenario: Path) -> None:
    if scenario.name == "default":
        assert {"create", "destroy"} <= {path.stem for path in scenario.glob("*.yml")}
        return
    inventory = yaml.safe_load((scenario / "inventory.yml").read_text())["all"]
    assert inventory["vars"]["hosts_expected"] == len(inventory["hosts"]) > 0
    for host in inventory["hosts"].values():
        told = inventory["vars"] | host
        assert {"account", "aws_region", "seed", "converge", "acts", "cleanup"} <= set(told)
        assert told["acts"]
        assert all("aws" in act or "stand" in act for act in [told["converge"], *told["acts"]])


def test_scenarios_run_side_by_side_in_accounts_of_their_own() -> None:
    inventories = [yaml.safe_load((path / "inventory.yml").read_text())["all"] for path in SCENARIOS]
    hosts = [host for inventory in inventories for host in inventory["hosts"].values() if "account" in host]
    accounts = [host["account"] for host in hosts]
    assert len(set(accounts)) == len(accounts) >= len(ROLES)


def test_every_role_has_a_scenario() -> None:
    assert set(ROLES) - PRIVATE <= {path.name for path in SCENARIOS}


def test_every_role_with_a_vendor_s_data_is_in_the_list_of_vendors() -> None:
    assert vendors.with_data() == sorted(vendors.VENDORS)


@pytest.mark.parametrize("vendor", vendors.VENDORS)
def test_what_a_vendor_withholds_are_options_of_its_patterns(vendor: str) -> None:
    options = {name for pattern in vendors.patterns(vendor) for name in argument_spec(type_of(pattern, vendor))}
    withheld = vendors.data(vendor).get("withheld") or {}
    assert set(withheld) <= options
    assert all(withheld.values())


def test_dependencies_are_pinned_and_constrained_alike() -> None:
    pin = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", re.M)
    direct = dict(pin.findall((ROOT / "requirements-dev.txt").read_text()))
    everything = dict(pin.findall((ROOT / "constraints.txt").read_text()))
    assert len(direct) >= 10
    assert {name: everything.get(name) for name in direct} == direct
