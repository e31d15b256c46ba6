# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One test per rule of the engine. Each takes the engine as `core`: the mutation check runs them on broken ones too."""

from __future__ import annotations

from types import ModuleType

from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_answer import Answer
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.model import BadAnswer, Memory

from .world import DRAINING_SECONDS, INITIAL_SECONDS, A, ApiError, B, C, D, World, answer, config, fails, play

# The order of a run


def test_a_group_in_sync_costs_one_describe(core: ModuleType) -> None:
    world = World().add(A).says(answer(A))
    outcome = play(core, world, config())
    assert world.calls == ["resolve", "describe"]
    assert (outcome.state, outcome.changed, outcome.active, outcome.kept) == ("in_sync", False, (A,), ())


def test_an_empty_group_is_filled_and_looked_at(core: ModuleType) -> None:
    world = World().says(answer(A, B))
    outcome = play(core, world, config())
    assert world.calls == ["resolve", "describe", f"register {A} {B}", "describe"]
    assert (outcome.state, outcome.changed, outcome.registered) == ("changed", True, (A, B))
    assert outcome.desired == outcome.active == (A, B)


def test_a_flip_registers_confirms_then_drains(core: ModuleType) -> None:
    world = World().add(A).says(answer(B))
    outcome = play(core, world, config(confirm=2))
    confirm = ["sleep", "resolve", "sleep", "resolve"]
    assert world.calls == ["resolve", "describe", f"register {B}", *confirm, "describe", f"deregister {A}", "describe"]
    assert (outcome.state, outcome.drained, outcome.active, outcome.kept) == ("changed", (A,), (B,), ())
    assert world.active() == {B}
    assert play(core, world, config()).state == "in_sync"


def test_gap_is_the_time_between_answers(core: ModuleType) -> None:
    world = World().add(A).says(answer(B))
    start = world.time
    play(core, world, config(confirm=3, gap=4.0))
    assert world.time - start == 12.0


def test_every_write_carries_the_port(core: ModuleType) -> None:
    world = World().add(A, port=6000).says(answer(B))
    play(core, world, config(port=6000))
    assert world.active(6000) == {B}
    assert world.ports_sent == {6000}


# Errors


def test_a_register_error_stops_before_draining(core: ModuleType) -> None:
    world = World(fail={"register": ApiError("Throttling")}).add(A).says(answer(B))
    failure = fails(core, world, config())
    assert world.calls == ["resolve", "describe", f"register {B}"]
    assert isinstance(failure.__cause__, ApiError)
    assert (failure.outcome.state, failure.outcome.changed, failure.outcome.active) == ("failed", False, (A,))
    world.fail = {}
    assert play(core, world, config()).active == (B,)


def test_a_deregister_error_shows_what_was_done_and_heals(core: ModuleType) -> None:
    world = World(fail={"deregister": ApiError("Throttling")}).add(A).says(answer(B))
    failure = fails(core, world, config())
    assert (failure.outcome.changed, failure.outcome.registered, failure.outcome.drained) == (True, (B,), ())
    world.fail = {}
    assert play(core, world, config()).drained == (A,)


def test_an_error_of_any_call_fails_the_run(core: ModuleType) -> None:
    for options in (config(), config(policy="sampled", grace=0), config(drain="after_healthy", healthy_bound=0)):
        clean = World().add(A).says(answer(B))
        play(core, clean, options)
        counts: dict[str, int] = {}
        for call in list(clean.calls):
            kind = call.split()[0]
            counts[kind] = counts.get(kind, 0) + 1
            world = World(fail={f"{kind}#{counts[kind]}": ApiError("boom")}).add(A).says(answer(B))
            failure = fails(core, world, options)
            assert str(failure) == "boom"
            assert world.active()
            assert failure.outcome.changed == (world.active() != {A})


def test_dns_failure_changes_nothing(core: ModuleType) -> None:
    world = World().add(A).says(ApiError("NXDOMAIN"))
    fails(core, world, config())
    assert world.calls == ["resolve"]


def test_dns_failure_while_confirming_drains_nothing(core: ModuleType) -> None:
    world = World().add(A).says(answer(B), answer(B), ApiError("SERVFAIL"))
    fails(core, world, config(confirm=2))
    assert world.writes == [f"register {B}"]


# Confirmation


def test_moving_answers_drain_nothing(core: ModuleType) -> None:
    world = World().add(A).says(answer(B), answer(B), answer(A))
    outcome = play(core, world, config(confirm=2))
    assert world.writes == [f"register {B}"]
    assert (outcome.state, outcome.reason) == ("waiting", core.UNCONFIRMED)
    assert outcome.kept == (f"{B}:5432",)
    assert world.active() == {A, B}


def test_the_latest_of_moving_answers_is_registered(core: ModuleType) -> None:
    world = World().add(A).says(answer(B), answer(C))
    outcome = play(core, world, config())
    assert world.active() == {A, B, C}
    assert (outcome.desired, outcome.warnings) == ((C,), ())


def test_a_bad_confirming_answer_drains_nothing(core: ModuleType) -> None:
    world = World().add(A).says(answer(B), answer("8.8.8.8"))
    assert isinstance(fails(core, world, config()).__cause__, BadAnswer)
    assert world.active() == {A, B}


# Draining targets


def test_draining_is_not_registered(core: ModuleType) -> None:
    world = World().add(A, state="draining").add(B).says(answer(A))
    play(core, world, config())
    assert world.writes == [f"register {A}", f"deregister {B}"]
    assert world.active() == {A}


def test_failover_and_back_within_the_deregistration_delay(core: ModuleType) -> None:
    world = World().add(A).says(answer(B))
    play(core, world, config())
    world.tick(DRAINING_SECONDS / 2)
    world.says(answer(A))
    play(core, world, config())
    assert world.active() == {A}
    world.tick(DRAINING_SECONDS)
    assert play(core, world, config()).state == "in_sync"


# Other writers


def test_other_ports_and_protected_targets_are_not_ours(core: ModuleType) -> None:
    world = World().add(A).add(A, port=6432).add("10.0.1.200", "i-0123456789abcdef0").says(answer(B))
    outcome = play(core, world, config(protected=("10.0.1.192/26",)))
    assert world.writes == [f"register {B}", f"deregister {A}"]
    assert outcome.kept == (f"{A}:6432", "10.0.1.200:5432", "i-0123456789abcdef0:5432")
    assert outcome.active == (B,)
    assert world.active(6432) == {A}


def test_what_others_have_registered_is_never_drained(core: ModuleType) -> None:
    """Theirs may be the database's address today, and stays once the database has left it; ours goes."""
    world = World().add(A).says(answer(A))
    play(core, world, config(only=()))
    assert world.writes == []
    world.says(answer(B))
    play(core, world, config(only=()))
    assert world.active() == {A, B}
    world.says(answer(C))
    play(core, world, config(only=(B,)))
    assert world.active() == {A, C}
    assert play(core, world, config(only=(C,))).state == "in_sync"


def test_our_address_on_another_port_does_not_count_as_registered(core: ModuleType) -> None:
    world = World().add(A, port=6432).says(answer(A))
    assert play(core, world, config()).registered == (A,)


def test_nothing_is_drained_while_no_new_target_is_active(core: ModuleType) -> None:
    world = World().add(A, B).says(answer(B))
    # Another writer drains B just after our first look.
    world.after["describe#1"] = lambda: world.deregister_by_other(B)
    outcome = play(core, world, config())
    assert world.writes == [f"register {B}"]
    assert (outcome.state, outcome.reason) == ("waiting", core.NONE_ACTIVE)
    assert world.active() == {A, B}


def test_what_another_writer_removes_is_registered_again_once(core: ModuleType) -> None:
    world = World().add(A).says(answer(B))
    world.after["deregister"] = lambda: world.deregister_by_other(B)
    outcome = play(core, world, config())
    assert world.writes == [f"register {B}", f"deregister {A}", f"register {B}"]
    assert world.calls[-2:] == ["describe", f"register {B}"]
    assert world.active() == {B}
    assert B in outcome.warnings[0]
    # A rival that removes it every time is not fought: one repair per run.
    world = World().add(A).says(answer(B))
    world.after["register"] = world.after["deregister"] = lambda: world.deregister_by_other(B)
    play(core, world, config())
    assert world.writes == [f"register {B}", f"register {B}"]


def test_a_target_another_writer_adds_is_left_to_the_next_run(core: ModuleType) -> None:
    world = World().says(answer(A))
    world.after["register"] = lambda: world.add_by_other(C)
    outcome = play(core, world, config())
    assert (outcome.state, outcome.reason, outcome.kept) == ("waiting", core.LATECOMER, (f"{C}:5432",))


def test_a_stale_read_after_draining_is_not_a_latecomer(core: ModuleType) -> None:
    world = World().add(A).says(answer(B))
    world.after["deregister"] = lambda: world.add_by_other(A)
    outcome = play(core, world, config())
    assert (outcome.state, outcome.active, outcome.kept) == ("changed", (B,), ())


# Guard


def test_bad_answers_are_refused_before_any_call(core: ModuleType) -> None:
    outside = config(allow_outside=True)
    outside6 = config(allow_outside=True, family="ipv6")
    bad = [
        "52.1.2.3",
        "0.0.0.0",
        "127.0.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "nonsense",
    ]
    cases = [(outside, answer(A, address)) for address in bad]
    cases += [(config(), answer("192.168.1.1")), (config(), answer("10.0.77.1")), (config(), Answer(()))]
    bad6 = ("::1", "::", "fe80::1", "ff02::1", "2001:db8::1", "::ffff:10.0.1.1", A)
    cases += [(outside6, answer(address)) for address in bad6]
    cases += [(config(), answer("fd00:1::1")), (config(protected=("10.0.1.0/24",)), answer(A, B))]
    cases += [(config(max_addresses=1), answer(A, B))]
    # Those that AWS keeps for itself in a subnet.
    cases += [(config(), answer(A, f"10.0.1.{host}")) for host in (0, 1, 2, 3, 255)]
    # Not even a subnet list that holds everything makes these good.
    never = ("127.0.0.1", "169.254.1.1", "0.0.0.0", "224.0.0.1")
    cases += [(config(subnets=(("0.0.0.0/0", "use1-az1"),)), answer(address)) for address in never]
    for options, value in cases:
        world = World().add(A).says(value)
        failure = fails(core, world, options)
        assert isinstance(failure.__cause__, BadAnswer), value
        assert world.calls == ["resolve"], value
        assert "db.example" in str(failure)


def test_subnets_decide_the_zone(core: ModuleType) -> None:
    world = World().says(answer(A, "10.0.77.1", "192.168.1.1", "100.64.0.1", "172.16.5.5"))
    play(core, world, config(allow_outside=True))
    assert world.writes == [f"register {A} 10.0.77.1 100.64.0.1 172.16.5.5 192.168.1.1"]
    assert world.zones_sent == [None, "all", "all", "all", "all"]
    world = World().says(answer("52.1.2.33"))
    play(core, world, config(subnets=(("52.1.2.0/24", "use1-az1"),)))
    assert world.zones_sent == [None]
    world = World().says(answer("fd00:1::5", "fd99::1"))
    play(core, world, config(family="ipv6", allow_outside=True))
    assert world.zones_sent == [None, "all"]


def test_draining_gives_back_the_zone_only_where_it_was_all(core: ModuleType) -> None:
    world = World().add(A, zone="us-east-1a").add("192.168.1.1", zone="all").says(answer(B))
    play(core, world, config())
    assert world.writes == [f"register {B}", f"deregister {A} 192.168.1.1"]
    assert world.zones_sent == [None, None, "all"]


def test_addresses_are_compared_not_spellings(core: ModuleType) -> None:
    world = World().add("fd00:0001:0::0011").says(answer("fd00:1::11"))
    assert play(core, world, config(family="ipv6")).state == "in_sync"
    assert world.calls == ["resolve", "describe"]
    world.says(answer("fd00:1::12"))
    play(core, world, config(family="ipv6"))
    assert world.writes == ["register fd00:1::12", "deregister fd00:0001:0::0011"]


# after_healthy


def test_after_healthy_keeps_the_old_until_the_new_is_healthy(core: ModuleType) -> None:
    options = config(drain="after_healthy")
    world = World().add(A).says(answer(B))
    outcome = play(core, world, options)
    assert (outcome.state, outcome.reason, outcome.kept) == ("waiting", core.NOT_HEALTHY, (f"{A}:5432",))
    assert world.writes == [f"register {B}"]
    world.tick(INITIAL_SECONDS)
    assert play(core, world, options).drained == (A,)
    assert world.memory == Memory()
    play(core, world, options)
    assert world.calls == ["resolve", "describe", "load"]


def test_after_healthy_needs_all_new_targets_healthy(core: ModuleType) -> None:
    world = World(dead={C}).add(A, B).add(C, state="unhealthy").says(answer(B, C))
    assert play(core, world, config(drain="after_healthy")).state == "waiting"
    assert world.active() == {A, B, C}


def test_after_healthy_is_bounded(core: ModuleType) -> None:
    options = config(drain="after_healthy", healthy_bound=600, lease=3600)
    world = World(dead={B}).add(A).says(answer(B))
    play(core, world, options)
    world.tick(599)
    assert play(core, world, options).drained == ()
    world.tick(1)
    assert play(core, world, options).drained == (A,)


# sampled


def test_sampled_drains_after_the_grace(core: ModuleType) -> None:
    options = config(policy="sampled", grace=300, samples=1)
    world = World().add(A, B).says(answer(B))
    outcome = play(core, world, options)
    assert world.calls == ["resolve", "describe", "load", "now", "save"]
    assert (outcome.state, outcome.reason, outcome.changed) == ("waiting", core.IN_GRACE, False)
    world.tick(299)
    play(core, world, options)
    assert world.calls == ["resolve", "describe", "load", "now"]
    world.tick(1)
    assert play(core, world, options).drained == (A,)
    assert world.memory == Memory()


def test_sampled_starts_again_when_a_target_was_seen(core: ModuleType) -> None:
    options = config(policy="sampled", grace=300, samples=1)
    world = World().add(A, B).says(answer(B))
    play(core, world, options)
    world.tick(200)
    world.says(answer(A, B))
    assert play(core, world, options).state == "in_sync"
    assert world.memory == Memory()
    world.tick(200)
    world.says(answer(B))
    play(core, world, options)
    world.tick(200)
    assert play(core, world, options).drained == ()


def test_sampled_adds_up_the_answers_of_a_run(core: ModuleType) -> None:
    world = World().says(answer(A), answer(B), answer(C))
    outcome = play(core, world, config(policy="sampled", samples=3))
    assert (set(outcome.registered), outcome.state) == ({A, B, C}, "changed")
    # One of them is seen again while confirming: it stays, and what is new is registered.
    world.memory = Memory(world.time, {A: world.time - 900, C: world.time - 900})
    world.says(answer(B), answer(A), answer(D))
    outcome = play(core, world, config(policy="sampled", samples=1, confirm=2))
    assert (outcome.drained, outcome.registered) == ((C,), (D,))
    assert world.memory == Memory()


def test_sampled_forgets_after_the_lease(core: ModuleType) -> None:
    options = config(policy="sampled", grace=300, lease=1000, samples=1)
    for seen_at, drains in ((-1000, True), (-1001, False), (1001, False)):
        world = World().add(A, B).says(answer(B))
        world.memory = Memory(world.time + seen_at, {A: world.time - 5000})
        outcome = play(core, world, options)
        assert (outcome.drained == (A,)) is drains, seen_at
        assert bool(outcome.warnings) is not drains
        if not drains:
            assert world.memory == Memory(world.time, {A: world.time})


def test_sampled_renews_the_lease_before_it_ends(core: ModuleType) -> None:
    options = config(policy="sampled", grace=5000, lease=1000, samples=1)
    world = World().add(A, B).says(answer(B))
    play(core, world, options)
    start = world.time
    world.tick(500)
    play(core, world, options)
    assert "save" not in world.calls
    world.tick(1)
    play(core, world, options)
    assert world.memory == Memory(world.time, {A: start})


def test_a_wrong_clock_does_not_shorten_or_stretch_the_wait(core: ModuleType) -> None:
    options = config(policy="sampled", grace=300, samples=1)
    world = World().add(A, B).says(answer(B))
    world.memory = Memory(world.time, {A: world.time + 600})
    play(core, world, options)
    assert world.memory.since == {A: world.time}


def test_sampled_drains_only_with_a_seen_target_active(core: ModuleType) -> None:
    options = config(policy="sampled", grace=0, samples=1)
    world = World().add(A, B).says(answer(B))
    world.after["describe#1"] = lambda: world.deregister_by_other(B)
    play(core, world, options)
    assert world.writes == [f"register {B}"]
