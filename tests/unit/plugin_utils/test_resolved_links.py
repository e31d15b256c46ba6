# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action that takes the options and links of a role, and whose refusals are its message alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.action import resolved_links
from ansible_collections.saas.privatelink.plugins.filter.resolve_links import resolve_links

VENDOR = {"name": "acme", "title": "Acme", "destinations": {"pg": {"pattern": "nlb_service", "port": 5432}}}
ORDERS = {"name": "orders", "destination": "pg", "endpoint": "db.example.com"}


def act(variables: dict[str, Any] | None = None, **args: Any) -> dict[str, Any]:
    task = SimpleNamespace(args=args, check_mode=False, diff=False, async_val=0, action="resolved_links")
    templar: Any = SimpleNamespace(template=lambda value: value)
    nothing: Any = None
    connection: Any = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    action = resolved_links.ActionModule(task, connection, nothing, nothing, templar, nothing)
    return action.run(task_vars=variables or {})


def test_options_are_converted_and_links_filled_in() -> None:
    said = {"nlb_service_wait": "false", "nlb_service_state": "absent"}
    taken = act(said, role="nlb_service", links=[ORDERS], pattern="nlb_service")
    assert (taken["changed"], taken["options"]["wait"]) == (False, False)
    assert taken["links"] == resolve_links([ORDERS], pattern="nlb_service", state="absent")
    assert act(said, role="nlb_service")["links"] == []
    assert act(role="nlb_service", links=None, pattern="nlb_service")["links"] == []


def test_a_vendors_links_are_narrowed_by_options_that_were_taken_before() -> None:
    both = [ORDERS, {**ORDERS, "name": "crm"}]
    taken = act(links=both, vendor=VENDOR, options={"only": ["crm"], "state": "absent", "wait": True})
    assert [(link["name"], link["state"]) for link in taken["links"]] == [("crm", "absent")]
    assert act(links=both, vendor=VENDOR, options={"only": [], "state": "present"})["links"][0]["name"] == "orders"


@pytest.mark.parametrize(
    ("variables", "args", "msg"),
    [
        ({"nlb_service_wait": "perhaps"}, {"role": "nlb_service"}, "nlb_service_wait is true or false, not 'perhaps'."),
        (
            {},
            {"links": [{**ORDERS, "destination": "pgs"}], "vendor": VENDOR},
            "orders: unknown destination 'pgs'. Is pg meant? Known: pg.",
        ),
        ({}, {"links": [{"port": 1}], "pattern": "nlb_service"}, "Every link needs a name: {'port': 1}."),
    ],
)
def test_a_refusal_is_the_message(variables: dict[str, Any], args: dict[str, Any], msg: str) -> None:
    assert act(variables, **args) == {"failed": True, "msg": msg}


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(resolved_links.display, "warning", said.append)
    act({"nlb_service_wiat": False, "inventory_hostname": "us"}, role="nlb_service")
    assert said == ["us: nothing reads the variable nlb_service_wiat. Is nlb_service_wait meant?"]
