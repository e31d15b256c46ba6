#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_endpoint
short_description: Manage VPC endpoints, the consumer side of AWS PrivateLink
version_added: 0.1.0
description:
  - Creates, changes and deletes VPC endpoints of the types Interface (to an endpoint service), Resource (to a VPC
    Lattice resource configuration), ServiceNetwork (to a VPC Lattice service network) and Gateway (to S3 or DynamoDB).
  - Takes one endpoint or a list of them in O(endpoints), which is converged in one process. A list of any length costs
    one read call per 1000 endpoints of the account.
  - An option that is not set changes nothing. A set option is the wanted state.
  - An endpoint is found by O(vpc_endpoint_id), else by the tags C(saas.privatelink:name) and
    C(saas.privatelink:environment) that the collection sets. Several matches are an error that lists them. Endpoints
    that are deleted do not count, and those that have failed or were refused only where no other has the tag.
  - What AWS changes in no endpoint that exists is refused, unless O(replace) is set. That is its type, VPC and what
    it leads to, and for the types Resource and ServiceNetwork whether it has private DNS names and which.
  - Waits until an endpoint is available. One that its service's owner must accept is returned as waiting for that,
    see RV(results[].waiting), and is not waited for. One that failed is an error with AWS's reason.
  - "IAM actions: see C(docs/iam/vpc_endpoint.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  endpoints:
    description:
      - The endpoints, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &endpoint
      name:
        description:
          - The name of the endpoint here. Required. Becomes the tag C(saas.privatelink:name) and, at creation, C(Name).
        type: str
      state:
        description:
          - Whether the endpoint exists.
        type: str
        choices: [present, absent]
        default: present
      vpc_endpoint_id:
        description:
          - Id of an existing endpoint, like V(vpce-0123456789abcdef0). One without the collection's tags is taken over
            with O(endpoints[].adopt) only.
        type: str
      type:
        description:
          - Type of the endpoint. Follows from what it leads to, so it need not be set, save for V(Gateway). What
            O(endpoints[].service_name) names is reached by an endpoint of type V(Interface) otherwise.
        type: str
        choices: [Interface, Gateway, Resource, ServiceNetwork]
      vpc_id:
        description:
          - Id of the VPC. Needed to create an endpoint.
        type: str
      service_name:
        description:
          - The endpoint service to which an endpoint of type Interface leads, like
            V(com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0), or Gateway, like V(com.amazonaws.us-east-1.s3).
          - One of this, O(endpoints[].resource_configuration) and O(endpoints[].service_network) is needed to create
            an endpoint.
        type: str
      service_region:
        description:
          - Region of the service, where that is not the region of the endpoint, like V(eu-west-1). The service's owner
            must support the endpoint's region; AWS refuses it otherwise. For the type Interface only; AWS cannot change
            it. (CreateVpcEndpoint, and "Share your services through AWS PrivateLink", read 2026-11.)
          - AWS asks for C(vpce:AllowMultiRegion) beside the usual actions. Needs botocore >= 1.35.72.
        type: str
      resource_configuration:
        description:
          - ARN or id of the resource configuration to which an endpoint of type Resource leads. For a resource of a
            group this is the group.
          - The ARN of an id is looked up among the resource configurations that the account owns or that are shared
            with it, so its share must have been accepted. In check mode it need not be.
          - Needs botocore >= 1.35.72.
        type: str
      service_network:
        description:
          - ARN or id of the service network to which an endpoint of type ServiceNetwork leads. An id is looked up as
            that of a resource configuration is.
          - Needs botocore >= 1.35.72.
        type: str
      subnet_ids:
        description:
          - The subnets in which the endpoint has an address, one in each zone. Others are removed. Needed to create an
            endpoint of another type than Gateway, which has none.
        type: list
        elements: str
      security_group_ids:
        description:
          - The security groups of the endpoint. Others are removed. A new endpoint gets the default security group of
            its VPC where none is given.
        type: list
        elements: str
      route_table_ids:
        description:
          - The route tables that lead to an endpoint of type Gateway. It is in their routes, and has no subnets, no
            security groups and no private DNS. What subnets of other route tables send does not pass through it.
          - Others that it has stay, unless O(endpoints[].purge_route_table_ids) is set, and keep the endpoint. With
            O(endpoints[].state=absent) those listed here are taken out, and it is deleted only where it has no others,
            or where none are listed. Nor is one that has others replaced.
        type: list
        elements: str
      purge_route_table_ids:
        description:
          - Remove route tables that are not in O(endpoints[].route_table_ids). Traffic of their subnets to the service
            then takes another way, or none.
        type: bool
        default: false
      ip_address_type:
        description:
          - Which addresses the endpoint has. For IPv6 its subnets need an IPv6 CIDR block.
        type: str
        choices: [ipv4, dualstack, ipv6]
      private_dns_enabled:
        description:
          - Whether the private names of what the endpoint leads to resolve to it inside the VPC. The VPC needs DNS
            resolution and DNS hostnames for that.
          - AWS switches it on for a new endpoint of type Interface where it is not set, if the service has a private
            name. One endpoint in a VPC can have that name.
          - An endpoint whose owner must accept it is made without, for AWS does not document what becomes of private
            DNS until then. RV(results[].waiting) says so; the first run that finds the endpoint accepted sets it.
            Whether the owner must accept costs one read call per 200 services.
          - Names of what other connections of the VPC reach, such as a VPC peering, then resolve to this endpoint.
        type: bool
      private_dns_preference:
        description:
          - For which domains there are private names. For the types Resource and ServiceNetwork with
            O(endpoints[].private_dns_enabled) only.
          - Needs botocore >= 1.41.
        type: str
        choices:
          - ALL_DOMAINS
          - VERIFIED_DOMAINS_ONLY
          - VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS
          - SPECIFIED_DOMAINS_ONLY
      private_dns_specified_domains:
        description:
          - The specified domains, at most 10, for an O(endpoints[].private_dns_preference) that names them.
          - Needs botocore >= 1.41.
        type: list
        elements: str
      dns_record_ip_type:
        description:
          - Which records the endpoint's names have.
        type: str
        choices: [ipv4, dualstack, ipv6, service-defined]
      policy:
        description:
          - The endpoint policy, for the types Interface and Gateway only. A new endpoint gives full access where none
            is set.
        type: json
      tags:
        description:
          - Tags of the endpoint.
        type: dict
      purge_tags:
        description:
          - Remove tags that are not in O(endpoints[].tags). C(Name) and the collection's own tag stay.
        type: bool
        default: false
      replace:
        description:
          - Delete an endpoint that failed, was refused, or has what AWS cannot change, and make a new one when it is
            gone. Its connections are cut and its id and DNS names change.
          - The new endpoint is as the options say. It takes over nothing from the old one, not even its tags.
        type: bool
        default: false
      adopt:
        description:
          - Use an endpoint of the expected name, or of the given id, that others have made. Without this it is refused.
          - It is never deleted or replaced. What it has is changed as other options say.
          - With O(endpoints[].state=absent) only what was added to it goes, and the collection's tags.
        type: bool
        default: false
      reuse:
        description:
          - Use a living endpoint of the same type that leads to O(endpoints[].service_name) in O(endpoints[].vpc_id)
            already, instead of making one, for AWS lets only one of the type Interface have the private name of a
            service, and only one of the type Gateway a route in each of O(endpoints[].route_table_ids).
          - It is one that this collection has made under another name in this environment, or with O(endpoints[].adopt)
            anybody's. It is used as it is, and never changed or deleted; see RV(results[].reused). One of this
            collection gets a tag C(saas.privatelink:used-by:NAME), and stays for as long as it has such, see
            RV(results[].kept).
        type: bool
        default: false
  <<: *endpoint
seealso:
  - module: saas.privatelink.vpc_endpoint_info
  - module: saas.privatelink.vpc_endpoint_association_info
  - name: Access VPC resources through AWS PrivateLink
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html
notes:
  - Gateway Load Balancer and Tunnel endpoints are not supported, because no data vendor is reached by them.
"""

EXAMPLES = r"""
- name: Reach a vendor's resource configuration by its private names
  saas.privatelink.vpc_endpoint:
    name: sessions
    resource_configuration: rcfg-0123456789abcdef0
    vpc_id: vpc-0123456789abcdef0
    subnet_ids: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    security_group_ids: [sg-0123456789abcdef0]
    private_dns_enabled: true
    private_dns_preference: VERIFIED_DOMAINS_ONLY
    region: us-east-1

- name: Reach S3 from subnets that have no way to the internet
  saas.privatelink.vpc_endpoint:
    name: s3
    type: Gateway
    service_name: com.amazonaws.us-east-1.s3
    vpc_id: vpc-0123456789abcdef0
    route_table_ids: [rtb-0123456789abcdef0]
    region: us-east-1

- name: Reach two endpoint services, and report instead of failing when one cannot be reached
  saas.privatelink.vpc_endpoint:
    endpoints:
      - name: orders
        service_name: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0
        vpc_id: vpc-0123456789abcdef0
        subnet_ids: [subnet-0123456789abcdef0]
      - name: billing
        service_name: com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef1
        vpc_id: vpc-0123456789abcdef0
        subnet_ids: [subnet-0123456789abcdef0]
        tags: {team: data}
    on_item_failure: report

- name: Reach a service in another region
  saas.privatelink.vpc_endpoint:
    name: orders
    service_name: com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0
    service_region: eu-west-1
    vpc_id: vpc-0123456789abcdef0
    subnet_ids: [subnet-0123456789abcdef0]
    region: us-east-1

- name: Take one away
  saas.privatelink.vpc_endpoint:
    name: orders
    state: absent
"""

RETURN = r"""
results:
  description: What became of each endpoint, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "sessions"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "endpoint vpce-0123456789abcdef0 to be available"
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
      sample: ["ec2:CreateVpcEndpoint"]
    vpc_endpoint_id:
      description: Id of the endpoint.
      type: str
      returned: when it exists
      sample: vpce-0123456789abcdef0
    vpc_endpoint_type: {description: Type of the endpoint., type: str, returned: when it exists, sample: Resource}
    state: {description: State of the endpoint., type: str, returned: when it exists, sample: available}
    vpc_id: {description: Its VPC., type: str, returned: when it exists, sample: vpc-0123456789abcdef0}
    subnet_ids: {description: Its subnets., type: list, elements: str, returned: when it exists}
    security_group_ids: {description: Its security groups., type: list, elements: str, returned: when it exists}
    route_table_ids: {description: Its route tables., type: list, elements: str, returned: for the type Gateway}
    dns_entries:
      description: Its own names. Names of what it reaches - see M(saas.privatelink.vpc_endpoint_association_info).
      type: list
      elements: dict
      returned: when it exists
      contains:
        dns_name: {description: The name., type: str, returned: always}
        hosted_zone_id: {description: The hosted zone of an alias to it., type: str, returned: always}
    private_dns_enabled: {description: Whether private names lead to it., type: bool, returned: when it exists}
    dns_options: {description: Its DNS options., type: dict, returned: when AWS shows them}
    service_name: {description: What it leads to., type: str, returned: for the types Interface and Gateway}
    reused: {description: That it is another's and is used as it is., type: bool, returned: where reuse has found it}
    kept:
      description: Why an endpoint that is to be absent stays.
      type: list
      elements: str
      returned: when it stays
    left:
      description: Id of an endpoint that was used with reuse, and stays.
      type: list
      elements: str
      returned: when the item is to be absent and used one
    service_region: {description: Region of what it leads to., type: str, returned: for the type Interface}
    resource_configuration_arn: {description: What it leads to., type: str, returned: for the type Resource}
    service_network_arn: {description: What it leads to., type: str, returned: for the type ServiceNetwork}
    tags: {description: Tags of the endpoint., type: dict, returned: when it exists}
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint import VpcEndpoint, VpcEndpoints


def main() -> None:
    module = ItemsModule("endpoints", VpcEndpoint)
    api = module.api()
    module.converge(VpcEndpoints(api, module.check_mode), api)


if __name__ == "__main__":
    main()
