# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, Step
from ansible_collections.saas.privatelink.plugins.plugin_utils._resource_links import for_each

DOCUMENTATION = r"""
name: link_shares
short_description: Tell each link what became of the private link that it shares with others
version_added: 0.1.0
description:
  - A vendor like Redis Cloud has one private link for all links to a subscription, so
    P(saas.privatelink.link_items#filter) makes one item for them. This gives the result of that item to each of them.
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
    description: The registered result of M(saas.privatelink.redis_cloud_private_link).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Note what Redis Cloud says of each link
  ansible.builtin.set_fact:
    told: "{{ links | saas.privatelink.link_shares(shared) }}"
"""

RETURN = r"""
_value:
  description: The result with an entry in C(results) for each link. Writes are counted with the first.
  type: dict
"""


def link_shares(links: t.Sequence[Link], step: Step) -> Step:
    return for_each(links, step)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"link_shares": link_shares}
