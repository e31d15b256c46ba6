# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The invariants of the engine, checked after every single call, under anything that can happen to it.

Hypothesis plays: the name flips, DNS fails or lies or lags, two runs interleave effect by effect, any call errs (before
or after it took effect), a run dies, time passes. It is the machine that performs effects, so it sees each one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_answer import Answer
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync import core
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.driver import perform
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.model import (
    BadAnswer,
    Config,
    Deregister,
    Describe,
    Effect,
    LoadState,
    Memory,
    Outcome,
    Register,
    Resolve,
    SyncFailed,
    Target,
)
from hypothesis import currently_in_test_context, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from .world import INITIAL_SECONDS, PORT, ApiError, World, answer, config

HOSTS = ("10.0.1.11", "10.0.2.22", "10.0.1.33", "192.168.0.4")  # the last one is outside the VPC
FOREIGN = {("10.0.1.200", PORT), ("10.0.1.11", 6432)}
OPTIONS = {"protected": ("10.0.1.192/26",), "allow_outside": True, "max_addresses": 4}
CONFIGS = (
    config(**OPTIONS),
    config(**OPTIONS, confirm=1),
    config(**OPTIONS, drain="after_healthy", healthy_bound=400),
    config(**OPTIONS, policy="sampled", samples=2, grace=300, lease=2000),
)
BAD = (
    Answer(()),
    answer("52.1.2.3"),
    answer("10.0.1.11", "0.0.0.0"),
    answer("127.0.0.1"),
    answer("10.0.1.201"),
    answer(*(f"10.0.1.{n}" for n in range(1, 7))),
)


def zone(address: str) -> str | None:
    return "all" if address.startswith("192.") else None


SLOT, PART = st.integers(0, 1), st.integers(0, 3)


@dataclass
class Run:
    """One run in flight, and what it has been told so far."""

    steps: Generator[Effect, Any, Outcome]
    pending: Effect
    answers: list[set[str]] = field(default_factory=list)
    recalled: Memory = field(default_factory=Memory)
    writes: int = 0
    describes: int = 0
    drains_seen: int = 0  # how many drains the group had had when this run last looked at it


class IpSyncMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        for address, port in FOREIGN:
            self.world.add(address, port=port)
        self.config: Config = CONFIGS[0]
        self.truth: set[str] = {HOSTS[0]}
        self.past: set[str] = {HOSTS[0]}
        self.runs: dict[int, Run] = {}
        self.drains = 0

    @initialize(
        options=st.sampled_from(CONFIGS), held=st.sets(st.sampled_from(HOSTS)), dead=st.sets(st.sampled_from(HOSTS))
    )
    def begin(self, options: Config, held: set[str], dead: set[str]) -> None:
        self.config = options
        for address in held:
            self.world.add(address, zone=zone(address))
        self.world.dead = dead

    # What happens

    @rule(hosts=st.sets(st.sampled_from(HOSTS), min_size=1, max_size=3))
    def the_name_flips(self, hosts: set[str]) -> None:
        self.past, self.truth = self.truth, hosts

    @rule(seconds=st.sampled_from((1, 60, INITIAL_SECONDS, 301, 2500)))
    def time_passes(self, seconds: float) -> None:
        self.world.tick(seconds)

    @rule(host=st.sampled_from(HOSTS))
    def another_writer_drains(self, host: str) -> None:
        if host in self.own() and len(self.own()) > 1:
            self.world.deregister_by_other(host)
            self.drains += 1

    @rule(slot=SLOT, count=st.integers(1, 8), part=PART)
    def a_run_goes_on(self, slot: int, count: int, part: int) -> None:
        self.run_of(slot)
        for _effect in range(count):
            if slot in self.runs:
                self.step(slot, self.true_answer(part))

    @rule(slot=SLOT, part=PART)
    def a_run_ends(self, slot: int, part: int) -> None:
        self.run_of(slot)
        while slot in self.runs:
            self.step(slot, self.true_answer(part))

    @rule(slot=SLOT, part=PART, told=st.one_of(st.sampled_from(BAD), st.none()))
    def dns_lies_or_lags(self, slot: int, part: int, told: Answer | None) -> None:
        """The next lookup of a run gets a bad answer, or the one from before the flip."""
        run = self.run_of(slot)
        while slot in self.runs and not isinstance(run.pending, Resolve):
            self.step(slot, self.true_answer(part))
        if slot in self.runs and told is None:
            self.step(slot, answer(*self.past))
        elif slot in self.runs and told:
            del self.runs[slot]
            failure = self.must_fail(run.writes, lambda: run.steps.send(told))
            assert isinstance(failure.__cause__, BadAnswer)

    @rule(slot=SLOT, took_effect=st.booleans())
    def a_call_errs(self, slot: int, took_effect: bool) -> None:
        run = self.run_of(slot)
        del self.runs[slot]
        told_of = run.writes
        if took_effect:
            self.act(run, self.true_answer(0))
        failure = self.must_fail(told_of, lambda: run.steps.throw(ApiError("boom")))
        assert isinstance(failure.__cause__, ApiError)

    @rule(slot=SLOT)
    def a_run_dies(self, slot: int) -> None:
        self.run_of(slot).steps.close()
        del self.runs[slot]

    @rule()
    def all_calms_down(self) -> None:
        """DNS stable, nothing errs: the group equals DNS after three runs, and one more run is a no-op."""
        self.runs.clear()
        for _run in range(3):
            self.a_run_ends(0, 0)
            self.world.tick(400)
        assert self.own() == self.truth
        self.a_run_ends(0, 0)
        calls = [call for call in self.world.calls if call != "resolve"]
        assert calls == (["describe", "load"] if self.config.remembers else ["describe"])

    # How it is performed and checked

    def run_of(self, slot: int) -> Run:
        if slot not in self.runs:
            self.world.calls = []
            steps = core.sync(self.config)
            self.runs[slot] = Run(steps, next(steps))
        return self.runs[slot]

    def true_answer(self, part: int) -> Answer:
        """All of the truth; for a sampled name some of it, which part is up to Hypothesis."""
        hosts = sorted(self.truth)
        return answer(*(hosts if self.config.policy == "exact" or not part else {hosts[0], hosts[part % len(hosts)]}))

    def step(self, slot: int, told: Answer) -> None:
        run = self.runs[slot]
        result = self.act(run, told)
        try:
            run.pending = run.steps.send(result)
        except StopIteration as end:
            del self.runs[slot]
            self.check_outcome(run, end.value)

    def act(self, run: Run, told: Answer) -> Any:
        effect, before = run.pending, self.own()
        self.world.says(told)
        if isinstance(effect, (Register, Deregister)):
            self.check_write(run, effect)
        result = perform(self.world, effect)
        if isinstance(effect, Resolve):
            run.answers.append(set(told.addresses))
        elif isinstance(effect, LoadState):
            run.recalled = result
        elif isinstance(effect, Describe):
            run.describes += 1
            run.drains_seen = self.drains
        elif isinstance(effect, (Register, Deregister)):
            run.writes += 1
        if before and not self.own():
            # Only possible between two runs that confirmed different answers: AWS has no compare-and-swap.
            self.note("emptied between two runs of different answers")
            assert isinstance(effect, Deregister), "the group was emptied"
            assert self.drains > run.drains_seen, "the group was emptied"
        if isinstance(effect, Deregister):
            self.note(f"drained, {self.config.policy} {self.config.drain}")
            self.drains += 1
            run.drains_seen += 1
        assert {key for key in FOREIGN if self.world.records[key].state == "healthy"} == FOREIGN
        return result

    def check_write(self, run: Run, effect: Register | Deregister) -> None:
        assert run.answers, "a write without a good answer"
        assert effect.targets
        addresses = {target.address for target in effect.targets}
        for target in effect.targets:
            assert target.port == PORT
            assert (target.address, target.port) not in FOREIGN
            assert target == Target(target.address, PORT, zone(target.address))
        if isinstance(effect, Register):
            allowed = run.answers[-1] if self.config.policy == "exact" else set().union(*run.answers)
            assert addresses <= allowed, "registered what the answer lacks"
            return
        assert not addresses & set().union(*run.answers), "drained what an answer of this run holds"
        assert len(run.answers) > self.config.confirm, "drained unconfirmed"
        if self.config.policy == "exact":
            assert all(told == run.answers[0] for told in run.answers), "drained on unequal answers"
        else:
            oldest = self.world.time - self.config.grace
            assert all(run.recalled.since[address] <= oldest for address in addresses), "drained within the grace"

    def check_outcome(self, run: Run, outcome: Outcome) -> None:
        assert outcome.changed == bool(run.writes)
        assert set(outcome.active) & set(outcome.desired) == set(outcome.desired)
        if outcome.state == "in_sync":
            assert not run.writes
        if self.drains == run.drains_seen:  # nobody drained since it last looked
            assert set(outcome.desired) <= self.own()

    def must_fail(self, writes: int, provoke: Callable[[], Effect]) -> SyncFailed:
        failed: SyncFailed | None = None
        instead: Effect | Outcome | None = None
        try:
            instead = provoke()
        except SyncFailed as failure:
            failed = failure
        except StopIteration as end:
            instead = end.value
        assert failed is not None, f"an error was swallowed: {instead}"
        assert failed.outcome.state == "failed"
        assert failed.outcome.changed == bool(writes)
        return failed

    def note(self, what: str) -> None:
        if currently_in_test_context():  # shown by --hypothesis-show-statistics
            event(what)

    def own(self) -> set[str]:
        return self.world.active() - {"10.0.1.200"}


TestIpSync = IpSyncMachine.TestCase
TestIpSync.settings = settings(max_examples=300, stateful_step_count=40, deadline=None, database=None)


def test_two_runs_of_different_answers_repair_what_they_do_to_each_other() -> None:
    """The one race that cannot be closed without compare-and-swap: both look, then each drains the other's target."""
    a, b = HOSTS[:2]
    machine = IpSyncMachine()
    machine.config = CONFIGS[0]
    machine.world.add(a, b)
    first, second = machine.run_of(0), machine.run_of(1)
    for slot, run, told in ((0, first, b), (1, second, a)):
        while not isinstance(run.pending, Deregister):
            machine.step(slot, answer(told))
    machine.step(0, answer(b))
    machine.step(1, answer(a))
    assert machine.own() == set()
    while machine.runs:
        for slot, told in ((0, b), (1, a)):
            if slot in machine.runs:
                machine.step(slot, answer(told))
    assert machine.own() == {a, b}
