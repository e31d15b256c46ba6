# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: forwarder_settings
short_description: What a port forwarder is told beside its databases, checked
version_added: 0.1.0
description:
  - Converts the settings of the role C(saas.privatelink.port_forwarder) to their types, and completes name servers with
    their ports.
  - What they say becomes lines of HAProxy's configuration and of a systemd unit, so whatever could become anything else
    is an error.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description:
      - Dictionaries with C(nameservers), C(dns_hold), C(idle_timeout), C(health_port), C(max_connections) and C(root),
        which mean what the role's options of these names mean.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Say whom a forwarder asks
  vars:
    settings:
      nameservers: [10.0.0.2]
      dns_hold: 1h
      idle_timeout: 24h
      health_port: 801
      max_connections: 10000
      root: ""
  ansible.builtin.debug:
    msg: "{{ lookup('saas.privatelink.forwarder_settings', settings).nameservers }}"
"""

RETURN = r"""
_raw:
  description: The same settings, converted.
  type: list
  elements: dict
"""

import typing as t
from dataclasses import asdict

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.saas.privatelink.plugins.plugin_utils._forwarder import Settings


class LookupModule(LookupBase):
    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[dict[str, t.Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        try:
            return [asdict(Settings.of(settings)) for settings in terms]
        except (KeyError, TypeError, ValueError) as error:
            raise AnsibleLookupError(f"forwarder_settings: {error}.") from None
