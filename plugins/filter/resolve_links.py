# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import resolve

DOCUMENTATION = r"""
name: resolve_links
short_description: Fill in, convert and check the links of an inventory
version_added: 0.1.0
description:
  - Takes the links of an inventory, and returns each with the facts of its vendor and the defaults of its pattern
    filled in, and its values converted to their types. A text such as C(false) or C(5432) becomes the boolean or number
    that the option is.
  - Fails for a link without a name, an unknown destination, an option that the link's pattern does not have, a value of
    no such type, two links whose resources would have one name, and a forwarder that is not listed.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _input:
    description: The links, each with a C(name).
    type: list
    elements: dict
    required: true
  vendor:
    description:
      - A vendor's data, as C(roles/fivetran/vars/main.yml) has it. The pattern of a link follows from its destination.
    type: dict
  pattern:
    description: Without O(vendor), the pattern of all links, which say everything themselves.
    type: str
    choices: [interface_endpoint, msk_grant, nlb_service, redshift_grant, resource_endpoint, service_network]
  state:
    description: With V(absent), all links are to go, whatever they say.
    type: str
    choices: [present, absent]
    default: present
  only:
    description:
      - Names of the links to keep. Empty keeps all. Links that share a forwarder with one of them are kept, too.
    type: list
    elements: str
    default: []
  forwarders:
    description: The forwarders that links of the route C(port_forwarder) name.
    type: list
    elements: dict
    default: []
  ip_sync:
    description: Whether the run itself follows the names of databases, or a function in AWS does.
    type: str
    choices: [run, lambda]
    default: run
"""

EXAMPLES = r"""
- name: Show links as the tasks of a pattern get them
  vars:
    links:
      - {name: orders, endpoint: orders.abc.us-east-1.rds.amazonaws.com, port: 5432}
  ansible.builtin.debug:
    msg: "{{ links | saas.privatelink.resolve_links(pattern='nlb_service') }}"
"""

RETURN = r"""
_value:
  description: The links, with C(pattern), and with C(key), what their resources are called in AWS.
  type: list
  elements: dict
"""


def resolve_links(links: t.Any, **options: t.Any) -> list[dict[str, t.Any]]:
    try:
        return resolve(links, **options)
    except LinkError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"resolve_links": resolve_links}
