# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that fit Elastic Load Balancing.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import hashlib

LONGEST = (
    32  # characters of a load balancer's or target group's name (CreateLoadBalancer, CreateTargetGroup, read 2026-11)
)


def resource_name(*parts: str | int) -> str:
    """``parts`` joined by hyphens, underscores turned into hyphens, in at most 32 characters.

    A longer name keeps its first 25 characters and ends in a hyphen and six hex digits of the SHA-256 of the whole, so
    the same parts always give the same name and different ones hardly ever do. Characters are not checked further.
    """
    name = "-".join(str(part) for part in parts).replace("_", "-")
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 7]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
