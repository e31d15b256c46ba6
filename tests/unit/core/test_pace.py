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
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import pace
from ansible_collections.saas.privatelink.plugins.module_utils._aws.pace import (
    FLIGHT,
    Memory,
    Pacer,
    SharedFile,
    buckets,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ACCEPT = ("ec2", "AcceptVpcEndpointConnections")  # 10 at once, 1 a second
FREE = 9  # of them at once: what refills while a call is under way is not counted on
CALLS = [
    ACCEPT,
    ("ec2", "CreateVpcEndpoint"),
    ("ec2", "DescribeVpcs"),
    ("elbv2", "CreateLoadBalancer"),
    ("elbv2", "RegisterTargets"),
    ("elbv2", "DescribeTags"),
    ("elbv2", "ModifyListener"),
]


class Time:
    """A clock that stands still: calls that are due later are noted, not slept for."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.seconds = now

    def now(self) -> float:
        return self.seconds

    def pacer(self, store: Memory | SharedFile | None = None, rate: float = 1.0) -> Pacer:
        return Pacer("scope", rate, store or Memory(), self.now, lambda seconds: None)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, in which SharedFile makes its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"saas.privatelink-{os.getuid()}"


@settings(deadline=None, max_examples=80)
@given(
    call=st.sampled_from(CALLS),
    rate=st.sampled_from([0.5, 1.0]),
    gaps=st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.1, 1.0, 7.0, 100.0]), min_size=1, max_size=120),
    refused=st.sets(st.integers(0, 120), max_size=3),
)
def test_no_window_sees_more_than_the_bucket_holds_and_gains(
    call: tuple[str, str], rate: float, gaps: list[float], refused: set[int]
) -> None:
    time = Time()
    pacer = time.pacer(rate=rate)
    times: list[float] = []
    for number, gap in enumerate(gaps):
        time.seconds += gap
        if number in refused:
            pacer.throttled(*call)
        times.append(time.seconds + pacer.acquire(*call))
    if not refused:  # who comes first goes first; while the pace recovers, who comes later may wait less
        assert times == sorted(times)
    times.sort()
    for _name, capacity, refill in buckets(*call):
        for first, start in enumerate(times):
            for last in range(first, len(times)):
                gained = (times[last] - start) * refill * rate
                assert last - first + 1 <= capacity + gained + 1e-3


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
    assert dues[:FREE] == [0.0] * FREE and dues[12] - dues[11] == pytest.approx(2 / 0.99)


def test_it_really_sleeps() -> None:
    slept: list[float] = []
    pacer = Pacer("scope", 1.0, Memory(), Time().now, slept.append)
    dues = [pacer.acquire(*ACCEPT) for dummy in range(FREE + 1)]
    assert slept == [dues[FREE]] and dues[FREE] > 0


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
    assert first.acquire(*ACCEPT) > 0 and second.acquire(*ACCEPT) > 1
    second.throttled(*ACCEPT)
    assert first.acquire(*ACCEPT) > 3
    assert time.pacer(SharedFile("elsewhere")).acquire(*ACCEPT) == 0.0


def test_processes_share_a_file(own_folder: Path) -> None:
    """Four processes take 20 tokens each at the same moment: no update is lost."""
    code = """
import sys, tempfile
from ansible_collections.saas.privatelink.plugins.module_utils._aws.pace import Pacer, SharedFile
tempfile.tempdir = sys.argv[1]
pacer = Pacer("here", 1.0, SharedFile("here"), lambda: 1e9, lambda seconds: None)
for _ in range(20): pacer.acquire("ec2", "AcceptVpcEndpointConnections")
"""
    command = [sys.executable, "-c", code, str(own_folder.parent)]
    processes = [subprocess.Popen(command) for dummy in range(4)]
    assert [process.wait(timeout=30) for process in processes] == [0] * 4
    (file,) = own_folder.iterdir()
    levels = json.loads(file.read_text(encoding="utf-8"))
    assert levels["ec2:AcceptVpcEndpointConnections"][0] == pytest.approx(10 - 80)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(own_folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"ec2:AcceptVpcEndpointConnections": 3}']
    + [b'{"ec2:AcceptVpcEndpointConnections": [1, "x", 2, 3]}', b'{"ec2:AcceptVpcEndpointConnections": [5]}'],
)
def test_a_torn_or_foreign_file_counts_as_full(own_folder: Path, content: bytes) -> None:
    store = SharedFile("here")
    (file,) = own_folder.iterdir()
    file.write_bytes(content)
    pacer = Time().pacer(store)
    dues = [pacer.acquire(*ACCEPT) for dummy in range(FREE + 1)]
    assert dues[:FREE] == [0.0] * FREE and dues[FREE] > 0


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
    assert isinstance(pace.store_for("here"), Memory)
    own_folder.rename(own_folder.with_name("real"))
    own_folder.symlink_to(own_folder.with_name("real"))
    assert isinstance(pace.store_for("here"), Memory)
    own_folder.unlink()
    own_folder.write_text("a file", encoding="utf-8")
    assert isinstance(pace.store_for("here"), Memory)
    monkeypatch.setattr(pace, "fcntl", None)
    assert isinstance(pace.store_for("elsewhere"), Memory)


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
