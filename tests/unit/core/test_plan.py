# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rounds of read, plan and apply promise, over random wishes, states, delays and faults; and mutants of them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core import errors
from ansible_collections.saas.privatelink.plugins.module_utils._core import plan as _plan
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.core.cloud import NEVER, Boxes, Cloud, Interrupt, Runaway, Want

NAMES = ("a", "b", "c", "d")
LABELS = st.none() | st.frozensets(st.sampled_from(["x", "y"]))
SIZES = st.integers(1, 2)


@st.composite
def wishes(draw: st.DrawFn) -> list[Want]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    paint = st.sampled_from(["", "red"])
    return [Want(name, draw(st.booleans()), draw(SIZES), draw(LABELS), draw(paint)) for name in names]


@st.composite
def clouds(draw: st.DrawFn) -> Cloud:
    cloud = Cloud(lag=draw(st.sampled_from([0.0, 3.0, 20.0])))
    for name in draw(st.sets(st.sampled_from(NAMES))):
        ready = cloud.time.now() + draw(st.sampled_from([-1.0, 7.0]))
        labels = draw(LABELS) or frozenset()
        box = cloud.add(name, size=draw(SIZES), ready=ready, guests=draw(st.booleans()), labels=labels)
        if draw(st.integers(0, 5)) == 0:
            box.gone = cloud.time.now() + cloud.lag
    return cloud


def writes(results: dict[str, Any]) -> dict[str, list[str]]:
    return {name: result.writes for name, result in results.items()}


def called(cloud: Cloud) -> dict[str, list[str]]:
    """Calls by name, in order."""
    by_name: dict[str, list[str]] = {}
    for action, name in cloud.calls:
        by_name.setdefault(name, []).append(action)
    return by_name


def only_written(lists: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: actions for name, actions in lists.items() if actions}


# The promises. Each takes the module under test, so that mutants of it can be tried as well.


def check_converges(plan: ModuleType, cloud: Cloud, wants: list[Want]) -> None:
    """One run brings all to the wanted state; a second one finds nothing to do and reads once."""
    boxes = Boxes(plan, cloud)
    first = boxes.run(wants)
    assert not boxes.unmet(wants)
    assert not [result for result in first.values() if result.failed or result.waiting or result.warnings]
    assert only_written(writes(first)) == called(cloud)
    cloud.calls.clear()
    second = boxes.run(wants)
    assert not cloud.calls
    assert cloud.reads == 1
    assert not [result for result in second.values() if result.changed or result.failed or result.waiting]


def check_predicts(plan: ModuleType, cloud: Cloud, wants: list[Want]) -> None:
    """Check mode makes no call, and names exactly the calls that a real run makes, in their order."""
    boxes = Boxes(plan, cloud)
    predicted = boxes.run(wants, check_mode=True)
    assert not cloud.calls
    assert cloud.reads == 1
    real = boxes.run(wants)
    assert writes(predicted) == writes(real)
    for name, result in real.items():
        assert (result.before, result.after, result.changed) == (
            predicted[name].before,
            predicted[name].after,
            predicted[name].changed,
        )


def check_isolates(plan: ModuleType, cloud: Cloud, wants: list[Want], broken: frozenset[str]) -> None:
    """What fails for one item stops no other."""
    boxes = Boxes(plan, cloud)
    predicted = boxes.run(wants, check_mode=True)
    cloud.broken = broken
    results = boxes.run(wants)
    failing = {name for name, result in predicted.items() if result.changed and name in broken}
    assert {name for name, result in results.items() if result.failed} == failing
    assert all(results[name].msg and not results[name].writes and not results[name].waiting for name in failing)
    assert not boxes.unmet([want for want in wants if want.name not in broken])


def check_resumes_after_errors(plan: ModuleType, cloud: Cloud, wants: list[Want], fails: frozenset[int]) -> None:
    """Whichever calls fail, running again goes on from there and does nothing twice."""
    boxes = Boxes(plan, cloud)
    predicted = only_written(writes(boxes.run(wants, check_mode=True)))
    cloud.fails = fails
    failed = boxes.run(wants)
    done = only_written(writes(failed))
    cloud.fails = frozenset()
    rest = boxes.run(wants)
    assert not boxes.unmet(wants)
    assert not [result for result in rest.values() if result.failed]
    for name, actions in predicted.items():
        assert done.get(name, []) + rest[name].writes == actions


def check_stale(plan: ModuleType, cloud: Cloud, wants: list[Want], stale: float) -> None:
    """Reads that show the past make nothing be written twice, and do not stop a run from ending well."""
    boxes = Boxes(plan, cloud)
    predicted = writes(boxes.run(wants, check_mode=True))
    cloud.stale = stale
    results = boxes.run(wants)
    assert writes(results) == predicted
    assert not [result for result in results.values() if result.failed]


def check_no_wait(plan: ModuleType, cloud: Cloud, wants: list[Want]) -> None:
    """Without waiting nobody sleeps, what must come later is left, and the following runs do it, each call once."""
    boxes = Boxes(plan, cloud)
    predicted = only_written(writes(boxes.run(wants, check_mode=True)))
    before, results = cloud.time.now(), {}
    for _dummy in range(5):
        start = cloud.time.now()
        results = boxes.run(wants, wait=False)
        assert cloud.time.now() == start
        assert not [result for result in results.values() if result.failed]
        left = boxes.run(wants, check_mode=True)
        assert not [name for name, result in left.items() if result.changed and not results[name].waiting]
        cloud.time.sleep(30)
    assert before < cloud.time.now()
    assert not boxes.unmet(wants)
    assert not [result for result in results.values() if result.waiting or result.changed]
    assert called(cloud) == predicted


def check_interrupted(plan: ModuleType, cloud: Cloud, wants: list[Want], after: int) -> None:
    """A run that is stopped after any call is finished by the next one, each call once."""
    boxes = Boxes(plan, cloud)
    predicted = only_written(writes(boxes.run(wants, check_mode=True)))
    cloud.interrupt = after
    with contextlib.suppress(Interrupt):
        boxes.run(wants)
    cloud.interrupt = 0
    boxes.run(wants)
    assert not boxes.unmet(wants)
    assert called(cloud) == predicted


def check_times_out(plan: ModuleType, cloud: Cloud, wants: list[Want], timeout: int) -> None:
    """A wait ends when its time is up, and says what for; nothing is an error because of it."""
    cloud.lag = 1e6
    boxes, started = Boxes(plan, cloud), cloud.time.now()
    results = boxes.run(wants, wait_timeout=timeout)
    assert cloud.time.now() - started <= max(timeout, 0)
    assert not [result for result in results.values() if result.failed]
    unmet = set(boxes.unmet(wants))
    assert unmet <= {name for name, result in results.items() if result.waiting}


def check_gives_up_on_stale(plan: ModuleType, cloud: Cloud) -> None:
    """A read that never shows what was written ends the item after the settling time, with a warning."""
    cloud.lag, cloud.stale = 0.0, NEVER
    cloud.boxes.clear()
    cloud.add("a", size=2)
    started = cloud.time.now()
    result = Boxes(plan, cloud).run([Want("a", size=1)], settle=30)["a"]
    assert result.writes == ["box:Resize"]
    assert not result.failed
    assert not result.waiting
    assert result.warnings
    assert 30 <= cloud.time.now() - started <= 35


def check_knows_what_it_made(plan: ModuleType, cloud: Cloud) -> None:
    """What was created is known by its id, however late listings show it."""
    late = Cloud(lag=3.0, stale=45.0)
    result = Boxes(plan, late).run([Want("a")])["a"]
    assert result.writes == ["box:Create"]
    assert result.resource == {"id": "box-0"}
    assert not result.warnings


def check_shares_the_wait(plan: ModuleType, cloud: Cloud) -> None:
    """The number of reads does not depend on the number of items."""
    reads = []
    for count in (1, 7):
        alone = Cloud(lag=20.0)
        boxes = Boxes(plan, alone)
        boxes.run([Want(str(number), labels=frozenset("x")) for number in range(count)], workers=2)
        reads.append(alone.reads)
    assert reads[0] == reads[1] <= 12  # looks come soon after a write, then every 5 s


def check_bounded(plan: ModuleType, cloud: Cloud) -> None:
    """At most ``workers`` calls at a time, and really that many."""
    lock, now, most = threading.Lock(), 0, 0

    def call(change: Any) -> dict[str, Any]:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1
        return cloud.call(plan, change)

    cloud.lag = 0.0
    clock = plan.Clock(cloud.time.now, cloud.time.sleep)
    wants = [Want(f"box {number}") for number in range(12)]
    plan.converge(Boxes(plan, cloud), wants, call, plan.Options(workers=3, clock=clock))
    assert most == 3


def check_blind(plan: ModuleType, cloud: Cloud, wants: list[Want]) -> None:
    """When the read that all share fails, each item says so, and nothing is called."""
    cloud.blind = True
    results = Boxes(plan, cloud).run(wants)
    assert not cloud.calls
    assert all(result.failed and "denied" in result.msg for result in results.values())


def check_holds(plan: ModuleType, cloud: Cloud, wants: list[Want], held: list[str]) -> None:
    """An item that must not be changed is never called for: it fails with the reason, or is as it shall be."""
    boxes, others = Boxes(plan, cloud), {want.name for want in wants} - set(held)
    foretold = writes(boxes.run(wants, check_mode=True))
    done = boxes.run(wants, hold=dict.fromkeys(held, "a check failed"))
    assert {name for dummy, name in cloud.calls} <= others
    for name in set(done) - others:
        assert (done[name].failed, done[name].msg) == ((True, "a check failed") if foretold[name] else (False, ""))
    assert not boxes.unmet([want for want in wants if want.name in others])
    impossible = boxes.run([Want("z", size=-1)], hold={"z": "a check failed"})
    assert impossible["z"].msg == "a check failed"
    yielding = boxes.run(
        [Want("z", size=-1), Want("y", size=2)], hold=dict.fromkeys("zy", "not yet"), yields={"z", "y"}
    )
    assert [yielding[name].msg == "not yet" for name in "zy"] == [False, True]


def check_impossible(plan: ModuleType, cloud: Cloud, wants: list[Want]) -> None:
    """An item whose plan is impossible fails alone, in check mode as in a real run."""
    boxes = Boxes(plan, cloud)
    all_of_them = [*wants, Want("impossible", size=-1)]
    for check in (True, False):
        results = boxes.run(all_of_them, check_mode=check)
        assert [name for name, result in results.items() if result.failed] == ["impossible"]
    assert not boxes.unmet(wants)


PROMISES: dict[Callable[..., None], dict[str, st.SearchStrategy[Any]]] = {
    check_converges: {"wants": wishes()},
    check_predicts: {"wants": wishes()},
    check_isolates: {"wants": wishes(), "broken": st.frozensets(st.sampled_from(NAMES))},
    check_resumes_after_errors: {"wants": wishes(), "fails": st.frozensets(st.integers(1, 6), max_size=3)},
    check_stale: {"wants": wishes(), "stale": st.sampled_from([1.0, 6.0, 25.0, 45.0])},
    check_no_wait: {"wants": wishes()},
    check_interrupted: {"wants": wishes(), "after": st.integers(1, 8)},
    check_times_out: {"wants": wishes(), "timeout": st.integers(0, 100)},
    check_gives_up_on_stale: {},
    check_knows_what_it_made: {},
    check_shares_the_wait: {},
    check_bounded: {},
    check_holds: {"wants": wishes(), "held": st.lists(st.sampled_from(NAMES), unique=True)},
    check_blind: {"wants": wishes()},
    check_impossible: {"wants": wishes()},
}


def hold(plan: ModuleType, promise: Callable[..., None], examples: int) -> None:
    """Raise what breaks the promise. Mutants need no shrinking, and the same examples each time."""
    strategies = {"cloud": clouds(), **PROMISES[promise]}
    tried = given(**strategies)(lambda **drawn: promise(plan, **drawn))
    few = 3 if not PROMISES[promise] else examples
    phases = tuple(Phase) if plan is _plan else (Phase.generate,)
    checks = (HealthCheck.too_slow, HealthCheck.data_too_large)
    settings(
        max_examples=few,
        phases=phases,
        deadline=None,
        database=None,
        derandomize=plan is not _plan,
        suppress_health_check=checks,
    )(tried)()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__.removeprefix("check_"))
def test_promise(promise: Callable[..., None]) -> None:
    hold(_plan, promise, 80)


# The promise that each breaks, what stands in the source, and what the mutant has instead.
MUTANTS: dict[str, tuple[Callable[..., None], str, str]] = {
    "writes again what a stale read does not show": (
        check_stale,
        "if change not in self.made[item.name].changes:",
        "if True:",
    ),
    "calls what must wait": (
        check_converges,
        "if change.after:\n                break",
        "if False:\n                break",
    ),
    "skips what must wait and goes on behind it": (
        check_predicts,
        "            if change.after:\n                break",
        "            if change.after:\n                continue",
    ),
    "predicts only what can be called now": (
        check_predicts,
        "for change in self.plans[item.name].changes]\n",
        "for change in self.plans[item.name].changes if not change.after]\n",
    ),
    "lets one failing item stop the others": (
        check_isolates,
        "        except ItemError as error:\n            results[item.name].fail(error)",
        "        except ZeroDivisionError as error:\n            results[item.name].fail(error)",
    ),
    "fails when the shared read fails": (
        check_blind,
        "except ItemError as error:  # the read",
        "except ZeroDivisionError as error:  #",
    ),
    "waits for ever": (check_times_out, "or waited >= self.options.wait_timeout", ""),
    "waits although told not to": (check_no_wait, "or not self.options.wait or", "or"),
    "starts as many threads as there are items": (check_bounded, "min(workers, len(items))", "len(items)"),
    "starts one thread only": (check_bounded, "min(workers, len(items))", "1"),
    "does not wait for what still moves": (
        check_converges,
        "return bool(plan.changes) or (bool(plan.waiting) and plan.poll)",
        "return bool(plan.changes)",
    ),
    "does not look again after writing": (
        check_converges,
        "return bool(plan.changes) or (bool(plan.waiting) and plan.poll)",
        "return bool(plan.waiting) and plan.poll",
    ),
    "reads for each item": (
        check_shares_the_wait,
        "actual = self.kind.read(active, self.made)",
        "actual = {k: v for item in active for k, v in self.kind.read([item], self.made).items()}",
    ),
    "applies in check mode": (check_predicts, "if self.options.check_mode:", "if False:"),
    "gives up on blocked items as if they were stale": (
        check_no_wait,
        "and not any(change.after for change in plan.changes)",
        "",
    ),
    "never gives up on stale reads": (
        check_gives_up_on_stale,
        "if stale and (late or not self.options.wait):",
        "if False:",
    ),
    "shows the last plan as the diff": (check_predicts, "if item.name not in self.planned:", "if True:"),
    "changes what must stay": (check_holds, "if plan.changes and reason:", "if False:"),
    "keeps its own reason to itself": (check_holds, " and item.name not in self.options.yields", ""),
    "holds what is as it shall be": (
        check_holds,
        "if plan.changes and reason:",
        "if reason:",
    ),
    "forgets what was created": (check_knows_what_it_made, "self[change.action] = answer", "pass"),
}


def mutant(old: str, new: str) -> ModuleType:
    """The module with one change to its source."""
    source = Path(str(_plan.__file__)).read_text(encoding="utf-8")
    assert source.count(old) == 1, f"{source.count(old)} times in the source: {old}"
    module = ModuleType(_plan.__name__)
    exec(compile(source.replace(old, new), "mutant", "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_caught(name: str) -> None:
    promise, old, new = MUTANTS[name]
    module = mutant(old, new)
    with pytest.raises((Exception, Runaway)):
        hold(module, promise, 30)


def test_unmutated_source_holds() -> None:
    """The machinery around the mutants breaks nothing by itself."""
    module = mutant("UNKNOWN = ", "UNKNOWN = ")
    for promise in PROMISES:
        hold(module, promise, 10)


class Shared:
    """A thing that others change as well: each write names the revision that it was planned from."""

    def __init__(self, faster: int) -> None:
        self.revision, self.done, self.faster, self.slept = 0, False, faster, 0.0

    def read(self, items: Sequence[Want], made: Any) -> dict[str, int | errors.ItemError]:
        return {item.name: self.revision for item in items}

    def plan(self, item: Want, actual: int) -> _plan.Plan:
        change = _plan.Change("box:Change", {"revision": actual}, "change", outdated_by=("Outdated",))
        return _plan.Plan([] if self.done else [change, _plan.Change("box:Tell", {}, "tell")])

    def call(self, change: _plan.Change) -> dict[str, Any]:
        if change.action == "box:Change":
            if self.faster:
                self.faster -= 1
                self.revision += 1
            if change.params["revision"] != self.revision:
                raise errors.Refused(change.action, "Outdated", "somebody was faster")
            self.done = True
        assert self.done, "what comes after a refused change is not called"
        return {}

    def run(self) -> _plan.Result:
        clock = _plan.Clock(lambda: self.slept, self.sleep)
        (result,) = _plan.converge(self, [Want("a", True, 1, None, "")], self.call, _plan.Options(clock=clock))
        return result

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


def test_what_others_have_changed_is_read_and_planned_again() -> None:
    result = Shared(faster=3).run()
    assert (result.failed, result.writes) == (False, ["box:Change", "box:Tell"])
    result = Shared(faster=100).run()
    assert (result.failed, result.writes) == (True, [])
    assert "somebody was faster" in result.msg


def test_a_write_that_was_made_and_lost_counts() -> None:
    """Also where it is not made again; what is known of the item is returned all the same."""

    class Lossy(Shared):
        def call(self, change: _plan.Change) -> dict[str, Any]:
            lost = errors.Refused(change.action, "Outdated", "somebody undid it")
            lost.written, lost.known = True, {"revision": self.revision}
            raise lost

    result = Lossy(faster=0).run()
    assert (result.failed, result.changed, result.writes) == (True, True, ["box:Change"] * (_plan.MOST_OVERTAKEN + 1))
    assert result.resource == {"revision": 0}
