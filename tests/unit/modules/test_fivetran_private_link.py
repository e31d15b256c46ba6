# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fivetran_private_link and its twin against the sandbox: Fivetran's API, and AWS behind it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Clock, Made
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import fivetran as api
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import fivetran_limits as limits
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import fivetran_private_link as links

from tests.contract.conftest import Provider, provider
from tests.unit.modules.fivetran import SERVICE_NAME, Account

__all__ = ["provider"]

INFO = "fivetran_private_link_info"
FIVETRAN = "834469178297"
HERE: dict[str, Any] = {"name": "orders", "region": "us-east-1", "connection_service_name": SERVICE_NAME.format(1)}
THERE: dict[str, Any] = {"id": "old", "name": "orders", "config": {"connection_service_name": SERVICE_NAME.format(1)}}
UTC = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


@pytest.fixture
def cloud(fivetran: Account) -> Account:
    fivetran.module = "fivetran_private_link"
    return fivetran


@pytest.fixture
def served(cloud: Account, provider: Provider) -> dict[str, Any]:
    """Options of a private link to an endpoint service in AWS that lets Fivetran in; with the service beside it."""
    service = provider.make_service(FIVETRAN, AcceptanceRequired=True)
    return {**HERE, "connection_service_name": service["ServiceName"]}


def accept(provider: Provider) -> str:
    """Accept Fivetran's request as soon as it is there; the answer is its owner."""
    service_id = provider.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"][0]["ServiceId"]
    (asked,) = provider.sandbox.eventually(lambda: provider.connections(service_id, "pendingAcceptance"), bool)
    provider.ec2.accept_vpc_endpoint_connections(ServiceId=service_id, VpcEndpointIds=[asked["VpcEndpointId"]])
    return str(asked["VpcEndpointOwner"])


def test_made_accepted_in_aws_and_removed(cloud: Account, served: dict[str, Any], provider: Provider) -> None:
    """The request is raised from Fivetran's account, and the private link is OK once it was accepted."""
    predicted = cloud.one(True, **served)
    made = cloud.one(wait=False, **served)
    assert predicted["writes"] == made["writes"] == ["fivetran:CreatePrivateLink"]
    assert predicted["diff"] == made["diff"]
    assert made["status"] == "CREATING"
    assert "to be OK (CREATING" in made["waiting"]
    owners: list[str] = []
    cloud.meanwhile = lambda: owners.append(accept(provider))
    ready = cloud.one(**served)
    assert owners == [FIVETRAN]
    assert (ready["status"], ready["waiting"], ready["writes"], ready["changed"]) == ("OK", "", [], False)
    (found,) = cloud.run(module=INFO, name="orders")["private_links"]
    assert found == {name: ready[name] for name in found}
    gone = cloud.change(["fivetran:DeletePrivateLink"], name="orders", state="absent")
    assert gone["status"] == "absent"
    assert cloud.run(module=INFO)["private_links"] == []


def test_a_rejected_request_fails_with_its_summary(cloud: Account, served: dict[str, Any], provider: Provider) -> None:
    cloud.one(wait=False, **served)
    listed = provider.ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    service_id = listed[0]["ServiceId"]
    (asked,) = provider.sandbox.eventually(lambda: provider.connections(service_id), bool)
    provider.ec2.reject_vpc_endpoint_connections(ServiceId=service_id, VpcEndpointIds=[asked["VpcEndpointId"]])
    result = cloud.one(**served)
    assert result["failed"]
    assert "The endpoint connection is rejected. Mend that, remove" in result["msg"]
    assert result["status"] == "FAIL"


def test_a_service_that_there_is_not(cloud: Account) -> None:
    result = cloud.one(**HERE)
    assert (result["failed"], result["status"]) == (True, "FAIL")
    assert "InvalidServiceName" in result["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "pl-source-aws-prod"}, "any_name=true"),
        ({"name": "a" * 24}, "23 characters at most"),
        ({"name": "1st"}, "a letter or _"),
        ({"name": "orders\n"}, "breaks Fivetran's rule"),
        ({"region": "eu-north-1"}, "none that Fivetran connects in"),
        ({"region": "eu-west-1"}, "connection_service_name is of us-east-1, and region is eu-west-1"),
        ({"connection_service_name": "vpce-svc-0123456789abcdef0"}, "is no name of an endpoint service"),
        ({"service": "REDSHIFT_AWS"}, "connection_service_name does not belong to service REDSHIFT_AWS"),
        (
            {"service": "REDSHIFT_AWS", "connection_service_name": None, "aws_account_id": "1" * 12},
            "cluster_identifier",
        ),
        ({"private_link_id": "../groups"}, "is no id of Fivetran"),
    ],
    ids=str,
)
def test_what_can_never_be_is_refused_before_the_first_call(
    cloud: Account, options: dict[str, Any], words: str
) -> None:
    assert words in cloud.refused(**{**HERE, **options})
    assert cloud.calls == []


def test_wrong_keys_take_one_call(cloud: Account) -> None:
    items = [{**HERE, "name": f"link_{number}"} for number in range(3)]
    result = cloud.run(private_links=items, api_secret="another")
    assert [item["failed"] for item in result["results"]] == [True] * 3
    assert "Wrong key: set api_key (FIVETRAN_API_KEY)" in result["msg"]
    assert cloud.count("ListPrivateLinks") == len(cloud.calls) == 1
    none = cloud.run_module(cloud.module, {**HERE, "api_url": cloud.access["api_url"]})
    assert "or FIVETRAN_API_KEY and FIVETRAN_API_SECRET in the environment" in none["msg"]


def test_an_account_without_private_links(cloud: Account) -> None:
    cloud.sandbox.fivetran("other", api_key="another-key", api_secret="another", privatelink=False)
    result = cloud.run(**HERE, api_key="another-key", api_secret="another")
    assert "Business Critical" in result["msg"]


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ({"region": "AWS_EU_WEST_1"}, "has region AWS_EU_WEST_1, not AWS_US_EAST_1"),
        ({"service": "DATABRICKS_AWS"}, "has service DATABRICKS_AWS, not SOURCE_AWS"),
        (
            {"config": {"connection_service_name": SERVICE_NAME.format(2)}},
            f"has connection_service_name {SERVICE_NAME.format(2)}",
        ),
    ],
    ids=str,
)
def test_another_one_of_the_name_is_left_alone(cloud: Account, there: dict[str, Any], words: str) -> None:
    cloud.seed(private_links=[{**THERE, **there}])
    before = cloud.objects("private_links")
    assert words in cloud.refused(**HERE)
    assert re.search("and stays|It stays", cloud.refused(**HERE, state="absent"))
    assert cloud.objects("private_links") == before


def test_two_of_a_name_are_told_by_their_id(cloud: Account) -> None:
    cloud.seed(private_links=[THERE, {**THERE, "id": "new"}])
    assert "private link orders (new), private link orders (old). Say which" in cloud.refused(name="orders")
    assert cloud.one(name="orders", private_link_id="new")["private_link_id"] == "new"
    assert "has name orders, not others" in cloud.refused(name="others", private_link_id="new", state="absent")
    cloud.change(["fivetran:DeletePrivateLink"], name="orders", private_link_id="new", state="absent")
    assert [link["id"] for link in cloud.objects("private_links")] == ["old"]
    both = [{"name": "orders"}, {"name": "orders2", "private_link_id": "old"}]
    assert cloud.run(private_links=both)["failed_items"] == ["orders", "orders2"]


def test_config_is_changed_with_consent_alone(cloud: Account, served: dict[str, Any], provider: Provider) -> None:
    cloud.seed(private_links=[{**THERE, "config": {**THERE["config"], "added_later": 1}, "further": [1]}])
    assert f"not connection_service_name {served['connection_service_name']}. Set update_config=true" in cloud.refused(
        **served
    )
    cloud.sandbox.fault("fivetran", "UpdatePrivateLink", "drop", performed=True)
    changed = cloud.one(**served, update_config=True, wait=False)
    assert (changed["writes"], changed["status"]) == (["fivetran:UpdatePrivateLink"], "UPDATING")
    cloud.meanwhile = lambda: accept(provider)
    ready = cloud.one(**served)
    assert (ready["writes"], ready["status"]) == ([], "OK")
    assert ready["config"] == {"connection_service_name": served["connection_service_name"], "added_later": 1}


@pytest.mark.parametrize(
    "settings", [{"config_in_list": False}, {"config_in_list": False, "config_is_null": True}], ids=str
)
def test_config_that_is_not_told(cloud: Account, settings: dict[str, Any]) -> None:
    cloud.seed(private_links=[{**THERE, "host": None}])
    cloud.sandbox.fivetran_settings(**settings)
    result = cloud.one(**HERE)
    assert not result["failed"]
    assert result["writes"] == []
    assert ("does not tell the config" in result["warnings"]) == ("config_is_null" in settings)


def test_all_pages_are_listed_once(cloud: Account) -> None:
    cloud.seed(private_links=[{**THERE, "id": f"id{number}", "name": f"link_{number}"} for number in range(5)])
    cloud.sandbox.fivetran_settings(most_per_page=2)
    result = cloud.run(private_links=[{"name": "link_4"}, {"name": "link_0"}])
    assert [item["private_link_id"] for item in result["results"]] == ["id4", "id0"]
    assert len(cloud.calls) == cloud.count("ListPrivateLinks") == 3
    cloud.sandbox.fivetran_fails("ListPrivateLinks", 200, {"data": {"items": [], "next_cursor": "x"}}, times=2)
    assert "have no end" in cloud.run(name="link_4")["msg"]


def test_what_uses_a_private_link_is_named(cloud: Account) -> None:
    used = {"private_link_id": "old", "networking_method": "PrivateLink"}
    cloud.seed(
        private_links=[THERE],
        destinations=[{"id": "decent_dropsy", "service": "redshift", **used}],
        connections=[{"id": "odd_one", "service": "mysql", "private_link_id": "old"}],
    )
    refused = cloud.refused(name="orders", state="absent")
    assert "used by destination decent_dropsy (redshift), connection odd_one (mysql)" in refused


def test_what_began_to_use_it_meanwhile_is_named(cloud: Account) -> None:
    cloud.seed(private_links=[THERE], destinations=[{"id": "late", "service": "redshift"}])
    used = {"private_link_id": "old", "networking_method": "PrivateLink"}
    cloud.sandbox.fivetran_change(cloud.name, "destinations", "late", used, operation="DeletePrivateLink")
    result = cloud.one(name="orders", state="absent")
    assert result["failed"]
    assert "409" in result["msg"]
    assert "used by destination late (redshift). Switch that" in result["msg"]


def test_six_against_five_an_hour_go_on_when_told(cloud: Account) -> None:
    """One was made by somebody else a while ago, so four are made now, and each other is told its own time."""
    cloud.seed(private_links=[{**THERE, "name": "theirs", "age": 1800}])
    items = [{**HERE, "name": f"link_{number}"} for number in range(6)]
    asked: dict[str, Any] = {"private_links": items, "wait": False, "on_item_failure": "report"}
    predicted = cloud.run(True, **asked)["results"]
    assert cloud.sent == []
    made = cloud.run(**asked)["results"]
    assert [len(item["writes"]) for item in predicted] == [len(item["writes"]) for item in made] == [1] * 4 + [0] * 2
    left = made[4:]
    assert not any(item["failed"] for item in left)
    assert all(re.search(f"5 private links an hour; run again after {UTC}", item["waiting"]) for item in left)
    moments = [limits.seconds_of(item["continue_after"]) or 0 for item in left]
    assert 1750 < moments[1] - moments[0] < 1850
    assert cloud.count("CreatePrivateLink") == 4
    cloud.time.sleep(1700)
    again = cloud.run(**asked)["results"]  # another process: it knows by the times at which they were made
    assert cloud.count("CreatePrivateLink") == 0
    assert again[4]["continue_after"] == left[0]["continue_after"]
    cloud.time.sleep(110)
    assert cloud.run(**asked)["results"][4]["writes"] == ["fivetran:CreatePrivateLink"]
    cloud.time.sleep(1900)
    assert cloud.run(**asked)["results"][5]["writes"] == ["fivetran:CreatePrivateLink"]


def test_a_limit_that_the_list_does_not_tell_is_met_once(cloud: Account) -> None:
    """What was made and deleted in this hour, or a trial account that nobody said is one."""
    cloud.sandbox.fivetran_settings(links_per_hour=1)
    cloud.one(**HERE, wait=False)
    cloud.one(name="orders", state="absent")
    slept = cloud.time.ahead
    items = [{**HERE, "name": name} for name in ("first", "second")]
    result = cloud.run(private_links=items)["results"]
    assert [call["error"] for call in cloud.calls if call["operation"] == "CreatePrivateLink"] == ["429"]
    assert all("run again after" in item["waiting"] and item["continue_after"] for item in result)
    assert not any(item["failed"] or item["writes"] for item in result)
    assert cloud.time.ahead - slept < 60
    trial = cloud.run(private_links=items, trial=True)["results"]
    assert "1 private links an hour" in trial[0]["waiting"]


def test_a_short_pause_is_kept(cloud: Account) -> None:
    cloud.seed(private_links=[THERE])
    cloud.sandbox.fivetran_fails("ListPrivateLinks", 429, {"code": "TooMany"}, headers={"Retry-After": "20"})
    before = cloud.time.ahead
    assert cloud.one(**HERE)["status"] == "OK"
    assert 20 <= cloud.time.ahead - before < 30


def test_all_calls_of_an_hour_are_used_up(cloud: Account) -> None:
    cloud.seed(private_links=[THERE])
    cloud.sandbox.fivetran_settings(requests_per_hour=1)
    assert not cloud.one(**HERE)["failed"]
    result = cloud.one(**HERE)
    assert (result["failed"], result["writes"]) == (False, [])
    assert re.search(f"20000 calls an hour; run again after {UTC}", result["waiting"])
    assert len(cloud.calls) == 1
    assert "Run again after" in cloud.run(module=INFO)["msg"]


@pytest.mark.parametrize("performed", [True, False])
def test_a_creation_without_an_answer_is_looked_for_and_not_made_again(cloud: Account, performed: bool) -> None:
    cloud.sandbox.lag(**{"fivetran_link.requesting": 60})
    cloud.sandbox.fivetran_settings(unseen_seconds=2)
    cloud.sandbox.fault("fivetran", "CreatePrivateLink", "drop", performed=performed)
    result = cloud.one(**HERE, wait=False)
    assert cloud.count("CreatePrivateLink") == 1
    assert result["failed"] is not performed
    assert len(cloud.objects("private_links")) == performed
    if not performed:
        assert "run again, which looks first" in result["msg"]


@pytest.mark.parametrize("status", [200, 500, 502, 503])
def test_a_gateway_that_gives_up_may_have_passed_the_call_on(cloud: Account, status: int) -> None:
    cloud.sandbox.fivetran_fails("CreatePrivateLink", status, "<html>", performed=True)
    assert not cloud.one(**HERE, wait=False)["failed"]
    assert cloud.count("CreatePrivateLink") == len(cloud.objects("private_links")) == 1


def test_a_deletion_without_an_answer_is_looked_for(cloud: Account) -> None:
    cloud.seed(private_links=[THERE])
    cloud.sandbox.fault("fivetran", "DeletePrivateLink", "drop", performed=True)
    assert cloud.one(name="orders", state="absent")["status"] == "absent"
    assert cloud.count("DeletePrivateLink") == 1


def test_one_that_another_run_makes_meanwhile_is_not_made_twice(cloud: Account) -> None:
    kind = links.PrivateLinks(_account(cloud))
    item = links.PrivateLink(**HERE)
    before = kind.read([item], {"orders": Made()})["orders"]
    assert isinstance(before, links.Actual)
    plan = kind.plan(item, before)
    cloud.seed(private_links=[{**THERE, "age": 1}])
    with pytest.raises(api.ApiError, match="made it meanwhile"):
        kind.apply(plan.changes[0])
    assert [link["id"] for link in cloud.objects("private_links")] == ["old"]


def _account(cloud: Account, **options: Any) -> api.Fivetran:
    keys = {name: cloud.access[name] for name in ("api_key", "api_secret")}
    return api.Fivetran(
        **keys, url=cloud.access["api_url"], clock=Clock(cloud.time.monotonic, cloud.time.sleep), **options
    )


def test_a_new_one_that_the_list_does_not_show_yet(cloud: Account) -> None:
    cloud.sandbox.fivetran_settings(unseen_seconds=3)
    result = cloud.one(**HERE)
    assert result["writes"] == ["fivetran:CreatePrivateLink"]
    assert cloud.count("CreatePrivateLink") == 1
    assert "InvalidServiceName" in result["msg"]


def test_one_that_is_deleted_while_we_wait(cloud: Account) -> None:
    cloud.seed(private_links=[{**THERE, "state": "CREATING", "state_summary": None}])
    cloud.meanwhile = lambda: cloud.sandbox.fivetran_change(cloud.name, "private_links", "old", None)
    assert "was deleted during this run" in cloud.one(**HERE)["msg"]


def test_an_old_one_on_its_way_out_is_waited_for(cloud: Account) -> None:
    cloud.seed(private_links=[{**THERE, "state": "DESTROYING"}])
    cloud.meanwhile = lambda: cloud.sandbox.fivetran_change(cloud.name, "private_links", "old", None)
    assert cloud.one(True, **HERE)["writes"] == ["fivetran:CreatePrivateLink"]
    assert cloud.one(**HERE)["writes"] == ["fivetran:CreatePrivateLink"]


def test_the_clock_of_fivetran_counts(cloud: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account = _account(cloud)
    monkeypatch.setattr(cloud.time, "time", lambda: 0.0)  # this machine's is wrong
    account.all_of(links.LIST, links.LINKS_PATH)
    assert abs(account.now() - cloud.sandbox.control("GET", "clock")["now"]) < 5


def test_no_key_is_told_that_cannot_be_one(cloud: Account) -> None:
    for options in ({"api_key": "a:b"}, {"api_secret": "two words"}, {"api_secret": "line\n"}):
        with pytest.raises(ItemError, match=r"api_(key|secret) holds") as raised:
            api.Fivetran(options.get("api_key", "k"), options.get("api_secret", "s"))
        assert not any(value in str(raised.value) for value in options.values())


@pytest.mark.parametrize(
    ("used", "further", "wanted"),
    [([], 0, 100.0), ([10.0], 0, 100.0), ([10.0, 50.0], 0, 110.0), ([10.0, 50.0], 1, 150.0), ([], 2, 200.0)],
)
def test_a_window_rolls(used: list[float], further: int, wanted: float) -> None:
    window = limits.Window(2, 100.0, dict(enumerate(used)))
    assert window.free_from(100.0, further) == wanted


def test_times_of_the_api_are_read() -> None:
    assert limits.seconds_of("1970-01-01T00:01:00.013729Z") == 60.0
    assert limits.seconds_of(None) is None
    assert limits.words_of(59.5) == "1970-01-01 00:01:00 UTC"


def test_keys_of_the_environment(cloud: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.seed(private_links=[THERE])
    for option, value in cloud.access.items():
        monkeypatch.setenv(f"FIVETRAN_{option.upper()}", value)
    assert cloud.run_module(INFO, {})["private_links"][0]["private_link_id"] == "old"
    monkeypatch.setenv("FIVETRAN_API_URL", f"{cloud.sandbox.fivetran_url}/v1/")
    assert cloud.run_module(INFO, {})["private_links"][0]["private_link_id"] == "old"
