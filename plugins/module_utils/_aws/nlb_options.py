# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be wanted of an internal Network Load Balancer: the options, checked for what can never be right.

This module util is PRIVATE to the collection.

Source: Elastic Load Balancing API Reference 2015-12-01, the Create and Modify actions; guide "Network Load Balancers",
"Health checks" (default timeouts) and "Update the Availability Zones" (free addresses), read 2026-11.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t
from dataclasses import dataclass
from functools import cached_property

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import (
    Presence,
    internal,
    optional,
    required,
)

# option: AWS's name, the same in requests and in answers
HEALTH_CHECK = {
    "protocol": "HealthCheckProtocol",
    "port": "HealthCheckPort",
    "path": "HealthCheckPath",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthy_threshold": "HealthyThresholdCount",
    "unhealthy_threshold": "UnhealthyThresholdCount",
}
INTERVAL, TIMEOUT = HEALTH_CHECK["interval"], HEALTH_CHECK["timeout"]
DEFAULT_INTERVAL = 30  # seconds, AWS's default
TIMEOUTS = {"HTTP": 6, "HTTPS": 10, "TCP": 10}  # seconds, AWS's default by protocol of the check
FREE_ADDRESSES = 8  # that AWS wants in each subnet
RANGES = {"interval": (5, 300), "timeout": (2, 120), "healthy_threshold": (2, 10), "unhealthy_threshold": (2, 10)}
GROUP_ATTRIBUTES = {
    "deregistration_delay": "deregistration_delay.timeout_seconds",
    "connection_termination": "deregistration_delay.connection_termination.enabled",
    "preserve_client_ip": "preserve_client_ip.enabled",
    "proxy_protocol_v2": "proxy_protocol_v2.enabled",
    "cross_zone": "load_balancing.cross_zone.enabled",
}
LISTENER_ATTRIBUTES = {"tcp_idle_timeout": "tcp.idle_timeout.seconds"}  # of TCP listeners; those of TLS have none
IDLE_TIMEOUTS = (60, 6000)  # seconds; AWS's default is 350 (ListenerAttribute, read 2026-11)
BALANCER_ATTRIBUTES = {
    "cross_zone": "load_balancing.cross_zone.enabled",
    "deletion_protection": "deletion_protection.enabled",
}
ANOTHER_NAME = (
    "List another one beside it, with a name and an endpoint service of its own, and take this one away once whoever "
    "connects uses that."
)


@dataclass(frozen=True)
class HealthCheckOptions:
    """A wanted health check, as an option of a target group."""

    protocol: t.Literal["TCP", "HTTP", "HTTPS"] | None = None
    port: str | None = None
    path: str | None = None
    interval: int | None = None
    timeout: int | None = None
    healthy_threshold: int | None = None
    unhealthy_threshold: int | None = None


@dataclass(frozen=True)
class TargetGroupOptions:
    """A wanted target group, as an option of a listener."""

    name: str | None = None
    port: int | None = None
    target_type: t.Literal["ip", "instance"] = "ip"
    health_check: dict[str, t.Any] | None = optional(item=HealthCheckOptions)
    deregistration_delay: int | None = None
    connection_termination: bool | None = None
    preserve_client_ip: bool | None = None
    proxy_protocol_v2: bool | None = None
    cross_zone: t.Literal["true", "false", "use_load_balancer_configuration"] | None = None


@dataclass(frozen=True)
class ListenerOptions:
    """A wanted listener, as an option of a load balancer."""

    port: int = required()
    tcp_idle_timeout: int | None = None
    target_group: dict[str, t.Any] | None = optional(item=TargetGroupOptions)


@dataclass(frozen=True)
class WantedGroup:
    """A wanted target group. ``health_check`` and ``attributes`` hold only what is set, under AWS's names."""

    name: str
    port: int
    target_type: str
    health_check: t.Mapping[str, t.Any]
    attributes: t.Mapping[str, str]

    @classmethod
    def of(cls, balancer: str, listener_port: int, options: t.Mapping[str, t.Any]) -> WantedGroup:
        """The target group that a listener's options describe. Raises ItemError for what can never be right."""
        port = listener_port if options.get("port") is None else options["port"]
        name = options.get("name") or resource_name(balancer, port)
        check = {key: value for key, value in (options.get("health_check") or {}).items() if value is not None}
        _check_port(port)
        if not arns.TARGET_GROUP_NAME.fullmatch(name):
            raise ItemError(f"Not the name of a target group: {name!r}. It has up to 32 letters, digits and hyphens.")
        _check_health_check(check)
        delay = options.get("deregistration_delay")
        if delay is not None and not 0 <= delay <= 3600:
            raise ItemError(f"deregistration_delay is 0 to 3600 seconds, not {delay}.")
        return cls(
            name,
            port,
            options.get("target_type") or "ip",
            {HEALTH_CHECK[key]: value for key, value in check.items()},
            _attributes(options, GROUP_ATTRIBUTES),
        )

    @property
    def new_health_check(self) -> dict[str, t.Any]:
        """The health check to make the group with: AWS refuses its own default timeout beside a shorter interval."""
        check = dict(self.health_check)
        interval, protocol = check.get(INTERVAL, DEFAULT_INTERVAL), check.get(HEALTH_CHECK["protocol"], "TCP")
        if TIMEOUT not in check and interval < TIMEOUTS[protocol]:
            check[TIMEOUT] = interval
        return check

    def immutable(self, vpc_id: str) -> dict[str, t.Any]:
        """What can never be changed, under AWS's names."""
        return {"Protocol": "TCP", "Port": self.port, "VpcId": vpc_id, "TargetType": self.target_type}


@dataclass(frozen=True)
class NetworkLoadBalancer:
    """One wanted load balancer; the fields are the options of the module of that name. None changes nothing."""

    name: str
    state: Presence = "present"
    load_balancer_name: str | None = None
    vpc_id: str | None = None
    subnet_ids: list[str] | None = None
    private_addresses: dict[str, str] | None = None
    security_group_ids: list[str] | None = None
    enforce_privatelink_rules: bool | None = None
    cross_zone: bool | None = None
    ip_address_type: t.Literal["ipv4", "dualstack"] | None = None
    deletion_protection: bool | None = None
    listeners: list[dict[str, t.Any]] | None = optional(item=ListenerOptions)
    purge_listeners: bool = False
    leave_others: bool = False
    tags: dict[str, str] | None = None
    purge_tags: bool = False
    adopt: bool = False
    environment: str = internal("")

    def __post_init__(self) -> None:
        if not arns.LOAD_BALANCER_NAME.fullmatch(self.aws_name):
            raise ItemError(
                f"Not the name of a load balancer: {self.aws_name!r}. It has up to 32 letters, digits and hyphens, no "
                "hyphen at its ends, and does not begin with internal-."
            )
        if self.subnet_ids is not None and not self.subnet_ids:
            raise ItemError("subnet_ids is empty: a load balancer needs at least one subnet.")
        for option, prefix, given in (
            ("vpc_id", "vpc", [self.vpc_id] if self.vpc_id else []),
            ("subnet_ids", "subnet", self.subnet_ids or []),
            ("security_group_ids", "sg", self.security_group_ids or []),
        ):
            wrong = [identifier for identifier in given if not re.fullmatch(rf"{prefix}-[0-9a-f]+", identifier)]
            if wrong or len(set(given)) < len(given):
                raise ItemError(
                    f"{option} takes ids like {prefix}-0123456789abcdef0, each once, not {', '.join(given)}."
                )
        if self.security_group_ids == [] and self.enforce_privatelink_rules is not None:
            raise ItemError(no_rules_to_enforce(self.name))
        self._check_addresses()
        self._check_listeners()

    def _check_addresses(self) -> None:
        wanted = self.private_addresses or {}
        for subnet_id, address in wanted.items():
            if not re.fullmatch(r"subnet-[0-9a-f]+", subnet_id) or not _is_ipv4(address):
                raise ItemError(
                    f"private_addresses takes an IPv4 address for a subnet, not {address!r} for {subnet_id!r}."
                )
        if len(set(wanted.values())) < len(wanted):
            raise ItemError(f"Two subnets have the same address in private_addresses: {', '.join(wanted.values())}.")
        extra = sorted(set(wanted) - set(self.subnet_ids)) if self.subnet_ids is not None else []
        if extra:
            raise ItemError(f"private_addresses has subnets that are not in subnet_ids: {', '.join(extra)}.")

    def _check_listeners(self) -> None:
        for listener in self.listeners or []:
            _check_idle_timeout(listener.get("tcp_idle_timeout"))
        ports = sorted(self.groups_by_port)
        for port in ports:
            _check_port(port)
        if len(ports) < len(self.listeners or []):
            given_ports = ", ".join(str(listener["port"]) for listener in self.listeners or [])
            raise ItemError(f"Two listeners have the same port: {given_ports}.")
        for group in self.groups_by_port.values():
            if group != self.groups[group.name]:
                raise ItemError(f"Two listeners describe the target group {group.name} differently.")

    @property
    def aws_name(self) -> str:
        """What the load balancer is called in AWS."""
        return self.load_balancer_name or self.name

    @cached_property
    def groups_by_port(self) -> dict[int, WantedGroup]:
        """Listener port: the target group it forwards to."""
        return {
            listener["port"]: WantedGroup.of(self.name, listener["port"], listener.get("target_group") or {})
            for listener in self.listeners or []
        }

    @cached_property
    def listener_attributes(self) -> dict[int, dict[str, str]]:
        """Listener port: its wanted attributes, under AWS's names. Ports of which none is wanted are left out."""
        wanted = {listener["port"]: _attributes(listener, LISTENER_ATTRIBUTES) for listener in self.listeners or []}
        return {port: attributes for port, attributes in wanted.items() if attributes}

    @cached_property
    def groups(self) -> dict[str, WantedGroup]:
        """The wanted target groups by name. Listeners may share one."""
        return {group.name: group for group in self.groups_by_port.values()}

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The wanted attributes of the load balancer itself, under AWS's names."""
        return _attributes(vars(self), BALANCER_ATTRIBUTES)


def _is_ipv4(text: t.Any) -> bool:
    try:
        return str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        return False


def _check_port(port: int) -> None:
    if not 1 <= port <= 65535:
        raise ItemError(f"A port is 1 to 65535, not {port}.")


def _check_idle_timeout(seconds: int | None) -> None:
    least, most = IDLE_TIMEOUTS
    if seconds is not None and not least <= seconds <= most:
        raise ItemError(f"tcp_idle_timeout is {least} to {most} seconds, not {seconds}.")


def _check_health_check(check: t.Mapping[str, t.Any]) -> None:
    for option, (least, most) in RANGES.items():
        if option in check and not least <= check[option] <= most:
            raise ItemError(f"{option} of a health check is {least} to {most}, not {check[option]}.")
    port = check.get("port", "traffic-port")
    if port != "traffic-port":
        if not re.fullmatch(r"[0-9]{1,5}", port):
            raise ItemError(f"port of a health check is traffic-port or a number, not {port!r}.")
        _check_port(int(port))
    if "path" in check and not is_of_form(r"/[!-~]{0,1023}", check["path"]):
        raise ItemError(f"path of a health check begins with / and has no blanks, not {check['path']!r}.")
    if "path" in check and check.get("protocol") == "TCP":
        raise ItemError("A health check by TCP has no path: leave it out, or set protocol to HTTP or HTTPS.")


def check_times(group: WantedGroup, have: t.Mapping[str, t.Any]) -> None:
    """Raise ItemError for a check that begins anew before it has timed out, which AWS refuses.

    ``have`` is the target group as it is, empty for one to be made: what is not set stays, or is AWS's default.
    """
    check = {**have, **group.health_check} if have else group.new_health_check
    interval, timeout = check.get(INTERVAL, DEFAULT_INTERVAL), check.get(TIMEOUT, 0)
    if interval < timeout:
        raise ItemError(
            f"The health check of target group {group.name} would come every {interval} seconds, less than its timeout "
            f"of {timeout}, and AWS refuses that. Set its interval to {timeout} or more, or its timeout to {interval} "
            "or less."
        )


def _attributes(options: t.Mapping[str, t.Any], names: t.Mapping[str, str]) -> dict[str, str]:
    """The options that are set, as AWS writes attributes: everything is a string, true and false in lower case."""
    given = {key: options.get(option) for option, key in names.items()}
    return {key: str(value).lower() for key, value in given.items() if value is not None}


def no_rules_to_enforce(name: str) -> str:
    return (
        f"enforce_privatelink_rules says whether inbound rules of security groups apply to PrivateLink traffic, but "
        f"{name} has no security groups. Leave it out, or give security_group_ids when it is made. {ANOTHER_NAME}"
    )
