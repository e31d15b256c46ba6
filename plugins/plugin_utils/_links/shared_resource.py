# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to a resource configuration of VPC Lattice that the vendor shares: one pattern with two faces.

This plugin util is PRIVATE to the collection.

A VPC endpoint of the type Resource leads to what is shared, or a service network with which it is associated does.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws.resource_share import ResourceShare
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_association import Association
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_vpc_association import (
    VpcAssociation,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint import VpcEndpoint
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional, required
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.plugin_utils._links import discovery
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found, Known
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link, step

CONFIGURATION = "vpc-lattice:ResourceConfiguration"


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database behind a link, where the vendor's API does not tell it."""

    database_id: int | None = optional(None, "The vendor's id of the database.")
    host: str = required("Its private name.")
    port: int | None = optional(None, "Its port.")


@dataclass(frozen=True, kw_only=True)
class ResourceEndpointLink(Link):
    """One resource configuration, reached by a VPC endpoint of its own."""

    PATTERN = "resource_endpoint"
    TAKEN_AS: t.ClassVar[t.Mapping[str, type]] = {
        "share": ResourceShare,
        "association": Association,
        "endpoint": VpcEndpoint,
        "vpc_association": VpcAssociation,
    }

    destination: str | None = optional(
        None, "What {who} calls the kind of connection. O({role}_prerequisites) may differ by it."
    )
    resource_share_arn: str | None = optional(
        None, "ARN of the vendor's resource share. It alone says which share is meant; names are no secret."
    )
    owner_account_id: str | None = optional(
        None,
        "Id of the account that must own the share. One of another owner is refused before it is accepted.",
    )
    share_name: str | None = optional(
        None, "Name that the share must have. One of another name is refused before it is accepted."
    )
    resource_configuration: str | None = optional(
        None, "Id or ARN of the vendor's resource configuration. Default is the one that the share holds."
    )
    vpc_id: str | None = optional(None, "VPC that is to reach {who}.")
    subnet_ids: list[str] | None = optional(None, "Subnets of the endpoint, one for each Availability Zone.")
    security_group_ids: list[str] | None = optional(None, "Security groups of the endpoint.")
    ip_address_type: t.Literal["ipv4", "ipv6", "dualstack"] | None = optional(None, "Kind of the endpoint's addresses.")
    private_dns_enabled: bool = optional(True, "Whether the vendor's private names lead to the connection in the VPC.")
    private_dns_preference: t.Literal[
        "ALL_DOMAINS",
        "VERIFIED_DOMAINS_ONLY",
        "VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS",
        "SPECIFIED_DOMAINS_ONLY",
    ] = optional("VERIFIED_DOMAINS_ONLY", "Which of the vendor's private names count.")
    private_dns_specified_domains: list[str] | None = optional(None, "Further domains whose names count.")
    databases: list[dict[str, t.Any]] | None = optional(
        None,
        "The vendor's databases, where its API does not tell them. With them the endpoints are known by database.",
        item=Database,
    )
    tls: bool = optional(False, "Whether the connection check speaks TLS with the databases.")
    tags: dict[str, str] | None = optional(None, "Tags of all that is made.")
    replace: bool = optional(False, "Delete and make anew what AWS cannot change. The connection is interrupted then.")
    vpc_endpoint_id: str | None = optional(None, "Id of the endpoint, where several could be the link's.")
    adopt: bool = optional(
        False,
        "Use an endpoint, or an association with a service network, that others have made. Without it they are refused."
        " They are never deleted.",
    )
    leave_share: bool = optional(
        False,
        "With O({links}[].state=absent), leave the share too. It stays, and the line says for what, while any other"
        " endpoint or association of the account leads to what it shares: that would stop working.",
    )

    @property
    def by_network(self) -> bool:
        """Whether a service network leads to what is shared."""
        return False

    @property
    def share_keys(self) -> set[tuple[t.Any, ...]]:
        """By what the share is known: those of one have one of these in common."""
        named = {(self.resource_share_arn,), (self.owner_account_id, self.share_name)}
        return {key for key in named if all(key)}

    def kept(self, others: t.Iterable[Link]) -> str:
        """Whoever needs the share that this link would leave."""
        if self.present or not self.leave_share:
            return ""
        staying = [other for other in others if other.present and isinstance(other, ResourceEndpointLink)]
        needing = [other.name for other in staying if other.share_keys & self.share_keys]
        return f"its share stays, for it is that of {', '.join(needing)} too" if needing else ""

    @property
    def attaches_vpc(self) -> bool:
        """Whether the VPC reaches the service network by an association of its own, instead of an endpoint."""
        return False

    @property
    def names_share(self) -> bool:
        """Whether it is known which share the link comes by; one whose share was accepted by hand names none."""
        return bool(self.resource_share_arn or (self.owner_account_id and self.share_name))

    def foreseen(self) -> Known:
        """Where a share is named, it tells what it holds."""
        told = {"share_arn": self.resource_share_arn, "resource_configuration_arn": UNKNOWN}
        return Known([told] if self.names_share else [])

    def learned(self, known: Known) -> t.Any:
        told = {
            "share_name": known.get("share_name"),
            "databases": known.get("databases"),
            "resource_share_arn": known.get("share_arn"),
            "resource_configuration": known.get("resource_configuration_arn") or _shared(known),
        }
        new = {name: value for name, value in told.items() if value and not getattr(self, name)}
        return dataclasses.replace(self, **new)

    def explain(self, step: str, answer: t.Mapping[str, t.Any], known: Known) -> t.Mapping[str, t.Any] | None:
        if step == "reached":
            return {"name": self.key, **discovery.behind(answer, known, bool(self.private_dns_enabled))}
        if step == "checked":
            return {"name": self.key, **discovery.judged(answer, self.probes(known))}
        return None

    def awaits_share(self, known: Known) -> bool:
        """True while the vendor's share is not usable yet; the report covers it."""
        if known.get("status") == "waiting":
            return True
        not_yet = known.get("status") == "accepted" or not self.resource_configuration
        return bool(known.get("waiting")) and not_yet

    @step
    def prerequisite(self, known: Known) -> Item | None:
        facts = self.pick(
            *("destination", "vpc_id", "subnet_ids", "security_group_ids"),
            *("resource_configuration", "resource_share_arn"),
        )
        pattern = "service_network" if self.by_network else "resource_endpoint"
        return {**facts, "name": self.key, "pattern": pattern, "vpc_endpoint": self.key}

    @step
    def share(self, known: Known) -> Item | None:
        """To accept the vendor's share, or to leave it once nothing uses it any more."""
        if self.present and self.awaiting:
            return None
        if not self.names_share:
            # Where nothing else tells what to connect to, the module says what is missing.
            missing = self.present and not self.awaits_share(known) and not self.resource_configuration
            return self._share() if missing else None
        if not self.present and any(_in_use(result) for result in known.results):
            return None
        return self._share()

    @step
    def shared(self, known: Known) -> Item | None:
        """To look into the share of a link that is to go, for what it holds."""
        told = not self.names_share or self.resource_configuration
        return self._share() if self.by_network and not told else None

    def _share(self) -> Item:
        item = {**self.pick("resource_share_arn", "owner_account_id", "share_name"), "name": self.key}
        return item if self.resource_configuration else {**item, "resource_types": [CONFIGURATION]}

    @step
    def association(self, known: Known) -> Item | None:
        """Of the resource configuration with the service network."""
        if not self.by_network or self._too_early(known):
            return None
        if not self.present and not self.resource_configuration:
            return None  # nothing is shared any more, so no association can be left
        options = self.pick(*("service_network", "resource_configuration", "private_dns_enabled", "tags", "replace"))
        return {**options, **self._identity()}

    def _identity(self) -> Item:
        """What tells the link's resources from others of their name."""
        return {"name": self.key, **({"adopt": True} if self.adopt else {})}

    @step
    def endpoint_absent(self, known: Known) -> Item | None:
        target = self.pick("service_network" if self.by_network else "resource_configuration")
        return {**target, **self.pick("vpc_id", "vpc_endpoint_id"), **self._identity()}

    @step
    def endpoint(self, known: Known) -> Item | None:
        if self._too_early(known):
            return None
        if self.by_network and (self.attaches_vpc or not self.subnet_ids):
            return None  # the network is associated with the VPC, or it is somebody else's part
        options = {
            **self.pick("vpc_id", "subnet_ids", "security_group_ids", "ip_address_type", "vpc_endpoint_id"),
            **self._private_dns(),
            **self.pick("tags", "replace"),
        }
        face = "service_network" if self.by_network else "resource_configuration"
        kind = "ServiceNetwork" if self.by_network else "Resource"
        return {**options, **self.pick(face), **self._identity(), "type": kind}

    @step
    def vpc_association(self, known: Known) -> Item | None:
        """Of the VPC with the service network."""
        if not self.attaches_vpc or self._too_early(known):
            return None
        options = self.pick("service_network", "vpc_id", "security_group_ids", "tags", "replace")
        return {**options, **self._private_dns(), **self._identity()}

    def _private_dns(self) -> Item:
        options = self.pick("private_dns_enabled", "private_dns_preference", "private_dns_specified_domains")
        if not self.private_dns_enabled:
            options.pop("private_dns_preference", None)  # there is always one, by default
        return options

    def _too_early(self, known: Known) -> bool:
        return self.present and (bool(self.awaiting) or self.awaits_share(known))

    @step
    def reached(self, known: Known) -> Item | None:
        """By what to ask for the endpoints behind the link: its network, else its VPC endpoint."""
        association, endpoint = (known.get(name) for name in ("association_id", "vpc_endpoint_id"))
        if association not in (None, "", UNKNOWN):
            return {**self.pick("service_network", "resource_configuration", "databases"), "name": self.key}
        if endpoint not in (None, "", UNKNOWN):
            return {**self.pick("databases"), "name": self.key, "vpc_endpoint_id": endpoint}
        return None

    @step
    def probe(self, known: Known) -> Item | None:
        """There are several for each link, see C(probes)."""
        return None

    @classmethod
    def items(cls, name: str, links: t.Sequence[t.Any], found: Found, others: t.Sequence[t.Any] = ()) -> list[Item]:
        if name == "share":
            going = sorted({thing for link in links for thing in _going(found.of(link))})
            links = [link for link in links if not link.kept(others)]
            items = super().items(name, links, found, others)
            return [{**item, "going": going} for item in items] if going else items
        if name != "probe":
            return super().items(name, links, found, others)
        wanted: list[Item] = []
        for link in links:
            wanted += link.probes(found.of(link))
        return wanted

    def probes(self, known: Known) -> list[Item]:
        """What M(saas.privatelink.connection_check) takes: every endpoint behind the link with a name and a port."""
        return discovery.probes(self.key, bool(self.tls), known.get("endpoints") or ())


@dataclass(frozen=True, kw_only=True)
class ServiceNetworkLink(ResourceEndpointLink):
    """One resource configuration, reached through a service network that exists."""

    PATTERN = "service_network"

    service_network: str | None = optional(None, "Id or ARN of the service network.")
    vpc_id: str | None = optional(None, "VPC that is to reach {who}, for an endpoint of the network in it.")
    subnet_ids: list[str] | None = optional(
        None,
        "Subnets of the endpoint, one for each Availability Zone. Without them no endpoint is made, as for a VPC that"
        " is associated with the network already.",
    )
    attach: t.Literal["endpoint", "vpc"] = optional(
        "endpoint",
        "How O({links}[].vpc_id) reaches the service network: by an endpoint in O({links}[].subnet_ids), or with V(vpc)"
        " by an association of the VPC, which needs no subnets. AWS allows a VPC one association, so only one link of a"
        " VPC says V(vpc), and the others leave out O({links}[].subnet_ids). It goes with that link. What comes from"
        " outside of the VPC, as by peering, takes an endpoint only. Changed on a link that stands, it leaves what was"
        " made before.",
    )

    @property
    def by_network(self) -> bool:
        return True

    @property
    def attaches_vpc(self) -> bool:
        return self.by_network and self.attach == "vpc"

    def completed(self) -> t.Self:
        """The link, at fault where it is to associate a VPC and goes through no network."""
        if self.present and self.attach == "vpc" and not self.by_network:
            return dataclasses.replace(self, fault="attach=vpc is for links through a service network.")
        return self


def _shared(known: Known) -> str | None:
    """The resource configuration that a share holds; of several, none is the obvious one."""
    arns = [resource["arn"] for resource in known.get("resources") or () if resource.get("type") == CONFIGURATION]
    if known.get("status") == "invited":  # what a share holds is seen once it is accepted
        return UNKNOWN
    return str(arns[0]) if len(arns) == 1 else None


def _going(known: Known) -> list[str]:
    """What of the link's has been deleted, or will be."""
    going = []
    for result in known.results:
        if any(":Delete" in write for write in result.get("writes") or ()):
            going += [str(result[name]) for name in ("vpc_endpoint_id", "association_id") if result.get(name)]
    return going


def _in_use(result: t.Mapping[str, t.Any]) -> bool:
    """Whether something of ours still uses the share. An active private link of the vendor's is no use of ours."""
    return bool(result.get("waiting")) and result.get("status") != "active"
