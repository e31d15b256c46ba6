# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to an endpoint service of a vendor, by an Interface endpoint in a VPC of ours.

This plugin util is PRIVATE to the collection.

A VPC has one endpoint to a service, whoever needs it: links to the same service in the same VPC share it, and its
security group. Both are called by service and VPC, lest they change their name with the first of the links.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoint_security_group import EndpointSecurityGroup
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint import VpcEndpoint
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found, Known
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link, step

LOOKED = "looked"  # the name of the step that looks for an endpoint that is there already
SHORT = re.compile(r"(?:cn\.)?com\.amazonaws\.(?:vpce\.)?[a-z0-9-]+\.(.+)")  # of a service's name: what tells it


@dataclass(frozen=True, kw_only=True)
class InterfaceEndpointLink(Link):
    """One endpoint service, reached from one VPC."""

    PATTERN = "interface_endpoint"
    TAKEN_AS: t.ClassVar[t.Mapping[str, type]] = {"security_group": EndpointSecurityGroup, "endpoint": VpcEndpoint}
    SHARE_ITEMS: t.ClassVar[t.AbstractSet[str]] = frozenset(
        {"security_group", "endpoint", "endpoint_absent", "security_group_absent"}
    )

    vendor: str = optional(
        "privatelink",
        "Who is reached. With O({links}[].service_name) and O({links}[].vpc_id) it makes the name of the endpoint and"
        " of its security group, of at most 32 characters; a longer one is cut and ends in a checksum.",
    )
    service_name: str | None = optional(
        None,
        "Name of the endpoint service of {who}, which ends in C(vpce-svc-) and its id, or that of one of AWS's own,"
        " like V(com.amazonaws.us-east-1.sts). A link without it fails alone.",
    )
    service_region: str | None = optional(
        None, "Region of the service, where that is another one than the VPC's, and {who} supports it."
    )
    vpc_id: str | None = optional(None, "VPC from which {who} is reached.")
    subnet_ids: list[str] | None = optional(None, "Subnets of the endpoint, one for each Availability Zone.")
    source_security_group_ids: list[str] | None = optional(
        None,
        "Security groups of the clients. The endpoint gets a security group of its own, which lets them in on"
        " O({links}[].ports), and nobody else.",
    )
    ports: list[str] | None = optional(
        None, "TCP ports on which clients connect, each a number or a range like V(8443-8451)."
    )
    security_group_ids: list[str] | None = optional(
        None,
        "Security groups that exist, for the endpoint. They take the place of O({links}[].source_security_group_ids),"
        " and are used as they are; it is checked that they let somebody in on each of O({links}[].ports).",
    )
    ip_address_type: t.Literal["ipv4", "ipv6", "dualstack"] | None = optional(None, "Kind of the endpoint's addresses.")
    private_dns_enabled: bool = optional(
        True,
        "Whether the private name of the service leads to the endpoint in the VPC. Of a service whose owner must accept"
        " the endpoint, it does from the first run after that.",
    )
    policy: str | None = optional(
        None,
        "Endpoint policy, as JSON. Everybody in the VPC who uses the service is held to it, so others are looked for,"
        " and warned of. Unset changes nothing: a new endpoint lets everything through. One that was not made for the"
        " link keeps its own.",
        type="json",
    )
    tags: dict[str, str] | None = optional(None, "Tags of the endpoint and of its security group.")
    replace: bool = optional(False, "Delete and make anew what AWS cannot change. The connection is interrupted then.")
    adopt: bool = optional(
        False,
        "Use an endpoint to the service that others have made in the VPC. Without it that is refused, for AWS lets one"
        " endpoint alone have the private name. It is used as it is, with its own security groups, and never changed or"
        " deleted.",
    )

    @property
    def place(self) -> tuple[t.Any, ...]:
        return (self.service_name, self.vpc_id)

    @property
    def shared_key(self) -> str:
        match = SHORT.fullmatch(self.service_name or "")
        return resource_name(self.vendor, match.group(1) if match else str(self.service_name), str(self.vpc_id))

    def differing(self, other: InterfaceEndpointLink) -> list[str]:
        """The options of the endpoint in which another link of the same place contradicts this one."""
        alike = ["vendor", "service_region", "ip_address_type", "private_dns_enabled", "policy", "tags"]
        alike += ["replace", "adopt"]
        found = [name for name in alike if getattr(self, name) != getattr(other, name)]
        lists = ("subnet_ids",)
        found += [name for name in lists if set(getattr(self, name) or ()) != set(getattr(other, name) or ())]
        return found

    def kept(self, others: t.Iterable[Link]) -> str:
        """Whoever needs the endpoint that this link would take away."""
        if self.present:
            return ""
        needing = sorted(other.name for other in others if other.present and other.place == self.place)
        return f"its endpoint stays, for it is that of {', '.join(needing)} too" if needing else ""

    def foreseen(self) -> Known:
        return Known([{"security_group_id": UNKNOWN}])

    def explain(self, step: str, answer: t.Mapping[str, t.Any], known: Known) -> t.Mapping[str, t.Any] | None:
        """What was found before anything is made: whether an endpoint of others serves, or why none can be."""
        if step != LOOKED:
            return None
        told = next((row for row in answer.get("results") or () if row["name"] == self.shared_key), None)
        if told is None:
            return None
        return {"name": self.key, "failed": told["failed"], "msg": told["msg"], "reused": bool(told.get("reused"))}

    @step
    def hold(self, known: Known) -> Item | None:
        """By the name of what is shared; it is held where all its links are, see C(items)."""
        held = super().hold(known)
        return {**held, "name": self.shared_key} if held else None

    @step
    def prerequisite(self, known: Known) -> Item | None:
        facts = self.pick(
            *("destination", "service_name", "vpc_id", "subnet_ids", "ports"),
            *("security_group_ids", "source_security_group_ids"),
        )
        held = {"has_policy": True} if self.policy is not None else {}
        of_aws = self.service_name and not arns.ENDPOINT_SERVICE_NAME.fullmatch(self.service_name)
        if of_aws and self.private_dns_enabled and self.source_security_group_ids:
            held["leads_all"] = True
        return {**facts, **held, "name": self.key, "pattern": self.PATTERN, "vpc_endpoint": self.shared_key}

    @step
    def look(self, known: Known) -> Item | None:
        """For a look, in check mode, at what is there."""
        return self._endpoint() if self.service_name and self.vpc_id else None

    @step
    def security_group(self, known: Known) -> Item | None:
        """A group of the endpoint's own. One of others has its groups already."""
        if self.awaiting or known.get("reused") or not (self.source_security_group_ids and self.vpc_id):
            return None
        lets_in = {"source_security_group_ids": self.source_security_group_ids, "ports": self.ports or []}
        return {**self.pick("vpc_id", "tags"), "name": self.shared_key, "lets_in": [lets_in]}

    @step
    def endpoint(self, known: Known) -> Item | None:
        if self.awaiting or not (self.service_name and self.vpc_id):
            return None
        own = known.get("security_group_id") if self.source_security_group_ids else None
        groups = [*(self.security_group_ids or ()), *([own] if own else [])]
        return {**self._endpoint(), **({"security_group_ids": groups} if groups else {})}

    def _endpoint(self) -> Item:
        options = ("service_name", "service_region", "vpc_id", "subnet_ids", "ip_address_type", "private_dns_enabled")
        flags = {name: True for name in ("replace", "adopt") if getattr(self, name)}
        return {
            **self.pick(*options, "policy", "tags"),
            **flags,
            "name": self.shared_key,
            "type": "Interface",
            "reuse": True,
        }

    @step
    def endpoint_absent(self, known: Known) -> Item | None:
        if not (self.service_name and self.vpc_id):
            return None
        adopt = {"adopt": True} if self.adopt else {}
        identity = {"name": self.shared_key, "type": "Interface", "reuse": True}
        return {**self.pick("service_name", "vpc_id"), **adopt, **identity}

    @step
    def security_group_absent(self, known: Known) -> Item | None:
        """Once the endpoint is gone, or is about to be."""
        waits = known.get("kept") or any(result.get("waiting") for result in known.results)
        if not self.vpc_id or waits:
            return None
        going = known.get("vpc_endpoint_id")
        return {**self.pick("vpc_id"), "name": self.shared_key, **({"going": [going]} if going else {})}

    @classmethod
    def items(cls, name: str, links: t.Sequence[t.Any], found: Found, others: t.Sequence[t.Any] = ()) -> list[Item]:
        """One item for each endpoint. What a check holds is left out where another link of the endpoint is well."""
        held = [link for link in links if found.of(link).held]
        well = {link.place for link in links if link not in held}
        rest = [link for link in held if link.place not in well]
        if name == "hold":
            return _merged(super().items(name, rest, found, others))
        if name == "prerequisite" or name not in cls.steps():
            return super().items(name, links, found, others)
        if name.endswith("_absent"):
            links = [link for link in links if not link.kept(others)]
        chosen = [link for link in links if link not in held or link in rest]
        items = super().items(name, chosen, found, others)
        if name in ("security_group", "endpoint"):
            aside = [link for link in held if link not in rest]
            items += _beside(name, chosen, found, [*aside, *(other for other in others if other.present)])
        return _merged(items)


def _beside(name: str, links: t.Sequence[InterfaceEndpointLink], found: Found, others: t.Iterable[t.Any]) -> list[Item]:
    """What a step takes for links that share an endpoint with those of the step, lest it be taken from them.

    Nobody new is let in for one that a check holds: the security group that it names may not be there.
    """
    known = {link.place: found.of(link) for link in links}
    made: list[Item] = []
    for other in others:
        there = known.get(other.place)
        item = None if there is None or there.stopped else getattr(other, name)(there)
        if item and name == "security_group":
            item = {**item, "purge_rules": False, **({"lets_in": []} if found.of(other).held else {})}
        made += [item] if item else []
    return made


def _merged(items: t.Iterable[Item]) -> list[Item]:
    """One item for each name: who is let in by one link, and with what security groups, is added to the other's."""
    merged: dict[str, Item] = {}
    for item in items:
        first = merged.setdefault(item["name"], dict(item))
        if item.get("purge_rules") is False:
            first["purge_rules"] = False
        for name in ("lets_in", "security_group_ids", "going"):
            more = [entry for entry in item.get(name) or () if entry not in (first.get(name) or ())]
            if more:
                first[name] = [*(first.get(name) or ()), *more]
    return list(merged.values())
