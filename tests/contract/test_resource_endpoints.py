# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource endpoints to another account's resource configurations, from share to association, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Vpc
from tests.contract.conftest import Share, refused
from tests.sandbox.client import ControlError

NAMES = ["db-1.redis.example.com", "metrics.redis.example.com"]


@pytest.fixture
def accepted(share: Share) -> Share:
    share.accept()
    return share


@pytest.fixture
def vpc(share: Share, make_vpc: Callable[..., Vpc]) -> Vpc:
    """A VPC of the consumer that allows private DNS."""
    return share.consumer_vpc(make_vpc)


def private_names(rows: list[dict[str, Any]]) -> list[str | None]:
    return [row.get("PrivateDnsEntry", {}).get("DnsName") for row in rows]


def wait(share: Share, endpoint_id: str, state: str) -> dict[str, Any]:
    describe = share.ec2.describe_vpc_endpoints
    return share.sandbox.eventually(
        lambda: dict(describe(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0]),
        lambda endpoint: bool(endpoint["State"] == state),
    )


def test_from_share_to_associations_and_back(share: Share, vpc: Vpc) -> None:
    with refused("InvalidResourceConfigurationArn.NotFound"):
        share.create_endpoint(vpc)
    share.accept()
    made = share.create_endpoint(vpc, PrivateDnsEnabled=True)
    assert made["State"] == "pending"
    assert made["ResourceConfigurationArn"] == share.group["arn"]
    domains = {"PrivateDnsPreference": "VERIFIED_DOMAINS_ONLY", "PrivateDnsSpecifiedDomains": ["*"]}
    assert (made["DnsOptions"], made["IpAddressType"]) == (domains, "IPV4")
    assert "ServiceName" not in made
    rows = share.associations(made["VpcEndpointId"])
    assert private_names(rows) == NAMES
    assert {row["ResourceConfigurationGroupArn"] for row in rows} == {share.group["arn"]}
    assert [row["AssociatedResourceArn"] for row in rows] == [child["arn"] for child in share.children]
    vendor = share.lattice.list_resource_endpoint_associations(resourceConfigurationIdentifier=share.group["id"])
    seen = vendor["items"][0]
    assert (seen["vpcEndpointId"], seen["vpcEndpointOwner"]) == (made["VpcEndpointId"], share.consumer)
    with refused("ConflictException", 409, naming=seen["id"]):
        share.lattice.delete_resource_configuration(resourceConfigurationIdentifier=share.group["id"])
    share.lattice.delete_resource_endpoint_association(resourceEndpointAssociationIdentifier=seen["id"])
    with refused("ResourceNotFoundException", 404):
        share.lattice.delete_resource_endpoint_association(resourceEndpointAssociationIdentifier=seen["id"])
    assert share.ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"] == []
    assert share.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["Unsuccessful"] == []
    share.sandbox.eventually(
        lambda: share.ec2.describe_vpc_endpoints()["VpcEndpoints"], lambda endpoints: not endpoints
    )


def test_a_deleted_endpoint_leaves_the_owners_list(accepted: Share, vpc: Vpc) -> None:
    made = accepted.create_endpoint(vpc)["VpcEndpointId"]
    accepted.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
    of = {"resourceConfigurationIdentifier": accepted.group["id"]}
    assert accepted.lattice.list_resource_endpoint_associations(**of)["items"] == []


def test_what_stays_when_the_share_is_left(accepted: Share, vpc: Vpc) -> None:
    made = accepted.create_endpoint(vpc)["VpcEndpointId"]
    accepted.ram().disassociate_resource_share(resourceShareArn=accepted.arn, principals=[accepted.consumer])
    assert accepted.associations(made)
    with refused("InvalidResourceConfigurationArn.NotFound"):
        accepted.create_endpoint(vpc)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, [None, None]),
        ({"PrivateDnsEnabled": True}, NAMES),
        ({"PrivateDnsEnabled": True, "DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}}, NAMES),
        (
            {
                "PrivateDnsEnabled": True,
                "DnsOptions": {
                    "PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY",
                    "PrivateDnsSpecifiedDomains": ["db-1.redis.example.com"],
                },
            },
            [NAMES[0], None],
        ),
    ],
)
def test_private_names_follow_the_preference(
    accepted: Share, vpc: Vpc, options: dict[str, Any], names: list[str | None]
) -> None:
    made = accepted.create_endpoint(vpc, **options)["VpcEndpointId"]
    assert private_names(accepted.associations(made)) == names


def test_associations_are_filtered_and_paged(accepted: Share, vpc: Vpc) -> None:
    made = accepted.create_endpoint(vpc)["VpcEndpointId"]
    rows = accepted.associations(made)
    describe = accepted.ec2.describe_vpc_endpoint_associations
    for name, value in (
        ("vpc-endpoint-id", made),
        ("resource-configuration-group-arn", accepted.group["arn"]),
        ("associated-resource-accessibility", "AVAILABLE"),
    ):
        found = describe(Filters=[{"Name": name, "Values": [value]}])["VpcEndpointAssociations"]
        assert found == rows, name
    condition = [{"Name": "associated-resource-id", "Values": [accepted.children[1]["id"]]}]
    assert describe(Filters=condition)["VpcEndpointAssociations"] == rows[1:]
    page = describe(MaxResults=1)
    assert [*page["VpcEndpointAssociations"]] == rows[:1]
    assert describe(NextToken=page["NextToken"])["VpcEndpointAssociations"] == rows[1:]
    with refused("InvalidVpcEndpointId.NotFound"):
        describe(VpcEndpointIds=["vpce-00000000000000000"])
    with refused("InvalidNextToken"):
        describe(NextToken="?")


def test_a_child_that_comes_later_is_associated(accepted: Share, vpc: Vpc) -> None:
    made = accepted.create_endpoint(vpc, PrivateDnsEnabled=True)["VpcEndpointId"]
    accepted.associations(made)
    accepted.lattice.create_resource_configuration(
        name="db-2",
        type="CHILD",
        resourceConfigurationGroupIdentifier=accepted.group["arn"],
        portRanges=["12001"],
        customDomainName="db-2.redis.example.com",
        resourceConfigurationDefinition={"dnsResource": {"domainName": "db-2.internal", "ipAddressType": "IPV4"}},
    )
    accepted.sandbox.eventually(lambda: private_names(accepted.associations(made)), lambda names: len(names) == 3)


def test_what_create_refuses(accepted: Share, vpc: Vpc, make_vpc: Callable[..., Vpc]) -> None:
    ec2, bare = accepted.ec2, make_vpc(accepted.consumer, accepted.region, "10.2.0.0/16")
    with refused("InvalidParameter", naming="enableDnsHostnames"):
        accepted.create_endpoint(bare, PrivateDnsEnabled=True)
    far = ec2.create_subnet(VpcId=vpc.id, CidrBlock="10.1.9.0/24", AvailabilityZone="us-east-1e")["Subnet"]
    assert far["AvailabilityZoneId"] == "use1-az3"
    with refused("InvalidParameter", naming=f"does not support the availability zone of the subnet: {far['SubnetId']}"):
        accepted.create_endpoint(vpc, SubnetIds=[far["SubnetId"]])
    with refused("InvalidResourceConfigurationArn.Malformed"):
        accepted.create_endpoint(vpc, ResourceConfigurationArn=accepted.group["id"])
    with refused("InvalidResourceConfigurationArn.NotFound"):
        accepted.create_endpoint(vpc, ResourceConfigurationArn=accepted.children[0]["arn"])
    with refused("InvalidParameter", naming="no other destination"):
        accepted.create_endpoint(vpc, ServiceName="com.amazonaws.us-east-1.s3")
    with refused("InvalidParameter", naming="policy"):
        accepted.create_endpoint(vpc, PolicyDocument="{}")
    domains = {"PrivateDnsPreference": "VERIFIED_DOMAINS_ONLY", "PrivateDnsSpecifiedDomains": ["example.com"]}
    for enabled, options, code in (
        (False, {"PrivateDnsPreference": "ALL_DOMAINS"}, "InvalidParameter"),
        (True, {"PrivateDnsPreference": "all-domains"}, "InvalidParameterValue"),
        (True, {"PrivateDnsPreference": "SPECIFIED_DOMAINS_ONLY"}, "InvalidParameter"),
        (True, domains, "InvalidParameter"),
    ):
        with refused(code):
            accepted.create_endpoint(vpc, PrivateDnsEnabled=enabled, DnsOptions=options)
    with refused("InvalidServiceNetworkArn.NotFound"):
        network = f"arn:aws:vpc-lattice:us-east-1:{accepted.consumer}:servicenetwork/sn-00000000000000000"
        ec2.create_vpc_endpoint(VpcEndpointType="ServiceNetwork", VpcId=vpc.id, ServiceNetworkArn=network)


def test_what_can_be_modified(accepted: Share, vpc: Vpc) -> None:
    made = accepted.create_endpoint(vpc, PrivateDnsEnabled=True)["VpcEndpointId"]
    modify = accepted.ec2.modify_vpc_endpoint
    with refused("IncorrectState"):
        modify(VpcEndpointId=made, IpAddressType="dualstack")
    wait(accepted, made, "available")
    for fixed in (
        {"PrivateDnsEnabled": False},
        {"PolicyDocument": "{}"},
        {"DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}},
    ):
        with refused("InvalidParameter", naming="cannot be modified"):
            modify(VpcEndpointId=made, **fixed)
    modify(
        VpcEndpointId=made,
        RemoveSubnetIds=[vpc.subnets[1]],
        AddSecurityGroupIds=[vpc.security_group],
        DnsOptions={"DnsRecordIpType": "dualstack"},
    )
    changed = wait(accepted, made, "available")
    assert (changed["SubnetIds"], changed["IpAddressType"]) == ([vpc.subnets[0]], "IPV4")
    assert changed["DnsOptions"]["DnsRecordIpType"] == "dualstack"
    with refused("InvalidParameter", naming="IPv6"):
        modify(VpcEndpointId=made, IpAddressType="dualstack")


def test_endings_that_a_test_decides(accepted: Share, vpc: Vpc) -> None:
    sandbox = accepted.sandbox
    why = {"code": "InsufficientFreeAddresses", "reason": "The subnet has too few addresses"}
    sandbox.outcome("vpc_endpoint", "failed", account=accepted.consumer, **why)
    failed = wait(accepted, accepted.create_endpoint(vpc)["VpcEndpointId"], "failed")
    assert failed["LastError"] == {"Code": why["code"], "Message": why["reason"]}
    made = accepted.create_endpoint(vpc)["VpcEndpointId"]
    assert "LastError" not in wait(accepted, made, "available")
    child = accepted.children[0]["id"]
    sandbox.control("POST", "endpoint_state", vpc_endpoint_id=made, resource_configuration_id=child, **why)
    rows = accepted.associations(made)
    assert [(row["AssociatedResourceAccessibility"], row.get("FailureCode")) for row in rows] == [
        ("Inaccessible", why["code"]),
        ("Accessible", None),
    ]
    with pytest.raises(ControlError, match="kind is one of"):
        sandbox.outcome("castle", "failed")


def test_what_a_configuration_refuses(share: Share) -> None:
    create = share.lattice.create_resource_configuration
    definition = {"resourceConfigurationDefinition": {"ipResource": {"ipAddress": "10.1.0.9"}}}
    of = {"resourceConfigurationGroupIdentifier": share.group["id"]}
    gateway = {"resourceGatewayIdentifier": share.group["resourceGatewayId"]}
    for options in (
        {"type": "CHILD", **definition},
        {"type": "SINGLE", **gateway},
        {"type": "SINGLE", **definition},
        {"type": "SINGLE", **definition, **gateway, "portRanges": ["all"]},
        {"type": "GROUP", **definition, **gateway},
        {"type": "CHILD", **definition, **of, "customDomainName": "db.other.example.com"},
    ):
        with refused("ValidationException", 400):
            create(name="refused", **options)
    with refused("ConflictException", 409):
        create(name="redis", type="SINGLE", **definition, **gateway)
    with refused("ConflictException", 409, naming=share.children[0]["id"]):
        share.lattice.delete_resource_configuration(resourceConfigurationIdentifier=share.group["id"])
    with refused("ConflictException", 409):
        share.lattice.delete_resource_gateway(**gateway)
    single = create(name="alone", type="SINGLE", **definition, **gateway)["id"]
    listed = share.lattice.list_resource_configurations(**of)["items"]
    assert {item["id"] for item in listed} == {child["id"] for child in share.children}
    share.lattice.delete_resource_configuration(resourceConfigurationIdentifier=single)
    everything = share.lattice.list_resource_configurations
    share.sandbox.eventually(lambda: everything()["items"], lambda items: single not in [item["id"] for item in items])


def test_a_consumer_reads_what_is_shared_and_changes_nothing(accepted: Share, boto: Callable[..., Any]) -> None:
    consumer = boto(accepted.consumer, "vpc-lattice")
    listed = {item["id"] for item in consumer.list_resource_configurations()["items"]}
    assert listed == {accepted.group["id"], *(child["id"] for child in accepted.children)}
    child = consumer.get_resource_configuration(resourceConfigurationIdentifier=accepted.children[0]["arn"])
    assert (child["portRanges"], child["customDomainName"]) == (["12000"], NAMES[0])
    with refused("AccessDeniedException", 403):
        consumer.delete_resource_configuration(resourceConfigurationIdentifier=accepted.group["id"])
    with refused("AccessDeniedException", 403):
        consumer.list_resource_endpoint_associations(resourceConfigurationIdentifier=accepted.group["id"])
