# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud in memory with one kind of resource, on which rounds of read, plan and apply can be tried out.

Boxes are made, resized, labelled, painted and removed. Making, resizing and removing take time; a box can be labelled
and resized only while it is ready, painted always, and removed only once its guests, who take their time, have left.
Reads may show the past, and calls may fail. The cloud is strict: a call that does not fit the state, and a run that
does not end, break the test.
"""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

NEVER = float("inf")
RUNAWAY = 400  # calls or reads in one run


class Runaway(BaseException):
    """A run that would never end."""


class Interrupt(BaseException):
    """The process is stopped right after a call was performed."""


@dataclass
class Time:
    """A clock that only moves when somebody sleeps."""

    seconds: float = 1000.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Box:
    """One resource. ``ready`` and ``gone`` are the times at which it gets there."""

    id: str
    name: str
    size: int
    labels: frozenset[str] = frozenset()
    paint: str = ""
    ready: float = 0.0
    gone: float = NEVER
    guests: bool = False
    guests_gone: float = NEVER

    def hosts(self, now: float) -> bool:
        return self.guests and now < self.guests_gone

    def state(self, now: float) -> str:
        if self.gone != NEVER:
            return "gone" if now >= self.gone else "going"
        return "ready" if now >= self.ready else "starting"


@dataclass(frozen=True)
class Want:
    """What an item is to be."""

    name: str
    present: bool = True
    size: int = 1
    labels: frozenset[str] | None = None
    paint: str = ""


@dataclass
class Cloud:
    """The cloud. ``stale``: how many seconds reads lag behind writes. ``lag``: how long a state lasts.

    ``broken``: names whose calls fail. ``fails``: numbers of calls, from 1, that fail. ``interrupt``: the call after
    which the process is stopped.
    """

    time: Time = field(default_factory=Time)
    lag: float = 20.0
    stale: float = 0.0
    broken: frozenset[str] = frozenset()
    fails: frozenset[int] = frozenset()
    interrupt: int = 0
    blind: bool = False
    boxes: list[Box] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    reads: int = 0
    past: list[tuple[float, list[Box]]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, **fields: Any) -> Box:
        box = Box(f"box-{len(self.boxes)}", name, **{"size": 1, **fields})
        self.boxes.append(box)
        return box

    def seen(self) -> list[Box]:
        """What a read shows: the boxes as of ``stale`` seconds ago."""
        self.reads += 1
        if self.reads > RUNAWAY:
            raise Runaway
        then = self.time.now() - self.stale
        after = [boxes for moment, boxes in self.past if moment > then]
        return copy.deepcopy(after[0] if after else self.boxes)

    def named(self, name: str) -> list[Box]:
        return [box for box in self.boxes if box.name == name and box.state(self.time.now()) in ("starting", "ready")]

    def call(self, plan: ModuleType, change: Any) -> dict[str, Any]:
        with self.lock:
            now, params = self.time.now(), change.params
            assert not change.after, f"called before its time: {change}"
            self.calls.append((change.action, params["Name"]))
            number = len(self.calls)
            if number > RUNAWAY:
                raise Runaway
            if params["Name"] in self.broken or number in self.fails:
                raise plan.ItemError(f"{change.action}: broken")
            self.past.append((now, copy.deepcopy(self.boxes)))
            answer = self.perform(change.action, params, now)
            if number == self.interrupt:
                raise Interrupt
            return answer

    def perform(self, action: str, params: Any, now: float) -> dict[str, Any]:
        if action == "box:Create":
            assert not self.named(params["Name"]), f"a second {params['Name']}"
            box = self.add(params["Name"], size=params["Size"], paint=params["Paint"], ready=now + self.lag)
            return {"Id": box.id}
        (box,) = (box for box in self.boxes if box.id == params["Id"])
        if action == "box:Delete":
            assert not box.hosts(now), "deleted with guests"
            box.gone = now + self.lag
        elif action == "box:Evict":
            box.guests_gone = now + self.lag
        elif action == "box:Paint":
            box.paint = params["Paint"]
        else:
            assert box.state(now) == "ready", f"{action} while {box.state(now)}"
            if action == "box:Resize":
                box.size, box.ready = params["Size"], now + self.lag
            else:
                box.labels |= set(params["Labels"])
        return {}


class Boxes:
    """How boxes are read and planned. ``plan`` is the module under test."""

    def __init__(self, plan: ModuleType, cloud: Cloud) -> None:
        self.plan_module, self.cloud = plan, cloud

    def read(self, items: Any, made: Any) -> dict[str, Any]:
        seen, now = self.cloud.seen(), self.cloud.time.now()
        if self.cloud.blind:
            raise self.plan_module.ItemError("box:List: denied")
        found: dict[str, Any] = {}
        for item in items:
            mine = [box for box in seen if box.name == item.name and box.state(now) != "gone"]
            mine = sorted(mine, key=lambda box: box.gone != NEVER)
            if "box:Create" in made[item.name]:
                fresh = made[item.name]["box:Create"]["Id"]
                made_now = Box(fresh, item.name, item.size, paint=item.paint, ready=NEVER)
                mine = [box for box in mine if box.id == fresh] or [made_now]
            found[item.name] = mine[0] if mine else None
        return found

    def plan(self, item: Want, box: Box | None) -> Any:
        now, module = self.cloud.time.now(), self.plan_module
        if item.size < 0:
            raise module.ItemError("no box is that small")
        if not item.present:
            return self.plan_absent(item, box, now)
        if box is None or box.state(now) == "going":
            create = {"Name": item.name, "Size": item.size, "Paint": item.paint}
            changes = [module.Change("box:Create", create, "make"), *self.labels(item, None, "the box to be ready")]
            return module.Plan(changes, after={"size": item.size})
        waiting = "the box to be ready" if box.state(now) == "starting" else ""
        changes = []
        later = waiting
        if box.size != item.size:
            resize = {"Id": box.id, "Name": item.name, "Size": item.size}
            changes.append(module.Change("box:Resize", resize, "resize", waiting))
            later = "the box to be resized"
        changes += self.labels(item, box, later)
        if item.paint not in ("", box.paint):
            paint = {"Id": box.id, "Name": item.name, "Paint": item.paint}
            changes.append(module.Change("box:Paint", paint, "paint"))
        return module.Plan(changes, {"size": box.size}, {"size": item.size}, waiting, result={"id": box.id})

    def labels(self, item: Want, box: Box | None, after: str) -> list[Any]:
        new = sorted((item.labels or frozenset()) - (box.labels if box else frozenset()))
        known = box.id if box else self.plan_module.UNKNOWN
        label = {"Id": known, "Name": item.name, "Labels": new}
        return [self.plan_module.Change("box:Label", label, "label", after)] if new else []

    def plan_absent(self, item: Want, box: Box | None, now: float) -> Any:
        module = self.plan_module
        if box is None:
            return module.Plan()
        if box.state(now) == "going":
            return module.Plan(waiting="the box to be gone")
        params = {"Id": box.id, "Name": item.name}
        changes = []
        if box.hosts(now) and box.guests_gone == NEVER:
            changes.append(module.Change("box:Evict", params, "evict"))
        changes.append(module.Change("box:Delete", params, "delete", "guests to leave" if box.hosts(now) else ""))
        return module.Plan(changes, {"size": box.size}, {})

    def run(self, wants: list[Want], **options: Any) -> dict[str, Any]:
        """One run: the results by name."""
        self.cloud.reads = 0
        plan = self.plan_module
        clock = plan.Clock(self.cloud.time.now, self.cloud.time.sleep)
        chosen = plan.Options(clock=clock, **{"workers": 4, **options})
        results = plan.converge(self, wants, lambda change: self.cloud.call(plan, change), chosen)
        assert [result.name for result in results] == [want.name for want in wants]
        return {result.name: result for result in results}

    def unmet(self, wants: list[Want]) -> list[str]:
        """Names of what is not as wanted, whatever reads show."""
        unmet = []
        for want in wants:
            boxes = self.cloud.named(want.name)
            ready = [box for box in boxes if box.state(self.cloud.time.now()) == "ready" and box.size == want.size]
            ready = [box for box in ready if (want.labels or frozenset()) <= box.labels]
            ready = [box for box in ready if want.paint in ("", box.paint)]
            if (want.present and (len(boxes) != 1 or not ready)) or (not want.present and boxes):
                unmet.append(want.name)
        return unmet
