# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole life of the example inventory's links against the sandbox: built, handed over, accepted, unchanged.

Run it with ``make demo``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.sandbox.client import ROOT, RunningSandbox

INVENTORY = ROOT / "examples" / "inventory"
SHEETS = ROOT / ".cache" / "demo" / "hand-off"
LOG = ROOT / ".cache" / "demo" / "ansible.log"
CONTROLLER = "999999999999"  # the one account whose credential the controller holds
SEGMENT = "333333333333"  # stands for Segment's Edge account, which is not public


def main() -> int:
    """Play it all; the exit status is 0 when every expectation held."""
    sandbox = RunningSandbox("--seed", str(ROOT / "tests" / "demo" / "seed.yml"))
    try:
        return play(sandbox)
    finally:
        sandbox.stop()


def play(sandbox: RunningSandbox) -> int:
    say("1. The plan: site.yml --check on accounts that hold only the databases")
    planned = run(sandbox, "--check", "--diff")
    expect(not planned.writes, f"{planned.reads} read calls, no write")

    say("2. site.yml builds everything up to the vendors' doors")
    built = run(sandbox)
    expect(bool(built.writes), f"{built.reads} read and {len(built.writes)} write calls")

    say("3. The vendors act on the hand-off sheets")
    for line in act_as_vendors(sandbox, built):
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


class Run:
    """What one run of the playbook said and called."""

    def __init__(self, output: dict[str, Any], calls: list[dict[str, Any]]) -> None:
        self.writes = [call for call in calls if call["kind"] == "write" and call["service"] != "sts"]
        self.reads = len(calls) - len(self.writes)
        tasks = [task for play in output["plays"] for task in play["tasks"]]
        spoken = [task["hosts"] for task in tasks if task["task"]["name"].endswith("Say where each link stands")]
        said = [(host, hosts[host].get("msg", [])) for hosts in spoken for host in sorted(hosts)]
        self.lines = [(host, line) for host, lines in said for line in lines]


def run(sandbox: RunningSandbox, *options: str) -> Run:
    """Run the playbook on the example inventory and print one line for each link."""
    before = max([call["n"] for call in sandbox.calls()], default=0)
    started = time.monotonic()
    resolver = {"segment_nameservers": [dns(sandbox)], "fivetran_nameservers": [dns(sandbox)]}
    folders = {"segment_handoff_directory": str(SHEETS), "fivetran_handoff_directory": str(SHEETS)}
    command = ["ansible-playbook", "saas.privatelink.site", "-i", str(INVENTORY), *options]
    command += ["-e", json.dumps({**resolver, **folders})]
    environment = {
        **os.environ,
        **sandbox.environment(CONTROLLER),
        "AWS_SECRET_ACCESS_KEY": "not-a-secret-but-long-enough-to-be-told-apart",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_HOME": str(LOG.parent / "ansible"),
    }
    LOG.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}\n")
    if done.returncode:
        sys.exit(
            f"ansible-playbook ended with status {done.returncode}, see {LOG}:\n{done.stdout[-3000:]}{done.stderr}"
        )
    result = Run(json.loads(done.stdout[done.stdout.index("{") :]), sandbox.calls(since=before))
    for host, line in result.lines:
        print(f"   {host}: {line}")
    print(f"   ({time.monotonic() - started:.0f} s)")
    return result


def dns(sandbox: RunningSandbox) -> str:
    return f"127.0.0.1:{sandbox.health()['dns_port']}"


def act_as_vendors(sandbox: RunningSandbox, built: Run) -> list[str]:
    """What Fivetran and Segment do with the sheets: request connections, and make a Redshift-managed endpoint."""
    done = []
    for account, region in (("111111111111", "us-east-1"), ("222222222222", "eu-west-1")):
        for service in sandbox.boto(account, "ec2", region).describe_vpc_endpoint_service_configurations()[
            "ServiceConfigurations"
        ]:
            name = next(tag["Value"] for tag in service["Tags"] if tag["Key"] == "Name")
            vendor = {"fivetran": "834469178297", "segment": SEGMENT}[name.partition("-")[0]]
            if name == "segment-profiles":
                continue  # Segment has not told its principal for this one
            endpoint = sandbox.connect(service["ServiceName"], account=vendor, region=region)
            done.append(f"{name}: {endpoint['VpcEndpointId']} of account {vendor} asks for {service['ServiceId']}")
    sandbox.redshift_endpoint("analytics", "111111111111", account=SEGMENT, vpc_id="vpc-0ed9e000000000001")
    return [*done, "segment-warehouse: Redshift-managed endpoint to the cluster analytics made"]


def say(line: str) -> None:
    print(f"\n{line}", flush=True)


def expect(held: bool, what: str) -> None:
    print(f"   {'ok' if held else 'NOT AS EXPECTED'}: {what}")
    if not held:
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
