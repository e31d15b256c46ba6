# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: role_options
short_description: The options of a role of this collection, converted to their types
version_added: 0.1.0
description:
  - Reads the variables of a role's options and returns them by the names of the options, without that of the role, each
    of the type that the role's argument spec names. Ansible itself checks the types of a role's options and converts
    none, so that C(-e fivetran_wait=false) is a text, and true in a condition.
  - What is null, left out by C(omit) or, unless it is a text, blank, is the option's default.
  - Fails for a value that does not fit, with the name of the variable, so that nothing is done with it.
  - Warns of a variable that is no option, and nearly has the name of one.
  - Links are not among them, see P(saas.privatelink.resolve_links#filter).
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description: Names of roles of this collection.
    type: list
    elements: str
    required: true
  secret:
    description: Return the options that are secrets, instead of all others.
    type: bool
    default: false
  only:
    description: Names of options, without the role's, to return. No other is evaluated. All unless it is set.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: See what the role would wait for
  ansible.builtin.debug:
    msg: "{{ lookup('saas.privatelink.role_options', 'nlb_service').wait_timeout }}"
"""

RETURN = r"""
_raw:
  description: For each role its options.
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.saas.privatelink.plugins.plugin_utils._role_options import role_options, slips
from ansible_collections.saas.privatelink.plugins.plugin_utils._values import ValueRefused


class LookupModule(LookupBase):
    def run(self, terms: t.Any, variables: t.Any = None, **kwargs: t.Any) -> list[dict[str, t.Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        secret, only = self.get_option("secret"), self.get_option("only")
        for role in terms:
            for slip in slips(role, variables):
                self._display.warning(slip)
        try:
            return [role_options(role, variables, self._templar.template, secret, only) for role in terms]
        except ValueRefused as error:
            raise AnsibleError(f"{error}.") from None
