# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RETURN of the modules that converge items: what is the same for all of them stands in a template."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from tests.tools.generate.playbooks import ENVIRONMENT

CONVERGES = re.compile(r"\w*ItemsModule\(")
AWS = "module_utils._aws.module import"
RETURN = re.compile(r'(?<=^RETURN = r"""\n).*?(?=^""")', re.M | re.S)
SAMPLES: dict[str, Any] = {"name": "", "waiting": "", "writes": []}
COMMON = {*SAMPLES, "changed", "failed", "msg", "unshown"}


def completed(module: str, source: str) -> str:
    """The source of a module of that name with the lines that its RETURN shares with others.

    A module's own are the description of its results, the samples, and all fields that others do not have; they stay
    as they are written. Raises ValueError for a module without RETURN, or with keys beside those of the template.
    """
    written = RETURN.search(source)
    top = blocks(written[0], 0) if written else {}
    if not {"results"} <= set(top) <= {"results", "failed_items", "check_mode"}:
        raise ValueError(f"RETURN of {module} needs results, and can have nothing of its own beside: {', '.join(top)}")
    results = blocks(top["results"], 2)
    fields = blocks(results.get("contains", ""), 4)
    told = yaml.safe_load(top["results"])["results"].get("contains") or {}
    samples = {name: told.get(name, {}).get("sample", default) for name, default in SAMPLES.items()}
    text = ENVIRONMENT.get_template("return.yml.j2").render(
        aws=AWS in source,
        description=results["description"],
        samples={name: json.dumps(sample, ensure_ascii=False) for name, sample in samples.items()},
        own="".join(lines for name, lines in fields.items() if name not in COMMON),
    )
    return RETURN.sub(lambda match: text, source)


def blocks(text: str, indent: int) -> dict[str, str]:
    """The lines of each key of a YAML mapping whose keys stand behind so many spaces, with the comments above it."""
    space = " " * indent
    block = rf"^((?:{space}#.*\n)*{space}([^\s#-][^:]*):.*\n(?:(?!{space}[^\s-]).*\n)*)"
    return {key: lines for lines, key in re.findall(block, text, re.M)}
