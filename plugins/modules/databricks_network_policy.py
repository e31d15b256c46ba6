#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_network_policy
short_description: Manage network policies of Databricks
version_added: 0.1.0
description:
  - Creates, changes and removes network policies of a Databricks account, and gives them to workspaces. They say what
    serverless compute reaches besides private endpoints.
  - Every workspace has exactly one. Without another it is C(default-policy), which lets serverless compute reach all of
    the internet unless somebody has changed it.
  - Databricks replaces the whole policy at a change. The module reads it just before, keeps what others have put there,
    and reads it again after that. Where somebody else replaces it at the same time, it tries again some times and then
    fails.
  - Takes one policy or a list of them in O(network_policies).
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  network_policies:
    description:
      - The policies, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &policy
      name:
        description:
          - Id of the policy, of 1 to 32 characters. Required.
        type: str
      restriction_mode:
        description:
          - V(RESTRICTED_ACCESS) lets serverless compute reach what is listed alone, and V(FULL_ACCESS) everything.
            Required to create the policy.
        type: str
        choices: [FULL_ACCESS, RESTRICTED_ACCESS]
      enforcement_mode:
        description:
          - V(DRY_RUN) only logs what V(ENFORCED) would forbid.
        type: str
        choices: [ENFORCED, DRY_RUN]
      allowed_internet_destinations:
        description:
          - Domain names that serverless compute may reach. Those of others stay, unless
            O(network_policies[].purge_destinations) is set.
        type: list
        elements: str
      allowed_storage_destinations:
        description:
          - Buckets that serverless compute may reach. Those of others stay, unless
            O(network_policies[].purge_destinations) is set.
        type: list
        elements: dict
        suboptions:
          bucket_name:
            description:
              - Name of the bucket.
            type: str
            required: true
          region:
            description:
              - Region of the bucket.
            type: str
            required: true
      purge_destinations:
        description:
          - Take out destinations that are not listed, of each list that is given.
        type: bool
        default: false
      ingress:
        description:
          - Who reaches the workspaces, in the words of Databricks' API. Fields that are not named stay as they are.
            Lists are exchanged.
        type: dict
      ingress_dry_run:
        description:
          - The same, to be logged alone.
        type: dict
      workspace_ids:
        description:
          - Numbers of workspaces that shall have the policy. Other workspaces keep what they have.
          - With O(state=absent), those that get C(default-policy) instead.
        type: list
        elements: int
      replace:
        description:
          - Give the policy also to workspaces that have another one than C(default-policy).
        type: bool
        default: false
      state:
        description:
          - Whether the policy shall exist. V(absent) is refused while a workspace has it that is not in
            O(network_policies[].workspace_ids).
        type: str
        choices: [present, absent]
        default: present
  <<: *policy
seealso:
  - module: saas.privatelink.databricks_network_policy_info
  - module: saas.privatelink.databricks_connectivity_config
"""

EXAMPLES = r"""
- name: Let serverless compute of a workspace reach one bucket and no internet
  saas.privatelink.databricks_network_policy:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: private
    restriction_mode: RESTRICTED_ACCESS
    enforcement_mode: ENFORCED
    allowed_storage_destinations:
      - {bucket_name: example-data, region: us-east-1}
    workspace_ids: [1234567890]

- name: Give it the default again
  saas.privatelink.databricks_network_policy:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: private
    workspace_ids: [1234567890]
    state: absent
"""

RETURN = r"""
results:
  description: What became of each policy, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "private"}
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
      sample: ["databricks:ReplaceNetworkPolicy"]
    network_policy_id: {description: Id of the policy., type: str, returned: when there is one, sample: restricted}
    egress:
      description: What serverless compute reaches. As the API writes it.
      type: dict
      returned: when there is one
    ingress: {description: Who reaches the workspaces. As the API writes it., type: dict, returned: when there is one}
    ingress_dry_run:
      description: Who would reach the workspaces; it is only logged. As the API writes it.
      type: dict
      returned: when there is one
    workspace_ids:
      description: Those of O(workspace_ids) that have the policy.
      type: list
      elements: int
      returned: when there is one
    status:
      description: V(present) or V(absent), before any changes in check mode.
      type: str
      returned: when not failed
      sample: present
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

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import DatabricksItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_network_policy import (
    NetworkPolicies,
    NetworkPolicy,
)


def main() -> None:
    module = DatabricksItemsModule("network_policies", NetworkPolicy)
    kind = NetworkPolicies(module.account())
    module.converge(kind, kind, poll=10, workers=1)


if __name__ == "__main__":
    main()
