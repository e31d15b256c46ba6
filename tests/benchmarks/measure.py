# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole playbooks as processes: run them in turn, and compare what they cost."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tools.place import private_environment

TIMED = Path(__file__).with_name("timed.py")
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")


class PlaybookFailed(Exception):
    """A playbook ended with another status than 0; the message is what it printed last."""


@dataclass(frozen=True)
class Cost:
    """What one run cost: seconds, seconds of CPU of all its processes, MiB of the largest of them."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Playbook:
    """A playbook of some tasks, ready to run as a process. Made by ``workshop``."""

    path: Path
    environment: Mapping[str, str]

    def run(self) -> Cost:
        """One run of the whole of ``ansible-playbook``. Raises PlaybookFailed."""
        output = self.path.with_suffix(".log")
        command = [sys.executable, "-I", "-S", str(TIMED), str(output)]
        command += [str(PLAYBOOK), "-i", "localhost,", str(self.path)]
        printed = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout
        cost = json.loads(printed)
        if cost.pop("status"):
            raise PlaybookFailed(output.read_text(encoding="utf-8")[-2000:])
        return Cost(**cost)


Workshop = Callable[..., Playbook]


@contextmanager
def workshop() -> Iterator[Workshop]:
    """``make(tasks, environment, **variables)`` writes a playbook into a folder that goes away at the end."""
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        folder = Path(name)
        (folder / "ansible.cfg").touch()
        quiet = {"ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "ANSIBLE_HOME": str(folder / "home")}
        quiet["ANSIBLE_REMOTE_TEMP"] = str(folder / "remote")

        def make(tasks: Sequence[dict[str, Any]], environment: Mapping[str, str], **variables: Any) -> Playbook:
            variables = {"ansible_python_interpreter": sys.executable, **variables}
            play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": variables}
            path = folder / f"{len(list(folder.glob('*.json')))}.json"
            path.write_text(json.dumps([{**play, "tasks": tasks}]), encoding="utf-8")  # JSON is YAML
            return Playbook(path, {**private_environment(), **quiet, **environment})

        yield make


def in_turn(playbooks: Mapping[str, Playbook], rounds: int) -> dict[str, list[Cost]]:
    """Run A B C A B C …, so that whatever else the machine does meets all alike."""
    costs: dict[str, list[Cost]] = {name: [] for name in playbooks}
    for _dummy in range(rounds):
        for name, playbook in playbooks.items():
            costs[name].append(playbook.run())
    return costs


def median(costs: Sequence[Cost], figure: str = "wall") -> float:
    return statistics.median(getattr(cost, figure) for cost in costs)


def ratio(these: Sequence[Cost], those: Sequence[Cost], figure: str = "wall") -> float:
    """The median of the ratios of runs that stood side by side."""
    pairs = zip(these, those, strict=True)
    return statistics.median(getattr(this, figure) / getattr(that, figure) for this, that in pairs)
