# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules for Fivetran share: the account that they call. They take no option of AWS.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.items import Items
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import progress
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.fivetran import API_URL, Fivetran

ACCOUNT_SPEC: dict[str, t.Any] = {
    "api_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["FIVETRAN_API_KEY"])},
    "api_secret": {"type": "str", "no_log": True, "fallback": (env_fallback, ["FIVETRAN_API_SECRET"])},
    "api_url": {"type": "str", "default": API_URL, "fallback": (env_fallback, ["FIVETRAN_API_URL"])},
    "trial": {"type": "bool", "default": False},
    "validate_certs": {"type": "bool", "default": True},
    "api_timeout": {"type": "int", "default": 30},
}


class FivetranModule(AnsibleModule):
    """A module that calls Fivetran's API."""

    fail_json: t.Callable[..., t.NoReturn]  # ansible-core has no types to say so

    def __init__(self, argument_spec: t.Mapping[str, t.Any], **kwargs: t.Any) -> None:
        super().__init__(argument_spec={**ACCOUNT_SPEC, **argument_spec}, supports_check_mode=True, **kwargs)

    def account(self) -> Fivetran:
        """The account that the task's options and environment name. Nothing is called yet."""
        params = self.params
        if not params["api_key"] or not params["api_secret"]:
            self.fail_json(
                msg="No keys of Fivetran: set api_key and api_secret, or FIVETRAN_API_KEY and FIVETRAN_API_SECRET in "
                "the environment."
            )
        try:
            return Fivetran(
                params["api_key"],
                params["api_secret"],
                params["api_url"],
                validate_certs=params["validate_certs"],
                timeout=params["api_timeout"],
                deadline=max(900.0, float(params.get("wait_timeout") or 0)),
                trial=params["trial"],
                progress=progress,
            )
        except ItemError as error:
            self.fail_json(msg=str(error))


class FivetranItemsModule(Items, FivetranModule):
    """A module for Fivetran that takes either one resource's options or a list of them."""
