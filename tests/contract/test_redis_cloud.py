# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redis Cloud's API in the sandbox: envelopes, tasks and their turns, errors, and what AWS shows of it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.client import ControlError, RunningSandbox

LINK = "/subscriptions/{id}/private-link"
DONE = ("processing-completed", "processing-error")
HOST = "redis-12000.internal.c1.us-east-1-mz.ec2.cloud.rlrcp.com"
VENDOR = "733373337333"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Client:
    """A client of one account of Redis Cloud that asks and waits by hand."""

    sandbox: RunningSandbox
    account: str

    @property
    def id(self) -> int:
        """The plain subscription; others follow it."""
        return int(self.account[-8:]) * 10

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, secret: str = "secret") -> Answer:
        headers = {"x-api-key": f"key-{self.account}", "x-api-secret-key": secret}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.sandbox.redis_cloud_url + path.format(*range(self.id, self.id + 5), id=self.id),
            data,
            headers,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Answer(answer.status, dict(answer.headers), json.load(answer))
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), json.load(error))

    def end(self, task: str) -> dict[str, Any]:
        """What is answered of a task once it has ended."""
        return self.sandbox.eventually(
            lambda: self.call("GET", f"/tasks/{task}"), lambda answer: answer.body.get("status") in DONE
        ).body

    def do(self, method: str, path: str = LINK, **body: Any) -> dict[str, Any]:
        """The response of a task that a call has made, when it has ended."""
        made = self.call(method, path, body or None)
        assert made.status in (200, 202), made
        response: dict[str, Any] = self.end(made.body["taskId"])["response"]
        return response

    def refused(self, method: str, path: str = LINK, **body: Any) -> str:
        return str(self.do(method, path, **body)["error"]["type"])

    def link(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do("GET")["resource"]
        return found

    def create(self, principal: str) -> dict[str, Any]:
        self.do("POST", shareName="redis", principal=principal, type="aws_account")
        return self.sandbox.eventually(self.link, lambda link: link.get("status") == "active")


@pytest.fixture
def redis(sandbox: RunningSandbox, account: str) -> Iterator[Client]:
    client = Client(sandbox, account)
    database = {"databaseId": 51, "name": "sessions", "port": 12000, "host": HOST}
    plain = {"id": client.id, "region": "us-east-1", "databases": [database]}
    others = [
        {"id": client.id + 1, "regions": {1: "us-east-1"}},
        {"id": client.id + 2, "cloud": "GCP"},
        {"id": client.id + 3, "supported": False},
        {"id": client.id + 4, "databases": [{**database, "databaseId": number} for number in range(56)]},
    ]
    keys = {"account_key": f"key-{account}", "secret_key": "secret"}
    sandbox.redis_cloud(account, **keys, subscriptions=[plain, *others])
    sandbox.lag(default=0.02)
    yield client
    sandbox.clear_faults()
    sandbox.lag(default=0.1)
    sandbox.control("POST", "redis_cloud/rate", per_minute=400)


def test_envelopes_and_states_of_a_task(redis: Client) -> None:
    made = redis.call("GET", LINK)
    assert made.status == 202
    assert int(made.headers["X-Rate-Limit-Remaining"]) < 400
    assert set(made.body) == {"taskId", "commandType", "status", "description", "timestamp", "links"}
    assert redis.call("GET", f"/tasks/{made.body['taskId']}").status in (404, 200)
    ended = redis.end(made.body["taskId"])
    assert ended["status"] == "processing-completed"
    assert ended["response"] == {
        "resourceId": redis.id,
        "resource": {"links": []},
    }
    assert [task["taskId"] for task in redis.call("GET", "/tasks").body["tasks"]] == [made.body["taskId"]]
    failed = redis.end(redis.call("DELETE", LINK).body["taskId"])
    assert failed["status"] == "processing-error"
    assert failed["response"]["error"]["type"] == "PRIVATE_LINK_NOT_FOUND"
    assert failed["response"]["error"]["status"] == "404 NOT_FOUND"


def test_tasks_of_an_account_take_turns(redis: Client) -> None:
    redis.sandbox.lag(**{"redis_cloud_task.processing": 0.5})
    try:
        tasks = [redis.call("GET", LINK).body["taskId"] for number in range(3)]
        redis.end(tasks[1])
        states = [redis.call("GET", f"/tasks/{task}").body["status"] for task in tasks]
        assert states[0] == "processing-completed"
        assert states[2] in ("processing-in-progress", "received")
    finally:
        redis.sandbox.lag(**{"redis_cloud_task.processing": 0.02})


def test_what_is_refused_at_once(redis: Client) -> None:
    assert redis.call("GET", LINK, secret="wrong").status == 401
    assert redis.call("GET", "/subscriptions/999/private-link").status == 404
    assert redis.call("GET", "/subscriptions/{id}/regions/1/private-link").status == 404
    assert redis.call("GET", "/nowhere").status == 404
    assert redis.call("GET", "/tasks/none").status == 404
    assert redis.call("POST", LINK, {"shareName": "a", "principal": "111111111111"}).status == 400
    assert redis.call("POST", LINK, {"shareName": "a" * 65, "principal": "1", "type": "aws_account"}).status == 400
    assert redis.call("POST", LINK, {"shareName": "a", "principal": "1", "type": "anything"}).status == 400
    redis.sandbox.control("POST", "redis_cloud/rate", per_minute=0)
    refused = redis.call("GET", "/tasks")
    assert refused.status == 429
    assert refused.headers["X-Rate-Limit-Remaining"] == "0"
    last = redis.sandbox.calls(service="redis_cloud")[-1]
    assert (last["account"], last["operation"], last["kind"], last["error"]) == (
        redis.account,
        "ListTasks",
        "read",
        "429",
    )


@pytest.mark.parametrize(
    ("path", "principal", "code"),
    [
        ("/subscriptions/{1}/private-link", "111111111111", "PRIVATE_LINK_IS_NOT_SUPPORTED"),
        ("/subscriptions/{2}/private-link", "111111111111", "PRIVATE_LINK_CLOUD_PROVIDER_NOT_SUPPORTED"),
        ("/subscriptions/{3}/private-link", "111111111111", "PRIVATE_LINK_IS_NOT_SUPPORTED"),
        (
            "/subscriptions/{4}/private-link",
            "111111111111",
            "PRIVATE_LINK_SUBSCRIPTION_REACHED_MAX_DATABASES_COUNT",
        ),
        (LINK, "1", "PRIVATE_LINK_PRINCIPAL_INVALID_PRINCIPLE"),
        (LINK, VENDOR, "PRIVATE_LINK_PRINCIPAL_CANNOT_BE_OWNER_ACCOUNT"),
    ],
)
def test_what_a_task_refuses(redis: Client, path: str, principal: str, code: str) -> None:
    assert redis.refused("POST", path, shareName="a", principal=principal, type="aws_account") == code


def test_the_order_of_things(redis: Client) -> None:
    first, second = {"principal": "111111111111", "type": "aws_account"}, {"principal": "222222222222"}
    redis.sandbox.lag(**{"redis_cloud_link.initializing": 60})
    redis.do("POST", shareName="redis", **first)
    redis.sandbox.lag(**{"redis_cloud_link.initializing": 0.02})
    assert redis.refused("POST", f"{LINK}/principals", **second) == "PRIVATE_LINK_SERVICE_ERROR"
    assert redis.refused("POST", shareName="redis", **first) == "PRIVATE_LINK_ALREADY_EXISTS"
    redis.sandbox.redis_cloud_link_vanishes(redis.account, redis.id)
    assert redis.refused("POST", f"{LINK}/principals", **second) == "PRIVATE_LINK_NOT_FOUND"
    redis.create("111111111111")
    redis.do("POST", f"{LINK}/principals", **second, alias="other")
    assert redis.refused("POST", f"{LINK}/principals", **second) == "PRIVATE_LINK_PRINCIPAL_ALREADY_EXISTS"
    assert [principal.get("alias") for principal in redis.link()["principals"]] == [None, "other"]
    blocked = "PRIVATE_LINK_ALL_PRINCIPALS_MUST_BE_DELETED_BEFORE_DELETING_RESOURCE_LINK"
    assert redis.refused("DELETE") == blocked
    for principal in (first, second):
        redis.do("DELETE", f"{LINK}/principals", principal=principal["principal"])
    assert redis.refused("DELETE", f"{LINK}/principals", **second) == "PRIVATE_LINK_PRINCIPAL_NOT_FOUND"
    redis.sandbox.eventually(redis.link, lambda link: link["principals"] == [])
    assert "resourceEndpointScript" in redis.do("GET", f"{LINK}/endpoint-script")["resource"]
    redis.do("DELETE")
    redis.sandbox.eventually(redis.link, lambda link: link == {"links": []})


def test_what_aws_shows_of_it(redis: Client) -> None:
    link = redis.create(redis.account)
    lattice, ram = (redis.sandbox.boto(VENDOR, service) for service in ("vpc-lattice", "ram"))
    group = lattice.get_resource_configuration(resourceConfigurationIdentifier=link["resourceConfigurationId"])
    assert (group["type"], group["status"]) == ("GROUP", "ACTIVE")
    children = lattice.list_resource_configurations(resourceConfigurationGroupIdentifier=group["id"])["items"]
    assert {child["customDomainName"] for child in children} == {HOST, HOST.replace("redis-12000.", "")}
    (share,) = ram.get_resource_shares(resourceOwner="SELF", resourceShareArns=[link["shareArn"]])["resourceShares"]
    assert share["name"] == link["shareName"] == "redis"
    assert link["databases"] == [{"databaseId": 51, "port": 12000, "rlEndpoint": HOST}]
    assert link["principals"][0]["status"] == "associating"
    assert link["connections"] == []


def test_only_connections_as_they_are_told_can_be_ended(redis: Client) -> None:
    redis.create(redis.account)
    named = {"associationId": "rea-0123456789abcdef0", "type": "vpc_endpoint", "principalId": redis.account}
    path = f"{LINK}/connections/disassociate"
    assert redis.refused("POST", path, connections=[named]) == "PRIVATE_LINK_SERVICE_ERROR"


def test_faults_and_failing_tasks(redis: Client) -> None:
    redis.sandbox.fault("redis_cloud", "GetPrivateLink", "error", status=503, account=redis.account)
    assert redis.call("GET", LINK).status == 503
    redis.sandbox.fault("redis_cloud", "GetPrivateLink", "throttle", account=redis.account)
    assert redis.call("GET", LINK).status == 429
    redis.sandbox.redis_cloud_fails(redis.account, "GetPrivateLink", "PRIVATE_LINK_SERVICE_ERROR", description="No.")
    assert redis.do("GET")["error"]["description"] == "No."
    assert redis.do("GET")["resource"] == {"links": []}
    with pytest.raises(ControlError, match="no operation"):
        redis.sandbox.redis_cloud_fails(redis.account, "Nothing", "PRIVATE_LINK_SERVICE_ERROR")


def test_tasks_that_complete_and_do_nothing(redis: Client) -> None:
    """RedisLabs/terraform-provider-rediscloud#1014, read 2026-11: an organization is taken and not added."""
    redis.create(redis.account)
    organization = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
    path = f"{LINK}/principals"
    assert redis.do("POST", path, principal=organization, type="organization") == {"resourceId": redis.id}
    redis.sandbox.redis_cloud_fails(redis.account, "CreatePrivateLinkPrincipal")
    assert redis.do("POST", path, principal="222222222222", type="aws_account") == {"resourceId": redis.id}
    assert [principal["principal"] for principal in redis.link()["principals"]] == [redis.account]
    redis.do("POST", path, principal="222222222222", type="aws_account")
    assert len(redis.link()["principals"]) == 2


def test_a_reset_forgets_the_accounts() -> None:
    own = RunningSandbox()
    try:
        own.redis_cloud("1", account_key="key-1", secret_key="secret", subscriptions=[{"id": 10}])
        assert Client(own, "1").call("GET", "/tasks").status == 200
        own.reset()
        assert Client(own, "1").call("GET", "/tasks").status == 401
    finally:
        own.stop()
