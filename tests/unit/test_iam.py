# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module's IAM policy in docs/iam allows what its code can call, and nothing else.

Calls are named in the code as IAM names them, so they can be found: in every definition that is reachable, by name,
from the module through the module utils that it imports. A name of which a part is computed counts as a pattern.
"""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path.stem
    for path in (ROOT / "plugins/modules").glob("*.py")
    if "module_utils._aws.module import" in path.read_text()
)
"""Those that call AWS: they are all made of a class of C(_aws/module.py)."""
POLICIES = sorted(path.stem for path in (ROOT / "docs/iam").glob("*.json"))
UTILS = "ansible_collections.saas.privatelink.plugins.module_utils"
ACTION = re.compile(
    r"(autoscaling|cloudwatch|ec2|elasticloadbalancing|events|iam|lambda|logs|ram|rds|redshift|sns|vpc-lattice):[A-Z][A-Za-z0-9]+"
)
READ = re.compile(r"[a-z0-9-]+:(Describe|Get|List)|lambda:InvokeFunction")  # a function is asked what it would do
GRANTED = {"ip_sync_policy.py"}  # what is named there is what the function may call
PERMISSION_ONLY = {
    "endpoint_service": {"vpce:AllowMultiRegion"},
    "ip_sync_function": {"iam:PassRole"},  # CreateFunction, "dependent actions"
    "forwarder_group": {  # "Launch template permissions for Auto Scaling", EC2 Auto Scaling user guide, read 2026-11
        "ec2:RunInstances",
        "iam:CreateServiceLinkedRole",
        "iam:PassRole",
    },
    "vpc_endpoint": {  # "dependent actions" of ec2:CreateVpcEndpoint, Service Authorization Reference, read 2026-11
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "route53:AssociateVPCWithHostedZone",
        "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation",
    },
}
"""What AWS demands beside the permission to make a call; no call has that name."""


def policy(module: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / f"docs/iam/{module}.json").read_text(encoding="utf-8"))
    return document


def allowed(module: str) -> set[str]:
    return {action for statement in policy(module)["Statement"] for action in statement["Action"]}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def path_of(dotted: str) -> Path | None:
    """The file of a module util, if there is one of that name."""
    bare = ROOT / "plugins/module_utils" / dotted.removeprefix(UTILS).lstrip(".").replace(".", "/")
    found = [path for path in (bare.with_suffix(".py"), bare / "__init__.py") if path.is_file()]
    return found[0] if found else None


def imported(path: Path) -> set[Path]:
    """The module utils that a file imports, and those that they import."""
    found: set[Path] = set()
    queue = [path]
    while queue:
        for node in ast.walk(parsed(queue.pop())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(UTILS):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                files = {file for name in [str(node.module), *names] if (file := path_of(name))}
                queue += files - found
                found |= files
    return found


def definitions(path: Path) -> dict[str, ast.AST]:
    """Functions, classes and constants of a file by name."""
    found: dict[str, ast.AST] = {}
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)):
                found[name] = node
    return found


def known(path: Path) -> dict[str, list[ast.AST]]:
    """What the module utils that a file imports define, by name."""
    found: dict[str, list[ast.AST]] = {}
    for file in imported(path):
        if file.name in GRANTED:
            continue
        for name, node in definitions(file).items():
            found.setdefault(name, []).append(node)
    return found


def reachable(path: Path) -> list[ast.AST]:
    """A module and every definition that it, or something it uses, mentions by name."""
    defined = known(path)
    reached: list[ast.AST] = [parsed(path)]
    done: set[str] = set()
    for tree in reached:  # grows while it is walked
        for node in ast.walk(tree):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if name in defined and name not in done:
                done.add(name)
                reached += defined[name]
    return reached


def texts(path: Path) -> dict[str, str]:
    """Constants that are texts, by name."""
    found = {}
    for name, nodes in known(path).items():
        value = getattr(nodes[0], "value", None)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found[name] = value.value
    return found


def called(module: str) -> set[str]:
    """What the module can call, as patterns that match a whole action."""
    path = ROOT / f"plugins/modules/{module}.py"
    constants, patterns = texts(path), set()
    for tree in reachable(path):
        nodes = list(ast.walk(tree))
        joined = [node for node in nodes if isinstance(node, ast.JoinedStr)]
        inside = {id(part) for node in joined for part in ast.walk(node)}
        alone = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in inside]
        for node in [*joined, *alone]:
            parts = [part_of(part, constants) for part in (node.values if isinstance(node, ast.JoinedStr) else [node])]
            if ACTION.fullmatch("".join("X" if part is None else part for part in parts)):
                patterns.add("".join(r"\w+" if part is None else re.escape(part) for part in parts))
    return patterns


def part_of(part: ast.AST, constants: dict[str, str]) -> str | None:
    """The text of a part of a string, None if it is computed."""
    if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
        return constants.get(part.value.id)
    return str(part.value) if isinstance(part, ast.Constant) else None


def test_there_are_modules() -> None:
    assert len(MODULES) >= 8


def test_every_policy_has_its_module() -> None:
    assert MODULES == POLICIES


@pytest.mark.parametrize("module", MODULES)
def test_is_a_policy_document(module: str) -> None:
    document = policy(module)
    assert set(document) == {"Version", "Statement"}
    assert document["Version"] == "2012-10-17"
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(set(sids)) == len(sids)
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow"
        assert statement["Resource"]
        assert set(statement) - {"Condition"} == {"Sid", "Effect", "Action", "Resource"}
        assert statement["Action"] == sorted(set(statement["Action"]))
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+", action) for action in statement["Action"])
        resources = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
        assert all(re.fullmatch(r"\*|arn:aws:[a-z0-9-]+:[^:]*:[^:]*:\S+", resource) for resource in resources)


@pytest.mark.parametrize("module", MODULES)
def test_allows_what_the_code_calls(module: str) -> None:
    documented, patterns = allowed(module), called(module)
    if module.endswith("_info"):  # shares definitions with its twin, whose writes it never makes
        patterns = {pattern for pattern in patterns if READ.match(pattern)}
    missing = [pattern for pattern in patterns if not any(re.fullmatch(pattern, action) for action in documented)]
    assert not missing, f"docs/iam/{module}.json lacks {missing}"


@pytest.mark.parametrize("module", MODULES)
def test_allows_nothing_else(module: str) -> None:
    patterns = called(module)
    calls = allowed(module) - PERMISSION_ONLY.get(module, set())
    needless = [action for action in calls if not any(re.fullmatch(pattern, action) for pattern in patterns)]
    assert not needless, f"{module} calls none of {needless}"


@pytest.mark.parametrize("module", [module for module in MODULES if module.endswith("_info")])
def test_information_needs_no_writes(module: str) -> None:
    assert all(READ.match(action) for action in allowed(module))
