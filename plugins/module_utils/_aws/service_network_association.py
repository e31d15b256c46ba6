# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Associations of resource configurations with service networks (VPC Lattice): read and plan.

This module util is PRIVATE to the collection.

An association is known by what it joins: AWS allows one for a service network and a resource configuration. Requests
take ids or ARNs, answers tell ids, so that both are compared by their ids. botocore gives each create call a token, so
that its own repetitions make one association.

Source: Amazon VPC Lattice API Reference, the ServiceNetworkResourceAssociation actions, ListTagsForResource,
TagResource, UntagResource (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, ownership
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags as tagging
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.lattice import (
    COMING,
    GOING,
    UNTAG,
    Raw,
    as_id,
    leave,
    plan_tags,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, internal
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Made,
    Plan,
    meant_twice,
)

CREATE = "vpc-lattice:CreateServiceNetworkResourceAssociation"
DELETE = "vpc-lattice:DeleteServiceNetworkResourceAssociation"
IDENTIFIER = "serviceNetworkResourceAssociationIdentifier"
IDENTIFIERS = {"service_network": arns.SERVICE_NETWORK, "resource_configuration": arns.RESOURCE_CONFIGURATION}


@dataclass(frozen=True)
class Association:
    """One wanted association; the fields are the options of the module C(service_network_association)."""

    name: str
    state: Presence = "present"
    service_network: str | None = None
    resource_configuration: str | None = None
    private_dns_enabled: bool | None = None
    tags: dict[str, str] | None = None
    purge_tags: bool = False
    replace: bool = False
    adopt: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        for option, pattern in IDENTIFIERS.items():
            value = getattr(self, option)
            if not value:
                raise ItemError(f"{option} is missing: give an id or an ARN.")
            if value != UNKNOWN and not pattern.fullmatch(value):
                raise ItemError(f"{option} is neither an id nor an ARN of one: {value!r}.")

    @property
    def pair(self) -> tuple[str, str]:
        """The ids of what is joined."""
        return as_id(self.service_network or ""), as_id(self.resource_configuration or "")


@dataclass
class Actual:
    """What AWS shows for one wanted association. ``tags`` None: not read, for they could not be changed now."""

    row: Raw | None
    tags: dict[str, str] | None = None
    created: bool = False  # by this run
    deleted: bool = False  # by this run
    left: bool = False  # by this run

    @property
    def id(self) -> str:
        return str(self.row["id"]) if self.row else UNKNOWN

    @property
    def status(self) -> str:
        return str(self.row["status"]) if self.row else ""

    @property
    def reason(self) -> str:
        """What AWS says about a failure."""
        row = self.row or {}
        said = [str(row[key]) for key in ("failureCode", "failureReason") if row.get(key)]
        return ": ".join(said).rstrip(".") or "AWS gives no reason"


class Associations:
    """Reads the associations of each service network concerned in one call per 100, and tags in one call each."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def read(self, items: t.Sequence[Association], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        networks = {item.pair[0]: item.service_network or "" for item in items if item.service_network != UNKNOWN}
        answers = self.api.each(lambda network: read_associations(self.api, network=network), list(networks.values()))
        listed = dict(zip(networks, answers))
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            rows = listed.get(item.pair[0], [])
            found[item.name] = rows if isinstance(rows, ItemError) else self._find(item, rows, made[item.name])
        known = [item for item in items if UNKNOWN not in item.pair]
        found.update(meant_twice({item.name: "the association of {1} with {0}".format(*item.pair) for item in known}))
        have = [(item, actual) for item in items if isinstance(actual := found[item.name], Actual)]
        have = [(item, actual) for item, actual in have if actual.row]
        details = self.api.each(lambda pair: self._add_details(*pair), have)
        for (item, actual), error in zip(have, details):
            found[item.name] = error or actual
        return found

    def _find(self, item: Association, rows: t.Sequence[Raw], made: Made) -> Actual:
        """The association of an item, as far as the listing tells; what this run has done counts for more."""
        if item.private_dns_enabled is not None:
            self.api.require(CREATE, "privateDnsEnabled", "private_dns_enabled")
        deleted = {change.params[IDENTIFIER] for change in made.changes if change.action == DELETE}
        if CREATE in made:
            answer = made[CREATE]
            row = next((row for row in rows if row["id"] == answer["id"]), {**answer, "status": COMING})
            return Actual(row, created=True)
        same = [row for row in rows if str(row.get("resourceConfigurationId")) == item.pair[1]]
        same.sort(key=lambda row: (bool(row.get("isManagedAssociation")), row["status"] == GOING, str(row["id"])))
        if not same:
            return Actual(None)
        row, going = same[0], same[0]["id"] in deleted
        if going and row["status"] != "DELETE_FAILED":
            row = {**row, "status": GOING}  # a listing that still shows the past
        return Actual(row, deleted=going, left=UNTAG in made)

    def _add_details(self, item: Association, actual: Actual) -> None:
        """The reason of a failure, and the tags where they are ours to change."""
        row = actual.row or {}
        if actual.status not in ("ACTIVE", COMING, GOING):
            actual.row = {**row, **read_association(self.api, actual.id)}
        if actual.status not in (COMING, GOING) and not row.get("isManagedAssociation"):
            answer = self.api.call("vpc-lattice:ListTagsForResource", actual.id, resourceArn=row["arn"])
            actual.tags = dict(answer.get("tags") or {})

    def plan(self, item: Association, actual: Actual) -> Plan:
        if actual.row and actual.row.get("isManagedAssociation"):
            return plan_managed(item, actual)
        if item.state == "absent":
            return plan_absent(item, actual)
        if actual.row is None:
            return plan_create(item, actual)
        if actual.status == GOING:
            return plan_create(item, actual, _gone(actual))
        return plan_update(item, actual)


def read_associations(api: Api, network: str = "", configuration: str = "") -> list[Raw]:
    """The associations of a service network, of a resource configuration, or of both; without those of children."""
    action = "vpc-lattice:ListServiceNetworkResourceAssociations"
    of = {"serviceNetworkIdentifier": network, "resourceConfigurationIdentifier": configuration}
    return api.pages(action, "items", maxResults=100, **{key: value for key, value in of.items() if value})


def read_association(api: Api, association_id: str) -> Raw:
    """One association, with the reason of its failure, which listings lack."""
    params = {IDENTIFIER: association_id}
    return api.call("vpc-lattice:GetServiceNetworkResourceAssociation", association_id, **params)


def plan_managed(item: Association, actual: Actual) -> Plan:
    """AWS makes such an association where a service network is shared; only the owner of the share can end it."""
    plan = Plan(result=as_result(actual.row))
    if item.state == "present" and actual.status == COMING:
        plan.waiting = _active(actual)
    elif item.state == "absent" or actual.status != "ACTIVE" or _wrong(item, actual):
        why = "" if actual.status == "ACTIVE" else f" ({actual.status}: {actual.reason})"
        plan.warnings = [f"{item.name}: association {actual.id} is managed by AWS, so it was left as it is{why}."]
    return plan


def plan_absent(item: Association, actual: Actual) -> Plan:
    """Delete the association and wait until it is gone."""
    plan = Plan(result=as_result(actual.row))
    if actual.row is None:
        return plan
    plan.before = _shown(actual)
    if actual.tags is not None:
        if ownership.is_left(item, actual.tags, actual.left):
            return Plan(result=plan.result)
        ownership.check(item, f"Association {actual.id}", actual.tags)
    if ownership.is_adopted(actual.tags or {}):
        leave(plan, actual.row, actual.tags or {})
    elif actual.status == GOING:
        plan.waiting = _gone(actual)
    elif actual.status == COMING:
        plan.waiting = _active(actual)
        plan.changes = [_delete(actual, plan.waiting)]
    elif actual.deleted:
        raise ItemError(f"Association {actual.id} is {actual.status}: {actual.reason}.")
    else:
        plan.changes = [_delete(actual)]
    return plan


def plan_create(item: Association, actual: Actual, after: str = "") -> Plan:
    """Create the association, ``after`` a former one is gone."""
    tags = tagging.own_tags(item)
    params = {
        "serviceNetworkIdentifier": item.service_network,
        "resourceConfigurationIdentifier": item.resource_configuration,
        "privateDnsEnabled": item.private_dns_enabled,
        "tags": tags,
    }
    params = {key: value for key, value in params.items() if value is not None}
    create = Change(CREATE, params, f"associate {item.resource_configuration} with {item.service_network}", after)
    plan = Plan([create], waiting=after, result=as_result(actual.row))
    plan.after = {"private_dns_enabled": bool(item.private_dns_enabled), "tags": tags}
    return plan


def plan_update(item: Association, actual: Actual) -> Plan:
    """Only tags can be changed; for all else the association must be made anew, if that is allowed."""
    if actual.tags is not None and not actual.created:
        ownership.check(item, f"Association {actual.id}", actual.tags)
    reason = _wrong(item, actual)
    if reason and item.replace and not actual.created and ownership.is_theirs(item, actual.tags or {}):
        raise ItemError(f"{reason} It was adopted, so it is not replaced.")
    if reason and item.replace and not actual.created and not actual.deleted:  # once in a run, not for ever
        plan = plan_create(item, actual, _gone(actual))
        plan.waiting = _active(actual) if actual.status == COMING else ""
        plan.changes.insert(0, _delete(actual, plan.waiting))
        plan.before = _shown(actual)
        return plan
    if reason:
        raise ItemError(reason)
    plan = Plan(before=_shown(actual), after=_shown(actual), result=as_result(actual.row, actual.tags))
    if actual.status == COMING:
        plan.waiting = _active(actual)
    if actual.status == "PARTIAL":
        plan.warnings = [f"{item.name}: association {actual.id} is PARTIAL: {actual.reason}."]
    if actual.tags is not None:
        plan_tags(plan, item, actual.tags, actual.row or {})
    return plan


def _wrong(item: Association, actual: Actual) -> str:
    """Why an association cannot be what is wanted, and what to do."""
    remedy = "Set replace=true to delete it and make a new one, or state=absent."
    if actual.status.endswith("_FAILED"):
        return f"Association {actual.id} is {actual.status}: {actual.reason}. {remedy}"
    have = (actual.row or {}).get("privateDnsEnabled")
    if None not in (have, item.private_dns_enabled) and have != item.private_dns_enabled:
        return (
            f"Association {actual.id} has private_dns_enabled={str(have).lower()}, which AWS cannot change. Set "
            "replace=true to delete it and make a new one, which cuts connections for a while."
        )
    return ""


def _delete(actual: Actual, after: str = "") -> Change:
    params, gone = {IDENTIFIER: actual.id}, ("ResourceNotFoundException",)
    return Change(DELETE, params, f"delete association {actual.id}", after, settled_by=gone)


def _gone(actual: Actual) -> str:
    return f"association {actual.id} to be gone"


def _active(actual: Actual) -> str:
    return f"association {actual.id} to be active"


def _shown(actual: Actual) -> dict[str, t.Any]:
    """The association in the words of the options, for the diff."""
    row = actual.row or {}
    shown: dict[str, t.Any] = {"private_dns_enabled": bool(row.get("privateDnsEnabled"))}
    return shown if actual.tags is None else {**shown, "tags": actual.tags}


def as_result(row: Raw | None, tags: t.Mapping[str, str] | None = None) -> dict[str, t.Any]:
    """An association as modules return it; all empty for none."""
    row = row or {}
    result = {
        "association_id": row.get("id") or "",
        "arn": row.get("arn") or "",
        "status": row.get("status") or "absent",
        "service_network_id": row.get("serviceNetworkId") or "",
        "resource_configuration_id": row.get("resourceConfigurationId") or "",
        "private_dns_enabled": bool(row.get("privateDnsEnabled")),
        "dns_entry": _dns(row.get("dnsEntry")),
        "private_dns_entry": _dns(row.get("privateDnsEntry")),
        "managed": bool(row.get("isManagedAssociation")),
        "failure_code": row.get("failureCode") or "",
        "failure_reason": row.get("failureReason") or "",
    }
    return result if tags is None else {**result, "tags": dict(tags)}


def _dns(entry: Raw | None) -> dict[str, str]:
    found = entry or {}
    return {"domain_name": found.get("domainName") or "", "hosted_zone_id": found.get("hostedZoneId") or ""}
