# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lookups of this collection that defaults of its roles use."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.plugins.loader import lookup_loader
from ansible_collections.saas.privatelink.plugins.lookup.beside_inventory import LookupModule


@pytest.fixture(autouse=True)
def lookup_of_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ansible's loader of collections is not installed in this process."""
    made = {"saas.privatelink.beside_inventory": LookupModule}
    found = lookup_loader.get

    def get(name: str, *args: Any, **kwargs: Any) -> Any:
        return made[name](*args, **kwargs) if name in made else found(name, *args, **kwargs)

    monkeypatch.setattr(lookup_loader, "get", get)
