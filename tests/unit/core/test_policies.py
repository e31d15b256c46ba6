# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One statement among others: what others have written stays, whatever it is."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core import policies
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

OURS = "Ours1"
BUCKET = "arn:aws:s3:::orders"
texts = st.text(max_size=8)
some = texts | st.lists(texts, min_size=1, max_size=3)
principals = st.just("*") | st.dictionaries(st.sampled_from(["AWS", "Service"]), some, min_size=1)
conditions = st.dictionaries(
    st.sampled_from(["StringEquals", "StringNotEquals", "Bool", "NumericLessThan"]),
    st.dictionaries(texts, some | st.booleans() | st.integers(), max_size=2),
    max_size=2,
)


def statements_of(sids: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    required = {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": some, "Resource": some}
    optional = {"Principal": principals, "Condition": conditions, "Unknown": st.none() | st.integers()}
    rest = st.fixed_dictionaries(required, optional=optional)
    return st.builds(lambda sid, fields: {**({} if sid is None else {"Sid": sid}), **fields}, sids, rest)


theirs = statements_of(st.none() | texts.filter(OURS.__ne__))
ours = statements_of(st.just(OURS))
documents = st.builds(
    lambda head, listed: {**head, "Statement": listed},
    st.dictionaries(st.sampled_from(["Version", "Id", "Later"]), texts),
    st.lists(theirs, min_size=1, max_size=4) | theirs,
)


def others(document: Any) -> list[Any]:
    return [statement for statement in policies.statements(document) if statement.get("Sid") != OURS]


def head(document: Any) -> dict[str, Any]:
    return {name: value for name, value in (document or {}).items() if name != "Statement"}


@settings(deadline=None)
@given(documents, ours, ours)
def test_what_is_not_ours_stays(document: Any, first: Any, second: Any) -> None:
    """Added, changed and taken away, twice each: the rest is never touched, and what was given neither."""
    given_text = json.dumps([document, first, second])
    added = policies.with_statement(document, first)
    assert policies.with_statement(added, first) == added
    changed = policies.with_statement(added, second)
    assert policies.of_sid(changed, OURS) == second
    assert list(changed) == list(document)
    for found in (added, changed):
        assert json.dumps(others(found)) == json.dumps(others(document))
        assert head(found) == head(document)
    gone = policies.without_statement(changed, OURS)
    assert policies.without_statement(gone, OURS) == gone
    assert head(gone) == head(document)
    assert policies.statements(gone) == policies.statements(document)
    assert json.dumps([document, first, second]) == given_text


@settings(deadline=None)
@given(documents.filter(lambda document: isinstance(document["Statement"], list)), ours)
def test_present_then_absent_gives_the_document_back(document: Any, statement: Any) -> None:
    left = policies.without_statement(policies.with_statement(document, statement), OURS)
    assert json.dumps(left) == json.dumps(document)
    assert json.loads(policies.as_text(document)) == document


@settings(deadline=None)
@given(ours, st.integers(0, 3), documents)
def test_it_keeps_its_place(statement: Any, place: int, document: Any) -> None:
    listed = policies.statements(document)
    listed.insert(place, {"Sid": OURS})
    found = policies.statements(policies.with_statement({"Statement": listed}, statement))
    assert found.index(statement) == min(place, len(listed) - 1)


@settings(deadline=None)
@given(ours)
def test_of_nothing_to_nothing(statement: Any) -> None:
    made = policies.with_statement(None, statement)
    assert made == {"Version": "2012-10-17", "Statement": [statement]}
    assert policies.without_statement(made, OURS) is None
    assert policies.without_statement(None, OURS) is None


def respelt(value: Any) -> Any:
    """The same in AWS's other spelling: one value without its list, many the other way round."""
    if isinstance(value, list):
        return value[0] if len(value) == 1 else value[::-1]
    if isinstance(value, dict):
        return {name: respelt(inner) for name, inner in reversed(value.items())}
    return value


@settings(deadline=None)
@given(ours)
def test_spelling_makes_no_difference(statement: Any) -> None:
    assert policies.is_same(statement, respelt(statement))
    assert policies.is_same(statement, json.loads(json.dumps(statement)))


@settings(deadline=None)
@given(ours, ours)
def test_what_is_the_same_is_so_in_each_element(one: Any, other: Any) -> None:
    assume(one["Effect"] != other["Effect"] or set(one) != set(other))
    assert not policies.is_same(one, other)


STATEMENT: dict[str, Any] = {
    "Sid": OURS,
    "Effect": "Allow",
    "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
    "Action": ["s3:GetObject"],
    "Resource": [BUCKET, f"{BUCKET}/*"],
    "Condition": {"StringEquals": {"aws:SourceVpce": ["vpce-0a", "vpce-0b"]}},
}


@pytest.mark.parametrize(
    ("element", "spelling"),
    [
        ("Principal", {"AWS": "111122223333"}),
        ("Action", "S3:getobject"),
        ("Resource", [f"{BUCKET}/*", BUCKET]),
        ("Condition", {"StringEquals": {"AWS:sourceVpce": ["vpce-0b", "vpce-0a"]}}),
    ],
)
def test_other_spellings_of_the_same(element: str, spelling: Any) -> None:
    assert policies.is_same(STATEMENT, {**STATEMENT, element: spelling})


@pytest.mark.parametrize(
    ("element", "change"),
    [
        ("Effect", "Deny"),
        ("Principal", "*"),
        ("Principal", {"AWS": ["111122223333", "444455556666"]}),
        ("Principal", {"Service": "111122223333"}),
        ("Action", ["s3:GetObject", "s3:PutObject"]),
        ("Resource", BUCKET),
        ("Condition", {}),
        ("Condition", {"StringEqualsIfExists": STATEMENT["Condition"]["StringEquals"]}),
        ("Condition", {**STATEMENT["Condition"], "Bool": {"aws:SecureTransport": "true"}}),
        ("Condition", {"StringEquals": {"aws:SourceVpce": "vpce-0a"}}),
        ("NotAction", "s3:PutObject"),
    ],
)
def test_what_is_another(element: str, change: Any) -> None:
    assert not policies.is_same(STATEMENT, {**STATEMENT, element: change})
    assert not policies.is_same(STATEMENT, None)


def test_everybody_has_two_spellings() -> None:
    everybody = {**STATEMENT, "Principal": "*"}
    assert policies.is_same(everybody, {**STATEMENT, "Principal": {"AWS": ["*"]}})


def test_two_of_one_sid_are_nobodys() -> None:
    twice = {"Statement": [STATEMENT, copy.deepcopy(STATEMENT)]}
    for change in (policies.with_statement, lambda document, statement: policies.without_statement(document, OURS)):
        with pytest.raises(ItemError, match=f"2 statements with the Sid {OURS}"):
            change(twice, STATEMENT)


def test_conditions_are_read_whatever_their_capitals() -> None:
    asks = {"ForAnyValue:StringNotEquals": {"AWS:SourceVpce": "vpce-0a"}, "Bool": {"aws:SecureTransport": False}}
    assert policies.conditions({"Condition": asks}) == [
        ("stringnotequals", "aws:sourcevpce", ["vpce-0a"]),
        ("bool", "aws:securetransport", ["false"]),
    ]
    assert policies.conditions({}) == []


def test_signs_of_others_are_put_as_they_are() -> None:
    assert policies.as_text({"Id": "Müller 1"}) == '{"Id":"Müller 1"}'
