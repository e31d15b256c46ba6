#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_endpoint_info
short_description: List VPC endpoints
version_added: 0.1.0
description:
  - Lists the VPC endpoints of an account and region, of all types. One call per 1000 endpoints.
  - What an endpoint reaches is told by M(saas.privatelink.vpc_endpoint_association_info).
  - "IAM actions: see C(docs/iam/vpc_endpoint_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  names:
    description:
      - Only endpoints that M(saas.privatelink.vpc_endpoint) made under these names.
    type: list
    elements: str
  vpc_endpoint_ids:
    description:
      - Only endpoints of these ids. One that does not exist is left out.
    type: list
    elements: str
seealso:
  - module: saas.privatelink.vpc_endpoint
  - module: saas.privatelink.vpc_endpoint_association_info
"""

EXAMPLES = r"""
- name: List all endpoints
  saas.privatelink.vpc_endpoint_info:

- name: Look at one
  saas.privatelink.vpc_endpoint_info:
    names: [sessions]
"""

RETURN = r"""
vpc_endpoints:
  description: The endpoints that are not deleted; empty when there are none.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name under which M(saas.privatelink.vpc_endpoint) made it, V(null) if something else did.
      type: str
      returned: always
      sample: sessions
    vpc_endpoint_id: {description: Id of the endpoint., type: str, returned: always, sample: vpce-0123456789abcdef0}
    vpc_endpoint_type: {description: Type of the endpoint., type: str, returned: always, sample: Resource}
    state: {description: State of the endpoint., type: str, returned: always, sample: available}
    vpc_id: {description: Its VPC., type: str, returned: always, sample: vpc-0123456789abcdef0}
    subnet_ids: {description: Its subnets., type: list, elements: str, returned: always}
    security_group_ids: {description: Its security groups., type: list, elements: str, returned: always}
    route_table_ids: {description: Its route tables., type: list, elements: str, returned: for the type Gateway}
    dns_entries: {description: Its own names., type: list, elements: dict, returned: always}
    private_dns_enabled: {description: Whether private names lead to it., type: bool, returned: always}
    service_name: {description: What it leads to., type: str, returned: for the types Interface and Gateway}
    service_region: {description: Region of what it leads to., type: str, returned: for the type Interface}
    resource_configuration_arn: {description: What it leads to., type: str, returned: for the type Resource}
    service_network_arn: {description: What it leads to., type: str, returned: for the type ServiceNetwork}
    tags: {description: Tags of the endpoint., type: dict, returned: always}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoints import read_endpoints
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint import (
    as_result,
    name_of,
)

OPTIONS = {
    "names": {"type": "list", "elements": "str"},
    "vpc_endpoint_ids": {"type": "list", "elements": "str"},
}


def main() -> None:
    module = InfoModule(OPTIONS)
    names, ids = module.params["names"], module.params["vpc_endpoint_ids"]
    with module.reading() as api:
        found = [
            {"name": name_of(endpoint), **as_result(endpoint)}
            for endpoint in read_endpoints(api)
            if (names is None or name_of(endpoint) in names) and (ids is None or endpoint["VpcEndpointId"] in ids)
        ]
    module.exit_json(changed=False, vpc_endpoints=found)


if __name__ == "__main__":
    main()
