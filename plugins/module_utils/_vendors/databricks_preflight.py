# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether workspaces of Databricks meet what private connectivity needs, as far as the account's API tells.

This module util is PRIVATE to the collection.

Sources: "PrivateLink concepts", "Configure classic private connectivity", "Configure inbound PrivateLink", "Configure
private connectivity to resources in your VPC" (docs.databricks.com/aws), REST API reference (workspaces, vpc-endpoints,
network-connectivity-configs), all read 2026-11. Not to be read by any API: secure cluster connectivity, running
clusters, previews, and whether a workspace still uses the legacy metastore.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core import findings
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.findings import (
    FAIL,
    PASS,
    UNDECIDED,
    WARN,
    Finding,
    Mistake,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional, required
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import ApiError, Object
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_network import messages
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import (
    CONFIG,
    NETWORK,
    REGISTRATION,
    WORKSPACE,
    Lists,
    Sort,
    check_aws_id,
    check_region,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import SHARDS, shard_of
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_rules import Limits
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sign_in import GovCloud
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_workspace_network import (
    MOVING,
    RUNNING,
    SERVERLESS,
    WorkspaceNetwork,
    shown,
)

Connectivity = t.Literal["inbound", "classic", "outbound", "service_direct"]
DENIED = ("403", "PERMISSION_DENIED")
PRIVATE_TIERS = ("ENTERPRISE", "DEDICATED")
SERVING = ("available", "pending", "pendingacceptance")  # states of a registration that is, or will be, of use
SERVICES = {
    "inbound": ("workspace",),
    "classic": ("workspace", "scc_relay"),
    "outbound": (),
    "service_direct": ("service_direct",),
}  # which of Databricks' endpoint services each needs, as databricks_regions calls them
NOT_IN_GOVCLOUD = {"outbound": "no serverless compute", "service_direct": "no Service-Direct"}
DOCS = "https://docs.databricks.com/aws/en/security/network"


@dataclass(frozen=True)
class CheckedWorkspace:
    """One workspace to check; the fields are the options of C(databricks_preflight). None is unset."""

    name: str = required()
    workspace_name: str | None = None
    workspace_id: int | None = None
    region: str | None = None
    connectivity: list[Connectivity] = optional(["inbound", "classic"])
    secure_cluster_connectivity: bool | None = None
    legacy_metastore: bool = False
    connectivity_config: str | None = None
    aws_vpc_endpoint_ids: list[str] | None = None

    def __post_init__(self) -> None:
        for endpoint_id in self.aws_vpc_endpoint_ids or []:
            check_aws_id("aws_vpc_endpoint_ids", endpoint_id, "vpce")

    @property
    def called(self) -> str:
        return self.workspace_name or self.name


@dataclass(frozen=True)
class Prerequisite:
    """One row of the table; the fields are options. What a row leaves out is that of its check."""

    id: str
    check: str
    level: str
    remedy: str
    source: str
    connectivity: t.Sequence[str]

    def concerns(self, workspace: CheckedWorkspace) -> bool:
        return bool(set(self.connectivity) & set(workspace.connectivity))


@dataclass
class Account(Lists):
    """What the checks look at. Each list is read at most once; one that was denied is denied to all checks."""

    shard: GovCloud | None = None
    limits: Limits = field(default_factory=Limits)
    workspaces: t.Sequence[CheckedWorkspace] = ()
    denials: dict[str, ApiError] = field(default_factory=dict)

    def of(self, sort: Sort) -> list[Object]:
        if sort.path in self.denials:
            raise self.denials[sort.path]
        try:
            return super().of(sort)
        except ApiError as error:
            if error.code in DENIED:
                self.denials[sort.path] = error
            raise

    def workspace(self, item: CheckedWorkspace) -> Object:
        """The workspace that is meant. Raises ItemError where there is none, or several have its name."""
        thing = WorkspaceNetwork(item.called, item.workspace_id).find(self.of(WORKSPACE))
        if thing is None:
            what = item.called if item.workspace_id is None else item.workspace_id
            raise Mistake(
                f"The account has no workspace {what}.",
                "It is made in Databricks first. Check workspace_name or workspace_id, and account_id.",
            )
        return thing

    def config(self, item: CheckedWorkspace) -> Object | None:
        """The connectivity config that a workspace is to be bound to, if there is one yet."""
        named = [config for config in self.of(CONFIG) if config.get(CONFIG.name) == item.connectivity_config]
        return next((config for config in named if config.get("region") == item.region), None)


Run = t.Callable[[CheckedWorkspace, Account], Finding]
CHECKS: dict[str, tuple[Run, Prerequisite]] = {}
"""What each check runs, and the row that it has unless a table says otherwise."""


def check(
    name: str, *connectivity: str, remedy: str = "", source: str = "", level: str = FAIL
) -> t.Callable[[Run], Run]:
    """Register a check of these kinds of connectivity, of all where none is named."""

    def register(run: Run) -> Run:
        kinds = connectivity or tuple(SERVICES)
        CHECKS[name] = (run, Prerequisite(name, name, level, remedy, source and f"{DOCS}/{source}", kinds))
        return run

    return register


PRICING = "Have the workspace's account upgraded to the Enterprise plan."
OTHER_WORKSPACE = "Make a workspace in a VPC of your own, which no API can do later, and take that instead."


@check("workspace")
def check_workspace(item: CheckedWorkspace, account: Account) -> Finding:
    return Finding(PASS, f"{WORKSPACE.told(account.workspace(item))} is there.")


@check("region", remedy="Name the workspace in the environment of its own region: none is ever connected from another.")
def check_place(item: CheckedWorkspace, account: Account) -> Finding:
    there = account.workspace(item).get("aws_region")
    if item.region in (None, there):
        return Finding(PASS, f"The workspace is in {there}.")
    return Finding(FAIL, f"The workspace is in {there}, not in {item.region}.")


@check("services", remedy="Connect from a region in which Databricks has them.", source="classic/privatelink")
def check_services(item: CheckedWorkspace, account: Account) -> Finding:
    """By what Databricks publishes; a region that it has opened since is none of these."""
    region = item.region or str(account.workspace(item).get("aws_region"))
    check_region(region, account.shard)
    published = SHARDS[shard_of(account.shard)].regions[region]
    needed = dict.fromkeys(name for kind in item.connectivity for name in SERVICES[kind])
    missing = [name for name in needed if not getattr(published, name)]
    if missing:
        return Finding(FAIL, f"Databricks publishes no endpoint service {', '.join(missing)} in {region}.")
    return Finding(PASS, f"Databricks publishes {', '.join(needed) or 'what is needed'} in {region}.")


@check("govcloud", "outbound", "service_direct", remedy="Leave it out of connectivity.", source="classic/privatelink")
def check_govcloud(item: CheckedWorkspace, account: Account) -> Finding:
    missing = [words for kind, words in NOT_IN_GOVCLOUD.items() if kind in item.connectivity]
    if account.shard and missing:
        return Finding(FAIL, f"Databricks has {' and '.join(missing)} in AWS GovCloud.")
    return Finding(PASS, "The account is not in AWS GovCloud." if not account.shard else "GovCloud has what is needed.")


@check("pricing_tier", remedy=PRICING, source="classic/privatelink")
def check_pricing_tier(item: CheckedWorkspace, account: Account) -> Finding:
    tier = account.workspace(item).get("pricing_tier")
    if not tier:
        return Finding(UNDECIDED, "Databricks does not tell the plan of the workspace.")
    return Finding(PASS if tier in PRIVATE_TIERS else FAIL, f"The plan of the workspace is {tier}.")


@check("customer_managed_vpc", "inbound", "classic", remedy=OTHER_WORKSPACE, source="classic/customer-managed-vpc")
def check_customer_managed_vpc(item: CheckedWorkspace, account: Account) -> Finding:
    thing = account.workspace(item)
    if thing.get(NETWORK.id):
        return Finding(PASS, f"The workspace has the network {thing[NETWORK.id]}.")
    return Finding(FAIL, "The workspace runs in a VPC of Databricks' own.")


@check("compute_mode", "inbound", "classic", remedy=f"Leave both out of connectivity. {OTHER_WORKSPACE}")
def check_compute_mode(item: CheckedWorkspace, account: Account) -> Finding:
    mode = account.workspace(item).get("compute_mode")
    if mode == SERVERLESS:
        return Finding(FAIL, "The workspace has serverless compute alone, and so no network and no private access.")
    return Finding(PASS, f"The compute mode is {mode or 'not told, as of old workspaces'}.")


@check("status", remedy="Mend that first; Databricks' support knows more.")
def check_status(item: CheckedWorkspace, account: Account) -> Finding:
    """One that failed only warns: another network or other settings may be what mends it."""
    thing = account.workspace(item)
    status = str(thing.get("workspace_status"))
    said = str(thing.get("workspace_status_message") or "no reason given").rstrip(".")
    if status == RUNNING:
        return Finding(PASS, "The workspace is RUNNING.")
    if status in MOVING:
        return Finding(WARN, f"The workspace is {status}.", "Run again once it is RUNNING.")
    if status != "FAILED":
        return Finding(FAIL, f"The workspace is {status}: {said}.")
    network = next((found for found in account.of(NETWORK) if found[NETWORK.id] == thing.get(NETWORK.id)), None)
    why = f" {messages(network, 'error')}." if network and network.get("error_messages") else ""
    return Finding(WARN, f"The workspace is FAILED: {said}.{why}")


@check(
    "connectivity_configs",
    "outbound",
    remedy="Use a config that there is, or have the limit raised and say so with limits.",
    source="serverless-network-security",
)
def check_connectivity_configs(item: CheckedWorkspace, account: Account) -> Finding:
    """Whether there is room for those that this run would make, all workspaces together."""
    used = {str(config.get(CONFIG.name)) for config in account.of(CONFIG) if config.get("region") == item.region}
    wanted = {other.connectivity_config for other in account.workspaces if other.region == item.region}
    new, limit = {name for name in wanted if name} - used, account.limits.connectivity_configs_per_region
    count = f"{item.region} has {len(used)} connectivity configs, {limit} are allowed"
    if item.connectivity_config in new and len(used) + len(new) > limit:
        return Finding(FAIL, f"{count}, and {', '.join(sorted(new))} would be new.")
    return Finding(PASS, f"{count}.")


@check(
    "workspaces_per_connectivity_config",
    "outbound",
    remedy="Bind another config, or have the limit raised and say so with limits.",
    source="serverless-network-security",
)
def check_config_workspaces(item: CheckedWorkspace, account: Account) -> Finding:
    if not item.connectivity_config:
        return Finding(PASS, "No connectivity config is named.")
    config, limit = account.config(item), account.limits.workspaces_per_connectivity_config
    config_id = config[CONFIG.id] if config else ""
    bound = {str(thing[WORKSPACE.id]) for thing in account.of(WORKSPACE) if thing.get(CONFIG.id) == config_id}
    place = (item.connectivity_config, item.region)
    wanting = [other for other in account.workspaces if (other.connectivity_config, other.region) == place]
    coming = {_number(other, account) for other in wanting} - bound
    count = f"{item.connectivity_config} has {len(bound)} workspaces, {limit} are allowed"
    if _number(item, account) in coming and len(bound) + len(coming) > limit:
        return Finding(FAIL, f"{count}, and {len(coming)} would be new.")
    return Finding(PASS, f"{count}.")


def _number(item: CheckedWorkspace, account: Account) -> str:
    """What tells a workspace from others, also one that there is not."""
    try:
        return str(account.workspace(item)[WORKSPACE.id])
    except ApiError:
        raise
    except ItemError:
        return item.called


@check(
    "registrations",
    "inbound",
    "classic",
    remedy="Keep one registration of each VPC endpoint, and remove what is dead or of another region.",
    source="classic/privatelink",
)
def check_registrations(item: CheckedWorkspace, account: Account) -> Finding:
    """An endpoint that was not registered yet is no matter: that comes later."""
    problems = []
    for endpoint_id in dict.fromkeys(item.aws_vpc_endpoint_ids or ()):
        same = [found for found in account.of(REGISTRATION) if found.get("aws_vpc_endpoint_id") == endpoint_id]
        if len(same) > 1:
            names = ", ".join(map(REGISTRATION.told, same))
            problems.append(f"{endpoint_id} is registered {len(same)} times, as {names}")
        for found in same:
            state, region = str(found.get("state")), found.get("region")
            problems += [] if state.lower() in SERVING else [f"{REGISTRATION.told(found)} is {state}"]
            problems += [] if item.region in (None, region) else [f"{REGISTRATION.told(found)} is of {region}"]
    if problems:
        return Finding(FAIL, f"{'; '.join(problems)}.")
    return Finding(PASS, "No VPC endpoint is registered twice.")


@check(
    "secure_cluster_connectivity",
    "inbound",
    "classic",
    remedy="See in the account console how the workspace was made, and say secure_cluster_connectivity: true or false.",
    source="classic/secure-cluster-connectivity",
)
def check_secure_cluster_connectivity(item: CheckedWorkspace, account: Account) -> Finding:
    """No API tells, so it is declared."""
    declared = item.secure_cluster_connectivity
    if declared is None:
        return Finding(WARN, "Nobody has said whether the workspace has secure cluster connectivity.")
    if declared:
        return Finding(PASS, "Secure cluster connectivity is declared.")
    return Finding(
        FAIL,
        "The workspace has no secure cluster connectivity, as declared.",
        "Its clusters have public addresses, which PrivateLink does not serve. Make a workspace with it.",
    )


@check(
    "legacy_metastore",
    "classic",
    remedy="Move to Unity Catalog or to an external metastore in your VPC. Else let the clients out to it yourself.",
    source="classic/customer-managed-vpc",
)
def check_legacy_metastore(item: CheckedWorkspace, account: Account) -> Finding:
    """Port 3306 is never opened here: it leads to a public address, whatever endpoints there are."""
    if item.legacy_metastore:
        where = "which is reached by its public address on port 3306, and by no VPC endpoint"
        return Finding(WARN, f"The workspace uses Databricks' legacy metastore, {where}. That port is not opened.")
    return Finding(PASS, "The legacy metastore is not used, as declared; port 3306 stays shut.")


def table(rows: t.Sequence[t.Mapping[str, t.Any]] | None) -> list[Prerequisite]:
    """The prerequisites that rows make; without any, those of all checks."""
    if rows is None:
        return [usual for dummy, usual in CHECKS.values()]
    made = []
    for row in rows:
        usual = CHECKS[row["check"]][1]
        given = {name: value for name, value in row.items() if value is not None}
        made.append(Prerequisite(**{**vars(usual), **given}))
    return made


def report(item: CheckedWorkspace, rules: t.Sequence[Prerequisite], account: Account) -> dict[str, t.Any]:
    """The result of one workspace as the module returns it, in the shape of those of C(preflight)."""

    def find(rule: Prerequisite) -> Finding:
        return findings.found(rule, lambda: CHECKS[rule.check][0](item, account), _is_denied)

    checks = [findings.row(rule, find(rule)) for rule in rules if rule.concerns(item)]
    try:
        workspace = shown(account.workspace(item))
    except ItemError:
        workspace = {}
    return {**findings.told(item.name, checks), "workspace": workspace}


def _is_denied(error: ItemError) -> bool:
    """Whether we may not look. Raises what says nothing about the workspace, as that Databricks does not answer."""
    if isinstance(error, ApiError) and error.code not in DENIED:
        raise error
    return isinstance(error, ApiError)
