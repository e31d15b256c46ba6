# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS server on loopback, UDP and TCP on one port, that answers as it is told: well, badly, slowly or not at all."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

DEFAULT_TTL = 60
POLL = 0.05
"""Seconds within which a server notices that it shall stop."""
FLOOD = 3.0
"""Seconds that a flood of junk lasts."""

RCODES = {"nxdomain", "servfail", "refused", "notimp"}
OVER_TCP = {"truncated", "hang", "trickle", "tcpgarbage", "tcpclose"}
MODES = (
    RCODES | OVER_TCP | {"ok", "nodata", "drop", "garbage", "wrongid", "otherquestion", "garbage+ok", "flood", "loop"}
)

Records = dict[str, dict[str, Any]]


class DnsServer:
    """Records by name, each a dict:

    ``addresses``   A and AAAA; or ``answers``, a list of such lists, one for each question, again from the start.
    ``cname``       the chain goes on there; ``alone``: the response ends with the CNAME.
    ``ttl``         seconds. ``rcode``: an error instead; ``drop``: no answer.
    ``modes``       a script, one word for each question, the last one stays. ok; nxdomain, servfail, refused, notimp,
                    nodata; drop; garbage, wrongid, otherquestion (one such packet, then silence); garbage+ok (junk
                    first, the answer after it); flood (junk without end); truncated (TCP is fine), hang (truncated,
                    TCP says nothing), trickle (TCP sends a byte now and then), tcpgarbage, tcpclose; loop (a CNAME to
                    itself).

    ``asked`` counts the questions over udp and tcp. ``further`` may know records of names that were not set.
    """

    def __init__(self, records: dict[str, Any] | None = None) -> None:
        self.records: Records = {}
        self.further: Callable[[str], dict[str, Any] | None] = lambda name: None
        self.asked: Counter[str] = Counter()
        self.closing = threading.Event()
        self.host, self.port = "127.0.0.1", 0
        self._modes: dict[str, list[str]] = {}
        self._turns: Counter[str] = Counter()
        self._servers: list[_Udp | _Tcp] = []
        self._threads: list[threading.Thread] = []
        self.set(records or {})

    @property
    def address(self) -> str:
        """As nameservers are written: ip:port or [ipv6]:port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen on UDP and TCP of one port; 0 picks a free one, which for one of them may yet be taken."""
        # TCP first: of its ports many are in use, so one that is free for UDP may not be free for TCP.
        tcp = _Tcp((host, port), self)
        try:
            udp = _Udp((host, tcp.server_address[1]), self)
        except OSError:
            tcp.server_close()
            if port:
                raise
            self.start(host)
            return
        self.host, self.port = host, int(udp.server_address[1])
        self._servers = [udp, tcp]
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True) for server in self._servers
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.closing.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def __enter__(self) -> DnsServer:
        if not self.port:
            self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def clear(self) -> None:
        self.records.clear()
        self._modes.clear()

    def set(self, records: dict[str, Any]) -> None:
        """Set records: a list of addresses, or a dict as the class describes. Other names stay as they are."""
        for name, record in records.items():
            value: dict[str, Any] = {"addresses": record} if isinstance(record, list) else dict(record)
            if "rcode" in value:
                _rcode(value["rcode"])
            modes = str(value.get("modes", "")).split()
            if unknown := set(modes) - MODES:
                raise ValueError(f"no mode {', '.join(sorted(unknown))}; there are {', '.join(sorted(MODES))}")
            self.records[_normal(name)] = value
            self._modes[_normal(name)] = modes

    # Answering

    def packets(self, wire: bytes) -> Iterator[bytes]:
        """What is sent back over UDP for one question."""
        query = dns.message.from_wire(wire)
        name = _normal(query.question[0].name.to_text())
        modes = self._modes.get(name, [])
        mode = (modes.pop(0) if len(modes) > 1 else modes[0]) if modes else "ok"
        self.records.get(name, {})["played"] = mode
        good = self.respond(query)
        if good is None or mode == "drop":
            return
        if mode == "flood":
            end = time.monotonic() + FLOOD
            while not self.closing.is_set() and time.monotonic() < end:
                yield b"\x00" * 20
        elif mode in ("garbage", "garbage+ok", "wrongid", "otherquestion"):
            yield from _junk(mode, query, good)
        else:
            yield _fitting(query, _spoiled(mode, query, good))

    def over_tcp(self, wire: bytes, connection: socket.socket) -> None:
        """What is sent back over TCP, by the mode in which the question was answered over UDP."""
        query = dns.message.from_wire(wire)
        name = _normal(query.question[0].name.to_text())
        mode = self.records.get(name, {}).get("played", "ok")
        good = self.respond(query)
        if good is None or mode == "tcpclose":
            return
        framed = _framed(good.to_wire())
        if mode == "hang":
            connection.recv(1)
        elif mode == "trickle":
            for byte in framed:
                connection.sendall(bytes([byte]))
                if self.closing.wait(0.1):
                    return
        elif mode == "tcpgarbage":
            connection.sendall(_framed(b"\xff" * 5))
        else:
            connection.sendall(framed)

    def respond(self, query: dns.message.Message) -> dns.message.Message | None:
        """The response of a recursive nameserver: the chain of CNAMEs, then addresses. None to stay silent."""
        response = dns.message.make_response(query, recursion_available=True)
        response.flags |= dns.flags.AA
        question = query.question[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        name = _normal(question.name.to_text())
        for _dummy in range(8):
            record = self.records.get(name) or self.further(name)
            if record is None:
                response.set_rcode(dns.rcode.NXDOMAIN)
                break
            if record.get("drop"):
                return None
            if "rcode" in record:
                response.set_rcode(_rcode(record["rcode"]))
                break
            ttl = int(record.get("ttl", DEFAULT_TTL))
            if "cname" not in record:
                wanted = [ip for ip in self.turn(name, record) if (":" in ip) == (kind == "AAAA")]
                if wanted and kind in ("A", "AAAA"):
                    response.answer.append(dns.rrset.from_text_list(f"{name}.", ttl, "IN", kind, wanted))
                break
            target = _normal(record["cname"])
            response.answer.append(dns.rrset.from_text(f"{name}.", ttl, "IN", "CNAME", f"{target}."))
            if record.get("alone"):
                break
            name = target
        return response

    def turn(self, name: str, record: dict[str, Any]) -> list[str]:
        """The addresses that are this question's."""
        answers = record.get("answers") or [record.get("addresses", [])]
        self._turns[name] += 1
        return list(answers[(self._turns[name] - 1) % len(answers)])


def _spoiled(mode: str, query: dns.message.Message, good: dns.message.Message) -> dns.message.Message:
    """A well-formed response that is not the good one."""
    if mode == "ok":
        return good
    good.answer.clear()
    if mode in RCODES:
        good.set_rcode(dns.rcode.from_text(mode))
    elif mode in OVER_TCP:
        good.flags |= dns.flags.TC
    elif mode == "loop":
        name = query.question[0].name
        good.answer = [dns.rrset.from_text(name, DEFAULT_TTL, "IN", "CNAME", str(name))]
    return good


def _junk(mode: str, query: dns.message.Message, good: dns.message.Message) -> Iterator[bytes]:
    """Packets that are no answer to the question; for garbage+ok the answer comes after them."""
    wrong_id = bytearray(good.to_wire())
    wrong_id[0] ^= 0xFF
    if mode == "otherquestion":
        other = dns.message.make_query("other.example.", query.question[0].rdtype)
        other.id = query.id
        yield dns.message.make_response(other).to_wire()
        return
    if mode != "wrongid":
        yield from (b"", b"\x00", b"\xff" * 40, query.to_wire())
    yield bytes(wrong_id)
    if mode == "garbage+ok":
        yield good.to_wire()


def _fitting(query: dns.message.Message, response: dns.message.Message) -> bytes:
    """The response as UDP can carry it, else truncated."""
    try:
        return response.to_wire(max_size=query.payload or 512)
    except dns.exception.TooBig:
        response.answer.clear()
        response.flags |= dns.flags.TC
        return response.to_wire()


def _framed(wire: bytes) -> bytes:
    return len(wire).to_bytes(2) + wire


def _rcode(name: str) -> dns.rcode.Rcode:
    try:
        return dns.rcode.from_text(name)
    except dns.rcode.UnknownRcode as error:
        raise ValueError(f"{name} is no DNS response code") from error


def _normal(name: str) -> str:
    return name.rstrip(".").lower()


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], names: DnsServer) -> None:
        self.names = names
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _UdpHandler)


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], names: DnsServer) -> None:
        self.names = names
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _TcpHandler)


class _UdpHandler(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        query, reply_socket = self.request
        self.server.names.asked["udp"] += 1
        for packet in self.server.names.packets(query):
            reply_socket.sendto(packet, self.client_address)


class _TcpHandler(socketserver.BaseRequestHandler):
    server: _Tcp

    def handle(self) -> None:
        self.server.names.asked["tcp"] += 1
        try:
            length = int.from_bytes(_read(self.request, 2))
            self.server.names.over_tcp(_read(self.request, length), self.request)
        except ConnectionError:
            return  # the client gave up, as it may


def _read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError("the client closed the connection")
        data += more
    return data
