# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python client of a running sandbox: start it, control it, and make boto3 clients for its accounts."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3
import botocore.session
import urllib3
from botocore.config import Config

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
LOOK = 0.05  # seconds of the sandbox between two looks
SLEEPS = 2000  # more in one test are a loop without end


class ControlError(Exception):
    """A control request that the sandbox refused: ``code`` is AWS's, or the control API's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class SandboxClient:
    """The control API of a running sandbox at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = urllib3.PoolManager(timeout=60.0, retries=False)
        self._clients: dict[tuple[str, str, str], Any] = {}
        # Service models are parsed once per botocore session.
        self._session: Any = boto3.session.Session(botocore_session=botocore.session.Session())

    def boto(self, account: str, service: str, region: str = "us-east-1", **options: Any) -> Any:
        """A boto3 client of a service as an account; ``options`` for botocore's Config make a client of its own."""
        key = (account, service, region)
        if options or key not in self._clients:
            config = Config(**{"retries": {"total_max_attempts": 1}, "max_pool_connections": 32, **options})
            client = self._session.client(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id=account,
                aws_secret_access_key="sandbox",
                config=config,
            )
            if options:
                return client
            self._clients[key] = client
        return self._clients[key]

    def environment(self, account: str, region: str = "us-east-1") -> dict[str, str]:
        """The variables that point a process's AWS calls at the sandbox as an account."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
        }

    def control(self, method: str, path: str, **body: Any) -> Any:
        """One control request. Raises ControlError when the sandbox refuses it."""
        given = {"json": body} if method == "POST" else {"fields": body}
        response = self._http.request(method, f"{self.url}/_sandbox/{path}", **given)
        answer = response.json()
        if response.status >= 400:
            raise ControlError(answer["code"], answer["message"])
        return answer

    def health(self) -> dict[str, Any]:
        return dict(self.control("GET", "health"))

    def reset(self) -> None:
        self.control("POST", "reset")

    def step(self, seconds: float) -> float:
        """Let so many seconds have passed, instead of waiting; the answer is the sandbox's time after it."""
        return float(self.control("POST", "clock", seconds=seconds)["now"])

    def eventually(self, read: Callable[[], T], wanted: Callable[[T], bool], timeout: float = 10.0) -> T:
        """Step from look to look until what is read is ``wanted``, and answer it; so many seconds at most.

        Raises TimeoutError with what was read last. A state that lasts 0.1 s is not stepped over.
        """
        for _dummy in range(int(timeout / LOOK) + 1):
            value = read()
            if wanted(value):
                return value
            self.step(LOOK)
        raise TimeoutError(f"not reached within {timeout} s of the sandbox, last: {value!r}")

    def calls(self, account: str | None = None, service: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Logged calls, oldest first, of an account and service if given, with numbers above ``since``."""
        filters = {"account": account, "service": service, "since": since}
        return list(self.control("GET", "calls", **{k: v for k, v in filters.items() if v is not None}))

    def writes(self, account: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Logged calls that could change something."""
        return [call for call in self.calls(account, since=since) if call["kind"] == "write"]

    def last_call(self) -> int:
        """The number of the newest call, for ``since``."""
        return int(self.control("GET", "calls/last")["n"])

    def clear_calls(self) -> None:
        self.control("DELETE", "calls")

    def fault(self, service: str, operation: str, kind: str, **fields: Any) -> dict[str, Any]:
        return dict(self.control("POST", "faults", service=service, operation=operation, kind=kind, **fields))

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def lag(self, **lags: float) -> dict[str, Any]:
        """Set lags: ``lag(**{"vpc_endpoint.pending": 2, "default": 0.1})``; the answer lists all."""
        return dict(self.control("POST", "lag", **lags))

    def buckets(self, **settings: Any) -> dict[str, Any]:
        """Set ``enabled`` and ``latency`` and fill the buckets; without settings read them and ``throttled``."""
        return dict(self.control("POST" if settings else "GET", "buckets", **settings))

    def connect(self, service_name: str, **fields: Any) -> dict[str, Any]:
        """Let a vendor request a connection; the answer is AWS's VpcEndpoint."""
        return dict(self.control("POST", "vendor/connect", service_name=service_name, **fields))

    def disconnect(self, vpc_endpoint_id: str) -> None:
        """Let the vendor delete its endpoint."""
        self.control("POST", "vendor/disconnect", vpc_endpoint_id=vpc_endpoint_id)

    def redshift_endpoint(self, cluster_identifier: str, cluster_owner: str, **fields: Any) -> dict[str, Any]:
        """Let a vendor make its Redshift-managed endpoint; the answer is AWS's EndpointAccess."""
        names = {"cluster_identifier": cluster_identifier, "cluster_owner": cluster_owner}
        return dict(self.control("POST", "vendor/redshift_endpoint", **names, **fields))

    def msk_connection(self, cluster_arn: str, **fields: Any) -> dict[str, Any]:
        """Let a vendor make its managed VPC connection to an MSK cluster; the answer is AWS's."""
        return dict(self.control("POST", "vendor/msk_connection", cluster_arn=cluster_arn, **fields))

    def seed(self, document: dict[str, Any]) -> None:
        self.control("POST", "seed", **document)

    def sessions(self, seconds: float | None) -> None:
        """How long the credentials of roles last that are assumed from now on; None is as long as was asked for."""
        self.control("POST", "sessions", seconds=seconds)

    @property
    def redis_cloud_url(self) -> str:
        """Where the sandbox serves Redis Cloud's API; the module option ``api_url``."""
        return f"{self.url}/redis-cloud/v1"

    def redis_cloud(self, account: str, **fields: Any) -> None:
        """Make an account of Redis Cloud: ``account_key``, ``secret_key``, ``subscriptions``. See docs/sandbox.md."""
        self.seed({"redis_cloud": [{"account": account, **fields}]})

    def redis_cloud_fails(self, account: str, operation: str, type: str = "", **fields: Any) -> None:
        """Let the next task of an operation fail with the error ``type``; without one it completes and does nothing."""
        error = {"type": type} if type else {}
        self.control("POST", "redis_cloud/fail", account=account, operation=operation, **error, **fields)

    def redis_cloud_link_vanishes(self, account: str, subscription_id: int, region_id: int | None = None) -> None:
        """Let somebody else delete a private link."""
        link = {"account": account, "subscription_id": subscription_id, "region_id": region_id}
        self.control("POST", "redis_cloud/vanish", **link)

    def databricks(self, account_id: str, **fields: Any) -> None:
        """Make an account of Databricks: ``client_id``, ``client_secret``, ``workspaces`` … See docs/sandbox.md.

        The host of its account API is the sandbox's ``url``.
        """
        self.seed({"databricks": [{"account_id": account_id, **fields}]})

    def databricks_objects(self, account: str) -> dict[str, list[dict[str, Any]]]:
        """All that an account of Databricks holds, list by list, without a call in the log."""
        return dict(self.control("GET", "databricks", account=account))

    def databricks_change(self, account: str, kind: str, id: str, fields: dict[str, Any] | None, **around: Any) -> None:
        """Let somebody else change an object, or delete it (None): now, or ``when`` an ``operation`` is performed."""
        self.control("POST", "databricks/change", account=account, kind=kind, id=id, fields=fields, **around)

    def databricks_fails(self, operation: str, status: int, body: Any = None, **fields: Any) -> None:
        """Let the next call of an operation be answered so: a text as it is, anything else as JSON, None as nothing."""
        self.control("POST", "databricks/fail", operation=operation, status=status, body=body, **fields)

    def databricks_expires(self, account: str, rule_id: str) -> None:
        """Let a private endpoint rule be EXPIRED, as after 14 days."""
        self.control("POST", "databricks/expire", account=account, rule_id=rule_id)

    def databricks_workspace_fails(self, account: str, workspace_id: int, **fields: Any) -> None:
        """Let the next change of a workspace end in FAILED, with a ``message``."""
        self.control("POST", "databricks/workspace_fails", account=account, workspace_id=workspace_id, **fields)

    def databricks_settings(self, **values: Any) -> dict[str, Any]:
        """Set settings and limits of Databricks; the answer is all of them."""
        return dict(self.control("POST", "databricks/settings", **values))

    def databricks_revokes(self, account: str) -> None:
        """Let every token of an account be unknown from now on."""
        self.control("POST", "databricks/revoke", account=account)

    def databricks_disarm(self) -> None:
        """Forget what is armed around Databricks' calls, and set its settings and limits back."""
        self.control("POST", "databricks/disarm")

    @property
    def fivetran_url(self) -> str:
        """Where the sandbox serves Fivetran's API; the module option ``api_url``."""
        return f"{self.url}/fivetran"

    def fivetran(self, account: str, **fields: Any) -> None:
        """Make an account of Fivetran: ``api_key``, ``api_secret``, ``destinations`` … See docs/sandbox.md."""
        self.seed({"fivetran": [{"account": account, **fields}]})

    def fivetran_objects(self, account: str) -> dict[str, list[dict[str, Any]]]:
        """The private links and destinations of an account of Fivetran, without a call in the log."""
        return dict(self.control("GET", "fivetran", account=account))

    def fivetran_change(self, account: str, kind: str, id: str, fields: dict[str, Any] | None, **around: Any) -> None:
        """Let somebody else change an object, or delete it (None): now, or before an ``operation`` is performed."""
        self.control("POST", "fivetran/change", account=account, kind=kind, id=id, fields=fields, **around)

    def fivetran_fails(self, operation: str, status: int, body: Any = None, **fields: Any) -> None:
        """Let the next call of an operation be answered so: a text as it is, anything else as JSON, None as nothing."""
        self.control("POST", "fivetran/fail", operation=operation, status=status, body=body, **fields)

    def fivetran_test_ends(self, destination: str, title: str, status: str, **fields: Any) -> None:
        """Let a part of a destination's setup tests end in a status, with ``message`` and ``details``, ``times``."""
        self.control("POST", "fivetran/tests", destination=destination, title=title, status=status, **fields)

    def fivetran_settings(self, **values: Any) -> dict[str, Any]:
        """Set settings and limits of Fivetran; the answer is all of them."""
        return dict(self.control("POST", "fivetran/settings", **values))

    def fivetran_disarm(self) -> None:
        """Forget what is armed around Fivetran's calls, and set its settings and limits back."""
        self.control("POST", "fivetran/disarm")

    def outcome(self, kind: str, state: str, **fields: Any) -> None:
        """Let the next resource of a kind (of an ``account``) end in a state, with AWS's ``code`` and ``reason``."""
        self.control("POST", "outcomes", kind=kind, state=state, **fields)

    def failing_hosts(self, account: str, text: str) -> None:
        """Let instances whose image or user data holds a text never be healthy targets."""
        self.control("POST", "failing_hosts", account=account, text=text)

    def association_state(self, association_id: str, **fields: Any) -> None:
        """Put an association of a service network into a ``state``, with ``code`` and ``reason``, or ``managed``."""
        self.control("POST", "association_state", id=association_id, **fields)

    def invitation_state(self, resource_share_arn: str, state: str, **fields: Any) -> None:
        """Put the invitations to a share into a state; ``purged`` removes them."""
        self.control("POST", "invitation_state", resource_share_arn=resource_share_arn, state=state, **fields)

    def organization(self, *accounts: str, **fields: Any) -> None:
        """Let accounts be one AWS organization that shares without invitations."""
        self.control("POST", "organization", accounts=accounts, **fields)

    def dns(self, records: dict[str, Any]) -> None:
        self.control("POST", "dns", **records)

    def fire(self, account: str, rule: str, region: str = "us-east-1") -> list[dict[str, Any]]:
        """Let a scheduled rule come due; the answer is what the functions answered."""
        return list(self.control("POST", "events", account=account, region=region, rule=rule))

    def event(self, account: str, region: str = "us-east-1", **event: Any) -> list[dict[str, Any]]:
        """Put an event of an AWS service on the bus: ``source``, ``detail``, and ``detail-type`` by ``**{}``."""
        return list(self.control("POST", "events", account=account, region=region, event=event))


class RunningSandbox(SandboxClient):
    """A sandbox started as a subprocess on a free port; ``stop`` it when done."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.sandbox", "--port", "0", "--with-parent", *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        if self.process.stdout is None:
            raise RuntimeError("the sandbox has no output")
        line = self.process.stdout.readline()
        if not line.startswith("sandbox ready: AWS_ENDPOINT_URL="):
            self.process.kill()
            raise RuntimeError(f"the sandbox did not start: {line!r}")
        super().__init__(line.split("AWS_ENDPOINT_URL=")[1].split()[0])

    def stop(self) -> int:
        """Stop it as a shell would, and answer its exit status."""
        self.process.terminate()
        status = self.process.wait(timeout=10)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


class Endless(BaseException):
    """A wait that would never end; no code under test takes it for an error of its own."""


class SteppedTime:
    """Stands in for ``time`` in code that waits for a sandbox: whoever sleeps steps the sandbox's clock instead.

    No other time passes for that code, so that a slow machine makes no wait end early; for the sandbox it does.
    Threads that sleep at once step one after the other, so together they see more time pass than each of them slept.
    """

    def __init__(self, sandbox: SandboxClient) -> None:
        self.sandbox = sandbox
        self.ahead = 0.0
        self.sleeps = 0
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._began + self.ahead

    def time(self) -> float:
        return time.time() + self.ahead

    def sleep(self, seconds: float) -> None:
        """Raises Endless when this goes on and on."""
        with self._lock:
            self.sleeps += 1
            if self.sleeps > SLEEPS:
                raise Endless(f"slept {self.sleeps} times, {self.ahead:.0f} s in all")
            self.sandbox.step(seconds)
            self.ahead += seconds


def eventually[T](read: Callable[[], T], wanted: Callable[[T], bool], timeout: float = 10.0) -> T:
    """Poll ``read`` in real time until its value is ``wanted``, and answer it. Raises TimeoutError with the last."""
    deadline = time.monotonic() + timeout
    while True:
        value = read()
        if wanted(value):
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"not reached within {timeout} s, last: {value!r}")
        time.sleep(0.02)
