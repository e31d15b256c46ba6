# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""moto, underneath: it performs what we do not perform ourselves."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from unittest import mock

import moto.core.responses
from moto.core.request import Request
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from werkzeug.exceptions import HTTPException

from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.regions import impossible
from tests.sandbox.core.wire import Response
from tests.sandbox.core.world import World

# A new account would otherwise begin with a thousand images that nobody here asks for.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

# moto asks this for every request.
mock.patch.object(moto.core.responses, "method_names_from_class", cache(method_names_from_class)).start()


OURS_ALONE = {"elbv2", "kafka", "redshift", "ram", "route53", "s3", "vpc-lattice"}
"""Services whose resources moto does not have, so that its answers about them would be wrong."""

Preparation = Callable[[Call, World], Any]

PREPARATIONS: dict[str, Preparation] = {}
"""What is done before each call that moto performs, by service. Filled by prepares()."""


def prepares(service: str) -> Callable[[Preparation], Preparation]:
    """Register what a service of moto's needs of us before each of its calls."""

    def register(preparation: Preparation) -> Preparation:
        PREPARATIONS[service] = preparation
        return preparation

    return register


def knows(call: Call) -> bool:
    """Whether moto performs the operation, found out without trying it."""
    if call.service in OURS_ALONE:
        return False
    handler = _handler(call.service, _url(call))
    if handler is None:
        return False
    responses = getattr(handler, "__self__", None)
    return responses is None or hasattr(responses, camelcase_to_underscores(call.operation))


def perform(call: Call, world: World) -> Response:
    """Let moto answer a call that it knows."""
    if call.service in PREPARATIONS:
        PREPARATIONS[call.service](call, world)
    handler = _handler(call.service, _url(call))
    # moto takes the account from this header before anything else.
    headers = {**call.request.headers, "x-moto-account-id": call.account}
    url = f"{_url(call)}?{call.request.query}" if call.request.query else _url(call)
    request = Request.from_primitives(call.request.method, url, headers, call.request.body)
    try:
        status, answer_headers, body = handler(request, request.raw_url, request.headers)
    except NotImplementedError as error:
        raise AwsError("NotImplemented", f"moto does not implement {call.service} {call.operation}", 501) from error
    except KeyError as error:
        if error.args != (call.region,):
            raise
        raise impossible(call.region) from error  # it has the form of a region, and is none that moto knows
    except HTTPException as error:
        status, answer_headers, body = error.code or 500, dict(error.get_headers()), error.get_body()
    kept = {k: str(v) for k, v in answer_headers.items() if k.lower() not in ("content-length", "date", "status")}
    return Response(int(status), kept, body.encode() if isinstance(body, str) else body or b"")


def reset() -> None:
    """Make every backend of moto forget everything."""
    from moto.core.base_backend import BackendDict

    BackendDict.reset()


def _handler(service: str, url: str) -> Any:
    return next((handler for pattern, handler in _routes(service) if pattern.match(url)), None)


@cache
def _routes(service: str) -> list[tuple[re.Pattern[str], Any]]:
    from moto.backends import ALT_SERVICE_NAMES

    package = service.replace("-", "")
    try:
        urls = importlib.import_module(f"moto.{ALT_SERVICE_NAMES.get(package, package)}.urls")
    except ModuleNotFoundError:
        return []
    return [
        (re.compile(path.format(base)), handler) for base in urls.url_bases for path, handler in urls.url_paths.items()
    ]


def _url(call: Call) -> str:
    return f"https://{call.model.service_model.endpoint_prefix}.{call.region}.amazonaws.com{call.request.path}"
