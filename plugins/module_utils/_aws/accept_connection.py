# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that vendors' endpoints request on our endpoint services: read, accept, reject.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, DescribeVpcEndpointConnections, AcceptVpcEndpointConnections,
RejectVpcEndpointConnections (read 2026-11). AWS answers states in lowerCamelCase although its model lists them in
PascalCase, so states are compared without regard to case.

A vendor's account serves all of its customers, and any of them who learns the service's name may ask. So the account
alone proves little, and only as many of its requests are accepted as are expected.
"""

from __future__ import annotations

import math
import typing as t
from collections import Counter
from dataclasses import dataclass, field, replace

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import FILTER_VALUES, Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import internal
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made, Overtaken, Plan

ACCEPT = "ec2:AcceptVpcEndpointConnections"
REJECT = "ec2:RejectVpcEndpointConnections"
SHOWN = 10  # connections that a sentence names; the others are counted


@dataclass(frozen=True)
class Connection:
    """One vendor endpoint's request on, or connection to, one of our services."""

    service_id: str
    vpc_endpoint_id: str
    owner: str
    state: str
    created: float = math.inf  # seconds since 1970

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
    def age(self) -> tuple[float, str]:
        """For sorting by age; ids decide between twins."""
        return (self.created, self.vpc_endpoint_id)

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
            row["CreationTimestamp"].timestamp() if "CreationTimestamp" in row else math.inf,
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
    max_connections: int | None = None
    wait_for_request: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        if not self.owners and not self.vpc_endpoint_ids:
            raise ItemError("Nothing is accepted or rejected without a list: give owners or vpc_endpoint_ids.")
        if self.limit < 0:
            raise ItemError(f"max_connections is a number from 0, not {self.limit}.")
        for owner in self.owners or []:
            if not arns.ACCOUNT.fullmatch(owner):
                raise ItemError(f"Not an account id of 12 digits: {owner!r}.")
        for endpoint in self.vpc_endpoint_ids or []:
            if not arns.VPC_ENDPOINT.fullmatch(endpoint):
                raise ItemError(f"Not the id of a VPC endpoint: {endpoint!r}. It looks like vpce-0123456789abcdef0.")
        if self.service_id and not arns.ENDPOINT_SERVICE_ID.fullmatch(self.service_id):
            raise ItemError(f"Not an endpoint service: {self.service_id!r}. Ids look like vpce-svc-0123456789abcdef0.")
        if self.service_name and not arns.ENDPOINT_SERVICE_NAME.fullmatch(self.service_name):
            raise ItemError(
                f"Not an endpoint service: {self.service_name!r}. A name looks like "
                "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0."
            )
        if self.service_id and self.service_name and not self.service_name.endswith(f".{self.service_id}"):
            raise ItemError(f"service_id {self.service_id} is not that of service_name {self.service_name}.")

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

    @property
    def limit(self) -> int:
        """How many connections an account may have of which none need be listed."""
        if self.max_connections is not None:
            return self.max_connections
        return 0 if self.vpc_endpoint_ids else 1

    def of_owner(self, connection: Connection) -> bool:
        return not self.owners or connection.owner in self.owners

    def lists(self, connection: Connection) -> bool:
        """Whether a connection is expected by its own id."""
        return connection.vpc_endpoint_id in (self.vpc_endpoint_ids or ())

    def allows(self, connection: Connection) -> bool:
        """A connection must pass each list that is given, but for those that C(max_connections) lets in unlisted."""
        unlisted = self.state == "accepted" and bool(self.owners) and self.limit > 0
        return self.of_owner(connection) and (not self.vpc_endpoint_ids or self.lists(connection) or unlisted)

    def fitting(
        self,
        connections: t.Iterable[Connection],
        accepted: t.AbstractSet[str] = frozenset(),
        leaving: bool = True,
    ) -> list[Connection]:
        """The requests that may be accepted: those listed, and as many others as their account has room for.

        The oldest come first, so that two runs that see the same choose the same. Endpoints in C(accepted) hold their
        place whatever is shown of them, and those that are being deleted do if C(leaving).
        """
        asking, held = [], Counter[str]()
        for connection in sorted(connections, key=lambda connection: connection.age):
            ends = leaving and connection.is_in("deleting")
            if connection.accepted or ends or connection.vpc_endpoint_id in accepted:
                held[connection.owner] += 1
            elif connection.is_in("pendingAcceptance") and self.allows(connection):
                asking.append(connection)
        fits = [connection for connection in asking if self.lists(connection)]
        held.update(connection.owner for connection in fits)
        for connection in asking:
            if connection not in fits and held[connection.owner] < self.limit:
                fits.append(connection)
                held[connection.owner] += 1
        return fits

    def beyond(self, connections: t.Iterable[Connection]) -> list[Connection]:
        """The connections that are accepted although neither a list nor C(max_connections) lets them in."""
        beyond, held = [], Counter[str]()
        ordered = sorted(connections, key=lambda connection: (not self.lists(connection), connection.age))
        for connection in ordered:
            if connection.accepted:
                held[connection.owner] += 1
                if not self.lists(connection) and held[connection.owner] > self.limit:
                    beyond.append(connection)
        return beyond


@dataclass(frozen=True)
class Accept(Change):
    """The call that accepts requests, and the item by which they fit."""

    item: Acceptance | None = None


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
        Raises Overtaken where others that were accepted meanwhile have left no room.
        """
        if isinstance(change, Accept):
            self._look_again(change)
        try:
            return self.api.apply(change)
        except CallError:
            if change.action != ACCEPT or not self.accepted(**change.params):
                raise
            return {}

    def _look_again(self, change: Accept) -> None:
        """Whether the requests still fit. AWS cannot accept on a condition, so a moment is left for another run."""
        ids = set(change.params["VpcEndpointIds"])
        listed = read_connections(self.api, [change.params["ServiceId"]])
        # What has changed of the requests themselves is AWS's to say, when it is asked.
        shown = [
            replace(connection, state="pendingAcceptance") if connection.vpc_endpoint_id in ids else connection
            for connection in listed
        ]
        fits = change.item.fitting(shown) if change.item else shown
        if any(connection.vpc_endpoint_id in ids and connection not in fits for connection in shown):
            raise Overtaken

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
        found.update(self._others([item for item in items if item.given_id], found))
        return found

    def _others(
        self, items: t.Sequence[Acceptance], found: t.Mapping[str, Requests | ItemError]
    ) -> dict[str, ItemError]:
        """An error for each item that would let somebody in, or turn away, on a service of another environment.

        Only services that are given by id, and on which there is something to do: one call for all of them. The id is
        the word of whoever gives it for what else the service is, as one that others have made.
        """
        asking = []
        for item in items:
            requests = found[item.name]
            if isinstance(requests, Requests) and self.plan(item, requests).changes:
                asking.append(item)
        ids = [item.given_id for item in asking]
        action, key = "ec2:DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations"
        tags = {service["ServiceId"]: _tags(service) for service in self.api.filtered(action, key, "service-id", ids)}
        refused = {}
        for item in asking:
            other = ownership.elsewhere(item, tags.get(item.given_id, {}))
            if other:
                what = f"Endpoint service {item.given_id}"
                refused[item.name] = ItemError(ownership.of_another(item, what, other))
        return refused

    def _service_ids(self, items: t.Sequence[Acceptance]) -> dict[str, str | ItemError]:
        """Service ids by item; services that are named by the collection's tag alone cost one call for all."""
        ids = {item.name: self._given_id(item) for item in items}
        tagged: dict[str, list[t.Mapping[str, t.Any]]] = {}
        if not all(ids.values()):
            for service in self.api.pages(
                "ec2:DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", MaxResults=1000
            ):
                if service.get("ServiceState") in ("Pending", "Available"):
                    tagged.setdefault(_tags(service).get(tagging.OWN_TAG, ""), []).append(service)
        for item in (item for item in items if not ids[item.name]):
            try:
                ids[item.name] = self._tagged(item, tagged.get(item.name, []))
            except ItemError as error:
                ids[item.name] = error
        return ids

    def _tagged(self, item: Acceptance, services: t.Sequence[t.Mapping[str, t.Any]]) -> str:
        """The id of the only service that carries the item's tags; "" where there is none and none is needed yet."""
        found = ownership.ours(
            item, services, "Endpoint service", lambda service: (service["ServiceId"], _tags(service))
        )
        if len(found) > 1:
            ids = ", ".join(sorted(service["ServiceId"] for service in found))
            raise ItemError(f"Several endpoint services are tagged {item.name}: {ids}. Say which one by service_id.")
        if not found and item.state == "accepted" and not self.check_mode:
            raise ItemError(f"No endpoint service is tagged {item.name}: make it first, or give service_id.")
        return str(found[0]["ServiceId"]) if found else ""

    def _given_id(self, item: Acceptance) -> str | ItemError:
        try:
            arns.require_region(item.service_name, self.api.region)
        except ItemError as error:
            return error
        return item.given_id

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
        plan.warnings = [f"{item.name}: not on the list and left alone: {connection}" for connection in others[:SHOWN]]
        if len(others) > SHOWN:
            plan.warnings.append(f"{item.name}: not on the list and left alone: {len(others) - SHOWN} more")
        return plan


def plan_accepted(item: Acceptance, actual: Requests, allowed: t.Sequence[Connection]) -> Plan:
    """Accept what asks and fits; C(status) says where it stands: accepted, waiting or refused."""
    handled = [connection for connection in allowed if connection.vpc_endpoint_id in actual.handled]
    lost = [connection for connection in handled if not connection.live]
    if lost:
        raise ItemError(f"Accepted, but the connection did not come up: {'; '.join(map(str, lost))}.")
    # What was accepted before in this run and still asks is a read of the past.
    asking = item.fitting(actual.connections, actual.handled)
    after_others = item.fitting(actual.connections, actual.handled, leaving=False)
    later = [connection for connection in after_others if connection not in asking]
    coming = [connection for connection in allowed if connection.is_in("pending")]
    coming += [connection for connection in handled if connection.is_in("pendingAcceptance")]
    up = [connection for connection in allowed if connection.is_in("available", "partial")]
    after = {connection.vpc_endpoint_id: connection.state for connection in up}
    after.update({connection.vpc_endpoint_id: "available" for connection in [*asking, *coming, *later]})
    asked = [connection for connection in actual.connections if connection.is_in("pendingAcceptance")]
    held = [
        connection
        for connection in asked
        if connection.owner in (item.owners or ()) and connection.vpc_endpoint_id not in after
    ]
    plan = Plan(_accept(item, actual, asking, later), after=after, result={"status": "accepted"})
    plan.result["held_connections"] = [connection.as_dict() for connection in held]
    plan.result["excess_connections"] = [connection.as_dict() for connection in item.beyond(allowed)]
    if plan.changes or coming:
        plan.result["status"] = "waiting"
        plan.waiting = f"{_ids(coming)} to be available" if coming else ""
    elif not up:
        refused = [connection for connection in allowed if connection.is_in("rejected", "failed", "expired")]
        plan.result["status"] = "refused" if refused and not held else "waiting"
        again = f" again ({'; '.join(map(str, refused))})" if refused else ""
        plan.waiting = f"{item.who} to request a connection to {actual.service_id or item.name}{again}"
        plan.poll = item.wait_for_request
    if held and not (plan.changes or coming):
        plan.waiting, plan.poll = ask_about(held, up), item.wait_for_request and not up
    return plan


def _accept(
    item: Acceptance, actual: Requests, now: t.Sequence[Connection], later: t.Sequence[Connection]
) -> list[Change]:
    """Accept these requests now, and those when what holds their place has ended."""
    ending = [connection for connection in actual.connections if connection.is_in("deleting")]
    changes: list[Change] = []
    for requests, after in ((now, ""), (later, f"{_ids(ending)} to end")):
        if requests:
            ids = sorted(connection.vpc_endpoint_id for connection in requests)
            params = {"ServiceId": actual.service_id, "VpcEndpointIds": ids}
            changes.append(Accept(ACCEPT, params, f"accept {', '.join(ids)}", after, item=item))
    return changes


def ask_about(held: t.Sequence[Connection], up: t.Sequence[Connection]) -> str:
    """Whom to ask about requests that are not accepted, and what to set if they are the vendor's for us."""
    ordered = sorted(held, key=lambda connection: connection.age)
    named = [f"{connection.vpc_endpoint_id} of account {connection.owner}" for connection in ordered[:SHOWN]]
    named += [f"{len(held) - SHOWN} others"] if len(held) > SHOWN else []
    count = f"{len(held)} {'more ' if up else ''}request{'' if len(held) == 1 else 's'}"
    beside = f" beside {_ids(up)}" if up else ""
    which = "it is yours; if so, list it" if len(held) == 1 else "they are yours; list those that are"
    return (
        f"{count} to be confirmed ({', '.join(named)}): the account serves all customers of the vendor, so ask the "
        f"vendor whether {which} in vpc_endpoint_ids{beside}, or raise max_connections"
    )


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


def _tags(service: t.Mapping[str, t.Any]) -> dict[str, str]:
    return tagging.as_dict(service.get("Tags"))
