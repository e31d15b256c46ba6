# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module does, says and calls the same in a fork of Ansible's worker and in a Python of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.client import ROOT, RunningSandbox
from tests.tools import playbook
from tests.tools.playbook import Run

HERE = Path(__file__).parent
SECRET = "the-secret-of-a-task-0123456789"
PASSWORD = "the-password-of-a-vault"
OF_THE_RUN = re.compile(r"70000000000\d|\b[0-9a-f]{16,17}\b|\bj?\d{6,}\.\d+\b")  # ids of accounts, resources and jobs


@dataclass
class Way:
    """What a run of all tasks said, shown in one of the two ways."""

    run: Run
    folder: Path

    @property
    def results(self) -> dict[str, Any]:
        """What each task came to, without what differs between any two runs."""
        return {task["task"]["name"]: cleaned(task["hosts"]["here"], self.folder) for task in self.run.tasks}

    @property
    def calls(self) -> list[tuple[str, str, str]]:
        return [(call["region"], call["operation"], call["kind"]) for call in self.run.calls]

    @property
    def forked(self) -> list[str]:
        """The modules that ran in a fork, in their order."""
        return re.findall(r"^<\S+> FORK (\w+)", self.run.output, re.M)


def cleaned(value: Any, folder: Path) -> Any:
    """A result without times, ids, places of a traceback and the name of the run's folder."""
    if isinstance(value, dict):
        passing = ("start", "end", "delta", "ansible_job_id", "results_file", "timedout", "attempts", "_ansible_no_log")
        return {key: cleaned(member, folder) for key, member in value.items() if key not in passing}
    if isinstance(value, list):
        return [cleaned(member, folder) for member in value]
    if not isinstance(value, str):
        return value
    if "Traceback (most recent call last)" in value:
        value = value.strip().splitlines()[-1]
    value = re.sub(r'File "[^"]*/ansible', 'File "ansible', value)  # it is in a zip file, or where it is installed
    return OF_THE_RUN.sub("ID", value.replace(str(folder), "FOLDER"))


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the collection that holds one module more, in a folder for ANSIBLE_COLLECTIONS_PATH."""
    tree = tmp_path_factory.mktemp("tree")
    copy = tree / "ansible_collections" / "saas" / "privatelink"
    for name in ("plugins", "meta"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "galaxy.yml", copy)
    shutil.copy(HERE / "odd.py", copy / "plugins" / "modules")
    shutil.copy(ROOT / "plugins" / "action" / "preflight.py", copy / "plugins" / "action" / "odd.py")
    return tree


def vaulted() -> Any:
    """A secret text as ``ansible-vault encrypt_string`` writes it."""
    tool = str(Path(sys.executable).with_name("ansible-vault"))
    command = [tool, "encrypt_string", "--vault-password-file", "/dev/stdin", "vaulted text"]
    done = subprocess.run(command, input=PASSWORD, capture_output=True, text=True, check=True)
    return done.stdout.partition("|")[2]


def played(sandbox: RunningSandbox, account: str, collection: Path, folder: Path, **environment: str) -> Way:
    """All tasks, in an account and a folder of their own."""
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    ec2 = sandbox.boto(account, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    variables = {"folder": str(folder), "subnet": subnet, "secret": SECRET, "ansible_async_dir": f"{folder}/jobs"}
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    other = {**local, "ansible_python_interpreter": f"{folder}/python"}
    hosts = {"here": variables, "neighbour": local, "stranger": other}
    template = f"!unsafe \"{{{{ lookup('ansible.builtin.pipe', 'touch {folder}/ran') }}}}\""
    text = yaml.safe_dump({"all": {"hosts": hosts}})
    (folder / "hosts.yml").write_text(text, encoding="utf-8")
    (folder / "vars.yml").write_text(f"template: {template}\nvaulted: !vault |{vaulted()}\n", encoding="utf-8")
    shutil.copy(HERE / "tasks.yml", folder)
    argv = ["ansible-playbook", str(folder / "tasks.yml"), "-i", str(folder / "hosts.yml"), "-vvv"]
    argv += ["-e", f"@{folder}/vars.yml", "--vault-password-file", str(folder / "password")]
    ours = {"ANSIBLE_COLLECTIONS_PATH": str(collection), "ANSIBLE_LOG_PATH": str(folder / "log")}
    run = playbook.run(sandbox, argv, playbook.environment(sandbox, account) | ours | environment)
    return Way(run, folder)


@pytest.fixture(scope="module")
def ways(sandbox: RunningSandbox, collection: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Way, Way]:
    """All tasks in forks, where that may be, and all in Pythons of their own."""
    base = tmp_path_factory.mktemp("ways")
    forked = played(sandbox, "700000000001", collection, base / "forked")
    return forked, played(sandbox, "700000000002", collection, base / "own", SAAS_PRIVATELINK_IN_FORK="0")


def names() -> list[str]:
    plays = yaml.load((HERE / "tasks.yml").read_text(encoding="utf-8"), Loader=Loose)
    return [task["name"] for play in plays for task in play["tasks"]]


class Loose(yaml.SafeLoader):
    """Reads Ansible's own tags as text."""


Loose.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


@pytest.mark.parametrize("name", names())
def test_a_task_comes_to_the_same(ways: tuple[Way, Way], name: str) -> None:
    forked, own = (way.results[name] for way in ways)
    if name == "Be killed":
        assert forked["failed"]
        assert own["failed"]
        assert "ended by SIGKILL" in forked["msg"]
        return
    assert forked == own


def test_all_of_them_ran_and_called_the_same_in_the_same_order(ways: tuple[Way, Way]) -> None:
    forked, own = ways
    assert forked.run.status == own.run.status == 0, forked.run.output[-3000:]
    assert list(forked.results) == list(own.results) == names()
    assert forked.calls == own.calls
    assert {"CreateLoadBalancer", "CreateTags"} & {call[1] for call in own.calls}
    assert cleaned(forked.run.errors, forked.folder) == cleaned(own.run.errors, own.folder)


def test_no_result_holds_a_secret_or_was_taken_for_a_template(ways: tuple[Way, Way]) -> None:
    for way in ways:
        assert SECRET not in way.run.output + way.run.errors
        assert playbook.SECRET not in way.run.output
        assert "lookup(" in str(way.results["Use it"])
        assert "lookup(" in str(way.results["Use that, too"])
        assert not (way.folder / "ran").exists()


def test_what_may_not_be_forked_is_not(ways: tuple[Way, Way]) -> None:
    forked, own = ways
    assert own.forked == []
    apart = [name for name in names() if name.startswith(("Own", "Use", "See"))]
    assert len(forked.forked) == len(names()) - len(apart) + 3  # a loop of two, and a task that is done three times


def test_live_lines_come_either_way(ways: tuple[Way, Way]) -> None:
    for way in ways:
        assert re.findall(r"^ +\.\.\. (.*)$", way.run.output, re.M) == ["here: look 0", "here: look 1", "here: look 2"]


def test_a_task_that_took_too_long_leaves_no_process(ways: tuple[Way, Way]) -> None:
    pid = int((ways[0].folder / "pid").read_text(encoding="utf-8"))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
