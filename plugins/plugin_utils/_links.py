# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links: from what an inventory says about them to what the modules take, and back to one status each.

This plugin util is PRIVATE to the collection.

A link is one private connection between one data store of ours and one vendor. Vendor roles resolve their links against
their table of destinations; pattern roles turn resolved links into the lists that the modules converge, step by step,
and leave out of each step the links that failed in one before.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.names import resource_name

Link = t.Mapping[str, t.Any]
Step = t.Mapping[str, t.Any]  # the registered result of one of the collection's modules

# What a link of a vendor can say besides its name, destination and state, where a pattern takes less than the others.
TAKES = {"redshift_grant": {"cluster_identifier"}}

CONNECTED, PLANNED, FAILED, ABSENT = "connected", "planned", "failed", "absent"
WAITING_VENDOR, WAITING_AWS = "waiting on vendor", "waiting on AWS"


class LinkError(Exception):
    """The links cannot be used as they are; the message says what to change."""


def key(link: Link) -> str:
    """What a link's resources are called in AWS: vendor and name, at most 32 characters."""
    return resource_name(str(link.get("vendor") or "privatelink"), str(link["name"]))


def resolve(
    links: t.Sequence[Link],
    destinations: t.Mapping[str, Link] | None = None,
    only: t.Sequence[str] = (),
    defaults: t.Mapping[str, t.Any] | None = None,
) -> list[dict[str, t.Any]]:
    """Each link with the facts of its destination and the defaults filled in; what the link says itself wins.

    ``only`` narrows to links of these names. Raises LinkError for an unknown destination, a missing name, an option
    that the destination has no use for, or two links whose resources would have the same name.
    """
    resolved = []
    for link in links:
        if not link.get("name"):
            raise LinkError(f"Every link needs a name: {dict(link)}.")
        facts = (destinations or {}).get(str(link.get("destination")), {})
        if destinations and not facts:
            known = ", ".join(sorted(destinations))
            raise LinkError(f"{link['name']}: unknown destination {link.get('destination')!r}. Known: {known}.")
        own = {name: value for name, value in link.items() if value is not None}
        _refuse_foreign(own, facts)
        resolved.append({**(defaults or {}), **facts, **own})
    by_key: dict[str, Link] = {}
    for link in resolved:
        if by_key.setdefault(key(link), link) is not link:
            raise LinkError(f"Two links would share the resource name {key(link)}: rename {link['name']}.")
    # The links of a forwarder share its configuration, so one of them is never worked on without the others.
    shared = {link.get("forwarder") for link in resolved if link["name"] in only} - {None}
    return [link for link in resolved if not only or link["name"] in only or link.get("forwarder") in shared]


def _refuse_foreign(own: Link, facts: Link) -> None:
    takes = TAKES.get(str(facts.get("pattern")))
    foreign = sorted(set(own) - {"name", "destination", "state", *takes}) if takes else []
    if foreign:
        raise LinkError(f"{own['name']}: a link to {own['destination']} does not take {', '.join(foreign)}.")


def pick(link: Link, *names: str, **renamed: str) -> dict[str, t.Any]:
    """These keys of a link, under their own or another name, where they are set."""
    wanted = {**{name: name for name in names}, **renamed}
    return {new: link[old] for new, old in wanted.items() if link.get(old) is not None}


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
        principals="allowed_principals",
    )
    if forwarded(link):
        facts["cross_zone"] = True  # a forwarder reaches the database in whichever zone it is
    topics = [one["topic_arn"] for one in link.get("connection_notifications") or []]
    balancer = {"load_balancer": key(link)} if link.get("subnet_ids") else {}
    return {**facts, "name": key(link), **balancer, **({"topic_arns": topics} if topics else {})}


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
    "load_balancers": load_balancer,
    "syncs": sync,
    "healths": health,
    "services": service,
    "connections": acceptance,
    "grants": grant,
}
ROUTES = {"syncs": False, "healths": True}  # steps of one route alone, and whether that is the one with a forwarder


def items(links: t.Sequence[Link], step: str, after: t.Sequence[Step] = (), **extra: t.Any) -> list[dict[str, t.Any]]:
    """What the module of one step takes, for each link that did not fail in a step of ``after``.

    ``extra`` is added to every item. A connection is looked up by the id of the service that a step of ``after`` made;
    a link that still waits for the vendor's data has no connection to accept and no grant to make.
    """
    build = STEPS[step]
    failed = {name for one in after for name in one.get("failed_items") or ()}
    found = {result["name"]: result for one in after for result in one.get("results") or ()}
    wanted = []
    for link in links:
        if key(link) in failed or (step in ("connections", "grants") and link.get("awaiting")):
            continue
        if ROUTES.get(step, forwarded(link)) is not forwarded(link):
            continue
        service_id = found.get(key(link), {}).get("service_id")
        wanted.append({**build({**link, "service_id": service_id}), **extra})
    return wanted


def report(links: t.Sequence[Link], steps: t.Sequence[Step]) -> list[dict[str, t.Any]]:
    """One entry for each link: its status, the next thing to do, and what the vendor needs to know.

    ``steps`` are the registered results of the link's modules, in the order in which they ran.
    """
    # Asked of the steps, because ansible_check_mode does not know of a play's own check_mode.
    planned = any(step.get("check_mode") for step in steps)
    return [_report(link, _of(key(link), steps), planned) for link in links]


def _of(name: str, steps: t.Sequence[Step]) -> list[t.Mapping[str, t.Any]]:
    return [result for step in steps for result in step.get("results") or () if result["name"] == name]


def _report(link: Link, results: t.Sequence[t.Mapping[str, t.Any]], planned: bool) -> dict[str, t.Any]:
    facts: dict[str, t.Any] = {}
    for result in results:
        facts.update(result)
    status, action = _status(link, results, planned)
    return {
        **pick(link, "name", "vendor", "destination", "route", "engine", "endpoint", "port", "cluster_identifier"),
        **pick(facts, "service_id", "service_name", "availability_zones", "connections", "strangers", "targets"),
        **pick(
            facts, "grantor", "grantee", "allowed_vpcs", "endpoint_count", "dns_name", "private_dns_name_configuration"
        ),
        "status": status,
        "next_action": action,
        "changed": any(result.get("changed") for result in results),
        "writes": [write for result in results for write in result.get("writes") or ()],
    }


def _status(link: Link, results: t.Sequence[t.Mapping[str, t.Any]], planned: bool) -> tuple[str, str]:
    """The link's status, and the next thing to do or why it failed."""
    failed = [result["msg"] for result in results if result.get("failed")]
    if failed:
        return FAILED, failed[0]
    calls = sum(len(result.get("writes") or ()) for result in results)
    if planned and calls:
        return PLANNED, f"{calls} call{'' if calls == 1 else 's'} to make"
    if link.get("state") == "absent":
        moving = [result["waiting"] for result in results if result.get("waiting")]
        return (WAITING_AWS, moving[0]) if moving else (ABSENT, "")
    if link.get("awaiting"):
        return WAITING_VENDOR, str(link["awaiting"])
    return _standing(link, results)


def _standing(link: Link, results: t.Sequence[t.Mapping[str, t.Any]]) -> tuple[str, str]:
    last = results[-1] if results else {}
    asked = last.get("status") in ("waiting", "refused") and not any(
        one["vpc_endpoint_state"].lower() == "pending" for one in last.get("connections") or ()
    )
    moving = [result["waiting"] for result in results if result.get("waiting") and not (asked and result is last)]
    if moving:
        return WAITING_AWS, moving[0]
    if asked or last.get("endpoint_count") == 0:
        return WAITING_VENDOR, str(link.get("hand_off") or last.get("waiting"))
    sick = [result for result in results if result.get("healthy") is False]
    if sick:
        why = ", ".join(f"{one['id']} {one['state']} {one.get('reason') or ''}".strip() for one in sick[0]["targets"])
        return FAILED, f"connected, but no target is healthy ({why}): is the port open to the load balancer's subnets?"
    return CONNECTED, ""


def line(entry: t.Mapping[str, t.Any]) -> str:
    """A link's status in one line."""
    action = f": {entry['next_action']}" if entry["next_action"] else ""
    return f"{entry['vendor']} {entry['name']}: {entry['status']}{action}"
