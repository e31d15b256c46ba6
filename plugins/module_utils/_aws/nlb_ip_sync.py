# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AWS side of IP sync: target groups, their targets, and many runs of the engine in C(_ip_sync) at once.

This module util is PRIVATE to the collection.

What all items need is read together: every target group in one call per 400, the subnets of all their VPCs in one. An
item with nothing to do then costs one DescribeTargetHealth.

Source: Elastic Load Balancing API Reference 2015-12-01, DescribeTargetGroups, DescribeTargetHealth, RegisterTargets,
DeregisterTargets, AddTags, and Amazon EC2 API Reference, DescribeSubnets (read 2026-11).
"""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import load_balancers as lb
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import WORKERS, Api
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_answer import Answer, ResolveError
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import internal, optional
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Options, Result, run_each
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.core import NOT_HEALTHY
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.driver import Driver, DryRun, run
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.group import (
    Call,
    GroupDriver,
    Lookup,
    Recorder,
    Subnets,
    as_dict,
    read_health,
    subnets_by_vpc,
)
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.model import (
    BadAnswer,
    Config,
    Occupied,
    Outcome,
    SyncFailed,
    TargetHealth,
    canonical,
)

HEALTH = "elasticloadbalancing:DescribeTargetHealth"
HEAD_START = 0.01  # seconds until calls are on their way
FIRST_LOOK, LONGEST_PAUSE = 0.5, 15.0  # seconds; AWS's own waiter for targets looks every 15


@dataclass(frozen=True)
class TargetGroup:
    """A target group; port 0 and arn UNKNOWN where it does not exist yet."""

    name: str
    arn: str = UNKNOWN
    port: int = 0
    vpc_id: str = ""
    target_type: str = "ip"
    family: str = "ipv4"

    @classmethod
    def of(cls, raw: lb.Raw) -> TargetGroup:
        return cls(
            name=raw["TargetGroupName"],
            arn=raw["TargetGroupArn"],
            port=raw.get("Port", 0),
            vpc_id=raw.get("VpcId", ""),
            target_type=raw.get("TargetType", ""),
            family=raw.get("IpAddressType", "ipv4"),
        )

    @property
    def exists(self) -> bool:
        return self.arn != UNKNOWN


def read_groups(api: Api) -> dict[str, TargetGroup]:
    """Every target group of the account and region, by name and by ARN."""
    groups: dict[str, TargetGroup] = {}
    for group in map(TargetGroup.of, lb.read_target_groups(api)):
        groups[group.name] = groups[group.arn] = group
    return groups


def caller(api: Api, subject: str) -> Call:
    """The calls of an account, for the engine's driver; ``subject`` says in messages what for."""
    return lambda action, **params: api.call(action, subject, **params)


def check_target_group(text: str | None) -> str:
    """Refuse what can be neither the name nor the ARN of a target group."""
    if not text:
        raise ItemError("target_group is missing: give the name or the ARN of the target group.")
    if not arns.TARGET_GROUP_NAME.fullmatch(text) and not arns.TARGET_GROUP.fullmatch(text):
        raise ItemError(
            f"Neither the name nor the ARN of a target group: {text!r}. A name has up to 32 letters, digits and "
            "hyphens; an ARN looks like arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID."
        )
    return text


def read_subnets(api: Api, vpc_ids: t.Iterable[str]) -> dict[str, Subnets]:
    """The subnets of some VPCs, by VPC: one call per 1000 of them. No call when there is no VPC."""
    return subnets_by_vpc(api.filtered("ec2:DescribeSubnets", "Subnets", "vpc-id", vpc_ids))


def open_resolver(nameservers: t.Sequence[str] | None, timeout: float) -> Lookup:
    """A resolver's lookup, or ItemError for nameservers or a timeout that cannot be."""
    # Not at the top: dnspython takes a while to load, see Syncs.read.
    from ansible_collections.saas.privatelink.plugins.module_utils._core.dns import Resolver

    try:
        return Resolver(nameservers, timeout).resolve
    except (ResolveError, ValueError) as error:
        raise ItemError(f"Names cannot be resolved: {error}") from error


@dataclass(frozen=True)
class Sync:
    """One target group that follows a name or holds fixed addresses; the fields are the options of C(nlb_ip_sync)."""

    name: str
    target_group: str | None = None
    endpoint: str | None = None
    addresses: list[str] | None = None
    port: int | None = None
    endpoint_kind: t.Literal["writer", "instance", "proxy", "reader"] = "instance"
    drain: t.Literal["immediate", "after_healthy"] = "immediate"
    confirmations: int = optional(2, aliases=["confirm"])
    confirm_interval: float = optional(1.0, aliases=["gap"])
    grace: float = 900.0
    memory_ttl: float = optional(3600.0, aliases=["lease"])
    healthy_timeout: float = optional(600.0, aliases=["healthy_bound"])
    max_addresses: int = 16
    allow_outside: bool = False
    protected_cidrs: list[str] | None = optional(aliases=["protected"])
    registered: list[str] | None = None
    newly_adopted: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        check_target_group(self.target_group)
        if bool(self.endpoint) == bool(self.addresses):
            raise ItemError("Give either endpoint, a name to follow, or addresses, which stay the same.")
        if self.endpoint_kind == "reader" and (self.addresses or self.drain == "after_healthy"):
            raise ItemError("endpoint_kind reader needs an endpoint, and drains by grace, not by drain.")
        self.config(TargetGroup(self.target_group or ""), ())

    @property
    def remembers(self) -> bool:
        """Whether it waits over several runs, and so keeps a tag on the group while it does."""
        return self.config(TargetGroup(self.target_group or ""), ()).remembers

    def config(self, group: TargetGroup, subnets: Subnets) -> Config:
        """What the engine is told. A group that does not exist yet is planned for as if it were anywhere."""
        port = group.port or 1 if self.port is None else self.port
        try:
            return Config(
                name=self.endpoint or "the option addresses",
                port=port,
                subnets=subnets,
                family=group.family,
                policy="sampled" if self.endpoint_kind == "reader" else "exact",
                drain=self.drain,
                confirm=1 if self.addresses else self.confirmations,
                gap=0 if self.addresses else self.confirm_interval,
                grace=self.grace,
                lease=self.memory_ttl,
                healthy_bound=self.healthy_timeout,
                max_addresses=self.max_addresses,
                allow_outside=self.allow_outside or not group.exists,
                protected=tuple(self.protected_cidrs or ()),
                only=None if self.registered is None else tuple(self.registered),
                alone=self.newly_adopted,
            )
        except ValueError as error:
            raise ItemError(f"{error}.") from error


class Job:
    """One item at work: its group, what the engine is told, and what came of it so far."""

    def __init__(self, item: Sync, group: TargetGroup, config: Config, driver: Driver) -> None:
        self.item, self.group, self.config, self.name = item, group, config, item.name
        self.driver = Recorder(driver)
        self.outcome = Outcome("failed", "")
        self.warnings: list[str] = []

    def run(self, config: Config | None = None) -> None:
        """One run of the engine. Raises ItemError; what was done until then stays recorded."""
        try:
            self.outcome = run(config or self.config, self.driver)
        except SyncFailed as failure:
            self.outcome = failure.outcome
            if isinstance(failure.__cause__, ResolveError):
                raise ItemError(
                    f"The endpoint does not resolve: {failure}. Correct endpoint, or name servers that know it."
                ) from failure
            known = isinstance(failure.__cause__, (ItemError, BadAnswer, Occupied))
            raise ItemError(str(failure) if known else repr(failure.__cause__)) from failure
        finally:
            self.warnings += [f"{self.name}: {line}" for line in self.outcome.warnings]

    @property
    def awaits_health(self) -> bool:
        """Whether old targets stay until the new ones are healthy."""
        return self.outcome.reason == NOT_HEALTHY

    @property
    def settling(self) -> list[str]:
        """What AWS has yet to do with the targets of the answer."""
        return self.driver.settling(self.outcome, self.config.port)

    @property
    def waiting(self) -> str:
        return self.driver.waiting(self.outcome, self.config.port)

    def describe(self) -> dict[str, t.Any]:
        """What the module returns for the item."""
        told = self.driver.tell(self.outcome, self.config.port, self.config.subnets)
        zone = self.shown_zone()
        targets = [{**target, "port": self.shown_port(target["port"]), **zone} for target in told["targets"]]
        return {
            **told,
            "target_group_arn": self.group.arn,
            "target_group_name": self.group.name,
            "port": self.shown_port(self.config.port),
            "endpoint": self.item.endpoint,
            "targets": targets,
            "ttl": told["ttl"] if self.item.endpoint else None,
        }

    def shown_zone(self) -> dict[str, t.Any]:
        return {} if self.group.exists else {"availability_zone": UNKNOWN}

    def shown_port(self, port: int) -> t.Any:
        return port if self.group.port or self.item.port else UNKNOWN

    def active(self, view: t.Sequence[TargetHealth] | None) -> dict[str, t.Any]:
        """One side of the diff."""
        active = [f"{target.address} port {self.shown_port(target.port)}" for target in view or () if target.active]
        return {"targets": sorted(active)}


class Syncs:
    """Brings many target groups in line with their names, at most 16 at a time, with one wait for all."""

    def __init__(
        self, api: Api, options: Options, nameservers: t.Sequence[str] | None = None, resolve_timeout: float = 2.0
    ) -> None:
        self.api, self.options = api, options
        self.nameservers, self.resolve_timeout = nameservers, resolve_timeout
        self.groups: dict[str, TargetGroup] = {}
        self.subnets: dict[str, Subnets] = {}
        self.tags: t.Mapping[str, lb.Tags] | ItemError = {}
        self.twins: dict[str, list[str]] = {}
        self.looks: dict[str, Future[t.Mapping[str, t.Any]]] = {}
        self.jobs: dict[str, Job] = {}

    def converge(self, items: t.Sequence[Sync]) -> list[Result]:
        """What became of each item, in the order given."""
        results = {item.name: Result(item.name) for item in items}
        ahead = ThreadPoolExecutor(WORKERS)
        try:
            self.read(items, ahead)
            run_each(items, self.start, results, WORKERS)
        except ItemError as error:  # a read that all items share
            return [Result(item.name, failed=True, msg=str(error)) for item in items]
        finally:
            ahead.shutdown(cancel_futures=True)
        if self.options.wait and not self.options.check_mode:
            self.wait(results)
        for job in self.jobs.values():
            self.report(job, results[job.name])
        return list(results.values())

    def read(self, items: t.Sequence[Sync], ahead: ThreadPoolExecutor) -> None:
        """What the items have in common, in as few calls as the API allows; the first look at each group is under way.

        Loading keeps other threads from running, so it is done while answers are awaited: dnspython, then EC2's model.
        """
        if not items:
            return
        self.api.client("elasticloadbalancing")
        ahead.submit(self.load_resolver)
        self.groups = read_groups(self.api)
        self.twins = self.same_targets(items)
        known = [(item, self.group(item)) for item in items if self.group(item).exists]
        groups = {group.arn: group for item, group in known}
        self.looks = {
            arn: ahead.submit(self.api.call, HEALTH, group.name, TargetGroupArn=arn) for arn, group in groups.items()
        }
        time.sleep(HEAD_START)
        self.subnets = read_subnets(self.api, {group.vpc_id for group in groups.values() if group.vpc_id})
        try:
            self.tags = lb.read_tags(self.api, [group.arn for item, group in known if item.remembers])
        except ItemError as error:  # concerns those items alone
            self.tags = error

    def load_resolver(self) -> None:
        """An error of it comes again where names are looked up."""
        time.sleep(HEAD_START)
        open_resolver(self.nameservers, self.resolve_timeout)

    def caller(self, item: Sync, group: TargetGroup) -> Call:
        """The calls for a group, of which the first look at its targets is under way already."""
        call = caller(self.api, group.name)
        checked: list[str] = []

        def ahead(action: str, **params: t.Any) -> t.Mapping[str, t.Any]:
            if ":Describe" not in action and not checked:
                self.refuse_elsewhere(item, group)
                checked.append(action)
            look = self.looks.pop(group.arn, None) if action == HEALTH else None
            return look.result() if look else call(action, **params)

        return ahead

    def refuse_elsewhere(self, item: Sync, group: TargetGroup) -> None:
        """Raise ItemError for a group of another environment. Asked before the first write, so no other run pays."""
        if not item.environment:
            return
        other = ownership.elsewhere(item, lb.read_tags(self.api, [group.arn]).get(group.arn, {}))
        if other:
            raise ItemError(ownership.of_another(item, f"Target group {group.name}", other))

    def remember(self, job: Job) -> None:
        """Note on a group of others which targets are ours; perhaps none, and yet it has been followed once."""
        before = set(job.item.registered or ())
        ours = (before | job.driver.registered) - job.driver.drained
        failed = job.outcome.state == "failed"
        noted = ours == before and (failed or not job.item.newly_adopted)
        if job.item.registered is None or noted:
            return
        action, tag = "elasticloadbalancing:AddTags", {"Key": tagging.REGISTERED_TAG, "Value": " ".join(sorted(ours))}
        if not self.options.check_mode:
            self.api.call(action, job.group.name, ResourceArns=[job.group.arn], Tags=[tag])
        job.driver.writes.append(action)

    def group(self, item: Sync) -> TargetGroup:
        wanted = item.target_group or ""
        return self.groups.get(wanted) or TargetGroup(wanted)

    def same_targets(self, items: t.Sequence[Sync]) -> dict[str, list[str]]:
        """Items, by name, whose targets would be mistaken for each other's: same group, same port."""
        names: dict[tuple[str, str, int], list[str]] = {}
        for item in items:
            group = self.group(item)
            names.setdefault((group.arn, group.name, item.port or group.port), []).append(item.name)
        same: dict[str, list[str]] = {}
        for twins in names.values():
            if len(twins) > 1:
                same.update(dict.fromkeys(twins, twins))
        return same

    def start(self, item: Sync) -> None:
        """The first run of one item; in check mode a dry one. Raises ItemError."""
        group = self.group(item)
        if item.name in self.twins:
            twins = " and ".join(self.twins[item.name])
            raise ItemError(f"{twins} name the same target group and port: which of the targets would be whose?")
        if not group.exists and not self.options.check_mode:
            raise ItemError(f"There is no target group {group.name}: make it first, network_load_balancer does.")
        if group.target_type != "ip":
            raise ItemError(f"Target group {group.name} takes targets of type {group.target_type}, not ip.")
        config = item.config(group, self.subnets.get(group.vpc_id, ()))
        driver: Driver = GroupDriver(
            self.caller(item, group),
            group.arn if group.exists else None,
            group.port,
            config.port,
            self.lookup(item),
            self.remembered(item, group),
        )
        job = self.jobs[item.name] = Job(item, group, config, DryRun(driver) if self.options.check_mode else driver)
        try:
            job.run()
        finally:
            self.remember(job)
        if self.options.check_mode and self.options.wait and job.awaits_health and job.settling:
            # A real run would now wait for the new targets to be healthy, and then drain.
            job.run(replace(config, healthy_bound=0))

    def remembered(self, item: Sync, group: TargetGroup) -> lb.Tags:
        """The group's tags, of which one is the memory of earlier runs."""
        if not isinstance(self.tags, ItemError):
            return self.tags.get(group.arn, {})
        if item.remembers:
            raise self.tags
        return {}

    def lookup(self, item: Sync) -> Lookup:
        """Where the item's addresses come from: DNS, or the option, which is an answer that never changes."""
        if item.addresses:
            fixed = Answer(tuple(item.addresses))
            return lambda name, family: fixed
        return open_resolver(self.nameservers, self.resolve_timeout)

    def wait(self, results: t.Mapping[str, Result]) -> None:
        """Look again at the groups whose wanted targets are still coming up, less and less often."""
        clock, pause = self.options.clock, FIRST_LOOK
        started = clock.now()
        pending = [job for job in self.jobs.values() if not results[job.name].failed and job.settling]
        while pending:
            waited = clock.now() - started
            left = self.options.wait_timeout - waited
            if left <= 0:
                return
            for job in pending:
                limit = f"({waited:.0f}s, gives up after {self.options.wait_timeout:.0f}s)"
                self.options.progress(f"{job.name}: waiting for {job.waiting} {limit}")
            clock.sleep(min(pause, left))
            pause = min(LONGEST_PAUSE, pause * 2)
            run_each(pending, self.look, results, WORKERS)
            pending = [job for job in pending if not results[job.name].failed and job.settling]

    def look(self, job: Job) -> None:
        job.driver.describe()
        if job.awaits_health and not job.settling:
            job.run()
            self.remember(job)

    def report(self, job: Job, result: Result) -> None:
        result.resource, result.writes, result.warnings = job.describe(), job.driver.writes, job.warnings
        result.before, result.after = job.active(job.driver.first), job.active(job.driver.view)
        awaited = self.options.check_mode and self.options.wait and job.outcome.state != "waiting"
        if not result.failed and not awaited:
            result.waiting = job.waiting


def show(
    api: Api, group: TargetGroup, sync: t.Mapping[str, t.Any], nameservers: t.Sequence[str] | None, timeout: float
) -> dict[str, t.Any]:
    """A target group with its targets, beside what the name says if there is one.

    ``sync`` holds the suboptions of C(nlb_ip_sync_info). Raises ItemError; that the name does not resolve is no error.
    """
    endpoint, port = sync.get("endpoint"), sync.get("port") or group.port
    view = read_health(caller(api, group.name), group.arn, group.port)
    shown = {
        "name": sync.get("name") or group.name,
        "target_group_arn": group.arn,
        "target_group_name": group.name,
        "vpc_id": group.vpc_id,
        "port": port,
        "targets": [as_dict(target) for target in view],
        "healthy": any(target.state == "healthy" for target in view if target.port == port),
    }
    if not endpoint:
        return shown
    try:
        resolved, error = sorted(open_resolver(nameservers, timeout)(endpoint, group.family).addresses), ""
    except ResolveError as failure:
        resolved, error = [], str(failure)
    active = {canonical(target.address) for target in view if target.port == port and target.active}
    compared = {"resolved": resolved, "resolve_error": error, "in_sync": not error and set(resolved) == active}
    return {**shown, "endpoint": endpoint, **compared}
