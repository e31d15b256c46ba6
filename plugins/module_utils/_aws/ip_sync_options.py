# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wanted of the function that follows names: its options, and what it is told. Pure.

This module util is PRIVATE to the collection.

Source: AWS Lambda developer guide, "Lambda quotas"; IAM user guide, "IAM and AWS STS quotas" (read 2026-11).
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_ip_sync import check_target_group
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import (
    Presence,
    internal,
    optional,
    required,
)

NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")  # the longest of the names made of it, that of a role, has 64 characters
MOST = 100  # target groups more than this make the role's policy longer than the 10,240 characters that IAM allows
RESERVE = 45  # seconds that the function has beside a watch
LONGEST_BUDGET = 900 - RESERVE  # Lambda ends a function after 15 minutes
NEW = {  # of a function that is made, where no option says otherwise
    "budget": 150,
    "runtime": "python3.13",
    "memory_size": 256,
    "reserved_concurrency": 1,
    "log_retention_days": 30,
    "stale_after": 600,
}
Raw = t.Mapping[str, t.Any]
Configuration = dict[str, t.Any]


@dataclass(frozen=True)
class Followed:
    """A target group that follows a name; the fields are the suboptions of C(syncs), as the function is told them."""

    name: str = required()
    target_group: str = required()
    endpoint: str = required()
    port: int | None = None
    endpoint_kind: t.Literal["writer", "instance", "proxy", "reader"] | None = None
    drain: t.Literal["immediate", "after_healthy"] | None = None
    confirmations: int | None = optional(aliases=["confirm"])
    confirm_interval: float | None = optional(aliases=["gap"])
    grace: float | None = None
    memory_ttl: float | None = optional(aliases=["lease"])
    healthy_timeout: float | None = optional(aliases=["healthy_bound"])
    max_addresses: int | None = None
    allow_outside: bool | None = None
    protected_cidrs: list[str] | None = optional(aliases=["protected"])


@dataclass(frozen=True)
class IpSyncFunction:
    """One function; the fields are the options of C(ip_sync_function). ``syncs`` hold the fields of Followed."""

    name: str
    syncs: list[dict[str, t.Any]] = optional([], item=Followed)
    remove_syncs: list[str] = optional([])
    purge_syncs: bool = False
    nameservers: list[str] | None = None
    budget: int | None = None
    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    runtime: str | None = None
    memory_size: int | None = None
    reserved_concurrency: int | None = None
    permissions_boundary: str | None = None
    log_retention_days: int | None = None
    stale_after: int | None = None
    alarm_actions: list[str] | None = None
    tags: dict[str, str] | None = None
    on_sync_failure: t.Literal["fail", "report"] = "fail"
    state: Presence = "present"
    environment: str = internal("")

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ItemError(
                f"A function's name has up to 50 letters, digits, hyphens and underscores, not {self.name!r}."
            )
        if bool(self.subnet_ids) != bool(self.security_group_ids):
            raise ItemError("A VPC takes both subnet_ids and security_group_ids.")
        if self.budget is not None and not 0 < self.budget <= LONGEST_BUDGET:
            raise ItemError(f"budget is 1 to {LONGEST_BUDGET} seconds, not {self.budget}.")
        for sync in self.syncs:
            check_target_group(sync["target_group"])

    @property
    def names(self) -> set[str]:
        """Of the syncs that are listed."""
        return {sync["name"] for sync in self.syncs}

    @property
    def only_forgets(self) -> bool:
        """Whether the function is to forget some of what it follows, and nothing else is asked of it."""
        return self.state == "present" and bool(self.remove_syncs) and not (self.syncs or self.purge_syncs)

    def value(self, option: str, have: t.Any) -> t.Any:
        """The wanted value of an option: the one that is set, else what is there, else that of a new function."""
        for value in (getattr(self, option), have):
            if value is not None:
                return value
        return NEW.get(option)

    def told(self, have: Raw) -> Configuration:
        """What the function shall be told, by what it is told now. Several vendors' roles share it: the rest stays.

        Raises ItemError for more than one function follows.
        """
        syncs = [] if self.purge_syncs else list(have.get("syncs") or [])
        gone = {*self.remove_syncs, *self.names}
        kept = [sync for sync in syncs if sync["name"] not in gone]
        if self.state == "present":
            kept += [_given(sync) for sync in self.syncs]
        elif syncs and not gone:
            raise ItemError(
                f"Function {self.name} follows {', '.join(sorted(sync['name'] for sync in syncs))} still, for whoever "
                "deployed it. List in syncs what to take away, or set purge_syncs=true to take all of it away."
            )
        if len(kept) > MOST:
            raise ItemError(f"One function follows {MOST} names at most, not {len(kept)}: let another follow some.")
        return {
            **have,
            "syncs": sorted(kept, key=lambda sync: str(sync["name"])),
            "nameservers": list(self.value("nameservers", have.get("nameservers")) or []),
            "budget": self.value("budget", have.get("budget")),
        }


def _given(sync: Raw) -> dict[str, t.Any]:
    """A sync without the suboptions that are not set."""
    known = [field.name for field in dataclasses.fields(Followed)]
    return {name: sync[name] for name in known if sync.get(name) is not None}
