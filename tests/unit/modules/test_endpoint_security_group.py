# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""endpoint_security_group against the sandbox: exact ports for named groups, rules of others, and who keeps a group."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.endpoint_security_group import (
    EndpointSecurityGroup,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

KIND = "endpoint_security_group"
CREATE, DELETE = "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup"
LET_IN, SHUT_OUT = "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"
TAG, UNTAG = "ec2:CreateTags", "ec2:DeleteTags"
VPC = "vpc-0123456789abcdef0"


def run(estate: Estate, check: bool = False, **options: Any) -> dict[str, Any]:
    """One item of the estate's VPC; its result, with ``diff``."""
    wanted = {"name": "lake", "vpc_id": estate.vpc.id, **options}
    result = estate.run(KIND, check=check, diff=True, **wanted)
    return {**result["results"][0], "diff": result.get("diff")}


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
    predicted = run(estate, check=True, **options)
    real = run(estate, **options)
    assert predicted["writes"] == real["writes"] == writes, (predicted, real)
    assert not real["failed"], real
    assert predicted["diff"] == real["diff"]
    for check in (True, False):
        again = run(estate, check=check, **options)
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


def group(estate: Estate, name: str) -> str:
    made = estate.ec2.create_security_group(VpcId=estate.vpc.id, GroupName=name, Description=name)
    return str(made["GroupId"])


def shown(estate: Estate, group_id: str) -> list[str]:
    """Who is let in by a group, as AWS tells it."""
    (found,) = estate.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    rules = []
    for permission in found["IpPermissions"]:
        sources = [pair["GroupId"] for pair in permission["UserIdGroupPairs"]]
        sources += [entry["CidrIp"] for entry in permission["IpRanges"]]
        rules += [f"{source} {permission['FromPort']}-{permission['ToPort']}" for source in sources]
    return sorted(rules)


@pytest.fixture
def clients(estate: Estate) -> str:
    """The security group of clients in a VPC of ours."""
    estate.vpc = estate.make_vpc(estate.account)
    return group(estate, "clients")


def lets_in(source: str, *ports: str) -> dict[str, Any]:
    return {"source_security_group_ids": [source], "ports": list(ports)}


def test_a_group_is_made_changed_and_deleted(estate: Estate, clients: str) -> None:
    made = change(estate, [CREATE, LET_IN], lets_in=[lets_in(clients, "443", "8443-8451")], tags={"team": "data"})
    group_id = made["security_group_id"]
    assert shown(estate, group_id) == sorted([f"{clients} 443-443", f"{clients} 8443-8451"])
    assert made["tags"]["saas.privatelink:name"] == "lake"
    change(estate, [LET_IN, SHUT_OUT], lets_in=[lets_in(clients, "443", "6666")])
    assert shown(estate, group_id) == sorted([f"{clients} 443-443", f"{clients} 6666-6666"])
    change(estate, [TAG], tags={"team": "lake"})
    change(estate, [UNTAG], tags={}, purge_tags=True)
    change(estate, [DELETE], state="absent")
    assert run(estate, state="absent")["writes"] == []


def test_rules_of_others_stay(estate: Estate, clients: str) -> None:
    made = run(estate, lets_in=[lets_in(clients, "443")])
    cidr = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    theirs = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": clients}]}
    estate.ec2.authorize_security_group_ingress(GroupId=made["security_group_id"], IpPermissions=[cidr, theirs])
    change(estate, [LET_IN, SHUT_OUT], lets_in=[lets_in(clients, "2443")])
    left = sorted(["10.0.0.0/8 22-22", f"{clients} 2443-2443", f"{clients} 80-80"])
    assert shown(estate, made["security_group_id"]) == left


def test_without_purge_our_rules_stay_too(estate: Estate, clients: str) -> None:
    made = run(estate, lets_in=[lets_in(clients, "443")])
    change(estate, [LET_IN], lets_in=[lets_in(clients, "2443")], purge_rules=False)
    assert len(shown(estate, made["security_group_id"])) == 2


def test_a_group_of_others_is_refused(estate: Estate, clients: str) -> None:
    theirs = group(estate, "lake")
    for state in ("present", "absent"):
        found = run(estate, lets_in=[lets_in(clients, "443")], state=state)
        assert found["failed"]
        assert "was not made here" in found["msg"]
    assert shown(estate, theirs) == []


def test_a_group_of_another_environment_is_refused(estate: Estate, clients: str) -> None:
    run(estate, lets_in=[lets_in(clients, "443")], environment_name="prod")
    found = run(estate, state="absent", environment_name="test")
    assert found["failed"]
    assert "belongs to the environment prod" in found["msg"]


def test_a_group_that_is_used_stays(estate: Estate, clients: str) -> None:
    group_id = run(estate, lets_in=[lets_in(clients, "443")])["security_group_id"]
    where = {"VpcId": estate.vpc.id, "SubnetIds": list(estate.vpc.subnets), "SecurityGroupIds": [group_id]}
    what = {"VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-1.sts", "PrivateDnsEnabled": False}
    made = estate.ec2.create_vpc_endpoint(**what, **where)
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    kept = change(estate, [], state="absent")
    assert kept["kept"] == [f"security group {group_id} stays, for {endpoint} has it"]
    going = run(estate, check=True, state="absent", going=[endpoint])
    assert going["writes"] == [DELETE]
    estate.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    change(estate, [DELETE], state="absent")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"vpc_id": None}, "vpc_id"),
        ({"name": "sg-lake"}, "cannot be the name"),
        ({"lets_in": [lets_in("10.0.0.0/8", "443")]}, "ids like sg-"),
        ({"lets_in": [lets_in("sg-1", "0")]}, "within 1 to 65535"),
        ({"lets_in": [lets_in("sg-1", "9-1")]}, "ends before it begins"),
        ({"lets_in": [{"source_security_group_ids": [], "ports": ["1"]}]}, "an empty list"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ItemError, match=reason):
        EndpointSecurityGroup(**{"name": "lake", "vpc_id": VPC, **options})


def test_info_shows_who_is_let_in(estate: Estate, clients: str) -> None:
    run(estate, lets_in=[lets_in(clients, "8443-8451")])
    (found,) = estate.look("endpoint_security_group_info", names=["lake"])["security_groups"]
    assert found["name"] == "lake"
    assert found["lets_in"] == [{"source_security_group_id": clients, "ports": "8443-8451"}]
