# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: hand_off
short_description: Say where links stand, and write the sheets that humans hand over
version_added: 0.1.0
description:
  - Prints one line for each link of a report, and writes files on the controller, each only where it does not say it
    already.
  - Fails at the end when a link has failed, unless told otherwise. A file that cannot be written is a warning, for what
    it would say is in the output, too.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  report:
    description:
      - Entries as P(saas.privatelink.link_report#filter) returns them.
    type: list
    elements: dict
    required: true
  files:
    description:
      - The text of each file by its path, or with O(directory) by its name. Folders are made.
    type: dict
    default: {}
  directory:
    description:
      - Where files lie whose names are no absolute paths. What no file system takes in a name is replaced, and the name
        ends in a checksum then, so that no two are the same.
    type: path
  folder:
    description:
      - Folder below O(directory) in which they lie, such as the name of the inventory's host. It is made safe in the
        same way. Names of hosts that differ in case alone get different folders.
    type: str
  on_link_failure:
    description:
      - What a failed link does.
    type: str
    choices: [fail, report]
    default: fail
attributes:
  check_mode:
    description: Writes nothing in check mode, and returns what it would have changed.
    support: full
  diff_mode:
    description: Shows what would change in the files.
    support: full
"""

EXAMPLES = r"""
- name: Say where each link stands
  saas.privatelink.hand_off:
    report: "{{ fivetran_report }}"
    directory: hand-off
    folder: "{{ inventory_hostname }}"
    files:
      fivetran.md: "{{ lookup('ansible.builtin.template', 'hand_off.md.j2') }}"
"""

RETURN = r"""
msg:
  description: The lines. Those of failed links alone where they fail the task.
  returned: always
  type: raw
  sample: ["fivetran orders: connected"]
lines:
  description: One line for each link.
  returned: always
  type: list
  elements: str
  sample: ["fivetran orders: connected"]
files:
  description: The paths of files that were written.
  returned: always
  type: list
  elements: str
  sample: []
"""
