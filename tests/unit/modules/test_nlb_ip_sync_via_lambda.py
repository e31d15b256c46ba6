# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nlb_ip_sync via the deployed function: the real package runs in the sandbox, and the module reports what it did."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.package import HANDLER, build

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

A, B = "10.1.0.11", "10.1.1.12"
FUNCTION = "saas-privatelink-ip-sync"
OURS = {"saas.privatelink:name": "orders"}
TAGS = [{"Key": key, "Value": value} for key, value in OURS.items()]
TRUST = {"Version": "2012-10-17", "Statement": []}


class Deployed:
    """Two target groups behind a load balancer, and a function that follows two names for them."""

    def __init__(self, estate: Estate) -> None:
        self.estate, self.account = estate, estate.account
        self.elb = estate.boto(estate.account, "elbv2")
        balancer = estate.balancer("nlb")
        self.groups = [self.group(name, balancer, 5432 + number) for number, name in enumerate(("orders", "reports"))]
        self.says(orders=[A], reports=[A])
        self.deploy()

    def group(self, name: str, balancer: str, port: int) -> str:
        options = {"Protocol": "TCP", "Port": 5432, "VpcId": self.estate.vpc.id, "TargetType": "ip", "Tags": TAGS}
        arn = str(self.elb.create_target_group(Name=name, **options)["TargetGroups"][0]["TargetGroupArn"])
        action = [{"Type": "forward", "TargetGroupArn": arn}]
        self.elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=port, DefaultActions=action)
        return arn

    def name(self, short: str) -> str:
        return f"{short}.{self.account}.test"

    def says(self, **answers: Any) -> None:
        self.estate.sandbox.dns({self.name(short): answer for short, answer in answers.items()})

    def deploy(self) -> None:
        names = ("orders", "reports")
        syncs = [{"name": n, "target_group": n, "endpoint": self.name(n), "gap": 0.05} for n in names]
        nameserver = f"127.0.0.1:{self.estate.sandbox.health()['dns_port']}"
        iam, functions = (self.estate.boto(self.account, service) for service in ("iam", "lambda"))
        role = iam.create_role(RoleName=FUNCTION, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        code = {"ZipFile": build({"syncs": syncs, "nameservers": [nameserver]})}
        options = {"Runtime": "python3.13", "Handler": HANDLER, "Timeout": 30, "Code": code, "Tags": OURS}
        functions.create_function(FunctionName=FUNCTION, Role=role, **options)

    def run(self, *names: str, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        syncs = [{"name": name, "target_group": name, "endpoint": self.name(name)} for name in names]
        way = {"syncs": syncs, "via": "lambda", "lambda_function": FUNCTION, **options}
        answer: dict[str, Any] = self.estate.run("nlb_ip_sync", check=check, diff=diff, **way)
        return answer


@pytest.fixture
def deployed(estate: Estate) -> Deployed:
    return Deployed(estate)


def test_check_run_and_run_again(deployed: Deployed) -> None:
    planned = deployed.run("orders", "reports", check=True, diff=True)
    assert [item["writes"] for item in planned["results"]] == [["elasticloadbalancing:RegisterTargets"]] * 2
    real = deployed.run("orders", "reports", diff=True)
    assert real["diff"] == planned["diff"]
    assert not real["failed_items"]
    assert real["diff"][0]["after"] == {"targets": [f"{A} port 5432"]}
    for item in real["results"]:
        assert (item["changed"], item["registered"], item["drained"], item["waiting"]) == (True, [A], [], "")
        assert item["healthy"]
        assert item["targets"][0]["availability_zone"] == "us-east-1a"
    again = deployed.run("orders", "reports")
    assert not again["changed"]
    assert deployed.estate.count("Invoke") == 1
    assert deployed.estate.count("DescribeTargetHealth") == 2


def test_a_flip(deployed: Deployed) -> None:
    deployed.run("orders")
    deployed.says(orders=[B])
    item = deployed.run("orders")["results"][0]
    assert (item["registered"], item["drained"], item["desired"], item["waiting"]) == ([B], [A], [B], "")
    assert item["writes"] == ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]


def test_only_the_named_syncs_run(deployed: Deployed) -> None:
    deployed.run("orders")
    shown = deployed.elb.describe_target_health(TargetGroupArn=deployed.groups[1])
    assert shown["TargetHealthDescriptions"] == []


def test_one_name_fails_the_other_goes_on(deployed: Deployed) -> None:
    deployed.says(orders={"rcode": "NXDOMAIN"})
    answer = deployed.run("orders", "reports", on_item_failure="report")
    assert answer["failed_items"] == ["orders"]
    assert "NXDOMAIN" in answer["results"][0]["msg"]
    assert answer["results"][1]["registered"] == [A]
    assert deployed.run("orders")["failed"]


def test_what_the_function_does_not_know(deployed: Deployed) -> None:
    stranger = {"name": "billing", "target_group": "billing", "endpoint": deployed.name("billing")}
    other = {"name": "orders", "target_group": "orders", "endpoint": deployed.name("reports")}
    answer = deployed.run(syncs=[stranger, other], on_item_failure="report")
    told = {item["name"]: item["msg"] for item in answer["results"]}
    for name, item in (("billing", stranger), ("orders", other)):
        assert f"does not sync {item['endpoint']} into {item['target_group']} as {name}" in told[name]
    planned = deployed.run(syncs=[stranger], check=True)
    assert planned["results"][0]["waiting"] == f"function {FUNCTION} to be deployed"
    assert not planned["failed_items"]


def test_without_the_function(deployed: Deployed) -> None:
    assert "ResourceNotFound" in deployed.run("orders", lambda_function="gone")["msg"]
    planned = deployed.run("orders", check=True, lambda_function="gone")
    assert planned["results"][0]["waiting"] == "function gone to be deployed"
    assert "needs lambda_function" in deployed.run("orders", lambda_function=None)["msg"]


def test_fixed_addresses_are_done_directly(deployed: Deployed) -> None:
    answer = deployed.run(syncs=[{"name": "fixed", "target_group": "orders", "addresses": [B]}])
    assert answer["results"][0]["registered"] == [B]
    assert deployed.estate.count("Invoke") == 0


def test_a_denied_invocation_names_the_action(deployed: Deployed) -> None:
    deployed.estate.sandbox.fault("lambda", "Invoke", "deny", account=deployed.account)
    assert "Allow lambda:InvokeFunction in the policies" in deployed.run("orders")["msg"]
