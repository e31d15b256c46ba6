# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What values look like that become part of a configuration, a policy or a name.

This module util is PRIVATE to the collection.

A value is held against its form as a whole and in ASCII: no line break at its end, no digit of another script, nothing
that would be a second word, a comment, a quote or a variable where it is put.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t

LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"  # of a DNS name (RFC 1035), and underscores, which occur
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*")
LONGEST_HOST = 253
ADDRESS_LIKE = re.compile(r".*\.[0-9]+")  # no domain ends in a label of digits


def is_of_form(form: str, value: t.Any) -> bool:
    """Whether a value is a text that is as a whole of a form, a regular expression in ASCII."""
    return isinstance(value, str) and re.fullmatch(form, value, re.ASCII) is not None


def number(value: t.Any, lowest: int, highest: int) -> int:
    """A whole number, also where it is text. Raises ValueError with what it must be."""
    if isinstance(value, bool) or not (isinstance(value, int) or is_of_form(r"[0-9]{1,12}", value)):
        raise ValueError(f"{value!r} is no whole number in the digits 0 to 9")
    if not lowest <= int(value) <= highest:
        raise ValueError(f"{value} is not between {lowest} and {highest}")
    return int(value)


def host_fault(value: t.Any) -> str:
    """Why a value is neither a DNS name nor an IPv4 address, and what to take away; "" where it is one."""
    if not isinstance(value, str) or not value:
        return "it is no text"
    if value.strip() != value:
        return "take away the blanks at its ends"
    scheme, colon, rest = value.rpartition("://")
    if colon:
        return f"take away {scheme + colon!r} and whatever follows the name: {rest!r} is where it begins"
    if "/" in value:
        return f"take away {value[value.index('/') :]!r}"
    if "@" in value:
        return f"take away {value[: value.index('@') + 1]!r}: users and passwords have no place here"
    if value.startswith("[") or value.count(":") > 1:
        return "an IPv6 address cannot be used: give a DNS name or an IPv4 address"
    return _name_fault(value)


def _name_fault(value: str) -> str:
    if ":" in value:
        return f"take away {value[value.index(':') :]!r}: the port is an option of its own"
    if value.endswith("."):
        return "take away the dot at its end"
    if not value.isascii():
        return "it has other characters than ASCII: give the name as DNS has it, which begins with xn--"
    if len(value) > LONGEST_HOST or not HOST.fullmatch(value):
        return (
            f"a DNS name has labels of 1 to 63 letters, digits, hyphens and underscores, with dots between, and "
            f"{LONGEST_HOST} characters at most"
        )
    if ADDRESS_LIKE.fullmatch(value) and not is_ipv4(value):
        return "it ends as an IPv4 address does, and is none"
    return ""


def is_ipv4(value: str) -> bool:
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return True


def nameserver(value: t.Any) -> str:
    """A name server as C(address:port), IPv6 in brackets. Raises ValueError for what is none.

    Taken are C(10.0.0.2), C(10.0.0.2:5353), C(fd00::2) and C([fd00::2]:5353).
    """
    fault = ValueError(f"{value!r} is not the address of a name server: give ip, ip:port or [ipv6]:port")
    if not is_of_form(r"[0-9A-Fa-f.:\[\]]+", value):  # no zone of IPv6 either, which may be any text
        raise fault
    bracketed = re.fullmatch(r"\[([^\[\]]+)\](?::([0-9]{1,5}))?", value)
    plain = re.fullmatch(r"([0-9.]+)(?::([0-9]{1,5}))?", value)
    host, port = (bracketed or plain).groups() if bracketed or plain else (value, None)  # type: ignore[union-attr]
    try:
        address = ipaddress.ip_address(host)
        number(port or "53", 1, 65535)
    except ValueError:
        raise fault from None
    if bracketed and address.version == 4:
        raise fault
    return f"[{address}]:{int(port or 53)}" if address.version == 6 else f"{address}:{int(port or 53)}"
