# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""redshift_cross_vpc_grant and its info module: the plan against a model of AWS, the modules against the sandbox."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.saas.privatelink.plugins.module_utils._aws.redshift_cross_vpc_grant import (
    AUTHORIZE,
    REVOKE,
    Actual,
    Authorization,
    Grant,
    Grants,
)
from ansible_collections.saas.privatelink.plugins.module_utils._core import items as _items
from ansible_collections.saas.privatelink.plugins.module_utils._core.errors import ItemError
from ansible_collections.saas.privatelink.plugins.module_utils._core.plan import Change, Clock, Options, Plan, converge
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.client import RunningSandbox, SteppedTime

VENDOR = "834469178297"
A, B, C = "vpc-0a", "vpc-0b", "vpc-0c"
READ, CLUSTERS = "redshift:DescribeEndpointAuthorization", "redshift:DescribeClusters"
IAM = Path(__file__).parents[3] / "docs" / "iam"

RunModule = Callable[..., dict[str, Any]]


# The plan, against a small model of AWS


class Model:
    """An Api with one cluster and at most one grant; a revocation takes two reads to end."""

    def __init__(self, vpcs: frozenset[str] | None, endpoints: int = 0, stale: int = 0) -> None:
        self.vpcs, self.endpoints, self.stale = vpcs, endpoints, stale  # vpcs: None no grant, empty all VPCs
        self.revoking = 0
        self.past: list[Any] = self.grants()
        self.writes: list[str] = []

    def grants(self) -> list[Any]:
        if self.vpcs is None and not self.revoking:
            return []
        status = "Revoking" if self.revoking else "Authorized"
        return [
            {
                "ClusterIdentifier": "orders",
                "Grantor": "111122223333",
                "Grantee": VENDOR,
                "Status": status,
                "AllowedAllVPCs": not self.vpcs,
                "AllowedVPCs": sorted(self.vpcs or []),
                "EndpointCount": self.endpoints,
                "ClusterStatus": "available",
            }
        ]

    def pages(self, action: str, key: str, **params: Any) -> list[Any]:
        if action == CLUSTERS:
            return [{"ClusterIdentifier": "orders", "ClusterStatus": "available"}]
        self.stale -= bool(self.writes)
        if self.writes and self.stale >= 0:
            return self.past
        self.revoking = max(0, self.revoking - 1)
        return self.grants()

    def apply(self, change: Change) -> Mapping[str, Any]:
        assert not self.revoking, "a call while the grant is being revoked"
        self.past = self.grants()
        self.writes.append(change.action)
        vpcs = frozenset(change.params.get("VpcIds") or [])
        if change.action == AUTHORIZE:
            assert self.vpcs is None or (self.vpcs and vpcs), "AWS does not turn all VPCs and a list into each other"
            self.vpcs = (self.vpcs or frozenset()) | vpcs
        else:
            left = (self.vpcs or frozenset()) - vpcs if vpcs else frozenset()
            if not left:
                assert change.params.get("Force") or not self.endpoints, "endpoints were cut without force"
                self.endpoints = 0
            self.vpcs = left or None
            self.revoking = 2
        return {}


def run(model: Model, item: Grant, check: bool = False) -> Any:
    clock = Clock(now=iter(range(10_000)).__next__, sleep=lambda seconds: None)
    options = Options(check_mode=check, clock=clock, wait_timeout=500, settle=20)
    return converge(Grants(model), [item], model.apply, options)[0]  # type: ignore[arg-type]


vpc_sets = st.frozensets(st.sampled_from([A, B, C]))
wishes = st.builds(
    Grant,
    name=st.just("orders"),
    state=st.sampled_from(["present", "absent"]),
    cluster_identifier=st.just("orders"),
    account=st.just(VENDOR),
    vpc_ids=st.none() | st.lists(st.sampled_from([A, B, C]), min_size=1, max_size=3),
    all_vpcs=st.just(None),
    purge_vpc_ids=st.booleans(),
    force=st.booleans(),
) | st.builds(
    Grant,
    name=st.just("orders"),
    cluster_identifier=st.just("orders"),
    account=st.just(VENDOR),
    all_vpcs=st.booleans(),
    force=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(wishes, st.none() | vpc_sets, st.integers(0, 2), st.integers(0, 3))
def test_any_wish_is_reached_once_and_predicted(
    item: Grant, before: frozenset[str] | None, endpoints: int, stale: int
) -> None:
    """What the options ask for is so afterwards, by the very calls that check mode named; a second run makes none."""
    endpoints = 0 if before is None else endpoints
    predicted = run(Model(before, endpoints), item, check=True)
    model = Model(before, endpoints, stale)
    result = run(model, item)
    assert (result.failed, result.msg) == (predicted.failed, predicted.msg)
    assert result.writes == predicted.writes == model.writes
    if result.failed:
        assert not model.writes
        assert model.vpcs == before
        return
    wanted = frozenset(item.vpc_ids or [])
    if item.state == "absent":
        assert model.vpcs is None if before is None or not wanted else not wanted & (model.vpcs or frozenset())
    elif item.all_vpcs:
        assert model.vpcs == frozenset()
    elif wanted:
        kept = frozenset() if item.purge_vpc_ids else before or frozenset()
        assert model.vpcs == wanted | kept
    else:
        assert model.vpcs == before
    again = run(Model(model.vpcs, model.endpoints), item)
    assert (again.failed, again.writes) == (False, [])


def wanted(**options: Any) -> Grant:
    return Grant(**{"name": "orders", "cluster_identifier": "orders", "account": VENDOR, **options})


def granted(*vpcs: str, endpoints: int = 0, status: str = "Authorized", cluster: str = "available") -> Actual:
    """An actual grant; of all VPCs where none is named."""
    have = Authorization("orders", "111122223333", VENDOR, status, not vpcs, frozenset(vpcs), endpoints, cluster)
    return Actual(have, cluster)


def plan(item: Grant, actual: Actual) -> Plan:
    return Grants(None).plan(item, actual)  # type: ignore[arg-type]


NONE = Actual(None, "available")


@pytest.mark.parametrize(
    ("item", "actual", "calls"),
    [
        (wanted(vpc_ids=[B, A, A]), NONE, [(AUTHORIZE, {"VpcIds": [A, B]}, "")]),
        (wanted(all_vpcs=True), NONE, [(AUTHORIZE, {}, "")]),
        (wanted(vpc_ids=[B]), granted(A), [(AUTHORIZE, {"VpcIds": [B]}, "")]),
        (
            wanted(vpc_ids=[B], purge_vpc_ids=True),
            granted(A, C),
            [(AUTHORIZE, {"VpcIds": [B]}, ""), (REVOKE, {"VpcIds": [A, C]}, "")],
        ),
        (wanted(purge_vpc_ids=True), granted(A), []),
        (wanted(vpc_ids=[A]), granted(), [(REVOKE, {}, ""), (AUTHORIZE, {"VpcIds": [A]}, "gone")]),
        (wanted(all_vpcs=True), granted(A), [(REVOKE, {}, ""), (AUTHORIZE, {}, "gone")]),
        (wanted(), granted(), []),
        (wanted(all_vpcs=False), granted(A), []),
        (wanted(state="absent"), Actual(None, ""), []),
        (wanted(state="absent"), granted(A), [(REVOKE, {}, "")]),
        (wanted(state="absent", force=True), granted(A, endpoints=1), [(REVOKE, {"Force": True}, "")]),
        (wanted(state="absent", vpc_ids=[A]), granted(A, B), [(REVOKE, {"VpcIds": [A]}, "")]),
        (wanted(state="absent", vpc_ids=[A, C]), granted(A), [(REVOKE, {}, "")]),
        (wanted(state="absent", vpc_ids=[C]), granted(A), []),
        (wanted(state="absent"), granted(A, status="Revoking"), []),
        (wanted(vpc_ids=[A]), granted(B, status="Revoking"), [(AUTHORIZE, {"VpcIds": [A]}, "gone")]),
        (wanted(), granted(A, status="Revoking"), []),
        (wanted(vpc_ids=[B]), granted(A, cluster="modifying"), [(AUTHORIZE, {"VpcIds": [B]}, "cluster")]),
    ],
)
def test_plan(item: Grant, actual: Actual, calls: list[tuple[str, dict[str, Any], str]]) -> None:
    gone, cluster = "the grant of orders to 834469178297 to be revoked", "cluster orders to be available"
    after = {"": "", "gone": gone, "cluster": cluster}
    key = {"ClusterIdentifier": "orders", "Account": VENDOR}
    found = plan(item, actual)
    assert [(change.action, change.params, change.after) for change in found.changes] == [
        (action, {**key, **params}, after[when]) for action, params, when in calls
    ]
    assert (found.before != found.after) == bool(calls)
    moving = actual.authorization is not None and actual.authorization.revoking
    assert found.waiting == (gone if moving else "")


@pytest.mark.parametrize(
    ("item", "actual", "message"),
    [
        (wanted(), NONE, "list vpc_ids, or set all_vpcs=true"),
        (wanted(all_vpcs=False), NONE, "list vpc_ids, or set all_vpcs=true"),
        (wanted(all_vpcs=False), granted(), "list vpc_ids, or set all_vpcs=true"),
        (wanted(vpc_ids=[A]), Actual(None, ""), "Cluster orders does not exist"),
        (wanted(vpc_ids=[A]), granted(endpoints=2), r"endpoints in use \(2\).* set force=true"),
        (wanted(all_vpcs=True), granted(A, endpoints=1), r"endpoints in use \(1\).* set force=true"),
        (wanted(state="absent"), granted(A, endpoints=1), "Nothing was revoked.* set force=true"),
        (wanted(state="absent", vpc_ids=[A]), granted(), "holds for all VPCs.*Leave out vpc_ids"),
    ],
)
def test_refused(item: Grant, actual: Actual, message: str) -> None:
    with pytest.raises(ItemError, match=message):
        plan(item, actual)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cluster_identifier": None}, "Not a cluster identifier: ''"),
        ({"cluster_identifier": "Orders"}, "Not a cluster identifier"),
        ({"cluster_identifier": "1orders"}, "Not a cluster identifier"),
        ({"cluster_identifier": "orders-"}, "Not a cluster identifier"),
        ({"cluster_identifier": "or--ders"}, "Not a cluster identifier"),
        ({"cluster_identifier": "o" * 64}, "Not a cluster identifier"),
        ({"cluster_identifier": "orders\n"}, "Not a cluster identifier"),
        ({"account": None}, "Not an account id of 12 digits: ''"),
        ({"account": "1234"}, "Not an account id of 12 digits: '1234', to which access is to be granted"),
        ({"vpc_ids": ["subnet-0a"]}, "Not the id of a VPC: 'subnet-0a', to which access is to be granted"),
        ({"vpc_ids": []}, "vpc_ids is empty"),
        ({"vpc_ids": [A], "all_vpcs": True}, "either vpc_ids or all_vpcs"),
    ],
)
def test_options_that_can_never_be_right(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ItemError, match=message):
        wanted(**options)


def test_good_identifiers() -> None:
    assert wanted(cluster_identifier="o").cluster_identifier == "o"
    assert wanted(cluster_identifier="o1-" + "a" * 60, vpc_ids=[], all_vpcs=True).scope == "all its VPCs"


# The modules, against the sandbox


@dataclass
class Bench:
    """One account with the cluster orders, and the modules pointed at it."""

    sandbox: RunningSandbox
    account: str
    redshift: Any
    run_module: RunModule
    seen: int = 0

    def clusters(self, *names: str) -> None:
        made = [{"ClusterIdentifier": name, "Port": 5439, "AvailabilityZoneRelocation": True} for name in names]
        self.sandbox.seed({"accounts": {self.account: {"us-east-1": {"redshift_clusters": made}}}})

    def environment(self) -> dict[str, Any]:
        return {
            "region": "us-east-1",
            "endpoint_url": self.sandbox.url,
            "access_key": self.account,
            "secret_key": "sandbox",
        }

    def item(self, name: str = "orders", **options: Any) -> dict[str, Any]:
        return {"name": name, "cluster_identifier": name, "account": VENDOR, **options}

    def grant(self, *items: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
        """Run the module; ``calls`` and ``writes`` then tell what this run did."""
        self.seen = self.sandbox.last_call()
        args = {**self.environment(), "wait_timeout": 10, "grants": list(items), **options}
        return self.run_module("redshift_cross_vpc_grant", args, check=check, diff=True)

    def one(self, check: bool = False, **options: Any) -> dict[str, Any]:
        """Run the module on one item; its result."""
        result: dict[str, Any] = self.grant(self.item(**options), check=check)["results"][0]
        return result

    def info(self, **options: Any) -> dict[str, Any]:
        return self.run_module("redshift_cross_vpc_grant_info", {**self.environment(), **options})

    @property
    def calls(self) -> Counter[str]:
        """The calls of the last run, as IAM names them."""
        return Counter(f"redshift:{call['operation']}" for call in self.sandbox.calls(self.account, since=self.seen))

    @property
    def writes(self) -> list[str]:
        """The write calls of the last run that AWS accepted, in order."""
        found = self.sandbox.writes(self.account, since=self.seen)
        return [f"redshift:{call['operation']}" for call in found if not call["error"]]

    def authorize(self, cluster: str = "orders", vpcs: tuple[str, ...] = ()) -> None:
        """What an earlier run, or somebody else, has granted."""
        params: dict[str, Any] = {"VpcIds": list(vpcs)} if vpcs else {}
        self.redshift.authorize_endpoint_access(ClusterIdentifier=cluster, Account=VENDOR, **params)

    def endpoint(self, vpc: str = A, cluster: str = "orders") -> None:
        """The vendor makes its endpoint."""
        name = f"e{self.account}-{cluster}"
        self.sandbox.redshift_endpoint(cluster, self.account, vpc_id=f"{vpc}{self.account}", endpoint_name=name)

    def actual(self, cluster: str = "orders") -> list[str] | None:
        """The VPCs of the grant by an independent read, empty for all, None for no grant."""
        found = self.redshift.describe_endpoint_authorization(ClusterIdentifier=cluster)["EndpointAuthorizationList"]
        return sorted(found[0]["AllowedVPCs"]) if found else None

    def fault(self, operation: str, kind: str, **options: Any) -> None:
        self.sandbox.fault("redshift", operation, kind, account=self.account, **options)


@pytest.fixture
def bench(
    sandbox: RunningSandbox,
    account: str,
    boto: Any,
    run_module: RunModule,
    stepped: SteppedTime,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bench]:
    def quick(**options: Any) -> Options:
        return replace(Options(**options), poll=0.05, settle=0.3)

    monkeypatch.setattr(_items, "Options", quick)
    made = Bench(sandbox, account, boto(account, "redshift"), run_module)
    made.clusters("orders")
    yield made
    sandbox.clear_faults()
    sandbox.lag(**{"endpoint_authorization.Revoking": 0.1})


@pytest.mark.parametrize(
    ("before", "options", "writes", "after"),
    [
        pytest.param(None, {"vpc_ids": [A, B]}, [AUTHORIZE], [A, B], id="create"),
        pytest.param(None, {"all_vpcs": True}, [AUTHORIZE], [], id="create for all VPCs"),
        pytest.param((A,), {"vpc_ids": [B]}, [AUTHORIZE], [A, B], id="add"),
        pytest.param((A, B), {"vpc_ids": [B, C], "purge_vpc_ids": True}, [AUTHORIZE, REVOKE], [B, C], id="purge"),
        pytest.param((A, B), {"vpc_ids": [B], "purge_vpc_ids": True}, [REVOKE], [B], id="purge only"),
        pytest.param((), {"vpc_ids": [A]}, [REVOKE, AUTHORIZE], [A], id="narrow"),
        pytest.param((A,), {"all_vpcs": True}, [REVOKE, AUTHORIZE], [], id="widen"),
        pytest.param((A,), {}, [], [A], id="unset changes nothing"),
        pytest.param((A, B), {"state": "absent"}, [REVOKE], None, id="delete"),
        pytest.param((A, B), {"state": "absent", "vpc_ids": [A]}, [REVOKE], [B], id="delete one VPC"),
        pytest.param((A, B), {"state": "absent", "vpc_ids": [A, B]}, [REVOKE], None, id="delete every VPC"),
        pytest.param(None, {"state": "absent"}, [], None, id="nothing to delete"),
    ],
)
def test_check_and_real_run_twice(
    bench: Bench, before: tuple[str, ...] | None, options: dict[str, Any], writes: list[str], after: list[str] | None
) -> None:
    if before is not None:
        bench.authorize(vpcs=before)
    for expected in (writes, []):
        predicted = bench.grant(bench.item(**options), check=True)
        assert predicted["results"][0]["writes"] == expected
        assert predicted["changed"] == bool(expected)
        assert bench.writes == []
        if expected:
            assert bench.actual() == (sorted(before) if before is not None else None)
        done = bench.grant(bench.item(**options))
        assert done["results"][0]["writes"] == bench.writes == expected
        assert done["diff"] == predicted["diff"]
        assert done["results"][0]["waiting"] == ""
        assert bench.actual() == after


def test_what_is_returned(bench: Bench) -> None:
    bench.clusters("billing")
    result = bench.grant(bench.item(vpc_ids=[f"{A}{bench.account}"]), bench.item("billing", all_vpcs=True))
    bench.endpoint()
    shown = bench.one()
    assert {key: shown[key] for key in bench.info()["grants"][1]} == bench.info()["grants"][1]
    assert bench.info() == {**bench.info(), "changed": False}
    assert bench.info(cluster_identifier="orders")["grants"] == [
        {
            "cluster_identifier": "orders",
            "grantor": bench.account,
            "grantee": VENDOR,
            "status": "Authorized",
            "allowed_all_vpcs": False,
            "allowed_vpcs": [f"{A}{bench.account}"],
            "endpoint_count": 1,
            "cluster_status": "available",
        }
    ]
    assert [item["endpoint_count"] for item in result["results"]] == [0, 0]
    assert result["results"][1]["allowed_all_vpcs"] is True
    assert [grant["cluster_identifier"] for grant in bench.info(account=VENDOR)["grants"]] == ["billing", "orders"]
    assert bench.info(account="111122223333")["grants"] == bench.info(cluster_identifier="nowhere")["grants"] == []


def test_diff_and_single_form(bench: Bench) -> None:
    args = {**bench.environment(), **bench.item(vpc_ids=[A])}
    result = bench.run_module("redshift_cross_vpc_grant", args, diff=True)
    assert result["diff"] == [
        {
            "before_header": "orders",
            "after_header": "orders",
            "before": {},
            "after": {"allowed_all_vpcs": False, "allowed_vpcs": [A]},
        }
    ]


def test_reads_are_few(bench: Bench) -> None:
    """One listing serves all items; clusters are listed only where a grant is new."""
    names = [f"c{number}" for number in range(30)]
    bench.clusters(*names)
    items = [bench.item(name, vpc_ids=[A]) for name in names]
    assert not bench.grant(*items)["failed_items"]
    assert bench.calls == {READ: 2, CLUSTERS: 1, AUTHORIZE: 30}
    assert not bench.grant(*items)["changed"]
    assert bench.calls == {READ: 1}
    bench.one(vpc_ids=[A])
    assert bench.calls == {READ: 2, CLUSTERS: 1, AUTHORIZE: 1}
    assert bench.grant()["results"] == []


def test_listings_of_several_pages_are_read_whole(bench: Bench) -> None:
    names = [f"c{number}" for number in range(120)]
    bench.clusters(*names)
    items = [bench.item(name, vpc_ids=[A]) for name in names]
    assert not bench.grant(*items)["failed_items"]
    assert not bench.grant(*items)["changed"]
    assert bench.calls == {READ: 2}


def test_a_bad_item_does_not_stop_the_others(bench: Bench) -> None:
    result = bench.grant(
        bench.item("nowhere", vpc_ids=[A]),
        bench.item(vpc_ids=[A]),
        bench.item("unsaid", cluster_identifier="orders-2"),
        bench.item("typo", account="12"),
        bench.item("gone", state="absent"),
    )
    assert result["failed"]
    assert result["failed_items"] == ["nowhere", "unsaid", "typo"]
    assert [item["failed"] for item in result["results"]] == [True, False, True, True, False]
    assert "Cluster nowhere does not exist in this account and region" in result["msg"]
    assert bench.actual() == [A]
    assert not bench.grant(bench.item("typo", account="12"), on_item_failure="report").get("failed")


def test_endpoints_are_not_cut_unless_forced(bench: Bench) -> None:
    vpc = f"{A}{bench.account}"
    bench.authorize()
    bench.endpoint()
    for options in ({"vpc_ids": [vpc]}, {"state": "absent"}):
        for check in (True, False):
            refused = bench.one(check=check, **options)
            assert "has endpoints in use (1)" in refused["msg"]
            assert "force=true" in refused["msg"]
            assert bench.writes == []
    assert bench.one(vpc_ids=[vpc], force=True)["writes"] == [REVOKE, AUTHORIZE]
    assert bench.actual() == [vpc]
    bench.sandbox.eventually(lambda: bench.info()["grants"][0]["endpoint_count"], lambda count: count == 0)
    bench.endpoint()
    assert bench.one(state="absent", force=True)["writes"] == [REVOKE]
    assert bench.actual() is None


def test_aws_refuses_to_take_out_a_vpc_with_endpoints(bench: Bench) -> None:
    """Only AWS knows in which VPC the endpoints are; without force nothing is lost."""
    used, other = f"{A}{bench.account}", f"{B}{bench.account}"
    bench.authorize(vpcs=(used, other))
    bench.endpoint()
    refused = bench.one(vpc_ids=[other], purge_vpc_ids=True)
    assert "redshift:RevokeEndpointAccess" in refused["msg"]
    assert "InvalidEndpointState" in refused["msg"]
    assert bench.actual() == [used, other]
    assert bench.one(vpc_ids=[used], purge_vpc_ids=True)["writes"] == [REVOKE]


def test_a_revocation_on_its_way_is_waited_for(bench: Bench) -> None:
    bench.authorize(vpcs=(A,))
    bench.sandbox.lag(**{"endpoint_authorization.Revoking": 0.4})
    left = bench.grant(bench.item(state="absent"), wait=False)["results"][0]
    assert left["waiting"] == "the grant of orders to 834469178297 to be revoked"
    assert left["status"] == "Revoking"
    assert bench.one(check=True, vpc_ids=[B])["writes"] == [AUTHORIZE]
    assert bench.one(vpc_ids=[B])["writes"] == bench.writes == [AUTHORIZE]
    assert bench.actual() == [B]


def test_without_waiting_the_next_run_goes_on(bench: Bench) -> None:
    bench.authorize()
    first = bench.grant(bench.item(vpc_ids=[A]), wait=False)["results"][0]
    assert (first["writes"], first["waiting"]) == ([REVOKE], "the grant of orders to 834469178297 to be revoked")
    assert bench.one(vpc_ids=[A])["writes"] == [AUTHORIZE]


def test_a_cluster_that_is_being_made_is_waited_for(bench: Bench) -> None:
    bench.redshift.create_cluster(
        ClusterIdentifier="new",
        NodeType="ra3.xlplus",
        MasterUsername="admin",
        MasterUserPassword="Sandbox-password-1",
        AvailabilityZoneRelocation=True,
    )
    assert bench.one(name="new", vpc_ids=[A])["writes"] == [AUTHORIZE]
    assert bench.actual("new") == [A]


def test_items_that_share_a_grant(bench: Bench) -> None:
    """Links to one cluster share a grant: one call, the grant stays while one wants it, rivals are told so."""
    same = [bench.item(name, cluster_identifier="orders", vpc_ids=[A]) for name in ("first", "second")]
    predicted = bench.grant(*same, check=True)
    done = bench.grant(*same)
    assert [item["writes"] for item in done["results"]] == [item["writes"] for item in predicted["results"]]
    assert bench.writes == [AUTHORIZE]
    assert [item["status"] for item in done["results"]] == ["Authorized", "Authorized"]
    kept = bench.grant({**same[0], "state": "absent"}, same[1])
    assert bench.writes == []
    assert "the grant stays, because second wants it" in json.dumps(kept["warnings"])
    rivals = bench.grant(same[0], {**same[1], "vpc_ids": [B]})
    assert rivals["failed_items"] == ["first", "second"]
    assert "is wanted differently by second" in rivals["msg"]
    gone = bench.grant(*({**grant, "state": "absent"} for grant in same))
    assert (gone["failed_items"], bench.writes, bench.actual()) == ([], [REVOKE], None)


# When AWS is slow, refuses or contradicts


def test_throttled_calls_are_repeated(bench: Bench) -> None:
    bench.fault("DescribeEndpointAuthorization", "throttle", times=2)
    bench.fault("AuthorizeEndpointAccess", "throttle", times=1)
    assert bench.one(vpc_ids=[A])["writes"] == [AUTHORIZE]
    assert bench.actual() == [A]


@pytest.mark.parametrize("operation", ["DescribeEndpointAuthorization", "DescribeClusters", "AuthorizeEndpointAccess"])
def test_a_denial_names_the_missing_action(bench: Bench, operation: str) -> None:
    bench.fault(operation, "deny", times=None)
    result = bench.grant(bench.item(vpc_ids=[A]))
    assert result["failed_items"] == ["orders"]
    assert f"Allow redshift:{operation} in the policies" in result["msg"]


def test_one_denied_write_does_not_stop_the_others(bench: Bench) -> None:
    bench.clusters("billing")
    bench.fault("AuthorizeEndpointAccess", "deny", times=1)
    result = bench.grant(bench.item(vpc_ids=[A]), bench.item("billing", vpc_ids=[A]))
    assert len(result["failed_items"]) == 1
    assert {tuple(bench.actual(cluster) or ()) for cluster in ("orders", "billing")} == {(), (A,)}


@pytest.mark.parametrize(
    ("before", "options", "operation", "code"),
    [
        ((), {"all_vpcs": True}, "AuthorizeEndpointAccess", "EndpointAuthorizationAlreadyExists"),
        (None, {"state": "absent"}, "RevokeEndpointAccess", "EndpointAuthorizationNotFound"),
    ],
)
def test_what_somebody_else_did_first_is_no_error(
    bench: Bench, before: tuple[str, ...] | None, options: dict[str, Any], operation: str, code: str
) -> None:
    """The listing lags, so the call is made although its effect is there already."""
    if options.get("state") == "absent":
        bench.authorize()
    bench.fault(operation, "error", code=code, status=400)
    result = bench.one(**options)
    assert not result["failed"]


def test_a_stale_listing_makes_no_second_write(bench: Bench) -> None:
    bench.authorize()
    bench.fault("DescribeEndpointAuthorization", "stale", times=4)
    assert bench.one(vpc_ids=[A])["writes"] == bench.writes == [REVOKE, AUTHORIZE]
    assert bench.actual() == [A]


def test_a_new_grant_that_is_not_listed_yet_is_done(bench: Bench) -> None:
    bench.fault("DescribeEndpointAuthorization", "not_found_after_create", delay=60)
    result = bench.one(vpc_ids=[A])
    assert (result["writes"], result["status"], result["waiting"]) == ([AUTHORIZE], "Authorized", "")


def test_a_lost_answer_is_survived(bench: Bench) -> None:
    bench.fault("AuthorizeEndpointAccess", "drop", performed=True)
    assert not bench.one(vpc_ids=[A])["failed"]
    assert bench.actual() == [A]


def test_a_listing_that_fails_is_not_an_empty_one(bench: Bench) -> None:
    bench.authorize()
    bench.fault("DescribeEndpointAuthorization", "error", code="InternalFailure", status=400, times=None)
    assert "InternalFailure" in bench.one(state="absent")["msg"]
    assert bench.writes == []


def test_iam_policies_allow_what_is_called_and_no_more(bench: Bench) -> None:
    def allowed(module: str) -> set[str]:
        policy = json.loads((IAM / f"{module}.json").read_text())
        return {action for statement in policy["Statement"] for action in statement["Action"]}

    called: Counter[str] = Counter()
    for options in ({"vpc_ids": [A]}, {"all_vpcs": True}, {"state": "absent"}):
        bench.one(**options)
        called += bench.calls
    assert set(called) == allowed("redshift_cross_vpc_grant")
    bench.seen = bench.sandbox.last_call()
    bench.info()
    assert set(bench.calls) == allowed("redshift_cross_vpc_grant_info")
