# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's configuration of HAProxy does when databases move, die, and name servers fail."""

from __future__ import annotations

import socket
import ssl
import time
from functools import partial

import pytest

from tests.datapath.forwarder.conftest import Forward
from tests.datapath.forwarder.laboratory import (
    BILLING,
    CLIENT_ERRORS,
    FAULTS,
    NAME,
    TTL,
    Laboratory,
    until,
)
from tests.datapath.forwarder.probe import Probe

SWITCH = TTL + 2
"""Seconds after which new sessions must reach the host that the name means."""

SESSION = 10
"""Seconds after which a session must be ended that is with another host."""


def test_new_and_old_sessions_follow_the_name(lab: Laboratory, forward: Forward) -> None:
    forward("cache")
    a, b = (host.address for host in lab.hosts)
    until(partial(lab.answers, host=a), SWITCH, "a session with the first host")
    for number, (before, after) in enumerate([(a, b), (b, a), (a, b)]):
        session = lab.connect()
        assert session.server() == before
        with Probe(lab) as probe:
            flip = lab.point(1 - number % 2)
            ended = session.ends_within(SESSION)
            until(partial(probe.first, after, flip), SWITCH, "the switch")
            time.sleep(0.5)
        assert ended is not None, "the session stayed with the old host"
        # The probe's session of that very moment is with the old host too: one at most, as there is one at a time.
        assert len(probe.failures) <= 1, probe.failures
        assert probe.last(before, flip) <= SWITCH
        print(f"switched after {probe.first(after, flip):.1f} s, session ended after {ended:.1f} s")


@pytest.mark.parametrize("fault", FAULTS)
def test_no_session_fails_while_names_cannot_be_resolved(lab: Laboratory, forward: Forward, fault: str) -> None:
    forward("names")
    session = lab.connect()
    with Probe(lab) as probe:
        lab.dns.set({NAME: FAULTS[fault], BILLING: FAULTS[fault]})
        time.sleep(6)
        assert lab.healthy()
    assert probe.failures == []
    assert len(probe.attempts) > 20
    assert session.server() == lab.hosts[0].address


def test_a_host_that_dies_silently_is_left(lab: Laboratory, forward: Forward) -> None:
    forward("cache")
    a, b = (host.address for host in lab.hosts)
    until(partial(lab.answers, host=a), SWITCH, "a session with the first host")
    session = lab.connect()
    lab.network.silence(lab.hosts[0])
    flip = lab.point(1)
    with Probe(lab, clients=4) as probe:  # some always wait for the dead host
        ended = session.ends_within(SESSION)
        until(lambda: bool(probe.first(b, flip)), SWITCH, "a session with the second host")
    assert ended is not None, "the session hangs on the dead host"
    print(f"served again after {probe.first(b, flip):.1f} s, session ended after {ended:.1f} s")


def test_a_dead_database_is_told_and_its_sessions_end(lab: Laboratory, forward: Forward) -> None:
    forward("names")
    session = lab.connect()
    lab.network.silence(lab.hosts[0])
    ended = session.ends_within(SESSION)
    assert ended is not None, "the session hangs on the dead host"
    assert lab.request("/health")[0] == lab.request("/health/orders")[0] == 503
    assert lab.request("/health/billing")[0] == 200, "one database took the other along"
    assert lab.billing_answers(), "one database took the other along"
    lab.network.silence(lab.hosts[0], False)
    back = until(lab.healthy, SESSION, "health")
    assert lab.server() == lab.hosts[0].address
    print(f"session ended after {ended:.1f} s, healthy {back:.1f} s after the database")


def test_reload_under_load_fails_nobody_and_forgets_nobody(lab: Laboratory, forward: Forward) -> None:
    forwarder = forward("names")
    session = lab.connect()
    with Probe(lab, clients=4, pause=0.01) as probe:
        for _dummy in range(3):
            forwarder.reload()
    assert probe.failures == []
    assert len(probe.attempts) > 50
    assert session.server() == lab.hosts[0].address
    assert len(forwarder.workers()) > 1, "the session is not with an old worker, so what follows proves nothing"
    lab.point(1)
    assert session.ends_within(SESSION) is not None, "the session of the old worker stayed with the old host"
    until(lambda: len(forwarder.workers()) == 1, 10, "the old workers to end")


def test_restart_without_names_goes_on_with_the_last_address(lab: Laboratory, forward: Forward) -> None:
    forwarder = forward("names")
    lab.point(1)
    until(partial(lab.answers, host=lab.hosts[1].address), SWITCH, "the switch")
    until(lambda: lab.hosts[1].address in forwarder.state.read_text(), 2, "the new address to be kept")
    for known in (True, False):
        forwarder.stop()
        if not known:
            forwarder.state.unlink()
        lab.dns.set({NAME: FAULTS["nxdomain"], BILLING: FAULTS["nxdomain"]})
        forwarder.start(wait=False)
        if known:
            until(lab.healthy, 5, "health")
            assert lab.server() == lab.hosts[1].address
            assert lab.billing_answers()
        else:
            time.sleep(3)
            assert not lab.healthy(), "without its state it cannot know an address"
    lab.point(1)
    lab.reset()
    until(lab.healthy, 5, "health once names are resolved again")


def test_tls_is_between_client_and_database(lab: Laboratory, forward: Forward) -> None:
    forward("names")
    own = ssl.PEM_cert_to_DER_cert((lab.folder / "server.crt").read_text())
    assert lab.certificate() == lab.certificate(lab.hosts[0].address) == own


def test_idle_connections_do_not_make_it_unhealthy(lab: Laboratory, forward: Forward) -> None:
    forward("names")
    target = (lab.forwarder.address, 801)
    idle = lab.client.enter(lambda: [socket.create_connection(target, 3) for dummy in range(500)])
    try:
        for _dummy in range(10):
            began = time.monotonic()
            assert lab.request("/health")[0] == 200
            assert time.monotonic() - began < 1
        time.sleep(3)
        assert all(connection.recv(4096)[:12] in (b"", b"HTTP/1.1 408", b"HTTP/1.0 408") for connection in idle)
    finally:
        for connection in idle:
            connection.close()


def test_the_health_port_serves_nothing_else(lab: Laboratory, forward: Forward) -> None:
    forward("names")
    for path in ("/", "/etc/shadow", "/../etc/shadow", "/health/../../etc/shadow", "/health%2f..", "//"):
        status, body = lab.request(path)
        assert status in (400, 404), path
        assert b"root:" not in body, path
        assert len(body) < 400, path


def test_checks_do_not_get_the_forwarder_blocked(lab: Laboratory, forward: Forward) -> None:
    # MariaDB here blocks a host after three broken handshakes. All that went before counts too.
    forward("names")
    time.sleep(10)
    assert lab.billing_query() == ((1,),)
    assert lab.request("/health/billing")[0] == 200


def test_without_the_script_a_session_stays_behind(lab: Laboratory, forward: Forward) -> None:
    # The laboratory can tell: what the other tests forbid does happen to a configuration that lacks it.
    def without(text: str) -> str:
        return "\n".join(line for line in text.splitlines() if "lua-load" not in line) + "\n"

    forward("names", without)
    session = lab.connect()
    lab.point(1)
    until(partial(lab.answers, host=lab.hosts[1].address), SWITCH, "the switch")
    assert session.ends_within(4) is None
    assert session.server() == lab.hosts[0].address


def test_nothing_answers_where_nothing_runs(lab: Laboratory) -> None:
    # And it can tell that a session fails.
    with pytest.raises(CLIENT_ERRORS):
        lab.server()
