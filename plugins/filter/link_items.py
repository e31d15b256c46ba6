# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.items import items
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError

DOCUMENTATION = r"""
name: link_items
short_description: Turn links into the list that one of the collection's modules takes
version_added: 0.1.0
description:
  - Takes resolved links and the name of a step, and returns the items for the module of that step.
  - Links that failed in an earlier step are left out, and links that have no part in the step.
author:
  - saas.privatelink contributors (@saas-privatelink)
positional: step
options:
  _input:
    description: Links as P(saas.privatelink.resolve_links#filter) returns them.
    type: list
    elements: dict
    required: true
  step:
    description:
      - Which list to make. V(absent) makes items of a name only, for modules that shall delete, V(prerequisite) what
        M(saas.privatelink.preflight) takes, and V(hold) what every such module takes as its option of that name, for
        links of which the preflight has found something wrong. V(unasked) is the same for all others, to learn from the
        first module which of them are not yet as they shall be.
      - Links through a load balancer have V(load_balancer), V(sync), V(health), V(forwarder), V(service) and
        V(acceptance); links to Redshift and MSK V(grant); links to what is shared V(share), V(shared), V(association),
        V(endpoint), V(reached) and V(probe); links to Redis Cloud also V(private_link), V(disassociation) and
        V(removal); workspaces of Databricks V(seen), V(endpoints), V(registered), V(service_direct), V(gateways),
        V(network), V(private_access), V(private_zone), V(workspace), V(public_access) and V(network_policy), and for
        their end V(leaving) and the same with C(_absent); links of Fivetran's through a load balancer V(private_link),
        V(private_link_absent), V(requested) and V(network).
    type: str
    required: true
  after:
    description:
      - Registered results of the steps before. What M(saas.privatelink.vpc_endpoint_association_info) told is given as
        a dictionary of the one key C(reached).
    type: list
    elements: raw
    default: []
  extra:
    description: Options to add to every item.
    type: dict
    default: {}
  others:
    description: Links that this run leaves alone, and that need what the vendor has once for several links.
    type: list
    elements: dict
    default: []
  forwarders:
    description: For V(forwarder), the forwarders that the links name.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Build the load balancers of all links in one task
  saas.privatelink.network_load_balancer:
    load_balancers: "{{ links | saas.privatelink.link_items('load_balancer') }}"
    on_item_failure: report
"""

RETURN = r"""
_value:
  description: The items.
  type: list
  elements: dict
"""


def link_items(links: t.Any, step: str, **options: t.Any) -> list[dict[str, t.Any]]:
    try:
        return items(links, step, **options)
    except LinkError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"link_items": link_items}
