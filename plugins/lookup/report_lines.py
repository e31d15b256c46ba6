# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_lines
short_description: The lines of all links of all hosts of a play
version_added: 0.1.0
description:
  - Lists where the links of every host of the play stand, as the roles of vendors have reported it in this run.
  - A host that has failed before its end says so, for it may have links that no line is about.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description: Lists of the vendors, whose reports are the facts C(VENDOR_report) of hosts.
    type: list
    elements: list
    required: true
"""

EXAMPLES = r"""
- name: Say where all links stand
  ansible.builtin.debug:
    msg: "{{ lookup('saas.privatelink.report_lines', ['segment', 'fivetran']) }}"
  run_once: true
"""

RETURN = r"""
_raw:
  description: For each list of vendors a list of lines, each of which begins with its host.
  type: list
  elements: list
  sample: [["prod_us_east_1: fivetran orders: connected"]]
"""

import typing as t

from ansible.plugins.lookup import LookupBase
from ansible_collections.saas.privatelink.plugins.plugin_utils._lists import list_of

EARLY = "failed before its end; not all of its links are listed here"


class LookupModule(LookupBase):
    def run(self, terms: t.Any, variables: t.Any = None, **kwargs: t.Any) -> list[list[str]]:
        self.set_options(var_options=variables, direct=kwargs)
        known = self._templar.available_variables
        hosts = list(known.get("ansible_play_hosts_all") or [known["inventory_hostname"]])
        going_on = set(known.get("ansible_play_hosts") or hosts)
        found = []
        for vendors in terms:
            lines: list[str] = []
            for host in hosts:
                lines += lines_of(host, known["hostvars"][host], vendors, host not in going_on)
            found.append(lines)
        return found


def lines_of(host: str, variables: t.Mapping[str, t.Any], vendors: t.Sequence[str], failed: bool = False) -> list[str]:
    """The lines of one host, by its variables. One without links has none."""
    said: list[str] = []
    for vendor in vendors:
        said += [str(entry["line"]) for entry in variables.get(f"{vendor}_report") or ()]
    orphans = variables.get("privatelink_orphans") or {}
    said += [str(orphan["line"]) for orphan in orphans.get("orphans") or ()]
    if failed and any(list_of(vendor) in variables for vendor in vendors):
        said.append(EARLY)
    return [f"{host}: {line}" for line in said]
