# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications of an endpoint service or endpoint about its connections, sent to an SNS topic."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.sandbox.aws.ec2.requests import each, page, select
from tests.sandbox.aws.ec2.resources import Notification, VpcEndpoint, service_of
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.client_tokens import once
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World, hex_id

EVENTS = {"Accept", "Connect", "Delete", "Reject"}
TOPIC = re.compile(r"arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+")


@operation("ec2", "CreateVpcEndpointConnectionNotification")
def create(call: Call, world: World) -> dict[str, Any]:
    def new() -> dict[str, Any]:
        service_id, endpoint_id = call.params.get("ServiceId"), call.params.get("VpcEndpointId")
        if (service_id is None) == (endpoint_id is None):
            raise AwsError("InvalidParameterCombination", "Give either ServiceId or VpcEndpointId")
        if service_id is not None:
            service_of(call, world)
        elif world.find(VpcEndpoint, str(endpoint_id), call.account, call.region) is None:
            raise AwsError("InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint_id}' does not exist")
        notification = Notification(
            key=hex_id("vpce-nfn-"),
            account=call.account,
            region=call.region,
            life=Life([("Enabled", 0.0)]),
            service_id=service_id,
            endpoint_id=endpoint_id,
            topic=_topic(call),
            events=_events(call),
        )
        world.add(notification)
        return {"ConnectionNotification": _described(notification), "ClientToken": call.params.get("ClientToken")}

    return once(call, world, new)


@operation("ec2", "DescribeVpcEndpointConnectionNotifications")
def describe(call: Call, world: World) -> dict[str, Any]:
    wanted = call.params.get("ConnectionNotificationId")
    notifications = (
        [_notification(wanted, call, world)] if wanted else world.all(Notification, call.account, call.region)
    )
    fields: dict[str, Callable[[Notification], Any]] = {
        "connection-notification-arn": lambda notification: notification.topic,
        "connection-notification-id": lambda notification: notification.key,
        "connection-notification-state": lambda notification: notification.state,
        "connection-notification-type": lambda notification: "Topic",
        "service-id": lambda notification: notification.service_id,
        "vpc-endpoint-id": lambda notification: notification.endpoint_id,
    }
    found, token = page(call, select(call, notifications, fields))
    return {"ConnectionNotificationSet": [_described(notification) for notification in found], "NextToken": token}


@operation("ec2", "ModifyVpcEndpointConnectionNotification")
def modify(call: Call, world: World) -> dict[str, Any]:
    notification = _notification(call.params["ConnectionNotificationId"], call, world)
    if call.params.get("ConnectionNotificationArn"):
        notification.topic = _topic(call)
    if call.params.get("ConnectionEvents"):
        notification.events = _events(call)
    return {"ReturnValue": True}


@operation("ec2", "DeleteVpcEndpointConnectionNotifications")
def delete(call: Call, world: World) -> dict[str, Any]:
    return each(
        call.params["ConnectionNotificationIds"],
        lambda notification_id: world.remove(_notification(notification_id, call, world)),
    )


def _notification(notification_id: str, call: Call, world: World) -> Notification:
    notification = world.find(Notification, notification_id, call.account, call.region)
    if notification is None:
        message = f"The connection notification '{notification_id}' does not exist"
        raise AwsError("InvalidConnectionNotification", message)
    return notification


def _topic(call: Call) -> str:
    arn = str(call.params["ConnectionNotificationArn"])
    if not TOPIC.fullmatch(arn):
        raise AwsError("InvalidParameter", f"'{arn}' is not the ARN of an SNS topic")
    return arn


def _events(call: Call) -> list[str]:
    events = sorted(set(call.params["ConnectionEvents"]))
    if not events or not set(events) <= EVENTS:
        raise AwsError("InvalidParameterValue", f"Connection events are {sorted(EVENTS)}, not {events}")
    return events


def _described(notification: Notification) -> dict[str, Any]:
    return {
        "ConnectionNotificationId": notification.key,
        "ServiceId": notification.service_id,
        "VpcEndpointId": notification.endpoint_id,
        "ConnectionNotificationType": "Topic",
        "ConnectionNotificationArn": notification.topic,
        "ConnectionEvents": notification.events,
        "ConnectionNotificationState": notification.state,
        "ServiceRegion": notification.region,
    }
