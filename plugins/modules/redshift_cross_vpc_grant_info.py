#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redshift_cross_vpc_grant_info
short_description: Show which accounts may make Redshift-managed VPC endpoints to clusters
version_added: 0.1.0
description:
  - Lists the grants that this account has given in this region, and how many endpoints use each.
  - "IAM actions: see C(docs/iam/redshift_cross_vpc_grant_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  cluster_identifier:
    description:
      - Only grants of this cluster. A cluster that does not exist has none.
    type: str
  account:
    description:
      - Only grants to this account, an id of 12 digits.
    type: str
seealso:
  - module: saas.privatelink.redshift_cross_vpc_grant
"""

EXAMPLES = r"""
- name: Who may connect to which cluster
  saas.privatelink.redshift_cross_vpc_grant_info:
  register: redshift

- name: Has the vendor made its endpoint yet
  saas.privatelink.redshift_cross_vpc_grant_info:
    cluster_identifier: orders
    account: "111122223333"
  register: orders
"""

RETURN = r"""
grants:
  description: The grants, by cluster and account. Empty when there are none.
  returned: success
  type: list
  elements: dict
  contains:
    cluster_identifier: {description: Identifier of the cluster., type: str, returned: always, sample: orders}
    grantor: {description: Account of the cluster., type: str, returned: always, sample: "444455556666"}
    grantee: {description: Account that may connect., type: str, returned: always, sample: "111122223333"}
    status: {description: V(Authorized) or V(Revoking)., type: str, returned: always, sample: Authorized}
    allowed_all_vpcs: {description: Whether it may connect from all its VPCs., type: bool, returned: always}
    allowed_vpcs:
      description: The VPCs from which it may connect. Empty where all may.
      type: list
      elements: str
      returned: always
      sample: [vpc-0123456789abcdef0]
    endpoint_count:
      description: How many endpoints the account has made to the cluster.
      type: int
      returned: always
      sample: 1
    cluster_status: {description: Status of the cluster., type: str, returned: always, sample: available}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.redshift_cross_vpc_grant import read_authorizations

OPTIONS = {
    "cluster_identifier": {"type": "str"},
    "account": {"type": "str"},
}


def main() -> None:
    module = InfoModule(OPTIONS)
    cluster, account = module.params["cluster_identifier"], module.params["account"]
    with module.reading() as api:
        found = read_authorizations(api, [cluster] if cluster else [])
    grants = sorted((grant for grant in found if account in (None, grant.grantee)), key=lambda grant: grant.key)
    module.exit_json(changed=False, grants=[grant.as_dict() for grant in grants])


if __name__ == "__main__":
    main()
