# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from types import ModuleType

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync import core as real_core


@pytest.fixture
def core() -> ModuleType:
    """The engine under test. The mutation check passes broken copies of it to the same test functions."""
    return real_core
