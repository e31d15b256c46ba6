# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Associations of VPCs with service networks (VPC Lattice): read and plan.

This module util is PRIVATE to the collection.

AWS allows a VPC one association, which is therefore looked up by the VPC. Unlike that of a resource configuration it
can be changed. botocore gives each create call a token, so that its own repetitions make one association.

Source: Amazon VPC Lattice API Reference, the ServiceNetworkVpcAssociation actions and ListTagsForResource; user guide,
"Manage VPC associations" and quotas (read 2026-11).
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns, ownership, private_domains
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

CREATE = "vpc-lattice:CreateServiceNetworkVpcAssociation"
UPDATE = "vpc-lattice:UpdateServiceNetworkVpcAssociation"
DELETE = "vpc-lattice:DeleteServiceNetworkVpcAssociation"
IDENTIFIER = "serviceNetworkVpcAssociationIdentifier"
MOVING = (COMING, "UPDATE_IN_PROGRESS")
NEWER = {  # options that came to botocore later, and what AWS calls them
    "private_dns_enabled": "privateDnsEnabled",
    "private_dns_preference": "dnsOptions",
    "private_dns_specified_domains": "dnsOptions",
}


@dataclass(frozen=True)
class VpcAssociation:
    """One wanted association; the fields are the options of the module C(service_network_vpc_association)."""

    name: str
    state: Presence = "present"
    service_network: str | None = None
    vpc_id: str | None = None
    security_group_ids: list[str] | None = None
    private_dns_enabled: bool | None = None
    private_dns_preference: private_domains.Preference | None = None
    private_dns_specified_domains: list[str] | None = None
    tags: dict[str, str] | None = None
    purge_tags: bool = False
    replace: bool = False
    adopt: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        network, vpc = self.service_network, self.vpc_id
        if not network:
            raise ItemError("service_network is missing: give an id or an ARN.")
        if network != UNKNOWN and not arns.SERVICE_NETWORK.fullmatch(network):
            raise ItemError(f"service_network is neither an id nor an ARN of one: {network!r}.")
        if not vpc:
            raise ItemError("vpc_id is missing: give the id of the VPC.")
        if vpc != UNKNOWN and not re.fullmatch(r"vpc-[0-9a-f]+", vpc):
            raise ItemError(f"vpc_id is not the id of a VPC: {vpc!r}.")
        wrong = [group for group in self.security_group_ids or () if not re.fullmatch(r"sg-[0-9a-f]+", group)]
        if wrong:
            raise ItemError(f"security_group_ids takes ids like sg-0123456789abcdef0, not {', '.join(wrong)}.")
        if self.private_dns_enabled is False and (self.private_dns_preference or self.private_dns_specified_domains):
            raise ItemError(
                "private_dns_preference and private_dns_specified_domains need private_dns_enabled=true, or none."
            )
        private_domains.check(self.private_dns_preference, self.private_dns_specified_domains)

    @property
    def network_id(self) -> str:
        return as_id(self.service_network or "")

    @property
    def dns_options(self) -> dict[str, t.Any]:
        """What is wanted of private names, as AWS has it."""
        domains = self.private_dns_specified_domains if self.private_dns_preference in private_domains.NAMING else None
        wanted = {"privateDnsPreference": self.private_dns_preference, "privateDnsSpecifiedDomains": domains}
        return {key: value for key, value in wanted.items() if value is not None}


@dataclass
class Actual:
    """What AWS shows of the association that a VPC has. ``tags`` None: not read, for they could not be changed now."""

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
    def network_id(self) -> str:
        return str((self.row or {}).get("serviceNetworkId", ""))

    @property
    def security_groups(self) -> list[str]:
        return sorted((self.row or {}).get("securityGroupIds") or [])

    @property
    def reason(self) -> str:
        """What AWS says about a failure."""
        row = self.row or {}
        said = [str(row[key]) for key in ("failureCode", "failureMessage") if row.get(key)]
        return ": ".join(said).rstrip(".") or "AWS gives no reason"


class VpcAssociations:
    """Reads the association of each VPC in one call, what it has in a second and its tags in a third."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def read(self, items: t.Sequence[VpcAssociation], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        vpcs = sorted({str(item.vpc_id) for item in items} - {UNKNOWN})
        listed = dict(zip(vpcs, self.api.each(lambda vpc: read_associations(self.api, vpc=vpc), vpcs)))
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            rows = listed.get(str(item.vpc_id), [])
            found[item.name] = rows if isinstance(rows, ItemError) else self._find(item, rows, made[item.name])
        known = [item for item in items if item.vpc_id != UNKNOWN]
        found.update(meant_twice({item.name: f"the association of {item.vpc_id}" for item in known}))
        have = [actual for actual in found.values() if isinstance(actual, Actual) and actual.row]
        names = [name for name, actual in found.items() if isinstance(actual, Actual) and actual.row]
        for name, error in zip(names, self.api.each(self._add_details, have)):
            found[name] = error or found[name]
        return found

    def _find(self, item: VpcAssociation, rows: t.Sequence[Raw], made: Made) -> Actual:
        """The association of a VPC, as far as the listing tells; what this run has done counts for more."""
        for option, member in NEWER.items():
            if getattr(item, option) is not None:
                self.api.require(CREATE, member, option)
        deleted = {change.params[IDENTIFIER] for change in made.changes if change.action == DELETE}
        if CREATE in made:
            answer = made[CREATE]
            row = next((row for row in rows if row["id"] == answer["id"]), None)
            new = {**answer, "status": COMING, "serviceNetworkId": item.network_id, "vpcId": item.vpc_id}
            return Actual(row or new, created=True)
        same = sorted(rows, key=lambda row: (row["status"] == GOING, str(row["id"])))
        if not same:
            return Actual(None)
        row, going = same[0], same[0]["id"] in deleted
        if going and row["status"] != "DELETE_FAILED":
            row = {**row, "status": GOING}  # a listing that still shows the past
        return Actual(row, deleted=going, left=UNTAG in made)

    def _add_details(self, actual: Actual) -> None:
        """Security groups, the reason of a failure, and the tags where they are ours to change."""
        if actual.status in (COMING, GOING):
            return
        actual.row = {**(actual.row or {}), **read_association(self.api, actual.id)}
        answer = self.api.call("vpc-lattice:ListTagsForResource", actual.id, resourceArn=actual.row["arn"])
        actual.tags = dict(answer.get("tags") or {})

    def plan(self, item: VpcAssociation, actual: Actual) -> Plan:
        if item.state == "absent":
            return plan_absent(item, actual)
        if actual.row is None:
            return plan_create(item, actual)
        if actual.status == GOING:
            return plan_create(item, actual, _gone(actual))
        return plan_update(item, actual)


def read_associations(api: Api, network: str = "", vpc: str = "") -> list[Raw]:
    """The associations of a service network, of a VPC, or of both."""
    of = {"serviceNetworkIdentifier": network, "vpcIdentifier": vpc}
    wanted = {key: value for key, value in of.items() if value}
    return api.pages("vpc-lattice:ListServiceNetworkVpcAssociations", "items", maxResults=100, **wanted)


def read_association(api: Api, association_id: str) -> Raw:
    """One association, with its security groups and the reason of its failure, which listings lack."""
    action = "vpc-lattice:GetServiceNetworkVpcAssociation"
    answer = api.call(action, association_id, **{IDENTIFIER: association_id})
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def plan_absent(item: VpcAssociation, actual: Actual) -> Plan:
    """Delete the association and wait until it is gone. One with another network is another one, and stays."""
    if actual.row is None or (actual.network_id and actual.network_id != item.network_id):
        return Plan(result=as_result(None))
    plan = Plan(result=as_result(actual.row), before=_shown(actual))
    if actual.tags is not None:
        if ownership.is_left(item, actual.tags, actual.left):
            return Plan(result=plan.result)
        ownership.check(item, f"Association {actual.id}", actual.tags)
    if ownership.is_adopted(actual.tags or {}):
        leave(plan, actual.row, actual.tags or {})
    elif actual.status == GOING:
        plan.waiting = _gone(actual)
    elif actual.status in MOVING:  # AWS deletes none that moves
        plan.waiting = _active(actual)
        plan.changes = [_delete(actual, plan.waiting)]
    elif actual.deleted:
        raise ItemError(f"Association {actual.id} is {actual.status}: {actual.reason}.")
    else:
        plan.changes = [_delete(actual)]
    return plan


def plan_create(item: VpcAssociation, actual: Actual, after: str = "") -> Plan:
    """Create the association, ``after`` a former one is gone."""
    tags = tagging.own_tags(item)
    params = {
        "serviceNetworkIdentifier": item.service_network,
        "vpcIdentifier": item.vpc_id,
        "securityGroupIds": sorted(set(item.security_group_ids or ())) or None,
        "privateDnsEnabled": item.private_dns_enabled,
        "dnsOptions": item.dns_options or None,
        "tags": tags,
    }
    params = {key: value for key, value in params.items() if value is not None}
    create = Change(CREATE, params, f"associate {item.vpc_id} with {item.service_network}", after)
    plan = Plan([create], waiting=after, result=as_result(actual.row))
    plan.after = {"security_group_ids": [], "private_dns_enabled": False, **_wanted(item), "tags": tags}
    return plan


def plan_update(item: VpcAssociation, actual: Actual) -> Plan:
    """Change what differs, unless that takes a new association."""
    if actual.network_id not in ("", item.network_id):
        raise ItemError(
            f"{item.vpc_id} is associated with {actual.network_id} by {actual.id}, and AWS allows a VPC one "
            f"association. Nothing was changed. End that one first, or reach {item.network_id} by an endpoint "
            "(vpc_endpoint)."
        )
    if actual.tags is not None and not actual.created:
        ownership.check(item, f"Association {actual.id}", actual.tags)
    reason, theirs = _wrong(item, actual), ownership.is_theirs(item, actual.tags or {})
    if reason and item.replace and not actual.created and theirs:
        raise ItemError(f"{reason} It was adopted, so it is not replaced.")
    if reason and item.replace and not actual.created and not actual.deleted:  # once in a run, not for ever
        plan = plan_create(item, actual, _gone(actual))
        plan.waiting = ""
        plan.changes.insert(0, _delete(actual))
        plan.before = _shown(actual)
        return plan
    if reason:
        raise ItemError(reason)
    plan = Plan(before=_shown(actual), after=_shown(actual), result=as_result(actual.row, actual.tags))
    if actual.status in MOVING:
        plan.waiting = _active(actual)
    if actual.tags is not None:
        plan_tags(plan, item, actual.tags, actual.row or {})
    if actual.status != COMING and not theirs:
        _plan_settings(plan, item, actual)
    return plan


def _plan_settings(plan: Plan, item: VpcAssociation, actual: Actual) -> None:
    """One call changes settings. It carries what stays along, lest AWS take what is left out for a wish."""
    wanted, have = _wanted(item), _shown(actual)
    differing = {option: value for option, value in wanted.items() if _differs(option, have.get(option), value)}
    if not differing:
        if actual.status == "UPDATE_FAILED":
            plan.warnings.append(f"{item.name}: the last change of {actual.id} has failed: {actual.reason}.")
        return
    row = actual.row or {}
    groups = actual.security_groups if item.security_group_ids is None else sorted(set(item.security_group_ids))
    params: dict[str, t.Any] = {IDENTIFIER: actual.id, "securityGroupIds": groups or None}
    enabled = row.get("privateDnsEnabled") if item.private_dns_enabled is None else item.private_dns_enabled
    params["privateDnsEnabled"] = enabled
    if enabled:
        params["dnsOptions"] = {**(row.get("dnsOptions") or {}), **item.dns_options} or None
    params = {key: value for key, value in params.items() if value is not None}
    plan.changes.append(Change(UPDATE, params, f"change {', '.join(sorted(differing))}", plan.waiting))
    plan.after = {**plan.after, **differing}


def _wrong(item: VpcAssociation, actual: Actual) -> str:
    """Why an association cannot be what is wanted, and what to do."""
    if actual.status in ("CREATE_FAILED", "DELETE_FAILED"):
        remedy = "Set replace=true to delete it and make a new one, or state=absent."
        return f"Association {actual.id} is {actual.status}: {actual.reason}. {remedy}"
    if item.security_group_ids == [] and actual.security_groups:
        return (
            f"Association {actual.id} has security groups, and AWS does not let all of them be removed. Set "
            "replace=true to delete it and make a new one without, which cuts connections for a while."
        )
    return ""


def _differs(option: str, have: t.Any, wanted: t.Any) -> bool:
    if option == "private_dns_specified_domains":
        return not private_domains.same_domains(have, wanted)
    return bool(have != wanted)


def _delete(actual: Actual, after: str = "") -> Change:
    params, gone = {IDENTIFIER: actual.id}, ("ResourceNotFoundException",)
    return Change(DELETE, params, f"delete association {actual.id}", after, settled_by=gone)


def _gone(actual: Actual) -> str:
    return f"association {actual.id} to be gone"


def _active(actual: Actual) -> str:
    return f"association {actual.id} to be active"


def _settings(row: Raw) -> dict[str, t.Any]:
    """What an association has, in the words of the options."""
    dns = row.get("dnsOptions") or {}
    shown: dict[str, t.Any] = {
        "security_group_ids": sorted(row.get("securityGroupIds") or []),
        "private_dns_enabled": bool(row.get("privateDnsEnabled")),
    }
    if dns:
        shown["private_dns_preference"] = dns.get("privateDnsPreference")
        shown["private_dns_specified_domains"] = sorted(dns.get("privateDnsSpecifiedDomains") or [])
    return shown


def _shown(actual: Actual) -> dict[str, t.Any]:
    """The association for the diff."""
    shown = _settings(actual.row or {})
    return shown if actual.tags is None else {**shown, "tags": actual.tags}


def _wanted(item: VpcAssociation) -> dict[str, t.Any]:
    """The options that are set, beside tags, as C(_settings) shows them."""
    domains = item.dns_options.get("privateDnsSpecifiedDomains")
    wanted = {
        "security_group_ids": None if item.security_group_ids is None else sorted(set(item.security_group_ids)),
        "private_dns_enabled": item.private_dns_enabled,
        "private_dns_preference": item.private_dns_preference,
        "private_dns_specified_domains": None if domains is None else sorted(domains),
    }
    return {option: value for option, value in wanted.items() if value is not None}


def as_result(row: Raw | None, tags: t.Mapping[str, str] | None = None) -> dict[str, t.Any]:
    """An association as modules return it; all empty for none."""
    row = row or {}
    result = {
        "vpc_association_id": row.get("id") or "",
        "arn": row.get("arn") or "",
        "status": row.get("status") or "absent",
        "service_network_id": row.get("serviceNetworkId") or "",
        "vpc_id": row.get("vpcId") or "",
        "private_dns_preference": "",
        "private_dns_specified_domains": [],
        **_settings(row),
        "failure_code": row.get("failureCode") or "",
        "failure_reason": row.get("failureMessage") or "",
    }
    return result if tags is None else {**result, "tags": dict(tags)}
