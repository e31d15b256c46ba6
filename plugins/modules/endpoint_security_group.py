#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_security_group
short_description: Manage security groups of VPC endpoints
version_added: 0.1.0
description:
  - Makes a security group for a VPC endpoint, which lets other security groups in on an exact list of TCP ports, and
    nobody else.
  - Takes one group or a list of them in O(security_groups), which is converged in one process. A list of any length
    costs one read call per 200 groups.
  - A group is known by its name, which is unique in a VPC, and is this collection's by the tags
    C(saas.privatelink:name) and C(saas.privatelink:environment). One of that name without them is refused.
  - An option that is not set changes nothing. Rules that others have added to the group are never removed.
  - A group is deleted only when nothing has it any more. One that is still used stays, see RV(results[].kept).
  - "IAM actions: see C(docs/iam/endpoint_security_group.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  security_groups:
    description:
      - The groups, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &group
      name:
        description:
          - Name of the group. Required. It is in the tag C(saas.privatelink:name), too.
        type: str
      state:
        description:
          - Whether the group exists.
        type: str
        choices: [present, absent]
        default: present
      vpc_id:
        description:
          - VPC of the group. Required.
        type: str
      lets_in:
        description:
          - Who is let in. A rule of this collection has C(saas.privatelink) as its description.
        type: list
        elements: dict
        suboptions:
          source_security_group_ids:
            description:
              - Security groups whose members are let in.
            type: list
            elements: str
            required: true
          ports:
            description:
              - TCP ports, each a number or a range like V(8443-8451).
            type: list
            elements: str
            required: true
      purge_rules:
        description:
          - Whether rules of this collection that are not in O(security_groups[].lets_in) are removed.
        type: bool
        default: true
      going:
        description:
          - Ids of VPC endpoints that the same play deletes. They do not keep a group from being deleted; in check mode
            they are still there.
        type: list
        elements: str
      tags:
        description:
          - Tags of the group.
        type: dict
      purge_tags:
        description:
          - Remove tags that are not in O(security_groups[].tags). C(Name) and the collection's own tags stay.
        type: bool
        default: false
  <<: *group
seealso:
  - module: saas.privatelink.endpoint_security_group_info
  - module: saas.privatelink.vpc_endpoint
"""

EXAMPLES = r"""
- name: Let a cluster's security group in to an endpoint
  saas.privatelink.endpoint_security_group:
    name: vendor-endpoint
    vpc_id: vpc-0123456789abcdef0
    lets_in:
      - source_security_group_ids: [sg-0123456789abcdef0]
        ports: ["443", "8443-8451"]
"""

RETURN = r"""
results:
  description: What became of each group, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: ""}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: ""
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
      sample: []
    security_group_id: {description: Id of the group., type: str, returned: when it exists}
    vpc_id: {description: Its VPC., type: str, returned: when it exists}
    lets_in:
      description: The security groups that it lets in by TCP, also by rules of others.
      type: list
      elements: dict
      returned: when it exists
      contains:
        source_security_group_id: {description: Who is let in., type: str, returned: always}
        ports: {description: A port or a range., type: str, returned: always, sample: 8443-8451}
    tags: {description: Its tags., type: dict, returned: when it exists}
    kept:
      description: Why a group that is to go stays.
      type: list
      elements: str
      returned: when it stays
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoint_security_group import (
    EndpointSecurityGroup,
    EndpointSecurityGroups,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule


def main() -> None:
    module = ItemsModule("security_groups", EndpointSecurityGroup)
    api = module.api()
    module.converge(EndpointSecurityGroups(api), api)


if __name__ == "__main__":
    main()
