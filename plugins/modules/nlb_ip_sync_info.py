#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nlb_ip_sync_info
short_description: Show the IP targets of target groups, their health, and whether they equal what a DNS name says
version_added: 0.1.0
description:
  - Returns the targets of target groups with their health, one call per 400 groups of the account and one for each
    group that is shown. Where a name is given it is looked up and compared with the targets.
  - "IAM actions: see C(docs/iam/nlb_ip_sync_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
requirements:
  - dnspython, where an O(syncs[].endpoint) is used
options:
  syncs:
    description:
      - The target groups to show. Every target group of type C(ip) unless set. Those that do not exist are left out.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - What the pair of target group and name is called here. The target group's name unless set.
        type: str
      target_group:
        description:
          - Name or ARN of the target group.
        type: str
        required: true
      endpoint:
        description:
          - The DNS name that the targets follow.
        type: str
      port:
        description:
          - Port of the targets that follow it. The target group's own port unless set.
        type: int
  nameservers:
    description:
      - Nameservers to ask, each C(ip), C(ip:port) or C([ipv6]:port). Those of the system unless set.
    type: list
    elements: str
  resolve_timeout:
    description:
      - Seconds that one lookup takes at most, over all nameservers and retries.
    type: float
    default: 2.0
seealso:
  - module: saas.privatelink.nlb_ip_sync
"""

EXAMPLES = r"""
- name: Show whether a database's load balancer has the right target, and its health
  saas.privatelink.nlb_ip_sync_info:
    syncs:
      - target_group: fivetran-orders-5432
        endpoint: orders.cluster-abc.us-east-1.rds.amazonaws.com
    region: us-east-1
"""

RETURN = r"""
target_groups:
  description: The target groups, in the order given. Empty when there is none.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: orders}
    target_group_arn: {description: ARN of the target group., type: str, returned: always}
    target_group_name: {description: Its name., type: str, returned: always, sample: fivetran-orders-5432}
    vpc_id: {description: Its VPC., type: str, returned: always, sample: vpc-0123456789abcdef0}
    port: {description: Port of the targets., type: int, returned: always, sample: 5432}
    targets:
      description: All its targets, draining ones included.
      type: list
      elements: dict
      returned: always
      contains:
        id: {description: The address., type: str, returned: always, sample: 10.1.2.3}
        port: {description: The port., type: int, returned: always, sample: 5432}
        availability_zone: {description: Zone name or V(all)., type: str, returned: always, sample: us-east-1a}
        state: {description: State as AWS writes it., type: str, returned: always, sample: healthy}
        reason: {description: AWS's reason for the state., type: str, returned: always, sample: Target.NotInUse}
    healthy: {description: Whether at least one target on the port is healthy., type: bool, returned: always}
    endpoint: {description: The name that was looked up., type: str, returned: when given}
    resolved: {description: Its addresses., type: list, elements: str, returned: when an endpoint is given}
    resolve_error: {description: Why it has none., type: str, returned: when an endpoint is given, sample: ""}
    in_sync:
      description: Whether the targets on the port are exactly these addresses, draining targets not counted.
      type: bool
      returned: when an endpoint is given
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_ip_sync import (
    check_target_group,
    read_groups,
    show,
)

SYNC = {
    "name": {"type": "str"},
    "target_group": {"type": "str", "required": True},
    "endpoint": {"type": "str"},
    "port": {"type": "int"},
}
OPTIONS = {
    "syncs": {"type": "list", "elements": "dict", "options": SYNC},
    "nameservers": {"type": "list", "elements": "str"},
    "resolve_timeout": {"type": "float", "default": 2.0},
}


def main() -> None:
    module = InfoModule(OPTIONS)
    asked, nameservers, timeout = (module.params[name] for name in OPTIONS)
    with module.reading() as api:
        for sync in asked or []:
            check_target_group(sync["target_group"])
        groups = read_groups(api)
        if asked is None:
            arns = dict.fromkeys(group.arn for group in groups.values() if group.target_type == "ip")
            asked = [{"target_group": arn} for arn in arns]
        known = [sync for sync in asked if sync["target_group"] in groups]
        found = api.all(lambda sync: show(api, groups[sync["target_group"]], sync, nameservers, timeout), known)
    module.exit_json(changed=False, target_groups=found)


if __name__ == "__main__":
    main()
