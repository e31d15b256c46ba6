# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pacing under a fake clock: never over AWS's published rates, shared between processes, slower after a refusal."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.limits import buckets
from ansible_collections.saas.privatelink.plugins.module_utils._core import pace
from ansible_collections.saas.privatelink.plugins.module_utils._core.pace import (
    FLIGHT,
    MARGIN,
    RECOVERY,
    SLOWEST,
    OwnMemory,
    Pacer,
    SharedFile,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

ACCEPT = ("ec2", "AcceptVpcEndpointConnections")  # 10 at once, 1 a second
FREE = 9  # of them at once: what refills while a call is under way is not counted on
CREATE = ("ec2", "CreateVpcEndpoint")  # 4 at once, 0.3 a second
ELB_CALLS = [
    ("elbv2", "CreateLoadBalancer"),
    ("elbv2", "RegisterTargets"),
    ("elbv2", "DescribeTags"),
    ("elbv2", "ModifyListener"),
]
CALLS = [ACCEPT, CREATE, ("ec2", "DescribeVpcs"), *ELB_CALLS]


class Time:
    """A clock that stands still: calls that are due later are noted, not slept for."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.seconds = now

    def now(self) -> float:
        return self.seconds

    def pacer(self, store: OwnMemory | SharedFile | None = None, rate: float = 1.0) -> Pacer:
        return Pacer("scope", buckets, rate, store or OwnMemory(), self.now, lambda seconds: None)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, in which SharedFile makes its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"saas.privatelink-{os.getuid()}"


class Step(NamedTuple):
    """A call after ``gap`` seconds. AWS may have refused one just before, and the clock may have been set back."""

    gap: float = 0.0
    operation: tuple[str, str] = CREATE
    refused: bool = False
    second: bool = False  # made by the second of two processes
    set_back: float = 0.0


GAP = st.sampled_from([0.0, 0.0, 0.0, 0.1, 1.0, 7.0, 30.0, 100.0])
RATE = st.sampled_from([0.1, 0.5, 1.0, 2.0])
REFUSED = st.sampled_from([False] * 15 + [True])
ALWAYS_RIGHT = st.just(0.0)
SET_BACK = st.sampled_from([0.0] * 15 + [0.5, 20.0, 86400.0])
# The case that was found first: calls of the slow pace still wait when the pace has recovered.
RECOVERING = [*[Step(refused=number == 4) for number in range(13)], Step(7.0), Step(100.0), Step(), Step()]


def steps(operations: list[tuple[str, str]], clock: st.SearchStrategy[float]) -> st.SearchStrategy[list[Step]]:
    step = st.builds(Step, GAP, st.sampled_from(operations), REFUSED, st.booleans(), clock)
    return st.lists(step, min_size=1, max_size=120)


def play(steps: list[Step], rate: float = 1.0) -> list[float]:
    """When these calls leave, in seconds that pass whatever the clock says."""
    time = Time()
    pacers = [time.pacer(SharedFile("here"), rate), time.pacer(SharedFile("here"), rate)]
    with pacers[0].store.open() as levels:
        levels.clear()
    pacers[1].answered(0.1)  # from here on, the second counts on refills sooner than the first
    passed, times = 0.0, []
    for step in steps:
        passed += step.gap
        time.seconds += step.gap - step.set_back
        pacer = pacers[step.second]
        if step.refused:
            pacer.throttled(*step.operation)
        times.append(passed + pacer.acquire(*step.operation))
    return times


def overdraft(times: list[float], capacity: float, refill: float) -> float:
    """By how many tokens the worst window of these calls takes more than the bucket holds and gains in it."""
    worst, lowest = -capacity, 0.0
    for number, seconds in enumerate(sorted(times)):
        lowest = min(lowest, number - refill * seconds)
        worst = max(worst, number + 1 - refill * seconds - lowest - capacity)
    return worst


def test_an_overdraft_is_seen() -> None:
    assert overdraft([0.0, 0.0, 0.0, 10.0], 3.0, 0.1) == pytest.approx(0.0)
    assert overdraft([0.0, 0.0, 0.0, 9.0], 3.0, 0.1) == pytest.approx(0.1)
    assert overdraft([105.0, 0.0, 100.0, 100.0, 100.0, 200.0], 3.0, 0.1) == pytest.approx(0.5)


@settings(deadline=None, max_examples=100)
@given(operation=st.sampled_from(CALLS), rate=RATE, steps=steps(CALLS, SET_BACK))
@example(operation=CREATE, rate=0.5, steps=RECOVERING)
def test_no_window_sees_more_than_the_bucket_holds_and_gains(
    operation: tuple[str, str], rate: float, steps: list[Step]
) -> None:
    times = play([step._replace(operation=operation) for step in steps], rate)
    assert times == sorted(times)  # who comes first goes first
    for _name, capacity, refill in buckets(*operation):
        assert overdraft(times, capacity, refill * rate) <= 1e-3


@settings(deadline=None, max_examples=100)
@given(rate=RATE, steps=steps(ELB_CALLS, SET_BACK))
def test_calls_of_different_buckets_do_not_overdraw_the_bucket_of_all(rate: float, steps: list[Step]) -> None:
    drawn: dict[pace.Bucket, list[float]] = {}
    for step, seconds in zip(steps, play(steps, rate), strict=True):
        for bucket in buckets(*step.operation):
            drawn.setdefault(bucket, []).append(seconds)
    for (_name, capacity, refill), times in drawn.items():
        assert overdraft(times, capacity, refill * rate) <= 1e-3


def patient(steps: list[Step], capacity: float, refill: float) -> list[float]:
    """When calls leave one by one at the slowest pace, where a refusal empties the bucket of those who wait, too."""
    passed, tokens, last = 0.0, capacity, 0.0
    times: list[float] = []
    for step in steps:
        passed += step.gap
        start = max(passed, last)
        tokens = min(capacity, tokens + refill * (start - last))
        if step.refused:
            tokens = 0.0 - sum(seconds > passed for seconds in times)
        last = start + max(0.0, FLIGHT + (1.0 - tokens) / refill)
        tokens = min(capacity, tokens + refill * (last - start)) - 1.0
        times.append(last)
    return times


@settings(deadline=None, max_examples=100)
@given(operation=st.sampled_from(CALLS), rate=RATE, steps=steps(CALLS, ALWAYS_RIGHT))
@example(operation=CREATE, rate=0.5, steps=RECOVERING)
def test_none_waits_longer_than_the_slowest_pace_makes_it(
    operation: tuple[str, str], rate: float, steps: list[Step]
) -> None:
    steps = [step._replace(operation=operation) for step in steps]
    _name, capacity, refill = buckets(*operation)[-1]  # the narrowest
    slowest = max(SLOWEST, 0.5 ** sum(step.refused for step in steps)) * rate * MARGIN
    latest = patient(steps, capacity, refill * slowest)
    alone = latest[-1] + RECOVERY + capacity / (refill * rate * MARGIN)  # when the bucket is surely full again
    *times, last = play([*steps, Step(alone - sum(step.gap for step in steps), operation)], rate)
    # At a higher pace more refills while a call is under way, and so much is kept back.
    assert all(seconds <= limit + FLIGHT for seconds, limit in zip(times, latest, strict=True))
    assert last == pytest.approx(alone)


def test_who_waits_for_a_slow_pace_leaves_before_who_comes_when_it_has_recovered() -> None:
    times = play(RECOVERING, rate=0.5)
    assert times == sorted(times)
    assert times[13] < times[14] == times[16] == 107.0  # the last three find none who wait, and need not wait


def test_who_waits_for_a_narrow_bucket_keeps_nobody_from_a_wide_one() -> None:
    creating = [Step(0.0, ELB_CALLS[0]) for dummy in range(30)]
    times = play([*creating, Step(0.0, ELB_CALLS[2])])
    assert times[29] > 19 / 0.2
    assert times[30] == 0.0


def test_a_burst_is_free_and_then_the_rate_rules() -> None:
    time = Time()
    pacer = time.pacer()
    dues = [pacer.acquire(*ACCEPT) for dummy in range(12)]
    assert dues[:FREE] == [0.0] * FREE
    assert dues[FREE:] == pytest.approx([FLIGHT, FLIGHT + 1 / 0.99, FLIGHT + 2 / 0.99])
    time.seconds += 100
    assert [pacer.acquire(*ACCEPT) for dummy in range(11)][:FREE] == [0.0] * FREE


def test_the_first_answer_shows_how_long_calls_are_under_way() -> None:
    for seconds, kept in ((0.1, 0.1), (30.0, FLIGHT)):  # a function that is invoked may take its time
        pacer = Time().pacer()
        pacer.answered(seconds)
        pacer.answered(0.0)
        dues = [pacer.acquire(*ACCEPT) for dummy in range(11)]
        assert dues == pytest.approx([0.0] * FREE + [kept, kept + 1 / 0.99])


def test_half_the_rate_takes_twice_as_long() -> None:
    pacer = Time().pacer(rate=0.5)
    dues = [pacer.acquire(*ACCEPT) for dummy in range(13)]
    assert dues[:FREE] == [0.0] * FREE
    assert dues[12] - dues[11] == pytest.approx(2 / 0.99)


def test_it_really_sleeps() -> None:
    slept: list[float] = []
    pacer = Pacer("scope", buckets, 1.0, OwnMemory(), Time().now, slept.append)
    dues = [pacer.acquire(*ACCEPT) for dummy in range(FREE + 1)]
    assert slept == [dues[FREE]]
    assert dues[FREE] > 0


def test_rate_0_and_unpublished_services_are_free() -> None:
    pacer = Time().pacer(rate=0)
    assert {pacer.acquire(*ACCEPT) for dummy in range(100)} == {0.0}
    pacer.throttled(*ACCEPT)
    assert pacer.acquire(*ACCEPT) == 0.0
    pacer = Time().pacer()
    assert {pacer.acquire("redshift", "DescribeClusters") for dummy in range(1000)} == {0.0}
    assert buckets("sts", "AssumeRole") == []


def test_elb_calls_draw_from_the_bucket_of_all_too() -> None:
    time = Time()
    pacer = time.pacer()
    assert {pacer.acquire("elbv2", "DescribeTags") for dummy in range(20)} == {0.0}
    assert {pacer.acquire("elbv2", "ModifyListener") for dummy in range(15)} == {0.0}
    assert pacer.acquire("elbv2", "RegisterTargets") == pytest.approx(FLIGHT - 4 / (10 * 0.99))


def test_operations_of_ec2_have_buckets_of_their_own() -> None:
    pacer = Time().pacer()
    assert {pacer.acquire(*ACCEPT) for dummy in range(FREE)} == {0.0}
    assert pacer.acquire("ec2", "RejectVpcEndpointConnections") == 0.0


def test_a_refusal_halves_the_pace_for_a_while() -> None:
    time = Time()
    pacer = time.pacer()
    pacer.throttled(*ACCEPT)
    pacer.throttled(*ACCEPT)  # refused together, counted once
    assert pacer.acquire(*ACCEPT) == pytest.approx(1 / (0.99 * 0.5) + FLIGHT)
    time.seconds += 2
    pacer.throttled(*ACCEPT)
    assert pacer.acquire(*ACCEPT) > 1 / (0.99 * 0.5) + FLIGHT
    time.seconds += 60 + 20
    assert {pacer.acquire(*ACCEPT) for dummy in range(FREE)} == {0.0}
    assert pacer.acquire(*ACCEPT) == pytest.approx(FLIGHT)


def test_refusals_never_stop_it() -> None:
    time = Time()
    pacer = time.pacer()
    for _dummy in range(50):
        pacer.throttled(*ACCEPT)
        time.seconds += 1
    assert pacer.acquire(*ACCEPT) <= 10 / 0.99 + FLIGHT


def test_two_share_a_file() -> None:
    time = Time()
    first, second = time.pacer(SharedFile("here")), time.pacer(SharedFile("here"))
    assert {pacer.acquire(*ACCEPT) for pacer in (first, second, second) for dummy in range(3)} == {0.0}
    assert first.acquire(*ACCEPT) > 0
    assert second.acquire(*ACCEPT) > 1
    second.throttled(*ACCEPT)
    assert first.acquire(*ACCEPT) > 3
    assert time.pacer(SharedFile("elsewhere")).acquire(*ACCEPT) == 0.0


def test_processes_share_a_file(own_folder: Path) -> None:
    """Four processes take 20 tokens each at the same moment: no update is lost."""
    code = """
import sys, tempfile
from ansible_collections.saas.privatelink.plugins.module_utils._aws.limits import buckets
from ansible_collections.saas.privatelink.plugins.module_utils._core.pace import Pacer, SharedFile
tempfile.tempdir = sys.argv[1]
pacer = Pacer("here", buckets, 1.0, SharedFile("here"), lambda: 1e9, lambda seconds: None)
for _ in range(20): pacer.acquire("ec2", "AcceptVpcEndpointConnections")
"""
    command = [sys.executable, "-c", code, str(own_folder.parent)]
    processes = [subprocess.Popen(command) for dummy in range(4)]
    assert [process.wait(timeout=30) for process in processes] == [0] * 4
    (file,) = own_folder.iterdir()
    levels = json.loads(file.read_text(encoding="utf-8"))
    tokens, _as_of, _pace, _since, *leaving = levels["ec2:AcceptVpcEndpointConnections"]
    assert tokens - len(leaving) == pytest.approx(10 - 80)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(own_folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"ec2:AcceptVpcEndpointConnections": 3}']
    + [b'{"ec2:AcceptVpcEndpointConnections": [1, "x", 2, 3]}', b'{"ec2:AcceptVpcEndpointConnections": [5]}']
    + [b'{"ec2:AcceptVpcEndpointConnections": [%s, 0, 1, 0]}' % number for number in (b"NaN", b"-Infinity")],
)
def test_a_torn_or_foreign_file_counts_as_full(own_folder: Path, content: bytes) -> None:
    store = SharedFile("here")
    (file,) = own_folder.iterdir()
    file.write_bytes(content)
    pacer = Time().pacer(store)
    dues = [pacer.acquire(*ACCEPT) for dummy in range(FREE + 1)]
    assert dues[:FREE] == [0.0] * FREE
    assert dues[FREE] > 0


def test_a_queue_in_a_file_of_the_former_format_is_waited_for(own_folder: Path) -> None:
    """It held tokens below zero instead of those who wait."""
    store = SharedFile("here")
    (file,) = own_folder.iterdir()
    file.write_text(json.dumps({f"ec2:{ACCEPT[1]}": [-3.5, 1e9 - 2.0, 1.0, 0.0]}), encoding="utf-8")
    assert Time(1e9).pacer(store).acquire(*ACCEPT) == pytest.approx((3.5 + 1) / 0.99 - 2.0 + FLIGHT)


def test_a_pace_of_nothing_in_the_file_does_not_stop_it(own_folder: Path) -> None:
    store = SharedFile("here")
    (file,) = own_folder.iterdir()
    file.write_text(json.dumps({f"ec2:{ACCEPT[1]}": [0, 1e9, 0, 1e9]}), encoding="utf-8")
    assert Time(1e9).pacer(store).acquire(*ACCEPT) == pytest.approx(10 / 0.99 + FLIGHT)


def test_a_clock_that_was_set_back_does_not_stop_it() -> None:
    time = Time()
    pacer = time.pacer()
    for _dummy in range(5):
        pacer.acquire(*ACCEPT)
    pacer.throttled(*ACCEPT)
    time.seconds -= 86400
    assert pacer.acquire(*ACCEPT) == pytest.approx(1 / (0.99 * 0.5) + FLIGHT)
    time.seconds += 100
    assert {pacer.acquire(*ACCEPT) for dummy in range(FREE)} == {0.0}
    assert pacer.acquire(*ACCEPT) == pytest.approx(FLIGHT)


def test_memory_where_no_private_folder_can_be(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(pace.store_for("here"), SharedFile)
    own_folder.chmod(0o777)  # anybody could write there
    assert isinstance(pace.store_for("here"), OwnMemory)
    own_folder.rename(own_folder.with_name("real"))
    own_folder.symlink_to(own_folder.with_name("real"))
    assert isinstance(pace.store_for("here"), OwnMemory)
    own_folder.unlink()
    own_folder.write_text("a file", encoding="utf-8")
    assert isinstance(pace.store_for("here"), OwnMemory)
    monkeypatch.setattr(pace, "fcntl", None)
    assert isinstance(pace.store_for("elsewhere"), OwnMemory)


class Full:
    """A file on a full disk."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_does_not_stop_it(own_folder: Path) -> None:
    store = SharedFile("here")
    store.file = Full(store.file)  # type: ignore[assignment]
    assert Time().pacer(store).acquire(*ACCEPT) == 0.0
