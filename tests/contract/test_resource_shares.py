# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource shares and invitations, as their owner and their consumer see them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conftest import Share, refused

OTHERS = {"resourceOwner": "OTHER-ACCOUNTS"}


def seen(share: Share) -> list[str]:
    """The shares of others that the consumer sees."""
    return [item["resourceShareArn"] for item in share.ram().get_resource_shares(**OTHERS)["resourceShares"]]


def principal(share: Share) -> str:
    """The status of the consumer among the share's principals."""
    of = {"associationType": "PRINCIPAL", "resourceShareArns": [share.arn]}
    rows = share.ram(share.owner).get_resource_share_associations(**of)["resourceShareAssociations"]
    return next(str(row["status"]) for row in rows if row["associatedEntity"] == share.consumer)


def test_from_invitation_to_resources_and_leaving(share: Share) -> None:
    invitation = share.sandbox.eventually(share.invitations, bool)[0]
    assert (invitation["senderAccountId"], invitation["receiverAccountId"]) == (share.owner, share.consumer)
    assert (invitation["status"], invitation["resourceShareName"]) == ("PENDING", "redis-share")
    assert (seen(share), principal(share)) == ([], "ASSOCIATING")
    pending = {"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]}
    offered = share.sandbox.eventually(
        lambda: share.ram().list_pending_invitation_resources(**pending)["resources"], bool
    )
    assert [resource["arn"] for resource in offered] == [share.group["arn"]]
    accepted = share.ram().accept_resource_share_invitation(**pending)["resourceShareInvitation"]
    assert accepted["status"] == "ACCEPTED"
    with refused("ResourceShareInvitationAlreadyAcceptedException"):
        share.ram().accept_resource_share_invitation(**pending)
    share.sandbox.eventually(lambda: seen(share), lambda arns: arns == [share.arn])
    resources = share.sandbox.eventually(lambda: share.ram().list_resources(**OTHERS)["resources"], bool)
    assert resources[0]["type"] == "vpc-lattice:ResourceConfiguration"
    share.sandbox.eventually(lambda: principal(share), "ASSOCIATED".__eq__)
    share.ram().disassociate_resource_share(resourceShareArn=share.arn, principals=[share.consumer])
    assert (seen(share), share.ram().list_resources(**OTHERS)["resources"]) == ([], [])
    share.sandbox.eventually(lambda: principal(share), "DISASSOCIATED".__eq__)
    with refused("UnknownResourceException"):
        share.ram().disassociate_resource_share(resourceShareArn=share.arn, principals=[share.consumer])


def test_the_first_page_of_invitations_is_empty(share: Share) -> None:
    share.sandbox.eventually(share.invitations, bool)
    first = share.ram().get_resource_share_invitations()
    assert first["resourceShareInvitations"] == []
    rest = share.ram().get_resource_share_invitations(nextToken=first["nextToken"])
    assert [invitation["resourceShareArn"] for invitation in rest["resourceShareInvitations"]] == [share.arn]
    assert "nextToken" not in rest


def test_states_last_as_told(share: Share) -> None:
    names = ("share_invitation.unseen", "resource_share.unseen", "shared_resource.unseen")
    share.sandbox.lag(**dict.fromkeys(names, 0.4))
    try:
        share.ram(share.owner).disassociate_resource_share(resourceShareArn=share.arn, principals=[share.consumer])
        share.ram(share.owner).associate_resource_share(resourceShareArn=share.arn, principals=[share.consumer])
        assert share.invitations() == []
        invitation = share.sandbox.eventually(share.invitations, bool)[0]["resourceShareInvitationArn"]
        share.ram().accept_resource_share_invitation(resourceShareInvitationArn=invitation)
        assert seen(share) == []
        share.sandbox.eventually(lambda: seen(share), bool)
        assert share.ram().list_resources(**OTHERS)["resources"] == []
        share.sandbox.eventually(lambda: share.ram().list_resources(**OTHERS)["resources"], bool)
    finally:
        share.sandbox.lag(**dict.fromkeys(names, 0.1))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("REJECTED", "ResourceShareInvitationAlreadyRejectedException"),
        ("EXPIRED", "ResourceShareInvitationExpiredException"),
        ("purged", "ResourceShareInvitationArnNotFoundException"),
    ],
)
def test_invitations_that_cannot_be_accepted(share: Share, state: str, code: str) -> None:
    invitation = share.sandbox.eventually(share.invitations, bool)[0]["resourceShareInvitationArn"]
    share.sandbox.invitation_state(share.arn, state)
    with refused(code):
        share.ram().accept_resource_share_invitation(resourceShareInvitationArn=invitation)


def test_a_rejected_share_is_not_seen(share: Share) -> None:
    invitation = share.sandbox.eventually(share.invitations, bool)[0]["resourceShareInvitationArn"]
    share.ram().reject_resource_share_invitation(resourceShareInvitationArn=invitation)
    assert ([invitation["status"] for invitation in share.invitations()], principal(share)) == (["REJECTED"], "FAILED")
    assert seen(share) == []


def test_an_organization_needs_no_invitation(share: Share) -> None:
    member = f"6{share.consumer[1:]}"
    share.sandbox.organization(share.owner, member)
    ram = share.ram(share.owner)
    organization = f"arn:aws:organizations::{share.owner}:organization/o-sandbox0001"
    ram.associate_resource_share(resourceShareArn=share.arn, principals=[organization])
    listed = share.ram(member).get_resource_shares
    share.sandbox.eventually(lambda: listed(**OTHERS)["resourceShares"], bool)
    assert share.ram(member).get_resource_share_invitations()["resourceShareInvitations"] == []
    with refused("OperationNotPermittedException"):
        share.ram(member).disassociate_resource_share(resourceShareArn=share.arn, principals=[member])
    foreign = organization.replace("o-sandbox0001", "o-foreign00001")
    with refused("UnknownResourceException"):
        ram.associate_resource_share(resourceShareArn=share.arn, principals=[foreign])


def test_a_role_stands_for_its_account(share: Share) -> None:
    role = "arn:aws:iam::555555555555:role/apps"
    share.ram(share.owner).associate_resource_share(resourceShareArn=share.arn, principals=[role])
    pages = share.ram("555555555555").get_paginator("get_resource_share_invitations")
    found = share.sandbox.eventually(
        lambda: [
            invitation
            for page in pages.paginate(resourceShareArns=[share.arn])
            for invitation in page["resourceShareInvitations"]
        ],
        bool,
    )
    assert found[0]["receiverArn"] == role


def test_what_the_owner_is_refused(share: Share) -> None:
    ram = share.ram(share.owner)

    def create(**options: Any) -> None:
        ram.create_resource_share(name="other", **options)

    with refused("MalformedArnException"):
        create(resourceArns=["arn:aws:s3:::bucket"])
    with refused("UnknownResourceException"):
        create(resourceArns=[share.group["arn"][:-1] + "z"])
    with refused("InvalidParameterException", naming="Share the group"):
        create(resourceArns=[share.children[0]["arn"]])
    with refused("InvalidParameterException"):
        create(principals=["nobody"])
    with refused("OperationNotPermittedException"):
        create(principals=["555555555555"], allowExternalPrincipals=False)
    with refused("MalformedArnException"):
        ram.delete_resource_share(resourceShareArn="arn:aws:ram:us-east-1:1:resource-share/1")
    with refused("InvalidNextTokenException"):
        ram.get_resource_shares(resourceOwner="SELF", nextToken="?")
    with refused("InvalidResourceTypeException"):
        ram.list_resources(resourceOwner="SELF", resourceType="ec2:Subnet")


def test_strangers_learn_nothing(share: Share) -> None:
    stranger = share.ram("666666666666")
    with refused("UnknownResourceException"):
        stranger.get_resource_shares(**OTHERS, resourceShareArns=[share.arn])
    with refused("UnknownResourceException"):
        stranger.delete_resource_share(resourceShareArn=share.arn)
    with refused("UnknownResourceException"):
        stranger.get_resource_share_associations(associationType="PRINCIPAL", resourceShareArns=[share.arn])
    share.sandbox.eventually(share.invitations, bool)
    assert stranger.get_resource_share_invitations(resourceShareArns=[share.arn])["resourceShareInvitations"] == []


def test_a_deleted_share_lingers_at_its_owner(share: Share) -> None:
    share.accept()
    assert share.ram(share.owner).delete_resource_share(resourceShareArn=share.arn)["returnValue"] is True
    assert seen(share) == []
    owned = share.ram(share.owner).get_resource_shares
    share.sandbox.eventually(lambda: owned(resourceOwner="SELF")["resourceShares"][0]["status"], "DELETED".__eq__)
    assert owned(resourceOwner="SELF", resourceShareStatus="ACTIVE")["resourceShares"] == []
    with refused("UnknownResourceException"):
        share.ram(share.owner).associate_resource_share(resourceShareArn=share.arn, principals=["555555555555"])
