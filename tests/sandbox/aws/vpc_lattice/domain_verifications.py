# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domain verifications of VPC Lattice: the proof that an account owns a domain."""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.vpc_lattice import resources as lattice
from tests.sandbox.aws.vpc_lattice.resources import (
    DomainVerification,
)
from tests.sandbox.core.calls import Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World, hex_id


@operation("vpc-lattice", "StartDomainVerification")
def start(call: Call, world: World) -> dict[str, Any]:
    def make() -> dict[str, Any]:
        verification = DomainVerification(
            key=hex_id("dv-"),
            account=call.account,
            region=call.region,
            life=world.life("domain_verification", "PENDING", "VERIFIED"),
            tags=dict(call.params.get("tags") or {}),
            domain=call.params["domainName"],
        )
        world.add(verification)
        return _described(verification)

    return lattice.create(call, world, make)


@operation("vpc-lattice", "GetDomainVerification")
def get(call: Call, world: World) -> dict[str, Any]:
    verification = lattice.own(DomainVerification, call.params["domainVerificationIdentifier"], call, world)
    return {**_described(verification), "createdAt": verification.created_at, "tags": verification.tags}


@operation("vpc-lattice", "ListDomainVerifications")
def describe(call: Call, world: World) -> dict[str, Any]:
    found, token = lattice.page(call, world.all(DomainVerification, call.account, call.region))
    items = [
        {**_described(verification), "createdAt": verification.created_at, "tags": verification.tags}
        for verification in found
    ]
    return {"items": items, "nextToken": token}


@operation("vpc-lattice", "DeleteDomainVerification")
def delete(call: Call, world: World) -> dict[str, Any]:
    world.remove(lattice.own(DomainVerification, call.params["domainVerificationIdentifier"], call, world))
    return {}


def _described(verification: DomainVerification) -> dict[str, Any]:
    return {
        "id": verification.key,
        "arn": verification.arn,
        "domainName": verification.domain,
        "status": verification.state,
        "txtMethodConfig": {
            "name": f"_{verification.key[-12:]}.{verification.domain}",
            "value": f"vpc-lattice:{verification.key}",
        },
    }
