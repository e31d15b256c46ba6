# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account holds, read with boto3 and none of the collection's code.

By names instead of ids, and without what is not there, so that a test can say in full what should be there::

    load_balancers:
      fivetran-orders:
        zones: [us-east-1a, us-east-1b]
        cross_zone: false
        listeners: {"5432": ["10.20.0.10:5432 healthy"]}
    services:
      fivetran-orders:
        load_balancers: [fivetran-orders]
        acceptance_required: true
        principals: ["arn:aws:iam::834469178297:root"]
        connections: ["834469178297 available"]
    grants:
      analytics to 834469178297: {vpcs: [vpc-1], endpoints: 1}
    streams:
      orders: {multi_vpc: [iam], lets_in: [834469178297], connections: ["834469178297 AVAILABLE"]}
    forwarders:
      eu-1: {hosts: [version 1], subnets: [subnet-1], imdsv2: true, public_address: false, lets_in: {sg-1: [801, 5432]}}
    endpoints:
      redis-cloud-sessions:
        type: Resource
        state: available
        subnets: [subnet-1]
        security_groups: [sg-1]
        private_dns: VERIFIED_DOMAINS_ONLY
        reaches: [redis-12000.internal.c1.example.com]
      databricks-vpce-svc-09143-7d0a1b:
        type: Interface
        state: available
        service: com.amazonaws.vpce.us-east-1.vpce-svc-1
        subnets: [subnet-1]
        private_dns: true
        lets_in: {sg-1: [443-443]}
    network_associations: {sn-1: ["redis-cloud-4711 ACTIVE"]}
    vpc_associations: {vpc-1: sn-1 ACTIVE}
    shares: [redis-cloud-4711]
    zones: {databricks-vpc-1: {domain: privatelink.example.com, vpcs: [vpc-1], records: {city: vpce-1-2.vpce-svc-1}}}
"""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.client import SandboxClient

Names = dict[str, str]  # ARN → name
GONE = ("deleted", "rejected")


def snapshot(sandbox: SandboxClient, account: str, region: str) -> dict[str, Any]:
    """Load balancers, services, grants, streams, forwarders, endpoints, associations and shares of one region."""
    balancers = _pages(sandbox, account, region, "elbv2", "describe_load_balancers", "LoadBalancers")
    balancers = [balancer for balancer in balancers if balancer["Type"] == "network"]
    names = {balancer["LoadBalancerArn"]: balancer["LoadBalancerName"] for balancer in balancers}
    groups = _pages(sandbox, account, region, "elbv2", "describe_target_groups", "TargetGroups")
    elb = sandbox.boto(account, "elbv2", region)
    found = {
        "load_balancers": {balancer["LoadBalancerName"]: _load_balancer(elb, balancer) for balancer in balancers},
        "lone_target_groups": sorted(group["TargetGroupName"] for group in groups if not group.get("LoadBalancerArns")),
        "services": _services(sandbox, account, region, names),
        "grants": _grants(sandbox, account, region),
        "streams": _streams(sandbox, account, region),
        "forwarders": _forwarders(sandbox, account, region),
        "endpoints": _endpoints(sandbox.boto(account, "ec2", region)),
        "network_associations": _network_associations(sandbox.boto(account, "vpc-lattice", region)),
        "vpc_associations": _vpc_associations(sandbox.boto(account, "vpc-lattice", region)),
        "shares": _shares(sandbox.boto(account, "ram", region)),
        "zones": _zones(sandbox.boto(account, "route53", region)),
    }
    return {what: things for what, things in found.items() if things}


def _endpoints(ec2: Any) -> dict[str, Any]:
    """The endpoints to what others share, by their name tag; other Interface endpoints are the vendors' part."""
    found = {}
    for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
        if endpoint["VpcEndpointType"] == "Interface" and endpoint["State"].lower() not in GONE:
            found.update(_interface_endpoint(ec2, endpoint))
        if endpoint["VpcEndpointType"] in ("Resource", "ServiceNetwork") and endpoint["State"].lower() not in GONE:
            name = {tag["Key"]: tag["Value"] for tag in endpoint["Tags"]}.get("Name", endpoint["VpcEndpointId"])
            reached = ec2.describe_vpc_endpoint_associations(VpcEndpointIds=[endpoint["VpcEndpointId"]])
            names = [entry.get("PrivateDnsEntry") or {} for entry in reached["VpcEndpointAssociations"]]
            found[name] = {
                "type": endpoint["VpcEndpointType"],
                "state": endpoint["State"],
                "subnets": sorted(endpoint["SubnetIds"]),
                "security_groups": sorted(group["GroupId"] for group in endpoint["Groups"]),
                "private_dns": endpoint["PrivateDnsEnabled"] and endpoint["DnsOptions"]["PrivateDnsPreference"],
                "reaches": sorted(entry["DnsName"] for entry in names if entry.get("DnsName")),
            }
    return found


def _interface_endpoint(ec2: Any, endpoint: dict[str, Any]) -> dict[str, Any]:
    """An Interface endpoint of the collection's, and whom its security groups let in; nothing for one of others."""
    tags = {tag["Key"]: tag["Value"] for tag in endpoint["Tags"]}
    if "saas.privatelink:name" not in tags:
        return {}
    rules: dict[str, list[str]] = {}
    ids = [group["GroupId"] for group in endpoint["Groups"]]
    for group in ec2.describe_security_groups(GroupIds=ids)["SecurityGroups"]:
        for rule in group["IpPermissions"]:
            for pair in rule["UserIdGroupPairs"]:
                rules.setdefault(pair["GroupId"], []).append(f"{rule['FromPort']}-{rule['ToPort']}")
    return {
        tags["Name"]: {
            "type": "Interface",
            "state": endpoint["State"],
            "service": endpoint["ServiceName"],
            "subnets": sorted(endpoint["SubnetIds"]),
            "private_dns": endpoint["PrivateDnsEnabled"],
            "lets_in": {source: sorted(ports) for source, ports in rules.items()},
        }
    }


def _network_associations(lattice: Any) -> dict[str, list[str]]:
    """What each service network is associated with, by the network's id."""
    networks = [network["id"] for network in lattice.list_service_networks()["items"]]
    found = {}
    for network in networks:
        listed = lattice.list_service_network_resource_associations(serviceNetworkIdentifier=network)["items"]
        found[network] = sorted(
            f"{association['resourceConfigurationName']} {association['status']}" for association in listed
        )
    return {network: names for network, names in found.items() if names}


def _vpc_associations(lattice: Any) -> dict[str, str]:
    """In which service network each VPC is, by the VPC's id."""
    found = {}
    for network in lattice.list_service_networks()["items"]:
        of = {"serviceNetworkIdentifier": network["id"]}
        for association in lattice.list_service_network_vpc_associations(**of)["items"]:
            found[association["vpcId"]] = f"{network['id']} {association['status']}"
    return found


def _shares(ram: Any) -> list[str]:
    """The shares of others that the account has accepted, by name."""
    return sorted(share["name"] for share in ram.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"])


def _zones(dns: Any) -> dict[str, Any]:
    """Private hosted zones by their name tag. Of what an alias leads to, the first two labels are shown."""
    found = {}
    for zone in dns.list_hosted_zones()["HostedZones"]:
        zone_id, domain = zone["Id"].rpartition("/")[2], zone["Name"]
        tags = dns.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)["ResourceTagSet"]["Tags"]
        records = {}
        for record in dns.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]:
            alias = record.get("AliasTarget")
            target = ".".join(alias["DNSName"].split(".")[:2]) if alias else record["ResourceRecords"][0]["Value"]
            if record["Type"] not in ("SOA", "NS"):
                records[record["Name"].removesuffix(f".{domain}")] = target
        found[{tag["Key"]: tag["Value"] for tag in tags}.get("Name", zone_id)] = {
            "domain": domain.rstrip("."),
            "vpcs": sorted(vpc["VPCId"] for vpc in dns.get_hosted_zone(Id=zone_id)["VPCs"]),
            "records": records,
        }
    return found


def _pages(
    sandbox: SandboxClient, account: str, region: str, service: str, operation: str, key: str, **params: Any
) -> list[dict[str, Any]]:
    pages = sandbox.boto(account, service, region).get_paginator(operation).paginate(**params)
    return [row for page in pages for row in page[key]]


def _load_balancer(elb: Any, raw: dict[str, Any]) -> dict[str, Any]:
    arn = raw["LoadBalancerArn"]
    if (raw["Type"], raw["Scheme"], raw["State"]["Code"]) != ("network", "internal", "active"):
        raise ValueError(f"not a working internal Network Load Balancer: {raw}")
    pairs = elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    attributes = {pair["Key"]: pair["Value"] for pair in pairs}
    listeners = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    seen = {
        "zones": sorted(zone["ZoneName"] for zone in raw["AvailabilityZones"]),
        "cross_zone": attributes["load_balancing.cross_zone.enabled"] == "true",
        "listeners": {str(listener["Port"]): _targets(elb, listener["DefaultActions"][0]) for listener in listeners},
    }
    if raw.get("SecurityGroups"):
        seen["security_groups"] = raw["SecurityGroups"]
        seen["enforced"] = raw["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "on"
    return seen


def _targets(elb: Any, action: dict[str, Any]) -> list[str]:
    health = elb.describe_target_health(TargetGroupArn=action["TargetGroupArn"])["TargetHealthDescriptions"]
    states = {f"{entry['Target']['Id']}:{entry['Target']['Port']}": entry["TargetHealth"]["State"] for entry in health}
    return sorted(f"{target} {state}" for target, state in states.items() if state != "draining")


def _services(sandbox: SandboxClient, account: str, region: str, balancers: Names) -> dict[str, Any]:
    """By Name tag. A connection that both sides see alike is shown once; ended ones are left out."""
    found: dict[str, Any] = {}
    operation = "describe_vpc_endpoint_service_configurations"
    for raw in _pages(sandbox, account, region, "ec2", operation, "ServiceConfigurations"):
        tags = {tag["Key"]: tag["Value"] for tag in raw.get("Tags", [])}
        of = {"ServiceId": raw["ServiceId"]}
        permissions = sandbox.boto(account, "ec2", region).describe_vpc_endpoint_service_permissions(**of)
        filters = [{"Name": "service-id", "Values": [raw["ServiceId"]]}]
        connections = _pages(
            sandbox,
            account,
            region,
            "ec2",
            "describe_vpc_endpoint_connections",
            "VpcEndpointConnections",
            Filters=filters,
        )
        name = tags.get("Name", raw["ServiceId"])
        if name in found:
            raise ValueError(f"two endpoint services are called {name}")
        found[name] = {
            "load_balancers": sorted(balancers[arn] for arn in raw["NetworkLoadBalancerArns"]),
            "acceptance_required": raw["AcceptanceRequired"],
            "principals": sorted(permission["Principal"] for permission in permissions["AllowedPrincipals"]),
            "connections": sorted(
                f"{connection['VpcEndpointOwner']} {_agreed(sandbox, region, connection)}"
                for connection in connections
                if connection["VpcEndpointState"] not in GONE
            ),
        }
    return found


def _agreed(sandbox: SandboxClient, region: str, connection: dict[str, Any]) -> str:
    """The state of a connection, and that of the vendor's endpoint where it differs."""
    vendor = sandbox.boto(connection["VpcEndpointOwner"], "ec2", region)
    answer = vendor.describe_vpc_endpoints(VpcEndpointIds=[connection["VpcEndpointId"]])
    ours, theirs = str(connection["VpcEndpointState"]), str(answer["VpcEndpoints"][0]["State"])
    return ours if ours == theirs else f"{ours}, vendor sees {theirs}"


def _grants(sandbox: SandboxClient, account: str, region: str) -> dict[str, Any]:
    operation, key = "describe_endpoint_authorization", "EndpointAuthorizationList"
    return {
        f"{grant['ClusterIdentifier']} to {grant['Grantee']}": {
            "vpcs": "all" if grant["AllowedAllVPCs"] else sorted(grant["AllowedVPCs"]),
            "endpoints": grant["EndpointCount"],
        }
        for grant in _pages(sandbox, account, region, "redshift", operation, key)
    }


def _streams(sandbox: SandboxClient, account: str, region: str) -> dict[str, Any]:
    """MSK clusters whose policy lets somebody in, or to which somebody is connected."""
    kafka, found = sandbox.boto(account, "kafka", region), {}
    for cluster in kafka.list_clusters_v2()["ClusterInfoList"]:
        arn = {"ClusterArn": cluster["ClusterArn"]}
        rows = kafka.list_client_vpc_connections(**arn)["ClientVpcConnections"]
        links = [f"{row['Owner']} {row['State']}" for row in rows if row["State"].lower() not in GONE]
        try:
            policy = json.loads(kafka.get_cluster_policy(**arn)["Policy"])
        except kafka.exceptions.NotFoundException:
            policy = {"Statement": []}
        allowed = [statement["Principal"]["AWS"].split(":")[4] for statement in policy["Statement"]]
        if allowed or links:
            group = cluster["Provisioned"]["BrokerNodeGroupInfo"]["ConnectivityInfo"]["VpcConnectivity"]
            sasl = group["ClientAuthentication"]["Sasl"]
            on = [scheme.lower() for scheme, switch in sasl.items() if switch["Enabled"]]
            found[cluster["ClusterName"]] = {"multi_vpc": on, "lets_in": sorted(allowed), "connections": sorted(links)}
    return found


def _forwarders(sandbox: SandboxClient, account: str, region: str) -> dict[str, Any]:
    """Auto Scaling groups, with what their launch templates and security groups say."""
    ec2 = sandbox.boto(account, "ec2", region)
    found = {}
    for raw in _pages(sandbox, account, region, "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"):
        of = {"LaunchTemplateId": raw["LaunchTemplate"]["LaunchTemplateId"], "Versions": ["$Latest"]}
        data = ec2.describe_launch_template_versions(**of)["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        interface = data["NetworkInterfaces"][0]
        rules: dict[str, list[int]] = {}
        group = ec2.describe_security_groups(GroupIds=interface["Groups"][:1])["SecurityGroups"][0]
        for rule in group["IpPermissions"]:
            for source in [*rule["UserIdGroupPairs"], *rule["IpRanges"]]:
                rules.setdefault(source.get("GroupId") or source["CidrIp"], []).append(rule["FromPort"])
        found[raw["AutoScalingGroupName"]] = {
            "hosts": sorted(f"version {instance['LaunchTemplate']['Version']}" for instance in raw["Instances"]),
            "subnets": sorted(raw["VPCZoneIdentifier"].split(",")),
            "imdsv2": data["MetadataOptions"]["HttpTokens"] == "required",
            "public_address": interface["AssociatePublicIpAddress"],
            "lets_in": {source: sorted(ports) for source, ports in rules.items()},
        }
    return found
