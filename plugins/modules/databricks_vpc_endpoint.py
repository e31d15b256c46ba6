#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_vpc_endpoint
short_description: Register VPC endpoints at Databricks
version_added: 0.1.0
description:
  - Registers VPC endpoints of AWS in a Databricks account, and removes registrations. Databricks accepts the connection
    of a registered endpoint by itself.
  - A registration cannot be changed. One that is not as wanted is an error, and with O(vpc_endpoints[].replace) is
    removed and made anew, if nothing uses it.
  - An endpoint that is registered under another name is found by its id in AWS and used as it is, never registered
    twice.
  - Takes one registration or a list of them in O(vpc_endpoints).
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  vpc_endpoints:
    description:
      - The registrations, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &endpoint
      name:
        description:
          - Name of the registration, of 4 to 256 characters. Required.
        type: str
      vpc_endpoint_id:
        description:
          - Databricks' id of a registration that is there already, if its name does not tell it from others.
        type: str
      aws_vpc_endpoint_id:
        description:
          - AWS's id of the VPC endpoint. Required to register it.
        type: str
      region:
        description:
          - Region of the VPC endpoint. Required to register it.
        type: str
      service_name:
        description:
          - Name of the endpoint service to which the VPC endpoint leads, as M(saas.privatelink.vpc_endpoint) returns
            it. It is held against those of Databricks in O(vpc_endpoints[].region) before anything is called, and is
            not told to Databricks.
        type: str
      replace:
        description:
          - Remove a registration that is not as wanted, that has another name or whose endpoint is lost, and register
            anew. Refused while a network or private access settings use it, which are named.
        type: bool
        default: false
      going:
        description:
          - Ids of networks and private access settings that a task before this one takes away, or plans to in check
            mode. With O(vpc_endpoints[].state=absent) they do not count as users.
        type: list
        elements: str
      state:
        description:
          - Whether the endpoint shall be registered. V(absent) is refused while a network or private access settings
            use the registration. The endpoint in AWS is not touched.
        type: str
        choices: [present, absent]
        default: present
  <<: *endpoint
  wait_timeout:
    description:
      - How long to wait, in seconds. What is still moving then is returned in RV(results[].waiting); running again
        goes on from there.
    type: int
    default: 900
seealso:
  - module: saas.privatelink.databricks_vpc_endpoint_info
  - module: saas.privatelink.databricks_private_access
  - module: saas.privatelink.databricks_network
  - module: saas.privatelink.vpc_endpoint
  - name: IP addresses and domains for Databricks services and assets
    description: Names of the endpoint services of Databricks in each region, to which the endpoints in AWS lead.
    link: https://docs.databricks.com/aws/en/resources/ip-domain-region
"""

EXAMPLES = r"""
- name: Make an endpoint to Databricks' relay in us-east-1, which waits for Databricks
  saas.privatelink.vpc_endpoint:
    name: prod-relay
    service_name: com.amazonaws.vpce.us-east-1.vpce-svc-00018a8c3ff62ffdf
    vpc_id: vpc-0a1b2c3d4e5f60001
    subnet_ids: [subnet-0a1b2c3d4e5f6000a, subnet-0a1b2c3d4e5f6000b]
    security_group_ids: [sg-0a1b2c3d4e5f60001]
    private_dns_enabled: true
    region: us-east-1
  register: relay

- name: Register it, which lets Databricks accept it; a second run of the task before this one switches private DNS on
  saas.privatelink.databricks_vpc_endpoint:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-relay
    aws_vpc_endpoint_id: "{{ relay.results[0].vpc_endpoint_id }}"
    region: us-east-1
  when: relay.results[0].vpc_endpoint_id is defined  # In check mode it is not, before there is an endpoint.

- name: Register the endpoints of a compute plane
  saas.privatelink.databricks_vpc_endpoint:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    vpc_endpoints:
      - name: prod-workspace
        aws_vpc_endpoint_id: vpce-0123456789abcdef0
        region: us-east-1
      - name: prod-relay
        aws_vpc_endpoint_id: vpce-0123456789abcdef1
        region: us-east-1
  # The service principal comes from DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET.
  register: registered

- name: Register another endpoint under the name
  saas.privatelink.databricks_vpc_endpoint:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-workspace
    aws_vpc_endpoint_id: vpce-0123456789abcdef2
    region: us-east-1
    replace: true

- name: Remove a registration
  saas.privatelink.databricks_vpc_endpoint:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: prod-relay
    state: absent
"""

RETURN = r"""
results:
  description: What became of each registration, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "prod-workspace"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "prod-workspace to be available (pendingacceptance)"
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
      sample: ["databricks:CreateVpcEndpoint"]
    used_by:
      description: What uses it, where it failed to go for that.
      type: list
      elements: str
      returned: when it is used
    vpc_endpoint_id:
      description: Databricks' id of the registration, which networks and private access settings name.
      type: str
      returned: when registered
      sample: 01234567-89ab-cdef-0123-456789abcdef
    vpc_endpoint_name: {description: Name of the registration., type: str, returned: when registered}
    aws_vpc_endpoint_id:
      description: AWS's id of the VPC endpoint.
      type: str
      returned: when registered
      sample: vpce-0123456789abcdef0
    aws_endpoint_service_id:
      description: Id of Databricks' endpoint service.
      type: str
      returned: when registered
      sample: vpce-svc-09143d1e626de2f04
    aws_account_id: {description: AWS account of the VPC endpoint., type: str, returned: when registered}
    region: {description: Region of the VPC endpoint., type: str, returned: when registered, sample: us-east-1}
    use_case:
      description: What it is for (C(WORKSPACE_ACCESS), C(DATAPLANE_RELAY_ACCESS), C(GENERAL_ACCESS)).
      type: str
      returned: when registered
      sample: WORKSPACE_ACCESS
    state:
      description: State of the VPC endpoint in AWS's words and lower case, or V(absent) where nothing is registered.
      type: str
      returned: when not failed
      sample: available
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
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_vpc_endpoint import (
    VpcEndpoint,
    VpcEndpoints,
)


def main() -> None:
    longer = {"wait_timeout": {"type": "int", "default": 900}}  # as long as Databricks' Terraform provider waits
    module = DatabricksItemsModule("vpc_endpoints", VpcEndpoint, longer)
    account = module.account()
    module.converge(VpcEndpoints(account), account, poll=10, workers=1)


if __name__ == "__main__":
    main()
