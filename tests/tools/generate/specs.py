# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs and defaults of the roles that work on links."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Link
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.nlb_service import Forwarder
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import PATTERNS, Vendor

from tests.tools.place import ROOT

Spec = dict[str, Any]

ROLES: Spec = yaml.safe_load((ROOT / "tests/tools/generate/roles.yml").read_text(encoding="utf-8"))
LAST = ("tags", "state", "awaiting", "hand_off", "hand_back")  # of the options of a link, in documentation
AUTHOR = ["saas.privatelink contributors"]


@dataclasses.dataclass(frozen=True)
class Words:
    """What takes the place of {role}, {who}, {links} and {connects} in descriptions."""

    role: str
    who: str = "the vendor"
    connects: str = ""
    links: str = ""  # the list of links, where that is not C(ROLE_links)

    def fill(self, text: str) -> str:
        # Not str.format: descriptions and defaults hold braces of Jinja, too.
        words = {
            "role": self.role,
            "who": self.who,
            "links": self.links or f"{self.role}_links",
            "connects": self.connects,
        }
        for name, word in words.items():
            text = text.replace(f"{{{name}}}", word)
        return text[:1].upper() + text[1:] if text.startswith(self.who) else text

    def filled(self, spec: Mapping[str, Any]) -> Spec:
        """An option of a role with its words filled in."""
        return {**spec, "description": [self.fill(text) for text in spec["description"]]}


def suboptions(item: type, words: Words, names: Iterable[str] | None = None) -> Spec:
    """The fields of a dataclass as documented suboptions; ``names`` narrows them."""
    spec = argument_spec(item)
    fields = {field.name: field for field in dataclasses.fields(item)}
    kept = [name for name in spec if names is None or name in names]
    ordered = [name for name in kept if name not in LAST] + [name for name in LAST if name in kept]
    return {name: _option(spec[name], fields[name], words) for name in ordered}


def _option(spec: Spec, field: dataclasses.Field[Any], words: Words) -> Spec:
    documented = {name: value for name, value in spec.items() if name != "options"}
    documented["description"] = [words.fill(field.metadata["description"])]
    item = field.metadata["spec"].get("item")
    # Those of a module are described in the module's documentation.
    described = item and all(part.metadata.get("description") for part in dataclasses.fields(item))
    return {**documented, "options": suboptions(item, words)} if described else documented


def role_option(name: str, words: Words, **changes: Any) -> Spec:
    """An option that roles.yml has for all roles."""
    return words.filled({**ROLES["options"][name], **changes})


def link_options(link_types: Iterable[type[Link]], words: Words, vendor: Vendor | None = None) -> Spec:
    """The options of links of these types; those that a vendor's links take, where there is one."""
    options: Spec = {}
    for link_type in link_types:
        own = None if vendor is None else vendor.takes(link_type)
        for name, spec in suboptions(link_type, words, own).items():
            options.setdefault(name, spec)
    for name in LAST:
        if name in options:
            options[name] = options.pop(name)
    return options


def pattern_spec(pattern: str) -> Spec:
    """The argument spec of a pattern's role."""
    says, words = ROLES["patterns"][pattern], Words(pattern)
    options = {name: role_option(name, words) for name in says["options"]}
    options["links"] = {**options["links"], "required": True, "options": link_options([PATTERNS[pattern]], words)}
    if "forwarders" in options:
        options["forwarders"]["options"] = suboptions(Forwarder, words)
    description = [*says["description"], ROLES["together"], ROLES["report"], ROLES["again"]]
    return role_spec(words, says["short_description"], description, options)


def vendor_role_spec() -> Spec:
    """The argument spec of the role vendor, through which vendors' roles take their links."""
    words = Words("vendor")
    says = ROLES["vendor"]
    options = {name: words.filled(says[name]) for name in ("data", "options")}
    options["links"] = role_option("links", words, required=True)
    return role_spec(words, says["short_description"], [*says["description"], ROLES["again"]], options)


def role_spec(words: Words, short: str, description: Iterable[str], options: Spec) -> Spec:
    main = {
        "short_description": words.fill(short),
        "version_added": "0.1.0",
        "description": [words.fill(text.strip()) for text in description],
        "author": AUTHOR,
        "options": {f"{words.role}_{name}": spec for name, spec in options.items()},
    }
    return {"argument_specs": {"main": main}}


def defaults(spec: Spec) -> Spec:
    """What defaults/main.yml holds, of an argument spec."""
    options = spec["argument_specs"]["main"]["options"]
    return {name: option["default"] for name, option in options.items() if "default" in option}
