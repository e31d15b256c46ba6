# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._link import Link, Step
from ansible_collections.saas.privatelink.plugins.plugin_utils._resource_links import as_step

DOCUMENTATION = r"""
name: link_step
short_description: Turn a report into a step that others come after
version_added: 0.1.0
description:
  - Takes a report of P(saas.privatelink.link_report#filter) and returns it in the form that the modules return, for
    roles that go on with links after another role has reported on them.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _input:
    description: The report.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Report again, with one step more
  ansible.builtin.debug:
    msg: "{{ links | saas.privatelink.link_report([report | saas.privatelink.link_step, removed]) }}"
"""

RETURN = r"""
_value:
  description: C(results) with what was done for each link, and in C(failed_items) the links not to go on with.
  type: dict
"""


def link_step(report: t.Sequence[Link]) -> Step:
    return as_step(report)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"link_step": link_step}
