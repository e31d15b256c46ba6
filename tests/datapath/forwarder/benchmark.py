# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a forwarder costs: `python -m tests.datapath.forwarder.benchmark [--rounds N] [--settings]`, as root.

The role's HAProxy, nginx's stream module and nftables' DNAT, each between the same client and the same PostgreSQL,
beside the direct way; with `--settings` the role's HAProxy as it is, and with other settings. The ways take turns
within each round, so that a busy machine is unfair to none. Figures are medians over the rounds, and ratios to the
direct way of the same round. Besides the packages of `make forwarder` it needs nginx, libnginx-mod-stream and nftables.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from tests.datapath.forwarder.laboratory import NAME, Forwarder, Laboratory, until
from tests.datapath.forwarder.namespaces import allowed, run
from tests.datapath.forwarder.rendering import render
from tests.tools import system

PORTS = {"HAProxy": 5432, "nginx": 6432, "nftables": 7432}
STREAM = "/usr/lib/nginx/modules/ngx_stream_module.so"
NGINX = f"""load_module {STREAM};
daemon off; worker_processes 2; error_log stderr; pid {{folder}}/nginx.pid; user root;
events {{{{}}}}
stream {{{{ server {{{{ listen {{port}}; proxy_pass {{target}}:5432; }}}} }}}}
"""
NFTABLES = """table ip forward {{
  chain pre {{ type nat hook prerouting priority dstnat; tcp dport {port} dnat to {target}:5432; }}
  chain post {{ type nat hook postrouting priority srcnat; ip daddr {target} masquerade; }}
}}
"""
SETTINGS: dict[str, dict[str, list[str]]] = {
    "as the role has it": {},
    "nbthread 1": {"global": ["nbthread 1"]},
    "cpu-map": {"global": ["nbthread 2", "cpu-map auto:1/1-2 0-1"]},
    "edge-triggered": {"global": ["expose-experimental-directives", "tune.fd.edge-triggered on"]},
    "low-latency": {"global": ["tune.sched.low-latency on"]},
    "bufsize 64 KiB": {"global": ["tune.bufsize 65536"]},
    "splice-auto": {"defaults": ["option splice-auto"]},
    "tcp-smart": {"defaults": ["option tcp-smart-accept", "option tcp-smart-connect"]},
    "busy-polling": {"global": ["busy-polling"]},
}
"""Lines that are put at the top of sections of the role's configuration."""

Address = tuple[str, int]
Ways = Mapping[str, Callable[[], AbstractContextManager[Address]]]
"""Where to connect while a way is open, by the way's name."""


def lacking() -> str:
    """Return what this machine lacks, in words; empty when nothing."""
    needed = {**system.NEEDS["forwarder"], "nft": "nftables", "nginx": "nginx"}
    packages = {package for program, package in needed.items() if not system.find(program)}
    if not Path(STREAM).exists():
        packages.add("libnginx-mod-stream")
    if packages:
        return f"needs the Debian packages {', '.join(sorted(packages))}"
    return "" if allowed() else "needs the right to make network namespaces: root with CAP_NET_ADMIN and CAP_SYS_ADMIN"


def round_trips(lab: Laboratory, way: Address, count: int = 2000) -> float:
    """Median seconds of a query that does nothing, over one session."""
    with lab.connect(*way) as session:
        times = []
        for _dummy in range(count):
            began = time.perf_counter()
            session.driver.run("select 1")
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def connects(lab: Laboratory, way: Address, count: int = 100) -> float:
    """Median seconds until a new session is ready."""
    times = []
    for _dummy in range(count):
        began = time.perf_counter()
        lab.connect(*way).close()
        times.append(time.perf_counter() - began)
    lab.hang_up()
    return statistics.median(times)


def pgbench(lab: Laboratory, way: Address, *options: str) -> float:
    """Transactions a second of eight clients of pgbench that read."""
    words = ["-S", "-n", "-c", "8", "-j", "2", *options, "-h", way[0], "-p", str(way[1]), "-U", "postgres"]
    lines = lab.client.run("pgbench", *words, "postgres").splitlines()
    return next(float(line.split()[2]) for line in lines if line.startswith("tps = "))


def transactions(lab: Laboratory, way: Address) -> float:
    return pgbench(lab, way, "-T", "3")


def processor(lab: Laboratory, way: Address, each: int = 2000) -> float:
    """Seconds of CPU that the forwarder's processes take for a transaction; the kernel's own are not among them."""
    before = used(lab)
    pgbench(lab, way, "-t", str(each))
    return (used(lab) - before) / (8 * each)


def used(lab: Laboratory) -> float:
    """Seconds of CPU of all processes on the forwarder's machine since they began."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in lab.forwarder.pids()]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


def bulk(lab: Laboratory, way: Address, rows: int = 40_000) -> float:
    """Seconds to read a GiB as a connector reads a table at first."""
    query = f"copy (select repeat('x', 8191) from generate_series(1, {rows})) to stdout"
    began = time.perf_counter()
    lab.client.run("psql", "-q", "-h", way[0], "-p", str(way[1]), "-U", "postgres", "-o", "/dev/null", "-c", query)
    return (time.perf_counter() - began) * 2**17 / rows


MEASURES: dict[str, Callable[[Laboratory, Address], float]] = {
    "round trip": round_trips,
    "new session": connects,
    "pgbench -S, 8 clients": transactions,
    "CPU for each of these": processor,
    "read of a GiB": bulk,
}


@contextmanager
def standing(address: Address) -> Iterator[Address]:
    """A way that is open all the time."""
    yield address


def settings(lab: Laboratory, folder: Path) -> Ways:
    """The role's HAProxy with each of the settings, which runs only while it is measured."""

    @contextmanager
    def way(lines: dict[str, list[str]]) -> Iterator[Address]:
        own = Path(tempfile.mkdtemp(prefix="run-", dir=lab.folder))
        shutil.copytree(folder, own, dirs_exist_ok=True)
        own.chmod(0o755)
        for name in ("privatelink.cfg", "privatelink.lua"):
            path = own / "etc/haproxy" / name
            text = path.read_text().replace(str(folder), str(own))
            for section, added in lines.items():
                text = text.replace(f"\n{section}\n", "\n    ".join([f"\n{section}", *added]) + "\n", 1)
            path.write_text(text)
        forwarder = Forwarder(lab, own)
        forwarder.start()
        try:
            yield lab.forwarder.address, PORTS["HAProxy"]
        finally:
            lab.hang_up()
            forwarder.stop()

    return {name: partial(way, lines) for name, lines in SETTINGS.items()}


def others(lab: Laboratory, folder: Path) -> Ways:
    """All three forwarders, running on one machine."""
    Forwarder(lab, folder).start()
    target = lab.hosts[0].address
    config = lab.folder / "nginx.conf"
    config.write_text(NGINX.format(folder=lab.folder, port=PORTS["nginx"], target=target))
    lab.forwarder.start(lab.folder / "nginx.log", "nginx", "-c", str(config))
    rules = lab.folder / "nftables.conf"
    rules.write_text(NFTABLES.format(port=PORTS["nftables"], target=target))
    lab.forwarder.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
    lab.forwarder.run("nft", "-f", str(rules))
    for name, port in PORTS.items():
        until(partial(reachable, lab, port), 10, name)
    return {name: partial(standing, (lab.forwarder.address, port)) for name, port in PORTS.items()}


def reachable(lab: Laboratory, port: int) -> bool:
    try:
        lab.connect(port=port).close()
    except OSError:
        return False
    return True


def rendered(lab: Laboratory) -> Path:
    """A folder with what the role writes for a forwarder to the orders database."""
    folder = lab.folder / "forwarder"
    database = {"name": "orders", "endpoint": NAME, "port": 5432}
    variables = {"port_forwarder_databases": [database], "port_forwarder_nameservers": [lab.names.address]}
    render({folder: {**variables, "port_forwarder_max_connections": 4000}})
    folder.chmod(0o755)
    return folder


def measure(lab: Laboratory, ways: Ways, rounds: int) -> None:
    """Let the ways take turns, and print a line for each measure and way."""
    figures: dict[str, dict[str, list[float]]] = {what: {name: [] for name in ways} for what in MEASURES}
    for _dummy in range(rounds):
        for name, way in ways.items():
            with way() as where:
                for what, figure in MEASURES.items():
                    figures[what][name].append(figure(lab, where))
    for what, by_name in figures.items():
        for name, values in by_name.items():
            ratio = "" if MEASURES[what] is processor else beside(values, by_name["direct"])  # direct uses none
            print(f"{what:<24}{name:<20}{shown(statistics.median(values)):>12}{ratio}")


def shown(figure: float) -> str:
    """Transactions a second are many; seconds are few, or fractions."""
    return f"{figure:.0f}/s" if figure > 100 else f"{figure:.1f} s" if figure > 1 else f"{figure * 1e6:.0f} us"


def beside(values: list[float], direct: list[float]) -> str:
    """The ratios to the direct way of the same rounds."""
    ratios = [value / other for value, other in zip(values, direct, strict=True)]
    return f"   x{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.datapath.forwarder.benchmark")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--settings", action="store_true", help="HAProxy with other settings, instead of other programs"
    )
    options = parser.parse_args()
    if lacks := lacking():
        sys.exit(lacks)
    with tempfile.TemporaryDirectory(prefix="pf-") as name:
        Path(name).chmod(0o755)
        lab = Laboratory(Path(name))
        try:
            lab.start()
            target = lab.hosts[0].address
            run(
                "ip",
                "netns",
                "exec",
                lab.client.name,
                "pgbench",
                "-i",
                "-q",
                "-h",
                target,
                "-U",
                "postgres",
                "postgres",
            )
            direct: Ways = {"direct": partial(standing, (target, 5432))}
            more = settings if options.settings else others
            measure(lab, {**direct, **more(lab, rendered(lab))}, options.rounds)
        finally:
            lab.hang_up()
            lab.close()


if __name__ == "__main__":
    main()
