# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keys add to the role fivetran, module by module against the sandbox: from a served database to tested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.report import report
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import resolve, typed

from tests.tools.place import ROOT
from tests.unit.modules.conftest import Estate, play
from tests.unit.modules.fivetran import Account
from tests.unit.modules.role import Role

DATA: dict[str, Any] = yaml.safe_load((ROOT / "roles/fivetran/vars/main.yml").read_text(encoding="utf-8"))
FIVETRAN = "834469178297"
FACTS = {"nlb_service": {"by_api": True, "owners": [FIVETRAN], "hand_off": "send the sheet"}}
VENDOR = {**DATA["__fivetran_vendor"], "facts": FACTS}
OPTIONS = {"wait": True, "wait_timeout": 60, "api_url": "", "api_trial": False}
ORDERS = {"id": "decent_dropsy", "service": "aurora_postgres_warehouse", "config": {"connection_type": "Directly"}}


class Company:
    """An estate in AWS that serves a database, and an account of Fivetran with its destination."""

    def __init__(self, estate: Estate, fivetran: Account) -> None:
        self.estate, self.fivetran = estate, fivetran
        estate.service("fivetran-orders", FIVETRAN)
        fivetran.seed(destinations=[ORDERS])

    def module(self, name: str, options: Mapping[str, Any], check: bool) -> dict[str, Any]:
        access = self.fivetran.access if name.startswith("fivetran") else self.estate.access
        return play(name, {**access, **options}, check=check)

    def run(self, tasks: str, check: bool = False, **options: Any) -> tuple[str, list[str]]:
        """Where the link stands after these tasks of the role, and the writes that this took."""
        link = {
            "name": "orders",
            "destination": "aurora_postgresql",
            "destination_id": "decent_dropsy",
            "endpoint": "orders.example.com",
            "vpc_id": self.estate.vpc.id,
            "subnet_ids": list(self.estate.vpc.subnets),
        }
        links = resolve([{**link, **options}], VENDOR)
        service = {"name": "fivetran-orders", "load_balancers": ["fivetran-orders"]}
        steps = [self.module("endpoint_service", service, check)]
        asked = {"name": "fivetran-orders", "service_id": steps[0]["results"][0]["service_id"], "owners": [FIVETRAN]}
        known = {
            "__nlb_service_present": links,
            "__nlb_service_absent": links,
            "__nlb_service_steps": steps,
            "__nlb_service_refused": {"results": []},
            "__nlb_service_connections": self.module("accept_connection", asked, check),
            "__fivetran_keys": {"api_key": "", "api_secret": ""},
            "vendor_options": OPTIONS,
            "omit": "omit this",
        }
        role = Role("fivetran", self.module, check, dict(known))
        role.tasks(f"roles/fivetran/tasks/{tasks}.yml", known)
        found = [*steps, role.variables["__nlb_service_connections"], *role.variables["__nlb_service_told"]]
        (entry,) = report(typed(links), found)
        return str(entry["line"]), list(entry["writes"])


@pytest.fixture
def company(estate: Estate, fivetran: Account) -> Company:
    return Company(estate, fivetran)


def test_from_a_served_database_to_tested_and_back(company: Company) -> None:
    planned, writes = company.run("by_api", check=True)
    assert writes == ["fivetran:CreatePrivateLink"]
    assert "planned: 1 call to make" in planned
    stands, writes = company.run("by_api")
    assert writes == [
        "ec2:AcceptVpcEndpointConnections",
        "fivetran:CreatePrivateLink",
        "fivetran:UpdateDestination",
    ]
    assert stands.startswith("fivetran orders: connected: vpce-")
    assert stands.endswith(f" of account {FIVETRAN}")
    assert company.run("by_api") == (stands, [])
    used, writes = company.run("by_api_absent", state="absent")
    assert (writes, "failed: private link orders" in used) == ([], True)
    assert "is used by destination decent_dropsy" in used
    away = {"networking_method": "Directly", "private_link_id": None}
    company.fivetran.sandbox.fivetran_change(company.fivetran.name, "destinations", "decent_dropsy", away)
    assert company.run("by_api_absent", state="absent")[1] == ["fivetran:DeletePrivateLink"]
    assert company.fivetran.objects("private_links") == []


def test_connected_means_tested(company: Company) -> None:
    company.fivetran.sandbox.fivetran_test_ends("decent_dropsy", "Permissions", "FAILED", message="no", times=2)
    stands, writes = company.run("by_api")
    assert "failed: Setup tests of destination decent_dropsy have failed twice: Permissions: FAILED no" in stands
    assert writes[-2:] == ["fivetran:UpdateDestination", "fivetran:RunSetupTests"]
    mended, writes = company.run("by_api")
    assert mended.startswith("fivetran orders: connected: vpce-")
    assert writes == ["fivetran:RunSetupTests"]


def test_past_a_limit_the_link_says_when_to_go_on(company: Company) -> None:
    company.fivetran.sandbox.fivetran_fails(
        "CreatePrivateLink", 429, {"code": "TooMany"}, headers={"Retry-After": "1800"}
    )
    stands, writes = company.run("by_api")
    assert "waiting on vendor: Fivetran to allow more: it has a limit of 5 private links an hour; run again" in stands
    assert writes == []
    assert company.fivetran.objects("destinations")[0]["private_link_id"] is None
