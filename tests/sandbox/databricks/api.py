# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databricks' account API over HTTP: who calls what, envelopes and errors, and what a test has armed.

Sources: databricks-sdk 0.162.0 (paths, members, how errors are parsed), docs.databricks.com/api/account (read 2026-11).
What each object does is in the file of its name.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

from tests.sandbox.core import clock
from tests.sandbox.core.calls import AwsError, Call, HttpRequest
from tests.sandbox.core.faults import Drop
from tests.sandbox.core.wire import Response
from tests.sandbox.databricks import (  # noqa: F401 (each registers its routes)
    connectivity_configs,
    controls,
    endpoints,
    network_policies,
    networks,
    private_access,
    private_endpoint_rules,
    sign_in,
    vpc_endpoints,
    workspaces,
)
from tests.sandbox.databricks.objects import Account, ApiError, Databricks
from tests.sandbox.databricks.routes import Operation, Request, find

if TYPE_CHECKING:
    from tests.sandbox.server import Sandbox

log = logging.getLogger("sandbox")

PREFIXES = ("/.well-known/", "/oidc/", "/api/2.0/accounts/", "/api/networking/v1/")
NOBODY = "(unknown)"


class ApiCall(Call):
    """A call in the log and for the faults; no model of botocore describes it."""

    @property
    def iam_action(self) -> str:
        return f"{self.service}:{self.operation}"


def answer(sandbox: Sandbox, request: HttpRequest) -> Response | None:
    """The response to one request, or None to close the connection without any."""
    signing_in = sign_in.find(request.method, request.path)
    operation, names, function = ("", {}, None) if signing_in else find(request.method, request.path)
    if signing_in:
        operation, names = signing_in
    with sandbox.world.lock:
        account = sandbox.databricks.accounts.get(names.get("account", ""))
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    params = {name: value for name, value in names.items() if name != "account"}
    body = {} if signing_in else _body(request)
    call = _call(account.id if account else NOBODY, operation, {**params, **query, **body}, request)
    entry = sandbox.calls.add(call)
    try:
        if signing_in:
            finish = sandbox.faults.before(call)
            with sandbox.world.lock:
                armed = sandbox.databricks.due_failure(call.account, operation, request.path)
                response = _raw(armed) if armed else sign_in.answer(sandbox.databricks, operation, account, request)
        else:
            with sandbox.world.lock:
                caller = sign_in.caller(sandbox.databricks, request, names.get("account"))
            finish = sandbox.faults.before(call)
            response = _perform(sandbox, call, function, Request(sandbox, caller, names, query, body))
        finish()
    except ApiError as error:
        response = _refusal(error.status, error.code, error.message)
    except AwsError as error:  # an injected fault, or what AWS said to Databricks
        response = _fault(error)
    except Drop:
        entry["error"] = "(connection closed)"
        return None
    except Exception as error:
        log.exception("databricks %s failed in the sandbox", operation)
        response = _refusal(500, "INTERNAL_ERROR", f"{error!r}")
    if response.status >= 400:
        entry["error"] = str(response.status)
    return response


def _call(account: str, operation: str, params: dict[str, Any], request: HttpRequest) -> ApiCall:
    return ApiCall(account, "", "databricks", operation, cast(Any, None), "rest-json", params, request)


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _perform(sandbox: Sandbox, call: ApiCall, function: Operation | None, request: Request) -> Response:
    """Perform an operation amid what is armed around it."""
    databricks, account = sandbox.databricks, request.account
    with sandbox.world.lock, clock.still():
        account.tidy()
        armed = databricks.due_failure(account.id, call.operation, call.request.path)
        if armed and not armed.performed:
            return _raw(armed)
        _edit(databricks, account, call.operation, "before")
        if function is None:
            what = f"No API found for '{call.request.method} {call.request.path}'"
            raise ApiError(404, "ENDPOINT_NOT_FOUND", what)
        result = function(request)
        _edit(databricks, account, call.operation, "after")
        return _raw(armed) if armed else _json(200, result)


def _edit(databricks: Databricks, account: Account, operation: str, when: str) -> None:
    for edit in databricks.due_edits(account.id, operation, when):
        controls.change(account, edit.kind, edit.id, edit.fields)


def _raw(failure: Any) -> Response:
    """The answer that a test has armed; a text goes out as it is, anything else as JSON, None as nothing."""
    if failure.body is None or isinstance(failure.body, str):
        kind = "text/html" if failure.body else "text/plain"
        return Response(failure.status, {"Content-Type": kind, **failure.headers}, (failure.body or "").encode())
    response = _json(failure.status, failure.body)
    return Response(response.status, {**response.headers, **failure.headers}, response.body)


def _fault(error: AwsError) -> Response:
    if "Throttling" in error.code:
        return _refusal(429, "REQUEST_LIMIT_EXCEEDED", "Rate limit exceeded.")
    if error.code.startswith("AccessDenied"):
        return _refusal(403, "PERMISSION_DENIED", "The service principal is not an account admin.")
    code = "INTERNAL_ERROR" if error.code == "InternalFailure" else error.code
    return _refusal(error.status or 400, code, error.message)


def _refusal(status: int, code: str, message: str) -> Response:
    return _json(status, {"error_code": code, "message": message, "details": []})


def _json(status: int, body: Any) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(body).encode())
