# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource shares: their owner makes, fills, empties and deletes them; their consumers see and leave them."""

from __future__ import annotations

import uuid
from typing import Any

from tests.sandbox.aws.ram import resources as ram
from tests.sandbox.aws.ram.resources import ORGANIZATION, Invitation, ResourceShare, ShareAssociation, listed
from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.client_tokens import once
from tests.sandbox.core.operations import operation
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import GONE, Life, World


@operation("ram", "CreateResourceShare")
def create(call: Call, world: World) -> dict[str, Any]:
    return once(call, world, lambda: _created(call, world), "clientToken", "IdempotentParameterMismatchException")


@operation("ram", "AssociateResourceShare")
def associate(call: Call, world: World) -> dict[str, Any]:
    share = ram.own_share(call, world)
    added = _add(share, call, world)
    return {"resourceShareAssociations": [ram.described_association(share, association) for association in added]}


@operation("ram", "DisassociateResourceShare")
def disassociate(call: Call, world: World) -> dict[str, Any]:
    """The owner takes resources and principals out; a consumer takes itself out."""
    arn = str(call.params["resourceShareArn"])
    ram.check_arn(arn, "resource-share")
    share = world.find(ResourceShare, arn, region=call.region)
    if share is None or share.state in ("DELETING", "DELETED"):
        raise AwsError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    entities = [*(call.params.get("resourceArns") or []), *(call.params.get("principals") or [])]
    if share.account != call.account:
        _check_leave(share, entities, call, world)
    present = {
        association.entity: association for kind in ("PRINCIPAL", "RESOURCE") for association in share.members(kind)
    }
    for entity in entities:
        if entity not in present:
            raise AwsError("UnknownResourceException", f"{entity} is not associated with {arn}")
    for entity in entities:
        present[entity].life = world.life("share_association", "DISASSOCIATING", "DISASSOCIATED")
        present[entity].seen_from = None
        _withdraw(share, entity, world)
    return {"resourceShareAssociations": [ram.described_association(share, present[entity]) for entity in entities]}


@operation("ram", "DeleteResourceShare")
def delete(call: Call, world: World) -> dict[str, Any]:
    share = ram.own_share(call, world)
    if share.state != "DELETING":
        share.life = world.life("resource_share", "DELETING", "DELETED", GONE)
        for association in share.members("PRINCIPAL"):
            _withdraw(share, association.entity, world)
        for association in share.associations.values():
            association.life = world.life("share_association", "DISASSOCIATING", "DISASSOCIATED")
    return {"returnValue": True}


@operation("ram", "GetResourceShares")
def describe(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    shares = _seen(call, world)
    for arn in params.get("resourceShareArns") or []:
        ram.check_arn(arn, "resource-share")
        if arn not in [share.key for share in shares]:
            raise AwsError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    shares = [
        share
        for share in shares
        if share.key in (params.get("resourceShareArns") or [share.key])
        and params.get("name") in (None, share.name)
        and params.get("resourceShareStatus") in (None, share.state)
        and all(share.tags.get(f["tagKey"]) in (f.get("tagValues") or []) for f in params.get("tagFilters") or [])
    ]
    found, token = ram.page(call, shares)
    return {"resourceShares": [_described(share) for share in found], "nextToken": token}


@operation("ram", "GetResourceShareAssociations")
def associations(call: Call, world: World) -> dict[str, Any]:
    """Only of the caller's own shares, as the API page says."""
    params = call.params
    for arn in params.get("resourceShareArns") or []:
        ram.check_arn(arn, "resource-share")
        if world.find(ResourceShare, arn, call.account, call.region) is None:
            raise AwsError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    entity = params.get("principal") or params.get("resourceArn")
    rows = [
        ram.described_association(share, association)
        for share in world.all(ResourceShare, call.account, call.region)
        if share.key in (params.get("resourceShareArns") or [share.key])
        for association in share.associations.values()
        if association.kind == params["associationType"] and entity in (None, association.entity)
    ]
    rows = [row for row in rows if params.get("associationStatus") in (None, row["status"])]
    found, token = ram.page(call, rows)
    return {"resourceShareAssociations": found, "nextToken": token}


@operation("ram", "ListResources")
def resources(call: Call, world: World) -> dict[str, Any]:
    params, own = call.params, call.params["resourceOwner"] == "SELF"
    kind = params.get("resourceType")
    if kind is not None and kind not in ram.SHAREABLE.values():
        raise AwsError("InvalidResourceTypeException", f"The resource type {kind} is not valid.")
    usable = None if own else ram.shared_arns(call.account, call.region, world)
    rows = [
        row
        for share in _seen(call, world)
        if share.key in (params.get("resourceShareArns") or [share.key]) and share.state == "ACTIVE"
        for row in listed(share)
        if kind in (None, row["type"])
        and row["arn"] in (params.get("resourceArns") or [row["arn"]])
        and (usable is None or row["arn"] in usable)
    ]
    found, token = ram.page(call, rows)
    return {"resources": found, "nextToken": token}


def _created(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    share = ResourceShare(
        key=f"arn:{partition(call.region)}:ram:{call.region}:{call.account}:resource-share/{uuid.uuid4()}",
        account=call.account,
        region=call.region,
        life=world.life("resource_share", "PENDING", "ACTIVE"),
        tags={tag["key"]: tag.get("value", "") for tag in params.get("tags") or []},
        name=params["name"],
        allow_external=params.get("allowExternalPrincipals", True),
    )
    _add(share, call, world)
    world.add(share)
    return {"resourceShare": _described(share), "clientToken": params.get("clientToken")}


def _add(share: ResourceShare, call: Call, world: World) -> list[ShareAssociation]:
    """Associate the resources and principals that the call names; all are checked before any is added."""
    arns, principals = call.params.get("resourceArns") or [], call.params.get("principals") or []
    for arn in arns:
        lattice.check_shareable(arn, call, world)
    for principal in principals:
        _check_principal(share, principal, world)
    life = world.life("share_association", "ASSOCIATING", "ASSOCIATED")
    members = [association for kind in ("PRINCIPAL", "RESOURCE") for association in share.members(kind)]
    present = {association.entity for association in members if association.life.state != "DISASSOCIATING"}
    added = [ShareAssociation(entity=arn, kind="RESOURCE", life=life) for arn in arns if arn not in present]
    added += [_principal(share, principal, world) for principal in principals if principal not in present]
    share.associations.update({association.entity: association for association in added})
    return added


def _check_principal(share: ResourceShare, principal: str, world: World) -> None:
    account, organization = _account(principal), ORGANIZATION.fullmatch(principal)
    if account is None and organization is None and not principal.endswith(".amazonaws.com"):
        raise AwsError("InvalidParameterException", f"Principal ID {principal} is malformed. Verify the ID.")
    if organization is not None and world.organizations.get(share.account) != organization.group(1):
        raise AwsError("UnknownResourceException", f"Organization {organization.group(1)} could not be found.")
    inside = account is None or account == share.account or ram.same_organization(account, share.account, world)
    if not inside and not share.allow_external:
        message = f"Principal {principal} is external to your organization, which the resource share does not allow."
        raise AwsError("OperationNotPermittedException", message)


def _account(principal: str) -> str | None:
    match = ram.ACCOUNT.fullmatch(principal)
    return (match.group(1) or principal) if match else None


def _principal(share: ResourceShare, principal: str, world: World) -> ShareAssociation:
    """Inside an organization, and for principals that are no account, there is no invitation."""
    account = _account(principal)
    external = account is not None and not ram.same_organization(account, share.account, world)
    if not external or account is None:
        life, seen = world.life("share_association", "ASSOCIATING", "ASSOCIATED"), world.lag("resource_share.unseen")
        return ShareAssociation(entity=principal, kind="PRINCIPAL", life=life, seen_from=clock.now() + seen)
    world.add(
        Invitation(
            key=share.key.replace(":resource-share/", ":resource-share-invitation/")[:-36] + str(uuid.uuid4()),
            account=account,
            region=share.region,
            life=world.life("share_invitation", "PENDING", "EXPIRED", GONE),
            share_arn=share.key,
            share_name=share.name,
            sender=share.account,
            principal=principal,
            seen_from=clock.now() + world.lag("share_invitation.unseen"),
        )
    )
    return ShareAssociation(entity=principal, kind="PRINCIPAL", life=Life([("ASSOCIATING", 0.0)]), external=True)


def _withdraw(share: ResourceShare, principal: str, world: World) -> None:
    """An invitation that nobody has answered ends with its principal."""
    for invitation in world.all(Invitation, region=share.region):
        unanswered = invitation.state == "PENDING"
        if (invitation.share_arn, invitation.principal) == (share.key, principal) and unanswered:
            world.remove(invitation)


def _check_leave(share: ResourceShare, entities: list[str], call: Call, world: World) -> None:
    if ram.visible_from(share, call.account, world) is None:
        raise AwsError("UnknownResourceException", f"ResourceShare {share.key} could not be found.")
    inside = ram.same_organization(call.account, share.account, world)
    if inside or any(_account(entity) != call.account for entity in entities):
        message = "You can leave only a resource share of another organization, with your own account as principal."
        raise AwsError("OperationNotPermittedException", message)


def _seen(call: Call, world: World) -> list[ResourceShare]:
    """The shares that the call's resourceOwner covers."""
    if call.params["resourceOwner"] == "SELF":
        return world.all(ResourceShare, call.account, call.region)
    shares = world.all(ResourceShare, region=call.region)
    return [share for share in shares if ram.visible_from(share, call.account, world) is not None]


def _described(share: ResourceShare) -> dict[str, Any]:
    return {
        "resourceShareArn": share.key,
        "name": share.name,
        "owningAccountId": share.account,
        "allowExternalPrincipals": share.allow_external,
        "status": share.state,
        "tags": [{"key": key, "value": value} for key, value in share.tags.items()],
        "creationTime": share.created_at,
        "lastUpdatedTime": share.created_at,
        "featureSet": "STANDARD",
    }
