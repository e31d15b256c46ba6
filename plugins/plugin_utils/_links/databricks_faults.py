# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with what an inventory says of workspaces of Databricks, before anything is called.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.databricks_options import (
    CLASSIC,
    INBOUND,
    ISOLATED,
    OUTBOUND,
    RELAY,
    RESTRICTED,
    SERVICE_DIRECT,
    WORKSPACE,
    WorkspaceOptions,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Link, LinkError


def fault_of(link: WorkspaceOptions) -> str:
    """What contradicts itself, or is missing; "" where nothing is. Of a link that goes only what it is known by."""
    if not link.workspace_id or link.workspace_id < 0:
        return "workspace_id is missing: the number that the address of the workspace has, as in ?o=1234567890."
    if not link.region:
        return "The region is not known: set aws_region for the host."
    if not link.present:
        return ""
    return _of_ways(link) or _of_access(link) or _of_vpcs(link) or _of_services(link)


def _of_ways(link: WorkspaceOptions) -> str:
    if not link.connectivity:
        return f"connectivity is empty: say {INBOUND}, {CLASSIC}, {OUTBOUND}, or {ISOLATED}."
    if link.isolated and len(link.connectivity) > 1:
        return f"connectivity: {ISOLATED} is all of the others, so it stands alone."
    for way, option in ((INBOUND, "transit_vpcs"), (CLASSIC, "compute_vpc")):
        given = bool(getattr(link, option))
        if given != (way in link.ways):
            said = f"is for connectivity {way}" if given else f"is missing, for connectivity is {way}"
            return f"{option} {said}."
    return ""


def _of_access(link: WorkspaceOptions) -> str:
    if link.public_access is False and not {INBOUND, CLASSIC} <= link.ways:
        return "public_access=false needs connectivity inbound and classic: nobody would reach the workspace."
    if link.isolated and link.public_access:
        return f"connectivity {ISOLATED} has public_access=false: say {INBOUND} and {CLASSIC} to keep it on."
    if link.network_policy and link.serverless_egress:
        return "Give network_policy or serverless_egress, not both: a workspace has one policy."
    allowed = link.allowed_internet_destinations or link.allowed_storage_destinations
    if allowed and link.serverless_egress != RESTRICTED:
        return f"Destinations are allowed with serverless_egress={RESTRICTED} alone."
    return ""


def _of_vpcs(link: WorkspaceOptions) -> str:
    seen: set[str] = set()
    compute = link.compute_vpc or {}
    for vpc in link.transit_vpcs or []:
        if vpc["vpc_id"] in seen:
            return f"transit_vpcs lists {vpc['vpc_id']} twice."
        seen.add(vpc["vpc_id"])
        own, theirs = vpc.get("source_security_group_ids"), vpc.get("security_group_ids")
        if bool(own) == bool(theirs):
            return f"transit_vpcs: {vpc['vpc_id']}: give source_security_group_ids or security_group_ids, one of them."
        same = set(vpc["subnet_ids"]) == set(compute.get("endpoint_subnet_ids") or ())
        if vpc["vpc_id"] == compute.get("vpc_id") and not same:
            return (
                f"{vpc['vpc_id']} is that of users and of clusters, which share its endpoint: let subnet_ids and"
                " endpoint_subnet_ids be the same."
            )
        if vpc.get("service_direct_subnet_ids") and not vpc.get("service_direct_ports"):
            return f"transit_vpcs: {vpc['vpc_id']}: service_direct_subnet_ids needs service_direct_ports."
    return ""


def _of_services(link: WorkspaceOptions) -> str:
    needed = {
        WORKSPACE: bool(link.ways & {INBOUND, CLASSIC}),
        RELAY: CLASSIC in link.ways,
        SERVICE_DIRECT: bool(link.service_direct_ends()),
    }
    for kind in [kind for kind, is_needed in needed.items() if is_needed]:
        name = link.service(kind)
        if not name:
            return (
                f"It is not known which endpoint service Databricks has in {link.region} ({kind}): set"
                f" {kind}_service_name, of https://docs.databricks.com/aws/en/resources/ip-domain-region."
            )
        named = arns.ENDPOINT_SERVICE_NAME.fullmatch(name)
        if not named or named[1] != link.region:
            return f"{kind}_service_name: {name} is no endpoint service in {link.region}, where this run is."
    return ""


@functools.cache
def taken_as() -> dict[str, t.Any]:
    """What the module of a step makes of an item, and may refuse. It loads Databricks' SDK, which takes a second."""
    from ansible_collections.saas.privatelink.plugins.module_utils._vendors import (
        databricks_network,
        databricks_network_policy,
        databricks_private_access,
        databricks_service_direct_endpoint,
        databricks_vpc_endpoint,
        databricks_workspace_network,
    )

    return {
        "registered": databricks_vpc_endpoint.VpcEndpoint,
        "service_direct": databricks_service_direct_endpoint.ServiceDirectEndpoint,
        "network_item": databricks_network.Network,
        "private_access": databricks_private_access.PrivateAccess,
        "workspace": databricks_workspace_network.WorkspaceNetwork,
        "public_access_item": databricks_private_access.PrivateAccess,
        "network_policy_item": databricks_network_policy.NetworkPolicy,
    }


def refuse_contradictions(links: t.Sequence[Link]) -> None:
    """Raise LinkError for two links of one workspace, and for two that want something different of what they share."""
    here = [link for link in links if isinstance(link, WorkspaceOptions) and link.present and not link.fault]
    for place, link in enumerate(here):
        for other in here[:place]:
            if link.workspace_id == other.workspace_id:
                raise LinkError(
                    f"{other.name} and {link.name} are both workspace {link.workspace_id}: keep one of them."
                )
            if differing := other.differing(link):
                raise LinkError(
                    f"{other.name} and {link.name} share what Databricks has once, and say different "
                    f"{', '.join(differing)}: let both say the same, or give them names of their own."
                )
