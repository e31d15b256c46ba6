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

from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.databricks import (
    DatabricksWorkspaceLink,
    refuse_contradictions,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.fivetran import FivetranServiceLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.interface_endpoint import InterfaceEndpointLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Link, LinkError, Options
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.msk_grant import MskGrantLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.nlb_service import NlbServiceLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.redis_cloud import RedisCloudLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.redshift_grant import RedshiftGrantLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.shared_resource import (
    ResourceEndpointLink,
    ServiceNetworkLink,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._meant import is_meant
from ansible_collections.saas.privatelink.plugins.plugin_utils._values import ValueRefused, converted, given

TYPES = (
    NlbServiceLink,
    RedshiftGrantLink,
    MskGrantLink,
    ResourceEndpointLink,
    ServiceNetworkLink,
    RedisCloudLink,
    InterfaceEndpointLink,
    DatabricksWorkspaceLink,
)
PATTERNS: dict[str, type[Link]] = {link_type.PATTERN: link_type for link_type in TYPES}
OF_VENDORS: dict[tuple[str, str], type[Link]] = {("fivetran", FivetranServiceLink.PATTERN): FivetranServiceLink}
"""By vendor and pattern the type of links that say more than others of their pattern."""
ASKED: dict[str, t.Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "only": {"type": "list", "elements": "str", "default": []},
    "forwarders": {"type": "list", "elements": "dict", "default": []},
    "ip_sync": {"type": "str", "choices": ["run", "lambda"], "default": "run"},
}
"""What the filter is asked for besides the links."""
ALSO = (
    "short_description",
    "description",
    "connects",
    "links",
    "options",
    "prerequisites",
    "sheet",
)  # of a vendor's data


@dataclasses.dataclass(frozen=True)
class Vendor:
    """A vendor's data. ``destinations`` tells of each its C(pattern), perhaps its C(title), and defaults that a link
    may change.

    ``facts`` are, for each pattern, what every link says and none can change. ``told`` are, for each pattern, facts
    that the vendor has yet to tell where they are empty (C(needs)), and how to C(ask) for them. ``withheld`` are
    options of the patterns that the vendor's links do not take, each with the reason. ``by`` is the option that names
    the destination, "" where there is one alone. Of the rest of the data, ALSO, links know nothing.
    """

    name: str = ""
    title: str = ""
    by: str = "destination"
    destinations: Options = dataclasses.field(default_factory=dict)
    facts: Options = dataclasses.field(default_factory=dict)
    told: Options = dataclasses.field(default_factory=dict)
    withheld: Options = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, data: Options) -> Vendor:
        """Raises LinkError for a misspelt part: left out, it would be what the vendor never said."""
        own = {field.name for field in dataclasses.fields(cls)}
        whose = f"The data of {data.get('name')}"
        _refuse_unknown(whose, data, {*own, *ALSO})
        for part in ("facts", "told"):
            _refuse_unknown(f"{whose}, {part}", data.get(part) or {}, PATTERNS.keys())
        for pattern, told in (data.get("told") or {}).items():
            _refuse_unknown(f"{whose}, told.{pattern}", told, {"needs", "ask"})
        return cls(**{name: value for name, value in data.items() if name in own})

    def type_of(self, name: str, named: t.Any) -> tuple[type[Link], Options]:
        """The type of a link to the destination C(named), and its defaults. Raises LinkError for an unknown one."""
        facts = self.destinations.get(str(named))
        if not facts:
            known = ", ".join(sorted(self.destinations))
            meant = is_meant(str(named), self.destinations)
            raise LinkError(f"{name}: unknown {self.by} {named!r}.{meant} Known: {known}.")
        defaults = {option: value for option, value in facts.items() if option not in ("pattern", "title")}
        return type_of(str(facts["pattern"]), self.name), defaults

    def facts_of(self, pattern: str) -> Options:
        """What every link of a pattern says, with what the vendor must still tell."""
        said = {name: value for name, value in (self.facts.get(pattern) or {}).items() if value != ""}
        facts = _some(said, type_of(pattern, self.name), f"The data of {self.name}, facts.{pattern}")
        told = self.told.get(pattern) or {}
        missing = [name for name in told.get("needs") or () if not facts.get(name)]
        return {"vendor": self.name, **facts, **({"awaiting": told["ask"]} if missing else {})}

    def takes(self, link_type: type[Link]) -> list[str]:
        """The options that links of a type can say."""
        own = {"name", "state", *([self.by] if self.by else [])}
        fixed = {
            *self.withheld,
            *(self.facts.get(link_type.PATTERN) or {}),
            "vendor",
            "destination",
            "awaiting",
            "hand_off",
            "hand_back",
        }
        names = argument_spec(t.cast(t.Any, link_type))
        return [name for name in names if name in own or name not in fixed]


def resolve(
    links: t.Any,
    vendor: Options | None = None,
    pattern: str = "",
    state: str = "present",
    only: t.Sequence[str] = (),
    forwarders: t.Sequence[Options] = (),
    ip_sync: str = "run",
) -> list[dict[str, t.Any]]:
    """Each link as a dictionary of what it says, its vendor's facts and its pattern's defaults, as C(typed) reads it.

    ``vendor`` is a vendor's data; without it, the links are of the one C(pattern) and say all themselves. ``state``
    C(absent) wins over that of a link, for links that ``only`` names; those of a vendor must be named. ``only`` narrows
    to links of these names, and those that share a forwarder with them. A link that a module would refuse has a
    C(fault), and fails alone, before anything is made for it. Raises LinkError for anything else that cannot be used:
    two links whose resources would have the same name, an unknown destination, an option that the link's pattern has no
    use for, a value of another type, a forwarder that is not among ``forwarders``.
    """
    data = Vendor.of(vendor) if vendor is not None else None
    asked = _asked(state=state, only=only, forwarders=forwarders, ip_sync=ip_sync)
    ending, named = asked["state"] == "absent", asked["only"]
    if data is not None and ending and not named:
        raise LinkError(
            f"{data.name}_state absent takes away every link: name those that shall go in {data.name}_only."
        )
    read = _reader(data, pattern)
    found: list[Link] = []
    for resolved in map(read, _listed(links)):
        going = ending and (not named or resolved.name in named)
        found.append(dataclasses.replace(resolved, state="absent") if going else resolved)
    by_key: dict[str, Link] = {}
    for resolved in found:
        if by_key.setdefault(resolved.key, resolved) is not resolved:
            raise LinkError(f"Two links would share the resource name {resolved.key}: rename {resolved.name}.")
    _refuse_one_balancer(found)
    _refuse_one_vpc(found)
    completed = [link.completed() for link in found]
    _refuse_contradictions(completed)
    by_function = asked["ip_sync"] == "lambda"
    chosen = [link.checked(by_function) for link in _chosen(completed, named)]
    served = [resolved for resolved in chosen if isinstance(resolved, NlbServiceLink)]
    NlbServiceLink.groups(served, asked["forwarders"], Found([], []))  # for what it refuses
    return [resolved.as_dict() for resolved in chosen]


def _refuse_one_balancer(links: t.Sequence[Link]) -> None:
    """Raise LinkError for two links that name one load balancer: each would take the other's ports away."""
    by_name: dict[str, Link] = {}
    for link in links:
        if isinstance(link, NlbServiceLink) and by_name.setdefault(link.balancer, link) is not link:
            other = by_name[link.balancer].name
            raise LinkError(
                f"{other} and {link.name} would share the load balancer {link.balancer}: give one of them another "
                "load_balancer_name. A load balancer, and the endpoint service on it, is that of one link."
            )


def _refuse_one_vpc(links: t.Sequence[Link]) -> None:
    """Raise LinkError for two links that would associate one VPC: AWS allows it one association."""
    by_vpc: dict[str, Link] = {}
    for link in links:
        if not isinstance(link, ResourceEndpointLink) or not (link.present and link.attaches_vpc and link.vpc_id):
            continue
        other = by_vpc.setdefault(link.vpc_id, link)
        if other is not link:
            raise LinkError(
                f"{other.name} and {link.name} would both associate {link.vpc_id} with a service network, and AWS "
                "allows a VPC one association: leave attach=vpc to one of them, and the other without subnet_ids."
            )


def _refuse_contradictions(links: t.Sequence[Link]) -> None:
    """Raise LinkError for two links that share an endpoint, and want it different."""
    refuse_contradictions(links)
    spaces = [link for link in links if isinstance(link, DatabricksWorkspaceLink) and not link.fault]
    ends = [end for link in spaces for end in link.all_endpoints()]
    by_place: dict[tuple[t.Any, ...], InterfaceEndpointLink] = {}
    for link in (*links, *ends):
        if not isinstance(link, InterfaceEndpointLink) or not (link.present and link.service_name and link.vpc_id):
            continue
        other = by_place.setdefault(link.place, link)
        differing = other.differing(link)
        if differing:
            raise LinkError(
                f"{other.name} and {link.name} share the endpoint to {link.service_name} in {link.vpc_id}, and say "
                f"different {', '.join(differing)}: let both say the same."
            )


def names_in_aws(vendor: str, entry: Options, **facts: t.Any) -> set[str]:
    """What the resources of a link may be called in AWS, by what an inventory says of it and ``facts`` of its host.

    Endpoints that workspaces of Databricks share are called by what they lead to.
    """
    names = {resource_name(vendor, str(entry["name"]))}
    if vendor != DatabricksWorkspaceLink.PATTERN:
        return names
    try:
        (link,) = typed(resolve([{**entry, "vendor": vendor, **facts}], pattern=vendor))
    except LinkError:  # its role says so
        return names
    return names | {end.shared_key for end in link.all_endpoints()} | ({link.gateway_name} - {""})


def type_of(pattern: str, vendor: str) -> type[Link]:
    """The type of a vendor's links of a pattern. Raises KeyError for an unknown pattern."""
    return OF_VENDORS.get((vendor, pattern), PATTERNS[pattern])


def typed(links: t.Iterable[Options]) -> list[t.Any]:
    """The links that C(resolve) has made dictionaries of."""
    return [type_of(str(link["pattern"]), str(link.get("vendor"))).of(link) for link in links]


def _asked(**values: t.Any) -> dict[str, t.Any]:
    try:
        asked = converted(ASKED, values)
    except ValueRefused as error:
        raise LinkError(f"{error}.") from None
    if values["only"] and not asked["only"] and not isinstance(values["only"], str):
        raise LinkError(f"The links to work on are named, but none has a name: {values['only']!r}.")
    return asked


def _listed(links: t.Any) -> list[Options]:
    """Raises LinkError unless it is a list of links, each with a name. Nothing at all is no link."""
    if isinstance(links, t.Mapping):
        raise LinkError(f"Links are a list, not a dictionary of {', '.join(map(str, links))}.")
    try:
        listed = converted({"links": {"type": "list", "elements": "raw"}}, {"links": links})["links"]
    except ValueRefused as error:
        raise LinkError(f"Links are a list: {error}.") from None
    for link in listed or ():
        if not isinstance(link, dict):
            raise LinkError(f"A link is a dictionary with a name, not {link!r}.")
        if not link.get("name"):
            raise LinkError(f"Every link needs a name: {link}.")
    return listed or []


def _reader(vendor: Vendor | None, pattern: str) -> t.Callable[[Options], Link]:
    """What makes a link of what an inventory says of it."""
    if vendor is None:
        return lambda own: _converted(own, PATTERNS[pattern])
    facts_of = functools.cache(vendor.facts_of)  # they are the same for all links
    return lambda own: _vendor_link(own, vendor, facts_of)


def _vendor_link(own: Options, vendor: Vendor, facts_of: t.Callable[[str], Options]) -> Link:
    name = own["name"]
    named = own.get(vendor.by, _default(vendor)) if vendor.by else next(iter(vendor.destinations))
    link_type, defaults = vendor.type_of(name, named)
    foreign = sorted(set(own) - set(vendor.takes(link_type)))
    if foreign:
        meant = is_meant(foreign[0], vendor.takes(link_type))
        raise LinkError(f"{name}: a link to {named} does not take {', '.join(foreign)}.{meant}")
    facts = facts_of(link_type.PATTERN)
    by = {vendor.by: named} if vendor.by else {}
    link = _converted({**given(defaults), **facts, **by, **own}, link_type)
    destination = vendor.destinations[str(named)].get("title")
    return dataclasses.replace(link, title=vendor.title or None, destination_title=destination)


def _default(vendor: Vendor) -> t.Any:
    """The destination of a link that names none: the default of the option, where the type of link has one."""
    types = {type_of(str(facts["pattern"]), vendor.name) for facts in vendor.destinations.values()}
    fields = [field for link_type in types for field in dataclasses.fields(link_type) if field.name == vendor.by]
    return fields[0].default if fields else None


@functools.cache
def _spec(link_type: t.Any) -> dict[str, t.Any]:
    """The argument spec of a type of link, which nobody changes."""
    return argument_spec(link_type)


def _converted(options: Options, link_type: type[Link]) -> Link:
    """Raises LinkError for what is no option, no choice, or of no such type; C("no") is a boolean, C("1") a number."""
    spec = _spec(t.cast(t.Any, link_type))
    said = {name: value for name, value in options.items() if value != "" or "default" in spec.get(name, {})}
    try:
        return link_type(**given(converted(spec, said)))
    except ValueRefused as error:
        raise LinkError(f"{options['name']}: {error}") from None


def _some(options: Options, link_type: type[Link], whose: str) -> dict[str, t.Any]:
    """Some options of a link, converted, without the defaults of the others. Raises LinkError that says ``whose``."""
    spec, said = argument_spec(link_type), given(options)
    _refuse_unknown(whose, said, spec.keys())
    try:
        return given(converted({name: spec[name] for name in said}, said))
    except ValueRefused as error:
        raise LinkError(f"{whose}: {error}") from None


def _refuse_unknown(whose: str, data: Options, known: t.AbstractSet[str]) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        raise LinkError(f"{whose}: unknown {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")


def _chosen(links: t.Sequence[Link], only: t.Sequence[str]) -> list[Link]:
    """Those of the names in ``only``, and those with whom they share a forwarder: its configuration is of them all."""
    if not only:
        return list(links)
    names = {link.name for link in links}
    if unknown := sorted(set(only) - names):
        meant, there = is_meant(unknown[0], names), ", ".join(sorted(names)) or "none"
        raise LinkError(f"No link is called {', '.join(unknown)}.{meant} There are: {there}.")
    shared = {_forwarder(link) for link in links if link.name in only} - {None}
    return [link for link in links if link.name in only or _forwarder(link) in shared]


def _forwarder(link: Link) -> str | None:
    return link.forwarder if isinstance(link, NlbServiceLink) else None
