#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_workspace_network_info
short_description: Read what network workspaces of Databricks have
version_added: 0.1.0
description:
  - Reads the workspaces of a Databricks account, all or those asked for, with what each has of the account's network.
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.attributes.info
options:
  workspaces:
    description:
      - Which workspaces to read, each named as a single one is. Mutually exclusive with those options.
    type: list
    elements: dict
    suboptions: &which
      workspace_id:
        description:
          - Number of the workspace.
        type: str
      name:
        description:
          - Exact name of the workspace. All that have it are returned.
        type: str
  <<: *which
seealso:
  - module: saas.privatelink.databricks_workspace_network
"""

EXAMPLES = r"""
- name: See to which connectivity config a workspace is bound
  saas.privatelink.databricks_workspace_network_info:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: analytics
"""

RETURN = r"""
workspaces:
  description: The workspaces, in the order asked for; what there is not is left out.
  returned: always
  type: list
  elements: dict
  contains:
    workspace_id: {description: Number of the workspace., type: int, returned: always, sample: 1234567890123456}
    workspace_name: {description: Name of the workspace., type: str, returned: always}
    aws_region: {description: Region of the workspace., type: str, returned: always, sample: us-east-1}
    workspace_status:
      description: Databricks' word for the state.
      type: str
      returned: always
      sample: RUNNING
    workspace_status_message: {description: What Databricks says of it., type: str, returned: always}
    compute_mode:
      description: V(SERVERLESS) where there is no classic compute.
      type: str
      returned: always
      sample: HYBRID
    pricing_tier: {description: Plan of the workspace., type: str, returned: always, sample: ENTERPRISE}
    network_id: {description: Databricks' id of its network., type: str, returned: always}
    private_access_settings_id:
      description: Databricks' id of its private access settings.
      type: str
      returned: always
    network_connectivity_config_id:
      description: Databricks' id of the connectivity config to which it is bound.
      type: str
      returned: always
"""

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import Databricks, Object
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import DatabricksInfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import WORKSPACE
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_workspace_network import shown

WHICH = {"workspace_id": "number", "name": "workspace_name"}


def read(account: Databricks) -> list[Object]:
    """The workspaces, each with its number as text, as options give it."""
    return [{**workspace, "number": str(workspace[WORKSPACE.id])} for workspace in WORKSPACE.read(account)]


def main() -> None:
    DatabricksInfoModule("workspaces", WHICH).show(read, shown)


if __name__ == "__main__":
    main()
