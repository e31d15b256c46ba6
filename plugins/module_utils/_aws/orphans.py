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
from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoints import read_endpoints
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import read_services

GONE = ("deleted", "deleting")  # states of a VPC endpoint and an endpoint service, in lower case


class Resource(t.NamedTuple):
    """One resource in words, with its tags. ``option`` is what a link must say to find it, beside its name.

    A forwarder is no link's own.
    """

    what: str
    tags: t.Mapping[str, str]
    option: str = ""
    is_forwarder: bool = False


@dataclass(frozen=True)
class Orphan:
    """What there is of one name."""

    name: str
    resources: tuple[Resource, ...]

    def as_dict(self) -> dict[str, t.Any]:
        there = [resource.what for resource in self.resources]
        line = f"{self.name}: no link names it, and there is {', '.join(there)}. {' '.join(self._advice())}"
        return {"name": self.name, "resources": there, "line": line}

    def _advice(self) -> list[str]:
        """How what there is goes, by whose it is."""
        of_links = [resource for resource in self.resources if not resource.is_forwarder]
        options = " and ".join(["state: absent", *(resource.option for resource in of_links if resource.option)])
        advice = []
        if of_links:
            advice.append(
                "If its link has another name now, let the vendor connect to that one first. To take it away, list the "
                f"link once more under its old name with {options}. What a task of yours made goes by state: absent "
                "of that task."
            )
        if len(of_links) < len(self.resources):
            mode = "port_forwarder_mode: auto_scaling_group and port_forwarder_state: absent"
            advice.append(
                f"The group is a forwarder: to take it away, run the role port_forwarder with port_forwarder_name: "
                f"{self.name}, {mode}."
            )
        return advice


def orphans(api: Api, names: t.Collection[str], environment: str) -> list[Orphan]:
    """What is of an environment and has none of the names, in order of name. Raises ItemError for a refused call."""
    found: dict[str, list[Resource]] = {}
    for reader in (_balancers, _services, _endpoints, _forwarders):
        for resource in reader(api):
            name = resource.tags.get(tagging.OWN_TAG)
            if name and name not in names and resource.tags.get(tagging.ENVIRONMENT_TAG) == environment:
                found.setdefault(name, []).append(resource)
    return [Orphan(name, tuple(found[name])) for name in sorted(found)]


def _balancers(api: Api) -> t.Iterator[Resource]:
    balancers = [balancer for balancer in lb.read_load_balancers(api) if balancer.is_network]
    tags = lb.read_tags(api, [balancer.arn for balancer in balancers])
    for balancer in balancers:
        own = tags.get(balancer.arn, {})
        option = "" if own.get(tagging.OWN_TAG) == balancer.name else f"load_balancer_name: {balancer.name}"
        yield Resource(f"load balancer {balancer.name}", own, option)


def _services(api: Api) -> t.Iterator[Resource]:
    for service in read_services(api):
        if str(service.get("ServiceState")).lower() not in GONE:
            yield Resource(f"endpoint service {service['ServiceId']}", tagging.as_dict(service.get("Tags")))


def _endpoints(api: Api) -> t.Iterator[Resource]:
    for endpoint in read_endpoints(api):
        if str(endpoint.get("State")).lower() not in GONE:
            yield Resource(f"VPC endpoint {endpoint['VpcEndpointId']}", tagging.as_dict(endpoint.get("Tags")))


def _forwarders(api: Api) -> t.Iterator[Resource]:
    filters = [{"Name": "tag-key", "Values": [tagging.OWN_TAG]}]
    for group in api.pages("autoscaling:DescribeAutoScalingGroups", "AutoScalingGroups", Filters=filters):
        if group.get("Status") is None:  # it is set while a group is being deleted
            what, tags = f"Auto Scaling group {group['AutoScalingGroupName']}", tagging.as_dict(group.get("Tags"))
            yield Resource(what, tags, is_forwarder=True)
