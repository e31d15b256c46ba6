# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate the policies of docs/iam, with the condition operators that they use. Pure, save for reading the files.

Source: IAM user guide, policy evaluation logic and JSON policy elements: Condition operators, and conditions with
multiple context keys or values (read 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.tools.place import ROOT

IAM = ROOT / "docs" / "iam"
LONGEST = 6144
"""Characters of a managed policy, without white space (IAM quotas, read 2026-11)."""
EXAMPLES = {"pins", "trust"}
"""Files in docs/iam that are to be filled in: what narrows further, and the trust policy of a role."""
Statement = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One thing that AWS asks IAM: ``context`` holds the values of condition keys, several of one key at most."""

    action: str
    resource: str
    context: Mapping[str, Sequence[str]]

    def without(self, prefix: str) -> Request:
        """The same request where keys that begin so have no value."""
        kept = {key: values for key, values in self.context.items() if not key.startswith(prefix)}
        return Request(self.action, self.resource, kept)


def statements(name: str) -> list[Statement]:
    """Of the policy ``docs/iam/NAME.json``; there may be none of that name."""
    path = IAM / f"{name}.json"
    document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"Statement": []}
    return list(document["Statement"])


def of_modules() -> list[str]:
    """The names of the policies of modules, with those for what others have made: in ``adopt`` and ``untagged``."""
    paths = [*IAM.glob("*.json"), *IAM.glob("adopt/*.json"), *IAM.glob("untagged/*.json")]
    return sorted({str(path.relative_to(IAM).with_suffix("")) for path in paths} - EXAMPLES)


def size(document: Mapping[str, Any]) -> int:
    """How long a policy is by IAM's count."""
    return sum(not character.isspace() for character in json.dumps(document))


def is_allowed(policy: Sequence[Statement], request: Request) -> bool:
    return bool(allowing(policy, request)) and not any(applies(s, request) for s in policy if s["Effect"] == "Deny")


def allowing(policy: Sequence[Statement], request: Request) -> list[Statement]:
    """The statements that allow a request."""
    return [statement for statement in policy if statement["Effect"] == "Allow" and applies(statement, request)]


def applies(statement: Statement, request: Request) -> bool:
    """Whether a statement is about a request: its action, its resource and all of the conditions."""
    conditions = [
        holds(operator, wanted, request.context.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    ]
    return (
        any(fnmatchcase(request.action, pattern) for pattern in listed(statement["Action"]))
        and any(fnmatchcase(request.resource, pattern) for pattern in listed(statement["Resource"]))
        and all(conditions)
    )


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "ArnLike": fnmatchcase,
    "StringEquals": str.__eq__,
    "StringLike": fnmatchcase,
}


def holds(operator: str, wanted: str | list[str], values: Sequence[str] | None) -> bool:
    """Whether one condition holds for the values of its key; None is a key that the request does not have.

    Raises KeyError for an operator that no policy here has used so far.
    """
    several, dummy, name = operator.rpartition(":")
    if name == "Null":
        return (values is None) == (wanted == "true")
    if name.endswith("IfExists") and values is None:
        return True
    name = name.removesuffix("IfExists")
    negated = "Not" in name
    compare = OPERATORS[name.replace("Not", "")]
    said = [any(compare(value, pattern) for pattern in listed(wanted)) != negated for value in values or ()]
    if several == "ForAllValues":
        return all(said)
    if several == "ForAnyValue":
        return any(said)
    return all(said) if values is not None else negated
