# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault that public implementations of IP sync were put through, played to the real package.

The column ``prototype`` is what a first implementation of this design reached; each cell here meets or beats it.
"""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

import pytest

from .conftest import NAME, PORT, A, B, C, Path

DEADLINE = 2.0
SLACK = 0.7  # for a busy machine
QUICK: dict[str, Any] = {"gap": 0.02}
HOSTS = [f"10.1.0.{number}" for number in range(20, 33)]


def test_nothing_to_do(path: Path) -> None:
    function = path.deploy()
    path.run(function)  # reads what seldom changes
    told = []
    for latency in (0.0, 0.03):
        path.sandbox.buckets(enabled=False, latency=latency)
        runs = [path.run(function) for _dummy in range(9)]
        assert {tuple(run.operations) for run in runs} == {("DescribeTargetHealth",)}
        told.append(f"{statistics.median(run.seconds for run in runs) * 1000:.0f}")
    path.finds("no-op: API calls / warm ms at 0 and at 30 ms per call", "1 / 7; 50", f"1 / {'; '.join(told)}")


def test_cold_start_with_nothing_to_do(path: Path) -> None:
    run = path.run(path.deploy())
    assert run.operations == ["DescribeTargetGroups", "DescribeSubnets", "DescribeTargetHealth"]
    path.finds("no-op after a cold start: API calls / ms", "-", f"3 / {run.seconds * 1000:.0f}")


def test_flip(path: Path) -> None:
    function = path.deploy()
    path.says(B)
    run = path.run(function)
    assert (path.addresses, run.writes) == ({B}, ["RegisterTargets", "DeregisterTargets"])
    assert "AvailabilityZone" not in run.calls[-4]["params"]["Targets"][0]
    path.finds("flip A to B: runs to converge", "1", "1")


@pytest.mark.parametrize("mode", ["nxdomain", "servfail", "refused", "nodata"])
def test_an_error_of_dns(path: Path, mode: str) -> None:
    function = path.deploy()
    path.run(function)
    path.says(B, modes=mode)
    run = path.run(function)
    assert run.raised
    assert path.addresses == {A}
    assert not run.operations
    path.finds(mode, "kept, raises", "kept, raises, no call")


@pytest.mark.parametrize(
    ("mode", "fault"), [("drop", "timeout"), ("garbage", "garbage packets"), ("hang", "TC bit, TCP hangs")]
)
def test_silence_costs_no_more_than_the_deadline(path: Path, mode: str, fault: str) -> None:
    function = path.deploy()
    path.run(function)
    path.says(B, modes=mode)
    run = path.run(function)
    assert run.raised
    assert path.addresses == {A}
    assert not run.operations
    assert DEADLINE - 0.1 <= run.seconds <= DEADLINE + SLACK
    path.finds(f"{fault}: time burned", "2.0 s, raises", f"{run.seconds:.1f} s, raises")


@pytest.mark.parametrize(
    ("modes", "fault"),
    [
        ("truncated", "TC bit, TCP answers"),
        ("servfail ok", "first answer SERVFAIL, then good"),
        ("garbage+ok", "spoofed packets before the answer"),
    ],
)
def test_a_hard_way_to_a_good_answer(path: Path, modes: str, fault: str) -> None:
    function = path.deploy(**QUICK)
    path.says(B, modes=modes)
    assert not path.run(function).raised
    assert path.addresses == {B}
    path.finds(fault, "ok" if modes != "garbage+ok" else "-", "ok")


def test_failover_and_failback_while_the_old_host_drains(path: Path) -> None:
    function = path.deploy(**QUICK)
    path.says(B)
    path.run(function)
    assert path.targets(lambda state: state == "draining") == {(A, PORT): "draining"}
    path.says(A)
    path.run(function)
    assert path.addresses == {A}
    path.finds("failover and failback while A drains", "A registered again", "A registered again")


def test_register_throttled(path: Path) -> None:
    function = path.deploy(**QUICK)
    path.says(B)
    path.sandbox.fault("elbv2", "RegisterTargets", "throttle", account=path.account, times=3)
    assert "RegisterTargets" in path.run(function).raised
    assert path.addresses == {A}
    assert not path.run(function).raised
    assert path.addresses == {B}
    path.finds("RegisterTargets throttled", "kept, raises, next run heals", "kept, raises, next run heals")


def test_deregister_throttled(path: Path) -> None:
    function = path.deploy(**QUICK)
    path.says(B)
    path.sandbox.fault("elbv2", "DeregisterTargets", "throttle", account=path.account, times=3)
    assert "DeregisterTargets" in path.run(function).raised
    assert path.addresses == {A, B}
    assert not path.run(function).raised
    assert path.addresses == {B}
    path.finds("DeregisterTargets throttled", "heals next run", "raises, next run heals")


def test_one_throttled_call_is_repeated(path: Path) -> None:
    function = path.deploy(**QUICK)
    path.says(B)
    path.sandbox.fault("elbv2", "RegisterTargets", "throttle", account=path.account, times=1)
    assert not path.run(function).raised
    assert path.addresses == {B}
    path.finds("a single call throttled", "-", "repeated in the run")


@pytest.mark.parametrize("performed", [False, True])
def test_lost_answers(path: Path, performed: bool) -> None:
    function = path.deploy(**QUICK)
    path.says(B)
    path.sandbox.fault("elbv2", "RegisterTargets", "drop", account=path.account, times=3, performed=performed)
    path.run(function)
    assert path.addresses >= {A}
    assert not path.run(function).raised
    assert path.addresses == {B}
    path.finds(f"connection lost {'after' if performed else 'before'} RegisterTargets", "-", "next run heals")


def test_denied(path: Path) -> None:
    function = path.deploy(**QUICK)
    path.says(B)
    # The first such call is this test's own, which looks what is there.
    path.sandbox.fault("elbv2", "DescribeTargetHealth", "deny", account=path.account, times=1, after=1)
    assert "not authorized" in path.run(function).raised
    assert path.addresses == {A}
    path.finds("access denied", "-", "kept, raises")


def test_outside_the_vpc(path: Path) -> None:
    path.says("10.99.0.5")
    strict = path.run(path.deploy(**QUICK))
    assert "allow_outside" in strict.raised
    assert not strict.writes
    run = path.run(path.deploy(allow_outside=True, **QUICK))
    assert path.addresses == {"10.99.0.5"}
    assert not run.raised
    registered = next(call for call in run.calls if call["operation"] == "RegisterTargets")
    assert registered["params"]["Targets"] == [{"Id": "10.99.0.5", "Port": PORT, "AvailabilityZone": "all"}]
    path.says(A)
    assert not path.run(path.deploy(**QUICK)).raised
    assert path.addresses == {A}
    path.finds("address outside the VPC (peered)", "zone all", "zone all, and back; refused unless allowed")


@pytest.mark.parametrize("address", ["52.1.2.3", "0.0.0.0", "127.0.0.1", "169.254.169.254", "224.0.0.1"])
def test_an_invented_address(path: Path, address: str) -> None:
    function = path.deploy(allow_outside=True, **QUICK)
    path.run(function)
    path.says(address)
    run = path.run(function)
    assert address in run.raised
    assert not run.operations
    assert path.addresses == {A}
    path.finds(f"answer {address}", "refused before any call", "refused before any call, raises")


def test_half_an_invented_answer(path: Path) -> None:
    function = path.deploy(**QUICK)
    path.says(B, "52.1.2.3")
    assert path.run(function).raised
    assert path.addresses == {A}
    path.finds("answer B and 52.1.2.3", "-", "refused as a whole, raises")


def test_another_port(path: Path) -> None:
    path.register(A, 6432)
    path.says(B)
    path.run(path.deploy(**QUICK))
    assert set(path.targets()) == {(B, PORT), (A, 6432)}
    path.finds("target A on another port", "left", "left")


def test_a_foreign_target(path: Path) -> None:
    path.register("10.1.0.200")
    path.says(B)
    path.run(path.deploy(protected=["10.1.0.200/32"], **QUICK))
    assert path.addresses == {B, "10.1.0.200"}
    path.finds("foreign target in the group", "kept (protected)", "kept (protected)")


def eight_runs(path: Path, answers: list[list[str]], **options: Any) -> tuple[int, int]:
    """Size of the group and number of writes after eight runs, of which none fails."""
    path.says(answers=answers)
    function = path.deploy(max_addresses=20, **QUICK, **options)
    runs = [path.run(function) for _dummy in range(8)]
    assert not any(run.raised for run in runs)
    return len(path.addresses), sum(len(run.writes) for run in runs)


@pytest.mark.parametrize(("kind", "limit"), [("writer", 4), ("reader", 1)])
def test_thirteen_hosts_eight_random_per_answer(path: Path, kind: str, limit: int) -> None:
    chance = random.Random(1)
    size, writes = eight_runs(path, [chance.sample(HOSTS, 8) for _dummy in range(97)], endpoint_kind=kind)
    assert size == 14
    assert writes <= limit
    policy = "sampled" if kind == "reader" else "exact"
    path.finds(f"13 hosts, 8 per answer, 8 runs, {policy}: size/writes", f"13/{limit}", f"{size - 1}/{writes}")


@pytest.mark.parametrize(("kind", "limit"), [("writer", 3), ("reader", 1)])
def test_one_of_three_readers_per_answer(path: Path, kind: str, limit: int) -> None:
    size, writes = eight_runs(path, [[A], [B], [C]], endpoint_kind=kind)
    assert size == 3
    assert writes <= limit
    policy = "sampled" if kind == "reader" else "exact"
    path.finds(f"1 of 3 per answer, 8 runs, {policy}: size/writes", f"3/{limit}", f"{size}/{writes}")


def test_resolvers_that_disagree(path: Path) -> None:
    size, writes = eight_runs(path, [[B], [A]])
    assert (size, writes) == (2, 1)
    last = path.run(path.functions[-1]).lines[-1]
    assert last["state"] == "waiting"
    assert "unconfirmed" in last["reason"]
    path.finds("old and new in turn, 8 runs: writes", "1, both kept, unconfirmed", "1, both kept, unconfirmed")


def test_a_reader_that_is_gone_stays_for_its_grace(path: Path) -> None:
    function = path.deploy(endpoint_kind="reader", grace=1.5, **QUICK)
    path.says(B)
    assert not path.run(function).raised
    assert path.addresses == {A, B}
    tags = path.sandbox.boto(path.account, "elbv2").describe_tags(ResourceArns=[path.group])["TagDescriptions"]
    assert [tag["Key"] for tag in tags[0]["Tags"]] == [f"saas.privatelink:missing-since:{PORT}"]
    path.run(function)
    assert path.addresses == {A, B}
    time.sleep(1.6)
    assert not path.run(function).raised
    assert path.addresses == {B}
    path.finds("a reader goes away", "-", "drained after its grace, remembered in a tag")


def test_other_syncs_go_on(path: Path) -> None:
    elb = path.sandbox.boto(path.account, "elbv2")
    options = {"Protocol": "TCP", "Port": PORT, "VpcId": path.vpc.id, "TargetType": "ip"}
    elb.create_target_group(Name="reports", **options)
    path.names.set({"reports.example": [C]})
    more = [
        {"name": "reports", "target_group": "reports", "endpoint": "reports.example"},
        {"name": "gone", "target_group": "no-such-group", "endpoint": "reports.example"},
    ]
    path.says(B, modes="nxdomain")
    run = path.run(path.deploy(*more))
    assert run.raised.startswith("2 of 3 syncs failed: orders: ")
    assert "no target group no-such-group" in run.raised
    assert {line["Sync"]: line["state"] for line in run.lines if "state" in line} == {
        "orders": "failed",
        "reports": "changed",
    }
    path.finds("two of three syncs fail", "-", "the third is done, raises")


def test_what_a_run_tells(path: Path) -> None:
    """One line, and the metrics in it are those that it declares."""
    (line,) = path.run(path.deploy()).lines
    (declared,) = line["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "saas.privatelink/ip_sync"
    assert declared["Dimensions"] == [["FunctionName"], ["FunctionName", "Sync"]]
    assert all(isinstance(line[name], str) for names in declared["Dimensions"] for name in names)
    values = {metric["Name"]: line[metric["Name"]] for metric in declared["Metrics"]}
    assert values == {"AnswerAge": 0.0, "DesiredTargets": 1, "ActiveTargets": 1, "HealthyHostCount": 1}
    assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 60
    path.sandbox.control("POST", "target_health", target_group_arn=path.group, id=A, state="unhealthy")
    (line,) = path.run(path.functions[-1]).lines
    assert line["HealthyHostCount"] == 0
    assert line["ActiveTargets"] == 1
    path.says(B, modes="servfail")
    (line,) = path.run(path.functions[-1]).lines
    assert line["failed"]
    assert line["AnswerAge"] > 0
    assert NAME in line["msg"]
