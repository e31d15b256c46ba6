# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing in to an account of Databricks with its official SDK, whose own retries are switched off.

This module util is PRIVATE to the collection.

The SDK sends a POST whose connection broke once more, which makes two objects, and sleeps as long as a Retry-After
says, whatever its time limit (databricks-sdk 0.162.0, read and tried 2026-11). All its retries sleep on a clock; ours
does not sleep, it ends the call.
"""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
import types
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible.module_utils.basic import env_fallback
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import host_fault, is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import SHARDS, shard_of
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_sdk import sdk

UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
GovCloud = t.Literal["civilian", "dod"]
GOVCLOUD_DOMAINS = (".databricks.us", ".databricks.mil")
LOOPBACK = ("127.0.0.1", "localhost")
PRODUCT: dict[str, t.Any] = {
    "product": "saas.privatelink",
    "product_version": "0.1.0",
}  # told in each request's User-Agent
_signing_in = threading.Lock()


def _from_environment(name: str, **spec: t.Any) -> t.Any:
    """An option that the environment may give, under the name that Databricks' own tools read."""
    return optional(None, fallback=(env_fallback, [name]), **spec)


@dataclass(frozen=True)
class SignIn:
    """How to sign in; the fields are options of every module for Databricks.

    Raises ItemError for values that can never be right.
    """

    host: str | None = _from_environment("DATABRICKS_HOST")
    account_id: str | None = _from_environment("DATABRICKS_ACCOUNT_ID")
    client_id: str | None = _from_environment("DATABRICKS_CLIENT_ID")
    client_secret: str | None = _from_environment("DATABRICKS_CLIENT_SECRET", no_log=True)
    profile: str | None = _from_environment("DATABRICKS_CONFIG_PROFILE")
    auth_type: str | None = _from_environment("DATABRICKS_AUTH_TYPE")
    govcloud_shard: GovCloud | None = None
    api_timeout: int = 180  # a private endpoint rule is made within the call, which takes minutes

    def __post_init__(self) -> None:
        for option in ("client_id", "client_secret", "profile", "account_id", "host"):
            value = getattr(self, option)
            if value and (value != value.strip() or not value.isprintable()):
                raise ItemError(
                    f"{option} has a blank or a line break at an end, or a character that cannot be printed."
                )
        if self.api_timeout < 1:
            raise ItemError(f"api_timeout is {self.api_timeout} s: an answer takes at least one.")
        if self.host:
            self.check_host(self.host)
        if self.account_id and not is_of_form(UUID, self.account_id):
            raise ItemError(
                f"account_id is {self.account_id!r}, and not the id of a Databricks account, as in "
                "01234567-89ab-cdef-0123-456789abcdef. The account console shows it at the top right."
            )
        if not (self.profile or self.auth_type or (self.client_id and self.client_secret)):
            raise ItemError(
                "No way to sign in to Databricks: set client_id and client_secret of a service principal that is an "
                "account admin (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET), or name a profile, or an auth_type."
            )
        if not (self.account_id or self.profile):
            raise ItemError("Give account_id (DATABRICKS_ACCOUNT_ID), or name a profile that holds it.")

    def check_host(self, host: str) -> None:
        """Raise ItemError for what is no address, or would carry secrets in the open, or belongs to no shard named."""
        address = urlsplit(host if "://" in host else f"https://{host}")
        name = address.hostname or ""
        if host_fault(name) or address.path.strip("/") or address.query or address.username:
            raise ItemError(
                f"host is {host!r}, and not the address of an account, as in {SHARDS['commercial'].account_host}."
            )
        if address.scheme != "https" and not (address.scheme == "http" and name in LOOPBACK):
            raise ItemError(f"host is {host!r}: secrets go by https alone.")
        if name.endswith(GOVCLOUD_DOMAINS) and not self.govcloud_shard:
            raise ItemError(f"{name} is in AWS GovCloud: say which with govcloud_shard, civilian or dod.")
        of = next((key for key, shard in SHARDS.items() if name.endswith(f".{shard.domain}")), None)
        if of and of != shard_of(self.govcloud_shard):
            raise ItemError(f"{name} is of another cloud of Databricks than govcloud_shard={self.govcloud_shard}.")

    @property
    def config(self) -> dict[str, t.Any]:
        """What is told to the SDK, which reads the rest of the environment; a profile only where one is named."""
        told: dict[str, t.Any] = {
            name: getattr(self, name)
            for name in ("host", "account_id", "client_id", "client_secret", "profile", "auth_type")
            if getattr(self, name)
        }
        if not self.profile:
            told["config_file"] = os.devnull  # else ~/.databrickscfg is read where something is missing
            told.setdefault("host", SHARDS[shard_of(self.govcloud_shard)].account_host)
            # Without it the SDK tries what is installed, its command line tool for one, which reads that file, too.
            told.setdefault("auth_type", "oauth-m2m")
        return told


class TryAgain(BaseException):
    """The SDK would call again now; C(__context__) is why. Not of a kind that the SDK takes for a failed call."""


class OneTry:
    """The clock of an SDK that shall not call again by itself."""

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        raise TryAgain(seconds)


@contextlib.contextmanager
def _discovery_once() -> t.Iterator[None]:
    """To find out where tokens are given, the SDK makes clients of its own, to which it hands no clock."""
    clock = sdk().RealClock
    with _signing_in:
        usual = clock.sleep
        clock.sleep = OneTry.sleep
        try:
            yield
        finally:
            clock.sleep = usual


def _limit_tokens(seconds: int) -> None:
    """The SDK waits for tokens as long as nothing comes, unlike for anything else, and has no option for it."""
    requests = sdk().requests
    post = functools.partial(requests.post, timeout=seconds)
    sdk().oauth.requests = types.SimpleNamespace(auth=requests.auth, get=requests.get, post=post)


def sign_in(options: SignIn) -> t.Any:
    """A client of the account, with a token. Raises what the SDK raises, and TryAgain."""
    _limit_tokens(options.api_timeout)
    with _discovery_once():
        config = sdk().Config(
            clock=t.cast("t.Any", OneTry()),
            http_timeout_seconds=options.api_timeout,
            disable_async_token_refresh=True,  # else a thread of its own outlives the module
            **options.config,
            **PRODUCT,
        )
        return sdk().AccountClient(config=config)
