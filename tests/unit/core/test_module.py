# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module with items does: one or many, results, failures, diff, secrets, progress. The kind is made up."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import _internal
from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.module import ItemsModule
from ansible_collections.saas.privatelink.plugins.module_utils._core import items as _items
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Options, Plan
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import PROGRESS

SECRET, TOKEN = "hush-hush-hush", "psst-psst-psst"
ACCESS = {"region": "us-east-1", "access_key": "111111111111", "secret_key": SECRET, "session_token": TOKEN}
NO_KEYS = dict.fromkeys(["access_key", "secret_key", "session_token"])


@dataclass(frozen=True)
class Want:
    name: str
    size: int = 1
    color: str | None = None

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ItemError("no thing is that small")


class Things:
    """Things that exist already grow by one change; the one named "moving" never arrives, "broken" fails."""

    def read(self, items: Any, made: Any) -> dict[str, Any]:
        return {item.name: made[item.name].changes for item in items}

    def plan(self, item: Want, done: Any) -> Plan:
        if item.name == "broken":
            raise ItemError("it is broken")
        if item.name == "moving":
            return Plan(waiting="the moon to rise")
        after = {"size": item.size}
        before = after if done or item.size == 1 else {"size": 1}
        changes = [] if before == after else [Change("thing:Grow", {"Size": item.size}, "grow")]
        warnings = ["that is a lot"] if item.size > 100 else []
        return Plan(changes, before, after, result={"id": f"id-{item.name}", "name": "never shown"}, warnings=warnings)


def run(monkeypatch: pytest.MonkeyPatch, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """What a module of things prints for these options."""
    calls: list[Change] = []

    def apply(self: Api, change: Change) -> dict[str, Any]:
        calls.append(change)
        return {}

    monkeypatch.setattr(Api, "apply", apply)
    warnings._global_warnings.clear()  # a real module is a process of its own
    monkeypatch.setattr(_internal, "is_controller", False)  # and not the controller's
    special = {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    printed = io.StringIO()
    with (
        patch_module_args({**ACCESS, **options, **special}),
        contextlib.redirect_stdout(printed),
        contextlib.suppress(SystemExit),
    ):
        module = ItemsModule("things", Want)
        module.converge(Things(), module.api(), poll=0.01)
    text = printed.getvalue()
    assert SECRET not in text
    assert TOKEN not in text
    result: dict[str, Any] = json.loads(text)
    assert len(calls) == (0 if check else sum(len(item["writes"]) for item in result.get("results", [])))
    return result


def test_one(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, name="a", size=2)
    assert result["changed"]
    assert result["failed_items"] == []
    assert "diff" not in result
    assert result["results"] == [
        {
            "id": "id-a",
            "name": "a",
            "changed": True,
            "failed": False,
            "msg": "",
            "waiting": "",
            "unshown": [],
            "writes": ["thing:Grow"],
        }
    ]


def test_many_in_the_order_given(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["d", "broken", "a", "small", "c", "b"]
    things = [{"name": name, "size": -1 if name == "small" else 2} for name in names]
    result = run(monkeypatch, things=things)
    assert [item["name"] for item in result["results"]] == names
    assert result["failed_items"] == ["broken", "small"]
    assert result["failed"]
    assert result["changed"]
    assert result["msg"] == "broken: it is broken; small: no thing is that small"


def test_none(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, things=[])
    assert result == {**result, "changed": False, "results": [], "failed_items": []}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"things": [{"name": "a"}], "name": "b"}, "either things or the options of one item, not both: name"),
        ({"things": [], "size": 2, "color": "red"}, "not both: size, color"),
        ({"things": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}, "have the same name: a"),
        ({"things": [{"name": "a"}, {"size": 2}]}, "needs a name"),
        ({"things": [{"name": ""}]}, "needs a name"),
        ({}, "needs a name"),
        ({"name": "a", **NO_KEYS, "profile": "nobody-has-this"}, "nobody-has-this"),
        ({"name": "a", "aws_config": {"no_such": 1}}, "no_such"),
    ],
)
def test_what_cannot_be_told_apart_or_used_fails_the_module(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], says: str
) -> None:
    result = run(monkeypatch, **options)
    assert result["failed"]
    assert says in result["msg"]
    assert "results" not in result


def test_no_region(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    result = run(monkeypatch, name="a", region=None)
    assert result["failed"]
    assert "No region" in result["msg"]


def test_failures_may_be_reported_only(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, things=[{"name": "broken"}, {"name": "a"}], on_item_failure="report")
    assert not result.get("failed")
    assert result["failed_items"] == ["broken"]
    assert result["results"][0]["failed"]
    assert result["results"][0]["msg"] == "it is broken"


@pytest.mark.parametrize("check", [True, False])
def test_diff_of_what_changes_and_only_if_asked(monkeypatch: pytest.MonkeyPatch, check: bool) -> None:
    things = [{"name": "a", "size": 2}, {"name": "b"}, {"name": "broken"}]
    assert "diff" not in run(monkeypatch, check=check, things=things)
    assert run(monkeypatch, check=check, diff=True, things=things)["diff"] == [
        {"before_header": "a", "after_header": "a", "before": {"size": 1}, "after": {"size": 2}}
    ]


def test_check_mode_tells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    things = [{"name": "a", "size": 2}, {"name": "b"}, {"name": "broken"}]
    checked, real = run(monkeypatch, check=True, things=things), run(monkeypatch, things=things)
    assert checked == {**real, "check_mode": True}


def test_warnings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "that is a lot" in str(run(monkeypatch, name="a", size=101)["warnings"])


def test_a_wait_ends_and_its_progress_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = tmp_path / "progress"
    monkeypatch.setenv(PROGRESS, str(lines))
    result = run(monkeypatch, things=[{"name": "moving"}, {"name": "a"}], wait_timeout=1)
    assert not result.get("failed")
    assert result["results"][0]["waiting"] == "the moon to rise"
    told = lines.read_text(encoding="utf-8").splitlines()
    assert told[0] == "moving: waiting for the moon to rise (0s, gives up after 1s)"
    assert len(told) > 5
    monkeypatch.delenv(PROGRESS)
    run(monkeypatch, name="moving", wait_timeout=0)
    assert len(lines.read_text(encoding="utf-8").splitlines()) == len(told)


def test_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    assert run(monkeypatch, name="moving", wait=False)["results"][0]["waiting"] == "the moon to rise"
    assert not slept


def test_options_reach_the_run_and_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Options] = []
    apis: list[Api] = []

    def spy(kind: Any, wanted: Any, call: Any, options: Options) -> list[Any]:
        seen.append(options)
        apis.append(call.__self__)
        return []

    monkeypatch.setattr(_items, "converge", spy)
    run(monkeypatch, name="a", wait=False, wait_timeout=7, api_rate=0.5, check=True, endpoint_url="http://127.0.0.1:1")
    assert (seen[0].check_mode, seen[0].wait, seen[0].wait_timeout, seen[0].poll) == (True, False, 7, 0.01)
    assert apis[0]._pacer.rate == 0.5
    assert apis[0].region == "us-east-1"
    assert apis[0].client("ec2").meta.endpoint_url == "http://127.0.0.1:1"
