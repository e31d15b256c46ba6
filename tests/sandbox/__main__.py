# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the sandbox: ``python -m tests.sandbox --port 4599``."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import signal
import sys
import threading
from pathlib import Path

import yaml

from tests.sandbox import seed
from tests.sandbox.aws.lambda_.functions import RUNNING
from tests.sandbox.dns.server import POLL
from tests.sandbox.server import Sandbox, Server


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=4599, help="port, 0 for a free one (default %(default)s)")
    parser.add_argument("--dns-port", type=int, default=0, help="port of the DNS server, 0 for a free one (default)")
    parser.add_argument("--lag", type=float, default=0.2, help="seconds that states last (default %(default)s)")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to every call (default %(default)s)")
    parser.add_argument("--buckets", action="store_true", help="switch on AWS's published token buckets")
    parser.add_argument("--seed", type=Path, help="YAML document of what exists at the start")
    parser.add_argument("--with-parent", action="store_true", help="also stop when the process that started it ends")
    return parser.parse_args()


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parent = os.getppid()  # it may end as soon as it is told that we are ready
    options = arguments()
    sandbox = Sandbox(latency=options.latency)
    sandbox.world.default_lag = options.lag
    sandbox.buckets.enabled = options.buckets
    sandbox.dns.start(options.host, options.dns_port)
    if options.seed:
        seed.plant(sandbox, yaml.safe_load(options.seed.read_text(encoding="utf-8")))
    gc.set_threshold(100_000, 20, 100)  # nearly all that it holds stays, so there is little to collect
    server = Server((options.host, options.port), sandbox)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *dummy: stop.set())
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    address = f"http://{options.host}:{server.server_port}"
    RUNNING.url = address
    print(f"sandbox ready: AWS_ENDPOINT_URL={address} dns={options.host}:{sandbox.dns.port}", flush=True)
    # The first request that needs moto's EC2 shall not wait a second for this import.
    threading.Thread(target=importlib.import_module, args=("moto.ec2.responses",), daemon=True).start()
    while not stop.wait(0.5 if options.with_parent else None):
        if os.getppid() != parent:
            break
    server.shutdown()
    server.server_close()
    RUNNING.stop()
    sandbox.dns.stop()
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # all is closed; to take apart what moto and botocore hold would take a second
