#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ip_sync_function
short_description: Manage Lambda functions that keep target groups in line with DNS names
version_added: 0.1.0
description:
  - Deploys a function with its IAM role, its log, a schedule of every minute, a rule for events of RDS that make it
    watch a failover from second to second, and alarms. The package is the collection's own IP sync with dnspython. The
    role P(saas.privatelink.ip_sync_lambda#role) does so for an environment.
  - Takes one function or a list of them in O(functions). An option that is not set changes nothing; a new function gets
    the default that the option names.
  - Several vendors' roles share a function. What it is told is changed only from the revision that was read, and read
    and merged again where another run was faster, so that no run takes away what another has added.
  - What has the function's name and carries the tags C(saas.privatelink:name) and C(saas.privatelink:environment) is
    the collection's. Where the function, its role, log, rules or alarms exist without them, nothing is written.
  - What others have given the role (policies, statements) stays, as do further targets of the rules. A role or rule
    that has any is not deleted, which a warning tells.
  - Whenever the function has changed it is asked what it sees. RV(results[].report) is its answer.
  - "IAM actions: see C(docs/iam/ip_sync_function.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
requirements:
  - dnspython, which goes into the package
options:
  functions:
    description:
      - The functions, each with the same options as a single one. Mutually exclusive with those.
    type: list
    elements: dict
    suboptions: &function
      name:
        description:
          - Name of the function, of its role and of its log, and the beginning of those of its rules and alarms. At
            most 50 characters. Required. Let it hold the region, because a role is known in all regions of an account.
        type: str
      syncs:
        description:
          - The names to follow. They are added to those that the function follows already, so that several roles and
            partial runs can share it. One of the same name is replaced.
          - With O(functions[].state=absent) they are taken away from it.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description: What the pair of target group and name is called.
            type: str
            required: true
          target_group:
            description: Name or ARN of the target group. It may be made later.
            type: str
            required: true
          endpoint:
            description: The DNS name to follow.
            type: str
            required: true
          port:
            description: Port of the targets. Default is the target group's.
            type: int
          endpoint_kind:
            description: What the name stands for, see M(saas.privatelink.nlb_ip_sync). Default is V(instance).
            type: str
            choices: [writer, instance, proxy, reader]
          drain:
            description: When old targets go. Default is V(immediate).
            type: str
            choices: [immediate, after_healthy]
          confirmations:
            description: How many further answers must agree before anything is drained.
            type: int
            aliases: [confirm]
          confirm_interval:
            description: Seconds between these answers.
            type: float
            aliases: [gap]
          grace:
            description: For how many seconds a host of a V(reader) must be missing before it is drained.
            type: float
          memory_ttl:
            description: After how many seconds without a run waiting starts again.
            type: float
            aliases: [lease]
          healthy_timeout:
            description: For how many seconds V(after_healthy) keeps old targets at most.
            type: float
            aliases: [healthy_bound]
          max_addresses:
            description: An answer with more addresses is not believed.
            type: int
          allow_outside:
            description: Accept private addresses outside the VPC's subnets.
            type: bool
          protected_cidrs:
            description: CIDRs whose targets are never touched.
            type: list
            elements: str
            aliases: [protected]
      remove_syncs:
        description:
          - Names of syncs that the function shall forget. When none is left, the function goes with all its parts.
        type: list
        elements: str
        default: []
      purge_syncs:
        description:
          - Make the function forget all that O(functions[].syncs) does not list.
        type: bool
        default: false
      nameservers:
        description:
          - Servers, as C(address) or C(address:port), that the function asks. An empty list is those that AWS gives it,
            the default of a new function.
        type: list
        elements: str
      budget:
        description:
          - For how many seconds an event of RDS is followed by a watch, at most. A new function's is V(150).
        type: int
      subnet_ids:
        description:
          - Subnets to attach the function to. An empty list takes it out of its VPC.
        type: list
        elements: str
      security_group_ids:
        description:
          - Security groups of the function. Required with O(functions[].subnet_ids).
        type: list
        elements: str
      runtime:
        description:
          - Runtime of the function. A new function's is V(python3.13).
        type: str
      memory_size:
        description:
          - Memory of the function in MB, which also decides how fast it starts. A new function's is V(256).
        type: int
      reserved_concurrency:
        description:
          - How often the function may run at once. A new function's is V(1), since Elastic Load Balancing has no locks.
          - AWS reserves none in accounts whose limit is 100 or less.
        type: int
      permissions_boundary:
        description:
          - ARN of a permissions boundary for the function's role.
        type: str
      log_retention_days:
        description:
          - For how many days the log is kept. A new log's is V(30).
        type: int
      stale_after:
        description:
          - After how many seconds without a good answer for a name the alarm is raised. A new alarm's is V(600).
        type: int
      alarm_actions:
        description:
          - ARNs, of SNS topics for example, that hear of alarms and of their end.
        type: list
        elements: str
      tags:
        description:
          - Tags of the function and its parts, added to those of the collection. Others stay.
        type: dict
      on_sync_failure:
        description:
          - Whether the item fails, after all is deployed, when the function says that it cannot follow a name.
        type: str
        choices: [fail, report]
        default: fail
      state:
        description:
          - V(absent) makes the function forget O(functions[].syncs), and takes it away with all its parts, the log
            included, when none is left. Targets stay as they are.
          - Where nothing is listed and the function follows anything, it is refused, unless
            O(functions[].purge_syncs=true) says that all shall go.
        type: str
        choices: [present, absent]
        default: present
  <<: *function
seealso:
  - module: saas.privatelink.ip_sync_function_info
  - module: saas.privatelink.nlb_ip_sync
"""

EXAMPLES = r"""
- name: Let a function follow a database
  saas.privatelink.ip_sync_function:
    name: ip-sync-us-east-1
    syncs:
      - name: orders
        target_group: fivetran-orders-5432
        endpoint: orders.cluster-c1a2b3d4e5f6.us-east-1.rds.amazonaws.com
        endpoint_kind: writer

- name: Let it forget the database, and go when it follows no other
  saas.privatelink.ip_sync_function:
    name: ip-sync-us-east-1
    remove_syncs: [orders]
"""

RETURN = r"""
results:
  description: What became of each function, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: "ip-sync-us-east-1"}
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
      description: The write calls made, or in check mode the calls that would be made, as IAM names them.
      type: list
      elements: str
      returned: always
      sample: ["lambda:UpdateFunctionCode"]
    function_arn: {description: ARN of the function., type: str, returned: when it exists}
    role_arn: {description: ARN of its role., type: str, returned: when it exists}
    log_group: {description: Name of its log group., type: str, returned: when it exists}
    syncs:
      description: What it follows, with the options of O(functions[].syncs) that it is told.
      type: list
      elements: dict
      returned: when it exists
    report:
      description: What the function said when asked, after it had changed. One entry for each name that it follows.
      type: list
      elements: dict
      returned: when it has changed
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_function import IpSyncFunctions
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_options import IpSyncFunction
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_report import add_report
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Clock


def main() -> None:
    module = ItemsModule("functions", IpSyncFunction)
    api = module.api()
    module.converge(IpSyncFunctions(api), api, then=lambda item, result: add_report(api, item, result, Clock()))


if __name__ == "__main__":
    main()
