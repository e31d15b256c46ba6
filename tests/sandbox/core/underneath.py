# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""moto, underneath: what we do not perform ourselves, and the look-ups of VPCs, subnets and security groups."""

from __future__ import annotations

import importlib
import os
import re
from functools import cache
from typing import Any
from unittest import mock

import moto.core.responses
from moto.core.request import Request
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from werkzeug.exceptions import HTTPException

from tests.sandbox.aws.autoscaling import resources as autoscaling
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.wire import Response
from tests.sandbox.core.world import World

# A new account would otherwise begin with a thousand images that nobody here asks for.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

# moto asks this for every request.
mock.patch.object(moto.core.responses, "method_names_from_class", cache(method_names_from_class)).start()


OURS_ALONE = {"elbv2", "redshift", "ram", "vpc-lattice"}
"""Services whose resources moto does not have, so that its answers about them would be wrong."""


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
    if call.service == "autoscaling":
        autoscaling.connect(call, world)
    handler = _handler(call.service, _url(call))
    # moto takes the account from this header before anything else.
    headers = {**call.request.headers, "x-moto-account-id": call.account}
    url = f"{_url(call)}?{call.request.query}" if call.request.query else _url(call)
    request = Request.from_primitives(call.request.method, url, headers, call.request.body)
    try:
        status, answer_headers, body = handler(request, request.raw_url, request.headers)
    except NotImplementedError as error:
        raise AwsError("NotImplemented", f"moto does not implement {call.service} {call.operation}", 501) from error
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


# Look-ups. moto is imported late because its EC2 takes a second to import.


def ec2(account: str, region: str) -> Any:
    """moto's EC2 backend of one account and region."""
    from moto.backends import get_backend

    return get_backend("ec2")[account][region]


def zones(account: str, region: str) -> dict[str, str]:
    """Availability Zones of a region: name -> zone id."""
    return {zone.name: zone.zone_id for zone in ec2(account, region).describe_availability_zones()}


def find_subnet(account: str, region: str, subnet_id: str) -> Any:
    """moto's subnet (``id``, ``vpc_id``, ``cidr``, ``availability_zone``) or None."""
    for subnets in ec2(account, region).subnets.values():
        if subnet_id in subnets:
            return subnets[subnet_id]
    return None


def subnets_of(account: str, region: str, vpc_id: str) -> list[Any]:
    return [
        subnet
        for subnets in ec2(account, region).subnets.values()
        for subnet in subnets.values()
        if subnet.vpc_id == vpc_id
    ]


def find_vpc(account: str, region: str, vpc_id: str) -> Any:
    return ec2(account, region).vpcs.get(vpc_id)


def find_security_group(account: str, region: str, group_id: str) -> Any:
    return ec2(account, region).get_security_group_from_id(group_id)


# Makers with fixed ids, for seeds and the vendor: moto draws its ids at random.


def make_vpc(account: str, region: str, vpc_id: str, cidr: str, tags: dict[str, str] | None = None) -> None:
    """Make a VPC of that id with DNS support and host names, unless it exists."""
    if find_vpc(account, region, vpc_id) is not None:
        return
    with mock.patch("moto.ec2.models.vpcs.random_vpc_id", return_value=vpc_id):
        vpc = ec2(account, region).create_vpc(cidr)
    vpc.enable_dns_hostnames = vpc.enable_dns_support = "true"
    ec2(account, region).create_tags([vpc_id], tags or {})


def make_subnet(
    account: str,
    region: str,
    vpc_id: str,
    cidr: str,
    zone: str,
    subnet_id: str | None = None,
    tags: dict[str, str] | None = None,
) -> str:
    """Make a subnet, of that id if given, unless it exists; the answer is its id."""
    from moto.ec2.utils import random_subnet_id

    wanted = subnet_id or random_subnet_id()
    if find_subnet(account, region, wanted) is None:
        with mock.patch("moto.ec2.models.subnets.random_subnet_id", return_value=wanted):
            ec2(account, region).create_subnet(vpc_id, cidr, availability_zone=zone)
        ec2(account, region).create_tags([wanted], tags or {})
    return wanted


def make_security_group(
    account: str,
    region: str,
    vpc_id: str,
    group_id: str,
    name: str,
    description: str,
    ingress: list[dict[str, Any]],
) -> None:
    """Make a security group of that id, unless it exists; ``ingress`` are TCP rules: cidr, from_port, to_port."""
    if find_security_group(account, region, group_id) is not None:
        return
    backend = ec2(account, region)
    with mock.patch("moto.ec2.models.security_groups.random_security_group_id", return_value=group_id):
        backend.create_security_group(name, description, vpc_id)
    for rule in ingress:
        ports = (str(rule["from_port"]), str(rule["to_port"]))
        backend.authorize_security_group_ingress(group_id, "tcp", *ports, ip_ranges=[{"CidrIp": rule["cidr"]}])
