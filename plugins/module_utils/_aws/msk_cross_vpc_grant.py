# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which accounts may make VPC connections to MSK clusters: plan, and the writes that follow from it.

This module util is PRIVATE to the collection.

A grant is the statement of ours in the cluster's policy, known by its Sid, and multi-VPC connectivity with IAM. The
cluster is the user's, as are its policy's other statements and the other schemes of its connectivity.

Sources (read 2026-11): Amazon MSK API Reference 1.0, UpdateConnectivity, PutClusterPolicy, DeleteClusterPolicy,
RejectClientVpcConnection; Amazon MSK Developer Guide, "Amazon MSK multi-VPC private connectivity in a single Region"
and "Reject a managed VPC connection to an Amazon MSK cluster". That a policy is not taken before
connectivity is on: hashicorp/terraform-provider-aws 34419; that one request changes one setting: 47279.
"""

from __future__ import annotations

import threading
import typing as t
from collections import defaultdict
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, msk, msk_policy
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.msk import ACTIVE, IAM, View
from ansible_collections.saas.privatelink.plugins.module_utils._core import policies
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError, Refused
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, internal
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import MOST_OVERTAKEN, Change, Made, Plan
from ansible_collections.saas.privatelink.plugins.module_utils._core.policies import Statement
from ansible_collections.saas.privatelink.plugins.module_utils._core.private import one_at_a_time

CONNECT, REJECT = "kafka:UpdateConnectivity", "kafka:RejectClientVpcConnection"
PUT, DELETE = "kafka:PutClusterPolicy", "kafka:DeleteClusterPolicy"
LOWEST_KAFKA, NO_INSTANCES = "2.7.1", ("kafka.t3.small",)
REFUSED, OUTDATED = "BadRequestException", "Overtaken"  # MSK's code for all that it does not take, and our own


@dataclass(frozen=True)
class MskGrant:
    """One wanted grant; the fields are the options of C(msk_cross_vpc_grant). None changes nothing."""

    name: str
    state: Presence = "present"
    cluster_arn: str | None = None
    account: str | None = None
    on_connections: t.Literal["fail", "reject"] = "fail"
    disable_connectivity: bool = False
    told_operation: str | None = None
    environment: str = internal("")

    def __post_init__(self) -> None:
        if not is_of_form(arns.MSK_CLUSTER.pattern, self.cluster_arn):
            raise ItemError(
                f"Not the ARN of an MSK cluster: {self.cluster_arn!r}. It looks like "
                "arn:aws:kafka:us-east-1:111122223333:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1."
            )
        if not is_of_form(arns.ACCOUNT.pattern, self.account):
            raise ItemError(
                f"Not an account id of 12 digits: {self.account!r}, to which access is to be granted. "
                f"{arns.QUOTE_ACCOUNT}"
            )
        if self.disable_connectivity and self.state == "present":
            raise ItemError("disable_connectivity is for state=absent: a grant needs the connectivity.")

    @property
    def key(self) -> tuple[str, str]:
        """What identifies a grant: the cluster and the account that may connect."""
        return self.cluster_arn or "", self.account or ""

    @property
    def cluster_name(self) -> str:
        return self.key[0].split("/")[1]

    @property
    def grantor(self) -> str:
        return self.key[0].split(":")[4]

    @property
    def sid(self) -> str:
        """The statement's Sid, which follows from the environment and the account."""
        return policies.sid(f"{policies.STEM}Msk{self.account}", self.environment, self.account)

    @property
    def statement(self) -> Statement:
        return msk_policy.statement(self.sid, *self.key)


@dataclass(frozen=True)
class Actual:
    """What AWS shows for one wanted grant; ``view`` is None where there is no such cluster.

    ``failure`` says why the last attempt to switch connectivity on failed. ``writes`` counts what this run has written
    into the policy. ``sharing`` are the other items that mean the same grant, ``leader`` the first that wants the same
    of it, and ``switches`` whether this is the item that switches the cluster's connectivity on, for all.
    """

    view: View | None
    servers: str = ""
    edit: msk.Edit | None = None
    failure: str = ""
    writes: int = 0
    sharing: tuple[MskGrant, ...] = ()
    leader: str = ""
    switches: bool = True


@dataclass(frozen=True)
class Step(Change):
    """A call for an item, and for the policy's from which statement to which."""

    item: MskGrant | None = None
    have: Statement | None = None
    want: Statement | None = None


class MskGrants:
    """Reads each cluster once, and writes; items of one cluster take turns, and runs of one machine, too."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def read(self, items: t.Sequence[MskGrant], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        """Three calls for each cluster, and up to three more for a grant that is wanted."""
        clusters = sorted({item.key[0] for item in items})
        views = dict(zip(clusters, self.api.each(lambda arn: msk.read_view(self.api, arn), clusters)))

        def look(item: MskGrant) -> Actual:
            if not item.environment:
                raise ItemError("Set environment_name: the Sid holds it, so that no other environment takes it.")
            view = views[item.key[0]]
            if isinstance(view, ItemError):
                raise view
            return self._actual(item, view, made[item.name], items)

        return {item.name: found for item, found in zip(items, self.api.each(look, items))}

    def _actual(self, item: MskGrant, view: View | None, made: Made, items: t.Sequence[MskGrant]) -> Actual:
        same = [other for other in items if other.key == item.key]
        serves = view is not None and item.state == "present" and IAM in view.cluster.multi_vpc
        is_off = view is not None and item.state == "present" and not serves
        newest = max((link.created for link in _connections(item, view) if link.created), default=None)
        return Actual(
            view=view,
            servers=msk.bootstrap_servers(self.api, item.key[0]) if serves else "",
            edit=msk.last_edit(self.api, item.key[0], newest) if serves and newest else None,
            failure=msk.last_failure(self.api, item.key[0]) if is_off else "",
            writes=sum(change.action in (PUT, DELETE) for change in made.changes),
            sharing=tuple(other for other in same if other is not item),
            leader=next(other.name for other in same if other.state == item.state),
            switches=item is next((other for other in items if _asks_for(item.key[0], other)), item),
        )

    def plan(self, item: MskGrant, actual: Actual) -> Plan:
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        if plan.changes and actual.leader not in ("", item.name):
            plan.changes, plan.waiting, plan.poll = [], f"{actual.leader}, which wants the same grant", True
        if actual.writes > MOST_OVERTAKEN:
            raise ItemError(f"The policy of {item.cluster_name} is written by somebody else again and again.")
        plan.before = shown(item, actual.view)
        plan.after = {**plan.before, **plan.after} if plan.changes else plan.before
        plan.result = {**result(item, actual), **plan.result}
        return plan

    def apply(self, change: Change) -> t.Mapping[str, t.Any]:
        """Make a planned call on the cluster and the policy as they are now.

        MSK has one code for all that it refuses: only what is read afterwards shows whether somebody was faster.
        Raises Refused with the code Overtaken where the item has to be planned again, and ItemError.
        """
        if not isinstance(change, Step) or change.item is None:
            raise TypeError(f"{change.action} is no change of a grant")
        arn = change.item.key[0]
        with self._turns[arn], one_at_a_time(f"MSK cluster {arn}"):
            before = msk.read_view(self.api, arn)
            try:
                return self.api.apply(_again(change, before))
            except CallError as error:
                if error.code != REFUSED or msk.read_view(self.api, arn) == before:
                    raise
                raise _overtaken(change, str(error)) from error


def _again(change: Step, view: View | None) -> Step:
    """The same change of what was just read. Raises Refused where it does not fit there any more."""
    item = change.item
    if item is None or view is None or view.cluster.state != ACTIVE:
        raise _overtaken(change, "the cluster is being changed by somebody else")
    if change.action == CONNECT:
        if view.cluster.version != change.params["CurrentVersion"]:
            raise _overtaken(change, "the cluster has been changed by somebody else")
        return change
    if change.action == REJECT:
        if _state(view, change.params["VpcConnectionArn"]) != "AVAILABLE":
            raise _overtaken(change, "the VPC connection is not AVAILABLE any more")
        return change
    again = rewrite(item, view, change.have, change.want)
    is_planned = policies.is_same(policies.of_sid(view.policy.document, item.sid), change.have)
    if not is_planned or again.action != change.action:
        raise _overtaken(
            change, f"somebody has changed the policy meanwhile, and with it what was planned for {item.sid}"
        )
    return again


def _asks_for(cluster_arn: str, item: MskGrant) -> bool:
    """Whether an item wants the connectivity of a cluster to be on."""
    return item.state == "present" and item.key[0] == cluster_arn


def _overtaken(change: Step, message: str) -> Refused:
    return Refused(change.action, OUTDATED, message, change.summary, "Run again.")


def _state(view: View, arn: str) -> str:
    return next((link.state for link in view.connections if link.arn == arn), "")


def _connections(item: MskGrant, view: View | None) -> list[msk.Connection]:
    """The live VPC connections of the item's account."""
    links = view.connections if view else ()
    return [link for link in links if link.owner == item.account and link.state in msk.LIVE]


def plan_present(item: MskGrant, actual: Actual) -> Plan:
    """Switch connectivity on, which takes hours, and put the statement once it is."""
    view = actual.view
    if view is None:
        raise ItemError(f"MSK cluster {item.cluster_arn} does not exist in this account and region.")
    have, cluster = _ours(item, view), view.cluster
    is_on, same = IAM in cluster.multi_vpc, policies.is_same(have, item.statement)
    denying = msk_policy.shutting_out(view.policy.document, item.key[1])
    plan = Plan(warnings=[_barred(item, denying)] if denying else [])
    plan.result["shut_out_by"] = denying
    if actual.failure:
        told = f"could not change the connectivity of {item.cluster_name} last time, and is asked again"
        plan.warnings.append(f"{item.name}: MSK {told}: {actual.failure}")
    if is_on and same:
        coming = [link.arn for link in _connections(item, view) if link.state == "CREATING"]
        plan.waiting, plan.poll = (f"{coming[0]} to be AVAILABLE" if coming else ""), False
        return plan
    if _is_moving(item, actual):
        plan.waiting, plan.poll = _until_active(item, view), False
        return plan
    after = "" if is_on else f"multi-VPC connectivity of {item.cluster_name} to be on"
    if not is_on:
        require_possible(cluster)
        plan.changes += [_connect(item, view, cluster.multi_vpc | {IAM})] if actual.switches else []
        plan.waiting = "" if actual.switches else after
        plan.after["multi_vpc"] = sorted(cluster.multi_vpc | {IAM})
    if not same:
        plan.changes.append(rewrite(item, view, have, item.statement, after))
        plan.after["statement"] = dict(item.statement)
    return plan


def require_possible(cluster: msk.Cluster) -> None:
    """Raise ItemError for a cluster whose connectivity AWS would not switch on."""
    if cluster.kind == msk.SERVERLESS:
        why = "it is serverless, for which multi-VPC connectivity is not documented"
    elif cluster.unauthenticated:
        why = "it lets clients in without authentication: switch that off first"
    elif IAM not in cluster.schemes:
        why = "IAM authentication is off for the cluster itself: switch it on first"
    elif msk.is_before(cluster.kafka_version, LOWEST_KAFKA):
        why = f"its Apache Kafka is {cluster.kafka_version}, and {LOWEST_KAFKA} is the lowest that can"
    elif cluster.instance_type in NO_INSTANCES:
        why = f"its brokers are {cluster.instance_type}: choose another type first"
    else:
        return
    raise ItemError(f"Multi-VPC connectivity of MSK cluster {cluster.name} cannot be switched on: {why}.")


def plan_absent(item: MskGrant, actual: Actual) -> Plan:
    """Take our statement out, then reject the account's connections, then, where asked to, switch connectivity off.

    The door is shut before those inside are shown out. Whom a statement of others lets in as well stays connected.
    """
    view = actual.view
    keepers = sorted(other.name for other in actual.sharing if other.state == "present")
    if view is None or view.cluster.state == "DELETING":
        return Plan()
    if keepers:
        return Plan(warnings=[f"{item.name}: the grant stays, because {', '.join(keepers)} wants it as well"])
    have, links = _ours(item, view), _connections(item, view)
    others = msk_policy.admitting(view.policy.document, item.sid, item.key[1])
    plan = Plan()
    if others and links:
        plan.result["kept"] = [f"the VPC connections of {item.account} stay, let in by {', '.join(others)} too"]
        links = []
    _refuse_to_cut(item, links)
    if have:
        plan.changes.append(rewrite(item, view, have, None))
        plan.after["statement"] = {}
    ready = [link for link in links if link.state == "AVAILABLE"]
    plan.changes += [_reject(item, link) for link in ready]
    ended = {link.arn: "REJECTED" for link in links}
    plan.after["vpc_connections"] = {**shown(item, view)["vpc_connections"], **ended}
    ending = [link.arn for link in view.connections if link.owner == item.account and link.state == "REJECTING"]
    moving = [link.arn for link in links if link not in ready]
    if moving:
        plan.waiting = f"{moving[0]} to be AVAILABLE: MSK rejects no VPC connection before"
    elif ending and not others:
        plan.waiting = f"{ending[0]} to be REJECTED"
    return (
        _with_connectivity_off(item, actual, view, plan)
        if item.disable_connectivity
        else _unless_moving(item, actual, plan)
    )


def _with_connectivity_off(item: MskGrant, actual: Actual, view: View, plan: Plan) -> Plan:
    """Switch IAM's multi-VPC connectivity off last, unless others use it."""
    if IAM not in view.cluster.multi_vpc or plan.result.get("kept"):
        return _unless_moving(item, actual, plan)
    using = [f"statement {name}" for name, dummy in msk_policy.named(view.policy.document) if name != item.sid]
    using += [link.arn for link in view.connections if link.owner != item.account and link.state in msk.LIVE]
    if using:
        plan.result["kept"] = [f"multi-VPC connectivity stays on, for others use it: {', '.join(using)}"]
        return _unless_moving(item, actual, plan)
    left = view.cluster.multi_vpc - {IAM}
    after = "its VPC connections to be rejected" if plan.changes or plan.waiting else ""
    plan.changes.append(_connect(item, view, left, after))
    plan.after["multi_vpc"] = sorted(left)
    return _unless_moving(item, actual, plan)


def _unless_moving(item: MskGrant, actual: Actual, plan: Plan) -> Plan:
    """The plan, or to wait, without holding the run up, where the cluster is being changed."""
    if actual.view and plan.changes and _is_moving(item, actual):
        plan.changes, plan.waiting, plan.poll = [], _until_active(item, actual.view), False
    return plan


def _refuse_to_cut(item: MskGrant, links: t.Sequence[msk.Connection]) -> None:
    if links and item.on_connections == "fail":
        raise ItemError(
            f"The grant of MSK cluster {item.cluster_name} to account {item.account} has VPC connections in use "
            f"({', '.join(link.arn for link in links)}). Nothing was changed. Have the account delete them first, or "
            "set on_connections=reject, which ends them."
        )


def _is_moving(item: MskGrant, actual: Actual) -> bool:
    """Whether the cluster takes no change now. Raises ItemError where it never will."""
    state = actual.view.cluster.state if actual.view else ""
    if state in msk.BROKEN:
        raise ItemError(f"MSK cluster {item.cluster_name} is {state}.")
    return state != ACTIVE


def _until_active(item: MskGrant, view: View) -> str:
    return f"MSK cluster {item.cluster_name} ({view.cluster.state}) to be ACTIVE, which may take hours; run again then"


def _ours(item: MskGrant, view: View) -> Statement | None:
    """Our statement, whatever somebody has changed in it. Raises ItemError for one that is never written here."""
    have = policies.of_sid(view.policy.document, item.sid)
    strange = sorted(set(have or {}) & {"NotAction", "NotPrincipal", "NotResource"})
    if have and have.get("Effect") != "Allow":
        strange.append(f"the effect {have.get('Effect')}")
    if strange:
        raise ItemError(
            f"The statement {item.sid} in the policy of MSK cluster {item.cluster_name} is not one of ours: it has "
            f"{' and '.join(strange)}. It was not changed. Take it away by hand."
        )
    return have


def _barred(item: MskGrant, denying: t.Sequence[str]) -> str:
    return (
        f"{item.name}: the policy of MSK cluster {item.cluster_name} denies account {item.account} what the grant "
        f"allows, by {', '.join(denying)}. It was not changed: its owner has to leave that account out."
    )


def _connect(item: MskGrant, view: View, schemes: t.Collection[str], after: str = "") -> Step:
    """Multi-VPC connectivity alone, and every switch of it: one request changes one setting."""
    wanted = {"VpcConnectivity": {"ClientAuthentication": msk.switches(schemes)}}
    params = {"ClusterArn": item.cluster_arn, "CurrentVersion": view.cluster.version, "ConnectivityInfo": wanted}
    summary = f"switch multi-VPC connectivity of {item.cluster_name} to {', '.join(sorted(schemes)) or 'off'}"
    return Step(CONNECT, params, summary, after, outdated_by=(OUTDATED,), item=item)


def _reject(item: MskGrant, link: msk.Connection) -> Step:
    params = {"ClusterArn": item.cluster_arn, "VpcConnectionArn": link.arn}
    return Step(REJECT, params, f"reject {link.arn}", outdated_by=(OUTDATED,), item=item)


def rewrite(item: MskGrant, view: View, have: Statement | None, want: Statement | None, after: str = "") -> Step:
    """The call that puts ``want`` in the place of ``have``, for the policy's present version."""
    document = view.policy.document
    found = policies.with_statement(document, want) if want else policies.without_statement(document, item.sid)
    params: dict[str, t.Any] = {"ClusterArn": item.cluster_arn}
    if found is not None:
        params["Policy"] = policies.as_text(found)
        params.update({"CurrentVersion": view.policy.version} if view.policy.version else {})
    return Step(
        action=DELETE if found is None else PUT,
        params=params,
        summary=f"{'put' if want else 'remove'} the statement {item.sid} in the policy of {item.cluster_name}",
        after=after,
        settled_by=("NotFoundException",) if found is None else (),
        outdated_by=(OUTDATED,),
        item=item,
        have=have,
        want=want,
    )


def shown(item: MskGrant, view: View | None) -> dict[str, t.Any]:
    """The grant in a diff: {} where there is no cluster."""
    if view is None:
        return {}
    return {
        "multi_vpc": sorted(view.cluster.multi_vpc),
        "statement": dict(policies.of_sid(view.policy.document, item.sid) or {}),
        "vpc_connections": {link.arn: link.state for link in view.connections if link.owner == item.account},
    }


def result(item: MskGrant, actual: Actual) -> dict[str, t.Any]:
    """What the module returns of an item."""
    view, edit = actual.view, actual.edit
    links = [link for link in view.connections if link.owner == item.account] if view else []
    untold = edit if edit and edit.id != item.told_operation else None
    return {
        "cluster_arn": item.cluster_arn,
        "cluster_name": item.cluster_name,
        "cluster_state": view.cluster.state if view else "",
        "grantor": item.grantor,
        "grantee": item.account,
        "sid": item.sid,
        "statement": shown(item, view).get("statement", {}),
        "multi_vpc": sorted(view.cluster.multi_vpc) if view else [],
        "bootstrap_servers": actual.servers,
        "vpc_connections": [link.as_dict() for link in links],
        "endpoint_count": sum(link.state == "AVAILABLE" for link in links),
        "untold_operation": untold.id if untold else "",
        "connectivity_changed": msk.as_text(untold.began) if untold else "",
        "shut_out_by": [],
        "kept": [],
    }
