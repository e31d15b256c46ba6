# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole life of the example inventory's links against the sandbox: built, handed over, accepted, unchanged.

Run it with ``make demo``.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.sandbox.client import ROOT, RunningSandbox, SandboxClient
from tests.tools import playbook
from tests.tools.playbook import Run, command, environment, nameserver

INVENTORY = ROOT / "examples" / "inventory"
SHEETS = ROOT / ".cache" / "demo" / "hand-off"
LOG = ROOT / ".cache" / "demo" / "ansible.log"
SEED = ROOT / "tests" / "demo" / "seed.yml"
SEGMENT = "333333333333"  # stands for Segment's Edge account, which is not public


def main() -> int:
    """Play it all; the exit status is 0 when every expectation held."""
    sandbox = RunningSandbox("--seed", str(SEED))
    try:
        return play(sandbox)
    finally:
        sandbox.stop()


def play(sandbox: RunningSandbox) -> int:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", encoding="utf-8")
    say("1. The plan: site.yml --check on accounts that hold only the databases")
    planned = run(sandbox, "--check", "--diff")
    expect(not planned.writes, f"{planned.reads} read calls, no write")

    say("2. site.yml builds everything up to the vendors' doors")
    built = run(sandbox)
    expect(bool(built.writes), f"{built.reads} read and {len(built.writes)} write calls")

    say("3. The vendors act on the hand-off sheets")
    for line in act_as_vendors(sandbox):
        print(f"   {line}")

    say("4. site.yml again: accepts what the vendors asked for, and nobody else")
    accepted = run(sandbox)
    only_accepted = all("Accept" in call["operation"] for call in accepted.writes)
    expect(only_accepted, f"{len(accepted.writes)} connections accepted")

    say("5. site.yml once more: nothing to do")
    same = run(sandbox)
    expect(not same.writes, f"{same.reads} read calls, no write")
    print(f"\nHand-off sheets: {SHEETS.relative_to(ROOT)}/   Ansible's own output: {LOG.relative_to(ROOT)}")
    print("Next: copy examples/inventory, fill in your own accounts and databases, and run\n")
    print("    ansible-playbook saas.privatelink.site -i inventory --check --diff")
    return 0


def site(sandbox: SandboxClient, sheets: Path, *options: str) -> tuple[list[str], dict[str, str]]:
    """The command line of the site playbook on the example inventory, and the environment that it wants."""
    argv = command("site", INVENTORY, *options, **variables(sandbox, sheets))
    return argv, environment(sandbox) | redis_cloud_keys(sandbox)


def variables(sandbox: SandboxClient, sheets: Path) -> dict[str, Any]:
    """The extra variables that ask the sandbox's name server, and put the sheets into a folder."""
    resolver = {f"{vendor}_nameservers": [nameserver(sandbox)] for vendor in ("segment", "fivetran")}
    return resolver | {f"{vendor}_handoff_directory": str(sheets) for vendor in ("segment", "fivetran", "redis_cloud")}


def redis_cloud_keys(sandbox: SandboxClient) -> dict[str, str]:
    """The environment's variables for Redis Cloud's API."""
    keys = {"REDISCLOUD_ACCESS_KEY": "demo-account-key", "REDISCLOUD_SECRET_KEY": "demo-user-key"}
    return keys | {"REDISCLOUD_URL": sandbox.redis_cloud_url}


def run(sandbox: SandboxClient, *options: str) -> Run:
    """Run the playbook on the example inventory and print one line for each link."""
    started = time.monotonic()
    argv, env = site(sandbox, SHEETS, *options)
    result = playbook.run(sandbox, argv, env)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {shlex.join(argv)}\n{result.text}\n")
    if result.status:
        sys.exit(f"ansible-playbook ended with status {result.status}, see {LOG}:\n{result.text[-3000:]}")
    for host, line in result.lines:
        print(f"   {host}: {line}")
    print(f"   ({time.monotonic() - started:.0f} s)")
    return result


def act_as_vendors(sandbox: SandboxClient) -> list[str]:
    """What Fivetran and Segment do with the sheets: request connections, and make a Redshift-managed endpoint."""
    done = []
    for account, region in (("111111111111", "us-east-1"), ("222222222222", "eu-west-1")):
        listed = sandbox.boto(account, "ec2", region).describe_vpc_endpoint_service_configurations()
        for service in sorted(listed["ServiceConfigurations"], key=name_of):
            name = name_of(service)
            vendor = {"fivetran": "834469178297", "segment": SEGMENT}[name.partition("-")[0]]
            if name == "segment-profiles":
                continue  # Segment has not told its principal for this one
            endpoint = sandbox.connect(service["ServiceName"], account=vendor, region=region)
            done.append(f"{name}: {endpoint['VpcEndpointId']} of account {vendor} asks for {service['ServiceId']}")
    sandbox.redshift_endpoint("analytics", "111111111111", account=SEGMENT, vpc_id="vpc-0ed9e000000000001")
    return [*done, "segment-warehouse: Redshift-managed endpoint to the cluster analytics made"]


def name_of(service: Mapping[str, Any]) -> str:
    """An endpoint service's Name tag."""
    return next(tag["Value"] for tag in service["Tags"] if tag["Key"] == "Name")


def say(line: str) -> None:
    print(f"\n{line}", flush=True)


def expect(held: bool, what: str) -> None:
    print(f"   {'ok' if held else 'NOT AS EXPECTED'}: {what}")
    if not held:
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
