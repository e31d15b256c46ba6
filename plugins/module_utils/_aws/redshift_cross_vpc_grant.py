# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redshift clusters, and which accounts and VPCs may make Redshift-managed VPC endpoints to them: read and plan.

This module util is PRIVATE to the collection.

Source: Amazon Redshift API Reference 2012-12-01, AuthorizeEndpointAccess, RevokeEndpointAccess,
DescribeEndpointAuthorization, DescribeClusters (read 2026-11). A grant without VPC ids means all VPCs of the account.
VPC ids are added and removed one by one, but no call turns "all VPCs" into a list or a list into "all VPCs".
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made, Plan

AUTHORIZE, REVOKE = "redshift:AuthorizeEndpointAccess", "redshift:RevokeEndpointAccess"
CLUSTER_IDENTIFIER = re.compile(r"(?!.*--)[a-z][a-z0-9-]{0,62}(?<!-)")
# Statuses that pass by themselves; meanwhile AWS refuses changes with InvalidClusterState.
CLUSTER_MOVING = (
    "cancelling-resize",
    "creating",
    "modifying",
    "rebooting",
    "renaming",
    "resizing",
    "rotating-keys",
    "updating-hsm",
)


@dataclass(frozen=True)
class Grant:
    """One wanted grant; the fields are the options of C(redshift_cross_vpc_grant). None changes nothing."""

    name: str
    state: Presence = "present"
    cluster_identifier: str | None = None
    account: str | None = None
    vpc_ids: list[str] | None = None
    all_vpcs: bool | None = None
    purge_vpc_ids: bool = False
    force: bool = False

    def __post_init__(self) -> None:
        cluster, account = self.key
        if not CLUSTER_IDENTIFIER.fullmatch(cluster):
            raise ItemError(
                f"Not a cluster identifier: {cluster!r}. It has 1 to 63 lower-case letters, digits and single hyphens, "
                "begins with a letter and does not end with a hyphen."
            )
        if not arns.ACCOUNT.fullmatch(account):
            raise ItemError(
                f"Not an account id of 12 digits: {account!r}, to which access is to be granted. {arns.QUOTE_ACCOUNT}"
            )
        for vpc in self.vpc_ids or []:
            if not re.fullmatch(r"vpc-[0-9a-f]+", vpc):
                raise ItemError(
                    f"Not the id of a VPC: {vpc!r}, to which access is to be granted. "
                    "It looks like vpc-0123456789abcdef0."
                )
        if self.vpc_ids is not None and not self.vpc_ids and not self.all_vpcs:
            raise ItemError("vpc_ids is empty. List a VPC, say all_vpcs=true, or end the grant by state=absent.")
        if self.vpc_ids and self.all_vpcs:
            raise ItemError("Give either vpc_ids or all_vpcs=true, not both.")

    @property
    def key(self) -> tuple[str, str]:
        """What identifies a grant in an account and region: the cluster and the account that may connect."""
        return self.cluster_identifier or "", self.account or ""

    @property
    def wish(self) -> tuple[t.Any, ...]:
        """All that two items must agree on to share one grant."""
        return self.key, self.state, frozenset(self.vpc_ids or []), self.all_vpcs, self.purge_vpc_ids, self.force

    @property
    def scope(self) -> str:
        """The wanted VPCs in words, "" when the options name none."""
        return "all its VPCs" if self.all_vpcs else ", ".join(sorted(set(self.vpc_ids or [])))


@dataclass(frozen=True)
class Authorization:
    """A grant as AWS shows it."""

    cluster_identifier: str
    grantor: str
    grantee: str
    status: str
    all_vpcs: bool
    vpcs: frozenset[str]
    endpoints: int
    cluster_status: str

    @classmethod
    def of(cls, raw: t.Mapping[str, t.Any]) -> Authorization:
        return cls(
            cluster_identifier=str(raw.get("ClusterIdentifier", "")),
            grantor=str(raw.get("Grantor", "")),
            grantee=str(raw.get("Grantee", "")),
            status=str(raw.get("Status", "")),
            all_vpcs=bool(raw.get("AllowedAllVPCs")),
            vpcs=frozenset(raw.get("AllowedVPCs") or []),
            endpoints=int(raw.get("EndpointCount") or 0),
            cluster_status=str(raw.get("ClusterStatus", "")),
        )

    @property
    def key(self) -> tuple[str, str]:
        return self.cluster_identifier, self.grantee

    @property
    def revoking(self) -> bool:
        return self.status.lower() == "revoking"

    @property
    def scope(self) -> str:
        return "all its VPCs" if self.all_vpcs else ", ".join(sorted(self.vpcs))

    def as_dict(self) -> dict[str, t.Any]:
        """The grant as modules return it."""
        return {
            "cluster_identifier": self.cluster_identifier,
            "grantor": self.grantor,
            "grantee": self.grantee,
            "status": self.status,
            "allowed_all_vpcs": self.all_vpcs,
            "allowed_vpcs": sorted(self.vpcs),
            "endpoint_count": self.endpoints,
            "cluster_status": self.cluster_status,
        }


def _read(api: Api, action: str, key: str, clusters: t.Iterable[str], **params: t.Any) -> list[t.Any]:
    """A listing, narrowed to the cluster where only one is meant; a cluster that does not exist has no entries."""
    ids = sorted(set(clusters))
    if len(ids) == 1:
        params["ClusterIdentifier"] = ids[0]
    try:
        return api.pages(action, key, **params)
    except CallError as error:
        if error.code == "ClusterNotFound":
            return []
        raise


def read_clusters(api: Api, identifiers: t.Iterable[str]) -> dict[str, t.Mapping[str, t.Any]]:
    """The provisioned clusters by identifier: at least those asked for that exist. One call per 100 clusters."""
    found = _read(api, "redshift:DescribeClusters", "Clusters", identifiers)
    return {str(cluster["ClusterIdentifier"]): cluster for cluster in found}


def read_authorizations(api: Api, identifiers: t.Iterable[str] = ()) -> list[Authorization]:
    """What this account has granted: at least for the clusters asked for, for all when none is. One call per 100."""
    action, key = "redshift:DescribeEndpointAuthorization", "EndpointAuthorizationList"
    return [Authorization.of(row) for row in _read(api, action, key, identifiers, Grantee=False)]


@dataclass(frozen=True)
class Actual:
    """What AWS shows for one wanted grant. ``cluster_status`` is "" where there is no such cluster.

    ``sharing`` are the other items of the run that mean the same grant; ``leader`` is the first that wants the same.
    """

    authorization: Authorization | None
    cluster_status: str
    sharing: tuple[Grant, ...] = ()
    leader: str = ""


class Grants:
    """Reads all grants in one call per 100, and all clusters likewise where a grant is still to be given."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def read(self, items: t.Sequence[Grant], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        listed = read_authorizations(self.api, [item.key[0] for item in items])
        granted = {authorization.key: authorization for authorization in listed}
        for item in items:
            answer = made[item.name].get(AUTHORIZE)
            if answer and item.key not in granted:  # what was just granted, where the listing lags behind
                granted[item.key] = Authorization.of(answer)
        new = [item.key[0] for item in items if item.state == "present" and item.key not in granted]
        clusters = read_clusters(self.api, new) if new else {}
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            authorization = granted.get(item.key)
            cluster = clusters.get(item.key[0], {})
            status = authorization.cluster_status if authorization else str(cluster.get("ClusterStatus", ""))
            others = tuple(other for other in items if other.key == item.key and other is not item)
            leader = next(other.name for other in items if other.wish == item.wish)
            found[item.name] = Actual(authorization, status, others, leader)
        return found

    def plan(self, item: Grant, actual: Actual) -> Plan:
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        plan.before = _shown(actual.authorization)
        if plan.changes and actual.leader not in ("", item.name):  # one call for all, or AWS would refuse the second
            plan.changes, plan.waiting = [], f"{actual.leader}, which wants the same grant"
        if not plan.changes:
            plan.after = plan.before
        nothing = Authorization(item.key[0], "", item.key[1], "", False, frozenset(), 0, actual.cluster_status)
        plan.result = (actual.authorization or nothing).as_dict()
        return plan


def plan_absent(item: Grant, actual: Actual) -> Plan:
    """Revoke the listed VPCs, or everything where none is listed or none would be left."""
    have = actual.authorization
    keepers = sorted(other.name for other in actual.sharing if other.state == "present")
    if have is None:
        return Plan()
    if keepers:
        return Plan(warnings=[f"{item.name}: the grant stays, because {', '.join(keepers)} wants it as well"])
    if have.revoking:
        return Plan(waiting=_ended(item))
    listed = frozenset(item.vpc_ids or [])
    if listed and have.all_vpcs:
        raise ItemError(
            f"{_grant(item)} holds for all VPCs of the account, so none can be taken out of it. Leave out vpc_ids to "
            "revoke the whole grant."
        )
    left = have.vpcs - listed
    if not listed or not left:
        _refuse_to_cut(item, have, "Nothing was revoked.")
        return Plan([_revoke(item, actual)])
    leaving = have.vpcs & listed
    return Plan([_revoke(item, actual, leaving)] if leaving else [], after=_scope_shown(False, left))


def plan_present(item: Grant, actual: Actual) -> Plan:
    """Give a new grant, add and remove VPCs, or give it anew where it changes between a list and all VPCs."""
    have = actual.authorization
    rivals = sorted(other.name for other in actual.sharing if other.state == "present" and other.wish != item.wish)
    if rivals:
        raise ItemError(
            f"{_grant(item)} is wanted differently by {', '.join(rivals)}. Give all items of one cluster and account "
            "the same options; vpc_ids can list the VPCs of all."
        )
    if have is None:
        if not actual.cluster_status:
            raise ItemError(
                f"Cluster {item.cluster_identifier} does not exist in this account and region. Only provisioned "
                "clusters can be granted, not Redshift Serverless."
            )
        return Plan([_authorize(item, _cluster_ready(item, actual))], after=_wanted_shown(item))
    if have.revoking:
        changes = [_authorize(item, _ended(item))] if item.scope else []
        return Plan(changes, after=_wanted_shown(item), waiting=_ended(item))
    if item.all_vpcs not in (None, have.all_vpcs) or (item.vpc_ids and have.all_vpcs):
        again = _authorize(item, _ended(item))
        _refuse_to_cut(item, have, f"Changing it to {item.scope} means to revoke it and to give it anew.")
        return Plan([_revoke(item, actual), again], after=_wanted_shown(item))
    return plan_list(item, actual, have.vpcs)


def plan_list(item: Grant, actual: Actual, have: frozenset[str]) -> Plan:
    """Add VPCs, then remove those that are not wanted, if that is asked for."""
    wanted = frozenset(item.vpc_ids or have)
    added, removed = wanted - have, have - wanted if item.purge_vpc_ids else frozenset()
    changes = []
    if added:
        changes.append(_authorize(item, _cluster_ready(item, actual), added))
    if removed:
        changes.append(_revoke(item, actual, removed))
    return Plan(changes, after=_scope_shown(False, (have | added) - removed))


def _grant(item: Grant) -> str:
    return f"The grant of cluster {item.cluster_identifier} to account {item.account}"


def _refuse_to_cut(item: Grant, have: Authorization, why: str) -> None:
    """Never cut the vendor off without being told to. AWS counts endpoints for each grant, not for each VPC."""
    if have.endpoints and not item.force:
        raise ItemError(
            f"{_grant(item)} (from {have.scope}) has endpoints in use ({have.endpoints}). {why} That would cut "
            "them. Have the vendor delete them first, or set force=true, which deletes them."
        )


def _cluster_ready(item: Grant, actual: Actual) -> str:
    return f"cluster {item.cluster_identifier} to be available" if actual.cluster_status in CLUSTER_MOVING else ""


def _ended(item: Grant) -> str:
    return f"the grant of {item.cluster_identifier} to {item.account} to be revoked"


def _authorize(item: Grant, after: str, vpcs: t.Iterable[str] | None = None) -> Change:
    if not item.scope:
        raise ItemError(f"{_grant(item)} needs to say which VPCs may connect: list vpc_ids, or set all_vpcs=true.")
    params: dict[str, t.Any] = {"ClusterIdentifier": item.cluster_identifier, "Account": item.account}
    ids = sorted(set(vpcs or item.vpc_ids or []))
    if ids:
        params["VpcIds"] = ids
    summary = f"let {', '.join(ids) or 'all VPCs'} of account {item.account} connect to {item.cluster_identifier}"
    return Change(AUTHORIZE, params, summary, after, settled_by=("EndpointAuthorizationAlreadyExists",))


def _revoke(item: Grant, actual: Actual, vpcs: t.Iterable[str] = ()) -> Change:
    """Without VPCs everything is revoked. Without force AWS refuses where endpoints are in use."""
    params: dict[str, t.Any] = {"ClusterIdentifier": item.cluster_identifier, "Account": item.account}
    ids = sorted(vpcs)
    if ids:
        params["VpcIds"] = ids
    if item.force:
        params["Force"] = True
    summary = f"stop {', '.join(ids) or 'all VPCs'} of account {item.account} connecting to {item.cluster_identifier}"
    settled = ("EndpointAuthorizationNotFound", "ClusterNotFound")
    return Change(REVOKE, params, summary, _cluster_ready(item, actual), settled_by=settled)


def _scope_shown(all_vpcs: bool, vpcs: t.Iterable[str]) -> dict[str, t.Any]:
    return {"allowed_all_vpcs": all_vpcs, "allowed_vpcs": sorted(vpcs)}


def _shown(have: Authorization | None) -> dict[str, t.Any]:
    """The grant in a diff: {} for none."""
    return _scope_shown(have.all_vpcs, have.vpcs) if have else {}


def _wanted_shown(item: Grant) -> dict[str, t.Any]:
    return _scope_shown(bool(item.all_vpcs), set(item.vpc_ids or []))
