# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the table: what is measured, and what is wanted of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.client import SandboxClient

from . import tasks
from .estate import PRINCIPAL, Estate, Item, throttling, with_attributes
from .limits import least_seconds
from .measure import Cost, Playbook, Workshop, in_turn, median, ratio

Call = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One figure beside what is wanted of it."""

    what: str
    wanted: str
    measured: str
    met: bool
    note: str = ""


@dataclass
class Bench:
    """A running sandbox, the workshop for playbooks, and how much to measure."""

    sandbox: SandboxClient
    make: Workshop
    quick: bool = False
    full: bool = False
    accounts: int = field(default=700_000_000_000)

    def pick(self, quick: Any, normal: Any, full: Any = None) -> Any:
        """The one that this run is to use: few, enough, or everything."""
        return quick if self.quick else full if self.full and full is not None else normal

    def estate(self) -> Estate:
        """A fresh account: also the modules' own record of its token buckets starts full."""
        self.accounts += 1
        return Estate(self.sandbox, str(self.accounts))

    def playbook(self, estate: Estate, *work: tasks.Task) -> Playbook:
        return self.make(work, estate.environment)

    def calls(self, estate: Estate, *work: tasks.Task) -> list[Call]:
        """The calls that one run makes."""
        self.sandbox.clear_calls()
        self.playbook(estate, *work).run()
        return self.sandbox.calls(estate.account)


def at_most(what: str, bound: float, value: float, note: str = "", unit: str = "") -> Line:
    return Line(what, f"<= {bound:g}{unit}", f"{round(value, 2):g}{unit}", value <= bound, note)


def at_least(what: str, bound: float, value: float, note: str = "") -> Line:
    return Line(what, f">= {bound:g}", f"{value:.1f}", value >= bound, note)


def reads(calls: Iterable[Call], *operations: str) -> int:
    return sum(call["operation"] in operations for call in calls)


def writes(*runs: list[Call]) -> int:
    return sum(call["kind"] == "write" for calls in runs for call in calls)


def beyond(costs: dict[int, list[Cost]], size: int, figure: str = "wall") -> float:
    """What a loop over ``size`` items would cost, on the line through the two largest sizes that were measured."""
    small, large = sorted(costs)[-2:]
    at_large = median(costs[large], figure)
    return at_large + (size - large) * (at_large - median(costs[small], figure)) / (large - small)


def noop(bench: Bench) -> Iterator[Line]:
    """A task loop of the nearest peer beside one task of ours over as many items, nothing to do."""
    sizes = bench.pick((2, 10), (10, 50), (10, 50, 200))
    rounds = {2: 1, 10: bench.pick(1, 3), 50: 2, 200: 1}
    estate = bench.estate()
    ids = estate.endpoints(max(sizes))
    items = estate.services(200)
    asked = estate.connections(items)
    peers: dict[int, list[Cost]] = {}
    for size in sorted({*sizes, 10, 50, 200}):
        books = {
            "endpoint_service": bench.playbook(estate, tasks.services(items[:size])),
            "accept_connection": bench.playbook(estate, tasks.connections(asked[:size])),
        }
        if size in sizes:
            books = {"peer": bench.playbook(estate, tasks.peer_endpoints(estate.vpc, ids[:size])), **books}
        costs = in_turn(books, rounds[size])
        peer = costs.pop("peer", None)
        if peer:
            peers[size] = peer
        bound = {10: 4, 50: 15, 200: 50}.get(size)
        for name, our in costs.items() if bound else ():
            if peer:
                wall, cpu, how = ratio(peer, our), ratio(peer, our, "cpu"), "measured"
            else:
                wall, cpu = (beyond(peers, size, figure) / median(our, figure) for figure in ("wall", "cpu"))
                how = f"peer extrapolated from N = {' and '.join(map(str, sorted(peers)[-2:]))}"
            what = f"no-op of {size}: loop of {tasks.PEER} / {name}, wall"
            yield at_least(what, bound or 0, wall, f"CPU {cpu:.1f}; {how}")


def growth(bench: Bench) -> Iterator[Line]:
    """Ours over one item, 200 and 1000, nothing to do."""
    estate = bench.estate()
    items = estate.services(1000)
    asked = estate.connections(items)
    for name, task, all_items in (
        ("endpoint_service", tasks.services, items),
        ("accept_connection", tasks.connections, asked),
    ):
        books = {str(size): bench.playbook(estate, task(all_items[:size])) for size in (1, 200, 1000)}
        costs = in_turn(books, bench.pick(2, 7))
        for size, bound in (("200", 1.3), ("1000", 2.0)):
            cpu = ratio(costs[size], costs["1"], "cpu")
            note = f"CPU {cpu:.2f}; N = 1 takes {median(costs['1']):.2f} s"
            yield at_most(f"{name}: N = {size} / N = 1, wall", bound, ratio(costs[size], costs["1"]), note)


def single(bench: Bench) -> Iterator[Line]:
    """One item, nothing to do: a whole playbook of ours beside one of the peer."""
    estate = bench.estate()
    items = estate.services(1)
    books = {
        "peer": bench.playbook(estate, tasks.peer_endpoints(estate.vpc, estate.endpoints(1))),
        "endpoint_service": bench.playbook(estate, tasks.services(items)),
        "accept_connection": bench.playbook(estate, tasks.connections(estate.connections(items))),
    }
    costs = in_turn(books, bench.pick(3, 15))
    peer = costs.pop("peer")
    for name, our in costs.items():
        for figure in ("wall", "cpu"):
            what = f"one item: {name} / {tasks.PEER}, {figure}"
            note = f"{median(our, figure):.2f} s / {median(peer, figure):.2f} s"
            yield at_most(what, 1.0, ratio(our, peer, figure), note)


def calls(bench: Bench) -> Iterator[Line]:
    """How many calls a no-op makes. The pacing is off (api_rate 0), which changes their time and not their number."""
    estate, many = bench.estate(), bench.pick(50, 200)
    items = estate.services(1000)
    listed = bench.calls(estate, tasks.services(items))
    asked = bench.calls(estate, tasks.connections(estate.connections(items)))
    allowed = bench.calls(estate, tasks.services(items[:many], [PRINCIPAL], api_rate=0))
    balancers, synced, dummy = estate.links(many)
    sync = bench.calls(estate, tasks.syncs(synced, bench.sandbox, api_rate=0))
    health = reads(sync, "DescribeTargetHealth")
    extra = [call["operation"] for call in sync if call["operation"] != "DescribeTargetHealth"]
    yield at_most("endpoint_service, N = 1000: calls", 1, len(listed))
    yield at_most("accept_connection, N = 1000: calls", 1, len(asked))
    what = f"endpoint_service with principals, N = {many}: calls"
    yield at_most(what, 1 + many, len(allowed), "1 + one for each service's permissions")
    what = f"nlb_ip_sync, N = {many}: DescribeTargetHealth"
    yield at_most(what, many, health, f"one for each target group; for all together also {', '.join(extra)}")
    yield at_most("all of these: writes", 0, writes(listed, asked, allowed, sync))


def elb(bench: Bench) -> Iterator[Line]:
    """Calls to Elastic Load Balancing for each link: network_load_balancer and nlb_ip_sync together."""
    estate, count = bench.estate(), 50
    balancers, synced, dummy = estate.links(count)
    sync = tasks.syncs(synced, bench.sandbox, api_rate=0)
    fast = bench.calls(estate, tasks.balancers(balancers, check_attributes=False, api_rate=0), sync)
    complete = bench.calls(estate, tasks.balancers(with_attributes(balancers), api_rate=0), sync)
    for what, bound, made in (("fast", 2.2, fast), ("with attributes", 4.2, complete)):
        number = sum(call["service"] == "elbv2" for call in made)
        yield at_most(f"ELBv2 calls per link, {what}, N = {count}", bound, number / count)
    yield at_most("both of these: writes", 0, writes(fast, complete))


def near_limit(
    bench: Bench, what: str, bound: float, estate: Estate, work: list[tasks.Task], start: float
) -> list[Line]:
    """One run behind the token buckets, beside what they allow for its calls and what starting takes."""
    playbook = bench.playbook(estate, *work)
    bench.sandbox.clear_calls()
    with throttling(bench.sandbox):
        cost = playbook.run()
        throttled = bench.sandbox.buckets()["throttled"]
    made = bench.sandbox.calls(estate.account)
    limit = least_seconds(made)
    note = f"{len(made)} calls, {cost.wall:.1f} s / ({limit:.1f} s + start-up {start:.1f} s), 0 failed"
    return [
        at_most(f"{what} / (limit + start-up), wall", bound, cost.wall / (limit + start), note),
        at_most(f"{what}: throttled", 0, throttled),
    ]


def start_up(bench: Bench, work: Callable[[Estate], list[tasks.Task]]) -> float:
    """Seconds that the same playbook takes for one item, unthrottled."""
    costs = []
    for _dummy in range(bench.pick(1, 3)):
        estate = bench.estate()
        costs.append(bench.playbook(estate, *work(estate)).run())
    return median(costs)


def buckets(bench: Bench) -> Iterator[Line]:
    """Whole estates with nothing to do, and creations, behind AWS's token buckets and 60 ms latency."""

    def whole(estate: Estate, count: int, attributes: bool) -> list[tasks.Task]:
        balancers, synced, arns = estate.links(count)
        items = estate.services(count, arns)
        asked = estate.connections(items)
        return [
            tasks.balancers(with_attributes(balancers) if attributes else balancers, check_attributes=attributes),
            tasks.syncs(synced, bench.sandbox),
            tasks.services(items, [PRINCIPAL]),
            tasks.connections(asked),
        ]

    def creations(estate: Estate, count: int) -> list[tasks.Task]:
        balancers = [estate.shared_balancer]
        return [tasks.services([{"name": f"new-{number}", "load_balancers": balancers} for number in range(count)])]

    def acceptances(estate: Estate, count: int) -> list[tasks.Task]:
        return [tasks.connections(estate.requests(estate.services(count)))]

    count = bench.pick(50, 200)
    for attributes in bench.pick((False,), (False,), (False, True)):
        start = start_up(bench, lambda estate, attributes=attributes: whole(estate, 1, attributes))  # type: ignore[misc]
        estate = bench.estate()
        what = f"no-op estate of {count}{' with attributes' if attributes else ''}"
        yield from near_limit(bench, what, 1.2, estate, whole(estate, count, attributes), start)
    count = bench.pick(15, 30)
    for what, work in (("endpoint services created", creations), ("requests accepted", acceptances)):
        start = start_up(bench, lambda estate, work=work: work(estate, 1))  # type: ignore[misc]
        estate = bench.estate()
        yield from near_limit(bench, f"{count} {what}", 1.12, estate, work(estate, count), start)


def ip_sync(bench: Bench) -> Iterator[Line]:
    """Fifty target groups behind the buckets, nothing to do: the peer's loop beside one task of ours."""
    sizes, peers = bench.pick((2, 5), (5, 10), (10, 50)), {}
    for size in sizes:
        estate = bench.estate()
        dummy, synced, dummy = estate.links(size)
        with throttling(bench.sandbox):
            peers[size] = [bench.playbook(estate, tasks.peer_syncs(estate.vpc, synced, addresses(synced))).run()]
    ours = []
    for dummy in range(bench.pick(1, 3)):
        estate = bench.estate()
        dummy, synced, dummy = estate.links(50)
        with throttling(bench.sandbox):
            ours.append(bench.playbook(estate, tasks.syncs(synced, bench.sandbox)).run())
    wall, cpu = (beyond(peers, 50, figure) / median(ours, figure) for figure in ("wall", "cpu"))
    how = "measured" if 50 in sizes else f"peer extrapolated from N = {' and '.join(map(str, sizes))}"
    note = f"CPU {cpu:.1f}; {beyond(peers, 50):.1f} s / {median(ours):.1f} s; {how}"
    yield at_least(f"IP sync of 50: loop of {tasks.PEER_SYNC} / nlb_ip_sync, wall", 20, wall, note)


def addresses(synced: list[Item]) -> list[str]:
    """The targets that ``Estate.links`` registers, in its order."""
    return [f"10.1.{number // 200}.{number % 200 + 10}" for number in range(len(synced))]


def memory(bench: Bench) -> Iterator[Line]:
    """The peak of the largest process of a whole playbook, controller included."""
    estate = bench.estate()
    balancers, synced, arns = estate.links(200)
    items = estate.services(200, arns)
    for task in (
        tasks.balancers(with_attributes(balancers), api_rate=0),
        tasks.syncs(synced, bench.sandbox, api_rate=0),
        tasks.services(items, [PRINCIPAL], api_rate=0),
        tasks.connections(estate.connections(items)),
    ):
        name = next(iter(task)).rpartition(".")[2]
        peak = bench.playbook(estate, task).run().memory
        yield at_most(f"{name}, N = 200: peak memory", 80, math.ceil(peak), unit=" MiB")


ROWS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "noop": noop,
    "growth": growth,
    "single": single,
    "calls": calls,
    "elb": elb,
    "buckets": buckets,
    "ip_sync": ip_sync,
    "memory": memory,
}
