# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""databricks_preflight against the sandbox: each check, its lists, and what may not be seen."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_preflight import CHECKS

from tests.unit.modules.databricks import REGION, Account, uid

CONFIG, NETWORK = "network_connectivity_config_id", "network_id"
LISTS = {"ListWorkspaces", "ListNetworks", "ListVpcEndpoints", "ListNetworkConnectivityConfigs"}
SAID: dict[str, Any] = {"secure_cluster_connectivity": True}
BROKEN = {"vpc_status": "BROKEN", "error_messages": [{"error_type": "subnet", "error_message": "No such subnet."}]}


def workspace(name: str, number: int, **fields: Any) -> dict[str, Any]:
    there = {"workspace_id": number, "workspace_name": name, "aws_region": REGION, NETWORK: uid(31)}
    return {**there, **fields}


def config(number: int, region: str = REGION) -> dict[str, Any]:
    return {CONFIG: uid(100 + number), "name": f"config-{number}", "region": region}


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module = "databricks_preflight"
    databricks.seed(
        networks=[
            {NETWORK: uid(31), "network_name": "net"},
            {NETWORK: uid(33), "network_name": "net-33", **BROKEN},
        ],
        connectivity_configs=[*(config(number) for number in range(2)), config(7, "eu-west-1")],
        vpc_endpoints=[
            databricks.registered(1),
            {**databricks.registered(2), "aws_vpc_endpoint_id": f"vpce-{1:017x}"},
            databricks.registered(3, state="rejected"),
            databricks.registered(4, region="eu-west-1"),
            databricks.registered(5),
        ],
        workspaces=[
            workspace("good", 1),
            workspace("bound", 2, **{CONFIG: uid(100)}),
            workspace("premium", 3, pricing_tier="PREMIUM"),
            workspace("untold", 4, pricing_tier=None),
            workspace("theirs", 5, network_id=None),
            workspace("serverless", 6, network_id=None, compute_mode="SERVERLESS"),
            workspace("moving", 7, workspace_status="PROVISIONING"),
            workspace("banned", 8, workspace_status="BANNED"),
            workspace("failed", 9, workspace_status="FAILED", network_id=uid(33)),
            workspace("elsewhere", 10, aws_region="eu-west-1"),
            workspace("twins", 11),
            workspace("twins", 12),
        ],
    )
    return databricks


def checked(dbx: Account, *items: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    found = dbx.run(workspaces=[{"region": REGION, **item} for item in items], on_item_failure="report", **options)
    assert not found.get("failed"), found
    results: list[dict[str, Any]] = found["results"]
    return results


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["status"] for check in result["checks"]}


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    # check, item, status, part of the message
    ("workspace", {"name": "good"}, "pass", "workspace good (1) is there"),
    ("workspace", {"name": "link", "workspace_name": "good"}, "pass", "good"),
    ("workspace", {"name": "link", "workspace_id": 12}, "pass", "twins (12)"),
    ("workspace", {"name": "nowhere"}, "fail", "The account has no workspace nowhere."),
    ("workspace", {"name": "twins"}, "fail", "Say which is meant with workspace_id"),
    ("region", {"name": "good"}, "pass", ""),
    ("region", {"name": "elsewhere"}, "fail", "is in eu-west-1, not in us-east-1"),
    ("services", {"name": "good", "connectivity": ["classic", "service_direct"]}, "pass", "workspace, scc_relay, serv"),
    ("services", {"name": "good", "region": "eu-north-1"}, "fail", "no endpoint service workspace, scc_relay in eu-n"),
    ("services", {"name": "good", "region": "mars-north-1"}, "fail", "'mars-north-1' is no region of Databricks"),
    ("govcloud", {"name": "good", "connectivity": ["outbound"]}, "pass", "not in AWS GovCloud"),
    ("pricing_tier", {"name": "good"}, "pass", "ENTERPRISE"),
    ("pricing_tier", {"name": "premium"}, "fail", "PREMIUM"),
    ("pricing_tier", {"name": "untold"}, "unknown", "does not tell"),
    ("customer_managed_vpc", {"name": "good"}, "pass", uid(31)),
    ("customer_managed_vpc", {"name": "theirs"}, "fail", "VPC of Databricks' own"),
    ("compute_mode", {"name": "good"}, "pass", "HYBRID"),
    ("compute_mode", {"name": "serverless"}, "fail", "serverless compute alone"),
    ("status", {"name": "good"}, "pass", "RUNNING"),
    ("status", {"name": "moving"}, "warn", "PROVISIONING"),
    ("status", {"name": "failed"}, "warn", "FAILED: Workspace is running. subnet: No such subnet."),
    ("status", {"name": "banned"}, "fail", "BANNED: Workspace is running."),
    ("registrations", {"name": "good"}, "pass", "twice"),
    ("registrations", {"name": "good", "aws_vpc_endpoint_ids": [f"vpce-{5:017x}", "vpce-01234567"]}, "pass", ""),
    ("registrations", {"name": "good", "aws_vpc_endpoint_ids": [f"vpce-{1:017x}"]}, "fail", "registered 2 times"),
    ("registrations", {"name": "good", "aws_vpc_endpoint_ids": [f"vpce-{3:017x}"]}, "fail", "is rejected"),
    ("registrations", {"name": "good", "aws_vpc_endpoint_ids": [f"vpce-{4:017x}"]}, "fail", "is of eu-west-1"),
    ("secure_cluster_connectivity", {"name": "good"}, "warn", "Nobody has said"),
    ("secure_cluster_connectivity", {"name": "good", **SAID}, "pass", "declared"),
    ("secure_cluster_connectivity", {"name": "good", "secure_cluster_connectivity": False}, "fail", "as declared"),
    ("legacy_metastore", {"name": "good"}, "pass", "3306 stays shut"),
    ("legacy_metastore", {"name": "good", "legacy_metastore": True}, "warn", "That port is not opened"),
]


def test_each_check(dbx: Account) -> None:
    """All cases in one call: each list is read once."""
    items = []
    for number, (_check, item, _status, _message) in enumerate(CASES):
        items.append({"workspace_name": item["name"], **item, "name": f"case-{number}"})
    results = checked(dbx, *items)
    assert sorted(call["operation"] for call in dbx.calls) == sorted(LISTS)
    for (name, item, status, message), result in zip(CASES, results, strict=True):
        found = {check["check"]: check for check in result["checks"]}[name]
        assert (found["status"], message in found["msg"]) == (status, True), (item, found)
        assert found["msg"].endswith(".")
        assert status in ("pass", "unknown") or found["remedy"] or "Say which" in found["msg"], found


def test_every_check_has_a_case() -> None:
    others = {"connectivity_configs", "workspaces_per_connectivity_config"}
    assert {case[0] for case in CASES} | others == set(CHECKS)


def test_a_workspace_that_is_well_passes_and_is_shown(dbx: Account) -> None:
    (result,) = checked(dbx, {"name": "good", "connectivity": ["inbound", "classic", "outbound"], **SAID})
    assert (result["status"], result["failed"], result["msg"]) == ("pass", False, "")
    assert (result["workspace"]["workspace_id"], result["workspace"]["pricing_tier"]) == (1, "ENTERPRISE")
    (lost,) = checked(dbx, {"name": "nowhere", **SAID})
    assert lost["msg"] == (
        "workspace: The account has no workspace nowhere. It is made in Databricks first. Check workspace_name or "
        "workspace_id, and account_id."
    )
    assert lost["workspace"] == {}
    failed = dbx.run(workspaces=[{"name": "premium", **SAID}])
    assert failed["failed"]
    assert "premium: pricing_tier: The plan of the workspace is PREMIUM. Have" in failed["msg"]


def test_room_for_configs_and_workspaces(dbx: Account) -> None:
    """What the workspaces of a call want counts together; what is bound or there already wants nothing."""
    out: dict[str, Any] = {"connectivity": ["outbound"]}
    items = [
        {"name": "bound", "connectivity_config": "config-0", **out},
        {"name": "good", "connectivity_config": "config-0", **out},
        {"name": "premium", "connectivity_config": "new", **out},
        {"name": "untold", **out},
    ]
    names = ("connectivity_configs", "workspaces_per_connectivity_config")
    table = [{"id": f"D-12-{number}", "check": name} for number, name in enumerate(names)]
    found = checked(dbx, *items, prerequisites=table)
    assert {tuple(statuses(result).values()) for result in found} == {("pass", "pass")}
    assert sorted(call["operation"] for call in dbx.calls) == ["ListNetworkConnectivityConfigs", "ListWorkspaces"]
    limits = {"connectivity_configs_per_region": 2, "workspaces_per_connectivity_config": 1}
    found = checked(dbx, *items, prerequisites=table, limits=limits)
    assert [tuple(statuses(result).values()) for result in found] == [
        ("pass", "pass"),
        ("pass", "fail"),
        ("fail", "pass"),
        ("pass", "pass"),
    ]
    assert found[1]["msg"].startswith("D-12-1: config-0 has 1 workspaces, 1 are allowed, and 1 would be new. Bind")
    assert found[2]["msg"].startswith("D-12-0: us-east-1 has 2 connectivity configs, 2 are allowed, and new would be")


def test_rows_say_what_is_checked_of_whom(dbx: Account) -> None:
    rows = [
        {"id": "D-3", "check": "pricing_tier", "connectivity": ["inbound"]},
        {"id": "D-5", "check": "pricing_tier", "connectivity": ["classic"], "level": "warn", "remedy": "Pay."},
    ]
    (result,) = checked(dbx, {"name": "premium"}, prerequisites=rows)
    assert statuses(result) == {"D-3": "fail", "D-5": "warn"}
    assert result["checks"][1]["remedy"] == "Pay."
    assert result["checks"][0]["source"].startswith("https://docs.databricks.com/")
    (result,) = checked(dbx, {"name": "premium", "connectivity": ["classic"]}, prerequisites=rows)
    assert (statuses(result), result["msg"]) == ({"D-5": "warn"}, "D-5: The plan of the workspace is PREMIUM. Pay.")


def test_govcloud_has_less(dbx: Account) -> None:
    item = {"name": "gov", "region": "us-gov-west-1", "connectivity": ["inbound", "outbound", "service_direct"]}
    (result,) = checked(dbx, item, govcloud_shard="civilian")
    said = {check["id"]: check["msg"] for check in result["checks"]}
    assert said["govcloud"] == "Databricks has no serverless compute and no Service-Direct in AWS GovCloud."
    assert said["services"] == "Databricks publishes no endpoint service service_direct in us-gov-west-1."
    (result,) = checked(dbx, {**item, "connectivity": ["inbound"]}, govcloud_shard="dod")
    assert statuses(result)["services"] == "pass"
    assert "govcloud" not in statuses(result)


def test_what_is_denied_is_unknown_and_asked_for_once(dbx: Account) -> None:
    dbx.sandbox.databricks_fails("ListWorkspaces", 403, {"error_code": "PERMISSION_DENIED", "message": "No."}, times=9)
    found = dbx.run(workspaces=[{"name": name, "region": REGION, **SAID} for name in ("good", "bound")])
    assert not found.get("failed"), found
    assert statuses(found["results"][0])["pricing_tier"] == "unknown"
    assert statuses(found["results"][0])["services"] == "pass"
    assert dbx.count("ListWorkspaces") == 1
    assert "account admin" in str(found["warnings"])


def test_what_tells_nothing_ends_the_module(dbx: Account) -> None:
    dbx.sandbox.databricks_fails("ListWorkspaces", 400, {"error_code": "MALFORMED_REQUEST", "message": "No."})
    found = dbx.run(workspaces=[{"name": "good"}])
    assert found["failed"]
    assert "MALFORMED_REQUEST" in found["msg"]
    twice = dbx.run(workspaces=[{"name": "good"}, {"name": "good"}])
    assert "same name: good" in twice["msg"]
    assert "is no id of AWS like vpce-" in dbx.run(workspaces=[{"name": "x", "aws_vpc_endpoint_ids": ["x"]}])["msg"]
