# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From resolved links to what the modules take, step by step.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.plugin_utils._forwarders import (
    forwarded,
    hosts_of_forwarder,
    target_group_name,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, Step, findings, key, pick
from ansible_collections.saas.privatelink.plugins.plugin_utils._resource_links import (
    awaits_share,
    disassociation,
    gone,
    is_shared,
    learn,
    network_association,
    network_endpoint,
    per_place,
    private_link,
    reached,
    removal,
    resource_endpoint,
    share,
    unneeded,
)


def prerequisite(link: Link) -> dict[str, t.Any]:
    facts = pick(
        link,
        "destination",
        "vpc_id",
        "subnet_ids",
        "security_group_ids",
        "endpoint",
        "addresses",
        "port",
        "listener_port",
        "cross_zone",
        "enforce_privatelink_rules",
        "cluster_identifier",
        "resource_configuration",
        "resource_share_arn",
        principals="allowed_principals",
    )
    if forwarded(link):
        facts["cross_zone"] = True  # a forwarder reaches the database in whichever zone it is
    topics = [one["topic_arn"] for one in link.get("connection_notifications") or []]
    balancer = {"load_balancer": key(link)} if link.get("subnet_ids") else {}
    return {**facts, "name": key(link), **balancer, **({"topic_arns": topics} if topics else {})}


def endpoint_prerequisite(link: Link) -> dict[str, t.Any]:
    facts = {name: value for name, value in prerequisite(link).items() if name != "load_balancer"}
    return {**facts, "vpc_endpoint": key(link)}


def load_balancer(link: Link) -> dict[str, t.Any]:
    target_group = {
        "name": target_group_name(link),
        **pick(link, "port", "health_check", "deregistration_delay", "connection_termination", "preserve_client_ip"),
        **(hosts_of_forwarder(link) if forwarded(link) else {}),
    }
    return {
        **pick(link, "vpc_id", "subnet_ids", "security_group_ids", "enforce_privatelink_rules", "cross_zone", "tags"),
        "name": key(link),
        "listeners": [{"port": link.get("listener_port") or link["port"], "target_group": target_group}],
        "purge_listeners": True,
    }


def sync(link: Link) -> dict[str, t.Any]:
    options = pick(link, "endpoint", "addresses", "port", "endpoint_kind", "drain", "allow_outside", "max_addresses")
    return {**options, "name": key(link), "target_group": target_group_name(link)}


def service(link: Link) -> dict[str, t.Any]:
    options = pick(
        link,
        "acceptance_required",
        "allowed_principals",
        "purge_allowed_principals",
        "private_dns_name",
        "verify_private_dns",
        "connection_notifications",
        "tags",
    )
    return {**options, "name": key(link), "load_balancers": [key(link)]}


def acceptance(link: Link) -> dict[str, t.Any]:
    return {**pick(link, "owners", "vpc_endpoint_ids", "service_id"), "name": key(link)}


def grant(link: Link) -> dict[str, t.Any]:
    options = pick(link, "cluster_identifier", "vpc_ids", "all_vpcs", "purge_vpc_ids", "state", account="account_id")
    return {**options, "name": key(link)}


def health(link: Link) -> dict[str, t.Any]:
    return {"name": key(link), "target_group": target_group_name(link)}


STEPS: dict[str, t.Callable[[Link], dict[str, t.Any]]] = {
    "absent": lambda link: {"name": key(link)},
    "prerequisites": prerequisite,
    "endpoint_prerequisites": endpoint_prerequisite,
    "load_balancers": load_balancer,
    "syncs": sync,
    "healths": health,
    "services": service,
    "connections": acceptance,
    "grants": grant,
    "private_links": private_link,
    "disassociations": disassociation,
    "removals": removal,
    "shares": share,
    "held": share,
    "resource_endpoints": resource_endpoint,
    "network_associations": network_association,
    "network_endpoints": network_endpoint,
    "reached": reached,
}
ROUTES = {"syncs": False, "healths": True}  # steps of one route alone, and whether that is the one with a forwarder
SHARED = {"resource_endpoints", "network_associations", "network_endpoints"}  # steps that need the vendor's share
VENDORS = {"private_links", "disassociations", "removals"}  # steps on what the vendor has once for several links
TOLD = {"connections", "grants", "shares", *SHARED}  # steps that need what the vendor has yet to tell


def items(
    links: t.Sequence[Link],
    step: str,
    after: t.Sequence[Step] = (),
    others: t.Sequence[Link] = (),
    **extra: t.Any,
) -> list[dict[str, t.Any]]:
    """What the module of one step takes, for each link that did not fail in a step of ``after``.

    ``extra`` is added to every item. ``others`` are links that this run leaves alone, and that need what the vendor has
    once for several. A connection is looked up by the id of the service that a step of ``after`` made,
    and what is shared by what the vendor's API or the share told; a link that still waits for the vendor is left out of
    the steps that need the vendor first.
    """
    build = STEPS[step]
    failed = {name for one in after for name in one.get("failed_items") or ()}
    found = findings(after)
    wanted: list[dict[str, t.Any]] = []
    for link in unneeded(links, others, failed) if step == "removals" else links:
        known = found.get(key(link), {})
        if key(link) in failed or not _concerns(step, link, known):
            continue
        learned = {**learn(link, known), **pick(known, "service_id", "vpc_endpoint_id", "association_id")}
        if not _ready(step, learned, known, after):
            continue
        item = build(learned)
        if (step == "network_associations" and gone(learned)) or item.get("disassociate") == []:
            continue  # nothing is left of it
        wanted.append({**item, **extra})
    return per_place(wanted, others) if step in VENDORS else wanted


def _ready(step: str, link: Link, known: t.Mapping[str, t.Any], before: t.Sequence[Step]) -> bool:
    """Whether what is known of a link's share by now is enough for a step that comes after ``before``."""
    present, waiting = link.get("state") != "absent", awaits_share(link, known)
    if step in ("shares", "held") and not is_shared(link):
        # Where nothing else tells what to connect to, the module says what is missing.
        return present and not waiting and not link.get("resource_configuration")
    if present:
        return step not in SHARED or not waiting
    if step != "shares":
        return True
    mine = [result for one in before for result in one.get("results") or () if result["name"] == key(link)]
    # It is left once nothing uses it any more. An active private link of the vendor's is no use of ours.
    return not any(one.get("waiting") and one.get("status") != "active" for one in mine)


def _concerns(step: str, link: Link, known: t.Mapping[str, t.Any]) -> bool:
    """Whether a step is one of the link's own, and its time has come."""
    if step == "reached":
        return any(known.get(one) not in (None, "", UNKNOWN) for one in ("vpc_endpoint_id", "association_id"))
    if step in TOLD and link.get("awaiting") and link.get("state") != "absent":
        return False
    if step == "held":
        return not link.get("resource_configuration") and not known.get("resource_configuration_arn")
    if step == "network_endpoints" and not link.get("subnet_ids"):
        return False  # the network is associated with the VPC already, or it is somebody else's part
    return ROUTES.get(step, forwarded(link)) is forwarded(link)
