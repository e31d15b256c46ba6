# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tag changes, over random tags."""

from __future__ import annotations

from ansible_collections.saas.privatelink.plugins.module_utils._aws import tags
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.sampled_from(["Name", "team", "cost", "aws:stack", tags.OWN_TAG])
TAGS = st.dictionaries(KEYS, st.sampled_from(["x", "y", ""]))


@given(TAGS, st.none() | TAGS, st.booleans())
def test_changes_lead_to_the_wanted_tags_and_then_there_are_none(
    current: dict[str, str], wanted: dict[str, str] | None, purge: bool
) -> None:
    to_set, to_remove = tags.changes(current, "orders", wanted, purge)
    after = {key: value for key, value in {**current, **to_set}.items() if key not in to_remove}
    assert after == {**after, **(wanted or {}), tags.OWN_TAG: "orders"}
    assert tags.changes(after, "orders", wanted, purge) == ({}, [])
    kept = set(current) if not purge or wanted is None else {"Name", "aws:stack", tags.OWN_TAG} & set(current)
    assert kept <= set(after)
    if purge and wanted is not None:
        assert set(after) <= {*wanted, *kept, tags.OWN_TAG}
    assert not set(to_set) & set(to_remove)


def test_values_of_yaml_become_text() -> None:
    assert tags.own_tags("orders", {"cost": 5, "live": True, "note": None, 7: "x"}) == {  # type: ignore[dict-item]
        "Name": "orders",
        tags.OWN_TAG: "orders",
        "cost": "5",
        "live": "True",
        "note": "",
        "7": "x",
    }
    assert tags.changes({"cost": "5", tags.OWN_TAG: "a"}, "a", {"cost": 5}, True) == ({}, [])  # type: ignore[dict-item]


def test_a_name_may_be_given_but_not_the_own_tag() -> None:
    made = tags.own_tags("orders", {"Name": "Orders", tags.OWN_TAG: "mine"})
    assert made == {"Name": "Orders", tags.OWN_TAG: "orders"}


def test_there_and_back() -> None:
    assert tags.as_dict(tags.as_aws({"b": "2", "a": "1"})) == {"a": "1", "b": "2"}
    assert tags.as_aws({"b": "2", "a": "1"})[0] == {"Key": "a", "Value": "1"}
    assert tags.as_dict(None) == {}
