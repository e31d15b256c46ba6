# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose a resource is. Pure.

This module util is PRIVATE to the collection.

Ours is what carries the collection's tags with the item's name and environment, and fits the item's place. What carries
no environment was made by an earlier version, and its place decides. What was adopted is ours to use, and stays.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._aws.tags import ADOPTED_TAG, ENVIRONMENT_TAG, OWN_TAG
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

Tags = t.Mapping[str, str]
T = t.TypeVar("T")


class Owned(t.Protocol):
    """An item whose resource is found by a name that anybody could give."""

    @property
    def name(self) -> str: ...

    @property
    def environment(self) -> str: ...


class Taken(Owned, t.Protocol):
    """An item whose resource may be one that others have made."""

    @property
    def state(self) -> str: ...

    @property
    def adopt(self) -> bool: ...


def is_ours(item: Owned, tags: Tags) -> bool:
    """Whether a resource with these tags is the item's. An item that does not know its environment has any."""
    return tags.get(OWN_TAG) == item.name and not elsewhere(item, tags)


def elsewhere(item: Owned, tags: Tags) -> str:
    """The other environment that a resource belongs to, "" if it belongs to none or to the item's."""
    told = tags.get(ENVIRONMENT_TAG, "")
    return told if item.environment and told != item.environment else ""


def is_left(item: Taken, tags: Tags, by_this_run: bool = False) -> bool:
    """Whether what was adopted has been left already: it is there, and nothing of ours is on it."""
    return item.state == "absent" and OWN_TAG not in tags and (item.adopt or by_this_run)


def is_theirs(item: Taken, tags: Tags) -> bool:
    """Whether others have made what the item uses: it was adopted, or is about to be."""
    return is_adopted(tags) or (item.adopt and OWN_TAG not in tags)


def is_adopted(tags: Tags) -> bool:
    return ADOPTED_TAG in tags


def ours(item: Owned, things: t.Iterable[T], what: str, describe: t.Callable[[T], tuple[str, Tags]]) -> list[T]:
    """Of things of one kind, those that are the item's; ``describe`` tells the id and the tags of one.

    Raises ItemError where none is, and another environment has one of the item's name: it would be taken for ours as
    soon as that environment's name is.
    """
    found, foreign = [], []
    for thing in things:
        name, tags = describe(thing)
        if is_ours(item, tags):
            found.append(thing)
        elif tags.get(OWN_TAG) == item.name:
            foreign.append((f"{what} {name}", elsewhere(item, tags)))
    if foreign and not found:
        raise ItemError(of_another(item, *foreign[0]))
    return found


def check(item: Taken, what: str, tags: Tags) -> None:
    """Raise ItemError for a resource that has the item's name, or that the item names by id, and is not the item's."""
    owner, other = tags.get(OWN_TAG), elsewhere(item, tags)
    if owner is None and item.state == "absent":
        raise ItemError(
            f"{what} was not made here and was not deleted: it lacks the tag {OWN_TAG}={item.name}. What others have "
            "made is theirs; with adopt=true there is nothing left to take away."
        )
    if owner is None and not item.adopt:
        raise ItemError(
            f"{what} exists and was not made here: it lacks the tag {OWN_TAG}={item.name}. Use another name, or set "
            "adopt=true to use it: what is on it stays then, and it is never deleted."
        )
    if owner not in (None, item.name):
        raise ItemError(f"{what} belongs to {owner}, by its tag {OWN_TAG}. It was not touched. Use another one.")
    if other:
        raise ItemError(of_another(item, what, other))


def of_another(item: Owned, what: str, environment: str) -> str:
    return (
        f"{what} belongs to the environment {environment}, by its tag {ENVIRONMENT_TAG}, and this is "
        f"{item.environment}. It was not touched. Give one of the two another name; if it is the same environment "
        f"under a new name, set privatelink_environment: {environment} for it."
    )
