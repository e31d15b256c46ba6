# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read, plan, apply: how one resource or a list of them is brought to its wanted state.

This module util is PRIVATE to the collection.

A *kind* of resource says how to read many items in few requests and how to plan one item, a pure function from actual
and wanted to named changes. ``converge`` does the rest, round by round: read everything once, plan each item, apply
what can be applied now, and read again only where something was written or is still moving. Because every round starts
from what AWS shows, an interrupted run is continued by simply running again, and one wait serves all items.

Nothing here knows AWS, the network or the clock: calls and time come in from outside.
"""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError, Refused

UNKNOWN = "(known after it is created)"
FIRST_LOOK = 0.5  # seconds after a write
MOST_OVERTAKEN = 10  # times that an item is planned again because others were faster


@dataclass(frozen=True)
class Change:
    """One write call that a plan contains.

    ``action`` is the call as IAM names it, for example C(ec2:AcceptVpcEndpointConnections).
    ``after`` names what must be true before the call can be made ("" = now). A change that must wait is listed for the
    sake of a complete plan only: it is planned anew, with real ids, once the wait is over.
    ``settled_by`` lists error codes that mean that somebody else has already brought the change about, ``retried_on``
    those that AWS answers for a while, until an earlier change has reached all of it. ``outdated_by`` lists those that
    mean that somebody else was faster: what was read is out of date, so the item is read and planned again.
    """

    action: str
    params: t.Mapping[str, t.Any]
    summary: str
    after: str = ""
    settled_by: tuple[str, ...] = ()
    retried_on: tuple[str, ...] = ()
    outdated_by: tuple[str, ...] = ()


def unless_settled(change: Change, perform: t.Callable[[], t.Any]) -> t.Any:
    """What C(perform) returns; nothing, where the API refuses it because it is so already. Raises Refused otherwise."""
    try:
        return perform()
    except Refused as error:
        if error.code in change.settled_by:
            return {}
        raise


@dataclass
class Plan:
    """What separates an item from its wanted state.

    ``before`` and ``after`` are what C(--diff) shows. ``waiting`` names a state that is still moving and that nobody
    needs to push; ``poll`` is False where that takes a human and the run shall not sit and wait for it. ``result`` is
    what the module returns for the item.
    """

    changes: list[Change] = field(default_factory=list)
    before: dict[str, t.Any] = field(default_factory=dict)
    after: dict[str, t.Any] = field(default_factory=dict)
    waiting: str = ""
    poll: bool = True
    result: dict[str, t.Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


class Wanted(t.Protocol):
    """What every wanted item has: a name that is unique in its list."""

    @property
    def name(self) -> str: ...


class Made(dict[str, t.Mapping[str, t.Any]]):
    """What this run has called for one item: the last answer by action; ``changes`` are the calls, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[Change] = []

    def add(self, change: Change, answer: t.Mapping[str, t.Any]) -> None:
        self.changes.append(change)
        self[change.action] = answer

    def named(self, action: str, param: str) -> set[str]:
        """The ids that calls of ``action`` have named in the list ``param``."""
        named: set[str] = set()
        for change in self.changes:
            if change.action == action:
                named.update(change.params.get(param) or [])
        return named


class Overtaken(Exception):
    """What somebody else has done since the last read makes a planned call wrong: it is not made, but planned anew."""


W = t.TypeVar("W", bound=Wanted)
Item_contra = t.TypeVar("Item_contra", bound=Wanted, contravariant=True)
A = t.TypeVar("A")


class Kind(t.Protocol[Item_contra, A]):
    """How one kind of resource is read and planned."""

    def read(self, items: t.Sequence[Item_contra], made: t.Mapping[str, Made]) -> t.Mapping[str, A | ItemError]:
        """The actual state of every item by name, in as few requests as the API allows.

        ``made`` holds, for each item name, what was called for it in this run, so that what was just created is found
        by its id even where listings lag behind.
        """

    def plan(self, item: Item_contra, actual: A) -> Plan:
        """The changes from ``actual`` to ``item``. Pure. Raises ItemError where AWS or safety forbids the change."""


@dataclass
class Clock:
    """Time, replaceable in tests. Seconds."""

    now: t.Callable[[], float] = time.monotonic
    sleep: t.Callable[[float], None] = time.sleep


@dataclass
class Options:
    """How a run behaves. Times are seconds.

    ``hold`` tells, by name, why an item must not be changed. Items in ``yields`` say instead why they cannot be.
    """

    check_mode: bool = False
    wait: bool = True
    wait_timeout: float = 600
    poll: float = 5
    settle: float = 30
    workers: int = 16
    clock: Clock = field(default_factory=Clock)
    progress: t.Callable[[str], None] = lambda line: None
    hold: t.Mapping[str, str] = field(default_factory=dict)
    yields: t.AbstractSet[str] = frozenset()


@dataclass
class Result:
    """What became of one item."""

    name: str
    writes: list[str] = field(default_factory=list)
    failed: bool = False
    msg: str = ""
    waiting: str = ""
    before: dict[str, t.Any] = field(default_factory=dict)
    after: dict[str, t.Any] = field(default_factory=dict)
    resource: dict[str, t.Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    unshown: list[str] = field(default_factory=list)  # what was written, and reads do not show

    @property
    def changed(self) -> bool:
        """True when a write was made, or would be made in check mode."""
        return bool(self.writes)

    def fail(self, error: ItemError) -> None:
        self.failed, self.msg, self.waiting = True, str(error), ""
        self.resource = {**self.resource, **error.known}


Call = t.Callable[[Change], t.Mapping[str, t.Any]]


def run_each(items: t.Sequence[W], work: t.Callable[[W], None], results: t.Mapping[str, Result], workers: int) -> None:
    """Run ``work`` for every item, at most ``workers`` at a time; an ItemError fails its own item only."""

    def guarded(item: W) -> None:
        try:
            work(item)
        except ItemError as error:
            results[item.name].fail(error)

    if len(items) == 1:
        guarded(items[0])
    elif items:
        with ThreadPoolExecutor(max_workers=min(workers, len(items))) as pool:
            list(pool.map(guarded, items))


def meant_twice(meant: t.Mapping[str, str]) -> dict[str, ItemError]:
    """An error for each item that means what another means, too: they would undo each other's changes.

    ``meant`` tells what each item means, by the item's name. What is only planned has no id yet, and is nobody else's.
    """
    names: dict[str, list[str]] = {}
    for name, thing in meant.items():
        if thing != UNKNOWN:
            names.setdefault(thing, []).append(name)
    errors: dict[str, ItemError] = {}
    for thing, shared in names.items():
        if len(shared) > 1:
            error = ItemError(f"Items {', '.join(sorted(shared))} refer to the same thing, {thing}. Keep one of them.")
            errors.update(dict.fromkeys(shared, error))
    return errors


def converge(kind: Kind[W, A], items: t.Sequence[W], call: Call, options: Options) -> list[Result]:
    """Bring every item to its wanted state and say what became of each, in the order given.

    ``call`` makes one planned call and returns AWS's answer, or raises ItemError, or Overtaken.
    """
    return _Run(kind, items, call, options).go()


class _Run(t.Generic[W, A]):
    def __init__(self, kind: Kind[W, A], items: t.Sequence[W], call: Call, options: Options) -> None:
        self.kind, self.items, self.call, self.options = kind, items, call, options
        self.results = {item.name: Result(item.name) for item in items}
        self.made = {item.name: Made() for item in items}
        self.plans: dict[str, Plan] = {}
        self.planned: set[str] = set()
        self.overtaken = {item.name: 0 for item in items}
        self.started = options.clock.now()
        self.last_write = self.started

    def go(self) -> list[Result]:
        active = list(self.items)
        while active:
            self.plan_all(active)
            if self.options.check_mode:
                self.predict(active)
                break
            progress = self.apply_all(active)
            active = [item for item in active if self.unfinished(item)]
            if active and not progress and not self.pause(active):
                break
        return list(self.results.values())

    def plan_all(self, active: t.Sequence[W]) -> None:
        """Read all active items together, then plan each; remember the very first before and after for the diff."""
        actual: t.Mapping[str, A | ItemError]
        try:
            actual = self.kind.read(active, self.made)
        except ItemError as error:  # the read that all items share
            actual = {item.name: error for item in active}
        for item in active:
            result = self.results[item.name]
            state = actual[item.name]
            try:
                if isinstance(state, ItemError):
                    raise state
                plan = self.plan_one(item, state)
            except ItemError as error:
                result.fail(error)
                continue
            self.plans[item.name] = plan
            if item.name not in self.planned:
                self.planned.add(item.name)
                result.before, result.after = plan.before, plan.after
            result.resource, result.waiting, result.warnings = plan.result, plan.waiting, plan.warnings

    def plan_one(self, item: W, state: A) -> Plan:
        """What must not be changed fails with that reason; where the change is impossible, unless that yields."""
        reason = self.options.hold.get(item.name)
        try:
            plan = self.kind.plan(item, state)
        except ItemError as error:
            raise (ItemError(reason) if reason and item.name not in self.options.yields else error) from error
        if plan.changes and reason:
            raise ItemError(reason)
        return plan

    def predict(self, active: t.Sequence[W]) -> None:
        for item in active:
            result = self.results[item.name]
            if not result.failed:
                result.writes = [change.action for change in self.plans[item.name].changes]

    def apply_all(self, active: t.Sequence[W]) -> bool:
        """Apply, item by item, the leading changes that need no wait.

        True when anything was written, or refused because somebody was faster: then there is something new to read.
        """
        pending = [item for item in active if not self.results[item.name].failed and self.ready(item)]
        before, refused = self.written(), sum(self.overtaken.values())
        run_each(pending, self.apply, self.results, self.options.workers)
        if self.written() > before:
            self.last_write = self.options.clock.now()
        return self.written() > before or sum(self.overtaken.values()) > refused

    def written(self) -> int:
        return sum(len(result.writes) for result in self.results.values())

    def ready(self, item: W) -> list[Change]:
        """What can be called now. Changes applied in this run are skipped: planned again, they mean a stale read."""
        ready: list[Change] = []
        for change in self.plans[item.name].changes:
            if change.after:
                break
            if change not in self.made[item.name].changes:
                ready.append(change)
        return ready

    def apply(self, item: W) -> None:
        for change in self.ready(item):
            try:
                answer = self.call(change)
            except Overtaken:
                return
            except ItemError as error:
                if error.written:
                    self.results[item.name].writes.append(change.action)
                if getattr(error, "code", None) not in change.outdated_by or not self.again(item):
                    raise
                return
            self.made[item.name].add(change, answer)
            self.results[item.name].writes.append(change.action)

    def again(self, item: W) -> bool:
        """Somebody was faster: whether the item is read and planned again, after a while that grows."""
        self.overtaken[item.name] += 1
        count = self.overtaken[item.name]
        if count > MOST_OVERTAKEN:
            return False
        self.options.clock.sleep(min(self.options.poll, FIRST_LOOK * count))
        return True

    def unfinished(self, item: W) -> bool:
        """An item is done once a read shows nothing left to change and nothing still moving."""
        result, plan = self.results[item.name], self.plans.get(item.name)
        if result.failed or plan is None:
            return False
        blocked = next((change for change in plan.changes if change.after), None)
        if blocked is not None:
            result.waiting = blocked.after
        elif plan.changes and not plan.waiting:
            result.waiting = "what was written to show"
        return bool(plan.changes) or (bool(plan.waiting) and plan.poll)

    def pause(self, active: list[W]) -> bool:
        """Sleep before the next round, longer each time up to ``poll``; False when the time is up or nobody waits."""
        clock, waited = self.options.clock, self.options.clock.now() - self.started
        self.drop_settled(active)
        if not active or not self.options.wait or waited >= self.options.wait_timeout:
            return False
        for item in active:
            self.options.progress(
                f"{item.name}: waiting for {self.results[item.name].waiting} "
                f"({waited:.0f}s, gives up after {self.options.wait_timeout:.0f}s)"
            )
        since = max(FIRST_LOOK, clock.now() - self.last_write)  # short waits end soon, long ones cost few calls
        clock.sleep(min(self.options.poll, since, max(0.0, self.options.wait_timeout - waited)))
        return True

    def drop_settled(self, active: list[W]) -> None:
        """Give up on reads that keep showing the past: what was written was accepted, so the item is done."""
        for item in list(active):
            plan = self.plans[item.name]
            moving = bool(plan.waiting) and plan.poll
            stale = plan.changes and not moving and not any(change.after for change in plan.changes)
            late = self.options.clock.now() - self.last_write >= self.options.settle
            if stale and (late or not self.options.wait):
                active.remove(item)
                result = self.results[item.name]
                result.waiting = plan.waiting
                if late:
                    result.unshown = [change.summary for change in plan.changes]
                    said = f"{item.name}: the change does not show yet ({'; '.join(result.unshown)})"
                    result.warnings = [*result.warnings, said]
