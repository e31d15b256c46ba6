# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the hosts of a forwarder are replaced: the first new one must serve before a second follows. Pure.

This module util is PRIVATE to the collection.

An instance refresh replaces one host and stops at its checkpoint. A run looks there whether the new host is healthy in
the target groups in which the old ones are. If it is, the refresh is stopped and another one replaces the rest; if it
is not in time, the refresh is rolled back. The group itself names the former version of its launch template until all
is done, which is what AWS rolls back to. Where nobody looks any more, AWS waits at the checkpoint for two days.

The group's own health check stays that of EC2. By the load balancer's, AWS would end all hosts when a database is down,
or when a target group is attached whose port the hosts are yet to learn.

Source: Amazon EC2 Auto Scaling API Reference, StartInstanceRefresh, RefreshPreferences, CancelInstanceRefresh,
RollbackInstanceRefresh; its User Guide, "Add checkpoints to an instance refresh" and "Undo changes with a manual or
auto rollback" (read 2026-11).
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_options import ForwarderGroup
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change

if t.TYPE_CHECKING:
    from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_group import Actual

REPLACE_HOSTS, STOP = "autoscaling:StartInstanceRefresh", "autoscaling:CancelInstanceRefresh"
ROLL_BACK = "autoscaling:RollbackInstanceRefresh"
REPLACING = ("Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking")  # states of an instance refresh
NOT_REPLACED = {
    "Cancelled": "What was replaced before that stays.",
    "Failed": "What was replaced before that stays.",
    "RollbackFailed": "AWS could not bring back the former hosts: the activity history of the group says why.",
    "RollbackSuccessful": "AWS has brought back hosts as they were before.",
}
BUSY = ("ResourceContention", "ScalingActivityInProgress")  # Auto Scaling does one thing at a time
NONE_ACTIVE = ("ActiveInstanceRefreshNotFound",)
LONGEST_HOLD = 172800  # seconds at a checkpoint
SPARE = 60  # seconds for a run to roll back before AWS ends the only host
Raw = t.Mapping[str, t.Any]


def changes(item: ForwarderGroup, actual: Actual, version: str, after: str) -> list[Change]:
    """What replaces the hosts that are not of ``version``; ``after`` names what is to be made for it first."""
    if actual.running is None:
        return []
    if actual.refreshing:
        return _under_way(item, actual, version, after)
    if not actual.outdated(version):
        return []
    if not actual.hosts_of(version):
        return _all(item, actual, version, after)
    lacks = lacking(item, actual, version)
    if not lacks:
        return [_start(item, actual, version, after)]
    if STOP in actual.made:
        raise ItemError(f"The first new host of {item.name} served, and no longer does: {lacks}. Run again.")
    former = actual.former_version
    if former in (None, version):
        return _all(item, actual, version, after)
    return [_start(item, actual, str(former), after), *_all(item, actual, version, _ended(item))]


def _all(item: ForwarderGroup, actual: Actual, version: str, after: str) -> list[Change]:
    """The first host, a look at it, and the others."""
    first = _start(item, actual, version, after, first=True)
    if not _is_held(item, actual):
        return [first]
    return [first, *_rest(item, actual, version, f"the first new host of {item.name} to serve")]


def _rest(item: ForwarderGroup, actual: Actual, version: str, after: str) -> list[Change]:
    rest = _start(item, actual, version, after or _ended(item))
    return [_write(item, STOP, f"stop the replacement at the first host of {item.name}", after), rest]


def _under_way(item: ForwarderGroup, actual: Actual, version: str, after: str) -> list[Change]:
    refresh = actual.refresh or {}
    target = _version_of(refresh) or str(actual.former_version)  # without a word, it is to what the group says
    moving = refresh["Status"] in ("Pending", "InProgress")
    if target != version:
        if not actual.outdated(version):
            return []
        obsolete = moving and target.isdigit() and target != actual.former_version
        back = _write(item, ROLL_BACK, f"roll back the hosts of {item.name} to what they were before version {target}")
        return [*([back] if obsolete else []), *_all(item, actual, version, after or _ended(item))]
    if not moving or not _is_first(item, actual, refresh):
        return []
    lacks = lacking(item, actual, version)
    if lacks and actual.age > item.health_timeout:
        return [_write(item, ROLL_BACK, f"{lacks}, {item.health_timeout} s after the replacement began")]
    waits = f"the first new host of {item.name} to serve ({lacks})" if lacks else ""
    if not _has_checkpoint(refresh):
        return []
    return _rest(item, actual, version, waits or _at_checkpoint(item, refresh))


def _is_first(item: ForwarderGroup, actual: Actual, refresh: Raw) -> bool:
    """Whether a refresh is one that must prove itself."""
    return _has_checkpoint(refresh) or (_is_judged(item, actual) and _size(item, actual) == 1)


def _has_checkpoint(refresh: Raw) -> bool:
    return bool((refresh.get("Preferences") or {}).get("CheckpointPercentages"))


def _at_checkpoint(item: ForwarderGroup, refresh: Raw) -> str:
    """What is to happen before the checkpoint is reached, "" when it is."""
    reached = int(refresh.get("PercentageComplete") or 0) >= refresh["Preferences"]["CheckpointPercentages"][0]
    return "" if reached else f"the first host of {item.name} to be replaced"


def _version_of(refresh: Raw) -> str:
    """The version of the launch template that a refresh brings, "" where it does not say."""
    return str(((refresh.get("DesiredConfiguration") or {}).get("LaunchTemplate") or {}).get("Version") or "")


def _ended(item: ForwarderGroup) -> str:
    return f"the replacement of hosts of {item.name} that is under way to end"


def _size(item: ForwarderGroup, actual: Actual) -> int:
    return max(1, item.instances or int((actual.running or {}).get("DesiredCapacity") or 1))


def _judging(item: ForwarderGroup, actual: Actual) -> list[str]:
    """The target groups that are asked about new hosts."""
    return actual.target_group_arns if item.target_group_arns is None else item.target_group_arns


def _is_judged(item: ForwarderGroup, actual: Actual) -> bool:
    return bool(_judging(item, actual))


def _is_held(item: ForwarderGroup, actual: Actual) -> bool:
    """Whether a replacement stops after its first host: there are others, and somebody says whether it serves."""
    return _is_judged(item, actual) and _size(item, actual) > 1


def _start(item: ForwarderGroup, actual: Actual, version: str, after: str, first: bool = False) -> Change:
    """Replace hosts one at a time, a new one first, so that all stay in service; of several the ``first`` alone."""
    size = _size(item, actual)
    preferences: dict[str, t.Any] = {
        "MinHealthyPercentage": 100,
        "MaxHealthyPercentage": 100 + 100 // size,
        "InstanceWarmup": item.instance_warmup,
        "SkipMatching": True,
        "AutoRollback": True,
    }
    if first and _is_held(item, actual):
        preferences["CheckpointPercentages"] = [max(1, 100 // size), 100]
        preferences["CheckpointDelay"] = LONGEST_HOLD
    elif first and _is_judged(item, actual):  # the only one must not end before the new one is known to serve
        preferences["InstanceWarmup"] = max(item.instance_warmup, item.health_timeout + SPARE)
    template = {"LaunchTemplateId": actual.template_id, "Version": version}
    params: dict[str, t.Any] = {
        "AutoScalingGroupName": item.name,
        "DesiredConfiguration": {"LaunchTemplate": template},
        "Preferences": preferences,
    }
    what = "first host" if "CheckpointDelay" in preferences else "hosts"
    return Change(REPLACE_HOSTS, params, f"replace the {what} of {item.name}", after, retried_on=BUSY)


def _write(item: ForwarderGroup, action: str, summary: str, after: str = "") -> Change:
    params = {"AutoScalingGroupName": item.name}
    return Change(action, params, summary, after, settled_by=NONE_ACTIVE, retried_on=BUSY)


def lacking(item: ForwarderGroup, actual: Actual, version: str) -> str:
    """Why the hosts of a version are not known to serve, "" where they are.

    They serve when each is healthy in every target group in which a former host is. A target group without one says
    nothing of them: its database is down, or new. If no group has one, being healthy in any of them will do; where no
    load balancer uses any, nobody is served and nothing is at stake.
    """
    new = [str(host["InstanceId"]) for host in actual.hosts_of(version) if host.get("LifecycleState") == "InService"]
    old = [str(host["InstanceId"]) for host in actual.outdated(version)]
    health = {arn: actual.health.get(arn) or {} for arn in _judging(item, actual)}
    used = {arn: seen for arn, seen in health.items() if any(state["State"] != "unused" for state in seen.values())}
    if not new:
        return "no new host is in service"
    needed = {arn: seen for arn, seen in used.items() if any(_is_healthy(seen, host) for host in old)}
    faults: list[str] = []
    for arn, seen in (needed or used).items():
        faults += [_fault(arn, seen, host) for host in new if not _is_healthy(seen, host)]
    served = not needed and len(faults) < len(used) * len(new)
    return "" if served or not faults else "; ".join(faults)


def _is_healthy(seen: t.Mapping[str, Raw], host: str) -> bool:
    return (seen.get(host) or {}).get("State") == "healthy"


def _fault(arn: str, seen: t.Mapping[str, Raw], host: str) -> str:
    health = seen.get(host) or {"State": "not registered"}
    reason = ": ".join(filter(None, [health.get("Reason"), health.get("Description")]))
    return f"{host} is {health['State']} in {arn.rpartition(':')[2]}{f' ({reason})' if reason else ''}"


def check(item: ForwarderGroup, actual: Actual, version: str) -> None:
    """Raise ItemError when the hosts could not be replaced in this run."""
    refresh, made = actual.refresh or {}, actual.made
    status = str(refresh.get("Status") or "")
    ours = REPLACE_HOSTS in made or ROLL_BACK in made
    if not ours or status not in NOT_REPLACED or _version_of(refresh) not in ("", version):
        return
    if status == "Cancelled" and STOP in made:
        return
    seen = [change.summary for change in made.changes if change.action == ROLL_BACK][-1:]
    reason = "; ".join(seen) or str(refresh.get("StatusReason") or "AWS gives no reason")
    raise ItemError(
        f"The hosts of {item.name} could not be replaced, which ended as {status}: {reason.rstrip('.')}. "
        f"{NOT_REPLACED[status]} It is your turn: mend the cause, then run again."
    )
