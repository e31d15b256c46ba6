# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ip_sync_function and its info module against the sandbox, which runs the deployed package."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import botocore.endpoint
import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws import api
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import Credentials
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_function import IpSyncFunctions
from ansible_collections.saas.privatelink.plugins.module_utils._aws.ip_sync_options import IpSyncFunction
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Clock, Options, converge

Estate = Any  # the fixture's class; pytest gives conftest.py no name to import it by

NAME = "saas-privatelink-ip-sync"
PARTS = [  # all writes that make a function
    "iam:CreateRole",
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "lambda:CreateFunction",
    "iam:PutRolePolicy",
    *["cloudwatch:PutMetricAlarm"] * 3,
    "lambda:PutFunctionConcurrency",
    "lambda:PutFunctionEventInvokeConfig",
    *["events:PutRule", "events:PutTargets"] * 2,
    *["lambda:AddPermission"] * 2,
]
ENDS = [  # and all that take it away
    *["events:RemoveTargets", "events:DeleteRule"] * 2,
    *["cloudwatch:DeleteAlarms"] * 3,
    "lambda:DeleteFunction",
    "logs:DeleteLogGroup",
    "iam:DeleteRolePolicy",
    "iam:DeleteRole",
]


class Deployment:
    """An account with two databases behind target groups, and the function that follows their names."""

    def __init__(self, estate: Estate) -> None:
        self.estate, self.account = estate, estate.account
        self.functions, self.iam = (estate.boto(estate.account, service) for service in ("lambda", "iam"))
        self.events, self.alarms = (estate.boto(estate.account, service) for service in ("events", "cloudwatch"))
        self.logs = estate.boto(estate.account, "logs")
        estate.balancer("nlb")
        elb = estate.boto(estate.account, "elbv2")
        for name in ("orders", "reports"):
            elb.create_target_group(Name=name, Protocol="TCP", Port=5432, VpcId=estate.vpc.id, TargetType="ip")
        estate.sandbox.dns({self.endpoint(name): ["10.1.0.11"] for name in ("orders", "reports")})
        self.nameservers = [f"127.0.0.1:{estate.sandbox.health()['dns_port']}"]

    def endpoint(self, name: str) -> str:
        return f"{name}.{self.account}.test"

    def sync(self, name: str, **options: Any) -> dict[str, Any]:
        return {"name": name, "target_group": name, "endpoint": self.endpoint(name), **options}

    def run(self, *names: str, **options: Any) -> dict[str, Any]:
        """Run the module on syncs of these names; the answer is its result for the function."""
        answer = self.answer(*names, **options)
        return dict(answer["results"][0])

    def answer(self, *names: str, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        wanted = {"name": NAME, "syncs": [self.sync(name) for name in names], "nameservers": self.nameservers}
        wanted.update({"on_item_failure": "report", "environment_name": "green"})
        answer: dict[str, Any] = self.estate.run("ip_sync_function", check=check, diff=diff, **{**wanted, **options})
        return answer

    def change(self, writes: list[str], *names: str, **options: Any) -> dict[str, Any]:
        """Check, run, and run again: check mode predicts the writes, the second run makes none."""
        planned = self.answer(*names, check=True, diff=True, **options)
        real = self.answer(*names, diff=True, **options)
        assert not real["failed_items"], real["results"][0]["msg"]
        assert planned["results"][0]["writes"] == real["results"][0]["writes"]
        assert sorted(real["results"][0]["writes"]) == sorted(writes)
        assert planned["diff"] == real["diff"]
        again = self.answer(*names, **options)
        assert again["results"][0]["writes"] == []
        return dict(real["results"][0])

    def follows(self) -> list[str]:
        """What the deployed function says."""
        answer = self.functions.invoke(FunctionName=NAME, Payload=json.dumps({"configuration": True}))
        return [sync["name"] for sync in json.loads(answer["Payload"].read())["syncs"]]

    def refused(self, *told: str, **options: Any) -> None:
        """The module writes nothing and says why, when it is to be there and when it is to go."""
        for state in ("present", "absent"):
            result = self.run("orders", state=state, **options)
            assert result["failed"]
            assert not result["writes"]
            for text in told:
                assert text in result["msg"]
        assert not [call for call in self.estate.calls if call["kind"] == "write"]


@pytest.fixture
def deployment(estate: Estate) -> Deployment:
    return Deployment(estate)


def test_made_changed_and_removed(deployment: Deployment, run_module: Any) -> None:
    made = deployment.change(PARTS, "orders", tags={"team": "data"})
    assert [report["failed"] for report in made["report"]] == [False]
    assert made["function_arn"].endswith(f"function:{NAME}")
    shown = run_module("ip_sync_function_info", {**deployment.estate.access, "names": [NAME, f"{NAME}-gone"]})[
        "functions"
    ]
    assert [(function["name"], function["log_retention_days"]) for function in shown] == [(NAME, 30)]
    assert shown[0]["tags"]["saas.privatelink:environment"] == "green"
    deployment.change(["lambda:UpdateFunctionCode", "iam:PutRolePolicy"], "reports")
    assert deployment.follows() == ["orders", "reports"]
    writes = ["lambda:UpdateFunctionConfiguration", "logs:PutRetentionPolicy", "cloudwatch:PutMetricAlarm"]
    deployment.change(writes, "reports", memory_size=512, log_retention_days=7, stale_after=900)
    deployment.change([], "reports")  # what is not set stays
    deployment.change(["lambda:UpdateFunctionCode", "iam:PutRolePolicy"], remove_syncs=["orders"])
    deployment.change(ENDS, remove_syncs=["reports"])
    deployment.change([], "orders", state="absent")


def test_absent_takes_away_what_is_listed_and_leaves_what_others_need(deployment: Deployment) -> None:
    deployment.run("orders", "reports")
    assert "follows orders, reports still" in deployment.run(state="absent")["msg"]
    left = deployment.answer("orders", state="absent")
    assert left["results"][0]["writes"] == ["lambda:UpdateFunctionCode", "iam:PutRolePolicy"]
    assert deployment.follows() == ["reports"]
    deployment.change(ENDS, state="absent", purge_syncs=True)


@pytest.mark.parametrize(
    ("service", "create", "what"),
    [
        ("iam", ("create_role", {"RoleName": NAME, "AssumeRolePolicyDocument": "{}"}), f"IAM role {NAME}"),
        ("logs", ("create_log_group", {"logGroupName": f"/aws/lambda/{NAME}"}), f"Log group /aws/lambda/{NAME}"),
        ("events", ("put_rule", {"Name": f"{NAME}-schedule", "ScheduleExpression": "rate(1 day)"}), f"Rule {NAME}-sch"),
    ],
)
def test_what_was_not_made_here_is_refused(deployment: Deployment, service: str, create: Any, what: str) -> None:
    operation, params = create
    getattr(deployment.estate.boto(deployment.account, service), operation)(**params)
    deployment.refused(f"is taken by {what}", "not made here")


def test_a_function_of_others_is_refused(deployment: Deployment) -> None:
    deployment.run("orders")
    arn = deployment.functions.get_function(FunctionName=NAME)["Configuration"]["FunctionArn"]
    deployment.refused("belongs to the environment green", environment_name="blue")
    deployment.functions.untag_resource(Resource=arn, TagKeys=["saas.privatelink:name"])
    deployment.refused(f"Function {NAME}, not made here")


def test_a_function_of_others_has_nothing_to_forget(deployment: Deployment) -> None:
    deployment.run("orders")
    answer = deployment.answer(remove_syncs=["orders"], environment_name="blue")
    assert (answer["failed_items"], answer["results"][0]["writes"]) == ([], [])
    assert f"{NAME}: left, for others have made it: Function {NAME}, IAM role {NAME}" in str(answer["warnings"])
    assert deployment.follows() == ["orders"]
    forgotten = deployment.run(remove_syncs=["orders"])
    assert "lambda:DeleteFunction" in forgotten["writes"]


def test_what_others_have_given_stays(deployment: Deployment) -> None:
    deployment.run("orders")
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = deployment.iam.create_policy(PolicyName="audit", PolicyDocument=document)["Policy"]["Arn"]
    deployment.iam.attach_role_policy(RoleName=NAME, PolicyArn=arn)
    topic = f"arn:aws:sns:us-east-1:{deployment.account}:heartbeat"
    deployment.events.put_targets(Rule=f"{NAME}-schedule", Targets=[{"Id": "heartbeat", "Arn": topic}])
    deployment.alarms.disable_alarm_actions(AlarmNames=[f"{NAME}-stale"])
    deployment.change([], "orders")
    deployment.change(["cloudwatch:PutMetricAlarm"], "orders", stale_after=60)
    (alarm,) = deployment.alarms.describe_alarms(AlarmNames=[f"{NAME}-stale"])["MetricAlarms"]
    assert not alarm["ActionsEnabled"]
    left = [action for action in ENDS if action not in ("iam:DeleteRole",)]
    left.remove("events:DeleteRule")
    deployment.change(left, remove_syncs=["orders"])
    attached = deployment.iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"]
    targets = deployment.events.list_targets_by_rule(Rule=f"{NAME}-schedule")["Targets"]
    assert [policy["PolicyArn"] for policy in attached] == [arn]
    assert [target["Id"] for target in targets] == ["heartbeat"]


def test_in_a_vpc_and_out_of_it(deployment: Deployment) -> None:
    vpc = deployment.estate.vpc
    place = {"subnet_ids": list(vpc.subnets), "security_group_ids": [vpc.security_group]}
    deployment.change([*PARTS, "iam:AttachRolePolicy"], "orders", **place)
    deployment.change(["lambda:UpdateFunctionConfiguration"], "orders", subnet_ids=[], security_group_ids=[])
    ends = [*ENDS, "iam:DetachRolePolicy"]
    deployment.change(ends, remove_syncs=["orders"])


def test_a_name_that_it_cannot_follow_fails_after_all_is_deployed(deployment: Deployment) -> None:
    bad = {"syncs": [deployment.sync("orders", endpoint="nowhere.test")]}
    result = deployment.run(**bad)
    assert result["failed"]
    assert "deployed, but not all of its syncs work: orders: " in result["msg"]
    assert "needs it attached to the VPC: set subnet_ids" in result["msg"]
    assert sorted(result["writes"]) == sorted(PARTS)
    told = deployment.run(**bad, on_sync_failure="report", budget=100)
    assert (told["failed"], [report["failed"] for report in told["report"]]) == (False, [True])
    assert "report" not in deployment.run(**bad, memory_size=1024)  # nothing of what it sees has changed


def test_a_run_that_ends_before_any_of_its_writes_is_continued(deployment: Deployment) -> None:
    """It is made, and then taken away, by runs of which each ends before another write."""
    sandbox = deployment.estate.sandbox
    for writes, names, removed in ((PARTS, ["orders"], []), (ENDS, [], ["orders"])):
        told: dict[str, Any] = {"remove_syncs": removed}
        done: list[str] = []
        for action in dict.fromkeys(writes):
            service, operation = action.split(":")
            sandbox.fault(service=service, operation=operation, kind="deny", times=None)
            ended = deployment.run(*names, **told)
            assert ended["failed"], action
            done += ended["writes"]
            sandbox.clear_faults()
        done += deployment.run(*names, **told)["writes"]
        assert set(done) == set(writes)
        assert deployment.run(*names, **told)["writes"] == []


def test_what_others_have_bent_is_straightened(deployment: Deployment) -> None:
    deployment.run("orders")
    somebody = {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [somebody]})
    deployment.iam.update_assume_role_policy(RoleName=NAME, PolicyDocument=trust)
    deployment.events.disable_rule(Name=f"{NAME}-schedule")
    deployment.functions.remove_permission(FunctionName=NAME, StatementId="schedule")
    elsewhere = {"Principal": "events.amazonaws.com", "SourceArn": "arn:aws:events:us-east-1:111111111111:rule/other"}
    invoke = {"FunctionName": NAME, "StatementId": "schedule", "Action": "lambda:InvokeFunction"}
    deployment.functions.add_permission(**invoke, **elsewhere)
    deployment.functions.update_function_event_invoke_config(FunctionName=NAME, MaximumRetryAttempts=2)
    boundary = "arn:aws:iam::111111111111:policy/boundary"
    writes = ["iam:UpdateAssumeRolePolicy", "iam:PutRolePermissionsBoundary", "events:PutRule"]
    writes += ["lambda:RemovePermission", "lambda:AddPermission", "lambda:UpdateFunctionEventInvokeConfig"]
    deployment.change(writes, "orders", permissions_boundary=boundary)


def test_parts_that_name_no_environment_get_its_tag(deployment: Deployment) -> None:
    """As an earlier version has left them."""
    deployment.run("orders", environment_name="")
    tagged = ["iam:TagRole", "logs:TagResource", "lambda:TagResource"]
    tagged += ["events:TagResource"] * 2 + ["cloudwatch:TagResource"] * 3
    deployment.change(tagged, "orders")


def test_a_stopped_function_says_so(deployment: Deployment) -> None:
    deployment.run("orders", reserved_concurrency=0)
    assert "is stopped" in deployment.run("reports")["msg"]
    assert not deployment.run("reports", purge_syncs=True)["failed"]


@pytest.fixture
def real_time(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several runs at once, and a function's process, keep the machine's time."""
    for module in (api, botocore.endpoint):
        monkeypatch.setattr(module, "time", time)


def account_of(deployment: Deployment) -> api.Api:
    """The account, with clients of their own, as another run has them."""
    access = deployment.estate.access
    return api.Api("us-east-1", Credentials(access["access_key"], "x"), access["endpoint_url"], rate=0)


def wanted(deployment: Deployment, name: str) -> IpSyncFunction:
    """What a vendor's role wants: its own name followed."""
    return IpSyncFunction(NAME, [deployment.sync(name)], nameservers=[], environment="green")


def run_beside(deployment: Deployment, names: list[str]) -> list[str]:
    """Converge each in a thread of its own, as several runs do; the answer is why each failed, if it did."""
    start = threading.Barrier(len(names))
    results: dict[str, str] = {}

    def work(name: str) -> None:
        account = account_of(deployment)
        options = Options(poll=0.1, settle=5, wait_timeout=60, clock=Clock(time.monotonic, time.sleep))
        start.wait()
        (result,) = converge(IpSyncFunctions(account), [wanted(deployment, name)], account.apply, options)
        results[name] = result.msg

    threads = [threading.Thread(target=work, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[name] for name in names]


@pytest.mark.parametrize("before", [[], ["other"]], ids=["to make it", "to change it"])
def test_two_vendors_at_once_lose_nothing(deployment: Deployment, real_time: None, before: list[str]) -> None:
    if before:
        deployment.run(*before, on_sync_failure="report")
    vendors = ["fivetran-orders", "segment-orders", "segment-events"]
    assert run_beside(deployment, vendors) == [""] * len(vendors)
    assert deployment.follows() == sorted([*vendors, *before])
    policy = deployment.iam.get_role_policy(RoleName=NAME, PolicyName="ip-sync")["PolicyDocument"]
    groups = next(entry["Resource"] for entry in policy["Statement"] if entry["Sid"] == "MoveTargets")
    assert sorted(arn.split("/")[1] for arn in groups) == sorted([*vendors, *before])


@pytest.mark.parametrize("before", [[], ["orders"]], ids=["to make it", "to change it"])
def test_what_another_run_did_since_the_read_is_kept(deployment: Deployment, before: list[str]) -> None:
    if before:
        deployment.run(*before, on_sync_failure="report")
    account, others = account_of(deployment), ["segment-orders"]

    def overtaken(change: Change) -> Any:
        if change.action in ("lambda:CreateFunction", "lambda:UpdateFunctionCode") and others:
            assert not deployment.run(others.pop(), on_sync_failure="report")["failed"]
        return account.apply(change)

    kind = IpSyncFunctions(account)
    (result,) = converge(kind, [wanted(deployment, "fivetran-orders")], overtaken, Options(poll=0.1, settle=5))
    assert not result.failed, result.msg
    assert result.writes.count("lambda:UpdateFunctionCode") == 1
    assert deployment.follows() == ["fivetran-orders", *before, "segment-orders"]


def test_what_another_run_adds_while_the_last_is_taken_away_stays(deployment: Deployment) -> None:
    deployment.run("orders", on_sync_failure="report")
    account, others = account_of(deployment), ["segment-orders"]

    def overtaken(change: Change) -> Any:
        answer = account.apply(change)
        if change.action == "cloudwatch:DeleteAlarms" and others:
            assert not deployment.run(others.pop(), on_sync_failure="report")["failed"]
        return answer

    item = IpSyncFunction(NAME, remove_syncs=["orders"], environment="green")
    (result,) = converge(IpSyncFunctions(account), [item], overtaken, Options(poll=0.1, settle=5))
    assert not result.failed, result.msg
    assert deployment.follows() == ["segment-orders"]
    rules = deployment.events.list_rules(NamePrefix=NAME)["Rules"]
    assert sorted(rule["Name"] for rule in rules) == [f"{NAME}-rds-events", f"{NAME}-schedule"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"name": "a" * 51}, "up to 50 letters"),
        ({"subnet_ids": ["subnet-1"]}, "both subnet_ids and security_group_ids"),
        ({"budget": 0}, "budget is 1 to 855"),
        ({"syncs": [{"name": "a", "target_group": "no group", "endpoint": "b"}]}, "Neither the name nor the ARN"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ItemError, match=told):
        IpSyncFunction(**{"name": NAME, **options})


def test_more_than_one_function_follows() -> None:
    syncs = [{"name": f"s{number}", "target_group": "g", "endpoint": "e"} for number in range(101)]
    with pytest.raises(ItemError, match="100 names at most, not 101"):
        IpSyncFunction(NAME, syncs).told({})
