# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to a resource configuration of VPC Lattice that the vendor shares: what the modules take, what was discovered.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, LinkError, Step, findings, key, pick

SHARED = "vpc-lattice:ResourceConfiguration"


def learn(link: Link, found: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A link with what the vendor's API and the share told; what the link says itself wins."""
    told = pick(found, "share_name", "databases", resource_share_arn="share_arn")
    told.update(pick(found, resource_configuration="resource_configuration_arn"))
    told = {name: value for name, value in told.items() if value != ""}  # what is not known yet
    if found.get("status") == "invited":  # what a share holds is seen once it is accepted
        told.setdefault("resource_configuration", UNKNOWN)
    shared = [one["arn"] for one in found.get("resources") or () if one.get("type") == SHARED]
    if len(shared) == 1:  # of several, none is the obvious one
        told.setdefault("resource_configuration", shared[0])
    return {**told, **{name: value for name, value in link.items() if value is not None}}


def gone(link: Link) -> bool:
    """Whether nothing is shared any more with a link that is to go, so that no association can be left."""
    return link.get("state") == "absent" and not link.get("resource_configuration")


def awaits_share(link: Link, known: t.Mapping[str, t.Any]) -> bool:
    """Whether what is shared cannot be connected to yet, and nobody need be told of it: the report says so."""
    if known.get("status") == "waiting":
        return True
    return bool(known.get("waiting")) and (known.get("status") == "accepted" or not link.get("resource_configuration"))


def private_link(link: Link) -> dict[str, t.Any]:
    options = pick(link, "subscription_id", "region_id", "share_name", "principals")
    return {**options, "name": key(link)}


def disassociation(link: Link) -> dict[str, t.Any]:
    """What the vendor shall let go of: our endpoint, or the service network."""
    ids = [link.get("vpc_endpoint_id"), str(link.get("service_network") or "").rpartition("/")[2]]
    return {
        **pick(link, "subscription_id", "region_id"),
        "name": key(link),
        "disassociate": [one for one in ids if one],
    }


def removal(link: Link) -> dict[str, t.Any]:
    ended = disassociation(link)
    return {
        **ended,
        **pick(link, "principals"),
        "disassociate": ended["disassociate"] or None,
        "state": "absent",
    }


def place(link: Link) -> tuple[t.Any, t.Any]:
    """Where the vendor keeps a private link: there is one for each subscription and region, for all its links."""
    return link.get("subscription_id"), link.get("region_id")


def unneeded(links: t.Sequence[Link], others: t.Sequence[Link], failed: t.Container[str] = ()) -> list[Link]:
    """The links that are to go and whose private link no other needs, as one that could not be taken away does."""
    staying = [link for link in links if link.get("state") != "absent" or key(link) in failed]
    needed = {place(link) for link in [*staying, *others]}
    return [link for link in links if place(link) not in needed]


def per_place(items: t.Sequence[Link], others: t.Sequence[Link]) -> list[dict[str, t.Any]]:
    """One item for each private link, under the name of its first link. ``others`` may name its share.

    Raises LinkError for contradictions.
    """
    named = {place(link): link["share_name"] for link in others if link.get("share_name")}
    merged: dict[tuple[t.Any, t.Any], dict[str, t.Any]] = {}
    for item in items:
        first = merged.setdefault(place(item), dict(item))
        names = {one.get("share_name") for one in (first, item)} - {None}
        if len(names) > 1:
            raise LinkError(f"{first['name']} and {item['name']} are of one subscription, and name different shares.")
        if item.get("state") != "absent" and "disassociate" not in item:
            first["share_name"] = next(iter(names), named.get(place(item)))
        for option in ("principals", "disassociate"):
            more = [one for one in item.get(option) or () if one not in (first.get(option) or ())]
            first[option] = [*(first.get(option) or ()), *more] or None
    return [{name: value for name, value in item.items() if value is not None} for item in merged.values()]


def for_each(links: t.Sequence[Link], step: Step) -> Step:
    """What a step found out about private links, told of each of their links. Its writes are counted once."""
    places = {key(link): place(link) for link in links}
    found = {places[one["name"]]: one for one in step.get("results") or ()}
    results = []
    for link in links:
        one = found.get(place(link))
        if one:
            counted = one["name"] == key(link)
            results.append({**one, "name": key(link), **({} if counted else {"writes": [], "changed": False})})
    return {**step, "results": results, "failed_items": [one["name"] for one in results if one.get("failed")]}


def share(link: Link) -> dict[str, t.Any]:
    item = {**pick(link, "resource_share_arn", "owner_account_id", "share_name"), "name": key(link)}
    return item if link.get("resource_configuration") else {**item, "resource_types": [SHARED]}


def is_shared(link: Link) -> bool:
    """Whether it is known which share a link comes by; one whose share was accepted by hand names none."""
    return bool(link.get("resource_share_arn") or (link.get("owner_account_id") and link.get("share_name")))


def resource_endpoint(link: Link) -> dict[str, t.Any]:
    return {**_endpoint(link), **pick(link, "resource_configuration"), "type": "Resource"}


def network_association(link: Link) -> dict[str, t.Any]:
    options = pick(link, "service_network", "resource_configuration", "private_dns_enabled", "tags", "replace")
    return {**options, "name": key(link)}


def network_endpoint(link: Link) -> dict[str, t.Any]:
    return {**_endpoint(link), **pick(link, "service_network"), "type": "ServiceNetwork"}


def _endpoint(link: Link) -> dict[str, t.Any]:
    options = pick(
        link,
        "vpc_id",
        "subnet_ids",
        "security_group_ids",
        "ip_address_type",
        "private_dns_enabled",
        "private_dns_preference",
        "private_dns_specified_domains",
        "tags",
        "replace",
    )
    if options.get("private_dns_enabled") is False:
        options.pop("private_dns_preference", None)  # there is always one, by default
    return {**options, "name": key(link)}


def reached(link: Link) -> dict[str, t.Any]:
    """By what to ask for the endpoints behind a link: its network, else its VPC endpoint."""
    if link.get("association_id"):
        return {**pick(link, "service_network", "resource_configuration", "databases"), "name": key(link)}
    return {**pick(link, "vpc_endpoint_id", "databases"), "name": key(link)}


def discovered(links: t.Sequence[Link], steps: t.Sequence[Step], told: t.Mapping[str, t.Any]) -> Step:
    """The endpoints behind each link, in the form that the modules return.

    ``steps`` tell each link's VPC endpoint and association, ``told`` is what
    M(saas.privatelink.vpc_endpoint_association_info) returned for all links, its failure included. A link fails where
    AWS says that something behind it has failed.
    """
    found = findings(steps)
    results = []
    for link in links:
        known = found.get(key(link), {})
        mine = [one for one in told.get("endpoints") or () if _leads_through(one, known)]
        msg = _unreached(known, told)
        endpoints = [_unlabelled(one, link.get("private_dns_enabled") is not False) for one in mine]
        results.append({"name": key(link), "failed": bool(msg), "msg": msg, "endpoints": endpoints})
    return {"results": results, "failed_items": [one["name"] for one in results if one["failed"]]}


def _leads_through(one: Link, known: t.Mapping[str, t.Any]) -> bool:
    """Whether an endpoint is reached by the link's association with a network, else by its VPC endpoint."""
    through = "association_id" if known.get("association_id") else "vpc_endpoint_id"
    return bool(known.get(through)) and one.get(through) == known[through]


def _unreached(known: t.Mapping[str, t.Any], told: t.Mapping[str, t.Any]) -> str:
    """Why something behind a link is not reached, in AWS's words; "" where all is."""
    if "endpoints" not in told:
        made = known.get("association_id") or known.get("vpc_endpoint_id")
        return f"connected, but AWS does not tell what is behind it: {told.get('msg')}" if made else ""
    failed = [
        f"{one.get('associated_resource_arn') or one.get('resource_configuration_arn')} {reason(one)}"
        for one in told.get("associations") or ()
        if _leads_through(one, known) and one.get("failure_code") and one.get("status") != "PARTIAL"
    ]
    return f"connected, but not everything is reached: {'; '.join(failed)}" if failed else ""


def reason(one: t.Mapping[str, t.Any]) -> str:
    """What AWS says of something that failed."""
    error = one.get("last_error") or {}
    said = [error.get("code"), error.get("message"), one.get("failure_code"), one.get("failure_reason")]
    return ": ".join(dict.fromkeys(str(part).rstrip(".") for part in said if part)) or "AWS gives no reason"


def _unlabelled(endpoint: Link, private: bool) -> dict[str, t.Any]:
    """A discovered endpoint as Redis Cloud's own discovery script prints it; nothing leads to it by an unused name."""
    printed = ("type", "dns-entry", "private-dns-entry", "port", "database_id")
    shown = {name: endpoint[name] for name in printed if name in endpoint}
    return shown if private else {**shown, "private-dns-entry": None}


def probes(links: t.Sequence[Link], steps: t.Sequence[Step]) -> list[dict[str, t.Any]]:
    """What M(saas.privatelink.connection_check) takes: every discovered endpoint with a name and a port."""
    found = findings(steps)
    named = {}
    for link in links:
        for one in found.get(key(link), {}).get("endpoints") or ():
            host = one["private-dns-entry"] or one["dns-entry"]
            if host and one["port"]:
                tls = bool(link.get("tls")) and one["type"] == "database"
                name = f"{key(link)} {_label(one, host)}"
                named[name] = {"name": name, "host": host, "port": one["port"], "tls": tls}
    return list(named.values())


def _label(endpoint: Link, host: str) -> str:
    """What an endpoint is, and where: ports are alike, and without the vendor's databases nothing else is known."""
    known = [endpoint["type"] or "endpoint", endpoint.get("database_id")]
    return f"{' '.join(str(one) for one in known if one)} at {host}:{endpoint['port']}"


def checked(links: t.Sequence[Link], steps: t.Sequence[Step], check: Step) -> Step:
    """What a connection check says about each link: it fails with the endpoints that do not answer.

    ``steps`` are what C(probes) took. A check that could not be made fails the links that it was for.
    """
    by_name = {one["name"]: one for one in check.get("results") or ()}
    results = []
    for link in links:
        names = [one["name"] for one in probes([link], steps)]
        mine = [by_name[name] for name in names if name in by_name]
        silent = [f"{one['name'].partition(' ')[2]}: {one['msg']}" for one in mine if one.get("failed")]
        msg = f"connected, but not every endpoint answers: {'; '.join(silent)}" if silent else ""
        if names and "results" not in check:
            msg = f"connected, but it could not be tried whether the endpoints answer: {check.get('msg')}"
        results.append({"name": key(link), "failed": bool(msg), "msg": msg, "checks": mine})
    return {"results": results, "failed_items": [one["name"] for one in results if one["failed"]]}


def as_step(report: t.Sequence[Link]) -> Step:
    """A report as a step that later steps come after: links that failed or still move are not gone on with."""
    results = [
        {
            **pick(entry, "vpc_endpoint_id", "association_id", "endpoints", "checks"),
            "name": key(entry),
            "changed": entry["changed"],
            "writes": entry["writes"],
            "failed": entry["status"] == "failed",
            "waiting": entry["next_action"] if entry["status"].startswith("waiting") else "",
            "msg": entry["next_action"],
        }
        for entry in report
    ]
    return {"results": results, "failed_items": [one["name"] for one in results if one["failed"] or one["waiting"]]}
