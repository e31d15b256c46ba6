# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the policy of an MSK cluster lets another account do: the statement that does, and those of others. Pure.

This module util is PRIVATE to the collection.

Source: Amazon MSK Developer Guide, "Attach a cluster policy to the MSK cluster", the basic policy for multi-VPC
connectivity (read 2026-11).
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core import policies
from ansible_collections.saas.privatelink.plugins.module_utils._core.policies import Document, Statement

CONNECTS = "kafka:CreateVpcConnection"
ACTIONS = [CONNECTS, "kafka:GetBootstrapBrokers", "kafka:DescribeCluster", "kafka:DescribeClusterV2"]


def statement(sid: str, cluster_arn: str, account: str) -> Statement:
    """The statement that lets an account make VPC connections to a cluster."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": [account]},
        "Action": ACTIONS,
        "Resource": cluster_arn,
    }


def admitting(document: Document | None, sid: str, account: str) -> list[str]:
    """The statements other than that of a Sid that let an account connect, as C(named) calls them."""
    return [name for name, row in named(document) if name != sid and _is_about(row, "Allow", [CONNECTS], account)]


def shutting_out(document: Document | None, account: str) -> list[str]:
    """The statements that deny an account what ours allows; their conditions are not looked at."""
    return [name for name, row in named(document) if _is_about(row, "Deny", ACTIONS, account)]


def named(document: Document | None) -> list[tuple[str, Statement]]:
    """The statements of a policy by Sid, or by number, from 1, where they have none."""
    rows = policies.statements(document)
    return [(str(row.get("Sid") or f"number {number}"), row) for number, row in enumerate(rows, 1)]


def _is_about(row: Statement, effect: str, actions: t.Iterable[str], account: str) -> bool:
    return row.get("Effect") == effect and policies.names_any(row, actions) and policies.covers(row, account)
