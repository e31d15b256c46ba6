# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Auto Scaling groups before our target groups, and their instance refreshes."""

from __future__ import annotations

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


def test_a_refresh_brings_hosts_of_the_new_version(group: tuple[Any, Any, str]) -> None:
    scaling, elb, arn = group
    scaling.update_auto_scaling_group(**GROUP, LaunchTemplate={"LaunchTemplateName": "hosts", "Version": "2"})
    assert set(hosts(scaling).values()) == {"1"}
    started = scaling.start_instance_refresh(**GROUP)["InstanceRefreshId"]
    with pytest.raises(ClientError, match="InstanceRefreshInProgress"):
        scaling.start_instance_refresh(**GROUP)
    (shown,) = scaling.describe_instance_refreshes(**GROUP)["InstanceRefreshes"]
    assert (shown["InstanceRefreshId"], shown["Status"] in ("Pending", "InProgress")) == (started, True)
    assert set(hosts(scaling).values()) == {"2"}
    assert targets(elb, arn) == set(hosts(scaling))


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
