# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every role and link, as inventories, surveys and C(-e) write it.

What is written otherwise than in its type means the same, or is refused with the name of the option.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import template as templating
from ansible._internal._templating import _utils
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.items import items
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import PATTERNS, Vendor, resolve
from ansible_collections.saas.privatelink.plugins.plugin_utils._lists import list_of
from ansible_collections.saas.privatelink.plugins.plugin_utils._role_options import role_options
from ansible_collections.saas.privatelink.plugins.plugin_utils._values import ValueRefused

ROLES = Path(__file__).parents[3] / "roles"
NAMES = sorted(path.name for path in ROLES.iterdir())
VENDORS = [name for name in NAMES if name in ("fivetran", "redis_cloud", "segment")]

TRUSTED = getattr(templating, "trust_as_template", lambda text: text)
NOTHING = {"null": None, "omit": TRUSTED("{{ nothing | default(omit) }}"), "undefined": TRUSTED("{{ no or omit }}")}
# What filters see in place of a value that is omitted, before ansible-core 2.19 and since.
PLACEHOLDERS = {"old": "__omit_place_holder__4f2a", "new": _utils.Omit}

Spec = dict[str, Any]


def load(path: str) -> Any:
    return yaml.safe_load((ROLES / path).read_text(encoding="utf-8"))


@functools.cache
def options_of(role: str) -> Spec:
    """The documented options of a role, by the names of its variables."""
    options: Spec = load(f"{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    return options


def template(variables: dict[str, Any], value: Any) -> Any:
    return templating.Templar(loader=DataLoader(), variables={"no": "", "inventory_file": "/x", **variables}).template(
        value
    )


def sample(spec: Spec) -> Any:
    """A value of the option's type, if possible another than its default."""
    kind, choices = spec.get("type", "str"), spec.get("choices")
    if kind == "list":
        return [sample({**spec, "type": spec["elements"]})]
    if choices:
        return choices[-1]
    if kind == "dict":
        return {name: sample(option) for name, option in (spec.get("options") or {"key": {}}).items()}
    return {"bool": not spec.get("default"), "int": 7, "float": 7.5, "path": "/srv", "raw": {"key": 1}}.get(
        kind, "text"
    )


def texts(value: Any, spec: Spec) -> Iterator[Any]:
    """The value as texts, at whatever depth."""
    kind = spec.get("type", "str")
    if kind == "bool":
        yield from (("true", "yes", "on", "1", "True") if value else ("false", "no", "off", "0", "False"))
    elif kind in ("int", "float"):
        yield from (str(value), f" {value}\n")
    elif kind == "list":
        yield json.dumps(value)
        if spec["elements"] == "str":
            yield from (", ".join(value), f"[{', '.join(value)}]")
        yield from ([part] for part in texts(value[0], {**spec, "type": spec["elements"]}))
    elif kind == "dict":
        yield json.dumps(value)
        for name, option in (spec.get("options") or {}).items():
            yield from ({**value, name: written} for written in texts(value[name], option))


def numbers(spec: Spec) -> dict[Any, Any]:
    """Numbers as values, and what they mean; what is not here is refused."""
    kind = "choice" if spec.get("choices") else spec.get("type", "str")
    meaning: dict[str, dict[Any, Any]] = {
        "bool": {0: False, 1: True},
        "int": {7: 7},
        "str": {2024: "2024"},
        "path": {2024: "2024"},
    }
    if kind == "list" and spec["elements"] == "str":
        return {2024: ["2024"]}
    return meaning.get(kind, {})


SEVEN = "\N{ARABIC-INDIC DIGIT SEVEN}"
WRONG: dict[str, tuple[Any, ...]] = {
    "bool": ("perhaps", 7, ["x"], {"x": 1}),
    "int": ("x", SEVEN, "7_0", "7.5", True, ["x"], {"x": 1}),
    "float": ("x", SEVEN, True),
    "str": (True, 1.5, ["x"], {"x": 1}, "text\n", " text", f"text{SEVEN}"),
    "json": (True, 7, 1.5),
    "path": (True, 1.5, ["x"], {"x": 1}, "/srv\n"),
    "list": (True, {"x": 1}, "[a", [["x"]], [True]),
    "dict": (True, 7, "x", ["x"], "{a"),
}


def role_cases() -> list[tuple[str, str]]:
    return [(role, name) for role in NAMES for name in options_of(role) if name.startswith(f"{role}_")]


class TestRoles:
    """Through what the lookup C(role_options) does, with Ansible's own templating."""

    @staticmethod
    def read(role: str, name: str, *value: Any) -> Any:
        spec = options_of(role)
        needed = {other: sample(option) for other, option in spec.items() if option.get("required")}
        variables = {**needed, **({name: value[0]} if value else {})}
        secret = bool(spec[name].get("no_log"))
        read = role_options(role, variables, lambda told: template({**variables, "aws_region": "x"}, told), secret)
        return read[name.removeprefix(f"{role}_")]

    @pytest.mark.parametrize(("role", "name"), [case for case in role_cases() if case[1] != list_of(case[0])])
    def test_an_option_means_the_same_however_it_is_written(self, role: str, name: str) -> None:
        spec = options_of(role)[name]
        typed = self.read(role, name, sample(spec))
        assert [written for written in texts(sample(spec), spec) if self.read(role, name, written) != typed] == []
        assert {number: self.read(role, name, number) for number in numbers(spec)} == numbers(spec)
        if not spec.get("required"):
            default = self.read(role, name)
            blank = {"blank": ""} if spec["type"] not in ("str", "path") else {}
            said = {way: self.read(role, name, value) for way, value in {**NOTHING, **blank}.items()}
            assert said == dict.fromkeys(said, default)

    def test_of_options_that_are_not_asked_for_no_value_is_evaluated(self) -> None:
        told = {"handoff_vendor": "fivetran", "handoff_files": TRUSTED("{{ 1 / 0 }}")}
        read = functools.partial(role_options, "handoff", told, lambda value: template(told, value))
        assert read(only=["vendor"]) == {"vendor": "fivetran"}
        with pytest.raises(AnsibleError, match="division"):
            read(only=["files"])
        with pytest.raises(ValueRefused, match="handoff has no option vendors"):
            read(only=["vendors"])

    @pytest.mark.parametrize(("role", "name"), [case for case in role_cases() if case[1] != list_of(case[0])])
    def test_what_an_option_cannot_be_is_refused_by_its_name(self, role: str, name: str) -> None:
        spec = options_of(role)[name]
        for value in WRONG[spec["type"]]:
            if value in ([["x"]], [True]) and spec["elements"] == "raw":
                continue
            with pytest.raises(ValueRefused, match=name):
                self.read(role, name, value)
        if spec.get("choices"):
            with pytest.raises(ValueRefused, match=name):
                self.read(role, name, "neither")


@functools.cache
def whole_data(role: str) -> Any:
    return vendor_data(role)


def vendor_data(role: str, **said: Any) -> Any:
    """A vendor's data as a run has it, all that the vendor must tell told, or ``said`` otherwise."""
    told = {name: sample(option) for name, option in options_of(role).items() if name != list_of(role)} | said
    variables = {name: trusted(value) for name, value in load(f"{role}/vars/main.yml").items()}
    options = role_options(role, told, lambda value: template(told, value))
    looked_up = {f"{role}_options": options, f"__{role}_by_api": True, f"__{role}_account_id": "1"}
    looked_up |= {f"__{role}_taken": {"options": options}, f"__{role}_region": "us-east-1"}
    return template({**variables, **looked_up, **said}, variables[f"__{role}_vendor"])


def trusted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: trusted(part) for name, part in value.items()}
    if isinstance(value, list):
        return [trusted(part) for part in value]
    return TRUSTED(value) if isinstance(value, str) else value


def link_cases() -> Iterator[tuple[str, str]]:
    """Each option of the links of each role."""
    for role in [*PATTERNS, "fivetran", "segment"]:
        for name in options_of(role)[list_of(role)]["options"]:
            yield role, name


def link_option(role: str, name: str) -> Spec:
    """An option of a role's links; what its documentation leaves to a module's stands in the link's type."""
    types = [PATTERNS[role]] if role in PATTERNS else PATTERNS.values()
    options: list[Spec] = [argument_spec(link_type) for link_type in types]
    within = [option[name]["options"] for option in options if "options" in option.get(name, {})]
    documented: Spec = options_of(role)[list_of(role)]["options"][name]
    return {**documented, **({"options": within[0]} if within else {})}


class TestLinks:
    """Through the place where links are resolved, with the vendors' own data."""

    @staticmethod
    def resolved(role: str, name: str, *value: Any) -> Any:
        """The option of a link, beside those that a link of its role cannot be without; or why the link is refused."""
        link: dict[str, Any] = {"name": "orders"}
        data: dict[str, Any] = {"pattern": role}
        if role in VENDORS:
            vendor = whole_data(role)
            by = vendor.get("by", "destination")
            named = [kind for kind in vendor["destinations"] if TestLinks.taken(vendor, kind, name)]
            link |= {by: named[0]} if by else {}
            data = {"vendor": vendor}
        link |= {name: value[0]} if value else {}
        forwarded = {
            "port": 5432,
            "route": "port_forwarder",
            "forwarder": "text",
            "security_group_ids": ["sg-1"],
            "endpoint": "e.test",
        }
        if link.get("route") == "port_forwarder":
            link = {**forwarded, **link}
        try:
            (found,) = resolve([link], forwarders=[{"name": "text", "subnet_ids": [], "image_id": "ami-1"}], **data)
        except LinkError as error:
            return f"refused: {error}"
        return found.get(name)

    @staticmethod
    def taken(vendor: Spec, kind: str, name: str) -> bool:
        known = Vendor.of(vendor)
        return name in known.takes(known.type_of("orders", kind)[0])

    @pytest.mark.parametrize(("role", "name"), [*link_cases()])
    def test_an_option_means_the_same_however_it_is_written(self, role: str, name: str) -> None:
        spec = link_option(role, name)
        typed = self.resolved(role, name, sample(spec))
        assert typed == sample(spec)
        assert [written for written in texts(sample(spec), spec) if self.resolved(role, name, written) != typed] == []
        assert {number: self.resolved(role, name, number) for number in numbers(spec)} == numbers(spec)
        if spec.get("required"):
            return
        default = self.resolved(role, name)
        said = {way: self.resolved(role, name, value) for way, value in {**PLACEHOLDERS, "null": None}.items()}
        assert said == dict.fromkeys(said, default)

    @pytest.mark.parametrize(("role", "name"), [*link_cases()])
    def test_what_an_option_cannot_be_is_refused_by_its_name(self, role: str, name: str) -> None:
        spec = link_option(role, name)
        for value in (*WRONG[spec["type"]], *(["neither"] if spec.get("choices") else [])):
            said = self.resolved(role, name, value)
            assert str(said).startswith("refused: "), value
            assert name in said or "unknown" in said or "Every link needs a name" in said


WAREHOUSE = {"name": "warehouse", "destination": "redshift", "cluster_identifier": "analytics"}


@pytest.mark.parametrize(
    ("accounts", "vpcs"),
    [
        (["333333333333", 333333333333], [["vpc-1"], "vpc-1", '["vpc-1"]', "[vpc-1]"]),
        (["", None, NOTHING["omit"]], [[], "[]", "", None, NOTHING["omit"]]),
    ],
    ids=["told", "not told"],
)
def test_what_a_vendor_has_told_is_told_however_it_is_written(accounts: list[Any], vpcs: list[Any]) -> None:
    links = []
    for account in accounts:
        for vpc in vpcs:
            vendor = vendor_data("fivetran", fivetran_redshift_account_id=account, fivetran_redshift_vpc_ids=vpc)
            (link,) = resolve([WAREHOUSE], vendor=vendor)
            links.append({**link, "vpc_ids": link.get("vpc_ids") or []})
    assert links == [links[0]] * len(links)
    assert ("awaiting" in links[0]) is (None in accounts)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"prerequisits": []}, "unknown prerequisits. Known: by, connects"),
        ({"facts": {"nlb_servce": {"owners": []}}}, "facts: unknown nlb_servce"),
        ({"facts": {"nlb_service": {"ownrs": ["1"]}}}, "facts.nlb_service: unknown ownrs"),
        ({"facts": {"nlb_service": {"owners": {"a": "b"}}}}, "facts.nlb_service: owners is a list"),
        ({"told": {"nlb_service": {"need": ["owners"]}}}, "told.nlb_service: unknown need"),
        ({"destinations": {"rds": {"pattern": "nlb_service", "prot": 1}}}, "orders: unknown option prot"),
    ],
    ids=str,
)
def test_a_misspelt_part_of_a_vendors_data_is_refused(part: Spec, says: str) -> None:
    """Left out, it would be what the vendor never said."""
    data = {"name": "acme", "destinations": {"rds": {"pattern": "nlb_service"}}, **part}
    with pytest.raises(LinkError, match=re.escape(says)):
        resolve([{"name": "orders", "destination": "rds"}], vendor=data)


def test_one_subscription_is_one_private_link_however_its_number_is_written() -> None:
    asked = {"by_api": True}
    links = [{"name": "a", "subscription_id": 300003, **asked}, {"name": "b", "subscription_id": "300003", **asked}]
    (item,) = items(resolve(links, pattern="redis_cloud"), "private_link")
    assert item["subscription_id"] == 300003


def test_a_share_is_left_only_where_that_is_true() -> None:
    links = [{"name": name, "leave_share": said} for name, said in (("a", "false"), ("b", "no"), ("c", 0), ("d", ""))]
    assert [link["leave_share"] for link in resolve(links, pattern="redis_cloud", state="absent")] == [False] * 4


@pytest.mark.parametrize("nothing", [None, "", " ", [], "[]", *PLACEHOLDERS.values()], ids=str)
def test_no_links_are_nothing_to_do(nothing: Any) -> None:
    assert resolve(nothing, vendor=whole_data("fivetran")) == []


def test_links_to_work_on_that_have_no_name_are_not_all_links() -> None:
    several: list[Any] = [[None], [PLACEHOLDERS["new"]], [""], "a,,b", ["orders", ""]]
    for named in several:
        with pytest.raises(LinkError, match=r"none has a name|holds a blank|No link is called \."):
            resolve([{"name": "orders"}], pattern="nlb_service", only=named)


RAW = {"handoff_report", "vendor_data", "vendor_options"}  # what no user writes


@pytest.mark.parametrize("role", NAMES)
def test_a_role_reads_none_of_its_options_as_they_came(role: str) -> None:
    names = {name for name in options_of(role) if name.startswith(f"{role}_")} - RAW - {list_of(role)}
    found = []
    for path in sorted((ROLES / role).rglob("*")):
        if path.is_file() and path.parent.name in ("tasks", "handlers", "templates", "vars"):
            text = path.read_text(encoding="utf-8")
            expressions = re.findall(r"\{[{%].*?[%}]\}|(?:when|until|that):[^\n]*|\n +- [^\n]*", text, re.S)
            words = re.findall(r"(?<![\w.])[a-z_]+(?![\w:])", " ".join(expressions))
            found += [f"{path.relative_to(ROLES)}: {word}" for word in words if word in names]
    assert found == []
