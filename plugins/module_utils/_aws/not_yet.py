# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which refusals of AWS pass by themselves: its parts learn one after the other what was just made or removed. Pure.

This module util is PRIVATE to the collection.

Seen by others: CreateListener answers TargetGroupNotFound for a group that was just made, DeleteLoadBalancer
ResourceInUse when its endpoint service has just gone (terraform-provider-aws issues 16860, 17269, 19920 and 20454, read
2026-11).
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change

MADE = re.compile(r":(Create|Allocate|Register|Start)")
# A subnet that a load balancer is without is in the way for up to three minutes.
REMOVED = re.compile(r":(Delete|Remove|Detach|Deregister|Disassociate|Reject|Revoke|SetSubnets|Terminate)")
IDENTITY = re.compile(r"arn:\S+|[a-z]+(-[a-z]+)*-[0-9a-f]{8,}")
UNKNOWN = re.compile(r"NotFound|^NoSuch|InvalidGroupId|Malformed$")
IN_THE_WAY = re.compile(r"InUse|DependencyViolation|Conflict|^ExistingVpcEndpointConnections$")
STILL_THERE = ("currently associated", "already associated")  # parts of messages
# Who asks for a private DNS name has seen that no endpoint has it any more; its zone goes some time after the endpoint,
# which another run, or somebody else, may have deleted.
LEFT_BEHIND = "conflicting DNS domain"


class Recent:
    """What this process has made and removed."""

    def __init__(self) -> None:
        self._made: set[str] = set()
        self._removed = False

    def note(self, change: Change, answer: t.Mapping[str, t.Any]) -> None:
        if MADE.search(change.action):
            self._made.update(identities(answer))
        self._removed = self._removed or bool(REMOVED.search(change.action))

    def passes(self, change: Change, code: str, message: str) -> bool:
        """Whether a refusal of this call means that it comes too early."""
        if UNKNOWN.search(code):
            return bool(self._made & identities(change.params))
        if LEFT_BEHIND in message:
            return True
        return self._removed and (bool(IN_THE_WAY.search(code)) or any(part in message for part in STILL_THERE))


def identities(value: t.Any) -> set[str]:
    """The ids and ARNs in the parameters or the answer of a call, at any depth."""
    if isinstance(value, str):
        return {value} if IDENTITY.fullmatch(value) else set()
    parts = value.values() if isinstance(value, t.Mapping) else value if isinstance(value, (list, tuple)) else ()
    found: set[str] = set()
    for part in parts:
        found |= identities(part)
    return found
