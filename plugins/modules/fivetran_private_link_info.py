#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fivetran_private_link_info
short_description: Read private links of Fivetran
version_added: 0.1.0
description:
  - Reads the private links of an account of Fivetran, all or those asked for.
  - Calls Fivetran alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.fivetran
  - saas.privatelink.attributes.info
options:
  private_links:
    description:
      - Which private links to read, each named as a single one is. Mutually exclusive with those options.
    type: list
    elements: dict
    suboptions: &which
      name:
        description:
          - Exact name. All that have it are returned.
        type: str
      private_link_id:
        description:
          - Fivetran's id.
        type: str
  <<: *which
seealso:
  - module: saas.privatelink.fivetran_private_link
"""

EXAMPLES = r"""
- name: See whether Fivetran has connected
  saas.privatelink.fivetran_private_link_info:
    name: orders
"""

RETURN = r"""
private_links:
  description: The private links, in the order asked for; what there is not is left out.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str, returned: always, sample: orders}
    private_link_id: {description: Fivetran's id., type: str, returned: always, sample: decent_dropsy}
    status: {description: State as Fivetran writes it., type: str, returned: always, sample: OK}
    state_summary: {description: What Fivetran says of the state., type: str, returned: always}
    region: {description: Region in Fivetran's words., type: str, returned: always, sample: AWS_US_EAST_1}
    service: {description: What it leads to., type: str, returned: always, sample: SOURCE_AWS}
    host: {description: Name under which Fivetran reaches the endpoint service., type: str, returned: always}
    resource_upstream_status:
      description: Status in the words of AWS, as Fivetran tells it.
      type: str
      returned: always
    created_at: {description: When it was made., type: str, returned: always}
    config:
      description: What it was told to reach, in the API's words. Empty where Fivetran does not tell.
      type: dict
      returned: always
"""

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_module import FivetranModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_private_link import (
    PrivateLinks,
    as_dict,
)

WHICH = {"name": {"type": "str"}, "private_link_id": {"type": "str"}}
OPTIONS = {"private_links": {"type": "list", "elements": "dict", "options": WHICH}, **WHICH}


def main() -> None:
    module = FivetranModule(OPTIONS, mutually_exclusive=[("private_links", option) for option in WHICH])
    account, params = module.account(), module.params
    asked = [params] if params["private_links"] is None else params["private_links"]
    found = []
    try:
        listed = PrivateLinks(account).listed_in_full()
    except ItemError as error:
        module.fail_json(msg=str(error))
    for which in asked:
        for thing in listed:
            meant = {"name": thing.get("name"), "private_link_id": thing["id"]}
            if all(which[option] in (None, value) for option, value in meant.items()):
                found.append({"name": thing.get("name"), **as_dict(thing)})
    module.exit_json(changed=False, private_links=found)


if __name__ == "__main__":
    main()
