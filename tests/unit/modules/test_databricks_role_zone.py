# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role databricks: the name of workspaces leads to its endpoints before a workspace moves, and goes after it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.modules.databricks import uid
from tests.unit.modules.test_databricks_role import Company, company  # noqa: F401 (a fixture)

DOMAIN = "privatelink.cloud.databricks.com"
MADE = ["route53:CreateHostedZone", "route53:ChangeTagsForResource", "route53:ChangeResourceRecordSets"]
GONE = ["route53:ChangeResourceRecordSets", "route53:DeleteHostedZone"]
MOVE, JOIN = "databricks:UpdateWorkspace", "route53:AssociateVPCWithHostedZone"


@pytest.fixture
def front(company: Company) -> dict[str, Any]:  # noqa: F811
    """A workspace that users of one VPC reach, and find from another."""
    place = {**company.lake["transit_vpcs"][0], "dns_vpc_ids": [company.vpc.id]}
    ways = {"connectivity": ["inbound"], "transit_vpcs": [place], "confirm_disruption": True}
    return {"name": "lake", "workspace_id": 1, **ways, "private_zone": "manage"}


def dns(company: Company) -> Any:  # noqa: F811
    return company.estate.boto(company.estate.account, "route53")


def names(company: Company) -> dict[str, str]:  # noqa: F811
    """Where the name leads to, by each VPC that asks."""
    found = {}
    for zone in dns(company).list_hosted_zones()["HostedZones"]:
        records = dns(company).list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        targets = [row["AliasTarget"]["DNSName"] for row in records if row["Name"] == f"nvirginia.{DOMAIN}."]
        for vpc in dns(company).get_hosted_zone(Id=zone["Id"])["VPCs"]:
            found[vpc["VPCId"]] = targets[0] if targets else ""
    return found


def endpoint(company: Company, vpc_id: str) -> str:  # noqa: F811
    """The name of the endpoint in a VPC."""
    rows = company.estate.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    return next(f"{row['DnsEntries'][0]['DnsName']}." for row in rows if row["VpcId"] == vpc_id)


def test_the_name_stands_before_the_workspace_moves_and_goes_after_it(company: Company, front: dict[str, Any]) -> None:  # noqa: F811
    company.run(front, check=True)
    assert company.writes == []
    planned = company.report[0]["writes"]
    assert planned[-5:] == [*MADE, JOIN, MOVE]
    assert company.run(front) == {"lake": "connected"}
    assert sorted(company.writes) == sorted(planned)
    assert company.writes[-5:] == planned[-5:]
    target = endpoint(company, company.transit.id)
    assert names(company) == {company.transit.id: target, company.vpc.id: target}
    company.run(front)
    assert company.writes == []
    company.run({**front, "state": "absent", "leave_private_access": uid(2)})
    order = [MOVE, "databricks:DeletePrivateAccess", *GONE, "databricks:DeleteVpcEndpoint", "ec2:DeleteVpcEndpoints"]
    assert company.writes[: len(order)] == order
    assert names(company) == {}


def test_a_zone_of_others_keeps_the_workspace_where_it_is_until_it_is_adopted(
    company: Company,  # noqa: F811
    front: dict[str, Any],
) -> None:
    where = {"VPCRegion": "us-east-1", "VPCId": company.transit.id}
    dns(company).create_hosted_zone(Name=DOMAIN, CallerReference="theirs", VPC=where)
    assert "failed: making the private zone" in company.run(front)["lake"]
    assert MOVE not in company.writes
    assert company.run({**front, "private_zone_adopt": True}) == {"lake": "connected"}
    assert company.writes == [*MADE[1:], JOIN, MOVE]
    # Databricks keeps the settings, and the internet comes in: the name goes with the endpoint, and before it.
    assert "kept" in company.run({**front, "private_zone_adopt": True, "state": "absent"})["lake"]
    assert company.writes[0] == GONE[0]
    assert "ec2:DeleteVpcEndpoints" in company.writes
    assert names(company) == {company.transit.id: ""}
