# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a port forwarder may be told. All that becomes a word of its files is checked here, and nowhere else.

This plugin util is PRIVATE to the collection. Links and the role C(port_forwarder) used alone both come through here.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, fields

from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import (
    host_fault,
    is_of_form,
    nameserver,
    number,
)

HEALTH_PORT = 801  # where the load balancer asks how each database is
KINDS = ("writer", "instance", "proxy", "reader")
FORMS = {
    "name": (r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _"),
    "engine": (r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _"),
    "check_user": (r"[A-Za-z0-9._-]{1,80}", "1 to 80 letters, digits, dots, - and _"),
}
DURATION = r"([0-9]{1,10})(us|ms|s|m|h|d)?"
MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LONGEST = 2**31 - 1  # milliseconds, nearly 25 days, which HAProxy's timers hold
ROOT = r"(?:/[A-Za-z0-9._+-]+)*"
HEALTH_PATH = r"/[A-Za-z0-9._~/-]{0,1023}"
MOST_ADDRESSES = 64
MOST_CONNECTIONS = 1_000_000


@dataclass(frozen=True)
class Database:
    """One database as the role's templates take it. Raises ValueError for what can never be right."""

    name: str
    endpoint: str
    port: int
    listen: int
    engine: str | None = None
    endpoint_kind: str = "instance"
    check_user: str | None = None
    max_addresses: int = 4

    def __post_init__(self) -> None:
        for option, (form, allowed) in FORMS.items():
            value = getattr(self, option)
            if value is not None and not is_of_form(form, value):
                raise ValueError(f"{option} of database {self.name!r} is {value!r}; it may have {allowed} only")
        fault = host_fault(self.endpoint)
        if fault:
            raise ValueError(f"endpoint of database {self.name!r} is {self.endpoint!r}: {fault}")
        if self.endpoint_kind not in KINDS:
            raise ValueError(f"endpoint_kind of {self.name} is {self.endpoint_kind!r}, none of {', '.join(KINDS)}")

    @classmethod
    def of(cls, options: t.Mapping[str, t.Any]) -> Database:
        """The database that a user describes. Numbers may be text; what is not set, or empty, has its default."""
        known = {field.name for field in fields(cls)}
        given = {key: value for key, value in options.items() if key in known and value not in (None, "")}
        missing = [key for key in ("name", "endpoint", "port") if key not in given]
        if missing:
            raise ValueError(f"database {options.get('name', '')!r} lacks {' and '.join(missing)}")
        given.setdefault("listen", given["port"])
        typed: dict[str, t.Any] = {key: str(value) for key, value in given.items()}
        for option, highest in (("port", 65535), ("listen", 65535), ("max_addresses", MOST_ADDRESSES)):
            if option in given:
                typed[option] = _number(f"{option} of {given['name']!r}", given[option], highest)
        return cls(**typed)


def checked(databases: t.Iterable[t.Mapping[str, t.Any]], health_port: int = HEALTH_PORT) -> list[Database]:
    """The databases in order of name. Raises ValueError where two would share a name or a port."""
    found: dict[str, Database] = {}
    ports = {_number("the health port", health_port, 65535): "the health check"}
    for database in map(Database.of, databases):
        if found.setdefault(database.name, database) is not database:
            raise ValueError(f"two databases are called {database.name}")
        if database.listen in ports:
            both = f"{ports[database.listen]} and {database.name} would share port {database.listen}"
            raise ValueError(f"{both}: give {database.name} another port to listen on")
        ports[database.listen] = database.name
    return [found[name] for name in sorted(found)]


@dataclass(frozen=True)
class Settings:
    """What a forwarder is told beside its databases. Raises ValueError for what can never be right."""

    nameservers: list[str]
    dns_hold: str
    idle_timeout: str
    health_port: int
    max_connections: int
    root: str

    def __post_init__(self) -> None:
        for option in ("dns_hold", "idle_timeout"):
            value = getattr(self, option)
            if not _is_duration(value):
                raise ValueError(
                    f"{option} is {value!r}; it is a number with us, ms, s, m, h or d, such as 1h, up to 24d"
                )
        if not is_of_form(ROOT, self.root):
            raise ValueError(
                f"root is {self.root!r}; it is an absolute path of letters, digits and ._+- without / last"
            )
        if not self.nameservers:
            raise ValueError("nameservers are empty: without one no name can be followed")

    @classmethod
    def of(cls, options: t.Mapping[str, t.Any]) -> Settings:
        """The settings as a user gives them: numbers may be text."""
        return cls(
            nameservers=nameservers(options["nameservers"]),
            dns_hold=str(options["dns_hold"]),
            idle_timeout=str(options["idle_timeout"]),
            health_port=_number("health_port", options["health_port"], 65535),
            max_connections=_number("max_connections", options["max_connections"], MOST_CONNECTIONS),
            root=str(options["root"]),
        )


def nameservers(given: t.Any) -> list[str]:
    """Name servers as C(address:port). Raises ValueError unless it is a list of such."""
    if isinstance(given, str) or not isinstance(given, t.Sequence):
        raise ValueError(f"nameservers are {given!r}; they are a list of addresses")
    return [nameserver(server) for server in given]


def _is_duration(value: str) -> bool:
    found = re.fullmatch(DURATION, value, re.ASCII)
    return found is not None and int(found[1]) * MILLISECONDS[found[2] or "ms"] <= LONGEST


def _number(what: str, value: t.Any, highest: int) -> int:
    try:
        return number(value, 1, highest)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None
