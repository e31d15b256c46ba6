#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: lambda_concurrency_info
short_description: Read the concurrency reserved for Lambda functions
version_added: 0.1.0
description:
  - Reads what M(saas.privatelink.lambda_concurrency) sets.
  - "IAM actions: see C(docs/iam/lambda_concurrency_info.json)."
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
  - module: saas.privatelink.lambda_concurrency
"""

EXAMPLES = r"""
- name: See how often a function may run at once
  saas.privatelink.lambda_concurrency_info:
    names: [ip-sync]
"""

RETURN = r"""
functions:
  description: Those of the functions that exist, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the function., type: str, returned: always, sample: ip-sync}
    reserved_concurrency: {description: Null when not set., type: int, returned: always, sample: 1}
    maximum_event_age: {description: Seconds; null when not set., type: int, returned: always, sample: 60}
    maximum_retry_attempts: {description: Null when not set., type: int, returned: always, sample: 0}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.lambda_concurrency import read_settings
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule


def main() -> None:
    module = InfoModule({"names": {"type": "list", "elements": "str", "required": True}})
    names = module.params["names"]
    with module.reading() as api:
        found = api.all(lambda name: read_settings(api, name), names)
    existing = [(name, settings) for name, settings in zip(names, found) if settings.exists]
    functions = [{"name": name, **settings.as_dict()} for name, settings in existing]
    module.exit_json(changed=False, functions=functions)


if __name__ == "__main__":
    main()
