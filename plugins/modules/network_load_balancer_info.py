#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_load_balancer_info
short_description: List internal Network Load Balancers
version_added: 0.1.0
description:
  - Lists the internal Network Load Balancers of an account and region, with their listeners and target groups.
  - Costs one read call per 400 load balancers, one per 400 target groups, one per 20 load balancers for tags, one per
    200 for the addresses of nodes, which their network interfaces tell (C(ec2:DescribeNetworkInterfaces)), one for
    each load balancer's listeners and one for each TLS listener's certificates.
  - "IAM actions: see C(docs/iam/network_load_balancer_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  names:
    description:
      - Only load balancers of these names. Names that do not exist are left out.
    type: list
    elements: str
  attributes:
    description:
      - Read the attributes as well, RV(load_balancers[].cross_zone) and
        RV(load_balancers[].listeners[].tcp_idle_timeout), which costs one call more for each load balancer and TCP
        listener.
    type: bool
    default: false
seealso:
  - module: saas.privatelink.network_load_balancer
"""

EXAMPLES = r"""
- name: See where a load balancer forwards to
  saas.privatelink.network_load_balancer_info:
    names: [fivetran-orders]
"""

RETURN = r"""
load_balancers:
  description: The load balancers, in order of name; empty when there are none.
  returned: always
  type: list
  elements: dict
  contains:
    load_balancer_arn:
      description: ARN of the load balancer.
      type: str
      returned: always
      sample: arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/fivetran-orders/0123456789abcdef
    load_balancer_name: {description: Name of the load balancer., type: str, returned: always, sample: fivetran-orders}
    dns_name: {description: Name that resolves to its nodes., type: str, returned: always}
    canonical_hosted_zone_id: {description: Hosted zone of that name., type: str, returned: always}
    vpc_id: {description: VPC of the load balancer., type: str, returned: always}
    load_balancer_state: {description: State of the load balancer., type: str, returned: always, sample: active}
    availability_zones:
      description: Zones and subnets of the load balancer.
      type: list
      elements: dict
      returned: always
      contains:
        zone_name: {description: Name of the zone., type: str, returned: always, sample: us-east-1a}
        subnet_id: {description: Subnet in the zone., type: str, returned: always}
        private_addresses:
          description: Addresses of the node there, its own first; null where its network interface is not listed.
          type: list
          elements: str
          returned: always
          sample: [10.0.1.10]
    security_groups: {description: The security groups., type: list, elements: str, returned: always}
    enforce_privatelink_rules:
      description: Whether inbound rules apply to PrivateLink traffic, null without security groups.
      type: bool
      returned: always
    cross_zone:
      description: Whether cross-zone load balancing is on, null without O(attributes).
      type: bool
      returned: always
    listeners:
      description: The listeners, in order of port.
      type: list
      elements: dict
      returned: always
      contains:
        port: {description: Port of the listener., type: int, returned: always, sample: 5432}
        protocol: {description: Protocol of the listener., type: str, returned: always, sample: TCP}
        listener_arn: {description: ARN of the listener., type: str, returned: always}
        target_group_name:
          description: Name of its target group; of several, the one whose ARN sorts first.
          type: str
          returned: always
        target_group_arn: {description: ARN of that target group., type: str, returned: always}
        target_port: {description: Port of that target group., type: int, returned: always, sample: 5432}
        target_groups:
          description: All target groups it forwards to, in order of ARN.
          type: list
          elements: dict
          returned: always
          contains:
            target_group_name: {description: Name of the target group., type: str, returned: always}
            target_group_arn: {description: ARN of the target group., type: str, returned: always}
            target_port: {description: Port of its targets., type: int, returned: always, sample: 5432}
        certificates:
          description: How many certificates a TLS listener has, its default included; null for other protocols.
          type: int
          returned: always
          sample: 1
        tcp_idle_timeout:
          description: Seconds without data after which a connection is forgotten, null without O(attributes).
          type: int
          returned: always
          sample: 350
    tags: {description: Tags of the load balancer., type: dict, returned: always}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.network_load_balancer import read_all

OPTIONS = {
    "names": {"type": "list", "elements": "str"},
    "attributes": {"type": "bool", "default": False},
}


def main() -> None:
    module = InfoModule(OPTIONS)
    with module.reading() as api:
        found = read_all(api, module.params["names"], module.params["attributes"])
    module.exit_json(changed=False, load_balancers=found)


if __name__ == "__main__":
    main()
