# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of this collection's roles, as the types that their argument specs name.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import functools
import typing as t
from pathlib import Path

import yaml
from ansible import template as templating
from ansible_collections.saas.privatelink.plugins.plugin_utils._lists import list_of
from ansible_collections.saas.privatelink.plugins.plugin_utils._meant import LONG, nearest
from ansible_collections.saas.privatelink.plugins.plugin_utils._values import ValueRefused, converted, given

ROLES = Path(__file__).parents[2] / "roles"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TRUSTED = getattr(templating, "trust_as_template", lambda text: text)  # what ansible-core 2.18 does not ask for


@functools.cache
def _described(role: str) -> dict[str, t.Any]:
    """All options of a role; its file is read once a process, for there are two parts of it to ask for."""
    text = (ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=LOADER)["argument_specs"]["main"]["options"])  # LOADER is safe


@functools.cache
def role_spec(role: str, secret: bool = False) -> dict[str, t.Any]:
    """The argument spec of a role, by the names of its variables: the part that is ``secret``, or the other.

    Links are in neither; they have types of their own.
    """
    options = _described(role)
    own = {name: option for name, option in options.items() if name.startswith(f"{role}_") and name != list_of(role)}
    return {name: option for name, option in own.items() if option.get("no_log", False) is secret}


def role_options(
    role: str,
    variables: t.Mapping[str, t.Any],
    template: t.Callable[[t.Any], t.Any],
    secret: bool = False,
    only: t.Collection[str] | None = None,
) -> dict[str, t.Any]:
    """The role's options by their names without the role's, converted; "" or an empty list where nothing is said.

    ``template`` evaluates the value of a variable; of those that are not in ``only``, if it is set, no value is
    evaluated. Raises ValueRefused.
    """
    spec = role_spec(role, secret)
    if only is not None:
        unknown = [name for name in only if f"{role}_{name}" not in spec]
        if unknown:
            raise ValueRefused(f"Role {role} has no option {', '.join(unknown)}")
        spec = {f"{role}_{name}": spec[f"{role}_{name}"] for name in only}
    # As one dictionary: an omitted value leaves it, where one alone would be an error.
    said = given(template({name: variables[name] for name in spec if name in variables}))
    defaults = {name: _default(option) for name, option in spec.items() if "default" in option and name not in said}
    options = converted(spec, {**template(defaults), **said})
    return {name[len(role) + 1 :]: options[name] for name in spec}


def misspelt(role: str, names: t.Iterable[str]) -> dict[str, str]:
    """Of variables that begin as the role's options do, those that are none: each with the option that may be meant."""
    known = {list_of(role), *role_spec(role), *role_spec(role, secret=True)}
    strange = [name for name in names if name.startswith(f"{role}_") and name not in known]
    near = {name: nearest(name, known, LONG) for name in strange}
    return {name: meant for name, meant in near.items() if meant}


def slips(role: str, variables: t.Mapping[str, t.Any]) -> list[str]:
    """A warning for each misspelt variable of a host."""
    host = variables.get("inventory_hostname", "")
    found = misspelt(role, variables)
    return [f"{host}: nothing reads the variable {name}. Is {meant} meant?" for name, meant in found.items()]


def _default(option: t.Mapping[str, t.Any]) -> t.Any:
    """It may be an expression, which Ansible evaluates for those whom it trusts."""
    value = option["default"]
    return TRUSTED(value) if isinstance(value, str) else value
