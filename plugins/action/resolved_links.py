# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import LinkError
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.resolve import ASKED, resolve
from ansible_collections.saas.privatelink.plugins.plugin_utils._role_options import role_options, slips
from ansible_collections.saas.privatelink.plugins.plugin_utils._values import ValueRefused

display = Display()

SPEC: dict[str, t.Any] = {
    "role": {"type": "str"},
    "options": {"type": "dict", "default": {}},
    "links": {"type": "raw"},
    "vendor": {"type": "dict"},
    "pattern": {
        "type": "str",
        "choices": [
            "interface_endpoint",
            "msk_grant",
            "nlb_service",
            "redshift_grant",
            "resource_endpoint",
            "service_network",
        ],
    },
}


class ActionModule(ActionBase):
    """Everything happens on the controller, in this process. A refusal is the task's message, and nothing else is."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        dummy, args = self.validate_argument_spec(argument_spec=SPEC)
        try:
            options = self._options(args["role"], task_vars or {}) if args["role"] else args["options"]
            links = _links(args, options) if args["vendor"] or args["pattern"] else []
        except ValueRefused as error:
            return {"failed": True, "msg": f"{error}."}
        except LinkError as error:
            return {"failed": True, "msg": str(error)}
        return {"changed": False, "options": options, "links": links}

    def _options(self, role: str, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """Raises ValueRefused."""
        for slip in slips(role, variables):
            display.warning(slip)
        return role_options(role, variables, self._templar.template)


def _links(args: dict[str, t.Any], options: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """Raises LinkError."""
    asked = {name: options[name] for name in ASKED if options.get(name)}
    return resolve(args["links"], args["vendor"], args["pattern"] or "", **asked)
