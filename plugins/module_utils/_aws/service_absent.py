# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an endpoint service goes, or is left to its owner, and how several of one name become one.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, DeleteVpcEndpointServiceConfigurations, RejectVpcEndpointConnections
(read 2026-11).
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership, principals
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import Connection, reject
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import (
    Actual,
    refuse_other_place,
    result_of,
    several,
    shown,
    tags_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_balancers import Service
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_changes import ADMITTED_TAG, PERMIT, mark
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Plan


def plan_absent(item: EndpointService, actual: Actual) -> Plan:
    """Reject live connections where that is allowed, wait until they are gone, then delete all that is the item's."""
    if actual.service is None:
        return Plan()
    plan = Plan(before=shown(actual, actual.service), result=result_of(actual, actual.service))
    ending = [connection for service in actual.services for connection in actual.live(service)]
    plan.result["ending_connections"] = [] if ownership.is_adopted(tags_of(actual.service)) else list(map(str, ending))
    for service in actual.services:
        service_id = service["ServiceId"]
        refuse_other_place(item, service)
        if service["ServiceState"] == "Deleting":
            plan.waiting = f"endpoint service {service_id} to be deleted"
        elif ownership.is_adopted(tags_of(service)):
            _leave(plan, item, actual, service)
        else:
            _refuse_live(item, service_id, actual.live(service))
            plan.changes += _deletion(actual, service)
    return plan


def _deletion(actual: Actual, service: Service) -> list[Change]:
    service_id, live = service["ServiceId"], actual.live(service)
    params, settled = {"ServiceIds": [service_id]}, ("InvalidVpcEndpointService.NotFound",)
    delete = Change(
        "ec2:DeleteVpcEndpointServiceConfigurations",
        params,
        f"delete endpoint service {service_id}",
        after="connections to end" if live else "",
        settled_by=(*settled, "InvalidVpcEndpointServiceId.NotFound"),
    )
    return [*reject(service_id, live, actual.rejected), delete]


def surplus_changes(item: EndpointService, actual: Actual) -> list[Change]:
    """Delete what was made twice: services without connections, where another has some.

    While none has, all stay: the vendor may have been told the name of either. Raises ItemError where several have.
    """
    connected = [service for service in actual.services if actual.live(service)]
    if len(connected) > 1:
        raise several(item.name, connected)
    changes: list[Change] = []
    for service in actual.surplus if connected else ():
        changes += [] if ownership.is_adopted(tags_of(service)) else _deletion(actual, service)
    return changes


def _refuse_live(item: EndpointService, service_id: str, live: t.Sequence[Connection]) -> None:
    if item.on_connections == "fail" and not all(connection.is_in("deleting") for connection in live):
        raise ItemError(
            f"{service_id} has live connections ({', '.join(map(str, live))}). Nothing was deleted. Have the vendor "
            "remove its endpoint, or set on_connections=reject."
        )


def _leave(plan: Plan, item: EndpointService, actual: Actual, service: Service) -> None:
    """Take away what we brought to a service that was adopted: whom we let in, their connections, our tags."""
    service_id, tags = service["ServiceId"], tags_of(service)
    admitted = [arn for arn in actual.principals or () if mark(arn) in tags.get(ADMITTED_TAG, "").split()]
    staying = {*(actual.principals or ())} - {*admitted}
    # Whom its owner lets in as well, may have been connected by the owner.
    accounts = principals.accounts(admitted)
    live = [
        connection
        for connection in actual.live(service)
        if connection.owner in accounts and not principals.covers(staying, connection.owner)
    ]
    _refuse_live(item, service_id, live)
    plan.changes += reject(service_id, live, actual.rejected)
    if admitted:
        params = {"ServiceId": service_id, "RemoveAllowedPrincipals": sorted(admitted)}
        plan.changes.append(Change(PERMIT, params, f"no longer allow {', '.join(sorted(admitted))}"))
    plan.changes += tagging.ec2_changes(service_id, {}, tagging.own(tags))
    own = tagging.own(tags)
    plan.after = {**plan.before, "tags": {key: value for key, value in tags.items() if key not in own}}
