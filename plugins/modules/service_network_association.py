#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_network_association
short_description: Associate resource configurations with VPC Lattice service networks
version_added: 0.1.0
description:
  - Puts a resource configuration, also one that another account shares, into a service network, so that every VPC and
    endpoint of the network reaches the resource. Waits until the association is active. Or takes it out.
  - An association is known by the network and the resource configuration, of which AWS allows one. One that was made
    by other means is adopted.
  - Associations that AWS manages, as in shared service networks, are never touched.
  - Takes one association or a list of them in O(associations), which costs one read call per service network and 100
    associations, and one more for the tags of each.
  - "IAM actions: see C(docs/iam/service_network_association.json)."
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
          - Id or ARN of the service network, like V(sn-0123456789abcdef0). Required.
        type: str
      resource_configuration:
        description:
          - Id or ARN of the resource configuration, like V(rcfg-0123456789abcdef0). Required. Of a group, all that is
            in it is associated.
        type: str
      private_dns_enabled:
        description:
          - Whether the resource's own domain names resolve in the VPCs of the network. AWS's default is off.
          - AWS cannot change it. Where it differs, the association fails unless O(associations[].replace) is set.
        type: bool
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
            while, and the names in RV(results[].dns_entry) change.
        type: bool
        default: false
      adopt:
        description:
          - Use an association of the expected name, or of the given id, that others have made. Without this it is
            refused.
          - It is never deleted or replaced.
          - With O(associations[].state=absent) only what was added to it goes, and the collection's tags.
        type: bool
        default: false
  <<: *association
seealso:
  - module: saas.privatelink.service_network_association_info
  - module: saas.privatelink.vpc_endpoint_association_info
  - module: saas.privatelink.resource_share
  - name: Manage associations for a VPC Lattice service network
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html
"""

EXAMPLES = r"""
- name: Reach what a vendor shares from all VPCs of a service network
  saas.privatelink.service_network_association:
    name: cache
    service_network: sn-0123456789abcdef0
    resource_configuration: arn:aws:vpc-lattice:us-east-1:222222222222:resourceconfiguration/rcfg-0123456789abcdef0
    private_dns_enabled: true

- name: Take it out again
  saas.privatelink.service_network_association:
    name: cache
    service_network: sn-0123456789abcdef0
    resource_configuration: rcfg-0123456789abcdef0
    state: absent
"""

RETURN = r"""
results:
  description: What became of each association, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "cache"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "association snra-0123456789abcdef0 to be active"
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
      sample: ["vpc-lattice:CreateServiceNetworkResourceAssociation"]
    association_id:
      description: Id of the association, empty when there is none.
      type: str
      returned: when not failed
      sample: snra-0123456789abcdef0
    arn: {description: Its ARN., type: str, returned: when not failed}
    status:
      description: Its status as AWS writes it, V(absent) when there is none. V(PARTIAL) comes with a warning.
      type: str
      returned: when not failed
      sample: ACTIVE
    service_network_id: {description: Id of the service network., type: str, returned: when not failed}
    resource_configuration_id: {description: Id of the resource configuration., type: str, returned: when not failed}
    private_dns_enabled:
      description: Whether the resource's own domain names resolve in the network.
      type: bool
      returned: when not failed
    dns_entry:
      description: The name that AWS gives it. A group has none, what is in it has.
      type: dict
      returned: when not failed
      contains: &dns
        domain_name: {description: The name., type: str, returned: always}
        hosted_zone_id: {description: Its hosted zone., type: str, returned: always}
    private_dns_entry:
      description: The resource's own domain name. A group has none, what is in it has.
      type: dict
      returned: when not failed
      contains: *dns
    managed: {description: Whether AWS manages it., type: bool, returned: when not failed}
    failure_code: {description: AWS's code of what went wrong., type: str, returned: when not failed, sample: ""}
    failure_reason: {description: AWS's words for what went wrong., type: str, returned: when not failed, sample: ""}
    tags: {description: Its tags., type: dict, returned: when it is usable and not managed}
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
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_association import (
    Association,
    Associations,
)


def main() -> None:
    module = ItemsModule("associations", Association)
    api = module.api()
    module.converge(Associations(api), api)


if __name__ == "__main__":
    main()
