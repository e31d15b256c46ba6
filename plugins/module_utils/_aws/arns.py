# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What names, ids and ARNs of AWS look like. All are patterns for C(fullmatch), in ASCII.

This module util is PRIVATE to the collection.

Sources: Service Authorization Reference, "Resource types defined by" Elastic Load Balancing V2, Amazon VPC Lattice,
AWS RAM and Amazon MSK; CreateLoadBalancer, CreateTargetGroup; AWS PrivateLink Guide, "Create an endpoint service" (read
2026-11).
"""

from __future__ import annotations

import re

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

ACCOUNT = re.compile(r"[0-9]{12}")
QUOTE_ACCOUNT = "Put one that begins with 0 in quotes, or YAML takes it for another number."
REGION = re.compile(r"[a-z]+(-[a-z]+)+-[0-9]+")  # also one that botocore does not know yet
_ELB = r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:"
_LATTICE = r"arn:aws[a-z-]*:vpc-lattice:[a-z0-9-]+:[0-9]{12}:"

LOAD_BALANCER_NAME = re.compile(r"(?!-|internal-)[A-Za-z0-9-]{1,32}(?<!-)")
LOAD_BALANCER = re.compile(rf"{_ELB}loadbalancer/net/([A-Za-z0-9-]{{1,32}})/[0-9a-f]+")  # a network load balancer's
TARGET_GROUP_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,32}(?<!-)")
TARGET_GROUP = re.compile(rf"{_ELB}targetgroup/([A-Za-z0-9-]{{1,32}})/[0-9a-f]+")
SERVICE_NETWORK = re.compile(rf"({_LATTICE}servicenetwork/)?sn-[0-9a-z]{{17}}")  # or its id
RESOURCE_CONFIGURATION = re.compile(rf"({_LATTICE}resourceconfiguration/)?rcfg-[0-9a-z]{{17}}")  # or its id
RESOURCE_SHARE = re.compile(r"arn:aws[a-z-]*:ram:([a-z0-9-]+):([0-9]{12}):resource-share/[0-9a-f-]+")
VPC_ENDPOINT = re.compile(r"vpce-[0-9a-f]+")
ENDPOINT_SERVICE_ID = re.compile(r"vpce-svc-[0-9a-f]+")
ENDPOINT_SERVICE_NAME = re.compile(r"(?:cn\.)?com\.amazonaws\.vpce\.([a-z0-9-]+)\.(vpce-svc-[0-9a-f]+)")
SERVICE_NAME = re.compile(r"(?!.*vpce-svc-)[A-Za-z0-9][A-Za-z0-9._-]*")  # of AWS's own services
MSK_CLUSTER = re.compile(r"arn:aws[a-z-]*:kafka:([a-z0-9-]+):([0-9]{12}):cluster/([A-Za-z0-9-]{1,64})/[0-9a-f-]+")
TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+")


def require_region(service_name: str | None, region: str) -> None:
    """Raise ItemError for the name of an endpoint service that is in another region than the run."""
    named = ENDPOINT_SERVICE_NAME.fullmatch(service_name or "")
    if named and named[1] != region:
        raise ItemError(f"{service_name} is in {named[1]}, and this run in {region}: give the service of this region.")


def require_cluster_region(arn: str, region: str) -> None:
    """Raise ItemError for an MSK cluster that is in another region than the run."""
    named = MSK_CLUSTER.fullmatch(arn)
    if named and named[1] != region:
        raise ItemError(f"{arn} is in {named[1]}, and this run in {region}: give the cluster of this region.")
