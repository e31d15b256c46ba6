#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_connectivity_config
short_description: Manage network connectivity configs of Databricks
version_added: 0.1.0
description:
  - Creates, changes and removes network connectivity configs of a Databricks account, with their private endpoint
    rules. By a rule, serverless compute reaches what is behind an endpoint service of yours, or buckets in S3, through
    an endpoint that Databricks makes.
  - Databricks takes a minute or more to say which endpoint that is, which is waited for. It works once exactly that
    endpoint is accepted on your endpoint service, or let in by the policy of each bucket. Then one more run is needed
    to switch a rule for buckets on, or O(connectivity_configs[].wait_established).
  - Rules of one config are made one after another. One that took too long to answer is looked for before it is made
    again.
  - Takes one config or a list of them in O(connectivity_configs).
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  connectivity_configs:
    description:
      - The configs, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &config
      name:
        description:
          - Name of the config, of 3 to 30 letters, digits, hyphens and underscores. Required. One that is found by its
            id is renamed to it.
        type: str
      network_connectivity_config_id:
        description:
          - Databricks' id of a config that is there already, if its name does not tell it from others.
        type: str
      region:
        description:
          - Region of the workspaces. Required to create the config, and cannot be changed.
        type: str
      billing_workspace_id:
        description:
          - Number of the workspace that pays for the endpoints. It must be bound to the config.
        type: int
      rules:
        description:
          - The private endpoint rules. Those of others stay, unless O(connectivity_configs[].purge_rules) is set.
        type: list
        elements: dict
        suboptions:
          rule_id:
            description:
              - Databricks' id of a rule that is there already. Needed only where more than one may be meant. Without
                it, a rule is the one of the same endpoint service. Of several, and of those for buckets, it is the one
                with the same names, or with some of them.
            type: str
          endpoint_service:
            description:
              - Name of your endpoint service, which cannot be changed. It must allow the role of Databricks for the
                region.
              - For buckets it is that of S3 in the region of the config, and may be left out.
            type: str
          domain_names:
            description:
              - Names by which serverless compute asks for what is behind the endpoint service, at most 10. Each is a
                whole name, without wildcards, address or port. Those that the rule has besides stay, unless
                O(connectivity_configs[].purge_rules) is set.
            type: list
            elements: str
          resource_names:
            description:
              - Names of buckets in the region of the config. Those that the rule has besides stay, unless
                O(connectivity_configs[].purge_rules) is set.
            type: list
            elements: str
          enabled:
            description:
              - Whether serverless compute goes by a rule for buckets. Databricks takes it only once the rule is
                C(ESTABLISHED). Until then it is not asked to, unless O(connectivity_configs[].wait_established) is set.
            type: bool
      purge_rules:
        description:
          - Take away rules that are not in O(connectivity_configs[].rules), and names that these do not have.
          - A rule that works stays until the one that has its names works as well.
        type: bool
        default: false
      wait_established:
        description:
          - Wait until somebody has let the endpoints in, and then switch rules for buckets on in the same run. Somebody
            else must let them in meanwhile.
        type: bool
        default: false
      replace:
        description:
          - Make another rule, with another endpoint, in place of one that never works again.
        type: bool
        default: false
      state:
        description:
          - Whether the config shall exist. V(absent) removes its rules, too, and is refused while a workspace is bound
            to it. Rules that were in use count against the limits for a day more, which is not waited for.
        type: str
        choices: [present, absent]
        default: present
  <<: *config
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
          - Private endpoint rules with O(connectivity_configs[].rules[].domain_names) in a region, of all configs.
        type: int
        default: 100
      s3_rules_per_region:
        description:
          - Private endpoint rules with O(connectivity_configs[].rules[].resource_names) in a region, of all configs.
        type: int
        default: 30
      domain_names_per_rule:
        description:
          - Names in one rule.
        type: int
        default: 10
  wait_timeout:
    description:
      - How long to wait in total, in seconds. Databricks may hold a config for some minutes after its last rule or
        workspace went.
    type: int
    default: 900
seealso:
  - module: saas.privatelink.databricks_connectivity_config_info
  - module: saas.privatelink.databricks_workspace_network
  - module: saas.privatelink.accept_connection
"""

EXAMPLES = r"""
- name: Let serverless compute reach a database behind an endpoint service
  saas.privatelink.databricks_connectivity_config:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-us-east-1
    region: us-east-1
    rules:
      - endpoint_service: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0
        domain_names: [orders.db.example.com]
  register: serverless

- name: Accept exactly that endpoint
  saas.privatelink.accept_connection:
    region: us-east-1
    name: orders
    service_id: vpce-svc-0123456789abcdef0
    vpc_endpoint_ids: "{{ serverless.results[0].rules | map(attribute='vpc_endpoint_id') }}"

- name: Reach a bucket, once its policy lets the endpoint in
  saas.privatelink.databricks_connectivity_config:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-us-east-1
    rules:
      - resource_names: [example-data]
        enabled: true
"""

RETURN = r"""
results:
  description: What became of each config, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "prod-us-east-1"}
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
      sample: ["databricks:CreatePrivateEndpointRule"]
    network_connectivity_config_id:
      description: Databricks' id of the config, to which workspaces are bound.
      type: str
      returned: when not failed
      sample: 01234567-89ab-cdef-0123-456789abcdef
    config_name: {description: Name of the config., type: str, returned: when there is one}
    region: {description: Region of the workspaces., type: str, returned: when there is one, sample: us-east-1}
    billing_workspace_id: {description: Number of the workspace that pays., type: int, returned: when there is one}
    rules:
      description: The private endpoint rules, without those that are deactivated.
      type: list
      elements: dict
      returned: when there is one
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
    deactivated_rules:
      description: Ids of rules that were removed, and count against the limits for a day more.
      type: list
      elements: str
      returned: when not failed
      sample: []
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

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_connectivity_config import (
    ConnectivityConfig,
    ConnectivityConfigs,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import (
    LIMITS,
    DatabricksItemsModule,
)


def main() -> None:
    longer = {"wait_timeout": {"type": "int", "default": 900}}  # as long as Databricks' Terraform provider waits
    module = DatabricksItemsModule("connectivity_configs", ConnectivityConfig, {**LIMITS, **longer})
    kind = ConnectivityConfigs(module.account())
    module.converge(kind, kind, poll=10, workers=1)


if __name__ == "__main__":
    main()
