# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: kept_report
short_description: Where links stand and what to send, as a controller keeps it of a job
version_added: 0.1.0
description:
  - Returns for each link of a report its status, next step and line, and what to send to the vendor, for
    M(ansible.builtin.set_stats). It holds no secret.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description: A report, as P(saas.privatelink.link_report#filter) returns it.
    type: list
    elements: raw
    required: true
  vendor:
    description: Name of the vendor, for the names of the links.
    type: str
    required: true
  sheet:
    description: What the vendor's sheets say, see M(saas.privatelink.hand_off).
    type: dict
    default: {}
  contact:
    description: Whom the vendor may ask.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Keep where each link stands
  ansible.builtin.set_stats:
    data:
      privatelink_report:
        "{{ inventory_hostname }}": "{{ lookup('saas.privatelink.kept_report', fivetran_report, vendor='fivetran') }}"
    aggregate: true
"""

RETURN = r"""
_raw:
  description:
    - One dictionary of the links by C(VENDOR/NAME), each with C(status), C(next_action), C(line) and C(send), which is
      null where there is nothing to send.
  type: list
  elements: dict
"""

import typing as t

from ansible.plugins.lookup import LookupBase
from ansible_collections.saas.privatelink.plugins.plugin_utils import _sheet


class LookupModule(LookupBase):
    def run(self, terms: t.Any, variables: t.Any = None, **kwargs: t.Any) -> list[dict[str, t.Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        report = terms[0]
        host = str((variables or {}).get("inventory_hostname") or "")
        try:
            sheets = _sheet.sheets(report, self.get_option("sheet"), host, self.get_option("contact"))
            return [_sheet.kept(report, sheets, self.get_option("vendor"))]
        except Exception:  # hand_off says what is wrong with the sheets, and where links stand is worth more
            return [_sheet.kept(report, [], self.get_option("vendor"))]
