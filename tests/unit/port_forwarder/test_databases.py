# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's databases may say, before any of it becomes a line of a configuration."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.plugin_utils._forwarder import checked

ORDERS = {"name": "orders", "endpoint": "orders.example", "port": 5432}


def test_databases_are_completed_and_in_order() -> None:
    billing = {**ORDERS, "name": "billing", "listen": "13306", "port": "3306", "engine": "", "max_addresses": None}
    first, last = checked([ORDERS, billing], 801)
    assert (first.name, first.port, first.listen, first.engine, first.max_addresses) == (
        "billing",
        3306,
        13306,
        None,
        4,
    )
    assert (last.name, last.listen, last.endpoint_kind, last.check_user) == ("orders", 5432, "instance", None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "orders\n    option httpchk"}, "name of database 'orders"),
        ({"name": "or ders"}, "it may have 1 to 64 letters, digits, - and _ only"),
        ({"endpoint": "orders.example check"}, "endpoint of database 'orders' is"),
        ({"check_user": "haproxy post-41"}, "check_user of database 'orders' is"),
        ({"port": 0}, "port of 'orders': 0 is not between 1 and 65535"),
        ({"listen": 65536}, "listen of 'orders': 65536 is not"),
        ({"port": "many"}, "port of 'orders': 'many' is no whole number"),
        ({"port": True}, "no whole number"),
        ({"listen": "5432\n"}, "no whole number"),
        ({"max_addresses": 65}, "65 is not between"),
        ({"name": "x" * 65}, "1 to 64"),
        ({"name": "orders\n"}, "1 to 64"),
        ({"endpoint": "https://orders.example"}, "take away 'https://'"),
        ({"endpoint": "orders.example:5432"}, "take away ':5432'"),
        ({"endpoint": "fd00::2"}, "an IPv6 address cannot be used"),
        ({"engine": "mysql\n"}, "engine of database"),
        ({"endpoint": ""}, "database 'orders' lacks endpoint"),
        ({"endpoint_kind": "other"}, "none of writer, instance, proxy, reader"),
        ({"max_addresses": 0}, "0 is not between 1 and 64"),
        ({"listen": 801}, "the health check and orders would share port 801: give orders another"),
    ],
)
def test_what_can_never_be_right(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        checked([{**ORDERS, **change}], 801)


def test_no_two_share_a_name_or_a_port() -> None:
    with pytest.raises(ValueError, match="two databases are called orders"):
        checked([ORDERS, {**ORDERS, "listen": 6432}], 801)
    with pytest.raises(ValueError, match="orders and billing would share port 5432"):
        checked([ORDERS, {**ORDERS, "name": "billing"}], 801)
