#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_vpc_endpoint_info
short_description: Read VPC endpoints that are registered at Databricks
version_added: 0.1.0
description:
  - Reads registrations of VPC endpoints in a Databricks account, all or those asked for.
  - Calls Databricks alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.attributes.info
options:
  vpc_endpoints:
    description:
      - Which registrations to read, each named as a single one is. Mutually exclusive with the options of one.
    type: list
    elements: dict
    suboptions: &which
      vpc_endpoint_id:
        description:
          - Databricks' id of the registration.
        type: str
      aws_vpc_endpoint_id:
        description:
          - AWS's id of the VPC endpoint.
        type: str
      name:
        description:
          - Exact name of the registration. All that have it are returned.
        type: str
  <<: *which
seealso:
  - module: saas.privatelink.databricks_vpc_endpoint
"""

EXAMPLES = r"""
- name: See whether an endpoint is registered
  saas.privatelink.databricks_vpc_endpoint_info:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    aws_vpc_endpoint_id: vpce-0123456789abcdef0
"""

RETURN = r"""
vpc_endpoints:
  description: The registrations, in the order asked for; what is not registered is left out.
  returned: always
  type: list
  elements: dict
  contains:
    vpc_endpoint_id:
      description: Databricks' id of the registration.
      type: str
      returned: always
      sample: 01234567-89ab-cdef-0123-456789abcdef
    vpc_endpoint_name: {description: Name of the registration., type: str, returned: always}
    aws_vpc_endpoint_id:
      description: AWS's id of the VPC endpoint.
      type: str
      returned: always
      sample: vpce-0123456789abcdef0
    aws_endpoint_service_id:
      description: Id of Databricks' endpoint service.
      type: str
      returned: always
      sample: vpce-svc-09143d1e626de2f04
    aws_account_id: {description: AWS account of the VPC endpoint., type: str, returned: always}
    region: {description: Region of the VPC endpoint., type: str, returned: always, sample: us-east-1}
    use_case: {description: What it is for., type: str, returned: always, sample: WORKSPACE_ACCESS}
    state:
      description: State of the VPC endpoint in AWS's words and lower case.
      type: str
      returned: always
      sample: available
"""

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import DatabricksInfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import REGISTRATION
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_vpc_endpoint import WHICH, shown


def main() -> None:
    DatabricksInfoModule("vpc_endpoints", WHICH).show(REGISTRATION.read, shown)


if __name__ == "__main__":
    main()
