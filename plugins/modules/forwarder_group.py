#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: forwarder_group
short_description: Manage Auto Scaling groups of hosts that forward ports
version_added: 0.1.0
description:
  - Creates, changes and deletes a forwarder as one unit. That is an Auto Scaling group, the launch template of its
    hosts, and the security group that lets in the load balancers and nobody else, all of one name.
  - What the hosts run is told by their user data. The role C(saas.privatelink.port_forwarder) writes it.
  - Takes one forwarder or a list of them in O(forwarder_groups), which is converged in one process.
  - An option that is not set changes nothing. A set option is the wanted state.
  - What of the name carries the tag C(saas.privatelink:name) with it is managed. Anything of the name without that tag
    is an error that says what is there, unless O(leave_others). It is neither changed nor deleted, also not by
    O(state=absent), and nothing else of the forwarder is.
  - When hosts are to be made differently, the launch template gets a new version, and an instance refresh replaces
    the first host, a new one first. When that one serves, the refresh is stopped, and another one replaces the rest.
    When it does not within O(forwarder_groups[].health_timeout), the refresh is rolled back, and the forwarder fails
    with what its target groups say. Running again tries again. A bad version never replaces more than the first host.
  - A host serves when it is healthy in every target group in which a former host is. A database that is down, or one
    that former hosts do not know, says nothing of a new host.
  - A replacement to a version that is no longer wanted is rolled back first. One that fails by itself is rolled back by
    AWS, and is an error with AWS's reason.
  - The hosts have IMDSv2 only and no public address. The group judges them by EC2's own checks and not by the load
    balancer's, which fail when a database does, or when a target group is attached that the hosts are yet to serve.
  - "IAM actions: see C(docs/iam/forwarder_group.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
options:
  forwarder_groups:
    description:
      - The forwarders, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &forwarder
      name:
        description:
          - What the group, its launch template and its security group are called. Required.
        type: str
      state:
        description:
          - Whether the forwarder exists. V(absent) deletes the group with its hosts, and when these have ended the
            launch template and the security group.
        type: str
        choices: [present, absent]
        default: present
      vpc_id:
        description:
          - Id of the VPC. Needed to create a forwarder. One of the name in another VPC is an error.
        type: str
      subnet_ids:
        description:
          - Subnets of the hosts, one for each Availability Zone. Others are left. Needed to create a forwarder.
        type: list
        elements: str
      source_security_group_ids:
        description:
          - Security groups of the load balancers, which are let in to the O(forwarder_groups[].ports). Nobody else is.
            Needed to create a forwarder.
        type: list
        elements: str
      ports:
        description:
          - TCP ports on which the hosts listen, each once. That of the health check is one of them. Needed to create a
            forwarder.
        type: list
        elements: int
      security_group_ids:
        description:
          - Further security groups of the hosts, as one that the databases let in. Others are taken away.
        type: list
        elements: str
      target_group_arns:
        description:
          - Target groups of type C(instance) in which the hosts register.
        type: list
        elements: str
      purge_target_groups:
        description:
          - Leave target groups that are not in O(forwarder_groups[].target_group_arns).
        type: bool
        default: false
      image_id:
        description:
          - Image of the hosts, of the architecture of O(forwarder_groups[].instance_type). Needed to create a
            forwarder.
        type: str
      instance_type:
        description:
          - Type of the hosts. Needed to create a forwarder.
        type: str
      instances:
        description:
          - How many hosts there are. A new group has 2 where it is not set. AWS may run up to twice as many while it
            replaces them.
        type: int
      instance_warmup:
        description:
          - How many seconds a new host needs until the next one may be replaced. An only host stays for a minute longer
            than O(forwarder_groups[].health_timeout), if that is more.
        type: int
        default: 60
      health_timeout:
        description:
          - How many seconds after a replacement began its first host must serve, or be rolled back.
        type: int
        default: 600
      iam_instance_profile:
        description:
          - Name or ARN of the instance profile of the hosts. An empty one takes it away.
        type: str
      user_data:
        description:
          - What the hosts run when they start, as cloud-init takes it, of 16384 bytes at most. Needed to create a
            forwarder.
        type: str
      tags:
        description:
          - Tags of the group, the launch template, the security group and the hosts. Other tags of the first three
            stay. A change replaces the hosts.
        type: dict
      leave_others:
        description:
          - With O(forwarder_groups[].state=absent), whether it is no error that others have made something of the name,
            where nothing of the name is ours. It is left, and RV(results[].left) tells what.
        type: bool
        default: false
  <<: *forwarder
seealso:
  - module: saas.privatelink.forwarder_group_info
  - module: saas.privatelink.network_load_balancer
  - name: Use an instance refresh to update instances in an Auto Scaling group
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html
notes:
  - Without O(wait), or when a run is killed, a replacement stops at the first host. The next run goes on from there;
    AWS itself does after two days.
  - Hosts are not waited for when a group is new. The health of their target groups tells when they serve.
"""

EXAMPLES = r"""
- name: Run two hosts that forward to a database
  saas.privatelink.forwarder_group:
    name: fivetran-main
    vpc_id: vpc-0123456789abcdef0
    subnet_ids: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    source_security_group_ids: [sg-0123456789abcdef0]
    ports: [801, 5432]
    target_group_arns:
      - arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/fivetran-orders-5432/0123456789abcdef
    image_id: ami-0123456789abcdef0
    instance_type: t4g.small
    user_data: "{{ lookup('ansible.builtin.template', 'user_data.yml.j2') }}"
    wait_timeout: 1800
    region: us-east-1

- name: Take two away
  saas.privatelink.forwarder_group:
    forwarder_groups:
      - {name: fivetran-main, state: absent}
      - {name: fivetran-other, state: absent}
"""

RETURN = r"""
results:
  description: What became of each forwarder, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "fivetran-main"}
    changed: {description: Whether it was or would be changed., type: bool, returned: always}
    failed: {description: Whether it failed., type: bool, returned: always}
    msg: {description: Why it failed., type: str, returned: always, sample: ""}
    waiting:
      description: What must still happen, empty when nothing.
      type: str
      returned: always
      sample: "the hosts of fivetran-main to be replaced (50 % done)"
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
      sample: ["ec2:CreateLaunchTemplateVersion", "autoscaling:UpdateAutoScalingGroup"]
    auto_scaling_group_arn: {description: ARN of the group., type: str, returned: when it exists}
    launch_template_id: {description: Id of the launch template., type: str, returned: when it exists}
    launch_template_version:
      description: Version of the launch template that new hosts come from.
      type: str
      returned: when the group exists
      sample: "3"
    security_group_id: {description: Id of the security group., type: str, returned: when it exists}
    vpc_id: {description: Its VPC., type: str, returned: when the security group exists}
    subnet_ids: {description: Subnets of the hosts., type: list, elements: str, returned: when the group exists}
    target_group_arns:
      description: Target groups in which the hosts register.
      type: list
      elements: str
      returned: when the group exists
    instances: {description: How many hosts there should be., type: int, returned: when the group exists, sample: 2}
    hosts:
      description: The hosts.
      type: list
      elements: dict
      returned: when the group exists
      contains:
        instance_id: {description: Id of the host., type: str, returned: always, sample: i-0123456789abcdef0}
        availability_zone: {description: Its zone., type: str, returned: always, sample: us-east-1a}
        lifecycle_state: {description: Its state in the group., type: str, returned: always, sample: InService}
        health_status: {description: Its health by EC2's checks., type: str, returned: always, sample: Healthy}
        launch_template_version:
          description: Version of the launch template that it came from.
          type: str
          returned: always
          sample: "3"
    left:
      description: What others have made of the name, and what was left.
      type: list
      elements: str
      returned: with O(leave_others), when there is such
      sample: ["security group sg-0123456789abcdef0"]
    replacement:
      description: The newest instance refresh.
      type: dict
      returned: when there was one
      contains:
        status: {description: Its state., type: str, returned: always, sample: Successful}
        status_reason: {description: Why it is in that state., type: str, returned: always, sample: ""}
        percentage_complete: {description: How far it is., type: int, returned: always, sample: 100}
    tags: {description: Tags of the group., type: dict, returned: when the group exists}
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_group import ForwarderGroups
from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_options import ForwarderGroup
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule


def main() -> None:
    module = ItemsModule("forwarder_groups", ForwarderGroup)
    api = module.api()
    module.converge(ForwarderGroups(api), api, poll=15)


if __name__ == "__main__":
    main()
