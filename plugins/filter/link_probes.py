# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, Step
from ansible_collections.saas.privatelink.plugins.plugin_utils._resource_links import probes

DOCUMENTATION = r"""
name: link_probes
short_description: Turn the endpoints behind links into what a connection check takes
version_added: 0.1.0
description:
  - Takes resolved links and the result of P(saas.privatelink.link_endpoints#filter), and returns the endpoints for
    M(saas.privatelink.connection_check).
author:
  - saas.privatelink contributors (@saas-privatelink)
positional: steps
options:
  _input:
    description: Links as P(saas.privatelink.resolve_links#filter) returns them.
    type: list
    elements: dict
    required: true
  steps:
    description: Results with C(endpoints) of the links.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Try every endpoint
  saas.privatelink.connection_check:
    endpoints: "{{ links | saas.privatelink.link_probes([found]) }}"
    on_item_failure: report
"""

RETURN = r"""
_value:
  description:
    - The endpoints that have a name and a port, named by their links.
  type: list
  elements: dict
"""


def link_probes(links: t.Sequence[Link], steps: t.Sequence[Step]) -> list[dict[str, t.Any]]:
    return probes(links, steps)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"link_probes": link_probes}
