# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redshift clusters, endpoint authorizations and managed endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import Vpc
from tests.contract.conftest import VENDOR, refused
from tests.sandbox.client import RunningSandbox

Make = Callable[..., str]


@pytest.fixture
def redshift(sandbox: RunningSandbox, account: str) -> Any:
    return sandbox.boto(account, "redshift")


@pytest.fixture
def cluster(sandbox: RunningSandbox, redshift: Any) -> Make:
    """``cluster("name", **options)`` makes an available RA3 cluster with relocation; the answer is its name."""

    def make(name: str = "warehouse", **options: Any) -> str:
        parameters = {"NodeType": "ra3.xlplus", "Port": 5439, "AvailabilityZoneRelocation": True, **options}
        redshift.create_cluster(ClusterIdentifier=name, MasterUsername="admin", MasterUserPassword="P4ss", **parameters)
        sandbox.eventually(lambda: status(redshift, name), "available".__eq__)
        return name

    return make


def described(redshift: Any, name: str) -> dict[str, Any]:
    return dict(redshift.describe_clusters(ClusterIdentifier=name)["Clusters"][0])


def status(redshift: Any, name: str) -> str:
    return str(described(redshift, name)["ClusterStatus"])


@pytest.fixture
def slow(sandbox: RunningSandbox) -> Iterator[None]:
    """States last long enough to be looked at."""
    sandbox.lag(**{"endpoint_authorization.Revoking": 0.4, "cluster_relocation.pending_enabling": 0.4})
    yield
    sandbox.lag(**{"endpoint_authorization.Revoking": 0.1, "cluster_relocation.pending_enabling": 0.1})


def test_a_cluster_is_made_changed_and_deleted(
    sandbox: RunningSandbox, redshift: Any, cluster: Make, account: str
) -> None:
    name = cluster(Tags=[{"Key": "team", "Value": "data"}])
    made = described(redshift, name)
    assert made["Endpoint"]["Port"] == 5439
    assert made["AvailabilityZoneRelocationStatus"] == "enabled"
    assert made["MultiAZ"] == "Disabled"
    assert made["Tags"] == [{"Key": "team", "Value": "data"}]
    arn = f"arn:aws:redshift:us-east-1:{account}:cluster:{name}"
    redshift.create_tags(ResourceName=arn, Tags=[{"Key": "env", "Value": "prod"}])
    redshift.delete_tags(ResourceName=arn, TagKeys=["team"])
    tagged = redshift.describe_tags(ResourceName=arn)["TaggedResources"]
    assert [row["Tag"] for row in tagged] == [{"Key": "env", "Value": "prod"}]
    with refused("ClusterAlreadyExists"):
        cluster()
    with refused("InvalidParameterValue"):
        redshift.modify_cluster(ClusterIdentifier=name, Port=1433)
    changed = redshift.modify_cluster(ClusterIdentifier=name, Port=5440, MultiAZ=True)["Cluster"]
    assert changed["ClusterStatus"] == "modifying"
    with refused("InvalidClusterState"):
        redshift.modify_cluster(ClusterIdentifier=name, Port=5441)
    sandbox.eventually(lambda: status(redshift, name), "available".__eq__)
    assert described(redshift, name)["MultiAZ"] == "Enabled"
    redshift.delete_cluster(ClusterIdentifier=name, SkipFinalClusterSnapshot=True)
    sandbox.eventually(lambda: redshift.describe_clusters()["Clusters"], lambda clusters: not clusters)
    with refused("ClusterNotFound", 404):
        described(redshift, name)


def test_relocation_goes_through_pending(sandbox: RunningSandbox, redshift: Any, cluster: Make, slow: None) -> None:
    name = cluster(AvailabilityZoneRelocation=False)
    assert described(redshift, name)["AvailabilityZoneRelocationStatus"] == "disabled"
    redshift.modify_cluster(ClusterIdentifier=name, AvailabilityZoneRelocation=True)
    assert described(redshift, name)["AvailabilityZoneRelocationStatus"] == "pending_enabling"
    sandbox.eventually(lambda: described(redshift, name)["AvailabilityZoneRelocationStatus"], "enabled".__eq__)
    old = cluster("old", NodeType="dc2.large", AvailabilityZoneRelocation=False)
    with refused("UnsupportedOperation"):
        redshift.modify_cluster(ClusterIdentifier=old, AvailabilityZoneRelocation=True)
    with refused("UnsupportedOperation"):
        redshift.authorize_endpoint_access(ClusterIdentifier=old, Account=VENDOR)


def test_clusters_page_and_subnet_groups(
    sandbox: RunningSandbox, redshift: Any, account: str, make_vpc: Callable[..., Vpc]
) -> None:
    vpc = make_vpc(account)
    made = redshift.create_cluster_subnet_group(
        ClusterSubnetGroupName="Private", Description="x", SubnetIds=list(vpc.subnets)
    )["ClusterSubnetGroup"]
    assert (made["ClusterSubnetGroupName"], made["VpcId"]) == ("private", vpc.id)
    with refused("ClusterSubnetGroupAlreadyExists"):
        redshift.create_cluster_subnet_group(ClusterSubnetGroupName="private", Description="x", SubnetIds=vpc.subnets)
    with refused("InvalidSubnet"):
        redshift.create_cluster_subnet_group(ClusterSubnetGroupName="b", Description="x", SubnetIds=["subnet-1"])
    for number in range(21):
        redshift.create_cluster(
            ClusterIdentifier=f"c{number}",
            NodeType="ra3.large",
            MasterUsername="admin",
            ClusterSubnetGroupName="private",
            Tags=[{"Key": "n", "Value": str(number)}],
        )
    pages = list(redshift.get_paginator("describe_clusters").paginate(PaginationConfig={"PageSize": 20}))
    assert [len(page["Clusters"]) for page in pages] == [20, 1]
    assert {item["VpcId"] for item in pages[0]["Clusters"]} == {vpc.id}
    assert [item["ClusterIdentifier"] for item in redshift.describe_clusters(TagValues=["7"])["Clusters"]] == ["c7"]
    with refused("InvalidClusterSubnetGroupStateFault"):
        redshift.delete_cluster_subnet_group(ClusterSubnetGroupName="private")
    with refused("ClusterSubnetGroupNotFoundFault"):
        redshift.describe_cluster_subnet_groups(ClusterSubnetGroupName="nope")


def test_vpcs_are_added_and_taken_from_a_grant(
    sandbox: RunningSandbox, redshift: Any, cluster: Make, slow: None
) -> None:
    name = cluster()
    authorize, revoke = redshift.authorize_endpoint_access, redshift.revoke_endpoint_access
    who = {"ClusterIdentifier": name, "Account": VENDOR}

    def grants() -> list[tuple[str, list[str]]]:
        listed = redshift.describe_endpoint_authorization(**who)["EndpointAuthorizationList"]
        return [(grant["Status"], grant["AllowedVPCs"]) for grant in listed]

    made = authorize(**who, VpcIds=["vpc-1"])
    assert (made["Status"], made["AllowedAllVPCs"], made["Grantee"]) == ("Authorized", False, VENDOR)
    assert authorize(**who, VpcIds=["vpc-2"])["AllowedVPCs"] == ["vpc-1", "vpc-2"]
    with refused("EndpointAuthorizationAlreadyExists"):
        authorize(**who, VpcIds=["vpc-2"])
    with refused("EndpointAuthorizationAlreadyExists"):
        authorize(**who)
    with refused("EndpointAuthorizationNotFound", 404):
        revoke(**who, VpcIds=["vpc-3"])
    assert revoke(**who, VpcIds=["vpc-1"])["Status"] == "Revoking"
    with refused("InvalidAuthorizationState"):
        authorize(**who, VpcIds=["vpc-3"])
    sandbox.eventually(grants, lambda found: found == [("Authorized", ["vpc-2"])])
    assert revoke(**who)["Status"] == "Revoking"
    assert [state for state, dummy in grants()] == ["Revoking"]
    sandbox.eventually(grants, lambda found: not found)
    with refused("EndpointAuthorizationNotFound"):
        revoke(**who)


def test_a_state_that_lasts_no_time_is_still_answered(sandbox: RunningSandbox, redshift: Any, cluster: Make) -> None:
    who = {"ClusterIdentifier": cluster(), "Account": VENDOR}
    redshift.authorize_endpoint_access(**who)
    sandbox.lag(**{"endpoint_authorization.Revoking": 0})
    assert redshift.revoke_endpoint_access(**who)["Status"] == "Revoking"
    sandbox.lag(**{"endpoint_authorization.Revoking": 0.1})
    assert redshift.describe_endpoint_authorization()["EndpointAuthorizationList"] == []


def test_a_grant_of_all_vpcs_does_not_narrow(redshift: Any, cluster: Make) -> None:
    name = cluster()
    made = redshift.authorize_endpoint_access(ClusterIdentifier=name, Account=VENDOR)
    assert (made["AllowedAllVPCs"], made["AllowedVPCs"]) == (True, [])
    with refused("EndpointAuthorizationAlreadyExists"):
        redshift.authorize_endpoint_access(ClusterIdentifier=name, Account=VENDOR, VpcIds=["vpc-1"])
    with refused("EndpointAuthorizationNotFound"):
        redshift.revoke_endpoint_access(ClusterIdentifier=name, Account=VENDOR, VpcIds=["vpc-1"])


def test_grants_seen_from_both_sides_and_paged(
    redshift: Any, cluster: Make, account: str, boto: Callable[..., Any]
) -> None:
    name = cluster()
    for number in range(21):
        redshift.authorize_endpoint_access(ClusterIdentifier=name, Account=f"5555555555{number:02}")
    paginator = redshift.get_paginator("describe_endpoint_authorization")
    pages = list(paginator.paginate(ClusterIdentifier=name, PaginationConfig={"PageSize": 20}))
    assert [len(page["EndpointAuthorizationList"]) for page in pages] == [20, 1]
    vendor = boto("555555555500", "redshift")
    received = vendor.describe_endpoint_authorization(Grantee=True, Account=account)["EndpointAuthorizationList"]
    assert [grant["Grantor"] for grant in received] == [account]
    assert vendor.describe_endpoint_authorization()["EndpointAuthorizationList"] == []
    with refused("ClusterNotFound"):
        redshift.describe_endpoint_authorization(ClusterIdentifier="nope")


def test_the_vendors_endpoint(
    sandbox: RunningSandbox, redshift: Any, cluster: Make, account: str, boto: Callable[..., Any]
) -> None:
    from tests.sandbox.client import ControlError

    name, vpc_id = cluster(), f"vpc-{account:0>17}"
    with pytest.raises(ControlError) as raised:
        sandbox.redshift_endpoint(name, account, vpc_id=vpc_id)
    assert raised.value.code == "AccessToClusterDenied"
    who = {"ClusterIdentifier": name, "Account": VENDOR}
    redshift.authorize_endpoint_access(**who, VpcIds=[vpc_id])
    made = sandbox.redshift_endpoint(name, account, vpc_id=vpc_id, endpoint_name="from-vendor")
    assert (made["EndpointStatus"], made["VpcEndpoint"]["VpcId"]) == ("creating", vpc_id)
    vendor = boto(VENDOR, "redshift")

    def endpoint() -> str:
        answer = vendor.describe_endpoint_access(EndpointName="from-vendor")["EndpointAccessList"]
        return str(answer[0]["EndpointStatus"])

    sandbox.eventually(endpoint, "active".__eq__)
    grant = redshift.describe_endpoint_authorization(**who)["EndpointAuthorizationList"][0]
    assert grant["EndpointCount"] == 1
    changed = vendor.modify_endpoint_access(EndpointName="from-vendor", VpcSecurityGroupIds=["sg-1"])
    assert changed["EndpointStatus"] == "modifying"
    with refused("InvalidEndpointState"):
        redshift.revoke_endpoint_access(**who)
    redshift.revoke_endpoint_access(**who, Force=True)
    sandbox.eventually(
        lambda: vendor.describe_endpoint_access(VpcId=vpc_id)["EndpointAccessList"], lambda left: not left
    )
    with refused("EndpointNotFound"):
        vendor.delete_endpoint_access(EndpointName="from-vendor")
