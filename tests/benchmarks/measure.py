# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole programs as processes, most of them playbooks: run them in turn, and compare what they cost."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tools.place import private_environment

TIMED = Path(__file__).with_name("timed.py")
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
INTERVAL = 0.05  # seconds between two looks at the memory


class ProgramFailed(Exception):
    """A program ended with another status than 0; the message is what it printed last."""


@dataclass(frozen=True)
class Cost:
    """What one run cost: seconds, seconds of CPU of all its processes, MiB of all its processes at their peak."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Program:
    """A command, ready to run as a process whose output goes to a file. Made by a ``Workshop``."""

    command: Sequence[str]
    environment: Mapping[str, str]
    output: Path

    def run(self, interval: float = 0) -> Cost:
        """One run of it. Raises ProgramFailed."""
        timed = [sys.executable, "-I", "-S", str(TIMED), str(self.output), str(interval), *self.command]
        printed = subprocess.run(timed, env=self.environment, check=True, capture_output=True, text=True).stdout
        cost = json.loads(printed)
        if cost.pop("status"):
            raise ProgramFailed(self.output.read_text(encoding="utf-8")[-2000:])
        return Cost(**cost)

    def memory(self) -> float:
        """The most MiB that all its processes held at one time, in a run of its own: to look takes CPU."""
        return self.run(INTERVAL).memory


class Workshop:
    """Makes programs ready to run, with their files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = 0
        (folder / "ansible.cfg").touch()

    def path(self, suffix: str) -> Path:
        """A file that is not there yet."""
        self.made += 1
        return self.folder / f"{self.made}{suffix}"

    def document(self, content: Any) -> Path:
        """A file of JSON, which is YAML too."""
        path = self.path(".json")
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def program(self, command: Sequence[str], environment: Mapping[str, str]) -> Program:
        """With the caller's environment, but for its secrets."""
        return Program(command, {**private_environment(), **environment}, self.path(".log"))

    def playbook(self, tasks: Sequence[dict[str, Any]], environment: Mapping[str, str]) -> Program:
        """The whole of ``ansible-playbook`` with some tasks for this machine, and Ansible's own settings."""
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        path = self.document([{**play, "vars": {"ansible_python_interpreter": sys.executable}}])
        quiet = {"ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"), "ANSIBLE_HOME": str(self.folder / "home")}
        quiet["ANSIBLE_REMOTE_TEMP"] = str(self.folder / "remote")
        return self.program([str(PLAYBOOK), "-i", "localhost,", str(path)], {**quiet, **environment})


@contextmanager
def workshop() -> Iterator[Workshop]:
    """One whose folder goes away at the end."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        yield Workshop(Path(name))


def in_turn[K](programs: Mapping[K, Program], rounds: int) -> dict[K, list[Cost]]:
    """Run A B C A B C …, so that whatever else the machine does meets all alike."""
    costs: dict[K, list[Cost]] = {name: [] for name in programs}
    for _dummy in range(rounds):
        for name, program in programs.items():
            costs[name].append(program.run())
    return costs


def median(costs: Sequence[Cost], figure: str = "wall") -> float:
    return statistics.median(getattr(cost, figure) for cost in costs)


def ratio(these: Sequence[Cost], those: Sequence[Cost], figure: str = "wall") -> float:
    """The median of the ratios of runs that stood side by side."""
    pairs = zip(these, those, strict=True)
    return statistics.median(getattr(this, figure) / getattr(that, figure) for this, that in pairs)


def more(these: Sequence[Cost], those: Sequence[Cost], figure: str = "cpu") -> float:
    """The median of how much more these runs cost than those beside them."""
    pairs = zip(these, those, strict=True)
    return statistics.median(getattr(this, figure) - getattr(that, figure) for this, that in pairs)
