# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
from collections.abc import Sequence

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.driver import DryRun, run
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.model import (
    Config,
    Deregister,
    Memory,
    Register,
    SyncFailed,
    Target,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from .world import PORT, A, ApiError, B, C, D, World, answer, config

ADDRESSES = (A, B, C, D)
addresses = st.sets(st.sampled_from(ADDRESSES), min_size=1)


class Recorder(World):
    """A world that notes its writes the way DryRun does."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sent: list[Register | Deregister] = []

    def register(self, targets: Sequence[Target]) -> None:
        super().register(targets)
        self.sent.append(Register(tuple(targets)))

    def deregister(self, targets: Sequence[Target]) -> None:
        super().deregister(targets)
        self.sent.append(Deregister(tuple(targets)))


def test_run_performs_and_returns() -> None:
    world = World().add(A).says(answer(B))
    outcome = run(config(), world)
    assert (outcome.state, outcome.registered, outcome.drained) == ("changed", (B,), (A,))


def test_run_raises_what_the_driver_raises_as_a_cause() -> None:
    world = World(fail={"describe": ApiError("AccessDenied")}).add(A).says(answer(B))
    with pytest.raises(SyncFailed, match="AccessDenied") as caught:
        run(config(), world)
    assert isinstance(caught.value.__cause__, ApiError)


def test_dry_run_sends_nothing_and_shows_the_writes() -> None:
    world = World().add(A).add(C, state="draining").says(answer(B, C))
    dry = DryRun(world)
    outcome = run(config(), dry)
    assert dry.writes == [Register((Target(C, PORT), Target(B, PORT))), Deregister((Target(A, PORT),))]
    assert (outcome.changed, outcome.drained, world.writes, world.active()) == (True, (A,), [], {A})


@settings(max_examples=60, deadline=None, database=None)
@given(
    active=st.sets(st.sampled_from(ADDRESSES)),
    draining=st.sets(st.sampled_from(ADDRESSES)),
    answers=st.lists(addresses, min_size=1, max_size=5),
    waited=st.dictionaries(st.sampled_from(ADDRESSES), st.integers(0, 2000)),
    options=st.sampled_from(
        (
            config(),
            config(drain="after_healthy"),
            config(policy="sampled", samples=2),
            config(policy="sampled", grace=0),
        )
    ),
)
def test_check_mode_predicts_exactly_the_writes_of_a_real_run(
    active: set[str], draining: set[str], answers: list[set[str]], waited: dict[str, int], options: Config
) -> None:
    real = Recorder(answers=[answer(*addresses) for addresses in answers])
    real.add(*draining, state="draining").add(*active)
    real.memory = Memory(real.time, {address: real.time - age for address, age in waited.items()})
    before = copy.deepcopy(real)
    dry = DryRun(copy.deepcopy(real))
    predicted = run(options, dry)
    assert predicted == run(options, real)
    assert dry.writes == real.sent
    assert (dry.saved or before.memory) == real.memory
    assert isinstance(dry.real, Recorder)
    assert (dry.real.sent, dry.real.memory, dry.real.active()) == ([], before.memory, before.active())
