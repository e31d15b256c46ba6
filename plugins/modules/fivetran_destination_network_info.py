#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fivetran_destination_network_info
short_description: Read which network destinations of Fivetran use
version_added: 0.1.0
description:
  - Reads the destinations of an account of Fivetran, all or those asked for, with the network that each uses and
    whether Fivetran calls it connected.
  - Calls Fivetran alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.fivetran
  - saas.privatelink.attributes.info
options:
  destinations:
    description:
      - Which destinations to read. Mutually exclusive with O(destination_id).
    type: list
    elements: dict
    suboptions:
      destination_id:
        description:
          - Fivetran's id of the destination, which is that of its group.
        type: str
        required: true
  destination_id:
    description:
      - Fivetran's id of one destination. Without it and O(destinations) all are read.
    type: str
seealso:
  - module: saas.privatelink.fivetran_destination_network
"""

EXAMPLES = r"""
- name: See by which network a destination is reached
  saas.privatelink.fivetran_destination_network_info:
    destination_id: decent_dropsy
"""

RETURN = r"""
destinations:
  description: The destinations, in the order asked for; what there is not is left out.
  returned: always
  type: list
  elements: dict
  contains:
    destination_id: {description: Fivetran's id., type: str, returned: always, sample: decent_dropsy}
    group_id: {description: Id of its group., type: str, returned: always, sample: decent_dropsy}
    service: {description: "What it is, in Fivetran's words.", type: str, returned: always, sample: snowflake}
    region: {description: Where Fivetran processes., type: str, returned: always, sample: AWS_US_EAST_1}
    networking_method: {description: How Fivetran reaches it., type: str, returned: always, sample: PrivateLink}
    private_link_id: {description: Its private link., type: str, returned: always}
    connection_type:
      description: The word in its config that goes with that; empty where all are read, for the list does not tell.
      type: str
      returned: always
      sample: PrivateLink
    require_tls: {description: "Whether TLS is required, where that is told.", type: bool, returned: always}
    time_zone_offset: {description: Of its schedule., type: str, returned: always, sample: "0"}
    setup_status:
      description: What Fivetran calls it since its last setup tests.
      type: str
      returned: always
      sample: CONNECTED
"""

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_destination_network import (
    as_dict,
    read_destinations,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_module import FivetranModule

OPTIONS = {
    "destinations": {
        "type": "list",
        "elements": "dict",
        "options": {"destination_id": {"type": "str", "required": True}},
    },
    "destination_id": {"type": "str"},
}


def main() -> None:
    module = FivetranModule(OPTIONS, mutually_exclusive=[("destinations", "destination_id")])
    account, params = module.account(), module.params
    asked = [which["destination_id"] for which in params["destinations"] or []]
    if params["destination_id"]:
        asked = [params["destination_id"]]
    try:
        found = read_destinations(account, None if not asked and params["destinations"] is None else asked)
    except ItemError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, destinations=[as_dict(thing) for thing in found])


if __name__ == "__main__":
    main()
