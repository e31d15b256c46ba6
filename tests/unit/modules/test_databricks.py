# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules for Databricks share: signing in, retries of which we are the only owner, and what errors say."""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks as api
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_sdk, databricks_sign_in
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_vpc_endpoint as kind
from databricks.sdk import oauth

from tests.unit.modules.databricks import REGION, SECRET, Account, uid

INFO = "databricks_vpc_endpoint_info"


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module, databricks.list_option = "databricks_vpc_endpoint", "vpc_endpoints"
    databricks.seed(vpc_endpoints=[databricks.registered(1)])
    return databricks


def new(dbx: Account) -> dict[str, Any]:
    """Options of a registration that is not there yet."""
    return {"name": "workspace", "aws_vpc_endpoint_id": dbx.endpoint(), "region": REGION}


# Retries


def test_a_post_without_an_answer_is_looked_for_before_it_is_made_again(dbx: Account) -> None:
    options = new(dbx)
    dbx.sandbox.fault("databricks", "CreateVpcEndpoint", "drop", performed=True)
    made = dbx.one(**options)
    assert (made["writes"], made["state"], made["failed"]) == ([kind.CREATE], "available", False)
    assert dbx.count("CreateVpcEndpoint") == 1
    assert len(dbx.objects("vpc_endpoints")) == 2


def test_a_post_that_was_not_performed_is_made_again_once_that_is_sure(dbx: Account) -> None:
    options = new(dbx)
    dbx.sandbox.fault("databricks", "CreateVpcEndpoint", "drop")
    result = dbx.run_module(dbx.module, {**dbx.access, **options})
    assert [item["state"] for item in result["results"]] == ["available"]
    calls = [call["operation"] for call in dbx.sandbox.calls(dbx.id)]
    first = calls.index("CreateVpcEndpoint")
    looks = ["ListVpcEndpoints"] * api.LOOKS
    assert calls[first - 1 : first + 2 + api.LOOKS] == [looks[0], "CreateVpcEndpoint", *looks, "CreateVpcEndpoint"]
    assert len(dbx.objects("vpc_endpoints")) == 2


@pytest.mark.parametrize("status", [408, 499, 500, 502, 503, 504])
def test_a_server_error_may_have_performed_the_call(dbx: Account, status: int) -> None:
    dbx.sandbox.databricks_fails("CreateVpcEndpoint", status, performed=True)
    result = dbx.run_module(dbx.module, {**dbx.access, **new(dbx)})
    assert [item["writes"] for item in result["results"]] == [[kind.CREATE]]
    assert len(dbx.objects("vpc_endpoints")) == 2


@pytest.mark.parametrize(
    ("module", "lists", "options"),
    [
        ("databricks_vpc_endpoint", "vpc_endpoints", {"aws_vpc_endpoint_id": f"vpce-{2:017x}", "region": REGION}),
        ("databricks_private_access", "private_access_settings", {"region": REGION, "public_access_enabled": True}),
        (
            "databricks_network",
            "networks",
            {
                "vpc_id": "vpc-1234abcd",
                "subnet_ids": ["subnet-1234abcd", "subnet-1234abce"],
                "security_group_ids": ["sg-1234abcd"],
            },
        ),
    ],
)
def test_what_another_run_has_made_meanwhile_is_not_made_twice(
    dbx: Account, monkeypatch: pytest.MonkeyPatch, module: str, lists: str, options: dict[str, Any]
) -> None:
    """Databricks makes a second one of the same name; so runs on one machine wait for each other, and look again."""
    made = {
        "vpc_endpoints": dbx.registered(2, vpc_endpoint_name="theirs"),
        "private_access_settings": {"private_access_settings_id": uid(2), "private_access_settings_name": "theirs"},
        "networks": {"network_id": uid(2), "network_name": "theirs"},
    }
    entered: list[str] = []

    @contextlib.contextmanager
    def another_first(scope: str) -> Iterator[None]:
        entered.append(scope)
        dbx.seed(**{lists: [{**options, **made[lists]}]})
        yield

    monkeypatch.setattr(api, "one_at_a_time", another_first)
    dbx.module = module
    found = dbx.one(name="theirs", **options)
    assert (found["failed"], found["writes"]) == (False, [])
    assert uid(2) in found.values()
    assert len(entered) == 1


def test_a_write_that_never_has_an_answer_fails_and_says_so(dbx: Account) -> None:
    dbx.sandbox.fault("databricks", "CreateVpcEndpoint", "drop", times=None)
    result = dbx.run_module(dbx.module, {**dbx.access, **new(dbx)})
    assert "It may have been performed all the same: run again" in result["msg"]
    assert sum(call["operation"] == "CreateVpcEndpoint" for call in dbx.sandbox.calls(dbx.id)) == api.WRITES


def test_a_delete_without_an_answer_is_made_again(dbx: Account) -> None:
    dbx.sandbox.lag(**{"databricks_registration.deleting": 0})
    dbx.sandbox.fault("databricks", "DeleteVpcEndpoint", "drop", performed=True)
    gone = dbx.run_module(dbx.module, {**dbx.access, "name": "endpoint-1", "state": "absent"})["results"][0]
    assert (gone["writes"], gone["state"]) == ([kind.DELETE], "absent")
    assert dbx.objects("vpc_endpoints") == []


@pytest.mark.parametrize("status", [408, 429, 499, 500, 502, 503, 504])
def test_a_read_is_repeated_where_that_may_help(dbx: Account, status: int) -> None:
    dbx.sandbox.databricks_fails("ListVpcEndpoints", status, times=3)
    assert len(dbx.run(module=INFO)["vpc_endpoints"]) == 1
    assert dbx.count("ListVpcEndpoints") == 4


def test_a_web_page_of_a_gateway_passes(dbx: Account) -> None:
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 502, "<html><title>Bad gateway</title></html>", times=2)
    assert len(dbx.run(module=INFO)["vpc_endpoints"]) == 1
    assert dbx.count("ListVpcEndpoints") == 3


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([None], "unreadable answer: the list holds something that is no object"),
        (["text"], "unreadable answer: the list holds something that is no object"),
        ({"items": "text"}, "unreadable answer: the list holds something that is no object"),
        ({"next_page_token": "again"}, "unreadable answer: the pages of the list have no end"),
        ([{"vpc_endpoint_name": "endpoint-1"}], "unreadable answer: the list holds something without vpc_endpoint_id"),
    ],
)
def test_a_list_that_cannot_be_read_is_no_empty_one(dbx: Account, answer: Any, says: str) -> None:
    options = new(dbx)
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 200, answer, times=None)
    assert says in dbx.run(module=INFO)["msg"]
    assert says in dbx.one(**options)["msg"]
    assert dbx.performed == []


@pytest.mark.parametrize(
    "told",
    [
        {"error_code": "BAD_REQUEST", "message": "RPC token bucket limit has been exceeded."},
        {"error_code": "ABORTED", "message": "Please try again later or try a faster operation."},
    ],
)
def test_some_refusals_say_only_in_words_that_they_pass(dbx: Account, told: dict[str, str]) -> None:
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 400, told)
    assert len(dbx.run(module=INFO)["vpc_endpoints"]) == 1
    assert dbx.count("ListVpcEndpoints") == 2


def test_as_many_refusals_for_too_many_calls_as_there_is_time_for(dbx: Account) -> None:
    """Whatever their code: beside the time that is left nothing counts them."""
    told = {"error_code": "TOO_FAST", "message": "Too many requests."}
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 429, told, headers={"Retry-After": "4"}, times=8)
    assert dbx.one(name="endpoint-1", wait_timeout=300)["state"] == "available"
    assert dbx.count("ListVpcEndpoints") == 9
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 429, told, headers={"Retry-After": "4"}, times=None)
    said = dbx.one(name="endpoint-1", wait_timeout=20)["msg"]
    assert "TOO_FAST: Too many requests. Databricks is to be asked again in" in said


def test_a_lost_read_is_repeated(dbx: Account) -> None:
    dbx.sandbox.fault("databricks", "ListVpcEndpoints", "drop", times=3)
    assert len(dbx.run(module=INFO)["vpc_endpoints"]) == 1
    assert dbx.count("ListVpcEndpoints") == 4


def test_a_refusal_for_too_many_calls_is_waited_for_as_long_as_it_says(dbx: Account) -> None:
    before = dbx.time.ahead
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 429, headers={"Retry-After": "40"})
    assert dbx.one(name="endpoint-1")["state"] == "available"
    assert 40 <= dbx.time.ahead - before < 60


@pytest.mark.parametrize("operation", ["ListVpcEndpoints", "GetHostConfig", "GetAuthorizationServer"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_longer_than_the_task_goes_on_is_not_slept(dbx: Account, status: int, operation: str) -> None:
    """Nor by the SDK, which would sleep for an hour; and the error says when to go on."""
    before = dbx.time.ahead
    dbx.sandbox.databricks_fails(operation, status, headers={"Retry-After": "3600"}, times=None)
    said = dbx.one(name="endpoint-1")["msg"]
    assert "asked again in 3600 s, which is longer than this task goes on" in said
    assert "Run again after" in said
    assert dbx.time.ahead == before


@pytest.mark.parametrize("pause", ["90000", "99999999999999999999999"])
def test_the_moment_to_go_on_has_a_date(dbx: Account, pause: str) -> None:
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 429, headers={"Retry-After": pause})
    assert re.search(r"Run again after 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC", dbx.one(name="endpoint-1")["msg"])


def test_a_post_that_is_refused_for_too_many_calls_was_not_performed(dbx: Account) -> None:
    options = new(dbx)
    dbx.sandbox.databricks_fails("CreateVpcEndpoint", 429, {"error_code": "REQUEST_LIMIT_EXCEEDED"}, times=2)
    assert dbx.one(**options)["writes"] == [kind.CREATE]
    assert dbx.count("CreateVpcEndpoint") == 3


@pytest.mark.parametrize("code", ["QUOTA_EXCEEDED", "RESOURCE_LIMIT_EXCEEDED", "FEATURE_DISABLED"])
def test_what_no_wait_helps_is_final(dbx: Account, code: str) -> None:
    options = new(dbx)
    dbx.sandbox.databricks_fails("CreateVpcEndpoint", 429, {"error_code": code, "message": "No more."}, times=None)
    result = dbx.one(**options)
    assert f"{code}: No more. " in result["msg"]
    assert dbx.count("CreateVpcEndpoint") == 1


# Signing in


def test_a_token_that_ends_in_a_wait_is_replaced(dbx: Account) -> None:
    """The SDK renews a token by the clock of this machine; Databricks may have ended it before."""
    dbx.sandbox.lag(**{"databricks_registration.accepting": 120})
    dbx.sandbox.databricks_settings(token_seconds=42)
    made = dbx.one(**new(dbx), wait_timeout=300)
    assert made["state"] == "available"
    assert dbx.signed_in > 2
    assert {call["error"] for call in dbx.calls} <= {"", None, "401"}
    assert dbx.performed == ["CreateVpcEndpoint"]


def test_a_token_is_renewed_by_time(dbx: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) + datetime.timedelta(seconds=dbx.time.ahead)

    monkeypatch.setattr(oauth, "datetime", Later)
    dbx.sandbox.lag(**{"databricks_registration.accepting": 20})
    dbx.sandbox.databricks_settings(token_seconds=42)
    assert dbx.one(**new(dbx))["state"] == "available"
    assert dbx.signed_in > 2
    assert all(not call["error"] for call in dbx.calls)


def test_tokens_that_are_revoked_in_a_wait(dbx: Account) -> None:
    dbx.sandbox.lag(**{"databricks_registration.accepting": 20})
    dbx.meanwhile = lambda: dbx.sandbox.databricks_revokes(dbx.id)
    assert dbx.one(**new(dbx))["state"] == "available"
    assert [call["error"] for call in dbx.calls].count("401") == 1
    assert dbx.signed_in == 2


def test_a_second_refusal_at_once_is_final(dbx: Account) -> None:
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 401, {"error_code": "UNAUTHENTICATED"}, times=None)
    said = dbx.one(name="endpoint-1")["msg"]
    assert "Check host, account_id, client_id and client_secret" in said
    assert dbx.count("ListVpcEndpoints") == 2


def test_a_wrong_secret(dbx: Account) -> None:
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "endpoint-1", "client_secret": "another-secret"})
    assert "sign-in: " in result["msg"]
    assert "invalid_client: Client authentication failed. Check host" in result["msg"]
    assert "another-secret" not in json.dumps(result)
    assert "Config:" not in result["msg"]


def test_a_host_that_is_no_account_s(dbx: Account) -> None:
    dbx.sandbox.databricks_fails("GetHostConfig", 404, "<html><title>Nothing</title></html>", times=None)
    assert "the host has no /.well-known/databricks-config" in dbx.one(name="endpoint-1")["msg"]


@pytest.mark.parametrize("status", [200, 403])
def test_a_web_page_means_that_privatelink_blocks_this_controller(dbx: Account, status: int) -> None:
    page = "<html><head><title>Databricks - Sign In</title></head></html>"
    dbx.sandbox.databricks_fails("ListVpcEndpoints", status, page, times=None)
    assert "AWS PrivateLink may block this controller" in dbx.one(name="endpoint-1")["msg"]


@pytest.mark.parametrize("operation", ["GetAuthorizationServer", "GetToken"])
@pytest.mark.parametrize("status", [200, 403])
def test_a_web_page_in_the_place_of_a_token(dbx: Account, operation: str, status: int) -> None:
    page = "<html><head><title>Databricks - Sign In</title></head></html>"
    dbx.sandbox.databricks_fails(operation, status, page, times=None)
    said = dbx.one(name="endpoint-1")["msg"]
    assert "AWS PrivateLink may block this controller" in said
    assert "Check host, account_id, client_id" not in said


@pytest.mark.parametrize("operation", ["GetAuthorizationServer", "GetToken"])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_who_gives_tokens_may_be_out_of_order_for_a_while(dbx: Account, operation: str, status: int) -> None:
    dbx.sandbox.databricks_fails(operation, status, times=2)
    assert dbx.one(name="endpoint-1")["state"] == "available"


@pytest.mark.parametrize("answer", [[], "null", '"text"', {}])
def test_a_token_that_cannot_be_read(dbx: Account, answer: Any) -> None:
    for operation in ("GetAuthorizationServer", "GetToken"):
        for status in (200, 400):
            dbx.sandbox.databricks_fails(operation, status, answer, times=None)
            assert dbx.one(name="endpoint-1")["failed"]
            dbx.sandbox.databricks_disarm()


def test_no_answer_is_waited_for_without_end(dbx: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK has no limit of time for tokens."""
    limits: dict[str, Any] = {}
    usual = requests.Session.request

    def seen(session: requests.Session, method: str, url: str, *args: Any, **options: Any) -> Any:
        limits[url.rpartition("/")[2]] = options.get("timeout")
        return usual(session, method, url, *args, **options)

    monkeypatch.setattr(requests.Session, "request", seen)
    dbx.run(module=INFO, api_timeout=7)
    assert sorted(limits) == ["databricks-config", "oauth-authorization-server", "token", "vpc-endpoints"]
    assert (limits["token"], None in limits.values()) == (7, False)


@pytest.mark.parametrize("performed", [True, False])
def test_a_token_whose_answer_is_lost_is_asked_for_again(dbx: Account, performed: bool) -> None:
    dbx.sandbox.fault("databricks", "GetToken", "drop", performed=performed, times=2)
    assert dbx.one(name="endpoint-1")["state"] == "available"


def test_the_environment_signs_in(dbx: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in dbx.access.items():
        monkeypatch.setenv(f"DATABRICKS_{name.upper()}", value)
    result = dbx.run_module(INFO, {})
    assert len(result["vpc_endpoints"]) == 1
    assert SECRET not in json.dumps(result)


def test_secrets_are_shown_nowhere(
    dbx: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither what signs in nor the token: in results, in errors, and in what the SDK logs at its most talkative."""
    tokens: list[str] = []
    retrieve = oauth.retrieve_token

    def seen(*args: Any, **options: Any) -> Any:
        found = retrieve(*args, **options)
        tokens.append(found.access_token)
        return found

    monkeypatch.setattr(oauth, "retrieve_token", seen)
    monkeypatch.setenv("DATABRICKS_DEBUG_HEADERS", "true")
    loud = {"_ansible_verbosity": 4, "_ansible_debug": True}
    caplog.set_level(logging.DEBUG)
    good = dbx.run_module(dbx.module, {**dbx.access, "name": "endpoint-1", **loud})
    dbx.sandbox.databricks_fails("ListVpcEndpoints", 418, "A body that is neither JSON nor a page.", times=None)
    bad = dbx.run_module(dbx.module, {**dbx.access, "name": "endpoint-1", **loud})
    assert "no reason given" in bad["msg"]
    shown = f"{json.dumps([good, bad])} {caplog.text}"
    assert len(tokens) == 2
    assert "ListVpcEndpoints" in shown
    for secret in (SECRET, *tokens):
        assert secret not in shown


def write_profiles(path: Path, dbx: Account) -> None:
    keys = "".join(f"{name} = {value}\n" for name, value in dbx.access.items())
    path.write_text(f"[DEFAULT]\n{keys}\n[named]\n{keys}")


def test_a_profile_is_read_only_where_it_is_named(
    dbx: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_profiles(tmp_path / ".databrickscfg", dbx)
    monkeypatch.delenv("DATABRICKS_CONFIG_FILE")
    monkeypatch.setenv("HOME", str(tmp_path))
    without = dbx.run_module(INFO, {"host": dbx.sandbox.url, "account_id": dbx.id})
    assert "No way to sign in to Databricks" in without["msg"]
    half = dbx.run_module(INFO, {"host": dbx.sandbox.url, "account_id": dbx.id, "auth_type": "oauth-m2m"})
    assert half["failed"]
    assert len(dbx.run_module(INFO, {"profile": "named"})["vpc_endpoints"]) == 1
    monkeypatch.setenv("DATABRICKS_CONFIG_PROFILE", "named")
    assert len(dbx.run_module(INFO, {})["vpc_endpoints"]) == 1
    missing = dbx.run_module(INFO, {"profile": "other"})
    assert "has no other profile" in missing["msg"]


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("https://accounts.cloud.databricks.us", "say which with govcloud_shard"),
        ("http://accounts.cloud.databricks.com", "secrets go by https alone"),
    ],
)
def test_the_host_of_a_profile_is_held_against_the_shard(
    dbx: Account, monkeypatch: pytest.MonkeyPatch, host: str, says: str
) -> None:
    calls: list[str] = []
    client = SimpleNamespace(account_id=dbx.id, do=lambda method, path, **options: calls.append(path))
    config = SimpleNamespace(host=host)
    monkeypatch.setattr(api, "sign_in", lambda options: SimpleNamespace(api_client=client, config=config))
    assert says in dbx.run_module(INFO, {"profile": "named"})["msg"]
    assert calls == []


KEYS: dict[str, Any] = {"account_id": uid(1), "client_id": "a", "client_secret": "b"}


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ({}, "https://accounts.cloud.databricks.com"),
        ({"govcloud_shard": "civilian"}, "https://accounts.cloud.databricks.us"),
        ({"govcloud_shard": "dod"}, "https://accounts-dod.cloud.databricks.mil"),
        ({"host": "accounts.example.com"}, "accounts.example.com"),
    ],
)
def test_the_host_follows_the_shard(options: dict[str, Any], host: str) -> None:
    assert databricks_sign_in.SignIn(**KEYS, **options).config["host"] == host


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"host": "https://accounts.cloud.databricks.us"}, "say which with govcloud_shard"),
        ({"host": "http://accounts.cloud.databricks.com"}, "secrets go by https alone"),
        ({"host": "https://user@accounts.cloud.databricks.com"}, "not the address of an account"),
        ({"host": "https://accounts.cloud.databricks.com/path"}, "not the address of an account"),
        ({"host": "not a host"}, "not the address of an account"),
        ({"account_id": "111111111111"}, "not the id of a Databricks account"),
        ({"account_id": None}, "Give account_id"),
        ({"account_id": f"{uid(1)}\n"}, "account_id has a blank or a line break"),
        ({"client_secret": "secret\n"}, "client_secret has a blank or a line break"),
        ({"host": " accounts.cloud.databricks.com"}, "host has a blank or a line break"),
        ({"client_secret": None}, "No way to sign in to Databricks"),
        ({"govcloud_shard": "dod", "host": "accounts.cloud.databricks.us"}, "another cloud of Databricks than"),
        ({"govcloud_shard": "dod", "host": "accounts.cloud.databricks.com"}, "another cloud of Databricks than"),
        ({"api_timeout": 0}, "an answer takes at least one"),
    ],
)
def test_what_cannot_sign_in_is_refused_before_the_first_call(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ItemError, match=says):
        databricks_sign_in.SignIn(**{**KEYS, **options})


def test_without_the_sdk_the_module_says_what_to_install(dbx: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "databricks.sdk", None)
    databricks_sdk.sdk.cache_clear()
    result = dbx.run_module(INFO, dbx.access)
    assert "Failed to import the required Python library (databricks-sdk)" in result["msg"]


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        (["a", "b"], ["b", "a"], True),
        ([], None, True),
        (None, {"rest_api": []}, True),
        ({"rest_api": ["a"]}, {"rest_api": ["a"], "dataplane_relay": []}, True),
        ({"rest_api": ["a"], "of_tomorrow": ["b"]}, {"rest_api": ["a"]}, True),
        ({"rest_api": []}, None, True),
        ({"rest_api": ["a"]}, None, False),
        (["a"], ["b"], False),
        ({"rest_api": ["a"]}, {"rest_api": []}, False),
        (False, None, False),
    ],
)
def test_what_means_the_same_to_databricks(found: Any, wanted: Any, same: bool) -> None:
    assert api.same(found, wanted) is same
