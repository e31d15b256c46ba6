# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what follows from other files, or with --check say which of it is stale."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import yaml

from tests.tools.generate import modules, playbooks, policies, readmes, specs, tables, vendors
from tests.tools.place import ROOT

WIDTH = 76  # after which a line is broken at the next blank
HEADER = """\
---
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Written by tests/tools/generate, which says from what.
"""
PATTERNS = [*specs.ROLES["patterns"]]


class Dumper(yaml.SafeDumper):
    """Lists are indented, as in files written by hand, and nothing is an alias."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def dumped(document: Any) -> str:
    text: str = yaml.dump(document, Dumper=Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)
    return HEADER + text.replace("\n- name:", "\n\n- name:")


def meta(description: str) -> str:
    info = {
        "author": "saas.privatelink contributors",
        "description": description,
        "license": "GPL-3.0-or-later",
        "min_ansible_version": "2.18",
    }
    return dumped({"galaxy_info": info, "dependencies": []})


def generated() -> dict[Path, str]:
    """Every generated file and its text."""
    texts: dict[Path, str] = {}
    roles = {pattern: specs.pattern_spec(pattern) for pattern in PATTERNS}
    roles |= {role: vendors.spec(role) for role in vendors.VENDORS}
    roles["vendor"] = specs.vendor_role_spec()
    for role, spec in roles.items():
        folder = ROOT / "roles" / role
        texts[folder / "meta/argument_specs.yml"] = dumped(spec)
        texts[folder / "defaults/main.yml"] = dumped(specs.defaults(spec))
        texts[folder / "meta/main.yml"] = meta(spec["argument_specs"]["main"]["short_description"])
    for role in vendors.VENDORS:
        if tasks := vendors.tasks(role):
            texts[ROOT / "roles" / role / "tasks/main.yml"] = dumped(tasks)
    texts |= {ROOT / "playbooks" / name: text for name, text in playbooks.rendered().items()}
    texts |= modules.rendered() | policies.rendered() | readmes.rendered(roles)
    return texts | tables.rendered(roles, texts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not as it would be")
    check = parser.parse_args().check
    stale, texts = [], generated()
    for path, text in texts.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'stale: ' if check else 'wrote '}{path.relative_to(ROOT)}")
    advice = ", run python -m tests.tools.generate" if check and stale else ""
    print(f"{len(texts)} files are generated{advice}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
