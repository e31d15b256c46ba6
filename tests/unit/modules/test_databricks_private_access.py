# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""databricks_private_access and its twin against the sandbox: whole objects replaced, races, and who is shut out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import MOST_OVERTAKEN, UNKNOWN
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks as api
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_private_access as kind

from tests.unit.modules.databricks import REGION, Account, uid

INFO = "databricks_private_access_info"
KIND = "private_access_settings"


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module, databricks.list_option = "databricks_private_access", KIND
    return databricks


def settings(number: int = 8, **fields: Any) -> dict[str, Any]:
    usual = {"private_access_settings_id": uid(number), "private_access_settings_name": "front", "region": REGION}
    return {**usual, **fields}


def workspace(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"workspace_id": number, "workspace_name": f"space-{number}", "aws_region": REGION, **fields}


def seed(dbx: Account, **fields: Any) -> None:
    """Two front-end endpoints, one for the relay, one of another region, and settings that a workspace has."""
    others = [dbx.registered(3, "scc_relay"), dbx.registered(4, region="eu-west-1")]
    dbx.seed(
        vpc_endpoints=[dbx.registered(1), dbx.registered(2), *others],
        private_access_settings=[settings(**fields)],
        workspaces=[workspace(private_access_settings_id=uid(8))],
    )


def test_create_change_and_remove(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1)])
    made = dbx.change([kind.CREATE], name="front", region=REGION, public_access_enabled=True)
    assert (made["private_access_level"], made["allowed_vpc_endpoint_ids"], made["status"]) == (
        "ACCOUNT",
        [],
        "present",
    )
    assert made["diff"][0]["before"] == {}
    level = {"private_access_level": "ENDPOINT", "allowed_vpc_endpoint_ids": [uid(1)]}
    changed = dbx.change([kind.REPLACE], name="front", **level)
    assert (changed["private_access_level"], changed["allowed_vpc_endpoint_ids"]) == ("ENDPOINT", [uid(1)])
    assert changed["public_access_enabled"] is True
    assert changed["diff"][0]["after"]["allowed_vpc_endpoint_ids"] == [uid(1)]
    (found,) = dbx.run(module=INFO, name="front")[KIND]
    assert {name: changed[name] for name in found} == found
    renamed = dbx.change([kind.REPLACE], name="door", private_access_settings_id=made["private_access_settings_id"])
    assert renamed["private_access_settings_name"] == "door"
    assert dbx.change([kind.DELETE], name="door", state="absent")["status"] == "absent"
    assert dbx.run(module=INFO)[KIND] == []


def test_what_others_have_put_there_stays(dbx: Account) -> None:
    """Fields that nobody here knows, endpoints of others, and public access, which is off where it is left out."""
    seed(dbx, allowed_vpc_endpoint_ids=[uid(2)], private_access_level="ENDPOINT", field_of_tomorrow={"a": []})
    dbx.change([kind.REPLACE], name="front", allowed_vpc_endpoint_ids=[uid(1)])
    (thing,) = dbx.objects(KIND)
    assert thing["allowed_vpc_endpoint_ids"] == [uid(2), uid(1)]
    assert thing["field_of_tomorrow"] == {"a": []}
    assert thing["public_access_enabled"] is True
    dbx.change([kind.REPLACE], name="front", allowed_vpc_endpoint_ids=[uid(1)], purge_allowed_vpc_endpoints=True)
    assert dbx.objects(KIND)[0]["allowed_vpc_endpoint_ids"] == [uid(1)]


@pytest.mark.parametrize("operation", ["GetPrivateAccess", "ListPrivateAccess"])
def test_what_somebody_else_has_changed_between_two_reads_stays(dbx: Account, operation: str) -> None:
    seed(dbx)
    theirs = {"allowed_vpc_endpoint_ids": [uid(2)], "field_of_tomorrow": 1}
    when = "before" if operation == "GetPrivateAccess" else "after"
    dbx.sandbox.databricks_change(dbx.id, KIND, uid(8), theirs, operation=operation, when=when)
    made = dbx.one(name="front", allowed_vpc_endpoint_ids=[uid(1)])
    assert (made["failed"], made["writes"]) == (False, [kind.REPLACE])
    (thing,) = dbx.objects(KIND)
    assert sorted(thing["allowed_vpc_endpoint_ids"]) == [uid(1), uid(2)]
    assert thing["field_of_tomorrow"] == 1


def test_what_was_consented_to_is_what_was_seen(dbx: Account) -> None:
    """Settings for listed endpoints alone are for all when they are read again: now some would be shut out."""
    seed(dbx, allowed_vpc_endpoint_ids=[uid(2)], private_access_level="ENDPOINT")
    theirs = {"allowed_vpc_endpoint_ids": [], "private_access_level": "ACCOUNT"}
    dbx.sandbox.databricks_change(dbx.id, KIND, uid(8), theirs, operation="GetPrivateAccess", when="before")
    made = dbx.one(name="front", private_access_level="ENDPOINT", allowed_vpc_endpoint_ids=[uid(1)])
    assert f"VPC endpoint endpoint-2 ({uid(2)})" in made["msg"]
    assert dbx.objects(KIND)[0]["private_access_level"] == "ACCOUNT"


def test_an_update_that_somebody_else_overwrites_is_made_again(dbx: Account) -> None:
    seed(dbx)
    theirs = {"allowed_vpc_endpoint_ids": [uid(2)]}
    around = {"operation": "ReplacePrivateAccess", "when": "after"}
    dbx.sandbox.databricks_change(dbx.id, KIND, uid(8), theirs, **around)
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "front", "allowed_vpc_endpoint_ids": [uid(1)]})
    assert not result.get("failed"), result
    assert sorted(dbx.objects(KIND)[0]["allowed_vpc_endpoint_ids"]) == [uid(1), uid(2)]


def test_an_update_that_is_overwritten_again_and_again_fails_loudly(dbx: Account) -> None:
    seed(dbx)
    around = {"operation": "ReplacePrivateAccess", "when": "after", "times": 99}
    dbx.sandbox.databricks_change(dbx.id, KIND, uid(8), {"allowed_vpc_endpoint_ids": [uid(2)]}, **around)
    since = dbx.sandbox.last_call()
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "front", "allowed_vpc_endpoint_ids": [uid(1)]})
    assert result["failed"]
    assert "what was written was not there when it was read again" in result["msg"]
    assert "See who else manages it" in result["msg"]
    puts = [call for call in dbx.sandbox.calls(dbx.id, since=since) if call["operation"] == "ReplacePrivateAccess"]
    assert len(puts) == MOST_OVERTAKEN + 1


def test_runs_on_one_machine_replace_one_after_the_other(dbx: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(dbx)
    within: list[str] = []

    @contextlib.contextmanager
    def another_first(scope: str) -> Iterator[None]:
        if not within:
            dbx.sandbox.databricks_change(dbx.id, KIND, uid(8), {"allowed_vpc_endpoint_ids": [uid(2)]})
        within.append(scope)
        yield

    monkeypatch.setattr(api, "one_at_a_time", another_first)
    dbx.one(name="front", allowed_vpc_endpoint_ids=[uid(1)])
    assert sorted(dbx.objects(KIND)[0]["allowed_vpc_endpoint_ids"]) == [uid(1), uid(2)]
    assert [scope.rpartition("/")[2] for scope in within] == [uid(8)] * 2
    assert dbx.count("ReplacePrivateAccess") == 1


@pytest.mark.parametrize("performed", [True, False])
def test_a_replacement_without_an_answer(dbx: Account, performed: bool) -> None:
    seed(dbx)
    dbx.sandbox.fault("databricks", "ReplacePrivateAccess", "drop", performed=performed)
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "front", "allowed_vpc_endpoint_ids": [uid(1)]})
    assert [item["writes"] for item in result["results"]] == [[kind.REPLACE]]
    assert dbx.objects(KIND)[0]["allowed_vpc_endpoint_ids"] == [uid(1)]


@pytest.mark.parametrize("left_out", ["public_access_enabled", "private_access_level"])
def test_what_the_api_leaves_out_is_its_default(dbx: Account, left_out: str) -> None:
    """It does so with C(false); a run that changed it would change it each time."""
    seed(dbx, public_access_enabled=False)
    dbx.sandbox.databricks_change(dbx.id, KIND, uid(8), {left_out: None})
    found = dbx.one(name="front", region=REGION, public_access_enabled=False, private_access_level="ACCOUNT")
    assert (found["changed"], found["failed"]) == (False, False)
    assert (found["public_access_enabled"], found["private_access_level"]) == (False, "ACCOUNT")


def test_a_replacement_that_cannot_be_read_again_was_made_all_the_same(dbx: Account) -> None:
    seed(dbx)
    dbx.sandbox.databricks_fails("GetPrivateAccess", 403, after=1, times=None)
    made = dbx.one(name="front", allowed_vpc_endpoint_ids=[uid(1)])
    assert (made["failed"], made["writes"]) == (True, [kind.REPLACE])


def test_who_would_be_shut_out_is_named(dbx: Account) -> None:
    seed(dbx)
    level: dict[str, Any] = {"private_access_level": "ENDPOINT", "allowed_vpc_endpoint_ids": [uid(1)]}
    said = dbx.refused(name="front", **level)
    assert f"of workspace space-1 (1): VPC endpoint endpoint-2 ({uid(2)}), vpce-{2:017x}." in said
    assert "confirm_lockout=true" in said
    assert uid(1) not in said
    assert uid(3) not in said
    assert uid(4) not in said
    made = dbx.change([kind.REPLACE], name="front", **level, confirm_lockout=True)
    assert made["private_access_level"] == "ENDPOINT"
    assert "takes some minutes to reach workspace space-1 (1)" in made["warnings"]


def test_nobody_is_shut_out_where_all_are_listed(dbx: Account) -> None:
    seed(dbx)
    listed = [uid(1), uid(2)]
    dbx.change([kind.REPLACE], name="front", private_access_level="ENDPOINT", allowed_vpc_endpoint_ids=listed)


def test_an_empty_list_lets_nobody_in(dbx: Account) -> None:
    seed(dbx, allowed_vpc_endpoint_ids=[uid(1)], private_access_level="ENDPOINT")
    nobody: dict[str, Any] = {"allowed_vpc_endpoint_ids": [], "purge_allowed_vpc_endpoints": True}
    assert "lets nobody in by AWS PrivateLink" in dbx.refused(name="front", **nobody)
    new = {"name": "new-front", "region": REGION, "public_access_enabled": True, "private_access_level": "ENDPOINT"}
    assert "lets nobody in by AWS PrivateLink" in dbx.refused(**new)
    dbx.change([kind.CREATE], **new, confirm_lockout=True)
    assert dbx.change([kind.REPLACE], name="front", **nobody, confirm_lockout=True)["allowed_vpc_endpoint_ids"] == []


BACK_END = {"rest_api": [uid(1)], "dataplane_relay": [uid(3)]}


@pytest.mark.parametrize(
    ("state", "back_end", "says"),
    [
        ("available", None, "the network of workspace space-1 (1) has no VPC endpoints for the back end"),
        ("pending", BACK_END, "no registered VPC endpoint that is available and let in leads to the front end"),
        ("available", BACK_END, ""),
    ],
)
def test_public_access_goes_off_only_where_all_is_private(dbx: Account, state: str, back_end: Any, says: str) -> None:
    network = {"network_id": uid(7), "network_name": "compute"}
    dbx.seed(
        vpc_endpoints=[dbx.registered(1, state=state), dbx.registered(3, "scc_relay")],
        private_access_settings=[settings()],
        networks=[{**network, "vpc_endpoints": back_end} if back_end else network],
        workspaces=[workspace(private_access_settings_id=uid(8), network_id=uid(7))],
    )
    off = {"name": "front", "public_access_enabled": False}
    if says:
        said = dbx.refused(**off)
        assert f"goes off only where front end and back end are private: {says}. Or insist with force=true." in said
        off["force"] = True
    assert dbx.change([kind.REPLACE], **off)["public_access_enabled"] is False


def test_an_endpoint_that_is_not_let_in_is_no_way_in(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1), dbx.registered(2, state="pending")])
    dbx.seed(private_access_settings=[settings(private_access_level="ENDPOINT", allowed_vpc_endpoint_ids=[uid(2)])])
    assert "is available and let in" in dbx.refused(name="front", public_access_enabled=False)
    both = [uid(1), uid(2)]
    dbx.change([kind.REPLACE], name="front", public_access_enabled=False, allowed_vpc_endpoint_ids=both)


def test_what_a_workspace_has_stays(dbx: Account) -> None:
    seed(dbx)
    said = dbx.refused(name="front", state="absent")
    assert "is used by workspace space-1 (1). A workspace cannot do without" in said


def test_settings_of_another_region_are_others(dbx: Account) -> None:
    dbx.seed(private_access_settings=[settings()])
    said = dbx.refused(name="front", region="eu-west-1", state="absent")
    assert "has region us-east-1, not eu-west-1: it is another one, and stays." in said


def test_used_since_it_was_looked_at(dbx: Account) -> None:
    dbx.seed(private_access_settings=[settings()], workspaces=[workspace(private_access_settings_id=None)])
    used = {"private_access_settings_id": uid(8)}
    dbx.sandbox.databricks_change(dbx.id, "workspaces", "1", used, operation="ListWorkspaces", when="after")
    assert "is used by workspace space-1 (1)" in dbx.one(name="front", state="absent")["msg"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "abc"}, "name has 4 to 256 characters"),
        ({"region": "eu-south-1"}, "is no region of Databricks"),
        ({"region": "eu-west-1"}, "is of us-east-1, which cannot be changed to eu-west-1"),
        ({"allowed_vpc_endpoint_ids": ["vpce-0123456789abcdef0"]}, "is AWS's id of a VPC endpoint"),
        ({"allowed_vpc_endpoint_ids": [uid(1), uid(1)]}, "twice"),
        ({"allowed_vpc_endpoint_ids": [uid(9)]}, f"the account has no registered VPC endpoint {uid(9)}"),
        ({"allowed_vpc_endpoint_ids": [uid(4)]}, "is in eu-west-1, the settings are of us-east-1"),
        ({"purge_allowed_vpc_endpoints": True}, "give it"),
        ({"private_access_settings_id": "front"}, "is no id of Databricks"),
        ({"private_access_settings_id": uid(9)}, f"There are no private access settings {uid(9)}"),
        ({"name": "other"}, "To create them, give region and public_access_enabled"),
        ({"name": "other", "region": REGION}, "To create them, give region and public_access_enabled"),
    ],
)
def test_what_cannot_be(dbx: Account, options: dict[str, Any], says: str) -> None:
    seed(dbx)
    assert says in dbx.refused(**{"name": "front", **options})


def test_more_than_one_of_a_name(dbx: Account) -> None:
    dbx.seed(private_access_settings=[settings(8), settings(9)])
    assert f"are named front: {uid(8)}, {uid(9)}" in dbx.refused(name="front", state="absent")
    dbx.change([kind.DELETE], name="front", private_access_settings_id=uid(8), state="absent")
    assert [thing["private_access_settings_id"] for thing in dbx.objects(KIND)] == [uid(9)]


def test_a_name_that_another_has_is_not_given(dbx: Account) -> None:
    dbx.seed(private_access_settings=[settings(8), settings(9, private_access_settings_name="door")])
    said = dbx.refused(name="door", private_access_settings_id=uid(8))
    assert f"front ({uid(8)}) is not renamed to door, for so is private access settings door ({uid(9)})." in said


def test_many_take_one_list(dbx: Account) -> None:
    names = [f"front-{number}" for number in range(1, 51)]
    dbx.seed(
        private_access_settings=[
            settings(number, private_access_settings_name=name) for number, name in enumerate(names, 1)
        ]
    )
    items = [{"name": name, "region": REGION, "public_access_enabled": True} for name in names]
    assert not dbx.run(private_access_settings=items)["changed"]
    assert [call["operation"] for call in dbx.calls] == ["ListPrivateAccess"]


def test_what_is_new_is_public_until_a_later_task_says_otherwise(dbx: Account) -> None:
    """Settings that exist keep what they have, so that a run that was killed in between opens nothing again."""
    later: dict[str, Any] = {"name": "front", "region": REGION, "public_access_when_created": True}
    assert dbx.change([kind.CREATE], **later)["public_access_enabled"] is True
    dbx.one(name="front", public_access_enabled=False, force=True)
    assert dbx.one(**later)["public_access_enabled"] is False
    assert "Give public_access_enabled, or public_access_when_created" in dbx.refused(
        **later, public_access_enabled=True
    )


def test_what_is_only_planned_is_planned_with_and_never_written(dbx: Account) -> None:
    planned: dict[str, Any] = {"name": "front", "private_access_settings_id": UNKNOWN, "region": REGION}
    assert dbx.one(True, **planned, public_access_enabled=False)["writes"] == [kind.REPLACE]
    assert dbx.one(True, **planned, public_access_enabled=True)["writes"] == []
    level = {"private_access_level": "ENDPOINT", "allowed_vpc_endpoint_ids": [UNKNOWN]}
    new = {"name": "front", "region": REGION, "public_access_enabled": True, **level}
    assert dbx.one(True, **new)["writes"] == [kind.CREATE]
    for options in (new, {**planned, "public_access_enabled": False}):
        refused = dbx.one(**options)
        assert (refused["failed"], refused["writes"]) == (True, [])
        assert "was only planned" in refused["msg"]


def test_who_is_about_to_leave_is_no_user(dbx: Account) -> None:
    seed(dbx)
    kept = dbx.one(True, name="front", state="absent")
    assert kept["used_by"] == ["workspace space-1 (1)"]
    assert dbx.one(True, name="front", state="absent", going=["1"])["writes"] == [kind.DELETE]
    stays = dbx.one(name="front", state="absent", going=["1"])
    assert (stays["failed"], stays["writes"]) == (True, [])
