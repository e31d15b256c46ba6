#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_connectivity_config_info
short_description: Read network connectivity configs of Databricks
version_added: 0.1.0
description:
  - Reads network connectivity configs of a Databricks account with their private endpoint rules, all or those asked
    for.
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.attributes.info
options:
  connectivity_configs:
    description:
      - Which configs to read, each named as a single one is. Mutually exclusive with those options.
    type: list
    elements: dict
    suboptions: &which
      network_connectivity_config_id:
        description:
          - Databricks' id of the config.
        type: str
      name:
        description:
          - Exact name of the config. All that have it are returned.
        type: str
  <<: *which
seealso:
  - module: saas.privatelink.databricks_connectivity_config
"""

EXAMPLES = r"""
- name: See which endpoints ask for a connection
  saas.privatelink.databricks_connectivity_config_info:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-us-east-1
"""

RETURN = r"""
connectivity_configs:
  description: The configs, in the order asked for; what there is not is left out.
  returned: always
  type: list
  elements: dict
  contains:
    network_connectivity_config_id:
      description: Databricks' id of the config.
      type: str
      returned: always
      sample: 01234567-89ab-cdef-0123-456789abcdef
    config_name: {description: Name of the config., type: str, returned: always}
    region: {description: Region of the workspaces., type: str, returned: always, sample: us-east-1}
    billing_workspace_id: {description: Number of the workspace that pays., type: int, returned: always}
    rules:
      description: The private endpoint rules, without those that are deactivated.
      type: list
      elements: dict
      returned: always
      contains:
        rule_id: {description: Databricks' id of the rule., type: str, returned: always}
        endpoint_service: {description: Name of the endpoint service., type: str, returned: always}
        domain_names: {description: Names that lead there., type: list, elements: str, returned: always}
        resource_names: {description: Buckets that are reached., type: list, elements: str, returned: always}
        vpc_endpoint_id:
          description: AWS's id of the endpoint that Databricks has made, which has to be let in.
          type: str
          returned: always
          sample: vpce-0123456789abcdef0
        connection_state:
          description: Databricks' word for the state, such as C(PENDING) or C(ESTABLISHED).
          type: str
          returned: always
          sample: ESTABLISHED
        meaning: {description: What that state means., type: str, returned: always, sample: it works}
        enabled: {description: Whether a rule for buckets is switched on., type: bool, returned: always}
        error_message: {description: Why no endpoint could be made., type: str, returned: always}
"""

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import Databricks, Object
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_connectivity_config import (
    WHICH,
    read_rules,
    shown,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import DatabricksInfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import CONFIG


class Configs:
    """Reads configurations, and the rules of those that are shown."""

    account: Databricks

    def read(self, account: Databricks) -> list[Object]:
        self.account = account
        return CONFIG.read(account)

    def shown(self, config: Object) -> dict[str, t.Any]:
        return shown(config, read_rules(self.account, config))


def main() -> None:
    configs = Configs()
    DatabricksInfoModule("connectivity_configs", WHICH).show(configs.read, configs.shown)


if __name__ == "__main__":
    main()
