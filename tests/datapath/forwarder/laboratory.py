# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vendor's client, a forwarder, databases and name servers, each on a machine of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pg8000.native
import pymysql

from tests.datapath.forwarder.namespaces import Machine, Network, run
from tests.sandbox.dns.server import DnsServer

TTL = 5
"""Seconds, as RDS and Aurora give their endpoints."""

NAME = "orders.example"
BILLING = "billing.example"
TIMEOUT = 3
"""Seconds after which a client gives up."""

CLIENT_ERRORS = (OSError, pg8000.exceptions.Error, pymysql.Error, EOFError)
MYSQL_CHECK = "haproxy"
FAULTS = {
    "nxdomain": {"rcode": "NXDOMAIN"},
    "servfail": {"rcode": "SERVFAIL"},
    "drop": {"drop": True},
    "nodata": {"addresses": []},
}


def until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Wait until `true()`, and return how many seconds that took. Raises TimeoutError after `seconds`."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - began


class Session:
    """A session with PostgreSQL on a socket that is connected."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        try:
            self.driver = pg8000.native.Connection("postgres", sock=connected, ssl_context=False)
        except BaseException:
            connected.close()
            raise

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye if the server is still there."""
        with contextlib.suppress(*CLIENT_ERRORS):
            self.driver.close()
        self.socket.close()

    def server(self) -> str:
        """The address of the host that serves it. Raises one of CLIENT_ERRORS when it has ended."""
        return str(self.driver.run("select host(inet_server_addr())")[0][0])

    def ends_within(self, seconds: float) -> float | None:
        """After how many seconds it is ended while it waits, or None if it is not."""
        began = time.monotonic()
        self.socket.settimeout(seconds)
        try:
            ended = self.socket.recv(1) in (b"", b"E")  # end of file, or an error message of PostgreSQL
        except TimeoutError:
            return None
        except OSError:
            ended = True
        finally:
            self.socket.settimeout(TIMEOUT)
        return time.monotonic() - began if ended else None


class Laboratory:
    """All machines. `orders` is served by two PostgreSQL hosts, one at a time, and `billing` by one MariaDB host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.network = Network()
        self.client = self.network.machine("client")
        self.forwarder = self.network.machine("forwarder")
        self.names = self.network.machine("names")
        self.cache = self.network.machine("cache")
        self.hosts = [self.network.machine("orders-a"), self.network.machine("orders-b")]
        self.billing = self.network.machine("billing")
        self.dns = DnsServer()
        self.sessions: list[Session] = []

    def start(self) -> None:
        """Start name servers and databases, and wait until they answer."""
        self.names.enter(lambda: self.dns.start(self.names.address, 53))
        self.reset()
        start_cache(self)
        certify(self.folder)
        for number, host in enumerate(self.hosts):
            start_postgresql(self, host, self.folder / f"orders-{number}")
        start_mariadb(self, self.billing, self.folder / "billing")
        for host in self.hosts:
            until(partial(self.answers, host.address), 30, "PostgreSQL")
        until(lambda: self.billing_answers(self.billing.address), 30, "MariaDB")

    def close(self) -> list[str]:
        """Stop everything. Returns the ids of processes that had not ended as told."""
        self.dns.stop()
        return self.network.close()

    def reset(self) -> None:
        """Let the names mean what they do at the beginning, and every machine be there."""
        self.point(0)
        self.dns.set({BILLING: {"addresses": [self.billing.address], "ttl": TTL}})
        for host in self.hosts:
            self.network.silence(host, False)

    def point(self, number: int) -> float:
        """Let the name of the orders database mean one of its hosts, and return when that was."""
        self.dns.set({NAME: {"addresses": [self.hosts[number].address], "ttl": TTL}})
        return time.monotonic()

    def connect(self, address: str | None = None, port: int = 5432) -> Session:
        """A session of the client with the orders database, through the forwarder unless another address is given."""
        target = (address or self.forwarder.address, port)
        session = Session(self.client.enter(lambda: socket.create_connection(target, TIMEOUT)))
        self.sessions.append(session)
        return session

    def hang_up(self) -> None:
        """Close every session of the client."""
        while self.sessions:
            self.sessions.pop().close()

    def server(self, address: str | None = None, port: int = 5432) -> str:
        """The address of the host that serves a new session."""
        with self.connect(address, port) as session:
            return session.server()

    def answers(self, address: str | None = None, host: str = "") -> bool:
        """Whether a session is served, by this host if one is given. One that is cut off at a switch is not."""
        try:
            return self.server(address) == host if host else bool(self.server(address))
        except CLIENT_ERRORS:
            return False

    def billing_query(self, address: str | None = None, query: str = "select 1") -> Any:
        """What the billing database answers, through the forwarder unless another address is given."""
        host = address or self.forwarder.address
        connect = partial(pymysql.connect, host=host, user="root", connect_timeout=TIMEOUT)
        with self.client.enter(connect) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def billing_answers(self, address: str | None = None) -> bool:
        try:
            return bool(self.billing_query(address))
        except CLIENT_ERRORS:
            return False

    def request(self, path: str, port: int = 801) -> tuple[int, bytes]:
        """Status and body of what the forwarder's health port answers; the path is sent as it is."""
        with self.client.enter(lambda: socket.create_connection((self.forwarder.address, port), TIMEOUT)) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: forwarder\r\n\r\n".encode())
            answer = b""
            while more := connection.recv(65536):
                answer += more
        head, dummy, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def healthy(self, path: str = "/health") -> bool:
        try:
            return self.request(path)[0] == 200
        except (OSError, IndexError):
            return False

    def certificate(self, address: str | None = None) -> bytes:
        """The certificate, in DER, of the host to which TLS of a session with the orders database leads."""
        target = (address or self.forwarder.address, 5432)
        context = ssl.create_default_context(cafile=str(self.folder / "server.crt"))
        with self.client.enter(lambda: socket.create_connection(target, TIMEOUT)) as connection:
            connection.sendall((8).to_bytes(4) + (80877103).to_bytes(4))  # SSLRequest of PostgreSQL's protocol
            if connection.recv(1) != b"S":
                raise ConnectionError("the server does not speak TLS")
            with context.wrap_socket(connection, server_hostname=NAME) as session:
                return session.getpeercert(binary_form=True) or b""


def start_cache(lab: Laboratory) -> None:
    """unbound, as the VPC's resolver stands before RDS's name servers: it forwards, and keeps for the TTL."""
    config = lab.folder / "unbound.conf"
    config.write_text(
        f"""server:
  interface: {lab.cache.address}
  access-control: 10.77.0.0/24 allow
  use-syslog: no
  chroot: ""
  username: ""
  directory: "{lab.folder}"
  pidfile: "{lab.folder}/unbound.pid"
  do-daemonize: no
  do-ip6: no
  module-config: "iterator"
  local-zone: "example." nodefault
forward-zone:
  name: "."
  forward-addr: {lab.names.address}
"""
    )
    lab.cache.start(lab.folder / "unbound.log", "unbound", "-d", "-c", str(config))


def certify(folder: Path) -> None:
    """A key and a certificate for the orders database, signed by itself."""
    what = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "2", "-nodes"]
    files = ["-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt")]
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", *what, *files)


def start_postgresql(lab: Laboratory, machine: Machine, folder: Path) -> None:
    """A server that trusts everybody and need not survive a crash."""
    folder.mkdir()
    run("chown", "postgres:", str(folder))
    as_user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
    run("setpriv", *as_user, "initdb", "-D", str(folder), "--auth=trust", "--no-sync", "--locale=C", "-U", "postgres")
    (folder / "pg_hba.conf").write_text("host all all all trust\n")
    for name in ("server.key", "server.crt"):
        run("install", "-o", "postgres", "-m", "600", str(lab.folder / name), str(folder / name))
    options = {
        "listen_addresses": machine.address,
        "unix_socket_directories": "",
        "fsync": "off",
        "max_connections": "300",
        "shared_buffers": "32MB",
        "ssl": "on",
    }
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    command = ["postgres", "-D", str(folder), *words]
    # SIGTERM would wait for clients.
    machine.start(lab.folder / f"{folder.name}.log", *command, user="postgres", ends_by=signal.SIGINT)


def start_mariadb(lab: Laboratory, machine: Machine, folder: Path) -> None:
    """A server that blocks a host after three connections that end before the handshake does."""
    run("mariadb-install-db", f"--datadir={folder}", "--user=mysql", "--auth-root-authentication-method=normal")
    accounts = folder / "accounts.sql"
    accounts.write_text(
        "create user 'root'@'%'; grant all on *.* to 'root'@'%'; "
        f"create user '{MYSQL_CHECK}'@'{lab.forwarder.address}';\n".replace("; ", ";\n")
    )
    run("chown", "-R", "mysql:", str(folder))
    machine.start(
        lab.folder / "billing.log",
        "mariadbd",
        "--no-defaults",
        f"--datadir={folder}",
        f"--socket={folder}/socket",
        f"--pid-file={folder}/pid",
        f"--bind-address={machine.address}",
        f"--init-file={accounts}",
        "--max-connect-errors=3",
        "--skip-name-resolve",
        user="mysql",
    )


class Forwarder:
    """HAProxy with the files that the role writes into `folder`, run as the role's unit runs it."""

    def __init__(self, lab: Laboratory, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.config = folder / "etc/haproxy/privatelink.cfg"
        self.state = folder / "var/lib/privatelink-forwarder/server-state"
        self.log = folder / "haproxy.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, wait: bool = True) -> None:
        """Start it and, unless told otherwise, wait until it is healthy."""
        for name in ("run", "var"):
            run("chown", "-R", "haproxy:", str(self.folder / name))
        self.process = self.lab.forwarder.start(
            self.log,
            *("haproxy", "-W", "-f", str(self.config)),
            user="haproxy",
            capabilities="-all,+net_bind_service",
        )
        if wait:
            until(self.lab.healthy, 10, "the forwarder to be healthy")

    def saved(self) -> bool:
        """Whether the script has kept the addresses of all databases."""
        rows = self.state.read_text().split("\n")[2:] if self.state.exists() else []
        return any(rows) and all(row.split()[4] != "-" for row in rows if row)

    def stop(self) -> None:
        """Stop it as systemd does."""
        if self.process:
            self.lab.forwarder.stop(self.process)
        self.process = None
        until(lambda: not self.lab.forwarder.pids(), 10, "HAProxy to end")

    def reload(self) -> None:
        """Reload it as the unit does, and wait until the new worker has taken over."""
        assert self.process
        # The next worker has the addresses from there: unlike a host's, the machine's own resolver knows none.
        until(self.saved, 10, "the addresses to be kept")
        before = self.workers()
        run("haproxy", "-c", "-q", "-f", str(self.config))
        self.process.send_signal(signal.SIGUSR2)
        until(lambda: bool(self.workers() - before), 10, "a new worker")
        time.sleep(0.5)

    def workers(self) -> set[str]:
        """Ids of the workers, the old ones too that still have sessions."""
        master = str(self.process.pid) if self.process else ""
        return set(self.lab.forwarder.pids()) - {master}
