# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database behind a load balancer: an account in the sandbox, a DNS server, and the function's real package in a
process of its own.

What every test finds out goes into one table, printed at the end.
"""

from __future__ import annotations

import getpass
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import dns.message
import dns.query
import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.package import HANDLER, build

from tests.conftest import Vpc
from tests.sandbox.aws.lambda_.functions import Function
from tests.sandbox.client import RunningSandbox, eventually
from tests.sandbox.dns.server import DnsServer
from tests.tools import system

A, B, C = "10.1.0.11", "10.1.1.12", "10.1.0.13"
PORT = 5432
NAME = "orders.c1a2b3.us-east-1.rds.amazonaws.com"
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
WRITES = ("RegisterTargets", "DeregisterTargets")

ROW = "row of the table"


@dataclass
class Run:
    """What came of one invocation: the calls it made, and its log lines."""

    answer: dict[str, Any]
    calls: list[dict[str, Any]]

    @property
    def raised(self) -> str:
        """The message of the exception, empty if there was none."""
        return str(self.answer["payload"]["errorMessage"]) if self.answer["error"] else ""

    @property
    def seconds(self) -> float:
        return float(self.answer["seconds"])

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.answer["log"].splitlines()]

    @property
    def operations(self) -> list[str]:
        return [call["operation"] for call in self.calls]

    @property
    def writes(self) -> list[str]:
        return [name for name in self.operations if name in WRITES]


@dataclass
class Path:
    """One database, its name and its target group, and the function that keeps them together."""

    sandbox: RunningSandbox
    account: str
    vpc: Vpc
    group: str
    names: DnsServer
    nameserver: str = ""
    functions: list[Function] = field(default_factory=list)
    notes: list[tuple[str, object]] = field(default_factory=list)

    def says(self, *addresses: str, **record: Any) -> None:
        """What DNS answers from now on."""
        self.names.set({NAME: {"addresses": list(addresses), "ttl": 1, **record}})

    def deploy(self, *more: dict[str, Any], settings: dict[str, Any] | None = None, **options: Any) -> Function:
        """The function, with one sync of these options, and `more`."""
        sync = {"name": "orders", "target_group": self.group, "endpoint": NAME, "endpoint_kind": "writer", **options}
        nameservers = [self.nameserver or self.names.address]
        package = build({"syncs": [sync, *more], "nameservers": nameservers, **(settings or {})})
        variables = {**self.sandbox.environment(self.account), "AWS_LAMBDA_FUNCTION_NAME": "ip-sync"}
        function = Function(package, HANDLER, variables, timeout=60)
        self.functions.append(function)
        return function

    def run(self, function: Function, event: Any = None) -> Run:
        """Invoke the function, and hold it to what must be so after every single call: the group is never empty."""
        before = set(self.targets())
        since = self.sandbox.last_call()
        answer = function.invoke(event or SCHEDULED)
        done = Run(answer, self.sandbox.calls(self.account, since=since))
        held = set(before)
        for call in done.calls:
            if call["operation"] in WRITES and not call["error"]:
                targets = {(target["Id"], target.get("Port", PORT)) for target in call["params"]["Targets"]}
                held = held | targets if call["operation"] == "RegisterTargets" else held - targets
                assert held or not before, f"{call['operation']} {targets} left the group empty"
        return done

    def targets(self, state: Callable[[str], bool] = lambda state: state != "draining") -> dict[tuple[str, int], str]:
        """(address, port) and state of the targets, without those that drain."""
        elb = self.sandbox.boto(self.account, "elbv2")
        shown = elb.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        found = {
            (target["Target"]["Id"], target["Target"]["Port"]): target["TargetHealth"]["State"] for target in shown
        }
        return {key: value for key, value in found.items() if state(value)}

    @property
    def addresses(self) -> set[str]:
        return {address for address, port in self.targets() if port == PORT}

    def register(self, address: str, port: int = PORT, **zone: str) -> None:
        """As if somebody had: the target becomes healthy."""
        target = {"Id": address, "Port": port, **zone}
        elb = self.sandbox.boto(self.account, "elbv2")
        elb.register_targets(TargetGroupArn=self.group, Targets=[target])
        eventually(self.targets, lambda found: found[address, port] == "healthy")

    def finds(self, fault: str, prototype: str, ours: str) -> None:
        """A row of the table."""
        self.notes.append((ROW, (fault, prototype, ours)))


@pytest.fixture
def path(
    request: pytest.FixtureRequest, sandbox: RunningSandbox, account: str, make_vpc: Callable[..., Vpc]
) -> Iterator[Path]:
    """A is registered and healthy, and the name says A. Draining targets stay for a minute."""
    sandbox.lag(**{"target.initial": 0.05, "target.draining": 60})
    vpc, elb = make_vpc(account), sandbox.boto(account, "elbv2")
    options = {"Protocol": "TCP", "Port": PORT, "VpcId": vpc.id, "TargetType": "ip"}
    group = elb.create_target_group(Name="orders", **options)["TargetGroups"][0]["TargetGroupArn"]
    made = elb.create_load_balancer(Name="orders", Type="network", Scheme="internal", Subnets=list(vpc.subnets))
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=PORT, DefaultActions=forward)
    with DnsServer() as names:
        made_path = Path(sandbox, account, vpc, group, names, notes=request.node.user_properties)
        made_path.says(A)
        made_path.register(A)
        yield made_path
    for function in made_path.functions:
        function.stop()
    sandbox.clear_faults()
    sandbox.buckets(enabled=False, latency=0)


@pytest.fixture
def cache(path: Path) -> Iterator[str]:
    """A caching resolver in front of the path's nameserver, as a VPC has one: dnsmasq of Debian, unprivileged."""
    system.need("datapath")
    with DnsServer() as probe:
        port = probe.port  # free for UDP and TCP
    upstream = path.names.address.replace(":", "#")
    options = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file"]
    options += [f"--user={getpass.getuser()}", "--listen-address=127.0.0.1", "--bind-interfaces"]
    options += [f"--port={port}", f"--server={upstream}"]
    process = subprocess.Popen([system.find("dnsmasq") or "dnsmasq", *options])

    def answers() -> bool:
        try:
            dns.query.udp(dns.message.make_query("up.example", "A"), "127.0.0.1", port=port, timeout=0.2)
        except (OSError, dns.exception.Timeout):
            return False
        return True

    eventually(answers, bool)
    path.nameserver = f"127.0.0.1:{port}"
    yield path.nameserver
    process.terminate()
    process.wait(timeout=10)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table, from the tests that passed; pytest-xdist brings the rows of its workers along."""
    reports = sorted(terminalreporter.stats.get("passed", ()), key=lambda report: report.location)
    rows = [value for report in reports for name, value in report.user_properties if name == ROW]
    if not rows:
        return
    rows.insert(0, ("fault", "prototype", "measured here"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    terminalreporter.section("data path: what each fault does")
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        terminalreporter.write_line("  ".join(cells).rstrip())
