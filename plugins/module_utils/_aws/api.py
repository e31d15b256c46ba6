# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One AWS account and region, as the modules call it.

This module util is PRIVATE to the collection.

Calls are named as IAM names them (C(ec2:DescribeVpcEndpointConnections)), so a message, a plan, a policy and the code
speak of one thing. One botocore session serves every client of a process: parsing the service models is most of what a
task costs. Every call is paced (see C(_aws/pace.py)); a call that is throttled all the same is repeated until the
deadline of the run, never given up.
"""

from __future__ import annotations

import random
import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

try:
    import botocore
    import botocore.config
    import botocore.credentials
    import botocore.exceptions
    import botocore.session
    from botocore import xform_name
except ImportError:
    pass  # AnsibleAWSModule reports the missing library

from ansible_collections.saas.privatelink.plugins.module_utils._aws.pace import Pacer
from ansible_collections.saas.privatelink.plugins.module_utils._plan import Change, ItemError

SERVICES = {"elasticloadbalancing": "elbv2"}  # IAM prefix: botocore's name, where they differ
EVENT_NAMES = {"elastic-load-balancing-v2": "elbv2"}  # a service in botocore's events: its name
THROTTLED = ("RequestLimitExceeded", "Throttling", "ThrottlingException", "RequestThrottled", "TooManyRequestsException")
DENIED = ("UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "AuthFailure")
NEXT_STEP = {
    "ExistingVpcEndpointConnections": "Its connections must be rejected first: on_connections=reject does that.",
    "DuplicateLoadBalancerName": "A load balancer of that name exists with other settings: give this one another name.",
    "DuplicateTargetGroupName": "A target group of that name exists with other settings: give this one another name.",
}
WORKERS = 16  # more gains nothing: refill rates are 20 a second at most

T = t.TypeVar("T")
R = t.TypeVar("R")


class CallError(ItemError):
    """A call that AWS refused. ``code`` is AWS's error code, "" when no answer came."""

    def __init__(self, action: str, code: str, message: str, subject: str = "") -> None:
        self.action, self.code = action, code
        text = f"{action}{' on ' + subject if subject else ''}: {code + ': ' if code else ''}{message}"
        if code in DENIED:
            text += f" Allow {action} in the policies of the credentials in use, then run again."
        elif code in NEXT_STEP:
            text += f" {NEXT_STEP[code]}"
        super().__init__(text)


class Credentials(t.NamedTuple):
    """Where credentials come from: options of the task, else botocore's own chain."""

    access_key: t.Optional[str] = None
    secret_key: t.Optional[str] = None
    session_token: t.Optional[str] = None
    profile: t.Optional[str] = None
    role_arn: t.Optional[str] = None
    external_id: t.Optional[str] = None


class Api:
    """Calls to one account and region. Safe to share between threads.

    ``rate`` scales AWS's published rates (0 = no pacing); ``deadline`` is how many seconds throttled calls are repeated.
    """

    def __init__(
        self,
        region: str,
        credentials: Credentials = Credentials(),
        endpoint_url: str | None = None,
        verify: bool | str | None = None,
        config: t.Mapping[str, t.Any] | None = None,
        rate: float = 1.0,
        deadline: float = 900.0,
    ) -> None:
        self.region = region
        self.ends = time.monotonic() + deadline
        self._clients: dict[str, t.Any] = {}
        self._lock = threading.Lock()
        self._connect = {"region_name": region, "endpoint_url": endpoint_url, "verify": verify}
        self._config = dict(config or {})
        self._session = self._open(credentials)
        source = credentials.access_key or self._session.get_config_variable("profile") or ""
        self._pacer = Pacer(scope=f"{source} {credentials.role_arn} {region} {endpoint_url}", rate=rate)
        self._session.register("before-send", self._pace)

    def _open(self, credentials: Credentials) -> t.Any:
        session = botocore.session.Session(profile=credentials.profile or None)
        if credentials.access_key and not credentials.profile:
            session.set_credentials(credentials.access_key, credentials.secret_key, credentials.session_token)
        if not credentials.role_arn:
            return session
        assumed = botocore.session.Session()
        resolver = botocore.credentials.CredentialResolver([AssumedRole(session, self._connect, credentials)])
        assumed.register_component("credential_provider", resolver)
        return assumed

    def _pace(self, request: t.Any, event_name: str, **kwargs: t.Any) -> None:
        service, operation = event_name.split(".")[1:]
        self._pacer.acquire(EVENT_NAMES.get(service, service), operation)

    def client(self, service: str) -> t.Any:
        """The botocore client of a service, made once; ``service`` is IAM's prefix or botocore's name."""
        name = SERVICES.get(service, service)
        with self._lock:
            if name not in self._clients:
                config = botocore.config.Config(
                    max_pool_connections=WORKERS,
                    retries={"mode": "standard", "total_max_attempts": 4},
                    user_agent_extra="saas.privatelink",
                ).merge(botocore.config.Config(**self._config))
                self._clients[name] = self._session.create_client(name, config=config, **self._connect)
            return self._clients[name]

    @property
    def partition(self) -> str:
        """The partition of the region, for example C(aws) or C(aws-us-gov)."""
        return str(self._session.get_partition_for_region(self.region))

    def supports(self, action: str, member: str) -> bool:
        """Whether the installed botocore knows a parameter of a call. Versions are not a safe guide to that."""
        service, operation = action.split(":")
        shape = self.client(service).meta.service_model.operation_model(operation).input_shape
        return member in shape.members

    def require(self, action: str, member: str, option: str) -> None:
        """Fail, clearly, where an option needs a newer botocore."""
        if not self.supports(action, member):
            raise ItemError(
                f"{option} needs a newer botocore: the installed {botocore.__version__} does not know {member} of {action}."
            )

    def call(self, action: str, subject: str = "", **params: t.Any) -> t.Mapping[str, t.Any]:
        """Make one call and return the answer.

        Raises CallError, also for an item that a 200 answer lists as unsuccessful. ``subject`` names the resource in
        the message.
        """
        service, operation = action.split(":")
        answer = self._send(action, getattr(self.client(service), xform_name(operation)), subject, params)
        for failed in answer.get("Unsuccessful") or []:
            reason = failed.get("Error") or {}
            raise CallError(action, reason.get("Code", ""), reason.get("Message", ""), failed.get("ResourceId", subject))
        return answer

    def _send(
        self, action: str, method: t.Callable[..., t.Any], subject: str, params: t.Mapping[str, t.Any]
    ) -> t.Mapping[str, t.Any]:
        service, operation = action.split(":")
        longest = 1.0
        while True:
            try:
                return t.cast("t.Mapping[str, t.Any]", method(**params))
            except botocore.exceptions.ClientError as error:
                reason = error.response.get("Error", {})
                code = str(reason.get("Code", ""))
                if code not in THROTTLED or time.monotonic() >= self.ends:
                    raise CallError(action, code, str(reason.get("Message", "")), subject) from error
                self._pacer.throttled(SERVICES.get(service, service), operation)
            except botocore.exceptions.BotoCoreError as error:
                raise CallError(action, "", str(error), subject) from error
            time.sleep(random.uniform(longest / 5, longest))
            longest = min(20.0, longest * 2)

    def apply(self, change: Change) -> t.Mapping[str, t.Any]:
        """Make a planned call; an error that says that the change is already there is no error."""
        try:
            return self.call(change.action, **change.params)
        except CallError as error:
            if error.code in change.settled_by:
                return {}
            raise

    def pages(self, action: str, key: str, **params: t.Any) -> list[t.Any]:
        """All entries under ``key`` of a call that answers in pages (NextToken or Marker)."""
        found: list[t.Any] = []
        while True:
            answer = self.call(action, **params)
            found.extend(answer.get(key) or [])
            if answer.get("NextToken"):
                params["NextToken"] = answer["NextToken"]
            elif answer.get("NextMarker") or answer.get("Marker"):
                params["Marker"] = answer.get("NextMarker") or answer["Marker"]
            else:
                return found

    def each(self, work: t.Callable[[T], R], things: t.Sequence[T]) -> list[R | ItemError]:
        """``work`` on every thing, at most 16 at a time; an ItemError becomes that thing's result."""

        def guarded(thing: T) -> R | ItemError:
            try:
                return work(thing)
            except ItemError as error:
                return error

        if len(things) < 2:
            return [guarded(thing) for thing in things]
        with ThreadPoolExecutor(max_workers=min(WORKERS, len(things))) as pool:
            return list(pool.map(guarded, things))


class AssumedRole:
    """Credentials of an IAM role, taken with the credentials of ``session`` and renewed before they expire.

    Source: AWS Security Token Service API Reference, AssumeRole (read 2026-11).
    """

    METHOD = CANONICAL_NAME = "assume-role"  # what botocore asks of a credential provider

    def __init__(self, session: t.Any, connect: t.Mapping[str, t.Any], credentials: Credentials) -> None:
        self.session, self.connect, self.wanted = session, connect, credentials

    def load(self) -> t.Any:
        extra = {"RoleSessionName": "saas.privatelink"}
        if self.wanted.external_id:
            extra["ExternalId"] = self.wanted.external_id
        fetcher = botocore.credentials.AssumeRoleCredentialFetcher(
            client_creator=lambda service, **kwargs: self.session.create_client(service, **{**kwargs, **self.connect}),
            source_credentials=self.session.get_credentials(),
            role_arn=self.wanted.role_arn,
            extra_args=extra,
        )
        return botocore.credentials.DeferredRefreshableCredentials(
            method=self.METHOD, refresh_using=fetcher.fetch_credentials
        )
