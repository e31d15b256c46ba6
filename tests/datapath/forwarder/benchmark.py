# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a forwarder costs: `python -m tests.datapath.forwarder.benchmark [rounds]`, as root.

The role's HAProxy, nginx's stream module and nftables' DNAT, each between the same client and the same PostgreSQL,
beside the direct way. The ways take turns within each round, so that a busy machine is unfair to none. Figures are
medians over the rounds, and ratios to the direct way of the same round. Besides the packages of `make forwarder` it
needs nginx, libnginx-mod-stream and nftables.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.datapath.forwarder.laboratory import NAME, Forwarder, Laboratory, until
from tests.datapath.forwarder.namespaces import run
from tests.datapath.forwarder.rendering import render

PORTS = {"direct": 5432, "HAProxy": 5432, "nginx": 6432, "nftables": 7432}
NGINX = """load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; worker_processes 2; error_log stderr; pid {folder}/nginx.pid; user root;
events {{}}
stream {{ server {{ listen {port}; proxy_pass {target}:5432; }} }}
"""
NFTABLES = """table ip forward {{
  chain pre {{ type nat hook prerouting priority dstnat; tcp dport {port} dnat to {target}:5432; }}
  chain post {{ type nat hook postrouting priority srcnat; ip daddr {target} masquerade; }}
}}
"""
Way = tuple[str, int]


def round_trips(lab: Laboratory, way: Way, count: int = 2000) -> float:
    """Median seconds of a query that does nothing, over one session."""
    with lab.connect(*way) as session:
        times = []
        for _dummy in range(count):
            began = time.perf_counter()
            session.driver.run("select 1")
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def connects(lab: Laboratory, way: Way, count: int = 100) -> float:
    """Median seconds until a new session is ready."""
    times = []
    for _dummy in range(count):
        began = time.perf_counter()
        lab.connect(*way).close()
        times.append(time.perf_counter() - began)
    lab.hang_up()
    return statistics.median(times)


def transactions(lab: Laboratory, way: Way, seconds: int = 3) -> float:
    """Transactions a second of eight clients of pgbench that read."""
    words = ["-S", "-n", "-c", "8", "-j", "2", "-T", str(seconds), "-h", way[0], "-p", str(way[1]), "-U", "postgres"]
    output = lab.client.run("pgbench", *words, "postgres")
    return float(next(line.split()[2] for line in output.splitlines() if line.startswith("tps = ")))


MEASURES: dict[str, Callable[[Laboratory, Way], float]] = {
    "round trip": round_trips,
    "new session": connects,
    "pgbench -S, 8 clients": transactions,
}


def start(lab: Laboratory) -> None:
    """Start all three forwarders on one machine."""
    folder = lab.folder / "forwarder"
    database = {"name": "orders", "endpoint": NAME, "port": 5432}
    variables = {"port_forwarder_databases": [database], "port_forwarder_nameservers": [lab.names.address]}
    render({folder: {**variables, "port_forwarder_max_connections": 4000}})
    folder.chmod(0o755)
    Forwarder(lab, folder).start()
    target = lab.hosts[0].address
    config = lab.folder / "nginx.conf"
    config.write_text(NGINX.format(folder=lab.folder, port=PORTS["nginx"], target=target))
    lab.forwarder.start(lab.folder / "nginx.log", "nginx", "-c", str(config))
    rules = lab.folder / "nftables.conf"
    rules.write_text(NFTABLES.format(port=PORTS["nftables"], target=target))
    lab.forwarder.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
    lab.forwarder.run("nft", "-f", str(rules))
    run("ip", "netns", "exec", lab.client.name, *pgbench_tables(target))
    for name, port in PORTS.items():
        until(partial(reachable, lab, port), 10, name)


def pgbench_tables(target: str) -> list[str]:
    return ["pgbench", "-i", "-q", "-h", target, "-U", "postgres", "postgres"]


def reachable(lab: Laboratory, port: int) -> bool:
    try:
        lab.connect(port=port).close()
    except OSError:
        return False
    return True


def measure(lab: Laboratory, rounds: int) -> None:
    """Print a line for each measure and way."""
    ways = {name: (lab.forwarder.address, port) for name, port in PORTS.items()}
    ways["direct"] = (lab.hosts[0].address, 5432)
    for what, figure in MEASURES.items():
        figures = [{name: figure(lab, way) for name, way in ways.items()} for dummy in range(rounds)]
        for name in ways:
            middle = statistics.median(one[name] for one in figures)
            ratios = [one[name] / one["direct"] for one in figures]
            shown = f"{middle:.0f}/s" if middle > 1 else f"{middle * 1e6:.0f} us"
            spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
            print(f"{what:<24}{name:<10}{shown:>12}   x{statistics.median(ratios):.2f} ({spread})", flush=True)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory(prefix="pf-") as name:
        Path(name).chmod(0o755)
        lab = Laboratory(Path(name))
        try:
            lab.start()
            start(lab)
            measure(lab, rounds)
        finally:
            lab.hang_up()
            lab.close()


if __name__ == "__main__":
    main()
