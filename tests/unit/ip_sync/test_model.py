# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._ip_sync.model import (
    TAG_VALUE_LIMIT,
    Memory,
    TargetHealth,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from .world import config

NOW = 1_800_000_000.0
memories = st.dictionaries(
    st.ip_addresses().map(str), st.integers(0, 10_000_000).map(lambda age: NOW - age), min_size=1
).map(lambda since: Memory(NOW, since))


@pytest.mark.parametrize(
    "options",
    [
        {"name": ""},
        {"port": 0},
        {"port": 65536},
        {"family": "ipv5"},
        {"policy": "guess"},
        {"drain": "never"},
        {"policy": "sampled", "drain": "after_healthy"},
        {"confirm": 0},
        {"gap": -1},
        {"grace": -1},
        {"healthy_bound": -1},
        {"lease": 0},
        {"samples": 0},
        {"max_addresses": 0},
        {"protected": ("10.0.0.0/33",)},
        {"subnets": (("10.0.0.1/24", "use1-az1"),)},
    ],
)
def test_a_contradiction_is_refused(options: dict[str, Any]) -> None:
    said = {"gap": "confirm_interval", "healthy_bound": "healthy_timeout", "lease": "memory_ttl"}  # to users
    names = [said.get(name, name) for name in options]
    with pytest.raises(ValueError, match="|".join([*names, "10.0.0."])):  # which option, or which CIDR
        config(**options)


@pytest.mark.parametrize(
    ("state", "reason", "active"),
    [
        ("initial", "Elb.RegistrationInProgress", True),
        ("healthy", "", True),
        ("unhealthy", "Target.FailedHealthChecks", True),
        ("unhealthy.draining", "", True),
        ("unavailable", "", True),
        ("unused", "Target.NotInUse", True),
        ("unused", "Target.NotRegistered", False),
        ("draining", "Target.DeregistrationInProgress", False),
        ("draining", "", False),
    ],
)
def test_what_counts_as_registered(state: str, reason: str, active: bool) -> None:
    assert TargetHealth("10.0.1.1", 5432, state, reason).active is active


@settings(max_examples=60, deadline=None, database=None)
@given(memories)
def test_memory_fits_a_tag_and_comes_back(memory: Memory) -> None:
    text = memory.to_text()
    assert len(text) <= TAG_VALUE_LIMIT
    assert re.fullmatch(r"[\w.:/=+\-@ ]+", text)
    back = Memory.from_text(text)
    assert back.seen_at == memory.seen_at
    assert back.since.items() <= memory.since.items()
    assert len(back.since) >= min(4, len(memory.since))
    # Those that wait longest come first: they are the next to be drained.
    left_out = memory.since.keys() - back.since.keys()
    assert all(memory.since[address] >= max(back.since.values()) for address in left_out)


def test_memory_text_is_readable() -> None:
    assert Memory(1000.9, {"10.0.1.1": 880.0, "10.0.2.2": 1000.9}).to_text() == "1000 10.0.1.1=120 10.0.2.2=0"
    assert Memory(1000.0, {}).to_text() == ""


@pytest.mark.parametrize(
    "text", ["", " ", "x", "1000 nonsense", "1000 10.0.1.1=x", "1000 a=1", "10.0.1.1=5", "1 1=2=3"]
)
def test_foreign_text_is_an_empty_memory(text: str) -> None:
    assert Memory.from_text(text) == Memory()
