#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_private_link
short_description: Manage private links of Redis Cloud subscriptions
version_added: 0.1.0
description:
  - Creates the private link of a Redis Cloud Pro subscription, shares it with principals of AWS, ends connections, and
    removes it. Redis Cloud then shares a VPC Lattice resource configuration through AWS Resource Access Manager.
  - Accepting the share and connecting to it happen in AWS, by other modules. A principal that has not accepted yet is a
    normal result, told in RV(results[].waiting).
  - Takes one private link or a list of them in O(private_links). Links of one account are changed one after the other.
  - Calls Redis Cloud alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.redis_cloud
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  private_links:
    description:
      - The private links, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &link
      name:
        description:
          - What the private link is called here. Required. Redis Cloud does not see it.
        type: str
      state:
        description:
          - Whether the private link shall exist. V(absent) ends connections (see O(private_links[].on_connections)),
            takes the principals out and then removes the link, each once the step before has taken effect.
        type: str
        choices: [present, absent]
        default: present
      subscription_id:
        description:
          - Number of the Pro subscription. Required.
        type: int
      region_id:
        description:
          - Number that Redis Cloud gives a region of an Active-Active subscription, each of which has a private link of
            its own. Leave it out for any other subscription.
        type: int
      share_name:
        description:
          - Name of the resource share in AWS, of at most 64 characters. Required to create the private link.
          - Redis Cloud cannot rename a share, so another name than the present one is an error.
        type: str
      principals:
        description:
          - Whom in AWS the resource share is for. At least one is required to create the private link.
          - Principals are added and, with O(private_links[].purge_principals), removed. One that is there is left as it
            is, whatever its alias; an account's number and the ARN of its root are the same principal.
        type: list
        elements: dict
        suboptions:
          principal:
            description:
              - What it is called in AWS, for an account its 12 digits. Quote those.
            type: str
            required: true
          type:
            description:
              - What it is. Redis Cloud shares with accounts alone at present (November 2026). Of others its tasks
                succeed and do nothing, which RV(results[].unshown) tells.
            type: str
            choices: [aws_account, organization, organization_unit, iam_role, iam_user, service_principal]
            default: aws_account
          alias:
            description:
              - How Redis Cloud's console calls it.
            type: str
      purge_principals:
        description:
          - Remove principals that are not listed in O(private_links[].principals).
          - Without it, a private link that is shared with others is not removed by O(private_links[].state=absent), see
            O(private_links[].on_other_principals).
        type: bool
        default: false
      disassociate:
        description:
          - Connections that shall not be, by the id of the VPC endpoint or service network, or by the id of the
            association. One that is not connected is as it shall be.
        type: list
        elements: str
      on_connections:
        description:
          - What V(absent) does about connections that O(private_links[].disassociate) does not list. V(fail) names them
            and changes nothing, V(disassociate) ends them.
        type: str
        choices: [fail, disassociate]
        default: fail
      on_other_principals:
        description:
          - What V(absent) does about a private link that is shared with principals that are not listed, without
            O(private_links[].purge_principals). V(fail) names them and changes nothing, V(keep) removes what is listed,
            and leaves the private link to the others.
        type: str
        choices: [fail, keep]
        default: fail
  <<: *link
  wait:
    description:
      - Wait until what was changed has taken effect. One wait serves all items. The task of a call that was made is
        waited for either way, as it tells whether the call succeeded.
      - Without it, steps that must come later are left to the next run; RV(results[].waiting) names what they wait for.
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait, in seconds. What is still moving then is returned in RV(results[].waiting); running again
        goes on from there. The first share of a subscription takes minutes.
    type: int
    default: 1800
seealso:
  - module: saas.privatelink.redis_cloud_private_link_info
  - module: saas.privatelink.resource_share
  - module: saas.privatelink.vpc_endpoint
  - module: saas.privatelink.service_network_association
  - name: Connect to Amazon Web Services PrivateLink
    description: Redis Cloud's guide, read 2026-11.
    link: https://redis.io/docs/latest/operate/rc/security/aws-privatelink/
"""

EXAMPLES = r"""
- name: Share a subscription's databases with our account
  saas.privatelink.redis_cloud_private_link:
    name: sessions
    subscription_id: 123456
    share_name: redis-sessions
    principals:
      - {principal: "111111111111", alias: production}
  register: sessions
  # Keys come from REDISCLOUD_ACCESS_KEY and REDISCLOUD_SECRET_KEY.

- name: Each region of an Active-Active subscription has a private link of its own
  saas.privatelink.redis_cloud_private_link:
    private_links:
      - {name: carts-virginia, subscription_id: 234567, region_id: 1, share_name: carts-1, principals: "{{ ours }}"}
      - {name: carts-ireland, subscription_id: 234567, region_id: 2, share_name: carts-2, principals: "{{ ours }}"}
  vars:
    ours:
      - {principal: "111111111111"}

- name: End the connection of an endpoint
  saas.privatelink.redis_cloud_private_link:
    name: sessions
    subscription_id: 123456
    disassociate: [vpce-0123456789abcdef0]

- name: Remove the private link, whoever is connected
  saas.privatelink.redis_cloud_private_link:
    name: sessions
    subscription_id: 123456
    state: absent
    purge_principals: true
    on_connections: disassociate
"""

RETURN = r"""
results:
  description: What became of each private link, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "sessions"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "111111111111 to accept the share in AWS"
    unshown:
      description: Changes that were made, and that did not show until the run gave up looking for them.
      type: list
      elements: str
      returned: always
      sample: []
    writes:
      description: The write calls made, or in check mode the calls that would be made.
      type: list
      elements: str
      returned: always
      sample: ["redis_cloud:CreatePrivateLink"]
    subscription_id: {description: Number of the subscription., type: int, returned: when not failed}
    region_id:
      description: Number of the region of an Active-Active subscription.
      type: int
      returned: when not failed
    status:
      description: State as Redis Cloud writes it (V(initializing), V(active), V(deleting)), or V(absent).
      type: str
      returned: when not failed
      sample: active
    share_name: {description: Name of the resource share., type: str, returned: when not failed}
    share_arn:
      description: ARN of the resource share, which M(saas.privatelink.resource_share) accepts.
      type: str
      returned: when not failed
      sample: arn:aws:ram:us-east-1:733373337333:resource-share/7ab63972-b505-7e2a-420d-6f5d3EXAMPLE
    resource_configuration_id:
      description: Id of the resource configuration, as Redis Cloud's console shows it.
      type: str
      returned: when not failed
      sample: rcfg-0123456789abcdef0
    resource_configuration_arn:
      description: ARN of the resource configuration, to which endpoints and service networks connect.
      type: str
      returned: when not failed
    principals:
      description: Whom it is shared with.
      type: list
      elements: dict
      returned: when not failed
      contains:
        principal: {description: The principal., type: str, returned: always, sample: "111111111111"}
        type: {description: What it is., type: str, returned: always, sample: aws_account}
        alias: {description: How Redis Cloud's console calls it., type: str, returned: always}
        status:
          description:
            - State as Redis Cloud writes it. C(associating) until the principal has accepted the share, then
              C(associated).
          type: str
          returned: always
          sample: associated
    connections:
      description: Who is connected.
      type: list
      elements: dict
      returned: when not failed
      contains:
        association_id: {description: Id of the association., type: str, returned: always}
        connection_id:
          description: Id of the VPC endpoint or service network.
          type: str
          returned: always
          sample: vpce-0123456789abcdef0
        type: {description: What is connected in the words of Redis Cloud., type: str, returned: always}
        owner_id: {description: Account that it belongs to., type: str, returned: always, sample: "111111111111"}
        association_date: {description: Since when., type: str, returned: always}
    databases:
      description: The databases that are reached.
      type: list
      elements: dict
      returned: when not failed
      contains:
        database_id: {description: Number of the database., type: int, returned: always, sample: 51324587}
        host: {description: Name under which clients connect., type: str, returned: always}
        port: {description: Port of the database., type: int, returned: always, sample: 12000}
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

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.redis_cloud_module import RedisCloudItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.redis_cloud_private_link import (
    PrivateLink,
    PrivateLinks,
)


def main() -> None:
    longer = {"wait_timeout": {"type": "int", "default": 1800}}  # the first share of a subscription takes minutes
    module = RedisCloudItemsModule("private_links", PrivateLink, longer)
    account = module.account()
    module.converge(PrivateLinks(account), account, poll=15, workers=1)


if __name__ == "__main__":
    main()
