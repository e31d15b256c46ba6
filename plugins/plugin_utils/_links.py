# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links: what an inventory and a vendor's table say about them, and at the end one status each.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, LinkError, Step, findings, key, pick
from ansible_collections.saas.privatelink.plugins.plugin_utils._resource_links import learn, reason

# What a link of a vendor can say besides its name, destination and state, where a pattern takes less than the others.
TAKES = {"redshift_grant": {"cluster_identifier"}}

CONNECTED, PLANNED, FAILED, ABSENT = "connected", "planned", "failed", "absent"
WAITING_VENDOR, WAITING_AWS = "waiting on vendor", "waiting on AWS"

# What a report tells of a link, and of what its steps found out.
OF_LINK = (
    *("name", "vendor", "destination", "route", "engine", "endpoint", "addresses", "port", "cluster_identifier"),
    *("vpc_id", "service_network", "resource_configuration", "resource_share_arn", "share_name"),
)
OF_RESULTS = (
    *("service_id", "service_name", "availability_zones", "connections", "strangers", "targets"),
    *("grantor", "grantee", "allowed_vpcs", "endpoint_count", "dns_name", "private_dns_name_configuration"),
    *("vpc_endpoint_id", "association_id", "endpoints", "checks"),
)


def resolve(
    links: t.Sequence[Link],
    destinations: t.Mapping[str, Link] | None = None,
    only: t.Sequence[str] = (),
    defaults: t.Mapping[str, t.Any] | None = None,
    by: str = "destination",
) -> list[dict[str, t.Any]]:
    """Each link with the facts of its destination and the defaults filled in; what the link says itself wins.

    ``only`` narrows to links of these names. ``by`` is the option that names the destination. Raises LinkError for an
    unknown destination, a missing name, an option that the destination has no use for, or two links whose resources
    would have the same name.
    """
    resolved = []
    for link in links:
        if not link.get("name"):
            raise LinkError(f"Every link needs a name: {dict(link)}.")
        named = link.get(by) or (defaults or {}).get(by)
        facts = (destinations or {}).get(str(named), {})
        if destinations and not facts:
            known = ", ".join(sorted(destinations))
            raise LinkError(f"{link['name']}: unknown {by} {named!r}. Known: {known}.")
        own = {name: value for name, value in link.items() if value is not None}
        _refuse_foreign(own, facts)
        kind = {"destination": named} if named else {}
        resolved.append({**(defaults or {}), **facts, **own, **kind})
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


def report(links: t.Sequence[Link], steps: t.Sequence[Step]) -> list[dict[str, t.Any]]:
    """One entry for each link: its status, the next thing to do, and what the vendor needs to know.

    ``steps`` are the registered results of the link's modules, in the order in which they ran.
    """
    # Asked of the steps, because ansible_check_mode does not know of a play's own check_mode.
    planned = any(step.get("check_mode") for step in steps)
    found = findings(steps)
    return [_report(learn(link, found.get(key(link), {})), _of(key(link), steps), planned) for link in links]


def _of(name: str, steps: t.Sequence[Step]) -> list[t.Mapping[str, t.Any]]:
    return [result for step in steps for result in step.get("results") or () if result["name"] == name]


def _report(link: Link, results: t.Sequence[t.Mapping[str, t.Any]], planned: bool) -> dict[str, t.Any]:
    facts: dict[str, t.Any] = {}
    for result in results:
        facts.update(result)
    status, action = _status(link, results, planned)
    return {
        **pick(link, *OF_LINK),
        **pick(facts, *OF_RESULTS),
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
    asked = [result for result in results if _waits_for_vendor(result)]
    moving = [result["waiting"] for result in results if _moves(result) and result not in asked]
    if moving:
        return WAITING_AWS, moving[0]
    if asked:
        return WAITING_VENDOR, str(link.get("hand_off") or asked[0].get("waiting"))
    sick = [result for result in results if result.get("healthy") is False]
    if sick:
        why = ", ".join(f"{one['id']} {one['state']} {one.get('reason') or ''}".strip() for one in sick[0]["targets"])
        return FAILED, f"connected, but no target is healthy ({why}): is the port open to the load balancer's subnets?"
    return CONNECTED, next((said for said in map(_imperfect, results) if said), "")


def _imperfect(result: t.Mapping[str, t.Any]) -> str:
    """What is wrong with something that serves nevertheless."""
    if result.get("endpoints") == []:
        return "nothing is behind it yet; what comes is seen by running again"
    partial = "partial" in (str(result.get("status")).lower(), str(result.get("state")).lower())
    one = result.get("association_id") or result.get("vpc_endpoint_id")
    return f"{one} serves only in part: {reason(result)}" if partial else ""


def _moves(result: t.Mapping[str, t.Any]) -> bool:
    """Whether AWS has not finished. An active private link only waits for us to accept its share, a later step."""
    return bool(result.get("waiting")) and result.get("status") != "active"


def _waits_for_vendor(result: t.Mapping[str, t.Any]) -> bool:
    """Whether it is the vendor who has not asked, not shared, or not made its endpoint."""
    if result.get("status") not in ("waiting", "refused"):
        return result.get("endpoint_count") == 0
    return not any(one["vpc_endpoint_state"].lower() == "pending" for one in result.get("connections") or ())


def line(entry: t.Mapping[str, t.Any]) -> str:
    """A link's status in one line."""
    action = f": {entry['next_action']}" if entry["next_action"] else ""
    return f"{entry['vendor']} {entry['name']}: {entry['status']}{action}"
