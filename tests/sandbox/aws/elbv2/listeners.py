# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners of Network Load Balancers."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.aws.elbv2 import resources as elb
from tests.sandbox.aws.elbv2.resources import Listener, LoadBalancer, TargetGroup
from tests.sandbox.core.calls import AwsError, Call
from tests.sandbox.core.operations import operation
from tests.sandbox.core.world import Life, World, hex_id

TARGET_PROTOCOLS = {
    "TCP": {"TCP", "TCP_UDP"},
    "TLS": {"TCP", "TLS"},
    "UDP": {"UDP", "TCP_UDP"},
    "TCP_UDP": {"TCP_UDP"},
}
"""Protocol of a listener -> protocols of the target groups it can forward to (NLB guide, read 2026-11)."""
IDLE_TIMEOUT = "tcp.idle_timeout.seconds"
ATTRIBUTES = {"TCP": {IDLE_TIMEOUT: "350"}}
"""Attributes by protocol and their defaults. A TLS listener's timeout cannot be changed, and the console shows the
attribute for TCP alone (NLB guide, Update the TCP idle timeout; ListenerAttribute: 60 to 6000; both read 2026-11)."""


@operation("elbv2", "CreateListener")
def create(call: Call, world: World) -> dict[str, Any]:
    params = call.params
    balancer = elb.get(LoadBalancer, params["LoadBalancerArn"], call, world)
    protocol, port = params.get("Protocol"), params.get("Port")
    if not protocol or not port:
        raise AwsError("ValidationError", "A listener protocol and port must be specified")
    if balancer.type != "network":
        raise AwsError("NotImplemented", f"The sandbox has no listeners of {balancer.type} load balancers", 501)
    if protocol not in TARGET_PROTOCOLS:
        raise AwsError("UnsupportedProtocol", f"Protocol {protocol} is not supported by network load balancers")
    listener = Listener(
        key=elb.arn(call, f"listener/{balancer.key.partition('loadbalancer/')[2]}/{hex_id('', 16)}"),
        account=call.account,
        region=call.region,
        life=Life([("active", 0.0)]),
        tags=elb.tags_of(call) if params.get("Tags") else {},
        load_balancer_arn=balancer.key,
        protocol=protocol,
        port=port,
        actions=params["DefaultActions"],
        alpn_policy=params.get("AlpnPolicy") or [],
        certificates=params.get("Certificates") or [],
        ssl_policy=params.get("SslPolicy"),
    )
    for other in listeners_of(balancer, world):
        if other.port == port:
            if _settings(other) == _settings(listener):
                return {"Listeners": [described(other)]}
            raise AwsError("DuplicateListener", "A listener already exists on this port for this load balancer")
    _check_actions(listener, balancer, call, world)
    world.add(listener)
    return {"Listeners": [described(listener)]}


@operation("elbv2", "DescribeListeners")
def describe(call: Call, world: World) -> dict[str, Any]:
    arns, balancer_arn = call.params.get("ListenerArns"), call.params.get("LoadBalancerArn")
    if bool(arns) == bool(balancer_arn):
        raise AwsError("ValidationError", "You must specify either listener ARNs or a load balancer ARN")
    if arns:
        listeners = [elb.get(Listener, arn, call, world) for arn in arns]
    else:
        listeners = listeners_of(elb.get(LoadBalancer, str(balancer_arn), call, world), world)
    found, marker = elb.page(call, listeners)
    return {"Listeners": [described(listener) for listener in found], "NextMarker": marker}


@operation("elbv2", "ModifyListener")
def modify(call: Call, world: World) -> dict[str, Any]:
    listener, params = elb.get(Listener, call.params["ListenerArn"], call, world), call.params
    balancer = elb.get(LoadBalancer, listener.load_balancer_arn, call, world)
    port = params.get("Port") or listener.port
    if any(other.port == port for other in listeners_of(balancer, world) if other is not listener):
        raise AwsError("DuplicateListener", "A listener already exists on this port for this load balancer")
    before = vars(listener).copy()
    listener.port = port
    listener.protocol = params.get("Protocol") or listener.protocol
    listener.actions = params.get("DefaultActions") or listener.actions
    listener.alpn_policy = params.get("AlpnPolicy") or listener.alpn_policy
    listener.certificates = params.get("Certificates") or listener.certificates
    listener.ssl_policy = params.get("SslPolicy") or listener.ssl_policy
    try:
        _check_actions(listener, balancer, call, world)
    except AwsError:
        vars(listener).update(before)
        raise
    return {"Listeners": [described(listener)]}


@operation("elbv2", "DeleteListener")
def delete(call: Call, world: World) -> dict[str, Any]:
    world.remove(elb.get(Listener, call.params["ListenerArn"], call, world))
    return {}


@operation("elbv2", "DescribeListenerAttributes")
def describe_attributes(call: Call, world: World) -> dict[str, Any]:
    listener = elb.get(Listener, call.params["ListenerArn"], call, world)
    return {"Attributes": elb.attribute_list(ATTRIBUTES.get(listener.protocol, {}), listener.attributes)}


@operation("elbv2", "ModifyListenerAttributes")
def modify_attributes(call: Call, world: World) -> dict[str, Any]:
    listener = elb.get(Listener, call.params["ListenerArn"], call, world)
    known = ATTRIBUTES.get(listener.protocol, {})
    attributes = elb.attributes_of(call, known)
    timeout = attributes.get(IDLE_TIMEOUT, known.get(IDLE_TIMEOUT, ""))
    if known and not (re.fullmatch("[0-9]+", timeout) and 60 <= int(timeout) <= 6000):
        raise AwsError("ValidationError", f"'{IDLE_TIMEOUT}' must be between 60 and 6000 inclusive, not '{timeout}'")
    listener.attributes.update(attributes)
    return {"Attributes": elb.attribute_list(known, listener.attributes)}


@operation("elbv2", "DescribeListenerCertificates")
def describe_certificates(call: Call, world: World) -> dict[str, Any]:
    """The default certificate, the only one that a listener of the sandbox has."""
    listener = elb.get(Listener, call.params["ListenerArn"], call, world)
    found, marker = elb.page(call, [{**certificate, "IsDefault": True} for certificate in listener.certificates])
    return {"Certificates": found, "NextMarker": marker}


def listeners_of(balancer: LoadBalancer, world: World) -> list[Listener]:
    return [listener for listener in world.all(Listener) if listener.load_balancer_arn == balancer.key]


def described(listener: Listener) -> dict[str, Any]:
    """A Listener of the API."""
    return {
        "ListenerArn": listener.key,
        "LoadBalancerArn": listener.load_balancer_arn,
        "Port": listener.port,
        "Protocol": listener.protocol,
        "Certificates": listener.certificates or None,
        "SslPolicy": listener.ssl_policy,
        "DefaultActions": [_with_forward_config(action) for action in listener.actions],
        "AlpnPolicy": listener.alpn_policy or None,
    }


def _with_forward_config(action: dict[str, Any]) -> dict[str, Any]:
    """AWS answers a forward action in both its forms, whichever was sent."""
    single = [{"TargetGroupArn": action.get("TargetGroupArn")}]
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or single
    return {**action, "TargetGroupArn": groups[0]["TargetGroupArn"], "ForwardConfig": {"TargetGroups": groups}}


def _settings(listener: Listener) -> tuple[Any, ...]:
    return (listener.protocol, listener.target_group_arns, listener.alpn_policy, listener.certificates)


def _check_actions(listener: Listener, balancer: LoadBalancer, call: Call, world: World) -> None:
    if [action["Type"] for action in listener.actions] != ["forward"] or not listener.target_group_arns:
        raise AwsError("InvalidLoadBalancerAction", "A network load balancer's listener needs one forward action")
    for arn in listener.target_group_arns:
        group = elb.get(TargetGroup, arn, call, world)
        if group.protocol not in TARGET_PROTOCOLS[listener.protocol]:
            message = f"Target group {group.protocol} does not go with listener protocol {listener.protocol}"
            raise AwsError("IncompatibleProtocols", message)
        if group.vpc_id != balancer.vpc_id:
            message = f"The following target groups have a different VPC than the load balancer: {arn}"
            raise AwsError("InvalidConfigurationRequest", message)
        users = {o.load_balancer_arn for o in world.all(Listener) if arn in o.target_group_arns} - {balancer.key}
        if users:
            message = f"The following target groups cannot be associated with more than one load balancer: {arn}"
            raise AwsError("TargetGroupAssociationLimit", message)
