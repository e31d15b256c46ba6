# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Markdown of text that others have written: it shows as what it is, and never becomes markup. Pure.

This plugin util is PRIVATE to the collection.

Source: CommonMark 0.31.2, sections 2.4 and 4.5; GitHub Flavored Markdown 0.29, section 4.10 (read 2026-11).
"""

from __future__ import annotations

import re
import typing as t

MARKUP = re.compile(r"[\\`*\[\]<|~]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])")  # an underscore within a word is none
BLOCK = re.compile(r"^(\d*)([>#+=.)-])")  # what begins a quotation, a heading or a list


def one_line(text: t.Any) -> str:
    """The text, "" for None, without what ends a line, hides or turns round what comes after it."""
    joined = " ".join(("" if text is None else str(text)).split())
    return "".join(character if character.isprintable() else "\ufffd" for character in joined)


def escaped(text: t.Any) -> str:
    """The text within a paragraph, a heading or a table's cell."""
    return BLOCK.sub(r"\1\\\2", MARKUP.sub(r"\\\g<0>", one_line(text)))


def table(head: t.Sequence[str], rows: t.Iterable[t.Sequence[t.Any]]) -> list[str]:
    """The lines of a table."""
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    return [*lines, *(f"| {' | '.join(map(escaped, row))} |" for row in rows)]


def verbatim(lines: t.Sequence[str]) -> list[str]:
    """Lines to be copied as they are, in a fence that nothing in them can end."""
    longest = max((len(ticks) for ticks in re.findall("`+", "\n".join(lines))), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *lines, fence]
