# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account of Fivetran in the sandbox, with an AWS account of the same owner, for tests of Fivetran's modules."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.client import RunningSandbox, SteppedTime

SECRET = "not-to-be-shown"
SERVICE_NAME = "com.amazonaws.vpce.us-east-1.vpce-svc-{:017x}"
UNANSWERED = "(connection closed)"


@dataclass
class Account:
    """One account; ``module`` is what ``run`` runs, ``calls`` are those of the last run.

    ``meanwhile`` happens once, when the next run first waits.
    """

    sandbox: RunningSandbox
    run_module: Callable[..., dict[str, Any]]
    aws_account: str
    time: SteppedTime
    module: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    meanwhile: Callable[[], Any] = lambda: None

    @property
    def name(self) -> str:
        return f"fivetran-of-{self.aws_account}"

    @property
    def access(self) -> dict[str, Any]:
        key = f"key-of-{self.aws_account}"
        return {"api_key": key, "api_secret": SECRET, "api_url": self.sandbox.fivetran_url}

    def seed(self, **lists: Any) -> None:
        keys = {name: self.access[name] for name in ("api_key", "api_secret")}
        self.sandbox.fivetran(self.name, **keys, **lists)

    def objects(self, kind: str) -> list[dict[str, Any]]:
        return self.sandbox.fivetran_objects(self.name)[kind]

    def run(self, check: bool = False, diff: bool = False, module: str = "", **options: Any) -> dict[str, Any]:
        """Run a module: no writes in check mode, else exactly the writes it reports; secrets stay secret."""
        since, module = self.sandbox.last_call(), module or self.module
        waits = {} if module.endswith("_info") else {"wait_timeout": 60}
        result = self.run_module(module, {**self.access, **waits, **options}, check=check, diff=diff)
        self.calls = self.sandbox.calls(service="fivetran", since=since)
        said = [] if check else [name for item in result.get("results", []) for name in item["writes"]]
        assert sorted(f"fivetran:{name}" for name in self.sent) == sorted(said)
        printed, key = json.dumps(result), self.access["api_key"]
        assert not any(text in printed for text in (SECRET, key, base64.b64encode(f"{key}:{SECRET}".encode()).decode()))
        return result

    @property
    def sent(self) -> list[str]:
        """The writes of the last run that were performed, or may have been, for there was no answer."""
        return [call["operation"] for call in self.calls if call["kind"] == "write" and self.may_be_done(call)]

    @staticmethod
    def may_be_done(call: dict[str, Any]) -> bool:
        return call["error"] in (None, UNANSWERED) or str(call["error"]).startswith("5")

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

    def waits(self, line: str) -> None:
        """A module tells that it waits: now something may happen."""
        happens, self.meanwhile = self.meanwhile, lambda: None
        happens()
