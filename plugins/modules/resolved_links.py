# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: resolved_links
short_description: Take the options and links of a role for what they mean, or refuse them
version_added: 0.1.0
description:
  - Converts the options of a role of this collection to their types, as P(saas.privatelink.role_options#lookup) does,
    and fills in its links, as P(saas.privatelink.resolve_links#filter) does.
  - What cannot be fails the task with the reason alone. A filter or lookup can only fail in the midst of a template,
    and its reason stands within Ansible's own words then.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  role:
    description:
      - Name of the role of which options are taken. They are the variables that begin with it.
    type: str
  options:
    description:
      - Options as an earlier task has returned them, instead of O(role).
    type: dict
    default: {}
  links:
    description:
      - The links, each with a C(name). Unset, only options are taken.
    type: raw
  vendor:
    description:
      - A vendor's data, which tells of each destination the pattern.
    type: dict
  pattern:
    description:
      - Without O(vendor), the pattern of all links.
    type: str
    choices: [interface_endpoint, msk_grant, nlb_service, redshift_grant, resource_endpoint, service_network]
attributes:
  check_mode:
    description: Changes nothing in any mode.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
"""

EXAMPLES = r"""
- name: Take the options and links of a role
  saas.privatelink.resolved_links:
    role: nlb_service
    links: "{{ nlb_service_links }}"
    pattern: nlb_service
  register: taken

- name: Say which there are
  ansible.builtin.debug:
    msg: "{{ taken.links | map(attribute='name') }}"
"""

RETURN = r"""
options:
  description: The options by their names, without that of the role.
  returned: success
  type: dict
  sample: {state: present, wait: true}
links:
  description: The links, see P(saas.privatelink.resolve_links#filter).
  returned: success
  type: list
  elements: dict
  sample: []
"""
