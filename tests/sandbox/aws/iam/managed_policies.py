# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's own managed policies, as far as anybody here attaches them: moto would load all thousand for each account.

Source: AWS Managed Policy Reference Guide, AWSLambdaVPCAccessExecutionRole (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.core.calls import Call
from tests.sandbox.core.underneath import prepares
from tests.sandbox.core.world import World

POLICIES: dict[str, dict[str, Any]] = {
    "AWSLambdaVPCAccessExecutionRole": {
        "Path": "/service-role/",
        "DefaultVersionId": "v3",
        "CreateDate": "2016-02-11T23:15:26+00:00",
        "UpdateDate": "2024-01-05T22:38:22+00:00",
        "Document": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogGroup",
                        "logs:CreateLogStream",
                        "logs:PutLogEvents",
                        "ec2:CreateNetworkInterface",
                        "ec2:DescribeNetworkInterfaces",
                        "ec2:DescribeSubnets",
                        "ec2:DeleteNetworkInterface",
                        "ec2:AssignPrivateIpAddresses",
                        "ec2:UnassignPrivateIpAddresses",
                    ],
                    "Resource": "*",
                }
            ],
        },
    },
}


@prepares("iam")
def know_policies(call: Call, world: World) -> None:
    """Let moto find AWS's policies before one is attached."""
    if call.operation != "AttachRolePolicy":
        return
    from moto.iam.models import AWSManagedPolicy, iam_backends
    from moto.utilities.utils import get_partition

    managed = iam_backends[call.account][get_partition(call.region)].managed_policies
    for name, data in POLICIES.items():
        policy = AWSManagedPolicy.from_data(name, call.account, call.region, data)
        managed.setdefault(policy.arn, policy)
