# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resolver against a real DNS server on loopback that misbehaves on demand."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core import dns as resolver_module
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns import (
    BadResponse,
    LookupTimeout,
    NameNotFound,
    NoData,
    Refused,
    Resolver,
    ServerFailed,
    parse_nameserver,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_answer import Answer, ResolveError

from tests.sandbox.dns.server import DnsServer

DEADLINE = 0.3
SLACK = 0.5  # for a busy machine
A = {"addresses": ["10.0.1.1"], "ttl": 5}


def serving(modes: str = "ok") -> DnsServer:
    """A nameserver that knows db.example and plays a script of modes, see DnsServer."""
    return DnsServer({"db.example": {**A, "modes": modes}})


def look_up(*servers: DnsServer, name: str = "db.example", family: str = "ipv4", deadline: float = DEADLINE) -> Answer:
    """A lookup; it fails the test if it takes longer than its deadline, however it ends."""
    start = time.monotonic()
    try:
        return Resolver([server.address for server in servers], deadline).resolve(name, family)
    finally:
        assert time.monotonic() - start < deadline + SLACK


@pytest.mark.parametrize(
    "modes",
    [
        "ok",
        "truncated",
        "garbage+ok",
        "servfail ok",
        "refused ok",
        "drop ok",
        "garbage ok",
        "wrongid ok",
        "otherquestion ok",
    ],
)
def test_a_good_answer_is_found(modes: str) -> None:
    with serving(modes) as server:
        assert look_up(server, deadline=3) == Answer(("10.0.1.1",), ttl=5)
        assert server.asked["tcp"] == (modes == "truncated")


@pytest.mark.parametrize(
    ("mode", "error", "rcode"),
    [
        ("nxdomain", NameNotFound, "NXDOMAIN"),
        ("servfail", ServerFailed, "SERVFAIL"),
        ("notimp", ServerFailed, "NOTIMP"),
        ("refused", Refused, "REFUSED"),
        ("nodata", NoData, "NOERROR"),
        ("loop", BadResponse, "NOERROR"),
        ("drop", LookupTimeout, None),
        ("garbage", LookupTimeout, None),
        ("wrongid", LookupTimeout, None),
        ("otherquestion", LookupTimeout, None),
        ("flood", LookupTimeout, None),
        ("hang", LookupTimeout, None),
        ("trickle", LookupTimeout, None),
        ("tcpgarbage", BadResponse, None),
        ("tcpclose", BadResponse, None),
    ],
)
def test_every_fault_has_its_class_and_keeps_the_deadline(
    mode: str, error: type[ResolveError], rcode: str | None
) -> None:
    with serving(mode) as server, pytest.raises(ResolveError) as caught:
        look_up(server)
    assert caught.type is error
    assert caught.value.rcode == rcode
    assert "db.example" in str(caught.value)


@pytest.mark.parametrize("mode", ["servfail", "refused", "drop", "garbage", "flood", "hang", "trickle", "tcpgarbage"])
def test_a_bad_nameserver_does_not_spoil_a_good_one(mode: str) -> None:
    with serving(mode) as bad, serving() as good:
        assert look_up(bad, good).addresses == ("10.0.1.1",)


def test_a_closed_port_is_passed_over_at_once() -> None:
    with serving() as good:
        with serving() as gone:
            pass
        start = time.monotonic()
        assert look_up(gone, good, deadline=2).addresses == ("10.0.1.1",)
        assert time.monotonic() - start < SLACK


def test_what_a_nameserver_said_says_more_than_silence() -> None:
    with serving("drop") as silent, serving("servfail") as broken, pytest.raises(ServerFailed) as caught:
        look_up(silent, broken)
    assert f"{silent.address}: no answer; {broken.address}: SERVFAIL" in str(caught.value)


def test_nxdomain_is_believed_at_once() -> None:
    with serving("nxdomain") as server, pytest.raises(NameNotFound):
        look_up(server)
    assert server.asked["udp"] == 1


def test_chains_are_followed_and_the_least_ttl_counts() -> None:
    records = {
        "db.example": {"cname": "writer.example", "ttl": 3},
        "writer.example": {"addresses": ["10.0.1.2", "10.0.1.1"], "ttl": 5},
    }
    with DnsServer(records) as server:
        assert look_up(server) == Answer(("10.0.1.1", "10.0.1.2"), ttl=3, chain=("writer.example",))
        assert server.asked["udp"] == 1


def test_a_chain_that_ends_early_is_asked_on() -> None:
    records = {"db.example": {"cname": "elsewhere.example", "alone": True, "ttl": 3}, "elsewhere.example": A}
    with DnsServer(records) as server:
        assert look_up(server) == Answer(("10.0.1.1",), ttl=3, chain=("elsewhere.example",))
        assert server.asked["udp"] == 2


def test_a_loop_over_several_responses_ends() -> None:
    chain = ("db.example", "one.example", "two.example", "one.example")
    records = {name: {"cname": target, "alone": True} for name, target in itertools.pairwise(chain)}
    with DnsServer(records) as server, pytest.raises(BadResponse, match="loop"):
        look_up(server)


def test_a_chain_to_nowhere_is_no_data() -> None:
    records: dict[str, object] = {"db.example": {"cname": "nothing.example"}, "nothing.example": []}
    with DnsServer(records) as server, pytest.raises(NoData):
        look_up(server)


def test_families() -> None:
    with DnsServer({"db.example": ["10.0.1.1", "fd00:1::1"], "four.example": ["10.0.1.1"]}) as server:
        assert look_up(server, family="ipv6").addresses == ("fd00:1::1",)
        assert look_up(server, family="dual").addresses == ("10.0.1.1", "fd00:1::1")
        assert look_up(server, family="dual", name="four.example").addresses == ("10.0.1.1",)
        with pytest.raises(NoData):
            look_up(server, family="ipv6", name="four.example")


def test_half_a_dual_answer_is_no_answer() -> None:
    with serving("ok servfail") as server, pytest.raises(ServerFailed):
        look_up(server, family="dual")


def test_the_deadline_is_for_both_families_together() -> None:
    with serving("ok drop") as server, pytest.raises(LookupTimeout):
        look_up(server, family="dual")


def test_nothing_is_cached() -> None:
    with serving() as server:
        for address in ("10.0.1.1", "10.0.1.2"):
            server.set({"db.example": [address]})
            assert look_up(server).addresses == (address,)


def test_nameserver_over_ipv6() -> None:
    server = serving()
    try:
        server.start("::1")
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with server:
        assert look_up(server).addresses == ("10.0.1.1",)


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64 + ".example", "db example\\"])
def test_a_name_that_cannot_be(name: str) -> None:
    with serving() as server, pytest.raises(ResolveError):
        look_up(server, name=name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.0.0.2", ("10.0.0.2", 53)),
        ("10.0.0.2:5353", ("10.0.0.2", 5353)),
        ("fd00::2", ("fd00::2", 53)),
        ("[fd00::2]", ("fd00::2", 53)),
        ("[fd00::2]:5353", ("fd00::2", 5353)),
    ],
)
def test_nameservers(text: str, expected: tuple[str, int]) -> None:
    assert parse_nameserver(text) == expected


@pytest.mark.parametrize(
    "text", ["", "ns.example", "10.0.0.2:", "10.0.0.2:0", "10.0.0.2:65536", "[fd00::2", "[fd00::2]x", "[]:53"]
)
def test_no_nameservers(text: str) -> None:
    with pytest.raises(ValueError, match="not a nameserver"):
        Resolver([text])


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver_module, "_system_nameservers", lambda: ["10.0.0.2"])
    resolver = Resolver()
    assert (resolver.nameservers, resolver.deadline) == ([("10.0.0.2", 53)], 2.0)
    with pytest.raises(ValueError, match="deadline"):
        Resolver(deadline=0)


def test_without_dnspython_the_error_says_so() -> None:
    """In a process of its own: the package must stay importable, and only a lookup must need dnspython."""
    code = (
        "import sys; sys.modules['dns'] = None\n"
        "from module_utils._core import dns as resolver\n"
        "from module_utils._ip_sync import core, driver\n"
        "try: resolver.Resolver(['127.0.0.1'])\n"
        "except resolver.ResolveError as error: print(error)\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'ansible', 'ansible_collections', 'boto3', 'botocore'}))\n"
    )
    where = Path(resolver_module.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=where, capture_output=True, text=True, check=True)
    assert done.stdout == "the Python package dnspython is needed to resolve names\n[]\n"
