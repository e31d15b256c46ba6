#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_service_direct_endpoint_info
short_description: Read VPC endpoints for Service-Direct of Databricks
version_added: 0.1.0
description:
  - Reads the endpoints that are registered for Databricks' Service-Direct by its own API, all or those asked for.
    M(saas.privatelink.databricks_vpc_endpoint_info) reads those that are registered by the other one.
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.attributes.info
options:
  endpoints:
    description:
      - Which endpoints to read, each named as a single one is. Mutually exclusive with those options.
    type: list
    elements: dict
    suboptions: &which
      endpoint_id:
        description:
          - Databricks' id of the endpoint.
        type: str
      aws_vpc_endpoint_id:
        description:
          - AWS's id of the VPC endpoint.
        type: str
      name:
        description:
          - Exact name of the endpoint. All that have it are returned.
        type: str
  <<: *which
seealso:
  - module: saas.privatelink.databricks_service_direct_endpoint
"""

EXAMPLES = r"""
- name: See whether an endpoint is approved
  saas.privatelink.databricks_service_direct_endpoint_info:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    name: ingest
"""

RETURN = r"""
endpoints:
  description: The endpoints, in the order asked for; what there is not is left out.
  returned: always
  type: list
  elements: dict
  contains:
    endpoint_id:
      description: Databricks' id of the endpoint.
      type: str
      returned: always
      sample: 01234567-89ab-cdef-0123-456789abcdef
    display_name: {description: Name of the endpoint., type: str, returned: always}
    region: {description: Region of the endpoint., type: str, returned: always, sample: us-east-1}
    aws_vpc_endpoint_id: {description: AWS's id of it., type: str, returned: always, sample: vpce-0123456789abcdef0}
    aws_account_id: {description: AWS account of the endpoint., type: str, returned: always}
    aws_endpoint_service_id: {description: Endpoint service to which it leads., type: str, returned: always}
    use_case: {description: What Databricks takes it for., type: str, returned: always, sample: SERVICE_DIRECT}
    state: {description: Databricks' word for the state., type: str, returned: always, sample: APPROVED}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import DatabricksInfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_service_direct_endpoint import (
    WHICH,
    read_shown,
)


def main() -> None:
    DatabricksInfoModule("endpoints", WHICH).show(read_shown, dict)


if __name__ == "__main__":
    main()
