# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often a Lambda function may run at once, and what becomes of events that find it busy.

This module util is PRIVATE to the collection.

Destinations of events are others' to set, and stay: PutFunctionEventInvokeConfig would replace the whole configuration.

Source: AWS Lambda API Reference, PutFunctionConcurrency, DeleteFunctionConcurrency, PutFunctionEventInvokeConfig,
UpdateFunctionEventInvokeConfig, DeleteFunctionEventInvokeConfig (read 2026-11).
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import Presence
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made, Plan

PUT_EVENTS, UPDATE_EVENTS = "lambda:PutFunctionEventInvokeConfig", "lambda:UpdateFunctionEventInvokeConfig"
MISSING = "ResourceNotFoundException"  # of the function, and of settings that were never made
AGES, ATTEMPTS = range(60, 21601), range(3)  # what AWS takes
# Members of AWS's answer to GetFunctionEventInvokeConfig, by option.
EVENT_SETTINGS = {"maximum_event_age": "MaximumEventAgeInSeconds", "maximum_retry_attempts": "MaximumRetryAttempts"}


@dataclass(frozen=True)
class Concurrency:
    """One function; the fields are the options of C(lambda_concurrency). ``name`` is the function's."""

    name: str
    reserved_concurrency: int | None = None
    maximum_event_age: int | None = None
    maximum_retry_attempts: int | None = None
    state: Presence = "present"

    def __post_init__(self) -> None:
        if self.reserved_concurrency is not None and self.reserved_concurrency < 0:
            raise ItemError("reserved_concurrency must not be negative.")
        if self.maximum_event_age is not None and self.maximum_event_age not in AGES:
            raise ItemError(f"maximum_event_age is {AGES[0]} to {AGES[-1]} seconds, not {self.maximum_event_age}.")
        if self.maximum_retry_attempts is not None and self.maximum_retry_attempts not in ATTEMPTS:
            raise ItemError(f"maximum_retry_attempts is 0 to {ATTEMPTS[-1]}, not {self.maximum_retry_attempts}.")


@dataclass(frozen=True)
class FunctionSettings:
    """What AWS shows; None where nothing is set. ``exists``: whether the function does.

    ``bounded``: whether there is a configuration of events; ``destinations`` are those in it, which are not ours.
    """

    exists: bool
    reserved_concurrency: int | None = None
    maximum_event_age: int | None = None
    maximum_retry_attempts: int | None = None
    bounded: bool = False
    destinations: t.Mapping[str, t.Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, t.Any]:
        return {
            "reserved_concurrency": self.reserved_concurrency,
            "maximum_event_age": self.maximum_event_age,
            "maximum_retry_attempts": self.maximum_retry_attempts,
        }


def read_settings(api: Api, name: str) -> FunctionSettings:
    """The settings of one function, in two calls; one where there is no such function."""
    answer = _found(api, "lambda:GetFunctionConcurrency", name)
    if answer is None:
        return FunctionSettings(False)
    found = _found(api, "lambda:GetFunctionEventInvokeConfig", name)
    events = found or {}
    chosen = {option: events.get(member) for option, member in EVENT_SETTINGS.items()}
    told = (events.get("DestinationConfig") or {}).items()
    destinations = {outcome: told_of for outcome, told_of in told if told_of.get("Destination")}
    reserved = answer.get("ReservedConcurrentExecutions")
    return FunctionSettings(True, reserved, **chosen, bounded=found is not None, destinations=destinations)


def _found(api: Api, action: str, name: str) -> t.Mapping[str, t.Any] | None:
    """The answer to a call about a function; None where there is nothing of it."""
    try:
        return api.call(action, name, FunctionName=name)
    except CallError as error:
        if error.code == MISSING:
            return None
        raise


class Concurrencies:
    """Reads and plans functions, each on its own: AWS has no call for several."""

    def __init__(self, api: Api, check_mode: bool = False) -> None:
        self.api, self.check_mode = api, check_mode

    def read(
        self, items: t.Sequence[Concurrency], made: t.Mapping[str, Made]
    ) -> dict[str, FunctionSettings | ItemError]:
        found = self.api.each(lambda item: read_settings(self.api, item.name), items)
        return {item.name: settings for item, settings in zip(items, found)}

    def plan(self, item: Concurrency, actual: FunctionSettings) -> Plan:
        plan = Plan(before=actual.as_dict() if actual.exists else {})
        if item.state == "absent":
            plan.changes = unsetting_changes(item, actual)
            wanted = FunctionSettings(actual.exists)
        elif actual.exists or self.check_mode:
            later = "" if actual.exists else "the function"
            wanted, plan.changes = setting_changes(item, actual, later)
        else:
            raise ItemError(f"There is no function {item.name}: make it first.")
        plan.after = wanted.as_dict() if plan.changes or actual.exists else {}
        plan.result = actual.as_dict()
        return plan


def setting_changes(item: Concurrency, actual: FunctionSettings, later: str) -> tuple[FunctionSettings, list[Change]]:
    """What the function shall have, options that are not set staying as they are, and the calls to get there."""
    have = actual.as_dict()
    want = {name: have[name] if getattr(item, name) is None else getattr(item, name) for name in have}
    changes = []
    if want["reserved_concurrency"] != have["reserved_concurrency"]:
        params = {"FunctionName": item.name, "ReservedConcurrentExecutions": want["reserved_concurrency"]}
        changes.append(Change("lambda:PutFunctionConcurrency", params, f"reserve for {item.name}", later))
    differing = {member: want[name] for name, member in EVENT_SETTINGS.items() if want[name] != have[name]}
    if differing:
        params = {"FunctionName": item.name, **differing}
        action = UPDATE_EVENTS if actual.bounded else PUT_EVENTS
        changes.append(Change(action, params, f"bound events for {item.name}", later, outdated_by=(MISSING,)))
    return FunctionSettings(True, **want), changes


def unsetting_changes(item: Concurrency, actual: FunctionSettings) -> list[Change]:
    params, gone = {"FunctionName": item.name}, (MISSING,)
    changes = []
    if actual.reserved_concurrency is not None:
        changes.append(Change("lambda:DeleteFunctionConcurrency", params, "free concurrency", settled_by=gone))
    if any(actual.as_dict()[name] is not None for name in EVENT_SETTINGS):
        kept = {**params, "DestinationConfig": actual.destinations}
        if actual.destinations:
            changes.append(Change(PUT_EVENTS, kept, "unbound events, and keep their destinations", settled_by=gone))
        else:
            changes.append(Change("lambda:DeleteFunctionEventInvokeConfig", params, "unbound events", settled_by=gone))
    return changes
