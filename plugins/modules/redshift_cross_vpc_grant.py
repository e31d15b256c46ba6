#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redshift_cross_vpc_grant
short_description: Let other accounts make Redshift-managed VPC endpoints to a cluster
version_added: 0.1.0
description:
  - Grants an account access to a provisioned Redshift cluster from VPCs of its own, changes which VPCs, and revokes the
    grant. The vendor then makes a Redshift-managed VPC endpoint in one of them; RV(results[].endpoint_count) shows that
    it did.
  - Takes one grant or a list of them in O(grants), which costs one read call per 100 grants of the account, and one
    more per 100 clusters where a grant is new.
  - VPCs are added to those that are there, unless O(grants[].purge_vpc_ids) is set. AWS has no way to turn a grant of
    all VPCs into one of listed VPCs, or the reverse. Such a change revokes the grant, waits until it is gone and gives
    it anew. With endpoints in use it is refused, unless O(grants[].force) is set.
  - Redshift Serverless workgroups cannot be granted by this API.
  - "IAM actions: see C(docs/iam/redshift_cross_vpc_grant.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  grants:
    description:
      - The grants, each with the same options as a single one. Mutually exclusive with those.
      - Items that mean the same cluster and account share one grant and must want the same. Where one of them is
        O(grants[].state=absent) and another is not, the grant stays.
    type: list
    elements: dict
    suboptions: &grant
      name:
        description:
          - What the grant is called here. Required. AWS does not keep it.
        type: str
      state:
        description:
          - Whether the grant exists. V(absent) revokes the VPCs in O(grants[].vpc_ids) only, or the whole grant where
            that is not set or would leave none.
        type: str
        choices: [present, absent]
        default: present
      cluster_identifier:
        description:
          - Identifier of the cluster, in this account and region. Required.
        type: str
      account:
        description:
          - Id, of 12 digits, of the account that may connect. Required.
        type: str
      vpc_ids:
        description:
          - VPCs of that account from which it may connect, like V(vpc-0123456789abcdef0).
          - A new grant needs this or O(grants[].all_vpcs=true). On an existing grant an unset option changes nothing.
        type: list
        elements: str
      all_vpcs:
        description:
          - Whether the account may connect from all its VPCs, now and in future.
        type: bool
      purge_vpc_ids:
        description:
          - Remove VPCs that are not in O(grants[].vpc_ids).
        type: bool
        default: false
      force:
        description:
          - Revoke although endpoints are in use. This deletes the vendor's endpoints; the vendor must make new ones.
          - Without it a whole grant with endpoints is not revoked, and AWS refuses to take out a VPC with endpoints.
        type: bool
        default: false
  <<: *grant
seealso:
  - module: saas.privatelink.redshift_cross_vpc_grant_info
  - module: saas.privatelink.preflight
  - name: Redshift-managed VPC endpoints
    description: The AWS guide, with what a cluster needs for them, read 2026-11.
    link: https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-cross-vpc.html
"""

EXAMPLES = r"""
- name: Let one VPC of a vendor connect to a cluster
  saas.privatelink.redshift_cross_vpc_grant:
    name: orders
    cluster_identifier: orders
    account: "111122223333"
    vpc_ids: [vpc-0123456789abcdef0]

- name: Grant several clusters at once
  saas.privatelink.redshift_cross_vpc_grant:
    grants:
      - name: orders
        cluster_identifier: orders
        account: "111122223333"
        vpc_ids: [vpc-0123456789abcdef0]
      - name: billing
        cluster_identifier: billing
        account: "111122223333"
        all_vpcs: true

- name: Narrow a grant of all VPCs to one, and delete endpoints that are in use
  saas.privatelink.redshift_cross_vpc_grant:
    name: billing
    cluster_identifier: billing
    account: "111122223333"
    vpc_ids: [vpc-0123456789abcdef0]
    force: true

- name: Revoke the grant, unless endpoints are in use
  saas.privatelink.redshift_cross_vpc_grant:
    name: orders
    state: absent
    cluster_identifier: orders
    account: "111122223333"
"""

RETURN = r"""
results:
  description: What became of each grant, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "orders"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "the grant of orders to 111122223333 to be revoked"
    unshown:
      description: Changes that were made, and that did not show until the run gave up looking for them.
      type: list
      elements: str
      returned: always
      sample: []
    writes:
      description: The write calls made, or in check mode the calls that would be made, as IAM names them.
      type: list
      elements: str
      returned: always
      sample: ["redshift:AuthorizeEndpointAccess"]
    cluster_identifier: {description: Identifier of the cluster., type: str, returned: when not failed, sample: orders}
    grantor:
      description: Account of the cluster. Empty where there is no grant.
      type: str
      returned: when not failed
      sample: "444455556666"
    grantee: {description: Account that may connect., type: str, returned: when not failed, sample: "111122223333"}
    status:
      description: V(Authorized) or V(Revoking). Empty where there is no grant.
      type: str
      returned: when not failed
      sample: Authorized
    allowed_all_vpcs: {description: Whether it may connect from all its VPCs., type: bool, returned: when not failed}
    allowed_vpcs:
      description: The VPCs from which it may connect. Empty where all may.
      type: list
      elements: str
      returned: when not failed
      sample: [vpc-0123456789abcdef0]
    endpoint_count:
      description: How many endpoints the account has made to the cluster.
      type: int
      returned: when not failed
      sample: 1
    cluster_status:
      description: Status of the cluster. Empty where there is no grant to show it and none is wanted.
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.redshift_cross_vpc_grant import Grant, Grants


def main() -> None:
    module = ItemsModule("grants", Grant)
    api = module.api()
    module.converge(Grants(api), api)


if __name__ == "__main__":
    main()
