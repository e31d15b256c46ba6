# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role databricks, for clusters: their way to services of AWS, and what is checked before anything is made."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.modules.conftest import Estate
from tests.unit.modules.databricks import REGION, Account, uid
from tests.unit.modules.test_databricks_role import Company

S3, STS = f"com.amazonaws.{REGION}.s3", f"com.amazonaws.{REGION}.sts"


@pytest.fixture
def company(estate: Estate, databricks: Account, monkeypatch: pytest.MonkeyPatch) -> Company:
    return Company(estate, databricks, monkeypatch)


def classic(company: Company, **options: Any) -> dict[str, Any]:
    lake = {name: value for name, value in company.lake.items() if name not in ("transit_vpcs", "aws_endpoints")}
    return {**lake, "connectivity": ["classic"], **options}


def services(company: Company) -> list[str]:
    """What endpoints of AWS there are, by the last word of their service."""
    found = company.estate.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    return sorted(endpoint["ServiceName"].removeprefix("com.amazonaws.") for endpoint in found)


def test_clusters_reach_s3_sts_and_kinesis_and_it_all_goes_with_them(company: Company) -> None:
    lake = classic(company)
    company.run(lake, check=True)
    assert company.writes == []
    (planned,) = company.report
    ec2 = company.estate.ec2
    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [company.vpc.id]}])["RouteTables"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=company.vpc.id)
    ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    said = company.run(lake)["lake"]
    assert sorted(planned["writes"]) == sorted(company.writes)
    assert said.startswith(f"connected: Roads to the internet that are left: 0.0.0.0/0 by {gateway} (")
    assert {f"{REGION}.s3", f"{REGION}.sts", f"{REGION}.kinesis-streams"} <= set(services(company))
    s3, sts = endpoint(company, S3), endpoint(company, STS)
    assert (s3["VpcEndpointType"], s3["RouteTableIds"]) == ("Gateway", [main["RouteTableId"]])
    assert (sts["PrivateDnsEnabled"], sts["SubnetIds"]) == (True, lake["compute_vpc"]["endpoint_subnet_ids"])
    company.run(lake)
    assert company.writes == []
    going = {**lake, "state": "absent", "leave_network": "old", "leave_private_access": uid(2)}
    assert company.run(going)["lake"] == "absent"
    assert services(company) == []


def endpoint(company: Company, service: str) -> dict[str, Any]:
    of_service = [{"Name": "service-name", "Values": [service]}]
    (found,) = company.estate.ec2.describe_vpc_endpoints(Filters=of_service)["VpcEndpoints"]
    return dict(found)


def test_endpoints_of_others_are_never_doubled_and_never_taken_away(company: Company) -> None:
    ec2, vpc = company.estate.ec2, company.vpc
    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["RouteTables"]
    where = {"VpcId": vpc.id, "ServiceName": S3, "VpcEndpointType": "Gateway"}
    ec2.create_vpc_endpoint(**where, RouteTableIds=[main["RouteTableId"]])
    ec2.create_vpc_endpoint(
        VpcId=vpc.id,
        ServiceName=STS,
        VpcEndpointType="Interface",
        SubnetIds=list(vpc.subnets)[:1],
        PrivateDnsEnabled=True,
    )
    theirs = services(company)
    lake = classic(company, aws_endpoints=["s3", "sts"])
    refused = company.run(lake)["lake"]
    assert refused.startswith("failed: making the VPC endpoints: ")
    assert "Set adopt=true to use that one" in refused
    company.run({**lake, "adopt_aws_endpoints": True})
    assert [service for service in services(company) if "svc" not in service] == theirs
    assert company.run({**lake, "adopt_aws_endpoints": True})["lake"].startswith("connected")
    assert company.writes == []
    going = {"state": "absent", "leave_network": "old", "leave_private_access": uid(2), "adopt_aws_endpoints": True}
    assert company.run({**lake, **going})["lake"] == "absent"
    assert services(company) == theirs


@pytest.mark.parametrize("wrong", ["premium", "groups", "others"])
def test_nothing_is_made_for_what_fails_a_check(company: Company, wrong: str) -> None:
    lake = classic(company)
    if wrong == "premium":
        company.databricks.sandbox.databricks_change(
            company.databricks.id, "workspaces", "1", {"pricing_tier": "PREMIUM"}
        )
        says = "D-3, D-5: The plan of the workspace is PREMIUM. Have the workspace's account upgraded"
    elif wrong == "others":
        company.estate.ec2.create_network_interface(SubnetId=company.vpc.subnets[0], Groups=[default_group(company)])
        says = f"D-14: Those of {default_group(company)} would lose {STS}, whose private name leads all of"
    else:
        other = company.estate.ec2.create_security_group(GroupName="other", Description="x", VpcId=company.vpc.id)
        lake["compute_vpc"]["security_group_ids"] = [other["GroupId"]]
        says = f"D-21: {other['GroupId']} do not let all of TCP in from themselves"
    said = company.run(lake)["lake"]
    assert says in said
    assert company.writes == []
    assert services(company) == []


def default_group(company: Company) -> str:
    of_vpc = [{"Name": "vpc-id", "Values": [company.vpc.id]}, {"Name": "group-name", "Values": ["default"]}]
    found = company.estate.ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
    return str(found[0]["GroupId"])
