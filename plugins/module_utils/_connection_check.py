# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether TCP ports answer, and speak TLS, as seen from this host.

This module util is PRIVATE to the collection.

A name may stand for several addresses, one in each Availability Zone. Every one of them is tried, because clients will
be led to any of them. Nothing is sent beyond the TLS handshake.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.dns import Resolver
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_answer import ResolveError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import required

WORKERS = 32  # addresses tried at once: a timeout on each of a hundred still ends soon


class CheckError(Exception):
    """Why an endpoint, or one address of it, cannot be used. The message is a sentence without a full stop."""


@dataclass(frozen=True)
class Endpoint:
    """One port to try; the fields are the options of C(connection_check)."""

    name: str = required()
    host: str = required()
    port: int = required()
    tls: bool = False
    server_name: str | None = None


@dataclass(frozen=True)
class Attempt:
    """What came of one address. ``tls`` is None where nobody asked for it; ``problem`` is "" for success."""

    address: str
    tcp: bool = False
    tls: bool | None = None
    seconds: float = 0.0
    problem: str = ""


@dataclass
class Report:
    """What came of one endpoint: its addresses' attempts, or the problem that left it without any."""

    endpoint: Endpoint
    attempts: list[Attempt] = field(default_factory=list)
    problem: str = ""

    @property
    def failed(self) -> bool:
        """An endpoint of which one address answers can be used, if not well."""
        return not any(not attempt.problem for attempt in self.attempts)

    @property
    def problems(self) -> str:
        """Why it failed, or else which of its addresses do not answer."""
        said: dict[str, list[str]] = {}
        for attempt in self.attempts:
            if attempt.problem:
                said.setdefault(attempt.problem, []).append(attempt.address)
        return self.problem or "; ".join(f"{', '.join(where)}: {why}" for why, where in said.items())

    def as_dict(self) -> dict[str, t.Any]:
        wanted = self.endpoint
        return {
            "name": wanted.name,
            "host": wanted.host,
            "port": wanted.port,
            "addresses": [attempt.address for attempt in self.attempts],
            "tcp": any(attempt.tcp for attempt in self.attempts),
            "tls": any(attempt.tls for attempt in self.attempts) if wanted.tls else None,
            "seconds": round(max((attempt.seconds for attempt in self.attempts), default=0.0), 3),
            "failed": self.failed,
            "msg": self.problems,
        }


def tls_context(validate_certs: bool, ca_path: str | None) -> ssl.SSLContext:
    """How servers are verified: by the authorities in ``ca_path``, a file or directory, else by the system's.

    Raises CheckError where there are none at ``ca_path``.
    """
    if not validate_certs:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        if ca_path and os.path.isdir(ca_path):
            return ssl.create_default_context(capath=ca_path)
        return ssl.create_default_context(cafile=ca_path or None)
    except OSError as error:  # also ssl.SSLError
        raise CheckError(f"{ca_path} holds no certificates of authorities: {error}") from error


@dataclass
class Checker:
    """Tries endpoints. ``timeout`` is how many seconds one address may take, TLS included."""

    timeout: float
    context: ssl.SSLContext
    nameservers: t.Sequence[str] | None = None

    def check(self, endpoints: t.Sequence[Endpoint]) -> list[Report]:
        """What came of every endpoint, in the order given. Endpoints never stop each other."""
        reports = [Report(endpoint) for endpoint in endpoints]
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            found = list(pool.map(self._look_up, reports))
            pairs: list[tuple[Report, str]] = []
            for report, addresses in zip(reports, found):
                pairs += [(report, address) for address in addresses]
            attempts = pool.map(lambda pair: self._try(pair[0].endpoint, pair[1]), pairs)
            for pair, attempt in zip(pairs, attempts):
                pair[0].attempts.append(attempt)
        return reports

    def _look_up(self, report: Report) -> list[str]:
        """The addresses of an endpoint; where there are none, the report says why."""
        try:
            return self.addresses(report.endpoint)
        except CheckError as error:
            report.problem = str(error)
            return []

    def addresses(self, endpoint: Endpoint) -> list[str]:
        """The addresses behind an endpoint's host. Raises CheckError for a name without any, and for no port."""
        host = endpoint.host
        if not 1 <= endpoint.port <= 65535:
            raise CheckError(f"{endpoint.port} is not a port, which is 1 to 65535")
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass  # a name
        try:
            if self.nameservers:
                return list(Resolver(self.nameservers, self.timeout).resolve(host, "dual").addresses)
            found = socket.getaddrinfo(host, endpoint.port, type=socket.SOCK_STREAM)
        except (OSError, ResolveError, ValueError) as error:  # UnicodeError is a ValueError
            raise CheckError(
                f"{host} does not resolve ({error}): is this host in the VPC of the endpoint, are private DNS names on?"
            ) from error
        return list(dict.fromkeys(str(info[4][0]) for info in found))

    def _try(self, endpoint: Endpoint, address: str) -> Attempt:
        start = time.monotonic()
        tcp, tls, problem = False, False, ""
        try:
            with self._connect(endpoint, address) as connection:
                tcp = True
                if endpoint.tls:
                    left = max(0.001, start + self.timeout - time.monotonic())
                    self._shake_hands(connection, endpoint.server_name or endpoint.host, left)
                    tls = True
        except CheckError as error:
            problem = str(error)
        return Attempt(address, tcp, tls if endpoint.tls else None, time.monotonic() - start, problem)

    def _connect(self, endpoint: Endpoint, address: str) -> socket.socket:
        try:
            return socket.create_connection((address, endpoint.port), timeout=self.timeout)
        except socket.timeout as error:
            raise CheckError(
                f"no answer on port {endpoint.port} within {self.timeout:g} s: do the endpoint's security groups let "
                "this host in, and is there a route?"
            ) from error
        except OSError as error:
            raise CheckError(f"no connection on port {endpoint.port}: {error.strerror or error}") from error

    def _shake_hands(self, connection: socket.socket, server_name: str, timeout: float) -> None:
        connection.settimeout(timeout)  # the whole handshake ends in this time, not only each part of it
        try:
            self.context.wrap_socket(connection, server_hostname=server_name).close()
        except socket.timeout as error:
            raise CheckError(f"no TLS handshake within {self.timeout:g} s: does the port speak TLS?") from error
        except ssl.SSLCertVerificationError as error:
            raise CheckError(
                f"the certificate is not to be trusted as that of {server_name}: {error.verify_message}; "
                "ca_path names the authorities, server_name the host on the certificate"
            ) from error
        except (OSError, ValueError) as error:  # ValueError: a server name that cannot be sent
            reason = getattr(error, "reason", "") or getattr(error, "strerror", "") or error
            raise CheckError(f"no TLS handshake: {reason}: does the port speak TLS?") from error
