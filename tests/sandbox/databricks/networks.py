# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks: where the classic compute of a workspace runs. They do not change, and are looked at when attached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.sandbox.aws.ec2 import moto_ec2
from tests.sandbox.core import clock
from tests.sandbox.databricks.checks import free_name, one_of, required
from tests.sandbox.databricks.objects import ApiError, Thing, in_use, invalid, milliseconds, new_id
from tests.sandbox.databricks.routes import Request, route

WHAT = "Network"


@route("POST", "/networks", "CreateNetwork")
def create(request: Request) -> Any:
    """Ids that do not exist are taken; attaching the network tells."""
    body, account = request.body, request.account
    required(body, "network_name", "vpc_id", "subnet_ids", "security_group_ids")
    if len(set(body["subnet_ids"])) < 2:
        raise invalid("A network needs at least two subnets")
    if not 1 <= len(set(body["security_group_ids"])) <= 5:
        raise invalid("A network has one to five security groups")
    free_name(request, account.networks.values(), "network_name", WHAT)
    if request.sandbox.databricks.settings.refuse_shared_subnets:
        _refuse_shared(request)
    key = new_id()
    names = ("network_name", "vpc_id", "subnet_ids", "security_group_ids", "vpc_endpoints")
    members = {name: body[name] for name in names if body.get(name)}
    made = Thing(key, {"network_id": key, "account_id": account.id, **members, "creation_time": milliseconds()})
    made.body.update(vpc_status="UNATTACHED", error_messages=[], warning_messages=[])
    account.networks[key] = made
    return described(made)


@route("GET", "/networks", "ListNetworks")
def listed(request: Request) -> Any:
    return [described(thing) for thing in request.account.networks.values()]


@route("GET", "/networks/{id}", "GetNetwork")
def get(request: Request) -> Any:
    return described(one_of(request.account.networks, WHAT, request.names["id"]))


@route("DELETE", "/networks/{id}", "DeleteNetwork")
def delete(request: Request) -> Any:
    """In these words: databricks/terraform-provider-databricks#732, read 2026-11."""
    thing = one_of(request.account.networks, WHAT, request.names["id"])
    if "workspace_id" in thing.body:
        raise in_use(f"Unable to delete, Network is being used by active workspace {thing.body['workspace_id']}")
    thing.gone_from = min(thing.gone_from, clock.now() + request.sandbox.world.lag("databricks_network.deleting"))
    return described(thing)


def _refuse_shared(request: Request) -> None:
    for other in request.account.networks.values():
        for member in ("subnet_ids", "security_group_ids"):
            shared = sorted(set(request.body[member]) & set(other.body[member]))
            if shared:
                raise ApiError(409, "RESOURCE_CONFLICT", f"{shared[0]} is used by network {other.id}")


def attach(thing: Thing, workspace_id: int, region: str) -> None:
    """Give a network to a workspace, and say what AWS has to say about it."""
    errors = [{"error_type": kind, "error_message": message} for kind, message in _faults(thing.body, region)]
    thing.body.update(workspace_id=workspace_id, vpc_status="BROKEN" if errors else "VALID", error_messages=errors)


def detach(thing: Thing) -> None:
    thing.body.pop("workspace_id", None)
    thing.body.update(vpc_status="UNATTACHED", error_messages=[], warning_messages=[])


def _faults(body: dict[str, Any], region: str) -> Iterator[tuple[str, str]]:
    """What Databricks finds wrong in AWS: a type of error and a text."""
    owner = moto_ec2.owner_of_vpc(region, body["vpc_id"])
    if owner is None:
        yield "vpc", f"The vpc ID '{body['vpc_id']}' does not exist in {region}"
        return
    zones = set()
    for key in body["subnet_ids"]:
        subnet = moto_ec2.find_subnet(owner, region, key)
        if subnet is None or subnet.vpc_id != body["vpc_id"]:
            yield "subnet", f"The subnet ID '{key}' does not exist in {body['vpc_id']}"
        else:
            zones.add(subnet.availability_zone)
    if len(zones) == 1:
        yield "subnet", "The subnets are in one availability zone"
    for key in body["security_group_ids"]:
        group = moto_ec2.find_security_group(owner, region, key)
        if group is None or group.vpc_id != body["vpc_id"]:
            yield "securityGroup", f"The security group '{key}' does not exist in {body['vpc_id']}"


def described(thing: Thing) -> dict[str, Any]:
    return {**thing.body, **thing.forced}
