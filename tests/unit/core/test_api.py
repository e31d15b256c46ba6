# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls over real HTTP to the sandbox: pages, refusals, faults, credentials, pacing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.api import Api, CallError
from ansible_collections.saas.privatelink.plugins.module_utils._aws.credentials import Credentials
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change

from tests.sandbox.client import RunningSandbox

LIST = "ec2:DescribeVpcEndpointServiceConfigurations"
QUIET = "ec2:DescribeVpcEndpointConnections"
OTHER = "999988887777"

Open = Callable[..., Api]


@pytest.fixture
def connect(sandbox: RunningSandbox, account: str, monkeypatch: pytest.MonkeyPatch) -> Open:
    """``connect(credentials, **options)``: an Api of the test's account, unpaced, that sleeps no longer than 10 ms."""
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(min(seconds, 0.01)))
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def make(credentials: Credentials | None = None, **options: Any) -> Api:
        chosen = credentials or Credentials(account, "secret")
        return Api("us-east-1", chosen, **{"endpoint_url": sandbox.url, "rate": 0, **options})

    return make


def accounts_called(sandbox: RunningSandbox, since: int) -> list[tuple[str, str]]:
    return [(call["account"], call["operation"]) for call in sandbox.calls(since=since)]


def zones(connect: Open, account: str, make_vpc: Callable[..., Any], services: int) -> Api:
    """An Api of an account with some endpoint services."""
    api = connect()
    vpc = make_vpc(account)
    wanted: dict[str, Any] = {"Type": "network", "Scheme": "internal", "Subnets": list(vpc.subnets)}
    for number in range(services):
        api.call("elasticloadbalancing:CreateLoadBalancer", Name=f"nlb-{number}", **wanted)
    while True:
        balancers = api.pages("elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers")
        if all(balancer["State"]["Code"] == "active" for balancer in balancers):
            break
        time.sleep(0.02)
    for balancer in balancers:
        api.call("ec2:CreateVpcEndpointServiceConfiguration", NetworkLoadBalancerArns=[balancer["LoadBalancerArn"]])
    return api


@pytest.mark.parametrize("region", ["us-east1", "useast-1", "US-EAST-1", "us-east-1a", "eu-west-1\n"])
def test_what_can_be_no_region(region: str) -> None:
    with pytest.raises(ItemError, match="No region of AWS has the name "):
        Api(region, Credentials("111111111111", "secret"))


def test_regions_of_all_partitions() -> None:
    for region in ("us-gov-west-1", "cn-north-1", "us-isob-east-1", "mx-central-9"):
        assert Api(region, Credentials("111111111111", "secret")).region == region


def test_pages_by_next_token(
    connect: Open, account: str, make_vpc: Callable[..., Any], sandbox: RunningSandbox
) -> None:
    api = zones(connect, account, make_vpc, 12)
    since = sandbox.last_call()
    found = api.pages(LIST, "ServiceConfigurations", MaxResults=5)
    assert len({service["ServiceId"] for service in found}) == 12
    assert len(sandbox.calls(account, since=since)) == 3


def test_pages_by_marker(connect: Open) -> None:
    """Elastic Load Balancing answers NextMarker, Redshift answers Marker; both ask for Marker."""
    answers: list[dict[str, Any]] = [
        {"Things": [1], "NextMarker": "a"},
        {"Things": [2], "Marker": "b"},
        {"Things": [], "Marker": ""},
    ]
    asked: list[dict[str, Any]] = []
    api = connect()

    def call(action: str, **params: Any) -> dict[str, Any]:
        asked.append(dict(params))
        return answers[len(asked) - 1]

    api.call = call  # type: ignore[method-assign,assignment]
    assert api.pages("redshift:DescribeThings", "Things", MaxRecords=1) == [1, 2]
    assert [params.get("Marker") for params in asked] == [None, "a", "b"]
    assert all(params["MaxRecords"] == 1 for params in asked)


def test_pages_by_lower_case_token(connect: Open) -> None:
    """RAM and VPC Lattice write nextToken; an empty page need not be the last."""
    answers: list[dict[str, Any]] = [
        {"items": [1], "nextToken": "a"},
        {"items": [], "nextToken": "b"},
        {"items": [2]},
    ]
    asked: list[dict[str, Any]] = []
    api = connect()

    def call(action: str, **params: Any) -> dict[str, Any]:
        asked.append(dict(params))
        return answers[len(asked) - 1]

    api.call = call  # type: ignore[method-assign,assignment]
    assert api.pages("vpc-lattice:ListThings", "items") == [1, 2]
    assert [params.get("nextToken") for params in asked] == [None, "a", "b"]


def test_pages_really_by_marker(
    connect: Open, account: str, make_vpc: Callable[..., Any], sandbox: RunningSandbox
) -> None:
    api = connect()
    vpc = make_vpc(account)
    for number in range(3):
        wanted: dict[str, Any] = {"Name": f"nlb-{number}", "Type": "network", "Scheme": "internal"}
        api.call("elasticloadbalancing:CreateLoadBalancer", **wanted, Subnets=list(vpc.subnets))
    since = sandbox.last_call()
    assert len(api.pages("elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers", PageSize=2)) == 3
    assert len(sandbox.calls(account, since=since)) == 2


def test_unsuccessful_in_a_good_answer_is_an_error(connect: Open) -> None:
    ids = ["vpce-svc-00000000000000001", "vpce-svc-00000000000000002"]
    with pytest.raises(CallError) as caught:
        connect().call("ec2:DeleteVpcEndpointServiceConfigurations", ServiceIds=ids)
    assert caught.value.code == "InvalidVpcEndpointService.NotFound"
    assert all(identifier in str(caught.value) for identifier in ids)
    assert "does not exist" in str(caught.value)


def test_an_error_that_says_that_it_is_done_settles_a_change(connect: Open) -> None:
    action, params = "ec2:DeleteVpcEndpointServiceConfigurations", {"ServiceIds": ["vpce-svc-00000000000000001"]}
    settled = Change(action, params, "delete it", settled_by=("InvalidVpcEndpointService.NotFound",))
    assert connect().apply(settled) == {}
    with pytest.raises(CallError, match="NotFound"):
        connect().apply(Change(action, params, "delete it", settled_by=("SomethingElse",)))


def test_errors_name_the_call_and_what_it_was_for(connect: Open) -> None:
    wrong = Change("ec2:DescribeVpcEndpointServicePermissions", {"ServiceId": "vpce-svc-1"}, "look who is allowed")
    with pytest.raises(CallError, match=r"^ec2:DescribeVpcEndpointServicePermissions \(look who is allowed\): Invalid"):
        connect().apply(wrong)
    with pytest.raises(CallError, match=r"(?s)^ec2:DescribeVpcEndpointServicePermissions: .*ServiceId"):
        connect().call("ec2:DescribeVpcEndpointServicePermissions")  # botocore's own validation


@pytest.mark.parametrize(
    ("service", "action"), [("ec2", LIST), ("elbv2", "elasticloadbalancing:DescribeLoadBalancers")]
)
def test_denied_names_the_action_to_allow(
    connect: Open, sandbox: RunningSandbox, account: str, service: str, action: str
) -> None:
    sandbox.fault(service, action.split(":")[1], "deny", account=account)
    with pytest.raises(CallError, match=f"Allow {action} in the policies"):
        connect().call(action)


def test_unknown_credentials_are_not_called_a_lack_of_permission() -> None:
    assert "policies" not in str(CallError(LIST, "AuthFailure", "x"))
    assert "credentials" in str(CallError(LIST, "AuthFailure", "x"))


@pytest.mark.parametrize(("service", "action"), [("ec2", LIST), ("redshift", "redshift:DescribeClusters")])
def test_throttled_calls_are_repeated(
    connect: Open, sandbox: RunningSandbox, account: str, service: str, action: str
) -> None:
    sandbox.fault(service, action.split(":")[1], "throttle", account=account, times=9)
    since = sandbox.last_call()
    assert connect().call(action) is not None
    assert len(sandbox.calls(account, since=since)) == 10


def test_throttling_ends_with_the_deadline(connect: Open, sandbox: RunningSandbox, account: str) -> None:
    sandbox.fault("ec2", "DescribeVpcEndpointConnections", "throttle", account=account, times=None)
    with pytest.raises(CallError) as caught:
        connect(deadline=0).call(QUIET)
    sandbox.clear_faults()
    assert caught.value.code == "RequestLimitExceeded"


def test_every_refusal_slows_the_pacer_down(connect: Open, sandbox: RunningSandbox, account: str) -> None:
    api = connect()
    heard: list[tuple[str, ...]] = []
    asked: list[tuple[str, ...]] = []
    took: list[float] = []

    class Listener:
        def acquire(self, *call: str) -> None:
            asked.append(call)

        def throttled(self, *call: str) -> None:
            heard.append(call)

        def answered(self, seconds: float) -> None:
            took.append(seconds)

    api._pacer = Listener()  # type: ignore[assignment]
    sandbox.fault("ec2", "DescribeVpcEndpointConnections", "throttle", account=account, times=6)
    sandbox.fault("elbv2", "DescribeLoadBalancers", "throttle", account=account, times=1)
    api.call(QUIET)
    api.call("elasticloadbalancing:DescribeLoadBalancers")
    assert heard == [("ec2", "DescribeVpcEndpointConnections")] * 6 + [("elbv2", "DescribeLoadBalancers")]
    assert len(asked) == len(took) == len(heard) + 2  # a token for each request, repetitions included
    assert 0 < min(took) <= max(took) < 5


@pytest.mark.parametrize(
    "fault",
    [{"kind": "drop"}, {"kind": "error", "status": 500}, {"kind": "error", "status": 503, "code": "Unavailable"}],
)
def test_passing_trouble_is_ridden_out(
    connect: Open, sandbox: RunningSandbox, account: str, fault: dict[str, Any]
) -> None:
    sandbox.fault("ec2", "DescribeVpcEndpointConnections", account=account, times=2, **fault)
    assert connect().call(QUIET)["VpcEndpointConnections"] == []


def test_trouble_that_stays_is_an_error(connect: Open, sandbox: RunningSandbox, account: str) -> None:
    sandbox.fault("ec2", "DescribeVpcEndpointConnections", "error", account=account, times=None)
    with pytest.raises(CallError, match=r"^ec2:DescribeVpcEndpointConnections: InternalError"):
        connect().call(QUIET)
    sandbox.clear_faults()
    sandbox.fault("ec2", "DescribeVpcEndpointConnections", "drop", account=account, times=None)
    with pytest.raises(CallError, match=r"^ec2:DescribeVpcEndpointConnections: Connection was closed") as caught:
        connect().call(QUIET)
    sandbox.clear_faults()
    assert caught.value.code == ""


def test_a_timeout_is_an_error_of_the_call(connect: Open, sandbox: RunningSandbox, account: str) -> None:
    sandbox.fault("ec2", "DescribeVpcEndpointConnections", "timeout", account=account, delay=0.6)
    impatient = {"read_timeout": 0.2, "retries": {"total_max_attempts": 1}}
    with pytest.raises(CallError, match=r"^ec2:DescribeVpcEndpointConnections: Read timeout"):
        connect(config=impatient).call(QUIET)


def test_nobody_there(connect: Open) -> None:
    with pytest.raises(CallError, match=r"Could not connect .* Check region \(aws_region\), and"):
        connect(endpoint_url="http://127.0.0.1:9", config={"retries": {"total_max_attempts": 1}}).call(QUIET)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"config": {"no_such_setting": 1}}, "no_such_setting"),
        ({"credentials": Credentials(profile="nobody")}, "nobody"),
        ({"endpoint_url": "not a url"}, "Cannot call ec2 in us-east-1"),
    ],
)
def test_impossible_settings_are_item_errors(connect: Open, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ItemError, match=says):
        connect(**options).call(QUIET)


def test_no_credentials(connect: Open) -> None:
    with pytest.raises(ItemError, match="Unable to locate credentials"):
        connect(Credentials()).call(QUIET)
    with pytest.raises(ItemError, match="Unable to locate credentials"):
        connect(Credentials(role_arn=f"arn:aws:iam::{OTHER}:role/vendor-links")).call(QUIET)


# Credentials


def test_credentials_of_a_profile(
    connect: Open, sandbox: RunningSandbox, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "credentials"
    file.write_text(f"[data]\naws_access_key_id = {account}\naws_secret_access_key = x\n", encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    since = sandbox.last_call()
    connect(Credentials(access_key="000000000000", secret_key="x", profile="data")).call(QUIET)
    assert accounts_called(sandbox, since) == [(account, "DescribeVpcEndpointConnections")]


def test_credentials_of_the_environment(
    connect: Open, sandbox: RunningSandbox, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", account)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    since = sandbox.last_call()
    connect(Credentials()).call(QUIET)
    assert accounts_called(sandbox, since) == [(account, "DescribeVpcEndpointConnections")]


def test_a_role_in_another_account(connect: Open, sandbox: RunningSandbox, account: str) -> None:
    role = f"arn:aws:iam::{OTHER}:role/vendor-links"
    api = connect(Credentials(account, "secret", role_arn=role, external_id="for-us"))
    since = sandbox.last_call()
    api.each(lambda dummy: api.call(QUIET), list(range(8)))
    api.call("elasticloadbalancing:DescribeLoadBalancers")
    called = accounts_called(sandbox, since)
    assert called[0] == (account, "AssumeRole")
    assert called.count(called[0]) == 1
    assert called[1:] == [(OTHER, "DescribeVpcEndpointConnections")] * 8 + [(OTHER, "DescribeLoadBalancers")]
    asked = next(call["params"] for call in sandbox.calls(since=since) if call["operation"] == "AssumeRole")
    assert (asked["RoleArn"], asked["ExternalId"], asked["RoleSessionName"]) == (role, "for-us", "saas.privatelink")


def test_credentials_of_a_role_are_renewed(
    connect: Open, sandbox: RunningSandbox, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.fromtimestamp(sandbox.step(0), UTC) + timedelta(minutes=48)  # of the hour that they last
    api = connect(Credentials(account, "secret", role_arn=f"arn:aws:iam::{OTHER}:role/vendor-links"))
    since = sandbox.last_call()
    api.call(QUIET)
    credentials = api.client("ec2")._request_signer._credentials
    monkeypatch.setattr(credentials, "_time_fetcher", lambda: later)
    monkeypatch.setattr("botocore.credentials._local_now", lambda: later)
    api.call(QUIET)
    called = [operation for _account, operation in accounts_called(sandbox, since)]
    assert called[:4] == ["AssumeRole", "DescribeVpcEndpointConnections"] * 2


def test_a_role_that_may_not_be_assumed_is_named(connect: Open, sandbox: RunningSandbox, account: str) -> None:
    sandbox.fault("sts", "AssumeRole", "deny", account=account, times=None)
    with pytest.raises(CallError, match=r"^sts:AssumeRole .*Allow sts:AssumeRole in the policies"):
        connect(Credentials(account, "secret", role_arn=f"arn:aws:iam::{OTHER}:role/x")).call(QUIET)
    sandbox.clear_faults()


@pytest.mark.parametrize("wanted", ["44445555666", "1402433619", "012345678901\n"])
def test_an_account_that_can_be_none_is_not_called_another_one(connect: Open, wanted: str) -> None:
    with pytest.raises(ItemError, match=r"^aws_account_id \(account_id\) is not an account id of 12 digits: '"):
        connect().check_account(wanted)


def test_a_role_that_can_be_none_is_called_by_its_variable(connect: Open, account: str) -> None:
    with pytest.raises(CallError, match=r"^sts:AssumeRole .*Correct assume_role_arn \(aws_role_arn\)"):
        connect(Credentials(account, "secret", role_arn="arn:aws:iam::44445555666:role/x")).call(QUIET)


# One process


def test_one_session_and_one_client_for_each_service(connect: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    create = botocore.session.Session.create_client

    def counted(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        made.append(name)
        return create(self, name, *args, **kwargs)

    monkeypatch.setattr(botocore.session.Session, "create_client", counted)
    api = connect()
    api.each(lambda dummy: api.call(QUIET), list(range(20)))
    api.call("elasticloadbalancing:DescribeLoadBalancers")
    api.call("elasticloadbalancing:DescribeLoadBalancers")
    assert made == ["ec2", "elbv2"]


def test_each_keeps_order_bounds_and_errors_apart(connect: Open) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def work(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1
        if number % 10 == 3:
            raise ItemError(str(number))
        return number * 2

    api = connect()
    done = api.each(work, list(range(40)))
    assert [result for result in done if not isinstance(result, ItemError)] == [2 * n for n in range(40) if n % 10 != 3]
    assert [str(result) for result in done if isinstance(result, ItemError)] == ["3", "13", "23", "33"]
    assert 8 < most <= 16
    assert api.each(work, []) == []
    with pytest.raises(ItemError, match="3"):
        api.all(work, [1, 2, 3])
    assert api.all(work, [1, 2]) == [2, 4]


def test_features_are_asked_of_the_installed_botocore(connect: Open) -> None:
    api = connect()
    create = "ec2:CreateVpcEndpointServiceConfiguration"
    assert api.supports(create, "SupportedRegions")
    assert not api.supports(create, "Telepathy")
    api.require(create, "SupportedRegions", "supported_regions")
    endpoint = "ec2:CreateVpcEndpoint"
    assert api.supports(endpoint, "DnsOptions.PrivateDnsPreference")
    assert not api.supports(endpoint, "DnsOptions.Telepathy")
    assert not api.supports(endpoint, "Telepathy.DnsOptions")
    assert not api.supports("ec2:ReadMinds", "Telepathy")
    with pytest.raises(ItemError, match=r"telepathy needs a newer botocore: the installed .* does not know Telepathy"):
        api.require(create, "Telepathy", "telepathy")
    assert api.supports("elasticloadbalancing:CreateLoadBalancer", "Subnets")


@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
)
def test_partition_of_the_region(region: str, partition: str) -> None:
    assert Api(region, Credentials("1", "x"), rate=0).partition == partition


def test_a_region_that_does_not_exist() -> None:
    with pytest.raises(ItemError, match="Cannot use region moon-base-1"):
        print(Api("moon-base-1", Credentials("1", "x"), rate=0).partition)


def test_the_published_rates_are_kept(connect: Open, sandbox: RunningSandbox, account: str) -> None:
    """Behind AWS's token buckets a burst that is larger than the bucket is paced, not refused."""
    sandbox.buckets(enabled=True)
    try:
        api = connect(rate=1.0)
        started = time.monotonic()
        api.each(lambda dummy: api.call("elasticloadbalancing:DescribeLoadBalancers"), list(range(44)))
        took = time.monotonic() - started
        assert took >= 0.35
        assert sandbox.buckets()["throttled"] <= 1  # a busy machine may hold up the first calls
    finally:
        sandbox.buckets(enabled=False)
