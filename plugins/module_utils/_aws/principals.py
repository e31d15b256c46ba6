# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may connect to an endpoint service: what principals look like, and whose connections they cover. Pure.

This module util is PRIVATE to the collection.

Source: AWS PrivateLink Guide, "Configure an endpoint service", Manage permissions (read 2026-11). A connection tells
the account of its owner and nothing more, so a role or user that is let in covers its whole account.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

PRINCIPAL = re.compile(r"(\*|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[!-~]+)")
SERVICE_PRINCIPAL = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
OF_ACCOUNT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):")
PARTITION = re.compile(r"arn:(aws[a-z-]*):")
WITH_PATH = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.*/.*")


def check(principal: str) -> None:
    """Raise ItemError for what can be no principal of an endpoint service."""
    if WITH_PATH.fullmatch(principal):
        raise ItemError(f"AWS does not accept a principal with a path: {principal}. Allow the account instead.")
    if not any(pattern.fullmatch(principal) for pattern in (arns.ACCOUNT, PRINCIPAL, SERVICE_PRINCIPAL)):
        raise ItemError(
            f"Not a principal: {principal!r}. Give a 12-digit account id, an ARN, the name of an AWS service "
            "like appflow.amazonaws.com, or '*' for all."
        )


def check_partition(named: t.Iterable[str], partition: str) -> None:
    """Raise ItemError for an ARN of another partition: AWS would refuse it, after what it is for has been made."""
    for arn in named:
        match = PARTITION.match(arn)
        if match and match.group(1) != partition:
            raise ItemError(f"{arn} is of the partition {match.group(1)}, and this region is of {partition}.")


def as_arn(principal: str, partition: str) -> str:
    """A principal as AWS lists it: an account id becomes the ARN of the account's root."""
    return f"arn:{partition}:iam::{principal}:root" if principal.isdigit() else principal


def accounts(principals: t.Iterable[str]) -> set[str]:
    """The accounts that principals name, as ARNs of IAM do."""
    return {match.group(1) for match in map(OF_ACCOUNT.match, principals) if match}


def covers(principals: t.Iterable[str], account: str) -> bool:
    """Whether one of the principals covers an account, or may: nobody can tell for everybody, C(*), for an organization
    and for a service of AWS.
    """
    listed = set(principals)
    return account in accounts(listed) or not all(map(OF_ACCOUNT.match, listed))
