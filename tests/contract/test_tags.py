# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log tells the tags that resources had when a write named them: what IAM would have gone by."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.conftest import Provider
from tests.sandbox.client import RunningSandbox

Boto = Callable[..., Any]
TAGS = {"team": "data"}
PAIRS = [{"Key": "team", "Value": "data"}]
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
ALARM = {
    "MetricName": "Errors",
    "Namespace": "AWS/Lambda",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1.0,
}


def logged(sandbox: RunningSandbox, account: str, operation: str) -> dict[str, dict[str, str]]:
    """The tags in the entry of the last call of an operation."""
    calls = [call for call in sandbox.calls(account) if call["operation"] == operation]
    found: dict[str, dict[str, str]] = calls[-1]["tags"]
    return found


@pytest.mark.parametrize(
    ("service", "create", "write"),
    [
        (
            "iam",
            ("create_role", {"RoleName": "a", "AssumeRolePolicyDocument": TRUST, "Tags": PAIRS}),
            ("DeleteRole", {"RoleName": "a"}),
        ),
        (
            "logs",
            ("create_log_group", {"logGroupName": "a", "tags": TAGS}),
            ("DeleteLogGroup", {"logGroupName": "a"}),
        ),
        (
            "events",
            ("put_rule", {"Name": "a", "ScheduleExpression": "rate(1 day)", "Tags": PAIRS}),
            ("DeleteRule", {"Name": "a"}),
        ),
        (
            "cloudwatch",
            ("put_metric_alarm", {"AlarmName": "a", **ALARM, "Tags": PAIRS}),
            ("DeleteAlarms", {"AlarmNames": ["a"]}),
        ),
    ],
)
def test_of_what_moto_keeps(
    sandbox: RunningSandbox, boto: Boto, account: str, service: str, create: Any, write: Any
) -> None:
    client = boto(account, service)
    getattr(client, create[0])(**create[1])
    operation, params = write
    method = next(name for name, known in client.meta.method_to_api_mapping.items() if known == operation)
    getattr(client, method)(**params)
    assert logged(sandbox, account, operation) == {"a": TAGS}


def test_of_ec2_and_auto_scaling(sandbox: RunningSandbox, boto: Boto, account: str, make_vpc: Boto) -> None:
    vpc, ec2, scaling = make_vpc(account), boto(account, "ec2"), boto(account, "autoscaling")
    of = [{"ResourceType": "security-group", "Tags": PAIRS}]
    group = ec2.create_security_group(GroupName="a", Description="a", VpcId=vpc.id, TagSpecifications=of)["GroupId"]
    assert logged(sandbox, account, "CreateSecurityGroup") == {vpc.id: {}}
    of = [{"ResourceType": "launch-template", "Tags": PAIRS}]
    data = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.nano"}
    made = ec2.create_launch_template(LaunchTemplateName="a", LaunchTemplateData=data, TagSpecifications=of)
    template = made["LaunchTemplate"]["LaunchTemplateId"]
    ec2.delete_security_group(GroupId=group)
    assert logged(sandbox, account, "DeleteSecurityGroup") == {group: TAGS}
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="a",
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        MinSize=0,
        MaxSize=0,
        VPCZoneIdentifier=vpc.subnets[0],
        Tags=PAIRS,
    )
    created = logged(sandbox, account, "CreateAutoScalingGroup")
    assert (created[template], "a" in created) == (TAGS, False)
    scaling.delete_auto_scaling_group(AutoScalingGroupName="a", ForceDelete=True)
    assert logged(sandbox, account, "DeleteAutoScalingGroup") == {"a": TAGS}


def test_of_our_own(provider: Provider) -> None:
    sandbox, account = provider.sandbox, provider.account
    provider.elb.add_tags(ResourceArns=[provider.load_balancer], Tags=PAIRS)
    assert logged(sandbox, account, "AddTags") == {provider.load_balancer: {}}
    provider.elb.remove_tags(ResourceArns=[provider.load_balancer], TagKeys=["team"])
    assert logged(sandbox, account, "RemoveTags") == {provider.load_balancer: TAGS}
    of = [{"ResourceType": "vpc-endpoint-service", "Tags": PAIRS}]
    service = provider.make_service(TagSpecifications=of)["ServiceId"]
    topic = "arn:aws:sns:us-east-1:111111111111:a"
    made = provider.ec2.create_vpc_endpoint_connection_notification(
        ServiceId=service, ConnectionNotificationArn=topic, ConnectionEvents=["Accept"]
    )
    notification = made["ConnectionNotification"]["ConnectionNotificationId"]
    provider.ec2.delete_vpc_endpoint_connection_notifications(ConnectionNotificationIds=[notification])
    assert logged(sandbox, account, "DeleteVpcEndpointConnectionNotifications") == {notification: TAGS}


def test_reads_and_others_resources_have_none(provider: Provider, boto: Boto) -> None:
    provider.elb.add_tags(ResourceArns=[provider.load_balancer], Tags=PAIRS)
    other_account = "210000000000"
    provider.elb.describe_tags(ResourceArns=[provider.load_balancer])
    assert logged(provider.sandbox, provider.account, "DescribeTags") == {}
    boto(other_account, "elbv2").delete_load_balancer(LoadBalancerArn=provider.load_balancer)
    assert logged(provider.sandbox, other_account, "DeleteLoadBalancer") == {}
