# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of objects of Databricks, though nothing tells which version of one has been read.

This module util is PRIVATE to the collection.

So an object is read again just before it is changed. One that a change replaces as a whole is replaced with all fields
that nobody here knows, and read once more after that.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import (
    OUTDATED,
    ApiError,
    Databricks,
    Object,
)

AGAIN = "See who else manages it, then run again."
CHANGED = "somebody else changed it since it was read"


class Wanted(t.Protocol):
    def body(self, thing: Object) -> dict[str, t.Any]:
        """The whole object as it shall be: what is not wanted otherwise stays, known or not."""


def replacement(action: str, path: str, wanted: Wanted, planned_upon: Object, summary: str) -> Change:
    """The change that C(replace_whole) makes."""
    params = {"path": path, "wanted": wanted, "planned_upon": planned_upon}
    return Change(action, params, summary, outdated_by=(OUTDATED,))


def replace_whole(account: Databricks, change: Change, read: str, shown: t.Callable[[Object], Object]) -> Object:
    """Replace an object, unless it is no longer what was planned upon; then see whether that stands.

    ``read`` is the action that reads it, ``shown`` what of it the plan has looked at.
    Raises ApiError with the code C(OUTDATED) where somebody else changes it as well.
    """
    with account.alone(change.params["path"]):
        return _replaced(account, change, read, shown)


def _replaced(account: Databricks, change: Change, read: str, shown: t.Callable[[Object], Object]) -> Object:
    path, subject = change.params["path"], change.summary
    thing = account.call(read, "GET", path, subject=subject)
    if shown(thing) != change.params["planned_upon"]:
        raise ApiError(change.action, OUTDATED, CHANGED, subject, AGAIN)
    wanted = change.params["wanted"]
    lost = "what was written was not there when it was read again: somebody else replaces it at the same time"
    answered = True
    try:
        account.call(change.action, "PUT", path, wanted.body(thing), subject=subject)
    except ApiError as error:
        if not error.lost:
            raise
        lost, answered = error.message, False
    try:
        found = account.call(read, "GET", path, subject=subject)
    except ApiError as error:
        error.written = answered
        raise
    # Not what was sent: Databricks may have changed what nobody wished for, such as the time of the change.
    if not covers(found, wanted.body(found)):
        overwritten = ApiError(change.action, OUTDATED, lost, subject, AGAIN)
        overwritten.written = answered
        raise overwritten
    return t.cast("Object", found)


def change_part(account: Databricks, change: Change, read: str, shown: t.Callable[[Object], t.Any]) -> Object:
    """Make a planned call that changes a part of an object, unless that is no longer what was planned upon.

    ``change.params`` holds that as C(planned_upon). ``read`` is the action that reads the object, ``shown`` what of it
    the plan has looked at. Raises ApiError with the code C(OUTDATED) where somebody else has changed it.
    """
    params = dict(change.params)
    planned_upon, path = params.pop("planned_upon"), params["path"]
    with account.alone(path):
        if shown(account.call(read, "GET", path, subject=change.summary)) != planned_upon:
            raise ApiError(change.action, OUTDATED, CHANGED, change.summary, AGAIN)
        return account.apply(replace(change, params=params))


def covers(found: t.Any, wanted: t.Any) -> bool:
    """Whether what was found says all that is wanted, and perhaps what Databricks has filled in besides.

    What is empty may be left out. The order in lists is of no account, but nothing may be in them besides.
    """
    if not wanted:
        return not found
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(covers(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and _all_in(found, wanted)
    return bool(found == wanted)


def _all_in(found: t.Sequence[t.Any], wanted: t.Sequence[t.Any]) -> bool:
    return all(any(covers(other, value) for other in found) for value in wanted)
