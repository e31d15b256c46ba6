# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: forwarder_databases
short_description: The databases of a port forwarder, checked
version_added: 0.1.0
description:
  - Completes the databases that the role C(saas.privatelink.port_forwarder) forwards to, and orders them by name.
  - What they say becomes lines of HAProxy's configuration, so names, endpoints and users that could become anything
    else are errors, and so are two that would share a name or a port.
author:
  - saas.privatelink contributors (@saas-privatelink)
options:
  _terms:
    description:
      - Lists of databases, with the keys of the role's option C(port_forwarder_databases).
    type: list
    elements: list
    required: true
  health_port:
    description: Port of the health check, on which no database can listen.
    type: int
    default: 801
"""

EXAMPLES = r"""
- name: Say on which ports a forwarder listens
  vars:
    databases:
      - {name: orders, endpoint: orders.cluster-abc.us-east-1.rds.amazonaws.com, port: 5432}
  ansible.builtin.debug:
    msg: "{{ query('saas.privatelink.forwarder_databases', databases) | map(attribute='listen') }}"
"""

RETURN = r"""
_raw:
  description: >-
    Each database with C(name), C(endpoint), C(port), C(listen), C(engine), C(endpoint_kind), C(check_user) and
    C(max_addresses).
  type: list
  elements: dict
"""

import re
import typing as t
from dataclasses import asdict, dataclass, fields

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

KINDS = ("writer", "instance", "proxy", "reader")
SAFE = {"name": r"[A-Za-z0-9_-]+", "endpoint": r"[A-Za-z0-9._-]+", "check_user": r"[A-Za-z0-9._-]+"}


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
        for option, pattern in SAFE.items():
            value = getattr(self, option)
            if value is not None and not re.fullmatch(pattern, value):
                allowed = f"letters, digits, - and _{'' if option == 'name' else ', and dots'}"
                raise ValueError(f"{option} of database {self.name!r} is {value!r}; it may have {allowed} only")
        for option in ("port", "listen"):
            if not 1 <= getattr(self, option) <= 65535:
                raise ValueError(f"{option} of {self.name} is {getattr(self, option)}; ports go from 1 to 65535")
        if self.endpoint_kind not in KINDS:
            raise ValueError(f"endpoint_kind of {self.name} is {self.endpoint_kind!r}, none of {', '.join(KINDS)}")
        if self.max_addresses < 1:
            raise ValueError(f"max_addresses of {self.name} is {self.max_addresses}; it is 1 at least")

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
        typed.update({key: int(given[key]) for key in ("port", "listen", "max_addresses") if key in given})
        return cls(**typed)


def checked(databases: t.Iterable[t.Mapping[str, t.Any]], health_port: int) -> list[Database]:
    """The databases in order of name. Raises ValueError where two would share a name or a port."""
    found: dict[str, Database] = {}
    ports = {health_port: "the health check"}
    for database in map(Database.of, databases):
        if found.setdefault(database.name, database) is not database:
            raise ValueError(f"two databases are called {database.name}")
        if ports.setdefault(database.listen, database.name) != database.name:
            both = f"{ports[database.listen]} and {database.name} would share port {database.listen}"
            raise ValueError(f"{both}: give {database.name} another port to listen on")
    return [found[name] for name in sorted(found)]


class LookupModule(LookupBase):
    def run(
        self, terms: t.Sequence[t.Any], variables: t.Mapping[str, t.Any] | None = None, **kwargs: t.Any
    ) -> list[dict[str, t.Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        health_port = self.get_option("health_port")
        try:
            found = [checked(databases, health_port) for databases in terms]
        except (TypeError, ValueError) as error:
            raise AnsibleLookupError(f"forwarder_databases: {error}.") from None
        return [asdict(database) for databases in found for database in databases]
