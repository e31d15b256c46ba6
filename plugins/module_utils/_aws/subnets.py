# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subnets, as DescribeSubnets shows them: which have IPv6 addresses.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api

Subnets = t.Mapping[str, t.Mapping[str, t.Any]]


def read_subnets(api: Api, ids: t.Iterable[str]) -> dict[str, t.Mapping[str, t.Any]]:
    """Subnets by id, one call per 200; unknown ones are left out."""
    found = api.filtered("ec2:DescribeSubnets", "Subnets", "subnet-id", ids)
    return {subnet["SubnetId"]: subnet for subnet in found}


def without_ipv6(ids: t.Iterable[str], subnets: Subnets) -> list[str]:
    """Those of some subnets that have no IPv6 block; unknown ones are another's to find."""
    return sorted(subnet_id for subnet_id in ids if subnet_id in subnets and not _has_ipv6(subnets[subnet_id]))


def _has_ipv6(subnet: t.Mapping[str, t.Any]) -> bool:
    blocks = subnet.get("Ipv6CidrBlockAssociationSet") or ()
    return any(block["Ipv6CidrBlockState"]["State"] == "associated" for block in blocks)
