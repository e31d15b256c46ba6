#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: accept_connection
short_description: Accept or reject connections to VPC endpoint services, for listed vendors only
version_added: 0.1.0
description:
  - Accepts the connection requests that listed accounts or endpoints have made on an endpoint service, and waits until
    the connections are available. Or rejects them.
  - A vendor's account serves all of its customers, and any of them who learns the name of the service can ask for a
    connection. So of an account's requests only as many are accepted as O(max_connections) says, and those listed in
    O(vpc_endpoint_ids). The others are returned in RV(results[].held_connections), and RV(results[].waiting) says whom
    to ask about them.
  - Of several requests the oldest are accepted, so that runs that see the same accept the same. The connections are
    read again right before; AWS has no call that accepts on a condition, so two runs at the same moment of which one
    does not see a request yet may accept one too many, which the next run shows.
  - Requires a list of accounts or endpoints. Other requests are reported in RV(results[].unlisted_connections) and not
    touched.
  - That a vendor has not asked yet is a normal result, RV(results[].status=waiting); run again later.
  - Takes one service or a list of them in O(connections), which costs one read call per 1000 connections.
  - "IAM actions: see C(docs/iam/accept_connection.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  connections:
    description:
      - The services whose connections are meant, each with the same options as a single one. Mutually exclusive with
        those.
    type: list
    elements: dict
    suboptions: &connection
      name:
        description:
          - What the service is called here. Required. Without O(connections[].service_id) and
            O(connections[].service_name) it is the service tagged so by M(saas.privatelink.endpoint_service), which
            costs one call more per 1000 services.
        type: str
      state:
        description:
          - What listed connections shall be. V(rejected) also ends connections that are available.
        type: str
        choices: [accepted, rejected]
        default: accepted
      service_id:
        description:
          - Id of the endpoint service, like V(vpce-svc-0123456789abcdef0). It may be one that others have made. One
            with the tag of another environment is refused, before anybody is let in or turned away.
        type: str
      service_name:
        description:
          - Name of the endpoint service, like V(com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0).
        type: str
      owners:
        description:
          - Account ids, of 12 digits, whose endpoints are meant.
          - Give this, O(connections[].vpc_endpoint_ids) or both. A connection must pass each list that is given, but
            for those that O(connections[].max_connections) lets in without being listed.
        type: list
        elements: str
      vpc_endpoint_ids:
        description:
          - Ids of the endpoints that are meant, like V(vpce-0123456789abcdef0).
        type: list
        elements: str
      max_connections:
        description:
          - How many connections each of O(connections[].owners) may have without any being listed in
            O(connections[].vpc_endpoint_ids). Those that are connected, coming up or being deleted count, listed or
            not, so a vendor that replaces its endpoint is let in when the old one is gone.
          - Default is V(1), and V(0) where O(connections[].vpc_endpoint_ids) is given, so that exactly those are meant.
          - What is connected beyond it is never ended, but returned in RV(results[].excess_connections).
        type: int
      wait_for_request:
        description:
          - Wait up to O(wait_timeout) for a request to appear. Without it a missing request is reported at once.
        type: bool
        default: false
  <<: *connection
seealso:
  - module: saas.privatelink.accept_connection_info
  - module: saas.privatelink.endpoint_service
  - name: Accept or reject connection requests
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
"""

EXAMPLES = r"""
- name: Accept what Fivetran asks for, and nobody else
  saas.privatelink.accept_connection:
    name: orders
    owners: ["834469178297"]

- name: Accept exactly one endpoint, waiting up to half an hour for it to ask
  saas.privatelink.accept_connection:
    name: orders
    service_id: vpce-svc-0123456789abcdef0
    vpc_endpoint_ids: [vpce-0123456789abcdef0]
    wait_for_request: true
    wait_timeout: 1800

- name: Accept a second endpoint, which the vendor has confirmed to be ours
  saas.privatelink.accept_connection:
    name: orders
    owners: ["834469178297"]
    vpc_endpoint_ids: [vpce-0123456789abcdef0, vpce-0fedcba9876543210]

- name: Accept for many services at once
  saas.privatelink.accept_connection:
    connections:
      - {name: orders, owners: ["834469178297"]}
      - {name: billing, owners: ["834469178297"]}
  register: asked

- name: End a vendor's connections
  saas.privatelink.accept_connection:
    name: orders
    state: rejected
    owners: ["834469178297"]
"""

RETURN = r"""
results:
  description: What became of each service's connections, in the order given.
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
      sample: "account 834469178297 to request a connection to vpce-svc-0123456789abcdef0"
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
      sample: ["ec2:AcceptVpcEndpointConnections"]
    status:
      description:
        - V(accepted) when a listed connection is available and none is coming up, V(waiting) when there is none yet or
          it is still coming up or ending, V(refused) when all there are were rejected, have failed or have expired.
      type: str
      returned: when not failed
      sample: accepted
    service_id:
      description: Id of the service.
      type: str
      returned: when not failed
      sample: vpce-svc-0123456789abcdef0
    connections:
      description: The listed connections.
      type: list
      elements: dict
      returned: when not failed
      contains: &connection
        service_id: {description: Id of the service., type: str, returned: always}
        vpc_endpoint_id: {description: Id of the vendor's endpoint., type: str, returned: always}
        vpc_endpoint_owner: {description: Account of the endpoint., type: str, returned: always, sample: "834469178297"}
        vpc_endpoint_state:
          description: State as AWS writes it.
          type: str
          returned: always
          sample: available
    unlisted_connections:
      description: Connections that are not on the list and were left alone.
      type: list
      elements: dict
      returned: when not failed
      contains: *connection
    held_connections:
      description: Requests of O(owners) that O(max_connections) leaves no room for and that are not listed. They wait.
      type: list
      elements: dict
      returned: when not failed and O(state=accepted)
      contains: *connection
    excess_connections:
      description: Connections of O(owners) that stand although they are not listed and beyond O(max_connections).
      type: list
      elements: dict
      returned: when not failed and O(state=accepted)
      contains: *connection
    strangers:
      description: An older name of RV(results[].unlisted_connections).
      type: list
      elements: dict
      returned: when not failed
      contains: *connection
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import Acceptance, Acceptances
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule


def main() -> None:
    module = ItemsModule("connections", Acceptance)
    acceptances = Acceptances(module.api(), module.check_mode)
    module.converge(acceptances, acceptances)


if __name__ == "__main__":
    main()
