# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request to AWS as an object, the errors AWS answers, and the log of all calls."""

from __future__ import annotations

import threading
from bisect import bisect_right
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from moto.core.model import OperationModel

from tests.sandbox.core import clock

READ_PREFIXES = ("Describe", "Get", "List", "Search", "Lookup", "Head", "BatchGet")
READS = {"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "DecodeAuthorizationMessage", "Invoke"}
"""Reads by another name. An invoked function's own calls are in the log too, so Invoke itself changes nothing."""

NO_TAGS: dict[str, dict[str, str]] = {}
"""Of most entries of the log."""


class AwsError(Exception):
    """An error answered in the protocol of the call. ``status`` None: the status of the service's model."""

    def __init__(
        self, code: str, message: str, status: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire; header names are lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Call:
    """One operation asked by one account in one region."""

    account: str
    region: str
    service: str
    operation: str
    model: OperationModel
    protocol: str
    params: dict[str, Any]
    request: HttpRequest
    access_key: str = ""

    @property
    def dry_run(self) -> bool:
        return self.service == "ec2" and self.params.get("DryRun") is True

    @property
    def kind(self) -> str:
        """``write`` if the call can change something, else ``read``. A dry run changes nothing."""
        reads = self.operation.startswith(READ_PREFIXES) or self.operation in READS
        return "read" if reads or self.dry_run else "write"

    @property
    def iam_action(self) -> str:
        operation = "InvokeFunction" if self.operation == "Invoke" else self.operation
        return f"{self.model.service_model.signing_name}:{operation}"


@dataclass
class CallLog:
    """Every call of every account in the order of arrival."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    last: int = 0
    """The number of the newest entry, also when it was forgotten."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, call: Call) -> dict[str, Any]:
        """Note a call; the caller fills in ``error`` when the call has failed."""
        with self._lock:
            self.last += 1
            entry = {
                "n": self.last,
                "account": call.account,
                "access_key": call.access_key or call.account,
                "region": call.region,
                "service": call.service,
                "operation": call.operation,
                "kind": call.kind,
                "dry_run": call.dry_run,
                "params": call.params,
                "tags": NO_TAGS,
                "time": clock.utc().isoformat(),
                "error": None,
            }
            self.entries.append(entry)
            return entry

    def select(self, account: str | None = None, service: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Entries with a number greater than ``since``, of one account and one service if given."""
        entries = list(self.entries)
        return [
            entry
            for entry in entries[bisect_right(entries, since, key=itemgetter("n")) :]
            if account in (None, entry["account"]) and service in (None, entry["service"])
        ]

    def clear(self) -> None:
        """Forget the entries; numbers go on rising, so ``since`` stays usable."""
        with self._lock:
            self.entries.clear()
