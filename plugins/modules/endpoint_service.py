#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: endpoint_service
short_description: Manage VPC endpoint services, the provider side of AWS PrivateLink
version_added: 0.1.0
description:
  - Creates, changes and deletes VPC endpoint services on Network Load Balancers, with their allowed principals, private
    DNS name, connection notifications and tags.
  - Takes one service or a list of them in O(services), which is converged in one process. A list of any length costs
    one read call per 1000 services, and one more for each service whose principals are managed.
  - An option that is not set changes nothing. A set option is the wanted state. Principals, notifications and tags are
    added to what is there, unless the matching purge option is set.
  - A service is found by O(service_id), else by the tags C(saas.privatelink:name) and C(saas.privatelink:environment)
    that the collection sets. Several matches are an error that lists them. One without these tags, on one of the load
    balancers, was made by other means, and is refused unless O(adopt) is set.
  - "IAM actions: see C(docs/iam/endpoint_service.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  services:
    description:
      - The services, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &service
      name:
        description:
          - The name of the service here. Required. Becomes the tag C(saas.privatelink:name) and, at creation, C(Name).
        type: str
      state:
        description:
          - Whether the service exists.
        type: str
        choices: [present, absent]
        default: present
      service_id:
        description:
          - Id of an existing service, like V(vpce-svc-0123456789abcdef0).
        type: str
      load_balancers:
        description:
          - Names or ARNs of the Network Load Balancers behind the service. Needed to create it. A load balancer must be
            active first, which is waited for.
          - New ones are added before old ones are removed. While endpoints are connected AWS lets none be removed;
            that is said before anything is changed.
          - AWS lets a load balancer be in one service alone.
          - Zones that one of them was given since are enabled for the service. Tell its consumers of them.
        type: list
        elements: str
      acceptance_required:
        description:
          - Whether each connection must be accepted, see M(saas.privatelink.accept_connection). A new service requires
            it unless this says V(false).
        type: bool
      allowed_principals:
        description:
          - Who may request a connection, as 12-digit account ids or ARNs. V(*) lets everybody. AWS accepts no ARN with
            a path.
          - Removing a principal does not end its connections, see
            O(services[].end_connections_of_removed_principals). Those that stay are named in a warning.
        type: list
        elements: str
      purge_allowed_principals:
        description:
          - Remove principals that are not in O(services[].allowed_principals).
        type: bool
        default: false
      end_connections_of_removed_principals:
        description:
          - Reject the connections of accounts that none of O(services[].allowed_principals) covers, once the others are
            removed. AWS itself ends none. Needs O(services[].purge_allowed_principals=true).
          - Each run looks for such connections, at the cost of one read call per 200 services, so a run that was cut
            short is completed by the next.
          - A role or user covers its whole account. While V(*), an organization or a service of AWS is allowed, no
            connection ends, because nobody can tell whom it covers. Nor do those of the service's own account, which
            AWS lets connect without a permission.
        type: bool
        default: false
      private_dns_name:
        description:
          - The name by which consumers may reach the service, like V(db.example.com), in lower case. An empty string
            removes it.
          - Until its domain is verified, RV(results[].waiting) says which TXT record to publish.
        type: str
      verify_private_dns:
        description:
          - Ask AWS to look for the TXT record now, unless the domain is verified already, and wait for its verdict.
        type: bool
        default: false
      supported_ip_address_types:
        description:
          - V(ipv4), V(ipv6) or both.
        type: list
        elements: str
        choices: [ipv4, ipv6]
      supported_regions:
        description:
          - Regions from which the service can be reached. AWS asks for C(vpce:AllowMultiRegion) beside the usual
            actions.
          - Needs botocore >= 1.35.72.
        type: list
        elements: str
      port:
        description:
          - Port on which consumers connect, where they must be told of it. With it, tags of the service remember the
            port and the zones that they know, from the creation of the service on, and RV(results[].told_port) and
            RV(results[].untold_zone_ids) say in every run what is still to be passed on.
        type: int
      told_port:
        description:
          - The port that the consumers have been told.
        type: int
      told_zone_ids:
        description:
          - Ids of the zones that the consumers have been told.
        type: list
        elements: str
      connection_notifications:
        description:
          - SNS topics that hear of connection events.
        type: list
        elements: dict
        suboptions:
          topic_arn:
            description:
              - ARN of the topic. Its policy must let C(vpce.amazonaws.com) publish.
            type: str
            required: true
          events:
            description:
              - The events.
            type: list
            elements: str
            choices: [Accept, Connect, Delete, Reject]
            default: [Accept, Connect, Delete, Reject]
      purge_connection_notifications:
        description:
          - Remove notifications to topics that are not in O(services[].connection_notifications).
        type: bool
        default: false
      on_connections:
        description:
          - What to do with live connections when the service is to be absent. V(fail) deletes nothing and lists them.
            V(reject) rejects them, waits until they have ended and then deletes.
        type: str
        choices: [fail, reject]
        default: fail
      tags:
        description:
          - Tags of the service.
        type: dict
      purge_tags:
        description:
          - Remove tags that are not in O(services[].tags). C(Name) and the collection's own tag stay.
        type: bool
        default: false
      adopt:
        description:
          - Use an endpoint service of the expected name, or of the given id, that others have made. Without this it is
            refused.
          - Its principals and notifications stay, whatever the purge options say, and it is never deleted.
          - With O(services[].state=absent) only what was added to it goes, and the collection's tags.
        type: bool
        default: false
  <<: *service
seealso:
  - module: saas.privatelink.endpoint_service_info
  - module: saas.privatelink.accept_connection
  - module: saas.privatelink.network_load_balancer
  - name: Create a service powered by AWS PrivateLink
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
notes:
  - The payer responsibility of a service cannot be set, because AWS cannot set it back.
  - Gateway Load Balancers are not supported, because data stores are not served through them.
"""

EXAMPLES = r"""
- name: Offer one database to Fivetran
  saas.privatelink.endpoint_service:
    name: orders
    load_balancers: [fivetran-orders]
    allowed_principals: ["834469178297"]
    region: us-east-1

- name: Offer many, and report instead of failing when some cannot be made
  saas.privatelink.endpoint_service:
    services:
      - name: orders
        load_balancers: [fivetran-orders]
        allowed_principals: [arn:aws:iam::834469178297:root]
        tags: {team: data}
      - name: billing
        load_balancers: [fivetran-billing]
        allowed_principals: [arn:aws:iam::834469178297:root]
        purge_allowed_principals: true
        end_connections_of_removed_principals: true
    on_item_failure: report

- name: Take one away, ending its connections first
  saas.privatelink.endpoint_service:
    name: orders
    state: absent
    on_connections: reject
"""

RETURN = r"""
results:
  description: What became of each service, in the order given.
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
      sample: "the endpoint service to be available"
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
      sample: ["ec2:CreateVpcEndpointServiceConfiguration"]
    service_id:
      description: Id of the service.
      type: str
      returned: when it exists
      sample: vpce-svc-0123456789abcdef0
    service_name:
      description: The name to hand to the consumer.
      type: str
      returned: when it exists
      sample: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0
    service_state: {description: State of the service., type: str, returned: when it exists, sample: Available}
    allowed_principals:
      description: Who may request a connection.
      type: list
      elements: str
      returned: when the service exists and the option is set
      sample: ["arn:aws:iam::834469178297:root"]
    ending_connections:
      description: With O(state=absent), the live connections that end with the service.
      type: list
      elements: str
      returned: with O(state=absent), where the service exists
    uncovered_connections:
      description: Live connections of accounts that no allowed principal covers.
      type: list
      elements: dict
      returned: when principals are removed, or their connections are to end
      contains:
        service_id: {description: Id of the service., type: str}
        vpc_endpoint_id: {description: Id of the consumer's endpoint., type: str}
        vpc_endpoint_owner: {description: Account of the endpoint., type: str}
        vpc_endpoint_state: {description: State of the connection., type: str, sample: available}
    availability_zones:
      description: Zones in which the service can be reached.
      type: list
      elements: str
      returned: when it exists
      sample: [us-east-1a, us-east-1b]
    added_zone_ids:
      description: Ids of zones that this run has enabled. Consumers can have subnets there from now on.
      type: list
      elements: str
      returned: when it exists
      sample: []
    told_port:
      description: The port that the consumers know, by the service's tag.
      type: int
      returned: when it exists
      sample: 5432
    untold_zone_ids:
      description: Ids of zones in which the service can be reached, and of which the consumers have not been told.
      type: list
      elements: str
      returned: when it exists
      sample: []
    network_load_balancer_arns: {description: The load balancers., type: list, elements: str, returned: when it exists}
    private_dns_name_configuration:
      description: State of the domain verification and the TXT record to publish.
      type: dict
      returned: when there is a private DNS name
    tags: {description: Tags of the service., type: dict, returned: when it exists}
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoint_service import EndpointServices
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService


def main() -> None:
    module = ItemsModule("services", EndpointService)
    api = module.api()
    module.converge(EndpointServices(api, module.check_mode), api)


if __name__ == "__main__":
    main()
