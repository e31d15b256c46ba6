#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_network_policy_info
short_description: Read network policies of Databricks
version_added: 0.1.0
description:
  - Reads network policies of a Databricks account, all or those asked for.
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.attributes.info
options:
  network_policies:
    description:
      - Which policies to read, each named as a single one is. Mutually exclusive with those options.
    type: list
    elements: dict
    suboptions: &which
      name:
        description:
          - Id of the policy.
        type: str
  <<: *which
seealso:
  - module: saas.privatelink.databricks_network_policy
"""

EXAMPLES = r"""
- name: See what workspaces without a policy of their own reach
  saas.privatelink.databricks_network_policy_info:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: default-policy
"""

RETURN = r"""
network_policies:
  description: The policies, in the order asked for; what there is not is left out.
  returned: always
  type: list
  elements: dict
  contains:
    network_policy_id: {description: Id of the policy., type: str, returned: always, sample: restricted}
    egress: {description: What serverless compute reaches. As the API writes it., type: dict, returned: always}
    ingress: {description: Who reaches the workspaces. As the API writes it., type: dict, returned: always}
    ingress_dry_run:
      description: Who would reach the workspaces; it is only logged. As the API writes it.
      type: dict
      returned: always
"""

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import DatabricksInfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_network_policy import (
    POLICY,
    policy_shown,
)


def main() -> None:
    DatabricksInfoModule("network_policies", {"name": POLICY.id}).show(POLICY.read, policy_shown)


if __name__ == "__main__":
    main()
