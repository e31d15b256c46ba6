# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where each link stands: its status, what is wrong or whose turn it is, in one line.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._links.discovery import reason
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found, Known, Result, Steps
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Link

CONNECTED, PLANNED, FAILED, ABSENT = "connected", "planned", "failed", "absent"
WAITING_VENDOR, WAITING_AWS, WAITING_US = "waiting on vendor", "waiting on AWS", "waiting on you"
KEPT = "kept"
TURNS = {"us": WAITING_US, "vendor": WAITING_VENDOR, "AWS": WAITING_AWS}  # whose turn it is, as results say it

# What a report tells of a link, and of what its steps found out.
OF_LINK = (
    *(
        "name",
        "vendor",
        "destination",
        "destination_title",
        "route",
        "engine",
        "endpoint",
        "addresses",
        "port",
        "listener_port",
        "database",
    ),
    *("cluster_identifier", "cluster_arn"),
    *("vpc_id", "service_network", "resource_configuration", "resource_share_arn", "share_name"),
    *("subscription_id", "region_id", "workspace_id", "connectivity", "private_zone", "awaiting"),
)
OF_RESULTS = (
    *("service_id", "service_name", "network_load_balancer_arns", "allowed_principals", "targets"),
    *("region", "availability_zones", "zone_ids"),
    *("connections", "unlisted_connections", "held_connections", "excess_connections"),
    *("grantor", "grantee", "allowed_vpcs", "endpoint_count", "bootstrap_servers"),
    *("dns_name", "private_dns_name_configuration"),
    *("vpc_endpoint_id", "association_id", "vpc_association_id", "endpoints", "checks"),
    *("security_group_id", "reused"),
    *("stage", "workspace_name", "workspace_status", "vpc_endpoint_ids", "registration_ids"),
    *("network_id", "private_access_settings_id", "dns_entries", "dns_records"),
    *("private_link_id", "private_link_status", "setup_status", "setup_tests", "continue_after", "at_vendor"),
)
ACCEPTED = ("pending", "available", "partial")  # states of a connection, in lower case
SHOWN = 10  # connections that a line names; the others are counted


def report(links: t.Sequence[Link], steps: Steps, others: t.Sequence[Link] = ()) -> list[dict[str, t.Any]]:
    """One entry for each link: its status, the next thing to do, and what the vendor needs to know.

    ``steps`` are the registered results of the links' modules, in the order in which they ran. ``others`` are links
    that may need what one that goes shares with them.
    """
    found = Found(steps, links)
    entries = []
    for link in links:
        known = found.of(link)
        entry = _entry(link.learned(known), known, found.check_mode, link.kept(others))
        entries.append(_naming(entry, link, links) if entry["status"] == FAILED else entry)
    return entries


def _naming(entry: dict[str, t.Any], link: Link, links: t.Sequence[Link]) -> dict[str, t.Any]:
    """The entry with the names that people gave to links, behind those that modules have for them.

    Its own is at the head of the line, and said again only where the module's does not show it.
    """
    action = str(entry["next_action"])
    for other in links:
        if other.key in action and (other.key != link.key or other.name not in other.key):
            known = rf"(?<![\w-]){re.escape(other.key)}(?![\w-])"
            action = re.sub(known, f"{other.key} (link {other.name})", action, count=1)
    named = {**entry, "next_action": action}
    return {**named, "line": line(named)}


def _entry(link: Link, known: Known, planned: bool, kept: str) -> dict[str, t.Any]:
    status, action = _status(link, known, planned)
    action = _joined(action if status == KEPT else "", kept) if status in (ABSENT, KEPT) else action
    connected, uninvited = _connected(known) if link.present else ([], [])
    if getattr(link, "adopt", False):  # the others are guests of the service's owner
        uninvited = []
    untold = _untold(link, known.results) if status in (CONNECTED, WAITING_VENDOR) and not link.awaiting else ""
    remarks = link.remarks(known) if link.present and status != FAILED else ""
    about = _about(uninvited) if uninvited else ""
    notes = (action, _left(known.results), about, _unshown(known.results), remarks)
    action = _joined(*notes)
    told = {name: known.facts[name] for name in OF_RESULTS if known.facts.get(name) is not None}
    fields = {field.name for field in dataclasses.fields(link)}
    said = {name: getattr(link, name) for name in OF_LINK if name in fields and getattr(link, name) is not None}
    entry = {
        **said,
        **told,
        "pattern": link.PATTERN,
        "status": status,
        "next_action": action,
        "connected": connected,
        "uninvited": uninvited,
        "untold": untold,
        "kept": [thing for result in known.results for thing in result.get("kept") or ()],
        "changed": any(result.get("changed") for result in known.results),
        "writes": [write for result in known.results for write in result.get("writes") or ()],
    }
    return {**entry, "line": line(entry)}


def _status(link: Link, known: Known, planned: bool) -> tuple[str, str]:
    """The link's status, and the next thing to do or why it failed."""
    results = known.results
    failed = [result["msg"] for result in results if result.get("failed")]
    if failed:
        # A check has clearer words for what a module would refuse; what else has failed is another matter.
        return FAILED, (link.fault and known.held) or failed[0]
    calls = sum(len(result.get("writes") or ()) for result in results)
    # Asked of the steps, because ansible_check_mode does not know of a play's own check_mode.
    if planned and calls:
        turn = _turn(results)
        then = f"; then {turn[0]}: {turn[1]}" if turn else ""
        return PLANNED, f"{calls} call{'' if calls == 1 else 's'} to make{_ending(link, results)}{then}"
    if not link.present:
        if turn := _turn(results):
            return turn
        moving = [result["waiting"] for result in results if result.get("waiting")]
        keeps = link.KEEPS and any(result.get("keeps") for result in results)
        return (WAITING_AWS, moving[0]) if moving else (KEPT if keeps else ABSENT, link.hand_back or "")
    status, action = (
        (WAITING_VENDOR, _joined(link.awaiting, link.STANDS)) if link.awaiting else _standing(link, results)
    )
    if not known.held:
        return status, action
    if link.awaiting:  # nothing stands that could be served on
        return FAILED, known.held
    # What a check has found is ours to mend, whoever else is waited for, and yet nothing of what stands has failed.
    return status, known.held if status in (CONNECTED, FAILED) else f"{known.held} Then: {action}"


def _ending(link: Link, results: t.Sequence[Result]) -> str:
    """Whom a plan cuts off, in words; empty where nobody is."""
    ending = [str(said) for result in results for said in result.get("ending_connections") or ()]
    ports = [str(port) for result in results for port in result.get("former_ports") or ()]
    granted = sum(int(result.get("endpoint_count") or 0) for result in results if not result.get("kept"))
    if not link.present and granted:
        ending.append(f"{granted} endpoint{'' if granted == 1 else 's'} to the cluster")
    if not link.present and ending:
        return f", which end {_named(ending)}"
    return f", after which nobody is served on port {', '.join(ports)}" if link.present and ports else ""


def _turn(results: t.Sequence[Result]) -> tuple[str, str] | None:
    """Who is waited for, and with what, where results say whose turn it is."""
    found = [result for result in results if result.get("turn") and result.get("waiting")]
    return (TURNS[found[0]["turn"]], found[0]["waiting"]) if found else None


def _standing(link: Link, results: t.Sequence[Result]) -> tuple[str, str]:
    if turn := _turn(results):
        return turn
    untold = _untold(link, results)
    asked = [result for result in results if _waits_for_vendor(result)]
    asked.sort(key=lambda result: not result.get("at_vendor"))  # what its API has told comes first
    strange = [result["waiting"] for result in asked if result.get("held_connections")]
    moving = [result["waiting"] for result in results if _moves(result) and result not in asked]
    if moving:
        return WAITING_AWS, moving[0]
    sick = [result for result in results if result.get("healthy") is False]
    if sick:  # ours to mend, whatever the vendor does
        targets = [f"{target['id']} {target['state']} {target.get('reason') or ''}" for target in sick[0]["targets"]]
        why = ", ".join(target.strip() for target in targets)
        return FAILED, f"no target is healthy ({why}): is the port open to the load balancer's subnets?"
    if asked:
        return WAITING_VENDOR, _joined(str(next(iter(strange), link.hand_off or asked[0].get("waiting"))), untold)
    held = [result["waiting"] for result in results if _holds(result)]
    if held:
        return WAITING_VENDOR, _joined(held[0], untold)
    if _former_ports(link, results):
        return WAITING_VENDOR, untold
    return CONNECTED, _joined(next((said for said in map(_imperfect, results) if said), ""), untold)


def _imperfect(result: Result) -> str:
    """What is wrong with something that serves nevertheless."""
    if result.get("endpoints") == []:
        return "nothing is behind it yet; what comes is seen by running again"
    if result.get("reused") and result.get("vpc_endpoint_id"):
        return f"by {result['vpc_endpoint_id']}, which was not made for it and is left as it is"
    partial = "partial" in (str(result.get("status")).lower(), str(result.get("state")).lower())
    identity = result.get("association_id") or result.get("vpc_endpoint_id")
    return f"{identity} serves only in part: {reason(result)}" if partial else ""


def _left(results: t.Sequence[Result]) -> str:
    """What stays because others have made it, or need it."""
    left = [thing for result in results for thing in result.get("left") or ()]
    needing = [thing for result in results for thing in result.get("needed_by") or ()]
    said = [f"left, for others have made it: {', '.join(left)}"] if left else []
    said += [str(thing) for result in results for thing in result.get("kept") or ()]
    said += [f"its share stays, for {_named(needing)} of this account would stop working"] if needing else []
    return "; ".join(said)


def _unshown(results: t.Sequence[Result]) -> str:
    """What was written and is not there: it may be what the API takes and does not do."""
    changes = [change for result in results for change in result.get("unshown") or ()]
    return (
        f"written, but not to be seen: {'; '.join(changes)}; ask whether the API's owner does that" if changes else ""
    )


def _untold(link: Link, results: t.Sequence[Result]) -> str:
    """What has changed, the vendor cannot see by itself, and nobody has said that it was passed on; in words."""
    said, then = [], []
    former, zones, port = _former_ports(link, results), _untold_zones(results), getattr(link, "serves_on", None)
    if former:
        said.append(f"to connect to port {port} from now on, instead of {former}")
        then.append(f"told_port: {port}")
    if zones:
        all_zones = {zone for result in results for zone in result.get("availability_zone_ids") or zones}
        said.append(f"that its endpoint can have a subnet in {', '.join(zones)} from now on")
        then.append(f"told_zone_ids: [{', '.join(sorted(all_zones))}]")
    changed = next((result for result in results if result.get("untold_operation")), None)
    if changed:
        said.append(
            f"the cluster's ARN again, whose multi-VPC connectivity was changed on {changed['connectivity_changed']}"
        )
        then.append(f"told_operation: {changed['untold_operation']}")
    return f"tell {link.who} {', and '.join(said)}; then set {' and '.join(then)} for the link" if said else ""


def _former_ports(link: Link, results: t.Sequence[Result]) -> str:
    """The port that the vendor was told last, or ports that this run has closed; "" where it knows the right one."""
    port = getattr(link, "serves_on", None)
    if port is None or getattr(link, "told_port", None) == port:
        return ""
    told = {result["told_port"] for result in results if result.get("told_port")} - {port}
    closed = {former for result in results for former in result.get("former_ports") or ()}
    return ", ".join(map(str, sorted(told or closed)))


def _untold_zones(results: t.Sequence[Result]) -> list[str]:
    names = ("untold_zone_ids", "added_zone_ids")
    return sorted({zone for result in results for name in names for zone in result.get(name) or ()})


def _joined(*said: str) -> str:
    """What is said, one after the other. A sentence loses its full stop where something follows."""
    parts = [part for part in said if part]
    return "; ".join([*(part.rstrip(".") for part in parts[:-1]), *parts[-1:]])


def _moves(result: Result) -> bool:
    """Whether AWS has not finished. An active private link only waits for us to accept its share, a later step."""
    return bool(result.get("waiting")) and result.get("status") != "active" and not _holds(result)


def _holds(result: Result) -> bool:
    """Whether the vendor is connected, and more requests wait until somebody has asked it about them."""
    return result.get("status") == "accepted" and bool(result.get("held_connections"))


def _waits_for_vendor(result: Result) -> bool:
    """Whether it is the vendor who has not asked, not shared, or not made its endpoint."""
    if result.get("at_vendor"):  # its API has told
        return bool(result.get("waiting"))
    if str(result.get("state")).lower() == "pendingacceptance":
        return True
    if result.get("status") not in ("waiting", "refused"):
        return result.get("endpoint_count") == 0
    states = {_state(connection) for connection in result.get("connections") or ()}
    replaced = not result.get("held_connections") and states >= {"deleting", "pendingacceptance"}
    return "pending" not in states and not replaced


def _connected(known: Known) -> tuple[list[str], list[str]]:
    """Who is connected to the link's service: those expected, and those that nobody has listed."""
    excess = known.get("excess_connections") or ()
    expected = [connection for connection in known.get("connections") or () if connection not in excess]
    return _accepted(expected), _accepted([*excess, *(known.get("unlisted_connections") or ())])


def _accepted(connections: t.Iterable[t.Mapping[str, t.Any]]) -> list[str]:
    return [
        f"{connection.get('vpc_endpoint_id')} of account {connection.get('vpc_endpoint_owner')}"
        for connection in connections
        if _state(connection) in ACCEPTED
    ]


def _state(connection: t.Mapping[str, t.Any]) -> str:
    """In lower case; "" for a connection that is no VPC endpoint's to our service, as a vendor's API tells them."""
    return str(connection.get("vpc_endpoint_state") or "").lower()


def _named(connections: t.Sequence[str]) -> str:
    more = [f"{len(connections) - SHOWN} more"] if len(connections) > SHOWN else []
    return ", ".join([*connections[:SHOWN], *more])


def _about(uninvited: t.Sequence[str]) -> str:
    return (
        f"also connected, and not expected: {_named(uninvited)}; ask the vendor whose they are, list those that are "
        "yours in vpc_endpoint_ids, and reject the others"
    )


def line(entry: t.Mapping[str, t.Any]) -> str:
    """A link's status in one line, with who is connected, or to what the vendor is to connect."""
    status, action, who = entry["status"], entry["next_action"], _named(entry["connected"])
    said = [who, action] if status == CONNECTED else [action, who and f"connected: {who}"]
    if status == WAITING_VENDOR and not who and not entry.get("awaiting"):
        said.append(str(entry.get("service_name") or ""))
    details = _joined(*said)
    return f"{entry['vendor']} {entry['name']}: {status}{': ' if details else ''}{details}"
