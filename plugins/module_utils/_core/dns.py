# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks up the addresses of a name, now, within one hard deadline.

dnspython makes, reads and checks the messages. Its high-level `Resolver` is used only to find the system's nameservers,
because it keeps no hard deadline: it sleeps its back-off past its `lifetime` (1.5 s instead of 1.0 s where nameservers
answer SERVFAIL), and its UDP read looks at the clock only when no packet is waiting, so a flood of unwanted ones holds
it. So the loop over nameservers and packets is here.

Nothing is cached here. A recursive nameserver may still answer from its cache, for at most the TTL.
"""

from __future__ import annotations

import ipaddress
import socket
import time
import typing as t

from .dns_answer import Answer, ResolveError

try:
    import dns.exception
    import dns.inet
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdatatype
    import dns.resolver
except ImportError as error:
    DNSPYTHON_ERROR: ImportError | None = error
else:
    DNSPYTHON_ERROR = None

ROUNDS = 2  # how often each nameserver is asked: one lost packet or one SERVFAIL is not yet a fault
PAUSE = 0.1  # seconds between two rounds, when all nameservers failed at once
HOPS = 8  # CNAMEs followed over several responses; a recursive nameserver sends the whole chain in one
RECORD_TYPES = {"ipv4": ("A",), "ipv6": ("AAAA",), "dual": ("A", "AAAA")}


class NameNotFound(ResolveError):
    """NXDOMAIN: there is no such name."""


class NoData(ResolveError):
    """NOERROR: the name exists without an address of this family."""


class ServerFailed(ResolveError):
    """SERVFAIL, or another rcode that no other class stands for."""


class Refused(ResolveError):
    """REFUSED: the nameserver does not serve us or this name."""


class BadResponse(ResolveError):
    """A response that makes no sense: a CNAME loop, garbage over TCP."""


class LookupTimeout(ResolveError):
    """No answer before the deadline."""


class Resolver:
    """Thread-safe: a lookup keeps everything to itself.

    nameservers   asked in this order, each `ip`, `ip:port` or `[ipv6]:port`; None: those of the system.
    deadline      seconds for a whole lookup, whatever the nameservers do. Default 2.

    Raises ResolveError when dnspython is missing or no nameserver is known, ValueError for a nameserver that is none.
    """

    def __init__(self, nameservers: t.Sequence[str] | None = None, deadline: float = 2.0) -> None:
        if DNSPYTHON_ERROR is not None:
            raise ResolveError("the Python package dnspython is needed to resolve names") from DNSPYTHON_ERROR
        if deadline <= 0:
            raise ValueError("deadline must be positive")
        self.nameservers = [parse_nameserver(text) for text in (nameservers or _system_nameservers())]
        self.deadline = deadline

    def resolve(self, name: str, family: str = "ipv4") -> Answer:
        """All addresses of `name`; family `ipv4`, `ipv6` or `dual`. The name is taken as fully qualified.

        A `dual` answer needs a reply for both families; one of them may be NoData. Raises a ResolveError.
        """
        end = time.monotonic() + self.deadline
        try:
            qname = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError) as error:
            raise ResolveError(f"{name!r} is not a DNS name: {error}") from error
        found: list[Answer] = []
        empty: NoData | None = None
        for record_type in RECORD_TYPES[family]:
            try:
                found.append(self._follow(qname, record_type, end))
            except NoData as error:
                empty = error
        if not found:
            raise empty or NoData(f"{name}: no address", "NOERROR")
        addresses: set[str] = set()
        addresses.update(*(answer.addresses for answer in found))
        return Answer(
            addresses=tuple(sorted(addresses)),
            ttl=min(answer.ttl for answer in found),
            chain=max((answer.chain for answer in found), key=len),
        )

    def _follow(self, qname: dns.name.Name, record_type: str, end: float) -> Answer:
        """Ask, and ask on at the end of the chain if a nameserver sends a CNAME without its target."""
        chain: list[dns.name.Name] = []
        ttls: list[int] = []
        name = qname
        for _hop in range(HOPS):
            response = self._ask(name, record_type, end)
            try:
                link = response.resolve_chaining()
            except dns.exception.DNSException as error:
                raise BadResponse(f"{qname}: {error or type(error).__name__}", "NOERROR") from error
            ttls.append(link.minimum_ttl)
            chain += [rrset[0].target for rrset in link.cnames]
            if link.answer is not None:
                addresses = tuple(sorted(record.address for record in link.answer))
                return Answer(addresses, min(ttls), tuple(target.to_text(omit_final_dot=True) for target in chain))
            if link.canonical_name == name:
                raise NoData(f"{qname}: no {record_type} record", "NOERROR")
            name = link.canonical_name
        raise BadResponse(f"{qname}: more than {HOPS} CNAMEs to follow, or a loop", "NOERROR")

    def _ask(self, name: dns.name.Name, record_type: str, end: float) -> dns.message.QueryMessage:
        """The first usable response. A failing nameserver is passed over; NXDOMAIN and an empty answer are usable."""
        faults: dict[str, ResolveError] = {}
        tries = [*self.nameservers] * ROUNDS
        for number, (host, port) in enumerate(tries):
            if number and number % len(self.nameservers) == 0:
                time.sleep(max(0.0, min(PAUSE, end - time.monotonic())))
            # An equal share of what is left: a silent nameserver must not eat the time of the next.
            share = (end - time.monotonic()) / (len(tries) - number)
            if share <= 0:
                break
            try:
                response = _exchange(name, record_type, host, port, time.monotonic() + share)
                _check_rcode(name, response)
                return response
            except NameNotFound:
                raise
            except ResolveError as error:
                faults[f"{host}:{port}"] = error
            except dns.exception.Timeout:
                faults.setdefault(f"{host}:{port}", LookupTimeout("no answer"))
            except (dns.exception.DNSException, OSError, EOFError, ValueError) as error:
                faults[f"{host}:{port}"] = BadResponse(f"{type(error).__name__} {error}".strip())
        raise _most_telling(name, faults)


def parse_nameserver(text: str) -> tuple[str, int]:
    """`10.0.0.2`, `10.0.0.2:5353`, `fd00::2` or `[fd00::2]:5353` as (address, port). ValueError for anything else."""
    host, colon, port = text, ":", "53"
    if text.startswith("[") and text.endswith("]"):
        host = text[1:-1]
    elif text.startswith("["):
        host, colon, port = text[1:].partition("]:")
    elif text.count(":") == 1:
        host, colon, port = text.partition(":")
    try:
        if not colon or not 1 <= int(port) <= 65535:
            raise ValueError("port")
        return str(ipaddress.ip_address(host)), int(port)
    except ValueError:
        raise ValueError(f"{text!r} is not a nameserver: ip, ip:port or [ipv6]:port") from None


def _system_nameservers() -> list[str]:
    try:
        return [str(server) for server in dns.resolver.Resolver(configure=True).nameservers]
    except dns.resolver.NoResolverConfiguration as error:
        raise ResolveError(f"the system names no nameserver: {error}") from error


def _exchange(name: dns.name.Name, record_type: str, host: str, port: int, end: float) -> dns.message.QueryMessage:
    """One question to one nameserver: UDP, then TCP if the answer was truncated. Timeout at `end` (monotonic)."""
    query = dns.message.make_query(name, record_type, use_edns=0, payload=1232)
    family = dns.inet.af_for_address(host)
    # Connected: the kernel drops packets from other senders, and a closed port is an error at once, not a timeout.
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.setblocking(False)
        udp.connect(dns.inet.low_level_address_tuple((host, port), family))
        dns.query.send_udp(udp, query, None)
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise dns.exception.Timeout
            try:
                # dnspython measures `expiration` on the wall clock.
                response = dns.query.receive_udp(udp, expiration=time.time() + left, raise_on_truncation=True)[0]
            except dns.message.Truncated as error:
                if query.is_response(error.kwargs["message"]):
                    break
                continue
            except (dns.exception.Timeout, OSError):
                raise
            except Exception:  # whatever a forged or broken packet makes the parser raise: keep listening
                continue
            if query.is_response(response):
                return _query_message(response)
    return _query_message(dns.query.tcp(query, host, timeout=max(0.0, end - time.monotonic()), port=port))


def _query_message(message: dns.message.Message) -> dns.message.QueryMessage:
    if not isinstance(message, dns.message.QueryMessage):
        raise BadResponse("not a response to a query")
    return message


def _check_rcode(name: dns.name.Name, response: dns.message.QueryMessage) -> None:
    rcode = dns.rcode.to_text(response.rcode())
    if rcode == "NXDOMAIN":
        raise NameNotFound(f"{name}: no such name (NXDOMAIN)", rcode)
    if rcode == "REFUSED":
        raise Refused(rcode, rcode)
    if rcode != "NOERROR":
        raise ServerFailed(rcode, rcode)


def _most_telling(name: dns.name.Name, faults: dict[str, ResolveError]) -> ResolveError:
    """The most telling fault, naming all: what a nameserver said says more than that another was silent."""
    details = "; ".join(f"{server}: {fault}" for server, fault in faults.items()) or "no time left"
    silent = LookupTimeout("no answer")
    worst = min(faults.values(), key=lambda fault: isinstance(fault, LookupTimeout), default=silent)
    return type(worst)(f"{name}: {details}", worst.rcode)
