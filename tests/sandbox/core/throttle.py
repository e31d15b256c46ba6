# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's published token buckets, to be switched on when a test or benchmark wants them.

Source: "Request throttling for the Amazon EC2 API" and "Request throttling for the Elastic Load Balancing API"
(docs.aws.amazon.com, read 2026-11). Figures are burst and refill per second, per account and region.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call

Limit = tuple[str, float, float]
"""Name of the bucket, burst, refill per second."""

EC2_CLASSES: list[tuple[set[str], float, float]] = [
    ({"CreateTags", "DeleteTags"}, 100, 10),
    (
        {
            "CreateVpcEndpointServiceConfiguration",
            "ModifyVpcEndpointServiceConfiguration",
            "DeleteVpcEndpointServiceConfigurations",
            "AcceptVpcEndpointConnections",
            "RejectVpcEndpointConnections",
        },
        10,
        1,
    ),
    ({"CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"}, 4, 0.3),
]
EC2_UNFILTERED = {"DescribeNetworkInterfaces", "DescribeSecurityGroups"}

ELB_CLASSES: list[tuple[str, set[str], float, float]] = [
    ("create", {"CreateLoadBalancer", "SetSubnets"}, 10, 0.2),
    ("targets", {"RegisterTargets", "DeregisterTargets"}, 20, 4),
]


def throttling_error(call: Call) -> AwsError:
    """The error each kind of service answers when it throttles."""
    if call.service == "ec2":
        return AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)
    code = "ThrottlingException" if "json" in call.protocol else "Throttling"
    return AwsError(code, "Rate exceeded")


def limits(call: Call) -> list[Limit]:
    """The buckets a call takes a token from; none for services without published figures."""
    if call.service == "ec2":
        return [_ec2_limit(call)]
    if call.service == "elbv2":
        return [("all", 40, 10), _elb_limit(call.operation)]
    return []


def _ec2_limit(call: Call) -> Limit:
    name = call.operation
    if name in EC2_UNFILTERED and not call.params.get("Filters") and not call.params.get("MaxResults"):
        return (f"{name} unfiltered", 50, 10)
    if name.startswith(("Describe", "Get", "List", "Search")):
        return (name, 100, 20)
    for names, burst, rate in EC2_CLASSES:
        if name in names:
            return (name, burst, rate)
    return (name, 50, 5)


def _elb_limit(operation: str) -> Limit:
    if operation.startswith("Describe"):
        return ("describe", 40, 10)
    for name, operations, burst, rate in ELB_CLASSES:
        if operation in operations:
            return (name, burst, rate)
    return ("mutating", 20, 3)


@dataclass
class Bucket:
    """Tokens left at a moment; they refill as time passes."""

    tokens: float
    moment: float


class Buckets:
    """The token buckets of all accounts and regions."""

    def __init__(self, enabled: bool = False) -> None:
        self.enabled = enabled
        self.throttled = 0
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, str, str], Bucket] = {}

    def refill(self) -> None:
        """Fill every bucket and count throttled requests from zero."""
        with self._lock:
            self._buckets.clear()
            self.throttled = 0

    def take(self, call: Call) -> None:
        """Take the call's tokens, or raise the service's throttling error and take none."""
        if not self.enabled:
            return
        with self._lock:
            found = [self._filled(call, limit) for limit in limits(call)]
            if any(bucket.tokens < 1 for bucket in found):
                self.throttled += 1
                raise throttling_error(call)
            for bucket in found:
                bucket.tokens -= 1

    def _filled(self, call: Call, limit: Limit) -> Bucket:
        name, burst, rate = limit
        moment = clock.now()
        bucket = self._buckets.setdefault((call.account, call.region, call.service, name), Bucket(burst, moment))
        bucket.tokens = min(burst, bucket.tokens + (moment - bucket.moment) * rate)
        bucket.moment = moment
        return bucket
