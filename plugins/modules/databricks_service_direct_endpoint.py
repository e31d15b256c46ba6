#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_service_direct_endpoint
short_description: Register VPC endpoints for Service-Direct of Databricks
version_added: 0.1.0
description:
  - Registers AWS VPC endpoints that lead to Databricks' Service-Direct, by which Zerobus Ingest and Lakebase are
    reached, and waits until Databricks has approved them.
  - Nothing of an endpoint can be changed.
  - Takes one endpoint or a list of them in O(endpoints).
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  endpoints:
    description:
      - The endpoints, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &endpoint
      name:
        description:
          - Name of the endpoint, a letter with up to 62 letters, digits and hyphens after it. Required.
        type: str
      endpoint_id:
        description:
          - Databricks' id of an endpoint that is there already.
        type: str
      aws_vpc_endpoint_id:
        description:
          - AWS's id of the VPC endpoint. Required to register it. One that is registered under another name is used as
            it is.
        type: str
      region:
        description:
          - Region of the VPC endpoint. Required to register it.
        type: str
      zone_ids:
        description:
          - Ids of the zones in which the VPC endpoint has subnets. They are held against those in which Service-Direct
            is, before anything is called, and are not told to Databricks.
        type: list
        elements: str
      api:
        description:
          - By which API the endpoint is registered. V(endpoints) is that of Service-Direct. V(vpc_endpoints) is that of
            M(saas.privatelink.databricks_vpc_endpoint), which Databricks' reference architecture uses.
        type: str
        choices: [endpoints, vpc_endpoints]
        default: endpoints
      replace:
        description:
          - Remove an endpoint that is not as wanted, or that is never approved any more, and register it anew.
        type: bool
        default: false
      state:
        description:
          - Whether the endpoint shall be registered. The VPC endpoint in AWS stays.
        type: str
        choices: [present, absent]
        default: present
  <<: *endpoint
seealso:
  - module: saas.privatelink.databricks_service_direct_endpoint_info
  - module: saas.privatelink.databricks_vpc_endpoint
"""

EXAMPLES = r"""
- name: Register a VPC endpoint for Service-Direct
  saas.privatelink.databricks_service_direct_endpoint:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: ingest
    aws_vpc_endpoint_id: vpce-0123456789abcdef0
    region: us-east-1
    zone_ids: [use1-az1, use1-az2]
"""

RETURN = r"""
results:
  description: What became of each endpoint, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "ingest"}
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
      sample: ["databricks:CreateEndpoint"]
    endpoint_id:
      description: Databricks' id of the endpoint.
      type: str
      returned: when there is one
      sample: 01234567-89ab-cdef-0123-456789abcdef
    display_name: {description: Name of the endpoint., type: str, returned: when there is one}
    region: {description: Region of the endpoint., type: str, returned: when there is one, sample: us-east-1}
    aws_vpc_endpoint_id:
      description: AWS's id of the endpoint.
      type: str
      returned: when there is one
      sample: vpce-0123456789abcdef0
    aws_account_id: {description: AWS account of the endpoint., type: str, returned: when there is one}
    aws_endpoint_service_id: {description: Endpoint service to which it leads., type: str, returned: when there is one}
    use_case:
      description: What Databricks takes it for.
      type: str
      returned: when there is one
      sample: SERVICE_DIRECT
    state:
      description:
        - Databricks' word for the state, C(APPROVED) once it works; with O(api=vpc_endpoints) it is C(available).
          C(absent) where nothing is registered. Before any changes in check mode.
      type: str
      returned: when not failed
      sample: APPROVED
    zone_ids:
      description: Ids of the zones to which Service-Direct is limited in the region; empty where it is in all.
      type: list
      elements: str
      returned: when not failed
      sample: [use1-az1, use1-az2, use1-az4]
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
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_service_direct_endpoint import (
    ServiceDirectEndpoint,
    ServiceDirectEndpoints,
)


def main() -> None:
    module = DatabricksItemsModule("endpoints", ServiceDirectEndpoint)
    account = module.account()
    module.converge(ServiceDirectEndpoints(account), account, poll=10, workers=1)


if __name__ == "__main__":
    main()
