# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module's IAM policy in docs/iam allows what its code can call, and nothing else; conditions as AWS has them.

Calls are named in the code as IAM names them, so they can be found: in every definition that is reachable, by name,
from the module through the module utils that it imports. A name of which a part is computed counts as a pattern.
What the policies say to calls as they were made is tested where modules run, by tests/unit/modules/conftest.py.
"""

from __future__ import annotations

import ast
import json
import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.tools.iam.calls import CALLS, REFERENCE
from tests.tools.iam.policy import IAM, LONGEST, Request, holds, is_allowed, listed, of_modules, size, statements

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path.stem
    for path in (ROOT / "plugins/modules").glob("*.py")
    if "module_utils._aws.module import" in path.read_text()
)
"""Those that call AWS: they are all made of a class of C(_aws/module.py)."""
POLICIES = of_modules()
VENDORS = sorted(f"vendors/{path.stem}" for path in (IAM / "vendors").glob("*.json"))
NAME, ADOPTED = "saas.privatelink:name", "saas.privatelink:adopted"
UTILS = "ansible_collections.saas.privatelink.plugins.module_utils"
ACTION = re.compile(
    r"(autoscaling|cloudwatch|ec2|elasticloadbalancing|events|iam|kafka|lambda|logs|ram|rds|redshift|route53|s3|sns|vpc-lattice):[A-Z][A-Za-z0-9]+"
)
READ = re.compile(r"[a-z0-9-]+:(Describe|Get|List)|lambda:InvokeFunction")  # a function is asked what it would do
UNBOUND = {  # actions whose resource is AWS's to choose, or is a page's "optional" one
    "route53:AssociateVPCWithHostedZone",  # the zone is AWS's own
    "vpce:AllowMultiRegion",  # as in AWS's example (AWS PrivateLink guide, Share your services, read 2026-11)
}
GRANTED = {"ip_sync_policy.py", "msk_policy.py"}  # what is named there is what others may call


def policy(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((IAM / f"{name}.json").read_text(encoding="utf-8"))
    return document


def allowed(name: str) -> set[str]:
    return {action for statement in statements(name) for action in statement["Action"]}


def besides(actions: set[str]) -> set[str]:
    """What AWS demands beside the permission to make these calls; no call may have such a name."""
    return {further["action"] for action in actions for further in CALLS.get(action, {}).get("also", ())}


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
    assert [name for name in POLICIES if "/" not in name] == MODULES
    assert {name.rpartition("/")[2] for name in POLICIES} == set(MODULES)


@pytest.mark.parametrize("name", [*POLICIES, "pins"])
def test_is_a_policy_document(name: str) -> None:
    document = policy(name)
    assert set(document) == {"Version", "Statement"}
    assert document["Version"] == "2012-10-17"
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(set(sids)) == len(sids)
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
    for statement in document["Statement"]:
        assert statement["Effect"] == ("Deny" if name == "pins" else "Allow")
        assert statement["Resource"]
        assert set(statement) - {"Condition"} == {"Sid", "Effect", "Action", "Resource"}
        assert statement["Action"] == sorted(set(statement["Action"]))
        known = [action in REFERENCE["actions"] or (name, action) == ("pins", "*") for action in statement["Action"]]
        assert all(known)
        for resource in listed(statement["Resource"]):  # of every partition
            assert re.fullmatch(r"\*|arn:\*:[a-z0-9-]+:[^:]*:[^:]*:\S+", resource)


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
    calls = {action for action in allowed(module) if any(re.fullmatch(pattern, action) for pattern in patterns)}
    needless = allowed(module) - calls - besides(calls)
    assert not needless, f"{module} calls none of {needless}"


@pytest.mark.parametrize("module", [module for module in MODULES if module.endswith("_info")])
def test_information_needs_no_writes(module: str) -> None:
    assert all(READ.match(action) for action in allowed(module))


@pytest.mark.parametrize("module", ["forwarder_group", "ip_sync_function"])
def test_information_is_enough_for_a_plan(module: str) -> None:
    reads = {action for action in allowed(module) if READ.match(action)}
    assert reads - besides(allowed(module)) <= allowed(f"{module}_info")


# What AWS documents


def types_of(action: str, pattern: str) -> list[str]:
    """The types of resources of an action that a pattern of a policy can mean; "" where the action knows none."""
    service, row = action.partition(":")[0], REFERENCE["actions"][action]
    types = [kind for kind in row if kind != "call"]
    if pattern == "*":
        return types or [""]
    arns = {kind: re.sub(r"\$\{\w+\}", "*", REFERENCE["resources"][f"{service}:{kind}"]["arn"]) for kind in types}
    return [kind for kind, arn in arns.items() if fnmatchcase(pattern, arn)]


def keys_of(action: str, kind: str) -> list[str]:
    """The condition keys that AWS documents for an action on a type of resource."""
    service, row = action.partition(":")[0], REFERENCE["actions"][action]
    of_resource = REFERENCE["resources"].get(f"{service}:{kind}", {}).get("keys", [])
    return [*row.get("call", ()), *row.get(kind, of_resource), *of_resource]


@pytest.mark.parametrize("name", [*POLICIES, *VENDORS])
def test_resources_and_conditions_are_those_that_aws_documents(name: str) -> None:
    for statement in statements(name):
        keys = [key for keys in statement.get("Condition", {}).values() for key in keys]
        for action in statement["Action"]:
            kinds = [kind for pattern in listed(statement["Resource"]) for kind in types_of(action, pattern)]
            assert kinds, f"{action} knows none of {statement['Resource']}"
            wrong = [key for key in keys for kind in kinds if not known_key(key, keys_of(action, kind))]
            assert not wrong, f"{action} knows no {wrong}"
        for pattern in listed(statement["Resource"]):
            assert any(types_of(action, pattern) for action in statement["Action"]), pattern


def known_key(key: str, documented: list[str]) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in documented)


@pytest.mark.parametrize("action", sorted(CALLS))
def test_what_a_call_is_about_is_what_aws_documents(action: str) -> None:
    row = REFERENCE["actions"][action]
    assert set(CALLS[action].get("resources", {})) - {"any"} <= set(row)
    assert set(CALLS[action].get("keys", {})) <= {key for keys in row.values() for key in keys}


def test_writes_are_bound_to_resources_wherever_aws_allows_that() -> None:
    for name in POLICIES:
        for statement in statements(name):
            free = [action for action in statement["Action"] if statement["Resource"] == "*" and not READ.match(action)]
            unbound = [action for action in free if set(REFERENCE["actions"][action]) - {"call"}]
            assert set(unbound) <= UNBOUND, name


# Policies for what others have made, and for roles of vendors


@pytest.mark.parametrize("name", [name for name in POLICIES if "/" in name])
def test_what_others_have_made_is_apart(name: str) -> None:
    """What adopts can only tag, with the tag that says so; the rest is about what has no tag of ours."""
    for statement in statements(name):
        missing = statement["Condition"].pop("Null")
        assert not statement["Condition"]
        assert missing.pop(f"aws:ResourceTag/{NAME}") == "true"
        if name.startswith("adopt/"):
            assert missing == {f"aws:RequestTag/{NAME}": "false", f"aws:RequestTag/{ADOPTED}": "false"}
            assert all(re.search(":(CreateTags|AddTags|TagResource)$", action) for action in statement["Action"])


@pytest.mark.parametrize("name", [*POLICIES, *VENDORS, "pins"])
def test_fits_a_managed_policy(name: str) -> None:
    assert size(policy(name)) <= LONGEST


@pytest.mark.parametrize("name", VENDORS)
def test_a_vendor_role_is_allowed_what_its_modules_are(name: str) -> None:
    """No more than the policies of the modules together; and what only looks does."""
    of_modules_too = [statement for module in POLICIES for statement in statements(module)]
    for statement in statements(name):
        for action in statement["Action"]:
            same = [
                s for s in of_modules_too if action in s["Action"] and s.get("Condition") == statement.get("Condition")
            ]
            assert any(s["Resource"] == statement["Resource"] for s in same), action
            assert not name.endswith("_read") or READ.match(action)
    if name.endswith("_read"):
        looks = [(s["Resource"], action) for s in statements(name.removesuffix("_read")) for action in s["Action"]]
        have = {(str(s["Resource"]), action) for s in statements(name) for action in s["Action"]}
        assert have == {(str(resource), action) for resource, action in looks if READ.match(action)}


# Examples that are to be filled in


def test_the_trust_policy_asks_for_the_external_id() -> None:
    (statement,) = policy("trust")["Statement"]
    assert re.fullmatch("[0-9]{12}", statement["Principal"]["AWS"])  # an account has no partition
    assert statement["Action"] == "sts:AssumeRole"
    assert set(statement["Condition"]["StringEquals"]) == {"sts:ExternalId"}


ENDPOINT = "arn:aws:ec2:us-east-1:111111111111:vpc-endpoint/vpce-1"
ENVIRONMENT = "saas.privatelink:environment"
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"


@pytest.mark.parametrize(
    ("action", "context", "passes"),
    [
        ("ec2:CreateVpcEndpoint", {"ec2:VpceServiceName": SERVICE}, True),
        ("ec2:CreateVpcEndpoint", {"ec2:VpceServiceName": SERVICE[:-1] + "1"}, False),
        ("ec2:CreateVpcEndpoint", {}, True),  # of what a vendor shares
        ("ec2:CreateVpcEndpoint", {f"aws:RequestTag/{ENVIRONMENT}": "prod_us_east_1"}, True),
        ("ec2:CreateVpcEndpoint", {f"aws:RequestTag/{ENVIRONMENT}": "prod_eu_west_1"}, False),
        ("ec2:DeleteVpcEndpoints", {f"aws:ResourceTag/{ENVIRONMENT}": "prod_us_east_1"}, True),
        ("ec2:DeleteVpcEndpoints", {f"aws:ResourceTag/{ENVIRONMENT}": "prod_eu_west_1"}, False),
        ("ec2:DeleteVpcEndpoints", {}, True),  # of an earlier version
        ("ram:AcceptResourceShareInvitation", {"ram:ShareOwnerAccountId": "222222222222"}, True),
        ("ram:AcceptResourceShareInvitation", {"ram:ShareOwnerAccountId": "222222222223"}, False),
        ("iam:PutRolePolicy", {"iam:PermissionsBoundary": "arn:aws:iam::111111111111:policy/the-boundary"}, True),
        ("iam:PutRolePolicy", {}, False),
    ],
)
def test_pins_deny_the_rest(action: str, context: dict[str, str], passes: bool) -> None:
    everything = {"Effect": "Allow", "Action": ["*"], "Resource": "*"}
    request = Request(action, ENDPOINT, {key: [value] for key, value in context.items()})
    assert is_allowed([everything, *statements("pins")], request) is passes


# The evaluator


@pytest.mark.parametrize(
    ("operator", "wanted", "values", "result"),
    [
        ("StringEquals", "a", ["a"], True),
        ("StringEquals", ["a", "b"], ["b"], True),
        ("StringEquals", "a", ["b"], False),
        ("StringEquals", "a*", ["ab"], False),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringNotEquals", "a", ["b"], True),
        ("StringNotEquals", ["a", "b"], ["b"], False),
        ("StringNotEquals", "a", None, True),
        ("StringLike", "a*", ["ab"], True),
        ("StringNotLike", "a*", ["ab"], False),
        ("ArnLike", "arn:*:iam::*:role/a", ["arn:aws-cn:iam::1:role/a"], True),
        ("Null", "true", None, True),
        ("Null", "true", ["a"], False),
        ("Null", "false", ["a"], True),
        ("Null", "false", None, False),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", ["a"], None, True),
        ("ForAnyValue:StringEquals", ["a"], ["a", "c"], True),
        ("ForAnyValue:StringEquals", ["a"], ["c"], False),
        ("ForAnyValue:StringEquals", ["a"], None, False),
    ],
)
def test_conditions(operator: str, wanted: str | list[str], values: list[str] | None, result: bool) -> None:
    assert holds(operator, wanted, values) is result


def test_a_denial_wins() -> None:
    allow: dict[str, Any] = {"Effect": "Allow", "Action": ["ec2:*"], "Resource": "arn:*:ec2:*:*:vpc-endpoint/*"}
    deny = {**allow, "Effect": "Deny", "Action": ["ec2:DeleteVpcEndpoints"]}
    assert is_allowed([allow, deny], Request("ec2:ModifyVpcEndpoint", ENDPOINT, {}))
    assert not is_allowed([allow, deny], Request("ec2:DeleteVpcEndpoints", ENDPOINT, {}))
    assert not is_allowed([allow], Request("ec2:ModifyVpcEndpoint", ENDPOINT.replace("endpoint/", "endpoint-x/"), {}))
