# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links to workspaces of Databricks: from VPC endpoints to a workspace that is reached by them.

This plugin util is PRIVATE to the collection.

A workspace has several endpoints, and shares them: with other workspaces of its VPCs, and where users come from the VPC
of its clusters, between these. So each endpoint is a link of the pattern C(interface_endpoint). What Databricks keeps
of a workspace that leaves is no failure, and keeps the endpoints that are needed for it.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.saas.privatelink.plugins.module_utils._aws import arns
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint import VpcEndpoint as AwsEndpoint
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_options import PrivateZone
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.findings import WARN
from ansible_collections.saas.privatelink.plugins.module_utils._core.names import resource_name
from ansible_collections.saas.privatelink.plugins.module_utils._core.options import optional, required
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_network import Network
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_network_policy import NetworkPolicy
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_private_access import PrivateAccess
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_regions import (
    COMPUTE_PORTS,
    COMPUTE_PORTS_GOVCLOUD,
    FRONT_PORTS,
    SHARDS,
    service_name,
    shard_of,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_service_direct_endpoint import (
    ServiceDirectEndpoint,
)
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_vpc_endpoint import VpcEndpoint
from ansible_collections.saas.privatelink.plugins.module_utils._vendors.databricks_workspace_network import (
    WorkspaceNetwork,
)
from ansible_collections.saas.privatelink.plugins.plugin_utils._links import databricks_zone as zone
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.found import CHECK_FAILED, Found, Known, Result
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.interface_endpoint import InterfaceEndpointLink
from ansible_collections.saas.privatelink.plugins.plugin_utils._links.link import Item, Link, LinkError, step

INBOUND, CLASSIC, OUTBOUND, ISOLATED = "inbound", "classic", "outbound", "isolated"
WORKSPACE, RELAY, SERVICE_DIRECT = "workspace", "scc_relay", "service_direct"  # endpoint services of a region
S3 = "s3"
AwsService = t.Literal["s3", "sts", "kinesis-streams"]  # AWS's own, which clusters need besides Databricks
AWS_SERVICES: tuple[AwsService, ...] = ("s3", "sts", "kinesis-streams")
HTTPS = ["443"]
COMPUTE = "compute"  # the destination of what is checked of the clusters' VPC
ROADS = "internet_roads"  # the check that says what is left of the road to the internet
RESTRICTED, OPEN = "restricted", "open"
US, VENDOR, AWS = "us", "vendor", "AWS"  # whose turn it is
STAGES = {
    "endpoints": "making the VPC endpoints",
    "registered": "registering the VPC endpoints",
    "service_direct": "registering the endpoint for Service-Direct",
    "named": "switching on private DNS of the VPC endpoints",
    "gateways": "making the gateway endpoint to S3",
    "network": "making the network",
    "private_access": "making the private access settings",
    "private_zone": "making the private zone",
    "workspace": "moving the workspace",
    "public_access": "setting public access",
    "network_policy": "setting what serverless compute reaches",
    "leaving": "moving the workspace away",
    "network_absent": "removing the network",
    "settings_absent": "removing the private access settings",
    "private_zone_absent": "removing the private zone",
    "service_direct_absent": "removing the registration for Service-Direct",
    "registered_absent": "removing the registrations",
    "endpoints_absent": "deleting the VPC endpoints",
    "gateways_absent": "deleting the gateway endpoint to S3",
    "network_policy_absent": "removing the network policy",
}
"""What a step is doing, in the words of a link's line."""
ENDS = (
    "registered",
    "service_direct",
    "named",
    "private_zone",
    "workspace",
    "leaving",
)  # what comes next must not begin before
OPTION_OF = {INBOUND: "transit_vpcs", CLASSIC: "compute_vpc"}  # where a way begins
OF_ENDPOINTS = ("endpoints", "named", "endpoints_absent")
NOT_BUILT = "outbound is not built yet by this role: docs/databricks.md says what to do by hand"
NO_TABLES = (
    "S3 has no gateway endpoint, for the route tables of the clusters' subnets could not be seen: set route_table_ids"
    " of compute_vpc"
)
EGRESS_OPEN = "serverless compute reaches all of the internet"
KEPT = "kept, because Databricks lets a workspace exchange it and never take it off"


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
    dns_vpc_ids: list[str] | None = optional(
        None,
        "Further VPCs of the region that find this endpoint under the workspace's name, as that of a Route 53 inbound"
        " resolver.",
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
    route_table_ids: list[str] | None = optional(
        None, "Route tables of the clusters' subnets, for the gateway endpoint to S3. Default is what the subnets have."
    )
    aws_client_security_group_ids: list[str] | None = optional(
        None,
        "Security groups of others in the VPC, whom the endpoints to STS and Kinesis let in too. The private names of"
        " these services lead all of the VPC there, so they would lose them otherwise.",
    )


@dataclass(frozen=True, kw_only=True)
class StorageDestination:
    """A bucket that serverless compute may reach."""

    bucket_name: str = required("Name of the bucket.")
    region: str = required("Its region.")


@dataclass(frozen=True, kw_only=True)
class DatabricksWorkspaceLink(Link):
    """One workspace, and how it is reached and reaches Databricks."""

    PATTERN = "databricks"
    MANY_ITEMS: t.ClassVar[t.AbstractSet[str]] = frozenset({"preflight", *STAGES})
    KEEPS: t.ClassVar[bool] = True

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
    aws_endpoints: list[AwsService] | None = optional(
        None,
        "Services of AWS that clusters reach without the internet: S3 by a gateway endpoint in the route tables of"
        " their subnets, the others by Interface endpoints beside those to Databricks. Default for V(classic) is all"
        " three; an empty list declines them.",
    )
    adopt_aws_endpoints: bool = optional(
        False,
        "Use endpoints to these services that others have made in the VPC. They are used as they are, and never"
        " deleted. Without it, one that is there already is refused, for AWS lets no second one serve the same"
        " clients.",
    )
    secure_cluster_connectivity: bool | None = optional(
        None,
        "Whether the workspace has secure cluster connectivity, which PrivateLink needs. Databricks does not tell, so"
        " it is declared; as long as it is not, that is a warning.",
    )
    legacy_metastore: bool = optional(
        False,
        "Whether the workspace still uses Databricks' legacy metastore. That is reached by its public address on port"
        " 3306 and by no endpoint; the port is never opened.",
    )
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
        "Whether the workspace is reached from the internet, too. Default is V(false) where it is isolated, else as it"
        " is: who opens a workspace again says V(true). V(false) needs both V(inbound) and V(classic).",
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
    private_zone: t.Literal["manage", "hand_off"] = optional(
        zone.HAND_OFF,
        "Who makes the name lead to the endpoints that the workspace's public name leads to once it has private access"
        " settings. With V(manage) the role makes a private hosted zone for each of O({links}[].transit_vpcs), before"
        " the workspace gets its settings; else the sheet says what to make. In VPCs of the zone, names of"
        " workspaces in other regions that have such settings are found only if the zone has them too.",
    )
    private_zone_name: str | None = optional(
        None, "Domain of the zone. Default is V(privatelink.cloud.databricks.com). In GovCloud it is not known."
    )
    private_zone_city: str | None = optional(
        None,
        "Name within the zone that all workspaces of the region have, as V(sydney). Default is the one that Databricks"
        " publishes for the region.",
    )
    private_zone_adopt: bool = optional(
        False,
        "Add the name to a zone that others have made, or that this role has for another region, and nothing else.",
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

    def users_from(self) -> list[tuple[t.Mapping[str, t.Any], str]]:
        """The transit VPCs, each with the shared key of its endpoint."""
        transit = self.transit_vpcs or [] if INBOUND in self.ways else []
        return [(vpc, end.shared_key) for vpc, end in zip(transit, self.front_ends(), strict=True)]

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
        return [
            self._compute_endpoint(f"compute-{kind}", self.service(kind), self.compute_ports)
            for kind in (WORKSPACE, RELAY)
        ]

    def aws_ends(self) -> list[InterfaceEndpointLink]:
        """The endpoints by which clusters reach services of AWS, without S3."""
        if not (self.has_network and self.compute_vpc):
            return []
        adopt = self.adopt or self.adopt_aws_endpoints
        ends = [
            self._compute_endpoint(f"aws-{name}", self.aws_service(name), HTTPS)
            for name in self.aws_endpoints or ()
            if name != S3
        ]
        more = (self.compute_vpc or {}).get("aws_client_security_group_ids") or []
        sources = [*(ends[0].source_security_group_ids or ()), *more] if ends else []
        if sources and not (self.compute_vpc or {}).get("endpoint_security_group_ids"):
            ends = [dataclasses.replace(end, source_security_group_ids=sources) for end in ends]
        return [dataclasses.replace(end, adopt=adopt) for end in ends]

    def aws_service(self, name: str) -> str:
        """The name of a service of AWS's own in the region, alike in all the partitions that Databricks is in."""
        return f"com.amazonaws.{self.region}.{name}"

    @property
    def compute_ports(self) -> list[str]:
        """The ports on which clusters reach Databricks."""
        return COMPUTE_PORTS_GOVCLOUD if self.govcloud_shard else COMPUTE_PORTS

    def _compute_endpoint(self, purpose: str, service: str, ports: list[str]) -> InterfaceEndpointLink:
        """An endpoint of the clusters."""
        compute = self.compute_vpc or {}
        groups = compute.get("endpoint_security_group_ids")
        place = {
            "vpc_id": compute["vpc_id"],
            "subnet_ids": compute["endpoint_subnet_ids"],
            "security_group_ids": groups,
        }
        sources = None if groups else compute["security_group_ids"]
        end = self._endpoint(purpose, service, place, ports=ports, source_security_group_ids=sources)
        return t.cast("InterfaceEndpointLink", end)

    @property
    def gateway_name(self) -> str:
        """What its gateway endpoint to S3 is called, which workspaces of a VPC share; "" where it has none."""
        if not (self.has_network and self.compute_vpc and S3 in (self.aws_endpoints or ())):
            return ""
        return resource_name(self.vendor, S3, self.compute_vpc["vpc_id"])

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
        return [*self.front_ends(), *self.back_ends(), *self.aws_ends(), *self.service_direct_ends()]

    # Before the first call

    def completed(self) -> t.Self:
        """The link with what follows from its options, or with the fault in them."""
        egress = self.serverless_egress
        if self.isolated and not (egress or self.network_policy):
            egress = "restricted"
        public = False if self.isolated and self.public_access is None else self.public_access
        aws = list(AWS_SERVICES) if self.aws_endpoints is None and self.has_network else self.aws_endpoints
        link = dataclasses.replace(self, serverless_egress=egress, public_access=public, aws_endpoints=aws)
        return dataclasses.replace(link, fault=link._wrong() or None)

    def _wrong(self) -> str:
        """What contradicts itself, or is missing; "" where nothing is. Of a link that goes only what it is known by."""
        if not self.workspace_id or self.workspace_id < 0:
            return "workspace_id is missing: the number that the address of the workspace has, as in ?o=1234567890."
        if not self.region:
            return "The region is not known: set aws_region for the host."
        if not self.present:
            return self._wrong_to_go()
        wrong = self._wrong_ways() or self._wrong_access() or self._wrong_vpcs() or self._wrong_services()
        return wrong or zone.wrong(self)

    def _wrong_to_go(self) -> str:
        """What is not known of a link that goes: it would be left behind, and the line would say that it is gone."""
        if not self.connectivity:
            return "connectivity is empty: it says what is to go."
        missing = [name for way, name in OPTION_OF.items() if way in self.ways and not getattr(self, name)]
        return f"{missing[0]} is missing: it says what is to go." if missing else ""

    def _wrong_ways(self) -> str:
        if not self.connectivity:
            return f"connectivity is empty: say {INBOUND}, {CLASSIC}, {OUTBOUND}, or {ISOLATED}."
        if self.isolated and len(self.connectivity) > 1:
            return f"connectivity: {ISOLATED} is all of the others, so it stands alone."
        for way, option in OPTION_OF.items():
            given = bool(getattr(self, option))
            if given != (way in self.ways):
                said = f"is for connectivity {way}" if given else f"is missing, for connectivity is {way}"
                return f"{option} {said}."
        return ""

    def _wrong_access(self) -> str:
        if self.aws_endpoints and CLASSIC not in self.ways:
            return f"aws_endpoints is for connectivity {CLASSIC}: they serve clusters."
        if self.public_access is False and not {INBOUND, CLASSIC} <= self.ways:
            return "public_access=false needs connectivity inbound and classic: nobody would reach the workspace."
        if self.isolated and self.public_access:
            return f"connectivity {ISOLATED} has public_access=false: say {INBOUND} and {CLASSIC} to keep it on."
        if self.allowed_vpc_endpoint_ids and self.private_access_level != "ENDPOINT":
            return (
                "allowed_vpc_endpoint_ids is for private_access_level=ENDPOINT: without it, every endpoint is let in."
            )
        if self.network_policy and self.serverless_egress:
            return "Give network_policy or serverless_egress, not both: a workspace has one policy."
        allowed = self.allowed_internet_destinations or self.allowed_storage_destinations
        if allowed and self.serverless_egress != RESTRICTED:
            return f"Destinations are allowed with serverless_egress={RESTRICTED} alone."
        return ""

    def _wrong_vpcs(self) -> str:
        seen: set[str] = set()
        compute = self.compute_vpc or {}
        for vpc in self.transit_vpcs or []:
            if vpc["vpc_id"] in seen:
                return f"transit_vpcs lists {vpc['vpc_id']} twice."
            seen.add(vpc["vpc_id"])
            own, theirs = vpc.get("source_security_group_ids"), vpc.get("security_group_ids")
            if bool(own) == bool(theirs):
                return (
                    f"transit_vpcs: {vpc['vpc_id']}: give source_security_group_ids or security_group_ids, one of them."
                )
            same = set(vpc["subnet_ids"]) == set(compute.get("endpoint_subnet_ids") or ())
            if vpc["vpc_id"] == compute.get("vpc_id") and not same:
                return (
                    f"{vpc['vpc_id']} is that of users and of clusters, which share its endpoint: let subnet_ids and"
                    " endpoint_subnet_ids be the same."
                )
            if vpc.get("service_direct_subnet_ids") and not vpc.get("service_direct_ports"):
                return f"transit_vpcs: {vpc['vpc_id']}: service_direct_subnet_ids needs service_direct_ports."
        return ""

    def _wrong_services(self) -> str:
        is_gov = str(self.region).startswith("us-gov-")
        if is_gov and not self.govcloud_shard:
            return "govcloud_shard is missing: in AWS GovCloud, Databricks has two clouds, civilian and dod."
        if self.govcloud_shard and not is_gov:
            return f"govcloud_shard is for AWS GovCloud, and this run is in {self.region}."
        needed = {
            WORKSPACE: bool(self.ways & {INBOUND, CLASSIC}),
            RELAY: CLASSIC in self.ways,
            SERVICE_DIRECT: bool(self.service_direct_ends()),
        }
        for kind in [kind for kind, is_needed in needed.items() if is_needed]:
            name = self.service(kind)
            if not name:
                return (
                    f"It is not known which endpoint service Databricks has in {self.region} ({kind}): set"
                    f" {kind}_service_name, of https://docs.databricks.com/aws/en/resources/ip-domain-region."
                )
            named = arns.ENDPOINT_SERVICE_NAME.fullmatch(name)
            if not named or named[1] != self.region:
                return f"{kind}_service_name: {name} is no endpoint service in {self.region}, where this run is."
        return ""

    def foreseen(self) -> Known:
        """What the steps will tell, before any has run."""
        keys = [endpoint.shared_key for endpoint in self.all_endpoints()]
        ids = dict.fromkeys(keys, UNKNOWN)
        names = {key: zone.target_of({}) for key in keys}
        told = {"vpc_endpoint_ids": ids, "registration_ids": ids, "network_id": UNKNOWN, "endpoint_names": names}
        told["route_table_ids"] = [UNKNOWN]
        return Known([{**told, "private_access_settings_id": UNKNOWN}])

    def checked(self, by_function: bool) -> Link:
        """The link with the C(fault) that a module would find in an item of it, after others have written."""
        if self.fault or not self.present:
            return self
        known = self.foreseen()
        for endpoint in self.all_endpoints():
            fault = endpoint.checked(by_function).fault
            if fault:
                return dataclasses.replace(self, fault=fault)
        for name, taken in TAKEN_AS.items():
            of_vendor = {} if taken is AwsEndpoint else {"shard": self.govcloud_shard}
            for item in getattr(self, name)(known):
                try:
                    taken(**item, **of_vendor)
                except ItemError as error:
                    return dataclasses.replace(self, fault=str(error))
        return self

    def differing(self, other: DatabricksWorkspaceLink) -> list[str]:
        """In what this link and another contradict each other about what they share."""
        found = []
        if (self.has_settings, self.settings_name) == (other.has_settings, other.settings_name):
            names = ("public_access", "private_access_level", "region", "adopt")
            found += [name for name in names if getattr(self, name) != getattr(other, name)]
        if set(zone.names_of(self)) & set(zone.names_of(other)):
            names = ("private_zone_name", "private_zone_city", "private_zone_adopt", "tags")
            found += [name for name in names if getattr(self, name) != getattr(other, name)]
        if self.has_network and other.has_network and self.network_name == other.network_name:
            found.append("network")
        return found

    # What the modules take

    @step
    def seen(self, known: Known) -> Item | None:
        """To look at the workspace before anything is made for it."""
        return {"workspace_id": str(self.workspace_id)} if self.workspace_id else None

    @step
    def prerequisites(self, known: Known) -> list[Item]:
        """For M(saas.privatelink.preflight), of each endpoint, and of the clusters' VPC."""
        ends = [t.cast("Item", endpoint.prerequisite(known)) for endpoint in self.all_endpoints()]
        return [*ends, *self.clusters(known)]

    @step
    def clusters(self, known: Known) -> list[Item]:
        """For M(saas.privatelink.preflight), of the clusters' VPC alone."""
        if not (self.has_network and self.compute_vpc):
            return []
        compute = self.compute_vpc
        item = {"name": self.compute_key, "destination": COMPUTE, "ports": self.compute_ports}
        item |= {"vpc_id": compute["vpc_id"], "subnet_ids": compute["endpoint_subnet_ids"]}
        item |= {"client_subnet_ids": compute["subnet_ids"], "source_security_group_ids": compute["security_group_ids"]}
        groups = compute.get("endpoint_security_group_ids")
        return [{**item, **({"security_group_ids": groups} if groups else {})}]

    @property
    def compute_key(self) -> str:
        """What is checked of the clusters' VPC is called so."""
        return f"{self.key}/{COMPUTE}"  # no link has such a key

    @step
    def asked(self, known: Known) -> list[Item]:
        """For M(saas.privatelink.databricks_preflight)."""
        ways = [way for way in (INBOUND, CLASSIC, OUTBOUND) if way in self.ways]
        direct = [SERVICE_DIRECT] if self.service_direct_ends() else []
        said = self.pick("workspace_id", "region", "secure_cluster_connectivity", "legacy_metastore")
        return [{**said, "name": self.key, "connectivity": [*ways, *direct]}]

    @step
    def held_ends(self, known: Known) -> list[Item]:
        """What a check has found wrong with a workspace, said of each of its endpoints: none is made then."""
        if not known.held:
            return []
        wrong = {"status": CHECK_FAILED, "failed": True, "msg": known.held}
        return [{"name": endpoint.key, **wrong} for endpoint in self.all_endpoints()]

    @step
    def endpoints(self, known: Known) -> list[Item]:
        """Links of the pattern C(interface_endpoint)."""
        return [endpoint.as_dict() for endpoint in self.all_endpoints()]

    @step
    def gateways(self, known: Known) -> list[Item]:
        """The gateway endpoint to S3, in the route tables of the clusters' subnets."""
        tables = self._route_tables(known)
        return [{**self._gateway(tables), **self.pick("tags"), **_flags(self, "replace")}] if tables else []

    @step
    def gateways_absent(self, known: Known) -> list[Item]:
        """Out of the route tables of its clusters alone, where they can be seen: others may have added theirs."""
        if not self.gateway_name or known.get("keeps_back"):
            return []
        return [self._gateway(self._route_tables(known))]

    def _route_tables(self, known: Known) -> list[str]:
        """Those of the clusters' subnets, where there is to be a gateway endpoint in them."""
        if not (self.gateway_name and self.compute_vpc):
            return []
        return list(self.compute_vpc.get("route_table_ids") or known.get("route_table_ids") or ())

    def _gateway(self, tables: list[str]) -> Item:
        vpc_id = (self.compute_vpc or {})["vpc_id"]
        item = {"name": self.gateway_name, "type": "Gateway", "vpc_id": vpc_id, "reuse": True}
        adopt = {"adopt": True} if self.adopt or self.adopt_aws_endpoints else {}
        where = {"route_table_ids": tables} if tables else {}
        return {**item, "service_name": self.aws_service(S3), **where, **adopt}

    @step
    def registered(self, known: Known) -> list[Item]:
        ids = known.get("vpc_endpoint_ids") or {}
        found = []
        for endpoint in (*self.front_ends(), *self.back_ends()):
            if ids.get(endpoint.shared_key):
                item = {"name": endpoint.shared_key, "aws_vpc_endpoint_id": ids[endpoint.shared_key]}
                found.append({**item, "region": self.region, **_flags(self, "replace")})
        return found

    @step
    def service_direct(self, known: Known) -> list[Item]:
        ids = known.get("vpc_endpoint_ids") or {}
        found = []
        for endpoint in self.service_direct_ends():
            if ids.get(endpoint.shared_key):
                item = {"name": endpoint.shared_key, "aws_vpc_endpoint_id": ids[endpoint.shared_key]}
                item["api"] = self.service_direct_api
                found.append({**item, "region": self.region, **_flags(self, "replace")})
        return found

    @step
    def network_item(self, known: Known) -> list[Item]:
        """The network of its clusters."""
        if not (self.has_network and self.compute_vpc):
            return []
        ids = known.get("registration_ids") or {}
        workspace, relay = (ids.get(endpoint.shared_key) for endpoint in self.back_ends())
        place = {name: self.compute_vpc[name] for name in ("vpc_id", "subnet_ids", "security_group_ids")}
        ends = {"rest_api_endpoint_ids": [workspace], "dataplane_relay_endpoint_ids": [relay]}
        return [{"name": self.network_name, **place, **ends, **_flags(self, "replace", "confirm_disruption")}]

    @step
    def private_access(self, known: Known) -> list[Item]:
        """The settings, which let the internet in while the workspace has yet to be moved."""
        if not self.has_settings:
            return []
        item = {"name": self.settings_name, "region": self.region}
        if self.adopt:
            return [item]
        allowed = self._let_in(known) if self.private_access_level == "ENDPOINT" else None
        wanted = {"private_access_level": self.private_access_level, "allowed_vpc_endpoint_ids": allowed}
        given = {name: value for name, value in wanted.items() if value is not None}
        former = (known.get("workspace") or {}).get("private_access_settings_id")
        if former:
            given["instead_of"] = [former]
        whose = {"workspace_ids": [str(self.workspace_id)], "public_access_when_created": True}
        return [{**item, **given, **whose, **_flags(self, "confirm_lockout")}]

    def _let_in(self, known: Known) -> list[str]:
        """Whom the level ENDPOINT lets in: users, and clusters, which call the workspace as users do."""
        ids = known.get("registration_ids") or {}
        ends = [*self.front_ends(), *self.back_ends()[:1]]
        own = [ids[end.shared_key] for end in ends if ids.get(end.shared_key)]
        return list(dict.fromkeys([*own, *(self.allowed_vpc_endpoint_ids or [])]))

    @step
    def private_zone_item(self, known: Known) -> list[Item]:
        """The name of the region's workspaces, in a zone for each transit VPC."""
        return zone.items(self, known.get("endpoint_names") or {})

    @step
    def workspace(self, known: Known) -> list[Item]:
        """Network and settings in one change, for each change stops its clusters."""
        wanted = {name: known.get(name) for name in ("network_id", "private_access_settings_id")}
        given = {name: value for name, value in wanted.items() if value}
        item = {"name": self.key, "workspace_id": self.workspace_id}
        return [{**item, **given, **_flags(self, "confirm_disruption")}] if given else []

    @step
    def public_access_item(self, known: Known) -> list[Item]:
        """The last step: nobody comes in from the internet any more, or again."""
        settings_id, wanted = known.get("private_access_settings_id"), self.public_access
        is_planned_so = settings_id == UNKNOWN and known.get("public_access_enabled") is wanted
        if self.adopt or wanted is None or is_planned_so or not (self.has_settings and settings_id):
            return []
        item = {"name": self.settings_name, "private_access_settings_id": settings_id, "region": self.region}
        return [{**item, "public_access_enabled": wanted, "workspace_ids": [str(self.workspace_id)]}]

    @step
    def network_policy_item(self, known: Known) -> list[Item]:
        if not self.policy_name:
            return []
        item: Item = {"name": self.policy_name, "workspace_ids": [self.workspace_id], **_flags(self, "replace")}
        if self.network_policy:
            return [item]
        lists = self.pick("allowed_internet_destinations", "allowed_storage_destinations")
        return [{**item, "restriction_mode": "RESTRICTED_ACCESS", "enforcement_mode": "ENFORCED", **lists}]

    @step
    def holds(self, known: Known) -> list[Item]:
        """Every item of a link that a check has found something wrong with."""
        if not (known.held and self.present):
            return []
        names = {name for stage in STAGES for name in self.names_of(stage, known)}
        return [{"name": name, "reason": known.held} for name in sorted(names)]

    # The way back

    @step
    def leaving(self, known: Known) -> list[Item]:
        """What the workspace gets instead of what was made for it."""
        instead = known.get("instead") or {}
        item = {"name": self.key, "workspace_id": self.workspace_id, **instead}
        return [{**item, **_flags(self, "confirm_disruption")}] if instead else []

    @step
    def network_absent(self, known: Known) -> list[Item]:
        if self.adopt or not (self.has_network and self.compute_vpc) or known.get("keeps_network"):
            return []
        if known.get("strange_network"):
            return []
        going = {"going": [str(self.workspace_id)]} if "network_id" in (known.get("instead") or {}) else {}
        return [{"name": self.network_name, "vpc_id": self.compute_vpc["vpc_id"], **going}]

    @step
    def settings_absent(self, known: Known) -> list[Item]:
        if self.adopt or not self.has_settings or known.get("keeps_settings"):
            return []
        moved = "private_access_settings_id" in (known.get("instead") or {})
        going = {"going": [str(self.workspace_id)]} if moved else {}
        return [{"name": self.settings_name, "region": self.region, **going}]

    @step
    def private_zone_absent(self, known: Known) -> list[Item]:
        """Not where the workspace is reached by its endpoints alone, which it then keeps with them."""
        return [] if known.get("keeps_private") else zone.absent(self)

    @step
    def registered_absent(self, known: Known) -> list[Item]:
        """By name: what others have registered has another one, and stays."""
        gone = [known.get(name) for name in ("gone_network", "gone_settings") if known.get(name)]
        item = {"region": self.region, **({"going": gone} if gone else {})}
        ends = [end for end in (*self.front_ends(), *self.back_ends()) if not self._needs(end, known)]
        return [{"name": end.shared_key, **item} for end in ends]

    @step
    def service_direct_absent(self, known: Known) -> list[Item]:
        api = {"api": self.service_direct_api}
        return [{"name": end.shared_key, "region": self.region, **api} for end in self.service_direct_ends()]

    @step
    def endpoints_absent(self, known: Known) -> list[Item]:
        kept = known.get("kept_registrations") or []
        going = [end for end in self.all_endpoints() if not self._needs(end, known)]
        return [end.as_dict() for end in going if end.shared_key not in kept]

    @step
    def network_policy_absent(self, known: Known) -> list[Item]:
        """Its own policy alone. What the workspace keeps, it keeps as private as it was."""
        if self.network_policy or not self.policy_name or known.get("keeps"):
            return []
        return [{"name": self.policy_name, "workspace_ids": [self.workspace_id]}]

    def _needs(self, end: InterfaceEndpointLink, known: Known) -> bool:
        """Whether the workspace needs an endpoint with what it keeps: its network's, or the only ways in."""
        needed = [*self.back_ends(), *self.aws_ends()] if known.get("keeps_back") else []
        backs = [back.place for back in needed]
        fronts = [front.place for front in self.front_ends()] if known.get("keeps_private") else []
        return end.place in (*backs, *fronts)

    @classmethod
    def items(cls, name: str, links: t.Sequence[t.Any], found: Found, others: t.Sequence[t.Any] = ()) -> list[Item]:
        """What is shared is one item. What others need does not go."""
        if name == "hold":
            free = {key for link in links if not found.of(link).held for key in link.all_names()}
            return [item for item in _merged(super().items("holds", links, found)) if item["name"] not in free]
        items = super().items(ITEMS.get(name, name), links, found, others)
        if name == "private_zone":
            items += _beside(items, others)
        if name in ("private_access", "public_access"):
            items += _also_of(items, [*links, *others])
        if not name.endswith("_absent"):
            return items if name in SINGLE else _merged(items)
        needed = {key for other in others if other.present for key in other.needs_named(name)}
        items = [item for item in items if item.get("key", item["name"]) not in needed]
        return items if name == "endpoints_absent" else _merged(items)

    def needs_named(self, name: str) -> list[str]:
        """Names of the items of a step by which something would go that this link needs."""
        return [] if name == "endpoints_absent" else self.names_of(name, Known())  # those know it by themselves

    def all_names(self) -> set[str]:
        return {name for stage in STAGES for name in self.names_of(stage, Known())}

    # What the steps have told

    def names_of(self, name: str, known: Known) -> list[str]:
        """What items of a step are called that may be the link's."""
        if name in (*OF_ENDPOINTS, "preflight"):
            also = [self.compute_key, self.key] if name == "preflight" else []
            return [*(endpoint.key for endpoint in self.all_endpoints()), *also]
        if name.startswith("gateways"):
            return [self.gateway_name] if self.gateway_name else []
        if name.startswith(("registered", "service_direct")):
            direct = name.startswith("service_direct")
            ends = self.service_direct_ends() if direct else [*self.front_ends(), *self.back_ends()]
            needed = [] if direct else [end for end in ends if self._needs(end, known)]
            return [end.shared_key for end in ends if end not in needed]
        if name.startswith("private_zone"):
            return zone.names_of(self)
        if name.startswith("network_policy"):
            return [self.policy_name] if self.policy_name else []
        if name.startswith("network"):
            return [self.network_name] if self.has_network else []
        if name in ("private_access", "public_access", "settings_absent"):
            return [self.settings_name] if self.has_settings else []
        return [self.key]

    def gathered(self, name: str, rows: t.Sequence[Result]) -> Result:
        """What the items of a step say of the link, as one result."""
        if name == "preflight":
            return self._checks(rows)
        consents = [row["consent"] for row in rows if row.get("consent")]
        users = [row for row in rows if row.get("used_by")]
        wrong = [str(row["msg"]) for row in rows if row.get("failed") and not (row.get("consent") or row in users)]
        waiting = [row["waiting"] for row in rows if row.get("waiting") and name != "endpoints"]
        doing, result = STAGES[name], self._told(name, rows)
        if consents:
            result |= {"waiting": f"{doing}: {consents[0]}", "turn": US, "stops": True}
        elif waiting:
            turn = AWS if name.startswith("gateways") else VENDOR
            if name == "private_zone":
                turn = US if any(row.get("foreign_vpcs") for row in rows) else AWS
            result |= {"waiting": f"{doing}: {waiting[0]}", "turn": turn, "stops": name in ENDS}
        kept = [f"{'; '.join(row['used_by'])} keeps {row['name']}" for row in users]
        kept += [said for row in rows for said in row.get("kept") or ()]
        return {
            **result,
            "name": self.key,
            "stage": doing if wrong or consents or waiting else "",
            "changed": any(row.get("changed") for row in rows),
            "failed": bool(wrong),
            "msg": f"{doing}: {'; '.join(dict.fromkeys(wrong))}" if wrong else "",
            "writes": [write for row in rows for write in row.get("writes") or ()] + self._foreseen_writes(name, rows),
            "kept": list(dict.fromkeys(kept)),
            "unshown": [change for row in rows for change in row.get("unshown") or ()],
        }

    def _checks(self, rows: t.Sequence[Result]) -> Result:
        """What was found of the endpoints, the clusters and the workspace; what is wrong with one holds it."""
        wrong = list(dict.fromkeys(str(row["msg"]) for row in rows if row.get("status") == CHECK_FAILED))
        checks = [check for row in rows for check in row.get("checks") or ()]
        said = "; ".join([*(reason.rstrip(".") for reason in wrong[:-1]), *wrong[-1:]])
        status = {"status": CHECK_FAILED, "msg": said} if wrong else {"msg": ""}
        clusters = [row for row in rows if row["name"] == self.compute_key]
        tables = [table for row in clusters for table in row.get("route_table_ids") or ()]
        told = {"checks": checks, "route_table_ids": tables}
        return {"name": self.key, "changed": False, "failed": bool(wrong), **told, **status}

    def _told(self, name: str, rows: t.Sequence[Result]) -> dict[str, t.Any]:
        """What the next steps need to know."""
        if name in ("endpoints", "named"):
            keys = {endpoint.key: endpoint.shared_key for endpoint in self.all_endpoints()}
            well = {keys[row["name"]]: row for row in rows if not row.get("failed")}
            names = {key: zone.target_of(row) for key, row in well.items()}
            told = {"endpoint_names": names, "dns_records": zone.records(self, names)}
            return {
                **told,
                "vpc_endpoint_ids": {key: row.get("vpc_endpoint_id") or UNKNOWN for key, row in well.items()},
            }
        if name == "registered":
            return {"registration_ids": {row["name"]: row.get("vpc_endpoint_id") for row in rows}}
        if name == "registered_absent":
            return {"kept_registrations": [row["name"] for row in rows if row.get("failed")]}
        gone = {"network_absent": "network_id", "settings_absent": "private_access_settings_id"}.get(name)
        if gone:
            ids = [row.get(gone) for row in rows if not row.get("failed")]
            return {f"gone_{name.removesuffix('_absent')}": ids[0]} if ids and ids[0] else {}
        wanted = {
            "network": ("network_id",),
            "private_access": ("private_access_settings_id", "public_access_enabled"),
            "workspace": ("workspace_status", "workspace_name"),
            "network_policy": ("egress",),
        }
        return {field: row[field] for row in rows for field in wanted.get(name, ()) if row.get(field) is not None}

    def _foreseen_writes(self, name: str, rows: t.Sequence[Result]) -> list[str]:
        """Endpoints that are planned get private DNS once Databricks has accepted them, which nothing shows yet."""
        by_aws = {endpoint.key for endpoint in self.aws_ends()}  # which accepts by itself
        rows = [row for row in rows if name == "endpoints" and row["name"] not in by_aws]
        planned = [row for row in rows if not row.get("vpc_endpoint_id")]
        made = [row for row in planned if "ec2:CreateVpcEndpoint" in (row.get("writes") or ())]
        return ["ec2:ModifyVpcEndpoint"] * len(made)

    def explain(self, step: str, answer: t.Mapping[str, t.Any], known: Known) -> Result | None:
        """What listings of the account say of the link."""
        listing = LISTINGS.get(step)
        if listing and listing not in answer:
            return {"name": self.key, "failed": True, "msg": f"looking at the account: {answer.get('msg')}"}
        if step == "seen":
            return self._look(answer)
        if step == "networks":
            return {"name": self.key, "networks": answer.get("networks") or []}
        if step == "settings":
            return self._ending({**known.facts, "settings": answer.get("private_access_settings") or []})
        if step == "owned":
            return self._refused(answer, {end.shared_key for end in self.all_endpoints()}, "endpoints_absent")
        if step == "policies_seen":
            return self._refused(answer, {self.policy_name}, "network_policy")
        return None

    def _refused(self, answer: t.Mapping[str, t.Any], names: t.AbstractSet[str], stage: str) -> Result:
        """Why what comes later would fail, of items of these names; said before anything is begun."""
        wrong = [row["msg"] for row in answer["results"] if row["name"] in names and row["failed"]]
        said = f"{STAGES[stage]}: {'; '.join(dict.fromkeys(wrong))}"
        return {"name": self.key, "failed": bool(wrong), "msg": said if wrong else ""}

    def _look(self, answer: t.Mapping[str, t.Any]) -> Result:
        rows = answer.get("workspaces") or []
        mine = next((row for row in rows if str(row.get("workspace_id")) == str(self.workspace_id)), None)
        alone = (
            {"waiting": f"{NOT_BUILT}, and nothing else is asked for", "turn": US} if self.ways == {OUTBOUND} else {}
        )
        return {"name": self.key, **(alone if self.present else {}), **self._missing(mine), "workspace": mine}

    def _missing(self, workspace: t.Mapping[str, t.Any] | None) -> Item:
        """Why nothing is made for the workspace, if so."""
        said = ""
        if not self.present and not workspace:
            return {}
        if not workspace:
            said = f"The account has no workspace {self.workspace_id}. It is made in Databricks first."
        elif workspace.get("aws_region") != self.region:
            said = f"Workspace {self.workspace_id} is in {workspace.get('aws_region')}, and this run in {self.region}."
        elif self.present and self.has_network and not workspace.get("network_id"):
            said = (
                f"Workspace {self.workspace_id} has no VPC of yours, and cannot be given one: only one that was made "
                "with a network can be classic or isolated."
            )
        return {"failed": True, "msg": said} if said else {}

    def _ending(self, facts: t.Mapping[str, t.Any]) -> Result:
        """What a workspace that leaves keeps, and what it gets instead of what it has of the link's."""
        workspace = facts.get("workspace") or {}
        kept, instead, wrong = [], {}, []
        keeps = {"keeps_network": False, "keeps_settings": False}
        parts = self._parts(facts)
        for part in parts:
            attached = part.own and workspace.get(part.id) == part.own[part.id]
            if attached and not part.leave:
                keeps[part.keeps] = True
                option = part.option
                kept.append(f"{part.words} {part.named} {KEPT}: set {option}, or it goes with the workspace")
            elif attached and (part.fault or not part.target):
                wrong.append(f"{part.option}: {part.fault or f'the account has no {part.words} {part.leave}'}")
            elif attached and part.target:
                instead[part.id] = part.target[part.id]
        private = keeps["keeps_settings"] and not self._settings_of(facts).get("public_access_enabled")
        if private and zone.manages(self):
            kept.append("the private zone stays, for the workspace is reached by its endpoints alone")
        strange = any(part.is_strange for part in parts)
        if strange:
            kept.append(f"network {self.network_name} stays, for it has no VPC endpoints and so was not made here")
        needing = [part for part in parts if self._is_needed_by(part, workspace)]
        kept += [part.needing for part in needing]
        needs = {part.id for part in needing}
        needs_back = keeps["keeps_network"] or "network_id" in needs
        result = {"name": self.key, **keeps, "keeps": any(keeps.values()) or bool(needing), "kept": kept}
        result |= {
            "strange_network": strange,
            "keeps_back": needs_back,
            "keeps_private": private or "private_access_settings_id" in needs,
        }
        failed = {"failed": True, "msg": f"{'; '.join(wrong)}."} if wrong else {}
        return {**result, "instead": instead, "settings": facts["settings"], **failed}

    def _is_needed_by(self, part: Part, workspace: t.Mapping[str, t.Any]) -> bool:
        """Whether the workspace has something of others, or of a former name, that may lead over our endpoints."""
        given = part.given(workspace)
        if not given or given in (part.own, part.target):
            return False
        if part.id == "network_id":
            is_here = given.get("vpc_id") == (self.compute_vpc or {}).get("vpc_id")
            return is_here and bool(given.get("rest_api_endpoint_ids"))
        return not given.get("public_access_enabled")

    def _settings_of(self, facts: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
        named = [row for row in facts["settings"] if row.get("private_access_settings_name") == self.settings_name]
        return named[0] if named else {}

    def _parts(self, facts: t.Mapping[str, t.Any]) -> list[Part]:
        """What a workspace has that can be exchanged alone."""
        network = Part("network", "network_id", "network_name", self.network_name, self.leave_network, "leave_network")
        settings = Part(
            "private access settings",
            "private_access_settings_id",
            "private_access_settings_name",
            self.settings_name,
            self.leave_private_access,
            "leave_private_access",
        )
        workspace = facts.get("workspace") or {}
        found = [network.of(facts.get("networks") or [], workspace)] if self.has_network else []
        return [*found, settings.of(facts["settings"], workspace)] if self.has_settings else found

    def kept(self, others: t.Iterable[Link]) -> str:
        """What of a link that goes stays, because others of the inventory need it."""
        if self.present:
            return ""
        staying = [other for other in others if other.present and isinstance(other, DatabricksWorkspaceLink)]
        places = {end.place for end in self.all_endpoints()}
        ends = sorted(other.name for other in staying if places & {end.place for end in other.all_endpoints()})
        named = sorted(
            other.name for other in staying if self.has_settings and other.settings_name == self.settings_name
        )
        said = [f"endpoints stay, for they are those of {', '.join(ends)} too"] if ends else []
        said += [f"private access settings stay, for they are those of {', '.join(named)} too"] if named else []
        return "; ".join(said)

    def remarks(self, known: Known) -> str:
        """What is not as private as one may think."""
        said = [NOT_BUILT] if OUTBOUND in self.ways else []
        said += [NO_TABLES] if self.gateway_name and not self._route_tables(known) else []
        left = [check for check in known.get("checks") or () if check["check"] == ROADS and check["status"] == WARN]
        said += [check["msg"].rstrip(".") for check in left]
        access = (known.get("egress") or {}).get("network_access") or {}
        if self.network_policy and known.get("egress") and access.get("restriction_mode") != "RESTRICTED_ACCESS":
            said.append(f"{EGRESS_OPEN}, for the network policy {self.network_policy} allows it")
        elif self.serverless_egress == OPEN:
            said.append(f"{EGRESS_OPEN}, as serverless_egress={OPEN} says")
        if self.adopt and self.public_access is False and known.get("public_access_enabled"):
            said.append(f"the internet comes in, for the settings {self.settings_name} of others let it in")
        return "; ".join(said)


@dataclass(frozen=True)
class Part:
    """Something that a workspace has: the link's own of the name, and what it gets instead when the link goes."""

    words: str
    id: str
    name: str
    named: str
    leave: str | None
    option: str
    rows: t.Sequence[t.Mapping[str, t.Any]] = ()
    own: t.Mapping[str, t.Any] | None = None
    target: t.Mapping[str, t.Any] | None = None
    fault: str = ""
    needing: str = ""

    @property
    def keeps(self) -> str:
        return "keeps_network" if self.id == "network_id" else "keeps_settings"

    def is_made_here(self, row: t.Mapping[str, t.Any]) -> bool:
        """Whether it may be the link's: networks of links have VPC endpoints, and one that exists is never changed."""
        return self.id != "network_id" or bool(row.get("rest_api_endpoint_ids"))

    @property
    def is_strange(self) -> bool:
        """Whether what has the link's name was not made for it."""
        return any(row.get(self.name) == self.named and not self.is_made_here(row) for row in self.rows)

    def given(self, workspace: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any] | None:
        """What the workspace has."""
        return next((row for row in self.rows if row[self.id] == workspace.get(self.id)), None)

    def of(self, rows: t.Sequence[t.Mapping[str, t.Any]], workspace: t.Mapping[str, t.Any]) -> Part:
        own = next((row for row in rows if row.get(self.name) == self.named and self.is_made_here(row)), None)
        wanted = [row for row in rows if self.leave in (row.get(self.name), row.get(self.id))] if self.leave else []
        fault = f"{self.leave} is what is to go" if own and own in wanted else ""
        if len(wanted) > 1:
            fault = f"the account has {len(wanted)} {self.words} {self.leave}: give the id"
        part = dataclasses.replace(self, rows=rows, own=own, target=wanted[0] if wanted else None, fault=fault)
        given = (part.given(workspace) or {}).get(self.name)
        needing = (
            f"endpoints stay, for the workspace has {self.words} {given}, which are not of this name and may need them:"
            f" set {self.option} to that to take them away all the same"
        )
        return dataclasses.replace(part, needing=needing)


LISTINGS = {"seen": "workspaces", "networks": "networks", "settings": "private_access_settings"}
"""What each look at the account returns, unless it failed."""
SINGLE = ("seen", "prerequisite", "clusters", "asked", "held_ends", "endpoints")
"""Steps whose items are each of one link."""
ITEMS = {
    "prerequisite": "prerequisites",
    "network": "network_item",
    "private_zone": "private_zone_item",
    "public_access": "public_access_item",
    "network_policy": "network_policy_item",
}
"""Methods of steps whose names options have."""
TAKEN_AS: dict[str, t.Any] = {
    "gateways": AwsEndpoint,
    "registered": VpcEndpoint,
    "service_direct": ServiceDirectEndpoint,
    "network_item": Network,
    "private_access": PrivateAccess,
    "private_zone_item": lambda shard, **item: PrivateZone(**item),
    "workspace": WorkspaceNetwork,
    "public_access_item": PrivateAccess,
    "network_policy_item": NetworkPolicy,
}
"""What the module of a step makes of an item, and may refuse."""


def _flags(link: DatabricksWorkspaceLink, *names: str) -> Item:
    return {name: True for name in names if getattr(link, name)}


MERGED = (
    *("allowed_vpc_endpoint_ids", "workspace_ids", "instead_of"),
    *("route_table_ids", "going", "vpcs", "records"),
)


def _merged(items: t.Iterable[Item]) -> list[Item]:
    """One item for each name: what one link lets in, or has, is added to the other's."""
    merged: dict[str, Item] = {}
    for item in items:
        first = merged.setdefault(item["name"], dict(item))
        for name in MERGED:
            more = [entry for entry in item.get(name) or () if entry not in (first.get(name) or ())]
            if more:
                first[name] = [*(first.get(name) or ()), *more]
        for flag in ("confirm_lockout", "confirm_disruption", "replace"):
            if item.get(flag):
                first[flag] = True
    return list(merged.values())


def _also_of(items: t.Sequence[Item], others: t.Sequence[t.Any]) -> list[Item]:
    """The workspaces of others that have the same settings, which say the same of them."""
    made = {item["name"] for item in items if "workspace_ids" in item}
    having = [other for other in others if other.present and other.has_settings and other.settings_name in made]
    return [{"name": other.settings_name, "workspace_ids": [str(other.workspace_id)]} for other in having]


def _beside(items: t.Sequence[Item], others: t.Sequence[t.Any]) -> list[Item]:
    """The VPCs that others have in the same zones, lest they are taken out of them."""
    made = {item["name"] for item in items}
    found = []
    for other in others:
        if other.present and not other.fault:
            known = other.foreseen()
            found += [{"name": item["name"], "vpcs": item["vpcs"]} for item in other.private_zone_item(known)]
    return [item for item in found if item["name"] in made]


def refuse_contradictions(links: t.Sequence[Link]) -> None:
    """Raise LinkError for two links of one workspace, and for two that want something different of what they share."""
    here = [link for link in links if isinstance(link, DatabricksWorkspaceLink) and link.present and not link.fault]
    for place, link in enumerate(here):
        for other in here[:place]:
            if link.workspace_id == other.workspace_id:
                raise LinkError(
                    f"{other.name} and {link.name} are both workspace {link.workspace_id}: keep one of them."
                )
            if differing := other.differing(link):
                raise LinkError(
                    f"{other.name} and {link.name} share what Databricks has once, and say different "
                    f"{', '.join(differing)}: let both say the same, or give them names of their own."
                )
