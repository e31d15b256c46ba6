# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials, of which all processes of one run of Ansible get the same.

This module util is PRIVATE to the collection.

A run has a process for each task, and each would assume its role anew. So what AWS hands out for a while is kept where
the processes of the run find it: in Ansible's own temporary folder of the run, which only its user can look into and
which goes with the run. It is botocore's cache, as the AWS CLI uses it, with a lock, so that processes that begin
together ask once. Where there is no such folder (another host, another user, after the run) each process keeps what it
got to itself.

One rule says when credentials are renewed: with less than 15 minutes left, botocore's own figure for a cache and for
credentials in use. So what a process gets is good for 15 minutes at least, if AWS gave it for longer than that. Who
cannot renew what it got says for how long it is to be good (C(lasting)).
"""

from __future__ import annotations

import contextlib
import functools
import glob
import hashlib
import json
import os
import re
import time
import typing as t

try:
    import fcntl
except ImportError:  # not on this platform: nothing is shared
    fcntl = None  # type: ignore[assignment]

try:
    import botocore.credentials
    import botocore.exceptions
    import botocore.session
    import botocore.utils
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

from ansible_collections.saas.privatelink.plugins.module_utils._core.private import require_private

RUN = "SAAS_PRIVATELINK_RUN"  # environment variable: the private folder of this run of Ansible
PATIENCE = 20.0  # seconds to wait for another process that asks AWS; nobody waits for one that hangs
SECRET = re.compile(r"SECRET|TOKEN(?!_FILE)")  # in names of environment variables
SETTINGS = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}

Refresh = t.Callable[[], t.Any]


class Credentials(t.NamedTuple):
    """Where credentials come from: options of the task, else botocore's own chain."""

    access_key: str | None = None
    secret_key: str | None = None
    session_token: str | None = None
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    lasting: int = 15 * 60  # seconds that a session of the role is good for at least


class Alone(dict):  # type: ignore[type-arg]
    """What this process got from AWS, for itself."""

    def once(self, refresh: Refresh) -> Refresh:
        return refresh

    def forget(self) -> None:
        self.clear()


class Shared:
    """What any process of the run got from AWS: a cache for botocore, in files that only this user can read.

    ``identity`` is all that decides which credentials come, and no secret: who asks for the same finds the same.
    Raises OSError for a folder that is not private.
    """

    def __init__(self, folder: str, identity: t.Any) -> None:
        require_private(folder)
        self.folder = folder
        self.files = botocore.utils.JSONFileCache(folder)
        self.name = "aws-" + hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:32]

    def __contains__(self, key: str) -> bool:
        try:
            return bool(self[key])
        except KeyError:
            return False

    def __getitem__(self, key: str) -> t.Any:
        try:
            require_private(self.folder)
        except OSError as error:
            raise KeyError(key) from error
        return self.files[f"{self.name}-{key}"]

    def __setitem__(self, key: str, value: t.Any) -> None:
        with contextlib.suppress(OSError, ValueError):  # a full disk must not stop calls
            require_private(self.folder)  # gone with the run, it must not come back
            self.files[f"{self.name}-{key}"] = value

    def once(self, refresh: Refresh) -> Refresh:
        """``refresh``, which looks here before it asks AWS, by one process at a time."""

        def refreshed() -> t.Any:
            with self._locked():
                try:
                    return refresh()
                except (AttributeError, KeyError, TypeError, ValueError):  # what lies here is no answer of AWS
                    self.forget()
                    return refresh()

        return refreshed

    def forget(self) -> None:
        """Let the next process ask AWS again."""
        for path in glob.glob(os.path.join(glob.escape(self.folder), f"{self.name}-*.json")):
            with contextlib.suppress(OSError):
                os.unlink(path)

    @contextlib.contextmanager
    def _locked(self) -> t.Iterator[None]:
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                require_private(self.folder)
                path = os.path.join(self.folder, f"{self.name}.lock")
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
                stack.callback(os.close, descriptor)
                ends = time.monotonic() + PATIENCE
                while not _lock(descriptor) and time.monotonic() < ends:
                    time.sleep(0.02)
            yield


def _lock(descriptor: int) -> bool:
    """Whether the lock is ours now; it ends with the descriptor. Raises OSError where there are no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def cache_for(identity: t.Any) -> Shared | Alone:
    """Shared with the run that this process belongs to, if that can be done safely."""
    folder = os.environ.get(RUN)
    try:
        return Shared(folder, identity) if folder and fcntl else Alone()
    except OSError:
        return Alone()


def what_decides(wanted: Credentials, region: str, endpoint_url: str | None) -> list[t.Any]:
    """All that decides which credentials come, and where they are asked for. No secret.

    Keys are named by their id, profiles by the state of the files that say what they are.
    """
    environment = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    environment = {name: value for name, value in environment.items() if not SECRET.search(name)}
    files = [_state(os.environ.get(name) or path) for name, path in SETTINGS.items()]
    options = [wanted.access_key, wanted.profile, wanted.role_arn, wanted.external_id, region, endpoint_url]
    return [[option or None for option in options], environment, files]


def _state(path: str) -> list[t.Any]:
    """Name, size and time of change of a file that may not be there."""
    path = os.path.expanduser(path)
    try:
        found = os.stat(path)
    except OSError:
        return [path]
    return [path, found.st_size, found.st_mtime_ns]


class Chain:
    """botocore's own chain of credential providers; what it gets from AWS for a while is the whole run's.

    That is roles of profiles, AWS IAM Identity Center and web identities.
    """

    def __init__(self, session: t.Any, region: str, cache: t.Any) -> None:
        self.session, self.region, self.cache = session, region, cache

    def load_credentials(self) -> t.Any:
        resolve = botocore.credentials.create_credential_resolver
        credentials: t.Any = resolve(self.session, cache=self.cache, region_name=self.region).load_credentials()
        if isinstance(credentials, botocore.credentials.DeferredRefreshableCredentials):
            asks: t.Any = credentials
            asks._refresh_using = self.cache.once(asks._refresh_using)
        return credentials


class AssumedRole:
    """Stands for a chain of credential providers: the credentials of an IAM role, renewed before they expire.

    It is assumed with the credentials of the session that ``open_source`` makes, and only then is one made. ``connect``
    is how clients connect. Source: AWS Security Token Service API Reference, AssumeRole (read 2026-11).
    """

    def __init__(
        self, wanted: Credentials, connect: t.Mapping[str, t.Any], cache: t.Any, open_source: t.Callable[[], t.Any]
    ) -> None:
        self.wanted, self.connect, self.cache, self.open_source = wanted, connect, cache, open_source

    @functools.cached_property
    def source(self) -> t.Any:
        return self.open_source()

    def load_credentials(self) -> t.Any:
        extra = {"RoleSessionName": "saas.privatelink"}
        if self.wanted.external_id:
            extra["ExternalId"] = self.wanted.external_id
        fetcher = botocore.credentials.AssumeRoleCredentialFetcher(
            client_creator=lambda service, **kwargs: self.source.create_client(service, **{**kwargs, **self.connect}),
            source_credentials=self,
            role_arn=str(self.wanted.role_arn),
            extra_args=extra,
            cache=self.cache,
            expiry_window_seconds=self.wanted.lasting,
        )
        return botocore.credentials.DeferredRefreshableCredentials(
            method="assume-role", refresh_using=self.cache.once(fetcher.fetch_credentials)
        )

    def get_frozen_credentials(self) -> t.Any:
        """The credentials to assume the role with, as botocore asks for them."""
        credentials = self.source.get_credentials()
        if credentials is None:
            raise botocore.exceptions.NoCredentialsError()
        return credentials.get_frozen_credentials()
