# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM policies for a vendor's role, of those of the modules: all that its links need, to look only, and to adopt."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.tools.generate import vendors
from tests.tools.place import ROOT

IAM = ROOT / "docs" / "iam"
READ = re.compile(r"[a-z0-9-]+:(Describe|Get|List)|lambda:InvokeFunction")  # a function is asked what it would do
NAMED = re.compile(r"saas\.privatelink\.([a-z_]+)")
SEPARATE = {"ip_sync_lambda", "port_forwarder"}  # roles that a link need not use; they are told apart in their guides
Statement = dict[str, Any]


def rendered() -> dict[Path, str]:
    texts = {}
    for vendor in vendors.VENDORS:
        names = sorted(modules(vendor))
        statements = merged(names)
        adopting = merged([f"adopt/{name}" for name in names if (IAM / f"adopt/{name}.json").exists()])
        texts[IAM / "vendors" / f"{vendor}.json"] = dumped(statements)
        texts[IAM / "vendors" / f"{vendor}_read.json"] = dumped(reading(statements))
        texts[IAM / "vendors" / f"{vendor}_adopt.json"] = dumped(adopting)
    return texts


def modules(vendor: str) -> set[str]:
    """The modules that the roles of a vendor's patterns name, those that its own names, and those of playbooks."""
    playbooks = [path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").glob("*.yml")]
    found = {name for text in playbooks for name in NAMED.findall(text) if (IAM / f"{name}.json").exists()}
    waiting, seen = [vendor, "vendor", *vendors.patterns(vendor)], set(SEPARATE)
    if vendors.tasks(vendor) is None:
        waiting.remove("vendor")
    while waiting:
        role = waiting.pop()
        if role in seen or not (ROOT / "roles" / role).is_dir():
            continue
        seen.add(role)
        for path in (ROOT / "roles" / role / "tasks").glob("*.yml"):
            names = set(NAMED.findall(path.read_text(encoding="utf-8")))
            found |= {name for name in names if (IAM / f"{name}.json").exists()}
            # What the role vendor includes is another vendor's pattern, unless it is one of this vendor's.
            waiting += sorted(names) if role != "vendor" else []
    return found


def merged(names: list[str]) -> list[Statement]:
    """The statements of these modules' policies, one for each set of resources and conditions."""
    actions: dict[str, set[str]] = {}
    for name in names:
        for statement in json.loads((IAM / f"{name}.json").read_text(encoding="utf-8"))["Statement"]:
            scope = {key: value for key, value in statement.items() if key not in ("Sid", "Effect", "Action")}
            actions.setdefault(json.dumps(scope, sort_keys=True), set()).update(statement["Action"])
    scopes = sorted(actions)
    return [{"Effect": "Allow", "Action": sorted(actions[scope]), **json.loads(scope)} for scope in scopes]


def reading(statements: list[Statement]) -> list[Statement]:
    kept = []
    for statement in statements:
        reads = [action for action in statement["Action"] if READ.match(action)]
        if reads:
            kept.append({**statement, "Action": reads})
    return kept


def dumped(statements: list[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2) + "\n"
