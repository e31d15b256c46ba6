# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client tokens: what an API creates once, however often it is asked with the same token.

This module util is PRIVATE to the collection.

A token follows from what is wanted and from the minute in which a run began. So runs that begin together, and one that
is killed and begun again, create one thing, also where listings do not show it yet. An API that answers with a thing
that has been deleted since is asked again, with another token, once it has not been listed for a while.
"""

from __future__ import annotations

import json
import time
import typing as t
import uuid
from collections import Counter

SLOT = 60.0  # seconds
PATIENCE = 30.0  # seconds until what was created must be listed
NAMESPACE = uuid.UUID("6f1e1e0a-6c0b-4f0f-9d0e-2b8f6c2f5a10")


class Tokens:
    """The tokens of one run."""

    def __init__(self) -> None:
        self._slot = int(time.time() // SLOT)
        self._lost: Counter[str] = Counter()
        self._missing_since: dict[str, float] = {}
        self._known: dict[str, set[str]] = {}

    def seed(self, name: str, environment: str, known: t.Iterable[str]) -> str:
        """What the tokens for one name are made of.

        ``known`` are the ids of that name which are listed and were not created by this run. Those of earlier looks
        count, too: what is replaced must not come back as the answer of its own creation.
        """
        ids = self._known.setdefault(name, set())
        ids.update(known)
        return json.dumps([self._slot, self._lost[name], environment, name, sorted(ids)])

    def is_lost(self, name: str) -> bool:
        """Whether what was created is not listed for so long that it must have been another, which is gone.

        To be asked at every look that does not find it.
        """
        now = time.monotonic()
        if now - self._missing_since.setdefault(name, now) < PATIENCE:
            return False
        del self._missing_since[name]
        self._lost[name] += 1
        return True


def token(seed: str, params: t.Mapping[str, t.Any]) -> str:
    """The client token of a call."""
    return str(uuid.uuid5(NAMESPACE, seed + json.dumps(params, sort_keys=True, default=str)))
