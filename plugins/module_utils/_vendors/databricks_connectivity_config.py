# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Network connectivity configurations of Databricks, with the private endpoint rules of serverless compute.

This module util is PRIVATE to the collection.

The creation of a rule often takes longer than its answer is waited for, and succeeds all the same. So a rule is looked
for by what it is for before it is made again. Sources: REST API reference (network-connectivity), and
terraform-provider-databricks#4138, #4559, #5292, #5347 and #5386 (read 2026-11).
"""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence, internal, optional
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Made,
    Overtaken,
    Plan,
    meant_twice,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_rules as rules_of
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import (
    ABSENT,
    IN_USE,
    OUTDATED,
    THERE,
    ApiError,
    Databricks,
    Object,
    later,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_objects import (
    CONFIG,
    WORKSPACE,
    Lists,
    check_id,
    check_region,
    deleted_by,
    only,
    refuse_another,
    refuse_taken_name,
    with_made,
    workspaces_with,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_replace import change_part
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_rules import Limits, Rule

CREATE = "databricks:CreateNetworkConnectivityConfig"
UPDATE = "databricks:UpdateNetworkConnectivityConfig"
DELETE = "databricks:DeleteNetworkConnectivityConfig"
CREATE_RULE = "databricks:CreatePrivateEndpointRule"
UPDATE_RULE = "databricks:UpdatePrivateEndpointRule"
DELETE_RULE = "databricks:DeletePrivateEndpointRule"
LIST_RULES = "databricks:ListPrivateEndpointRules"
READ_RULE = "databricks:GetPrivateEndpointRule"
NAME = r"[0-9a-zA-Z_-]{3,30}"
FIELDS = ("network_connectivity_config_id", "name", "region", "billing_workspace_id")
USUAL = Limits()
WHICH = {"network_connectivity_config_id": "network_connectivity_config_id", "name": "name"}


@dataclass(frozen=True)
class ConnectivityConfig:
    """One wanted configuration; the fields are the options of C(databricks_connectivity_config)."""

    name: str
    network_connectivity_config_id: str | None = None
    region: str | None = None
    billing_workspace_id: int | None = None
    rules: list[dict[str, t.Any]] | None = optional(item=Rule)
    purge_rules: bool = False
    wait_established: bool = False
    replace: bool = False
    state: Presence = "present"
    shard: str | None = internal()
    limits: Limits = internal(USUAL)

    def __post_init__(self) -> None:
        if not is_of_form(NAME, self.name):
            raise ItemError(f"name has 3 to 30 letters, digits, hyphens and underscores, and not {self.name!r}.")
        check_id("network_connectivity_config_id", self.network_connectivity_config_id)
        check_region(self.region, self.shard)
        for rule in self.wanted:
            rule.check(self.limits)
        keys = [(rule.endpoint_service, name) for rule in self.wanted for name in rule.names]
        twice = sorted({name for (_service, name), count in Counter(keys).items() if count > 1})
        if twice:
            raise ItemError(f"rules: more than one is for {', '.join(twice)}.")
        if self.purge_rules and self.rules is None:
            raise ItemError("purge_rules takes away whatever is not in rules: give them, if only an empty list.")

    @property
    def wanted(self) -> list[Rule]:
        return [Rule(**options) for options in self.rules or []]


@dataclass
class Actual:
    """What Databricks has of an item. ``rules`` are those that are there, ``deactivated`` those that still count.

    ``workspaces`` are those that are bound to it, read only where that matters. ``held``: why it was not deleted.
    """

    thing: Object | None = None
    rules: t.Sequence[Object] = ()
    deactivated: t.Sequence[Object] = ()
    workspaces: t.Sequence[Object] = ()
    held: str = ""

    @property
    def region(self) -> str:
        return str(self.thing.get("region")) if self.thing else ""


@dataclass
class RuleLists:
    """The rules of configurations, each list read when it is first needed, once a round."""

    account: Databricks
    found: dict[str, list[Object]] = field(default_factory=dict)

    def of(self, config: Object) -> list[Object]:
        key = config[CONFIG.id]
        if key not in self.found:
            self.found[key] = read_rules(self.account, config)
        return self.found[key]


def read_rules(account: Databricks, config: Object) -> list[Object]:
    """All rules of a configuration, those that are deactivated, too."""
    return account.list(LIST_RULES, path_of_rules(config))


def path_of_rules(config: Object) -> str:
    return f"{CONFIG.path_of(config)}/private-endpoint-rules"


class ConnectivityConfigs:
    """Reads, plans and changes configurations of one account."""

    def __init__(self, account: Databricks) -> None:
        self.account = account
        self.held: dict[str, str] = {}  # by the path of a configuration: the words in which it was not deleted

    def read(self, items: t.Sequence[ConnectivityConfig], made: t.Mapping[str, Made]) -> dict[str, Actual | ItemError]:
        lists, rules = Lists(self.account), RuleLists(self.account)
        found: dict[str, Actual | ItemError] = {}
        for item in items:
            try:
                found[item.name] = self._actual(item, lists, rules, made[item.name])
            except ItemError as error:
                found[item.name] = error
        actuals = {name: actual for name, actual in found.items() if isinstance(actual, Actual)}
        meant = {name: CONFIG.told(actual.thing) for name, actual in actuals.items() if actual.thing}
        found.update(meant_twice(meant))
        found.update(self._without_room(items, found, lists, rules))
        return found

    def _actual(self, item: ConnectivityConfig, lists: Lists, rules: RuleLists, made: Made) -> Actual:
        configs = with_made(CONFIG, lists.of(CONFIG), made, CREATE)
        thing = find(item, configs)
        if not thing or thing[CONFIG.id] in deleted_by(made, DELETE):
            return Actual()
        if item.state == "present":
            here = [config for config in configs if config.get("region") == thing.get("region")]
            refuse_taken_name(CONFIG, here, thing, item.name)
        listed = rules.of(thing)
        live = [rule for rule in listed if rules_of.is_live(rule)]
        actual = Actual(thing, live, [rule for rule in listed if not rules_of.is_live(rule)])
        if item.state == "absent" or _pays(item, thing):
            actual.workspaces = workspaces_with(lists, CONFIG, thing[CONFIG.id])
        actual.held = self.held.get(CONFIG.path_of(thing), "")
        return actual

    def _without_room(
        self,
        items: t.Sequence[ConnectivityConfig],
        found: t.Mapping[str, Actual | ItemError],
        lists: Lists,
        rules: RuleLists,
    ) -> dict[str, ItemError]:
        """An error for each item that would make more than Databricks allows in a region, all items together."""
        errors: dict[str, ItemError] = {}
        room = Room(lists, rules)
        for item in items:
            actual = found[item.name]
            if isinstance(actual, Actual) and item.state == "present":
                try:
                    room.take(item, actual)
                except ItemError as error:
                    errors[item.name] = error
        return errors

    def plan(self, item: ConnectivityConfig, actual: Actual) -> Plan:
        plan = plan_absent(item, actual) if item.state == "absent" else plan_present(item, actual)
        plan.before = shown(actual.thing, actual.rules)
        plan.result = {"network_connectivity_config_id": None, **plan.before, **plan.result}
        plan.result["deactivated_rules"] = [str(rule["rule_id"]) for rule in actual.deactivated]
        plan.result["status"] = "present" if actual.thing else "absent"
        return plan

    def apply(self, change: Change) -> Object:
        """Make a planned call. For some minutes after its last rule or workspace went, a configuration is held."""
        try:
            if change.action == UPDATE_RULE:
                return change_part(self.account, change, READ_RULE, changeable)
            return self.account.apply(change)
        except ApiError as error:
            if change.action != DELETE or error.code not in IN_USE:
                raise
            path = change.params["path"]
            is_first, self.held[path] = path not in self.held, error.message
            if is_first:  # it may be bound since it was looked at
                raise
            raise Overtaken from None


@dataclass
class Room:
    """How much of its limits a region has used, with what the items before would make."""

    lists: Lists
    rules: RuleLists
    taken: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, item: ConnectivityConfig, actual: Actual) -> None:
        """Count what an item would make. Raises ItemError where that is too much; then it counts for nothing."""
        region = actual.region or str(item.region)
        wishes: dict[str, tuple[int, int, str]] = {}  # by the limit: its number, how many more, of what
        if not actual.thing:
            limit = item.limits.connectivity_configs_per_region
            wishes["connectivity_configs_per_region"] = (limit, 1, "connectivity configs")
        made = created(item, actual)
        for to_s3, words in (
            (False, "private endpoint rules for VPC resources"),
            (True, "private endpoint rules for S3"),
        ):
            more = sum(rule.to_s3 == to_s3 for rule in made)
            if more:
                name, limit = item.limits.of_rules(to_s3)
                wishes[name] = (limit, more, words)
        for name, (limit, more, words) in wishes.items():
            used = self._used(region, name) + self.taken.get((region, name), 0)
            if used + more > limit:
                raise ItemError(
                    f"{region} has {used} of the {limit} {words} that Databricks allows, and {more} more are wanted. "
                    "Deactivated rules count until they are gone, a day later. Remove what is not used any more, or "
                    f"have Databricks raise the limit and say so with limits.{name}."
                )
        for name, (_limit, more, _words) in wishes.items():
            self.taken[region, name] = self.taken.get((region, name), 0) + more

    def _used(self, region: str, name: str) -> int:
        configs = [config for config in self.lists.of(CONFIG) if config.get("region") == region]
        if name == "connectivity_configs_per_region":
            return len(configs)
        used = 0
        for config in configs:
            there = self.rules.of(config)
            used += sum(rules_of.is_to_s3(rule) == name.startswith("s3") for rule in there)
        return used


def find(item: ConnectivityConfig, listed: t.Sequence[Object]) -> Object | None:
    """The configuration that is meant: by its id, else by its name, in its region where others have one of that name.

    Raises ItemError where it cannot be told which is meant.
    """
    wanted_id = item.network_connectivity_config_id
    if wanted_id:
        return next((thing for thing in listed if thing[CONFIG.id] == wanted_id), None)
    named = [thing for thing in listed if thing.get(CONFIG.name) == item.name]
    here = [thing for thing in named if thing.get("region") == item.region]
    return only(CONFIG, here or named, f"is named {item.name}", CONFIG.id)


def _pays(item: ConnectivityConfig, thing: Object) -> bool:
    """Whether another workspace than now shall pay. The API writes such numbers as text in places."""
    wanted = item.billing_workspace_id
    return wanted is not None and str(thing.get("billing_workspace_id")) != str(wanted)


def created(item: ConnectivityConfig, actual: Actual) -> list[Rule]:
    """The rules that an item would make."""
    region = actual.region or str(item.region)
    matched = rules_of.match(item.wanted, actual.rules, region)
    return [rule for rule, thing in matched if not thing or (item.replace and rules_of.is_replaceable(thing))]


def shown(thing: Object | None, rules: t.Sequence[Object] = ()) -> dict[str, t.Any]:
    """As the modules return it, and the diff compares it."""
    if not thing:
        return {}
    told = {name: thing.get(name) for name in FIELDS}
    told["config_name"] = told.pop("name")
    live = [rules_of.shown(rule) for rule in rules if rules_of.is_live(rule)]
    return {**told, "rules": sorted(live, key=lambda rule: (str(rule["endpoint_service"]), str(rule["rule_id"])))}


def plan_present(item: ConnectivityConfig, actual: Actual) -> Plan:
    thing = actual.thing
    if thing and item.region and item.region != thing.get("region"):
        raise ItemError(
            f"{CONFIG.told(thing)} is of {thing.get('region')}, which cannot be changed to {item.region}. Make another "
            "one of another name for the workspaces of that region."
        )
    plan = RulePlan(item, actual)
    plan.changes += _plan_config(item, actual, plan)
    plan.plan_rules()
    return plan.finish()


def _plan_config(item: ConnectivityConfig, actual: Actual, plan: RulePlan) -> list[Change]:
    """Create or change the configuration itself."""
    thing = actual.thing
    if not thing:
        if item.network_connectivity_config_id or not item.region:
            what = item.network_connectivity_config_id or item.name
            raise ItemError(f"There is no connectivity config {what}. To create one, give region and leave its id out.")
        if item.billing_workspace_id is not None:
            plan.waits.append(_bound(item))
        new = {"name": item.name, "region": item.region}
        params = {"method": "POST", "path": CONFIG.path, "body": new, "known_by": (CONFIG.list_action, new)}
        return [Change(CREATE, params, f"create {CONFIG.words} {item.name}", outdated_by=THERE)]
    body: dict[str, t.Any] = {} if thing.get("name") == item.name else {"name": item.name}
    if _pays(item, thing):
        if any(str(workspace[WORKSPACE.id]) == str(item.billing_workspace_id) for workspace in actual.workspaces):
            body["billing_workspace_id"] = item.billing_workspace_id
        else:
            plan.waits.append(_bound(item))
    if not body:
        return []
    params = {"method": "PATCH", "path": CONFIG.path_of(thing), "query": mask(body), "body": body}
    plan.config.update(body)
    return [Change(UPDATE, params, f"change {CONFIG.told(thing)}", outdated_by=ABSENT)]


def _bound(item: ConnectivityConfig) -> str:
    return (
        f"workspace {item.billing_workspace_id} to be bound to {item.name} before it pays for it, by "
        "databricks_workspace_network"
    )


def mask(body: Object) -> dict[str, str]:
    """The query of a PATCH that changes what the body has, and nothing else."""
    return {"update_mask": ",".join(sorted(body))}


class RulePlan:
    """What separates the rules of a configuration from what is wanted, as it is worked out rule by rule."""

    def __init__(self, item: ConnectivityConfig, actual: Actual) -> None:
        self.item, self.actual = item, actual
        self.region = actual.region or str(item.region)
        self.config: dict[str, t.Any] = dict(actual.thing or {"name": item.name, "region": item.region})
        self.config.setdefault(CONFIG.id, UNKNOWN)
        self.after: list[Object] = []
        self.changes: list[Change] = []
        self.waits: list[str] = []
        self.problems: list[str] = []
        self.warnings: list[str] = []
        self.poll = False

    def plan_rules(self) -> None:
        matched = rules_of.match(self.item.wanted, self.actual.rules, self.region)
        kept = [thing["rule_id"] for _rule, thing in matched if thing]
        others = [thing for thing in self.actual.rules if thing["rule_id"] not in kept]
        for rule, thing in matched:
            if thing is None:
                self._create(rule)
            elif not rules_of.is_dead(thing):
                self._update(rule, thing)
            elif self.item.replace and rules_of.is_replaceable(thing):
                self.changes.append(delete_rule(self.config, thing))
                self._create(rule)
            else:
                self.problems.append(rules_of.problem(thing))
                self.after.append(thing)
        working = {name for rule, thing in matched if thing and _works(thing) for name in rule.names}
        for other in others:
            self._other(other, working)

    def _create(self, rule: Rule) -> None:
        body = rule.body(self.region)
        service = body["endpoint_service"]
        if rule.to_s3 and service != f"com.amazonaws.{self.region}.s3":
            raise ItemError(
                f"rules: buckets are reached in {self.region} alone, the region of the config, not by {service}."
            )
        if not rule.to_s3 and f".{self.region}." not in service:
            self.warnings.append(
                f"{service} is in another region than {self.item.name}, {self.region}: the endpoint service must "
                "support that region."
            )
        # Deleted ones are listed for a day.
        known_by = (LIST_RULES, body, rules_of.is_live)
        params = {"method": "POST", "path": path_of_rules(self.config), "body": body, "known_by": known_by}
        blocked = "" if self.actual.thing else f"{self.item.name} to be there"
        self.changes.append(Change(CREATE_RULE, params, f"create a {rule.told}", blocked, outdated_by=THERE))
        new = {"rule_id": UNKNOWN, **body, "connection_state": UNKNOWN}
        if rule.enabled and self.item.wait_established:
            self.changes.append(later(self._patch(new, {"enabled": True}), f"the {rule.told} to be ESTABLISHED"))
        self.after.append(new)

    def _update(self, rule: Rule, thing: Object) -> None:
        body: dict[str, t.Any] = {}
        names = rule.names_with(thing, self.item.purge_rules)
        if names != rules_of.names_of(thing):
            most = self.item.limits.domain_names_per_rule
            if not rule.to_s3 and len(names) > most:
                raise ItemError(
                    f"{rules_of.told(thing)} would have {len(names)} domain names, and {most} are allowed. Those that "
                    "it has stay unless purge_rules=true."
                )
            body[rule.member] = names
        switched = rule.enabled is not None and bool(thing.get("enabled")) != rule.enabled
        if switched and _works(thing):
            body["enabled"] = rule.enabled
        if body:
            self.changes.append(self._patch(thing, body))
        if switched and not _works(thing) and self.item.wait_established:
            change = self._patch(thing, {"enabled": rule.enabled})
            self.changes.append(later(change, f"{rules_of.told(thing)} to be ESTABLISHED"))
            body["enabled"] = rule.enabled
        self._wait(thing)
        self.after.append({**thing, **body})

    def _wait(self, thing: Object) -> None:
        waits = rules_of.awaited(thing)
        if waits:
            self.waits.append(waits)
            self.poll = self.poll or self.item.wait_established or not thing.get("vpc_endpoint_id")

    def _other(self, other: Object, working: set[str]) -> None:
        """A rule that is not wanted: it stays, or goes once those that have its names work."""
        names = rules_of.names_of(other)
        wanted = {name for rule in self.item.wanted for name in rule.names}
        shared = sorted(wanted & set(names))
        if not self.item.purge_rules:
            self.after.append(other)
            if shared:
                self.warnings.append(
                    f"{self.item.name}: {', '.join(shared)} is in {rules_of.told(other)}, too, which leads to "
                    f"{other.get('endpoint_service')}. Only one of them should have it: purge_rules=true removes that "
                    "one once the other works."
                )
        elif _works(other) and not set(shared) <= working:
            self.after.append(other)
            self.waits.append(f"{rules_of.told(other)} stays until the new rule for {', '.join(shared)} works")
        else:
            self.changes.append(delete_rule(self.config, other))

    def _patch(self, thing: Object, body: dict[str, t.Any]) -> Change:
        path = f"{path_of_rules(self.config)}/{thing['rule_id']}"
        params: dict[str, t.Any] = {"method": "PATCH", "path": path, "query": mask(body), "body": body}
        params["planned_upon"] = changeable(thing)
        # It has left the state in which it can be changed, or is gone, which the next look shows.
        summary = f"change {rules_of.told(thing)}: {', '.join(sorted(body))}"
        return Change(UPDATE_RULE, params, summary, outdated_by=(OUTDATED, *IN_USE, *ABSENT))

    def finish(self) -> Plan:
        """Raises ItemError for rules that do not work any more, once all else is done."""
        if self.problems and not self.changes:
            raise ItemError(" ".join(self.problems), shown(self.actual.thing, self.actual.rules))
        # What must wait is listed last, for nothing after it is made before.
        self.changes.sort(key=lambda change: bool(change.after))
        plan = Plan(self.changes, warnings=self.warnings + self.problems)
        plan.after = shown(self.config, self.after)
        plan.waiting, plan.poll = "; ".join(self.waits), self.poll
        if any(not change.after for change in self.changes):
            plan.result = dict(plan.after)
        return plan


def changeable(thing: Object) -> tuple[list[str], bool]:
    """What of a rule can be changed. Its names are replaced as a whole."""
    return rules_of.names_of(thing), bool(thing.get("enabled"))


def _works(thing: Object) -> bool:
    return rules_of.state_of(thing) == rules_of.ESTABLISHED


def delete_rule(config: Object, thing: Object) -> Change:
    params = {"method": "DELETE", "path": f"{path_of_rules(config)}/{thing['rule_id']}"}
    return Change(DELETE_RULE, params, f"remove {rules_of.told(thing)}", settled_by=ABSENT)


def plan_absent(item: ConnectivityConfig, actual: Actual) -> Plan:
    """Remove the rules, then the configuration. Raises ItemError while a workspace is bound to it."""
    thing = actual.thing
    if not thing:
        return Plan()
    refuse_another(CONFIG, thing, {"region": item.region})
    if actual.workspaces:
        raise ItemError(
            f"{CONFIG.told(thing)} is bound to {', '.join(map(WORKSPACE.told, actual.workspaces))}. A workspace cannot "
            "do without once it has one: bind another one to it first, by databricks_workspace_network."
        )
    plan = Plan([delete_rule(thing, rule) for rule in actual.rules])
    params = {"method": "DELETE", "path": CONFIG.path_of(thing)}
    plan.changes.append(Change(DELETE, params, f"remove {CONFIG.told(thing)}", settled_by=ABSENT, outdated_by=IN_USE))
    if actual.held:
        plan.waiting = f"Databricks to let go of {CONFIG.told(thing)} ({actual.held.rstrip('.')})"
        if actual.deactivated:
            ids = ", ".join(str(rule["rule_id"]) for rule in actual.deactivated)
            plan.waiting += f"; its deactivated rules are gone a day after they were removed: {ids}"
    return plan
