# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever text a user gives: it is refused, or stays one word of the configuration in the place it is meant for."""

from __future__ import annotations

import itertools
import subprocess
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.plugin_utils._forwarder import Database, Settings, checked
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from tests.tools import system

ROLE = Path(__file__).parents[3] / "roles" / "port_forwarder"
TEMPLATES = Environment(loader=FileSystemLoader(ROLE / "templates"), trim_blocks=True)  # as Ansible reads them
PLACES = ("config", "lua", "unit", "runtime", "state")
DATABASE: dict[str, Any] = {"name": "orders", "endpoint": "orders.example", "port": 5432, "engine": "mysql"}
DATABASE |= {"listen": 13306, "check_user": "haproxy", "endpoint_kind": "reader", "max_addresses": 4}
SETTINGS: dict[str, Any] = {"dns_hold": "1h", "idle_timeout": "24h", "health_port": 801, "max_connections": 10000}
SETTINGS |= {"nameservers": ["10.0.0.2"], "root": ""}

SPECIAL = set("#{}%'\"\\$,")

# Text as it comes from inventories, and what each reader of a configuration takes for more than text.
hostile = st.sampled_from(
    ["\n", "\r", "\t", " ", "#", "{", "}", "%", "'", '"', "\\", "$", ":", ",", "\0", "\u2028", "\u0665"]
)
plain = st.text("abcXYZ019._-/", min_size=1, max_size=12)
texts = st.one_of(plain, st.text(max_size=12), st.lists(plain | hostile, max_size=4).map("".join))
values = st.one_of(texts, st.integers(-1, 70000), st.integers(-1, 70000).map(str), st.none(), st.booleans())


def rendered(databases: list[Database], told: Settings) -> list[list[str]]:
    """The words of each line of all files that values go into, as HAProxy and systemd separate them."""
    facts: dict[str, Any] = {"__port_forwarder_settings": asdict(told)}
    facts["__port_forwarder_databases"] = list(map(asdict, databases))
    files = [TEMPLATES.get_template(f"{name}.j2") for name in ("haproxy.cfg", "unit.conf", "follow.lua")]
    facts["__port_forwarder_paths"] = {name: f"{told.root}/{name}" for name in PLACES}
    text = "\n".join(file.render(facts) for file in files)
    return [line.split() for line in text.split("\n")]


def differing(first: list[list[str]], second: list[list[str]]) -> set[tuple[str, str]]:
    """The words that differ; both must have as many lines, and each line as many words."""
    assert [len(line) for line in first] == [len(line) for line in second]
    words = zip(itertools.chain(*first), itertools.chain(*second), strict=True)
    return {pair for pair in words if pair[0] != pair[1]}


def accepted(make: Any, options: Any) -> Any:
    try:
        return make(options)
    except ValueError:
        return None


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(["name", "endpoint", "port", "listen", "engine", "check_user", "max_addresses"]), values)
@example("check_user", "health check")
@example("check_user", "haproxy\n    server other 192.0.2.1:5432")
@example("endpoint", "orders.example\n")
@example("listen", "5432\n")
@example("port", "\u0665\u0664")
@example("max_addresses", "4 check")
def test_a_value_of_a_database_is_one_word_or_refused(option: str, value: Any) -> None:
    database = accepted(Database.of, {**DATABASE, option: value})
    if database is None:
        return
    usual = Database.of(DATABASE)
    told = Settings.of(SETTINGS)
    if option in ("engine", "check_user"):  # without either there is no line of it
        database = replace(database, engine="mysql", check_user=database.check_user or "haproxy")
    for seen, usually in differing(rendered([database], told), rendered([usual], told)):
        assert str(getattr(database, option)) in seen
        assert seen.isascii()
        assert not (set(seen) - set(usually)) & SPECIAL


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(SETTINGS)), values)
@example("dns_hold", "1h\n    hold valid 1d")
@example("max_connections", "10000\n")
@example("idle_timeout", "1 h")
@example("root", "/etc\nExecStartPre=/bin/sh")
def test_a_setting_is_one_word_or_refused(option: str, value: Any) -> None:
    given_value = [value] if option == "nameservers" else value
    told = accepted(Settings.of, {**SETTINGS, option: given_value})
    if told is None:
        return
    databases = [Database.of(DATABASE)]
    for seen, usually in differing(rendered(databases, told), rendered(databases, Settings.of(SETTINGS))):
        assert seen.isascii()
        assert not (set(seen) - set(usually)) & SPECIAL


times = st.builds("{}{}".format, st.sampled_from([1, 24, 25, 999, 2147483647]), st.sampled_from(["", "s", "h", "d"]))
names = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
hosts = st.lists(st.from_regex(r"[a-z0-9_]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True), min_size=1, max_size=4)
ports = st.integers(1, 65535)
databases = st.lists(
    st.fixed_dictionaries(
        {"name": names | texts, "endpoint": hosts.map(".".join) | texts, "port": ports, "listen": ports},
        optional={"check_user": names | texts, "engine": st.sampled_from(["mysql", "mariadb", "postgresql"])},
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(databases, st.lists(st.ip_addresses().map(str), min_size=1, max_size=3), times)
def test_haproxy_takes_what_the_checks_let_through(wanted: list[dict[str, Any]], servers: list[str], hold: str) -> None:
    system.need("forwarder")
    found = accepted(checked, [options for options in wanted if accepted(Database.of, options)])
    told = accepted(Settings.of, {**SETTINGS, "nameservers": servers, "dns_hold": hold, "idle_timeout": hold})
    if not found or not told:
        return
    facts = {"__port_forwarder_databases": list(map(asdict, found)), "__port_forwarder_settings": asdict(told)}
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: f"{folder}/{name}" for name in PLACES}
        for name, place in (("follow.lua", "lua"), ("haproxy.cfg", "config")):
            text = TEMPLATES.get_template(f"{name}.j2").render({**facts, "__port_forwarder_paths": paths})
            Path(paths[place]).write_text(text.replace("last,libc,none", "last,none") + "\n")  # names are not looked up
        command = [str(system.find("haproxy")), "-c", "-q", "-f", paths["config"]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("option", sorted(SETTINGS))
def test_what_is_not_set_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=option):
        Settings.of({**SETTINGS, option: None})
