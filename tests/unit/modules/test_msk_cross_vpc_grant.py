# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""msk_cross_vpc_grant and its info module against the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import msk
from ansible_collections.saas.privatelink.plugins.module_utils._aws.msk_cross_vpc_grant import (
    CONNECT,
    DELETE,
    PUT,
    REJECT,
    MskGrant,
    MskGrants,
    require_possible,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import MOST_OVERTAKEN

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

MODULE = "msk_cross_vpc_grant"
VENDOR, OTHER = "834469178297", "565502421330"
ID = "8f5c2a1e-0000-4000-8000-000000000001-1"
HOURS = 7200.0
STATES = ("msk_operation.UPDATE_IN_PROGRESS", "msk_vpc_connection.CREATING")


class Killed(BaseException):
    """Somebody has ended the process."""


class Bench:
    """One account with a cluster, on which the module runs. Connectivity takes hours, a VPC connection a minute."""

    def __init__(self, estate: Estate) -> None:
        self.estate, self.sandbox = estate, estate.sandbox
        self.arn = f"arn:aws:kafka:us-east-1:{estate.account}:cluster/orders/{ID}"
        self.kafka = estate.boto(estate.account, "kafka")
        self.sandbox.lag(**{STATES[0]: HOURS, STATES[1]: 60.0})

    def cluster(self, **fields: Any) -> None:
        seed = [{"name": "orders", "id": ID, **fields}]
        self.sandbox.seed({"accounts": {self.estate.account: {"us-east-1": {"msk_clusters": seed}}}})

    def item(self, **options: Any) -> dict[str, Any]:
        return {"name": "orders", "cluster_arn": self.arn, "account": VENDOR, **options}

    def run(self, **options: Any) -> dict[str, Any]:
        """Run the module; the answer is the module's."""
        result: dict[str, Any] = self.estate.run(MODULE, **{"environment_name": "prod", "diff": True, **options})
        return result

    def one(self, **options: Any) -> dict[str, Any]:
        """Run the module on one item; its result."""
        result: dict[str, Any] = self.run(**self.item(**options))["results"][0]
        assert not result["failed"], result["msg"]
        return result

    def absent(self, **options: Any) -> dict[str, Any]:
        return self.one(state="absent", **{"on_connections": "reject", **options})

    def change(self, writes: list[str], **options: Any) -> dict[str, Any]:
        """Check and run, each twice: check mode predicts the writes and the diff, the second time there are none."""
        wished = {"state": "absent", "on_connections": "reject", **options} if "state" in options else options
        for expected in (writes, []):
            predicted = self.run(check=True, **self.item(**wished))
            real = self.run(**self.item(**wished))
            assert predicted["results"][0]["writes"] == real["results"][0]["writes"] == expected, real
            assert predicted["diff"] == real["diff"]
        return dict(real["results"][0])

    def policy(self) -> list[dict[str, Any]]:
        """The statements of the policy by an independent read."""
        try:
            return list(json.loads(self.kafka.get_cluster_policy(ClusterArn=self.arn)["Policy"])["Statement"])
        except self.kafka.exceptions.NotFoundException:
            return []

    def sids(self) -> list[str]:
        return [statement.get("Sid", "") for statement in self.policy()]

    def put(self, *statements: dict[str, Any]) -> list[dict[str, Any]]:
        """What somebody else writes; the answer is what MSK makes of it."""
        version = {"CurrentVersion": self.version()} if self.policy() else {}
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        self.kafka.put_cluster_policy(ClusterArn=self.arn, Policy=document, **version)
        return self.policy()

    def version(self) -> str:
        return str(self.kafka.get_cluster_policy(ClusterArn=self.arn)["CurrentVersion"])

    def allow(self, account: str = VENDOR, sid: str = "Theirs", **changes: Any) -> dict[str, Any]:
        """A statement of somebody else."""
        allow = {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": [account]}, "Action": ["kafka:*"]}
        return {**allow, "Resource": self.arn, **changes}

    def connect(self, account: str = VENDOR, lasts: float = 61.0) -> str:
        """An account makes a VPC connection; its ARN."""
        made = self.sandbox.msk_connection(self.arn, account=account)
        self.sandbox.step(lasts)
        return str(made["VpcConnectionArn"])

    def states(self) -> dict[str, str]:
        """The states of VPC connections by owner."""
        rows = self.kafka.list_client_vpc_connections(ClusterArn=self.arn)["ClientVpcConnections"]
        return {row["Owner"]: row["State"] for row in rows}

    def switch(self, **schemes: bool) -> None:
        """Somebody else changes multi-VPC connectivity, and hours pass."""
        info = self.kafka.describe_cluster_v2(ClusterArn=self.arn)["ClusterInfo"]
        wanted = {"VpcConnectivity": {"ClientAuthentication": msk.switches([s for s, on in schemes.items() if on])}}
        self.kafka.update_connectivity(
            ClusterArn=self.arn, CurrentVersion=info["CurrentVersion"], ConnectivityInfo=wanted
        )
        self.sandbox.step(HOURS + 10)

    def multi_vpc(self) -> set[str]:
        info = self.kafka.describe_cluster_v2(ClusterArn=self.arn)["ClusterInfo"]
        return set(msk.Cluster.of(info).multi_vpc)


@pytest.fixture
def bench(estate: Estate) -> Iterator[Bench]:
    yield Bench(estate)
    estate.sandbox.lag(**dict.fromkeys(STATES, 0.1))


@pytest.fixture
def ready(bench: Bench) -> Bench:
    """A cluster whose connectivity is on."""
    bench.cluster(multi_vpc=["iam"])
    return bench


def test_from_nothing_to_connected_over_hours(bench: Bench) -> None:
    """No run waits for MSK; each goes on from where the last one ended."""
    bench.cluster()
    predicted = bench.run(check=True, **bench.item())
    assert predicted["results"][0]["writes"] == [CONNECT, PUT]
    began = bench.run(**bench.item())
    assert began["diff"] == predicted["diff"]
    assert began["results"][0]["writes"] == [CONNECT]
    assert bench.estate.count("DescribeClusterV2") == 3  # to plan, before the write, and after it
    until = "MSK cluster orders (UPDATING) to be ACTIVE, which may take hours; run again then"
    assert began["results"][0]["waiting"] == until
    assert bench.change([])["waiting"] == until
    bench.sandbox.step(HOURS + 10)
    result = bench.change([PUT])
    (statement,) = bench.policy()
    assert statement == {
        "Sid": result["sid"],
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{VENDOR}:root"},
        "Action": [
            "kafka:CreateVpcConnection",
            "kafka:GetBootstrapBrokers",
            "kafka:DescribeCluster",
            "kafka:DescribeClusterV2",
        ],
        "Resource": bench.arn,
    }
    assert (result["waiting"], result["endpoint_count"], result["multi_vpc"]) == ("", 0, ["iam"])
    assert result["bootstrap_servers"].count(":14001") == 1
    link = bench.connect(lasts=0.0)
    assert bench.one()["waiting"] == f"{link} to be AVAILABLE"
    bench.sandbox.step(61)
    result = bench.one()
    assert (result["waiting"], result["endpoint_count"], result["untold_operation"]) == ("", 1, "")
    assert result["vpc_connections"][0]["owner"] == VENDOR


def test_what_is_there_stays(bench: Bench) -> None:
    """Schemes of others stay on, and their statements to the letter."""
    bench.cluster(schemes=["iam", "scram"], multi_vpc=["scram"])
    theirs = bench.put(bench.allow(OTHER), bench.allow(OTHER, "", Effect="Deny", Action="kafka:Get*"))
    bench.one()
    bench.sandbox.step(HOURS + 10)
    bench.change([PUT])
    assert bench.multi_vpc() == {"iam", "scram"}
    assert bench.policy()[:-1] == theirs
    bench.change([PUT], state="absent")
    assert bench.policy() == theirs


def test_the_last_statement_takes_the_policy_along(ready: Bench) -> None:
    ready.change([PUT])
    assert ready.change([DELETE], state="absent")["statement"] == {}
    assert ready.policy() == []


def test_what_was_changed_by_hand_is_put_right(ready: Bench) -> None:
    sid = ready.one()["sid"]
    ready.put(ready.allow(sid=sid, Principal="*"), ready.allow(OTHER))
    result = ready.run(**ready.item())
    assert result["diff"][0]["before"]["statement"]["Principal"] == "*"
    assert ready.sids() == [sid, "Theirs"]
    assert ready.change([])["statement"]["Principal"] == {"AWS": f"arn:aws:iam::{VENDOR}:root"}
    ready.put(ready.allow(sid=sid, Effect="Deny"))
    for state in ("present", "absent"):
        assert "is not one of ours: it has the effect Deny. It was not" in ready.run(**ready.item(state=state))["msg"]


def test_a_denial_of_others_is_told(ready: Bench) -> None:
    ready.put(ready.allow("*", "Shut", Effect="Deny", Action="kafka:CreateVpc*"))
    result = ready.run(**ready.item())
    assert result["results"][0]["shut_out_by"] == ["Shut"]
    assert ready.sids()[0] == "Shut"


# Taking it back


def test_connections_of_the_account_are_rejected_and_no_others(ready: Bench) -> None:
    ready.put(ready.allow(OTHER))
    ready.one()
    ready.connect()
    ready.connect(OTHER)
    refused = ready.run(**ready.item(state="absent"))
    assert "has VPC connections in use" in refused["msg"]
    assert len(ready.sids()) == 2
    assert ready.change([PUT, REJECT], state="absent")["endpoint_count"] == 0
    assert ready.states() == {VENDOR: "REJECTED", OTHER: "AVAILABLE"}
    assert ready.sids() == ["Theirs"]
    assert ready.multi_vpc() == {"iam"}


def test_a_new_connection_is_rejected_when_it_can_be(ready: Bench) -> None:
    ready.one()
    ready.connect(lasts=0.0)
    ready.estate.poll = 30.0
    result = ready.run(**ready.item(state="absent", on_connections="reject"), wait_timeout=300)["results"][0]
    assert (result["writes"], result["waiting"]) == ([DELETE, REJECT], "")
    assert ready.states() == {VENDOR: "REJECTED"}


def test_whom_others_let_in_too_stays_connected(ready: Bench) -> None:
    """Another environment of ours counts as others do."""
    ready.one()
    ready.run(**ready.item(), environment_name="test")
    ready.connect()
    result = ready.change([PUT], state="absent", disable_connectivity=True)
    assert "the VPC connections of 834469178297 stay, let in by SaasPrivatelinkMsk834469178297Test" in result["kept"][0]
    assert ready.states() == {VENDOR: "AVAILABLE"}
    assert ready.multi_vpc() == {"iam"}


def test_connectivity_goes_last_and_only_when_asked(ready: Bench) -> None:
    ready.one()
    ready.connect()
    item = ready.item(state="absent", on_connections="reject", disable_connectivity=True)
    predicted = ready.run(check=True, **item)["results"][0]
    assert predicted["writes"] == [DELETE, REJECT, CONNECT]
    real = ready.run(**item)["results"][0]
    assert real["writes"] == predicted["writes"]
    assert real["waiting"].startswith("MSK cluster orders (UPDATING)")
    assert ready.run(**item)["results"][0]["waiting"] == real["waiting"]
    ready.sandbox.step(HOURS + 10)
    assert ready.run(**item)["results"][0]["waiting"] == ""
    assert ready.multi_vpc() == set()


def test_connectivity_that_others_use_stays(ready: Bench) -> None:
    ready.put(ready.allow(OTHER))
    ready.one()
    result = ready.change([PUT], state="absent", disable_connectivity=True)
    assert result["kept"] == ["multi-VPC connectivity stays on, for others use it: statement Theirs"]


def test_a_cluster_that_is_gone_has_no_grant(bench: Bench) -> None:
    assert bench.change([], state="absent")["cluster_state"] == ""
    assert "does not exist in this account and region" in bench.run(**bench.item())["msg"]


# The vendor has to be told again


def test_a_change_of_connectivity_is_to_be_told(bench: Bench) -> None:
    bench.cluster(schemes=["iam", "scram"], multi_vpc=["iam"])
    bench.one()
    bench.switch(iam=True, scram=True)
    bench.connect()
    assert bench.one()["untold_operation"] == ""
    bench.switch(iam=True, scram=False)
    untold = bench.change([])
    assert untold["endpoint_count"] == 1
    assert untold["connectivity_changed"].endswith("Z")
    assert bench.one(told_operation=untold["untold_operation"])["untold_operation"] == ""
    bench.connect()
    assert bench.one()["untold_operation"] == ""


def test_connectivity_that_was_switched_off_is_switched_on_again(ready: Bench) -> None:
    """The vendor has no connection that serves then, so it is its turn."""
    ready.one()
    ready.connect()
    ready.switch(iam=False)
    assert ready.one()["writes"] == [CONNECT]
    ready.sandbox.step(HOURS + 10)
    result = ready.change([])
    assert (result["endpoint_count"], result["multi_vpc"], ready.states()) == (0, ["iam"], {VENDOR: "INACTIVE"})


def test_a_change_of_connectivity_that_failed_is_told_and_tried_again(bench: Bench) -> None:
    bench.cluster()
    bench.sandbox.outcome("msk_operation", "UPDATE_FAILED", account=bench.estate.account, code="X", reason="no space")
    assert bench.one()["writes"] == [CONNECT]
    bench.sandbox.step(HOURS + 10)
    again = bench.run(**bench.item())
    assert again["results"][0]["writes"] == [CONNECT]
    assert "last time, and is asked again: X: no space" in str(again["warnings"])
    bench.sandbox.step(HOURS + 10)
    assert "warnings" not in bench.run(**bench.item())


# Several items


def writes_of(results: list[dict[str, Any]]) -> list[str]:
    return [write for item in results for write in item["writes"]]


def test_items_of_one_cluster_share_what_they_can(bench: Bench) -> None:
    """Two vendors, one of them twice: one change of connectivity, two statements; a grant that one wants stays."""
    bench.cluster()
    items = [bench.item(), bench.item(name="second"), bench.item(name="other", account=OTHER)]
    assert writes_of(bench.run(check=True, grants=items)["results"]) == [CONNECT, PUT, PUT]
    began = bench.run(grants=items)["results"]
    assert writes_of(began) == [CONNECT]
    bench.sandbox.step(HOURS + 10)
    made = bench.run(grants=items)["results"]
    assert writes_of(made) == [PUT, PUT]
    assert len(bench.sids()) == 2
    bench.switch(iam=False)
    again = bench.run(grants=items)["results"]
    assert writes_of(again) == [CONNECT]
    assert {item["waiting"].partition(" to be")[0] for item in again} == {"MSK cluster orders (UPDATING)"}
    bench.sandbox.step(HOURS + 10)
    items[0]["state"] = "absent"
    assert not bench.run(grants=items)["changed"]
    assert len(bench.sids()) == 2


# Races, and interruptions


class Meddler:
    """Somebody else, who acts right after some of the module's reads, counted from 1."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.acts: dict[int, Callable[[], Any]] = {}
        self.reads = 0
        read = msk.read_view

        def meddled(*args: Any) -> Any:
            found = read(*args)
            self.reads += 1
            self.acts.get(self.reads, self.acts.get(0, lambda: None))()
            return found

        monkeypatch.setattr(msk, "read_view", meddled)


@pytest.fixture
def meddler(monkeypatch: pytest.MonkeyPatch) -> Meddler:
    return Meddler(monkeypatch)


def outcome(bench: Bench, play: Any, **options: Any) -> dict[str, Any]:
    """One run with somebody else about, whose calls are in the account's log, too."""
    access = {**bench.estate.access, "environment_name": "prod", "wait_timeout": 10}
    answer: dict[str, Any] = play(MODULE, {**access, **bench.item(**options)})
    return answer


@pytest.mark.parametrize("after", [1, 2], ids=["before the last read", "between it and the write"])
def test_what_others_write_meanwhile_stays(ready: Bench, meddler: Meddler, play: Any, after: int) -> None:
    ready.put(ready.allow(OTHER))
    meddler.acts[after] = lambda: ready.put(ready.allow(OTHER), ready.allow(OTHER, "New"))
    made = outcome(ready, play)["results"][0]
    assert (made["writes"], ready.sids()) == ([PUT], ["Theirs", "New", made["sid"]])


def test_a_policy_is_not_deleted_under_others(ready: Bench, meddler: Meddler, play: Any) -> None:
    """A deletion was planned, and what is left to do is a put."""
    sid = ready.one()["sid"]
    meddler.reads, ours = 0, ready.policy()
    assert ours[0]["Sid"] == sid
    meddler.acts[1] = lambda: ready.put(*ours, ready.allow(OTHER))
    assert outcome(ready, play, state="absent")["results"][0]["writes"] == [PUT]
    assert ready.sids() == ["Theirs"]


def test_whoever_never_stops_is_given_up_on(ready: Bench, meddler: Meddler, play: Any) -> None:
    ready.put(ready.allow(OTHER))
    meddler.acts[0] = lambda: ready.put(ready.allow(OTHER))
    failed = outcome(ready, play)
    assert failed["failed"]
    assert "isn't current" in failed["msg"]
    assert meddler.reads < 4 * MOST_OVERTAKEN


def test_somebody_else_changes_the_cluster(bench: Bench, meddler: Meddler, play: Any) -> None:
    bench.cluster(schemes=["iam", "scram"])
    meddler.acts[1] = lambda: bench.switch(scram=True)
    assert outcome(bench, play)["results"][0]["writes"] == [CONNECT]
    bench.sandbox.step(HOURS + 10)
    assert bench.multi_vpc() == {"iam", "scram"}


def test_a_real_refusal_is_told(ready: Bench) -> None:
    ready.sandbox.fault(
        "kafka", "PutClusterPolicy", "error", account=ready.estate.account, code="BadRequestException", message="no"
    )
    assert "kafka:PutClusterPolicy" in ready.run(**ready.item())["msg"]
    assert ready.estate.count("PutClusterPolicy") == 1


@pytest.mark.parametrize("operation", ["DescribeClusterV2", "GetClusterPolicy"])
def test_reads_may_lag_behind(bench: Bench, operation: str) -> None:
    """What was just written is not written again."""
    bench.cluster(multi_vpc=["iam"] if operation == "GetClusterPolicy" else [])
    bench.sandbox.fault("kafka", operation, "stale", account=bench.estate.account, times=2)
    assert bench.one()["writes"] == [PUT if operation == "GetClusterPolicy" else CONNECT]


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_run_that_was_ended_is_continued(
    ready: Bench, play: Any, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    ready.one()
    ready.connect()
    ready.connect()
    left, apply = iter(range(writes - 1)), MskGrants.apply

    def ends(self: Any, change: Any) -> Any:
        answer = apply(self, change)
        if next(left, None) is None:
            raise Killed
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(MskGrants, "apply", ends)
        with pytest.raises(Killed):
            outcome(ready, play, state="absent", on_connections="reject")
    assert ready.absent()["writes"] == [REJECT] * (3 - writes)
    assert (ready.policy(), ready.states()) == ([], {VENDOR: "REJECTED"})


# What can never be


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cluster_arn": None}, "Not the ARN of an MSK cluster: None"),
        ({"cluster_arn": "orders"}, "Not the ARN of an MSK cluster: 'orders'"),
        ({"account": "1234"}, "Not an account id of 12 digits: '1234'"),
        ({"disable_connectivity": True}, "disable_connectivity is for state=absent"),
    ],
)
def test_options_that_can_never_be_right(options: dict[str, Any], message: str) -> None:
    arn = f"arn:aws:kafka:us-east-1:111122223333:cluster/orders/{ID}"
    with pytest.raises(ItemError, match=message):
        MskGrant(**{"name": "a", "cluster_arn": arn, "account": VENDOR, "environment": "prod", **options})


def test_the_environment_must_be_known(ready: Bench) -> None:
    assert "Set environment_name" in ready.run(**ready.item(), environment_name="")["msg"]


def test_a_cluster_of_another_region(bench: Bench) -> None:
    far = bench.arn.replace("us-east-1", "eu-west-1")
    assert "is in eu-west-1, and this run in us-east-1" in bench.run(**bench.item(cluster_arn=far))["msg"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "SERVERLESS"}, "serverless"),
        ({"unauthenticated": True}, "without authentication"),
        ({"schemes": frozenset({"tls"})}, "IAM authentication is off"),
        ({"kafka_version": "2.6.3"}, "2.7.1 is the lowest"),
        ({"instance_type": "kafka.t3.small"}, "choose another type"),
    ],
)
def test_what_aws_would_refuse(fields: dict[str, Any], message: str) -> None:
    can = {"kind": "PROVISIONED", "schemes": frozenset({"iam"}), "kafka_version": "3.7.x.kraft"}
    cluster = {"arn": "a", "name": "orders", "state": "ACTIVE", "version": "K1", **can}
    require_possible(msk.Cluster(**cluster))  # type: ignore[arg-type]
    with pytest.raises(ItemError, match=message):
        require_possible(msk.Cluster(**{**cluster, **fields}))


@pytest.mark.parametrize(
    ("version", "is_before"),
    [("2.7.0", True), ("2.7.1", False), ("2.8.2.tiered", False), ("3.7.x", False), ("2.10.0", False), ("new", None)],
)
def test_versions_are_compared_by_number(version: str, is_before: bool | None) -> None:
    assert msk.is_before(version, "2.7.1") is is_before


# The info module


def test_info(ready: Bench) -> None:
    ready.put(ready.allow(OTHER))
    ready.one()
    link = ready.connect()
    ask = {"cluster_arn": ready.arn}
    (cluster,) = ready.estate.look(f"{MODULE}_info", **ask)["clusters"]
    assert (cluster["cluster_state"], cluster["kafka_version"], cluster["multi_vpc"]) == ("ACTIVE", "3.6.0", ["iam"])
    assert [row["vpc_connection_arn"] for row in cluster["vpc_connections"]] == [link]
    (narrowed,) = ready.estate.look(f"{MODULE}_info", **ask, account=OTHER)["clusters"]
    assert ([row["Sid"] for row in narrowed["statements"]], narrowed["vpc_connections"]) == (["Theirs"], [])
    assert ready.estate.look(f"{MODULE}_info", cluster_arn=ready.arn.replace("orders", "gone"))["clusters"] == []
