# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals that pass by themselves, and those that do not."""

from __future__ import annotations

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.not_yet import Recent
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change

GROUP = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders-5432/2"
ELB = "elasticloadbalancing"
MADE = (Change(f"{ELB}:CreateTargetGroup", {}, ""), {"TargetGroups": [{"TargetGroupArn": GROUP}]})
ENDED: tuple[Change, dict[str, object]] = (
    Change("ec2:DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-0123456789"]}, ""),
    {},
)
FORWARD = Change(f"{ELB}:CreateListener", {"DefaultActions": [{"TargetGroupArn": GROUP}]}, "")
OTHER = Change(f"{ELB}:CreateListener", {"DefaultActions": [{"TargetGroupArn": GROUP + "9"}]}, "")
ENDPOINT = Change("ec2:CreateVpcEndpoint", {"VpcId": "vpc-0123456789"}, "")
DOMAIN = "private-dns-enabled cannot be set because there is already a conflicting DNS domain for x in the VPC"


@pytest.mark.parametrize(
    ("before", "change", "code", "message", "passes"),
    [
        (MADE, FORWARD, "TargetGroupNotFound", "", True),
        (MADE, OTHER, "TargetGroupNotFound", "", False),
        (MADE, FORWARD, "ValidationError", "", False),
        (ENDED, FORWARD, "TargetGroupNotFound", "", False),
        (None, ENDPOINT, "InvalidParameter", DOMAIN, True),
        (ENDED, ENDPOINT, "InvalidParameter", DOMAIN, True),
        (ENDED, ENDPOINT, "InvalidParameter", "no such type", False),
        (ENDED, ENDPOINT, "DependencyViolation", "", True),
        (MADE, ENDPOINT, "DependencyViolation", "", False),
    ],
)
def test_what_is_early_and_what_is_wrong(
    before: tuple[Change, dict[str, object]] | None, change: Change, code: str, message: str, passes: bool
) -> None:
    recent = Recent()
    if before:
        recent.note(*before)
    assert recent.passes(change, code, message) is passes
