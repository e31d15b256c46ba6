# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: checked_haproxy
short_description: A configuration of HAProxy that HAProxy has checked
version_added: 0.1.0
description:
  - Lets the HAProxy of the controller check a configuration that other hosts are to run, and returns it. One that
    HAProxy does not take is an error with what HAProxy says.
  - The check changes nothing, starts nothing and looks up no names, and is done in check mode, too.
  - Without HAProxy 2.4 or newer with Lua on the controller, the configuration is returned with a warning. A host
    checks it as well before it starts the service.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description: Configurations.
    type: list
    elements: str
    required: true
  files:
    description: Texts of other files that the configurations read, by their absolute paths.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Write a configuration for hosts that have not been made yet
  ansible.builtin.copy:
    content: "{{ lookup('saas.privatelink.checked_haproxy', lookup('ansible.builtin.template', 'haproxy.cfg.j2')) }}"
    dest: build/haproxy.cfg
    mode: "0644"
"""

RETURN = r"""
_raw:
  description: The configurations, as they were given.
  type: list
  elements: str
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible_collections.saas.privatelink.plugins.plugin_utils._haproxy import unchecked

display = Display()


class LookupModule(LookupBase):
    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        try:
            notes = [unchecked(str(term), self.get_option("files")) for term in terms]
        except ValueError as error:
            raise AnsibleLookupError(f"checked_haproxy: HAProxy does not take this configuration: {error}") from None
        for note in filter(None, notes):
            display.warning(note)
        return list(terms)
