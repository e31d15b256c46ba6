#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bucket_policy_statement_info
short_description: Show the statements in the policy of an S3 bucket, and the VPC endpoints that they name
version_added: 0.1.0
description:
  - Lists all statements in the policy of a bucket, those of others too.
  - "IAM actions: see C(docs/iam/bucket_policy_statement_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  bucket:
    description:
      - Name of the bucket.
    type: str
    required: true
  account:
    description:
      - Id, of 12 digits, of the account that must own the bucket. S3 denies access where another one does.
    type: str
  sid:
    description:
      - Only the statement of this Sid.
    type: str
  vpc_endpoint_id:
    description:
      - Only statements that let in this endpoint.
    type: str
seealso:
  - module: saas.privatelink.bucket_policy_statement
"""

EXAMPLES = r"""
- name: Which statements let an endpoint in
  saas.privatelink.bucket_policy_statement_info:
    bucket: example-orders
    vpc_endpoint_id: vpce-0123456789abcdef0
  register: orders
"""

RETURN = r"""
statements:
  description: The statements, in the policy's order. Empty where the bucket has no policy.
  returned: success
  type: list
  elements: dict
  contains:
    sid: {description: 'The Sid, "" where it has none.', type: str, returned: always, sample: OnlyFromOurs}
    effect: {description: V(Allow) or V(Deny)., type: str, returned: always, sample: Allow}
    vpc_endpoint_ids:
      description: The VPC endpoints through which it lets requests in, or denies them. Empty where it names none.
      type: list
      elements: str
      returned: always
      sample: [vpce-0123456789abcdef0]
    statement:
      description: The statement as S3 gives it back.
      type: dict
      returned: always
      sample: {Sid: OnlyFromOurs, Effect: Allow}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.bucket_policy_statement import (
    endpoints_of,
    read_policy,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._core import policies

OPTIONS = {
    "bucket": {"type": "str", "required": True},
    "account": {"type": "str"},
    "sid": {"type": "str"},
    "vpc_endpoint_id": {"type": "str"},
}


def main() -> None:
    module = InfoModule(OPTIONS)
    with module.reading() as api:
        document = read_policy(api, module.params["bucket"], module.params["account"])
    sid, endpoint = module.params["sid"], module.params["vpc_endpoint_id"]
    shown = []
    for statement in policies.statements(document):
        endpoints = endpoints_of(statement)
        is_let_in = endpoint in endpoints and statement["Effect"] == "Allow"
        if sid in (None, statement.get("Sid")) and (endpoint is None or is_let_in):
            shown.append(
                {
                    "sid": statement.get("Sid", ""),
                    "effect": statement["Effect"],
                    "vpc_endpoint_ids": sorted(endpoints),
                    "statement": statement,
                }
            )
    module.exit_json(changed=False, statements=shown)


if __name__ == "__main__":
    main()
