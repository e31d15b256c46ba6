# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module that takes one item or a list of them shares, whichever API it calls: options and results.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from collections import Counter

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Kind, Options, Result, converge
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import progress

CONVERGE_SPEC: dict[str, t.Any] = {
    "on_item_failure": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
    "hold": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "reason": {"type": "str", "required": True},
            "yields": {"type": "bool", "default": False},
        },
    },
}


class Calls(t.Protocol):
    """What makes planned calls: an account of AWS, or of a vendor."""

    def apply(self, change: Change) -> t.Mapping[str, t.Any]: ...


class Items:
    """Put before a class of modules: it then takes either one resource's options or a list of them.

    The list is the option ``list_option``. ``wanted`` is the dataclass of an item: its fields are the options, one of
    them C(name), and it raises ItemError for values that can never be right.
    """

    # Of AnsibleModule, or of AnsibleAWSModule, which only looks like one.
    params: dict[str, t.Any]
    check_mode: bool
    _diff: bool
    fail_json: t.Callable[..., t.NoReturn]
    exit_json: t.Callable[..., t.NoReturn]
    warn: t.Callable[[str], None]

    def __init__(
        self,
        list_option: str,
        wanted: type,
        further: t.Mapping[str, t.Any] | None = None,
    ) -> None:
        item_spec = argument_spec(wanted)
        self.list_option, self.item_spec, self.wanted = list_option, item_spec, wanted
        many = {list_option: {"type": "list", "elements": "dict", "options": argument_spec(wanted)}}
        super().__init__({**item_spec, **many, **CONVERGE_SPEC, **(further or {})})  # type: ignore[call-arg]

    def items(self) -> tuple[list[t.Any], list[Result]]:
        """The wanted items, and a failed result for each item with invalid options.

        Fails the module where it cannot tell items apart: no name, or one name twice.
        """
        listed = self.params[self.list_option]
        given = [name for name, spec in self.item_spec.items() if self.params[name] != spec.get("default")]
        if listed is not None and given:
            both = f"Give either {self.list_option} or the options of one item, not both: {', '.join(given)}."
            self.fail_json(msg=both)
        # By their own names: the aliases of options are there, too.
        options: list[dict[str, t.Any]] = []
        for item in [self.params] if listed is None else listed:
            options.append({name: item[name] for name in self.item_spec})
        names = [item["name"] for item in options]
        if not all(names):
            self.fail_json(msg=f"Every item of {self.list_option} needs a name.")
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        if twice:
            self.fail_json(msg=f"Two items of {self.list_option} have the same name: {', '.join(twice)}.")
        wanted, refused = [], []
        for item in options:
            try:
                wanted.append(self.wanted(**item, **self.internal()))
            except ItemError as error:
                refused.append(Result(item["name"], failed=True, msg=str(error)))
        return wanted, refused

    def internal(self) -> dict[str, t.Any]:
        """Fields of every item that are no options of an item."""
        return {}

    def converge(
        self,
        kind: Kind[t.Any, t.Any],
        api: Calls,
        poll: float = 5,
        workers: int = 16,
        then: t.Callable[[t.Any, Result], None] | None = None,
    ) -> t.NoReturn:
        """Bring all items to their wanted state, ``workers`` at a time, and end the module.

        ``then`` may add to the result of each item, unless in check mode.
        """
        wanted, refused = self.items()
        params = self.params
        options = Options(
            check_mode=self.check_mode,
            wait=params["wait"],
            wait_timeout=params["wait_timeout"],
            poll=poll,
            workers=workers,
            progress=progress,
            hold={entry["name"]: entry["reason"] for entry in params["hold"] or ()},
            yields={entry["name"] for entry in params["hold"] or () if entry["yields"]},
        )
        results = converge(kind, wanted, api.apply, options)
        if then and not self.check_mode:
            for item, result in zip(wanted, results):
                then(item, result)
        self.finish(results + refused)

    def finish(self, results: list[Result]) -> t.NoReturn:
        """End the module with one result for each item, in the order of the options; name every item that failed."""
        order = {item["name"]: place for place, item in enumerate(self.params[self.list_option] or [])}
        results = sorted(results, key=lambda result: order[result.name]) if order else results
        failed = [result for result in results if result.failed]
        answer: dict[str, t.Any] = {
            "changed": any(result.changed for result in results),
            "results": [as_dict(result) for result in results],
            "failed_items": [result.name for result in failed],
            "check_mode": self.check_mode,
        }
        for result in results:
            for warning in result.warnings:
                self.warn(warning)
        if self._diff:
            answer["diff"] = [as_diff(result) for result in results if result.changed and result.before != result.after]
        if failed and self.params["on_item_failure"] == "fail":
            self.fail_json(msg="; ".join(f"{result.name}: {result.msg}" for result in failed), **answer)
        self.exit_json(**answer)


def as_dict(result: Result) -> dict[str, t.Any]:
    """An item's result as modules return it: the resource's own fields beside what became of it."""
    return {
        **result.resource,
        "name": result.name,
        "changed": result.changed,
        "failed": result.failed,
        "msg": result.msg,
        "waiting": result.waiting,
        "unshown": result.unshown,
        "writes": result.writes,
    }


def as_diff(result: Result) -> dict[str, t.Any]:
    return {
        "before_header": result.name,
        "after_header": result.name,
        "before": result.before,
        "after": result.after,
    }
