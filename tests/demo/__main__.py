# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole life of the example inventory's links against the sandbox: built, handed over, accepted, unchanged.

Run it with ``make demo``.
"""

from __future__ import annotations

import re
import shlex
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.sandbox.client import ROOT, RunningSandbox, SandboxClient
from tests.tools import playbook
from tests.tools.playbook import Run, command, environment, nameserver

INVENTORY = ROOT / "examples" / "inventory"
SHEETS = ROOT / ".cache" / "demo" / "hand-off"
LOG = ROOT / ".cache" / "demo" / "ansible.log"
SEED = ROOT / "tests" / "demo" / "seed.yml"
OPENED = ("CreateVpcEndpointServiceConfiguration", "AuthorizeEndpointAccess")  # what lets a vendor come


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
    """What vendors do with the sheets, whoever wrote them: request connections, make Redshift-managed endpoints.

    They are whom an endpoint service or a grant lets in. Who has done it already does nothing.
    """
    opened = [call for call in sandbox.writes() if call["operation"] in OPENED]
    done: list[str] = []
    for place in sorted({(call["account"], call["region"]) for call in opened}):
        done += [*request_connections(sandbox, *place), *make_endpoints(sandbox, *place)]
    return done


def request_connections(sandbox: SandboxClient, account: str, region: str) -> Iterator[str]:
    """Each account that an endpoint service allows asks for one connection to it."""
    ec2 = sandbox.boto(account, "ec2", region)
    asked = {
        (connection["ServiceId"], connection["VpcEndpointOwner"])
        for connection in ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    }
    for service in sorted(ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"], key=name_of):
        number = service["ServiceId"]
        for principal in ec2.describe_vpc_endpoint_service_permissions(ServiceId=number)["AllowedPrincipals"]:
            vendor = next(iter(re.findall(r"[0-9]{12}", principal["Principal"])), "")  # none where it is everybody
            if vendor and (number, vendor) not in asked:
                endpoint = sandbox.connect(service["ServiceName"], account=vendor, region=region)
                yield f"{name_of(service)}: {endpoint['VpcEndpointId']} of account {vendor} asks for {number}"


def make_endpoints(sandbox: SandboxClient, account: str, region: str) -> Iterator[str]:
    """Each account that a Redshift cluster lets in makes one endpoint to it."""
    redshift = sandbox.boto(account, "redshift", region)
    for grant in redshift.describe_endpoint_authorization(Grantee=False)["EndpointAuthorizationList"]:
        if not grant["EndpointCount"]:
            cluster, vendor = grant["ClusterIdentifier"], grant["Grantee"]
            vpcs = grant.get("AllowedVPCs")  # none where all of the vendor's are allowed
            into = {"vpc_id": vpcs[0]} if vpcs else {}
            sandbox.redshift_endpoint(cluster, account, account=vendor, region=region, **into)
            yield f"{cluster}: Redshift-managed endpoint of account {vendor} made"


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
