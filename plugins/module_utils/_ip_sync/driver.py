# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the engine and the world: what a driver offers, how a run is performed, and a driver that writes nothing."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._core.dns_answer import Answer
from .core import sync
from .model import (
    Config,
    Deregister,
    Describe,
    Effect,
    LoadState,
    Memory,
    Now,
    Outcome,
    Register,
    Resolve,
    Sleep,
    Target,
    TargetHealth,
    canonical,
)

Write = t.Union[Register, Deregister]


class Driver(t.Protocol):
    """Performs the effects for one target group. Any exception it raises ends the run as SyncFailed."""

    def resolve(self, name: str, family: str) -> Answer:
        """A fresh answer, or an exception; never an empty one."""

    def describe(self) -> t.Sequence[TargetHealth]:
        """Every target of the group, draining ones included."""

    def register(self, targets: t.Sequence[Target]) -> None:
        """RegisterTargets with Id, Port and, where `zone` is set, AvailabilityZone."""

    def deregister(self, targets: t.Sequence[Target]) -> None:
        """DeregisterTargets with Id, Port and, where `zone` is set, AvailabilityZone."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def now(self) -> float:
        """Unix time in seconds."""

    def load_state(self) -> Memory:
        """The memory of earlier runs; `Memory()` if there is none. Only asked for if `config.remembers`."""

    def save_state(self, memory: Memory) -> None:
        """Keep it for the next run; remove it if `memory.since` is empty."""


def run(config: Config, driver: Driver) -> Outcome:
    """One run of `sync`, performed by `driver`. Raises SyncFailed."""
    return drive(sync(config), driver)


def drive(steps: t.Generator[Effect, t.Any, Outcome], driver: Driver) -> Outcome:
    """Perform a run that has not begun yet: `sync(config)`."""
    try:
        effect = next(steps)
        while True:
            try:
                result = perform(driver, effect)
            except Exception as error:
                effect = steps.throw(error)
            else:
                effect = steps.send(result)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome


def perform(driver: Driver, effect: Effect) -> t.Any:
    """Perform one effect and return what the engine is to be sent."""
    if isinstance(effect, Resolve):
        return driver.resolve(effect.name, effect.family)
    if isinstance(effect, Describe):
        return driver.describe()
    if isinstance(effect, Register):
        return driver.register(effect.targets)
    if isinstance(effect, Deregister):
        return driver.deregister(effect.targets)
    if isinstance(effect, Sleep):
        return driver.sleep(effect.seconds)
    if isinstance(effect, Now):
        return driver.now()
    if isinstance(effect, LoadState):
        return driver.load_state()
    return driver.save_state(effect.memory)


class DryRun:
    """A driver for check mode: reads through to the real one, keeps the writes in `writes` and sends none.

    What it would have written shows in its later reads the way AWS would show it (registered: `initial`; drained:
    `draining`), so the engine goes on exactly as in a real run and `writes` is what that run would send.
    """

    def __init__(self, real: Driver) -> None:
        self.real = real
        self.writes: list[Write] = []
        self.saved: Memory | None = None

    def resolve(self, name: str, family: str) -> Answer:
        return self.real.resolve(name, family)

    def describe(self) -> t.Sequence[TargetHealth]:
        view = {(canonical(target.address), target.port): target for target in self.real.describe()}
        for write in self.writes:
            for target in write.targets:
                key = (canonical(target.address), target.port)
                seen = view.get(key) or TargetHealth(target.address, target.port, "unused", zone=target.zone)
                if isinstance(write, Deregister):
                    view[key] = replace(seen, state="draining", reason="Target.DeregistrationInProgress")
                elif not (key in view and seen.active):
                    view[key] = replace(seen, state="initial", reason="Elb.RegistrationInProgress")
        return list(view.values())

    def register(self, targets: t.Sequence[Target]) -> None:
        self.writes.append(Register(tuple(targets)))

    def deregister(self, targets: t.Sequence[Target]) -> None:
        self.writes.append(Deregister(tuple(targets)))

    def sleep(self, seconds: float) -> None:
        # Really waited: without the gap the confirming answers would be others than those of a real run.
        self.real.sleep(seconds)

    def now(self) -> float:
        return self.real.now()

    def load_state(self) -> Memory:
        return self.real.load_state() if self.saved is None else self.saved

    def save_state(self, memory: Memory) -> None:
        self.saved = memory
