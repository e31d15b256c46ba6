#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: msk_cross_vpc_grant
short_description: Let other accounts make private VPC connections to an MSK cluster
version_added: 0.1.0
description:
  - Switches the multi-VPC private connectivity of a provisioned Amazon MSK cluster on for IAM authentication, and keeps
    one statement in the cluster's policy that lets an account make managed VPC connections to it. The vendor then makes
    its connection; RV(results[].endpoint_count) shows that it did.
  - Takes one grant or a list of them in O(grants), which costs three read calls per cluster, one more per wanted grant,
    and two more where the account is connected.
  - MSK takes hours to switch connectivity on or off, and no other change of the cluster meanwhile. The run does not
    wait for it. It ends with RV(results[].waiting), and running again goes on from there.
  - The cluster is yours and named by its ARN. The other authentication schemes of its connectivity, and all else in its
    policy, stay as they are. The policy is written for the version that was read, so that what somebody writes at the
    same time is not lost; the item is then planned again, ten times at most. Only the deletion of a policy, where our
    statement was the last, takes no version.
  - The statement is known by its Sid, RV(results[].sid), which is made of the account and the environment, so that no
    other environment has it. What was changed in it by hand is put right, and the diff shows it. A statement of that
    Sid that this module never writes, with another effect than C(Allow) or the opposite of an element, like
    C(NotAction), is refused and stays.
  - A vendor to which the cluster was told may need to be told again after multi-VPC connectivity was changed or
    switched off for a while, whoever did so. RV(results[].untold_operation) shows that this was after the account's
    last VPC connection was made. It is empty again when the account has made a new one, or with
    O(grants[].told_operation).
  - "IAM actions: see C(docs/iam/msk_cross_vpc_grant.json)."
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
      - Items that mean the same cluster and account share one grant. Where one of them is O(grants[].state=absent) and
        another is not, the grant stays.
    type: list
    elements: dict
    suboptions: &grant
      name:
        description:
          - What the grant is called here. Required. AWS does not keep it.
        type: str
      state:
        description:
          - Whether the account may connect.
          - V(absent) takes the statement out of the policy, and then rejects the account's VPC connections by
            O(grants[].on_connections). Those of other accounts are never touched. Where a statement of others lets the
            account in as well, its connections stay. A policy that has no other statement is deleted. Connectivity
            stays on, unless O(grants[].disable_connectivity) is set.
        type: str
        choices: [present, absent]
        default: present
      cluster_arn:
        description:
          - ARN of the cluster, in this account and region. Required.
        type: str
      account:
        description:
          - Id, of 12 digits, of the account that may connect. Required.
        type: str
      on_connections:
        description:
          - What to do where a grant shall go whose account has VPC connections.
          - V(fail) changes nothing. V(reject) rejects them, by which they end; only their owner can delete them then.
        type: str
        choices: [fail, reject]
        default: fail
      disable_connectivity:
        description:
          - With O(grants[].state=absent), also switch multi-VPC connectivity off for IAM, when all else is done. It
            takes hours. It stays on where the policy has statements of others, or another account is connected.
        type: bool
        default: false
      told_operation:
        description:
          - The RV(results[].untold_operation) after which you have told the vendor the cluster again.
        type: str
  <<: *grant
seealso:
  - module: saas.privatelink.msk_cross_vpc_grant_info
  - module: saas.privatelink.preflight
  - name: Amazon MSK multi-VPC private connectivity in a single Region
    description: The AWS guide, with what a cluster needs for it, read 2026-11.
    link: https://docs.aws.amazon.com/msk/latest/developerguide/aws-access-mult-vpc.html
"""

EXAMPLES = r"""
- name: Let a vendor make a VPC connection to a cluster
  saas.privatelink.msk_cross_vpc_grant:
    name: orders
    cluster_arn: arn:aws:kafka:us-east-1:444455556666:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1
    account: "111122223333"
  register: orders

- name: Say what is still to come
  ansible.builtin.debug:
    msg: "{{ orders.results[0].waiting }}"
  when: orders.results[0].waiting != ''

- name: Take the grant back, with the vendor's connections
  saas.privatelink.msk_cross_vpc_grant:
    name: orders
    state: absent
    cluster_arn: arn:aws:kafka:us-east-1:444455556666:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1
    account: "111122223333"
    on_connections: reject
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
      sample: ""
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
      sample: []
    cluster_arn:
      description: ARN of the cluster.
      type: str
      returned: when not failed
      sample: "arn:aws:kafka:us-east-1:444455556666:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1"
    cluster_name: {description: Name of the cluster., type: str, returned: when not failed, sample: orders}
    cluster_state:
      description: State of the cluster, as V(ACTIVE) or V(UPDATING). Empty where there is none.
      type: str
      returned: when not failed
      sample: ACTIVE
    grantor: {description: Account of the cluster., type: str, returned: when not failed, sample: "444455556666"}
    grantee: {description: Account that may connect., type: str, returned: when not failed, sample: "111122223333"}
    sid:
      description: The Sid of our statement.
      type: str
      returned: when not failed
      sample: SaasPrivatelinkProd0a1b2c3d111122223333
    statement:
      description: Our statement as AWS shows it. Empty where there is none.
      type: dict
      returned: when not failed
      sample: {Sid: SaasPrivatelinkProd0a1b2c3d111122223333, Effect: Allow}
    multi_vpc:
      description: The authentication schemes of which multi-VPC connectivity is on, of V(iam), V(scram) and V(tls).
      type: list
      elements: str
      returned: when not failed
      sample: [iam]
    bootstrap_servers:
      description: Where clients in other VPCs reach the cluster with IAM, with commas between. Empty until they can.
      type: str
      returned: when not failed
      sample: "b-1.iam.orders.0a1b2c.c1.kafka.us-east-1.amazonaws.com:14001"
    vpc_connections: &connections
      description: The managed VPC connections of the account to the cluster, also those that were rejected.
      type: list
      elements: dict
      returned: when not failed
      contains:
        vpc_connection_arn:
          description: Its ARN.
          type: str
          returned: always
          sample: "arn:aws:kafka:us-east-1:111122223333:vpc-connection/444455556666/orders/0a1b2c3d-1"
        owner: {description: Account that made it., type: str, returned: always, sample: "111122223333"}
        authentication: {description: How it authenticates., type: str, returned: always, sample: SASL_IAM}
        state:
          description: "As V(CREATING), V(AVAILABLE), V(INACTIVE) or V(REJECTED)."
          type: str
          returned: always
          sample: AVAILABLE
        creation_time: {description: When it was made., type: str, returned: always, sample: "2026-11-28T10:00:00Z"}
    endpoint_count:
      description: How many VPC connections of the account are available.
      type: int
      returned: when not failed
      sample: 1
    untold_operation:
      description:
        - What identifies the last change of multi-VPC connectivity after which the account has made no VPC connection,
          and that O(grants[].told_operation) does not name. Empty where there is none, or the account is not connected.
      type: str
      returned: when not failed
      sample: ""
    connectivity_changed:
      description: When that change began.
      type: str
      returned: when not failed
      sample: ""
    shut_out_by:
      description: Statements of others that deny the account what ours allows, by Sid.
      type: list
      elements: str
      returned: when not failed
      sample: []
    kept:
      description: What stays of a grant that goes because others need it, in words.
      type: list
      elements: str
      returned: when not failed
      sample: []
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
from ansible_collections.saas.privatelink.plugins.module_utils._aws.msk_cross_vpc_grant import MskGrant, MskGrants


def main() -> None:
    module = ItemsModule("grants", MskGrant)
    grants = MskGrants(module.api())
    module.converge(grants, grants)


if __name__ == "__main__":
    main()
