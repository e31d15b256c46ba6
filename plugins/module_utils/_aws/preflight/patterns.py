# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every link of a pattern needs, whoever the vendor is: rows as the option C(prerequisites) takes them.

This module util is PRIVATE to the collection. Sources stand in the rows (read 2026-11).
"""

from __future__ import annotations

import typing as t

GUIDE = "https://docs.aws.amazon.com"
MULTI_VPC = f"{GUIDE}/msk/latest/developerguide/aws-access-mult-vpc.html#mvpc-requirements"
DNS = {
    "id": "dns",
    "check": "dns_attributes",
    "remedy": "Turn on enableDnsSupport and enableDnsHostnames of the VPC; the vendor's private names need them.",
    "source": f"{GUIDE}/vpc/latest/userguide/vpc-dns-updating.html",
}
REGION = {
    "id": "region",
    "check": "resource_region",
    "remedy": "Connect from the region in which the vendor shares.",
    "source": f"{GUIDE}/vpc/latest/privatelink/privatelink-access-resources.html",
}

PATTERNS: dict[str, list[dict[str, t.Any]]] = {
    "msk_grant": [
        {
            "id": "cluster",
            "check": "msk_cluster",
            "remedy": "Set cluster_arn to a provisioned cluster of this account and region.",
            "source": MULTI_VPC,
        },
        {
            "id": "kafka-version",
            "check": "msk_kafka_version",
            "lowest_kafka_version": "2.7.1",
            "remedy": "Upgrade the cluster.",
            "source": MULTI_VPC,
        },
        {
            "id": "instance-type",
            "check": "msk_instance_type",
            "unsupported_instance_types": ["kafka.t3.small"],
            "remedy": "Give the brokers another type.",
            "source": MULTI_VPC,
        },
        {
            "id": "authentication",
            "check": "msk_authentication",
            "remedy": "Switch IAM access control of the cluster itself on.",
            "source": MULTI_VPC,
        },
    ],
    "nlb_service": [
        {"id": "port", "check": "port", "remedy": "Set port to that on which the database listens."},
        {
            "id": "subnets",
            "check": "subnets",
            "remedy": "Set subnet_ids to subnets of the database's VPC, one for each Availability Zone that the vendor"
            " uses.",
            "source": f"{GUIDE}/elasticloadbalancing/latest/network/network-load-balancers.html",
        },
        {
            "id": "endpoint",
            "check": "endpoint",
            "remedy": "Set endpoint to the DNS name that the database's console shows, and name servers that know it;"
            " for a database in a peered network, set allow_outside to true.",
        },
        {
            "id": "zones",
            "check": "availability_zones",
            "remedy": "Add a subnet in the database's Availability Zone to subnet_ids, or set cross_zone to true.",
            "source": f"{GUIDE}/elasticloadbalancing/latest/network/network-load-balancers.html#availability-zones",
        },
        {
            "id": "rules",
            "check": "privatelink_rules",
            "remedy": "Let the vendor's private addresses in on the port, or set enforce_privatelink_rules to false.",
            "source": f"{GUIDE}/elasticloadbalancing/latest/network/load-balancer-security-groups.html",
        },
        {
            "id": "load-balancer",
            "check": "load_balancer",
            "remedy": "Correct vpc_id, or rename the link, so that it gets a load balancer of its own.",
        },
        {
            "id": "principals",
            "check": "principals",
            "remedy": "Set allowed_principals, or the vendor's variable behind it, as segment_principal_arn, to"
            " 12-digit account ids or ARNs without a path.",
            "source": f"{GUIDE}/AWSEC2/latest/APIReference/API_ModifyVpcEndpointServicePermissions.html",
        },
        {
            "id": "topics",
            "check": "topics",
            "remedy": "Set topic_arn to an ARN like arn:aws:sns:us-east-1:111111111111:privatelink.",
        },
    ],
    "redshift_grant": [
        {
            "id": "cluster",
            "check": "redshift_cluster",
            "remedy": "Set cluster_identifier to a cluster of this account and region.",
        },
        {
            "id": "node-type",
            "check": "redshift_node_type",
            "node_families": ["ra3"],
            "remedy": "Resize the cluster to RA3 nodes.",
            "source": f"{GUIDE}/redshift/latest/mgmt/managing-cluster-cross-vpc.html",
        },
        {
            "id": "relocation",
            "check": "redshift_relocation",
            "remedy": "Turn on cluster relocation, or Multi-AZ.",
            "source": f"{GUIDE}/redshift/latest/mgmt/managing-cluster-recovery.html",
        },
        {
            "id": "port",
            "check": "redshift_port",
            "port_ranges": ["5431-5455", "8191-8215"],
            "remedy": "Change the cluster's port to one within 5431-5455 or 8191-8215.",
            "source": f"{GUIDE}/redshift/latest/mgmt/managing-cluster-cross-vpc.html",
        },
    ],
    "resource_endpoint": [
        {
            "id": "subnets",
            "check": "subnets",
            "remedy": "Set subnet_ids to subnets of the link's VPC, one for each Availability Zone.",
            "source": f"{GUIDE}/vpc/latest/privatelink/use-resource-endpoint.html",
        },
        DNS,
        REGION,
    ],
    "service_network": [DNS, REGION],
    "interface_endpoint": [
        {
            "id": "service",
            "check": "service_name",
            "remedy": "Set service_name to the vendor's endpoint service of this region, like"
            " com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0.",
        },
        {
            "id": "subnets",
            "check": "subnets",
            "remedy": "Set subnet_ids to subnets of the link's VPC, one for each Availability Zone.",
            "source": f"{GUIDE}/vpc/latest/privatelink/create-interface-endpoint.html",
        },
        {
            "id": "service-zones",
            "check": "service_zones",
            "remedy": "Leave out subnets in other zones, or take subnets in those of the service.",
            "source": f"{GUIDE}/vpc/latest/privatelink/create-interface-endpoint.html",
        },
        {
            "id": "security-groups",
            "check": "endpoint_security_groups",
            "remedy": "Set source_security_group_ids to the security groups of the clients, and ports to what they"
            " connect to; or security_group_ids to groups that let them in.",
            "source": f"{GUIDE}/vpc/latest/privatelink/create-interface-endpoint.html",
        },
        DNS,
        {
            "id": "dns-servers",
            "check": "dns_servers",
            "level": "warn",
            "remedy": "It is the turn of whoever runs the network: let these servers forward the vendor's names to the"
            " VPC's own (the second address of its CIDR, or an inbound endpoint of Route 53 Resolver), or give the VPC"
            " a DHCP options set with AmazonProvidedDNS.",
            "source": f"{GUIDE}/vpc/latest/userguide/VPC_DHCP_Options.html",
        },
        {
            "id": "others",
            "check": "endpoint_others",
            "level": "warn",
            "remedy": "Let them in too: add their security groups to source_security_group_ids, or give"
            " security_group_ids that let all of the VPC in.",
            "source": f"{GUIDE}/vpc/latest/privatelink/privatelink-access-aws-services.html",
        },
        {
            "id": "policy",
            "check": "endpoint_policy",
            "remedy": "See that the policy lets through what they do, or leave it out.",
            "source": f"{GUIDE}/vpc/latest/privatelink/vpc-endpoints-access.html",
        },
    ],
}
