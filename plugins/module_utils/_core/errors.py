# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors that modules tell of single items.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t


class ItemError(Exception):
    """One item cannot be brought to its wanted state; the message says why and what to do. Others go on.

    ``known`` is what the module returns of the item all the same. ``written`` is whether the call was made that failed.
    """

    written = False

    def __init__(self, message: str, known: t.Mapping[str, t.Any] | None = None) -> None:
        super().__init__(message)
        self.known = dict(known or {})


class Refused(ItemError):
    """A call that an API refused: which one, for what (``subject``), with which words, and what to do (``advice``).

    ``code`` is the API's name for the error, "" when no answer came.
    """

    def __init__(self, action: str, code: str, message: str, subject: str = "", advice: str = "") -> None:
        self.action, self.code = action, code
        text = f"{action}{f' ({subject})' if subject else ''}: {code + ': ' if code else ''}{message}"
        super().__init__(f"{text.rstrip('.')}. {advice}" if advice else text)
