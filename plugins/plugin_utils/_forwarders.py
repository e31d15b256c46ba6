# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links whose load balancer leads to a host that forwards, and these hosts.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, LinkError, Step, key, pick


def target_group_name(link: Link) -> str:
    return resource_name(key(link), str(link["port"]))


def forwarded(link: Link) -> bool:
    """Whether the load balancer's targets are hosts that forward, instead of the database's addresses."""
    return link.get("route") == "port_forwarder"


def hosts_of_forwarder(link: Link) -> dict[str, t.Any]:
    """What is different in a target group of forwarders. Their health is that of the link's own database."""
    check = {"protocol": "HTTP", "port": "801", "path": f"/health/{key(link)}", "interval": 10}
    check.update({"healthy_threshold": 2, "unhealthy_threshold": 2})
    return {
        "port": forwarder_port(link),
        "target_type": "instance",
        "health_check": {**check, **(link.get("health_check") or {})},
        # Whoever comes, comes from the load balancer, the only one whom the hosts let in.
        "preserve_client_ip": bool(link.get("preserve_client_ip")),
    }


def forwarder_port(link: Link) -> int:
    return int(link.get("forwarder_port") or link["port"])


def database(link: Link) -> dict[str, t.Any]:
    """A link as the role C(port_forwarder) takes it."""
    options = pick(link, "port", "engine", "endpoint_kind", "check_user")
    endpoint = link.get("endpoint") or (link.get("addresses") or [""])[0]
    return {**options, "name": key(link), "endpoint": endpoint, "listen": forwarder_port(link)}


def forwarders(
    links: t.Sequence[Link], groups: t.Sequence[Link], after: t.Sequence[Step] = ()
) -> list[dict[str, t.Any]]:
    """Each of ``groups`` that links use, with what the role C(port_forwarder) needs to know of them.

    Without a link that is to be present, its ``state`` is absent. ``after`` are registered results that tell the target
    groups; ``purge_target_groups`` is false when they do not tell all. Raises LinkError for links that cannot be
    forwarded.
    """
    known = {str(group["name"]): group for group in groups}
    by_group: dict[str, list[Link]] = {}
    for link in filter(forwarded, links):
        check_forwarded(link, known)
        by_group.setdefault(str(link["forwarder"]), []).append(link)
    return [forwarder(known[name], by_group[name], after) for name in by_group]


def check_forwarded(link: Link, known: t.Mapping[str, Link]) -> None:
    if str(link.get("forwarder")) not in known:
        names = ", ".join(sorted(known)) or "none"
        raise LinkError(f"{link['name']}: no such forwarder {link.get('forwarder')!r}. There are: {names}.")
    if link.get("state") == "absent":
        return
    if not link.get("security_group_ids"):
        raise LinkError(
            f"{link['name']}: the route port_forwarder needs security_group_ids of the load balancer, the only ones "
            "that the forwarder lets in."
        )
    if not (link.get("endpoint") or len(link.get("addresses") or ()) == 1):
        raise LinkError(f"{link['name']}: the route port_forwarder needs an endpoint, or exactly one address.")


def forwarder(group: Link, links: t.Sequence[Link], after: t.Sequence[Step]) -> dict[str, t.Any]:
    """One group with its links."""
    present = [link for link in links if link.get("state") != "absent"]
    ports: dict[int, Link] = {801: {"name": "the health check"}}
    for link in present:
        other = ports.setdefault(forwarder_port(link), link)
        if other is not link:
            taken = f"{other['name']} and {link['name']} would share port {forwarder_port(link)} of the forwarder"
            raise LinkError(f"{taken} {group['name']}: give {link['name']} another forwarder_port.")
    found = {result["name"]: result for one in after for result in one.get("results") or ()}
    arns = [
        listener["target_group_arn"]
        for link in present
        for listener in found.get(key(link), {}).get("listeners") or ()
        if listener.get("target_group_name") == target_group_name(link)
    ]
    first = (present or links)[0]
    return {
        **pick(first, "vpc_id"),
        **group,
        "name": resource_name(str(first.get("vendor") or "privatelink"), str(group["name"])),
        "state": "present" if present else "absent",
        "databases": [database(link) for link in present],
        "source_security_group_ids": sorted({one for link in present for one in link["security_group_ids"]}),
        "target_group_arns": arns,
        "purge_target_groups": len(arns) == len(present),
        "links": [{"name": key(link)} for link in links],
    }
