# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tag changes, over random tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.sampled_from(["Name", "team", "cost", "aws:stack", tags.OWN_TAG, tags.ENVIRONMENT_TAG, tags.ADOPTED_TAG])
TAGS = st.dictionaries(KEYS, st.sampled_from(["x", "y", ""]))


@dataclass(frozen=True)
class Item:
    """What is tagged."""

    name: str
    tags: dict[str, Any] | None = None
    environment: str = ""


@given(TAGS, st.none() | TAGS, st.booleans(), st.sampled_from(["", "prod"]), st.booleans())
def test_changes_lead_to_the_wanted_tags_and_then_there_are_none(
    current: dict[str, str], wanted: dict[str, str] | None, purge: bool, environment: str, adopt: bool
) -> None:
    wanted = wanted and {key: value for key, value in wanted.items() if ":" not in key}
    item = Item("orders", wanted, environment)
    to_set, to_remove = tags.changes(current, item, purge, adopt)
    after = {key: value for key, value in {**current, **to_set}.items() if key not in to_remove}
    adopting = adopt and tags.OWN_TAG not in current
    theirs = adopting or tags.ADOPTED_TAG in current  # whose other tags are not ours to set
    assert after == {**after, **({} if theirs else wanted or {}), **tags.marks(item)}
    assert tags.changes(after, item, purge, adopt) == ({}, [])
    assert (tags.ADOPTED_TAG in after) == theirs
    kept = {"Name", "aws:stack", *tags.own(current)} & set(current)
    assert (set(current) if not purge or wanted is None or theirs else kept) <= set(after)
    if purge and wanted is not None and not theirs:
        assert set(after) <= {*wanted, *kept, *tags.own(after)}
    assert not set(to_set) & set(to_remove)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"aws:stack": "x"}, "aws:stack begins with aws:"),
        ({"AWS:stack": "x"}, "begins with aws:"),
        ({"k" * 129: "x"}, "has 129 characters"),
        ({"": "x"}, "has 0 characters"),
        ({"team": "v" * 257}, "the value of team has 257 characters"),
        ({"a": "v" * 257, "aws:b": 1}, "; aws:b begins"),
    ],
)
def test_tags_that_aws_takes_nowhere(given: dict[str, Any], reason: str) -> None:
    for change in (tags.own_tags, lambda item: tags.changes({}, item)):
        with pytest.raises(ItemError, match=reason):
            change(Item("orders", given))


def test_the_longest_tags() -> None:
    longest = {"k" * 128: "v" * 256, "empty": None}
    assert tags.as_text(longest) == {"k" * 128: "v" * 256, "empty": ""}


def test_signs_that_load_balancers_do_not_take() -> None:
    tags.check_for_load_balancers({"Kosten stelle:1": "Ä_.:/=+-@ 9", "saas.privatelink:name": "{}"})
    with pytest.raises(ItemError, match=r"do not take ; \{ in a tag, as in team"):
        tags.check_for_load_balancers({"team": "a;{b"})


def test_values_of_yaml_become_text() -> None:
    item = Item("orders", {"cost": 5, "live": True, "note": None, 7: "x"}, "prod")  # type: ignore[dict-item]
    assert tags.own_tags(item) == {
        "Name": "orders",
        tags.OWN_TAG: "orders",
        tags.ENVIRONMENT_TAG: "prod",
        "cost": "5",
        "live": "True",
        "note": "",
        "7": "x",
    }
    assert tags.changes({"cost": "5", tags.OWN_TAG: "a"}, Item("a", {"cost": 5}), True) == ({}, [])


def test_a_name_may_be_given_but_not_the_own_tag() -> None:
    made = tags.own_tags(Item("orders", {"Name": "Orders", tags.OWN_TAG: "mine"}))
    assert made == {"Name": "Orders", tags.OWN_TAG: "orders"}


def test_there_and_back() -> None:
    assert tags.as_dict(tags.as_aws({"b": "2", "a": "1"})) == {"a": "1", "b": "2"}
    assert tags.as_aws({"b": "2", "a": "1"})[0] == {"Key": "a", "Value": "1"}
    assert tags.as_dict(None) == {}


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ItemError, match="no list or dictionary: a, b"):
        tags.as_text({"b": {}, "a": ["x"], "c": "x"})
