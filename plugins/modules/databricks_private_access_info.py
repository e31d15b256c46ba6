#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_private_access_info
short_description: Read private access settings of Databricks
version_added: 0.1.0
description:
  - Reads private access settings of a Databricks account, all or those asked for.
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.attributes.info
options:
  private_access_settings:
    description:
      - Which private access settings to read, each named as single ones are. Mutually exclusive with those options.
    type: list
    elements: dict
    suboptions: &which
      private_access_settings_id:
        description:
          - Databricks' id of the settings.
        type: str
      name:
        description:
          - Exact name of the settings. All that have it are returned.
        type: str
  <<: *which
seealso:
  - module: saas.privatelink.databricks_private_access
"""

EXAMPLES = r"""
- name: See who is let in
  saas.privatelink.databricks_private_access_info:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-front
"""

RETURN = r"""
private_access_settings:
  description: The private access settings, in the order asked for; what there is not is left out.
  returned: always
  type: list
  elements: dict
  contains:
    private_access_settings_id:
      description: Databricks' id of the settings.
      type: str
      returned: always
      sample: 01234567-89ab-cdef-0123-456789abcdef
    private_access_settings_name: {description: Name of the settings., type: str, returned: always}
    region: {description: Region of the workspaces., type: str, returned: always, sample: us-east-1}
    public_access_enabled:
      description: Whether the workspaces are reached from the internet.
      type: bool
      returned: always
    private_access_level:
      description: Who comes in by AWS PrivateLink.
      type: str
      returned: always
      sample: ENDPOINT
    allowed_vpc_endpoint_ids:
      description: Databricks' ids of the VPC endpoints that are let in at the level C(ENDPOINT).
      type: list
      elements: str
      returned: always
"""

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import DatabricksInfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import SETTINGS
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_private_access import WHICH, shown


def main() -> None:
    DatabricksInfoModule("private_access_settings", WHICH).show(SETTINGS.read, shown)


if __name__ == "__main__":
    main()
