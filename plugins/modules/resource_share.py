#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_share
short_description: Accept or leave resource shares of other accounts (AWS RAM)
version_added: 0.1.0
description:
  - Accepts the resource share of a vendor's account, and waits until what it holds can be seen. Or leaves it.
  - Looks for the share, not for an invitation. Between accounts of one organization there is no invitation, and AWS
    forgets invitations some days after they were answered; neither matters.
  - Accepts only what was expected. A share of another owner or name is refused, and invitations to such shares are
    left alone, with a warning.
  - That the owner has not shared yet is a normal result, RV(results[].status=waiting); run again later.
  - Takes one share or a list of them in O(shares), for the same two or three calls.
  - "IAM actions: see C(docs/iam/resource_share.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  shares:
    description:
      - The shares, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &share
      name:
        description:
          - What the share is called here. Required. Its name at AWS is O(shares[].share_name).
        type: str
      state:
        description:
          - V(present) accepts the share, V(absent) leaves it. An invitation that nobody has accepted stays as it is.
          - A share is not left while VPC endpoints of this account, or its associations with service networks, lead to
            what it holds, which may be a service network itself, for they would stop working. That is a warning, and
            RV(results[].needed_by) tells which.
          - AWS does not let an account leave what is shared within its organization. That is a warning, not an error.
        type: str
        choices: [present, absent]
        default: present
      resource_share_arn:
        description:
          - ARN of the share. Give this, or O(shares[].owner_account_id) and O(shares[].share_name), or all three.
        type: str
      owner_account_id:
        description:
          - Account that must own the share.
        type: str
      share_name:
        description:
          - Name that the share must have.
        type: str
      resource_types:
        description:
          - Types of resources, like V(vpc-lattice:ResourceConfiguration), that the share must hold at least one of each
            of. Without it the run waits for one of any type.
        type: list
        elements: str
      wait_for_share:
        description:
          - Wait up to O(wait_timeout) for the owner to share. Without it a missing share is reported at once.
        type: bool
        default: false
      going:
        description:
          - Ids of endpoints and associations that go before this account leaves, as where check mode still finds them.
        type: list
        elements: str
  <<: *share
seealso:
  - module: saas.privatelink.resource_share_info
  - module: saas.privatelink.vpc_endpoint
  - module: saas.privatelink.service_network_association
  - name: Accept and reject resource share invitations
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/ram/latest/userguide/working-with-shared-invitations.html
"""

EXAMPLES = r"""
- name: Accept the share of a vendor
  saas.privatelink.resource_share:
    name: cache
    resource_share_arn: arn:aws:ram:us-east-1:222222222222:resource-share/5ba1d2c5-1d0a-4f5e-9c0b-0123456789ab
    share_name: redis-share-123456
    resource_types: [vpc-lattice:ResourceConfiguration]

- name: Accept by owner and name, waiting up to half an hour for the owner to share
  saas.privatelink.resource_share:
    name: cache
    owner_account_id: "222222222222"
    share_name: redis-share-123456
    wait_for_share: true
    wait_timeout: 1800

- name: Leave it
  saas.privatelink.resource_share:
    name: cache
    owner_account_id: "222222222222"
    share_name: redis-share-123456
    state: absent
"""

RETURN = r"""
results:
  description: What became of each share, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "cache"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "account 222222222222 to share redis-share-123456"
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
      sample: ["ram:AcceptResourceShareInvitation"]
    status:
      description:
        - V(accepted) when this account is in the share or has just accepted it, V(invited) when it is yet to be
          accepted, in check mode,
          V(waiting) when the owner has not shared yet or AWS does not show it, V(absent) when this account is not to be
          in it and is not.
      type: str
      returned: when not failed
      sample: accepted
    resource_share_arn:
      description: ARN of the share, empty as long as it is not known.
      type: str
      returned: when not failed
    share_name: {description: Name of the share., type: str, returned: when not failed, sample: redis-share-123456}
    owner_account_id:
      description: Account that owns the share.
      type: str
      returned: when not failed
      sample: "222222222222"
    resources:
      description: What the share holds, by ARN; empty before it is accepted, and when it is to be left.
      type: list
      elements: dict
      returned: when not failed
      contains:
        arn: {description: ARN of the resource., type: str, returned: always}
        type: {description: Its type., type: str, returned: always, sample: vpc-lattice:ResourceConfiguration}
        status: {description: Its status as AWS writes it., type: str, returned: always, sample: AVAILABLE}
    needed_by:
      description: Ids of what of this account leads to what the share holds, for which the share was not left.
      type: list
      elements: str
      returned: when there is such, and the share is to be left
      sample: [vpce-0123456789abcdef0]
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
from ansible_collections.saas.privatelink.plugins.module_utils._aws.resource_share import ResourceShare, ResourceShares


def main() -> None:
    module = ItemsModule("shares", ResourceShare)
    api = module.api()
    module.converge(ResourceShares(api), api)


if __name__ == "__main__":
    main()
