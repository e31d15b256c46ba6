#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: msk_cross_vpc_grant_info
short_description: Show which accounts are let in and connected to an MSK cluster
version_added: 0.1.0
description:
  - Shows the multi-VPC private connectivity of an Amazon MSK cluster, the statements of its policy, and the managed VPC
    connections that accounts have made to it.
  - "IAM actions: see C(docs/iam/msk_cross_vpc_grant_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  cluster_arn:
    description:
      - ARN of the cluster, in this account and region.
    type: str
    required: true
  account:
    description:
      - Only statements about this account, an id of 12 digits, and connections of it.
    type: str
seealso:
  - module: saas.privatelink.msk_cross_vpc_grant
"""

EXAMPLES = r"""
- name: Who is connected to a cluster
  saas.privatelink.msk_cross_vpc_grant_info:
    cluster_arn: arn:aws:kafka:us-east-1:444455556666:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1
  register: orders

- name: Has the vendor made its connection yet
  saas.privatelink.msk_cross_vpc_grant_info:
    cluster_arn: arn:aws:kafka:us-east-1:444455556666:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1
    account: "111122223333"
  register: vendor
"""

RETURN = r"""
clusters:
  description: The cluster. Empty where there is none of that ARN.
  returned: success
  type: list
  elements: dict
  contains:
    cluster_arn:
      description: ARN of the cluster.
      type: str
      returned: always
      sample: "arn:aws:kafka:us-east-1:444455556666:cluster/orders/01234567-89ab-cdef-0123-456789abcdef-1"
    cluster_name: {description: Its name., type: str, returned: always, sample: orders}
    cluster_state:
      description: "Its state, as V(ACTIVE) or V(UPDATING)."
      type: str
      returned: always
      sample: ACTIVE
    cluster_type: {description: V(PROVISIONED) or V(SERVERLESS)., type: str, returned: always, sample: PROVISIONED}
    kafka_version:
      description: Version of Apache Kafka. Empty for serverless.
      type: str
      returned: always
      sample: 3.6.0
    instance_type:
      description: Type of the brokers. Empty for serverless.
      type: str
      returned: always
      sample: kafka.m5.large
    authentication:
      description: The authentication schemes that are on for the cluster's own clients.
      type: list
      elements: str
      returned: always
      sample: [iam]
    multi_vpc:
      description: The authentication schemes of which multi-VPC connectivity is on.
      type: list
      elements: str
      returned: always
      sample: [iam]
    statements:
      description: The statements of its policy.
      type: list
      elements: dict
      returned: always
      sample: [{Sid: SaasPrivatelinkProd0a1b2c3d111122223333, Effect: Allow}]
    vpc_connections:
      description: The managed VPC connections to it, also those that were rejected.
      type: list
      elements: dict
      returned: always
      contains:
        vpc_connection_arn:
          description: Its ARN.
          type: str
          returned: always
          sample: "arn:aws:kafka:us-east-1:111122223333:vpc-connection/444455556666/orders/0a1b2c3d-1"
        owner: {description: Account that made it., type: str, returned: always, sample: "111122223333"}
        authentication: {description: How it authenticates., type: str, returned: always, sample: SASL_IAM}
        state:
          description: "As V(CREATING), V(AVAILABLE), V(INACTIVE) or V(REJECTED)."
          type: str
          returned: always
          sample: AVAILABLE
        creation_time: {description: When it was made., type: str, returned: always, sample: "2026-11-28T10:00:00Z"}
"""

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws import msk
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._core import policies

OPTIONS = {
    "cluster_arn": {"type": "str", "required": True},
    "account": {"type": "str"},
}


def described(view: msk.View, account: str | None) -> dict[str, t.Any]:
    """A cluster as the module returns it, narrowed to an account where one is given."""
    cluster = view.cluster
    links = [link for link in view.connections if account in (None, link.owner)]
    statements = policies.statements(view.policy.document)
    return {
        "cluster_arn": cluster.arn,
        "cluster_name": cluster.name,
        "cluster_state": cluster.state,
        "cluster_type": cluster.kind,
        "kafka_version": cluster.kafka_version,
        "instance_type": cluster.instance_type,
        "authentication": sorted(cluster.schemes),
        "multi_vpc": sorted(cluster.multi_vpc),
        "statements": [dict(row) for row in statements if account is None or policies.covers(row, account)],
        "vpc_connections": [link.as_dict() for link in links],
    }


def main() -> None:
    module = InfoModule(OPTIONS)
    with module.reading() as api:
        view = msk.read_view(api, module.params["cluster_arn"])
    module.exit_json(changed=False, clusters=[described(view, module.params["account"])] if view else [])


if __name__ == "__main__":
    main()
