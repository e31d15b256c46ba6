# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""resource_share against the sandbox and a vendor's account: what is accepted, what never, what is waited for."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.resource_share import (
    ACCEPT,
    LEAVE,
    Actual,
    ResourceShare,
    ResourceShares,
    Seen,
    pick,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import UNKNOWN, Made

from tests.unit.modules.vendor import Vendor

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

KIND = "vpc-lattice:ResourceConfiguration"
OWNER, STRANGER = "222222222222", "333333333333"
ARN = f"arn:aws:ram:us-east-1:{OWNER}:resource-share/5ba1d2c5-1d0a-4f5e-9c0b-0123456789ab"
OTHER_ARN = ARN.replace("0123456789ab", "0123456789ac")


def run(estate: Estate, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """One item; its result, with ``diff`` and ``warnings``."""
    result = estate.run("resource_share", check=check, diff=diff, **{"name": "cache", **options})
    item: dict[str, Any] = {**result["results"][0], "diff": result.get("diff")}
    item["warnings"] = str(result.get("warnings", ""))
    return item


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
    predicted = run(estate, check=True, diff=True, **options)
    real = run(estate, diff=True, **options)
    assert predicted["writes"] == real["writes"] == writes, (predicted, real)
    assert not real["failed"], (predicted, real)
    assert predicted["diff"] == real["diff"]
    for check in (True, False):
        again = run(estate, check=check, diff=True, **options)
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


@pytest.fixture
def vendor(estate: Estate, make_vpc: Callable[..., Any]) -> Vendor:
    return Vendor(estate.sandbox, estate.account, make_vpc)


@pytest.fixture
def configuration(vendor: Vendor) -> str:
    return vendor.configuration("redis")


@pytest.fixture
def share(estate: Estate, vendor: Vendor, configuration: str) -> str:
    """A share of the vendor, with one configuration, to which we are invited."""
    arn = vendor.share(configuration)
    invited(estate, arn)
    return arn


def invited(estate: Estate, arn: str) -> dict[str, Any]:
    """The invitation to a share, once we see it."""
    pages = estate.boto(estate.account, "ram").get_paginator("get_resource_share_invitations")

    def look() -> list[dict[str, Any]]:
        return [
            invitation
            for page in pages.paginate(resourceShareArns=[arn])
            for invitation in page["resourceShareInvitations"]
        ]

    return dict(estate.sandbox.eventually(look, bool)[0])


def by_name(vendor: Vendor) -> dict[str, Any]:
    return {"owner_account_id": vendor.account, "share_name": "redis-share"}


def test_accept_and_leave(estate: Estate, vendor: Vendor, configuration: str, share: str) -> None:
    accepted = change(estate, [ACCEPT], **by_name(vendor), resource_types=[KIND])
    assert accepted["status"] == "accepted"
    assert accepted["waiting"] == ""
    assert accepted["warnings"] == ""
    assert accepted["resource_share_arn"] == share
    assert accepted["owner_account_id"] == vendor.account
    assert accepted["share_name"] == "redis-share"
    assert accepted["resources"] == [{"arn": configuration, "type": KIND, "status": "AVAILABLE"}]
    assert accepted["diff"][0]["before"] == {"status": "waiting"}
    assert accepted["diff"][0]["after"] == {"status": "accepted"}
    left = change(estate, [LEAVE], **by_name(vendor), state="absent")
    assert left["status"] == "absent"
    assert left["waiting"] == ""
    assert (
        estate.boto(estate.account, "ram").get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"] == []
    )


@pytest.mark.parametrize("kind", ["endpoint", "association"])
def test_a_share_that_somebody_uses_is_not_left(
    estate: Estate, vendor: Vendor, make_vpc: Callable[..., Any], configuration: str, share: str, kind: str
) -> None:
    run(estate, resource_share_arn=share)
    if kind == "endpoint":
        vpc = make_vpc(estate.account)
        asked = {"VpcEndpointType": "Resource", "ResourceConfigurationArn": configuration}
        made = estate.ec2.create_vpc_endpoint(VpcId=vpc.id, SubnetIds=vpc.subnets[:1], **asked)
        user = made["VpcEndpoint"]["VpcEndpointId"]
    else:
        lattice = estate.boto(estate.account, "vpc-lattice")
        network = lattice.create_service_network(name="theirs")["id"]
        asked = {"resourceConfigurationIdentifier": configuration, "serviceNetworkIdentifier": network}
        user = lattice.create_service_network_resource_association(**asked)["id"]
    kept = change(estate, [], resource_share_arn=share, state="absent")
    assert (kept["failed"], kept["status"], kept["needed_by"]) == (False, "accepted", [user])
    assert f"{user} would stop working" in kept["warnings"]
    planned = run(estate, check=True, resource_share_arn=share, state="absent", going=[user])
    assert planned["writes"] == [LEAVE]
    if kind == "endpoint":
        estate.ec2.delete_vpc_endpoints(VpcEndpointIds=[user])
    else:
        lattice.delete_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=user)
    change(estate, [LEAVE], resource_share_arn=share, state="absent")


@pytest.mark.parametrize("kind", ["endpoint", "vpc", "resource"])
def test_a_shared_service_network_that_somebody_uses_is_not_left(
    estate: Estate, vendor: Vendor, make_vpc: Callable[..., Any], kind: str
) -> None:
    """What other accounts have in the network is not this account's concern."""
    network = str(vendor.lattice.create_service_network(name="theirs")["arn"])
    theirs = make_vpc(vendor.account)
    where = {"serviceNetworkIdentifier": network}
    vendor.lattice.create_service_network_vpc_association(**where, vpcIdentifier=theirs.id)
    share = vendor.share(network)
    invited(estate, share)
    run(estate, resource_share_arn=share)
    vpc, lattice = make_vpc(estate.account), estate.boto(estate.account, "vpc-lattice")
    if kind == "endpoint":
        asked = {"VpcEndpointType": "ServiceNetwork", "ServiceNetworkArn": network}
        made = estate.ec2.create_vpc_endpoint(VpcId=vpc.id, SubnetIds=vpc.subnets[:1], **asked)
        user = made["VpcEndpoint"]["VpcEndpointId"]
        end = functools.partial(estate.ec2.delete_vpc_endpoints, VpcEndpointIds=[user])
    elif kind == "vpc":
        user = lattice.create_service_network_vpc_association(**where, vpcIdentifier=vpc.id)["id"]
        end = functools.partial(
            lattice.delete_service_network_vpc_association, serviceNetworkVpcAssociationIdentifier=user
        )
    else:
        ours = Vendor(estate.sandbox, estate.account, make_vpc, name=estate.account[0]).configuration("ours")
        asked = {**where, "resourceConfigurationIdentifier": ours}
        user = lattice.create_service_network_resource_association(**asked)["id"]
        end = functools.partial(
            lattice.delete_service_network_resource_association, serviceNetworkResourceAssociationIdentifier=user
        )
    kept = change(estate, [], resource_share_arn=share, state="absent")
    assert (kept["failed"], kept["status"], kept["needed_by"]) == (False, "accepted", [user])
    end()
    change(estate, [LEAVE], resource_share_arn=share, state="absent")


def test_a_share_may_be_named_by_its_arn(estate: Estate, vendor: Vendor, share: str) -> None:
    accepted = change(estate, [ACCEPT], resource_share_arn=share)
    assert accepted["status"] == "accepted"
    assert accepted["share_name"] == "redis-share"
    assert run(estate, resource_share_arn=share, **by_name(vendor))["status"] == "accepted"
    change(estate, [LEAVE], resource_share_arn=share, state="absent")


def test_accepted_means_that_its_resources_can_be_seen(estate: Estate, vendor: Vendor, share: str) -> None:
    estate.sandbox.lag(**{"shared_resource.unseen": 60})
    try:
        left = run(estate, wait=False, resource_share_arn=share)
        estate.meanwhile = functools.partial(estate.sandbox.lag, **{"shared_resource.unseen": 0.1})
        done = run(estate, resource_share_arn=share, wait_for_share=True)
    finally:
        estate.sandbox.lag(**{"shared_resource.unseen": 0.1})
    assert left["writes"] == [ACCEPT]
    assert left["status"] == "accepted"
    assert "to be listed" in left["waiting"]
    assert done["writes"] == []
    assert len(done["resources"]) == 1


def test_a_type_that_is_not_there_is_waited_for(estate: Estate, share: str) -> None:
    wanted: dict[str, Any] = {"resource_share_arn": share, "resource_types": [KIND, "ec2:Subnet"]}
    result = run(estate, wait_timeout=1, **wanted)
    assert result["writes"] == [ACCEPT]
    assert result["status"] == "accepted"
    assert not result["failed"]
    assert result["waiting"] == f"the share {share} of account {share.split(':')[4]} to show ec2:Subnet"


# Who is never accepted


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "Set resource_share_arn, or owner_account_id and share_name"),
        ({"owner_account_id": OWNER}, "Set resource_share_arn, or owner_account_id and share_name"),
        ({"share_name": "redis-share"}, "Set resource_share_arn, or owner_account_id and share_name"),
        ({"owner_account_id": "1234", "share_name": "x"}, "Not an account id of 12 digits: '1234'"),
        ({"owner_account_id": f"{OWNER}\n", "share_name": "x"}, "Not an account id of 12 digits"),
        ({"owner_account_id": "\N{FULLWIDTH DIGIT ONE}" * 12, "share_name": "x"}, "Not an account id of 12 digits"),
        ({"resource_share_arn": "arn:aws:ram:us-east-1:1:resource-share/x"}, "Not the ARN of a resource share"),
        ({"resource_share_arn": ARN.replace("-share/", "-share-invitation/")}, "Not the ARN of a resource share"),
        ({"resource_share_arn": ARN, "owner_account_id": STRANGER}, f"a share of account {OWNER}, not of the expected"),
        ({"resource_share_arn": ARN.replace("east", "west")}, "a share of us-west-1, this run is in us-east-1"),
        ({"name": None}, "needs a name"),
    ],
)
def test_options_that_can_never_be_right(estate: Estate, options: dict[str, Any], says: str) -> None:
    for check in (True, False):
        result = estate.run("resource_share", check=check, **{"name": "cache", **options})
        assert result["failed"]
        assert says in result["msg"]
    assert not estate.count("AcceptResourceShareInvitation")


def test_a_share_of_another_name_is_refused(estate: Estate, share: str) -> None:
    """The owner is part of the ARN, so that the name is what may still differ."""
    for check in (True, False):
        result = run(estate, check=check, resource_share_arn=share, share_name="other-share")
        assert result["failed"]
        assert "is named 'redis-share', not 'other-share' as expected: refused" in result["msg"]
    assert invited(estate, share)["status"] == "PENDING"
    change(estate, [ACCEPT], resource_share_arn=share)
    assert run(estate, resource_share_arn=share, share_name="other-share")["failed"]
    assert run(estate, resource_share_arn=share, share_name="other-share", state="absent")["failed"]


def test_an_invitation_of_a_stranger_is_left_alone(
    estate: Estate, vendor: Vendor, make_vpc: Callable[..., Any]
) -> None:
    stranger = Vendor(estate.sandbox, estate.account, make_vpc, name="6")
    forged, other = stranger.share(stranger.configuration("redis")), vendor.share(name="second-share")
    invited(estate, forged), invited(estate, other)
    result = change(estate, [], **by_name(vendor))
    assert result["status"] == "waiting"
    assert result["resource_share_arn"] == ""
    assert result["waiting"] == f"account {vendor.account} to share redis-share"
    assert all(named in result["warnings"] for named in (forged, other, stranger.account, "second-share"))
    assert invited(estate, forged)["status"] == invited(estate, other)["status"] == "PENDING"


# Waiting for the owner


def test_no_share_yet_is_a_normal_result(estate: Estate, vendor: Vendor) -> None:
    result = change(estate, [], **by_name(vendor))
    assert result["status"] == "waiting"
    assert result["resources"] == []
    assert change(estate, [], **by_name(vendor), state="absent")["status"] == "absent"
    by_arn = run(estate, resource_share_arn=ARN)
    assert by_arn["waiting"] == f"account {OWNER} to share {ARN}"
    assert by_arn["resource_share_arn"] == ARN


def test_a_share_is_waited_for_if_asked(estate: Estate, vendor: Vendor, configuration: str) -> None:
    estate.meanwhile = functools.partial(vendor.share, configuration)
    result = run(estate, **by_name(vendor), wait_for_share=True)
    assert result["writes"] == [ACCEPT]
    assert result["status"] == "accepted"
    assert len(result["resources"]) == 1


def test_the_wait_for_a_share_ends(estate: Estate, vendor: Vendor) -> None:
    result = run(estate, **by_name(vendor), wait_for_share=True, wait_timeout=1)
    assert not result["failed"]
    assert result["status"] == "waiting"
    assert estate.count("GetResourceShares") > 5


def test_a_rejected_invitation_needs_a_new_one(estate: Estate, vendor: Vendor, share: str) -> None:
    ram = estate.boto(estate.account, "ram")
    ram.reject_resource_share_invitation(
        resourceShareInvitationArn=invited(estate, share)["resourceShareInvitationArn"]
    )
    for check in (True, False):
        result = run(estate, check=check, **by_name(vendor))
        assert result["failed"]
        assert "was rejected. Ask its owner to share again" in result["msg"]
    of = {"resourceShareArn": share, "principals": [estate.account]}
    vendor.ram.disassociate_resource_share(**of)
    estate.sandbox.eventually(lambda: vendor.principal(share) == "DISASSOCIATED", bool)
    vendor.ram.associate_resource_share(**of)
    estate.sandbox.eventually(lambda: run(estate, **by_name(vendor)).get("status") == "accepted", bool)


def test_an_expired_invitation_says_what_to_ask_for(estate: Estate, share: str) -> None:
    estate.sandbox.invitation_state(share, "EXPIRED")
    result = run(estate, resource_share_arn=share)
    assert result["failed"]
    assert "has expired. Ask its owner to share again" in result["msg"]


def test_an_invitation_that_was_purged_does_not_matter(estate: Estate, vendor: Vendor, share: str) -> None:
    change(estate, [ACCEPT], **by_name(vendor))
    estate.sandbox.invitation_state(share, "purged")
    assert run(estate, **by_name(vendor))["status"] == "accepted"
    assert estate.calls
    assert not estate.count("GetResourceShareInvitations")


def test_inside_an_organization_there_is_nothing_to_accept(estate: Estate, vendor: Vendor, configuration: str) -> None:
    estate.sandbox.organization(estate.account, vendor.account)
    share = vendor.share(configuration)
    estate.sandbox.eventually(lambda: change(estate, [], **by_name(vendor))["status"], "accepted".__eq__)
    options = {**estate.access, "name": "cache", "resource_share_arn": share, "state": "absent"}
    answer = estate.run_module("resource_share", options)  # AWS refuses the call, so that the log has no write
    assert answer["results"][0]["status"] == "accepted"
    assert not answer.get("failed")
    assert f"AWS does not let this account leave the share {share}" in str(answer["warnings"])


@pytest.mark.parametrize("code", ["AlreadyRejectedException", "ExpiredException"])
def test_an_invitation_that_ends_before_our_call(estate: Estate, share: str, code: str) -> None:
    fault = {"code": f"ResourceShareInvitation{code}", "status": 400, "account": estate.account}
    estate.sandbox.fault("ram", "AcceptResourceShareInvitation", "error", **fault)
    result = run(estate, resource_share_arn=share)
    assert result["failed"]
    assert code in result["msg"]
    assert "Ask the owner to share again" in result["msg"]


def test_what_the_owner_takes_back_has_to_be_shared_again(estate: Estate, vendor: Vendor, share: str) -> None:
    change(estate, [ACCEPT], **by_name(vendor))
    vendor.ram.disassociate_resource_share(resourceShareArn=share, principals=[estate.account])
    estate.sandbox.eventually(lambda: run(estate, **by_name(vendor))["status"], "waiting".__eq__)
    result = change(estate, [], **by_name(vendor))
    assert "its invitation is accepted; where that was long ago" in result["waiting"]
    assert change(estate, [], **by_name(vendor), state="absent")["status"] == "absent"


# Faults


def test_stale_reads_accept_nothing_twice(estate: Estate, vendor: Vendor, share: str) -> None:
    for operation in ("GetResourceShareInvitations", "GetResourceShares"):
        estate.sandbox.fault("ram", operation, "stale", account=estate.account, times=4)
    result = run(estate, **by_name(vendor))
    assert result["writes"] == [ACCEPT]
    assert result["status"] == "accepted"
    assert estate.count("AcceptResourceShareInvitation") == 1


def test_stale_reads_leave_nothing_twice(estate: Estate, vendor: Vendor, share: str) -> None:
    change(estate, [ACCEPT], **by_name(vendor))
    estate.sandbox.fault("ram", "GetResourceShares", "stale", account=estate.account, times=4)
    result = run(estate, **by_name(vendor), state="absent")
    assert result["writes"] == [LEAVE]
    assert result["status"] == "absent"
    assert estate.count("DisassociateResourceShare") == 1


def test_an_acceptance_that_came_from_elsewhere_is_fine(estate: Estate, vendor: Vendor, share: str) -> None:
    """Somebody accepts between our look and our call."""
    code = "ResourceShareInvitationAlreadyAcceptedException"
    fault = {"code": code, "status": 400, "account": estate.account}
    estate.sandbox.fault("ram", "AcceptResourceShareInvitation", "error", **fault)
    ram, arn = estate.boto(estate.account, "ram"), invited(estate, share)["resourceShareInvitationArn"]

    def accept_elsewhere() -> None:
        ram.accept_resource_share_invitation(resourceShareInvitationArn=arn)

    estate.meanwhile = accept_elsewhere
    options = {**estate.access, "name": "cache", "resource_share_arn": share, "wait_timeout": 10}
    result = estate.run_module("resource_share", options)["results"][0]
    assert not result["failed"]
    assert result["status"] == "accepted"


def test_an_account_that_may_not_leave_is_only_warned(estate: Estate, vendor: Vendor, share: str) -> None:
    change(estate, [ACCEPT], **by_name(vendor))
    fault = {"code": "OperationNotPermittedException", "status": 400, "account": estate.account}
    estate.sandbox.fault("ram", "DisassociateResourceShare", "error", **fault)
    options = {**estate.access, "name": "cache", "resource_share_arn": share, "state": "absent"}
    answer = estate.run_module("resource_share", options)
    result = answer["results"][0]
    assert not result["failed"]
    assert result["status"] == "accepted"
    assert result["waiting"] == ""
    assert f"AWS does not let this account leave the share {share}" in str(answer["warnings"])
    assert vendor.account in str(answer["warnings"])


def test_a_throttled_call_is_repeated(estate: Estate, share: str) -> None:
    for operation in ("GetResourceShares", "GetResourceShareInvitations", "AcceptResourceShareInvitation"):
        estate.sandbox.fault("ram", operation, "throttle", account=estate.account, times=6)
    result = run(estate, wait_timeout=60, resource_share_arn=share)
    assert result["status"] == "accepted"
    assert estate.count("AcceptResourceShareInvitation") == 7


@pytest.mark.parametrize(
    "operation",
    ["GetResourceShares", "GetResourceShareInvitations", "AcceptResourceShareInvitation", "ListResources"],
)
def test_a_denied_call_names_the_missing_action(estate: Estate, share: str, operation: str) -> None:
    estate.sandbox.fault("ram", operation, "deny", account=estate.account)
    result = run(estate, resource_share_arn=share)
    assert result["failed"]
    assert f"Allow ram:{operation} in the policies" in result["msg"]


# Many


def test_many_shares_cost_the_same_calls(estate: Estate, vendor: Vendor, configuration: str) -> None:
    names = [f"share-{number}" for number in range(4)]
    for name in names:
        invited(estate, vendor.share(configuration, name=name))
    items = [{"name": name, "share_name": name, "owner_account_id": vendor.account} for name in names]
    predicted = estate.run("resource_share", check=True, shares=items)
    result = estate.run("resource_share", shares=items)
    for answer in (predicted, result):
        assert [item["writes"] for item in answer["results"]] == [[ACCEPT]] * 4
    assert not estate.run("resource_share", shares=items)["changed"]
    assert Counter(call["operation"] for call in estate.calls) == {"GetResourceShares": 1, "ListResources": 1}
    gone = [{**item, "state": "absent"} for item in items]
    assert [item["writes"] for item in estate.run("resource_share", shares=gone)["results"]] == [[LEAVE]] * 4
    assert estate.count("GetCallerIdentity") == 1


def test_one_bad_item_stops_no_other(estate: Estate, share: str) -> None:
    bad = {"name": "bad", "resource_share_arn": share, "share_name": "other"}
    good = {"name": "good", "resource_share_arn": share}
    answer = estate.run("resource_share", shares=[bad, good], on_item_failure="report")
    assert answer["failed_items"] == ["bad"]
    assert answer["results"][1]["status"] == "accepted"


def test_info(estate: Estate, vendor: Vendor, configuration: str, share: str) -> None:
    known = {"resource_share_arn": share, "share_name": "redis-share", "owner_account_id": vendor.account}
    before = estate.run_module("resource_share_info", estate.access)
    assert before["shares"] == []
    assert before["invitations"] == [{**known, "status": "PENDING"}]
    change(estate, [ACCEPT], resource_share_arn=share)
    asked = {"owner_account_ids": [vendor.account], "share_names": ["redis-share"]}
    found = estate.run_module("resource_share_info", {**estate.access, **asked})
    held = [{"arn": configuration, "type": KIND, "status": "AVAILABLE"}]
    assert found["shares"] == [{**known, "status": "ACTIVE", "resources": held}]
    assert found["invitations"][0]["status"] == "ACCEPTED"
    none = estate.run_module("resource_share_info", {**estate.access, "owner_account_ids": [OWNER]})
    assert none["shares"] == none["invitations"] == []


# The plan alone

WANTED = ResourceShare("cache", owner_account_id=OWNER, share_name="redis-share")
SHARE = Seen(ARN, "redis-share", OWNER, "ACTIVE")
OPEN = Seen(ARN, "redis-share", OWNER, "PENDING", invitation_arn="arn:invitation")
KINDS: Any = ResourceShares(api=None)  # type: ignore[arg-type]


def seen(status: str, arn: str = ARN) -> Seen:
    return Seen(arn, "redis-share", OWNER, status)


def test_the_invitation_that_counts() -> None:
    """An open one, whatever became of earlier ones; two open ones of different shares are ambiguous."""
    assert pick(WANTED, [seen("REJECTED"), seen("ACCEPTED"), OPEN]) is OPEN
    assert pick(WANTED, [seen("EXPIRED"), seen("ACCEPTED")]) == seen("ACCEPTED")
    assert pick(WANTED, [seen("EXPIRED"), seen("REJECTED")]) == seen("EXPIRED")
    assert pick(WANTED, [Seen(ARN, "redis-share", STRANGER, "PENDING")]) is None
    with pytest.raises(ItemError, match=f"several shares named redis-share: {ARN}, {OTHER_ARN}"):
        pick(WANTED, [OPEN, seen("PENDING", OTHER_ARN)])


def test_of_shares_alike_the_arn_decides() -> None:
    """Names are no secret, and the owner's account shares with many."""
    wanted = ResourceShare("cache", resource_share_arn=ARN, owner_account_id=OWNER, share_name="redis-share")
    assert pick(wanted, [seen("PENDING", OTHER_ARN), OPEN]) is OPEN
    assert pick(wanted, [seen("PENDING", OTHER_ARN)]) is None


def test_a_share_that_failed_says_why() -> None:
    failed = Actual(Seen(ARN, "redis-share", OWNER, "FAILED", "It was too large."))
    with pytest.raises(ItemError, match=r"has failed: It was too large\.$"):
        KINDS.plan(WANTED, failed)


@pytest.mark.parametrize(
    ("status", "waiting", "warning"),
    [
        ("AVAILABLE", False, ""),
        (None, False, ""),
        ("PENDING", True, ""),
        ("UNAVAILABLE", False, "cache: arn:r is UNAVAILABLE: It is down."),
        ("ZONAL_RESOURCE_INACCESSIBLE", False, "ZONAL_RESOURCE_INACCESSIBLE"),
    ],
)
def test_the_state_of_a_resource(status: str | None, waiting: bool, warning: str) -> None:
    raw = {"arn": "arn:r", "type": KIND, "status": status, "statusMessage": "It is down."}
    plan = KINDS.plan(WANTED, Actual(SHARE, resources=[raw]))
    assert bool(plan.waiting) == waiting
    assert plan.poll
    assert (warning in str(plan.warnings)) if warning else not plan.warnings


def test_a_share_that_is_not_active_yet() -> None:
    plan = KINDS.plan(WANTED, Actual(seen("PENDING"), resources=[{"arn": "arn:r", "type": KIND}]))
    assert plan.waiting == f"the share redis-share of account {OWNER} to be active"
    assert plan.poll


def test_an_invitation_accepted_by_an_earlier_run_is_waited_for_only_if_asked() -> None:
    patient = ResourceShare("cache", owner_account_id=OWNER, share_name="redis-share", wait_for_share=True)
    actual = Actual(invitation=seen("ACCEPTED"))
    assert KINDS.plan(WANTED, actual).poll is False
    assert KINDS.plan(patient, actual).poll is True
    assert KINDS.plan(WANTED, Actual(invitation=OPEN, accepted=True)).changes == []


def test_a_share_that_is_being_left_is_waited_for() -> None:
    leaving = ResourceShare("cache", "absent", resource_share_arn=ARN)
    plan = KINDS.plan(leaving, Actual(SHARE, account="111111111111", left=True))
    assert plan.changes == []
    assert plan.poll
    assert plan.waiting == f"this account to be out of share {ARN}"


class Listing:
    """An API whose account is in one share, in some status, and has no invitation."""

    region = "us-east-1"

    def __init__(self, status: str) -> None:
        self.status = status

    def pages(self, action: str, key: str, **params: Any) -> list[dict[str, str]]:
        share = {"resourceShareArn": ARN, "name": "redis-share", "owningAccountId": OWNER, "status": self.status}
        return [share] if key == "resourceShares" else []


@pytest.mark.parametrize(
    ("status", "is_in"), [("PENDING", True), ("ACTIVE", True), ("DELETING", False), ("DELETED", False)]
)
def test_a_deleted_share_stays_listed_and_means_nothing(status: str, is_in: bool) -> None:
    found: Any = ResourceShares(Listing(status)).read([WANTED], {"cache": Made()})  # type: ignore[arg-type]
    assert (found["cache"].share is not None) == is_in


def test_a_share_that_is_yet_to_be_made_is_planned_for() -> None:
    """As in check mode, when the vendor's API has not made it."""
    plan = ResourceShares(Mock()).plan(ResourceShare("sessions", resource_share_arn=UNKNOWN), Actual())
    assert [change.action for change in plan.changes] == ["ram:AcceptResourceShareInvitation"]
    assert plan.changes[0].after
    assert plan.result["status"] == "invited"
