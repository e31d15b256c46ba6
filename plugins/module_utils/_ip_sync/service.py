# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many syncs in one process that lives on between runs: a Lambda function, or a shell.

The facts that seldom change, target groups and subnets, are read once and kept; a run with nothing to do then costs one
DescribeTargetHealth for each group. A watch asks DNS alone, and AWS only about a group whose answer has changed.

Source: Elastic Load Balancing API Reference 2015-12-01, DescribeTargetGroups, DescribeTags, and Amazon EC2 API
Reference, DescribeSubnets (read 2026-11).
"""

from __future__ import annotations

import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

try:
    import botocore.config
    import botocore.exceptions
    import botocore.session
    from botocore import xform_name
except ImportError as error:
    BOTOCORE_ERROR: ImportError | None = error
else:
    BOTOCORE_ERROR = None

from .._core.dns import Resolver
from .._core.dns_answer import ResolveError
from .core import UNCONFIRMED
from .driver import Driver, DryRun, run
from .group import Call, GroupDriver, Recorder, Subnets, active, subnets_by_vpc
from .model import Config, Outcome, SyncFailed
from .settings import Follow, Settings

SERVICES = {"elasticloadbalancing": "elbv2", "ec2": "ec2"}  # IAM prefix: botocore's name
WORKERS = 16
FACTS_LIFETIME = 900.0  # seconds after which target groups and subnets are read again
FACTS_RETRY = 30.0  # and the least between two readings because a run failed: a new subnet, say, is not known yet
TAGGED = 20  # resources in one DescribeTags
FILTER_VALUES = 200  # values in one filter of EC2
UNREACHABLE = (
    "a function that is attached to a VPC reaches AWS through a NAT gateway, or through interface endpoints of "
    "elasticloadbalancing and ec2"
)

Raw = t.Mapping[str, t.Any]
Report = dict[str, t.Any]  # what nlb_ip_sync returns for one item
Told = t.Callable[[Report], None]


class Unusable(Exception):
    """A sync that cannot run as it is configured; the message says why."""


def connect(region: str | None = None) -> Call:
    """Calls to AWS with the credentials of the environment. They give up within seconds: a run must not hang."""
    if BOTOCORE_ERROR is not None:
        raise Unusable("the Python package botocore is needed to call AWS") from BOTOCORE_ERROR
    session: t.Any = botocore.session.get_session()
    config = botocore.config.Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=WORKERS,
        user_agent_extra="saas.privatelink",
    )
    clients = {
        prefix: session.create_client(name, region_name=region, config=config) for prefix, name in SERVICES.items()
    }

    def call(action: str, **params: t.Any) -> Raw:
        prefix, operation = action.split(":")
        answer: Raw = getattr(clients[prefix], xform_name(operation))(**params)
        return answer

    return call


class Facts:
    """Target groups, by name and by ARN, and the subnets of their VPCs: as many pages as there are, once."""

    def __init__(self, call: Call, wanted: t.Iterable[str]) -> None:
        self.read_at = time.monotonic()
        listed = pages(call, "elasticloadbalancing:DescribeTargetGroups", "TargetGroups")
        known: dict[str, Raw] = {}
        for group in listed:
            known[group["TargetGroupName"]] = known[group["TargetGroupArn"]] = group
        self.groups = {key: known[key] for key in wanted if key in known}
        vpcs = sorted({group["VpcId"] for group in self.groups.values() if group.get("VpcId")})
        subnets: list[Raw] = []
        for start in range(0, len(vpcs), FILTER_VALUES):
            some = [{"Name": "vpc-id", "Values": vpcs[start : start + FILTER_VALUES]}]
            subnets += pages(call, "ec2:DescribeSubnets", "Subnets", Filters=some, MaxResults=1000)
        self.subnets: t.Mapping[str, Subnets] = subnets_by_vpc(subnets)

    @property
    def age(self) -> float:
        return time.monotonic() - self.read_at


def pages(call: Call, action: str, key: str, **params: t.Any) -> list[Raw]:
    """All entries under `key` of a call that answers in pages."""
    found: list[Raw] = []
    while True:
        answer = call(action, **params)
        found += answer.get(key) or []
        if answer.get("NextToken"):
            params["NextToken"] = answer["NextToken"]
        elif answer.get("NextMarker"):
            params["Marker"] = answer["NextMarker"]
        else:
            return found


class Service:
    """The syncs of one configuration. `told` hears of every run of one of them, as soon as it ends.

    good      when each name last had a good answer, Unix seconds; from the start on until the first.
    settled   the answer that each group was last found or made equal to.
    moved     when a run last changed a group, Unix seconds.
    """

    def __init__(self, settings: Settings, call: Call, told: Told = lambda report: None) -> None:
        self.settings, self.call, self.told = settings, call, told
        self.resolver = Resolver(settings.nameservers or None, settings.resolve_timeout)
        self.facts: Facts | None = None
        self.doubted = False
        started = time.time()
        self.good = {sync.name: started for sync in settings.syncs}
        self.settled: dict[str, frozenset[str]] = {}
        self.moved: dict[str, float] = {}
        self.lock = threading.Lock()

    # Runs

    def run(self, names: t.Sequence[str] | None = None, check: bool = False) -> list[Report]:
        """One run of each sync, or of those named, at most 16 at a time. Failures are in the reports."""
        syncs = [sync for sync in self.settings.syncs if names is None or sync.name in names]
        try:
            tags = self.prepare(syncs)
        except Exception as error:  # a read that all share
            return [self.report(sync, None, Outcome("failed", ""), explain(error), check) for sync in syncs]
        with ThreadPoolExecutor(max_workers=max(1, min(WORKERS, len(syncs)))) as pool:
            return list(pool.map(lambda sync: self.run_one(sync, tags, check), syncs))

    def prepare(self, syncs: t.Sequence[Follow]) -> dict[str, dict[str, str]]:
        """Read what the syncs have in common: the facts, unless they are fresh, and the memories, which are tags."""
        if self.facts is None or self.facts.age > (FACTS_RETRY if self.doubted else FACTS_LIFETIME):
            self.facts, self.doubted = Facts(self.call, {sync.target_group for sync in self.settings.syncs}), False
        groups = self.facts.groups
        waiting = [sync for sync in syncs if sync.target_group in groups and self.config(sync).remembers]
        arns = sorted({groups[sync.target_group]["TargetGroupArn"] for sync in waiting})
        found: dict[str, dict[str, str]] = {}
        for start in range(0, len(arns), TAGGED):
            answer = self.call("elasticloadbalancing:DescribeTags", ResourceArns=arns[start : start + TAGGED])
            for description in answer["TagDescriptions"]:
                found[description["ResourceArn"]] = {tag["Key"]: tag["Value"] for tag in description["Tags"]}
        return found

    def group(self, sync: Follow) -> Raw:
        group = self.facts.groups.get(sync.target_group) if self.facts else None
        if group is None:
            raise Unusable(f"there is no target group {sync.target_group}")
        if group.get("TargetType") != "ip":
            raise Unusable(f"target group {sync.target_group} takes targets of type {group.get('TargetType')}, not ip")
        return group

    def config(self, sync: Follow) -> Config:
        group = self.group(sync)
        subnets = self.facts.subnets if self.facts else {}
        family = group.get("IpAddressType", "ipv4")
        return sync.config(group.get("Port", 0), family, subnets.get(group.get("VpcId", ""), ()))

    def run_one(self, sync: Follow, tags: t.Mapping[str, t.Mapping[str, str]], check: bool) -> Report:
        """One run of one sync; in check mode a dry one, which performs no write."""
        recorder, outcome, message = None, Outcome("failed", ""), ""
        try:
            group, config = self.group(sync), self.config(sync)
            arn = group["TargetGroupArn"]
            driver: Driver = GroupDriver(
                self.call, arn, group["Port"], config.port, self.resolver.resolve, tags.get(arn, {})
            )
            recorder = Recorder(DryRun(driver) if check else driver)
            outcome = run(config, recorder)
        except SyncFailed as failure:
            outcome, message = failure.outcome, explain(failure.__cause__ or failure)
        except Exception as error:
            message = explain(error)
        return self.report(sync, recorder, outcome, message, check)

    def report(self, sync: Follow, recorder: Recorder | None, outcome: Outcome, message: str, check: bool) -> Report:
        """Note what a run says about the sync, and tell it."""
        report: Report = {"name": sync.name, "endpoint": sync.endpoint, "target_group": sync.target_group}
        report.update(failed=bool(message), msg=message, waiting="", writes=[], changed=False, warnings=[])
        report["check"] = check
        if recorder is not None:
            group, config = self.group(sync), self.config(sync)
            report.update(target_group_arn=group["TargetGroupArn"], target_group_name=group["TargetGroupName"])
            report.update(recorder.tell(outcome, config.port, config.subnets), warnings=list(outcome.warnings))
            report.update(writes=recorder.writes, changed=bool(recorder.writes), active=list(outcome.active))
            report.update(before=active(recorder.first), after=active(recorder.view))
            report["waiting"] = "" if message else recorder.waiting(outcome, config.port)
            report["settling"] = [] if message else recorder.settling(outcome, config.port)
        with self.lock:
            self.note(sync.name, outcome, report)
        report["answer_age"] = max(0.0, round(time.time() - self.good[sync.name], 3))
        self.told(report)
        return report

    def note(self, name: str, outcome: Outcome, report: Report) -> None:
        self.doubted = self.doubted or report["failed"]
        if outcome.desired:
            self.good[name] = time.time()
        if report["check"]:
            return
        if report["failed"] or outcome.reason == UNCONFIRMED:
            self.settled.pop(name, None)
        else:
            self.settled[name] = frozenset(outcome.desired)
        if report["changed"]:
            self.moved[name] = time.time()

    # The watch

    def look(self, names: t.Iterable[str]) -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
        """What DNS says now, addresses and chain of CNAMEs, about each name that has an answer."""
        wanted = set(names)
        syncs = [sync for sync in self.settings.syncs if sync.name in wanted]
        found: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {}

        def ask(sync: Follow) -> None:
            family = "ipv4" if self.facts is None else self.config(sync).family
            try:
                answer = self.resolver.resolve(sync.endpoint, family)
                found[sync.name] = (frozenset(answer.addresses), answer.chain)
            except ResolveError:
                pass  # a run says so; a watch goes on

        with ThreadPoolExecutor(max_workers=max(1, min(WORKERS, len(syncs)))) as pool:
            list(pool.map(ask, syncs))
        return found

    def watch(self, names: t.Iterable[str], budget: float, before: t.Mapping[str, frozenset[str]]) -> list[Report]:
        """Ask DNS every second until each of these names has another answer than `before` and its group follows it.

        Other names are followed meanwhile. A sync runs when its answer has changed, and all run at the beginning and
        every drift interval. Ends after `budget` seconds at the latest. Readers are not asked about: their answers
        differ all the time, and their old targets stay for a while anyway.
        """
        end = time.monotonic() + budget
        reports = {report["name"]: report for report in self.run()}
        drift = time.monotonic() + self.settings.drift_interval
        exact = {sync.name for sync in self.settings.syncs if sync.endpoint_kind != "reader"}
        pending, first = exact & set(names), dict(before)
        while pending and time.monotonic() + self.settings.interval < end:
            time.sleep(self.settings.interval)
            answers = {name: addresses for name, (addresses, _chain) in self.look(exact).items()}
            due: list[str] | None = sorted(name for name in answers if answers[name] != self.settled.get(name))
            if time.monotonic() >= drift:
                due, drift = None, time.monotonic() + self.settings.drift_interval
            if due is None or due:
                reports.update({report["name"]: report for report in self.run(due)})
            for name, addresses in answers.items():
                if first.setdefault(name, addresses) != self.settled.get(name, first[name]):
                    pending.discard(name)
        return list(reports.values())


def explain(error: BaseException) -> str:
    """An error in words, with what to do where the reason is known."""
    text = f"{error}" or type(error).__name__
    if BOTOCORE_ERROR is None and isinstance(error, botocore.exceptions.HTTPClientError):
        return f"{text} ({UNREACHABLE})"
    return text
