# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback leaves to no fork of Ansible what it is there to load."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from tests.tools.place import ROOT

LOADED = """
import gc, json, sys
from ansible.plugins.loader import callback_loader, init_plugin_loader
init_plugin_loader()
callback = callback_loader.get("saas.privatelink.preload")
frozen = gc.get_freeze_count()
callback.v2_playbook_on_start(None)
paths = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
print(json.dumps({"paths": paths, "tests": "ansible.plugins.test.core" in str(sys.modules),
                  "frozen": gc.get_freeze_count() - frozen,
                  "loaders": {name: type(module.__spec__.loader).__name__ for name, module in sys.modules.items()
                              if name.startswith("ansible_collections.") and module.__spec__}}))
"""


def test_the_filters_and_what_they_import_are_there_before_the_first_fork() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    ours = {path.partition("/plugins/filter/")[2] for path in loaded["paths"]}
    assert {path.name for path in (ROOT / "plugins" / "filter").glob("*.py")} <= ours
    lookups = {path.partition("/plugins/lookup/")[2] for path in loaded["paths"]}
    used = re.findall(r"lookup\('saas\.privatelink\.(\w+)'", (ROOT / "playbooks" / "site.yml").read_text())
    assert {f"{name}.py" for name in used} <= lookups
    assert any(path.endswith("plugins/plugin_utils/_links/report.py") for path in loaded["paths"])
    assert loaded["tests"]
    assert not any("/databricks/sdk/" in path for path in loaded["paths"])  # it takes a second, and few need it
    assert loaded["frozen"] > 10_000
    # Ansible would compile each file anew in each process.
    links = "ansible_collections.saas.privatelink.plugins.plugin_utils._links"
    assert loaded["loaders"][f"{links}.report"] == "SourceFileLoader"
    assert loaded["loaders"][links] == "_AnsibleCollectionLoader"  # packages are left to it
