# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What carries our tags and is named by nothing any more, as the resources of a link that was renamed.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import read_services
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint import read_endpoints

GONE = ("deleted", "deleting")  # states of a VPC endpoint and an endpoint service, in lower case

Tagged = tuple[str, t.Mapping[str, str]]  # a resource in words, and its tags


@dataclass(frozen=True)
class Orphan:
    """What there is of one name: resources in words."""

    name: str
    resources: tuple[str, ...]

    def as_dict(self) -> dict[str, t.Any]:
        there = ", ".join(self.resources)
        line = (
            f"{self.name}: no link names it, and there is {there}. If its link has another name now, let the vendor "
            "connect to that one first. To take it away, list the link once more under its old name with state: absent."
            " What a task of yours made goes by state: absent of that task."
        )
        return {"name": self.name, "resources": list(self.resources), "line": line}


def orphans(api: Api, names: t.Collection[str], environment: str) -> list[Orphan]:
    """What is of an environment and has none of the names, in order of name. Raises ItemError for a refused call."""
    found: dict[str, list[str]] = {}
    for reader in (_balancers, _services, _endpoints, _forwarders):
        for what, tags in reader(api):
            name = tags.get(tagging.OWN_TAG)
            if name and name not in names and tags.get(tagging.ENVIRONMENT_TAG) == environment:
                found.setdefault(name, []).append(what)
    return [Orphan(name, tuple(found[name])) for name in sorted(found)]


def _balancers(api: Api) -> t.Iterator[Tagged]:
    balancers = [balancer for balancer in lb.read_load_balancers(api) if balancer.is_network]
    tags = lb.read_tags(api, [balancer.arn for balancer in balancers])
    for balancer in balancers:
        yield f"load balancer {balancer.name}", tags.get(balancer.arn, {})


def _services(api: Api) -> t.Iterator[Tagged]:
    for service in read_services(api):
        if str(service.get("ServiceState")).lower() not in GONE:
            yield f"endpoint service {service['ServiceId']}", tagging.as_dict(service.get("Tags"))


def _endpoints(api: Api) -> t.Iterator[Tagged]:
    for endpoint in read_endpoints(api):
        if str(endpoint.get("State")).lower() not in GONE:
            yield f"VPC endpoint {endpoint['VpcEndpointId']}", tagging.as_dict(endpoint.get("Tags"))


def _forwarders(api: Api) -> t.Iterator[Tagged]:
    filters = [{"Name": "tag-key", "Values": [tagging.OWN_TAG]}]
    for group in api.pages("autoscaling:DescribeAutoScalingGroups", "AutoScalingGroups", Filters=filters):
        if group.get("Status") is None:  # it is set while a group is being deleted
            yield f"Auto Scaling group {group['AutoScalingGroupName']}", tagging.as_dict(group.get("Tags"))
