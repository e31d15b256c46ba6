# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""connection_check against real sockets on loopback: ports that answer, refuse, stay silent or speak no TLS."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.sandbox.client import RunningSandbox

RunModule = Callable[..., dict[str, Any]]
Check = Callable[..., dict[str, Any]]
SERVER = "redis.example"


@pytest.fixture
def check(run_module: RunModule) -> Check:
    """``check(*endpoints, **options)`` runs the module, which reports unless told to fail."""

    def run(*endpoints: dict[str, Any], **options: Any) -> dict[str, Any]:
        named = [
            {"name": f"endpoint-{number}", "host": "127.0.0.1", **endpoint} for number, endpoint in enumerate(endpoints)
        ]
        args = {"endpoints": named, "timeout": 0.4, "on_item_failure": "report", **options}
        return run_module("connection_check", args, check=True)

    return run


def serve(handle: Callable[[socket.socket], Any], host: str = "127.0.0.1") -> tuple[socket.socket, int]:
    """A listener on a free port; ``handle`` gets each connection in a thread of its own."""
    listener = socket.create_server((host, 0))

    def loop() -> None:
        with contextlib.suppress(OSError):  # closed at the end of the test
            while True:
                threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return listener, int(listener.getsockname()[1])


def stay_silent(connection: socket.socket) -> None:
    with connection:
        connection.recv(4096)
        time.sleep(5)


@pytest.fixture
def plain() -> Iterator[int]:
    """A port that says something that is not TLS."""

    def greet(connection: socket.socket) -> None:
        with connection:
            connection.sendall(b"-ERR unknown command\r\n")

    listener, port = serve(greet)
    with listener:
        yield port


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts, and then says nothing."""
    listener, port = serve(stay_silent)
    with listener:
        yield port


@pytest.fixture
def full() -> Iterator[int]:
    """A port whose queue is full: like one behind a firewall, it does not answer at all."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _number in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield int(listener.getsockname()[1])


@pytest.fixture
def closed() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class TlsServer:
    """A TLS server with a certificate for ``SERVER`` signed by itself, in ``ca``."""

    port: int
    ca: Path


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[TlsServer]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVER)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SERVER)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca, private = tmp_path / "ca.pem", tmp_path / "key.pem"
    ca.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form, no_password = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, no_password))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca, private)

    def shake_hands(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(1)

    listener, port = serve(shake_hands)
    with listener:
        yield TlsServer(port, ca)


def test_each_endpoint_has_its_own_result(check: Check, plain: int, closed: int) -> None:
    found = check({"port": plain}, {"port": closed}, {"port": plain, "host": "localhost"})
    assert not found.get("failed")
    assert not found["changed"]
    assert found["failed_items"] == ["endpoint-1"]
    first, second, third = found["results"]
    assert {**first, "seconds": 0} == {
        "name": "endpoint-0",
        "host": "127.0.0.1",
        "port": plain,
        "addresses": ["127.0.0.1"],
        "tcp": True,
        "tls": None,
        "seconds": 0,
        "failed": False,
        "msg": "",
    }
    assert 0 <= first["seconds"] < 0.4
    assert (second["tcp"], second["failed"]) == (False, True)
    assert second["msg"] == f"127.0.0.1: no connection on port {closed}: Connection refused"
    assert third["tcp"]
    assert "127.0.0.1" in third["addresses"]


def test_failing_names_every_endpoint_that_failed(check: Check, plain: int, closed: int) -> None:
    found = check({"port": closed}, {"port": plain}, {"port": 70000}, on_item_failure="fail")
    assert found["failed"]
    assert len(found["results"]) == 3
    assert found["failed_items"] == ["endpoint-0", "endpoint-2"]
    assert "endpoint-0: 127.0.0.1: no connection on port" in found["msg"]
    assert "endpoint-2: 70000 is not a port" in found["msg"]
    assert "endpoint-1" not in found["msg"]


def test_many_silent_ports_cost_one_timeout(check: Check, full: int) -> None:
    start = time.monotonic()
    found = check(*({"port": full} for _number in range(30)))
    assert time.monotonic() - start < 2
    assert len(found["failed_items"]) == 30
    report = found["results"][0]
    assert f"no answer on port {full} within 0.4 s: do the endpoint's security groups" in report["msg"]
    assert 0.4 <= report["seconds"] < 1


# TLS


def test_a_certificate_must_be_that_of_the_server(check: Check, tls_server: TlsServer) -> None:
    ours = {"port": tls_server.port, "tls": True}
    found = check({**ours, "server_name": SERVER}, ours, ca_path=str(tls_server.ca))
    right, wrong = found["results"]
    assert right["tls"] is True
    assert not right["failed"]
    assert wrong["tcp"] is True
    assert wrong["tls"] is False
    assert wrong["failed"]
    assert "the certificate is not to be trusted as that of 127.0.0.1: IP address mismatch" in wrong["msg"]
    unknown = check({**ours, "server_name": SERVER})["results"][0]
    assert unknown["failed"]
    assert "self-signed certificate; ca_path names the authorities" in unknown["msg"]
    assert check(ours, validate_certs=False)["results"][0]["tls"] is True


def test_a_port_that_speaks_no_tls(check: Check, plain: int, silent: int) -> None:
    start = time.monotonic()
    found = check({"port": plain, "tls": True}, {"port": silent, "tls": True}, {"port": silent})
    assert time.monotonic() - start < 2
    refused, other, tcp_only = found["results"]
    assert refused["failed"]
    assert refused["tcp"]
    assert refused["tls"] is False
    assert "no TLS handshake: " in refused["msg"]
    assert other["failed"]
    assert "no TLS handshake within 0.4 s: does the port speak TLS?" in other["msg"]
    assert not tcp_only["failed"]
    assert tcp_only["tls"] is None


def test_a_server_that_hangs_up(check: Check) -> None:
    listener, port = serve(lambda connection: connection.close())
    with listener:
        result = check({"port": port, "tls": True})["results"][0]
    assert result["tcp"]
    assert result["tls"] is False
    assert "no TLS handshake: " in result["msg"]


# Names


def test_every_address_of_a_name_is_tried(check: Check, sandbox: RunningSandbox, plain: int, closed: int) -> None:
    both, gone = "both.check.example", "gone.check.example"
    sandbox.dns({both: ["127.0.0.1", "127.0.0.2"]})
    servers = [f"127.0.0.1:{sandbox.health()['dns_port']}"]
    found = check({"host": both, "port": plain}, {"host": gone, "port": plain}, nameservers=servers)
    half, unknown = found["results"]
    assert half["addresses"] == ["127.0.0.1", "127.0.0.2"]
    assert half["tcp"]
    assert not half["failed"]
    assert half["msg"] == f"127.0.0.2: no connection on port {plain}: Connection refused"
    assert "endpoint-0: not all addresses can be used: 127.0.0.2" in str(found["warnings"])
    assert unknown["failed"]
    assert unknown["addresses"] == []
    assert not unknown["tcp"]
    assert f"{gone} does not resolve ({gone}.: no such name (NXDOMAIN))" in unknown["msg"]
    neither = check({"host": both, "port": closed}, nameservers=servers)["results"][0]
    assert neither["failed"]
    assert neither["msg"].startswith("127.0.0.1, 127.0.0.2: no connection")


@pytest.mark.parametrize("host", ["", "a..b", "x" * 70, "nowhere.invalid"])
def test_a_host_that_is_no_name_fails_alone(check: Check, host: str, plain: int) -> None:
    found = check({"host": host, "port": plain}, {"port": plain})
    assert found["failed_items"] == ["endpoint-0"]
    assert f"{host} does not resolve" in found["results"][0]["msg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"endpoints": [{"name": "a", "host": "h", "port": 1}] * 2}, "Two items of endpoints have the same name: a"),
        ({"timeout": 0}, "timeout must be more than 0"),
        ({"nameservers": ["ns.example"]}, "nameservers: 'ns.example' is not a nameserver"),
        ({"ca_path": "/nowhere/ca.pem"}, "ca_path: /nowhere/ca.pem holds no certificates of authorities"),
        ({"ca_path": __file__}, "holds no certificates of authorities"),
    ],
)
def test_options_that_make_no_sense(check: Check, options: dict[str, Any], message: str) -> None:
    found = check(**options)
    assert found["failed"]
    assert message in found["msg"]


def test_nothing_to_check(check: Check) -> None:
    assert check()["results"] == []
