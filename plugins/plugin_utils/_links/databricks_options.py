# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an inventory says of a workspace of Databricks, and the VPC endpoints that follow from it.

This plugin util is PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional, required
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import (
    COMPUTE_PORTS,
    COMPUTE_PORTS_GOVCLOUD,
    FRONT_PORTS,
    SHARDS,
    service_name,
    shard_of,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.interface_endpoint import InterfaceEndpointLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Link

INBOUND, CLASSIC, OUTBOUND, ISOLATED = "inbound", "classic", "outbound", "isolated"
WORKSPACE, RELAY, SERVICE_DIRECT = "workspace", "scc_relay", "service_direct"  # endpoint services of a region
RESTRICTED, OPEN = "restricted", "open"


@dataclass(frozen=True, kw_only=True)
class TransitVpc:
    """A VPC from which users come."""

    vpc_id: str = required("VPC from which users reach the workspace.")
    subnet_ids: list[str] = required(
        "Subnets of its endpoint to the workspace, one for each Availability Zone. Those of"
        " O({links}[].compute_vpc.endpoint_subnet_ids) in the VPC of the clusters, for both use one endpoint."
    )
    source_security_group_ids: list[str] | None = optional(
        None, "Security groups of the users, whom a security group of the endpoint's own lets in on port 443."
    )
    security_group_ids: list[str] | None = optional(
        None, "Security groups that exist, for the endpoint. They are used as they are."
    )
    service_direct_subnet_ids: list[str] | None = optional(
        None,
        "Subnets of an endpoint to Service-Direct, which is in some zones of a region. Without them there is none.",
    )
    service_direct_ports: list[str] | None = optional(
        None,
        "TCP ports on which users reach Service-Direct, which Databricks does not publish. Needed with"
        " O({links}[].transit_vpcs[].service_direct_subnet_ids).",
    )


@dataclass(frozen=True, kw_only=True)
class ComputeVpc:
    """The VPC in which clusters run."""

    vpc_id: str = required("VPC of the workspace's clusters.")
    subnet_ids: list[str] = required("Subnets of the clusters, two at least, in separate Availability Zones.")
    security_group_ids: list[str] = required(
        "Security groups of the clusters, one to five. The endpoints let them in on Databricks' ports."
    )
    endpoint_subnet_ids: list[str] = required(
        "Subnets of the endpoints, one for each Availability Zone, apart from those of the clusters."
    )
    endpoint_security_group_ids: list[str] | None = optional(
        None, "Security groups that exist, for the endpoints, instead of ones of their own. They are used as they are."
    )


@dataclass(frozen=True, kw_only=True)
class StorageDestination:
    """A bucket that serverless compute may reach."""

    bucket_name: str = required("Name of the bucket.")
    region: str = required("Its region.")


@dataclass(frozen=True, kw_only=True)
class WorkspaceOptions(Link):
    """One workspace, as an inventory says it."""

    name: str = required("Name of the workspace in this inventory.")
    workspace_id: int | None = optional(
        None, "Number of the workspace, which its address and the account console show. One without it fails alone."
    )
    connectivity: list[t.Literal["inbound", "classic", "outbound", "isolated"]] | None = optional(
        None,
        "What is private: V(inbound), from users to the workspace; V(classic), from clusters to Databricks;"
        " V(outbound), from serverless compute to data, which this role does not build yet and says so. V(isolated) is"
        " all of them, with public access off as the last step. One without any fails alone.",
    )
    transit_vpcs: list[dict[str, t.Any]] | None = optional(
        None,
        "VPCs from which users come, for V(inbound). One of them may be that of the clusters.",
        item=TransitVpc,
    )
    compute_vpc: dict[str, t.Any] | None = optional(None, "VPC of the clusters, for V(classic).", item=ComputeVpc)
    network: str | None = optional(
        None,
        "Name of the network at Databricks that describes O({links}[].compute_vpc). Default is made of the names of the"
        " vendor and the workspace, and its number.",
    )
    private_access_settings: str | None = optional(
        None,
        "Name of the private access settings, which workspaces of a region may share. They say the same about"
        " O({links}[].public_access) and O({links}[].private_access_level) then. Default as of the network.",
    )
    public_access: bool | None = optional(
        None,
        "Whether the workspace is reached from the internet, too. Default is V(false) where it is isolated, else"
        " V(true). V(false) needs both V(inbound) and V(classic).",
    )
    private_access_level: t.Literal["ACCOUNT", "ENDPOINT"] | None = optional(
        None,
        "Whether every endpoint that the account has registered leads to the workspace. With V(ENDPOINT) those in"
        " O({links}[].allowed_vpc_endpoint_ids) do, and those of the links that have the settings. Settings that are"
        " made have V(ACCOUNT).",
    )
    allowed_vpc_endpoint_ids: list[str] | None = optional(
        None, "Databricks' ids of further registered endpoints that the level V(ENDPOINT) lets in."
    )
    confirm_lockout: bool = optional(
        False, "Consent to shutting out registered endpoints that come in now, which the level V(ENDPOINT) does."
    )
    network_policy: str | None = optional(
        None,
        "Name of a network policy that exists, for the workspace. It says what serverless compute reaches, and is used"
        " as it is. Default of an isolated workspace is one of its own that lets it reach nothing of the internet.",
    )
    serverless_egress: t.Literal["restricted", "open"] | None = optional(
        None,
        "Whether serverless compute is kept from the internet by a network policy of the workspace's own. Default is"
        " V(restricted) where it is isolated without O({links}[].network_policy), else nothing changes. With V(open)"
        " the line says that it is open.",
    )
    allowed_internet_destinations: list[str] | None = optional(
        None, "Domain names that serverless compute reaches though it is V(restricted)."
    )
    allowed_storage_destinations: list[dict[str, t.Any]] | None = optional(
        None, "Buckets that serverless compute reaches though it is V(restricted).", item=StorageDestination
    )
    workspace_service_name: str | None = optional(
        None, "Databricks' endpoint service for workspaces. Default is the one that it publishes for the region."
    )
    scc_relay_service_name: str | None = optional(
        None, "That of the relay for secure cluster connectivity. Default as before."
    )
    service_direct_service_name: str | None = optional(None, "That of Service-Direct. Default as before.")
    service_direct_api: t.Literal["endpoints", "vpc_endpoints"] = optional(
        "endpoints", "By which of Databricks' APIs the endpoint to Service-Direct is registered."
    )
    confirm_disruption: bool = optional(
        False,
        "Consent to changing the workspace: all classic compute must be stopped before, and for about 20 minutes after"
        " it no cluster starts. Without it everything else is built, and the line says that the workspace waits.",
    )
    leave_network: str | None = optional(
        None, "With O({links}[].state=absent), name or id of the network that the workspace gets instead."
    )
    leave_private_access: str | None = optional(
        None, "With O({links}[].state=absent), name or id of the private access settings that it gets instead."
    )
    tags: dict[str, str] | None = optional(None, "Tags of the endpoints and of their security groups.")
    replace: bool = optional(
        False, "Make anew what cannot be changed, in AWS or at Databricks. Connections are interrupted then."
    )
    adopt: bool = optional(
        False,
        "Use endpoints, a network and private access settings that others have made. Endpoints and settings are used as"
        " they are, and none of it is ever deleted.",
    )
    region: str | None = optional(None, "Region of the run. Facts of the run.")
    govcloud_shard: t.Literal["civilian", "dod"] | None = optional(
        None, "Databricks' cloud in GovCloud. Facts of the run."
    )

    # What it is made of

    @property
    def ways(self) -> set[str]:
        """What is private."""
        return {INBOUND, CLASSIC, OUTBOUND} if self.isolated else {*(self.connectivity or ())}

    @property
    def isolated(self) -> bool:
        return ISOLATED in (self.connectivity or ())

    @property
    def object_name(self) -> str:
        """What objects of the account are called: no other workspace of it has them, in whatever region."""
        return f"{self.vendor}-{self.name}-{self.workspace_id}"

    @property
    def network_name(self) -> str:
        return self.network or self.object_name

    @property
    def settings_name(self) -> str:
        return self.private_access_settings or self.object_name

    @property
    def policy_name(self) -> str:
        """Its network policy, "" where nothing is said about one. A name is the policy's id, of 32 characters."""
        own = f"privatelink-{self.workspace_id}" if self.serverless_egress == RESTRICTED else ""
        return self.network_policy or own

    @property
    def has_network(self) -> bool:
        return CLASSIC in self.ways

    @property
    def has_settings(self) -> bool:
        """Databricks asks for private access settings with any way in by PrivateLink."""
        return bool({INBOUND, CLASSIC} & self.ways)

    def service(self, kind: str) -> str:
        """Name of an endpoint service of Databricks, "" where none is known in the region."""
        own = getattr(self, f"{kind}_service_name")
        region = SHARDS[shard_of(self.govcloud_shard)].regions.get(self.region or "")
        service_id = getattr(region, kind) if region else ""
        return str(own or (service_name(str(self.region), service_id) if service_id else ""))

    def front_ends(self) -> list[InterfaceEndpointLink]:
        """The endpoints by which users come in."""
        transit = self.transit_vpcs or [] if INBOUND in self.ways else []
        return [
            self._endpoint(
                f"inbound-{vpc['vpc_id']}",
                self.service(WORKSPACE),
                vpc,
                ports=FRONT_PORTS,
                source_security_group_ids=vpc.get("source_security_group_ids"),
            )
            for vpc in transit
        ]

    def service_direct_ends(self) -> list[InterfaceEndpointLink]:
        """The endpoints to Service-Direct."""
        transit = self.transit_vpcs or [] if INBOUND in self.ways else []
        return [
            self._endpoint(
                f"direct-{vpc['vpc_id']}",
                self.service(SERVICE_DIRECT),
                {**vpc, "subnet_ids": vpc["service_direct_subnet_ids"]},
                ports=vpc.get("service_direct_ports"),
                source_security_group_ids=vpc.get("source_security_group_ids"),
            )
            for vpc in transit
            if vpc.get("service_direct_subnet_ids")
        ]

    def back_ends(self) -> list[InterfaceEndpointLink]:
        """The endpoints by which clusters reach Databricks: to the workspace, then to the relay."""
        if not (self.has_network and self.compute_vpc):
            return []
        compute = self.compute_vpc
        groups = compute.get("endpoint_security_group_ids")
        place = {
            "vpc_id": compute["vpc_id"],
            "subnet_ids": compute["endpoint_subnet_ids"],
            "security_group_ids": groups,
        }
        ports = COMPUTE_PORTS_GOVCLOUD if self.govcloud_shard else COMPUTE_PORTS
        sources = None if groups else compute["security_group_ids"]
        return [
            self._endpoint(f"compute-{kind}", self.service(kind), place, ports=ports, source_security_group_ids=sources)
            for kind in (WORKSPACE, RELAY)
        ]

    def _endpoint(self, purpose: str, service: str, place: t.Mapping[str, t.Any], **who: t.Any) -> t.Any:
        return InterfaceEndpointLink(
            name=f"{self.name}-{purpose}",
            vendor=self.vendor,
            service_name=service or None,
            vpc_id=place["vpc_id"],
            subnet_ids=place["subnet_ids"],
            security_group_ids=place.get("security_group_ids"),
            tags=self.tags,
            replace=self.replace,
            adopt=self.adopt,
            state=self.state,
            title=self.title,
            **who,
        )

    def all_endpoints(self) -> list[InterfaceEndpointLink]:
        return [*self.front_ends(), *self.back_ends(), *self.service_direct_ends()]

    def differing(self, other: WorkspaceOptions) -> list[str]:
        """In what this link and another contradict each other about what they share."""
        found = []
        if (self.has_settings, self.settings_name) == (other.has_settings, other.settings_name):
            names = ("public_access", "private_access_level", "region", "adopt")
            found += [name for name in names if getattr(self, name) != getattr(other, name)]
        if self.has_network and other.has_network and self.network_name == other.network_name:
            found.append("network")
        return found
