# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses of an answer may become targets, and with which availability zone."""

from __future__ import annotations

import ipaddress
import typing as t

from .._core.dns_answer import Answer
from .model import BadAnswer, Config

Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""Ranges a target outside the VPC may come from (ELBv2 user guide, IP targets, read 2026-11; fc00::/7 is RFC 4193)."""


RESERVED = 4
"""So many addresses at the beginning of a subnet are AWS's, and its last one (VPC user guide, read 2026-11)."""


def zones(config: Config, answer: Answer) -> dict[str, str | None]:
    """The answer's addresses, each with the zone to register it with: None inside a subnet, `all` outside.

    Raises BadAnswer for the whole answer if any address is out of bounds: half a bad answer is not a good one.
    """
    if not answer.addresses:
        raise BadAnswer(f"{config.name} has no address")
    result: dict[str, str | None] = {}
    for text in answer.addresses:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            raise BadAnswer(f"{config.name} resolves to {text!r}, which is not an IP address") from None
        result[str(address)] = _zone(config, address)
    if len(result) > config.max_addresses:
        raise BadAnswer(f"{config.name} resolves to {len(result)} addresses, max_addresses is {config.max_addresses}")
    return result


def is_protected(config: Config, text: str) -> bool:
    """Whether the address lies in a protected CIDR. An id that is no IP address (`i-0123…`) is never ours either."""
    try:
        return _inside(ipaddress.ip_address(text), config.protected)
    except ValueError:
        return True


def _zone(config: Config, address: Address) -> str | None:
    says = f"{config.name} resolves to {address}, "
    if address.version != (4 if config.family == "ipv4" else 6):
        raise BadAnswer(f"{says}which an {config.family} target group cannot hold")
    if address.is_loopback or address.is_link_local or address.is_multicast:
        raise BadAnswer(f"{says}a loopback, link-local or multicast address")
    if _inside(address, config.protected):
        raise BadAnswer(f"{says}which lies in a protected range ({', '.join(config.protected)})")
    # Before the private ranges: a subnet may have a public range, and an IPv6 subnet usually does.
    for subnet in (ipaddress.ip_network(cidr) for cidr, _zone_name in config.subnets):
        if address in subnet:
            if int(address) - int(subnet[0]) < RESERVED or address == subnet[-1]:
                raise BadAnswer(f"{says}which AWS keeps for itself in the subnet {subnet}: no database has it")
            return None
    # Not "outside the VPC": its ranges may hold addresses that no subnet does, and AWS judges by the subnets.
    place = "in none of the VPC's subnets"
    if not _inside(address, PRIVATE):
        raise BadAnswer(f"{says}a public address {place}; is the name resolved where its private answer is seen?")
    if not config.allow_outside:
        raise BadAnswer(f"{says}an address {place}; set allow_outside if that is meant")
    return "all"


def _inside(address: Address, cidrs: t.Iterable[str]) -> bool:
    return any(address in ipaddress.ip_network(cidr) for cidr in cidrs)
