# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A README for each role, of its argument spec: what Galaxy shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.tools.place import ROOT

HEADER = """\
<!--
Copyright (c) 2026 saas.privatelink contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
Written by tests/tools/generate from meta/argument_specs.yml.
-->
"""
MARKUP = re.compile(r"[COVMP]\(([^()#]+?)(?:#\w+)?\)")


def rendered(generated: Mapping[str, Any]) -> dict[Path, str]:
    """The README of every role; ``generated`` are the argument specs that are generated, too."""
    texts = {}
    for role, spec in all_specs(generated).items():
        text = "\n".join(lines(role, spec["argument_specs"]["main"]))
        texts[ROOT / "roles" / role / "README.md"] = f"{text}\n"
    return texts


def all_specs(generated: Mapping[str, Any]) -> dict[str, Any]:
    """The argument specs of all roles, in order of names: those written by hand beside those that are generated."""
    specs = dict(generated)
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        role = path.parents[1].name
        if role not in specs:
            specs[role] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return dict(sorted(specs.items()))


def lines(role: str, spec: Mapping[str, Any]) -> Iterator[str]:
    yield f"{HEADER}\n# saas.privatelink.{role}\n\n{spec['short_description']}.\n"
    yield from (f"- {plain(text)}" for text in spec["description"])
    yield "\n| option | type | default | what it is |\n|---|---|---|---|"
    for name, option in (spec.get("options") or {}).items():
        yield row(name, option)
        for suboption, says in (option.get("options") or {}).items():
            yield row(f"{name}[].{suboption}", says)


def row(name: str, option: Mapping[str, Any]) -> str:
    default = "required" if option.get("required") else shown(option.get("default"))
    choices = f" One of {', '.join(f'`{choice}`' for choice in option['choices'])}." if "choices" in option else ""
    description = " ".join(plain(text) for text in option["description"])
    return f"| `{name}` | {option['type']} | {default} | {description}{choices} |"


def shown(default: Any) -> str:
    if default is None:
        return ""
    text = str(default).lower() if isinstance(default, bool) else str(default) or "empty"
    return f"`{text}`"


def plain(text: str) -> str:
    """Markdown for Ansible's markup; a bar would end a table's cell."""
    return MARKUP.sub(r"`\1`", " ".join(text.split())).replace("|", "\\|")
