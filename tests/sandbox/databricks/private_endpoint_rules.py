# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private endpoint rules: an endpoint that Databricks makes for serverless compute, to a customer's service or to S3.

Sources: databricks-sdk 0.162.0; databricks/terraform-provider-databricks at 684f442, the page of
C(mws_ncc_private_endpoint_rule), #5347, #5386 (read 2026-11).
"""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError
from tests.sandbox.core.world import hex_id
from tests.sandbox.databricks import aws
from tests.sandbox.databricks.checks import one_of, required, within
from tests.sandbox.databricks.objects import Rule, in_use, invalid, milliseconds, new_id, pages
from tests.sandbox.databricks.routes import Request, route

WHAT = "Private endpoint rule"
CONFIG = "/network-connectivity-configs/{config}"
PATH = CONFIG + "/private-endpoint-rules"
SERVICE = re.compile(r"com\.amazonaws\.vpce\.[\w-]+\.vpce-svc-[0-9a-f]{17}")
DOMAIN = re.compile(r"(?=.*[a-z])([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
ENDPOINT_STATES = {
    "pendingAcceptance": "PENDING",
    "pending": "PENDING",
    "available": "ESTABLISHED",
    "rejected": "REJECTED",
    "expired": "EXPIRED",
}
"""AWS's word for the endpoint -> the rule's. Any other one is DISCONNECTED."""
AT_ONCE = ("PENDING", "EXPIRED")
"""States in which a rule is deleted at once; in any other it is deactivated."""


@route("POST", PATH, "CreatePrivateEndpointRule")
def create(request: Request) -> Any:
    """The endpoint is asked for now, and seen by its service's owner when the rule is PENDING."""
    body, account, databricks = request.body, request.account, request.sandbox.databricks
    config = one_of(account.connectivity_configs, "Network connectivity configuration", request.names["config"])
    required(body, "endpoint_service")
    region, to_s3 = config.body["region"], bool(body.get("resource_names"))
    member = "resource_names" if to_s3 else "domain_names"
    _check(request, to_s3, region)
    there = [rule for rule in account.private_endpoint_rules.values() if rule.region == region]
    alike = [rule for rule in there if ("resource_names" in rule.body) == to_s3]
    limits = databricks.limits
    within(databricks, len(alike), limits.s3_rules_per_region if to_s3 else limits.vpc_rules_per_region, "endpoints")
    key, moment = new_id(), milliseconds()
    members: dict[str, Any] = {"rule_id": key, "network_connectivity_config_id": config.id, "account_id": account.id}
    members |= {"endpoint_service": body["endpoint_service"], member: body[member], "enabled": not to_s3}
    members |= {"deactivated": False, "creation_time": moment, "updated_time": moment}
    rule = Rule(key, members, region=region)
    _ask(request, rule, to_s3)
    account.private_endpoint_rules[key] = rule
    return described(request, rule)


@route("GET", PATH, "ListPrivateEndpointRules")
def listed(request: Request) -> Any:
    config = one_of(request.account.connectivity_configs, "Network connectivity configuration", request.names["config"])
    found = [described(request, rule) for rule in of(request, config.id)]
    return pages(found, request.sandbox.databricks.settings.page_size, request.query.get("page_token"))


@route("GET", PATH + "/{rule}", "GetPrivateEndpointRule")
def get(request: Request) -> Any:
    return described(request, _named(request))


@route("PATCH", PATH + "/{rule}", "UpdatePrivateEndpointRule")
def update(request: Request) -> Any:
    rule = _named(request)
    to_s3 = "resource_names" in rule.body
    names = request.mask({"resource_names", "enabled"} if to_s3 else {"domain_names"})
    if rule.body["deactivated"]:
        raise in_use(f"{WHAT} {rule.id} is deactivated")
    if "enabled" in names and state(request, rule) != "ESTABLISHED":
        raise in_use("enabled can only be changed when the connection state is ESTABLISHED")
    if "domain_names" in names:
        _check_domains(request)
    for name in names:
        if request.body.get(name) in (None, []):
            raise invalid(f"{name} is in the update mask, but not in the body")
        rule.body[name] = request.body[name]
    rule.body["updated_time"] = milliseconds()
    return described(request, rule)


@route("DELETE", PATH + "/{rule}", "DeletePrivateEndpointRule")
def delete(request: Request) -> Any:
    """A deactivated rule keeps its endpoint until it is gone, and afterwards (#5386)."""
    rule = _named(request)
    request.account.released[rule.body["network_connectivity_config_id"]] = clock.now()
    if state(request, rule) in AT_ONCE:
        if rule.endpoint_id:
            aws.withdraw(request.sandbox, rule.endpoint_id)
        del request.account.private_endpoint_rules[rule.id]
    elif not rule.body["deactivated"]:
        rule.body.update(deactivated=True, deactivated_at=milliseconds())
        rule.gone_from = clock.now() + request.sandbox.world.lag("databricks_rule.deactivated")
    return described(request, rule)


def of(request: Request, config: str) -> list[Rule]:
    """The rules of a configuration, those that are deactivated too."""
    rules = request.account.private_endpoint_rules.values()
    return [rule for rule in rules if rule.body["network_connectivity_config_id"] == config]


def _named(request: Request) -> Rule:
    rule = one_of(request.account.private_endpoint_rules, WHAT, request.names["rule"])
    if rule.body["network_connectivity_config_id"] != request.names["config"]:
        return one_of({}, WHAT, rule.id)
    return rule


def _check(request: Request, to_s3: bool, region: str) -> None:
    body = request.body
    if to_s3:
        if body.get("domain_names") or body["endpoint_service"] != f"com.amazonaws.{region}.s3":
            raise invalid("resource_names go with the endpoint service of S3 in the region of the configuration")
        return
    if not SERVICE.fullmatch(body["endpoint_service"]):
        raise invalid(f"{body['endpoint_service']} is not the name of an endpoint service")
    required(body, "domain_names")
    _check_domains(request)


def _check_domains(request: Request) -> None:
    names = request.body.get("domain_names") or []
    limit = request.sandbox.databricks.limits.domain_names_per_rule
    if len(names) > limit:
        raise invalid(f"A rule has {limit} domain names at most")
    for name in names:
        if not DOMAIN.fullmatch(name):
            raise invalid(f"{name} is not a fully qualified domain name")


def _ask(request: Request, rule: Rule, to_s3: bool) -> None:
    world, shard = request.sandbox.world, request.account.published
    rule.life = world.life("databricks_rule", "CREATING", "PENDING")
    pending = rule.life.steps[1][1]
    rule.named_from = pending + world.lag("databricks_rule.unseen_endpoint")
    rule.ends = pending + world.lag("databricks_rule.PENDING")
    if to_s3:
        rule.endpoint_id = hex_id("vpce-")  # of AWS's own service: nobody but Databricks sees it
        return
    name = rule.body["endpoint_service"]
    try:
        rule.endpoint_id = aws.request_connection(request.sandbox, shard, rule.region, name, (pending, rule.ends))
    except AwsError as error:
        rule.failure = f"{error.code}: {error.message}"


def state(request: Request, rule: Rule) -> str:
    """The rule's state, from what AWS says of its endpoint."""
    if "connection_state" in rule.forced:
        return str(rule.forced["connection_state"])
    if rule.life is not None and rule.life.state == "CREATING":
        return "CREATING"
    if rule.failure:
        return "CREATE_FAILED"
    if "resource_names" in rule.body:
        admitted = aws.admitted(request.sandbox.world, rule.body["resource_names"], str(rule.endpoint_id))
        return "ESTABLISHED" if admitted else "EXPIRED" if clock.now() >= rule.ends else "PENDING"
    found = ENDPOINT_STATES.get(aws.endpoint_state(request.sandbox.world, str(rule.endpoint_id)), "DISCONNECTED")
    rule.established = rule.established or found == "ESTABLISHED"
    # The owner of a service ends a connection by rejecting it; there is no other way.
    return "DISCONNECTED" if found == "REJECTED" and rule.established else found


def described(request: Request, rule: Rule) -> dict[str, Any]:
    now = state(request, rule)
    named = rule.endpoint_id if now != "CREATING" and clock.now() >= rule.named_from else None
    shown = {**rule.body, "connection_state": now}
    shown |= {"vpc_endpoint_id": named} if named else {}
    shown |= {"error_message": rule.failure} if now == "CREATE_FAILED" else {}
    return {**shown, **rule.forced}
