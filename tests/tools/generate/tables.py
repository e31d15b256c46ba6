# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables in README.md: what each module, role and playbook does, in the words that it has for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.tools.generate.modules import sources
from tests.tools.generate.readmes import all_specs, plain
from tests.tools.generate.vendors import VENDORS
from tests.tools.place import ROOT

README = ROOT / "README.md"
PRIVATE = {"vendor"}  # roles that are no use alone
DOCUMENTATION = re.compile(r'^DOCUMENTATION = r"""\n(.*?)^"""', re.M | re.S)


def rendered(specs: Mapping[str, Any], texts: Mapping[Path, str]) -> dict[Path, str]:
    """README.md with its tables, where there is one.

    ``specs`` and ``texts`` are the argument specs and the files that are generated, which may be newer than on disk.
    """
    if not README.exists():
        return {}
    text = README.read_text(encoding="utf-8")
    text = replaced(text, "modules", modules(sources()))
    text = replaced(text, "roles", roles(all_specs(specs)))
    return {README: replaced(text, "playbooks", playbooks(texts))}


def replaced(text: str, table: str, rows: Iterator[str]) -> str:
    """The text with these lines between the markers of a table. Raises ValueError where they do not stand once."""
    lines = "\n".join(rows)
    start, end = f"<!-- generated:{table} -->", "<!-- end -->"
    filled, count = re.subn(rf"{start}.*?{end}", lambda match: f"{start}\n\n{lines}\n\n{end}", text, flags=re.S)
    if count != 1:
        raise ValueError(f"README.md needs one {start} with an {end}")
    return filled


def modules(written: Mapping[str, str]) -> Iterator[str]:
    """A row for each module by its source; twins that read what another manages share that one's."""
    yield "| module | what it is for |\n|---|---|"
    for name, source in written.items():
        if name.removesuffix("_info") == name or name.removesuffix("_info") not in written:
            twin = f", `{name}_info`" if f"{name}_info" in written else ""
            documented = DOCUMENTATION.search(source)
            short = yaml.safe_load(documented[1])["short_description"] if documented else ""
            yield f"| `{name}`{twin} | {plain(short)} |"


def roles(specs: Mapping[str, Any]) -> Iterator[str]:
    """A row for each role, those of vendors first."""
    yield "| role | what it is for | guide |\n|---|---|---|"
    for role in sorted(set(specs) - PRIVATE, key=lambda role: (role not in VENDORS, role)):
        short = plain(specs[role]["argument_specs"]["main"]["short_description"])
        yield f"| [`{role}`](roles/{role}/README.md) | {short} | {guide(role)} |"


def guide(role: str) -> str:
    """A link to the guide for a role: docs/ip_sync.md is that of ip_sync_lambda, too."""
    names = [path.stem for path in (ROOT / "docs").glob("*.md")]
    found = [name for name in names if f"{role}_".startswith(f"{name}_")]
    return f"[{max(found)}.md](docs/{max(found)}.md)" if found else ""


def playbooks(texts: Mapping[Path, str]) -> Iterator[str]:
    """A row for each playbook, with the name of its last play; the plays before it prepare that one."""
    yield "| playbook | what it is for |\n|---|---|"
    folder = ROOT / "playbooks"
    for path in sorted({*folder.glob("*.yml"), *(path for path in texts if path.parent == folder)}):
        text = texts[path] if path in texts else path.read_text(encoding="utf-8")
        play = yaml.safe_load(text)[-1]
        purpose = (play.get("vars") or {}).get("privatelink_purpose")  # a name of its own is a template
        yield f"| `saas.privatelink.{path.stem}` | {purpose or play['name']} |"
