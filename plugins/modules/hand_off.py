# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: hand_off
short_description: Say where links stand, and write the sheets that humans hand over
version_added: 0.1.0
description:
  - Prints one line for each link of a report, and writes a sheet for each on the controller, only where it does not say
    it already. The sheet of a link that is gone goes too; files of others are left alone.
  - What is to be sent to the vendor is in the output, too, when a sheet is new or has changed.
  - Fails at the end when a link has failed, unless told otherwise. A file that cannot be written is a warning.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  report:
    description:
      - Entries as P(saas.privatelink.link_report#filter) returns them.
    type: list
    elements: dict
    required: true
  vendor:
    description:
      - Name of the vendor. The sheet of a link is C(VENDOR-LINK.md), with C(VENDOR-LINK.json) beside it where the
        report has endpoints.
    type: str
    default: ""
  sheet:
    description:
      - What the vendor's sheets say. Without it there are none. C(title) names the vendor, C(about) and C(source) hold
        for all sheets, C(known) are facts besides those of links.
      - C(patterns) are by the pattern of the link. C(to) is whom to send to, C(says) the message, C(asks) the message
        while the vendor has yet to tell us something, C(again) the one where something has changed that it cannot see,
        C(values) what to tell by its label, C(steps) what is done there, and C(then) what comes after, for us.
        C(further) are parts for somebody else, each with a C(title), C(rows), the name of what the report has rows
        under, and sentences that C(says) and C(steps) list.
      - In all texts C({fact}) is a fact of the link, such as C({service_name}), C({region}), C({account_id}),
        C({zones}), which are ids of Availability Zones, C({host_name}), C({port}), C({database}), C({engine_title}),
        C({destination_title}), C({cluster_identifier}), C({cluster_arn}) and C({contact}). A value whose facts are not
        known is left out.
      - Of C(then), a sentence is said always, or as C(text) where facts beside it have one of their values. C(stage) is
        V(asked) while the vendor has yet to tell us something, V(waiting) until it has connected, and then
        V(connected).
    type: dict
    default: {}
  contact:
    description:
      - Whom the vendor may ask.
    type: str
    default: ""
  files:
    description:
      - The text of each further file by its path, or with O(directory) by its name. Folders are made.
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
    vendor: fivetran
    directory: hand-off
    folder: "{{ inventory_hostname }}"
    sheet:
      title: Fivetran
      patterns:
        nlb_service:
          to: Fivetran support
          says: Please connect to our endpoint service.
          values: {Service name: "{service_name}", Region: "{region}"}
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
removed:
  description: The paths of files of links that are gone.
  returned: always
  type: list
  elements: str
  sample: []
send:
  description: What to send, line by line, by the name of each link whose sheet is new or has changed.
  returned: always
  type: dict
  sample: {orders: ["To: Fivetran support", "Service name: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"]}
"""
