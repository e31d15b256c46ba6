# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to workspaces of Databricks: from VPC endpoints to a workspace that is reached by them.

This plugin util is PRIVATE to the collection.

A workspace has several endpoints, and shares them: with other workspaces of its VPCs, and where users come from the VPC
of its clusters, between these. So each endpoint is a link of the pattern C(interface_endpoint). What Databricks keeps
of a workspace that leaves is no failure, and keeps the endpoints that are needed for it.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.databricks_faults import fault_of, taken_as
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.databricks_options import (
    OPEN,
    OUTBOUND,
    WorkspaceOptions,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import CHECK_FAILED, Found, Known, Result
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.interface_endpoint import InterfaceEndpointLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link, step

US, VENDOR, AWS = "us", "vendor", "AWS"  # whose turn it is
STAGES = {
    "endpoints": "making the VPC endpoints",
    "registered": "registering the VPC endpoints",
    "service_direct": "registering the endpoint for Service-Direct",
    "named": "switching on private DNS of the VPC endpoints",
    "network": "making the network",
    "private_access": "making the private access settings",
    "workspace": "moving the workspace",
    "public_access": "setting public access",
    "network_policy": "setting what serverless compute reaches",
    "leaving": "moving the workspace away",
    "network_absent": "removing the network",
    "settings_absent": "removing the private access settings",
    "service_direct_absent": "removing the registration for Service-Direct",
    "registered_absent": "removing the registrations",
    "endpoints_absent": "deleting the VPC endpoints",
    "network_policy_absent": "removing the network policy",
}
"""What a step is doing, in the words of a link's line."""
ENDS = ("registered", "service_direct", "named", "workspace", "leaving")  # what comes next must not begin before
OF_ENDPOINTS = ("endpoints", "named", "endpoints_absent")
NOT_BUILT = "outbound is not built yet by this role: docs/databricks.md says what to do by hand"
EGRESS_OPEN = "serverless compute reaches all of the internet"
KEPT = "kept, because Databricks lets a workspace exchange it and never take it off"


@dataclass(frozen=True, kw_only=True)
class DatabricksWorkspaceLink(WorkspaceOptions):
    """One workspace, and how it is reached and reaches Databricks."""

    PATTERN = "databricks"
    MANY_ITEMS: t.ClassVar[t.AbstractSet[str]] = frozenset({"preflight", *STAGES})
    KEEPS: t.ClassVar[bool] = True

    # Before the first call

    def completed(self) -> t.Self:
        """The link with what follows from its options, or with the fault in them."""
        egress = self.serverless_egress
        if self.isolated and not (egress or self.network_policy):
            egress = "restricted"
        public = not self.isolated if self.public_access is None else self.public_access
        link = dataclasses.replace(self, serverless_egress=egress, public_access=public)
        return dataclasses.replace(link, fault=fault_of(link) or None)

    def foreseen(self) -> Known:
        """What the steps will tell, before any has run."""
        keys = [endpoint.shared_key for endpoint in self.all_endpoints()]
        ids = dict.fromkeys(keys, UNKNOWN)
        told = {"vpc_endpoint_ids": ids, "registration_ids": ids, "network_id": UNKNOWN}
        return Known([{**told, "private_access_settings_id": UNKNOWN}])

    def checked(self, by_function: bool) -> Link:
        """The link with the C(fault) that a module would find in an item of it, after others have written."""
        if self.fault or not self.present:
            return self
        known = self.foreseen()
        for endpoint in self.all_endpoints():
            fault = endpoint.checked(by_function).fault
            if fault:
                return dataclasses.replace(self, fault=fault)
        for name, taken in taken_as().items():
            for item in getattr(self, name)(known):
                try:
                    taken(**item, shard=self.govcloud_shard)
                except ItemError as error:
                    return dataclasses.replace(self, fault=str(error))
        return self

    # What the modules take

    @step
    def seen(self, known: Known) -> Item | None:
        """To look at the workspace before anything is made for it."""
        return {"workspace_id": str(self.workspace_id)} if self.workspace_id else None

    @step
    def prerequisites(self, known: Known) -> list[Item]:
        """For M(saas.privatelink.preflight), of each endpoint."""
        return [t.cast("Item", endpoint.prerequisite(known)) for endpoint in self.all_endpoints()]

    @step
    def endpoints(self, known: Known) -> list[Item]:
        """Links of the pattern C(interface_endpoint)."""
        return [endpoint.as_dict() for endpoint in self.all_endpoints()]

    @step
    def registered(self, known: Known) -> list[Item]:
        ids = known.get("vpc_endpoint_ids") or {}
        found = []
        for endpoint in (*self.front_ends(), *self.back_ends()):
            if ids.get(endpoint.shared_key):
                item = {"name": endpoint.shared_key, "aws_vpc_endpoint_id": ids[endpoint.shared_key]}
                found.append({**item, "region": self.region, **_flags(self, "replace")})
        return found

    @step
    def service_direct(self, known: Known) -> list[Item]:
        ids = known.get("vpc_endpoint_ids") or {}
        found = []
        for endpoint in self.service_direct_ends():
            if ids.get(endpoint.shared_key):
                item = {"name": endpoint.shared_key, "aws_vpc_endpoint_id": ids[endpoint.shared_key]}
                item["api"] = self.service_direct_api
                found.append({**item, "region": self.region, **_flags(self, "replace")})
        return found

    @step
    def network_item(self, known: Known) -> list[Item]:
        """The network of its clusters."""
        if not (self.has_network and self.compute_vpc):
            return []
        ids = known.get("registration_ids") or {}
        workspace, relay = (ids.get(endpoint.shared_key) for endpoint in self.back_ends())
        place = {name: self.compute_vpc[name] for name in ("vpc_id", "subnet_ids", "security_group_ids")}
        ends = {"rest_api_endpoint_ids": [workspace], "dataplane_relay_endpoint_ids": [relay]}
        return [{"name": self.network_name, **place, **ends, **_flags(self, "replace", "confirm_disruption")}]

    @step
    def private_access(self, known: Known) -> list[Item]:
        """The settings, which let the internet in while the workspace has yet to be moved."""
        if not self.has_settings:
            return []
        item = {"name": self.settings_name, "region": self.region}
        if self.adopt:
            return [item]
        allowed = self._let_in(known) if self.private_access_level == "ENDPOINT" else None
        wanted = {"private_access_level": self.private_access_level, "allowed_vpc_endpoint_ids": allowed}
        given = {name: value for name, value in wanted.items() if value is not None}
        return [{**item, **given, "public_access_when_created": True, **_flags(self, "confirm_lockout")}]

    def _let_in(self, known: Known) -> list[str]:
        """Whom the level ENDPOINT lets in: users, and clusters, which call the workspace as users do."""
        ids = known.get("registration_ids") or {}
        ends = [*self.front_ends(), *self.back_ends()[:1]]
        own = [ids[end.shared_key] for end in ends if ids.get(end.shared_key)]
        return list(dict.fromkeys([*own, *(self.allowed_vpc_endpoint_ids or [])]))

    @step
    def workspace(self, known: Known) -> list[Item]:
        """Network and settings in one change, for each change stops its clusters."""
        wanted = {name: known.get(name) for name in ("network_id", "private_access_settings_id")}
        given = {name: value for name, value in wanted.items() if value}
        item = {"name": self.key, "workspace_id": self.workspace_id}
        return [{**item, **given, **_flags(self, "confirm_disruption")}] if given else []

    @step
    def public_access_item(self, known: Known) -> list[Item]:
        """The last step: nobody comes in from the internet any more, or again."""
        settings_id = known.get("private_access_settings_id")
        if self.adopt or not (self.has_settings and settings_id):
            return []
        item = {"name": self.settings_name, "private_access_settings_id": settings_id, "region": self.region}
        return [{**item, "public_access_enabled": self.public_access}]

    @step
    def network_policy_item(self, known: Known) -> list[Item]:
        if not self.policy_name:
            return []
        item: Item = {"name": self.policy_name, "workspace_ids": [self.workspace_id], **_flags(self, "replace")}
        if self.network_policy:
            return [item]
        lists = self.pick("allowed_internet_destinations", "allowed_storage_destinations")
        return [{**item, "restriction_mode": "RESTRICTED_ACCESS", "enforcement_mode": "ENFORCED", **lists}]

    @step
    def holds(self, known: Known) -> list[Item]:
        """Every item of a link that a check has found something wrong with."""
        if not (known.held and self.present):
            return []
        names = {name for stage in STAGES for name in self.names_of(stage, known)}
        return [{"name": name, "reason": known.held} for name in sorted(names)]

    # The way back

    @step
    def leaving(self, known: Known) -> list[Item]:
        """What the workspace gets instead of what was made for it."""
        instead = known.get("instead") or {}
        item = {"name": self.key, "workspace_id": self.workspace_id, **instead}
        return [{**item, **_flags(self, "confirm_disruption")}] if instead else []

    @step
    def network_absent(self, known: Known) -> list[Item]:
        if self.adopt or not (self.has_network and self.compute_vpc) or known.get("keeps_network"):
            return []
        going = {"going": [str(self.workspace_id)]} if "network_id" in (known.get("instead") or {}) else {}
        return [{"name": self.network_name, "vpc_id": self.compute_vpc["vpc_id"], **going}]

    @step
    def settings_absent(self, known: Known) -> list[Item]:
        if self.adopt or not self.has_settings or known.get("keeps_settings"):
            return []
        moved = "private_access_settings_id" in (known.get("instead") or {})
        going = {"going": [str(self.workspace_id)]} if moved else {}
        return [{"name": self.settings_name, "region": self.region, **going}]

    @step
    def registered_absent(self, known: Known) -> list[Item]:
        """By name: what others have registered has another one, and stays."""
        gone = [known.get(name) for name in ("gone_network", "gone_settings") if known.get(name)]
        item = {"region": self.region, **({"going": gone} if gone else {})}
        ends = [end for end in (*self.front_ends(), *self.back_ends()) if not self._needs(end, known)]
        return [{"name": end.shared_key, **item} for end in ends]

    @step
    def service_direct_absent(self, known: Known) -> list[Item]:
        api = {"api": self.service_direct_api}
        return [{"name": end.shared_key, "region": self.region, **api} for end in self.service_direct_ends()]

    @step
    def endpoints_absent(self, known: Known) -> list[Item]:
        kept = known.get("kept_registrations") or []
        going = [end for end in self.all_endpoints() if not self._needs(end, known)]
        return [end.as_dict() for end in going if end.shared_key not in kept]

    @step
    def network_policy_absent(self, known: Known) -> list[Item]:
        """Its own policy alone. What the workspace keeps, it keeps as private as it was."""
        if self.network_policy or not self.policy_name or known.get("keeps"):
            return []
        return [{"name": self.policy_name, "workspace_ids": [self.workspace_id]}]

    def _needs(self, end: InterfaceEndpointLink, known: Known) -> bool:
        """Whether the workspace needs an endpoint with what it keeps: its network's, or the only ways in."""
        backs = [back.place for back in self.back_ends()] if known.get("keeps_network") else []
        fronts = [front.place for front in self.front_ends()] if known.get("keeps_private") else []
        return end.place in (*backs, *fronts)

    @classmethod
    def items(cls, name: str, links: t.Sequence[t.Any], found: Found, others: t.Sequence[t.Any] = ()) -> list[Item]:
        """What is shared is one item. What others need does not go."""
        if name == "hold":
            free = {key for link in links if not found.of(link).held for key in link.all_names()}
            return [item for item in _merged(super().items("holds", links, found)) if item["name"] not in free]
        items = super().items(ITEMS.get(name, name), links, found, others)
        if not name.endswith("_absent"):
            return items if name in ("seen", "prerequisite", "endpoints") else _merged(items)
        needed = {key for other in others if other.present for key in other.needs_named(name)}
        items = [item for item in items if item.get("key", item["name"]) not in needed]
        return items if name == "endpoints_absent" else _merged(items)

    def needs_named(self, name: str) -> list[str]:
        """Names of the items of a step by which something would go that this link needs."""
        return [] if name == "endpoints_absent" else self.names_of(name, Known())  # those know it by themselves

    def all_names(self) -> set[str]:
        return {name for stage in STAGES for name in self.names_of(stage, Known())}

    # What the steps have told

    def names_of(self, name: str, known: Known) -> list[str]:
        """What items of a step are called that may be the link's."""
        if name in (*OF_ENDPOINTS, "preflight"):
            return [endpoint.key for endpoint in self.all_endpoints()]
        if name.startswith("registered"):
            ends = (*self.front_ends(), *self.back_ends())
            return [end.shared_key for end in ends if not self._needs(end, known)]
        if name.startswith("service_direct"):
            return [endpoint.shared_key for endpoint in self.service_direct_ends()]
        if name.startswith("network_policy"):
            return [self.policy_name] if self.policy_name else []
        if name.startswith("network"):
            return [self.network_name] if self.has_network else []
        if name in ("private_access", "public_access", "settings_absent"):
            return [self.settings_name] if self.has_settings else []
        return [self.key]

    def gathered(self, name: str, rows: t.Sequence[Result]) -> Result:
        """What the items of a step say of the link, as one result."""
        if name == "preflight":
            return self._checks(rows)
        consents = [row["consent"] for row in rows if row.get("consent")]
        users = [row for row in rows if row.get("used_by")]
        wrong = [str(row["msg"]) for row in rows if row.get("failed") and not (row.get("consent") or row in users)]
        waiting = [row["waiting"] for row in rows if row.get("waiting") and name != "endpoints"]
        doing, result = STAGES[name], self._told(name, rows)
        if consents:
            result |= {"waiting": f"{doing}: {consents[0]}", "turn": US, "stops": True}
        elif waiting:
            result |= {"waiting": f"{doing}: {waiting[0]}", "turn": VENDOR, "stops": name in ENDS}
        kept = [f"{'; '.join(row['used_by'])} keeps {row['name']}" for row in users]
        kept += [said for row in rows for said in row.get("kept") or ()]
        return {
            **result,
            "name": self.key,
            "stage": doing if wrong or consents or waiting else "",
            "changed": any(row.get("changed") for row in rows),
            "failed": bool(wrong),
            "msg": f"{doing}: {'; '.join(dict.fromkeys(wrong))}" if wrong else "",
            "writes": [write for row in rows for write in row.get("writes") or ()] + self._foreseen_writes(name, rows),
            "kept": list(dict.fromkeys(kept)),
            "unshown": [change for row in rows for change in row.get("unshown") or ()],
        }

    def _checks(self, rows: t.Sequence[Result]) -> Result:
        """What a preflight has found of the endpoints; what is wrong with one holds the workspace."""
        wrong = list(dict.fromkeys(str(row["msg"]) for row in rows if row.get("status") == CHECK_FAILED))
        checks = [check for row in rows for check in row.get("checks") or ()]
        said = "; ".join([*(reason.rstrip(".") for reason in wrong[:-1]), *wrong[-1:]])
        status = {"status": CHECK_FAILED, "msg": said} if wrong else {"msg": ""}
        return {"name": self.key, "changed": False, "failed": bool(wrong), "checks": checks, **status}

    def _told(self, name: str, rows: t.Sequence[Result]) -> dict[str, t.Any]:
        """What the next steps need to know."""
        if name in ("endpoints", "named"):
            keys = {endpoint.key: endpoint.shared_key for endpoint in self.all_endpoints()}
            well = [row for row in rows if not row.get("failed")]
            return {"vpc_endpoint_ids": {keys[row["name"]]: row.get("vpc_endpoint_id") or UNKNOWN for row in well}}
        if name == "registered":
            return {"registration_ids": {row["name"]: row.get("vpc_endpoint_id") for row in rows}}
        if name == "registered_absent":
            return {"kept_registrations": [row["name"] for row in rows if row.get("failed")]}
        gone = {"network_absent": "network_id", "settings_absent": "private_access_settings_id"}.get(name)
        if gone:
            ids = [row.get(gone) for row in rows if not row.get("failed")]
            return {f"gone_{name.removesuffix('_absent')}": ids[0]} if ids and ids[0] else {}
        wanted = {
            "network": ("network_id",),
            "private_access": ("private_access_settings_id", "public_access_enabled"),
            "workspace": ("workspace_status", "workspace_name"),
            "network_policy": ("egress",),
        }
        return {field: row[field] for row in rows for field in wanted.get(name, ()) if row.get(field)}

    def _foreseen_writes(self, name: str, rows: t.Sequence[Result]) -> list[str]:
        """Endpoints that are planned get private DNS once Databricks has accepted them, which nothing shows yet."""
        planned = [row for row in rows if name == "endpoints" and not row.get("vpc_endpoint_id")]
        made = [row for row in planned if "ec2:CreateVpcEndpoint" in (row.get("writes") or ())]
        return ["ec2:ModifyVpcEndpoint"] * len(made)

    def explain(self, step: str, answer: t.Mapping[str, t.Any], known: Known) -> Result | None:
        """What listings of the account say of the link."""
        if step == "seen":
            return self._look(answer)
        if step == "networks":
            return {"name": self.key, "networks": answer.get("networks") or []}
        if step == "settings":
            return self._ending({**known.facts, "settings": answer.get("private_access_settings") or []})
        return None

    def _look(self, answer: t.Mapping[str, t.Any]) -> Result:
        rows = answer.get("workspaces") or []
        mine = next((row for row in rows if str(row.get("workspace_id")) == str(self.workspace_id)), None)
        alone = (
            {"waiting": f"{NOT_BUILT}, and nothing else is asked for", "turn": US} if self.ways == {OUTBOUND} else {}
        )
        return {"name": self.key, **(alone if self.present else {}), **self._missing(mine), "workspace": mine}

    def _missing(self, workspace: t.Mapping[str, t.Any] | None) -> Item:
        """Why nothing is made for the workspace, if so."""
        said = ""
        if not self.present:
            return {}
        if not workspace:
            said = f"The account has no workspace {self.workspace_id}. It is made in Databricks first."
        elif workspace.get("aws_region") != self.region:
            said = f"Workspace {self.workspace_id} is in {workspace.get('aws_region')}, and this run in {self.region}."
        elif self.has_network and not workspace.get("network_id"):
            said = (
                f"Workspace {self.workspace_id} has no VPC of yours, and cannot be given one: only one that was made "
                "with a network can be classic or isolated."
            )
        return {"failed": True, "msg": said} if said else {}

    def _ending(self, facts: t.Mapping[str, t.Any]) -> Result:
        """What a workspace that leaves keeps, and what it gets instead of what it has of the link's."""
        workspace = facts.get("workspace") or {}
        kept, instead, wrong = [], {}, []
        keeps = {"keeps_network": False, "keeps_settings": False}
        for part in self._parts(facts):
            attached = part.own and workspace.get(part.id) == part.own[part.id]
            if not attached:
                continue
            if not part.leave:
                keeps[part.keeps] = True
                option = part.option
                kept.append(f"{part.words} {part.named} {KEPT}: set {option}, or it goes with the workspace")
            elif not part.target:
                wrong.append(f"{part.option}: the account has no {part.words} {part.leave}")
            else:
                instead[part.id] = part.target[part.id]
        private = keeps["keeps_settings"] and not self._settings_of(facts).get("public_access_enabled")
        result = {"name": self.key, **keeps, "keeps": any(keeps.values()), "keeps_private": private, "kept": kept}
        failed = {"failed": True, "msg": f"{'; '.join(wrong)}."} if wrong else {}
        return {**result, "instead": instead, "settings": facts["settings"], **failed}

    def _settings_of(self, facts: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
        named = [row for row in facts["settings"] if row.get("private_access_settings_name") == self.settings_name]
        return named[0] if named else {}

    def _parts(self, facts: t.Mapping[str, t.Any]) -> list[Part]:
        """What a workspace has that can be exchanged alone."""
        network = Part("network", "network_id", "network_name", self.network_name, self.leave_network, "leave_network")
        settings = Part(
            "private access settings",
            "private_access_settings_id",
            "private_access_settings_name",
            self.settings_name,
            self.leave_private_access,
            "leave_private_access",
        )
        found = [network.of(facts.get("networks") or [])] if self.has_network else []
        return [*found, settings.of(facts["settings"])] if self.has_settings else found

    def kept(self, others: t.Iterable[Link]) -> str:
        """What of a link that goes stays, because others of the inventory need it."""
        if self.present:
            return ""
        staying = [other for other in others if other.present and isinstance(other, DatabricksWorkspaceLink)]
        places = {end.place for end in self.all_endpoints()}
        ends = sorted(other.name for other in staying if places & {end.place for end in other.all_endpoints()})
        named = sorted(
            other.name for other in staying if self.has_settings and other.settings_name == self.settings_name
        )
        said = [f"endpoints stay, for they are those of {', '.join(ends)} too"] if ends else []
        said += [f"private access settings stay, for they are those of {', '.join(named)} too"] if named else []
        return "; ".join(said)

    def remarks(self, known: Known) -> str:
        """What is not as private as one may think."""
        said = [NOT_BUILT] if OUTBOUND in self.ways else []
        access = (known.get("egress") or {}).get("network_access") or {}
        if self.network_policy and known.get("egress") and access.get("restriction_mode") != "RESTRICTED_ACCESS":
            said.append(f"{EGRESS_OPEN}, for the network policy {self.network_policy} allows it")
        elif self.serverless_egress == OPEN:
            said.append(f"{EGRESS_OPEN}, as serverless_egress={OPEN} says")
        if self.adopt and self.public_access is False and known.get("public_access_enabled"):
            said.append(f"the internet comes in, for the settings {self.settings_name} of others let it in")
        return "; ".join(said)


@dataclass(frozen=True)
class Part:
    """Something that a workspace has: the link's own of the name, and what it gets instead when the link goes."""

    words: str
    id: str
    name: str
    named: str
    leave: str | None
    option: str
    own: t.Mapping[str, t.Any] | None = None
    target: t.Mapping[str, t.Any] | None = None

    @property
    def keeps(self) -> str:
        return "keeps_network" if self.id == "network_id" else "keeps_settings"

    def of(self, rows: t.Sequence[t.Mapping[str, t.Any]]) -> Part:
        own = next((row for row in rows if row.get(self.name) == self.named), None)
        wanted = [row for row in rows if self.leave in (row.get(self.name), row.get(self.id))]
        return dataclasses.replace(self, own=own, target=wanted[0] if wanted and self.leave else None)


ITEMS = {
    "prerequisite": "prerequisites",
    "network": "network_item",
    "public_access": "public_access_item",
    "network_policy": "network_policy_item",
}
"""Methods of steps whose names options have."""


def _flags(link: DatabricksWorkspaceLink, *names: str) -> Item:
    return {name: True for name in names if getattr(link, name)}


def _merged(items: t.Iterable[Item]) -> list[Item]:
    """One item for each name: what one link lets in, or has, is added to the other's."""
    merged: dict[str, Item] = {}
    for item in items:
        first = merged.setdefault(item["name"], dict(item))
        for name in ("allowed_vpc_endpoint_ids", "workspace_ids", "going"):
            more = [entry for entry in item.get(name) or () if entry not in (first.get(name) or ())]
            if more:
                first[name] = [*(first.get(name) or ()), *more]
        for flag in ("confirm_lockout", "confirm_disruption", "replace"):
            if item.get(flag):
                first[flag] = True
    return list(merged.values())
