# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: identify the call, log it, inject faults, throttle, perform it, answer."""

from __future__ import annotations

import logging
import socket
import time
import traceback
import warnings
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.sandbox import aws, control
from tests.sandbox.aws import tag_limits, tags
from tests.sandbox.aws.lambda_.functions import RUNNING
from tests.sandbox.aws.route53.answers import record_of
from tests.sandbox.core import clock, contract, underneath, wire
from tests.sandbox.core.calls import AwsError, Call, CallLog, HttpRequest
from tests.sandbox.core.faults import Drop, Faults
from tests.sandbox.core.operations import OPERATIONS, UNLOCKED
from tests.sandbox.core.throttle import Buckets
from tests.sandbox.core.world import World
from tests.sandbox.databricks import api as databricks
from tests.sandbox.databricks.objects import Databricks
from tests.sandbox.dns.server import DnsServer
from tests.sandbox.fivetran import api as fivetran
from tests.sandbox.fivetran.objects import Fivetran
from tests.sandbox.redis_cloud import api as redis_cloud

log = logging.getLogger("sandbox")

aws.load()
# moto warns about error codes that no model declares; contract.py checks ours, and EC2 declares none.
warnings.filterwarnings("ignore", module="moto")


@dataclass
class Sandbox:
    """Everything one running sandbox holds."""

    world: World = field(default_factory=World)
    calls: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)
    buckets: Buckets = field(default_factory=Buckets)
    latency: float = 0.0
    dns: DnsServer = field(default_factory=DnsServer)
    redis_cloud: redis_cloud.RedisCloud = field(default_factory=redis_cloud.RedisCloud)
    databricks: Databricks = field(default_factory=Databricks)
    fivetran: Fivetran = field(default_factory=Fivetran)

    def __post_init__(self) -> None:
        self.dns.further = lambda name: record_of(self.world, name)

    def reset(self) -> None:
        """Forget resources, faults, lags, tokens, DNS records and the log; keep what the command line set."""
        RUNNING.stop()
        with self.world.lock:
            self.world.clear()
            self.redis_cloud.clear()
            self.databricks.clear()
            self.fivetran.clear()
            underneath.reset()
        self.calls.clear()
        self.faults.clear()
        self.buckets.refill()
        self.dns.clear()

    def answer(self, request: HttpRequest) -> wire.Response | None:
        """The response to one request, or None to close the connection without any."""
        try:
            call = wire.identify(request)
        except wire.WireError as refused:
            return wire.serialize(refused.call, refused.error)
        except AwsError as error:
            return wire.serialize_plain(error)
        entry = self.calls.add(call)
        if tags.are_asked_for(call):
            with self.world.lock:
                entry["tags"] = tags.of_named(call, self.world)
        try:
            return self.perform(call)
        except AwsError as error:
            entry["error"] = error.code
            return wire.serialize(call, error)
        except Drop:
            entry["error"] = "(connection closed)"
            return None
        except Exception as error:
            log.exception("%s %s failed in the sandbox", call.service, call.operation)
            last = traceback.extract_tb(error.__traceback__)[-1]
            failure = AwsError("InternalFailure", f"{error!r} at {last.filename}:{last.lineno}", 500)
            entry["error"] = failure.code
            return wire.serialize(call, failure)

    def perform(self, call: Call) -> wire.Response:
        """Perform a call after faults, throttling and latency had their say."""
        if self.latency:
            time.sleep(self.latency)
        finish = self.faults.before(call)
        self.buckets.take(call)
        if (call.service, call.operation) in UNLOCKED:
            response = self.perform_now(call)
        else:
            with self.world.lock, clock.still(), self.faults.view(call, self.world):
                response = self.perform_now(call)
        finish()
        return response

    def perform_now(self, call: Call) -> wire.Response:
        """Perform a call by our own operation, else by moto. The caller holds the world's lock."""
        ours = (call.service, call.operation) in OPERATIONS
        if not ours and not underneath.knows(call):
            raise AwsError("NotImplemented", f"The sandbox does not implement {call.service} {call.operation}", 501)
        if call.dry_run:
            raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        tag_limits.check(call)
        return wire.serialize(call, self.ask(call)) if ours else underneath.perform(call, self.world)

    def act(self, account: str, region: str, service: str, operation: str, **params: Any) -> dict[str, Any]:
        """Perform one of our own operations as an account, without HTTP; it is logged like any other call.

        Raises AwsError as the operation does.
        """
        call = wire.make_call(account, region, service, operation, params)
        entry = self.calls.add(call)
        try:
            with self.world.lock, clock.still():
                return self.ask(call)
        except AwsError as error:
            entry["error"] = error.code
            raise

    def ask(self, call: Call) -> dict[str, Any]:
        """The checked answer of one of our own operations. The caller holds the world's lock."""
        _require_parameters(call)
        try:
            answer = OPERATIONS[call.service, call.operation](call, self.world)
        except AwsError as error:
            if contract.undeclared_error(call.model, error.code):
                message = f"contract: {call.operation} declares no error {error.code} ({error.message})"
                raise AwsError("InternalFailure", message, 500) from error
            raise
        wrong = contract.violations(call.model, answer)
        if wrong:
            raise AwsError("InternalFailure", f"contract: {'; '.join(wrong[:5])}", 500)
        return answer


def _require_parameters(call: Call) -> None:
    shape = call.model.input_shape
    absent = [name for name in (shape.required_members if shape else []) if call.params.get(name) is None]
    if absent:
        code = "MissingParameter" if call.service == "ec2" else "ValidationError"
        raise AwsError(code, f"The request must contain the parameter {absent[0]}")


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with keep-alive; one thread per connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        path, dummy, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = HttpRequest(self.command, path, query, headers, self.rfile.read(length))
        if path.startswith(control.PREFIX):
            response: wire.Response | None = control.answer(self.server.sandbox, request)
        elif path.startswith(f"{redis_cloud.PREFIX}/"):
            response = redis_cloud.answer(self.server.sandbox, request)
        elif path.startswith(databricks.PREFIXES):
            response = databricks.answer(self.server.sandbox, request)
        elif path.startswith(f"{fivetran.PREFIX}/"):
            response = fivetran.answer(self.server.sandbox, request)
        else:
            response = self.server.sandbox.answer(request)
        if response is None:
            self.close_connection = True
            # Without a shutdown the client would wait until the thread's socket object is collected.
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Date", self.date_time_string(clock.now()))
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = serve

    def log_message(self, format: str, *args: Any) -> None:
        """The call log replaces the server's own."""


class Server(ThreadingHTTPServer):
    """Serves one sandbox."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        super().__init__(address, Handler)
