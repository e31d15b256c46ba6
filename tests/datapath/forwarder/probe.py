# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that opens one session after the other and notes what became of each."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from tests.datapath.forwarder.laboratory import CLIENT_ERRORS, Laboratory


@dataclass(frozen=True)
class Attempt:
    """One session: when it was begun and over, in seconds, and which host served it; else why none did."""

    began: float
    ended: float
    host: str
    error: str


class Probe:
    """Opens sessions through the forwarder, `clients` at a time, each `pause` seconds after its last, until left."""

    def __init__(self, lab: Laboratory, clients: int = 1, pause: float = 0.05) -> None:
        self.lab = lab
        self.pause = pause
        self.attempts: list[Attempt] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.work) for dummy in range(clients)]

    def __enter__(self) -> Probe:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def work(self) -> None:
        while not self.over.wait(self.pause):
            began = time.monotonic()
            host = reason = ""
            try:
                host = self.lab.server()
            except CLIENT_ERRORS as problem:
                reason = repr(problem)
            self.attempts.append(Attempt(began, time.monotonic(), host, reason))

    @property
    def failures(self) -> list[str]:
        return [attempt.error for attempt in self.attempts if attempt.error]

    def first(self, host: str, since: float) -> float | None:
        """How many seconds after `since` the first session that `host` serves was complete; None if there is none."""
        times = [
            attempt.ended - since for attempt in list(self.attempts) if attempt.host == host and attempt.ended >= since
        ]
        return min(times, default=None)

    def last(self, host: str, since: float) -> float:
        """How many seconds after `since` the last session was begun that `host` serves; 0 if none was."""
        return max([attempt.began - since for attempt in list(self.attempts) if attempt.host == host], default=0.0)
