# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of a playbook as one reads it in the demo's log."""

from __future__ import annotations

import json
from typing import Any

from tests.tools.playbook import Run


def test_a_run_reads_as_text() -> None:
    hosts: dict[str, Any] = {
        "b": {"failed": True, "msg": "no subnet"},
        "a": {"changed": True, "msg": ["one", "two"], "results": [{"writes": ["ec2:CreateVpc"]}]},
        "c": {"skipped": True},
        "d": {},
    }
    told = {
        "custom_stats": {},
        "global_custom_stats": {},
        "plays": [{"tasks": [{"task": {"name": "x"}, "hosts": hosts}]}],
    }
    run = Run(2, f"a: orders: provisioning\n{json.dumps(told, indent=4)}\n", "[WARNING]: w\n", [])
    assert run.text.splitlines() == [
        *("a: orders: provisioning", "", "x", "  a: changed", "    one", "    two", "    ec2:CreateVpc"),
        *("  b: failed", "    no subnet", "  c: skipped", "  d: ok", "[WARNING]: w"),
    ]
    assert Run(1, "", "ERROR! no inventory\n", []).text == "ERROR! no inventory\n"
