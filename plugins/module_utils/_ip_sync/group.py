# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A target group as the engine's driver, on any function that makes AWS calls named as IAM names them.

Source: Elastic Load Balancing API Reference 2015-12-01, DescribeTargetHealth, RegisterTargets, DeregisterTargets,
AddTags, and Amazon EC2 API Reference, DescribeSubnets (read 2026-11).
"""

from __future__ import annotations

import ipaddress
import time
import typing as t

from .._core.dns_answer import Answer
from .driver import Driver
from .model import Memory, Outcome, Target, TargetHealth, canonical

MISSING_SINCE_TAG = "saas.privatelink:missing-since"  # and ":PORT": names may share a group, each with its own port

Call = t.Callable[..., t.Mapping[str, t.Any]]  # call("elasticloadbalancing:DescribeTargetHealth", TargetGroupArn=…)
Lookup = t.Callable[[str, str], Answer]  # (name, family)
Subnets = tuple[tuple[str, str], ...]  # (CIDR, availability zone)


def read_health(call: Call, arn: str, port: int) -> list[TargetHealth]:
    """All targets of a group, draining ones included; `port` is the group's own. One call: AWS does not page it."""
    answer = call("elasticloadbalancing:DescribeTargetHealth", TargetGroupArn=arn)
    return [
        TargetHealth(
            address=description["Target"]["Id"],
            port=description["Target"].get("Port", port),
            state=description["TargetHealth"].get("State", ""),
            reason=description["TargetHealth"].get("Reason", ""),
            zone=description["Target"].get("AvailabilityZone"),
        )
        for description in answer.get("TargetHealthDescriptions") or []
    ]


def subnets_by_vpc(described: t.Iterable[t.Mapping[str, t.Any]]) -> dict[str, Subnets]:
    """What DescribeSubnets lists, as (CIDR, availability zone) of each VPC; an IPv6 range once it is associated."""
    found: dict[str, Subnets] = {}
    for subnet in described:
        cidrs = [subnet["CidrBlock"]] if subnet.get("CidrBlock") else []
        cidrs += [
            association["Ipv6CidrBlock"]
            for association in subnet.get("Ipv6CidrBlockAssociationSet") or []
            if association.get("Ipv6CidrBlockState", {}).get("State") == "associated"
        ]
        zones = tuple((cidr, subnet["AvailabilityZone"]) for cidr in cidrs)
        found[subnet["VpcId"]] = found.get(subnet["VpcId"], ()) + zones
    return found


def zone_of(address: str, subnets: Subnets) -> str | None:
    """The zone of an address by the subnets; AWS names it only once the target is registered."""
    target = ipaddress.ip_address(address)
    return next((zone for cidr, zone in subnets if target in ipaddress.ip_network(cidr)), None)


class GroupDriver:
    """Performs the engine's effects on one target group.

    `group_port` is the group's own port, `port` that of our targets. Without an `arn` the group does not exist yet, and
    shows no targets.
    """

    def __init__(
        self, call: Call, arn: str | None, group_port: int, port: int, lookup: Lookup, tags: t.Mapping[str, str]
    ) -> None:
        self.call, self.arn, self.group_port, self.lookup = call, arn, group_port, lookup
        self.tag = f"{MISSING_SINCE_TAG}:{port}"
        self.memory = Memory.from_text(tags.get(self.tag, ""))

    def resolve(self, name: str, family: str) -> Answer:
        return self.lookup(name, family)

    def describe(self) -> t.Sequence[TargetHealth]:
        return read_health(self.call, self.arn, self.group_port) if self.arn else []

    def register(self, targets: t.Sequence[Target]) -> None:
        self._write("elasticloadbalancing:RegisterTargets", targets)

    def deregister(self, targets: t.Sequence[Target]) -> None:
        self._write("elasticloadbalancing:DeregisterTargets", targets)

    def _write(self, action: str, targets: t.Sequence[Target]) -> None:
        described = [
            {"Id": target.address, "Port": target.port, **({"AvailabilityZone": target.zone} if target.zone else {})}
            for target in targets
        ]
        self.call(action, TargetGroupArn=self.arn, Targets=described)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def now(self) -> float:
        return time.time()

    def load_state(self) -> Memory:
        return self.memory

    def save_state(self, memory: Memory) -> None:
        if memory.since:
            tag = {"Key": self.tag, "Value": memory.to_text()}
            self.call("elasticloadbalancing:AddTags", ResourceArns=[self.arn], Tags=[tag])
        else:
            self.call("elasticloadbalancing:RemoveTags", ResourceArns=[self.arn], TagKeys=[self.tag])
        self.memory = memory


class Recorder:
    """A driver around another, real or dry, that keeps what was seen and which calls were made."""

    def __init__(self, inner: Driver) -> None:
        self.inner = inner
        self.answer: Answer | None = None
        self.first: t.Sequence[TargetHealth] | None = None
        self.view: t.Sequence[TargetHealth] = ()
        self.registered: set[str] = set()
        self.drained: set[str] = set()
        self.writes: list[str] = []
        self.sleep, self.now, self.load_state = inner.sleep, inner.now, inner.load_state

    def resolve(self, name: str, family: str) -> Answer:
        self.answer = self.inner.resolve(name, family)
        return self.answer

    def describe(self) -> t.Sequence[TargetHealth]:
        self.view = self.inner.describe()
        self.first = self.view if self.first is None else self.first
        return self.view

    def register(self, targets: t.Sequence[Target]) -> None:
        self.inner.register(targets)
        self.registered |= {target.address for target in targets}
        self.writes.append("elasticloadbalancing:RegisterTargets")

    def deregister(self, targets: t.Sequence[Target]) -> None:
        self.inner.deregister(targets)
        self.drained |= {canonical(target.address) for target in targets}
        self.writes.append("elasticloadbalancing:DeregisterTargets")

    def save_state(self, memory: Memory) -> None:
        self.inner.save_state(memory)
        self.writes.append(f"elasticloadbalancing:{'AddTags' if memory.since else 'RemoveTags'}")

    def wanted(self, outcome: Outcome, port: int) -> list[TargetHealth]:
        """The targets of the answer, as the group last showed them."""
        return [target for target in self.view if target.port == port and canonical(target.address) in outcome.desired]

    def settling(self, outcome: Outcome, port: int) -> list[str]:
        """What AWS has yet to do with them, in words: show them, register them, find out whether they are healthy."""
        active = {canonical(target.address): target for target in self.wanted(outcome, port) if target.active}
        words = [f"{address} to be shown as registered" for address in outcome.desired if address not in active]
        return words + [f"{target.address} to leave initial" for target in active.values() if target.state == "initial"]

    def waiting(self, outcome: Outcome, port: int) -> str:
        """What must still happen, empty when nothing."""
        return outcome.reason if outcome.state == "waiting" else ", ".join(self.settling(outcome, port))

    def tell(self, outcome: Outcome, port: int, subnets: Subnets) -> dict[str, t.Any]:
        """What came of the runs so far, as C(nlb_ip_sync) returns it."""
        moved = outcome.state == "in_sync" and bool(self.registered or self.drained)
        return {
            "port": port,
            "desired": list(outcome.desired),
            "targets": [
                {**as_dict(target), "availability_zone": target.zone or zone_of(target.address, subnets)}
                for target in self.view
            ],
            "registered": sorted(self.registered),
            "drained": sorted(self.drained),
            "state": "changed" if moved else outcome.state,
            "reason": outcome.reason,
            "ttl": self.answer.ttl if self.answer else None,
            "healthy": any(target.state == "healthy" for target in self.wanted(outcome, port)),
        }


def active(view: t.Sequence[TargetHealth] | None) -> list[str]:
    """One side of a diff: the targets that are registered."""
    return sorted(f"{target.address} port {target.port}" for target in view or () if target.active)


def as_dict(target: TargetHealth) -> dict[str, t.Any]:
    """A target as the modules show it."""
    return {
        "id": target.address,
        "port": target.port,
        "availability_zone": target.zone,
        "state": target.state,
        "reason": target.reason,
    }
