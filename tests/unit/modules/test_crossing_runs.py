# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run builds what another takes away, before any of its writes: an estate in one piece, or a run to be repeated."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import api as _api
from ansible_collections.saas.privatelink.plugins.module_utils._core import items as _items
from ansible_collections.saas.privatelink.plugins.module_utils._core import plan as _plan
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change

from tests.sandbox.snapshot import snapshot

RunModule = Callable[..., dict[str, Any]]
Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by
WRITES = 12  # more than any run here makes


class Crossing:
    """Before the write of this number that a run makes, another run is made from beginning to end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.made, self.other = -1, 0, lambda: None
        apply = _api.Api.apply

        def crossed(api: _api.Api, change: Change) -> Any:
            self.made += 1
            if self.made == self.at:
                self.other()
            return apply(api, change)

        monkeypatch.setattr(_api.Api, "apply", crossed)
        monkeypatch.setattr(_items, "Options", lambda **options: _plan.Options(**{**options, "poll": 2}))

    def run(self, at: int, one: Callable[[], Any], other: Callable[[], Any]) -> Any:
        self.at, self.made, self.other = at, 0, other
        result = one()
        self.at = -1
        return result, self.made >= at


@pytest.fixture
def crossing(monkeypatch: pytest.MonkeyPatch) -> Crossing:
    return Crossing(monkeypatch)


def balancer(estate: Estate, name: str) -> dict[str, Any]:
    group = {"name": f"{name}-5432", "port": 5432}
    return {"name": name, "subnet_ids": list(estate.vpc.subnets), "listeners": [{"port": 5432, "target_group": group}]}


def service(estate: Estate, name: str) -> dict[str, Any]:
    return {"name": name, "load_balancers": ["nlb"], "allowed_principals": ["222222222222"]}


def forwarder(estate: Estate, name: str) -> dict[str, Any]:
    hosts = {"image_id": "ami-12345678", "instance_type": "t4g.small", "user_data": "#!/bin/sh", "instances": 1}
    network = {"vpc_id": estate.vpc.id, "subnet_ids": list(estate.vpc.subnets)}
    return {"name": name, **hosts, **network, "ports": [801], "source_security_group_ids": [estate.vpc.security_group]}


KINDS: dict[str, Callable[[Estate, str], dict[str, Any]]] = {
    "network_load_balancer": balancer,
    "endpoint_service": service,
    "forwarder_group": forwarder,
}


@pytest.mark.parametrize(
    ("module", "first"),
    [
        ("network_load_balancer", "present"),
        ("network_load_balancer", "absent"),
        ("endpoint_service", "present"),
        ("endpoint_service", "absent"),
        ("forwarder_group", "present"),
    ],
)
def test_crossing_runs_end_in_one_piece(
    estate: Estate, play: RunModule, crossing: Crossing, module: str, first: str
) -> None:
    estate.balancer("nlb")

    def run(item: dict[str, Any], state: str) -> dict[str, Any]:
        done = play(module, {**estate.access, **item, "state": state, "wait_timeout": 120})
        return dict(done["results"][0])

    others = snapshot(estate.sandbox, estate.account, "us-east-1")
    second = "absent" if first == "present" else "present"
    crossed = True
    for at in range(1, WRITES):
        item = KINDS[module](estate, f"link{at}")
        if first == "absent":
            run(item, "present")
        result, crossed = crossing.run(at, partial(run, item, first), partial(run, item, second))
        assert not result["failed"] or "run again" in result["msg"]
        again = run(item, "present")
        assert not again["failed"], again["msg"]
        assert run(item, "present")["writes"] == []
        gone = run(item, "absent")
        assert not gone["failed"], gone["msg"]
        assert snapshot(estate.sandbox, estate.account, "us-east-1") == others
        if not crossed:
            break
    assert not crossed
