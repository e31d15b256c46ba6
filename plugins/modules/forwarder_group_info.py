#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: forwarder_group_info
short_description: List Auto Scaling groups of hosts that forward ports
version_added: 0.1.0
description:
  - Lists the forwarders that M(saas.privatelink.forwarder_group) made in an account and region, with their hosts and
    how far they are replaced.
  - "IAM actions: see C(docs/iam/forwarder_group_info.json)."
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
      - Only forwarders of these names. One that does not exist is left out.
    type: list
    elements: str
seealso:
  - module: saas.privatelink.forwarder_group
"""

EXAMPLES = r"""
- name: List all forwarders
  saas.privatelink.forwarder_group_info:

- name: Look at one
  saas.privatelink.forwarder_group_info:
    names: [fivetran-main]
"""

RETURN = r"""
forwarder_groups:
  description: The forwarders, in order of name; empty when there are none.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the forwarder., type: str, returned: always, sample: fivetran-main}
    auto_scaling_group_arn: {description: ARN of the group., type: str, returned: always}
    launch_template_id: {description: Id of the launch template., type: str, returned: when it exists}
    launch_template_version:
      description: Version of the launch template that new hosts come from.
      type: str
      returned: always
      sample: "3"
    security_group_id: {description: Id of the security group., type: str, returned: when it exists}
    vpc_id: {description: Its VPC., type: str, returned: when the security group exists}
    subnet_ids: {description: Subnets of the hosts., type: list, elements: str, returned: always}
    target_group_arns:
      description: Target groups in which the hosts register.
      type: list
      elements: str
      returned: always
    instances: {description: How many hosts there should be., type: int, returned: always, sample: 2}
    hosts:
      description: The hosts.
      type: list
      elements: dict
      returned: always
      contains:
        instance_id: {description: Id of the host., type: str, returned: always, sample: i-0123456789abcdef0}
        availability_zone: {description: Its zone., type: str, returned: always, sample: us-east-1a}
        lifecycle_state: {description: Its state in the group., type: str, returned: always, sample: InService}
        health_status: {description: Its health by EC2's checks., type: str, returned: always, sample: Healthy}
        launch_template_version:
          description: Version of the launch template that it came from.
          type: str
          returned: always
          sample: "3"
    replacement:
      description: The newest instance refresh.
      type: dict
      returned: when there was one
      contains:
        status: {description: Its state., type: str, returned: always, sample: Successful}
        status_reason: {description: Why it is in that state., type: str, returned: always, sample: ""}
        percentage_complete: {description: How far it is., type: int, returned: always, sample: 100}
    tags: {description: Tags of the group., type: dict, returned: always}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_group import read_all
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule

OPTIONS = {"names": {"type": "list", "elements": "str"}}


def main() -> None:
    module = InfoModule(OPTIONS)
    with module.reading() as api:
        found = read_all(api, module.params["names"])
    module.exit_json(changed=False, forwarder_groups=found)


if __name__ == "__main__":
    main()
