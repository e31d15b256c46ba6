# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that vendors' endpoints request on our endpoint services: read, accept, reject.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, DescribeVpcEndpointConnections, AcceptVpcEndpointConnections,
RejectVpcEndpointConnections (read 2026-11). AWS answers states in lowerCamelCase although its model lists them in
PascalCase, so states are compared without regard to case.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import FILTER_VALUES, Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made, Plan

ACCEPT = "ec2:AcceptVpcEndpointConnections"
REJECT = "ec2:RejectVpcEndpointConnections"


@dataclass(frozen=True)
class Connection:
    """One vendor endpoint's request on, or connection to, one of our services."""

    service_id: str
    vpc_endpoint_id: str
    owner: str
    state: str

    def __str__(self) -> str:
        return f"{self.vpc_endpoint_id} of account {self.owner}: {self.state}"

    def is_in(self, *states: str) -> bool:
        return self.state.lower() in {state.lower() for state in states}

    @property
    def live(self) -> bool:
        """Still on the service. Rejected, failed, expired and deleted ones stay listed for a while and mean nothing."""
        return self.is_in("pendingAcceptance", "pending", "available", "partial", "deleting")

    @property
    def accepted(self) -> bool:
        """Accepted, and up or coming up."""
        return self.is_in("pending", "available", "partial")

    @property
    def rejectable(self) -> bool:
        return self.is_in("pendingAcceptance", "available", "partial")

    def as_dict(self) -> dict[str, str]:
        return {
            "service_id": self.service_id,
            "vpc_endpoint_id": self.vpc_endpoint_id,
            "vpc_endpoint_owner": self.owner,
            "vpc_endpoint_state": self.state,
        }


def read_connections(api: Api, service_ids: t.Collection[str]) -> list[Connection]:
    """The connections of some services: one call per 1000.

    A filter holds 200 services at most; for more, all connections of the account are read and the others left out.
    """
    wanted = set(service_ids)
    if not wanted:
        return []
    params: dict[str, t.Any] = {"MaxResults": 1000}
    if len(wanted) <= FILTER_VALUES:
        params["Filters"] = [{"Name": "service-id", "Values": sorted(wanted)}]
    return [
        Connection(
            row["ServiceId"],
            row["VpcEndpointId"],
            str(row.get("VpcEndpointOwner", "")),
            str(row.get("VpcEndpointState", "")),
        )
        for row in api.pages("ec2:DescribeVpcEndpointConnections", "VpcEndpointConnections", **params)
        if row["ServiceId"] in wanted
    ]


@dataclass(frozen=True)
class Acceptance:
    """One service whose connections are accepted or rejected; the fields are the options of C(accept_connection)."""

    name: str
    state: t.Literal["accepted", "rejected"] = "accepted"
    service_id: str | None = None
    service_name: str | None = None
    owners: list[str] | None = None
    vpc_endpoint_ids: list[str] | None = None
    wait_for_request: bool = False

    def __post_init__(self) -> None:
        if not self.owners and not self.vpc_endpoint_ids:
            raise ItemError("Nothing is accepted or rejected without a list: give owners or vpc_endpoint_ids.")
        for owner in self.owners or []:
            if not re.fullmatch(r"[0-9]{12}", owner):
                raise ItemError(f"Not an account id of 12 digits: {owner!r}.")
        for endpoint in self.vpc_endpoint_ids or []:
            if not re.fullmatch(r"vpce-[0-9a-f]+", endpoint):
                raise ItemError(f"Not the id of a VPC endpoint: {endpoint!r}. It looks like vpce-0123456789abcdef0.")
        if self.given_id and not arns.ENDPOINT_SERVICE_ID.fullmatch(self.given_id):
            raise ItemError(f"Not an endpoint service: {self.service_id or self.service_name!r}.")

    @property
    def given_id(self) -> str:
        """The service's id, where the options name it. A service's name ends in its id."""
        return self.service_id or (self.service_name or "").rsplit(".", 1)[-1]

    @property
    def who(self) -> str:
        """The allow list in words."""
        owners = f"account {' or '.join(self.owners)}" if self.owners else ""
        endpoints = f"endpoint {' or '.join(self.vpc_endpoint_ids)}" if self.vpc_endpoint_ids else ""
        return " with ".join(part for part in (owners, endpoints) if part)

    def allows(self, connection: Connection) -> bool:
        """A connection must pass each list that is given."""
        return (not self.owners or connection.owner in self.owners) and (
            not self.vpc_endpoint_ids or connection.vpc_endpoint_id in self.vpc_endpoint_ids
        )


@dataclass
class Requests:
    """What AWS shows for one wanted acceptance."""

    service_id: str
    connections: list[Connection] = field(default_factory=list)
    handled: t.AbstractSet[str] = frozenset()  # endpoints that this run has accepted, or rejected


class Acceptances:
    """Reads the connections of all services concerned together, and makes the calls that their plans contain."""

    def __init__(self, api: Api, check_mode: bool = False) -> None:
        self.api, self.check_mode = api, check_mode

    def apply(self, change: Change) -> t.Mapping[str, t.Any]:
        """Make a planned call. That AWS refuses to accept what another run has accepted meanwhile is no error.

        The connections say whether that is so, not the error: AWS does not document which code it answers then.
        """
        try:
            return self.api.apply(change)
        except CallError:
            if change.action != ACCEPT or not self.accepted(**change.params):
                raise
            return {}

    def accepted(self, ServiceId: str, VpcEndpointIds: t.Collection[str]) -> bool:
        """Whether all of these connections have been accepted."""
        listed = [
            connection
            for connection in read_connections(self.api, [ServiceId])
            if connection.vpc_endpoint_id in VpcEndpointIds
        ]
        return len(listed) == len(VpcEndpointIds) and all(connection.accepted for connection in listed)

    def read(self, items: t.Sequence[Acceptance], made: t.Mapping[str, Made]) -> dict[str, Requests | ItemError]:
        ids = self._service_ids(items)
        known = sorted({service_id for service_id in ids.values() if isinstance(service_id, str) and service_id})
        by_service: dict[str, list[Connection]] = {}
        for connection in read_connections(self.api, known):
            by_service.setdefault(connection.service_id, []).append(connection)
        found: dict[str, Requests | ItemError] = {}
        for item in items:
            service = ids[item.name]
            if isinstance(service, ItemError):
                found[item.name] = service
                continue
            handled = made[item.name].named(ACCEPT if item.state == "accepted" else REJECT, "VpcEndpointIds")
            found[item.name] = Requests(service, by_service.get(service, []), handled)
        return found

    def _service_ids(self, items: t.Sequence[Acceptance]) -> dict[str, str | ItemError]:
        """Service ids by item; services that are named by the collection's tag alone cost one call for all."""
        ids: dict[str, str | ItemError] = {item.name: item.given_id for item in items}
        tagged: dict[str, list[str]] = {}
        if not all(ids.values()):
            for service in self.api.pages(
                "ec2:DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", MaxResults=1000
            ):
                name = tagging.as_dict(service.get("Tags")).get(tagging.OWN_TAG, "")
                if service.get("ServiceState") in ("Pending", "Available"):
                    tagged.setdefault(name, []).append(service["ServiceId"])
        for item in (item for item in items if not ids[item.name]):
            name, services = item.name, tagged.get(item.name, [])
            if len(services) > 1:
                ids[name] = ItemError(f"Several endpoint services are tagged {name}: {', '.join(sorted(services))}.")
            elif services:
                ids[name] = services[0]
            elif item.state == "accepted" and not self.check_mode:
                ids[name] = ItemError(f"No endpoint service is tagged {name}: make it first, or give service_id.")
        return ids

    def plan(self, item: Acceptance, actual: Requests) -> Plan:
        allowed = [connection for connection in actual.connections if item.allows(connection)]
        others = [connection for connection in actual.connections if not item.allows(connection) and connection.live]
        unlisted = [connection.as_dict() for connection in others]
        plan = plan_rejected(actual, allowed) if item.state == "rejected" else plan_accepted(item, actual, allowed)
        plan.before = {connection.vpc_endpoint_id: connection.state for connection in allowed if connection.live}
        plan.result.update(
            service_id=actual.service_id,
            connections=[connection.as_dict() for connection in allowed],
            unlisted_connections=unlisted,
            strangers=unlisted,  # the older name
        )
        plan.warnings = [f"{item.name}: not on the list and left alone: {connection}" for connection in others]
        return plan


def plan_accepted(item: Acceptance, actual: Requests, allowed: t.Sequence[Connection]) -> Plan:
    """Accept what asks; C(status) says where it stands: accepted, waiting or refused."""
    handled = [connection for connection in allowed if connection.vpc_endpoint_id in actual.handled]
    lost = [connection for connection in handled if not connection.live]
    if lost:
        raise ItemError(f"Accepted, but the connection did not come up: {'; '.join(map(str, lost))}.")
    pending = [connection for connection in allowed if connection.is_in("pendingAcceptance", "pending")]
    # What was accepted before in this run and still asks is a read of the past.
    new = [connection for connection in pending if connection.vpc_endpoint_id not in actual.handled]
    asking = [connection for connection in new if connection.is_in("pendingAcceptance")]
    coming = [connection for connection in pending if connection not in asking]
    up = [connection for connection in allowed if connection.is_in("available", "partial")]
    after = {connection.vpc_endpoint_id: connection.state for connection in up}
    after.update({connection.vpc_endpoint_id: "available" for connection in [*asking, *coming]})
    plan = Plan(after=after, result={"status": "accepted"})
    if asking:
        ids = sorted(connection.vpc_endpoint_id for connection in asking)
        params = {"ServiceId": actual.service_id, "VpcEndpointIds": ids}
        plan.changes.append(Change(ACCEPT, params, f"accept {', '.join(ids)}"))
    if asking or coming:
        plan.result["status"] = "waiting"
        plan.waiting = f"{_ids(coming)} to be available" if coming else ""
    elif not up:
        refused = [connection for connection in allowed if not connection.is_in("deleting", "deleted")]
        plan.result["status"] = "refused" if refused else "waiting"
        again = f" again ({'; '.join(map(str, refused))})" if refused else ""
        plan.waiting = f"{item.who} to request a connection to {actual.service_id or item.name}{again}"
        plan.poll = item.wait_for_request
    return plan


def plan_rejected(actual: Requests, allowed: t.Sequence[Connection]) -> Plan:
    """Reject what is connected or asks, and wait until it is off."""
    live = [connection for connection in allowed if connection.live]
    plan = Plan(reject(actual.service_id, allowed, actual.handled))
    plan.result["status"] = "waiting" if live else "refused"
    if live and not plan.changes:
        plan.waiting = f"{_ids(live)} to end"
    return plan


def reject(service_id: str, connections: t.Iterable[Connection], handled: t.AbstractSet[str]) -> list[Change]:
    """Reject what can be rejected now, and what is coming up when it is there. ``handled`` was rejected already."""
    left = [connection for connection in connections if connection.vpc_endpoint_id not in handled]
    ready = [connection for connection in left if connection.rejectable]
    coming = [connection for connection in left if connection.is_in("pending")]
    changes = []
    for some, after in ((ready, ""), (coming, "connections that are coming up to be available")):
        if some:
            ids = sorted(connection.vpc_endpoint_id for connection in some)
            params = {"ServiceId": service_id, "VpcEndpointIds": ids}
            changes.append(Change(REJECT, params, f"reject {', '.join(ids)}", after))
    return changes


def _ids(connections: t.Iterable[Connection]) -> str:
    return ", ".join(sorted(connection.vpc_endpoint_id for connection in connections))
