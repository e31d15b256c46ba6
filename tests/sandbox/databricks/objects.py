# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account of Databricks holds, and Databricks as a whole: accounts, tokens, limits, what a test has armed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import SHARDS, Shard

from tests.sandbox.core import clock
from tests.sandbox.core.paging import cut
from tests.sandbox.core.world import Life, declare_state

DEFAULT_POLICY = "default-policy"
KINDS = (
    "vpc_endpoints",
    "private_access_settings",
    "networks",
    "workspaces",
    "connectivity_configs",
    "private_endpoint_rules",
    "network_policies",
    "endpoints",
)
"""The lists of an account, as seeds and controls name them."""

declare_state("databricks_registration.accepting", "a registered endpoint before Databricks accepts its connection")
declare_state("databricks_registration.deleting", "a deleted registration of Databricks before it is gone")
declare_state("databricks_network.deleting", "a deleted network of Databricks before it is gone")
declare_state("databricks_workspace.PROVISIONING", "a changed workspace of Databricks before it is RUNNING or FAILED")
declare_state("databricks_rule.CREATING", "a new private endpoint rule before it is PENDING and its service sees it")
declare_state("databricks_rule.unseen_endpoint", "a PENDING rule before it names its endpoint")
declare_state("databricks_rule.PENDING", "a rule that nobody accepts before it is EXPIRED", 14 * 86400)
declare_state("databricks_rule.deactivated", "a deactivated rule before it is gone", 86400)
declare_state("databricks_connectivity_config.held", "how long a configuration that nothing uses is not deleted", 0.0)


class ApiError(Exception):
    """A refusal as the API answers it: its HTTP status, the code and what is said."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def invalid(message: str) -> ApiError:
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def in_use(message: str) -> ApiError:
    return ApiError(400, "INVALID_STATE", message)


def absent(what: str, key: str) -> ApiError:
    return ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"{what} {key} does not exist")


@dataclass
class Thing:
    """One object. ``body`` is what it was told to be; what is worked out at each look stands beside it."""

    id: str
    body: dict[str, Any]
    life: Life | None = None
    gone_from: float = float("inf")
    forced: dict[str, Any] = field(default_factory=dict)
    """Members that a test has decided, whatever would be worked out."""

    @property
    def gone(self) -> bool:
        return clock.now() >= self.gone_from


@dataclass
class Workspace(Thing):
    """A workspace; its life ends in RUNNING or FAILED."""

    message: str = "Workspace is running."
    policy_id: str = DEFAULT_POLICY


@dataclass
class Rule(Thing):
    """A private endpoint rule. ``failure`` is why its endpoint could not be made."""

    region: str = ""
    endpoint_id: str | None = None
    named_from: float = 0.0
    """When the rule first names its endpoint."""
    ends: float = float("inf")
    """When it is too late to accept it."""
    failure: str = ""
    established: bool = False
    """Whether it was ever seen established."""


@dataclass
class Account:
    """An account of Databricks, with the service principal that opens it."""

    id: str
    client_id: str
    client_secret: str
    shard: str = "commercial"
    privatelink: bool = True
    """Whether Databricks has enabled private connectivity for it."""
    vpc_endpoints: dict[str, Thing] = field(default_factory=dict)
    private_access_settings: dict[str, Thing] = field(default_factory=dict)
    networks: dict[str, Thing] = field(default_factory=dict)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    connectivity_configs: dict[str, Thing] = field(default_factory=dict)
    private_endpoint_rules: dict[str, Rule] = field(default_factory=dict)
    network_policies: dict[str, Thing] = field(default_factory=dict)
    endpoints: dict[str, Thing] = field(default_factory=dict)
    released: dict[str, float] = field(default_factory=dict)
    """Connectivity configurations -> when something last let go of them."""

    @property
    def published(self) -> Shard:
        return SHARDS[self.shard]

    def tidy(self) -> None:
        """Forget what is gone by now."""
        for kind in KINDS:
            things: dict[str, Any] = getattr(self, kind)
            for key in [key for key, thing in things.items() if thing.gone]:
                del things[key]


@dataclass
class Limits:
    """What Databricks refuses to exceed; none of it can be read by API."""

    connectivity_configs_per_region: int = 10
    workspaces_per_connectivity_config: int = 50
    vpc_rules_per_region: int = 100
    s3_rules_per_region: int = 30
    domain_names_per_rule: int = 10


@dataclass
class Settings:
    """What a test may set. What Databricks does not document is lenient unless set here."""

    token_seconds: int = 3600
    page_size: int = 20
    quota_status: int = 429
    quota_code: str = "QUOTA_EXCEEDED"
    refuse_duplicates: bool = False
    """Whether a second object of a name, or a second registration of an endpoint, is refused."""
    refuse_shared_subnets: bool = False
    """Whether a network is refused that has a subnet or security group of another network."""


@dataclass
class Failure:
    """An answer given instead of, or after, performing a call. ``path`` is a part of the call's path."""

    operation: str
    status: int
    body: Any
    account: str | None = None
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    times: int | None = 1
    after: int = 0
    performed: bool = False


@dataclass
class Edit:
    """A change by somebody else, ``before`` or ``after`` a call of ``operation`` is performed; None deletes."""

    account: str
    kind: str
    id: str
    fields: dict[str, Any] | None
    operation: str
    when: str = "after"
    times: int = 1


class Databricks:
    """Databricks as a whole. Use it only while holding the world's lock."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, tuple[str, float]] = {}  # token -> account and when it ends
        self.failures: list[Failure] = []
        self.edits: list[Edit] = []
        self.failing: dict[str, str] = {}  # workspaces whose next change fails, and what is said
        self.limits = Limits()
        self.settings = Settings()

    def account(self, account_id: str) -> Account:
        """Raises ValueError if no seed has made it."""
        if account_id not in self.accounts:
            raise ValueError(f"no account of Databricks {account_id}")
        return self.accounts[account_id]

    def due_failure(self, account: str, operation: str, path: str) -> Failure | None:
        for failure in self.failures:
            named = failure.operation in ("*", operation) and failure.account in (None, account)
            if not named or failure.path not in path or failure.times == 0:
                continue
            if failure.after > 0:
                failure.after -= 1
                continue
            if failure.times is not None:
                failure.times -= 1
            return failure
        return None

    def due_edits(self, account: str, operation: str, when: str) -> list[Edit]:
        """Changes that are due around this call; they count as used."""
        found = [edit for edit in self.edits if (edit.account, edit.operation, edit.when) == (account, operation, when)]
        due = [edit for edit in found if edit.times > 0]
        for edit in due:
            edit.times -= 1
        return due


def new_id() -> str:
    return str(uuid.uuid4())


def milliseconds() -> int:
    return int(clock.now() * 1000)


def pages(items: list[dict[str, Any]], size: int, token: str | None) -> dict[str, Any]:
    """One page as the newer lists answer it. Raises ApiError for a token that is not theirs."""
    try:
        found, rest = cut(items, size, token)
    except ValueError as error:
        raise invalid("page_token is not valid") from error
    return {**({"items": found} if found else {}), **({"next_page_token": rest} if rest else {})}
