# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs from dataclasses."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import (
    Presence,
    argument_spec,
    optional,
    required,
)


@dataclass(frozen=True)
class Part:
    size: int = required("How big it is.")
    kinds: list[t.Literal["a", "b"]] | None = None


@dataclass(frozen=True)
class Thing:
    SPECIES: t.ClassVar[str] = "thing"

    name: str
    state: Presence = "present"
    ratio: float = 1.5
    secret: str | None = optional(no_log=True)
    policy: str | None = optional(type="json")
    tags: dict[str, str] | None = None
    parts: list[dict[str, t.Any]] | None = optional(item=Part)
    first: dict[str, t.Any] | None = optional(item=Part)
    words: list[str] = optional(["x"])
    inner: Part | None = None
    computed: str = field(init=False, default="")


@dataclass(frozen=True)
class Special(Thing):
    state: t.Literal["present"] = "present"
    more: bool = False


def test_an_annotation_is_type_and_choices_and_a_default_the_default() -> None:
    part = {
        "size": {"type": "int", "required": True},
        "kinds": {"type": "list", "elements": "str", "choices": ["a", "b"]},
    }
    assert argument_spec(Thing) == {
        "name": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "ratio": {"type": "float", "default": 1.5},
        "secret": {"type": "str", "no_log": True},
        "policy": {"type": "json"},
        "tags": {"type": "dict"},
        "parts": {"type": "list", "elements": "dict", "options": part},
        "first": {"type": "dict", "options": part},
        "words": {"type": "list", "elements": "str", "default": ["x"]},
        "inner": {"type": "dict", "options": part},
    }


def test_a_subclass_adds_options_and_says_others_anew() -> None:
    spec = argument_spec(Special)
    assert spec["state"] == {"type": "str", "choices": ["present"], "default": "present"}
    assert spec["more"] == {"type": "bool", "default": False}
    assert len(spec) == len(argument_spec(Thing)) + 1


def test_nobody_can_change_the_spec_of_others() -> None:
    argument_spec(Thing)["name"]["type"] = "int"
    assert argument_spec(Thing)["name"] == {"type": "str"}


def test_what_no_option_can_be_is_an_error() -> None:
    @dataclass
    class Odd:
        thing: set[str] | None = None

    with pytest.raises(TypeError, match="no option can have the type set"):
        argument_spec(Odd)
