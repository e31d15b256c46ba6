# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for tests that run whole playbooks: a sandbox whose states pass at once, and a company with two accounts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.client import ROOT, RunningSandbox
from tests.sandbox.snapshot import snapshot
from tests.tools import playbook, system
from tests.tools.playbook import CONTROLLER, Run, command, environment, nameserver

Link = dict[str, Any]
PROFILE_SECRET = "the-secret-of-a-profile-0123456789"
REDIS_SECRET = "the-user-key-of-redis-cloud-0123456789"
ROLE_SECRET = re.compile(r"sandbox-[0-9A-F]{32}")  # what the sandbox makes for the sessions of roles
REGIONS = {"us": "us-east-1", "eu": "eu-west-1"}


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    """A running sandbox without lags: a module looks again after seconds only, and its own tests have the waits."""
    running = RunningSandbox("--lag", "0")
    yield running
    assert running.stop() == 0


@dataclass
class Company:
    """Two environments: ``us`` by a role that the controller's credential assumes, ``eu`` by a profile.

    ``hosts`` are the inventory's hosts with their variables, to be changed by a test before it runs a playbook.
    """

    sandbox: RunningSandbox
    folder: Path
    accounts: dict[str, str]
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def link(self, name: str, host: str = "us", **options: Any) -> Link:
        """A link of Fivetran to an Aurora cluster of a host."""
        database = {"destination": "aurora_postgresql", "endpoint": f"{name}.{self.accounts[host]}.test"}
        network = {"vpc_id": f"vpc-{host.encode().hex()}0001", "subnet_ids": [f"subnet-{host.encode().hex()}000a"]}
        return {"name": name, **database, **network, **options}

    def start(self, name: str, *options: str, **variables: Any) -> list[str]:
        """Write the inventory, and return the command line of a playbook on it."""
        inventory = self.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": self.hosts}}), encoding="utf-8")
        resolver = {f"{vendor}_nameservers": [nameserver(self.sandbox)] for vendor in ("segment", "fivetran")}
        return command(name, inventory, *options, **resolver, **variables)

    def play(self, name: str, *options: str, **variables: Any) -> Run:
        """Run a playbook of the collection to its end. No output may hold a secret, however verbose."""
        done = playbook.run(self.sandbox, self.start(name, *options, **variables), self.environment)
        for secret in (playbook.SECRET, PROFILE_SECRET, REDIS_SECRET, "SecretAccessKey", "SessionToken"):
            assert secret not in done.output + done.errors
        assert not ROLE_SECRET.search(done.output + done.errors)
        return done

    def popen(self, name: str, *options: str, **variables: Any) -> subprocess.Popen[str]:
        """Start a playbook of the collection."""
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(self.start(name, *options, **variables), cwd=ROOT, env=self.environment, **pipes)

    @property
    def environment(self) -> dict[str, str]:
        """The keys are in a file, as on a laptop; a profile and keys in variables would contradict each other."""
        variables = environment(self.sandbox) | {"AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "credentials")}
        return {name: value for name, value in variables.items() if not name.startswith(("AWS_ACC", "AWS_SEC"))}

    def redis(self) -> Link:
        """A link of ``us`` to a subscription of Redis Cloud, whose databases are a neighbour's until it is shared."""
        number = int(self.accounts["us"][-6:])
        database = {"databaseId": 1, "name": "cache", "port": 12000, "host": f"redis-12000.internal.c{number}.test"}
        subscription = {"id": number, "region": "us-east-1", "databases": [database]}
        keys = {"account_key": self.accounts["us"], "secret_key": REDIS_SECRET}
        self.sandbox.redis_cloud(f"redis-{number}", **keys, subscriptions=[subscription])
        link = {"name": "sessions", "subscription_id": number, "share_name": "sessions"}
        network = {"vpc_id": "vpc-75730001", "subnet_ids": ["subnet-7573000a"], "security_group_ids": ["sg-75730001"]}
        return {**link, **network}

    def holds(self, host: str) -> dict[str, Any]:
        """What a host's account holds."""
        return snapshot(self.sandbox, self.accounts[host], REGIONS[host])

    def written(self, run: Run) -> dict[str, list[str]]:
        """The write operations of a run by host."""
        names = {account: host for host, account in self.accounts.items()}
        hosts: dict[str, list[str]] = {}
        for call in run.writes:
            hosts.setdefault(names[call["account"]], []).append(call["operation"])
        return hosts


@pytest.fixture
def company(sandbox: RunningSandbox, account: str, tmp_path: Path) -> Company:
    """A company whose accounts hold a network each and, in ``us``, a Redshift cluster; without links."""
    company = Company(sandbox, tmp_path, {"us": account, "eu": "7" + account[1:]})
    seed: dict[str, Any] = {}
    for host, region in REGIONS.items():
        code = host.encode().hex()
        subnet = {"id": f"subnet-{code}000a", "cidr": "10.20.0.0/24", "availability_zone": f"{region}a"}
        groups = [{"id": f"sg-{code}0001", "ingress": [{"cidr": "10.20.0.0/16", "from_port": 8070, "to_port": 19999}]}]
        network = {"id": f"vpc-{code}0001", "cidr": "10.20.0.0/16", "dns_hostnames": True}
        network |= {"subnets": [subnet], "security_groups": groups}
        seed[company.accounts[host]] = {region: {"vpcs": [network]}}
        company.hosts[host] = {"aws_region": region}
    cluster = {"ClusterIdentifier": "analytics", "AvailabilityZoneRelocation": True, "Port": 5439}
    seed[company.accounts["us"]]["us-east-1"]["redshift_clusters"] = [cluster]
    names = ["orders", "billing", "crm"]
    dns = {f"{name}.{number}.test": ["10.20.0.10"] for name in names for number in company.accounts.values()}
    sandbox.seed({"accounts": seed, "dns": dns})
    company.hosts["us"]["aws_role_arn"] = f"arn:aws:iam::{company.accounts['us']}:role/privatelink"
    company.hosts["eu"]["aws_profile"] = "eu"
    keys = {"default": (CONTROLLER, playbook.SECRET), "eu": (company.accounts["eu"], PROFILE_SECRET)}
    template = "[{}]\naws_access_key_id={}\naws_secret_access_key={}\n"
    profiles = [template.format(name, *key) for name, key in keys.items()]
    (tmp_path / "credentials").write_text("".join(profiles), encoding="utf-8")
    return company


def family(pid: int) -> list[int]:
    """A process and all that it started, from the top."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [pid, *(member for child, parent in parents if parent == pid for member in family(child))]


@pytest.fixture
def kill() -> Callable[[subprocess.Popen[str]], None]:
    """``kill(process)`` ends a process and all that it started, at once."""
    system.need("playbooks")

    def end(process: subprocess.Popen[str]) -> None:
        for pid in family(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.communicate()

    return end
