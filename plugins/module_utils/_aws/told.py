# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the consumers of an endpoint service have been told: the port, and the zones. Pure.

This module util is PRIVATE to the collection.

Consumers see neither change by themselves, so somebody must tell them. Tags of the service remember what they know:
whoever runs next, on whichever machine, sees what is still to be passed on. The port is remembered from the creation
on, the zones from the first change of them; until then consumers have seen all.
"""

from __future__ import annotations

import typing as t

from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form, number

PORT_TAG = "saas.privatelink:told-port"
ZONES_TAG = "saas.privatelink:told-zones"  # their ids, with blanks between them

ZONE_ID = r"[a-z0-9]+(-[a-z0-9]+)*-az[0-9]+"

Tags = t.Mapping[str, str]


class Telling(t.Protocol):
    """An item of which is remembered what was told; without a C(port) nothing is."""

    @property
    def port(self) -> int | None: ...

    @property
    def told_port(self) -> int | None: ...

    @property
    def told_zone_ids(self) -> t.Sequence[str] | None: ...


def check(item: Telling) -> None:
    """Raise ItemError for what nobody can have been told: every run would say that it is to be told, or none would."""
    try:
        for port in (item.port, item.told_port):
            if port is not None:
                number(port, 1, 65535)
    except ValueError as error:
        raise ItemError(f"port and told_port are ports: {error}.") from None
    strange = [zone for zone in item.told_zone_ids or () if not is_of_form(ZONE_ID, zone)]
    if strange:
        raise ItemError(
            f"told_zone_ids are ids of Availability Zones, like use1-az1, not {', '.join(strange)}: names of zones "
            "mean others in other accounts."
        )


def missing(item: Telling, current: Tags, zone_ids: t.Iterable[str] = (), more_zones: bool = False) -> dict[str, str]:
    """The tags to set on a service that has the ``current`` ones and is in zones of these ids.

    ``more_zones`` is whether others are about to be enabled.
    """
    if item.port is None:
        return {}
    wanted = {PORT_TAG: current.get(PORT_TAG) or str(item.port)}
    if item.told_port is not None:
        wanted[PORT_TAG] = str(item.told_port)
    if item.told_zone_ids is not None:
        wanted[ZONES_TAG] = " ".join(sorted(set(item.told_zone_ids)))
    elif more_zones and ZONES_TAG not in current:
        wanted[ZONES_TAG] = " ".join(sorted(zone_ids))
    return {key: value for key, value in wanted.items() if value and current.get(key) != value}


def results(current: Tags, zone_ids: t.Iterable[str]) -> dict[str, t.Any]:
    """C(told_port), None where none is remembered, and C(untold_zone_ids)."""
    port = current.get(PORT_TAG, "")
    told = current.get(ZONES_TAG)
    return {
        "told_port": int(port) if port.isdecimal() else None,
        "untold_zone_ids": [] if told is None else sorted(set(zone_ids) - set(told.split())),
    }
