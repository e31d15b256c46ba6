# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody meant by a word that is not known. Pure.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import difflib
import typing as t

# How alike words are, of 1, of which one is a slip of the other:
LONG = 0.88  # long ones that begin alike and may be another's
ALIKE = 0.8  # others that may be another's
SHORT = 0.75  # one letter of four
NEAR = 0.6  # what cannot be right anyway
FEW = 3  # letters; words of fewer are like anything


def nearest(said: str, known: t.Iterable[str], alike: float = NEAR) -> str:
    """Which of the known words is meant by one that is not among them; "" where none is near, or it is known."""
    words = [str(word) for word in known]
    strange = said not in words and len(said) >= FEW
    found = difflib.get_close_matches(said, words, 1, alike) if strange else []
    return found[0] if found else ""


def is_meant(said: str, known: t.Iterable[str]) -> str:
    """The question that ends a refusal, with a blank before it; "" where nothing is near."""
    word = nearest(said, known)
    return f" Is {word} meant?" if word else ""
