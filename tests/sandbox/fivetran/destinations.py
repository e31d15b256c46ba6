# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destinations: which network each uses, and its setup tests; and what is only looked at, groups and connections."""

from __future__ import annotations

from typing import Any

from tests.sandbox.fivetran import links
from tests.sandbox.fivetran.objects import (
    HOUR,
    MASKED,
    MINUTE,
    Account,
    Destination,
    absent,
    invalid,
)
from tests.sandbox.fivetran.routes import Request, page, route

WHAT = "Destination"
PRIVATE = "PrivateLink"
METHODS = ("Directly", PRIVATE, "SshTunnel", "ProxyAgent")
FAILED = ("FAILED", "JOB_FAILED")
PARTS = ("Host Connection", "Database Connection", "Permissions")
"""What the setup tests of all destinations have here; Fivetran's differ from service to service."""

SECRETS = ("password", "private_key", "personal_access_token", "secret_key", "secret_value")
CHANGEABLE = {
    "region",
    "config",
    "trust_certificates",
    "trust_fingerprints",
    "run_setup_tests",
    "networking_method",
    "private_link_id",
    "proxy_agent_id",
    "hybrid_deployment_agent_id",
    "time_zone_offset",
    "daylight_saving_time_enabled",
}


def plant(account: Account, seed: dict[str, Any]) -> None:
    """A destination of a seed: ``id``, ``service``, ``region``, ``config`` and further members of the API's own."""
    body = {
        "region": "AWS_US_EAST_1",
        "time_zone_offset": "0",
        "setup_status": "CONNECTED",
        "daylight_saving_time_enabled": True,
        "networking_method": "Directly",
        "private_link_id": None,
        **seed,
    }
    config = body.pop("config", {})
    body["group_id"] = body["id"]
    account.groups.setdefault(body["id"], f"group_{body['id']}")
    account.destinations.setdefault(body["id"], Destination(body["id"], body, config))


@route("GET", "/destinations", "ListDestinations")
def listed(request: Request) -> Any:
    found = [_described(request, destination) for destination in request.account.destinations.values()]
    return page(request, [{name: value for name, value in item.items() if name != "config"} for item in found])


@route("GET", "/destinations/{id}", "GetDestination")
def get(request: Request) -> Any:
    return _described(request, _known(request))


@route("PATCH", "/destinations/{id}", "UpdateDestination")
def update(request: Request) -> Any:
    destination, body = _known(request), dict(request.body)
    unknown = sorted(set(body) - CHANGEABLE)
    if unknown:
        raise invalid(f"Unknown fields: {', '.join(unknown)}")
    if not body.get("time_zone_offset"):
        raise invalid("time_zone_offset is required")
    _check_network(request, {**destination.body, **body})
    tests = body.pop("run_setup_tests", True)
    if tests:
        _take_tests(request)
    for flag in ("trust_certificates", "trust_fingerprints"):
        body.pop(flag, None)
    config = body.pop("config", None) or {}
    if MASKED in config.values():
        raise invalid("config holds a masked value")
    destination.config.update(config)
    if destination.body["service"] == "databricks":  # as Fivetran does: terraform-provider-fivetran, read 2026-11
        destination.config.update(server_host_name="rewritten.example.com", cloud_provider="AWS")
    destination.body.update(body, setup_status="INCOMPLETE")
    results = {"setup_tests": _run(request, destination)} if tests else {}
    return {**_described(request, destination), **results}


@route("POST", "/destinations/{id}/test", "RunSetupTests")
def test(request: Request) -> Any:
    destination = _known(request)
    _take_tests(request)
    results = _run(request, destination)
    return {**_described(request, destination), "setup_tests": results}


@route("GET", "/groups/{id}", "GetGroup")
def group(request: Request) -> Any:
    key = request.names["id"]
    if key not in request.account.groups:
        raise absent("Group", key)
    return {"id": key, "name": request.account.groups[key], "created_at": "2026-01-01T00:00:00Z"}


@route("GET", "/connections", "ListConnections")
def connections(request: Request) -> Any:
    return page(request, request.account.connections)


def _known(request: Request) -> Destination:
    destination = request.account.destinations.get(request.names["id"])
    if destination is None:
        raise absent(WHAT, request.names["id"])
    return destination


def _check_network(request: Request, wanted: dict[str, Any]) -> None:
    """The two members go together; the words of the first refusal are Fivetran's (terraform-provider-fivetran#433)."""
    method, link = wanted.get("networking_method"), wanted.get("private_link_id")
    if method not in METHODS:
        raise invalid(f"networking_method is one of {', '.join(METHODS)}")
    if link and method != PRIVATE:
        raise invalid("Networking method must be PrivateLink in order to set private_link_id")
    if method == PRIVATE and not link:
        raise invalid("private_link_id is required when networking method is PrivateLink")
    if link and link not in request.account.private_links:
        raise absent("PrivateLink", link)


def _take_tests(request: Request) -> None:
    limits = request.fivetran.limits_of(request.account)
    request.account.take("setup tests in a minute", limits.tests_per_minute, MINUTE)
    request.account.take("setup tests in an hour", limits.tests_per_hour, HOUR)


def _run(request: Request, destination: Destination) -> list[dict[str, Any]]:
    """The parts of the setup tests, of which the first needs a network that leads somewhere."""
    results = [_part(request, destination, title) for title in PARTS]
    broken = any(result["status"] in FAILED for result in results)
    destination.body["setup_status"] = "BROKEN" if broken else "CONNECTED"
    return results


def _part(request: Request, destination: Destination, title: str) -> dict[str, Any]:
    armed = request.fivetran.due_part(destination.id, title)
    if armed:
        return {"title": title, "status": armed.status, "message": armed.message, "details": armed.details}
    fault = _fault(request, destination) if title == PARTS[0] else ""
    return {"title": title, "status": "FAILED" if fault else "PASSED", "message": fault, "details": None}


def _fault(request: Request, destination: Destination) -> str:
    """Why the database is not reached; "" where it is."""
    key = "connection_method" if destination.body["service"] == "aws_msk_wh" else "connection_type"
    told = str(destination.config.get(key) or "Directly")
    method = destination.body["networking_method"]
    if told.lower() != method.lower():
        return f"{key} is {told}, the networking method is {method}"
    if method != PRIVATE:
        return ""
    link = request.account.private_links.get(destination.body["private_link_id"])
    state = links.state_of(request, link)[0] if link else "absent"
    return "" if state == "OK" else f"The private link is {state}"


def _described(request: Request, destination: Destination) -> dict[str, Any]:
    settings = request.fivetran.settings
    config = {name: MASKED if name in SECRETS else value for name, value in destination.config.items()}
    shown = {**destination.body, "config": config, **destination.forced}
    if settings.lower_case:
        shown["setup_status"] = shown["setup_status"].lower()
    if settings.method_is_null:
        shown["networking_method"] = None
    return shown
