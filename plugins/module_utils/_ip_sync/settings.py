# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What IP sync as a service is told: a JSON document, from the package, the environment or the command line.

    {"syncs": [{"name": "orders", "target_group": "fivetran-orders-5432", "endpoint": "orders.….rds.amazonaws.com",
                "port": 5432, "endpoint_kind": "writer"}],
     "nameservers": ["10.0.0.2"], "budget": 150}

The members of a sync are options of the module nlb_ip_sync, with the same names, meanings and defaults.
"""

from __future__ import annotations

import json
import math
import typing as t
from dataclasses import dataclass, field, fields

from .._core.forms import host_fault, is_of_form, nameserver, number
from .group import Subnets
from .model import Config

ENGINE = {  # what the engine calls a member; the last five are names that members had earlier
    "drain": "drain",
    "confirmations": "confirm",
    "confirm_interval": "gap",
    "grace": "grace",
    "memory_ttl": "lease",
    "healthy_timeout": "healthy_bound",
    "max_addresses": "max_addresses",
    "allow_outside": "allow_outside",
    "protected_cidrs": "protected",
    "only": "only",
    "confirm": "confirm",
    "gap": "gap",
    "lease": "lease",
    "healthy_bound": "healthy_bound",
    "protected": "protected",
}
KINDS = ("writer", "instance", "proxy", "reader")
NAME = r"[A-Za-z0-9._-]{1,128}"
TARGET_GROUP = (
    r"(?:arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/)?"
    r"(?!-)[A-Za-z0-9-]{1,32}(?<!-)(?:/[0-9a-f]+)?"
)
LONGEST = {"resolve_timeout": 60, "budget": 855, "interval": 855, "drift_interval": 3600}  # seconds; Lambda takes 900


@dataclass(frozen=True)
class Follow:
    """One target group that follows one name. `port` None: the group's own. `engine`: options passed on to Config."""

    name: str
    target_group: str
    endpoint: str
    port: int | None = None
    endpoint_kind: str = "instance"
    engine: t.Mapping[str, t.Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not is_of_form(NAME, self.name):
            raise ValueError(f"the name of a sync has 1 to 128 letters, digits, dots, - and _, not {self.name!r}")
        if not is_of_form(TARGET_GROUP, self.target_group):
            raise ValueError(f"{self.name}: target_group is the name or ARN of one, not {self.target_group!r}")
        text = self.endpoint
        fault = host_fault(text[:-1] if isinstance(text, str) and text.endswith(".") else text)
        if fault:
            raise ValueError(f"{self.name}: endpoint is {self.endpoint!r}: {fault}")
        if self.endpoint_kind not in KINDS:
            raise ValueError(f"{self.name}: endpoint_kind is one of {', '.join(KINDS)}, not {self.endpoint_kind!r}")
        try:
            self.config(self.port or 1, "ipv4", ())
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from error

    @classmethod
    def of(cls, document: t.Mapping[str, t.Any]) -> Follow:
        """From JSON; members that are null are as if absent. ValueError for a member that is missing or unknown."""
        given = {key: value for key, value in document.items() if value is not None}
        own = ("name", "target_group", "endpoint", "port", "endpoint_kind")
        missing = [key for key in own[:3] if not given.get(key)]
        unknown = sorted(given.keys() - {*own, *ENGINE})
        if missing or unknown:
            wrong = "lacks " + ", ".join(missing) if missing else "has the unknown member " + ", ".join(unknown)
            raise ValueError(f"a sync {wrong}: {json.dumps(document)}")
        if "port" in given:
            given["port"] = _port(f"{given['name']}: port", given["port"])
        engine: dict[str, t.Any] = {}
        for member, option in ENGINE.items():
            if member in given:
                engine[option] = tuple(given[member]) if option in ("protected", "only") else given[member]
        return cls(**{key: given[key] for key in own if key in given}, engine=engine)

    def config(self, group_port: int, family: str, subnets: Subnets) -> Config:
        """What the engine is told, for a group of this port and family whose VPC has these subnets."""
        return Config(
            name=self.endpoint,
            port=self.port or group_port,
            subnets=subnets,
            family=family,
            policy="sampled" if self.endpoint_kind == "reader" else "exact",
            **self.engine,
        )


def _port(what: str, value: t.Any) -> int:
    try:
        return number(value, 1, 65535)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None


@dataclass(frozen=True)
class Settings:
    """All of it.

    nameservers       asked for every name, each `ip`, `ip:port` or `[ipv6]:port`; empty: those of the system.
    resolve_timeout   seconds for one lookup.
    budget            seconds that an event of RDS is followed by a watch of its names, at most.
    interval          seconds between the looks of such a watch.
    drift_interval    seconds after which a watch looks at all groups again, although no answer has changed.
    """

    syncs: tuple[Follow, ...]
    nameservers: tuple[str, ...] = ()
    resolve_timeout: float = 2.0
    budget: float = 150.0
    interval: float = 1.0
    drift_interval: float = 60.0

    def __post_init__(self) -> None:
        names = [sync.name for sync in self.syncs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two syncs have the same name: {', '.join(twice)}")
        for server in self.nameservers:
            nameserver(server)
        for option, longest in LONGEST.items():
            value = getattr(self, option)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise ValueError(f"{option} is a number of seconds, not {value!r}")
            if not 0 < value <= longest:
                raise ValueError(f"{option} is {value}; it is more than 0 and at most {longest} seconds")

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """ValueError for what is not such a document."""
        document = json.loads(text)
        if not isinstance(document, dict) or not isinstance(document.get("syncs"), list):
            raise ValueError("the configuration is an object with a list of syncs")
        unknown = sorted(document.keys() - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"the configuration has the unknown member {', '.join(unknown)}")
        given = {key: value for key, value in document.items() if value is not None}
        given["syncs"] = tuple(Follow.of(sync) for sync in document["syncs"])
        servers = given.get("nameservers") or []
        if not isinstance(servers, list):
            raise ValueError(f"nameservers are a list of addresses, not {servers!r}")
        given["nameservers"] = tuple(servers)
        return cls(**given)
