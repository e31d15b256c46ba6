# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, Step
from ansible_collections.saas.privatelink.plugins.plugin_utils._resource_links import discovered

DOCUMENTATION = r"""
name: link_endpoints
short_description: Say which endpoints are behind each link
version_added: 0.1.0
description:
  - Takes resolved links, the registered results of the steps that made their VPC endpoints and associations, and what
    M(saas.privatelink.vpc_endpoint_association_info) found for all of them, and sorts the endpoints by link.
  - A link behind which something has failed, in AWS's words, fails.
author:
  - saas.privatelink contributors (@saas-privatelink)
positional: steps, told
options:
  _input:
    description: Links as P(saas.privatelink.resolve_links#filter) returns them.
    type: list
    elements: dict
    required: true
  steps:
    description: Registered results of the steps before.
    type: list
    elements: dict
    required: true
  told:
    description: The registered result of M(saas.privatelink.vpc_endpoint_association_info), which may have failed.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Note the endpoints of each link
  ansible.builtin.set_fact:
    found: "{{ links | saas.privatelink.link_endpoints([made], told) }}"
"""

RETURN = r"""
_value:
  description:
    - In the form that the modules return, C(results) with C(name), C(failed), C(msg) and C(endpoints) of each link. An
      endpoint has the keys that Redis Cloud's own discovery script prints, C(type), C(dns-entry), C(private-dns-entry),
      C(port) and, of a database, C(database_id). C(private-dns-entry) is V(null) where the link's private DNS is off.
  type: dict
"""


def link_endpoints(links: t.Sequence[Link], steps: t.Sequence[Step], told: t.Mapping[str, t.Any]) -> Step:
    return discovered(links, steps, told)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"link_endpoints": link_endpoints}
