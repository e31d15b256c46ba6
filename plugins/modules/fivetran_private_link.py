#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fivetran_private_link
short_description: Manage private links of Fivetran
version_added: 0.1.0
description:
  - Makes private links in an account of Fivetran, changes their config, and removes them. With one, Fivetran requests a
    connection to what you serve in AWS, without a ticket to its support.
  - Accepting the request happens in AWS, by other modules. Fivetran takes up to ten minutes to raise it.
  - Fivetran has no tags. A private link is told from others by its exact name, and one of that name with another
    region, service or config is refused, with what is there.
  - Takes one private link or a list of them in O(private_links).
  - Calls Fivetran alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.fivetran
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  private_links:
    description:
      - The private links, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &link
      name:
        description:
          - Exact name of the private link. Required.
          - Letters, digits and underscores, no digit in front, 23 characters at most.
        type: str
      state:
        description:
          - Whether the private link shall exist. One that a destination or a connection uses is not removed; the
            error names them.
        type: str
        choices: [present, absent]
        default: present
      private_link_id:
        description:
          - Fivetran's id of the private link, if its name does not tell it from others. The name must be right, too.
        type: str
      region:
        description:
          - Region of AWS in which Fivetran connects, such as V(us-east-1), which is that of what you serve. Required to
            make one. Cannot be changed.
        type: str
      service:
        description:
          - What the private link leads to. V(SOURCE_AWS) is an endpoint service of yours, for databases of all kinds.
            Cannot be changed.
          - V(SOURCE_AWS) where it is not given and one is made.
        type: str
        choices: [SOURCE_AWS, DATABRICKS_AWS, REDSHIFT_AWS, SNOWFLAKE_AWS]
      connection_service_name:
        description:
          - Name of the endpoint service, with V(SOURCE_AWS) and V(DATABRICKS_AWS).
        type: str
      aws_account_id:
        description:
          - Account that the cluster is in, with V(REDSHIFT_AWS). Quote it.
        type: str
      cluster_identifier:
        description:
          - Identifier of the cluster, with V(REDSHIFT_AWS).
        type: str
      account_url:
        description:
          - URL of the Snowflake account, with V(SNOWFLAKE_AWS).
        type: str
      vpce_id:
        description:
          - What C(SYSTEM$GET_PRIVATELINK_CONFIG) of Snowflake calls C(privatelink-vpce-id), with V(SNOWFLAKE_AWS).
        type: str
      update_config:
        description:
          - Change the config of a private link that has another one, such as another endpoint service. Its connection
            ends, and another is requested.
        type: bool
        default: false
      any_name:
        description:
          - Take a name that breaks the documented rule. One of Fivetran's own tutorials uses hyphens.
        type: bool
        default: false
  <<: *link
  wait:
    description:
      - Wait until what was changed has taken effect. One wait serves all items.
      - A new private link is C(OK) once its request was accepted in AWS. To accept it in the same playbook, make the
        private link without waiting, accept the request, and run the module again to wait.
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait, in seconds. What is still moving then is returned in RV(results[].waiting); running again
        goes on from there.
    type: int
    default: 1800
seealso:
  - module: saas.privatelink.fivetran_private_link_info
  - module: saas.privatelink.fivetran_destination_network
  - module: saas.privatelink.endpoint_service
  - module: saas.privatelink.accept_connection
  - name: Private Link
    description: Reference of Fivetran's REST API, read 2026-11.
    link: https://fivetran.com/docs/rest-api/api-reference/private-links
"""

EXAMPLES = r"""
- name: Let Fivetran request a connection to our endpoint service
  saas.privatelink.fivetran_private_link:
    name: orders
    region: us-east-1
    connection_service_name: "{{ orders.results[0].service_name }}"
    wait: false
  register: link
  # Keys come from FIVETRAN_API_KEY and FIVETRAN_API_SECRET.

- name: Accept the request
  saas.privatelink.accept_connection:
    name: orders
    service_id: "{{ orders.results[0].service_id }}"
    owners: ["834469178297"]
    wait_for_request: true
    wait_timeout: 1200

- name: Wait until Fivetran has seen that
  saas.privatelink.fivetran_private_link:
    name: orders

- name: Make six private links, of which Fivetran allows five in an hour
  saas.privatelink.fivetran_private_link:
    private_links: "{{ links }}"
    wait: false
  register: made

- name: Say when the rest can be made
  ansible.builtin.debug:
    msg: "{{ made.results | map(attribute='continue_after') | select | list }}"

- name: Remove a private link
  saas.privatelink.fivetran_private_link:
    name: orders
    state: absent
"""

RETURN = r"""
results:
  description: What became of each private link, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: ""}
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
      description: The write calls made, or in check mode the calls that would be made.
      type: list
      elements: str
      returned: always
      sample: []
    private_link_id: {description: Fivetran's id., type: str, returned: when there is one, sample: decent_dropsy}
    status:
      description: State as Fivetran writes it (V(CREATING), V(UPDATING), V(OK), V(FAIL), V(DESTROYING)), or V(absent).
      type: str
      returned: when Fivetran was asked
      sample: OK
    state_summary: {description: What Fivetran says of the state., type: str, returned: when there is one}
    region: {description: Region in Fivetran's words., type: str, returned: when there is one, sample: AWS_US_EAST_1}
    service: {description: What it leads to., type: str, returned: when there is one, sample: SOURCE_AWS}
    host:
      description: Name under which Fivetran reaches the endpoint service.
      type: str
      returned: when there is one
    resource_upstream_status:
      description: Status in the words of AWS, as Fivetran tells it.
      type: str
      returned: when there is one
    created_at: {description: When it was made., type: str, returned: when there is one}
    config:
      description: What it was told to reach, in the API's words. Empty where Fivetran does not tell.
      type: dict
      returned: when there is one
      sample: {connection_service_name: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0}
    continue_after:
      description: When to run again, where a limit of Fivetran's allows no more now; else empty.
      type: str
      returned: when not failed
      sample: "2026-11-28T17:41:06Z"
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

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_module import FivetranItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_private_link import (
    PrivateLink,
    PrivateLinks,
)


def main() -> None:
    longer = {"wait_timeout": {"type": "int", "default": 1800}}  # the request alone takes up to ten minutes
    module = FivetranItemsModule("private_links", PrivateLink, longer)
    kind = PrivateLinks(module.account())
    module.converge(kind, kind, poll=15, workers=1)


if __name__ == "__main__":
    main()
