# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the table: what is measured, and what is wanted of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from tests.sandbox.client import ROOT, SandboxClient

from . import sites, tasks
from .estate import PRINCIPAL, Estate, Item, throttling, with_attributes
from .limits import least_seconds
from .measure import Cost, Program, Workshop, in_turn, median, more, ratio
from .sites import FORKED, NORMAL, Call

TOLD = "told"
"""What is wanted of a figure that decides nothing."""


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

    def playbook(self, estate: Estate, *work: tasks.Task, **environment: str) -> Program:
        return self.make.playbook(work, {**estate.environment, **environment})

    def calls(self, estate: Estate, *work: tasks.Task) -> list[Call]:
        """The calls that one run makes."""
        self.sandbox.clear_calls()
        self.playbook(estate, *work).run()
        return self.sandbox.calls(estate.account)

    @cached_property
    def example(self) -> dict[str, Program]:
        """No-op site runs of the example inventory, ``normal`` and ``forked``."""
        return sites.example(self.sandbox, self.make)


def at_most(what: str, bound: float, value: float, note: str = "", unit: str = "") -> Line:
    return Line(what, f"<= {bound:g}{unit}", f"{round(value, 2):g}{unit}", value <= bound, note)


def at_least(what: str, bound: float, value: float, note: str = "") -> Line:
    return Line(what, f">= {bound:g}", f"{value:.1f}", value >= bound, note)


def told(what: str, measured: str, note: str = "") -> Line:
    return Line(what, TOLD, measured, True, note)


def reads(calls: Iterable[Call], *operations: str) -> int:
    return sum(call["operation"] in operations for call in calls)


def writes(*runs: list[Call]) -> int:
    return sum(call["kind"] == "write" for calls in runs for call in calls)


def beyond(costs: dict[int, list[Cost]], size: int, figure: str = "wall") -> float:
    """What a loop over ``size`` items costs, else would cost on the line through the two largest sizes measured."""
    if size in costs:
        return median(costs[size], figure)
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
            if size == 200:
                yield at_least(f"the same of {size}, CPU", 160, cpu, how)


def growth(bench: Bench) -> Iterator[Line]:
    """What each further item of a thousand costs, nothing to do."""
    estate, large = bench.estate(), 1000
    items = estate.services(large)
    asked = estate.connections(items)
    for name, task, all_items in (
        ("endpoint_service", tasks.services, items),
        ("accept_connection", tasks.connections, asked),
    ):
        books = {size: bench.playbook(estate, task(all_items[:size])) for size in (1, large)}
        costs = in_turn(books, bench.pick(2, 7))
        each = more(costs[large], costs[1]) / (large - 1) * 1000
        note = f"N = 1 takes {median(costs[1], 'cpu'):.2f} s, N = {large} {median(costs[large], 'cpu'):.2f} s"
        yield at_most(f"{name}: each item of N = {large}, CPU", 2, each, note, " ms")


def further(bench: Bench) -> Iterator[Line]:
    """What each further task of ours costs in a run."""
    estate = bench.estate()
    task = tasks.services(estate.services(1))
    books = {
        (name, count): bench.playbook(estate, *[task] * count, **way)
        for name, way in (("normal", NORMAL), ("forked", FORKED))
        for count in (1, 11)
    }
    costs = in_turn(books, bench.pick(2, 7))
    normal, forked = (more(costs[name, 11], costs[name, 1]) / 10 * 1000 for name in ("normal", "forked"))
    note = f"the normal way {normal:.0f} ms"
    yield at_most("each further module task of a run, CPU", 70, forked, note, " ms")


def site(bench: Bench) -> Iterator[Line]:
    """A site run of the example inventory with nothing to do: modules run both ways, and a script at its best."""
    made = sites.calls_of(bench.sandbox, bench.example["forked"])
    plain, different = sites.plain(bench.sandbox, bench.make, made)
    costs = in_turn({**bench.example, "plain": plain}, bench.pick(1, 7))
    normal, forked, script = costs["normal"], costs["forked"], costs["plain"]
    wall = ratio(normal, forked)
    note = f"wall {wall:.1f}; {median(normal, 'cpu'):.1f} s / {median(forked, 'cpu'):.1f} s"
    yield at_least("no-op site run: the normal way / in a fork, CPU", 2.0, ratio(normal, forked, "cpu"), note)
    if "earlier" in costs:
        before, times = costs["earlier"], f"{median(costs['earlier'], 'cpu'):.1f} s / {median(forked, 'cpu'):.1f} s"
        yield at_least(f"no-op site run: commit {sites.EARLIER} / ours, CPU", 3.0, ratio(before, forked, "cpu"), times)
        yield at_least(f"no-op site run: commit {sites.EARLIER} / ours, wall", 2.5, ratio(before, forked))
    else:
        yield told(f"no-op site run: commit {sites.EARLIER} / ours", "not measured", "git has no such commit here")
    least = ratio(forked, script, "cpu")
    note = f"wall {ratio(forked, script):.1f}; the script {median(script, 'cpu'):.2f} s"
    yield at_most(f"no-op site run / a plain script with its {different} different calls, CPU", 7.0, least, note)
    yield at_most("no-op site run: calls / different calls", 1.3, len(made) / different, f"{len(made)} / {different}")
    yield at_most("no-op site run: writes", 0, writes(made))


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
        note = f"wall {ratio(our, peer):.2f}; {median(our, 'cpu'):.2f} s / {median(peer, 'cpu'):.2f} s"
        yield at_most(f"one item: {name} / {tasks.PEER}, CPU", 0.5, ratio(our, peer, "cpu"), note)


def calls(bench: Bench) -> Iterator[Line]:
    """How many calls a no-op makes. The pacing is off (api_rate 0), which changes their time and not their number."""
    estate, many = bench.estate(), bench.pick(50, 200)
    items = estate.services(1000)
    listed = bench.calls(estate, tasks.services(items))
    asked = bench.calls(estate, tasks.connections(estate.connections(items)))
    allowed = bench.calls(estate, tasks.services(items[:many], [PRINCIPAL], api_rate=0))
    synced = estate.links(many)[1]
    sync = bench.calls(estate, tasks.syncs(synced, estate.sandbox, api_rate=0))
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
    balancers, synced = estate.links(count)[:2]
    sync = tasks.syncs(synced, estate.sandbox, api_rate=0)
    fast = bench.calls(estate, tasks.balancers(balancers, check_attributes=False, api_rate=0), sync)
    complete = bench.calls(estate, tasks.balancers(with_attributes(balancers), api_rate=0), sync)
    for what, bound, made in (("fast", 2.2, fast), ("with attributes", 4.2, complete)):
        number = sum(call["service"] == "elbv2" for call in made)
        yield at_most(f"ELBv2 calls per link, {what}, N = {count}", bound, number / count)
    yield at_most("both of these: writes", 0, writes(fast, complete))


Work = Callable[[Estate, int], list[tasks.Task]]  # makes what so many items need, and gives the tasks for them


def near_limit(bench: Bench, what: str, bound: float, work: Work, count: int) -> Iterator[Line]:
    """One run behind the token buckets, beside what they allow for its calls and what starting takes.

    Starting is the same playbook over one item, with the buckets off.
    """
    start = []
    for _dummy in range(bench.pick(1, 3)):
        estate = bench.estate()
        start.append(bench.playbook(estate, *work(estate, 1)).run())
    estate = bench.estate()
    playbook = bench.playbook(estate, *work(estate, count))
    bench.sandbox.clear_calls()
    with throttling(bench.sandbox):
        wall = playbook.run().wall
        throttled = bench.sandbox.buckets()["throttled"]
    made = bench.sandbox.calls(estate.account)
    limit, started = least_seconds(made), median(start)
    note = f"{len(made)} calls, {wall:.1f} s / ({limit:.1f} s + start-up {started:.1f} s), 0 failed"
    yield at_most(f"{count} {what} / (limit + start-up), wall", bound, wall / (limit + started), note)
    yield at_most(f"{count} {what}: throttled", 0, throttled)


def whole_estate(estate: Estate, count: int, attributes: bool = False) -> list[tasks.Task]:
    """Links with everything that belongs to them, in the order of the roles; nothing is left to do."""
    wanted, synced, arns = estate.links(count)
    items = estate.services(count, arns)
    return [
        tasks.balancers(with_attributes(wanted) if attributes else wanted, check_attributes=attributes),
        tasks.syncs(synced, estate.sandbox),
        tasks.services(items, [PRINCIPAL]),
        tasks.connections(estate.connections(items)),
    ]


def creations(estate: Estate, count: int) -> list[tasks.Task]:
    names = [f"new-{number}" for number in range(count)]
    return [tasks.services([{"name": name, "load_balancers": [estate.balancer(name)]} for name in names])]


def acceptances(estate: Estate, count: int) -> list[tasks.Task]:
    return [tasks.connections(estate.requests(estate.services(count)))]


def buckets(bench: Bench) -> Iterator[Line]:
    """Whole estates with nothing to do, and creations, behind AWS's token buckets and 60 ms latency."""
    yield from near_limit(bench, "links, no-op", 1.2, whole_estate, bench.pick(50, 200))
    if bench.full:
        yield from near_limit(bench, "links, no-op with attributes", 1.2, partial(whole_estate, attributes=True), 200)
    yield from near_limit(bench, "endpoint services created", 1.12, creations, bench.pick(15, 30))
    yield from near_limit(bench, "requests accepted", 1.12, acceptances, bench.pick(15, 30))


def ip_sync(bench: Bench) -> Iterator[Line]:
    """Fifty target groups behind the buckets, nothing to do: the peer's loop beside one task of ours."""

    def run(size: int, work: Callable[[Estate, list[Item]], tasks.Task]) -> tuple[Cost, int, int]:
        """What it costs, its calls, and how many of them were throttled."""
        estate = bench.estate()
        playbook = bench.playbook(estate, work(estate, estate.links(size)[1]))
        bench.sandbox.clear_calls()
        with throttling(bench.sandbox):
            return playbook.run(), len(bench.sandbox.calls(estate.account)), bench.sandbox.buckets()["throttled"]

    peers: dict[int, list[Cost]] = {}
    ours: list[tuple[Cost, int, int]] = []
    sizes = bench.pick((2, 5), (50, 50))
    for size in sizes:
        peers.setdefault(size, []).append(run(size, lambda estate, items: tasks.peer_syncs(estate.vpc, items))[0])
        for _dummy in range(2):  # of its few seconds one disturbance makes much
            ours.append(run(50, lambda estate, items: tasks.syncs(items, estate.sandbox)))
    costs, made, throttled = zip(*ours, strict=True)
    wall, cpu = (beyond(peers, 50, figure) / median(costs, figure) for figure in ("wall", "cpu"))
    how = "measured" if 50 in sizes else f"peer extrapolated from N = {' and '.join(map(str, sizes))}"
    note = f"CPU {cpu:.1f}; {beyond(peers, 50):.1f} s / {median(costs):.1f} s; {how}"
    yield told(f"IP sync of 50: loop of {tasks.PEER_SYNC} / nlb_ip_sync, wall", f"{wall:.1f}", note)
    yield at_most("IP sync of 50: calls", 52, max(made), "one for each target group, 2 for all together")
    yield at_most("IP sync of 50: throttled", 0, max(throttled))


def memory(bench: Bench) -> Iterator[Line]:
    """The peak of all processes of a run together, controller included, each shared page counted once."""
    normal, forked = (bench.example[name].memory() for name in ("normal", "forked"))
    note = f"the normal way {normal:.0f} MiB"
    yield at_most("no-op site run, 2 hosts: peak memory", 120, math.ceil(forked), note, " MiB")
    estate = bench.estate()
    balancers, synced, arns = estate.links(200)
    items = estate.services(200, arns)
    for task in (
        tasks.balancers(with_attributes(balancers), api_rate=0),
        tasks.syncs(synced, estate.sandbox, api_rate=0),
        tasks.services(items, [PRINCIPAL], api_rate=0),
        tasks.connections(estate.connections(items)),
    ):
        module, *dummy = task
        name = str(module).rpartition(".")[2]
        peak = bench.playbook(estate, task).memory()
        yield at_most(f"{name}, N = 200: peak memory", 120, math.ceil(peak), unit=" MiB")


def hosts(bench: Bench) -> Iterator[Line]:
    """A host for each of many accounts, with one link."""
    if bench.full:
        yield from fleet(bench, hosts=50, links=1, forks=10)


def links(bench: Bench) -> Iterator[Line]:
    """One host with very many links."""
    if bench.full:
        yield from fleet(bench, hosts=1, links=1000, forks=5)


def fleet(bench: Bench, hosts: int, links: int, forks: int) -> Iterator[Line]:
    """What a run over all of them costs, nothing to do and calls not paced."""
    estates = [bench.estate() for dummy in range(hosts)]
    program = sites.fleet(bench.sandbox, bench.make, estates, links, forks)
    made = sites.calls_of(bench.sandbox, program)
    cost, memory = program.run(), program.memory()
    what = f"no-op of {hosts} hosts with {links} links, forks {forks}"
    note = f"wall {cost.wall:.1f} s; {len(made)} calls, {writes(made)} writes"
    yield told(f"{what}: CPU", f"{cost.cpu:.1f} s", note)
    yield told(f"{what}: peak memory", f"{memory:.0f} MiB")


def settings(bench: Bench) -> Iterator[Line]:
    """Tasks as most of a role's are, with Ansible's own settings beside those of examples/ansible.cfg."""
    estate = bench.estate()
    work = [tasks.light()] * bench.pick(10, 40)
    advised = {"ANSIBLE_CONFIG": str(ROOT / "examples" / "ansible.cfg")}
    books = {"plain": bench.playbook(estate, *work), "advised": bench.playbook(estate, *work, **advised)}
    costs = in_turn(books, bench.pick(3, 9))
    for figure in ("wall", "cpu"):
        faster = ratio(costs["plain"], costs["advised"], figure)
        yield at_least(f"{len(work)} tasks with a filter: Ansible's settings / ours, {figure}", 1, faster)


ROWS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "noop": noop,
    "growth": growth,
    "single": single,
    "further": further,
    "site": site,
    "calls": calls,
    "elb": elb,
    "buckets": buckets,
    "ip_sync": ip_sync,
    "memory": memory,
    "settings": settings,
    "hosts": hosts,
    "links": links,
}
