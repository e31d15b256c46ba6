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
import unittest.mock
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
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

from tests.contract import conftest as sandbox_fixtures
from tests.sandbox.aws.lambda_.functions import OWN_KEY
from tests.sandbox.client import RunningSandbox, SteppedTime

share = sandbox_fixtures.share
RunModule = Callable[..., dict[str, Any]]
MODULES = "ansible_collections.saas.privatelink.plugins.modules"
POLICIES = Path(__file__).parents[3] / "docs" / "iam"
FREE = {"sts:GetCallerIdentity"}  # takes no permission: AWS STS API Reference, GetCallerIdentity, read 2026-11
IAM_PREFIX = {"elbv2": "elasticloadbalancing"}
IAM_ACTION = {"lambda:Invoke": "lambda:InvokeFunction"}


def run(module: str, args: Mapping[str, Any], check: bool = False, diff: bool = False) -> dict[str, Any]:
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


@pytest.fixture
def run_module() -> RunModule:
    """``run_module(module, args, check=False, diff=False) -> result``."""
    return run


@pytest.fixture(scope="session", autouse=True)
def certificates() -> Iterator[None]:
    """Read those of all authorities once for all runs of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(urls, "make_context", functools.cache(urls.make_context))
        yield


def action(call: Mapping[str, Any]) -> str:
    """The IAM action of an entry of the sandbox's call log."""
    name = f"{IAM_PREFIX.get(call['service'], call['service'])}:{call['operation']}"
    return IAM_ACTION.get(name, name)


def is_active(balancer: Mapping[str, Any]) -> bool:
    return bool(balancer["State"]["Code"] == "active")


def check_documented(module: str, calls: list[dict[str, Any]]) -> None:
    """Every call of the log is allowed by the module's policy in docs/iam."""
    policy = json.loads((POLICIES / f"{module}.json").read_text(encoding="utf-8"))
    allowed = {name for statement in policy["Statement"] for name in statement["Action"]}
    own = [call for call in calls if not call["access_key"].endswith(OWN_KEY)]  # a function has a role of its own
    assert {action(call) for call in own} - FREE <= allowed


@dataclass
class Estate:
    """One account in the sandbox. ``calls`` are those of the last run; ``poll``: seconds between looks, not 5.

    ``meanwhile`` happens once, when the next run first waits.
    """

    sandbox: RunningSandbox
    account: str
    boto: Callable[..., Any]
    make_vpc: Callable[..., Any]
    run_module: RunModule = run
    poll: float = 0.03
    meanwhile: Callable[[], Any] = lambda: None
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
        result = run(module, {**self.access, "wait_timeout": 10, **options}, check=check, diff=diff)
        self.calls = self.sandbox.calls(self.account, since=since)
        check_documented(module, self.calls)
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
        check_documented(module, self.calls)
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
