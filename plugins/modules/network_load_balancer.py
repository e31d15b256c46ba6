#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_load_balancer
short_description: Manage internal Network Load Balancers with their listeners and target groups
version_added: 0.1.0
description:
  - Creates, changes and deletes internal Network Load Balancers for TCP, each with its security groups, listeners and
    target groups as one unit.
  - Registers and removes no targets; M(saas.privatelink.nlb_ip_sync) does. A target group of a new port is empty at
    first.
  - Takes one load balancer or a list of them in O(load_balancers), which is converged in one process. Besides one
    read call per 400 load balancers, one per 400 target groups and one per 20 for tags, that costs one for each load
    balancer, and with O(check_attributes) one for each load balancer, listener and target group whose attributes are
    set here.
  - An option that is not set changes nothing. A set option is the wanted state. Listeners and tags are added to what
    is there, unless the matching purge option is set.
  - A load balancer is found by its name. One that lacks the tags C(saas.privatelink:name) and
    C(saas.privatelink:environment) of this item was made by other means, and is refused unless O(adopt) is set.
  - "IAM actions: see C(docs/iam/network_load_balancer.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  load_balancers:
    description:
      - The load balancers, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &balancer
      name:
        description:
          - Name of the load balancer, up to 32 letters, digits and hyphens. Required. Becomes the tags
            C(saas.privatelink:name) and, at creation, C(Name).
        type: str
      state:
        description:
          - Whether the load balancer exists.
          - V(absent) deletes it with its listeners, then those of its target groups that were made here. One that
            lacks the tag C(saas.privatelink:name) is not deleted.
        type: str
        choices: [present, absent]
        default: present
      load_balancer_name:
        description:
          - What the load balancer is called in AWS, where that is not O(load_balancers[].name).
        type: str
      vpc_id:
        description:
          - VPC of the load balancer and its target groups. Taken from O(load_balancers[].subnet_ids) when not set.
        type: str
      subnet_ids:
        description:
          - The subnets, one for each Availability Zone. Needed to create a load balancer. The exact set.
          - A subnet that takes the place of another one in its zone is added after that is removed. AWS removes no
            subnet while an endpoint uses the load balancer.
          - A new one needs 8 free addresses.
        type: list
        elements: str
      private_addresses:
        description:
          - Fixed IPv4 addresses of the nodes, by subnet. In subnets that are not listed here AWS chooses one.
          - An address is given when its subnet is enabled, and AWS never changes one, nor one that it chose. Another
            address than the node has is refused. (Guide "Network Load Balancers", read 2026-11.)
        type: dict
      security_group_ids:
        description:
          - The security groups, the exact set.
          - A load balancer made without any can never be given one, nor can all be taken away. This module refuses
            both; list another one beside it, and take this one away once it is not used any more.
        type: list
        elements: str
      enforce_privatelink_rules:
        description:
          - Whether the inbound rules of the security groups apply to traffic that comes through AWS PrivateLink.
            Needs security groups.
          - With V(true) a connection counts as coming from the consumer's address in the consumer's VPC.
        type: bool
      cross_zone:
        description:
          - Whether each zone's node forwards to the targets of all zones.
        type: bool
      ip_address_type:
        description:
          - Whether clients can use IPv4 only, or IPv6 as well, for which all its subnets need an IPv6 CIDR block.
        type: str
        choices: [ipv4, dualstack]
      deletion_protection:
        description:
          - Whether AWS refuses to delete the load balancer. V(false) beside O(load_balancers[].state=absent) switches
            it off first; otherwise a protected load balancer is not deleted.
        type: bool
      listeners:
        description:
          - The TCP ports that the load balancer listens on. A port that forwards to another target group is moved to
            the one described here. The target group it leaves is deleted when it was made here and nothing uses it
            any more.
          - While the old target group has a healthy target and the new one has none, the port stays with the old one.
            The new one gets a listener on a port from 65535 downwards for that time, because AWS looks at the health
            of targets in use only. RV(results[].moving) is true then. Fill the new target group and run the module
            again.
        type: list
        elements: dict
        suboptions:
          port:
            description:
              - Port that clients connect to.
            type: int
            required: true
          tcp_idle_timeout:
            description:
              - Seconds without data in either direction after which the load balancer forgets a connection, 60 to 6000.
                A query that runs longer without sending anything, and a pool that rests longer, loses its connection.
                AWS's default is 350 (C(tcp.idle_timeout.seconds), "Update the TCP idle timeout for your Network Load
                Balancer listener", read 2026-11).
              - Of a listener that others have made it stays as it is.
            type: int
          target_group:
            description:
              - Where the port forwards to; the defaults below when not set. Listeners of one load balancer may share
                one.
            type: dict
            suboptions:
              name:
                description:
                  - Name of the target group, up to 32 letters, digits and hyphens.
                  - By default the load balancer's name, a hyphen and the target port. Where that is longer than 32
                    characters, its first 25, a hyphen and six hex digits.
                type: str
              port:
                description:
                  - Port of the targets. By default the listener's.
                  - AWS cannot change it in a target group, so another port means another target group. With the name
                    left to the default, that is made, the listener moved to it and the old one deleted.
                type: int
              target_type:
                description:
                  - What targets are registered by. Cannot be changed in a target group.
                type: str
                choices: [ip, instance]
                default: ip
              health_check:
                description:
                  - How targets are checked. AWS lets each of these be changed later.
                type: dict
                suboptions:
                  protocol:
                    description:
                      - Protocol of the check.
                    type: str
                    choices: [TCP, HTTP, HTTPS]
                  port:
                    description:
                      - Port of the check, V(traffic-port) meaning the targets' own.
                    type: str
                  path:
                    description:
                      - Path of the check, for HTTP and HTTPS.
                    type: str
                  interval:
                    description:
                      - Seconds between checks, 5 to 300, and no less than the timeout. AWS's default is 30.
                    type: int
                  timeout:
                    description:
                      - Seconds after which a check has failed, 2 to 120. AWS's default is 6 for HTTP, 10 for TCP and
                        HTTPS. A new target group that is checked more often than that gets the interval.
                    type: int
                  healthy_threshold:
                    description:
                      - Checks in a row that must succeed for a target to count as healthy, 2 to 10.
                    type: int
                  unhealthy_threshold:
                    description:
                      - Checks in a row that must fail for a target to count as unhealthy, 2 to 10.
                    type: int
              deregistration_delay:
                description:
                  - Seconds that a removed target may go on with its connections, 0 to 3600.
                type: int
              connection_termination:
                description:
                  - Whether connections to a removed target are ended after that time.
                type: bool
              preserve_client_ip:
                description:
                  - Whether targets see the client's address. Through AWS PrivateLink they see the load balancer's in
                    any case.
                type: bool
              proxy_protocol_v2:
                description:
                  - Whether connections begin with a Proxy Protocol header. Targets must expect it.
                type: bool
              cross_zone:
                description:
                  - Cross-zone load balancing for this target group.
                type: str
                choices: ['true', 'false', use_load_balancer_configuration]
      purge_listeners:
        description:
          - Remove listeners whose port is not in O(load_balancers[].listeners), and their target groups where those
            were made here and nothing else uses them.
          - Without it, O(load_balancers[].state=absent) deletes no load balancer on which others have a listener, which
            is one to a target group without the tags of this one.
        type: bool
        default: false
      leave_others:
        description:
          - Purge no listener of others, which is one to a target group without the tags of this one.
        type: bool
        default: false
      tags:
        description:
          - Tags of the load balancer and of the target groups in O(load_balancers[].listeners).
        type: dict
      purge_tags:
        description:
          - Remove tags that are not in O(load_balancers[].tags). C(Name) and the collection's own tag stay.
        type: bool
        default: false
      adopt:
        description:
          - Use a load balancer and target groups of the expected name that others have made. Without this they are
            refused.
          - Listeners are added to it. All else of it stays as it is, whatever other options say, and so do target
            groups that others have made. None is ever deleted.
          - With O(load_balancers[].state=absent) only what was added goes, and the collection's tags.
        type: bool
        default: false
  check_attributes:
    description:
      - Compare the attributes of load balancers, listeners and target groups that exist already (O(cross_zone),
        O(deletion_protection), O(listeners[].tcp_idle_timeout) and those of target groups). With V(false) only what
        listings show is compared, which saves up to three read calls for each load balancer. New ones get their
        attributes either way.
    type: bool
    default: true
  addresses:
    description:
      - Read the addresses of the nodes as well, RV(results[].availability_zones[].private_addresses), from their
        network interfaces (C(ec2:DescribeNetworkInterfaces)). Costs one call per 200 load balancers.
    type: bool
    default: false
  <<: *balancer
seealso:
  - module: saas.privatelink.network_load_balancer_info
  - module: saas.privatelink.nlb_ip_sync
  - module: saas.privatelink.endpoint_service
  - name: Network Load Balancers
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html
notes:
  - The first load balancer of an account needs C(iam:CreateServiceLinkedRole) for Elastic Load Balancing as well.
"""

EXAMPLES = r"""
- name: Put a load balancer before one database
  saas.privatelink.network_load_balancer:
    name: fivetran-orders
    subnet_ids: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    security_group_ids: [sg-0123456789abcdef0]
    enforce_privatelink_rules: false
    cross_zone: true
    listeners:
      - port: 5432
        tcp_idle_timeout: 3600
        target_group:
          deregistration_delay: 30
          connection_termination: true
    region: us-east-1

- name: Converge many by what listings show, in as few calls as there are
  saas.privatelink.network_load_balancer:
    load_balancers:
      - name: fivetran-orders
        subnet_ids: [subnet-0123456789abcdef0]
        listeners: [{port: 5432}]
      - name: fivetran-billing
        subnet_ids: [subnet-0123456789abcdef0]
        listeners: [{port: 3306}]
    check_attributes: false

- name: Give the nodes fixed addresses, which a firewall lets in
  saas.privatelink.network_load_balancer:
    name: fivetran-crm
    subnet_ids: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    private_addresses:
      subnet-0123456789abcdef0: 10.0.1.10
      subnet-0123456789abcdef1: 10.0.2.10

- name: Add a port to one that others have made, and leave all else on it as it is
  saas.privatelink.network_load_balancer:
    name: fivetran-orders
    load_balancer_name: shared
    adopt: true
    listeners: [{port: 5433}]

- name: Take one away
  saas.privatelink.network_load_balancer:
    name: fivetran-orders
    state: absent
"""

RETURN = r"""
results:
  description: What became of each load balancer, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "fivetran-orders"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "load balancer fivetran-orders to be active"
    unshown:
      description: Changes that were made, and that did not show until the run gave up looking for them.
      type: list
      elements: str
      returned: always
      sample: []
    writes:
      description: The write calls made, or in check mode the calls that would be made, as IAM names them.
      type: list
      elements: str
      returned: always
      sample: ["elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:CreateLoadBalancer"]
    load_balancer_arn:
      description: ARN of the load balancer.
      type: str
      returned: when it exists
      sample: arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/fivetran-orders/0123456789abcdef
    load_balancer_name: {description: Name of the load balancer., type: str, returned: when it exists}
    dns_name: {description: Name that resolves to its nodes., type: str, returned: when it exists}
    canonical_hosted_zone_id: {description: Hosted zone of that name., type: str, returned: when it exists}
    vpc_id: {description: VPC of the load balancer., type: str, returned: when it exists}
    load_balancer_state: {description: State of the load balancer., type: str, returned: when it exists, sample: active}
    availability_zones:
      description: Zones and subnets of the load balancer.
      type: list
      elements: dict
      returned: when it exists
      contains:
        zone_name: {description: Name of the zone., type: str, returned: always, sample: us-east-1a}
        subnet_id: {description: Subnet in the zone., type: str, returned: always}
        private_addresses:
          description:
            - Addresses of the node there, its own first. Null when not known. Without O(addresses) those are known
              that were given by O(load_balancers[].private_addresses).
          type: list
          elements: str
          returned: always
          sample: [10.0.1.10]
    security_groups: {description: The security groups., type: list, elements: str, returned: when it exists}
    enforce_privatelink_rules:
      description: Whether inbound rules apply to PrivateLink traffic, null without security groups.
      type: bool
      returned: when it exists
    cross_zone:
      description: Whether cross-zone load balancing is on, null when attributes were not read.
      type: bool
      returned: when it exists
    target_groups:
      description: The target groups that the wanted ports forward to, or will.
      type: list
      elements: dict
      contains:
        listener_port:
          description: The port.
          type: int
        name:
          description: Name of the target group; of an adopted one its own.
          type: str
        health_check_timeout:
          description: Seconds after which a check of its targets has failed, where it is known.
          type: int
          returned: always
          sample: 10
        registered:
          description: Of one that others have made, the targets that we have registered in it.
          type: list
          elements: str
          returned: when it was adopted
        newly_adopted:
          description: Of such one, whether nothing has followed a name there yet.
          type: bool
          returned: when it was adopted
    former_ports:
      description: Ports of listeners that were removed, or will be. Whoever connects to them is to be told another.
      type: list
      elements: int
    moving:
      description: Whether a port still forwards to its old target group, because the new one has no healthy target.
      type: bool
    listeners:
      description: The listeners, in order of port.
      type: list
      elements: dict
      returned: when it exists
      contains:
        port: {description: Port of the listener., type: int, returned: always, sample: 5432}
        protocol: {description: Protocol of the listener., type: str, returned: always, sample: TCP}
        listener_arn: {description: ARN of the listener., type: str, returned: always}
        target_group_name: {description: Name of its target group., type: str, returned: always}
        target_group_arn: {description: ARN of its target group., type: str, returned: always}
        target_port: {description: Port of its targets., type: int, returned: always, sample: 5432}
        target_groups:
          description: All target groups it forwards to, each with the three fields above.
          type: list
          elements: dict
          returned: always
        certificates:
          description: Always null here; M(saas.privatelink.network_load_balancer_info) counts those of a TLS listener.
          type: int
          returned: always
        tcp_idle_timeout:
          description: Seconds without data after which a connection is forgotten, null when it was not read.
          type: int
          returned: always
          sample: 3600
    tags: {description: Tags of the load balancer., type: dict, returned: when it exists}
failed_items:
  description: Names of the items that failed.
  returned: always
  type: list
  elements: str
  sample: []
check_mode:
  description: Whether the writes are only planned, for the run is in check mode.
  returned: always
  type: bool
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.network_load_balancer import NetworkLoadBalancers
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import NetworkLoadBalancer


def main() -> None:
    reads = {
        "check_attributes": {"type": "bool", "default": True},
        "addresses": {"type": "bool", "default": False},
    }
    module = ItemsModule("load_balancers", NetworkLoadBalancer, reads)
    api, params = module.api(), module.params
    kind = NetworkLoadBalancers(api, params["check_attributes"], module.check_mode, params["addresses"])
    module.converge(kind, api)


if __name__ == "__main__":
    main()
