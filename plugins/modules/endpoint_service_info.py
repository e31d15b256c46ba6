#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_service_info
short_description: List VPC endpoint services
version_added: 0.1.0
description:
  - Lists the endpoint services of an account and region, with their allowed principals.
  - One call per 1000 services, and one for each service that is returned.
  - "IAM actions: see C(docs/iam/endpoint_service_info.json)."
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
      - Only services that M(saas.privatelink.endpoint_service) made under these names.
    type: list
    elements: str
  service_ids:
    description:
      - Only services of these ids. One that does not exist is left out.
    type: list
    elements: str
seealso:
  - module: saas.privatelink.endpoint_service
"""

EXAMPLES = r"""
- name: List all endpoint services
  saas.privatelink.endpoint_service_info:

- name: Look at one
  saas.privatelink.endpoint_service_info:
    names: [orders]
"""

RETURN = r"""
endpoint_services:
  description: The services; empty when there are none.
  returned: always
  type: list
  elements: dict
  contains:
    service_id: {description: Id of the service., type: str, returned: always, sample: vpce-svc-0123456789abcdef0}
    service_name:
      description: The name to hand to the consumer.
      type: str
      returned: always
      sample: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0
    service_state: {description: State of the service., type: str, returned: always, sample: Available}
    acceptance_required: {description: Whether connections must be accepted., type: bool, returned: always}
    allowed_principals: {description: Who may request a connection., type: list, elements: str, returned: always}
    availability_zones: {description: Zones in which it can be reached., type: list, elements: str, returned: always}
    network_load_balancer_arns: {description: The load balancers., type: list, elements: str, returned: always}
    tags: {description: Tags of the service., type: dict, returned: always}
"""

from ansible_collections.amazon.aws.plugins.module_utils.transformation import boto3_resource_to_ansible_dict
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import read_principals, read_services

OPTIONS = {"names": {"type": "list", "elements": "str"}, "service_ids": {"type": "list", "elements": "str"}}


def main() -> None:
    module = InfoModule(OPTIONS)
    with module.reading() as api:
        names, ids = module.params["names"], module.params["service_ids"]
        services = [
            service
            for service in read_services(api)
            if (names is None or tags.as_dict(service.get("Tags")).get(tags.OWN_TAG) in names)
            and (ids is None or service["ServiceId"] in ids)
        ]
        principals = api.all(lambda service: read_principals(api, service), services)
    found = [
        {**(boto3_resource_to_ansible_dict(service) or {}), "allowed_principals": sorted(allowed)}
        for service, allowed in zip(services, principals)
    ]
    module.exit_json(changed=False, endpoint_services=found)


if __name__ == "__main__":
    main()
