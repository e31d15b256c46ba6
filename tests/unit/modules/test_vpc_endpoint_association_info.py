# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vpc_endpoint_association_info: the join with the vendor's databases, and discovery in the sandbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.vpc_endpoint_association_info import (
    Database,
    discover,
    read_network_associations,
)

from tests.contract.conftest import Share

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

RCFG = "arn:aws:vpc-lattice:us-east-1:111111111111:resourceconfiguration/rcfg-0000000000000000{}".format
GET = "vpc-lattice:GetResourceConfiguration"


# The join, without AWS


class Model:
    """An Api that answers from a table; whatever is not in it is denied."""

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.answers, self.asked = answers or {}, Counter[str]()

    def call(self, action: str, subject: str = "", **params: Any) -> Any:
        self.asked[action] += 1
        key = next(iter(params.values()))
        if key not in self.answers:
            raise CallError(action, "AccessDeniedException", "no", subject)
        return self.answers[key]

    def pages(self, action: str, key: str, **params: Any) -> list[Any]:
        self.asked[action] += 1
        return list(self.answers[params.get("resourceConfigurationIdentifier", params["serviceNetworkIdentifier"])])

    def all(self, work: Callable[[Any], Any], things: Any) -> list[Any]:
        return [work(thing) for thing in things]

    def require(self, action: str, member: str, option: str) -> None: ...


def of_endpoint(number: int, private: str = "", endpoint: str = "vpce-1", **fields: Any) -> dict[str, Any]:
    """One row of DescribeVpcEndpointAssociations."""
    row: dict[str, Any] = {"Id": f"a-{number}", "VpcEndpointId": endpoint, "AssociatedResourceArn": RCFG(number)}
    row["DnsEntry"] = {"DnsName": f"{number}.on.aws", "HostedZoneId": "Z"}
    return {**row, **({"PrivateDnsEntry": {"DnsName": private}} if private else {}), **fields}


def of_network(number: int, private: str = "", **fields: Any) -> dict[str, Any]:
    """One row of ListServiceNetworkResourceAssociations."""
    row: dict[str, Any] = {"id": f"snra-{number}", "status": "ACTIVE", "serviceNetworkId": "sn-1"}
    row.update(resourceConfigurationId=RCFG(number).rpartition("/")[2], resourceConfigurationArn=RCFG(number))
    return {**row, "dnsEntry": {"domainName": f"{number}.on.aws"}, "privateDnsEntry": {"domainName": private}, **fields}


def found(
    rows: Sequence[Mapping[str, Any]], databases: list[Database], answers: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    return discover(Model(answers), rows, databases, 8070)  # type: ignore[arg-type]


DATABASES = [Database("DB-1.example.com.", 51, 12000), Database("db-2.example.com", 52, 12001), Database("")]


def test_what_the_discovery_script_prints() -> None:
    rows = [of_endpoint(2, "db-2.example.com"), of_endpoint(1, "db-1.example.com."), of_endpoint(3, "m.example.com")]
    assert found(rows, DATABASES) == [
        {
            "type": "metrics",
            "dns_name": "3.on.aws",
            "private_dns_name": "m.example.com",
            "dns-entry": "3.on.aws",
            "private-dns-entry": "m.example.com",
            "port": 8070,
            "vpc_endpoint_id": "vpce-1",
        },
        {
            "type": "database",
            "dns_name": "1.on.aws",
            "private_dns_name": "db-1.example.com",
            "dns-entry": "1.on.aws",
            "private-dns-entry": "db-1.example.com",
            "port": 12000,
            "database_id": 51,
            "vpc_endpoint_id": "vpce-1",
        },
        {
            "type": "database",
            "dns_name": "2.on.aws",
            "private_dns_name": "db-2.example.com",
            "dns-entry": "2.on.aws",
            "private-dns-entry": "db-2.example.com",
            "port": 12001,
            "database_id": 52,
            "vpc_endpoint_id": "vpce-1",
        },
    ]
    assert found(list(reversed(rows)), DATABASES) == found(rows, DATABASES)


def test_service_networks_are_told_alike() -> None:
    rows = [of_network(1, "db-1.example.com"), of_network(3, "m.example.com"), of_network(9, dnsEntry=None)]
    told = found(rows, DATABASES)
    assert [(endpoint["type"], endpoint["port"], endpoint["service_network_id"]) for endpoint in told] == [
        ("metrics", 8070, "sn-1"),
        ("database", 12000, "sn-1"),
    ]


def test_ports_of_the_owner_where_they_may_be_read() -> None:
    answers = {
        RCFG(1): {"portRanges": ["12000"]},
        RCFG(2): {"portRanges": ["8070-8070"]},
        RCFG(3): {"portRanges": ["1-9"]},
    }
    rows = [of_endpoint(number, f"{number}.example.com") for number in (1, 2, 3, 4)]
    told = {
        endpoint["private-dns-entry"][0]: (endpoint["type"], endpoint["port"]) for endpoint in found(rows, [], answers)
    }
    assert told == {"1": ("database", 12000), "2": ("metrics", 8070), "3": (None, None), "4": (None, None)}
    assert found(rows[:1], [], answers)[0]["database_id"] is None
    assert "database_id" not in found(rows[3:], [], answers)[0]


def test_only_one_unknown_can_be_the_metrics() -> None:
    two = [of_endpoint(1, "db-1.example.com"), of_endpoint(3, "m.example.com"), of_endpoint(4, "new.example.com")]
    assert [endpoint["type"] for endpoint in found(two, DATABASES)] == ["database", None, None]
    assert [endpoint["type"] for endpoint in found(two[1:2], DATABASES)] == [None]  # nothing says whose group this is
    known = {RCFG(4): {"portRanges": ["8070"]}}
    assert sorted(str(endpoint["type"]) for endpoint in found(two, DATABASES, known)) == ["None", "database", "metrics"]
    elsewhere = [*two[:2], of_endpoint(3, "m.example.com", endpoint="vpce-2")]
    assert [endpoint["type"] for endpoint in found(elsewhere, DATABASES)] == ["metrics", "database", None]
    groups = [{**row, "ResourceConfigurationGroupArn": RCFG(place)} for place, row in zip((8, 8, 9), two, strict=True)]
    assert [
        endpoint["private-dns-entry"] for endpoint in found(groups, DATABASES) if endpoint["type"] == "metrics"
    ] == ["m.example.com"]


def test_ports_that_the_vendor_does_not_tell() -> None:
    rows, answers = [of_endpoint(1, "new.example.com")], {RCFG(1): {"portRanges": ["9"]}}
    (told,) = found(rows, [Database("new.example.com", 53)], answers)
    assert (told["type"], told["port"], told["database_id"]) == ("database", 9, 53)


def test_databases_are_not_asked_for() -> None:
    api = Model()
    discover(api, [of_endpoint(1, "db-1.example.com")], DATABASES, 8070)  # type: ignore[arg-type]
    discover(api, [of_endpoint(1, AssociatedResourceArn="arn:aws:vpc-lattice:::service/svc-1")], [], 8070)  # type: ignore[arg-type]
    assert not api.asked


@pytest.mark.parametrize(
    "row",
    [
        of_endpoint(1, "db-1.example.com", FailureCode="X"),
        of_endpoint(1, DnsEntry=None),
        of_network(1, "db-1.example.com", status="CREATE_FAILED"),
        of_network(1, "db-1.example.com", status="DELETE_IN_PROGRESS"),
    ],
)
def test_what_has_failed_or_has_no_name_is_left_out(row: dict[str, Any]) -> None:
    assert found([row], DATABASES) == []


def test_partial_associations_are_told_with_the_reason() -> None:
    rows = [of_network(1, "db-1.example.com", status="PARTIAL"), of_network(2), of_network(3, status="CREATE_FAILED")]
    reason = {"failureCode": "C", "failureReason": "why", "arn": "x"}
    group = of_network(0, dnsEntry=None)
    api = Model({RCFG(0): [group, *rows, rows[0]], "sn-1": rows, "snra-1": reason})
    read = read_network_associations(api, ["sn-1", "sn-1"], [RCFG(0)])  # type: ignore[arg-type]
    assert [row.get("failureReason") for row in read] == [None, "why", None, None]
    assert api.asked["vpc-lattice:GetServiceNetworkResourceAssociation"] == 2
    told = found(read, DATABASES)
    assert [(endpoint["port"], endpoint["association_id"]) for endpoint in told] == [
        (8070, "snra-0"),
        (12000, "snra-0"),
    ]
    assert [row["associationId"] for row in read_network_associations(api, ["sn-1"])] == ["snra-1", "snra-2", "snra-3"]  # type: ignore[arg-type]
    assert read_network_associations(api, ["sn-1"], []) == []  # type: ignore[arg-type]


# The module, against the sandbox


@pytest.fixture
def endpoint(estate: Estate, share: Share) -> str:
    """A Resource endpoint with private names to a group of one database and its metrics."""
    share.accept()
    vpc = share.consumer_vpc(estate.make_vpc)
    made = share.create_endpoint(vpc, PrivateDnsEnabled=True)["VpcEndpointId"]
    share.associations(made)
    return str(made)


def test_discovery_of_endpoints(estate: Estate, endpoint: str) -> None:
    databases = [{"database_id": 51, "host": "db-1.redis.example.com", "port": 12000}]
    told = estate.look("vpc_endpoint_association_info", vpc_endpoint_ids=[endpoint], databases=databases)
    assert [(endpoint["type"], endpoint["private-dns-entry"], endpoint["port"]) for endpoint in told["endpoints"]] == [
        ("metrics", "metrics.redis.example.com", 8070),
        ("database", "db-1.redis.example.com", 12000),
    ]
    assert told["endpoints"][1]["database_id"] == 51
    assert told["endpoints"][0]["vpc_endpoint_id"] == endpoint
    assert all(endpoint["dns-entry"] for endpoint in told["endpoints"])
    row = told["associations"][0]
    assert row["vpc_endpoint_id"] == endpoint
    assert row["private_dns_entry"]["dns_name"].endswith("redis.example.com")
    assert row["associated_resource_accessibility"]

    alone = estate.look("vpc_endpoint_association_info", vpc_endpoint_ids=[endpoint])["endpoints"]
    assert [(endpoint["type"], endpoint["port"]) for endpoint in alone] == [("metrics", 8070), ("database", 12000)]


def test_denied_ports_are_no_failure(estate: Estate, endpoint: str) -> None:
    estate.sandbox.fault("vpc-lattice", "GetResourceConfiguration", "deny", account=estate.account, times=2)
    told = estate.look("vpc_endpoint_association_info", vpc_endpoint_ids=[endpoint])["endpoints"]
    assert [(endpoint["type"], endpoint["port"]) for endpoint in told] == [(None, None), (None, None)]


def test_other_trouble_is(estate: Estate, endpoint: str) -> None:
    wrong = {"code": "ValidationException", "message": "no such thing"}
    estate.sandbox.fault("vpc-lattice", "GetResourceConfiguration", "error", account=estate.account, **wrong)
    told = estate.look("vpc_endpoint_association_info", vpc_endpoint_ids=[endpoint])
    assert told["failed"]
    assert "vpc-lattice:GetResourceConfiguration: ValidationException: no such thing" in told["msg"]


def test_pages(estate: Estate, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "ansible_collections.saas.privatelink.plugins.module_utils._aws.api.Api"
    pages: Callable[..., list[Any]] = __import__("importlib").import_module(module.rpartition(".")[0]).Api.pages
    monkeypatch.setattr(f"{module}.pages", lambda *args, **kw: pages(*args, **{**kw, "MaxResults": 1}))
    told = estate.look("vpc_endpoint_association_info", vpc_endpoint_ids=[endpoint, endpoint])
    assert len(told["endpoints"]) == 2
    assert estate.count("DescribeVpcEndpointAssociations") == 2


def test_an_endpoint_that_does_not_exist(estate: Estate) -> None:
    told = estate.look("vpc_endpoint_association_info", vpc_endpoint_ids=["vpce-00000000000000000"])
    assert told["failed"]
    assert "vpce-00000000000000000" in told["msg"]


def test_nothing_asked(estate: Estate) -> None:
    assert estate.look("vpc_endpoint_association_info", vpc_endpoint_ids=[])["endpoints"] == []
    assert not estate.calls
    assert "one of the following is required" in estate.look("vpc_endpoint_association_info")["msg"]
    told = estate.look("vpc_endpoint_association_info", vpc_endpoint_ids=[], resource_configurations=["rcfg-1"])
    assert "service_networks" in told["msg"]


def test_discovery_of_service_networks(estate: Estate, share: Share) -> None:
    share.accept()
    lattice = estate.boto(estate.account, "vpc-lattice")
    network = lattice.create_service_network(name="redis")["id"]
    made = lattice.create_service_network_resource_association(
        serviceNetworkIdentifier=network, resourceConfigurationIdentifier=share.group["id"], privateDnsEnabled=True
    )["id"]
    read = lattice.get_service_network_resource_association
    estate.sandbox.eventually(
        lambda: read(serviceNetworkResourceAssociationIdentifier=made)["status"], lambda status: status == "ACTIVE"
    )
    databases = [{"database_id": 51, "host": "db-1.redis.example.com", "port": 12000}]
    options = {"service_networks": [network], "databases": databases}
    for narrowed in ({}, {"resource_configurations": [share.group["arn"]]}):
        told = estate.look("vpc_endpoint_association_info", **options, **narrowed)
        assert [
            (endpoint["type"], endpoint["private-dns-entry"], endpoint["port"]) for endpoint in told["endpoints"]
        ] == [
            ("metrics", "metrics.redis.example.com", 8070),
            ("database", "db-1.redis.example.com", 12000),
        ]
        assert {endpoint["service_network_id"] for endpoint in told["endpoints"]} == {network}
        assert {association["status"] for association in told["associations"]} == {"ACTIVE"}
    assert {endpoint["association_id"] for endpoint in told["endpoints"]} == {made}  # by the group that was asked for


def test_a_service_network_that_is_reached_in_part(estate: Estate, share: Share) -> None:
    share.accept()
    lattice = estate.boto(estate.account, "vpc-lattice")
    network = lattice.create_service_network(name="redis")["id"]
    kind, reason = "service_network_resource_association", "One child has no target."
    estate.sandbox.outcome(kind, "PARTIAL", account=estate.account, code="ChildFailed", reason=reason)
    lattice.create_service_network_resource_association(
        serviceNetworkIdentifier=network, resourceConfigurationIdentifier=share.group["id"]
    )
    told = estate.sandbox.eventually(
        lambda: estate.look("vpc_endpoint_association_info", service_networks=[network]),
        lambda found: any(association["status"] == "PARTIAL" for association in found["associations"]),
    )
    assert ("ChildFailed", reason) in [
        (association.get("failure_code"), association.get("failure_reason")) for association in told["associations"]
    ]
