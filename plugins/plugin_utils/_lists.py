# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the list of a vendor's links is called in an inventory.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

ROLES = Path(__file__).parents[2] / "roles"
SAID = re.compile(r"^  links: (\w+)$", re.M)  # in the vendor's data, which hold expressions that Ansible alone reads


@functools.cache
def list_of(vendor: str) -> str:
    """The variable of hosts that lists the links of a vendor: C(links) of its data, else C(VENDOR_links)."""
    path = ROLES / vendor / "vars" / "main.yml"
    said = SAID.search(path.read_text(encoding="utf-8")) if vendor and path.exists() else None
    return said[1] if said else f"{vendor}_links"
