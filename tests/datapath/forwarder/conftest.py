# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laboratory, once for all tests, and a forwarder that the role has configured."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.datapath.forwarder import namespaces
from tests.datapath.forwarder.laboratory import BILLING, MYSQL_CHECK, NAME, Forwarder, Laboratory
from tests.datapath.forwarder.rendering import render
from tests.tools import system

Forward = Callable[..., Forwarder]


@pytest.fixture(scope="session", autouse=True)
def able() -> None:
    """Skip everything, saying why, on a machine that cannot."""
    system.need("forwarder")
    if not namespaces.allowed():
        pytest.skip("needs the right to make network namespaces: root with CAP_NET_ADMIN and CAP_SYS_ADMIN")


@pytest.fixture(scope="session")
def lab(able: None) -> Iterator[Laboratory]:
    """Name servers and databases, running. Nothing of them is left afterwards."""
    # Not pytest's own folder: that may be read by its owner only, and these programs run as their own users.
    folder = Path(tempfile.mkdtemp(prefix="pf-"))
    folder.chmod(0o755)
    laboratory = Laboratory(folder)
    try:
        laboratory.start()
        yield laboratory
    finally:
        left = laboratory.close()
        keep = os.environ.get("KEEP_LABORATORY")
        print(f"kept {folder}" if keep else "", end="")
        if not keep:
            shutil.rmtree(folder)
    assert left == []
    assert namespaces.namespaces() == []


@pytest.fixture(scope="session")
def rendered(lab: Laboratory) -> dict[str, Path]:
    """Folders with what the role writes for a forwarder that asks the cache, and for one that asks the name server."""
    databases = [
        {"name": "orders", "endpoint": NAME, "port": 5432, "engine": "postgresql"},
        {"name": "billing", "endpoint": BILLING, "port": 3306, "engine": "mariadb", "check_user": MYSQL_CHECK},
    ]
    common = {
        "port_forwarder_databases": databases,
        "port_forwarder_max_connections": 4000,  # within the open files that every root may have
    }
    servers = {"cache": lab.cache, "names": lab.names}
    folders = {name: lab.folder / f"asks-{name}" for name in servers}
    asking = {name: {**common, "port_forwarder_nameservers": [server.address]} for name, server in servers.items()}
    render({folders[name]: variables for name, variables in asking.items()})
    return folders


@pytest.fixture
def forward(lab: Laboratory, rendered: dict[str, Path]) -> Iterator[Forward]:
    """``forward("cache")`` starts a forwarder that asks that name server; it is stopped after the test."""
    started: list[Forwarder] = []

    def start(nameserver: str = "names", configuration: Callable[[str], str] = str) -> Forwarder:
        lab.reset()
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=lab.folder))
        shutil.copytree(rendered[nameserver], folder, dirs_exist_ok=True)
        folder.chmod(0o755)
        for name in ("privatelink.cfg", "privatelink.lua"):
            path = folder / "etc/haproxy" / name
            path.write_text(configuration(path.read_text().replace(str(rendered[nameserver]), str(folder))))
        started.append(Forwarder(lab, folder))
        started[-1].start()
        return started[-1]

    yield start
    lab.hang_up()
    lab.reset()
    for program in started:
        program.stop()
