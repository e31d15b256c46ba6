#!/usr/bin/python
# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: databricks_preflight
short_description: Check what workspaces of Databricks need for private connectivity
version_added: 0.1.0
description:
  - Holds many workspaces against what Databricks demands of them before they are connected privately, and says of each
    whether it passes, and if not, what to do about it. Changes nothing.
  - Calls Databricks alone and takes no option of AWS; M(saas.privatelink.preflight) looks there, and its results have
    the same shape. A call of any length costs at most one listing each of workspaces, networks, registered VPC
    endpoints and connectivity configs. Only what the checks need is read.
  - Where Databricks denies a listing, the checks that need it are V(unknown), which is a warning.
author:
  - saas.privatelink contributors (@saas-privatelink)
extends_documentation_fragment:
  - saas.privatelink.databricks
  - saas.privatelink.attributes.info
options:
  workspaces:
    description:
      - The workspaces to check.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - What the workspace is called in the results, once in the list.
        type: str
        required: true
      workspace_name:
        description:
          - Exact name of the workspace in Databricks. O(workspaces[].name) unless set.
        type: str
      workspace_id:
        description:
          - Number of the workspace, instead of its name.
        type: int
      region:
        description:
          - AWS region in which the workspace must be. Unset, any will do.
        type: str
      connectivity:
        description:
          - What is to be private. V(inbound) is the way of its users, V(classic) that of its classic compute,
            V(outbound) that of its serverless compute, and V(service_direct) the one to services beside the workspace.
        type: list
        elements: str
        choices: [inbound, classic, outbound, service_direct]
        default: [inbound, classic]
      secure_cluster_connectivity:
        description:
          - Whether the workspace has secure cluster connectivity. No API tells, so it is declared here.
        type: bool
      legacy_metastore:
        description:
          - Whether the workspace still uses Databricks' legacy metastore. No API tells.
        type: bool
        default: false
      connectivity_config:
        description:
          - Name of the connectivity config that the workspace is to be bound to.
        type: str
      aws_vpc_endpoint_ids:
        description:
          - AWS's ids of the VPC endpoints that serve the workspace, as far as they are known.
        type: list
        elements: str
  prerequisites:
    description:
      - The table of prerequisites, one row for each condition. Unset means every check, each called by its own name.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - What the prerequisite is called in the results.
        type: str
        required: true
      check:
        description:
          - V(workspace), that the account has the workspace.
          - V(region), that it is in its region.
          - V(services), that Databricks publishes the endpoint services that it needs in its region.
          - V(govcloud), that nothing is asked for that Databricks does not have in AWS GovCloud.
          - V(pricing_tier), that its plan is V(ENTERPRISE) or V(DEDICATED).
          - V(customer_managed_vpc), that it has a network, and so runs in a VPC of the customer's own.
          - V(compute_mode), that it has not serverless compute alone.
          - V(status), that it runs. One that moves or has failed only warns, with what Databricks says about it; for
            what has failed may be mended by what is done next.
          - V(connectivity_configs), that its region has room for the configs that the workspaces name.
          - V(workspaces_per_connectivity_config), that its config has room for it.
          - V(registrations), that none of its VPC endpoints is registered twice, or registered and dead.
          - V(secure_cluster_connectivity), that it is declared. Undeclared, it only warns.
          - V(legacy_metastore), that it is not used. It only warns, for it is reached by the internet.
        type: str
        required: true
        choices:
          - compute_mode
          - connectivity_configs
          - customer_managed_vpc
          - govcloud
          - legacy_metastore
          - pricing_tier
          - region
          - registrations
          - secure_cluster_connectivity
          - services
          - status
          - workspace
          - workspaces_per_connectivity_config
      connectivity:
        description:
          - Workspaces with any of these only. Unset means those that the check is about.
        type: list
        elements: str
        choices: [inbound, classic, outbound, service_direct]
      level:
        description:
          - Whether a workspace that does not meet the prerequisite has failed. Unset means that it has.
        type: str
        choices: [fail, warn]
      remedy:
        description:
          - What to do about it, as a sentence. Unset means that of the check.
        type: str
      source:
        description:
          - Where the prerequisite is written. Unset means that of the check.
        type: str
  limits:
    description:
      - What Databricks allows, which cannot be read.
    type: dict
    suboptions:
      connectivity_configs_per_region:
        description:
          - Configs in a region.
        type: int
        default: 10
      workspaces_per_connectivity_config:
        description:
          - Workspaces that are bound to one config.
        type: int
        default: 50
      vpc_rules_per_region:
        description:
          - Not looked at here; as in M(saas.privatelink.databricks_connectivity_config).
        type: int
        default: 100
      s3_rules_per_region:
        description:
          - Not looked at here; as in M(saas.privatelink.databricks_connectivity_config).
        type: int
        default: 30
      domain_names_per_rule:
        description:
          - Not looked at here; as in M(saas.privatelink.databricks_connectivity_config).
        type: int
        default: 10
  on_item_failure:
    description:
      - What to do when workspaces failed.
      - V(fail) ends the task as failed and names each failed workspace with its reasons.
      - V(report) ends it as successful; RV(failed_items) tells.
    type: str
    choices: [fail, report]
    default: fail
seealso:
  - module: saas.privatelink.preflight
  - module: saas.privatelink.databricks_workspace_network_info
"""

EXAMPLES = r"""
- name: Check two workspaces
  saas.privatelink.databricks_preflight:
    account_id: 01234567-89ab-cdef-0123-456789abcdef
    workspaces:
      - name: analytics
        region: us-east-1
        secure_cluster_connectivity: true
      - name: science
        workspace_id: 1234567890123456
        region: us-east-1
        connectivity: [outbound]
        connectivity_config: shared
    on_item_failure: report
  register: preflight
"""

RETURN = r"""
results:
  description: What was found about each workspace, in the order given.
  returned: always
  type: list
  elements: dict
  contains:
    name: {description: Name of the item., type: str, returned: always, sample: analytics}
    status:
      description: V(fail) when a check failed, else V(warn) when one warns or is unknown, else V(pass).
      type: str
      returned: always
      sample: pass
    failed: {description: Whether a check failed., type: bool, returned: always}
    msg:
      description: What failed, or else what warns, and what to do about it, in one line. Empty when all passed.
      type: str
      returned: always
      sample: "pricing_tier: The plan of the workspace is PREMIUM. Have it upgraded to the Enterprise plan."
    workspace:
      description:
        - The workspace as M(saas.privatelink.databricks_workspace_network_info) returns it. Empty where there is none.
      type: dict
      returned: always
    checks:
      description: What each prerequisite found, in the order of the table, without those for other connectivity.
      type: list
      elements: dict
      returned: always
      contains:
        id: {description: The prerequisite., type: str, returned: always, sample: pricing_tier}
        check: {description: Its check., type: str, returned: always, sample: pricing_tier}
        status:
          description: V(pass), V(warn), V(fail), or V(unknown) where Databricks did not let it be seen.
          type: str
          returned: always
          sample: pass
        msg: {description: What was found., type: str, returned: always, sample: The plan of the workspace is PREMIUM.}
        remedy: {description: What to do about it., type: str, returned: always}
        source: {description: Where the prerequisite is written., type: str, returned: always}
failed_items:
  description: Names of the workspaces that failed.
  returned: always
  type: list
  elements: str
  sample: []
"""

from ansible_collections.saas.privatelink.plugins.module_utils._core import findings
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_module import (
    LIMITS,
    DatabricksModule,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_preflight import (
    CHECKS,
    SERVICES,
    Account,
    CheckedWorkspace,
    report,
    table,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_rules import Limits

PREREQUISITE = {
    "id": {"type": "str", "required": True},
    "check": {"type": "str", "required": True, "choices": sorted(CHECKS)},
    "connectivity": {"type": "list", "elements": "str", "choices": list(SERVICES)},
    "level": {"type": "str", "choices": ["fail", "warn"]},
    "remedy": {"type": "str"},
    "source": {"type": "str"},
}
OPTIONS = {
    "workspaces": {"type": "list", "elements": "dict", "required": True, "options": argument_spec(CheckedWorkspace)},
    "prerequisites": {"type": "list", "elements": "dict", "options": PREREQUISITE},
    "on_item_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    **LIMITS,
}


def main() -> None:
    module = DatabricksModule(OPTIONS)
    names = [workspace["name"] for workspace in module.params["workspaces"]]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        module.fail_json(msg=f"Two items of workspaces have the same name: {', '.join(twice)}.")
    limits, rules = Limits(**(module.params["limits"] or {})), table(module.params["prerequisites"])
    try:
        workspaces = [CheckedWorkspace(**workspace) for workspace in module.params["workspaces"]]
        account = Account(module.account(), shard=module.params["govcloud_shard"], limits=limits, workspaces=workspaces)
        results = [report(workspace, rules, account) for workspace in workspaces]
    except ItemError as error:
        module.fail_json(msg=str(error))
    findings.warn(module, results)
    failed = [result for result in results if result["failed"]]
    answer = {"changed": False, "results": results, "failed_items": [result["name"] for result in failed]}
    if failed and module.params["on_item_failure"] == "fail":
        module.fail_json(msg="; ".join(f"{result['name']}: {result['msg']}" for result in failed), **answer)
    module.exit_json(**answer)


if __name__ == "__main__":
    main()
