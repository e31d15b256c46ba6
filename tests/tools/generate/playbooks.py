# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that name vendors."""

from __future__ import annotations

from pathlib import Path

import jinja2
from ansible_collections.saas.privatelink.plugins.plugin_utils._lists import list_of

from tests.tools.generate import vendors

TEMPLATES = Path(__file__).parent / "templates"
ENDING = {
    "msk_grant": {"on_connections": "reject"},
    "nlb_service": {"on_connections": "reject"},
    "redshift_grant": {"force": "true"},
}
"""Options of a vendor's role, by the pattern that has them, with which a teardown takes what is in use, too."""


ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    keep_trailing_newline=True,
    trim_blocks=True,
    variable_start_string="<<",
    variable_end_string=">>",
    block_start_string="<%",
    block_end_string="%>",
    undefined=jinja2.StrictUndefined,
    autoescape=False,
)


def rendered() -> dict[str, str]:
    """The text of each playbook by its name."""
    known = [
        {"name": role, "title": vendors.data(role)["title"], "list": list_of(role), "ending": ending(role)}
        for role in vendors.VENDORS
    ]
    texts = {
        name: ENVIRONMENT.get_template(f"{name}.j2").render(vendors=known) for name in ("site.yml", "teardown.yml")
    }
    for vendor in known:
        texts[f"{vendor['name']}.yml"] = ENVIRONMENT.get_template("vendor.yml.j2").render(vendor=vendor)
    return texts


def ending(role: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for pattern in vendors.patterns(role):
        options |= ENDING.get(pattern, {})
    return options
