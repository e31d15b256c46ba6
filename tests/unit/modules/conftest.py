# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module as Ansible does, but in this process: real arguments in, the JSON that Ansible would read out.

``estate`` is one account in the sandbox on which modules run; it holds each run to what every module promises.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import json
import os
import re
import unittest.mock
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import botocore.endpoint
import pytest
from ansible.module_utils import _internal, urls
from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.saas.privatelink.plugins.module_utils._aws import api as _api
from ansible_collections.saas.privatelink.plugins.module_utils._core import items as _items
from ansible_collections.saas.privatelink.plugins.module_utils._core import plan as _plan
from ansible_collections.saas.privatelink.plugins.module_utils._core import tokens as _tokens
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks as _databricks
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import fivetran as _fivetran
from urllib3.util import connection

from tests.contract import conftest as sandbox_fixtures
from tests.sandbox.aws.lambda_.functions import OWN_KEY
from tests.sandbox.client import RunningSandbox, SandboxClient, SteppedTime
from tests.tools.iam import policy
from tests.tools.iam.calls import action, further, primary
from tests.tools.iam.used import USED
from tests.unit.modules.databricks import Account as DatabricksAccount
from tests.unit.modules.fivetran import Account as FivetranAccount

share = sandbox_fixtures.share
RunModule = Callable[..., dict[str, Any]]
MODULES = "ansible_collections.saas.privatelink.plugins.modules"
FREE = {"sts:GetCallerIdentity"}  # takes no permission: AWS STS API Reference, GetCallerIdentity, read 2026-11
MARKS = ("aws:ResourceTag/saas.privatelink:", "aws:RequestTag/saas.privatelink:")
UNMARKED = {
    "elasticloadbalancing:DeleteListener": "only those for a look, or on a load balancer of others, have tags",
    "elasticloadbalancing:ModifyListenerAttributes": "as DeleteListener",
    "events:PutTargets": "completes a rule that has just been made, whose tags may not be known everywhere yet",
    "iam:AttachRolePolicy": "as PutTargets, of a role; by the policy's name",
    "iam:DetachRolePolicy": "is the reverse of AttachRolePolicy",
    "iam:PutRolePermissionsBoundary": "as PutTargets, of a role",
    "iam:PutRolePolicy": "as PutTargets, of a role",
    "lambda:AddPermission": "as PutTargets, of a function; by whom it lets in",
    "lambda:PutFunctionConcurrency": "as PutTargets, of a function",
    "lambda:PutFunctionEventInvokeConfig": "as PutTargets, of a function",
    "lambda:RemovePermission": "goes before AddPermission",
    "lambda:UpdateFunctionEventInvokeConfig": "as PutTargets, of a function",
    "logs:PutRetentionPolicy": "as PutTargets, of a log group",
}
"""Actions that a policy allows by the name of the resource alone, and why not by its tag."""


def play(module: str, args: Mapping[str, Any], check: bool = False, diff: bool = False) -> dict[str, Any]:
    """What the module of that name prints for these options, also when it fails (``failed`` is then true)."""
    main = importlib.import_module(f"{MODULES}.{module}").main
    warnings._global_warnings.clear()  # a real module is a process of its own
    special = {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    printed = io.StringIO()
    with (
        patch_module_args({**args, **special}),
        unittest.mock.patch.object(_internal, "is_controller", False),  # nor the controller's
        contextlib.redirect_stdout(printed),
        contextlib.suppress(SystemExit),
    ):
        main()
    result: dict[str, Any] = json.loads(printed.getvalue().strip().splitlines()[-1])
    return result


def run(module: str, args: Mapping[str, Any], check: bool = False, diff: bool = False) -> dict[str, Any]:
    """As play(); in an account of the sandbox, only documented calls."""
    account, url = str(args.get("access_key", "")), args.get("endpoint_url")
    if not (policy.statements(module) and url and re.fullmatch("[0-9]{12}", account)):
        return play(module, args, check, diff)
    sandbox = SandboxClient(str(url))
    since = sandbox.last_call()
    result = play(module, args, check, diff)
    check_documented(module, sandbox.calls(account, since=since), *beside(module, args))
    return result


def beside(module: str, options: Any, others: bool = False) -> list[str]:
    """The policies that a run takes beside the module's own."""
    wanted = {"adopt": adopts(options), "untagged": others}
    return [f"{folder}/{module}" for folder, is_wanted in wanted.items() if is_wanted]


@pytest.fixture
def run_module() -> RunModule:
    """``run_module(module, args, check=False, diff=False) -> result``."""
    return run


@pytest.fixture(name="play")
def play_module() -> RunModule:
    """play(), for runs that are not held against a policy, as those that meet what another run has deleted."""
    return play


@pytest.fixture(scope="session", autouse=True)
def certificates() -> Iterator[None]:
    """Read those of all authorities once for all runs of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "make_context", functools.cache(urls.make_context))
        yield


def is_active(balancer: Mapping[str, Any]) -> bool:
    return bool(balancer["State"]["Code"] == "active")


def check_documented(module: str, calls: list[dict[str, Any]], *beside: str) -> None:
    """Every call of the log is allowed by the module's policy in docs/iam, as it was made and to what it was made to.

    Where things of others are worked on, by the policies named besides. The same call is denied to what lacks our tag.
    What AWS refused may have been about something that was not there, and so had no tags.
    """
    usual = policy.statements(module)
    policies = {name: policy.statements(name) for name in (module, *beside)}
    allowed = {name for statements in policies.values() for statement in statements for name in statement["Action"]}
    for call in calls:
        if call["access_key"].endswith(OWN_KEY) or action(call) in FREE:  # a function has a role of its own
            continue
        assert action(call) in allowed
        for request in [] if call["error"] else [*primary(call), *further(call)]:
            check_allowed(policies, request)
        for request in [] if call["error"] else primary(call):
            check_marks(module, usual, request)


def check_allowed(policies: Mapping[str, list[policy.Statement]], request: policy.Request) -> None:
    """One of the policies allows a request; what does so counts as used."""
    found = {
        (name, statement["Sid"], request.action)
        for name, statements in policies.items()
        for statement in policy.allowing(statements, request)
    }
    assert found, f"docs/iam/{next(iter(policies))}.json does not allow {request}"
    USED.update(found)


def check_marks(module: str, usual: list[policy.Statement], request: policy.Request) -> None:
    """A call on what has our tag is denied where that tag is missing; and a creation, where it would not set it."""
    mark = next((mark for mark in MARKS if any(key.startswith(mark) for key in request.context)), None)
    if mark and request.action not in UNMARKED:
        message = f"docs/iam/{module}.json allows {request} without {mark}..."
        assert not policy.is_allowed(usual, request.without(mark)), message


def adopts(options: Any) -> bool:
    """Whether options ask for something that others have made."""
    if isinstance(options, Mapping):
        return bool(options.get("adopt")) or any(map(adopts, options.values()))
    return isinstance(options, list) and any(map(adopts, options))


@dataclass
class Estate:
    """One account in the sandbox. ``calls`` are those of the last run; ``poll``: seconds between looks, not 5.

    ``meanwhile`` happens once, when the next run first waits. ``others``: runs work on what others have made.
    """

    sandbox: RunningSandbox
    account: str
    boto: Callable[..., Any]
    make_vpc: Callable[..., Any]
    run_module: RunModule = run
    poll: float = 0.03
    meanwhile: Callable[[], Any] = lambda: None
    others: bool = False
    vpc: Any = None
    calls: list[dict[str, Any]] = field(default_factory=list)

    @property
    def access(self) -> dict[str, Any]:
        """Options that lead a module to this account, unpaced."""
        return {
            "region": "us-east-1",
            "endpoint_url": self.sandbox.url,
            "access_key": self.account,
            "secret_key": "not-to-be-shown",
            "api_rate": 0,
        }

    @property
    def ec2(self) -> Any:
        return self.boto(self.account, "ec2")

    def run(self, module: str, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        """Run a module: only documented calls, no writes in check mode, else exactly the writes it reports."""
        since = self.sandbox.last_call()
        result = play(module, {**self.access, "wait_timeout": 10, **options}, check=check, diff=diff)
        self.calls = self.sandbox.calls(self.account, since=since)
        check_documented(module, self.calls, *beside(module, options, self.others))
        made = sorted(action(call) for call in self.calls if call["kind"] == "write" and not call["error"])
        said = [] if check else [name for item in result.get("results", []) for name in item["writes"]]
        assert made == sorted(said)
        assert "not-to-be-shown" not in json.dumps(result)
        return result

    def look(self, module: str, **options: Any) -> dict[str, Any]:
        """Run a module that only reads: only documented calls, and no change."""
        since = self.sandbox.last_call()
        result = self.run_module(module, {**self.access, **options})
        self.calls = self.sandbox.calls(self.account, since=since)
        assert not result.get("changed")
        assert all(call["kind"] == "read" for call in self.calls)
        return result

    def count(self, operation: str) -> int:
        """How often the last run called an operation."""
        return sum(call["operation"] == operation for call in self.calls)

    def balancer(self, name: str, wait: bool = True) -> str:
        """Make an internal Network Load Balancer; the answer is its ARN."""
        self.vpc = self.vpc or self.make_vpc(self.account)
        elb = self.boto(self.account, "elbv2")
        made = elb.create_load_balancer(Name=name, Type="network", Scheme="internal", Subnets=list(self.vpc.subnets))
        arn = str(made["LoadBalancers"][0]["LoadBalancerArn"])
        if wait:
            self.sandbox.eventually(
                lambda: elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0], is_active
            )
        return arn

    def service(self, name: str, *principals: str, **options: Any) -> dict[str, Any]:
        """Make an endpoint service on a load balancer of its own; the answer is the module's result for it."""
        self.balancer(name)
        wanted = {"name": name, "load_balancers": [name], "allowed_principals": list(principals), **options}
        made: dict[str, Any] = self.run("endpoint_service", **wanted)["results"][0]
        return made

    def put(self, endpoint_id: str, state: str) -> None:
        """Put a connection into a state, in which it stays."""
        self.sandbox.control("POST", "endpoint_state", vpc_endpoint_id=endpoint_id, state=state)

    def waits(self, line: str) -> None:
        """A module tells that it waits: now something may happen."""
        happens, self.meanwhile = self.meanwhile, lambda: None
        happens()

    def connection(self, endpoint_id: str) -> str:
        """The state of a connection as the account sees it."""
        listed = self.ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
        return {connection["VpcEndpointId"]: str(connection["VpcEndpointState"]) for connection in listed}.get(
            endpoint_id, ""
        )


@pytest.fixture
def stepped(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> SteppedTime:
    """Who waits for AWS or a vendor, or calls again later as botocore does, too, steps over the time until then."""
    time = SteppedTime(sandbox)
    monkeypatch.setattr(_plan.Clock.__init__, "__defaults__", (time.monotonic, time.sleep))
    for module in (_api, _tokens, botocore.endpoint):
        monkeypatch.setattr(module, "time", time)
    return time


@pytest.fixture
def estate(
    sandbox: RunningSandbox,
    account: str,
    boto: Callable[..., Any],
    make_vpc: Callable[..., Any],
    stepped: SteppedTime,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Estate]:
    """A fresh account; modules that run in it do not wait as long for AWS as they do in earnest, and step over that."""
    made = Estate(sandbox, account, boto, make_vpc)

    def quick(**options: Any) -> _plan.Options:
        return _plan.Options(**{**options, "poll": made.poll, "settle": 1.0, "progress": made.waits})

    monkeypatch.setattr(_items, "Options", quick)
    yield made
    sandbox.clear_faults()


@pytest.fixture
def databricks(
    sandbox: RunningSandbox, account: str, stepped: SteppedTime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabricksAccount]:
    """A fresh account of Databricks; nothing of this machine's own settings is seen, and nothing else is reached."""
    for name in [name for name in os.environ if name.startswith("DATABRICKS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", os.devnull)
    usual = {state: lag["seconds"] for state, lag in sandbox.lag().items() if state.startswith("databricks")}
    made = DatabricksAccount(sandbox, run, account, stepped)
    made.seed()

    def quick(**options: Any) -> _plan.Options:
        return _plan.Options(**{**options, "poll": 0.5, "settle": 5.0, "progress": made.waits})

    monkeypatch.setattr(_items, "Options", quick)
    connect = connection.create_connection

    def connect_here(address: Any, *args: Any, **options: Any) -> Any:
        assert address[0] in ("127.0.0.1", "localhost"), f"something but the sandbox is called: {address}"
        return connect(address, *args, **options)

    monkeypatch.setattr(connection, "create_connection", connect_here)
    monkeypatch.setattr(_databricks, "BUCKET", ("databricks", 10000.0, 10000.0))
    yield made
    sandbox.clear_faults()
    sandbox.databricks_disarm()
    sandbox.lag(**usual)


@pytest.fixture
def fivetran(
    sandbox: RunningSandbox, account: str, stepped: SteppedTime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FivetranAccount]:
    """A fresh account of Fivetran; no keys of this machine are seen."""
    for name in [name for name in os.environ if name.startswith("FIVETRAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(_fivetran, "time", stepped)
    usual = {state: lag["seconds"] for state, lag in sandbox.lag().items() if state.startswith("fivetran")}
    made = FivetranAccount(sandbox, run, account, stepped)
    made.seed()

    def quick(**options: Any) -> _plan.Options:
        return _plan.Options(**{**options, "poll": 0.5, "settle": 5.0, "progress": made.waits})

    monkeypatch.setattr(_items, "Options", quick)
    yield made
    sandbox.clear_faults()
    sandbox.fivetran_disarm()
    sandbox.lag(**usual)
