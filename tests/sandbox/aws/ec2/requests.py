# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the EC2 operations share of requests: filters, pages, tags and lists of what did not succeed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.paging import cut

Fields = dict[str, Callable[[Any], Any]]
"""Filter name -> the resource's value or values for it."""

PAGE = 1000


def select[T](
    call: Call, items: Iterable[T], fields: Fields, tags: Callable[[T], dict[str, str]] | None = None
) -> list[T]:
    """Items that match every filter of the call; values may carry ``*`` and ``?``."""
    selected = list(items)
    for condition in call.params.get("Filters") or call.params.get("Filter") or []:
        name, values = str(condition.get("Name", "")), condition.get("Values") or []
        read = _reader(name, fields, tags)
        selected = [item for item in selected if _any_match(read(item), values)]
    return selected


def _reader(name: str, fields: Fields, tags: Callable[[Any], dict[str, str]] | None) -> Callable[[Any], Any]:
    if name in fields:
        return fields[name]
    if tags is not None and name == "tag-key":
        return lambda item: list(tags(item))
    if tags is not None and name.startswith("tag:"):
        return lambda item: tags(item).get(name[4:], [])
    raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")


def _any_match(actual: Any, patterns: Sequence[str]) -> bool:
    values = actual if isinstance(actual, list) else [actual]
    return any(_pattern(pattern).fullmatch(str(value)) for value in values for pattern in patterns)


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def page[T](call: Call, items: list[T], least: int = 1, most: int = PAGE) -> tuple[list[T], str | None]:
    """One page of ``items`` and the token of the next, by MaxResults (at most ``most``) and NextToken.

    ``least`` is the smallest MaxResults that the operation's API page allows.
    """
    size = call.params.get("MaxResults") or most
    if size < least:
        raise AwsError("InvalidMaxResults", f"The value {size} for MaxResults is not between {least} and {most}")
    try:
        return cut(items, min(size, most), call.params.get("NextToken"))
    except ValueError as error:
        raise AwsError("InvalidNextToken", "The specified NextToken is not valid") from error


def tags_of(call: Call, resource_type: str) -> dict[str, str]:
    """The tags that a create call gives its resource."""
    tags: dict[str, str] = {}
    for specification in call.params.get("TagSpecifications") or []:
        if specification.get("ResourceType") != resource_type:
            kind = specification.get("ResourceType")
            raise AwsError(
                "InvalidParameterValue", f"'{kind}' is not a valid taggable resource type for this operation."
            )
        tags |= {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags") or []}
    return tags


def unsuccessful(resource_id: str, error: AwsError) -> dict[str, Any]:
    """One item of an ``Unsuccessful`` list."""
    return {"ResourceId": resource_id, "Error": {"Code": error.code, "Message": error.message}}


def each(ids: Iterable[str], act: Callable[[str], None]) -> dict[str, Any]:
    """Act on each id; the answer is the ``Unsuccessful`` list of those that failed."""
    failed = []
    for resource_id in ids:
        try:
            act(resource_id)
        except AwsError as error:
            failed.append(unsuccessful(resource_id, error))
    return {"Unsuccessful": failed}
