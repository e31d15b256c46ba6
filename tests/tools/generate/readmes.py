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


def rendered(roles: Mapping[str, Any]) -> dict[Path, str]:
    """The README of every role; ``roles`` are those whose argument spec is generated, too."""
    texts = {}
    for folder in sorted((ROOT / "roles").iterdir()):
        path = folder / "meta/argument_specs.yml"
        if path.exists() or folder.name in roles:
            spec = roles.get(folder.name) or yaml.safe_load(path.read_text(encoding="utf-8"))
            texts[folder / "README.md"] = "\n".join(lines(folder.name, spec["argument_specs"]["main"])) + "\n"
    return texts


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
