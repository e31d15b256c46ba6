# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS names have one spelling, that of Route 53's answers."""

from __future__ import annotations

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core import dns_names
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("Sydney.Example.COM.", "sydney.example.com"),
        ("*.example.com", r"\052.example.com"),
        (r"\052.example.com.", r"\052.example.com"),
        (r"\101\056b.example.com", r"a\056b.example.com"),  # an escaped dot is no dot between parts
        (r"f\374bar.example.com", r"f\374bar.example.com"),
        ("a@b.example.com", r"a\100b.example.com"),
        ("_dmarc.x-1.example.com", "_dmarc.x-1.example.com"),
    ],
)
def test_one_spelling(written: str, spelt: str) -> None:
    assert dns_names.canonical(written) == spelt


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "empty part"),
        ("a..b", "empty part"),
        (".", "empty part"),
        ("fübar.example.com", "Punycode"),
        (f"{'a' * 64}.example.com", "63 characters"),
        (".".join(["a" * 60] * 5), "255"),
    ],
)
def test_what_is_no_name(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        dns_names.canonical(written)
    assert not dns_names.is_same(written, written)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=30))
def test_spelling_twice_changes_nothing(text: str) -> None:
    try:
        spelt = dns_names.canonical(text)
    except ValueError:
        return
    assert dns_names.canonical(spelt) == spelt
    assert dns_names.canonical(dns_names.sendable(spelt)) == spelt


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("sydney", "sydney.a.example"),
        ("sydney.a.example", "sydney.a.example"),
        ("Sydney.A.example.", "sydney.a.example"),
        ("x.sydney", "x.sydney.a.example"),
        ("nota.example", "nota.example.a.example"),
        ("@", "a.example"),
        ("*", r"\052.a.example"),
    ],
)
def test_names_within_a_zone(name: str, full: str) -> None:
    assert dns_names.within(name, "a.example") == full


def test_a_name_of_elsewhere_is_not_put_into_the_zone() -> None:
    with pytest.raises(ValueError, match="not in the zone"):
        dns_names.within("sydney.example.com.", "a.example")
