# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that a test injects: throttling, errors, denials, lost connections, stale reads, late visibility."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import OPERATIONS
from tests.sandbox.core.regions import partition
from tests.sandbox.core.throttle import throttling_error
from tests.sandbox.core.world import Resource, Tables, World

BEFORE = ("throttle", "error", "timeout", "drop", "deny")
VIEWS = ("stale", "not_found_after_create")
KINDS = BEFORE + VIEWS


class Drop(Exception):
    """Close the connection without an answer."""


@dataclass
class Fault:
    """One injected fault. See docs/sandbox.md for what each kind does.

    ``times``: how often it strikes (None: always); ``after``: matching calls let through first; ``delay``: seconds
    before it strikes, or how long a new resource stays invisible; ``performed``: a ``drop`` or ``timeout`` performs
    the call first.
    """

    service: str
    operation: str
    kind: str
    account: str | None = None
    times: int | None = 1
    after: int = 0
    delay: float = 0.0
    code: str | None = None
    message: str | None = None
    status: int | None = None
    performed: bool = False
    id: int = 0
    struck: int = 0
    seen: int = 0
    armed: float = field(default_factory=clock.now)

    def matches(self, call: Call) -> bool:
        names = self.service == call.service and self.operation in ("*", call.operation)
        return names and self.account in (None, call.account) and (self.times is None or self.struck < self.times)


class Faults:
    """All faults of one sandbox."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._snapshots: dict[int, Tables] = {}

    def add(self, **fields: Any) -> Fault:
        """Arm a fault. Raises ValueError for a kind that does not exist or cannot apply."""
        if fields.get("kind") == "not_found_after_create":
            # It strikes by age of the resource; counting the reads would say nothing.
            fields = {"times": None, "delay": 1.0, **fields}
        if fields.get("kind") == "timeout":
            fields = {"delay": 5.0, **fields}
        fault = Fault(**fields, id=next(self._ids))
        if fault.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}, not {fault.kind}")
        if fault.kind in VIEWS and fault.operation != "*" and (fault.service, fault.operation) not in OPERATIONS:
            raise ValueError(f"{fault.kind} needs an operation of the sandbox's own, {fault.operation} is moto's")
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        self.faults.clear()
        self._snapshots.clear()

    def before(self, call: Call) -> Callable[[], None]:
        """Let the first matching fault strike: raise AwsError or Drop, or return what to do after performing."""
        fault = self._due(call)
        if fault is None:
            return lambda: None
        time.sleep(fault.delay)
        if fault.kind == "throttle":
            raise throttling_error(call)
        if fault.kind == "deny":
            raise _denial(call)
        if fault.kind == "error":
            message = fault.message or "An internal error has occurred"
            raise AwsError(fault.code or _internal_code(call), message, fault.status or (400 if fault.code else 500))
        if fault.performed:
            return _drop
        raise Drop

    def _due(self, call: Call) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                if fault.kind in BEFORE and fault.matches(call):
                    fault.seen += 1
                    if fault.seen > fault.after:
                        fault.struck += 1
                        return fault
        return None

    @contextmanager
    def view(self, call: Call, world: World) -> Iterator[None]:
        """Show the call an older world while it runs, if a fault says so. The caller holds the world's lock."""
        faults = [fault for fault in self.faults if fault.kind in VIEWS]
        if call.kind == "write":
            self._keep_snapshots(faults, call, world)
        tables, hides = world.tables, world.hides
        for fault in faults:
            if not fault.matches(call) or (fault.operation == "*" and call.kind == "write"):
                continue
            if fault.kind == "stale":
                world.tables = self._older(fault, world)
            else:
                world.hides = _hides(fault)
        try:
            yield
        finally:
            world.tables, world.hides = tables, hides

    def _keep_snapshots(self, faults: list[Fault], call: Call, world: World) -> None:
        for fault in faults:
            armed = fault.kind == "stale" and (fault.times is None or fault.struck < fault.times)
            if armed and fault.account in (None, call.account):
                self._snapshots[fault.id] = world.snapshot()

    def _older(self, fault: Fault, world: World) -> Tables:
        """The tables of before the last write; a read that no write preceded is not stale and does not count."""
        if fault.id not in self._snapshots:
            return world.tables
        fault.seen += 1
        if fault.seen <= fault.after:
            return world.tables
        fault.struck += 1
        return self._snapshots[fault.id]


def _drop() -> None:
    raise Drop


def _hides(fault: Fault) -> Callable[[Resource], bool]:
    def hidden(resource: Resource) -> bool:
        return resource.created >= fault.armed and clock.now() - resource.created < fault.delay

    return hidden


def _internal_code(call: Call) -> str:
    return "InternalError" if call.service == "ec2" else "InternalFailure"


def _denial(call: Call) -> AwsError:
    who = f"arn:{partition(call.region) if call.region else 'aws'}:iam::{call.account}:user/sandbox"
    what = f"User: {who} is not authorized to perform: {call.iam_action}"
    why = f"because no identity-based policy allows the {call.iam_action} action"
    if call.service == "ec2":
        return AwsError("UnauthorizedOperation", f"You are not authorized to perform this operation. {what} {why}", 403)
    code = "AccessDeniedException" if "json" in call.protocol else "AccessDenied"
    return AwsError(code, f"{what} on resource: * {why}", 403)
