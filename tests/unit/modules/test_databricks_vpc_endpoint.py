# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""databricks_vpc_endpoint and its twin against the sandbox: Databricks' account API, and AWS behind it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_vpc_endpoint as kind

from tests.unit.modules.databricks import REGION, Account, uid

INFO = "databricks_vpc_endpoint_info"
AWS_ID = "vpce-0123456789abcdef0"
NO_SERVICE = "is no endpoint service of Databricks in us-east-1"


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module, databricks.list_option = "databricks_vpc_endpoint", "vpc_endpoints"
    return databricks


def test_register_wait_and_remove(dbx: Account) -> None:
    dbx.sandbox.lag(**{"databricks_registration.accepting": 20})
    endpoint = dbx.endpoint()
    options = {"name": "workspace", "aws_vpc_endpoint_id": endpoint, "region": REGION}
    made = dbx.change([kind.CREATE], **options)
    assert (made["state"], made["use_case"], made["waiting"]) == ("available", "WORKSPACE_ACCESS", "")
    assert made["aws_account_id"] == dbx.aws_account
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["aws_vpc_endpoint_id"] == endpoint
    (found,) = dbx.run(module=INFO, aws_vpc_endpoint_id=endpoint)["vpc_endpoints"]
    assert {name: made[name] for name in found} == found
    gone = dbx.change([kind.DELETE], name="workspace", state="absent")
    assert gone["state"] == "absent"
    assert dbx.run(module=INFO)["vpc_endpoints"] == []


def test_without_a_wait_the_next_run_goes_on(dbx: Account) -> None:
    dbx.sandbox.lag(**{"databricks_registration.accepting": 20})
    options: dict[str, Any] = {"name": "workspace", "aws_vpc_endpoint_id": dbx.endpoint(), "region": REGION}
    assert dbx.one(**options, wait=False)["waiting"] == "workspace to be available (pendingacceptance)"
    assert dbx.one(**options)["state"] == "available"
    assert dbx.performed == []


def test_an_endpoint_that_is_registered_under_another_name_is_used_as_it_is(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1)])
    options: dict[str, Any] = {"name": "mine", "aws_vpc_endpoint_id": f"vpce-{1:017x}", "region": REGION}
    for check in (True, False):
        found = dbx.one(check, **options)
        assert (found["writes"], found["vpc_endpoint_name"], found["vpc_endpoint_id"]) == ([], "endpoint-1", uid(1))
        assert "is registered as endpoint-1, which stays its name" in found["warnings"]


def test_what_differs_is_an_error_that_names_replace(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1)])
    other = dbx.endpoint()
    options: dict[str, Any] = {"name": "endpoint-1", "aws_vpc_endpoint_id": other, "region": REGION}
    said = dbx.refused(**options)
    assert f"aws_vpc_endpoint_id is 'vpce-{1:017x}', not '{other}'" in said
    assert "With replace=true" in said
    assert "region is 'us-east-1', not 'eu-west-1'" in dbx.refused(name="endpoint-1", region="eu-west-1")
    made = dbx.change([kind.DELETE, kind.CREATE], **options, replace=True)
    assert made["aws_vpc_endpoint_id"] == other
    assert made["vpc_endpoint_id"] != uid(1)
    assert [thing["aws_vpc_endpoint_id"] for thing in dbx.objects("vpc_endpoints")] == [other]


def test_a_replacement_that_was_interrupted_is_finished(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1)])
    dbx.sandbox.lag(**{"databricks_registration.deleting": 30})
    options: dict[str, Any] = {"name": "endpoint-1", "aws_vpc_endpoint_id": dbx.endpoint(), "region": REGION}
    first = dbx.one(**options, replace=True, wait=False)
    assert (first["writes"], first["waiting"]) == ([kind.DELETE], "the old registration to be gone")
    dbx.sandbox.step(30)
    assert dbx.change([kind.CREATE], **options, replace=True)["state"] == "available"


def users(dbx: Account) -> None:
    network = {"network_id": uid(7), "network_name": "compute", "vpc_endpoints": {"rest_api": [uid(1)]}}
    settings = {"private_access_settings_id": uid(8), "private_access_settings_name": "front", "region": REGION}
    dbx.seed(
        vpc_endpoints=[dbx.registered(1)],
        networks=[network],
        private_access_settings=[{**settings, "allowed_vpc_endpoint_ids": [uid(1)]}],
    )


def test_what_is_used_stays_and_its_users_are_named(dbx: Account) -> None:
    users(dbx)
    named = f"network compute ({uid(7)}), private access settings front ({uid(8)})"
    assert f"is used by {named}. Take it out there first." in dbx.refused(name="endpoint-1", state="absent")
    assert dbx.one(True, name="endpoint-1", state="absent")["used_by"] == named.split(", ")
    going = dbx.one(True, name="endpoint-1", state="absent", going=[uid(7), uid(8)])
    assert going["writes"] == [kind.DELETE]
    options = {"name": "endpoint-1", "aws_vpc_endpoint_id": dbx.endpoint(), "region": REGION}
    assert f"for these use it: {named}." in dbx.refused(**options, replace=True)


@pytest.mark.parametrize(
    ("others", "settings"),
    [
        ([], {}),
        ([], {"public_access_enabled": True}),
        ([], {"private_access_level": "ENDPOINT"}),
        ([2], {}),
    ],
)
def test_the_only_way_to_a_workspace_stays(dbx: Account, others: list[int], settings: dict[str, Any]) -> None:
    usual = {"private_access_settings_id": uid(8), "private_access_settings_name": "front", "region": REGION}
    dbx.seed(
        vpc_endpoints=[*map(dbx.registered, [1, *others]), dbx.registered(3, "scc_relay")],
        private_access_settings=[{**usual, "public_access_enabled": False, **settings}],
        workspaces=[
            {"workspace_id": 1, "workspace_name": "space", "aws_region": REGION, "private_access_settings_id": uid(8)}
        ],
    )
    if others or settings:
        dbx.change([kind.DELETE], name="endpoint-1", state="absent")
        return
    said = dbx.refused(name="endpoint-1", state="absent")
    assert f"is used by private access settings front ({uid(8)}), as the only way to workspace space (1)." in said


@pytest.mark.parametrize(
    ("status", "body"), [(409, None), (400, {"error_code": "INVALID_STATE", "message": "It is used."})]
)
def test_used_since_it_was_looked_at(dbx: Account, status: int, body: Any) -> None:
    """A refusal may say nothing at all; the users are found by looking."""
    dbx.seed(vpc_endpoints=[dbx.registered(1)], networks=[{"network_id": uid(7), "network_name": "compute"}])
    used = {"vpc_endpoints": {"rest_api": [uid(1)]}}
    dbx.sandbox.databricks_change(dbx.id, "networks", uid(7), used, operation="ListPrivateAccess", when="before")
    dbx.sandbox.databricks_fails("DeleteVpcEndpoint", status, body)
    result = dbx.one(name="endpoint-1", state="absent")
    assert f"is used by network compute ({uid(7)})" in result["msg"]


def test_an_endpoint_that_is_lost(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1, state="Rejected")])
    options: dict[str, Any] = {"name": "endpoint-1", "aws_vpc_endpoint_id": f"vpce-{1:017x}", "region": REGION}
    said = dbx.refused(**options)
    assert "is in the state 'Rejected', which never becomes available" in said
    assert "With replace=true" in said
    assert dbx.one(True, **options, replace=True)["writes"] == [kind.DELETE, kind.CREATE]


def test_the_case_of_a_state_is_of_no_account(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1, state="AVAILABLE"), dbx.registered(2, state="pendingAcceptance")])
    assert dbx.one(name="endpoint-1")["state"] == "available"
    assert dbx.one(name="endpoint-2", wait=False)["waiting"] == "endpoint-2 to be available (pendingacceptance)"


def test_a_state_that_is_not_there_yet_is_waited_for(dbx: Account) -> None:
    """What was registered a moment ago is not taken for lost, and registered anew."""
    dbx.seed(vpc_endpoints=[dbx.registered(1, state=None)])
    dbx.meanwhile = lambda: dbx.sandbox.databricks_change(dbx.id, "vpc_endpoints", uid(1), {"state": "available"})
    found = dbx.one(name="endpoint-1", replace=True)
    assert (found["state"], found["writes"], found["failed"]) == ("available", [], False)


def test_a_state_that_turns_bad_ends_the_wait(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1, state="pending")])
    dbx.meanwhile = lambda: dbx.sandbox.databricks_change(dbx.id, "vpc_endpoints", uid(1), {"state": "Marvellous"})
    result = dbx.one(name="endpoint-1")
    assert "is in the state 'Marvellous'" in result["msg"]


def test_more_than_one_of_a_name(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(number, vpc_endpoint_name="twin") for number in (1, 2)])
    for state in ("present", "absent"):
        said = dbx.refused(name="twin", state=state)
        assert f"More than one VPC endpoint is named twin: {uid(1)}, {uid(2)}." in said
    assert dbx.one(name="twin", vpc_endpoint_id=uid(2))["aws_vpc_endpoint_id"] == f"vpce-{2:017x}"
    dbx.change([kind.DELETE], name="twin", aws_vpc_endpoint_id=f"vpce-{1:017x}", state="absent")
    assert [thing["vpc_endpoint_id"] for thing in dbx.objects("vpc_endpoints")] == [uid(2)]


def test_a_registration_of_another_endpoint_or_region_is_another_one(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1)])
    far = {"name": "endpoint-1", "region": "eu-west-1"}
    assert "has region us-east-1, not eu-west-1: it is another one, and stays." in dbx.refused(**far, state="absent")
    new = {"aws_vpc_endpoint_id": AWS_ID, "replace": True}
    assert "has region us-east-1, not eu-west-1: it is another one" in dbx.refused(**far, **new)
    other = {"name": "endpoint-1", "vpc_endpoint_id": uid(1), "aws_vpc_endpoint_id": AWS_ID}
    assert f"not {AWS_ID}: it is another one" in dbx.refused(**other, state="absent")
    gone = dbx.one(name="endpoint-1", aws_vpc_endpoint_id=AWS_ID, state="absent")
    assert (gone["state"], gone["writes"]) == ("absent", [])


def test_a_registration_of_the_same_name_is_not_what_an_id_once_meant(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1, region="eu-west-1")])
    options = {"name": "endpoint-1", "vpc_endpoint_id": uid(9), "aws_vpc_endpoint_id": dbx.endpoint(), "region": REGION}
    dbx.change([kind.CREATE], **options, replace=True)
    assert dbx.objects("vpc_endpoints")[0]["vpc_endpoint_id"] == uid(1)


def test_two_items_for_the_same_thing(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(1)])
    same = [{"name": "endpoint-1"}, {"name": "else", "aws_vpc_endpoint_id": f"vpce-{1:017x}", "region": REGION}]
    new = [{"name": name, "aws_vpc_endpoint_id": AWS_ID, "region": REGION} for name in ("new-1", "new-2")]
    for check in (True, False):
        result = dbx.run(check, vpc_endpoints=[*same, *new])
        assert result["failed_items"] == ["endpoint-1", "else", "new-1", "new-2"]
        assert "Items else, endpoint-1 refer to the same thing" in result["msg"]


def test_one_bad_item_stops_no_other(dbx: Account) -> None:
    good = {"name": "good", "aws_vpc_endpoint_id": dbx.endpoint(), "region": REGION}
    result = dbx.run(vpc_endpoints=[{"name": "bad"}, good], on_item_failure="report")
    assert result["failed_items"] == ["bad"]
    assert [item["writes"] for item in result["results"]] == [[], [kind.CREATE]]


def test_fifty_take_one_list(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(number) for number in range(1, 51)])
    items = [
        {"name": f"endpoint-{number}", "aws_vpc_endpoint_id": f"vpce-{number:017x}", "region": REGION}
        for number in range(1, 51)
    ]
    assert not dbx.run(vpc_endpoints=items)["changed"]
    assert [call["operation"] for call in dbx.calls] == ["ListVpcEndpoints"]
    assert dbx.signed_in == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "abc"}, "name has 4 to 256 characters, not 3"),
        ({"name": "a" * 257}, "name has 4 to 256 characters, not 257"),
        ({"region": "eu-south-1"}, "'eu-south-1' is no region of Databricks"),
        ({"region": "us-gov-west-1"}, "say which with govcloud_shard, civilian or dod"),
        ({"govcloud_shard": "dod"}, "'us-east-1' is no region of Databricks' dod shard of GovCloud"),
        ({"vpc_endpoint_id": AWS_ID}, "is AWS's id of a VPC endpoint. Databricks' own is wanted here"),
        ({"vpc_endpoint_id": "endpoint-1"}, "is no id of Databricks"),
        ({"vpc_endpoint_id": "0A000000-0000-4000-8000-000000000001", "state": "absent"}, "has capitals"),
        (
            {"aws_vpc_endpoint_id": uid(1)},
            "no id of AWS like vpce-0123456789abcdef0. It looks like an id of Databricks.",
        ),
        ({"aws_vpc_endpoint_id": "vpce-svc-0123456789abcdef0"}, "is no id of AWS like vpce-0123456789abcdef0."),
        ({"aws_vpc_endpoint_id": f"{AWS_ID}\n"}, "is no id of AWS like vpce-0123456789abcdef0."),
        ({"service_name": "com.amazonaws.us-east-1.s3"}, "is no endpoint service of Databricks in us-east-1"),
        (
            {"service_name": "com.amazonaws.vpce.us-west-2.vpce-svc-0129f463fcfbc46c5"},
            "is no endpoint service of Databricks in us-east-1",
        ),
        ({"region": None}, "give aws_vpc_endpoint_id and region"),
        ({"aws_vpc_endpoint_id": None}, "give aws_vpc_endpoint_id and region"),
    ],
)
def test_what_cannot_be(dbx: Account, options: dict[str, Any], says: str) -> None:
    usual = {"name": "workspace", "aws_vpc_endpoint_id": AWS_ID, "region": REGION}
    assert says in dbx.refused(**{**usual, **options})


def test_what_databricks_refuses_is_told_in_its_words(dbx: Account) -> None:
    options: dict[str, Any] = {"name": "workspace", "aws_vpc_endpoint_id": AWS_ID, "region": REGION}
    result = dbx.one(**options)
    assert "INVALID_PARAMETER_VALUE" in result["msg"]
    assert f"VPC endpoint {AWS_ID} does not exist in us-east-1" in result["msg"]


def test_the_twin_reads_all_or_what_is_asked_for(dbx: Account) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(number) for number in (1, 2, 3)])

    def names(**options: Any) -> list[str]:
        return [thing["vpc_endpoint_name"] for thing in dbx.run(module=INFO, **options)["vpc_endpoints"]]

    assert names() == ["endpoint-1", "endpoint-2", "endpoint-3"]
    assert names(vpc_endpoint_id=uid(2)) == ["endpoint-2"]
    both = [{"name": "endpoint-3"}, {"aws_vpc_endpoint_id": f"vpce-{1:017x}"}, {"name": "nothing"}]
    assert names(vpc_endpoints=both) == ["endpoint-3", "endpoint-1"]
