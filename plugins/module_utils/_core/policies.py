# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy documents of resources: one statement of ours among those of others, found by its Sid. Pure.

This module util is PRIVATE to the collection.

Documents and statements are what C(json.loads) makes of them, and are never changed in place. What is not about our
statement stays as it is, its spelling and its order included.

Source: IAM user guide, Grammar of the IAM JSON policy language, and the JSON policy elements (read 2026-11).
"""

from __future__ import annotations

import hashlib
import json
import re
import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

Statement = t.Mapping[str, t.Any]
Document = t.Mapping[str, t.Any]
VERSION = "2012-10-17"
ROOT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):root")  # how AWS gives back a principal that is an account
STEM, LONGEST_STEM = "SaasPrivatelink", 64  # what our Sids begin with
SET_OPERATOR = re.compile(r"for(any|all)values?:")


def statements(document: Document | None) -> list[Statement]:
    """Of a policy document; a single one may stand without a list."""
    found = (document or {}).get("Statement") or []
    return [found] if isinstance(found, t.Mapping) else list(found)


def sid(stem: str, environment: str, *told: str | None) -> str:
    """A Sid of ours, in letters and digits. What it is told differs in the eight digits at its end if nowhere else."""
    digits = hashlib.sha256(json.dumps([environment, *told]).encode()).hexdigest()[:8]
    return f"{stem[:LONGEST_STEM]}{camel(environment)[:LONGEST_STEM]}{digits}"


def camel(text: str) -> str:
    """Letters and digits of a text; a capital begins each part."""
    return "".join(part[0].upper() + part[1:] for part in re.findall(r"[A-Za-z0-9]+", text))


def of_sid(document: Document | None, sid: str) -> Statement | None:
    """The statement of that Sid, None where there is none. Raises ItemError for two: nobody knows which is meant."""
    found = [statement for statement in statements(document) if statement.get("Sid") == sid]
    if len(found) > 1:
        raise ItemError(f"The policy has {len(found)} statements with the Sid {sid}. It was not changed: keep one.")
    return found[0] if found else None


def with_statement(document: Document | None, statement: Statement) -> Document:
    """The document with a statement in the place of the one of its Sid, else at the end. None is no document yet."""
    listed, sid = statements(document), statement["Sid"]
    if of_sid(document, sid) is None:
        listed.append(statement)
    placed = [statement if other.get("Sid") == sid else other for other in listed]
    return {**(document or {"Version": VERSION}), "Statement": placed}


def without_statement(document: Document | None, sid: str) -> Document | None:
    """The document without the statement of that Sid; None where no statement is left: AWS takes no empty policy."""
    if of_sid(document, sid) is None:
        return document
    kept = [other for other in statements(document) if other.get("Sid") != sid]
    return {**(document or {}), "Statement": kept} if kept else None


def as_text(document: t.Mapping[str, t.Any]) -> str:
    """A document or a statement as AWS takes it, without white space, and with every sign as it was."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def is_same(one: Statement | None, other: Statement | None) -> bool:
    """Whether two statements say the same, whatever the order and the spelling that AWS gives back."""
    if one is None or other is None:
        return one is other
    return _canonical(one) == _canonical(other)


def conditions(statement: Statement) -> list[tuple[str, str, list[str]]]:
    """What a statement asks: operator and key in lower case, without C(ForAnyValue:) in front, and the values."""
    found: list[tuple[str, str, list[str]]] = []
    for operator, keys in (statement.get("Condition") or {}).items():
        bare = SET_OPERATOR.sub("", operator.lower())
        found += [(bare, key.lower(), _texts(values)) for key, values in keys.items()]
    return found


def covers(statement: Statement, account: str) -> bool:
    """Whether a statement is about an account, or about somebody in it; what leaves others out may be."""
    principal = statement.get("Principal")
    named = principal if isinstance(principal, str) else (principal or {}).get("AWS")
    names = listed(named)
    return "NotPrincipal" in statement or any(name == "*" or account in name.split(":") for name in names)


def names_any(statement: Statement, actions: t.Iterable[str]) -> bool:
    """Whether a statement is about one of these actions; what leaves others out may be."""
    patterns = listed(statement.get("Action"))
    return "NotAction" in statement or any(matches(pattern, action) for pattern in patterns for action in actions)


def listed(value: t.Any) -> list[str]:
    """One text, or several, as a list."""
    return [value] if isinstance(value, str) else list(value or [])


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern of AWS, in which C(*) and C(?) stand for any signs. Capitals do not count."""
    form = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(form, text, re.IGNORECASE) is not None


def _canonical(statement: Statement) -> dict[str, t.Any]:
    """A statement with sets for lists, and one spelling of what AWS knows in several."""
    found: dict[str, t.Any] = {}
    for element, value in statement.items():
        if element in ("Principal", "NotPrincipal"):
            found[element] = _principals(value)
        elif element in ("Action", "NotAction"):  # not case sensitive
            found[element] = {text.lower() for text in _texts(value)}
        elif element in ("Resource", "NotResource"):
            found[element] = set(_texts(value))
        elif element == "Condition":
            found[element] = {operator: _keys(keys) for operator, keys in value.items()}
        else:
            found[element] = value
    return found


def _keys(keys: t.Mapping[str, t.Any]) -> dict[str, set[str]]:
    """The condition keys of an operator, whose names are not case sensitive."""
    return {key.lower(): set(_texts(values)) for key, values in keys.items()}


def _principals(value: t.Any) -> dict[str, set[str]]:
    """By kind. C("*") is C({"AWS": "*"}), and an account is its root."""
    kinds = value if isinstance(value, t.Mapping) else {"AWS": value}
    return {kind: {ROOT.sub(r"\1", text) for text in _texts(named)} for kind, named in kinds.items()}


def _texts(value: t.Any) -> list[str]:
    """One or many values as texts; a condition may have C(true) for C("true")."""
    values = value if isinstance(value, list) else [value]
    return [text if isinstance(text, str) else json.dumps(text) for text in values]
