# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""databricks_connectivity_config and its twin against the sandbox: rules, their states, and who lets them in."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_connectivity_config as kind
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import SHARDS
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sign_in import SignIn

from tests.unit.modules.databricks import REGION, Account, uid

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

INFO = "databricks_connectivity_config_info"
KIND = "connectivity_configs"
ROLE = SHARDS["commercial"].private_connectivity_role(REGION)
DATABASE = "orders.db.example.com"
BUCKET = {"resource_names": ["example-data"]}
NEW = [kind.CREATE, kind.CREATE_RULE]


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module, databricks.list_option = "databricks_connectivity_config", KIND
    databricks.sandbox.lag(**{"databricks_rule.CREATING": 60, "databricks_rule.unseen_endpoint": 60})
    return databricks


def config(number: int = 1, region: str = REGION) -> dict[str, Any]:
    return {"network_connectivity_config_id": uid(number), "name": f"config-{number}", "region": region}


def service(number: int) -> str:
    return f"com.amazonaws.vpce.{REGION}.vpce-svc-{number:017x}"


def rule(number: int, *names: str) -> dict[str, Any]:
    return {"endpoint_service": service(number), "domain_names": list(names) or [f"db-{number}.example.com"]}


def workspace(config_id: str | None) -> dict[str, Any]:
    place = {"workspace_id": 7, "workspace_name": "a", "aws_region": REGION}
    return {**place, "network_connectivity_config_id": config_id}


def force(dbx: Account, rule_id: str, **fields: Any) -> None:
    dbx.sandbox.databricks_change(dbx.id, "private_endpoint_rules", rule_id, fields)


def made(dbx: Account, *rules: dict[str, Any], state: str = "ESTABLISHED", name: str = "config-1") -> list[str]:
    """Rules that are there, in a state in which they stay; the answer is their ids."""
    found = dbx.one(name=name, region=REGION, rules=list(rules), wait=False)
    assert not found["failed"], found
    ids = [entry["rule_id"] for entry in found["rules"]]
    for number, rule_id in enumerate(ids):
        force(dbx, rule_id, connection_state=state, vpc_endpoint_id=f"vpce-{number:017x}")
    return ids


def rules_of(dbx: Account) -> list[dict[str, Any]]:
    return [entry for entry in dbx.objects("private_endpoint_rules") if not entry["deactivated"]]


def test_create_let_in_and_remove(estate: Estate, dbx: Account) -> None:
    """The endpoint that Databricks names is the one that accept_connection takes; the rule works after that."""
    own = estate.service("orders", ROLE)
    wish: dict[str, Any] = {"endpoint_service": own["service_name"], "domain_names": [DATABASE]}
    options: dict[str, Any] = {"name": "config-1", "region": REGION, "rules": [wish], "wait_timeout": 300}
    found = dbx.change(NEW, **options)
    (entry,) = found["rules"]
    assert (entry["connection_state"], entry["meaning"]) == ("PENDING", "nobody has let its endpoint in yet")
    assert entry["vpc_endpoint_id"].startswith("vpce-")
    assert f"{entry['vpc_endpoint_id']} to be accepted on {own['service_name']}" in found["waiting"]
    assert (found["diff"][0]["before"], found["diff"][0]["after"]["rules"][0]["domain_names"]) == ({}, [DATABASE])
    listed = {"service_id": own["service_id"], "vpc_endpoint_ids": [entry["vpc_endpoint_id"]]}
    assert estate.run("accept_connection", name="orders", **listed)["changed"]
    works = dbx.one(**options)
    assert (works["writes"], works["waiting"], works["rules"][0]["connection_state"]) == ([], "", "ESTABLISHED")
    (shown,) = dbx.run(module=INFO, name="config-1")[KIND]
    assert {name: works[name] for name in shown} == shown
    gone = dbx.change([kind.DELETE_RULE, kind.DELETE], name="config-1", state="absent")
    assert (gone["status"], dbx.run(module=INFO)[KIND]) == ("absent", [])


def test_rename_and_pay(dbx: Account) -> None:
    """What differs stands in the mask, in order, and nothing else."""
    dbx.seed(
        connectivity_configs=[config()],
        workspaces=[workspace(uid(1))],
    )
    wish: dict[str, Any] = {"name": "renamed", "network_connectivity_config_id": uid(1), "billing_workspace_id": 7}
    changed = dbx.change([kind.UPDATE], **wish)
    assert (changed["config_name"], changed["billing_workspace_id"]) == ("renamed", 7)
    dbx.one(name="again", network_connectivity_config_id=uid(1))
    (call,) = [call for call in dbx.calls if call["kind"] == "write"]
    assert call["params"]["update_mask"] == "name"
    dbx.seed(workspaces=[{**workspace(uid(1)), "workspace_id": 6}])
    dbx.one(name="both", network_connectivity_config_id=uid(1), billing_workspace_id=6)
    (call,) = [call for call in dbx.calls if call["kind"] == "write"]
    assert call["params"]["update_mask"] == "billing_workspace_id,name"
    unbound = dbx.one(name="renamed", network_connectivity_config_id=uid(1), billing_workspace_id=8)
    assert "workspace 8 to be bound to renamed before it pays for it" in unbound["waiting"]
    assert unbound["writes"] == [kind.UPDATE]


def test_names_of_others_stay_unless_purged(dbx: Account) -> None:
    made(dbx, rule(1, "a.example.com"))
    wish: dict[str, Any] = {"name": "config-1", "rules": [rule(1, "B.example.com")]}
    merged = dbx.change([kind.UPDATE_RULE], **wish)
    assert merged["rules"][0]["domain_names"] == ["a.example.com", "b.example.com"]
    purged = dbx.change([kind.UPDATE_RULE], **wish, purge_rules=True)
    assert purged["rules"][0]["domain_names"] == ["b.example.com"]


def test_names_that_somebody_else_adds_meanwhile_stay(dbx: Account) -> None:
    (rule_id,) = made(dbx, rule(1, "a.example.com"))
    theirs = {"domain_names": ["a.example.com", "theirs.example.com"]}
    around = {"operation": "ListPrivateEndpointRules", "when": "after"}
    dbx.sandbox.databricks_change(dbx.id, "private_endpoint_rules", rule_id, theirs, **around)
    found = dbx.one(name="config-1", rules=[rule(1, "mine.example.com")])
    assert found["writes"] == [kind.UPDATE_RULE]
    assert found["rules"][0]["domain_names"] == ["a.example.com", "mine.example.com", "theirs.example.com"]


def test_rules_of_others_stay_unless_purged(dbx: Account) -> None:
    _kept, other = made(dbx, rule(1), rule(2))
    wish: dict[str, Any] = {"name": "config-1", "rules": [rule(1)]}
    assert not dbx.one(**wish)["changed"]
    purged = dbx.change([kind.DELETE_RULE], **wish, purge_rules=True)
    assert [entry["endpoint_service"] for entry in purged["rules"]] == [service(1)]
    assert purged["deactivated_rules"] == [other]
    assert dbx.change([kind.DELETE_RULE], name="config-1", rules=[], purge_rules=True)["rules"] == []


def test_a_rule_of_another_service_for_the_same_names_is_told_and_replaced_once_the_new_one_works(dbx: Account) -> None:
    made(dbx, rule(1, DATABASE))
    wish: dict[str, Any] = {"name": "config-1", "rules": [rule(2, DATABASE)]}
    told = dbx.one(True, **wish)["warnings"]
    assert f"{DATABASE} is in rule for {DATABASE}" in told
    assert f"leads to {service(1)}" in told
    found = dbx.one(**wish, purge_rules=True, wait=False)
    assert found["writes"] == [kind.CREATE_RULE]
    assert f"stays until the new rule for {DATABASE} works" in found["waiting"]
    (new,) = [entry["rule_id"] for entry in rules_of(dbx) if entry["endpoint_service"] == service(2)]
    force(dbx, new, connection_state="ESTABLISHED")
    dbx.change([kind.DELETE_RULE], **wish, purge_rules=True)


def test_rules_are_made_one_after_another(dbx: Account) -> None:
    wish = [rule(number) for number in range(1, 6)]
    dbx.one(name="config-1", region=REGION, rules=wish, wait=False)
    created = [call for call in dbx.calls if call["operation"] == "CreatePrivateEndpointRule"]
    assert [call["params"]["endpoint_service"] for call in created] == [service(number) for number in range(1, 6)]


# Buckets


def test_a_rule_for_buckets_is_switched_on_by_a_later_run(dbx: Account) -> None:
    options: dict[str, Any] = {
        "name": "config-1",
        "region": REGION,
        "rules": [{**BUCKET, "enabled": True}],
        "wait_timeout": 300,
    }
    found = dbx.change(NEW, **options)
    (entry,) = found["rules"]
    assert (entry["endpoint_service"], entry["enabled"]) == (f"com.amazonaws.{REGION}.s3", False)
    assert f"the policy of each bucket to let {entry['vpc_endpoint_id']} in" in found["waiting"]
    force(dbx, entry["rule_id"], connection_state="ESTABLISHED")
    assert dbx.change([kind.UPDATE_RULE], **options)["rules"][0]["enabled"] is True
    off = {**options, "rules": [{**BUCKET, "enabled": False}]}
    assert dbx.change([kind.UPDATE_RULE], **off)["rules"][0]["enabled"] is False


def test_a_bucket_is_reached_once_its_policy_lets_the_endpoint_in(estate: Estate, dbx: Account) -> None:
    bucket = f"data-{dbx.aws_account}"
    estate.boto(estate.account, "s3").create_bucket(Bucket=bucket)
    rules = [{"resource_names": [bucket], "enabled": True}]
    options: dict[str, Any] = {"name": "config-1", "region": REGION, "rules": rules, "wait_timeout": 300}
    (entry,) = dbx.one(**options)["rules"]
    reader = {"principals": [SHARDS["commercial"].serverless_account], "actions": ["s3:GetObject"]}
    statement = {"name": "databricks", "bucket": bucket, "vpc_endpoint_ids": [entry["vpc_endpoint_id"]], **reader}
    assert estate.run("bucket_policy_statement", environment_name="prod", **statement)["changed"]
    on = dbx.change([kind.UPDATE_RULE], **options)["rules"][0]
    assert (on["connection_state"], on["enabled"]) == ("ESTABLISHED", True)


def test_a_rule_for_buckets_is_switched_on_by_a_run_that_waits(dbx: Account) -> None:
    options: dict[str, Any] = {
        "name": "config-1",
        "region": REGION,
        "rules": [{**BUCKET, "enabled": True}],
        "wait_established": True,
    }
    found = dbx.one(**options, wait_timeout=200)
    assert found["writes"] == NEW
    assert "to be ESTABLISHED" in found["waiting"]
    assert found["rules"][0]["enabled"] is False
    rule_id = found["rules"][0]["rule_id"]
    dbx.meanwhile = lambda: force(dbx, rule_id, connection_state="ESTABLISHED")
    on = dbx.one(**options)
    assert (on["writes"], on["rules"][0]["enabled"], on["waiting"]) == ([kind.UPDATE_RULE], True, "")
    assert dbx.one(True, **options)["writes"] == []


def test_a_rule_that_waits_to_be_switched_on_keeps_no_other_rule_waiting(dbx: Account) -> None:
    made(dbx, BUCKET, state="PENDING")
    rules = [{**BUCKET, "enabled": True}, rule(1)]
    found = dbx.run(name="config-1", rules=rules, wait_established=True, wait_timeout=5)["results"][0]
    assert found["writes"] == [kind.CREATE_RULE]
    assert "to be ESTABLISHED" in found["waiting"]


def test_a_rule_that_leaves_its_state_before_it_is_switched_on(dbx: Account) -> None:
    (rule_id,) = made(dbx, BUCKET)
    left = {"connection_state": "PENDING"}
    dbx.sandbox.databricks_change(
        dbx.id, "private_endpoint_rules", rule_id, left, operation="ListPrivateEndpointRules", when="after"
    )
    found = dbx.run_module(
        dbx.module, {**dbx.access, "name": "config-1", "rules": [{**BUCKET, "enabled": True}], "wait_timeout": 5}
    )["results"][0]
    assert (found["writes"], found["failed"]) == ([], False)
    assert "to let vpce-" in found["waiting"]


# States


@pytest.mark.parametrize(
    ("state", "says", "deactivated"),
    [
        ("REJECTED", "has rejected its endpoint", 1),
        ("DISCONNECTED", "has ended its connection", 1),
        ("EXPIRED", "for 14 days", 0),
        ("CREATE_FAILED", "could not make its endpoint (no such service)", 1),
    ],
)
def test_what_never_works_again_is_explained_and_replaced_by_consent(
    dbx: Account, state: str, says: str, deactivated: int
) -> None:
    (rule_id,) = made(dbx, rule(1), state=state)
    force(dbx, rule_id, error_message="no such service" if state == "CREATE_FAILED" else None)
    wish: dict[str, Any] = {"name": "config-1", "rules": [rule(1)]}
    said = dbx.refused(**wish)
    assert f"({rule_id}) is {state}: " in said
    assert says in said
    assert "replace=true" in said
    assert dbx.one(**wish)["rules"][0]["rule_id"] == rule_id
    found = dbx.one(**wish, replace=True, wait=False)
    assert found["writes"] == [kind.DELETE_RULE, kind.CREATE_RULE]
    (entry,) = rules_of(dbx)
    assert entry["rule_id"] != rule_id
    assert len(dbx.objects("private_endpoint_rules")) == 1 + deactivated


def test_a_state_that_nobody_knows_ends_the_wait(dbx: Account) -> None:
    made(dbx, rule(1), state="PONDERING")
    wish: dict[str, Any] = {"name": "config-1", "rules": [rule(1)]}
    assert "is in the state 'PONDERING', which is not known here" in dbx.refused(**wish)
    assert "is not known here" in dbx.refused(**wish, replace=True)


def test_a_state_that_is_not_there_yet_is_waited_for(dbx: Account) -> None:
    """What was made a moment ago is not taken for dead, and made again."""
    (there,) = made(dbx, rule(1))
    force(dbx, there, connection_state=None)
    dbx.meanwhile = lambda: force(dbx, there, connection_state="ESTABLISHED")
    found = dbx.one(name="config-1", rules=[rule(1)], replace=True, wait_established=True)
    assert (found["writes"], found["failed"], found["rules"][0]["meaning"]) == ([], False, "it works")


def test_what_does_not_work_keeps_no_other_rule_from_being_made(dbx: Account) -> None:
    made(dbx, rule(1), state="EXPIRED")
    wish: dict[str, Any] = {"name": "config-1", "rules": [rule(1), rule(2)], "wait": False}
    assert "is EXPIRED" in dbx.one(True, **wish)["warnings"]
    found = dbx.one(**wish)
    assert found["writes"] == [kind.CREATE_RULE]
    assert "is EXPIRED" in found["warnings"]
    assert "is EXPIRED" in dbx.one(**wish)["msg"]


def test_a_deactivated_rule_is_absent_and_made_again(dbx: Account) -> None:
    (rule_id,) = made(dbx, rule(1))
    dbx.one(name="config-1", rules=[], purge_rules=True)
    found = dbx.one(name="config-1", rules=[rule(1)], wait=False)
    assert found["writes"] == [kind.CREATE_RULE]
    assert found["deactivated_rules"] == [rule_id]


# Answers that do not come


@pytest.mark.parametrize("operation", ["CreateNetworkConnectivityConfig", "CreatePrivateEndpointRule"])
@pytest.mark.parametrize("performed", [True, False])
def test_what_was_made_without_an_answer_is_made_once(dbx: Account, operation: str, performed: bool) -> None:
    made(dbx, rule(1), name="config-2")
    dbx.one(name="config-2", rules=[], purge_rules=True)  # deactivated, for the same names
    dbx.sandbox.fault("databricks", operation, "drop", performed=performed)
    options: dict[str, Any] = {"name": "config-1", "region": REGION, "rules": [rule(1)], "wait": False}
    found = dbx.run_module(dbx.module, {**dbx.access, **options})["results"]
    assert [entry["failed"] for entry in found] == [False], found
    assert sorted(entry["name"] for entry in dbx.objects(KIND)) == ["config-1", "config-2"]
    dbx.run_module(dbx.module, {**dbx.access, **options})
    assert len(rules_of(dbx)) == 1


def test_a_rule_that_took_too_long_is_not_taken_for_its_deactivated_predecessor(dbx: Account) -> None:
    made(dbx, rule(1))
    dbx.one(name="config-1", rules=[], purge_rules=True)
    dbx.sandbox.fault("databricks", "CreatePrivateEndpointRule", "drop")
    dbx.run_module(dbx.module, {**dbx.access, "name": "config-1", "rules": [rule(1)], "wait": False})
    assert len(rules_of(dbx)) == 1


def test_an_answer_is_waited_for_longer_than_a_rule_takes() -> None:
    assert argument_spec(SignIn)["api_timeout"]["default"] >= 180


# Limits


def test_a_limit_counts_all_pages_all_configs_and_what_is_deactivated(dbx: Account) -> None:
    dbx.sandbox.databricks_settings(page_size=2)
    made(dbx, *[rule(number) for number in range(1, 4)], name="config-2")
    made(dbx, rule(4))
    dbx.one(name="config-2", rules=[], purge_rules=True)
    wish: dict[str, Any] = {"name": "config-1", "rules": [rule(5)], "wait": False}
    said = dbx.refused(**wish, limits={"vpc_rules_per_region": 4})
    assert (
        f"{REGION} has 4 of the 4 private endpoint rules for VPC resources that Databricks allows, and 1 more" in said
    )
    assert "limits.vpc_rules_per_region" in said
    assert dbx.one(True, **wish, limits={"vpc_rules_per_region": 5})["writes"] == [kind.CREATE_RULE]
    assert "rules for S3" in dbx.refused(name="config-1", rules=[BUCKET], limits={"s3_rules_per_region": 0})
    assert not dbx.one(name="config-1", rules=[rule(4)], limits={"vpc_rules_per_region": 1})["changed"]


def test_a_limit_counts_the_items_before(dbx: Account) -> None:
    dbx.seed(connectivity_configs=[config(number) for number in range(1, 10)])
    dbx.sandbox.databricks_settings(page_size=3)
    items = [
        {"name": "tenth", "region": REGION},
        {"name": "eleventh", "region": REGION},
        {"name": "away", "region": "eu-west-1"},
    ]
    result = dbx.run(connectivity_configs=items)
    assert result["failed_items"] == ["eleventh"]
    assert "has 10 of the 10 connectivity configs" in result["msg"]
    assert len(dbx.objects(KIND)) == 11


def test_a_limit_of_databricks_that_is_lower_is_said_at_once(dbx: Account) -> None:
    made(dbx, rule(1))
    dbx.sandbox.databricks_settings(vpc_rules_per_region=1)
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "config-1", "rules": [rule(2)]})
    assert "QUOTA_EXCEEDED" in result["msg"]
    assert sum(call["operation"] == "CreatePrivateEndpointRule" for call in dbx.sandbox.calls(dbx.id)) == 2


# Taking away


def test_what_is_bound_stays_and_says_to_what(dbx: Account) -> None:
    dbx.seed(
        connectivity_configs=[config()],
        workspaces=[workspace(uid(1))],
    )
    said = dbx.refused(name="config-1", state="absent")
    assert "is bound to workspace a (7). A workspace cannot do without once it has one" in said


def test_bound_since_it_was_looked_at(dbx: Account) -> None:
    dbx.seed(connectivity_configs=[config()], workspaces=[workspace(None)])
    bound = {"network_connectivity_config_id": uid(1)}
    dbx.sandbox.databricks_change(dbx.id, "workspaces", "7", bound, operation="ListWorkspaces", when="after")
    assert "is bound to workspace a (7)" in dbx.one(name="config-1", state="absent")["msg"]


def test_what_databricks_holds_for_minutes_is_waited_for(dbx: Account) -> None:
    made(dbx, rule(1))
    dbx.sandbox.lag(**{"databricks_connectivity_config.held": 300})
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "config-1", "state": "absent", "wait": False})
    (held,) = result["results"]
    assert (held["failed"], held["writes"]) == (False, [kind.DELETE_RULE])
    assert "Databricks to let go of connectivity config config-1" in held["waiting"]
    assert "are gone a day after they were removed" in held["waiting"]
    gone = dbx.run_module(dbx.module, {**dbx.access, "name": "config-1", "state": "absent"})["results"][0]
    assert (gone["writes"], gone["waiting"], dbx.objects(KIND)) == ([kind.DELETE], "", [])


# What cannot be


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "ab"}, "name has 3 to 30"),
        ({"name": "a config"}, "name has 3 to 30"),
        ({"region": "eu-south-1"}, "is no region of Databricks"),
        ({"network_connectivity_config_id": "config-1"}, "is no id of Databricks"),
        ({"purge_rules": True}, "give them, if only an empty list"),
        ({"rules": [{"endpoint_service": service(1)}]}, "either domain_names"),
        ({"rules": [{**rule(1), **BUCKET}]}, "either domain_names"),
        ({"rules": [{**rule(1), "domain_names": []}]}, "domain_names is empty"),
        ({"rules": [rule(1, "*.example.com")]}, "wildcards are not allowed"),
        ({"rules": [rule(1, "10.0.0.1")]}, "a whole domain name"),
        ({"rules": [rule(1, "localhost")]}, "a whole domain name"),
        ({"rules": [rule(1, "db.example.com:5432")]}, "take away ':5432'"),
        ({"rules": [rule(1, "https://db.example.com")]}, "take away 'https://'"),
        ({"rules": [rule(1, *(f"db-{number}.example.com" for number in range(11)))]}, "10 domain_names at most"),
        ({"rules": [{**rule(1), "endpoint_service": "vpce-svc-1"}]}, "not the name of an endpoint service"),
        ({"rules": [{**rule(1), "enabled": True}]}, "for rules with resource_names alone"),
        ({"rules": [{**BUCKET, "endpoint_service": service(1)}]}, "com.amazonaws.REGION.s3"),
        ({"rules": [{"resource_names": ["arn:aws:s3:::data"]}]}, "not the name of a bucket"),
        ({"rules": [rule(1), rule(1)]}, "more than one is for db-1.example.com"),
        ({"rules": [{**rule(1), "rule_id": "vpce-0123456789abcdef0"}]}, "is AWS's id"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_call(dbx: Account, options: dict[str, Any], says: str) -> None:
    assert says in dbx.refused(**{"name": "config-1", "region": REGION, **options})
    assert dbx.calls == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"region": "eu-west-1"}, "which cannot be changed to eu-west-1"),
        ({"region": "eu-west-1", "state": "absent"}, "it is another one, and stays"),
        ({"name": "other"}, "There is no connectivity config other"),
        ({"network_connectivity_config_id": uid(9)}, f"There is no connectivity config {uid(9)}"),
        ({"rules": [{**rule(1), "rule_id": uid(9)}]}, f"There is no rule {uid(9)}"),
        ({"rules": [{**BUCKET, "endpoint_service": "com.amazonaws.eu-west-1.s3"}]}, "buckets are reached in us-east-1"),
    ],
)
def test_what_does_not_fit_is_refused(dbx: Account, options: dict[str, Any], says: str) -> None:
    dbx.seed(connectivity_configs=[config()])
    assert says in dbx.refused(**{"name": "config-1", **options})


def test_which_rule_is_meant_is_asked(dbx: Account) -> None:
    first, second = made(dbx, rule(1, "a.example.com"), rule(1, "b.example.com"))
    both: dict[str, Any] = {
        "name": "config-1",
        "rules": [rule(1, "a.example.com", "b.example.com")],
        "purge_rules": True,
    }
    assert "Say which with rule_id" in dbx.refused(**both)
    wish: dict[str, Any] = {**both, "rules": [{**rule(1, "a.example.com", "b.example.com"), "rule_id": first}]}
    found = dbx.change([kind.UPDATE_RULE, kind.DELETE_RULE], **wish)
    assert ([entry["rule_id"] for entry in found["rules"]], found["deactivated_rules"]) == ([first], [second])


def test_more_than_one_of_a_name(dbx: Account) -> None:
    away = {**config(3, "eu-west-1"), "name": "config-1"}
    dbx.seed(connectivity_configs=[config(), {**config(2), "name": "config-1"}, away])
    assert "Say which is meant" in dbx.refused(name="config-1", region=REGION)
    assert dbx.one(name="config-1", region="eu-west-1")["network_connectivity_config_id"] == uid(3)


def test_a_name_that_another_has_is_not_given(dbx: Account) -> None:
    """In a region; elsewhere one may have it, too."""
    dbx.seed(connectivity_configs=[config(), config(2), {**config(3, "eu-west-1"), "name": "far"}])
    said = dbx.refused(name="config-2", network_connectivity_config_id=uid(1))
    assert f"config-1 ({uid(1)}) is not renamed to config-2, for so is connectivity config config-2 ({uid(2)})." in said
    dbx.change([kind.UPDATE], name="far", network_connectivity_config_id=uid(1))


def test_many_take_one_list_each(dbx: Account) -> None:
    """A run that finds all as it shall be over 10 configs of 10 rules."""
    items = []
    for number in range(1, 11):
        wish = [rule(100 * number + place) for place in range(10)]
        made(dbx, *wish, name=f"config-{number}")
        items.append({"name": f"config-{number}", "region": REGION, "rules": wish})
    result = dbx.run(connectivity_configs=items)
    assert (result["changed"], result["failed_items"]) == (False, []), json.dumps(result)
    counts = Counter(call["operation"] for call in dbx.calls)
    assert counts == {"ListNetworkConnectivityConfigs": 1, "ListPrivateEndpointRules": 10}
    assert dbx.signed_in == 1
