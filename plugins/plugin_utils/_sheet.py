# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sheet of a link: what to send to the vendor, ready to be pasted, and what only we need to know. Pure.

This plugin util is PRIVATE to the collection.

A vendor's words are data, C(sheet) in its C(vars/main.yml). In its texts {fact} is a fact of the link, see C(facts).
"""

from __future__ import annotations

import dataclasses
import json
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.plugin_utils._links.report import (
    ABSENT,
    CONNECTED,
    FAILED,
    KEPT,
    PLANNED,
    WAITING_VENDOR,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._markdown import escaped, one_line, table, verbatim

Entry = t.Mapping[str, t.Any]  # of a report
Values = t.Mapping[str, str]  # what stands for each label

MARK = "<!-- Written by saas.privatelink: it changes with the link, and goes with it. -->"
JSON_MARK = '{\n  "written_by": "saas.privatelink",'
FACT = re.compile(r"\{(\w+)\}")
WHOSE = "Please tell us which of these VPC endpoints you have made for us: {doubtful}."
CHANGED = "Our values have changed. Please use these from now on."
NOTHING = {
    CONNECTED: "Nothing to send.",
    KEPT: "Nothing to send.",
    FAILED: "Nothing to send before this is mended.",
}
NOT_YET = "Nothing to send yet."
ENGINES = {"postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "sql_server": "SQL Server"}


class SheetError(Exception):
    """The vendor's data do not say a sheet; the message says what to change."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a vendor's sheet says of links of one pattern.

    ``to`` is whom to send to, ``says`` and ``values`` the message, with a line for each of the values whose facts are
    known. ``asks`` is the message while the vendor has yet to tell us something, ``again`` the one where something has
    changed that the vendor cannot see. ``steps`` are what whoever receives it does there. ``then`` is what we do next,
    each a sentence, or one with C(text) and the values of facts for which it holds. ``further`` are parts for somebody
    else, see C(Further).
    """

    to: str = ""
    says: str = ""
    asks: str = ""
    again: str = ""
    values: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    steps: t.Sequence[str] = ()
    then: t.Sequence[t.Any] = ()
    further: t.Sequence[t.Mapping[str, t.Any]] = ()

    def parts(self) -> list[Further]:
        return [_of(Further, part, str(part.get("title"))) for part in self.further]


@dataclass(frozen=True, kw_only=True)
class Further:
    """What somebody else has to do, neither the vendor nor we.

    ``says`` comes first, then a table of ``rows``, the name of what a report has rows under, then the ``steps``. It is
    left out where there are no rows. ``says`` and ``steps`` are sentences as those of C(Words.then).
    """

    title: str
    rows: str
    says: t.Sequence[t.Any] = ()
    steps: t.Sequence[t.Any] = ()


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """A vendor's sheets. ``about`` holds for all, ``known`` are facts besides those of links."""

    title: str = ""
    about: str = ""
    source: str = ""
    known: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    patterns: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)

    def words(self, pattern: str) -> Words:
        return _of(Words, self.patterns.get(pattern) or {}, f"{self.title}, {pattern}")


def vendor(data: t.Mapping[str, t.Any]) -> Vendor:
    """A vendor's words, of its data. Raises SheetError for a part that there is not."""
    found = _of(Vendor, data, str(data.get("title")))
    for pattern in found.patterns:
        found.words(pattern).parts()
    return found


def _of(kind: t.Any, data: t.Mapping[str, t.Any], whose: str) -> t.Any:
    known = {field.name for field in dataclasses.fields(kind)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise SheetError(f"The sheet of {whose}: unknown {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")
    return kind(**data)


@dataclass(frozen=True)
class Sheet:
    """What one link's sheet says."""

    name: str
    vendor: Vendor
    words: Words
    entry: Entry
    facts: Values  # one line each

    @property
    def send(self) -> dict[str, t.Any] | None:
        """What to send: C(to), C(message), C(values) by their labels and C(steps). None where there is nothing."""
        doubtful = bool(self.facts.get("doubtful"))
        news = doubtful or bool(self.entry.get("untold"))
        if self.entry["status"] != WAITING_VENDOR and not (self.entry["status"] == CONNECTED and news):
            return None
        if self.entry.get("at_vendor") and not news:  # the vendor's API was told all of it
            return None
        return {
            "to": self._said(self.words.to),
            "message": self._said(self._message(doubtful)),
            "values": self._values(),
            "steps": [self._said(step) for step in self.words.steps],
        }

    def sent(self) -> list[str]:
        """What to send, line by line; empty where there is nothing."""
        send = self.send
        if send is None:
            return []
        values = [f"{label}: {value}" for label, value in send["values"].items()]
        steps = [f"{number}. {step}" for number, step in enumerate(send["steps"], 1)]
        return [f"To: {send['to']}", send["message"], *values, *steps]

    def files(self) -> dict[str, tuple[str, str]]:
        """The link's files by their endings: the text, "" for one that shall go, and how one of ours begins.

        None while it is only planned. One with the endpoints is kept while they cannot be seen.
        """
        if self.entry["status"] == PLANNED:
            return {}
        gone = self.entry["status"] == ABSENT
        found = {".md": ("" if gone else self.markdown(), MARK)}
        if gone or self.entry.get("endpoints"):
            link = {"written_by": "saas.privatelink", "link": self.name, "endpoints": self.entry.get("endpoints")}
            text = json.dumps(link, indent=2, ensure_ascii=False)
            found[".json"] = ("" if gone else f"{text}\n", JSON_MARK)
        return found

    def markdown(self) -> str:
        """The sheet itself."""
        heading = escaped(f"{self.vendor.title}: {self.name}")
        blocks = [[MARK, f"# {heading}"], ["## Send this"], *self._sending()]
        for part in self.words.parts():
            blocks += self._further(part)
        blocks += [["## For us"], *self._for_us()]
        return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"

    def _said(self, text: t.Any) -> str:
        """A text of the vendor's data with the facts in it."""
        return one_line(FACT.sub(lambda match: self.facts.get(match[1], ""), one_line(text)))

    def _message(self, doubtful: bool) -> str:
        if doubtful:
            return f"{CHANGED} {WHOSE}" if self.entry.get("untold") else WHOSE
        if self.entry.get("awaiting"):
            return self.words.asks or str(self.entry["next_action"])
        if self.entry.get("untold") and self.words.again:
            return self.words.again
        return CHANGED if self.entry["connected"] else self.words.says

    def _values(self) -> dict[str, str]:
        """Those whose facts are known. Before we know the vendor nobody is let in, so no name to connect to is told."""
        known = self.facts.keys() - ({"service_name"} if self.entry.get("awaiting") else set())
        return {
            str(label): self._said(text)
            for label, text in self.words.values.items()
            if set(FACT.findall(str(text))) <= known
        }

    def _sending(self) -> list[list[str]]:
        send = self.send
        if send is None:
            return [[NOTHING.get(self.entry["status"], NOT_YET)]]
        lines = [send["message"], *(f"{label}: {value}" for label, value in send["values"].items())]
        if send["message"] and send["values"]:
            lines.insert(1, "")
        steps = [f"{number}. {escaped(step)}" for number, step in enumerate(send["steps"], 1)]
        return [[f"To: {escaped(send['to'])}"] if send["to"] else [], verbatim(lines), steps]

    def _further(self, part: Further) -> list[list[str]]:
        rows = self.entry.get(part.rows) or []
        if not rows:
            return []
        says = [escaped(text) for text in map(self._then, part.says) if text]
        steps = [escaped(text) for text in map(self._then, part.steps) if text]
        listed = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
        head = list(rows[0])
        return [
            [f"## {escaped(self._said(part.title))}"],
            *([text] for text in says),
            table(head, [[row.get(column) for column in head] for row in rows]),
            listed,
        ]

    def _for_us(self) -> list[list[str]]:
        rows = [row for row in ours(self.entry, self.facts).items() if row[1]]
        ends = [
            (
                row.get("type"),
                row.get("private_dns_name") or row.get("dns_name"),
                row.get("port"),
                row.get("database_id"),
            )
            for row in self.entry.get("endpoints") or ()
        ]
        then = [f"- {escaped(text)}" for text in map(self._then, self.words.then) if text]
        return [
            table(("what", "value"), rows),
            table(("type", "connect to", "port", "database"), ends) if ends else [],
            then if self.entry["status"] != FAILED else [],
            [escaped(self._said(self.vendor.about))] if self.vendor.about else [],
            [f"Source: {escaped(self.vendor.source)}"] if self.vendor.source else [],
        ]

    def _then(self, sentence: t.Any) -> str:
        if not isinstance(sentence, t.Mapping):
            return self._said(sentence)
        holds = all(self.facts.get(fact, "") in map(str, values) for fact, values in sentence.items() if fact != "text")
        return self._said(sentence["text"]) if holds else ""


def sheet(entry: Entry, words: Vendor, host: str = "", contact: str = "") -> Sheet:
    """The sheet of a link. ``host`` is its environment's, ``contact`` whom the vendor may ask."""
    told = {**facts(entry), "host": host, "contact": contact, **words.known}
    known = {name: one_line(value) for name, value in told.items() if one_line(value)}
    return Sheet(str(entry["name"]), words, words.words(str(entry.get("pattern") or "")), entry, known)


def sheets(report: t.Sequence[Entry], data: t.Mapping[str, t.Any], host: str = "", contact: str = "") -> list[Sheet]:
    """The sheets of a report's links by a vendor's data; none without data. Raises SheetError.

    An entry without a name is about no link: it says why a vendor's links were refused.
    """
    if not data:
        return []
    words = vendor(data)
    return [sheet(entry, words, host, contact) for entry in report if entry.get("name")]


def kept(report: t.Sequence[Entry], sheets: t.Sequence[Sheet], vendor_name: str) -> dict[str, dict[str, t.Any]]:
    """Where each link of a report stands and what to send, by C(VENDOR/NAME); for whoever has no files."""
    send = {sheet.name: sheet.send for sheet in sheets}
    found = {}
    for entry in report:
        name = str(entry.get("name") or "")
        said = {part: str(entry.get(part) or "") for part in ("status", "next_action", "line")}
        found["/".join(filter(None, (vendor_name, name)))] = {**said, "send": send.get(name)}
    return found


def facts(entry: Entry) -> dict[str, str]:
    """What vendors' texts may name of a link. Every fact is one line; one that is not known is ""."""
    arn = str(next(iter(entry.get("network_load_balancer_arns") or ()), "")).split(":")
    zones = [zone for zone in entry.get("availability_zones") or () if isinstance(zone, str)]
    ids = entry.get("zone_ids") or {}
    simple = {
        name: entry.get(name)
        for name in (
            *("name", "status", "destination", "engine", "route", "database", "cluster_identifier", "service_name"),
            *("cluster_arn", "bootstrap_servers"),
            *("service_network", "vpc_endpoint_id", "resource_share_arn", "subscription_id", "region_id", "grantee"),
            *("workspace_id", "private_zone"),
        )
    }
    return {
        **{name: "" if value is None else str(value) for name, value in simple.items()},
        "stage": _stage(entry),
        "destination_title": str(entry.get("destination_title") or entry.get("destination") or ""),
        "engine_title": ENGINES.get(str(entry.get("engine")), str(entry.get("engine") or "")),
        "region": str(entry.get("region") or (arn[3] if len(arn) > 4 else "")),
        "account_id": str(entry.get("grantor") or (arn[4] if len(arn) > 4 else "")),
        "host_name": str(entry.get("endpoint") or ", ".join(map(str, entry.get("addresses") or ()))),
        "port": str(entry.get("listener_port") or entry.get("port") or ""),
        # A zone's name stands for another zone in each account; its id does not.
        "zones": ", ".join(str(ids.get(zone) or f"{zone} (our account's name)") for zone in zones),
        "own_zones": ", ".join(f"{zone} ({ids[zone]})" if zone in ids else zone for zone in zones),
        "allowed_vpcs": ", ".join(map(str, entry.get("allowed_vpcs") or ())),
        "private_dns_name": str((entry.get("private_dns_name_configuration") or {}).get("domain") or ""),
        "doubtful": ", ".join(_doubtful(entry)),
    }


def _stage(entry: Entry) -> str:
    """How far the vendor has come: C(asked) who it is, C(waiting) for it to connect, C(connected)."""
    if entry.get("awaiting"):
        return "asked"
    return "connected" if entry["status"] == CONNECTED or entry["connected"] else "waiting"


def _doubtful(entry: Entry) -> list[str]:
    """Endpoints that ask or are connected, of which nobody has said that they are the vendor's for us."""
    held = [str(connection.get("vpc_endpoint_id")) for connection in entry.get("held_connections") or ()]
    return list(dict.fromkeys([*held, *(entry.get("uninvited") or ())]))


def ours(entry: Entry, known: Values) -> dict[str, str]:
    """What we want to know of a link, by label; "" where it is not so."""
    access = ", ".join(filter(None, (known.get("grantee"), known.get("allowed_vpcs"))))
    return {
        "Environment": known.get("host", ""),
        "State": str(entry["status"]),
        "Next step": str(entry["next_action"]),
        "Connected": ", ".join(entry["connected"]),
        "To be confirmed": known.get("doubtful", ""),
        "Allowed principals": ", ".join(entry.get("allowed_principals") or ()),
        "Access granted to": access,
        "Database host": known.get("host_name", ""),
        "Database port": str(entry.get("port") or ""),
        "Redshift cluster": known.get("cluster_identifier", ""),
        "MSK cluster": known.get("cluster_arn", ""),
        "Route": known.get("route", ""),
        "VPC": str(entry.get("vpc_id") or ""),
        "Availability Zones": known.get("own_zones", ""),
        "Endpoint service": known.get("service_name", ""),
        "Connection": known.get("destination_title", "") if "endpoints" in entry else "",
        "VPC endpoint": known.get("vpc_endpoint_id", ""),
        "Service network": known.get("service_network", ""),
        "Resource configuration": str(entry.get("resource_configuration") or ""),
        "Resource share": known.get("resource_share_arn", ""),
    }
