# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPC endpoint services (AWS PrivateLink, provider side): read and plan.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, the VpcEndpointServiceConfiguration, VpcEndpointServicePermissions and
VpcEndpointConnectionNotification actions (read 2026-11).
"""

from __future__ import annotations

import re
import typing as t
import uuid
from dataclasses import dataclass, field

from ansible_collections.amazon.aws.plugins.module_utils.transformation import boto3_resource_to_ansible_dict
from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.connections import Connection, read_connections
from ansible_collections.saas.privatelink.plugins.module_utils._plan import UNKNOWN, Change, ItemError, Made, Plan

ALIVE = ("Pending", "Available")
PRINCIPAL = re.compile(r"^(\*|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:\S+)$")
WITH_PATH = re.compile(r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/.*/")
Service = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Notification:
    """An SNS topic that hears of connection events: Accept, Connect, Delete, Reject."""

    topic_arn: str
    events: t.FrozenSet[str]


@dataclass(frozen=True)
class EndpointService:
    """One wanted endpoint service; the fields are the options of the module of that name. None changes nothing."""

    name: str
    state: str = "present"
    service_id: str | None = None
    load_balancers: list[str] | None = None
    acceptance_required: bool | None = None
    allowed_principals: list[str] | None = None
    purge_allowed_principals: bool = False
    private_dns_name: str | None = None
    verify_private_dns: bool = False
    supported_ip_address_types: list[str] | None = None
    supported_regions: list[str] | None = None
    connection_notifications: list[dict[str, t.Any]] | None = None
    purge_connection_notifications: bool = False
    on_connections: str = "fail"
    tags: dict[str, str] | None = None
    purge_tags: bool = False

    def __post_init__(self) -> None:
        for principal in self.allowed_principals or []:
            if WITH_PATH.match(principal):
                raise ItemError(f"AWS does not accept a principal with a path: {principal}. Allow the account instead.")
            if not re.match(r"^\d{12}$", principal) and not PRINCIPAL.match(principal):
                raise ItemError(f"Not a principal: {principal!r}. Give a 12-digit account id, an ARN, or '*' for everyone.")
        if self.load_balancers is not None and not self.load_balancers:
            raise ItemError("load_balancers is empty: an endpoint service needs at least one Network Load Balancer.")
        if self.service_id is not None and not re.match(r"^vpce-svc-[0-9a-f]+$", self.service_id):
            raise ItemError(f"Not the id of an endpoint service: {self.service_id!r}. It looks like vpce-svc-0123456789abcdef0.")
        lb.check_arns(self.load_balancers or [])

    @property
    def notifications(self) -> set[Notification]:
        return {Notification(one["topic_arn"], frozenset(one["events"])) for one in self.connection_notifications or []}


@dataclass
class Actual:
    """What AWS shows for one wanted endpoint service."""

    partition: str
    service: Service | None
    load_balancers: t.Mapping[str, lb.LoadBalancer] = field(default_factory=dict)
    principals: frozenset[str] = frozenset()
    notifications: t.Mapping[str, Notification] = field(default_factory=dict)
    connections: t.Sequence[Connection] = ()


class EndpointServices:
    """Reads all endpoint services of the account in one call per 1000, permissions in one call each."""

    def __init__(self, api: Api, check_mode: bool = False) -> None:
        self.api, self.check_mode = api, check_mode
        self.tokens: dict[str, str] = {}

    def read(
        self, items: t.Sequence[EndpointService], made: t.Mapping[str, Made]
    ) -> dict[str, Actual | ItemError]:
        services = read_services(self.api)
        present = [item for item in items if item.state == "present"]
        balancers = lb.find(self.api, [one for item in present for one in item.load_balancers or []])
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                service = self._created(services, made[item.name]) or find(item, services, balancers)
                found[item.name] = Actual(self.api.partition, service, balancers)
            except ItemError as error:
                found[item.name] = error
        self._add_details(items, found)
        return found

    def _created(self, services: t.Sequence[Service], made: Made) -> Service | None:
        """The service that this run has created, even where the listing does not show it yet."""
        answer = made.get("ec2:CreateVpcEndpointServiceConfiguration")
        if not answer:
            return None
        created: Service = dict(answer["ServiceConfiguration"])
        return next((one for one in services if one["ServiceId"] == created["ServiceId"]), created)

    def _add_details(self, items: t.Sequence[EndpointService], found: dict[str, Actual | ItemError]) -> None:
        """What takes calls of its own, and only for the items that need it."""
        have = [(item, actual) for item in items for actual in [found[item.name]] if isinstance(actual, Actual)]
        have = [(item, actual) for item, actual in have if actual.service]
        with_principals = [(i, a) for i, a in have if i.state == "present" and i.allowed_principals is not None]
        for (item, actual), principals in zip(
            with_principals, self.api.each(lambda pair: read_principals(self.api, pair[1].service), with_principals)
        ):
            if isinstance(principals, ItemError):
                found[item.name] = principals
            else:
                actual.principals = principals
        if any(item.connection_notifications is not None for item, actual in have):
            by_service = read_notifications(self.api)
            for item, actual in have:
                actual.notifications = by_service.get(_id(actual), {})
        leaving = {_id(actual): actual for item, actual in have if item.state == "absent"}
        for connection in read_connections(self.api, list(leaving)):
            actual = leaving[connection.service_id]
            actual.connections = [*actual.connections, connection]

    def plan(self, item: EndpointService, actual: Actual) -> Plan:
        if item.state == "absent":
            return plan_absent(item, actual)
        if actual.service is None:
            token = self.tokens.setdefault(item.name, str(uuid.uuid4()))
            return plan_create(item, actual, token, self.check_mode)
        return plan_update(item, actual, actual.service, self.check_mode)


def _id(actual: Actual) -> str:
    return str(actual.service["ServiceId"]) if actual.service else UNKNOWN


def read_services(api: Api) -> list[Service]:
    """Every endpoint service of the account, one call per 1000."""
    return api.pages("ec2:DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", MaxResults=1000)


def read_principals(api: Api, service: Service) -> frozenset[str]:
    """The allowed principals of one service, as ARNs or C(*)."""
    found = api.pages(
        "ec2:DescribeVpcEndpointServicePermissions", "AllowedPrincipals", ServiceId=service["ServiceId"], MaxResults=1000
    )
    return frozenset(str(one["Principal"]) for one in found)


def read_notifications(api: Api) -> dict[str, dict[str, Notification]]:
    """Connection notifications: service id → notification id → notification."""
    found: dict[str, dict[str, Notification]] = {}
    for one in api.pages("ec2:DescribeVpcEndpointConnectionNotifications", "ConnectionNotificationSet", MaxResults=1000):
        notification = Notification(one["ConnectionNotificationArn"], frozenset(one["ConnectionEvents"]))
        found.setdefault(one.get("ServiceId", ""), {})[one["ConnectionNotificationId"]] = notification
    return found


def find(
    item: EndpointService, services: t.Sequence[Service], balancers: t.Mapping[str, lb.LoadBalancer]
) -> Service | None:
    """The service that an item means: by id, else by the collection's tag, else the one on the same load balancers.

    The last way adopts a service made by other means; it never serves to delete one.
    """
    if item.service_id:
        same = [one for one in services if one["ServiceId"] == item.service_id and one["ServiceState"] != "Deleted"]
        if not same and item.state == "present":
            raise ItemError(f"Endpoint service {item.service_id} does not exist in this account and region.")
        return same[0] if same else None
    alive = (*ALIVE, "Deleting") if item.state == "absent" else ALIVE
    living = [one for one in services if one.get("ServiceState") in alive]
    same = [one for one in living if tagging.as_dict(one.get("Tags")).get(tagging.OWN_TAG) == item.name]
    if not same and item.state == "present" and item.load_balancers:
        arns = {balancers[one].arn for one in item.load_balancers if one in balancers}
        same = [
            one
            for one in living
            if arns and set(one.get("NetworkLoadBalancerArns") or []) == arns
            and tagging.OWN_TAG not in tagging.as_dict(one.get("Tags"))
        ]
    if len(same) > 1:
        ids = ", ".join(sorted(one["ServiceId"] for one in same))
        raise ItemError(f"Several endpoint services could be {item.name}: {ids}. Say which one by service_id.")
    return same[0] if same else None


def principal_arn(principal: str, partition: str) -> str:
    """A principal as AWS lists it: an account id becomes the ARN of the account's root."""
    return f"arn:{partition}:iam::{principal}:root" if principal.isdigit() else principal


def plan_absent(item: EndpointService, actual: Actual) -> Plan:
    """Reject live connections where that is allowed, wait until they are gone, then delete."""
    service = actual.service
    if service is None:
        return Plan()
    service_id = service["ServiceId"]
    plan = Plan(before=_shown(actual, service), result=_result(actual, service))
    if service["ServiceState"] == "Deleting":
        plan.waiting = f"endpoint service {service_id} to be deleted"
        return plan
    live = [one for one in actual.connections if one.live]
    rejectable = sorted(one.vpc_endpoint_id for one in live if one.rejectable)
    if live and item.on_connections == "fail":
        raise ItemError(
            f"{service_id} has live connections ({', '.join(str(one) for one in live)}). Nothing was deleted. Have the "
            "vendor remove its endpoint, or set on_connections=reject."
        )
    if rejectable:
        params = {"ServiceId": service_id, "VpcEndpointIds": rejectable}
        plan.changes.append(Change("ec2:RejectVpcEndpointConnections", params, f"reject {', '.join(rejectable)}"))
    plan.changes.append(
        Change(
            "ec2:DeleteVpcEndpointServiceConfigurations",
            {"ServiceIds": [service_id]},
            f"delete endpoint service {service_id}",
            after="connections to end" if live else "",
            settled_by=("InvalidVpcEndpointService.NotFound", "InvalidVpcEndpointServiceId.NotFound"),
        )
    )
    return plan


def plan_create(item: EndpointService, actual: Actual, token: str, check_mode: bool) -> Plan:
    """Create the service once its load balancers are active; what needs its id follows when it is available."""
    if not item.load_balancers:
        raise ItemError(f"Endpoint service {item.name} does not exist: give load_balancers to create it.")
    balancers = _balancers(item, actual, check_mode)
    starting = sorted(one.name for one in balancers if one.state != "active")
    acceptance = True if item.acceptance_required is None else item.acceptance_required
    params: dict[str, t.Any] = {
        "AcceptanceRequired": acceptance,
        "NetworkLoadBalancerArns": sorted(one.arn for one in balancers),
        "PrivateDnsName": item.private_dns_name or None,
        "SupportedIpAddressTypes": item.supported_ip_address_types,
        "SupportedRegions": item.supported_regions,
        "ClientToken": token,
        "TagSpecifications": [
            {
                "ResourceType": "vpc-endpoint-service",
                "Tags": tagging.as_aws(tagging.own_tags(item.name, item.tags)),
            }
        ],
    }
    create = Change(
        "ec2:CreateVpcEndpointServiceConfiguration",
        {key: value for key, value in params.items() if value is not None},
        f"create endpoint service {item.name}",
        after=f"load balancer {', '.join(starting)} to be active" if starting else "",
    )
    later = "the endpoint service to be available"
    created = {"ServiceId": UNKNOWN, "AcceptanceRequired": acceptance}
    changes = [create, *_principal_changes(item, actual, created, later), *_notification_changes(item, actual, created, later)]
    if item.verify_private_dns and item.private_dns_name:
        changes.append(_verification(UNKNOWN, item.private_dns_name, later))
    after = _after(item, actual, {"load_balancers": [one.arn for one in balancers], "acceptance_required": acceptance})
    after["tags"] = tagging.own_tags(item.name, item.tags)
    return Plan(changes, after=after)


def plan_update(item: EndpointService, actual: Actual, service: Service, check_mode: bool) -> Plan:
    """Deltas only: what is not set stays, what others share is added to unless a purge option says otherwise."""
    before, result = _shown(actual, service), _result(actual, service)
    plan = Plan(before=before, after=before, result=result)
    if service["ServiceState"] == "Pending":
        plan.waiting = f"endpoint service {service['ServiceId']} to be available"
    later = plan.waiting
    plan.changes = [
        *_config_changes(item, actual, service, later, check_mode),
        *_principal_changes(item, actual, service, later),
        *_notification_changes(item, actual, service, later),
        *_tag_changes(item, service),
    ]
    dns = (service.get("PrivateDnsNameConfiguration") or {}) if service.get("PrivateDnsName") else {}
    if dns.get("State") and dns["State"] != "verified" and item.private_dns_name == service.get("PrivateDnsName"):
        if item.verify_private_dns:
            plan.changes.append(_verification(service["ServiceId"], service["PrivateDnsName"], later))
        plan.waiting, plan.poll = plan.waiting or _txt_record(dns, service), bool(plan.waiting)
    if plan.changes:
        plan.after = _after(item, actual, before)
    return plan


def _txt_record(dns: t.Mapping[str, str], service: Service) -> str:
    return (
        f"the domain of {service['PrivateDnsName']} to be verified ({dns['State']}): publish the {dns.get('Type', 'TXT')} "
        f"record {dns.get('Name')} = {dns.get('Value')}, then run with verify_private_dns=true"
    )


def _verification(service_id: str, name: str, after: str) -> Change:
    action = "ec2:StartVpcEndpointServicePrivateDnsVerification"
    return Change(action, {"ServiceId": service_id}, f"have AWS verify the domain of {name}", after)


def _balancers(item: EndpointService, actual: Actual, check_mode: bool) -> list[lb.LoadBalancer]:
    """The wanted load balancers. In check mode one that is still to be made stands in for itself."""
    found = []
    for wanted in item.load_balancers or []:
        balancer = actual.load_balancers.get(wanted)
        if balancer is None and not check_mode:
            raise ItemError(f"Load balancer {wanted} does not exist in this account and region.")
        found.append(balancer or lb.LoadBalancer(UNKNOWN, wanted, "active"))
    return found


def _config_changes(
    item: EndpointService, actual: Actual, service: Service, after: str, check_mode: bool
) -> list[Change]:
    """One call for all settings; a second one removes load balancers, so that new ones serve before old ones go."""
    service_id = service["ServiceId"]
    first: dict[str, t.Any] = {}
    if item.acceptance_required not in (None, service.get("AcceptanceRequired")):
        first["AcceptanceRequired"] = item.acceptance_required
    if item.private_dns_name == "" and service.get("PrivateDnsName"):
        first["RemovePrivateDnsName"] = True
    elif item.private_dns_name and item.private_dns_name != service.get("PrivateDnsName"):
        first["PrivateDnsName"] = item.private_dns_name
    for suffix, wanted, have in (
        ("SupportedIpAddressTypes", item.supported_ip_address_types, set(service.get("SupportedIpAddressTypes") or [])),
        ("SupportedRegions", item.supported_regions, _regions(service)),
    ):
        if wanted is not None:
            first[f"Add{suffix}"], first[f"Remove{suffix}"] = sorted(set(wanted) - have), sorted(have - set(wanted))
    last: list[str] = []
    if item.load_balancers is not None:
        arns = {one.arn for one in _balancers(item, actual, check_mode)}
        have = set(service.get("NetworkLoadBalancerArns") or [])
        first["AddNetworkLoadBalancerArns"], last = sorted(arns - have), sorted(have - arns)
    action = "ec2:ModifyVpcEndpointServiceConfiguration"
    changes = []
    first = {key: value for key, value in first.items() if value not in ([], None)}
    if first:
        changes.append(Change(action, {"ServiceId": service_id, **first}, f"change {', '.join(sorted(first))}", after))
    if last:
        params = {"ServiceId": service_id, "RemoveNetworkLoadBalancerArns": last}
        changes.append(Change(action, params, f"remove load balancers {', '.join(last)}", after))
    return changes


def _regions(service: Service) -> set[str]:
    """Regions the service can be reached from; those that are closing or closed do not count."""
    return {one["Region"] for one in service.get("SupportedRegions") or [] if one.get("ServiceState") in ALIVE}


def _principal_changes(item: EndpointService, actual: Actual, service: Service, after: str) -> list[Change]:
    if item.allowed_principals is None:
        return []
    wanted = {principal_arn(one, actual.partition) for one in item.allowed_principals}
    add = sorted(wanted - actual.principals)
    remove = sorted(actual.principals - wanted) if item.purge_allowed_principals else []
    if not add and not remove:
        return []
    params: dict[str, t.Any] = {"ServiceId": service["ServiceId"]}
    if add:
        params["AddAllowedPrincipals"] = add
    if remove:
        params["RemoveAllowedPrincipals"] = remove
    summary = "; ".join([f"allow {', '.join(add)}"] * bool(add) + [f"no longer allow {', '.join(remove)}"] * bool(remove))
    return [Change("ec2:ModifyVpcEndpointServicePermissions", params, summary, after)]


def _notification_changes(item: EndpointService, actual: Actual, service: Service, after: str) -> list[Change]:
    if item.connection_notifications is None:
        return []
    changes = []
    by_topic = {one.topic_arn: (key, one) for key, one in actual.notifications.items()}
    for wanted in sorted(item.notifications, key=lambda one: one.topic_arn):
        topic, events = wanted.topic_arn, sorted(wanted.events)
        key, have = by_topic.pop(topic, ("", None))
        if have is None:
            params = {"ServiceId": service["ServiceId"], "ConnectionNotificationArn": topic, "ConnectionEvents": events}
            action = "ec2:CreateVpcEndpointConnectionNotification"
            changes.append(Change(action, params, f"notify {topic} of {', '.join(events)}", after))
        elif have.events != wanted.events:
            params = {"ConnectionNotificationId": key, "ConnectionEvents": events}
            action = "ec2:ModifyVpcEndpointConnectionNotification"
            changes.append(Change(action, params, f"notify {topic} of {', '.join(events)}", after))
    extra = sorted(key for key, dummy in by_topic.values()) if item.purge_connection_notifications else []
    if extra:
        action = "ec2:DeleteVpcEndpointConnectionNotifications"
        changes.append(Change(action, {"ConnectionNotificationIds": extra}, f"no longer notify {', '.join(extra)}", after))
    return changes


def _tag_changes(item: EndpointService, service: Service) -> list[Change]:
    current = tagging.as_dict(service.get("Tags"))
    to_set, to_remove = tagging.changes(current, item.name, item.tags, item.purge_tags)
    changes, resources = [], [service["ServiceId"]]
    if to_set:
        params: dict[str, t.Any] = {"Resources": resources, "Tags": tagging.as_aws(to_set)}
        changes.append(Change("ec2:CreateTags", params, f"tag {', '.join(sorted(to_set))}"))
    if to_remove:
        params = {"Resources": resources, "Tags": [{"Key": key} for key in to_remove]}
        changes.append(Change("ec2:DeleteTags", params, f"untag {', '.join(to_remove)}"))
    return changes


def _result(actual: Actual, service: Service) -> dict[str, t.Any]:
    result: dict[str, t.Any] = boto3_resource_to_ansible_dict(service, force_tags=False)
    result["allowed_principals"] = sorted(actual.principals)
    return result


def _shown(actual: Actual, service: Service) -> dict[str, t.Any]:
    """The service in the words of the options, for the diff."""
    return {
        "acceptance_required": service.get("AcceptanceRequired"),
        "allowed_principals": sorted(actual.principals),
        "load_balancers": sorted(service.get("NetworkLoadBalancerArns") or []),
        "private_dns_name": service.get("PrivateDnsName") or "",
        "supported_ip_address_types": sorted(service.get("SupportedIpAddressTypes") or []),
        "supported_regions": sorted(_regions(service)),
        "connection_notifications": sorted(one.topic_arn for one in actual.notifications.values()),
        "tags": tagging.as_dict(service.get("Tags")),
    }


def _after(item: EndpointService, actual: Actual, before: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    after = dict(before)
    for option in ("acceptance_required", "private_dns_name", "supported_ip_address_types", "supported_regions"):
        value = getattr(item, option)
        if value is not None:
            after[option] = sorted(value) if isinstance(value, list) else value
    if item.load_balancers is not None:
        known = actual.load_balancers
        after["load_balancers"] = sorted(known[one].arn if one in known else one for one in item.load_balancers)
    if item.allowed_principals is not None:
        keep = set() if item.purge_allowed_principals else set(actual.principals)
        after["allowed_principals"] = sorted(
            keep | {principal_arn(one, actual.partition) for one in item.allowed_principals}
        )
    if item.connection_notifications is not None:
        keep = set() if item.purge_connection_notifications else {one.topic_arn for one in actual.notifications.values()}
        after["connection_notifications"] = sorted(keep | {one.topic_arn for one in item.notifications})
    current = before.get("tags") or {}
    to_set, to_remove = tagging.changes(current, item.name, item.tags, item.purge_tags)
    after["tags"] = {key: value for key, value in {**current, **to_set}.items() if key not in to_remove}
    return after
