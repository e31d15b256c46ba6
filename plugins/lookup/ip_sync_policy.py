# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: ip_sync_policy
short_description: What the Lambda function that keeps target groups in line with DNS names may do
version_added: 0.1.0
description:
  - Returns the IAM policy of the function that P(saas.privatelink.ip_sync_package#lookup) is for. It may read, move
    targets of the groups that it follows, write its log, and nothing else.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description:
      - Lists of syncs, items of M(saas.privatelink.nlb_ip_sync) with C(name) and C(target_group).
    type: list
    elements: list
    required: true
  function:
    description: Name of the function.
    type: str
    required: true
  account:
    description: Id of the account.
    type: str
    required: true
  region:
    description: The region.
    type: str
    required: true
  partition:
    description: The partition of the region.
    type: str
    default: aws
"""

EXAMPLES = r"""
- name: Allow the function what it does
  vars:
    syncs: [{name: orders, target_group: fivetran-orders-5432}]
  amazon.aws.iam_policy:
    iam_type: role
    iam_name: ip-sync
    policy_name: ip-sync
    policy_json: >-
      {{ lookup('saas.privatelink.ip_sync_policy', syncs, function='ip-sync', account='123456789012',
                region='us-east-1') | to_json }}
    state: present
"""

RETURN = r"""
_raw:
  description: A policy document for each list.
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.saas.privatelink.plugins.plugin_utils._ip_sync_policy import PolicyError, build


class LookupModule(LookupBase):
    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[dict[str, t.Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        place = {name: str(self.get_option(name)) for name in ("partition", "region", "account", "function")}
        try:
            return [build(syncs, **place) for syncs in terms]
        except PolicyError as error:
            raise AnsibleLookupError(f"ip_sync_policy: {error}") from None
