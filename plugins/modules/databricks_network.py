#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_network
short_description: Manage networks of Databricks
version_added: 0.1.0
description:
  - Creates, replaces and removes networks of a Databricks account. They say in which VPC, subnets and security groups
    the classic compute of a workspace runs, and through which registered VPC endpoints it reaches Databricks.
  - A network cannot be changed. One that is not as wanted is an error. With O(networks[].replace) another one is made,
    the workspaces that have the old one are moved there, one after the other, and the old one is removed. A run that
    was interrupted goes on from where it stands.
  - Databricks looks at what is in AWS only once a workspace has the network. RV(results[].vpc_status) tells.
  - Takes one network or a list of them in O(networks).
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  networks:
    description:
      - The networks, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &network
      name:
        description:
          - Name of the network, of 4 to 256 characters. Required.
        type: str
      network_id:
        description:
          - Databricks' id of a network that is there already, if its name does not tell it from others.
        type: str
      vpc_id:
        description:
          - VPC of the network. Required to create it.
        type: str
      subnet_ids:
        description:
          - At least two subnets of the VPC, in separate Availability Zones. Required to create the network.
        type: list
        elements: str
      zone_ids:
        description:
          - Ids of the zones in which these subnets are. They are held against what Databricks asks for, two zones at
            least, before anything is called, and are not told to Databricks.
        type: list
        elements: str
      security_group_ids:
        description:
          - One to five security groups of the VPC. Required to create the network.
        type: list
        elements: str
      rest_api_endpoint_ids:
        description:
          - Databricks' ids of the registered VPC endpoints through which clusters reach the workspace. Goes together
            with O(networks[].dataplane_relay_endpoint_ids).
        type: list
        elements: str
      dataplane_relay_endpoint_ids:
        description:
          - Databricks' ids of the registered VPC endpoints through which clusters reach the relay of secure cluster
            connectivity.
        type: list
        elements: str
      replace:
        description:
          - Make another network where the present one is not as wanted, move the workspaces there, and remove the old
            one. What no option gives the new one has from the old one.
          - Both have the same name in between. So where there are two networks of the name, of which only one is as
            wanted, the other is taken for the old one.
          - A network in another VPC is replaced only where O(networks[].network_id) names it.
        type: bool
        default: false
      confirm_disruption:
        description:
          - Consent to move workspaces. All classic compute of a workspace must be stopped before, and for about 20
            minutes after it no cluster starts, though the workspace is RUNNING.
        type: bool
        default: false
      going:
        description:
          - Numbers of workspaces that a task before this one moves to another network, or plans to in check mode. With
            O(networks[].state=absent) they do not count as users.
        type: list
        elements: str
      state:
        description:
          - Whether the network shall exist. V(absent) is refused while a workspace has it.
        type: str
        choices: [present, absent]
        default: present
  <<: *network
  wait_timeout:
    description:
      - How long to wait, in seconds. What is still moving then is returned in RV(results[].waiting); running again
        goes on from there. A workspace takes up to 20 minutes to move.
    type: int
    default: 1800
seealso:
  - module: saas.privatelink.databricks_network_info
  - module: saas.privatelink.databricks_vpc_endpoint
"""

EXAMPLES = r"""
- name: Describe a compute plane whose clusters reach Databricks privately
  saas.privatelink.databricks_network:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-compute
    vpc_id: vpc-0a1b2c3d4e5f60001
    subnet_ids: [subnet-0a1b2c3d4e5f6000a, subnet-0a1b2c3d4e5f6000b]
    security_group_ids: [sg-0a1b2c3d4e5f60001]
    rest_api_endpoint_ids: ["{{ registered.results[0].vpc_endpoint_id }}"]
    dataplane_relay_endpoint_ids: ["{{ registered.results[1].vpc_endpoint_id }}"]
  # In check mode there are no ids before the endpoints are registered.
  when: registered.results | selectattr('vpc_endpoint_id', 'defined') | length == 2

- name: Give it another security group, and move its workspaces
  saas.privatelink.databricks_network:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-compute
    security_group_ids: [sg-0a1b2c3d4e5f60002]
    replace: true
    confirm_disruption: true
"""

RETURN = r"""
results:
  description: What became of each network, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "prod-compute"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "workspace prod (1234567890123456) to be RUNNING (PROVISIONING)"
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
      sample: ["databricks:CreateNetwork"]
    used_by:
      description: What uses it, where it failed to go for that.
      type: list
      elements: str
      returned: when it is used
    consent:
      description: To what consent is missing, where it failed for the lack of O(networks[].confirm_disruption) alone.
      type: str
      returned: when consent is missing
    network_id:
      description: Databricks' id of the network, which workspaces name.
      type: str
      returned: when not failed
      sample: 01234567-89ab-cdef-0123-456789abcdef
    network_name: {description: Name of the network., type: str, returned: when there is one}
    vpc_id: {description: VPC of the network., type: str, returned: when there is one}
    subnet_ids: {description: Its subnets., type: list, elements: str, returned: when there is one}
    security_group_ids: {description: Its security groups., type: list, elements: str, returned: when there is one}
    rest_api_endpoint_ids:
      description: Databricks' ids of the VPC endpoints to the workspace.
      type: list
      elements: str
      returned: when there is one
    dataplane_relay_endpoint_ids:
      description: Databricks' ids of the VPC endpoints to the relay.
      type: list
      elements: str
      returned: when there is one
    vpc_status:
      description:
        - What Databricks found in AWS. C(UNATTACHED) until a workspace has the network, then C(VALID), C(WARNED) or
          C(BROKEN); V(absent) where there is no network.
      type: str
      returned: when not failed
      sample: VALID
    workspace_id: {description: Workspace that has the network., type: int, returned: when there is one}
    error_messages:
      description: Why it is C(BROKEN), in Databricks' words (C(error_type), C(error_message)).
      type: list
      elements: dict
      returned: when there is one
    warning_messages:
      description: Why it is C(WARNED), in Databricks' words (C(warning_type), C(warning_message)).
      type: list
      elements: dict
      returned: when there is one
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
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_network import Network, Networks


def main() -> None:
    longer = {"wait_timeout": {"type": "int", "default": 1800}}  # a workspace takes up to 20 minutes to move
    module = DatabricksItemsModule("networks", Network, longer)
    kind = Networks(module.account())
    module.converge(kind, kind, poll=15, workers=1)


if __name__ == "__main__":
    main()
