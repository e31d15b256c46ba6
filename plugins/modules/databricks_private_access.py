#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_private_access
short_description: Manage private access settings of Databricks
version_added: 0.1.0
description:
  - Creates, changes and removes private access settings of a Databricks account. They say whether the workspaces that
    have them are reached from the internet, and through which registered VPC endpoints.
  - Databricks replaces the whole object at a change. The module reads it just before, keeps what others have put there,
    and reads it again after that. Where somebody else replaces it at the same time, it tries again some times and then
    fails.
  - A change takes some minutes, and concerns all workspaces that have the settings.
  - Takes one object or a list of them in O(private_access_settings).
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  private_access_settings:
    description:
      - The private access settings, each with the same options as single ones. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &settings
      name:
        description:
          - Name of the settings, of 4 to 256 characters. Required. Those found by their id are renamed to it.
        type: str
      private_access_settings_id:
        description:
          - Databricks' id of settings that are there already, if their name does not tell them from others.
        type: str
      region:
        description:
          - Region of the workspaces. Required to create the settings, and cannot be changed.
        type: str
      public_access_enabled:
        description:
          - Whether the workspaces are reached from the internet as well. Required to create the settings.
          - Switched off only where an available VPC endpoint leads to the front end, and the networks of all workspaces
            that have the settings have VPC endpoints for the back end. See O(private_access_settings[].force).
        type: bool
      public_access_when_created:
        description:
          - What O(private_access_settings[].public_access_enabled) shall be of settings that do not exist yet, where a
            later task sets it. Of those that exist, it stays. Mutually exclusive with that option.
        type: bool
      private_access_level:
        description:
          - Who comes in by AWS PrivateLink. V(ACCOUNT) is every VPC endpoint that is registered in the account,
            V(ENDPOINT) those in O(private_access_settings[].allowed_vpc_endpoint_ids) alone.
          - From V(ACCOUNT) to V(ENDPOINT) shuts out all others, which are named. See
            O(private_access_settings[].confirm_lockout).
          - New settings have V(ACCOUNT) where it is left out.
        type: str
        choices: [ACCOUNT, ENDPOINT]
      allowed_vpc_endpoint_ids:
        description:
          - Databricks' ids of registered VPC endpoints that are let in at the level V(ENDPOINT). Those of others stay,
            unless O(private_access_settings[].purge_allowed_vpc_endpoints) is set.
        type: list
        elements: str
      purge_allowed_vpc_endpoints:
        description:
          - Take out VPC endpoints that are not in O(private_access_settings[].allowed_vpc_endpoint_ids).
        type: bool
        default: false
      confirm_lockout:
        description:
          - Consent to shut out the registered VPC endpoints that come in now and are not in
            O(private_access_settings[].allowed_vpc_endpoint_ids), or everybody where nobody is in there.
        type: bool
        default: false
      force:
        description:
          - Switch public access off, whether or not there is a private way in.
        type: bool
        default: false
      workspace_ids:
        description:
          - Numbers of the workspaces that the settings are meant for. A change of settings that another workspace has,
            too, is refused then, and names it.
        type: list
        elements: str
      instead_of:
        description:
          - Ids of private access settings that workspaces have until a later task gives them these. Where those keep
            the internet out, new settings with O(private_access_settings[].public_access_when_created) do so, too. Whom
            they let in, and these do not, is shut out with O(private_access_settings[].confirm_lockout) alone.
        type: list
        elements: str
      going:
        description:
          - Numbers of workspaces that a task before this one gives other settings, or plans to in check mode. With
            O(private_access_settings[].state=absent) they do not count as users.
        type: list
        elements: str
      state:
        description:
          - Whether the settings shall exist. V(absent) is refused while a workspace has them.
        type: str
        choices: [present, absent]
        default: present
  <<: *settings
seealso:
  - module: saas.privatelink.databricks_private_access_info
  - module: saas.privatelink.databricks_vpc_endpoint
"""

EXAMPLES = r"""
- name: Let the account's endpoints in beside the internet
  saas.privatelink.databricks_private_access:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-front
    region: us-east-1
    public_access_enabled: true

- name: Let a vendor's endpoint in, and those that were let in before
  saas.privatelink.databricks_private_access:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-front
    private_access_level: ENDPOINT
    allowed_vpc_endpoint_ids:
      - "{{ own.results[0].vpc_endpoint_id }}"
      - "{{ vendor.results[0].vpc_endpoint_id }}"
"""

RETURN = r"""
results:
  description: What became of each object, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "prod-front"}
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
      sample: ["databricks:ReplacePrivateAccess"]
    used_by:
      description: What uses it, where it failed to go for that.
      type: list
      elements: str
      returned: when it is used
    private_access_settings_id:
      description: Databricks' id of the settings, which workspaces name.
      type: str
      returned: when not failed
      sample: 01234567-89ab-cdef-0123-456789abcdef
    private_access_settings_name: {description: Name of the settings., type: str, returned: when there are any}
    region: {description: Region of the workspaces., type: str, returned: when there are any, sample: us-east-1}
    public_access_enabled:
      description: Whether the workspaces are reached from the internet.
      type: bool
      returned: when there are any
    private_access_level:
      description: Who comes in by AWS PrivateLink.
      type: str
      returned: when there are any
      sample: ENDPOINT
    allowed_vpc_endpoint_ids:
      description: Databricks' ids of the VPC endpoints that are let in at the level C(ENDPOINT).
      type: list
      elements: str
      returned: when there are any
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
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_private_access import (
    PrivateAccess,
    PrivateAccessSettings,
)


def main() -> None:
    module = DatabricksItemsModule("private_access_settings", PrivateAccess)
    kind = PrivateAccessSettings(module.account())
    module.converge(kind, kind, poll=10, workers=1)


if __name__ == "__main__":
    main()
