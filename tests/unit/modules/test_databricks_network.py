# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""databricks_network and its twin against the sandbox: what cannot be changed is exchanged, workspaces and all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._vendors import databricks_network as kind

from tests.unit.modules.databricks import REGION, Account, uid

INFO = "databricks_network_info"
KIND = "networks"
BACK_END: dict[str, Any] = {"rest_api_endpoint_ids": [uid(1)], "dataplane_relay_endpoint_ids": [uid(3)]}
MOVED = [kind.CREATE, kind.MOVE, kind.DELETE]


@pytest.fixture
def dbx(databricks: Account) -> Account:
    databricks.module, databricks.list_option = "databricks_network", KIND
    databricks.sandbox.lag(**{"databricks_network.deleting": 10, "databricks_workspace.PROVISIONING": 15})
    databricks.seed(vpc_endpoints=[databricks.registered(1), databricks.registered(3, "scc_relay")])
    return databricks


@pytest.fixture
def where(dbx: Account, make_vpc: Callable[..., Any]) -> dict[str, Any]:
    """Options for a place in AWS that there is."""
    vpc = make_vpc(dbx.aws_account)
    return {"vpc_id": vpc.id, "subnet_ids": list(vpc.subnets), "security_group_ids": [vpc.security_group]}


def another_group(dbx: Account, vpc_id: str, name: str = "other") -> str:
    ec2 = dbx.sandbox.boto(dbx.aws_account, "ec2")
    return str(ec2.create_security_group(VpcId=vpc_id, GroupName=name, Description=name)["GroupId"])


def living(dbx: Account, where: dict[str, Any], *workspaces: int) -> str:
    """A network that workspaces have; the answer is its id."""
    made = dbx.one(name="compute", **where)["network_id"]
    dbx.seed(
        workspaces=[
            {"workspace_id": number, "workspace_name": f"space-{number}", "aws_region": REGION, "network_id": made}
            for number in workspaces
        ]
    )
    return str(made)


def networks_of(dbx: Account) -> list[str]:
    return [str(workspace["network_id"]) for workspace in dbx.objects("workspaces")]


def test_create_and_remove(dbx: Account, where: dict[str, Any]) -> None:
    options: dict[str, Any] = {"name": "compute", **where, **BACK_END}
    made = dbx.change([kind.CREATE], **options)
    assert (made["vpc_status"], made["rest_api_endpoint_ids"]) == ("UNATTACHED", [uid(1)])
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["vpc_id"] == where["vpc_id"]
    assert not dbx.one(**{**options, "subnet_ids": where["subnet_ids"][::-1]})["changed"]
    (found,) = dbx.run(module=INFO, name="compute")[KIND]
    assert {name: made[name] for name in found} == found
    assert dbx.change([kind.DELETE], name="compute", state="absent")["vpc_status"] == "absent"
    assert dbx.run(module=INFO)[KIND] == []


def test_what_nothing_uses_is_replaced_without_a_move(dbx: Account, where: dict[str, Any]) -> None:
    old = dbx.one(name="compute", **where)["network_id"]
    wish: dict[str, Any] = {"name": "compute", "security_group_ids": [another_group(dbx, where["vpc_id"])]}
    said = dbx.refused(**wish)
    assert f"security_group_ids is {where['security_group_ids']}, not {wish['security_group_ids']}" in said
    assert "With replace=true another one is made and this one removed." in said
    made = dbx.change([kind.CREATE, kind.DELETE], **wish, replace=True)
    assert made["network_id"] != old
    assert made["vpc_id"] == where["vpc_id"]
    assert [thing["network_id"] for thing in dbx.objects(KIND)] == [made["network_id"]]


def test_a_living_workspace_is_moved(dbx: Account, where: dict[str, Any]) -> None:
    living(dbx, where, 1)
    wish: dict[str, Any] = {"name": "compute", **BACK_END, "replace": True}
    said = dbx.refused(**wish)
    assert "workspace space-1 (1) would be moved to another network" in said
    assert "for about 20 minutes after it no cluster starts" in said
    assert "confirm_disruption=true" in said
    assert dbx.one(True, **wish)["consent"] in said
    made = dbx.change(MOVED, **wish, confirm_disruption=True)
    assert (made["vpc_status"], made["rest_api_endpoint_ids"]) == ("VALID", [uid(1)])
    assert networks_of(dbx) == [made["network_id"]]
    assert [thing["network_id"] for thing in dbx.objects(KIND)] == [made["network_id"]]


def test_each_step_is_found_again_by_the_next_run(dbx: Account, where: dict[str, Any]) -> None:
    old = living(dbx, where, 1)
    wish: dict[str, Any] = {"name": "compute", **BACK_END, "replace": True, "confirm_disruption": True, "wait": False}
    first = dbx.one(**wish)
    assert first["writes"][0] == kind.CREATE
    while first["waiting"]:
        dbx.sandbox.step(8)
        again = dbx.one(**wish)
        assert not again["failed"], again
        assert kind.CREATE not in again["writes"]
        first = again
    assert networks_of(dbx) == [first["network_id"]]
    assert first["network_id"] != old
    dbx.sandbox.step(10)
    assert [thing["network_id"] for thing in dbx.objects(KIND)] == [first["network_id"]]


def test_a_workspace_that_fails_on_its_new_network(dbx: Account, where: dict[str, Any]) -> None:
    """What Databricks says is told; the old network is there to go back to."""
    old = living(dbx, where, 1)
    bad: dict[str, Any] = {"security_group_ids": ["sg-0123456789abcdef0"], "replace": True, "confirm_disruption": True}
    result = dbx.run_module(dbx.module, {**dbx.access, "name": "compute", **bad})
    said = result["results"][0]["msg"]
    assert "workspace space-1 (1) is " in said
    assert "BROKEN: securityGroup: The security group 'sg-0123456789abcdef0' does not exist" in said
    assert "The old network is still there" in said
    again = dbx.one(name="compute", **bad)["msg"]
    assert "BROKEN: securityGroup" in again
    dbx.sandbox.step(20)
    back = dbx.one(name="compute", **where, replace=True, confirm_disruption=True)
    assert not back["failed"], back
    assert back["writes"] == [kind.MOVE, kind.DELETE]
    assert networks_of(dbx) == [old]


def test_a_workspace_that_fails_to_move(dbx: Account, where: dict[str, Any]) -> None:
    living(dbx, where, 1)
    dbx.sandbox.databricks_workspace_fails(dbx.id, 1, message="No addresses are left.")
    result = dbx.run_module(
        dbx.module, {**dbx.access, "name": "compute", **BACK_END, "replace": True, "confirm_disruption": True}
    )
    said = result["results"][0]["msg"]
    assert "workspace space-1 (1) is FAILED with its new network" in said
    assert ": No addresses are left. Of the network Databricks says VALID" in said
    assert len(dbx.objects(KIND)) == 2


def test_a_broken_network_is_told_in_databricks_words(dbx: Account, where: dict[str, Any]) -> None:
    made = living(dbx, where, 1)
    error = {"error_type": "subnet", "error_message": "The subnet is gone."}
    broken = {"vpc_status": "BROKEN", "error_messages": [error]}
    dbx.sandbox.databricks_change(dbx.id, KIND, made, broken)
    assert f"network compute ({made}) is BROKEN: subnet: The subnet is gone." in dbx.refused(name="compute")
    warning = {"warning_type": "securityGroup", "warning_message": "Port 6666 is closed."}
    warned = {"vpc_status": "WARNED", "error_messages": [], "warning_messages": [warning]}
    dbx.sandbox.databricks_change(dbx.id, KIND, made, warned)
    result = dbx.one(name="compute")
    assert "is WARNED: securityGroup: Port 6666 is closed." in result["warnings"]
    assert result["warning_messages"] == [warning]


def test_what_a_workspace_has_stays(dbx: Account, where: dict[str, Any]) -> None:
    made = living(dbx, where, 1)
    said = dbx.refused(name="compute", state="absent")
    assert f"network compute ({made}) is used by workspace space-1 (1)." in said
    assert dbx.one(True, name="compute", state="absent")["used_by"] == ["workspace space-1 (1)"]
    assert dbx.one(True, name="compute", state="absent", going=["1"])["writes"] == [kind.DELETE]


@pytest.mark.parametrize(
    ("status", "body"), [(409, None), (400, {"error_code": "INVALID_STATE", "message": "It is used."})]
)
def test_a_network_is_not_free_at_once(dbx: Account, where: dict[str, Any], status: int, body: Any) -> None:
    dbx.one(name="compute", **where)
    dbx.sandbox.databricks_fails("DeleteNetwork", status, body, times=2)
    gone = dbx.one(name="compute", state="absent")
    assert (gone["failed"], gone["writes"], gone["vpc_status"]) == (False, [kind.DELETE], "absent")


def test_a_subnet_of_another_network(dbx: Account, where: dict[str, Any]) -> None:
    dbx.sandbox.databricks_settings(refuse_shared_subnets=True)
    dbx.one(name="compute", **where)
    result = dbx.one(name="other", **where)
    assert "RESOURCE_CONFLICT" in result["msg"]
    assert "Databricks may let a subnet or security group be in one network only." in result["msg"]


def test_a_post_without_an_answer_makes_no_second_network(dbx: Account, where: dict[str, Any]) -> None:
    dbx.one(name="compute", **where)
    dbx.sandbox.fault("databricks", "CreateNetwork", "drop", performed=True)
    made = dbx.one(name="compute", **BACK_END, replace=True)
    assert made["writes"] == [kind.CREATE, kind.DELETE]
    assert len(dbx.objects(KIND)) == 1


def test_more_than_one_of_a_name(dbx: Account, where: dict[str, Any]) -> None:
    dbx.seed(networks=[{"network_id": uid(number), "network_name": "twin", **where} for number in (6, 7)])
    for options in ({}, {"state": "absent"}, {**where, "replace": True}, {**BACK_END, "replace": True}):
        said = dbx.refused(name="twin", **options)
        assert f"More than one network is named twin: {uid(6)}, {uid(7)}. Say which is meant with network_id." in said
    dbx.change([kind.DELETE], name="twin", network_id=uid(6), state="absent")
    assert [thing["network_id"] for thing in dbx.objects(KIND)] == [uid(7)]


def test_a_network_in_another_vpc_is_another_one(dbx: Account, where: dict[str, Any], make_vpc: Any) -> None:
    """Two environments may share an account and a name: neither removes or replaces what is the other's."""
    theirs = living(dbx, where, 1)
    elsewhere = make_vpc(dbx.aws_account, cidr="10.2.0.0/16")
    ours: dict[str, Any] = {
        "name": "compute",
        "vpc_id": elsewhere.id,
        "subnet_ids": list(elsewhere.subnets),
        "security_group_ids": [elsewhere.security_group],
    }
    said = f"has vpc_id {where['vpc_id']}, not {elsewhere.id}: it is another one, and stays."
    consent = {"replace": True, "confirm_disruption": True}
    assert said in dbx.refused(**ours, state="absent")
    assert said in dbx.refused(**ours, **consent)
    made = dbx.change(MOVED, **ours, **consent, network_id=theirs)
    assert made["vpc_id"] == elsewhere.id


def test_a_network_named_by_its_id_is_replaced_once(dbx: Account, where: dict[str, Any]) -> None:
    old = living(dbx, where, 1)
    wish: dict[str, Any] = {
        "name": "compute",
        "network_id": old,
        **BACK_END,
        "replace": True,
        "confirm_disruption": True,
    }
    assert dbx.change(MOVED, **wish)["network_id"] != old


def test_a_network_of_the_same_name_is_not_what_an_id_once_meant(dbx: Account, where: dict[str, Any]) -> None:
    """A network that its id named was replaced and is gone; another of its name, perhaps somebody else's, stays."""
    theirs = {"network_id": uid(7), "network_name": "compute", **where, "vpc_id": "vpc-99999999"}
    dbx.seed(networks=[{"network_id": uid(6), "network_name": "compute", **where}, theirs])
    dbx.seed(
        workspaces=[{"workspace_id": 1, "workspace_name": "theirs", "aws_region": REGION, "network_id": uid(7)}],
    )
    consent = {"replace": True, "confirm_disruption": True}
    found = dbx.one(name="compute", **where, **consent, network_id=uid(5))
    assert (found["network_id"], found["writes"], found["failed"]) == (uid(6), [], False)
    assert networks_of(dbx) == [uid(7)]


def test_no_workspace_goes_to_a_network_that_is_going(dbx: Account, where: dict[str, Any]) -> None:
    """What was deleted is listed for a while; a run that wants it again leaves the workspace where it is."""
    dbx.sandbox.lag(**{"databricks_network.deleting": 600})
    living(dbx, where, 1)
    consent = {"replace": True, "confirm_disruption": True}
    moved = dbx.one(name="compute", **BACK_END, **consent)
    assert (moved["writes"], moved["waiting"]) == (MOVED, "the old network to be gone")
    none: dict[str, Any] = {"rest_api_endpoint_ids": [], "dataplane_relay_endpoint_ids": []}
    back = dbx.one(name="compute", **none, **consent)
    assert (back["failed"], back["writes"]) == (True, [])
    assert "is being deleted" in back["msg"]
    assert networks_of(dbx) == [moved["network_id"]]
    dbx.sandbox.step(600)
    dbx.sandbox.lag(**{"databricks_network.deleting": 10})
    dbx.change(MOVED, name="compute", **none, **consent)


def test_endpoints_are_taken_away(dbx: Account, where: dict[str, Any]) -> None:
    dbx.one(name="compute", **where, **BACK_END)
    none: dict[str, Any] = {"rest_api_endpoint_ids": [], "dataplane_relay_endpoint_ids": []}
    made = dbx.change([kind.CREATE, kind.DELETE], name="compute", **none, replace=True)
    assert made["rest_api_endpoint_ids"] == []


def test_members_that_are_not_known_are_no_difference(dbx: Account, where: dict[str, Any]) -> None:
    uses = {"rest_api": [uid(1)], "dataplane_relay": [uid(3)], "use_of_tomorrow": ["new"]}
    dbx.seed(networks=[{"network_id": uid(6), "network_name": "compute", **where, "vpc_endpoints": uses}])
    found = dbx.one(name="compute", **where, **BACK_END)
    assert (found["changed"], found["failed"]) == (False, False)


@pytest.mark.parametrize("status", ["BANNED", "CANCELLING", "CANCELLED", "MARVELLOUS"])
def test_a_workspace_that_cannot_be_moved_is_told_before_anything_is_made(
    dbx: Account, where: dict[str, Any], status: str
) -> None:
    living(dbx, where, 1)
    dbx.sandbox.databricks_change(dbx.id, "workspaces", "1", {"workspace_status": status})
    said = dbx.refused(name="compute", **BACK_END, replace=True, confirm_disruption=True)
    assert (
        f"workspace space-1 (1) is {status}: Workspace is running. Only a workspace that is RUNNING or FAILED" in said
    )


def test_a_workspace_that_somebody_else_changes_is_waited_for(dbx: Account, where: dict[str, Any]) -> None:
    living(dbx, where, 1)
    dbx.sandbox.databricks_change(dbx.id, "workspaces", "1", {"workspace_status": "PROVISIONING"})
    running = {"workspace_status": "RUNNING"}
    dbx.meanwhile = lambda: dbx.sandbox.databricks_change(dbx.id, "workspaces", "1", running)
    moved = dbx.one(name="compute", **BACK_END, replace=True, confirm_disruption=True)
    assert (moved["failed"], moved["writes"]) == (False, MOVED)
    assert dbx.count("UpdateWorkspace") == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "abc"}, "name has 4 to 256 characters"),
        ({"vpc_id": uid(1)}, "no id of AWS like vpc-0123456789abcdef0"),
        ({"subnet_ids": ["subnet-0123456789abcdef0"]}, "at least two subnets, in separate Availability Zones"),
        ({"zone_ids": ["use1-az1", "use1-az1"]}, "at least two Availability Zones, and these are in use1-az1"),
        ({"subnet_ids": ["subnet-0123456789abcdef0"] * 2}, "lists subnet-0123456789abcdef0 twice"),
        ({"security_group_ids": []}, "names 1 to 5 security groups, not 0"),
        ({"security_group_ids": [f"sg-{number:017x}" for number in range(6)]}, "names 1 to 5 security groups, not 6"),
        ({"rest_api_endpoint_ids": ["vpce-0123456789abcdef0"]}, "is AWS's id of a VPC endpoint"),
        ({"rest_api_endpoint_ids": [uid(1)]}, "go together"),
        ({**BACK_END, "rest_api_endpoint_ids": [uid(9)]}, f"has no registered VPC endpoint {uid(9)}"),
        ({**BACK_END, "rest_api_endpoint_ids": [uid(3)]}, "is for DATAPLANE_RELAY_ACCESS, not for WORKSPACE_ACCESS"),
        ({**BACK_END, "rest_api_endpoint_ids": [uid(4)]}, "A network is of one region"),
        ({"network_id": uid(9)}, f"Databricks has no network {uid(9)}"),
        ({"vpc_id": None, "subnet_ids": None}, "To create it, give vpc_id, subnet_ids."),
    ],
)
def test_what_cannot_be(dbx: Account, where: dict[str, Any], options: dict[str, Any], says: str) -> None:
    dbx.seed(vpc_endpoints=[dbx.registered(4, region="eu-west-1")])
    assert says in dbx.refused(**{"name": "compute", **where, **options})


def test_an_endpoint_of_another_region_than_the_workspace(dbx: Account, where: dict[str, Any]) -> None:
    living(dbx, where, 1)
    far = [dbx.registered(5, region="eu-west-1"), dbx.registered(6, "scc_relay", region="eu-west-1")]
    dbx.seed(vpc_endpoints=far)
    back_end = {"rest_api_endpoint_ids": [uid(5)], "dataplane_relay_endpoint_ids": [uid(6)]}
    said = dbx.refused(name="compute", **back_end, replace=True, confirm_disruption=True)
    assert "VPC endpoint endpoint-5" in said
    assert "in eu-west-1, workspace space-1 (1) in us-east-1" in said


def test_many_take_one_list(dbx: Account) -> None:
    place = {"vpc_id": "vpc-1234abcd", "security_group_ids": ["sg-1234abcd"], "subnet_ids": ["subnet-1", "subnet-2"]}
    names = [f"compute-{number}" for number in range(1, 51)]
    dbx.seed(
        networks=[{"network_id": uid(number), "network_name": name, **place} for number, name in enumerate(names, 1)]
    )
    assert not dbx.run(networks=[{"name": name, "vpc_id": place["vpc_id"]} for name in names])["changed"]
    assert [call["operation"] for call in dbx.calls] == ["ListNetworks"]


def network(number: int, **fields: Any) -> dict[str, Any]:
    return {"network_id": uid(number), "network_name": "compute", "vpc_id": "vpc-1", "vpc_status": "VALID", **fields}


def test_workspaces_move_one_after_the_other() -> None:
    consent: dict[str, Any] = {"replace": True, "confirm_disruption": True}
    item = kind.Network("compute", network_id=uid(1), vpc_id="vpc-0123456789abcdef0", **consent)
    old, new = network(1), network(2, vpc_id=item.vpc_id)

    def spaces(*placed: tuple[str, str]) -> list[dict[str, Any]]:
        return [
            {"workspace_id": number, "workspace_name": f"space-{number}", "network_id": of, "workspace_status": status}
            for number, (of, status) in enumerate(placed, 1)
        ]

    def steps(*placed: tuple[str, str]) -> list[tuple[str, str]]:
        plan = kind.plan_present(item, kind.Actual(new, old, workspaces=spaces(*placed)))
        return [(change.summary.partition(" to network")[0], change.after) for change in plan.changes]

    gone = f"remove network compute ({uid(1)})"
    first, second = "workspace space-1 (1) to be RUNNING", "workspace space-2 (2) to be RUNNING"
    assert steps((uid(1), "RUNNING"), (uid(1), "RUNNING")) == [
        ("move workspace space-1 (1)", ""),
        ("move workspace space-2 (2)", first),
        (gone, first),
    ]
    assert steps((uid(2), "PROVISIONING"), (uid(1), "RUNNING")) == [
        ("move workspace space-2 (2)", f"{first} (PROVISIONING)"),
        (gone, f"{first} (PROVISIONING)"),
    ]
    assert steps((uid(2), "RUNNING"), (uid(1), "RUNNING")) == [("move workspace space-2 (2)", ""), (gone, second)]
    assert steps((uid(2), "RUNNING"), (uid(2), "RUNNING")) == [(gone, "")]
    for state in ("FAILED", "MARVELLOUS"):
        with pytest.raises(ItemError, match=f"workspace space-1 \\(1\\) is {state} with its new network"):
            steps((uid(2), state), (uid(1), "RUNNING"))
