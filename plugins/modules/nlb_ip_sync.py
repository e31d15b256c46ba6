#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nlb_ip_sync
short_description: Keep the IP targets of a Network Load Balancer equal to the addresses of a DNS name
version_added: 0.1.0
description:
  - Looks up a name, for example the endpoint of a database, and makes its addresses the targets of a target group. New
    addresses are registered first. Old ones are drained only when further lookups confirm the answer and a target of
    the answer is registered, so a group that has targets never becomes empty.
  - A name that does not resolve, or resolves to addresses that cannot be meant, changes nothing and fails the item.
    Addresses must lie in the subnets of the target group's VPC, which also gives their availability zone, unless
    O(syncs[].allow_outside) is set. Public, loopback and link-local addresses are never accepted.
  - Only targets on O(syncs[].port) and outside of O(syncs[].protected_cidrs) are touched. A target that is draining
    does not count as registered, so a failover and its failback within the deregistration delay end with the right
    target.
  - Takes one target group or a list of them in O(syncs). What all need is read in two calls; a group with nothing to do
    then costs one call, or two where O(syncs[].endpoint_kind=reader) or O(syncs[].drain=after_healthy) are used, of
    which the second is shared by 20 groups.
  - That a target is unhealthy, or unused because no listener forwards to the group, is no failure. It is shown in
    RV(results[].targets).
  - "IAM actions: see C(docs/iam/nlb_ip_sync.json)."
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - saas.privatelink.environment
  - saas.privatelink.items
  - saas.privatelink.attributes
requirements:
  - dnspython, where an O(syncs[].endpoint) is used
options:
  syncs:
    description:
      - The target groups and what they follow, each with the same options as a single one. Mutually exclusive with
        those.
    type: list
    elements: dict
    suboptions: &sync
      name:
        description:
          - What the pair of target group and name is called here. Required.
        type: str
      target_group:
        description:
          - Name or ARN of the target group. Required. Its targets must be of type C(ip).
        type: str
      endpoint:
        description:
          - The DNS name to follow.
          - Give this or O(syncs[].addresses).
        type: str
      addresses:
        description:
          - IP addresses of a service that has no name to follow. They are checked as an answer of DNS would be.
        type: list
        elements: str
      port:
        description:
          - Port of the targets. The target group's own port unless set.
        type: int
      endpoint_kind:
        description:
          - What the name stands for. The answer for a V(writer), an V(instance) or a V(proxy) is taken as the whole
            truth.
          - An answer for a V(reader) may show a part of the hosts only. Several lookups add up, and a host is drained
            once it has been missing for O(syncs[].grace). Since when hosts have been missing is kept in a tag of the
            target group, C(saas.privatelink:missing-since:PORT), for as long as any is missing.
        type: str
        choices: [writer, instance, proxy, reader]
        default: instance
      drain:
        description:
          - When old targets go. V(immediate) is right after the answer is confirmed, because after a failover the old
            writer may live on as a reader whose health checks pass.
          - V(after_healthy) is when all new targets are healthy, or O(syncs[].healthy_timeout) is over. Without
            O(wait), or when the time is up, a later run drains them. Since when they have been awaited is kept in the
            same tag.
        type: str
        choices: [immediate, after_healthy]
        default: immediate
      confirmations:
        description:
          - How many further answers must agree before anything is drained.
        type: int
        default: 2
        aliases: [confirm]
      confirm_interval:
        description:
          - Seconds between these answers.
        type: float
        default: 1.0
        aliases: [gap]
      grace:
        description:
          - For how many seconds a host of a V(reader) must be missing from every answer before it is drained.
        type: float
        default: 900.0
      memory_ttl:
        description:
          - After how many seconds without a run the time that hosts have been missing, or that new targets have been
            awaited, starts again at zero. Must be longer than the time between two runs.
        type: float
        default: 3600.0
        aliases: [lease]
      healthy_timeout:
        description:
          - For how many seconds V(after_healthy) keeps old targets at most, over all runs.
        type: float
        default: 600.0
        aliases: [healthy_bound]
      max_addresses:
        description:
          - An answer with more addresses is not believed.
        type: int
        default: 16
      allow_outside:
        description:
          - Accept private addresses outside the subnets of the VPC, of a peered VPC or on premises. They are registered
            with the availability zone C(all).
        type: bool
        default: false
      protected_cidrs:
        description:
          - CIDRs whose targets are never touched. An answer inside of them is not believed.
        type: list
        elements: str
        aliases: [protected]
      registered:
        description:
          - For a target group that others have made, the addresses that the collection has registered in it, as
            M(saas.privatelink.network_load_balancer) returns them. No others are removed then, and a tag of the target
            group, C(saas.privatelink:registered), is kept in line.
        type: list
        elements: str
      newly_adopted:
        description:
          - Whether a target group that others have made is filled for the first time. One that holds other addresses
            than those of the name is refused then, because its port leads to something else.
        type: bool
        default: false
  <<: *sync
  via:
    description:
      - Who looks up the names and moves the targets.
      - With V(direct) this module does, from where it runs.
      - With V(lambda) the function of the role P(saas.privatelink.ip_sync_lambda#role) does, now, so that one
        resolver's view counts. In check mode it is invoked too, and says what it would do. Its deployed configuration
        must hold each item under its name; that, not the item's other options, decides how. The caller then needs no
        permission but to invoke it. Items with O(syncs[].addresses) follow no name and are done directly.
    type: str
    choices: [direct, lambda]
    default: direct
  lambda_function:
    description:
      - Name or ARN of the function. Required with O(via=lambda).
    type: str
  nameservers:
    description:
      - Nameservers to ask, each C(ip), C(ip:port) or C([ipv6]:port). Those of the system unless set.
      - A publicly accessible database has a public address for nameservers outside its VPC. Name the VPC's resolver
        here, or run the module inside.
    type: list
    elements: str
  resolve_timeout:
    description:
      - Seconds that one lookup takes at most, over all nameservers and retries.
    type: float
    default: 2.0
seealso:
  - module: saas.privatelink.nlb_ip_sync_info
  - module: saas.privatelink.network_load_balancer
  - module: saas.privatelink.lambda_concurrency
  - name: Target groups for Network Load Balancers
    description: The AWS guide, read 2026-11.
    link: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html
notes:
  - With O(wait) the module waits until the wanted targets have left the state C(initial). It costs nothing where they
    have. AWS takes minutes to register a target.
  - The confirming lookups are waited for in check mode, too, because other answers would predict other writes. With
    O(syncs[].drain=after_healthy) and O(wait), check mode assumes that new targets will be healthy.
  - Names are resolved where the module runs, or with O(via=lambda) where the function does.
"""

EXAMPLES = r"""
- name: Make a database's address the target of its load balancer
  saas.privatelink.nlb_ip_sync:
    name: orders
    target_group: fivetran-orders-5432
    endpoint: orders.cluster-abc.us-east-1.rds.amazonaws.com
    endpoint_kind: writer
    region: us-east-1

- name: Keep many in line, asking the resolver of the VPC, and report instead of failing when some names do not resolve
  saas.privatelink.nlb_ip_sync:
    syncs:
      - name: orders
        target_group: fivetran-orders-5432
        endpoint: orders.cluster-abc.us-east-1.rds.amazonaws.com
        endpoint_kind: writer
      - name: reports
        target_group: fivetran-reports-5432
        endpoint: orders.cluster-ro-abc.us-east-1.rds.amazonaws.com
        endpoint_kind: reader
      - name: billing
        target_group: fivetran-billing-1433
        addresses: [10.1.2.3]
    nameservers: [10.1.0.2]
    on_item_failure: report

- name: Let the deployed function say what it would do
  saas.privatelink.nlb_ip_sync:
    name: orders
    target_group: fivetran-orders-5432
    endpoint: orders.cluster-abc.us-east-1.rds.amazonaws.com
    via: lambda
    lambda_function: saas-privatelink-ip-sync
  check_mode: true
"""

RETURN = r"""
results:
  description: What became of each target group, in the order given.
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
      sample: "10.1.2.3 to leave initial"
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
      sample: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
    target_group_arn:
      description: ARN of the target group, or a placeholder where check mode finds none yet.
      type: str
      returned: when the target group was looked at
      sample: arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/fivetran-orders-5432/0123456789abcdef
    target_group_name: {description: Its name., type: str, returned: when the target group was looked at}
    port: {description: Port of the targets., type: int, returned: when the target group was looked at, sample: 5432}
    endpoint: {description: The name that is followed., type: str, returned: when the target group was looked at}
    desired:
      description: The addresses that shall be targets.
      type: list
      elements: str
      returned: when the target group was looked at
      sample: ["10.1.2.3"]
    targets:
      description: All targets of the group as last seen, those of others and those that are draining included.
      type: list
      elements: dict
      returned: when the target group was looked at
      contains:
        id: {description: The address., type: str, returned: always, sample: 10.1.2.3}
        port: {description: The port., type: int, returned: always, sample: 5432}
        availability_zone: {description: Zone name or V(all)., type: str, returned: always, sample: us-east-1a}
        state: {description: State as AWS writes it., type: str, returned: always, sample: healthy}
        reason: {description: AWS's reason for the state., type: str, returned: always, sample: Target.NotInUse}
    registered:
      description: Addresses that were or would be registered.
      type: list
      elements: str
      returned: when the target group was looked at
    drained:
      description: Addresses that were or would be deregistered.
      type: list
      elements: str
      returned: when the target group was looked at
    state:
      description:
        - V(in_sync) when there was nothing to do, V(changed) when the group now equals the answer, V(waiting) when a
          later run has something left to do, V(failed) when the run ended early.
      type: str
      returned: when the target group was looked at
      sample: in_sync
    reason: {description: The state in words., type: str, returned: when the target group was looked at}
    ttl:
      description: Seconds for which nameservers may repeat the answer. Null for fixed addresses.
      type: int
      returned: when the target group was looked at
      sample: 5
    healthy:
      description: Whether at least one of the wanted targets is healthy.
      type: bool
      returned: when the target group was looked at
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

from ansible_collections.saas.privatelink.plugins.module_utils._aws.function_syncs import FunctionSyncs
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_ip_sync import Sync, Syncs
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Options
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import progress

WAY = {
    "via": {"type": "str", "choices": ["direct", "lambda"], "default": "direct"},
    "lambda_function": {"type": "str"},
    "nameservers": {"type": "list", "elements": "str"},
    "resolve_timeout": {"type": "float", "default": 2.0},
}


def main() -> None:
    module = ItemsModule("syncs", Sync, WAY)
    wanted, refused = module.items()
    params = module.params
    if params["via"] == "lambda" and not params["lambda_function"]:
        module.fail_json(msg="via=lambda needs lambda_function, the name of the function.")
    api, options = module.api(), Options(module.check_mode, params["wait"], params["wait_timeout"], progress=progress)
    asked = [sync for sync in wanted if sync.endpoint and params["via"] == "lambda"]
    results = FunctionSyncs(api, options, params["lambda_function"]).converge(asked)
    syncs = Syncs(api, options, params["nameservers"], params["resolve_timeout"])
    module.finish(results + syncs.converge([sync for sync in wanted if sync not in asked]) + refused)


if __name__ == "__main__":
    main()
