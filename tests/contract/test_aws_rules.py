# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS adds, changes or refuses by rules of its own that an emulator easily lacks. Each with its source.

All documents and issues were read 2026-11. "Configure" is the page "Configure an endpoint service" of the AWS
PrivateLink Guide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Vpc, add_ipv6
from tests.contract.conftest import VENDOR, Provider, Share, refused
from tests.sandbox.client import RunningSandbox

Boto = Callable[..., Any]
SECRETS = "com.amazonaws.us-east-1.secretsmanager"
CONFLICT = "already a conflicting DNS domain"


def modify(provider: Provider, service_id: str, **changes: Any) -> None:
    provider.ec2.modify_vpc_endpoint_service_configuration(ServiceId=service_id, **changes)


def third_zone(provider: Provider) -> None:
    """Enable a third zone for the load balancer."""
    made = provider.ec2.create_subnet(VpcId=provider.vpc.id, CidrBlock="10.1.7.0/24", AvailabilityZone="us-east-1c")
    subnets = [*provider.vpc.subnets, made["Subnet"]["SubnetId"]]
    provider.elb.set_subnets(LoadBalancerArn=provider.load_balancer, Subnets=subnets)


@pytest.mark.parametrize("changes", [{}, {"AcceptanceRequired": False}])
def test_a_new_zone_of_a_load_balancer_waits_for_a_modification(provider: Provider, changes: dict[str, Any]) -> None:
    """Configure, "Manage load balancers": the service's id is enough; terraform-provider-aws#40809."""
    service_id = provider.make_service(VENDOR)["ServiceId"]
    third_zone(provider)
    assert provider.service(service_id)["AvailabilityZones"] == list(provider.vpc.zones)
    modify(provider, service_id, **changes)
    assert provider.service(service_id)["AvailabilityZones"] == [*provider.vpc.zones, "us-east-1c"]
    assert len(provider.service(service_id)["AvailabilityZoneIds"]) == 3


def test_the_home_region_is_listed_and_cannot_be_removed(provider: Provider) -> None:
    """Configure, "Modify the supported Regions"; terraform-provider-aws#40667."""
    service_id = provider.make_service(SupportedRegions=["eu-west-1"])["ServiceId"]
    regions = [region["Region"] for region in provider.service(service_id)["SupportedRegions"]]
    assert regions == ["us-east-1", "eu-west-1"]
    with refused("InvalidParameter", naming="us-east-1"):
        modify(provider, service_id, RemoveSupportedRegions=["us-east-1", "eu-west-1"], AcceptanceRequired=False)
    assert provider.service(service_id)["AcceptanceRequired"] is True
    modify(provider, service_id, RemoveSupportedRegions=["eu-west-1"])
    assert [region["Region"] for region in provider.service(service_id)["SupportedRegions"]] == ["us-east-1"]


def test_private_dns_names_are_in_lower_case(provider: Provider) -> None:
    """Configure, "Associate a private DNS name": domain names must use lowercase."""
    with refused("InvalidParameter", naming="lowercase"):
        provider.make_service(PrivateDnsName="DB.example.com")
    service_id = provider.make_service(NetworkLoadBalancerArns=[provider.load_balancer])["ServiceId"]
    with refused("InvalidParameter", naming="lowercase"):
        modify(provider, service_id, PrivateDnsName="Db.example.com", AcceptanceRequired=False)
    assert provider.service(service_id)["AcceptanceRequired"] is True
    modify(provider, service_id, PrivateDnsName="*.example.com")


def test_a_load_balancer_is_in_one_service(provider: Provider) -> None:
    """AWS PrivateLink Guide, "Create a service powered by AWS PrivateLink", Considerations; API Gateway's message."""
    taken = provider.make_service()["NetworkLoadBalancerArns"]
    with refused("InvalidParameter", naming="already associated with another VPC Endpoint Service"):
        provider.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=taken)
    other = provider.make_service()["ServiceId"]
    with refused("InvalidParameter", naming="already associated"):
        modify(provider, other, AddNetworkLoadBalancerArns=taken)
    provider.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[other])


def test_only_removing_a_load_balancer_is_refused_under_connections(provider: Provider) -> None:
    """Configure, "Manage load balancers": no load balancer can be disassociated while endpoints are connected."""
    service = provider.make_service(VENDOR)
    provider.request(service)
    service_id, second = service["ServiceId"], provider.make_load_balancer("second")
    modify(provider, service_id, AddNetworkLoadBalancerArns=[second])
    with refused("ExistingVpcEndpointConnections"):
        modify(provider, service_id, RemoveNetworkLoadBalancerArns=[second])
    assert second in provider.service(service_id)["NetworkLoadBalancerArns"]


@pytest.mark.parametrize(
    ("check", "is_taken"),
    [
        ({"HealthCheckIntervalSeconds": 9}, False),
        ({"HealthCheckIntervalSeconds": 10}, True),
        ({"HealthCheckIntervalSeconds": 5, "HealthCheckProtocol": "HTTP"}, False),
        ({"HealthCheckIntervalSeconds": 6, "HealthCheckProtocol": "HTTP"}, True),
        ({"HealthCheckIntervalSeconds": 9, "HealthCheckProtocol": "HTTPS"}, False),
        ({"HealthCheckTimeoutSeconds": 31}, False),
        ({"HealthCheckTimeoutSeconds": 30}, True),
    ],
)
def test_a_health_check_is_no_shorter_than_its_timeout(
    provider: Provider, check: dict[str, Any], is_taken: bool
) -> None:
    """Guide "Network Load Balancers", "Health checks" (defaults by protocol); aws-cdk#16446 (equal is allowed),
    terraform-provider-aws#48071 (the message)."""
    of = {"Name": "g", "Protocol": "TCP", "Port": 5432, "VpcId": provider.vpc.id, "TargetType": "ip"}
    if is_taken:
        made = provider.elb.create_target_group(**of, **check)["TargetGroups"][0]
        assert made["HealthCheckTimeoutSeconds"] <= made["HealthCheckIntervalSeconds"]
        with refused("ValidationError", naming="interval must be greater than the timeout"):
            provider.elb.modify_target_group(TargetGroupArn=made["TargetGroupArn"], HealthCheckTimeoutSeconds=60)
        return
    with refused("ValidationError", naming="interval must be greater than the timeout"):
        provider.elb.create_target_group(**of, **check)


def test_dualstack_needs_subnets_with_ipv6(provider: Provider) -> None:
    """aws-load-balancer-controller#4852 (the message); PrivateLink Guide, interface endpoints, "IP address types"."""
    subnets, elb = list(provider.vpc.subnets), provider.elb
    message = "associated IPv6 CIDR block"
    with refused("ValidationError", naming=message):
        provider.make_load_balancer("dual", IpAddressType="dualstack")
    with refused("ValidationError", naming=message):
        elb.set_ip_address_type(LoadBalancerArn=provider.load_balancer, IpAddressType="dualstack")
    add_ipv6(provider.ec2, provider.vpc.id, subnets[0])
    arn = provider.make_load_balancer("dual", IpAddressType="dualstack", Subnets=subnets[:1])
    with refused("ValidationError", naming=message):
        elb.set_subnets(LoadBalancerArn=arn, Subnets=subnets)
    service = provider.make_service(NetworkLoadBalancerArns=[arn], SupportedIpAddressTypes=["ipv4", "ipv6"])
    of = {"VpcEndpointType": "Interface", "VpcId": provider.vpc.id, "ServiceName": service["ServiceName"]}
    assert provider.ec2.create_vpc_endpoint(**of, SubnetIds=subnets[:1], IpAddressType="dualstack")
    plain = provider.make_service()["ServiceName"]
    for wrong in ({"SubnetIds": subnets[1:]}, {"SubnetIds": subnets[:1], "ServiceName": plain}):
        with refused("InvalidParameter"):
            provider.ec2.create_vpc_endpoint(**{**of, **wrong}, IpAddressType="dualstack")


def test_a_subnet_has_eight_free_addresses(provider: Provider) -> None:
    """Guide "Network Load Balancers", "Update the Availability Zones"; aws-load-balancer-controller#1233 (message)."""
    made = provider.ec2.create_subnet(VpcId=provider.vpc.id, CidrBlock="10.1.9.0/28", AvailabilityZone="us-east-1c")
    small = made["Subnet"]["SubnetId"]
    provider.make_load_balancer("small", Subnets=[small])
    for dummy in range(4):
        provider.ec2.create_network_interface(SubnetId=small)
    with refused("InvalidSubnet", naming=f"Not enough IP space available in {small}"):
        provider.make_load_balancer("smaller", Subnets=[small])
    with refused("InvalidSubnet"):
        provider.elb.set_subnets(LoadBalancerArn=provider.load_balancer, Subnets=[*provider.vpc.subnets, small])
    of_small = [{"Name": "subnet-id", "Values": [small]}]
    interfaces = provider.ec2.describe_network_interfaces(Filters=of_small)["NetworkInterfaces"]
    taken = {interface["PrivateIpAddress"] for interface in interfaces}
    free = next(address for last in range(4, 15) if (address := f"10.1.9.{last}") not in taken)
    chosen = [{"SubnetId": small, "PrivateIPv4Address": free}]
    of = {"Name": "fixed", "Type": "network", "Scheme": "internal"}
    assert provider.elb.create_load_balancer(**of, SubnetMappings=chosen)["LoadBalancers"]


@pytest.mark.parametrize("tag", [("aws:cost", "1"), ("k" * 129, "1"), ("k", "v" * 257)])
def test_tags_that_no_service_takes(provider: Provider, share: Share, tag: tuple[str, str]) -> None:
    """AWS General Reference, "Tagging your AWS resources": 128 and 256 characters, nothing that begins with aws:."""
    pairs = [{"Key": tag[0], "Value": tag[1]}]
    of = [{"ResourceType": "vpc-endpoint-service", "Tags": pairs}]
    arns = [provider.load_balancer]
    with refused("InvalidParameterValue"):
        provider.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=arns, TagSpecifications=of)
    with refused("InvalidParameterValue"):
        provider.ec2.create_tags(Resources=[provider.vpc.id], Tags=pairs)
    with refused("ValidationError"):
        provider.elb.add_tags(ResourceArns=arns, Tags=pairs)
    with refused("ValidationException"):
        share.lattice.create_service_network(name="apps", tags=dict([tag]))
    with refused("InvalidTagFault"):
        provider.sandbox.boto(provider.account, "redshift").create_tags(ResourceName="arn", Tags=pairs)


def test_tags_of_the_longest_kind_and_what_load_balancers_do_not_take(provider: Provider) -> None:
    """Elastic Load Balancing API Reference, Tag: the pattern of keys and values."""
    arns, pairs = [provider.load_balancer], [{"Key": "k" * 128, "Value": "Ä" * 256}]
    provider.elb.add_tags(ResourceArns=arns, Tags=pairs)
    provider.ec2.create_tags(Resources=[provider.vpc.id], Tags=[*pairs, {"Key": "a", "Value": "b;c"}])
    with refused("ValidationError", naming=";"):
        provider.elb.add_tags(ResourceArns=arns, Tags=[{"Key": "a", "Value": "b;c"}])


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_arns_of_other_partitions(
    sandbox: RunningSandbox, account: str, make_vpc: Callable[..., Vpc], region: str, partition: str
) -> None:
    """AWS General Reference, "Amazon Resource Names": the partition is that of the region."""
    vpc, boto = make_vpc(account, region), sandbox.boto
    elb, ec2 = boto(account, "elbv2", region), boto(account, "ec2", region)
    of = {"Type": "network", "Scheme": "internal", "Subnets": list(vpc.subnets)}
    arn = elb.create_load_balancer(Name="main", **of)["LoadBalancers"][0]["LoadBalancerArn"]
    assert arn.startswith(f"arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/net/main/")
    sandbox.step(1)
    made = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"]
    allow = ec2.modify_vpc_endpoint_service_permissions
    with refused("InvalidPrincipal"):
        allow(ServiceId=made["ServiceId"], AddAllowedPrincipals=[f"arn:aws:iam::{VENDOR}:root"])
    allow(ServiceId=made["ServiceId"], AddAllowedPrincipals=[f"arn:{partition}:iam::{VENDOR}:root"])
    sts = boto(account, "sts", region)
    assert sts.get_caller_identity()["Arn"].startswith(f"arn:{partition}:iam:")
    with refused("AccessDenied", 403):
        sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/other", RoleSessionName="me")
    network = boto(account, "vpc-lattice", region).create_service_network(name="apps")
    assert network["arn"].startswith(f"arn:{partition}:vpc-lattice:")
    topic = boto(account, "ram", region).create_resource_share(name="apps", resourceArns=[network["arn"]])
    assert topic["resourceShare"]["resourceShareArn"].startswith(f"arn:{partition}:ram:")


def test_a_region_that_cannot_be(sandbox: RunningSandbox, account: str) -> None:
    """The message is that of AWS's signature check; a region that is only new to botocore is none of these."""
    for service, call in (("ec2", "describe_vpcs"), ("elbv2", "describe_load_balancers"), ("ram", "list_permissions")):
        with refused("SignatureDoesNotMatch", 403, naming="not 'us-east1'"):
            getattr(sandbox.boto(account, service, "us-east1"), call)()
    with refused("SignatureDoesNotMatch", 403, naming="not 'us-eats-1'"):
        sandbox.boto(account, "ec2", "us-eats-1").describe_vpcs()


def test_a_cluster_is_paused_and_resumed(sandbox: RunningSandbox, account: str) -> None:
    """Redshift API Reference, PauseCluster, ResumeCluster and Cluster (its states)."""
    redshift = sandbox.boto(account, "redshift")
    identity = {"ClusterIdentifier": "dwh"}
    login = {"MasterUsername": "u", "MasterUserPassword": "Passw0rd1"}
    redshift.create_cluster(**identity, NodeType="ra3.xlplus", **login, AvailabilityZoneRelocation=True)

    def state() -> str:
        return str(redshift.describe_clusters(**identity)["Clusters"][0]["ClusterStatus"])

    with refused("InvalidClusterState"):
        redshift.pause_cluster(**identity)
    sandbox.eventually(state, "available".__eq__)
    redshift.pause_cluster(**identity)
    assert state() == "modifying"
    sandbox.eventually(state, "paused".__eq__)
    for refusal in (redshift.pause_cluster, redshift.authorize_endpoint_access):
        with refused("InvalidClusterState"):
            refusal(**identity, **({"Account": VENDOR} if refusal == redshift.authorize_endpoint_access else {}))
    redshift.resume_cluster(**identity)
    sandbox.eventually(state, "available".__eq__)


def secrets_endpoint(provider: Provider, **options: Any) -> dict[str, Any]:
    of = {"VpcEndpointType": "Interface", "VpcId": provider.vpc.id, "SubnetIds": list(provider.vpc.subnets)}
    return dict(provider.ec2.create_vpc_endpoint(**{**of, "ServiceName": SECRETS, **options})["VpcEndpoint"])


def test_private_dns_is_on_unless_it_is_said_otherwise(provider: Provider) -> None:
    """Amazon EC2 API Reference, CreateVpcEndpoint; terraform-provider-aws#37715. A service needs a name for it."""
    provider.ec2.modify_vpc_attribute(VpcId=provider.vpc.id, EnableDnsHostnames={"Value": True})
    assert secrets_endpoint(provider)["PrivateDnsEnabled"] is True
    nameless = provider.make_service()["ServiceName"]
    assert secrets_endpoint(provider, ServiceName=nameless)["PrivateDnsEnabled"] is False
    assert secrets_endpoint(provider, PrivateDnsEnabled=False)["PrivateDnsEnabled"] is False


def test_a_second_private_name_in_a_vpc_is_refused_and_for_a_while_after(provider: Provider) -> None:
    """terraform-provider-aws#17269 and #17535 (the message, and that it lasts)."""
    sandbox, ec2 = provider.sandbox, provider.ec2
    ec2.modify_vpc_attribute(VpcId=provider.vpc.id, EnableDnsHostnames={"Value": True})
    first = secrets_endpoint(provider)["VpcEndpointId"]
    with refused("InvalidParameter", naming=f"{CONFLICT} for secretsmanager.us-east-1.amazonaws.com in the VPC"):
        secrets_endpoint(provider)
    second = secrets_endpoint(provider, PrivateDnsEnabled=False)["VpcEndpointId"]
    sandbox.step(1)
    with refused("InvalidParameter", naming=CONFLICT):
        ec2.modify_vpc_endpoint(VpcEndpointId=second, PrivateDnsEnabled=True)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    sandbox.lag(**{"vpc_endpoint.private_dns": 5})
    try:
        sandbox.step(1)
        assert [found["VpcEndpointId"] for found in ec2.describe_vpc_endpoints()["VpcEndpoints"]] == [second]
        with refused("InvalidParameter", naming=CONFLICT):
            secrets_endpoint(provider)
    finally:
        sandbox.lag(**{"vpc_endpoint.private_dns": 0.1})
    sandbox.step(1)
    assert secrets_endpoint(provider)["PrivateDnsEnabled"] is True


def test_private_dns_while_a_request_waits(provider: Provider) -> None:
    """Whether AWS refuses it until the owner has accepted is not documented: the sandbox does not."""
    provider.ec2.modify_vpc_attribute(VpcId=provider.vpc.id, EnableDnsHostnames={"Value": True})
    service = provider.make_service(PrivateDnsName="db.example.com")
    provider.ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=service["ServiceId"])
    provider.sandbox.step(1)
    made = secrets_endpoint(provider, ServiceName=service["ServiceName"])
    assert (made["State"], made["PrivateDnsEnabled"]) == ("pendingAcceptance", True)


def test_dns_options_of_interface_endpoints_are_kept_and_shown(provider: Provider) -> None:
    """Amazon EC2 API Reference, DnsOptions and CreateVpcEndpoint."""
    provider.ec2.modify_vpc_attribute(VpcId=provider.vpc.id, EnableDnsHostnames={"Value": True})
    made = secrets_endpoint(provider)
    assert (made["IpAddressType"], made["DnsOptions"]) == ("ipv4", {"DnsRecordIpType": "ipv4"})
    off = {"PrivateDnsEnabled": False}
    kept = secrets_endpoint(provider, **off, DnsOptions={"DnsRecordIpType": "service-defined"})
    assert kept["DnsOptions"] == {"DnsRecordIpType": "service-defined"}
    for wrong in ({"PrivateDnsPreference": "ALL_DOMAINS"}, {"PrivateDnsOnlyForInboundResolverEndpoint": True}):
        with refused("InvalidParameter"):
            secrets_endpoint(provider, **off, DnsOptions=wrong)
    inbound = {"PrivateDnsOnlyForInboundResolverEndpoint": False}
    assert secrets_endpoint(provider, ServiceName="com.amazonaws.us-east-1.s3", DnsOptions=inbound)["DnsOptions"]


def test_spelling_and_domains_of_resource_endpoints(share: Share, make_vpc: Callable[..., Vpc]) -> None:
    """terraform-provider-aws#45118 and #45946 (upper case), #45537 (the star)."""
    share.accept()
    vpc = share.consumer_vpc(make_vpc)
    made = share.create_endpoint(vpc, PrivateDnsEnabled=True, IpAddressType="ipv4")
    assert made["IpAddressType"] == "IPV4"
    assert made["DnsOptions"]["PrivateDnsSpecifiedDomains"] == ["*"]
    of = {"PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY", "PrivateDnsSpecifiedDomains": ["db-1.redis.example.com"]}
    chosen = share.create_endpoint(vpc, PrivateDnsEnabled=True, DnsOptions=of)
    assert chosen["DnsOptions"] == of


def test_names_behind_a_service_network_endpoint(share: Share, make_vpc: Callable[..., Vpc]) -> None:
    """Public outputs of DescribeVpcEndpointAssociations: the endpoint, then the association of the resource."""
    share.accept()
    lattice, vpc = share.sandbox.boto(share.consumer, "vpc-lattice"), share.consumer_vpc(make_vpc)
    network = lattice.create_service_network(name="apps")
    of = {"serviceNetworkIdentifier": network["id"], "resourceConfigurationIdentifier": share.group["id"]}
    lattice.create_service_network_resource_association(**of)
    share.sandbox.step(1)
    made = share.create_endpoint(
        vpc, VpcEndpointType="ServiceNetwork", ServiceNetworkArn=network["arn"], ResourceConfigurationArn=""
    )
    listed = lattice.list_service_network_resource_associations(**of, includeChildren=True)["items"]
    ids = {item["resourceConfigurationId"]: item["id"] for item in listed}
    for row in share.associations(made["VpcEndpointId"]):
        configuration = row["AssociatedResourceArn"].rpartition("/")[2]
        start = f"{made['VpcEndpointId']}-{ids[configuration]}.{configuration}."
        assert row["DnsEntry"]["DnsName"].startswith(start)


def test_application_load_balancers_are_there_too(provider: Provider) -> None:
    """Elastic Load Balancing API Reference, CreateLoadBalancer: type application is the default."""
    elb, subnets = provider.elb, list(provider.vpc.subnets)
    made = elb.create_load_balancer(Name="main", Scheme="internal", Subnets=subnets)["LoadBalancers"][0]
    assert (made["Type"], ":loadbalancer/app/main/" in made["LoadBalancerArn"]) == ("application", True)
    found = elb.describe_load_balancers(Names=["main"])["LoadBalancers"]
    assert sorted(balancer["Type"] for balancer in found) == ["application", "network"]
    with refused("InvalidNetworkLoadBalancerArn.Malformed"):
        provider.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[made["LoadBalancerArn"]])
    elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    assert [balancer["Type"] for balancer in elb.describe_load_balancers()["LoadBalancers"]] == ["network"]


def test_gateway_endpoints_are_in_route_tables(boto: Boto, account: str, make_vpc: Callable[..., Vpc]) -> None:
    """AWS PrivateLink Guide, "Gateway endpoints": for S3 and DynamoDB, in route tables of the VPC, one in each."""
    ec2, vpc, name = boto(account, "ec2"), make_vpc(account), "com.amazonaws.us-east-1.s3"
    tables = [ec2.create_route_table(VpcId=vpc.id)["RouteTable"]["RouteTableId"] for _number in range(2)]
    foreign = ec2.create_route_table(VpcId=make_vpc(account).id)["RouteTable"]["RouteTableId"]

    def make(**options: Any) -> dict[str, Any]:
        of = {"VpcEndpointType": "Gateway", "VpcId": vpc.id, "ServiceName": name, **options}
        return dict(ec2.create_vpc_endpoint(**of)["VpcEndpoint"])

    for option in (
        {"SubnetIds": [vpc.subnets[0]]},
        {"SecurityGroupIds": [vpc.security_group]},
        {"ServiceName": SECRETS},
    ):
        with refused("InvalidParameter"):
            make(**option)
    with refused("InvalidRouteTableId.NotFound"):
        make(RouteTableIds=[foreign])
    made = make(RouteTableIds=tables[:1])
    assert (made["State"], made["RouteTableIds"], made["PrivateDnsEnabled"]) == ("available", tables[:1], False)
    with refused("RouteAlreadyExists", naming=tables[0]):
        make(RouteTableIds=tables)
    of = {"VpcEndpointId": made["VpcEndpointId"]}
    ec2.modify_vpc_endpoint(**of, AddRouteTableIds=tables[1:], RemoveRouteTableIds=tables[:1])
    assert (
        ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"][0]["RouteTableIds"]
        == tables[1:]
    )
    with refused("InvalidParameter"):
        ec2.modify_vpc_endpoint(**of, AddSubnetIds=[vpc.subnets[0]])


def test_a_security_group_is_not_deleted_while_something_is_in_it(provider: Provider) -> None:
    """EC2 API Reference, DeleteSecurityGroup: DependencyViolation while an interface, as an endpoint's, has it."""
    ec2, where = provider.ec2, {"VpcId": provider.vpc.id, "SubnetIds": [provider.vpc.subnets[0]]}
    ids = []
    for name in ("first", "second"):
        ids.append(ec2.create_security_group(GroupName=name, Description=name, VpcId=provider.vpc.id)["GroupId"])
    what = {"VpcEndpointType": "Interface", "ServiceName": SECRETS, "PrivateDnsEnabled": False}
    endpoint = ec2.create_vpc_endpoint(**what, **where, SecurityGroupIds=ids[:1])["VpcEndpoint"]
    by = [{"Name": "group-id", "Values": ids[:1]}]
    (interface,) = ec2.describe_network_interfaces(Filters=by)["NetworkInterfaces"]
    assert interface["InterfaceType"] == "vpc_endpoint"
    with refused("DependencyViolation", naming=ids[0]):
        ec2.delete_security_group(GroupId=ids[0])
    provider.sandbox.eventually(
        lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"][0]["State"],
        "available".__eq__,
    )
    moved = {"AddSecurityGroupIds": ids[1:], "RemoveSecurityGroupIds": ids[:1]}
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], **moved)
    ec2.delete_security_group(GroupId=ids[0])
    with refused("DependencyViolation", naming=ids[1]):
        ec2.delete_security_group(GroupId=ids[1])
    with refused("InvalidGroup.NotFound"):
        ec2.delete_security_group(GroupId=ids[0])
