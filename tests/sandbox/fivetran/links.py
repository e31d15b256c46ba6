# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private links: made, listed, changed, deleted; each state follows from what became of its connection in AWS."""

from __future__ import annotations

from typing import Any

from tests.sandbox.core import clock
from tests.sandbox.fivetran import aws
from tests.sandbox.fivetran.objects import HOUR, ApiError, Link, absent, invalid, new_id, timestamp
from tests.sandbox.fivetran.routes import Request, page, route

REGIONS = {
    "AWS_US_EAST_1",
    "AWS_US_EAST_2",
    "AWS_US_WEST_2",
    "AWS_AP_NORTHEAST_1",
    "AWS_AP_SOUTHEAST_1",
    "AWS_AP_SOUTHEAST_2",
    "AWS_EU_CENTRAL_1",
    "AWS_EU_WEST_1",
    "AWS_EU_WEST_2",
    "AWS_AP_SOUTH_1",
    "AWS_CA_CENTRAL_1",
    "AWS_US_GOV_WEST_1",
}
"""Of PrivateLinkCreateRequest.region those of AWS (open-api-spec.json of fivetran/fivetran 4d1b48e, read 2026-11)."""

CONFIG = {
    "SOURCE_AWS": {"connection_service_name"},
    "DATABRICKS_AWS": {"connection_service_name"},
    "REDSHIFT_AWS": {"aws_account_id", "cluster_identifier"},
    "SNOWFLAKE_AWS": {"account_url", "vpce_id"},
}
"""What each service of AWS must be told, from the same document."""

WHAT = "PrivateLink"


@route("POST", "/private-links", "CreatePrivateLink", status=201)
def create(request: Request) -> Any:
    body, account = request.body, request.account
    missing = [name for name in ("name", "region", "service", "config") if not body.get(name)]
    if missing:
        raise invalid(f"Required fields are missing: {', '.join(missing)}")
    if body["region"] not in REGIONS or body["service"] not in CONFIG:
        raise invalid(f"Unknown region or service: {body['region']}, {body['service']}")
    _check_config(body["service"], body["config"])
    if not account.privatelink:
        raise ApiError(403, "Forbidden", "Private links are not available for this account")
    limits = request.fivetran.limits_of(account)
    account.take("private link creation", limits.links_per_hour, HOUR)
    link = Link(new_id(), body["name"], body["region"], body["service"], dict(body["config"]), clock.now())
    account.private_links[link.id] = link
    aws.request(request.sandbox, link)
    return described(request, link)


@route("GET", "/private-links", "ListPrivateLinks")
def listed(request: Request) -> Any:
    settings, links = request.fivetran.settings, request.account.private_links.values()
    seen = [link for link in links if clock.now() >= link.created + settings.unseen_seconds]
    items = [described(request, link) for link in seen]
    if not settings.config_in_list:
        items = [{name: value for name, value in item.items() if name != "config"} for item in items]
    return page(request, items)


@route("GET", "/private-links/{id}", "GetPrivateLink")
def get(request: Request) -> Any:
    shown = described(request, _known(request))
    return {**shown, "config": None} if request.fivetran.settings.config_is_null else shown


@route("PATCH", "/private-links/{id}", "UpdatePrivateLink")
def update(request: Request) -> Any:
    link = _known(request)
    if set(request.body) != {"config"}:
        raise invalid("Only config can be changed")
    config = {**link.config, **request.body["config"]}
    _check_config(link.service, config)
    aws.withdraw(request.sandbox, link)
    link.config, link.busy = config, "UPDATING"
    link.forced.pop("state", None)
    aws.request(request.sandbox, link)
    return described(request, link)


@route("DELETE", "/private-links/{id}", "DeletePrivateLink")
def delete(request: Request) -> Any:
    link, account = _known(request), request.account
    users = [key for key, found in account.destinations.items() if found.body.get("private_link_id") == link.id]
    if users or any(connection.get("private_link_id") == link.id for connection in account.connections):
        raise ApiError(409, "Conflict", "The private link is in use")
    aws.withdraw(request.sandbox, link)
    link.gone_from = min(link.gone_from, clock.now() + request.sandbox.world.lag("fivetran_link.DESTROYING"))
    return None


def _known(request: Request) -> Link:
    link = request.account.private_links.get(request.names["id"])
    if link is None:
        raise absent(WHAT, request.names["id"])
    return link


def _check_config(service: str, config: dict[str, Any]) -> None:
    lacking = sorted(name for name in CONFIG[service] if not config.get(name))
    if lacking:
        raise invalid(f"config of {service} needs {', '.join(lacking)}")


def state_of(request: Request, link: Link) -> tuple[str, str]:
    """State and what is said of it."""
    if link.gone_from < float("inf"):
        return "DESTROYING", "The private link is being deleted"
    if clock.now() < link.ready_from:
        return link.busy, "The connection is about to be requested"
    if link.failure:
        return "FAIL", link.failure
    state = aws.endpoint_state(request.sandbox, link.endpoint_id) if link.endpoint_id else "available"
    if state in aws.ENDED:
        return "FAIL", f"The endpoint connection is {state}"
    return ("OK", "") if state == "available" else (link.busy, f"The endpoint connection is {state}")


def described(request: Request, link: Link) -> dict[str, Any]:
    state, summary = state_of(request, link)
    shown = {
        "id": link.id,
        "name": link.name,
        "region": link.region,
        "service": link.service,
        "account_id": request.account.name,
        "cloud_provider": "AWS",
        "state": state,
        "state_summary": summary,
        "host": f"{link.id}.privatelink.fivetran.example.com",
        "resource_upstream_status": "IDLE",
        "created_at": timestamp(link.created),
        "created_by": link.created_by,
        "config": dict(link.config),
    }
    return {**shown, **link.forced}
