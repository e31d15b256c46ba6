#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: accept_connection_info
short_description: List connections to VPC endpoint services
version_added: 0.1.0
description:
  - Lists who is connected, or asks to be, to the endpoint services of an account and region.
  - AWS keeps connections that were rejected or have ended in its list for a while. They are returned with their state.
  - "IAM actions: see C(docs/iam/accept_connection_info.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.attributes.info
options:
  service_ids:
    description:
      - Only connections to services of these ids. Without it, to all services of the account.
    type: list
    elements: str
  owners:
    description:
      - Only connections of these accounts.
    type: list
    elements: str
  states:
    description:
      - Only connections in these states, in any case.
    type: list
    elements: str
seealso:
  - module: saas.privatelink.accept_connection
"""

EXAMPLES = r"""
- name: See who asks for a connection
  saas.privatelink.accept_connection_info:
    states: [pendingAcceptance]
"""

RETURN = r"""
connections:
  description: The connections; empty when there are none.
  returned: always
  type: list
  elements: dict
  contains:
    service_id: {description: Id of the service., type: str, returned: always, sample: vpce-svc-0123456789abcdef0}
    vpc_endpoint_id: {description: Id of the other side's endpoint., type: str, returned: always}
    vpc_endpoint_owner: {description: Account of the endpoint., type: str, returned: always, sample: "834469178297"}
    vpc_endpoint_state: {description: State as AWS writes it., type: str, returned: always, sample: pendingAcceptance}
"""

from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import read_connections
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import InfoModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_actual import read_services

OPTIONS = {
    "service_ids": {"type": "list", "elements": "str"},
    "owners": {"type": "list", "elements": "str"},
    "states": {"type": "list", "elements": "str"},
}


def main() -> None:
    module = InfoModule(OPTIONS)
    owners, states = module.params["owners"], module.params["states"]
    with module.reading() as api:
        ids = module.params["service_ids"]
        if ids is None:
            ids = [service["ServiceId"] for service in read_services(api)]
        connections = read_connections(api, ids)
    found = [
        connection.as_dict()
        for connection in connections
        if (owners is None or connection.owner in owners) and (states is None or connection.is_in(*states))
    ]
    module.exit_json(changed=False, connections=found)


if __name__ == "__main__":
    main()
