# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration is checked by HAProxy itself before any launch template holds it."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from ansible_collections.saas.privatelink.plugins.plugin_utils import _haproxy

from tests.tools import system

GOLDEN = Path(__file__).parent / "golden"
LUA = "/etc/haproxy/privatelink.lua"
FILES = {LUA: (GOLDEN / "follow.lua").read_text()}
CONFIGURATION = (GOLDEN / "haproxy.cfg").read_text()


def test_what_the_role_writes_is_taken() -> None:
    system.need("forwarder")
    assert _haproxy.unchecked(CONFIGURATION, FILES) == ""


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (("check inter 2s", "check intr 2s"), "intr"),
        (("check inter 2s", "check inter 2 s"), "unknown keyword 's'"),
        (("default_backend orders", "default_backend others"), "unable to find required default_backend: 'others'"),
        ((LUA, "/etc/haproxy/other.lua"), "other.lua"),
    ],
)
def test_a_mistake_is_an_error_with_what_haproxy_says(mistake: tuple[str, str], says: str) -> None:
    system.need("forwarder")
    with pytest.raises(ValueError, match=says):
        _haproxy.unchecked(CONFIGURATION.replace(*mistake), FILES)


def test_no_name_is_looked_up() -> None:
    """Where names mean nothing, each would cost a timeout. The template says what is left out for that."""
    assert CONFIGURATION.count("libc") == CONFIGURATION.count(_haproxy.LOOKS_UP) == 2


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (None, "haproxy is not installed here"),
        ("HAProxy version 1.8.8\\nBuilt with Lua version", "is older than 2.4 or lacks Lua"),
        ("HAProxy version 2.6.12\\nBuilt without Lua support", "is older than 2.4 or lacks Lua"),
    ],
)
def test_without_a_haproxy_that_can_it_is_said_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str | None, why: str
) -> None:
    if says:
        script = tmp_path / "haproxy"
        script.write_text(f"#!/bin/sh\nprintf '{says}'\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_haproxy, "FOLDERS", str(tmp_path))
    note = _haproxy.unchecked("no configuration", {})
    assert why in note
    assert "Install haproxy here" in note


def test_a_host_does_not_start_with_a_mistake(tmp_path: Path) -> None:
    """The unit runs the check before the service, which then never answers the load balancer."""
    system.need("forwarder")
    (check,) = [
        line.partition("=")[2]
        for line in (GOLDEN / "unit.conf").read_text().splitlines()
        if line.startswith("ExecStartPre=/")
    ]
    haproxy, *options, path = check.split()
    assert (options, path) == (["-c", "-q", "-f"], "/etc/haproxy/privatelink.cfg")
    script, configuration = tmp_path / "privatelink.lua", tmp_path / "privatelink.cfg"
    shutil.copy(GOLDEN / "follow.lua", script)
    for text, fails in ((CONFIGURATION, False), (CONFIGURATION.replace("inter 2s", "inter 2 s"), True)):
        configuration.write_text(text.replace(LUA, str(script)).replace(_haproxy.LOOKS_UP, _haproxy.DOES_NOT))
        done = subprocess.run([haproxy, *options, str(configuration)], capture_output=True, check=False)
        assert (done.returncode != 0) == fails
