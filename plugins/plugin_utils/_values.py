# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of an inventory as the types that their options have, or a refusal that says which option is wrong.

This plugin util is PRIVATE to the collection.

Ansible validates the options of a role and hands them on as they came: C(-e), surveys and INI inventories give text, in
which C(false) is true, a list is searched letter by letter, and nothing at all is a value. What is converted here is
either what the option's type says, or refused.
"""

from __future__ import annotations

import math
import re
import typing as t

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.saas.privatelink.plugins.plugin_utils._meant import is_meant

Options = t.Mapping[str, t.Any]
Spec = t.Mapping[str, t.Any]

OMITTED = "__omit_place_holder__"  # what omit begins with before ansible-core 2.19
OMIT = "_OmitType"  # and the name of its type since, as filters see it within a list or dictionary
NUMBERS = {"int": re.compile(r"[+-]?[0-9]+"), "float": re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")}
BLANK_IS_NOTHING = {"list", "dict", "int", "float", "bool"}  # types that cannot mean anything by an empty text
CHOICES = re.compile(r"must be one (or more )?of: (?P<known>.*?)[,.] [Gg]ot(: | no match for: )(?P<value>[^ ]+)")
NO_TEXT = (bool, float, list, tuple, dict)  # what does not become the text that somebody wrote


class ValueRefused(Exception):
    """A value that is not what its option takes; the message names the option and says what it takes."""


def given(value: t.Any) -> t.Any:
    """A copy without what is not set, at every depth."""
    if isinstance(value, t.Mapping):
        named = {str(name): given(part) for name, part in value.items() if _is_set(part)}
        return {name: part for name, part in named.items() if _is_set(part)}
    if isinstance(value, (list, tuple)):
        return [part for part in map(given, value) if _is_set(part)]
    return value


def _is_set(value: t.Any) -> bool:
    omitted = value.startswith(OMITTED) if isinstance(value, str) else type(value).__name__ == OMIT
    return value is not None and not omitted


def converted(spec: Spec, values: Options) -> dict[str, t.Any]:
    """The options of an argument spec, of the types that it names, defaults filled in.

    None is an option that is not set; within others, such are left out. Raises ValueRefused, with all that is wrong.
    """
    ready, wrong = {}, []
    for name, value in given(values).items():
        try:
            ready[name] = _ready(value, spec.get(name) or {"type": "raw"}, name)
        except ValueRefused as error:
            wrong.append(str(error))
    if wrong:
        raise ValueRefused("; ".join(wrong))
    result = ArgumentSpecValidator(dict(spec)).validate(given(ready))
    for fault in result.errors:
        wrong.append(_unknown(fault.msg) if isinstance(fault, UnsupportedError) else _no_choice(fault.msg))
    if wrong:
        raise ValueRefused("; ".join(wrong))
    return {name: given(value) for name, value in result.validated_parameters.items()}


def _unknown(said: str) -> str:
    """An option that there is not: Ansible says its name, and then those that there are."""
    name, dummy, known = said.partition(". Supported parameters include: ")
    return f"unknown option {said}{is_meant(name.rpartition('.')[2], known.rstrip('.').split(', '))}"


def _no_choice(said: str) -> str:
    """A value that is none of an option's choices: what Ansible says of it, with the one that may be meant."""
    match = CHOICES.search(said)
    return f"{said}.{meant}" if match and (meant := is_meant(match["value"], match["known"].split(", "))) else said


def _ready(value: t.Any, spec: Spec, name: str) -> t.Any:
    """A value without what its spelling adds to it; None for a blank that says nothing. Raises ValueRefused."""
    kind = spec.get("type", "str")
    if isinstance(value, str) and kind in BLANK_IS_NOTHING:
        value = value.strip()
        if not value:
            return None
    if kind == "list":
        return [_ready(part, _element(spec), name) for part in _parts(value, name)]
    if kind == "dict":
        return _ready_dict(value, spec, name)
    if kind in NUMBERS and isinstance(value, float) and not math.isfinite(value):
        raise ValueRefused(f"{name} is a number, not {_shown(value, spec)}")
    if kind in NUMBERS and (isinstance(value, bool) or (isinstance(value, str) and not NUMBERS[kind].fullmatch(value))):
        raise ValueRefused(f"{name} is a number, not {_shown(value, spec)}")
    if kind == "bool":
        _refuse_no_flag(value, spec, name)
    if kind in ("str", "path"):
        _refuse_no_text(value, spec, name)
    return value


def _element(spec: Spec) -> Spec:
    return {**spec, "type": spec.get("elements", "raw")}


def _parts(value: t.Any, name: str) -> list[t.Any]:
    """What a list, or the text of one, consists of: as JSON or YAML write it in brackets, or with commas."""
    if isinstance(value, str):
        listed = _read(value, name) if value.startswith("[") else [part.strip() for part in value.split(",")]
    else:
        listed = [value] if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(listed, (list, tuple)):
        raise ValueRefused(f"{name} is a list, not {listed!r}")
    parts: list[t.Any] = given(listed)
    if "" in parts:
        raise ValueRefused(f"{name} holds a blank: {value!r}")
    return parts


def _ready_dict(value: t.Any, spec: Spec, name: str) -> t.Any:
    if isinstance(value, str) and value.startswith("{"):
        value = _read(value, name)
    if not isinstance(value, t.Mapping):
        raise ValueRefused(f"{name} is a dictionary, not {value!r}")
    options = spec.get("options") or {}
    return {key: _ready(part, options.get(key) or {"type": "raw"}, f"{name}.{key}") for key, part in value.items()}


def _read(text: str, name: str) -> t.Any:
    try:
        return given(yaml.safe_load(text))
    except yaml.YAMLError:
        raise ValueRefused(f"{name} cannot be read: {text!r}") from None


def _refuse_no_flag(value: t.Any, spec: Spec, name: str) -> None:
    try:
        boolean(value)
    except TypeError:
        raise ValueRefused(f"{name} is true or false, not {_shown(value, spec)}") from None


def _refuse_no_text(value: t.Any, spec: Spec, name: str) -> None:
    """A number is what was written; C(yes), C(1.10) and what holds others have become something else on the way."""
    if isinstance(value, NO_TEXT):
        raise ValueRefused(f"{name} is a text, not {_shown(value, spec)}: put it in quotes if it is meant as it stands")
    if isinstance(value, str) and value != value.strip():
        raise ValueRefused(f"{name}: take away the blanks or line ends around {_shown(value.strip(), spec)}")
    if isinstance(value, str) and any(sign.isdecimal() and not sign.isascii() for sign in value):
        raise ValueRefused(f"{name} has other digits than 0 to 9: {_shown(value, spec)}")


def _shown(value: t.Any, spec: Spec) -> str:
    return "what it is" if spec.get("no_log") else repr(value)
