# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource endpoints to another account's resource configurations, from share to association, and back."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import Vpc
from tests.sandbox.client import eventually
from tests.sandbox.conftest import Share, refused


def test_from_share_to_associations(share: Share, make_vpc: Callable[..., Vpc]) -> None:
    consumer, vpc = share.consumer, share.consumer_vpc(make_vpc)
    with refused("InvalidResourceConfigurationArn.NotFound"):
        share.create_endpoint(vpc)
    share.accept()
    made = share.create_endpoint(vpc, PrivateDnsEnabled=True)
    assert made["State"] == "pending"
    assert made["ResourceConfigurationArn"] == share.group["arn"]
    assert made["DnsOptions"] == {"PrivateDnsPreference": "VERIFIED_DOMAINS_ONLY"}
    rows = share.associations(made["VpcEndpointId"])
    assert [row["PrivateDnsEntry"]["DnsName"] for row in rows] == [
        "db-1.redis.example.com",
        "metrics.redis.example.com",
    ]
    assert {row["ResourceConfigurationGroupArn"] for row in rows} == {share.group["arn"]}
    assert [row["AssociatedResourceArn"] for row in rows] == [child["arn"] for child in share.children]
    vendor = share.lattice.list_resource_endpoint_associations(resourceConfigurationIdentifier=share.group["id"])
    seen = vendor["items"][0]
    assert (seen["vpcEndpointId"], seen["vpcEndpointOwner"]) == (made["VpcEndpointId"], consumer)
    share.lattice.delete_resource_endpoint_association(resourceEndpointAssociationIdentifier=seen["id"])
    assert share.ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"] == []
    assert share.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["Unsuccessful"] == []
    eventually(lambda: share.ec2.describe_vpc_endpoints()["VpcEndpoints"], lambda endpoints: not endpoints)
