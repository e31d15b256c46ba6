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
  environment_name:
    description:
      - Name of the environment that the resources belong to, kept in the tag C(saas.privatelink:environment).
      - A resource of another environment is refused, whatever its name. One that names no environment, of an earlier
        version of the collection, gets the tag.
      - Modules that make resources get it from the variable C(privatelink_environment), else from the name of the
        inventory host.
    type: str
  account_id:
    description:
      - Id of the AWS account that the credentials must be of. With those of another one the module fails before its
        first call to anything else.
    type: str
attributes:
  action_group:
    support: full
    description:
      - Use C(group/saas.privatelink.aws) in C(module_defaults) to set options for all modules at once, those of
        amazon.aws too, and C(group/saas.privatelink.privatelink) for options that those do not have.
    membership:
      - saas.privatelink.aws
      - saas.privatelink.privatelink
requirements:
  - python >= 3.9
  - boto3 >= 1.35.0
  - botocore >= 1.35.0
"""
