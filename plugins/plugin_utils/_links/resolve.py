# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what an inventory says of links to typed links: filled in, converted and refused in this one place.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Link, LinkError, Options
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.nlb_service import NlbServiceLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.redis_cloud import RedisCloudLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.redshift_grant import RedshiftGrantLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.shared_resource import (
    ResourceEndpointLink,
    ServiceNetworkLink,
)

TYPES = (NlbServiceLink, RedshiftGrantLink, ResourceEndpointLink, ServiceNetworkLink, RedisCloudLink)
PATTERNS: dict[str, type[Link]] = {link_type.PATTERN: link_type for link_type in TYPES}
OMITTED = "__omit_place_holder__"  # what omit is before ansible-core 2.19, where it stands within a list or dictionary


@dataclasses.dataclass(frozen=True)
class Vendor:
    """A vendor's data. ``destinations`` tells of each its C(pattern) and defaults that a link may change.

    ``facts`` are, for each pattern, what every link says and none can change. ``told`` are, for each pattern, facts
    that the vendor has yet to tell where they are empty (C(needs)), and how to C(ask) for them. ``withheld`` are
    options of the patterns that the vendor's links do not take, each with the reason. ``by`` is the option that names
    the destination. Of the rest of the data, links know nothing.
    """

    name: str = ""
    by: str = "destination"
    destinations: Options = dataclasses.field(default_factory=dict)
    facts: Options = dataclasses.field(default_factory=dict)
    told: Options = dataclasses.field(default_factory=dict)
    withheld: Options = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, data: Options) -> Vendor:
        own = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in own})

    def type_of(self, name: str, named: t.Any) -> tuple[type[Link], Options]:
        """The type of a link to the destination C(named), and its defaults. Raises LinkError for an unknown one."""
        facts = self.destinations.get(str(named))
        if not facts:
            known = ", ".join(sorted(self.destinations))
            raise LinkError(f"{name}: unknown {self.by} {named!r}. Known: {known}.")
        defaults = {option: value for option, value in facts.items() if option != "pattern"}
        return PATTERNS[str(facts["pattern"])], defaults

    def facts_of(self, pattern: str) -> Options:
        """What every link of a pattern says, with what the vendor must still tell."""
        facts = dict(self.facts.get(pattern) or {})
        told = self.told.get(pattern) or {}
        missing = [name for name in told.get("needs") or () if not facts.get(name)]
        return {"vendor": self.name, **facts, **({"awaiting": told["ask"]} if missing else {})}

    def takes(self, link_type: type[Link]) -> list[str]:
        """The options that links of a type can say."""
        own = {self.by, "name", "state"}
        fixed = {
            *self.withheld,
            *(self.facts.get(link_type.PATTERN) or {}),
            "vendor",
            "destination",
            "awaiting",
            "hand_off",
        }
        names = [field.name for field in dataclasses.fields(link_type)]
        return [name for name in names if name in own or name not in fixed]


def resolve(
    links: t.Any,
    vendor: Options | None = None,
    pattern: str = "",
    state: str = "present",
    only: t.Sequence[str] = (),
    forwarders: t.Sequence[Options] = (),
) -> list[dict[str, t.Any]]:
    """Each link as a dictionary of what it says, its vendor's facts and its pattern's defaults, as C(typed) reads it.

    ``vendor`` is a vendor's data; without it, the links are of the one C(pattern) and say all themselves. ``state``
    C(absent) wins over that of a link, for links that ``only`` names; those of a vendor must be named. ``only`` narrows
    to links of these names, and those that share a forwarder with them. Raises LinkError for anything that
    cannot be used: two links whose resources would have the same name, an unknown destination, an option that the
    link's pattern has no use for, a value of another type, a forwarder that is not among ``forwarders``.
    """
    data = Vendor.of(vendor) if vendor is not None else None
    if data is not None and state == "absent" and not only:
        raise LinkError(
            f"{data.name}_state absent takes away every link: name those that shall go in {data.name}_only."
        )
    found: list[Link] = []
    for link in _listed(links):
        resolved = _converted(link, PATTERNS[pattern]) if data is None else _vendor_link(link, data)
        going = state == "absent" and (not only or resolved.name in only)
        found.append(dataclasses.replace(resolved, state="absent") if going else resolved)
    by_key: dict[str, Link] = {}
    for resolved in found:
        if by_key.setdefault(resolved.key, resolved) is not resolved:
            raise LinkError(f"Two links would share the resource name {resolved.key}: rename {resolved.name}.")
    chosen = _chosen([resolved.completed() for resolved in found], only)
    served = [resolved for resolved in chosen if isinstance(resolved, NlbServiceLink)]
    NlbServiceLink.groups(served, forwarders, Found([], []))  # for what it refuses
    return [resolved.as_dict() for resolved in chosen]


def typed(links: t.Iterable[Options]) -> list[t.Any]:
    """The links that C(resolve) has made dictionaries of."""
    return [PATTERNS[str(link["pattern"])].of(link) for link in links]


def _listed(links: t.Any) -> list[Options]:
    """Raises LinkError unless it is a list of links, each with a name. Nothing at all is no link."""
    if links is None or links == "":
        return []
    if not isinstance(links, t.Sequence) or isinstance(links, str):
        raise LinkError(f"Links are a list, not {links!r}.")
    plain = [_plain(link) for link in links]
    for link in plain:
        if not isinstance(link, dict):
            raise LinkError(f"A link is a dictionary with a name, not {link!r}.")
        if not link.get("name"):
            raise LinkError(f"Every link needs a name: {link}.")
    return plain


def _plain(value: t.Any) -> t.Any:
    """A copy without what is not set, at every depth."""
    if isinstance(value, t.Mapping):
        given = {str(name): _plain(part) for name, part in value.items() if part is not None}
        return {name: part for name, part in given.items() if not _omitted(part)}
    if isinstance(value, (list, tuple)):
        return [part for part in map(_plain, value) if part is not None and not _omitted(part)]
    return value


def _omitted(value: t.Any) -> bool:
    return isinstance(value, str) and value.startswith(OMITTED)


def _vendor_link(own: Options, vendor: Vendor) -> Link:
    name = own["name"]
    named = own.get(vendor.by, _default(vendor))
    link_type, defaults = vendor.type_of(name, named)
    foreign = sorted(set(own) - set(vendor.takes(link_type)))
    if foreign:
        raise LinkError(f"{name}: a link to {named} does not take {', '.join(foreign)}.")
    facts = {option: value for option, value in _plain(vendor.facts_of(link_type.PATTERN)).items() if value != ""}
    return _converted({**_plain(defaults), **facts, vendor.by: named, **own}, link_type)


def _default(vendor: Vendor) -> t.Any:
    """The destination of a link that names none: the default of the option, where the type of link has one."""
    types = {PATTERNS[str(facts["pattern"])] for facts in vendor.destinations.values()}
    fields = [field for link_type in types for field in dataclasses.fields(link_type) if field.name == vendor.by]
    return fields[0].default if fields else None


@functools.cache
def _validator(link_type: t.Any) -> ArgumentSpecValidator:
    return ArgumentSpecValidator(argument_spec(link_type))


def _converted(options: Options, link_type: type[Link]) -> Link:
    """Raises LinkError for what is no option, no choice, or of no such type; C("no") is a boolean, C("1") a number."""
    result = _validator(t.cast(t.Any, link_type)).validate(options)
    if result.error_messages:
        raise LinkError(f"{options['name']}: {'; '.join(result.error_messages)}")
    return link_type(**_plain(result.validated_parameters))


def _chosen(links: t.Sequence[Link], only: t.Sequence[str]) -> list[Link]:
    """Those of the names in ``only``, and those with whom they share a forwarder: its configuration is of them all."""
    if isinstance(only, str):
        raise LinkError(f"The links to work on are a list of names, not {only!r}.")
    if not only:
        return list(links)
    shared = {_forwarder(link) for link in links if link.name in only} - {None}
    return [link for link in links if link.name in only or _forwarder(link) in shared]


def _forwarder(link: Link) -> str | None:
    return link.forwarder if isinstance(link, NlbServiceLink) else None
