# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lies behind a link: the endpoints that were discovered, and whether they answer.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Known, Result

Answer = t.Mapping[str, t.Any]  # the registered result of a module that knows no links
SHOWN = ("type", "dns_name", "private_dns_name", "port", "database_id")


def behind(answer: Answer, known: Known, private: bool) -> dict[str, t.Any]:
    """The endpoints behind one link; it fails where AWS says that something behind it has failed.

    ``answer`` is what M(saas.privatelink.vpc_endpoint_association_info) returned for all links, its failure included.
    ``private`` is whether the vendor's private names lead to the link.
    """
    msg = _unreached(answer, known)
    mine = [endpoint for endpoint in answer.get("endpoints") or () if _leads_through(endpoint, known)]
    return {"failed": bool(msg), "msg": msg, "endpoints": [_shown(endpoint, private) for endpoint in mine]}


def _leads_through(entry: Result, known: Known) -> bool:
    """Whether it is reached by the link's association with a network, else by its VPC endpoint."""
    through = "association_id" if known.get("association_id") else "vpc_endpoint_id"
    return bool(known.get(through)) and entry.get(through) == known.get(through)


def _unreached(answer: Answer, known: Known) -> str:
    """Why something behind a link is not reached, in AWS's words; "" where all is."""
    if "endpoints" not in answer:
        made = known.get("association_id") or known.get("vpc_endpoint_id")
        return f"connected, but AWS does not tell what is behind it: {answer.get('msg')}" if made else ""
    failed = []
    for association in answer.get("associations") or ():
        broken = association.get("failure_code") and association.get("status") != "PARTIAL"
        if broken and _leads_through(association, known):
            arn = association.get("associated_resource_arn") or association.get("resource_configuration_arn")
            failed.append(f"{arn} {reason(association)}")
    return f"connected, but not everything is reached: {'; '.join(failed)}" if failed else ""


def reason(entry: Result) -> str:
    """What AWS says of something that failed."""
    error = entry.get("last_error") or {}
    said = [error.get("code"), error.get("message"), entry.get("failure_code"), entry.get("failure_reason")]
    return ": ".join(dict.fromkeys(str(part).rstrip(".") for part in said if part)) or "AWS gives no reason"


def _shown(endpoint: Result, private: bool) -> dict[str, t.Any]:
    """A discovered endpoint as roles show it; nothing leads to it by a private name that is off."""
    shown = {name: endpoint[name] for name in SHOWN if name in endpoint}
    shown["private_dns_name"] = shown.get("private_dns_name") if private else None
    # The older names of both.
    return {**shown, "dns-entry": shown.get("dns_name"), "private-dns-entry": shown["private_dns_name"]}


def probes(key: str, tls: bool, endpoints: t.Iterable[Result]) -> list[dict[str, t.Any]]:
    """Every endpoint with a name and a port, as M(saas.privatelink.connection_check) takes it; by TLS the databases."""
    named = {}
    for endpoint in endpoints:
        host = endpoint["private_dns_name"] or endpoint["dns_name"]
        if host and endpoint["port"]:
            name = f"{key} {_label(endpoint, host)}"
            encrypted = tls and endpoint["type"] == "database"
            named[name] = {"name": name, "host": host, "port": endpoint["port"], "tls": encrypted}
    return list(named.values())


def _label(endpoint: Result, host: str) -> str:
    """What an endpoint is, and where: ports are alike, and without the vendor's databases nothing else is known."""
    known = [endpoint["type"] or "endpoint", endpoint.get("database_id")]
    return f"{' '.join(str(part) for part in known if part)} at {host}:{endpoint['port']}"


def judged(answer: Answer, probed: t.Sequence[Result]) -> dict[str, t.Any]:
    """What a connection check says of one link; a check that could not be made fails the links that it was for."""
    by_name = {result["name"]: result for result in answer.get("results") or ()}
    mine = [by_name[probe["name"]] for probe in probed if probe["name"] in by_name]
    silent = [f"{result['name'].partition(' ')[2]}: {result['msg']}" for result in mine if result.get("failed")]
    msg = f"connected, but not every endpoint answers: {'; '.join(silent)}" if silent else ""
    if probed and "results" not in answer:
        msg = f"connected, but it could not be tried whether the endpoints answer: {answer.get('msg')}"
    return {"failed": bool(msg), "msg": msg, "checks": mine}
