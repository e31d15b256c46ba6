#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_share_info
short_description: List the resource shares of other accounts, and invitations to them (AWS RAM)
version_added: 0.1.0
description:
  - Lists what other accounts share with this one in a region, with the resources in each share, and the invitations
    to shares that AWS still remembers.
  - "IAM actions: see C(docs/iam/resource_share_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  owner_account_ids:
    description:
      - Only shares of these accounts.
    type: list
    elements: str
  share_names:
    description:
      - Only shares of these names.
    type: list
    elements: str
seealso:
  - module: saas.privatelink.resource_share
"""

EXAMPLES = r"""
- name: See who shares what, or offers to
  saas.privatelink.resource_share_info:
"""

RETURN = r"""
shares:
  description: The shares that this account is in, by ARN; empty when there are none.
  returned: success
  type: list
  elements: dict
  contains:
    resource_share_arn: {description: ARN of the share., type: str, returned: always}
    share_name: {description: Name of the share., type: str, returned: always, sample: redis-share-123456}
    owner_account_id: {description: Account that owns it., type: str, returned: always, sample: "222222222222"}
    status: {description: Status as AWS writes it., type: str, returned: always, sample: ACTIVE}
    resources:
      description: What it holds, by ARN.
      type: list
      elements: dict
      returned: always
      contains:
        arn: {description: ARN of the resource., type: str, returned: always}
        type: {description: Its type., type: str, returned: always, sample: vpc-lattice:ResourceConfiguration}
        status: {description: Its status as AWS writes it., type: str, returned: always, sample: AVAILABLE}
invitations:
  description: The invitations to shares, newest first; empty when there are none.
  returned: success
  type: list
  elements: dict
  contains:
    resource_share_arn: {description: ARN of the share., type: str, returned: always}
    share_name: {description: Name of the share., type: str, returned: always, sample: redis-share-123456}
    owner_account_id: {description: Account that owns it., type: str, returned: always, sample: "222222222222"}
    status:
      description: V(PENDING), V(ACCEPTED), V(REJECTED) or V(EXPIRED).
      type: str
      returned: always
      sample: PENDING
"""

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.resource_share import (
    Seen,
    read_invitations,
    read_resources,
    read_shares,
    resource_as_dict,
)

OPTIONS = {
    "owner_account_ids": {"type": "list", "elements": "str"},
    "share_names": {"type": "list", "elements": "str"},
}


def main() -> None:
    module = InfoModule(OPTIONS)
    owners, names = module.params["owner_account_ids"], module.params["share_names"]

    def asked(found: t.Iterable[Seen]) -> list[Seen]:
        of_owners = [seen for seen in found if owners is None or seen.owner in owners]
        return [seen for seen in of_owners if names is None or seen.name in names]

    with module.reading() as api:
        shares = sorted(asked(map(Seen.share, read_shares(api))), key=lambda share: share.arn)
        invitations = asked(map(Seen.invitation, read_invitations(api)))
        resources = read_resources(api, [share.arn for share in shares]) if shares else []
    held: dict[str, list[dict[str, str]]] = {}
    for resource in sorted(resources, key=lambda resource: str(resource["arn"])):
        held.setdefault(str(resource.get("resourceShareArn", "")), []).append(resource_as_dict(resource))
    module.exit_json(
        changed=False,
        shares=[{**share.known, "status": share.status, "resources": held.get(share.arn, [])} for share in shares],
        invitations=[{**invitation.known, "status": invitation.status} for invitation in invitations],
    )


if __name__ == "__main__":
    main()
