# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""databricks_network_policy and its twin against the sandbox: whole policies replaced, and who has them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import MOST_OVERTAKEN
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_network_policy as kind
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_replace import covers

from tests.unit.modules.databricks import REGION, Account

INFO = "databricks_network_policy_info"
KIND = "network_policies"
PRIVATE: dict[str, Any] = {"name": "private", "restriction_mode": "RESTRICTED_ACCESS"}
BUCKET = {"bucket_name": "example-data", "region": REGION}


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module, databricks.list_option = "databricks_network_policy", KIND
    spaces = [{"workspace_id": number, "workspace_name": f"space-{number}", "aws_region": REGION} for number in (1, 2)]
    databricks.seed(workspaces=spaces)
    return databricks


def policy(dbx: Account, name: str = "private") -> dict[str, Any]:
    return next(entry for entry in dbx.objects(KIND) if entry["network_policy_id"] == name)


def of_workspaces(dbx: Account) -> list[str]:
    return [str(entry["network_policy_id"]) for entry in dbx.objects("workspace_networks")]


def seeded(dbx: Account, **fields: Any) -> None:
    """A policy of somebody else; the sandbox forgets ``fields`` when it is replaced."""
    internet = [{"destination": "theirs.example.com", "internet_destination_type": "DNS_NAME"}]
    access = {"restriction_mode": "RESTRICTED_ACCESS", "allowed_internet_destinations": internet, "of_tomorrow": [1]}
    dbx.seed(network_policies=[{"network_policy_id": "private", "egress": {"network_access": access}, **fields}])


def destinations(dbx: Account) -> list[str]:
    listed = policy(dbx)["egress"]["network_access"]["allowed_internet_destinations"]
    return [entry["destination"] for entry in listed]


def test_create_change_attach_and_remove(dbx: Account) -> None:
    made = dbx.change([kind.CREATE, kind.ATTACH], **PRIVATE, enforcement_mode="ENFORCED", workspace_ids=[1])
    access = {"restriction_mode": "RESTRICTED_ACCESS", "policy_enforcement": {"enforcement_mode": "ENFORCED"}}
    assert made["egress"] == {"network_access": access}
    assert (made["workspace_ids"], made["status"], of_workspaces(dbx)) == (
        [1],
        "present",
        ["private", "default-policy"],
    )
    assert made["ingress"]["public_access"] == {"restriction_mode": "FULL_ACCESS"}  # filled in by Databricks
    assert made["diff"][0]["before"] == {}
    reach: dict[str, Any] = {
        "allowed_internet_destinations": ["a.example.com"],
        "allowed_storage_destinations": [BUCKET],
    }
    changed = dbx.change([kind.REPLACE], name="private", **reach)
    assert changed["egress"]["network_access"]["allowed_storage_destinations"] == [
        {**BUCKET, "storage_destination_type": "AWS_S3"}
    ]
    dbx.change([kind.ATTACH], name="private", workspace_ids=[1, 2])
    (shown,) = dbx.run(module=INFO, name="private")[KIND]
    assert {name: changed[name] for name in shown} == shown
    said = dbx.refused(name="private", workspace_ids=[1], state="absent")
    assert "is what workspace space-2 (2) has" in said
    gone = dbx.change([kind.ATTACH, kind.ATTACH, kind.DELETE], name="private", workspace_ids=[1, 2], state="absent")
    assert (gone["status"], of_workspaces(dbx)) == ("absent", ["default-policy", "default-policy"])
    assert [entry["network_policy_id"] for entry in dbx.run(module=INFO)[KIND]] == ["default-policy"]


def test_who_gets_the_default_is_told(dbx: Account) -> None:
    dbx.one(**PRIVATE, workspace_ids=[1])
    gone = dbx.one(True, name="private", workspace_ids=[1], state="absent")
    assert "workspace space-1 (1) gets default-policy" in gone["warnings"]


def test_an_open_policy_is_told(dbx: Account) -> None:
    assert "reaches all of the internet" in dbx.one(True, name="open", restriction_mode="FULL_ACCESS")["warnings"]
    assert "reaches all" not in dbx.one(True, **PRIVATE)["warnings"]


def test_a_workspace_that_is_gone_keeps_no_policy(dbx: Account) -> None:
    seeded(dbx)
    dbx.sandbox.databricks_change(dbx.id, "workspaces", "1", None, operation="ListWorkspaces", when="after")
    gone = dbx.one(name="private", state="absent")
    assert (gone["failed"], gone["writes"]) == (False, [kind.DELETE])


def test_a_domain_has_no_case(dbx: Account) -> None:
    seeded(dbx)
    dbx.change([kind.REPLACE], name="private", allowed_internet_destinations=["Files.Example.com"])
    assert "files.example.com" in destinations(dbx)
    assert not dbx.one(name="private", allowed_internet_destinations=["files.example.com"])["changed"]


def test_a_change_of_the_default_is_told(dbx: Account) -> None:
    said = dbx.one(True, name="default-policy", restriction_mode="RESTRICTED_ACCESS")["warnings"]
    assert "default-policy is what every workspace has that was given no other: it changes for all." in said
    assert "it changes for all" not in dbx.one(name="default-policy")["warnings"]


def test_what_others_have_put_there_stays_unless_purged(dbx: Account) -> None:
    seeded(dbx, update_time="a while ago")
    wish: dict[str, Any] = {"name": "private", "allowed_internet_destinations": ["mine.example.com"]}
    dbx.change([kind.REPLACE], **wish)
    assert destinations(dbx) == ["theirs.example.com", "mine.example.com"]
    assert policy(dbx)["egress"]["network_access"]["of_tomorrow"] == [1]
    dbx.change([kind.REPLACE], **wish, purge_destinations=True)
    assert destinations(dbx) == ["mine.example.com"]


def test_ingress_is_laid_over_what_is_there(dbx: Account) -> None:
    dbx.one(**PRIVATE)
    shut = {"public_access": {"restriction_mode": "RESTRICTED_ACCESS"}}
    found = dbx.change([kind.REPLACE], name="private", ingress=shut, ingress_dry_run=shut)
    assert found["ingress"] == {"private_access": {"restriction_mode": "ALLOW_ALL_REGISTERED_ENDPOINTS"}, **shut}
    assert found["ingress_dry_run"] == shut


def test_a_workspace_that_has_another_policy_is_given_this_one_by_consent(dbx: Account) -> None:
    dbx.one(name="other", restriction_mode="FULL_ACCESS", workspace_ids=[1])
    assert "workspace 1 has the network policy other" in dbx.refused(**PRIVATE, workspace_ids=[1])
    dbx.change([kind.CREATE, kind.ATTACH], **PRIVATE, workspace_ids=[1], replace=True)
    dbx.change([kind.ATTACH], name="default-policy", workspace_ids=[1], replace=True)
    assert of_workspaces(dbx) == ["default-policy", "default-policy"]


@pytest.mark.parametrize(("operation", "when"), [("GetNetworkPolicy", "before"), ("ListNetworkPolicies", "after")])
def test_what_somebody_else_has_changed_between_two_reads_stays(dbx: Account, operation: str, when: str) -> None:
    seeded(dbx)
    theirs = {"ingress_dry_run": {"public_access": {"restriction_mode": "FULL_ACCESS"}}}
    dbx.sandbox.databricks_change(dbx.id, KIND, "private", theirs, operation=operation, when=when)
    wish = {"name": "private", "enforcement_mode": "DRY_RUN"}
    result = dbx.run_module(dbx.module, {**dbx.access, **wish})
    assert [item["writes"] for item in result["results"]] == [[kind.REPLACE]]
    assert policy(dbx)["ingress_dry_run"] == theirs["ingress_dry_run"]
    assert policy(dbx)["egress"]["network_access"]["policy_enforcement"] == {"enforcement_mode": "DRY_RUN"}


def test_what_somebody_else_has_done_meanwhile_is_not_done_again(dbx: Account) -> None:
    seeded(dbx)
    theirs = {"ingress_dry_run": {"public_access": {"restriction_mode": "FULL_ACCESS"}}}
    dbx.sandbox.databricks_change(dbx.id, KIND, "private", theirs, operation="ListNetworkPolicies", when="after")
    assert dbx.one(name="private", ingress_dry_run=theirs["ingress_dry_run"])["writes"] == []


def test_an_update_that_is_overwritten_again_and_again_fails_loudly(dbx: Account) -> None:
    seeded(dbx)
    around = {"operation": "ReplaceNetworkPolicy", "when": "after", "times": 99}
    open_again = {"egress": {"network_access": {"restriction_mode": "FULL_ACCESS"}}}
    dbx.sandbox.databricks_change(dbx.id, KIND, "private", open_again, **around)
    since = dbx.sandbox.last_call()
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "private", "enforcement_mode": "ENFORCED"})
    assert "what was written was not there when it was read again" in result["msg"]
    puts = [call for call in dbx.sandbox.calls(dbx.id, since=since) if call["operation"] == "ReplaceNetworkPolicy"]
    assert len(puts) == MOST_OVERTAKEN + 1


@pytest.mark.parametrize("performed", [True, False])
@pytest.mark.parametrize("operation", ["CreateNetworkPolicy", "UpdateWorkspaceNetwork", "ReplaceNetworkPolicy"])
def test_a_write_without_an_answer(dbx: Account, operation: str, performed: bool) -> None:
    if operation == "ReplaceNetworkPolicy":
        seeded(dbx)
    dbx.sandbox.fault("databricks", operation, "drop", performed=performed)
    options = {**PRIVATE, "enforcement_mode": "ENFORCED", "workspace_ids": [1]}
    result = dbx.run_module(dbx.module, {**dbx.access, **options})
    first = kind.REPLACE if operation == "ReplaceNetworkPolicy" else kind.CREATE
    assert [item["writes"] for item in result["results"]] == [[first, kind.ATTACH]], result
    assert of_workspaces(dbx) == ["private", "default-policy"]
    assert len(dbx.objects(KIND)) == 2


def test_attached_since_it_was_looked_at(dbx: Account) -> None:
    dbx.one(**PRIVATE)
    dbx.sandbox.databricks_fails("DeleteNetworkPolicy", 400, {"error_code": "INVALID_STATE", "message": "It is used."})
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "private", "state": "absent"})
    assert [item["writes"] for item in result["results"]] == [[kind.DELETE]]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "a" * 33}, "of 1 to 32"),
        ({"name": "a/b"}, "of 1 to 32"),
        ({"name": "default-policy", "state": "absent"}, "cannot be removed"),
        ({"workspace_ids": [1, 1]}, "lists 1 twice"),
        ({"restriction_mode": "FULL_ACCESS", "allowed_internet_destinations": ["a.example.com"]}, "all destinations"),
        ({"allowed_internet_destinations": ["https://a.example.com"]}, "take away 'https://'"),
        ({"allowed_internet_destinations": ["a.example.com\n"]}, "take away the blanks"),
        ({"allowed_internet_destinations": ["localhost"]}, "a whole domain name"),
        ({"allowed_storage_destinations": [{**BUCKET, "bucket_name": "s3://data"}]}, "not the name of a bucket"),
        ({"allowed_storage_destinations": [{**BUCKET, "region": "virginia"}]}, "not the name of a bucket"),
        ({"purge_destinations": True}, "give one"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_call(dbx: Account, options: dict[str, Any], says: str) -> None:
    assert says in dbx.refused(**{**PRIVATE, **options})
    assert dbx.calls == []


def test_what_does_not_fit_is_refused(dbx: Account) -> None:
    assert "To create it, give restriction_mode" in dbx.refused(name="private")
    assert "the account has no workspace 9" in dbx.refused(**PRIVATE, workspace_ids=[9])
    both = [{**PRIVATE, "workspace_ids": [1]}, {**PRIVATE, "name": "other", "workspace_ids": [1]}]
    assert "private and other both want workspace 1" in dbx.run(network_policies=both)["msg"]


def test_many_take_one_list_and_a_look_at_each_workspace(dbx: Account) -> None:
    dbx.sandbox.databricks_settings(page_size=100)
    spaces = [
        {"workspace_id": number, "workspace_name": f"space-{number}", "aws_region": REGION} for number in range(3, 51)
    ]
    dbx.seed(workspaces=spaces)
    items = [{**PRIVATE, "name": f"private-{number}", "workspace_ids": [number]} for number in range(1, 51)]
    dbx.run(network_policies=items)
    assert not dbx.run(network_policies=items)["changed"]
    assert Counter(call["operation"] for call in dbx.calls) == {"ListNetworkPolicies": 1, "GetWorkspaceNetwork": 50}


@pytest.mark.parametrize(
    ("found", "wanted", "is_covered"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": []}, True),
        ({"a": 1}, {"a": 1, "b": False}, True),
        ({"b": True}, {"b": False}, False),
        ({"b": [1]}, {"b": []}, False),
        ([{"a": 1, "b": 2}, {"a": 3}], [{"a": 3}, {"b": 2, "a": 1}], True),
        ([{"a": 1}, {"a": 3}], [{"a": 1}], False),
        ({"a": None}, {"a": {"b": 1}}, False),
        ("a", ["a"], False),
    ],
)
def test_what_is_found_covers_what_is_wanted(found: Any, wanted: Any, is_covered: bool) -> None:
    assert covers(found, wanted) is is_covered
