# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links import resolve

DOCUMENTATION = r"""
name: resolve_links
short_description: Fill in what a vendor says about the destinations of links
version_added: 0.1.0
description:
  - Takes the links of an inventory and a vendor's table of destinations, and returns each link with the facts of its
    destination filled in. What the link says itself wins over the table, and the table over the defaults.
  - Fails for a destination that the table does not hold, a link without a name, and two links whose vendor and name
    would make the same resource name.
author:
  - saas.privatelink contributors (@saas-privatelink)
positional: destinations
options:
  _input:
    description: The links, each with a C(name) and a C(destination).
    type: list
    elements: dict
    required: true
  destinations:
    description:
      - The facts of each destination, by name. C(pattern) in them says which pattern role serves it.
      - Without the table a link's destination is not looked at.
    type: dict
  only:
    description: Names of the links to keep. Empty keeps all.
    type: list
    elements: str
    default: []
  pattern:
    description: Keep the links of this pattern only, and drop the word from them.
    type: str
  defaults:
    description: Values for what neither the link nor the table says.
    type: dict
  by:
    description: The option of a link that names its destination.
    type: str
    default: destination
"""

EXAMPLES = r"""
- name: Show the links of one vendor as the pattern role gets them
  vars:
    destinations:
      rds_postgresql: {pattern: nlb_service, port: 5432}
    links:
      - {name: orders, destination: rds_postgresql, endpoint: orders.abc.us-east-1.rds.amazonaws.com}
  ansible.builtin.debug:
    msg: "{{ links | saas.privatelink.resolve_links(destinations, defaults={'vendor': 'fivetran'}) }}"
"""

RETURN = r"""
_value:
  description: The resolved links.
  type: list
  elements: dict
"""


def resolve_links(
    links: t.Sequence[Link],
    destinations: t.Mapping[str, Link] | None = None,
    only: t.Sequence[str] = (),
    pattern: str | None = None,
    defaults: t.Mapping[str, t.Any] | None = None,
    by: str = "destination",
) -> list[dict[str, t.Any]]:
    try:
        resolved = resolve(links, destinations, only, defaults, by)
    except LinkError as error:
        raise AnsibleFilterError(str(error)) from error
    wanted = [link for link in resolved if pattern in (None, link.get("pattern"))]
    return [{name: value for name, value in link.items() if name != "pattern"} for link in wanted]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"resolve_links": resolve_links}
