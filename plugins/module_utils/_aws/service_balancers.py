# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Load balancers of endpoint services: which service has which, and the zones that it has by them.

This module util is PRIVATE to the collection.

Source: AWS PrivateLink Guide, "Create a service powered by AWS PrivateLink" (a load balancer is in one service alone)
and "Configure an endpoint service" (a load balancer's new zones are enabled by a modification), read 2026-11.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.load_balancers import LoadBalancer
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

ALIVE = ("Pending", "Available")  # states of services
SERVING = ("active", "active_impaired")  # states of load balancers
Service = dict[str, t.Any]


def attached(services: t.Iterable[Service]) -> dict[str, LoadBalancer]:
    """The load balancers of living services by name and ARN: known to exist and to work, without a call."""
    found = {}
    for service in services:
        for arn in arns_of(service):
            match = arns.LOAD_BALANCER.fullmatch(arn)
            if match and service["ServiceState"] in ALIVE:
                found[arn] = found[match.group(1)] = LoadBalancer(arn, match.group(1), "active")
    return found


def arns_of(service: Service) -> list[str]:
    return service.get("NetworkLoadBalancerArns") or []


def names(balancers: t.Iterable[str]) -> str:
    """Load balancers as people call them, by ARN; what is no ARN stands for itself."""
    matches = {arn: arns.LOAD_BALANCER.fullmatch(arn) for arn in balancers}
    return ", ".join(sorted(match.group(1) if match else arn for arn, match in matches.items()))


def owner(service: Service) -> str | None:
    """The name of the item that a service belongs to, by the collection's tag."""
    return tagging.as_dict(service.get("Tags")).get(tagging.OWN_TAG)


def refuse_taken(
    name: str, wanted: t.AbstractSet[str], own: t.Sequence[Service], services: t.Iterable[Service]
) -> None:
    """Raise ItemError where a service that is not the item's ``own`` has one of its ``wanted`` balancers (ARNs)."""
    ids = {service["ServiceId"] for service in own}
    for service in services:
        taken = wanted & set(arns_of(service))
        if taken and service["ServiceId"] not in ids and service["ServiceState"] in ALIVE:
            whose = f", which belongs to {owner(service)}" if owner(service) else ""
            raise ItemError(
                f"Load balancer {names(taken)} is in endpoint service {service['ServiceId']} already{whose}, and AWS "
                f"lets it be in one alone. Nothing was changed. Give {name} a load balancer of its own."
            )


def leaving(wanted: t.AbstractSet[str], services: t.Iterable[Service]) -> str:
    """What must happen before the ``wanted`` balancers (ARNs) are free; "" where no service is being deleted."""
    going = [service for service in services if wanted & set(arns_of(service))]
    ids = sorted(service["ServiceId"] for service in going if service["ServiceState"] == "Deleting")
    return f"endpoint service {', '.join(ids)} to be deleted" if ids else ""


def contested(wanted: t.Mapping[str, t.AbstractSet[str]]) -> dict[str, ItemError]:
    """An error for each of some items, by name, that shall be made on a balancer that another one wants, too."""
    rivals: dict[str, list[str]] = {}
    for name, balancers in wanted.items():
        for arn in balancers:
            rivals.setdefault(arn, []).append(name)
    errors: dict[str, ItemError] = {}
    for arn, items in rivals.items():
        if len(items) > 1:
            said = f"{' and '.join(items)} shall be on load balancer {names([arn])}, and AWS lets it be in one service."
            errors.update(dict.fromkeys(items, ItemError(f"{said} Give each a load balancer of its own.")))
    return errors


def zones_of(balancers: t.Iterable[str], known: t.Mapping[str, LoadBalancer]) -> set[str]:
    """Names of the Availability Zones of balancers (ARNs) that serve; those that were not read have none."""
    zones: set[str] = set()
    for arn in balancers:
        balancer = known.get(arn)
        if balancer is not None and balancer.state in SERVING:
            zones.update(zone["ZoneName"] for zone in balancer.raw.get("AvailabilityZones") or ())
    return zones
