# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network Load Balancers by name or ARN.

This module util is PRIVATE to the collection.

Source: Elastic Load Balancing API Reference 2015-12-01, DescribeLoadBalancers (read 2026-11).
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._plan import ItemError

PAGE = 400
ARN = re.compile(r"^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer/net/([A-Za-z0-9-]{1,32})/[0-9a-f]+$")
NAME = re.compile(r"^(?!-|internal-)[A-Za-z0-9-]{1,32}(?<!-)$")


@dataclass(frozen=True)
class LoadBalancer:
    """A Network Load Balancer as AWS shows it; ``raw`` is its entry in DescribeLoadBalancers."""

    arn: str
    name: str
    state: str
    raw: t.Mapping[str, t.Any] = field(default_factory=dict, compare=False)


def check_arns(wanted: t.Iterable[str]) -> None:
    """Refuse what can be neither the name nor the ARN of a Network Load Balancer."""
    for one in wanted:
        if not NAME.match(one) and not ARN.match(one):
            raise ItemError(
                f"Neither the name nor the ARN of a Network Load Balancer: {one!r}. A name has up to 32 letters, digits "
                "and hyphens; an ARN looks like arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/net/NAME/ID."
            )


def read_load_balancers(api: Api) -> list[LoadBalancer]:
    """Every Network Load Balancer of the account and region, one call per 400.

    Asking by name would be one call per 20, and a single unknown name would fail it.
    """
    return [
        LoadBalancer(one["LoadBalancerArn"], one["LoadBalancerName"], one.get("State", {}).get("Code", ""), one)
        for one in api.pages("elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers", PageSize=PAGE)
        if one.get("Type") == "network"
    ]


def find(api: Api, wanted: t.Sequence[str]) -> dict[str, LoadBalancer]:
    """Those of ``wanted`` (names or ARNs) that exist, by what they were asked for. No call when none is wanted."""
    balancers = read_load_balancers(api) if wanted else []
    by_key = {key: one for one in balancers for key in (one.name, one.arn)}
    return {one: by_key[one] for one in wanted if one in by_key}
