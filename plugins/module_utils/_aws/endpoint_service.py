# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VPC endpoint services (AWS PrivateLink, provider side): read and plan.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, the VpcEndpointServiceConfiguration, VpcEndpointServicePermissions and
VpcEndpointConnectionNotification actions (read 2026-11).
"""

from __future__ import annotations

import hashlib
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.amazon.aws.plugins.module_utils.transformation import boto3_resource_to_ansible_dict
from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, ownership, principals, told
from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import service_balancers as placing
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import (
    REJECT,
    SHOWN,
    Connection,
    read_connections,
    reject,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.notification import NotificationOptions
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_balancers import (
    ALIVE,
    SERVING,
    Service,
    owner,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import (
    Presence,
    internal,
    optional,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Made,
    Plan,
    meant_twice,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.tokens import Tokens, token

CREATE = "ec2:CreateVpcEndpointServiceConfiguration"
MODIFY = "ec2:ModifyVpcEndpointServiceConfiguration"
PERMIT = "ec2:ModifyVpcEndpointServicePermissions"
VERIFY = "ec2:StartVpcEndpointServicePrivateDnsVerification"
ADMITTED_TAG = "saas.privatelink:admitted"  # on an adopted service: which principals it lets in for us


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
            for key in (item.name, *_arns(item, balancers)):
                some.update(by_key.get(key, {}))
            try:
                found[item.name] = self._find(item, list(some.values()), balancers, made[item.name])
            except ItemError as error:
                found[item.name] = error
        meant = {name: _id(actual) for name, actual in found.items() if isinstance(actual, Actual) and actual.service}
        found.update(meant_twice(meant))
        new = [item for item in items if item.state == "present" and _is_to_be_made(found[item.name])]
        found.update(placing.contested({item.name: _arns(item, balancers) for item in new}))
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
        found = find(item, listed if created is None else [created, *listed], balancers)
        wanted = _arns(item, balancers)
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
        actual.created = created is not None and _id(actual) == created["ServiceId"]
        if actual.service is not None:
            zone_ids = set(actual.service.get("AvailabilityZoneIds") or ())
            actual.added_zone_ids = sorted(zone_ids - self.zone_ids.setdefault(_id(actual), zone_ids))
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
            actual.notifications = by_service.get(_id(actual), {})

    def _add_connections(self, have: Have) -> None:
        """One call per 200 services that are to go, or of which one is, or that are to lose a load balancer."""
        asking = [
            (item, actual)
            for item, actual in have
            if item.state == "absent" or actual.surplus or _dropped(item, actual)
        ]
        self._read_connections(asking)
        for item, actual in have:
            if item.state == "present" and actual.surplus:
                _choose(actual)

    def _add_uncovered(self, have: Have) -> None:
        """One call per 200 services that lose principals, or whose connections are to end with their principals."""
        asking = []
        for item, actual in have:
            matters = item.end_connections_of_removed_principals or _loses_principals(item, actual)
            theirs = ownership.is_theirs(item, _tags(actual.service or {}))  # of these no principal is removed
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
    return ownership.is_adopted(_tags(actual.service or {}))


def _id(actual: Actual) -> str:
    return str(actual.service["ServiceId"]) if actual.service else UNKNOWN


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
    item: EndpointService, services: t.Sequence[Service], balancers: t.Mapping[str, lb.LoadBalancer]
) -> list[Service]:
    """The service that an item means: by id, else by the collection's tags, else the one on its load balancers.

    The last way is for a service made by other means, which the item may only adopt; it must be the only one. Several
    that carry the tags are all the item's. Raises ItemError for a service that is not.
    """
    if item.service_id:
        return _named(item, services)
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


def _choose(actual: Actual) -> None:
    """Of several services, take the one with connections; without any, the first by its id, as every run does."""
    services = sorted(actual.services, key=lambda service: not actual.live(service))
    actual.service, actual.surplus = services[0], services[1:]


def _named(item: EndpointService, services: t.Sequence[Service]) -> list[Service]:
    same = [
        service
        for service in services
        if service["ServiceId"] == item.service_id and service["ServiceState"] != "Deleted"
    ]
    if not same and item.state == "present":
        raise ItemError(f"Endpoint service {item.service_id} does not exist in this account and region.")
    same = [service for service in same if not ownership.is_left(item, _tags(service))]
    for service in same:
        ownership.check(item, f"Endpoint service {item.service_id}", _tags(service))
    return same


def _on_balancers(
    item: EndpointService, services: t.Sequence[Service], balancers: t.Mapping[str, lb.LoadBalancer]
) -> list[Service]:
    """Living services that have a load balancer of the item; AWS lets no other service have it."""
    wanted = _arns(item, balancers)
    same = []
    for service in services:
        if service["ServiceState"] in ALIVE and wanted & set(service.get("NetworkLoadBalancerArns") or []):
            ownership.check(item, f"Endpoint service {service['ServiceId']} on its load balancer", _tags(service))
            same.append(service)
    return same


def _arns(item: EndpointService, balancers: t.Mapping[str, lb.LoadBalancer]) -> set[str]:
    """The ARNs of the item's load balancers; a name stands for itself where none is known."""
    return {balancers[key].arn if key in balancers else key for key in item.load_balancers or []}


def _tags(service: Service) -> dict[str, str]:
    return tagging.as_dict(service.get("Tags"))


def _id_and_tags(service: Service) -> tuple[str, dict[str, str]]:
    return str(service["ServiceId"]), _tags(service)


def plan_absent(item: EndpointService, actual: Actual) -> Plan:
    """Reject live connections where that is allowed, wait until they are gone, then delete all that is the item's."""
    if actual.service is None:
        return Plan()
    plan = Plan(before=_shown(actual, actual.service), result=_result(actual, actual.service))
    ending = [connection for service in actual.services for connection in actual.live(service)]
    plan.result["ending_connections"] = [] if ownership.is_adopted(_tags(actual.service)) else list(map(str, ending))
    for service in actual.services:
        service_id = service["ServiceId"]
        _refuse_other_place(item, service)
        if service["ServiceState"] == "Deleting":
            plan.waiting = f"endpoint service {service_id} to be deleted"
        elif ownership.is_adopted(_tags(service)):
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


def _surplus_changes(item: EndpointService, actual: Actual) -> list[Change]:
    """Delete what was made twice: services without connections, where another has some.

    While none has, all stay: the vendor may have been told the name of either. Raises ItemError where several have.
    """
    connected = [service for service in actual.services if actual.live(service)]
    if len(connected) > 1:
        raise several(item.name, connected)
    changes: list[Change] = []
    for service in actual.surplus if connected else ():
        changes += [] if ownership.is_adopted(_tags(service)) else _deletion(actual, service)
    return changes


def _refuse_live(item: EndpointService, service_id: str, live: t.Sequence[Connection]) -> None:
    if item.on_connections == "fail" and not all(connection.is_in("deleting") for connection in live):
        raise ItemError(
            f"{service_id} has live connections ({', '.join(map(str, live))}). Nothing was deleted. Have the vendor "
            "remove its endpoint, or set on_connections=reject."
        )


def _balancer_names(service: Service) -> set[str]:
    found = map(arns.LOAD_BALANCER.fullmatch, service.get("NetworkLoadBalancerArns") or ())
    return {match.group(1) for match in found if match}


def _elsewhere(item: EndpointService, service: Service) -> bool:
    """Whether a service is on none of the item's load balancers, so that it is another one."""
    have, wanted = set(service.get("NetworkLoadBalancerArns") or ()), set(item.load_balancers or ())
    return bool(have and wanted and not wanted & (have | _balancer_names(service)))


def _refuse_other_place(item: EndpointService, service: Service) -> None:
    """Raise ItemError for a service of the item's name that is on none of its load balancers."""
    names = _balancer_names(service)
    if _elsewhere(item, service) and not item.service_id:
        raise ItemError(
            f"Endpoint service {service['ServiceId']} has the name {item.name}, but leads to "
            f"{', '.join(sorted(names))}, not to {', '.join(sorted(item.load_balancers or []))}. It was left as it "
            "is. Give its id as service_id if it is meant."
        )


def _leave(plan: Plan, item: EndpointService, actual: Actual, service: Service) -> None:
    """Take away what we brought to a service that was adopted: whom we let in, their connections, our tags."""
    service_id, tags = service["ServiceId"], _tags(service)
    admitted = [arn for arn in actual.principals or () if _mark(arn) in tags.get(ADMITTED_TAG, "").split()]
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


def _mark(principal: str) -> str:
    """How a tag remembers a principal: short, for a tag has 256 characters."""
    return hashlib.sha256(principal.encode()).hexdigest()[:8]


def plan_create(item: EndpointService, actual: Actual, check_mode: bool) -> Plan:
    """Create the service once its load balancers are active; what needs its id follows when it is available."""
    if not item.load_balancers:
        raise ItemError(f"Endpoint service {item.name} does not exist: give load_balancers to create it.")
    balancers = _balancers(item, actual, check_mode)
    acceptance = True if item.acceptance_required is None else item.acceptance_required
    arns = sorted({balancer.arn for balancer in balancers})
    params: dict[str, t.Any] = {
        "AcceptanceRequired": acceptance,
        "NetworkLoadBalancerArns": arns,
        "PrivateDnsName": item.private_dns_name or None,
        "SupportedIpAddressTypes": item.supported_ip_address_types,
        "SupportedRegions": [region for region in item.supported_regions or () if region != actual.region] or None,
        "TagSpecifications": [
            {
                "ResourceType": "vpc-endpoint-service",
                "Tags": tagging.as_aws(_new_tags(item)),
            }
        ],
    }
    params = {key: value for key, value in params.items() if value is not None}
    params["ClientToken"] = token(actual.seed, params)
    create = Change(
        CREATE,
        params,
        f"create endpoint service {item.name}",
        after=_starting(balancers) or actual.leaving,
    )
    later = "the endpoint service to be available"
    created = {"ServiceId": UNKNOWN, "AcceptanceRequired": acceptance}
    changes = [
        create,
        *_principal_changes(item, actual, created, later),
        *_notification_changes(item, actual, created, later),
    ]
    if item.verify_private_dns and item.private_dns_name:
        changes.append(_verification(UNKNOWN, item.private_dns_name, later))
    known = {"load_balancers": arns, "acceptance_required": acceptance, "tags": _new_tags(item)}
    return Plan(changes, after=_after(item, actual, known))


def _new_tags(item: EndpointService) -> dict[str, str]:
    tags = tagging.own_tags(item)
    return {**tags, **told.missing(item, tags)}


def plan_update(item: EndpointService, actual: Actual, service: Service, check_mode: bool) -> Plan:
    """Deltas only: what is not set stays, what others share is added to unless a purge option says otherwise."""
    if service["ServiceState"] not in ALIVE:
        raise ItemError(
            f"Endpoint service {service['ServiceId']} is {service['ServiceState']}. Once it is deleted, run again to "
            "make a new one."
        )
    if ownership.is_theirs(item, _tags(service)) and not actual.created:
        _refuse_company(item, actual, service)
        item = _as_it_is(item, service)
    elif item.service_id is None:
        _refuse_other_place(item, service)
    before, result = _shown(actual, service), _result(actual, service)
    plan = Plan(before=before, after=before, result=result)
    if service["ServiceState"] == "Pending":
        plan.waiting = f"endpoint service {service['ServiceId']} to be available"
    later = plan.waiting
    plan.changes = [
        *_tag_changes(item, actual, service),  # first: a policy may allow the rest to what has our tag alone
        *_config_changes(item, actual, service, later, check_mode),
        *_principal_changes(item, actual, service, later),
        *_notification_changes(item, actual, service, later),
        *_surplus_changes(item, actual),
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
    more = sorted(_arns(item, actual.load_balancers) - set(have))
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
    if uncovered and _loses_principals(item, actual):
        plan.warnings.append(_staying(item, uncovered))
    return {}


def _staying(item: EndpointService, uncovered: t.Sequence[Connection]) -> str:
    named = [str(connection) for connection in uncovered[:SHOWN]]
    named += [f"{len(uncovered) - SHOWN} more"] if len(uncovered) > SHOWN else []
    return (
        f"{item.name}: no principal allows these connections any more, and they stay: {', '.join(named)}. AWS ends "
        "none by itself. Set end_connections_of_removed_principals=true, or reject them with accept_connection."
    )


def _loses_principals(item: EndpointService, actual: Actual) -> bool:
    """Whether principals go in this run."""
    return bool(actual.removed or _surplus_principals(item, actual))


def _uncovered(item: EndpointService, actual: Actual, service: Service) -> list[Connection]:
    """Live connections of accounts that no principal covers once the wanted ones are set. Our own needs none."""
    if item.allowed_principals is None:
        return []
    staying = {*(actual.principals or ()), *_missing(item, actual)} - {*_surplus_principals(item, actual)}
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
            plan.changes.append(_verification(service_id, item.private_dns_name, later))
    elif dns.get("State") not in (None, "verified") and name and (item.private_dns_name or item.verify_private_dns):
        if item.verify_private_dns and not actual.verifying:
            plan.changes.append(_verification(service_id, name, later))
        plan.poll = bool(later)
        plan.waiting = later or _txt_record(dns, service)
        if actual.verifying and dns["State"] == "pendingVerification":
            plan.waiting, plan.poll = later or f"AWS to verify the domain of {name}", True


def _txt_record(dns: t.Mapping[str, str], service: Service) -> str:
    name, domain = str(dns.get("Name", "")), str(service["PrivateDnsName"])
    record = name if name.endswith(domain) else f"{name}.{domain.removeprefix('*.')}"  # AWS tells its first label
    return (
        f"the domain of {domain} to be verified ({dns['State']}): publish the "
        f"{dns.get('Type', 'TXT')} record {record} = {dns.get('Value')}, then run with verify_private_dns=true"
    )


def _verification(service_id: str, name: str, after: str) -> Change:
    return Change(VERIFY, {"ServiceId": service_id}, f"have AWS verify the domain of {name}", after)


def _balancers(item: EndpointService, actual: Actual, check_mode: bool) -> list[lb.LoadBalancer]:
    """The wanted load balancers. In check mode one that is still to be made stands in for itself."""
    found = []
    for wanted in item.load_balancers or []:
        balancer = actual.load_balancers.get(wanted)
        if balancer is None and not check_mode:
            raise ItemError(
                f"Load balancer {wanted} does not exist in this account and region. If another run has just taken it "
                "away, run again."
            )
        found.append(balancer or lb.LoadBalancer(UNKNOWN, wanted, "active"))
    return found


def _starting(balancers: t.Sequence[lb.LoadBalancer]) -> str:
    """What must happen before load balancers can serve; "" when they can."""
    dead = sorted(balancer.name for balancer in balancers if balancer.state == "failed")
    if dead:
        raise ItemError(f"Load balancer {', '.join(dead)} has failed: make it anew.")
    starting = sorted(balancer.name for balancer in balancers if balancer.state not in SERVING)
    return f"load balancer {', '.join(starting)} to be active" if starting else ""


def _config_changes(
    item: EndpointService, actual: Actual, service: Service, after: str, check_mode: bool
) -> list[Change]:
    """One call for all settings; a second one removes load balancers, so that new ones serve before old ones go.

    Any such call enables new zones of the load balancers, too. Without another one, the service's id alone does it.
    """
    service_id, settings, dropped = service["ServiceId"], _settings(item, actual, service), _dropped(item, actual)
    if item.load_balancers is not None:
        balancers = _balancers(item, actual, check_mode)
        have = set(placing.arns_of(service))
        settings["AddNetworkLoadBalancerArns"] = sorted({balancer.arn for balancer in balancers} - have)
        if dropped and actual.live(service):
            connected = ", ".join(map(str, actual.live(service)))
            raise ItemError(
                f"{service_id} has live connections ({connected}), and AWS takes no load balancer out of it then: "
                f"{', '.join(dropped)}. Nothing was changed. List it beside the new one until the vendor has moved to "
                "another service, or have the connections ended first."
            )
        after = after or _starting([balancer for balancer in balancers if balancer.arn not in have]) or actual.leaving
    changes, settings = [], {key: value for key, value in settings.items() if value not in ([], None)}
    zones = _new_zones(item, actual, service)
    if settings or (zones and not dropped):
        summary = f"change {', '.join(sorted(settings))}" if settings else f"enable zones {', '.join(zones)}"
        changes.append(Change(MODIFY, {"ServiceId": service_id, **settings}, summary, after))
    if dropped:
        params = {"ServiceId": service_id, "RemoveNetworkLoadBalancerArns": dropped}
        changes.append(Change(MODIFY, params, f"remove load balancers {', '.join(dropped)}", after))
    return changes


def _settings(item: EndpointService, actual: Actual, service: Service) -> dict[str, t.Any]:
    """What differs of a service's settings, load balancers apart, as parameters of a modification."""
    settings: dict[str, t.Any] = {}
    if item.acceptance_required not in (None, service.get("AcceptanceRequired")):
        settings["AcceptanceRequired"] = item.acceptance_required
    if item.private_dns_name == "" and service.get("PrivateDnsName"):
        settings["RemovePrivateDnsName"] = True
    elif item.private_dns_name and item.private_dns_name != service.get("PrivateDnsName"):
        settings["PrivateDnsName"] = item.private_dns_name
    for suffix, wanted, have in (
        ("SupportedIpAddressTypes", item.supported_ip_address_types, set(service.get("SupportedIpAddressTypes") or [])),
        ("SupportedRegions", item.supported_regions, _regions(service)),
    ):
        if wanted is not None:
            # A service's own region is always among its regions, and AWS takes neither that it is added nor removed.
            home = {actual.region} if suffix == "SupportedRegions" else set()
            settings[f"Add{suffix}"] = sorted(set(wanted) - have - home)
            settings[f"Remove{suffix}"] = sorted(have - set(wanted) - home)
    return settings


def _new_zones(item: EndpointService, actual: Actual, service: Service) -> list[str]:
    """Zones that a service's load balancers have and it lacks, where the item names them.

    On what others have made they are its owner's to enable.
    """
    is_ours = not actual.created and not ownership.is_theirs(item, _tags(service))
    if not item.load_balancers or service["ServiceState"] != "Available" or not is_ours:
        return []
    balancers = {*placing.arns_of(service), *_arns(item, actual.load_balancers)}
    have = placing.zones_of(balancers, actual.load_balancers)
    return sorted(have - set(service.get("AvailabilityZones") or ()))


def _dropped(item: EndpointService, actual: Actual) -> list[str]:
    """ARNs of the load balancers that a service is to lose."""
    if item.load_balancers is None or item.state == "absent" or actual.service is None:
        return []
    return sorted(set(actual.service.get("NetworkLoadBalancerArns") or []) - _arns(item, actual.load_balancers))


def _regions(service: Service) -> set[str]:
    """Regions the service can be reached from; those that are closing or closed do not count."""
    return {region["Region"] for region in service.get("SupportedRegions") or [] if region.get("ServiceState") in ALIVE}


def _principal_changes(item: EndpointService, actual: Actual, service: Service, after: str) -> list[Change]:
    if item.allowed_principals is None:
        return []
    add, remove = _missing(item, actual), _surplus_principals(item, actual)
    if not add and not remove:
        return []
    params: dict[str, t.Any] = {"ServiceId": service["ServiceId"]}
    if add:
        params["AddAllowedPrincipals"] = add
    if remove:
        params["RemoveAllowedPrincipals"] = remove
    said = ((f"allow {', '.join(add)}", add), (f"no longer allow {', '.join(remove)}", remove))
    return [Change(PERMIT, params, "; ".join(text for text, ids in said if ids), after)]


def _missing(item: EndpointService, actual: Actual) -> list[str]:
    """The principals that must still be let in."""
    wanted = {principals.as_arn(principal, actual.partition) for principal in item.allowed_principals or []}
    return sorted(wanted - (actual.principals or frozenset()))


def _surplus_principals(item: EndpointService, actual: Actual) -> list[str]:
    """The principals that must go."""
    if not item.replaces_principals:
        return []
    wanted = {principals.as_arn(principal, actual.partition) for principal in item.allowed_principals or []}
    return sorted((actual.principals or frozenset()) - wanted)


def _adopts(item: EndpointService, actual: Actual, service: Service) -> bool:
    """Whether the plan takes over a service that others have made."""
    return item.adopt and not actual.created and owner(service) is None


def _notification_changes(item: EndpointService, actual: Actual, service: Service, after: str) -> list[Change]:
    if item.connection_notifications is None:
        return []
    changes: list[Change] = []
    params: dict[str, t.Any]
    present = (actual.notifications or {}).items()
    by_topic = {notification.topic_arn: (key, notification) for key, notification in sorted(present, reverse=True)}
    twice = [key for key, notification in present if by_topic[notification.topic_arn][0] != key]
    for wanted in sorted(item.notifications, key=lambda notification: notification.topic_arn):
        topic, events = wanted.topic_arn, sorted(wanted.events)
        key, have = by_topic.pop(topic, ("", None))
        if have is None:
            params = {
                "ServiceId": service["ServiceId"],
                "ConnectionNotificationArn": topic,
                "ConnectionEvents": events,
            }
            params["ClientToken"] = token(actual.seed, params)
            action = "ec2:CreateVpcEndpointConnectionNotification"
            changes.append(Change(action, params, f"notify {topic} of {', '.join(events)}", after))
        elif have.events != wanted.events:
            params = {"ConnectionNotificationId": key, "ConnectionEvents": events}
            action = "ec2:ModifyVpcEndpointConnectionNotification"
            changes.append(Change(action, params, f"notify {topic} of {', '.join(events)}", after))
    purge = item.purge_connection_notifications
    wanted_topics = {wanted.topic_arn for wanted in item.notifications}
    extra = [key for key, dummy in by_topic.values()] if purge else []
    # AWS keeps two that are alike; of those that are wanted one is enough.
    extra = sorted(
        [*extra, *(key for key in twice if purge or (actual.notifications or {})[key].topic_arn in wanted_topics)]
    )
    if extra:
        action = "ec2:DeleteVpcEndpointConnectionNotifications"
        params = {"ConnectionNotificationIds": extra}
        changes.append(Change(action, params, f"no longer notify {', '.join(extra)}", after))
    return changes


def _tag_changes(item: EndpointService, actual: Actual, service: Service) -> list[Change]:
    """On an adopted service they remember, before it is done, whom we let in beside whom its owner does."""
    current = _tags(service)
    to_set, to_remove = tagging.changes(current, item, item.purge_tags, _adopts(item, actual, service))
    if ownership.is_adopted({**current, **to_set}):
        admitted = {*current.get(ADMITTED_TAG, "").split(), *map(_mark, _missing(item, actual))}
        marks = " ".join(sorted(admitted))
        if len(marks) > tagging.LONGEST:
            raise ItemError(f"{service['ServiceId']} was adopted, and no more than {len(admitted) - 1} principals fit.")
        to_set.update({ADMITTED_TAG: marks} if marks != current.get(ADMITTED_TAG, "") else {})
    to_set.update(_told(item, actual, service, current))
    return tagging.ec2_changes(service["ServiceId"], to_set, to_remove)


def _told(item: EndpointService, actual: Actual, service: Service, current: t.Mapping[str, str]) -> dict[str, str]:
    """Before new zones are enabled, those that consumers know are remembered."""
    zone_ids = service.get("AvailabilityZoneIds") or ()
    return told.missing(item, current, zone_ids, bool(_new_zones(item, actual, service)))


def _result(actual: Actual, service: Service) -> dict[str, t.Any]:
    result: dict[str, t.Any] = dict(boto3_resource_to_ansible_dict(service, force_tags=False) or {})
    result["added_zone_ids"] = [*actual.added_zone_ids]
    result.update(told.results(_tags(service), service.get("AvailabilityZoneIds") or ()))
    if actual.principals is not None:
        result["allowed_principals"] = sorted(actual.principals)
    return result


def _shown(actual: Actual, service: Service) -> dict[str, t.Any]:
    """The service in the words of the options, for the diff; what was not read is left out."""
    shown = {
        "acceptance_required": service.get("AcceptanceRequired"),
        "availability_zones": sorted(service.get("AvailabilityZones") or []),
        "load_balancers": sorted(service.get("NetworkLoadBalancerArns") or []),
        "private_dns_name": service.get("PrivateDnsName") or "",
        "supported_ip_address_types": sorted(service.get("SupportedIpAddressTypes") or []),
        "supported_regions": sorted(_regions(service)),
        "tags": tagging.as_dict(service.get("Tags")),
    }
    if actual.principals is not None:
        shown["allowed_principals"] = sorted(actual.principals)
    if actual.notifications is not None:
        shown["connection_notifications"] = _events(actual.notifications.values())
    return shown


def _events(notifications: t.Iterable[Notification]) -> dict[str, list[str]]:
    return {notification.topic_arn: sorted(notification.events) for notification in notifications}


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
        after["connection_notifications"] = {**_events(others.values()), **_events(item.notifications)}
    current = before.get("tags") or {}
    adopt = item.adopt and not actual.created
    to_set, to_remove = tagging.changes(current, item, item.purge_tags, adopt and actual.service is not None)
    after["tags"] = {key: value for key, value in {**current, **to_set}.items() if key not in to_remove}
    if actual.service is not None:
        after["tags"].update(_told(item, actual, actual.service, current))
    return after
