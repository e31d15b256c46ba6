# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DNS names in one spelling, so that they can be compared. Pure.

This module util is PRIVATE to the collection.

The spelling is that of Route 53's answers, without the dot at the end: lower case, and every character but letters,
digits, hyphen and underscore as a backslash and three octal digits, as C(\\052) for an asterisk. Source: Amazon Route
53 Developer Guide, "DNS domain name format" (read 2026-11).
"""

from __future__ import annotations

import re

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
SIGN = re.compile(r"\\([0-3][0-7]{2})|(.)", re.DOTALL)
LABEL, LONGEST = 63, 255  # bytes of a label and of a name
WILDCARD = r"\052"


def canonical(name: str) -> str:
    """A name in the one spelling. Raises ValueError for what is no name, with the reason in words."""
    if not name.isascii():
        raise ValueError(f"{name!r} has letters beyond ASCII: write it in Punycode (xn--...)")
    spelt = SIGN.sub(_spelt, name[:-1] if name.endswith(".") else name)
    labels = spelt.split(".")
    if not all(labels):
        raise ValueError(f"{name!r} is no DNS name: it has an empty part")
    sizes = [len(SIGN.findall(label)) for label in labels]
    if max(sizes) > LABEL or sum(sizes) + len(sizes) > LONGEST:
        raise ValueError(f"{name!r} is no DNS name: a part has {LABEL} characters at most, the whole {LONGEST}")
    return spelt


def _spelt(sign: re.Match[str]) -> str:
    escaped, plain = sign.groups()
    character = chr(int(escaped, 8)).lower() if escaped else plain.lower()
    if plain == "." or character in PLAIN:
        return str(character)
    return f"\\{ord(character):03o}"


def is_same(one: str, other: str) -> bool:
    """Whether two names are one; what is no name is the same as nothing."""
    try:
        return canonical(one) == canonical(other)
    except ValueError:
        return False


def within(name: str, zone: str) -> str:
    """The full name of a record, canonical: C(@) is the zone itself, a name that is not in the zone is put into it.

    ``zone`` is canonical. Raises ValueError for a name with a dot at its end that is not in the zone.
    """
    if name in ("@", ""):
        return zone
    full = canonical(name)
    if full == zone or full.endswith(f".{zone}"):
        return full
    if name.endswith("."):
        raise ValueError(f"{name} is not in the zone {zone}")
    return canonical(f"{full}.{zone}")


def sendable(name: str) -> str:
    """A canonical name as an API is told it: with its dot, and a wildcard as such."""
    return f"*{name[len(WILDCARD) :]}." if name.startswith(f"{WILDCARD}.") else f"{name}."
