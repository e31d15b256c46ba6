# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Databricks does in AWS, from accounts of its own: its endpoint services, and the endpoints of its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import (
    SERVICE_DIRECT_ZONES,
    Region,
    Shard,
)

from tests.sandbox.actors import vendor
from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import EndpointService, VpcEndpoint
from tests.sandbox.aws.s3.resources import bucket_named, source_endpoints
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError
from tests.sandbox.core.world import Life, World, hex_id

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

CITY_OF_US_WEST_1 = "ncalifornia"  # seen in public repositories alone
USES = ("workspace", "scc_relay", "service_direct")


def publish(world: World, shard: Shard) -> None:
    """Make the endpoint services of a shard in all its regions, unless they are there. They were made long ago."""
    for name, region in shard.regions.items():
        zones = moto_ec2.zones(shard.account, name)
        for use in USES:
            key = getattr(region, use)
            if not key or world.find(EndpointService, key) is not None:
                continue
            limited = SERVICE_DIRECT_ZONES.get(name) if use == "service_direct" else None
            world.add(
                EndpointService(
                    key=key,
                    account=shard.account,
                    region=name,
                    life=Life([("Available", 0.0)]),
                    load_balancer_arns=[],
                    zones=sorted(zone for zone, zone_id in zones.items() if limited is None or zone_id in limited),
                    acceptance_required=True,
                    ip_address_types=["ipv4"],
                    private_dns_name=_private_name(use, name, region, shard),
                    private_dns=Life([("verified", 0.0)]),
                    regions={name: Life([("Available", 0.0)])},
                    principals={"*": hex_id("vpce-svc-perm-")},
                )
            )


def _private_name(use: str, name: str, region: Region, shard: Shard) -> str:
    """Of the workspaces and the relay as published; that of Service-Direct is a guess."""
    if use == "workspace":
        return f"{region.city or CITY_OF_US_WEST_1}.privatelink.{shard.domain}"
    if use == "scc_relay":
        return f"tunnel.privatelink.{name}.{shard.domain}"
    return f"service-direct.privatelink.{name}.{shard.domain}"


def use_of(shard: Shard, asking: VpcEndpoint) -> str | None:
    """Which of Databricks' services an endpoint leads to; None for any other."""
    region = shard.regions.get(asking.service_region)
    if region is None:
        return None
    return next((use for use in USES if asking.service_id == getattr(region, use)), None)


def accept_later(world: World, asking: VpcEndpoint, lag: str) -> None:
    """Let a waiting connection be accepted after a lag, whoever looks."""
    if asking.state != "pendingAcceptance":
        return
    accepted = clock.now() + world.lag(lag)
    available = accepted + world.lag("vpc_endpoint.pending")
    waits = ("pendingAcceptance", asking.life.began)
    asking.life = Life([waits, ("pending", accepted), ("available", available)])


def endpoint(world: World, endpoint_id: str) -> VpcEndpoint | None:
    return world.find(VpcEndpoint, endpoint_id)


def endpoint_state(world: World, endpoint_id: str) -> str:
    """AWS's word for the state of an endpoint, ``deleted`` when nothing is left of it."""
    found = endpoint(world, endpoint_id)
    return found.state if found else "deleted"


def admitted(world: World, buckets: list[str], endpoint_id: str) -> bool:
    """Whether the policy of each bucket names an endpoint of Databricks' as a source of requests."""
    found = [bucket_named(name, world) for name in buckets]
    return all(bucket is not None and endpoint_id in source_endpoints(bucket) for bucket in found)


def request_connection(sandbox: Sandbox, shard: Shard, region: str, name: str, names: tuple[float, float]) -> str:
    """Ask for a connection to a customer's endpoint service from the serverless account; the answer is the endpoint.

    ``names`` are when the owner first sees the request, and when it is too late to accept it. Raises AwsError where
    there is no such service, or none for the role that Databricks asks with.
    """
    service = next((found for found in sandbox.world.all(EndpointService) if found.name == name), None)
    role = shard.private_connectivity_role(region)
    allowed = {role, "*", f"arn:{shard.partition}:iam::{shard.serverless_account}:root"}
    if service is None or not allowed & set(service.principals):
        raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
    made = vendor.connect(sandbox, name, account=shard.serverless_account, region=region)
    asking = endpoint(sandbox.world, made["VpcEndpointId"])
    if asking is None:
        raise AwsError("InternalFailure", f"no endpoint to {name} was made", 500)
    asking.seen_from, ends = names
    if asking.state == "pendingAcceptance":
        asking.life = Life([("pendingAcceptance", clock.now()), ("expired", ends)])
    return asking.key


def withdraw(sandbox: Sandbox, endpoint_id: str) -> None:
    """Delete an endpoint of Databricks' own, if it is still there."""
    if endpoint_state(sandbox.world, endpoint_id) not in ("deleted", "deleting"):
        vendor.disconnect(sandbox, endpoint_id)
