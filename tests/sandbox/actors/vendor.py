# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's part: requests connections to a customer's endpoint service, and takes them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import VpcEndpoint
from tests.sandbox.core.calls import AwsError

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

VENDOR = "834469178297"
"""Fivetran's AWS account (its AWS PrivateLink page, read 2026-11), the vendor when a test names none."""


def connect(
    sandbox: Sandbox,
    service_name: str,
    account: str = VENDOR,
    region: str | None = None,
    availability_zones: list[str] | None = None,
    availability_zone_ids: list[str] | None = None,
) -> dict[str, Any]:
    """Create an Interface endpoint to the service in the vendor's default VPC; the answer is AWS's VpcEndpoint.

    Without zones it takes those of the service that the vendor sees. Raises AwsError as CreateVpcEndpoint does.
    """
    service_region = service_name.removeprefix("com.amazonaws.vpce.").partition(".")[0]
    region = region or service_region
    zones, away = moto_ec2.zones(account, region), {}
    if region != service_region:
        away = {"ServiceRegion": service_region}  # such a service is not bound to zones
        availability_zones = availability_zones or list(zones)[:2]
    wanted = availability_zones or [name for name, zone_id in zones.items() if zone_id in (availability_zone_ids or [])]
    if not wanted:
        details = sandbox.act(account, region, "ec2", "DescribeVpcEndpointServices", ServiceNames=[service_name])
        wanted = details["ServiceDetails"][0]["AvailabilityZones"]
    with sandbox.world.lock:
        vpc = moto_ec2.backend(account, region).get_default_vpc()
        subnets = {subnet.availability_zone: subnet.id for subnet in moto_ec2.subnets_of(account, region, vpc.id)}
    unknown = [name for name in wanted if name not in subnets]
    if unknown:
        raise AwsError("InvalidParameterValue", f"{region} has no Availability Zone {unknown[0]}")
    answer = sandbox.act(
        account,
        region,
        "ec2",
        "CreateVpcEndpoint",
        VpcEndpointType="Interface",
        VpcId=vpc.id,
        ServiceName=service_name,
        SubnetIds=[subnets[name] for name in wanted],
        **away,
    )
    endpoint: dict[str, Any] = answer["VpcEndpoint"]
    return endpoint


def disconnect(sandbox: Sandbox, vpc_endpoint_id: str) -> None:
    """Let the endpoint's owner delete it. Raises AwsError if it does not exist."""
    endpoint = sandbox.world.find(VpcEndpoint, vpc_endpoint_id)
    if endpoint is None:
        raise AwsError("InvalidVpcEndpoint.NotFound", f"The Vpc Endpoint Id '{vpc_endpoint_id}' does not exist")
    sandbox.act(endpoint.account, endpoint.region, "ec2", "DeleteVpcEndpoints", VpcEndpointIds=[vpc_endpoint_id])


def msk_connection(
    sandbox: Sandbox,
    cluster_arn: str,
    account: str = VENDOR,
    authentication: str = "SASL_IAM",
) -> dict[str, Any]:
    """Create the vendor's managed VPC connection to a customer's MSK cluster, from its default VPC.

    The answer is AWS's of CreateVpcConnection. Raises AwsError as that does.
    """
    region = cluster_arn.split(":")[3]
    with sandbox.world.lock:
        vpc_id = str(moto_ec2.backend(account, region).get_default_vpc().id)
        subnets = [subnet.id for subnet in moto_ec2.subnets_of(account, region, vpc_id)]
        group = str(moto_ec2.backend(account, region).get_default_security_group(vpc_id).id)
    return sandbox.act(
        account,
        region,
        "kafka",
        "CreateVpcConnection",
        TargetClusterArn=cluster_arn,
        Authentication=authentication,
        VpcId=vpc_id,
        ClientSubnets=subnets,
        SecurityGroups=[group],
    )


def redshift_endpoint(
    sandbox: Sandbox,
    cluster_identifier: str,
    cluster_owner: str,
    vpc_id: str | None = None,
    account: str = VENDOR,
    region: str = "us-east-1",
    endpoint_name: str | None = None,
) -> dict[str, Any]:
    """Create the vendor's Redshift-managed endpoint to a customer's cluster; the answer is AWS's EndpointAccess.

    ``vpc_id`` is the vendor's VPC, as the customer granted it; one that does not exist yet is made with that id.
    """
    with sandbox.world.lock:
        vpc_id = vpc_id or str(moto_ec2.backend(account, region).get_default_vpc().id)
        moto_ec2.make_vpc(account, region, vpc_id, "10.250.0.0/16")
        subnets = [subnet.id for subnet in moto_ec2.subnets_of(account, region, vpc_id)]
        if not subnets:
            zone = next(iter(moto_ec2.zones(account, region)))
            subnets = [moto_ec2.make_subnet(account, region, vpc_id, "10.250.0.0/24", zone)]
    group = f"sandbox-{vpc_id}"
    try:
        sandbox.act(account, region, "redshift", "DescribeClusterSubnetGroups", ClusterSubnetGroupName=group)
    except AwsError:
        names = {"ClusterSubnetGroupName": group, "Description": "vendor", "SubnetIds": subnets}
        sandbox.act(account, region, "redshift", "CreateClusterSubnetGroup", **names)
    return sandbox.act(
        account,
        region,
        "redshift",
        "CreateEndpointAccess",
        ClusterIdentifier=cluster_identifier,
        ResourceOwner=cluster_owner,
        EndpointName=endpoint_name or f"vendor-{cluster_identifier}"[:30],
        SubnetGroupName=group,
    )
