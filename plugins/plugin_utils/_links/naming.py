# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which links of which environments a run is asked for. Pure.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible.module_utils.common.text.converters import to_text
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._lists import list_of
from ansible_collections.saas.privatelink.plugins.plugin_utils._meant import ALIKE, LONG, SHORT, is_meant, nearest
from ansible_collections.saas.privatelink.plugins.plugin_utils._values import ValueRefused, converted

SAY = "Say which link to take away with -e link=NAME, or take all with -e all_links=true."
ACCOUNT = re.compile(r"arn:[a-z-]+:iam::([0-9]{12}):")
ASKED = ("link", "vendor", "all_links", "all_matches")  # extra variables
SETTINGS = (  # variables of hosts that the playbooks read
    *("aws_account_id", "aws_profile", "aws_region", "aws_role_arn", "aws_role_external_id"),
    *("privatelink_contact", "privatelink_environment", "privatelink_hosts", "privatelink_in_fork"),
    *("privatelink_status_only", "privatelink_taking_away", "privatelink_vendors"),
)


class Place(t.NamedTuple):
    """Where a link stands: inventory host, vendor, name."""

    host: str
    vendor: str
    name: str

    def __str__(self) -> str:
        return "/".join(self)


@dataclass(frozen=True)
class Asked:
    """What whoever starts a run has named. A blank answer of a survey names nothing."""

    link: str = ""
    vendor: str = ""
    all_links: bool = False
    all_matches: bool = False

    @classmethod
    def of(cls, extra: t.Mapping[str, t.Any]) -> Asked:
        """From extra variables. Raises LinkError for what is neither true nor false."""
        said = {name: to_text(extra.get(name) if extra.get(name) is not None else "").strip() for name in ASKED}
        flags = {}
        for name in ("all_links", "all_matches"):
            try:
                flags[name] = boolean(said[name] or "false")
            except TypeError as error:
                raise LinkError(f"{name} is true or false, not {said[name]!r}.") from error
        return cls(said["link"], said["vendor"], **flags)

    def meets(self, place: Place) -> bool:
        """Whether a link is named: C(NAME), C(VENDOR/NAME) or C(HOST/VENDOR/NAME)."""
        names = {place.name, f"{place.vendor}/{place.name}", str(place)}
        return (not self.link or self.link in names) and self.vendor in ("", place.vendor)


def as_list(value: t.Any) -> list[t.Any] | None:
    """A list as roles read it, also from the text that INI inventories and C(-e) make of one; None for anything else.

    Nothing at all is an empty list.
    """
    if isinstance(value, t.Mapping):
        return None
    try:
        read: list[t.Any] | None = converted({"it": {"type": "list", "elements": "raw"}}, {"it": value})["it"]
    except ValueRefused:
        return None
    return read or []


def places(environments: t.Mapping[str, t.Mapping[str, t.Any]], vendors: t.Sequence[str]) -> list[Place]:
    """Every link of some hosts, by their variables. What is no list of links is for the vendor's role to refuse."""
    found = []
    for host, variables in environments.items():
        for vendor in vendors:
            for link in as_list(variables.get(list_of(vendor))) or ():
                if isinstance(link, t.Mapping) and link.get("name"):
                    found.append(Place(host, vendor, str(link["name"])))
    return found


def chosen(asked: Asked, listed: t.Sequence[Place], vendors: t.Sequence[str], taking_away: bool) -> list[Place]:
    """The links that a run is for; where it takes them away, only what was named, and by one name one link.

    Raises LinkError for a name that no link has, and for one that several have where they would be taken away.
    """
    if asked.vendor and asked.vendor not in vendors:
        meant = is_meant(asked.vendor, vendors)
        raise LinkError(f"There is no vendor {asked.vendor}.{meant} There are: {', '.join(vendors)}.")
    if taking_away and not asked.link and not asked.all_links:
        raise LinkError(SAY)
    if taking_away and asked.link and asked.all_links:
        raise LinkError("Give link, or all_links, not both: it is not clear what shall go.")
    found = [place for place in listed if asked.meets(place)]
    if asked.link and not found:
        names = sorted({place.name for place in listed})
        meant = is_meant(asked.link.rpartition("/")[2], names)
        there = ", ".join(names) or "none"
        raise LinkError(f"No environment of this run lists a link {asked.link}.{meant} There are: {there}.")
    if taking_away and asked.link and len(found) > 1 and not asked.all_matches:
        several = ", ".join(map(str, found))
        raise LinkError(
            f"{asked.link} names {len(found)} links: {several}. Nothing was taken away. Give one of them as -e link=, "
            "narrow by --limit or -e vendor=, or take all of these with -e all_matches=true."
        )
    return found


def misspelt_lists(host: str, variables: t.Iterable[str], vendors: t.Sequence[str]) -> list[str]:
    """Sentences about variables of a host that nothing reads, and that may be meant for a vendor's list of links."""
    known = {list_of(vendor) for vendor in vendors}
    said = []
    for name in sorted(variables):
        meant = nearest(name, known, ALIKE) if "link" in name.lower() else ""
        if name.startswith(("aws_", "privatelink_")):
            meant = nearest(name, SETTINGS, LONG)
        if meant:
            said.append(f"{host} has the variable {name}, which nothing reads: is {meant} meant?")
    return said


def misspelt_extra(variables: t.Iterable[str]) -> list[str]:
    """Sentences about extra variables of a run that nothing here reads, and that may be meant to narrow it."""
    near = {name: nearest(name, ASKED, SHORT) for name in sorted(variables)}
    return [f"-e {name}: no playbook here reads it. Is {meant} meant?" for name, meant in near.items() if meant]


def refuse_misspelt_tags(option: str, asked: t.Iterable[str], vendors: t.Sequence[str]) -> None:
    """Raise LinkError for a tag that is nearly a vendor's. Others may be those of a play around this one."""
    for tag in asked:
        meant = nearest(tag, vendors, ALIKE)
        if meant:
            raise LinkError(f"{option} {tag}: no task has that tag. Is {meant} meant? Vendors: {', '.join(vendors)}.")


def account_in(said: t.Mapping[str, t.Any]) -> str:
    """The account that settings name, "" for none: those of a host, or of a profile in AWS's configuration files.

    Source: AWS SDKs and Tools Reference Guide, settings of the shared config file (read 2026-11).
    """
    for role, account in (("aws_role_arn", "aws_account_id"), ("role_arn", "sso_account_id")):
        match = ACCOUNT.match(str(said.get(role) or ""))
        found = str(said.get(account) or "") or (match.group(1) if match else "")
        if found:
            return found
    return ""


def known_accounts(
    hosts: t.Mapping[str, t.Mapping[str, str]], of_profile: t.Callable[[str], str]
) -> dict[str, tuple[str, ...]]:
    """By what the account and region of each host are known: by the account, or by the profile that leads to it.

    ``hosts`` are their variables aws_account_id, aws_role_arn, aws_profile and aws_region. ``of_profile`` is the
    account that a profile's own settings name, or "". What one host says of its profile's account holds for all.
    """
    told = {}
    for said in hosts.values():
        if said["aws_account_id"] and not said["aws_role_arn"]:
            told[said["aws_profile"]] = said["aws_account_id"]
    known: dict[str, tuple[str, ...]] = {}
    for host, said in hosts.items():
        profile = said["aws_profile"]
        account = account_in(said) or told.get(profile) or of_profile(profile)
        known[host] = (*(("account", account) if account else ("profile", profile)), said["aws_region"])
    return known


def refuse_twins(listed: t.Sequence[Place], accounts: t.Mapping[str, tuple[str, ...]]) -> None:
    """Raise LinkError where two hosts that are one account and region have links whose resources would share a name.

    ``accounts`` tells by what the account and region of a host are known. Hosts of which it is not are left out.
    """
    seen: dict[tuple[t.Any, ...], Place] = {}
    for place in listed:
        if place.host not in accounts:
            continue
        other = seen.setdefault((accounts[place.host], resource_name(place.vendor, place.name)), place)
        if other.host != place.host:
            raise LinkError(
                f"{other} and {place} are in one account and region, and their resources would have the same names. "
                "Nothing was done. Rename one of the links, or keep one of the hosts."
            )
