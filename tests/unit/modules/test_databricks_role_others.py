# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role databricks beside others: whom it would open, shut out or cut off, and whose things it would take away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.modules.conftest import Estate
from tests.unit.modules.databricks import REGION, uid
from tests.unit.modules.test_databricks_role import GOING, Company, company, held  # noqa: F401 (a fixture)

MOVE, SET = "databricks:UpdateWorkspace", "databricks:ReplacePrivateAccess"
OPEN, CLOSED = uid(2), uid(3)


@pytest.fixture
def front(company: Company) -> dict[str, Any]:  # noqa: F811
    """A workspace that users reach, which has settings that keep the internet out; so has another of the account."""
    closed = {"private_access_settings_id": CLOSED, "private_access_settings_name": "closed", "region": REGION}
    pond = {"workspace_id": 2, "workspace_name": "pond", "aws_region": REGION, "private_access_settings_id": CLOSED}
    seed = company.databricks
    seed.seed(
        private_access_settings=[*seed.objects("private_access_settings"), {**closed, "public_access_enabled": False}],
        vpc_endpoints=[seed.registered(9)],
        workspaces=[*seed.objects("workspaces"), pond],
    )
    has(company, CLOSED)
    lake = {name: value for name, value in company.lake.items() if name not in ("compute_vpc", "aws_endpoints")}
    return {**lake, "connectivity": ["inbound"]}


def has(company: Company, settings: str, **fields: Any) -> None:  # noqa: F811
    """The workspace has settings of the account."""
    change = {"private_access_settings_id": settings, **fields}
    company.databricks.sandbox.databricks_change(company.databricks.id, "workspaces", "1", change)


def is_public(company: Company, name: str) -> bool:  # noqa: F811
    rows = company.databricks.objects("private_access_settings")
    (found,) = [row for row in rows if row["private_access_settings_name"] == name]
    return bool(found["public_access_enabled"])


def test_what_keeps_the_internet_out_goes_on_doing_so(company: Company, front: dict[str, Any]) -> None:  # noqa: F811
    """From a workspace's settings to new ones nobody comes in who did not; and no settings change for others."""
    company.databricks.sandbox.databricks_change(
        company.databricks.id,
        "networks",
        uid(1),
        {"vpc_endpoints": {"rest_api": [uid(9)], "dataplane_relay": [uid(9)]}},
    )
    company.run(front)
    assert company.writes[-2:] == ["databricks:CreatePrivateAccess", MOVE]
    assert not is_public(company, "databricks-lake-1")
    said = company.run({**front, "private_access_settings": "closed", "public_access": True})["lake"]
    assert "setting public access: private access settings closed" in said
    assert "are those of workspace pond (2), too" in said
    assert not is_public(company, "closed")


def test_a_level_that_shuts_others_out_needs_consent(company: Company, front: dict[str, Any]) -> None:  # noqa: F811
    has(company, OPEN)
    front["private_access_level"] = "ENDPOINT"
    said = company.run(front)["lake"]
    assert said.startswith("failed: making the private access settings: The level ENDPOINT shuts out ")
    assert "endpoint-9" in said
    assert MOVE not in company.writes
    assert company.run({**front, "confirm_lockout": True}) == {"lake": "connected"}


def test_under_another_name_nothing_goes_that_the_workspace_needs(company: Company) -> None:  # noqa: F811
    company.run(company.lake)
    before = held(company)
    renamed = {**company.lake, "name": "sea", "state": "absent"}
    said = company.run(renamed)["sea"]
    assert said.startswith("kept: endpoints stay, for the workspace has network databricks-lake-1, ")
    assert "private access settings databricks-lake-1" in said
    assert (company.writes, held(company)) == ([], before)
    own = {"leave_network": "databricks-lake-1", "leave_private_access": "databricks-lake-1"}
    said = company.run({**company.lake, "state": "absent", **own})["lake"]
    assert said.startswith("failed: leave_network: databricks-lake-1 is what is to go; leave_private_access: ")
    assert company.writes == []


def test_what_another_environment_has_stays_registered(
    company: Company,  # noqa: F811
    front: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has(company, OPEN)
    company.run(front)
    (endpoint,) = company.estate.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    whose = {"Key": "saas.privatelink:environment", "Value": "staging"}
    company.estate.ec2.create_tags(Resources=[endpoint["VpcEndpointId"]], Tags=[whose])
    access = {**company.estate.access, "environment_name": "prod"}
    monkeypatch.setattr(Estate, "access", access)
    said = company.run({**front, **GOING, "adopt": True})["lake"]
    assert "belongs to the environment staging" in said
    assert company.writes == []


def test_what_is_not_known_to_go_is_said(company: Company, front: dict[str, Any]) -> None:  # noqa: F811
    said = company.run({**company.lake, "network_policy": "none"})["lake"]
    assert said.startswith("failed: setting what serverless compute reaches: There is no network policy none.")
    assert company.writes == []
    going = {**company.lake, "network": "old", "state": "absent"}
    said = company.run(going)["lake"]
    assert said.startswith("kept: network old stays, for it has no VPC endpoints and so was not made here; ")
    said = company.run({"name": "lake", "workspace_id": 1, "state": "absent"})["lake"]
    assert said == "failed: connectivity is empty: it says what is to go."
    has(company, OPEN, aws_region="eu-west-1")
    assert company.run({**front, **GOING})["lake"].startswith("failed: Workspace 1 is in eu-west-1, and this run in ")
    assert company.writes == []
