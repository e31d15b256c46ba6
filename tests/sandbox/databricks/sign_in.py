# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to Databricks: two documents that lead to a token, the token of a service principal, and whose one is.

Source: databricks-sdk 0.162.0, which asks for the configuration of the host first (read 2026-11).
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from typing import Any
from urllib.parse import parse_qsl

from tests.sandbox.core import clock
from tests.sandbox.core.calls import HttpRequest
from tests.sandbox.core.wire import Response
from tests.sandbox.databricks.objects import Account, ApiError, Databricks

DOCUMENTS = [
    ("GET", re.compile(r"/\.well-known/databricks-config"), "GetHostConfig"),
    (
        "GET",
        re.compile(r"/oidc/accounts/(?P<account>[\w-]+)/\.well-known/oauth-authorization-server"),
        "GetAuthorizationServer",
    ),
    ("POST", re.compile(r"/oidc/accounts/(?P<account>[\w-]+)/v1/token"), "GetToken"),
]


def find(method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The step of signing in that a call is, and the account that its path names; None for any other call."""
    for known, pattern, name in DOCUMENTS:
        match = pattern.fullmatch(path)
        if match and known == method:
            return name, match.groupdict()
    return None


def answer(databricks: Databricks, step: str, account: Account | None, request: HttpRequest) -> Response:
    """Raises ApiError for an account that does not exist."""
    here = f"http://{request.headers.get('host', '127.0.0.1')}"
    if step == "GetHostConfig":
        return _json(200, {"oidc_endpoint": f"{here}/oidc/accounts/{{account_id}}", "cloud": "AWS"})
    if account is None:
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", "No such account")
    if step == "GetAuthorizationServer":
        of = f"{here}/oidc/accounts/{account.id}"
        return _json(
            200,
            {
                "issuer": of,
                "authorization_endpoint": f"{of}/v1/authorize",
                "token_endpoint": f"{of}/v1/token",
                "grant_types_supported": ["client_credentials"],
            },
        )
    return _token(databricks, account, request)


def _token(databricks: Databricks, account: Account, request: HttpRequest) -> Response:
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    if _basic(request) != (account.client_id, account.client_secret):
        return _json(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
    if form.get("grant_type") != "client_credentials":
        return _json(400, {"error": "unsupported_grant_type", "error_description": "Use client_credentials"})
    seconds = databricks.settings.token_seconds
    token = secrets.token_urlsafe(24)
    databricks.tokens[token] = (account.id, clock.now() + seconds)
    scope = form.get("scope", "all-apis")
    return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": scope})


def _basic(request: HttpRequest) -> tuple[str, str]:
    kind, dummy, coded = request.headers.get("authorization", "").partition(" ")
    try:
        name, dummy, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (name, secret) if kind.lower() == "basic" else ("", "")


def caller(databricks: Databricks, request: HttpRequest, account_id: str | None) -> Account:
    """The account whose token a call bears. Raises ApiError for a token that is none, or that of another account."""
    kind, dummy, token = request.headers.get("authorization", "").partition(" ")
    found, ends = databricks.tokens.get(token, ("", 0.0))
    if kind.lower() != "bearer" or not found or ends <= clock.now():
        raise ApiError(401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type for this API.")
    if account_id not in (None, found):
        raise ApiError(403, "PERMISSION_DENIED", f"User is not authorized to access account {account_id}.")
    return databricks.accounts[found]


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(body).encode())
