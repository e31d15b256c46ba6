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

REPORT = [
    {"line": "fivetran orders: connected", "status": "connected"},
    {"line": "fivetran crm: failed: no subnet", "status": "failed"},
]


def act(check_mode: bool = False, **options: Any) -> dict[str, Any]:
    args = {"report": REPORT, "on_link_failure": "report", **options}
    task = SimpleNamespace(args=args, check_mode=check_mode, diff=True, async_val=0, action="hand_off")
    nothing: Any = None
    connection: Any = SimpleNamespace(_shell=SimpleNamespace(tmpdir=None))
    return hand_off.ActionModule(task, connection, nothing, nothing, nothing, nothing).run(task_vars={})


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


def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(hand_off.display, "warning", warnings.append)
    (tmp_path / "file").touch()
    result = act(files={str(tmp_path / "file" / "sheet.md"): "new"})
    assert (result["failed"], result["changed"]) == (False, False)
    assert "could not be written" in warnings[0]
