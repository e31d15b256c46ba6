# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection notification of an endpoint service, as options say it.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional, required


@dataclass(frozen=True)
class NotificationOptions:
    """One wanted notification, as an option of an endpoint service."""

    topic_arn: str = required()
    events: list[t.Literal["Accept", "Connect", "Delete", "Reject"]] = optional(
        ["Accept", "Connect", "Delete", "Reject"]
    )
