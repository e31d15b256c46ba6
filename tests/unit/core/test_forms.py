# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of values that become part of a configuration."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import host_fault, nameserver, number

LONG = ".".join(["x" * 49] * 5)  # 249 characters


@pytest.mark.parametrize("host", ["db", "orders.cluster-abc.us-east-1.rds.amazonaws.com", "a_b.X", "10.0.0.1", LONG])
def test_hosts(host: str) -> None:
    assert host_fault(host) == ""


@pytest.mark.parametrize(
    ("host", "fault"),
    [
        (None, "no text"),
        ("", "no text"),
        ("db.example:5432", "take away ':5432'"),
        ("postgres://db.example:5432/x", "take away 'postgres://'"),
        ("db.example/orders", "take away '/orders'"),
        ("me@db.example", "take away 'me@'"),
        ("db.example ", "take away the blanks"),
        ("db.example\n", "take away the blanks"),
        ("\tdb.example", "take away the blanks"),
        ("db.example.", "take away the dot"),
        ("fd00::2", "IPv6"),
        ("[fd00::2]", "IPv6"),
        ("10.0.0.256", "IPv4"),
        ("1.2.3", "IPv4"),
        ("db.\N{FULLWIDTH DIGIT FIVE}", "ASCII"),
        ("bücher.example", "xn--"),
        ("db example", "labels"),
        ("db..example", "labels"),
        ("-db.example", "labels"),
        ("db.example#", "labels"),
        ('"db.example"', "labels"),
        ("%[src]", "labels"),
        ("x" * 64, "labels"),
        (LONG + ".abcd", "253"),
    ],
)
def test_what_is_no_host_says_what_to_take_away(host: Any, fault: str) -> None:
    assert fault in host_fault(host)


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("10.0.0.2", "10.0.0.2:53"),
        ("10.0.0.2:5353", "10.0.0.2:5353"),
        ("fd00:ec2::253", "[fd00:ec2::253]:53"),
        ("[fd00:EC2::253]", "[fd00:ec2::253]:53"),
        ("[fd00::2]:5353", "[fd00::2]:5353"),
    ],
)
def test_nameservers(given: str, whole: str) -> None:
    assert nameserver(given) == whole


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ns.example",
        "10.0.0.2 ",
        "10.0.0.2\n",
        "10.0.0.2:0",
        "10.0.0.2:65536",
        "10.0.0.2:",
        "fe80::1%eth0",
        "[fd00::2",
        "[10.0.0.2]:53",
        "10.0.0.\N{FULLWIDTH DIGIT TWO}",
        "10.0.0.2:5\N{FULLWIDTH DIGIT THREE}",
        "10.0.0.2#",
        "unix@/run/x",
        None,
        10,
        ["10.0.0.2"],
    ],
)
def test_what_is_no_nameserver(given: Any) -> None:
    with pytest.raises(ValueError, match="is not the address of a name server"):
        nameserver(given)


@pytest.mark.parametrize("given", [1, "1", 65535, "65535"])
def test_numbers(given: Any) -> None:
    assert number(given, 1, 65535) == int(given)


@pytest.mark.parametrize(
    "given",
    [
        0,
        65536,
        "0",
        "1\n",
        " 1",
        "+1",
        "-1",
        "1_0",
        "\N{ARABIC-INDIC DIGIT FIVE}",
        "1.0",
        1.0,
        True,
        None,
        "",
        "9" * 99,
    ],
)
def test_what_is_no_number(given: Any) -> None:
    with pytest.raises(ValueError, match=r"no whole number|not between"):
        number(given, 1, 65535)
