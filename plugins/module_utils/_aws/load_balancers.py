# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads of Elastic Load Balancing: load balancers, target groups, listeners, attributes and tags.

This module util is PRIVATE to the collection.

Source: Elastic Load Balancing API Reference 2015-12-01, the Describe actions (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

PAGE = 400
TAGGED = 20  # resources in one DescribeTags
ATTRIBUTED = {":loadbalancer/": "LoadBalancer", ":targetgroup/": "TargetGroup", ":listener/": "Listener"}
NOT_FOUND = ("LoadBalancerNotFound", "TargetGroupNotFound", "ListenerNotFound")
Raw = t.Mapping[str, t.Any]
Tags = dict[str, str]


@dataclass(frozen=True)
class LoadBalancer:
    """A load balancer as AWS shows it; ``raw`` is its entry in DescribeLoadBalancers."""

    arn: str
    name: str
    state: str
    raw: Raw = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, raw: Raw) -> LoadBalancer:
        return cls(raw["LoadBalancerArn"], raw["LoadBalancerName"], raw.get("State", {}).get("Code", ""), raw)

    @property
    def is_network(self) -> bool:
        """Whether it is a Network Load Balancer. One of another type may have the same name."""
        return bool(self.raw.get("Type") == "network")


def check_arns(wanted: t.Iterable[str]) -> None:
    """Refuse what can be neither the name nor the ARN of a Network Load Balancer."""
    for key in wanted:
        if not arns.LOAD_BALANCER_NAME.fullmatch(key) and not arns.LOAD_BALANCER.fullmatch(key):
            raise ItemError(
                f"Neither the name nor the ARN of a Network Load Balancer: {key!r}. A name has up to 32 letters, "
                "digits, hyphens; an ARN is like arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/net/NAME/ID."
            )


def read_load_balancers(api: Api) -> list[LoadBalancer]:
    """Every load balancer of the account and region, of every type, one call per 400.

    Asking by name would be one call per 20, and a single unknown name would fail it.
    """
    found = api.pages("elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers", PageSize=PAGE)
    return [LoadBalancer.of(raw) for raw in found]


def by_key(api: Api) -> dict[str, LoadBalancer]:
    """Every Network Load Balancer by its name and by its ARN."""
    found: dict[str, LoadBalancer] = {}
    for balancer in read_load_balancers(api):
        if balancer.is_network:
            found[balancer.name] = found[balancer.arn] = balancer
    return found


def read_target_groups(api: Api) -> list[Raw]:
    """Every target group of the account and region, one call per 400."""
    return api.pages("elasticloadbalancing:DescribeTargetGroups", "TargetGroups", PageSize=PAGE)


def read_listeners(api: Api, balancer_arn: str) -> list[Raw]:
    """The listeners of one load balancer; none when AWS does not know it (any more, or yet)."""
    try:
        return api.pages(
            "elasticloadbalancing:DescribeListeners", "Listeners", LoadBalancerArn=balancer_arn, PageSize=PAGE
        )
    except CallError as error:
        if error.code in NOT_FOUND:
            return []
        raise


def read_attributes(api: Api, arn: str) -> dict[str, str]:
    """The attributes of a load balancer, group or listener; none when AWS does not know it (yet, or any more)."""
    kind = next(kind for part, kind in ATTRIBUTED.items() if part in arn)
    try:
        answer = api.call(f"elasticloadbalancing:Describe{kind}Attributes", subject=arn, **{f"{kind}Arn": arn})
    except CallError as error:
        if error.code in NOT_FOUND:
            return {}
        raise
    return {attribute["Key"]: attribute.get("Value", "") for attribute in answer["Attributes"]}


def count_certificates(api: Api, listener_arn: str) -> int:
    """How many certificates a TLS listener has, its default included; 0 when AWS does not know it (any more)."""
    action = "elasticloadbalancing:DescribeListenerCertificates"
    try:
        return len(api.pages(action, "Certificates", ListenerArn=listener_arn, PageSize=PAGE))
    except CallError as error:
        if error.code in NOT_FOUND:
            return 0
        raise


def read_targets(api: Api, arn: str) -> dict[str, str]:
    """The state of each target of a group by its id; none when AWS does not know the group (any more, or yet)."""
    try:
        answer = api.call("elasticloadbalancing:DescribeTargetHealth", subject=arn, TargetGroupArn=arn)
    except CallError as error:
        if error.code in NOT_FOUND:
            return {}
        raise
    described = answer["TargetHealthDescriptions"]
    return {target["Target"]["Id"]: str(target["TargetHealth"]["State"]) for target in described}


def read_tags(api: Api, arns: t.Collection[str]) -> dict[str, Tags]:
    """Tags by ARN, one call per 20 load balancers, target groups or listeners; what AWS does not know is left out."""
    chunks: list[list[str]] = []
    for kind in (":loadbalancer/", ":targetgroup/", ":listener/"):
        some = sorted({arn for arn in arns if kind in arn})
        chunks += [some[start : start + TAGGED] for start in range(0, len(some), TAGGED)]
    found: dict[str, Tags] = {}
    for tags in api.all(lambda chunk: _read_tags(api, chunk), chunks):
        found.update(tags)
    return found


def _read_tags(api: Api, arns: list[str]) -> dict[str, Tags]:
    try:
        answer = api.call("elasticloadbalancing:DescribeTags", ResourceArns=arns)
    except CallError as error:
        if error.code not in NOT_FOUND:
            raise
        # One unknown ARN fails the call for all: ask for each alone.
        found: dict[str, Tags] = {}
        for arn in arns if len(arns) > 1 else []:
            found.update(_read_tags(api, [arn]))
        return found
    tagged = answer["TagDescriptions"]
    return {resource["ResourceArn"]: tagging.as_dict(resource.get("Tags")) for resource in tagged}
