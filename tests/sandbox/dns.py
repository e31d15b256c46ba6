# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS server on loopback, UDP and TCP, that answers the records a test sets."""

from __future__ import annotations

import socket
import socketserver
import threading
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

DEFAULT_TTL = 60
POLL = 0.05
"""Seconds within which a server notices that it shall stop."""

Records = dict[str, dict[str, Any]]


class DnsServer:
    """Records by name: ``addresses`` (A and AAAA), ``cname``, ``rcode``, ``ttl`` seconds, or ``drop`` (no answer)."""

    def __init__(self) -> None:
        self.records: Records = {}
        self.port = 0
        self._servers: list[_Udp | _Tcp] = []

    def start(self, host: str, port: int = 0) -> None:
        """Listen on UDP and TCP of one port; 0 picks a free one."""
        # TCP first: of its ports many are in use, so one that is free for UDP may not be free for TCP.
        tcp = _Tcp((host, port), _TcpHandler, self.records)
        self.port = tcp.server_address[1]
        for server in (tcp, _Udp((host, self.port), _UdpHandler, self.records)):
            threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
            self._servers.append(server)

    def stop(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def clear(self) -> None:
        self.records.clear()

    def set(self, records: dict[str, Any]) -> None:
        """Set records: a list of addresses, or a dict as the class describes. Other names stay as they are."""
        for name, record in records.items():
            value: dict[str, Any] = {"addresses": record} if isinstance(record, list) else dict(record)
            if "rcode" in value:
                _rcode(value["rcode"])
            self.records[_normal(name)] = value


def answer(query_wire: bytes, records: Records, udp: bool) -> bytes | None:
    """The wire answer to a wire query, or None to stay silent."""
    query = dns.message.from_wire(query_wire)
    response = dns.message.make_response(query, recursion_available=True)
    response.flags |= dns.flags.AA
    question = query.question[0]
    kind = dns.rdatatype.to_text(question.rdtype)
    name = _normal(question.name.to_text())
    for _dummy in range(8):
        record = records.get(name)
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
            wanted = [ip for ip in record.get("addresses", []) if (":" in ip) == (kind == "AAAA")]
            if wanted and kind in ("A", "AAAA"):
                response.answer.append(dns.rrset.from_text_list(f"{name}.", ttl, "IN", kind, wanted))
            break
        target = _normal(record["cname"])
        response.answer.append(dns.rrset.from_text(f"{name}.", ttl, "IN", "CNAME", f"{target}."))
        name = target
    if not udp:
        return response.to_wire()
    try:
        return response.to_wire(max_size=query.payload or 512)
    except dns.exception.TooBig:
        response.answer.clear()
        response.flags |= dns.flags.TC
        return response.to_wire()


def _rcode(name: str) -> dns.rcode.Rcode:
    try:
        return dns.rcode.from_text(name)
    except dns.rcode.UnknownRcode as error:
        raise ValueError(f"{name} is no DNS response code") from error


def _normal(name: str) -> str:
    return name.rstrip(".").lower()


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: Any, records: Records) -> None:
        self.records = records
        super().__init__(address, handler)


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], handler: Any, records: Records) -> None:
        self.records = records
        super().__init__(address, handler)


class _UdpHandler(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        query, reply_socket = self.request
        reply = answer(query, self.server.records, udp=True)
        if reply is not None:
            reply_socket.sendto(reply, self.client_address)


class _TcpHandler(socketserver.BaseRequestHandler):
    server: _Tcp

    def handle(self) -> None:
        length = int.from_bytes(_read(self.request, 2))
        reply = answer(_read(self.request, length), self.server.records, udp=False)
        if reply is not None:
            self.request.sendall(len(reply).to_bytes(2) + reply)


def _read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError("the client closed the connection")
        data += more
    return data
