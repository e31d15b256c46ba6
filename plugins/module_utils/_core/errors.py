# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors that modules tell of single items.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations


class ItemError(Exception):
    """One item cannot be brought to its wanted state; the message says why and what to do. Others go on."""


class Refused(ItemError):
    """A call that an API refused: which one, for what (``subject``), with which words, and what to do (``advice``).

    ``code`` is the API's name for the error, "" when no answer came.
    """

    def __init__(self, action: str, code: str, message: str, subject: str = "", advice: str = "") -> None:
        self.action, self.code = action, code
        text = f"{action}{f' ({subject})' if subject else ''}: {code + ': ' if code else ''}{message}"
        super().__init__(f"{text.rstrip('.')}. {advice}" if advice else text)
