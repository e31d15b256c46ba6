# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS shows of an endpoint service, and which one an item means.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, DescribeVpcEndpointServiceConfigurations, DescribeVpcEndpointServicePermissions and
DescribeVpcEndpointConnectionNotifications (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.amazon.aws.plugins.module_utils.transformation import boto3_resource_to_ansible_dict
from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, ownership, told
from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import Connection
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_balancers import ALIVE, Service
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService, Notification
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN


@dataclass
class Actual:
    """What AWS shows for one wanted endpoint service. None: not read, because nobody asked."""

    partition: str
    service: Service | None
    load_balancers: t.Mapping[str, lb.LoadBalancer] = field(default_factory=dict)
    principals: frozenset[str] | None = None
    notifications: t.Mapping[str, Notification] | None = None
    connections: t.Sequence[Connection] = ()
    region: str = ""
    seed: str = ""  # of the token that makes a repeated create call harmless
    surplus: t.Sequence[Service] = ()  # further services that are the item's: AWS keeps no name unique
    rejected: t.AbstractSet[str] = frozenset()  # endpoints, by this run
    removed: t.AbstractSet[str] = frozenset()  # principals, by this run
    verifying: bool = False  # asked for by this run
    created: bool = False  # by this run
    added_zone_ids: t.Sequence[str] = ()  # by this run
    leaving: str = ""  # what has one of its load balancers until it is gone
    connections_read: bool = False

    @property
    def services(self) -> list[Service]:
        return [self.service, *self.surplus] if self.service else []

    def live(self, service: Service) -> list[Connection]:
        """The connections of one of the services that have not ended."""
        return [
            connection
            for connection in self.connections
            if connection.live and connection.service_id == service["ServiceId"]
        ]


def read_services(api: Api) -> list[Service]:
    """Every endpoint service of the account, one call per 1000."""
    return api.pages("ec2:DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", MaxResults=1000)


def read_principals(api: Api, service: Service) -> frozenset[str]:
    """The allowed principals of one service, as ARNs or C(*)."""
    action = "ec2:DescribeVpcEndpointServicePermissions"
    found = api.pages(action, "AllowedPrincipals", ServiceId=service["ServiceId"], MaxResults=1000)
    return frozenset(str(row["Principal"]) for row in found)


def read_notifications(api: Api) -> dict[str, dict[str, Notification]]:
    """Connection notifications: service id → notification id → notification."""
    found: dict[str, dict[str, Notification]] = {}
    action = "ec2:DescribeVpcEndpointConnectionNotifications"
    for row in api.pages(action, "ConnectionNotificationSet", MaxResults=1000):
        notification = Notification(row["ConnectionNotificationArn"], frozenset(row["ConnectionEvents"]))
        found.setdefault(row.get("ServiceId", ""), {})[row["ConnectionNotificationId"]] = notification
    return found


def find(
    item: EndpointService,
    services: t.Sequence[Service],
    balancers: t.Mapping[str, lb.LoadBalancer],
    left: bool = False,
) -> list[Service]:
    """The service that an item means: by id, else by the collection's tags, else the one on its load balancers.

    The last way is for a service made by other means, which the item may only adopt; it must be the only one. Several
    that carry the tags are all the item's. ``left`` is whether this run has left one that was adopted. Raises ItemError
    for a service that is not the item's.
    """
    if item.service_id:
        return _named(item, services, left)
    ours = ownership.ours(item, services, "Endpoint service", _id_and_tags)
    same = [service for service in ours if service["ServiceState"] in ALIVE]
    same = [service for service in same if not _elsewhere(item, service)] or same[:1]
    if not same and item.state == "present":
        same = _on_balancers(item, services, balancers)
        if len(same) > 1:
            raise several(item.name, same)
    same.sort(key=lambda service: str(service["ServiceId"]))
    dead = [service for service in ours if service["ServiceState"] in ("Failed", "Deleting")]
    # What failed must still be deleted.
    dead.sort(key=lambda service: str(service["ServiceState"]), reverse=True)
    return [*same, *dead] if item.state == "absent" else same


def several(name: str, services: t.Iterable[Service]) -> ItemError:
    ids = ", ".join(sorted(service["ServiceId"] for service in services))
    return ItemError(f"Several endpoint services could be {name}: {ids}. Say which one by service_id.")


def choose(actual: Actual) -> None:
    """Of several services, take the one with connections; without any, the first by its id, as every run does."""
    services = sorted(actual.services, key=lambda service: not actual.live(service))
    actual.service, actual.surplus = services[0], services[1:]


def _named(item: EndpointService, services: t.Sequence[Service], left: bool) -> list[Service]:
    same = [
        service
        for service in services
        if service["ServiceId"] == item.service_id and service["ServiceState"] != "Deleted"
    ]
    if not same and item.state == "present":
        raise ItemError(f"Endpoint service {item.service_id} does not exist in this account and region.")
    same = [service for service in same if not ownership.is_left(item, tags_of(service), left)]
    for service in same:
        ownership.check(item, f"Endpoint service {item.service_id}", tags_of(service))
    return same


def _on_balancers(
    item: EndpointService, services: t.Sequence[Service], balancers: t.Mapping[str, lb.LoadBalancer]
) -> list[Service]:
    """Living services that have a load balancer of the item; AWS lets no other service have it."""
    wanted = arns_of(item, balancers)
    same = []
    for service in services:
        if service["ServiceState"] in ALIVE and wanted & set(service.get("NetworkLoadBalancerArns") or []):
            ownership.check(item, f"Endpoint service {service['ServiceId']} on its load balancer", tags_of(service))
            same.append(service)
    return same


def _elsewhere(item: EndpointService, service: Service) -> bool:
    """Whether a service is on none of the item's load balancers, so that it is another one."""
    have, wanted = set(service.get("NetworkLoadBalancerArns") or ()), set(item.load_balancers or ())
    return bool(have and wanted and not wanted & (have | _balancer_names(service)))


def refuse_other_place(item: EndpointService, service: Service) -> None:
    """Raise ItemError for a service of the item's name that is on none of its load balancers."""
    names = _balancer_names(service)
    if _elsewhere(item, service) and not item.service_id:
        raise ItemError(
            f"Endpoint service {service['ServiceId']} has the name {item.name}, but leads to "
            f"{', '.join(sorted(names))}, not to {', '.join(sorted(item.load_balancers or []))}. It was left as it "
            "is. Give its id as service_id if it is meant."
        )


def _balancer_names(service: Service) -> set[str]:
    found = map(arns.LOAD_BALANCER.fullmatch, service.get("NetworkLoadBalancerArns") or ())
    return {match.group(1) for match in found if match}


def id_of(actual: Actual) -> str:
    return str(actual.service["ServiceId"]) if actual.service else UNKNOWN


def arns_of(item: EndpointService, balancers: t.Mapping[str, lb.LoadBalancer]) -> set[str]:
    """The ARNs of the item's load balancers; a name stands for itself where none is known."""
    return {balancers[key].arn if key in balancers else key for key in item.load_balancers or []}


def tags_of(service: Service) -> dict[str, str]:
    return tagging.as_dict(service.get("Tags"))


def _id_and_tags(service: Service) -> tuple[str, dict[str, str]]:
    return str(service["ServiceId"]), tags_of(service)


def result_of(actual: Actual, service: Service) -> dict[str, t.Any]:
    result: dict[str, t.Any] = dict(boto3_resource_to_ansible_dict(service, force_tags=False) or {})
    result["added_zone_ids"] = [*actual.added_zone_ids]
    result.update(told.results(tags_of(service), service.get("AvailabilityZoneIds") or ()))
    if actual.principals is not None:
        result["allowed_principals"] = sorted(actual.principals)
    return result


def shown(actual: Actual, service: Service) -> dict[str, t.Any]:
    """The service in the words of the options, for the diff; what was not read is left out."""
    shown = {
        "acceptance_required": service.get("AcceptanceRequired"),
        "availability_zones": sorted(service.get("AvailabilityZones") or []),
        "load_balancers": sorted(service.get("NetworkLoadBalancerArns") or []),
        "private_dns_name": service.get("PrivateDnsName") or "",
        "supported_ip_address_types": sorted(service.get("SupportedIpAddressTypes") or []),
        "supported_regions": sorted(regions_of(service)),
        "tags": tagging.as_dict(service.get("Tags")),
    }
    if actual.principals is not None:
        shown["allowed_principals"] = sorted(actual.principals)
    if actual.notifications is not None:
        shown["connection_notifications"] = events_by_topic(actual.notifications.values())
    return shown


def regions_of(service: Service) -> set[str]:
    """Regions the service can be reached from; those that are closing or closed do not count."""
    return {region["Region"] for region in service.get("SupportedRegions") or [] if region.get("ServiceState") in ALIVE}


def events_by_topic(notifications: t.Iterable[Notification]) -> dict[str, list[str]]:
    return {notification.topic_arn: sorted(notification.events) for notification in notifications}
