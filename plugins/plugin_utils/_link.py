# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every part that works on links knows of them.

This plugin util is PRIVATE to the collection.

A link is one private connection between one data store of ours and one vendor. Vendor roles resolve their links against
their table of destinations (C(_links)); pattern roles turn resolved links into the lists that the modules converge,
step by step, and leave out of each step the links that failed in one before (C(_link_items)); then they say where each
link stands (C(_links)).
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name

Link = t.Mapping[str, t.Any]
Step = t.Mapping[str, t.Any]  # the registered result of one of the collection's modules


class LinkError(Exception):
    """The links cannot be used as they are; the message says what to change."""


def key(link: Link) -> str:
    """What a link's resources are called in AWS: vendor and name, at most 32 characters."""
    return resource_name(str(link.get("vendor") or "privatelink"), str(link["name"]))


def pick(link: Link, *names: str, **renamed: str) -> dict[str, t.Any]:
    """These keys of a link, under their own or another name, where they are set."""
    wanted = {**{name: name for name in names}, **renamed}
    return {new: link[old] for new, old in wanted.items() if link.get(old) is not None}


def findings(steps: t.Sequence[Step]) -> dict[str, dict[str, t.Any]]:
    """What steps found out about each link, by key; later steps win."""
    found: dict[str, dict[str, t.Any]] = {}
    for result in (result for step in steps for result in step.get("results") or ()):
        found.setdefault(result["name"], {}).update(result)
    return found
