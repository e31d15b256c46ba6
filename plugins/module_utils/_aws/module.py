# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection's modules for AWS share: the environment that they call.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import gc
import typing as t

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import Credentials
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.items import Items

# Before it ends, Python searches all that a module has loaded for cycles, which the end of the process frees anyway.
atexit.register(gc.freeze)

ENVIRONMENT_SPEC: dict[str, t.Any] = {
    "assume_role_arn": {"type": "str"},
    "assume_role_external_id": {"type": "str"},
    "api_rate": {"type": "float", "default": 1.0},
    "environment_name": {"type": "str"},
    "account_id": {"type": "str"},
}


class PrivateLinkModule(AnsibleAWSModule):
    """An AWS module of this collection: adds role assumption, pacing and, where there are items, one-or-many."""

    def __init__(self, argument_spec: t.Mapping[str, t.Any], **kwargs: t.Any) -> None:
        super().__init__(argument_spec={**ENVIRONMENT_SPEC, **argument_spec}, supports_check_mode=True, **kwargs)

    def warn(self, warning: str) -> None:
        """Show a warning. AnsibleAWSModule's own way to do so is one that ansible-core deprecates."""
        self._module.warn(warning)

    def api(self) -> Api:
        """The account and region that the task's options and environment name."""
        try:
            region, endpoint_url, connection = get_aws_connection_info(self)
        except TypeError as error:  # it makes a Config of what the user wrote
            self.fail_json(msg=f"aws_config cannot be used: {error}")
        if not region:
            self.fail_json(msg="No region: set the option region, AWS_REGION or a region in the profile.")
        params = self.params
        credentials = Credentials(
            access_key=connection.get("aws_access_key_id"),
            secret_key=connection.get("aws_secret_access_key"),
            session_token=connection.get("aws_session_token"),
            profile=params.get("profile"),
            role_arn=params.get("assume_role_arn"),
            external_id=params.get("assume_role_external_id"),
        )
        try:
            api = Api(
                region=region,
                endpoint_url=endpoint_url,
                verify=connection.get("verify"),
                config=params.get("aws_config"),
                credentials=credentials,
                rate=max(0.0, params["api_rate"]),
                deadline=max(900.0, float(params.get("wait_timeout") or 0)),
            )
            if params.get("account_id"):
                api.check_account(params["account_id"])
            return api
        except ItemError as error:
            self.fail_json(msg=str(error))


class InfoModule(PrivateLinkModule):
    """A module that only reads."""

    @contextlib.contextmanager
    def reading(self) -> t.Iterator[Api]:
        """The account and region to read from; a call that AWS refuses ends the module with the reason."""
        try:
            yield self.api()
        except ItemError as error:
            self.fail_json(msg=str(error))


class ItemsModule(Items, PrivateLinkModule):
    """An AWS module that takes either one resource's options or a list of them."""

    def internal(self) -> dict[str, t.Any]:
        """Whose items they are, where that is asked: items with a field C(environment) are told."""
        fields = {field.name for field in dataclasses.fields(self.wanted)}
        return {"environment": self.params["environment_name"] or ""} if "environment" in fields else {}
