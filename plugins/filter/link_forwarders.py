# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.saas.privatelink.plugins.plugin_utils._forwarders import forwarders
from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, LinkError, Step

DOCUMENTATION = r"""
name: link_forwarders
short_description: Tell each port forwarder which databases it serves
version_added: 0.1.0
description:
  - Takes resolved links and the groups of port forwarders, and returns each group that links of the route
    C(port_forwarder) name, with their databases, load balancers' security groups and target groups.
  - A group all of whose links are to be absent is to be absent.
  - Fails for a link that names no known group, has no security groups or no endpoint, or would share a port with
    another.
author:
  - saas.privatelink contributors (@saas-privatelink)
positional: groups
options:
  _input:
    description: Links as P(saas.privatelink.resolve_links#filter) returns them.
    type: list
    elements: dict
    required: true
  groups:
    description: The groups, each with a C(name) and options of the role P(saas.privatelink.port_forwarder#role).
    type: list
    elements: dict
    required: true
  after:
    description: Registered results of the steps before, in which the target groups are.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Show what each forwarder serves
  ansible.builtin.debug:
    msg: "{{ links | saas.privatelink.link_forwarders(groups, after=[balancers]) }}"
"""

RETURN = r"""
_value:
  description:
    - The groups, each with C(state), C(databases), C(source_security_group_ids), C(target_group_arns),
      C(purge_target_groups) and C(links) added, and a C(name) that begins with the vendor's.
  type: list
  elements: dict
"""


def link_forwarders(
    links: t.Sequence[Link], groups: t.Sequence[Link], after: t.Sequence[Step] = ()
) -> list[dict[str, t.Any]]:
    try:
        return forwarders(links, groups, after)
    except LinkError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"link_forwarders": link_forwarders}
