# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the steps of a run have found out of its links.

This plugin util is PRIVATE to the collection.

A step is the registered result of one of the collection's modules, C(results) with one entry for each item, or the
report of a role that has worked on the links before. One whose entries are not links is given with its name, as
C({"reached": result}): what M(saas.privatelink.vpc_endpoint_association_info) has told is C(reached), what
M(saas.privatelink.connection_check) has is C(checked), and what links of one place share is called as its items are.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from functools import cached_property

from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name

CHECK_FAILED = "fail"  # what M(saas.privatelink.preflight), and no other module, says of a link
Result = t.Mapping[str, t.Any]
Step = t.Mapping[str, t.Any]
Steps = t.Sequence[t.Any]


class Keyed(t.Protocol):
    """What a link looks like from here."""

    SHARE_ITEMS: t.ClassVar[t.AbstractSet[str]]
    PLANNED_LATER: t.ClassVar[t.AbstractSet[str]]
    MANY_ITEMS: t.ClassVar[t.AbstractSet[str]]

    @property
    def key(self) -> str: ...

    @property
    def shared_key(self) -> str: ...

    @property
    def fault(self) -> str | None: ...

    @property
    def place(self) -> tuple[t.Any, ...]: ...

    def explain(self, step: str, answer: Step, known: Known) -> Result | None: ...

    def names_of(self, name: str, known: Known) -> list[str]: ...

    def gathered(self, name: str, rows: t.Sequence[Result]) -> Result: ...


@dataclass
class Known:
    """What is known of one link: the results of its steps, in the order in which they ran."""

    results: list[Result] = field(default_factory=list)
    stopped: bool = False  # it failed, or it still moves where what comes next must not begin before
    held: str = ""  # why nothing of it must be changed, though it did not fail: a check found something wrong

    @cached_property
    def facts(self) -> dict[str, t.Any]:
        """All that the results say; later ones win."""
        facts: dict[str, t.Any] = {}
        for result in self.results:
            facts.update(result)
        return facts

    def get(self, name: str) -> t.Any:
        return self.facts.get(name)

    def with_result(self, result: Result, stops: bool = False) -> Known:
        """What was gone over again, a load balancer or a private link, waits only for what it waits for then."""
        again = {"moving", "private_link_status"} & set(result)
        before = [{**old, "waiting": ""} if again & set(old) else old for old in self.results]
        held = self.held
        if result.get("status") == CHECK_FAILED:
            held, result = str(result["msg"]), {**result, "failed": False}
        return Known([*before, result], self.stopped or stops or bool(result.get("failed")), held)


class Found:
    """What steps, in the order in which they ran, have found out of links."""

    def __init__(self, steps: Steps, links: t.Sequence[Keyed]) -> None:
        self.check_mode = False
        self._known = {link.key: Known() for link in links}
        for name, step in map(_named, steps):
            if step and not _skipped(step):
                self._add(name, step, links)
        for link in links if steps else ():  # the first step may have the clearer words for it
            if link.fault:
                self._known[link.key] = self._known[link.key].with_result(_refused(link))

    def of(self, link: Keyed) -> Known:
        return self._known.get(link.key) or Known()

    def _add(self, name: str, step: t.Any, links: t.Sequence[Keyed]) -> None:
        if isinstance(step, t.Mapping):
            self.check_mode = self.check_mode or bool(step.get("check_mode"))
            results = {str(result["name"]): result for result in step.get("results") or ()}
        else:  # a role's report
            results = {result["name"]: result for result in map(_reported, step)}
        if any(name in link.SHARE_ITEMS for link in links):
            first = {link.shared_key: link.key for link in reversed(links)}
            results = {first.get(key, key): {**told, "name": first.get(key, key)} for key, told in results.items()}
        places = {link.place: results[link.key] for link in reversed(links) if link.key in results}
        counted: set[str] = set()
        for link in links:
            known = self._known[link.key]
            told = link.explain(name, step, known) if name else None
            if told is None and name in link.MANY_ITEMS:
                rows = [] if known.stopped else _rows(link.names_of(name, known), results, counted)
                told = link.gathered(name, rows) if rows else None
            if told is None and name in link.SHARE_ITEMS:
                told = _shared(link, places.get(link.place))
            if told is None:
                told = results.get(link.key)
            if told and name in link.PLANNED_LATER and step.get("check_mode"):
                told = {**told, "writes": [], "changed": False}
            if told is not None:
                self._known[link.key] = known.with_result(told, bool(told.get("stops")))


def _named(step: t.Any) -> tuple[str, t.Any]:
    """A step and its name, "" if it has none."""
    if isinstance(step, t.Mapping) and len(step) == 1 and "results" not in step:
        return next(iter(step.items()))
    return "", step


def _skipped(step: t.Any) -> bool:
    return isinstance(step, t.Mapping) and bool(step.get("skipped"))


def _reported(entry: Result) -> Result:
    """An entry of a report as a result, for roles that go on with links after another role has reported on them."""
    told = ("vpc_endpoint_id", "association_id", "endpoints", "checks", "dns_entries")
    waits = str(entry["status"]).startswith("waiting")
    return {
        **{name: entry[name] for name in told if name in entry},
        "name": resource_name(entry["vendor"], entry["name"]),
        "changed": entry["changed"],
        "writes": entry["writes"],
        "failed": entry["status"] == "failed",
        "waiting": entry["next_action"] if waits else "",
        "msg": entry["next_action"],
        "stops": waits,
    }


def _refused(link: Keyed) -> Result:
    return {"name": link.key, "changed": False, "failed": True, "msg": link.fault, "writes": []}


def _rows(names: t.Sequence[str], results: t.Mapping[str, Result], counted: set[str]) -> list[Result]:
    """The results of a link's items. Writes of one that it shares are counted with the first link that has it."""
    rows: list[Result] = []
    for name in names:
        if name in results:
            again = {"writes": [], "changed": False} if name in counted else {}
            rows.append({**results[name], **again})
            counted.add(name)
    return rows


def _shared(link: Keyed, result: Result | None) -> Result | None:
    """The result of what a link shares with others. Its writes are counted once, with the link that names it."""
    if result is None or result["name"] == link.key:
        return result
    return {**result, "name": link.key, "writes": [], "changed": False}
