# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting and stopping, seeds, DNS, lags and reset."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
import yaml

from tests.contract.conftest import refused
from tests.sandbox.client import ROOT, ControlError, RunningSandbox, eventually
from tests.sandbox.control import ROUTES
from tests.sandbox.core.faults import KINDS
from tests.tools import system

INGRESS = {"cidr": "10.0.0.0/8", "from_port": 5432, "to_port": 5432}
SEED = {
    "accounts": {
        "111111111111": {
            "us-east-1": {
                "vpcs": [
                    {
                        "id": "vpc-0aaaaaaaaaaaaaaa1",
                        "cidr": "10.20.0.0/16",
                        "tags": {"Name": "data"},
                        "subnets": [
                            {
                                "id": "subnet-0aaaaaaaaaaaaaaa1",
                                "availability_zone": "us-east-1a",
                                "cidr": "10.20.1.0/24",
                            },
                            {
                                "id": "subnet-0aaaaaaaaaaaaaaa2",
                                "availability_zone": "us-east-1b",
                                "cidr": "10.20.2.0/24",
                            },
                        ],
                        "security_groups": [{"id": "sg-0aaaaaaaaaaaaaaa1", "name": "nlb", "ingress": [INGRESS]}],
                    }
                ],
                "redshift_clusters": [
                    {
                        "ClusterIdentifier": "warehouse",
                        "NodeType": "ra3.xlplus",
                        "AvailabilityZoneRelocation": True,
                        "subnet_ids": ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
                    }
                ],
            }
        }
    },
    "dns": {"orders.example.com": ["10.20.1.5", "10.20.2.5"]},
}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A sandbox of this module alone, started with a seed."""
    path = tmp_path_factory.mktemp("seed") / "seed.yml"
    path.write_text(yaml.safe_dump(SEED), encoding="utf-8")
    running = RunningSandbox("--seed", str(path), "--lag", "30", "--buckets", "--latency", "0.01")
    yield running
    assert running.stop() == 0


def ask(port: int, name: str, kind: str = "A", by: Callable[..., Any] = dns.query.udp) -> dns.message.Message:
    return by(dns.message.make_query(name, kind), "127.0.0.1", port=port, timeout=2)


def addresses(port: int, name: str, kind: str = "A", by: Callable[..., Any] = dns.query.udp) -> list[str]:
    return [str(item) for rrset in ask(port, name, kind, by).answer for item in rrset]


def test_a_seed_has_the_ids_it_names_and_nothing_in_transit(own: RunningSandbox) -> None:
    own.seed(SEED)
    ec2, redshift = own.boto("111111111111", "ec2"), own.boto("111111111111", "redshift")
    vpc = ec2.describe_vpcs(VpcIds=["vpc-0aaaaaaaaaaaaaaa1"])["Vpcs"][0]
    assert (vpc["CidrBlock"], vpc["Tags"]) == ("10.20.0.0/16", [{"Key": "Name", "Value": "data"}])
    subnets = ec2.describe_subnets(SubnetIds=["subnet-0aaaaaaaaaaaaaaa2"])["Subnets"]
    assert (subnets[0]["AvailabilityZone"], subnets[0]["CidrBlock"]) == ("us-east-1b", "10.20.2.0/24")
    group = ec2.describe_security_groups(GroupIds=["sg-0aaaaaaaaaaaaaaa1"])["SecurityGroups"][0]
    assert group["GroupName"] == "nlb"
    assert [(rule["FromPort"], rule["IpRanges"]) for rule in group["IpPermissions"]] == [
        (5432, [{"CidrIp": "10.0.0.0/8"}])
    ]
    cluster = redshift.describe_clusters(ClusterIdentifier="warehouse")["Clusters"][0]
    assert (cluster["ClusterStatus"], cluster["VpcId"]) == ("available", "vpc-0aaaaaaaaaaaaaaa1")
    assert cluster["AvailabilityZoneRelocationStatus"] == "enabled"
    assert sorted(addresses(own.health()["dns_port"], "orders.example.com")) == ["10.20.1.5", "10.20.2.5"]
    with pytest.raises(ControlError):
        own.seed({"acounts": {}})


def test_options_of_the_command_line(own: RunningSandbox) -> None:
    settings = own.buckets()
    assert (settings["enabled"], settings["latency"]) == (True, 0.01)
    assert own.lag()["vpc_endpoint.pending"]["seconds"] == 30
    elb = own.boto("111111111111", "elbv2")
    subnets = ["subnet-0aaaaaaaaaaaaaaa1"]
    made = elb.create_load_balancer(Name="slow", Type="network", Subnets=subnets)["LoadBalancers"][0]
    own.step(20)
    assert elb.describe_load_balancers(Names=["slow"])["LoadBalancers"][0]["State"]["Code"] == "provisioning"
    assert made["VpcId"] == "vpc-0aaaaaaaaaaaaaaa1"


def test_reset_forgets_everything_but_the_options(own: RunningSandbox) -> None:
    own.lag(**{"vpc_endpoint.pending": 1})
    own.fault("ec2", "DescribeVpcs", "throttle")
    own.reset()
    assert own.calls() == []
    assert own.lag()["vpc_endpoint.pending"]["seconds"] == 30
    ec2 = own.boto("111111111111", "ec2")
    assert "vpc-0aaaaaaaaaaaaaaa1" not in [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]]
    with refused("ClusterNotFound"):
        own.boto("111111111111", "redshift").describe_clusters(ClusterIdentifier="warehouse")
    assert ask(own.health()["dns_port"], "orders.example.com").rcode() == dns.rcode.NXDOMAIN


def test_dns(sandbox: RunningSandbox) -> None:
    port = sandbox.health()["dns_port"]
    sandbox.dns(
        {
            "db.example.com": {"addresses": ["10.1.0.5", "fd00::5"], "ttl": 7},
            "alias.example.com": {"cname": "db.example.com"},
            "broken.example.com": {"rcode": "SERVFAIL"},
            "silent.example.com": {"drop": True},
            "many.example.com": [f"10.2.{number // 200}.{number % 200}" for number in range(300)],
        }
    )
    answer = ask(port, "DB.example.com.").answer[0]
    assert (answer.ttl, [str(item) for item in answer]) == (7, ["10.1.0.5"])
    assert addresses(port, "db.example.com", "AAAA") == ["fd00::5"]
    assert addresses(port, "alias.example.com") == ["db.example.com.", "10.1.0.5"]
    assert ask(port, "broken.example.com").rcode() == dns.rcode.SERVFAIL
    assert ask(port, "unknown.example.com").rcode() == dns.rcode.NXDOMAIN
    assert ask(port, "many.example.com").flags & dns.flags.TC
    assert len(addresses(port, "many.example.com", by=dns.query.tcp)) == 300
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(dns.message.make_query("silent.example.com", "A"), "127.0.0.1", port=port, timeout=0.2)
    with pytest.raises(ControlError):
        sandbox.dns({"x.example.com": {"rcode": "NONSENSE"}})


def test_lags_are_named(sandbox: RunningSandbox) -> None:
    lags = sandbox.lag()
    assert lags["vpc_endpoint.deleted"]["seconds"] == 3600
    assert all(lag["meaning"] for lag in lags.values())
    with pytest.raises(ControlError, match="no state nonsense"):
        sandbox.lag(nonsense=1)
    with pytest.raises(ControlError, match="POST vendor/connect"):
        sandbox.control("GET", "nonsense")


def test_a_fixed_port_one_ready_line_and_a_clean_end() -> None:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
    )
    assert process.stdout
    assert process.stderr
    line = process.stdout.readline()
    assert line.startswith(f"sandbox ready: AWS_ENDPOINT_URL=http://127.0.0.1:{port} ")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert process.stdout.read() == process.stderr.read() == ""
    process.stdout.close()
    process.stderr.close()


def test_it_does_not_outlive_a_killed_test_run() -> None:
    system.need("contract")
    script = "from tests.sandbox.client import RunningSandbox as R; import os; print(R().process.pid, flush=True)"
    run = subprocess.Popen(
        [sys.executable, "-c", f"{script}; os._exit(9)"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    pid = int(run.communicate(timeout=30)[0])

    def ended() -> bool:
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
        # Where nobody reaps orphans, an ended process stays as a zombie.
        return state.strip() == "" or state.startswith("Z")

    eventually(ended, bool)


def test_the_endpoint_variable_is_enough(sandbox: RunningSandbox, account: str, tmp_path: Path) -> None:
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    environment = {**os.environ, **sandbox.environment(account)}
    answer = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == account
    assert eventually(lambda: sandbox.calls(account, service="sts"), bool)[0]["operation"] == "GetCallerIdentity"


def test_the_guide_names_every_state_route_and_kind_of_fault(sandbox: RunningSandbox) -> None:
    guide = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    routes = {path for dummy, path in ROUTES}
    assert len(routes) >= 14
    absent = [name for name in (*sandbox.lag(), *routes, *KINDS) if f"`{name}`" not in guide]
    assert absent == []


def test_the_guides_seed_can_be_planted(sandbox: RunningSandbox) -> None:
    guide = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    document = yaml.safe_load(guide.partition("```yaml\n")[2].partition("```")[0])
    assert set(document) == {"accounts", "dns", "redis_cloud", "databricks", "fivetran"}
    sandbox.seed(document)
    clusters = sandbox.boto("111111111111", "redshift").describe_clusters()["Clusters"]
    assert [cluster["ClusterIdentifier"] for cluster in clusters] == ["warehouse"]
    networks = sandbox.boto("111111111111", "vpc-lattice").list_service_networks()["items"]
    assert [network["id"] for network in networks] == ["sn-0aaaaaaaaaaaaaaa1"]
    (account,) = document["databricks"]
    held = sandbox.databricks_objects(account["account_id"])
    assert [workspace["network_id"] for workspace in held["workspaces"]] == [held["networks"][0]["network_id"]]
