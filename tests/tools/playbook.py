# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one of the collection's playbooks against a sandbox, as a user would, and say what it said and called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.sandbox.client import ROOT, SandboxClient
from tests.sandbox.redis_cloud.aws import ACCOUNT as REDIS_CLOUD
from tests.tools.place import CACHE, private_environment

CONTROLLER = "999999999999"  # the one account whose credential the controller holds
SECRET = "not-a-secret-but-long-enough-to-be-told-apart"


@dataclass(frozen=True)
class Run:
    """What one run said (standard output, then standard error) and which calls the sandbox saw meanwhile."""

    status: int
    output: str
    errors: str
    calls: list[dict[str, Any]]

    @property
    def writes(self) -> list[dict[str, Any]]:
        return [call for call in self.calls if call["kind"] == "write"]

    @property
    def reads(self) -> int:
        return len(self.calls) - len(self.writes)

    @cached_property
    def told(self) -> dict[str, Any]:
        """All that the JSON callback prints; what verbosity prints before is skipped."""
        told: dict[str, Any] = json.loads(self.output[self.output.index('{\n    "custom_stats"') :])
        return told

    @property
    def tasks(self) -> list[dict[str, Any]]:
        return [task for play in self.told["plays"] for task in play["tasks"]]

    @property
    def text(self) -> str:
        """The run as one reads it: each task, and what became of it on each host."""
        live, dummy, rest = self.output.partition('{\n    "custom_stats"')
        said = [live.rstrip(), *(self._read() if rest else ()), self.errors.rstrip()]
        return "\n".join(filter(None, said)) + "\n"

    def _read(self) -> Iterator[str]:
        for task in self.tasks:
            yield f"\n{task['task']['name']}"
            for host, result in sorted(task["hosts"].items()):
                word = next((word for word in ("failed", "skipped", "changed") if result.get(word)), "ok")
                said = result.get("msg") or ""
                lines = said if isinstance(said, list) else [said]
                yield f"  {host}: {word}"
                yield from (f"    {line}" for line in map(str, lines) if line)
                yield from (f"    {write}" for item in _items(result) for write in item.get("writes") or ())

    @property
    def kept(self) -> dict[str, dict[str, Any]]:
        """What a controller keeps of the run: the links by their hosts."""
        kept: dict[str, dict[str, Any]] = self.told["global_custom_stats"]["privatelink_report"]
        return kept

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Where each link stands: the host, and the line that it was told."""
        spoken = [task["hosts"] for task in self.tasks if task["task"]["name"].endswith("Say where each link stands")]
        return [(host, line) for hosts in spoken for host in sorted(hosts) for line in hosts[host].get("msg", [])]

    @property
    def failures(self) -> dict[str, str]:
        """Why each failed host failed; the last reason."""
        failed = [
            (host, result.get("msg", ""))
            for task in self.tasks
            for host, result in task["hosts"].items()
            if result.get("failed")
        ]
        return {host: str(reason) for host, reason in failed}


def _items(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = result.get("results")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def command(playbook: str, inventory: Path, *options: str, **variables: Any) -> list[str]:
    """The command line of a playbook of the collection; ``variables`` as ``-e`` takes them."""
    extra = ["-e", json.dumps(variables)] if variables else []
    return ["ansible-playbook", f"saas.privatelink.{playbook}", "-i", str(inventory), *options, *extra]


def environment(sandbox: SandboxClient, account: str = CONTROLLER) -> dict[str, str]:
    """The caller's environment without its secrets, pointed at the sandbox as an account.

    TEST_ANSIBLE_BIN names the folder of another Ansible than that of .venv.
    """
    programs = os.environ.get("TEST_ANSIBLE_BIN") or str(Path(sys.executable).parent)
    ours = {
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "ANSIBLE_CONFIG": str(ROOT / "examples" / "ansible.cfg"),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_SHOW_CUSTOM_STATS": "true",
        "ANSIBLE_HOME": str(CACHE / "ansible"),
    }
    return private_environment() | sandbox.environment(account) | ours


def run(sandbox: SandboxClient, argv: list[str], env: Mapping[str, str]) -> Run:
    """Run a command line of `command` to its end. What a vendor does meanwhile is none of its calls."""
    before = sandbox.last_call()
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    calls = [call for call in sandbox.calls(since=before) if call["account"] != REDIS_CLOUD]
    return Run(done.returncode, done.stdout, done.stderr, calls)


def nameserver(sandbox: SandboxClient) -> str:
    """The sandbox's DNS server as the roles take it."""
    return f"127.0.0.1:{sandbox.health()['dns_port']}"
