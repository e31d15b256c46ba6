# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fivetran's HTTP API under /fivetran/v1: keys, envelopes, rates, and what a test has armed.

Sources: open-api-spec.json of the Terraform provider fivetran/fivetran, 4d1b48e, and its page "Rate Limiting" (read
2026-11). What each object does is in the file of its name.
"""

from __future__ import annotations

import base64
import json
import logging
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call, HttpRequest
from tests.sandbox.core.faults import Drop
from tests.sandbox.core.wire import Response
from tests.sandbox.fivetran import controls, destinations, links  # noqa: F401 (each registers its routes)
from tests.sandbox.fivetran.objects import HOUR, Account, ApiError, Failure, Fivetran
from tests.sandbox.fivetran.routes import PREFIX, Found, Request, find

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

__all__ = ["PREFIX", "answer"]

log = logging.getLogger("sandbox")

NOBODY = "(unknown)"


class ApiCall(Call):
    """A call in the log and for the faults; no model of botocore describes it."""

    @property
    def iam_action(self) -> str:
        return f"{self.service}:{self.operation}"


def answer(sandbox: Sandbox, request: HttpRequest) -> Response | None:
    """The response to one request, or None to close the connection without any."""
    found = find(request.method, request.path)
    with sandbox.world.lock:
        account = _account(sandbox.fivetran, request)
    query, body = dict(parse_qsl(request.query)), _body(request)
    params = {**found.names, **query, **body}
    name = account.name if account else NOBODY
    call = ApiCall(name, "", "fivetran", found.operation, cast(Any, None), "rest-json", params, request)
    entry = sandbox.calls.add(call)
    try:
        if account is None:
            raise ApiError(401, "AuthFailed", "The API key or secret is not valid")
        with sandbox.world.lock:
            account.take("all requests", sandbox.fivetran.limits_of(account).requests_per_hour, HOUR)
        finish = sandbox.faults.before(call)
        response = _perform(sandbox, call, found, Request(sandbox, account, found.names, query, body))
        finish()
    except ApiError as error:
        response = _refusal(error.status, error.code, error.message, error.headers)
    except AwsError as error:  # an injected fault
        response = _fault(error)
    except Drop:
        entry["error"] = "(connection closed)"
        return None
    except Exception as error:
        log.exception("fivetran %s failed in the sandbox", found.operation)
        response = _refusal(500, "InternalError", f"{error!r}")
    if response.status >= 400:
        entry["error"] = str(response.status)
    return response


def _account(fivetran: Fivetran, request: HttpRequest) -> Account | None:
    scheme, dummy, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        pair = tuple(base64.b64decode(encoded, validate=True).decode().split(":", 1)) if scheme == "Basic" else ()
    except ValueError:
        return None
    found = [account for account in fivetran.accounts.values() if (account.api_key, account.api_secret) == pair]
    return found[0] if found else None


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _perform(sandbox: Sandbox, call: ApiCall, found: Found, request: Request) -> Response:
    """Perform an operation amid what is armed around it."""
    fivetran, account, http = sandbox.fivetran, request.account, call.request
    with sandbox.world.lock, clock.still():
        account.tidy()
        armed = fivetran.due_failure(account.name, call.operation)
        if armed and not armed.performed:
            return _raw(armed)
        for edit in fivetran.due_edits(account.name, call.operation):
            controls.change(account, edit.kind, edit.id, edit.fields)
        if found.function is None:
            raise ApiError(found.status, "NotFound" if found.status == 404 else "MethodNotAllowed", http.path)
        _check_headers(http)
        data = found.function(request)
        if armed:
            return _raw(armed)
        envelope = {"code": "Success", "message": "Operation performed.", **({} if data is None else {"data": data})}
        return _json(found.status, envelope)


def _check_headers(request: HttpRequest) -> None:
    """JSON alone is taken and answered; what is no private link is of the second version."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    if request.method in ("POST", "PATCH") and kind != "application/json":
        raise ApiError(415, "UnsupportedMediaType", f"{kind or 'nothing'} is not supported")
    wanted = "application/json" if "/private-links" in request.path else "application/json;version=2"
    if request.headers.get("accept", "").replace(" ", "") != wanted:
        raise ApiError(406, "NotAcceptable", f"Accept must be {wanted}")


def _raw(failure: Failure) -> Response:
    """The answer that a test has armed; a text goes out as it is, anything else as JSON, None as nothing."""
    if failure.body is None or isinstance(failure.body, str):
        kind = "text/html" if failure.body else "text/plain"
        return Response(failure.status, {"Content-Type": kind, **failure.headers}, (failure.body or "").encode())
    return _json(failure.status, failure.body, failure.headers)


def _fault(error: AwsError) -> Response:
    if "Throttling" in error.code:
        return _refusal(429, "TooManyRequests", "Rate limit exceeded", {"Retry-After": "1"})
    if error.code.startswith("AccessDenied"):
        return _refusal(403, "Forbidden", "The key does not allow this")
    return _refusal(error.status or 400, error.code, error.message)


def _refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return _json(status, {"code": code, "message": message}, headers)


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body).encode())
