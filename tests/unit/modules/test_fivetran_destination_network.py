# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fivetran_destination_network and its twin against the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.modules.fivetran import SERVICE_NAME, Account

INFO = "fivetran_destination_network_info"
SWITCH, TEST = "fivetran:UpdateDestination", "fivetran:RunSetupTests"
LINK = {"id": "link", "name": "orders", "config": {"connection_service_name": SERVICE_NAME.format(1)}}
CONFIG = {
    "host": "db.example.com",
    "port": 5432,
    "user": "fivetran",
    "password": "not-to-be-shown",
    "connection_type": "Directly",
    "always_encrypted": True,
}
ORDERS = {"id": "decent_dropsy", "service": "postgres_rds_warehouse", "time_zone_offset": "-8", "config": CONFIG}
WANTED: dict[str, Any] = {"name": "orders", "destination_id": "decent_dropsy", "private_link_id": "link"}
ON_LINK = {"networking_method": "PrivateLink", "private_link_id": "link"}
SWITCHED = {**ORDERS, **ON_LINK, "config": {**CONFIG, "connection_type": "PrivateLink"}}
PARTS = ["Host Connection", "Database Connection", "Permissions"]


@pytest.fixture
def cloud(fivetran: Account) -> Account:
    fivetran.module = "fivetran_destination_network"
    return fivetran


def body(cloud: Account, operation: str = "UpdateDestination") -> dict[str, Any]:
    """What the last call of an operation in the last run has sent."""
    (*_earlier, last) = [call["params"] for call in cloud.calls if call["operation"] == operation]
    return {name: value for name, value in last.items() if name != "id"}


def test_switched_as_one_and_tested(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    first = cloud.one(**WANTED, config={"host": "host.of.the.link", "port": "5432"})
    assert first["writes"] == [SWITCH]
    assert body(cloud) == {
        **ON_LINK,
        "time_zone_offset": "-8",
        "config": {
            "connection_type": "PrivateLink",
            "always_encrypted": True,
            "host": "host.of.the.link",
            "port": "5432",
        },
        "run_setup_tests": True,
        "trust_certificates": False,
        "trust_fingerprints": False,
    }
    assert (first["setup_status"], first["waiting"], first["connection_type"]) == ("CONNECTED", "", "PrivateLink")
    assert [(part["title"], part["status"]) for part in first["setup_tests"]] == [(title, "PASSED") for title in PARTS]
    assert "not-to-be-shown" not in str(first["diff"])
    (there,) = cloud.objects("destinations")
    assert there["config"]["password"] == "not-to-be-shown"
    assert there["config"]["user"] == "fivetran"
    again = cloud.one(**WANTED, config={"host": "host.of.the.link", "port": "5432"})
    assert (again["writes"], again["setup_tests"], again["diff"]) == ([], [], [])
    (found,) = cloud.run(module=INFO, destination_id="decent_dropsy")["destinations"]
    assert found == {name: again[name] for name in found}
    assert [item["destination_id"] for item in cloud.run(module=INFO)["destinations"]] == ["decent_dropsy"]
    assert cloud.run(module=INFO, destinations=[{"destination_id": "other"}])["destinations"] == []


def test_check_mode_predicts_the_switch_and_back_to_the_internet(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    made = cloud.change([SWITCH], **WANTED)
    assert made["diff"][0]["after"]["private_link_id"] == "link"
    other = cloud.one(**{**WANTED, "private_link_id": "another"}, networking_method="Directly")
    assert other["writes"] == []
    assert "uses private link link, not another: it is left as it is" in other["warnings"]
    back = cloud.change([SWITCH], **WANTED, networking_method="Directly")
    assert back["private_link_id"] is None


@pytest.mark.parametrize(
    ("service", "link", "config", "sent"),
    [
        ("snowflake", "SNOWFLAKE_AWS", {}, {"connection_type": "PrivateLink"}),
        ("databricks", "DATABRICKS_AWS", {"server_host_name": "mine"}, {"connection_type": "PrivateLink"}),
        ("aws_msk_wh", "SOURCE_AWS", {}, {"connection_method": "privatelink"}),
        ("redshift", "REDSHIFT_AWS", {}, {"connection_type": "PrivateLink", "always_encrypted": True}),
    ],
)
def test_each_service_has_words_of_its_own(
    cloud: Account, service: str, link: str, config: dict[str, Any], sent: dict[str, Any]
) -> None:
    """What Fivetran rewrites, as the host name of Databricks, is no difference afterwards."""
    cloud.seed(private_links=[{**LINK, "service": link}], destinations=[{"id": "decent_dropsy", "service": service}])
    first = cloud.one(**WANTED, config=config)
    assert not first["failed"], first
    assert body(cloud)["config"] == {**sent, **config}
    assert cloud.one(**WANTED, config=config)["writes"] == []


@pytest.mark.parametrize("settings", [{"lower_case": True}, {"method_is_null": True}], ids=str)
def test_what_the_api_may_write_otherwise(cloud: Account, settings: dict[str, Any]) -> None:
    cloud.sandbox.fivetran_settings(**settings)
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    assert cloud.one(**WANTED)["writes"] == [SWITCH]
    again = cloud.one(**WANTED)
    assert (again["writes"], again["setup_status"], again["waiting"]) == ([], "CONNECTED", "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"private_link_id": None}, "Give private_link_id"),
        ({"destination_id": None}, "Give destination_id"),
        ({"destination_id": "a/b"}, "is no id of Fivetran"),
        ({"service": "big_query"}, "none that AWS PrivateLink reaches"),
        ({"config": {"connection_type": "Directly"}}, "follows from networking_method"),
        ({"config": {"password": "******"}}, "masked secret"),
    ],
    ids=str,
)
def test_what_can_never_be_is_refused_before_the_first_call(
    cloud: Account, options: dict[str, Any], words: str
) -> None:
    assert words in cloud.refused(**{**WANTED, **options})
    assert cloud.calls == []


@pytest.mark.parametrize(
    ("there", "options", "words"),
    [
        ({}, {"service": "redshift"}, "is of service postgres_rds_warehouse, not redshift"),
        ({"service": "big_query"}, {}, "which AWS PrivateLink does not reach"),
        ({"region": "GCP_US_EAST4"}, {}, "needs AWS as the Cloud service provider"),
        ({"service": "snowflake"}, {"require_tls": False}, "always uses TLS"),
        ({"service": "aws_msk_wh"}, {"networking_method": "Directly"}, "is not published"),
        ({**ON_LINK, "private_link_id": "theirs"}, {}, "uses private link theirs. Set replace=true"),
        ({"networking_method": "SshTunnel"}, {}, "is reached by SshTunnel. Set replace=true"),
        ({}, {"private_link_id": "gone"}, "The account has no private link gone"),
        ({}, {"private_link_id": "failed"}, "private link failed (failed) has failed: no such service"),
        ({}, {"private_link_id": "leaving"}, "is being deleted"),
        ({}, {"private_link_id": "redshift"}, "is of service REDSHIFT_AWS; postgres_rds_warehouse takes SOURCE_AWS"),
        ({}, {"destination_id": "empty_group"}, "Group group_empty_group (empty_group) has no destination yet"),
        ({}, {"destination_id": "nowhere"}, "neither a destination nor a group nowhere"),
    ],
    ids=str,
)
def test_what_cannot_be_switched(cloud: Account, there: dict[str, Any], options: dict[str, Any], words: str) -> None:
    further = [
        {**LINK, "id": "failed", "name": "failed", "state": "FAIL", "state_summary": "no such service"},
        {**LINK, "id": "leaving", "state": "DESTROYING"},
        {**LINK, "id": "redshift", "service": "REDSHIFT_AWS"},
        {**LINK, "id": "theirs"},
    ]
    cloud.seed(private_links=[LINK, *further], destinations=[{**ORDERS, **there}], groups=["empty_group"])
    before = cloud.objects("destinations")
    assert words in cloud.refused(**{**WANTED, **options})
    assert cloud.objects("destinations") == before


def test_others_are_replaced_with_consent(cloud: Account) -> None:
    cloud.seed(private_links=[LINK, {**LINK, "id": "old"}], destinations=[{**SWITCHED, "private_link_id": "old"}])
    assert cloud.change([SWITCH], **WANTED, replace=True)["private_link_id"] == "link"


def test_tls_is_switched_off_in_words(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[SWITCHED])
    off = cloud.change([SWITCH], **WANTED, require_tls=False)
    assert off["require_tls"] is False
    assert "in clear text" in off["warnings"]
    assert cloud.change([SWITCH], **WANTED)["require_tls"] is True


def test_masked_secrets_are_neither_compared_nor_sent(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    result = cloud.one(**WANTED, config={"password": "changed-in-vain"})
    assert "password" not in body(cloud)["config"]
    assert "for Fivetran masks it: password" in result["warnings"]
    assert cloud.one(**WANTED, config={"password": "changed-in-vain"})["writes"] == []


def test_a_first_failure_is_tested_once_more(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    cloud.sandbox.fivetran_test_ends("decent_dropsy", "Host Connection", "failed", message="timed out")
    result = cloud.one(**WANTED)
    assert result["writes"] == [SWITCH, TEST]
    assert (result["failed"], result["setup_status"]) == (False, "CONNECTED")


@pytest.mark.parametrize("title", PARTS)
def test_each_part_may_fail_for_good(cloud: Account, title: str) -> None:
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    told = {"message": "no way", "details": {"certificates": [1]}}
    cloud.sandbox.fivetran_test_ends("decent_dropsy", title, "JOB_FAILED", times=2, **told)
    result = cloud.one(**WANTED)
    assert result["failed"]
    assert f"have failed twice: {title}: JOB_FAILED no way" in result["msg"]
    (part,) = [part for part in result["setup_tests"] if part["title"] == title]
    assert part == {"title": title, "status": "JOB_FAILED", **told}
    assert result["writes"] == [SWITCH, TEST]
    assert cloud.one(True, **WANTED)["writes"] == [TEST]
    mended = cloud.one(**WANTED)  # by somebody
    assert (mended["writes"], mended["failed"], mended["setup_status"]) == ([TEST], False, "CONNECTED")


@pytest.mark.parametrize("status", ["WARNING", "Skipped", "passed"])
def test_a_warning_is_no_failure(cloud: Account, status: str) -> None:
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    cloud.sandbox.fivetran_test_ends("decent_dropsy", "Permissions", status)
    assert cloud.one(**WANTED)["writes"] == [SWITCH]


def test_connected_means_tested(cloud: Account) -> None:
    """A destination that is switched and that Fivetran does not call connected is tested, and only then."""
    cloud.seed(private_links=[LINK], destinations=[{**SWITCHED, "setup_status": "incomplete"}])
    assert cloud.one(True, **WANTED, setup_tests="never")["writes"] == []
    assert cloud.change([TEST], **WANTED, trust_certificates=True)["setup_status"] == "CONNECTED"
    assert cloud.one(**WANTED, setup_tests="always")["writes"] == [TEST]


def test_connected_without_a_failure_but_not_called_so(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[{**SWITCHED, "setup_status": "INCOMPLETE"}])
    answer = {
        "code": "Success",
        "data": {**SWITCHED, "config": None, "setup_tests": [{"title": "a", "status": "PASSED"}]},
    }
    cloud.sandbox.fivetran_fails("RunSetupTests", 200, answer)
    result = cloud.one(**WANTED)
    assert (result["failed"], result["writes"]) == (False, [TEST])
    assert "a certificate may have to be approved" in result["waiting"]


def test_a_switch_without_an_answer_is_looked_for_and_tested(cloud: Account) -> None:
    """Fivetran calls it connected, but for all that anybody knows since before it was switched."""
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    cloud.sandbox.fault("fivetran", "UpdateDestination", "drop", performed=True)
    result = cloud.one(**WANTED)
    assert cloud.count("UpdateDestination") == 1
    assert result["writes"] == [SWITCH, TEST]
    assert (result["failed"], result["setup_status"]) == (False, "CONNECTED")


def test_tests_without_an_answer_are_not_repeated(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[{**SWITCHED, "setup_status": "BROKEN"}])
    cloud.sandbox.fault("fivetran", "RunSetupTests", "drop", performed=False)
    result = cloud.one(**WANTED)
    assert cloud.count("RunSetupTests") == 1
    assert "run again, which looks first" in result["msg"]


def test_a_private_link_is_waited_for(cloud: Account) -> None:
    cloud.seed(private_links=[{**LINK, "state": "CREATING"}], destinations=[ORDERS])
    assert cloud.one(**WANTED, wait=False)["waiting"] == "private link orders (link) to be OK (CREATING)"
    cloud.meanwhile = lambda: cloud.sandbox.fivetran_change(cloud.name, "private_links", "link", {"state": "OK"})
    assert cloud.one(**WANTED)["writes"] == [SWITCH]


def test_a_limit_of_tests_ends_in_a_time_to_go_on(cloud: Account) -> None:
    """Nothing is switched that could not be tested."""
    names = ["first", "second", "third"]
    cloud.seed(private_links=[LINK], destinations=[{**ORDERS, "id": name} for name in names])
    cloud.sandbox.fivetran_settings(tests_per_hour=2)
    items = [{**WANTED, "name": name, "destination_id": name} for name in names]
    result = cloud.run(destinations=items)["results"]
    assert sorted(len(item["writes"]) for item in result) == [0, 1, 1]
    (left,) = [item for item in result if not item["writes"]]
    assert "2500 setup tests an hour; run again after" in left["waiting"]
    assert left["continue_after"]
    assert not left["failed"]
    assert [thing["private_link_id"] for thing in cloud.objects("destinations")].count(None) == 1
    cloud.time.sleep(3700)
    assert sum(len(item["writes"]) for item in cloud.run(destinations=items)["results"]) == 1


def test_a_trial_account_keeps_to_its_own(cloud: Account) -> None:
    """Fifty tests in an hour are known beforehand: the one that is too many is not sent."""
    names = [f"destination_{number}" for number in range(51)]
    cloud.seed(
        private_links=[LINK], destinations=[{**SWITCHED, "id": name, "setup_status": "BROKEN"} for name in names]
    )
    items = [{**WANTED, "name": name, "destination_id": name} for name in names]
    result = cloud.run(destinations=items, trial=True)["results"]
    assert cloud.count("RunSetupTests") == 50
    assert [bool(item["continue_after"]) for item in result].count(True) == 1


def test_wrong_keys_take_one_call(cloud: Account) -> None:
    items = [{**WANTED, "name": name, "destination_id": name} for name in ("a", "b", "c")]
    result = cloud.run(destinations=items, api_secret="another")
    assert result["failed_items"] == ["a", "b", "c"]
    assert "Wrong key" in result["msg"]
    assert len(cloud.calls) == 1


def test_a_destination_is_meant_once(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    result = cloud.run(destinations=[WANTED, {**WANTED, "name": "again"}])
    assert result["failed_items"] == ["orders", "again"]
    assert "refer to the same thing, destination decent_dropsy" in result["msg"]


def test_all_calls_of_an_hour_are_used_up(cloud: Account) -> None:
    cloud.seed(private_links=[LINK], destinations=[ORDERS])
    cloud.sandbox.fivetran_settings(requests_per_hour=1)
    result = cloud.run(destinations=[WANTED])["results"][0]
    assert "calls an hour; run again after" in result["waiting"]
    assert (result["failed"], result["writes"]) == (False, [])
