#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: private_zone
short_description: Manage private hosted zones of Route 53
version_added: 0.1.0
description:
  - Makes private hosted zones with their records, and associates VPCs with them.
  - Takes one zone or a list of them in O(zones), which is converged in one process. An option that is not set changes
    nothing.
  - A zone is this collection's by the tags C(saas.privatelink:name) and C(saas.privatelink:environment). One of the
    same domain that others have made and that answers in one of the VPCs is refused, or used with O(adopt=true).
  - Records and associations have no tags in AWS. Those made here are remembered in tags of the zone; all others are
    taken for somebody else's, and stay. A record that is there already just as it is wanted is not ours either.
  - Two zones of one domain cannot answer in one VPC. That is said beforehand, with the zone that does.
  - A VPC of another account is not associated, because both accounts have to agree. What to do by hand is returned in
    RV(results[].waiting).
  - O(state=absent) takes away what was made here, and deletes the zone when nothing of others is left in it. What stays
    is told in RV(results[].kept). Where records of others stay, so do the VPCs, in which they are resolved.
  - Changes are waited for until all name servers of Route 53 know them.
  - Route 53 is one service for all regions of a partition. O(region) is that of VPCs that name none.
  - "IAM actions: see C(docs/iam/private_zone.json). AWS knows no conditions on tags of hosted zones."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  zones:
    description:
      - The zones, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &zone
      name:
        description:
          - Name of the item, which goes into the tag C(saas.privatelink:name). Required.
        type: str
      state:
        description:
          - V(absent) takes away what was made here.
        type: str
        choices: [present, absent]
        default: present
      zone_name:
        description:
          - Domain of the zone, such as V(privatelink.example.com). Required.
        type: str
      zone_id:
        description:
          - Id of the zone, where several of the domain could be meant.
        type: str
      vpcs:
        description:
          - VPCs that the zone answers in. Required to make a zone, which has one at least. They are associated, and
            stay when others have associated them.
        type: list
        elements: dict
        suboptions:
          vpc_id:
            description:
              - Id of the VPC.
            type: str
            required: true
          region:
            description:
              - Its region, if it is not O(region).
            type: str
      purge_vpcs:
        description:
          - Which VPCs are taken out that are not in O(zones[].vpcs), if that is set. V(ours) are those that were
            associated here; V(all) is refused for a zone of others.
        type: str
        choices: [none, ours, all]
        default: ours
      records:
        description:
          - Records of the zone.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the record, as a whole or as it is within the zone; V(@) is the zone itself.
              - Case, a dot at the end, and how characters are escaped do not matter.
            type: str
            required: true
          type:
            description:
              - Type of the record.
            type: str
            choices: [A, AAAA, CNAME]
            default: A
          value:
            description:
              - Its addresses, or the one name that a CNAME leads to. Either these or an alias.
            type: list
            elements: str
          alias:
            description:
              - What an alias record leads to, such as a VPC endpoint. Its name and the id of its hosted zone are in
                C(dns_entries) of M(saas.privatelink.vpc_endpoint).
            type: dict
            suboptions:
              dns_name:
                description:
                  - DNS name of what it leads to.
                type: str
                required: true
              hosted_zone_id:
                description:
                  - Id of the hosted zone of that name, which is AWS's.
                type: str
                required: true
              evaluate_target_health:
                description:
                  - Whether no answer is given where the target is unhealthy.
                type: bool
                default: false
          ttl:
            description:
              - Seconds that a resolver may remember the answer for. An alias has none.
            type: int
            default: 300
      purge_records:
        description:
          - Which records are removed that are not in O(zones[].records), if that is set. V(ours) are those that were
            made here; V(all) also replaces one of others, and is refused for a zone of others.
        type: str
        choices: [none, ours, all]
        default: ours
      tags:
        description:
          - Tags of the zone. Route 53 allows ten, with those of this collection.
        type: dict
      purge_tags:
        description:
          - Remove tags that are not in O(zones[].tags). C(Name) and the collection's own tags stay.
        type: bool
        default: false
      adopt:
        description:
          - Whether a zone of the domain that others have made and that answers in one of the VPCs is used. What is
            missing is added to it; nothing of theirs is changed or removed, and it is never deleted. That holds for a
            zone of another environment, too.
        type: bool
        default: false
  <<: *zone
seealso:
  - module: saas.privatelink.private_zone_info
  - module: saas.privatelink.vpc_endpoint
"""

EXAMPLES = r"""
- name: Have a vendor's name lead to an endpoint in two VPCs
  saas.privatelink.private_zone:
    name: vendor
    zone_name: privatelink.example.com
    vpcs:
      - vpc_id: vpc-0123456789abcdef0
      - vpc_id: vpc-0fedcba9876543210
        region: eu-west-1
    records:
      - name: sydney
        alias:
          dns_name: vpce-0123456789abcdef0-a1b2c3d4.vpce-svc-0123456789abcdef0.ap-southeast-2.vpce.amazonaws.com
          hosted_zone_id: Z0123456789ABCDEFGHIJ
"""

RETURN = r"""
results:
  description: What became of each zone, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "vendor"}
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
    zone_id: {description: Id of the zone., type: str, returned: when it exists, sample: Z0123456789ABC}
    zone_name: {description: Its domain., type: str, returned: when it exists, sample: privatelink.example.com}
    adopted: {description: Whether others have made it., type: bool, returned: when it exists}
    vpcs:
      description: The VPCs that it answers in.
      type: list
      elements: dict
      returned: when it exists
      contains:
        vpc_id: {description: Id of the VPC., type: str, returned: always, sample: vpc-0123456789abcdef0}
        region: {description: Its region., type: str, returned: always, sample: us-east-1}
    records:
      description: Its records without the zone's own SOA and NS, those of others too.
      type: list
      elements: dict
      returned: when it exists
      contains:
        name:
          description: Full name in lower case, without a dot at its end.
          type: str
          returned: always
          sample: sydney.privatelink.example.com
        type: {description: Its type., type: str, returned: always, sample: A}
        ttl: {description: Seconds that it may be remembered., type: int, returned: when it is no alias}
        value: {description: Its values., type: list, elements: str, returned: when it is no alias}
        alias: {description: What it leads to., type: dict, returned: when it is an alias}
    tags: {description: Its tags., type: dict, returned: when it exists}
    foreign_vpcs:
      description: Ids of VPCs of other accounts that somebody has to associate.
      type: list
      elements: str
      returned: when there are such
    kept:
      description: What is to go and stays, and why.
      type: list
      elements: str
      returned: when something stays
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
from ansible_collections.saas.privatelink.plugins.module_utils._aws.private_zone import PrivateZones
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_options import PrivateZone


def main() -> None:
    module = ItemsModule("zones", PrivateZone)
    zones = PrivateZones(module.api())
    module.converge(zones, zones)


if __name__ == "__main__":
    main()
