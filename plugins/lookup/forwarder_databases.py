# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: forwarder_databases
short_description: The databases of a port forwarder, checked
version_added: 0.1.0
description:
  - Completes the databases that the role C(saas.privatelink.port_forwarder) forwards to, and orders them by name.
  - What they say becomes lines of HAProxy's configuration, so names, endpoints and users that could become anything
    else are errors, and so are two that would share a name or a port.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description:
      - Lists of databases, with the keys of the role's option C(port_forwarder_databases).
    type: list
    elements: list
    required: true
  health_port:
    description: Port of the health check, on which no database can listen.
    type: int
    default: 801
"""

EXAMPLES = r"""
- name: Say on which ports a forwarder listens
  vars:
    databases:
      - {name: orders, endpoint: orders.cluster-abc.us-east-1.rds.amazonaws.com, port: 5432}
  ansible.builtin.debug:
    msg: "{{ query('saas.privatelink.forwarder_databases', databases) | map(attribute='listen') }}"
"""

RETURN = r"""
_raw:
  description: >-
    Each database with C(name), C(endpoint), C(port), C(listen), C(engine), C(endpoint_kind), C(check_user) and
    C(max_addresses).
  type: list
  elements: dict
"""

import typing as t
from dataclasses import asdict

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.saas.privatelink.plugins.plugin_utils._forwarder import checked


class LookupModule(LookupBase):
    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[dict[str, t.Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        health_port = self.get_option("health_port")
        try:
            found = [checked(databases, health_port) for databases in terms]
        except (TypeError, ValueError) as error:
            raise AnsibleLookupError(f"forwarder_databases: {error}.") from None
        return [asdict(database) for databases in found for database in databases]
