# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API under /_sandbox/: JSON over HTTP, for tests and for people. See docs/sandbox.md."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.sandbox import seed
from tests.sandbox.actors import decisions, vendor
from tests.sandbox.aws.ec2.resources import EndpointService, conclude_private_dns
from tests.sandbox.aws.elbv2.resources import TargetGroup
from tests.sandbox.aws.lambda_ import functions
from tests.sandbox.aws.lambda_.functions import RUNNING
from tests.sandbox.client import SandboxClient
from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, HttpRequest
from tests.sandbox.core.wire import Response
from tests.sandbox.core.world import STATES
from tests.sandbox.databricks import controls as databricks
from tests.sandbox.fivetran import controls as fivetran
from tests.sandbox.redis_cloud import links as redis_cloud_links
from tests.sandbox.snapshot import snapshot

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

PREFIX = "/_sandbox/"

READING = threading.Lock()  # botocore's sessions make clients for one thread at a time

Route = Callable[["Sandbox", dict[str, Any]], Any]


def answer(sandbox: Sandbox, request: HttpRequest) -> Response:
    """Answer one control request; errors are 400 or 404 with ``{"code", "message"}``."""
    key = (request.method, request.path.removeprefix(PREFIX).strip("/"))
    if key not in ROUTES:
        known = sorted(f"{method} {path}" for method, path in ROUTES)
        return _json(404, {"code": "NoSuchRoute", "message": f"known routes: {', '.join(known)}"})
    try:
        body = json.loads(request.body) if request.body else dict(parse_qsl(request.query))
        return _json(200, ROUTES[key](sandbox, body))
    except AwsError as error:
        return _json(400, {"code": error.code, "message": error.message})
    except (ValueError, KeyError, TypeError) as error:
        return _json(400, {"code": "InvalidRequest", "message": f"{type(error).__name__}: {error}"})
    except Exception as error:
        # moto's own refusals, such as a subnet outside its VPC in a seed.
        return _json(500, {"code": "InternalFailure", "message": f"{type(error).__name__}: {error}"})


def _json(status: int, body: Any) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(body, default=str).encode())


def _health(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return {"status": "ok", "dns_port": sandbox.dns.port}


def _reset(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    sandbox.reset()
    return {}


def _clock(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return {"now": clock.now()}


def _step(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Let ``seconds`` have passed."""
    return {"now": clock.step(float(body["seconds"]))}


def _calls(sandbox: Sandbox, body: dict[str, Any]) -> list[dict[str, Any]]:
    return sandbox.calls.select(body.get("account"), body.get("service"), int(body.get("since", 0)))


def _last_call(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return {"n": sandbox.calls.last}


def _snapshot(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """What an account holds, read over the wire as anybody else would."""
    with READING:
        return snapshot(_reader(RUNNING.url), body["account"], body["region"])


@cache
def _reader(url: str) -> SandboxClient:
    return SandboxClient(url)


def _clear_calls(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    sandbox.calls.clear()
    return {}


def _list_faults(sandbox: Sandbox, body: dict[str, Any]) -> list[dict[str, Any]]:
    return [asdict(fault) for fault in sandbox.faults.faults]


def _add_fault(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return asdict(sandbox.faults.add(**body))


def _clear_faults(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    sandbox.faults.clear()
    return {}


def _lags(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return {name: {"seconds": sandbox.world.lag(name), "meaning": meaning} for name, meaning in sorted(STATES.items())}


def _set_lags(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """``default`` is the lag of all states that follow the default; any other name is a state."""
    unknown = set(body) - set(STATES) - {"default"}
    if unknown:
        raise ValueError(f"no state {', '.join(sorted(unknown))}; known: {', '.join(sorted(STATES))}")
    lags = {name: float(seconds) for name, seconds in body.items()}
    sandbox.world.default_lag = lags.pop("default", sandbox.world.default_lag)
    sandbox.world.lags.update(lags)
    return _lags(sandbox, {})


def _buckets(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return {"enabled": sandbox.buckets.enabled, "latency": sandbox.latency, "throttled": sandbox.buckets.throttled}


def _set_buckets(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Buckets are full after every change."""
    sandbox.buckets.enabled = bool(body.get("enabled", sandbox.buckets.enabled))
    sandbox.latency = float(body.get("latency", sandbox.latency))
    sandbox.buckets.refill()
    return _buckets(sandbox, {})


def _connect(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return vendor.connect(sandbox, **body)


def _disconnect(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    vendor.disconnect(sandbox, **body)
    return {}


def _msk_connection(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return vendor.msk_connection(sandbox, **body)


def _redshift_endpoint(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    return vendor.redshift_endpoint(sandbox, **body)


def _seed(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    seed.plant(sandbox, body)
    return {}


def _dns(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    sandbox.dns.set(body)
    return sandbox.dns.records


def _events(sandbox: Sandbox, body: dict[str, Any]) -> list[dict[str, Any]]:
    """A schedule that comes due (``rule``) or an event of an AWS service (``event``), until all functions are done."""
    return functions.send(**body)


def _private_dns(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """How the verification of a service's private DNS name ends: ``verified`` or ``failed``."""
    if body["outcome"] not in ("verified", "failed"):
        raise ValueError("outcome is verified or failed")
    with sandbox.world.lock:
        conclude_private_dns(
            decisions.known(sandbox, EndpointService, body["service_id"]), body["outcome"], sandbox.world
        )
    return {}


def _target_health(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Make a target ``unhealthy`` (with a ``reason``) or ``healthy`` again; without a port on all its ports."""
    with sandbox.world.lock:
        group = decisions.known(sandbox, TargetGroup, body["target_group_arn"])
        key = (body["id"], body.get("port"))
        if body["state"] == "unhealthy":
            group.unhealthy[key] = body.get("reason", "Target.FailedHealthChecks")
        elif body["state"] == "healthy":
            group.unhealthy.pop(key, None)
        else:
            raise ValueError("state is healthy or unhealthy")
    return {}


def _failing_hosts(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Let instances of an account whose image or user data holds a text never be healthy targets."""
    with sandbox.world.lock:
        sandbox.world.failing.add((body["account"], body["text"]))
    return {}


def _sessions(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """How long the credentials of roles last that are assumed from now on; null is as long as was asked for."""
    sandbox.world.session_seconds = body["seconds"]
    return {}


def _redis_cloud_fail(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Let coming tasks of Redis Cloud fail, or complete and do nothing."""
    with sandbox.world.lock:
        sandbox.redis_cloud.fail(**body)
    return {}


def _redis_cloud_vanish(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Somebody else deletes a private link, at once and for good."""
    with sandbox.world.lock:
        subscription = sandbox.redis_cloud.subscription(body["account"], body["subscription_id"])
        redis_cloud_links.vanish(sandbox, subscription, body.get("region_id"))
    return {}


def _redis_cloud_rate(sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    sandbox.redis_cloud.per_minute = int(body["per_minute"])
    return {}


def _vendor(act: Callable[..., Any]) -> Route:
    """One of a vendor's controls as a route."""

    def perform(sandbox: Sandbox, body: dict[str, Any]) -> Any:
        with sandbox.world.lock:
            return act(sandbox, **body) or {}

    return perform


ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "health"): _health,
    ("POST", "reset"): _reset,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _step,
    ("GET", "calls"): _calls,
    ("GET", "calls/last"): _last_call,
    ("DELETE", "calls"): _clear_calls,
    ("GET", "snapshot"): _snapshot,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "lag"): _lags,
    ("POST", "lag"): _set_lags,
    ("GET", "buckets"): _buckets,
    ("POST", "buckets"): _set_buckets,
    ("POST", "vendor/connect"): _connect,
    ("POST", "vendor/disconnect"): _disconnect,
    ("POST", "vendor/msk_connection"): _msk_connection,
    ("POST", "vendor/redshift_endpoint"): _redshift_endpoint,
    ("POST", "seed"): _seed,
    ("POST", "dns"): _dns,
    ("POST", "events"): _events,
    ("POST", "private_dns"): _private_dns,
    ("POST", "endpoint_state"): decisions.endpoint_state,
    ("POST", "association_state"): decisions.association_state,
    ("POST", "invitation_state"): decisions.invitation_state,
    ("POST", "outcomes"): decisions.arm,
    ("POST", "organization"): decisions.organization,
    ("POST", "sessions"): _sessions,
    ("POST", "target_health"): _target_health,
    ("POST", "failing_hosts"): _failing_hosts,
    ("POST", "redis_cloud/fail"): _redis_cloud_fail,
    ("POST", "redis_cloud/vanish"): _redis_cloud_vanish,
    ("POST", "redis_cloud/rate"): _redis_cloud_rate,
    ("GET", "databricks"): _vendor(databricks.objects),
    ("POST", "databricks/change"): _vendor(databricks.edit),
    ("POST", "databricks/fail"): _vendor(databricks.fail),
    ("POST", "databricks/expire"): _vendor(databricks.expire),
    ("POST", "databricks/workspace_fails"): _vendor(databricks.workspace_fails),
    ("POST", "databricks/settings"): _vendor(databricks.settings),
    ("POST", "databricks/revoke"): _vendor(databricks.revoke),
    ("POST", "databricks/disarm"): _vendor(databricks.disarm),
    ("GET", "fivetran"): _vendor(fivetran.objects),
    ("POST", "fivetran/change"): _vendor(fivetran.edit),
    ("POST", "fivetran/fail"): _vendor(fivetran.fail),
    ("POST", "fivetran/tests"): _vendor(fivetran.tests),
    ("POST", "fivetran/settings"): _vendor(fivetran.settings),
    ("POST", "fivetran/disarm"): _vendor(fivetran.disarm),
}
