# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tags by which the collection knows its own resources again, and tag changes.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change

EC2_TAG, EC2_UNTAG = "ec2:CreateTags", "ec2:DeleteTags"
PREFIX = "saas.privatelink:"
SIGNS = "_.:/=+-@"  # beside letters, digits and spaces, in tags of load balancers
LONGEST_KEY, LONGEST = 128, 256  # characters of a tag's key, and of its value
OWN_TAG = "saas.privatelink:name"  # on everything the collection makes: the item's name
ENVIRONMENT_TAG = "saas.privatelink:environment"  # beside it: whose of that name it is
REGISTERED_TAG = "saas.privatelink:registered"  # on an adopted target group: the targets that we have registered
USER_TAG = "saas.privatelink:used-by:"  # and a name: who else uses what carries it, and keeps it from being deleted
ADOPTED_TAG = "saas.privatelink:adopted"  # on what others have made, and we use: it is never deleted
ADDED_TAG = "saas.privatelink:added"  # on a hosted zone: which of its records and associations were added here


def as_text(tags: t.Mapping[t.Any, t.Any] | None) -> dict[str, str]:
    """Tags as AWS takes them: YAML's numbers and booleans become text, nothing becomes the empty string.

    The collection's own are nobody else's to say. Raises ItemError for what AWS takes nowhere.
    """
    bent = sorted(str(key) for key, value in (tags or {}).items() if isinstance(value, (list, dict)))
    if bent:
        raise ItemError(f"A tag is a text, and no list or dictionary: {', '.join(bent)}. Nothing was changed.")
    said = {str(key): "" if value is None else str(value) for key, value in (tags or {}).items()}
    said = {key: value for key, value in said.items() if not key.startswith(PREFIX)}
    faults = [fault for key, value in said.items() for fault in [_fault(key, value)] if fault]
    if faults:
        raise ItemError(f"AWS does not take these tags: {'; '.join(faults)}. Nothing was changed.")
    return said


def _fault(key: str, value: str) -> str:
    """Why AWS takes a tag nowhere, "" if it does (AWS General Reference, "Tagging AWS resources", read 2026-11)."""
    if key.lower().startswith("aws:"):
        return f"{key} begins with aws:, which is AWS's own"
    if not 1 <= len(key) <= LONGEST_KEY:
        return f"the key {key[:20]!r}... has {len(key)} characters, not 1 to {LONGEST_KEY}"
    return f"the value of {key} has {len(value)} characters, more than {LONGEST}" if len(value) > LONGEST else ""


def check_for_load_balancers(tags: t.Mapping[t.Any, t.Any] | None) -> None:
    """Raise ItemError for signs that Elastic Load Balancing does not take (its API Reference, Tag, read 2026-11)."""
    for key, value in as_text(tags).items():
        strange = sorted({sign for sign in key + value if not (sign.isalnum() or sign.isspace() or sign in SIGNS)})
        if strange:
            raise ItemError(
                f"Load balancers do not take {' '.join(strange)} in a tag, as in {key}: they take letters, digits, "
                f"spaces and {SIGNS}"
            )


class Tagged(t.Protocol):
    """An item whose resource gets tags."""

    @property
    def name(self) -> str: ...

    @property
    def environment(self) -> str: ...

    @property
    def tags(self) -> t.Mapping[str, str] | None: ...


def own_tags(item: Tagged, name: str = "") -> dict[str, str]:
    """The tags a new resource gets: the item's, the collection's own, and a Name unless one is given.

    ``name`` is that of the resource, where it is not the item's.
    """
    return {"Name": name or item.name, **as_text(item.tags), **marks(item)}


def marks(item: Tagged) -> dict[str, str]:
    """What makes a resource the item's."""
    return {OWN_TAG: item.name, **({ENVIRONMENT_TAG: item.environment} if item.environment else {})}


def as_aws(tags: t.Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def as_dict(tags: t.Iterable[t.Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def changes(
    current: t.Mapping[str, str], item: Tagged, purge: bool = False, adopt: bool = False
) -> tuple[dict[str, str], list[str]]:
    """Tags to set and tag keys to remove; unset tags leave all but the collection's own as they are.

    Only with ``purge`` are tags removed that were not asked for; never Name, AWS's own or the collection's own. What
    was adopted gets the collection's own alone. With ``adopt``, what nobody's tag is on is adopted.
    """
    adopting = adopt and OWN_TAG not in current
    wanted = {**({} if adopting or ADOPTED_TAG in current else as_text(item.tags)), **marks(item)}
    if adopting:
        wanted[ADOPTED_TAG] = "true"
    purge = purge and item.tags is not None and not adopting and ADOPTED_TAG not in current
    to_set = {key: value for key, value in wanted.items() if current.get(key) != value}
    kept = ("aws:", PREFIX)
    extra = [key for key in current if key not in wanted and key != "Name" and not key.startswith(kept)]
    return to_set, sorted(extra) if purge else []


def own(tags: t.Iterable[str]) -> list[str]:
    """The keys of the collection's own tags: what is taken off a resource that is left."""
    return sorted(key for key in tags if key.startswith(PREFIX))


def ec2_changes(resource: str, to_set: t.Mapping[str, str], to_remove: t.Sequence[str]) -> list[Change]:
    """The calls that set and remove tags of a resource of EC2, by its id."""
    found, resources = [], [resource]
    if to_set:
        params: dict[str, t.Any] = {"Resources": resources, "Tags": as_aws(to_set)}
        found.append(Change(EC2_TAG, params, f"tag {', '.join(sorted(to_set))}"))
    if to_remove:
        params = {"Resources": resources, "Tags": [{"Key": key} for key in to_remove]}
        found.append(Change(EC2_UNTAG, params, f"untag {', '.join(to_remove)}"))
    return found
