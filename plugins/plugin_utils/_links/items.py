# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""From resolved links to what the modules take.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found, Steps
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link, Options
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.nlb_service import NlbServiceLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import typed


def items(
    links: t.Sequence[Options],
    step: str,
    after: Steps = (),
    extra: Options | None = None,
    others: t.Sequence[Options] = (),
    forwarders: t.Sequence[Options] = (),
) -> list[Item]:
    """What the module of one step takes, for each link that no step of ``after`` has stopped.

    ``extra`` is added to every item. ``others`` are links that this run leaves alone, and that need what the vendor has
    once for several. ``forwarders`` are those that links name, for the step C(forwarder). Raises LinkError for a step
    that the links do not have.
    """
    wanted = typed(links)
    found = Found(after, wanted)
    if step == "forwarder":
        return NlbServiceLink.groups(wanted, forwarders, found)
    by_type: dict[type[Link], list[Link]] = {}
    for link in wanted:
        by_type.setdefault(type(link), []).append(link)
    made: list[Item] = []
    for link_type, members in by_type.items():
        made += link_type.items(step, members, found, typed(others))
    return [{**item, **(extra or {})} for item in made]
