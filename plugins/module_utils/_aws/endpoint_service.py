# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPC endpoint services (AWS PrivateLink, provider side): read and plan.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, the VpcEndpointServiceConfiguration, VpcEndpointServicePermissions and
VpcEndpointConnectionNotification actions (read 2026-11).
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership, principals
from ansible_collections.saas.privatelink.plugins.module_utils._aws import service_balancers as placing
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import REJECT, read_connections
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_absent import plan_absent
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import (
    Actual,
    arns_of,
    choose,
    find,
    id_of,
    read_notifications,
    read_principals,
    read_services,
    tags_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_balancers import SERVING, Service, owner
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_changes import (
    CREATE,
    PERMIT,
    VERIFY,
    dropped_balancers,
    loses_principals,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_plan import plan_create, plan_update
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Made, Plan, meant_twice
from ansible_collections.saas.privatelink.plugins.module_utils._core.tokens import Tokens

Have = list[tuple[EndpointService, Actual]]  # items whose service exists


class EndpointServices:
    """Reads all endpoint services of the account in one call per 1000, permissions in one call each."""

    def __init__(self, api: Api, check_mode: bool = False) -> None:
        self.api, self.check_mode = api, check_mode
        self.tokens = Tokens()
        self.principals: dict[str, frozenset[str]] = {}
        self.balancers: dict[str, lb.LoadBalancer] = {}
        self.zone_ids: dict[str, set[str]] = {}  # of services when they were first seen

    def read(self, items: t.Sequence[EndpointService], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        services = read_services(self.api)
        balancers = self._balancers(items, services)
        by_key: dict[str | None, dict[str, Service]] = {}  # the owner's name, the ARN of a load balancer
        for service in services:
            for key in (owner(service), *placing.arns_of(service)):
                by_key.setdefault(key, {})[service["ServiceId"]] = service
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            # Not all services for every item: with a thousand of each that would take most of the time.
            some = {service["ServiceId"]: service for service in services if service["ServiceId"] == item.service_id}
            for key in (item.name, *arns_of(item, balancers)):
                some.update(by_key.get(key, {}))
            try:
                found[item.name] = self._find(item, list(some.values()), balancers, made[item.name])
            except ItemError as error:
                found[item.name] = error
        meant = {name: id_of(actual) for name, actual in found.items() if isinstance(actual, Actual) and actual.service}
        found.update(meant_twice(meant))
        new = [item for item in items if item.state == "present" and _is_to_be_made(found[item.name])]
        found.update(placing.contested({item.name: arns_of(item, balancers) for item in new}))
        have = [(item, actual) for item in items if isinstance(actual := found[item.name], Actual)]
        have = [(item, actual) for item, actual in have if actual.service]
        self._add_notifications(have)
        self._add_connections(have)
        found.update(self._add_principals(have, made))
        self._add_uncovered(have)
        return found

    def _balancers(
        self, items: t.Sequence[EndpointService], services: t.Sequence[Service]
    ) -> dict[str, lb.LoadBalancer]:
        """Load balancers by name and ARN. Read if an item names some, and again while one of these does not serve."""
        wanted: set[str] = set()
        wanted.update(*(item.load_balancers or [] for item in items if item.state == "present"))
        if not wanted <= {key for key, balancer in self.balancers.items() if balancer.state in SERVING}:
            self.balancers = lb.by_key(self.api)
        return {**placing.attached(services), **self.balancers}

    def _find(
        self,
        item: EndpointService,
        services: t.Sequence[Service],
        balancers: t.Mapping[str, lb.LoadBalancer],
        made: Made,
    ) -> Actual:
        if item.supported_regions is not None:
            self.api.require(CREATE, "SupportedRegions", "supported_regions")
        created = self._created(item, services, made)
        listed = [service for service in services if created is None or service["ServiceId"] != created["ServiceId"]]
        known = [service["ServiceId"] for service in listed if owner(service) == item.name]
        found = find(item, listed if created is None else [created, *listed], balancers, tagging.EC2_UNTAG in made)
        wanted = arns_of(item, balancers)
        if item.state == "present":
            placing.refuse_taken(item.name, wanted, found, services)
        actual = Actual(
            self.api.partition,
            next(iter(found), None),
            balancers,
            region=self.api.region,
            seed=self.tokens.seed(item.name, item.environment, known),
            rejected=made.named(REJECT, "VpcEndpointIds"),
            removed=made.named(PERMIT, "RemoveAllowedPrincipals"),
            verifying=VERIFY in made,
            surplus=found[1:],
            leaving=placing.leaving(wanted, services),
        )
        actual.created = created is not None and id_of(actual) == created["ServiceId"]
        if actual.service is not None:
            zone_ids = set(actual.service.get("AvailabilityZoneIds") or ())
            actual.added_zone_ids = sorted(zone_ids - self.zone_ids.setdefault(id_of(actual), zone_ids))
        return actual

    def _created(self, item: EndpointService, services: t.Sequence[Service], made: Made) -> Service | None:
        """The service that this run has created, even where the listing does not show it yet."""
        answer: Service | None = made.get(CREATE, {}).get("ServiceConfiguration")
        if answer is None:
            return None
        created = next((service for service in services if service["ServiceId"] == answer["ServiceId"]), None)
        if created is None and self.tokens.is_lost(item.name):
            del made[CREATE]
            return None
        return created or {**answer, "ServiceState": "Pending"}

    def _add_notifications(self, have: Have) -> None:
        """One call for all, if anyone asks."""
        present = [(item, actual) for item, actual in have if item.state == "present"]
        asking = [actual for item, actual in present if item.connection_notifications is not None]
        by_service = read_notifications(self.api) if asking else {}
        for actual in asking:
            actual.notifications = by_service.get(id_of(actual), {})

    def _add_connections(self, have: Have) -> None:
        """One call per 200 services that are to go, or of which one is, or that are to lose a load balancer."""
        asking = [
            (item, actual)
            for item, actual in have
            if item.state == "absent" or actual.surplus or dropped_balancers(item, actual)
        ]
        self._read_connections(asking)
        for item, actual in have:
            if item.state == "present" and actual.surplus:
                choose(actual)

    def _add_uncovered(self, have: Have) -> None:
        """One call per 200 services that lose principals, or whose connections are to end with their principals."""
        asking = []
        for item, actual in have:
            matters = item.end_connections_of_removed_principals or loses_principals(item, actual)
            theirs = ownership.is_theirs(item, tags_of(actual.service or {}))  # of these no principal is removed
            if item.state == "present" and matters and not theirs and not actual.connections_read:
                asking.append((item, actual))
        self._read_connections(asking)

    def _read_connections(self, asking: Have) -> None:
        services: dict[str, Actual] = {}
        for dummy, actual in asking:
            actual.connections_read = True
            services.update({service["ServiceId"]: actual for service in actual.services})
        for connection in read_connections(self.api, list(services)):
            actual = services[connection.service_id]
            actual.connections = [*actual.connections, connection]

    def _add_principals(self, have: Have, made: t.Mapping[str, Made]) -> dict[str, ItemError]:
        """A call for each service, so read once, and again only where this run has changed them."""
        asking = []
        for item, actual in have:
            if _asks_principals(item, actual):
                if CREATE in made[item.name]:
                    self.principals.setdefault(item.name, frozenset())  # a new service allows nobody
                if item.name not in self.principals or PERMIT in made[item.name]:
                    asking.append((item.name, actual.service or {}))
        failed = {}
        answers = self.api.each(lambda pair: read_principals(self.api, pair[1]), asking)
        for name, listed in zip([name for name, dummy in asking], answers):
            if isinstance(listed, ItemError):
                failed[name] = listed
            else:
                self.principals[name] = listed
        for item, actual in have:
            if _asks_principals(item, actual):
                actual.principals = self.principals.get(item.name)
        return failed

    def plan(self, item: EndpointService, actual: Actual) -> Plan:
        if item.state == "absent":
            return plan_absent(item, actual)
        principals.check_partition(item.allowed_principals or (), actual.partition)
        principals.check_partition((notification.topic_arn for notification in item.notifications), actual.partition)
        if actual.service is None:
            return plan_create(item, actual, self.check_mode)
        return plan_update(item, actual, actual.service, self.check_mode)


def _is_to_be_made(found: Actual | ItemError) -> bool:
    return isinstance(found, Actual) and found.service is None


def _asks_principals(item: EndpointService, actual: Actual) -> bool:
    """Whether principals are compared, or of an adopted service that is to be left, those that are ours removed."""
    if item.state == "present":
        return item.allowed_principals is not None
    return ownership.is_adopted(tags_of(actual.service or {}))
