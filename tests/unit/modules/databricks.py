# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account of Databricks in the sandbox, with an AWS account of the same owner, for tests of Databricks' modules."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import (
    SHARDS,
    service_name,
)

from tests.sandbox.client import RunningSandbox, SteppedTime

SECRET = "not-to-be-shown"
REGION = "us-east-1"
SIGNS_IN = {"GetHostConfig", "GetAuthorizationServer", "GetToken"}
USE_CASES = {"workspace": "WORKSPACE_ACCESS", "scc_relay": "DATAPLANE_RELAY_ACCESS"}


def uid(number: int) -> str:
    """An id as Databricks gives them."""
    return str(uuid.UUID(int=number, version=4))


@dataclass
class Account:
    """One account; ``module`` is what ``run`` runs, ``calls`` are those of the last run without signing in.

    ``meanwhile`` happens once, when the next run first waits.
    """

    sandbox: RunningSandbox
    run_module: Callable[..., dict[str, Any]]
    aws_account: str
    time: SteppedTime
    module: str = ""
    list_option: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    signed_in: int = 0
    meanwhile: Callable[[], Any] = lambda: None
    numbers: int = 0

    @property
    def id(self) -> str:
        return uid(int(self.aws_account))

    @property
    def access(self) -> dict[str, Any]:
        client_id = f"client-of-{self.aws_account}"
        return {"host": self.sandbox.url, "account_id": self.id, "client_id": client_id, "client_secret": SECRET}

    def seed(self, **lists: Any) -> None:
        keys = {name: self.access[name] for name in ("account_id", "client_id", "client_secret")}
        self.sandbox.databricks(**keys, **lists)

    def objects(self, kind: str) -> list[dict[str, Any]]:
        return self.sandbox.databricks_objects(self.id)[kind]

    def run(self, check: bool = False, diff: bool = False, module: str = "", **options: Any) -> dict[str, Any]:
        """Run a module: no writes in check mode, else exactly the writes it reports; secrets stay secret."""
        since, module = self.sandbox.last_call(), module or self.module
        waits = {} if module.endswith(("_info", "_preflight")) else {"wait_timeout": 60}
        result = self.run_module(module, {**self.access, **waits, **options}, check=check, diff=diff)
        logged = self.sandbox.calls(service="databricks", since=since)
        self.calls = [call for call in logged if call["operation"] not in SIGNS_IN]
        self.signed_in = sum(call["operation"] == "GetToken" for call in logged)
        said = [] if check else [name for item in result.get("results", []) for name in item.get("writes", ())]
        assert sorted(f"databricks:{name}" for name in self.performed) == sorted(said)
        assert SECRET not in json.dumps(result)
        return result

    @property
    def performed(self) -> list[str]:
        """The writes of the last run that were performed, those without an answer as well."""
        done = ("", None, "(connection closed)")
        return [call["operation"] for call in self.calls if call["kind"] == "write" and call["error"] in done]

    def count(self, operation: str) -> int:
        return sum(call["operation"] == operation for call in self.calls)

    def one(self, check: bool = False, **options: Any) -> dict[str, Any]:
        """The result of a single item, with ``diff`` and ``warnings``."""
        result = self.run(check, diff=True, **options)
        found: dict[str, Any] = {**result["results"][0], "diff": result.get("diff")}
        return {**found, "warnings": str(result.get("warnings", ""))}

    def change(self, writes: list[str], **options: Any) -> dict[str, Any]:
        """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
        predicted, real = self.one(True, **options), self.one(**options)
        assert predicted["writes"] == real["writes"] == writes, (predicted, real)
        assert not real["failed"], (predicted, real)
        assert predicted["diff"] == real["diff"]
        for check in (True, False):
            again = self.one(check, **options)
            assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
            assert not again["failed"], again
        return real

    def refused(self, **options: Any) -> str:
        """What a single item fails with, in check mode as in earnest, without a write."""
        found = [self.one(check, **options) for check in (True, False)]
        assert all(result["failed"] for result in found), found
        assert found[0]["msg"] == found[1]["msg"]
        assert [result["writes"] for result in found] == [[], []]
        return str(found[1]["msg"])

    def endpoint(self, use: str = "workspace", region: str = REGION) -> str:
        """An endpoint in AWS to one of Databricks' services; the answer is AWS's id."""
        ec2 = self.sandbox.boto(self.aws_account, "ec2", region)
        self.numbers += 1
        vpc_id = ec2.create_vpc(CidrBlock=f"10.{self.numbers}.0.0/16")["Vpc"]["VpcId"]
        service = service_name(region, getattr(SHARDS["commercial"].regions[region], use))
        made = ec2.create_vpc_endpoint(
            VpcEndpointType="Interface", VpcId=vpc_id, ServiceName=service, PrivateDnsEnabled=False
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def registered(self, number: int, use: str = "workspace", region: str = REGION, **fields: Any) -> dict[str, Any]:
        """A registration as the API shows it, for a seed."""
        return {
            "vpc_endpoint_id": uid(number),
            "vpc_endpoint_name": f"endpoint-{number}",
            "aws_vpc_endpoint_id": f"vpce-{number:017x}",
            "aws_account_id": self.aws_account,
            "region": region,
            "use_case": USE_CASES[use],
            "state": "available",
            **fields,
        }

    def waits(self, line: str) -> None:
        """A module tells that it waits: now something may happen."""
        happens, self.meanwhile = self.meanwhile, lambda: None
        happens()
