# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of an endpoint service that shall be there: created, or changed where it differs.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, ownership, principals
from ansible_collections.saas.privatelink.plugins.module_utils._aws import service_balancers as placing
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import SHOWN, Connection, reject
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_absent import surplus_changes
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import (
    Actual,
    arns_of,
    events_by_topic,
    refuse_other_place,
    result_of,
    shown,
    tags_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_balancers import ALIVE, Service
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_changes import (
    CREATE,
    MODIFY,
    config_changes,
    loses_principals,
    missing_principals,
    new_tags,
    notification_changes,
    principal_changes,
    remembered,
    starting,
    surplus_principals,
    tag_changes,
    txt_record,
    verification,
    wanted_balancers,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change, Plan
from ansible_collections.saas.privatelink.plugins.module_utils._core.tokens import token


def plan_create(item: EndpointService, actual: Actual, check_mode: bool) -> Plan:
    """Create the service once its load balancers are active; what needs its id follows when it is available."""
    if not item.load_balancers:
        raise ItemError(f"Endpoint service {item.name} does not exist: give load_balancers to create it.")
    balancers = wanted_balancers(item, actual, check_mode)
    acceptance = True if item.acceptance_required is None else item.acceptance_required
    arns = sorted({balancer.arn for balancer in balancers})
    params: dict[str, t.Any] = {
        "AcceptanceRequired": acceptance,
        "NetworkLoadBalancerArns": arns,
        "PrivateDnsName": item.private_dns_name or None,
        "SupportedIpAddressTypes": item.supported_ip_address_types,
        "SupportedRegions": [region for region in item.supported_regions or () if region != actual.region] or None,
        "TagSpecifications": [{"ResourceType": "vpc-endpoint-service", "Tags": tagging.as_aws(new_tags(item))}],
    }
    params = {key: value for key, value in params.items() if value is not None}
    params["ClientToken"] = token(actual.seed, params)
    create = Change(CREATE, params, f"create endpoint service {item.name}", after=starting(balancers) or actual.leaving)
    later = "the endpoint service to be available"
    created = {"ServiceId": UNKNOWN, "AcceptanceRequired": acceptance}
    changes = [
        create,
        *principal_changes(item, actual, created, later),
        *notification_changes(item, actual, created, later),
    ]
    if item.verify_private_dns and item.private_dns_name:
        changes.append(verification(UNKNOWN, item.private_dns_name, later))
    known = {"load_balancers": arns, "acceptance_required": acceptance, "tags": new_tags(item)}
    return Plan(changes, after=_after(item, actual, known))


def plan_update(item: EndpointService, actual: Actual, service: Service, check_mode: bool) -> Plan:
    """Deltas only: what is not set stays, what others share is added to unless a purge option says otherwise."""
    if service["ServiceState"] not in ALIVE:
        raise ItemError(
            f"Endpoint service {service['ServiceId']} is {service['ServiceState']}. Once it is deleted, run again to "
            "make a new one."
        )
    if ownership.is_theirs(item, tags_of(service)) and not actual.created:
        _refuse_company(item, actual, service)
        item = _as_it_is(item, service)
    elif item.service_id is None:
        refuse_other_place(item, service)
    before, result = shown(actual, service), result_of(actual, service)
    plan = Plan(before=before, after=before, result=result)
    if service["ServiceState"] == "Pending":
        plan.waiting = f"endpoint service {service['ServiceId']} to be available"
    later = plan.waiting
    plan.changes = [
        *tag_changes(item, actual, service),  # first: a policy may allow the rest to what has our tag alone
        *config_changes(item, actual, service, later, check_mode),
        *principal_changes(item, actual, service, later),
        *notification_changes(item, actual, service, later),
        *surplus_changes(item, actual),
    ]
    ended = _plan_uncovered(plan, item, actual, service)
    _plan_private_dns(plan, item, actual, service)
    if plan.changes:
        plan.after = {**_after(item, actual, before), **ended}
    if any(change.action == MODIFY for change in plan.changes):
        zones = placing.zones_of(plan.after["load_balancers"], actual.load_balancers)
        plan.after["availability_zones"] = sorted(zones) or before["availability_zones"]
    return plan


def _refuse_company(item: EndpointService, actual: Actual, service: Service) -> None:
    """Raise ItemError for a load balancer that the service of others lacks: its consumers would reach that, too."""
    have = list(service.get("NetworkLoadBalancerArns") or ())
    more = sorted(arns_of(item, actual.load_balancers) - set(have))
    if more:
        names = ", ".join(arn.split("/")[2] for arn in have)
        raise ItemError(
            f"Endpoint service {service['ServiceId']}, which others have made, leads to {names}, and would lead to "
            f"{', '.join(more)} as well. Its consumers would reach either. Set load_balancer_name to {names}."
        )


def _plan_uncovered(plan: Plan, item: EndpointService, actual: Actual, service: Service) -> dict[str, t.Any]:
    """Once principals are removed, end the connections that no other one covers, if wanted; else tell of them.

    Returns what that adds to the end of the diff.
    """
    uncovered = _uncovered(item, actual, service)
    if actual.connections_read and item.allowed_principals is not None:
        plan.result["uncovered_connections"] = [connection.as_dict() for connection in uncovered]
    if uncovered and item.end_connections_of_removed_principals:
        plan.changes += reject(service["ServiceId"], uncovered, actual.rejected)
        plan.before = {
            **plan.before,
            "connections": {connection.vpc_endpoint_id: connection.state for connection in uncovered},
        }
        return {"connections": {connection.vpc_endpoint_id: "rejected" for connection in uncovered}}
    if uncovered and loses_principals(item, actual):
        plan.warnings.append(_staying(item, uncovered))
    return {}


def _staying(item: EndpointService, uncovered: t.Sequence[Connection]) -> str:
    named = [str(connection) for connection in uncovered[:SHOWN]]
    named += [f"{len(uncovered) - SHOWN} more"] if len(uncovered) > SHOWN else []
    return (
        f"{item.name}: no principal allows these connections any more, and they stay: {', '.join(named)}. AWS ends "
        "none by itself. Set end_connections_of_removed_principals=true, or reject them with accept_connection."
    )


def _uncovered(item: EndpointService, actual: Actual, service: Service) -> list[Connection]:
    """Live connections of accounts that no principal covers once the wanted ones are set. Our own needs none."""
    if item.allowed_principals is None:
        return []
    staying = {*(actual.principals or ()), *missing_principals(item, actual)} - {*surplus_principals(item, actual)}
    balancers = map(arns.LOAD_BALANCER.fullmatch, service.get("NetworkLoadBalancerArns") or ())
    own = {match.group(0).split(":")[4] for match in balancers if match}
    return [
        connection
        for connection in actual.live(service)
        if not connection.is_in("deleting")
        and connection.owner not in own
        and not principals.covers(staying, connection.owner)
    ]


def _as_it_is(item: EndpointService, service: Service) -> EndpointService:
    """The item on a service that others have made: principals are added, all else is its owner's."""
    return replace(
        item,
        load_balancers=list(service.get("NetworkLoadBalancerArns") or ()),
        acceptance_required=None,
        private_dns_name=None,
        verify_private_dns=False,
        supported_ip_address_types=None,
        supported_regions=None,
        purge_allowed_principals=False,
        end_connections_of_removed_principals=False,
        purge_connection_notifications=False,
    )


def _plan_private_dns(plan: Plan, item: EndpointService, actual: Actual, service: Service) -> None:
    """Ask once in a run for the verification, if wanted. Without one it takes a human to publish the record."""
    service_id, later, name = service["ServiceId"], plan.waiting, service.get("PrivateDnsName") or ""
    dns = service.get("PrivateDnsNameConfiguration") or {}
    if item.private_dns_name not in (None, name):
        if item.private_dns_name and item.verify_private_dns:
            later = later or f"the private DNS name to be {item.private_dns_name}"
            plan.changes.append(verification(service_id, item.private_dns_name, later))
    elif dns.get("State") not in (None, "verified") and name and (item.private_dns_name or item.verify_private_dns):
        if item.verify_private_dns and not actual.verifying:
            plan.changes.append(verification(service_id, name, later))
        plan.poll = bool(later)
        plan.waiting = later or txt_record(dns, service)
        if actual.verifying and dns["State"] == "pendingVerification":
            plan.waiting, plan.poll = later or f"AWS to verify the domain of {name}", True


def _after(item: EndpointService, actual: Actual, before: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """``before`` as the item's options change it."""
    after = dict(before)
    for option in ("acceptance_required", "private_dns_name", "supported_ip_address_types", "supported_regions"):
        value = getattr(item, option)
        if value is not None:
            home = {actual.region} & set(before.get(option) or ()) if option == "supported_regions" else set()
            after[option] = sorted({*value, *home}) if isinstance(value, list) else value
    if item.load_balancers is not None:
        known = actual.load_balancers
        after["load_balancers"] = sorted(known[key].arn if key in known else key for key in item.load_balancers)
    if item.allowed_principals is not None:
        kept = frozenset() if item.purge_allowed_principals else actual.principals or frozenset()
        wanted = {principals.as_arn(principal, actual.partition) for principal in item.allowed_principals}
        after["allowed_principals"] = sorted(kept | wanted)
    if item.connection_notifications is not None:
        others = {} if item.purge_connection_notifications else actual.notifications or {}
        after["connection_notifications"] = {**events_by_topic(others.values()), **events_by_topic(item.notifications)}
    current = before.get("tags") or {}
    adopt = item.adopt and not actual.created
    to_set, to_remove = tagging.changes(current, item, item.purge_tags, adopt and actual.service is not None)
    after["tags"] = {key: value for key, value in {**current, **to_set}.items() if key not in to_remove}
    if actual.service is not None:
        after["tags"].update(remembered(item, actual, actual.service, current))
    return after
