# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links through a Network Load Balancer and an endpoint service, to which the vendor connects.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws.accept_connection import Acceptance
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_ip_sync import Sync
from ansible_collections.saas.privatelink.plugins.module_utils._aws.nlb_options import (
    HealthCheckOptions,
    NetworkLoadBalancer,
)
from ansible_collections.saas.privatelink.plugins.module_utils._aws.notification import NotificationOptions
from ansible_collections.saas.privatelink.plugins.module_utils._aws.service_options import EndpointService
from ansible_collections.saas.privatelink.plugins.module_utils._core.forms import host_fault, is_of_form
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import argument_spec, optional, required
from ansible_collections.saas.privatelink.plugins.plugin_utils import _values as values
from ansible_collections.saas.privatelink.plugins.plugin_utils._forwarder import (
    HEALTH_PATH,
    HEALTH_PORT,
    Database,
    nameservers,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import Found, Known
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link, LinkError, step
from ansible_collections.saas.privatelink.plugins.plugin_utils._meant import is_meant

NAME = r"[A-Za-z0-9_-]{1,64}"
RESOLVER = "169.254.169.253"  # that of every VPC


@dataclass(frozen=True, kw_only=True)
class Forwarder:
    """A group of hosts that forward to databases; its name is what links call it."""

    name: str = required("What the links call it. With the vendor it makes the names in AWS.")
    vpc_id: str | None = optional(None, "Its VPC. Default is that of its links.")
    subnet_ids: list[str] = required("Subnets of its hosts, one for each Availability Zone.")
    image_id: str = required("Image of Debian, Ubuntu or Amazon Linux 2023.")
    instance_type: str = optional("t4g.small", "Type of its hosts.")
    instances: int = optional(2, "How many hosts there are.")
    health_timeout: int = optional(
        600, "How many seconds after a replacement began its first host must serve, or be rolled back."
    )
    security_group_ids: list[str] | None = optional(
        None, "Further security groups of its hosts, as one that the databases let in."
    )
    iam_instance_profile: str | None = optional(None, "Instance profile of its hosts.")
    nameservers: list[str] | None = optional(
        None, "Servers that resolve the databases' names. Default is the resolver of the VPC."
    )
    tags: dict[str, str] | None = optional(None, "Tags of all that it consists of.")


@dataclass(frozen=True, kw_only=True)
class NlbServiceLink(Link):
    """One database behind one load balancer with one endpoint service."""

    PATTERN = "nlb_service"
    TAKEN_AS: t.ClassVar[t.Mapping[str, type]] = {
        "load_balancer": NetworkLoadBalancer,
        "service": EndpointService,
        "sync": Sync,
        "acceptance": Acceptance,
    }

    endpoint: str | None = optional(None, "DNS name of the database. The targets follow its addresses.")
    addresses: list[str] | None = optional(
        None, "Fixed addresses, for a service that has no name to follow. Instead of O({links}[].endpoint)."
    )
    port: int | None = optional(
        None, "Port of the database. Default is the usual one of its kind, where O({links}[].destination) tells it."
    )
    listener_port: int | None = optional(None, "Port on which {who} connects. Default is O({links}[].port).")
    told_port: int | None = optional(
        None,
        "The port that {who} was told. When the port of a link changes, every run says so until this is the new one.",
    )
    told_zone_ids: list[str] | None = optional(
        None,
        "Ids of the Availability Zones that {who} was told. When the load balancer gets further ones, every run says so"
        " until they are listed here.",
    )
    tcp_idle_timeout: int | None = optional(
        None,
        "Seconds without data after which the load balancer forgets a connection, 60 to 6000. Statements that take"
        " longer to answer need more than AWS's default, which is 350. Unset, it stays as it is.",
    )
    vpc_id: str | None = optional(None, "The VPC of the database. Needed unless the link is to be absent.")
    subnet_ids: list[str] | None = optional(
        None,
        "Subnets of the load balancer, one for each Availability Zone in which {who} connects. Needed unless the link"
        " is to be absent.",
    )
    load_balancer_addresses: dict[str, str] | None = optional(
        None,
        "Fixed addresses of the load balancer's nodes, by subnet, for a database that lets in certain addresses only."
        " AWS changes none later.",
    )
    security_group_ids: list[str] | None = optional(
        None, "Security groups of the load balancer. AWS cannot add any to one that was made without."
    )
    enforce_privatelink_rules: bool | None = optional(
        None, "Whether the rules of the security groups hold for traffic from PrivateLink too."
    )
    cross_zone: bool | None = optional(
        None,
        "Whether each zone's node reaches targets in all zones. Needed where the database is in a zone that"
        " O({links}[].subnet_ids) do not cover.",
    )
    route: t.Literal["ip_sync", "port_forwarder"] = optional(
        "ip_sync",
        "How the load balancer follows the database. With V(ip_sync) its targets are the database's addresses. With"
        " V(port_forwarder) they are hosts that forward to it, and need O({links}[].forwarder).",
    )
    forwarder: str | None = optional(
        None,
        "With V(port_forwarder), the name in O({role}_forwarders) of the one to go through. Links that share one are"
        " always worked on together.",
    )
    forwarder_port: int | None = optional(
        None, "Port of the forwarder. Default is O({links}[].port); links that share a forwarder need different ones."
    )
    check_user: str | None = optional(
        None, "User without password and rights, as whom a forwarder checks the health of MySQL and MariaDB."
    )
    endpoint_kind: t.Literal["writer", "instance", "proxy", "reader"] = optional(
        "instance",
        "What O({links}[].endpoint) is. The answers for a V(reader) rotate, so its old addresses are kept for a while.",
    )
    database: str | None = optional(None, "Name of the database, for the hand-off sheet.")
    engine: str | None = optional(
        None, "Kind of database. For V(mysql) and V(mariadb) the role reminds of C(max_connect_errors)."
    )
    max_addresses: int | None = optional(None, "Refuse an answer of more addresses than this.")
    allow_outside: bool | None = optional(
        None, "Accept private addresses outside the VPC's subnets, for a database in a peered network."
    )
    drain: t.Literal["immediate", "after_healthy"] | None = optional(
        None, "When an address that is no longer answered leaves, see M(saas.privatelink.nlb_ip_sync)."
    )
    health_check: dict[str, t.Any] | None = optional(
        None,
        "Health check of the targets, see M(saas.privatelink.network_load_balancer).",
        item=HealthCheckOptions,
    )
    deregistration_delay: int = optional(30, "Seconds that connections to an address that was removed may go on.")
    connection_termination: bool = optional(True, "Whether such connections are ended then.")
    preserve_client_ip: bool | None = optional(
        None,
        "Whether the database sees the client's address. Traffic from PrivateLink always comes from the load balancer.",
    )
    acceptance_required: bool = optional(
        True, "Whether connections must be accepted, which this role does for O({links}[].owners)."
    )
    allowed_principals: list[str] | None = optional(None, "Account ids or ARNs that may request a connection.")
    purge_allowed_principals: bool | None = optional(None, "Remove principals that are not listed.")
    end_connections_of_removed_principals: bool | None = optional(
        None,
        "Reject connections of accounts that no principal covers any more. Needs"
        " O({links}[].purge_allowed_principals).",
    )
    owners: list[str] | None = optional(None, "Accounts whose connections are accepted.")
    vpc_endpoint_ids: list[str] | None = optional(
        None,
        "Endpoints of {who} whose connections are always accepted. With it, no other is, unless"
        " O({links}[].max_connections) says so.",
    )
    max_connections: int | None = optional(
        None,
        "How many connections an account may have without any being listed in O({links}[].vpc_endpoint_ids); those that"
        " are live count. Default is 1, and 0 where endpoints are listed. Further requests wait, for a vendor's account"
        " serves all of its customers.",
    )
    private_dns_name: str | None = optional(None, "Private DNS name of the endpoint service.")
    verify_private_dns: bool | None = optional(None, "Ask AWS to verify the domain of the private DNS name.")
    connection_notifications: list[dict[str, t.Any]] | None = optional(
        None,
        "SNS topics that hear of connections, see M(saas.privatelink.endpoint_service).",
        item=NotificationOptions,
    )
    tags: dict[str, str] | None = optional(None, "Tags of the load balancer and the endpoint service.")
    load_balancer_name: str | None = optional(
        None, "Name of the load balancer in AWS. Default is made of the vendor and O({links}[].name)."
    )
    target_group_name: str | None = optional(
        None, "Name of the target group in AWS. Default is that of the load balancer with the port, and of the route."
    )
    service_id: str | None = optional(None, "Id of the endpoint service, where several could be the link's.")
    adopt: bool = optional(
        False,
        "Use a load balancer, target group and endpoint service that others have made, as"
        " O({links}[].load_balancer_name) and O({links}[].service_id) say. Without it they are refused. What is on them"
        " stays, and when the link goes, only what was added to them does.",
    )

    @property
    def balancer(self) -> str:
        """The load balancer's name in AWS."""
        return self.load_balancer_name or self.key

    @property
    def serves_on(self) -> int | None:
        """The port on which the vendor connects."""
        return self.listener_port or self.port

    @property
    def target_group(self) -> str:
        """A name for each route, for AWS changes no group's kind: on another route the port moves to another group."""
        kind = ("hosts",) if self.forwarded else ()
        return self.target_group_name or resource_name(self.balancer, str(self.port), *kind)

    def _filled(self, known: Known) -> Item:
        """The target group to fill: the link's, or the one that an adopted load balancer has for its port."""
        groups = known.get("target_groups") or ()
        port = self.listener_port or self.port
        behind = next((group for group in groups if group["listener_port"] == port), {"name": self.target_group})
        told = {name: behind[name] for name in ("registered", "newly_adopted") if behind.get(name) is not None}
        return {"target_group": behind["name"], **told}

    def _identity(self) -> Item:
        """What tells the link's resources from others of their name."""
        return {"name": self.key, **({"adopt": True} if self.adopt else {})}

    @property
    def forwarded(self) -> bool:
        """Whether the load balancer's targets are hosts that forward, instead of the database's addresses."""
        return self.route == "port_forwarder"

    @property
    def hosts_port(self) -> int:
        """Where a forwarder's hosts take the link's connections."""
        return self.forwarder_port or self.port or 0

    def checked(self, by_function: bool) -> Link:
        fault = ""
        if self.port is None:
            fault = "port is missing: give the port of the database."
        if by_function and self.adopt and not self.forwarded:
            fault = (
                "it adopts a load balancer, and ip_sync is lambda: the function cannot tell its targets from those of "
                "others. Set ip_sync to run."
            )
        return dataclasses.replace(self, fault=fault) if fault and self.present else super().checked(by_function)

    def completed(self) -> Link:
        if not self.present:
            return self
        fault = host_fault(self.endpoint.removesuffix(".")) if self.endpoint else ""
        if fault:
            raise LinkError(f"{self.name}: endpoint is {self.endpoint!r}: {fault}.")
        if self.forwarded:
            self._check_forwarded()
        return self

    def _check_forwarded(self) -> None:
        """Raise LinkError for what a forwarder cannot serve, or would take for something else."""
        if not self.security_group_ids:
            raise LinkError(
                f"{self.name}: the route port_forwarder needs security_group_ids of the load balancer, the only ones "
                "that the forwarder lets in."
            )
        if not (self.endpoint or len(self.addresses or ()) == 1):
            raise LinkError(f"{self.name}: the route port_forwarder needs an endpoint, or exactly one address.")
        path = (self.health_check or {}).get("path", "/health")
        if not is_of_form(HEALTH_PATH, path):
            raise LinkError(
                f"{self.name}: the path of health_check is {path!r}; it is a path of letters, digits, ._~-/."
            )
        try:
            Database.of(self.forwarder_database())
        except ValueError as error:
            raise LinkError(f"{self.name}: {str(error).replace(repr(self.key), repr(self.name))}.") from None

    @step
    def prerequisite(self, known: Known) -> Item | None:
        topics = [notification["topic_arn"] for notification in self.connection_notifications or ()]
        facts = self.pick(
            *("destination", "vpc_id", "subnet_ids", "security_group_ids", "endpoint", "addresses", "port"),
            *("listener_port", "cross_zone", "enforce_privatelink_rules", "allow_outside"),
            principals="allowed_principals",
        )
        if self.forwarded:
            facts["cross_zone"] = True  # a forwarder reaches the database in whichever zone it is
        if self.subnet_ids:
            facts["load_balancer"] = self.balancer
        if topics:
            facts["topic_arns"] = topics
        return {**facts, "name": self.key, "pattern": self.PATTERN}

    @step
    def load_balancer(self, known: Known) -> Item | None:
        group = self.pick(
            "port", "health_check", "deregistration_delay", "connection_termination", "preserve_client_ip"
        )
        group.update(self._hosts() if self.forwarded else {})
        listener = {
            "port": self.listener_port or self.port,
            **self.pick("tcp_idle_timeout"),
            "target_group": {**group, "name": self.target_group},
        }
        return {
            **self.pick(
                *("vpc_id", "subnet_ids", "security_group_ids", "enforce_privatelink_rules", "cross_zone", "tags"),
                "load_balancer_name",
                private_addresses="load_balancer_addresses",
            ),
            **self._identity(),
            "listeners": [listener],
            "purge_listeners": True,
            "leave_others": True,
        }

    @step
    def moved(self, known: Known) -> Item | None:
        """The load balancer again, once its new target group is filled."""
        return self.load_balancer(known) if known.get("moving") else None

    def _hosts(self) -> Item:
        """What is different in a target group of forwarders. Their health is that of the link's own database."""
        check = {"protocol": "HTTP", "port": str(HEALTH_PORT), "path": f"/health/{self.key}", "interval": 10}
        check.update({"healthy_threshold": 2, "unhealthy_threshold": 2})
        return {
            "port": self.hosts_port,
            "target_type": "instance",
            "health_check": {**check, **(self.health_check or {})},
            # Whoever comes, comes from the load balancer, the only one whom the hosts let in.
            "preserve_client_ip": bool(self.preserve_client_ip),
        }

    @step
    def sync(self, known: Known) -> Item | None:
        if self.forwarded:
            return None
        options = self.pick(
            *("endpoint", "addresses", "port", "endpoint_kind", "drain", "allow_outside", "max_addresses")
        )
        return {**options, "name": self.key, **self._filled(known)}

    @step
    def health(self, known: Known) -> Item | None:
        """For the health of a forwarder's hosts; that of a database's addresses is the sync's to say."""
        return {"name": self.key, "target_group": self.target_group} if self.forwarded else None

    @step
    def service(self, known: Known) -> Item | None:
        options = self.pick(
            *("acceptance_required", "allowed_principals", "purge_allowed_principals", "private_dns_name"),
            *("verify_private_dns", "connection_notifications", "tags", "end_connections_of_removed_principals"),
            *("told_port", "told_zone_ids"),
        )
        options.update({"port": self.serves_on} if self.serves_on else {})
        if self.awaiting:  # nobody has been told anything, so all that will be told is new
            options["told_port"] = self.serves_on
        return {**options, **self._identity(), "load_balancers": [self.balancer], **self.pick("service_id")}

    @step
    def service_absent(self, known: Known) -> Item | None:
        return {**self._identity(), "load_balancers": [self.balancer], **self.pick("service_id")}

    @step
    def load_balancer_absent(self, known: Known) -> Item | None:
        return {**self._identity(), **self.pick("load_balancer_name", "vpc_id")}

    @step
    def acceptance(self, known: Known) -> Item | None:
        if self.awaiting:
            return None
        service = {"service_id": known.get("service_id")} if known.get("service_id") else {}
        return {**self.pick("owners", "vpc_endpoint_ids", "max_connections"), **service, "name": self.key}

    def forwarder_database(self) -> Item:
        """The link as the role C(port_forwarder) takes it."""
        endpoint = self.endpoint or (self.addresses or [""])[0]
        options = self.pick("port", "engine", "endpoint_kind", "check_user")
        return {**options, "name": self.key, "endpoint": endpoint, "listen": self.hosts_port}

    @classmethod
    def groups(cls, links: t.Sequence[NlbServiceLink], forwarders: t.Sequence[t.Any], found: Found) -> list[Item]:
        """The forwarders that links name, each with what the role C(port_forwarder) takes and its links.

        One all of whose links are to be absent is to be absent; one all of whose other links have failed before is left
        out, as it is. Raises LinkError for a link that names no known
        forwarder, and for two that would share a port.
        """
        if not all(forwarder.get("name") for forwarder in forwarders):
            raise LinkError("Every forwarder needs a name.")
        by_name = {str(forwarder["name"]): forwarder for forwarder in forwarders}
        members: dict[str, list[NlbServiceLink]] = {}
        for link in links:
            if link.forwarded and link.forwarder not in by_name:
                names, meant = ", ".join(sorted(by_name)) or "none", is_meant(str(link.forwarder), by_name)
                raise LinkError(f"{link.name}: no such forwarder {link.forwarder!r}.{meant} There are: {names}.")
            if link.forwarded:
                members.setdefault(str(link.forwarder), []).append(link)
        groups = {name: _group(by_name[name], members[name], found) for name in members}
        return [group for name, group in groups.items() if not _stuck(members[name], found)]


def _stuck(links: t.Sequence[NlbServiceLink], found: Found) -> bool:
    """Whether there are links to serve, and none of them has come so far."""
    present = [link for link in links if link.present]
    return bool(present) and all(found.of(link).stopped for link in present)


def _converted(forwarder: t.Mapping[str, t.Any], strict: bool) -> Item:
    """A forwarder with its defaults and its values of their types.

    Raises LinkError for what can never be right, unless it is only to go away and not ``strict``.
    """
    name, spec = str(forwarder["name"]), argument_spec(Forwarder)
    options: Item = {option: told["default"] for option, told in spec.items() if "default" in told}
    options.update(name=name, **({"vpc_id": forwarder["vpc_id"]} if forwarder.get("vpc_id") else {}))
    faults = []
    try:
        said = {option: value for option, value in forwarder.items() if value != ""}
        options = values.given(values.converted(spec, said))
    except values.ValueRefused as error:
        faults.append(str(error))
    try:
        options["nameservers"] = nameservers(options.get("nameservers") or [RESOLVER])
    except ValueError as error:
        faults.append(str(error))
    if not is_of_form(NAME, name):
        faults.append("its name may have letters, digits, - and _ only")
    if faults and strict:
        raise LinkError(f"Forwarder {name!r}: {'; '.join(faults)}.")
    return {"subnet_ids": [], "image_id": "", "nameservers": [RESOLVER], **options}


def _group(given: t.Mapping[str, t.Any], links: t.Sequence[NlbServiceLink], found: Found) -> Item:
    present = [link for link in links if link.present]
    forwarder = _converted(given, strict=bool(present))
    _refuse_shared_ports(str(forwarder["name"]), present)
    arns = []
    for link in present:
        for listener in found.of(link).get("listeners") or ():
            if listener.get("target_group_name") == link.target_group:
                arns.append(listener["target_group_arn"])
    first = (present or links)[0]
    return {
        **first.pick("vpc_id"),
        **forwarder,
        "name": resource_name(first.vendor, str(forwarder["name"])),
        "called": forwarder["name"],
        "state": "present" if present else "absent",
        "databases": [link.forwarder_database() for link in present],
        "source_security_group_ids": sorted({group for link in present for group in link.security_group_ids or ()}),
        "target_group_arns": arns,
        "purge_target_groups": len(arns) == len(present),
        "links": [{"name": link.key} for link in links],
    }


def _refuse_shared_ports(forwarder: str, links: t.Sequence[NlbServiceLink]) -> None:
    ports = {HEALTH_PORT: "the health check"}
    for link in links:
        other = ports.setdefault(link.hosts_port, link.name)
        if other != link.name:
            taken = f"{other} and {link.name} would share port {link.hosts_port} of the forwarder {forwarder}"
            raise LinkError(f"{taken}: give {link.name} another forwarder_port.")
