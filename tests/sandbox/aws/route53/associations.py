# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VPCs that private zones answer in, and the zones of a VPC.

Sources: Amazon Route 53 API Reference, AssociateVPCWithHostedZone, DisassociateVPCFromHostedZone,
CreateVPCAssociationAuthorization, ListHostedZonesByVPC (read 2026-11). Messages: terraform-provider-confluent 395; the
refusal to list another account's VPC: terraform-provider-aws, internal/service/route53/zone_association_test.go.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.route53.resources import HostedZone, Place, check_free, get_zone, owner_of, place, submitted
from tests.sandbox.core import paging
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import World


@operation("route53", "AssociateVPCWithHostedZone")
def associate(call: Call, world: World) -> dict[str, Any]:
    zone, vpc, owner = _asked(call, world)
    if not zone.private:
        message = f"Attempting to associate public zone: {zone.key} with vpc: {vpc[1]}"
        raise AwsError("PublicZoneVPCAssociation", message, 400)
    if call.account != owner or (owner != zone.account and vpc not in zone.authorized):
        message = f"The VPC: {vpc[1]} has not authorized to associate with your hosted zone."
        raise AwsError("NotAuthorizedException", message, 401)
    check_free(world, zone.name, vpc, zone)
    zone.vpcs[vpc] = owner
    return {"ChangeInfo": submitted(call, world)}


@operation("route53", "DisassociateVPCFromHostedZone")
def disassociate(call: Call, world: World) -> dict[str, Any]:
    zone, vpc, dummy = _asked(call, world)
    if vpc not in zone.vpcs:
        message = f"The VPC: {vpc[1]} and hosted zone: {zone.key} are not currently associated."
        raise AwsError("VPCAssociationNotFound", message, 404)
    if len(zone.vpcs) == 1:
        message = f"Cannot remove last VPC association for the private zone {zone.key}"
        raise AwsError("LastVPCAssociation", message, 400)
    del zone.vpcs[vpc]
    return {"ChangeInfo": submitted(call, world)}


@operation("route53", "CreateVPCAssociationAuthorization")
def authorize(call: Call, world: World) -> dict[str, Any]:
    zone, vpc = get_zone(call, world, call.params["HostedZoneId"]), call.params["VPC"]
    owner_of(vpc, call)
    zone.authorized.add((vpc["VPCRegion"], vpc["VPCId"]))
    return {"HostedZoneId": zone.key, "VPC": dict(vpc)}


@operation("route53", "ListHostedZonesByVPC")
def list_by_vpc(call: Call, world: World) -> dict[str, Any]:
    vpc = {"VPCRegion": call.params["VPCRegion"], "VPCId": call.params["VPCId"]}
    if owner_of(vpc, call) != call.account:
        raise AwsError("AccessDenied", f"The VPC {vpc['VPCId']} is not owned by you.", 403)
    here = [zone for zone in world.all(HostedZone) if (vpc["VPCRegion"], vpc["VPCId"]) in zone.vpcs]
    size = min(100, int(call.params.get("MaxItems") or 100))
    try:
        page, token = paging.cut(sorted(here, key=lambda zone: zone.key), size, call.params.get("NextToken"))
    except ValueError as error:
        raise AwsError("InvalidPaginationToken", "The pagination token is invalid.", 400) from error
    found = []
    for zone in page:
        owner = {"OwningService": zone.service} if zone.service else {"OwningAccount": zone.account}
        found.append({"HostedZoneId": zone.key, "Name": zone.name, "Owner": owner})
    return {"HostedZoneSummaries": found, "MaxItems": str(size), **({"NextToken": token} if token else {})}


def _asked(call: Call, world: World) -> tuple[HostedZone, Place, str]:
    """The zone of a call, the VPC and its account. The account of the VPC may name a zone of another one."""
    vpc = call.params["VPC"]
    where, zone_id = (vpc.get("VPCRegion") or "", vpc.get("VPCId") or ""), call.params["HostedZoneId"]
    zone = world.find(HostedZone, zone_id.rpartition("/")[2], region=place(call))
    if zone is None or (zone.account != call.account and where not in {*zone.vpcs, *zone.authorized}):
        raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", 404)
    return zone, where, owner_of(vpc, call)
