#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ip_sync_function_info
short_description: Read Lambda functions that keep target groups in line with DNS names
version_added: 0.1.0
description:
  - Reads what M(saas.privatelink.ip_sync_function) manages, and asks each function what it follows.
  - "IAM actions: see C(docs/iam/ip_sync_function_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  names:
    description:
      - Names of the functions.
    type: list
    elements: str
    required: true
seealso:
  - module: saas.privatelink.ip_sync_function
"""

EXAMPLES = r"""
- name: See what the function follows
  saas.privatelink.ip_sync_function_info:
    names: [saas-privatelink-ip-sync-us-east-1]
"""

RETURN = r"""
functions:
  description: Those of the functions that were made by the module, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the function., type: str, returned: always, sample: ip-sync-us-east-1}
    function_arn: {description: ARN of the function., type: str, returned: always}
    role_arn: {description: ARN of its role., type: str, returned: when it exists}
    log_group: {description: Name of its log group., type: str, returned: when it exists}
    syncs: {description: What it follows., type: list, elements: dict, returned: always}
    nameservers: {description: Servers that it asks., type: list, elements: str, returned: when it could be asked}
    budget: {description: Seconds of a watch., type: int, returned: when it could be asked, sample: 150}
    runtime: {description: Its runtime., type: str, returned: always, sample: python3.13}
    memory_size: {description: Its memory in MB., type: int, returned: always, sample: 256}
    subnet_ids: {description: Subnets that it is in., type: list, elements: str, returned: always}
    security_group_ids: {description: Its security groups., type: list, elements: str, returned: always}
    reserved_concurrency: {description: Null when not set., type: int, returned: always, sample: 1}
    package: {description: SHA-256 of its package in base64., type: str, returned: always}
    policy: {description: What its role may do by it., type: dict, returned: when the role exists}
    log_retention_days: {description: Null when not set., type: int, returned: when the log exists, sample: 30}
    rules: {description: What wakes it., type: list, elements: str, returned: when there are any, sample: [schedule]}
    alarms: {description: What watches it., type: list, elements: str, returned: when there are any, sample: [stale]}
    tags: {description: Tags of the function., type: dict, returned: always}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_function import read_all
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule


def main() -> None:
    module = InfoModule({"names": {"type": "list", "elements": "str", "required": True}})
    with module.reading() as api:
        found = read_all(api, module.params["names"])
    module.exit_json(changed=False, functions=found)


if __name__ == "__main__":
    main()
