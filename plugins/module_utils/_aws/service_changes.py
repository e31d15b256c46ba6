# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that make parts of an endpoint service as they shall be: settings, principals, notifications, tags.

This module util is PRIVATE to the collection.

Source: Amazon EC2 API Reference, ModifyVpcEndpointServiceConfiguration, ModifyVpcEndpointServicePermissions and
ModifyVpcEndpointConnectionNotification (read 2026-11).
"""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import ownership, principals, told
from ansible_collections.saas.privatelink.plugins.module_utils._aws import service_balancers as placing
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import (
    Actual,
    arns_of,
    regions_of,
    tags_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_balancers import SERVING, Service, owner
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change
from ansible_collections.saas.privatelink.plugins.module_utils._core.tokens import token

CREATE = "ec2:CreateVpcEndpointServiceConfiguration"
MODIFY = "ec2:ModifyVpcEndpointServiceConfiguration"
PERMIT = "ec2:ModifyVpcEndpointServicePermissions"
VERIFY = "ec2:StartVpcEndpointServicePrivateDnsVerification"
ADMITTED_TAG = "saas.privatelink:admitted"  # on an adopted service: which principals it lets in for us


def wanted_balancers(item: EndpointService, actual: Actual, check_mode: bool) -> list[lb.LoadBalancer]:
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


def starting(balancers: t.Sequence[lb.LoadBalancer]) -> str:
    """What must happen before load balancers can serve; "" when they can."""
    dead = sorted(balancer.name for balancer in balancers if balancer.state == "failed")
    if dead:
        raise ItemError(f"Load balancer {', '.join(dead)} has failed: make it anew.")
    starting = sorted(balancer.name for balancer in balancers if balancer.state not in SERVING)
    return f"load balancer {', '.join(starting)} to be active" if starting else ""


def config_changes(
    item: EndpointService, actual: Actual, service: Service, after: str, check_mode: bool
) -> list[Change]:
    """One call for all settings; a second one removes load balancers, so that new ones serve before old ones go.

    Any such call enables new zones of the load balancers, too. Without another one, the service's id alone does it.
    """
    service_id, settings = service["ServiceId"], _settings(item, actual, service)
    dropped = dropped_balancers(item, actual)
    if item.load_balancers is not None:
        balancers = wanted_balancers(item, actual, check_mode)
        have = set(placing.arns_of(service))
        settings["AddNetworkLoadBalancerArns"] = sorted({balancer.arn for balancer in balancers} - have)
        if dropped and actual.live(service):
            connected = ", ".join(map(str, actual.live(service)))
            raise ItemError(
                f"{service_id} has live connections ({connected}), and AWS takes no load balancer out of it then: "
                f"{', '.join(dropped)}. Nothing was changed. List it beside the new one until the vendor has moved to "
                "another service, or have the connections ended first."
            )
        after = after or starting([balancer for balancer in balancers if balancer.arn not in have]) or actual.leaving
    changes, settings = [], {key: value for key, value in settings.items() if value not in ([], None)}
    zones = new_zones(item, actual, service)
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
        ("SupportedRegions", item.supported_regions, regions_of(service)),
    ):
        if wanted is not None:
            # A service's own region is always among its regions, and AWS takes neither that it is added nor removed.
            home = {actual.region} if suffix == "SupportedRegions" else set()
            settings[f"Add{suffix}"] = sorted(set(wanted) - have - home)
            settings[f"Remove{suffix}"] = sorted(have - set(wanted) - home)
    return settings


def new_zones(item: EndpointService, actual: Actual, service: Service) -> list[str]:
    """Zones that a service's load balancers have and it lacks, where the item names them.

    On what others have made they are its owner's to enable.
    """
    is_ours = not actual.created and not ownership.is_theirs(item, tags_of(service))
    if not item.load_balancers or service["ServiceState"] != "Available" or not is_ours:
        return []
    balancers = {*placing.arns_of(service), *arns_of(item, actual.load_balancers)}
    have = placing.zones_of(balancers, actual.load_balancers)
    return sorted(have - set(service.get("AvailabilityZones") or ()))


def dropped_balancers(item: EndpointService, actual: Actual) -> list[str]:
    """ARNs of the load balancers that a service is to lose."""
    if item.load_balancers is None or item.state == "absent" or actual.service is None:
        return []
    return sorted(set(actual.service.get("NetworkLoadBalancerArns") or []) - arns_of(item, actual.load_balancers))


def principal_changes(item: EndpointService, actual: Actual, service: Service, after: str) -> list[Change]:
    if item.allowed_principals is None:
        return []
    add, remove = missing_principals(item, actual), surplus_principals(item, actual)
    if not add and not remove:
        return []
    params: dict[str, t.Any] = {"ServiceId": service["ServiceId"]}
    if add:
        params["AddAllowedPrincipals"] = add
    if remove:
        params["RemoveAllowedPrincipals"] = remove
    said = ((f"allow {', '.join(add)}", add), (f"no longer allow {', '.join(remove)}", remove))
    return [Change(PERMIT, params, "; ".join(text for text, ids in said if ids), after)]


def missing_principals(item: EndpointService, actual: Actual) -> list[str]:
    """The principals that must still be let in."""
    wanted = {principals.as_arn(principal, actual.partition) for principal in item.allowed_principals or []}
    return sorted(wanted - (actual.principals or frozenset()))


def surplus_principals(item: EndpointService, actual: Actual) -> list[str]:
    """The principals that must go."""
    if not item.replaces_principals:
        return []
    wanted = {principals.as_arn(principal, actual.partition) for principal in item.allowed_principals or []}
    return sorted((actual.principals or frozenset()) - wanted)


def loses_principals(item: EndpointService, actual: Actual) -> bool:
    """Whether principals go in this run."""
    return bool(actual.removed or surplus_principals(item, actual))


def _adopts(item: EndpointService, actual: Actual, service: Service) -> bool:
    """Whether the plan takes over a service that others have made."""
    return item.adopt and not actual.created and owner(service) is None


def notification_changes(item: EndpointService, actual: Actual, service: Service, after: str) -> list[Change]:
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
            params = {"ServiceId": service["ServiceId"], "ConnectionNotificationArn": topic, "ConnectionEvents": events}
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


def new_tags(item: EndpointService) -> dict[str, str]:
    tags = tagging.own_tags(item)
    return {**tags, **told.missing(item, tags)}


def tag_changes(item: EndpointService, actual: Actual, service: Service) -> list[Change]:
    """On an adopted service they remember, before it is done, whom we let in beside whom its owner does."""
    current = tags_of(service)
    to_set, to_remove = tagging.changes(current, item, item.purge_tags, _adopts(item, actual, service))
    if ownership.is_adopted({**current, **to_set}):
        admitted = {*current.get(ADMITTED_TAG, "").split(), *map(mark, missing_principals(item, actual))}
        marks = " ".join(sorted(admitted))
        if len(marks) > tagging.LONGEST:
            raise ItemError(f"{service['ServiceId']} was adopted, and no more than {len(admitted) - 1} principals fit.")
        to_set.update({ADMITTED_TAG: marks} if marks != current.get(ADMITTED_TAG, "") else {})
    to_set.update(remembered(item, actual, service, current))
    return tagging.ec2_changes(service["ServiceId"], to_set, to_remove)


def remembered(item: EndpointService, actual: Actual, service: Service, current: t.Mapping[str, str]) -> dict[str, str]:
    """Before new zones are enabled, those that consumers know are remembered."""
    zone_ids = service.get("AvailabilityZoneIds") or ()
    return told.missing(item, current, zone_ids, bool(new_zones(item, actual, service)))


def mark(principal: str) -> str:
    """How a tag remembers a principal: short, for a tag has 256 characters."""
    return hashlib.sha256(principal.encode()).hexdigest()[:8]


def txt_record(dns: t.Mapping[str, str], service: Service) -> str:
    name, domain = str(dns.get("Name", "")), str(service["PrivateDnsName"])
    record = name if name.endswith(domain) else f"{name}.{domain.removeprefix('*.')}"  # AWS tells its first label
    return (
        f"the domain of {domain} to be verified ({dns['State']}): publish the "
        f"{dns.get('Type', 'TXT')} record {record} = {dns.get('Value')}, then run with verify_private_dns=true"
    )


def verification(service_id: str, name: str, after: str) -> Change:
    return Change(VERIFY, {"ServiceId": service_id}, f"have AWS verify the domain of {name}", after)
