# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""databricks_workspace_network and its twin against the sandbox: what can be exchanged, and never be taken off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_workspace_network as kind

from tests.unit.modules.databricks import REGION, Account, uid

INFO = "databricks_workspace_network_info"
KIND = "workspaces"
SETTINGS, CONFIG, NETWORK = "private_access_settings_id", "network_connectivity_config_id", "network_id"
CONSENT: dict[str, Any] = {"confirm_disruption": True}


def to(**things: str) -> dict[str, Any]:
    """Options that give a workspace these things."""
    names = {"settings": SETTINGS, "config": CONFIG, "network": NETWORK}
    return {names[name]: thing_id for name, thing_id in things.items()}


def workspace(number: int = 1, **fields: Any) -> dict[str, Any]:
    named = {"workspace_id": number, "workspace_name": f"space-{number}", "aws_region": REGION}
    return {**named, NETWORK: None, SETTINGS: None, CONFIG: None, **fields}


def config(number: int, region: str = REGION) -> dict[str, Any]:
    return {CONFIG: uid(number), "name": f"config-{number}", "region": region}


def settings(number: int, region: str = REGION) -> dict[str, Any]:
    return {SETTINGS: uid(number), "private_access_settings_name": f"front-{number}", "region": region}


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module, databricks.list_option = "databricks_workspace_network", KIND
    databricks.sandbox.lag(**{"databricks_workspace.PROVISIONING": 15})
    databricks.seed(
        connectivity_configs=[config(11), config(12), config(13, "eu-west-1")],
        private_access_settings=[settings(21), settings(22), settings(23, "eu-west-1")],
        networks=[{NETWORK: uid(31), "network_name": "net-31"}],
    )
    return databricks


@pytest.fixture
def place(dbx: Account, make_vpc: Callable[..., Any]) -> str:
    """A network in a place in AWS that there is; the answer is its id."""
    vpc = make_vpc(dbx.aws_account)
    where = {"vpc_id": vpc.id, "subnet_ids": list(vpc.subnets), "security_group_ids": [vpc.security_group]}
    dbx.seed(networks=[{NETWORK: uid(32), "network_name": "net-32", **where}])
    return uid(32)


def test_who_comes_in_no_more_is_told_before_consent(dbx: Account) -> None:
    shut = {"public_access_enabled": False, "private_access_level": "ENDPOINT", "allowed_vpc_endpoint_ids": [uid(1)]}
    dbx.seed(
        workspaces=[workspace(private_access_settings_id=uid(21))], private_access_settings=[{**settings(24), **shut}]
    )
    told = f"private access settings front-24 ({uid(24)}) let"
    said = dbx.refused(name="space-1", private_access_settings_id=uid(24))
    assert (
        f"{told} nobody in from the internet. {told} in by AWS PrivateLink these VPC endpoints alone: {uid(1)}." in said
    )
    assert "let nobody in" not in dbx.refused(name="space-1", private_access_settings_id=uid(22))


def test_give_exchange_and_keep(dbx: Account, place: str) -> None:
    dbx.seed(workspaces=[workspace(network_id=uid(31))])
    wish: dict[str, Any] = {"name": "space-1", CONFIG: uid(11), SETTINGS: uid(21)}
    said = dbx.refused(**wish)
    assert f"network_connectivity_config_id is None, not {uid(11)}" in said
    assert "for about 20 minutes after it no cluster starts" in said
    assert "confirm_disruption=true" in said
    assert dbx.one(**wish)["consent"] == said
    planned = {"name": "space-1", SETTINGS: UNKNOWN, **CONSENT}
    assert dbx.one(True, **planned)["writes"] == [kind.UPDATE]
    assert "was only planned" in dbx.one(**planned)["msg"]
    given = dbx.change([kind.UPDATE], **wish, **CONSENT)
    assert (given["workspace_status"], given[CONFIG], given[SETTINGS]) == ("RUNNING", uid(11), uid(21))
    assert (given["diff"][0]["before"][CONFIG], given["diff"][0]["after"][CONFIG]) == (None, uid(11))
    assert dbx.change([kind.UPDATE], name="space-1", **to(settings=uid(22), network=place), **CONSENT)
    kept = dbx.one(name="space-1", state="absent")
    assert (kept["writes"], len(kept["kept"]), kept["status"]) == ([], 3, "present")
    assert f"private access settings {uid(22)} kept, because Databricks lets a workspace exchange it" in kept["kept"][1]
    assert "by network_connectivity_config_id and replace=true" in kept["warnings"]
    assert len(dbx.one(name="space-1", state="absent", **to(config=uid(11), settings=uid(21)))["kept"]) == 1
    (shown,) = dbx.run(module=INFO, workspace_id="1")[KIND]
    assert {name: kept[name] for name in shown} == shown
    assert dbx.one(name="space-9", state="absent")["status"] == "absent"


def test_the_mask_has_what_differs_in_order(dbx: Account, place: str) -> None:
    dbx.seed(workspaces=[workspace(network_id=uid(31), private_access_settings_id=uid(21))])
    dbx.one(name="space-1", **to(settings=uid(21), network=place, config=uid(11)), **CONSENT)
    (call,) = [call for call in dbx.calls if call["kind"] == "write"]
    assert call["params"]["update_mask"] == f"{CONFIG},{NETWORK}"
    assert {name for name in call["params"] if name.endswith("_id")} == {CONFIG, NETWORK}


def test_another_config_takes_its_place_by_consent(dbx: Account) -> None:
    dbx.seed(workspaces=[workspace(network_connectivity_config_id=uid(11))])
    wish: dict[str, Any] = {"name": "space-1", CONFIG: uid(12), **CONSENT}
    assert f"is bound to connectivity config {uid(11)}" in dbx.refused(**wish)
    assert dbx.change([kind.UPDATE], **wish, replace=True)[CONFIG] == uid(12)


def test_serverless_compute_needs_no_consent_and_has_no_network(dbx: Account) -> None:
    dbx.seed(workspaces=[workspace(compute_mode="SERVERLESS")])
    dbx.change([kind.UPDATE], name="space-1", **to(config=uid(11)))
    assert "has serverless compute alone, and so no private" in dbx.refused(name="space-1", **to(settings=uid(21)))


def test_a_workspace_that_fails_is_explained_and_mended(dbx: Account) -> None:
    broken = {"vpc_status": "BROKEN", "error_messages": [{"error_type": "subnet", "error_message": "No such subnet."}]}
    dbx.seed(
        networks=[{NETWORK: uid(33), "network_name": "net-33", **broken}],
        workspaces=[workspace(network_id=uid(33))],
    )
    dbx.sandbox.databricks_workspace_fails(dbx.id, 1, message="It went wrong.")
    options: dict[str, Any] = {**dbx.access, "name": "space-1", CONFIG: uid(11), **CONSENT}
    result = dbx.run_module(dbx.module, options)
    assert result["results"][0]["writes"] == [kind.UPDATE]
    assert "workspace space-1 (1) is FAILED: It went wrong." in result["msg"]
    assert "Databricks says VALID: subnet: No such subnet." in result["msg"]
    assert "is FAILED" in dbx.refused(name="space-1")
    dbx.sandbox.databricks_change(dbx.id, "networks", uid(33), {"error_messages": []})
    assert dbx.change([kind.UPDATE], name="space-1", **to(settings=uid(21)))["workspace_status"] == "RUNNING"


@pytest.mark.parametrize("status", ["BANNED", "CANCELLING", "PONDERING"])
def test_a_workspace_in_any_other_state_is_left_alone(dbx: Account, status: str) -> None:
    dbx.seed(workspaces=[workspace(workspace_status=status)])
    assert f"is {status}: " in dbx.refused(name="space-1", **to(config=uid(11)), **CONSENT)


def test_a_moving_workspace_is_waited_for(dbx: Account) -> None:
    dbx.seed(workspaces=[workspace()])
    wish: dict[str, Any] = {"name": "space-1", **CONSENT}
    first = dbx.one(**wish, **to(config=uid(11)), wait=False)
    assert first["waiting"] == "workspace space-1 (1) to be RUNNING (PROVISIONING)"
    blocked = dbx.one(**wish, **to(settings=uid(21)), wait=False)
    assert (blocked["writes"], blocked[SETTINGS]) == ([], None)
    assert dbx.one(**wish, **to(settings=uid(21)))["writes"] == [kind.UPDATE]


def test_a_workspace_that_began_to_move_since_it_was_looked_at(dbx: Account) -> None:
    dbx.seed(workspaces=[workspace()])
    moves = {"workspace_status": "PROVISIONING"}
    dbx.sandbox.databricks_change(dbx.id, KIND, "1", moves, operation="ListWorkspaces", when="after")
    dbx.meanwhile = lambda: dbx.sandbox.databricks_change(dbx.id, KIND, "1", {"workspace_status": "RUNNING"})
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "space-1", CONFIG: uid(11), **CONSENT})
    assert [item["writes"] for item in result["results"]] == [[kind.UPDATE]], result


def test_a_workspace_that_was_bound_since_it_was_looked_at_is_not_bound_anew(dbx: Account) -> None:
    dbx.seed(workspaces=[workspace()])
    around = {"operation": "ListWorkspaces", "when": "after"}
    dbx.sandbox.databricks_change(dbx.id, KIND, "1", to(config=uid(12)), **around)
    found = dbx.one(name="space-1", **to(config=uid(11)), **CONSENT)
    assert f"is bound to connectivity config {uid(12)}" in found["msg"]
    assert dbx.performed == []


@pytest.mark.parametrize("performed", [True, False])
def test_a_change_without_an_answer_is_made_once(dbx: Account, performed: bool) -> None:
    dbx.seed(workspaces=[workspace()])
    dbx.sandbox.fault("databricks", "UpdateWorkspace", "drop", performed=performed)
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "space-1", CONFIG: uid(11), **CONSENT})
    assert [(item["writes"], item["workspace_status"]) for item in result["results"]] == [([kind.UPDATE], "RUNNING")]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({CONFIG: "vpce-0123456789abcdef0"}, "is AWS's id"),
        ({SETTINGS: "front"}, "is no id of Databricks"),
        ({NETWORK: "vpc-0123456789abcdef0"}, "is no id of Databricks"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_call(dbx: Account, options: dict[str, Any], says: str) -> None:
    assert says in dbx.refused(name="space-1", **options)
    assert dbx.calls == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "other"}, "The account has no workspace other"),
        ({"workspace_id": 9}, "The account has no workspace 9"),
        ({CONFIG: uid(99)}, f"the account has no connectivity config {uid(99)}"),
        ({CONFIG: uid(13)}, "is of eu-west-1, workspace space-1 (1) is in us-east-1"),
        ({SETTINGS: uid(23)}, "is of eu-west-1, workspace space-1 (1) is in us-east-1"),
        ({NETWORK: uid(31)}, "runs in a VPC of Databricks' own"),
    ],
)
def test_what_does_not_fit_is_refused(dbx: Account, options: dict[str, Any], says: str) -> None:
    dbx.seed(workspaces=[workspace()])
    assert says in dbx.refused(**{"name": "space-1", **options}, **CONSENT)


def test_more_than_one_of_a_name(dbx: Account) -> None:
    dbx.seed(workspaces=[workspace(), workspace(2, workspace_name="space-1")])
    assert "Say which is meant with workspace_id" in dbx.refused(name="space-1")
    dbx.change([kind.UPDATE], name="space-1", workspace_id=2, **to(config=uid(11)), **CONSENT)


def test_a_config_has_room_for_as_many_as_are_allowed_all_items_together(dbx: Account) -> None:
    bound = [workspace(number, network_connectivity_config_id=uid(11)) for number in range(1, 49)]
    dbx.seed(workspaces=[*bound, *(workspace(number) for number in range(49, 53))])
    items = [{"name": f"space-{number}", CONFIG: uid(11), **CONSENT} for number in range(49, 52)]
    result = dbx.run(workspaces=items)
    assert result["failed_items"] == ["space-51"]
    assert "has 50 of the 50 workspaces that Databricks allows" in result["msg"]
    more: dict[str, Any] = {"workspaces": items, "limits": {"workspaces_per_connectivity_config": 51}}
    assert dbx.run(check=True, **more)["failed_items"] == []


def test_many_take_one_list(dbx: Account) -> None:
    given = {CONFIG: uid(11), SETTINGS: uid(21)}
    dbx.seed(workspaces=[workspace(number, **given) for number in range(1, 51)])
    result = dbx.run(workspaces=[{"name": f"space-{number}", **given} for number in range(1, 51)])
    assert (result["changed"], result["failed_items"]) == (False, [])
    assert [call["operation"] for call in dbx.calls] == ["ListWorkspaces"]
