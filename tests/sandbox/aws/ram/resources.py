# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the RAM operations share, and what another account's shares let an account see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.paging import cut
from tests.sandbox.core.world import Life, Resource, World, declare_state

WEEK = 7 * 86400

declare_state("resource_share.PENDING", "a new resource share before it is ACTIVE")
declare_state("resource_share.DELETING", "a deleted resource share before it is DELETED")
declare_state("resource_share.DELETED", "how long its owner still lists a deleted resource share", 7200)
declare_state("resource_share.unseen", "before a share appears where its invitation was accepted, or none was needed")
declare_state("share_association.ASSOCIATING", "a resource or principal before it is ASSOCIATED with a share")
declare_state("share_association.DISASSOCIATING", "a resource or principal before it is gone from a share")
declare_state("share_invitation.unseen", "before the receiver sees an invitation")
declare_state("share_invitation.PENDING", "before an unanswered invitation is EXPIRED", WEEK)
declare_state("share_invitation.ACCEPTED", "before an accepted invitation is purged", WEEK)
declare_state("share_invitation.REJECTED", "before a rejected invitation is purged", WEEK)
declare_state("share_invitation.EXPIRED", "before an expired invitation is purged", WEEK)
declare_state("shared_resource.unseen", "before the resources of a visible share can be seen and used")

ACCOUNT = re.compile(r"\d{12}|arn:aws[\w-]*:iam::(\d{12}):(root|role/.+|user/.+)")
ORGANIZATION = re.compile(r"arn:aws[\w-]*:organizations::\d{12}:(?:organization|ou)/(o-[a-z0-9]{10,32})(?:/ou-.+)?")

SHAREABLE = {
    "resourceconfiguration": "vpc-lattice:ResourceConfiguration",
    "servicenetwork": "vpc-lattice:ServiceNetwork",
}
"""What RAM shares here: the word in the ARN -> RAM's resource type."""


@dataclass(kw_only=True)
class ShareAssociation:
    """A resource or a principal of a share; ``entity`` is its ARN or account number."""

    entity: str
    kind: str
    life: Life
    external: bool = False
    seen_from: float | None = None
    """Of a principal: when its accounts see the share; None while an invitation waits for an answer."""
    created: float = field(default_factory=clock.now)


@dataclass(kw_only=True, eq=False)
class ResourceShare(Resource):
    """A resource share; ``key`` is its ARN."""

    KIND: ClassVar[str] = "resource_share"

    name: str
    allow_external: bool
    associations: dict[str, ShareAssociation] = field(default_factory=dict)
    """By entity, since a share has each resource and each principal once."""

    def members(self, kind: str) -> list[ShareAssociation]:
        """The associations of that kind (PRINCIPAL or RESOURCE) that are not gone."""
        return [
            association
            for association in self.associations.values()
            if association.kind == kind and association.life.state != "DISASSOCIATED"
        ]


@dataclass(kw_only=True, eq=False)
class Invitation(Resource):
    """An invitation to a share; ``key`` is its ARN, its account the receiver's."""

    KIND: ClassVar[str] = "resource_share_invitation"

    share_arn: str
    share_name: str
    sender: str
    principal: str
    seen_from: float


def entitles(principal: str, account: str, world: World) -> bool:
    """Whether a principal of a share stands for the account."""
    match = ACCOUNT.fullmatch(principal)
    if match:
        return account == (match.group(1) or principal)
    organization = ORGANIZATION.fullmatch(principal)
    return organization is not None and world.organizations.get(account) == organization.group(1)


def same_organization(account: str, other: str, world: World) -> bool:
    return account in world.organizations and world.organizations[account] == world.organizations.get(other)


def visible_from(share: ResourceShare, account: str, world: World) -> float | None:
    """Since when an account that does not own the share sees it; None if it does not (yet)."""
    moment = clock.now()
    times = [
        principal.seen_from
        for principal in share.members("PRINCIPAL")
        if principal.seen_from is not None
        and principal.seen_from <= moment
        and entitles(principal.entity, account, world)
    ]
    return min(times) if times and share.state == "ACTIVE" and share.account != account else None


def shared_arns(account: str, region: str, world: World) -> set[str]:
    """What other accounts share with this one, as far as it can be used by now."""
    arns: set[str] = set()
    for share in world.all(ResourceShare, region=region):
        since = visible_from(share, account, world)
        if since is not None and since + world.lag("shared_resource.unseen") <= clock.now():
            arns |= {resource.entity for resource in share.members("RESOURCE") if resource.life.state == "ASSOCIATED"}
    return arns


def page[T](call: Call, items: list[T]) -> tuple[list[T], str | None]:
    """One page of ``items`` by maxResults (1-500, default 500) and the token of the next."""
    size = call.params.get("maxResults") or 500
    if not 1 <= size <= 500:
        raise AwsError("InvalidParameterException", f"maxResults {size} is not between 1 and 500")
    try:
        return cut(items, size, call.params.get("nextToken"))
    except ValueError as error:
        raise AwsError("InvalidNextTokenException", "The nextToken is not valid") from error


def check_arn(arn: str, kind: str) -> None:
    """Raises MalformedArnException unless ``arn`` is a RAM ARN of that kind."""
    if not re.fullmatch(rf"arn:aws[\w-]*:ram:[a-z0-9-]+:\d{{12}}:{kind}/[0-9a-f-]{{36}}", arn):
        raise AwsError("MalformedArnException", f"The specified {kind} ARN {arn} is not valid.")


def own_share(call: Call, world: World) -> ResourceShare:
    """The caller's own share that the call names."""
    arn = str(call.params["resourceShareArn"])
    check_arn(arn, "resource-share")
    share = world.find(ResourceShare, arn, call.account, call.region)
    if share is None or share.state == "DELETED":
        raise AwsError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    return share


def described_association(share: ResourceShare, association: ShareAssociation) -> dict[str, Any]:
    """A ResourceShareAssociation of the API."""
    return {
        "resourceShareArn": share.key,
        "resourceShareName": share.name,
        "associatedEntity": association.entity,
        "associationType": association.kind,
        "status": association.life.state,
        "creationTime": datetime.fromtimestamp(association.created, UTC),
        "lastUpdatedTime": datetime.fromtimestamp(max(association.created, association.life.began), UTC),
        "external": association.external,
    }


def listed(share: ResourceShare) -> list[dict[str, Any]]:
    """The Resources of the API that a share holds."""
    return [
        {
            "arn": resource.entity,
            "type": SHAREABLE[resource.entity.split(":")[5].split("/")[0]],
            "resourceShareArn": share.key,
            "status": "AVAILABLE",
            "resourceRegionScope": "REGIONAL",
        }
        for resource in share.members("RESOURCE")
        if resource.life.state == "ASSOCIATED"
    ]
