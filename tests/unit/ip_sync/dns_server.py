# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS server on loopback, UDP and TCP on one port, that answers as it is told: well, badly, slowly or not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

TTL = 5


class DnsServer:
    """`modes` is the script: one mode per question, the last one stays. `records`: name to addresses or `CNAME target`.

    ok; nxdomain, servfail, refused, nodata; drop; garbage, wrongid, otherquestion (one such packet, then silence);
    garbage+ok (junk first, the answer after it); flood (junk without end); truncated (TCP is fine), hang (truncated,
    TCP says nothing), trickle (TCP sends a byte now and then), tcpgarbage, tcpclose; loop (a CNAME to itself).
    """

    def __init__(
        self, modes: str = "ok", records: dict[str, list[str]] | None = None, family: int = socket.AF_INET
    ) -> None:
        self.modes = modes.split()
        self.records = records or {"db.example.": ["10.0.1.1"]}
        self.asked: Counter[str] = Counter()
        self.closing = threading.Event()
        host = "127.0.0.1" if family == socket.AF_INET else "::1"
        self.udp, self.tcp, port = bind_both(family, host)
        self.address = f"{host}:{port}" if family == socket.AF_INET else f"[{host}]:{port}"

    def __enter__(self) -> DnsServer:
        self.threads = [threading.Thread(target=serve, daemon=True) for serve in (self.serve_udp, self.serve_tcp)]
        for sock, thread in zip((self.udp, self.tcp), self.threads, strict=True):
            sock.settimeout(0.05)
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        for thread in self.threads:
            thread.join()
        self.udp.close()
        self.tcp.close()

    def serve_udp(self) -> None:
        while not self.closing.is_set():
            try:
                wire, client = self.udp.recvfrom(65535)
            except TimeoutError:
                continue
            self.asked["udp"] += 1
            mode = self.modes.pop(0) if len(self.modes) > 1 else self.modes[0]
            for packet in self.packets(mode, dns.message.from_wire(wire)):
                self.udp.sendto(packet, client)
                if self.closing.is_set():
                    break

    def packets(self, mode: str, query: dns.message.Message) -> list[bytes] | Flood:
        good = self.response(query)
        if mode == "drop":
            return []
        if mode == "flood":
            return Flood(self.closing)
        if mode in ("garbage", "garbage+ok"):
            junk = [b"", b"\x00", b"\xff" * 40, query.to_wire(), wrong_id(good)]
            return [*junk, good.to_wire()] if mode == "garbage+ok" else junk
        if mode == "wrongid":
            return [wrong_id(good)]
        if mode == "otherquestion":
            other = dns.message.make_query("other.example.", query.question[0].rdtype)
            other.id = query.id
            return [self.response(other).to_wire()]
        if mode in ("truncated", "hang", "trickle", "tcpgarbage", "tcpclose"):
            self.tcp_mode = mode
            good.flags |= dns.flags.TC
            good.answer.clear()
        elif mode in ("nxdomain", "servfail", "refused", "notimp"):
            good.set_rcode(dns.rcode.from_text(mode))
            good.answer.clear()
        elif mode == "nodata":
            good.answer.clear()
        elif mode == "loop":
            name = query.question[0].name
            good.answer = [dns.rrset.from_text(name, TTL, "IN", "CNAME", str(name))]
        return [good.to_wire()]

    def response(self, query: dns.message.Message) -> dns.message.Message:
        """As a recursive nameserver answers: the chain of CNAMEs, then the addresses of the asked family."""
        response = dns.message.make_response(query)
        question = query.question[0]
        name: str | None = str(question.name).lower()
        while name:
            values = self.records.get(name, [])
            targets = [value.split()[1] for value in values if value.startswith("CNAME ")]
            wanted = [value for value in values if (":" in value) == (question.rdtype == dns.rdatatype.AAAA)]
            if targets:
                response.answer.append(dns.rrset.from_text(name, TTL - 2, "IN", "CNAME", targets[0]))
            elif wanted:
                response.answer.append(dns.rrset.from_text_list(name, TTL, "IN", question.rdtype, wanted))
            name = targets[0] if targets and not targets[0].startswith("elsewhere.") else None
        return response

    def serve_tcp(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _client = self.tcp.accept()
            except TimeoutError:
                continue
            self.asked["tcp"] += 1
            with connection:
                connection.settimeout(1)
                size = int.from_bytes(connection.recv(2), "big")
                query = dns.message.from_wire(connection.recv(size))
                try:
                    self.talk(connection, query)
                except OSError:
                    continue  # the resolver gave up, as it should

    def talk(self, connection: socket.socket, query: dns.message.Message) -> None:
        wire = self.response(query).to_wire()
        if self.tcp_mode == "hang":
            connection.recv(1)
        elif self.tcp_mode == "trickle":
            for byte in len(wire).to_bytes(2, "big") + wire:
                connection.sendall(bytes([byte]))
                if self.closing.wait(0.1):
                    return
        elif self.tcp_mode == "tcpgarbage":
            connection.sendall(b"\x00\x05\xff\xff\xff\xff\xff")
        elif self.tcp_mode == "truncated":
            connection.sendall(len(wire).to_bytes(2, "big") + wire)


def bind_both(family: int, host: str) -> tuple[socket.socket, socket.socket, int]:
    """One free port for UDP and TCP. A port that is free for one may be taken for the other."""
    while True:
        tcp = socket.create_server((host, 0), family=family)
        port = tcp.getsockname()[1]
        udp = socket.socket(family, socket.SOCK_DGRAM)
        try:
            udp.bind((host, port))
        except OSError:
            udp.close()
            tcp.close()
        else:
            return udp, tcp, port


class Flood:
    """Junk packets for three seconds, as fast as they go."""

    def __init__(self, closing: threading.Event) -> None:
        self.closing = closing
        self.end = time.monotonic() + 3

    def __iter__(self) -> Flood:
        return self

    def __next__(self) -> bytes:
        if self.closing.is_set() or time.monotonic() > self.end:
            raise StopIteration
        return b"\x00" * 20


def wrong_id(message: dns.message.Message) -> bytes:
    wire = bytearray(message.to_wire())
    wire[0] ^= 0xFF
    return bytes(wire)
