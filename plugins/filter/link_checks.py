# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, Step
from ansible_collections.saas.privatelink.plugins.plugin_utils._resource_links import checked

DOCUMENTATION = r"""
name: link_checks
short_description: Say of each link whether its endpoints answer
version_added: 0.1.0
description:
  - Takes resolved links and the registered result of M(saas.privatelink.connection_check) over what
    P(saas.privatelink.link_probes#filter) made of them and the same steps.
author:
  - saas.privatelink contributors (@saas-privatelink)
positional: steps, check
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
  check:
    description: The registered result, which may have failed, as where the host of the check is not reached.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Note which links do not answer
  ansible.builtin.set_fact:
    silent: "{{ (links | saas.privatelink.link_checks([found], tried)).failed_items }}"
"""

RETURN = r"""
_value:
  description:
    - In the form that the modules return, C(results) with C(name), C(failed), C(msg) and C(checks) of each link.
  type: dict
"""


def link_checks(links: t.Sequence[Link], steps: t.Sequence[Step], check: Step) -> Step:
    return checked(links, steps, check)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"link_checks": link_checks}
