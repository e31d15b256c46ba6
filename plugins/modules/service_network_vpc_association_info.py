#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_network_vpc_association_info
short_description: List associations of VPCs with VPC Lattice service networks
version_added: 0.1.0
description:
  - Lists the associations of service networks, of VPCs, or of both. Costs one read call per 100 associations of each
    network or VPC, and one for each association.
  - "IAM actions: see C(docs/iam/service_network_vpc_association_info.json)."
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
      - Ids or ARNs of service networks whose associations are meant. Give these, O(vpc_ids) or both.
    type: list
    elements: str
  vpc_ids:
    description:
      - Ids of VPCs whose associations are meant.
    type: list
    elements: str
seealso:
  - module: saas.privatelink.service_network_vpc_association
"""

EXAMPLES = r"""
- name: See with which service network a VPC is associated
  saas.privatelink.service_network_vpc_association_info:
    vpc_ids: [vpc-0123456789abcdef0]
"""

RETURN = r"""
associations:
  description:
    - The associations, by id; empty when there are none. With both options, those of a network in the one list with a
      VPC in the other.
  returned: success
  type: list
  elements: dict
  contains:
    vpc_association_id: {description: Id., type: str, returned: always, sample: snva-0123456789abcdef0}
    arn: {description: ARN., type: str, returned: always}
    status: {description: Status as AWS writes it., type: str, returned: always, sample: ACTIVE}
    service_network_id: {description: Id of the service network., type: str, returned: always}
    vpc_id: {description: Id of the VPC., type: str, returned: always}
    security_group_ids: {description: Its security groups., type: list, elements: str, returned: always}
    private_dns_enabled:
      description: Whether the own domain names of the network's resources resolve in the VPC.
      type: bool
      returned: always
    private_dns_preference: {description: For which domains., type: str, returned: always}
    private_dns_specified_domains: {description: Those domains., type: list, elements: str, returned: always}
    failure_code: {description: AWS's code of what went wrong., type: str, returned: always, sample: ""}
    failure_reason: {description: AWS's words for what went wrong., type: str, returned: always, sample: ""}
"""

import itertools

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_network_vpc_association import (
    as_result,
    read_association,
    read_associations,
)

OPTIONS = {
    "service_networks": {"type": "list", "elements": "str"},
    "vpc_ids": {"type": "list", "elements": "str"},
}


def main() -> None:
    module = InfoModule(OPTIONS, required_one_of=[("service_networks", "vpc_ids")])
    networks, vpcs = module.params["service_networks"], module.params["vpc_ids"]
    asked = [{"network": network} for network in networks or []] or [{"vpc": vpc} for vpc in vpcs or []]
    with module.reading() as api:
        listed = itertools.chain.from_iterable(api.all(lambda of: read_associations(api, **of), asked))
        rows = [row for row in listed if vpcs is None or row.get("vpcId") in vpcs]
        details = api.all(lambda row: read_association(api, row["id"]), rows)
    found = [as_result({**row, **more}) for row, more in zip(rows, details)]
    found.sort(key=lambda association: association["vpc_association_id"])
    module.exit_json(changed=False, associations=found)


if __name__ == "__main__":
    main()
