#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: lambda_concurrency
short_description: Reserve concurrency for Lambda functions, and bound the events that wait for them
version_added: 0.1.0
description:
  - Sets how often a function may run at once, and for how long and how often an event that finds it busy or failing is
    offered again. A function that changes shared state, as the one of the role P(saas.privatelink.ip_sync_lambda#role)
    does, wants to run once at a time.
  - Takes one function or a list of them in O(functions). An option that is not set changes nothing.
  - Destinations of events, which this module does not set, stay as they are.
  - AWS keeps 100 executions of an account unreserved. In an account whose limit is 100 or less it refuses to reserve
    any; raise the limit, or leave O(functions[].reserved_concurrency) out.
  - "IAM actions: see C(docs/iam/lambda_concurrency.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  functions:
    description:
      - The functions, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &function
      name:
        description:
          - Name of the function. Required.
        type: str
      reserved_concurrency:
        description:
          - How often the function may run at once. V(0) stops it.
        type: int
      maximum_event_age:
        description:
          - For how many seconds an event is offered again, V(60) to V(21600). AWS's default is six hours.
        type: int
      maximum_retry_attempts:
        description:
          - How often an event is offered again to a function that failed, V(0) to V(2). AWS's default is twice.
        type: int
      state:
        description:
          - V(absent) removes all of these settings. The function stays, and so do destinations of its events.
        type: str
        choices: [present, absent]
        default: present
  <<: *function
seealso:
  - module: saas.privatelink.lambda_concurrency_info
  - module: amazon.aws.lambda
  - name: Configuring reserved concurrency
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

EXAMPLES = r"""
- name: Let a function run once at a time, and forget events after a minute
  saas.privatelink.lambda_concurrency:
    name: ip-sync
    reserved_concurrency: 1
    maximum_event_age: 60
    maximum_retry_attempts: 0
"""

RETURN = r"""
results:
  description: What became of each function, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "ip-sync"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: ""
    unshown:
      description: Changes that were made, and that did not show until the run gave up looking for them.
      type: list
      elements: str
      returned: always
      sample: []
    writes:
      description: The write calls made, or in check mode the calls that would be made, as IAM names them.
      type: list
      elements: str
      returned: always
      sample: ["lambda:PutFunctionConcurrency"]
    reserved_concurrency: {description: As AWS shows it; null when not set., type: int, returned: when it was read}
    maximum_event_age: {description: As AWS shows it; null when not set., type: int, returned: when it was read}
    maximum_retry_attempts: {description: As AWS shows it; null when not set., type: int, returned: when it was read}
failed_items:
  description: Names of the items that failed.
  returned: always
  type: list
  elements: str
  sample: []
check_mode:
  description: Whether the writes are only planned, for the run is in check mode.
  returned: always
  type: bool
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.lambda_concurrency import Concurrencies, Concurrency
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule


def main() -> None:
    module = ItemsModule("functions", Concurrency)
    api = module.api()
    module.converge(Concurrencies(api, module.check_mode), api)


if __name__ == "__main__":
    main()
