# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resource shares of other accounts (AWS RAM, consumer side): accept, watch, leave.

This module util is PRIVATE to the collection.

A share is what counts, an invitation is only one way into it: there is none between accounts of one organization, and
an answered one is forgotten after some days. So shares are looked at first, and invitations only for those missing.

A share is not left while something of this account leads to what it holds: whoever made that would lose it.

Source: AWS RAM API Reference, GetResourceShares, GetResourceShareInvitations, AcceptResourceShareInvitation,
ListResources, DisassociateResourceShare (read 2026-11). RAM is regional, and what is new is listed with some delay.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Change, Made, Plan

ACCEPT, LEAVE = "ram:AcceptResourceShareInvitation", "ram:DisassociateResourceShare"
PAGE = 500  # the most that RAM lists in one answer
ENDED = {"REJECTED": "was rejected", "EXPIRED": "has expired"}  # by the status of an invitation
CANNOT_LEAVE = ("OperationNotPermittedException", "UnknownResourceException")
ENDED_USES = ("deleting", "deleted", "failed", "rejected", "expired", "create_failed", "delete_in_progress")
USED_KINDS = (
    ":ResourceConfiguration",
    ":ServiceNetwork",
)  # of shared resources whose use by this account is looked for
OF_RESOURCES = "vpc-lattice:ListServiceNetworkResourceAssociations"
ASSOCIATIONS = {  # the calls that list them, by whether it is a service network, with the option that takes its ARN
    False: ((OF_RESOURCES, "resourceConfigurationIdentifier"),),
    True: (
        (OF_RESOURCES, "serviceNetworkIdentifier"),
        ("vpc-lattice:ListServiceNetworkVpcAssociations", "serviceNetworkIdentifier"),
    ),
}
Raw = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class ResourceShare:
    """One wanted share; the fields are the options of the module of that name.

    The ARN is UNKNOWN in a plan in which the share is yet to be made.
    """

    name: str
    state: Presence = "present"
    resource_share_arn: str | None = None
    owner_account_id: str | None = None
    share_name: str | None = None
    resource_types: list[str] | None = None
    wait_for_share: bool = False
    going: list[str] | None = None

    def __post_init__(self) -> None:
        if not self.resource_share_arn and not (self.owner_account_id and self.share_name):
            raise ItemError("Set resource_share_arn, or owner_account_id and share_name.")
        if self.owner_account_id and not arns.ACCOUNT.fullmatch(self.owner_account_id):
            raise ItemError(f"Not an account id of 12 digits: {self.owner_account_id!r}.")
        if self.resource_share_arn and self.resource_share_arn != UNKNOWN:
            match = arns.RESOURCE_SHARE.fullmatch(self.resource_share_arn)
            if not match:
                raise ItemError(f"Not the ARN of a resource share: {self.resource_share_arn!r}.")
            if self.owner_account_id not in (None, match.group(2)):
                raise ItemError(
                    f"{self.resource_share_arn} is a share of account {match.group(2)}, not of the expected "
                    f"{self.owner_account_id}: refused."
                )

    @property
    def owner(self) -> str:
        """The account that shares."""
        match = arns.RESOURCE_SHARE.fullmatch(self.resource_share_arn or "")
        return self.owner_account_id or (match.group(2) if match else UNKNOWN)

    @property
    def shown(self) -> str:
        """The share in words."""
        return f"share {self.resource_share_arn or self.share_name} of account {self.owner}"

    def means(self, seen: Seen) -> bool:
        """Whether a share is the wanted one. Raises ItemError for one of that ARN that is otherwise not as expected."""
        if not self.resource_share_arn:
            return (self.owner_account_id, self.share_name) == (seen.owner, seen.name)
        if seen.arn != self.resource_share_arn:
            return False
        for what, wanted, actual in (("owned by", self.owner, seen.owner), ("named", self.share_name, seen.name)):
            if wanted not in (None, actual):
                raise ItemError(f"{seen.arn} is {what} {actual!r}, not {wanted!r} as expected: refused.")
        return True

    def resembles(self, seen: Seen) -> bool:
        """Whether a share could be mistaken for the wanted one."""
        return not self.resource_share_arn and (self.owner_account_id == seen.owner) != (self.share_name == seen.name)


@dataclass(frozen=True)
class Seen:
    """A share or an invitation to one: both name the share's ARN, name and owner, each in its own words."""

    arn: str
    name: str
    owner: str
    status: str
    reason: str = ""
    invitation_arn: str = ""

    @classmethod
    def share(cls, raw: Raw) -> Seen:
        return cls(
            arn=str(raw["resourceShareArn"]),
            name=str(raw.get("name", "")),
            owner=str(raw.get("owningAccountId", "")),
            status=str(raw.get("status", "")),
            reason=str(raw.get("statusMessage") or ""),
        )

    @classmethod
    def invitation(cls, raw: Raw) -> Seen:
        return cls(
            arn=str(raw["resourceShareArn"]),
            name=str(raw.get("resourceShareName", "")),
            owner=str(raw.get("senderAccountId", "")),
            status=str(raw.get("status", "")),
            invitation_arn=str(raw["resourceShareInvitationArn"]),
        )

    @property
    def known(self) -> dict[str, str]:
        """What the module returns of it."""
        return {"resource_share_arn": self.arn, "share_name": self.name, "owner_account_id": self.owner}


@dataclass
class Actual:
    """What AWS shows for one wanted share."""

    share: Seen | None = None  # one that this account is in
    invitation: Seen | None = None  # the one that counts, where there is no such share
    resources: t.Sequence[Raw] = ()
    strangers: t.Sequence[Seen] = ()  # open invitations that could be mistaken for the wanted one
    account: str = ""  # our own, where the share is to be left
    accepted: bool = False  # by this run
    left: bool = False  # by this run
    refused: bool = False  # AWS did not let this run leave
    needed_by: t.Sequence[str] = ()  # what of this account leads to what it holds, where it is to be left


class ResourceShares:
    """Reads the shares of all others in one call per 500, and their resources in another."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.account = ""

    def read(self, items: t.Sequence[ResourceShare], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        listed = map(Seen.share, read_shares(self.api))
        shares = [share for share in listed if share.status not in ("DELETING", "DELETED")]
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._find(item, shares, made[item.name])
            except ItemError as error:
                found[item.name] = error
        have = [(item, actual) for item in items if isinstance(actual := found[item.name], Actual)]
        self._add_resources([actual for item, actual in have if actual.share and item.state == "present"])
        found.update(self._add_invitations([pair for pair in have if not pair[1].share]))
        leaving = [actual for item, actual in have if actual.share and item.state == "absent"]
        for actual in leaving:
            self.account = self.account or str(self.api.call("sts:GetCallerIdentity")["Account"])
            actual.account = self.account
        self._add_uses([actual for actual in leaving if not (actual.left or actual.refused)])
        for item, actual in have:
            actual.needed_by = [use for use in actual.needed_by if use not in (item.going or ())]
        return found

    def _find(self, item: ResourceShare, shares: t.Sequence[Seen], made: Made) -> Actual:
        match = arns.RESOURCE_SHARE.fullmatch(item.resource_share_arn or "")
        if match and match.group(1) != self.api.region:
            raise ItemError(
                f"{item.resource_share_arn} is a share of {match.group(1)}, this run is in {self.api.region}: what is "
                "shared can only be used in its own region."
            )
        same = [share for share in shares if item.means(share)]
        if len(same) > 1:
            _refuse_ambiguous(item, same)
        refused = LEAVE in made and not made[LEAVE]  # no answer: an error that settles the matter
        share = same[0] if same else None
        return Actual(share, accepted=ACCEPT in made, left=LEAVE in made and not refused, refused=refused)

    def _add_resources(self, have: t.Sequence[Actual]) -> None:
        """One call for all shares."""
        arns = sorted({actual.share.arn for actual in have if actual.share})
        by_share: dict[str, list[Raw]] = {}
        for resource in read_resources(self.api, arns) if arns else ():
            by_share.setdefault(str(resource.get("resourceShareArn", "")), []).append(resource)
        for actual in have:
            actual.resources = by_share.get(actual.share.arn, []) if actual.share else ()

    def _add_uses(self, leaving: t.Sequence[Actual]) -> None:
        """Endpoints in one call per 1000, associations with service networks in one or two for each resource."""
        self._add_resources(leaving)
        held = {actual.share.arn: _leads_to(actual) for actual in leaving if actual.share}
        if not any(held.values()):
            return
        endpoints = self.api.pages("ec2:DescribeVpcEndpoints", "VpcEndpoints", MaxResults=1000)
        for actual in leaving:
            wanted = held[actual.share.arn] if actual.share else ()
            uses = [
                str(endpoint["VpcEndpointId"])
                for endpoint in endpoints
                if {endpoint.get("ResourceConfigurationArn"), endpoint.get("ServiceNetworkArn")} & {*wanted}
                and _is_used(endpoint["State"])
            ]
            for arn in wanted:
                uses += self._associations(arn)
            actual.needed_by = sorted(uses)

    def _associations(self, arn: str) -> list[str]:
        """Ids of the account's associations with what is shared; those of others there are not its concern."""
        used = []
        for action, option in ASSOCIATIONS[arns.SERVICE_NETWORK.fullmatch(arn) is not None]:
            for row in self.api.pages(action, "items", maxResults=100, **{option: arn}):
                theirs = row.get("createdBy") not in (None, self.account)
                if _is_used(row["status"]) and not row.get("isManagedAssociation") and not theirs:
                    used.append(str(row["id"]))
        return used

    def _add_invitations(self, missing: t.Sequence[tuple[ResourceShare, Actual]]) -> dict[str, ItemError]:
        """One call for all, if any share is missing that is wanted."""
        wanted = [(item, actual) for item, actual in missing if item.state == "present"]
        invitations = [Seen.invitation(row) for row in read_invitations(self.api)] if wanted else []
        pending = [invitation for invitation in invitations if invitation.status == "PENDING"]
        failed = {}
        for item, actual in wanted:
            try:
                actual.invitation = pick(item, invitations)
            except ItemError as error:
                failed[item.name] = error
            actual.strangers = [invitation for invitation in pending if item.resembles(invitation)]
        return failed

    def plan(self, item: ResourceShare, actual: Actual) -> Plan:
        if item.state == "absent":
            return plan_absent(item, actual)
        if actual.share:
            return plan_accepted(item, actual.share, actual.resources)
        return plan_invited(item, actual)


def _leads_to(actual: Actual) -> list[str]:
    """What of a share VPC endpoints, VPCs and service networks lead to."""
    return [str(row["arn"]) for row in actual.resources if str(row.get("type")).endswith(USED_KINDS)]


def _is_used(state: t.Any) -> bool:
    return str(state).lower() not in ENDED_USES


def read_shares(api: Api) -> list[Raw]:
    """Every share of another account that this account is in."""
    return api.pages("ram:GetResourceShares", "resourceShares", resourceOwner="OTHER-ACCOUNTS", maxResults=PAGE)


def read_invitations(api: Api) -> list[Raw]:
    """Every invitation that AWS still remembers, newest first."""
    found = api.pages("ram:GetResourceShareInvitations", "resourceShareInvitations", maxResults=PAGE)
    return sorted(found, key=lambda row: str(row.get("invitationTimestamp", "")), reverse=True)


def read_resources(api: Api, share_arns: t.Sequence[str]) -> list[Raw]:
    """What some shares of other accounts hold."""
    return api.pages(
        "ram:ListResources",
        "resources",
        resourceOwner="OTHER-ACCOUNTS",
        resourceShareArns=list(share_arns),
        maxResults=PAGE,
    )


def resource_as_dict(raw: Raw) -> dict[str, str]:
    return {"arn": str(raw["arn"]), "type": str(raw.get("type", "")), "status": str(raw.get("status") or "AVAILABLE")}


def pick(item: ResourceShare, invitations: t.Sequence[Seen]) -> Seen | None:
    """The invitation that counts: an open one, else one that was accepted, else the latest. ItemError for two open."""
    same = [invitation for invitation in invitations if item.means(invitation)]
    pending = [invitation for invitation in same if invitation.status == "PENDING"]
    if len({invitation.arn for invitation in pending}) > 1:
        _refuse_ambiguous(item, pending)
    accepted = [invitation for invitation in same if invitation.status == "ACCEPTED"]
    return next(iter([*pending, *accepted, *same]), None)


def _known(item: ResourceShare, seen: Seen | None) -> dict[str, str]:
    """What is known of a share, from AWS or else from the options."""
    if seen:
        return seen.known
    arn, name = item.resource_share_arn or "", item.share_name or ""
    return {"resource_share_arn": arn, "share_name": name, "owner_account_id": item.owner}


def _refuse_ambiguous(item: ResourceShare, same: t.Iterable[Seen]) -> t.NoReturn:
    arns = ", ".join(sorted({share.arn for share in same}))
    raise ItemError(
        f"Account {item.owner} has several shares named {item.share_name}: {arns}. Say which one by resource_share_arn."
    )


def plan_accepted(item: ResourceShare, share: Seen, resources: t.Sequence[Raw]) -> Plan:
    """We are in. What it holds must be visible before anything can be built on it."""
    if share.status == "FAILED":
        raise ItemError(f"The {item.shown} has failed: {share.reason.rstrip('.') or 'AWS gives no reason'}.")
    shown = sorted(map(resource_as_dict, resources), key=lambda resource: resource["arn"])
    plan = Plan(before={"status": "accepted"}, after={"status": "accepted"})
    plan.result = {**share.known, "status": "accepted", "resources": shown}
    missing = sorted(set(item.resource_types or []) - {resource["type"] for resource in shown})
    coming = sorted(resource["arn"] for resource in shown if resource["status"] == "PENDING")
    if share.status == "PENDING":
        plan.waiting = f"the {item.shown} to be active"
    elif missing or not shown:
        plan.waiting = f"the {item.shown} to show {' and '.join(missing) or 'its resources'}"
    elif coming:
        plan.waiting = f"{', '.join(coming)} to be available"
    for resource in resources:
        if resource.get("status") not in (None, "AVAILABLE", "PENDING"):
            reason = resource.get("statusMessage") or "AWS gives no reason"
            plan.warnings.append(f"{item.name}: {resource['arn']} is {resource.get('status')}: {reason}")
    return plan


def plan_invited(item: ResourceShare, actual: Actual) -> Plan:
    """Accept an open invitation; where there is none, it is the owner's turn."""
    invitation = actual.invitation
    plan = Plan(before={"status": "waiting"}, after={"status": "waiting"})
    plan.result = {**_known(item, invitation), "status": "waiting", "resources": []}
    plan.warnings = [
        f"{item.name}: left alone, for owner and name are not both as expected: the invitation of account "
        f"{stranger.owner} to its share {stranger.name} ({stranger.arn})"
        for stranger in actual.strangers
    ]
    if item.resource_share_arn == UNKNOWN:
        _plan_accept(plan, item, UNKNOWN, "the share to be made")
    elif actual.accepted:
        plan.after = {"status": "accepted"}
        plan.result["status"], plan.waiting = "accepted", f"the {item.shown} to be listed"
    elif invitation is None:
        plan.waiting, plan.poll = f"account {item.owner} to share {item.share_name or item.resource_share_arn}", False
    elif invitation.status == "PENDING":
        _plan_accept(plan, item, invitation.invitation_arn)
    elif invitation.status == "ACCEPTED":
        plan.poll = False
        plan.waiting = (
            f"the {item.shown} to be listed, for its invitation is accepted; where that was long ago, the account "
            "shares it no longer and has to share it again"
        )
    else:
        how = ENDED.get(invitation.status, f"is {invitation.status}")
        raise ItemError(
            f"The invitation to the {item.shown} {how}. Ask its owner to share again: to remove this account from the "
            "share's principals and add it once more, which makes a new invitation."
        )
    plan.poll = plan.poll or item.wait_for_share
    return plan


def _plan_accept(plan: Plan, item: ResourceShare, invitation_arn: str, after: str = "") -> None:
    params = {"resourceShareInvitationArn": invitation_arn}
    settled = ("ResourceShareInvitationAlreadyAcceptedException",)
    plan.changes = [Change(ACCEPT, params, f"accept the {item.shown}", after, settled)]
    plan.after = {"status": "accepted"}
    plan.result["status"] = "invited"


def plan_absent(item: ResourceShare, actual: Actual) -> Plan:
    """Leave the share. Where AWS does not allow that, only its owner can end it, which is no error of ours."""
    share = actual.share
    if share is None:
        return Plan(result={**_known(item, share), "status": "absent", "resources": []})
    plan = Plan(before={"status": "accepted"}, after={"status": "absent"})
    plan.result = {**share.known, "status": "accepted", "resources": []}
    if actual.refused:
        plan.after = plan.before
        plan.warnings = [
            f"AWS does not let this account leave the share {share.arn}, as within an organization or where more than "
            f"this account was shared with. Ask account {share.owner} to remove this account from its principals."
        ]
    elif actual.needed_by:
        plan.after = plan.before
        plan.result["needed_by"] = list(actual.needed_by)
        plan.warnings = [
            f"The share {share.arn} was not left, for {' and '.join(actual.needed_by)} would stop working. Delete what "
            "is not needed any more, and run again."
        ]
    elif actual.left:
        plan.waiting = f"this account to be out of share {share.arn}"
    else:
        params = {"resourceShareArn": share.arn, "principals": [actual.account]}
        plan.changes = [Change(LEAVE, params, f"leave share {share.arn}", settled_by=CANNOT_LEAVE)]
    return plan
