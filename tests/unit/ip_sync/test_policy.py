# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the IP sync function is allowed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_policy import (
    TRUST,
    build,
    trusts_lambda,
    waits,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.policies import statements

PLACE = {"partition": "aws-us-gov", "region": "us-gov-west-1", "account": "111122223333", "function": "sync"}
ELB = "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:111122223333:targetgroup/"
ORDERS = {"name": "orders", "target_group": "orders"}


def test_it_moves_targets_of_its_groups_only() -> None:
    arn = f"{ELB}billing/0123456789abcdef"
    syncs = [ORDERS, {"name": "billing", "target_group": arn}, {**ORDERS, "name": "again", "endpoint_kind": "writer"}]
    read, move, log = build(syncs, **PLACE)["Statement"]
    assert read["Resource"] == "*"
    assert read["Action"] == [
        "ec2:DescribeSubnets",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
    ]
    assert move["Resource"] == [f"{ELB}orders/*", arn]
    assert move["Action"] == ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
    assert log["Resource"] == "arn:aws-us-gov:logs:us-gov-west-1:111122223333:log-group:/aws/lambda/sync:*"


@pytest.mark.parametrize("options", [{"endpoint_kind": "reader"}, {"drain": "after_healthy"}])
def test_it_remembers_where_it_waits(options: dict[str, Any]) -> None:
    syncs: list[dict[str, Any]] = [ORDERS, {"name": "reports", "target_group": "reports", **options}]
    assert [waits(sync) for sync in syncs] == [False, True]
    read, *dummy, remember = build(syncs, **PLACE)["Statement"]
    assert "elasticloadbalancing:DescribeTags" in read["Action"]
    assert remember["Resource"] == [f"{ELB}reports/*"]
    assert remember["Action"] == ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"]


def test_it_is_no_longer_than_iam_takes() -> None:
    def syncs(count: int) -> list[dict[str, Any]]:
        return [{"name": f"s{number}", "target_group": f"{number:032}"} for number in range(count)]

    assert build(syncs(80), **PLACE)
    with pytest.raises(ItemError, match=r"200 names make a policy of .* IAM takes 10240"):
        build(syncs(200), **PLACE)


def test_a_trust_policy_that_others_have_changed_still_trusts_lambda() -> None:
    bounded = {**TRUST, "Principal": {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]}, "Condition": {}}
    assert [trusts_lambda(statement) for statement in statements({"Statement": bounded})] == [True]
    assert not trusts_lambda({**TRUST, "Effect": "Deny"})
    assert not trusts_lambda({**TRUST, "Principal": "*"})
    assert statements(None) == []


@pytest.mark.parametrize(
    "group", ["*", "orders*", "orders/*", "${aws:username}", "orders\n", "-orders", f"{ELB}*", f"{ELB}orders/*", ""]
)
def test_no_name_is_a_pattern(group: str) -> None:
    with pytest.raises(ItemError, match="neither the name of a target group nor the ARN"):
        build([{"name": "orders", "target_group": group}], **PLACE)


def test_groups_of_other_places_are_refused() -> None:
    arn = "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:999999999999:targetgroup/orders/0123456789abcdef"
    with pytest.raises(ItemError, match="beside the function"):
        build([{"name": "orders", "target_group": arn}], **PLACE)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("function", "sync*"),
        ("function", "sync\n"),
        ("function", "x" * 54),
        ("account", "*"),
        ("account", "11112222333\N{ARABIC-INDIC DIGIT THREE}"),
        ("region", "us-*-1"),
        ("region", "*"),
        ("partition", "*"),
    ],
)
def test_nor_is_a_place(what: str, value: str) -> None:
    with pytest.raises(ItemError, match=f"is not the {what} of a function"):
        build([ORDERS], **{**PLACE, what: value})
