# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test does to Fivetran: accounts of a seed, objects changed by somebody else, answers and tests that fail."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from tests.sandbox.core import clock
from tests.sandbox.fivetran import destinations, links
from tests.sandbox.fivetran.objects import KINDS, Account, Edit, Failure, Limits, Link, Part, new_id
from tests.sandbox.fivetran.routes import ROUTES, Request

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

DAY = 86400.0


def plant(sandbox: Sandbox, account: str, api_key: str, api_secret: str, **options: Any) -> None:
    """Make an account, or add to it; objects that are there stay. Raises ValueError or TypeError for what cannot be."""
    lists = {name: options.pop(name, None) or [] for name in ("groups", "private_links", "destinations", "connections")}
    made = sandbox.fivetran.accounts.setdefault(account, Account(account, api_key, api_secret, **options))
    made.groups.update({group: f"group_{group}" for group in lists["groups"]})
    for seed in lists["private_links"]:
        link = _link(**seed)
        made.private_links.setdefault(link.id, link)
    for seed in lists["destinations"]:
        destinations.plant(made, seed)
    made.connections += lists["connections"]


def _link(name: str, config: dict[str, Any], age: float = DAY, **members: Any) -> Link:
    """A private link that was made ``age`` seconds ago; what follows from AWS elsewhere is as the seed says, or OK."""
    key = members.pop("id", None) or new_id()
    region, service = members.pop("region", "AWS_US_EAST_1"), members.pop("service", "SOURCE_AWS")
    return Link(key, name, region, service, config, clock.now() - age, forced={"state": "OK", **members})


def fail(sandbox: Sandbox, **armed: Any) -> dict[str, Any]:
    """Let the next calls of an operation be answered so. Raises ValueError for an operation that does not exist."""
    failure = Failure(**{"body": None, **armed})
    _check_operation(failure.operation)
    sandbox.fivetran.failures.append(failure)
    return asdict(failure)


def tests(sandbox: Sandbox, **armed: Any) -> dict[str, Any]:
    """Let a part of the coming setup tests of a destination end so."""
    part = Part(**armed)
    if part.title not in destinations.PARTS:
        raise ValueError(f"title is one of {', '.join(destinations.PARTS)}")
    sandbox.fivetran.parts.append(part)
    return asdict(part)


def edit(sandbox: Sandbox, account: str, kind: str, id: str, fields: dict[str, Any] | None, **around: Any) -> None:
    """Change an object at once, or before coming calls of an ``operation``; without ``fields`` it is deleted."""
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    if not around:
        change(sandbox.fivetran.account(account), kind, id, fields)
        return
    armed = Edit(account, kind, id, fields, **around)
    _check_operation(armed.operation)
    sandbox.fivetran.edits.append(armed)


def change(account: Account, kind: str, key: str, members: dict[str, Any] | None) -> None:
    """Raises ValueError for an object that is not there. What is worked out at each look stays as it was set here."""
    things: dict[str, Any] = getattr(account, kind)
    if key not in things:
        raise ValueError(f"no {kind} {key}")
    if members is None:
        del things[key]
        return
    thing = things[key]
    if isinstance(thing, Link):
        thing.forced.update(members)
        return
    thing.config.update(members.pop("config", {}))
    thing.body.update(members)


def settings(sandbox: Sandbox, **values: Any) -> dict[str, Any]:
    """Set what is named, of the settings or the limits; the answer is all of them."""
    fivetran = sandbox.fivetran
    limits = {field.name: values.pop(field.name) for field in fields(Limits) if field.name in values}
    fivetran.settings = replace(fivetran.settings, **values)
    if limits:
        fivetran.limits = replace(fivetran.limits or Limits(), **limits)
    return {**asdict(fivetran.settings), **asdict(fivetran.limits or Limits())}


def disarm(sandbox: Sandbox) -> None:
    sandbox.fivetran.disarm()


def objects(sandbox: Sandbox, account: str) -> dict[str, list[dict[str, Any]]]:
    """All that an account holds, list by list, as it is and with its secrets; nothing of it is in the log of calls."""
    found = sandbox.fivetran.account(account)
    found.tidy()
    request = Request(sandbox, found)
    return {
        "private_links": [links.described(request, link) for link in found.private_links.values()],
        "destinations": [{**thing.body, "config": thing.config} for thing in found.destinations.values()],
    }


def _check_operation(operation: str) -> None:
    known = {name for _method, _pattern, name, _function, _status in ROUTES} | {"*"}
    if operation not in known:
        raise ValueError(f"no operation {operation}; known: {', '.join(sorted(known))}")
