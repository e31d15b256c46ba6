# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fivetran's API in the sandbox: envelopes, pages, refusals and rates, and what AWS shows of a private link.

Each rule is from open-api-spec.json of the Terraform provider fivetran/fivetran, commit 4d1b48e, or the page that the
test names (read 2026-11).
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.contract.conftest import VENDOR, Provider
from tests.sandbox.client import ControlError, RunningSandbox

LINKS = "private-links"
VERSION_2 = "application/json;version=2"
NOWHERE = {"connection_service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["data"]
        return found


@dataclass
class Client:
    """A client of one account of Fivetran."""

    sandbox: RunningSandbox
    account: str
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, secret: str = "secret", **headers: str) -> Answer:
        pair = base64.b64encode(f"key-{self.account}:{secret}".encode()).decode()
        accept = "application/json" if path.startswith(LINKS) else VERSION_2
        usual = {"Authorization": f"Basic {pair}", "Accept": accept, "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.sandbox.fivetran_url}/v1/{path}",
            None if body is None else json.dumps(body).encode(),
            {**usual, **headers},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Answer(answer.status, dict(answer.headers), json.load(answer))
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), json.load(error))

    def create(self, name: str = "orders", **members: Any) -> Answer:
        body = {"name": name, "region": "AWS_US_EAST_1", "service": "SOURCE_AWS", "config": NOWHERE, **members}
        return self.call("POST", LINKS, body)

    def state(self, link_id: str) -> str:
        return str(self.call("GET", f"{LINKS}/{link_id}").data["state"])

    def reaches(self, link_id: str, state: str) -> None:
        self.sandbox.eventually(lambda: self.state(link_id), state.__eq__)


@pytest.fixture
def fivetran(sandbox: RunningSandbox, account: str) -> Iterator[Client]:
    client = Client(sandbox, account)
    orders = {"id": "orders", "service": "postgres_warehouse", "config": {"host": "db", "password": "hidden"}}
    sandbox.fivetran(account, api_key=f"key-{account}", api_secret="secret", destinations=[orders], groups=["empty"])
    yield client
    sandbox.clear_faults()
    sandbox.fivetran_disarm()


def test_envelopes(fivetran: Client) -> None:
    made = fivetran.create()
    assert (made.status, set(made.body)) == (201, {"code", "message", "data"})
    assert set(made.data) == {
        "id",
        "name",
        "region",
        "service",
        "account_id",
        "cloud_provider",
        "state",
        "state_summary",
        "host",
        "resource_upstream_status",
        "created_at",
        "created_by",
        "config",
    }
    assert made.data["state"] == "CREATING"
    path = f"{LINKS}/{made.data['id']}"
    assert fivetran.call("PATCH", path, {"config": NOWHERE}).data["state"] == "UPDATING"
    deleted = fivetran.call("DELETE", path)
    assert (deleted.status, deleted.body["code"], "data" in deleted.body) == (200, "Success", False)
    assert fivetran.state(made.data["id"]) == "DESTROYING"
    fivetran.sandbox.eventually(lambda: fivetran.call("GET", path).status, (404).__eq__)
    assert fivetran.call("GET", path).body["code"] == "NotFound_PrivateLink"


def test_pages_have_cursors(fivetran: Client) -> None:
    seeds = [{"name": f"link_{number}", "config": NOWHERE} for number in range(101)]
    keys = {"api_key": f"key-{fivetran.account}", "api_secret": "secret"}
    fivetran.sandbox.fivetran(fivetran.account, **keys, private_links=seeds)
    first = fivetran.call("GET", LINKS)
    assert len(first.data["items"]) == 100
    last = fivetran.call("GET", f"{LINKS}?limit=1000&cursor={first.data['next_cursor'].replace('=', '%3D')}")
    assert [item["name"] for item in last.data["items"]] == ["link_100"]
    assert "next_cursor" not in last.data
    assert fivetran.call("GET", f"{LINKS}?limit=1001").status == 400


def test_refusals(fivetran: Client) -> None:
    assert fivetran.call("GET", LINKS, secret="wrong").status == 401
    assert fivetran.call("GET", "nothing").status == 404
    assert fivetran.call("PUT", LINKS).status == 405
    assert fivetran.call("GET", LINKS, Accept="text/html").status == 406
    assert fivetran.call("POST", LINKS, {}, **{"Content-Type": "text/plain"}).status == 415
    wrong: list[dict[str, Any]] = [
        {"region": "AWS_EU_NORTH_1"},
        {"service": "SOMETHING"},
        {"config": {}},
        {"service": "REDSHIFT_AWS", "config": {"aws_account_id": "1"}},
    ]
    assert [fivetran.create(**members).status for members in wrong] == [400] * 4
    made = fivetran.create().data["id"]
    assert fivetran.call("PATCH", f"{LINKS}/{made}", {"name": "other"}).status == 400


def test_five_private_links_in_any_hour(fivetran: Client) -> None:
    """fivetran.com/docs/rest-api/rate-limiting."""
    assert [fivetran.create(f"link_{number}").status for number in range(6)] == [201] * 5 + [429]
    wait = int(fivetran.create().headers["Retry-After"])
    assert 3590 < wait <= 3601
    fivetran.sandbox.step(wait)
    assert fivetran.create().status == 201


def test_rates_are_settable_and_those_of_trials_lower(fivetran: Client) -> None:
    fivetran.sandbox.fivetran(
        f"t{fivetran.account}", api_key=f"key-t{fivetran.account}", api_secret="secret", trial=True
    )
    trial = Client(fivetran.sandbox, f"t{fivetran.account}")
    assert [trial.create(f"link_{number}").status for number in range(2)] == [201, 429]
    fivetran.sandbox.fivetran_settings(tests_per_minute=1, requests_per_hour=4)
    answers = [fivetran.call("POST", "destinations/orders/test", {}) for _number in range(2)]
    assert [answer.status for answer in answers] == [200, 429]
    assert int(answers[1].headers["Retry-After"]) <= 61
    assert [fivetran.call("GET", LINKS).status for _number in range(3)] == [200, 200, 429]


def test_its_request_is_raised_in_aws_and_followed(fivetran: Client, provider: Provider) -> None:
    """fivetran.com/docs/destinations/connection-options/aws-private-link: up to ten minutes until it is raised."""
    fivetran.sandbox.lag(**{"fivetran_link.requesting": 600})
    service = provider.make_service(VENDOR, AcceptanceRequired=True)
    config = {"connection_service_name": service["ServiceName"]}
    link = fivetran.create(config=config).data["id"]
    assert provider.connections(service["ServiceId"]) == []
    fivetran.sandbox.step(600)
    fivetran.sandbox.lag(**{"fivetran_link.requesting": 0.1})
    (asked,) = provider.connections(service["ServiceId"])
    assert (asked["VpcEndpointOwner"], asked["VpcEndpointState"]) == (VENDOR, "pendingAcceptance")
    assert fivetran.state(link) == "CREATING"
    ids = {"ServiceId": service["ServiceId"], "VpcEndpointIds": [asked["VpcEndpointId"]]}
    provider.ec2.accept_vpc_endpoint_connections(**ids)
    fivetran.reaches(link, "OK")
    provider.ec2.reject_vpc_endpoint_connections(**ids)
    fivetran.reaches(link, "FAIL")
    assert fivetran.call("GET", f"{LINKS}/{link}").data["state_summary"] == "The endpoint connection is rejected"


def test_a_service_that_does_not_let_fivetran_in(fivetran: Client, provider: Provider) -> None:
    service = provider.make_service("222222222222")
    link = fivetran.create(config={"connection_service_name": service["ServiceName"]}).data["id"]
    fivetran.reaches(link, "FAIL")


def test_a_private_link_in_use_is_not_deleted(fivetran: Client) -> None:
    link = fivetran.create().data["id"]
    network = {"time_zone_offset": "0", "networking_method": "PrivateLink", "private_link_id": link}
    assert fivetran.call("PATCH", "destinations/orders", network).status == 200
    assert fivetran.call("DELETE", f"{LINKS}/{link}").status == 409
    back = {"time_zone_offset": "0", "networking_method": "Directly", "private_link_id": None}
    fivetran.call("PATCH", "destinations/orders", back)
    assert fivetran.call("DELETE", f"{LINKS}/{link}").status == 200


def test_members_of_a_network_go_together(fivetran: Client) -> None:
    """The first is refused in these words: terraform-provider-fivetran#433."""
    link = fivetran.create().data["id"]
    alone = fivetran.call("PATCH", "destinations/orders", {"time_zone_offset": "0", "private_link_id": link})
    assert alone.body["message"] == "Networking method must be PrivateLink in order to set private_link_id"
    method = {"time_zone_offset": "0", "networking_method": "PrivateLink"}
    assert fivetran.call("PATCH", "destinations/orders", method).status == 400
    assert fivetran.call("PATCH", "destinations/orders", {"region": "AWS_US_EAST_1"}).status == 400


def test_secrets_are_masked_and_lists_have_no_config(fivetran: Client) -> None:
    assert fivetran.call("GET", "destinations/orders").data["config"] == {"host": "db", "password": "******"}
    (listed,) = fivetran.call("GET", "destinations").data["items"]
    assert "config" not in listed
    assert fivetran.call("GET", "groups/empty").data["name"] == "group_empty"
    assert fivetran.call("GET", "destinations/empty").body["code"] == "NotFound_Destination"


def test_setup_tests_have_parts_that_can_fail(fivetran: Client) -> None:
    fivetran.sandbox.fivetran_test_ends("orders", "Permissions", "FAILED", message="no", details=[1])
    broken = fivetran.call("POST", "destinations/orders/test", {"trust_certificates": True}).data
    assert broken["setup_status"] == "BROKEN"
    assert broken["setup_tests"][-1] == {"title": "Permissions", "status": "FAILED", "message": "no", "details": [1]}
    assert fivetran.call("POST", "destinations/orders/test", {}).data["setup_status"] == "CONNECTED"
    with pytest.raises(ControlError, match="title is one of"):
        fivetran.sandbox.fivetran_test_ends("orders", "Weather", "FAILED")
    link = fivetran.create().data["id"]
    network = {"time_zone_offset": "0", "networking_method": "PrivateLink", "private_link_id": link}
    switched = fivetran.call("PATCH", "destinations/orders", {**network, "config": {"connection_type": "PrivateLink"}})
    assert switched.data["setup_tests"][0]["message"] == "The private link is CREATING"


def test_redshift_is_reached_by_its_own_endpoint(fivetran: Client) -> None:
    config = {"aws_account_id": "222222222222", "cluster_identifier": "none"}
    link = fivetran.create(service="REDSHIFT_AWS", config=config).data["id"]
    fivetran.reaches(link, "FAIL")
    snowflake = {"account_url": "a.snowflakecomputing.com", "vpce_id": "com.amazonaws.vpce.us-east-1.vpce-svc-1"}
    fivetran.reaches(fivetran.create(service="SNOWFLAKE_AWS", config=snowflake).data["id"], "OK")
