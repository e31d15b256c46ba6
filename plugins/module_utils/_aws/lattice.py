# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What associations with VPC Lattice service networks have in common: ids and tags. Pure.

This module util is PRIVATE to the collection.

Source: Amazon VPC Lattice API Reference, TagResource, UntagResource (read 2026-11).
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Plan

TAG, UNTAG = "vpc-lattice:TagResource", "vpc-lattice:UntagResource"
COMING, GOING = "CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS"
Raw = t.Mapping[str, t.Any]


class Adopting(tagging.Tagged, t.Protocol):
    """An item whose resource may be one that others have made."""

    @property
    def purge_tags(self) -> bool: ...

    @property
    def adopt(self) -> bool: ...


def as_id(identifier: str) -> str:
    """The id in an ARN; an id stays as it is."""
    return identifier.rpartition("/")[2]


def plan_tags(plan: Plan, item: Adopting, current: dict[str, str], row: Raw) -> None:
    """Add the changes of an association's tags to a plan."""
    to_set, to_remove = tagging.changes(current, item, item.purge_tags, item.adopt)
    if to_set:
        params: dict[str, t.Any] = {"resourceArn": row["arn"], "tags": to_set}
        plan.changes.append(Change(TAG, params, f"tag {', '.join(sorted(to_set))}"))
    if to_remove:
        params = {"resourceArn": row["arn"], "tagKeys": to_remove}
        plan.changes.append(Change(UNTAG, params, f"untag {', '.join(to_remove)}"))
    tags = {key: value for key, value in {**current, **to_set}.items() if key not in to_remove}
    plan.after = {**plan.before, "tags": tags}


def leave(plan: Plan, row: Raw, tags: t.Mapping[str, str]) -> None:
    """Take our tags off an association that was adopted."""
    own = tagging.own(tags)
    plan.changes = [Change(UNTAG, {"resourceArn": row["arn"], "tagKeys": own}, f"untag {', '.join(own)}")]
    plan.after = {**plan.before, "tags": {key: value for key, value in tags.items() if key not in own}}
