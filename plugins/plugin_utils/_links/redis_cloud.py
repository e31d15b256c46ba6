# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to databases of Redis Cloud: a shared resource that Redis Cloud's own API may share.

This plugin util is PRIVATE to the collection.

Redis Cloud has one private link for each subscription and region, which all links to it share.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws.tags import ADOPTED_TAG
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional, required
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.redis_cloud_private_link import PrivateLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found, Known
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, LinkError, step
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.shared_resource import ServiceNetworkLink


@dataclass(frozen=True, kw_only=True)
class Principal:
    """With whom Redis Cloud shares."""

    principal: str = required("Account id, or ARN of what O({links}[].principals[].type) says.")
    type: t.Literal["aws_account", "organization", "organization_unit", "iam_role", "iam_user", "service_principal"] = (
        optional("aws_account", "What the principal is. Redis Cloud shares with accounts alone at present.")
    )
    alias: str | None = optional(None, "What Redis Cloud's console calls it.")


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database behind a link, where the API does not tell it."""

    database_id: int = required("Redis Cloud's id of the database.")
    host: str = required("Its private name.")
    port: int = required("Its port.")


@dataclass(frozen=True, kw_only=True)
class RedisCloudLink(ServiceNetworkLink):
    """One way to the databases of a subscription."""

    PATTERN = "redis_cloud"
    TAKEN_AS: t.ClassVar[t.Mapping[str, type]] = {**ServiceNetworkLink.TAKEN_AS, "private_link": PrivateLink}
    # What was only planned to be disassociated is found, and planned again, by the removal.
    PLANNED_LATER: t.ClassVar[t.AbstractSet[str]] = frozenset({"disassociation"})
    SHARE_ITEMS: t.ClassVar[t.AbstractSet[str]] = frozenset({"private_link", "disassociation", "removal"})

    connection: t.Literal["resource_endpoint", "service_network"] = optional(
        "resource_endpoint", "Whether to connect by a VPC endpoint or through a service network."
    )
    subscription_id: int | None = optional(
        None, "Number of the Pro subscription. With API keys, everything else about the share follows from it."
    )
    region_id: int | None = optional(None, "Number of the region of an Active-Active subscription.")
    share_name: str | None = optional(
        None,
        "Name of the share, up to 64 characters. Needed where the API shall make it; a share of another name is"
        " refused.",
    )
    principals: list[dict[str, t.Any]] | None = optional(
        None,
        "With whom the API shall share. Default is this account. A principal that is not listed stays.",
        item=Principal,
    )
    resource_share_arn: str | None = optional(
        None, "ARN of the share, as Redis Cloud's console shows it. Needed where there are no API keys."
    )
    resource_configuration: str | None = optional(
        None,
        "Id or ARN of the resource configuration, as Redis Cloud's console shows it. Default is the one that the share"
        " holds.",
    )
    vpc_id: str | None = optional(None, "VPC that is to reach the databases. Needed for V(resource_endpoint).")
    subnet_ids: list[str] | None = optional(
        None,
        "Subnets of the endpoint, one for each Availability Zone. Needed for V(resource_endpoint); with"
        " V(service_network) they make an endpoint of the network.",
    )
    security_group_ids: list[str] | None = optional(
        None,
        "Security groups of the endpoint. They must let the VPC in on ports 10000 to 19999, and on 8070 for metrics.",
    )
    private_dns_preference: t.Literal["VERIFIED_DOMAINS_ONLY", "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS"] = optional(
        "VERIFIED_DOMAINS_ONLY", "Which private names count."
    )
    service_network: str | None = optional(None, "Id or ARN of the service network. Needed for V(service_network).")
    databases: list[dict[str, t.Any]] | None = optional(
        None,
        "The databases, where the API does not tell them. With them the endpoints are known by database.",
        item=Database,
    )
    by_api: bool = optional(False, "Whether Redis Cloud's API can be asked. Facts of the run.")
    ask: str | None = optional(None, "What a human does where the API cannot be asked.")

    @property
    def by_network(self) -> bool:
        return self.connection == "service_network"

    @property
    def place(self) -> tuple[t.Any, ...]:
        return (self.subscription_id, self.region_id)

    def foreseen(self) -> Known:
        """Redis Cloud's API tells of the share, too."""
        return (
            Known([{"share_arn": UNKNOWN, "resource_configuration_arn": UNKNOWN}])
            if self.by_api
            else super().foreseen()
        )

    @property
    def share_keys(self) -> set[tuple[t.Any, ...]]:
        api = {("place", *self.place)} if self.subscription_id is not None else set()
        return super().share_keys | api

    def completed(self) -> t.Self:
        """Links of which neither the API nor the share nor the resource configuration is known wait for a human."""
        api = self.by_api and self.subscription_id is not None
        told = api or self.names_share or self.resource_configuration
        awaiting = None if told else self.ask
        return dataclasses.replace(super().completed(), by_api=api, destination=self.connection, awaiting=awaiting)

    @step
    def private_link(self, known: Known) -> Item | None:
        options = self.pick("subscription_id", "region_id", "share_name", "principals")
        return {**options, "name": self.key} if self.by_api else None

    def _is_theirs(self, known: Known) -> bool:
        """Whether others have made what is connected: it was adopted, and is left with its connection."""
        adopted = ADOPTED_TAG in (known.get("tags") or {})
        return adopted or (self.adopt and (self.by_network or not known.get("vpc_endpoint_id")))

    @step
    def disassociation(self, known: Known) -> Item | None:
        """What Redis Cloud shall let go of: our endpoint, or the service network."""
        if self._is_theirs(known):
            return None
        ids = [known.get("vpc_endpoint_id"), str(self.service_network or "").rpartition("/")[2]]
        item = {**self.pick("subscription_id", "region_id"), "name": self.key}
        connected = [identity for identity in ids if identity]
        return {**item, "disassociate": connected} if connected else None

    @step
    def removal(self, known: Known) -> Item | None:
        """Without what others are connected by: for them the private link stays."""
        if self._is_theirs(known):
            return None
        ended = self.disassociation(known) or {**self.pick("subscription_id", "region_id"), "name": self.key}
        return {**ended, **self.pick("principals", "share_name"), "state": "absent"}

    @classmethod
    def items(cls, name: str, links: t.Sequence[t.Any], found: Found, others: t.Sequence[t.Any] = ()) -> list[Item]:
        if name == "removal":
            links = _unneeded(links, others, found)
        if name in cls.SHARE_ITEMS:  # the first gives the item its name, and with it what holds it
            links = sorted(links, key=lambda link: bool(found.of(link).held))
        items = super().items(name, links, found, others)
        return _for_each_place(items, others) if name in cls.SHARE_ITEMS else items


def _unneeded(
    links: t.Sequence[RedisCloudLink], others: t.Sequence[RedisCloudLink], found: Found
) -> list[RedisCloudLink]:
    """The links that are to go and whose private link no other needs, as one that could not be taken away does."""
    staying = [link for link in links if link.present or found.of(link).stopped]
    needed = {link.place for link in [*staying, *others]}
    return [link for link in links if link.place not in needed]


def _place(item: Item) -> tuple[t.Any, t.Any]:
    return item.get("subscription_id"), item.get("region_id")


def _for_each_place(items: t.Sequence[Item], others: t.Sequence[RedisCloudLink]) -> list[Item]:
    """One item for each private link, under the name of its first link. ``others`` may name its share.

    Raises LinkError for contradictions.
    """
    named = {link.place: link.share_name for link in others if link.share_name}
    merged: dict[tuple[t.Any, t.Any], Item] = {}
    for item in items:
        first = merged.setdefault(_place(item), dict(item))
        names = {other.get("share_name") for other in (first, item)} - {None}
        if len(names) > 1:
            raise LinkError(f"{first['name']} and {item['name']} are of one subscription, and name different shares.")
        if item.get("state") != "absent" and "disassociate" not in item:
            first["share_name"] = next(iter(names), named.get(_place(item)))
        for name in ("principals", "disassociate"):
            more = [entry for entry in item.get(name) or () if entry not in (first.get(name) or ())]
            first[name] = [*(first.get(name) or ()), *more] or None
    return [{name: value for name, value in item.items() if value is not None} for item in merged.values()]
