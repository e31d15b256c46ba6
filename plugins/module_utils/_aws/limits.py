# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's published token buckets: which of them a call draws from.

This module util is PRIVATE to the collection.

AWS meters calls per account and region. Sources: "Request throttling for the Amazon EC2 API", "Request throttling
for the ELB API" and, in the Amazon Route 53 Developer Guide, "Quotas" (read 2026-11).
"""

from __future__ import annotations

from ansible_collections.saas.privatelink.plugins.module_utils._core.pace import Bucket

# bucket name: (tokens at once, tokens per second)
EC2_DEFAULT = {"read": (100.0, 20.0), "write": (50.0, 5.0)}
EC2 = {
    "CreateTags": (100.0, 10.0),
    "DeleteTags": (100.0, 10.0),
    "CreateVpcEndpointServiceConfiguration": (10.0, 1.0),
    "ModifyVpcEndpointServiceConfiguration": (10.0, 1.0),
    "DeleteVpcEndpointServiceConfigurations": (10.0, 1.0),
    "AcceptVpcEndpointConnections": (10.0, 1.0),
    "RejectVpcEndpointConnections": (10.0, 1.0),
    "CreateVpcEndpoint": (4.0, 0.3),
    "ModifyVpcEndpoint": (4.0, 0.3),
    "DeleteVpcEndpoints": (4.0, 0.3),
}
ELBV2 = {
    "*": (40.0, 10.0),
    "read": (40.0, 10.0),
    "create": (10.0, 0.2),
    "targets": (20.0, 4.0),
    "write": (20.0, 3.0),
}
ELBV2_CATEGORY = {
    "CreateLoadBalancer": "create",
    "SetSubnets": "create",
    "RegisterTargets": "targets",
    "DeregisterTargets": "targets",
}
ROUTE_53 = ("route53:*", 5.0, 5.0)  # all calls of an account


def is_read(operation: str) -> bool:
    """Whether an operation only reads: C(Describe…), C(Get…) and C(List…)."""
    return operation.startswith(("Describe", "Get", "List"))


def buckets(service: str, operation: str) -> list[Bucket]:
    """The buckets that one call draws from; none where AWS publishes no rate.

    ``service`` is botocore's name, for example C(ec2) or C(elbv2).
    """
    kind = "read" if is_read(operation) else "write"
    if service == "ec2":
        return [(f"ec2:{operation}", *EC2.get(operation, EC2_DEFAULT[kind]))]
    if service == "elbv2":
        category = ELBV2_CATEGORY.get(operation, kind)
        return [(f"elbv2:{name}", *ELBV2[name]) for name in ("*", category)]
    if service == "route53":
        return [ROUTE_53]
    return []
