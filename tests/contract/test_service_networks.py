# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service networks: shared resource configurations and VPCs in them, and endpoints to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import Vpc
from tests.contract.conftest import Share, refused


@dataclass
class Network:
    """A service network of the consumer of an accepted share."""

    share: Share
    id: str
    arn: str

    @property
    def lattice(self) -> Any:
        """The consumer's client."""
        return self.share.sandbox.boto(self.share.consumer, "vpc-lattice", self.share.region)

    def associate(self, state: str = "ACTIVE", **options: Any) -> dict[str, Any]:
        """Associate the shared group and wait for the state; the answer is what Get says then."""
        ids = {"serviceNetworkIdentifier": self.id, "resourceConfigurationIdentifier": self.share.group["arn"]}
        made = self.lattice.create_service_network_resource_association(**ids, **options)
        assert made["status"] == "CREATE_IN_PROGRESS"
        return self.wait(made["id"], state)

    def get(self, association_id: str) -> dict[str, Any]:
        of = {"serviceNetworkResourceAssociationIdentifier": association_id}
        return dict(self.lattice.get_service_network_resource_association(**of))

    def wait(self, association_id: str, state: str) -> dict[str, Any]:
        return self.share.sandbox.eventually(
            lambda: self.get(association_id), lambda association: bool(association["status"] == state)
        )

    def delete(self, association_id: str) -> None:
        """Delete an association and wait until it is gone."""
        of = {"serviceNetworkResourceAssociationIdentifier": association_id}
        assert self.lattice.delete_service_network_resource_association(**of)["status"] == "DELETE_IN_PROGRESS"
        assert self.lattice.delete_service_network_resource_association(**of)["status"] == "DELETE_IN_PROGRESS"
        self.share.sandbox.eventually(self.list, lambda rows: association_id not in [row["id"] for row in rows])

    def list(self, **options: Any) -> list[dict[str, Any]]:
        answer = self.lattice.list_service_network_resource_associations(serviceNetworkIdentifier=self.id, **options)
        return list(answer["items"])


@pytest.fixture
def network(share: Share) -> Network:
    share.accept()
    lattice = share.sandbox.boto(share.consumer, "vpc-lattice", share.region)
    made = lattice.create_service_network(name="apps")
    return Network(share, made["id"], made["arn"])


def test_an_association_shows_its_children(network: Network) -> None:
    made = network.associate(privateDnsEnabled=True, tags={"link": "redis"})
    assert "dnsEntry" not in made
    assert [row["id"] for row in network.list()] == [made["id"]]
    rows = network.list(includeChildren=True)
    assert rows[0]["id"] == made["id"]
    names = [row["privateDnsEntry"]["domainName"] for row in rows[1:]]
    assert names == ["db-1.redis.example.com", "metrics.redis.example.com"]
    child = network.get(rows[1]["id"])
    assert child["resourceConfigurationId"] == network.share.children[0]["id"]
    assert child["dnsEntry"]["domainName"].startswith(child["id"])
    with refused("ConflictException", 409):
        network.delete(child["id"])
    assert network.lattice.list_tags_for_resource(resourceArn=made["arn"])["tags"] == {"link": "redis"}
    first = network.list(includeChildren=True, maxResults=1)
    assert len(first) == 1
    network.delete(made["id"])
    with refused("ResourceNotFoundException", 404):
        network.get(made["id"])


def test_the_owner_of_the_resource_sees_and_ends_associations(network: Network) -> None:
    made, owner = network.associate(), network.share.lattice
    listed = owner.list_service_network_resource_associations(resourceConfigurationIdentifier=network.share.group["id"])
    assert [(row["id"], row["createdBy"]) for row in listed["items"]] == [(made["id"], network.share.consumer)]
    owner.delete_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=made["id"])
    network.share.sandbox.eventually(network.list, lambda rows: not rows)


def test_what_an_association_refuses(network: Network) -> None:
    made = network.associate()
    create = network.lattice.create_service_network_resource_association
    with refused("ConflictException", 409, naming=made["id"]):
        create(serviceNetworkIdentifier=network.id, resourceConfigurationIdentifier=network.share.group["id"])
    with refused("ResourceNotFoundException", 404):
        create(serviceNetworkIdentifier=network.id, resourceConfigurationIdentifier="rcfg-00000000000000000")
    with refused("ResourceNotFoundException", 404):
        create(serviceNetworkIdentifier="sn-00000000000000000", resourceConfigurationIdentifier=made["id"])
    child = network.share.children[0]["id"]
    with refused("ValidationException", 400):
        create(serviceNetworkIdentifier=network.id, resourceConfigurationIdentifier=child)
    with refused("ValidationException", 400):
        network.lattice.list_service_network_resource_associations()
    with refused("ConflictException", 409, naming=made["id"]):
        network.lattice.delete_service_network(serviceNetworkIdentifier=network.id)
    shared = network.lattice.create_service_network(name="shared", sharingConfig={"enabled": True})["id"]
    with refused("ValidationException", 400, naming="can be shared"):
        create(serviceNetworkIdentifier=shared, resourceConfigurationIdentifier=network.share.group["id"])


def test_a_stranger_sees_nothing(network: Network, boto: Callable[..., Any]) -> None:
    made, stranger = network.associate(), boto("666666666666", "vpc-lattice")
    with refused("AccessDeniedException", 403):
        stranger.get_resource_configuration(resourceConfigurationIdentifier=network.share.group["id"])
    with refused("AccessDeniedException", 403):
        stranger.get_service_network(serviceNetworkIdentifier=network.id)
    with refused("ResourceNotFoundException", 404):
        stranger.get_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=made["id"])
    assert stranger.list_resource_configurations()["items"] == []
    assert stranger.list_service_networks()["items"] == []


def test_an_endpoint_to_a_service_network(network: Network, make_vpc: Callable[..., Vpc]) -> None:
    share, vpc = network.share, network.share.consumer_vpc(make_vpc)
    network.associate(privateDnsEnabled=True)
    options = {"VpcEndpointType": "ServiceNetwork", "ServiceNetworkArn": network.arn, "PrivateDnsEnabled": True}
    made = share.ec2.create_vpc_endpoint(VpcId=vpc.id, SubnetIds=list(vpc.subnets), **options)["VpcEndpoint"]
    rows = share.associations(made["VpcEndpointId"])
    assert {row["ServiceNetworkArn"] for row in rows} == {network.arn}
    assert {row["ServiceNetworkName"] for row in rows} == {"apps"}
    names = [row["PrivateDnsEntry"]["DnsName"] for row in rows]
    assert names == ["db-1.redis.example.com", "metrics.redis.example.com"]
    filters = [{"Name": "service-network-arn", "Values": [network.arn]}]
    page = share.ec2.describe_vpc_endpoint_associations(Filters=filters, MaxResults=1)
    rest = share.ec2.describe_vpc_endpoint_associations(Filters=filters, NextToken=page["NextToken"])
    assert [*page["VpcEndpointAssociations"], *rest["VpcEndpointAssociations"]] == rows
    seen = network.lattice.list_service_network_vpc_endpoint_associations(serviceNetworkIdentifier=network.id)
    assert [item["vpcEndpointId"] for item in seen["items"]] == [made["VpcEndpointId"]]
    with refused("ConflictException", 409):
        network.lattice.delete_service_network(serviceNetworkIdentifier=network.id)


def test_a_vpc_in_a_service_network(network: Network, make_vpc: Callable[..., Vpc]) -> None:
    vpc, lattice = network.share.consumer_vpc(make_vpc), network.lattice
    create = lattice.create_service_network_vpc_association
    made = create(
        serviceNetworkIdentifier=network.id, vpcIdentifier=vpc.id, privateDnsEnabled=True, securityGroupIds=[]
    )
    of = {"serviceNetworkVpcAssociationIdentifier": made["id"]}

    def active() -> dict[str, Any]:
        get = lattice.get_service_network_vpc_association
        return network.share.sandbox.eventually(
            lambda: dict(get(**of)), lambda association: bool(association["status"] == "ACTIVE")
        )

    assert (active()["vpcId"], active()["serviceNetworkId"]) == (vpc.id, network.id)
    with refused("ConflictException", 409):
        create(serviceNetworkIdentifier=network.id, vpcIdentifier=vpc.id)
    assert lattice.get_service_network(serviceNetworkIdentifier=network.arn)["numberOfAssociatedVPCs"] == 1
    change = lattice.update_service_network_vpc_association
    assert change(**of, securityGroupIds=[vpc.security_group])["status"] == "UPDATE_IN_PROGRESS"
    assert active()["securityGroupIds"] == [vpc.security_group]
    assert lattice.delete_service_network_vpc_association(**of)["status"] == "DELETE_IN_PROGRESS"
    listed = lattice.list_service_network_vpc_associations
    network.share.sandbox.eventually(lambda: listed(vpcIdentifier=vpc.id)["items"], lambda items: not items)
    assert lattice.delete_service_network(serviceNetworkIdentifier=network.id)


def test_what_an_association_of_a_vpc_refuses(network: Network, make_vpc: Callable[..., Vpc]) -> None:
    """API reference: an association that moves cannot be ended or changed; DnsOptions go with private DNS only, domains
    with a preference that names them. Read 2026-11.
    """
    vpc, lattice = network.share.consumer_vpc(make_vpc), network.lattice
    ids = {"serviceNetworkIdentifier": network.id, "vpcIdentifier": vpc.id}
    create, delete = lattice.create_service_network_vpc_association, lattice.delete_service_network_vpc_association
    with refused("ResourceNotFoundException", 404):
        create(**ids, securityGroupIds=["sg-00000000000000000"])
    with refused("ValidationException", 400):
        create(**ids, dnsOptions={"privateDnsPreference": "ALL_DOMAINS"})
    named = {"privateDnsPreference": "VERIFIED_DOMAINS_ONLY", "privateDnsSpecifiedDomains": ["example.com"]}
    with refused("ValidationException", 400):
        create(**ids, privateDnsEnabled=True, dnsOptions=named)
    of = {"serviceNetworkVpcAssociationIdentifier": create(**ids, securityGroupIds=[vpc.security_group])["id"]}
    change = lattice.update_service_network_vpc_association
    for early in (lambda: delete(**of), lambda: change(**of, privateDnsEnabled=True)):
        with refused("ConflictException", 409):
            early()
    read = lattice.get_service_network_vpc_association
    network.share.sandbox.eventually(lambda: str(read(**of)["status"]), "ACTIVE".__eq__)
    options = {"privateDnsPreference": "ALL_DOMAINS"}
    change(**of, privateDnsEnabled=True, dnsOptions=options)
    assert read(**of)["dnsOptions"] == options
    assert read(**of)["securityGroupIds"] == [vpc.security_group]
    with refused("ConflictException", 409):
        delete(**of)


def test_tags_and_names(network: Network) -> None:
    lattice = network.lattice
    with refused("ConflictException", 409):
        lattice.create_service_network(name="apps")
    with refused("ValidationException", 400):
        lattice.create_service_network(name="Not-allowed")
    once = lattice.create_service_network(name="other", clientToken="a")["id"]
    assert lattice.create_service_network(name="other", clientToken="a")["id"] == once
    with refused("ConflictException", 409):
        lattice.create_service_network(name="third", clientToken="a")
    lattice.tag_resource(resourceArn=network.arn, tags={"a": "1", "b": "2"})
    lattice.untag_resource(resourceArn=network.arn, tagKeys=["a"])
    assert lattice.list_tags_for_resource(resourceArn=network.arn)["tags"] == {"b": "2"}
    with refused("ResourceNotFoundException", 404):
        lattice.tag_resource(resourceArn=network.arn.replace("sn-", "sn-0")[:-1], tags={"a": "1"})
    pages = lattice.get_paginator("list_service_networks").paginate(PaginationConfig={"PageSize": 1})
    assert {item["id"] for page in pages for item in page["items"]} == {network.id, once}


def test_endings_that_a_test_decides(network: Network, make_vpc: Callable[..., Vpc]) -> None:
    sandbox, consumer = network.share.sandbox, network.share.consumer
    why = {"code": "DNS_CONFLICT", "reason": "Another resource has this name"}
    kind = "service_network_resource_association"
    sandbox.outcome(kind, "CREATE_FAILED", account=consumer, **why)
    failed = network.associate("CREATE_FAILED")
    assert (failed["failureCode"], failed["failureReason"]) == (why["code"], why["reason"])
    network.delete(failed["id"])
    made = network.associate(privateDnsEnabled=True)
    assert "failureCode" not in made
    sandbox.association_state(made["id"], state="PARTIAL", **why)
    assert network.get(made["id"])["failureCode"] == why["code"]
    assert len(network.list(includeChildren=True)) == 3
    sandbox.association_state(made["id"], managed=True)
    assert network.get(made["id"])["isManagedAssociation"] is True
    with refused("AccessDeniedException", 403):
        network.delete(made["id"])
    sandbox.outcome("service_network_vpc_association", "CREATE_FAILED", account=consumer, **why)
    vpc, lattice = network.share.consumer_vpc(make_vpc), network.lattice
    ids = {"serviceNetworkIdentifier": network.id, "vpcIdentifier": vpc.id}
    of = {"serviceNetworkVpcAssociationIdentifier": lattice.create_service_network_vpc_association(**ids)["id"]}
    read = lattice.get_service_network_vpc_association
    broken = network.share.sandbox.eventually(
        lambda: dict(read(**of)), lambda association: bool(association["status"] == "CREATE_FAILED")
    )
    assert (broken["failureCode"], broken["failureMessage"]) == (why["code"], why["reason"])
