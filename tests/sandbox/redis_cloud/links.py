# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions of Redis Cloud and their private links: what each task of the API does.

Source: Redis Cloud's OpenAPI document and its Go client (read 2026-11). Where they are silent the stricter reading is
taken: nothing can be added to a link that is not active.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sandbox.core import clock
from tests.sandbox.core.world import GONE, Life, declare_state
from tests.sandbox.redis_cloud import aws

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

MAX_DATABASES = 55
UNTOLD = ("organization", "organization_unit")
"""Types of principals that a task takes and does not add when it completes.

terraform-provider-rediscloud#1014, read 2026-11. Of organizational units nobody has told; they go the same way.
"""
GROUPS = {
    "aws_account": r"\d{12}",
    "organization": r"arn:aws:organizations::\d{12}:organization/o-\w+",
    "organization_unit": r"arn:aws:organizations::\d{12}:ou/o-\w+/ou-[\w-]+",
    "iam_role": r"arn:aws:iam::\d{12}:role/\S+",
    "iam_user": r"arn:aws:iam::\d{12}:user/\S+",
    "service_principal": r"[\w.-]+\.amazonaws\.com",
}

declare_state("redis_cloud_link.unseen", "a new private link of Redis Cloud before reads show it", 0.0)
declare_state("redis_cloud_link.initializing", "a new private link of Redis Cloud before it is active")
declare_state("redis_cloud_link.deleting", "a deleted private link of Redis Cloud before it is gone")
declare_state("redis_cloud_principal.initializing", "a new principal of a private link before it is associating")
declare_state("redis_cloud_principal.disassociating", "a removed principal of a private link before it is gone")


class TaskError(Exception):
    """Why a task failed, as the API says it."""

    def __init__(self, type: str, description: str = "", status: str = "") -> None:
        super().__init__(type)
        defaults = {"NOT_FOUND": "404 NOT_FOUND", "ALREADY_EXISTS": "409 CONFLICT"}
        known = [code for end, code in defaults.items() if type.endswith(end)]
        self.type, self.status = type, status or (known[0] if known else "400 BAD_REQUEST")
        self.text = description or type.replace("_", " ").capitalize()

    def described(self) -> dict[str, str]:
        return {"type": self.type, "status": self.status, "description": self.text}


@dataclass
class Principal:
    """Whom a link is shared with; once it is initialized, AWS knows where it stands."""

    value: str
    type: str
    alias: str | None
    life: Life


@dataclass
class Link:
    """One private link; ``published`` is what stands for it in AWS."""

    share_name: str
    life: Life
    seen_from: float
    published: aws.Published
    principals: dict[str, Principal] = field(default_factory=dict)


@dataclass
class Subscription:
    """A Pro subscription; no two in all of Redis Cloud have the same ``id``.

    ``regions``: name by the region's id in an Active-Active one, else one name by None.
    """

    id: int
    regions: dict[int | None, str]
    databases: list[dict[str, Any]]
    cloud: str = "AWS"
    supported: bool = True
    links: dict[int | None, Link] = field(default_factory=dict)

    @classmethod
    def from_seed(cls, seed: dict[str, Any]) -> Subscription:
        """``id``, ``region`` (or ``regions``, name by id), ``databases``, and ``cloud``, ``supported`` as they are."""
        regions: dict[int | None, str] = {int(key): name for key, name in (seed.get("regions") or {}).items()}
        databases = [aws.checked_database(database) for database in seed.get("databases") or []]
        rest = {name: seed[name] for name in ("cloud", "supported") if name in seed}
        return cls(int(seed["id"]), regions or {None: seed.get("region", "us-east-1")}, databases, **rest)

    def link(self, region: int | None) -> Link | None:
        """The link of a region, unless it is gone."""
        link = self.links.get(region)
        return None if link is None or link.life.state == GONE else link


def subscription_of(known: dict[int, Subscription], number: int, region: int | None) -> Subscription | None:
    found = known.get(number)
    return found if found and (region is None or region in found.regions) else None


def perform(
    sandbox: Sandbox,
    subscription: Subscription,
    region: int | None,
    operation: str,
    body: dict[str, Any],
    absent: str,
) -> dict[str, Any] | None:
    """Do what a task was made for; the answer is the task's resource. Raises TaskError. The lock is held."""
    if region not in subscription.regions or not subscription.supported:
        raise TaskError("PRIVATE_LINK_IS_NOT_SUPPORTED")
    if subscription.cloud != "AWS":
        raise TaskError("PRIVATE_LINK_CLOUD_PROVIDER_NOT_SUPPORTED")
    _tidy(sandbox, subscription, region)
    link = subscription.link(region)
    if operation == "GetPrivateLink":
        if link is not None and clock.now() >= link.seen_from:
            return _described(sandbox, subscription, region, link)
        if absent == "error":
            raise TaskError("PRIVATELINK_SERVICE_NOT_FOUND")
        return {"links": []}
    if operation == "CreatePrivateLink":
        _create(sandbox, subscription, region, body)
        return None
    if link is None:
        raise TaskError("PRIVATE_LINK_NOT_FOUND")
    if operation == "GetEndpointScript":
        return {"resourceEndpointScript": aws.script(link.published)}
    if link.life.state != "active":
        raise TaskError("PRIVATE_LINK_SERVICE_ERROR", f"The private link is {link.life.state}", "409 CONFLICT")
    CHANGES[operation](sandbox, link, body)
    return None


def vanish(sandbox: Sandbox, subscription: Subscription, region: int | None) -> None:
    """Take a link away at once, as support or another user might."""
    link = subscription.links.pop(region)
    aws.withdraw(sandbox, link.published)


def _tidy(sandbox: Sandbox, subscription: Subscription, region: int | None) -> None:
    """Let go of what has ended by now."""
    link = subscription.links.get(region)
    if link is None:
        return
    if link.life.state == GONE:
        del subscription.links[region]
        return
    link.principals = {value: principal for value, principal in link.principals.items() if principal.life.state != GONE}


def _create(sandbox: Sandbox, subscription: Subscription, region: int | None, body: dict[str, Any]) -> None:
    if subscription.link(region) is not None:
        raise TaskError("PRIVATE_LINK_ALREADY_EXISTS")
    if len(subscription.databases) > MAX_DATABASES:
        raise TaskError("PRIVATE_LINK_SUBSCRIPTION_REACHED_MAX_DATABASES_COUNT")
    _check_principal(body)
    name = f"redis-cloud-{subscription.id}" + ("" if region is None else f"-{region}")
    published = aws.publish(sandbox, subscription.regions[region], name, body["shareName"], subscription.databases)
    link = Link(
        body["shareName"],
        sandbox.world.life("redis_cloud_link", "initializing", "active"),
        clock.now() + sandbox.world.lag("redis_cloud_link.unseen"),
        published,
    )
    subscription.links[region] = link
    _add(sandbox, link, body)


def _check_principal(body: dict[str, Any]) -> None:
    if not re.fullmatch(GROUPS[body.get("type") or "aws_account"], body["principal"]):
        raise TaskError("PRIVATE_LINK_PRINCIPAL_INVALID_PRINCIPLE")
    if body["principal"] == aws.ACCOUNT:
        raise TaskError("PRIVATE_LINK_PRINCIPAL_CANNOT_BE_OWNER_ACCOUNT")


def _add(sandbox: Sandbox, link: Link, body: dict[str, Any]) -> None:
    value = body["principal"]
    _check_principal(body)
    if body.get("type") in UNTOLD:
        return
    if value in link.principals:
        raise TaskError("PRIVATE_LINK_PRINCIPAL_ALREADY_EXISTS")
    life = sandbox.world.life("redis_cloud_principal", "initializing", "shared")
    link.principals[value] = Principal(value, body.get("type") or "aws_account", body.get("alias"), life)
    aws.share(sandbox, link.published, value)


def _remove(sandbox: Sandbox, link: Link, body: dict[str, Any]) -> None:
    principal = link.principals.get(body["principal"])
    if principal is None or principal.life.state == "disassociating":
        raise TaskError("PRIVATE_LINK_PRINCIPAL_NOT_FOUND")
    principal.life = sandbox.world.life("redis_cloud_principal", "disassociating", GONE)
    aws.unshare(sandbox, link.published, principal.value)


def _delete(sandbox: Sandbox, link: Link, body: dict[str, Any]) -> None:
    if link.principals:
        raise TaskError("PRIVATE_LINK_ALL_PRINCIPALS_MUST_BE_DELETED_BEFORE_DELETING_RESOURCE_LINK")
    link.life = sandbox.world.life("redis_cloud_link", "deleting", GONE)
    aws.withdraw(sandbox, link.published)


def _disassociate(sandbox: Sandbox, link: Link, body: dict[str, Any]) -> None:
    known = {connection["associationId"]: connection for connection in aws.connections(sandbox, link.published)}
    for connection in body["connections"]:
        found = known.get(connection.get("associationId"))
        if found is None or (connection.get("type"), connection.get("principalId")) != (
            found["type"],
            found["ownerId"],
        ):
            raise TaskError("PRIVATE_LINK_SERVICE_ERROR", "There is no such connection", "404 NOT_FOUND")
    for connection in body["connections"]:
        aws.disassociate(sandbox, link.published, known[connection["associationId"]])


CHANGES = {
    "CreatePrivateLinkPrincipal": _add,
    "DeletePrivateLinkPrincipal": _remove,
    "DeletePrivateLink": _delete,
    "DisassociateConnections": _disassociate,
}


def _described(sandbox: Sandbox, subscription: Subscription, region: int | None, link: Link) -> dict[str, Any]:
    withdrawn = link.life.state == "deleting"
    states = {} if withdrawn else aws.principal_states(sandbox, link.published)
    principals = [
        {
            "principal": principal.value,
            "type": principal.type,
            "status": states.get(principal.value, "disassociated")
            if principal.life.state == "shared"
            else principal.life.state,
            **({"alias": principal.alias} if principal.alias else {}),
        }
        for principal in link.principals.values()
    ]
    told: dict[str, Any] = {
        "status": link.life.state,
        "principals": principals,
        "resourceConfigurationId": link.published.group_id,
        "resourceConfigurationArn": link.published.group_arn,
        "shareArn": link.published.share_arn,
        "shareName": link.share_name,
        "connections": [] if withdrawn else aws.connections(sandbox, link.published),
        "databases": [
            {"databaseId": database["databaseId"], "port": database["port"], "rlEndpoint": database["host"]}
            for database in subscription.databases
        ],
        "subscriptionId": subscription.id,
    }
    return told if region is None else {**told, "regionId": region}
