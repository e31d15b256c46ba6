# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Play the tasks of a role in this process, module by module, as its YAML says them.

It knows what the roles of vendors use: includes, blocks, conditions, facts, registered results and our own filters. A
play of Ansible costs a hundred times as much; what Ansible itself does with the role is for the molecule scenarios.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jinja2.runtime
import yaml
from ansible_collections.saas.privatelink.plugins.filter.link_items import link_items
from ansible_collections.saas.privatelink.plugins.filter.link_report import link_report
from jinja2.nativetypes import NativeEnvironment

from tests.tools.place import ROOT

OURS = "saas.privatelink."
OMIT = "omit this"
NO_MODULES = ("resolved_links", "handoff")  # what the test does itself, or leaves out


class Variables(jinja2.runtime.Context):
    """Variables that are expressions are evaluated when they are asked for."""

    def resolve_or_missing(self, key: str) -> Any:
        return evaluated(super().resolve_or_missing(key), self.get_all())


def listed(usual: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of Jinja that returns a list, as all do in Ansible."""

    @functools.wraps(usual)  # which also says what Jinja has to hand it
    def made(*args: Any, **options: Any) -> list[Any]:
        return list(usual(*args, **options))

    return made


ENVIRONMENT = NativeEnvironment(undefined=jinja2.StrictUndefined)
ENVIRONMENT.context_class = Variables
OWN: dict[str, Any] = {f"{OURS}link_items": link_items, f"{OURS}link_report": link_report}
ENVIRONMENT.filters |= OWN
ENVIRONMENT.filters |= {name: listed(ENVIRONMENT.filters[name]) for name in ("map", "selectattr", "rejectattr")}
ENVIRONMENT.filters["combine"] = lambda first, *others: {name: part[name] for part in (first, *others) for name in part}


def evaluated(value: Any, variables: Mapping[str, Any]) -> Any:
    """A value with its expressions worked out, at whatever depth; what is omitted is left out."""
    if isinstance(value, str) and "{{" in value:
        return ENVIRONMENT.from_string(value).render(variables)
    if isinstance(value, dict):
        parts = {name: evaluated(part, variables) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part != OMIT}
    return [evaluated(part, variables) for part in value] if isinstance(value, list) else value


@dataclass
class Role:
    """A role, its variables and facts. ``play`` runs a module with options, in check mode or not."""

    name: str
    play: Callable[[str, Mapping[str, Any], bool], dict[str, Any]]
    check: bool = False
    variables: dict[str, Any] = field(default_factory=dict)

    def run(self, **variables: Any) -> None:
        self.variables = {**self.of_role(self.name), "omit": OMIT, **self.variables, **variables}
        self.tasks(f"roles/{self.name}/tasks/main.yml", self.variables)

    def of_role(self, name: str) -> dict[str, Any]:
        return dict(yaml.safe_load((ROOT / f"roles/{name}/vars/main.yml").read_text(encoding="utf-8")))

    def tasks(self, path: str, variables: Mapping[str, Any]) -> None:
        for task in yaml.safe_load((ROOT / path).read_text(encoding="utf-8")):
            self.task(task, path, variables)

    def task(self, task: Mapping[str, Any], path: str, above: Mapping[str, Any]) -> None:
        variables = {**self.variables, **above, **self.variables, **task.get("vars", {})}
        if not ENVIRONMENT.from_string(f"{{{{ {task.get('when', True)} }}}}").render(variables):
            if "register" in task:
                self.variables[task["register"]] = {"skipped": True}
            return
        for inner in task.get("block", []):
            self.task(inner, path, {**above, **task.get("vars", {})})
        if "ansible.builtin.include_tasks" in task:
            self.tasks(path.rpartition("/")[0] + "/" + task["ansible.builtin.include_tasks"], variables)
        role = task.get("ansible.builtin.include_role", {}).get("name", "").removeprefix(OURS)
        if role and role not in NO_MODULES:
            tasks_from = task["ansible.builtin.include_role"]["tasks_from"]
            self.tasks(f"roles/{role}/tasks/{tasks_from}.yml", {**variables, **self.of_role(role), **task["vars"]})
        if "ansible.builtin.set_fact" in task:
            self.variables |= evaluated(task["ansible.builtin.set_fact"], variables)
        module = next((key.removeprefix(OURS) for key in task if key.startswith(OURS)), "resolved_links")
        if module not in NO_MODULES:
            options = evaluated(task[OURS + module] or {}, variables)
            told = self.play(module, options, self.check or bool(task.get("check_mode")))
            self.variables[task["register"]] = told
