# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vendor's role, of its data in roles/<vendor>/vars/main.yml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.nlb_service import Forwarder
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import Vendor, type_of
from ansible_collections.saas.privatelink.plugins.plugin_utils._lists import list_of

from tests.tools.generate.specs import ROLES, Spec, Words, link_options, role_option, role_spec, suboptions
from tests.tools.place import ROOT

VENDORS: list[str] = yaml.safe_load((ROOT / "roles/vendor/vars/main.yml").read_text(encoding="utf-8"))["vendor_names"]
SERVED = {"msk_grant", "nlb_service", "redshift_grant"}  # patterns that the role vendor takes links through


def data(role: str) -> Any:
    """The vendor's data as it stands, with expressions; None where the role has none."""
    path = ROOT / "roles" / role / "vars" / "main.yml"
    return (yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}).get(f"__{role}_vendor")


def with_data() -> list[str]:
    """The roles that are vendors."""
    return sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir() and data(path.name))


def patterns(role: str) -> list[str]:
    found = {facts["pattern"]: None for facts in data(role)["destinations"].values()}
    return list(found)


def words(role: str) -> Words:
    says = data(role)
    return Words(role, says["title"], says.get("connects", ""), list_of(role))


def spec(role: str) -> Spec:
    """The argument spec of a vendor's role."""
    says, filled = data(role), words(role)
    options = {list_of(role).removeprefix(f"{role}_"): _links(role), "only": role_option("only", filled)}
    own = {}
    for name, option in (says.get("options") or {}).items():
        own[name] = filled.filled({**ROLES["options"].get(name, {}), **option})
    shared = {name: role_option(name, filled) for name in _role_options(role)}
    if "forwarders" in shared:
        shared["forwarders"]["options"] = suboptions(Forwarder, filled)
    shared |= {name: role_option(name, filled) for name in ("handoff_directory", "on_link_failure")}
    options["state"] = role_option("state", filled)
    options |= {**own, **{name: shared[name] for name in shared if name not in own}}
    vendor = ROLES["vendors"]
    description = [*(says.get("description") or vendor["description"]), ROLES["report"], ROLES["again"]]
    return role_spec(filled, says.get("short_description") or vendor["short_description"], description, options)


def _links(role: str) -> Spec:
    filled, vendor = words(role), Vendor.of(data(role))
    options = link_options([type_of(pattern, vendor.name) for pattern in patterns(role)], filled, vendor)
    if vendor.by == "destination":
        says = f"What {filled.who} calls the kind of data store."
        named = {"type": "str", "required": True, "choices": list(vendor.destinations), "description": [says]}
        options = {"name": options.pop("name"), "destination": named, **{name: options[name] for name in options}}
        options["destination"] = named
    called = vendor.name.replace("_", "-")
    if vendor.by:  # else the type of link says it
        options["name"]["description"] = [f"Name of the link. The resources in AWS are called C({called}-) and this."]
    return role_option("links", filled, default=[]) | {"options": options}


def _role_options(role: str) -> Iterator[str]:
    """The options of roles.yml that the vendor's patterns have."""
    served = [pattern for pattern in patterns(role) if pattern in SERVED]
    for name in ROLES["vendors"]["options"]:
        if any(name in ROLES["patterns"][pattern]["options"] for pattern in served):
            yield name


def tasks(role: str) -> list[Spec] | None:
    """The tasks of a vendor whose patterns the role vendor serves; None for one with tasks of its own."""
    if not set(patterns(role)) <= SERVED:
        return None
    title = data(role)["title"]
    read = {
        "name": f"Take the options of {title} for what they mean",
        "saas.privatelink.resolved_links": {"role": role},
        "register": f"__{role}_taken",
    }
    by_api = (ROOT / "roles" / role / "tasks" / "by_api.yml").exists()
    asked = {"nlb_service_at_vendor": role} if by_api else {}
    include = {
        "name": f"Take the links of {title} through their patterns",
        "ansible.builtin.include_role": {"name": "saas.privatelink.vendor", "rolespec_validate": False},
        "vars": {
            "vendor_data": f"{{{{ __{role}_vendor }}}}",
            "vendor_links": f"{{{{ {list_of(role)} }}}}",
            "vendor_options": f"{{{{ {role}_options }}}}",
            **asked,
        },
    }
    note = {
        "name": "Note where they stand",
        "ansible.builtin.set_fact": {f"{role}_report": _report(role)},
    }
    converge = {
        "name": f"Converge the links of {title}",
        "vars": {f"{role}_options": f"{{{{ __{role}_taken.options }}}}"},
        "block": [include, note, _hand_over(role)],
    }
    return [read, converge]


def _report(role: str) -> str:
    """What the patterns say; one without links says nothing, and what it said before is of others."""
    used = "vendor_taken.links | map(attribute='pattern')"
    reports = [f"({name}_report if '{name}' in {used} else [])" for name in patterns(role)]
    return f"{{{{ {' + '.join(reports)} }}}}"


def _hand_over(role: str) -> Spec:
    handed = {
        "vendor": role,
        "sheet": f"{{{{ __{role}_vendor.sheet | combine({{'title': __{role}_vendor.title}}) }}}}",
        "report": f"{{{{ {role}_report }}}}",
        "directory": f"{{{{ {role}_options.handoff_directory }}}}",
        "on_link_failure": f"{{{{ {role}_options.on_link_failure }}}}",
    }
    return {
        "name": f"Hand over to {data(role)['title']}",
        "ansible.builtin.include_role": {"name": "saas.privatelink.handoff", "rolespec_validate": False},
        "vars": {f"handoff_{name}": value for name, value in handed.items()},
        "when": f"{role}_report | length > 0",
    }
