# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._links.report import report
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import typed

DOCUMENTATION = r"""
name: link_report
short_description: Say where each link stands
version_added: 0.1.0
description:
  - Takes resolved links and the registered results of the steps that ran for them, and returns one entry for each link
    with its status and the next thing to do.
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
    description:
      - Registered results of the links' modules in the order in which they ran, and the reports of roles. What
        M(saas.privatelink.vpc_endpoint_association_info) told is given as a dictionary of the one key C(reached), what
        M(saas.privatelink.connection_check) found as one of C(checked).
    type: list
    elements: raw
    required: true
  others:
    description: Links that may need what a link that goes shares with them, as a share of the vendor's.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Say where each link stands
  ansible.builtin.debug:
    msg: "{{ links | saas.privatelink.link_report([balancers, services, connections]) | map(attribute='line') }}"
"""

RETURN = r"""
_value:
  description:
    - The entries, each with C(name), C(vendor), C(destination), C(status), C(next_action), C(line), C(changed),
      C(writes) and what the vendor needs to know.
    - A link with calls to make is V(planned) where the steps ran in check mode.
    - C(status) is V(connected), V(waiting on vendor), V(waiting on AWS), V(waiting on you), V(planned), V(absent),
      V(kept) or V(failed). C(kept) lists what a link that goes leaves, and why.
  type: list
  elements: dict
"""


def link_report(links: t.Any, steps: t.Any, others: t.Any = ()) -> list[dict[str, t.Any]]:
    return report(typed(links), steps, typed(others))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"link_report": link_report}
