# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules for Databricks share: the account that they call. They take no option of AWS.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import traceback
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.items import Items
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Result
from ansible_collections.saas.privatelink.plugins.module_utils._core.progress import progress
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks import Databricks, Object, has
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_rules import Limits
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sdk import sdk
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sign_in import SignIn

LIMITS: dict[str, t.Any] = {"limits": {"type": "dict", "options": argument_spec(Limits)}}
"""The option of a module whose objects Databricks limits."""
READING = 300  # seconds that a module goes on which only reads


class DatabricksModule(AnsibleModule):
    """A module that calls Databricks' API for accounts."""

    fail_json: t.Callable[..., t.NoReturn]  # ansible-core has no types to say so
    exit_json: t.Callable[..., t.NoReturn]

    def __init__(self, argument_spec_of_module: t.Mapping[str, t.Any], **kwargs: t.Any) -> None:
        spec = {**argument_spec(SignIn), **argument_spec_of_module}
        super().__init__(argument_spec=spec, supports_check_mode=True, **kwargs)
        try:
            sdk()
        except ImportError:
            self.fail_json(msg=missing_required_lib("databricks-sdk"), exception=traceback.format_exc())

    def account(self) -> Databricks:
        """The account that the task's options and environment name. Nothing is called yet."""
        names = [field.name for field in dataclasses.fields(SignIn)]
        try:
            options = SignIn(**{name: self.params[name] for name in names})
        except ItemError as error:
            self.fail_json(msg=str(error))
        return Databricks(options, self.params.get("wait_timeout", READING), progress=progress)


class DatabricksItemsModule(Items, DatabricksModule):
    """A module for Databricks that takes either one object's options or a list of them."""

    def items(self) -> tuple[list[t.Any], list[Result]]:
        """As everywhere. What an earlier task has only planned has no id yet, and is for check mode alone."""
        wanted, refused = super().items()
        if self.check_mode:
            return wanted, refused
        known: list[t.Any] = []
        planned: list[t.Any] = []
        for item in wanted:
            values = dataclasses.asdict(item).values()
            unknown = any(value == UNKNOWN or (isinstance(value, list) and UNKNOWN in value) for value in values)
            (planned if unknown else known).append(item)
        said = "An id of it is that of something which was only planned. Make that first, or run in check mode."
        return known, [*refused, *(Result(item.name, failed=True, msg=said) for item in planned)]

    def internal(self) -> dict[str, t.Any]:
        given = {"shard": self.params["govcloud_shard"]}
        if "limits" in self.params:  # of modules whose objects Databricks limits
            given["limits"] = Limits(**(self.params["limits"] or {}))
        return given


class DatabricksInfoModule(DatabricksModule):
    """A module that only reads objects of a kind: all, or those that it is asked for, one or a list of them.

    The list is the option ``list_option``, and what the module returns. ``which`` are the fields of the API by which
    an object can be asked for, by the name of their option.
    """

    def __init__(self, list_option: str, which: t.Mapping[str, str]) -> None:
        self.list_option, self.which = list_option, which
        one = {option: {"type": "str"} for option in which}
        many = {list_option: {"type": "list", "elements": "dict", "options": {name: dict(one[name]) for name in one}}}
        super().__init__({**one, **many}, mutually_exclusive=[(list_option, option) for option in which])

    def show(self, read: t.Callable[[Databricks], list[Object]], shown: t.Callable[[Object], Object]) -> t.NoReturn:
        """Read all objects of the kind, and end the module with those asked for, in the order asked."""
        listed = self.params[self.list_option]
        asked = [self.params] if listed is None else listed
        found = []
        try:
            objects = read(self.account())
            for wish in asked:
                fields = {field: wish[option] for option, field in self.which.items() if wish[option]}
                found += [shown(thing) for thing in objects if has(thing, fields)]
        except ItemError as error:
            self.fail_json(msg=str(error))
        self.exit_json(changed=False, **{self.list_option: found})
