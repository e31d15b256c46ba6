# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of RDS: the watch that they start, on the real package, with and without a caching resolver between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.sandbox.aws.lambda_.functions import Function

from .conftest import NAME, A, B, C, Path, Run

TTL = 2
QUICK: dict[str, Any] = {"gap": 0.1}
SHORT: dict[str, Any] = {"budget": 3, "interval": 0.2}


def failover(number: int = 1, database: str = "orders", category: str = "failover", **more: Any) -> dict[str, Any]:
    detail = {"EventCategories": [category], "SourceIdentifier": database, "SourceType": "CLUSTER"}
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    event = {"id": f"event-{number}", "source": "aws.rds", "detail-type": "RDS DB Cluster Event", "time": now}
    return {**event, "detail": detail, **more}


def in_background(path: Path, function: Function, event: dict[str, Any]) -> Callable[[], Run]:
    """Start an invocation; the answer waits for it."""
    done: list[Run] = []
    thread = threading.Thread(target=lambda: done.append(path.run(function, event)))
    thread.start()

    def result() -> Run:
        thread.join()
        return done[0]

    return result


def moments(run: Run, flip: float) -> tuple[float, float]:
    """Seconds from a flip (Unix time) to the first registration and to the first deregistration."""
    times = {call["operation"]: datetime.fromisoformat(call["time"]).timestamp() for call in reversed(run.calls)}
    return times["RegisterTargets"] - flip, times["DeregisterTargets"] - flip


def test_a_watch_follows_the_flip(path: Path) -> None:
    function = path.deploy(settings={"budget": 30})
    path.run(function)
    result = in_background(path, function, failover())
    time.sleep(2.5)  # the event comes before the flip
    path.says(B)
    flip = time.time()
    run = result()
    registered, drained = moments(run, flip)
    assert not run.raised
    assert path.addresses == {B}
    assert run.seconds < 20
    assert registered < 2
    assert drained < 5
    # One look at the beginning; from then on AWS hears of nothing but the change.
    assert run.operations == [
        "DescribeTargetHealth",
        "DescribeTargetHealth",
        "RegisterTargets",
        "DescribeTargetHealth",
        "DeregisterTargets",
        "DescribeTargetHealth",
    ]
    path.finds(
        "event, then flip: registered / old drained, s after it",
        "0.11-0.49 / 0.60-1.04",
        f"{registered:.2f} / {drained:.2f} (3 answers 1 s apart)",
    )


def test_behind_a_cache(path: Path, cache: str) -> None:
    path.says(A, ttl=TTL)
    function = path.deploy(settings={"budget": 30})
    path.run(function)
    result = in_background(path, function, failover())
    time.sleep(2)
    path.says(B, ttl=TTL)
    flip = time.time()
    run = result()
    registered, drained = moments(run, flip)
    assert not run.raised
    assert path.addresses == {B}
    assert registered < TTL + 2
    path.finds(f"the same behind a cache, TTL {TTL} s", "-", f"{registered:.2f} / {drained:.2f}")


def test_faults_behind_a_cache(path: Path, cache: str) -> None:
    """What the cache makes of a fault is not what the nameserver said, and is still no reason to move anything."""
    path.says(A, ttl=1)
    function = path.deploy(**QUICK)
    assert not path.run(function).raised
    for mode in ("nxdomain", "servfail", "refused", "nodata", "drop"):
        time.sleep(1.1)
        path.says(B, ttl=1, modes=mode)
        run = path.run(function)
        assert run.raised
        assert path.addresses == {A}
        assert not run.writes
    time.sleep(1.1)
    path.says(B, ttl=1)
    assert not path.run(function).raised
    assert path.addresses == {B}
    path.finds("5 faults of DNS behind a cache, then a flip", "-", "kept, raises; follows")


def test_faults_during_a_watch(path: Path) -> None:
    """While a failover is under way its name may not resolve at all."""
    function = path.deploy(settings={"budget": 20, "interval": 0.2}, **QUICK)
    path.run(function)
    result = in_background(path, function, failover())
    time.sleep(0.5)
    path.says(A, modes="servfail")
    time.sleep(0.5)
    path.says(B, modes="nxdomain")
    time.sleep(0.5)
    path.says(B)
    run = result()
    assert not run.raised
    assert path.addresses == {B}
    assert run.seconds < 10
    path.finds("SERVFAIL and NXDOMAIN during a watch", "-", "the watch goes on")


def test_a_bounce_is_no_flip(path: Path) -> None:
    """An answer that comes and goes within the confirmation ends no watch, and drains nothing."""
    function = path.deploy(settings={"budget": 6, "interval": 0.2}, gap=0.3)
    path.run(function)
    path.says(answers=[[A]] * 6 + [[B], [A], [A]] + [[A]] * 200)
    run = path.run(function, failover())
    assert A in path.addresses
    assert "DeregisterTargets" not in run.writes[:1]
    assert not run.raised
    path.says(A)
    path.run(function)
    assert path.addresses == {A}


def test_a_watch_ends_with_its_budget(path: Path) -> None:
    function = path.deploy(settings=SHORT)
    path.run(function)
    run = path.run(function, failover())
    assert not run.raised
    assert run.operations == ["DescribeTargetHealth"]
    assert 2 <= run.seconds <= 4
    path.finds("event without a flip: calls in 3 s of watching", "0 in the loop", "1, then 0 in the loop")


def test_drift_is_found_during_a_watch(path: Path) -> None:
    """Somebody takes the target away; DNS says nothing new."""
    path.register(C)
    function = path.deploy(settings={**SHORT, "drift_interval": 1}, protected=[f"{C}/32"], **QUICK)
    path.run(function)
    result = in_background(path, function, failover())
    time.sleep(0.4)
    path.sandbox.boto(path.account, "elbv2").deregister_targets(TargetGroupArn=path.group, Targets=[{"Id": A}])
    assert not result().raised
    assert path.addresses == {A, C}


def test_duplicates_and_late_events(path: Path) -> None:
    function = path.deploy(settings=SHORT, **QUICK)
    path.run(function)
    first = failover()
    assert path.run(function, first).answer["payload"]["results"]
    again = path.run(function, first)
    assert "seen before" in again.answer["payload"]["ignored"]
    assert not again.operations
    path.says(B)
    path.run(function)
    late = path.run(function, failover(2, time="2026-01-01T00:00:00Z"))
    assert late.seconds < 1
    assert late.operations == ["DescribeTargetHealth"]
    path.finds("the same event twice; one from before the last change", "-", "ignored; one run, no watch")


def test_events_of_others(path: Path) -> None:
    function = path.deploy(settings=SHORT)
    path.run(function)
    for number, event in enumerate(
        (
            failover(database="billing"),
            failover(category="backup"),
            {"source": "aws.rds", "detail": {}},
            {"source": "aws.rds"},
        )
    ):
        run = path.run(function, {**event, "id": f"other-{number}"})
        assert run.answer["payload"]["ignored"]
        assert not run.operations
        assert run.seconds < 1
    path.finds("event of another database or category", "-", "ignored, no call")


def test_a_name_of_ones_own_and_members_of_a_cluster(path: Path) -> None:
    """The event names a member; the endpoint reaches it by CNAMEs."""
    path.names.set(
        {
            "db.example.com": {"cname": NAME, "ttl": 1},
            NAME: {"cname": "member-1.c1a2b3.us-east-1.rds.amazonaws.com", "ttl": 1},
            "member-1.c1a2b3.us-east-1.rds.amazonaws.com": [A],
        }
    )
    function = path.deploy(endpoint="db.example.com", settings={**SHORT, "budget": 1})
    for number, database in enumerate(("orders", "member-1")):
        assert "results" in path.run(function, failover(number, database)).answer["payload"]
    assert "ignored" in path.run(function, failover(9, "member-2")).answer["payload"]


def test_all_databases_are_followed_during_a_watch(path: Path) -> None:
    elb = path.sandbox.boto(path.account, "elbv2")
    options = {"Protocol": "TCP", "Port": 5432, "VpcId": path.vpc.id, "TargetType": "ip"}
    arn = elb.create_target_group(Name="second", **options)["TargetGroups"][0]["TargetGroupArn"]
    path.names.set({"second.example": [A]})
    more = {"name": "second", "target_group": "second", "endpoint": "second.example", **QUICK}
    function = path.deploy(more, settings=SHORT, **QUICK)
    path.run(function)
    result = in_background(path, function, failover())
    time.sleep(0.5)
    path.names.set({"second.example": [C]})
    assert not result().raised
    shown = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    assert [target["Target"]["Id"] for target in shown] == [C]
    path.finds("a second database fails over during a watch", "-", "followed too")
