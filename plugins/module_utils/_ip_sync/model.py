# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of IP sync: what a run is told (Config), what it asks for (effects) and what it says at the end (Outcome).

Standard library only, so that the same files run in an Ansible module, in a Lambda function and from a shell.
"""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass, field

TAG_VALUE_LIMIT = 256
"""Longest tag value that ELBv2 stores, in characters (API reference, type Tag, read 2026-11)."""

WAITS = "confirm_interval, grace and healthy_timeout"
FAMILIES = ("ipv4", "ipv6")
POLICIES = ("exact", "sampled")
DRAINS = ("immediate", "after_healthy")


class BadAnswer(Exception):
    """DNS answered, but with addresses that must not become targets."""


class Occupied(Exception):
    """A target group that must hold nothing else than the answer holds something else."""


class SyncFailed(Exception):
    """A run ended early. `__cause__` is the error that stopped it; `outcome` tells what it had done until then."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


def canonical(address: str) -> str:
    """One spelling per address: `fd00:0::1` and `fd00::1` are one target. Another id (`i-0123…`) comes back as is."""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address


@dataclass(frozen=True)
class Target:
    """A target as RegisterTargets and DeregisterTargets take it. `zone` is None (AWS finds it) or `all`."""

    address: str
    port: int
    zone: str | None = None


@dataclass(frozen=True)
class TargetHealth:
    """A target as DescribeTargetHealth shows it; `state` and `reason` in AWS's spelling."""

    address: str
    port: int
    state: str
    reason: str = ""
    zone: str | None = None

    @property
    def active(self) -> bool:
        """Registered. A draining target is still listed, yet on its way out: only a new registration keeps it.

        `unhealthy.draining` is a registered target whose connections are being moved away.
        """
        return self.state != "draining" and self.reason not in (
            "Target.NotRegistered",
            "Target.DeregistrationInProgress",
        )


@dataclass(frozen=True)
class Memory:
    """What one run hands to the next: since when active targets have been missing from the answers (Unix seconds).

    `seen_at` is the time of the run that wrote it. Text form, for one tag: `1790000000 10.0.1.7=120 10.0.2.9=0`,
    the time and then the seconds each address had been missing at that time. Whole seconds.
    """

    seen_at: float = 0.0
    since: dict[str, float] = field(default_factory=dict)

    def to_text(self) -> str:
        """The tag value; empty when there is nothing to remember, and then no tag is needed.

        What does not fit is left out, newest first: such an address starts its wait again, which is late but safe.
        """
        if not self.since:
            return ""
        words = [str(int(self.seen_at))]
        for address, since in sorted(self.since.items(), key=lambda item: (item[1], item[0])):
            words.append(f"{address}={max(0, int(self.seen_at - since))}")
            if len(" ".join(words)) > TAG_VALUE_LIMIT:
                words.pop()
                break
        return " ".join(words)

    @classmethod
    def from_text(cls, text: str) -> Memory:
        """The inverse. Text that is not ours is an empty memory: every wait starts again, nothing is drained early."""
        try:
            words = text.split()
            seen_at = int(words[0])
            pairs = [word.split("=") for word in words[1:]]
            return cls(float(seen_at), {str(ipaddress.ip_address(a)): float(seen_at - int(age)) for a, age in pairs})
        except (IndexError, ValueError):
            return cls()


@dataclass(frozen=True)
class Config:
    """One target group that follows one name. ValueError when the values contradict themselves.

    name            DNS name to follow.
    port            port of our targets; a target on another port is somebody else's.
    subnets         (CIDR, availability zone) of every subnet of the group's VPC. AWS judges an address by these
                    (DescribeSubnets), not by the VPC's CIDR associations (aws-load-balancer-controller #3714).
    family          `ipv4` or `ipv6`: IpAddressType of the target group.
    policy          `exact`: the answer is the whole truth (writer and instance endpoints, proxies).
                    `sampled`: each answer may show a part of it (reader endpoints, rotating answers).
    drain           exact only. `immediate`: drain the old once the new answer is confirmed, because after a failover
                    the old host may live on as a reader. `after_healthy`: first wait until all new targets are
                    healthy, but not longer than `healthy_bound`.
    confirm, gap    so many further answers must agree, `gap` seconds apart, before anything is drained.
    healthy_bound   seconds that `after_healthy` waits at most, over all runs.
    samples         sampled only: so many lookups in a row begin a run, and their answers add up.
    grace           sampled only: seconds that a target must be missing from every answer before it is drained.
    lease           seconds after which what an earlier run remembered no longer counts: nobody looked in between.
                    Runs must be more frequent than this, or a remembered wait never ends.
    allow_outside   accept private addresses outside the subnets (peered VPC, on premises); AWS then needs zone `all`.
    max_addresses   an answer with more addresses is bad.
    protected       CIDRs whose targets are never touched; an answer inside them is bad.
    alone           a group that holds anything besides the answer is refused: it is of something else.
    only            in a group of others: the addresses that we have registered, the only ones to be drained.
    """

    name: str
    port: int
    subnets: tuple[tuple[str, str], ...] = ()
    family: str = "ipv4"
    policy: str = "exact"
    drain: str = "immediate"
    confirm: int = 2
    gap: float = 1.0
    healthy_bound: float = 600.0
    samples: int = 10
    grace: float = 900.0
    lease: float = 3600.0
    allow_outside: bool = False
    max_addresses: int = 16
    protected: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    alone: bool = False

    def __post_init__(self) -> None:
        for wrong, message in (
            (not self.name.strip("."), "name must not be empty"),
            (not 1 <= self.port <= 65535, f"port must be 1 to 65535, not {self.port}"),
            (self.family not in FAMILIES, f"family must be ipv4 or ipv6, not {self.family!r}"),
            (self.policy not in POLICIES, f"policy must be exact or sampled, not {self.policy!r}"),
            (self.drain not in DRAINS, f"drain must be immediate or after_healthy, not {self.drain!r}"),
            (self.policy == "sampled" and self.drain != "immediate", "drain: after_healthy belongs to policy: exact"),
            (self.confirm < 1, "confirmations must be at least 1: nothing is drained on a single answer"),
            (min(self.gap, self.grace, self.healthy_bound) < 0, f"{WAITS} must not be negative"),
            (self.samples < 1, "samples must be at least 1"),
            (self.lease <= 0, "memory_ttl must be positive"),
            (self.max_addresses < 1, "max_addresses must be at least 1"),
        ):
            if wrong:
                raise ValueError(message)
        for cidr in (*(cidr for cidr, _zone in self.subnets), *self.protected):
            ipaddress.ip_network(cidr)
        for address in self.only or ():
            ipaddress.ip_address(address)

    @property
    def remembers(self) -> bool:
        """Whether this policy waits over several runs, and so needs what earlier runs saw."""
        return self.policy == "sampled" or self.drain == "after_healthy"


# What a run asks of its driver. The comment names what the driver sends back.


@dataclass(frozen=True)
class Resolve:
    """A fresh lookup, no cache of the driver's own. → Answer, or an exception."""

    name: str
    family: str


@dataclass(frozen=True)
class Describe:
    """DescribeTargetHealth of the whole group. → a sequence of TargetHealth, draining ones included."""


@dataclass(frozen=True)
class Register:
    """RegisterTargets, one call. → None."""

    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Deregister:
    """DeregisterTargets, one call. → None."""

    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Sleep:
    """→ None, after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Now:
    """→ Unix time in seconds; compared across runs."""


@dataclass(frozen=True)
class LoadState:
    """→ the Memory last saved for this group, or an empty one."""


@dataclass(frozen=True)
class SaveState:
    """Keep the memory for the next run; an empty one means: forget. → None."""

    memory: Memory


Effect = t.Union[Resolve, Describe, Register, Deregister, Sleep, Now, LoadState, SaveState]


@dataclass(frozen=True)
class Outcome:
    """What a run did and how it left the group. Addresses are sorted.

    state       `in_sync` (nothing to do), `changed` (the group now equals the answer), `waiting` (something remains
                for a later run, `reason` says what) or `failed` (only inside SyncFailed).
    changed     a target was registered or drained.
    kept        `address:port` of the active targets that the answer lacks: still waiting, protected or on other ports.
    desired     addresses of the latest good answer (sampled: of all answers of this run).
    active      addresses of our own active targets as last seen.
    """

    state: str
    reason: str
    changed: bool = False
    registered: tuple[str, ...] = ()
    drained: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    desired: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
