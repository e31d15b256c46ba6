# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of files and folders that follow from names in an inventory. Pure.

This plugin util is PRIVATE to the collection.

A name is one part of a path, on every file system: no separator, no control character, nothing that means another
folder, a device or a hidden file, and not the same as another one where upper and lower case are one.
"""

from __future__ import annotations

import hashlib
import re
import typing as t

OTHER = re.compile(r"[^A-Za-z0-9._@+-]")
LONGEST = 100  # characters; file systems take 255 bytes, and an ending is to fit, too
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # which Windows keeps for itself


def file_name(text: str, others: t.Iterable[str] = ()) -> str:
    """A name for a file of ``text``: itself, where that is one; else what is left of it, and a checksum of all of it.

    ``others`` are texts that have files beside it. One that differs from them in case alone gets a checksum, too.
    """
    plain = _plain(text)
    rivals = [other for other in others if other != text and _plain(other).casefold() == plain.casefold()]
    if plain == text and not rivals:
        return text
    return f"{plain}-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:8]}"


def _plain(text: str) -> str:
    plain = OTHER.sub("_", text)[:LONGEST].lstrip(".-").rstrip(".")
    return "_" if not plain or DEVICES.fullmatch(plain) else plain
