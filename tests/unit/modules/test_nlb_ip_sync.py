# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nlb_ip_sync and nlb_ip_sync_info against the sandbox: its DNS, its target groups, its faults, its call log."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_ip_sync import read_subnets

from tests.sandbox.client import RunningSandbox

REGISTER, DEREGISTER = "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"
ADD_TAGS, REMOVE_TAGS = "elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"
A, B, C, D = "10.1.0.11", "10.1.1.12", "10.1.0.13", "10.1.1.14"
PORT = 5432
TAG = f"saas.privatelink:missing-since:{PORT}"
OURS = [{"Key": "saas.privatelink:name", "Value": "orders"}]
IAM = Path(__file__).parents[3] / "docs" / "iam"

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by
NUMBERS = itertools.count(1)
ACCOUNT = "880000000001"
VPC, SUBNETS = "vpc-0a000000000000001", ["subnet-0a000000000000001", "subnet-0a000000000000002"]


def action(call: dict[str, Any]) -> str:
    """The IAM action of an entry of the call log."""
    return f"{'elasticloadbalancing' if call['service'] == 'elbv2' else call['service']}:{call['operation']}"


@dataclass
class Bench:
    """The module pointed at an account with a VPC 10.1.0.0/16. Tests share it: ``test`` is in the names of each."""

    estate: Estate
    test: str = field(default_factory=lambda: f"t{next(NUMBERS)}")

    @property
    def sandbox(self) -> RunningSandbox:
        return cast(RunningSandbox, self.estate.sandbox)

    @property
    def elb(self) -> Any:
        return self.estate.boto(self.estate.account, "elbv2")

    def called(self, name: str) -> str:
        """The name of a target group of this test."""
        return f"{name}-{self.test}"

    def group(self, name: str = "orders", port: int = PORT, listener: bool = False, **options: Any) -> str:
        """The ARN of a new target group, behind a load balancer if ``listener``, else its targets stay unused."""
        wanted = {
            "Name": self.called(name),
            "Protocol": "TCP",
            "Port": port,
            "VpcId": VPC,
            "TargetType": "ip",
            "Tags": OURS,
            **options,
        }
        arn = str(self.elb.create_target_group(**wanted)["TargetGroups"][0]["TargetGroupArn"])
        if listener:
            made = self.elb.create_load_balancer(
                Name=self.called(name), Type="network", Scheme="internal", Subnets=SUBNETS
            )
            action = {"Type": "forward", "TargetGroupArn": arn}
            balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
            self.elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=port, DefaultActions=[action])
        return arn

    def register(self, arn: str, *addresses: str, port: int = PORT, **options: Any) -> None:
        """What somebody else, or an earlier run, has registered."""
        targets = [{"Id": address, "Port": port, **options} for address in addresses]
        self.elb.register_targets(TargetGroupArn=arn, Targets=targets)

    def settle(self, arn: str) -> None:
        """Wait until no target is initial, as a time long before the run would have left it."""
        self.sandbox.eventually(lambda: self.states(arn), lambda states: "initial" not in states.values())

    def states(self, arn: str, port: int = PORT) -> dict[str, str]:
        """The group's targets on a port by an independent read: address → state."""
        found = self.elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return {
            target["Target"]["Id"]: target["TargetHealth"]["State"]
            for target in found
            if target["Target"]["Port"] == port
        }

    def active(self, arn: str, port: int = PORT) -> set[str]:
        return {address for address, state in self.states(arn, port).items() if state != "draining"}

    def name(self, short: str = "db") -> str:
        return f"{short}.{self.test}.example"

    def dns(self, record: Any, short: str = "db") -> None:
        self.sandbox.dns({self.name(short): record})

    def item(self, name: str = "orders", **options: Any) -> dict[str, Any]:
        """One item that follows this bench's name quickly."""
        source = {} if "addresses" in options else {"endpoint": self.name()}
        return {"name": name, "target_group": self.called(name), "gap": 0.01, **source, **options}

    @property
    def resolver(self) -> dict[str, Any]:
        return {"nameservers": [f"127.0.0.1:{self.sandbox.health()['dns_port']}"], "resolve_timeout": 10}

    def sync(self, *items: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
        """Run the module; ``calls`` and ``writes`` then tell what this run did."""
        args = {**self.resolver, "wait_timeout": 5, "syncs": list(items), **options}
        result: dict[str, Any] = self.estate.run("nlb_ip_sync", check=check, diff=True, **args)
        return result

    def info(self, **options: Any) -> dict[str, Any]:
        since = self.sandbox.last_call()
        args = {**self.estate.access, **self.resolver, **options}
        result: dict[str, Any] = self.estate.run_module("nlb_ip_sync_info", args)
        self.estate.calls = self.sandbox.calls(self.estate.account, since=since)
        return result

    def one(self, check: bool = False, **options: Any) -> dict[str, Any]:
        """Run the module on one item; its result."""
        result: dict[str, Any] = self.sync(self.item(**options), check=check)["results"][0]
        return result

    @property
    def calls(self) -> Counter[str]:
        """The calls of the last run, as IAM names them."""
        return Counter(action(call) for call in self.estate.calls)

    @property
    def writes(self) -> list[str]:
        """The write calls of the last run that AWS accepted, in order."""
        return [action(call) for call in self.estate.calls if call["kind"] == "write" and not call["error"]]

    def fault(self, operation: str, kind: str, service: str = "elbv2", **options: Any) -> None:
        self.sandbox.fault(service, operation, kind, account=self.estate.account, **options)

    def lag(self, **seconds: float) -> None:
        self.sandbox.lag(**{f"target.{state}": value for state, value in seconds.items()})


@pytest.fixture(scope="module")
def vpc(sandbox: RunningSandbox) -> None:
    """A VPC with the subnets 10.1.0.0/24 and 10.1.1.0/24, made once: to make it takes longer than most tests."""
    subnets = [
        {"id": SUBNETS[0], "cidr": "10.1.0.0/24", "availability_zone": "us-east-1a"},
        {"id": SUBNETS[1], "cidr": "10.1.1.0/24", "availability_zone": "us-east-1b"},
    ]
    vpcs = [{"id": VPC, "cidr": "10.1.0.0/16", "subnets": subnets}]
    sandbox.seed({"accounts": {ACCOUNT: {"us-east-1": {"vpcs": vpcs}}}})


@pytest.fixture
def empty(estate: Estate) -> Bench:
    """The module pointed at an account in which there is nothing."""
    return Bench(estate)


@pytest.fixture
def bench(estate: Estate, vpc: None) -> Iterator[Bench]:
    estate.account = ACCOUNT
    yield Bench(estate)
    estate.sandbox.lag(**{"target.initial": 0.1, "target.draining": 0.1})


# What a run does


class TestAGroupOfOthers:
    """What a port of theirs leads to is what the name has, or nothing; afterwards it follows the name."""

    def tag(self, bench: Bench, arn: str) -> str | None:
        tags = bench.elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
        return next((tag["Value"] for tag in tags if tag["Key"] == "saas.privatelink:registered"), None)

    def test_another_database_behind_it_is_not_joined(self, bench: Bench) -> None:
        arn = bench.group()
        bench.register(arn, B)
        bench.dns([A])
        for check in (True, False):
            refused = bench.one(check=check, registered=[], newly_adopted=True)
            assert refused["failed"]
            assert f"the target group of others holds {B}, which {bench.name()} does not have" in refused["msg"]
            assert bench.writes == []
        assert (bench.active(arn), self.tag(bench, arn)) == ({B}, None)

    def test_the_same_database_behind_it_is_followed_from_then_on(self, bench: Bench) -> None:
        arn = bench.group()
        bench.register(arn, A)
        bench.dns([A])
        for check in (True, False):
            done = bench.one(check=check, registered=[], newly_adopted=True)
            assert done["writes"] == ["elasticloadbalancing:AddTags"]
        assert self.tag(bench, arn) == ""
        bench.dns([B])
        bench.one(registered=[])
        assert (bench.active(arn), self.tag(bench, arn)) == ({A, B}, B)
        bench.dns([A])
        bench.one(registered=[B])
        assert (bench.active(arn), self.tag(bench, arn)) == ({A}, "")
        assert bench.one(registered=[])["writes"] == []


def test_an_empty_group_is_filled(bench: Bench) -> None:
    arn = bench.group()
    bench.dns({"addresses": [B, A], "ttl": 5})
    result = bench.one()
    assert bench.active(arn) == {A, B}
    assert bench.writes == result["writes"] == [REGISTER]
    assert (result["changed"], result["state"], result["registered"], result["drained"]) == (
        True,
        "changed",
        [A, B],
        [],
    )
    assert (result["target_group_arn"], result["endpoint"], result["ttl"]) == (arn, bench.name(), 5)
    assert [
        (target["id"], target["port"], target["availability_zone"], target["state"], target["reason"])
        for target in result["targets"]
    ] == [
        (A, PORT, "us-east-1a", "unused", "Target.NotInUse"),
        (B, PORT, "us-east-1b", "unused", "Target.NotInUse"),
    ]
    assert result["healthy"] is False
    again = bench.one()
    assert (again["changed"], again["state"], bench.writes) == (False, "in_sync", [])
    assert bench.calls == {
        "elasticloadbalancing:DescribeTargetGroups": 1,
        "ec2:DescribeSubnets": 1,
        "elasticloadbalancing:DescribeTargetHealth": 1,
    }


def test_a_flip_and_the_flip_back_while_draining(bench: Bench) -> None:
    bench.lag(draining=60)
    arn = bench.group(listener=True)
    bench.dns([A])
    bench.one()
    bench.dns([B])
    flip = bench.sync(bench.item())
    assert bench.writes == flip["results"][0]["writes"] == [REGISTER, DEREGISTER]
    assert flip["diff"] == [
        {
            "before_header": "orders",
            "after_header": "orders",
            "before": {"targets": [f"{A} port {PORT}"]},
            "after": {"targets": [f"{B} port {PORT}"]},
        }
    ]
    assert bench.states(arn) == {A: "draining", B: "healthy"}
    bench.dns([A])
    back = bench.one()
    assert (back["registered"], back["drained"]) == ([A], [B])
    assert bench.states(arn) == {A: "healthy", B: "draining"}
    assert bench.one()["changed"] is False


def test_wait_is_for_targets_that_are_initial(bench: Bench) -> None:
    bench.lag(initial=0.7)
    arn = bench.group(listener=True)
    bench.dns([A])
    hasty = bench.sync(bench.item(), wait=False)["results"][0]
    assert (hasty["waiting"], hasty["healthy"]) == (f"{A} to leave initial", False)
    assert hasty["targets"][0]["state"] == "initial"
    patient = bench.one()
    assert (patient["waiting"], patient["healthy"], patient["changed"]) == ("", True, False)
    assert bench.states(arn) == {A: "healthy"}
    bench.lag(initial=60)
    bench.dns([B])
    late = bench.sync(bench.item(), wait_timeout=1)
    assert late.get("failed", False) is False
    assert late["results"][0]["waiting"] == f"{B} to leave initial"


def test_one_wait_looks_only_at_groups_that_are_not_there_yet(bench: Bench) -> None:
    bench.dns([A])
    ready, coming = bench.group("ready", listener=True), bench.group("coming", listener=True)
    bench.lag(initial=0.4)
    bench.register(ready, A)
    bench.settle(ready)
    bench.sync(bench.item("ready"), bench.item("coming"))
    looks = [
        call["params"]["TargetGroupArn"] for call in bench.estate.calls if call["operation"] == "DescribeTargetHealth"
    ]
    assert Counter(looks) == {ready: 1, coming: 3}  # to see, to verify, to wait


def test_an_unhealthy_target_is_shown_and_no_failure(bench: Bench) -> None:
    arn = bench.group(listener=True)
    bench.sandbox.control("POST", "target_health", target_group_arn=arn, id=A, state="unhealthy")
    bench.dns([A])
    result = bench.one()
    assert (result["failed"], result["healthy"], result["waiting"]) == (False, False, "")
    assert (result["targets"][0]["state"], result["targets"][0]["reason"]) == ("unhealthy", "Target.FailedHealthChecks")


def test_foreign_targets_and_other_ports_stay(bench: Bench) -> None:
    arn = bench.group()
    bench.register(arn, A, D)
    bench.register(arn, A, port=6432)
    bench.dns([B])
    result = bench.one(protected=["10.1.1.14/32"])
    assert (bench.active(arn), bench.active(arn, 6432)) == ({B, D}, {A})
    assert result["drained"] == [A]


def test_port_of_the_item_or_of_the_group(bench: Bench) -> None:
    arn = bench.group(port=1433)
    bench.dns([A])
    assert bench.one()["port"] == 1433
    assert bench.one(port=1434)["registered"] == [A]
    assert (bench.active(arn, 1433), bench.active(arn, 1434)) == ({A}, {A})


def test_fixed_addresses_need_no_dns(bench: Bench) -> None:
    arn = bench.group()
    bench.register(arn, A)
    started = time.monotonic()
    result = bench.sync(bench.item(addresses=[B], gap=30), nameservers=["127.0.0.1:1"])["results"][0]
    assert time.monotonic() - started < 5
    assert (bench.active(arn), result["writes"]) == ({B}, [REGISTER, DEREGISTER])
    assert (result["endpoint"], result["ttl"], result["desired"]) == (None, None, [B])
    assert bench.one(addresses=[B])["changed"] is False


def test_zones_follow_the_subnets(bench: Bench) -> None:
    arn = bench.group()
    bench.dns([A, "10.9.9.9", "10.1.77.1"])
    refused = bench.one()
    assert refused["failed"]
    assert "allow_outside" in refused["msg"]
    result = bench.one(allow_outside=True)
    zones = {target["id"]: target["availability_zone"] for target in result["targets"]}
    assert zones == {A: "us-east-1a", "10.9.9.9": "all", "10.1.77.1": "all"}
    bench.dns([A])
    assert bench.one(allow_outside=True)["drained"] == ["10.1.77.1", "10.9.9.9"]
    assert bench.active(arn) == {A}


# What must change nothing


BAD_ANSWERS: dict[str, tuple[Any, str]] = {
    "nothing": ({"rcode": "NXDOMAIN"}, "no such name (NXDOMAIN). Correct endpoint"),
    "servfail": ({"rcode": "SERVFAIL"}, "SERVFAIL"),
    "refused": ({"rcode": "REFUSED"}, "REFUSED"),
    "nodata": ({"addresses": []}, "no A record"),
    "public": (["52.1.2.3"], "a public address in none of the VPC's subnets"),
    "no-subnet": (["10.1.77.1"], "an address in none of the VPC's subnets; set allow_outside"),
    "loopback": (["127.0.0.1"], "loopback"),
    "unspecified": (["0.0.0.0"], "a public address"),
    "half-bad": ([B, "169.254.169.254"], "link-local"),
    "too-many": ([f"10.1.0.{last}" for last in range(20, 37)], "17 addresses, max_addresses is 16"),
}


def test_a_bad_answer_touches_nothing(bench: Bench) -> None:
    arns = {name: bench.group(name) for name in BAD_ANSWERS}
    for name, (record, _says) in BAD_ANSWERS.items():
        bench.register(arns[name], A)
        bench.dns(record, name)
    result = bench.sync(*(bench.item(name, endpoint=bench.name(name)) for name in BAD_ANSWERS))
    assert (result["changed"], bench.writes) == (False, [])
    for item, (name, (_record, says)) in zip(result["results"], BAD_ANSWERS.items(), strict=True):
        assert item["failed"]
        assert says in item["msg"]
        assert bench.name(name) in item["msg"]
        assert (item["state"], item["changed"], bench.active(arns[name])) == ("failed", False, {A})


def test_silent_nameservers_are_given_up(bench: Bench) -> None:
    bench.group()
    bench.dns({"drop": True})
    started = time.monotonic()
    result = bench.sync(bench.item(), resolve_timeout=0.4)["results"][0]
    assert result["failed"]
    assert "no answer" in result["msg"]
    assert time.monotonic() - started < 5
    assert bench.writes == []


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"target_group": None}, "target_group is missing"),
    ({"target_group": "a_b"}, "Neither the name nor the ARN"),
    ({"target_group": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/0"}, "Neither"),
    ({"target_group": "absent"}, "There is no target group absent"),
    ({"endpoint": None}, "Give either endpoint"),
    ({"addresses": [A], "endpoint": "x.example"}, "Give either endpoint"),
    ({"endpoint_kind": "reader", "drain": "after_healthy"}, "endpoint_kind reader"),
    ({"addresses": [A], "endpoint_kind": "reader"}, "endpoint_kind reader"),
    ({"addresses": ["db"]}, "not an IP address"),
    ({"port": 70000}, "port must be 1 to 65535"),
    ({"port": 0}, "port must be 1 to 65535"),
    ({"confirm": 0}, "confirmations must be at least 1"),
    ({"gap": -1}, "must not be negative"),
    ({"protected": ["10.1.0.0/99"]}, "10.1.0.0/99"),
]


def test_impossible_options_fail_alone(bench: Bench) -> None:
    bench.dns([A])
    good = bench.group("good")
    bad = []
    for number, (wrong, _says) in enumerate(IMPOSSIBLE):
        bench.group(f"bad{number}")
        bad.append(bench.item(f"bad{number}", **wrong))
    result = bench.sync(*bad[:7], bench.item("good"), *bad[7:])
    assert result["failed"]
    assert result["failed_items"] == [item["name"] for item in bad]
    for item, (_wrong, says) in zip((item for item in result["results"] if item["failed"]), IMPOSSIBLE, strict=True):
        assert says in item["msg"]
        assert f"{item['name']}: {item['msg']}" in result["msg"]
    assert [item["name"] for item in result["results"]].index("good") == 7
    assert (bench.writes, bench.active(good)) == ([REGISTER], {A})


def test_a_group_of_instances_is_refused(bench: Bench) -> None:
    bench.group(TargetType="instance")
    bench.dns([A])
    assert "type instance" in bench.one()["msg"]


def test_bad_nameservers_fail_only_items_that_ask_them(bench: Bench) -> None:
    bench.group("named")
    bench.group("fixed")
    result = bench.sync(bench.item("named"), bench.item("fixed", addresses=[A]), nameservers=["resolver.example"])
    assert result["failed_items"] == ["named"]
    assert "is not a nameserver" in result["results"][0]["msg"]
    assert bench.writes == [REGISTER]


def test_two_items_for_one_group_and_port_touch_nothing(bench: Bench) -> None:
    arn = bench.group()
    bench.dns([A])
    by_arn = bench.item("other", target_group=arn, port=PORT)
    result = bench.sync(bench.item("orders"), by_arn, on_item_failure="report")
    assert result["failed_items"] == ["orders", "other"]
    assert not result.get("failed")
    assert bench.writes == []
    assert all("orders and other" in item["msg"] for item in result["results"])
    assert bench.sync(bench.item("orders"), {**by_arn, "port": 6432})["failed_items"] == []


# Faults of AWS


def test_throttling_and_lost_connections_are_ridden_out(bench: Bench) -> None:
    arn = bench.group()
    bench.register(arn, A)
    bench.dns([B])
    bench.fault("DescribeTargetGroups", "throttle")
    bench.fault("RegisterTargets", "throttle")
    bench.fault("DeregisterTargets", "drop")
    result = bench.one()
    assert not result["failed"], result["msg"]
    assert (bench.active(arn), result["writes"]) == ({B}, [REGISTER, DEREGISTER])


def test_a_denied_register_drains_nothing(bench: Bench) -> None:
    arn = bench.group()
    bench.register(arn, A)
    bench.dns([B])
    bench.fault("RegisterTargets", "deny")
    result = bench.one()
    assert result["failed"]
    assert f"Allow {REGISTER}" in result["msg"]
    assert "orders" in result["msg"]
    assert (result["changed"], bench.active(arn)) == (False, {A})
    assert bench.one()["drained"] == [A]


def test_a_denied_deregister_shows_what_was_done_and_heals(bench: Bench) -> None:
    arn = bench.group()
    bench.register(arn, A)
    bench.dns([B])
    bench.fault("DeregisterTargets", "deny")
    result = bench.one()
    assert (result["failed"], result["changed"], result["writes"]) == (True, True, [REGISTER])
    assert bench.active(arn) == {A, B}
    assert bench.one()["writes"] == [DEREGISTER]


@pytest.mark.parametrize(("service", "operation"), [("elbv2", "DescribeTargetGroups"), ("ec2", "DescribeSubnets")])
def test_a_denied_shared_read_fails_all_items(bench: Bench, service: str, operation: str) -> None:
    bench.group("one")
    bench.group("two")
    bench.dns([A])
    bench.fault(operation, "deny", service=service)
    result = bench.sync(bench.item("one"), bench.item("two"))
    assert result["failed_items"] == ["one", "two"]
    assert all(f":{operation}" in item["msg"] for item in result["results"])
    assert bench.writes == []


def test_a_denied_health_read_fails_its_item_only(bench: Bench) -> None:
    bench.group("one")
    bench.group("two")
    bench.dns([A])
    bench.fault("DescribeTargetHealth", "deny")
    result = bench.sync(bench.item("one"), bench.item("two"))
    assert len(result["failed_items"]) == 1
    assert bench.writes == [REGISTER]


def test_a_stale_read_after_a_write_does_no_harm(bench: Bench) -> None:
    arn = bench.group(listener=True)
    bench.register(arn, A)
    bench.settle(arn)
    bench.dns([B])
    bench.fault("DescribeTargetHealth", "stale", times=2)
    result = bench.one()
    assert not result["failed"], result["msg"]
    # The wait goes on until the group shows what was registered, so the result is not of the past.
    assert (result["healthy"], {target["id"] for target in result["targets"]}) == (True, {A, B})
    bench.sandbox.eventually(lambda: bench.one()["changed"], lambda changed: changed is False)
    assert bench.active(arn) == {B}


# Check mode


FLIPS: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({}, [], [REGISTER]),
    ({}, [A], [REGISTER, DEREGISTER]),
    ({}, [A, B], [DEREGISTER]),
    ({}, [B], []),
    ({"drain": "after_healthy"}, [A], [REGISTER, ADD_TAGS, DEREGISTER, REMOVE_TAGS]),
    ({"drain": "after_healthy"}, [A, B], [DEREGISTER]),
    ({"endpoint_kind": "reader"}, [A], [REGISTER, ADD_TAGS]),
    ({"endpoint_kind": "reader", "grace": 0}, [A], [REGISTER, DEREGISTER]),
]


@pytest.mark.parametrize(("options", "before", "writes"), FLIPS)
def test_check_mode_predicts_the_writes_and_makes_none(
    bench: Bench, options: dict[str, Any], before: list[str], writes: list[str]
) -> None:
    arn = bench.group(listener=True)
    if before:
        bench.register(arn, *before)
        bench.settle(arn)
    bench.dns([B])
    item = bench.item(**options)
    predicted = bench.sync(item, check=True)
    assert (bench.writes, bench.active(arn)) == ([], set(before))
    real = bench.sync(item)
    assert bench.writes == real["results"][0]["writes"] == predicted["results"][0]["writes"] == writes
    assert (predicted["changed"], predicted.get("diff")) == (real["changed"], real.get("diff"))
    for key in ("desired", "registered", "drained", "state", "waiting", "target_group_arn", "ttl"):
        assert predicted["results"][0][key] == real["results"][0][key], key
    assert bench.sync(item)["changed"] is False
    assert bench.writes == []


def test_check_mode_on_an_empty_account(empty: Bench) -> None:
    empty.dns([A])
    result = empty.sync(empty.item("named"), empty.item("fixed", addresses=["192.168.7.7"], port=1433), check=True)
    named, fixed = result["results"]
    assert result["failed_items"] == []
    assert result["changed"]
    assert (named["writes"], named["registered"], fixed["writes"]) == ([REGISTER], [A], [REGISTER])
    assert result["diff"][0]["after"] == {"targets": [f"{A} port (known after it is created)"]}
    assert result["diff"][1]["after"] == {"targets": ["192.168.7.7 port 1433"]}
    assert named["targets"][0]["availability_zone"] == "(known after it is created)"
    assert empty.calls == {"elasticloadbalancing:DescribeTargetGroups": 1}
    unknown = empty.sync(empty.item("named", endpoint=empty.name("unknown")), check=True)
    assert unknown["failed"]
    assert "NXDOMAIN" in unknown["msg"]


# Policies


def test_after_healthy_without_wait_leaves_the_old_to_a_later_run(bench: Bench) -> None:
    arn = bench.group(listener=True)
    bench.register(arn, A)
    bench.settle(arn)
    bench.dns([B])
    item = bench.item(drain="after_healthy")
    first = bench.sync(item, wait=False)["results"][0]
    assert (first["state"], first["waiting"]) == ("waiting", "draining old after new is healthy")
    assert (first["writes"], bench.active(arn)) == ([REGISTER, ADD_TAGS], {A, B})
    bench.settle(arn)
    second = bench.sync(item, wait=False)["results"][0]
    assert (second["writes"], bench.active(arn)) == ([DEREGISTER, REMOVE_TAGS], {B})


def test_after_healthy_keeps_the_old_while_the_new_is_unhealthy(bench: Bench) -> None:
    arn = bench.group(listener=True)
    bench.register(arn, A)
    bench.settle(arn)
    bench.sandbox.control("POST", "target_health", target_group_arn=arn, id=B, state="unhealthy")
    bench.dns([B])
    result = bench.one(drain="after_healthy")
    assert (result["writes"], result["state"], bench.active(arn)) == ([REGISTER, ADD_TAGS], "waiting", {A, B})
    assert bench.one(drain="after_healthy", check=True)["writes"] == []
    assert bench.one(drain="after_healthy", healthy_bound=0)["drained"] == [A]


def tags(bench: Bench, arn: str) -> dict[str, str]:
    """The tags of a target group, beside the one that makes it ours."""
    found = bench.elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found if tag not in OURS}


def test_targets_of_a_group_that_others_have_made_take_a_policy_of_their_own(bench: Bench) -> None:
    bench.group(Tags=[{"Key": "team", "Value": "data"}])
    bench.dns([A])
    with pytest.raises(AssertionError, match=r"nlb_ip_sync\.json does not allow"):
        bench.one()
    bench.estate.others = True
    written: list[str] = []
    for answer, kind in (([A, B], "reader"), ([B], "reader"), ([A, B], "reader"), ([A], "writer")):
        bench.dns(answer)
        written += bench.one(endpoint_kind=kind)["writes"]
    assert set(written) == {REGISTER, ADD_TAGS, REMOVE_TAGS, DEREGISTER}


def test_a_reader_is_drained_after_its_grace(bench: Bench) -> None:
    arn = bench.group()
    bench.register(arn, A, B)
    bench.dns([B])
    reader: dict[str, Any] = {"endpoint_kind": "reader", "grace": 100}
    first = bench.one(**reader)
    assert (first["writes"], first["state"], bench.active(arn)) == ([ADD_TAGS], "waiting", {A, B})
    assert first["waiting"] == first["reason"] != ""
    seen_at, missing = tags(bench, arn)[TAG].split()
    assert missing == f"{A}=0"
    assert bench.one(**reader)["writes"] == []
    earlier = [{"Key": TAG, "Value": f"{int(seen_at) - 100} {A}=0"}]
    bench.elb.add_tags(ResourceArns=[arn], Tags=earlier)
    second = bench.one(**reader)
    assert (second["writes"], bench.active(arn), tags(bench, arn)) == ([DEREGISTER, REMOVE_TAGS], {B}, {})
    assert bench.one(**reader)["changed"] is False
    assert bench.calls == {
        "elasticloadbalancing:DescribeTargetGroups": 1,
        "ec2:DescribeSubnets": 1,
        "elasticloadbalancing:DescribeTags": 1,
        "elasticloadbalancing:DescribeTargetHealth": 1,
    }


def test_a_reader_that_comes_back_is_forgotten(bench: Bench) -> None:
    arn = bench.group()
    bench.register(arn, A, B)
    bench.dns([B])
    bench.one(endpoint_kind="reader")
    bench.dns([A, B])
    assert bench.one(endpoint_kind="reader")["writes"] == [REMOVE_TAGS]
    assert (bench.active(arn), tags(bench, arn)) == ({A, B}, {})


def test_denied_tags_fail_readers_only(bench: Bench) -> None:
    bench.group("reader")
    bench.group("writer")
    bench.dns([A])
    bench.fault("DescribeTags", "deny", times=None)
    result = bench.sync(bench.item("reader", endpoint_kind="reader"), bench.item("writer"))
    assert result["failed_items"] == ["reader"]
    assert bench.writes == [REGISTER]


# Many


def test_fifty_groups_at_once(bench: Bench) -> None:
    """One bad name among them, all others flip: each group costs the engine's calls, the rest is shared."""
    count, gap = 50, 0.2
    names = [f"link-{number}" for number in range(count)]
    arns = {name: bench.group(name) for name in names}
    for arn in arns.values():
        bench.register(arn, A)
    bench.dns([B])
    items = [bench.item(name, confirm_interval=gap) for name in names]
    items[7]["endpoint"] = bench.name("unknown")
    started = time.monotonic()
    result = bench.sync(*items)
    took = time.monotonic() - started
    assert result["failed_items"] == ["link-7"]
    assert [item["name"] for item in result["results"]] == names
    assert bench.active(arns["link-7"]) == {A}
    assert all(bench.active(arn) == {B} for name, arn in arns.items() if name != "link-7")
    assert bench.writes.count(REGISTER) == bench.writes.count(DEREGISTER) == count - 1
    assert took < (count - 1) * 2 * gap  # what they would sleep one after the other
    again = bench.sync(*(item for item in items if item["name"] != "link-7"))
    assert (again["changed"], again["failed_items"]) == (False, [])
    assert bench.calls == {
        "elasticloadbalancing:DescribeTargetGroups": 1,
        "ec2:DescribeSubnets": 1,
        "elasticloadbalancing:DescribeTargetHealth": count - 1,
    }


def test_two_ports_of_one_group_are_two_items(bench: Bench) -> None:
    bench.group()
    bench.dns([A])
    items = [bench.item(), {**bench.item(), "name": "second", "port": PORT + 1}]
    assert bench.sync(*items)["failed_items"] == []
    assert bench.writes == [REGISTER] * 2
    assert bench.sync(*items)["changed"] is False
    assert bench.calls["elasticloadbalancing:DescribeTargetHealth"] == 2


def test_no_items_make_no_call(bench: Bench) -> None:
    result = bench.sync()
    assert (result["changed"], result["results"], bench.calls) == (False, [], {})


# The info twin


def test_info_shows_targets_and_whether_they_agree(bench: Bench) -> None:
    arn = bench.group(listener=True)
    bench.register(arn, A)
    bench.settle(arn)
    bench.dns([A])
    asked = {"target_group": bench.called("orders"), "endpoint": bench.name()}
    shown = bench.info(syncs=[asked, {"target_group": "absent"}])["target_groups"]
    target = {"id": A, "port": PORT, "availability_zone": "us-east-1a", "state": "healthy", "reason": ""}
    assert shown == [
        {
            "name": bench.called("orders"),
            "target_group_arn": arn,
            "target_group_name": bench.called("orders"),
            "vpc_id": VPC,
            "port": PORT,
            "targets": [target],
            "healthy": True,
            "endpoint": bench.name(),
            "resolved": [A],
            "resolve_error": "",
            "in_sync": True,
        }
    ]
    bench.lag(draining=60)
    bench.register(arn, B)
    assert bench.info(syncs=[asked])["target_groups"][0]["in_sync"] is False
    bench.elb.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": B, "Port": PORT}])
    assert bench.states(arn)[B] == "draining"
    assert bench.info(syncs=[asked])["target_groups"][0]["in_sync"] is True
    bench.dns({"rcode": "SERVFAIL"})
    failing = bench.info(syncs=[{**asked, "name": "x"}])["target_groups"][0]
    assert (failing["name"], failing["resolved"], failing["in_sync"]) == ("x", [], False)
    assert "SERVFAIL" in failing["resolve_error"]


def test_info_of_everything(bench: Bench) -> None:
    ips, instances = bench.group("ips"), bench.group("instances", TargetType="instance")
    shown = {group["target_group_arn"] for group in bench.info()["target_groups"]}
    assert ips in shown
    assert instances not in shown
    assert "Neither the name" in bench.info(syncs=[{"target_group": "a_b"}])["msg"]
    bench.fault("DescribeTargetHealth", "deny")
    assert "Allow elasticloadbalancing:DescribeTargetHealth" in bench.info()["msg"]


def test_info_of_nothing(empty: Bench) -> None:
    assert empty.info()["target_groups"] == []


# IAM


@pytest.mark.parametrize("module", ["nlb_ip_sync", "nlb_ip_sync_info"])
def test_the_policy_allows_exactly_what_the_module_calls(bench: Bench, module: str) -> None:
    policy = json.loads((IAM / f"{module}.json").read_text())
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    arn = bench.group(listener=True)
    bench.register(arn, A)
    bench.settle(arn)
    bench.dns([B])
    if module == "nlb_ip_sync":
        bench.one(drain="after_healthy")
    else:
        bench.info()
    assert set(bench.calls) == allowed - {"lambda:InvokeFunction"}  # that is tests/datapath/test_via_lambda.py


# Starting


def test_dnspython_is_not_loaded_before_the_first_call() -> None:
    """It takes as long as the answer to that call, during which it is loaded."""
    module = "ansible_collections.saas.privatelink.plugins.modules.nlb_ip_sync"
    code = f"import sys, {module}; print('dns' in sys.modules, 'botocore' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.split() == ["False", "True"]


# Reads without a sandbox


class Pages(Api):
    """An Api that answers DescribeSubnets and counts the VPCs asked for in each call."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def pages(self, action: str, key: str, **params: Any) -> list[dict[str, Any]]:
        vpcs = params["Filters"][0]["Values"]
        self.asked.append(len(vpcs))
        cidrs = [("fd00:1::/64", "associated"), ("fd00:2::/64", "disassociated")]
        ipv6 = [{"Ipv6CidrBlock": cidr, "Ipv6CidrBlockState": {"State": state}} for cidr, state in cidrs]
        subnets = [("10.1.0.0/24", "a"), ("10.1.1.0/24", "b")]
        return [
            {"VpcId": vpcs[0], "CidrBlock": cidr, "AvailabilityZone": zone, "Ipv6CidrBlockAssociationSet": ipv6}
            for cidr, zone in subnets
        ] + [{"VpcId": vpcs[0], "AvailabilityZone": "c", "Ipv6CidrBlockAssociationSet": ipv6}]


def test_subnets_of_both_families_in_few_calls() -> None:
    api = Pages()
    found = read_subnets(api, [f"vpc-{number:03}" for number in range(250)])
    assert api.asked == [200, 50]
    ipv6 = "fd00:1::/64"
    assert found["vpc-000"] == (("10.1.0.0/24", "a"), (ipv6, "a"), ("10.1.1.0/24", "b"), (ipv6, "b"), (ipv6, "c"))
