# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP sync by hand: `python -m ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.by_hand --help`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from .handler import line
from .service import Report, Service, Unusable, connect
from .settings import KINDS, Settings

EXAMPLE = """
examples:
  what would be done for one target group, asking the VPC's resolver:
    %(prog)s --once --dry-run --target-group fivetran-orders-5432 --nameserver 10.0.0.2 \\
        --endpoint orders.cluster-abc.us-east-1.rds.amazonaws.com --kind writer
  follow all names of a configuration until interrupted:
    %(prog)s --config ip_sync.json

Each run of a sync prints one line of JSON. The exit code is 1 when one has failed. Credentials and region are those of
the environment, as for other AWS tools.
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.by_hand",
        description="Make the IP targets of target groups follow DNS names, as the Lambda function does.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--once", action="store_true", help="one run of each sync; without it, runs until interrupted")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be written, write nothing; implies --once"
    )
    parser.add_argument("--config", type=Path, help="JSON file of syncs, as the function's package has it")
    parser.add_argument("--target-group", help="name or ARN of a target group, for a single sync")
    parser.add_argument("--endpoint", help="the DNS name it follows")
    parser.add_argument("--port", type=int, help="port of the targets (default: the group's)")
    parser.add_argument("--kind", choices=KINDS, default="instance", help="what the name is (default %(default)s)")
    parser.add_argument("--nameserver", action="append", help="ip, ip:port or [ipv6]:port; may be repeated")
    parser.add_argument("--region", help="AWS region (default: the environment's)")
    parser.add_argument("--interval", type=float, default=60.0, help="seconds between two runs (default %(default)s)")
    given = parser.parse_args()
    if bool(given.config) == bool(given.target_group and given.endpoint):
        parser.error("give either --config, or --target-group and --endpoint")
    return given


def settings(given: argparse.Namespace) -> Settings:
    """The configuration that the arguments name. ValueError or OSError where there is none."""
    if given.config:
        return Settings.from_json(given.config.read_text(encoding="utf-8"))
    sync = {"name": given.endpoint, "target_group": given.target_group, "endpoint": given.endpoint, "port": given.port}
    document = {"syncs": [{**sync, "endpoint_kind": given.kind}], "nameservers": given.nameserver}
    return Settings.from_json(json.dumps(document))


def show(report: Report) -> None:
    sys.stdout.write(json.dumps({key: value for key, value in line(report).items() if key != "_aws"}) + "\n")
    sys.stdout.flush()


def main() -> int:
    given = arguments()
    try:
        service = Service(settings(given), connect(given.region), told=show)
        while True:
            failed = any(report["failed"] for report in service.run(check=given.dry_run))
            if given.once or given.dry_run:
                return int(failed)
            time.sleep(given.interval)
    except KeyboardInterrupt:
        return 0
    except (Unusable, ValueError, OSError) as error:
        sys.stderr.write(f"ip_sync: {error}\n")
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
