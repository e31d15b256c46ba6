# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""databricks_service_direct_endpoint and its twin against the sandbox, by the one API and the other."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import (
    databricks_service_direct_endpoint as kind,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_vpc_endpoint as registrations

from tests.unit.modules.databricks import REGION, Account, uid

INFO = "databricks_service_direct_endpoint_info"
KIND = "endpoints"
AWS_ID = "vpce-0123456789abcdef0"


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module, databricks.list_option = "databricks_service_direct_endpoint", KIND
    databricks.sandbox.lag(**{"databricks_registration.accepting": 20})
    return databricks


def wish(dbx: Account, **options: Any) -> dict[str, Any]:
    """Options of an endpoint that is there in AWS."""
    return {"name": "ingest", "aws_vpc_endpoint_id": dbx.endpoint("service_direct"), "region": REGION, **options}


def force(dbx: Account, endpoint_id: str, **fields: Any) -> None:
    dbx.sandbox.databricks_change(dbx.id, KIND, endpoint_id, fields)


def test_register_wait_and_remove(dbx: Account) -> None:
    options = wish(dbx)
    made = dbx.change([kind.CREATE], **options)
    assert (made["state"], made["use_case"], made["waiting"]) == ("APPROVED", "SERVICE_DIRECT", "")
    assert (made["aws_account_id"], made["zone_ids"]) == (dbx.aws_account, ["use1-az1", "use1-az2", "use1-az4"])
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["aws_vpc_endpoint_id"] == options["aws_vpc_endpoint_id"]
    (found,) = dbx.run(module=INFO, aws_vpc_endpoint_id=options["aws_vpc_endpoint_id"])[KIND]
    assert {name: made[name] for name in found} == found
    assert dbx.change([kind.DELETE], name="ingest", state="absent")["state"] == "absent"
    assert dbx.run(module=INFO)[KIND] == []


def test_without_a_wait_the_next_run_goes_on(dbx: Account) -> None:
    options = wish(dbx)
    assert dbx.one(**options, wait=False)["waiting"] == "ingest to be APPROVED (PENDING)"
    assert dbx.one(**options)["state"] == "APPROVED"
    assert dbx.performed == []


def test_by_the_other_api(dbx: Account) -> None:
    options = wish(dbx, api="vpc_endpoints")
    made = dbx.change([registrations.CREATE], **options)
    assert (made["state"], made["display_name"]) == ("available", "ingest")
    assert made["endpoint_id"] == dbx.objects("vpc_endpoints")[0]["vpc_endpoint_id"]
    said = dbx.refused(**{**options, "api": "endpoints"})
    assert "is registered already, as VPC endpoint ingest" in said
    assert "api=vpc_endpoints" in said
    dbx.change([registrations.DELETE], **options, state="absent")


def test_both_apis_in_one_list(dbx: Account) -> None:
    items = [wish(dbx), wish(dbx, name="other", api="vpc_endpoints")]
    result = dbx.run(endpoints=items)
    assert [item["state"] for item in result["results"]] == ["APPROVED", "available"]
    assert not dbx.run(endpoints=items)["changed"]


def test_an_endpoint_that_is_registered_under_another_name_is_used_as_it_is(dbx: Account) -> None:
    options = wish(dbx)
    dbx.one(**options)
    found = dbx.one(**{**options, "name": "mine"})
    assert (found["writes"], found["display_name"]) == ([], "ingest")
    assert "is registered as ingest, which stays its name" in found["warnings"]
    twice = dbx.run(endpoints=[options, {**options, "name": "mine"}])
    assert sorted(twice["failed_items"]) == ["ingest", "mine"]


def test_what_differs_is_replaced_by_consent(dbx: Account) -> None:
    old = dbx.one(**wish(dbx))
    other = {**wish(dbx), "endpoint_id": old["endpoint_id"]}
    said = dbx.refused(**other)
    assert f"aws_vpc_endpoint_id is '{old['aws_vpc_endpoint_id']}', not '{other['aws_vpc_endpoint_id']}'" in said
    assert "replace=true" in said
    dbx.change([kind.DELETE, kind.CREATE], **other, replace=True)
    assert [entry["aws_vpc_endpoint_info"]["aws_vpc_endpoint_id"] for entry in dbx.objects(KIND)] == [
        other["aws_vpc_endpoint_id"]
    ]


@pytest.mark.parametrize("state", ["DISCONNECTED", "FAILED"])
def test_what_is_never_approved_ends_the_wait(dbx: Account, state: str) -> None:
    options = wish(dbx)
    force(dbx, dbx.one(**options)["endpoint_id"], state=state)
    assert f"is in the state '{state}', which never becomes APPROVED" in dbx.refused(**options)
    assert dbx.change([kind.DELETE, kind.CREATE], **options, replace=True)["state"] == "APPROVED"


def test_a_state_that_nobody_knows_ends_the_wait_and_is_never_replaced(dbx: Account) -> None:
    options = wish(dbx)
    force(dbx, dbx.one(**options)["endpoint_id"], state="PONDERING")
    assert "is in the state 'PONDERING', which is not known here" in dbx.refused(**options, replace=True)


@pytest.mark.parametrize("performed", [True, False])
def test_what_was_registered_without_an_answer_is_registered_once(dbx: Account, performed: bool) -> None:
    options = wish(dbx)
    dbx.sandbox.fault("databricks", "CreateEndpoint", "drop", performed=performed)
    result = dbx.run_module(dbx.module, {**dbx.access, **options})
    assert [(item["writes"], item["state"]) for item in result["results"]] == [([kind.CREATE], "APPROVED")]
    assert len(dbx.objects(KIND)) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "1-ingest"}, "a letter with up to 62"),
        ({"name": "a" * 64}, "a letter with up to 62"),
        ({"name": "abc", "api": "vpc_endpoints"}, "name has 4 to 256"),
        ({"endpoint_id": AWS_ID}, "is AWS's id"),
        ({"aws_vpc_endpoint_id": uid(1)}, "looks like an id of Databricks"),
        ({"region": "eu-south-1"}, "is no region of Databricks"),
        ({"govcloud_shard": "civilian", "region": "us-gov-west-1"}, "no Service-Direct in AWS GovCloud"),
        ({"zone_ids": ["use1-az1", "use1-az3"]}, "not in use1-az3"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_call(dbx: Account, options: dict[str, Any], says: str) -> None:
    usual = {"name": "ingest", "aws_vpc_endpoint_id": AWS_ID, "region": REGION}
    assert says in dbx.refused(**{**usual, **options})
    assert dbx.calls == []


def test_what_does_not_fit_is_refused(dbx: Account) -> None:
    assert "give aws_vpc_endpoint_id and region" in dbx.refused(name="ingest")
    dbx.one(**wish(dbx))
    assert f"To register {uid(9)}, give" in dbx.refused(name="ingest", endpoint_id=uid(9))
    assert "it is another one, and stays" in dbx.refused(name="ingest", region="eu-west-1", state="absent")
    of_another_service = {"name": "other", "aws_vpc_endpoint_id": dbx.endpoint(), "region": REGION}
    result = dbx.run_module(dbx.module, {**dbx.access, **of_another_service})
    assert "is not connected to the endpoint service of Service-Direct" in result["msg"]


def test_many_take_one_list(dbx: Account) -> None:
    items = [wish(dbx, name=f"ingest-{number}") for number in range(1, 6)]
    dbx.run(endpoints=items)
    assert not dbx.run(endpoints=items)["changed"]
    assert [call["operation"] for call in dbx.calls] == ["ListEndpoints"]


@pytest.mark.parametrize("state", ["Approved", None])
def test_the_case_of_a_state_is_of_no_account_nor_one_that_is_not_there_yet(dbx: Account, state: str | None) -> None:
    info = {"aws_vpc_endpoint_id": f"vpce-{1:017x}"}
    endpoint = {"endpoint_id": uid(1), "display_name": "direct", "region": REGION, "aws_vpc_endpoint_info": info}
    dbx.seed(endpoints=[{**endpoint, "state": state}])
    approved = {"state": "APPROVED"}
    dbx.meanwhile = lambda: dbx.sandbox.databricks_change(dbx.id, "endpoints", uid(1), approved)
    found = dbx.one(name="direct", replace=True)
    assert (found["writes"], found["failed"], found["waiting"]) == ([], False, "")
