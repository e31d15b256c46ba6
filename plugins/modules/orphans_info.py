#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: orphans_info
short_description: List what this collection made and nothing names any more
version_added: 0.1.0
description:
  - Lists load balancers, VPC endpoint services, VPC endpoints and groups of forwarders that carry the tags of this
    collection and of this environment, and whose name is none of O(names). A link that was renamed, or taken out of the
    inventory, leaves such.
  - What carries no tag of an environment is left out, because it may be another one's.
  - It does not see what has no tags in AWS, as access to Redshift and MSK clusters and what vendors keep at their side,
    nor what AWS tells for each service network or function only, as associations with VPC Lattice service networks and
    the function of C(ip_sync=lambda). Shares that were accepted, and target groups and security groups that are left
    without a load balancer or forwarder, and private hosted zones are not looked for.
  - It sees the account and region of the task alone.
  - One call for each of these four kinds, and one for the tags of 20 load balancers.
  - "IAM actions: see C(docs/iam/orphans_info.json)."
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
      - What is still needed, as the tag C(saas.privatelink:name) has it.
    type: list
    elements: str
    required: true
seealso:
  - module: saas.privatelink.network_load_balancer_info
  - module: saas.privatelink.endpoint_service_info
  - module: saas.privatelink.vpc_endpoint_info
"""

EXAMPLES = r"""
- name: List what none of two links has made
  saas.privatelink.orphans_info:
    names: [fivetran-orders, segment-warehouse]
"""

RETURN = r"""
orphans:
  description: What nothing names, in order of name; empty when there is nothing.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: The name in its tag., type: str, returned: always, sample: fivetran-orders}
    resources:
      description: What there is of it.
      type: list
      elements: str
      returned: always
      sample: [load balancer fivetran-orders, endpoint service vpce-svc-0123456789abcdef0]
    line: {description: The same in a sentence and what to do about it., type: str, returned: always}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.orphans import orphans


def main() -> None:
    module = InfoModule({"names": {"type": "list", "elements": "str", "required": True}})
    with module.reading() as api:
        found = orphans(api, module.params["names"], module.params["environment_name"] or "")
    module.exit_json(changed=False, orphans=[orphan.as_dict() for orphan in found])


if __name__ == "__main__":
    main()
