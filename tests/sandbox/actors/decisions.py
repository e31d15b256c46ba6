# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS would decide and a test decides here: states, failures, organizations. See docs/sandbox.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.aws.autoscaling.resources import InstanceRefresh
from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.aws.kafka.resources import Operation as MskOperation
from tests.sandbox.aws.ram.resources import Invitation
from tests.sandbox.aws.vpc_lattice.resources import (
    ResourceAssociation,
    ResourceConfiguration,
    ResourceGateway,
    VpcAssociation,
)
from tests.sandbox.core.world import GONE, Life, Outcome, R

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

DECIDED = (
    VpcEndpoint,
    InstanceRefresh,
    ResourceGateway,
    ResourceConfiguration,
    ResourceAssociation,
    VpcAssociation,
    MskOperation,
)
KINDS = tuple(kind.KIND for kind in DECIDED)


def known(sandbox: Sandbox, kind: type[R], key: str) -> R:
    """The resource of that id. Raises ValueError if there is none."""
    resource = sandbox.world.find(kind, key)
    if resource is None:
        raise ValueError(f"no {kind.KIND} {key}")
    return resource


def arm(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Let the next resources of a kind end in a state, with AWS's code and reason."""
    outcome = Outcome(**body)
    if outcome.kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {outcome.kind}")
    with sandbox.world.lock:
        sandbox.world.outcomes.append(outcome)
    return {}


def endpoint_state(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Put an endpoint and its connection into a state such as ``failed`` or ``expired``.

    With ``resource_configuration_id`` it is one of the resources behind the endpoint that becomes inaccessible.
    """
    why = (body.get("code", "ServiceUnavailable"), body.get("reason", "failed"))
    with sandbox.world.lock:
        endpoint = known(sandbox, VpcEndpoint, body["vpc_endpoint_id"])
        if "resource_configuration_id" in body:
            endpoint.inaccessible[body["resource_configuration_id"]] = why
        else:
            endpoint.life, endpoint.failure = Life([(body["state"], 0.0)]), why
    return {}


def association_state(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Put an association of a service network (``snra-``, ``snva-``) into a state, or let AWS manage it."""
    with sandbox.world.lock:
        association: ResourceAssociation | VpcAssociation = (
            known(sandbox, ResourceAssociation, body["id"])
            if body["id"].startswith("snra-")
            else known(sandbox, VpcAssociation, body["id"])
        )
        if "state" in body:
            association.life = Life([(body["state"], 0.0)])
            association.failure = Outcome(
                association.KIND, body["state"], code=body.get("code"), reason=body.get("reason")
            )
        if isinstance(association, ResourceAssociation):
            association.managed = bool(body.get("managed", association.managed))
    return {}


def invitation_state(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Put the invitations to a share, or only those of one ``account``, into a state; ``purged`` removes them."""
    state = GONE if body["state"] == "purged" else body["state"]
    with sandbox.world.lock:
        found = [
            invitation
            for invitation in sandbox.world.all(Invitation)
            if invitation.share_arn == body["resource_share_arn"] and body.get("account") in (None, invitation.account)
        ]
        for invitation in found:
            invitation.life = Life([(state, 0.0)])
    return {"invitations": [invitation.key for invitation in found]}


def organization(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Let accounts be one AWS organization that shares without invitations."""
    with sandbox.world.lock:
        sandbox.world.organizations.update(dict.fromkeys(body["accounts"], body.get("id", "o-sandbox0001")))
    return {}
