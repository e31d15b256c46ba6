# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private DNS and IP addresses of Interface endpoints: what they are unless said, and what AWS refuses.

Sources: Amazon EC2 API Reference, CreateVpcEndpoint (private DNS is on by default, and what it needs of the VPC);
AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint" (IP address types), both read 2026-11;
terraform-provider-aws#37715 (the default), #17269 and #17535 (the name of a deleted endpoint stays for a while).
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import EndpointService, VpcEndpoint
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.world import World

BOTH_KINDS = ("s3", "dynamodb")
"""AWS's services with gateway and interface endpoints, the only ones that take an option for inbound resolvers."""

ENDED = ("failed", "rejected", "expired")
OF_RESOURCES = ("PrivateDnsPreference", "PrivateDnsSpecifiedDomains")


def domain(name: str, service: EndpointService | None) -> str | None:
    """The private DNS name of a service, AWS's own (``service`` None) or a customer's that is verified."""
    if service is None:
        return ".".join(reversed(name.split(".")))
    verified = service.private_dns is not None and service.private_dns.state == "verified"
    return service.private_dns_name if verified else None


def private(name: str, service: EndpointService | None, address_type: str, call: Call, world: World) -> dict[str, Any]:
    """What a new endpoint has for private DNS: where nothing is said, it is on if its service has a name for it.

    The answer are fields of a VpcEndpoint. Raises InvalidParameter for what cannot be.
    """
    wanted = call.params.get("PrivateDnsEnabled")
    if wanted is None:
        wanted = domain(name, service) is not None
    if wanted:
        check_private_dns(name, service, call.params["VpcId"], call, world)
    options = dns_options(name, call.params.get("DnsOptions") or {}, address_type)
    return {"private_dns_enabled": wanted, "private_name": domain(name, service), "dns_options": options}


def check_private_dns(
    name: str, service: EndpointService | None, vpc_id: str, call: Call, world: World, of: str = ""
) -> None:
    """Raises InvalidParameter where an endpoint, ``of`` that id if there is one already, cannot have private DNS."""
    private = domain(name, service)
    if private is None:
        message = f"Private DNS can't be enabled because the service {name} does not provide a private DNS name."
        raise AwsError("InvalidParameter", message)
    vpc = moto_ec2.find_vpc(call.account, call.region, vpc_id)
    if not moto_ec2.has_dns(vpc):
        raise moto_ec2.without_dns(vpc)
    for other in world.all(VpcEndpoint, call.account, call.region):
        if other.key != of and other.vpc_id == vpc_id and other.private_name == private and _holds(other, world):
            why = f"there is already a conflicting DNS domain for {private} in the VPC {vpc_id}"
            raise AwsError("InvalidParameter", f"private-dns-enabled cannot be set because {why}")


def _holds(endpoint: VpcEndpoint, world: World) -> bool:
    """Whether an endpoint has its private name in the VPC, also for a while after it was deleted."""
    if not endpoint.private_dns_enabled or endpoint.state in ENDED:
        return False
    gone_for = clock.now() - endpoint.life.began if endpoint.state == "deleted" else 0.0
    return gone_for < world.lag("vpc_endpoint.private_dns") or endpoint.state != "deleted"


def dns_options(name: str, given: dict[str, Any], ip_address_type: str) -> dict[str, Any]:
    """The DnsOptions of an Interface endpoint with their default. Raises InvalidParameter for those of others."""
    if any(given.get(option) for option in OF_RESOURCES):
        raise AwsError("InvalidParameter", "PrivateDnsPreference is for endpoints to resources and service networks")
    if "PrivateDnsOnlyForInboundResolverEndpoint" in given and not name.endswith(BOTH_KINDS):
        message = "PrivateDnsOnlyForInboundResolverEndpoint not supported for this service."
        raise AwsError("InvalidParameter", message)
    return {"DnsRecordIpType": ip_address_type, **given}


def check_addresses(ip_address_type: str, subnets: list[Any], service: EndpointService | None) -> None:
    """Raises InvalidParameter where IPv6 is asked of subnets or of a service that have none."""
    if ip_address_type == "ipv4":
        return
    without = [subnet.id for subnet in subnets if not moto_ec2.has_ipv6(subnet)]
    if without:
        message = f"IP address type {ip_address_type} needs subnets with an IPv6 CIDR block: {', '.join(without)}"
        raise AwsError("InvalidParameter", message)
    if service is not None and "ipv6" not in service.ip_address_types:
        raise AwsError("InvalidParameter", f"{service.name} does not support the IP address type {ip_address_type}")
