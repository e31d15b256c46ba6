#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_workspace_network
short_description: Give workspaces of Databricks their network
version_added: 0.1.0
description:
  - Gives workspaces of a Databricks account a network, private access settings and a network connectivity config, and
    waits until they are C(RUNNING) again.
  - All three can be exchanged for others. None can be taken off once it is there. Workspaces themselves are
    neither made nor removed.
  - Takes one workspace or a list of them in O(workspaces).
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  workspaces:
    description:
      - The workspaces, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &workspace
      name:
        description:
          - Exact name of the workspace. Required. Where O(workspaces[].workspace_id) is given, any name for the item.
        type: str
      workspace_id:
        description:
          - Number of the workspace, if its name does not tell it from others.
        type: int
      network_id:
        description:
          - Databricks' id of the network that it shall have. Only a workspace that was made with one can be given
            another. See M(saas.privatelink.databricks_network), which moves workspaces by itself.
        type: str
      private_access_settings_id:
        description:
          - Databricks' id of the private access settings that it shall have.
        type: str
      network_connectivity_config_id:
        description:
          - Databricks' id of the connectivity config to which it shall be bound.
        type: str
      replace:
        description:
          - Bind the workspace to another connectivity config than now. Its serverless compute loses the private
            endpoints of that one.
        type: bool
        default: false
      confirm_disruption:
        description:
          - Consent to the change of a workspace with classic compute. All of that must be stopped before, and no
            cluster starts for about 20 minutes after it, though the workspace is C(RUNNING). The module cannot see
            whether any runs.
        type: bool
        default: false
      state:
        description:
          - V(absent) changes nothing. It says what is kept, and what would have to happen.
        type: str
        choices: [present, absent]
        default: present
  <<: *workspace
  limits:
    description:
      - What Databricks allows, which cannot be read. More is not asked for.
    type: dict
    suboptions:
      connectivity_configs_per_region:
        description:
          - Configs in a region.
        type: int
        default: 10
      workspaces_per_connectivity_config:
        description:
          - Workspaces that are bound to one config.
        type: int
        default: 50
      vpc_rules_per_region:
        description:
          - Private endpoint rules with domain names in a region, of all configs.
        type: int
        default: 100
      s3_rules_per_region:
        description:
          - Private endpoint rules with buckets in a region, of all configs.
        type: int
        default: 30
      domain_names_per_rule:
        description:
          - Names in one rule.
        type: int
        default: 10
  wait_timeout:
    description:
      - How long to wait in total, in seconds. A workspace takes up to 20 minutes.
    type: int
    default: 1800
seealso:
  - module: saas.privatelink.databricks_workspace_network_info
  - module: saas.privatelink.databricks_network
  - module: saas.privatelink.databricks_private_access
  - module: saas.privatelink.databricks_connectivity_config
"""

EXAMPLES = r"""
- name: Let serverless compute of a workspace use private endpoints
  saas.privatelink.databricks_workspace_network:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: analytics
    network_connectivity_config_id: "{{ serverless.results[0].network_connectivity_config_id }}"
    confirm_disruption: true
"""

RETURN = r"""
results:
  description: What became of each workspace, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "analytics"}
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
      description: The write calls made, or in check mode the calls that would be made.
      type: list
      elements: str
      returned: always
      sample: ["databricks:UpdateWorkspace"]
    consent:
      description: To what consent is missing, where it failed for the lack of O(workspaces[].confirm_disruption) alone.
      type: str
      returned: when consent is missing
    workspace_id: {description: Number of the workspace., type: int, returned: when there is one, sample: 1234567890}
    workspace_name: {description: Name of the workspace., type: str, returned: when there is one}
    aws_region: {description: Region of the workspace., type: str, returned: when there is one, sample: us-east-1}
    workspace_status:
      description: Databricks' word for the state.
      type: str
      returned: when there is one
      sample: RUNNING
    workspace_status_message: {description: What Databricks says of it., type: str, returned: when there is one}
    compute_mode:
      description: V(SERVERLESS) where there is no classic compute.
      type: str
      returned: when there is one
      sample: HYBRID
    pricing_tier: {description: Plan of the workspace., type: str, returned: when there is one, sample: ENTERPRISE}
    network_id: {description: Databricks' id of its network., type: str, returned: when there is one}
    private_access_settings_id:
      description: Databricks' id of its private access settings.
      type: str
      returned: when there is one
    network_connectivity_config_id:
      description: Databricks' id of the connectivity config to which it is bound.
      type: str
      returned: when there is one
    kept:
      description: With O(state=absent), what the workspace keeps, why, and what would have to happen.
      type: list
      elements: str
      returned: when not failed
      sample: []
    status: {description: V(present) or V(absent)., type: str, returned: when not failed, sample: present}
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

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import (
    LIMITS,
    DatabricksItemsModule,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_workspace_network import (
    WorkspaceNetwork,
    WorkspaceNetworks,
)


def main() -> None:
    longer = {"wait_timeout": {"type": "int", "default": 1800}}  # a workspace takes up to 20 minutes
    module = DatabricksItemsModule("workspaces", WorkspaceNetwork, {**LIMITS, **longer})
    kind = WorkspaceNetworks(module.account())
    module.converge(kind, kind, poll=15, workers=1)


if __name__ == "__main__":
    main()
