#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fivetran_destination_network
short_description: Switch destinations of Fivetran to a private link, and test them
version_added: 0.1.0
description:
  - Switches a destination of Fivetran to a private link, or back, and has Fivetran test whether it is reached.
  - What belongs together is sent together, C(networking_method), C(private_link_id) and the word in the destination's
    own config, with the setup tests to run. Everything else of the destination stays as it is.
  - Setup tests that fail are run once more. A part that ends in a warning has not failed.
  - Takes one destination or a list of them in O(destinations). Destinations are neither made nor removed.
  - Calls Fivetran alone and takes no option of AWS.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.fivetran
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  destinations:
    description:
      - The destinations, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &destination
      name:
        description:
          - What the destination is called here. Required. Fivetran does not see it.
        type: str
      destination_id:
        description:
          - Fivetran's id of the destination, which is that of its group. Required.
        type: str
      service:
        description:
          - Fivetran's name of what the destination is, such as V(postgres_rds_warehouse). A destination of another one
            is refused.
        type: str
      networking_method:
        description:
          - How Fivetran shall reach the destination. V(Directly) takes it off its private link, over the internet;
            where O(destinations[].private_link_id) is given, only if it is that one.
        type: str
        choices: [PrivateLink, Directly]
        default: PrivateLink
      private_link_id:
        description:
          - Fivetran's id of the private link. Required for V(PrivateLink). It must be C(OK) before the destination is
            switched.
        type: str
      require_tls:
        description:
          - Whether TLS is required inside of the private link, too, which Fivetran's form calls C(Require TLS when
            using Private Networking). When it is off, Fivetran tries TLS first and, where that fails, goes on in clear
            text.
          - Databricks, Snowflake and MSK have no such switch, and TLS always.
        type: bool
        default: true
      config:
        description:
          - Further members of the destination's config, in the API's words, such as C(host). One that Fivetran masks is
            a secret, which is neither compared nor changed.
        type: dict
      replace:
        description:
          - Switch a destination, too, that uses another private link now, or a tunnel or agent.
        type: bool
        default: false
      setup_tests:
        description:
          - Whether Fivetran shall test the destination. V(auto) does so when it was switched, and when Fivetran does
            not call it connected. Tests count as a change.
        type: str
        choices: [auto, always, never]
        default: auto
      trust_certificates:
        description:
          - Let Fivetran trust the certificate of the database in these tests. Otherwise somebody must approve one that
            it does not know.
        type: bool
        default: false
      trust_fingerprints:
        description:
          - The same of fingerprints of SSH.
        type: bool
        default: false
  <<: *destination
seealso:
  - module: saas.privatelink.fivetran_destination_network_info
  - module: saas.privatelink.fivetran_private_link
  - name: AWS PrivateLink
    description: Fivetran's guide, read 2026-11.
    link: https://fivetran.com/docs/destinations/connection-options/aws-private-link
"""

EXAMPLES = r"""
- name: Let Fivetran reach the database by its private link
  saas.privatelink.fivetran_destination_network:
    name: orders
    destination_id: decent_dropsy
    service: postgres_rds_warehouse
    private_link_id: "{{ link.results[0].private_link_id }}"
    config:
      host: "{{ link.results[0].host }}"
  register: network

- name: See each part of the setup tests
  ansible.builtin.debug:
    var: network.results[0].setup_tests

- name: Take the destination off its private link, so that this can be removed
  saas.privatelink.fivetran_destination_network:
    name: orders
    destination_id: decent_dropsy
    networking_method: Directly
    private_link_id: "{{ link.results[0].private_link_id }}"
    setup_tests: never
"""

RETURN = r"""
results:
  description: What became of each destination, in the order given.
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
    destination_id: {description: Fivetran's id., type: str, returned: when it was found, sample: decent_dropsy}
    group_id: {description: Id of its group., type: str, returned: when it was found, sample: decent_dropsy}
    service:
      description: What it is, in Fivetran's words.
      type: str
      returned: when it was found
      sample: postgres_rds_warehouse
    region: {description: Where Fivetran processes., type: str, returned: when it was found, sample: AWS_US_EAST_1}
    networking_method:
      description: How Fivetran reaches it.
      type: str
      returned: when it was found
      sample: PrivateLink
    private_link_id: {description: Its private link., type: str, returned: when it was found}
    connection_type:
      description: The word in its config that goes with that.
      type: str
      returned: when it was found
      sample: PrivateLink
    require_tls: {description: Whether TLS is required., type: bool, returned: when it was found}
    time_zone_offset: {description: Of its schedule., type: str, returned: when it was found, sample: "0"}
    setup_status:
      description: What Fivetran calls it since its last setup tests, V(CONNECTED), V(INCOMPLETE) or V(BROKEN).
      type: str
      returned: when it was found
      sample: CONNECTED
    setup_tests:
      description: The last setup tests of this run, part by part; empty where none were run.
      type: list
      elements: dict
      returned: when it was found
      contains:
        title: {description: What was tested., type: str, returned: always, sample: Host Connection}
        status:
          description: V(PASSED), V(SKIPPED), V(WARNING), V(FAILED) or V(JOB_FAILED).
          type: str
          returned: always
          sample: PASSED
        message: {description: What Fivetran says of it., type: str, returned: always}
        details: {description: Anything further that Fivetran tells., type: raw, returned: always}
    continue_after:
      description: When to run again, where a limit of Fivetran's allows no more now; else empty.
      type: str
      returned: when not failed
      sample: ""
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

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_destination_network import (
    DestinationNetwork,
    DestinationNetworks,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran_module import FivetranItemsModule


def main() -> None:
    module = FivetranItemsModule("destinations", DestinationNetwork)
    kind = DestinationNetworks(module.account())
    module.converge(kind, kind, poll=15, workers=4)


if __name__ == "__main__":
    main()
