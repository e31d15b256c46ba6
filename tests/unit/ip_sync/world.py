# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A target group, a DNS name and a clock in memory: the world that the engine's tests play to it.

The life of a target is AWS's documented one: registered it is `initial`, after a while `healthy`; deregistered it is
`draining`, after a while gone; registering a draining target makes it `initial` again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_answer import Answer
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync import driver, model
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.model import (
    Config,
    Memory,
    Target,
    TargetHealth,
)

PORT = 5432
A, B, C, D = "10.0.1.11", "10.0.2.22", "10.0.1.33", "10.0.2.44"
SUBNETS = (("10.0.1.0/24", "use1-az1"), ("10.0.2.0/24", "use1-az2"), ("fd00:1::/64", "use1-az1"))
INITIAL_SECONDS = 120.0
DRAINING_SECONDS = 300.0


class ApiError(Exception):
    """Stands for any error of an AWS call or of DNS."""


def config(**options: Any) -> Config:
    return Config(**{"name": "db.example", "port": PORT, "subnets": SUBNETS, **options})


def answer(*addresses: str) -> Answer:
    return Answer(tuple(sorted(addresses)), ttl=5)


@dataclass
class Record:
    state: str
    since: float
    zone: str | None = None


@dataclass
class World:
    """A driver. `calls` holds one line per effect, e.g. `register 10.0.2.2`."""

    answers: list[Any] = field(default_factory=list)  # Answer or exception; the last one stays
    records: dict[tuple[str, int], Record] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)  # never becomes healthy
    memory: Memory = field(default_factory=Memory)
    time: float = 1_800_000_000.0
    calls: list[str] = field(default_factory=list)
    fail: dict[str, Exception] = field(default_factory=dict)  # "register" or "describe#2" → raised instead
    after: dict[str, Callable[[], None]] = field(default_factory=dict)  # same keys: what others do just after

    def __post_init__(self) -> None:
        self.zones_sent: list[str | None] = []
        self.ports_sent: set[int] = set()

    # The world's side

    def add(self, *addresses: str, port: int = PORT, state: str = "healthy", zone: str | None = None) -> World:
        for address in addresses:
            self.records[address, port] = Record(state, self.time, zone)
        return self

    def says(self, *answers: Answer | Exception) -> World:
        self.answers = list(answers)
        return self

    def add_by_other(self, address: str) -> None:
        self.add(address)

    def deregister_by_other(self, address: str) -> None:
        self.records[address, PORT] = Record("draining", self.time)

    def tick(self, seconds: float) -> None:
        self.time += seconds
        for key, record in list(self.records.items()):
            age = self.time - record.since
            if record.state == "draining" and age >= DRAINING_SECONDS:
                del self.records[key]
            elif record.state == "initial" and age >= INITIAL_SECONDS:
                record.state = "unhealthy" if key[0] in self.dead else "healthy"

    def active(self, port: int = PORT) -> set[str]:
        return {address for (address, p), record in self.records.items() if p == port and record.state != "draining"}

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if call.startswith(("register", "deregister"))]

    # The driver's side

    def resolve(self, name: str, family: str) -> Answer:
        self._call("resolve")
        value = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(value, Exception):
            raise value
        return value

    def describe(self) -> Sequence[TargetHealth]:
        self._call("describe")
        view = [TargetHealth(a, p, r.state, "", r.zone or "us-east-1a") for (a, p), r in self.records.items()]
        self._after("describe")
        return view

    def register(self, targets: Sequence[Target]) -> None:
        self._call("register", targets)
        for target in targets:
            record = self.records.get((target.address, target.port))
            if record is None or record.state == "draining":
                self.records[target.address, target.port] = Record("initial", self.time, target.zone)
        self._after("register")

    def deregister(self, targets: Sequence[Target]) -> None:
        self._call("deregister", targets)
        for target in targets:
            record = self.records.get((target.address, target.port))
            if record is not None and record.state != "draining":
                self.records[target.address, target.port] = Record("draining", self.time, record.zone)
        self._after("deregister")

    def sleep(self, seconds: float) -> None:
        self._call("sleep")
        self.tick(seconds)

    def now(self) -> float:
        self._call("now")
        return self.time

    def load_state(self) -> Memory:
        self._call("load")
        return self.memory

    def save_state(self, memory: Memory) -> None:
        self._call("save")
        self.memory = memory

    def _call(self, kind: str, targets: Iterable[Target] = ()) -> None:
        targets = list(targets)
        self.zones_sent += [target.zone for target in targets]
        self.ports_sent |= {target.port for target in targets}
        assert len(self.calls) < 100, "this run never ends"
        self.calls.append(" ".join([kind, *(target.address for target in targets)]))
        for key in self._keys(kind):
            if key in self.fail:
                raise self.fail[key]

    def _after(self, kind: str) -> None:
        for key in self._keys(kind):
            if key in self.after:
                self.after[key]()

    def _keys(self, kind: str) -> tuple[str, str]:
        return kind, f"{kind}#{sum(call.split()[0] == kind for call in self.calls)}"


def play(core: ModuleType, world: World, options: Config) -> model.Outcome:
    """One whole run; `world.calls` then holds this run's calls only."""
    world.calls = []
    return driver.drive(core.sync(options), world)


def fails(core: ModuleType, world: World, options: Config) -> model.SyncFailed:
    """One run that has to fail; the failure."""
    try:
        outcome = play(core, world, options)
    except model.SyncFailed as failure:
        return failure
    raise AssertionError(f"the run should have failed, but ended {outcome}")
