# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine that makes the targets of a target group follow a DNS name.

`sync` performs nothing itself: it yields effects and is sent their results (`driver.run` does that), so every order of
events, error and crash can be played to it in a test.

A run: resolve, guard, describe, register what is missing, confirm the answer, describe again, drain what the confirmed
answer lacks, describe, register again what another writer took away meanwhile. A run with nothing to do ends after the
first describe (and after loading the memory, for policies that wait over several runs). These hold after every effect:

* a group with targets never becomes empty: drain only while a target of the answer is active;
* nothing in the latest good answer is drained, and nothing on the word of a single answer;
* no write without a good answer; only targets on our port and outside the protected ranges are touched;
* a draining target does not count as registered;
* any error ends the run as SyncFailed: nothing is swallowed, and the next run starts from what it finds.

ELBv2 has no compare-and-swap. Two runs at once with the same answer are safe; two that confirmed *different* answers
can each drain the other's target between describe and drain. The last describe repairs that; do not run two on purpose.
"""

from __future__ import annotations

import typing as t

from .guard import is_protected, zones
from .model import (
    Config,
    Deregister,
    Describe,
    Effect,
    LoadState,
    Memory,
    Now,
    Occupied,
    Outcome,
    Register,
    Resolve,
    SaveState,
    Sleep,
    SyncFailed,
    Target,
    TargetHealth,
    canonical,
)

UNCONFIRMED = "unconfirmed: answers still moving"
NOT_HEALTHY = "draining old after new is healthy"
IN_GRACE = "missing from the answers, but not yet for the grace period"
NONE_ACTIVE = "nothing drained: no target of the answer is active"
LATECOMER = "a target outside the answer appeared during the run"


def sync(config: Config) -> t.Generator[Effect, t.Any, Outcome]:
    """One run. Yields effects, returns the Outcome. Raises SyncFailed, whose `__cause__` is what went wrong."""
    run = _Run(config)
    try:
        return (yield from run.steps())
    except Exception as error:
        raise SyncFailed(str(error) or type(error).__name__, run.outcome("failed", str(error))) from error


class _Run:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.zones: dict[str, str | None] = {}  # the answer: its addresses, and the zone each would be registered with
        self.view: list[TargetHealth] = []  # the group as last described
        self.own: dict[str, TargetHealth] = {}  # our active targets in it, by address
        self.held: set[str] = set()  # addresses this run has seen active or has registered
        self.registered: set[str] = set()
        self.drained: set[str] = set()
        self.memory = Memory()
        self.now = 0.0
        self.reason = ""
        self.warnings: list[str] = []

    def steps(self) -> t.Generator[Effect, t.Any, Outcome]:
        yield from self.look_up()
        yield from self.describe()
        self.refuse_company()
        yield from self.register(self.desired - self.own.keys())
        since = (yield from self.recall()) if self.config.remembers else {}
        if self.due(since):
            if (yield from self.confirm()):
                yield from self.describe()
                yield from self.deregister(self.due(since))
            else:
                self.reason = UNCONFIRMED
        yield from self.verify()
        if self.config.remembers:
            yield from self.remember(since)
        return self.outcome(*self.verdict())

    # What the run knows

    @property
    def desired(self) -> set[str]:
        return set(self.zones)

    @property
    def surplus(self) -> set[str]:
        # Without what this run drained: a read just after the write may still show it.
        surplus = self.own.keys() - self.desired - self.drained
        return surplus if self.config.only is None else surplus & {canonical(address) for address in self.config.only}

    def is_own(self, target: TargetHealth) -> bool:
        mine = target.port == self.config.port and not is_protected(self.config, target.address)
        return mine and target.active

    def due(self, since: dict[str, float]) -> set[str]:
        """The surplus that may go now, if the answer is confirmed. `since`: when each was first missed."""
        if self.config.policy == "exact":
            states = [self.own[address].state if address in self.own else "absent" for address in self.desired]
            if self.config.drain == "immediate" or all(state == "healthy" for state in states):
                return self.surplus
            limit = self.config.healthy_bound
        else:
            limit = self.config.grace
        return {address for address in self.surplus if address in since and self.now - since[address] >= limit}

    def refuse_company(self) -> None:
        """Raise Occupied for a group that serves something else, where it must not: clients would reach either."""
        others = sorted(self.own.keys() - self.desired) if self.config.alone else ()
        if others:
            raise Occupied(
                f"the target group of others holds {', '.join(others)}, which {self.config.name} does not have: "
                "its port leads to something else. Take another port (listener_port of a link), or let its owner "
                "remove that."
            )

    # Reading

    def look_up(self) -> t.Generator[Effect, t.Any, None]:
        for _sample in range(self.config.samples if self.config.policy == "sampled" else 1):
            self.zones.update((yield from self.resolve()))

    def resolve(self) -> t.Generator[Effect, t.Any, dict[str, str | None]]:
        answer = yield Resolve(self.config.name, self.config.family)
        return zones(self.config, answer)

    def describe(self) -> t.Generator[Effect, t.Any, None]:
        self.view = list((yield Describe()))
        self.own = {canonical(target.address): target for target in self.view if self.is_own(target)}
        self.held |= self.own.keys()

    def confirm(self) -> t.Generator[Effect, t.Any, bool]:
        """Ask again. Exact: False as soon as an answer differs. Sampled: the answers of the run add up."""
        for _again in range(self.config.confirm):
            yield Sleep(self.config.gap)
            latest = yield from self.resolve()
            if self.config.policy == "sampled":
                self.zones.update(latest)
            elif latest != self.zones:
                self.zones = latest
                return False
        return True

    # Writing

    def register(self, addresses: t.Iterable[str]) -> t.Generator[Effect, t.Any, None]:
        targets = tuple(Target(address, self.config.port, self.zones[address]) for address in sorted(addresses))
        if targets:
            yield Register(targets)
            self.registered |= {target.address for target in targets}
            self.held |= self.registered

    def deregister(self, addresses: set[str]) -> t.Generator[Effect, t.Any, None]:
        if not addresses:
            return
        if not self.desired & self.own.keys():
            self.reason = NONE_ACTIVE
            return
        # As AWS spells them. The zone goes along only where it had to be given: `all`.
        old = [self.own[address] for address in sorted(addresses)]
        yield Deregister(
            tuple(Target(target.address, target.port, "all" if target.zone == "all" else None) for target in old)
        )
        self.drained |= addresses

    def verify(self) -> t.Generator[Effect, t.Any, None]:
        """Look at what the writes left, and register missing targets again, once, so that two writers do not loop."""
        if self.registered or self.drained:
            yield from self.describe()
        lost = self.desired - self.own.keys()
        taken = sorted(lost & self.held)
        if taken:
            self.warnings.append(f"registered again, gone at the last look (another writer?): {', '.join(taken)}")
        yield from self.register(lost)

    # Waiting over several runs

    def recall(self) -> t.Generator[Effect, t.Any, dict[str, float]]:
        """Since when each surplus target has been missing: from memory if its lease still holds, else from now on."""
        self.memory = yield LoadState()
        if not self.surplus:
            return {}
        self.now = yield Now()
        since = self.memory.since
        if self.surplus & since.keys() and abs(self.now - self.memory.seen_at) > self.config.lease:
            self.warnings.append(f"no run within the memory_ttl of {self.config.lease:g} s: waiting starts again")
            since = {}
        # A time in the future is another machine's wrong clock: it must not count as waiting.
        return {address: min(since.get(address, self.now), self.now) for address in self.surplus}

    def remember(self, since: dict[str, float]) -> t.Generator[Effect, t.Any, None]:
        """Keep what is still missing. Written only if it changed or half its lease is over: a write costs a call."""
        waiting = {address: start for address, start in since.items() if address in self.surplus}
        renew = bool(waiting) and self.now - self.memory.seen_at > self.config.lease / 2
        if waiting != self.memory.since or renew:
            yield SaveState(Memory(self.now, waiting) if waiting else Memory())

    # Telling

    def verdict(self) -> tuple[str, str]:
        if self.reason:
            return "waiting", self.reason
        if self.surplus:
            if self.config.policy == "sampled":
                return "waiting", IN_GRACE
            return "waiting", NOT_HEALTHY if self.config.drain == "after_healthy" else LATECOMER
        if self.registered or self.drained:
            return "changed", "the group now equals the answer"
        return "in_sync", "the group equals the answer"

    def outcome(self, state: str, reason: str) -> Outcome:
        settled = self.desired | self.drained
        active = [target for target in self.view if target.active]
        kept = [target for target in active if not (self.is_own(target) and canonical(target.address) in settled)]
        return Outcome(
            state=state,
            reason=reason,
            changed=bool(self.registered or self.drained),
            registered=tuple(sorted(self.registered)),
            drained=tuple(sorted(self.drained)),
            kept=tuple(sorted(_endpoint(target) for target in kept)),
            desired=tuple(sorted(self.desired)),
            active=tuple(sorted((self.own.keys() | self.registered) - self.drained)),
            warnings=tuple(self.warnings),
        )


def _endpoint(target: TargetHealth) -> str:
    return f"[{target.address}]:{target.port}" if ":" in target.address else f"{target.address}:{target.port}"
