# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs from dataclasses, so that an option is written once: as a field.

This module util is PRIVATE to the collection.

A field's annotation is the option's type and, as C(Literal), its choices; its default is the option's default. What an
annotation cannot say stands in the field's metadata, see C(optional).
"""

from __future__ import annotations

import copy
import dataclasses
import sys
import types
import typing as t

Spec = dict[str, t.Any]
Presence = t.Literal["present", "absent"]

_SPECS: dict[t.Any, Spec] = {}  # by dataclass, worked out once a process
TYPES = {str: "str", int: "int", float: "float", bool: "bool", dict: "dict", list: "list"}


# pylint takes a field for wrong outside of a class; these make one, and are called in a class.
# pylint: disable=invalid-field-call


def optional(default: t.Any = None, description: str = "", **spec: t.Any) -> t.Any:
    """A field that is an option. ``spec`` adds to its argument spec what its annotation cannot say, as C(no_log).

    ``item`` in it is the dataclass whose fields are the suboptions of a dictionary, or of each in a list.
    ``default`` may be a list or dict; every instance gets its own copy of it.
    """
    metadata = {"description": description, "spec": spec}
    if isinstance(default, (list, dict)):
        return dataclasses.field(default_factory=lambda: type(default)(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def internal(default: t.Any = None) -> t.Any:
    """A field that is no option: code fills it in."""
    return dataclasses.field(default=default, metadata={"internal": True})


def required(description: str = "", **spec: t.Any) -> t.Any:
    """A field that is an option which must be given."""
    return dataclasses.field(metadata={"description": description, "spec": {"required": True, **spec}})


def argument_spec(item: t.Any) -> Spec:
    """The argument spec of a dataclass, with one option for each field that its constructor takes.

    Raises TypeError for an annotation that no option can have.
    """
    if item not in _SPECS:
        annotations = hints(item)
        fields = [field for field in dataclasses.fields(item) if field.init and "internal" not in field.metadata]
        _SPECS[item] = {field.name: {**_typed(annotations[field.name]), **_default(field)} for field in fields}
    return copy.deepcopy(_SPECS[item])


def hints(item: t.Any) -> dict[str, t.Any]:
    """The annotations of a dataclass's fields, evaluated, without C(| None).

    C(typing.get_type_hints) alone cannot read C(X | None) before Python 3.10.
    """
    found: dict[str, t.Any] = {}
    fields = {field.name for field in dataclasses.fields(item)}
    for owner in reversed(item.__mro__):
        annotations = vars(owner).get("__annotations__", {})
        texts = {name: str(text).replace(" | None", "") for name, text in annotations.items() if name in fields}
        if texts:
            holder = types.SimpleNamespace(__annotations__=texts)
            found.update(t.get_type_hints(holder, globalns=vars(sys.modules[owner.__module__])))
    return found


def _default(field: dataclasses.Field[t.Any]) -> Spec:
    spec = dict(field.metadata.get("spec") or {})
    if "item" in spec:
        spec["options"] = argument_spec(spec.pop("item"))
    default = field.default
    if field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    if default is not dataclasses.MISSING and default is not None:
        spec["default"] = default
    return spec


def _typed(hint: t.Any) -> Spec:
    """Type, choices, elements and suboptions of an annotation."""
    origin, arguments = t.get_origin(hint), t.get_args(hint)
    if origin is t.Literal:
        return {"type": TYPES[type(arguments[0])], "choices": list(arguments)}
    if origin is list:
        element = _typed(arguments[0])
        named = {"type": "list", "elements": element.pop("type")}
        return {**named, **element}
    if origin is dict or hint in TYPES:
        return {"type": TYPES[origin or hint]}
    if dataclasses.is_dataclass(hint):
        return {"type": "dict", "options": argument_spec(hint)}
    raise TypeError(f"no option can have the type {hint!r}")
