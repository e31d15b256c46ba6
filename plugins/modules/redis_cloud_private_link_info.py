#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_private_link_info
short_description: Read private links of Redis Cloud subscriptions
version_added: 0.1.0
description:
  - Reads the private link of one Redis Cloud subscription, or of many in O(private_links).
  - Calls Redis Cloud alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.redis_cloud
  - saas.privatelink.attributes.info
options:
  private_links:
    description:
      - Which private links to read, each named as a single one is. Mutually exclusive with O(subscription_id).
    type: list
    elements: dict
    suboptions:
      subscription_id:
        description:
          - Number of the Pro subscription.
        type: int
        required: true
      region_id:
        description:
          - Number that Redis Cloud gives a region of an Active-Active subscription.
        type: int
  subscription_id:
    description:
      - Number of the Pro subscription. Required without O(private_links).
    type: int
  region_id:
    description:
      - Number that Redis Cloud gives a region of an Active-Active subscription.
    type: int
seealso:
  - module: saas.privatelink.redis_cloud_private_link
"""

EXAMPLES = r"""
- name: See who is connected
  saas.privatelink.redis_cloud_private_link_info:
    subscription_id: 123456
"""

RETURN = r"""
private_links:
  description: The private links, in the order asked for; subscriptions without one are left out.
  returned: always
  type: list
  elements: dict
  contains:
    subscription_id: {description: Number of the subscription., type: int, returned: always}
    region_id: {description: Number of the region of an Active-Active subscription., type: int, returned: always}
    status: {description: State as Redis Cloud writes it., type: str, returned: always, sample: active}
    share_name: {description: Name of the resource share., type: str, returned: always}
    share_arn: {description: ARN of the resource share., type: str, returned: always}
    resource_configuration_id:
      description: Id of the resource configuration.
      type: str
      returned: always
      sample: rcfg-0123456789abcdef0
    resource_configuration_arn: {description: ARN of the resource configuration., type: str, returned: always}
    principals:
      description: Whom it is shared with.
      type: list
      elements: dict
      returned: always
      contains:
        principal: {description: The principal., type: str, returned: always, sample: "111111111111"}
        type: {description: What it is., type: str, returned: always, sample: aws_account}
        alias: {description: How Redis Cloud's console calls it., type: str, returned: always}
        status: {description: State as Redis Cloud writes it., type: str, returned: always, sample: associated}
    connections:
      description: Who is connected.
      type: list
      elements: dict
      returned: always
      contains:
        association_id: {description: Id of the association., type: str, returned: always}
        connection_id: {description: Id of the VPC endpoint or service network., type: str, returned: always}
        type: {description: What is connected in the words of Redis Cloud., type: str, returned: always}
        owner_id: {description: Account that it belongs to., type: str, returned: always, sample: "111111111111"}
        association_date: {description: Since when., type: str, returned: always}
    databases:
      description: The databases that are reached.
      type: list
      elements: dict
      returned: always
      contains:
        database_id: {description: Number of the database., type: int, returned: always, sample: 51324587}
        host: {description: Name under which clients connect., type: str, returned: always}
        port: {description: Port of the database., type: int, returned: always, sample: 12000}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.redis_cloud_module import RedisCloudModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.redis_cloud_private_link import (
    PrivateLink,
    read_links,
)

WHICH = {"subscription_id": {"type": "int", "required": True}, "region_id": {"type": "int"}}
OPTIONS = {
    "private_links": {"type": "list", "elements": "dict", "options": WHICH},
    "subscription_id": {"type": "int"},
    "region_id": {"type": "int"},
}


def main() -> None:
    module = RedisCloudModule(
        OPTIONS,
        required_one_of=[("private_links", "subscription_id")],
        mutually_exclusive=[("private_links", "subscription_id")],
        required_by={"region_id": ["subscription_id"]},
    )
    account, params = module.account(), module.params
    single = {"subscription_id": params["subscription_id"], "region_id": params["region_id"]}
    asked = [single] if params["private_links"] is None else params["private_links"]
    found = []
    for which, link in zip(asked, read_links(account, [PrivateLink("", **which) for which in asked])):
        if isinstance(link, ItemError):
            module.fail_json(msg=str(link))
        if link.status:
            found.append({**link.as_dict(), **which})
    module.exit_json(changed=False, private_links=found)


if __name__ == "__main__":
    main()
