# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an HTTP request to a Call and from an answer to an HTTP response, by botocore's service models."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, quoteattr

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import ResponseSerializer, SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import NotFound

from tests.sandbox.core.calls import AwsError, Call, HttpRequest
from tests.sandbox.core.regions import partition

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
ACCOUNT_KEY = re.compile(r"(?:(?:AKIA|ASIA)(?=\d{12}\w{4}$))?(\d{12})(?:\w{4})?")

SIGNING_NAMES = {"monitoring": "cloudwatch", "states": "stepfunctions", "email": "ses"}
"""Names in a signature that are not botocore's name of the service."""


@dataclass
class Response:
    """What goes back over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


def identify(request: HttpRequest) -> Call:
    """Who asks what: account, region, service, operation and parameters.

    Raises WireError, which knows the protocol to answer in, for a request that names no known operation.
    """
    match = CREDENTIAL.search(request.headers.get("authorization", ""))
    if not match:
        raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    access_key, region, signing_name = match.groups()
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)) if _is_form(request) else {}
    service = _service_name(signing_name, form)
    try:
        service_model = get_service_model(service)
    except UnknownServiceError as error:
        raise AwsError("NotImplemented", f"The sandbox knows no service {signing_name}", 501) from error
    content_type = request.headers.get("content-type", "").split(";")[0]
    call = Call(
        account="",
        region=region,
        service=service,
        operation="",
        model=OperationModel({}, service_model),
        protocol=determine_request_protocol(service_model, content_type),
        params={},
        request=request,
        access_key=access_key,
    )
    try:
        partition(region)
        _read_operation(call, service_model, form)
        call.account = account_of(access_key)
    except AwsError as error:
        raise WireError(call, error) from error
    return call


def make_call(account: str, region: str, service: str, operation: str, params: dict[str, Any]) -> Call:
    """A call as an account would make it, without HTTP."""
    model = get_service_model(service)
    request = HttpRequest("POST", "/", "", {}, b"")
    operation_model = cast(OperationModel, model.operation_model(operation))
    return Call(account, region, service, operation, operation_model, str(model.protocol), params, request, account)


class WireError(Exception):
    """A request that is refused before any operation, with the half-read call that says how to answer."""

    def __init__(self, call: Call, error: AwsError) -> None:
        super().__init__(str(error))
        self.call = call
        self.error = error


def account_of(access_key: str) -> str:
    """The account behind an access key: twelve digits, or those after ``ASIA``/``AKIA`` and before four characters."""
    match = ACCOUNT_KEY.fullmatch(access_key)
    if not match or (len(access_key) != 12 and len(access_key) != 20):
        raise AwsError(
            "InvalidClientTokenId",
            "The security token included in the request is invalid. The sandbox wants a 12-digit account as access key",
            403,
        )
    return match.group(1)


def _is_form(request: HttpRequest) -> bool:
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _service_name(signing_name: str, form: dict[str, str]) -> str:
    if signing_name == "elasticloadbalancing":
        return "elb" if form.get("Version") == "2012-06-01" else "elbv2"
    return SIGNING_NAMES.get(signing_name, signing_name)


def _read_operation(call: Call, model: ServiceModel, form: dict[str, str]) -> None:
    """Fill in the operation and its parameters."""
    request = call.request
    url_params: dict[str, Any] = {}
    if form:
        name = form.get("Action", "")
    elif "x-amz-target" in request.headers:
        name = request.headers["x-amz-target"].rpartition(".")[2]
    else:
        url = f"https://{model.endpoint_prefix}.{call.region}.amazonaws.com{request.path}?{request.query}"
        moto_request = Request.from_primitives(request.method, url, request.headers, request.body)
        try:
            found, url_params = get_service_router(call.service).match(moto_request)
            name = str(found.name)
        except NotFound as error:
            raise AwsError("UnknownOperationException", f"No operation at {request.path}", 404) from error
    try:
        call.model = cast(OperationModel, model.operation_model(name))
    except OperationNotFoundError as error:
        raise AwsError("InvalidAction", f"The action {name} is not valid for this web service.") from error
    call.operation = name
    values = MultiDict(form) if form else MultiDict(parse_qsl(request.query, keep_blank_values=True))
    call.params = PROTOCOL_PARSERS[call.protocol](call.model).parse(
        {
            "method": request.method,
            "values": values,
            "headers": Headers(list(request.headers.items())),
            "body": request.body,
            "url_path": request.path,
            "url_params": url_params,
        }
    )


class _PlainValues:
    """Reads members of answers from dicts and members of errors from attributes, without moto's search for aliases."""

    def get_value(self, value: Any, key: str, shape: Any) -> Any:
        return value.get(key) if isinstance(value, dict) else getattr(value, key, None)


class _FastXml(_PlainValues):
    """Writes XML itself: moto's writer, xmltodict, takes most of the time of a page of a thousand items."""

    def _serialize_body(self, body: dict[str, Any]) -> str:
        pieces: list[str] = []
        _write_elements(body, pieces)
        return "".join(pieces)


def _write_elements(tree: dict[str, Any], pieces: list[str]) -> None:
    """Append the XML of a tree of elements; ``@name`` is an attribute of the element around it."""
    for name, value in tree.items():
        if name[0] == "@":
            continue
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, dict):
                attributes = "".join(f" {key[1:]}={quoteattr(str(v))}" for key, v in item.items() if key[0] == "@")
                pieces.append(f"<{name}{attributes}>")
                _write_elements(item, pieces)
                pieces.append(f"</{name}>")
            else:
                pieces.append(f"<{name}>{escape(str(item))}</{name}>")


@cache
def _serializer(service: str, protocol: str) -> type[ResponseSerializer]:
    faster = _FastXml if protocol in ("ec2", "query") else _PlainValues
    return type("Serializer", (faster, get_serializer_class(service, protocol)), {})


def serialize(call: Call, answer: dict[str, Any] | AwsError) -> Response:
    """An answer or an error in the protocol of the call."""
    serializer = _serializer(call.service, call.protocol)(call.model, context=SerializationContext(str(uuid.uuid4())))
    serialized = serializer.serialize(answer)
    status = serialized["status_code"]
    if isinstance(answer, AwsError) and answer.status is not None:
        status = answer.status
    body, headers = serialized["body"], dict(serialized["headers"])
    if isinstance(answer, AwsError):
        headers.update(answer.headers)
    return Response(status, headers, body.encode() if isinstance(body, str) else body)


def serialize_plain(error: AwsError) -> Response:
    """An error to a request that does not even name a service, in the form most services use."""
    body = f"<ErrorResponse><Error><Code>{error.code}</Code><Message>{error.message}</Message></Error></ErrorResponse>"
    return Response(error.status or 400, {"Content-Type": "text/xml"}, body.encode())
