# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: a document of VPCs, hand-made load balancers, Redshift and MSK clusters, service networks, DNS records, and
accounts of Redis Cloud and Databricks.

See docs/sandbox.md for the document. Seeding twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.sandbox.actors import vendor
from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.ec2.resources import EndpointService, VpcEndpoint
from tests.sandbox.aws.elbv2.resources import LoadBalancer, TargetGroup
from tests.sandbox.aws.kafka import resources as kafka
from tests.sandbox.aws.kafka.resources import Cluster as MskCluster
from tests.sandbox.aws.redshift.resources import Cluster
from tests.sandbox.aws.vpc_lattice.resources import ServiceNetwork
from tests.sandbox.core import clock, wire
from tests.sandbox.core.calls import AwsError
from tests.sandbox.core.regions import partition
from tests.sandbox.core.world import Life
from tests.sandbox.databricks import controls as databricks
from tests.sandbox.fivetran import controls as fivetran

CERTIFICATE = "arn:aws:acm:us-east-1:111111111111:certificate/0a0a0a0a-0000-4000-8000-000000000000"

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox


VENDORS: dict[str, Callable[..., None]] = {
    "redis_cloud": lambda sandbox, **options: sandbox.redis_cloud.plant(**options),
    "databricks": databricks.plant,
    "fivetran": fivetran.plant,
}
"""Whose accounts a seed may have, and what makes one."""


def plant(sandbox: Sandbox, document: dict[str, Any]) -> None:
    """Make everything the document names. Raises ValueError or AwsError for what it cannot be."""
    unknown = set(document) - {"accounts", "dns", *VENDORS}
    if unknown:
        raise ValueError(f"a seed has accounts, dns and {', '.join(VENDORS)}, not {', '.join(sorted(unknown))}")
    with sandbox.world.lock:
        for account, regions in (document.get("accounts") or {}).items():
            for region, contents in regions.items():
                _region(sandbox, str(account), region, contents)
        for vendor_name, plant_account in VENDORS.items():
            for options in document.get(vendor_name) or []:
                plant_account(sandbox, **options)
    sandbox.dns.set(document.get("dns") or {})


def _region(sandbox: Sandbox, account: str, region: str, contents: dict[str, Any]) -> None:
    """What an account has in a region: lists by kind, each made by its own function."""
    for vpc in contents.get("vpcs") or []:
        _vpc(account, region, vpc)
    for balancer in contents.get("load_balancers") or []:
        _load_balancer(sandbox, account, region, balancer)
    for cluster in contents.get("redshift_clusters") or []:
        _cluster(sandbox, account, region, dict(cluster))
    for cluster in contents.get("msk_clusters") or []:
        _msk_cluster(sandbox, account, region, cluster)
    for network in contents.get("service_networks") or []:
        _service_network(sandbox, account, region, network)


def _vpc(account: str, region: str, vpc: dict[str, Any]) -> None:
    moto_ec2.make_vpc(account, region, vpc["id"], vpc["cidr"], vpc.get("tags"))
    if vpc.get("dns_hostnames"):  # AWS's default is off, except in the default VPC
        moto_ec2.backend(account, region).modify_vpc_attribute(vpc["id"], "enable_dns_hostnames", True)
    if vpc.get("dns_servers"):
        moto_ec2.hand_out_dns(account, region, vpc["id"], vpc["dns_servers"])
    for subnet in vpc.get("subnets") or []:
        where = (vpc["id"], subnet["cidr"], subnet["availability_zone"], subnet["id"])
        moto_ec2.make_subnet(account, region, *where, tags=subnet.get("tags"))
    for group in vpc.get("security_groups") or []:
        name = group.get("name", group["id"])
        texts = (group["id"], name, group.get("description", name))
        moto_ec2.make_security_group(account, region, vpc["id"], *texts, ingress=group.get("ingress") or [])


def _quietly(
    sandbox: Sandbox, account: str, region: str, service: str, operation: str, **params: Any
) -> dict[str, Any]:
    """As C(act), but it is in no log of calls: whoever made this did so long ago."""
    with clock.still():
        return sandbox.ask(wire.make_call(account, region, service, operation, params))


def _load_balancer(sandbox: Sandbox, account: str, region: str, balancer: dict[str, Any]) -> None:
    """``name``, ``subnet_ids``, ``tags``, ``listeners`` and, for an endpoint service on it, ``service``."""
    if balancer["name"] in {made.name for made in sandbox.world.all(LoadBalancer, account, region)}:
        return
    tags = [{"Key": key, "Value": value} for key, value in (balancer.get("tags") or {}).items()]
    where = {"Type": "network", "Scheme": "internal", "Subnets": balancer["subnet_ids"]}
    made = _quietly(sandbox, account, region, "elbv2", "CreateLoadBalancer", Name=balancer["name"], **where, Tags=tags)
    described = made["LoadBalancers"][0]
    for found in sandbox.world.all(LoadBalancer, account, region):
        found.life = Life([(found.life.steps[-1][0], 0.0)])
    for listener in balancer.get("listeners") or []:
        _listener(sandbox, account, region, described, listener)
    if "service" in balancer:
        _service(sandbox, account, region, described["LoadBalancerArn"], balancer["service"])
    for endpoint in sandbox.world.all(VpcEndpoint):
        endpoint.life = Life([(endpoint.life.steps[-1][0], 0.0)])


def _listener(sandbox: Sandbox, account: str, region: str, balancer: dict[str, Any], listener: dict[str, Any]) -> None:
    """``port``, ``protocol``, ``target_group`` (its name) and ``targets`` (addresses), which are healthy."""
    port, protocol = listener["port"], listener.get("protocol", "TCP")
    names = {"Name": listener["target_group"], "Port": port, "VpcId": balancer["VpcId"], "Protocol": protocol}
    made = _quietly(sandbox, account, region, "elbv2", "CreateTargetGroup", **names, TargetType="ip")
    group = {"TargetGroupArn": made["TargetGroups"][0]["TargetGroupArn"]}
    targets = [{"Id": address} for address in listener["targets"]]
    _quietly(sandbox, account, region, "elbv2", "RegisterTargets", **group, Targets=targets)
    certificates = {"Certificates": [{"CertificateArn": CERTIFICATE}]} if protocol == "TLS" else {}
    actions = {"Protocol": protocol, "Port": port, "DefaultActions": [{"Type": "forward", **group}]}
    balancer_arn = balancer["LoadBalancerArn"]
    _quietly(
        sandbox, account, region, "elbv2", "CreateListener", LoadBalancerArn=balancer_arn, **actions, **certificates
    )
    for target in sandbox.world.find(TargetGroup, group["TargetGroupArn"]).targets.values():  # type: ignore[union-attr]
        target.registered = 0.0


def _service(sandbox: Sandbox, account: str, region: str, balancer_arn: str, service: dict[str, Any]) -> None:
    """``name`` (a tag), ``principals`` (account ids) and ``connections``, the accounts that are connected."""
    tags = [{"ResourceType": "vpc-endpoint-service", "Tags": [{"Key": "Name", "Value": service["name"]}]}]
    create = {"NetworkLoadBalancerArns": [balancer_arn], "AcceptanceRequired": True, "TagSpecifications": tags}
    made = _quietly(sandbox, account, region, "ec2", "CreateVpcEndpointServiceConfiguration", **create)
    of = {"ServiceId": made["ServiceConfiguration"]["ServiceId"]}
    found = sandbox.world.find(EndpointService, of["ServiceId"])
    if found is None:
        raise AwsError("InternalFailure", f"endpoint service {service['name']} was not made", 500)
    found.life = Life([("Available", 0.0)])
    allowed = [f"arn:{partition(region)}:iam::{principal}:root" for principal in service.get("principals") or []]
    _quietly(sandbox, account, region, "ec2", "ModifyVpcEndpointServicePermissions", **of, AddAllowedPrincipals=allowed)
    for owner in service.get("connections") or []:
        endpoint = vendor.connect(sandbox, found.name, account=owner)
        known = sandbox.world.find(VpcEndpoint, endpoint["VpcEndpointId"])
        if known is not None:
            known.life = Life([("pendingAcceptance", 0.0)])
        _quietly(
            sandbox,
            account,
            region,
            "ec2",
            "AcceptVpcEndpointConnections",
            **of,
            VpcEndpointIds=[endpoint["VpcEndpointId"]],
        )


def _cluster(sandbox: Sandbox, account: str, region: str, cluster: dict[str, Any]) -> None:
    """``subnet_ids`` make the cluster's subnet group; every other member is CreateCluster's, by its own name."""
    key = f"{account}/{region}/{cluster['ClusterIdentifier']}"
    if sandbox.world.find(Cluster, key) is not None:
        return
    subnet_ids = cluster.pop("subnet_ids", None)
    if subnet_ids:
        group = f"{cluster['ClusterIdentifier']}-subnets"
        names = {"ClusterSubnetGroupName": group, "Description": "seed", "SubnetIds": subnet_ids}
        sandbox.act(account, region, "redshift", "CreateClusterSubnetGroup", **names)
        cluster["ClusterSubnetGroupName"] = group
    defaults = {"MasterUsername": "admin", "NodeType": "ra3.xlplus", "MasterUserPassword": "Sandbox-password-1"}
    sandbox.act(account, region, "redshift", "CreateCluster", **{**defaults, **cluster})
    made = sandbox.world.find(Cluster, key)
    if made is None:
        raise AwsError("InternalFailure", f"cluster {key} was not made", 500)
    # A seed was there before the test began, so nothing in it is still on its way.
    made.life = Life([("available", 0.0)])
    made.relocation = Life([(made.relocation.steps[-1][0], 0.0)])


def _msk_cluster(sandbox: Sandbox, account: str, region: str, cluster: dict[str, Any]) -> None:
    """``name``, ``id`` (the end of its ARN), ``kafka_version``, ``instance_type``, and ``schemes``, by short names.

    ``multi_vpc`` are schemes whose multi-VPC connectivity is on already.
    """
    arn = f"arn:{partition(region)}:kafka:{region}:{account}:cluster/{cluster['name']}/{cluster['id']}"
    if sandbox.world.find(MskCluster, arn) is not None:
        return
    schemes, multi_vpc = (
        frozenset(cluster.get(name, usual)) for name, usual in (("schemes", ["iam"]), ("multi_vpc", []))
    )
    group = {"InstanceType": cluster.get("instance_type", "kafka.m5.large"), "ClientSubnets": []}
    provisioned = {
        "BrokerNodeGroupInfo": group,
        "KafkaVersion": cluster.get("kafka_version", "3.6.0"),
        "NumberOfBrokerNodes": 2,
        "ClientAuthentication": kafka.switches(schemes),
    }
    made = _quietly(
        sandbox, account, region, "kafka", "CreateClusterV2", ClusterName=cluster["name"], Provisioned=provisioned
    )
    found = sandbox.world.find(MskCluster, made["ClusterArn"])
    if found is None:
        raise AwsError("InternalFailure", f"cluster {arn} was not made", 500)
    sandbox.world.remove(found)
    found.key, found.life = arn, Life([("ACTIVE", 0.0)])
    found.vpc_schemes = Life([(",".join(sorted(multi_vpc)), 0.0)])
    sandbox.world.add(found)


def _service_network(sandbox: Sandbox, account: str, region: str, network: dict[str, Any]) -> None:
    """``id`` and ``name``."""
    if sandbox.world.find(ServiceNetwork, network["id"]) is not None:
        return
    made = sandbox.act(account, region, "vpc-lattice", "CreateServiceNetwork", name=network["name"])
    found = sandbox.world.find(ServiceNetwork, made["id"])
    if found is None:
        raise AwsError("InternalFailure", f"service network {network['name']} was not made", 500)
    sandbox.world.remove(found)
    found.key = network["id"]
    sandbox.world.add(found)
