# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action that says where links stand and writes their sheets."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.action import hand_off
from ansible_collections.saas.privatelink.plugins.lookup.beside_inventory import beside

REPORT = [
    {"line": "fivetran orders: connected", "status": "connected"},
    {"line": "fivetran crm: failed: no subnet", "status": "failed"},
]


def act(check_mode: bool = False, host: str = "", **options: Any) -> dict[str, Any]:
    args = {"report": REPORT, "on_link_failure": "report", **options}
    task = SimpleNamespace(args=args, check_mode=check_mode, diff=True, async_val=0, action="hand_off")
    nothing: Any = None
    connection: Any = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    return hand_off.ActionModule(task, connection, nothing, nothing, nothing, nothing).run(
        task_vars={"inventory_hostname": host} if host else {}
    )


def test_a_file_is_written_where_it_does_not_say_so_yet(tmp_path: Path) -> None:
    sheet = tmp_path / "us" / "fivetran.md"
    planned = act(check_mode=True, files={str(sheet): "new\n"})
    assert (planned["changed"], sheet.exists()) == (True, False)
    written = act(files={str(sheet): "new\n"})
    assert written["files"] == [str(sheet)]
    assert written["diff"] == planned["diff"]
    assert (sheet.read_text(), sheet.stat().st_mode & 0o777) == ("new\n", 0o644)
    assert [path.name for path in sheet.parent.iterdir()] == ["fivetran.md"]
    again = act(files={str(sheet): "new\n"})
    assert (again["changed"], again["files"], "diff" in again) == (False, [], False)


def test_names_become_files_below_the_directory(tmp_path: Path) -> None:
    files = {"fivetran.md": "1", "Fivetran.md": "2", "../other.md": "3", "a/b": "4", str(tmp_path / "x.md"): "5"}
    written = act(directory=str(tmp_path / "sheets"), folder="../prod\n", files=files)["files"]
    (folder,) = {Path(path).parent for path in written[:-1]}
    assert folder.parent == tmp_path / "sheets"
    assert folder.name.startswith("_prod_-")
    assert written[-1] == str(tmp_path / "x.md")
    names = [path.name.lower() for path in folder.iterdir()]
    assert len(set(names)) == 4
    assert sum(name.endswith(".md") for name in names) == 3
    (plain,) = act(directory=str(tmp_path), folder="prod_eu", files={"fivetran.md": "1"})["files"]
    assert plain == str(tmp_path / "prod_eu" / "fivetran.md")


def test_a_failed_link_fails_unless_it_is_to_be_reported() -> None:
    reported = act()
    assert not reported["failed"]
    assert reported["msg"] == reported["lines"] == [entry["line"] for entry in REPORT]
    failing = act(on_link_failure="fail")
    assert failing["failed"]
    assert failing["msg"] == "fivetran crm: failed: no subnet"
    assert failing["lines"] == reported["lines"]


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(hand_off.display, "warning", said.append)
    return said


def entry(name: str = "orders", status: str = "waiting on vendor", **more: Any) -> dict[str, Any]:
    said = {"name": name, "pattern": "nlb_service", "status": status, "next_action": "tell Acme", "connected": []}
    return {**said, "line": f"acme {name}: {status}", "service_name": "com.amazonaws.vpce.x.vpce-svc-1", **more}


WORDS = {
    "title": "Acme",
    "patterns": {"nlb_service": {"to": "Acme", "says": "Connect.", "values": {"Service": "{service_name}"}}},
}


def hand(tmp_path: Path, *entries: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Sheets of a vendor's links at the host ``us``."""
    words = {"vendor": "acme", "sheet": WORDS, "directory": str(tmp_path), "folder": "us", "host": "us"}
    return act(report=list(entries), **{**words, **options})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_link_has_a_sheet_which_is_said_when_it_is_new(tmp_path: Path) -> None:
    first = hand(tmp_path, entry(), entry("crm", endpoints=[{**dict.fromkeys(ENDPOINT, "x")}]))
    assert names(tmp_path / "us") == ["acme-crm.json", "acme-crm.md", "acme-orders.md"]
    sent = ["To: Acme", "Connect.", "Service: com.amazonaws.vpce.x.vpce-svc-1"]
    assert first["send"] == {"orders": sent, "crm": sent}
    again = hand(tmp_path, entry(), entry("crm"))
    assert (again["changed"], again["send"]) == (True, {"crm": sent})  # it shows no endpoints any more
    assert "acme-crm.json" in names(tmp_path / "us")
    same = hand(tmp_path, entry(), entry("crm"))
    assert (same["changed"], same["send"], same["files"], same["removed"]) == (False, {}, [], [])
    assert same["lines"] == ["acme orders: waiting on vendor", "acme crm: waiting on vendor"]


ENDPOINT = ("type", "dns_name", "private_dns_name", "port", "database_id")


def test_a_link_that_leaves_takes_its_sheet_and_nothing_else(tmp_path: Path, warnings: list[str]) -> None:
    hand(tmp_path, entry(), entry("crm", endpoints=[{**dict.fromkeys(ENDPOINT, "x")}]))
    others = {"notes.md": "mine", "acme.md": "older", "acme-sales.md": "by hand", "acme-sales.json": "{}"}
    for name, text in others.items():
        (tmp_path / "us" / name).write_text(text)
    left = (entry("crm", "absent"), entry("sales", "absent"), entry("gone", "absent"))
    planned = hand(tmp_path, *left, check_mode=True)
    assert [Path(path).name for path in planned["removed"]] == ["acme-crm.md", "acme-crm.json"]
    assert planned["diff"][0]["after"] == ""
    assert "acme-crm.md" in names(tmp_path / "us")
    assert hand(tmp_path, *left)["removed"] == planned["removed"]
    assert names(tmp_path / "us") == sorted([*others, "acme-orders.md"])
    assert {name: (tmp_path / "us" / name).read_text() for name in others} == others
    assert hand(tmp_path, entry("sales"))["changed"] is False
    assert "acme-sales.md is not ours" in warnings[0]
    hand(tmp_path / "other", entry())
    hand(tmp_path / "other", entry(status="absent"))
    assert names(tmp_path / "other") == []


def test_a_planned_link_changes_no_sheet(tmp_path: Path) -> None:
    hand(tmp_path, entry())
    assert hand(tmp_path, entry(status="planned"), check_mode=True)["changed"] is False


def test_names_that_differ_in_case_alone_keep_their_files_apart_in_every_run(tmp_path: Path) -> None:
    hand(tmp_path, entry("Orders"))
    hand(tmp_path, entry("orders"))
    together = names(tmp_path / "us")
    hand(tmp_path, entry("Orders"), entry("orders"), entry("../x|y"))
    assert len({name.lower() for name in together}) == 2
    assert set(together) < set(names(tmp_path / "us"))
    assert len(names(tmp_path / "us")) == 3


def test_a_folder_that_cannot_be_written_is_one_warning(tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "file").touch()
    entries = [entry(f"link{number}") for number in range(5)]
    result = hand(tmp_path / "file", *entries)
    assert (result["failed"], result["changed"], len(result["lines"])) == (False, False, 5)
    assert len(warnings) == 1
    assert "and 2 more could not be written" in warnings[0]
    assert list(result["send"]) == [entry["name"] for entry in entries]  # nothing of it is lost


def test_words_that_make_no_sheet_are_a_warning(tmp_path: Path, warnings: list[str]) -> None:
    result = hand(tmp_path, entry(), sheet={"title": "Acme", "says": "x"}, files={"own.md": None})
    assert result["lines"] == ["acme orders: waiting on vendor"]
    assert "The sheet of Acme: unknown says. Known: about, known, patterns, source, title." in warnings[0]
    assert names(tmp_path) == []


def test_by_default_files_lie_beside_the_inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nested = tmp_path / "inventory" / "prod"
    nested.mkdir(parents=True)
    for place in (tmp_path, nested.parent, nested):
        (place / "hosts.yml").touch()
    monkeypatch.chdir(tmp_path)
    assert [beside(said, ["host,"]) for said in (None, "host,", "None")] == [str(tmp_path)] * 3
    assert beside(str(tmp_path / "hosts.yml"), [str(tmp_path / "hosts.yml")]) == str(tmp_path)
    assert beside(str(nested.parent / "hosts.yml"), ["inventory"]) == str(tmp_path)
    assert beside(str(nested / "hosts.yml"), ["inventory/prod", "inventory", "elsewhere"]) == str(tmp_path)
    assert beside(str(nested / "hosts.yml"), ["inventory/prod/hosts.yml"]) == str(nested)
