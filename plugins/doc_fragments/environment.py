# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Options of every module of the collection, beside those of amazon.aws.
    DOCUMENTATION = r"""
options:
  assume_role_arn:
    description:
      - ARN of an IAM role to assume, with the credentials of the task, for every call of the module.
      - One credential can so serve environments in many accounts, each naming its own role.
    type: str
  assume_role_external_id:
    description:
      - External id that the trust policy of O(assume_role_arn) asks for.
    type: str
  api_rate:
    description:
      - Scales the rates at which AWS is called. V(1.0) is the published rate of the EC2 and ELB APIs, shared by all
        tasks of this user on this machine; less leaves room for other tools that work in the same account and region.
      - V(0) switches pacing off. Calls that AWS throttles are repeated either way.
    type: float
    default: 1.0
requirements:
  - python >= 3.9
  - boto3 >= 1.35.0
  - botocore >= 1.35.0
"""

    # Options of modules that converge one item or a list of them.
    ITEMS = r"""
options:
  on_item_failure:
    description:
      - What to do when items failed. The other items are finished either way.
      - V(fail) ends the task as failed and names each failed item with its reason.
      - V(report) ends it as successful; RV(failed_items) tells.
    type: str
    choices: [fail, report]
    default: fail
  wait:
    description:
      - Wait until what was changed has taken effect. One wait serves all items.
      - Without it, steps that must come later are left to the next run; RV(results[].waiting) names what they wait for.
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait, in seconds. What is still moving then is returned in RV(results[].waiting); running again
        goes on from there.
    type: int
    default: 600
attributes:
  check_mode:
    support: full
    description: Returns what a real run would, RV(results[].writes) being the calls that it would make, and makes none.
  diff_mode:
    support: full
    description: Shows each changed item before and after.
  idempotent:
    support: full
    description: A second run makes no write call.
  action_group:
    support: full
    description: Use C(group/saas.privatelink.aws) in C(module_defaults) to set options for all modules at once.
    membership:
      - saas.privatelink.aws
"""

    # Attributes of modules that only read.
    INFO = r"""
attributes:
  check_mode:
    support: full
    description: The module only reads.
  diff_mode:
    support: N/A
    description: The module only reads.
  idempotent:
    support: N/A
    description: The module only reads.
  action_group:
    support: full
    description: Use C(group/saas.privatelink.aws) in C(module_defaults) to set options for all modules at once.
    membership:
      - saas.privatelink.aws
"""
