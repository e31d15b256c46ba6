#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_network_vpc_association
short_description: Associate VPCs with VPC Lattice service networks
version_added: 0.1.0
description:
  - Associates a VPC with a service network, so that the VPC reaches what is in the network without an endpoint of its
    own. Waits until the association is active. Or ends it.
  - AWS allows a VPC one association. Where it has one with another network, nothing is changed; a second network is
    reached by an endpoint, see M(saas.privatelink.vpc_endpoint). Connections from outside of the VPC, as by peering, do
    not go through an association.
  - Takes one association or a list of them in O(associations), which costs three read calls for each.
  - "IAM actions: see C(docs/iam/service_network_vpc_association.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  associations:
    description:
      - The associations, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &association
      name:
        description:
          - What the association is called here, and by its tags. Required.
        type: str
      state:
        description:
          - Whether the association shall exist.
        type: str
        choices: [present, absent]
        default: present
      service_network:
        description:
          - Id or ARN of the service network, like V(sn-0123456789abcdef0). Required. Of another account's network,
            which must be shared, the ARN.
        type: str
      vpc_id:
        description:
          - Id of the VPC. Required.
        type: str
      security_group_ids:
        description:
          - Security groups that say which resources of the VPC may use the network, the exact set. Without any, all
            may.
          - AWS adds and changes them, and does not let all of them be removed; an empty list then fails unless
            O(associations[].replace) is set.
        type: list
        elements: str
      private_dns_enabled:
        description:
          - Whether the own domain names of the network's resources resolve in the VPC. AWS's default is off. The
            resource must be associated with the network with private DNS, too, see
            M(saas.privatelink.service_network_association).
          - Needs botocore >= 1.41.
        type: bool
      private_dns_preference:
        description:
          - For which domains there are private names, where O(associations[].private_dns_enabled).
          - Needs botocore >= 1.41.
        type: str
        choices:
          - ALL_DOMAINS
          - VERIFIED_DOMAINS_ONLY
          - VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS
          - SPECIFIED_DOMAINS_ONLY
      private_dns_specified_domains:
        description:
          - The specified domains, at most 10, for an O(associations[].private_dns_preference) that names them.
        type: list
        elements: str
      tags:
        description:
          - Tags to set, beside C(saas.privatelink:name) and, on what is made, C(Name).
        type: dict
      purge_tags:
        description:
          - Remove tags that are not in O(associations[].tags).
        type: bool
        default: false
      replace:
        description:
          - Delete an association that has failed or cannot be changed, and make a new one. That cuts connections for a
            while.
        type: bool
        default: false
      adopt:
        description:
          - Use an association that others have made. Without this it is refused. It is used as it is, and never deleted
            or replaced.
          - With O(associations[].state=absent) only the collection's tags go.
        type: bool
        default: false
  <<: *association
seealso:
  - module: saas.privatelink.service_network_vpc_association_info
  - module: saas.privatelink.service_network_association
  - module: saas.privatelink.vpc_endpoint
  - name: Manage associations for a VPC Lattice service network
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html
"""

EXAMPLES = r"""
- name: Let a VPC reach what is in a service network
  saas.privatelink.service_network_vpc_association:
    name: apps
    service_network: sn-0123456789abcdef0
    vpc_id: vpc-0123456789abcdef0
    security_group_ids: [sg-0123456789abcdef0]
    private_dns_enabled: true

- name: End that
  saas.privatelink.service_network_vpc_association:
    name: apps
    service_network: sn-0123456789abcdef0
    vpc_id: vpc-0123456789abcdef0
    state: absent
"""

RETURN = r"""
results:
  description: What became of each association, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "apps"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "association snva-0123456789abcdef0 to be active"
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
      sample: ["vpc-lattice:CreateServiceNetworkVpcAssociation"]
    vpc_association_id:
      description: Id of the association, empty when there is none.
      type: str
      returned: when not failed
      sample: snva-0123456789abcdef0
    arn: {description: Its ARN., type: str, returned: when not failed}
    status:
      description: Its status as AWS writes it, V(absent) when there is none.
      type: str
      returned: when not failed
      sample: ACTIVE
    service_network_id: {description: Id of the service network., type: str, returned: when not failed}
    vpc_id: {description: Id of the VPC., type: str, returned: when not failed}
    security_group_ids: {description: Its security groups., type: list, elements: str, returned: when not failed}
    private_dns_enabled:
      description: Whether the own domain names of the network's resources resolve in the VPC.
      type: bool
      returned: when not failed
    private_dns_preference: {description: For which domains., type: str, returned: when not failed}
    private_dns_specified_domains: {description: Those domains., type: list, elements: str, returned: when not failed}
    failure_code: {description: AWS's code of what went wrong., type: str, returned: when not failed, sample: ""}
    failure_reason: {description: AWS's words for what went wrong., type: str, returned: when not failed, sample: ""}
    tags: {description: Its tags., type: dict, returned: when it is usable}
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
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_vpc_association import (
    VpcAssociation,
    VpcAssociations,
)


def main() -> None:
    module = ItemsModule("associations", VpcAssociation)
    api = module.api()
    module.converge(VpcAssociations(api), api)


if __name__ == "__main__":
    main()
