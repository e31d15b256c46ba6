#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_network_association_info
short_description: List associations of resource configurations with VPC Lattice service networks
version_added: 0.1.0
description:
  - Lists the associations of service networks, of resource configurations, or of both. What an association of a group
    leads to is told by M(saas.privatelink.vpc_endpoint_association_info).
  - "IAM actions: see C(docs/iam/service_network_association_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  service_networks:
    description:
      - Ids or ARNs of service networks whose associations are meant. Give these, O(resource_configurations) or both.
    type: list
    elements: str
  resource_configurations:
    description:
      - Ids or ARNs of resource configurations whose associations are meant.
    type: list
    elements: str
seealso:
  - module: saas.privatelink.service_network_association
  - module: saas.privatelink.vpc_endpoint_association_info
"""

EXAMPLES = r"""
- name: See what is in a service network
  saas.privatelink.service_network_association_info:
    service_networks: [sn-0123456789abcdef0]
"""

RETURN = r"""
associations:
  description:
    - The associations, by id; empty when there are none. With both options, those of a network in the one list with a
      resource configuration in the other.
  returned: success
  type: list
  elements: dict
  contains:
    association_id: {description: Id., type: str, returned: always, sample: snra-0123456789abcdef0}
    arn: {description: ARN., type: str, returned: always}
    status: {description: Status as AWS writes it., type: str, returned: always, sample: ACTIVE}
    service_network_id: {description: Id of the service network., type: str, returned: always}
    resource_configuration_id: {description: Id of the resource configuration., type: str, returned: always}
    private_dns_enabled:
      description: Whether the resource's own domain names resolve in the network.
      type: bool
      returned: always
    dns_entry:
      description: The name that AWS gives it. A group has none, what is in it has.
      type: dict
      returned: always
      contains: &dns
        domain_name: {description: The name., type: str, returned: always}
        hosted_zone_id: {description: Its hosted zone., type: str, returned: always}
    private_dns_entry:
      description: The resource's own domain name. A group has none, what is in it has.
      type: dict
      returned: always
      contains: *dns
    managed: {description: Whether AWS manages it., type: bool, returned: always}
    failure_code: {description: AWS's code of what went wrong., type: str, returned: always, sample: ""}
    failure_reason: {description: AWS's words for what went wrong., type: str, returned: always, sample: ""}
"""

import itertools

from ansible_collections.saas.privatelink.plugins.module_utils._aws.lattice import as_id
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_association import (
    as_result,
    read_association,
    read_associations,
)

OPTIONS = {
    "service_networks": {"type": "list", "elements": "str"},
    "resource_configurations": {"type": "list", "elements": "str"},
}


def main() -> None:
    module = InfoModule(OPTIONS, required_one_of=[("service_networks", "resource_configurations")])
    networks, configurations = module.params["service_networks"], module.params["resource_configurations"]
    asked = [{"network": network} for network in networks or []]
    asked = asked or [{"configuration": configuration} for configuration in configurations or []]
    wanted = None if configurations is None else {as_id(configuration) for configuration in configurations}
    with module.reading() as api:
        listed = itertools.chain.from_iterable(api.all(lambda of: read_associations(api, **of), asked))
        rows = [row for row in listed if wanted is None or row.get("resourceConfigurationId") in wanted]
        failed = [row["id"] for row in rows if row.get("failureCode") or row["status"].endswith("_FAILED")]
        reasons = dict(zip(failed, api.all(lambda identifier: read_association(api, identifier), failed)))
    found = [as_result({**row, **reasons.get(row["id"], {})}) for row in rows]
    found.sort(key=lambda association: association["association_id"])
    module.exit_json(changed=False, associations=found)


if __name__ == "__main__":
    main()
