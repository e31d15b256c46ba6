# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Auto Scaling groups before our target groups, and their instance refreshes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Boto, Vpc
from tests.sandbox.client import RunningSandbox

Make = Callable[..., Vpc]
GROUP = {"AutoScalingGroupName": "hosts"}


@pytest.fixture
def group(account: str, boto: Boto, make_vpc: Make) -> tuple[Any, Any, str]:
    """The clients of Auto Scaling and load balancing, and the target group of a group of two hosts."""
    vpc, ec2, elb, scaling = make_vpc(account), *(boto(account, name) for name in ("ec2", "elbv2", "autoscaling"))
    made = elb.create_target_group(Name="hosts", Protocol="TCP", Port=5432, VpcId=vpc.id, TargetType="instance")
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    data = {"ImageId": "ami-12345678", "InstanceType": "t4g.small", "UserData": "eA=="}
    ec2.create_launch_template(LaunchTemplateName="hosts", LaunchTemplateData=data)
    scaling.create_auto_scaling_group(
        **GROUP,
        MinSize=2,
        MaxSize=4,
        VPCZoneIdentifier=",".join(vpc.subnets),
        LaunchTemplate={"LaunchTemplateName": "hosts", "Version": "1"},
        TargetGroupARNs=[arn],
    )
    ec2.create_launch_template_version(LaunchTemplateName="hosts", LaunchTemplateData={**data, "UserData": "eQ=="})
    return scaling, elb, arn


def hosts(scaling: Any) -> dict[str, str]:
    """The version of the launch template that each host came from."""
    instances = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["Instances"]
    return {instance["InstanceId"]: instance["LaunchTemplate"]["Version"] for instance in instances}


def refresh(scaling: Any) -> dict[str, Any]:
    """The newest instance refresh."""
    return dict(scaling.describe_instance_refreshes(**GROUP)["InstanceRefreshes"][0])


def to_version(number: int, **preferences: Any) -> dict[str, Any]:
    """What starts a refresh of the group to a version of its launch template."""
    template = {"LaunchTemplateName": "hosts", "Version": str(number)}
    return {**GROUP, "DesiredConfiguration": {"LaunchTemplate": template}, "Preferences": preferences}


def targets(elb: Any, arn: str) -> set[str]:
    return {
        target["Target"]["Id"] for target in elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    }


def test_hosts_are_targets_as_long_as_they_are(group: tuple[Any, Any, str]) -> None:
    scaling, elb, arn = group
    assert len(targets(elb, arn)) == 2
    assert targets(elb, arn) == set(hosts(scaling))
    scaling.delete_auto_scaling_group(**GROUP, ForceDelete=True)
    assert targets(elb, arn) == set()


def test_a_refresh_brings_hosts_of_the_new_version(group: tuple[Any, Any, str], sandbox: RunningSandbox) -> None:
    scaling, elb, arn = group
    scaling.update_auto_scaling_group(**GROUP, LaunchTemplate={"LaunchTemplateName": "hosts", "Version": "2"})
    assert set(hosts(scaling).values()) == {"1"}
    started = scaling.start_instance_refresh(**GROUP)["InstanceRefreshId"]
    with pytest.raises(ClientError, match="InstanceRefreshInProgress"):
        scaling.start_instance_refresh(**GROUP)
    (shown,) = scaling.describe_instance_refreshes(**GROUP)["InstanceRefreshes"]
    assert (shown["InstanceRefreshId"], shown["Status"] in ("Pending", "InProgress")) == (started, True)
    sandbox.eventually(lambda: hosts(scaling), lambda seen: len(seen) == 2 and set(seen.values()) == {"2"})
    assert targets(elb, arn) == set(hosts(scaling))


def test_one_host_is_replaced_after_the_other_and_a_new_one_comes_first(
    group: tuple[Any, Any, str], sandbox: RunningSandbox
) -> None:
    scaling = group[0]
    scaling.start_instance_refresh(**to_version(2, SkipMatching=True))
    seen: list[list[str]] = []

    def look() -> str:
        seen.append(sorted(hosts(scaling).values()))
        return str(refresh(scaling)["Status"])

    sandbox.eventually(look, lambda status: status == "Successful")
    steps = [step for step, dummy in itertools.groupby(seen)]
    expected = [["1", "1"], ["1", "1", "2"], ["1", "2", "2"], ["2", "2"]]
    assert steps == [step for step in expected if step in steps]  # a slow machine may miss some
    assert steps[-1] == ["2", "2"]
    assert scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["LaunchTemplate"]["Version"] == "2"
    scaling.start_instance_refresh(**to_version(2, SkipMatching=True))
    before = hosts(scaling)
    sandbox.eventually(lambda: refresh(scaling), lambda shown: bool(shown["Status"] == "Successful"))
    assert hosts(scaling) == before


def test_a_refresh_stops_at_its_checkpoint_and_goes_back_from_there(
    group: tuple[Any, Any, str], sandbox: RunningSandbox
) -> None:
    scaling = group[0]
    points = {"CheckpointPercentages": [50, 100], "CheckpointDelay": 100}
    scaling.start_instance_refresh(**to_version(2, **points))
    sandbox.step(60)
    assert (sorted(hosts(scaling).values()), refresh(scaling)["PercentageComplete"]) == (["1", "2"], 50)
    assert scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["LaunchTemplate"]["Version"] == "1"
    scaling.rollback_instance_refresh(**GROUP)
    sandbox.eventually(lambda: refresh(scaling), lambda shown: bool(shown["Status"] == "RollbackSuccessful"))
    assert sorted(hosts(scaling).values()) == ["1", "1"]
    scaling.start_instance_refresh(**to_version(2, **points))
    hosts(scaling)
    sandbox.step(1)
    hosts(scaling)
    sandbox.step(101)
    sandbox.eventually(lambda: refresh(scaling), lambda shown: bool(shown["Status"] == "Successful"))
    assert sorted(hosts(scaling).values()) == ["2", "2"]


def test_hosts_that_load_balancers_judge_must_be_healthy(
    group: tuple[Any, Any, str], account: str, sandbox: RunningSandbox
) -> None:
    scaling, elb, arn = group
    subnets = scaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["VPCZoneIdentifier"].split(",")
    balancer = elb.create_load_balancer(Name="hosts", Type="network", Scheme="internal", Subnets=subnets)
    forward = [{"Type": "forward", "TargetGroupArn": arn}]
    listener = {"LoadBalancerArn": balancer["LoadBalancers"][0]["LoadBalancerArn"], "Protocol": "TCP", "Port": 5432}
    elb.create_listener(**listener, DefaultActions=forward)
    scaling.update_auto_scaling_group(**GROUP, HealthCheckType="ELB")
    sandbox.failing_hosts(account, "y")  # the user data of version 2
    before = hosts(scaling)
    scaling.start_instance_refresh(**to_version(2, AutoRollback=True))
    sandbox.step(60)
    assert (sorted(hosts(scaling).values()), refresh(scaling)["Status"]) == (["1", "1", "2"], "InProgress")
    sandbox.step(3600)
    ended = sandbox.eventually(
        lambda: refresh(scaling), lambda shown: bool(shown["Status"] not in ("InProgress", "RollbackInProgress"))
    )
    assert (ended["Status"], ended["StatusReason"]) == (
        "RollbackSuccessful",
        "The new instances did not become healthy.",
    )
    assert set(before) & set(hosts(scaling))
    assert set(hosts(scaling).values()) == {"1"}


@pytest.mark.parametrize(
    ("preferences", "desired"),
    [
        ({"AutoRollback": True}, False),
        ({"CheckpointDelay": 60}, True),
        ({"CheckpointPercentages": [50, 50]}, True),
        ({"MaxHealthyPercentage": 200}, True),
    ],
)
def test_what_contradicts_itself_is_refused(
    group: tuple[Any, Any, str], preferences: dict[str, Any], desired: bool
) -> None:
    wanted = to_version(2, **preferences)
    if not desired:
        del wanted["DesiredConfiguration"]
    with pytest.raises(ClientError, match="ValidationError"):
        group[0].start_instance_refresh(**wanted)


def test_without_a_configuration_there_is_nothing_to_roll_back_to(group: tuple[Any, Any, str]) -> None:
    scaling = group[0]
    with pytest.raises(ClientError, match="ActiveInstanceRefreshNotFound"):
        scaling.rollback_instance_refresh(**GROUP)
    scaling.start_instance_refresh(**GROUP)
    with pytest.raises(ClientError, match="IrreversibleInstanceRefresh"):
        scaling.rollback_instance_refresh(**GROUP)


def test_a_refresh_can_be_cancelled_once(group: tuple[Any, Any, str]) -> None:
    scaling = group[0]
    scaling.start_instance_refresh(**GROUP)
    scaling.cancel_instance_refresh(**GROUP)
    with pytest.raises(ClientError, match="ActiveInstanceRefreshNotFound"):
        scaling.cancel_instance_refresh(**GROUP)


def test_a_refresh_that_is_to_fail_keeps_the_hosts(
    group: tuple[Any, Any, str], account: str, sandbox: RunningSandbox
) -> None:
    scaling, before = group[0], hosts(group[0])
    sandbox.outcome("instance_refresh", "Failed", account=account, reason="No capacity.")
    scaling.start_instance_refresh(**GROUP)
    (shown,) = sandbox.eventually(
        lambda: scaling.describe_instance_refreshes(**GROUP)["InstanceRefreshes"],
        lambda refreshes: bool(refreshes[0]["Status"] == "Failed"),
    )
    assert shown["StatusReason"] == "No capacity."
    assert hosts(scaling) == before


def test_tags_of_a_launch_template_can_change(group: tuple[Any, Any, str], account: str, boto: Boto) -> None:
    ec2 = boto(account, "ec2")
    made = ec2.describe_launch_templates()["LaunchTemplates"][0]["LaunchTemplateId"]
    ec2.create_tags(Resources=[made], Tags=[{"Key": "team", "Value": "data"}])
    (shown,) = ec2.describe_launch_templates()["LaunchTemplates"]
    assert shown["Tags"] == [{"Key": "team", "Value": "data"}]
