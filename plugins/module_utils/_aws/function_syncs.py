# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IP sync by the deployed function: it is asked to run, or to say what it would do, and its answer is the result.

This module util is PRIVATE to the collection.

One resolver's view decides then, whoever asks: the function's. All items cost one invocation.

Source: AWS Lambda API Reference, Invoke (read 2026-11).
"""

from __future__ import annotations

import json
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_ip_sync import FIRST_LOOK, LONGEST_PAUSE, Sync
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Options, Result

MISSING = "ResourceNotFoundException"
TOLD = (
    "target_group_arn",
    "target_group_name",
    "port",
    "endpoint",
    "desired",
    "targets",
    "registered",
    "drained",
    "state",
    "reason",
    "ttl",
    "healthy",
)

Report = t.Mapping[str, t.Any]


class FunctionSyncs:
    """Lets a function bring target groups in line, with one wait for all."""

    def __init__(self, api: Api, options: Options, function: str) -> None:
        self.api, self.options, self.function = api, options, function

    def converge(self, items: t.Sequence[Sync]) -> list[Result]:
        """What became of each item, in the order given."""
        results = {item.name: Result(item.name) for item in items}
        try:
            reports = self.ask(items)
        except ItemError as error:  # concerns all
            return [Result(item.name, failed=True, msg=str(error)) for item in items]
        for item in items:
            self.note(results[item.name], item, reports.get(item.name))
        if self.options.wait and not self.options.check_mode:
            self.wait(items, results, reports)
        return list(results.values())

    def ask(self, items: t.Sequence[Sync]) -> dict[str, Report]:
        """One invocation for these items; reports by name. There is none for those that are not deployed, or not so.

        Raises ItemError where the function cannot be invoked or fails as a whole. In check mode it need not exist yet.
        """
        if not items:
            return {}
        syncs = [{"name": item.name, "endpoint": item.endpoint, "target_group": item.target_group} for item in items]
        payload = json.dumps({"check" if self.options.check_mode else "report": True, "syncs": syncs}).encode()
        try:
            answer = self.api.call("lambda:InvokeFunction", self.function, FunctionName=self.function, Payload=payload)
        except CallError as error:
            if error.code == MISSING and self.options.check_mode:
                return {}
            raise
        told = json.loads(answer["Payload"].read() or b"{}")
        if answer.get("FunctionError"):
            raise ItemError(f"Function {self.function} failed: {told.get('errorMessage', told)}.")
        return {report["name"]: report for report in told["results"]}

    def note(self, result: Result, item: Sync, report: Report | None) -> None:
        """Put a report into the item's result. More than one adds up."""
        if report is None and self.options.check_mode:
            result.waiting = f"function {self.function} to be deployed"
            result.resource = {"endpoint": item.endpoint, "target_group_name": item.target_group}
            return
        if report is None:
            wanted = f"{item.endpoint} into {item.target_group} as {item.name}"
            result.fail(ItemError(f"Function {self.function} does not sync {wanted}: deploy it by ip_sync_lambda."))
            return
        before = result.resource
        moved = {key: sorted({*before.get(key, ()), *report.get(key, ())}) for key in ("registered", "drained")}
        result.resource = {**{key: report[key] for key in TOLD if key in report}, **moved}
        result.writes = result.writes + list(report["writes"])
        result.before = result.before or {"targets": report.get("before", [])}
        result.after = {"targets": report.get("after", [])}
        result.warnings += [f"{item.name}: {line}" for line in report["warnings"]]
        result.waiting = report["waiting"]
        if report["failed"]:
            result.fail(ItemError(report["msg"]))

    def wait(self, items: t.Sequence[Sync], results: t.Mapping[str, Result], reports: t.Mapping[str, Report]) -> None:
        """Ask again about the syncs whose wanted targets are still coming up, less and less often."""
        clock, pause = self.options.clock, FIRST_LOOK
        started = clock.now()
        while True:
            settling = {name for name, report in reports.items() if report.get("settling") and not results[name].failed}
            pending = [item for item in items if item.name in settling]
            left = self.options.wait_timeout - (clock.now() - started)
            if not pending or left <= 0:
                return
            for item in pending:
                self.options.progress(f"{item.name}: waiting for {results[item.name].waiting}")
            clock.sleep(min(pause, left))
            pause = min(LONGEST_PAUSE, pause * 2)
            reports = self.ask(pending)
            for item in pending:
                self.note(results[item.name], item, reports.get(item.name))
