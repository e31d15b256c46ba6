# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations to resource shares, as their receiver sees and answers them."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ram import resources as ram
from tests.sandbox.aws.ram.resources import Invitation, ResourceShare, listed
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.paging import cut
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import GONE, Life, World


@operation("ram", "GetResourceShareInvitations")
def describe(call: Call, world: World) -> dict[str, Any]:
    """The first page is empty but has a token, as RAM may answer: whoever stops there finds no invitation."""
    params, moment = call.params, clock.now()
    seen = [
        invitation for invitation in world.all(Invitation, call.account, call.region) if invitation.seen_from <= moment
    ]
    for arn in params.get("resourceShareInvitationArns") or []:
        ram.check_arn(arn, "resource-share-invitation")
        if arn not in [invitation.key for invitation in seen]:
            raise _unknown(arn)
    seen = [
        invitation
        for invitation in seen
        if invitation.key in (params.get("resourceShareInvitationArns") or [invitation.key])
        and invitation.share_arn in (params.get("resourceShareArns") or [invitation.share_arn])
    ]
    if seen and not params.get("nextToken"):
        return {"resourceShareInvitations": [], "nextToken": cut([0, 0], 0, None)[1]}
    found, token = ram.page(call, seen)
    return {"resourceShareInvitations": [_described(invitation) for invitation in found], "nextToken": token}


@operation("ram", "AcceptResourceShareInvitation")
def accept(call: Call, world: World) -> dict[str, Any]:
    invitation = _pending(call, world)
    invitation.life = world.life("share_invitation", "ACCEPTED", GONE)
    share = world.find(ResourceShare, invitation.share_arn)
    if share is not None:
        principal = share.associations[invitation.principal]
        principal.life = world.life("share_association", "ASSOCIATING", "ASSOCIATED")
        principal.seen_from = clock.now() + world.lag("resource_share.unseen")
    return {"resourceShareInvitation": _described(invitation), "clientToken": call.params.get("clientToken")}


@operation("ram", "RejectResourceShareInvitation")
def reject(call: Call, world: World) -> dict[str, Any]:
    invitation = _pending(call, world)
    invitation.life = world.life("share_invitation", "REJECTED", GONE)
    share = world.find(ResourceShare, invitation.share_arn)
    if share is not None:
        share.associations[invitation.principal].life = Life([("FAILED", 0.0)])
    return {"resourceShareInvitation": _described(invitation), "clientToken": call.params.get("clientToken")}


@operation("ram", "ListPendingInvitationResources")
def resources(call: Call, world: World) -> dict[str, Any]:
    invitation = _invitation(call, world)
    _check_open(invitation, accepted=None)
    share = world.find(ResourceShare, invitation.share_arn)
    found, token = ram.page(call, listed(share) if share else [])
    return {"resources": found, "nextToken": token}


def _pending(call: Call, world: World) -> Invitation:
    invitation = _invitation(call, world)
    _check_open(invitation, accepted="ResourceShareInvitationAlreadyAcceptedException")
    return invitation


def _check_open(invitation: Invitation, accepted: str | None) -> None:
    codes = {
        "ACCEPTED": accepted,
        "REJECTED": "ResourceShareInvitationAlreadyRejectedException",
        "EXPIRED": "ResourceShareInvitationExpiredException",
    }
    code = codes.get(invitation.state)
    if code:
        raise AwsError(code, f"ResourceShareInvitation {invitation.key} is already {invitation.state.lower()}.")


def _invitation(call: Call, world: World) -> Invitation:
    arn = str(call.params["resourceShareInvitationArn"])
    ram.check_arn(arn, "resource-share-invitation")
    invitation = world.find(Invitation, arn, call.account, call.region)
    if invitation is None or invitation.seen_from > clock.now():
        raise _unknown(arn)
    return invitation


def _unknown(arn: str) -> AwsError:
    message = f"ResourceShareInvitation {arn} could not be found"
    return AwsError("ResourceShareInvitationArnNotFoundException", message)


def _described(invitation: Invitation) -> dict[str, Any]:
    return {
        "resourceShareInvitationArn": invitation.key,
        "resourceShareName": invitation.share_name,
        "resourceShareArn": invitation.share_arn,
        "senderAccountId": invitation.sender,
        "receiverAccountId": invitation.account,
        "receiverArn": f"arn:{partition(invitation.region)}:iam::{invitation.account}:root"
        if invitation.principal == invitation.account
        else invitation.principal,
        "invitationTimestamp": invitation.created_at,
        "status": invitation.state,
    }
