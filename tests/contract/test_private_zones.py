# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private hosted zones of Route 53.

Sources are the pages of the Amazon Route 53 API Reference and of its Developer Guide (DG), read 2026-11, and reports of
what AWS answered, as project and number on GitHub.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.dns import NameNotFound, Resolver

from tests.contract.conftest import Provider, refused
from tests.sandbox.client import RunningSandbox

NAME = "privatelink.example.com"


@pytest.fixture
def dns(sandbox: RunningSandbox, account: str) -> Any:
    return sandbox.boto(account, "route53")


@pytest.fixture
def vpc(make_vpc: Callable[..., Any], account: str) -> Any:
    return make_vpc(account)


def place(vpc: Any, region: str = "us-east-1") -> dict[str, str]:
    return {"VPCRegion": region, "VPCId": vpc.id}


def create(dns: Any, vpc: Any, reference: str = "first", name: str = NAME) -> str:
    """A private zone; the answer is its id."""
    config = {"Comment": "ours", "PrivateZone": True}
    where = {"VPC": place(vpc), "HostedZoneConfig": config}
    made = dns.create_hosted_zone(Name=name, CallerReference=reference, **where)
    return str(made["HostedZone"]["Id"])


def record(name: str, *values: str, kind: str = "A", ttl: int = 300) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value} for value in values]}


def change(dns: Any, zone: str, *changes: tuple[str, dict[str, Any]]) -> Any:
    batch = [{"Action": action, "ResourceRecordSet": content} for action, content in changes]
    return dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": batch})


def names(dns: Any, zone: str) -> list[str]:
    return [entry["Name"] for entry in dns.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]]


def test_a_zone_is_made_shown_and_deleted(dns: Any, vpc: Any, sandbox: RunningSandbox) -> None:
    """CreateHostedZone: PENDING until all name servers know; GetHostedZone shows the VPCs. DeleteHostedZone: only a
    zone with no records but its own."""
    made = dns.create_hosted_zone(Name=NAME.upper(), CallerReference="a", VPC=place(vpc))
    zone, pending = made["HostedZone"]["Id"], made["ChangeInfo"]
    assert pending["Status"] == "PENDING"
    status = sandbox.eventually(
        lambda: dns.get_change(Id=pending["Id"])["ChangeInfo"]["Status"], lambda status: status != "PENDING"
    )
    assert status == "INSYNC"
    shown = dns.get_hosted_zone(Id=zone)
    assert (shown["HostedZone"]["Name"], shown["VPCs"]) == (f"{NAME}.", [place(vpc)])
    assert shown["HostedZone"]["Config"] == {"PrivateZone": True}
    assert names(dns, zone) == [f"{NAME}."] * 2  # NS and SOA
    change(dns, zone, ("CREATE", record(f"a.{NAME}", "10.0.0.1")))
    with refused("HostedZoneNotEmpty", 400):
        dns.delete_hosted_zone(Id=zone)
    change(dns, zone, ("DELETE", record(f"a.{NAME}", "10.0.0.1")))
    dns.delete_hosted_zone(Id=zone)
    with refused("NoSuchHostedZone", 404):
        dns.get_hosted_zone(Id=zone)


def test_a_reference_is_used_once(dns: Any, vpc: Any) -> None:
    """CreateHostedZone; presslabs/zinc 148: the zone is not answered; Netflix/denominator 356: nor free later."""
    zone = create(dns, vpc)
    with refused("HostedZoneAlreadyExists", 409):
        create(dns, vpc)
    dns.delete_hosted_zone(Id=zone)
    with refused("HostedZoneAlreadyExists", 409):
        create(dns, vpc)
    create(dns, vpc, "second")


def test_a_vpc_has_one_zone_of_a_name(dns: Any, vpc: Any, make_vpc: Callable[..., Any], account: str) -> None:
    """CreateHostedZone and AssociateVPCWithHostedZone, ConflictingDomainExists; terraform-provider-confluent 395."""
    zone, other = create(dns, vpc), make_vpc(account)
    with refused("ConflictingDomainExists", 400, zone.rpartition("/")[2]):
        create(dns, vpc, "second")
    create(dns, vpc, "child", f"child.{NAME}")  # DG, Considerations: namespaces may overlap
    second = create(dns, other, "third")
    with refused("ConflictingDomainExists", 400):
        dns.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=place(other))
    listed = dns.list_hosted_zones_by_vpc(VPCId=other.id, VPCRegion="us-east-1")["HostedZoneSummaries"]
    assert [(row["HostedZoneId"], row["Owner"]) for row in listed] == [
        (second.rpartition("/")[2], {"OwningAccount": account})
    ]


def test_vpcs_join_and_leave(dns: Any, vpc: Any, make_vpc: Callable[..., Any], account: str) -> None:
    """AssociateVPCWithHostedZone, DisassociateVPCFromHostedZone: the last stays. Zones are no region's."""
    zone, far = create(dns, vpc), make_vpc(account, "eu-west-1")
    dns.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=place(far, "eu-west-1"))
    with refused("InvalidVPCId", 400):
        dns.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=place(far))  # it is in another region
    dns.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=place(vpc))
    with refused("VPCAssociationNotFound", 404):
        dns.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=place(vpc))
    with refused("LastVPCAssociation", 400):
        dns.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=place(far, "eu-west-1"))


def test_a_vpc_of_another_account_needs_both(
    sandbox: RunningSandbox, dns: Any, vpc: Any, make_vpc: Callable[..., Any], account: str
) -> None:
    """AssociateVPCWithHostedZone: the zone's account authorises, the VPC's associates. ListHostedZonesByVPC:
    terraform-provider-aws, internal/service/route53/zone_association_test.go."""
    stranger = f"8{account[1:]}"
    theirs, foreign = sandbox.boto(stranger, "route53"), make_vpc(stranger)
    with refused("InvalidVPCId", 400):
        create(dns, foreign)
    zone = create(dns, vpc)
    with refused("NotAuthorizedException", 401):
        dns.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=place(foreign))
    with refused("AccessDenied", 403, "is not owned by you"):
        dns.list_hosted_zones_by_vpc(VPCId=foreign.id, VPCRegion="us-east-1")
    dns.create_vpc_association_authorization(HostedZoneId=zone, VPC=place(foreign))
    theirs.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=place(foreign))
    assert len(dns.get_hosted_zone(Id=zone)["VPCs"]) == 2
    with refused("NoSuchHostedZone", 404):
        theirs.get_hosted_zone(Id=zone)


def test_names_are_shown_in_one_spelling(dns: Any, vpc: Any) -> None:
    """DG, DNS domain name format: lower case, a dot at the end, octal escapes for what is no letter, digit, - or _."""
    zone = create(dns, vpc)
    for written in (f"*.{NAME}", f"Ab_c.{NAME.upper()}.", rf"f\374b.{NAME}", rf"\101x.{NAME}"):
        change(dns, zone, ("CREATE", record(written, "10.0.0.1")))
    assert names(dns, zone)[2:] == [rf"\052.{NAME}.", rf"ab_c.{NAME}.", rf"ax.{NAME}.", rf"f\374b.{NAME}."]
    with refused("InvalidChangeBatch", 400, "already exists"):
        change(dns, zone, ("CREATE", record(rf"\052.{NAME}", "10.0.0.2")))


def test_a_batch_comes_true_as_a_whole(dns: Any, vpc: Any) -> None:
    """ChangeResourceRecordSets; messages as in the reports that the sandbox names. A deletion has the present content;
    floci-io/floci 3565: in one batch a record may be deleted and made again."""
    zone, here = create(dns, vpc), record(f"a.{NAME}", "10.0.0.1", "10.0.0.2")
    change(dns, zone, ("CREATE", here))
    with refused("InvalidChangeBatch", 400, "already exists"):
        change(dns, zone, ("CREATE", record(f"b.{NAME}", "10.0.0.1")), ("CREATE", here))
    assert f"b.{NAME}." not in names(dns, zone)
    with refused("InvalidChangeBatch", 400, "was not found"):
        change(dns, zone, ("DELETE", record(f"b.{NAME}", "10.0.0.1")))
    with refused("InvalidChangeBatch", 400, "do not match the current values"):
        change(dns, zone, ("DELETE", record(f"a.{NAME}", "10.0.0.1")))
    gone, new = record(f"a.{NAME}", "10.0.0.2", "10.0.0.1"), record(f"a.{NAME}", "10.0.0.9")
    change(dns, zone, ("DELETE", gone), ("CREATE", new))
    change(dns, zone, ("UPSERT", record(f"a.{NAME}", "10.0.0.3")))


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        (record("a.example.org", "10.0.0.1"), "InvalidChangeBatch", "is not permitted in zone"),
        (record(NAME, "b.example.org", kind="CNAME"), "InvalidChangeBatch", "at apex"),
        (record(f"a.{NAME}", "::1"), "InvalidChangeBatch", "not a valid IPv4"),
        (record(f"a.{NAME}", "10.0.0.1", kind="AAAA"), "InvalidChangeBatch", "not a valid IPv6"),
        (record(f"taken.{NAME}", "b.example.org", kind="CNAME"), "InvalidChangeBatch", "conflicting RRSet of type A"),
        ({"Name": f"a.{NAME}", "Type": "A"}, "InvalidInput", "Expected exactly one of"),
    ],
)
def test_records_that_are_not_taken(dns: Any, vpc: Any, wanted: dict[str, Any], code: str, message: str) -> None:
    """ChangeResourceRecordSets; DG, Supported DNS record types; hashicorp/terraform 9732."""
    zone = create(dns, vpc)
    change(dns, zone, ("CREATE", record(f"taken.{NAME}", "10.0.0.1")))
    with refused(code, 400, message):
        change(dns, zone, ("CREATE", wanted))
    soa = dns.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"][1]
    with refused("InvalidChangeBatch", 400, "SOA"):
        change(dns, zone, ("DELETE", soa))


def test_an_alias_leads_to_an_endpoint_by_its_name_and_zone(
    sandbox: RunningSandbox, dns: Any, vpc: Any, account: str, provider: Provider
) -> None:
    """AliasTarget: for a VPC endpoint, HostedZoneId and DNSName are those of DescribeVpcEndpoints."""
    zone, ec2 = create(dns, vpc), sandbox.boto(account, "ec2")
    where = {"VpcId": vpc.id, "SubnetIds": [vpc.subnets[0]], "VpcEndpointType": "Interface"}
    made = ec2.create_vpc_endpoint(ServiceName=provider.make_service(account)["ServiceName"], **where)["VpcEndpoint"]
    entry = made["DnsEntries"][0]
    target = {"HostedZoneId": entry["HostedZoneId"], "DNSName": entry["DnsName"], "EvaluateTargetHealth": False}
    alias = {"Name": f"city.{NAME}", "Type": "A", "AliasTarget": target}
    wrong = {**alias, "AliasTarget": {**target, "HostedZoneId": "Z0WRONG"}}
    with refused("InvalidChangeBatch", 400, "does not lie within the target zone"):
        change(dns, zone, ("CREATE", wrong))
    change(dns, zone, ("CREATE", alias))
    shown = dns.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"][-1]
    assert "TTL" not in shown
    assert shown["AliasTarget"]["DNSName"] == f"{entry['DnsName']}."
    # What the VPC's DNS server would answer.
    change(dns, zone, ("CREATE", record(f"www.{NAME}", f"city.{NAME}", kind="CNAME")))
    (address,) = [
        eni["PrivateIpAddress"]
        for eni in ec2.describe_network_interfaces()["NetworkInterfaces"]
        if eni["NetworkInterfaceId"] in made["NetworkInterfaceIds"]
    ]
    resolver = Resolver([f"127.0.0.1:{sandbox.health()['dns_port']}"])
    assert resolver.resolve(f"www.{NAME}").addresses == (address,)
    assert resolver.resolve(entry["DnsName"]).addresses == (address,)
    with pytest.raises(NameNotFound):
        resolver.resolve(f"other.{NAME}")


def test_lists_come_in_pages(dns: Any, vpc: Any, make_vpc: Callable[..., Any], account: str) -> None:
    """ListHostedZonesByName and ListResourceRecordSets: in order of the labels from the last to the first, on from a
    name; ListHostedZones: in pages by a marker."""
    first, second = create(dns, vpc), create(dns, make_vpc(account), "second")
    other = create(dns, vpc, "third", "example.org")
    page = dns.list_hosted_zones_by_name(DNSName=NAME, MaxItems="1")
    assert page["IsTruncated"]
    rest = dns.list_hosted_zones_by_name(DNSName=page["NextDNSName"], HostedZoneId=page["NextHostedZoneId"])
    ids = [zone["Id"] for zone in [*page["HostedZones"], *rest["HostedZones"]]]
    assert ids == [*sorted([first, second]), other]
    marked = dns.list_hosted_zones(MaxItems="2")
    assert len(dns.list_hosted_zones(Marker=marked["NextMarker"])["HostedZones"]) == 1
    change(dns, first, *[("CREATE", record(f"{letter}.{NAME}", "10.0.0.1")) for letter in "ba"])
    page = dns.list_resource_record_sets(HostedZoneId=first, MaxItems="3")
    starts = {"StartRecordName": page["NextRecordName"], "StartRecordType": page["NextRecordType"]}
    rest = dns.list_resource_record_sets(HostedZoneId=first, **starts)
    listed = [entry["Name"] for entry in [*page["ResourceRecordSets"], *rest["ResourceRecordSets"]]]
    assert listed == [f"{NAME}.", f"{NAME}.", f"a.{NAME}.", f"b.{NAME}."]


def test_a_zone_has_ten_tags(dns: Any, vpc: Any) -> None:
    """ChangeTagsForResource, ListTagsForResources."""
    zone = create(dns, vpc).rpartition("/")[2]
    ten = [{"Key": f"k{number}", "Value": "v"} for number in range(10)]
    dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=ten)
    eleventh = [{"Key": "more", "Value": "v"}]
    with refused("InvalidInput", 400):
        dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=eleventh)
    swap = {"AddTags": eleventh, "RemoveTagKeys": ["k0"]}
    dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, **swap)
    (found,) = dns.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone])["ResourceTagSets"]
    assert {tag["Key"] for tag in found["Tags"]} == {"more", *(f"k{number}" for number in range(1, 10))}
    with refused("NoSuchHostedZone", 404):
        dns.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone, "ZNONE"])


def test_each_partition_has_its_own(sandbox: RunningSandbox, dns: Any, vpc: Any, account: str) -> None:
    """CreateHostedZone: zone and VPC are in one partition."""
    create(dns, vpc)
    china = sandbox.boto(account, "route53", "cn-north-1")
    assert china.list_hosted_zones()["HostedZones"] == []
    with refused("InvalidVPCId", 400):
        create(china, vpc)
