# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that do not serve: which those are, and that they never replace more than the first host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_group import Actual
from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_options import ForwarderGroup
from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_refresh import lacking

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

CREATE_VERSION, REPLACE = "ec2:CreateLaunchTemplateVersion", "autoscaling:StartInstanceRefresh"
STOP, ROLL_BACK = "autoscaling:CancelInstanceRefresh", "autoscaling:RollbackInstanceRefresh"
ARNS = [f"arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/{name}/1" for name in ("orders", "billing")]


def host(name: str, version: str, state: str = "InService") -> dict[str, Any]:
    template = {"LaunchTemplateId": "lt-1", "Version": version}
    return {"InstanceId": name, "LifecycleState": state, "LaunchTemplate": template}


def why(orders: tuple[str, str], billing: tuple[str, str], **options: Any) -> str:
    """What an old and a new host lack that have these states in two target groups."""
    states = zip(ARNS, (orders, billing), strict=True)
    health = {arn: {"i-old": {"State": old}, "i-new": {"State": new}} for arn, (old, new) in states}
    group = {"Instances": [host("i-old", "1"), host("i-new", "2")], "TargetGroupARNs": ARNS}
    actual = Actual(group, {"LaunchTemplateId": "lt-1"}, health=health)
    return lacking(ForwarderGroup(name="main", **options), actual, "2")


@pytest.mark.parametrize(
    ("orders", "billing", "lacks"),
    [
        (("healthy", "healthy"), ("healthy", "healthy"), ""),
        (("healthy", "healthy"), ("healthy", "unhealthy"), "i-new is unhealthy in targetgroup/billing/1"),
        (("healthy", "initial"), ("healthy", "healthy"), "i-new is initial in targetgroup/orders/1"),
        # A database that is down, or one that the old hosts do not know yet, is not what the new one is judged by.
        (("healthy", "healthy"), ("unhealthy", "unhealthy"), ""),
        (("healthy", "unhealthy"), ("unhealthy", "healthy"), "targetgroup/orders/1"),
        # Where nothing has served, anything that does is better.
        (("unhealthy", "healthy"), ("unhealthy", "unhealthy"), ""),
        (
            ("unhealthy", "unhealthy"),
            ("unhealthy", "unhealthy"),
            "i-new is unhealthy in targetgroup/billing/1; i-new is unhealthy in targetgroup/orders/1",
        ),
        # No load balancer asks, so nobody is served.
        (("unused", "unused"), ("unused", "unused"), ""),
        # In a zone that the load balancer does not use, a new host proves nothing.
        (("healthy", "unused"), ("unused", "unused"), "i-new is unused in targetgroup/orders/1"),
    ],
)
def test_a_new_host_serves_what_an_old_one_serves(
    orders: tuple[str, str], billing: tuple[str, str], lacks: str
) -> None:
    found = why(orders, billing)
    assert lacks in found
    assert bool(lacks) == bool(found)


def test_only_wanted_target_groups_count() -> None:
    assert why(("healthy", "healthy"), ("healthy", "unhealthy"), target_group_arns=ARNS[:1]) == ""


def test_a_host_on_its_way_does_not_serve_yet() -> None:
    group = {"Instances": [host("i-old", "1"), host("i-new", "2", "Pending")], "TargetGroupARNs": ARNS}
    actual = Actual(group, {"LaunchTemplateId": "lt-1"})
    assert lacking(ForwarderGroup(name="main"), actual, "2") == "no new host is in service"


# The module, against the sandbox


@pytest.fixture
def forwarder(estate: Estate) -> dict[str, Any]:
    """Options of a forwarder that serves a load balancer, and is there."""
    estate.vpc = estate.make_vpc(estate.account)
    elb = estate.boto(estate.account, "elbv2")
    options = {"Protocol": "TCP", "Port": 5432, "VpcId": estate.vpc.id, "TargetType": "instance"}
    arn = elb.create_target_group(Name="orders", **options)["TargetGroups"][0]["TargetGroupArn"]
    balancer = estate.balancer("orders")
    forward = [{"Type": "forward", "TargetGroupArn": arn}]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=5432, DefaultActions=forward)
    made = {
        "vpc_id": estate.vpc.id,
        "subnet_ids": list(estate.vpc.subnets),
        "source_security_group_ids": [estate.vpc.security_group],
        "ports": [801, 5432],
        "target_group_arns": [arn],
        "image_id": "ami-0123456789abcdef0",
        "instance_type": "t4g.small",
        "instances": 3,
        "health_timeout": 120,
        "user_data": "#cloud-config\n",
    }
    run(estate, **made)
    estate.poll = 2.0
    return made


def run(estate: Estate, **options: Any) -> dict[str, Any]:
    """One item; the answer is its result."""
    result = estate.run("forwarder_group", name="main", **{"wait_timeout": 600, **options})
    return dict(result["results"][0])


def versions(estate: Estate) -> list[str]:
    """The version of the launch template that each host came from."""
    (group,) = estate.boto(estate.account, "autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return sorted(instance["LaunchTemplate"]["Version"] for instance in group["Instances"])


def test_a_version_that_serves_replaces_all(estate: Estate, forwarder: dict[str, Any]) -> None:
    done = run(estate, **{**forwarder, "user_data": "#cloud-config\n# two\n"})
    assert (done["failed"], done["writes"]) == (False, [CREATE_VERSION, REPLACE, STOP, REPLACE])
    assert versions(estate) == ["2", "2", "2"]
    assert done["launch_template_version"] == "2"


def test_a_version_that_does_not_serve_replaces_the_first_host_alone(estate: Estate, forwarder: dict[str, Any]) -> None:
    estate.sandbox.failing_hosts(estate.account, "# bad")
    seen: list[list[str]] = []
    estate.waits = lambda line: seen.append(versions(estate))
    failed = run(estate, **{**forwarder, "user_data": "#cloud-config\n# bad\n"})
    assert failed["failed"]
    assert failed["writes"] == [CREATE_VERSION, REPLACE, ROLL_BACK]
    assert max(hosts.count("2") for hosts in seen) == 1
    assert min(hosts.count("1") for hosts in seen) == 2
    assert versions(estate) == ["1", "1", "1"]
    assert "could not be replaced, which ended as RollbackSuccessful: i-" in failed["msg"]
    assert "is unhealthy in targetgroup/orders/" in failed["msg"]
    assert "(Target.FailedHealthChecks: Health checks failed), 120 s after the replacement began" in failed["msg"]
    assert failed["msg"].endswith("It is your turn: mend the cause, then run again.")
    mended = run(estate, **{**forwarder, "user_data": "#cloud-config\n# good\n"})
    assert (mended["failed"], versions(estate)) == (False, ["3", "3", "3"])


def test_nor_does_it_when_nobody_looks_any_more(estate: Estate, forwarder: dict[str, Any]) -> None:
    """A run that does not wait, or is killed, leaves one new host; the next one goes on from there."""
    estate.sandbox.failing_hosts(estate.account, "# bad")
    bad = {**forwarder, "user_data": "#cloud-config\n# bad\n"}
    left = run(estate, **bad, wait=False)
    assert (left["failed"], left["writes"]) == (False, [CREATE_VERSION, REPLACE])
    versions(estate)
    estate.sandbox.step(10)
    versions(estate)
    estate.sandbox.step(24 * 3600)
    assert versions(estate) == ["1", "1", "2"]
    again = run(estate, **bad)
    assert (again["failed"], again["writes"], versions(estate)) == (True, [ROLL_BACK], ["1", "1", "1"])


def test_the_next_run_goes_on_where_one_was_left(estate: Estate, forwarder: dict[str, Any]) -> None:
    changed = {**forwarder, "user_data": "#cloud-config\n# two\n"}
    left = run(estate, **changed, wait=False)
    assert left["waiting"].startswith(("the first new host of main to serve", "the first host of main to be replaced"))
    again = run(estate, **changed)
    assert (again["failed"], again["writes"], versions(estate)) == (False, [STOP, REPLACE], ["2", "2", "2"])


def test_fewer_hosts_are_wanted_while_one_is_looked_at(estate: Estate, forwarder: dict[str, Any]) -> None:
    changed = {**forwarder, "instances": 2, "user_data": "#cloud-config\n# two\n"}
    run(estate, **changed, wait=False)
    for _dummy in range(5):
        estate.sandbox.step(1)
        versions(estate)
    done = run(estate, **{**changed, "instances": 1})
    assert (done["failed"], done["waiting"]) == (False, "")
    assert set(versions(estate)) == {"2"}


def test_a_version_that_is_no_longer_wanted_goes_back_first(estate: Estate, forwarder: dict[str, Any]) -> None:
    estate.sandbox.failing_hosts(estate.account, "# bad")
    run(estate, **{**forwarder, "user_data": "#cloud-config\n# bad\n"}, wait=False)
    for _dummy in range(5):
        estate.sandbox.step(1)
        versions(estate)
    seen: list[list[str]] = []
    estate.waits = lambda line: seen.append(versions(estate))
    done = run(estate, **{**forwarder, "user_data": "#cloud-config\n# three\n"})
    assert (done["failed"], done["writes"]) == (False, [CREATE_VERSION, ROLL_BACK, REPLACE, STOP, REPLACE])
    assert versions(estate) == ["3", "3", "3"]
    assert not [hosts for hosts in seen if "2" in hosts and "3" in hosts]


def test_the_only_host_stays_until_the_new_one_serves(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **{**forwarder, "instances": 1})
    estate.sandbox.lag(**{"instance_refresh.InProgress": 200})  # as a warm-up that outlasts health_timeout
    estate.sandbox.failing_hosts(estate.account, "# bad")
    seen: list[list[str]] = []
    estate.waits = lambda line: seen.append(versions(estate))
    failed = run(estate, **{**forwarder, "instances": 1, "user_data": "#cloud-config\n# bad\n"})
    estate.sandbox.lag(**{"instance_refresh.InProgress": 0.1})
    assert (failed["failed"], failed["writes"]) == (True, [CREATE_VERSION, REPLACE, ROLL_BACK])
    (started,) = [call for call in estate.calls if call["operation"] == "StartInstanceRefresh"]
    assert started["params"]["Preferences"]["InstanceWarmup"] == 180
    assert all("1" in hosts for hosts in seen)
    assert versions(estate) == ["1"]
