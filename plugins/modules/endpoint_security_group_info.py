#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_security_group_info
short_description: List security groups of VPC endpoints
version_added: 0.1.0
description:
  - Lists security groups with the security groups that they let in, those of others too.
  - "IAM actions: see C(docs/iam/endpoint_security_group_info.json)."
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
      - Names of the groups. A name may be that of a group in each of several VPCs; one that does not exist is left out.
    type: list
    elements: str
    required: true
seealso:
  - module: saas.privatelink.endpoint_security_group
"""

EXAMPLES = r"""
- name: See who is let in
  saas.privatelink.endpoint_security_group_info:
    names: [vendor-endpoint]
"""

RETURN = r"""
security_groups:
  description: The groups, in order of id; empty when there are none.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the group., type: str, returned: always, sample: vendor-endpoint}
    security_group_id: {description: Its id., type: str, returned: always, sample: sg-0123456789abcdef0}
    vpc_id: {description: Its VPC., type: str, returned: always, sample: vpc-0123456789abcdef0}
    lets_in:
      description: The security groups that it lets in by TCP.
      type: list
      elements: dict
      returned: always
      contains:
        source_security_group_id: {description: Who is let in., type: str, returned: always}
        ports: {description: A port or a range., type: str, returned: always, sample: 8443-8451}
    tags: {description: Its tags., type: dict, returned: always}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoint_security_group import as_result
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule

OPTIONS = {"names": {"type": "list", "elements": "str", "required": True}}


def main() -> None:
    module = InfoModule(OPTIONS)
    with module.reading() as api:
        names = module.params["names"]
        listed = api.filtered("ec2:DescribeSecurityGroups", "SecurityGroups", "group-name", names)
    groups = [{"name": group["GroupName"], **as_result(group)} for group in listed]
    groups.sort(key=lambda group: group["security_group_id"])
    module.exit_json(changed=False, security_groups=groups)


if __name__ == "__main__":
    main()
