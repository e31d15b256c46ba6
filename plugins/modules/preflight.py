#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Check the prerequisites of links before anything is built
version_added: 0.1.0
description:
  - Evaluates a table of prerequisites for many links against one AWS account and region, and says of each link whether
    it passes, and if not, what to do about it. Changes nothing.
  - A call of any length costs at most one listing each of subnets, VPCs, VPC peering connections, security groups,
    network ACLs and interfaces, route tables, internet and NAT gateways, prefix lists, endpoint services, load
    balancers, DHCP options and Redshift clusters, two calls for each VPC whose DNS attributes are checked, one for each
    MSK cluster, and one DNS lookup for each endpoint. Only what the checks need is read.
  - Where credentials lack the permission for a listing, the checks that need it are V(unknown), which is a warning that
    names the missing IAM action.
  - "IAM actions: see C(docs/iam/preflight.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
requirements:
  - dnspython, where an endpoint is to be resolved
options:
  links:
    description:
      - The links to check.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - Name of the link, once in the list.
        type: str
        required: true
      pattern:
        description:
          - Pattern of the link. What every link of it needs is checked too, without a row in O(prerequisites).
        type: str
        choices: [interface_endpoint, msk_grant, nlb_service, redshift_grant, resource_endpoint, service_network]
      destination:
        description:
          - Kind of data store, in the words of the table of prerequisites.
        type: str
      vpc_id:
        description:
          - VPC of the data store and its load balancer.
        type: str
      subnet_ids:
        description:
          - Subnets of the load balancer.
        type: list
        elements: str
      client_subnet_ids:
        description:
          - Subnets in which the clients of the VPC endpoint are.
        type: list
        elements: str
      security_group_ids:
        description:
          - Security groups of the load balancer.
        type: list
        elements: str
      source_security_group_ids:
        description:
          - Security groups that are to be let in to the VPC endpoint.
        type: list
        elements: str
      ports:
        description:
          - Ports on which clients connect to the VPC endpoint, like V(8443-8451).
        type: list
        elements: str
      service_name:
        description:
          - Endpoint service that the VPC endpoint leads to.
        type: str
      endpoint:
        description:
          - DNS name of the data store.
        type: str
      addresses:
        description:
          - IP addresses of the data store, instead of O(links[].endpoint).
        type: list
        elements: str
      port:
        description:
          - Port of the data store.
        type: int
      listener_port:
        description:
          - Port of the load balancer's listener. The same as O(links[].port) unless set.
        type: int
      allow_outside:
        description:
          - Whether addresses outside of the VPC are meant, as of a database in a peered network.
        type: bool
      cross_zone:
        description:
          - Whether the load balancer balances across zones. Unset counts as off, as AWS's default is.
        type: bool
      enforce_privatelink_rules:
        description:
          - Whether inbound rules of the security groups are enforced on PrivateLink traffic. Unset counts as on, as
            AWS's default is.
        type: bool
      load_balancer:
        description:
          - Name that the load balancer has or will have.
        type: str
      vpc_endpoint:
        description:
          - Name that the VPC endpoint has or will have. Subnets that it is in need no free addresses.
        type: str
      leads_all:
        description:
          - Whether all in the VPC are led to the VPC endpoint, as by the private name of a service of AWS's own.
        type: bool
      has_policy:
        description:
          - Whether the VPC endpoint has an endpoint policy of its own.
        type: bool
      cluster_identifier:
        description:
          - Identifier of the Redshift cluster.
        type: str
      cluster_arn:
        description:
          - ARN of the MSK cluster.
        type: str
      principals:
        description:
          - Principals that are to be allowed on the endpoint service.
        type: list
        elements: str
      topic_arns:
        description:
          - SNS topics that are to hear of connections.
        type: list
        elements: str
      resource_configuration:
        description:
          - ARN or id of the VPC Lattice resource configuration to connect to.
        type: str
      resource_share_arn:
        description:
          - ARN of the resource share that it comes in.
        type: str
  prerequisites:
    description:
      - The table of prerequisites, one row for each condition.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description:
          - What the prerequisite is called in the results.
        type: str
        required: true
      check:
        description:
          - V(region), that the region is one of O(prerequisites[].regions).
          - V(destination), that the link's destination is one of O(prerequisites[].known_destinations).
          - V(limit), that there are at most O(prerequisites[].limit) links among those that the prerequisite is about.
          - V(port), that there is a port and it is 1 to 65535.
          - V(principals), that each is an account id, an ARN without a path, or V(*).
          - V(topics), that each is the ARN of an SNS topic, and none is there twice.
          - V(subnets), that there are some, that they exist in the link's VPC, one in each Availability Zone, with at
            least O(prerequisites[].min_free_addresses).
          - V(endpoint), that the endpoint resolves, and that all its addresses lie in the link's VPC.
          - V(availability_zones), that the load balancer has a subnet in each Availability Zone of the addresses, or
            that cross-zone load balancing is on.
          - V(privatelink_rules), that the load balancer has no security groups, does not enforce them on PrivateLink
            traffic, or that they let O(prerequisites[].cidr) in on the port. Without a CIDR, that they let any private
            address in; it warns then.
          - V(load_balancer), that a load balancer of the link's name, if there is one, is an internal Network Load
            Balancer in the link's VPC.
          - V(redshift_cluster), that the cluster exists and is available. One that is being made or modified warns.
          - V(redshift_node_type), that its nodes are of O(prerequisites[].node_families). Families that are neither
            listed nor known to be unfit only warn.
          - V(redshift_relocation), that cluster relocation or Multi-AZ is on. Relocation that is being turned on only
            warns.
          - V(redshift_port), that the cluster's port is within O(prerequisites[].port_ranges).
          - V(msk_cluster), that the MSK cluster exists, is provisioned and ACTIVE. A state that passes only warns.
          - V(msk_kafka_version), that its Apache Kafka is O(prerequisites[].lowest_kafka_version) or higher.
          - V(msk_instance_type), that its brokers are none of O(prerequisites[].unsupported_instance_types). Express
            brokers only warn.
          - V(msk_authentication), that IAM authentication is on for it, and unauthenticated access is not.
          - V(service_name), that there is one.
          - V(service_zones), that the service is in the Availability Zones of the subnets, as far as AWS shows that.
          - V(endpoint_security_groups), that the security groups exist, and that those that are given for the endpoint
            let somebody in on each of O(links[].ports).
          - V(lattice_zones), that no subnet is in one of the zones O(prerequisites[].unsupported_zone_ids).
          - V(dns_attributes), that the link's VPC has C(enableDnsSupport) and C(enableDnsHostnames) on.
          - V(dns_servers), that DHCP hands out the DNS of AWS and no other in the link's VPC.
          - V(inbound_ports), that the security groups let all IPv4 addresses of the link's VPC in on
            O(prerequisites[].port_ranges). Ports that are open to others or to fewer only warn.
          - V(client_subnets), that the clients are in O(prerequisites[].min_subnets) subnets of the link's VPC or more,
            each in a zone of its own.
          - V(client_subnet_sizes), that each of these has a prefix length of O(prerequisites[].min_prefix_length) to
            O(prerequisites[].max_prefix_length).
          - V(subnets_apart), that none of them is the endpoint's too.
          - V(network_acls), that their network ACLs refuse nothing from O(prerequisites[].cidr), nothing to the VPC,
            and no TCP to O(prerequisites[].cidr) on O(prerequisites[].port_ranges). Of the VPC only IPv4.
          - V(client_security_groups), that O(links[].source_security_group_ids) let all IPv4 addresses of the VPC be
            reached on O(prerequisites[].port_ranges), and all of TCP and UDP pass among themselves. Ports that are open
            to others only warn.
          - V(gateway_egress), that they let the addresses of O(prerequisites[].services) be reached on port 443.
          - V(internet_roads), that no route of the clients' subnets, or of the endpoint's where none are given, leads
            to the internet or may. Never more than a warning, which says what is left.
          - V(endpoint_others), that nobody else in the VPC is led to a new endpoint of a link that
            O(links[].leads_all), and kept out by it, for it lets O(links[].source_security_group_ids) in alone.
          - V(endpoint_policy), that nobody else in the VPC is held to the policy of a link that
            O(links[].has_policy). Never more than a warning.
          - V(vpc_peering), that the link's VPC has no active peering connection. Never more than a warning.
          - Those about a VPC's DNS, zones, ports, roads and peerings pass for a link that has no VPC, subnets or
            security groups, as one through a service network.
          - V(resource_region), that the ARNs O(links[].resource_configuration) and O(links[].resource_share_arn) are of
            the region. An id or nothing will do.
        type: str
        required: true
        choices:
          - availability_zones
          - client_security_groups
          - client_subnet_sizes
          - client_subnets
          - destination
          - dns_attributes
          - dns_servers
          - endpoint
          - endpoint_others
          - endpoint_policy
          - endpoint_security_groups
          - gateway_egress
          - inbound_ports
          - internet_roads
          - lattice_zones
          - limit
          - load_balancer
          - msk_authentication
          - msk_cluster
          - msk_instance_type
          - msk_kafka_version
          - network_acls
          - port
          - principals
          - privatelink_rules
          - redshift_cluster
          - redshift_node_type
          - redshift_port
          - redshift_relocation
          - region
          - resource_region
          - service_name
          - service_zones
          - subnets
          - subnets_apart
          - topics
          - vpc_peering
      patterns:
        description:
          - Links of these patterns only. Unset means every link.
        type: list
        elements: str
        choices: [interface_endpoint, msk_grant, nlb_service, redshift_grant, resource_endpoint, service_network]
      destinations:
        description:
          - Links to these destinations only. Unset means every link.
        type: list
        elements: str
      level:
        description:
          - Whether a link that does not meet the prerequisite has failed.
        type: str
        choices: [fail, warn]
        default: fail
      remedy:
        description:
          - What to do about it, as a sentence.
        type: str
        default: ""
      source:
        description:
          - Where the prerequisite is written.
        type: str
        default: ""
      regions:
        description:
          - Regions for V(region).
        type: list
        elements: str
      known_destinations:
        description:
          - Destinations for V(destination).
        type: list
        elements: str
      port_ranges:
        description:
          - Ports for V(redshift_port) and V(inbound_ports), like V(5431-5455); for V(network_acls) and
            V(client_security_groups) those of O(links[].ports) unless set.
        type: list
        elements: str
      cidr:
        description:
          - Addresses for V(privatelink_rules), like V(10.0.0.0/8), and V(network_acls), where unset means all.
        type: str
      limit:
        description:
          - How many links V(limit) allows.
        type: int
      node_families:
        description:
          - Families for V(redshift_node_type), like V(ra3).
        type: list
        elements: str
      lowest_kafka_version:
        description:
          - Version for V(msk_kafka_version), like V(2.7.1).
        type: str
      unsupported_instance_types:
        description:
          - Types of brokers for V(msk_instance_type), like V(kafka.t3.small).
        type: list
        elements: str
      min_free_addresses:
        description:
          - How many free addresses V(subnets) wants in each subnet. Unset wants none.
        type: int
      unsupported_zone_ids:
        description:
          - Ids of Availability Zones for V(lattice_zones), like V(use1-az3).
        type: list
        elements: str
      min_subnets:
        description:
          - How many subnets V(client_subnets) wants.
        type: int
      min_prefix_length:
        description:
          - Prefix length of the largest subnet for V(client_subnet_sizes). Unset means that none is too large.
        type: int
      max_prefix_length:
        description:
          - Prefix length of the smallest subnet for V(client_subnet_sizes), like V(26).
        type: int
      services:
        description:
          - Services for V(gateway_egress) that have gateway endpoints, like V(s3).
        type: list
        elements: str
  nameservers:
    description:
      - Name servers to ask for endpoints, each an IP address or V(ip:port). Unset means those of the system.
    type: list
    elements: str
  on_item_failure:
    description:
      - What to do when links failed.
      - V(fail) ends the task as failed and names each failed link with its reasons.
      - V(report) ends it as successful; RV(failed_items) tells.
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: saas.privatelink.network_load_balancer
  - module: saas.privatelink.redshift_cross_vpc_grant
"""

EXAMPLES = r"""
- name: Check a database and a Redshift cluster
  saas.privatelink.preflight:
    links:
      - name: orders
        destination: rds_postgres
        endpoint: orders.abc.us-east-1.rds.amazonaws.com
        port: 5432
        vpc_id: vpc-0123456789abcdef0
        subnet_ids: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
      - name: events
        destination: redshift
        cluster_identifier: events
    prerequisites:
      - id: region
        check: region
        regions: [us-east-1, us-west-2]
        remedy: The vendor connects in these regions only.
      - id: zones
        check: availability_zones
        destinations: [rds_postgres]
        remedy: Give subnets in the database's Availability Zone too, or set cross_zone.
      - id: ports
        check: redshift_port
        destinations: [redshift]
        port_ranges: [5431-5455, 8191-8215]
        remedy: Change the cluster's port.
        source: https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-cross-vpc.html
    on_item_failure: report
  register: preflight
"""

RETURN = r"""
results:
  description: What was found about each link, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the link., type: str, returned: always, sample: orders}
    status:
      description: V(fail) when a check failed, else V(warn) when one warns or is unknown, else V(pass).
      type: str
      returned: always
      sample: pass
    failed: {description: Whether a check failed., type: bool, returned: always}
    msg:
      description: What failed, or else what warns, and what to do about it, in one line. Empty when all passed.
      type: str
      returned: always
      sample: "ports: The cluster's port is 5430, not within 5431-5455, 8191-8215. Change the cluster's port."
    addresses:
      description: IP addresses of the data store, given or resolved. Empty when no check asked for them.
      type: list
      elements: str
      returned: always
      sample: [10.1.0.10]
    region: {description: The region that was looked at., type: str, returned: always, sample: us-east-1}
    zone_ids:
      description:
        - Ids of the Availability Zones that have a subnet, by their names in this account. A name stands for another
          zone in each account, an id does not. Empty when no check asked for subnets.
      type: dict
      returned: always
      sample: {us-east-1a: use1-az1}
    route_table_ids:
      description:
        - Ids of the route tables of O(links[].client_subnet_ids). Empty when no check asked for route tables.
      type: list
      elements: str
      returned: always
      sample: [rtb-0123456789abcdef0]
    checks:
      description: What each prerequisite found, in the order of the table, without those for other destinations.
      type: list
      elements: dict
      returned: always
      contains:
        id: {description: The prerequisite., type: str, returned: always, sample: ports}
        check: {description: Its check., type: str, returned: always, sample: redshift_port}
        status:
          description: V(pass), V(warn), V(fail), or V(unknown) where AWS did not let it be seen.
          type: str
          returned: always
          sample: pass
        msg: {description: What was found., type: str, returned: always, sample: "The cluster's port is 5439."}
        remedy: {description: What to do about it., type: str, returned: always, sample: "Change the cluster's port."}
        source: {description: Where the prerequisite is written., type: str, returned: always}
failed_items:
  description: Names of the links that failed.
  returned: always
  type: list
  elements: str
  sample: []
"""

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight import checks, clients, rules, streams
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.patterns import PATTERNS
from ansible_collections.saas.privatelink.plugins.module_utils._aws.preflight.snapshot import CheckedLink, Reader
from ansible_collections.saas.privatelink.plugins.module_utils._core import findings
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns import Resolver, parse_nameserver
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec

PREREQUISITE = {
    "id": {"type": "str", "required": True},
    "check": {"type": "str", "required": True, "choices": rules.registered(checks, clients, streams)},
    "patterns": {"type": "list", "elements": "str", "choices": sorted(PATTERNS)},
    "destinations": {"type": "list", "elements": "str"},
    "level": {"type": "str", "choices": ["fail", "warn"], "default": "fail"},
    "remedy": {"type": "str", "default": ""},
    "source": {"type": "str", "default": ""},
    "regions": {"type": "list", "elements": "str"},
    "known_destinations": {"type": "list", "elements": "str"},
    "port_ranges": {"type": "list", "elements": "str"},
    "cidr": {"type": "str"},
    "limit": {"type": "int"},
    "node_families": {"type": "list", "elements": "str"},
    "lowest_kafka_version": {"type": "str"},
    "unsupported_instance_types": {"type": "list", "elements": "str"},
    "min_free_addresses": {"type": "int"},
    "unsupported_zone_ids": {"type": "list", "elements": "str"},
    "min_subnets": {"type": "int"},
    "min_prefix_length": {"type": "int"},
    "max_prefix_length": {"type": "int"},
    "services": {"type": "list", "elements": "str"},
}
OPTIONS = {
    "links": {"type": "list", "elements": "dict", "required": True, "options": argument_spec(CheckedLink)},
    "prerequisites": {"type": "list", "elements": "dict", "default": [], "options": PREREQUISITE},
    "nameservers": {"type": "list", "elements": "str"},
    "on_item_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
}


def check_options(module: InfoModule) -> None:
    """Fail the module where it cannot tell links apart, or for a name server that is none."""
    names = [link["name"] for link in module.params["links"]]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        module.fail_json(msg=f"Two items of links have the same name: {', '.join(twice)}.")
    try:
        for nameserver in module.params["nameservers"] or []:
            parse_nameserver(nameserver)
    except ValueError as error:
        module.fail_json(msg=f"nameservers: {error}.")


def main() -> None:
    module = InfoModule(OPTIONS)
    check_options(module)

    def resolve(name: str) -> t.Sequence[str]:
        return Resolver(module.params["nameservers"]).resolve(name).addresses

    with module.reading() as api:
        if module.params["assume_role_arn"]:
            api.role_keys()  # one that cannot be assumed is said once, and not of every link
        links = [CheckedLink(**link) for link in module.params["links"]]
        table = rules.of_patterns(links) + [rules.Prerequisite(**row) for row in module.params["prerequisites"]]
        snapshot = Reader(api, resolve).snapshot(links, rules.needs(links, table))
        results = [rules.report(link, table, snapshot) for link in links]
    findings.warn(module, results)
    failed = [result for result in results if result["failed"]]
    answer = {"changed": False, "results": results, "failed_items": [result["name"] for result in failed]}
    if failed and module.params["on_item_failure"] == "fail":
        module.fail_json(msg="; ".join(f"{result['name']}: {result['msg']}" for result in failed), **answer)
    module.exit_json(**answer)


if __name__ == "__main__":
    main()
