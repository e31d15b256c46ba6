# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""redis_cloud_private_link and its twin against the sandbox: Redis Cloud's API, and AWS behind it."""

from __future__ import annotations

import json
import ssl
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import urls
from ansible_collections.saas.privatelink.plugins.module_utils._core import items as _items
from ansible_collections.saas.privatelink.plugins.module_utils._core import plan as _plan
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import PROGRESS
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import redis_cloud as api
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import redis_cloud_private_link as links

from tests.sandbox.client import RunningSandbox, SteppedTime

RunModule = Callable[..., dict[str, Any]]

SECRET = "not-to-be-shown"
HOST = "redis-12000.internal.c1.us-east-1-mz.ec2.cloud.rlrcp.com"
DATABASES = [{"databaseId": 51, "name": "sessions", "port": 12000, "host": HOST}]
MODULE, INFO = "redis_cloud_private_link", "redis_cloud_private_link_info"
OTHER = "222222222222"


@dataclass
class Cloud:
    """One account of Redis Cloud; ``account`` is our own in AWS. ``calls`` are those of the last run."""

    sandbox: RunningSandbox
    run_module: RunModule
    account: str
    calls: list[dict[str, Any]] = field(default_factory=list)
    meanwhile: Callable[[], Any] = lambda: None

    @property
    def subscription(self) -> int:
        return int(self.account[-8:]) * 2

    @property
    def active_active(self) -> int:
        return self.subscription + 1

    @property
    def name(self) -> str:
        return f"acme-{self.account}"

    @property
    def access(self) -> dict[str, Any]:
        key = f"key-of-{self.account}"
        return {"account_key": key, "secret_key": SECRET, "api_url": self.sandbox.redis_cloud_url}

    def ours(self, *others: str) -> list[dict[str, Any]]:
        return [{"principal": account} for account in (self.account, *others)]

    def run(self, check: bool = False, diff: bool = False, module: str = MODULE, **options: Any) -> dict[str, Any]:
        """Run a module: no writes in check mode, else exactly the writes it reports; secrets stay secret."""
        since = self.sandbox.last_call()
        waits = {} if module == INFO else {"wait_timeout": 10}
        result = self.run_module(module, {**self.access, **waits, **options}, check=check, diff=diff)
        self.calls = self.sandbox.calls(self.name, since=since)
        made = [call["operation"] for call in self.calls if call["kind"] == "write" and not call["error"]]
        said = [] if check else [name for item in result.get("results", []) for name in item["writes"]]
        assert [f"redis_cloud:{name}" for name in made] == said
        assert SECRET not in json.dumps(result)
        assert self.access["account_key"] not in json.dumps(result)
        return result

    def one(self, check: bool = False, **options: Any) -> dict[str, Any]:
        """One item, of the plain subscription unless told otherwise; its result, with ``diff`` and ``warnings``."""
        result = self.run(check, diff=True, **{"name": "sessions", "subscription_id": self.subscription, **options})
        found: dict[str, Any] = {**result["results"][0], "diff": result.get("diff")}
        found["warnings"] = str(result.get("warnings", ""))
        return found

    def change(self, writes: list[str], **options: Any) -> dict[str, Any]:
        """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
        predicted, real = self.one(True, **options), self.one(**options)
        assert predicted["writes"] == real["writes"] == writes, (predicted, real)
        assert not real["failed"], (predicted, real)
        assert predicted["diff"] == real["diff"]
        for check in (True, False):
            again = self.one(check, **options)
            assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
        return real

    def create(self, *others: str, **options: Any) -> dict[str, Any]:
        return self.one(share_name="sessions", principals=self.ours(*others), **options)

    def read(self, **which: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.run(module=INFO, **{"subscription_id": self.subscription, **which})[
            "private_links"
        ]
        return found

    def answer(self, how: str) -> None:
        """Our account answers the open invitation: ``accept`` or ``reject``."""
        ram = self.sandbox.boto(self.account, "ram")

        def invitations() -> list[Any]:
            pages = ram.get_paginator("get_resource_share_invitations").paginate()
            found = [invitation for page in pages for invitation in page["resourceShareInvitations"]]
            return [
                invitation["resourceShareInvitationArn"] for invitation in found if invitation["status"] == "PENDING"
            ]

        arn = self.sandbox.eventually(invitations, bool)[0]
        getattr(ram, f"{how}_resource_share_invitation")(resourceShareInvitationArn=arn)

    def connect(self, link: dict[str, Any], make_vpc: Callable[..., Any]) -> str:
        """Our account connects by a Resource endpoint; the answer is its id."""
        self.answer("accept")
        vpc, ec2 = make_vpc(self.account), self.sandbox.boto(self.account, "ec2")
        where = {"VpcId": vpc.id, "SubnetIds": list(vpc.subnets)}
        arn = link["resource_configuration_arn"]

        def made() -> str:
            try:
                answer = ec2.create_vpc_endpoint(VpcEndpointType="Resource", ResourceConfigurationArn=arn, **where)
            except ec2.exceptions.ClientError as error:  # the share is not visible yet
                return "" if "NotFound" in str(error) or "denied" in str(error).lower() else str(error)
            return str(answer["VpcEndpoint"]["VpcEndpointId"])

        return self.sandbox.eventually(made, bool)


def link(**fields: Any) -> links.Actual:
    """A link as the API might tell it, parsed."""
    return links.Actual.parse({"status": "active", "shareName": "sessions", **fields})


CONNECTIONS = [
    {"associationId": f"rea-{number}", "connectionId": f"vpce-{number}", "type": "any", "ownerId": OTHER}
    for number in (1, 2)
]


def test_connections_on_their_way_out_are_waited_for_and_not_ended_again() -> None:
    ending = link(connections=CONNECTIONS)
    item = links.PrivateLink("a", 1, disassociate=["vpce-1", "vpce-2"])
    (change,) = links.plan_present(item, ending).changes
    told = [
        (connection["associationId"], connection["principalId"]) for connection in change.params["body"]["connections"]
    ]
    assert told == [("rea-1", OTHER), ("rea-2", OTHER)]
    ending.ended = frozenset({"rea-1", "rea-2"})
    plan = links.plan_present(item, ending)
    assert plan.changes == []
    assert "vpce-1" in plan.waiting
    assert plan.poll
    absent = links.plan_absent(links.PrivateLink("a", 1, state="absent"), ending)
    assert [(change.action, change.after) for change in absent.changes] == [(links.DELETE, "its connections to end")]
    ending.ended = frozenset({"rea-1"})
    (change,) = links.plan_present(item, ending).changes
    assert [connection["associationId"] for connection in change.params["body"]["connections"]] == ["rea-2"]


def test_steps_of_the_removal_wait_for_each_other() -> None:
    everything = link(connections=CONNECTIONS, principals=[{"principal": OTHER, "status": "associated"}])
    item = links.PrivateLink("a", 1, state="absent", purge_principals=True, on_connections="disassociate")
    changes = links.plan_absent(item, everything).changes
    assert [(change.action, change.after) for change in changes] == [
        (links.DISASSOCIATE, ""),
        (links.REMOVE, "its connections to end"),
        (links.DELETE, "its connections to end"),
    ]
    everything.connections = []
    changes = links.plan_absent(item, everything).changes
    assert [(change.action, change.after) for change in changes] == [
        (links.REMOVE, ""),
        (links.DELETE, "its principals to be gone"),
    ]


def test_what_can_be_done_now_is_not_held_up() -> None:
    leaving = link(principals=[{"principal": OTHER, "status": "disassociating"}])
    item = links.PrivateLink(
        "a", 1, principals=[{"principal": account, "type": "aws_account"} for account in (OTHER, "3" * 12)]
    )
    changes = links.plan_present(item, leaving).changes
    assert [(change.params["body"]["principal"], change.after) for change in changes] == [
        ("3" * 12, ""),
        (OTHER, f"{OTHER} to be removed"),
    ]


def test_what_the_api_may_say_otherwise() -> None:
    databases = [{"databaseId": 1, "rlEndpoint": "a.example.com:12000"}, {"databaseId": 2, "port": 12001}]
    assert link(databases=databases).databases == [
        {"database_id": 1, "host": "a.example.com", "port": 12000},
        {"database_id": 2, "host": "", "port": 12001},
    ]
    item = links.PrivateLink("a", 1)
    assert links.plan_present(item, link(status="received")).waiting == "the private link to be active (received)"
    with pytest.raises(ItemError, match="is failed: no room"):
        links.plan_present(item, link(status="failed", errorMessage="no room"))


@pytest.fixture
def cloud(
    sandbox: RunningSandbox,
    account: str,
    run_module: RunModule,
    stepped: SteppedTime,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cloud]:
    made = Cloud(sandbox, run_module, account)
    plain = {"id": made.subscription, "region": "us-east-1", "databases": DATABASES}
    regions = {"1": "us-east-1", "2": "eu-west-1"}
    both = {"id": made.active_active, "regions": regions, "databases": DATABASES}
    keys = {"account_key": made.access["account_key"], "secret_key": SECRET}
    sandbox.redis_cloud(made.name, **keys, subscriptions=[plain, both])
    usual = {state: lag["seconds"] for state, lag in sandbox.lag().items() if state.startswith("redis_cloud")}
    sandbox.lag(default=0.02, **{state: min(seconds, 0.02) for state, seconds in usual.items()})

    def waits(line: str) -> None:
        happens, made.meanwhile = made.meanwhile, lambda: None
        happens()

    def quick(**options: Any) -> _plan.Options:
        return _plan.Options(**{**options, "poll": 0.03, "settle": 1.0, "progress": waits})

    monkeypatch.setattr(_items, "Options", quick)
    monkeypatch.setattr(api, "FIRST_POLL", 0.02)
    monkeypatch.setattr(api, "LONGEST_POLL", 0.1)
    monkeypatch.setattr(api, "BUCKET", ("redis_cloud", 1000.0, 1000.0))
    yield made
    sandbox.clear_faults()
    sandbox.lag(default=0.1, **usual)
    sandbox.control("POST", "redis_cloud/rate", per_minute=400)


def test_create_share_and_remove(cloud: Cloud) -> None:
    options: dict[str, Any] = {"share_name": "sessions", "principals": cloud.ours(OTHER)}
    made = cloud.change([links.CREATE, links.ADD], **options)
    assert made["status"] == "active"
    assert made["share_name"] == "sessions"
    assert not made["connections"]
    assert [principal["principal"] for principal in made["principals"]] == [cloud.account, OTHER]
    assert {principal["status"] for principal in made["principals"]} == {"associating"}
    assert made["waiting"] == f"{cloud.account}, {OTHER} to accept the share in AWS"
    assert made["databases"] == [{"database_id": 51, "host": HOST, "port": 12000}]
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["share_name"] == "sessions"
    cloud.answer("accept")
    cloud.sandbox.eventually(
        lambda: cloud.one(**options)["principals"][0]["status"], lambda status: bool(status == "associated")
    )
    (found,) = cloud.read()
    assert {name: made[name] for name in found if name != "principals"} | {"principals": found["principals"]} == found
    gone = cloud.change([links.REMOVE, links.REMOVE, links.DELETE], state="absent", principals=cloud.ours(OTHER))
    assert gone["status"] == "absent"
    assert cloud.read() == []


def test_regions_of_an_active_active_subscription(cloud: Cloud) -> None:
    share = {"subscription_id": cloud.active_active, "share_name": "carts", "principals": cloud.ours()}
    result = cloud.run(private_links=[{"name": f"carts-{number}", "region_id": number, **share} for number in (1, 2)])
    assert [item["writes"] for item in result["results"]] == [[links.CREATE]] * 2
    assert [item["share_arn"].split(":")[3] for item in result["results"]] == ["us-east-1", "eu-west-1"]
    found = cloud.run(module=INFO, private_links=[{"subscription_id": cloud.active_active, "region_id": 2}])[
        "private_links"
    ]
    assert [link["region_id"] for link in found] == [2]
    without = cloud.one(subscription_id=cloud.active_active, share_name="carts", principals=cloud.ours())
    assert without["failed"]
    assert "region_id for an Active-Active one" in without["msg"]


def test_principals_are_compared_by_value_and_never_added_again(cloud: Cloud) -> None:
    cloud.create(OTHER)
    arn = {"principal": f"arn:aws:iam::{OTHER}:root", "alias": "theirs"}
    same = cloud.one(principals=[arn])
    assert same["writes"] == []
    assert "which Redis Cloud cannot change" in same["warnings"]
    added = cloud.change([links.ADD], principals=[{"principal": "333333333333", "alias": "third"}])
    assert [principal["alias"] for principal in added["principals"]] == [None, None, "third"]
    role = {"principal": f"arn:aws:iam::{OTHER}:role/reader", "type": "iam_role"}
    swapped = cloud.change(
        [links.ADD, links.REMOVE, links.REMOVE], principals=[*cloud.ours(), role], purge_principals=True
    )
    assert [principal["principal"] for principal in swapped["principals"]] == [cloud.account, role["principal"]]
    emptied = cloud.change([links.REMOVE, links.REMOVE], principals=[], purge_principals=True)
    assert emptied["principals"] == []
    assert emptied["status"] == "active"


def test_a_principal_that_is_on_its_way_out_is_added_again_once_it_is_gone(cloud: Cloud) -> None:
    cloud.create()
    cloud.sandbox.lag(**{"redis_cloud_principal.disassociating": 0.6})
    cloud.one(principals=[], purge_principals=True, wait=False)
    again = cloud.one(principals=cloud.ours())
    assert again["writes"] == [links.ADD], again
    assert again["principals"][0]["status"] == "associating", again


def test_an_invitation_that_was_rejected(cloud: Cloud) -> None:
    cloud.create()
    cloud.answer("reject")
    cloud.sandbox.eventually(
        lambda: cloud.read()[0]["principals"][0]["status"], lambda status: bool(status == "failed")
    )
    refused = cloud.one(principals=cloud.ours())
    assert refused["failed"]
    assert "run once with purge_principals and without this principal" in refused["msg"]
    cloud.change([links.REMOVE], principals=[], purge_principals=True)
    cloud.change([links.ADD], principals=cloud.ours())
    cloud.answer("accept")


def test_disassociate_and_absent_with_connections(cloud: Cloud, make_vpc: Callable[..., Any]) -> None:
    made = cloud.create()
    endpoint = cloud.connect(made, make_vpc)
    (connection,) = cloud.sandbox.eventually(lambda: cloud.read()[0]["connections"], bool)
    assert connection["connection_id"] == endpoint
    assert connection["owner_id"] == cloud.account
    assert cloud.one(disassociate=["vpce-0123456789abcdef0"])["writes"] == []
    refused = cloud.one(state="absent", principals=cloud.ours())
    assert refused["failed"]
    assert f"still has connections: {endpoint} of account {cloud.account}" in refused["msg"]
    removed = {"state": "absent", "principals": cloud.ours(), "on_connections": "disassociate"}
    predicted = cloud.one(True, **removed)
    assert predicted["writes"] == [links.DISASSOCIATE, links.REMOVE, links.DELETE]
    ended = cloud.change([links.DISASSOCIATE], disassociate=[endpoint])
    assert ended["connections"] == []
    assert ended["diff"][0]["before"]["connections"]
    assert not ended["diff"][0]["after"]["connections"]
    cloud.change([links.REMOVE, links.DELETE], **removed)


def test_absent_all_at_once(cloud: Cloud, make_vpc: Callable[..., Any]) -> None:
    made = cloud.create(OTHER)
    cloud.connect(made, make_vpc)
    cloud.sandbox.eventually(lambda: cloud.read()[0]["connections"], bool)
    refused = cloud.one(state="absent", principals=cloud.ours())
    assert refused["failed"]
    assert f"shared with others: {OTHER}" in refused["msg"]
    left = cloud.change([links.REMOVE], state="absent", principals=cloud.ours(), on_other_principals="keep")
    assert left["connections"]
    cloud.sandbox.eventually(
        lambda: [principal["principal"] for principal in cloud.read()[0]["principals"]], lambda found: found == [OTHER]
    )
    writes = [links.DISASSOCIATE, links.REMOVE, links.DELETE]
    gone = cloud.change(writes, state="absent", purge_principals=True, on_connections="disassociate")
    assert gone["status"] == "absent"


def test_service_networks_are_connections_too(cloud: Cloud) -> None:
    made = cloud.create()
    cloud.answer("accept")
    lattice = cloud.sandbox.boto(cloud.account, "vpc-lattice")
    network = lattice.create_service_network(name="redis")["id"]

    def associated() -> str:
        try:
            answer = lattice.create_service_network_resource_association(
                resourceConfigurationIdentifier=made["resource_configuration_arn"], serviceNetworkIdentifier=network
            )
        except lattice.exceptions.ClientError as error:
            return "" if "NotFound" in str(error) or "AccessDenied" in str(error) else str(error)
        return str(answer["id"])

    association = cloud.sandbox.eventually(associated, bool)
    (connection,) = cloud.sandbox.eventually(lambda: cloud.read()[0]["connections"], bool)
    assert (connection["association_id"], connection["connection_id"]) == (association, network)
    assert cloud.change([links.DISASSOCIATE], disassociate=[association])["connections"] == []


def test_nothing_to_disassociate_where_there_is_no_link(cloud: Cloud) -> None:
    for check in (True, False):
        result = cloud.one(check, disassociate=["vpce-0123456789abcdef0"])
        assert not result["failed"]
        assert result["writes"] == []
        assert result["status"] == "absent"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"subscription_id": None}, "Give subscription_id"),
        ({"share_name": "s" * 65}, "1 to 64 characters, not 65"),
        ({"share_name": ""}, "1 to 64 characters, not 0"),
        ({"principals": [{"principal": "1234"}]}, "Not an account id of 12 digits: '1234'"),
        ({"principals": [{"principal": OTHER}, {"principal": f"arn:aws:iam::{OTHER}:root"}]}, "listed twice"),
        ({}, "To create it give share_name and principals"),
        ({"share_name": "sessions"}, "To create it give share_name and principals"),
        ({"subscription_id": 999}, "no such Pro subscription"),
        ({"region_id": 1, "share_name": "s", "principals": [{"principal": OTHER}]}, "no such region"),
        ({"share_name": "s", "principals": [{"principal": "733373337333"}]}, "CANNOT_BE_OWNER_ACCOUNT"),
        ({"share_name": "s", "principals": [{"principal": "nonsense", "type": "iam_role"}]}, "INVALID_PRINCIPLE"),
    ],
)
def test_what_cannot_be(cloud: Cloud, options: dict[str, Any], says: str) -> None:
    result = cloud.one(**options)
    assert result["failed"], result["msg"]
    assert says in result["msg"], result["msg"]


def test_a_share_cannot_be_renamed(cloud: Cloud) -> None:
    cloud.create()
    for check in (True, False):
        result = cloud.one(check, share_name="else")
        assert result["failed"]
        assert "cannot be renamed to 'else'" in result["msg"]
        assert "state=absent" in result["msg"]


def test_one_whose_share_has_another_name_is_not_removed(cloud: Cloud) -> None:
    cloud.create()
    for check in (True, False):
        result = cloud.one(check, state="absent", share_name="else", principals=cloud.ours())
        assert (result["failed"], result["writes"]) == (True, [])
        assert "is named 'sessions', not 'else'" in result["msg"]
    assert cloud.one(state="absent", share_name="sessions", principals=cloud.ours())["writes"] != []


def test_one_private_link_has_one_item(cloud: Cloud) -> None:
    item = {"subscription_id": cloud.subscription, "share_name": "sessions", "principals": cloud.ours()}
    result = cloud.run(private_links=[{"name": "a", **item}, {"name": "b", **item}], on_item_failure="report")
    assert result["failed_items"] == ["b"]
    assert "a is the same private link" in result["results"][1]["msg"]
    assert result["results"][0]["writes"] == [links.CREATE]


@pytest.mark.parametrize("module", [MODULE, INFO])
def test_keys(cloud: Cloud, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    which: dict[str, Any] = {"subscription_id": cloud.subscription} | ({"name": "a"} if module == MODULE else {})
    for name in ("REDISCLOUD_ACCESS_KEY", "REDISCLOUD_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    missing = cloud.run(module=module, **which, secret_key=None)
    assert missing["failed"]
    assert "REDISCLOUD_SECRET_KEY" in missing["msg"]
    wrong = cloud.run(module=module, **which, secret_key="wrong-secret")
    assert wrong["failed"]
    assert "401" in wrong["msg"]
    assert "REDISCLOUD_ACCESS_KEY" in wrong["msg"]
    assert "wrong-secret" not in json.dumps(wrong)
    broken = cloud.run(module=module, **which, secret_key="line\nbreak-in-it")
    assert broken["failed"]
    assert "secret_key holds" in broken["msg"]
    assert "break-in-it" not in json.dumps(broken)
    for option, name in (("account_key", "ACCESS_KEY"), ("secret_key", "SECRET_KEY"), ("api_url", "URL")):
        monkeypatch.setenv(f"REDISCLOUD_{name}", cloud.access[option])
    told = cloud.run_module(module, which)
    assert "To create it" in told["msg"] if module == MODULE else told["private_links"] == []


@pytest.mark.parametrize(
    ("reason", "times"), [(OSError("nobody is there"), api.TRIES), (ssl.SSLError("not its certificate"), 1)]
)
def test_no_answer_at_all(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, reason: OSError, times: int) -> None:
    tries: list[str] = []

    def refuses(requests: urls.Request, method: str, url: str, **options: Any) -> Any:
        tries.append(url)
        raise urllib.error.URLError(reason)

    monkeypatch.setattr(urls.Request, "open", refuses)
    nobody = cloud.one()
    assert nobody["failed"]
    assert f"no answer from {cloud.access['api_url']}: <urlopen error" in nobody["msg"]
    assert len(tries) == times


def test_no_requests_without_items_and_none_to_somewhere_else(cloud: Cloud) -> None:
    assert cloud.run(api_url="http://127.0.0.1:9/v1", private_links=[])["results"] == []
    wrong_place = cloud.one(api_url=f"{cloud.sandbox.url}/_sandbox")
    assert wrong_place["failed"]
    assert "404" in wrong_place["msg"]


@pytest.mark.parametrize("operation", ["GetPrivateLink", "CreatePrivateLink", "GetTask"])
def test_throttled_calls_are_repeated(cloud: Cloud, operation: str) -> None:
    cloud.sandbox.fault("redis_cloud", operation, "throttle", account=cloud.name, times=2)
    assert cloud.create()["writes"] == [links.CREATE]
    assert [call["error"] for call in cloud.calls if call["operation"] == operation][:2] == ["429", "429"]


def test_the_rate_limit_itself(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is asked for again until a new minute has begun, and then the next one."""
    cloud.sandbox.control("POST", "redis_cloud/rate", per_minute=3)
    monkeypatch.setattr(api, "LONGEST_POLL", 30.0)
    assert cloud.create(wait_timeout=600)["writes"] == [links.CREATE]
    assert "429" in [call["error"] for call in cloud.calls]


def test_the_pace_stays_below_the_limit() -> None:
    dummy, at_once, a_second = api.BUCKET
    assert at_once + 60 * a_second <= 400


@pytest.mark.parametrize("kind", ["error", "drop", "timeout"])
@pytest.mark.parametrize("operation", ["GetPrivateLink", "GetTask"])
def test_reads_are_repeated(cloud: Cloud, operation: str, kind: str) -> None:
    fields = {"delay": 0.05} if kind == "timeout" else {"status": 503} if kind == "error" else {}
    cloud.sandbox.fault("redis_cloud", operation, kind, account=cloud.name, times=2, **fields)
    assert not cloud.create()["failed"]


@pytest.mark.parametrize("performed", [True, False])
def test_a_write_without_an_answer_is_not_repeated_blindly(cloud: Cloud, performed: bool) -> None:
    cloud.sandbox.fault("redis_cloud", "CreatePrivateLink", "drop", account=cloud.name, performed=performed)
    lost = cloud.run_module(
        MODULE,
        {
            **cloud.access,
            "name": "a",
            "subscription_id": cloud.subscription,
            "share_name": "s",
            "principals": cloud.ours(),
        },
    )
    assert lost["failed"]
    assert "run again, which looks first" in lost["msg"]
    assert SECRET not in json.dumps(lost)
    assert cloud.create(**{})["failed"] is performed  # the share that was made has another name
    assert len(cloud.read()) == 1


def test_denied(cloud: Cloud) -> None:
    cloud.sandbox.fault("redis_cloud", "GetPrivateLink", "deny", account=cloud.name)
    result = cloud.one()
    assert result["failed"]
    assert "403" in result["msg"]
    assert "owner or manager" in result["msg"]


def test_a_task_that_fails_says_why(cloud: Cloud) -> None:
    cloud.sandbox.redis_cloud_fails(
        cloud.name, "CreatePrivateLink", "PRIVATE_LINK_SERVICE_ERROR", description="The moon is not right"
    )
    failed = cloud.create()
    assert failed["failed"]
    assert "PRIVATE_LINK_SERVICE_ERROR: The moon is not right" in failed["msg"]
    assert failed["writes"] == []
    assert cloud.create()["writes"] == [links.CREATE]


def test_what_is_taken_and_not_added_is_told(cloud: Cloud) -> None:
    cloud.create()
    organization = "arn:aws:organizations::111111111111:organization/o-abcdefghij"
    principals = [*cloud.ours(), {"principal": organization, "type": "organization"}]
    for dummy in range(2):
        result = cloud.one(subscription_id=cloud.subscription, principals=principals)
        assert (result["failed"], result["writes"]) == (False, [links.ADD])
        assert result["unshown"] == [f"{organization} in subscription {cloud.subscription}"]
    assert cloud.one(subscription_id=cloud.subscription, principals=cloud.ours())["unshown"] == []


def test_what_was_left_half_done_is_finished_by_the_next_run(cloud: Cloud) -> None:
    cloud.sandbox.redis_cloud_fails(cloud.name, "CreatePrivateLinkPrincipal", "PRIVATE_LINK_SERVICE_ERROR")
    failed = cloud.create(OTHER)
    assert failed["failed"]
    assert failed["writes"] == [links.CREATE]
    assert cloud.create(OTHER)["writes"] == [links.ADD]


def test_a_long_task_is_told_of(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = tmp_path / "progress"
    monkeypatch.setenv(PROGRESS, str(lines))
    cloud.sandbox.lag(**{"redis_cloud_task.processing": 2})
    cloud.create()
    told = f"create in subscription {cloud.subscription}: {links.CREATE} is processing-in-progress"
    assert told in lines.read_text(encoding="utf-8").splitlines()


def test_what_somebody_else_has_done_already_is_done(cloud: Cloud) -> None:
    code = "PRIVATE_LINK_PRINCIPAL_ALREADY_EXISTS"
    cloud.create()
    cloud.sandbox.redis_cloud_fails(cloud.name, "CreatePrivateLinkPrincipal", code)
    since = cloud.sandbox.last_call()
    options = {"name": "a", "subscription_id": cloud.subscription, "principals": cloud.ours(OTHER), "wait": False}
    result = cloud.run_module(MODULE, {**cloud.access, **options})
    assert not result.get("failed")
    assert result["results"][0]["writes"] == [links.ADD]
    assert [call["error"] for call in cloud.sandbox.calls(cloud.name, since=since) if call["kind"] == "write"] == [code]


@pytest.mark.parametrize("operation", ["CreatePrivateLinkPrincipal", "DeletePrivateLinkPrincipal"])
def test_a_link_that_is_deleted_half_way(cloud: Cloud, operation: str) -> None:
    cloud.create()
    cloud.sandbox.redis_cloud_fails(cloud.name, operation, "PRIVATE_LINK_NOT_FOUND")
    options = {"principals": [{"principal": OTHER}], "purge_principals": True}
    since = cloud.sandbox.last_call()
    given = {"name": "a", "subscription_id": cloud.subscription, "wait_timeout": 5, **options}
    result = cloud.run_module(MODULE, {**cloud.access, **given})["results"][0]
    errors = [call["error"] for call in cloud.sandbox.calls(cloud.name, since=since) if call["kind"] == "write"]
    assert "PRIVATE_LINK_NOT_FOUND" in errors
    if operation == "CreatePrivateLinkPrincipal":
        assert result["failed"]
        assert "run again to make it anew" in result["msg"]


def test_a_link_that_vanishes_while_we_wait(cloud: Cloud) -> None:
    cloud.sandbox.lag(**{"redis_cloud_link.initializing": 60})
    cloud.meanwhile = lambda: cloud.sandbox.redis_cloud_link_vanishes(cloud.name, cloud.subscription)
    result = cloud.create()
    assert result["failed"]
    assert "was deleted during this run" in result["msg"]
    assert result["writes"] == [links.CREATE]


def test_waits_end(cloud: Cloud) -> None:
    cloud.sandbox.lag(**{"redis_cloud_link.initializing": 60})
    left = cloud.create(OTHER, wait=False)
    assert left["writes"] == [links.CREATE]
    assert left["waiting"] == "the private link to be active (initializing)"
    removed = cloud.one(state="absent", purge_principals=True, wait=False)
    assert removed["writes"] == []
    assert removed["waiting"] == "the private link to be ready"
    assert cloud.one(True, state="absent", purge_principals=True)["writes"] == [links.REMOVE, links.DELETE]


def test_a_new_link_that_reads_do_not_show_yet_is_not_made_twice(cloud: Cloud) -> None:
    cloud.sandbox.lag(**{"redis_cloud_link.unseen": 0.4})
    made = cloud.create(OTHER)
    assert made["writes"] == [links.CREATE, links.ADD]
    assert made["status"] == "active"


def test_a_link_that_is_being_deleted_is_made_anew(cloud: Cloud) -> None:
    cloud.create()
    cloud.sandbox.lag(**{"redis_cloud_link.deleting": 2.0})
    gone: dict[str, Any] = {"state": "absent", "purge_principals": True, "wait": False}
    cloud.sandbox.eventually(lambda: cloud.one(**gone), lambda link: bool(link["status"] == "deleting"))
    assert cloud.one(**gone)["waiting"] == "the private link to be gone"
    assert cloud.create(OTHER)["writes"] == [links.CREATE, links.ADD]


def test_a_young_task_is_not_known_yet_but_not_for_ever(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.sandbox.lag(**{"redis_cloud_task.unseen": 0.5})
    monkeypatch.setattr(api, "FIRST_POLL", 0.1)
    monkeypatch.setattr(api, "LONGEST_POLL", 0.5)
    assert not cloud.create()["failed"]
    assert "404" in [call["error"] for call in cloud.calls if call["operation"] == "GetTask"]
    cloud.sandbox.lag(**{"redis_cloud_task.unseen": 60})
    lost = cloud.one()
    assert lost["failed"]
    assert "does not know its own task" in lost["msg"]
    assert "Run again" in lost["msg"]
    assert [call["error"] for call in cloud.calls if call["operation"] == "GetTask"] == ["404"] * (api.UNSEEN + 1)


def test_absent_may_be_told_by_an_error(cloud: Cloud) -> None:
    keys = {"account_key": f"other-{cloud.account}", "secret_key": SECRET}
    cloud.sandbox.redis_cloud(f"other-{cloud.account}", **keys, subscriptions=[{"id": 7}], absent="error")
    result = cloud.run_module(INFO, {**cloud.access, **keys, "subscription_id": 7})
    assert result["private_links"] == []


def test_many_reads_cost_no_more_turns_than_tasks(cloud: Cloud) -> None:
    """All reads are started before the first is waited for, and changes of an account never overlap."""
    items = [{"name": f"n{number}", "subscription_id": cloud.active_active, "region_id": number} for number in (1, 2)]
    cloud.run(private_links=[{**item, "share_name": "s", "principals": cloud.ours()} for item in items])
    order = [call["operation"] for call in cloud.calls if call["operation"] != "GetTask"]
    assert order[:4] == ["GetPrivateLink", "GetPrivateLink", "CreatePrivateLink", "CreatePrivateLink"]
    first, second = [call["n"] for call in cloud.calls if call["operation"] == "CreatePrivateLink"]
    assert [call for call in cloud.calls if first < call["n"] < second and call["operation"] == "GetTask"]


def test_a_principal_that_left_by_itself_is_removed_before_all_else() -> None:
    """It is listed until then, and neither could it be shared with again nor the private link be removed."""
    known = links.Principal("111111111111", "aws_account", status="disassociated")
    left = links.Actual(status="active", share_name="s", principals=[known])
    ours = [{"principal": "111111111111", "type": "aws_account"}]
    back = links.plan_present(links.PrivateLink("a", 1, principals=ours), left)
    assert [change.action for change in back.changes] == [links.REMOVE, links.ADD]
    gone = links.plan_absent(links.PrivateLink("a", 1, principals=ours, state="absent"), left)
    assert [change.action for change in gone.changes] == [links.REMOVE, links.DELETE]
    assert gone.changes[1].after
    left.removed = frozenset(["111111111111"])
    gone = links.plan_absent(links.PrivateLink("a", 1, principals=ours, state="absent"), left)
    assert [(change.action, change.after) for change in gone.changes] == [(links.DELETE, "")]


@pytest.mark.parametrize("ending", [{"state": "absent"}, {"disassociate": ["vpce-0123456789abcdef0"]}], ids=str)
def test_nothing_is_left_to_end_of_a_subscription_that_is_gone(cloud: Cloud, ending: dict[str, Any]) -> None:
    result = cloud.one(subscription_id=999, **ending)
    assert (result["failed"], result["writes"]) == (False, [])
    assert "no such Pro subscription" in result["warnings"]
