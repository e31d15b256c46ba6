# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules for Redis Cloud share: the account that they call. They take no option of AWS.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.items import Items
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import progress
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.redis_cloud import API_URL, RedisCloud

ACCOUNT_SPEC: dict[str, t.Any] = {
    "account_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["REDISCLOUD_ACCESS_KEY"])},
    "secret_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["REDISCLOUD_SECRET_KEY"])},
    "api_url": {"type": "str", "default": API_URL, "fallback": (env_fallback, ["REDISCLOUD_URL"])},
    "validate_certs": {"type": "bool", "default": True},
    "api_timeout": {"type": "int", "default": 30},
}


class RedisCloudModule(AnsibleModule):
    """A module that calls Redis Cloud's API."""

    fail_json: t.Callable[..., t.NoReturn]  # ansible-core has no types to say so

    def __init__(self, argument_spec: t.Mapping[str, t.Any], **kwargs: t.Any) -> None:
        super().__init__(argument_spec={**ACCOUNT_SPEC, **argument_spec}, supports_check_mode=True, **kwargs)

    def account(self) -> RedisCloud:
        """The account that the task's options and environment name."""
        params = self.params
        if not params["account_key"] or not params["secret_key"]:
            self.fail_json(
                msg="No keys of Redis Cloud: set account_key and secret_key, or REDISCLOUD_ACCESS_KEY and "
                "REDISCLOUD_SECRET_KEY in the environment."
            )
        try:
            return RedisCloud(
                params["account_key"],
                params["secret_key"],
                params["api_url"],
                validate_certs=params["validate_certs"],
                timeout=params["api_timeout"],
                deadline=max(900.0, float(params.get("wait_timeout") or 0)),
                progress=progress,
            )
        except ItemError as error:
            self.fail_json(msg=str(error))


class RedisCloudItemsModule(Items, RedisCloudModule):
    """A module for Redis Cloud that takes either one resource's options or a list of them."""
