# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""private_zone against the sandbox: ours by tags, records and VPCs of others untouched, one zone of a name in a VPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.private_zone import retagged
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zone_options import PrivateZone
from ansible_collections.saas.privatelink.plugins.module_utils._aws.zones import Zone
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Made

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by
RunModule = Callable[..., dict[str, Any]]

ZONE = "privatelink.example.com"
CREATE, DELETE = "route53:CreateHostedZone", "route53:DeleteHostedZone"
RECORDS, TAGS = "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource"
JOIN, PART = "route53:AssociateVPCWithHostedZone", "route53:DisassociateVPCFromHostedZone"
VPC = "vpc-0123456789abcdef0"


@pytest.fixture
def vpcs(estate: Estate) -> list[str]:
    """Ids of three VPCs; the last is in eu-west-1."""
    return [estate.make_vpc(estate.account, region).id for region in ("us-east-1", "us-east-1", "eu-west-1")]


def dns(estate: Estate) -> Any:
    return estate.boto(estate.account, "route53")


def run(estate: Estate, check: bool = False, **options: Any) -> dict[str, Any]:
    """One item; its result, with ``diff``."""
    wanted = {"name": "front", "zone_name": ZONE, "environment_name": "prod", **options}
    result = estate.run("private_zone", check=check, diff=True, **wanted)
    return {**result["results"][0], "diff": result.get("diff")}


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
    predicted = run(estate, check=True, **options)
    real = run(estate, **options)
    assert not real["failed"], real["msg"]
    assert predicted["writes"] == real["writes"] == writes, (predicted, real)
    assert predicted["diff"] == real["diff"]
    for check in (True, False):
        again = run(estate, check=check, **options)
        assert not again["failed"], again["msg"]
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


def refused(estate: Estate, reason: str, **options: Any) -> None:
    """The item fails for this reason, in check mode too, and nothing is written."""
    for check in (True, False):
        found = run(estate, check=check, **options)
        assert found["failed"]
        assert reason in found["msg"], found["msg"]
        assert found["writes"] == []


def a_record(name: str, *values: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "value": list(values), **more}


def listed(*ids: str) -> list[dict[str, str]]:
    return [{"vpc_id": vpc_id} for vpc_id in ids]


def theirs(estate: Estate, vpc_id: str, reference: str = "theirs", *records: tuple[str, str]) -> str:
    """A zone that others have made, with records; its id."""
    where = {"VPC": {"VPCRegion": "us-east-1", "VPCId": vpc_id}}
    made = dns(estate).create_hosted_zone(Name=ZONE, CallerReference=reference, **where)
    zone = str(made["HostedZone"]["Id"]).rpartition("/")[2]
    for name, address in records:
        put(estate, zone, name, address)
    return zone


def put(estate: Estate, zone: str, name: str, address: str) -> None:
    """Others make a record, or change one."""
    content = {"Name": f"{name}.{ZONE}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": address}]}
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": content}]}
    dns(estate).change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def there(estate: Estate, zone: str) -> dict[str, list[str]]:
    """Records by name and what they say, as AWS tells it, without the zone's own."""
    found = {}
    for entry in dns(estate).list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
        if entry["Type"] not in ("SOA", "NS"):
            values = [value["Value"] for value in entry.get("ResourceRecords", [])]
            found[entry["Name"]] = values or [entry["AliasTarget"]["DNSName"]]
    return found


def answering(estate: Estate, zone: str) -> set[str]:
    return {vpc["VPCId"] for vpc in dns(estate).get_hosted_zone(Id=zone)["VPCs"]}


def tags(estate: Estate, zone: str) -> dict[str, str]:
    answer = dns(estate).list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)
    return {tag["Key"]: tag["Value"] for tag in answer["ResourceTagSet"]["Tags"]}


def zones(estate: Estate) -> list[str]:
    return [zone["Name"] for zone in dns(estate).list_hosted_zones()["HostedZones"]]


def test_a_zone_is_made_changed_and_deleted(estate: Estate, vpcs: list[str]) -> None:
    both = [*listed(vpcs[0]), {"vpc_id": vpcs[2], "region": "eu-west-1"}]
    wanted = {"vpcs": both, "records": [a_record("Sydney", "10.0.0.1"), a_record("*", "10.0.0.2")]}
    made = change(estate, [CREATE, TAGS, RECORDS, JOIN], **wanted, tags={"team": "data"})
    zone = made["zone_id"]
    assert there(estate, zone) == {rf"\052.{ZONE}.": ["10.0.0.2"], f"sydney.{ZONE}.": ["10.0.0.1"]}
    assert answering(estate, zone) == {vpcs[0], vpcs[2]}
    own = {"saas.privatelink:name": "front", "saas.privatelink:environment": "prod", "team": "data"}
    assert own.items() <= tags(estate, zone).items()
    # Order, case, dots and escapes are no change; another value is one batch, and what is not listed goes.
    same = [a_record(rf"\052.{ZONE.upper()}.", "10.0.0.2"), a_record(f"sydney.{ZONE}.", "10.0.0.1")]
    change(estate, [], vpcs=both[::-1], records=same, zone_name=f"{ZONE.upper()}.")
    moved = change(estate, [RECORDS, TAGS], vpcs=both, records=[a_record("sydney", "10.0.0.3", ttl=60)])
    assert there(estate, zone) == {f"sydney.{ZONE}.": ["10.0.0.3"]}
    assert moved["records"] == [{"name": f"sydney.{ZONE}", "type": "A", "ttl": 60, "value": ["10.0.0.3"]}]
    change(estate, [TAGS, JOIN, PART, TAGS], vpcs=[both[0], *listed(vpcs[1])])
    assert answering(estate, zone) == {vpcs[0], vpcs[1]}
    change(estate, [TAGS], tags={}, purge_tags=True, vpcs=listed(*vpcs[:2]))
    change(estate, [RECORDS, DELETE], state="absent")
    assert zones(estate) == []


def test_all_kinds_of_records(estate: Estate, vpcs: list[str]) -> None:
    endpoint = estate.service("lake", f"arn:aws:iam::{estate.account}:root", acceptance_required=False)
    subnets = [row["SubnetId"] for row in estate.ec2.describe_subnets()["Subnets"] if row["VpcId"] == vpcs[0]]
    made = estate.ec2.create_vpc_endpoint(
        VpcEndpointType="Interface", VpcId=vpcs[0], ServiceName=endpoint["service_name"], SubnetIds=subnets[:1]
    )
    name = made["VpcEndpoint"]["DnsEntries"][0]
    alias = {"dns_name": name["DnsName"].upper(), "hosted_zone_id": name["HostedZoneId"]}
    records = [
        {"name": "city", "alias": alias},
        a_record("six", "2001:DB8:0::1", type="AAAA"),
        a_record("other", "Target.example.org.", type="CNAME"),
        a_record("@", "10.0.0.2", "10.0.0.1"),
    ]
    found = change(estate, [CREATE, TAGS, RECORDS], vpcs=listed(vpcs[0]), records=records)
    assert there(estate, found["zone_id"])[f"city.{ZONE}."] == [f"{name['DnsName']}."]
    assert [record["type"] for record in found["records"]] == ["A", "CNAME", "A", "AAAA"]
    health = {"name": "city", "alias": {**alias, "evaluate_target_health": True}}
    change(estate, [RECORDS], vpcs=listed(vpcs[0]), records=[health, *records[1:]])
    swap = a_record("other", "10.0.0.9")  # a CNAME gives way to an address in one batch
    change(estate, [TAGS, RECORDS, TAGS], vpcs=listed(vpcs[0]), records=[health, *records[1:2], swap, records[3]])


def test_what_others_have_put_into_our_zone_stays(estate: Estate, vpcs: list[str]) -> None:
    wanted: dict[str, Any] = {"vpcs": listed(*vpcs[:1]), "records": [a_record("sydney", "10.0.0.1")]}
    zone = change(estate, [CREATE, TAGS, RECORDS], **wanted)["zone_id"]
    put(estate, zone, "db", "10.9.9.9")
    put(estate, zone, "same", "10.9.9.9")
    dns(estate).associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC={"VPCRegion": "us-east-1", "VPCId": vpcs[1]})
    change(estate, [], **wanted)
    refused(estate, "others have made", **{**wanted, "records": [a_record("db", "10.0.0.1")]})
    same = a_record("same", "10.9.9.9", ttl=60)
    change(estate, [], **{**wanted, "records": [*wanted["records"], same]})
    kept = change(estate, [RECORDS, TAGS], state="absent")["kept"]
    assert kept == [
        f"zone {zone} stays, for it has record db.{ZONE} A, record same.{ZONE} A, VPC {vpcs[1]}, which are not ours"
    ]
    assert set(there(estate, zone)) == {f"db.{ZONE}.", f"same.{ZONE}."}
    assert answering(estate, zone) == set(vpcs[:2])  # where theirs are resolved
    change(estate, [TAGS, RECORDS], **wanted)
    change(estate, [RECORDS, PART], **wanted, purge_records="all", purge_vpcs="all")
    assert there(estate, zone) == {f"sydney.{ZONE}.": ["10.0.0.1"]}
    change(estate, [RECORDS, DELETE], state="absent")


def test_only_vpcs_of_others_are_left(estate: Estate, vpcs: list[str]) -> None:
    zone = run(estate, vpcs=listed(vpcs[0]), records=[a_record("a", "10.0.0.1")])["zone_id"]
    dns(estate).associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC={"VPCRegion": "us-east-1", "VPCId": vpcs[1]})
    assert change(estate, [RECORDS, PART, TAGS], state="absent")["kept"]
    assert answering(estate, zone) == {vpcs[1]}


def test_a_zone_of_others_is_refused_or_adopted_and_left_as_it_was(estate: Estate, vpcs: list[str]) -> None:
    zone = theirs(estate, vpcs[0], "theirs", ("db", "10.9.9.9"))
    before = (there(estate, zone), answering(estate, zone), tags(estate, zone))
    wanted: dict[str, Any] = {"vpcs": listed(*vpcs[:2]), "records": [a_record("sydney", "10.0.0.1")]}
    refused(estate, "was not made here", **wanted)
    refused(estate, "was not made here", state="absent", vpcs=wanted["vpcs"])
    refused(estate, "others have made", **{**wanted, "records": [a_record("db", "10.0.0.1")]}, adopt=True)
    refused(estate, "nothing is removed", **wanted, adopt=True, purge_records="all")
    used = change(estate, [TAGS, RECORDS, JOIN], **wanted, adopt=True, tags={"team": "data"})
    assert used["adopted"]
    assert "team" not in tags(estate, zone)
    assert "saas.privatelink:adopted" in tags(estate, zone)
    change(estate, [RECORDS, TAGS], vpcs=wanted["vpcs"], records=[])
    change(estate, [TAGS, RECORDS], **wanted)  # that it was adopted is known
    left = run(estate, state="absent", vpcs=wanted["vpcs"])
    assert (left["writes"], left["failed"]) == ([RECORDS, PART, TAGS], False)
    assert left["kept"] == [f"zone {zone} stays, for others have made it"]
    assert (there(estate, zone), answering(estate, zone), tags(estate, zone)) == before
    change(estate, [], state="absent", adopt=True, vpcs=wanted["vpcs"])


def test_the_last_vpc_of_an_adopted_zone_stays(estate: Estate, vpcs: list[str]) -> None:
    zone = theirs(estate, vpcs[0])
    run(estate, vpcs=listed(*vpcs[:2]), adopt=True)
    dns(estate).disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC={"VPCRegion": "us-east-1", "VPCId": vpcs[0]})
    assert "keeps the last one" in change(estate, [], state="absent")["kept"][1]


def test_a_zone_of_another_environment_is_shared(estate: Estate, vpcs: list[str]) -> None:
    """Two regions of one company resolve in one VPC: each has its own record in one zone."""
    first = {"vpcs": listed(vpcs[0]), "records": [a_record("virginia", "10.0.0.1")]}
    zone = change(estate, [CREATE, TAGS, RECORDS], **first)["zone_id"]
    second = {"vpcs": listed(*vpcs[:2]), "records": [a_record("ireland", "10.0.0.2")], "environment_name": "west"}
    refused(estate, "belongs to front of the environment prod", **second)
    change(estate, [TAGS, RECORDS, JOIN], **second, adopt=True)
    change(estate, [], **first)
    kept = change(estate, [RECORDS, TAGS], state="absent")["kept"][0]
    assert f"record ireland.{ZONE} A, VPC {vpcs[1]}, what west-" in kept
    change(estate, [TAGS, RECORDS], **first)
    change(estate, [RECORDS, PART, TAGS], vpcs=listed(vpcs[0]), records=[], environment_name="west")
    assert "what west-" in run(estate, check=True, state="absent")["kept"][0]
    change(estate, [TAGS, RECORDS, JOIN], **second)
    assert run(estate, state="absent", environment_name="west")["writes"] == [RECORDS, PART, TAGS]
    assert there(estate, zone) == {f"virginia.{ZONE}.": ["10.0.0.1"]}
    change(estate, [], state="absent", environment_name="west")
    change(estate, [RECORDS, DELETE], state="absent")


def test_two_zones_of_a_name_in_one_vpc_are_told_beforehand(estate: Estate, vpcs: list[str]) -> None:
    zone = theirs(estate, vpcs[1])
    first = change(estate, [CREATE, TAGS], vpcs=listed(vpcs[0]))["zone_id"]
    refused(estate, f"{vpcs[1]} (by zone {zone} of {estate.account})", vpcs=listed(*vpcs[:2]))
    refused(estate, f"several private zones {ZONE}", name="b", vpcs=listed(*vpcs[:2]))
    refused(estate, "belongs to front", name="b", zone_id=first, vpcs=listed(vpcs[0]))
    change(estate, [TAGS], name="b", zone_id=zone, vpcs=listed(vpcs[1]), adopt=True)
    items = [{"name": name, "zone_name": "a.example", "vpcs": listed(vpcs[0])} for name in ("a", "b")]
    result = estate.run("private_zone", zones=items)
    assert [item["failed"] for item in result["results"]] == [True, True]
    assert "Put their records into one item" in result["msg"]


def test_the_zone_of_another_account_is_told(estate: Estate, vpcs: list[str]) -> None:
    stranger = f"8{estate.account[1:]}"
    other, foreign = estate.boto(stranger, "route53"), estate.make_vpc(stranger).id
    where = {"VPCRegion": "us-east-1", "VPCId": foreign}
    made = other.create_hosted_zone(Name=ZONE, CallerReference="x", VPC=where)["HostedZone"]["Id"]
    here = {"VPCRegion": "us-east-1", "VPCId": vpcs[0]}
    other.create_vpc_association_authorization(HostedZoneId=made, VPC=here)
    dns(estate).associate_vpc_with_hosted_zone(HostedZoneId=made, VPC=here)
    refused(estate, f"{made.rpartition('/')[2]} of {stranger}", vpcs=listed(vpcs[0]), adopt=True)


def test_a_vpc_of_another_account_waits_for_both(estate: Estate, vpcs: list[str]) -> None:
    stranger = f"8{estate.account[1:]}"
    foreign = estate.make_vpc(stranger).id
    refused(estate, "All VPCs listed", vpcs=listed(foreign))
    wanted: dict[str, Any] = {"vpcs": listed(foreign, vpcs[0]), "records": [a_record("a", "10.0.0.1")]}
    made = change(estate, [CREATE, TAGS, RECORDS], **wanted)
    zone, where = made["zone_id"], {"VPCRegion": "us-east-1", "VPCId": foreign}
    assert f"create-vpc-association-authorization --hosted-zone-id {zone}" in made["waiting"]
    assert made["foreign_vpcs"] == [foreign]
    dns(estate).create_vpc_association_authorization(HostedZoneId=zone, VPC=where)
    estate.boto(stranger, "route53").associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=where)
    done = change(estate, [], **wanted)
    assert done["waiting"] == ""
    assert {vpc["vpc_id"] for vpc in done["vpcs"]} == {foreign, vpcs[0]}


def test_name_servers_are_waited_for(estate: Estate, vpcs: list[str]) -> None:
    wanted: dict[str, Any] = {"vpcs": listed(vpcs[0]), "records": [a_record("a", "10.0.0.1")]}
    hasty = run(estate, **wanted, wait=False)
    assert "all name servers of Route 53" in hasty["waiting"]
    patient = run(estate, **{**wanted, "records": [a_record("a", "10.0.0.2")]})
    assert patient["waiting"] == ""
    assert estate.count("GetChange") > 1


@pytest.mark.parametrize("operation", ["CreateHostedZone", "ChangeTagsForResource", "ChangeResourceRecordSets"])
def test_a_lost_answer_makes_nothing_twice(estate: Estate, vpcs: list[str], operation: str) -> None:
    estate.sandbox.fault("route53", operation, "drop", account=estate.account, performed=True)
    wanted: dict[str, Any] = {"vpcs": listed(*vpcs[:2]), "records": [a_record("a", "10.0.0.1")]}
    options = {"name": "front", "zone_name": ZONE, "environment_name": "prod", **wanted}
    result = estate.run_module("private_zone", {**estate.access, "wait_timeout": 10, **options})
    assert not result.get("failed"), result["msg"]
    assert zones(estate) == [f"{ZONE}."]
    change(estate, [], **wanted)
    change(estate, [RECORDS, DELETE], state="absent")  # all of it is known to be ours


def test_a_run_that_ended_before_it_could_tag_is_continued(estate: Estate, vpcs: list[str]) -> None:
    estate.sandbox.fault("route53", "ChangeTagsForResource", "deny", account=estate.account)
    wanted: dict[str, Any] = {"vpcs": listed(*vpcs[:2]), "records": [a_record("a", "10.0.0.1")]}
    assert "route53:ChangeTagsForResource" in run(estate, **wanted)["msg"]
    change(estate, [TAGS, RECORDS, JOIN], **wanted)
    assert zones(estate) == [f"{ZONE}."]
    change(estate, [RECORDS, DELETE], state="absent")


def test_a_zone_can_be_made_again_at_once(estate: Estate, vpcs: list[str]) -> None:
    """The reference of a deleted zone is never free again."""
    estate.poll = 5
    run(estate, vpcs=listed(vpcs[0]))
    run(estate, state="absent")
    wanted = {"name": "front", "zone_name": ZONE, "environment_name": "prod", "vpcs": listed(vpcs[0])}
    made = estate.run_module("private_zone", {**estate.access, "wait_timeout": 120, **wanted})
    assert made["results"][0]["zone_id"].startswith("Z")
    assert zones(estate) == [f"{ZONE}."]


def test_tags_that_show_late_forget_nothing() -> None:
    """What this run has written holds, whatever is read."""
    item, made = PrivateZone(name="front", zone_name=ZONE, vpcs=listed(VPC)), Made()
    zone = Zone("Z1", ZONE, "", "", set(), {"theirs": "1", "saas.privatelink:added": "old"}, [])
    for told in ({"AddTags": [{"Key": "saas.privatelink:added", "Value": "new"}]}, {"RemoveTagKeys": [item.guest_tag]}):
        params = {"ResourceType": "hostedzone", "ResourceId": "Z1", **told}
        made.add(Change(TAGS, params, "tag"), {})
    assert retagged(item, zone, made) == ({"theirs": "1", "saas.privatelink:added": "new"}, True)


@pytest.mark.parametrize("code", ["PriorRequestNotComplete", "Throttling"])
def test_a_busy_zone_is_asked_again(estate: Estate, vpcs: list[str], code: str) -> None:
    for operation in ("ChangeResourceRecordSets", "ListTagsForResources"):
        options = {"account": estate.account, "times": 6, "code": code, "status": 400}
        estate.sandbox.fault("route53", operation, "error", **options)
    wanted: dict[str, Any] = {"vpcs": listed(vpcs[0]), "records": [a_record("a", "10.0.0.1")]}
    assert not run(estate, **wanted, wait_timeout=300)["failed"]


def test_who_was_faster_is_looked_at_again(estate: Estate, vpcs: list[str]) -> None:
    """Between read and write somebody makes the record: with our content it is theirs, with another it is told."""
    zone = run(estate, vpcs=listed(vpcs[0]))["zone_id"]
    message = f"[Tried to create resource record set [name='a.{ZONE}.', type='A'] but it already exists]"
    options = {"account": estate.account, "code": "InvalidChangeBatch", "status": 400, "message": message}
    estate.sandbox.fault("route53", "ChangeResourceRecordSets", "error", **options)
    found = run(estate, vpcs=listed(vpcs[0]), records=[a_record("a", "10.0.0.1")])
    assert not found["failed"], found["msg"]
    assert there(estate, zone) == {f"a.{ZONE}.": ["10.0.0.1"]}


def test_who_has_made_a_zone_meanwhile_is_told(estate: Estate, vpcs: list[str]) -> None:
    """Another run makes the zone between the read and the write."""
    options = {"account": estate.account, "code": "ConflictingDomainExists", "status": 400}
    estate.sandbox.fault("route53", "CreateHostedZone", "error", **options)
    found = run(estate, vpcs=listed(vpcs[0]))
    assert (found["failed"], found["writes"]) == (False, [CREATE, TAGS])


def test_a_zone_that_goes_meanwhile_hides_no_tags(estate: Estate, vpcs: list[str]) -> None:
    """The tags of several zones are read in one call, which fails for all where one is gone."""
    theirs(estate, vpcs[1])
    run(estate, vpcs=listed(vpcs[0]))
    options = {"account": estate.account, "code": "NoSuchHostedZone", "status": 404}
    estate.sandbox.fault("route53", "ListTagsForResources", "error", **options)
    found = run(estate, vpcs=listed(vpcs[0]), environment_name="west")
    assert "belongs to front of the environment prod" in found["msg"]


def test_thirty_records_fit_into_the_tags(estate: Estate, vpcs: list[str]) -> None:
    records = [a_record(f"n{number}", "10.0.0.1") for number in range(30)]
    zone = change(estate, [CREATE, TAGS, RECORDS], vpcs=listed(vpcs[0]), records=records)["zone_id"]
    assert "saas.privatelink:added/2" in tags(estate, zone)
    change(estate, [RECORDS, TAGS], vpcs=listed(vpcs[0]), records=records[:3])
    assert "saas.privatelink:added/2" not in tags(estate, zone)
    change(estate, [RECORDS, DELETE], state="absent")


def test_a_public_zone_and_zones_elsewhere_are_not_looked_at(estate: Estate, vpcs: list[str]) -> None:
    dns(estate).create_hosted_zone(Name=ZONE, CallerReference="public")
    theirs(estate, vpcs[1], "elsewhere")
    change(estate, [CREATE, TAGS], vpcs=listed(vpcs[0]))
    change(estate, [DELETE], state="absent")
    assert len(zones(estate)) == 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"zone_name": None}, "zone_name"),
        ({"zone_name": "com"}, "no domain"),
        ({"zone_name": "ü.example"}, "Punycode"),
        ({"zone_id": "/hostedzone/Z1"}, "zone_id is not the id"),
        ({"vpcs": []}, "vpcs is missing"),
        ({"vpcs": [{"vpc_id": "vpc-1\n"}]}, "not the id of a VPC"),
        ({"vpcs": [{"vpc_id": "vpc-1", "region": "us-east1"}]}, "no region of AWS"),
        ({"records": [a_record("a", "10.0.0.1"), a_record(f"A.{ZONE}", "10.0.0.2")]}, "listed twice"),
        ({"records": [a_record("a")]}, "either value or alias"),
        ({"records": [a_record("a", "::1")]}, "no address for a record of type A"),
        ({"records": [a_record("a", "ten")]}, "does not appear to be an IPv4 or IPv6 address"),
        ({"records": [a_record("a", "b.example", "c.example", type="CNAME")]}, "one value"),
        ({"records": [a_record("@", "b.example", type="CNAME")]}, "cannot be a CNAME"),
        ({"records": [a_record("a.example.org.", "10.0.0.1")]}, "not in the zone"),
        ({"records": [a_record("a", "10.0.0.1", ttl=-1)]}, "ttl of"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ItemError, match=reason):
        PrivateZone(**{"name": "front", "zone_name": ZONE, "vpcs": listed(VPC), **options})


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("eu-west-1", "https://route53.amazonaws.com"),
        ("cn-north-1", "https://route53.amazonaws.com.cn"),
        ("us-gov-west-1", "https://route53.us-gov.amazonaws.com"),
    ],
)
def test_each_partition_has_its_endpoint(region: str, url: str) -> None:
    assert Api(region).client("route53").meta.endpoint_url == url


def test_info_shows_zones_of_all(estate: Estate, vpcs: list[str]) -> None:
    theirs(estate, vpcs[1], "theirs", ("db", "10.9.9.9"))
    zone = run(estate, vpcs=listed(vpcs[0]), records=[a_record("a", "10.0.0.1")])["zone_id"]
    dns(estate).create_hosted_zone(Name=ZONE, CallerReference="public")
    found = estate.look("private_zone_info", zone_names=[f"{ZONE.upper()}.", "none.example"])["zones"]
    assert len(found) == 2
    ours = next(entry for entry in found if entry["zone_id"] == zone)
    assert ours["vpcs"] == [{"vpc_id": vpcs[0], "region": "us-east-1"}]
    assert ours["records"] == [{"name": f"a.{ZONE}", "type": "A", "ttl": 300, "value": ["10.0.0.1"]}]
    assert estate.look("private_zone_info", zone_names=["none.example"])["zones"] == []
