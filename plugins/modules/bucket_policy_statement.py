#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bucket_policy_statement
short_description: Let VPC endpoints in to an S3 bucket, by one statement in its policy
version_added: 0.1.0
description:
  - Keeps one statement in the policy of a bucket, which allows some principals some actions on the bucket and its
    objects where they come through one of the VPC endpoints that are listed, and takes it away again. A vendor that
    reaches a bucket through an endpoint of its own, as Databricks does for serverless compute, is let in so.
  - All else in the policy stays as it is, to the letter. A policy whose last statement goes is deleted.
  - Takes one statement or a list of them in O(statements), which costs one read call per bucket. A bucket in another
    region than the run's is found there.
  - S3 has no versions of a policy. So the policy is read again immediately before it is written, and read back
    afterwards; where somebody else wrote it at the same time, the item is planned again, ten times at most, and then
    fails. What somebody writes in the moment between that read and the write is lost, and S3 does not tell. What keeps
    whole policies, as Terraform does, would take the statement away again unless it knows it.
  - The statement is known by its Sid, RV(results[].sid), which is made of the item's name and the environment, so that
    no other environment has it. Endpoints that others have added to it stay, unless
    O(statements[].purge_vpc_endpoint_ids) is set. Whatever else was changed in it by hand is put right, and the diff
    shows it. A statement of that Sid that this module never writes, with another effect than C(Allow), the opposite of
    an element, like C(NotAction), or resources of another bucket, is refused and stays.
  - A statement of others that denies what does not come through other endpoints (C(StringNotEquals) with
    C(aws:SourceVpce)) shuts these endpoints out, whatever is allowed. It is never changed. A warning and
    RV(results[].shut_out_by) say what its owner has to add.
  - "IAM actions: see C(docs/iam/bucket_policy_statement.json). They count in the account of the bucket only: S3 lets
    nobody else read or write its policy."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  statements:
    description:
      - The statements, each with the same options as a single one. Mutually exclusive with those.
      - Several may be for one bucket; they are written one after another.
    type: list
    elements: dict
    suboptions: &statement
      name:
        description:
          - What the statement is called here. Required. It becomes part of the Sid.
        type: str
      state:
        description:
          - Whether the statement exists. V(absent) takes out the endpoints in O(statements[].vpc_endpoint_ids) only, or
            the whole statement where that is not set or would leave none.
        type: str
        choices: [present, absent]
        default: present
      bucket:
        description:
          - Name of the bucket, which is no ARN. Required.
        type: str
      sid_prefix:
        description:
          - What the statement's Sid begins with, in letters and digits. The environment and eight digits follow.
          - Without it, C(SaasPrivatelink) and the letters and digits of O(statements[].name).
        type: str
      vpc_endpoint_ids:
        description:
          - Ids of VPC endpoints, like V(vpce-0123456789abcdef0), through which requests may come. AWS does not ask
            whether they exist.
          - A new statement needs this. On an existing one an unset option changes nothing.
        type: list
        elements: str
      purge_vpc_endpoint_ids:
        description:
          - Remove endpoints that are not in O(statements[].vpc_endpoint_ids).
        type: bool
        default: false
      principals:
        description:
          - Who is allowed, as ids of accounts, of 12 digits, or as ARNs of roles and users.
          - V(*), alone, is whoever comes through the endpoints, and nobody else.
          - Required where O(statements[].state=present).
        type: list
        elements: str
      actions:
        description:
          - What is allowed, like V(s3:GetObject) and V(s3:ListBucket). V(*) in a name stands for any letters.
          - Required where O(statements[].state=present).
        type: list
        elements: str
      account:
        description:
          - Id, of 12 digits, of the account that must own the bucket. S3 denies access where another one does.
        type: str
      on_denied:
        description:
          - What to do where S3 does not let us read or write the policy.
          - V(fail) fails the item, with the exact statement for whoever owns the bucket in its message.
          - V(report) does not fail it. RV(results[].status) is V(for_the_owner) then, and a warning has the statement.
          - Either way the statement is in RV(results[].statement).
        type: str
        choices: [fail, report]
        default: fail
  <<: *statement
seealso:
  - module: saas.privatelink.bucket_policy_statement_info
  - name: Controlling access from VPC endpoints with bucket policies
    description: The guide of Amazon S3, read 2026-11.
    link: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
"""

EXAMPLES = r"""
- name: Let a vendor's role read a bucket through the vendor's endpoint
  saas.privatelink.bucket_policy_statement:
    name: orders
    bucket: example-orders
    vpc_endpoint_ids: [vpce-0123456789abcdef0]
    principals: [arn:aws:iam::111122223333:role/reader]
    actions: [s3:GetObject, s3:ListBucket]

- name: Do what can be done, and have the statements of buckets that are others' for their owners
  saas.privatelink.bucket_policy_statement:
    statements:
      - name: orders
        bucket: example-orders
        vpc_endpoint_ids: [vpce-0123456789abcdef0]
        principals: ["111122223333"]
        actions: [s3:GetObject, s3:ListBucket]
        on_denied: report
      - name: billing
        bucket: example-billing
        account: "444455556666"
        vpc_endpoint_ids: [vpce-0123456789abcdef0]
        principals: ["111122223333"]
        actions: [s3:GetObject, s3:ListBucket]
        on_denied: report
  register: buckets

- name: Take the statement away
  saas.privatelink.bucket_policy_statement:
    name: orders
    state: absent
    bucket: example-orders
"""

RETURN = r"""
results:
  description: What became of each statement, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "orders"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "whoever owns the bucket to remove the statement SaasPrivatelinkOrdersProd0a1b2c3d"
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
      sample: ["s3:PutBucketPolicy"]
    bucket: {description: Name of the bucket., type: str, returned: when valid and not held, sample: example-orders}
    sid:
      description: The statement's Sid.
      type: str
      returned: when valid and not held
      sample: SaasPrivatelinkOrdersProd0a1b2c3d
    status:
      description:
        - V(present) or V(absent), as S3 shows the statement.
        - V(for_the_owner) where it must be changed, or cannot be seen, and only the owner of the bucket can do that.
        - V(unknown) where the item failed for another reason before it was planned.
      type: str
      returned: when valid and not held
      sample: present
    statement:
      description:
        - The statement as it shall stand in the policy. Empty where none shall.
        - Where the policy cannot be read, as it is for the options alone, without endpoints that are there already.
      type: dict
      returned: when valid and not held
      sample:
        Sid: SaasPrivatelinkOrdersProd0a1b2c3d
        Effect: Allow
        Principal: {AWS: ["arn:aws:iam::111122223333:root"]}
        Action: ["s3:GetObject"]
        Resource: ["arn:aws:s3:::example-orders", "arn:aws:s3:::example-orders/*"]
        Condition: {StringEquals: {"aws:SourceVpce": [vpce-0123456789abcdef0]}}
    shut_out_by:
      description:
        - Statements of others that deny some of the endpoints what the statement allows.
        - Each has its C(sid), empty where it has none, its C(number) in the policy, from 1, and the endpoints that are
          C(missing) in it.
      type: list
      elements: dict
      returned: when valid and not held
      sample: [{sid: OnlyFromOurs, number: 2, missing: [vpce-0123456789abcdef0]}]
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.bucket_policy_statement import (
    BucketStatement,
    BucketStatements,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError


def main() -> None:
    module = ItemsModule("statements", BucketStatement)
    try:
        statements = BucketStatements(module.api())
    except ItemError as error:  # a region of no partition
        module.fail_json(msg=str(error))
    module.converge(statements, statements)


if __name__ == "__main__":
    main()
