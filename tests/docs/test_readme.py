# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README's own words, run: its inventory, its playbook, its commands, and the demo whose output it shows."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.sandbox.client import ROOT, RunningSandbox
from tests.tools.versions import CORES

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.M | re.S)
DEMO = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
NAMED = {name: text for kind, text in BLOCKS for name in re.findall(r"^# (\S+\.yml)\n", text)}
CONSOLE = "\n".join(re.findall(r"^ *```console\n(.*?)^ *```$", README, re.M | re.S))  # in lists, too
COMMANDS = [line.lstrip()[2:] for line in CONSOLE.splitlines()]
PLAYED = [command for command in COMMANDS if command.startswith("ansible-playbook")]
TARBALL = "saas-privatelink-{}.tar.gz"
CHANGING = re.compile(r"vpce(-svc)?-[0-9a-f]{17}|\(\d+ s\)|\b\d+ read")  # ids, times, how often a wait looked
SECRET = "not-a-secret-but-long-enough-to-be-told-apart"


@pytest.fixture(scope="module")
def seeded() -> Iterator[RunningSandbox]:
    """A sandbox with the example's databases."""
    sandbox = RunningSandbox("--seed", str(ROOT / "tests" / "demo" / "seed.yml"))
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's files, as a reader would write them."""
    folder = tmp_path_factory.mktemp("readme")
    for name, text in NAMED.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def ansible(sandbox: RunningSandbox, place: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run one of the README's commands in the reader's folder, against the sandbox and its name server.

    The interpreter is not told, and everything in the inventory must be one.
    """
    server = [f"127.0.0.1:{sandbox.health()['dns_port']}"]
    resolver = {f"{role}_nameservers": server for role in ("fivetran", "segment", "nlb_service")}
    environment = {
        **os.environ,
        **sandbox.environment("999999999999"),
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ANSIBLE_HOME": str(place / ".ansible"),
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
    }
    words = [*shlex.split(command), "-e", json.dumps(resolver)]
    return subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, check=False)


def test_the_readme_has_the_files_and_commands_that_these_tests_run() -> None:
    hosts = {"inventory/hosts.yml", "inventory/host_vars/prod_us_east_1.yml", "servers.yml"}
    assert set(NAMED) == {"requirements.yml", *hosts, "playbook.yml"}
    assert len(PLAYED) == 4
    assert {"make demo", "make sandbox", "make test"} <= set(COMMANDS)


def test_what_it_requires_is_what_the_collection_is(place: Path) -> None:
    """The versions of requirements.yml, of the tarball and of the table."""
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    required = {item["name"]: item["version"] for item in yaml.safe_load(NAMED["requirements.yml"])["collections"]}
    assert required == {"saas.privatelink": f">={galaxy['version']}", **galaxy["dependencies"]}
    tarball = TARBALL.format(galaxy["version"])
    assert {"make setup && . .venv/bin/activate", f"ansible-galaxy collection install {tarball} --force"} <= {*COMMANDS}
    assert f"| ansible-core | {min(CORES)} to {max(CORES)} | {', '.join(c.version for c in CORES.values())} |" in README
    # What is required is installed here, so that the command asks no server.
    done = subprocess.run(
        ["ansible-galaxy", "collection", "install", "-r", "requirements.yml", "--offline"],
        cwd=place,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_ansible_commands_run_in_the_order_given(seeded: RunningSandbox, place: Path) -> None:
    writes = []
    for command in PLAYED:
        before = seeded.last_call()
        done = ansible(seeded, place, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        writes.append([call["operation"] for call in seeded.writes(since=before) if call["service"] != "sts"])
    plan, build, status, teardown = writes
    assert plan == []
    assert status == []
    assert "CreateVpcEndpointServiceConfiguration" in build
    assert "AuthorizeEndpointAccess" in build
    assert "DeleteLoadBalancer" in teardown
    assert "RevokeEndpointAccess" not in teardown
    sheets = place / "hand-off" / "prod_us_east_1"  # beside the folder that is the inventory
    assert [path.name for path in sheets.iterdir()] == ["segment-warehouse.md"]  # the other one went with its link
    assert "Contact: Data platform, data@example.com" in (sheets / "segment-warehouse.md").read_text(encoding="utf-8")


def test_its_playbook_runs(seeded: RunningSandbox, place: Path) -> None:
    assert yaml.safe_load(NAMED["playbook.yml"])[0]["tasks"]
    done = ansible(seeded, place, "ansible-playbook playbook.yml -i inventory")
    assert done.returncode == 0, done.stdout + done.stderr
    ec2 = seeded.boto("111111111111", "ec2")
    services = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    assert "partner-orders" in {tag["Value"] for service in services for tag in service["Tags"]}


def test_the_demo_says_what_the_guide_shows() -> None:
    (shown,) = re.findall(r"^```text\n(.*?)^```$", DEMO, re.M | re.S)
    done = subprocess.run([sys.executable, "-m", "tests.demo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert CHANGING.sub("…", done.stdout).strip() == CHANGING.sub("…", shown).strip()
