# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wanted of an endpoint service: the options of C(endpoint_service), checked.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, principals, told
from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws.notification import NotificationOptions
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, internal, optional


@dataclass(frozen=True)
class Notification:
    """An SNS topic that hears of connection events: Accept, Connect, Delete, Reject."""

    topic_arn: str
    events: frozenset[str]


Event = t.Literal["Accept", "Connect", "Delete", "Reject"]


@dataclass(frozen=True)
class EndpointService:
    """One wanted endpoint service; the fields are the options of the module of that name. None changes nothing."""

    name: str
    state: Presence = "present"
    service_id: str | None = None
    load_balancers: list[str] | None = None
    acceptance_required: bool | None = None
    allowed_principals: list[str] | None = None
    purge_allowed_principals: bool = False
    end_connections_of_removed_principals: bool = False
    private_dns_name: str | None = None
    verify_private_dns: bool = False
    supported_ip_address_types: list[t.Literal["ipv4", "ipv6"]] | None = None
    supported_regions: list[str] | None = None
    port: int | None = None
    told_port: int | None = None
    told_zone_ids: list[str] | None = None
    connection_notifications: list[dict[str, t.Any]] | None = optional(item=NotificationOptions)
    purge_connection_notifications: bool = False
    on_connections: t.Literal["fail", "reject"] = "fail"
    tags: dict[str, str] | None = None
    purge_tags: bool = False
    adopt: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        for principal in self.allowed_principals or []:
            principals.check(principal)
        if self.end_connections_of_removed_principals and not self.replaces_principals:
            raise ItemError(
                "end_connections_of_removed_principals needs allowed_principals with purge_allowed_principals=true: "
                "nothing is removed otherwise."
            )
        if self.service_id is not None and not arns.ENDPOINT_SERVICE_ID.fullmatch(self.service_id):
            raise ItemError(f"Not the id of an endpoint service: {self.service_id!r}, like vpce-svc-0123456789abcdef0.")
        for option, what in (
            ("load_balancers", "Network Load Balancer"),
            ("supported_ip_address_types", "IP address type"),
        ):
            if getattr(self, option) == []:
                raise ItemError(f"{option} is empty: an endpoint service needs at least one {what}.")
        lb.check_arns(self.load_balancers or [])
        told.check(self)
        lower = (self.private_dns_name or "").lower()
        if lower != (self.private_dns_name or ""):
            raise ItemError(f"AWS takes private DNS names in lower case alone: give private_dns_name {lower}.")
        self._check_notifications()

    def _check_notifications(self) -> None:
        topics = [entry["topic_arn"] for entry in self.connection_notifications or []]
        for topic in topics:
            if not arns.TOPIC.fullmatch(topic):
                raise ItemError(f"Not the ARN of an SNS topic: {topic!r}.")
            if topics.count(topic) > 1:
                raise ItemError(f"connection_notifications names {topic} twice: list its events in one entry.")
        if not all(entry["events"] for entry in self.connection_notifications or []):
            raise ItemError("connection_notifications has an entry without events.")

    @property
    def replaces_principals(self) -> bool:
        """Whether principals that are not listed are removed."""
        return self.allowed_principals is not None and self.purge_allowed_principals

    @property
    def notifications(self) -> set[Notification]:
        return {
            Notification(entry["topic_arn"], frozenset(entry["events"]))
            for entry in self.connection_notifications or []
        }
