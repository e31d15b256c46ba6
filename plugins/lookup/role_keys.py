# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: role_keys
short_description: Keys of an assumed IAM role, as options of amazon.aws's modules
version_added: 0.1.0
description:
  - Assumes an IAM role for modules that assume none, such as those of amazon.aws, and returns the options that let them
    act as it.
  - A role is assumed once for all tasks of a run, those of this collection's modules among them. As a template in
    C(module_defaults) the lookup is evaluated for each task, and assumes the role again when less than half of its hour
    is left. So each task, with all its retries, gets keys that are good for 30 minutes at least; a fact would keep the
    first ones.
  - Until they expire, the keys lie in Ansible's temporary folder of the run on the controller, which only its user can
    look into. It goes when the run ends by itself or by Ctrl-C; one that is killed leaves it, with sessions that end
    within the hour.
  - Needs the permission C(sts:AssumeRole) on the role, and a trust policy of the role that names who assumes it.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description: ARNs of the roles.
    type: list
    elements: str
    required: true
  external_id:
    description: External id that the trust policies of the roles ask for.
    type: str
notes:
  - The roles are assumed with the credentials of the controller; the keyword C(environment) of a play does not reach
    lookups.
extends_documentation_fragment:
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
"""

EXAMPLES = r"""
- name: Act in another account, in each task
  hosts: all
  gather_facts: false
  connection: local
  module_defaults:
    group/amazon.aws.aws: "{{ lookup('saas.privatelink.role_keys', aws_role_arn, region=aws_region) }}"
  tasks:
    - name: See whose account it is
      amazon.aws.aws_caller_info:
"""

RETURN = r"""
_raw:
  description: >-
    For each role the options C(access_key), C(secret_key) and C(session_token), and an empty C(profile), so that one in
    the environment does not contradict them.
  type: list
  elements: dict
"""

import typing as t

from ansible_collections.amazon.aws.plugins.plugin_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.plugin_utils.lookup import AWSLookupBase
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import Credentials
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.plugin_utils._run import share_credentials

LASTING = 30 * 60  # a module of another collection cannot renew its keys, however long it waits


class LookupModule(AWSLookupBase):
    def run(self, terms: t.Any, variables: t.Any = None, *args: t.Any, **kwargs: t.Any) -> list[dict[str, str]]:
        super().run(terms, variables, *args, **kwargs)
        share_credentials()
        return [self.keys(role) for role in terms]

    def keys(self, role: str) -> dict[str, str]:
        region, endpoint_url, connection = get_aws_connection_info(self)
        if not region:
            self.fail_aws("No region: set the option region, AWS_REGION or a region in the profile")
        credentials = Credentials(
            access_key=connection.get("aws_access_key_id"),
            secret_key=connection.get("aws_secret_access_key"),
            session_token=connection.get("aws_session_token"),
            profile=connection.get("profile_name"),
            role_arn=role,
            external_id=self.get_option("external_id"),
            lasting=LASTING,
        )
        try:
            api = Api(region, credentials, endpoint_url)
            return {"profile": "", **api.role_keys()}
        except ItemError as error:
            self.fail_aws(str(error))
