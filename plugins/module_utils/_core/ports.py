# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ranges of TCP ports as people write them. Pure.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t

HIGHEST = 65535


def parse(text: str) -> range:
    """The ports of C(443) or C(8443-8451), ends included. ValueError for what is no such range."""
    if not re.fullmatch(r"[0-9]+(-[0-9]+)?", text):
        raise ValueError(f"{text!r} is not a range of ports like 5431-5455")
    first, dummy, last = text.partition("-")
    ports = range(int(first), int(last or first) + 1)
    if not ports:
        raise ValueError(f"{text!r} ends before it begins")
    if not 1 <= ports[0] <= ports[-1] <= HIGHEST:
        raise ValueError(f"{text!r} is not within 1 to {HIGHEST}")
    return ports


def parse_all(texts: t.Iterable[str]) -> list[range]:
    return [parse(text) for text in texts]


def shown(ports: range) -> str:
    """As people write it."""
    return f"{ports[0]}-{ports[-1]}" if len(ports) > 1 else str(ports[0])
