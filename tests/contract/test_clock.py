# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's clock: what takes time there passes when a test steps over it, and only then."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.contract.conftest import VENDOR, Provider, Share
from tests.sandbox.client import SLEEPS, ControlError, Endless, RunningSandbox, SteppedTime

DAY = 24 * 3600.0


def now(sandbox: RunningSandbox) -> float:
    return float(sandbox.control("GET", "clock")["now"])


def test_a_step_goes_as_far_as_it_says_and_never_back(sandbox: RunningSandbox) -> None:
    before = now(sandbox)
    after = sandbox.step(1000)
    assert before + 1000 <= after <= now(sandbox) < before + 2000
    for seconds in (-1, "NaN", "Infinity", "soon"):
        with pytest.raises(ControlError):
            sandbox.control("POST", "clock", seconds=seconds)
    assert now(sandbox) < before + 2000


def test_states_last_as_long_as_their_lag(provider: Provider) -> None:
    sandbox, service = provider.sandbox, provider.make_service(VENDOR)
    lags = {"vpc_endpoint.unseen": 600.0, "vpc_endpoint.pendingAcceptance": 7 * DAY}
    usual = {name: sandbox.lag()[name]["seconds"] for name in lags}
    sandbox.lag(**lags)
    try:
        sandbox.connect(service["ServiceName"])
        states = []
        for seconds in (0.0, 500.0, 150.0, 6 * DAY, DAY):
            sandbox.step(seconds)
            states.append([connection["VpcEndpointState"] for connection in provider.connections(service["ServiceId"])])
    finally:
        sandbox.lag(**usual)
    assert states == [[], [], ["pendingAcceptance"], ["pendingAcceptance"], ["expired"]]


def test_an_invitation_expires(share: Share) -> None:
    (invitation,) = share.sandbox.eventually(share.invitations, bool)
    assert invitation["status"] == "PENDING"
    share.sandbox.step(8 * DAY)
    assert [invitation["status"] for invitation in share.invitations()] == ["EXPIRED"]


def test_buckets_refill(provider: Provider) -> None:
    def codes(calls: int) -> set[str]:
        seen = set()
        for _dummy in range(calls):
            try:
                provider.elb.describe_load_balancers()
                seen.add("ok")
            except ClientError as error:
                seen.add(error.response["Error"]["Code"])
        return seen

    provider.sandbox.buckets(enabled=True)
    assert codes(200) == {"ok", "Throttling"}
    provider.sandbox.step(2)  # 20 tokens
    assert codes(20) == {"ok"}


def test_sleepers_step(sandbox: RunningSandbox) -> None:
    time = SteppedTime(sandbox)
    began, own = now(sandbox), time.monotonic()
    time.sleep(3600)
    time.sleep(0.5)
    assert 3600.5 <= now(sandbox) - began < 4000
    assert time.monotonic() - own == pytest.approx(3600.5)


def test_a_wait_without_end_ends(sandbox: RunningSandbox) -> None:
    looks = []
    with pytest.raises(TimeoutError, match="not reached within 3 s of the sandbox, last: None"):
        sandbox.eventually(lambda: looks.append(now(sandbox)), bool, timeout=3)
    assert looks[-1] - looks[0] >= 3
    time = SteppedTime(sandbox)
    time.sleeps = SLEEPS
    with pytest.raises(Endless):
        time.sleep(0.1)
