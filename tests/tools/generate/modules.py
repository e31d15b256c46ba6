# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from the modules: their action plugins, groups by which a play sets defaults for many, and RETURN."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.tools.generate.playbooks import ENVIRONMENT
from tests.tools.generate.returns import AWS, CONVERGES, completed
from tests.tools.place import ROOT

PLUGINS = ROOT / "plugins"
RUNS = "\ndef main("  # what is documentation only is done by an action plugin of its own
OWNS = re.compile(r' ItemsModule\(|params\["environment_name"\]')  # of AWS: it tags what it makes, or asks for the tag
VENDOR = re.compile(r"module_utils\._vendors\.(\w+)_module import")


def sources() -> dict[str, str]:
    """The source of each module by its name, in order of names."""
    paths = sorted((PLUGINS / "modules").glob("*.py"))
    return {path.stem: path.read_text(encoding="utf-8") for path in paths}


def rendered() -> dict[Path, str]:
    """The files that follow from modules, and the modules whose RETURN has lines that others have, too."""
    modules = sources()
    template = ENVIRONMENT.get_template("action.py.j2")
    texts = {}
    for name, source in modules.items():
        if RUNS in source:
            texts[PLUGINS / "action" / f"{name}.py"] = template.render(owns=bool(OWNS.search(source)))
    groups = {"aws": calling_aws(modules), "vendors": calling_vendors(modules)}
    texts[ROOT / "meta/runtime.yml"] = ENVIRONMENT.get_template("runtime.yml.j2").render(groups)
    for name, source in modules.items():
        if CONVERGES.search(source):
            texts[PLUGINS / "modules" / f"{name}.py"] = completed(name, source)
    return texts


def calling_aws(modules: Mapping[str, str]) -> list[str]:
    return [name for name, source in modules.items() if AWS in source]


def calling_vendors(modules: Mapping[str, str]) -> dict[str, list[str]]:
    """The modules that call a vendor's API, by vendor.

    Raises ValueError for one that does not have the vendor's name in front, or that calls AWS, too.
    """
    groups: dict[str, list[str]] = {}
    for name, source in modules.items():
        for vendor in VENDOR.findall(source):
            if AWS in source or not name.startswith(f"{vendor}_"):
                raise ValueError(f"the module {name} calls {vendor}: it must be named {vendor}_... and not call AWS")
            groups.setdefault(vendor, []).append(name)
    return dict(sorted(groups.items()))
