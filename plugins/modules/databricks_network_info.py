#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_network_info
short_description: Read networks of Databricks
version_added: 0.1.0
description:
  - Reads networks of a Databricks account, all or those asked for.
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.attributes.info
options:
  networks:
    description:
      - Which networks to read, each named as a single one is. Mutually exclusive with the options of one.
    type: list
    elements: dict
    suboptions: &which
      network_id:
        description:
          - Databricks' id of the network.
        type: str
      name:
        description:
          - Exact name of the network. All that have it are returned.
        type: str
  <<: *which
seealso:
  - module: saas.privatelink.databricks_network
"""

EXAMPLES = r"""
- name: See what Databricks says of a network
  saas.privatelink.databricks_network_info:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-compute
"""

RETURN = r"""
networks:
  description: The networks, in the order asked for; what there is not is left out.
  returned: always
  type: list
  elements: dict
  contains:
    network_id:
      description: Databricks' id of the network.
      type: str
      returned: always
      sample: 01234567-89ab-cdef-0123-456789abcdef
    network_name: {description: Name of the network., type: str, returned: always}
    vpc_id: {description: VPC of the network., type: str, returned: always}
    subnet_ids: {description: Its subnets., type: list, elements: str, returned: always}
    security_group_ids: {description: Its security groups., type: list, elements: str, returned: always}
    rest_api_endpoint_ids:
      description: Databricks' ids of the VPC endpoints to the workspace.
      type: list
      elements: str
      returned: always
    dataplane_relay_endpoint_ids:
      description: Databricks' ids of the VPC endpoints to the relay.
      type: list
      elements: str
      returned: always
    vpc_status: {description: What Databricks found in AWS., type: str, returned: always, sample: VALID}
    workspace_id: {description: Workspace that has the network., type: int, returned: always}
    error_messages: {description: Why it is C(BROKEN)., type: list, elements: dict, returned: always}
    warning_messages: {description: Why it is C(WARNED)., type: list, elements: dict, returned: always}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import DatabricksInfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_network import WHICH, shown
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import NETWORK


def main() -> None:
    DatabricksInfoModule("networks", WHICH).show(NETWORK.read, shown)


if __name__ == "__main__":
    main()
