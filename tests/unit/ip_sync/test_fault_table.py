# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names whose answers never stand still, over several runs: how often is the group written to, and what is in it?

(The faults of a single run are in test_rules.py, those of DNS itself in test_resolver.py.)
"""

from __future__ import annotations

import random

from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_answer import Answer
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync import core
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.model import Config

from .world import A, B, World, answer, config, play

RUNS = 8
HOSTS = [f"10.0.1.{number}" for number in range(10, 23)]


def eight_runs(world: World, options: Config) -> int:
    """Runs the engine once a minute; how many writes the group saw. It never has fewer targets than before."""
    writes = 0
    for _run in range(RUNS):
        before = world.active()
        play(core, world, options)
        writes += len(world.writes)
        assert before <= world.active()
        world.tick(60)
    return writes


def sample(size: int, hosts: list[str]) -> list[Answer | Exception]:
    chance = random.Random(1)
    return [answer(*chance.sample(hosts, size)) for _lookup in range(500)]


def round_robin(hosts: list[str]) -> list[Answer | Exception]:
    return [answer(hosts[lookup % len(hosts)]) for lookup in range(500)]


def test_thirteen_hosts_eight_random_per_answer() -> None:
    world = World().says(*sample(8, HOSTS))
    assert eight_runs(world, config(policy="sampled", max_addresses=13)) == 1
    assert len(world.active()) == 13
    world = World().says(*sample(8, HOSTS))
    assert eight_runs(world, config()) <= 4
    assert len(world.active()) == 13


def test_one_of_three_readers_per_answer() -> None:
    for answers in (round_robin(HOSTS[:3]), sample(1, HOSTS[:3])):
        world = World().says(*answers)
        assert eight_runs(world, config(policy="sampled")) == 1
        assert len(world.active()) == 3
    # `exact` is the wrong policy for such a name; while the answers keep changing it still drains nothing.
    world = World().says(*round_robin(HOSTS[:3]))
    assert eight_runs(world, config()) <= 3
    assert len(world.active()) == 3


def test_resolvers_that_disagree() -> None:
    world = World().add(A).says(*[answer(B), answer(A)] * 250)
    assert eight_runs(world, config()) == 1
    assert world.active() == {A, B}
    assert play(core, world, config()).reason == core.UNCONFIRMED
