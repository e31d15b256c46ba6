# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: a document of VPCs, Redshift clusters, service networks, DNS records and Redis Cloud accounts.

See docs/sandbox.md for the document. Seeding twice changes nothing the second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.aws.redshift.resources import Cluster
from tests.sandbox.aws.vpc_lattice.resources import ServiceNetwork
from tests.sandbox.core.calls import AwsError
from tests.sandbox.core.world import Life

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox


def plant(sandbox: Sandbox, document: dict[str, Any]) -> None:
    """Make everything the document names. Raises ValueError or AwsError for what it cannot be."""
    unknown = set(document) - {"accounts", "dns", "redis_cloud"}
    if unknown:
        raise ValueError(f"a seed has accounts, dns and redis_cloud, not {', '.join(sorted(unknown))}")
    with sandbox.world.lock:
        for account, regions in (document.get("accounts") or {}).items():
            for region, contents in regions.items():
                for vpc in contents.get("vpcs") or []:
                    _vpc(str(account), region, vpc)
                for cluster in contents.get("redshift_clusters") or []:
                    _cluster(sandbox, str(account), region, dict(cluster))
                for network in contents.get("service_networks") or []:
                    _service_network(sandbox, str(account), region, network)
        for options in document.get("redis_cloud") or []:
            sandbox.redis_cloud.plant(**options)
    sandbox.dns.set(document.get("dns") or {})


def _vpc(account: str, region: str, vpc: dict[str, Any]) -> None:
    moto_ec2.make_vpc(account, region, vpc["id"], vpc["cidr"], vpc.get("tags"))
    if vpc.get("dns_hostnames"):  # AWS's default is off, except in the default VPC
        moto_ec2.backend(account, region).modify_vpc_attribute(vpc["id"], "enable_dns_hostnames", True)
    for subnet in vpc.get("subnets") or []:
        where = (vpc["id"], subnet["cidr"], subnet["availability_zone"], subnet["id"])
        moto_ec2.make_subnet(account, region, *where, tags=subnet.get("tags"))
    for group in vpc.get("security_groups") or []:
        name = group.get("name", group["id"])
        texts = (group["id"], name, group.get("description", name))
        moto_ec2.make_security_group(account, region, vpc["id"], *texts, ingress=group.get("ingress") or [])


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
