# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look-up of a name gives: an Answer, or a ResolveError. Standard library only; C(dns) looks up.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass


class ResolveError(Exception):
    """No usable answer. `rcode` is DNS's word for it (`NXDOMAIN`, `SERVFAIL` …), None if nobody answered."""

    def __init__(self, message: str, rcode: str | None = None) -> None:
        super().__init__(message)
        self.rcode = rcode


@dataclass(frozen=True)
class Answer:
    """A good DNS answer: at least one address, sorted; `ttl` in seconds, the least along the chain of CNAMEs."""

    addresses: tuple[str, ...]
    ttl: int = 0
    chain: tuple[str, ...] = ()
