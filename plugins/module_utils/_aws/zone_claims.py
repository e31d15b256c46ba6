# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was added to a hosted zone here, as tags of the zone remember it. Pure.

This module util is PRIVATE to the collection.

A record or an association is remembered by eight digits of a hash of its name, of which a tag's 256 characters hold 28.
A zone has 10 tags at most (Amazon Route 53 API Reference, ChangeTagsForResource, read 2026-11).
"""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_records import Key
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zones import Vpc

IN_A_TAG = 28
Claims = frozenset[str]


def claim(thing: Key | Vpc) -> str:
    """How a record, by name and type, or a VPC is remembered."""
    return hashlib.sha256(" ".join(thing).encode()).hexdigest()[:8]


def read(tags: t.Mapping[str, str], key: str) -> Claims:
    """What the tags under a key remember."""
    words: set[str] = set()
    for name, value in tags.items():
        if _is_part(name, key):
            words.update(value.split())
    return frozenset(words)


def changes(
    tags: t.Mapping[str, str], key: str, claims: t.Collection[str], always: bool = False
) -> tuple[dict[str, str], list[str]]:
    """The tags to set and those to remove, so that they remember this; ``always`` also where there is nothing."""
    words = sorted(claims)
    parts = [words[start : start + IN_A_TAG] for start in range(0, len(words), IN_A_TAG)]
    wanted = {_part(key, number): " ".join(part) for number, part in enumerate(parts or ([[]] if always else []))}
    to_set = {name: value for name, value in wanted.items() if tags.get(name) != value}
    return to_set, sorted(name for name in tags if _is_part(name, key) and name not in wanted)


def _part(key: str, number: int) -> str:
    return key if number == 0 else f"{key}/{number + 1}"


def _is_part(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}/")
