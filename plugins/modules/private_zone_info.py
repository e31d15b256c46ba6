#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: private_zone_info
short_description: List private hosted zones of Route 53
version_added: 0.1.0
description:
  - Lists the private hosted zones of the account that have certain domains, with their records and VPCs, also those
    that others have made.
  - "IAM actions: see C(docs/iam/private_zone_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  zone_names:
    description:
      - Domains of the zones. An account may have several zones of one; a domain without any is left out.
    type: list
    elements: str
    required: true
seealso:
  - module: saas.privatelink.private_zone
"""

EXAMPLES = r"""
- name: See where a vendor's names lead to
  saas.privatelink.private_zone_info:
    zone_names: [privatelink.example.com]
"""

RETURN = r"""
zones:
  description: The zones, in order of their ids; empty when there are none.
  returned: always
  type: list
  elements: dict
  contains:
    zone_id: {description: Id of the zone., type: str, returned: always, sample: Z0123456789ABC}
    zone_name: {description: Its domain., type: str, returned: always, sample: privatelink.example.com}
    vpcs:
      description: The VPCs that it answers in.
      type: list
      elements: dict
      returned: always
      contains:
        vpc_id: {description: Id of the VPC., type: str, returned: always, sample: vpc-0123456789abcdef0}
        region: {description: Its region., type: str, returned: always, sample: us-east-1}
    records:
      description: Its records without the zone's own SOA and NS.
      type: list
      elements: dict
      returned: always
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
    tags: {description: Its tags., type: dict, returned: always}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_plan import shown
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zones import add_records, read_zones
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns_names import canonical

OPTIONS = {"zone_names": {"type": "list", "elements": "str", "required": True}}


def main() -> None:
    module = InfoModule(OPTIONS)
    try:
        names = sorted({canonical(name) for name in module.params["zone_names"]})
    except ValueError as error:
        module.fail_json(msg=f"zone_names: {error}.")
    found = []
    with module.reading() as api:
        for name in names:
            found += read_zones(api, name)
        api.all(lambda zone: add_records(api, zone), found)
    zones = [{"zone_id": zone.id, **shown(zone)} for zone in sorted(found, key=lambda zone: zone.id)]
    module.exit_json(changed=False, zones=zones)


if __name__ == "__main__":
    main()
