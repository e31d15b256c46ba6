# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""forwarder_group: any wish against a model of AWS, then the module against the sandbox, change by change."""

from __future__ import annotations

import base64
import contextlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_group import ForwarderGroups
from ansible_collections.saas.privatelink.plugins.module_utils._aws.forwarder_options import ForwarderGroup, Hosts
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import (
    UNKNOWN,
    Change,
    Clock,
    Options,
    Result,
    converge,
)
from hypothesis import given, settings
from hypothesis import strategies as st

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

CREATE_SECURITY_GROUP, LET_IN, SHUT_OUT = (
    "ec2:CreateSecurityGroup",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:RevokeSecurityGroupIngress",
)
CREATE_TEMPLATE, CREATE_VERSION = "ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion"
CREATE_GROUP, UPDATE_GROUP = "autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"
REPLACE, STOP = "autoscaling:StartInstanceRefresh", "autoscaling:CancelInstanceRefresh"
ROLL_BACK = "autoscaling:RollbackInstanceRefresh"
ATTACH, DETACH = "autoscaling:AttachLoadBalancerTargetGroups", "autoscaling:DetachLoadBalancerTargetGroups"
TAG, TAG_GROUP = "ec2:CreateTags", "autoscaling:CreateOrUpdateTags"
DELETE_GROUP, DELETE_TEMPLATE = "autoscaling:DeleteAutoScalingGroup", "ec2:DeleteLaunchTemplate"
DELETE_SECURITY_GROUP = "ec2:DeleteSecurityGroup"
CREATED = [CREATE_SECURITY_GROUP, LET_IN, CREATE_TEMPLATE, CREATE_GROUP]
ANEW = [CREATE_VERSION, REPLACE, STOP, REPLACE]  # the first host, a look at it, and the others
DELETED = [DELETE_GROUP, DELETE_TEMPLATE, DELETE_SECURITY_GROUP]
OWN = "saas.privatelink:name"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ARN = "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/orders/0123456789abcdef"


# The options, without AWS


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "sg-1"}, "Not a name that AWS takes: 'sg-1'"),
        ({"name": "ab"}, "3 to 128"),
        ({"name": "a forwarder"}, "Not a name"),
        ({"name": "main\n"}, "Not a name"),
        ({"ports": [5432]}, "give ports and source_security_group_ids together"),
        ({"source_security_group_ids": ["sg-1"]}, "together"),
        ({"ports": [], "source_security_group_ids": ["sg-1"]}, "at least one port"),
        ({"ports": [1], "source_security_group_ids": []}, "at least one source"),
        ({"ports": [0], "source_security_group_ids": ["sg-1"]}, "Not a port: 0"),
        ({"ports": [65536], "source_security_group_ids": ["sg-1"]}, "Not a port: 65536"),
        ({"ports": [801, 5432, 801], "source_security_group_ids": ["sg-1"]}, "cannot listen on one port: 801"),
        ({"subnet_ids": []}, "at least one subnet"),
        ({"instances": 0}, "at least one host"),
        ({"instance_warmup": -1}, "a number of seconds"),
        ({"target_group_arns": ["orders"]}, "Not the ARN of a target group: 'orders'"),
        ({"user_data": "x" * 16385}, "has 16385 bytes; AWS takes 16384"),
        ({"user_data": "\u00e9" * 8193}, "has 16386 bytes"),
    ],
)
def test_options_that_can_never_be_right(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ItemError, match=says):
        ForwarderGroup(**{"name": "main", **options})


def test_hosts_are_told_from_what_a_launch_template_says() -> None:
    hosts = Hosts("ami-1", "t4g.small", "arn:aws:iam::1:instance-profile/p", "#!\n", ["sg-1", "sg-2"], {"a": "b"})
    assert Hosts.of(hosts.data) == hosts
    assert Hosts.of({"UserData": base64.b64encode(b"\xff").decode()}).user_data == "/w=="
    assert "IamInstanceProfile" not in Hosts("ami-1", "t4g.small", "", "", [], {}).data


# The plan, against a model of AWS


class Model:
    """An Api before one forwarder. What is written shows after some stale reads; states last two reads of the group.

    Refuses what AWS refuses: a second thing of a name, deletion of what is in use, two replacements at a time.
    """

    def __init__(self, stale: int = 0, dies_after: int = 1000) -> None:
        self.stale, self.dies_after, self.behind, self.moving = stale, dies_after, 0, 0
        self.things: dict[str, Any] = {}
        self.past: dict[str, Any] = {}
        self.writes: list[str] = []
        self.refresh_ends = "Successful"
        self.serves = "healthy"  # whether hosts that are launched from now on serve
        self.health: dict[str, str] = {}
        self.launched = 0

    def each(self, work: Any, things: Any) -> list[Any]:
        return [work(thing) for thing in things]

    @property
    def seen(self) -> dict[str, Any]:
        return self.past if self.behind > 0 else self.things

    def filtered(self, action: str, key: str, name: str, values: Any) -> list[Any]:
        if key == "Subnets":
            return [{"SubnetId": subnet_id, "VpcId": "vpc-1"} for subnet_id in values]
        return [self.seen["security_group"]] if "security_group" in self.seen else []

    def pages(self, action: str, key: str, **params: Any) -> list[Any]:
        if key == "AutoScalingGroups":
            return [self.seen["group"]] if "group" in self.seen else []
        if key == "LaunchTemplates":
            self.pass_time()  # also between two calls of one look
            return [self.seen["template"]] if "template" in self.seen else []
        if "template" not in self.seen:
            raise CallError(action, "InvalidLaunchTemplateId.NotFound", "gone")
        return [self.seen["versions"][-1]]

    def call(self, action: str, subject: str = "", **params: Any) -> Mapping[str, Any]:
        assert "group" in self.things, "asked about a group that is not there"
        if action.endswith("DescribeTargetHealth"):
            hosts = [host["InstanceId"] for host in self.things["group"]["Instances"]]
            return {"TargetHealthDescriptions": [described(host, self.health[host]) for host in hosts]}
        return {"InstanceRefreshes": self.seen.get("refreshes", [])[:1]}

    def pass_time(self) -> None:
        self.behind -= 1
        self.moving -= 1
        if self.moving > 0:
            return
        group, refreshes = self.things.get("group"), self.things.get("refreshes", [])
        if group and group.get("Status"):
            del self.things["group"]
        elif group and refreshes and refreshes[0]["Status"] in ("InProgress", "RollbackInProgress"):
            self.replace_hosts(group, refreshes[0], refreshes[1:])

    def replace_hosts(self, group: dict[str, Any], refresh: dict[str, Any], earlier: list[Any]) -> None:
        """The next state of a refresh: at its checkpoint, done, or back where it came from."""
        wanted = refresh["DesiredConfiguration"]
        points = refresh["Preferences"].get("CheckpointPercentages")
        ends = "RollbackSuccessful" if refresh["Status"] == "RollbackInProgress" else self.refresh_ends
        if ends == "RollbackSuccessful":
            wanted = {"LaunchTemplate": group["LaunchTemplate"]}
        elif ends == "Successful" and points:
            first = self.launch(group, wanted, 1)
            self.things["group"] = {**group, "Instances": [*first, *group["Instances"][1:]]}
            self.things["refreshes"] = [{**refresh, "PercentageComplete": points[0], "StartTime": LONG_AGO}, *earlier]
            self.moving = 1000
            return
        if ends in ("Successful", "RollbackSuccessful"):
            stay = [host for host in group["Instances"] if host["LaunchTemplate"] == wanted["LaunchTemplate"]]
            new = self.launch(group, wanted, len(group["Instances"]) - len(stay))
            self.things["group"] = {**group, **wanted, "Instances": [*stay, *new]}
        self.things["refreshes"] = [{**refresh, "Status": ends}, *earlier]

    def launch(self, group: Mapping[str, Any], origin: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
        hosts = []
        for dummy in range(count):
            self.launched += 1
            name = f"i-{self.launched}"
            self.health[name] = self.serves
            hosts.append(
                {"InstanceId": name, "LifecycleState": "InService", "LaunchTemplate": origin["LaunchTemplate"]}
            )
        return hosts

    def apply(self, change: Change) -> Mapping[str, Any]:
        if len(self.writes) >= self.dies_after:
            raise KeyboardInterrupt
        assert not change.after, change
        assert UNKNOWN not in str(change.params), change
        self.past, self.behind = dict(self.things), self.stale + 1
        self.writes.append(change.action)
        handler = getattr(self, change.action.split(":")[1])
        return handler(dict(change.params)) or {}

    def CreateSecurityGroup(self, params: dict[str, Any]) -> Any:
        assert "security_group" not in self.things
        tags = params["TagSpecifications"][0]["Tags"]
        made = {"GroupId": "sg-own", "GroupName": params["GroupName"], "VpcId": params["VpcId"], "Tags": tags}
        self.things["security_group"] = {**made, "IpPermissions": []}
        return {"GroupId": "sg-own"}

    def AuthorizeSecurityGroupIngress(self, params: dict[str, Any]) -> None:
        group = self.things["security_group"]
        assert not [rule for rule in params["IpPermissions"] if rule in group["IpPermissions"]], "a duplicate"
        self.things["security_group"] = {**group, "IpPermissions": group["IpPermissions"] + params["IpPermissions"]}

    def RevokeSecurityGroupIngress(self, params: dict[str, Any]) -> None:
        group = self.things["security_group"]
        left = [rule for rule in group["IpPermissions"] if rule not in params["IpPermissions"]]
        assert len(left) == len(group["IpPermissions"]) - len(params["IpPermissions"])
        self.things["security_group"] = {**group, "IpPermissions": left}

    def DeleteSecurityGroup(self, params: dict[str, Any]) -> None:
        assert "group" not in self.things, "hosts still use it"
        del self.things["security_group"]

    def CreateLaunchTemplate(self, params: dict[str, Any]) -> Any:
        assert "template" not in self.things
        template = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": params["LaunchTemplateName"]}
        self.things["template"] = {**template, "Tags": params["TagSpecifications"][0]["Tags"]}
        self.things["versions"] = [{**params, "VersionNumber": 1}]
        return {"LaunchTemplate": template}

    def CreateLaunchTemplateVersion(self, params: dict[str, Any]) -> Any:
        made = {**params, "VersionNumber": len(self.things["versions"]) + 1}
        self.things["versions"] = [*self.things["versions"], made]
        return {"LaunchTemplateVersion": made}

    def DeleteLaunchTemplate(self, params: dict[str, Any]) -> None:
        assert "group" not in self.things, "a group still uses it"
        del self.things["template"], self.things["versions"]

    def CreateAutoScalingGroup(self, params: dict[str, Any]) -> None:
        assert "group" not in self.things
        assert "template" in self.things
        hosts = self.launch(params, params, params["DesiredCapacity"])
        self.things["group"] = {"TargetGroupARNs": [], **params, "Instances": hosts}
        self.things["refreshes"] = []

    def UpdateAutoScalingGroup(self, params: dict[str, Any]) -> None:
        group = {**self.things["group"], **params}
        kept = group["Instances"][: group["DesiredCapacity"]]
        new = self.launch(group, group, group["DesiredCapacity"] - len(kept))
        self.things["group"] = {**group, "Instances": [*kept, *new]}

    def DeleteAutoScalingGroup(self, params: dict[str, Any]) -> None:
        assert params["ForceDelete"]
        assert not self.things["group"].get("Status")
        self.things["group"] = {**self.things["group"], "Status": "Delete in progress"}
        self.moving = 2

    def StartInstanceRefresh(self, params: dict[str, Any]) -> Any:
        refreshes = self.things["refreshes"]
        assert not [refresh for refresh in refreshes if refresh["Status"] == "InProgress"], "one at a time"
        assert params["Preferences"]["AutoRollback"]
        made = {**params, "InstanceRefreshId": f"r-{len(refreshes)}", "Status": "InProgress"}
        self.things["refreshes"], self.moving = [made, *refreshes], 2
        return {"InstanceRefreshId": made["InstanceRefreshId"]}

    def CancelInstanceRefresh(self, params: dict[str, Any]) -> None:
        newest, *earlier = self.things["refreshes"]
        assert newest["Status"] == "InProgress"
        self.things["refreshes"] = [{**newest, "Status": "Cancelled"}, *earlier]

    def RollbackInstanceRefresh(self, params: dict[str, Any]) -> None:
        newest, *earlier = self.things["refreshes"]
        assert newest["Status"] == "InProgress"
        self.things["refreshes"], self.moving = [{**newest, "Status": "RollbackInProgress"}, *earlier], 2

    def AttachLoadBalancerTargetGroups(self, params: dict[str, Any]) -> None:
        group = self.things["group"]
        assert not set(params["TargetGroupARNs"]) & set(group["TargetGroupARNs"])
        self.things["group"] = {**group, "TargetGroupARNs": group["TargetGroupARNs"] + params["TargetGroupARNs"]}

    def DetachLoadBalancerTargetGroups(self, params: dict[str, Any]) -> None:
        group = self.things["group"]
        left = [arn for arn in group["TargetGroupARNs"] if arn not in params["TargetGroupARNs"]]
        self.things["group"] = {**group, "TargetGroupARNs": left}

    def CreateTags(self, params: dict[str, Any]) -> None:
        for name, key in (("security_group", "GroupId"), ("template", "LaunchTemplateId")):
            if name in self.things and self.things[name][key] in params["Resources"]:
                self.things[name] = tagged(self.things[name], params["Tags"])

    def CreateOrUpdateTags(self, params: dict[str, Any]) -> None:
        self.things["group"] = tagged(self.things["group"], params["Tags"])


def tagged(thing: Mapping[str, Any], tags: list[dict[str, Any]]) -> dict[str, Any]:
    changed = {tag["Key"] for tag in tags}
    return {**thing, "Tags": [*(tag for tag in thing["Tags"] if tag["Key"] not in changed), *tags]}


def described(host: str, state: str) -> dict[str, Any]:
    return {"Target": {"Id": host}, "TargetHealth": {"State": state}}


def converged(model: Model, item: ForwarderGroup, check: bool = False) -> Result:
    clock = Clock(now=iter(range(10_000)).__next__, sleep=lambda seconds: None)
    options = Options(check_mode=check, clock=clock, wait_timeout=500, settle=50)
    return converge(ForwarderGroups(model), [item], model.apply, options)[0]  # type: ignore[arg-type]


def arns(*numbers: int) -> list[str]:
    return [f"{ARN}{number}" for number in numbers]


numbers = st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True)
wishes = st.builds(
    lambda state, ports, sources, subnets, groups, targets, purge, size, data, tags: ForwarderGroup(
        name="main",
        state=state,
        vpc_id="vpc-1",
        ports=ports,
        source_security_group_ids=[f"sg-{number}" for number in sources],
        subnet_ids=[f"subnet-{number}" for number in subnets],
        security_group_ids=groups and [f"sg-{number}" for number in groups],
        target_group_arns=targets and arns(*targets),
        purge_target_groups=purge,
        image_id="ami-1",
        instance_type="t4g.small",
        instances=size,
        user_data=data,
        tags=tags,
    ),
    st.sampled_from(["present", "present", "present", "absent"]),
    numbers,
    numbers,
    numbers,
    st.none() | numbers,
    st.none() | numbers,
    st.booleans(),
    st.integers(1, 3),
    st.sampled_from(["one", "two"]),
    st.sampled_from([None, {"team": "data"}, {"team": "bi"}]),
)


def check_is(model: Model, item: ForwarderGroup) -> None:
    """The model is as the item asks for, and everything in it is ours."""
    if item.state == "absent":
        assert set(model.things) <= {"refreshes"}
        return
    group, security_group = model.things["group"], model.things["security_group"]
    let_in = {(rule["UserIdGroupPairs"][0]["GroupId"], rule["FromPort"]) for rule in security_group["IpPermissions"]}
    assert let_in == {(source, port) for source in item.source_security_group_ids or [] for port in item.ports or []}
    assert group["VPCZoneIdentifier"] == ",".join(sorted(item.subnet_ids or []))
    assert (group["MinSize"], group["DesiredCapacity"]) == (item.instances, item.instances)
    latest = model.things["versions"][-1]
    hosts = Hosts.of(latest["LaunchTemplateData"])
    assert (hosts.user_data, hosts.security_group_ids[0]) == (item.user_data, "sg-own")
    assert item.security_group_ids is None or hosts.security_group_ids[1:] == sorted(item.security_group_ids)
    assert {host["LaunchTemplate"]["Version"] for host in group["Instances"]} == {str(latest["VersionNumber"])}
    wanted = set(item.target_group_arns or [])
    assert wanted <= set(group["TargetGroupARNs"])
    if item.purge_target_groups and item.target_group_arns is not None:
        assert wanted == set(group["TargetGroupARNs"])
    for thing in (group, security_group, model.things["template"]):
        assert {OWN: "main", **(item.tags or {})}.items() <= {tag["Key"]: tag["Value"] for tag in thing["Tags"]}.items()


@settings(max_examples=300, deadline=None)
@given(st.lists(wishes, min_size=1, max_size=3), st.integers(0, 3))
def test_any_wish_is_reached_once_and_predicted(items: list[ForwarderGroup], stale: int) -> None:
    """One wish after the other is so afterwards, by the very calls that check mode named; a second run makes none."""
    model = Model(stale)
    for item in items:
        model.writes, model.behind = [], 0
        predicted = converged(model, item, check=True)
        assert not model.writes
        result = converged(model, item)
        assert (result.failed, result.msg, result.waiting, result.warnings) == (False, "", "", [])
        assert result.writes == predicted.writes == model.writes
        check_is(model, item)
        model.behind = 0
        again = converged(model, item)
        assert (again.failed, again.writes, again.before) == (False, [], again.after)


@settings(max_examples=200, deadline=None)
@given(wishes, wishes, st.integers(0, 8))
def test_a_run_that_dies_after_any_write_is_continued(first: ForwarderGroup, last: ForwarderGroup, lived: int) -> None:
    model = Model()
    converged(model, first)
    model.writes, model.dies_after = [], lived
    with contextlib.suppress(KeyboardInterrupt):
        converged(model, last)
    model.dies_after, model.behind = 1000, 0
    result = converged(model, last)
    assert (result.failed, result.waiting) == (False, "")
    check_is(model, last)


def whole(**options: Any) -> ForwarderGroup:
    vpc = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-1"], "ports": [801], "source_security_group_ids": ["sg-1"]}
    hosts = {"image_id": "ami-1", "instance_type": "t4g.small", "user_data": "one"}
    return ForwarderGroup(**{"name": "main", **vpc, **hosts, **options})


def test_a_replacement_under_way_is_waited_for_and_followed_by_what_is_newer() -> None:
    model = Model()
    converged(model, whole())
    started = converge_without_waiting(model, whole(user_data="two"))
    assert started.writes == [CREATE_VERSION, REPLACE]
    assert started.waiting == "the hosts of main to be replaced (0 % done)"
    model.writes, model.moving = [], 100
    same = converge_without_waiting(model, whole(user_data="two"))
    assert (same.writes, same.waiting) == ([], started.waiting)
    predicted = converged(model, whole(user_data="three", target_group_arns=arns(1)), check=True)
    assert predicted.writes == [CREATE_VERSION, ROLL_BACK, ATTACH, REPLACE, STOP, REPLACE]
    blocked = converge_without_waiting(model, whole(user_data="three", target_group_arns=arns(1)))
    assert blocked.writes == [CREATE_VERSION, ROLL_BACK]
    assert "that is under way to end" in blocked.waiting
    model.moving = 2
    result = converged(model, whole(user_data="three", target_group_arns=arns(1)))
    assert result.writes == [ATTACH, REPLACE, STOP, REPLACE]
    assert not result.failed
    assert not result.waiting
    check_is(model, whole(user_data="three", target_group_arns=arns(1), instances=2))


def converge_without_waiting(model: Model, item: ForwarderGroup) -> Result:
    return converge(ForwarderGroups(model), [item], model.apply, Options(wait=False))[0]  # type: ignore[arg-type]


def test_hosts_that_cannot_be_replaced_are_tried_once_in_a_run() -> None:
    model = Model()
    converged(model, whole())
    model.refresh_ends = "Failed"
    failed = converged(model, whole(user_data="two"))
    assert failed.failed
    assert failed.writes == [CREATE_VERSION, REPLACE]
    assert "could not be replaced, which ended as Failed: AWS gives no reason. What was" in failed.msg
    assert failed.msg.endswith("It is your turn: mend the cause, then run again.")
    again = converged(model, whole(user_data="two"))
    assert again.failed
    assert again.writes == [REPLACE]
    model.refresh_ends = "Successful"
    assert converged(model, whole(user_data="two")).writes == [REPLACE]


def test_a_group_that_is_being_deleted_is_made_anew() -> None:
    model = Model()
    converged(model, whole())
    model.DeleteAutoScalingGroup({"ForceDelete": True})
    result = converged(model, whole())
    assert (result.failed, result.writes) == (False, [CREATE_GROUP])


# The module, against the sandbox


def run(estate: Estate, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """One item; the answer is its result, with the module's ``diff`` beside it."""
    result = estate.run("forwarder_group", check=check, diff=diff, **{"name": "main", **options})
    answer: dict[str, Any] = {**result["results"][0], "diff": result.get("diff")}
    return answer


def change(estate: Estate, writes: list[str], **options: Any) -> dict[str, Any]:
    """Check, run, check and run again: check mode predicts the writes, the second run makes none."""
    predicted = run(estate, check=True, diff=True, **options)
    real = run(estate, diff=True, **options)
    assert (predicted["writes"], predicted["changed"]) == (writes, bool(writes)), predicted
    assert (real["writes"], real["changed"], real["failed"]) == (writes, bool(writes), False), real
    assert real["diff"] == predicted["diff"]
    for check in (True, False):
        again = run(estate, check=check, diff=True, **options)
        assert (again["writes"], again["changed"], again["diff"]) == ([], False, []), again
    return real


@pytest.fixture
def forwarder(estate: Estate) -> dict[str, Any]:
    """Options of a forwarder that lets in a load balancer and registers in a target group."""
    estate.vpc = estate.make_vpc(estate.account)
    return {
        "vpc_id": estate.vpc.id,
        "subnet_ids": list(estate.vpc.subnets),
        "source_security_group_ids": [estate.vpc.security_group],
        "ports": [801, 5432],
        "target_group_arns": [target_group(estate, "orders")],
        "image_id": "ami-0123456789abcdef0",
        "instance_type": "t4g.small",
        "user_data": "#cloud-config\n",
        "tags": {"team": "data"},
    }


def target_group(estate: Estate, name: str) -> str:
    options = {"Protocol": "TCP", "Port": 5432, "VpcId": estate.vpc.id, "TargetType": "instance"}
    made = estate.boto(estate.account, "elbv2").create_target_group(Name=name, **options)
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def scaling(estate: Estate) -> Any:
    return estate.boto(estate.account, "autoscaling")


def group(estate: Estate) -> dict[str, Any]:
    (found,) = scaling(estate).describe_auto_scaling_groups()["AutoScalingGroups"]
    return dict(found)


def security_group(estate: Estate) -> dict[str, Any]:
    filters = [{"Name": "group-name", "Values": ["main"]}]
    (found,) = estate.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    return dict(found)


def let_in(estate: Estate) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for rule in security_group(estate)["IpPermissions"]:
        found.update((source["GroupId"], rule["FromPort"]) for source in rule["UserIdGroupPairs"])
        found.update((source["CidrIp"], rule["FromPort"]) for source in rule["IpRanges"])
    return found


def data(estate: Estate) -> dict[str, Any]:
    latest = {"LaunchTemplateName": "main", "Versions": ["$Latest"]}
    found = estate.ec2.describe_launch_template_versions(**latest)["LaunchTemplateVersions"][0]
    return dict(found["LaunchTemplateData"])


def holds(estate: Estate) -> tuple[int, int, int]:
    """How many groups, launch templates and security groups of the name there are."""
    filters = [{"Name": "group-name", "Values": ["main"]}]
    return (
        len(scaling(estate).describe_auto_scaling_groups()["AutoScalingGroups"]),
        len(estate.ec2.describe_launch_templates()["LaunchTemplates"]),
        len(estate.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]),
    )


def test_create_change_delete(estate: Estate, forwarder: dict[str, Any]) -> None:
    made = change(estate, CREATED, **forwarder)
    (source,) = forwarder["source_security_group_ids"]
    assert let_in(estate) == {(source, 801), (source, 5432)}
    seen, hosts = group(estate), data(estate)
    assert (seen["MinSize"], seen["MaxSize"], seen["DesiredCapacity"]) == (2, 4, 2)
    assert seen["HealthCheckType"] == "EC2"
    assert seen["TargetGroupARNs"] == forwarder["target_group_arns"]
    assert {tag["Key"]: tag["Value"] for tag in seen["Tags"]} == {"Name": "main", OWN: "main", "team": "data"}
    assert base64.b64decode(hosts["UserData"]) == b"#cloud-config\n"
    assert hosts["MetadataOptions"]["HttpTokens"] == "required"
    (interface,) = hosts["NetworkInterfaces"]
    assert interface["Groups"] == [made["security_group_id"]]
    assert not interface["AssociatePublicIpAddress"]
    assert [host["launch_template_version"] for host in made["hosts"]] == ["1", "1"]
    assert made["diff"][0]["before"] == {}
    assert made["diff"][0]["after"]["launch_template_version"] == UNKNOWN

    more = {**forwarder, "ports": [801, 3306], "user_data": "#cloud-config\n# two\n", "security_group_ids": [source]}
    real = change(estate, [LET_IN, SHUT_OUT, *ANEW], **more)
    assert let_in(estate) == {(source, 801), (source, 3306)}
    assert [host["launch_template_version"] for host in real["hosts"]] == ["2", "2"]
    assert real["replacement"]["status"] == "Successful"
    before, after = real["diff"][0]["before"], real["diff"][0]["after"]
    assert (before["user_data"], after["user_data"]) == (["#cloud-config"], ["#cloud-config", "# two"])
    assert data(estate)["NetworkInterfaces"][0]["Groups"] == [made["security_group_id"], source]

    gone = change(estate, DELETED, state="absent")
    assert gone["diff"][0]["after"] == {}
    assert holds(estate) == (0, 0, 0)


def test_unset_options_change_nothing(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **{**forwarder, "instances": 1, "iam_instance_profile": "hosts"})
    before = (group(estate), security_group(estate), data(estate))
    change(estate, [])
    assert (group(estate), security_group(estate), data(estate)) == before
    change(estate, [CREATE_VERSION, REPLACE], image_id="ami-1")  # an only host is not stopped at
    after = data(estate)
    assert after["ImageId"] == "ami-1"
    assert after["IamInstanceProfile"] == {"Name": "hosts"}
    assert {**after, "ImageId": ""} == {**before[2], "ImageId": "", "TagSpecifications": after["TagSpecifications"]}
    change(estate, [CREATE_VERSION, REPLACE], iam_instance_profile="")
    assert "IamInstanceProfile" not in data(estate)


def test_size_and_subnets_change_without_new_hosts(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    change(estate, [UPDATE_GROUP], instances=1, subnet_ids=forwarder["subnet_ids"][:1])
    seen = group(estate)
    assert (seen["MinSize"], seen["MaxSize"], seen["VPCZoneIdentifier"]) == (1, 2, forwarder["subnet_ids"][0])


def test_target_groups_come_and_go(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    more = [target_group(estate, f"more{number}") for number in range(11)]
    change(estate, [ATTACH, ATTACH], target_group_arns=more)
    assert group(estate)["TargetGroupARNs"] == [*forwarder["target_group_arns"], *sorted(more)]
    change(estate, [DETACH], target_group_arns=more, purge_target_groups=True)
    assert sorted(group(estate)["TargetGroupARNs"]) == sorted(more)


def test_tags_are_set_and_others_stay(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    real = change(estate, [CREATE_VERSION, TAG, TAG, TAG_GROUP, REPLACE, STOP, REPLACE], tags={"owner": "bi"})
    assert real["tags"] == {"Name": "main", OWN: "main", "team": "data", "owner": "bi"}
    template = estate.ec2.describe_launch_templates()["LaunchTemplates"][0]
    for thing in (security_group(estate), template):
        assert {"Key": "owner", "Value": "bi"} in thing["Tags"]
        assert {"Key": "team", "Value": "data"} in thing["Tags"]


def test_what_somebody_has_changed_is_mended(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    world = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    estate.ec2.authorize_security_group_ingress(GroupId=security_group(estate)["GroupId"], IpPermissions=[world])
    change(estate, [SHUT_OUT], **forwarder)
    assert ("0.0.0.0/0", 22) not in let_in(estate)
    estate.ec2.create_launch_template_version(
        LaunchTemplateName="main", LaunchTemplateData={**data(estate), "KeyName": "mine"}
    )
    change(estate, ANEW, **forwarder)
    assert "KeyName" not in data(estate)
    scaling(estate).update_auto_scaling_group(AutoScalingGroupName="main", MinSize=0, HealthCheckType="ELB")
    change(estate, [UPDATE_GROUP], **{**forwarder, "instances": 2})
    assert (group(estate)["MinSize"], group(estate)["HealthCheckType"]) == (2, "EC2")


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("what", ["security group", "launch template", "Auto Scaling group"])
def test_what_is_not_ours_is_left(estate: Estate, forwarder: dict[str, Any], what: str, state: str) -> None:
    if what == "security group":
        estate.ec2.create_security_group(VpcId=estate.vpc.id, GroupName="main", Description="theirs")
    else:
        data = {"ImageId": "ami-1", "InstanceType": "t4g.small"}
        name = "main" if what == "launch template" else "other"
        estate.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    if what == "Auto Scaling group":
        template = {"LaunchTemplateName": "other", "Version": "1"}
        sizes = {"MinSize": 1, "MaxSize": 1, "VPCZoneIdentifier": estate.vpc.subnets[0], "LaunchTemplate": template}
        scaling(estate).create_auto_scaling_group(AutoScalingGroupName="main", **sizes)
    before = holds(estate)
    for check in (True, False):
        refused = run(estate, check=check, **{**forwarder, "state": state})
        assert refused["failed"]
        assert refused["writes"] == []
        assert f"The name main is taken by {what} " in refused["msg"]
        assert f"{OWN}=main is missing" in refused["msg"]
    assert holds(estate) == before
    mine = run(estate, **{**forwarder, "state": state, "leave_others": True})
    assert holds(estate) == before
    assert (mine["failed"], mine["writes"]) == (state == "present", [])
    assert [thing.rpartition(" ")[0] for thing in mine.get("left", [])] == ([what] if state == "absent" else [])


def test_what_is_ours_beside_what_is_not_is_for_somebody_to_look_at(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    group_id = security_group(estate)["GroupId"]
    estate.ec2.delete_tags(Resources=[group_id], Tags=[{"Key": OWN}])
    before = holds(estate)
    refused = run(estate, name="main", state="absent", vpc_id=estate.vpc.id, leave_others=True)
    assert (refused["failed"], refused["writes"]) == (True, [])
    assert f"is taken by security group {group_id}" in refused["msg"]
    assert holds(estate) == before


@pytest.mark.parametrize("state", ["present", "absent"])
def test_one_in_another_vpc_is_left(estate: Estate, forwarder: dict[str, Any], state: str) -> None:
    run(estate, **forwarder)
    other = estate.make_vpc(estate.account, cidr="10.9.0.0/16")
    there = {"vpc_id": other.id, "subnet_ids": list(other.subnets), "state": state}
    refused = run(estate, **{**forwarder, **there})
    assert refused["failed"]
    assert f"main is in {estate.vpc.id}" in refused["msg"]
    assert refused["writes"] == []
    estate.ec2.delete_security_group(GroupId=security_group(estate)["GroupId"])  # its hosts tell where it is, too
    again = run(estate, **{**forwarder, **there})
    assert again["failed"]
    assert f"main is in {estate.vpc.id} (subnet-" in again["msg"]
    assert again["writes"] == []


def test_subnets_are_of_the_vpc(estate: Estate, forwarder: dict[str, Any]) -> None:
    other = estate.make_vpc(estate.account, cidr="10.9.0.0/16")
    refused = run(estate, **{**forwarder, "vpc_id": other.id})
    assert refused["failed"]
    assert f"is in {estate.vpc.id}, not in {other.id}" in refused["msg"]
    assert not refused["writes"]


def test_a_security_group_of_the_name_elsewhere_is_nobodys_business(estate: Estate, forwarder: dict[str, Any]) -> None:
    other = estate.make_vpc(estate.account, cidr="10.9.0.0/16")
    estate.ec2.create_security_group(VpcId=other.id, GroupName="main", Description="theirs")
    run(estate, **forwarder)
    change(estate, DELETED, state="absent")
    assert holds(estate) == (0, 0, 1)


def test_what_a_new_forwarder_lacks_is_named(estate: Estate, forwarder: dict[str, Any]) -> None:
    del forwarder["image_id"], forwarder["subnet_ids"]
    refused = run(estate, **forwarder)
    assert refused["failed"]
    assert "give image_id and subnet_ids" in refused["msg"]
    assert refused["writes"] == []
    missing = run(estate, **{**forwarder, "image_id": "ami-1", "subnet_ids": ["subnet-00000000000000000"]})
    assert missing["failed"]
    assert "subnet-00000000000000000 does not exist" in missing["msg"]
    assert not missing["writes"]
    change(estate, [], state="absent")


@pytest.mark.parametrize("lived", range(1, 4))
def test_interrupted_while_it_is_made(estate: Estate, forwarder: dict[str, Any], lived: int) -> None:
    stop(estate, CREATED[lived])
    broken = run(estate, **forwarder)
    assert broken["failed"]
    assert broken["writes"] == CREATED[:lived]
    estate.sandbox.clear_faults()
    change(estate, CREATED[lived:], **forwarder)
    assert holds(estate) == (1, 1, 1)


def test_interrupted_while_it_is_changed(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    changed = {**forwarder, "user_data": "#cloud-config\n# two\n"}
    for lived in (1, 2):  # after the new version, and at the first host
        stop(estate, ANEW[lived])
        assert run(estate, **changed)["writes"] == ANEW[lived - 1 : lived]
        estate.sandbox.clear_faults()
    change(estate, ANEW[2:], **changed)


@pytest.mark.parametrize("lived", range(1, 3))
def test_interrupted_while_it_is_deleted(estate: Estate, forwarder: dict[str, Any], lived: int) -> None:
    run(estate, **forwarder)
    stop(estate, DELETED[lived])
    assert run(estate, state="absent")["writes"] == DELETED[:lived]
    estate.sandbox.clear_faults()
    change(estate, DELETED[lived:], state="absent")


def stop(estate: Estate, action: str) -> None:
    service, operation = action.split(":")
    estate.sandbox.fault(service, operation, "deny", account=estate.account, times=None)


def test_hosts_that_could_not_be_replaced(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    reason = "Invalid image ami-1. Correct it and try again."
    estate.sandbox.outcome("instance_refresh", "Failed", account=estate.account, reason=reason)
    failed = run(estate, **{**forwarder, "image_id": "ami-1"})
    assert failed["failed"]
    assert failed["writes"] == [CREATE_VERSION, REPLACE]
    assert f"ended as RollbackSuccessful: {reason} AWS has brought back hosts as they were before." in failed["msg"]
    assert [host["launch_template_version"] for host in failed["hosts"]] == ["1", "1"]
    change(estate, [REPLACE, STOP, REPLACE], **{**forwarder, "image_id": "ami-1"})


def test_waiting_is_told_and_can_be_left(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    estate.sandbox.lag(**{"instance_refresh.Pending": 30})
    lines: list[str] = []
    estate.waits = lines.append
    left = run(estate, **{**forwarder, "image_id": "ami-1"}, wait=False)
    assert left["writes"] == [CREATE_VERSION, REPLACE]
    assert left["waiting"] == "the first new host of main to serve (no new host is in service)"
    assert not lines
    estate.sandbox.lag(**{"instance_refresh.Pending": 0.1})


def test_throttled_and_denied(estate: Estate, forwarder: dict[str, Any]) -> None:
    for service, operation in (("ec2", "CreateLaunchTemplate"), ("autoscaling", "DescribeAutoScalingGroups")):
        estate.sandbox.fault(service, operation, "throttle", account=estate.account, times=1)
    assert run(estate, **forwarder)["writes"] == CREATED
    estate.sandbox.fault("autoscaling", "DescribeAutoScalingGroups", "deny", account=estate.account, times=1)
    denied = run(estate, **forwarder)
    assert denied["failed"]
    assert "Allow autoscaling:DescribeAutoScalingGroups" in denied["msg"]


def test_a_security_group_in_use_is_tried_again(estate: Estate, forwarder: dict[str, Any]) -> None:
    run(estate, **forwarder)
    busy = {"code": "DependencyViolation", "message": "resource sg has a dependent object", "times": 2}
    estate.sandbox.fault("ec2", "DeleteSecurityGroup", "error", account=estate.account, **busy)
    assert run(estate, state="absent")["writes"] == DELETED
    assert holds(estate) == (0, 0, 0)


def test_many_in_few_calls(estate: Estate, forwarder: dict[str, Any]) -> None:
    items = [{**forwarder, "name": f"main{number}", "target_group_arns": []} for number in range(3)]
    items[1] = {**items[1], "ports": [801, 801]}
    result = estate.run("forwarder_group", forwarder_groups=items, on_item_failure="report")
    assert result["failed_items"] == ["main1"]
    assert "on one port: 801" in result["results"][1]["msg"]
    again = estate.run("forwarder_group", forwarder_groups=[items[0], items[2]])
    calls = Counter(call["operation"] for call in estate.calls)
    assert not again["changed"]
    assert calls == {
        "DescribeAutoScalingGroups": 1,
        "DescribeLaunchTemplates": 1,
        "DescribeLaunchTemplateVersions": 2,
        "DescribeSecurityGroups": 1,
        "DescribeSubnets": 1,
        "DescribeInstanceRefreshes": 2,
    }
    listed = estate.look("forwarder_group_info")["forwarder_groups"]
    assert [forwarder["name"] for forwarder in listed] == ["main0", "main2"]
    assert len(listed[0]["hosts"]) == 2
    (last,) = estate.look("forwarder_group_info", names=["main2", "nobody"])["forwarder_groups"]
    assert last["security_group_id"]
    assert last["tags"][OWN] == "main2"
