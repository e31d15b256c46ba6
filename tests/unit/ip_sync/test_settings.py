# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deployed function is told of a name that it follows."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_options import Followed
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_ip_sync import Sync
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.settings import ENGINE, Follow

SYNC = {"name": "orders", "target_group": "orders", "endpoint": "db.example.com"}
EARLIER = {"confirm": 3, "gap": 0.5, "lease": 60, "healthy_bound": 30, "protected": ["10.0.0.0/28"]}
NAMES = ("confirmations", "confirm_interval", "memory_ttl", "healthy_timeout", "protected_cidrs")


def test_names_that_members_had_earlier_say_the_same() -> None:
    """A function that an earlier version deployed is told by them."""
    named = dict(zip(NAMES, EARLIER.values(), strict=True))
    assert Follow.of({**SYNC, **named}) == Follow.of({**SYNC, **EARLIER})
    assert Follow.of({**SYNC, **named}).config(5432, "ipv4", ()).lease == 60


def test_an_unknown_member_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown member leese"):
        Follow.of({**SYNC, "leese": 60})


def test_each_member_is_an_option_of_the_module_by_the_same_name() -> None:

    def names(item: Any) -> set[str]:
        found: set[str] = set()
        for name, spec in argument_spec(item).items():
            found |= {name, *spec.get("aliases", ())}
        return found

    assert set(ENGINE) - {"only"} <= names(Followed)
    assert set(ENGINE) - {"only"} <= names(Sync)
